// Package wire is what all ways to talk with PBXs share: turns, requests, and what becomes of failures.
package wire

import (
	"context"
	"sync"
	"time"

	"github.com/skvoz/skvoz/core"
)

// Rate is how many requests are let through: Burst at once, then PerSecond.
type Rate struct {
	PerSecond float64
	Burst     float64
}

// maxKeys bounds turns to twice as many keys.
const maxKeys = 4096

// Turns let so many requests of each key through, in bounded memory: keys unused for long are forgotten, which gives them a full burst. They are safe for
// concurrent use.
type Turns[K comparable] struct {
	rate     Rate
	clock    core.Clock
	mu       sync.Mutex
	now, old map[K]bucket
}

type bucket struct {
	tokens float64
	at     time.Time
}

// NewTurns returns turns by a clock.
func NewTurns[K comparable](clock core.Clock, rate Rate) *Turns[K] {
	return &Turns[K]{rate: rate, clock: clock, now: map[K]bucket{}}
}

// Take lets one request through, or says after which time the next one would be.
func (t *Turns[K]) Take(key K) (wait time.Duration, ok bool) {
	at := t.clock.Now()
	t.mu.Lock()
	defer t.mu.Unlock()
	b := t.bucket(key, at)
	b.tokens = min(t.rate.Burst, b.tokens+t.rate.PerSecond*max(0, at.Sub(b.at).Seconds()))
	b.at = at
	if ok = b.tokens >= 1; ok {
		b.tokens--
	} else {
		wait = time.Duration((1 - b.tokens) / t.rate.PerSecond * float64(time.Second))
	}
	t.now[key] = b
	return wait, ok
}

func (t *Turns[K]) bucket(key K, at time.Time) bucket {
	b, found := t.now[key]
	if found {
		return b
	}
	if b, found = t.old[key]; !found {
		b = bucket{t.rate.Burst, at}
	}
	if len(t.now) >= maxKeys {
		t.old, t.now = t.now, map[K]bucket{}
	}
	return b
}

// Wait returns when it is the key's turn; its error is the context's.
func (t *Turns[K]) Wait(ctx context.Context, key K) error {
	for {
		wait, ok := t.Take(key)
		if ok {
			return nil
		}
		timer := time.NewTimer(wait + time.Millisecond)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		}
	}
}
