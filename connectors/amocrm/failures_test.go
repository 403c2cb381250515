package amocrm_test

import (
	"context"
	"encoding/base64"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core/integrations"
)

const page = "<html><head><title>403 Forbidden</title></head><body><center><h1>403 Forbidden</h1></center></body></html>"

func TestRequests_WhatAnAnswerMeans(t *testing.T) {
	t.Parallel()
	validation := `{"validation-errors":[{"request_id":"0","errors":[{"code":"NotSupportedChoice","path":"custom_fields_values.0.values.0.value",` +
		`"detail":"The value you selected is not a valid choice."}]}],"title":"Bad Request","status":400,"detail":"Request validation failed"}`
	cases := []struct {
		rule      string
		answer    answer
		kind      integrations.FailureKind
		uncertain bool // of a request that changes something
		detail    string
		blocked   time.Duration
	}{
		{"400 with errors of validation is a refusal that says what is wrong", answer{status: 400, body: validation}, integrations.FailRejected, false, "custom_fields_values.0.values.0.value: NotSupportedChoice The value you selected is not a valid choice.", 0},
		{"400 with a detail alone", answer{status: 400, body: `{"title":"Bad Request","status":400,"detail":"Nope"}`}, integrations.FailRejected, false, "Nope", 0},
		{"400 with the code of missing rights", answer{status: 400, body: `{"title":"Bad Request","detail":"Код ошибки 244"}`}, integrations.FailRight, false, "244", 0},
		{"402 is an account nobody paid for", answer{status: 402, body: `{"title":"Payment Required"}`}, integrations.FailUnpaid, false, "Payment Required", 0},
		{"403 with data is a missing right", answer{status: 403, body: `{"title":"Forbidden","status":403}`}, integrations.FailRight, false, "Forbidden", 0},
		{"403 with a page is a ban", answer{status: 403, body: page, header: map[string]string{"Content-Type": "text/html"}}, integrations.FailBanned, false, "support", 5 * time.Second},
		{"404 is an object that is gone", answer{status: 404, body: `{"title":"Not Found"}`}, integrations.FailGone, false, "Not Found", 0},
		{"405 is a refusal", answer{status: 405, body: ""}, integrations.FailRejected, false, "", 0},
		{"429 with a header waits as it says", answer{status: 429, body: page, header: map[string]string{"Retry-After": "7"}}, integrations.FailBusy, false, "", 7 * time.Second},
		{"429 with a time in its body waits as it says", answer{status: 429, body: `{"retry_after":3}`}, integrations.FailBusy, false, "", 3 * time.Second},
		{"429 that says nothing waits two seconds", answer{status: 429, body: "Too Many Requests"}, integrations.FailBusy, false, "", 2 * time.Second},
		{"500 leaves open what was done", answer{status: 500, body: "oops"}, integrations.FailDown, true, "", 0},
		{"502 with a page leaves open what was done", answer{status: 502, body: page, header: map[string]string{"Content-Type": "text/html"}}, integrations.FailDown, true, "", 0},
		{"504 took too long", answer{status: 504}, integrations.FailTimeout, true, "", 0},
		{"a page with 200 leaves open what was done", answer{status: 200, body: page}, integrations.FailDown, true, "page", 0},
		{"data that can't be read leaves open what was done", answer{status: 200, body: `{"_embedded":`}, integrations.FailAnswer, true, "", 0},
		{"an answer that names nothing made leaves open what was done", answer{status: 200, body: `{"_embedded":{"notes":[]}}`}, integrations.FailAnswer, true, "", 0},
		{"a connection that breaks leaves open what was done", answer{isCutOff: true}, integrations.FailDown, true, "", 0},
		{"a redirect leads away from the address", answer{status: 301, header: map[string]string{"Location": "https://other.amocrm.ru/"}}, integrations.FailAddress, false, "other.amocrm.ru", 0},
	}
	for _, c := range cases {
		t.Run(c.rule, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, map[string][]answer{"POST /api/v4/leads/9/notes": {c.answer}, "GET /api/v4/leads/pipelines": {c.answer}})
			err := b.open().AddNote(t.Context(), integrations.NewNote{Key: "k", DealID: "9", Text: "x"})
			f := failure(t, err)
			require.Equal(t, c.kind, f.Kind)
			require.Equal(t, c.uncertain, f.Uncertain)
			require.Contains(t, f.Detail, c.detail)
			if c.blocked > 0 {
				require.Equal(t, map[string]time.Time{b.turns.waits[0].Key: today.Add(c.blocked)}, b.turns.blocks)
				require.Equal(t, c.blocked, f.RetryAfter)
			} else {
				require.Empty(t, b.turns.blocks)
			}
			if _, err = b.open().Options(t.Context(), "funnels", b.settings); err != nil {
				require.False(t, failure(t, err).Uncertain, "reading changes nothing")
				require.Equal(t, c.kind, failure(t, err).Kind)
			}
			require.Len(t, b.all(), 2, "nothing is repeated here")
		})
	}
}

