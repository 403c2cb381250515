package scenarios

import (
	"context"
	"encoding/json"
	"io"
	"time"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/calltracking"
	"github.com/skvoz/skvoz/core/employees"
	"github.com/skvoz/skvoz/core/telephony"
)

// Run is a call's way through scenarios. The JSON form is stored.
type Run struct {
	ScenarioID core.ScenarioID `json:"scenario"`
	// Graph is the scenario as it was when the call came to it: changes made meanwhile do not touch running calls.
	Graph Graph  `json:"graph"`
	Op    string `json:"op"`
	// Entry is the number of the present operation's entry, for the ids of its events.
	Entry int `json:"entry"`
	// Phase is where the operation stands; empty = not entered.
	Phase string `json:"phase,omitempty"`
	// Tries counts repetitions of a menu.
	Tries int `json:"tries,omitempty"`
	// WaitUntil is until when an answer of a CRM or server is waited for.
	WaitUntil time.Time `json:"wait_until,omitzero"`
	// Digits are those pressed last.
	Digits string `json:"digits,omitempty"`
	// Detail is what was learnt in the operation so far.
	Detail string    `json:"detail,omitempty"`
	Steps  int       `json:"steps"`
	DID    string    `json:"did"`
	Caller string    `json:"caller"`
	Since  time.Time `json:"since"`
	// IsOver: the call was told to hang up.
	IsOver bool `json:"over,omitempty"`
	// Records: the number's talks are recorded.
	Records bool  `json:"records,omitempty"`
	Version int64 `json:"-"`
}

// RunStore keeps the ways of calls.
type RunStore interface {
	// RouteAnswer returns the answer given to a request; nil when there is none.
	RouteAnswer(ctx context.Context, c telephony.Connection, requestID string) (json.RawMessage, error)
	// Run returns a call's way; nil when it has none.
	Run(ctx context.Context, call telephony.CallRef) (*Run, error)
	// SaveRun keeps a way, the answer to a request and the events of the operations passed, in one transaction. KindConflict when the way's version is not
	// the one that is stored: another replica went on. An answer to the same request that is there already makes it a conflict, too.
	SaveRun(ctx context.Context, call telephony.CallRef, r *Run, requestID string, answer json.RawMessage, events []telephony.Event) error
}

// ScenarioStore keeps scenarios.
type ScenarioStore interface {
	Scenarios(ctx context.Context, account core.AccountID) ([]Scenario, error)
	// Scenario is KindNotFound when the account has none of that id.
	Scenario(ctx context.Context, account core.AccountID, id core.ScenarioID) (Scenario, error)
	// CreateScenario and UpdateScenario are KindConflict with reason name_taken when another has the name; CreateScenario is KindInvalid too_many over the limit.
	CreateScenario(ctx context.Context, s Scenario, limit int) (Scenario, error)
	// UpdateScenario stores name and graph if version is still the stored one, else KindConflict changed_meanwhile.
	UpdateScenario(ctx context.Context, s Scenario) (Scenario, error)
	// DeleteScenario is KindConflict in_use while numbers or other scenarios lead to it.
	DeleteScenario(ctx context.Context, account core.AccountID, id core.ScenarioID) error
}

// MediaStore keeps what is known of sounds; their bytes are in Files.
type MediaStore interface {
	MediaFiles(ctx context.Context, account core.AccountID) ([]Media, error)
	AddMedia(ctx context.Context, m Media) (Media, error)
	DeleteMedia(ctx context.Context, account core.AccountID, id core.MediaID) (Media, error)
}

// Blocklist keeps callers that are refused.
type Blocklist interface {
	BlockedCallers(ctx context.Context, account core.AccountID) ([]BlockedCaller, error)
	BlockCaller(ctx context.Context, account core.AccountID, b BlockedCaller) error
	UnblockCaller(ctx context.Context, account core.AccountID, phone core.Phone) error
	IsBlocked(ctx context.Context, account core.AccountID, phone core.Phone) (bool, error)
}

// Files keeps sounds.
type Files interface {
	Put(ctx context.Context, path string, r io.Reader) (bytes int64, sha256 string, err error)
	Delete(ctx context.Context, path string) error
}

// People finds whom to ring; employees.Service is one.
type People interface {
	ByID(ctx context.Context, account core.AccountID, ids []core.EmployeeID) (map[core.EmployeeID]employees.Employee, error)
	Members(ctx context.Context, account core.AccountID, group core.EmployeeGroupID) ([]employees.Employee, error)
	Open(ctx context.Context, account core.AccountID, ids []core.ScheduleID, at time.Time) (map[core.ScheduleID]bool, error)
}

// Numbers finds virtual numbers.
type Numbers interface {
	// NumberByDigits is KindNotFound when the account has no such number.
	NumberByDigits(ctx context.Context, account core.AccountID, digits core.Phone) (calltracking.VirtualNumber, error)
}

// Occupation is what phones are doing.
type Occupation struct {
	// Legs counts running legs by number or line.
	Legs map[string]int
	// Lines are states of lines by name and by extension.
	Lines map[string]telephony.LineState
}

// Presence tells what phones are doing.
type Presence interface {
	Occupation(ctx context.Context, account core.AccountID) (Occupation, error)
	// Talked is when employees talked last; those who did not for long are left out.
	Talked(ctx context.Context, account core.AccountID, ids []core.EmployeeID) (map[core.EmployeeID]time.Time, error)
}

// ManagerAnswer is what a CRM says of the caller's manager.
type ManagerAnswer struct {
	// IsEnabled is false when the integration is off.
	IsEnabled bool
	// HasContact and HasManager: the CRM knows the caller, and who looks after them.
	HasContact, HasManager bool
	// Name is the manager's in the CRM.
	Name string
	// EmployeeID is our employee linked with the manager; zero when there is none.
	EmployeeID core.EmployeeID
	// Phone and Extension are the manager's in the CRM; either may be empty.
	Phone, Extension string
	// IsOnline and IsFree are what the CRM tells of the manager's state; TellsStatus is false when it tells nothing.
	TellsStatus, IsOnline, IsFree bool
	// Raw is the answer in short, for the call's details.
	Raw string
}

// Managers asks CRMs who looks after a caller.
type Managers interface {
	Manager(ctx context.Context, account core.AccountID, integration core.IntegrationID, phone core.Phone) (ManagerAnswer, error)
}

// HTTPAsk is a question to a customer's server.
type HTTPAsk struct {
	Method, URL string
	// Params are in the order they were chosen.
	Params [][2]string
}

// Servers asks customers' servers what to do.
type Servers interface {
	// Ask returns the body of an answer with status 200, at most 64 KiB; anything else is an error.
	Ask(ctx context.Context, ask HTTPAsk) ([]byte, error)
}

// References finds what the settings of operations may name.
type References interface {
	// Exists reports which of the identifiers of a kind of setting the account has.
	Exists(ctx context.Context, account core.AccountID, kind FieldType, ids []int64) (map[int64]bool, error)
}
