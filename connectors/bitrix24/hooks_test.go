package bitrix24_test

import (
	"errors"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core/integrations"
)

// form makes the body of an event of pairs of names and values.
func form(pairs ...string) []byte {
	v := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	return []byte(v.Encode())
}

func event(name, id string) []byte {
	return form("event", name, "event_handler_id", "185", "data[FIELDS][ID]", id, "ts", "1735374081", "auth[domain]", "company.bitrix24.ru",
		"auth[member_id]", "m1", "auth[application_token]", "apptoken")
}

func install(change ...string) []byte {
	pairs := append([]string{
		"event", "ONAPPINSTALL", "data[VERSION]", "1", "data[ACTIVE]", "Y", "data[INSTALLED]", "Y", "data[LANGUAGE_ID]", "ru", "ts", "1735374081",
		"auth[access_token]", "access-7", "auth[refresh_token]", "refresh-7", "auth[expires_in]", "3600", "auth[application_token]", "apptoken-7",
		"auth[member_id]", "m1", "auth[domain]", "company.bitrix24.ru", "auth[client_endpoint]", "https://company.bitrix24.ru/rest/",
		"auth[server_endpoint]", "https://oauth.bitrix24.tech/rest/", "auth[scope]", "crm,user", "auth[status]", "L",
	}, change...)
	return form(pairs...)
}

const frameQuery = "DOMAIN=company.bitrix24.ru&PROTOCOL=1&LANG=ru&APP_SID=abc"

func frame(change ...string) []byte {
	return form(append([]string{
		"AUTH_ID", "access-8", "AUTH_EXPIRES", "3600", "REFRESH_ID", "refresh-8", "SERVER_ENDPOINT", "https://oauth.bitrix24.tech/rest/",
		"APPLICATION_TOKEN", "apptoken", "APPLICATION_SCOPE", "crm,user", "member_id", "m1", "status", "L", "PLACEMENT", "DEFAULT",
	}, change...)...)
}

func TestGolden_WhatHooksTell(t *testing.T) {
	t.Parallel()
	fresh := map[string]string{"client_secret": "appkey"}
	cases := []struct {
		name    string
		secrets map[string]string // nil = those of an installed application
		query   string
		body    []byte
	}{
		{"hook_deal_add", nil, "", event("ONCRMDEALADD", "6641")},
		{"hook_deal_update_lower_case", nil, "", event("onCrmDealUpdate", "6641")},
		{"hook_deal_moved", nil, "", event("ONCRMDEALMOVETOCATEGORY", "6641")},
		{"hook_deal_delete", nil, "", event("ONCRMDEALDELETE", "6641")},
		{"hook_contact", nil, "", event("ONCRMCONTACTUPDATE", "55")},
		{"hook_lead", nil, "", event("ONCRMLEADUPDATE", "7")},
		{"hook_something_else", nil, "", event("ONTASKADD", "7")},
		{"hook_uninstall", nil, "", event("ONAPPUNINSTALL", "")},
		{"hook_install", fresh, "", install()},
		{"hook_install_again", nil, "", install()},
		{"hook_frame", fresh, frameQuery, frame()},
		{"hook_frame_again", nil, frameQuery, frame()},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := byApp("https://company.bitrix24.ru", nil)
			r.vault.secrets["portal"] = "company.bitrix24.ru"
			if c.secrets != nil {
				r.vault.secrets = c.secrets
			}
			got, err := r.open(t).ParseHook(t.Context(), integrations.Hook{Method: "POST", Query: c.query, ContentType: "application/x-www-form-urlencoded", Body: c.body})
			require.NoError(t, err)
			golden(t, c.name, got)
		})
	}
}

