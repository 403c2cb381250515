// Package dataapi answers the Data API: JSON-RPC 2.0 at POST /v2.0, with the methods, errors and oddities that clients of the original know
// (docs/dev/data-api.md). It decodes, checks rights and limits, calls one use case and puts the answer into the API's words.
package dataapi

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/netip"
	"runtime/debug"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/accounts"
	"github.com/skvoz/skvoz/core/sites"
)

// MaxBody is the largest request, in bytes.
const MaxBody = 10 << 20

// Config holds what the handler needs. All fields but the limits and Log must be set.
type Config struct {
	Accounts *accounts.Service
	Sites    *sites.Service
	Deals    Deals
	// ClientIP returns the caller's address behind trusted proxies.
	ClientIP func(*http.Request) netip.Addr
	Clock    core.Clock
	// Log receives faults of ours; nil = slog.Default().
	Log *slog.Logger
	// MinuteLimit and DayLimit are the points each account may spend; 0 = as many as it likes.
	MinuteLimit, DayLimit int
}

type handler struct {
	Config
	methods map[string]*method
}

// New returns the handler of POST /v2.0 and /v2.0/.
func New(cfg Config) http.Handler {
	if cfg.Log == nil {
		cfg.Log = slog.Default()
	}
	h := &handler{Config: cfg}
	h.methods = loadMethods(h.runs())
	return h
}

// ServeHTTP implements http.Handler.
func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		http.Error(w, "The Data API takes JSON-RPC 2.0 requests by POST only.", http.StatusMethodNotAllowed)
		return
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, MaxBody+1))
	if err != nil {
		h.Log.DebugContext(r.Context(), "reading a request of the Data API", "error", err)
		body = nil
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	answer := encode(h.answer(r, body))
	if _, err := w.Write(answer); err != nil {
		h.Log.DebugContext(r.Context(), "answering the Data API", "error", err)
	}
}

// reply is an answer: with a result or with an error, never with both.
type reply struct {
	JSONRPC string          `json:"jsonrpc"`
	ID      json.RawMessage `json:"id"`
	Result  *result         `json:"result,omitempty"`
	Error   *replyError     `json:"error,omitempty"`
}

type result struct {
	Data     any      `json:"data"`
	Metadata metadata `json:"metadata"`
}

type replyError struct {
	Code    int       `json:"code"`
	Message string    `json:"message"`
	Data    errorData `json:"data"`
}

type errorData struct {
	Mnemonic       string         `json:"mnemonic"`
	Field          *string        `json:"field"`
	Value          any            `json:"value"`
	Params         map[string]any `json:"params"`
	ExtendedHelper *string        `json:"extended_helper"`
	Metadata       any            `json:"metadata"`
}

type metadata struct {
	Limits     *limits `json:"limits"`
	TotalItems *int    `json:"total_items,omitempty"`
	Version    *string `json:"version"`
}

type limits struct {
	DayLimit        int `json:"day_limit"`
	DayRemaining    int `json:"day_remaining"`
	DayReset        int `json:"day_reset"`
	MinuteLimit     int `json:"minute_limit"`
	MinuteRemaining int `json:"minute_remaining"`
	MinuteReset     int `json:"minute_reset"`
}

// answer does everything between a request's body and its answer.
func (h *handler) answer(r *http.Request, body []byte) reply {
	request, fault := readRequest(body)
	if fault != nil {
		return failed(request.id, fault, nil)
	}
	m := h.methods[request.method]
	if m == nil {
		return failed(request.id, refuse(methodNotFound).because("there is no method %q here", shorten(request.method)), nil)
	}
	c := &call{h: h, method: m, raw: request.params, ip: h.ClientIP(r), userAgent: r.UserAgent(), began: h.Clock.Now()}
	data, fault := h.perform(r.Context(), c)
	if fault != nil {
		return failed(request.id, fault, c.limits)
	}
	return reply{JSONRPC: "2.0", ID: request.id, Result: &result{Data: data, Metadata: metadata{Limits: c.limits, TotalItems: c.total}}}
}

func failed(id json.RawMessage, f *fault, known *limits) reply {
	if id == nil {
		id = json.RawMessage("null")
	}
	e := &replyError{Code: f.code, Message: f.message, Data: errorData{Mnemonic: f.mnemonic, Value: echoed(f.value), Params: f.params, Metadata: struct{}{}}}
	if f.field != "" {
		e.Data.Field = &f.field
	}
	if known != nil {
		e.Data.Metadata = metadata{Limits: known}
	}
	return reply{JSONRPC: "2.0", ID: id, Error: e}
}

// maxEcho bounds what of a request is sent back, in bytes.
const maxEcho = 2000

// echoed is what was sent, or nil where that is too long to be of use or holds numbers that a client could not read.
func echoed(v any) any {
	var readable any
	if text := encode(v); len(text) > maxEcho || json.Unmarshal(text, &readable) != nil {
		return nil
	}
	return v
}

// perform runs a call and writes the journal. A panic is a fault of ours that must not take the answer's form away.
func (h *handler) perform(ctx context.Context, c *call) (data any, f *fault) {
	defer func() {
		if r := recover(); r != nil {
			h.Log.ErrorContext(ctx, "panic in the Data API", "method", c.method.name, "panic", fmt.Sprint(r), "stack", string(debug.Stack()))
			data, f = nil, refuse(internalError)
		}
	}()
	data, err := h.run(ctx, c)
	if err != nil {
		f = h.faultOf(ctx, c, err)
	}
	h.settle(ctx, c, f)
	return data, f
}

