package bitrix24

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"github.com/skvoz/skvoz/core"
)

// loose is a value the vendor writes as a text, a number or a truth value by turns; lists, objects and null are empty.
type loose string

// UnmarshalJSON implements json.Unmarshaler.
func (l *loose) UnmarshalJSON(raw []byte) error {
	*l = ""
	switch {
	case len(raw) == 0 || raw[0] == '{' || raw[0] == '[' || bytes.Equal(raw, []byte("null")):
		return nil
	case raw[0] == '"':
		var s string
		err := json.Unmarshal(raw, &s)
		*l = loose(s)
		return err
	default:
		*l = loose(raw)
		return nil
	}
}

// isYes reports whether it is "Y", true or 1.
func (l loose) isYes() bool { return l == "Y" || l == "true" || l == "1" }

// number returns a whole number; zero when it is none.
func (l loose) number() int {
	n, _ := strconv.Atoi(string(l))
	return n
}

// id returns an identifier; "0" is none.
func (l loose) id() string {
	if l == "0" {
		return ""
	}
	return string(l)
}

// time returns a moment in UTC; zero when it is none.
func (l loose) time() time.Time {
	at, err := time.Parse(time.RFC3339, string(l))
	if err != nil {
		return time.Time{}
	}
	return at.UTC()
}

// dictionary is an object whose empty value the vendor writes as [].
type dictionary[T any] map[string]T

// UnmarshalJSON implements json.Unmarshaler. A list that is not empty is one whose keys are its places: PHP writes those so, too.
func (d *dictionary[T]) UnmarshalJSON(raw []byte) error {
	if len(raw) > 0 && raw[0] == '[' {
		var list []T
		if err := json.Unmarshal(raw, &list); err != nil {
			return err
		}
		*d = make(dictionary[T], len(list))
		for i, value := range list {
			(*d)[strconv.Itoa(i)] = value
		}
		return nil
	}
	var m map[string]T
	err := json.Unmarshal(raw, &m)
	*d = m
	return err
}

// minor reads an amount like "12500.00" in minor units; more digits of the fraction than the currency has are dropped. Nil when it is none.
func minor(amount loose, currency string) *int64 {
	s := string(amount)
	for {
		m, err := core.ParseMoney(s, currency)
		if err == nil {
			return &m.Minor
		}
		dot := strings.IndexByte(s, '.')
		if dot < 0 {
			return nil
		}
		if s = s[:len(s)-1]; len(s) == dot+1 {
			s = s[:dot]
		}
	}
}

// joined puts the texts that are not empty in a row.
func joined[T ~string](separator string, parts ...T) string {
	var out []string
	for _, p := range parts {
		if s := strings.TrimSpace(string(p)); s != "" {
			out = append(out, s)
		}
	}
	return strings.Join(out, separator)
}

// stamp writes a moment as filters want it: with an offset in numbers, as the vendor writes it itself.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05-07:00") }
