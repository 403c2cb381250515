package accounts

import (
	"context"
	"time"

	"github.com/skvoz/skvoz/core"
)

const (
	dataAPISession = time.Hour
	// journalKept is how long calls of the Data API stay in the journal.
	journalKept = 30 * 24 * time.Hour
	// sessionsKept is how long a session that is over is still told from one that never was.
	sessionsKept = 24 * time.Hour
	forgetEvery  = 24 * time.Hour
)

// DataAPILogin begins a session of the Data API and returns its secret, which is kept only as a hash. The errors are those of SignIn; a user below
// role ANALYST is KindForbidden with reason forbidden.
func (s *Service) DataAPILogin(ctx context.Context, login, password string, client Client) (secret string, caller DataAPICaller, expiresAt time.Time, err error) {
	u, err := s.SignIn(ctx, login, password, client)
	if err != nil {
		return "", DataAPICaller{}, time.Time{}, err
	}
	account, err := s.store.Account(ctx, u.AccountID)
	if err != nil {
		return "", DataAPICaller{}, time.Time{}, err
	}
	caller = DataAPICaller{Identity: Identity{AccountID: u.AccountID, UserID: u.ID, Role: u.Role}, Account: account}
	if u.Role < RoleAnalyst {
		return "", caller, time.Time{}, core.E(core.KindForbidden, "the Data API needs the role analyst or higher").WithReason("forbidden")
	}
	now := s.clock.Now()
	secret, expiresAt = core.NewSecret(secretLength), now.Add(dataAPISession)
	caller.secretHash = hashSecret(secret)
	session := DataAPISession{AccountID: u.AccountID, UserID: u.ID, ExpiresAt: expiresAt}
	return secret, caller, expiresAt, s.store.CreateDataAPISession(ctx, session, caller.secretHash, now.Add(-sessionsKept))
}

// DataAPILogout ends the caller's session. A key stays: it is revoked in the cabinet.
func (s *Service) DataAPILogout(ctx context.Context, caller DataAPICaller) error {
	if caller.TokenID != 0 {
		return nil
	}
	return s.store.DeleteDataAPISession(ctx, caller.secretHash)
}

// DataAPICaller returns for whom an access token of the Data API speaks: an API token or a session of login.user. Errors are KindUnauthenticated
// with reason access_token_invalid, access_token_expired or access_token_blocked (its user may not sign in). Whether the token's scope and the user's
// role suffice is for the caller to ask, with May.
func (s *Service) DataAPICaller(ctx context.Context, secret string) (DataAPICaller, error) {
	if len(secret) != secretLength {
		return DataAPICaller{}, tokenRefused("access_token_invalid")
	}
	hash := hashSecret(secret)
	t, err := s.store.AnyTokenByHash(ctx, hash)
	if core.KindOf(err) == core.KindNotFound {
		return s.sessionCaller(ctx, hash)
	}
	if err != nil {
		return DataAPICaller{}, err
	}
	now := s.clock.Now()
	if err := usable(t.User, t.ExpiresAt, now); err != nil {
		return DataAPICaller{}, err
	}
	if t.LastUsedAt == nil || now.Sub(*t.LastUsedAt) >= touchEvery {
		if err := s.store.TouchToken(ctx, t.AccountID, t.ID, now); err != nil {
			return DataAPICaller{}, err
		}
	}
	account, err := s.store.Account(ctx, t.AccountID)
	id := Identity{AccountID: t.AccountID, UserID: t.User.ID, Role: t.User.Role, TokenID: t.ID, Scopes: t.Scopes}
	return DataAPICaller{Identity: id, Account: account, TokenName: t.Name}, err
}

