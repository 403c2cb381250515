package graphtest

import (
	"context"
	"testing"
	"time"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/comms"
	"github.com/skvoz/skvoz/core/deals"
	"github.com/skvoz/skvoz/core/employees"
	"github.com/skvoz/skvoz/core/goals"
	"github.com/skvoz/skvoz/core/reports"
	"github.com/skvoz/skvoz/core/sites"
	"github.com/skvoz/skvoz/core/visits"
	"github.com/skvoz/skvoz/internal/phonenum"
	"github.com/skvoz/skvoz/resolvers"
	"github.com/skvoz/skvoz/store"
)

// addServices gives the resolver the services of all topics but accounts. Refused requests can't be counted after all: that takes a tracker.
func addServices(t testing.TB, db *store.DB, r *resolvers.Resolver) {
	t.Helper()
	r.Sites = sites.NewService(sites.Deps{Store: db, Campaigns: db, Costs: db, CostUploads: db, Clock: db.Clock, PublicURL: r.PublicURL})
	r.Goals = goals.NewService(goals.Deps{Store: db, Clock: db.Clock})
	r.Arrivals = &visits.Previewer{Rules: db, Classifier: visits.NewClassifier()}
	secret, err := db.Secret(t.Context(), "ids")
	if err != nil {
		t.Fatalf("reading the secret of identifiers: %v", err)
	}
	signals := &visits.LiveSignals{}
	r.Visits = visits.NewService(visits.ServiceConfig{Reader: db, Joins: db, Clock: db.Clock, Signals: signals, LiveInterval: time.Millisecond})
	r.Comms = comms.NewService(comms.Config{Writer: db, Cards: db, Comms: db, IDs: visits.NewIDs(secret), Clock: db.Clock, Waker: signals})
	addEmployees(db, r)
	addDeals(t, db, r)
}

// addEmployees gives the resolver who takes calls.
func addEmployees(db *store.DB, r *resolvers.Resolver) {
	r.Employees = employees.NewService(employees.Deps{
		Store: db.EmployeeStore(), Clock: db.Clock, ReadPhone: func(raw string) (string, bool) { return phonenum.Normalize(raw, "") }, ReadEmail: phonenum.NormalizeEmail,
		Timezone: func(ctx context.Context, id core.AccountID) (string, error) {
			a, err := r.Accounts.Account(ctx, id)
			return a.Timezone, err
		},
	})
}

// addDeals gives the resolver deals, which nobody links, and reports.
func addDeals(t testing.TB, db *store.DB, r *resolvers.Resolver) {
	t.Helper()
	r.Deals = deals.NewService(deals.Config{
		Store: db.DealStore(), Clock: db.Clock, ReadPhone: func(raw string) (string, bool) { return phonenum.Normalize(raw, "") }, ReadEmail: phonenum.NormalizeEmail,
		Currency: func(ctx context.Context, id core.AccountID) (string, error) {
			a, err := r.Accounts.Account(ctx, id)
			return a.Currency, err
		},
	})
	segments := store.NewSegments(db, store.SegmentOptions{})
	t.Cleanup(func() { _ = segments.Close() })
	r.Reports = reports.NewService(reports.Config{Segments: segments, Names: db, Costs: db, Deals: r.Deals, Saved: db, Accounts: r.Accounts, Clock: db.Clock})
}
