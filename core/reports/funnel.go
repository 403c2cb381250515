package reports

import (
	"context"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/attribution"
	"github.com/skvoz/skvoz/core/deals"
)

// FunnelReport shows how deals go through a funnel.
type FunnelReport struct {
	Funnel deals.Funnel
	// Deals, Won and Lost are numbers of deals, Revenue and Cost in minor units.
	Deals, Won, Lost, Revenue, Cost float64
	Stages                          []FunnelStage
}

// FunnelStage is one stage of a funnel.
type FunnelStage struct {
	Stage deals.Stage
	// Reached is how many deals were ever in it.
	Reached float64
	// FromPrevious and FromFirst are the part of the deals of the stage before, and of the first, that reached it, in percent. For the stage of
	// lost deals FromPrevious is nil, as they come from everywhere.
	FromPrevious, FromFirst Value
	// Lost is how many deals were lost here: it was their last open stage.
	Lost float64
	// CostPerDeal is Cost ÷ Reached in minor units: what one deal costs by the time it gets here.
	CostPerDeal Value
}

// Funnel counts a funnel's deals in the row at Path (the whole report when empty), with the request's dates, filter and model. KindNotFound: no such
// funnel.
func (s *Service) Funnel(ctx context.Context, r Request, funnel core.FunnelID) (FunnelReport, error) {
	all, err := s.Deals.Funnels(ctx, r.Account, 0)
	if err != nil {
		return FunnelReport{}, err
	}
	f, err := findFunnel(all, funnel)
	if err != nil {
		return FunnelReport{}, err
	}
	out := FunnelReport{Funnel: f}
	r.Funnels = []core.FunnelID{funnel}
	figures, err := s.totals(ctx, r, funnelColumns(f, r.Model))
	if err != nil {
		return out, err
	}
	for i, dst := range []*float64{&out.Deals, &out.Won, &out.Lost, &out.Revenue, &out.Cost} {
		*dst = *figures[i]
	}
	figures = figures[5:]
	previous := -1.0
	for i, stage := range f.Stages {
		st := FunnelStage{Stage: stage, Reached: *figures[2*i], Lost: *figures[2*i+1], CostPerDeal: quotient(out.Cost, *figures[2*i], 1)}
		st.FromFirst = quotient(st.Reached, *figures[0], 100)
		if previous >= 0 && stage.Status != deals.StageFailed {
			st.FromPrevious = quotient(st.Reached, previous, 100)
		}
		previous = st.Reached
		out.Stages = append(out.Stages, st)
	}
	return out, nil
}

func findFunnel(all []deals.Funnel, id core.FunnelID) (deals.Funnel, error) {
	for _, f := range all {
		if f.ID == id {
			return f, nil
		}
	}
	return deals.Funnel{}, core.NotFound("funnel")
}

func funnelColumns(f deals.Funnel, model attribution.ModelID) []ColumnRef {
	ids := []MetricID{"deals", "deals_won", "deals_lost", "revenue", "cost"}
	for _, stage := range f.Stages {
		ids = append(ids, StageMetric(stage.ID), LostMetric(stage.ID))
	}
	out := make([]ColumnRef, len(ids))
	for i, id := range ids {
		out[i] = ColumnRef{Metric: id, Model: model}
	}
	return out
}

// totals counts columns for the row at Path.
func (s *Service) totals(ctx context.Context, r Request, columns []ColumnRef) ([]Value, error) {
	r.Columns, r.SortBy, r.Limit, r.Offset = columns[:min(1, len(columns))], -1, 1, 0
	if err := r.validateDimensions(); err != nil {
		return nil, err
	}
	if err := r.validate(); err != nil {
		return nil, err
	}
	r.Columns = columns
	q, err := s.ready(ctx, r, nil, r.Dimensions[:len(r.Path)])
	if err != nil {
		return nil, err
	}
	f, err := q.count(ctx, r.Period)
	if err != nil {
		return nil, err
	}
	return q.row(f.totals), nil
}

func quotient(a, b, times float64) Value {
	if b == 0 {
		return nil
	}
	v := tidy(a / b * times)
	return &v
}
