package reports_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/attribution"
	"github.com/skvoz/skvoz/core/deals"
	"github.com/skvoz/skvoz/core/reports"
)

// TestAN_2_costs_areSpreadOverVisitsExactly counts each visit's part of its campaign's costs one by one.
func TestAN_2_costs_areSpreadOverVisitsExactly(t *testing.T) {
	t.Parallel()
	for seed := range uint64(60) {
		rnd := rand.New(rand.NewPCG(seed, 7))
		m := randomSet(rnd)
		if seed%3 == 0 { // a campaign nobody came by, and a second cost that meets the first at midnight
			m.costs = append(m.costs, cost(9, 3, 9, 1000), cost(2, 28, 31, 777))
			m.costs = slices.DeleteFunc(m.costs, func(c reports.CampaignCost) bool { return c.CampaignID == 2 && c.From.Day < 28 && c.To.Day >= 28 })
		}
		for i := range m.costs {
			m.costs[i].ID = core.CostID(i + 1)
		}
		s := m.service()
		r := randomRequest(rnd)
		r.Report, r.Filter, r.Columns = reports.KindSummary, reports.Filter{}, columns("cost", "clicks", "impressions")
		by := []reports.DimensionID{"campaign", "date", "channel", "visitor_type"}[rnd.IntN(4)]
		r.Dimensions = []reports.DimensionID{by}
		n := newNaive(m, r)
		want := map[string]float64{}
		total := 0.0
		for _, c := range m.costs {
			for key, part := range n.spread(c, by) {
				want[key] += part
				total += part
			}
		}
		table, err := s.Table(t.Context(), r)
		require.NoError(t, err)
		got := map[string]float64{}
		for _, row := range table.Rows {
			got[row.Key] = *row.Values[0]
		}
		require.Equal(t, want, got, "seed %d by %s", seed, by)
		require.InDelta(t, total, *table.Totals[0], 1e-6)
		for i, c := range r.Columns { // each figure opens the costs it was made of
			r.Path = nil
			checkDrill(t, string(by), s, r, c, *table.Totals[i])
			for _, row := range table.Rows {
				r.Path = []string{row.Key}
				checkDrill(t, string(by)+" "+row.Key, s, r, c, *row.Values[i])
			}
		}
	}
}

// spread returns the part of a cost of each row.
func (n *naive) spread(c reports.CampaignCost, by reports.DimensionID) map[string]float64 {
	own := newNaive(n.m, reports.Request{Period: reports.Period{From: c.From, To: c.To}})
	own.r = n.r
	out := map[string]float64{}
	var visits []*visit
	for _, v := range n.m.visits {
		if v.origin.Campaign == c.CampaignID && own.in(v.at) {
			visits = append(visits, v)
		}
	}
	part := func(k, of int) float64 {
		a, x, y := c.Amount.Minor, int64(k), int64(of)
		return float64(a*(x+1)/y - a*x/y)
	}
	for k, v := range visits {
		if n.in(v.at) {
			out[n.key(piece{visit: v, at: v.at}, by)] += part(k, len(visits))
		}
	}
	days := c.To.Number() - c.From.Number() + 1
	for k := 0; len(visits) == 0 && k < days; k++ {
		day := time.Date(2026, 3, c.From.Day+k, 0, 0, 0, 0, n.zone)
		if n.in(day.UnixMilli()) {
			key := map[reports.DimensionID]string{"campaign": fmt.Sprint(c.CampaignID), "date": day.Format(time.DateOnly)}[by]
			out[key] += part(k, days)
		}
	}
	return out
}

// TestWalk_goesThroughTheRowsOfAllLevels: what Walk hands out is what unfolding row by row shows.
func TestWalk_goesThroughTheRowsOfAllLevels(t *testing.T) {
	t.Parallel()
	for seed := range uint64(20) {
		rnd := rand.New(rand.NewPCG(seed, 9))
		s := randomSet(rnd).service()
		r := randomRequest(rnd)
		r.Columns = columns("visits", "visitors", "deals", "cost")
		r.SortBy, r.Desc = rnd.IntN(5)-1, rnd.IntN(2) == 0
		if r.SortBy == 4 {
			r.SortBy = -1
		}
		var want, got []string
		unfold(t, s, r, &want)
		require.NoError(t, s.Walk(t.Context(), r, 9, func(level int, row reports.Row) error {
			got = append(got, fmt.Sprint(level, row.Key, row.Label, row.Expandable, written(row.Values)))
			return nil
		}))
		require.Equal(t, want, got, "seed %d", seed)
	}
}

