package deals_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/comms"
	"github.com/skvoz/skvoz/core/deals"
	"github.com/skvoz/skvoz/core/visits"
)

// visitorOf is a visitor of a person who has left contacts; person 0 = none.
func visitorOf(id core.VisitorID, person core.PersonID, values ...visits.ContactValue) deals.LinkVisitor {
	return deals.LinkVisitor{ID: id, PersonID: person, Values: values}
}

// seen are sessions of visitors, a day before the deal.
func seen(list ...core.VisitorID) []deals.LinkSession {
	var out []deals.LinkSession
	for _, id := range list {
		out = append(out, deals.LinkSession{ID: core.SessionID(20 + id), VisitorID: id, At: created.Add(-day)})
	}
	return out
}

// with is a deal of people with sessions and communications.
func with(people []deals.LinkVisitor, sessions []deals.LinkSession, list ...deals.LinkCommunication) deals.LinkInput {
	return deal(func(in *deals.LinkInput) { in.Visitors, in.Sessions = people, sessions }, list...)
}

// naming lets the CRM name a call.
func naming(in deals.LinkInput, id core.CommunicationID) deals.LinkInput {
	in.Named = deals.CommunicationRef{ID: id, Kind: comms.KindCall}
	return in
}

func TestOC_1_ADealSaysByWhatItWasMatched(t *testing.T) {
	t.Parallel()
	cases := []struct {
		rule string
		in   deals.LinkInput
		want deals.Match
	}{
		{"nothing is known of its contacts", deal(nil), deals.MatchNone},
		{"what there is belongs to others", with([]deals.LinkVisitor{visitorOf(1, 5, strangeP)}, seen(1), call(1, day, from(otherPhone))), deals.MatchNone},
		{"what there is lies outside of link window and look-back", with([]deals.LinkVisitor{visitorOf(1, 5, phoneOf)}, nil, call(1, 400*day)), deals.MatchNone},
		{"a visitor left the contact's phone", with([]deals.LinkVisitor{visitorOf(1, 5, phoneOf)}, seen(1)), deals.MatchPhone},
		{"a visitor left the contact's e-mail", with([]deals.LinkVisitor{visitorOf(1, 5, emailOf)}, seen(1)), deals.MatchEmail},
		{
			"the strongest reason counts, wherever it stands",
			with([]deals.LinkVisitor{visitorOf(1, 5, emailOf), visitorOf(2, 5)}, seen(1, 2), call(1, time.Hour)),
			deals.MatchPhone,
		},
		{"only another visitor of the person came in time", with([]deals.LinkVisitor{visitorOf(1, 5, phoneOf), visitorOf(2, 5)}, seen(2)), deals.MatchVisitor},
		{"a call without a visitor", deal(nil, call(1, day)), deals.MatchPhone},
		{"a call after the deal's creation is a link, but no step", deal(func(in *deals.LinkInput) { in.LeadAt = created.Add(3 * day) }, call(1, -2*day)), deals.MatchPhone},
		{"a call older than any link is a step", deal(nil, call(1, 60*day)), deals.MatchPhone},
		{"the CRM named the communication", naming(deal(nil, call(1, day), call(9, 400*day, from(otherPhone))), 9), deals.MatchID},
		{"the CRM named one that is not there", naming(deal(nil, call(1, day)), 9), deals.MatchPhone},
	}
	for _, tc := range cases {
		require.Equal(t, tc.want, deals.LinkDeal(tc.in).Match, tc.rule)
	}
}

func TestAN_2_ADealWhosePathMixesPeopleIsAmbiguous(t *testing.T) {
	t.Parallel()
	anna, boris := visitorOf(1, 5, phoneOf), visitorOf(2, 6, emailOf)
	cases := []struct {
		rule string
		in   deals.LinkInput
		want deals.Match
	}{
		{"two contacts are different people", with([]deals.LinkVisitor{anna, boris}, seen(1, 2)), deals.MatchAmbiguous},
		{"visitors with the same phone were set apart", with([]deals.LinkVisitor{anna, visitorOf(2, 6, phoneOf)}, seen(1, 2)), deals.MatchAmbiguous},
		{
			"visitors called from a phone that is excluded from joining",
			with([]deals.LinkVisitor{visitorOf(1, 5), visitorOf(2, 6)}, seen(1, 2), call(1, day, of(1)), call(2, time.Hour, of(2))),
			deals.MatchAmbiguous,
		},
		{"so they are after the deal's creation, where the lead lets them link", deal(func(in *deals.LinkInput) {
			in.LeadAt, in.Visitors = created.Add(5*day), []deals.LinkVisitor{visitorOf(1, 5), visitorOf(2, 6)}
		}, call(1, -2*day, of(1)), call(2, -3*day, of(2))), deals.MatchAmbiguous},
		{"one visitor of each person came in time, not the one who left the value", with([]deals.LinkVisitor{anna, visitorOf(3, 5), boris}, seen(3, 2)), deals.MatchAmbiguous},
		{
			"a call of long ago from the same phone was another person's",
			with([]deals.LinkVisitor{anna, visitorOf(2, 6)}, seen(1), call(1, 60*day, of(2))),
			deals.MatchAmbiguous,
		},
		{"visitors without a person are one each", deal(nil, call(1, day, of(1)), call(2, time.Hour, of(2))), deals.MatchAmbiguous},
		{"a person and a visitor without one are two", with([]deals.LinkVisitor{anna}, seen(1), call(1, day, of(2))), deals.MatchAmbiguous},
		{"several visitors of one person are one", with([]deals.LinkVisitor{anna, visitorOf(2, 5, emailOf), visitorOf(3, 5)}, seen(1, 2, 3), call(1, day, of(3))), deals.MatchPhone},
		{"the other person did nothing in time", with([]deals.LinkVisitor{anna, boris}, seen(1)), deals.MatchPhone},
		{"a stranger's visits are not in the path", with([]deals.LinkVisitor{anna, visitorOf(2, 6, strangeP)}, seen(1, 2)), deals.MatchPhone},
		{"a call without a visitor says nothing of who it was", with([]deals.LinkVisitor{anna}, seen(1), call(1, day)), deals.MatchPhone},
		{
			"the CRM named the communication: it is known whose the deal is",
			naming(with([]deals.LinkVisitor{anna, boris}, seen(1, 2), call(9, day, of(3))), 9),
			deals.MatchID,
		},
	}
	for _, tc := range cases {
		require.Equal(t, tc.want, deals.LinkDeal(tc.in).Match, tc.rule)
	}
}
