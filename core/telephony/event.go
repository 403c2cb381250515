package telephony

import (
	"time"

	"github.com/skvoz/skvoz/core"
)

// EventType is a kind of event of the contract ct-pbx/1; the words travel and are stored.
type EventType string

// The events of the contract.
const (
	CallStarted        EventType = "call_started"
	OpStarted          EventType = "op_started"
	OpExited           EventType = "op_exited"
	LegStarted         EventType = "leg_started"
	LegRinging         EventType = "leg_ringing"
	LegAnswered        EventType = "leg_answered"
	LegHeld            EventType = "leg_held"
	LegUnheld          EventType = "leg_unheld"
	LegEnded           EventType = "leg_ended"
	TalkStarted        EventType = "talk_started"
	TalkEnded          EventType = "talk_ended"
	TransferStarted    EventType = "transfer_started"
	TransferDone       EventType = "transfer_done"
	TransferFailed     EventType = "transfer_failed"
	DTMFPressed        EventType = "dtmf"
	CallFinished       EventType = "call_finished"
	RecordingStarted   EventType = "recording_started"
	RecordingReady     EventType = "recording_ready"
	RecordingFailed    EventType = "recording_failed"
	LineStateChanged   EventType = "line_state"
	Heartbeat          EventType = "pbx_heartbeat"
	CommandResultEvent EventType = "command_result"
)

// Events only we make: never accepted from outside.
const (
	// TagSet and TagRemoved are tags put by scenarios (Data.TagID).
	TagSet     EventType = "tag_set"
	TagRemoved EventType = "tag_removed"
	// CallClosed ends a call whose PBX tells nothing more (Data.Reason: no_events, reconciled, node_lost). A call_finished outweighs it.
	CallClosed EventType = "call_closed"
	// SnapshotTaken is what the PBX answered when asked for a call (Data as in call_finished, with State).
	SnapshotTaken EventType = "snapshot"
)

// Event is something a PBX told. The JSON form is that of the contract and is what is stored.
type Event struct {
	// ID is unique on the connection for 30 days.
	ID string `json:"id"`
	// Type is the kind.
	Type EventType `json:"type"`
	// OccurredAt is the PBX's time.
	OccurredAt time.Time `json:"occurred_at"`
	// CallID is the PBX's; empty for events of lines, heartbeats and results of commands.
	CallID string `json:"call_id,omitempty"`
	// Seq counts a call's events from 1; zero on connections that do not count (they are ordered by time).
	Seq int64 `json:"seq,omitempty"`
	// ExternalID is what a command's sender called the call.
	ExternalID string `json:"external_id,omitempty"`
	Data       Data   `json:"data"`
}

// Data is what an event says; which fields are used depends on its type. Numbers are digits with country code; "sip:" addresses and short numbers are kept
// as they came.
type Data struct {
	// call_started
	Direction Direction `json:"direction,omitempty"`
	DID       string    `json:"did,omitempty"`
	Caller    string    `json:"caller,omitempty"`
	Callee    string    `json:"callee,omitempty"`
	Initiator string    `json:"initiator,omitempty"`
	CommandID string    `json:"command_id,omitempty"`
	SIPCallID string    `json:"sip_call_id,omitempty"`
	Trunk     string    `json:"trunk,omitempty"`

	// op_started, op_exited
	OpID       string `json:"op_id,omitempty"`
	OpType     string `json:"op_type,omitempty"`
	ScenarioID string `json:"scenario_id,omitempty"`
	Exit       string `json:"exit,omitempty"`
	Detail     string `json:"detail,omitempty"`
	NextOp     string `json:"next_op,omitempty"`

	// leg_*
	LegID           string  `json:"leg_id,omitempty"`
	Role            LegRole `json:"role,omitempty"`
	EmployeeExt     string  `json:"employee_ext,omitempty"`
	EmployeeID      string  `json:"employee_id,omitempty"`
	Number          string  `json:"number,omitempty"`
	DisplayCallerID string  `json:"display_caller_id,omitempty"`
	Via             string  `json:"via,omitempty"`
	By              string  `json:"by,omitempty"`
	Reason          Reason  `json:"reason,omitempty"`
	SIPCode         int     `json:"sip_code,omitempty"`
	Q850            int     `json:"q850,omitempty"`

	// talk_*
	TalkID     string   `json:"talk_id,omitempty"`
	N          int      `json:"n,omitempty"`
	LegIDs     []string `json:"leg_ids,omitempty"`
	DurationMS int64    `json:"duration_ms,omitempty"`

	// transfer_*
	Mode    string `json:"mode,omitempty"`
	FromLeg string `json:"from_leg,omitempty"`
	To      string `json:"to,omitempty"`
	NewLeg  string `json:"new_leg,omitempty"`
	Code    string `json:"code,omitempty"`

	// dtmf
	Digits string `json:"digits,omitempty"`

	// call_finished, snapshot
	Lost       bool       `json:"lost,omitempty"`
	LostReason LostReason `json:"lost_reason,omitempty"`
	LastSeq    int64      `json:"last_seq,omitempty"`
	State      string     `json:"state,omitempty"`
	StartedAt  *time.Time `json:"started_at,omitempty"`
	AnsweredAt *time.Time `json:"answered_at,omitempty"`
	EndedAt    *time.Time `json:"ended_at,omitempty"`
	WaitMS     *int64     `json:"wait_ms,omitempty"`
	TalkMS     *int64     `json:"talk_ms,omitempty"`
	TotalMS    *int64     `json:"total_ms,omitempty"`
	Legs       []LegFact  `json:"legs,omitempty"`
	Talks      []TalkFact `json:"talks,omitempty"`

	// recording_*
	RecordingID  string     `json:"recording_id,omitempty"`
	URL          string     `json:"url,omitempty"`
	URLExpiresAt *time.Time `json:"url_expires_at,omitempty"`
	Format       string     `json:"format,omitempty"`
	Channels     int        `json:"channels,omitempty"`
	Bytes        int64      `json:"bytes,omitempty"`
	SHA256       string     `json:"sha256,omitempty"`

	// line_state, pbx_heartbeat, command_result
	Line        string   `json:"line,omitempty"`
	Ext         string   `json:"ext,omitempty"`
	Contacts    []string `json:"contacts,omitempty"`
	ActiveCalls int      `json:"active_calls,omitempty"`
	Version     string   `json:"version,omitempty"`
	Status      string   `json:"status,omitempty"`

	// tag_set, tag_removed
	TagID core.CallTagID `json:"tag_id,omitempty"`
}

