package resolvers_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/graph/graphtest"
	"github.com/skvoz/skvoz/internal/testkit"
	"github.com/skvoz/skvoz/store"
	"github.com/skvoz/skvoz/store/storetest"
)

const createGoal = `mutation($in: CreateGoalInput!) { createGoal(input: $in) { goal { id name type isGoal isEnabled reachedLast30Days
	conditions { category action label value url urlMatch selector seconds scrollToEnd systemEvent } } } }`

type goal struct {
	ID, Name, Type    string
	IsGoal, IsEnabled bool
	ReachedLast30Days int
	Conditions        map[string]any
}

func TestTR_7_Goals_createChangeDelete(t *testing.T) {
	t.Parallel()
	storetest.Each(t, testkit.NewClock(noon), func(t *testing.T, db *store.DB) {
		owner := graphtest.New(t, db).Owner(t)
		site := addSite(owner, "shop.example")
		for _, tc := range []struct {
			typ      string
			in, want map[string]any
		}{
			{"TRACK_EVENT", map[string]any{"category": "cart", "label": nil, "value": ""}, map[string]any{"category": "cart"}},
			{"LINK", map[string]any{"url": "tel:", "urlMatch": "STARTS"}, map[string]any{"url": "tel:", "urlMatch": "STARTS"}},
			{"PAGE", map[string]any{"url": "/thanks"}, map[string]any{"url": "/thanks", "urlMatch": "CONTAINS"}},
			{"CLICK", map[string]any{"selector": ".buy"}, map[string]any{"selector": ".buy"}},
			{"TIME_ON_SITE", map[string]any{"seconds": 60}, map[string]any{"seconds": 60.0}},
			{"TIME_ON_PAGE", map[string]any{"seconds": 60, "url": "^/a", "urlMatch": "REGEXP"}, map[string]any{"seconds": 60.0, "url": "^/a", "urlMatch": "REGEXP"}},
			{"SCROLL", map[string]any{}, map[string]any{"scrollToEnd": false}},
			{"SCROLL", map[string]any{"scrollToEnd": true}, map[string]any{"scrollToEnd": true}},
			{"SCROLL", map[string]any{"selector": "#end"}, map[string]any{"selector": "#end"}},
		} {
			var made struct{ CreateGoal struct{ Goal goal } }
			owner.Do(createGoal, input("siteId", site, "name", "Goal", "type", tc.typ, "conditions", tc.in)).Into(&made)
			got := made.CreateGoal.Goal
			require.True(t, got.IsGoal && got.IsEnabled)
			require.Equal(t, tc.typ, got.Type)
			for name, value := range got.Conditions {
				require.Equal(t, tc.want[name], value, "%s: %s", tc.typ, name)
			}
		}
		wrong := owner.Do(createGoal, input("siteId", site, "name", "Goal", "type", "PAGE", "conditions", map[string]any{"url": "(", "urlMatch": "REGEXP"}))
		wrong.Fails("BAD_USER_INPUT bad_regexp")
		require.Equal(t, "url", wrong.Errors[0].Extensions.Field)
		owner.Do(createGoal, input("siteId", site, "name", "Goal", "type", "SYSTEM", "conditions", map[string]any{})).Fails("BAD_USER_INPUT bad_type")
		owner.Do(createGoal, input("siteId", "1", "name", "Goal", "type", "SCROLL", "conditions", map[string]any{})).Fails("NOT_FOUND not_found")

		all := goalsOf(owner, site)
		require.Len(t, all, 12)
		var system, own goal
		for _, g := range all {
			if g.Type == "SYSTEM" {
				system = g
			} else {
				own = g
			}
		}
		require.NotNil(t, system.Conditions["systemEvent"])

		const update = `mutation($in: UpdateGoalInput!) { updateGoal(input: $in) { goal { id name isGoal isEnabled } } }`
		var changed struct{ UpdateGoal struct{ Goal goal } }
		owner.Do(update, input("id", system.ID, "name", "Чат", "isEnabled", false)).Into(&changed)
		require.Equal(t, "Чат", changed.UpdateGoal.Goal.Name)
		require.False(t, changed.UpdateGoal.Goal.IsEnabled)
		require.Equal(t, system.IsGoal, changed.UpdateGoal.Goal.IsGoal, "what is absent stays")
		owner.Do(update, input("id", system.ID, "conditions", map[string]any{"url": "/"})).Fails("BAD_USER_INPUT system_goal")

		const remove = `mutation($in: DeleteGoalInput!) { deleteGoal(input: $in) { id } }`
		owner.Do(remove, input("id", system.ID)).Fails("CONFLICT system_goal")
		owner.Do(remove, input("id", own.ID)).OK()
		owner.Do(remove, input("id", own.ID)).Fails("NOT_FOUND not_found")
		require.Len(t, goalsOf(owner, site), 11)
	})
}

func TestTR_7_Goals_countWhatWasReachedWithin30Days(t *testing.T) {
	t.Parallel()
	clock := testkit.NewClock(noon)
	storetest.Each(t, clock, func(t *testing.T, db *store.DB) {
		owner, world := graphtest.New(t, db).Owner(t), storetest.NewWorld(t, db)
		site := siteOf(t, db, owner, addSite(owner, "shop.example"))
		bought, seen := world.Goal(site, "bought"), world.See(storetest.Visit{Site: site, At: noon.AddDate(0, 0, -31)})
		world.Reach(seen, bought, noon.AddDate(0, 0, -31))
		again := world.See(storetest.Visit{Site: site, Last: seen, At: noon.AddDate(0, 0, -29)})
		world.Reach(again, bought, noon.AddDate(0, 0, -29))
		world.Reach(again, bought, noon.AddDate(0, 0, -29).Add(time.Minute))
		for _, g := range goalsOf(owner, site.ID.String()) {
			want := 0
			if g.ID == bought.ID.String() {
				want = 2
			}
			require.Equal(t, want, g.ReachedLast30Days, g.Name)
		}
	})
}

func goalsOf(c *graphtest.Client, site string) []goal {
	var got struct{ Site struct{ Goals []goal } }
	c.Do(`query($id: ID!) { site(id: $id) { goals { id name type isGoal isEnabled reachedLast30Days conditions { url systemEvent } } } }`, map[string]any{"id": site}).Into(&got)
	return got.Site.Goals
}
