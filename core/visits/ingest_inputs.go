package visits

import (
	"time"

	"github.com/skvoz/skvoz/core"
)

// HitInput is a page view that passed the door.
type HitInput struct {
	AccountID core.AccountID
	SiteID    core.SiteID
	// Nonce is new for each view; the same one again is the same view.
	Nonce string
	// Seed is what the browser derives itself from while it knows no ids; empty = the nonce.
	Seed string
	// VisitorID and SessionID are those the sender was told last; 0 = none. They are believed only as far as the store knows them.
	VisitorID core.VisitorID
	SessionID core.SessionID
	// At is when the page was seen.
	At    time.Time
	URL   string
	Title string
	// GAClientID and YMClientID are the visitor's ids at Google Analytics and Metrika.
	GAClientID, YMClientID string
	// Timeout and CampaignLifetime are the site's settings.
	Timeout          time.Duration
	CampaignLifetime time.Duration
	// Class is where the view came from; nil when it can't be an arrival.
	Class *Classification
	// Opener is asked once if the view opens a session.
	Opener Opener
}

// Opener tells what a new session is stored with. It is asked by the goroutine that writes, so it must not wait for anything.
type Opener interface {
	// Opening describes the session that the hit opens.
	Opening(hit *HitInput) Opening
}

// Opening is what a new session is stored with.
type Opening struct {
	Class  Classification
	Client Client
	// CampaignID is the campaign whose rule matched, 0 = none.
	CampaignID core.CampaignID
}

// HitResult is what a hit became.
type HitResult struct {
	VisitorID core.VisitorID
	SessionID core.SessionID
	StartedAt time.Time
	HitID     core.HitID
}

// Triple is who sent something after a hit: the ids its answer told.
type Triple struct {
	AccountID core.AccountID
	SiteID    core.SiteID
	VisitorID core.VisitorID
	SessionID core.SessionID
	HitID     core.HitID
}

// HeartbeatInput tells how long a page has been visible.
type HeartbeatInput struct {
	Triple
	At time.Time
	// Visible is the time in all; the largest one wins.
	Visible time.Duration
}

// ReachInput is a goal an event reaches.
type ReachInput struct {
	// GoalID 0 = an event no goal asks for.
	GoalID core.GoalID
	IsGoal bool
}

// EventInput is something that happened on a page.
type EventInput struct {
	Triple
	Nonce string
	At    time.Time
	// URL is the page's address.
	URL string
	// Category, Action, Label and Value are those of trackEvent; empty for a goal the script noticed.
	Category, Action, Label, Value string
	// Reaches has at least one element.
	Reaches []ReachInput
}
