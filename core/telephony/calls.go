package telephony

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/calltracking"
	"github.com/skvoz/skvoz/core/comms"
	"github.com/skvoz/skvoz/core/visits"
)

// Limits of tags, and of lists.
const (
	MaxTags      = 200
	maxTagName   = 60
	MaxActive    = 1000
	maxHistory   = 100
	maxQueryList = 100
)

// CallQuery says which calls a list has; all conditions given must hold.
type CallQuery struct {
	// Began is when they began.
	Began      comms.TimeRange
	Directions []Direction
	States     []CallState
	// IsLost, IsCalledBack, IsFirst and HasRecording let calls through that are so, or that are not; nil = both. HasRecording: one that can be heard.
	IsLost, IsCalledBack, IsFirst, HasRecording *bool
	LostReasons                                 []LostReason
	SiteID                                      core.SiteID
	NumberID                                    core.VirtualNumberID
	ConnectionID                                core.ConnectionID
	CampaignID                                  core.CampaignID
	VisitorID                                   core.VisitorID
	// EmployeeID was rung or talked, as was one of GroupID's members.
	EmployeeID core.EmployeeID
	GroupID    core.EmployeeGroupID
	TagID      core.CallTagID
	Channels   []visits.Channel
	Methods    []calltracking.Method
	// MinTalk is how long the talks were at least.
	MinTalk time.Duration
	// Phone is the contact's, exactly; Search a part of it, or of the name of the visitor.
	Phone  core.Phone
	Search string
	// Ascending lists the oldest first.
	Ascending bool
}

// CallTag is a word calls are marked with.
type CallTag struct {
	ID        core.CallTagID
	AccountID core.AccountID
	Name      string
	CreatedAt time.Time
}

// Correction is a change a person made to whose visit a call was.
type Correction struct {
	At     time.Time
	UserID core.UserID
	// Before and After say what was and is, as JSON of Counted.
	Before, After Counted
}

// Counted is whose visit a call is counted to.
type Counted struct {
	Method     calltracking.Method `json:"method"`
	VisitorID  core.VisitorID      `json:"visitor_id,omitempty"`
	SessionID  core.SessionID      `json:"session_id,omitempty"`
	CampaignID core.CampaignID     `json:"campaign_id,omitempty"`
}

// CallStore reads and changes calls. Every method takes the account and sees nothing of another one.
type CallStore interface {
	// Calls returns one page; search is CallQuery.Search made ready.
	Calls(ctx context.Context, account core.AccountID, q CallQuery, search comms.Search, page core.PageRequest) (core.Page[Call], error)
	// Call is KindNotFound when there is none.
	Call(ctx context.Context, account core.AccountID, id core.CallID) (Call, error)
	CallByPBX(ctx context.Context, ref CallRef) (Call, error)
	// CallsByID returns those that exist, in no particular order.
	CallsByID(ctx context.Context, account core.AccountID, ids []core.CallID) ([]Call, error)
	// ActiveCalls returns the calls that have not ended, oldest first.
	ActiveCalls(ctx context.Context, account core.AccountID, limit int) ([]Call, error)
	// TagsOfCalls returns the tags of calls by name, Corrections their corrections, newest first.
	TagsOfCalls(ctx context.Context, account core.AccountID, ids []core.CallID) (map[core.CallID][]CallTag, error)
	Corrections(ctx context.Context, account core.AccountID, ids []core.CallID) (map[core.CallID][]Correction, error)
	// CallTags returns all tags of an account by name. CreateCallTag is KindConflict when the name is in use, KindInvalid (too_many) when there are limit.
	CallTags(ctx context.Context, account core.AccountID) ([]CallTag, error)
	CreateCallTag(ctx context.Context, t CallTag, limit int) (CallTag, error)
	DeleteCallTag(ctx context.Context, account core.AccountID, id core.CallTagID) error
	// TagCall puts tags on a call and takes others off. KindNotFound: the call, or a tag to add.
	TagCall(ctx context.Context, account core.AccountID, id core.CallID, user core.UserID, add, remove []core.CallTagID) error
	// CorrectCall counts a call to a visit or campaign: the session's visitor and campaign when one is given. KindNotFound: the call, session or campaign.
	CorrectCall(ctx context.Context, account core.AccountID, id core.CallID, user core.UserID, to Counted) error
}

