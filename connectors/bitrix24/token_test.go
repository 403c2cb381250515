package bitrix24_test

import (
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core/integrations"
)

var (
	expired = refused(401, "expired_token", "The access token provided has expired")
	noDeals = reply{body: `{"result":[],"total":0}`}
	renewed = reply{body: `{"access_token":"access-2","refresh_token":"refresh-2","expires_in":3600,"expires":1772370000,"client_endpoint":"https://x/rest/","domain":"oauth","member_id":"m1","scope":"crm,user","status":"L"}`}
)

func TestToken_IsRenewedOnlyWhenThePortalSaysThatItExpired(t *testing.T) {
	t.Parallel()
	p := newPortal(t, map[string][]reply{"crm.deal.list": {expired, noDeals}, "token": {renewed}})
	r := byApp(p.URL, nil)
	_, err := r.open(t).OpenDeals(t.Context(), "5")
	require.NoError(t, err)
	got := p.sent()
	require.Len(t, got, 3)
	require.Equal(t, "/oauth/token/", got[1].path, "a portal in a private network is its own authorization server")
	q, err := url.ParseQuery(got[1].query)
	require.NoError(t, err)
	require.Equal(t, url.Values{"grant_type": {"refresh_token"}, "client_id": {"local.1"}, "client_secret": {"appkey"}, "refresh_token": {"refresh-1"}}, q)
	require.Contains(t, got[0].body, `"auth":"access-1"`)
	require.Contains(t, got[2].body, `"auth":"access-2"`)
	require.Equal(t, "access-2", r.vault.secrets["access_token"])
	require.Equal(t, "refresh-2", r.vault.secrets["refresh_token"], "both tokens are replaced")
	require.Equal(t, "1772370000", r.vault.secrets["expires"])
	require.Equal(t, "apptoken", r.vault.secrets["application_token"], "other secrets stay")
}

func TestToken_OneThatSomebodyElseRenewedIsTaken(t *testing.T) {
	t.Parallel()
	p := newPortal(t, map[string][]reply{"crm.deal.list": {noDeals, expired, noDeals}})
	r := byApp(p.URL, nil)
	c := r.open(t)
	_, err := c.OpenDeals(t.Context(), "5")
	require.NoError(t, err)
	require.NoError(t, r.vault.Put(t.Context(), map[string]string{"access_token": "access-9", "refresh_token": "refresh-9"}))
	_, err = c.OpenDeals(t.Context(), "5")
	require.NoError(t, err)
	require.Zero(t, r.vault.renewed)
	require.Contains(t, p.sent()[2].body, `"auth":"access-9"`)
}

func TestToken_AnotherSecretThatChangedIsNoNewToken(t *testing.T) {
	t.Parallel()
	p := newPortal(t, map[string][]reply{"crm.deal.list": {noDeals, expired, noDeals}, "token": {renewed}})
	r := byApp(p.URL, nil)
	c := r.open(t)
	_, err := c.OpenDeals(t.Context(), "5")
	require.NoError(t, err)
	require.NoError(t, r.vault.Put(t.Context(), map[string]string{"application_token": "other"}))
	_, err = c.OpenDeals(t.Context(), "5")
	require.NoError(t, err)
	require.Equal(t, 1, r.vault.renewed)
	require.Equal(t, "other", r.vault.secrets["application_token"])
}

func TestToken_WhenRenewalFails(t *testing.T) {
	t.Parallel()
	cases := []struct {
		rule  string
		reply reply
		kind  integrations.FailureKind
	}{
		{"the refresh token is not good any more", refused(400, "invalid_grant", "Invalid grant"), integrations.FailKey},
		{"the application's key is wrong", refused(401, "invalid_client", "Invalid client"), integrations.FailKey},
		{"a request the server does not like", refused(400, "invalid_request", "Bad request"), integrations.FailKey},
		{"the application is not paid for", refused(402, "PAYMENT_REQUIRED", "Payment required"), integrations.FailUnpaid},
		{"the server is down", reply{status: 502, body: "<html></html>"}, integrations.FailDown},
		{"half an answer", reply{body: `{"access_token":"x"`}, integrations.FailAnswer},
		{"one token only", reply{body: `{"access_token":"x"}`}, integrations.FailAnswer},
	}
	for _, c := range cases {
		t.Run(c.rule, func(t *testing.T) {
			t.Parallel()
			p := newPortal(t, map[string][]reply{"crm.deal.add": {expired}, "token": {c.reply}})
			r := byApp(p.URL, map[string]string{"entity": "deal"})
			_, err := r.open(t).CreateDeal(t.Context(), aDeal)
			f := failure(t, err)
			require.Equal(t, c.kind, f.Kind)
			require.False(t, f.Uncertain, "the request that needed the token was not carried out")
			require.Equal(t, "refresh-1", r.vault.secrets["refresh_token"])
			require.Len(t, p.sent(), 2)
		})
	}
}

func TestToken_ANewOneThatIsRefusedIsNotRenewedAgain(t *testing.T) {
	t.Parallel()
	p := newPortal(t, map[string][]reply{"crm.deal.list": {expired}, "token": {renewed}})
	r := byApp(p.URL, nil)
	_, err := r.open(t).OpenDeals(t.Context(), "5")
	require.Equal(t, integrations.FailKey, failure(t, err).Kind)
	require.Equal(t, 1, r.vault.renewed)
}

