package emulator

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

// match reports whether a record passes a filter.
type match func(r *record) bool

// condition is one key of a filter, taken apart.
type condition struct {
	op, name string
	value    any
}

// operators begin a filter's key; longer ones first. No operator is equality.
func operators() []string {
	return []string{"!=%", "!%=", "!%", "!@", "!=", ">=", "<=", "=%", "%=", "!", ">", "<", "@", "%", "="}
}

func splitKey(key string) (op, name string) {
	for _, op := range operators() {
		if rest, ok := strings.CutPrefix(key, op); ok {
			return op, rest
		}
	}
	return "=", key
}

func conditions(filter *arr) []condition {
	out := make([]condition, 0, filter.len())
	for _, key := range filter.names() {
		op, name := splitKey(key)
		out = append(out, condition{op: op, name: name, value: filter.get(key)})
	}
	return out
}

// options are the values a condition allows: any of a list.
func (c condition) options() []string {
	if a, ok := c.value.(*arr); ok {
		out := make([]string, 0, a.len())
		for _, v := range a.values() {
			out = append(out, text(v))
		}
		return out
	}
	return []string{text(c.value)}
}

// compile turns a condition on a field into a test. ok is false when the value can't be one of the field.
func (c condition) compile(f *field) (match, bool) {
	options, op := c.options(), c.op
	_, many := c.value.(*arr)
	switch {
	case f.kind == kindMulti:
		return multiTest(f.name, options, strings.HasPrefix(op, "!")), true
	case op == "@" || op == "=" || many && !strings.HasPrefix(op, "!") && !strings.Contains(op, "%"):
		return equals(f, options, false)
	case op == "!@" || op == "!=" || op == "!":
		return equals(f, options, true)
	case strings.Contains(op, "%"):
		return like(f, op, options), true
	}
	return compare(f, op, options[0])
}

// key is a value in a form that can be compared: numbers and times by size, text without regard to case.
func key(f *field, s string) (any, bool) {
	s = strings.TrimSpace(s)
	switch f.kind {
	case kindInt, kindLink:
		return float64(whole(s)), s == "" || wholeNumber.MatchString(s)
	case kindDouble:
		var n float64
		_, err := fmt.Sscanf(s, "%g", &n)
		return n, s == "" || err == nil
	case kindDatetime, kindDate:
		at, ok := readTime(s)
		return at, s == "" || ok
	}
	return strings.ToLower(s), true
}

var wholeNumber = regexp.MustCompile(`^-?[0-9]+$`)

func (r *record) key(f *field) any {
	switch v := r.vals[f.name].(type) {
	case int:
		return float64(v)
	case string:
		return strings.ToLower(v)
	case nil:
		switch f.kind {
		case kindText, kindChar:
			return ""
		case kindDatetime, kindDate:
			return time.Time{}
		}
		return 0.0
	default:
		return v
	}
}

func order(a, b any) int {
	switch a := a.(type) {
	case float64:
		b, _ := b.(float64)
		return cmp.Compare(a, b)
	case time.Time:
		b, _ := b.(time.Time)
		return a.Compare(b)
	case string:
		b, _ := b.(string)
		return cmp.Compare(a, b)
	}
	return 0
}

func equals(f *field, options []string, not bool) (match, bool) {
	keys := make([]any, len(options))
	for i, s := range options {
		var ok bool
		if keys[i], ok = key(f, s); !ok {
			return nil, false
		}
	}
	if f.name == "CONTACT_ID" {
		return boundTo(keys, not), true
	}
	return func(r *record) bool {
		own := r.key(f)
		return slices.ContainsFunc(keys, func(k any) bool { return order(own, k) == 0 }) != not
	}, true
}

// boundTo tests a deal's contacts: any bound one counts, not only the primary.
func boundTo(contacts []any, not bool) match {
	return func(r *record) bool {
		found := slices.ContainsFunc(contacts, func(k any) bool {
			if k == 0.0 {
				return len(r.contacts) == 0
			}
			return slices.ContainsFunc(r.contacts, func(b binding) bool { return float64(b.contact) == k })
		})
		return found != not
	}
}

func compare(f *field, op, option string) (match, bool) {
	limit, ok := key(f, option)
	return func(r *record) bool {
		if _, set := r.vals[f.name]; !set {
			return false
		}
		sign := order(r.key(f), limit)
		switch op {
		case ">":
			return sign > 0
		case ">=":
			return sign >= 0
		case "<":
			return sign < 0
		}
		return sign <= 0
	}, ok
}

// like searches for a part: % finds it anywhere, =% and %= take the pattern's own % signs.
func like(f *field, op string, options []string) match {
	patterns := make([]*regexp.Regexp, len(options))
	for i, s := range options {
		quoted := regexp.QuoteMeta(strings.ToLower(s))
		if strings.Contains(op, "=") {
			quoted = "^" + strings.ReplaceAll(quoted, "%", ".*") + "$"
		}
		patterns[i] = regexp.MustCompile("(?s)" + quoted)
	}
	not := strings.HasPrefix(op, "!")
	return func(r *record) bool {
		s, _ := r.classic(f).(string)
		s = strings.ToLower(s)
		return slices.ContainsFunc(patterns, func(p *regexp.Regexp) bool { return p.MatchString(s) }) != not
	}
}

// multiTest finds phones and e-mails written exactly so.
func multiTest(name string, options []string, not bool) match {
	return func(r *record) bool {
		found := slices.ContainsFunc(r.multi[name], func(m multi) bool { return slices.Contains(options, m.value) })
		return found != not
	}
}
