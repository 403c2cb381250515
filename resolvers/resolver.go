// Package resolvers answers the fields of the GraphQL schema: decode, one call of a service, return. No queries, no rules, no rights here: rights
// stand in the schema (@auth), rules in core, queries in store.
package resolvers

import (
	"github.com/skvoz/skvoz/core/comms"
	"github.com/skvoz/skvoz/core/goals"
	"github.com/skvoz/skvoz/core/sites"
	"github.com/skvoz/skvoz/core/visits"
)

// Resolver holds the services the fields are answered by.
type Resolver struct {
	// Sites manages sites and campaigns.
	Sites *sites.Service
	// Goals manages goals.
	Goals *goals.Service
	// Arrivals previews what a visit would be counted to.
	Arrivals *visits.Previewer
	// Visits reads visits and says what joins visitors.
	Visits *visits.Service
	// Comms reads visitors' cards and communications, and takes chats in.
	Comms *comms.Service
}
