package deals_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/comms"
	"github.com/skvoz/skvoz/core/deals"
	"github.com/skvoz/skvoz/core/visits"
)

const (
	phone      = core.Phone("79262444393")
	otherPhone = core.Phone("79031112233")
	email      = core.Email("anna@example.com")
)

var (
	created  = time.Date(2026, 3, 31, 12, 0, 0, 0, time.UTC)
	phoneOf  = visits.ContactValue{Kind: visits.ContactPhone, Value: string(phone)}
	emailOf  = visits.ContactValue{Kind: visits.ContactEmail, Value: string(email)}
	strangeP = visits.ContactValue{Kind: visits.ContactPhone, Value: string(otherPhone)}
)

const day = 24 * time.Hour

// deal is a deal of a contact with a phone and an e-mail, with communications.
func deal(change func(*deals.LinkInput), list ...deals.LinkCommunication) deals.LinkInput {
	in := deals.LinkInput{Deal: 1, CreatedAt: created, Values: []visits.ContactValue{phoneOf, emailOf}, Communications: list}
	if change != nil {
		change(&in)
	}
	return in
}

// call is a call from the contact's phone, so long before the deal.
func call(id core.CommunicationID, before time.Duration, change ...func(*deals.LinkCommunication)) deals.LinkCommunication {
	c := deals.LinkCommunication{ID: id, Kind: comms.KindCall, At: created.Add(-before), Phone: phone}
	for _, fn := range change {
		fn(&c)
	}
	return c
}

func of(visitor core.VisitorID) func(*deals.LinkCommunication) {
	return func(c *deals.LinkCommunication) { c.VisitorID = visitor }
}

func from(p core.Phone) func(*deals.LinkCommunication) {
	return func(c *deals.LinkCommunication) { c.Phone = p }
}

func kind(k comms.Kind) func(*deals.LinkCommunication) {
	return func(c *deals.LinkCommunication) { c.Kind = k }
}

func reached(goal core.GoalID) func(*deals.LinkCommunication) {
	return func(c *deals.LinkCommunication) { c.Kind, c.GoalID = comms.KindGoal, goal }
}

func outgoing(c *deals.LinkCommunication) { c.IsOutgoing = true }

// said is a list of links as "identifier reason value".
func said(links []deals.Link) []string {
	var out []string
	for _, l := range links {
		out = append(out, fmt.Sprint(l.CommunicationID, " ", l.MatchedBy, " ", l.MatchedValue))
	}
	return out
}

// walked is a path as "v:session" and "c:communication", each with reason and value.
func walked(steps []deals.Step) []string {
	var out []string
	for _, s := range steps {
		if s.CommunicationID == 0 {
			out = append(out, fmt.Sprint("v:", s.SessionID, " ", s.MatchedBy, " ", s.MatchedValue))
		} else {
			out = append(out, fmt.Sprint("c:", s.CommunicationID, " ", s.MatchedBy, " ", s.MatchedValue))
		}
	}
	return out
}

