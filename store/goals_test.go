package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/goals"
	"github.com/skvoz/skvoz/internal/testkit"
	"github.com/skvoz/skvoz/store"
	"github.com/skvoz/skvoz/store/storetest"
)

func text(s string) *string { return &s }

func TestTR_7_Goals_keepWhatTheyAreGiven(t *testing.T) {
	t.Parallel()
	storetest.Each(t, testkit.NewClock(noon), func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		addAccount(ctx, t, db, 1)
		site := addSite(ctx, t, db, 1, "shop.example")
		made, err := db.CreateGoal(ctx, goals.Goal{
			AccountID: 1, SiteID: site.ID, Name: "Bought", Type: goals.TypeTrackEvent, IsGoal: true, IsEnabled: true,
			Conditions: goals.Conditions{Category: text("cart"), Value: text("5")},
		}, 100)
		require.NoError(t, err)
		require.Equal(t, noon, made.CreatedAt)
		find := func() (goals.Goal, bool) {
			list, err := db.Goals(ctx, 1, []core.SiteID{site.ID})
			require.NoError(t, err)
			for _, g := range list {
				if g.ID == made.ID {
					return g, true
				}
			}
			return goals.Goal{}, false
		}
		read, ok := find()
		require.True(t, ok)
		require.Equal(t, made, read)

		changed, err := db.UpdateGoal(ctx, 1, made.ID, func(g *goals.Goal) error {
			g.Name, g.IsGoal, g.IsEnabled, g.Conditions = "Paid", false, false, goals.Conditions{Action: text("pay")}
			return nil
		})
		require.NoError(t, err)
		read, _ = find()
		require.Equal(t, changed, read)

		_, err = db.CreateGoal(ctx, goals.Goal{AccountID: 1, SiteID: site.ID, Name: "One too many", Type: goals.TypePage}, 4)
		require.Equal(t, "too_many", core.AsError(err).Reason)
		_, err = db.CreateGoal(ctx, goals.Goal{AccountID: 1, SiteID: 999, Name: "Nowhere", Type: goals.TypePage}, 4)
		require.Equal(t, core.KindNotFound, core.KindOf(err))

		refuse := func(goals.Goal) error { return core.E(core.KindConflict, "no") }
		require.Equal(t, core.KindConflict, core.KindOf(db.DeleteGoal(ctx, 1, made.ID, refuse)))
		require.NoError(t, db.DeleteGoal(ctx, 1, made.ID, func(goals.Goal) error { return nil }))
		_, ok = find()
		require.False(t, ok)
		require.Equal(t, core.KindNotFound, core.KindOf(db.DeleteGoal(ctx, 1, made.ID, func(goals.Goal) error { return nil })))

		require.NoError(t, db.DeleteSite(ctx, 1, site.ID))
		_, err = db.UpdateGoal(ctx, 1, made.ID, func(*goals.Goal) error { return nil })
		require.Equal(t, core.KindNotFound, core.KindOf(err))
	})
}

func TestTR_7_Goals_countWhatWasReachedLately(t *testing.T) {
	t.Parallel()
	storetest.Each(t, nil, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		reach := func(account core.AccountID, id int64, goal core.GoalID, at time.Time) {
			require.NoError(t, db.Gorm().Table("goal_reaches").Create(map[string]any{
				"account_id": account, "id": id, "site_id": 1, "goal_id": goal, "is_goal": true, "visitor_id": 1, "session_id": 1, "hit_id": 1,
				"reached_at": at.UnixMilli(), "page_id": 0, "category": "", "action": "", "label": "", "value": "",
			}).Error)
		}
		reach(1, 1, 10, noon)
		reach(1, 2, 10, noon.Add(time.Hour))
		reach(1, 3, 10, noon.Add(-time.Millisecond))
		reach(1, 4, 11, noon)
		reach(2, 5, 10, noon)
		counted, statements := store.CountStatements(ctx)
		got, err := db.CountReaches(counted, 1, []core.GoalID{10, 11, 12}, noon)
		require.NoError(t, err)
		require.Equal(t, map[core.GoalID]int{10: 2, 11: 1}, got)
		require.EqualValues(t, 1, statements.Load())
	})
}
