package reports

import (
	"cmp"
	"context"
	"slices"

	"github.com/skvoz/skvoz/core"
)

// PathSelection chooses deals by their paths: exactly one of its parts is filled.
type PathSelection struct {
	// Steps are the keys of a path's steps as Paths lists them; empty but not nil = nothing is known before the deals.
	Steps []string
	// Length is how many visits there were, see PathLengths.
	Length *IntRange
	// LagDays is how many whole days lay between the first visit and the deal, see TimeLags; deals without a path are in no range.
	LagDays *IntRange
}

// IntRange is a range of whole numbers from 0 on, both ends included; a nil To = without an end.
type IntRange struct {
	From int
	To   *int
}

func (r *IntRange) has(n int) bool { return n >= r.From && (r.To == nil || n <= *r.To) }

func (r *IntRange) check(field string) error {
	if r != nil && (r.From < 0 || r.To != nil && *r.To < r.From) {
		return core.Invalid(field, "bad_range", "a range begins at 0 or later and does not end before it begins")
	}
	return nil
}

func (s PathSelection) check() error {
	if b2i(s.Steps != nil)+b2i(s.Length != nil)+b2i(s.LagDays != nil) != 1 {
		return core.Invalid("steps", "one_selection", "choose deals either by the steps of their path, by its length or by its days")
	}
	if err := s.Length.check("lengthFrom"); err != nil {
		return err
	}
	return s.LagDays.check("lagFrom")
}

// PathFacts shows the deals behind one row of Paths, PathLengths or TimeLags, the newest first; each counts as one. Errors are those of Paths, and
// KindInvalid: not exactly one selection (one_selection), a range that is none (bad_range), a bad page or cursor.
func (s *Service) PathFacts(ctx context.Context, r Request, sel PathSelection, page core.PageRequest) (Drill, error) {
	if err := sel.check(); err != nil {
		return Drill{}, err
	}
	if page.First < 1 || page.First > maxDrillPage {
		return Drill{}, core.Invalid("first", "out_of_range", "a page has from 1 to %d facts", maxDrillPage)
	}
	after, err := parseCursor(page.After)
	if err != nil {
		return Drill{}, err
	}
	found, err := s.dealsOf(ctx, r, sel)
	if err != nil {
		return Drill{}, err
	}
	slices.SortFunc(found, func(a, b FactRef) int { return cmp.Or(b.At.Compare(a.At), cmp.Compare(b.ID, a.ID)) })
	d := driller{after: after, page: page.First}
	for _, f := range found {
		d.add(f)
	}
	return d.end(), nil
}

// dealsOf are the deals of a selection, in no order.
func (s *Service) dealsOf(ctx context.Context, r Request, sel PathSelection) (out []FactRef, err error) {
	keep := func(d *DealDay, row int) {
		out = append(out, FactRef{Fact: FactDeals, ID: int64(d.ID[row]), At: moment(d.at(row)), Share: 1, Value: 1})
	}
	switch {
	case sel.Length != nil:
		_, err = s.eachDeal(ctx, r, func(w *factWorker, d *DealDay, row int) {
			if sel.Length.has(pathLength(w)) {
				keep(d, row)
			}
		})
	case sel.LagDays != nil:
		_, err = s.eachDeal(ctx, r, func(w *factWorker, d *DealDay, row int) {
			if sel.LagDays.has(pathLag(w, d, row)) {
				keep(d, row)
			}
		})
	default:
		p, unitErr := newDealPaths(r)
		if unitErr != nil {
			return nil, unitErr
		}
		_, err = s.eachDeal(ctx, r, func(w *factWorker, d *DealDay, row int) {
			if p.isPath(p.stepsOf(w, d), w.q, sel.Steps) {
				keep(d, row)
			}
		})
	}
	return out, err
}

// isPath says whether steps have these keys.
func (p *dealPaths) isPath(steps []int32, q *query, keys []string) bool {
	return slices.EqualFunc(steps, keys, func(code int32, key string) bool { return p.unit.write(q.words, p.values[code]) == key })
}
