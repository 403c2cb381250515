package bitrix24_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core/integrations"
)

func refused(status int, code, description string) reply {
	return reply{status: status, body: `{"error":"` + code + `","error_description":"` + description + `"}`}
}

var aDeal = integrations.NewDeal{Key: "key-1", Name: "Заявка"}

func TestFailures_EachIsToldApart(t *testing.T) {
	t.Parallel()
	html := http.Header{"Content-Type": {"text/html"}}
	cases := []struct {
		rule      string
		reply     reply
		kind      integrations.FailureKind
		detail    string
		retry     time.Duration
		uncertain bool
	}{
		{"too many requests", refused(503, "QUERY_LIMIT_EXCEEDED", "Too many requests"), integrations.FailBusy, "Too many requests", 2 * time.Second, false},
		{"codes in any letter case", refused(503, "query_limit_exceeded", ""), integrations.FailBusy, "query_limit_exceeded", 2 * time.Second, false},
		{"too much time, without a moment", refused(429, "OPERATION_TIME_LIMIT", "Method is blocked"), integrations.FailBusy, "Method is blocked", 10 * time.Minute, false},
		{"too much time, until a moment", reply{status: 429, body: `{"error":"OPERATION_TIME_LIMIT","error_description":"Method is blocked","time":{"operating_reset_at":1772366460}}`}, integrations.FailBusy, "Method is blocked", 61 * time.Second, false},
		{"a lock by the support", refused(503, "OVERLOAD_LIMIT", "REST API is blocked due to overload"), integrations.FailBanned, "REST API is blocked due to overload", 0, false},
		{"a wrong key", refused(401, "NO_AUTH_FOUND", "Wrong authorization data"), integrations.FailKey, "Wrong authorization data", 0, false},
		{"wrong credentials", refused(403, "INVALID_CREDENTIALS", "Invalid request credentials"), integrations.FailKey, "Invalid request credentials", 0, false},
		{"a scope that was not ticked", refused(403, "insufficient_scope", "The request requires higher privileges"), integrations.FailRight, "The request requires higher privileges", 0, false},
		{"a plan without REST", refused(403, "ACCESS_DENIED", "REST API is available only on commercial plans"), integrations.FailUnpaid, "REST API is available only on commercial plans", 0, false},
		{"an action that is not allowed", refused(403, "ACCESS_DENIED", "Access denied!"), integrations.FailRight, "Access denied!", 0, false},
		{"a method for applications", refused(403, "WRONG_AUTH_TYPE", "Current authorization type is denied for this method"), integrations.FailRight, "Current authorization type is denied for this method", 0, false},
		{"a user without access", refused(403, "user_access_error", "The user does not have access to the application."), integrations.FailRight, "The user does not have access to the application.", 0, false},
		{"no such method", refused(404, "ERROR_METHOD_NOT_FOUND", "Method not found!"), integrations.FailRight, "Method not found!", 0, false},
		{"not paid", refused(402, "PAYMENT_REQUIRED", "Payment required"), integrations.FailUnpaid, "Payment required", 0, false},
		{"an unencrypted address", refused(400, "INVALID_REQUEST", "Https required."), integrations.FailAddress, "Https required.", 0, false},
		{"the CRM refuses a right, without a code", refused(400, "", "Access denied."), integrations.FailRight, "Access denied.", 0, false},
		{"the CRM does not find, without a code", refused(400, "", "Not found"), integrations.FailGone, "Not found", 0, false},
		{"the CRM refuses, without a code", refused(400, "", "Неверное значение поля<br>«Валюта»"), integrations.FailRejected, "Неверное значение поля «Валюта»", 0, false},
		{"a code that is a number", reply{status: 400, body: `{"error":100,"error_description":"Required fields"}`}, integrations.FailRejected, "Required fields", 0, false},
		{"an error of the server", refused(500, "INTERNAL_SERVER_ERROR", "Internal server error"), integrations.FailDown, "Internal server error", 0, true},
		{"a portal that is closed", refused(500, "PORTAL_DELETED", "Portal was deleted"), integrations.FailDown, "Portal was deleted", 0, true},
		{"an unknown 5xx", reply{status: 502, body: `{}`}, integrations.FailDown, "Bad Gateway", 0, true},
		{"a 503 without a code is ambiguous", reply{status: 503, body: `{}`, header: http.Header{"Retry-After": {"7"}}}, integrations.FailDown, "Service Unavailable", 7 * time.Second, true},
		{"a bare 429", reply{status: 429, body: `{}`, header: http.Header{"Retry-After": {"9"}}}, integrations.FailBusy, "Too Many Requests", 9 * time.Second, false},
		{"a 429 of HTML", reply{status: 429, body: `<html>`, header: html}, integrations.FailBusy, "", 2 * time.Second, false},
		{"a bare 401", reply{status: 401, body: `{}`}, integrations.FailKey, "Unauthorized", 0, false},
		{"a page of HTML", reply{status: 200, body: `<html><body>nginx</body></html>`, header: html}, integrations.FailDown, "", 0, true},
		{"a page of an error", reply{status: 502, body: `<html>502</html>`, header: html}, integrations.FailDown, "", 0, true},
		{"half an answer", reply{status: 200, body: `{"result":12`}, integrations.FailAnswer, "", 0, true},
		{"an answer without a result", reply{status: 200, body: `{"ok":true}`}, integrations.FailAnswer, "", 0, true},
		{"no identifier", reply{status: 200, body: `{"result":{}}`}, integrations.FailAnswer, "no identifier came back", 0, true},
		{"another address", reply{status: 302, body: ``, header: http.Header{"Location": {"https://other.example/"}}}, integrations.FailAddress, "the portal has moved to another address", 0, false},
	}
	for _, c := range cases {
		t.Run(c.rule, func(t *testing.T) {
			t.Parallel()
			p := newPortal(t, map[string][]reply{"crm.deal.add": {c.reply}})
			r := byHook(p.URL, map[string]string{"entity": "deal"})
			_, err := r.open(t).CreateDeal(t.Context(), aDeal)
			f := failure(t, err)
			require.Equal(t, c.kind, f.Kind)
			require.Equal(t, c.detail, f.Detail)
			require.Equal(t, c.retry, f.RetryAfter)
			require.Equal(t, c.uncertain, f.Uncertain)
			require.Len(t, p.sent(), 1, "one attempt only")
		})
	}
}

