package auth

import (
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/accounts"
)

// maxKeys bounds the memory of Attempts; the keys unused the longest are forgotten first.
const maxKeys = 50_000

// Attempts counts tries in memory, for one process. It implements accounts.Attempts.
type Attempts struct {
	clock core.Clock

	mu sync.Mutex
	// free holds for each key the moment at which no try would be counted any more: every try moves it by Limit.Every.
	free *lru.Cache[string, time.Time]
}

// NewAttempts returns an empty count.
func NewAttempts(clock core.Clock) *Attempts {
	free, err := lru.New[string, time.Time](maxKeys)
	if err != nil {
		panic(err) // only for a size below one
	}
	return &Attempts{clock: clock, free: free}
}

// Take implements accounts.Attempts. A refused try is not counted: who waits as told gets in.
func (a *Attempts) Take(key string, limit accounts.Limit) (wait time.Duration) {
	now := a.clock.Now()
	a.mu.Lock()
	defer a.mu.Unlock()
	free, ok := a.free.Get(key)
	if !ok || free.Before(now) {
		free = now
	}
	free = free.Add(limit.Every)
	if over := free.Sub(now) - time.Duration(limit.Burst)*limit.Every; over > 0 {
		return over
	}
	a.free.Add(key, free)
	return 0
}

// Forgive implements accounts.Attempts.
func (a *Attempts) Forgive(key string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.free.Remove(key)
}
