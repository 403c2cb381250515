package bitrix24

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/skvoz/skvoz/connectors/wire"
	"github.com/skvoz/skvoz/core/integrations"
)

// params are the parameters of a method.
type params map[string]any

// answer is what a portal says.
type answer struct {
	Result      json.RawMessage `json:"result"`
	Error       *loose          `json:"error"`
	Description loose           `json:"error_description"`
	Total       int             `json:"total"`
	Next        int             `json:"next"`
	Time        struct {
		OperatingResetAt float64 `json:"operating_reset_at"`
	} `json:"time"`
}

// The portal counts requests like a bucket that leaks: two a second, fifty at once, over all that come from this address. Some are left to others.
const (
	leakEvery = 500 * time.Millisecond
	burst     = 45
)

// hostKey is the limit of all requests to a portal, methodKey that of one method: the portal blocks methods that took too much of its time.
func (p *portal) hostKey() string                { return "bitrix24:" + p.host }
func (p *portal) methodKey(method string) string { return "bitrix24:" + p.host + ":" + method }

func (p *portal) limits(methods []string) []integrations.Limit {
	var out []integrations.Limit
	for _, m := range methods {
		out = append(out, integrations.Limit{Key: p.methodKey(m), Every: leakEvery, Burst: burst})
	}
	return append(out, integrations.Limit{Key: p.hostKey(), Every: leakEvery, Burst: burst}) // last: who waits for a method takes no turn of others
}

// call asks for a method; changes says that it changes something at the vendor.
func (c *connector) call(ctx context.Context, method string, p params, changes bool) (*answer, error) {
	return c.request(ctx, method, []string{method}, p, changes)
}

// request sends a method's parameters; methods are those whose limits count. A token that has expired is renewed once.
func (c *connector) request(ctx context.Context, method string, methods []string, p params, changes bool) (*answer, error) {
	if err := c.load(ctx); err != nil {
		return nil, err
	}
	if c.isApp && c.secrets[secretAccess] == "" {
		return nil, &integrations.Failure{Kind: integrations.FailKey, Detail: "the application is not installed yet, or access was not allowed yet"}
	}
	got, err := c.send(ctx, method, methods, p, changes)
	if !c.isApp {
		return got, atWebhook(err)
	}
	if !errors.Is(err, errExpired) {
		return got, err
	}
	if err := c.renew(ctx); err != nil {
		return nil, err
	}
	return c.send(ctx, method, methods, p, changes)
}

// atWebhook: the address people typed is that of the web hook.
func atWebhook(err error) error {
	var f *integrations.Failure
	if errors.As(err, &f) && f.Field == keyAddress {
		f.Field = keyWebhook
	}
	return err
}

func (c *connector) send(ctx context.Context, method string, methods []string, p params, changes bool) (*answer, error) {
	full := params{}
	for key, value := range p {
		full[key] = value
	}
	if c.isApp {
		full["auth"] = c.secrets[secretAccess]
	}
	body, err := encode(full, "")
	if err != nil {
		return nil, integrations.AsFailure(err)
	}
	caller := wire.Caller{HTTP: c.deps.HTTP, Session: c.session, Limits: c.site.limits(methods)}
	res, err := caller.Do(ctx, wire.Request{
		Method: http.MethodPost, URL: c.site.rest + method + ".json", Body: body, Changes: changes, Secrets: c.hidden(),
		Header: http.Header{"Content-Type": {"application/json"}, "Accept": {"application/json"}},
	})
	if err != nil {
		return nil, ours(ctx, err)
	}
	return c.read(ctx, method, res, changes)
}

// encode writes parameters as JSON that people can read in the journal.
func encode(p params, indent string) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", indent)
	err := enc.Encode(p)
	return bytes.TrimSpace(b.Bytes()), err
}

// hidden are the texts nobody may see.
func (c *connector) hidden() []string {
	return []string{
		c.site.secret, c.secrets[secretAccess], c.secrets[secretRefresh], c.secrets[secretAppToken], c.secrets[keyClientSecret], hookSecret(c.session.HookURL),
	}
}

// hookSecret is the end of the address webhooks come to, which nobody can guess; empty when it is too short to be one.
func hookSecret(hookURL string) string {
	const least = 16
	if end := hookURL[strings.LastIndexByte(hookURL, '/')+1:]; len(end) >= least {
		return end
	}
	return ""
}

// read makes an answer or a failure of a response.
func (c *connector) read(ctx context.Context, method string, res wire.Response, changes bool) (*answer, error) {
	var a answer
	if err := json.Unmarshal(res.Body, &a); err != nil {
		return nil, c.unreadable(res, changes)
	}
	switch {
	case a.Error != nil:
		f := c.refusal(string(*a.Error), string(a.Description), res.Status)
		f.Uncertain = f.Kind == integrations.FailDown && changes
		return nil, c.wait(ctx, f, method, a.Time.OperatingResetAt)
	case res.Status >= 300:
		return nil, c.bare(ctx, res, changes)
	case a.Result == nil:
		return nil, &integrations.Failure{Kind: integrations.FailAnswer, Uncertain: changes, Err: errNotBitrix}
	}
	return &a, nil
}

// one asks a method for a single value that changes nothing.
func (c *connector) one(ctx context.Context, method string, p params, out any) (*answer, error) {
	a, err := c.call(ctx, method, p, false)
	if err != nil {
		return nil, err
	}
	return a, decode(a.Result, out)
}

// decode reads a part of an answer.
func decode(raw json.RawMessage, out any) error {
	if err := json.Unmarshal(raw, out); err != nil {
		return &integrations.Failure{Kind: integrations.FailAnswer, Detail: "an answer has another shape than is documented", Err: err}
	}
	return nil
}

// made sends a method that makes something and returns its identifier.
func (c *connector) made(ctx context.Context, method string, p params) (string, error) {
	a, err := c.call(ctx, method, p, true)
	if err != nil {
		return "", err
	}
	var id loose
	if err := decode(a.Result, &id); err != nil || id.number() <= 0 {
		return "", &integrations.Failure{Kind: integrations.FailAnswer, Uncertain: true, Detail: "no identifier came back", Err: err}
	}
	return string(id), nil
}

// page is how many rows a list has at most; maxBatch how many commands a batch.
const (
	page     = 50
	maxBatch = 50
)

// chunks cuts a list into parts of at most n.
func chunks[T any](list []T, n int) [][]T { return slices.Collect(slices.Chunk(list, n)) }
