package comms

import (
	"context"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/goals"
	"github.com/skvoz/skvoz/core/visits"
)

// Config is what a Service is made of.
type Config struct {
	Writer Writer
	Cards  CardReader
	Comms  CommunicationReader
	IDs    *visits.IDs
	Clock  core.Clock
	// Waker may be nil.
	Waker Waker
}

// Service takes communications and contact data in and reads them with the visitors they belong to. It is safe for concurrent use.
type Service struct {
	writer Writer
	cards  CardReader
	comms  CommunicationReader
	ids    *visits.IDs
	clock  core.Clock
	waker  Waker
}

// NewService returns a service.
func NewService(cfg Config) *Service {
	return &Service{writer: cfg.Writer, cards: cfg.Cards, comms: cfg.Comms, ids: cfg.IDs, clock: cfg.Clock, waker: cfg.Waker}
}

// MaxParts is how many of a visitor's newest sessions or communications a list may show.
const MaxParts = 10

// VisitorSort is an order of visitors.
type VisitorSort int

// The orders of visitors.
const (
	// ByLastSeen orders by the start of the newest session.
	ByLastSeen VisitorSort = iota
	// ByFirstSeen orders by the first hit.
	ByFirstSeen
)

// VisitorQuery says which visitors, in which order; zero fields ask for nothing.
type VisitorQuery struct {
	SiteID core.SiteID
	// Seen: the newest session touches this time; either end may be zero.
	Seen        TimeRange
	HasContacts *bool
	// Search is part of a name, phone or e-mail, or a visitor's identifier.
	Search string
	// Channels and CampaignID are those of the newest session.
	Channels   []visits.Channel
	CampaignID core.CampaignID
	Sort       VisitorSort
	Ascending  bool
}

// CommunicationQuery says which communications; zero fields ask for nothing.
type CommunicationQuery struct {
	SiteID     core.SiteID
	VisitorID  core.VisitorID
	Kinds      []Kind
	At         TimeRange
	Search     string
	Channels   []visits.Channel
	CampaignID core.CampaignID
	GoalID     core.GoalID
	Ascending  bool
}

// PersonCard is a person with its visitors, last seen first, and all their contacts, oldest first, at most MaxPersonVisitors and MaxPersonContacts.
type PersonCard struct {
	visits.Person
	Visitors []VisitorCard
	Contacts []visits.Contact
}

// Limits of PersonCard.
const (
	MaxPersonVisitors = 100
	MaxPersonContacts = 100
)

// MaxSessionReaches is how many goal reaches of a session are read.
const MaxSessionReaches = 200

// CardReader reads visitors as lists and cards show them. Nothing of another account is ever returned.
type CardReader interface {
	// Visitors reads one page.
	Visitors(ctx context.Context, account core.AccountID, q VisitorQuery, s Search, page core.PageRequest, parts VisitorParts) (core.Page[VisitorCard], error)
	// VisitorCards reads visitors by identifier, in any order; those that do not exist are left out.
	VisitorCards(ctx context.Context, account core.AccountID, ids []core.VisitorID, parts VisitorParts) ([]VisitorCard, error)
	// Persons reads persons by identifier; those that do not exist are left out.
	Persons(ctx context.Context, account core.AccountID, ids []core.PersonID, parts VisitorParts) (map[core.PersonID]*PersonCard, error)
	// VisitorReaches reads a visitor's reached goals and events, newest first.
	VisitorReaches(ctx context.Context, account core.AccountID, visitor core.VisitorID, page core.PageRequest) (core.Page[goals.Reach], error)
	// SessionReaches reads the reached goals and events of sessions, oldest first, at most MaxSessionReaches each.
	SessionReaches(ctx context.Context, account core.AccountID, sessions []core.SessionID) (map[core.SessionID][]goals.Reach, error)
}

// CommunicationReader reads communications. Nothing of another account is ever returned.
type CommunicationReader interface {
	// Communications reads one page, newest first unless Ascending.
	Communications(ctx context.Context, account core.AccountID, q CommunicationQuery, s Search, page core.PageRequest) (core.Page[Communication], error)
	// Communication reads one, without messages. KindNotFound when the account has none with this id.
	Communication(ctx context.Context, account core.AccountID, id core.CommunicationID) (Communication, error)
	// CommunicationsByID reads those the account has, without messages, in any order.
	CommunicationsByID(ctx context.Context, account core.AccountID, ids []core.CommunicationID) ([]Communication, error)
	// Messages reads the messages of chats, in order.
	Messages(ctx context.Context, account core.AccountID, chats []core.CommunicationID) (map[core.CommunicationID][]ChatMessage, error)
}

