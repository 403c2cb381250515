package goals_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/goals"
)

func TestTR_7_MatchTrackEvent(t *testing.T) {
	t.Parallel()
	goal := func(id core.GoalID, c goals.Conditions) goals.Goal {
		return goals.Goal{ID: id, Type: goals.TypeTrackEvent, IsEnabled: true, Conditions: c}
	}
	off := goal(6, goals.Conditions{})
	off.IsEnabled = false
	all := []goals.Goal{
		goal(1, goals.Conditions{}),
		goal(2, goals.Conditions{Category: text("cart")}),
		goal(3, goals.Conditions{Category: text("cart"), Action: text("add"), Label: text("shoes"), Value: text("5")}),
		goal(4, goals.Conditions{Action: text("Add")}),
		{ID: 5, Type: goals.TypePage, IsEnabled: true},
		off,
	}
	for _, tc := range []struct {
		rule  string
		event goals.Event
		want  []core.GoalID
	}{
		{"an absent condition takes anything", goals.Event{Category: "x", Action: "y"}, []core.GoalID{1}},
		{"a condition takes what is equal", goals.Event{Category: "cart", Action: "add"}, []core.GoalID{1, 2}},
		{"all conditions must hold", goals.Event{Category: "cart", Action: "add", Label: "shoes", Value: "5"}, []core.GoalID{1, 2, 3}},
		{"one that differs is enough", goals.Event{Category: "cart", Action: "add", Label: "shoes", Value: "6"}, []core.GoalID{1, 2}},
		{"letter case counts", goals.Event{Category: "Cart", Action: "Add"}, []core.GoalID{1, 4}},
	} {
		t.Run(tc.rule, func(t *testing.T) {
			t.Parallel()
			var got []core.GoalID
			for _, g := range goals.MatchTrackEvent(all, tc.event) {
				got = append(got, g.ID)
			}
			require.Equal(t, tc.want, got)
		})
	}
}

func TestTR_7_MatchURL(t *testing.T) {
	t.Parallel()
	const page = "https://shop.example/catalogue/shoes?size=40#top"
	for _, tc := range []struct {
		rule    string
		match   goals.URLMatch
		pattern string
		address string
		want    bool
	}{
		{"exact: the whole address", goals.URLExact, "https://shop.example/catalogue/shoes?size=40", page, true},
		{"exact: with the fragment", goals.URLExact, page, page, true},
		{"exact: without the host", goals.URLExact, "/catalogue/shoes?size=40", page, true},
		{"exact: the bare path", goals.URLExact, "/catalogue/shoes", page, true},
		{"exact: not a part", goals.URLExact, "/catalogue", page, false},
		{"exact: the home page", goals.URLExact, "/", "https://shop.example", true},
		{"exact: the home page with a query", goals.URLExact, "/", "https://shop.example?utm_source=x", true},
		{"contains: a part", goals.URLContains, "/shoes", page, true},
		{"contains: letter case counts", goals.URLContains, "/Shoes", page, false},
		{"contains is meant when nothing is said", "", "size=4", page, true},
		{"starts: the whole address", goals.URLStarts, "https://shop.example/cat", page, true},
		{"starts: the path", goals.URLStarts, "/catalogue", page, true},
		{"starts: not in the middle", goals.URLStarts, "/shoes", page, false},
		{"regexp: the path", goals.URLRegexp, `^/catalogue/\w+$`, page, true},
		{"regexp: the whole address", goals.URLRegexp, `example/.*size=\d+`, page, true},
		{"regexp: a bad one never matches", goals.URLRegexp, `(`, "(", false},
		{"an address of another kind", goals.URLStarts, "tel:+7", "tel:+79262444393", true},
	} {
		t.Run(tc.rule, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, tc.want, goals.MatchURL(tc.match, tc.pattern, tc.address))
		})
	}
}

func FuzzMatchURL(f *testing.F) {
	f.Add("regexp", "^/a", "https://a.example/a?b#c")
	f.Add("exact", "/", "http://")
	f.Add("starts", "", "?")
	f.Fuzz(func(t *testing.T, match, pattern, address string) {
		got := goals.MatchURL(goals.URLMatch(match), pattern, address)
		if pattern == address && (match == "exact" || match == "starts" || match == "contains") {
			require.True(t, got)
		}
	})
}
