package tracker_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core/goals"
)

func (r *rig) goal(g goals.Goal) string {
	r.t.Helper()
	g.AccountID, g.SiteID, g.IsEnabled = 1, r.site.ID, true
	made, err := r.db.CreateGoal(r.t.Context(), g, 100)
	require.NoError(r.t, err)
	require.NoError(r.t, r.directory.Refresh(r.t.Context()))
	return made.ID.String()
}

func TestTR_7_Event_reachesTheGoalsThatAskForIt(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *rig) {
		buy := "buy"
		id := r.goal(goals.Goal{Name: "Buy", Type: goals.TypeTrackEvent, IsGoal: true, Conditions: goals.Conditions{Category: &buy}})
		who := r.view()
		p := r.after(who, "n", nonce(), "u", "https://shop.example/", "c", "buy", "a", "click", "l", "red", "va", "5")
		for range 2 { // a repeated send is stored once
			w := r.post("/cs/e", p)
			require.Equal(t, http.StatusOK, w.Code, w.Body.String())
			require.JSONEq(t, `{"g":["`+id+`"]}`, w.Body.String())
		}
		require.Equal(t, "buy|click|red|5", r.text("SELECT category || '|' || action || '|' || label || '|' || value FROM goal_reaches"))
		require.EqualValues(t, 1, r.number("SELECT COUNT(*) FROM goal_reaches WHERE is_goal AND visitor_id = "+str(who.V)+" AND session_id = "+str(who.S)+" AND hit_id = "+str(who.H)))
		w := r.post("/cs/e", r.after(who, "n", nonce(), "c", "other", "a", "x"))
		require.JSONEq(t, `{"g":[]}`, w.Body.String())
		require.EqualValues(t, 1, r.number("SELECT COUNT(*) FROM goal_reaches WHERE goal_id = 0 AND NOT is_goal"), "stored though no goal asks")
		require.Zero(t, r.number("SELECT COUNT(*) FROM communications"), "no contacts yet")
	})
}

func TestTR_7_Event_noticedByTheScriptMustBeAGoalOfThePage(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *rig) {
		id := r.goal(goals.Goal{Name: "Cart", Type: goals.TypeClick, IsGoal: true, Conditions: goals.Conditions{Selector: ".buy", URL: "/cart", URLMatch: goals.URLContains}})
		who := r.view()
		w := r.post("/cs/e", r.after(who, "n", nonce(), "g", id, "u", "https://shop.example/cart"))
		require.JSONEq(t, `{"g":["`+id+`"]}`, w.Body.String())
		for _, wrong := range [][]string{{"g", id, "u", "https://shop.example/"}, {"g", "999", "u", "https://shop.example/cart"}, {"g", "x"}, {"c", "only"}} {
			w := r.post("/cs/e", r.after(who, append([]string{"n", nonce()}, wrong...)...))
			require.Equal(t, http.StatusBadRequest, w.Code, wrong)
		}
	})
}

func TestTR_7_ReachedGoal_isACommunicationOnceContactsAreKnown(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *rig) {
		buy := "buy"
		r.goal(goals.Goal{Name: "Buy", Type: goals.TypeTrackEvent, IsGoal: true, Conditions: goals.Conditions{Category: &buy}})
		who := r.view()
		db := r.open()
		defer db.Close()
		_, err := db.ExecContext(t.Context(), "INSERT INTO visitor_contacts (account_id, visitor_id, kind, value, first_at, origin) VALUES (1, "+str(who.V)+", 'phone', '79262444393', 0, 'call')")
		require.NoError(t, err)
		_, err = db.ExecContext(t.Context(), "UPDATE visitors SET has_contacts = TRUE, name = 'Anna'")
		require.NoError(t, err)
		require.Equal(t, http.StatusOK, r.post("/cs/e", r.after(who, "n", nonce(), "c", "buy", "a", "x", "u", "https://shop.example/p")).Code)
		require.Equal(t, "goal|Anna|79262444393|https://shop.example/p", r.text("SELECT kind || '|' || name || '|' || phone || '|' || page_url FROM communications"))
	})
}

