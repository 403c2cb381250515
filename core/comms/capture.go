package comms

import (
	"context"
	"fmt"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/goals"
	"github.com/skvoz/skvoz/core/visits"
)

// Limits of a chat as it is passed in.
const (
	MaxExternalID   = 100
	MaxChatMessages = 500
	MaxChatText     = 10_000
)

// ContactsResult says to whom contact data was added.
type ContactsResult struct {
	VisitorID core.VisitorID
	SessionID core.SessionID
	// HitID is zero when none was given.
	HitID core.HitID
	// PersonID is zero while no phone or e-mail of the visitor is known.
	PersonID core.PersonID
}

// RequestResult is a stored offline request.
type RequestResult struct {
	ID core.CommunicationID
	// Created is false when the same nonce came before: nothing was stored again.
	Created bool
	// VisitorID, SessionID and HitID are those that were recognised; all zero otherwise.
	VisitorID core.VisitorID
	SessionID core.SessionID
	HitID     core.HitID
}

// KnownSender is what the store knows about an Origin.
type KnownSender struct {
	// IsWhole: all identifiers given, and the session's start if given, belong to each other and to the site. If not, all else is zero.
	IsWhole bool
	// VisitorID and the rest are zero where the origin named none; a visitor without a session is given the newest one.
	VisitorID core.VisitorID
	SessionID core.SessionID
	HitID     core.HitID
	// RunningSession is the visitor's newest.
	RunningSession core.SessionID
	// Name, Phone and Email are the visitor's, the newest of each.
	Name  string
	Phone core.Phone
	Email core.Email
	// PageID and PageURL are the hit's page, else the last one of the session.
	PageID  core.DimensionID
	PageURL string
}

// SystemReach is something the product itself saw and the site may have a goal for.
type SystemReach struct {
	AccountID core.AccountID
	SiteID    core.SiteID
	Event     goals.SystemEvent
	Sender    KnownSender
	At        time.Time
	// CommunicationID is the request or chat that it is; zero for others.
	CommunicationID core.CommunicationID
	// ID gives the reach its identifier once the goal is known, the same one for the same event.
	ID func(core.GoalID) core.GoalReachID
}

// Tx is one writing transaction of the store.
type Tx interface {
	// Sender looks an origin up. KindNotFound when the account has no such site.
	Sender(ctx context.Context, o Origin) (KnownSender, error)
	// SaveContacts overwrites the visitor's name unless it is empty, adds the contacts that are new, and joins the visitor's person anew. It returns
	// the person, zero when the visitor has no contacts.
	SaveContacts(ctx context.Context, account core.AccountID, visitor core.VisitorID, name string, contacts []visits.Contact) (core.PersonID, error)
	// Reach stores a reached system goal if the site has it switched on, and lets the integrations deliver its communication if they have chosen the goal.
	Reach(ctx context.Context, r SystemReach) error
	// Save stores a communication. If one of the same site and kind has the same external id, nothing is stored and created is false; a chat is
	// then given the name, phone, e-mail and visitor it lacked.
	Save(ctx context.Context, c Communication) (id core.CommunicationID, created bool, err error)
	// AddMessages appends those messages of a chat that it does not have yet.
	AddMessages(ctx context.Context, account core.AccountID, chat core.CommunicationID, messages []ChatMessage) error
	// GoalCommunications makes communications of the goals reached in sessions whose visitor's contacts are known; it may be repeated.
	GoalCommunications(ctx context.Context, account core.AccountID, sessions []core.SessionID) error
}

// Writer runs transactions.
type Writer interface {
	// Write runs fn in one transaction and returns when it is on disk; an error keeps nothing. Writers of one account's contacts take turns.
	Write(ctx context.Context, account core.AccountID, fn func(Tx) error) error
}

// Waker is told that a site's visitors changed, after the change is on disk.
type Waker interface {
	Wake(account core.AccountID, site core.SiteID)
}