func TestOC_1_WhichCommunicationsAreLinked(t *testing.T) {
	t.Parallel()
	holder := deals.LinkVisitor{ID: 10, Values: []visits.ContactValue{emailOf}}
	cases := []struct {
		rule string
		in   deals.LinkInput
		want []string
	}{
		{"a call from the contact's phone", deal(nil, call(1, day)), []string{"1 phone " + string(phone)}},
		{"a request with the contact's e-mail", deal(nil, call(1, day, kind(comms.KindOfflineRequest), from(""), func(c *deals.LinkCommunication) { c.Email = email })), []string{"1 email " + string(email)}},
		{
			"the phone is a stronger reason than the e-mail",
			deal(nil, call(1, day, kind(comms.KindChat), func(c *deals.LinkCommunication) { c.Email = email })),
			[]string{"1 phone " + string(phone)},
		},
		{"a stranger's call is not", deal(nil, call(1, day, from(otherPhone))), nil},
		{"nothing in common are empty values", deal(func(in *deals.LinkInput) {
			in.Values = append(in.Values, visits.ContactValue{Kind: visits.ContactPhone})
		}, call(1, day, from(""))), nil},
		{
			"the visitor left the contact's e-mail some day",
			deal(func(in *deals.LinkInput) { in.Visitors = []deals.LinkVisitor{holder} }, call(1, day, from(otherPhone), of(10))),
			[]string{"1 email " + string(email)},
		},
		{
			"the visitor is of the same person as one who left it",
			deal(func(in *deals.LinkInput) {
				in.Visitors = []deals.LinkVisitor{{ID: 11, PersonID: 5}, {ID: 10, PersonID: 5, Values: []visits.ContactValue{phoneOf}}, {ID: 12, PersonID: 6}}
			}, call(1, day, from(""), of(11)), call(2, day, from(""), of(12))),
			[]string{"1 visitor "},
		},
		{
			"visitors without a person are not one person",
			deal(func(in *deals.LinkInput) { in.Visitors = []deals.LinkVisitor{{ID: 11}, holder} }, call(1, day, from(""), of(11))), nil,
		},
		{
			"what the communication bears itself is said before another phone of its visitor",
			deal(func(in *deals.LinkInput) {
				in.Values = append(in.Values, strangeP)
				in.Visitors = []deals.LinkVisitor{{ID: 10, Values: []visits.ContactValue{strangeP, phoneOf}}}
			}, call(1, day, of(10)), call(2, time.Hour, from(""), of(10))),
			[]string{"1 phone " + string(phone), "2 phone " + string(otherPhone)},
		},
		{"exactly thirty days before", deal(nil, call(1, 30*day), call(2, 30*day+time.Millisecond)), []string{"1 phone " + string(phone)}},
		{
			"within the second of the deal's creation, not after it",
			deal(nil, call(1, -999*time.Millisecond), call(2, -time.Second)),
			[]string{"1 phone " + string(phone)},
		},
		{
			"up to thirty days before the main contact's creation",
			deal(func(in *deals.LinkInput) { in.ContactAt = created.Add(-60 * day) }, call(1, 91*day), call(2, 89*day), call(3, 60*day), call(4, 59*day), call(5, day)),
			[]string{"2 phone " + string(phone), "3 phone " + string(phone), "5 phone " + string(phone)},
		},
		{
			"up to thirty days before the lead's creation, which may come after the deal's",
			deal(func(in *deals.LinkInput) { in.LeadAt = created.Add(3 * day) }, call(1, -2*day), call(2, -4*day)),
			[]string{"1 phone " + string(phone)},
		},
		{
			"goals only if the settings say so",
			deal(func(in *deals.LinkInput) { in.GoalIDs, in.Visitors = []core.GoalID{7}, []deals.LinkVisitor{holder} }, call(1, day, reached(7), of(10)), call(2, day, reached(8), of(10))),
			[]string{"1 email " + string(email)},
		},
		{"the phone of a goal is a copy of its visitor's and says nothing", deal(func(in *deals.LinkInput) { in.GoalIDs = []core.GoalID{7} }, call(1, day, reached(7))), nil},
		{
			"outgoing calls and chats are linked unless ignored",
			deal(nil, call(1, 2*day, outgoing), call(2, day, kind(comms.KindChat), outgoing)),
			[]string{"1 phone " + string(phone), "2 phone " + string(phone)},
		},
		{
			"outgoing calls are ignored, chats are not",
			deal(func(in *deals.LinkInput) { in.IgnoreOutgoingCalls = true }, call(1, day, outgoing), call(2, day), call(3, day, kind(comms.KindChat), outgoing)),
			[]string{"2 phone " + string(phone), "3 phone " + string(phone)},
		},
		{
			"outgoing chats are ignored, calls are not",
			deal(func(in *deals.LinkInput) { in.IgnoreOutgoingChats = true }, call(1, day, outgoing), call(2, day, kind(comms.KindChat)), call(3, day, kind(comms.KindChat), outgoing)),
			[]string{"1 phone " + string(phone), "2 phone " + string(phone)},
		},
		{
			"the one the CRM named is the only one, however old and whoever's it is",
			deal(func(in *deals.LinkInput) {
				in.Named = deals.CommunicationRef{ID: 9, Kind: comms.KindCall}
				in.IgnoreOutgoingCalls = true
			},
				call(1, day), call(9, 400*day, from(otherPhone), outgoing)),
			[]string{"9 id "},
		},
		{
			"even after the deal's creation",
			deal(func(in *deals.LinkInput) { in.Named = deals.CommunicationRef{ID: 9, Kind: comms.KindGoal} }, call(1, day), call(9, -day, reached(3))),
			[]string{"9 id "},
		},
		{
			"a named one of another kind is not it",
			deal(func(in *deals.LinkInput) { in.Named = deals.CommunicationRef{ID: 9, Kind: comms.KindChat} }, call(1, day), call(9, 2*day, from(otherPhone))),
			[]string{"1 phone " + string(phone)},
		},
		{"in order of time, then of identifiers, each once", deal(nil, call(3, day), call(2, day), call(1, time.Hour), call(2, day)), []string{
			"2 phone " + string(phone), "3 phone " + string(phone), "1 phone " + string(phone),
		}},
	}
	for _, tc := range cases {
		require.Equal(t, tc.want, said(deals.LinkDeal(tc.in).Links), tc.rule)
	}
}