func unfold(t *testing.T, s *reports.Service, r reports.Request, out *[]string) {
	table, err := s.Table(t.Context(), r)
	require.NoError(t, err)
	for _, row := range table.Rows {
		*out = append(*out, fmt.Sprint(len(r.Path), row.Key, row.Label, row.Expandable, written(row.Values)))
		if row.Expandable {
			below := r
			below.Path = append(slices.Clone(r.Path), row.Key)
			unfold(t, s, below, out)
		}
	}
}

func TestTable_comparesSortsAndPages(t *testing.T) {
	t.Parallel()
	s := handSet().service()
	r := request(reports.KindSummary, "channel", "visits", "cpv")
	before := march(1, 2)
	r.Period, r.Compare, r.SortBy, r.Desc = march(3, 5), &before, 1, true
	table, err := s.Table(t.Context(), r)
	require.NoError(t, err)
	require.Equal(t, []string{"paid", "direct", "organic"}, keys(table))
	// From the 3rd to the 5th: s2, s3, s4. On the 1st and 2nd only s1, paid.
	require.Equal(t, []string{"1", "501"}, written(table.Rows[0].Values))
	require.Equal(t, []string{"1", "500"}, written(table.Rows[0].Compared))
	require.Equal(t, []string{"0", "-"}, written(table.Rows[1].Compared))
	require.Equal(t, []string{"1", "500"}, written(table.ComparedTotals))
	r.Limit, r.Offset = 1, 1
	table, err = s.Table(t.Context(), r)
	require.NoError(t, err)
	require.Equal(t, []string{"direct"}, keys(table))
	require.Equal(t, 3, table.RowCount)
	require.Equal(t, "3", written(table.Totals)[0], "totals are those of all rows")
	r = request(reports.KindEndToEnd, "channel", "cpa")
	r.SortBy, r.Desc = 0, true
	table, err = s.Table(t.Context(), r)
	require.NoError(t, err)
	require.Equal(t, "paid", keys(table)[len(table.Rows)-1], "what is not defined comes last")
}

func TestTable_comparesDaysWithThoseOfTheOtherPeriod(t *testing.T) {
	t.Parallel()
	s := handSet().service()
	r := request(reports.KindSummary, "date", "visits", "deals")
	before := march(1, 3)
	r.Period, r.Compare = march(3, 5), &before
	table, err := s.Table(t.Context(), r)
	require.NoError(t, err)
	require.Equal(t, []string{"2026-03-03", "2026-03-04", "2026-03-05"}, keys(table))
	// The 3rd is compared with the 1st (s1), the 5th with the 3rd (s2, s3).
	require.Equal(t, []string{"1", "0"}, written(table.Rows[0].Compared))
	require.Equal(t, []string{"0", "0"}, written(table.Rows[1].Compared))
	require.Equal(t, []string{"2", "0"}, written(table.Rows[2].Compared))
	r.Path = []string{"2026-03-05"}
	page, err := s.Drill(t.Context(), reports.DrillRequest{Request: r, Column: r.Columns[0], Compared: true, Page: core.PageRequest{First: 10}})
	require.NoError(t, err)
	require.Equal(t, []int64{3, 2}, []int64{page.Nodes[0].ID, page.Nodes[1].ID})
}

func TestTable_labelsComeFromNames(t *testing.T) {
	t.Parallel()
	r := request(reports.KindEndToEnd, "campaign", "visits")
	r.Filter = reports.Filter{Dimension: "campaign", Operator: reports.OpStarts, Values: []string{"SPR"}}
	table, err := handSet().service().Table(t.Context(), r)
	require.NoError(t, err)
	require.Len(t, table.Rows, 1)
	require.Equal(t, "Spring", table.Rows[0].Label)
	r = request(reports.KindDeals, "deal_stage", "deals")
	table, err = handSet().service().Table(t.Context(), r)
	require.NoError(t, err)
	require.Equal(t, "Lost", table.Rows[0].Label)
}

