package emulator_test

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/connectors/amocrm/emulator"
)

const redirect = "https://cabinet.example.ru/oauth/amocrm"

func openOAuth(t *testing.T) *account {
	t.Helper()
	return open(t, emulator.Options{ClientID: "integration", ClientSecret: "hush", RedirectURIs: []string{redirect}})
}

func (a *account) exchange(change object) reply {
	a.t.Helper()
	body := object{"client_id": "integration", "client_secret": "hush", "redirect_uri": redirect}
	for k, v := range change {
		body[k] = v
	}
	text, err := json.Marshal(body)
	require.NoError(a.t, err)
	return a.send(http.MethodPost, "/oauth2/access_token", "application/json", text, nil)
}

// tokens authorizes and exchanges the code.
func (a *account) tokens() (access, refresh string) {
	a.t.Helper()
	r := a.exchange(object{"grant_type": "authorization_code", "code": a.Authorize(redirect)})
	require.Equal(a.t, 200, r.status, r.text)
	out := r.json()
	require.Equal(a.t, "Bearer", out["token_type"])
	require.EqualValues(a.t, 86400, out["expires_in"])
	return out["access_token"].(string), out["refresh_token"].(string)
}

func (a *account) with(token string) int {
	a.t.Helper()
	return a.send(http.MethodGet, "/api/v4/account", "", nil, http.Header{"Authorization": {"Bearer " + token}}).status
}

func TestToken_WhoMayAsk(t *testing.T) {
	t.Parallel()
	cases := []struct {
		rule   string
		do     func(*account) (header http.Header)
		status int
	}{
		{"no token", func(*account) http.Header { return nil }, 401},
		{"unknown token", func(*account) http.Header { return http.Header{"Authorization": {"Bearer nope"}} }, 401},
		{"long-lived token", func(a *account) http.Header { return http.Header{"Authorization": {"Bearer " + a.Token()}} }, 200},
		{"long-lived token whose time is over", func(a *account) http.Header {
			a.kit.Clock.Advance(6 * 365 * 24 * time.Hour)
			return http.Header{"Authorization": {"Bearer " + a.Token()}}
		}, 401},
		{"revoked long-lived token", func(a *account) http.Header {
			a.RevokeAccess()
			return http.Header{"Authorization": {"Bearer " + a.Token()}}
		}, 401},
		{"long-lived token given back", func(a *account) http.Header {
			a.RevokeAccess()
			a.RestoreAccess()
			return http.Header{"Authorization": {"Bearer " + a.Token()}}
		}, 200},
		{"token of another account's host", func(a *account) http.Header {
			return http.Header{"Authorization": {"Bearer " + a.Token()}, "Host": {"other.amocrm.ru"}}
		}, 401},
		{"the account's host", func(a *account) http.Header {
			return http.Header{"Authorization": {"Bearer " + a.Token()}, "Host": {"demo.amocrm.ru"}}
		}, 200},
		{"access token", func(a *account) http.Header {
			access, _ := a.tokens()
			return http.Header{"Authorization": {"Bearer " + access}}
		}, 200},
		{"access token a day later", func(a *account) http.Header {
			access, _ := a.tokens()
			a.kit.Clock.Advance(24 * time.Hour)
			return http.Header{"Authorization": {"Bearer " + access}}
		}, 401},
		{"access token made to expire", func(a *account) http.Header {
			access, _ := a.tokens()
			a.ExpireAccessTokens()
			return http.Header{"Authorization": {"Bearer " + access}}
		}, 401},
		{"act as a user who is there", func(a *account) http.Header {
			return http.Header{"Authorization": {"Bearer " + a.Token()}, "X-Context-User-Id": {"7000002"}}
		}, 200},
		{"act as nobody", func(a *account) http.Header {
			return http.Header{"Authorization": {"Bearer " + a.Token()}, "X-Context-User-Id": {"5"}}
		}, 403},
	}
	for _, c := range cases {
		t.Run(c.rule, func(t *testing.T) {
			t.Parallel()
			a := openOAuth(t)
			r := a.send(http.MethodGet, "/api/v4/account", "", nil, c.do(a))
			if c.status != 200 {
				r.problem(c.status)
			}
			require.Equal(t, c.status, r.status, r.text)
			require.Len(t, r.header.Get("X-Request-Id"), 32)
		})
	}
}

