package store_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/comms"
	"github.com/skvoz/skvoz/core/deals"
	"github.com/skvoz/skvoz/core/goals"
	"github.com/skvoz/skvoz/core/sites"
	"github.com/skvoz/skvoz/core/visits"
	"github.com/skvoz/skvoz/internal/testkit"
	"github.com/skvoz/skvoz/store/storetest"
)

// linking is an account with a site, a CRM and a linker. Times are counted in hours before the clock's.
type linking struct {
	*storetest.World
	t       testing.TB
	clock   *testkit.Clock
	account core.AccountID
	site    sites.Site
	goal    goals.Goal
	crm     core.CRMID
	deals   *deals.Service
	linker  *deals.Linker
	// last is the newest page of each visitor; names tell sessions and communications apart in every account alike.
	last     map[string]storetest.Seen
	sessions map[core.SessionID]string
	comms    map[string]core.CommunicationID
}

func newLinking(t testing.TB, w *storetest.World, clock *testkit.Clock) *linking {
	t.Helper()
	l := &linking{
		World: w, t: t, clock: clock, account: w.Account(), linker: deals.NewLinker(deals.LinkerConfig{Store: w.DB, Clock: clock}),
		last: map[string]storetest.Seen{}, sessions: map[core.SessionID]string{}, comms: map[string]core.CommunicationID{},
	}
	same := func(s string) (string, bool) { return s, s != "" }
	rub := func(context.Context, core.AccountID) (string, error) { return "RUB", nil }
	l.deals = deals.NewService(deals.Config{Store: w.DB.DealStore(), Clock: clock, ReadPhone: same, ReadEmail: same, Currency: rub, Marked: l.linker.Wake})
	l.site = w.Site(l.account)
	l.goal = w.Goal(l.site, "price")
	crm, err := l.deals.Custom(t.Context(), l.account)
	l.check(err)
	l.crm = crm.ID
	_, err = l.deals.CreateFunnel(t.Context(), l.account, l.crm, deals.NewFunnel{
		ExternalID: "f", Name: "Sales", Success: deals.NewStage{ExternalID: "won", Name: "Won"}, Failed: deals.NewStage{ExternalID: "lost", Name: "Lost"},
		InProcess: []deals.NewStage{{ExternalID: "new", Name: "New", Position: 10}, {ExternalID: "talk", Name: "Talk", Position: 20}},
	})
	l.check(err)
	_, err = l.deals.CreateLeadStage(t.Context(), l.account, l.crm, deals.LeadStage{ExternalID: "in", Name: "In", Type: deals.StageInProcess, Position: 10})
	l.check(err)
	return l
}

func (l *linking) check(err error) {
	l.t.Helper()
	require.NoError(l.t, err)
}

func (l *linking) ago(hours float64) time.Time {
	return l.clock.Now().Add(-time.Duration(hours * float64(time.Hour))).Truncate(time.Millisecond)
}

// see begins a session of a visitor.
func (l *linking) see(visitor string, hours float64) storetest.Seen {
	l.t.Helper()
	s := l.See(storetest.Visit{Site: l.site, Last: l.last[visitor], At: l.ago(hours), Source: visits.TrafficSource{Channel: visits.ChannelEmail, Source: fmt.Sprint(visitor, hours)}})
	l.last[visitor] = s
	l.sessions[s.SessionID] = fmt.Sprint(visitor, "@", hours)
	return s
}

func (l *linking) leave(visitor string, phone core.Phone, email core.Email) {
	l.t.Helper()
	l.Leave(l.last[visitor], "", phone, email)
}

// talk stores a communication; visitor may be empty.
func (l *linking) talk(name string, kind comms.Kind, visitor string, hours float64, phone core.Phone, email core.Email) {
	l.t.Helper()
	c := comms.Communication{AccountID: l.account, SiteID: l.site.ID, Kind: kind, At: l.ago(hours), Phone: phone, Email: email, ExternalID: name}
	if s, ok := l.last[visitor]; ok {
		c.VisitorID, c.SessionID = s.VisitorID, s.SessionID
	}
	l.check(l.DB.Write(l.t.Context(), l.account, func(tx comms.Tx) (err error) {
		l.comms[name], _, err = tx.Save(l.t.Context(), c)
		return err
	}))
}

