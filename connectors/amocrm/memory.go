package amocrm

import (
	"sync"
	"time"

	"github.com/skvoz/skvoz/core"
)

// memoryLasts is how long what an account seldom changes is remembered.
const memoryLasts = 10 * time.Minute

// memory keeps between connections what would else be asked for with every deal. It is safe for concurrent use.
type memory struct {
	accounts recent[*account]
	// fields are ids of deals' fields by name.
	fields recent[map[string]int64]
}

func newMemory() *memory { return &memory{} }

// owner is whose memory it is.
type owner struct {
	account     core.AccountID
	integration core.IntegrationID
	at          address
}

func (c *connector) owner() owner {
	return owner{c.session.AccountID, c.session.IntegrationID, c.address}
}

// recent are values that are good for a while.
type recent[T any] struct {
	mu    sync.Mutex
	known map[owner]dated[T]
}

type dated[T any] struct {
	value T
	until time.Time
}

func (r *recent[T]) get(who owner, now time.Time) (T, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	v, ok := r.known[who]
	return v.value, ok && now.Before(v.until)
}

func (r *recent[T]) set(who owner, value T, now time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.known == nil {
		r.known = map[owner]dated[T]{}
	}
	for other, v := range r.known {
		if !now.Before(v.until) {
			delete(r.known, other)
		}
	}
	r.known[who] = dated[T]{value, now.Add(memoryLasts)}
}
