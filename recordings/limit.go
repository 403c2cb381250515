package recordings

import (
	"net/netip"
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/skvoz/skvoz/core"
)

// Rate is how many requests an address may make in the long run, and how many at once.
type Rate struct {
	PerSecond, Burst int
}

// maxAddresses bounds the memory of limits; the addresses unused the longest are forgotten first.
const maxAddresses = 20_000

// limits count requests by address.
type limits struct {
	rate  Rate
	clock core.Clock

	mu sync.Mutex
	// free holds for each address the moment at which no request would be counted any more.
	free *lru.Cache[netip.Addr, time.Time]
}

func newLimits(rate Rate, clock core.Clock) *limits {
	free, err := lru.New[netip.Addr, time.Time](maxAddresses)
	if err != nil {
		panic(err) // only for a size below one
	}
	return &limits{rate: rate, clock: clock, free: free}
}

// take counts a request; one that comes too early is not counted and told how long to wait.
func (l *limits) take(addr netip.Addr) (wait time.Duration) {
	every := time.Second / time.Duration(l.rate.PerSecond)
	now := l.clock.Now()
	l.mu.Lock()
	defer l.mu.Unlock()
	free, ok := l.free.Get(addr)
	if !ok || free.Before(now) {
		free = now
	}
	free = free.Add(every)
	if over := free.Sub(now) - time.Duration(l.rate.Burst)*every; over > 0 {
		return over
	}
	l.free.Add(addr, free)
	return 0
}
