package visits

import (
	"slices"
	"time"

	"github.com/skvoz/skvoz/core"
)

// ContactValue names a phone or e-mail by kind and normalised value.
type ContactValue struct {
	Kind  ContactKind
	Value string
}

// PersonMember is a visitor as far as it matters for persons.
type PersonMember struct {
	ID core.VisitorID
	// PersonID is the person the visitor belonged to so far; zero = none.
	PersonID core.PersonID
	// IsSeparate: never joined with others.
	IsSeparate bool
	Contacts   []ContactValue
}

// Person is one human being: one or several visitors with a contact in common.
type Person struct {
	ID        core.PersonID
	AccountID core.AccountID
	CreatedAt time.Time
}

// JoinPersons puts persons together from the facts alone: visitors with a contact value in common belong to one person, unless the value is excluded
// from joining or the visitor stands apart. The answer has every visitor with contacts that was given, in any order of the input the same.
//
// A person keeps its identifier as long as one of its visitors is left: a group takes the smallest identifier any of its visitors had. If several groups
// claim one, a group of joined visitors goes before a visitor set apart, and then the one with the smallest visitor id; the others get a new one
// from newID.
func JoinPersons(members []PersonMember, excluded map[ContactValue]bool, newID func() core.PersonID) map[core.VisitorID]core.PersonID {
	out := make(map[core.VisitorID]core.PersonID, len(members))
	taken := make(map[core.PersonID]bool)
	for _, g := range personGroups(members, excluded) {
		id := g.claim(taken)
		if id == 0 {
			id = newID()
		}
		taken[id] = true
		for _, m := range g.members {
			out[m.ID] = id
		}
	}
	return out
}

type personGroup struct {
	first   core.VisitorID
	apart   bool
	members []*PersonMember
}

// claim returns the smallest identifier a member had that no group before has taken; zero = none.
func (g personGroup) claim(taken map[core.PersonID]bool) core.PersonID {
	var id core.PersonID
	for _, m := range g.members {
		if m.PersonID != 0 && !taken[m.PersonID] && (id == 0 || m.PersonID < id) {
			id = m.PersonID
		}
	}
	return id
}

// personGroups returns the connected components in the order in which they claim identifiers.
func personGroups(members []PersonMember, excluded map[ContactValue]bool) []personGroup {
	sets := newDisjointSets(len(members))
	holder := make(map[ContactValue]int)
	for i, m := range members {
		if m.IsSeparate {
			continue
		}
		for _, c := range m.Contacts {
			if excluded[c] {
				continue
			}
			if other, ok := holder[c]; ok {
				sets.union(i, other)
			} else {
				holder[c] = i
			}
		}
	}
	return sets.groups(members)
}

func comparePersonGroups(a, b personGroup) int {
	if a.apart != b.apart {
		if a.apart {
			return 1
		}
		return -1
	}
	return int(max(-1, min(1, a.first-b.first)))
}

// disjointSets is a union-find with path halving.
type disjointSets []int

func newDisjointSets(n int) disjointSets {
	s := make(disjointSets, n)
	for i := range s {
		s[i] = i
	}
	return s
}

func (s disjointSets) find(i int) int {
	for s[i] != i {
		s[i] = s[s[i]]
		i = s[i]
	}
	return i
}

func (s disjointSets) union(a, b int) { s[s.find(a)] = s.find(b) }

func (s disjointSets) groups(members []PersonMember) []personGroup {
	byRoot := make(map[int]*personGroup)
	for i := range members {
		m := &members[i]
		if len(m.Contacts) == 0 {
			continue
		}
		g := byRoot[s.find(i)]
		if g == nil {
			g = &personGroup{first: m.ID, apart: m.IsSeparate}
			byRoot[s.find(i)] = g
		}
		g.first = min(g.first, m.ID)
		g.members = append(g.members, m)
	}
	out := make([]personGroup, 0, len(byRoot))
	for _, g := range byRoot {
		out = append(out, *g)
	}
	slices.SortFunc(out, comparePersonGroups)
	return out
}
