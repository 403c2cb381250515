package goals_test

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/accounts"
	"github.com/skvoz/skvoz/core/goals"
	"github.com/skvoz/skvoz/core/sites"
)

var update = flag.Bool("update", false, "write golden files")

// source is a configuration in memory.
type source struct {
	mu    sync.Mutex
	c     goals.Configuration
	err   error
	reads atomic.Int64
}

func (s *source) ConfigVersion(context.Context) (int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.c.Version, s.err
}

func (s *source) Configuration(context.Context) (goals.Configuration, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reads.Add(1)
	return s.c, s.err
}

func (s *source) change(fn func(*goals.Configuration)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.c.Version++
	fn(&s.c)
}

func site(account core.AccountID, id core.SiteID, domain, key string) sites.Site {
	return sites.Site{
		ID: id, AccountID: account, Domain: domain, Name: domain, SiteKey: key + "-23456789012345678901234567890", Key: key + "+23456789012345678901234567890",
		Settings: sites.DefaultSettings(),
	}
}

func twoAccounts() *source {
	gone := site(1, 13, "old.example", "ca")
	deletedAt := time.UnixMilli(5)
	gone.DeletedAt = &deletedAt
	return &source{c: goals.Configuration{
		Version: 1,
		Accounts: []accounts.Account{
			{ID: 1, Timezone: "Europe/Moscow", Currency: "RUB", AppKey: "app-one"},
			{ID: 2, Timezone: "Nowhere/Land", Currency: "EUR", AppKey: "app-two"},
		},
		Sites: []sites.Site{site(1, 11, "shop.example", "aa"), site(1, 12, "m.shop.example", "ba"), gone, site(2, 11, "shop.example", "da"), site(3, 1, "lost.example", "ea")},
		Goals: []goals.Goal{
			{ID: 102, AccountID: 1, SiteID: 11, Type: goals.TypeSystem, IsEnabled: true, Conditions: goals.Conditions{SystemEvent: goals.SystemChat}},
			{ID: 101, AccountID: 1, SiteID: 11, Type: goals.TypePage, IsEnabled: true, Conditions: goals.Conditions{URL: "/thanks", URLMatch: goals.URLStarts}},
			{ID: 101, AccountID: 2, SiteID: 11, Type: goals.TypeClick, IsEnabled: true, Conditions: goals.Conditions{Selector: ".buy"}},
		},
		Campaigns: []sites.Campaign{{
			ID: 201, AccountID: 1, SiteID: 11, Status: sites.CampaignActive,
			Include: []sites.Group{{Conditions: []sites.Condition{{Parameter: sites.ParameterChannel, Operator: sites.OperatorEquals, Value: "paid"}}}},
		}},
	}}
}

func filled(t *testing.T, s *source) *goals.Directory {
	t.Helper()
	d := goals.NewDirectory(s, slog.New(slog.DiscardHandler))
	require.NoError(t, d.Refresh(t.Context()))
	return d
}

func TestDirectory_findsSitesByWhatRequestsCarry(t *testing.T) {
	t.Parallel()
	s := twoAccounts()
	d := filled(t, s)
	shop, ok := d.BySiteKey(s.c.Sites[0].SiteKey)
	require.True(t, ok)
	require.Equal(t, core.SiteID(11), shop.ID)
	require.Equal(t, core.AccountID(1), shop.AccountID)
	require.Equal(t, "RUB", shop.Currency)
	require.Equal(t, "Europe/Moscow", shop.AccountTimezone.String())
	require.Len(t, shop.Goals, 2)
	require.Equal(t, core.GoalID(101), shop.Goals[0].ID, "oldest first")
	require.Len(t, shop.Campaigns, 1)
	campaign, ok := shop.Matcher.Match(sites.Facts{Channel: "paid"})
	require.True(t, ok)
	require.Equal(t, core.CampaignID(201), campaign)

	same, ok := d.ByKey(s.c.Sites[0].Key)
	require.True(t, ok)
	require.Same(t, shop, same)
	same, ok = d.ByID(1, 11)
	require.True(t, ok)
	require.Same(t, shop, same)

	other, ok := d.ByID(2, 11)
	require.True(t, ok)
	require.NotSame(t, shop, other)
	require.Equal(t, goals.TypeClick, other.Goals[0].Type, "goals of the other account's site with the same id")
	require.Equal(t, time.UTC, other.AccountTimezone, "an unknown zone must not stop the tracker")

	_, ok = d.BySiteKey(s.c.Sites[0].Key)
	require.False(t, ok, "the generations do not mix")
	_, ok = d.BySiteKey("")
	require.False(t, ok)
	_, ok = d.ByID(3, 1)
	require.False(t, ok, "a site whose account is not known yet waits")
	require.Equal(t, 3, d.Len())
}

