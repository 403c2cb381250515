package goals_test

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/goals"
)

// oneGoal keeps a single goal in memory.
type oneGoal struct {
	goals.Store
	goal goals.Goal
}

func (o *oneGoal) CreateGoal(_ context.Context, g goals.Goal, _ int) (goals.Goal, error) {
	o.goal = g
	return g, nil
}

func (o *oneGoal) UpdateGoal(_ context.Context, _ core.AccountID, _ core.GoalID, change func(*goals.Goal) error) (goals.Goal, error) {
	g := o.goal
	if err := change(&g); err != nil {
		return goals.Goal{}, err
	}
	o.goal = g
	return g, nil
}

func (o *oneGoal) DeleteGoal(_ context.Context, _ core.AccountID, _ core.GoalID, check func(goals.Goal) error) error {
	return check(o.goal)
}

func text(s string) *string { return &s }

func TestTR_7_Service_Create_refusesConditionsThatDoNotFitTheType(t *testing.T) {
	t.Parallel()
	type c = goals.Conditions
	for _, tc := range []struct {
		rule          string
		typ           goals.Type
		in            goals.Conditions
		field, reason string
	}{
		{"system goals can't be made", goals.TypeSystem, c{SystemEvent: goals.SystemChat}, "type", "bad_type"},
		{"unknown types can't be made", "mood", c{}, "type", "bad_type"},
		{"a link has an address", goals.TypeLink, c{}, "url", "required"},
		{"a page has an address", goals.TypePage, c{URL: " "}, "url", "required"},
		{"a click has an element", goals.TypeClick, c{URL: "/cart"}, "selector", "required"},
		{"time on site has seconds", goals.TypeTimeOnSite, c{}, "seconds", "out_of_range"},
		{"time on site is not negative", goals.TypeTimeOnSite, c{Seconds: -1}, "seconds", "out_of_range"},
		{"time on site is at most a day", goals.TypeTimeOnSite, c{Seconds: 86401}, "seconds", "out_of_range"},
		{"time on page has an address", goals.TypeTimeOnPage, c{Seconds: 5}, "url", "required"},
		{"time on page has seconds", goals.TypeTimeOnPage, c{URL: "/"}, "seconds", "out_of_range"},
		{"regular expressions compile", goals.TypePage, c{URL: "(a", URLMatch: goals.URLRegexp}, "url", "bad_regexp"},
		{"regular expressions end somewhere", goals.TypePage, c{URL: strings.Repeat("a", 501), URLMatch: goals.URLRegexp}, "url", "too_long"},
		{"addresses end somewhere", goals.TypePage, c{URL: strings.Repeat("a", 2001)}, "url", "bad_text"},
		{"known ways to compare", goals.TypePage, c{URL: "/", URLMatch: "sounds"}, "urlMatch", "bad_match"},
		{"selectors end somewhere", goals.TypeClick, c{Selector: strings.Repeat("a", 501)}, "selector", "bad_text"},
		{"scroll to one place only", goals.TypeScroll, c{Selector: "#end", ScrollToEnd: true}, "scrollToEnd", "contradiction"},
		{"a category ends somewhere", goals.TypeTrackEvent, c{Category: text(strings.Repeat("a", 256))}, "category", "bad_text"},
		{"a value can be shown", goals.TypeTrackEvent, c{Value: text("a\x07b")}, "value", "bad_text"},
		{"an event has no address", goals.TypeTrackEvent, c{URL: "/"}, "url", "unexpected"},
		{"a page has no category", goals.TypePage, c{URL: "/", Category: text("a")}, "category", "unexpected"},
		{"a page has no element", goals.TypePage, c{URL: "/", Selector: "a"}, "selector", "unexpected"},
		{"a link has no seconds", goals.TypeLink, c{URL: "/", Seconds: 1}, "seconds", "unexpected"},
		{"a click does not scroll", goals.TypeClick, c{Selector: "a", ScrollToEnd: true}, "scrollToEnd", "unexpected"},
	} {
		t.Run(tc.rule, func(t *testing.T) {
			t.Parallel()
			_, err := goals.NewService(goals.Deps{Store: &oneGoal{}}).Create(t.Context(), 7, goals.Create{SiteID: 1, Name: "Goal", Type: tc.typ, Conditions: tc.in})
			require.Equal(t, core.KindInvalid, core.KindOf(err))
			require.Equal(t, tc.field, core.AsError(err).Field)
			require.Equal(t, tc.reason, core.AsError(err).Reason)
		})
	}
}

