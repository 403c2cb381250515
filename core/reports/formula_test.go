package reports_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/reports"
)

func TestCheckFormula_namesTheFaultAndItsPlace(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, formula, reason string
		at                    int
	}{
		{"arithmetic over metrics", "(revenue - cost) / cost * 100", "", 0},
		{"numbers and a sign", "-1.5 * (deals + 2)", "", 0},
		{"stages", "stage:12 / deals", "", 0},
		{"derived metrics", "romi / 100", "", 0},
		{"nothing", "", "bad_formula", 1},
		{"an unknown metric", "deals / joys", "unknown_metric", 9},
		{"another formula", "formula:1 + 1", "unknown_metric", 1},
		{"an operator without a right side", "deals +", "bad_formula", 8},
		{"an open parenthesis", "2 * (deals", "bad_formula", 5},
		{"a stray parenthesis", "deals)", "bad_formula", 6},
		{"two metrics without an operator", "deals revenue", "bad_formula", 7},
		{"a number with two points", "1.2.3", "bad_formula", 1},
		{"another sign", "deals % 2", "bad_formula", 7},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			err := reports.CheckFormula(tc.formula)
			if tc.reason == "" {
				require.NoError(t, err)
				return
			}
			var e *core.Error
			require.ErrorAs(t, err, &e)
			require.Equal(t, tc.reason, e.Reason)
			require.Equal(t, core.KindInvalid, e.Kind)
			require.Equal(t, "expression", e.Field)
			require.Equal(t, tc.at, e.Value)
		})
	}
}

func TestFormulas_computeFromRowsAndTotals(t *testing.T) {
	t.Parallel()
	m := handSet()
	m.formulas = []reports.Formula{
		{ID: 1, Name: "Money per call", Expression: "revenue / calls", Format: reports.TypeMoney},
		{ID: 2, Name: "Half", Expression: "(deals + deals) / 4", Format: reports.TypeNumber},
	}
	table, err := m.service().Table(t.Context(), request(reports.KindEndToEnd, "channel", "formula:1", "formula:2", "visits"))
	require.NoError(t, err)
	// direct has the only call: 100001; its total divides the totals, 107001 / 1.
	require.Equal(t, map[string][]string{
		"paid": {"-", "0", "2"}, "direct": {"100001", "0.5", "1"}, "organic": {"-", "0.5", "1"}, "": {"-", "0.5", "0"}, "total": {"107001", "1.5", "4"},
	}, shown(table))
	require.Equal(t, "Money per call", table.Columns[0].Metric.Title)
	require.True(t, table.Columns[0].Metric.SupportsModel)
	_, err = m.service().Table(t.Context(), request(reports.KindEndToEnd, "channel", "formula:3"))
	require.Equal(t, "unknown_metric", core.AsError(err).Reason)
}

func FuzzFormula(f *testing.F) {
	for _, seed := range []string{"(revenue - cost) / cost * 100", "-1 * -(deals)", "((((", "stage:1/0", "1..2", "a:b", "deals /"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		err := reports.CheckFormula(text)
		if err != nil {
			require.Equal(t, core.KindInvalid, core.KindOf(err))
			return
		}
		m := handSet()
		m.formulas = []reports.Formula{{ID: 1, Expression: text}}
		_, err = m.service().Table(t.Context(), request(reports.KindEndToEnd, "channel", "formula:1"))
		if err != nil { // it may name a stage there is not
			require.Equal(t, core.KindInvalid, core.KindOf(err))
		}
	})
}
