package resolvers_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/accounts"
	"github.com/skvoz/skvoz/core/sites"
	"github.com/skvoz/skvoz/graph/graphtest"
	"github.com/skvoz/skvoz/internal/testkit"
	"github.com/skvoz/skvoz/store"
	"github.com/skvoz/skvoz/store/storetest"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// input makes the variables of a mutation with one input; given in pairs of name and value.
func input(pairs ...any) map[string]any {
	in := map[string]any{}
	for i := 0; i < len(pairs); i += 2 {
		in[pairs[i].(string)] = pairs[i+1]
	}
	return map[string]any{"in": in}
}

// addSite adds a site and returns its id.
func addSite(c *graphtest.Client, domain string) string {
	var got struct {
		CreateSite struct{ Site struct{ ID string } }
	}
	c.Do(`mutation($in: CreateSiteInput!) { createSite(input: $in) { site { id } } }`, input("domain", domain)).Into(&got)
	return got.CreateSite.Site.ID
}

func TestCA_1_Sites_createReadChangeDelete(t *testing.T) {
	t.Parallel()
	storetest.Each(t, testkit.NewClock(noon), func(t *testing.T, db *store.DB) {
		server := graphtest.New(t, db)
		owner := server.Owner(t)

		var made struct {
			CreateSite struct {
				Site struct {
					ID, Domain, Name, SiteKey, Snippet, ScriptURL, CreatedAt string
					Settings                                                 struct {
						CookieLifetimeDays, CampaignLifetimeDays, SessionTimeoutMinutes          int
						ShareSubdomains, RespectDoNotTrack, RequireConsent, DynamicalReplacement bool
						IgnoredIps, ExcludedReferrers                                            []string
						ConditionWeights                                                         []struct {
							Parameter string
							Weight    int
						}
					}
					Installation struct {
						State       string
						FirstHitAt  *string
						LastPageURL *string
					}
					Goals     []struct{ Name, Type string }
					Campaigns []struct{ ID string }
				}
			}
		}
		owner.Do(`mutation($in: CreateSiteInput!) { createSite(input: $in) { site {
			id domain name siteKey snippet scriptUrl createdAt
			settings { cookieLifetimeDays campaignLifetimeDays sessionTimeoutMinutes shareSubdomains respectDoNotTrack requireConsent dynamicalReplacement
				ignoredIps excludedReferrers conditionWeights { parameter weight } }
			installation { state firstHitAt lastPageUrl }
			goals { name type }
			campaigns { id }
		} } }`, input("domain", "https://www.Магазин.рф/", "name", nil)).Into(&made)
		site := made.CreateSite.Site
		require.Equal(t, "xn--80aairftm.xn--p1ai", site.Domain)
		require.Equal(t, "магазин.рф", site.Name)
		require.Regexp(t, `^[A-Za-z0-9_-]{32}$`, site.SiteKey)
		require.Equal(t, "https://skvoz.test/static/cs.min.js", site.ScriptURL)
		require.Contains(t, site.Snippet, site.SiteKey)
		require.Contains(t, site.Snippet, `async src="//skvoz.test/static/cs.min.js"`)
		require.Equal(t, "2026-03-01T12:00:00.000Z", site.CreatedAt)
		require.Equal(t, 90, site.Settings.CookieLifetimeDays)
		require.Equal(t, 30, site.Settings.SessionTimeoutMinutes)
		require.True(t, site.Settings.ShareSubdomains)
		require.NotNil(t, site.Settings.IgnoredIps)
		require.Len(t, site.Settings.ConditionWeights, 11)
		require.Equal(t, "WAITING", site.Installation.State)
		require.Nil(t, site.Installation.FirstHitAt)
		require.Len(t, site.Goals, 3)
		require.Equal(t, "SYSTEM", site.Goals[0].Type)
		require.NotNil(t, site.Campaigns)

		owner.Do(`mutation($in: CreateSiteInput!) { createSite(input: $in) { site { id } } }`, input("domain", "магазин.рф")).Fails("CONFLICT domain_taken")
		owner.Do(`mutation($in: CreateSiteInput!) { createSite(input: $in) { site { id } } }`, input("domain", "магазин")).Fails("BAD_USER_INPUT bad_domain")

		const update = `mutation($in: UpdateSiteInput!) { updateSite(input: $in) { site { name domain settings { cookieLifetimeDays ignoredIps conditionWeights { parameter weight } } } } }`
		var changed struct {
			UpdateSite struct {
				Site struct {
					Name, Domain string
					Settings     struct {
						CookieLifetimeDays int
						IgnoredIps         []string
						ConditionWeights   []struct {
							Parameter string
							Weight    int
						}
					}
				}
			}
		}
		owner.Do(update, input("id", site.ID, "name", "Shop", "domain", nil, "ignoredIps", []string{"203.0.113.9/24"},
			"conditionWeights", []map[string]any{{"parameter": "CHANNEL", "weight": 7}})).Into(&changed)
		got := changed.UpdateSite.Site
		require.Equal(t, "Shop", got.Name)
		require.Equal(t, site.Domain, got.Domain, "null is as good as absent")
		require.Equal(t, 90, got.Settings.CookieLifetimeDays)
		require.Equal(t, []string{"203.0.113.0/24"}, got.Settings.IgnoredIps)
		for _, w := range got.Settings.ConditionWeights {
			require.Equal(t, w.Parameter == "CHANNEL", w.Weight == 7, w.Parameter)
		}
		wrong := owner.Do(update, input("id", site.ID, "cookieLifetimeDays", 731))
		wrong.Fails("BAD_USER_INPUT out_of_range")
		require.Equal(t, "cookieLifetimeDays", wrong.Errors[0].Extensions.Field)
		owner.Do(update, input("id", "x")).Fails("BAD_USER_INPUT bad_id")
		owner.Do(update, input("id", "1")).Fails("NOT_FOUND not_found")

		const remove = `mutation($in: DeleteSiteInput!) { deleteSite(input: $in) { id } }`
		owner.Do(remove, input("id", site.ID)).OK()
		owner.Do(remove, input("id", site.ID)).Fails("NOT_FOUND not_found")
		owner.Do(`query($id: ID!) { site(id: $id) { id } }`, map[string]any{"id": site.ID}).Fails("NOT_FOUND not_found")
	})
}