func TestHooks_ThoseThatAreRefused(t *testing.T) {
	t.Parallel()
	cases := []struct {
		rule  string
		query string
		body  []byte
		kind  integrations.FailureKind
	}{
		{"nothing at all", "", nil, integrations.FailRejected},
		{"no form", "", []byte("%zz"), integrations.FailRejected},
		{"another token", "", []byte(strings.Replace(string(event("ONCRMDEALADD", "1")), "apptoken", "apptokem", 1)), integrations.FailKey},
		{"a part of the token", "", []byte(strings.Replace(string(event("ONCRMDEALADD", "1")), "apptoken", "app", 1)), integrations.FailKey},
		{"no token", "", form("event", "ONCRMDEALADD", "data[FIELDS][ID]", "1"), integrations.FailKey},
		{"an uninstallation by somebody else", "", form("event", "ONAPPUNINSTALL"), integrations.FailKey},
		{"no identifier", "", event("ONCRMDEALADD", ""), integrations.FailRejected},
		{"an identifier that is none", "", event("ONCRMDEALADD", "1 OR 1=1"), integrations.FailRejected},
		{"an installation at another portal", "", install("auth[client_endpoint]", "https://evil.example/rest/"), integrations.FailKey},
		{"an installation at another portal, by its domain", "", install("auth[client_endpoint]", "", "auth[domain]", "evil.example"), integrations.FailKey},
		{"an installation by another member", "", install("auth[member_id]", "m2"), integrations.FailKey},
		{"an installation without tokens", "", install("auth[refresh_token]", ""), integrations.FailRejected},
		{"a frame of another portal", strings.Replace(frameQuery, "company", "evil", 1), frame(), integrations.FailKey},
		{"a frame with another token", frameQuery, frame("APPLICATION_TOKEN", "other"), integrations.FailKey},
		{"a frame without a portal", "", frame(), integrations.FailKey},
	}
	for _, c := range cases {
		t.Run(c.rule, func(t *testing.T) {
			t.Parallel()
			r := byApp("https://company.bitrix24.ru", nil)
			r.vault.secrets["portal"] = "company.bitrix24.ru"
			_, err := r.open(t).ParseHook(t.Context(), integrations.Hook{Query: c.query, Body: c.body})
			require.Equal(t, c.kind, failure(t, err).Kind)
		})
	}
}

func TestHooks_WithAWebhook(t *testing.T) {
	t.Parallel()
	r := byHook("https://company.bitrix24.ru", nil)
	parse := func(body []byte) (integrations.HookNews, error) {
		return r.open(t).ParseHook(t.Context(), integrations.Hook{Body: body})
	}
	_, err := parse(event("ONCRMDEALADD", "1"))
	require.Equal(t, integrations.FailKey, failure(t, err).Kind, "no outgoing web hook was made")
	_, err = parse(install())
	require.Equal(t, integrations.FailKey, failure(t, err).Kind, "no application is expected")
	require.Equal(t, integrations.FailRight, failure(t, r.open(t).Subscribe(t.Context())).Kind)

	r.vault.secrets["outgoing_token"] = "apptoken"
	news, err := parse(event("ONCRMDEALADD", "1"))
	require.NoError(t, err)
	require.Equal(t, []integrations.HookDeal{{ID: "1"}}, news.Deals)
	require.NoError(t, r.open(t).Subscribe(t.Context()), "it was made by hand")
	require.NoError(t, r.open(t).Unsubscribe(t.Context()))
}

func TestSubscribe_NeedsTheTokenOfEvents(t *testing.T) {
	t.Parallel()
	r := byApp("https://company.bitrix24.ru", nil)
	delete(r.vault.secrets, "application_token")
	require.Equal(t, integrations.FailRight, failure(t, r.open(t).Subscribe(t.Context())).Kind)
}

func FuzzParseHook(f *testing.F) {
	f.Add("", string(event("ONCRMDEALADD", "6641")))
	f.Add("", string(event("ONAPPUNINSTALL", "")))
	f.Add("", string(install()))
	f.Add(frameQuery, string(frame()))
	f.Add("DOMAIN=%zz", "event=ONCRMDEALUPDATE&data[FIELDS][ID]=1&auth[application_token]=apptoken")
	f.Add("", "event=ONCRMCONTACTUPDATE&data%5BFIELDS%5D%5BID%5D=0&auth[application_token]=apptoken")
	f.Fuzz(func(t *testing.T, query, body string) {
		r := byApp("https://company.bitrix24.ru", nil)
		news, err := r.open(t).ParseHook(t.Context(), integrations.Hook{Query: query, Body: []byte(body)})
		if err != nil {
			var failed *integrations.Failure
			require.True(t, errors.As(err, &failed) && (failed.Kind == integrations.FailKey || failed.Kind == integrations.FailRejected), err)
			return
		}
		for _, d := range news.Deals {
			require.Regexp(t, `^(C_)?[1-9][0-9]{0,17}$`, d.ID)
		}
	})
}
