package goals

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
)

// ScriptConfig is what the browser script is told of a site (docs/dev/tracker-protocol.md, GET /cs/s/{site_key}).
type ScriptConfig struct {
	// SiteKey and Key are the keys of the first and second generation.
	SiteKey string `json:"k"`
	Key     string `json:"u"`
	// CookieSuffix is what the names of the site's cookies end in.
	CookieSuffix string `json:"x"`
	// CookieLifetimeDays is how long the visitor's cookie lives.
	CookieLifetimeDays int `json:"l"`
	// ShareSubdomains puts cookies on the registrable domain.
	ShareSubdomains bool `json:"d"`
	// RespectDoNotTrack leaves browsers with DNT or GPC out.
	RespectDoNotTrack bool `json:"n"`
	// RequireConsent holds everything back until setConsent.
	RequireConsent bool `json:"c"`
	// HeartbeatSeconds is the heartbeat while the page is visible, 0 = off.
	HeartbeatSeconds int `json:"b"`
	// DynamicalReplacement replaces numbers in blocks added later.
	DynamicalReplacement bool `json:"r"`
	// Goals are those the script must notice; never null.
	Goals []ScriptGoal `json:"g"`
	// Phones says where numbers are replaced; nil when the site replaces none.
	Phones *ScriptPhones `json:"p,omitempty"`
}

// PhonesScript is the part of the script that replaces numbers, a file under /static/.
const PhonesScript = "cs.phones.v1.min.js"

// ScriptPhones says where numbers are replaced.
type ScriptPhones struct {
	// File is the part of the script that replaces.
	File string `json:"f"`
	// Blocks are the site's, in order.
	Blocks []ScriptBlock `json:"b"`
}

// ScriptBlock is a group of places in a site's pages where a number is replaced. The words are those of core/calltracking.
type ScriptBlock struct {
	ID string `json:"i"`
	// By says how places are found, Value what they are found by.
	By    string `json:"a"`
	Value string `json:"v"`
	// Template is text or image.
	Template string `json:"t"`
	// Mask and Wording say what is written; empty = as it comes.
	Mask    string `json:"m,omitempty"`
	Wording string `json:"w,omitempty"`
}

// ScriptGoal is a goal the script must notice.
type ScriptGoal struct {
	ID   string `json:"i"`
	Type Type   `json:"t"`
	// Element is a CSS selector.
	Element string `json:"e,omitempty"`
	// URL is compared by Match.
	URL   string   `json:"u,omitempty"`
	Match URLMatch `json:"m,omitempty"`
	// Seconds of visible time.
	Seconds int `json:"s,omitempty"`
	// What of a scroll goal is scrollStart, scrollEnd or a CSS selector.
	What string `json:"w,omitempty"`
}

const (
	scrollStart = "comagic_scroll_start"
	scrollEnd   = "comagic_scroll_end"
)

// ScriptSettings returns what the script is told. Goals the server matches by itself (track_event, system) are left out.
func ScriptSettings(t *TrackedSite) ScriptConfig {
	s := t.Settings
	c := ScriptConfig{
		SiteKey: t.SiteKey, Key: t.Key, CookieSuffix: t.CookieSuffix(), CookieLifetimeDays: s.CookieLifetimeDays, ShareSubdomains: s.ShareSubdomains,
		RespectDoNotTrack: s.RespectDoNotTrack, RequireConsent: s.RequireConsent, HeartbeatSeconds: s.HeartbeatSeconds,
		DynamicalReplacement: s.DynamicalReplacement, Goals: []ScriptGoal{},
	}
	for _, g := range t.Goals {
		if g.IsSeenByScript() {
			c.Goals = append(c.Goals, scriptGoal(g))
		}
	}
	if len(t.Blocks) > 0 {
		c.Phones = &ScriptPhones{File: PhonesScript, Blocks: t.Blocks}
	}
	return c
}

// IsSeenByScript reports whether it is the script that notices the goal; the server matches all others by itself.
func (g Goal) IsSeenByScript() bool { return g.Type != TypeTrackEvent && g.Type != TypeSystem }

func scriptGoal(g Goal) ScriptGoal {
	c := g.Conditions
	out := ScriptGoal{ID: g.ID.String(), Type: g.Type, URL: c.URL, Seconds: c.Seconds}
	if c.URL != "" && c.URLMatch != URLContains { // contains is the script's default
		out.Match = c.URLMatch
	}
	switch {
	case g.Type != TypeScroll:
		out.Element = c.Selector
	case c.Selector != "":
		out.What = c.Selector
	case c.ScrollToEnd:
		out.What = scrollEnd
	default:
		out.What = scrollStart
	}
	return out
}

func encodeScript(c ScriptConfig) (body []byte, etag string) {
	body, err := json.Marshal(c)
	if err != nil { // strings, numbers and booleans alone: it can't happen
		panic(err)
	}
	sum := sha256.Sum256(body)
	return body, `"` + base64.RawURLEncoding.EncodeToString(sum[:12]) + `"`
}
