package store_test

import (
	"context"
	"log/slog"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/accounts"
	"github.com/skvoz/skvoz/core/goals"
	"github.com/skvoz/skvoz/core/sites"
	"github.com/skvoz/skvoz/store"
	"github.com/skvoz/skvoz/store/storetest"
)

func TestDirectory_everyChangeRaisesTheVersion(t *testing.T) {
	t.Parallel()
	storetest.Each(t, nil, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		last, err := db.ConfigVersion(ctx)
		require.NoError(t, err)
		step := func(what string, change func() error) {
			t.Helper()
			require.NoError(t, change(), what)
			now, err := db.ConfigVersion(ctx)
			require.NoError(t, err)
			require.Greater(t, now, last, what)
			last = now
		}
		var site sites.Site
		var goal goals.Goal
		var campaign sites.Campaign
		step("account added", func() error { addAccount(ctx, t, db, 1); return nil })
		step("account changed", func() error {
			_, err := db.Accounts().UpdateAccount(ctx, 1, func(a *accounts.Account) error { a.Currency = "EUR"; return nil })
			return err
		})
		step("site added", func() (err error) { site, err = db.CreateSite(ctx, newSite(1, "shop.example"), 9); return err })
		step("site changed", func() error {
			_, err := db.UpdateSite(ctx, 1, site.ID, func(*sites.Site) error { return nil })
			return err
		})
		step("goal added", func() (err error) {
			goal, err = db.CreateGoal(ctx, goals.Goal{AccountID: 1, SiteID: site.ID, Name: "x", Type: goals.TypePage, IsEnabled: true}, 9)
			return err
		})
		step("goal changed", func() error {
			_, err := db.UpdateGoal(ctx, 1, goal.ID, func(*goals.Goal) error { return nil })
			return err
		})
		step("campaign added", func() (err error) { campaign, err = db.CreateCampaign(ctx, newCampaign(site, "x"), 9); return err })
		step("campaign changed", func() error {
			_, err := db.UpdateCampaign(ctx, 1, campaign.ID, func(*sites.Campaign) error { return nil })
			return err
		})

		c, err := db.Configuration(ctx)
		require.NoError(t, err)
		require.Equal(t, last, c.Version)
		require.Len(t, c.Accounts, 1)
		require.Len(t, c.Sites, 1)
		require.Len(t, c.Goals, 4)
		require.Len(t, c.Campaigns, 1)

		step("campaign deleted", func() error { return db.DeleteCampaign(ctx, 1, campaign.ID) })
		step("goal deleted", func() error { return db.DeleteGoal(ctx, 1, goal.ID, func(goals.Goal) error { return nil }) })
		step("site deleted", func() error { return db.DeleteSite(ctx, 1, site.ID) })
		c, err = db.Configuration(ctx)
		require.NoError(t, err)
		require.Len(t, c.Sites, 1, "deleted sites are told from unknown ones")
		require.NotNil(t, c.Sites[0].DeletedAt)
		require.Len(t, c.Goals, 3)
		require.Empty(t, c.Campaigns)
	})
}

func TestDirectory_anotherReplicaSeesAChange(t *testing.T) {
	t.Parallel()
	for _, engine := range []store.Engine{store.SQLite, store.Postgres} {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			ctx := t.Context()
			dsn := storetest.DSN(t, engine)
			one, two := storetest.OpenDSN(t, dsn, nil), storetest.OpenDSN(t, dsn, nil)
			addAccount(ctx, t, one, 1)
			directory := goals.NewDirectory(two, slog.New(slog.DiscardHandler))
			require.NoError(t, directory.Refresh(ctx))
			require.Zero(t, directory.Len())
			site := addSite(ctx, t, one, 1, "shop.example")
			require.NoError(t, directory.Refresh(ctx))
			found, ok := directory.BySiteKey(site.SiteKey)
			require.True(t, ok)
			require.Equal(t, site, found.Site)
			require.Len(t, found.Goals, len(goals.SystemGoals()))
		})
	}
}

func TestDirectory_changesAtOnceNeitherBlockNorVanish(t *testing.T) {
	t.Parallel()
	storetest.Each(t, nil, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		addAccount(ctx, t, db, 1)
		site := addSite(ctx, t, db, 1, "shop.example")
		before, err := db.ConfigVersion(ctx)
		require.NoError(t, err)
		changes := []func() error{
			func() error { _, err := db.CreateSite(ctx, newSite(1, core.NewSecret(8)+".example"), 100); return err },
			func() error {
				_, err := db.UpdateSite(ctx, 1, site.ID, func(s *sites.Site) error { s.Settings.CookieLifetimeDays++; return nil })
				return err
			},
			func() error {
				_, err := db.CreateGoal(ctx, goals.Goal{AccountID: 1, SiteID: site.ID, Name: "x", Type: goals.TypePage}, 100)
				return err
			},
			func() error { _, err := db.CreateCampaign(ctx, newCampaign(site, core.NewSecret(8)), 100); return err },
			func() error {
				_, err := db.Accounts().UpdateAccount(ctx, 1, func(a *accounts.Account) error { a.Name += "!"; return nil })
				return err
			},
		}
		const rounds = 5
		errs := make([]error, rounds*len(changes))
		var wg sync.WaitGroup
		for i := range errs {
			wg.Go(func() { errs[i] = changes[i%len(changes)]() })
		}
		wg.Wait()
		for _, err := range errs {
			require.NoError(t, err)
		}
		after, err := db.ConfigVersion(ctx)
		require.NoError(t, err)
		require.EqualValues(t, len(errs), after-before)
		s, err := db.Site(ctx, 1, site.ID)
		require.NoError(t, err)
		require.Equal(t, 90+rounds, s.Settings.CookieLifetimeDays, "no change is lost")
	})
}

