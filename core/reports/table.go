package reports

import (
	"cmp"
	"context"
	"math"
	"slices"
	"time"

	"github.com/skvoz/skvoz/core"
)

// Table counts one level of a report. What is wrong with a request is KindInvalid with the field at fault.
func (s *Service) Table(ctx context.Context, r Request) (Table, error) {
	if len(r.Path) >= len(r.Dimensions) && len(r.Dimensions) > 0 {
		return Table{}, pathTooLong()
	}
	if err := r.validateDimensions(); err != nil {
		return Table{}, err
	}
	depth := len(r.Path)
	q, err := s.prepare(ctx, r, r.Dimensions[depth:depth+1], r.Dimensions[:depth])
	if err != nil {
		return Table{}, err
	}
	return q.table(ctx)
}

// counts are a query's figures and those of the period compared with, if any.
type counts struct {
	now, compared *figures
	asOf          time.Time
}

func (q *query) countBoth(ctx context.Context) (c counts, err error) {
	if c.now, err = q.count(ctx, q.Period); err != nil {
		return c, err
	}
	c.asOf = c.now.asOf
	if q.Compare != nil {
		c.compared, err = q.count(ctx, *q.Compare)
	}
	return c, err
}

func (q *query) table(ctx context.Context) (Table, error) {
	c, err := q.countBoth(ctx)
	if err != nil {
		return Table{}, err
	}
	t := Table{AsOf: c.asOf, Totals: q.row(c.now.totals)}
	for i := range q.columns {
		t.Columns = append(t.Columns, q.columns[i].Column)
	}
	if c.compared != nil {
		t.ComparedTotals = q.row(c.compared.totals)
	}
	rows, err := q.rows(ctx, c)
	if err != nil {
		return Table{}, err
	}
	q.sort(rows)
	t.RowCount = len(rows)
	rows = rows[min(q.Offset, len(rows)):]
	rows = rows[:min(q.Limit, len(rows))]
	if err := q.nameRows(ctx, rows); err != nil {
		return Table{}, err
	}
	for _, r := range rows {
		t.Rows = append(t.Rows, r.Row)
	}
	return t, nil
}

// groupRow is a row with its group's values.
type groupRow struct {
	Row
	values values
}

// rows makes rows of all groups that have facts.
func (q *query) rows(ctx context.Context, c counts) ([]groupRow, error) {
	var out []groupRow
	own := len(q.scheme.dims) - 1
	for g := 1; g < q.scheme.count(); g++ {
		if c.now.factsOf(g) == 0 && (c.compared == nil || c.compared.factsOf(g) == 0) {
			continue
		}
		r := groupRow{values: q.scheme.keys[g]}
		r.Expandable = len(q.Path)+len(q.scheme.dims) < len(q.Dimensions)
		r.Key = q.scheme.dims[own].write(q.words, r.values[own])
		r.Values = q.row(c.now.group(g))
		if c.compared != nil {
			r.Compared = q.row(c.compared.group(g))
		}
		out = append(out, r)
	}
	if d := q.scheme.dims[own]; d.names != "" && q.SortBy < 0 {
		if err := q.nameRows(ctx, out); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (f *figures) factsOf(group int) float64 {
	if group >= len(f.rows) {
		return 0
	}
	return f.rows[group]
}

// group returns the counted figures of a group.
func (f *figures) group(group int) []float64 {
	out := make([]float64, len(f.columns))
	for i, c := range f.columns {
		if group < len(c) {
			out[i] = c[group]
		}
	}
	return out
}

// row computes the columns from counted figures.
func (q *query) row(figures []float64) []Value {
	out := make([]Value, len(q.columns))
	for i := range q.columns {
		c := &q.columns[i]
		v, ok := 0.0, true
		if c.expression != nil {
			v, ok = c.expression.value(figures)
		} else {
			v = figures[c.measure]
		}
		if ok && !math.IsInf(v, 0) && !math.IsNaN(v) {
			v = tidy(v)
			out[i] = &v
		}
	}
	return out
}

// tidy takes away what adding up fractions left behind.
func tidy(v float64) float64 {
	if math.Abs(v) > 1e6 {
		return v
	}
	return math.Round(v*1e9) / 1e9
}

// nameRows gives rows their labels.
func (q *query) nameRows(ctx context.Context, rows []groupRow) error {
	own := len(q.scheme.dims) - 1
	d := q.scheme.dims[own]
	if d.names != "" {
		ids := make([]int64, 0, len(rows))
		for _, r := range rows {
			ids = append(ids, r.values[own])
		}
		if err := q.readLabels(ctx, d.names, ids); err != nil {
			return err
		}
	}
	for i := range rows {
		rows[i].Label = q.label(d, rows[i].values[own])
	}
	return nil
}

// sort puts rows in order: by a column, figures that are not defined last; or in the dimension's own order, "not defined" last.
func (q *query) sort(rows []groupRow) {
	own := len(q.scheme.dims) - 1
	byValue := q.scheme.dims[own].byValue
	named := q.SortBy < 0 && q.scheme.dims[own].names != ""
	natural := func(a, b groupRow) int {
		switch {
		case (a.Key == "") != (b.Key == ""):
			return cmp.Compare(b2i(a.Key == ""), b2i(b.Key == ""))
		case byValue:
			return cmp.Compare(a.values[own], b.values[own])
		case named && a.Label != b.Label:
			return cmp.Compare(a.Label, b.Label)
		}
		return cmp.Compare(a.Key, b.Key)
	}
	slices.SortStableFunc(rows, func(a, b groupRow) int {
		if q.SortBy < 0 {
			if q.Desc && a.Key != "" && b.Key != "" {
				return natural(b, a)
			}
			return natural(a, b)
		}
		return cmp.Or(compareValues(a.Values[q.SortBy], b.Values[q.SortBy], q.Desc), natural(a, b))
	})
}

func compareValues(a, b Value, desc bool) int {
	switch {
	case a == nil || b == nil:
		return cmp.Compare(b2i(a == nil), b2i(b == nil))
	case desc:
		return cmp.Compare(*b, *a)
	}
	return cmp.Compare(*a, *b)
}

func pathTooLong() error {
	return core.Invalid("path", "too_long", "the path leads to a row that has no rows below it")
}
