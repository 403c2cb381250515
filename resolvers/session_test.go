package resolvers_test

import (
	"net/http"
	"net/url"
	"strings"
	"sync"
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
	signIn  = `mutation($i: SignInInput!) { signIn(input: $i) { user { id email account { id } } } }`
	viewer  = `{ viewer { id } }`
	setUp   = `mutation($i: CompleteSetupInput!) { completeSetup(input: $i) { user { email role account { name timezone currency } } } }`
	changed = `mutation($i: ChangePasswordInput!) { changePassword(input: $i) { user { id } } }`
)

// fields are the variables of a mutation's only argument.
func fields(of map[string]any) map[string]any { return map[string]any{"i": of} }

func credentials(c *graphtest.Client) map[string]any {
	return fields(map[string]any{"email": string(c.User.Email), "password": graphtest.Password})
}

// eachAt runs fn on both engines with a clock that stands.
func eachAt(t *testing.T, fn func(t *testing.T, db *store.DB, clock *testkit.Clock)) {
	t.Helper()
	for _, engine := range []store.Engine{store.SQLite, store.Postgres} {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			clock := testkit.NewClock(time.Date(2026, 3, 1, 9, 30, 0, 0, time.UTC))
			fn(t, storetest.Open(t, engine, clock), clock)
		})
	}
}

func isSignedIn(c *graphtest.Client) bool {
	var got struct{ Viewer *struct{ ID string } }
	c.Do(viewer, nil).Into(&got)
	return got.Viewer != nil
}

func TestCA_1_signIn_and_signOut(t *testing.T) {
	t.Parallel()
	eachAt(t, func(t *testing.T, db *store.DB, _ *testkit.Clock) {
		s := graphtest.New(t, db)
		owner := s.Owner(t)
		require.True(t, isSignedIn(owner))
		second := s.Stranger(t)
		require.False(t, isSignedIn(second))
		second.Do(signIn, fields(map[string]any{"email": strings.ToUpper(string(owner.User.Email)), "password": graphtest.Password})).OK()
		require.True(t, isSignedIn(second))
		owner.Do(`mutation { signOut { success } }`, nil).OK()
		require.False(t, isSignedIn(owner))
		require.True(t, isSignedIn(second), "other devices stay signed in")
		owner.Do(`mutation { signOut { success } }`, nil).OK()
		owner.Do(`{ me { id } }`, nil).Fails("UNAUTHENTICATED not_signed_in")
	})
}

func TestCA_1_theCookie_isHiddenFromScriptsAndSecureBehindTLS(t *testing.T) {
	t.Parallel()
	s := graphtest.New(t, storetest.Open(t, store.SQLite, nil), graphtest.WithTrustedProxy())
	owner := s.Owner(t)
	cookieOf := func(proto string) *http.Cookie {
		c := s.Stranger(t)
		c.Header.Set("X-Forwarded-Proto", proto)
		resp := c.Do(signIn, credentials(owner)).OK()
		cookies := (&http.Response{Header: resp.Header}).Cookies()
		require.Len(t, cookies, 1)
		return cookies[0]
	}
	plain, tls := cookieOf("http"), cookieOf("https")
	require.False(t, plain.Secure)
	require.True(t, tls.Secure)
	require.Equal(t, "skvoz_session", tls.Name)
	require.True(t, tls.HttpOnly)
	require.Equal(t, http.SameSiteLaxMode, tls.SameSite)
	require.Equal(t, "/", tls.Path)
	require.Empty(t, tls.Domain)
	require.Regexp(t, `^[a-z0-9]{40}$`, tls.Value, "the secret and nothing else")
	require.NotEqual(t, plain.Value, tls.Value)
}

