package accounts_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/accounts"
)

// fakeStore keeps one user; methods not named here are not called by these tests.
type fakeStore struct {
	accounts.Store
	user accounts.Credentials
	err  error
}

func (s *fakeStore) CredentialsByEmail(_ context.Context, email core.Email) (accounts.Credentials, error) {
	if s.err != nil {
		return accounts.Credentials{}, s.err
	}
	if email != s.user.User.Email {
		return accounts.Credentials{}, core.NotFound("user")
	}
	return s.user, nil
}

func (s *fakeStore) SetPasswordHash(_ context.Context, _ core.AccountID, _ core.UserID, hash string, endOthers bool, _ core.SignInSessionID) error {
	if endOthers {
		return core.E(core.KindInternal, "a renewed hash must not end sessions")
	}
	s.user.PasswordHash = hash
	return nil
}

func (s *fakeStore) CreateAccount(_ context.Context, _ accounts.Account, u accounts.User, hash, _ string) error {
	s.user = accounts.Credentials{User: u, PasswordHash: hash}
	return nil
}

// fakeHasher hashes "x" to "v1:x" or "v2:x" and counts its work.
type fakeHasher struct {
	version  string
	verified []string
}

func (h *fakeHasher) Hash(_ context.Context, password string) (string, error) {
	return h.version + ":" + password, nil
}

func (h *fakeHasher) Verify(_ context.Context, password, hash string) (ok, outdated bool, err error) {
	version, kept, _ := strings.Cut(hash, ":")
	h.verified = append(h.verified, password)
	return kept == password, version != h.version, nil
}

type noLimit struct{}

func (noLimit) Take(string, accounts.Limit) time.Duration { return 0 }
func (noLimit) Forgive(string)                            {}

func newService(t *testing.T, s *fakeStore, h *fakeHasher) *accounts.Service {
	t.Helper()
	service, err := accounts.NewService(t.Context(), accounts.Config{
		Store: s, Passwords: h, Attempts: noLimit{}, Clock: core.SystemClock{}, PublicURL: "https://skvoz.test/",
		ReadEmail: func(raw string) (string, bool) { return strings.ToLower(raw), strings.Contains(raw, "@") },
	})
	require.NoError(t, err)
	return service
}

func TestCA_1_signIn_worksAsHardForUnknownEmails(t *testing.T) {
	t.Parallel()
	h := &fakeHasher{version: "v1"}
	active := accounts.User{ID: 1, AccountID: 1, Email: "a@b.cc", Status: accounts.StatusActive}
	invited := accounts.User{ID: 1, AccountID: 1, Email: "i@b.cc", Status: accounts.StatusInvited}
	for name, tt := range map[string]struct {
		user  accounts.Credentials
		email string
	}{
		"a wrong password": {accounts.Credentials{User: active, PasswordHash: "v1:right"}, "a@b.cc"},
		"nobody's e-mail":  {accounts.Credentials{User: active, PasswordHash: "v1:right"}, "x@b.cc"},
		"no e-mail at all": {accounts.Credentials{User: active, PasswordHash: "v1:right"}, "x"},
		"an invited user":  {accounts.Credentials{User: invited}, "i@b.cc"},
	} {
		h.verified = nil
		_, err := newService(t, &fakeStore{user: tt.user}, h).SignIn(t.Context(), tt.email, "wrong", accounts.Client{})
		require.Equal(t, "wrong_credentials", core.AsError(err).Reason, name)
		require.Equal(t, []string{"wrong"}, h.verified, name)
	}
}

func TestCA_1_signIn_renewsHashesOfOldParameters(t *testing.T) {
	t.Parallel()
	s := &fakeStore{user: accounts.Credentials{User: accounts.User{Email: "a@b.cc", Status: accounts.StatusActive}, PasswordHash: "v1:right"}}
	service := newService(t, s, &fakeHasher{version: "v2"})
	_, err := service.SignIn(t.Context(), "a@b.cc", "wrong", accounts.Client{})
	require.Error(t, err)
	require.Equal(t, "v1:right", s.user.PasswordHash)
	_, err = service.SignIn(t.Context(), "a@b.cc", "right", accounts.Client{})
	require.NoError(t, err)
	require.Equal(t, "v2:right", s.user.PasswordHash)
}

func TestCA_1_signIn_saysWhenTheStoreIsAtFault(t *testing.T) {
	t.Parallel()
	s := &fakeStore{err: core.Unavailable("the database does not answer", time.Second, nil)}
	_, err := newService(t, s, &fakeHasher{}).SignIn(t.Context(), "a@b.cc", "right", accounts.Client{})
	require.Equal(t, core.KindUnavailable, core.KindOf(err))
}

