package telephony

import (
	"time"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/calltracking"
)

// CallState is where a call stands.
type CallState string

// The states of calls.
const (
	StateStarted  CallState = "started" // in the scenario, nobody rings
	StateRinging  CallState = "ringing"
	StateTalking  CallState = "talking"
	StateHeld     CallState = "held"
	StateFinished CallState = "finished"
)

// LegState is where a leg stands; it never goes back.
type LegState string

// The states of legs, in order.
const (
	LegDialing    LegState = "dialing"
	LegIsRinging  LegState = "ringing"
	LegIsAnswered LegState = "answered"
	LegIsHeld     LegState = "held"
	LegIsEnded    LegState = "ended"
)

// Leg is one party's connection. Times are nil until they happen.
type Leg struct {
	ID              string          `json:"id"`
	Role            LegRole         `json:"role"`
	EmployeeExt     string          `json:"ext,omitempty"`
	EmployeeID      core.EmployeeID `json:"employee,omitempty"`
	Number          string          `json:"number,omitempty"`
	DisplayCallerID string          `json:"caller_id,omitempty"`
	Via             string          `json:"via,omitempty"`
	State           LegState        `json:"state"`
	StartedAt       *time.Time      `json:"started,omitempty"`
	RangAt          *time.Time      `json:"rang,omitempty"`
	AnsweredAt      *time.Time      `json:"answered,omitempty"`
	EndedAt         *time.Time      `json:"ended,omitempty"`
	Reason          Reason          `json:"reason,omitempty"`
	SIPCode         int             `json:"sip,omitempty"`
	Q850            int             `json:"q850,omitempty"`
	EndedBy         string          `json:"by,omitempty"`
	// Holds are the times on hold; the last one's end is nil while it lasts.
	Holds []Span `json:"holds,omitempty"`
}

// IsHuman reports whether a talk with this leg is a talk with somebody of the company.
func (l *Leg) IsHuman() bool {
	return l.Role == RoleEmployee || l.Role == RoleGroup || l.Role == RoleOther
}

// Span is a stretch of time; To is nil while it lasts.
type Span struct {
	From time.Time  `json:"from"`
	To   *time.Time `json:"to,omitempty"`
}

// Talk is two legs connected. A call has one for each bridge: transfers begin a new one.
type Talk struct {
	ID        string        `json:"id"`
	N         int           `json:"n"`
	LegIDs    []string      `json:"legs,omitempty"`
	StartedAt *time.Time    `json:"started,omitempty"`
	EndedAt   *time.Time    `json:"ended,omitempty"`
	Duration  time.Duration `json:"duration,omitempty"` // nanoseconds
}

// Step is an operation of a scenario the call went through, with what it was left by and what was learnt there (the CRM's answer).
type Step struct {
	OpID       string     `json:"op"`
	OpType     string     `json:"type,omitempty"`
	ScenarioID string     `json:"scenario,omitempty"`
	StartedAt  *time.Time `json:"started,omitempty"`
	ExitedAt   *time.Time `json:"exited,omitempty"`
	Exit       string     `json:"exit,omitempty"`
	Detail     string     `json:"detail,omitempty"`
	NextOp     string     `json:"next,omitempty"`
}

// Transfer is a transfer of the call. State: started | done | failed.
type Transfer struct {
	Mode    string    `json:"mode,omitempty"`
	FromLeg string    `json:"from,omitempty"`
	To      string    `json:"to,omitempty"`
	NewLeg  string    `json:"leg,omitempty"`
	State   string    `json:"state"`
	Code    string    `json:"code,omitempty"`
	At      time.Time `json:"at"`
}

// Pressed are digits pressed on a leg.
type Pressed struct {
	LegID  string    `json:"leg,omitempty"`
	Digits string    `json:"digits"`
	At     time.Time `json:"at"`
}

// RecordingFact is what the events tell of a recording. State: started | ready | failed.
type RecordingFact struct {
	RemoteID  string
	TalkID    string
	State     string
	StartedAt time.Time
	URL       string
	ExpiresAt *time.Time
	Format    string
	Channels  int
	Duration  time.Duration
	Bytes     int64
	SHA256    string
}

// Detail is what a call's card shows besides its columns; JSON, stored with the call.
type Detail struct {
	Legs      []Leg      `json:"legs,omitempty"`
	Talks     []Talk     `json:"talks,omitempty"`
	Steps     []Step     `json:"steps,omitempty"`
	Transfers []Transfer `json:"transfers,omitempty"`
	Pressed   []Pressed  `json:"pressed,omitempty"`
	// Candidates are the visits the call may belong to.
	Candidates []calltracking.Candidate `json:"candidates,omitempty"`
	Trunk      string                   `json:"trunk,omitempty"`
	// OpenRecordings are those that began and of which nothing more is known yet.
	OpenRecordings int `json:"open_recordings,omitempty"`
	// MissingSeqs is how many events of the sender's count never came.
	MissingSeqs int `json:"missing,omitempty"`
}

// Call is a call as folded from its events.
type Call struct {
	ID           core.CallID
	AccountID    core.AccountID
	ConnectionID core.ConnectionID
	PBXCallID    string
	ExternalID   string
	Direction    Direction
	Initiator    string
	State        CallState
	// NumberID is zero when VirtualNumber is none of the account's.
	NumberID      core.VirtualNumberID
	VirtualNumber string
	// ContactPhone is the other party: the caller of an inbound, the callee of an outbound call; empty when hidden and for internal calls.
	ContactPhone core.Phone
	SiteID       core.SiteID
	StartedAt    time.Time
	// AnsweredAt is when a talk with a person began, EndedAt when the call finished.
	AnsweredAt, EndedAt *time.Time
	// Wait is the time until the answer, or until the end; Talk the time of all talks; Total the whole call.
	Wait, Talk, Total time.Duration
	// IsLost: inbound and nobody talked with the caller. It is known when the call has finished.
	IsLost     bool
	LostReason LostReason
	// EndReason is set when we closed the call ourselves.
	EndReason Reason
	// IsIncomplete: events are missing and the PBX could not tell them.
	IsIncomplete bool
	// IsFirst: nobody with this phone had communicated before.
	IsFirst bool
	// EmployeeID is who talked last, else who answered last; zero = nobody.
	EmployeeID core.EmployeeID
	ScenarioID core.ScenarioID
	VisitorID  core.VisitorID
	SessionID  core.SessionID
	CampaignID core.CampaignID
	// Method and Probability say how the call came to its visit.
	Method      calltracking.Method
	Probability float64
	LeaseID     core.LeaseID
	// CalledBack is the call by which a lost caller was reached.
	CalledBackAt *time.Time
	CalledBackID core.CallID
	LastEventAt  time.Time
	// Version grows with each change.
	Version int64
	Detail
}

// IsActive reports whether the call has not finished.
func (c *Call) IsActive() bool { return c.EndedAt == nil }

// IsOutside reports whether the call is with somebody outside the company.
func (c *Call) IsOutside() bool { return c.Direction == Inbound || c.Direction == Outbound }

// Leg returns a leg by its id; nil when the call has none.
func (c *Call) Leg(id string) *Leg {
	for i := range c.Legs {
		if c.Legs[i].ID == id {
			return &c.Legs[i]
		}
	}
	return nil
}
