package dataapi

import (
	"encoding/json"
	"math/big"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/skvoz/skvoz/core"
)

// object holds checked parameters by name: strings, int64, json.Number, bool, time.Time (UTC), []string, object, []object. Those that were given
// as null are there with nil.
type object map[string]any

// given reports whether a parameter is there and not null.
func (o object) given(name string) bool { return o[name] != nil }

// text returns a string, empty when it was not given.
func (o object) text(name string) string { return value[string](o, name) }

// number returns a whole number, 0 when it was not given.
func (o object) number(name string) int64 { return value[int64](o, name) }

// moment returns a time, zero when it was not given.
func (o object) moment(name string) time.Time { return value[time.Time](o, name) }

// texts returns a list of strings: nil when it was not given, not nil when it is empty.
func (o object) texts(name string) []string { return value[[]string](o, name) }

// within returns the objects of a list.
func (o object) within(name string) []object { return value[[]object](o, name) }

// of returns an object.
func (o object) of(name string) object { return value[object](o, name) }

func value[T any](o object, name string) T {
	v, _ := o[name].(T)
	return v
}

// opt returns a parameter of an update: absent stays absent, null clears.
func opt[T any](o object, name string) core.Opt[T] {
	if _, there := o[name]; !there {
		return core.Opt[T]{}
	}
	return core.Some(value[T](o, name))
}

// reader checks what was sent against a table of parameters.
type reader struct {
	zone *time.Location
}

// object checks the members of an object; path is empty or ends in a dot.
func (r reader) object(table []param, sent map[string]any, path string) (object, error) {
	if err := onlyKnown(table, sent, path); err != nil {
		return nil, err
	}
	out := make(object, len(sent))
	for i := range table {
		p := &table[i]
		v, there := sent[p.Name]
		if p.Required && v == nil {
			return nil, refuse(requiredParameterMissed).at(path + p.Name)
		}
		if !there {
			continue
		}
		if v == nil {
			out[p.Name] = nil
			continue
		}
		checked, err := r.value(p, v, path+p.Name)
		if err != nil {
			return nil, err
		}
		out[p.Name] = checked
	}
	return out, nil
}

func onlyKnown(table []param, sent map[string]any, path string) error {
	var strange []string
	for name := range sent {
		if !slices.ContainsFunc(table, func(p param) bool { return p.Name == name }) {
			strange = append(strange, name)
		}
	}
	if strange == nil {
		return nil
	}
	sort.Strings(strange)
	return refuse(unexpectedParameters).at(path + shorten(strange[0])).sent(sent[strange[0]])
}

func (r reader) value(p *param, v any, path string) (any, error) {
	switch p.Type {
	case kindObject:
		return r.inner(p, v, path)
	case kindObjects:
		return r.objects(p, v, path)
	case kindStrings:
		return texts(v, path)
	case kindInteger:
		return integer(v, path)
	case kindNumber:
		if n, ok := v.(json.Number); ok {
			return n, nil
		}
	case kindBoolean:
		if b, ok := v.(bool); ok {
			return b, nil
		}
	case kindDateTime:
		return r.moment(v, path)
	case kindEnum:
		return enum(p.Values, v, path)
	case kindText:
		if n, ok := v.(json.Number); ok {
			return n.String(), nil
		}
		return text(v, path, p.Required)
	default:
		return text(v, path, p.Required)
	}
	return nil, wrongType(v, path)
}

func wrongType(v any, path string) error { return refuse(dataTypeError).at(path).sent(v) }

func wrongValue(v any, path, why string, args ...any) error {
	return refuse(invalidParameterValue).at(path).sent(v).because(why, args...)
}

// inner checks an object. One without a table, the filter, is checked by who reads it.
func (r reader) inner(p *param, v any, path string) (any, error) {
	sent, ok := v.(map[string]any)
	if !ok {
		return nil, wrongType(v, path)
	}
	if p.Of == nil {
		return sent, nil
	}
	return r.object(p.Of, sent, path+".")
}

