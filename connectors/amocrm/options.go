package amocrm

import (
	"cmp"
	"context"
	"slices"

	"github.com/skvoz/skvoz/core/integrations"
)

// Options implements integrations.Options.
func (c *connector) Options(ctx context.Context, source string, settings integrations.Values) ([]integrations.Option, error) {
	switch source {
	case sourceFunnels:
		return c.funnelOptions(ctx)
	case sourceStages:
		return c.stageOptions(ctx, settings.Text(integrations.KeyFunnel))
	case sourceUsers:
		return c.userOptions(ctx)
	case sourceFields:
		return c.fieldOptions(ctx)
	default:
		return nil, &integrations.Failure{Kind: integrations.FailInternal, Detail: "unknown choices: " + source}
	}
}

func (c *connector) funnelOptions(ctx context.Context) ([]integrations.Option, error) {
	all, err := c.pipelines(ctx)
	if err != nil {
		return nil, err
	}
	var out []integrations.Option
	for _, p := range all {
		if !p.IsOld {
			out = append(out, integrations.Option{Value: id(p.ID), Title: p.Name})
		}
	}
	return out, nil
}

// stageOptions leaves out the status of the inbox, to which a deal can't be brought.
func (c *connector) stageOptions(ctx context.Context, funnel string) ([]integrations.Option, error) {
	all, err := c.pipelines(ctx)
	if err != nil {
		return nil, err
	}
	var out []integrations.Option
	for _, p := range all {
		if id(p.ID) != funnel {
			continue
		}
		for _, s := range p.stages() {
			if s.Type != unsortedType {
				out = append(out, integrations.Option{Value: id(s.ID), Title: s.Name})
			}
		}
	}
	return out, nil
}

func (c *connector) userOptions(ctx context.Context) ([]integrations.Option, error) {
	all, err := c.Employees(ctx)
	if err != nil {
		return nil, err
	}
	var out []integrations.Option
	for _, u := range all {
		if u.IsActive {
			out = append(out, integrations.Option{Value: u.ID, Title: u.Name})
		}
	}
	slices.SortStableFunc(out, func(a, b integrations.Option) int { return cmp.Compare(a.Title, b.Title) })
	return out, nil
}

// pipelines returns funnels in the order people see them.
func (c *connector) pipelines(ctx context.Context) ([]pipeline, error) {
	got, err := list[pipeline](ctx, c, get("/api/v4/leads/pipelines", nil), "pipelines")
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(got.items, func(a, b pipeline) int { return cmp.Compare(a.Sort, b.Sort) })
	return got.items, nil
}

// stages returns a funnel's statuses in the order a deal passes them: the inbox, those in process, won, lost.
func (p *pipeline) stages() []status {
	rank := func(s status) int {
		switch {
		case s.Type == unsortedType:
			return 0
		case s.ID == statusWon:
			return 2
		case s.ID == statusLost:
			return 3
		default:
			return 1
		}
	}
	out := slices.Clone(p.Embedded.V.Statuses)
	slices.SortStableFunc(out, func(a, b status) int { return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a.Sort, b.Sort)) })
	return out
}