// run does the checks in their order and then the work: token, address, rights, limits, parameters.
func (h *handler) run(ctx context.Context, c *call) (any, error) {
	if err := h.identify(ctx, c); err != nil {
		return nil, err
	}
	may, err := h.Accounts.MayCallDataAPI(ctx, c.caller.AccountID, c.ip)
	if err != nil {
		return nil, err
	}
	if !may {
		return nil, refuse(ipNotWhitelisted, c.ipText()).
			because("ask an administrator of the account to allow this address: skvoz ip allow, or the cabinet's page Data API")
	}
	c.journal = true
	if c.loginRefused != nil {
		return nil, c.loginRefused
	}
	if !c.caller.May(c.method.role, accounts.ScopeDataAPI) {
		_ = h.takePoint(ctx, c) // tells how the points stand; settle gives it back
		return nil, refuse(forbidden).because("this method needs the role %s and a key with the scope data-api", c.method.roleName())
	}
	if err := h.takePoint(ctx, c); err != nil {
		return nil, err
	}
	if err := c.prepare(); err != nil {
		return nil, err
	}
	return c.method.run(ctx, c)
}

// identify finds out who calls: by the access token, or by login and password.
func (h *handler) identify(ctx context.Context, c *call) error {
	if c.method.isLogin {
		return h.login(ctx, c)
	}
	token, err := accessToken(c.raw)
	if err != nil {
		return err
	}
	c.caller, err = h.Accounts.DataAPICaller(ctx, token)
	return err
}

func accessToken(params map[string]any) (string, error) {
	switch token := params["access_token"].(type) {
	case nil:
		return "", refuse(requiredParameterMissed).at("access_token")
	case string:
		return token, nil
	default:
		return "", refuse(dataTypeError).at("access_token")
	}
}

func (h *handler) takePoint(ctx context.Context, c *call) error {
	points, err := h.Accounts.TakeDataAPIPoint(ctx, c.caller.Account, accounts.DataAPILimits{Minute: h.MinuteLimit, Day: h.DayLimit})
	if err == nil || core.KindOf(err) == core.KindRateLimited {
		c.points, c.limits = points, h.limitsOf(points)
	}
	c.charged = err == nil
	switch known := core.AsError(err); {
	case err == nil:
		return nil
	case known.Reason == "day_limit":
		return refuse(limitExceeded, "day", h.DayLimit).with("limit_type", "day").with("limit_max_value", h.DayLimit).because("try again in %d seconds", c.limits.DayReset)
	case known.Reason == "minute_limit":
		return refuse(limitExceeded, "minute", h.MinuteLimit).with("limit_type", "minute").with("limit_max_value", h.MinuteLimit).
			because("try again in %d seconds", c.limits.MinuteReset)
	}
	return err
}

// unlimited is what clients see where there is no limit: a number they can compare with.
const unlimited = 1<<31 - 1

func (h *handler) limitsOf(p accounts.DataAPIPoints) *limits {
	now := h.Clock.Now()
	limit := func(most, spent int) (total, left int) {
		if most <= 0 {
			return unlimited, unlimited
		}
		return most, max(0, most-spent)
	}
	l := &limits{DayReset: int(p.DayEnds.Sub(now).Seconds()), MinuteReset: int(p.MinuteEnds.Sub(now).Seconds())}
	l.DayLimit, l.DayRemaining = limit(h.DayLimit, p.DaySpent)
	l.MinuteLimit, l.MinuteRemaining = limit(h.MinuteLimit, p.MinuteSpent)
	return l
}

// settle gives the point of a failed call back and writes the journal. It is done even if the caller has gone away.
func (h *handler) settle(ctx context.Context, c *call, f *fault) {
	ctx = context.WithoutCancel(ctx)
	if c.charged && f != nil {
		points, err := h.Accounts.ReturnDataAPIPoint(ctx, c.caller.AccountID, c.points)
		if err != nil {
			h.Log.ErrorContext(ctx, "returning a point of the Data API", "error", err)
		}
		c.limits = h.limitsOf(points)
	}
	if f != nil && c.session.secret != "" { // nobody will know it
		if err := h.Accounts.DataAPILogout(ctx, c.caller); err != nil {
			h.Log.ErrorContext(ctx, "ending a session of the Data API", "error", err)
		}
	}
	if !c.journal {
		return
	}
	line := accounts.DataAPICall{
		AccountID: c.caller.AccountID, At: c.began, UserID: c.caller.UserID, TokenName: c.caller.TokenName, IP: c.ipText(), Method: c.method.name,
		Duration: h.Clock.Now().Sub(c.began),
	}
	if f == nil {
		line.Points = 1
	} else {
		line.ErrorCode, line.Mnemonic, line.ErrorText = f.code, f.mnemonic, f.text()
	}
	if err := h.Accounts.RecordDataAPICall(ctx, line); err != nil {
		h.Log.ErrorContext(ctx, "writing the journal of the Data API", "error", err)
	}
}

// faultOf puts an error into the API's words; faults of ours are logged.
func (h *handler) faultOf(ctx context.Context, c *call, err error) *fault {
	f := toFault(err, c.raw, c.method.name)
	if f.mnemonic == "internal_error" {
		h.Log.ErrorContext(ctx, "the Data API failed", "method", c.method.name, "error", err)
	}
	return f
}

// encode writes an answer without the escapes meant for HTML, so that texts and the id look as they were sent.
func encode(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return []byte(`{"jsonrpc":"2.0","id":null,"error":{"code":-32603,"message":"Internal error, contact the support service",` +
			`"data":{"mnemonic":"internal_error","field":null,"value":null,"params":{},"extended_helper":null,"metadata":{}}}}`)
	}
	return b.Bytes()
}