func TestCA_1_aWrongEmailAndAWrongPassword_lookAlike(t *testing.T) {
	t.Parallel()
	s := graphtest.New(t, storetest.Open(t, store.SQLite, nil))
	owner := s.Owner(t)
	c := s.Stranger(t)
	wrong := c.Do(signIn, fields(map[string]any{"email": string(owner.User.Email), "password": "wrong password"}))
	wrong.Fails("UNAUTHENTICATED wrong_credentials")
	for _, email := range []string{"nobody@example.com", "not an address", ""} {
		require.Equal(t, wrong.Body, c.Do(signIn, fields(map[string]any{"email": email, "password": "wrong password"})).Body, email)
	}
	require.Empty(t, wrong.Header.Values("Set-Cookie"))
}

func TestCA_1_signIn_isLimitedByEmailAndAddress(t *testing.T) {
	t.Parallel()
	eachAt(t, func(t *testing.T, db *store.DB, clock *testkit.Clock) {
		s := graphtest.New(t, db, graphtest.WithTrustedProxy())
		owner := s.Owner(t)
		from := func(ip, email, password string) *graphtest.Response {
			c := s.Stranger(t)
			c.Header.Set("X-Forwarded-For", ip)
			return c.Do(signIn, fields(map[string]any{"email": email, "password": password}))
		}
		for i := range 10 {
			from("192.0.2."+string(rune('0'+i)), string(owner.User.Email), "wrong").Fails("UNAUTHENTICATED wrong_credentials")
		}
		blocked := from("192.0.2.99", string(owner.User.Email), graphtest.Password)
		blocked.Fails("RATE_LIMITED too_many_tries")
		require.Equal(t, 60, blocked.Errors[0].Extensions.RetryAfterSeconds)
		clock.Advance(time.Minute)
		from("192.0.2.99", string(owner.User.Email), graphtest.Password).OK()

		for i := range 30 { // one network trying many e-mails, with many of its IPv6 addresses
			from("2001:db8::"+string(rune('1'+i%9)), "e"+string(rune('a'+i%26))+string(rune('a'+i/26))+"@example.com", "wrong").Fails("UNAUTHENTICATED wrong_credentials")
		}
		from("2001:db8::ffff", "another@example.com", "wrong").Fails("RATE_LIMITED too_many_tries")
		from("2001:db8:0:1::1", "another@example.com", "wrong").Fails("UNAUTHENTICATED wrong_credentials")
	})
}

func TestCA_1_theSetupLink_worksOnce(t *testing.T) {
	t.Parallel()
	eachAt(t, func(t *testing.T, db *store.DB, _ *testkit.Clock) {
		s := graphtest.New(t, db)
		old, needed, err := s.Resolver.Accounts.EnsureSetupToken(t.Context())
		require.NoError(t, err)
		require.True(t, needed)
		token, _, err := s.Resolver.Accounts.EnsureSetupToken(t.Context())
		require.NoError(t, err)
		require.Equal(t, "https://skvoz.test/setup?token="+token, s.Resolver.Accounts.SetupURL(token))
		require.Contains(t, string(s.Stranger(t).Do(`{ instance { setupRequired } }`, nil).OK().Body), "true")

		input := map[string]any{"token": old, "accountName": " Окна ", "name": "Анна", "email": "Anna@Example.com", "password": graphtest.Password}
		s.Stranger(t).Do(setUp, fields(input)).Fails("CONFLICT link_used")
		input["token"] = token
		for field, bad := range map[string]struct{ value, reason string }{
			"password": {"short", "weak_password"}, "email": {"anna", "bad_email"}, "accountName": {" ", "required"}, "timezone": {"Mars/Olympus", "unknown_timezone"},
			"currency": {"RUR", "unknown_currency"},
		} {
			wrong := map[string]any{}
			for k, v := range input {
				wrong[k] = v
			}
			wrong[field] = bad.value
			resp := s.Stranger(t).Do(setUp, fields(wrong))
			resp.Fails("BAD_USER_INPUT " + bad.reason)
			require.Equal(t, field, resp.Errors[0].Extensions.Field)
		}

		var wg sync.WaitGroup
		clients, answers := make([]*graphtest.Client, 4), make([]*graphtest.Response, 4)
		for i := range clients {
			clients[i] = s.Stranger(t)
			wg.Go(func() { answers[i] = clients[i].Do(setUp, fields(input)) })
		}
		wg.Wait()
		won := 0
		for i, answer := range answers {
			if len(answer.Errors) > 0 {
				answer.Fails("CONFLICT link_used")
				continue
			}
			won++
			require.True(t, isSignedIn(clients[i]))
			require.JSONEq(t, `{"completeSetup":{"user":{"email":"anna@example.com","role":"OWNER","account":{"name":"Окна","timezone":"Europe/Moscow","currency":"RUB"}}}}`, string(answer.Data))
		}
		require.Equal(t, 1, won)
		_, needed, err = s.Resolver.Accounts.EnsureSetupToken(t.Context())
		require.NoError(t, err)
		require.False(t, needed)
		require.Contains(t, string(s.Stranger(t).Do(`{ instance { setupRequired } }`, nil).OK().Body), "false")
	})
}

