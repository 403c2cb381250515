package core

import (
	"fmt"
	"io"
	"strconv"
)

// Identifiers are positive whole numbers below 2^53, so that they survive a JSON number. In GraphQL they travel as strings.
// Zero is never an identifier: it stands for "none" where a field's comment says so.
type (
	// AccountID identifies an account (tenant).
	AccountID int64
	// UserID identifies a user of the cabinet.
	UserID int64
	// SignInSessionID identifies a device on which a user is signed in.
	SignInSessionID int64
	// TokenID identifies an API token.
	TokenID int64
	// SiteID identifies a site.
	SiteID int64
	// GoalID identifies a goal or event of a site.
	GoalID int64
	// CampaignID identifies an advertising campaign.
	CampaignID int64
	// CostID identifies a cost of a campaign.
	CostID int64
	// VisitorID identifies a visitor: below 2^53 and not guessable.
	VisitorID int64
	// SessionID identifies a visitor's session: below 2^53, not guessable, with the day of its start in the upper bits (see visits.SessionDay).
	SessionID int64
	// HitID identifies a hit: below 2^53 and not guessable.
	HitID int64
	// PersonID identifies a person: one or several visitors with contacts in common.
	PersonID int64
	// CommunicationID identifies a communication.
	CommunicationID int64
	// GoalReachID identifies a reached goal or stored event.
	GoalReachID int64
	// RefusalID identifies a refused request.
	RefusalID int64
	// DimensionID identifies an interned text (see visits.Dimension).
	DimensionID int64
	// TrafficID identifies an interned traffic source (see visits.TrafficSource).
	TrafficID int64
	// CRMID identifies a CRM: where deals come from.
	CRMID int64
	// FunnelID identifies a sales funnel.
	FunnelID int64
	// StageID identifies a stage of a sales funnel.
	StageID int64
	// DealID identifies a deal.
	DealID int64
	// LeadID identifies a lead.
	LeadID int64
	// DealContactID identifies a contact of a CRM.
	DealContactID int64
	// DealEmployeeID identifies an employee of a CRM.
	DealEmployeeID int64
	// CompanyID identifies a company of a CRM.
	CompanyID int64
	// ReportViewID identifies a saved view of a report.
	ReportViewID int64
	// FormulaID identifies a report's column by formula.
	FormulaID int64
	// AttributionModelID identifies an account's own attribution model.
	AttributionModelID int64
	// IntegrationID identifies an attached outside system.
	IntegrationID int64
	// JobID identifies a piece of work of an integration: a delivery, a reading, a webhook.
	JobID int64
	// EmployeeID identifies an employee: somebody who takes calls.
	EmployeeID int64
	// EmployeeGroupID identifies a group of employees.
	EmployeeGroupID int64
	// EmployeeStatusID identifies a call status of an account's own.
	EmployeeStatusID int64
	// ScheduleID identifies working hours.
	ScheduleID int64
	// VirtualNumberID identifies a virtual number.
	VirtualNumberID int64
	// PoolID identifies a pool of numbers.
	PoolID int64
	// LeaseID identifies a reservation of a number for a visit.
	LeaseID int64
	// BlockID identifies a site's block of numbers.
	BlockID int64
	// ConnectionID identifies an attached PBX or provider; it stands in the addresses the PBX calls, and is unique in the installation.
	ConnectionID int64
	// CallID identifies a call; it is the CommunicationID of the call's communication, too.
	CallID int64
	// RecordingID identifies a recording.
	RecordingID int64
	// ScenarioID identifies a call scenario.
	ScenarioID int64
	// MediaID identifies a sound that scenarios play.
	MediaID int64
	// CallTagID identifies a tag of calls.
	CallTagID int64
)

// MaxID is the largest identifier: 2^53 − 1.
const MaxID = 1<<53 - 1

// ParseID reads an identifier as it travels in GraphQL and in URLs: decimal digits, 1 to MaxID. Anything else is an error of kind KindInvalid.
func ParseID[T ~int64](s string) (T, error) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 1 || n > MaxID {
		return 0, E(KindInvalid, "not an identifier").WithReason("bad_id")
	}
	return T(n), nil
}