func TestCA_1_Sites_installationFollowsTheHits(t *testing.T) {
	t.Parallel()
	for _, engine := range []store.Engine{store.SQLite, store.Postgres} {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			clock := testkit.NewClock(noon)
			db := storetest.Open(t, engine, clock)
			owner, world := graphtest.New(t, db).Owner(t), storetest.NewWorld(t, db)
			site := siteOf(t, db, owner, addSite(owner, "shop.example"))
			type installation struct{ State, FirstHitAt, LastHitAt, LastPageURL string }
			read := func() installation {
				var got struct {
					Site struct{ Installation installation }
				}
				owner.Do(`query($id: ID!) { site(id: $id) { installation { state firstHitAt lastHitAt lastPageUrl } } }`, map[string]any{"id": site.ID.String()}).Into(&got)
				return got.Site.Installation
			}
			require.Equal(t, installation{State: "WAITING"}, read())
			first := world.See(storetest.Visit{Site: site, At: noon, URL: "https://shop.example/landing"})
			world.See(storetest.Visit{Site: site, Last: first, At: noon.Add(time.Minute), URL: "https://shop.example/cart"})
			want := installation{"RECEIVING", "2026-03-01T12:00:00.000Z", "2026-03-01T12:01:00.000Z", "https://shop.example/cart"}
			require.Equal(t, want, read())
			clock.Advance(24*time.Hour + 2*time.Minute)
			want.State = "SILENT"
			require.Equal(t, want, read())
		})
	}
}

// siteOf reads a site of the client's account.
func siteOf(t *testing.T, db *store.DB, c *graphtest.Client, id string) sites.Site {
	t.Helper()
	siteID, err := core.ParseID[core.SiteID](id)
	require.NoError(t, err)
	site, err := db.Site(t.Context(), c.Account.ID, siteID)
	require.NoError(t, err)
	return site
}