func TestDirectory_findsSitesByAppKeyAndHost(t *testing.T) {
	t.Parallel()
	d := filled(t, twoAccounts())
	for _, tc := range []struct {
		rule, key, host string
		account         core.AccountID
		site            core.SiteID
	}{
		{"the domain itself", "app-one", "shop.example", 1, 11},
		{"the other account's", "app-two", "shop.example", 2, 11},
		{"letter case, www, port and final dot aside", "app-one", "WWW.Shop.Example.:443", 1, 11},
		{"the closest parent", "app-one", "a.b.shop.example", 1, 11},
		{"a closer one", "app-one", "x.m.shop.example", 1, 12},
		{"no relation", "app-one", "myshop.example", 0, 0},
		{"a deleted site", "app-one", "old.example", 0, 0},
		{"an unknown key", "app-six", "shop.example", 0, 0},
		{"no host", "app-one", "", 0, 0},
	} {
		t.Run(tc.rule, func(t *testing.T) {
			t.Parallel()
			got, ok := d.ByAppKey(tc.key, tc.host)
			if tc.site == 0 {
				require.False(t, ok)
				return
			}
			require.True(t, ok)
			require.Equal(t, tc.site, got.ID)
			require.Equal(t, tc.account, got.AccountID)
		})
	}
}

func TestDirectory_knowsKeysOfDeletedSites(t *testing.T) {
	t.Parallel()
	s := twoAccounts()
	d := filled(t, s)
	gone := s.c.Sites[2]
	require.True(t, d.IsDeleted(gone.SiteKey))
	require.True(t, d.IsDeleted(gone.Key))
	require.False(t, d.IsDeleted(s.c.Sites[0].SiteKey))
	_, ok := d.BySiteKey(gone.SiteKey)
	require.False(t, ok)
}

func TestDirectory_readsOnlyWhatChanged(t *testing.T) {
	t.Parallel()
	s := twoAccounts()
	d := filled(t, s)
	before, _ := d.ByID(1, 11)
	require.NoError(t, d.Refresh(t.Context()))
	require.EqualValues(t, 1, s.reads.Load())

	s.change(func(c *goals.Configuration) {
		c.Sites = append([]sites.Site(nil), c.Sites...)
		c.Sites[0].Settings.CookieLifetimeDays = 5
	})
	d.Changed(t.Context())
	require.EqualValues(t, 2, s.reads.Load())
	after, _ := d.ByID(1, 11)
	require.Equal(t, 5, after.Settings.CookieLifetimeDays)
	require.Equal(t, 90, before.Settings.CookieLifetimeDays, "who holds the old state keeps it")
	require.NotEqual(t, before.ScriptETag, after.ScriptETag)

	s.mu.Lock()
	s.err = errors.New("database is gone")
	s.mu.Unlock()
	require.Error(t, d.Refresh(t.Context()))
	_, ok := d.ByID(1, 11)
	require.True(t, ok, "the last known state stays")
}

func TestDirectory_isReadWhileItChanges(t *testing.T) {
	t.Parallel()
	s := twoAccounts()
	d := filled(t, s)
	key := s.c.Sites[0].SiteKey
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 2000 {
				if _, ok := d.BySiteKey(key); !ok {
					t.Error("a site went missing")
					return
				}
			}
		})
	}
	for range 50 {
		s.change(func(*goals.Configuration) {})
		d.Changed(t.Context())
	}
	wg.Wait()
}

