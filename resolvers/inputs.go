package resolvers

import (
	"github.com/99designs/gqlgen/graphql"

	"github.com/skvoz/skvoz/core"
)

// parseID reads an identifier of an input field; anything else is an error about that field.
func parseID[T ~int64](field, text string) (T, error) {
	id, err := core.ParseID[T](text)
	if err != nil {
		return 0, core.AsError(err).WithField(field)
	}
	return id, nil
}

// given turns an optional input field into an optional value. null is as good as absent: clients send it for what they leave out.
func given[T any](o graphql.Omittable[*T]) core.Opt[T] {
	if v, ok := o.ValueOK(); ok && v != nil {
		return core.Some(*v)
	}
	return core.Opt[T]{}
}

// givenList is given for lists.
func givenList[T any](o graphql.Omittable[[]T]) core.Opt[[]T] {
	if v, ok := o.ValueOK(); ok && v != nil {
		return core.Some(v)
	}
	return core.Opt[[]T]{}
}

// deref takes null for an empty text.
func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
