package main

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"

	"github.com/skvoz/skvoz/auth"
	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/accounts"
	"github.com/skvoz/skvoz/core/comms"
	"github.com/skvoz/skvoz/core/goals"
	"github.com/skvoz/skvoz/core/sites"
	"github.com/skvoz/skvoz/core/visits"
	"github.com/skvoz/skvoz/graph"
	"github.com/skvoz/skvoz/internal/httpserver"
	"github.com/skvoz/skvoz/internal/phonenum"
	"github.com/skvoz/skvoz/internal/useragent"
	"github.com/skvoz/skvoz/resolvers"
	"github.com/skvoz/skvoz/store"
)

// server is the real API over a seeded database.
type server struct {
	handler http.Handler
	account core.AccountID
	token   string
	db      *store.DB
}

const publicURL = "https://bench.test"

func openServer(ctx context.Context, dsn string, o options) (*server, error) {
	db, err := store.Open(ctx, store.Config{DSN: dsn, MaxConns: 16})
	if err != nil {
		return nil, err
	}
	if _, err := db.Migrate(ctx); err != nil {
		return nil, err
	}
	service, err := accounts.NewService(ctx, accounts.Config{
		Store: db.Accounts(), Passwords: auth.NewHasher(auth.Cost{MemoryKiB: 64, Passes: 1, Lanes: 1}), Attempts: auth.NewAttempts(db.Clock), Clock: db.Clock,
		ReadEmail: phonenum.NormalizeEmail, PublicURL: publicURL,
	})
	if err != nil {
		return nil, err
	}
	account, owner, err := service.CreateAccount(ctx, accounts.Founding{AccountName: "Bench", Name: "Owner", Email: "owner@example.com", Password: core.NewSecret(20)})
	if err != nil {
		return nil, err
	}
	if err := seed(ctx, dsn, account.ID, o.visitors); err != nil {
		return nil, err
	}
	id := accounts.Identity{AccountID: account.ID, UserID: owner.ID, Role: accounts.RoleOwner}
	token, _, err := service.CreateToken(ctx, id, accounts.NewToken{Name: "bench", Scopes: []accounts.Scope{accounts.ScopeRead}})
	if err != nil {
		return nil, err
	}
	return &server{handler: handler(db, service), account: account.ID, token: token, db: db}, nil
}

func handler(db *store.DB, service *accounts.Service) http.Handler {
	peers := httpserver.NewProxies(nil)
	sessions := auth.NewStore(service, peers)
	guard := auth.NewGuard(service, sessions, peers, publicURL, graph.WriteError)
	r := &resolvers.Resolver{
		Accounts: service, SignIns: auth.NewSignIns(sessions), Devices: useragent.New(0), PublicURL: publicURL,
		Sites:  sites.NewService(sites.Deps{Store: db, Campaigns: db, Costs: db, Clock: db.Clock, PublicURL: publicURL}),
		Goals:  goals.NewService(goals.Deps{Store: db, Clock: db.Clock}),
		Visits: visits.NewService(visits.ServiceConfig{Reader: db, Joins: db, Clock: db.Clock}),
		Comms:  comms.NewService(comms.Config{Writer: db, Cards: db, Comms: db, Clock: db.Clock}),
	}
	api := graph.NewHandler(graph.Config{
		Resolvers: r, Prepare: r.Prepare, Identify: guard.Identify, Recheck: auth.Recheck, Log: slog.New(slog.NewTextHandler(os.Stderr, nil)),
	})
	return guard.Middleware(api)
}

// statements returns how many SQL statements a request takes, once everything is warm.
func (s *server) statements(ctx context.Context, r request) int64 {
	ctx, n := store.CountStatements(ctx)
	req, err := r.make(ctx)
	if err != nil {
		return -1
	}
	s.handler.ServeHTTP(httptest.NewRecorder(), req)
	return n.Load()
}

func (s *server) close() {
	if err := s.db.Close(); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
}
