// Package sites is about what is tracked: sites with their settings, and the advertising campaigns with the rules by which visits are counted to them.
package sites

import (
	"time"

	"github.com/skvoz/skvoz/core"
)

// Site is a site whose visitors are tracked.
type Site struct {
	ID        core.SiteID
	AccountID core.AccountID
	// Domain is lower-case, without scheme, "www." and path; internationalised names in punycode.
	Domain string
	Name   string
	// SiteKey is the key of the snippet: 32 characters of [A-Za-z0-9_-], unique over all accounts.
	SiteKey string
	// Key is the key of the second generation (getCredentials().key), of the same shape, unique as well.
	Key       string
	Settings  Settings
	CreatedAt time.Time
	// DeletedAt is set when the site was removed; it is then not counted any more.
	DeletedAt *time.Time
}

// CookieSuffix is what the site's cookie names end in: the first five characters of the site key.
func (s Site) CookieSuffix() string { return s.SiteKey[:5] }

// Settings say how a site is tracked. The JSON form is stored; DefaultSettings gives what is absent in it.
type Settings struct {
	// CookieLifetimeDays is how long a visitor is remembered, 1–730.
	CookieLifetimeDays int `json:"cookie_lifetime_days"`
	// CampaignLifetimeDays is how long a direct visit still counts to the last campaign, 1–730.
	CampaignLifetimeDays int `json:"campaign_lifetime_days"`
	// SessionTimeoutMinutes is the silence after which a new session begins, 5–240.
	SessionTimeoutMinutes int `json:"session_timeout_minutes"`
	// ShareSubdomains keeps one visitor over all subdomains.
	ShareSubdomains bool `json:"share_subdomains"`
	// RespectDoNotTrack leaves browsers with DNT or GPC out.
	RespectDoNotTrack bool `json:"respect_do_not_track"`
	// RequireConsent counts nothing before the page says setConsent.
	RequireConsent bool `json:"require_consent"`
	// DynamicalReplacement replaces numbers in blocks that appear after load, too.
	DynamicalReplacement bool `json:"dynamical_replacement"`
	// HeartbeatSeconds is the script's heartbeat, 0 = off.
	HeartbeatSeconds int `json:"heartbeat_seconds"`
	// IgnoredIPs are addresses and CIDR ranges that are not counted.
	IgnoredIPs []string `json:"ignored_ips"`
	// ExcludedReferrers are domains (with subdomains) that never start a session as referrer.
	ExcludedReferrers []string `json:"excluded_referrers"`
	// Weights of campaign conditions, 0–100, by parameter; absent ones have DefaultWeight.
	Weights map[Parameter]int `json:"weights"`
}

// DefaultSettings are those of a new site.
func DefaultSettings() Settings {
	return Settings{CookieLifetimeDays: 90, CampaignLifetimeDays: 90, SessionTimeoutMinutes: 30, ShareSubdomains: true, HeartbeatSeconds: 15}
}

// SessionTimeout is SessionTimeoutMinutes as a duration.
func (s Settings) SessionTimeout() time.Duration {
	return time.Duration(s.SessionTimeoutMinutes) * time.Minute
}

// Weight returns the weight of a parameter's conditions.
func (s Settings) Weight(p Parameter) int {
	if w, ok := s.Weights[p]; ok {
		return w
	}
	return DefaultWeight(p)
}