// marshalID writes null for zero: fields that may have no identifier are nullable.
func marshalID(w io.Writer, id int64) {
	if id == 0 {
		_, _ = io.WriteString(w, "null")
		return
	}
	_, _ = io.WriteString(w, strconv.Quote(strconv.FormatInt(id, 10)))
}

func unmarshalID[T ~int64](dst *T, v any) error {
	var s string
	switch v := v.(type) {
	case string:
		s = v
	case fmt.Stringer: // json.Number
		s = v.String()
	case int64:
		s = strconv.FormatInt(v, 10)
	case int:
		s = strconv.Itoa(v)
	default:
		return E(KindInvalid, "not an identifier").WithReason("bad_id")
	}
	id, err := ParseID[T](s)
	if err != nil {
		return err
	}
	*dst = id
	return nil
}

// MarshalGQL writes the identifier as a JSON string.
func (id AccountID) MarshalGQL(w io.Writer) { marshalID(w, int64(id)) }

// UnmarshalGQL reads a string or whole number.
func (id *AccountID) UnmarshalGQL(v any) error { return unmarshalID(id, v) }

// String returns the identifier in decimal digits.
func (id AccountID) String() string { return strconv.FormatInt(int64(id), 10) }

// MarshalGQL writes the identifier as a JSON string.
func (id UserID) MarshalGQL(w io.Writer) { marshalID(w, int64(id)) }

// UnmarshalGQL reads a string or whole number.
func (id *UserID) UnmarshalGQL(v any) error { return unmarshalID(id, v) }

// String returns the identifier in decimal digits.
func (id UserID) String() string { return strconv.FormatInt(int64(id), 10) }

// MarshalGQL writes the identifier as a JSON string.
func (id SignInSessionID) MarshalGQL(w io.Writer) { marshalID(w, int64(id)) }

// UnmarshalGQL reads a string or whole number.
func (id *SignInSessionID) UnmarshalGQL(v any) error { return unmarshalID(id, v) }

// String returns the identifier in decimal digits.
func (id SignInSessionID) String() string { return strconv.FormatInt(int64(id), 10) }

// MarshalGQL writes the identifier as a JSON string.
func (id TokenID) MarshalGQL(w io.Writer) { marshalID(w, int64(id)) }

// UnmarshalGQL reads a string or whole number.
func (id *TokenID) UnmarshalGQL(v any) error { return unmarshalID(id, v) }

// String returns the identifier in decimal digits.
func (id TokenID) String() string { return strconv.FormatInt(int64(id), 10) }

// MarshalGQL writes the identifier as a JSON string.
func (id SiteID) MarshalGQL(w io.Writer) { marshalID(w, int64(id)) }

// UnmarshalGQL reads a string or whole number.
func (id *SiteID) UnmarshalGQL(v any) error { return unmarshalID(id, v) }

// String returns the identifier in decimal digits.
func (id SiteID) String() string { return strconv.FormatInt(int64(id), 10) }

// MarshalGQL writes the identifier as a JSON string.
func (id GoalID) MarshalGQL(w io.Writer) { marshalID(w, int64(id)) }

// UnmarshalGQL reads a string or whole number.
func (id *GoalID) UnmarshalGQL(v any) error { return unmarshalID(id, v) }

// String returns the identifier in decimal digits.
func (id GoalID) String() string { return strconv.FormatInt(int64(id), 10) }

// MarshalGQL writes the identifier as a JSON string.
func (id CampaignID) MarshalGQL(w io.Writer) { marshalID(w, int64(id)) }

// UnmarshalGQL reads a string or whole number.
func (id *CampaignID) UnmarshalGQL(v any) error { return unmarshalID(id, v) }

// String returns the identifier in decimal digits.
func (id CampaignID) String() string { return strconv.FormatInt(int64(id), 10) }

