// Package resolvers answers the fields of the GraphQL schema: decode, one call of a service, return. No queries, no rules, no rights here: rights
// stand in the schema (@auth), rules in core, queries in store.
package resolvers

// Resolver holds the services the fields are answered by.
type Resolver struct{}
