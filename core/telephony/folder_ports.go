package telephony

import (
	"context"
	"time"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/calltracking"
	"github.com/skvoz/skvoz/core/employees"
)

// MarkedCall is a call with events that are not folded yet.
type MarkedCall struct {
	CallRef
	// ID is the call's; a call that is not stored yet is given one.
	ID core.CallID
	// Kind is that of its connection.
	Kind ConnectionKind
	// Tries is how often it could not be folded, or was asked for in vain.
	Tries  int
	Events []Event
	// FirstReceivedAt is when its first event came, EndReceivedAt when the last one that ends it did; zero when none has.
	FirstReceivedAt, EndReceivedAt time.Time
	// Before is the call as it was folded last; nil = never.
	Before *Call
}

// Participant is an employee's part in a call.
type Participant struct {
	EmployeeID core.EmployeeID
	RangAt     time.Time
	// IsAnswered: picked up; HasTalked: was connected.
	IsAnswered, HasTalked bool
	// Reason is why the last leg ended; empty while it lasts.
	Reason Reason
}

// FoldedCall is a call as it is to be stored.
type FoldedCall struct {
	Call
	Before *Call
	// Again is when to look at it once more; zero = when new events come. Tries is how often it was asked for in vain.
	Again time.Time
	Tries int
	// IsUnfit: nothing is known yet by which it could be shown; only the mark is put off.
	IsUnfit bool
	// HasCommunication: with somebody outside, on a number of the account's sites.
	HasCommunication bool
	// IsCertain: the contact's phone is surely the visitor's.
	IsCertain bool
	// Participants are stored only when they are not those of Before.
	Participants []Participant
	// Tags are the last word of the events on each tag.
	Tags []TagFact
	// Recordings are those that can be fetched, or failed.
	Recordings []RecordingFact
	// What says what changed for those who watch.
	What string
}

// FoldTx is one transaction in which calls of an account are folded.
type FoldTx interface {
	// Numbers finds the account's virtual numbers by their digits.
	Numbers(ctx context.Context, account core.AccountID, digits []core.Phone) (map[core.Phone]calltracking.VirtualNumber, error)
	// Attribute says whose visit an inbound call belongs to.
	Attribute(ctx context.Context, account core.AccountID, number calltracking.VirtualNumber, contact core.Phone, at time.Time) (calltracking.Attribution, error)
	// VisitorOf returns the visitor seen last among those who left a phone, as far as all of them are one person; zero = nobody.
	VisitorOf(ctx context.Context, account core.AccountID, phone core.Phone) (core.VisitorID, error)
	// Save stores calls, their communications and all that follows from them; the ids of those that really changed are published with the commit. A call's
	// version grows when anything but the time of its last event changed.
	Save(ctx context.Context, account core.AccountID, calls []FoldedCall) error
}

// FoldStore is what a Folder works on. Safe for concurrent use, also by several processes on PostgreSQL: a call is folded by one of them at a time.
type FoldStore interface {
	EventStore
	// FoldDue takes marked calls that are due and hands them over by account, all in one transaction; their marks go with it, unless they were saved to be
	// looked at again. It returns which calls it took, even with an error; isBusy: there is work, but others are at it.
	FoldDue(ctx context.Context, now time.Time, limit int, fold FoldFunc) (refs []CallRef, isBusy bool, err error)
	// FoldOne does so for one call, due or not; nothing happens when it is not marked any more or somebody else folds it.
	FoldOne(ctx context.Context, ref CallRef, fold FoldFunc) error
	// PutOffFold makes a call's mark due later and counts a try.
	PutOffFold(ctx context.Context, ref CallRef, until time.Time) error
	// MarkNumberCalls marks calls to or from a number that began at a moment or later and whose number was not known, and returns how many.
	MarkNumberCalls(ctx context.Context, account core.AccountID, number core.Phone, since time.Time) (int, error)
	// Endpoint reads a connection with its secrets. KindNotFound.
	Endpoint(ctx context.Context, account core.AccountID, id core.ConnectionID) (Endpoint, error)
}

// FoldFunc folds calls of one account.
type FoldFunc func(ctx context.Context, tx FoldTx, account core.AccountID, calls []MarkedCall) error

// People finds employees; employees.Directory does.
type People interface {
	ByID(ctx context.Context, account core.AccountID, ids []core.EmployeeID) (map[core.EmployeeID]employees.Employee, error)
	ByNumber(ctx context.Context, account core.AccountID, numbers []string) (map[string]employees.Employee, error)
}
