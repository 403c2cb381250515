// Package deals is about deals of CRMs: funnels, stages, contacts and employees as the CRM knows them, the history of each deal, the communications
// a deal is linked to and the path of visits and communications that led to it.
package deals

import (
	"time"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/comms"
)

// Kind is the kind of a CRM; the words are stored and travel in the Data API.
type Kind string

// The kinds of CRM. Connectors of other issues add theirs.
const (
	// KindCustom: "Другая CRM", deals come by the API.
	KindCustom Kind = "custom"
	KindAmoCRM Kind = "amocrm"
	KindBitrix Kind = "bitrix"
	// KindConnected: any other CRM that is attached as an integration.
	KindConnected Kind = "connected"
	KindUnknown   Kind = ""
)

// ConversionModel says which communication a deal is counted to: the last one before the creation of which entity.
type ConversionModel string

// The conversion models, in the Data API's words (deal_conversion_model).
const (
	LastBeforeDeal    ConversionModel = "last_before_deal"
	LastBeforeContact ConversionModel = "last_before_contact"
	LastBeforeLead    ConversionModel = "last_before_lead"
)

// LoadState is the state of loading deals or leads.
type LoadState string

// The load states.
const (
	LoadNone      LoadState = "not_loaded"
	LoadCompleted LoadState = "completed"
	LoadRunning   LoadState = "in_process"
	LoadFailed    LoadState = "error"
)

// Terms rename entities in the cabinet where a CRM's users have other words for them.
type Terms string

// The sets of terms.
const (
	// TermsDeals: deal, contact, deal cycle.
	TermsDeals Terms = "deals"
	// TermsAppointments: appointment, patient, time from appointment to visit (IC-7).
	TermsAppointments Terms = "appointments"
)

// CRM is where deals come from: "Другая CRM" or a connected one.
type CRM struct {
	ID              core.CRMID
	AccountID       core.AccountID
	Kind            Kind
	Name            string
	Description     string
	URL             string
	ConversionModel ConversionModel
	// IgnoreOutgoingCalls and IgnoreOutgoingChats keep communications the company began from being linked.
	IgnoreOutgoingCalls, IgnoreOutgoingChats bool
	// GoalIDs are the goals that link a campaign with a deal; calls, chats and requests always do.
	GoalIDs []core.GoalID
	Terms   Terms
	// DealsLoadedAt is nil while no deal was loaded; DealsLoadError says what to do about the last failure.
	DealsLoadState LoadState
	DealsLoadedAt  *time.Time
	DealsLoadError string
	LeadsLoadState LoadState
	LeadsLoadedAt  *time.Time
	CreatedAt      time.Time
}

// StageStatus says what a stage means for a deal.
type StageStatus string

// The statuses of stages, and of the deals in them.
const (
	StageInProcess StageStatus = "in_process"
	StageSuccess   StageStatus = "success"
	StageFailed    StageStatus = "failed"
)

// Positions of the closing stages; those in process have 0 to 10000.
const (
	SuccessPosition  = 10010
	FailedPosition   = 10020
	MaxStagePosition = 10000
)

// Funnel is a sales funnel with its stages in order.
type Funnel struct {
	ID         core.FunnelID
	AccountID  core.AccountID
	CRMID      core.CRMID
	ExternalID string
	Name       string
	// InReports says whether its deals appear in End-to-end analytics, Associated conversions and Attribution models.
	InReports bool
	Stages    []Stage
	CreatedAt time.Time
}

// Stage is a stage of a funnel.
type Stage struct {
	ID         core.StageID
	FunnelID   core.FunnelID
	ExternalID string
	Name       string
	Status     StageStatus
	Position   int
}

// Employee is who is responsible for deals in the CRM.
type Employee struct {
	ID         core.DealEmployeeID
	CRMID      core.CRMID
	ExternalID string
	Name       string
}

// Contact is a contact of the CRM.
type Contact struct {
	ID         core.DealContactID
	CRMID      core.CRMID
	ExternalID string
	Name       string
	CreatedAt  time.Time
	Phones     []core.Phone
	Emails     []core.Email
}

// Company is a company of the CRM.
type Company struct {
	ID                 core.CompanyID
	CRMID              core.CRMID
	ExternalID         string
	Name               string
	Description        string
	Phones             []core.Phone
	Emails             []core.Email
	ContactExternalIDs []string
}

// Field is a field of one's own of deals or leads.
type Field struct {
	ID         int64
	CRMID      core.CRMID
	Entity     FieldEntity
	ExternalID string
	Name       string
	DataType   FieldType
}

// FieldEntity says whose field it is.
type FieldEntity string

// FieldType is the type of a field's values.
type FieldType string