func (r reader) objects(p *param, v any, path string) (any, error) {
	list, ok := v.([]any)
	if !ok {
		return nil, wrongType(v, path)
	}
	if p.Most > 0 && len(list) > p.Most {
		return nil, refuse(dataLimitExceeded).at(path).because("%d were sent, at most %d are possible at a time", len(list), p.Most)
	}
	if p.Required && len(list) == 0 {
		return nil, wrongValue(v, path, "the list is empty")
	}
	out := make([]object, len(list))
	for i, item := range list {
		here := path + "." + strconv.Itoa(i)
		sent, ok := item.(map[string]any)
		if !ok {
			return nil, wrongType(item, here)
		}
		var err error
		if out[i], err = r.object(p.Of, sent, here+"."); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func texts(v any, path string) (any, error) {
	list, ok := v.([]any)
	if !ok {
		return nil, wrongType(v, path)
	}
	out := make([]string, len(list))
	for i, item := range list {
		s, err := text(item, path+"."+strconv.Itoa(i), true)
		if err != nil {
			return nil, err
		}
		out[i] = s
	}
	return out, nil
}

// text checks a string; one that is required must hold something. NUL can't be kept by every database.
func text(v any, path string, required bool) (string, error) {
	s, ok := v.(string)
	switch {
	case !ok:
		return "", wrongType(v, path)
	case strings.ContainsRune(s, 0):
		return "", wrongValue(v, path, "the character U+0000 is not possible in texts")
	case required && strings.TrimSpace(s) == "":
		return "", wrongValue(v, path, "the text is empty")
	}
	return s, nil
}

func integer(v any, path string) (any, error) {
	n, ok := v.(json.Number)
	if !ok {
		return nil, wrongType(v, path)
	}
	exact, ok := rational(n)
	if !ok || !exact.IsInt() || !exact.Num().IsInt64() || exact.Num().CmpAbs(big.NewInt(core.MaxID)) > 0 {
		return nil, wrongValue(v, path, "a whole number up to 2^53 is expected")
	}
	return exact.Num().Int64(), nil
}

// rational reads a number exactly. One with a huge exponent is refused: it would take all memory.
func rational(n json.Number) (*big.Rat, bool) {
	s := n.String()
	if len(s) > 60 {
		return nil, false
	}
	if i := strings.IndexAny(s, "eE"); i >= 0 {
		if exponent, err := strconv.Atoi(s[i+1:]); err != nil || exponent < -40 || exponent > 40 {
			return nil, false
		}
	}
	return new(big.Rat).SetString(s)
}

// money reads an amount in major units, exactly; more digits than the currency has are refused.
func money(n json.Number, currency, path string) (core.Money, error) {
	exact, ok := rational(n)
	if !ok {
		return core.Money{}, wrongValue(n, path, "this is no amount of money")
	}
	const digits = 6 // more than any currency has
	plain := exact.FloatString(digits)
	if same, ok := new(big.Rat).SetString(plain); !ok || same.Cmp(exact) != 0 {
		return core.Money{}, wrongValue(n, path, "%s has less digits after the point", currency)
	}
	plain = strings.TrimSuffix(strings.TrimRight(plain, "0"), ".")
	amount, err := core.ParseMoney(plain, currency)
	if err != nil {
		return core.Money{}, wrongValue(n, path, "this is no amount of money in %s: it is too large or has too many digits after the point", currency)
	}
	return amount, nil
}

func enum(values []string, v any, path string) (any, error) {
	s, ok := v.(string)
	switch {
	case !ok:
		return nil, wrongType(v, path)
	case !slices.Contains(values, s):
		return nil, wrongValue(v, path, "possible are: %s", strings.Join(values, ", "))
	}
	return s, nil
}

// momentLayouts are the forms in which clients write times. Those without a zone are in the account's.
var momentLayouts = []string{time.DateTime, time.RFC3339, "2006-01-02T15:04:05", "2006-01-02 15:04:05Z07:00", "2006-01-02T15:04", time.DateOnly}

func (r reader) moment(v any, path string) (any, error) {
	s, ok := v.(string)
	if !ok {
		return nil, wrongType(v, path)
	}
	t, ok := r.parse(s)
	if !ok {
		return nil, refuse(invalidDateTime).at(path).sent(v).because("write it like 2026-03-01 14:30:00, in the account's time zone %s", r.zone)
	}
	return t, nil
}

func (r reader) parse(s string) (time.Time, bool) {
	for _, layout := range momentLayouts {
		t, err := time.ParseInLocation(layout, s, r.zone)
		if err == nil && t.Year() >= 1900 && t.Year() <= 2200 {
			return t.UTC(), true
		}
	}
	return time.Time{}, false
}