func TestTrackedSite_rulesOfTheDoor(t *testing.T) {
	t.Parallel()
	s := twoAccounts()
	s.c.Sites[0].Settings.IgnoredIPs = []string{"203.0.113.0/24", "2001:db8::1"}
	s.c.Sites[0].Settings.ExcludedReferrers = []string{"pay.example"}
	shop, _ := filled(t, s).ByID(1, 11)
	require.True(t, shop.IgnoresIP(netip.MustParseAddr("203.0.113.77")))
	require.True(t, shop.IgnoresIP(netip.MustParseAddr("::ffff:203.0.113.77")))
	require.True(t, shop.IgnoresIP(netip.MustParseAddr("2001:db8::1")))
	require.False(t, shop.IgnoresIP(netip.MustParseAddr("203.0.114.1")))
	require.False(t, shop.IgnoresIP(netip.Addr{}))
	require.True(t, shop.ExcludesReferrer("secure.pay.example"))
	require.False(t, shop.ExcludesReferrer("notpay.example"))
	require.True(t, shop.Owns("www.shop.example"))
	require.True(t, shop.Owns("m.shop.example"))
	require.False(t, shop.Owns("shop.example.evil"))

	page, ok := shop.Goal(101)
	require.True(t, ok)
	require.True(t, shop.AllowsPage(page, "https://shop.example/thanks?x"))
	require.False(t, shop.AllowsPage(page, "https://shop.example/?from=/thanks"))
	_, ok = shop.Goal(999)
	require.False(t, ok)
	chat, ok := shop.SystemGoal(goals.SystemChat)
	require.True(t, ok)
	require.True(t, shop.AllowsPage(chat, ""))
	_, ok = shop.SystemGoal(goals.SystemOfflineRequest)
	require.False(t, ok, "switched off")
}

func TestTR_7_ScriptSettings_isTheFormTheScriptReads(t *testing.T) {
	t.Parallel()
	s := twoAccounts()
	s.c.Sites[0].Settings = sites.Settings{CookieLifetimeDays: 30, ShareSubdomains: true, RespectDoNotTrack: true, RequireConsent: true, DynamicalReplacement: true, HeartbeatSeconds: 15}
	goal := func(id core.GoalID, typ goals.Type, c goals.Conditions) goals.Goal {
		return goals.Goal{ID: id, AccountID: 1, SiteID: 11, Name: "goal", Type: typ, IsEnabled: true, Conditions: c}
	}
	s.c.Goals = []goals.Goal{
		goal(1, goals.TypeTrackEvent, goals.Conditions{Category: text("cart")}),
		goal(2, goals.TypeSystem, goals.Conditions{SystemEvent: goals.SystemChat}),
		goal(3, goals.TypeLink, goals.Conditions{URL: "tel:", URLMatch: goals.URLStarts}),
		goal(4, goals.TypeClick, goals.Conditions{Selector: ".buy"}),
		goal(5, goals.TypeClick, goals.Conditions{Selector: ".buy", URL: "/cart", URLMatch: goals.URLContains}),
		goal(6, goals.TypeTimeOnSite, goals.Conditions{Seconds: 60}),
		goal(7, goals.TypeTimeOnPage, goals.Conditions{Seconds: 30, URL: "^/a", URLMatch: goals.URLRegexp}),
		goal(8, goals.TypeScroll, goals.Conditions{}),
		goal(9, goals.TypeScroll, goals.Conditions{ScrollToEnd: true, URL: "/", URLMatch: goals.URLExact}),
		goal(10, goals.TypeScroll, goals.Conditions{Selector: "#prices"}),
		goal(11, goals.TypePage, goals.Conditions{URL: "/thanks", URLMatch: goals.URLExact}),
	}
	d := filled(t, s)
	busy, _ := d.ByID(1, 11)
	plain, _ := d.ByID(1, 12)
	for name, tracked := range map[string]*goals.TrackedSite{"script_all_goals": busy, "script_no_goals": plain} {
		var pretty json.RawMessage = tracked.Script
		got, err := json.MarshalIndent(pretty, "", "  ")
		require.NoError(t, err)
		golden(t, name, append(got, '\n'))
	}
	require.Regexp(t, `^"[A-Za-z0-9_-]{16}"$`, busy.ScriptETag)
	require.NotEqual(t, busy.ScriptETag, plain.ScriptETag)
	again, _ := filled(t, s).ByID(1, 11)
	require.Equal(t, busy.ScriptETag, again.ScriptETag, "the tag tells the content, on every replica")
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name+".golden")
	if *update {
		require.NoError(t, os.MkdirAll("testdata", 0o755))
		require.NoError(t, os.WriteFile(path, got, 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(want), string(got))
}

func BenchmarkDirectory_BySiteKey(b *testing.B) {
	s := twoAccounts()
	d := goals.NewDirectory(s, slog.New(slog.DiscardHandler))
	require.NoError(b, d.Refresh(b.Context()))
	key := s.c.Sites[0].SiteKey
	b.ReportAllocs()
	for b.Loop() {
		d.BySiteKey(key)
	}
}
