package accounts

import (
	"cmp"
	"context"

	"github.com/skvoz/skvoz/core"
)

// Founding is what an account and its owner are made from.
type Founding struct {
	AccountName string
	// Timezone is an IANA name; empty = Europe/Moscow.
	Timezone string
	// Currency is an ISO 4217 code; empty = RUB.
	Currency string
	// Name, Email and Password are the owner's.
	Name, Email, Password string
	// Language is empty for Russian.
	Language Language
}

// SetupRequired reports whether there is no account yet.
func (s *Service) SetupRequired(ctx context.Context) (bool, error) {
	has, err := s.store.HasAccounts(ctx)
	return !has, err
}

// EnsureSetupToken makes a new set-up token while there is no account (needed), ending the one before. The token is not kept, only its hash.
func (s *Service) EnsureSetupToken(ctx context.Context) (token string, needed bool, err error) {
	if needed, err = s.SetupRequired(ctx); err != nil || !needed {
		return "", false, err
	}
	token = core.NewSecret(secretLength)
	if err := s.store.PutSetupHash(ctx, hashSecret(token)); err != nil {
		return "", false, err
	}
	return token, true, nil
}

// SetupURL returns the page of the cabinet on which a set-up token is used.
func (s *Service) SetupURL(token string) string { return s.publicURL + "/setup?token=" + token }

// CompleteSetup makes the first account. The token works once: of simultaneous calls one succeeds. A wrong or used token is KindConflict with
// reason link_used.
func (s *Service) CompleteSetup(ctx context.Context, token string, f Founding) (User, error) {
	hash := hashSecret(token)
	open, err := s.store.HasSetupHash(ctx, hash)
	if err != nil {
		return User{}, err
	}
	if !open { // before the slow hashing of the password
		return User{}, core.E(core.KindConflict, "the set-up link is wrong or was used already; restart the server for a new one").WithReason("link_used").WithField("token")
	}
	_, owner, err := s.found(ctx, f, hash)
	return owner, err
}

// CreateAccount makes an account with its owner; a set-up link not used yet stops working. A taken e-mail is KindConflict with reason
// email_taken.
func (s *Service) CreateAccount(ctx context.Context, f Founding) (Account, User, error) {
	return s.found(ctx, f, "")
}

func (s *Service) found(ctx context.Context, f Founding, setupHash string) (Account, User, error) {
	account, owner, err := s.newAccount(f)
	if err != nil {
		return Account{}, User{}, err
	}
	passwordHash, err := s.passwords.Hash(ctx, f.Password)
	if err != nil {
		return Account{}, User{}, err
	}
	if err := s.store.CreateAccount(ctx, account, owner, passwordHash, setupHash); err != nil {
		return Account{}, User{}, err
	}
	return account, owner, nil
}

func (s *Service) newAccount(f Founding) (Account, User, error) {
	now := s.clock.Now()
	a := Account{ID: core.AccountID(s.ids.New()), Timezone: cmp.Or(f.Timezone, "Europe/Moscow"), Currency: cmp.Or(f.Currency, "RUB"), AppKey: core.NewKey(), CreatedAt: now}
	u := User{ID: core.UserID(s.ids.New()), AccountID: a.ID, Role: RoleOwner, Status: StatusActive, Language: cmp.Or(f.Language, LanguageRU), CreatedAt: now}
	var err error
	if a.Name, err = checkName("accountName", f.AccountName); err != nil {
		return a, u, err
	}
	if u.Name, err = checkName("name", f.Name); err != nil {
		return a, u, err
	}
	if u.Email, err = s.checkEmail(f.Email); err != nil {
		return a, u, err
	}
	return a, u, firstError(checkPassword("password", f.Password, u.Email), checkTimezone(a.Timezone), checkCurrency(a.Currency), checkLanguage(u.Language))
}

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