func TestTR_7_Service_Create_takesWhatFitsTheType(t *testing.T) {
	t.Parallel()
	type c = goals.Conditions
	for _, tc := range []struct {
		rule     string
		typ      goals.Type
		in, want goals.Conditions
	}{
		{"any event", goals.TypeTrackEvent, c{Category: text(" "), Label: text("")}, c{}},
		{"an event of a kind", goals.TypeTrackEvent, c{Category: text(" Cart "), Value: text("1")}, c{Category: text("Cart"), Value: text("1")}},
		{"addresses contain the text unless said otherwise", goals.TypeLink, c{URL: " /price "}, c{URL: "/price", URLMatch: goals.URLContains}},
		{"a way to compare nothing is forgotten", goals.TypeClick, c{Selector: ".buy", URLMatch: goals.URLExact}, c{Selector: ".buy"}},
		{"a click on some pages", goals.TypeClick, c{Selector: ".buy", URL: "/", URLMatch: goals.URLStarts}, c{Selector: ".buy", URL: "/", URLMatch: goals.URLStarts}},
		{"a day on the site", goals.TypeTimeOnSite, c{Seconds: 86400}, c{Seconds: 86400}},
		{"time on a page", goals.TypeTimeOnPage, c{Seconds: 1, URL: "^/a", URLMatch: goals.URLRegexp}, c{Seconds: 1, URL: "^/a", URLMatch: goals.URLRegexp}},
		{"first scroll", goals.TypeScroll, c{}, c{}},
		{"scroll to the end", goals.TypeScroll, c{ScrollToEnd: true}, c{ScrollToEnd: true}},
		{"scroll to an element", goals.TypeScroll, c{Selector: "#end"}, c{Selector: "#end"}},
	} {
		t.Run(tc.rule, func(t *testing.T) {
			t.Parallel()
			g, err := goals.NewService(goals.Deps{Store: &oneGoal{}}).Create(t.Context(), 7, goals.Create{SiteID: 1, Name: "Goal", Type: tc.typ, Conditions: tc.in})
			require.NoError(t, err)
			require.Equal(t, tc.want, g.Conditions)
			require.True(t, g.IsEnabled)
		})
	}
}

func TestTR_7_Service_systemGoalsCanBeSwitchedButNotBent(t *testing.T) {
	t.Parallel()
	store := &oneGoal{goal: goals.SystemGoals()[0]}
	service := goals.NewService(goals.Deps{Store: store})
	g, err := service.Update(t.Context(), 7, 1, goals.Update{Name: core.Some("Заявка"), IsGoal: core.Some(false), IsEnabled: core.Some(false)})
	require.NoError(t, err)
	require.Equal(t, "Заявка", g.Name)
	require.False(t, g.IsGoal || g.IsEnabled)

	_, err = service.Update(t.Context(), 7, 1, goals.Update{Conditions: core.Some(goals.Conditions{})})
	require.Equal(t, "system_goal", core.AsError(err).Reason)
	err = service.Delete(t.Context(), 7, 1)
	require.Equal(t, core.KindConflict, core.KindOf(err))
	require.Equal(t, "system_goal", core.AsError(err).Reason)
}

func TestTR_7_SystemGoals_whatCountsFromTheStart(t *testing.T) {
	t.Parallel()
	counts := map[goals.SystemEvent]bool{}
	for _, g := range goals.SystemGoals() {
		require.True(t, g.IsEnabled)
		require.Equal(t, goals.TypeSystem, g.Type)
		counts[g.Conditions.SystemEvent] = g.IsGoal
	}
	require.Equal(t, map[goals.SystemEvent]bool{goals.SystemOfflineRequest: true, goals.SystemVisitorInfo: false, goals.SystemChat: true}, counts)
}