func (s *Service) sessionCaller(ctx context.Context, hash string) (DataAPICaller, error) {
	session, u, err := s.store.DataAPISessionByHash(ctx, hash)
	if core.KindOf(err) == core.KindNotFound {
		return DataAPICaller{}, tokenRefused("access_token_invalid")
	}
	if err != nil {
		return DataAPICaller{}, err
	}
	if err := usable(u, &session.ExpiresAt, s.clock.Now()); err != nil {
		return DataAPICaller{}, err
	}
	account, err := s.store.Account(ctx, u.AccountID)
	return DataAPICaller{Identity: Identity{AccountID: u.AccountID, UserID: u.ID, Role: u.Role}, Account: account, secretHash: hash}, err
}

func usable(u User, expiresAt *time.Time, now time.Time) error {
	switch {
	case u.Status != StatusActive:
		return tokenRefused("access_token_blocked")
	case expiresAt != nil && !expiresAt.After(now):
		return tokenRefused("access_token_expired")
	}
	return nil
}

func tokenRefused(reason string) error {
	return core.E(core.KindUnauthenticated, "the access token can't be used").WithReason(reason)
}

// TakeDataAPIPoint counts one point of the account, and returns how its points stand. Used-up limits are KindRateLimited with reason
// minute_limit or day_limit; nothing is counted then.
func (s *Service) TakeDataAPIPoint(ctx context.Context, a Account, limits DataAPILimits) (DataAPIPoints, error) {
	now := s.clock.Now()
	p, taken, err := s.store.TakeDataAPIPoint(ctx, a.ID, limits, pointsAt(a, now))
	switch {
	case err != nil || taken:
		return p, err
	case limits.Day > 0 && p.DaySpent >= limits.Day:
		return p, core.E(core.KindRateLimited, "the day's limit is used up").WithReason("day_limit").WithRetryAfter(p.DayEnds.Sub(now))
	default:
		return p, core.E(core.KindRateLimited, "the minute's limit is used up").WithReason("minute_limit").WithRetryAfter(p.MinuteEnds.Sub(now))
	}
}

func pointsAt(a Account, now time.Time) DataAPIPoints {
	zone, err := time.LoadLocation(a.Timezone)
	if err != nil {
		zone = time.UTC
	}
	today := core.DateOf(now.In(zone))
	tomorrow := core.Date{Year: today.Year, Month: today.Month, Day: today.Day + 1}
	minute := now.Truncate(time.Minute)
	return DataAPIPoints{MinuteStarted: minute, MinuteEnds: minute.Add(time.Minute), DayStarted: today.In(zone).UTC(), DayEnds: tomorrow.In(zone).UTC()}
}

// ReturnDataAPIPoint takes back the point of a call that failed, and returns how the points stand then.
func (s *Service) ReturnDataAPIPoint(ctx context.Context, account core.AccountID, p DataAPIPoints) (DataAPIPoints, error) {
	if err := s.store.ReturnDataAPIPoint(ctx, account, p); err != nil {
		return p, err
	}
	p.MinuteSpent, p.DaySpent = p.MinuteSpent-1, p.DaySpent-1
	return p, nil
}

// RecordDataAPICall adds a line to the account's journal, whose identifier it makes, and once a day forgets lines that are too old.
func (s *Service) RecordDataAPICall(ctx context.Context, c DataAPICall) error {
	c.ID = s.ids.New()
	err := s.store.AddDataAPICall(ctx, c)
	if core.KindOf(err) == core.KindConflict { // another replica made the same identifier in the same millisecond
		c.ID = s.ids.New()
		err = s.store.AddDataAPICall(ctx, c)
	}
	if err != nil {
		return err
	}
	now := s.clock.Now()
	last := s.forgotten.Load()
	if now.UnixMilli()-last < forgetEvery.Milliseconds() || !s.forgotten.CompareAndSwap(last, now.UnixMilli()) {
		return nil
	}
	return s.store.ForgetDataAPICalls(ctx, now.Add(-journalKept))
}

// DataAPICalls returns the account's calls of the last 30 days, newest first.
func (s *Service) DataAPICalls(ctx context.Context, account core.AccountID, page core.PageRequest) (core.Page[DataAPICall], error) {
	return s.store.DataAPICalls(ctx, account, s.clock.Now().Add(-journalKept), page)
}