func TestCA_1_anAccountFromTheCommandLine_endsTheSetupLink(t *testing.T) {
	t.Parallel()
	s := graphtest.New(t, storetest.Open(t, store.SQLite, nil))
	token, _, err := s.Resolver.Accounts.EnsureSetupToken(t.Context())
	require.NoError(t, err)
	s.Owner(t)
	input := map[string]any{"token": token, "accountName": "A", "name": "B", "email": "c@example.com", "password": graphtest.Password}
	s.Stranger(t).Do(setUp, fields(input)).Fails("CONFLICT link_used")
}

func TestCA_1_aPasswordChange_endsAllOtherSessions(t *testing.T) {
	t.Parallel()
	eachAt(t, func(t *testing.T, db *store.DB, _ *testkit.Clock) {
		s := graphtest.New(t, db)
		owner := s.Owner(t)
		other := s.Stranger(t)
		other.Do(signIn, credentials(owner)).OK()
		change := func(current, fresh string) *graphtest.Response {
			return owner.Do(changed, fields(map[string]any{"currentPassword": current, "newPassword": fresh}))
		}
		change("wrong password", "quite new 123").Fails("BAD_USER_INPUT wrong_password")
		change(graphtest.Password, "aaaaaaaaaaaa").Fails("BAD_USER_INPUT weak_password")
		change(graphtest.Password, strings.Repeat("пароль", 34)).Fails("BAD_USER_INPUT too_long")
		require.True(t, isSignedIn(other))
		change(graphtest.Password, "quite new 123").OK()
		require.True(t, isSignedIn(owner))
		require.False(t, isSignedIn(other))
		other.Do(signIn, credentials(owner)).Fails("UNAUTHENTICATED wrong_credentials")
		for range 9 {
			change("wrong password", "quite new 124").Fails("BAD_USER_INPUT wrong_password")
		}
		change("wrong password", "quite new 124").Fails("BAD_USER_INPUT wrong_password")
		change("quite new 123", "quite new 124").Fails("RATE_LIMITED too_many_tries")
	})
}

type sessionList []struct {
	ID, IP, Device                   string
	CreatedAt, LastSeenAt, ExpiresAt time.Time
	IsCurrent                        bool
}

