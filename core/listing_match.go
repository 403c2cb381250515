package core

import (
	"cmp"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Match reports whether a row passes the filter. get returns the value of one of its fields, and false for a field the list has not got; a value is nil,
// text, number, bool, time.Time, a pointer to one of these, or a list. A nil value passes =, in and their like only against nil; the negative
// operators are the exact opposite of the positive ones. All conditions are looked at, so that a wrong one is told even where it could not matter:
// KindInvalid with reason unexpected_parameters for an unknown field, invalid_parameter_value for a value or operator that does not fit.
func (f ListFilter) Match(get func(field string) (any, bool)) (bool, error) {
	if f.IsZero() {
		return true, nil
	}
	if len(f.Filters) > 0 {
		return f.matchAll(get)
	}
	value, known := get(f.Field)
	if !known {
		return false, UnknownField(f.Field)
	}
	if opposite, negative := negatives[f.Operator]; negative {
		f.Operator = opposite
		is, err := f.compare(plainValue(value))
		return !is && err == nil, err
	}
	return f.compare(plainValue(value))
}

func (f ListFilter) matchAll(get func(field string) (any, bool)) (bool, error) {
	result := !f.Any
	for _, part := range f.Filters {
		is, err := part.Match(get)
		if err != nil {
			return false, err
		}
		if f.Any {
			result = result || is
		} else {
			result = result && is
		}
	}
	return result, nil
}

// UnknownField is the error of a filter or order by a field a list has not got.
func UnknownField(field string) error {
	return Invalid(field, "unexpected_parameters", "there is no field %q", field).WithValue(field)
}

func (f ListFilter) misfit() error {
	return Invalid(f.Field, "invalid_parameter_value", "%q can't be compared by %q with this value", f.Field, f.Operator).WithValue(f.Value)
}

// negatives are the operators that are the opposite of another.
var negatives = map[Operator]Operator{
	OpNotEqual: OpEqual, OpNotLike: OpLike, OpNotILike: OpILike, OpNotIn: OpIn, OpNotOverlap: OpOverlap, OpIsNotNull: OpIsNull,
}

// Positive returns the operator's positive form and whether it was a negative one.
func (o Operator) Positive() (Operator, bool) {
	if p, is := negatives[o]; is {
		return p, true
	}
	return o, false
}

func (f ListFilter) compare(value any) (bool, error) {
	switch f.Operator {
	case OpIsNull:
		return value == nil, nil
	case OpEqual:
		return f.equal(value, f.Value)
	case OpIn:
		return f.in(value)
	case OpLess, OpLessEqual, OpGreater, OpGreaterEqual:
		return f.ordered(value)
	case OpLike, OpILike, OpRegexp:
		return f.matchText(value)
	case OpOverlap:
		return f.overlaps(value)
	}
	return false, f.misfit()
}

func (f ListFilter) equal(value, want any) (bool, error) {
	want = plainValue(want)
	if value == nil || want == nil {
		return value == nil && want == nil, nil
	}
	if list, isList := value.([]any); isList {
		other, ok := want.([]any)
		if !ok {
			return false, f.misfit()
		}
		return reflect.DeepEqual(list, other), nil
	}
	order, ok := compareValues(value, want)
	if !ok {
		return false, f.misfit()
	}
	return order == 0, nil
}

func (f ListFilter) in(value any) (bool, error) {
	list, ok := plainValue(f.Value).([]any)
	if !ok {
		return false, f.misfit()
	}
	found := false
	for _, want := range list {
		is, err := f.equal(value, want)
		if err != nil {
			return false, err
		}
		found = found || is
	}
	return found, nil
}

func (f ListFilter) ordered(value any) (bool, error) {
	want := plainValue(f.Value)
	switch want.(type) {
	case float64, time.Time:
	default:
		return false, f.misfit()
	}
	if value == nil {
		return false, nil
	}
	order, ok := compareValues(value, want)
	if !ok {
		return false, f.misfit()
	}
	switch f.Operator {
	case OpLess:
		return order < 0, nil
	case OpLessEqual:
		return order <= 0, nil
	case OpGreater:
		return order > 0, nil
	}
	return order >= 0, nil
}

func (f ListFilter) matchText(value any) (bool, error) {
	pattern, ok := f.Value.(string)
	if !ok {
		return false, f.misfit()
	}
	var matches func(string) bool
	if f.Operator == OpRegexp {
		re, err := regexp.Compile(pattern)
		if err != nil {
			return false, f.misfit()
		}
		matches = re.MatchString
	} else {
		matches = Like(pattern, f.Operator == OpILike)
	}
	if value == nil {
		return false, nil
	}
	text, ok := value.(string)
	if !ok {
		return false, f.misfit()
	}
	return matches(text), nil
}

// Like returns what tests texts against a pattern in which % stands for any text; caseBlind makes capital and small letters the same.
func Like(pattern string, caseBlind bool) func(text string) bool {
	if caseBlind {
		pattern = strings.ToLower(pattern)
	}
	parts := strings.Split(pattern, "%")
	return func(text string) bool {
		if caseBlind {
			text = strings.ToLower(text)
		}
		return likeParts(parts, text)
	}
}

func likeParts(parts []string, text string) bool {
	first, last := parts[0], parts[len(parts)-1]
	if len(parts) == 1 {
		return text == first
	}
	if len(text) < len(first)+len(last) || !strings.HasPrefix(text, first) || !strings.HasSuffix(text, last) {
		return false
	}
	text = text[len(first) : len(text)-len(last)]
	for _, part := range parts[1 : len(parts)-1] {
		_, after, found := strings.Cut(text, part)
		if !found {
			return false
		}
		text = after
	}
	return true
}

func (f ListFilter) overlaps(value any) (bool, error) {
	wanted, ok := plainValue(f.Value).([]any)
	if !ok {
		return false, f.misfit()
	}
	if value == nil {
		return false, nil
	}
	list, ok := value.([]any)
	if !ok {
		return false, f.misfit()
	}
	return slices.ContainsFunc(list, func(v any) bool { return slices.Contains(wanted, v) }), nil
}

// plainValue brings values of many types to nil, string, float64, bool, time.Time or a []any of them.
func plainValue(v any) any {
	switch v := v.(type) {
	case nil, string, float64, bool, time.Time:
		return v
	}
	r := reflect.ValueOf(v)
	switch {
	case r.Kind() == reflect.Pointer:
		if r.IsNil() {
			return nil
		}
		return plainValue(r.Elem().Interface())
	case r.CanInt():
		return float64(r.Int())
	case r.CanUint():
		return float64(r.Uint())
	case r.CanFloat():
		return r.Float()
	case r.Kind() == reflect.String:
		return r.String()
	case r.Kind() == reflect.Slice:
		return plainList(r)
	}
	return fmt.Sprint(v)
}

func plainList(r reflect.Value) []any {
	out := make([]any, r.Len())
	for i := range out {
		out[i] = plainValue(r.Index(i).Interface())
	}
	return out
}

// compareValues orders two plain values of one type; false = they are of different types.
func compareValues(a, b any) (int, bool) {
	switch a := a.(type) {
	case string:
		b, ok := b.(string)
		return cmp.Compare(a, b), ok
	case float64:
		b, ok := b.(float64)
		return cmp.Compare(a, b), ok
	case time.Time:
		b, ok := b.(time.Time)
		return a.Compare(b), ok
	case bool:
		b, ok := b.(bool)
		return cmp.Compare(number(a), number(b)), ok
	}
	return 0, false
}

func number(b bool) int {
	if b {
		return 1
	}
	return 0
}

// ListRows answers a request from rows that are all there: it filters, orders (empty values last, ties as they came) and cuts. Limit 0 = all rows.
// field returns the value of a row's field as in ListFilter.Match. Errors are those of ListRequest.
func ListRows[T any](rows []T, r ListRequest, field func(row *T, field string) (any, bool)) (Listing[T], error) {
	var none T
	if err := checkRequest(&none, r, field); err != nil {
		return Listing[T]{}, err
	}
	kept, err := matching(rows, r.Filter, field)
	if err != nil {
		return Listing[T]{}, err
	}
	slices.SortStableFunc(kept, func(a, b T) int { return compareRows(&a, &b, r.Sort, field) })
	total := len(kept)
	kept = kept[min(max(r.Offset, 0), total):]
	if r.Limit > 0 {
		kept = kept[:min(r.Limit, len(kept))]
	}
	return Listing[T]{Rows: kept, Total: total}, nil
}

// checkRequest finds unknown fields even where there are no rows.
func checkRequest[T any](none *T, r ListRequest, field func(*T, string) (any, bool)) error {
	for _, s := range r.Sort {
		if _, known := field(none, s.Field); !known {
			return UnknownField(s.Field)
		}
	}
	_, err := r.Filter.Match(func(name string) (any, bool) { return field(none, name) })
	return err
}

func matching[T any](rows []T, f ListFilter, field func(*T, string) (any, bool)) ([]T, error) {
	if f.IsZero() {
		return slices.Clone(rows), nil
	}
	kept := make([]T, 0, len(rows))
	for i := range rows {
		is, err := f.Match(func(name string) (any, bool) { return field(&rows[i], name) })
		if err != nil {
			return nil, err
		}
		if is {
			kept = append(kept, rows[i])
		}
	}
	return kept, nil
}

func compareRows[T any](a, b *T, sort []SortBy, field func(*T, string) (any, bool)) int {
	for _, s := range sort {
		x, _ := field(a, s.Field)
		y, _ := field(b, s.Field)
		if c := compareKeys(plainValue(x), plainValue(y), s.Desc); c != 0 {
			return c
		}
	}
	return 0
}

func compareKeys(x, y any, desc bool) int {
	if x == nil || y == nil {
		return cmp.Compare(number(x == nil), number(y == nil))
	}
	c, _ := compareValues(x, y)
	if desc {
		return -c
	}
	return c
}