// MarshalGQL writes the identifier as a JSON string.
func (id CostID) MarshalGQL(w io.Writer) { marshalID(w, int64(id)) }

// UnmarshalGQL reads a string or whole number.
func (id *CostID) UnmarshalGQL(v any) error { return unmarshalID(id, v) }

// String returns the identifier in decimal digits.
func (id CostID) String() string { return strconv.FormatInt(int64(id), 10) }

// MarshalGQL writes the identifier as a JSON string.
func (id VisitorID) MarshalGQL(w io.Writer) { marshalID(w, int64(id)) }

// UnmarshalGQL reads a string or whole number.
func (id *VisitorID) UnmarshalGQL(v any) error { return unmarshalID(id, v) }

// String returns the identifier in decimal digits.
func (id VisitorID) String() string { return strconv.FormatInt(int64(id), 10) }

// MarshalGQL writes the identifier as a JSON string.
func (id SessionID) MarshalGQL(w io.Writer) { marshalID(w, int64(id)) }

// UnmarshalGQL reads a string or whole number.
func (id *SessionID) UnmarshalGQL(v any) error { return unmarshalID(id, v) }

// String returns the identifier in decimal digits.
func (id SessionID) String() string { return strconv.FormatInt(int64(id), 10) }

// MarshalGQL writes the identifier as a JSON string.
func (id HitID) MarshalGQL(w io.Writer) { marshalID(w, int64(id)) }

// UnmarshalGQL reads a string or whole number.
func (id *HitID) UnmarshalGQL(v any) error { return unmarshalID(id, v) }

// String returns the identifier in decimal digits.
func (id HitID) String() string { return strconv.FormatInt(int64(id), 10) }

// MarshalGQL writes the identifier as a JSON string.
func (id PersonID) MarshalGQL(w io.Writer) { marshalID(w, int64(id)) }

// UnmarshalGQL reads a string or whole number.
func (id *PersonID) UnmarshalGQL(v any) error { return unmarshalID(id, v) }

// String returns the identifier in decimal digits.
func (id PersonID) String() string { return strconv.FormatInt(int64(id), 10) }

// MarshalGQL writes the identifier as a JSON string.
func (id CommunicationID) MarshalGQL(w io.Writer) { marshalID(w, int64(id)) }

// UnmarshalGQL reads a string or whole number.
func (id *CommunicationID) UnmarshalGQL(v any) error { return unmarshalID(id, v) }

// String returns the identifier in decimal digits.
func (id CommunicationID) String() string { return strconv.FormatInt(int64(id), 10) }

// MarshalGQL writes the identifier as a JSON string.
func (id GoalReachID) MarshalGQL(w io.Writer) { marshalID(w, int64(id)) }

// UnmarshalGQL reads a string or whole number.
func (id *GoalReachID) UnmarshalGQL(v any) error { return unmarshalID(id, v) }

// String returns the identifier in decimal digits.
func (id GoalReachID) String() string { return strconv.FormatInt(int64(id), 10) }

// MarshalGQL writes the identifier as a JSON string.
func (id RefusalID) MarshalGQL(w io.Writer) { marshalID(w, int64(id)) }

// UnmarshalGQL reads a string or whole number.
func (id *RefusalID) UnmarshalGQL(v any) error { return unmarshalID(id, v) }

// String returns the identifier in decimal digits.
func (id RefusalID) String() string { return strconv.FormatInt(int64(id), 10) }

// MarshalGQL writes the identifier as a JSON string.
func (id DimensionID) MarshalGQL(w io.Writer) { marshalID(w, int64(id)) }

// UnmarshalGQL reads a string or whole number.
func (id *DimensionID) UnmarshalGQL(v any) error { return unmarshalID(id, v) }

// String returns the identifier in decimal digits.
func (id DimensionID) String() string { return strconv.FormatInt(int64(id), 10) }

// MarshalGQL writes the identifier as a JSON string.
func (id TrafficID) MarshalGQL(w io.Writer) { marshalID(w, int64(id)) }