// CallsConfig is what Calls needs.
type CallsConfig struct {
	Store CallStore
	// Events keeps what people do to tags, so that folding the call again does not undo it.
	Events EventStore
	// Marked is called when deals may have to be linked anew; nil = nobody.
	Marked func()
	// Clock nil = core.SystemClock.
	Clock core.Clock
}

// Calls shows calls and lets people mark and correct them. It is safe for concurrent use.
type Calls struct{ cfg CallsConfig }

var _ LiveCalls = (*Calls)(nil)

// NewCalls returns the use cases of calls.
func NewCalls(cfg CallsConfig) *Calls {
	if cfg.Clock == nil {
		cfg.Clock = core.SystemClock{}
	}
	if cfg.Marked == nil {
		cfg.Marked = func() {}
	}
	return &Calls{cfg}
}

// List returns one page of calls, newest first unless the query says otherwise. KindInvalid: a search that is too short, a bad cursor, or too many conditions.
func (s *Calls) List(ctx context.Context, account core.AccountID, q CallQuery, page core.PageRequest) (core.Page[Call], error) {
	search, err := comms.ParseSearch(q.Search)
	if err != nil {
		return core.Page[Call]{}, err
	}
	if max(len(q.Directions), len(q.States), len(q.LostReasons), len(q.Channels), len(q.Methods)) > maxQueryList {
		return core.Page[Call]{}, core.Invalid("filter", "too_many", "at most %d values of a kind", maxQueryList)
	}
	return s.cfg.Store.Calls(ctx, account, q, search, page)
}

// Call returns a call. KindNotFound.
func (s *Calls) Call(ctx context.Context, account core.AccountID, id core.CallID) (Call, error) {
	return s.cfg.Store.Call(ctx, account, id)
}

// ByPBX returns a call by its PBX's id. KindNotFound.
func (s *Calls) ByPBX(ctx context.Context, ref CallRef) (Call, error) {
	return s.cfg.Store.CallByPBX(ctx, ref)
}

// ByID returns those of the calls that exist.
func (s *Calls) ByID(ctx context.Context, account core.AccountID, ids []core.CallID) (map[core.CallID]Call, error) {
	if len(ids) == 0 {
		return map[core.CallID]Call{}, nil
	}
	found, err := s.cfg.Store.CallsByID(ctx, account, ids)
	out := make(map[core.CallID]Call, len(found))
	for _, c := range found {
		out[c.ID] = c
	}
	return out, err
}

// ByCommunication returns the calls that communications are; those that are none are left out.
func (s *Calls) ByCommunication(ctx context.Context, account core.AccountID, ids []core.CommunicationID) (map[core.CommunicationID]Call, error) {
	calls := make([]core.CallID, len(ids))
	for i, id := range ids {
		calls[i] = core.CallID(id)
	}
	found, err := s.ByID(ctx, account, calls)
	out := make(map[core.CommunicationID]Call, len(found))
	for id, c := range found {
		out[core.CommunicationID(id)] = c
	}
	return out, err
}

// ActiveCalls implements LiveCalls.
func (s *Calls) ActiveCalls(ctx context.Context, account core.AccountID) ([]Call, error) {
	return s.cfg.Store.ActiveCalls(ctx, account, MaxActive)
}

// History returns the newest calls with a contact.
func (s *Calls) History(ctx context.Context, account core.AccountID, contact core.Phone, first int) ([]Call, error) {
	if contact == "" {
		return nil, nil
	}
	page, err := s.cfg.Store.Calls(ctx, account, CallQuery{Phone: contact}, comms.Search{}, core.PageRequest{First: min(max(first, 1), maxHistory)})
	return page.Nodes, err
}

