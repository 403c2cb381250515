package graphtest

import (
	"testing"

	"github.com/skvoz/skvoz/core/goals"
	"github.com/skvoz/skvoz/core/sites"
	"github.com/skvoz/skvoz/core/visits"
	"github.com/skvoz/skvoz/resolvers"
	"github.com/skvoz/skvoz/store"
)

// addServices gives the resolver the services of all topics but accounts.
func addServices(_ testing.TB, db *store.DB, r *resolvers.Resolver) {
	r.Sites = sites.NewService(sites.Deps{Store: db, Campaigns: db, Costs: db, Clock: db.Clock, PublicURL: r.PublicURL})
	r.Goals = goals.NewService(goals.Deps{Store: db, Clock: db.Clock})
	r.Arrivals = &visits.Previewer{Rules: db, Classifier: visits.NewClassifier()}
}
