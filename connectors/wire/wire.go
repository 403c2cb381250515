// Package wire is how connectors send requests: in turn, once, with the exchange in the journal and failures told apart. It knows no vendor.
package wire

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/skvoz/skvoz/core/integrations"
	"github.com/skvoz/skvoz/internal/httpclient"
)

// Caller sends the requests of one connector.
type Caller struct {
	// HTTP must make one attempt only: whether to repeat is for the job to say.
	HTTP    *httpclient.Client
	Session integrations.Session
	// Limits are waited for before each request.
	Limits []integrations.Limit
}

// Request is a request to a vendor.
type Request struct {
	Method string
	// URL is the address with its query.
	URL    string
	Header http.Header
	Body   []byte
	// Changes: the request changes something at the vendor, so that a failure after it was sent is uncertain.
	Changes bool
	// Secrets are texts that the journal must not show, wherever they stand in the exchange. Hidden leaves both bodies out: tokens travel in them.
	Secrets []string
	Hidden  bool
}

// Response is an answer.
type Response struct {
	Status int
	Header http.Header
	Body   []byte
}

// IsHTML reports whether an answer is a page for people where JSON was due: a ban, a proxy's error, another system.
func (r Response) IsHTML() bool {
	if strings.Contains(r.Header.Get("Content-Type"), "html") {
		return true
	}
	body := strings.TrimSpace(string(r.Body[:min(len(r.Body), 64)]))
	return strings.HasPrefix(body, "<")
}

// RetryAfter is what the answer's header asks for; zero when nothing.
func (r Response) RetryAfter(now time.Time) time.Duration {
	raw := r.Header.Get("Retry-After")
	if seconds, err := strconv.Atoi(raw); err == nil && seconds > 0 {
		return time.Duration(seconds) * time.Second
	}
	if at, err := http.ParseTime(raw); err == nil {
		return max(0, at.Sub(now))
	}
	return 0
}

// Do waits for its turn, sends a request and returns the answer, whatever its status. Its errors are the context's and *integrations.Failure: of kind
// FailBusy when the turn is too far away, FailTimeout, FailAddress, FailDown when there is no answer.
func (c *Caller) Do(ctx context.Context, r Request) (Response, error) {
	for _, l := range c.Limits {
		if c.Session.InBackground {
			l.Reserve = max(1, l.Burst*2/3)
		}
		if err := c.Session.Turns.Wait(ctx, l); err != nil {
			return Response{}, err
		}
	}
	req, err := httpclient.NewRequest(ctx, r.Method, r.URL, r.Body)
	if err != nil {
		return Response{}, &integrations.Failure{Kind: integrations.FailAddress, Err: err}
	}
	for name, values := range r.Header {
		req.Header[name] = values
	}
	began := c.Session.Clock.Now()
	res, err := c.HTTP.Do(req)
	e := integrations.Exchange{At: began, Method: r.Method, Address: r.address(), Request: r.text(r.Body), Took: c.Session.Clock.Now().Sub(began)}
	if err != nil {
		failure := r.failed(ctx, err)
		e.Error = integrations.AsFailure(failure).Error()
		c.record(e)
		return Response{}, failure
	}
	e.Status, e.Response = res.Status, r.text(res.Body)
	c.record(e)
	return Response{Status: res.Status, Header: res.Header, Body: res.Body}, nil
}

// failed says what a missing answer means. A request that changes something and may have arrived is uncertain.
func (r Request) failed(ctx context.Context, err error) error {
	if ctx.Err() != nil && !r.Changes {
		return ctx.Err()
	}
	f := &integrations.Failure{Kind: integrations.FailDown, Uncertain: r.Changes, Err: err}
	switch {
	case errors.Is(err, httpclient.ErrPrivateAddress):
		f.Kind, f.Uncertain, f.Field = integrations.FailAddress, false, "address"
		f.Detail = "the address belongs to a private network; whoever runs this server allows it with --integration-networks"
	case errors.Is(err, context.DeadlineExceeded), isTimeout(err):
		f.Kind = integrations.FailTimeout
	case errors.Is(err, httpclient.ErrBodyTooLarge):
		f.Kind = integrations.FailAnswer
	case isWrongAddress(err):
		f.Kind, f.Uncertain, f.Field = integrations.FailAddress, false, "address"
	}
	if httpclient.NotSent(err) {
		f.Uncertain = false
	}
	return f
}

func isTimeout(err error) bool {
	var t interface{ Timeout() bool }
	return errors.As(err, &t) && t.Timeout()
}

func (c *Caller) record(e integrations.Exchange) {
	if c.Session.Journal != nil {
		c.Session.Journal.Record(e)
	}
}

// maxText is how much of a body the journal keeps, in bytes.
const maxText = 8 << 10

// hidden stands where a secret was.
const hidden = "•••"

// text is what the journal shows of a body.
func (r Request) text(body []byte) string {
	if r.Hidden && len(body) > 0 {
		return hidden
	}
	s := r.redact(string(body)) // before it is cut: half a secret is one, too
	if len(s) > maxText {
		s = strings.ToValidUTF8(s[:maxText], "") + "…"
	}
	return strings.ToValidUTF8(s, "")
}

func (r Request) redact(s string) string { return Redact(s, r.Secrets...) }

// Redact hides secrets in a text, as they are and as they stand in addresses. What a vendor says of a request may repeat parts of it.
func Redact(s string, secrets ...string) string {
	for _, secret := range secrets {
		if secret == "" {
			continue
		}
		for _, writing := range []string{secret, url.QueryEscape(secret), url.PathEscape(secret)} {
			s = strings.ReplaceAll(s, writing, hidden)
		}
	}
	return s
}

func (r Request) address() string {
	if r.Hidden {
		before, _, _ := strings.Cut(r.URL, "?")
		return r.redact(before)
	}
	return r.redact(r.URL)
}

// Detail shortens what a vendor said to what people are shown.
func Detail(s string) string {
	const most = 300
	s = strings.Join(strings.Fields(strings.ToValidUTF8(s, "")), " ")
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:most]) + "…"
}