func TestGD_3_WhichCommunicationDecides(t *testing.T) {
	t.Parallel()
	link := func(id core.CommunicationID, before time.Duration, by deals.MatchedBy) deals.Link {
		return deals.Link{CommunicationID: id, Kind: comms.KindCall, At: created.Add(-before), MatchedBy: by}
	}
	none := time.Time{}
	contact, lead := created.Add(-10*day), created.Add(-40*day)
	list := []deals.Link{link(5, 45*day, deals.MatchedByPhone), link(1, 12*day, deals.MatchedByPhone), link(3, 12*day, deals.MatchedByEmail), link(2, 5*day, deals.MatchedByVisitor)}
	cases := []struct {
		rule          string
		model         deals.ConversionModel
		contact, lead time.Time
		links         []deals.Link
		want          core.CommunicationID
	}{
		{"the last before the deal", deals.LastBeforeDeal, contact, lead, list, 2},
		{"the last before the contact, of two at once the one with the larger identifier", deals.LastBeforeContact, contact, lead, list, 3},
		{"the last before the lead", deals.LastBeforeLead, contact, lead, list, 5},
		{"without a contact the deal counts", deals.LastBeforeContact, none, lead, list, 2},
		{"without a lead the deal counts", deals.LastBeforeLead, contact, none, list, 2},
		{"one that is too old for the deal does not decide for it", deals.LastBeforeDeal, contact, lead, list[:1], 0},
		{"after the contact there is none for it", deals.LastBeforeContact, contact, lead, list[3:], 0},
		{"the one the CRM named decides always", deals.LastBeforeLead, contact, lead, []deals.Link{link(9, 300*day, deals.MatchedByID)}, 9},
		{"within the second of the creation", deals.LastBeforeDeal, contact, lead, []deals.Link{link(1, -500*time.Millisecond, deals.MatchedByPhone)}, 1},
		{"no links", deals.LastBeforeDeal, contact, lead, nil, 0},
	}
	for _, tc := range cases {
		got, found := deals.Deciding(tc.model, created, tc.contact, tc.lead, tc.links)
		require.Equal(t, tc.want, got.CommunicationID, tc.rule)
		require.Equal(t, tc.want != 0, found, tc.rule)
	}
}

