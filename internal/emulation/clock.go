package emulation

import (
	"slices"
	"sync"
	"time"
)

// Clock is the time at the vendor's: the real one, moved forward as tests and people like. The zero value is the real time.
type Clock struct {
	mu      sync.Mutex
	offset  time.Duration
	waiting []*waiter
}

// waiter is somebody who waits for a time; the timer lets it go unless Advance does so before.
type waiter struct {
	at    time.Time
	fire  chan struct{}
	timer *time.Timer
}

// Now returns the time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now()
}

// Offset returns how far the clock is ahead of the real time.
func (c *Clock) Offset() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.offset
}

func (c *Clock) now() time.Time { return time.Now().Add(c.offset).UTC() }

// Advance moves the clock forward and lets those go whose time has come, the earliest first. It never moves back.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.offset += max(d, 0)
	c.release()
}

func (c *Clock) release() {
	now, rest := c.now(), c.waiting[:0]
	for _, w := range c.waiting {
		if left := w.at.Sub(now); left > 0 {
			w.timer.Reset(left) // as much sooner as the clock was moved
			rest = append(rest, w)
			continue
		}
		w.timer.Stop()
		close(w.fire)
	}
	clear(c.waiting[len(rest):])
	c.waiting = rest
}

// After returns a channel that closes when d has passed, by itself or by Advance, and a function that ends the wait;
// the channel of a wait that was ended stays open.
func (c *Clock) After(d time.Duration) (fired <-chan struct{}, stop func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	w := &waiter{at: c.now().Add(d), fire: make(chan struct{})}
	if d <= 0 {
		close(w.fire)
		return w.fire, func() {}
	}
	w.timer = time.AfterFunc(d, func() { c.Advance(0) })
	at, _ := slices.BinarySearchFunc(c.waiting, w, func(a, b *waiter) int {
		if a.at.After(b.at) {
			return 1
		}
		return -1 // those who wait for the same time go in the order they came
	})
	c.waiting = slices.Insert(c.waiting, at, w)
	return w.fire, func() { c.forget(w) }
}

func (c *Clock) forget(w *waiter) {
	c.mu.Lock()
	defer c.mu.Unlock()
	w.timer.Stop()
	if at := slices.Index(c.waiting, w); at >= 0 {
		c.waiting = slices.Delete(c.waiting, at, at+1)
	}
}