// UnmarshalGQL reads a string or whole number.
func (id *TrafficID) UnmarshalGQL(v any) error { return unmarshalID(id, v) }

// String returns the identifier in decimal digits.
func (id TrafficID) String() string { return strconv.FormatInt(int64(id), 10) }

// MarshalGQL writes the identifier as a JSON string.
func (id CRMID) MarshalGQL(w io.Writer) { marshalID(w, int64(id)) }

// UnmarshalGQL reads a string or whole number.
func (id *CRMID) UnmarshalGQL(v any) error { return unmarshalID(id, v) }

// String returns the identifier in decimal digits.
func (id CRMID) String() string { return strconv.FormatInt(int64(id), 10) }

// MarshalGQL writes the identifier as a JSON string.
func (id FunnelID) MarshalGQL(w io.Writer) { marshalID(w, int64(id)) }

// UnmarshalGQL reads a string or whole number.
func (id *FunnelID) UnmarshalGQL(v any) error { return unmarshalID(id, v) }

// String returns the identifier in decimal digits.
func (id FunnelID) String() string { return strconv.FormatInt(int64(id), 10) }

// MarshalGQL writes the identifier as a JSON string.
func (id StageID) MarshalGQL(w io.Writer) { marshalID(w, int64(id)) }

// UnmarshalGQL reads a string or whole number.
func (id *StageID) UnmarshalGQL(v any) error { return unmarshalID(id, v) }

// String returns the identifier in decimal digits.
func (id StageID) String() string { return strconv.FormatInt(int64(id), 10) }

// MarshalGQL writes the identifier as a JSON string.
func (id DealID) MarshalGQL(w io.Writer) { marshalID(w, int64(id)) }

// UnmarshalGQL reads a string or whole number.
func (id *DealID) UnmarshalGQL(v any) error { return unmarshalID(id, v) }

// String returns the identifier in decimal digits.
func (id DealID) String() string { return strconv.FormatInt(int64(id), 10) }

// MarshalGQL writes the identifier as a JSON string.
func (id LeadID) MarshalGQL(w io.Writer) { marshalID(w, int64(id)) }

// UnmarshalGQL reads a string or whole number.
func (id *LeadID) UnmarshalGQL(v any) error { return unmarshalID(id, v) }

// String returns the identifier in decimal digits.
func (id LeadID) String() string { return strconv.FormatInt(int64(id), 10) }

// MarshalGQL writes the identifier as a JSON string.
func (id DealContactID) MarshalGQL(w io.Writer) { marshalID(w, int64(id)) }

// UnmarshalGQL reads a string or whole number.
func (id *DealContactID) UnmarshalGQL(v any) error { return unmarshalID(id, v) }

// String returns the identifier in decimal digits.
func (id DealContactID) String() string { return strconv.FormatInt(int64(id), 10) }

// MarshalGQL writes the identifier as a JSON string.
func (id DealEmployeeID) MarshalGQL(w io.Writer) { marshalID(w, int64(id)) }

// UnmarshalGQL reads a string or whole number.
func (id *DealEmployeeID) UnmarshalGQL(v any) error { return unmarshalID(id, v) }

// String returns the identifier in decimal digits.
func (id DealEmployeeID) String() string { return strconv.FormatInt(int64(id), 10) }

// MarshalGQL writes the identifier as a JSON string.
func (id CompanyID) MarshalGQL(w io.Writer) { marshalID(w, int64(id)) }

// UnmarshalGQL reads a string or whole number.
func (id *CompanyID) UnmarshalGQL(v any) error { return unmarshalID(id, v) }

// String returns the identifier in decimal digits.
func (id CompanyID) String() string { return strconv.FormatInt(int64(id), 10) }

// MarshalGQL writes the identifier as a JSON string.
func (id ReportViewID) MarshalGQL(w io.Writer) { marshalID(w, int64(id)) }

// UnmarshalGQL reads a string or whole number.
func (id *ReportViewID) UnmarshalGQL(v any) error { return unmarshalID(id, v) }

