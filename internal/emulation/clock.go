package emulation

import (
	"sync"
	"time"
)

// Clock is the time at the vendor's: the real one, moved forward as tests and people like. The zero value is the real time.
type Clock struct {
	mu      sync.Mutex
	offset  time.Duration
	waiting []*waiter
}

type waiter struct {
	at   time.Time
	fire chan struct{}
}

// Now returns the time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now()
}

func (c *Clock) now() time.Time { return time.Now().Add(c.offset).UTC() }

// Advance moves the clock forward and lets those go whose time has come.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.offset += max(d, 0)
	now, rest := c.now(), c.waiting[:0]
	for _, w := range c.waiting {
		if now.Before(w.at) {
			rest = append(rest, w)
			continue
		}
		close(w.fire)
	}
	c.waiting = rest
}

// After returns a channel that closes when d has passed, by itself or by Advance, and a function that ends the wait.
func (c *Clock) After(d time.Duration) (fired <-chan struct{}, stop func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	w := &waiter{at: c.now().Add(d), fire: make(chan struct{})}
	if d <= 0 {
		close(w.fire)
		return w.fire, func() {}
	}
	c.waiting = append(c.waiting, w)
	timer := time.AfterFunc(d, func() { c.Advance(0) })
	return w.fire, func() { timer.Stop() }
}
