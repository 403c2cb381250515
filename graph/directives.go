package graph

import (
	"context"

	"github.com/99designs/gqlgen/graphql"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/accounts"
)

// requireRights is the directive @auth.
func requireRights(ctx context.Context, _ any, next graphql.Resolver, role accounts.Role, scope accounts.Scope) (any, error) {
	id, err := accounts.Require(ctx)
	switch {
	case err != nil:
		return nil, err
	case id.Role < role:
		return nil, core.E(core.KindForbidden, "your role does not allow this").WithReason("role_too_low")
	case !id.May(role, scope):
		return nil, core.E(core.KindForbidden, "this API token does not allow this").WithReason("scope_missing")
	}
	return next(ctx)
}

// allowAnybody is the directive @public.
func allowAnybody(ctx context.Context, _ any, next graphql.Resolver) (any, error) { return next(ctx) }
