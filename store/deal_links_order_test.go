package store_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/comms"
	"github.com/skvoz/skvoz/core/deals"
	"github.com/skvoz/skvoz/core/visits"
	"github.com/skvoz/skvoz/internal/testkit"
	"github.com/skvoz/skvoz/store/storetest"
)

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
