package amocrm

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/skvoz/skvoz/connectors/wire"
	"github.com/skvoz/skvoz/core/integrations"
)

// problem is the body of an error (application/problem+json).
type problem struct {
	Title      string          `json:"title"`
	Detail     string          `json:"detail"`
	Hint       string          `json:"hint"`
	RetryAfter json.RawMessage `json:"retry_after"`
	Validation []struct {
		Errors []invalid `json:"errors"`
	} `json:"validation-errors"`
	// Errors are those of calls.
	Errors []problemItem `json:"errors"`
}

// invalid is what is wrong with one value of a request.
type invalid struct {
	Code   string `json:"code"`
	Path   string `json:"path"`
	Detail string `json:"detail"`
}

// problemItem is why one of several calls was refused.
type problemItem struct {
	Title  string `json:"title"`
	Detail string `json:"detail"`
}

// banPause is how long nothing is sent after a ban, so that what is under way does not confirm it. It is short because the integration is broken now and
// asks nothing more by itself, while people who have had the ban lifted must be able to connect again.
const banPause = 5 * time.Second

// failure says what an answer means; nil when it went well.
func (c *connector) failure(ctx context.Context, r *request, res wire.Response) error {
	if res.Status >= 200 && res.Status <= 299 {
		return nil
	}
	f := failureOf(res, c.session.Clock.Now(), c.secretsOf(r))
	switch f.Kind {
	case integrations.FailBusy:
		_ = c.session.Turns.Block(ctx, c.limit.Key, c.session.Clock.Now().Add(f.RetryAfter)) // this request's failure matters more
	case integrations.FailBanned:
		_ = c.session.Turns.Block(ctx, c.limit.Key, c.session.Clock.Now().Add(banPause)) // likewise
	case integrations.FailDown, integrations.FailAnswer, integrations.FailTimeout:
		f.Uncertain = r.changes
	}
	return f
}

func failureOf(res wire.Response, now time.Time, secrets []string) *integrations.Failure {
	var p problem
	_ = json.Unmarshal(res.Body, &p) // a page for people has no details
	f := &integrations.Failure{Kind: integrations.FailRejected, Detail: wire.Detail(wire.Redact(p.text(), secrets...))}
	switch {
	case res.Status == http.StatusTooManyRequests:
		f.Kind, f.RetryAfter = integrations.FailBusy, retryAfter(res, p, now)
	case res.Status == http.StatusUnauthorized:
		f.Kind = integrations.FailKey
	case res.Status == http.StatusPaymentRequired:
		f.Kind = integrations.FailUnpaid
	case res.Status == http.StatusForbidden && !isJSON(res.Body):
		f.Kind, f.RetryAfter = integrations.FailBanned, banPause
		f.Detail = "every request is refused; the vendor's support lifts that"
	case res.Status == http.StatusForbidden, strings.Contains(p.Detail, "244"): // "Код ошибки 244": no rights
		f.Kind = integrations.FailRight
	case res.Status == http.StatusNotFound, res.Status == http.StatusGone:
		f.Kind = integrations.FailGone
	case res.Status == http.StatusGatewayTimeout: // too much was asked for at once
		f.Kind = integrations.FailTimeout
	case res.Status >= 500:
		f.Kind = integrations.FailDown
	case res.Status >= 300 && res.Status <= 399:
		f.Kind, f.Field, f.Detail = integrations.FailAddress, keyAddress, "the account has moved to "+bareHost(res.Header.Get("Location"))
	case res.Status < 200 || !isJSON(res.Body) && res.Status != http.StatusMethodNotAllowed:
		f.Kind = integrations.FailDown
	}
	return f
}

func isJSON(body []byte) bool {
	body = bytes.TrimSpace(body)
	return len(body) > 0 && body[0] == '{' && json.Valid(body)
}

// retryAfter is how long a 429 asks to wait: the header, else the body, else a second or two.
func retryAfter(res wire.Response, p problem, now time.Time) time.Duration {
	if d := res.RetryAfter(now); d > 0 {
		return d
	}
	var seconds float64
	if json.Unmarshal(p.RetryAfter, &seconds) == nil && seconds > 0 && seconds < 86400 {
		return time.Duration(seconds * float64(time.Second))
	}
	return 2 * time.Second
}

// text is what people are shown: what is wrong with which value, else what the vendor says.
func (p problem) text() string {
	var parts []string
	for _, v := range p.Validation {
		for _, e := range v.Errors {
			parts = append(parts, strings.TrimSpace(e.Path+": "+strings.TrimSpace(e.Code+" "+e.Detail)))
		}
	}
	for _, e := range p.Errors {
		parts = append(parts, strings.TrimSpace(e.Title+" "+e.Detail))
	}
	if len(parts) == 0 && p.Hint != "" {
		parts = append(parts, p.Hint)
	}
	if len(parts) == 0 && p.Detail != "" {
		parts = append(parts, p.Detail)
	}
	if len(parts) == 0 && p.Title != "" {
		parts = append(parts, p.Title)
	}
	return strings.Join(parts, "; ")
}
