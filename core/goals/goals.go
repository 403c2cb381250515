// Package goals is about events of a site that count: what a goal watches for, when an event reaches it, and what was reached.
package goals

import (
	"strings"
	"time"

	"github.com/skvoz/skvoz/core"
)

// Type is what a goal watches for; the words are stored and, but for "page" and "system", the original's.
type Type string

// The types of goal.
const (
	TypeTrackEvent Type = "track_event"
	TypeLink       Type = "link"
	TypeClick      Type = "click"
	TypePage       Type = "page"
	TypeTimeOnSite Type = "time_on_site"
	TypeTimeOnPage Type = "time_on_page"
	TypeScroll     Type = "scroll"
	// TypeSystem is something the product itself sees (the original's type "comagic"); made with the site, never deleted.
	TypeSystem Type = "system"
)

// URLMatch is how an address is compared; the words travel to the script.
type URLMatch string

// The ways to compare an address.
const (
	URLExact    URLMatch = "exact"
	URLContains URLMatch = "contains"
	URLStarts   URLMatch = "starts"
	URLRegexp   URLMatch = "regexp"
)

// SystemEvent is something the product itself sees.
type SystemEvent string

// The system events.
const (
	SystemOfflineRequest SystemEvent = "offline_request"
	SystemVisitorInfo    SystemEvent = "visitor_info"
	SystemChat           SystemEvent = "chat"
)

// Conditions of a goal; only those of its type are set. The JSON form is stored.
type Conditions struct {
	// Category, Action, Label and Value are those of trackEvent; nil = any.
	Category *string `json:"category,omitempty"`
	Action   *string `json:"action,omitempty"`
	Label    *string `json:"label,omitempty"`
	Value    *string `json:"value,omitempty"`
	// URL is compared by URLMatch; empty = every page.
	URL      string   `json:"url,omitempty"`
	URLMatch URLMatch `json:"url_match,omitempty"`
	// Selector is a CSS selector.
	Selector string `json:"selector,omitempty"`
	// Seconds of visible time, 1–86400.
	Seconds int `json:"seconds,omitempty"`
	// ScrollToEnd: without a selector, false = first scroll, true = bottom reached.
	ScrollToEnd bool        `json:"scroll_to_end,omitempty"`
	SystemEvent SystemEvent `json:"system_event,omitempty"`
}

// Goal is an event of a site; with IsGoal reaching it is a goal.
type Goal struct {
	ID        core.GoalID
	AccountID core.AccountID
	SiteID    core.SiteID
	Name      string
	Type      Type
	// IsGoal: count this event as a goal.
	IsGoal bool
	// IsEnabled: watch for it.
	IsEnabled  bool
	Conditions Conditions
	CreatedAt  time.Time
}

// Ref is the name and id of a goal.
type Ref struct {
	ID   core.GoalID
	Name string
}

// Reach is a reached goal or a stored event.
type Reach struct {
	ID core.GoalReachID
	// Goal is nil for an event no goal asks for.
	Goal      *Ref
	At        time.Time
	SiteID    core.SiteID
	VisitorID core.VisitorID
	// SessionID is zero when the sender could not be recognised.
	SessionID core.SessionID
	PageURL   string
	// Category, Action, Label and Value are those of trackEvent.
	Category, Action, Label, Value string
	IsGoal                         bool
}

// Event is category, action, label and value as one text for people; empty for a goal the script noticed.
func (r Reach) Event() string {
	var parts []string
	for _, p := range []string{r.Category, r.Action, r.Label, r.Value} {
		if p != "" {
			parts = append(parts, p)
		}
	}
	return strings.Join(parts, " / ")
}
