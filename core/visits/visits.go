// Package visits is about who comes to a site and from where: visitors, sessions, hits, traffic sources, contacts and the persons they make up.
package visits

import (
	"time"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/sites"
)

// Channel is one of the original's twelve channels; the words are stored and travel in the Data API.
type Channel string

// The channels.
const (
	ChannelDisplay        Channel = "display"
	ChannelPaid           Channel = "paid"
	ChannelAffiliate      Channel = "affiliate"
	ChannelMessenger      Channel = "messenger"
	ChannelSocial         Channel = "social"
	ChannelEmail          Channel = "email"
	ChannelOrganic        Channel = "organic"
	ChannelInternal       Channel = "internal"
	ChannelRecommendation Channel = "recommendation"
	ChannelCashed         Channel = "cashed"
	ChannelReferral       Channel = "referral"
	ChannelDirect         Channel = "direct"
)

// TrafficSource is where a session came from, classified once at its first hit.
type TrafficSource struct {
	Channel Channel
	// Source is utm_source, else the name of the search engine, network or referring domain; empty for direct.
	Source   string
	Medium   string
	Campaign string
	// Term is utm_term, or the search query where the engine tells it.
	Term    string
	Content string
	// Referrer is the whole referrer of the first page, ReferrerDomain its host without "www.".
	Referrer       string
	ReferrerDomain string
	// SearchEngine is the original's word (yandex, google.com, …); empty when none.
	SearchEngine string
	// Engine is the advertising system ("yandex.direct", "google.ads", …); empty when none.
	Engine string
	// IsPaid says whether the click was paid for.
	IsPaid bool
}

// DeviceType is the kind of a device.
type DeviceType string

// The kinds of device.
const (
	DeviceDesktop DeviceType = "desktop"
	DeviceMobile  DeviceType = "mobile"
	DeviceTablet  DeviceType = "tablet"
	DeviceOther   DeviceType = "other"
)

// Client is the browser, system and place of a session.
type Client struct {
	DeviceType DeviceType
	// Browser and OS are names with version: "Chrome 143", "Windows 10".
	Browser, OS string
	// Language is the browser's, "ru-RU"; Screen is "1920x1080".
	Language, Screen string
	IP               string
	// Country is an ISO 3166 code; Region and City are names; all empty when unknown.
	Country, Region, City string
}

// Session is one visit.
type Session struct {
	ID        core.SessionID
	AccountID core.AccountID
	VisitorID core.VisitorID
	SiteID    core.SiteID
	// Number is 1 for the visitor's first session.
	Number    int
	StartedAt time.Time
	// LastActivityAt is the last hit, event or heartbeat.
	LastActivityAt time.Time
	HitCount       int
	// Duration is visible time.
	Duration     time.Duration
	EntrancePage string
	ExitPage     string
	Source       TrafficSource
	// Campaign is nil when no campaign's rule matched.
	Campaign *sites.Ref
	Client   Client
}

// Hit is one page seen.
type Hit struct {
	ID        core.HitID
	SessionID core.SessionID
	At        time.Time
	URL       string
	Title     string
	// Duration is visible time.
	Duration time.Duration
}

// DurationSeconds is Duration in whole seconds.
func (s Session) DurationSeconds() int { return int(s.Duration / time.Second) }

// DurationSeconds is Duration in whole seconds.
func (h Hit) DurationSeconds() int { return int(h.Duration / time.Second) }

// ContactKind is the kind of a contact.
type ContactKind string

// The kinds of contact.
const (
	ContactPhone ContactKind = "phone"
	ContactEmail ContactKind = "email"
)

// ContactOrigin says how contact data came.
type ContactOrigin string

// The origins of contacts.
const (
	OriginVisitorInfo    ContactOrigin = "visitor_info"
	OriginOfflineRequest ContactOrigin = "offline_request"
	OriginChat           ContactOrigin = "chat"
	OriginCall           ContactOrigin = "call"
)

// Contact is a phone or e-mail a visitor left.
type Contact struct {
	VisitorID core.VisitorID
	Kind      ContactKind
	// Value is a core.Phone or core.Email.
	Value   string
	FirstAt time.Time
	Origin  ContactOrigin
	// IsJoining: visitors with the same value are taken for one person.
	IsJoining bool
}

// Property is a property set by setProperty.
type Property struct {
	Name string
	// Value is nil for a flag without a value.
	Value *string
}

// Visitor is a browser on a device.
type Visitor struct {
	ID          core.VisitorID
	AccountID   core.AccountID
	SiteID      core.SiteID
	Name        string
	FirstSeenAt time.Time
	// LastSeenAt is the last activity of the newest session.
	LastSeenAt   time.Time
	SessionCount int
	HitCount     int
	// PersonID is zero while no contacts are known.
	PersonID core.PersonID
	// IsSeparate: never joined with others.
	IsSeparate bool
	// IsOnline: active within OnlineWindow when it was read.
	IsOnline    bool
	FirstSource TrafficSource
	LastSource  TrafficSource
	// Client is that of the newest session.
	Client Client
}

// Live is a visitor on a site now.
type Live struct {
	VisitorID      core.VisitorID
	SessionID      core.SessionID
	Name           string
	HasContacts    bool
	StartedAt      time.Time
	LastActivityAt time.Time
	HitCount       int
	PageURL        string
	PageTitle      string
	Source         TrafficSource
	Client         Client
}

// OnlineWindow is how long after the last activity a visitor counts as online.
const OnlineWindow = 5 * time.Minute

// Refusal is a request that was not counted, kept for RefusalRetention.
type Refusal struct {
	ID        core.RefusalID
	AccountID core.AccountID
	SiteID    core.SiteID
	At        time.Time
	// Reason is one of the Reason… words.
	Reason    Reason
	IP        string
	UserAgent string
	URL       string
	Referrer  string
	// Params is the request's URL-encoded parameters, from which it can be counted after all.
	Params       string
	ReincludedAt *time.Time
}

// RefusalRetention is how long refusals are kept.
const RefusalRetention = 30 * 24 * time.Hour

// Reason says why a request was not counted. The words are stored, sent in the X-Skvoz-Reason header and used as metric labels.
type Reason string

// The reasons.
const (
	ReasonBotUA         Reason = "bot_ua"
	ReasonBotWebdriver  Reason = "bot_webdriver"
	ReasonUAMissing     Reason = "ua_missing"
	ReasonUALength      Reason = "ua_length"
	ReasonPrefetch      Reason = "prefetch"
	ReasonDoNotTrack    Reason = "do_not_track"
	ReasonIPIgnored     Reason = "ip_ignored"
	ReasonSiteUnknown   Reason = "site_unknown"
	ReasonSiteDeleted   Reason = "site_deleted"
	ReasonRateLimited   Reason = "rate_limited"
	ReasonBadRequest    Reason = "bad_request"
	ReasonTooLarge      Reason = "too_large"
	ReasonBadTriple     Reason = "bad_triple"
	ReasonOverloaded    Reason = "overloaded"
	ReasonNothingFilled Reason = "nothing_filled"
)