func TestTR_2_Heartbeat_theLongestTimeWins(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *rig) {
		first := r.view()
		second := r.view(first.who()...)
		for _, beat := range []struct {
			who ids
			ms  string
		}{{first, "15000"}, {first, "9000"}, {first, "20000"}, {second, "500"}, {second, "-1"}, {second, "nonsense"}} {
			r.clock.Advance(time.Second)
			w := r.post("/cs/p", r.after(beat.who, "a", beat.ms))
			require.Equal(t, http.StatusNoContent, w.Code)
			require.Empty(t, w.Body.String())
		}
		require.EqualValues(t, 20500, r.number("SELECT visible_ms FROM sessions"))
		require.EqualValues(t, 20500, r.number("SELECT SUM(visible_ms) FROM "+r.hits()))
		require.Equal(t, noon.Add(6*time.Second).UnixMilli(), r.number("SELECT last_activity_at FROM sessions"))
	})
}

func TestTR_2_Heartbeat_keepsTheSessionAlive(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *rig) {
		first := r.view()
		r.clock.Advance(20 * time.Minute)
		require.Equal(t, http.StatusNoContent, r.post("/cs/p", r.after(first, "a", "1000")).Code)
		r.clock.Advance(20 * time.Minute)
		require.Equal(t, first.S, r.view(first.who()...).S)
	})
}

func TestTriple_whatDoesNotBelongTogetherIsRefused(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *rig) {
		a, b := r.view(), r.view()
		mixed := ids{V: a.V, S: b.S, H: a.H}
		for path, more := range map[string][]string{"/cs/p": {"a", "5"}, "/cs/e": {"n", nonce(), "c", "x", "a", "y"}, "/cs/a": {"op", "set", "name", "x"}} {
			w := r.post(path, r.after(mixed, more...))
			require.Equal(t, http.StatusBadRequest, w.Code, path)
			require.Equal(t, "bad_triple", w.Header().Get("X-Skvoz-Reason"), path)
			require.Equal(t, http.StatusBadRequest, r.post(path, r.after(ids{}, more...)).Code, path)
		}
		r.clock.Advance(time.Hour)
		newer := r.view(a.who()...)
		require.NotEqual(t, a.S, newer.S)
		require.Equal(t, http.StatusNoContent, r.post("/cs/p", r.after(a, "a", "5")).Code, "an earlier session of the visitor")
	})
}

func TestTR_4_Properties_areSetAskedAndDeleted(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *rig) {
		who := r.view()
		ask := func(more ...string) string { return r.post("/cs/a", r.after(who, more...)).Body.String() }
		require.JSONEq(t, `{"success":true,"result":false}`, ask("op", "has", "name", "size"))
		require.JSONEq(t, `{"success":true,"result":false}`, ask("op", "get", "name", "size"))
		require.JSONEq(t, `{"success":true,"result":null}`, ask("op", "set", "name", "size", "value", "XL"))
		require.JSONEq(t, `{"success":true,"result":"XL"}`, ask("op", "get", "name", "size"))
		require.JSONEq(t, `{"success":true,"result":null}`, ask("op", "set", "name", "size"))
		require.JSONEq(t, `{"success":true,"result":true}`, ask("op", "get", "name", "size"), "a bare flag")
		require.JSONEq(t, `{"success":true,"result":true}`, ask("op", "has", "name", "size"))
		require.JSONEq(t, `{"success":true,"result":null}`, ask("op", "delete", "name", "size"))
		require.JSONEq(t, `{"success":true,"result":false}`, ask("op", "has", "name", "size"))
		require.Contains(t, ask("op", "other", "name", "size"), "error")
		require.Contains(t, ask("op", "set"), "error")
	})
}