// Visitors returns one page of visitors, 1 to 100. KindInvalid for a wrong page, search or number of parts.
func (s *Service) Visitors(ctx context.Context, account core.AccountID, q VisitorQuery, page core.PageRequest, parts VisitorParts) (core.Page[VisitorCard], error) {
	search, err := ParseSearch(q.Search)
	if err == nil {
		err = checkParts(parts)
	}
	if err != nil {
		return core.Page[VisitorCard]{}, err
	}
	return s.cards.Visitors(ctx, account, q, search, page, parts)
}

// Visitor returns one visitor. KindNotFound when the account has none with this id.
func (s *Service) Visitor(ctx context.Context, account core.AccountID, id core.VisitorID, parts VisitorParts) (VisitorCard, error) {
	if err := checkParts(parts); err != nil {
		return VisitorCard{}, err
	}
	found, err := s.cards.VisitorCards(ctx, account, []core.VisitorID{id}, parts)
	if err != nil {
		return VisitorCard{}, err
	}
	if len(found) == 0 {
		return VisitorCard{}, core.NotFound("visitor")
	}
	return found[0], nil
}

// VisitorsByID returns visitors by identifier, in any order; those that do not exist are left out.
func (s *Service) VisitorsByID(ctx context.Context, account core.AccountID, ids []core.VisitorID, parts VisitorParts) ([]VisitorCard, error) {
	if err := checkParts(parts); err != nil || len(ids) == 0 {
		return nil, err
	}
	return s.cards.VisitorCards(ctx, account, ids, parts)
}

// Persons returns persons by identifier; those that do not exist are left out.
func (s *Service) Persons(ctx context.Context, account core.AccountID, ids []core.PersonID, parts VisitorParts) (map[core.PersonID]*PersonCard, error) {
	if err := checkParts(parts); err != nil {
		return nil, err
	}
	return s.cards.Persons(ctx, account, ids, parts)
}

// VisitorReaches returns one page of a visitor's reached goals and events, newest first.
func (s *Service) VisitorReaches(ctx context.Context, account core.AccountID, visitor core.VisitorID, page core.PageRequest) (core.Page[goals.Reach], error) {
	return s.cards.VisitorReaches(ctx, account, visitor, page)
}

// SessionReaches returns the reached goals and events of sessions, oldest first.
func (s *Service) SessionReaches(ctx context.Context, account core.AccountID, sessions []core.SessionID) (map[core.SessionID][]goals.Reach, error) {
	return s.cards.SessionReaches(ctx, account, sessions)
}

// Communications returns one page of communications, 1 to 100. KindInvalid for a wrong page or search.
func (s *Service) Communications(ctx context.Context, account core.AccountID, q CommunicationQuery, page core.PageRequest) (core.Page[Communication], error) {
	search, err := ParseSearch(q.Search)
	if err != nil {
		return core.Page[Communication]{}, err
	}
	return s.comms.Communications(ctx, account, q, search, page)
}

// Communication returns one communication with its messages. KindNotFound when the account has none with this id.
func (s *Service) Communication(ctx context.Context, account core.AccountID, id core.CommunicationID) (Communication, error) {
	c, err := s.comms.Communication(ctx, account, id)
	if err != nil || c.Kind != KindChat {
		return c, err
	}
	messages, err := s.comms.Messages(ctx, account, []core.CommunicationID{id})
	c.Messages = messages[id]
	return c, err
}

// CommunicationsByID returns those of the communications the account has, without messages, in any order.
func (s *Service) CommunicationsByID(ctx context.Context, account core.AccountID, ids []core.CommunicationID) ([]Communication, error) {
	return s.comms.CommunicationsByID(ctx, account, ids)
}

// Messages returns the messages of chats, in order.
func (s *Service) Messages(ctx context.Context, account core.AccountID, chats []core.CommunicationID) (map[core.CommunicationID][]ChatMessage, error) {
	return s.comms.Messages(ctx, account, chats)
}

func checkParts(p VisitorParts) error {
	if p.Sessions < 0 || p.Sessions > MaxParts || p.Communications < 0 || p.Communications > MaxParts {
		return core.Invalid("first", "bad_first", "ask for at most %d of a visitor's newest sessions or communications; page through the rest", MaxParts)
	}
	return nil
}
