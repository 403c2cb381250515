package telephony

import (
	"context"
	"time"

	"github.com/skvoz/skvoz/core"
)

// Originate starts a call: one side is rung first, then the other.
type Originate struct {
	// CommandID is the idempotency key.
	CommandID string
	// EmployeeFirst: the employee is rung first, else the contact.
	EmployeeFirst bool
	// Employee is a line or a number.
	Employee Target
	Contact  string
	// CallerID is the virtual number the contact sees.
	CallerID string
	// ShowCallerIDToEmployee: the employee sees the virtual number, else the contact's.
	ShowCallerIDToEmployee          bool
	EmployeeTimeout, ContactTimeout time.Duration
	EarlyMedia, Record              bool
	ExternalID                      string
	// ScenarioID is the scenario the contact goes through; zero = none.
	ScenarioID core.ScenarioID
}

// Action is what is done to a running call.
type Action string

// The actions.
const (
	ActHold             Action = "hold"
	ActUnhold           Action = "unhold"
	ActHangup           Action = "hangup"
	ActHangupLeg        Action = "hangup_leg"
	ActTransferBlind    Action = "transfer_blind"
	ActTransferStart    Action = "transfer_attended_start"
	ActTransferComplete Action = "transfer_attended_complete"
	ActTransferCancel   Action = "transfer_attended_cancel"
	ActRecordStart      Action = "record_start"
	ActRecordStop       Action = "record_stop"
	ActDTMF             Action = "dtmf"
)

// Control does something to a running call.
type Control struct {
	CommandID string
	PBXCallID string
	Action    Action
	LegID     string
	// LegExtension is the extension of the employee at the end of LegID, for PBXs that want to know who transfers or is recorded.
	LegExtension string
	// To is whom a transfer goes to.
	To      Target
	Digits  string
	Media   string
	Timeout time.Duration
}

// Capabilities are what a PBX can be asked for.
type Capabilities struct {
	Originate, Control, Snapshots, Lines, Routing bool
}

// Snapshot is a call as the PBX tells it when asked.
type Snapshot struct {
	PBXCallID string
	Data      Data
}

// Endpoint is a connection with its secrets, as drivers need it.
type Endpoint struct {
	Connection
	Secrets Secrets
}

// Driver sends commands to one kind of PBX. Errors are of kind KindUnavailable when the PBX can't be reached or is overloaded, else KindInvalid with a reason of
// the contract: invalid_parameter, destination_forbidden, call_not_found, leg_not_found, invalid_state, caller_id_not_allowed, no_active_number,
// contact_blacklisted, unauthorized, not_supported. It is safe for concurrent use.
type Driver interface {
	Capabilities() Capabilities
	// Originate starts a call and returns the PBX's id of it.
	Originate(ctx context.Context, to Endpoint, o Originate) (pbxCallID string, err error)
	Control(ctx context.Context, to Endpoint, c Control) error
	// Active returns the running calls, Call one call (KindNotFound when the PBX has forgotten it), Lines the state of lines.
	Active(ctx context.Context, to Endpoint) ([]Snapshot, error)
	Call(ctx context.Context, to Endpoint, pbxCallID string) (Snapshot, error)
	Lines(ctx context.Context, to Endpoint) ([]Line, error)
}

// Recorder fetches what was recorded. It is safe for concurrent use.
type Recorder interface {
	// Source returns where a recording is fetched from and with which headers; providers with one-time links ask for it anew each time.
	Source(ctx context.Context, to Endpoint, remoteID, url string) (address string, header map[string]string, err error)
}
