// Package testkit holds what tests of several packages share. Only tests import it.
package testkit

import (
	"sync"
	"testing"
	"time"
)

// Clock is a clock that stands until it is told to move. It is safe for concurrent use.
type Clock struct {
	mu  sync.Mutex
	now time.Time
}

// NewClock returns a clock that shows the given time, in UTC.
func NewClock(at time.Time) *Clock { return &Clock{now: at.UTC()} }

// Now returns the time the clock shows.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Advance moves the clock and returns the time it shows then.
func (c *Clock) Advance(by time.Duration) time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(by)
	return c.now
}

// Set puts the clock to a time.
func (c *Clock) Set(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = at.UTC()
}

// Eventually waits until ok reports true and fails the test if it has not within the limit. Prefer a signal where
// there is one; this is for what can only be watched from outside, such as another process.
func Eventually(t testing.TB, limit time.Duration, ok func() bool, what string) {
	t.Helper()
	deadline := time.NewTimer(limit)
	defer deadline.Stop()
	pause := time.Millisecond
	for !ok() {
		select {
		case <-deadline.C:
			if ok() {
				return
			}
			t.Fatalf("not within %s: %s", limit, what)
		case <-time.After(pause):
			pause = min(2*pause, 50*time.Millisecond)
		}
	}
}
