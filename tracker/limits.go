package tracker

import (
	"hash/maphash"
	"sync"
	"time"

	"github.com/skvoz/skvoz/core"
)

// Rate is how many requests are let through: Burst at once, then PerSecond.
type Rate struct {
	// PerSecond below 0 = without limit.
	PerSecond float64
	Burst     float64
}

// Limits of requests; a zero Rate has the default.
type Limits struct {
	// PerIP is for browsers: an office behind one address is many of them.
	PerIP Rate
	// PerSite is for all browsers of a site together.
	PerSite Rate
	// PerBackEnd is for contact data and requests: of one address for one site, since a back end posts for many visitors.
	PerBackEnd Rate
	// Refusals is how many refused hits of a site are kept; the rest is only counted.
	Refusals Rate
}

func (l Limits) withDefaults() Limits {
	return Limits{
		PerIP: l.PerIP.or(Rate{50, 600}), PerSite: l.PerSite.or(Rate{2000, 20_000}),
		PerBackEnd: l.PerBackEnd.or(Rate{50, 500}), Refusals: l.Refusals.or(Rate{1, 60}),
	}
}

func (r Rate) or(def Rate) Rate {
	if r == (Rate{}) {
		return def
	}
	return r
}

const (
	bucketShards = 16
	// shardKeys bounds each shard to twice as many keys.
	shardKeys = 4096
)

// buckets are token buckets by key, in bounded memory: keys unused for long are forgotten, which gives them a full bucket.
type buckets[K comparable] struct {
	rate   Rate
	clock  core.Clock
	seed   maphash.Seed
	shards [bucketShards]shard[K]
}

type shard[K comparable] struct {
	mu       sync.Mutex
	now, old map[K]bucket
}

type bucket struct {
	tokens float64
	at     int64 // unix nanoseconds
}

func newBuckets[K comparable](clock core.Clock, rate Rate) *buckets[K] {
	b := &buckets[K]{rate: rate, clock: clock, seed: maphash.MakeSeed()}
	for i := range b.shards {
		b.shards[i].now = make(map[K]bucket)
	}
	return b
}

// take lets one request through, or says after which time the next one would be.
func (b *buckets[K]) take(k K) (wait time.Duration, ok bool) {
	if b.rate.PerSecond < 0 {
		return 0, true
	}
	now := b.clock.Now().UnixNano()
	s := &b.shards[maphash.Comparable(b.seed, k)%bucketShards]
	s.mu.Lock()
	defer s.mu.Unlock()
	v, found := s.now[k]
	if !found {
		if v, found = s.old[k]; !found {
			v = bucket{b.rate.Burst, now}
		}
		if len(s.now) >= shardKeys {
			s.old, s.now = s.now, make(map[K]bucket)
		}
	}
	v.tokens = min(b.rate.Burst, v.tokens+b.rate.PerSecond*float64(max(0, now-v.at))/float64(time.Second))
	v.at = now
	if v.tokens < 1 {
		s.now[k] = v
		return time.Duration((1 - v.tokens) / b.rate.PerSecond * float64(time.Second)), false
	}
	v.tokens--
	s.now[k] = v
	return 0, true
}
