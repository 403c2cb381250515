package emulator

import (
	"net/http"
	"time"
)

// bucket counts the requests of one address: each adds one, time takes them off.
type bucket struct {
	level float64
	at    time.Time
}

// spend counts a request, or refuses it before anything is done.
func (s *Server) spend(from string, now time.Time) *refusal {
	if s.options.LeakPerSecond < 0 || s.options.Burst < 0 {
		return nil
	}
	b := s.state.buckets[from]
	if b == nil {
		b = &bucket{at: now}
		s.state.buckets[from] = b
	}
	b.level = max(0, b.level-now.Sub(b.at).Seconds()*s.options.LeakPerSecond)
	b.at = now
	if b.level+1 > s.options.Burst {
		return &refusal{http.StatusServiceUnavailable, "QUERY_LIMIT_EXCEEDED", "Too many requests"}
	}
	b.level++
	return nil
}

// minute is one of the ten buckets a method's work is counted in: it begins with the first call and is forgotten ten minutes later.
type minute struct {
	since time.Time
	spent time.Duration
}

const operatingWindow = 10 * time.Minute

func (c *call) operatingKey(name string) string { return c.who.client() + " " + name }

// operated is the work of a method in the window, and when the oldest part of it will be forgotten.
func (c *call) operated(name string) (spent time.Duration, reset time.Time) {
	now, kept := c.now, []minute{}
	for _, m := range c.state.operating[c.operatingKey(name)] {
		if now.Sub(m.since) < operatingWindow {
			kept = append(kept, m)
			spent += m.spent
		}
	}
	c.state.operating[c.operatingKey(name)] = kept
	if len(kept) == 0 {
		return 0, now.Add(operatingWindow)
	}
	return spent, kept[0].since.Add(operatingWindow)
}

func (c *call) overworked(name string) bool {
	spent, _ := c.operated(name)
	return c.options.OperatingLimit >= 0 && spent > c.options.OperatingLimit
}

// work counts what a call costs.
func (c *call) work(name string, m method) {
	cost, set := c.options.Operating[name]
	switch {
	case set:
	case m.writes:
		cost = 200 * time.Millisecond
	default:
		cost = 50 * time.Millisecond
	}
	key := c.operatingKey(name)
	minutes := c.state.operating[key]
	if n := len(minutes); n > 0 && c.now.Sub(minutes[n-1].since) < time.Minute {
		minutes[n-1].spent += cost
		return
	}
	c.state.operating[key] = append(minutes, minute{since: c.now, spent: cost})
}