// CaptureContacts keeps contact data a visitor left (TR-3, TR-5): the name overwrites, phone and e-mail are added when new, persons are joined, and
// the goals the visitor reached in the session become communications. KindInvalid with reason nothing_filled when neither name, phone nor e-mail is
// given; KindNotFound with reason bad_triple unless visitor, session, the session's start and the hit belong together and to the site.
func (s *Service) CaptureContacts(ctx context.Context, in ContactsInput) (ContactsResult, error) {
	if in.Name == "" && in.Phone == "" && in.Email == "" {
		return ContactsResult{}, nothingFilled()
	}
	var out ContactsResult
	err := s.writer.Write(ctx, in.AccountID, func(tx Tx) error {
		sender, err := tx.Sender(ctx, in.Origin)
		if err != nil {
			return err
		}
		if !sender.IsWhole || in.VisitorID == 0 || in.SessionID == 0 {
			return core.E(core.KindNotFound, "visitor, session, time and hit do not belong together").WithReason(string(visits.ReasonBadTriple))
		}
		out = ContactsResult{VisitorID: sender.VisitorID, SessionID: sender.SessionID, HitID: sender.HitID}
		left := leftContacts{in.Name, in.Phone, in.Email, in.Source, s.clock.Now()}
		if out.PersonID, err = s.capture(ctx, tx, in.AccountID, sender, left); err != nil {
			return err
		}
		said := fmt.Sprintf("%s|%d|%s|%s|%s", goals.SystemVisitorInfo, sender.SessionID, in.Name, in.Phone, in.Email)
		if err := s.reach(ctx, tx, in.Origin, goals.SystemVisitorInfo, sender, 0, said); err != nil {
			return err
		}
		return goalCommunications(ctx, tx, in.AccountID, sender)
	})
	if err != nil {
		return ContactsResult{}, err
	}
	s.wake(in.Origin)
	return out, nil
}

// AddOfflineRequest keeps a request sent by a form (TR-8) and adds its contacts to the visitor. A sender whose identifiers do not belong together is
// left out and the request is kept without visitor: a lead is never lost for a stale cookie. The same nonce again is the same request.
// KindInvalid with reason nothing_filled when neither name, phone nor e-mail is given.
func (s *Service) AddOfflineRequest(ctx context.Context, in RequestInput) (RequestResult, error) {
	if in.Name == "" && in.Phone == "" && in.Email == "" {
		return RequestResult{}, nothingFilled()
	}
	var out RequestResult
	err := s.writer.Write(ctx, in.AccountID, func(tx Tx) error {
		sender, err := tx.Sender(ctx, in.Origin)
		if err != nil {
			return err
		}
		now := s.clock.Now()
		c := s.communication(in.Origin, sender, KindOfflineRequest, now)
		c.Message, c.FormName, c.Sale, c.UserFields, c.ExternalID = in.Message, in.FormName, in.Sale, in.UserFields, in.Nonce
		c.fill(leftContacts{in.Name, in.Phone, in.Email, "", now}, sender, in.PageURL)
		if out.ID, out.Created, err = tx.Save(ctx, c); err != nil {
			return err
		}
		out.VisitorID, out.SessionID, out.HitID = sender.VisitorID, sender.SessionID, sender.HitID
		if !out.Created {
			return nil
		}
		left := leftContacts{in.Name, in.Phone, in.Email, visits.OriginOfflineRequest, now}
		return s.follow(ctx, tx, in.Origin, sender, left, goals.SystemOfflineRequest, out.ID)
	})
	if err != nil {
		return RequestResult{}, err
	}
	s.wake(in.Origin)
	return out, nil
}

// CreateChat takes over a chat from a provider (TR-9). The same external id on the same site again adds its new messages, contacts and visitor to the same
// chat. A sender that can't be recognised is left out, as with requests. It returns the chat with its messages, and whether it is new. KindInvalid
// when something is missing or too long; KindNotFound when the account has no such site.
func (s *Service) CreateChat(ctx context.Context, in ChatInput) (chat Communication, created bool, err error) {
	if err := checkChat(in); err != nil {
		return Communication{}, false, err
	}
	in = storable(in)
	var id core.CommunicationID
	err = s.writer.Write(ctx, in.AccountID, func(tx Tx) error {
		sender, err := tx.Sender(ctx, in.Origin)
		if err != nil {
			return err
		}
		c := s.communication(in.Origin, sender, KindChat, in.StartedAt.UTC())
		c.Message, c.ExternalID, c.IsOutgoing = in.Messages[0].Text, in.ExternalID, isOutgoing(in.Messages)
		c.fill(leftContacts{in.Name, in.Phone, in.Email, "", c.At}, sender, in.PageURL)
		if id, created, err = tx.Save(ctx, c); err != nil {
			return err
		}
		if err := tx.AddMessages(ctx, in.AccountID, id, in.Messages); err != nil {
			return err
		}
		left := leftContacts{in.Name, in.Phone, in.Email, visits.OriginChat, s.clock.Now()}
		return s.follow(ctx, tx, in.Origin, sender, left, goals.SystemChat, id)
	})
	if err != nil {
		return Communication{}, false, err
	}
	s.wake(in.Origin)
	chat, err = s.Communication(ctx, in.AccountID, id)
	return chat, created, err
}

// isOutgoing says whether an operator wrote before the visitor did; messages of the system begin nothing.
func isOutgoing(messages []ChatMessage) bool {
	var first *ChatMessage
	for i := range messages {
		if m := &messages[i]; m.Sender != SenderSystem && (first == nil || m.At.Before(first.At)) {
			first = m
		}
	}
	return first != nil && first.Sender == SenderOperator
}

// leftContacts is what somebody left about themselves.
type leftContacts struct {
	name   string
	phone  core.Phone
	email  core.Email
	origin visits.ContactOrigin
	at     time.Time
}

