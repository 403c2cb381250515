package emulator_test

import (
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/connectors/bitrix24/emulator"
)

func TestAuth_WrongDataIsRefused(t *testing.T) {
	t.Parallel()
	p := unlimited(t)
	for rule, address := range map[string]string{
		"no token":                 p.base + "/rest/crm.deal.list",
		"an unknown token":         p.base + "/rest/crm.deal.list?auth=nobody",
		"a wrong web hook secret":  p.base + "/rest/1/wrong/crm.deal.list.json",
		"a wrong web hook user":    strings.Replace(p.Webhook(), "/1/", "/2/", 1) + "crm.deal.list",
		"a token in the hook path": p.base + "/rest/1/x/crm.deal.list?auth=x",
	} {
		t.Run(rule, func(t *testing.T) {
			t.Parallel()
			status, body := p.post(t, address, m{})
			require.Equal(t, 401, status)
			require.Equal(t, m{"error": "NO_AUTH_FOUND", "error_description": "Wrong authorization data"}, body)
		})
	}
}

func TestAuth_UnknownMethods(t *testing.T) {
	t.Parallel()
	p := unlimited(t)
	p.refused(t, 404, "ERROR_METHOD_NOT_FOUND", "Method not found!", "crm.deal.explode", nil)
}

func TestAuth_AccessTokensLiveAnHour(t *testing.T) {
	t.Parallel()
	p, _, token := installed(t)
	p.kit.Clock.Advance(59 * time.Minute)
	status, _ := p.app(t, token, "crm.deal.list", nil)
	require.Equal(t, 200, status)
	p.kit.Clock.Advance(2 * time.Minute)
	status, body := p.app(t, token, "crm.deal.list", nil)
	require.Equal(t, 401, status)
	require.Equal(t, m{"error": "expired_token", "error_description": "The access token provided has expired"}, body)
}

func TestAuth_EachMethodNeedsItsScope(t *testing.T) {
	t.Parallel()
	p := open(t, emulator.Options{HookScopes: []string{"user_brief"}})
	p.refused(t, 403, "insufficient_scope", "The request requires higher privileges than provided by the webhook token", "crm.deal.list", nil)
	require.NotContains(t, rows(p.ok(t, "user.get", nil))[0], "EMAIL", "user_brief has no contacts")
	require.NotNil(t, p.ok(t, "server.time", nil))
}

func TestAuth_WebHooksMayNotCallMethodsOfApplications(t *testing.T) {
	t.Parallel()
	p := unlimited(t)
	for _, method := range []string{"event.bind", "event.unbind"} {
		p.refused(t, 403, "WRONG_AUTH_TYPE", "Current authorization type is denied for this method", method, m{"event": "ONCRMDEALADD", "handler": "http://127.0.0.1/"})
	}
	p.refused(t, 403, "ACCESS_DENIED", "Access denied! Application context required", "app.info", nil)
}

func TestAuth_UnpaidPortals(t *testing.T) {
	t.Parallel()
	p, l, _ := installed(t)
	p.SetUnpaid(true)
	status, body := p.refresh(t, l.heard("ONAPPINSTALL")[0].Get("auth[refresh_token]"))
	require.Equal(t, 400, status)
	require.Equal(t, m{"error": "PAYMENT_REQUIRED", "error_description": "Payment required"}, body)
	p.refused(t, 403, "ACCESS_DENIED", "REST API is available only on commercial plans", "crm.deal.list", nil)
	p.SetUnpaid(false)
	status, _ = p.refresh(t, l.heard("ONAPPINSTALL")[0].Get("auth[refresh_token]"))
	require.Equal(t, 200, status, "the token was not used up")
}

func TestAuth_DismissedAndRevoked(t *testing.T) {
	t.Parallel()
	p, _, _ := installed(t)
	_, pair := p.exchange(t, p.Code(2))
	require.NoError(t, p.DeactivateUser(2))
	status, body := p.app(t, pair["access_token"].(string), "user.current", nil)
	require.Equal(t, 403, status)
	require.Equal(t, "user_access_error", body["error"])
	_, body = p.refresh(t, pair["refresh_token"].(string))
	require.Equal(t, "invalid_grant", body["error"])

	_, pair = p.exchange(t, p.Code(1))
	p.RevokeAccess()
	status, _ = p.app(t, pair["access_token"].(string), "user.current", nil)
	require.Equal(t, 401, status)
	status, _ = p.hook(t, "user.current", nil)
	require.Equal(t, 401, status)
	_, body = p.refresh(t, pair["refresh_token"].(string))
	require.Equal(t, "invalid_grant", body["error"])
	p.RestoreWebhook()
	p.ok(t, "user.current", nil)
}

func TestAuth_PlainHTTPIsRefusedWhenThePortalAsksForEncryption(t *testing.T) {
	t.Parallel()
	p := open(t, emulator.Options{RequireHTTPS: true})
	p.refused(t, 400, "INVALID_REQUEST", "Https required", "server.time", nil)
}

