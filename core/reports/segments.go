package reports

import (
	"context"
	"time"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/comms"
	"github.com/skvoz/skvoz/core/deals"
	"github.com/skvoz/skvoz/core/visits"
)

// Fact is a kind of fact reports count.
type Fact uint8

// The kinds of facts; the numbers are stored.
const (
	FactSessions       Fact = 1
	FactCommunications Fact = 2
	FactDeals          Fact = 3
	// FactCosts are costs of campaigns; they have no segments.
	FactCosts Fact = 4
)

// DayMS is the length of a UTC day in milliseconds.
const DayMS = 86_400_000

// Segments are the facts of one UTC day in columns: everything of a kind that began on that day, ordered by time, then id. All columns of a
// segment have the same length; columns named …Of hold indexes into the segment's own short lists, so a segment can be read on its own.
// A segment is never changed once it was handed out, so it may be read by several goroutines.

// Origin is where a visit came from, as far as sums are made by it.
type Origin struct {
	Site     core.SiteID
	Traffic  core.TrafficID
	Campaign core.CampaignID // 0 = no campaign
}

// Place is where a visitor was.
type Place struct{ Country, Region, City string }

// Client is what a visitor used.
type Client struct {
	Device                        visits.DeviceType
	Browser, OS, Language, Screen string
}

// VisitFacts are the short lists of visits' attributes and, per row, an index into each. Index 0 is always the zero value: nothing known.
type VisitFacts struct {
	Origins []Origin
	Places  []Place
	Clients []Client
	Pages   []core.DimensionID // entrance page (visits.DimensionPage)

	OriginOf, PlaceOf, ClientOf, PageOf []uint32
}

// SessionDay has the sessions that began on a day.
type SessionDay struct {
	Day     int // days since 1970-01-01 UTC
	ID      []core.SessionID
	Visitor []core.VisitorID
	At      []uint32 // ms since the day's beginning
	Number  []uint32 // 1 = the visitor's first session
	Hits    []uint32
	Seconds []uint32 // from the first to the last activity
	VisitFacts
}

// Touches are the visits and communications before a fact, for all rows of a segment: those of row i are [Start[i], Start[i+1]), oldest first, ties
// by id. A communication without a session that has a source of its own is a touch, too; it has Session 0.
type Touches struct {
	Start         []uint32 // one longer than the segment has rows
	At            []int64  // unix ms
	Session       []core.SessionID
	Communication []core.CommunicationID // 0 for a visit
	MatchedBy     []uint8                // index into MatchReasons
	VisitFacts
}

// MatchReasons returns the reasons in the order of their numbers in Touches.MatchedBy.
func MatchReasons() []deals.MatchedBy { return matchReasons[:] }

var matchReasons = [...]deals.MatchedBy{"", deals.MatchedByID, deals.MatchedByPhone, deals.MatchedByEmail, deals.MatchedByVisitor}

// CommunicationDay has the communications of a day. VisitFacts are those of its own session, all 0 without one (the site is then in Site).
type CommunicationDay struct {
	Day     int
	ID      []core.CommunicationID
	At      []uint32 // ms since the day's beginning
	Kind    []uint8  // index into Kinds
	Site    []core.SiteID
	Goal    []core.GoalID // 0 unless it is a goal
	Visitor []core.VisitorID
	Session []core.SessionID
	// Contact tells people apart: person id if known, else a hash of phone or e-mail with the highest bit set; never 0.
	Contact []uint64
	VisitFacts
	// Touches are the visits of the communication's person up to MaxTouchAge before it, the session it happened in included.
	Touches Touches
}

// Kinds returns the kinds of communication in the order of their numbers in CommunicationDay.Kind.
func Kinds() []comms.Kind { return commKinds[:] }

var commKinds = [...]comms.Kind{"", comms.KindCall, comms.KindChat, comms.KindOfflineRequest, comms.KindGoal}

// MaxTouchAge is how far back the touches of segments reach.
const MaxTouchAge = deals.MaxLookback

// Entity numbers what a conversion model looks at.
const (
	ByDeal = iota
	ByContact
	ByLead
	conversionModels
)

// DealDay has the deals created on a day.
type DealDay struct {
	Day       int
	ID        []core.DealID
	CRM       []core.CRMID
	At        []uint32 // creation, ms since the day's beginning
	ClosedAt  []int64  // unix ms; 0 = open
	Funnel    []core.FunnelID
	Stage     []core.StageID
	LastOpen  []core.StageID // last stage in process
	Status    []uint8        // index into Statuses
	Revenue   []int64        // minor units of the account's currency
	Employee  []core.DealEmployeeID
	Contact   []core.DealContactID // main contact; 0 = none
	Sources   []string             // what the CRM says; Sources[0] is ""
	SourceOf  []uint32
	StageFrom []uint32 // stages of row i are [StageFrom[i], StageFrom[i+1]) of Stages and StageAt; one longer than the rows
	Stages    []core.StageID
	StageAt   []int64 // unix ms
	Match     []uint8 // how links and path were found: index into Matches

	// EntityAt is the creation of deal, contact and lead (unix ms; 0 = no such entity) and Deciding the communication each conversion model
	// chooses (0 = none) with its time and kind; the first index is ByDeal, ByContact or ByLead.
	EntityAt     [conversionModels][]int64
	Deciding     [conversionModels][]core.CommunicationID
	DecidingAt   [conversionModels][]int64
	DecidingKind [conversionModels][]uint8
	// Touches are the steps of the deal's path that are visits or have a source, up to MaxTouchAge before its creation.
	Touches Touches
}

// Statuses returns the statuses of deals in the order of their numbers in DealDay.Status.
func Statuses() []deals.StageStatus { return dealStatuses[:] }

var dealStatuses = [...]deals.StageStatus{"", deals.StageInProcess, deals.StageSuccess, deals.StageFailed}

// Matches returns the ways in which deals are matched in the order of their numbers in DealDay.Match; 0 = not looked for yet.
func Matches() []deals.Match { return dealMatches[:] }

var dealMatches = [...]deals.Match{
	"", deals.MatchID, deals.MatchPhone, deals.MatchEmail, deals.MatchVisitor, deals.MatchAmbiguous, deals.MatchNone,
}

// SegmentStore gives the segments reports are counted from. Segments are as fresh as the facts, except those of the last two days' sessions,
// which may lag by the returned age. Implementations are safe for concurrent use and keep segments in memory as long as there is room.
type SegmentStore interface {
	// SessionDays returns the days from first to last (UTC, days since 1970-01-01) that have sessions, in order. asOf is the moment the newest of
	// them was read; columns that want does not ask for may be missing (nil).
	SessionDays(ctx context.Context, account core.AccountID, first, last int, want SessionColumns) (days []*SessionDay, asOf time.Time, err error)
	// CommunicationDays returns the days that have communications, in order.
	CommunicationDays(ctx context.Context, account core.AccountID, first, last int) ([]*CommunicationDay, error)
	// DealDays returns the days on which deals were created, in order.
	DealDays(ctx context.Context, account core.AccountID, first, last int) ([]*DealDay, error)
}

// SessionColumns says which columns of sessions a report reads besides At and OriginOf: reading fewer is faster on a cold start.
type SessionColumns struct{ ID, Visitor, Number, Hits, Seconds, Place, Client, Page bool }
