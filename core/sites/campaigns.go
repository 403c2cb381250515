package sites

import (
	"time"

	"github.com/skvoz/skvoz/core"
)

// Parameter is what a campaign condition looks at; the words are the original's and are stored.
type Parameter string

// The parameters.
const (
	ParameterEntrancePage   Parameter = "entrance_page"
	ParameterReferrerDomain Parameter = "referrer_domain"
	ParameterSearchEngine   Parameter = "search_engine"
	ParameterSearchQuery    Parameter = "search_query"
	ParameterEngine         Parameter = "engine"
	ParameterReferrer       Parameter = "referrer"
	ParameterChannel        Parameter = "channel"
	ParameterLocation       Parameter = "location"
	ParameterUTMTags        Parameter = "utm_tags"
	ParameterOSTags         Parameter = "os_tags"
	ParameterOtherTags      Parameter = "other_tags"
)

// DefaultWeight returns the original's weight of a parameter's conditions (its Data API, get.campaign_parameter_weights);
// 0 for an unknown parameter.
func DefaultWeight(p Parameter) int {
	switch p {
	case ParameterUTMTags, ParameterOtherTags:
		return 60
	case ParameterOSTags:
		return 50
	case ParameterSearchQuery:
		return 40
	case ParameterReferrer:
		return 30
	case ParameterEngine:
		return 25
	case ParameterReferrerDomain, ParameterSearchEngine:
		return 20
	case ParameterChannel:
		return 15
	case ParameterEntrancePage:
		return 10
	case ParameterLocation:
		return 5
	default:
		return 0
	}
}

// Operator is how a condition compares; the signs are the original's and are stored.
type Operator string

// The operators. Letter case never counts.
const (
	// OperatorEquals: the whole value is equal.
	OperatorEquals Operator = "="
	// OperatorContains: the value contains the text.
	OperatorContains Operator = "sub"
	// OperatorRegexp: the value matches the regular expression (RE2 syntax).
	OperatorRegexp Operator = "~"
)

// Condition is one condition of a campaign.
type Condition struct {
	Parameter Parameter `json:"parameter"`
	// Key names the tag, for utm_tags, os_tags and other_tags.
	Key      string   `json:"key,omitempty"`
	Operator Operator `json:"operator"`
	Value    string   `json:"value"`
}

// Group is a group of conditions that must all hold.
type Group struct {
	Conditions []Condition `json:"conditions"`
}

// CampaignStatus is the state of a campaign.
type CampaignStatus string

// The states of a campaign.
const (
	// CampaignActive: visits are matched.
	CampaignActive CampaignStatus = "active"
	// CampaignArchived: kept for history only.
	CampaignArchived CampaignStatus = "archived"
)

// Campaign is an advertising campaign: a rule by which visits are counted to it.
type Campaign struct {
	ID          core.CampaignID
	AccountID   core.AccountID
	SiteID      core.SiteID
	Name        string
	Description string
	Status      CampaignStatus
	// Include holds 1 to 30 groups of 1 to 50 conditions; any group that holds counts the visit.
	Include []Group
	// Exclude holds up to 30 groups; any that holds keeps the visit out.
	Exclude   []Group
	CreatedAt time.Time
}

// Cost is money spent on a campaign in a period of whole days.
type Cost struct {
	ID         core.CostID
	AccountID  core.AccountID
	CampaignID core.CampaignID
	From       core.Date
	To         core.Date
	Amount     core.Money
	// Clicks and Impressions are what the advertising system counted for it; 0 = not known.
	Clicks, Impressions int64
}

// Ref is the name and id of a campaign.
type Ref struct {
	ID   core.CampaignID
	Name string
}