func (l *linking) contact(name string, hours float64, phones, emails []string) {
	l.t.Helper()
	l.check(l.deals.CreateContacts(l.t.Context(), l.account, l.crm, []deals.NewContact{{ExternalID: name, Name: name, CreatedAt: l.ago(hours), Phones: phones, Emails: emails}}))
}

func (l *linking) record(name string, hours float64, contacts ...string) deals.DealRecord {
	r := deals.DealRecord{
		ExternalID: name, Name: name, CreatedAt: l.ago(hours), ModifiedAt: l.ago(hours), StageAt: l.ago(hours), FunnelExternalID: "f", StageExternalID: "new",
		ContactExternalIDs: contacts,
	}
	if len(contacts) > 0 {
		r.MainContactExternalID = contacts[0]
	}
	return r
}

func (l *linking) upload(list ...deals.DealRecord) {
	l.t.Helper()
	l.check(l.deals.UploadDeals(l.t.Context(), l.account, l.crm, list))
}

func (l *linking) settings(p deals.CRMPatch) {
	l.t.Helper()
	_, err := l.deals.UpdateCRM(l.t.Context(), l.account, l.crm, p)
	l.check(err)
}

func (l *linking) linkAll() {
	l.t.Helper()
	l.check(l.linker.LinkAll(l.t.Context(), l.account))
}

func (l *linking) deal(name string) deals.Deal {
	l.t.Helper()
	d, err := l.deals.DealByExternalID(l.t.Context(), l.account, l.crm, name)
	l.check(err)
	return d
}

// of returns links and path of a deal in words that are the same in every account.
func (l *linking) of(name string) (links, steps []string) {
	l.t.Helper()
	d := l.deal(name)
	byDeal, err := l.deals.Links(l.t.Context(), l.account, []core.DealID{d.ID})
	l.check(err)
	path, err := l.deals.Steps(l.t.Context(), l.account, d.ID)
	l.check(err)
	names := map[core.CommunicationID]string{}
	for n, id := range l.comms {
		names[id] = n
	}
	named := func(id core.CommunicationID, at time.Time) string {
		if n := names[id]; n != "" {
			return n
		}
		return fmt.Sprint("goal@", l.clock.Now().Sub(at).Hours())
	}
	for _, k := range byDeal[d.ID] {
		links = append(links, fmt.Sprint(named(k.CommunicationID, k.At), " ", k.Kind, " ", k.MatchedBy, " ", k.MatchedValue))
	}
	for _, p := range path {
		what := l.sessions[p.SessionID]
		if p.CommunicationID != 0 {
			what = strings.TrimSpace(named(p.CommunicationID, p.At) + " " + what)
		}
		steps = append(steps, fmt.Sprint(what, " ", p.MatchedBy, " ", p.MatchedValue))
	}
	return links, steps
}

func TestOC_1_ADealIsLinkedWithWhatItsContactsDid(t *testing.T) {
	inWorlds(t, func(t *testing.T, w *storetest.World, clock *testkit.Clock) {
		l := newLinking(t, w, clock)
		l.see("a", 100)
		l.see("a", 50)
		l.leave("a", phoneA, "")
		l.talk("chat", comms.KindChat, "a", 49, phoneA, "")
		l.see("b", 40)
		l.talk("call", comms.KindCall, "", 30, phoneA, "")
		l.contact("c", 10, []string{string(phoneA)}, nil)
		l.upload(l.record("d", 5, "c"))
		l.linkAll()
		links, steps := l.of("d")
		require.Equal(t, []string{"chat chat phone " + string(phoneA), "call call phone " + string(phoneA)}, links)
		require.Equal(t, []string{
			"a@100 phone " + string(phoneA), "a@50 phone " + string(phoneA), "chat a@50 phone " + string(phoneA), "call phone " + string(phoneA),
		}, steps)
	})
}