func TestToken_LongLivedIsAJWTThatTellsItsEnd(t *testing.T) {
	t.Parallel()
	a := open(t, emulator.Options{})
	parts := strings.Split(a.Token(), ".")
	require.Len(t, parts, 3)
	text, err := base64.RawURLEncoding.DecodeString(parts[1])
	require.NoError(t, err)
	var claims struct {
		Exp int64  `json:"exp"`
		Aud string `json:"aud"`
	}
	require.NoError(t, json.Unmarshal(text, &claims))
	require.Greater(t, claims.Exp, a.kit.Clock.Now().Unix())
	require.Equal(t, a.Credentials()[2].Value, claims.Aud)
}

func TestTokenEndpoint_Refusals(t *testing.T) {
	t.Parallel()
	cases := []struct {
		rule   string
		do     func(*account) reply
		status int
		hint   string
	}{
		{"wrong secret", func(a *account) reply {
			return a.exchange(object{"grant_type": "authorization_code", "code": a.Authorize(redirect), "client_secret": "x"})
		}, 401, "Client authentication failed"},
		{"another redirect URI", func(a *account) reply {
			return a.exchange(object{"grant_type": "authorization_code", "code": a.Authorize(redirect), "redirect_uri": redirect + "/"})
		}, 400, "Redirect URI doesn't match"},
		{"unknown code", func(a *account) reply { return a.exchange(object{"grant_type": "authorization_code", "code": "def"}) }, 400, "Cannot decrypt the authorization code"},
		{"code after 20 minutes", func(a *account) reply {
			code := a.Authorize(redirect)
			a.kit.Clock.Advance(20 * time.Minute)
			return a.exchange(object{"grant_type": "authorization_code", "code": code})
		}, 400, "Authorization code has expired"},
		{"code used twice", func(a *account) reply {
			code := a.Authorize(redirect)
			require.Equal(a.t, 200, a.exchange(object{"grant_type": "authorization_code", "code": code}).status)
			return a.exchange(object{"grant_type": "authorization_code", "code": code})
		}, 400, "Authorization code has been revoked"},
		{"refresh token used twice", func(a *account) reply {
			_, refresh := a.tokens()
			require.Equal(a.t, 200, a.exchange(object{"grant_type": "refresh_token", "refresh_token": refresh}).status)
			return a.exchange(object{"grant_type": "refresh_token", "refresh_token": refresh})
		}, 401, "Token has been revoked"},
		{"refresh token after access was revoked", func(a *account) reply {
			_, refresh := a.tokens()
			a.RevokeAccess()
			return a.exchange(object{"grant_type": "refresh_token", "refresh_token": refresh})
		}, 401, "Token has been revoked"},
		{"refresh token after three months", func(a *account) reply {
			_, refresh := a.tokens()
			a.kit.Clock.Advance(93 * 24 * time.Hour)
			return a.exchange(object{"grant_type": "refresh_token", "refresh_token": refresh})
		}, 401, "Token has expired"},
		{"unknown refresh token", func(a *account) reply { return a.exchange(object{"grant_type": "refresh_token", "refresh_token": "x"}) }, 401, "Cannot decrypt the refresh token"},
		{"unknown grant", func(a *account) reply { return a.exchange(object{"grant_type": "password"}) }, 400, "Check the `grant_type` parameter"},
		{"a form instead of JSON", func(a *account) reply {
			form := url.Values{"client_id": {"integration"}, "client_secret": {"hush"}, "grant_type": {"authorization_code"}, "code": {a.Authorize(redirect)}, "redirect_uri": {redirect}}
			return a.send(http.MethodPost, "/oauth2/access_token", "application/x-www-form-urlencoded", []byte(form.Encode()), nil)
		}, 400, "Check the `grant_type` parameter"},
	}
	for _, c := range cases {
		t.Run(c.rule, func(t *testing.T) {
			t.Parallel()
			body := c.do(openOAuth(t)).problem(c.status)
			require.Equal(t, c.hint, body["hint"])
			require.Equal(t, "Некорректный запрос", body["title"])
			require.Equal(t, "https://developers.amocrm.ru/v3/errors/OAuthProblemJson", body["type"])
		})
	}
}

