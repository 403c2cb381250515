// Package graph serves the GraphQL API: the schema (schema/), the doors it is reached through (HTTP, WebSocket, event streams), limits against
// queries that cost too much, rights as directives, and the form of errors. Fields are answered by package resolvers.
package graph

import (
	"cmp"
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/99designs/gqlgen/graphql/handler/extension"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/skvoz/skvoz/graph/generated"
	"github.com/skvoz/skvoz/internal/httpserver"
)

// Config says what the handler serves and how much it allows. Zero limits mean the defaults.
type Config struct {
	// Resolvers answers the fields.
	Resolvers generated.ResolverRoot
	// Introspection lets anybody read the schema, and lets errors suggest names.
	Introspection bool
	// Log receives faults of ours.
	Log *slog.Logger
	// AllowsWebSocket reports whether a WebSocket may be opened by this request (its Origin). Nil allows none.
	AllowsWebSocket func(r *http.Request) bool
	// Identify returns a context with the identity an Authorization value stands for. WebSockets of programs bring it in their first message.
	Identify func(ctx context.Context, authorization string) (context.Context, error)
	// Recheck returns an error once the identity of a context has lost its session or token. Long-lived connections ask it from time to time.
	Recheck func(ctx context.Context) error
	// Prepare returns the context each operation runs under; nil = unchanged.
	Prepare func(ctx context.Context) context.Context
	Limits  Limits
}

// Limits bound what one request may cost.
type Limits struct {
	// Body is the largest body of a request or message, in bytes; 1 MiB.
	Body int64
	// Tokens is the largest number of lexical tokens of a query; 2000.
	Tokens int
	// Depth is how deep fields may nest, 12; introspection has its own limit.
	Depth int
	// Cost is the largest sum of what fields cost, 200000: a field 1, a list its size times what is in it.
	Cost int
	// Timeout is how long a query or mutation may take; 30 s.
	Timeout time.Duration
	// Streams is how many subscriptions may run on one connection; 20.
	Streams int
	// RecheckEvery is the time between two calls of Recheck; 30 s.
	RecheckEvery time.Duration
	// KeepAlive is the time between two signs of life on idle connections; 20 s.
	KeepAlive time.Duration
}

func (l Limits) withDefaults() Limits {
	return Limits{
		Body: cmp.Or(l.Body, 1<<20), Tokens: cmp.Or(l.Tokens, 2000), Depth: cmp.Or(l.Depth, 12), Cost: cmp.Or(l.Cost, 200_000),
		Timeout: cmp.Or(l.Timeout, 30*time.Second), Streams: cmp.Or(l.Streams, 20),
		RecheckEvery: cmp.Or(l.RecheckEvery, 30*time.Second), KeepAlive: cmp.Or(l.KeepAlive, 20*time.Second),
	}
}

const (
	cachedQueries   = 1000
	cachedQueryText = 16 << 10 // longer ones are parsed each time, so that the caches stay small
)

// NewHandler returns the handler of the GraphQL endpoint. Who asks is taken from the request's context (accounts.IdentityFrom): the handler
// belongs behind the middleware of package auth.
func NewHandler(cfg Config) http.Handler {
	cfg.Limits = cfg.Limits.withDefaults()
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	es := generated.NewExecutableSchema(generated.Config{
		Resolvers: cfg.Resolvers, Directives: generated.DirectiveRoot{Auth: requireRights, Public: allowAnybody},
	})
	exec := newExecutor(es, cfg)
	return &doors{
		web:     newWeb(exec, cfg),
		streams: newStreams(exec, cfg),
		sockets: newSockets(exec, cfg),
	}
}

func newExecutor(es graphql.ExecutableSchema, cfg Config) *executor.Executor {
	exec := executor.New(es)
	exec.SetErrorPresenter(presenter(cfg.Log))
	exec.SetRecoverFunc(recoverer(cfg.Log))
	exec.SetQueryCache(newTextCache[*ast.QueryDocument]())
	exec.SetParserTokenLimit(cfg.Limits.Tokens)
	exec.SetDisableSuggestion(!cfg.Introspection)
	exec.Use(extension.AutomaticPersistedQuery{Cache: newTextCache[string]()})
	if cfg.Introspection {
		exec.Use(extension.Introspection{})
	}
	exec.Use(&costLimit{depth: cfg.Limits.Depth, cost: cfg.Limits.Cost})
	exec.Use(streamLimit{})
	exec.Use(preparation(cfg.Prepare))
	return exec
}

// preparation gives every operation its context.
type preparation func(ctx context.Context) context.Context

// ExtensionName implements graphql.HandlerExtension.
func (preparation) ExtensionName() string { return "Preparation" }

// Validate implements graphql.HandlerExtension.
func (preparation) Validate(graphql.ExecutableSchema) error { return nil }

// InterceptOperation implements graphql.OperationInterceptor.
func (p preparation) InterceptOperation(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
	if p != nil {
		ctx = p(ctx)
	}
	return next(ctx)
}

// doors passes each request to the transport it asks for.
type doors struct {
	web, streams, sockets http.Handler
}

// ServeHTTP implements http.Handler.
func (d *doors) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	r = r.WithContext(graphql.StartOperationTrace(r.Context()))
	switch {
	case r.Header.Get("Upgrade") != "":
		d.sockets.ServeHTTP(w, r)
	case httpserver.WantsStream(r):
		d.streams.ServeHTTP(w, r)
	default:
		d.web.ServeHTTP(w, r)
	}
}