// Entities and types of fields.
const (
	FieldOfDeal  FieldEntity = "deal"
	FieldOfLead  FieldEntity = "lead"
	FieldNumeric FieldType   = "numeric"
	FieldString  FieldType   = "string"
)

// FieldValue is the value of a field of one's own.
type FieldValue struct {
	ExternalID string `json:"ext_id"`
	Value      string `json:"value"`
}

// Tag is a label of a deal.
type Tag struct {
	ExternalID string `json:"ext_id"`
	Name       string `json:"name"`
}

// CommunicationRef names a communication; the zero value names none.
type CommunicationRef struct {
	ID   core.CommunicationID
	Kind comms.Kind
}

// Deal is a deal in its present state.
type Deal struct {
	ID         core.DealID
	AccountID  core.AccountID
	CRMID      core.CRMID
	ExternalID string
	Name       string
	CreatedAt  time.Time
	ModifiedAt time.Time
	// StageAt is when it came to its stage.
	StageAt time.Time
	// ClosedAt is nil while the deal is in process.
	ClosedAt *time.Time
	FunnelID core.FunnelID
	StageID  core.StageID
	Status   StageStatus
	// LastOpenStageID is the last stage in process it was in: for a failed deal the stage before failure.
	LastOpenStageID core.StageID
	Revenue         core.Money
	// EmployeeID, MainContactID and CompanyID are zero when none.
	EmployeeID    core.DealEmployeeID
	MainContactID core.DealContactID
	// ContactIDs has all contacts, the main one among them.
	ContactIDs     []core.DealContactID
	LeadExternalID string
	CompanyID      core.CompanyID
	Comments       string
	// Source is where the CRM says the deal came from.
	Source string
	// Communication is the one the CRM named; it wins over matching.
	Communication CommunicationRef
	Fields        []FieldValue
	Tags          []Tag
	// URL leads to the deal in the CRM; empty when unknown.
	URL string
	// Match says how its links and path were found; empty until they have been looked for. The linker sets it, uploads leave it alone.
	Match Match
}

// State is one state of a deal's history.
type State struct {
	DealID   core.DealID
	Position int
	FunnelID core.FunnelID
	StageID  core.StageID
	// At is when the deal came to the stage.
	At         time.Time
	ModifiedAt time.Time
	// IsGenerated: not loaded, but passed on the way.
	IsGenerated bool
	Revenue     core.Money
}

// MatchedBy says how a communication or session was found to belong to a deal.
type MatchedBy string

// The reasons, strongest first.
const (
	// MatchedByID: the CRM named the communication.
	MatchedByID MatchedBy = "id"
	// MatchedByPhone and MatchedByEmail: a contact of the deal has the same phone or e-mail.
	MatchedByPhone MatchedBy = "phone"
	MatchedByEmail MatchedBy = "email"
	// MatchedByVisitor: of the same person as something matched otherwise.
	MatchedByVisitor MatchedBy = "visitor"
)

// Match says how the links and the path of a deal as a whole were found: by the strongest reason of any of them, unless they mix people.
type Match string

// The ways, strongest first. Every deal whose links were looked for has one of them.
const (
	// MatchID: the CRM named the communication, so it is known whose the deal is.
	MatchID      Match = "id"
	MatchPhone   Match = "phone"
	MatchEmail   Match = "email"
	MatchVisitor Match = "visitor"
	// MatchAmbiguous: the contacts' phones and e-mails lead to visitors of several persons, and the CRM named no communication.
	MatchAmbiguous Match = "ambiguous"
	// MatchNone: neither a link nor a step was found.
	MatchNone Match = "none"
)

// Link is a communication linked to a deal: one the conversion model may choose.
type Link struct {
	CommunicationID core.CommunicationID
	Kind            comms.Kind
	At              time.Time
	MatchedBy       MatchedBy
	// MatchedValue is the phone or e-mail; empty otherwise.
	MatchedValue string
}

// Step is one step of the path that led to a deal: a session, or a communication without one. A communication within a session has both ids and
// is a step of its own after the session's.
type Step struct {
	At              time.Time
	VisitorID       core.VisitorID
	SessionID       core.SessionID
	CommunicationID core.CommunicationID
	MatchedBy       MatchedBy
	MatchedValue    string
}

// The rules of linking (docs/user/deals.md).
const (
	// LinkWindow is how long before the creation of deal, contact or lead a communication may lie.
	LinkWindow = 30 * 24 * time.Hour
	// MaxLookback is how long before the deal's creation steps of its path are kept; models look back at most as far.
	MaxLookback = 365 * 24 * time.Hour
	// MaxSteps bounds a path; the newest are kept.
	MaxSteps = 500
)
