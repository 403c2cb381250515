package scenarios

import (
	"context"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/skvoz/skvoz/core"
)

// Problem is something wrong with a scenario. OperationID is empty when it is about the whole.
type Problem struct {
	OperationID string
	// Key is the setting or exit.
	Key string
	// Reason is a word: unknown_type, bad_id, twice, too_many, no_start, missing, bad_value, not_found, no_exit, unknown_exit, lost_exit, unreachable.
	Reason  string
	Message string
	// IsWarning: the scenario can be saved with it.
	IsWarning bool
}

var operationID = regexp.MustCompile(`^[A-Za-z0-9_-]{1,40}$`)

// Check looks for what is wrong with a graph, apart from what it refers to: each operation's settings and exits, and whether it can be reached.
func Check(g Graph) []Problem {
	c := checker{}
	if len(g.Operations) == 0 {
		return []Problem{{Reason: "no_start", Message: "the scenario has no operations"}}
	}
	if len(g.Operations) > MaxOperations {
		c.add("", "", "too_many", fmt.Sprintf("a scenario has at most %d operations", MaxOperations))
	}
	seen := map[string]bool{}
	for i := range g.Operations {
		o := &g.Operations[i]
		switch {
		case !operationID.MatchString(o.ID):
			c.add(o.ID, "", "bad_id", "ids of operations are letters, digits and hyphens")
		case seen[o.ID]:
			c.add(o.ID, "", "twice", "two operations have this id")
		}
		seen[o.ID] = true
		c.operation(&g, o)
	}
	if g.Operation(g.Start) == nil {
		c.add("", "", "no_start", "choose the operation calls begin with")
	} else {
		c.reach(&g)
	}
	if strings.Trim(string(g.Fallback), "0123456789") != "" {
		c.add("", "fallback", "bad_value", "the fallback number must be digits with country code")
	}
	return c.problems
}

type checker struct{ problems []Problem }

func (c *checker) add(op, key, reason, message string) {
	c.problems = append(c.problems, Problem{OperationID: op, Key: key, Reason: reason, Message: message})
}

func (c *checker) operation(g *Graph, o *Operation) {
	spec, ok := SpecOf(o.Type)
	if !ok {
		c.add(o.ID, "", "unknown_type", fmt.Sprintf("there is no operation of type %q", o.Type))
		return
	}
	for _, f := range spec.Fields {
		if f.ShownWhen == "" || o.setting(&spec, f.ShownWhen) == f.ShownValue {
			c.setting(o, f)
		}
	}
	for _, key := range sortedKeys(o.Settings) {
		if _, known := spec.field(key); !known {
			c.add(o.ID, key, "bad_value", fmt.Sprintf("operations of type %s have no setting %q", o.Type, key))
		}
	}
	for _, name := range sortedKeys(o.Exits) {
		switch to := o.Exits[name]; {
		case !spec.hasExit(name):
			c.add(o.ID, name, "unknown_exit", fmt.Sprintf("operations of type %s have no exit %q", o.Type, name))
		case to != "" && g.Operation(to) == nil:
			c.add(o.ID, name, "lost_exit", "the exit leads to an operation that is not there")
		}
	}
	for _, e := range spec.Exits {
		if e.IsMain && o.Exits[e.Name] == "" {
			c.problems = append(c.problems, Problem{OperationID: o.ID, Key: e.Name, Reason: "no_exit", Message: "calls that leave by this exit are ended: lead it somewhere", IsWarning: true})
		}
	}
	if o.Type == TypeMenu && !slices.ContainsFunc(Keys(), func(k string) bool { return o.Exits[k] != "" }) {
		c.add(o.ID, "", "no_exit", "a menu needs a key that leads somewhere")
	}
}

