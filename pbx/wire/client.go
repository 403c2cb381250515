package wire

import (
	"context"
	"errors"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/telephony"
	"github.com/skvoz/skvoz/internal/httpclient"
)

// Deps are what drivers are made of.
type Deps struct {
	// Networks are private networks PBXs may be in (--integration-networks), beside the internet.
	Networks []netip.Prefix
	// Clock tells the time; nil = core.SystemClock.
	Clock core.Clock
	// Timeout is how long a PBX may take for one attempt; zero = 5 s.
	Timeout time.Duration
	// Rate is how many commands a connection is sent; zero = the driver's own.
	Rate Rate
}

// patience is how long a command may take with its waits and repeats: somebody is looking at the screen.
const patience = 12 * time.Second

// Client sends requests to PBXs, those of each connection in turn. It is safe for concurrent use.
type Client struct {
	http  *httpclient.Client
	turns *Turns[core.ConnectionID]
}

// NewClient returns a client. Requests are repeated only where they can't do anything twice: when they were not sent, or bear an Idempotency-Key.
func NewClient(d Deps, rate Rate) *Client {
	if d.Clock == nil {
		d.Clock = core.SystemClock{}
	}
	if d.Timeout <= 0 {
		d.Timeout = 5 * time.Second
	}
	if d.Rate != (Rate{}) {
		rate = d.Rate
	}
	return &Client{
		http:  httpclient.New(httpclient.Options{Timeout: d.Timeout, MaxBody: 4 << 20, Attempts: 3, MaxWait: 2 * time.Second, AllowNetworks: d.Networks}),
		turns: NewTurns[core.ConnectionID](d.Clock, rate),
	}
}

// Request is a request to a PBX.
type Request struct {
	Method string
	URL    string
	Header map[string]string
	Body   []byte
}

// Do waits for the connection's turn and sends a request. It returns the answer whatever its status is; errors are of kind KindUnavailable, and the context's.
func (c *Client) Do(ctx context.Context, e *telephony.Endpoint, r Request) (*httpclient.Response, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if err := c.turns.Wait(ctx, e.ID); err != nil {
		return nil, core.Unavailable("too many commands wait for this PBX", 5*time.Second, err).WithReason("busy")
	}
	req, err := httpclient.NewRequest(ctx, r.Method, r.URL, r.Body)
	if err != nil {
		return nil, core.E(core.KindUnavailable, "the address of the connection can't be read: it looks like https://pbx.example").WithReason("bad_address").WithField("address")
	}
	for name, value := range r.Header {
		req.Header.Set(name, value)
	}
	res, err := c.http.Do(req)
	if err != nil {
		return nil, failed(err)
	}
	return res, nil
}

// failed says in words why there is no answer.
func failed(err error) error {
	say := func(reason, message string) error {
		return core.Unavailable(message, 5*time.Second, err).WithReason(reason)
	}
	switch {
	case errors.Is(err, context.Canceled):
		return err
	case errors.Is(err, httpclient.ErrPrivateAddress):
		return core.E(core.KindUnavailable, "the PBX is in a private network; whoever runs this server allows it with --integration-networks").WithReason("private_address").WithField("address").WithCause(err)
	case errors.Is(err, httpclient.ErrUnknownHost):
		return say("unknown_host", "the host of the PBX is unknown: look at the address of the connection")
	case errors.Is(err, httpclient.ErrTLS):
		return say("no_secure_connection", "no secure connection with the PBX: its certificate is not trusted")
	case errors.Is(err, httpclient.ErrUnreachable):
		return say("unreachable", "the PBX can't be reached: look whether it runs and lets this server in")
	case errors.Is(err, httpclient.ErrTimeout), errors.Is(err, context.DeadlineExceeded):
		return say("timeout", "the PBX did not answer in time; it may have done what it was told")
	case errors.Is(err, httpclient.ErrBodyTooLarge):
		return say("bad_answer", "the PBX answered with too much")
	}
	return say("broken", "the connection to the PBX broke off; it may have done what it was told")
}

// Address joins the address of a connection and a path. The error says that there is none, or that it is none.
func Address(e *telephony.Endpoint, otherwise, path string) (string, error) {
	base := e.Settings.Address
	if base == "" {
		base = otherwise
	}
	u, err := url.Parse(base)
	switch {
	case base == "":
		return "", core.Invalid("address", "not_supported", "this connection has no address, so it can't be sent commands: enter it in its settings")
	case err != nil, u.Scheme != "https" && u.Scheme != "http", u.Host == "":
		return "", core.Invalid("address", "invalid_parameter", "the address of the connection must look like https://pbx.example")
	}
	return strings.TrimSuffix(base, "/") + path, nil
}

// Refused makes an error of a command the PBX did not carry out, for a reason of the contract. What the PBX said is shortened and added.
func Refused(reason, message, said string) *core.Error {
	if said = shorten(said); said != "" {
		message += " (" + said + ")"
	}
	return core.E(core.KindInvalid, message).WithReason(reason)
}

// Overloaded makes an error of a PBX that asks to come again later.
func Overloaded(res *httpclient.Response) *core.Error {
	wait := 5 * time.Second
	if at, err := time.ParseDuration(res.Header.Get("Retry-After") + "s"); err == nil && at > 0 {
		wait = at
	}
	return core.Unavailable("the PBX is overloaded or out of order; try again in a moment", wait, errors.New(http.StatusText(res.Status))).WithReason("overloaded")
}

// Unreadable makes an error of an answer that is none of the other side's words.
func Unreadable(what string) *core.Error {
	return core.Unavailable("the PBX answered with something else than "+what+": look at the address of the connection", 5*time.Second, nil).WithReason("bad_answer")
}

func shorten(s string) string {
	const most = 200
	s = strings.Join(strings.Fields(strings.ToValidUTF8(s, "")), " ")
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:most]) + "…"
}
