package graph

import (
	"context"
	"math"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/skvoz/skvoz/core"
)

const (
	// plainList is how many elements a list without `first` is taken to have.
	plainList = 10
	// dearField is what a field costs that hashes a password.
	dearField = 10_000
)

// costLimit refuses queries that are too deep or would cost too much, before anything is executed. It measures each fragment once, so that
// fragments which spread each other many times cost no time.
type costLimit struct {
	depth, cost int
}

// ExtensionName implements graphql.HandlerExtension.
func (*costLimit) ExtensionName() string { return "CostLimit" }

// Validate implements graphql.HandlerExtension.
func (*costLimit) Validate(graphql.ExecutableSchema) error { return nil }

// MutateOperationContext implements graphql.OperationContextMutator.
func (l *costLimit) MutateOperationContext(ctx context.Context, op *graphql.OperationContext) *gqlerror.Error {
	m := &measurer{variables: op.Variables, fragments: map[string]measure{}}
	got := m.selections(op.Operation.SelectionSet)
	switch {
	case got.depth > l.depth:
		return tooMuch(ctx, core.Invalid("", "too_deep", "the query nests %d levels of fields; %d are allowed", got.depth, l.depth))
	case got.cost > l.cost:
		return tooMuch(ctx, core.Invalid("", "too_expensive", "the query costs %d; %d are allowed: ask for fewer rows (first) or fields", got.cost, l.cost))
	}
	return nil
}

func tooMuch(ctx context.Context, e *core.Error) *gqlerror.Error {
	return &gqlerror.Error{Message: e.Message, Extensions: extensions(ctx, e)}
}

// measure is how deep and how dear a part of a query is.
type measure struct{ depth, cost int }

type measurer struct {
	variables map[string]any
	fragments map[string]measure
}

func (m *measurer) selections(set ast.SelectionSet) measure {
	var sum measure
	for _, selection := range set {
		var part measure
		switch s := selection.(type) {
		case *ast.Field:
			part = m.field(s)
		case *ast.InlineFragment:
			part = m.selections(s.SelectionSet)
		case *ast.FragmentSpread:
			part = m.fragment(s.Definition)
		}
		sum.depth, sum.cost = max(sum.depth, part.depth), plus(sum.cost, part.cost)
	}
	return sum
}

func (m *measurer) fragment(f *ast.FragmentDefinition) measure {
	if known, ok := m.fragments[f.Name]; ok {
		return known
	}
	got := m.selections(f.SelectionSet)
	m.fragments[f.Name] = got
	return got
}

func (m *measurer) field(f *ast.Field) measure {
	if strings.HasPrefix(f.Name, "__") { // validation limits introspection by itself
		return measure{depth: 1, cost: 1}
	}
	children := m.selections(f.SelectionSet)
	cost := 1
	switch f.Name {
	case "signIn", "changePassword", "acceptInvitation", "completeSetup":
		cost = dearField
	}
	return measure{depth: children.depth + 1, cost: plus(cost, times(m.size(f), children.cost))}
}

// size is how many times what is in a field will be answered: `first` of connections, a guess for other lists. The nodes of a connection were
// counted with it.
func (m *measurer) size(f *ast.Field) int {
	if f.Definition == nil || f.Definition.Type == nil {
		return 1
	}
	if f.Definition.Arguments.ForName("first") != nil {
		return clamp(f.ArgumentMap(m.variables)["first"])
	}
	if f.Definition.Type.Elem == nil || f.Name == "nodes" && f.ObjectDefinition != nil && strings.HasSuffix(f.ObjectDefinition.Name, "Connection") {
		return 1
	}
	return plainList
}

// clamp reads a page size; what is no number is refused later, by its type.
func clamp(v any) int {
	var n int64 = 1
	switch v := v.(type) {
	case int:
		n = int64(v)
	case int32:
		n = int64(v)
	case int64:
		n = v
	case interface{ Int64() (int64, error) }: // json.Number
		if n, _ = v.Int64(); n == 0 {
			n = math.MaxInt32
		}
	}
	return int(min(max(n, 1), math.MaxInt32))
}

func plus(a, b int) int { return min(a+b, math.MaxInt32) }

func times(a, b int) int { return min(a*b, math.MaxInt32) } // both below 2^31
