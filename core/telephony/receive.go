package telephony

import (
	"context"
	"time"

	"github.com/skvoz/skvoz/core"
)

// MaxEvents is how many events a PBX may send at once.
const MaxEvents = 100

// Received is what became of events.
type Received struct {
	Accepted, Duplicate int
	Rejected            []Rejection
}

// Rejection is an event that is not kept, and why: unknown_type, bad_id, bad_time, no_call_id, bad_seq, missing_field, bad_value,
// too_long, reserved_type.
type Rejection struct {
	ID   string `json:"id"`
	Code string `json:"code"`
}

// EventStore keeps events.
type EventStore interface {
	// AddEvents keeps events of a connection in one transaction that is on disk when it returns, and marks their calls to be folded; those whose ids are
	// there already are counted as duplicates. Heartbeats, states of lines and results of commands change their rows in the same transaction.
	AddEvents(ctx context.Context, c Connection, at time.Time, events []Event) (Received, error)
}

// CallRef names a call by its PBX's id.
type CallRef struct {
	AccountID    core.AccountID
	ConnectionID core.ConnectionID
	PBXCallID    string
}
