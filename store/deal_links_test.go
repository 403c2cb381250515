package store_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
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

// fact is something that happens to an account; it comes after others.
type fact struct {
	name  string
	after []int
	do    func(l *linking)
}

// randomFacts makes up what happens, in an order in which it may.
func randomFacts(r *rand.Rand) []fact {
	var list []fact
	add := func(name string, do func(l *linking), after ...int) int {
		list = append(list, fact{name, after, do})
		return len(list) - 1
	}
	phones, emails := []core.Phone{"79260000001", "79260000002", "79260000003"}, []core.Email{"one@example.com", "two@example.com"}
	hours := func(most int) float64 { return 60 + float64(r.IntN(most*60))/60 + float64(len(list))/3600 } // no two at once
	randomVisitors(r, add, hours, phones, emails)
	var calls []int
	for i := range 4 {
		name, phone, at := fmt.Sprint("call", i), phones[r.IntN(3)], hours(1000)
		calls = append(calls, add(name, func(l *linking) { l.talk(name, comms.KindCall, "", at, phone, "") }))
	}
	randomDeals(r, add, hours, phones, emails, calls)
	excluded := visits.ContactValue{Kind: visits.ContactPhone, Value: string(phones[0])}
	if r.IntN(2) == 0 {
		add("exclude", func(l *linking) {
			_, err := l.DB.SetContactJoining(l.t.Context(), l.account, 1, excluded, false)
			l.check(err)
		})
	}
	add("goals link", func(l *linking) { l.settings(deals.CRMPatch{GoalIDs: core.Some([]core.GoalID{l.goal.ID})}) })
	return list
}

type addFact func(name string, do func(l *linking), after ...int) int

// randomVisitors lets visitors come, leave phones and e-mails, talk and reach goals.
func randomVisitors(r *rand.Rand, add addFact, hours func(int) float64, phones []core.Phone, emails []core.Email) {
	for i := range 5 {
		v := fmt.Sprint("v", i)
		at := hours(1000)
		seen := add(v+" comes", func(l *linking) { l.see(v, at) })
		later := at / 2
		own := seen
		if i < 3 { // those of one session may reach goals: which goals become communications hangs on the session in which contacts were left
			own = add(v+" comes again", func(l *linking) { l.see(v, later) }, seen)
		} else {
			reachedAt := later
			add(v+" reaches a goal", func(l *linking) { l.Reach(l.last[v], l.goal, l.ago(reachedAt)) }, seen)
		}
		for range 1 + r.IntN(2) {
			phone, email := phones[r.IntN(3)], emails[r.IntN(2)]
			if r.IntN(2) == 0 {
				phone = ""
			}
			add(v+" leaves "+string(phone)+string(email), func(l *linking) { l.leave(v, phone, email) }, own)
		}
		if r.IntN(2) == 0 {
			chat, chatAt, phone := v+"chat", hours(700), phones[r.IntN(3)]
			add(chat, func(l *linking) { l.talk(chat, comms.KindChat, v, chatAt, phone, "") }, own)
		}
		if r.IntN(4) == 0 {
			add(v+" stands apart", func(l *linking) {
				l.check(l.DB.SetVisitorSeparate(l.t.Context(), l.account, l.last[v].VisitorID, true))
			}, seen)
		}
	}
}

