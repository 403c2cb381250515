package emulator

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
)

// arr is an array as PHP has them: an ordered map, and a list when its keys are 0, 1, 2, … It is what parameters are read into and answers are made
// of, so that empty maps leave as [] and the order of batch commands and of sorting is kept. Values are nil, bool, string, json.Number, numbers and
// *arr. A nil *arr reads as an empty one.
type arr struct {
	keys []string
	vals map[string]any
	// next is the number the next push gets.
	next int
}

// obj makes an array of keys and values in turn.
func obj(pairs ...any) *arr {
	a := &arr{}
	for i := 0; i+1 < len(pairs); i += 2 {
		a.set(pairs[i].(string), pairs[i+1])
	}
	return a
}

func list(values ...any) *arr {
	a := &arr{}
	for _, v := range values {
		a.push(v)
	}
	return a
}

func (a *arr) set(key string, value any) {
	if a.vals == nil {
		a.vals = map[string]any{}
	}
	if _, known := a.vals[key]; !known {
		a.keys = append(a.keys, key)
		if n, err := strconv.Atoi(key); err == nil && n >= a.next {
			a.next = n + 1
		}
	}
	a.vals[key] = value
}

// push appends under the next free number.
func (a *arr) push(value any) { a.set(strconv.Itoa(a.next), value) }

func (a *arr) get(key string) any {
	if a == nil {
		return nil
	}
	return a.vals[key]
}

func (a *arr) has(key string) bool {
	if a == nil {
		return false
	}
	_, ok := a.vals[key]
	return ok
}

func (a *arr) len() int {
	if a == nil {
		return 0
	}
	return len(a.keys)
}

// values are the members in order.
func (a *arr) values() []any {
	if a == nil {
		return nil
	}
	out := make([]any, len(a.keys))
	for i, key := range a.keys {
		out[i] = a.vals[key]
	}
	return out
}

func (a *arr) names() []string {
	if a == nil {
		return nil
	}
	return a.keys
}

func (a *arr) isList() bool {
	for i, key := range a.names() {
		if key != strconv.Itoa(i) {
			return false
		}
	}
	return true
}

// MarshalJSON writes a list when the keys are 0, 1, 2, … and an object otherwise, as json_encode does.
func (a *arr) MarshalJSON() ([]byte, error) {
	open, end, isList := byte('{'), byte('}'), a.isList()
	if isList {
		open, end = '[', ']'
	}
	out := bytes.NewBuffer([]byte{open})
	for i, key := range a.names() {
		if i > 0 {
			out.WriteByte(',')
		}
		if !isList {
			name, err := json.Marshal(key)
			if err != nil {
				return nil, err
			}
			out.Write(name)
			out.WriteByte(':')
		}
		value, err := json.Marshal(a.vals[key])
		if err != nil {
			return nil, err
		}
		out.Write(value)
	}
	out.WriteByte(end)
	return out.Bytes(), nil
}

// text casts to a string as PHP does.
func text(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case bool:
		if v {
			return "1"
		}
	case json.Number:
		return v.String()
	case int:
		return strconv.Itoa(v)
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return ""
}

// whole casts to a whole number; what is none is 0.
func whole(v any) int {
	s := strings.TrimSpace(text(v))
	if n, err := strconv.Atoi(s); err == nil {
		return n
	}
	if f, err := strconv.ParseFloat(s, 64); err == nil && f > -1e15 && f < 1e15 {
		return int(f)
	}
	return 0
}

// yes reads the many ways to say yes.
func yes(v any) bool {
	switch strings.ToLower(text(v)) {
	case "1", "y", "true":
		return true
	}
	return false
}