// TestCA_1_Tenancy_accountsNeverSeeEachOther tries every read and change with the other account's identifiers.
func TestCA_1_Tenancy_accountsNeverSeeEachOther(t *testing.T) {
	t.Parallel()
	storetest.Each(t, nil, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		addAccount(ctx, t, db, 1)
		addAccount(ctx, t, db, 2)
		site := addSite(ctx, t, db, 1, "shop.example")
		campaign := addCampaign(ctx, t, db, site, "Spring")
		goal, err := db.CreateGoal(ctx, goals.Goal{AccountID: 1, SiteID: site.ID, Name: "Thanks", Type: goals.TypePage}, 100)
		require.NoError(t, err)
		day := core.DateOf(noon)
		require.NoError(t, db.AddCost(ctx, sites.Cost{AccountID: 1, CampaignID: campaign.ID, From: day, To: day, Amount: core.Money{Minor: 1, Currency: "RUB"}}))
		costs, err := db.Costs(ctx, 1, []core.CampaignID{campaign.ID})
		require.NoError(t, err)
		before := everything(ctx, t, db)

		never := func(*sites.Site) error { t.Error("it was handed out"); return nil }
		for what, attempt := range map[string]func() error{
			"site":        func() error { _, err := db.Site(ctx, 2, site.ID); return err },
			"update site": func() error { _, err := db.UpdateSite(ctx, 2, site.ID, never); return err },
			"delete site": func() error { return db.DeleteSite(ctx, 2, site.ID) },
			"create goal": func() error { _, err := db.CreateGoal(ctx, goals.Goal{AccountID: 2, SiteID: site.ID}, 9); return err },
			"update goal": func() error {
				_, err := db.UpdateGoal(ctx, 2, goal.ID, func(*goals.Goal) error { return nil })
				return err
			},
			"delete goal": func() error { return db.DeleteGoal(ctx, 2, goal.ID, func(goals.Goal) error { return nil }) },
			"campaign":    func() error { _, err := db.Campaign(ctx, 2, campaign.ID); return err },
			"new campaign": func() error {
				c := newCampaign(site, "x")
				c.AccountID = 2
				_, err := db.CreateCampaign(ctx, c, 9)
				return err
			},
			"edit campaign": func() error {
				_, err := db.UpdateCampaign(ctx, 2, campaign.ID, func(*sites.Campaign) error { return nil })
				return err
			},
			"drop campaign": func() error { return db.DeleteCampaign(ctx, 2, campaign.ID) },
			"add cost": func() error {
				return db.AddCost(ctx, sites.Cost{AccountID: 2, CampaignID: campaign.ID, From: day, To: day})
			},
			"drop cost": func() error { return db.DeleteCost(ctx, 2, campaign.ID, costs[0].ID) },
		} {
			require.Equal(t, core.KindNotFound, core.KindOf(attempt()), what)
		}
		for what, list := range map[string]func() (int, error){
			"sites":     func() (int, error) { l, err := db.Sites(ctx, 2); return len(l), err },
			"goals":     func() (int, error) { l, err := db.Goals(ctx, 2, []core.SiteID{site.ID}); return len(l), err },
			"campaigns": func() (int, error) { l, err := db.Campaigns(ctx, 2, []core.SiteID{site.ID}); return len(l), err },
			"costs":     func() (int, error) { l, err := db.Costs(ctx, 2, []core.CampaignID{campaign.ID}); return len(l), err },
			"arrivals":  func() (int, error) { l, err := db.Arrivals(ctx, 2, []core.SiteID{site.ID}); return len(l), err },
			"reaches": func() (int, error) {
				l, err := db.CountReaches(ctx, 2, []core.GoalID{goal.ID}, noon)
				return len(l), err
			},
		} {
			n, err := list()
			require.NoError(t, err, what)
			require.Zero(t, n, what)
		}
		require.Equal(t, before, everything(ctx, t, db), "nothing changed")
	})
}

func everything(ctx context.Context, t *testing.T, db *store.DB) goals.Configuration {
	t.Helper()
	c, err := db.Configuration(ctx)
	require.NoError(t, err)
	return c
}