func TestCA_1_foundings_areChecked(t *testing.T) {
	t.Parallel()
	good := accounts.Founding{AccountName: "Окна", Name: "Анна", Email: "anna.k@example.com", Password: "correct horse"}
	tests := []struct {
		name   string
		change func(f *accounts.Founding)
		want   string // field and reason; empty = accepted
	}{
		{"as it should be", func(*accounts.Founding) {}, ""},
		{"a password of ten letters", func(f *accounts.Founding) { f.Password = "абвгдежзик" }, ""},
		{"a password of nine letters", func(f *accounts.Founding) { f.Password = "абвгдежзи" }, "password weak_password"},
		{"a password of two hundred letters", func(f *accounts.Founding) { f.Password = strings.Repeat("абвг", 50) }, ""},
		{"a password too long", func(f *accounts.Founding) { f.Password = strings.Repeat("абвг", 50) + "д" }, "password too_long"},
		{"one letter again and again", func(f *accounts.Founding) { f.Password = "ababababababab" }, "password weak_password"},
		{"the e-mail as password", func(f *accounts.Founding) { f.Password = "Anna.K@Example.com" }, "password weak_password"},
		{"the e-mail's name with a year", func(f *accounts.Founding) { f.Password = "anna.k2026!" }, "password weak_password"},
		{"broken text as password", func(f *accounts.Founding) { f.Password = "abcdefghijk\xff" }, "password bad_text"},
		{"no e-mail", func(f *accounts.Founding) { f.Email = "anna" }, "email bad_email"},
		{"a name of blanks", func(f *accounts.Founding) { f.Name = " \t" }, "name required"},
		{"a name of a hundred letters", func(f *accounts.Founding) { f.Name = strings.Repeat("я", 100) }, ""},
		{"a name too long", func(f *accounts.Founding) { f.Name = strings.Repeat("я", 101) }, "name too_long"},
		{"a name of two lines", func(f *accounts.Founding) { f.AccountName = "a\nb" }, "accountName bad_text"},
		{"broken text as name", func(f *accounts.Founding) { f.AccountName = "a\xff" }, "accountName bad_text"},
		{"a zone of another planet", func(f *accounts.Founding) { f.Timezone = "Mars/Olympus" }, "timezone unknown_timezone"},
		{"the server's own zone", func(f *accounts.Founding) { f.Timezone = "Local" }, "timezone unknown_timezone"},
		{"a path as zone", func(f *accounts.Founding) { f.Timezone = "../../etc/passwd" }, "timezone unknown_timezone"},
		{"a zone", func(f *accounts.Founding) { f.Timezone = "Asia/Vladivostok" }, ""},
		{"a currency of the past", func(f *accounts.Founding) { f.Currency = "RUR" }, "currency unknown_currency"},
		{"two currencies", func(f *accounts.Founding) { f.Currency = "RUB EUR" }, "currency unknown_currency"},
		{"a currency", func(f *accounts.Founding) { f.Currency = "EUR" }, ""},
		{"a language we have not", func(f *accounts.Founding) { f.Language = "fr" }, "language unknown_language"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f := good
			tt.change(&f)
			s := &fakeStore{}
			_, owner, err := newService(t, s, &fakeHasher{version: "v1"}).CreateAccount(t.Context(), f)
			if tt.want == "" {
				require.NoError(t, err)
				require.Equal(t, accounts.RoleOwner, owner.Role)
				require.Equal(t, "v1:"+f.Password, s.user.PasswordHash)
				return
			}
			e := core.AsError(err)
			require.Equal(t, core.KindInvalid, e.Kind)
			require.Equal(t, tt.want, e.Field+" "+e.Reason)
		})
	}
}

func TestIdentity_may_needsRoleAndScope(t *testing.T) {
	t.Parallel()
	user := accounts.Identity{Role: accounts.RoleAnalyst}
	require.True(t, user.May(accounts.RoleOperator, accounts.ScopeWrite))
	require.True(t, user.May(accounts.RoleAnalyst, accounts.ScopeWrite))
	require.False(t, user.May(accounts.RoleAdmin, accounts.ScopeRead))
	token := accounts.Identity{Role: accounts.RoleAnalyst, TokenID: 1, Scopes: []accounts.Scope{accounts.ScopeWrite}}
	require.False(t, token.May(accounts.RoleOperator, accounts.ScopeRead))
	require.True(t, token.May(accounts.RoleOperator, accounts.ScopeChats))
	require.False(t, token.May(accounts.RoleAdmin, accounts.ScopeWrite))
}
