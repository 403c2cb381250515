package dataapi

import (
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"time"

	"github.com/skvoz/skvoz/core"
)

// Bounds of lists.
const (
	defaultLimit = 1000
	maxLimit     = 10_000
	maxOffset    = 100_000

	maxFilterDepth = 10
	maxConditions  = 500
	maxFilterList  = 10_000
	maxSort        = 20
	maxPattern     = 1000
)

// readList reads what of a list is wanted: limit, offset, filter, order and fields, by the flags of the method's table.
func (r reader) readList(m *method, o object) (core.ListRequest, []string, error) {
	var q core.ListRequest
	var err error
	if q.Limit, err = bounded(o, "limit", defaultLimit, 1, maxLimit); err != nil {
		return q, nil, err
	}
	if q.Offset, err = bounded(o, "offset", 0, 0, maxOffset); err != nil {
		return q, nil, err
	}
	sent, _ := o["filter"].(map[string]any)
	f := filterReader{reader: r, method: m}
	if q.Filter, err = f.filter(sent, "filter", 1); err != nil {
		return q, nil, err
	}
	sort := "sort"
	if !o.given(sort) && o.given("order") { // the original's page on stages of leads calls it so
		sort = "order"
	}
	if q.Sort, err = order(m, o.within(sort), sort); err != nil {
		return q, nil, err
	}
	fields, err := wanted(m, o.texts("fields"))
	return q, fields, err
}

func bounded(o object, name string, absent, least, most int) (int, error) {
	if !o.given(name) {
		return absent, nil
	}
	n := o.number(name)
	if n < int64(least) || n > int64(most) {
		return 0, wrongValue(n, name, "possible is %d to %d", least, most)
	}
	return int(n), nil
}

func order(m *method, list []object, param string) ([]core.SortBy, error) {
	if len(list) > maxSort {
		return nil, wrongValue(nil, param, "at most %d fields", maxSort)
	}
	var out []core.SortBy
	for i, o := range list {
		path := param + "." + strconv.Itoa(i) + ".field"
		name := o.text("field")
		f, known := m.field(name)
		switch {
		case !known:
			return nil, refuse(unexpectedParameters).at(path).sent(name)
		case !f.Sort:
			return nil, refuse(sortProhibited).at(path).sent(name)
		}
		out = append(out, core.SortBy{Field: name, Desc: o.text("order") == "desc"})
	}
	return out, nil
}

// wanted returns the fields of the rows, each once, in the table's order.
func wanted(m *method, asked []string) ([]string, error) {
	for i, name := range asked {
		if _, known := m.field(name); !known {
			return nil, refuse(unexpectedParameters).at("fields." + strconv.Itoa(i)).sent(name)
		}
	}
	if len(asked) == 0 {
		return m.defaultFields(), nil
	}
	var out []string
	for _, f := range m.fields {
		if slices.Contains(asked, f.Name) {
			out = append(out, f.Name)
		}
	}
	return out, nil
}

// filterReader reads a filter and counts its conditions.
type filterReader struct {
	reader
	method     *method
	conditions int
}

// filter reads a condition, or a tree of them. An empty one lets everything through, as does one of no conditions.
func (r *filterReader) filter(sent map[string]any, path string, depth int) (core.ListFilter, error) {
	var none core.ListFilter
	if len(sent) == 0 {
		return none, nil
	}
	if depth > maxFilterDepth {
		return none, wrongValue(nil, path, "filters can be nested %d times", maxFilterDepth)
	}
	if r.conditions++; r.conditions > maxConditions {
		return none, wrongValue(nil, path, "at most %d conditions", maxConditions)
	}
	if _, tree := sent["filters"]; tree {
		return r.tree(sent, path, depth)
	}
	return r.condition(sent, path)
}

var (
	treeParams = []param{
		{Name: "filters", Type: kindObjects, Required: true},
		{Name: "condition", Type: kindEnum, Values: []string{"and", "or", "AND", "OR"}},
	}
	conditionParams = []param{{Name: "field", Required: true}, {Name: "operator", Required: true}, {Name: "value"}}
)

func (r *filterReader) tree(sent map[string]any, path string, depth int) (core.ListFilter, error) {
	var out core.ListFilter
	if err := onlyKnown(treeParams, sent, path+"."); err != nil {
		return out, err
	}
	if given := sent["condition"]; given != nil {
		word, err := enum(treeParams[1].Values, given, path+".condition")
		if err != nil {
			return out, err
		}
		out.Any = word == "or" || word == "OR"
	}
	list, ok := sent["filters"].([]any)
	if !ok && sent["filters"] != nil {
		return out, wrongType(sent["filters"], path+".filters")
	}
	for i, item := range list {
		here := path + ".filters." + strconv.Itoa(i)
		inner, ok := item.(map[string]any)
		if !ok {
			return out, wrongType(item, here)
		}
		f, err := r.filter(inner, here, depth+1)
		if err != nil {
			return out, err
		}
		if !f.IsZero() {
			out.Filters = append(out.Filters, f)
		}
	}
	if len(out.Filters) == 0 {
		return core.ListFilter{}, nil
	}
	return out, nil
}

