package demo_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/deals"
	"github.com/skvoz/skvoz/core/visits"
	"github.com/skvoz/skvoz/demo"
)

func history(t *testing.T, hits int) (*keeper, demo.Counts) {
	t.Helper()
	var k keeper
	counts, err := demo.Generate(t.Context(), plan(hits, 3), k.target(), nil)
	require.NoError(t, err)
	return &k, counts
}

func TestGenerate_dealsAreWhatACRMWouldSend(t *testing.T) {
	t.Parallel()
	k, counts := history(t, 60000)
	contacts := map[string]bool{}
	for _, c := range k.crm.Contacts {
		require.False(t, contacts[c.ExternalID], "contacts come once")
		contacts[c.ExternalID] = true
		require.NotEmpty(t, append(c.Phones.Value, c.Emails.Value...))
		require.False(t, c.CreatedAt.Value.After(until))
	}
	last, won := map[string]deals.DealRecord{}, 0
	for _, r := range k.crm.Records {
		require.Contains(t, r.ContactExternalIDs, r.MainContactExternalID)
		for _, id := range r.ContactExternalIDs {
			require.True(t, contacts[id], "the contact is there before the deal")
		}
		before, isKnown := last[r.ExternalID]
		if isKnown {
			require.True(t, r.StageAt.After(before.StageAt), "the history goes on")
			require.Equal(t, before.CreatedAt, r.CreatedAt)
		} else {
			require.Equal(t, r.CreatedAt, r.StageAt)
		}
		require.False(t, r.StageAt.After(until))
		require.Equal(t, r.StageExternalID == "won" || r.StageExternalID == "lost", r.ClosedAt != nil)
		require.Equal(t, r.StageExternalID == "lost", r.Fields != nil, "why it was lost is told")
		if r.StageExternalID == "won" {
			won++
			require.Positive(t, *r.RevenueMinor)
		}
		last[r.ExternalID] = r
	}
	require.Len(t, last, counts.Deals)
	require.Equal(t, counts.Won, won)
	for _, l := range k.crm.Leads {
		require.True(t, contacts[l.ContactExternalID])
		require.False(t, l.StageAt.Before(l.CreatedAt))
	}
}

func TestGenerate_everyReportHasSomethingToSay(t *testing.T) {
	t.Parallel()
	k, counts := history(t, 120000)
	require.InDelta(t, .05, float64(counts.Deals)/float64(counts.Sessions), .015, "one deal to twenty visits")
	left := map[string]bool{}
	for _, c := range k.Contacts {
		left[c.Value] = true
	}
	outside, older, shared, again, named, employees, stages := 0, 0, 0, 0, 0, map[string]bool{}, map[string]int{}
	created := map[string]demoContact{}
	for _, c := range k.crm.Contacts {
		isKnown := false
		for _, v := range append(c.Phones.Value, c.Emails.Value...) {
			isKnown = isKnown || left[v]
		}
		created[c.ExternalID] = demoContact{isKnown, c}
	}
	for _, r := range k.crm.Records {
		stages[r.StageExternalID]++
		if !r.StageAt.Equal(r.CreatedAt) {
			continue
		}
		employees[r.EmployeeExternalID] = true
		c := created[r.MainContactExternalID]
		outside += count(!c.isKnown)
		older += count(c.CreatedAt.Value.Before(r.CreatedAt))
		shared += count(len(r.ContactExternalIDs) > 1)
		named += count(r.Communication.ID != 0)
		again += count(r.FunnelExternalID == "repeat")
	}
	for name, n := range map[string]int{"without a visit": outside, "contact older": older, "two contacts": shared, "named request": named, "bought again": again, "leads": len(k.crm.Leads)} {
		require.Greater(t, n, counts.Deals/100, name)
	}
	require.Len(t, employees, 5)
	for _, stage := range []string{"new", "work", "invoice", "won", "lost", "ask", "offer", "bill"} {
		require.NotZero(t, stages[stage], stage)
	}
}

type demoContact struct {
	isKnown bool
	deals.ContactRecord
}

func count(is bool) int {
	if is {
		return 1
	}
	return 0
}

func TestGenerate_waysToCloseDifferFromWaysToComeFirst(t *testing.T) {
	t.Parallel()
	k, _ := history(t, 120000)
	first, later := map[visits.Channel]float64{}, map[visits.Channel]float64{}
	firsts, laters := 0.0, 0.0
	for _, s := range k.Sessions {
		if s.Number == 1 {
			first[s.Source.Channel]++
			firsts++
			continue
		}
		later[s.Source.Channel]++
		laters++
	}
	ratio := func(c visits.Channel) float64 { return later[c] / laters / (first[c] / firsts) }
	require.Less(t, ratio(visits.ChannelPaid), .9, "advertisements begin")
	require.Greater(t, ratio(visits.ChannelSocial), 1.1, "posts remind")
	require.Greater(t, ratio(visits.ChannelDirect), 2.0, "people come back by the address")
}

func TestGenerate_aCRMThatRefusesStopsIt(t *testing.T) {
	t.Parallel()
	_, err := demo.Generate(t.Context(), plan(2000, 1), demo.Target{History: &keeper{}, Deals: refuser{}}, nil)
	require.ErrorContains(t, err, "no room")
	_, err = demo.Generate(context.WithoutCancel(t.Context()), plan(0, 1), demo.Target{History: &keeper{}, Deals: refuser{}}, nil)
	require.NoError(t, err, "without history there are no deals")
}

type refuser struct{ demo.DealLoader }

func (refuser) LoadDeals(context.Context, core.AccountID, *demo.DealBatch) error {
	return errors.New("no room")
}
