package main

import (
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/skvoz/skvoz/core/attribution"
	"github.com/skvoz/skvoz/core/reports"
)

// answer is what a question was answered: figures by row.
type answer map[string][]float64

// question is asked of all sides.
type question struct {
	name string
	// goal is what it may take over HTTP by engine, in ms; missing = no goal.
	goal map[string]float64
	// edge asks over HTTP and GraphQL, engine without them, duck DuckDB; those that can't be asked are nil. All answers must be the same.
	edge, engine, duck func(ctx context.Context) (answer, error)
	// note limits what was the same.
	note string
	// sharesMoney: the second figure is money divided among visits, which we do in whole minor units.
	sharesMoney bool
}

// bench asks questions about one database.
type bench struct {
	options
	data  *data
	api   *server
	rival *rival
}

// tableColumns are those that DuckDB counts, too.
var tableColumns = []reports.MetricID{"visits", "visitors", "hits", "communications", "deals", "revenue"}

var nesting = []reports.DimensionID{"source", "channel", "utm_campaign"}

func (b *bench) request(days int, model attribution.ModelID, columns ...reports.MetricID) reports.Request {
	r := reports.Request{
		Account: b.data.account.ID, Report: reports.KindEndToEnd, Period: b.data.period(days), Dimensions: nesting, Model: model, SortBy: 0, Desc: true, Limit: 1000,
	}
	for _, id := range columns {
		r.Columns = append(r.Columns, reports.ColumnRef{Metric: id})
	}
	return r
}

const tableQuery = `query ($input: ReportInput!) { report(input: $input) { rows rowCount totals asOf } }`

func input(r reports.Request) map[string]any {
	columns := make([]map[string]any, len(r.Columns))
	for i, c := range r.Columns {
		columns[i] = map[string]any{"metric": c.Metric}
	}
	in := map[string]any{
		"report": strings.ToUpper(string(r.Report)), "period": map[string]any{"from": r.Period.From.String(), "to": r.Period.To.String()}, "dimensions": r.Dimensions,
		"path": r.Path, "columns": columns, "sortBy": r.SortBy, "limit": r.Limit,
	}
	if r.Path == nil {
		in["path"] = []string{}
	}
	if r.Model != "" {
		in["model"] = r.Model
	}
	return map[string]any{"input": in}
}

// overHTTP asks for a table.
func (b *bench) overHTTP(r reports.Request) func(context.Context) (answer, error) {
	return func(ctx context.Context) (answer, error) {
		var got struct {
			Report struct {
				Rows []struct {
					Key    string
					Values []*float64
				}
				RowCount int
			}
		}
		if err := b.api.ask(ctx, tableQuery, input(r), &got); err != nil {
			return nil, err
		}
		if len(got.Report.Rows) != got.Report.RowCount {
			return nil, fmt.Errorf("%d of %d rows", len(got.Report.Rows), got.Report.RowCount)
		}
		out := answer{}
		for _, row := range got.Report.Rows {
			out[row.Key] = numbers(row.Values)
		}
		return out, nil
	}
}

func numbers(list []reports.Value) []float64 {
	out := make([]float64, len(list))
	for i, v := range list {
		if v != nil {
			out[i] = *v
		}
	}
	return out
}

// alone asks the counting alone.
func (b *bench) alone(r reports.Request) func(context.Context) (answer, error) {
	return func(ctx context.Context) (answer, error) {
		t, err := b.data.reports.Table(ctx, r)
		out := answer{}
		for _, row := range t.Rows {
			out[row.Key] = numbers(row.Values)
		}
		return out, err
	}
}

// unfolded asks for all levels.
func (b *bench) unfolded(r reports.Request) func(context.Context) (answer, error) {
	return func(ctx context.Context) (answer, error) {
		out, path := answer{}, []string{"*", "*", "*"}
		err := b.data.reports.Walk(ctx, r, len(path), func(level int, row reports.Row) error {
			path[level] = row.Key
			for i := level + 1; i < len(path); i++ {
				path[i] = "*"
			}
			out[strings.Join(path, "\t")] = numbers(row.Values)
			return nil
		})
		return out, err
	}
}

