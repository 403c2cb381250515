package store_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/sites"
	"github.com/skvoz/skvoz/internal/testkit"
	"github.com/skvoz/skvoz/store"
	"github.com/skvoz/skvoz/store/storetest"
)

func newCampaign(s sites.Site, name string) sites.Campaign {
	return sites.Campaign{
		AccountID: s.AccountID, SiteID: s.ID, Name: name, Status: sites.CampaignActive,
		Include: []sites.Group{{Conditions: []sites.Condition{{Parameter: sites.ParameterUTMTags, Key: "utm_source", Operator: "~", Value: "^ya"}}}},
		Exclude: []sites.Group{},
	}
}

func addCampaign(ctx context.Context, t *testing.T, db *store.DB, s sites.Site, name string) sites.Campaign {
	t.Helper()
	c, err := db.CreateCampaign(ctx, newCampaign(s, name), 100)
	require.NoError(t, err)
	return c
}

func TestCA_1_Campaigns_keepWhatTheyAreGiven(t *testing.T) {
	t.Parallel()
	storetest.Each(t, testkit.NewClock(noon), func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		addAccount(ctx, t, db, 1)
		site, other := addSite(ctx, t, db, 1, "shop.example"), addSite(ctx, t, db, 1, "other.example")
		made := addCampaign(ctx, t, db, site, "Spring")
		addCampaign(ctx, t, db, other, "Spring")
		read, err := db.Campaign(ctx, 1, made.ID)
		require.NoError(t, err)
		require.Equal(t, made, read)

		_, err = db.CreateCampaign(ctx, newCampaign(site, "Spring"), 100)
		require.Equal(t, core.KindConflict, core.KindOf(err))
		second := addCampaign(ctx, t, db, site, "Summer")
		_, err = db.UpdateCampaign(ctx, 1, second.ID, func(c *sites.Campaign) error { c.Name = "Spring"; return nil })
		require.Equal(t, core.KindConflict, core.KindOf(err))
		_, err = db.CreateCampaign(ctx, newCampaign(site, "Autumn"), 2)
		require.Equal(t, "too_many", core.AsError(err).Reason)

		changed, err := db.UpdateCampaign(ctx, 1, made.ID, func(c *sites.Campaign) error {
			c.Status, c.Description, c.Exclude = sites.CampaignArchived, "over", c.Include
			return nil
		})
		require.NoError(t, err)
		list, err := db.Campaigns(ctx, 1, []core.SiteID{site.ID})
		require.NoError(t, err)
		require.ElementsMatch(t, []sites.Campaign{changed, second}, list)
	})
}

func TestCA_1_Campaigns_areDeletedOnlyWhileNoVisitWasCounted(t *testing.T) {
	t.Parallel()
	storetest.Each(t, nil, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		addAccount(ctx, t, db, 1)
		site := addSite(ctx, t, db, 1, "shop.example")
		used, unused := addCampaign(ctx, t, db, site, "Used"), addCampaign(ctx, t, db, site, "Unused")
		addSession(t, db, session{1, site.ID, 101, noon, noon, "https://shop.example/"}, used.ID)
		day := core.DateOf(noon)
		require.NoError(t, db.AddCost(ctx, sites.Cost{AccountID: 1, CampaignID: unused.ID, From: day, To: day, Amount: core.Money{Minor: 1, Currency: "RUB"}}))

		require.Equal(t, core.KindConflict, core.KindOf(db.DeleteCampaign(ctx, 1, used.ID)))
		require.NoError(t, db.DeleteCampaign(ctx, 1, unused.ID))
		require.Equal(t, core.KindNotFound, core.KindOf(db.DeleteCampaign(ctx, 1, unused.ID)))
		costs, err := db.Costs(ctx, 1, []core.CampaignID{unused.ID})
		require.NoError(t, err)
		require.Empty(t, costs, "its costs go with it")
	})
}

func TestCA_1_Costs_doNotOverlap(t *testing.T) {
	t.Parallel()
	storetest.Each(t, nil, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		addAccount(ctx, t, db, 1)
		site := addSite(ctx, t, db, 1, "shop.example")
		one, two := addCampaign(ctx, t, db, site, "One"), addCampaign(ctx, t, db, site, "Two")
		cost := func(c sites.Campaign, from, to int) sites.Cost {
			day := func(d int) core.Date { return core.Date{Year: 2026, Month: time.March, Day: d} }
			return sites.Cost{AccountID: 1, CampaignID: c.ID, From: day(from), To: day(to), Amount: core.Money{Minor: 125050, Currency: "RUB"}}
		}
		require.NoError(t, db.AddCost(ctx, cost(one, 10, 20)))
		for _, tc := range []struct {
			rule     string
			from, to int
		}{{"the same", 10, 20}, {"the first day", 1, 10}, {"the last day", 20, 25}, {"within", 12, 13}, {"around", 1, 30}} {
			require.Equal(t, core.KindConflict, core.KindOf(db.AddCost(ctx, cost(one, tc.from, tc.to))), tc.rule)
		}
		require.NoError(t, db.AddCost(ctx, cost(one, 9, 9)))
		require.NoError(t, db.AddCost(ctx, cost(one, 21, 21)))
		require.NoError(t, db.AddCost(ctx, cost(two, 10, 20)), "another campaign")

		list, err := db.Costs(ctx, 1, []core.CampaignID{two.ID})
		require.NoError(t, err)
		want := cost(two, 10, 20)
		want.ID = list[0].ID
		require.Equal(t, []sites.Cost{want}, list)

		require.Equal(t, core.KindNotFound, core.KindOf(db.DeleteCost(ctx, 1, one.ID, want.ID)), "a cost of another campaign")
		require.NoError(t, db.DeleteCost(ctx, 1, two.ID, want.ID))
		require.NoError(t, db.AddCost(ctx, want))
		missing := cost(one, 25, 25)
		missing.CampaignID = 999
		require.Equal(t, core.KindNotFound, core.KindOf(db.AddCost(ctx, missing)))
		currency, err := db.AccountCurrency(ctx, 1)
		require.NoError(t, err)
		require.Equal(t, "RUB", currency)
	})
}

func TestCA_1_Costs_doNotOverlapWhenAddedAtOnce(t *testing.T) {
	t.Parallel()
	storetest.Each(t, nil, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		addAccount(ctx, t, db, 1)
		campaign := addCampaign(ctx, t, db, addSite(ctx, t, db, 1, "shop.example"), "One")
		day := core.DateOf(noon)
		errs := make([]error, 8)
		var wg sync.WaitGroup
		for i := range errs {
			wg.Go(func() {
				errs[i] = db.AddCost(ctx, sites.Cost{AccountID: 1, CampaignID: campaign.ID, From: day, To: day, Amount: core.Money{Minor: 1, Currency: "RUB"}})
			})
		}
		wg.Wait()
		added := 0
		for _, err := range errs {
			if err == nil {
				added++
			} else {
				require.Equal(t, core.KindConflict, core.KindOf(err))
			}
		}
		require.Equal(t, 1, added)
	})
}