// String returns the identifier in decimal digits.
func (id ReportViewID) String() string { return strconv.FormatInt(int64(id), 10) }

// MarshalGQL writes the identifier as a JSON string.
func (id FormulaID) MarshalGQL(w io.Writer) { marshalID(w, int64(id)) }

// UnmarshalGQL reads a string or whole number.
func (id *FormulaID) UnmarshalGQL(v any) error { return unmarshalID(id, v) }

// String returns the identifier in decimal digits.
func (id FormulaID) String() string { return strconv.FormatInt(int64(id), 10) }

// MarshalGQL writes the identifier as a JSON string.
func (id AttributionModelID) MarshalGQL(w io.Writer) { marshalID(w, int64(id)) }

// UnmarshalGQL reads a string or whole number.
func (id *AttributionModelID) UnmarshalGQL(v any) error { return unmarshalID(id, v) }

// String returns the identifier in decimal digits.
func (id AttributionModelID) String() string { return strconv.FormatInt(int64(id), 10) }

// MarshalGQL writes the identifier as a JSON string.
func (id IntegrationID) MarshalGQL(w io.Writer) { marshalID(w, int64(id)) }

// UnmarshalGQL reads a string or whole number.
func (id *IntegrationID) UnmarshalGQL(v any) error { return unmarshalID(id, v) }

// String returns the identifier in decimal digits.
func (id IntegrationID) String() string { return strconv.FormatInt(int64(id), 10) }

// MarshalGQL writes the identifier as a JSON string.
func (id JobID) MarshalGQL(w io.Writer) { marshalID(w, int64(id)) }

// UnmarshalGQL reads a string or whole number.
func (id *JobID) UnmarshalGQL(v any) error { return unmarshalID(id, v) }

// String returns the identifier in decimal digits.
func (id JobID) String() string { return strconv.FormatInt(int64(id), 10) }

// MarshalGQL writes the identifier as a JSON string.
func (id EmployeeID) MarshalGQL(w io.Writer) { marshalID(w, int64(id)) }

// UnmarshalGQL reads a string or whole number.
func (id *EmployeeID) UnmarshalGQL(v any) error { return unmarshalID(id, v) }

// String returns the identifier in decimal digits.
func (id EmployeeID) String() string { return strconv.FormatInt(int64(id), 10) }

// MarshalGQL writes the identifier as a JSON string.
func (id EmployeeGroupID) MarshalGQL(w io.Writer) { marshalID(w, int64(id)) }

// UnmarshalGQL reads a string or whole number.
func (id *EmployeeGroupID) UnmarshalGQL(v any) error { return unmarshalID(id, v) }

// String returns the identifier in decimal digits.
func (id EmployeeGroupID) String() string { return strconv.FormatInt(int64(id), 10) }

// MarshalGQL writes the identifier as a JSON string.
func (id EmployeeStatusID) MarshalGQL(w io.Writer) { marshalID(w, int64(id)) }

// UnmarshalGQL reads a string or whole number.
func (id *EmployeeStatusID) UnmarshalGQL(v any) error { return unmarshalID(id, v) }

// String returns the identifier in decimal digits.
func (id EmployeeStatusID) String() string { return strconv.FormatInt(int64(id), 10) }

// MarshalGQL writes the identifier as a JSON string.
func (id ScheduleID) MarshalGQL(w io.Writer) { marshalID(w, int64(id)) }

// UnmarshalGQL reads a string or whole number.
func (id *ScheduleID) UnmarshalGQL(v any) error { return unmarshalID(id, v) }

// String returns the identifier in decimal digits.
func (id ScheduleID) String() string { return strconv.FormatInt(int64(id), 10) }

// MarshalGQL writes the identifier as a JSON string.
func (id VirtualNumberID) MarshalGQL(w io.Writer) { marshalID(w, int64(id)) }

// UnmarshalGQL reads a string or whole number.
func (id *VirtualNumberID) UnmarshalGQL(v any) error { return unmarshalID(id, v) }

