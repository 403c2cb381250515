package accounts

import (
	"context"

	"github.com/skvoz/skvoz/core"
)

type identityKey struct{}

// WithIdentity returns a context that says who makes the request.
func WithIdentity(ctx context.Context, id Identity) context.Context {
	return context.WithValue(ctx, identityKey{}, id)
}

// IdentityFrom returns who makes the request, and false when nobody is signed in.
func IdentityFrom(ctx context.Context) (Identity, bool) {
	id, ok := ctx.Value(identityKey{}).(Identity)
	return id, ok
}

// Require returns who makes the request, or an error of kind KindUnauthenticated.
func Require(ctx context.Context) (Identity, error) {
	id, ok := IdentityFrom(ctx)
	if !ok {
		return Identity{}, core.E(core.KindUnauthenticated, "sign in first").WithReason("not_signed_in")
	}
	return id, nil
}