func TestAN_2_EveryChangeOfAFactReachesTheMatch(t *testing.T) {
	inWorlds(t, func(t *testing.T, w *storetest.World, clock *testkit.Clock) {
		l := newLinking(t, w, clock)
		l.see("a", 100)
		l.see("b", 90)
		l.contact("c", 10, []string{string(phoneA)}, []string{string(mailA)})
		l.upload(l.record("d", 5, "c"))
		require.Equal(t, deals.Match(""), l.deal("d").Match, "before it was looked at")
		shared := visits.ContactValue{Kind: visits.ContactPhone, Value: string(phoneA)}
		joining := func(allowed bool) {
			_, err := l.DB.SetContactJoining(t.Context(), l.account, 1, shared, allowed)
			l.check(err)
		}
		apart := func(is bool) {
			l.check(l.DB.SetVisitorSeparate(t.Context(), l.account, l.last["b"].VisitorID, is))
		}
		for _, tc := range []struct {
			rule   string
			change func()
			want   deals.Match
		}{
			{"nobody left anything", func() {}, deals.MatchNone},
			{"a visitor leaves the phone", func() { l.leave("a", phoneA, "") }, deals.MatchPhone},
			{"another one leaves it, too: they are one person", func() { l.leave("b", phoneA, "") }, deals.MatchPhone},
			{"they are told apart", func() { apart(true) }, deals.MatchAmbiguous},
			{"and put together", func() { apart(false) }, deals.MatchPhone},
			{"the phone is excluded and says no longer who somebody is", func() { joining(false) }, deals.MatchNone},
			{"both talked from it", func() {
				l.talk("one", comms.KindChat, "a", 20, phoneA, "")
				l.talk("two", comms.KindChat, "b", 19, phoneA, "")
			}, deals.MatchAmbiguous},
			{"it joins again", func() { joining(true) }, deals.MatchPhone},
			{"they are told apart again", func() { apart(true) }, deals.MatchAmbiguous},
			{
				"the CRM names a communication",
				func() {
					r := l.record("d", 5, "c")
					r.StageExternalID, r.StageAt, r.ModifiedAt, r.Communication = "talk", l.ago(4), l.ago(4), deals.CommunicationRef{ID: l.comms["one"], Kind: comms.KindChat}
					l.upload(r)
				},
				deals.MatchID,
			},
		} {
			tc.change()
			l.linkAll()
			require.Equal(t, tc.want, l.deal("d").Match, tc.rule)
			for _, m := range []deals.Match{tc.want, "other"} {
				page, err := l.deals.Deals(t.Context(), l.account, core.PageRequest{First: 10}, deals.Filter{Matches: []deals.Match{m}}, deals.Sort{})
				l.check(err)
				require.Equal(t, m == tc.want, len(page.Nodes) == 1, tc.rule)
			}
		}
	})
}