func TestAN_7_ThePathOfADeal(t *testing.T) {
	t.Parallel()
	session := func(id core.SessionID, visitor core.VisitorID, before time.Duration) deals.LinkSession {
		return deals.LinkSession{ID: id, VisitorID: visitor, At: created.Add(-before)}
	}
	holder := deals.LinkVisitor{ID: 10, PersonID: 5, Values: []visits.ContactValue{phoneOf, emailOf}}
	friend, stranger := deals.LinkVisitor{ID: 11, PersonID: 5}, deals.LinkVisitor{ID: 12, PersonID: 6}
	cases := []struct {
		rule string
		in   deals.LinkInput
		want []string
	}{
		{
			"sessions and communications of the person, each with the strongest reason",
			deal(func(in *deals.LinkInput) {
				in.Visitors = []deals.LinkVisitor{stranger, friend, holder}
				in.Sessions = []deals.LinkSession{session(22, 11, 2*day), session(21, 10, 3*day), session(23, 12, day)}
			}, call(1, time.Hour, from(""), of(11)), call(2, 40*day, kind(comms.KindGoal), from(""), of(10)), call(3, day, from(""), of(12))),
			[]string{"c:2 phone " + string(phone), "v:21 phone " + string(phone), "v:22 visitor ", "c:1 visitor "},
		},
		{
			"of the visitors of linked communications and of their persons",
			deal(func(in *deals.LinkInput) {
				in.Visitors = []deals.LinkVisitor{{ID: 11, PersonID: 7}, {ID: 12, PersonID: 7}}
				in.Sessions = []deals.LinkSession{session(21, 11, 60*day), session(22, 12, 50*day)}
			}, call(1, day, of(11)), call(2, 2*day, from(otherPhone), of(12))),
			[]string{"v:21 visitor ", "v:22 visitor ", "c:2 visitor ", "c:1 phone " + string(phone)},
		},
		{
			"of the visitor of the communication the CRM named, and of the contact's own",
			deal(func(in *deals.LinkInput) {
				in.Named = deals.CommunicationRef{ID: 9, Kind: comms.KindCall}
				in.Visitors = []deals.LinkVisitor{{ID: 11}, holder}
				in.Sessions = []deals.LinkSession{session(21, 11, 60*day), session(22, 10, 50*day)}
			}, call(9, 40*day, from(otherPhone), of(11)), call(1, day)),
			[]string{"v:21 visitor ", "v:22 phone " + string(phone), "c:9 id ", "c:1 phone " + string(phone)},
		},
		{
			"an unlinked call of the contact is a step, but brings no visitor in",
			deal(func(in *deals.LinkInput) {
				in.Visitors = []deals.LinkVisitor{{ID: 11}}
				in.Sessions = []deals.LinkSession{session(21, 11, 60*day)}
			}, call(1, 60*day, of(11))),
			[]string{"c:1 phone " + string(phone)},
		},
		{
			"from 365 days before to the second of the creation",
			deal(func(in *deals.LinkInput) {
				in.Visitors = []deals.LinkVisitor{holder}
				in.Sessions = []deals.LinkSession{session(21, 10, 365*day), session(22, 10, 365*day+1), session(23, 10, -900*time.Millisecond), session(24, 10, -time.Second)}
			}, call(1, 366*day), call(2, -time.Hour)),
			[]string{"v:21 phone " + string(phone), "v:23 phone " + string(phone)},
		},
		{
			"at the same time sessions come first, then by identifier",
			deal(func(in *deals.LinkInput) {
				in.Visitors = []deals.LinkVisitor{holder}
				in.Sessions = []deals.LinkSession{session(23, 10, day), session(22, 10, day)}
			}, call(3, day, of(10)), call(2, day)),
			[]string{"v:22 phone " + string(phone), "v:23 phone " + string(phone), "c:2 phone " + string(phone), "c:3 phone " + string(phone)},
		},
		{"a deal nobody is known of", deal(nil), nil},
	}
	for _, tc := range cases {
		require.Equal(t, tc.want, walked(deals.LinkDeal(tc.in).Steps), tc.rule)
	}
}

