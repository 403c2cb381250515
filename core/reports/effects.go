package reports

import (
	"cmp"
	"context"
	"math"
	"slices"

	"github.com/skvoz/skvoz/core/attribution"
)

// EffectRow is what the data-driven models say of one channel, source or campaign. Deals and values of a model sum to those of all deals that have a
// path; values are in minor units.
type EffectRow struct {
	PathStep
	// Removal is the removal effect, 0 to 1.
	Removal                                  float64
	MarkovShare, MarkovDeals, MarkovValue    float64
	ShapleyShare, ShapleyDeals, ShapleyValue float64
}

// EffectReport compares what the data-driven models say.
type EffectReport struct {
	Rows []EffectRow
	// Deals and Revenue are those of deals with a path, Without those of deals without one.
	Deals, Revenue               float64
	WithoutDeals, WithoutRevenue float64
}

// Effects returns Markov removal effects of an order (1 to 3) and Shapley values of the deals created in the period, by unit: channel, source or
// campaign. The greatest Markov share comes first.
func (s *Service) Effects(ctx context.Context, r Request, unit DimensionID, order int) (EffectReport, error) {
	r.Dimensions, r.Path = []DimensionID{unit}, nil
	p, err := s.dealPaths(ctx, r)
	if err != nil {
		return EffectReport{}, err
	}
	paths := p.withSteps()
	markov, err := attribution.NewMarkov(paths, order)
	if err != nil {
		return EffectReport{}, err
	}
	shapley, err := attribution.NewShapley(paths)
	if err != nil {
		return EffectReport{}, err
	}
	out := EffectReport{WithoutDeals: float64(p.deals), WithoutRevenue: float64(p.revenue)}
	at := map[int32]int{}
	for _, e := range markov.RemovalEffects() {
		at[e.Channel] = len(out.Rows)
		out.Rows = append(out.Rows, EffectRow{
			PathStep: p.step(e.Channel), Removal: tidy(e.Removal), MarkovShare: tidy(e.Share), MarkovDeals: tidy(e.Conversions), MarkovValue: tidy(e.Value),
		})
	}
	for _, c := range shapley.Credits() {
		row := &out.Rows[at[c.Channel]]
		row.ShapleyShare, row.ShapleyDeals, row.ShapleyValue = tidy(c.Share), tidy(c.Conversions), tidy(c.Value)
	}
	for _, path := range paths {
		out.Deals += path.Conversions
		out.Revenue += path.Value
	}
	out.WithoutDeals -= out.Deals
	out.WithoutRevenue -= out.Revenue
	out.divideRevenue()
	return out, nil
}

// divideRevenue makes the values whole minor units that add up to the revenue of deals with a path.
func (e *EffectReport) divideRevenue() {
	markov, shapley := make([]float64, len(e.Rows)), make([]float64, len(e.Rows))
	for i, row := range e.Rows {
		markov[i], shapley[i] = row.MarkovValue, row.ShapleyValue
	}
	for i, minor := range splitRevenue(e.Revenue, markov) {
		e.Rows[i].MarkovValue = float64(minor)
	}
	for i, minor := range splitRevenue(e.Revenue, shapley) {
		e.Rows[i].ShapleyValue = float64(minor)
	}
}

// splitRevenue divides a sum in the proportion of values that add up to it but for the fractions of minor units.
func splitRevenue(revenue float64, values []float64) []int64 {
	total := 0.0
	for _, v := range values {
		total += v
	}
	if total == 0 {
		return make([]int64, len(values))
	}
	weights := make([]float64, len(values))
	for i, v := range values {
		weights[i] = v / total
	}
	return attribution.SplitMoney(int64(math.Round(revenue)), weights, nil)
}

// FlowLink is how many deals went from one step to the next.
type FlowLink struct {
	// Step is that of From, counted from 1.
	Step     int
	From, To PathStep
	Deals    int
	Revenue  int64
}

// The keys of steps that are no channels.
const (
	// FlowRest stands for all steps after the fourth.
	FlowRest = "(rest)"
	// FlowOther stands for what is too rare to be drawn by itself.
	FlowOther = "(other)"
	// FlowDeal is the end of every path.
	FlowDeal = "(deal)"
)

const (
	flowSteps = 4
	flowNodes = 12
)

// flow are the links of the diagram of paths, by step, the most frequent first.
func (p *dealPaths) flow() []FlowLink {
	frequent := p.frequent()
	type key struct {
		step     int
		from, to PathStep
	}
	links := map[key]*FlowLink{}
	for _, path := range p.withSteps() {
		nodes := p.nodes(path.Channels, frequent)
		for i := range len(nodes) - 1 {
			k := key{i + 1, nodes[i], nodes[i+1]}
			l := links[k]
			if l == nil {
				l = &FlowLink{Step: k.step, From: k.from, To: k.to}
				links[k] = l
			}
			l.Deals += int(path.Conversions)
			l.Revenue += int64(path.Value)
		}
	}
	out := make([]FlowLink, 0, len(links))
	for _, l := range links {
		out = append(out, *l)
	}
	slices.SortFunc(out, func(a, b FlowLink) int {
		return cmp.Or(cmp.Compare(a.Step, b.Step), cmp.Compare(b.Deals, a.Deals), cmp.Compare(a.From.Key, b.From.Key), cmp.Compare(a.To.Key, b.To.Key))
	})
	return out
}

// frequent are the codes that are on most deals' paths.
func (p *dealPaths) frequent() map[int32]bool {
	counts := make([]float64, len(p.values))
	for _, path := range p.paths {
		for _, c := range path.Channels {
			counts[c] += path.Conversions
		}
	}
	order := make([]int32, len(counts))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(a, b int32) int { return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b)) })
	out := map[int32]bool{}
	for _, c := range order[:min(flowNodes, len(order))] {
		out[c] = true
	}
	return out
}

func (p *dealPaths) nodes(codes []int32, frequent map[int32]bool) []PathStep {
	var out []PathStep
	for i, c := range codes {
		if i == flowSteps {
			out = append(out, PathStep{FlowRest, FlowRest})
			break
		}
		step := PathStep{FlowOther, FlowOther}
		if frequent[c] {
			step = p.step(c)
		}
		out = append(out, step)
	}
	return append(out, PathStep{FlowDeal, FlowDeal})
}
