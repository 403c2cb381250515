package amocrm_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core/integrations"
)

func hook(body string) integrations.Hook {
	return integrations.Hook{At: today, Method: http.MethodPost, ContentType: "application/x-www-form-urlencoded", Body: []byte(body)}
}

const ourAccount = "&account[id]=77&account[subdomain]=demo&account[_links][self]=https%3A%2F%2Fdemo.amocrm.ru"

func TestHooks_AreReadAsRecorded(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/hooks/*.form")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".form")
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			raw, err := os.ReadFile(file)
			require.NoError(t, err)
			b := newBench(t, map[string][]answer{})
			news, err := b.open().ParseHook(t.Context(), hook(strings.ReplaceAll(strings.TrimSpace(string(raw)), "\n", "")))
			require.NoError(t, err)
			text, err := json.Marshal(news.Deals)
			require.NoError(t, err)
			golden(t, filepath.Join("hooks", name), string(text))
			require.Empty(t, b.all(), "reading a webhook asks for nothing")
		})
	}
}

func TestHooks_WhatIsNoneOfOurs(t *testing.T) {
	t.Parallel()
	cases := []struct {
		rule, body string
		kind       integrations.FailureKind
	}{
		{"no account", "leads[add][0][id]=1", integrations.FailRejected},
		{"nothing", "", integrations.FailRejected},
		{"no form", "{\"a\":%zz}", integrations.FailRejected},
		{"an account that is no number", "account[id]=x", integrations.FailRejected},
		{"another account", "leads[add][0][id]=1&account[id]=78", integrations.FailKey},
	}
	for _, c := range cases {
		t.Run(c.rule, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, map[string][]answer{})
			b.vault.secrets["account_id"] = "77"
			_, err := b.open().ParseHook(t.Context(), hook(c.body))
			require.Equal(t, c.kind, failure(t, err).Kind)
		})
	}
}

func TestHooks_TheNoticeOfRevokedAccessIsSigned(t *testing.T) {
	t.Parallel()
	sign := func(secret string) string {
		mac := hmac.New(sha256.New, []byte(secret))
		mac.Write([]byte("client-1|77"))
		return url.Values{"client_id": {"client-1"}, "account_id": {"77"}, "signature": {hex.EncodeToString(mac.Sum(nil))}}.Encode()
	}
	c := newBench(t, map[string][]answer{}).oauth().open()
	news, err := c.ParseHook(t.Context(), integrations.Hook{Method: http.MethodGet, Query: sign("client-secret")})
	require.NoError(t, err)
	require.True(t, news.Revoked)
	for _, query := range []string{sign("other"), sign(""), strings.Replace(sign("client-secret"), "client-1", "client-2", 1)} {
		_, err = c.ParseHook(t.Context(), integrations.Hook{Method: http.MethodGet, Query: query})
		require.Equal(t, integrations.FailKey, failure(t, err).Kind)
	}
	_, err = newBench(t, map[string][]answer{}).open().ParseHook(t.Context(), integrations.Hook{Method: http.MethodGet, Query: sign("")})
	require.Equal(t, integrations.FailKey, failure(t, err).Kind, "without a secret nothing is signed")
}

func TestHooks_AreAskedForAndEnded(t *testing.T) {
	t.Parallel()
	b := newBench(t, map[string][]answer{
		"POST /api/v4/webhooks":   {ok(`{"id":1,"disabled":true}`), {status: 201, body: `{"id":2,"disabled":false}`}},
		"DELETE /api/v4/webhooks": {empty, {status: 404, body: "{}"}},
	})
	c := b.open()
	require.NoError(t, c.Subscribe(t.Context()), "one that amoCRM switched off is made anew")
	require.NoError(t, c.Unsubscribe(t.Context()), "one that is not there is ended")
	require.Len(t, b.sent("POST", "/api/v4/webhooks"), 2)
	golden(t, "subscribe", b.sent("POST", "/api/v4/webhooks")[1].body)
	golden(t, "unsubscribe", b.sent("DELETE", "/api/v4/webhooks")[0].body)
	require.Equal(t, "77", b.vault.get("account_id"))
	for _, x := range b.journal.list {
		require.NotContains(t, fmt.Sprint(x), "0123456789abcdef0123456789abcdef")
	}
	b = newBench(t, map[string][]answer{"POST /api/v4/webhooks": {{status: 403, body: `{"title":"Forbidden"}`}}})
	require.Equal(t, integrations.FailRight, failure(t, b.open().Subscribe(t.Context())).Kind)
}

func FuzzParseHook(f *testing.F) {
	f.Add("leads[status][0][id]=1&leads[status][0][updated_at]=5" + ourAccount)
	f.Add("leads[delete][0][id]=1&leads[delete][1][id]=2&leads=x&leads[delete]=y" + ourAccount)
	f.Add("contacts[update][0][linked_leads_id][5][ID]=5" + ourAccount)
	f.Add("leads[][][]=&leads[[[]]]=1&][=2" + ourAccount)
	b := newBench(f, map[string][]answer{})
	c, err := driver().Open(b.session())
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, body string) {
		news, err := c.(integrations.HookReceiver).ParseHook(t.Context(), hook(body))
		if err != nil {
			require.Contains(t, []integrations.FailureKind{integrations.FailRejected, integrations.FailKey}, failure(t, err).Kind)
			return
		}
		seen := map[string]bool{}
		for _, d := range news.Deals {
			require.Regexp(t, `^[1-9]\d*$`, d.ID)
			require.False(t, seen[d.ID], "each deal once")
			seen[d.ID] = true
		}
	})
}
