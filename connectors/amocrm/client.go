package amocrm

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/skvoz/skvoz/connectors/wire"
	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/integrations"
)

// request is a request to the account's interface.
type request struct {
	method string
	// path begins with /api.
	path  string
	query url.Values
	// body is sent as JSON; nil = none.
	body any
	// changes: a lost answer leaves unknown whether it was carried out.
	changes bool
	// hide are further texts the journal must not show.
	hide []string
}

func get(path string, query url.Values) request {
	return request{method: http.MethodGet, path: path, query: query}
}

func post(path string, body any) request {
	return request{method: http.MethodPost, path: path, body: body, changes: true}
}

// do sends a request and reads the answer into out, which stays as it is when the answer has no content (what amoCRM says instead of an empty list).
// A request that is refused for its token is repeated once with a renewed one.
func (c *connector) do(ctx context.Context, r request, out any) error {
	res, err := c.answer(ctx, r)
	if err != nil {
		return err
	}
	if f := c.failure(ctx, &r, res); f != nil {
		return f
	}
	return c.read(&r, res, out)
}

// answer returns the answer to a request whatever its status, unless it is 401 for good.
func (c *connector) answer(ctx context.Context, r request) (wire.Response, error) {
	body, err := encode(r.body)
	if err != nil {
		return wire.Response{}, err
	}
	secrets, err := c.keys(ctx)
	if err != nil {
		return wire.Response{}, err
	}
	res, err := c.send(ctx, &r, body, secrets)
	if err != nil || res.Status != http.StatusUnauthorized {
		return res, err
	}
	refused := c.failure(ctx, &r, res)
	if secrets, err = c.renewed(ctx, secrets, refused); err != nil {
		return res, err
	}
	res, err = c.send(ctx, &r, body, secrets)
	if err == nil && res.Status == http.StatusUnauthorized {
		return res, c.failure(ctx, &r, res)
	}
	return res, err
}

func (c *connector) send(ctx context.Context, r *request, body []byte, secrets map[string]string) (wire.Response, error) {
	header := http.Header{"Authorization": {"Bearer " + c.accessToken(secrets)}}
	if body != nil {
		header.Set("Content-Type", "application/json")
	}
	return c.caller.Do(ctx, wire.Request{
		Method: r.method, URL: c.url(r), Header: header, Body: body, Changes: r.changes,
		Secrets: append(secretTexts(secrets), r.hide...),
	})
}

// secretsOf are the texts that nothing said of a request may show.
func (c *connector) secretsOf(r *request) []string { return append(secretTexts(c.secrets), r.hide...) }

func (c *connector) url(r *request) string {
	out := string(c.address) + r.path
	if len(r.query) > 0 {
		out += "?" + r.query.Encode()
	}
	return out
}

// secretTexts are what the journal must not show of the secrets.
func secretTexts(secrets map[string]string) []string {
	var out []string
	for _, key := range []string{keyToken, keyClientSecret, secretAccess, secretRefresh} {
		if secrets[key] != "" {
			out = append(out, secrets[key])
		}
	}
	return out
}

// errPage is the cause of a failure whose answer went well by its status and is a page for people.
var errPage = errors.New("a page instead of data")

// read decodes an answer that went well. Only 204 says that there is nothing; nothing under another status is an answer that got lost.
func (c *connector) read(r *request, res wire.Response, out any) error {
	if res.Status == http.StatusNoContent {
		return nil
	}
	if res.IsHTML() {
		return &integrations.Failure{Kind: integrations.FailDown, Uncertain: r.changes, Detail: "a page came where data was due", Err: errPage}
	}
	if out == nil {
		out = &json.RawMessage{}
	}
	if err := json.Unmarshal(res.Body, out); err != nil {
		return &integrations.Failure{Kind: integrations.FailAnswer, Uncertain: r.changes, Err: err}
	}
	return nil
}

func encode(body any) ([]byte, error) {
	if body == nil {
		return nil, nil
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false) // else the journal could not find secrets in addresses
	if err := e.Encode(body); err != nil {
		return nil, &integrations.Failure{Kind: integrations.FailInternal, Err: err}
	}
	return bytes.TrimSpace(b.Bytes()), nil
}

// told makes a *Failure of an error of the vault; failures and the end of the context stay what they are.
func told(ctx context.Context, err error) error {
	var f *integrations.Failure
	switch {
	case err == nil:
		return nil
	case errors.As(err, &f):
		return f
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, context.DeadlineExceeded):
		return &integrations.Failure{Kind: integrations.FailTimeout, Err: err}
	case core.KindOf(err) == core.KindUnavailable:
		return &integrations.Failure{Kind: integrations.FailBusy, RetryAfter: core.AsError(err).RetryAfter, Err: err}
	default:
		return &integrations.Failure{Kind: integrations.FailInternal, Err: err}
	}
}

// lastPart is the secret end of the address webhooks come to; empty when it is too short to be one.
func lastPart(hookURL string) string {
	before, _, _ := strings.Cut(hookURL, "?")
	part := before[strings.LastIndexByte(before, '/')+1:]
	if len(part) < 16 {
		return ""
	}
	return part
}