// String returns the identifier in decimal digits.
func (id VirtualNumberID) String() string { return strconv.FormatInt(int64(id), 10) }

// MarshalGQL writes the identifier as a JSON string.
func (id PoolID) MarshalGQL(w io.Writer) { marshalID(w, int64(id)) }

// UnmarshalGQL reads a string or whole number.
func (id *PoolID) UnmarshalGQL(v any) error { return unmarshalID(id, v) }

// String returns the identifier in decimal digits.
func (id PoolID) String() string { return strconv.FormatInt(int64(id), 10) }

// MarshalGQL writes the identifier as a JSON string.
func (id LeaseID) MarshalGQL(w io.Writer) { marshalID(w, int64(id)) }

// UnmarshalGQL reads a string or whole number.
func (id *LeaseID) UnmarshalGQL(v any) error { return unmarshalID(id, v) }

// String returns the identifier in decimal digits.
func (id LeaseID) String() string { return strconv.FormatInt(int64(id), 10) }

// MarshalGQL writes the identifier as a JSON string.
func (id BlockID) MarshalGQL(w io.Writer) { marshalID(w, int64(id)) }

// UnmarshalGQL reads a string or whole number.
func (id *BlockID) UnmarshalGQL(v any) error { return unmarshalID(id, v) }

// String returns the identifier in decimal digits.
func (id BlockID) String() string { return strconv.FormatInt(int64(id), 10) }

// MarshalGQL writes the identifier as a JSON string.
func (id ConnectionID) MarshalGQL(w io.Writer) { marshalID(w, int64(id)) }

// UnmarshalGQL reads a string or whole number.
func (id *ConnectionID) UnmarshalGQL(v any) error { return unmarshalID(id, v) }

// String returns the identifier in decimal digits.
func (id ConnectionID) String() string { return strconv.FormatInt(int64(id), 10) }

// MarshalGQL writes the identifier as a JSON string.
func (id CallID) MarshalGQL(w io.Writer) { marshalID(w, int64(id)) }

// UnmarshalGQL reads a string or whole number.
func (id *CallID) UnmarshalGQL(v any) error { return unmarshalID(id, v) }

// String returns the identifier in decimal digits.
func (id CallID) String() string { return strconv.FormatInt(int64(id), 10) }

// MarshalGQL writes the identifier as a JSON string.
func (id RecordingID) MarshalGQL(w io.Writer) { marshalID(w, int64(id)) }

// UnmarshalGQL reads a string or whole number.
func (id *RecordingID) UnmarshalGQL(v any) error { return unmarshalID(id, v) }

// String returns the identifier in decimal digits.
func (id RecordingID) String() string { return strconv.FormatInt(int64(id), 10) }

// MarshalGQL writes the identifier as a JSON string.
func (id ScenarioID) MarshalGQL(w io.Writer) { marshalID(w, int64(id)) }

// UnmarshalGQL reads a string or whole number.
func (id *ScenarioID) UnmarshalGQL(v any) error { return unmarshalID(id, v) }

// String returns the identifier in decimal digits.
func (id ScenarioID) String() string { return strconv.FormatInt(int64(id), 10) }

// MarshalGQL writes the identifier as a JSON string.
func (id MediaID) MarshalGQL(w io.Writer) { marshalID(w, int64(id)) }

// UnmarshalGQL reads a string or whole number.
func (id *MediaID) UnmarshalGQL(v any) error { return unmarshalID(id, v) }

// String returns the identifier in decimal digits.
func (id MediaID) String() string { return strconv.FormatInt(int64(id), 10) }

// MarshalGQL writes the identifier as a JSON string.
func (id CallTagID) MarshalGQL(w io.Writer) { marshalID(w, int64(id)) }

// UnmarshalGQL reads a string or whole number.
func (id *CallTagID) UnmarshalGQL(v any) error { return unmarshalID(id, v) }

// String returns the identifier in decimal digits.
func (id CallTagID) String() string { return strconv.FormatInt(int64(id), 10) }
