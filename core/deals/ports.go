package deals

import (
	"context"
	"time"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/comms"
)

// Store keeps deals and all that belongs to them. Nothing of another account is ever read or changed.
type Store interface {
	// CRMs reads the CRMs of an account, oldest first.
	CRMs(ctx context.Context, account core.AccountID) ([]CRM, error)
	// CreateCRM keeps a new CRM and gives it an identifier. With only set it does so if the account has none of this kind yet, and returns the oldest.
	CreateCRM(ctx context.Context, c CRM, only bool) (CRM, error)
	// ReadCRM returns what reads the parts of a CRM; zero = of all CRMs of the account.
	ReadCRM(account core.AccountID, crm core.CRMID) Reader
	// ChangeCRM runs fn in one transaction in which nobody else changes this CRM; an error rolls it back. KindNotFound when there is no such CRM.
	// fn may run more than once.
	ChangeCRM(ctx context.Context, account core.AccountID, crm core.CRMID, fn func(Tx) error) error
	// History reads the states of deals. See Service.ListHistory.
	History(ctx context.Context, account core.AccountID, crm core.CRMID, r core.ListRequest) (core.Listing[HistoryRow], error)
	// DealCounts counts the deals of each CRM of an account, WaitingDeals those that wait for linking; CRMs without any are missing.
	DealCounts(ctx context.Context, account core.AccountID) (map[core.CRMID]int, error)
	WaitingDeals(ctx context.Context, account core.AccountID) (map[core.CRMID]int, error)
	// CountStages counts the deals of a CRM created in [from, to) by stage.
	CountStages(ctx context.Context, account core.AccountID, crm core.CRMID, from, to time.Time) ([]StageCount, error)
	// ModifiedTimes reads when deals were changed in their CRM, by external identifier.
	ModifiedTimes(ctx context.Context, account core.AccountID, crm core.CRMID, externalIDs []string) (map[string]time.Time, error)
	DealReader
}

// Reader reads the parts of one CRM. Lists of external identifiers may be nil: all; those that do not exist are left out.
type Reader interface {
	// Funnels reads funnels with their stages in order.
	Funnels(ctx context.Context, externalIDs []string) ([]Funnel, error)
	Employees(ctx context.Context, externalIDs []string) ([]Employee, error)
	Contacts(ctx context.Context, externalIDs []string) ([]Contact, error)
	Companies(ctx context.Context, externalIDs []string) ([]Company, error)
	Fields(ctx context.Context, entity FieldEntity) ([]Field, error)
	LeadStages(ctx context.Context) ([]LeadStage, error)
}

// Tx changes one CRM. Identifiers of new rows come from NewID; rows with an identifier that exists are overwritten.
type Tx interface {
	Reader
	NewID() int64
	CRM(ctx context.Context) (CRM, error)
	// PutCRM overwrites the CRM; relink marks all its deals for linking.
	PutCRM(ctx context.Context, c CRM, relink bool) error
	// DeleteCRM deletes the CRM with all that belongs to it.
	DeleteCRM(ctx context.Context) error
	// IsUsed reports whether a deal or lead (deals' states included) uses the row.
	IsUsed(ctx context.Context, part Part, id int64) (bool, error)
	// Delete deletes a row.
	Delete(ctx context.Context, part Part, id int64) error
	// PutFunnel keeps a funnel without its stages.
	PutFunnel(ctx context.Context, f Funnel) error
	PutStages(ctx context.Context, list []Stage) error
	// RestateDeals gives the deals that are in a stage the status the stage has now; reports count their days anew.
	RestateDeals(ctx context.Context, st Stage) error
	PutEmployee(ctx context.Context, e Employee) error
	// PutContacts keeps contacts and replaces their phones and e-mails; deals that have them are marked for linking.
	PutContacts(ctx context.Context, list []Contact) error
	PutCompany(ctx context.Context, c Company) error
	PutField(ctx context.Context, f Field) error
	PutLeadStage(ctx context.Context, s LeadStage) error
	// Communications reads the kinds of communications; those that do not exist are left out.
	Communications(ctx context.Context, ids []core.CommunicationID) (map[core.CommunicationID]comms.Kind, error)
	// CommunicationTimes reads when communications were; those that do not exist are left out.
	CommunicationTimes(ctx context.Context, ids []core.CommunicationID) (map[core.CommunicationID]time.Time, error)
	// Loaded reads deals with their histories.
	Loaded(ctx context.Context, externalIDs []string) ([]Loaded, error)
	// SaveDeals keeps changed deals, marks for linking those that ask for it and lets reports count their days anew.
	SaveDeals(ctx context.Context, list []*Loaded) error
	// DeleteDeal deletes a deal with its history, links and path.
	DeleteDeal(ctx context.Context, d Deal) error
	Leads(ctx context.Context, externalIDs []string) ([]Lead, error)
	// SaveLeads keeps leads; the deals that come from them are marked for linking.
	SaveLeads(ctx context.Context, list []Lead) error
	DeleteLead(ctx context.Context, l Lead) error
}

