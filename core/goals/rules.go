package goals

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/skvoz/skvoz/core"
)

// Limits of goals.
const (
	// MaxGoals is how many goals a site may have, system goals included: the script carries them to every visitor.
	MaxGoals = 200
	// MaxEventLength is the length of category, action, label and value, in characters; the tracker cuts what pages send to it.
	MaxEventLength = 255
	// MaxURLLength is the length of an address or its pattern, in characters.
	MaxURLLength = 2000
	// MaxPatternLength is the length of a regular expression, in characters.
	MaxPatternLength = 500
	// MaxSelectorLength is the length of a CSS selector, in characters.
	MaxSelectorLength = 500
	// MaxSeconds is the longest time a goal may ask for.
	MaxSeconds = 86400
)

// SystemGoals are the goals every new site has. A request and a chat are what a site is made for, so they count as goals from the start;
// contact data alone accompanies nearly all of them and would count the same visitor twice, so it is stored as an event until someone
// decides otherwise.
func SystemGoals() []Goal {
	goal := func(name string, event SystemEvent, isGoal bool) Goal {
		return Goal{Name: name, Type: TypeSystem, IsGoal: isGoal, IsEnabled: true, Conditions: Conditions{SystemEvent: event}}
	}
	return []Goal{
		goal("Offline request", SystemOfflineRequest, true),
		goal("Contact data left", SystemVisitorInfo, false),
		goal("Chat", SystemChat, true),
	}
}

// allowed says which conditions a type has.
type allowed struct {
	event, url, selector, seconds, scroll bool
	// needURL, needSelector: it can't do without.
	needURL, needSelector bool
}

func allowedFor(t Type) (allowed, bool) {
	switch t {
	case TypeTrackEvent:
		return allowed{event: true}, true
	case TypeLink, TypePage:
		return allowed{url: true, needURL: true}, true
	case TypeClick:
		return allowed{selector: true, needSelector: true, url: true}, true
	case TypeTimeOnSite:
		return allowed{seconds: true}, true
	case TypeTimeOnPage:
		return allowed{seconds: true, url: true, needURL: true}, true
	case TypeScroll:
		return allowed{selector: true, scroll: true, url: true}, true
	}
	return allowed{}, false
}

// parseConditions checks the conditions of a type and brings them into their stored form. Blank texts are absent. Conditions of other types
// are errors rather than silently lost.
func parseConditions(t Type, c Conditions) (Conditions, error) {
	may, ok := allowedFor(t)
	if !ok {
		return c, core.Invalid("type", "bad_type", "goals of type %q can't be made", string(t))
	}
	c = trimConditions(c)
	if err := checkForeign(may, c); err != nil {
		return c, err
	}
	if err := checkEvent(c); err != nil {
		return c, err
	}
	if err := checkURL(may, &c); err != nil {
		return c, err
	}
	switch {
	case may.needSelector && c.Selector == "":
		return c, core.Invalid("selector", "required", "give the CSS selector of the element")
	case !isText(c.Selector, MaxSelectorLength):
		return c, core.Invalid("selector", "bad_text", "the selector is longer than %d characters, or holds characters that can't be shown", MaxSelectorLength)
	case c.Selector != "" && c.ScrollToEnd:
		return c, core.Invalid("scrollToEnd", "contradiction", "scroll either to an element or to the end")
	case may.seconds && (c.Seconds < 1 || c.Seconds > MaxSeconds):
		return c, core.Invalid("seconds", "out_of_range", "must be from 1 to %d seconds", MaxSeconds)
	}
	return c, nil
}

func trimConditions(c Conditions) Conditions {
	for _, p := range []**string{&c.Category, &c.Action, &c.Label, &c.Value} {
		if *p == nil {
			continue
		}
		text := strings.TrimSpace(**p)
		*p = &text
		if text == "" {
			*p = nil
		}
	}
	c.URL, c.Selector = strings.TrimSpace(c.URL), strings.TrimSpace(c.Selector)
	if c.URL == "" {
		c.URLMatch = ""
	}
	return c
}

func checkForeign(may allowed, c Conditions) error {
	for _, p := range []struct {
		field   string
		given   bool
		allowed bool
	}{
		{"category", c.Category != nil, may.event},
		{"action", c.Action != nil, may.event},
		{"label", c.Label != nil, may.event},
		{"value", c.Value != nil, may.event},
		{"url", c.URL != "", may.url},
		{"selector", c.Selector != "", may.selector},
		{"seconds", c.Seconds != 0, may.seconds},
		{"scrollToEnd", c.ScrollToEnd, may.scroll},
		{"systemEvent", c.SystemEvent != "", false},
	} {
		if p.given && !p.allowed {
			return core.Invalid(p.field, "unexpected", "goals of this type have no such condition")
		}
	}
	return nil
}

func checkEvent(c Conditions) error {
	for _, p := range []struct {
		field string
		value *string
	}{{"category", c.Category}, {"action", c.Action}, {"label", c.Label}, {"value", c.Value}} {
		if p.value != nil && !isText(*p.value, MaxEventLength) {
			return core.Invalid(p.field, "bad_text", "longer than %d characters, or with characters that can't be shown", MaxEventLength)
		}
	}
	return nil
}

func checkURL(may allowed, c *Conditions) error {
	if c.URL == "" {
		if may.needURL {
			return core.Invalid("url", "required", "give the address")
		}
		return nil
	}
	if !isText(c.URL, MaxURLLength) {
		return core.Invalid("url", "bad_text", "the address is longer than %d characters, or holds characters that can't be shown", MaxURLLength)
	}
	switch c.URLMatch {
	case "":
		c.URLMatch = URLContains
	case URLExact, URLContains, URLStarts:
	case URLRegexp:
		if !isText(c.URL, MaxPatternLength) {
			return core.Invalid("url", "too_long", "a regular expression has at most %d characters", MaxPatternLength)
		}
		if _, err := regexp.Compile(c.URL); err != nil {
			return core.Invalid("url", "bad_regexp", "this is not a regular expression (RE2 syntax)").WithCause(err)
		}
	default:
		return core.Invalid("urlMatch", "bad_match", "there is no such way to compare addresses")
	}
	return nil
}

func isText(s string, limit int) bool {
	return utf8.ValidString(s) && utf8.RuneCountInString(s) <= limit && !strings.ContainsFunc(s, unicode.IsControl)
}
