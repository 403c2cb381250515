package integrations

import (
	"context"
	"time"

	"github.com/skvoz/skvoz/core"
)

// Capability is something a connector can do; each is a small interface a connector implements.
type Capability string

// The capabilities.
const (
	CanListOptions     Capability = "options"          // Options
	CanListEmployees   Capability = "employees"        // Employees
	CanTellStatus      Capability = "employee_status"  // EmployeeStatuses
	CanNameManager     Capability = "personal_manager" // PersonalManagers
	CanPopUp           Capability = "call_popup"       // CallPopUps
	CanLogCalls        Capability = "call_log"         // CallLog
	CanCreateTasks     Capability = "lost_call_task"   // LostCallTasks
	CanCreateContacts  Capability = "contacts"         // ContactBook
	CanSendComms       Capability = "communications"   // CommunicationSink
	CanCreateDeals     Capability = "deals_out"        // DealDesk
	CanReadDeals       Capability = "deals_in"         // DealSource
	CanReceiveHooks    Capability = "webhooks"         // HookReceiver
	CanReceiveCommands Capability = "click_to_call"    // CallCommands
)

// Options lists the choices of settings that only the vendor knows: funnels, stages, users, fields.
type Options interface {
	// Options returns the choices of a source (Field.Source). Settings are those being edited: the stages of the funnel chosen there.
	Options(ctx context.Context, source string, settings Values) ([]Option, error)
}

// Employees reads the users of a system, whole or not at all: nobody is taken for deleted because a page was missing.
type Employees interface {
	Employees(ctx context.Context) ([]RemoteEmployee, error)
}

// EmployeeStatuses tells whether an employee can take a call now.
type EmployeeStatuses interface {
	EmployeeStatus(ctx context.Context, employee string) (RemoteStatus, error)
}

// PersonalManagers names who looks after a caller.
type PersonalManagers interface {
	// PersonalManager returns the manager of the contact with a phone; found is false when there is no such contact or it has none.
	PersonalManager(ctx context.Context, phone core.Phone) (manager RemoteEmployee, found bool, err error)
}

// CallPopUps shows a card of a call to employees while it rings.
type CallPopUps interface {
	// ShowPopUp shows a card: once for each ring, and once when the call was lost. One that could not be shown in time is left out.
	ShowPopUp(ctx context.Context, p PopUp) error
	// HidePopUp takes it away: once when the ring was answered (the card may stay while they talk), and once when the employee's part in the call is over.
	// A card that was never shown may be hidden, too. Systems that do so by themselves return nil.
	HidePopUp(ctx context.Context, p PopUp) error
}

// CallLog keeps finished calls in the system.
type CallLog interface {
	// LogCall keeps a call once: the same Key again is the same call.
	LogCall(ctx context.Context, c LoggedCall) (remoteID string, err error)
}

// CallLogUpdater is a CallLog that takes recordings later: calls are kept as soon as they have finished. Without it a call waits for its recordings for
// some minutes.
type CallLogUpdater interface {
	// UpdateCall gives a call that was kept its recordings.
	UpdateCall(ctx context.Context, remoteID string, c LoggedCall) error
}

// LostCallTasks gives somebody the task to call back.
type LostCallTasks interface {
	CreateTask(ctx context.Context, t CallTask) (remoteID string, err error)
}

// CommunicationSink takes communications of any kind.
type CommunicationSink interface {
	SendCommunication(ctx context.Context, key string, s Subject) (remoteID string, err error)
}

// CallCommands are clicks on phones in the system, which come by webhook.
type CallCommands interface {
	// ParseCommand checks that a webhook is the vendor's own and reads the command; the zero command when it is about something else (HookReceiver). It makes
	// no request. Errors are those of HookReceiver.ParseHook.
	ParseCommand(h Hook) (CallCommand, error)
}

// ContactBook finds and makes contacts.
type ContactBook interface {
	// FindContacts returns contacts that have the phone or the e-mail, oldest first; those that differ by the driver's PhoneMatch may be among them.
	FindContacts(ctx context.Context, p Person) ([]RemoteContact, error)
	// CreateContact makes one.
	CreateContact(ctx context.Context, p NewContact) (RemoteContact, error)
}

// DealDesk makes deals and writes into them.
type DealDesk interface {
	ContactBook
	// UsesInbox reports whether settings ask for the vendor's inbox (amoCRM's "unsorted", Bitrix24's leads): contact and deal are then made by CreateDeal
	// together, from NewDeal.Person, and no contact is looked for before, unless FindsContactsFirst.
	UsesInbox() bool
	// OpenDeals returns deals of a contact that are neither won nor lost, newest first.
	OpenDeals(ctx context.Context, contactID string) ([]RemoteDeal, error)
	// FindDeal looks for a deal an earlier attempt made with this key; found is false when there is none.
	FindDeal(ctx context.Context, d NewDeal) (made RemoteRef, found bool, err error)
	CreateDeal(ctx context.Context, d NewDeal) (RemoteRef, error)
	// FindNote looks for a note an earlier attempt wrote with this key.
	FindNote(ctx context.Context, n NewNote) (found bool, err error)
	AddNote(ctx context.Context, n NewNote) error
	// Preview returns the requests CreateDeal and AddNote would send, without sending them; what is known only later stands there in words.
	Preview(d NewDeal, n NewNote) ([]Exchange, error)
}

// ContactPreviewer is a ContactBook that can show the request CreateContact would send, without sending it.
type ContactPreviewer interface {
	PreviewContact(p NewContact) (Exchange, error)
}

// Preparer is a DealDesk that has to ask the vendor something before UsesInbox can tell: whoever calls UsesInbox calls Prepare first. A desk that was not
// prepared makes its deals all the same, but may need a contact where none is asked for.
type Preparer interface {
	Prepare(ctx context.Context) error
}

// DealSource reads deals.
type DealSource interface {
	// Catalogue reads funnels, stages, users and fields, whole or not at all.
	Catalogue(ctx context.Context) (Catalogue, error)
	// ChangedDeals reads a page of the deals changed at or after a moment, oldest change first as far as the vendor can.
	ChangedDeals(ctx context.Context, q ChangesQuery) (DealPage, error)
	// DealsByID reads deals; those that are not there (any more) are in DealPage.Gone.
	DealsByID(ctx context.Context, ids []string) (DealPage, error)
	// CountDeals counts the deals created in a period by funnel and stage, for the checker.
	CountDeals(ctx context.Context, from, to time.Time) ([]StageCount, error)
}

// HookReceiver takes the vendor's webhooks.
type HookReceiver interface {
	// Subscribe makes sure that the vendor sends webhooks to the session's HookURL; it may be called again and again. A *Failure of kind FailRight when
	// the key can't do that: then only catch-up readings bring changes.
	Subscribe(ctx context.Context) error
	// Unsubscribe ends that; it is called at disconnecting, and its failure hinders nothing.
	Unsubscribe(ctx context.Context) error
	// ParseHook checks that a webhook is the vendor's own and says what it is about. An error of kind FailKey is one that is not; FailRejected one that
	// can't be read. It makes no request; secrets it brings (an installation's tokens) are in HookNews.Secrets.
	ParseHook(ctx context.Context, h Hook) (HookNews, error)
}
