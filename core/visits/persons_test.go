package visits_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/visits"
)

func phone(v string) visits.ContactValue {
	return visits.ContactValue{Kind: visits.ContactPhone, Value: v}
}

func ids(from core.PersonID) func() core.PersonID {
	return func() core.PersonID { from++; return from }
}

func TestTR_3_PersonsAreVisitorsWithContactsInCommon(t *testing.T) {
	t.Parallel()
	a, b, c := phone("1"), phone("2"), phone("3")
	member := func(id core.VisitorID, person core.PersonID, contacts ...visits.ContactValue) visits.PersonMember {
		return visits.PersonMember{ID: id, PersonID: person, Contacts: contacts}
	}
	apart := func(m visits.PersonMember) visits.PersonMember { m.IsSeparate = true; return m }
	cases := []struct {
		rule     string
		members  []visits.PersonMember
		excluded map[visits.ContactValue]bool
		want     map[core.VisitorID]core.PersonID
	}{
		{"a visitor without contacts is nobody yet", []visits.PersonMember{member(1, 0)}, nil, map[core.VisitorID]core.PersonID{}},
		{"a lone visitor with a contact is a person", []visits.PersonMember{member(1, 0, a)}, nil, map[core.VisitorID]core.PersonID{1: 101}},
		{"an equal contact joins", []visits.PersonMember{member(1, 7, a), member(2, 0, a)}, nil, map[core.VisitorID]core.PersonID{1: 7, 2: 7}},
		{"joining goes on from contact to contact", []visits.PersonMember{member(1, 7, a), member(2, 5, a, b), member(3, 6, b)}, nil, map[core.VisitorID]core.PersonID{1: 5, 2: 5, 3: 5}},
		{"an excluded value joins nothing", []visits.PersonMember{member(1, 7, a), member(2, 7, a)}, map[visits.ContactValue]bool{a: true}, map[core.VisitorID]core.PersonID{1: 7, 2: 101}},
		{"a phone is no e-mail", []visits.PersonMember{member(1, 7, a), member(2, 8, visits.ContactValue{Kind: visits.ContactEmail, Value: "1"})}, nil, map[core.VisitorID]core.PersonID{1: 7, 2: 8}},
		{"who stands apart gets a person of their own, even as the first", []visits.PersonMember{apart(member(1, 7, a)), member(2, 7, a), member(3, 7, a)}, nil, map[core.VisitorID]core.PersonID{1: 101, 2: 7, 3: 7}},
		{"the part with the first visitor keeps the identifier", []visits.PersonMember{member(3, 7, c), member(2, 7, b), member(1, 7, a)}, nil, map[core.VisitorID]core.PersonID{1: 7, 2: 101, 3: 102}},
	}
	for _, tc := range cases {
		t.Run(tc.rule, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, tc.want, visits.JoinPersons(tc.members, tc.excluded, ids(100)))
		})
	}
}

// people is a random world of visitors with few contact values, so that they join often.
func people(r *rand.Rand) ([]visits.PersonMember, map[visits.ContactValue]bool) {
	members := make([]visits.PersonMember, 1+r.IntN(12))
	for i := range members {
		members[i] = visits.PersonMember{ID: core.VisitorID(i + 1), IsSeparate: r.IntN(8) == 0}
		for range r.IntN(3) {
			members[i].Contacts = append(members[i].Contacts, phone(fmt.Sprint(r.IntN(10))))
		}
	}
	excluded := map[visits.ContactValue]bool{}
	for range r.IntN(3) {
		excluded[phone(fmt.Sprint(r.IntN(10)))] = true
	}
	return members, excluded
}

func assign(members []visits.PersonMember, to map[core.VisitorID]core.PersonID) []visits.PersonMember {
	out := append([]visits.PersonMember(nil), members...)
	for i := range out {
		out[i].PersonID = to[out[i].ID]
	}
	return out
}

func TestPersons_DoNotDependOnTheOrderOfVisitors(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		members, excluded := people(r)
		members = assign(members, visits.JoinPersons(members, nil, ids(50)))
		want := visits.JoinPersons(members, excluded, ids(100))
		r.Shuffle(len(members), func(i, j int) { members[i], members[j] = members[j], members[i] })
		require.Equal(t, want, visits.JoinPersons(members, excluded, ids(100)))
	}
}

func TestPersons_ExcludingAndIncludingIsTheSameAsNever(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 4))
	for range 2000 {
		members, excluded := people(r)
		never := visits.JoinPersons(members, excluded, ids(100))
		more := map[visits.ContactValue]bool{phone(fmt.Sprint(r.IntN(10))): true}
		for v := range excluded {
			more[v] = true
		}
		out := visits.JoinPersons(assign(members, never), more, ids(1000))
		require.Equal(t, never, visits.JoinPersons(assign(members, out), excluded, ids(2000)))
	}
}

func TestPersons_SettingApartAndBackIsTheSameAsNever(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(5, 6))
	for range 2000 {
		members, excluded := people(r)
		never := visits.JoinPersons(members, excluded, ids(100))
		i := r.IntN(len(members))
		if members[i].IsSeparate {
			continue
		}
		apart := assign(members, never)
		apart[i].IsSeparate = true
		out := assign(apart, visits.JoinPersons(apart, excluded, ids(1000)))
		out[i].IsSeparate = false
		require.Equal(t, never, visits.JoinPersons(out, excluded, ids(2000)))
	}
}

func TestPersons_TakingContactsOneByOneGivesTheSameGroupsAsAllAtOnce(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(7, 8))
	for range 2000 {
		members, excluded := people(r)
		whole := visits.JoinPersons(members, excluded, ids(100))
		growing := append([]visits.PersonMember(nil), members...)
		for i := range growing {
			growing[i].Contacts = nil
		}
		next, steps := ids(100), contactSteps(members)
		r.Shuffle(len(steps), func(i, j int) { steps[i], steps[j] = steps[j], steps[i] })
		for _, s := range steps {
			growing[s.visitor].Contacts = append(growing[s.visitor].Contacts, s.value)
			growing = assign(growing, visits.JoinPersons(growing, excluded, next))
		}
		require.Equal(t, groups(whole), groups(visits.JoinPersons(growing, excluded, next)))
	}
}

type contactStep struct {
	visitor int
	value   visits.ContactValue
}

func contactSteps(members []visits.PersonMember) []contactStep {
	var steps []contactStep
	for i, m := range members {
		for _, c := range m.Contacts {
			steps = append(steps, contactStep{i, c})
		}
	}
	return steps
}

// groups names each visitor's group by its smallest visitor.
func groups(persons map[core.VisitorID]core.PersonID) map[core.VisitorID]core.VisitorID {
	first := map[core.PersonID]core.VisitorID{}
	for v, p := range persons {
		if first[p] == 0 || v < first[p] {
			first[p] = v
		}
	}
	out := map[core.VisitorID]core.VisitorID{}
	for v, p := range persons {
		out[v] = first[p]
	}
	return out
}
