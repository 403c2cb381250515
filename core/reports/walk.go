package reports

import (
	"context"
	"slices"
)

// Walk hands out the rows of all levels down to depth (1 = one level) in the order in which an unfolded table shows them: a row, then the rows below
// it. Level counts from 0. It pays no attention to Limit and Offset; an error of visit ends it.
func (s *Service) Walk(ctx context.Context, r Request, depth int, visit func(level int, row Row) error) error {
	if err := r.validateDimensions(); err != nil {
		return err
	}
	above := len(r.Path)
	if above >= len(r.Dimensions) {
		return pathTooLong()
	}
	depth = min(max(depth, 1), len(r.Dimensions)-above)
	r.Limit, r.Offset = 1, 0
	w := walker{visit: visit, levels: make([]map[values][]groupRow, depth)}
	for level := range depth {
		q, err := s.prepare(ctx, r, r.Dimensions[above:above+level+1], r.Dimensions[:above])
		if err != nil {
			return err
		}
		q.words = w.share(q)
		c, err := q.countBoth(ctx)
		if err != nil {
			return err
		}
		rows, err := q.rows(ctx, c)
		if err != nil {
			return err
		}
		if err := q.nameRows(ctx, rows); err != nil {
			return err
		}
		q.sort(rows)
		w.levels[level] = byParent(rows, level)
	}
	return w.walk(values{}, 0)
}

// walker puts the rows of several levels together.
type walker struct {
	visit  func(level int, row Row) error
	words  *words
	levels []map[values][]groupRow // by the parent's values
}

// share makes all levels number words alike, so that values mean the same in each.
func (w *walker) share(q *query) *words {
	if w.words == nil {
		w.words = q.words
	}
	q.scheme.words = w.words
	return w.words
}

// byParent divides rows by the row above; their order stays.
func byParent(rows []groupRow, level int) map[values][]groupRow {
	out := map[values][]groupRow{}
	for _, r := range rows {
		parent := r.values
		parent[level] = 0
		out[parent] = append(out[parent], r)
	}
	return out
}

func (w *walker) walk(parent values, level int) error {
	for _, r := range slices.Clip(w.levels[level][parent]) {
		if err := w.visit(level, r.Row); err != nil {
			return err
		}
		if level+1 < len(w.levels) {
			if err := w.walk(r.values, level+1); err != nil {
				return err
			}
		}
	}
	return nil
}
