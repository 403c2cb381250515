// Package comms is about communications: calls, chats, offline requests and goals with contact data, and the visitor card they appear on.
package comms

import (
	"time"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/goals"
	"github.com/skvoz/skvoz/core/sites"
	"github.com/skvoz/skvoz/core/visits"
)

// Kind is the kind of a communication; the words are stored and travel in the Data API.
type Kind string

// The kinds of communication.
const (
	KindCall           Kind = "call"
	KindChat           Kind = "chat"
	KindOfflineRequest Kind = "offline_message"
	KindGoal           Kind = "goal"
)

// Communication is a call, chat, offline request or goal with contact data.
type Communication struct {
	ID        core.CommunicationID
	AccountID core.AccountID
	Kind      Kind
	SiteID    core.SiteID
	At        time.Time
	// Name, Phone and Email are those given with it, else the visitor's.
	Name  string
	Phone core.Phone
	Email core.Email
	// VisitorID, HitID and SessionID are zero when the sender could not be recognised.
	VisitorID core.VisitorID
	SessionID core.SessionID
	HitID     core.HitID
	// Source is nil without a session.
	Source *visits.TrafficSource
	// Campaign is that of the session; nil when none.
	Campaign *sites.Ref
	// Goal is set for KindGoal.
	Goal *goals.Ref
	// Message is the request's text or the chat's first message.
	Message  string
	FormName string
	// Sale is what an offline request that is a sale is worth; nil when it is none.
	Sale *core.Money
	// UserFields are further fields of an offline request, in the sender's order.
	UserFields []UserField
	PageURL    string
	// ExternalID is the provider's id of a chat or the nonce of a request: the same one again is the same communication.
	ExternalID string
	// Messages of a chat, in order; filled only when one communication is read.
	Messages []ChatMessage
	// IsOutgoing says that the company began it; it is written, never read back here.
	IsOutgoing bool
}

// UserField is a further field of an offline request.
type UserField struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Sender says who wrote a chat message.
type Sender string

// The senders.
const (
	SenderVisitor  Sender = "visitor"
	SenderOperator Sender = "operator"
	SenderSystem   Sender = "system"
)

// ChatMessage is one message of a chat.
type ChatMessage struct {
	At     time.Time
	Sender Sender
	Text   string
}

// VisitorCard is a visitor with what a list or card shows of them. Contacts, Sessions and Communications are filled as far as VisitorParts asked.
type VisitorCard struct {
	visits.Visitor
	Contacts []visits.Contact
	// Sessions and Communications are newest first.
	Sessions       []visits.Session
	Communications []Communication
}

// VisitorParts says which parts of visitor cards to read; the zero value reads the visitors alone.
type VisitorParts struct {
	Contacts bool
	// Sessions and Communications say how many of the newest per visitor, 0–10.
	Sessions       int
	Communications int
	// Without leaves details out.
	Without Details
}

// Details are what lists rarely show and costs most to read. A detail left out comes back empty.
type Details struct {
	// VisitorClients and VisitorReferrers are the client of visitors and the whole referrers of their first and last source.
	VisitorClients, VisitorReferrers bool
	// SessionClients, SessionPages and SessionReferrers are those of the newest sessions.
	SessionClients, SessionPages, SessionReferrers bool
	// CommunicationTexts are message, form, user fields and page of the newest communications, CommunicationSources their source and campaign.
	CommunicationTexts, CommunicationSources bool
}

// LastSessions returns the newest of the sessions that were read.
func (c VisitorCard) LastSessions(first int) []visits.Session {
	return c.Sessions[:max(0, min(first, len(c.Sessions)))]
}

// RecentCommunications returns the newest of the communications that were read.
func (c VisitorCard) RecentCommunications(first int) []Communication {
	return c.Communications[:max(0, min(first, len(c.Communications)))]
}
