package integrations

import (
	"time"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/comms"
	"github.com/skvoz/skvoz/core/deals"
	"github.com/skvoz/skvoz/core/employees"
	"github.com/skvoz/skvoz/core/goals"
)

// Subject is what a delivery is about: a communication with everything a CRM may want to know of it.
type Subject struct {
	Communication comms.Communication
	// Goal is the reached goal the delivery was chosen by.
	Goal goals.Ref
	// Site is the site's domain.
	Site string
	// CardURL is the visitor's card in the cabinet; empty without a visitor.
	CardURL string
}

// Person is whom a delivery is about.
type Person struct {
	Name  string
	Phone core.Phone
	Email core.Email
}

// NewContact is a contact to make.
type NewContact struct {
	Person
	// Responsible is the vendor's id of a user; empty = the vendor's own choice.
	Responsible string
	// Key is the idempotency key of the delivery.
	Key string
}

// NewDeal is a deal to make. All texts are filled in.
type NewDeal struct {
	// Key is the idempotency key: unique for the delivery, up to 60 characters, letters, digits and hyphens.
	Key string
	// Since is when the first attempt began: a deal of an earlier attempt is not older.
	Since time.Time
	Name  string
	// ContactID is the contact's; empty with UsesInbox and when none is known yet (previews).
	ContactID string
	Person    Person
	// FunnelID, StageID and Responsible are the vendor's ids; an empty one is the vendor's own choice.
	FunnelID, StageID, Responsible string
	// RevenueMinor is what a sale is worth, in minor units of Currency; nil = unknown.
	RevenueMinor *int64
	Currency     string
	Tags         []string
	// Fields are values of the vendor's fields by id, in the order of the mapping; empty values are left out.
	Fields []FieldValue
	// Source is where the visit came from.
	Source  SourceLabels
	Subject Subject
}

// FieldValue is the value of a vendor's field.
type FieldValue struct{ ID, Value string }

// SourceLabels are the labels of the visit's source; empty = none.
type SourceLabels struct {
	UTM      deals.UTM
	Channel  string
	Source   string
	Campaign string
	Referrer string
	Page     string
}

// NewNote is a note to write into a deal.
type NewNote struct {
	Key    string
	DealID string
	Text   string
}

// RemoteRef is something that was made at the vendor.
type RemoteRef struct {
	ID string
	// Entity is what it is in the vendor's words: deal, lead, unsorted.
	Entity string
	URL    string
}

// RemoteEmployee is a user of a system.
type RemoteEmployee struct {
	ID, Name string
	Email    core.Email
	// Phone is the number calls are to go to, as written there; Extension the internal one.
	Phone, Extension string
	IsActive         bool
	// LastName, FirstName and Patronymic are the parts of the name as far as the system knows them; without any Name is all there is.
	LastName, FirstName, Patronymic string
	// Phones are all phones with the system's words for them, where it has such; else Phone is the only one.
	Phones []employees.RemotePhone
}

// RemoteStatus is whether an employee can take a call.
type RemoteStatus struct {
	IsOnline bool
	// Status is in our words: available, break, do_not_disturb, not_at_workplace, not_at_work, unknown.
	Status string
}

// RemoteContact is a contact of a CRM.
type RemoteContact struct {
	ID, Name  string
	CreatedAt time.Time
	// Phones and Emails are as written there.
	Phones, Emails []string
	Responsible    string
}

// RemoteDeal is a deal of a CRM in its present state, with its history as far as the vendor tells.
type RemoteDeal struct {
	ID, Name                       string
	CreatedAt, ModifiedAt, StageAt time.Time
	ClosedAt                       *time.Time
	FunnelID, StageID              string
	ContactIDs                     []string
	MainContactID                  string
	EmployeeID                     string
	LeadID                         string
	// RevenueMinor is in minor units of Currency; nil = the vendor does not say.
	RevenueMinor *int64
	Currency     string
	Source       string
	Tags         []deals.Tag
	URL          string
	// History are the stages it has been in, in order of time, the present one last; nil = the vendor does not tell.
	History []StageEntry
}

// StageEntry is the coming of a deal to a stage.
type StageEntry struct {
	FunnelID, StageID string
	At                time.Time
}

// DealPage is a part of a reading.
type DealPage struct {
	Deals []RemoteDeal
	// Contacts are those the deals name.
	Contacts []RemoteContact
	// Gone are ids of deals that are not there (any more).
	Gone []string
	// Next is the cursor of the next page; empty = this was the last.
	Next string
	// Total is how many deals the whole reading has; zero = unknown.
	Total int
}

// ChangesQuery asks for changed deals.
type ChangesQuery struct {
	Since time.Time
	// ByCreation asks for deals created since, not changed: the initial import.
	ByCreation bool
	Cursor     string
}

// Catalogue is what deals refer to.
type Catalogue struct {
	Funnels   []RemoteFunnel
	Employees []RemoteEmployee
}