// Part is a kind of rows that belong to a CRM.
type Part string

// The parts of a CRM.
const (
	PartFunnel    Part = "funnel"
	PartStage     Part = "stage"
	PartEmployee  Part = "employee"
	PartContact   Part = "contact"
	PartCompany   Part = "company"
	PartField     Part = "field"
	PartLeadStage Part = "lead stage"
	// PartDeal is used by IsUsed alone: is there a deal of this CRM.
	PartDeal Part = "deal"
)

// Loaded is a deal with its history, and what an upload changes about it.
type Loaded struct {
	Deal
	// History has the states in order, generated ones included; those from KeptStates on are new or changed.
	History    []LoadedState
	KeptStates int
	// StoredStates is how many states the store has; those beyond the end of History are to be deleted.
	StoredStates int
	// IsNew: the deal was not there before. IsChanged: it is to be saved. IsTouched: nothing but its time of modification has changed, which reports do
	// not show.
	IsNew, IsChanged, IsTouched bool
	// IsRelinked: what linking looks at has changed; ContactsChanged: the list of contacts is among it.
	IsRelinked, ContactsChanged bool
	// CountedAt is the creation time it was last saved with; zero for a new deal.
	CountedAt time.Time
}

// LoadedState is a state with what the deal was like in it. Of states read from the store only the last has its content.
type LoadedState struct {
	State
	Content Content
}

// Content is what a deal was like in a state, in the words of the CRM; it is stored as JSON. Times are unix milliseconds, 0 = none.
type Content struct {
	Name              string       `json:"name"`
	CreatedAt         int64        `json:"created_at"`
	ClosedAt          int64        `json:"closed_at,omitempty"`
	Contacts          []string     `json:"contacts,omitempty"`
	MainContact       string       `json:"main_contact,omitempty"`
	Employee          string       `json:"employee,omitempty"`
	Lead              string       `json:"lead,omitempty"`
	Company           string       `json:"company,omitempty"`
	Comments          string       `json:"comments,omitempty"`
	Source            string       `json:"source,omitempty"`
	CommunicationID   int64        `json:"communication_id,omitempty"`
	CommunicationKind comms.Kind   `json:"communication_type,omitempty"`
	Fields            []FieldValue `json:"fields,omitempty"`
	Tags              []Tag        `json:"tags,omitempty"`
	URL               string       `json:"url,omitempty"`
}

// Lead is a lead in its present state.
type Lead struct {
	ID            core.LeadID
	ExternalID    string
	Name          string
	CreatedAt     time.Time
	ModifiedAt    time.Time
	StageAt       time.Time
	ClosedAt      *time.Time
	StageID       int64
	ContactID     core.DealContactID
	EmployeeID    core.DealEmployeeID
	Source        string
	Communication CommunicationRef
	Details       LeadDetails
}

// LeadDetails are stored with a lead as JSON.
type LeadDetails struct {
	Phones     []core.Phone `json:"phones,omitempty"`
	Emails     []core.Email `json:"emails,omitempty"`
	Messengers []Messenger  `json:"messengers,omitempty"`
	ClientName string       `json:"client_name,omitempty"`
	Company    string       `json:"company,omitempty"`
	Fields     []FieldValue `json:"fields,omitempty"`
	UTM        UTM          `json:"utm"`
}

// DealReader reads deals for the cabinet.
type DealReader interface {
	Deals(ctx context.Context, account core.AccountID, page core.PageRequest, f Filter, sort Sort) (core.Page[Deal], error)
	// DealsByID reads deals in any order; those that do not exist are left out.
	DealsByID(ctx context.Context, account core.AccountID, ids []core.DealID) ([]Deal, error)
	// LinkedDeals returns the deals linked with communications.
	LinkedDeals(ctx context.Context, account core.AccountID, ids []core.CommunicationID) (map[core.CommunicationID][]core.DealID, error)
	// DealByExternalID is of KindNotFound when the CRM has no such deal.
	DealByExternalID(ctx context.Context, account core.AccountID, crm core.CRMID, externalID string) (Deal, error)
	DealStates(ctx context.Context, account core.AccountID, ids []core.DealID) (map[core.DealID][]State, error)
	DealContacts(ctx context.Context, account core.AccountID, ids []core.DealContactID) (map[core.DealContactID]Contact, error)
	DealEmployees(ctx context.Context, account core.AccountID, ids []core.DealEmployeeID) (map[core.DealEmployeeID]Employee, error)
	DealLinks(ctx context.Context, account core.AccountID, ids []core.DealID) (map[core.DealID][]Link, error)
	DealSteps(ctx context.Context, account core.AccountID, ids []core.DealID) (map[core.DealID][]Step, error)
}
