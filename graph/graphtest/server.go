// Package graphtest runs the GraphQL API in the test's process: all services over a throw-away database behind a real HTTP server on loopback.
// Only tests import it.
package graphtest

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strconv"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/skvoz/skvoz/auth"
	"github.com/skvoz/skvoz/core/accounts"
	"github.com/skvoz/skvoz/graph"
	"github.com/skvoz/skvoz/internal/httpserver"
	"github.com/skvoz/skvoz/internal/observe"
	"github.com/skvoz/skvoz/internal/phonenum"
	"github.com/skvoz/skvoz/internal/useragent"
	"github.com/skvoz/skvoz/resolvers"
	"github.com/skvoz/skvoz/store"
)

// Server is a running API.
type Server struct {
	// URL is that of the GraphQL endpoint.
	URL string
	// DB is the database behind it.
	DB *store.DB
	// Resolver holds the services; a test may use them directly.
	Resolver *resolvers.Resolver
}

type settings struct {
	graph       graph.Config
	proxies     []netip.Prefix
	public      string
	readTimeout time.Duration
}

// Option changes how a Server runs.
type Option func(*settings)

// WithLimits sets the limits of the API.
func WithLimits(l graph.Limits) Option { return func(s *settings) { s.graph.Limits = l } }

// WithoutIntrospection hides the schema.
func WithoutIntrospection() Option { return func(s *settings) { s.graph.Introspection = false } }

// WithLog shows the API's log to the test.
func WithLog(log *slog.Logger) Option { return func(s *settings) { s.graph.Log = log } }

// WithTrustedProxy believes the headers of a proxy on loopback.
func WithTrustedProxy() Option {
	return func(s *settings) { s.proxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")} }
}

// WithPublicURL sets the address browsers are told; by default https://skvoz.test.
func WithPublicURL(url string) Option { return func(s *settings) { s.public = url } }

// WithReadTimeout sets the server's limit on reading one request.
func WithReadTimeout(d time.Duration) Option { return func(s *settings) { s.readTimeout = d } }

// New starts a server that ends with the test. It knows no account yet: see Server.Account.
func New(t testing.TB, db *store.DB, options ...Option) *Server {
	t.Helper()
	cfg := settings{graph: graph.Config{Introspection: true, Log: slog.New(slog.NewTextHandler(t.Output(), nil))}, public: "https://skvoz.test"}
	for _, option := range options {
		option(&cfg)
	}
	service, err := accounts.NewService(t.Context(), accounts.Config{
		// Cheap hashes: what they are for is tested in package auth.
		Store: db.Accounts(), Passwords: auth.NewHasher(auth.Cost{MemoryKiB: 64, Passes: 1, Lanes: 1}), Attempts: auth.NewAttempts(db.Clock), Clock: db.Clock,
		ReadEmail: phonenum.NormalizeEmail, PublicURL: cfg.public,
	})
	if err != nil {
		t.Fatalf("making the service of accounts: %v", err)
	}
	peers := httpserver.NewProxies(cfg.proxies)
	sessions := auth.NewStore(service, peers)
	guard := auth.NewGuard(service, sessions, peers, cfg.public, graph.WriteError)
	r := &resolvers.Resolver{
		Accounts: service, SignIns: auth.NewSignIns(sessions), Devices: useragent.New(0), Version: "test", PublicURL: cfg.public,
	}
	addServices(t, db, r)
	cfg.graph.Resolvers, cfg.graph.Prepare = r, r.Prepare
	cfg.graph.AllowsWebSocket, cfg.graph.Identify, cfg.graph.Recheck = guard.AllowsWebSocket, guard.Identify, auth.Recheck
	observed := observe.NewHTTP(prometheus.NewRegistry(), slog.New(slog.DiscardHandler))
	srv := httptest.NewUnstartedServer(observed.Wrap("graphql", counted(guard.Middleware(graph.NewHandler(cfg.graph)))))
	srv.Config.ReadTimeout = cfg.readTimeout
	srv.Start()
	t.Cleanup(srv.Close)
	t.Cleanup(srv.CloseClientConnections) // live connections first: Close waits for them
	return &Server{URL: srv.URL + "/graphql", DB: db, Resolver: r}
}

// countHeader asks for the number of SQL statements of a request, which is answered in the trailer of the same name.
const countHeader = "X-Count-Statements"

func counted(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get(countHeader) == "" {
			next.ServeHTTP(w, r)
			return
		}
		ctx, n := store.CountStatements(r.Context())
		w.Header().Set("Trailer", countHeader)
		next.ServeHTTP(w, r.WithContext(ctx))
		w.Header().Set(countHeader, strconv.FormatInt(n.Load(), 10))
	})
}
