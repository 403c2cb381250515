// Package calltracking is about telephone numbers that tell which advertising a call came from: virtual numbers, pools of them that are lent to
// visits, the blocks of a site's pages where numbers are replaced, and the rules by which a call is counted to a visit.
package calltracking

import (
	"strings"
	"time"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/goals"
	"github.com/skvoz/skvoz/core/visits"
)

// Usage says what a virtual number is for. A number has one usage, so a static one is never lent to visits.
type Usage string

// The usages; the words are stored.
const (
	// UsageStatic: of a campaign, or of a whole site; or of no site, for calls alone.
	UsageStatic Usage = "static"
	// UsagePool: lent to visits by a pool.
	UsagePool Usage = "pool"
	// UsageReserve: not in use.
	UsageReserve Usage = "reserve"
)

// State says whether a number may be shown.
type State string

// The states; the words are stored.
const (
	StateActive State = "active"
	// StateQuarantine: not shown until QuarantineUntil, since strangers may still call it.
	StateQuarantine State = "quarantine"
	StateDisabled   State = "disabled"
)

// VirtualNumber is a telephone number of the account's.
type VirtualNumber struct {
	ID        core.VirtualNumberID
	AccountID core.AccountID
	// Number is digits with country code.
	Number core.Phone
	// Name is what people call it; it may be empty.
	Name string
	// ConnectionID is the PBX or provider the number belongs to; 0 = none yet.
	ConnectionID core.ConnectionID
	// SiteID is the site (shop) whose number it is; a pool's number has the pool's. 0 = none.
	SiteID core.SiteID
	Usage  Usage
	// CampaignID is that of a static number; 0 = the whole site's.
	CampaignID core.CampaignID
	// PoolID is that of a pool's number, else 0.
	PoolID core.PoolID
	// BlockID is the block a static number is shown in; 0 = in all.
	BlockID core.BlockID
	// IsOverflow: a pool's number that visits share when no other is free; it is never lent to one visit alone while others have it.
	IsOverflow bool
	// IsDefault: the caller id of outgoing calls when no other is found, among those with the same IntegrationID.
	IsDefault bool
	State     State
	// QuarantineUntil is set with StateQuarantine.
	QuarantineUntil *time.Time
	// ScenarioID is the scenario calls to it go through; 0 = none.
	ScenarioID core.ScenarioID
	// IntegrationID is the CRM the number is bound to; 0 = none.
	IntegrationID core.IntegrationID
	// Records: talks are recorded.
	Records bool
	// LastLeasedAt is when it was lent last.
	LastLeasedAt *time.Time
	CreatedAt    time.Time
}

// IsTollFree reports whether the number is an 8 800 one, which can't be shown as caller id.
func (n VirtualNumber) IsTollFree() bool { return IsTollFree(n.Number) }

// IsTollFree reports whether a number is an 8 800 one (7 800 with country code).
func IsTollFree(p core.Phone) bool { return strings.HasPrefix(string(p), "7800") }

// IsUsable reports whether the number may be shown at a moment: active, or with its quarantine over.
func (n VirtualNumber) IsUsable(at time.Time) bool {
	return n.State == StateActive || (n.State == StateQuarantine && n.QuarantineUntil != nil && !at.Before(*n.QuarantineUntil))
}

// Overflow says what a pool does when none of its numbers is free.
type Overflow string

// The policies; the words are stored.
const (
	// OverflowDedicated: visits share the pool's overflow numbers; all others stay exact.
	OverflowDedicated Overflow = "dedicated"
	// OverflowShare: visits share the pool's numbers, for pools of one or two.
	OverflowShare Overflow = "share"
	// OverflowOriginal: the page keeps its own number.
	OverflowOriginal Overflow = "original"
)

// Pool is a set of numbers that are lent to visits, each to one at a time.
type Pool struct {
	ID        core.PoolID
	AccountID core.AccountID
	SiteID    core.SiteID
	// BlockID is the block the pool's numbers are shown in; 0 = in all.
	BlockID core.BlockID
	Name    string
	// Position orders the pools of a site, from 1: a visit gets the first whose Segment it belongs to.
	Position  int
	IsEnabled bool
	// Hold is how long a number stays a visit's after it was last heard of.
	Hold time.Duration
	// StickyDays is how long a returning visitor gets the former number again, if it is free.
	StickyDays int
	// Late is how long after a visit a call still counts to it, if nobody had the number since.
	Late     time.Duration
	Overflow Overflow
	Segment  Segment
	// Numbers counts the pool's numbers, OverflowNumbers those of them that are for overflow. Reading fills them.
	Numbers, OverflowNumbers int
	CreatedAt                time.Time
}