// LegFact is a leg as snapshots tell it.
type LegFact struct {
	LegID       string     `json:"leg_id"`
	Role        LegRole    `json:"role,omitempty"`
	EmployeeExt string     `json:"employee_ext,omitempty"`
	EmployeeID  string     `json:"employee_id,omitempty"`
	Number      string     `json:"number,omitempty"`
	Via         string     `json:"via,omitempty"`
	State       string     `json:"state,omitempty"`
	StartedAt   *time.Time `json:"started_at,omitempty"`
	RangAt      *time.Time `json:"ringing_at,omitempty"`
	AnsweredAt  *time.Time `json:"answered_at,omitempty"`
	EndedAt     *time.Time `json:"ended_at,omitempty"`
	Reason      Reason     `json:"reason,omitempty"`
	By          string     `json:"by,omitempty"`
}

// TalkFact is a talk as snapshots tell it.
type TalkFact struct {
	TalkID     string     `json:"talk_id"`
	N          int        `json:"n,omitempty"`
	LegIDs     []string   `json:"leg_ids,omitempty"`
	StartedAt  *time.Time `json:"started_at,omitempty"`
	EndedAt    *time.Time `json:"ended_at,omitempty"`
	DurationMS int64      `json:"duration_ms,omitempty"`
}

// Direction is which way a call goes.
type Direction string

// The directions.
const (
	Inbound  Direction = "in"
	Outbound Direction = "out"
	Internal Direction = "internal"
)

// LegRole is who is at the end of a leg.
type LegRole string

// The roles.
const (
	RoleContact  LegRole = "contact"
	RoleEmployee LegRole = "employee"
	RoleGroup    LegRole = "group"
	RoleCoach    LegRole = "coach"
	RoleOther    LegRole = "other"
)

// Reason is why a leg ended.
type Reason string

// The reasons of the contract.
const (
	ReasonAnsweredElsewhere Reason = "answered_elsewhere"
	ReasonNormal            Reason = "normal"
	ReasonBusy              Reason = "busy"
	ReasonNoAnswer          Reason = "no_answer"
	ReasonRejected          Reason = "rejected"
	ReasonUnavailable       Reason = "unavailable" // not registered
	ReasonNotFound          Reason = "not_found"
	ReasonCancelled         Reason = "cancelled"
	ReasonCongestion        Reason = "congestion"
	ReasonMediaTimeout      Reason = "media_timeout"
	ReasonTransferred       Reason = "transferred"
	ReasonForbidden         Reason = "forbidden"
	ReasonLimit             Reason = "limit"
	ReasonError             Reason = "error"
	ReasonNodeLost          Reason = "node_lost"
)

// Reasons for which we close a call ourselves.
const (
	ReasonNoEvents   Reason = "no_events"
	ReasonReconciled Reason = "reconciled"
)

// LostReason is why nobody talked with a caller.
type LostReason string

// The reasons of the contract.
const (
	LostHangupInMenu  LostReason = "caller_hangup_in_menu"
	LostHangupRinging LostReason = "caller_hangup_ringing"
	LostNoAnswer      LostReason = "no_answer"
	LostAllBusy       LostReason = "all_busy"
	LostUnavailable   LostReason = "unavailable"
	LostOutOfSchedule LostReason = "out_of_schedule"
	LostBlacklisted   LostReason = "blacklisted"
	LostFailed        LostReason = "failed"
	LostNodeLost      LostReason = "node_lost"
)

// LineState is what a PBX says of a line.
type LineState string

// The states of lines.
const (
	LineFree        LineState = "free"
	LineBusy        LineState = "busy"
	LineUnavailable LineState = "unavailable"
)
