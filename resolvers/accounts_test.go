package resolvers_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core/accounts"
	"github.com/skvoz/skvoz/graph/graphtest"
	"github.com/skvoz/skvoz/internal/testkit"
	"github.com/skvoz/skvoz/store"
	"github.com/skvoz/skvoz/store/storetest"
)

const (
	updateUser  = `mutation($i: UpdateUserInput!) { updateUser(input: $i) { user { id name role status } } }`
	deleteUser  = `mutation($i: DeleteUserInput!) { deleteUser(input: $i) { id } }`
	createToken = `mutation($i: CreateApiTokenInput!) { createApiToken(input: $i) { secret apiToken { id name prefix scopes expiresAt lastUsedAt user { id } } } }`
	revokeToken = `mutation($i: RevokeApiTokenInput!) { revokeApiToken(input: $i) { id } }`
)

func TestCA_1_nobody_getsAboveTheirOwnRole(t *testing.T) {
	t.Parallel()
	eachAt(t, func(t *testing.T, db *store.DB, _ *testkit.Clock) {
		s := graphtest.New(t, db)
		owner := s.Owner(t)
		admin := s.Colleague(t, owner, accounts.RoleAdmin)
		analyst := s.Colleague(t, owner, accounts.RoleAnalyst)
		set := func(c, of *graphtest.Client, role string) *graphtest.Response {
			return c.Do(updateUser, fields(map[string]any{"id": of.User.ID.String(), "role": role}))
		}
		set(admin, analyst, "OPERATOR").OK()
		set(admin, analyst, "ADMIN").OK()
		set(admin, analyst, "OWNER").Fails("FORBIDDEN role_too_high")
		set(admin, owner, "OPERATOR").Fails("FORBIDDEN role_too_high")
		set(admin, admin, "OPERATOR").Fails("CONFLICT own_user")
		set(owner, owner, "OPERATOR").Fails("CONFLICT own_user")
		admin.Do(updateUser, fields(map[string]any{"id": owner.User.ID.String(), "blocked": true})).Fails("FORBIDDEN role_too_high")
		admin.Do(updateUser, fields(map[string]any{"id": owner.User.ID.String(), "name": "Nobody"})).Fails("FORBIDDEN role_too_high")
		admin.Do(deleteUser, fields(map[string]any{"id": owner.User.ID.String()})).Fails("FORBIDDEN role_too_high")
		admin.Do(`mutation { inviteUser(input: {email: "x@example.com", role: OWNER}) { inviteUrl } }`, nil).Fails("FORBIDDEN role_too_high")

		link, err := s.Resolver.Accounts.Invite(t.Context(), accounts.Identity{AccountID: owner.Account.ID, UserID: owner.User.ID, Role: accounts.RoleOwner}, "o@example.com", accounts.RoleOwner)
		require.NoError(t, err)
		admin.Do(`mutation($i: RenewInvitationInput!) { renewInvitation(input: $i) { inviteUrl } }`,
			fields(map[string]any{"userId": link.User.ID.String()})).Fails("FORBIDDEN role_too_high")
		admin.Do(updateUser, fields(map[string]any{"id": s.Owner(t).User.ID.String(), "name": "Nobody"})).Fails("NOT_FOUND not_found")
		owner.Do(updateUser, fields(map[string]any{"id": link.User.ID.String(), "blocked": true})).Fails("CONFLICT user_invited")
	})
}

func TestCA_1_rolesBelow_areRefusedAtTheDoor(t *testing.T) {
	t.Parallel()
	s := graphtest.New(t, storetest.Open(t, store.SQLite, nil))
	owner := s.Owner(t)
	operator := s.Colleague(t, owner, accounts.RoleOperator)
	operator.Do(`{ users { id } }`, nil).Fails("FORBIDDEN role_too_low")
	operator.Do(`mutation { updateAccount(input: {name: "Mine"}) { account { name } } }`, nil).Fails("FORBIDDEN role_too_low")
	operator.Do(`{ account { name } me { role } }`, nil).OK()
}