// setting returns a value or its default.
func (o *Operation) setting(spec *Spec, key string) string {
	if v := o.Settings.First(key); v != "" {
		return v
	}
	f, _ := spec.field(key)
	return f.Default
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

func (c *checker) setting(o *Operation, f Field) {
	values := o.Settings[f.Key]
	if len(values) == 0 || values[0] == "" {
		if f.Required && f.Default == "" {
			c.add(o.ID, f.Key, "missing", fmt.Sprintf("%s is missing", strings.ToLower(f.Title.EN)))
		}
		return
	}
	for _, v := range values {
		if message := badValue(f, v); message != "" {
			c.add(o.ID, f.Key, "bad_value", message)
			return
		}
	}
	if f.Type == FieldPhones && len(values) > 20 {
		c.add(o.ID, f.Key, "bad_value", "at most 20 numbers")
	}
}

func badValue(f Field, v string) string {
	switch f.Type {
	case FieldNumber:
		if n, err := strconv.Atoi(v); err != nil || n < f.Min || n > f.Max {
			return fmt.Sprintf("a whole number from %d to %d is wanted", f.Min, f.Max)
		}
	case FieldSelect, FieldMulti:
		if !slices.ContainsFunc(f.Options, func(o Option) bool { return o.Value == v }) {
			return fmt.Sprintf("%q is none of the choices", v)
		}
	case FieldSwitch:
		if v != "true" && v != "false" {
			return "true or false is wanted"
		}
	case FieldURL:
		if u, err := url.Parse(v); err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || len(v) > 2000 {
			return "an address like https://example.com/route is wanted"
		}
	case FieldPhones:
		if len(v) < 2 || len(v) > 40 || (!strings.HasPrefix(v, "sip:") && strings.Trim(v, "0123456789") != "") {
			return fmt.Sprintf("%q is not a number: digits with country code, an extension, or sip:…", v)
		}
	case FieldText:
		if len(v) > 500 {
			return "at most 500 characters"
		}
	default:
		if _, err := strconv.ParseInt(v, 10, 64); err != nil {
			return "an identifier is wanted"
		}
	}
	return ""
}

// reach warns of operations no call comes to.
func (c *checker) reach(g *Graph) {
	reached := map[string]bool{}
	next := []string{g.Start}
	for len(next) > 0 {
		id := next[0]
		next = next[1:]
		o := g.Operation(id)
		if o == nil || reached[id] {
			continue
		}
		reached[id] = true
		for _, name := range sortedKeys(o.Exits) {
			next = append(next, o.Exits[name])
		}
	}
	for _, o := range g.Operations {
		if !reached[o.ID] {
			c.problems = append(c.problems, Problem{OperationID: o.ID, Reason: "unreachable", Message: "no call comes to this operation", IsWarning: true})
		}
	}
}

// CheckReferences looks for settings that name what the account does not have.
func CheckReferences(ctx context.Context, refs References, account core.AccountID, g Graph) ([]Problem, error) {
	type use struct{ op, key, value string }
	uses := map[FieldType]map[int64][]use{}
	for _, o := range g.Operations {
		spec, _ := SpecOf(o.Type)
		for _, f := range spec.Fields {
			if !isReference(f.Type) || (f.ShownWhen != "" && o.setting(&spec, f.ShownWhen) != f.ShownValue) {
				continue
			}
			if id, err := strconv.ParseInt(o.Settings.First(f.Key), 10, 64); err == nil {
				if uses[f.Type] == nil {
					uses[f.Type] = map[int64][]use{}
				}
				uses[f.Type][id] = append(uses[f.Type][id], use{o.ID, f.Key, o.Settings.First(f.Key)})
			}
		}
	}
	c := checker{}
	for _, kind := range sortedTypes(uses) {
		ids := make([]int64, 0, len(uses[kind]))
		for id := range uses[kind] {
			ids = append(ids, id)
		}
		slices.Sort(ids)
		there, err := refs.Exists(ctx, account, kind, ids)
		if err != nil {
			return nil, err
		}
		for _, id := range ids {
			for _, u := range uses[kind][id] {
				if !there[id] {
					c.add(u.op, u.key, "not_found", fmt.Sprintf("there is no %s with the id %s (any more)", kind, u.value))
				}
			}
		}
	}
	return c.problems, nil
}

func isReference(t FieldType) bool {
	switch t {
	case FieldEmployee, FieldGroup, FieldSchedule, FieldMedia, FieldScenario, FieldIntegration, FieldTag:
		return true
	default:
		return false
	}
}

func sortedTypes[V any](m map[FieldType]V) []FieldType {
	out := make([]FieldType, 0, len(m))
	for t := range m {
		out = append(out, t)
	}
	slices.Sort(out)
	return out
}