// Segment says which visits a pool is for: those that fit every list that is not empty; the empty segment is all visits. Texts are compared
// without regard to case. The JSON form is stored.
type Segment struct {
	Campaigns []core.CampaignID `json:"campaigns,omitempty"`
	Channels  []visits.Channel  `json:"channels,omitempty"`
	Sources   []string          `json:"sources,omitempty"`
	// UTM are conditions on utm tags; each must hold.
	UTM []UTMCondition `json:"utm,omitempty"`
	// Countries are ISO 3166 codes; Regions and Cities are names.
	Countries []string `json:"countries,omitempty"`
	Regions   []string `json:"regions,omitempty"`
	Cities    []string `json:"cities,omitempty"`
	// URL is compared with the page the number is shown on, by Match.
	URL   string         `json:"url,omitempty"`
	Match goals.URLMatch `json:"match,omitempty"`
}

// UTMTag names a tag a segment can look at.
type UTMTag string

// The tags; the words are stored.
const (
	UTMSource   UTMTag = "source"
	UTMMedium   UTMTag = "medium"
	UTMCampaign UTMTag = "campaign"
	UTMTerm     UTMTag = "term"
	UTMContent  UTMTag = "content"
)

// UTMCondition holds when the tag has one of the values.
type UTMCondition struct {
	Tag    UTMTag   `json:"tag"`
	Values []string `json:"values"`
}

// Visit is what segments and static numbers look at of a session.
type Visit struct {
	AccountID  core.AccountID
	SiteID     core.SiteID
	VisitorID  core.VisitorID
	SessionID  core.SessionID
	CampaignID core.CampaignID
	Channel    visits.Channel
	// Source, Medium, Campaign, Term and Content are those of the session's traffic source.
	Source, Medium, Campaign, Term, Content string
	// Country is an ISO 3166 code; Region and City are names.
	Country, Region, City string
	// PageURL is the page the visitor is on.
	PageURL string
}

// PlaceBy says how the places of a block are found in a page.
type PlaceBy string

// The ways; the words are stored and sent to the browser script.
const (
	PlaceByID       PlaceBy = "id"
	PlaceByClass    PlaceBy = "class"
	PlaceByName     PlaceBy = "name"
	PlaceBySelector PlaceBy = "selector"
	PlaceByNumber   PlaceBy = "number"
)

// Template says what stands in a block's places before they are replaced.
type Template string

// The templates; the words are stored and sent to the browser script.
const (
	TemplateText  Template = "text"
	TemplateImage Template = "image"
)

// Block is a group of places on a site's pages where a number is replaced.
type Block struct {
	ID        core.BlockID
	AccountID core.AccountID
	SiteID    core.SiteID
	Name      string
	// Position orders the blocks of a site, from 1.
	Position int
	// By says what Value is: digits with country code for PlaceByNumber.
	By       PlaceBy
	Value    string
	Template Template
	// Mask is how digits are written, # for each: "+7 (###) ###-##-##"; empty = as the page writes them.
	Mask string
	// Wording is what is written, with {phone}, {country} and {city}; empty = {phone}.
	Wording   string
	CreatedAt time.Time
}

// Lease is the loan of a pool's number to a visit.
type Lease struct {
	ID         core.LeaseID
	AccountID  core.AccountID
	PoolID     core.PoolID
	NumberID   core.VirtualNumberID
	VisitorID  core.VisitorID
	SessionID  core.SessionID
	StartedAt  time.Time
	LastSeenAt time.Time
	// HoldUntil is when the loan ends unless the visit is heard of before.
	HoldUntil time.Time
	// ReleasedAt is when it ended; nil = it was not seen to have ended yet.
	ReleasedAt *time.Time
	// IsShared: others may have the number, too.
	IsShared bool
	// AmbiguousFrom is since when others do; nil = nobody did.
	AmbiguousFrom *time.Time
	// ShownAt is when a replaced number was in view first, TelClickAt when it was clicked last.
	ShownAt, TelClickAt *time.Time
	PageURL             string
}

// EndsAt is when the loan ended or will end.
func (l Lease) EndsAt() time.Time {
	if l.ReleasedAt != nil {
		return *l.ReleasedAt
	}
	return l.HoldUntil
}
