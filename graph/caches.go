package graph

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/handler/lru"
)

// textCache keeps a bounded number of values whose text, or whose key, is short.
type textCache[T any] struct{ kept graphql.Cache[T] }

func newTextCache[T any]() textCache[T] { return textCache[T]{lru.New[T](cachedQueries)} }

// Get implements graphql.Cache.
func (c textCache[T]) Get(ctx context.Context, key string) (T, bool) { return c.kept.Get(ctx, key) }

// Add implements graphql.Cache.
func (c textCache[T]) Add(ctx context.Context, key string, value T) {
	if text, ok := any(value).(string); len(key) <= cachedQueryText && (!ok || len(text) <= cachedQueryText) {
		c.kept.Add(ctx, key, value)
	}
}
