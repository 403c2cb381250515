package accounts

import (
	"context"
	"strings"
	"time"

	"github.com/skvoz/skvoz/core"
)

const (
	tokenPrefix   = 6
	maxUserTokens = 100
)

// NewToken is what an API token is made from.
type NewToken struct {
	Name   string
	Scopes []Scope
	// ExpiresAt is nil for a permanent token, else in the future.
	ExpiresAt *time.Time
}

// CreateToken makes an API token for the identity's own user and returns its secret, which is kept only as a hash. An identity that is itself
// a token is KindForbidden with reason token_not_allowed: a leaked token must not outlive its end.
func (s *Service) CreateToken(ctx context.Context, id Identity, t NewToken) (secret string, token Token, err error) {
	if id.TokenID != 0 {
		return "", Token{}, core.E(core.KindForbidden, "an API token can't make others; sign in").WithReason("token_not_allowed")
	}
	u, err := s.Me(ctx, id)
	if err != nil {
		return "", Token{}, err
	}
	return s.createToken(ctx, u, t)
}

// CreateTokenFor makes an API token for the user with an e-mail, as the command line does. An unknown e-mail is KindNotFound.
func (s *Service) CreateTokenFor(ctx context.Context, email string, t NewToken) (secret string, token Token, err error) {
	address, err := s.checkEmail(email)
	if err != nil {
		return "", Token{}, err
	}
	found, err := s.store.CredentialsByEmail(ctx, address)
	if core.KindOf(err) == core.KindNotFound {
		return "", Token{}, core.NotFound("user").WithField("email")
	}
	if err != nil {
		return "", Token{}, err
	}
	return s.createToken(ctx, found.User, t)
}

func (s *Service) createToken(ctx context.Context, u User, t NewToken) (secret string, token Token, err error) {
	now := s.clock.Now()
	secret = core.NewSecret(secretLength)
	token = Token{ID: core.TokenID(s.ids.New()), AccountID: u.AccountID, Prefix: secret[:tokenPrefix], User: u, CreatedAt: now, ExpiresAt: t.ExpiresAt}
	if token.Name, err = checkName("name", t.Name); err != nil {
		return "", Token{}, err
	}
	if token.Scopes, err = checkScopes(t.Scopes); err != nil {
		return "", Token{}, err
	}
	if t.ExpiresAt != nil && !t.ExpiresAt.After(now) {
		return "", Token{}, core.Invalid("expiresAt", "in_the_past", "choose a moment in the future")
	}
	others, err := s.store.Tokens(ctx, u.AccountID, u.ID)
	if err != nil {
		return "", Token{}, err
	}
	if len(others) >= maxUserTokens {
		return "", Token{}, core.E(core.KindConflict, "this user has too many tokens; end one first").WithReason("too_many_tokens")
	}
	return secret, token, s.store.CreateToken(ctx, token, hashSecret(secret))
}

// Tokens returns the identity's own tokens, with role ADMIN those of all users.
func (s *Service) Tokens(ctx context.Context, id Identity) ([]Token, error) {
	return s.store.Tokens(ctx, id.AccountID, id.ownOrAll())
}

// RevokeToken ends a token: one's own, with role ADMIN anybody's. Others are KindNotFound.
func (s *Service) RevokeToken(ctx context.Context, id Identity, token core.TokenID) error {
	return s.store.DeleteToken(ctx, id.AccountID, id.ownOrAll(), token)
}

func (i Identity) ownOrAll() core.UserID {
	if i.Role >= RoleAdmin {
		return 0
	}
	return i.UserID
}

// TokenIdentity returns for whom an API token acts. An unknown, ended or revoked token, or one of a user who may not sign in, is
// KindUnauthenticated with reason bad_token.
func (s *Service) TokenIdentity(ctx context.Context, secret string) (Identity, error) {
	bad := core.E(core.KindUnauthenticated, "the API token is wrong, ended or revoked").WithReason("bad_token")
	if len(secret) != secretLength || strings.Trim(secret, "abcdefghijklmnopqrstuvwxyz0123456789") != "" {
		return Identity{}, bad
	}
	t, err := s.store.TokenByHash(ctx, hashSecret(secret))
	if core.KindOf(err) == core.KindNotFound || err == nil && t.User.Status != StatusActive {
		return Identity{}, bad
	}
	if err != nil {
		return Identity{}, err
	}
	now := s.clock.Now()
	if t.LastUsedAt == nil || now.Sub(*t.LastUsedAt) >= touchEvery {
		if err := s.store.TouchToken(ctx, t.AccountID, t.ID, now); err != nil {
			return Identity{}, err
		}
	}
	return Identity{AccountID: t.AccountID, UserID: t.User.ID, Role: t.User.Role, TokenID: t.ID, Scopes: t.Scopes}, nil
}