func TestToken_WithoutOneThereIsNoRequest(t *testing.T) {
	t.Parallel()
	p := newPortal(t, nil)
	r := byApp(p.URL, nil)
	delete(r.vault.secrets, "access_token")
	_, err := r.open(t).Test(t.Context())
	require.Equal(t, integrations.FailKey, failure(t, err).Kind)
	require.Empty(t, p.sent())
}

func TestAuthorize_SendsPeopleToTheirPortal(t *testing.T) {
	t.Parallel()
	r := byApp("https://Company.bitrix24.ru", nil)
	got, err := r.driver.Authorize.URL(r.session, "st&te", "https://skvoz.example.ru/back")
	require.NoError(t, err)
	require.Equal(t, "https://company.bitrix24.ru/oauth/authorize/?client_id=local.1&state=st%26te", got, "where to come back to stands on the application's card")
	_, err = byHook("https://company.bitrix24.ru", nil).driver.Authorize.URL(byHook("https://company.bitrix24.ru", nil).session, "s", "r")
	require.Equal(t, integrations.FailSettings, failure(t, err).Kind)
}

func TestAuthorize_Finish(t *testing.T) {
	t.Parallel()
	cases := []struct {
		rule  string
		query map[string]string
		reply func(p *portal) reply
		kind  integrations.FailureKind
	}{
		{"the code is exchanged", map[string]string{"code": "c1"}, func(p *portal) reply {
			return reply{body: `{"access_token":"a","refresh_token":"r","expires_in":3600,"client_endpoint":"` + p.URL + `/rest/","member_id":"m7"}`}
		}, ""},
		{"a person refuses", map[string]string{"error": "access_denied"}, nil, integrations.FailKey},
		{"the code is too old", map[string]string{"code": "c1"}, func(*portal) reply { return refused(400, "invalid_grant", "Invalid grant") }, integrations.FailKey},
		{"another portal", map[string]string{"code": "c1"}, func(*portal) reply {
			return reply{body: `{"access_token":"a","refresh_token":"r","client_endpoint":"https://evil.example/rest/","member_id":"m7"}`}
		}, integrations.FailAddress},
	}
	for _, c := range cases {
		t.Run(c.rule, func(t *testing.T) {
			t.Parallel()
			p := newPortal(t, map[string][]reply{})
			if c.reply != nil {
				p.replies["token"] = []reply{c.reply(p)}
			}
			r := byApp(p.URL, nil)
			r.vault.secrets = map[string]string{"client_secret": "appkey"}
			err := r.driver.Authorize.Finish(t.Context(), r.session, c.query, "https://skvoz.example.ru/back")
			if c.kind != "" {
				require.Equal(t, c.kind, failure(t, err).Kind)
				require.Equal(t, map[string]string{"client_secret": "appkey"}, r.vault.secrets)
				return
			}
			require.NoError(t, err)
			require.Equal(t, map[string]string{
				"client_secret": "appkey", "access_token": "a", "refresh_token": "r", "member_id": "m7", "expires": "1772370000", "portal": p.host(),
			}, r.vault.secrets)
		})
	}
}

func TestSecrets_AreInNoJournalAndNoError(t *testing.T) {
	t.Parallel()
	secrets := []string{hookSecret, "access-1", "access-2", "refresh-1", "refresh-2", "appkey", "apptoken"}
	leaky := func(secret string) reply { return refused(400, "", "bad key "+secret) }
	check := func(t *testing.T, r *rig, err error) {
		t.Helper()
		f := failure(t, err)
		for _, s := range secrets {
			require.NotContains(t, r.journal.text(t), s)
			require.NotContains(t, f.Error(), s)
			if f.Err != nil {
				require.NotContains(t, f.Err.Error(), s)
			}
		}
		require.NotEmpty(t, r.journal.list)
	}
	t.Run("web hook", func(t *testing.T) {
		t.Parallel()
		p := newPortal(t, map[string][]reply{"crm.deal.list": {leaky(hookSecret)}})
		r := byHook(p.URL, nil)
		_, err := r.open(t).OpenDeals(t.Context(), "5")
		check(t, r, err)
	})
	t.Run("web hook, no answer", func(t *testing.T) {
		t.Parallel()
		p := newPortal(t, nil)
		r := byHook(p.URL, nil)
		p.Close()
		_, err := r.open(t).OpenDeals(t.Context(), "5")
		check(t, r, err)
	})
	t.Run("application", func(t *testing.T) {
		t.Parallel()
		p := newPortal(t, map[string][]reply{"crm.deal.list": {expired, leaky("access-2")}, "token": {renewed}})
		r := byApp(p.URL, nil)
		_, err := r.open(t).OpenDeals(t.Context(), "5")
		check(t, r, err)
	})
	t.Run("authorization server", func(t *testing.T) {
		t.Parallel()
		p := newPortal(t, map[string][]reply{"crm.deal.list": {expired}, "token": {leaky("appkey refresh-1")}})
		r := byApp(p.URL, nil)
		_, err := r.open(t).OpenDeals(t.Context(), "5")
		check(t, r, err)
	})
}
