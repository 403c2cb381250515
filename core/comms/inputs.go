package comms

import (
	"time"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/visits"
)

// Origin is the sender of contact data or a request, as the caller names it: the visitor, session and hit of getCredentials(). The service accepts it only if its
// parts belong to each other and to the site.
type Origin struct {
	AccountID core.AccountID
	SiteID    core.SiteID
	VisitorID core.VisitorID
	SessionID core.SessionID
	// SessionStartedAt is the third part of comagic_id, to the second; zero = not given.
	SessionStartedAt time.Time
	// HitID is zero when not given.
	HitID core.HitID
}

// ContactsInput is contact data a visitor left (TR-3, TR-5). At least one of Name, Phone, Email is filled.
type ContactsInput struct {
	Origin
	Name   string
	Phone  core.Phone
	Email  core.Email
	Source visits.ContactOrigin
}

// RequestInput is an offline request (TR-8). The origin's ids may all be zero: a request without a visitor is kept, too.
type RequestInput struct {
	Origin
	Name     string
	Phone    core.Phone
	Email    core.Email
	Message  string
	FormName string
	// Sale is nil unless the request is a sale.
	Sale       *core.Money
	UserFields []UserField
	PageURL    string
	// Nonce makes a repeated send harmless; empty = none.
	Nonce string
}

// ChatInput is a chat taken over from a provider (TR-9).
type ChatInput struct {
	Origin
	ExternalID string
	StartedAt  time.Time
	Name       string
	Phone      core.Phone
	Email      core.Email
	PageURL    string
	Messages   []ChatMessage
}
