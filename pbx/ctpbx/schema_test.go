package ctpbx_test

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core/telephony"
	"github.com/skvoz/skvoz/pbx/ctpbx"
)

// schema is the part of JSON Schema that docs/dev/ct-pbx-1.schema.json is written in.
type schema map[string]any

func loadSchema(t testing.TB) schema {
	t.Helper()
	raw, err := os.ReadFile("../../docs/dev/ct-pbx-1.schema.json")
	require.NoError(t, err)
	var s schema
	require.NoError(t, json.Unmarshal(raw, &s))
	return s
}

// of returns a definition by its name.
func (s schema) of(name string) schema { return s["$defs"].(map[string]any)[name].(map[string]any) }

// fits says what of a value breaks a definition; "" when nothing does.
func (s schema) fits(rule schema, v any, at string) string {
	for word, arg := range rule {
		if word == "then" || word == "else" {
			continue
		}
		check := map[string]func(arg, v any, at string) string{
			"$ref": func(arg, v any, at string) string {
				return s.fits(s.of(strings.TrimPrefix(arg.(string), "#/$defs/")), v, at)
			},
			"anyOf": s.anyOf, "allOf": s.allOf, "properties": s.properties, "items": s.items,
			"if": func(arg, v any, at string) string {
				branch := "then"
				if s.fits(arg.(map[string]any), v, at) != "" {
					branch = "else"
				}
				next, _ := rule[branch].(map[string]any)
				return s.fits(next, v, at)
			},
		}[word]
		if check == nil {
			check = words[word]
		}
		if check == nil {
			return "the test does not know the word " + word
		}
		if wrong := check(arg, v, at); wrong != "" {
			return wrong
		}
	}
	return ""
}

func (s schema) anyOf(arg, v any, at string) string {
	var all []string
	for _, one := range arg.([]any) {
		wrong := s.fits(one.(map[string]any), v, at)
		if wrong == "" {
			return ""
		}
		all = append(all, wrong)
	}
	return strings.Join(all, " and ")
}

func (s schema) allOf(arg, v any, at string) string {
	for _, one := range arg.([]any) {
		if wrong := s.fits(one.(map[string]any), v, at); wrong != "" {
			return wrong
		}
	}
	return ""
}

func (s schema) properties(arg, v any, at string) string {
	object, _ := v.(map[string]any)
	for name, rule := range arg.(map[string]any) {
		if value, ok := object[name]; ok {
			if wrong := s.fits(rule.(map[string]any), value, at+"."+name); wrong != "" {
				return wrong
			}
		}
	}
	return ""
}

func (s schema) items(arg, v any, at string) string {
	list, _ := v.([]any)
	for i, value := range list {
		if wrong := s.fits(arg.(map[string]any), value, fmt.Sprintf("%s[%d]", at, i)); wrong != "" {
			return wrong
		}
	}
	return ""
}

func unless(ok bool, at, word string, v any) string {
	if ok {
		return ""
	}
	return fmt.Sprintf("%s: %s of %v", at, word, v)
}

func size(v any) float64 {
	switch t := v.(type) {
	case string:
		return float64(utf8.RuneCountInString(t))
	case []any:
		return float64(len(t))
	case map[string]any:
		return float64(len(t))
	case float64:
		return t
	}
	return math.NaN()
}

func atLeast(arg, v any, at string) string {
	return unless(math.IsNaN(size(v)) || size(v) >= arg.(float64), at, "too little", v)
}

func atMost(arg, v any, at string) string {
	return unless(math.IsNaN(size(v)) || size(v) <= arg.(float64), at, "too much", v)
}