func TestAN_7_AStepHasItsVisitorAndSession(t *testing.T) {
	t.Parallel()
	got := deals.LinkDeal(deal(nil, call(1, day, of(10), func(c *deals.LinkCommunication) { c.SessionID = 20 })))
	require.Equal(t, []deals.Step{
		{At: created.Add(-day), VisitorID: 10, SessionID: 20, CommunicationID: 1, MatchedBy: deals.MatchedByPhone, MatchedValue: string(phone)},
	}, got.Steps)
	require.Equal(t, []deals.Link{
		{CommunicationID: 1, Kind: comms.KindCall, At: created.Add(-day), MatchedBy: deals.MatchedByPhone, MatchedValue: string(phone)},
	}, got.Links)
}

func TestAN_7_OfALongPathTheNewestStepsAreKept(t *testing.T) {
	t.Parallel()
	in := deal(func(in *deals.LinkInput) {
		in.Visitors = []deals.LinkVisitor{{ID: 10, Values: []visits.ContactValue{phoneOf}}}
		for i := range deals.MaxSteps + 5 {
			in.Sessions = append(in.Sessions, deals.LinkSession{ID: core.SessionID(1000 - i), VisitorID: 10, At: created.Add(-time.Duration(i) * time.Minute)})
		}
	})
	steps := deals.LinkDeal(in).Steps
	require.Len(t, steps, deals.MaxSteps)
	require.Equal(t, core.SessionID(1000), steps[len(steps)-1].SessionID)
	require.Equal(t, core.SessionID(1001-deals.MaxSteps), steps[0].SessionID)
}

func TestOC_1_TheOrderOfFactsDoesNotMatter(t *testing.T) {
	t.Parallel()
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 7))
		in := randomDeal(r)
		want := deals.LinkDeal(in)
		r.Shuffle(len(in.Values), func(i, j int) { in.Values[i], in.Values[j] = in.Values[j], in.Values[i] })
		r.Shuffle(len(in.Visitors), func(i, j int) { in.Visitors[i], in.Visitors[j] = in.Visitors[j], in.Visitors[i] })
		r.Shuffle(len(in.Communications), func(i, j int) {
			in.Communications[i], in.Communications[j] = in.Communications[j], in.Communications[i]
		})
		r.Shuffle(len(in.Sessions), func(i, j int) { in.Sessions[i], in.Sessions[j] = in.Sessions[j], in.Sessions[i] })
		require.Equal(t, want, deals.LinkDeal(in), "seed %d", seed)
	}
}

func randomDeal(r *rand.Rand) deals.LinkInput {
	values := []visits.ContactValue{phoneOf, emailOf, strangeP}
	in := deal(func(in *deals.LinkInput) { in.Values = values[:1+r.IntN(3)]; in.GoalIDs = []core.GoalID{1} })
	in.Values = append([]visits.ContactValue(nil), in.Values...)
	if r.IntN(4) == 0 {
		in.Named = deals.CommunicationRef{ID: 3, Kind: comms.KindCall}
	}
	for id := range core.VisitorID(8) {
		v := deals.LinkVisitor{ID: id + 1, PersonID: core.PersonID(r.IntN(4))}
		if r.IntN(3) == 0 {
			v.Values = values[r.IntN(3):]
		}
		in.Visitors = append(in.Visitors, v)
	}
	kinds := []comms.Kind{comms.KindCall, comms.KindChat, comms.KindGoal}
	for id := range core.CommunicationID(12) {
		in.Communications = append(in.Communications, deals.LinkCommunication{
			ID: id + 1, Kind: kinds[r.IntN(3)], At: created.Add(-time.Duration(r.IntN(40)) * day), VisitorID: core.VisitorID(r.IntN(9)),
			Phone: []core.Phone{"", phone, otherPhone}[r.IntN(3)], GoalID: core.GoalID(r.IntN(2)),
		})
		in.Sessions = append(in.Sessions, deals.LinkSession{ID: core.SessionID(id + 1), VisitorID: core.VisitorID(r.IntN(9)), At: created.Add(-time.Duration(r.IntN(40)) * day)})
	}
	return in
}