func TestCA_1_Sites_whoMayWhat(t *testing.T) {
	t.Parallel()
	server := graphtest.New(t, storetest.Open(t, store.SQLite, nil))
	owner := server.Owner(t)
	id := addSite(owner, "shop.example")
	for name, c := range map[string]*graphtest.Client{"operator": server.Colleague(t, owner, accounts.RoleOperator), "analyst": server.Colleague(t, owner, accounts.RoleAnalyst)} {
		c.Do(`{ sites { id snippet } }`, nil).OK()
		resp := c.Do(`mutation($in: DeleteSiteInput!) { deleteSite(input: $in) { id } }`, input("id", id))
		require.NotEmpty(t, resp.Errors, name)
		require.Equal(t, "FORBIDDEN", resp.Errors[0].Extensions.Code, name)
	}
}

func TestCA_1_Sites_aListCostsAConstantNumberOfStatements(t *testing.T) {
	t.Parallel()
	storetest.Each(t, nil, func(t *testing.T, db *store.DB) {
		owner := graphtest.New(t, db).Owner(t)
		const query = `{ sites { id name settings { cookieLifetimeDays } installation { state } goals { id conditions { systemEvent } reachedLast30Days }
			campaigns { id include { conditions { parameter key operator value } } costs { from to amount { amount } } } } }`
		add := func(from, to int) {
			for i := from; i < to; i++ {
				site := addSite(owner, fmt.Sprintf("shop%d.example", i))
				addCost(owner, addCampaign(owner, site, "Spring"), "2026-03-01", "2026-03-31")
			}
		}
		add(0, 1)
		few := owner.Count(query, nil).OK()
		add(1, 8)
		many := owner.Count(query, nil).OK()
		require.Greater(t, len(many.Body), 4*len(few.Body))
		require.Positive(t, few.Statements)
		require.Equal(t, few.Statements, many.Statements)
	})
}

func TestCA_1_Sites_accountsNeverSeeEachOthers(t *testing.T) {
	t.Parallel()
	storetest.Each(t, nil, func(t *testing.T, db *store.DB) {
		server := graphtest.New(t, db)
		one, two := server.Owner(t), server.Owner(t)
		for round := range 5 {
			for i, c := range []*graphtest.Client{one, two} {
				addSite(c, fmt.Sprintf("shop%d-%d.example", round, i))
				addSite(c, fmt.Sprintf("shop%d.example", round))
			}
		}
		ids := func(c *graphtest.Client) []string {
			var got struct{ Sites []struct{ ID string } }
			c.Do(`{ sites { id } }`, nil).Into(&got)
			var out []string
			for _, s := range got.Sites {
				out = append(out, s.ID)
			}
			return out
		}
		ofOne, ofTwo := ids(one), ids(two)
		require.Len(t, ofOne, 10)
		require.Len(t, ofTwo, 10)
		for _, id := range ofOne {
			require.NotContains(t, ofTwo, id)
			two.Do(`query($id: ID!) { site(id: $id) { id } }`, map[string]any{"id": id}).Fails("NOT_FOUND not_found")
			two.Do(`query($id: ID!) { previewArrival(siteId: $id, url: "https://shop.example/") { source { channel } } }`, map[string]any{"id": id}).Fails("NOT_FOUND not_found")
			for _, mutation := range []string{
				`mutation($id: ID!) { updateSite(input: {id: $id, name: "x"}) { site { id } } }`,
				`mutation($id: ID!) { deleteSite(input: {id: $id}) { id } }`,
				`mutation($id: ID!) { createGoal(input: {siteId: $id, name: "x", type: PAGE, conditions: {url: "/"}}) { goal { id } } }`,
				`mutation($id: ID!) { createCampaign(input: {siteId: $id, name: "x", include: [{conditions: [{parameter: CHANNEL, operator: EQUALS, value: "paid"}]}]}) { campaign { id } } }`,
			} {
				two.Do(mutation, map[string]any{"id": id}).Fails("NOT_FOUND not_found")
			}
		}
		require.Equal(t, ofOne, ids(one))
	})
}
