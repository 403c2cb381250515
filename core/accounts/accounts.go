// Package accounts is about who may do what: accounts (tenants), their users with roles, sign-in sessions and API tokens.
package accounts

import (
	"time"

	"github.com/skvoz/skvoz/core"
)

// Role is what a user may do inside the account. A larger role includes the smaller ones.
type Role int8

// The roles, smallest first. Their numbers are stored.
const (
	// RoleOperator sees visitors and communications.
	RoleOperator Role = 1
	// RoleAnalyst reads everything and changes campaign costs.
	RoleAnalyst Role = 2
	// RoleAdmin also changes sites, goals, campaigns, tokens and users below owner.
	RoleAdmin Role = 3
	// RoleOwner may do everything.
	RoleOwner Role = 4
)

// Scope is what an API token may be used for.
type Scope string

// The scopes; their words are stored and used by the command line.
const (
	// ScopeRead allows queries and subscriptions.
	ScopeRead Scope = "read"
	// ScopeWrite allows mutations.
	ScopeWrite Scope = "write"
	// ScopeChats allows passing chats in.
	ScopeChats Scope = "chats"
	// ScopeDataAPI allows the Data API and nothing else.
	ScopeDataAPI Scope = "data-api"
	// ScopeAttribution allows reading the attribution of deals, without contacts.
	ScopeAttribution Scope = "attribution"
)

// Language is the language of a user's cabinet.
type Language string

// The languages.
const (
	// LanguageRU is Russian.
	LanguageRU Language = "ru"
	// LanguageEN is English.
	LanguageEN Language = "en"
)

// Status is the state of a user.
type Status string

// The states of a user.
const (
	// StatusActive signs in with a password.
	StatusActive Status = "active"
	// StatusInvited has an unused invitation.
	StatusInvited Status = "invited"
	// StatusBlocked may not sign in.
	StatusBlocked Status = "blocked"
)

// Account is a tenant.
type Account struct {
	ID   core.AccountID
	Name string
	// Timezone is an IANA name; days begin in it.
	Timezone string
	// Currency is an ISO 4217 code.
	Currency string
	// AppKey may stand in a snippet in place of a site key; 32 characters of [A-Za-z0-9_-].
	AppKey    string
	CreatedAt time.Time
}

// User is a person with access to the cabinet.
type User struct {
	ID        core.UserID
	AccountID core.AccountID
	// Name is empty while the user is invited.
	Name     string
	Email    core.Email
	Role     Role
	Status   Status
	Language Language
	// CreatedAt is when the user was made or invited.
	CreatedAt time.Time
	// LastSignInAt is nil before the first sign-in.
	LastSignInAt *time.Time
}

// Identity is who makes a request, and with what rights.
type Identity struct {
	AccountID core.AccountID
	UserID    core.UserID
	Role      Role
	// TokenID is not zero when an API token is used; Scopes then limit what it may do.
	TokenID core.TokenID
	Scopes  []Scope
	// SessionID is not zero when signed in by cookie.
	SessionID core.SignInSessionID
}

// May reports whether the identity has the role and, when an API token is used, the scope. ScopeWrite stands in for
// ScopeChats, ScopeRead for ScopeAttribution.
func (i Identity) May(role Role, scope Scope) bool {
	if i.Role < role {
		return false
	}
	if i.TokenID == 0 {
		return true
	}
	for _, s := range i.Scopes {
		if s == scope || (s == ScopeWrite && scope == ScopeChats) || (s == ScopeRead && scope == ScopeAttribution) {
			return true
		}
	}
	return false
}
