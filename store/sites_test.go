package store_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/accounts"
	"github.com/skvoz/skvoz/core/goals"
	"github.com/skvoz/skvoz/core/sites"
	"github.com/skvoz/skvoz/internal/testkit"
	"github.com/skvoz/skvoz/store"
	"github.com/skvoz/skvoz/store/storetest"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// addAccount makes an account with an owner.
func addAccount(ctx context.Context, t *testing.T, db *store.DB, id core.AccountID) {
	t.Helper()
	require.NoError(t, db.Accounts().CreateAccount(ctx,
		accounts.Account{ID: id, Name: "Account", Timezone: "Europe/Moscow", Currency: "RUB", AppKey: fmt.Sprintf("app-key-%d", id), CreatedAt: noon},
		accounts.User{ID: 1, AccountID: id, Name: "Owner", Email: core.Email(fmt.Sprintf("owner%d@example.com", id)), Role: accounts.RoleOwner, Status: accounts.StatusActive, Language: "ru", CreatedAt: noon},
		"hash", ""))
}

func newSite(account core.AccountID, domain string) sites.Site {
	s := sites.DefaultSettings()
	s.Weights = map[sites.Parameter]int{sites.ParameterChannel: 3}
	s.IgnoredIPs = []string{"10.0.0.0/8"}
	return sites.Site{AccountID: account, Domain: domain, Name: domain, SiteKey: core.NewKey(), Key: core.NewKey(), Settings: s}
}

func addSite(ctx context.Context, t *testing.T, db *store.DB, account core.AccountID, domain string) sites.Site {
	t.Helper()
	s, err := db.CreateSite(ctx, newSite(account, domain), 100)
	require.NoError(t, err)
	return s
}

func TestCA_1_Sites_keepWhatTheyAreGiven(t *testing.T) {
	t.Parallel()
	storetest.Each(t, testkit.NewClock(noon), func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		addAccount(ctx, t, db, 1)
		made := addSite(ctx, t, db, 1, "shop.example")
		require.Positive(t, made.ID)
		require.Equal(t, noon, made.CreatedAt)

		read, err := db.Site(ctx, 1, made.ID)
		require.NoError(t, err)
		require.Equal(t, made, read)

		changed, err := db.UpdateSite(ctx, 1, made.ID, func(s *sites.Site) error {
			s.Domain, s.Settings.CookieLifetimeDays, s.Settings.ShareSubdomains, s.Settings.IgnoredIPs = "new.example", 5, false, nil
			return nil
		})
		require.NoError(t, err)
		read, err = db.Site(ctx, 1, made.ID)
		require.NoError(t, err)
		require.Equal(t, changed, read)
		require.False(t, read.Settings.ShareSubdomains, "what is off stays off, whatever the default")

		_, err = db.UpdateSite(ctx, 1, made.ID, func(s *sites.Site) error {
			s.Domain = "never.example"
			return core.Invalid("domain", "bad_domain", "no")
		})
		require.Equal(t, core.KindInvalid, core.KindOf(err))
		read, err = db.Site(ctx, 1, made.ID)
		require.NoError(t, err)
		require.Equal(t, "new.example", read.Domain)
	})
}

func TestCA_1_Sites_aDomainOnceAnAccount(t *testing.T) {
	t.Parallel()
	storetest.Each(t, nil, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		addAccount(ctx, t, db, 1)
		addAccount(ctx, t, db, 2)
		first := addSite(ctx, t, db, 1, "shop.example")
		second := addSite(ctx, t, db, 1, "other.example")
		addSite(ctx, t, db, 2, "shop.example")

		_, err := db.CreateSite(ctx, newSite(1, "shop.example"), 100)
		require.Equal(t, core.KindConflict, core.KindOf(err))
		_, err = db.UpdateSite(ctx, 1, second.ID, func(s *sites.Site) error { s.Domain = "shop.example"; return nil })
		require.Equal(t, core.KindConflict, core.KindOf(err))

		require.NoError(t, db.DeleteSite(ctx, 1, first.ID))
		again := addSite(ctx, t, db, 1, "shop.example")
		require.NotEqual(t, first.ID, again.ID)
		require.Equal(t, core.KindNotFound, core.KindOf(db.DeleteSite(ctx, 1, first.ID)), "it is deleted already")
		_, err = db.Site(ctx, 1, first.ID)
		require.Equal(t, core.KindNotFound, core.KindOf(err))
		list, err := db.Sites(ctx, 1)
		require.NoError(t, err)
		require.Len(t, list, 2)

		_, err = db.CreateSite(ctx, newSite(1, "third.example"), 2)
		require.Equal(t, "too_many", core.AsError(err).Reason)
		_, err = db.CreateSite(ctx, newSite(9, "third.example"), 2)
		require.Equal(t, core.KindNotFound, core.KindOf(err), "no such account")
	})
}

