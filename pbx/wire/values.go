package wire

import (
	"bytes"
	"encoding/json"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/skvoz/skvoz/core"
)

// Values are the fields of a notification. All of them are optional, and of any type: providers change, and people write templates.
type Values map[string]any

// ValuesOf reads a notification: an object of JSON in the body, or fields of a form or of the query whose values may be literals of JSON.
func ValuesOf(n *Notification) (Values, error) {
	out := Values{}
	for name, list := range n.Query {
		out.add(name, list)
	}
	body := bytes.TrimSpace(n.Body)
	switch {
	case len(body) == 0:
	case body[0] == '{':
		d := json.NewDecoder(bytes.NewReader(body))
		d.UseNumber()
		var object map[string]any
		if err := d.Decode(&object); err != nil {
			return nil, core.E(core.KindInvalid, "the template makes no JSON: variables are written without quotes, \"call_session_id\":{{call_session_id}} ("+err.Error()+")").WithReason("bad_json")
		}
		for name, value := range object {
			out[name] = value
		}
	default:
		form, err := url.ParseQuery(string(body))
		if err != nil {
			return nil, core.E(core.KindInvalid, "the notification is neither JSON nor a form").WithReason("bad_json")
		}
		for name, list := range form {
			out.add(name, list)
		}
	}
	return out, nil
}

// add takes a field of a form: "79261234567" may come with its quotes, since UIS writes literals of JSON.
func (v Values) add(name string, list []string) {
	raw := list[0]
	var value any
	d := json.NewDecoder(strings.NewReader(raw))
	d.UseNumber()
	if d.Decode(&value) != nil || d.More() {
		value = raw
	}
	v[name] = value
}

// maxIDPart bounds what ids of events are made of, in bytes.
const maxIDPart = 40

// maxValue bounds texts, in characters.
const maxValue = 1000

// Text returns a variable as text; empty when it is missing, null or no single value.
func (v Values) Text(name string) string { return asText(v[name]) }

func asText(value any) string {
	switch t := value.(type) {
	case string:
		return clean(t)
	case json.Number:
		return clean(t.String())
	}
	return ""
}

// clean makes a text one that can be kept.
func clean(s string) string {
	s = strings.TrimSpace(strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == utf8.RuneError {
			return -1
		}
		return r
	}, s))
	if utf8.RuneCountInString(s) > maxValue {
		return string([]rune(s)[:maxValue])
	}
	return s
}

// ID returns a variable that names something; those too long to be kept are none.
func (v Values) ID(name string) string {
	if s := v.Text(name); len(s) <= maxIDPart {
		return s
	}
	return ""
}

// IDs returns a list: [1,2], "1,2" and 1 are some.
func (v Values) IDs(name string) []string {
	var out []string
	take := func(s string) {
		if s != "" && len(s) <= maxIDPart && len(out) < 10 {
			out = append(out, s)
		}
	}
	switch t := v[name].(type) {
	case []any:
		for _, one := range t {
			take(asText(one))
		}
	default:
		for one := range strings.SplitSeq(strings.Trim(asText(t), "[]"), ",") {
			take(strings.TrimSpace(one))
		}
	}
	return out
}

// Number returns a telephone number: digits, or an address of SIP; empty when it is hidden.
func (v Values) Number(name string) string {
	s := v.Text(name)
	if strings.HasPrefix(s, "sip:") && len(s) <= 255 {
		return s
	}
	s = strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, s)
	if len(s) > 32 {
		return ""
	}
	return s
}

// Milliseconds returns a time in seconds as milliseconds; nil when it is missing.
func (v Values) Milliseconds(name string) *int64 {
	seconds, err := json.Number(v.Text(name)).Float64()
	if err != nil || seconds < 0 || seconds > 31*24*3600 {
		return nil
	}
	ms := int64(seconds * 1000)
	return &ms
}

// Has reports whether a field says anything.
func (v Values) Has(name string) bool {
	value, ok := v[name]
	return ok && value != nil && value != ""
}

// IsTrue reports whether a field says yes.
func (v Values) IsTrue(name string) bool {
	b, _ := v[name].(bool)
	return b || v.Text(name) == "true" || v.Text(name) == "1"
}

// Object returns the fields within a field; none when it has none.
func (v Values) Object(name string) Values {
	if inner, ok := v[name].(map[string]any); ok {
		return inner
	}
	return Values{}
}

// Int returns a whole number; 0 when it is missing.
func (v Values) Int(name string) int64 {
	n, err := json.Number(v.Text(name)).Int64()
	if err != nil {
		return 0
	}
	return n
}
