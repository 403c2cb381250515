package core_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core"
)

type listedRow struct {
	name string
	n    int
	at   *time.Time
	tags []string
	ok   bool
}

func (r *listedRow) field(field string) (any, bool) {
	switch field {
	case "name":
		if r.name == "" {
			return nil, true
		}
		return r.name, true
	case "n":
		return r.n, true
	case "at":
		return r.at, true
	case "tags":
		return r.tags, true
	case "ok":
		return r.ok, true
	}
	return nil, false
}

func TestListFilter_ComparesByTypeAndOperator(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	row := &listedRow{name: "Анна Petrova", n: 5, at: &at, tags: []string{"a", "b"}, ok: true}
	empty := &listedRow{}
	cases := []struct {
		field    string
		operator core.Operator
		value    any
		row      bool
		empty    bool
	}{
		{"name", core.OpEqual, "Анна Petrova", true, false},
		{"name", core.OpNotEqual, "Анна Petrova", false, true},
		{"name", core.OpEqual, nil, false, true},
		{"name", core.OpNotEqual, nil, true, false},
		{"name", core.OpIsNull, nil, false, true},
		{"name", core.OpIsNotNull, nil, true, false},
		{"name", core.OpLike, "Анна%", true, false},
		{"name", core.OpLike, "анна%", false, false},
		{"name", core.OpILike, "%АННА%petr%", true, false},
		{"name", core.OpNotILike, "%АННА%", false, true},
		{"name", core.OpNotLike, "%x%", true, true},
		{"name", core.OpRegexp, "^Анна .etr", true, false},
		{"name", core.OpIn, []any{"x", "Анна Petrova"}, true, false},
		{"name", core.OpNotIn, []any{"x", nil}, true, false},
		{"n", core.OpEqual, 5.0, true, false},
		{"n", core.OpLess, 5.0, false, true},
		{"n", core.OpGreaterEqual, 5.0, true, false},
		{"at", core.OpGreater, at.Add(-time.Hour), true, false},
		{"at", core.OpLessEqual, at, true, false},
		{"tags", core.OpOverlap, []any{"b", "c"}, true, false},
		{"tags", core.OpNotOverlap, []any{"c"}, true, true},
		{"ok", core.OpEqual, true, true, false},
	}
	for _, c := range cases {
		f := core.ListFilter{Field: c.field, Operator: c.operator, Value: c.value}
		is, err := f.Match(row.field)
		require.NoError(t, err, "%+v", f)
		require.Equal(t, c.row, is, "%+v", f)
		is, err = f.Match(empty.field)
		require.NoError(t, err, "%+v", f)
		require.Equal(t, c.empty, is, "of an empty row: %+v", f)
	}
}

func TestListFilter_RefusesWhatDoesNotFit(t *testing.T) {
	t.Parallel()
	row := &listedRow{name: "x", tags: []string{"a"}}
	now := time.Now()
	row.at = &now
	for _, f := range []core.ListFilter{
		{Field: "name", Operator: core.OpEqual, Value: 1.0},
		{Field: "name", Operator: core.OpLess, Value: "a"},
		{Field: "name", Operator: core.OpRegexp, Value: "("},
		{Field: "name", Operator: core.OpIn, Value: "x"},
		{Field: "n", Operator: core.OpLike, Value: "1%"},
		{Field: "at", Operator: core.OpEqual, Value: "2026-01-01"},
		{Field: "tags", Operator: core.OpOverlap, Value: "a"},
		{Field: "name", Operator: "jsquery", Value: "x"},
		{Any: true, Filters: []core.ListFilter{{Field: "name", Operator: core.OpEqual, Value: "x"}, {Field: "n", Operator: core.OpEqual, Value: "x"}}},
	} {
		_, err := f.Match(row.field)
		require.Error(t, err, "%+v", f)
		require.Equal(t, "invalid_parameter_value", core.AsError(err).Reason, "%+v", f)
	}
	_, err := core.ListFilter{Field: "nope", Operator: core.OpEqual}.Match(row.field)
	require.Equal(t, "unexpected_parameters", core.AsError(err).Reason)
}

func TestListRows_FiltersOrdersAndCuts(t *testing.T) {
	t.Parallel()
	rows := []listedRow{{name: "b", n: 1}, {name: "", n: 2}, {name: "a", n: 3}, {name: "b", n: 4}}
	get := func(r *listedRow, field string) (any, bool) { return r.field(field) }
	numbers := func(r core.ListRequest) (out []int) {
		l, err := core.ListRows(rows, r, get)
		require.NoError(t, err)
		for _, row := range l.Rows {
			out = append(out, row.n)
		}
		return append(out, -l.Total)
	}
	require.Equal(t, []int{1, 2, 3, 4, -4}, numbers(core.ListRequest{}))
	require.Equal(t, []int{3, 1, 4, 2, -4}, numbers(core.ListRequest{Sort: []core.SortBy{{Field: "name"}}}))
	require.Equal(t, []int{4, 1, 3, 2, -4}, numbers(core.ListRequest{Sort: []core.SortBy{{Field: "name", Desc: true}, {Field: "n", Desc: true}}}))
	require.Equal(t, []int{4, -2}, numbers(core.ListRequest{Filter: core.ListFilter{Field: "name", Operator: core.OpEqual, Value: "b"}, Offset: 1, Limit: 5}))
	require.Equal(t, []int{-4}, numbers(core.ListRequest{Offset: 9}))
	either := core.ListFilter{Any: true, Filters: []core.ListFilter{{Field: "n", Operator: core.OpEqual, Value: 3.0}, {Field: "n", Operator: core.OpLess, Value: 2.0}}}
	require.Equal(t, []int{1, 3, -2}, numbers(core.ListRequest{Filter: either}))
	_, err := core.ListRows[listedRow](nil, core.ListRequest{Sort: []core.SortBy{{Field: "nope"}}}, get)
	require.Equal(t, "unexpected_parameters", core.AsError(err).Reason)
}

func FuzzLike(f *testing.F) {
	f.Add("a%b", "axxb", true)
	f.Add("%%", "", false)
	f.Fuzz(func(t *testing.T, pattern, text string, caseBlind bool) {
		core.Like(pattern, caseBlind)(text)
		if !core.Like("%"+text+"%", false)("x"+text+"y") && !containsPercent(text) {
			t.Errorf("%q is not found in itself", text)
		}
	})
}

func containsPercent(s string) bool {
	for _, r := range s {
		if r == '%' {
			return true
		}
	}
	return false
}