func TestTable_refusesWhatItDoesNotKnow(t *testing.T) {
	t.Parallel()
	s := handSet().service()
	for _, tc := range []struct {
		name, field, reason string
		change              func(r *reports.Request)
	}{
		{"an unknown report", "report", "unknown_report", func(r *reports.Request) { r.Report = "x" }},
		{"a period that ends before it begins", "period", "out_of_order", func(r *reports.Request) { r.Period = march(5, 1) }},
		{"more than a year", "period", "too_long", func(r *reports.Request) { r.Period.From.Year = 2024 }},
		{"no dimension", "dimensions", "out_of_range", func(r *reports.Request) { r.Dimensions = nil }},
		{"an unknown dimension", "dimensions", "unknown_dimension", func(r *reports.Request) { r.Dimensions[0] = "x" }},
		{"a dimension twice", "dimensions", "repeated", func(r *reports.Request) { r.Dimensions = []reports.DimensionID{"date", "date"} }},
		{"no column", "columns", "out_of_range", func(r *reports.Request) { r.Columns = nil }},
		{"an unknown metric", "columns", "unknown_metric", func(r *reports.Request) { r.Columns[0].Metric = "x" }},
		{"a stage of nobody", "columns", "unknown_metric", func(r *reports.Request) { r.Columns[0].Metric = "stage:99" }},
		{"an unknown model", "model", "unknown_model", func(r *reports.Request) { r.Model = "x" }},
		{"a model of nobody", "model", "unknown_model", func(r *reports.Request) { r.Model = attribution.CustomID(5) }},
		{"an unknown conversion model", "conversionModel", "unknown_model", func(r *reports.Request) { r.ConversionModel = "x" }},
		{"a look-back of two years", "lookbackDays", "out_of_range", func(r *reports.Request) { r.LookbackDays = 730 }},
		{"sorting by nothing", "sortBy", "out_of_range", func(r *reports.Request) { r.SortBy = 1 }},
		{"a page of nothing", "limit", "out_of_range", func(r *reports.Request) { r.Limit = 0 }},
		{"a path to the last row", "path", "too_long", func(r *reports.Request) { r.Path = []string{"x"} }},
		{"a filter on nothing", "filter", "unknown_dimension", func(r *reports.Request) { r.Filter.Dimension = "x" }},
		{"a condition on no dimension", "filter", "bad_filter", func(r *reports.Request) {
			r.Filter = reports.Filter{Filters: []reports.Filter{{Operator: reports.OpIs, Values: []string{"paid"}}}}
		}},
		{"a filter without values", "filter", "no_values", func(r *reports.Request) {
			r.Filter = reports.Filter{Dimension: "date", Operator: reports.OpIs}
		}},
		{"an unknown operator", "filter", "unknown_operator", func(r *reports.Request) {
			r.Filter = reports.Filter{Dimension: "date", Operator: "x", Values: []string{"1"}}
		}},
		{"a filter of five levels", "filter", "too_deep", func(r *reports.Request) {
			f := reports.Filter{Dimension: "date", Operator: reports.OpEmpty}
			for range 5 {
				f = reports.Filter{Filters: []reports.Filter{f}}
			}
			r.Filter = f
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			r := request(reports.KindEndToEnd, "channel", "visits")
			tc.change(&r)
			_, err := s.Table(t.Context(), r)
			e := core.AsError(err)
			require.NotNil(t, e)
			require.Equal(t, []string{string(core.KindInvalid), tc.field, tc.reason}, []string{string(e.Kind), e.Field, e.Reason})
		})
	}
}

func TestDrill_refusesFiguresThatAreNotCounted(t *testing.T) {
	t.Parallel()
	s := handSet().service()
	for _, id := range []reports.MetricID{"romi", "cpl", "depth", "stage_cost:1"} {
		_, err := s.Drill(t.Context(), reports.DrillRequest{
			Request: request(reports.KindEndToEnd, "channel", id), Column: reports.ColumnRef{Metric: id}, Page: core.PageRequest{First: 1},
		})
		require.Equal(t, "not_countable", core.AsError(err).Reason, id)
	}
	r := reports.DrillRequest{Request: request(reports.KindEndToEnd, "channel", "visits"), Column: reports.ColumnRef{Metric: "visits"}, Page: core.PageRequest{First: 1}}
	r.Page.After = "?"
	_, err := s.Drill(t.Context(), r)
	require.Equal(t, "bad_cursor", core.AsError(err).Reason)
	r.Page.After, r.Compared = "", true
	_, err = s.Drill(t.Context(), r)
	require.Equal(t, "no_comparison", core.AsError(err).Reason)
}

