package deals

import (
	"cmp"
	"slices"
	"time"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/comms"
	"github.com/skvoz/skvoz/core/visits"
)

// match says why something belongs to a deal; the zero value: it does not.
type match struct {
	by    MatchedBy
	value string
}

// strength orders reasons, strongest first.
func (b MatchedBy) strength() int {
	switch b {
	case MatchedByID:
		return 1
	case MatchedByPhone:
		return 2
	case MatchedByEmail:
		return 3
	case MatchedByVisitor:
		return 4
	}
	return 5
}

// stronger returns the stronger of two matches; of two alike the one with the smaller value, so that the order of facts does not matter.
func stronger(a, b match) match {
	if cmp.Or(cmp.Compare(a.by.strength(), b.by.strength()), cmp.Compare(a.value, b.value)) <= 0 {
		return a
	}
	return b
}

func matchOf(v visits.ContactValue) match {
	if v.Kind == visits.ContactPhone {
		return match{MatchedByPhone, v.Value}
	}
	return match{MatchedByEmail, v.Value}
}

// matcher finds what belongs to one deal.
type matcher struct {
	in     *LinkInput
	values map[visits.ContactValue]bool
	// visitors are those that belong to the deal, with the reason.
	visitors map[core.VisitorID]match
	// linked are the visitors of linked communications.
	linked []core.VisitorID
}

// newMatcher begins with the visitors who have left a value of the contacts, and their persons.
func newMatcher(in *LinkInput) *matcher {
	m := &matcher{in: in, values: make(map[visits.ContactValue]bool, len(in.Values)), visitors: make(map[core.VisitorID]match)}
	for _, v := range in.Values {
		m.values[v] = v.Value != ""
	}
	for _, visitor := range in.Visitors {
		for _, v := range visitor.Values {
			if m.values[v] {
				m.visitors[visitor.ID] = stronger(m.visitors[visitor.ID], matchOf(v))
			}
		}
	}
	m.addPersons()
	return m
}

func (m *matcher) addVisitor(id core.VisitorID) {
	if id != 0 {
		m.visitors[id] = stronger(m.visitors[id], match{by: MatchedByVisitor})
	}
}

// addPersons adds all visitors of the persons of those found so far.
func (m *matcher) addPersons() {
	persons := make(map[core.PersonID]bool)
	for _, v := range m.in.Visitors {
		if m.visitors[v.ID].by != "" && v.PersonID != 0 {
			persons[v.PersonID] = true
		}
	}
	for _, v := range m.in.Visitors {
		if persons[v.PersonID] {
			m.addVisitor(v.ID)
		}
	}
}

// ofCommunication returns why a communication belongs to the deal: by its own phone or e-mail, or by its visitor. Those of a reached goal are copies of
// what its visitor had left by the time it was stored, so they say nothing of their own.
func (m *matcher) ofCommunication(c *LinkCommunication) match {
	if m.isNamed(c) {
		return match{by: MatchedByID}
	}
	own := match{}
	for _, v := range []visits.ContactValue{{Kind: visits.ContactPhone, Value: string(c.Phone)}, {Kind: visits.ContactEmail, Value: string(c.Email)}} {
		if m.values[v] && c.Kind != comms.KindGoal {
			own = stronger(own, matchOf(v))
		}
	}
	by := m.visitors[c.VisitorID]
	if by.by == own.by {
		return own // what it bears itself says more than another value of its visitor
	}
	return stronger(own, by)
}

func (m *matcher) isNamed(c *LinkCommunication) bool {
	return m.in.Named.ID != 0 && c.ID == m.in.Named.ID && c.Kind == m.in.Named.Kind
}

// links returns the linked communications in order.
func (m *matcher) links() []Link {
	var out []Link
	for i := range m.in.Communications {
		c := &m.in.Communications[i]
		by := m.ofCommunication(c)
		l := Link{CommunicationID: c.ID, Kind: c.Kind, At: c.At, MatchedBy: by.by, MatchedValue: by.value}
		if by.by == MatchedByID {
			return []Link{l}
		}
		if by.by != "" && m.mayLink(c) {
			out = append(out, l)
		}
	}
	slices.SortFunc(out, func(a, b Link) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.CommunicationID, b.CommunicationID))
	})
	return slices.CompactFunc(out, func(a, b Link) bool { return a.CommunicationID == b.CommunicationID })
}

