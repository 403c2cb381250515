package visits

// recent remembers about the last n to 2n keys that were used, in bounded memory: a full generation becomes the old one, and what is used
// again moves on. It is for one goroutine.
type recent[K comparable, V any] struct {
	n        int
	now, old map[K]V
}

func newRecent[K comparable, V any](n int) *recent[K, V] {
	return &recent[K, V]{n: n, now: make(map[K]V)}
}

func (r *recent[K, V]) get(k K) (V, bool) {
	if v, ok := r.now[k]; ok {
		return v, true
	}
	v, ok := r.old[k]
	if ok {
		r.put(k, v)
	}
	return v, ok
}

func (r *recent[K, V]) put(k K, v V) {
	if len(r.now) >= r.n {
		spare := r.old
		r.old = r.now
		if spare == nil {
			spare = make(map[K]V, r.n)
		}
		clear(spare)
		r.now = spare
	}
	r.now[k] = v
}

func (r *recent[K, V]) drop(k K) {
	delete(r.now, k)
	delete(r.old, k)
}
