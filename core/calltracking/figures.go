package calltracking

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/skvoz/skvoz/core"
)

// PoolFigures say how a pool does.
type PoolFigures struct {
	// Numbers counts the pool's numbers that may be lent to one visit alone; OverflowNumbers those for overflow.
	Numbers, OverflowNumbers int
	// Held counts the numbers lent now, Visits the visits that have them.
	Held, Visits int
	// Days are those with loans, oldest first.
	Days []PoolDay
	// Calls counts the calls to the pool's numbers, Ambiguous those of them that were counted to nobody for having too many candidates.
	Calls, Ambiguous int
	// Recommended is the size at which the last 30 days' visits would hardly ever have found no number free: the 99th percentile of visits that
	// held a number at once while any did, and one for overflow; 0 = there were none.
	Recommended int
}

// PoolDay is what happened in a pool on a day (UTC).
type PoolDay struct {
	Day core.Date
	// Leases counts loans, Overflowed those on overflow or shared numbers, Refused the visits that got none.
	Leases, Overflowed, Refused int64
	// Peak is the most visits that held a number at once.
	Peak int
}

// PoolFigures returns what happened in a pool from one day to another (UTC, both included, at most 366 days). KindInvalid names the wrong day;
// KindNotFound: no such pool.
func (s *Service) PoolFigures(ctx context.Context, account core.AccountID, pool core.PoolID, from, to core.Date) (PoolFigures, error) {
	if n := to.Number() - from.Number(); n < 0 || n > 366 {
		return PoolFigures{}, core.Invalid("to", "out_of_range", "the last day must be within a year after the first")
	}
	return s.Store.PoolFigures(ctx, account, pool, from, to)
}

// RecommendedDays is over how many days Recommended looks back.
const RecommendedDays = 30

// Span is the time of a loan.
type Span struct{ From, To time.Time }

// BusyHolders returns the number of loans that ran at once which was not exceeded for a share of the time in which any ran; 0 without loans.
func BusyHolders(spans []Span, share float64) int {
	type edge struct {
		at    time.Time
		delta int
	}
	edges := make([]edge, 0, 2*len(spans))
	for _, s := range spans {
		if s.To.After(s.From) {
			edges = append(edges, edge{s.From, 1}, edge{s.To, -1})
		}
	}
	slices.SortFunc(edges, func(a, b edge) int { return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.delta, b.delta)) })
	lasted := map[int]time.Duration{}
	var total time.Duration
	running := 0
	for i, e := range edges {
		if i > 0 && running > 0 {
			d := e.at.Sub(edges[i-1].at)
			lasted[running] += d
			total += d
		}
		running += e.delta
	}
	var sum time.Duration
	levels := make([]int, 0, len(lasted))
	for n := range lasted {
		levels = append(levels, n)
	}
	slices.Sort(levels)
	for _, n := range levels {
		if sum += lasted[n]; float64(sum) >= share*float64(total) {
			return n
		}
	}
	return 0
}