func (b *bench) duck(statement string) func(context.Context) (answer, error) {
	return func(ctx context.Context) (answer, error) { return b.rival.rows(ctx, statement) }
}

func both(sqlite, postgres float64) map[string]float64 {
	return map[string]float64{"sqlite": sqlite, "postgres": postgres}
}

// questions are all that is asked. big is the source with the most visits that has channels below it.
func (b *bench) questions(big, channel string) []question {
	table := func(days int, path ...string) question {
		r := b.request(days, "", tableColumns...)
		r.Path = path
		return question{edge: b.overHTTP(r), engine: b.alone(r), duck: b.duck(b.level(days, path...))}
	}
	named := func(q question, name string, goal map[string]float64) question {
		q.name, q.goal = name, goal
		return q
	}
	first := b.request(90, "")
	for _, id := range []reports.MetricID{"visits", "visitors", "communications", "contacts", "deals", "deals_won", "revenue", "cost", "cpl", "cpd", "romi"} {
		first.Columns = append(first.Columns, reports.ColumnRef{Metric: id})
	}
	all90, all365 := b.request(90, "", tableColumns...), b.request(365, "", tableColumns...)
	out := []question{
		named(table(90), "90 days by source", both(60, 100)),
		named(table(90, big), "90 days, a source opened: channels", both(60, 100)),
		named(table(90, big, channel), "90 days, a channel opened: campaigns", both(60, 100)),
		{name: "90 days, source × channel × campaign unfolded", engine: b.unfolded(all90), duck: b.duck(b.allLevels(90))},
		{name: "90 days, the page's eleven columns", goal: both(60, 100), edge: b.overHTTP(first), engine: b.alone(first)},
		named(table(365), "365 days by source", both(200, 200)),
		{name: "365 days, unfolded", engine: b.unfolded(all365), duck: b.duck(b.allLevels(365))},
	}
	for _, m := range []struct {
		model  attribution.ModelID
		weight string
	}{{attribution.LastClick, lastClickWeight}, {attribution.Linear, linearWeight}, {attribution.TimeDecay, timeDecayWeight}} {
		r := b.request(365, m.model, "deals", "revenue")
		out = append(out, question{
			name: "365 days, all deals under " + string(m.model), goal: both(300, 300), edge: b.overHTTP(r), engine: b.alone(r),
			duck: b.duck(b.statement(modelSQL, 365, "$WEIGHT", m.weight)), sharesMoney: true,
		})
	}
	switched := b.request(365, attribution.PositionBased402040, tableColumns...)
	markov := b.request(365, attribution.MarkovRemovalEffect, tableColumns...)
	return append(
		out,
		question{name: "365 days, all columns under position 40-20-40", goal: both(300, 300), edge: b.overHTTP(switched), engine: b.alone(switched)},
		question{name: "365 days, all columns under Markov", goal: both(1000, 1000), edge: b.overHTTP(markov), engine: b.alone(markov)},
		question{name: "365 days, Markov order 1 and Shapley by channel", goal: both(1000, 1000), edge: b.effects(365, 1), duck: b.duck(b.statement(shapleySQL, 365)), note: " (Shapley)"},
		question{name: "365 days, Markov order 3 and Shapley by channel", goal: both(1000, 1000), edge: b.effects(365, 3)},
		question{name: "a page of 50 deals behind a figure", goal: both(100, 100), edge: b.drill(90, big), duck: b.drillDuck(90, big)},
	)
}

const effectsQuery = `query ($input: ReportInput!, $order: Int!) { channelEffects(input: $input, unit: CHANNEL, order: $order) { key shapleyDeals markovDeals removalEffect } }`

