package reports

import (
	"context"
	"fmt"
	"reflect"

	"github.com/skvoz/skvoz/core"
)

// KeptSegment is a segment as reports would read it now.
type KeptSegment struct {
	Day int
	// Place is where it is kept: "memory" or "stored".
	Place string
	// Data is a *SessionDay, *CommunicationDay or *DealDay with all its columns; nil = nothing began on that day.
	Data any
}

// SegmentKeeper lets a Checker look behind a SegmentStore. Days are UTC, days since 1970-01-01.
type SegmentKeeper interface {
	// FactDays returns the first and last day on which an account has facts or segments; last < first when it has none.
	FactDays(ctx context.Context, account core.AccountID) (first, last int, err error)
	// KeptSegments returns what is kept of some days, as far as it is good; days whose visits are still going on are not.
	KeptSegments(ctx context.Context, account core.AccountID, fact Fact, first, last int) ([]KeptSegment, error)
	// FreshSegments builds the segments of some days from the facts, as KeptSegment.Data by day; days on which nothing began are missing.
	FreshSegments(ctx context.Context, account core.AccountID, fact Fact, first, last int) (map[int]any, error)
	// RebuildSegments forgets what is kept of some days, builds it again, stores it and returns how many days are stored.
	RebuildSegments(ctx context.Context, account core.AccountID, fact Fact, first, last int) (int, error)
}

// Difference is a place where a kept segment is not what the facts give.
type Difference struct {
	Fact  Fact
	Day   int
	Place string
	// Column is the field of the segment, such as "Touches.At". Row is the first row that differs; −1 = the number of rows does.
	Column string
	Row    int
	// Kept and Fresh are the two values.
	Kept, Fresh string
}

// CheckResult says what was compared.
type CheckResult struct {
	Segments    int
	Rows        int
	Differences []Difference
}

// Checker proves that reports count what the facts say.
type Checker struct{ keeper SegmentKeeper }

// NewChecker returns a checker of a store's segments.
func NewChecker(keeper SegmentKeeper) *Checker { return &Checker{keeper} }

// checkedFacts are all kinds of facts that have segments.
var checkedFacts = [...]Fact{FactSessions, FactCommunications, FactDeals}

const (
	// checkDays is how many days are compared at once.
	checkDays = 31
	// checkAgain is how often a difference is looked at again: facts may change while they are compared.
	checkAgain = 3
)

// Days returns the first and last day worth checking; last < first when there is nothing.
func (c *Checker) Days(ctx context.Context, account core.AccountID) (first, last int, err error) {
	return c.keeper.FactDays(ctx, account)
}

// Check compares everything kept of the days from first to last with what the facts give. It may run while facts change.
func (c *Checker) Check(ctx context.Context, account core.AccountID, first, last int) (CheckResult, error) {
	var out CheckResult
	for _, fact := range checkedFacts {
		for from := first; from <= last; from += checkDays {
			if err := c.checkDays(ctx, account, fact, from, min(from+checkDays-1, last), &out); err != nil {
				return out, err
			}
		}
	}
	return out, nil
}

// Rebuild drops and builds again all segments of the days from first to last, and returns how many are stored.
func (c *Checker) Rebuild(ctx context.Context, account core.AccountID, first, last int) (int, error) {
	done := 0
	for _, fact := range checkedFacts {
		for from := first; from <= last; from += checkDays {
			n, err := c.keeper.RebuildSegments(ctx, account, fact, from, min(from+checkDays-1, last))
			done += n
			if err != nil {
				return done, err
			}
		}
	}
	return done, nil
}

func (c *Checker) checkDays(ctx context.Context, account core.AccountID, fact Fact, first, last int, out *CheckResult) error {
	kept, err := c.keeper.KeptSegments(ctx, account, fact, first, last)
	if err != nil || len(kept) == 0 {
		return err
	}
	fresh, err := c.keeper.FreshSegments(ctx, account, fact, first, last)
	if err != nil {
		return err
	}
	doubtful := make(map[int]bool)
	for _, k := range kept {
		out.Segments++
		out.Rows += segmentRows(k.Data)
		if len(differences(fact, k, fresh[k.Day])) > 0 {
			doubtful[k.Day] = true
		}
	}
	for day := range doubtful {
		found, err := c.lookAgain(ctx, account, fact, day)
		if err != nil {
			return err
		}
		out.Differences = append(out.Differences, found...)
	}
	return nil
}

// lookAgain compares one day until there is no difference, a few times at most.
func (c *Checker) lookAgain(ctx context.Context, account core.AccountID, fact Fact, day int) ([]Difference, error) {
	var found []Difference
	for range checkAgain {
		kept, err := c.keeper.KeptSegments(ctx, account, fact, day, day)
		if err != nil {
			return nil, err
		}
		fresh, err := c.keeper.FreshSegments(ctx, account, fact, day, day)
		if err != nil {
			return nil, err
		}
		found = nil
		for _, k := range kept {
			found = append(found, differences(fact, k, fresh[day])...)
		}
		if len(found) == 0 {
			return nil, nil
		}
	}
	return found, nil
}

// segmentRows is how many facts a segment has.
func segmentRows(data any) int {
	switch d := data.(type) {
	case *SessionDay:
		return len(d.At)
	case *CommunicationDay:
		return len(d.At)
	case *DealDay:
		return len(d.At)
	}
	return 0
}

// differences compares a kept segment with a fresh one column by column.
func differences(fact Fact, kept KeptSegment, fresh any) []Difference {
	base := Difference{Fact: fact, Day: kept.Day, Place: kept.Place, Row: -1}
	if kept.Data == nil || fresh == nil {
		if a, b := segmentRows(kept.Data), segmentRows(fresh); a != b {
			base.Column, base.Kept, base.Fresh = "ID", fmt.Sprint(a), fmt.Sprint(b)
			return []Difference{base}
		}
		return nil
	}
	var out []Difference
	compareColumns("", reflect.ValueOf(kept.Data).Elem(), reflect.ValueOf(fresh).Elem(), func(column string, row int, a, b any) {
		d := base
		d.Column, d.Row, d.Kept, d.Fresh = column, row, fmt.Sprint(a), fmt.Sprint(b)
		out = append(out, d)
	})
	return out
}

// compareColumns tells of the first difference of each column of two segments of the same kind.
func compareColumns(name string, a, b reflect.Value, tell func(column string, row int, a, b any)) {
	switch a.Kind() {
	case reflect.Struct:
		for i := range a.NumField() {
			field := a.Type().Field(i)
			inner := name
			if !field.Anonymous {
				inner = joinNames(name, field.Name)
			}
			compareColumns(inner, a.Field(i), b.Field(i), tell)
		}
		return
	case reflect.Array:
		for i := range a.Len() {
			compareColumns(fmt.Sprintf("%s[%d]", name, i), a.Index(i), b.Index(i), tell)
		}
		return
	case reflect.Slice:
		compareRows(name, a, b, tell)
		return
	}
	if a.Interface() != b.Interface() {
		tell(name, -1, a.Interface(), b.Interface())
	}
}

func compareRows(name string, a, b reflect.Value, tell func(column string, row int, a, b any)) {
	if a.Len() != b.Len() {
		tell(name, -1, a.Len(), b.Len())
		return
	}
	for i := range a.Len() {
		if x, y := a.Index(i).Interface(), b.Index(i).Interface(); x != y {
			tell(name, i, x, y)
			return
		}
	}
}

func joinNames(outer, inner string) string {
	if outer == "" {
		return inner
	}
	return outer + "." + inner
}