// TagsOf returns the tags of calls by name.
func (s *Calls) TagsOf(ctx context.Context, account core.AccountID, ids []core.CallID) (map[core.CallID][]CallTag, error) {
	return s.cfg.Store.TagsOfCalls(ctx, account, ids)
}

// CorrectionsOf returns the corrections of calls, newest first.
func (s *Calls) CorrectionsOf(ctx context.Context, account core.AccountID, ids []core.CallID) (map[core.CallID][]Correction, error) {
	return s.cfg.Store.Corrections(ctx, account, ids)
}

// Tags returns all tags of an account by name.
func (s *Calls) Tags(ctx context.Context, account core.AccountID) ([]CallTag, error) {
	return s.cfg.Store.CallTags(ctx, account)
}

// CreateTag adds a tag. KindInvalid: the name; KindConflict: there is one of that name.
func (s *Calls) CreateTag(ctx context.Context, account core.AccountID, name string) (CallTag, error) {
	name = strings.TrimSpace(name)
	if name == "" || utf8.RuneCountInString(name) > maxTagName || strings.ContainsFunc(name, func(r rune) bool { return r < ' ' }) {
		return CallTag{}, core.Invalid("name", "bad_text", "give a name of 1 to %d characters", maxTagName)
	}
	return s.cfg.Store.CreateCallTag(ctx, CallTag{AccountID: account, Name: name, CreatedAt: s.cfg.Clock.Now()}, MaxTags)
}

// DeleteTag removes a tag from all calls. KindNotFound.
func (s *Calls) DeleteTag(ctx context.Context, account core.AccountID, id core.CallTagID) error {
	return s.cfg.Store.DeleteCallTag(ctx, account, id)
}

// Tag puts tags on a call and takes others off. KindNotFound: the call, or a tag to add.
func (s *Calls) Tag(ctx context.Context, account core.AccountID, id core.CallID, user core.UserID, add, remove []core.CallTagID) (Call, error) {
	if len(add)+len(remove) > maxQueryList {
		return Call{}, core.Invalid("add", "too_many", "at most %d tags at a time", maxQueryList)
	}
	add = slices.DeleteFunc(slices.Clone(add), func(t core.CallTagID) bool { return slices.Contains(remove, t) })
	if err := s.cfg.Store.TagCall(ctx, account, id, user, add, remove); err != nil {
		return Call{}, err
	}
	c, err := s.Call(ctx, account, id)
	if err != nil {
		return c, err
	}
	events := tagEvents(&c, TagSet, add, s.cfg.Clock.Now())
	events = append(events, tagEvents(&c, TagRemoved, remove, s.cfg.Clock.Now())...)
	if len(events) > 0 {
		_, err = s.cfg.Events.AddEvents(ctx, Connection{ID: c.ConnectionID, AccountID: account}, s.cfg.Clock.Now(), events)
	}
	return c, err
}

// tagEvents are what is done to tags, as events of the call.
func tagEvents(c *Call, kind EventType, tags []core.CallTagID, now time.Time) []Event {
	out := make([]Event, len(tags))
	for i, t := range tags {
		out[i] = Event{
			ID: fmt.Sprintf("%s:%s:%d:%d", kind, c.PBXCallID, t, now.UnixNano()), Type: kind, OccurredAt: now, CallID: c.PBXCallID, Data: Data{TagID: t},
		}
	}
	return out
}

// Correct counts a call to a session's visit, else to a campaign, else to nobody; what was and who changed it is kept. Its communication, and the deals linked
// with it, follow. KindNotFound: the call, session or campaign.
func (s *Calls) Correct(ctx context.Context, account core.AccountID, id core.CallID, user core.UserID, session core.SessionID, campaign core.CampaignID) (Call, error) {
	err := s.cfg.Store.CorrectCall(ctx, account, id, user, Counted{Method: calltracking.MethodManual, SessionID: session, CampaignID: campaign})
	if err != nil {
		return Call{}, err
	}
	s.cfg.Marked()
	return s.Call(ctx, account, id)
}
