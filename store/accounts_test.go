package store_test

import (
	"context"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/accounts"
	"github.com/skvoz/skvoz/internal/testkit"
	"github.com/skvoz/skvoz/store"
	"github.com/skvoz/skvoz/store/storetest"
)

var accountsEpoch = time.Date(2026, 3, 1, 9, 30, 0, 0, time.UTC)

// company makes an account with its owner; n tells several apart.
func company(t *testing.T, s *store.Accounts, n int64) (accounts.Account, accounts.User) {
	t.Helper()
	a := accounts.Account{
		ID: core.AccountID(n), Name: "Company " + strconv.FormatInt(n, 10), Timezone: "Europe/Moscow", Currency: "RUB", AppKey: core.NewKey(), CreatedAt: accountsEpoch,
	}
	u := accounts.User{
		ID: core.UserID(n*100 + 1), AccountID: a.ID, Name: "Owner", Email: core.Email("owner" + strconv.FormatInt(n, 10) + "@example.com"),
		Role: accounts.RoleOwner, Status: accounts.StatusActive, Language: accounts.LanguageRU, CreatedAt: accountsEpoch,
	}
	require.NoError(t, s.CreateAccount(t.Context(), a, u, "hash", ""))
	return a, u
}

// colleague makes an active user of the account.
func colleague(t *testing.T, s *store.Accounts, a accounts.Account, id int64, role accounts.Role) accounts.User {
	t.Helper()
	u := accounts.User{
		ID: core.UserID(id), AccountID: a.ID, Email: core.Email("u" + strconv.FormatInt(id, 10) + "@example.com"), Role: role,
		Status: accounts.StatusInvited, Language: accounts.LanguageEN, CreatedAt: accountsEpoch,
	}
	hash := "invitation " + strconv.FormatInt(id, 10)
	require.NoError(t, s.CreateInvited(t.Context(), u, hash, accountsEpoch.Add(time.Hour)))
	u, err := s.AcceptInvitation(t.Context(), hash, accounts.Acceptance{Name: "User " + strconv.FormatInt(id, 10), PasswordHash: "h"})
	require.NoError(t, err)
	return u
}

func eachWithAccounts(t *testing.T, fn func(t *testing.T, s *store.Accounts, clock *testkit.Clock)) {
	t.Helper()
	for _, engine := range []store.Engine{store.SQLite, store.Postgres} {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			clock := testkit.NewClock(accountsEpoch)
			fn(t, storetest.Open(t, engine, clock).Accounts(), clock)
		})
	}
}

func TestCA_1_accounts_comeBackAsTheyWereKept(t *testing.T) {
	t.Parallel()
	eachWithAccounts(t, func(t *testing.T, s *store.Accounts, _ *testkit.Clock) {
		has, err := s.HasAccounts(t.Context())
		require.NoError(t, err)
		require.False(t, has)
		a, u := company(t, s, 1)
		got, err := s.Account(t.Context(), a.ID)
		require.NoError(t, err)
		require.Equal(t, a, got)
		user, err := s.User(t.Context(), a.ID, u.ID)
		require.NoError(t, err)
		require.Equal(t, u, user)
		has, err = s.HasAccounts(t.Context())
		require.NoError(t, err)
		require.True(t, has)

		changed, err := s.UpdateAccount(t.Context(), a.ID, func(a *accounts.Account) error { a.Name = "New"; return nil })
		require.NoError(t, err)
		require.Equal(t, "New", changed.Name)
		_, err = s.UpdateAccount(t.Context(), a.ID, func(*accounts.Account) error { return core.E(core.KindInvalid, "no") })
		require.Equal(t, core.KindInvalid, core.KindOf(err))
		_, err = s.Account(t.Context(), 99)
		require.Equal(t, core.KindNotFound, core.KindOf(err))
	})
}

