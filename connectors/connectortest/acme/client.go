package acme

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/skvoz/skvoz/connectors/wire"
	"github.com/skvoz/skvoz/core/integrations"
)

// errStranger is the cause of a failure whose answer is none of Acme's.
var errStranger = errors.New("this is no answer of Acme")

func (c *connector) get(ctx context.Context, path string, query url.Values, out any) error {
	return c.do(ctx, wire.Request{Method: http.MethodGet, URL: c.address + path + "?" + query.Encode()}, out)
}

// post sends what makes something: its answer may be lost and it be done all the same.
func (c *connector) post(ctx context.Context, path string, body, out any) error {
	raw, err := json.Marshal(body)
	if err != nil {
		return &integrations.Failure{Kind: integrations.FailInternal, Err: err}
	}
	return c.do(ctx, wire.Request{Method: http.MethodPost, URL: c.address + path, Body: raw, Changes: true}, out)
}

func (c *connector) do(ctx context.Context, r wire.Request, out any) error {
	secrets, err := c.session.Vault.Get(ctx)
	if err != nil {
		return err
	}
	key := secrets[keyAPIKey]
	if key == "" {
		return &integrations.Failure{Kind: integrations.FailKey, Field: keyAPIKey, Detail: "the key is missing"}
	}
	r.Header = http.Header{"X-Api-Key": {key}, "Content-Type": {"application/json"}}
	r.Secrets = []string{key}
	res, err := c.caller.Do(ctx, r)
	if err != nil {
		return err
	}
	f := c.failure(res)
	if f == nil && json.Unmarshal(res.Body, out) != nil {
		f = &integrations.Failure{Kind: integrations.FailAnswer, Err: errStranger}
	}
	if f == nil {
		return nil
	}
	f.Detail = wire.Detail(strings.ReplaceAll(f.Detail, key, "•••"))
	f.Uncertain = r.Changes && (f.Kind == integrations.FailDown || f.Kind == integrations.FailAnswer)
	if f.Kind == integrations.FailBusy { // for all that use this account
		_ = c.session.Turns.Block(ctx, c.caller.Limits[0].Key, c.session.Clock.Now().Add(f.RetryAfter))
	}
	return f
}

var kinds = map[int]integrations.FailureKind{
	http.StatusUnauthorized: integrations.FailKey, http.StatusForbidden: integrations.FailRight, http.StatusNotFound: integrations.FailGone,
	http.StatusPaymentRequired: integrations.FailUnpaid, http.StatusUnprocessableEntity: integrations.FailRejected,
}

// failure says what an answer means; nil when it went well.
func (c *connector) failure(res wire.Response) *integrations.Failure {
	var said struct{ Error string }
	isOurs := json.Unmarshal(res.Body, &said) == nil
	kind, isKnown := kinds[res.Status]
	switch {
	case res.Status == http.StatusTooManyRequests:
		return &integrations.Failure{Kind: integrations.FailBusy, RetryAfter: max(time.Second, res.RetryAfter(c.session.Clock.Now()))}
	case res.Status >= http.StatusInternalServerError:
		return &integrations.Failure{Kind: integrations.FailDown, Detail: said.Error}
	case res.IsHTML():
		return &integrations.Failure{Kind: integrations.FailDown, Err: errStranger}
	case isKnown && isOurs:
		return &integrations.Failure{Kind: kind, Detail: said.Error}
	case res.Status != http.StatusOK:
		return &integrations.Failure{Kind: integrations.FailAnswer, Err: errStranger}
	}
	return nil
}

// atTheDoor turns failures that mean something else where a connection is made: it is not Acme that is there.
func atTheDoor(err error) error {
	var f *integrations.Failure
	if errors.As(err, &f) && (errors.Is(err, errStranger) || wire.IsRefused(err) || f.Kind == integrations.FailGone) {
		return &integrations.Failure{Kind: integrations.FailAddress, Field: keyAddress, Err: err}
	}
	return err
}
