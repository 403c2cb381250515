package bitrix24

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/skvoz/skvoz/connectors/wire"
	"github.com/skvoz/skvoz/core/integrations"
)

// errExpired is the cause of a failure that a new token mends; errNotBitrix that of one no portal answers with.
var (
	errExpired   = errors.New("the access token has expired")
	errNotBitrix = errors.New("this is no answer of a portal")
)

// codes says what the vendor's error codes mean; they are compared in lower case. Others are refusals.
var codes = map[string]integrations.FailureKind{
	"query_limit_exceeded": integrations.FailBusy,
	"operation_time_limit": integrations.FailBusy,
	"overload_limit":       integrations.FailBanned, // a lock by hand: only the support lifts it

	"no_auth_found":       integrations.FailKey,
	"invalid_credentials": integrations.FailKey,
	"expired_token":       integrations.FailKey,
	"invalid_token":       integrations.FailKey,
	"invalid_grant":       integrations.FailKey,
	"invalid_client":      integrations.FailKey,
	"unauthorized_client": integrations.FailKey,

	"insufficient_scope":         integrations.FailRight,
	"invalid_scope":              integrations.FailRight,
	"access_denied":              integrations.FailRight,
	"wrong_auth_type":            integrations.FailRight,
	"user_access_error":          integrations.FailRight,
	"allowed_only_intranet_user": integrations.FailRight,
	"error_method_not_found":     integrations.FailRight, // the module is not there, or not for this key
	"access denied":              integrations.FailRight,

	"payment_required": integrations.FailUnpaid,
	"invalid_request":  integrations.FailAddress, // "Https required"

	"not_found":       integrations.FailGone,
	"owner_not_found": integrations.FailGone,

	"portal_deleted":          integrations.FailDown, // closed for the time being, too
	"internal_server_error":   integrations.FailDown,
	"error_unexpected_answer": integrations.FailDown,
}

// The CRM's methods tell these by the description alone, their code is empty.
var descriptions = map[string]integrations.FailureKind{
	"access denied": integrations.FailRight,
	"not found":     integrations.FailGone,
}

// statuses say what an error of an unknown code means.
var statuses = map[int]integrations.FailureKind{
	http.StatusUnauthorized:    integrations.FailKey,
	http.StatusPaymentRequired: integrations.FailUnpaid,
	http.StatusForbidden:       integrations.FailRight,
	http.StatusTooManyRequests: integrations.FailBusy,
}

// refusal says what an error of the vendor means; status is zero inside a batch.
func (c *connector) refusal(code, description string, status int) *integrations.Failure {
	code = strings.ToLower(strings.TrimSpace(code))
	description = wire.Detail(c.clean(description))
	f := &integrations.Failure{Kind: kindOf(code, description, status), Detail: description}
	if f.Detail == "" {
		f.Detail = wire.Detail(c.clean(code))
	}
	switch {
	case f.Kind == integrations.FailAddress:
		f.Field = keyAddress
	case code == "expired_token":
		f.Err = errExpired
	case code == "operation_time_limit":
		f.RetryAfter = operationPause
	case f.Kind == integrations.FailBusy:
		f.RetryAfter = busyPause
	}
	return f
}

func kindOf(code, description string, status int) integrations.FailureKind {
	if code == "access_denied" && strings.Contains(strings.ToLower(description), "commercial plan") {
		return integrations.FailUnpaid // the plan has no REST, or has ended
	}
	if kind, ok := codes[code]; ok {
		return kind
	}
	if kind, ok := descriptions[strings.ToLower(strings.TrimRight(description, ". !"))]; ok && (code == "" || code == "0") {
		return kind
	}
	if kind, ok := statuses[status]; ok {
		return kind
	}
	if status >= http.StatusInternalServerError {
		return integrations.FailDown
	}
	return integrations.FailRejected
}

// Pauses when the vendor names none: its bucket leaks two requests a second, a method that took too much time opens after ten minutes at most.
const (
	busyPause      = 2 * time.Second
	operationPause = 10 * time.Minute
)

// wait closes the limit a busy answer is about, for all replicas, and says until when.
func (c *connector) wait(ctx context.Context, f *integrations.Failure, method string, resetAt float64) error {
	if f.Kind != integrations.FailBusy {
		return f
	}
	key, now := c.site.hostKey(), c.session.Clock.Now()
	until := now.Add(f.RetryAfter)
	if f.RetryAfter == operationPause {
		key = c.site.methodKey(method)
		if at := time.Unix(int64(resetAt), 0).UTC(); resetAt > 0 && at.After(now) && at.Before(now.Add(time.Hour)) {
			until = at.Add(time.Second)
		}
	}
	f.RetryAfter = until.Sub(now)
	if err := c.session.Turns.Block(ctx, key, until); err != nil {
		return ours(ctx, err)
	}
	return f
}

// unreadable says what a response means that is no JSON.
func (c *connector) unreadable(res wire.Response, changes bool) error {
	f := &integrations.Failure{Kind: integrations.FailAnswer, Uncertain: changes, Err: errNotBitrix}
	switch {
	case res.Status >= 300 && res.Status < 400:
		return moved(res)
	case res.Status == http.StatusTooManyRequests:
		f.Kind, f.Uncertain, f.Err = integrations.FailBusy, false, nil
		f.RetryAfter = max(busyPause, res.RetryAfter(c.session.Clock.Now()))
	case res.Status >= http.StatusInternalServerError:
		f.Kind, f.Err = integrations.FailDown, nil
		f.RetryAfter = res.RetryAfter(c.session.Clock.Now())
	case res.IsHTML():
		f.Kind = integrations.FailDown
	}
	return f
}

// moved: the portal has another address; a redirect is not followed, for it would carry the key along.
func moved(res wire.Response) error {
	return &integrations.Failure{
		Kind: integrations.FailAddress, Field: keyAddress, Detail: "the portal has moved to another address", Err: errors.New(http.StatusText(res.Status)),
	}
}

// bare says what a response means whose JSON names no error.
func (c *connector) bare(ctx context.Context, res wire.Response, changes bool) error {
	if res.Status < 400 {
		return moved(res)
	}
	f := &integrations.Failure{Kind: kindOf("", "", res.Status), Detail: http.StatusText(res.Status)}
	f.Uncertain = changes && f.Kind == integrations.FailDown
	f.RetryAfter = res.RetryAfter(c.session.Clock.Now())
	if res.Status == http.StatusNotFound { // a portal says which method it does not know
		f.Err = errNotBitrix
	}
	if f.Kind == integrations.FailBusy {
		f.RetryAfter = max(f.RetryAfter, busyPause)
		return c.wait(ctx, f, "", 0)
	}
	return f
}

// clean takes secrets and markup out of what the vendor says.
func (c *connector) clean(s string) string {
	for _, secret := range c.hidden() {
		if secret != "" {
			s = strings.ReplaceAll(s, secret, "•••")
		}
	}
	for _, tag := range []string{"<br>", "<br/>", "<br />"} {
		s = strings.ReplaceAll(s, tag, " ")
	}
	return s
}
