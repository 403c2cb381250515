package reports

import "sync"

// words numbers texts from 1; 0 is the empty text. It is safe for concurrent use.
type words struct {
	mu   sync.RWMutex
	ids  map[string]int64
	list []string
}

func newWords() *words { return &words{ids: map[string]int64{"": 0}, list: []string{""}} }

func (t *words) id(word string) int64 {
	t.mu.RLock()
	id, ok := t.ids[word]
	t.mu.RUnlock()
	if ok {
		return id
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if id, ok = t.ids[word]; !ok {
		id = int64(len(t.list))
		t.ids[word] = id
		t.list = append(t.list, word)
	}
	return id
}

func (t *words) word(id int64) string {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.list[id]
}

// spread mixes the bits of a key.
func spread(x uint64) uint64 {
	x ^= x >> 32
	x *= 0x9E3779B97F4A7C15
	x ^= x >> 29
	return x
}

// pairs maps pairs of numbers above 0 to numbers, by open addressing.
type pairs struct {
	keys []uint64
	vals []uint32
	n    int
}

func (t *pairs) get(a, b uint32) (uint32, bool) {
	if len(t.keys) == 0 {
		return 0, false
	}
	key, mask := uint64(a)<<32|uint64(b), uint64(len(t.keys)-1)
	for i := spread(key) & mask; ; i = (i + 1) & mask {
		switch t.keys[i] {
		case key:
			return t.vals[i], true
		case 0:
			return 0, false
		}
	}
}

// put adds a pair that is not there yet.
func (t *pairs) put(a, b, val uint32) {
	if t.n*2 >= len(t.keys) {
		t.grow()
	}
	t.place(uint64(a)<<32|uint64(b), val)
	t.n++
}

func (t *pairs) place(key uint64, val uint32) {
	mask := uint64(len(t.keys) - 1)
	i := spread(key) & mask
	for t.keys[i] != 0 {
		i = (i + 1) & mask
	}
	t.keys[i], t.vals[i] = key, val
}

func (t *pairs) grow() {
	old, vals := t.keys, t.vals
	size := max(64, len(old)*4)
	t.keys, t.vals = make([]uint64, size), make([]uint32, size)
	for i, key := range old {
		if key != 0 {
			t.place(key, vals[i])
		}
	}
}

// distinct counts different keys, in each group and in all, exactly. Most keys are in one group only, so the first group of a key is kept beside it and
// only further ones go to a table of pairs.
type distinct struct {
	entries []distinctEntry
	n       int
	further pairs
	counts  []float64
	total   float64
}

type distinctEntry struct {
	key   uint64 // 0 = free
	first uint32
	dense uint32
}

// add counts a key (not 0) in a group.
func (d *distinct) add(key uint64, group uint32) {
	if d.n*2 >= len(d.entries) {
		d.grow()
	}
	mask := uint64(len(d.entries) - 1)
	i := spread(key) & mask
	for {
		e := &d.entries[i]
		if e.key == key {
			if e.first != group {
				d.addFurther(e.dense, group)
			}
			return
		}
		if e.key == 0 {
			d.n++
			*e = distinctEntry{key, group, uint32(d.n)}
			d.total++
			d.count(group)
			return
		}
		i = (i + 1) & mask
	}
}

func (d *distinct) addFurther(dense, group uint32) {
	if _, ok := d.further.get(dense, group); !ok {
		d.further.put(dense, group, 0)
		d.count(group)
	}
}

func (d *distinct) count(group uint32) {
	for int(group) >= len(d.counts) {
		d.counts = append(d.counts, make([]float64, max(16, len(d.counts)))...)
	}
	d.counts[group]++
}

// smallestTable is the size tables begin with.
const smallestTable = 1 << 10

func (d *distinct) grow() {
	old := d.entries
	size := max(smallestTable, len(old)*4)
	d.entries = make([]distinctEntry, size)
	mask := uint64(size - 1)
	for _, e := range old {
		if e.key == 0 {
			continue
		}
		i := spread(e.key) & mask
		for d.entries[i].key != 0 {
			i = (i + 1) & mask
		}
		d.entries[i] = e
	}
}