// RemoteFunnel is a funnel with its stages in order.
type RemoteFunnel struct {
	ID, Name string
	Stages   []RemoteStage
	// IsMain: the vendor's own choice for new deals.
	IsMain bool
}

// RemoteStage is a stage of a funnel.
type RemoteStage struct {
	ID, Name string
	Status   deals.StageStatus
}

// StageCount is how many deals are in a stage.
type StageCount struct {
	FunnelID, StageID string
	Count             int
}

// Hook is a webhook as it came.
type Hook struct {
	At          time.Time         `json:"at"`
	Method      string            `json:"method"`
	Query       string            `json:"query"`
	ContentType string            `json:"content_type"`
	Header      map[string]string `json:"header"`
	Body        []byte            `json:"body"`
}

// HookNews is what a webhook tells.
type HookNews struct {
	// Deals are those that may have changed, with the moment of the change if the vendor says; one that was loaded with this moment is not read again.
	Deals []HookDeal
	// Secrets are to be kept: an installation's tokens. An empty value removes one.
	Secrets map[string]string
	// Settings are to be kept beside them.
	Settings Values
	// CatalogueChanged: funnels or users may have changed.
	CatalogueChanged bool
	// Revoked: the vendor tells that we have been disconnected there.
	Revoked bool
	// Installed: the connection has been (re)made just now.
	Installed bool
	// Statuses are those of employees that changed (RC-12).
	Statuses []HookStatus
}

// HookStatus is the status of an employee a webhook tells of.
type HookStatus struct {
	// Employee is the system's id.
	Employee string
	// Status is in our words, see RemoteStatus.
	Status string
}

// HookDeal is a deal a webhook tells of.
type HookDeal struct {
	ID string
	// ModifiedAt is zero when the vendor does not say.
	ModifiedAt time.Time
	IsDeleted  bool
}

// PopUpPhase is where a card of a call stands.
type PopUpPhase string

// The phases of a card.
const (
	PopUpRings    PopUpPhase = "ringing"
	PopUpAnswered PopUpPhase = "answered"
	// PopUpEnded: hung up, declined, or answered by somebody else.
	PopUpEnded PopUpPhase = "ended"
	PopUpLost  PopUpPhase = "lost"
)

// CallFacts is what a system may want to know of a call besides; what is not known is empty.
type CallFacts struct {
	// NumberID is the virtual number's; SiteID, Site and SiteName are those of the site it belongs to: identifier, domain, name.
	NumberID core.VirtualNumberID
	SiteID   core.SiteID
	Site     string
	SiteName string
	// Source is where the visit came from that the call belongs to; VisitorID and CardURL are the visitor and their card in the cabinet.
	Source    SourceLabels
	VisitorID core.VisitorID
	CardURL   string
	// Name is the caller's, as they left it on a site.
	Name string
	// IsFirst: nobody with this phone had communicated before.
	IsFirst bool
	// Wait is how long it took until somebody answered, or until the end.
	Wait time.Duration
	// LostReason is a word of telephony.LostReason.
	LostReason string
}

// PopUp is a card of a call that rings, or was lost.
type PopUp struct {
	CallID string
	Phone  core.Phone
	// Employees are the system's ids of those it is shown to.
	Employees []string
	IsLost    bool
	// Phase is PopUpRings or PopUpLost when it is shown; when it is hidden it says why: PopUpAnswered by these employees, or PopUpEnded.
	Phase      PopUpPhase
	IsOutgoing bool
	// At is when the ring began or ended, or the call was lost.
	At time.Time
	// VirtualLine is the virtual number called, or called from.
	VirtualLine string
	// AnsweredBy is the system's id of who answered; empty while nobody has.
	AnsweredBy string
	CallFacts
}

// LoggedCall is a finished call.
type LoggedCall struct {
	Key        string
	Phone      core.Phone
	IsOutgoing bool
	StartedAt  time.Time
	// Duration is the time of all talks.
	Duration time.Duration
	// Employee is the system's id of who talked last, or of the first at whom a lost call rang.
	Employee string
	IsLost   bool
	// RecordURL is for systems that take one recording: that of the longest talk. Recordings has all of them.
	RecordURL   string
	VirtualLine string
	Recordings  []CallRecording
	CallFacts
}

// CallRecording is the recording of one talk of a call.
type CallRecording struct {
	// URL opens the file without signing in for as long as it exists.
	URL       string
	StartedAt time.Time
	Duration  time.Duration
}

// CallTask is the task to call somebody back.
type CallTask struct {
	Key      string
	Phone    core.Phone
	Employee string
	// Text is a plain one; systems with words of their own make them of the facts.
	Text      string
	DueAt     time.Time
	StartedAt time.Time
	// VirtualLine is the virtual number called.
	VirtualLine string
	CallFacts
}

// CallCommand is a click on a phone in a CRM; the zero value is none.
type CallCommand struct {
	// Employee is the system's id of who clicked.
	Employee string
	// Phone is the contact's, as written there.
	Phone core.Phone
	// RemoteID is the system's id of the call to be, if it gives one.
	RemoteID string
}
