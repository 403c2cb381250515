// Package httpclient is the one way out: every request this server makes to another one goes through it, with a time
// limit, a limit of the answer's size, repeats, and no way into the private network it runs in.
package httpclient

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"time"
)

// Options of a client. Zero values mean the defaults named.
type Options struct {
	Timeout      time.Duration // of one attempt with its body; 15 s
	MaxBody      int64         // bytes of an answer; 4 MiB
	Attempts     int           // at most, the first included; 3
	MaxWait      time.Duration // longest pause before a repeat; a longer Retry-After ends the attempts; 10 s
	AllowPrivate bool          // let it reach all private and loopback addresses
	UserAgent    string        // "Skvoz"

	// AllowNetworks are private networks it may reach, beside the internet; none by default. Addresses are judged when a
	// connection is made, whatever name led to them.
	AllowNetworks []netip.Prefix

	// Sleep waits between attempts; Resolver looks host names up. Both are replaced in tests.
	Sleep    func(ctx context.Context, d time.Duration) error
	Resolver *net.Resolver
}

// Client makes requests. It is safe for concurrent use; make one per kind of destination and keep it.
type Client struct {
	o    Options
	http *http.Client
}

// Response is an answer, read whole.
type Response struct {
	Status int
	Header http.Header
	Body   []byte
}

// New returns a client.
func New(o Options) *Client {
	o = o.withDefaults()
	return &Client{o: o, http: &http.Client{
		Timeout:   o.Timeout,
		Transport: transport(&o),
		// A redirect would carry secrets to an address nobody configured: the caller sees the 3xx and decides.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

func (o Options) withDefaults() Options {
	if o.Timeout <= 0 {
		o.Timeout = 15 * time.Second
	}
	if o.MaxBody <= 0 {
		o.MaxBody = 4 << 20
	}
	if o.Attempts <= 0 {
		o.Attempts = 3
	}
	if o.MaxWait <= 0 {
		o.MaxWait = 10 * time.Second
	}
	if o.UserAgent == "" {
		o.UserAgent = "Skvoz"
	}
	if o.Sleep == nil {
		o.Sleep = sleep
	}
	return o
}

// Do sends a request and reads its answer, whatever its status is.
//
// It repeats after a failure of the network, 429, 500, 502, 503 and 504, waiting as Retry-After says. A request that
// may not happen twice (POST and PATCH without an Idempotency-Key) is repeated only after 429 and 503, which mean that
// it was not carried out. The last answer is returned as it is. With Attempts: 1 it repeats nothing.
//
// Errors name the host and never the path, query or headers, which may hold secrets. errors.Is finds one of the Err…
// in them, and context.Canceled or context.DeadlineExceeded if the caller's own context ended.
func (c *Client) Do(req *http.Request) (*Response, error) {
	if req.Header.Get("User-Agent") == "" {
		req.Header.Set("User-Agent", c.o.UserAgent)
	}
	for attempt := 1; ; attempt++ {
		res, err := c.once(req)
		if attempt >= c.o.Attempts || !repeatable(req, res, err) {
			return res, named(req, err)
		}
		pause := c.pause(attempt, res)
		if pause > c.o.MaxWait {
			return res, named(req, err)
		}
		if sleepErr := c.o.Sleep(req.Context(), pause); sleepErr != nil {
			return nil, named(req, sleepErr)
		}
		if req, err = again(req); err != nil {
			return nil, err
		}
	}
}

// Stream sends a request once and returns its answer before the body is read, for bodies that don't fit into memory: MaxBody does not bound them, Timeout
// does. The caller closes the body. Redirects are not followed. Errors are those of Do.
func (c *Client) Stream(req *http.Request) (*http.Response, error) {
	if req.Header.Get("User-Agent") == "" {
		req.Header.Set("User-Agent", c.o.UserAgent)
	}
	if err := sendable(req); err != nil {
		return nil, named(req, err)
	}
	res, err := c.http.Do(req) //nolint:gosec // the transport refuses private addresses unless told otherwise; the caller closes
	if err != nil {
		return nil, named(req, classified(err))
	}
	return res, nil
}

func (c *Client) once(req *http.Request) (*Response, error) {
	if err := sendable(req); err != nil {
		return nil, err
	}
	res, err := c.http.Do(req) //nolint:gosec // the transport refuses private addresses unless told otherwise
	if err != nil {
		return nil, classified(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(res.Body, c.o.MaxBody+1))
	if err != nil {
		return nil, classified(err)
	}
	if int64(len(body)) > c.o.MaxBody {
		return nil, fmt.Errorf("%w: over %d bytes", ErrBodyTooLarge, c.o.MaxBody)
	}
	return &Response{Status: res.StatusCode, Header: res.Header, Body: body}, nil
}

func repeatable(req *http.Request, res *Response, err error) bool {
	if req.Body != nil && req.Body != http.NoBody && req.GetBody == nil {
		return false // the body is used up
	}
	if err != nil {
		return !final(req, err) && harmless(req)
	}
	switch res.Status {
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		return true
	case http.StatusInternalServerError, http.StatusBadGateway, http.StatusGatewayTimeout:
		return harmless(req)
	default:
		return false
	}
}

func final(req *http.Request, err error) bool {
	return req.Context().Err() != nil || errors.Is(err, ErrPrivateAddress) || errors.Is(err, ErrBodyTooLarge)
}

// harmless reports whether a request may happen twice.
func harmless(req *http.Request) bool {
	switch req.Method {
	case http.MethodPost, http.MethodPatch, http.MethodConnect:
		return req.Header.Get("Idempotency-Key") != ""
	default:
		return true
	}
}

// pause is what Retry-After asks for, or a doubling time with some chance in it so that clients don't move in step.
func (c *Client) pause(attempt int, res *Response) time.Duration {
	if res != nil {
		if wait, ok := retryAfter(res.Header.Get("Retry-After")); ok {
			return wait
		}
	}
	base := 250 * time.Millisecond << min(attempt-1, 6)
	return min(base/2+rand.N(base), c.o.MaxWait)
}

func retryAfter(header string) (time.Duration, bool) {
	if seconds, err := strconv.ParseUint(header, 10, 31); err == nil {
		return time.Duration(seconds) * time.Second, true
	}
	if at, err := http.ParseTime(header); err == nil {
		return max(0, time.Until(at)), true
	}
	return 0, false
}

func again(req *http.Request) (*http.Request, error) {
	next := req.Clone(req.Context())
	if req.GetBody == nil {
		return next, nil
	}
	body, err := req.GetBody()
	if err != nil {
		return nil, named(req, err)
	}
	next.Body = body
	return next, nil
}

// named says which host failed.
func named(req *http.Request, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s %s: %w", req.Method, req.URL.Host, err)
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// NewRequest makes a request whose body can be sent again. A nil body sends none.
func NewRequest(ctx context.Context, method, address string, body []byte) (*http.Request, error) {
	var reader io.Reader = http.NoBody
	if body != nil {
		reader = bytes.NewReader(body)
	}
	req, err := http.NewRequestWithContext(ctx, method, address, reader)
	if err != nil {
		return nil, errors.New("the address of a request can't be read") // the cause repeats the address
	}
	return req, nil
}