func TestCA_1_sessions_areListedProlongedAndRevoked(t *testing.T) {
	t.Parallel()
	eachAt(t, func(t *testing.T, db *store.DB, clock *testkit.Clock) {
		s := graphtest.New(t, db)
		owner := s.Owner(t)
		other, foreign, idle := s.Stranger(t), s.Owner(t), s.Owner(t)
		other.Header.Set("User-Agent", "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36")
		other.Do(signIn, credentials(owner)).OK()
		start := clock.Now()
		list := func(c *graphtest.Client) sessionList {
			var got struct{ MySessions sessionList }
			c.Do(`{ mySessions { id ip device createdAt lastSeenAt expiresAt isCurrent } }`, nil).Into(&got)
			return got.MySessions
		}
		clock.Advance(59 * time.Second)
		require.Equal(t, start, list(other)[0].LastSeenAt, "to the minute")
		clock.Advance(29 * 24 * time.Hour)
		require.True(t, isSignedIn(other))
		sessions := list(other)
		require.Len(t, sessions, 2)
		require.True(t, sessions[0].IsCurrent, "last used first")
		require.Equal(t, []any{"127.0.0.1", "Chrome 143, Windows 10", start, clock.Now(), clock.Now().Add(30 * 24 * time.Hour)},
			[]any{sessions[0].IP, sessions[0].Device, sessions[0].CreatedAt, sessions[0].LastSeenAt, sessions[0].ExpiresAt})

		revoke := func(c *graphtest.Client, id string) *graphtest.Response {
			return c.Do(`mutation($i: RevokeSessionInput!) { revokeSession(input: $i) { sessions { id } } }`, fields(map[string]any{"id": id}))
		}
		revoke(foreign, sessions[0].ID).Fails("NOT_FOUND not_found")
		revoke(other, "x").Fails("BAD_USER_INPUT bad_id")
		revoke(other, sessions[0].ID).OK()
		require.False(t, isSignedIn(other))
		clock.Advance(24 * time.Hour)
		require.False(t, isSignedIn(idle), "thirty days without use")

		other.Do(signIn, credentials(owner)).OK()
		signedInAt := clock.Now()
		for clock.Now().Before(signedInAt.Add(89 * 24 * time.Hour)) {
			clock.Advance(10 * 24 * time.Hour)
			if clock.Now().Before(signedInAt.Add(90 * 24 * time.Hour)) {
				require.True(t, isSignedIn(other))
			}
		}
		require.False(t, isSignedIn(other), "ninety days at most")
	})
}