func TestDrill_ofTheCommunicationsThatLedToDeals(t *testing.T) {
	t.Parallel()
	r := request(reports.KindSummary, "communication_type", "communications_with_deals")
	s := handSet().service()
	table, err := s.Table(t.Context(), r)
	require.NoError(t, err) // c1 decided d1, c3 d3
	require.Equal(t, map[string][]string{"call": {"1"}, "goal": {"1"}, "offline_message": {"0"}, "total": {"2"}}, shown(table))
	page, err := s.Drill(t.Context(), reports.DrillRequest{Request: r, Column: r.Columns[0], Page: core.PageRequest{First: 10}})
	require.NoError(t, err)
	require.Equal(t, []int64{3, 1}, []int64{page.Nodes[0].ID, page.Nodes[1].ID})
	require.InDelta(t, 2, page.Sum, 0)
}

func TestCatalogue_offersWhatTablesCount(t *testing.T) {
	t.Parallel()
	m := handSet()
	m.formulas = []reports.Formula{{ID: 1, Name: "F", Expression: "deals / visits", Format: reports.TypeNumber}}
	s := m.service()
	for _, kind := range []reports.Kind{reports.KindEndToEnd, reports.KindSummary, reports.KindDeals, reports.KindAssociated, reports.KindModels} {
		c, err := s.Catalogue(t.Context(), account, kind)
		require.NoError(t, err)
		r := request(kind, "channel")
		for i, metric := range c.Metrics {
			r.Columns = append(r.Columns, reports.ColumnRef{Metric: metric.ID})
			if len(r.Columns) == reports.MaxColumns || i == len(c.Metrics)-1 {
				_, err := s.Table(t.Context(), r)
				require.NoError(t, err, kind)
				r.Columns = nil
			}
		}
		for _, d := range c.Dimensions {
			_, err := s.Table(t.Context(), request(kind, d.ID, c.DefaultColumns[0].Metric))
			require.NoError(t, err, d.ID)
		}
		r = request(kind, c.DefaultDimensions[0])
		r.Dimensions, r.Columns = c.DefaultDimensions, c.DefaultColumns
		_, err = s.Table(t.Context(), r)
		require.NoError(t, err, kind)
	}
	_, err := s.Catalogue(t.Context(), account, "x")
	require.Equal(t, "unknown_report", core.AsError(err).Reason)
}

func TestTable_ofAnAccountWithoutAnything(t *testing.T) {
	t.Parallel()
	s := (&memory{funnels: []deals.Funnel{}}).service()
	table, err := s.Table(t.Context(), request(reports.KindEndToEnd, "channel", "visits", "visitors", "deals", "cost", "romi"))
	require.NoError(t, err)
	require.Empty(t, table.Rows)
	require.Equal(t, []string{"0", "0", "0", "0", "-"}, written(table.Totals))
}

func TestService_isSafeForConcurrentUse(t *testing.T) {
	t.Parallel()
	rnd := rand.New(rand.NewPCG(4, 4))
	s := randomSet(rnd).service()
	var all errgroup
	for range 20 {
		r := randomRequest(rnd)
		all.run(func() error {
			_, err := s.Table(t.Context(), r)
			return err
		})
	}
	require.NoError(t, all.wait())
}

// errgroup runs functions beside each other and keeps their errors.
type errgroup struct {
	wg   sync.WaitGroup
	mu   sync.Mutex
	errs []error
}

func (g *errgroup) run(f func() error) {
	g.wg.Go(func() {
		err := f()
		g.mu.Lock()
		defer g.mu.Unlock()
		g.errs = append(g.errs, err)
	})
}

func (g *errgroup) wait() error {
	g.wg.Wait()
	return errors.Join(g.errs...)
}
