package amocrm_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core/integrations"
)

const (
	renewed  = `{"token_type":"Bearer","expires_in":86400,"access_token":"access-2","refresh_token":"refresh-2"}`
	revoked  = `{"hint":"Token has been revoked","title":"Некорректный запрос","status":401,"detail":"В запросе отсутствует ряд параметров или параметры невалидны"}`
	noAccess = `{"title":"Unauthorized","status":401,"detail":"Invalid or expired token"}`
)

func pipelines(b *bench, c full) error {
	_, err := c.Options(b.t.Context(), "funnels", b.settings)
	return err
}

func TestTokens_ARefusedOneIsRenewedAndTheRequestRepeatedOnce(t *testing.T) {
	t.Parallel()
	b := newBench(t, map[string][]answer{
		"GET /api/v4/leads/pipelines": {{status: 401, body: noAccess}, empty},
		"POST /oauth2/access_token":   {ok(renewed)},
	}).oauth()
	require.NoError(t, pipelines(b, b.open()))
	sent := b.sent("GET", "/api/v4/leads/pipelines")
	require.Len(t, sent, 2)
	require.Equal(t, "Bearer access-1", sent[0].auth)
	require.Equal(t, "Bearer access-2", sent[1].auth)
	require.Equal(t, "refresh-2", b.vault.get("refresh_token"))
	require.Equal(t, fmt.Sprint(today.Add(24*time.Hour).Unix()), b.vault.get("expires_at"))
	refresh := b.sent("POST", "/oauth2/access_token")
	require.Len(t, refresh, 1)
	require.Equal(t, "application/json", refresh[0].contentType)
	require.Empty(t, refresh[0].auth)
	golden(t, "refresh", refresh[0].body)
}

func TestTokens_WhatRenewalComesTo(t *testing.T) {
	t.Parallel()
	refused := []answer{{status: 401, body: noAccess}}
	cases := []struct {
		rule     string
		expires  time.Time
		pipes    []answer
		tokens   []answer
		kind     integrations.FailureKind // empty = it goes well
		renewals int
	}{
		{"a good token is left alone", today.Add(time.Hour), []answer{empty}, nil, "", 0},
		{"one that ends within five minutes is renewed before", today.Add(4 * time.Minute), []answer{empty}, []answer{ok(renewed)}, "", 1},
		{"one that has ended is renewed before", today.Add(-time.Hour), []answer{empty}, []answer{ok(renewed)}, "", 1},
		{"a failure of renewal is no matter while the token is good", today.Add(4 * time.Minute), []answer{empty}, []answer{{status: 502}}, "", 1},
		{"a failure of renewal after its end is one of the request", today.Add(-time.Minute), []answer{empty}, []answer{{status: 502}}, integrations.FailDown, 1},
		{"a revoked refresh token needs a person", today.Add(-time.Minute), []answer{empty}, []answer{{status: 401, body: revoked}}, integrations.FailKey, 1},
		{"a refusal by 400 needs a person", today.Add(-time.Minute), []answer{empty}, []answer{{status: 400, body: revoked}}, integrations.FailKey, 1},
		{"a renewed token that is refused, too, needs a person", today.Add(time.Hour), refused, []answer{ok(renewed)}, integrations.FailKey, 1},
		{"an answer without tokens changes nothing", today.Add(-time.Minute), []answer{empty}, []answer{ok("{}")}, integrations.FailAnswer, 1},
	}
	for _, c := range cases {
		t.Run(c.rule, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, map[string][]answer{"GET /api/v4/leads/pipelines": c.pipes, "POST /oauth2/access_token": c.tokens}).oauth()
			b.vault.secrets["expires_at"] = fmt.Sprint(c.expires.Unix())
			err := pipelines(b, b.open())
			require.Equal(t, c.renewals, b.vault.renewals)
			if c.kind == "" {
				require.NoError(t, err)
				return
			}
			require.Equal(t, c.kind, failure(t, err).Kind)
			for _, x := range b.journal.list {
				for _, secret := range []string{"access-1", "access-2", "refresh-1", "refresh-2", "client-secret"} {
					require.NotContains(t, fmt.Sprint(x), secret)
				}
			}
		})
	}
}

func TestTokens_OneThatAnotherReplicaRenewedIsTaken(t *testing.T) {
	t.Parallel()
	b := newBench(t, map[string][]answer{"GET /api/v4/leads/pipelines": {empty, {status: 401, body: noAccess}, empty}}).oauth()
	c := b.open()
	require.NoError(t, pipelines(b, c))
	require.NoError(t, b.vault.Put(t.Context(), map[string]string{"access_token": "access-9", "refresh_token": "refresh-9"}))
	require.NoError(t, pipelines(b, c))
	require.Zero(t, b.vault.renewals)
	require.Equal(t, "Bearer access-9", b.sent("GET", "/api/v4/leads/pipelines")[2].auth)
}

