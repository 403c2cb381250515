package calltracking

import (
	"cmp"
	"slices"
	"time"

	"github.com/skvoz/skvoz/core"
)

// Invariant names a rule that loans must keep.
type Invariant string

// The invariants, by the numbers of docs/adr/0014.
const (
	// InvariantExclusive I1: two loans to one visit alone never overlap.
	InvariantExclusive Invariant = "I1"
	// InvariantFree I2: a number is lent to one visit alone only when nobody has it.
	InvariantFree Invariant = "I2"
	// InvariantMarked I3: loans that overlap are marked as ambiguous.
	InvariantMarked Invariant = "I3"
	// InvariantOverflow I4: with the dedicated policy only overflow numbers are shared.
	InvariantOverflow Invariant = "I4"
	// InvariantSession I5: a session has one open loan of a pool.
	InvariantSession Invariant = "I5"
	// InvariantDead I6: a loan that ended is not prolonged.
	InvariantDead Invariant = "I6"
	// InvariantUsage I7: a static number is never lent.
	InvariantUsage Invariant = "I7"
)

// Violation is a broken invariant.
type Violation struct {
	Invariant Invariant
	AccountID core.AccountID
	NumberID  core.VirtualNumberID
	// LeaseID and OtherID are the loans at fault; 0 = none.
	LeaseID, OtherID core.LeaseID
	At               time.Time
}

// CheckedNumber is a number as far as checking looks at it.
type CheckedNumber struct {
	Usage      Usage
	PoolID     core.PoolID
	CampaignID core.CampaignID
	IsOverflow bool
	// Overflow is the policy of its pool.
	Overflow Overflow
}

// Check looks for broken invariants among loans, which may come in any order.
func Check(leases []Lease, numbers map[core.VirtualNumberID]CheckedNumber) []Violation {
	var out []Violation
	byNumber := make(map[core.VirtualNumberID][]Lease)
	type sessionOf struct {
		pool    core.PoolID
		session core.SessionID
	}
	open := make(map[sessionOf]core.LeaseID)
	for _, l := range leases {
		byNumber[l.NumberID] = append(byNumber[l.NumberID], l)
		out = append(out, checkAlone(l, numbers[l.NumberID])...)
		if l.ReleasedAt != nil {
			continue
		}
		key := sessionOf{l.PoolID, l.SessionID}
		if other, ok := open[key]; ok {
			out = append(out, l.violates(InvariantSession, other))
		}
		open[key] = l.ID
	}
	for _, list := range byNumber {
		out = append(out, checkOverlaps(list)...)
	}
	for id, n := range numbers {
		if (n.Usage == UsagePool) != (n.PoolID != 0) || (n.PoolID != 0 && n.CampaignID != 0) {
			out = append(out, Violation{Invariant: InvariantUsage, NumberID: id})
		}
	}
	return out
}

func (l Lease) violates(i Invariant, other core.LeaseID) Violation {
	return Violation{Invariant: i, AccountID: l.AccountID, NumberID: l.NumberID, LeaseID: l.ID, OtherID: other, At: l.StartedAt}
}

// checkAlone checks what a loan by itself must hold.
func checkAlone(l Lease, n CheckedNumber) []Violation {
	var out []Violation
	if l.LastSeenAt.After(l.HoldUntil) || l.StartedAt.After(l.EndsAt()) || (l.ReleasedAt != nil && (l.ReleasedAt.After(l.HoldUntil) || l.LastSeenAt.After(*l.ReleasedAt))) {
		out = append(out, l.violates(InvariantDead, 0))
	}
	if l.ReleasedAt != nil || n.Usage == "" {
		return out
	}
	if n.Usage != UsagePool || n.PoolID != l.PoolID {
		out = append(out, l.violates(InvariantUsage, 0))
	}
	if n.Overflow == OverflowDedicated && l.IsShared != n.IsOverflow {
		out = append(out, l.violates(InvariantOverflow, 0))
	}
	return out
}

// checkOverlaps walks along the loans of a number in time.
func checkOverlaps(list []Lease) []Violation {
	var out []Violation
	slices.SortFunc(list, func(a, b Lease) int { return cmp.Or(a.StartedAt.Compare(b.StartedAt), cmp.Compare(a.ID, b.ID)) })
	var running []Lease
	for _, l := range list {
		running = slices.DeleteFunc(running, func(r Lease) bool { return !r.EndsAt().After(l.StartedAt) })
		if !l.EndsAt().After(l.StartedAt) {
			continue // it lasted no time
		}
		for i, r := range running {
			switch {
			case !l.IsShared && !r.IsShared:
				out = append(out, l.violates(InvariantExclusive, r.ID))
			case !l.IsShared:
				out = append(out, l.violates(InvariantFree, r.ID))
			}
			if r.AmbiguousFrom == nil || r.AmbiguousFrom.After(l.StartedAt) {
				out = append(out, l.violates(InvariantMarked, r.ID))
			}
			if i == 0 && (l.AmbiguousFrom == nil || l.AmbiguousFrom.After(l.StartedAt)) {
				out = append(out, r.violates(InvariantMarked, l.ID))
			}
		}
		running = append(running, l)
	}
	return out
}