func TestCA_1_otherSites_canNotActForASignedInBrowser(t *testing.T) {
	t.Parallel()
	s := graphtest.New(t, storetest.Open(t, store.SQLite, nil))
	owner := s.Owner(t)
	post := func(header map[string]string) *graphtest.Response {
		owner.Header = http.Header{}
		for name, value := range header {
			owner.Header.Set(name, value)
		}
		return owner.Do(`mutation { updateProfile(input: {name: "Mallory"}) { user { name } } }`, nil)
	}
	for _, header := range []map[string]string{
		{}, {"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "null", "X-Requested-With": "x"},
	} {
		resp := post(header)
		resp.Fails("FORBIDDEN foreign_origin")
		require.Equal(t, http.StatusForbidden, resp.Status)
	}
	server, err := url.Parse(s.URL)
	require.NoError(t, err)
	for _, header := range []map[string]string{
		{"Origin": "http://" + server.Host}, {"Origin": "https://skvoz.test"}, {"Sec-Fetch-Site": "same-origin"}, {"X-Requested-With": "cabinet"},
	} {
		post(header).OK()
	}
}

func TestCA_1_invitations_bringAColleagueIn(t *testing.T) {
	t.Parallel()
	eachAt(t, func(t *testing.T, db *store.DB, clock *testkit.Clock) {
		s := graphtest.New(t, db)
		owner := s.Owner(t)
		const invite = `mutation($i: InviteUserInput!) { inviteUser(input: $i) { inviteUrl expiresAt user { id name status role } } }`
		type payload struct {
			InviteURL string
			ExpiresAt time.Time
			User      struct{ ID, Name, Status, Role string }
		}
		var invited struct{ InviteUser payload }
		owner.Do(invite, fields(map[string]any{"email": "New@Example.com", "role": "ANALYST"})).Into(&invited)
		require.Equal(t, clock.Now().Add(7*24*time.Hour), invited.InviteUser.ExpiresAt)
		require.Equal(t, []string{"", "INVITED", "ANALYST"}, []string{invited.InviteUser.User.Name, invited.InviteUser.User.Status, invited.InviteUser.User.Role})
		owner.Do(invite, fields(map[string]any{"email": "new@example.com", "role": "ANALYST"})).Fails("CONFLICT email_taken")
		owner.Do(invite, fields(map[string]any{"email": string(s.Owner(t).User.Email), "role": "ANALYST"})).Fails("CONFLICT email_taken")

		var renewed struct{ RenewInvitation payload }
		owner.Do(`mutation($i: RenewInvitationInput!) { renewInvitation(input: $i) { inviteUrl expiresAt user { id } } }`,
			fields(map[string]any{"userId": invited.InviteUser.User.ID})).Into(&renewed)
		ask := func(link string) string {
			return string(s.Stranger(t).Do(`query($t: String!) { invitation(token: $t) { email accountName role } }`, map[string]any{"t": graphtest.TokenOf(link)}).OK().Data)
		}
		require.JSONEq(t, `{"invitation":null}`, ask(invited.InviteUser.InviteURL), "the old link stops working")
		require.JSONEq(t, `{"invitation":{"email":"new@example.com","accountName":"`+owner.Account.Name+`","role":"ANALYST"}}`, ask(renewed.RenewInvitation.InviteURL))
		s.Stranger(t).Do(signIn, fields(map[string]any{"email": "new@example.com", "password": ""})).Fails("UNAUTHENTICATED wrong_credentials")

		accept := func(c *graphtest.Client, password string) *graphtest.Response {
			return c.Do(`mutation($i: AcceptInvitationInput!) { acceptInvitation(input: $i) { user { id name status language account { id } } } }`,
				fields(map[string]any{"token": graphtest.TokenOf(renewed.RenewInvitation.InviteURL), "name": "Boris", "password": password, "language": "EN"}))
		}
		c := s.Stranger(t)
		accept(c, "new@example.com").Fails("BAD_USER_INPUT weak_password")
		var accepted struct {
			AcceptInvitation struct {
				User struct {
					ID, Name, Status, Language string
					Account                    struct{ ID string }
				}
			}
		}
		accept(c, graphtest.Password).Into(&accepted)
		got := accepted.AcceptInvitation.User
		require.Equal(t, []string{invited.InviteUser.User.ID, "Boris", "ACTIVE", "EN", owner.Account.ID.String()}, []string{got.ID, got.Name, got.Status, got.Language, got.Account.ID})
		require.True(t, isSignedIn(c))
		accept(s.Stranger(t), graphtest.Password).Fails("CONFLICT link_used")
		require.JSONEq(t, `{"invitation":null}`, ask(renewed.RenewInvitation.InviteURL))

		owner.Do(invite, fields(map[string]any{"email": "late@example.com", "role": "OPERATOR"})).Into(&invited)
		clock.Advance(7 * 24 * time.Hour)
		require.JSONEq(t, `{"invitation":null}`, ask(invited.InviteUser.InviteURL), "seven days have passed")
	})
}

func TestCA_1_blockedUsers_areOutAtOnce(t *testing.T) {
	t.Parallel()
	eachAt(t, func(t *testing.T, db *store.DB, _ *testkit.Clock) {
		s := graphtest.New(t, db)
		owner := s.Owner(t)
		analyst := s.Colleague(t, owner, accounts.RoleAnalyst)
		program := s.Program(t, analyst, accounts.ScopeRead)
		program.Do(`{ me { id } }`, nil).OK()
		block := func(blocked bool) {
			owner.Do(updateUser, fields(map[string]any{"id": analyst.User.ID.String(), "blocked": blocked})).OK()
		}
		block(true)
		require.False(t, isSignedIn(analyst))
		resp := program.Do(`{ me { id } }`, nil)
		resp.Fails("UNAUTHENTICATED bad_token")
		require.Equal(t, http.StatusUnauthorized, resp.Status)
		analyst.Do(signIn, credentials(analyst)).Fails("FORBIDDEN user_blocked")
		analyst.Do(signIn, fields(map[string]any{"email": string(analyst.User.Email), "password": "wrong password"})).Fails("UNAUTHENTICATED wrong_credentials")
		block(false)
		analyst.Do(signIn, credentials(analyst)).OK()
		program.Do(`{ me { id } }`, nil).OK()
	})
}