func TestAN_7_EveryChangeOfAFactReachesTheDeal(t *testing.T) {
	inWorlds(t, func(t *testing.T, w *storetest.World, clock *testkit.Clock) {
		l := newLinking(t, w, clock)
		l.see("a", 100)
		l.see("b", 90)
		l.contact("c", 10, nil, nil)
		l.upload(l.record("d", 5, "c"))
		l.linkAll()
		phone, other := string(phoneA), string(phoneB)
		steps := []struct {
			rule         string
			change       func()
			links, steps []string
		}{
			{"the visitor leaves a phone nobody of the CRM has", func() { l.leave("a", phoneA, "") }, nil, nil},
			{
				"the contact gets the phone after the deal",
				func() {
					l.check(l.deals.UpdateContact(t.Context(), l.account, l.crm, "c", deals.ContactPatch{Phones: core.Some([]string{phone})}))
				},
				nil,
				[]string{"a@100 phone " + phone},
			},
			{"a call comes in late", func() { l.talk("call", comms.KindCall, "", 20, phoneA, "") }, []string{"call call phone " + phone}, []string{"a@100 phone " + phone, "call phone " + phone}},
			{
				"another visitor leaves the same e-mail",
				func() { l.leave("a", "", mailA); l.leave("b", "", mailA) },
				[]string{"call call phone " + phone},
				[]string{"a@100 phone " + phone, "b@90 visitor ", "call phone " + phone},
			},
			{
				"and reaches a goal, which is a step",
				func() { l.Reach(l.last["b"], l.goal, l.ago(15)) },
				[]string{"call call phone " + phone},
				[]string{"a@100 phone " + phone, "b@90 visitor ", "call phone " + phone, "goal@15 b@90 visitor "},
			},
			{
				"goals begin to link",
				func() { l.settings(deals.CRMPatch{GoalIDs: core.Some([]core.GoalID{l.goal.ID})}) },
				[]string{"call call phone " + phone, "goal@15 goal visitor "},
				[]string{"a@100 phone " + phone, "b@90 visitor ", "call phone " + phone, "goal@15 b@90 visitor "},
			},
			{
				"the visitors are told apart",
				func() { l.check(l.DB.SetVisitorSeparate(t.Context(), l.account, l.last["b"].VisitorID, true)) },
				[]string{"call call phone " + phone},
				[]string{"a@100 phone " + phone, "call phone " + phone},
			},
			{
				"and put together again",
				func() { l.check(l.DB.SetVisitorSeparate(t.Context(), l.account, l.last["b"].VisitorID, false)) },
				[]string{"call call phone " + phone, "goal@15 goal visitor "},
				[]string{"a@100 phone " + phone, "b@90 visitor ", "call phone " + phone, "goal@15 b@90 visitor "},
			},
			{
				"the phone is shared by many: it says no longer who a visitor is, only whose the call is",
				func() {
					_, err := l.DB.SetContactJoining(t.Context(), l.account, 1, visits.ContactValue{Kind: visits.ContactPhone, Value: phone}, false)
					l.check(err)
				},
				[]string{"call call phone " + phone},
				[]string{"call phone " + phone},
			},
			{
				"a session of the past is stored late",
				func() {
					_, err := l.DB.SetContactJoining(t.Context(), l.account, 1, visits.ContactValue{Kind: visits.ContactPhone, Value: phone}, true)
					l.check(err)
					l.linkAll()
					l.see("b", 12)
				},
				[]string{"call call phone " + phone, "goal@15 goal visitor "},
				[]string{"a@100 phone " + phone, "b@90 visitor ", "call phone " + phone, "goal@15 b@90 visitor ", "b@12 visitor "},
			},
			{
				"the CRM names a communication",
				func() {
					l.talk("named", comms.KindCall, "", 3000, phoneB, "")
					r := l.record("d", 5, "c")
					r.StageExternalID, r.StageAt, r.ModifiedAt, r.Communication = "talk", l.ago(4), l.ago(4), deals.CommunicationRef{ID: l.comms["named"], Kind: comms.KindCall}
					l.upload(r)
				},
				[]string{"named call id "},
				[]string{"named id ", "a@100 phone " + phone, "b@90 visitor ", "call phone " + phone, "goal@15 b@90 visitor ", "b@12 visitor "},
			},
			{
				"the contact has another phone",
				func() {
					l.check(l.deals.UpdateContact(t.Context(), l.account, l.crm, "c", deals.ContactPatch{Phones: core.Some([]string{other})}))
				},
				[]string{"named call id "},
				[]string{"named id "},
			},
		}
		for _, tc := range steps {
			tc.change()
			l.linkAll()
			links, path := l.of("d")
			require.Equal(t, tc.links, links, tc.rule)
			require.Equal(t, tc.steps, path, tc.rule)
		}
	})
}