func TestTokens_AnotherSecretThatChangedIsNoNewToken(t *testing.T) {
	t.Parallel()
	b := newBench(t, map[string][]answer{
		"GET /api/v4/leads/pipelines": {empty, {status: 401, body: noAccess}, empty},
		"POST /oauth2/access_token":   {ok(renewed)},
	}).oauth()
	c := b.open()
	require.NoError(t, pipelines(b, c))
	require.NoError(t, b.vault.Put(t.Context(), map[string]string{"account_id": "77"}))
	require.NoError(t, pipelines(b, c))
	require.Equal(t, "access-2", b.vault.get("access_token"))
}

func TestTokens_ANewLongLivedTokenIsTakenAtOnce(t *testing.T) {
	t.Parallel()
	b := newBench(t, map[string][]answer{"GET /api/v4/leads/pipelines": {empty, {status: 401, body: noAccess}, empty, {status: 401, body: noAccess}}})
	c := b.open()
	require.NoError(t, pipelines(b, c))
	require.NoError(t, b.vault.Put(t.Context(), map[string]string{"token": "another"}))
	require.NoError(t, pipelines(b, c))
	f := failure(t, pipelines(b, c))
	require.Equal(t, integrations.FailKey, f.Kind)
	require.Contains(t, f.Detail, "Invalid or expired token")
}

func TestTokens_NoneIsAFailureBeforeAnyRequest(t *testing.T) {
	t.Parallel()
	b := newBench(t, map[string][]answer{})
	b.vault.secrets = map[string]string{}
	f := failure(t, pipelines(b, b.open()))
	require.Equal(t, integrations.FailKey, f.Kind)
	require.Equal(t, "token", f.Field)
	require.Empty(t, b.all())
}

func TestAuthorize_ThePageAndTheWayBack(t *testing.T) {
	t.Parallel()
	pages := map[string]string{
		"https://demo.amocrm.ru": "https://www.amocrm.ru/oauth?", "demo": "https://www.amocrm.ru/oauth?", "https://demo.kommo.com": "https://www.kommo.com/oauth?",
		"http://127.0.0.1:4010": "http://127.0.0.1:4010/oauth?",
	}
	for address, want := range pages {
		s := newBench(t, map[string][]answer{}).oauth().set("address", address).session()
		got, err := driver().Authorize.URL(s, "st&ate", "https://stat.example.ru/connect")
		require.NoError(t, err)
		require.True(t, strings.HasPrefix(got, want), got)
		require.Contains(t, got, "client_id=client-1")
		require.Contains(t, got, "state=st%26ate")
	}
	const redirect = "https://stat.example.ru/connect"
	cases := []struct {
		rule  string
		query map[string]string
		token answer
		kind  integrations.FailureKind
		asked int
	}{
		{"a code becomes tokens", map[string]string{"code": "c-1"}, ok(renewed), "", 1},
		{"a refusal by the person", map[string]string{"error": "access_denied"}, ok(renewed), integrations.FailKey, 0},
		{"nothing came back", map[string]string{}, ok(renewed), integrations.FailKey, 0},
		{"a code of another account goes nowhere", map[string]string{"code": "c-1", "referer": "evil.example.com"}, ok(renewed), integrations.FailAddress, 0},
		{"an old code", map[string]string{"code": "c-1"}, answer{status: 400, body: `{"hint":"Authorization code has expired","status":400}`}, integrations.FailKey, 1},
		{"no such account", map[string]string{"code": "c-1"}, answer{status: 404, body: page}, integrations.FailAddress, 1},
	}
	for _, c := range cases {
		t.Run(c.rule, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, map[string][]answer{"POST /oauth2/access_token": {c.token}}).oauth()
			b.vault.secrets = map[string]string{"client_secret": "client-secret"}
			err := driver().Authorize.Finish(t.Context(), b.session(), c.query, redirect)
			require.Len(t, b.sent("POST", "/oauth2/access_token"), c.asked)
			if c.kind != "" {
				require.Equal(t, c.kind, failure(t, err).Kind)
				require.Empty(t, b.vault.get("access_token"))
				return
			}
			require.NoError(t, err)
			golden(t, "exchange", b.sent("POST", "/oauth2/access_token")[0].body)
			require.Equal(t, "access-2", b.vault.get("access_token"))
			require.Equal(t, redirect, b.vault.get("redirect_url"))
			for _, x := range b.journal.list {
				require.NotContains(t, fmt.Sprint(x), "access-2")
				require.NotContains(t, fmt.Sprint(x), "c-1")
			}
		})
	}
}