func TestTokenEndpoint_RefreshRotatesBothTokens(t *testing.T) {
	t.Parallel()
	a := openOAuth(t)
	access, refresh := a.tokens()
	require.Equal(t, 200, a.with(access))
	r := a.exchange(object{"grant_type": "refresh_token", "refresh_token": refresh})
	require.Equal(t, 200, r.status, r.text)
	out := r.json()
	require.NotEqual(t, access, out["access_token"])
	require.NotEqual(t, refresh, out["refresh_token"])
	require.Equal(t, 200, a.with(out["access_token"].(string)))
	require.Equal(t, 401, a.with(access), "the old pair is gone")
}

func TestAuthorizePage(t *testing.T) {
	t.Parallel()
	a := openOAuth(t)
	page := a.send(http.MethodGet, "/oauth?client_id=integration&state=s%22t&mode=popup", "", nil, nil)
	require.Equal(t, 200, page.status)
	require.Contains(t, page.text, "Разрешить")
	require.Contains(t, page.text, "Отказаться")
	require.Contains(t, page.text, `value="s&#34;t"`)

	press := func(decision string) url.Values {
		form := url.Values{"client_id": {"integration"}, "state": {"st"}, "redirect_uri": {redirect}, "decision": {decision}}
		r := a.send(http.MethodPost, "/oauth", "application/x-www-form-urlencoded", []byte(form.Encode()), nil)
		require.Equal(t, http.StatusFound, r.status, r.text)
		to, err := url.Parse(r.header.Get("Location"))
		require.NoError(t, err)
		require.Equal(t, "cabinet.example.ru/oauth/amocrm", to.Host+to.Path)
		return to.Query()
	}
	allowed := press("allow")
	require.Equal(t, []string{"st", "integration", strings.TrimPrefix(a.url, "http://")}, []string{allowed.Get("state"), allowed.Get("client_id"), allowed.Get("referer")})
	require.Equal(t, 200, a.exchange(object{"grant_type": "authorization_code", "code": allowed.Get("code")}).status)
	denied := press("deny")
	require.Equal(t, "access_denied", denied.Get("error"))
	require.Empty(t, denied.Get("code"))

	require.Equal(t, 400, a.send(http.MethodGet, "/oauth?client_id=other", "", nil, nil).status)
	require.Equal(t, 400, a.send(http.MethodGet, "/oauth?client_id=integration&redirect_uri=https://evil.example", "", nil, nil).status)
}

func TestAuthorizePage_WhereTheBrowserMayBeSent(t *testing.T) {
	t.Parallel()
	anywhere := open(t, emulator.Options{ClientID: "i", AnyLoopbackRedirect: true})
	for uri, status := range map[string]int{
		"http://localhost:8080/x": 200, "http://127.0.0.1:9/x": 200, "http://[::1]/x": 200,
		"http://example.ru/": 400, "http://localhost.example.ru/": 400, "javascript://localhost/": 400,
	} {
		require.Equal(t, status, anywhere.send(http.MethodGet, "/oauth?client_id=i&redirect_uri="+url.QueryEscape(uri), "", nil, nil).status, uri)
	}
	require.Contains(t, anywhere.send(http.MethodGet, "/oauth?client_id=i", "", nil, nil).text, "Redirect URI, как он указан")
	anywhere.RegisterRedirect("http://localhost:8080/back")
	require.NotContains(t, anywhere.send(http.MethodGet, "/oauth?client_id=i", "", nil, nil).text, "Redirect URI, как он указан")
}
