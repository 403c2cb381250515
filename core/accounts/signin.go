package accounts

import (
	"context"
	"net/netip"
	"time"

	"github.com/skvoz/skvoz/core"
)

// How often signing in may be tried.
var (
	perAddress = Limit{Burst: 30, Every: 10 * time.Second}
	perEmail   = Limit{Burst: 10, Every: time.Minute}
)

const (
	sessionIdle = 30 * 24 * time.Hour
	sessionMax  = 90 * 24 * time.Hour
	// touchEvery is how exact LastSeenAt and LastUsedAt are: a write for every request would be too much.
	touchEvery   = time.Minute
	maxUserAgent = 300
)

// SignIn returns the user with this e-mail and password. A wrong e-mail and a wrong password are both KindUnauthenticated with reason
// wrong_credentials and take the same time; too many tries from one address or for one e-mail are KindRateLimited; the right password of a
// blocked user is KindForbidden with reason user_blocked.
func (s *Service) SignIn(ctx context.Context, email, password string, client Client) (User, error) {
	address, ok := s.readEmail(email)
	if !ok {
		address = "?" // is nobody's, and costs as much
	}
	if err := s.takeAttempt("ip "+network(client.IP), perAddress); err != nil {
		return User{}, err
	}
	if err := s.takeAttempt("email "+address, perEmail); err != nil {
		return User{}, err
	}
	found, err := s.store.CredentialsByEmail(ctx, core.Email(address))
	if err != nil && core.KindOf(err) != core.KindNotFound {
		return User{}, err
	}
	if err := s.verify(ctx, found, password); err != nil {
		return User{}, err
	}
	s.attempts.Forgive("email " + address)
	if found.User.Status != StatusActive {
		return User{}, core.E(core.KindForbidden, "this user is blocked; ask an administrator").WithReason("user_blocked")
	}
	return found.User, nil
}

// verify checks a password and renews a hash of outdated parameters. The zero Credentials cost as much time and never fit.
func (s *Service) verify(ctx context.Context, c Credentials, password string) error {
	hash := c.PasswordHash
	if hash == "" {
		hash = s.decoy
	}
	ok, outdated, err := s.passwords.Verify(ctx, password, hash)
	if err != nil {
		return err
	}
	if !ok || c.PasswordHash == "" {
		return core.E(core.KindUnauthenticated, "wrong e-mail or password").WithReason("wrong_credentials")
	}
	if !outdated {
		return nil
	}
	fresh, err := s.passwords.Hash(ctx, password)
	if err != nil {
		return err
	}
	return s.store.SetPasswordHash(ctx, c.User.AccountID, c.User.ID, fresh, false, 0)
}

func (s *Service) takeAttempt(key string, limit Limit) error {
	if wait := s.attempts.Take(key, limit); wait > 0 {
		return core.E(core.KindRateLimited, "too many tries; wait and try again").WithReason("too_many_tries").WithRetryAfter(wait)
	}
	return nil
}

// network is what tries are counted by: an IPv6 customer has a whole /64.
func network(ip netip.Addr) string {
	if ip.Is6() && !ip.Is4In6() {
		p, _ := ip.Prefix(64)
		return p.String()
	}
	return ip.Unmap().String()
}

// StartSession signs a user in on a device and returns the secret of the session, which is kept only as a hash.
func (s *Service) StartSession(ctx context.Context, u User, client Client) (secret string, session SignInSession, err error) {
	now := s.clock.Now()
	secret = core.NewSecret(secretLength)
	session = SignInSession{
		ID: core.SignInSessionID(s.ids.New()), AccountID: u.AccountID, UserID: u.ID,
		CreatedAt: now, LastSeenAt: now, ExpiresAt: now.Add(sessionIdle),
	}
	session.seenFrom(client)
	return secret, session, s.store.CreateSession(ctx, session, hashSecret(secret))
}

func (session *SignInSession) seenFrom(client Client) {
	session.IP, session.UserAgent = "", client.UserAgent
	if client.IP.IsValid() {
		session.IP = client.IP.String()
	}
	if len(session.UserAgent) > maxUserAgent {
		session.UserAgent = session.UserAgent[:maxUserAgent]
	}
}

// SessionIdentity returns who uses a session and prolongs it. An unknown, ended or revoked session, or one of a user who may not sign in, is
// KindUnauthenticated with reason session_ended.
func (s *Service) SessionIdentity(ctx context.Context, secret string, client Client) (Identity, error) {
	session, u, err := s.store.SessionByHash(ctx, hashSecret(secret))
	if core.KindOf(err) == core.KindNotFound || err == nil && u.Status != StatusActive {
		return Identity{}, core.E(core.KindUnauthenticated, "the session has ended; sign in again").WithReason("session_ended")
	}
	if err != nil {
		return Identity{}, err
	}
	now := s.clock.Now()
	if now.Sub(session.LastSeenAt) >= touchEvery {
		session.LastSeenAt, session.ExpiresAt = now, now.Add(sessionIdle)
		if end := session.CreatedAt.Add(sessionMax); session.ExpiresAt.After(end) {
			session.ExpiresAt = end
		}
		session.seenFrom(client)
		if err := s.store.TouchSession(ctx, session); err != nil {
			return Identity{}, err
		}
	}
	return Identity{AccountID: u.AccountID, UserID: u.ID, Role: u.Role, SessionID: session.ID}, nil
}

// EndSession signs out the session of the identity; one that has ended already is no error.
func (s *Service) EndSession(ctx context.Context, id Identity) error {
	err := s.store.DeleteSession(ctx, id.AccountID, id.UserID, id.SessionID)
	if core.KindOf(err) == core.KindNotFound {
		return nil
	}
	return err
}

// Sessions returns the identity's own sessions, last used first.
func (s *Service) Sessions(ctx context.Context, id Identity) ([]SignInSession, error) {
	return s.store.Sessions(ctx, id.AccountID, id.UserID)
}

// RevokeSession ends one of the identity's own sessions and returns the rest. Anybody else's is KindNotFound.
func (s *Service) RevokeSession(ctx context.Context, id Identity, session core.SignInSessionID) ([]SignInSession, error) {
	if err := s.store.DeleteSession(ctx, id.AccountID, id.UserID, session); err != nil {
		return nil, err
	}
	return s.Sessions(ctx, id)
}

// ChangePassword changes the identity's own password and ends all their other sessions. A wrong current password is KindInvalid with reason
// wrong_password; too many tries are KindRateLimited.
func (s *Service) ChangePassword(ctx context.Context, id Identity, current, fresh string) (User, error) {
	key := "user " + id.UserID.String()
	if err := s.takeAttempt(key, perEmail); err != nil {
		return User{}, err
	}
	c, err := s.store.Credentials(ctx, id.AccountID, id.UserID)
	if err != nil {
		return User{}, err
	}
	if err := checkPassword("newPassword", fresh, c.User.Email); err != nil {
		return User{}, err
	}
	ok, _, err := s.passwords.Verify(ctx, current, c.PasswordHash)
	if err != nil {
		return User{}, err
	}
	if !ok {
		return User{}, core.Invalid("currentPassword", "wrong_password", "this is not your password")
	}
	s.attempts.Forgive(key)
	hash, err := s.passwords.Hash(ctx, fresh)
	if err != nil {
		return User{}, err
	}
	return c.User, s.store.SetPasswordHash(ctx, id.AccountID, id.UserID, hash, true, id.SessionID)
}