func (r *filterReader) condition(sent map[string]any, path string) (core.ListFilter, error) {
	none := core.ListFilter{}
	if err := onlyKnown(conditionParams, sent, path+"."); err != nil {
		return none, err
	}
	name, err := word(sent, "field", path)
	if err != nil {
		return none, err
	}
	f, known := r.method.field(name)
	switch {
	case !known:
		return none, refuse(unexpectedParameters).at(path + ".field").sent(name)
	case !f.Filter:
		return none, refuse(filterProhibited).at(path + ".field").sent(name)
	}
	sign, err := word(sent, "operator", path)
	if err != nil {
		return none, err
	}
	op := core.Operator(sign)
	if !slices.Contains(operators(f.Type), op) {
		return none, wrongValue(sign, path+".operator", "this operator is not possible for %s", name)
	}
	v, err := r.operand(f, op, sent["value"], path+".value")
	if err != nil {
		return none, err
	}
	return nullTest(core.ListFilter{Field: name, Operator: op, Value: v}), nil
}

func word(sent map[string]any, name, path string) (string, error) {
	if sent[name] == nil {
		return "", refuse(requiredParameterMissed).at(path + "." + name)
	}
	return text(sent[name], path+"."+name, true)
}

// nullTest puts comparisons with null into one form.
func nullTest(f core.ListFilter) core.ListFilter {
	switch {
	case f.Value == nil && f.Operator == core.OpEqual:
		f.Operator = core.OpIsNull
	case f.Value == nil && f.Operator == core.OpNotEqual:
		f.Operator = core.OpIsNotNull
	}
	return f
}

// operators returns those that make sense for a type.
func operators(k kind) []core.Operator {
	ops := []core.Operator{core.OpEqual, core.OpNotEqual, core.OpIsNull, core.OpIsNotNull}
	switch k {
	case kindInteger, kindNumber, kindDateTime:
		return append(ops, core.OpLess, core.OpGreater, core.OpLessEqual, core.OpGreaterEqual, core.OpIn, core.OpNotIn)
	case kindString, kindText:
		return append(ops, core.OpIn, core.OpNotIn, core.OpLike, core.OpILike, core.OpNotLike, core.OpNotILike, core.OpRegexp)
	case kindEnum:
		return append(ops, core.OpIn, core.OpNotIn)
	case kindStrings:
		return append(ops, core.OpOverlap, core.OpNotOverlap)
	}
	return ops
}

// operand reads a condition's value in the field's type.
func (r *filterReader) operand(f field, op core.Operator, v any, path string) (any, error) {
	switch op {
	case core.OpIsNull, core.OpIsNotNull:
		return nil, nil //nolint:nilnil // null is the value
	case core.OpIn, core.OpNotIn, core.OpOverlap, core.OpNotOverlap:
		return r.operands(f, v, path)
	case core.OpEqual, core.OpNotEqual:
		if v == nil {
			return nil, nil //nolint:nilnil // null is the value
		}
		if f.Type == kindStrings {
			return r.operands(f, v, path)
		}
	}
	if v == nil {
		return nil, refuse(requiredParameterMissed).at(path)
	}
	out, err := r.scalar(f, v, path)
	if pattern, ok := out.(string); ok && op == core.OpRegexp {
		if _, err := regexp.Compile(pattern); err != nil || len(pattern) > maxPattern {
			return nil, wrongValue(v, path, "this is no regular expression")
		}
	}
	return out, err
}

func (r *filterReader) operands(f field, v any, path string) (any, error) {
	list, ok := v.([]any)
	switch {
	case !ok:
		return nil, wrongType(v, path)
	case len(list) > maxFilterList:
		return nil, wrongValue(nil, path, "at most %d values", maxFilterList)
	}
	out := make([]any, len(list))
	for i, item := range list {
		var err error
		if out[i], err = r.scalar(f, item, path+"."+strconv.Itoa(i)); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (r *filterReader) scalar(f field, v any, path string) (any, error) {
	switch f.Type {
	case kindInteger, kindNumber:
		n, ok := v.(json.Number)
		if !ok {
			return nil, wrongType(v, path)
		}
		x, err := n.Float64()
		if err != nil {
			return nil, wrongValue(v, path, "the number is too large")
		}
		return x, nil
	case kindBoolean:
		if b, ok := v.(bool); ok {
			return b, nil
		}
		return nil, wrongType(v, path)
	case kindDateTime:
		return r.dateOperand(v, path)
	case kindEnum:
		return enum(f.Values, v, path)
	default:
		return text(v, path, false)
	}
}

func (r *filterReader) dateOperand(v any, path string) (any, error) {
	s, ok := v.(string)
	if !ok {
		return nil, wrongType(v, path)
	}
	var t time.Time
	if t, ok = r.parse(s); !ok {
		return nil, wrongValue(v, path, "write it like 2026-03-01 14:30:00")
	}
	return t, nil
}
