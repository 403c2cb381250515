package visits

import (
	"time"

	"github.com/skvoz/skvoz/core"
)

// lateGrace is how far clocks of replicas and browsers may differ before a view counts as older than the session that is running.
const lateGrace = 5 * time.Second

// RunningSession is the newest session of a visitor, as far as deciding about the next view needs it. ID 0 = none.
type RunningSession struct {
	ID             core.SessionID
	StartedAt      time.Time
	LastActivityAt time.Time
	// Source is shared and never changed; nil only when ID is 0.
	Source *TrafficSource
}

// VisitorState is what the next view of a visitor is decided from.
type VisitorState struct {
	AccountID core.AccountID
	ID        core.VisitorID
	SiteID    core.SiteID
	// Sessions is how many sessions the visitor had.
	Sessions int
	Last     RunningSession
	// CampaignID is the campaign the visitor came by last and CampaignAt when; 0 = none.
	CampaignID core.CampaignID
	CampaignAt time.Time
}

// Continues reports whether a view at a time goes on with the running session: there is one, its last activity is less than timeout ago, and
// the view is no arrival from another source. Direct and internal views never break a session; class is nil for a view that can't be an arrival.
func Continues(s RunningSession, at time.Time, timeout time.Duration, class *Classification) bool {
	if s.ID == 0 || at.Sub(s.LastActivityAt) >= timeout {
		return false
	}
	return class == nil || !class.Begins(*s.Source)
}

// IsLate reports whether a view happened before the running session began: it was sent again, or kept back by a browser without a network.
// It then belongs to an earlier session.
func IsLate(s RunningSession, at time.Time) bool {
	return s.ID != 0 && at.Before(s.StartedAt.Add(-lateGrace))
}

// CampaignOf returns the campaign a new session counts to, and when the visitor came by it: the one whose rule matched (matched, 0 = none), else,
// unless the session is an arrival from outside, the visitor's last one if it is not older than lifetime.
func CampaignOf(v VisitorState, matched core.CampaignID, isArrival bool, at time.Time, lifetime time.Duration) (core.CampaignID, time.Time) {
	switch {
	case matched != 0:
		return matched, at
	case !isArrival && v.CampaignID != 0 && at.Sub(v.CampaignAt) <= lifetime:
		return v.CampaignID, v.CampaignAt
	default:
		return 0, time.Time{}
	}
}