func TestCA_1_setupLink_letsOneOfManyMakeTheFirstAccount(t *testing.T) {
	t.Parallel()
	eachWithAccounts(t, func(t *testing.T, s *store.Accounts, _ *testkit.Clock) {
		require.NoError(t, s.PutSetupHash(t.Context(), "old"))
		require.NoError(t, s.PutSetupHash(t.Context(), "hash"))
		open, err := s.HasSetupHash(t.Context(), "old")
		require.NoError(t, err)
		require.False(t, open)

		var wg sync.WaitGroup
		errs := make([]error, 8)
		for i := range errs {
			wg.Go(func() {
				n := int64(i + 1)
				errs[i] = s.CreateAccount(t.Context(),
					accounts.Account{ID: core.AccountID(n), Name: "A", Timezone: "UTC", Currency: "RUB", AppKey: core.NewKey(), CreatedAt: accountsEpoch},
					accounts.User{ID: core.UserID(n), AccountID: core.AccountID(n), Email: core.Email(core.NewSecret(9) + "@example.com"), Role: accounts.RoleOwner, CreatedAt: accountsEpoch},
					"h", "hash")
			})
		}
		wg.Wait()
		won := 0
		for _, err := range errs {
			if err == nil {
				won++
				continue
			}
			require.Equal(t, "link_used", core.AsError(err).Reason, err)
		}
		require.Equal(t, 1, won)
		require.NoError(t, s.PutSetupHash(t.Context(), "late"))
		open, err = s.HasSetupHash(t.Context(), "late")
		require.NoError(t, err)
		require.False(t, open, "no link once there is an account")
	})
}

func TestCA_1_users_areSeenOnlyByTheirAccount(t *testing.T) {
	t.Parallel()
	eachWithAccounts(t, func(t *testing.T, s *store.Accounts, _ *testkit.Clock) {
		a, owner := company(t, s, 1)
		b, _ := company(t, s, 2)
		colleague(t, s, a, 7, accounts.RoleOperator)
		notFound := func(err error) {
			t.Helper()
			require.Equal(t, core.KindNotFound, core.KindOf(err), err)
		}
		_, err := s.User(t.Context(), b.ID, owner.ID)
		notFound(err)
		_, err = s.ChangeUser(t.Context(), b.ID, owner.ID, func(*accounts.User, int) error { return nil })
		notFound(err)
		notFound(s.DeleteUser(t.Context(), b.ID, owner.ID, func(accounts.User, int) error { return nil }))
		notFound(s.SetPasswordHash(t.Context(), b.ID, owner.ID, "x", true, 0))
		_, err = s.RenewInvitation(t.Context(), b.ID, owner.ID, "x", accountsEpoch)
		notFound(err)
		_, err = s.Credentials(t.Context(), b.ID, owner.ID)
		notFound(err)
		list, err := s.Users(t.Context(), a.ID)
		require.NoError(t, err)
		require.Len(t, list, 2)
		require.Equal(t, []string{"Owner", "User 7"}, []string{list[0].Name, list[1].Name}, "by name")
	})
}

func TestCA_1_emails_belongToOneUser(t *testing.T) {
	t.Parallel()
	eachWithAccounts(t, func(t *testing.T, s *store.Accounts, _ *testkit.Clock) {
		a, owner := company(t, s, 1)
		err := s.CreateInvited(t.Context(), accounts.User{ID: 5, AccountID: a.ID, Email: owner.Email, CreatedAt: accountsEpoch}, "h", accountsEpoch)
		require.Equal(t, "email_taken", core.AsError(err).Reason)
		require.Equal(t, core.KindConflict, core.KindOf(err))
		c, err := s.CredentialsByEmail(t.Context(), owner.Email)
		require.NoError(t, err)
		require.Equal(t, accounts.Credentials{User: owner, PasswordHash: "hash"}, c)
		_, err = s.CredentialsByEmail(t.Context(), "nobody@example.com")
		require.Equal(t, core.KindNotFound, core.KindOf(err))
	})
}

// TestCA_1_lastOwner_staysWhenOwnersDemoteEachOther lets two owners demote each other at the same moment: each sees the other, one must lose.
func TestCA_1_lastOwner_staysWhenOwnersDemoteEachOther(t *testing.T) {
	t.Parallel()
	eachWithAccounts(t, func(t *testing.T, s *store.Accounts, _ *testkit.Clock) {
		a, first := company(t, s, 1)
		second := colleague(t, s, a, 7, accounts.RoleOwner)
		demote := func(id core.UserID) error {
			_, err := s.ChangeUser(t.Context(), a.ID, id, func(u *accounts.User, otherOwners int) error {
				if otherOwners == 0 {
					return core.E(core.KindConflict, "last")
				}
				u.Role = accounts.RoleAdmin
				return nil
			})
			return err
		}
		var wg sync.WaitGroup
		errs := make([]error, 2)
		for i, id := range []core.UserID{first.ID, second.ID} {
			wg.Go(func() { errs[i] = demote(id) })
		}
		wg.Wait()
		require.NotEqual(t, errs[0] == nil, errs[1] == nil, "exactly one is demoted: %v", errs)
	})
}