// words are those that look at the value alone.
var words = map[string]func(arg, v any, at string) string{
	"$defs": nil0, "$schema": nil0, "$id": nil0, "title": nil0, "description": nil0,
	"minLength": atLeast, "minimum": atLeast, "minItems": atLeast, "minProperties": atLeast,
	"maxLength": atMost, "maximum": atMost, "maxItems": atMost, "maxProperties": atMost,
	"const": func(arg, v any, at string) string { return unless(reflect.DeepEqual(arg, v), at, "const", v) },
	"enum": func(arg, v any, at string) string {
		for _, one := range arg.([]any) {
			if reflect.DeepEqual(one, v) {
				return ""
			}
		}
		return unless(false, at, "enum", v)
	},
	"required": func(arg, v any, at string) string {
		object, isObject := v.(map[string]any)
		for _, name := range arg.([]any) {
			if _, ok := object[name.(string)]; isObject && !ok {
				return at + ": missing " + name.(string)
			}
		}
		return ""
	},
	"pattern": func(arg, v any, at string) string {
		text, isText := v.(string)
		pattern := regexp.MustCompile(strings.ReplaceAll(arg.(string), `\u00`, `\x`))
		return unless(!isText || pattern.MatchString(text), at, "pattern", v)
	},
	"format": func(_, v any, at string) string {
		text, isText := v.(string)
		_, err := time.Parse(time.RFC3339, text)
		return unless(!isText || err == nil, at, "date-time", v)
	},
	"uniqueItems": func(_, v any, at string) string {
		list, _ := v.([]any)
		for i := range list {
			for j := range i {
				if reflect.DeepEqual(list[i], list[j]) {
					return at + ": twice"
				}
			}
		}
		return ""
	},
	"type": func(arg, v any, at string) string {
		kinds, many := arg.([]any)
		if !many {
			kinds = []any{arg}
		}
		for _, kind := range kinds {
			if isA(kind.(string), v) {
				return ""
			}
		}
		return unless(false, at, fmt.Sprint("type ", arg), v)
	},
}

func nil0(_, _ any, _ string) string { return "" }

func isA(kind string, v any) bool {
	switch t := v.(type) {
	case nil:
		return kind == "null"
	case bool:
		return kind == "boolean"
	case string:
		return kind == "string"
	case float64:
		return kind == "number" || kind == "integer" && t == math.Trunc(t)
	case []any:
		return kind == "array"
	case map[string]any:
		return kind == "object"
	}
	return false
}

func decoded(t testing.TB, raw []byte) (v any) {
	t.Helper()
	require.NoError(t, json.Unmarshal(raw, &v))
	return v
}

func TestSchema_TakesAllVectors(t *testing.T) {
	t.Parallel()
	s := loadSchema(t)
	require.Empty(t, s.fits(s, decoded(t, golden(t, "events.json")), "events"))
	for name, all := range decoded(t, golden(t, "route.json")).(map[string]any) {
		for i, one := range all.([]any) {
			require.Empty(t, s.fits(s.of(name), one, fmt.Sprint(name, i)))
		}
	}
}

func TestSchema_AgreesWithTheReader(t *testing.T) {
	t.Parallel()
	s := loadSchema(t)
	for _, c := range rejections() {
		t.Run(c.rule, func(t *testing.T) {
			t.Parallel()
			if c.rule == "an end that counts less than itself" {
				t.Skip("a schema does not compare fields")
			}
			wrong := s.fits(s.of("event"), decoded(t, []byte(event(c.changes))), "event")
			require.Equal(t, c.code == "", wrong == "", "%q: %s", c.code, wrong)
		})
	}
}

func TestTR2_ParseRoute_TakesAllVectors(t *testing.T) {
	t.Parallel()
	var vectors struct {
		Requests []json.RawMessage `json:"route_request"`
		Answers  []json.RawMessage `json:"route_answer"`
	}
	require.NoError(t, json.Unmarshal(golden(t, "route.json"), &vectors))
	for _, raw := range vectors.Requests {
		_, err := ctpbx.ParseRoute(raw)
		require.NoError(t, err, string(raw))
	}
	for _, raw := range vectors.Answers {
		var answer telephony.RouteAnswer
		require.NoError(t, json.Unmarshal(raw, &answer))
		again, err := json.Marshal(answer)
		require.NoError(t, err)
		require.JSONEq(t, string(raw), string(again), "our types say all the contract does")
	}
}

func FuzzParseRoute(f *testing.F) {
	f.Add([]byte(`{"request_id":"rq_1","call_id":"c-446","seq":2,"reason":"new_call","did":"74950000001","caller":"79161234567","state":null,"data":{}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		r, err := ctpbx.ParseRoute(body)
		if err == nil {
			require.NotEmpty(t, r.RequestID)
			require.NotEmpty(t, r.DID)
		}
	})
}