// randomDeals makes contacts, whose phones may come later, and deals, which may move on and back, change contacts or have a communication named.
func randomDeals(r *rand.Rand, add addFact, hours func(int) float64, phones []core.Phone, emails []core.Email, calls []int) {
	var contacts []int
	for i := range 3 {
		c, at := fmt.Sprint("c", i), hours(300)
		made := add(c, func(l *linking) { l.contact(c, at, nil, []string{string(emails[i%2])}) })
		contacts = append(contacts, made)
		phone := string(phones[r.IntN(3)])
		add(c+" has "+phone, func(l *linking) {
			l.check(l.deals.UpdateContact(l.t.Context(), l.account, l.crm, c, deals.ContactPatch{Phones: core.Some([]string{phone})}))
		}, made)
	}
	for i := range 4 {
		d, at, own := fmt.Sprint("d", i), hours(100), []int{r.IntN(3), r.IntN(3)}
		names := slices.Compact([]string{fmt.Sprint("c", own[0]), fmt.Sprint("c", own[1])})
		lead := fmt.Sprint("lead", r.IntN(2))
		record := func(l *linking, stage string, later float64) deals.DealRecord {
			rec := l.record(d, at, names...)
			rec.StageExternalID, rec.StageAt, rec.ModifiedAt, rec.LeadExternalID = stage, l.ago(at-later), l.ago(at-later), lead
			return rec
		}
		made := add(d, func(l *linking) { l.upload(record(l, "new", 0)) }, contacts[own[0]], contacts[own[1]])
		moved := add(d+" moves on", func(l *linking) { l.upload(record(l, "talk", 1)) }, made)
		named := r.IntN(4)
		after := []int{moved}
		if named == 0 {
			after = append(after, calls[i])
		}
		add(d+" moves back", func(l *linking) {
			rec := record(l, "new", 2)
			rec.ContactExternalIDs, rec.MainContactExternalID = names[:1], names[0]
			if named == 0 {
				rec.Communication = deals.CommunicationRef{ID: l.comms[fmt.Sprint("call", i)], Kind: comms.KindCall}
			}
			l.upload(rec)
		}, after...)
	}
	for i := range 2 {
		lead, at := fmt.Sprint("lead", i), hours(600)
		add(lead, func(l *linking) {
			l.check(l.deals.UploadLeads(l.t.Context(), l.account, l.crm, []deals.LeadRecord{
				{ExternalID: lead, Name: lead, CreatedAt: l.ago(at), ModifiedAt: l.ago(at), StageAt: l.ago(at), StageExternalID: "in"},
			}))
		})
	}
}

// shuffled is another order in which the facts may come.
func shuffled(r *rand.Rand, list []fact) []int {
	var order []int
	done := make([]bool, len(list))
	for len(order) < len(list) {
		i := r.IntN(len(list))
		if done[i] || slices.ContainsFunc(list[i].after, func(a int) bool { return !done[a] }) {
			continue
		}
		done[i] = true
		order = append(order, i)
	}
	return order
}

// comeTo is what a deal has come to.
type comeTo struct {
	match        deals.Match
	links, steps []string
}

// happen lets facts come in an order, links at some points and returns what all deals have come to.
func happen(t *testing.T, r *rand.Rand, w *storetest.World, clock *testkit.Clock, list []fact, order []int, linkAt float64) (*linking, map[string]comeTo) {
	t.Helper()
	l := newLinking(t, w, clock)
	for _, i := range order {
		list[i].do(l)
		if r.Float64() < linkAt {
			l.linkAll()
		}
	}
	l.linkAll()
	return l, l.outcome()
}

func (l *linking) outcome() map[string]comeTo {
	out := map[string]comeTo{}
	for i := range 4 {
		name := fmt.Sprint("d", i)
		links, steps := l.of(name)
		out[name] = comeTo{l.deal(name).Match, links, steps}
	}
	return out
}

// TestOC_1_FactsInAnyOrderGiveTheSameLinksPathsAndMatches lets the same facts come in order and in others.
func TestOC_1_FactsInAnyOrderGiveTheSameLinksPathsAndMatches(t *testing.T) {
	inWorlds(t, func(t *testing.T, w *storetest.World, clock *testkit.Clock) {
		parts, matches, seeds := 0, map[deals.Match]int{}, uint64(12)
		if testing.Short() {
			seeds = 3
		}
		for seed := range seeds {
			r := rand.New(rand.NewPCG(seed, 3))
			list := randomFacts(r)
			inOrder := make([]int, len(list))
			for i := range inOrder {
				inOrder[i] = i
			}
			l, want := happen(t, r, w, clock, list, inOrder, 0)
			for _, d := range want {
				parts += len(d.links) + len(d.steps)
				matches[d.match]++
			}
			require.NoError(t, l.linker.Rebuild(t.Context(), l.account))
			require.Equal(t, want, l.outcome(), "seed %d: rebuilt", seed)
			for range 3 {
				order := shuffled(r, list)
				_, got := happen(t, r, w, clock, list, order, r.Float64()/2)
				require.Equal(t, want, got, "seed %d:\n%s", seed, tell(list, order))
			}
		}
		require.Greater(t, parts, 15*int(seeds), "the made-up facts have hardly anything to do with each other")
		require.Empty(t, matches[""], "all deals were looked at")
		require.NotEmpty(t, matches[deals.MatchAmbiguous], "no made-up deal mixes people")
		require.Greater(t, len(matches), 1, "all made-up deals are matched alike")
	})
}

func tell(list []fact, order []int) string {
	var b strings.Builder
	for _, i := range order {
		b.WriteString(list[i].name + "\n")
	}
	return b.String()
}