func TestCA_1_invitations_workOnceAndEnd(t *testing.T) {
	t.Parallel()
	eachWithAccounts(t, func(t *testing.T, s *store.Accounts, clock *testkit.Clock) {
		a, _ := company(t, s, 1)
		invited := accounts.User{
			ID: 7, AccountID: a.ID, Email: "new@example.com", Role: accounts.RoleAnalyst, Status: accounts.StatusInvited, Language: accounts.LanguageEN, CreatedAt: accountsEpoch,
		}
		require.NoError(t, s.CreateInvited(t.Context(), invited, "one", accountsEpoch.Add(time.Hour)))
		got, err := s.Invitation(t.Context(), "one")
		require.NoError(t, err)
		require.Equal(t, accounts.Invitation{User: invited, AccountName: a.Name, ExpiresAt: accountsEpoch.Add(time.Hour)}, got)

		_, err = s.RenewInvitation(t.Context(), a.ID, 7, "two", accountsEpoch.Add(2*time.Hour))
		require.NoError(t, err)
		_, err = s.Invitation(t.Context(), "one")
		require.Equal(t, core.KindNotFound, core.KindOf(err), "the old link stops working")
		_, err = s.Invitation(t.Context(), "")
		require.Equal(t, core.KindNotFound, core.KindOf(err), "an empty hash is nobody's")

		clock.Advance(2 * time.Hour)
		_, err = s.AcceptInvitation(t.Context(), "two", accounts.Acceptance{Name: "New", PasswordHash: "h"})
		require.Equal(t, core.KindNotFound, core.KindOf(err), "it is over")
		clock.Set(accountsEpoch)

		var wg sync.WaitGroup
		errs := make([]error, 4)
		for i := range errs {
			wg.Go(func() {
				_, errs[i] = s.AcceptInvitation(t.Context(), "two", accounts.Acceptance{Name: "New", PasswordHash: "h", Language: accounts.LanguageRU})
			})
		}
		wg.Wait()
		won := 0
		for _, err := range errs {
			if err == nil {
				won++
			}
		}
		require.Equal(t, 1, won, "%v", errs)
		u, err := s.User(t.Context(), a.ID, 7)
		require.NoError(t, err)
		require.Equal(t, []any{"New", accounts.StatusActive, accounts.LanguageRU}, []any{u.Name, u.Status, u.Language})
		_, err = s.RenewInvitation(t.Context(), a.ID, 7, "three", accountsEpoch.Add(time.Hour))
		require.Equal(t, "not_invited", core.AsError(err).Reason)
	})
}

func signInSession(a accounts.Account, u accounts.User, id int64) accounts.SignInSession {
	return accounts.SignInSession{
		ID: core.SignInSessionID(id), AccountID: a.ID, UserID: u.ID, IP: "192.0.2.1", UserAgent: "Browser",
		CreatedAt: accountsEpoch, LastSeenAt: accountsEpoch, ExpiresAt: accountsEpoch.Add(time.Hour),
	}
}

