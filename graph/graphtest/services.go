package graphtest

import (
	"testing"
	"time"

	"github.com/skvoz/skvoz/core/comms"
	"github.com/skvoz/skvoz/core/goals"
	"github.com/skvoz/skvoz/core/sites"
	"github.com/skvoz/skvoz/core/visits"
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
}
