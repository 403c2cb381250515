package deals

import (
	"time"

	"github.com/skvoz/skvoz/core"
)

// NewFunnel is a funnel to create: exactly one success stage, one failed stage, 1 to 100 in process.
type NewFunnel struct {
	ExternalID string
	Name       string
	Success    NewStage
	Failed     NewStage
	InProcess  []NewStage
}

// NewStage is a stage to create; Position counts for stages in process only, 0 to MaxStagePosition.
type NewStage struct {
	ExternalID string
	Name       string
	Position   int
}

// StagePatch changes a stage; what is not set stays.
type StagePatch struct {
	Name     core.Opt[string]
	Position core.Opt[int]
}

// NewContact is a contact to create.
type NewContact struct {
	ExternalID string
	Name       string
	// CreatedAt zero = now.
	CreatedAt time.Time
	Phones    []string // any format; normalised by the service
	Emails    []string
}

// ContactPatch changes a contact; lists that are set replace the old ones.
type ContactPatch struct {
	Name      core.Opt[string]
	CreatedAt core.Opt[time.Time]
	Phones    core.Opt[[]string]
	Emails    core.Opt[[]string]
}

// DealRecord is one state of a deal as a CRM sends it (upload.deals_history). The first record of an external id creates the deal.
type DealRecord struct {
	ExternalID string
	Name       string
	CreatedAt  time.Time
	// ModifiedAt zero = now.
	ModifiedAt time.Time
	StageAt    time.Time
	// ClosedAt counts only in success and failed stages; nil = not given.
	ClosedAt *time.Time
	// ContactExternalIDs and MainContactExternalID: both or none. nil = not given.
	ContactExternalIDs    []string
	MainContactExternalID string
	EmployeeExternalID    string
	LeadExternalID        string
	CompanyExternalID     string
	// Revenue in minor units of the account's currency; nil = not given.
	RevenueMinor     *int64
	FunnelExternalID string
	StageExternalID  string
	Comments         string
	Source           string
	Communication    CommunicationRef
	Fields           []FieldValue
	Tags             []Tag
	URL              string
}

// LeadRecord is one state of a lead as a CRM sends it (upload.leads_history).
type LeadRecord struct {
	ExternalID string
	Name       string
	Phones     []string
	Emails     []string
	Messengers []Messenger
	// ContactExternalID names a contact; ClientName makes a new one with the lead's phones and e-mails. Both may be empty.
	ContactExternalID                                      string
	ClientName                                             string
	CreatedAt                                              time.Time
	ModifiedAt                                             time.Time
	StageAt                                                time.Time
	ClosedAt                                               *time.Time
	EmployeeExternalID, CompanyExternalID, StageExternalID string
	Source                                                 string
	Communication                                          CommunicationRef
	Fields                                                 []FieldValue
	UTM                                                    UTM
}

// Messenger is an address in a messenger.
type Messenger struct {
	ID      string `json:"id"`
	Type    string `json:"type"`
	Profile string `json:"profile"`
}

// UTM are the labels of an advertising address.
type UTM struct {
	Source   string `json:"source"`
	Medium   string `json:"medium"`
	Campaign string `json:"campaign"`
	Term     string `json:"term"`
	Content  string `json:"content"`
}

// LeadStage is a stage of leads.
type LeadStage struct {
	ID         int64
	CRMID      core.CRMID
	ExternalID string
	Name       string
	// Type is in_process, success or failed.
	Type     StageStatus
	Position int
}

// HistoryRow is one row of get.deals_history: a state of a deal with everything that was loaded with it.
type HistoryRow struct {
	ExternalID            string
	Name                  string
	CreatedAt             time.Time
	ClosedAt              *time.Time
	StageAt               time.Time
	ContactExternalIDs    []string
	TagExternalIDs        []string
	MainContactExternalID string
	EmployeeExternalID    string
	Revenue               core.Money
	FunnelExternalID      string
	StageExternalID       string
	Comments              string
	Source                string
	IsGenerated           bool
	Communication         CommunicationRef
}

// NewCRM and CRMPatch are settings of a CRM.
type NewCRM struct {
	Kind                                     Kind
	Name, Description, URL                   string
	ConversionModel                          ConversionModel
	IgnoreOutgoingCalls, IgnoreOutgoingChats bool
}

// CRMPatch changes a CRM; what is not set stays.
type CRMPatch struct {
	Kind                                     core.Opt[Kind]
	Name, Description, URL                   core.Opt[string]
	ConversionModel                          core.Opt[ConversionModel]
	IgnoreOutgoingCalls, IgnoreOutgoingChats core.Opt[bool]
	GoalIDs                                  core.Opt[[]core.GoalID]
	Terms                                    core.Opt[Terms]
}