func TestCA_1_theLastOwner_stays(t *testing.T) {
	t.Parallel()
	eachAt(t, func(t *testing.T, db *store.DB, _ *testkit.Clock) {
		s := graphtest.New(t, db)
		owner := s.Owner(t)
		second := s.Colleague(t, owner, accounts.RoleOwner)
		owner.Do(updateUser, fields(map[string]any{"id": second.User.ID.String(), "blocked": true})).OK()
		// Only a session of a blocked owner that is still in use could do this; the service refuses it all the same.
		id := accounts.Identity{AccountID: owner.Account.ID, UserID: second.User.ID, Role: accounts.RoleOwner}
		err := s.Resolver.Accounts.DeleteUser(t.Context(), id, owner.User.ID)
		require.ErrorContains(t, err, "last owner")
		owner.Do(deleteUser, fields(map[string]any{"id": owner.User.ID.String()})).Fails("CONFLICT own_user")
		owner.Do(deleteUser, fields(map[string]any{"id": second.User.ID.String()})).OK()
		owner.Do(deleteUser, fields(map[string]any{"id": second.User.ID.String()})).Fails("NOT_FOUND not_found")
	})
}

type tokenPayload struct {
	CreateAPIToken struct {
		Secret   string
		APIToken struct {
			ID, Name, Prefix string
			Scopes           []string
			ExpiresAt        *time.Time
			LastUsedAt       *time.Time
		}
	} `json:"createApiToken"`
}

func TestCA_1_apiTokens_actWithinTheirScopes(t *testing.T) {
	t.Parallel()
	eachAt(t, func(t *testing.T, db *store.DB, clock *testkit.Clock) {
		s := graphtest.New(t, db)
		owner := s.Owner(t)
		end := clock.Now().Add(24 * time.Hour)
		var made tokenPayload
		owner.Do(createToken, fields(map[string]any{"name": " BI ", "scopes": []string{"READ", "READ"}, "expiresAt": end})).Into(&made)
		token := made.CreateAPIToken.APIToken
		require.Regexp(t, `^[a-z0-9]{40}$`, made.CreateAPIToken.Secret)
		require.Equal(t, made.CreateAPIToken.Secret[:6], token.Prefix)
		require.Equal(t, []any{"BI", []string{"READ"}, end}, []any{token.Name, token.Scopes, *token.ExpiresAt})
		owner.Do(createToken, fields(map[string]any{"name": "x", "scopes": []string{}})).Fails("BAD_USER_INPUT required")
		owner.Do(createToken, fields(map[string]any{"name": "x", "scopes": []string{"READ"}, "expiresAt": clock.Now()})).Fails("BAD_USER_INPUT in_the_past")

		with := func(secret string) *graphtest.Client {
			c := s.Stranger(t)
			c.Header = http.Header{"Authorization": {"bearer " + secret}}
			return c
		}
		reader := with(made.CreateAPIToken.Secret)
		reader.Do(`{ me { id } }`, nil).OK()
		reader.Do(`mutation { updateAccount(input: {name: "X"}) { account { name } } }`, nil).Fails("FORBIDDEN scope_missing")
		s.Program(t, owner, accounts.ScopeWrite).Do(`mutation { updateAccount(input: {name: "X"}) { account { name } } }`, nil).OK()
		s.Program(t, owner, accounts.ScopeWrite).Do(`{ me { id } }`, nil).Fails("FORBIDDEN scope_missing")
		s.Program(t, owner, accounts.ScopeChats).Do(`{ me { id } }`, nil).Fails("FORBIDDEN scope_missing")
		s.Program(t, owner, accounts.ScopeWrite).Do(createToken, fields(map[string]any{"name": "x", "scopes": []string{"READ"}})).Fails("FORBIDDEN token_not_allowed")
		for _, wrong := range []string{"", "x", made.CreateAPIToken.Secret[:39] + "!", made.CreateAPIToken.Secret[1:] + "a"} {
			resp := with(wrong).Do(viewer, nil)
			resp.Fails("UNAUTHENTICATED bad_token")
			require.Equal(t, http.StatusUnauthorized, resp.Status)
			require.Equal(t, `Bearer realm="skvoz"`, resp.Header.Get("Www-Authenticate"))
		}

		var list struct {
			APITokens []struct {
				ID         string
				LastUsedAt *time.Time
			} `json:"apiTokens"`
		}
		owner.Do(`{ apiTokens { id lastUsedAt } }`, nil).Into(&list)
		require.Len(t, list.APITokens, 5)
		clock.Advance(24 * time.Hour)
		reader.Do(viewer, nil).Fails("UNAUTHENTICATED bad_token")
	})
}

