package app_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/skvoz/skvoz/store"
)

// TestCA_1_twoAccountsNeverSeeEachOther walks every query and mutation of the schema, with every identifier of another account in every place
// that takes one, and looks for anything of that account in the answers. Then it looks whether anything of it has changed.
func TestCA_1_twoAccountsNeverSeeEachOther(t *testing.T) {
	t.Parallel()
	eachEngine(t, func(t *testing.T, engine store.Engine) {
		s := startApp(t, engine)
		alpha, beta := s.populate("alpha"), s.populate("beta")
		before := s.snapshot(alpha)
		schema := loadSchema(t)
		calls, outcomes := 0, map[string]int{}
		for _, root := range []*ast.Definition{schema.Query, schema.Mutation} {
			for _, field := range root.Fields {
				if strings.HasPrefix(field.Name, "__") {
					continue
				}
				for _, args := range (&walker{schema: schema, theirs: alpha.ids, own: beta.ids}).arguments(field) {
					calls++
					keyword := strings.ToLower(root.Name)
					query := fmt.Sprintf("%s { %s%s %s }", keyword, field.Name, args, selection(schema, field.Type.Name(), 3))
					answer := s.raw(beta.token, query)
					outcomes[outcome(answer)]++
					requireNothingOf(t, alpha, query, answer)
				}
			}
		}
		require.Greater(t, calls, len(schema.Query.Fields)+len(schema.Mutation.Fields))
		t.Logf("%d calls: %v", calls, outcomes)
		require.Zero(t, outcomes["too_expensive"]+outcomes["too_deep"], "calls that are refused for their size show nothing")
		require.Zero(t, outcomes["bad_cursor"])
		require.NotZero(t, outcomes["not_found"])
		require.NotZero(t, outcomes["data"])
		require.Equal(t, before, s.snapshot(alpha), "the other account's data has changed")
	})
}

func loadSchema(t *testing.T) *ast.Schema {
	t.Helper()
	files, err := filepath.Glob("../../graph/schema/*.graphqls")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	var sources []*ast.Source
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		sources = append(sources, &ast.Source{Name: file, Input: string(text)})
	}
	schema, err := gqlparser.LoadSchema(sources...)
	require.NoError(t, err)
	return schema
}

func requireNothingOf(t *testing.T, other *tenant, query, answer string) {
	t.Helper()
	require.NotContains(t, answer, other.marker, "query: %s", query)
	require.NotContains(t, answer, `"INTERNAL"`, "query: %s", query)
	require.NotContains(t, answer, `"GRAPHQL_`, "the generated query is wrong: %s", query)
	var parsed struct{ Data json.RawMessage }
	require.NoError(t, json.Unmarshal([]byte(answer), &parsed))
	for kind, ids := range other.ids {
		for _, id := range ids {
			require.NotContains(t, string(parsed.Data), `"`+id+`"`, "an id of kind %s leaked by %s", kind, query)
		}
	}
}

// walker makes arguments for fields out of the schema.
type walker struct {
	schema      *ast.Schema
	theirs, own map[string][]string
}

// arguments returns all argument lists to try: each identifier of the other account in each place, alone and together with own ones.
func (w *walker) arguments(field *ast.FieldDefinition) []string {
	lists := []string{""}
	for _, arg := range field.Arguments {
		if arg.Name == "after" {
			continue
		}
		values := w.values(field, arg.Name, arg.Type, 0)
		var next []string
		for _, list := range lists {
			for _, v := range values {
				next = append(next, strings.TrimPrefix(list+", "+arg.Name+": "+v, ", "))
			}
		}
		lists = next
	}
	for i, list := range lists {
		if list != "" {
			lists[i] = "(" + list + ")"
		}
	}
	return lists
}

const maxChoices = 40

func (w *walker) values(field *ast.FieldDefinition, name string, typ *ast.Type, depth int) []string {
	if typ.Elem != nil {
		var out []string
		for _, v := range w.values(field, name, typ.Elem, depth) {
			out = append(out, "["+v+"]")
		}
		return out
	}
	def := w.schema.Types[typ.NamedType]
	switch {
	case typ.NamedType == "ID":
		return w.idValues(field, name)
	case def.Kind == ast.Enum:
		return []string{def.EnumValues[0].Name}
	case def.Kind == ast.InputObject:
		return w.objects(field, def, depth)
	default:
		return []string{scalarValue(name, typ.NamedType)}
	}
}