func TestFailures_ReadingIsNeverUncertain(t *testing.T) {
	t.Parallel()
	for _, body := range []reply{{status: 500, body: `{}`}, {status: 200, body: `{"resu`}, refused(500, "ERROR_UNEXPECTED_ANSWER", "")} {
		p := newPortal(t, map[string][]reply{"crm.deal.list": {body}})
		_, err := byHook(p.URL, nil).open(t).OpenDeals(t.Context(), "5")
		require.False(t, failure(t, err).Uncertain)
	}
}

func TestFailures_WithoutAnAnswer(t *testing.T) {
	t.Parallel()
	p := newPortal(t, nil)
	r := byHook(p.URL, map[string]string{"entity": "deal"})
	p.Close()
	_, err := r.open(t).Test(t.Context())
	require.Equal(t, integrations.FailAddress, failure(t, err).Kind)
}

func TestFailures_TheContextsEndIsPassedOn(t *testing.T) {
	t.Parallel()
	p := newPortal(t, nil)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := byHook(p.URL, nil).open(t).OpenDeals(ctx, "5")
	require.ErrorIs(t, err, context.Canceled)
}

func TestFailures_ABusyPortalIsClosedForEverybody(t *testing.T) {
	t.Parallel()
	cases := []struct {
		rule  string
		reply reply
		key   string
		until time.Time
	}{
		{"all requests", refused(503, "QUERY_LIMIT_EXCEEDED", ""), "", noon.Add(2 * time.Second)},
		{"one method", reply{status: 429, body: `{"error":"OPERATION_TIME_LIMIT","time":{"operating_reset_at":1772366460}}`}, ":crm.deal.list", noon.Add(61 * time.Second)},
	}
	for _, c := range cases {
		t.Run(c.rule, func(t *testing.T) {
			t.Parallel()
			p := newPortal(t, map[string][]reply{"crm.deal.list": {c.reply}})
			r := byHook(p.URL, nil)
			_, err := r.open(t).OpenDeals(t.Context(), "5")
			require.Equal(t, integrations.FailBusy, failure(t, err).Kind)
			require.Equal(t, map[string]time.Time{"bitrix24:" + p.host() + c.key: c.until}, r.turns.blocked)
		})
	}
}

func TestFailures_LimitsInsideABatch(t *testing.T) {
	t.Parallel()
	p := newPortal(t, map[string][]reply{"batch": {{body: `{"result":{"result":[],"result_error":{"email":{"error":"OPERATION_TIME_LIMIT","error_description":"Method is blocked"}},"result_total":[],"result_next":[],"result_time":[]}}`}}})
	r := byHook(p.URL, nil)
	_, err := r.open(t).FindContacts(t.Context(), integrations.Person{Email: "a@b.ru"})
	require.Equal(t, 10*time.Minute, failure(t, err).RetryAfter)
	require.Equal(t, map[string]time.Time{"bitrix24:" + p.host() + ":crm.duplicate.findbycomm": noon.Add(10 * time.Minute)}, r.turns.blocked)
}

func TestLimits_EachRequestWaitsForItsTurn(t *testing.T) {
	t.Parallel()
	p := newPortal(t, map[string][]reply{"crm.deal.list": {{body: `{"result":[]}`}}})
	r := byHook(strings.Replace(p.URL, "127.0.0.1", "localhost", 1), nil)
	_, err := r.open(t).OpenDeals(t.Context(), "5")
	require.NoError(t, err)
	host := strings.Replace(p.host(), "127.0.0.1", "localhost", 1)
	require.Equal(t, []integrations.Limit{
		{Key: "bitrix24:" + host + ":crm.deal.list", Every: 500 * time.Millisecond, Burst: 45},
		{Key: "bitrix24:" + host, Every: 500 * time.Millisecond, Burst: 45},
	}, r.turns.waited)
}