func TestCA_1_apiTokens_areSeenAndRevokedByTheirUserAndAdmins(t *testing.T) {
	t.Parallel()
	eachAt(t, func(t *testing.T, db *store.DB, _ *testkit.Clock) {
		s := graphtest.New(t, db)
		owner, foreign := s.Owner(t), s.Owner(t)
		analyst := s.Colleague(t, owner, accounts.RoleAnalyst)
		operator := s.Colleague(t, owner, accounts.RoleOperator)
		var made tokenPayload
		analyst.Do(createToken, fields(map[string]any{"name": "a", "scopes": []string{"READ", "CHATS"}})).Into(&made)
		id := fields(map[string]any{"id": made.CreateAPIToken.APIToken.ID})
		count := func(c *graphtest.Client) int {
			var list struct {
				APITokens []struct{ ID string } `json:"apiTokens"`
			}
			c.Do(`{ apiTokens { id user { email account { id } } } }`, nil).Into(&list)
			return len(list.APITokens)
		}
		require.Equal(t, []int{1, 1, 0, 0}, []int{count(analyst), count(owner), count(operator), count(foreign)})
		operator.Do(revokeToken, id).Fails("NOT_FOUND not_found")
		foreign.Do(revokeToken, id).Fails("NOT_FOUND not_found")
		owner.Do(revokeToken, id).OK()
		analyst.Do(revokeToken, id).Fails("NOT_FOUND not_found")
	})
}

func TestCA_1_accountAndProfile_areChanged(t *testing.T) {
	t.Parallel()
	eachAt(t, func(t *testing.T, db *store.DB, _ *testkit.Clock) {
		s := graphtest.New(t, db)
		owner := s.Owner(t)
		resp := owner.Do(`mutation { updateAccount(input: {name: "New name", timezone: "Asia/Yekaterinburg", currency: "KZT"}) { account { name timezone currency } } }`, nil)
		require.JSONEq(t, `{"updateAccount":{"account":{"name":"New name","timezone":"Asia/Yekaterinburg","currency":"KZT"}}}`, string(resp.OK().Data))
		resp = owner.Do(`mutation { updateAccount(input: {name: null}) { account { name } } }`, nil)
		require.JSONEq(t, `{"updateAccount":{"account":{"name":"New name"}}}`, string(resp.OK().Data), "null leaves it")
		owner.Do(`mutation { updateAccount(input: {name: "a\nb"}) { account { name } } }`, nil).Fails("BAD_USER_INPUT bad_text")
		owner.Do(`mutation { updateAccount(input: {timezone: ""}) { account { name } } }`, nil).Fails("BAD_USER_INPUT unknown_timezone")
		owner.Do(`mutation { updateAccount(input: {currency: "rub"}) { account { name } } }`, nil).Fails("BAD_USER_INPUT unknown_currency")
		resp = owner.Do(`mutation { updateProfile(input: {name: "Anna", language: EN}) { user { name language } } }`, nil)
		require.JSONEq(t, `{"updateProfile":{"user":{"name":"Anna","language":"EN"}}}`, string(resp.OK().Data))
	})
}

func TestCA_1_listsOfUsersAndTokens_takeAConstantNumberOfStatements(t *testing.T) {
	t.Parallel()
	s := graphtest.New(t, storetest.Open(t, store.SQLite, nil))
	owner := s.Owner(t)
	count := func() int {
		return owner.Count(`{ users { id account { name } } apiTokens { id user { id account { name } } } }`, nil).OK().Statements
	}
	before := count()
	for range 5 {
		s.Program(t, s.Colleague(t, owner, accounts.RoleAnalyst), accounts.ScopeRead)
	}
	require.Equal(t, before, count())
	require.LessOrEqual(t, before, 4) // session, users, tokens, account
}
