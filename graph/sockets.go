package graph

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/handler/transport"
	coderws "github.com/coder/websocket"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/accounts"
)

// subprotocol is the only one spoken; the older "graphql-ws" is not.
const subprotocol = "graphql-transport-ws"

// Close codes of graphql-transport-ws.
const (
	closeUnauthorized = 4401
	closeForbidden    = 4403
)

const initWithin = 10 * time.Second

// sockets is the door of WebSockets.
type sockets struct {
	exec     graphql.GraphExecutor
	allows   func(r *http.Request) bool
	identify func(ctx context.Context, authorization string) (context.Context, error)
	recheck  rechecker
	limits   Limits
}

func newSockets(exec graphql.GraphExecutor, cfg Config) *sockets {
	return &sockets{exec: exec, allows: cfg.AllowsWebSocket, identify: cfg.Identify, recheck: newRechecker(cfg), limits: cfg.Limits}
}

// ServeHTTP implements http.Handler.
func (h *sockets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case h.allows == nil || !h.allows(r):
		WriteError(w, r, core.E(core.KindForbidden, "this page may not open a connection here").WithReason("foreign_origin"))
	case !strings.EqualFold(r.Header.Get("Upgrade"), "websocket") || !offers(r, subprotocol):
		refuse(w, r, typeJSON, &problem{http.StatusBadRequest, "open a WebSocket with the subprotocol " + subprotocol})
	default:
		ctx, cancel := h.recheck.watchLater(r.Context())
		defer cancel()
		transport.Websocket{
			Implementation:   onlyTransportWS{},
			InitFunc:         h.begin,
			InitTimeout:      initWithin,
			PingPongInterval: h.limits.KeepAlive,
			PayloadReadLimit: &h.limits.Body,
		}.Do(w, r.WithContext(ctx), h.exec)
	}
}

func offers(r *http.Request, wanted string) bool {
	for _, line := range r.Header.Values("Sec-Websocket-Protocol") {
		for offered := range strings.SplitSeq(line, ",") {
			if strings.TrimSpace(offered) == wanted {
				return true
			}
		}
	}
	return false
}

// onlyTransportWS keeps the library from agreeing on the older subprotocol, and from checking the origin a second time by other rules.
type onlyTransportWS struct{}

// Accept implements transport.WebsocketImplementation.
func (onlyTransportWS) Accept(w http.ResponseWriter, r *http.Request, options transport.WebsocketAcceptOptions) (transport.WebsocketConn, error) {
	options.Subprotocols = slices.DeleteFunc(slices.Clone(options.Subprotocols), func(name string) bool { return name != subprotocol })
	return transport.CoderWebsocketImplementation{
		AcceptOptions: coderws.AcceptOptions{InsecureSkipVerify: true, Subprotocols: []string{subprotocol}},
	}.Accept(w, r, options)
}

// begin finds out who opened the connection: by the request's cookie or token, or by `authorization` in the first message. Nobody is sent away
// with a close code; the context is never nil, since the library looks there for the code.
func (h *sockets) begin(ctx context.Context, payload transport.InitPayload) (context.Context, *transport.InitPayload, error) {
	if given := payload.Authorization(); given != "" && h.identify != nil {
		known, err := h.identify(ctx, given)
		if err != nil {
			return rejected(ctx, closeForbidden, "Forbidden"), nil, err
		}
		ctx = known
	}
	if _, err := accounts.Require(ctx); err != nil {
		return rejected(ctx, closeUnauthorized, "Unauthorized"), nil, err
	}
	if start, ok := ctx.Value(watchKey{}).(func(context.Context)); ok {
		start(ctx)
	}
	return context.WithValue(ctx, streamsKey{}, &streamCount{limit: int64(h.limits.Streams)}), nil, nil
}

func rejected(ctx context.Context, code int, reason string) context.Context {
	return transport.AppendCloseReason(transport.WithWebsocketCloseCode(ctx, code), reason)
}

type watchKey struct{}

// watchLater is watch for a connection whose identity is known only after its first message: the value under watchKey starts the checks.
func (c rechecker) watchLater(parent context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(parent)
	start := func(identified context.Context) {
		watched, stop := c.watch(identified)
		context.AfterFunc(watched, func() { stop(nil); cancel() })
	}
	return context.WithValue(ctx, watchKey{}, start), cancel
}

type streamsKey struct{}

// streamCount counts the subscriptions of one connection.
type streamCount struct {
	running atomic.Int64
	limit   int64
}

// streamLimit refuses subscriptions beyond the limit of their connection.
type streamLimit struct{}

// ExtensionName implements graphql.HandlerExtension.
func (streamLimit) ExtensionName() string { return "StreamLimit" }

// Validate implements graphql.HandlerExtension.
func (streamLimit) Validate(graphql.ExecutableSchema) error { return nil }

// InterceptOperation implements graphql.OperationInterceptor. The context of a subscription ends with it, which frees its place.
func (streamLimit) InterceptOperation(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
	count, ok := ctx.Value(streamsKey{}).(*streamCount)
	if !ok || graphql.GetOperationContext(ctx).Operation.Operation != ast.Subscription {
		return next(ctx)
	}
	if count.running.Add(1) > count.limit {
		count.running.Add(-1)
		e := core.E(core.KindRateLimited, "too many subscriptions on one connection").WithReason("too_many_subscriptions")
		return graphql.OneShot(&graphql.Response{Errors: gqlerror.List{{Message: e.Message, Extensions: extensions(ctx, e)}}})
	}
	context.AfterFunc(ctx, func() { count.running.Add(-1) })
	return next(ctx)
}
