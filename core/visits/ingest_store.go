package visits

import (
	"context"
	"errors"
	"time"

	"github.com/skvoz/skvoz/core"
)

// ErrStale says that a batch was made from what another replica has changed since: nothing was written, decide anew.
var ErrStale = errors.New("the visitors changed meanwhile")

// VisitorKey names a visitor among all accounts.
type VisitorKey struct {
	AccountID core.AccountID
	VisitorID core.VisitorID
}

// SessionKey names a session among all accounts.
type SessionKey struct {
	AccountID core.AccountID
	SessionID core.SessionID
}

// HitKey names a hit among all accounts.
type HitKey struct {
	SessionKey
	HitID core.HitID
}

// SessionState is a stored session as far as later requests need it.
type SessionState struct {
	AccountID core.AccountID
	VisitorID core.VisitorID
	SiteID    core.SiteID
	RunningSession
}

// IngestStore is where hits and what follows them are written. Reading methods leave out what does not exist.
type IngestStore interface {
	// VisitorStates reads visitors with their newest sessions.
	VisitorStates(ctx context.Context, keys []VisitorKey) ([]VisitorState, error)
	// SessionStates reads sessions.
	SessionStates(ctx context.Context, keys []SessionKey) ([]SessionState, error)
	// SessionBefore reads the newest session of a visitor that began at or before a time; ID 0 = none.
	SessionBefore(ctx context.Context, key VisitorKey, at time.Time) (SessionState, error)
	// StoredHits returns those of the hits that are stored.
	StoredHits(ctx context.Context, keys []HitKey) ([]HitKey, error)
	// WriteBatch writes everything in one transaction and returns when it is on disk. A hit or reach that is stored already is passed over and
	// counted nowhere. ErrStale when a new visitor or session exists already or a returning visitor has another newest session; KindUnavailable
	// when the database can't write now. After an error nothing is written.
	WriteBatch(ctx context.Context, b *Batch) error
}

// Batch is what one transaction writes.
type Batch struct {
	// Now is the time of writing.
	Now        time.Time
	Dimensions []Dimension
	Traffic    []TrafficRow
	Visitors   []NewVisitor
	Returns    []Return
	Sessions   []SessionWrite
	Hits       []HitWrite
	Heartbeats []HeartbeatInput
	Reaches    []ReachWrite
	Refusals   []Refusal
}

// TrafficRow is an interned traffic source.
type TrafficRow struct {
	AccountID core.AccountID
	ID        core.TrafficID
	Source    *TrafficSource
}

// NewVisitor is a visitor nobody has seen before.
type NewVisitor struct {
	AccountID  core.AccountID
	ID         core.VisitorID
	SiteID     core.SiteID
	At         time.Time
	SessionID  core.SessionID
	TrafficID  core.TrafficID
	ReferrerID core.DimensionID
	CampaignID core.CampaignID
	CampaignAt time.Time
	GAClientID string
	YMClientID string
	// Sessions and the session's hits are counted as further sessions of the same batch come.
	Sessions int
}

// Return is a known visitor who opened a session.
type Return struct {
	AccountID core.AccountID
	ID        core.VisitorID
	// Previous is the newest session so far; 0 = none.
	Previous   core.SessionID
	SessionID  core.SessionID
	At         time.Time
	TrafficID  core.TrafficID
	CampaignID core.CampaignID
	CampaignAt time.Time
	GAClientID string
	YMClientID string
}

// SessionWrite is a new session, or what was added to one.
type SessionWrite struct {
	AccountID core.AccountID
	ID        core.SessionID
	VisitorID core.VisitorID
	// Opened is set for a new session.
	Opened *OpenedSession
	// LastActivityAt is the newest activity of this batch.
	LastActivityAt time.Time
	// ExitPageID and ExitTitleID are those of the newest hit; 0 = leave them.
	ExitPageID  core.DimensionID
	ExitTitleID core.DimensionID
	// IsEarlier: it is not the visitor's newest session, so its hits add to the visitor's earlier ones.
	IsEarlier bool
}

// OpenedSession is what a session is opened with.
type OpenedSession struct {
	SiteID         core.SiteID
	Number         int
	StartedAt      time.Time
	EntrancePageID core.DimensionID
	ReferrerID     core.DimensionID
	TrafficID      core.TrafficID
	CampaignID     core.CampaignID
	Client         Client
	ClickIDs       []ClickID
}

// HitWrite is a hit; Session is its session's place in Batch.Sessions.
type HitWrite struct {
	Session int
	ID      core.HitID
	At      time.Time
	PageID  core.DimensionID
	TitleID core.DimensionID
}

// ReachWrite is a reached goal or stored event.
type ReachWrite struct {
	Triple
	ID                             core.GoalReachID
	GoalID                         core.GoalID
	IsGoal                         bool
	At                             time.Time
	PageID                         core.DimensionID
	Category, Action, Label, Value string
}