func (l leftContacts) list() []visits.Contact {
	var out []visits.Contact
	if l.phone != "" {
		out = append(out, visits.Contact{Kind: visits.ContactPhone, Value: string(l.phone), FirstAt: l.at, Origin: l.origin})
	}
	if l.email != "" {
		out = append(out, visits.Contact{Kind: visits.ContactEmail, Value: string(l.email), FirstAt: l.at, Origin: l.origin})
	}
	return out
}

func (s *Service) communication(o Origin, sender KnownSender, kind Kind, at time.Time) Communication {
	return Communication{
		AccountID: o.AccountID, SiteID: o.SiteID, Kind: kind, At: at,
		VisitorID: sender.VisitorID, SessionID: sender.SessionID, HitID: sender.HitID,
	}
}

// fill sets contacts and page: those given, else the visitor's.
func (c *Communication) fill(left leftContacts, sender KnownSender, pageURL string) {
	c.Name, c.Phone, c.Email, c.PageURL = left.name, left.phone, left.email, pageURL
	if c.Name == "" {
		c.Name = sender.Name
	}
	if c.Phone == "" {
		c.Phone = sender.Phone
	}
	if c.Email == "" {
		c.Email = sender.Email
	}
	if c.PageURL == "" {
		c.PageURL = sender.PageURL
	}
}

// follow does what comes after a stored communication: contacts to the visitor, the system goal, the visitor's goals.
func (s *Service) follow(ctx context.Context, tx Tx, o Origin, sender KnownSender, left leftContacts, event goals.SystemEvent, id core.CommunicationID) error {
	if _, err := s.capture(ctx, tx, o.AccountID, sender, left); err != nil {
		return err
	}
	if err := s.reach(ctx, tx, o, event, sender, id, fmt.Sprintf("%s|%d", event, id)); err != nil {
		return err
	}
	return goalCommunications(ctx, tx, o.AccountID, sender)
}

func (s *Service) capture(ctx context.Context, tx Tx, account core.AccountID, sender KnownSender, left leftContacts) (core.PersonID, error) {
	if sender.VisitorID == 0 {
		return 0, nil
	}
	return tx.SaveContacts(ctx, account, sender.VisitorID, left.name, left.list())
}

func (s *Service) reach(ctx context.Context, tx Tx, o Origin, event goals.SystemEvent, sender KnownSender, id core.CommunicationID, nonce string) error {
	return tx.Reach(ctx, SystemReach{
		AccountID: o.AccountID, SiteID: o.SiteID, Event: event, Sender: sender, At: s.clock.Now(), CommunicationID: id,
		ID: func(goal core.GoalID) core.GoalReachID { return s.ids.Reach(o.SiteID, goal, nonce) },
	})
}

func (s *Service) wake(o Origin) {
	if s.waker != nil {
		s.waker.Wake(o.AccountID, o.SiteID)
	}
}

func goalCommunications(ctx context.Context, tx Tx, account core.AccountID, sender KnownSender) error {
	if sender.VisitorID == 0 {
		return nil
	}
	sessions := []core.SessionID{sender.SessionID}
	if sender.RunningSession != sender.SessionID {
		sessions = append(sessions, sender.RunningSession)
	}
	return tx.GoalCommunications(ctx, account, sessions)
}

func nothingFilled() error {
	return core.E(core.KindInvalid, "give at least one of name, phone and e-mail").WithReason(string(visits.ReasonNothingFilled))
}

func checkChat(in ChatInput) error {
	switch n := utf8.RuneCountInString(in.ExternalID); {
	case n < 1 || n > MaxExternalID:
		return core.Invalid("externalId", "bad_external_id", "the chat's identifier must have 1 to %d characters", MaxExternalID)
	case in.StartedAt.IsZero():
		return core.Invalid("startedAt", "bad_time", "say when the chat began")
	case len(in.Messages) < 1 || len(in.Messages) > MaxChatMessages:
		return core.Invalid("messages", "bad_count", "pass 1 to %d messages at a time", MaxChatMessages)
	}
	for _, m := range in.Messages {
		if utf8.RuneCountInString(m.Text) > MaxChatText {
			return core.Invalid("messages", "too_long", "a message may have up to %d characters", MaxChatText)
		}
		if m.At.IsZero() {
			return core.Invalid("messages", "bad_time", "say when each message was sent")
		}
	}
	return nil
}

func storable(in ChatInput) ChatInput {
	in.Name, in.PageURL, in.ExternalID = withoutNUL(in.Name), withoutNUL(in.PageURL), withoutNUL(in.ExternalID)
	in.Messages = slices.Clone(in.Messages)
	for i := range in.Messages {
		in.Messages[i].Text = withoutNUL(in.Messages[i].Text)
	}
	return in
}