// mayLink reports whether kind, direction and time of a communication let it be linked.
func (m *matcher) mayLink(c *LinkCommunication) bool {
	switch {
	case c.Kind == comms.KindGoal && !slices.Contains(m.in.GoalIDs, c.GoalID),
		c.Kind == comms.KindCall && c.IsOutgoing && m.in.IgnoreOutgoingCalls,
		c.Kind == comms.KindChat && c.IsOutgoing && m.in.IgnoreOutgoingChats:
		return false
	}
	for _, created := range []time.Time{m.in.CreatedAt, m.in.ContactAt, m.in.LeadAt} {
		if !created.IsZero() && precedes(c.At, created, LinkWindow) {
			return true
		}
	}
	return false
}

// steps returns the path.
func (m *matcher) steps() []Step {
	out := m.sessionSteps(nil)
	for i := range m.in.Communications {
		c := &m.in.Communications[i]
		if by := m.ofCommunication(c); by.by != "" && precedes(c.At, m.in.CreatedAt, MaxLookback) {
			out = append(out, Step{At: c.At, VisitorID: c.VisitorID, SessionID: c.SessionID, CommunicationID: c.ID, MatchedBy: by.by, MatchedValue: by.value})
		}
	}
	slices.SortFunc(out, compareSteps)
	out = slices.CompactFunc(out, func(a, b Step) bool { return a.SessionID == b.SessionID && a.CommunicationID == b.CommunicationID })
	if len(out) > MaxSteps {
		out = slices.Clone(out[len(out)-MaxSteps:])
	}
	return out
}

func (m *matcher) sessionSteps(out []Step) []Step {
	for i := range m.in.Sessions {
		s := &m.in.Sessions[i]
		if by := m.visitors[s.VisitorID]; by.by != "" && precedes(s.At, m.in.CreatedAt, MaxLookback) {
			out = append(out, Step{At: s.At, VisitorID: s.VisitorID, SessionID: s.ID, MatchedBy: by.by, MatchedValue: by.value})
		}
	}
	return out
}

// whole returns how links and steps were found together.
func (m *matcher) whole(links []Link, steps []Step) Match {
	var best MatchedBy
	for _, l := range links {
		best = strongerReason(best, l.MatchedBy)
	}
	for _, s := range steps {
		best = strongerReason(best, s.MatchedBy)
	}
	switch {
	case best == "":
		return MatchNone
	case best != MatchedByID && m.mixesPeople(steps):
		return MatchAmbiguous
	}
	return Match(best)
}

func strongerReason(a, b MatchedBy) MatchedBy {
	if b.strength() < a.strength() {
		return b
	}
	return a
}

// mixesPeople reports whether the visitors of links and steps are of more than one person. Without a communication named by the CRM all of them were
// found by values of the contacts, or are of the same person as one who was.
func (m *matcher) mixesPeople(steps []Step) bool {
	seen := make(map[core.VisitorID]bool)
	for _, id := range m.linked {
		seen[id] = true
	}
	for _, s := range steps {
		seen[s.VisitorID] = true
	}
	delete(seen, 0)
	persons := make(map[core.PersonID]bool)
	for _, v := range m.in.Visitors {
		if v.PersonID != 0 && seen[v.ID] {
			persons[v.PersonID] = true
			delete(seen, v.ID)
		}
	}
	return len(persons)+len(seen) > 1 // those left in seen are without a person
}

// compareSteps orders steps: by time, a session before a communication, then by identifier.
func compareSteps(a, b Step) int {
	if c := a.At.Compare(b.At); c != 0 {
		return c
	}
	if a.CommunicationID == 0 && b.CommunicationID == 0 {
		return cmp.Compare(a.SessionID, b.SessionID)
	}
	return cmp.Compare(a.CommunicationID, b.CommunicationID) // 0 = a session
}