func (w *walker) objects(field *ast.FieldDefinition, def *ast.Definition, depth int) []string {
	objects := []string{""}
	for _, f := range def.Fields {
		if depth > 1 && !f.Type.NonNull {
			continue
		}
		if !f.Type.NonNull && f.Type.Name() != "ID" {
			continue // optional and no identifier: leave it out
		}
		var next []string
		for _, o := range objects {
			for _, v := range w.values(field, f.Name, f.Type, depth+1) {
				next = append(next, strings.TrimPrefix(o+", "+f.Name+": "+v, ", "))
			}
		}
		objects = next[:min(len(next), maxChoices)]
	}
	for i := range objects {
		objects[i] = "{" + objects[i] + "}"
	}
	return objects
}

// idValues are the other account's identifiers first, of the kind the name tells or of every kind, then an own one where the name tells.
func (w *walker) idValues(_ *ast.FieldDefinition, name string) []string {
	kind := strings.TrimSuffix(name, "Id")
	var out []string
	if ids, ok := w.theirs[kind]; ok {
		out = append(out, ids[0])
		out = append(out, w.own[kind][0])
	} else {
		for _, ids := range w.theirs {
			out = append(out, ids[0])
		}
		slices.Sort(out)
	}
	for i := range out {
		out[i] = `"` + out[i] + `"`
	}
	return out
}

func scalarValue(name, typ string) string {
	switch typ {
	case "Int":
		return "5"
	case "Float":
		return "0.5"
	case "Boolean":
		return "true"
	case "Time":
		return `"2026-03-01T09:30:00Z"`
	case "Date":
		return `"2026-03-01"`
	}
	switch name {
	case "dimensions":
		return `"channel"`
	case "metric":
		return `"deals"`
	case "expression":
		return `"cost / deals"`
	case "kind":
		return `"bitrix24"`
	case "numbers":
		return `"+7 495 111-22-33"`
	case "color":
		return `"#2f9e44"`
	case "timezone":
		return `"Asia/Tokyo"`
	case "network":
		return `"192.0.2.1"`
	case "fileName":
		return `"costs.csv"`
	case "content":
		return `"ZGF0ZTtjYW1wYWlnbjtjb3N0Cg=="`
	case "email":
		return `"gamma@gamma.example"`
	case "url":
		return `"https://gamma.example/"`
	case "domain":
		return `"gamma.example"`
	case "amount":
		return `"10.00"`
	case "currency":
		return `"RUB"`
	default:
		return `"gamma text"`
	}
}

// selection picks every field of a type, down to a depth, with the default arguments.
func selection(schema *ast.Schema, typ string, depth int) string {
	def := schema.Types[typ]
	if def == nil || def.Kind != ast.Object || depth == 0 {
		return ""
	}
	var parts []string
	for _, f := range def.Fields {
		if strings.HasPrefix(f.Name, "__") || needsArguments(f) {
			continue
		}
		inner := selection(schema, f.Type.Name(), depth-1)
		if inner == "" && schema.Types[f.Type.Name()].Kind == ast.Object {
			continue
		}
		parts = append(parts, f.Name+" "+inner)
	}
	if len(parts) == 0 {
		return ""
	}
	return "{ " + strings.Join(parts, " ") + " }"
}

func needsArguments(f *ast.FieldDefinition) bool {
	return slices.ContainsFunc(f.Arguments, func(a *ast.ArgumentDefinition) bool { return a.Type.NonNull && a.DefaultValue == nil })
}

// outcome is the reason of an answer's first error, else its code, else "data".
func outcome(answer string) string {
	var parsed struct {
		Errors []struct{ Extensions struct{ Code, Reason string } }
	}
	if json.Unmarshal([]byte(answer), &parsed) != nil || len(parsed.Errors) == 0 {
		return "data"
	}
	return cmp.Or(parsed.Errors[0].Extensions.Reason, parsed.Errors[0].Extensions.Code)
}