func TestTest_TellsWhatIsWrong(t *testing.T) {
	t.Parallel()
	cases := []struct {
		rule   string
		answer answer
		kind   integrations.FailureKind
		field  string
	}{
		{"nothing at the address is no account", answer{status: 404, body: page}, integrations.FailAddress, "address"},
		{"another system's page is no account", ok("<!DOCTYPE html><title>Hi</title>"), integrations.FailAddress, "address"},
		{"another system's data is no account", ok(`{"hello":"world"}`), integrations.FailAddress, "address"},
		{"a list is no account", ok(`[1,2,3]`), integrations.FailAddress, "address"},
		{"words are no account", answer{status: 200, body: "It works!", header: map[string]string{"Content-Type": "text/plain"}}, integrations.FailAddress, "address"},
		{"a refused token", answer{status: 401, body: `{"title":"Unauthorized","detail":"Invalid or expired token"}`}, integrations.FailKey, ""},
		{"an account nobody paid for", answer{status: 402, body: "{}"}, integrations.FailUnpaid, ""},
		{"a vendor that is down", answer{status: 503, body: page}, integrations.FailDown, ""},
	}
	for _, c := range cases {
		t.Run(c.rule, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, map[string][]answer{"GET /api/v4/account": {c.answer}})
			_, err := b.open().Test(t.Context())
			f := failure(t, err)
			require.Equal(t, c.kind, f.Kind)
			require.Equal(t, c.field, f.Field)
			require.NotContains(t, f.Error(), "long-lived-secret")
		})
	}
}

func TestTest_ASilentPortIsAFailure(t *testing.T) {
	t.Parallel()
	b := newBench(t, map[string][]answer{}).set("address", "http://127.0.0.1:1")
	_, err := b.open().Test(t.Context())
	require.Equal(t, integrations.FailAddress, failure(t, err).Kind)
	err = b.open().AddNote(t.Context(), integrations.NewNote{Key: "k", DealID: "9"})
	require.False(t, failure(t, err).Uncertain, "it reached nobody")
}

func TestTest_SaysWhatIsOff(t *testing.T) {
	t.Parallel()
	admin := ok(`{"id":5,"name":"Marina","rights":{"is_admin":true,"is_active":true}}`)
	cases := []struct {
		rule    string
		user    answer
		token   string
		missing []integrations.Capability
		says    string
	}{
		{"nothing for an administrator with a lasting token", admin, jwt(today.AddDate(1, 0, 0)), nil, ""},
		{"nothing for a token that does not say when it ends", admin, "opaque", nil, ""},
		{"a token that ends soon", admin, jwt(today.AddDate(0, 0, 10)), []integrations.Capability{integrations.CanCreateDeals}, "2026-03-12"},
		{"somebody without rights", answer{status: 403, body: `{"title":"Forbidden"}`}, "opaque", []integrations.Capability{integrations.CanReceiveHooks, integrations.CanListEmployees}, "administrator"},
		{"somebody who is no administrator", ok(`{"id":5,"name":"Denis","rights":{"is_admin":false}}`), "opaque", []integrations.Capability{integrations.CanReceiveHooks, integrations.CanListEmployees}, "administrator"},
	}
	for _, c := range cases {
		t.Run(c.rule, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, map[string][]answer{"GET /api/v4/users/5": {c.user}})
			b.vault.secrets["token"] = c.token
			got, err := b.open().Test(t.Context())
			require.NoError(t, err)
			var missing []integrations.Capability
			for _, m := range got.Missing {
				missing = append(missing, m.Capability)
				require.Contains(t, m.Reason.EN, c.says)
				require.NotEmpty(t, m.Reason.RU)
			}
			require.Equal(t, c.missing, missing)
			require.Equal(t, integrations.Account{ID: "77", Name: "Demo", URL: b.url, User: got.User, Missing: got.Missing}, got)
		})
	}
}

func TestTest_AnEndedTokenIsCalledEnded(t *testing.T) {
	t.Parallel()
	b := newBench(t, map[string][]answer{"GET /api/v4/account": {{status: 401, body: `{"title":"Unauthorized"}`}}})
	b.vault.secrets["token"] = jwt(today.AddDate(0, 0, -3))
	_, err := b.open().Test(t.Context())
	f := failure(t, err)
	require.Equal(t, integrations.FailKey, f.Kind)
	require.Contains(t, f.Detail, "2026-02-27")
}

// jwt is a token that ends at a moment.
func jwt(ends time.Time) string {
	claims := base64.RawURLEncoding.EncodeToString([]byte(fmt.Sprintf(`{"aud":"client","exp":%d}`, ends.Unix())))
	return "eyJhbGciOiJSUzI1NiJ9." + claims + ".c2lnbmF0dXJl"
}

func TestRequests_CarryTheTokenAndKeepItOutOfTheJournal(t *testing.T) {
	t.Parallel()
	b := newBench(t, map[string][]answer{"GET /api/v4/users/5": {ok(`{"id":5,"name":"long-lived-secret"}`)}})
	_, err := b.open().Test(t.Context())
	require.NoError(t, err)
	require.Equal(t, "Bearer long-lived-secret", b.sent("GET", "/api/v4/account")[0].auth)
	for _, x := range b.journal.list {
		require.NotContains(t, fmt.Sprint(x), "long-lived-secret")
	}
	require.Len(t, b.journal.list, 2)
}

func TestRequests_EndWithTheirContext(t *testing.T) {
	t.Parallel()
	b := newBench(t, map[string][]answer{})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	c := b.open()
	_, err := c.Test(ctx)
	require.ErrorIs(t, err, context.Canceled)
	_, err = c.Catalogue(ctx)
	require.ErrorIs(t, err, context.Canceled)
	require.Empty(t, b.all())
}

func TestLimit_NeverMoreThanSevenInAnySecond(t *testing.T) {
	t.Parallel()
	b := newBench(t, map[string][]answer{"GET /api/v4/leads/pipelines": {empty}})
	_, err := b.open().Options(t.Context(), "funnels", b.settings)
	require.NoError(t, err)
	l := b.turns.waits[0]
	require.LessOrEqual(t, l.Burst+int((time.Second-1)/l.Every), 7)
	require.Equal(t, "amocrm:"+b.url[len("http://"):], l.Key)
	_, _ = b.oauth().open().Options(t.Context(), "funnels", b.settings)
	require.Equal(t, "amocrm:client-1", b.turns.waits[1].Key, "the vendor counts by integration")
}
