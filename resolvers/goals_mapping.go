package resolvers

import (
	"time"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/goals"
	"github.com/skvoz/skvoz/graph/model"
)

// reachedPeriod is the period of Goal.reachedLast30Days.
const reachedPeriod = 30 * 24 * time.Hour

// goalConditions leaves null what the goal's type has no use for.
func goalConditions(g *goals.Goal) *model.GoalConditions {
	c := g.Conditions
	out := &model.GoalConditions{
		Category: c.Category, Action: c.Action, Label: c.Label, Value: c.Value,
		URL: unlessZero(c.URL), URLMatch: unlessZero(c.URLMatch), Selector: unlessZero(c.Selector), Seconds: unlessZero(c.Seconds),
		SystemEvent: unlessZero(c.SystemEvent),
	}
	if g.Type == goals.TypeScroll && c.Selector == "" {
		out.ScrollToEnd = &c.ScrollToEnd
	}
	return out
}

func goalConditionsInput(in *model.GoalConditionsInput) goals.Conditions {
	text := func(o core.Opt[string]) *string {
		if !o.Set {
			return nil
		}
		return &o.Value
	}
	return goals.Conditions{
		Category: text(given(in.Category)), Action: text(given(in.Action)), Label: text(given(in.Label)), Value: text(given(in.Value)),
		URL: given(in.URL).Value, URLMatch: given(in.URLMatch).Value, Selector: given(in.Selector).Value, Seconds: given(in.Seconds).Value,
		ScrollToEnd: given(in.ScrollToEnd).Value,
	}
}

func goalUpdate(in model.UpdateGoalInput) goals.Update {
	u := goals.Update{Name: given(in.Name), IsGoal: given(in.IsGoal), IsEnabled: given(in.IsEnabled)}
	if c, ok := in.Conditions.ValueOK(); ok && c != nil {
		u.Conditions = core.Some(goalConditionsInput(c))
	}
	return u
}

func goalPayload(g goals.Goal, err error) (*model.GoalPayload, error) {
	if err != nil {
		return nil, err
	}
	return &model.GoalPayload{Goal: &g}, nil
}

func unlessZero[T comparable](v T) *T {
	var zero T
	if v == zero {
		return nil
	}
	return &v
}