func (b *bench) effects(days, order int) func(context.Context) (answer, error) {
	r := b.request(days, "", "deals")
	r.Report, r.Dimensions = reports.KindAssociated, []reports.DimensionID{"channel"}
	variables := input(r)
	variables["order"] = order
	return func(ctx context.Context) (answer, error) {
		var got struct {
			ChannelEffects []struct {
				Key          string
				ShapleyDeals float64
			}
		}
		err := b.api.ask(ctx, effectsQuery, variables, &got)
		out := answer{}
		for _, e := range got.ChannelEffects {
			out[e.Key] = []float64{e.ShapleyDeals}
		}
		return out, err
	}
}

const drillQuery = `query ($input: ReportInput!, $path: [String!]!) { reportFacts(input: $input, path: $path, column: {metric: "revenue"}, first: 50) {
	totalCount sum pageInfo { hasNextPage endCursor } nodes { at share value deal { id name createdAt status revenue { amount } } } } }`

func (b *bench) drill(days int, source string) func(context.Context) (answer, error) {
	variables := input(b.request(days, "", "revenue"))
	variables["path"] = []string{source}
	return func(ctx context.Context) (answer, error) {
		var got struct {
			ReportFacts struct {
				TotalCount int
				Sum        float64
				Nodes      []struct{ Deal struct{ ID string } }
			}
		}
		err := b.api.ask(ctx, drillQuery, variables, &got)
		out := answer{}
		for _, n := range got.ReportFacts.Nodes {
			out[n.Deal.ID] = []float64{float64(got.ReportFacts.TotalCount), got.ReportFacts.Sum}
		}
		return out, err
	}
}

func (b *bench) drillDuck(days int, source string) func(context.Context) (answer, error) {
	return b.duck(b.statement(drillSQL, days, "$SOURCE", "'"+strings.ReplaceAll(source, "'", "''")+"'"))
}

// differs says where two answers differ; empty = they are the same. Shares of money are in whole minor units on one side only: they may be apart by
// one for each touch.
func differs(ours, theirs answer, sharesMoney bool) string {
	for key := range theirs {
		if _, ok := ours[key]; !ok && !isZero(theirs[key]) {
			return fmt.Sprintf("DuckDB has a row %q", key)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(ours)) {
		other, ok := theirs[key]
		if !ok {
			if isZero(ours[key]) {
				continue
			}
			return fmt.Sprintf("DuckDB has no row %q: %v", key, ours[key])
		}
		for i, v := range ours[key] {
			apart := 1e-6 * math.Max(1, math.Abs(v))
			if sharesMoney && i == 1 {
				apart += touchesPerDeal * (1 + ours[key][0])
			}
			if math.Abs(v-other[i]) > apart {
				return fmt.Sprintf("row %q, column %d: %v, DuckDB %v", key, i+1, v, other[i])
			}
		}
	}
	return ""
}

// touchesPerDeal is more than deals have on average.
const touchesPerDeal = 5

func isZero(list []float64) bool {
	return !slices.ContainsFunc(list, func(v float64) bool { return v != 0 })
}

// timed asks once and returns the time in ms.
func timed(ctx context.Context, ask func(context.Context) (answer, error)) (answer, float64, error) {
	if ask == nil {
		return nil, math.NaN(), nil
	}
	began := time.Now()
	a, err := ask(ctx)
	return a, float64(time.Since(began).Microseconds()) / 1000, err
}

// biggest returns the source with the most visits that is advertised, and its channel.
func (b *bench) biggest(ctx context.Context) (source, channel string, err error) {
	pick := func(r reports.Request, skip ...string) (string, error) {
		rows, err := b.alone(r)(ctx)
		best := ""
		for key, values := range rows {
			if !slices.Contains(skip, key) && (best == "" || values[0] > rows[best][0]) {
				best = key
			}
		}
		return best, err
	}
	r := b.request(90, "", "visits")
	if source, err = pick(r, "", reports.DirectSource); err != nil {
		return "", "", err
	}
	r.Path = []string{source}
	channel, err = pick(r, "", "organic")
	return source, channel, err
}