func TestTR_7_Sites_comeWithTheSystemGoals(t *testing.T) {
	t.Parallel()
	storetest.Each(t, nil, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		addAccount(ctx, t, db, 1)
		site := addSite(ctx, t, db, 1, "shop.example")
		list, err := db.Goals(ctx, 1, []core.SiteID{site.ID})
		require.NoError(t, err)
		require.Len(t, list, len(goals.SystemGoals()))
		for _, g := range list {
			require.Equal(t, goals.TypeSystem, g.Type)
			require.Equal(t, g.Conditions.SystemEvent != goals.SystemVisitorInfo, g.IsGoal)
		}
	})
}

// session is what Arrivals looks at of a session.
type session struct {
	account core.AccountID
	site    core.SiteID
	id      int64
	started time.Time
	active  time.Time
	page    string
}

func addSession(t *testing.T, db *store.DB, s session, campaign core.CampaignID) {
	t.Helper()
	require.NoError(t, db.Gorm().Exec("INSERT INTO dimensions (account_id, id, kind, value) VALUES (?, ?, 1, ?)", s.account, s.id, s.page).Error)
	require.NoError(t, db.Gorm().Table("sessions").Create(map[string]any{
		"account_id": s.account, "id": s.id, "site_id": s.site, "visitor_id": 1, "number": 1, "started_at": s.started.UnixMilli(),
		"last_activity_at": s.active.UnixMilli(), "hit_count": 1, "visible_ms": 0, "entrance_page_id": s.id, "exit_page_id": s.id, "exit_title_id": 0,
		"referrer_id": 0, "traffic_id": 0, "campaign_id": campaign, "device_type": "desktop", "browser": "", "os": "", "language": "", "screen": "",
		"ip": "", "country": "", "region": "", "city": "", "click_ids": "",
	}).Error)
}

func TestCA_1_Sites_firstAndNewestHit(t *testing.T) {
	t.Parallel()
	storetest.Each(t, nil, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		addAccount(ctx, t, db, 1)
		addAccount(ctx, t, db, 2)
		var ids []core.SiteID
		for i := range 5 {
			ids = append(ids, addSite(ctx, t, db, 1, fmt.Sprintf("shop%d.example", i)).ID)
		}
		foreign := addSite(ctx, t, db, 2, "shop.example")
		minute := func(n int) time.Time { return noon.Add(time.Duration(n) * time.Minute) }
		addSession(t, db, session{1, ids[0], 101, minute(0), minute(5), "https://shop0.example/first"}, 0)
		addSession(t, db, session{1, ids[0], 102, minute(10), minute(90), "https://shop0.example/newest"}, 0)
		addSession(t, db, session{1, ids[0], 103, minute(20), minute(21), "https://shop0.example/last-begun"}, 0)
		addSession(t, db, session{1, ids[1], 104, minute(30), minute(31), "https://shop1.example/"}, 0)
		addSession(t, db, session{2, foreign.ID, 105, minute(40), minute(41), "https://shop.example/"}, 0)

		counted, statements := store.CountStatements(ctx)
		got, err := db.Arrivals(counted, 1, append(ids, foreign.ID))
		require.NoError(t, err)
		require.Equal(t, map[core.SiteID]sites.Arrivals{
			ids[0]: {FirstHitAt: minute(0), LastHitAt: minute(90), LastPageURL: "https://shop0.example/newest"},
			ids[1]: {FirstHitAt: minute(30), LastHitAt: minute(31), LastPageURL: "https://shop1.example/"},
		}, got)
		require.EqualValues(t, 1, statements.Load(), "one statement however many sites")
		none, err := db.Arrivals(ctx, 1, nil)
		require.NoError(t, err)
		require.Empty(t, none)
	})
}