func TestOAuth_CodesAreGoodOnceAndFor30Seconds(t *testing.T) {
	t.Parallel()
	p, _, _ := installed(t)
	code := p.Code(1)
	status, pair := p.exchange(t, code)
	require.Equal(t, 200, status)
	require.Equal(t, 3600, pair["expires_in"])
	require.Equal(t, p.base+"/rest/", pair["client_endpoint"])
	require.Equal(t, "crm,user,telephony,placement", pair["scope"])
	require.Equal(t, 1, pair["user_id"])
	require.InDelta(t, p.kit.Clock.Now().Add(time.Hour).Unix(), pair["expires"], 5)
	_, body := p.exchange(t, code)
	require.Equal(t, "invalid_grant", body["error"], "once")

	code = p.Code(1)
	p.kit.Clock.Advance(31 * time.Second)
	_, body = p.exchange(t, code)
	require.Equal(t, "invalid_grant", body["error"], "too late")
}

func TestOAuth_RefreshReplacesBothTokens(t *testing.T) {
	t.Parallel()
	p, _, _ := installed(t)
	_, first := p.exchange(t, p.Code(1))
	status, second := p.refresh(t, first["refresh_token"].(string))
	require.Equal(t, 200, status)
	require.NotEqual(t, first["access_token"], second["access_token"])
	require.NotEqual(t, first["refresh_token"], second["refresh_token"])
	_, body := p.app(t, first["access_token"].(string), "profile", nil)
	require.Equal(t, "expired_token", body["error"])
	status, _ = p.app(t, second["access_token"].(string), "profile", nil)
	require.Equal(t, 200, status)
	status, body = p.refresh(t, first["refresh_token"].(string))
	require.Equal(t, 400, status)
	require.Equal(t, "invalid_grant", body["error"], "used up")
	p.kit.Clock.Advance(181 * 24 * time.Hour)
	_, body = p.refresh(t, second["refresh_token"].(string))
	require.Equal(t, "invalid_grant", body["error"], "after 180 days")
}

func TestOAuth_OfTwoThatRefreshAtOnceOneWins(t *testing.T) {
	t.Parallel()
	p, _, _ := installed(t)
	_, pair := p.exchange(t, p.Code(1))
	var won atomic.Int32
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if status, _ := p.refresh(t, pair["refresh_token"].(string)); status == 200 {
				won.Add(1)
			}
		})
	}
	all.Wait()
	require.EqualValues(t, 1, won.Load())
}

func TestOAuth_WrongRequests(t *testing.T) {
	t.Parallel()
	p, _, _ := installed(t)
	_, body := p.token(t, url.Values{"grant_type": {"password"}})
	require.Equal(t, "invalid_request", body["error"])
	_, body = p.token(t, url.Values{"grant_type": {"refresh_token"}, "client_id": {p.id}, "client_secret": {"wrong"}})
	require.Equal(t, "invalid_client", body["error"])
	require.NoError(t, p.UninstallApp(t.Context()))
	_, body = p.exchange(t, p.Code(1))
	require.Equal(t, "invalid_client", body["error"], "not installed")
}

func TestOAuth_ThePageAsksAPersonAndSendsThemBack(t *testing.T) {
	t.Parallel()
	p, l, _ := installed(t)
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	address := p.base + "/oauth/authorize/?client_id=" + p.id + "&state=a%26b"
	press := func(decision string) *http.Response {
		res, err := client.PostForm(address, url.Values{"decision": {decision}, "user": {"2"}})
		require.NoError(t, err)
		require.NoError(t, res.Body.Close())
		return res
	}
	res, err := client.Get(address)
	require.NoError(t, err)
	require.NoError(t, res.Body.Close())
	require.Equal(t, 200, res.StatusCode)
	require.Equal(t, 403, press("deny").StatusCode)
	back := press("allow")
	require.Equal(t, 302, back.StatusCode)
	to, err := back.Location()
	require.NoError(t, err)
	require.Equal(t, l.URL+"/install", to.Scheme+"://"+to.Host+to.Path)
	require.Equal(t, "a&b", to.Query().Get("state"))
	require.NotEmpty(t, to.Query().Get("member_id"))
	_, pair := p.exchange(t, to.Query().Get("code"))
	require.Equal(t, 2, pair["user_id"])

	require.NoError(t, p.UninstallApp(t.Context()))
	require.Equal(t, 403, press("allow").StatusCode, "an application that is not installed gets no access")
}

func TestOAuth_ThePageOfTheApplicationInstallsIt(t *testing.T) {
	t.Parallel()
	p, l := unlimited(t), listen(t)
	res, err := http.PostForm(p.base+"/devops/application/", url.Values{"handler": {l.URL}, "redirect": {l.URL + "/back"}})
	require.NoError(t, err)
	require.NoError(t, res.Body.Close())
	require.Equal(t, 200, res.StatusCode)
	require.Len(t, l.heard("ONAPPINSTALL"), 1)
	_, ok := p.Installed()
	require.True(t, ok)
}