func TestCA_1_sessions_endByTimeByHandByPasswordAndWithTheUser(t *testing.T) {
	t.Parallel()
	eachWithAccounts(t, func(t *testing.T, s *store.Accounts, clock *testkit.Clock) {
		a, owner := company(t, s, 1)
		u := colleague(t, s, a, 7, accounts.RoleAdmin)
		for i, hash := range []string{"s1", "s2", "s3"} {
			require.NoError(t, s.CreateSession(t.Context(), signInSession(a, u, int64(i+1)), hash))
		}
		got, who, err := s.SessionByHash(t.Context(), "s1")
		require.NoError(t, err)
		require.Equal(t, signInSession(a, u, 1), got)
		require.Equal(t, u.ID, who.ID)
		require.Equal(t, accountsEpoch, *who.LastSignInAt)

		got.LastSeenAt, got.ExpiresAt, got.IP = accountsEpoch.Add(time.Minute), accountsEpoch.Add(2*time.Hour), "192.0.2.9"
		require.NoError(t, s.TouchSession(t.Context(), got))
		list, err := s.Sessions(t.Context(), a.ID, u.ID)
		require.NoError(t, err)
		require.Len(t, list, 3)
		require.Equal(t, got, list[0], "last used first")

		require.Equal(t, core.KindNotFound, core.KindOf(s.DeleteSession(t.Context(), a.ID, owner.ID, 2)), "somebody else's")
		require.NoError(t, s.DeleteSession(t.Context(), a.ID, u.ID, 2))
		require.NoError(t, s.SetPasswordHash(t.Context(), a.ID, u.ID, "new", true, 1))
		ended := func(hash string) {
			t.Helper()
			_, _, err := s.SessionByHash(t.Context(), hash)
			require.Equal(t, core.KindNotFound, core.KindOf(err))
		}
		ended("s2")
		ended("s3")
		_, _, err = s.SessionByHash(t.Context(), "s1")
		require.NoError(t, err, "the session that changed the password stays")

		clock.Advance(2 * time.Hour)
		ended("s1")
		clock.Set(accountsEpoch)
		_, err = s.ChangeUser(t.Context(), a.ID, u.ID, func(u *accounts.User, _ int) error { u.Status = accounts.StatusBlocked; return nil })
		require.NoError(t, err)
		ended("s1")
	})
}

func TestCA_1_apiTokens_areKeptAndEnded(t *testing.T) {
	t.Parallel()
	eachWithAccounts(t, func(t *testing.T, s *store.Accounts, clock *testkit.Clock) {
		a, owner := company(t, s, 1)
		b, _ := company(t, s, 2)
		u := colleague(t, s, a, 7, accounts.RoleAnalyst)
		end := accountsEpoch.Add(time.Hour)
		tok := accounts.Token{
			ID: 1, AccountID: a.ID, Name: "BI", Prefix: "abcdef", Scopes: []accounts.Scope{accounts.ScopeRead, accounts.ScopeChats}, User: u, CreatedAt: accountsEpoch, ExpiresAt: &end,
		}
		require.NoError(t, s.CreateToken(t.Context(), tok, "t1"))
		require.NoError(t, s.CreateToken(t.Context(), accounts.Token{ID: 2, AccountID: a.ID, Name: "x", Scopes: []accounts.Scope{accounts.ScopeWrite}, User: owner, CreatedAt: accountsEpoch}, "t2"))
		got, err := s.TokenByHash(t.Context(), "t1")
		require.NoError(t, err)
		require.Equal(t, tok, got)
		require.NoError(t, s.TouchToken(t.Context(), a.ID, 1, accountsEpoch.Add(time.Minute)))
		own, err := s.Tokens(t.Context(), a.ID, u.ID)
		require.NoError(t, err)
		require.Len(t, own, 1)
		require.Equal(t, accountsEpoch.Add(time.Minute), *own[0].LastUsedAt)
		all, err := s.Tokens(t.Context(), a.ID, 0)
		require.NoError(t, err)
		require.Len(t, all, 2)
		require.Equal(t, core.TokenID(2), all[0].ID, "newest first")

		require.Equal(t, core.KindNotFound, core.KindOf(s.DeleteToken(t.Context(), b.ID, 0, 1)))
		require.Equal(t, core.KindNotFound, core.KindOf(s.DeleteToken(t.Context(), a.ID, owner.ID, 1)))
		clock.Advance(time.Hour)
		_, err = s.TokenByHash(t.Context(), "t1")
		require.Equal(t, core.KindNotFound, core.KindOf(err))
		require.NoError(t, s.DeleteUser(t.Context(), a.ID, u.ID, func(accounts.User, int) error { return nil }))
		all, err = s.Tokens(t.Context(), a.ID, 0)
		require.NoError(t, err)
		require.Len(t, all, 1, "tokens go with their user")
	})
}

func TestCA_1_lookingUpASession_takesOneStatement(t *testing.T) {
	t.Parallel()
	eachWithAccounts(t, func(t *testing.T, s *store.Accounts, _ *testkit.Clock) {
		a, owner := company(t, s, 1)
		require.NoError(t, s.CreateSession(t.Context(), signInSession(a, owner, 1), "s1"))
		ctx, n := store.CountStatements(context.WithoutCancel(t.Context()))
		_, _, err := s.SessionByHash(ctx, "s1")
		require.NoError(t, err)
		require.EqualValues(t, 1, n.Load())
	})
}
