package emulator

import (
	"net/http"
	"slices"
	"time"
)

// limits is how often who asked, and what the vendor did about it.
type limits struct {
	byClient map[string][]time.Time
	all      []time.Time
	refused  []time.Time // answers 429 of the last minute
	count    int         // of answers 429
	banned   bool
	unpaid   bool
}

// within drops what is older than a span before now.
func within(times []time.Time, now time.Time, span time.Duration) []time.Time {
	return slices.DeleteFunc(times, func(t time.Time) bool { return now.Sub(t) >= span })
}

// admit lets a request through or says why not. Requests over the limit don't count; too many of them bring a ban.
func (s *Server) admit(client string) *answer {
	l, now := &s.limits, s.kit.Clock.Now()
	if l.byClient == nil {
		l.byClient = map[string][]time.Time{}
	}
	l.all = within(l.all, now, time.Second)
	mine := within(l.byClient[client], now, time.Second)
	l.byClient[client] = mine
	if len(mine) < s.opts.Rate && len(l.all) < s.opts.AccountRate {
		l.byClient[client], l.all = append(mine, now), append(l.all, now)
		return nil
	}
	l.count++
	l.refused = append(within(l.refused, now, time.Minute), now)
	if s.opts.BanAfter > 0 && len(l.refused) >= s.opts.BanAfter {
		l.banned = true
	}
	a := problem(http.StatusTooManyRequests, "Too many requests")
	if l.count%2 == 0 {
		a = answer{status: http.StatusTooManyRequests, html: page429}
	}
	return &a
}
