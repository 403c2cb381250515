package goals

import (
	"regexp"
	"strings"
)

// Event is what a page tells by trackEvent.
type Event struct {
	Category, Action string
	// Label and Value are empty when the page gave none.
	Label, Value string
}

// MatchTrackEvent returns the goals among those given that an event reaches: enabled, of type track_event, and each condition either absent or
// exactly equal, letter case included.
func MatchTrackEvent(goals []Goal, e Event) []Goal {
	var reached []Goal
	for _, g := range goals {
		c := g.Conditions
		if g.IsEnabled && g.Type == TypeTrackEvent &&
			allows(c.Category, e.Category) && allows(c.Action, e.Action) && allows(c.Label, e.Label) && allows(c.Value, e.Value) {
			reached = append(reached, g)
		}
	}
	return reached
}

func allows(want *string, got string) bool { return want == nil || *want == got }

// MatchURL reports whether an address matches a pattern, as the browser script does: the address is tried whole, without its fragment, without
// scheme and host, and as a bare path. A regular expression that is not one never matches, and an empty way of matching is contains.
func MatchURL(match URLMatch, pattern, address string) bool {
	test, err := urlTest(match, pattern)
	return err == nil && anyForm(address, test)
}

func urlTest(match URLMatch, pattern string) (func(string) bool, error) {
	switch match {
	case URLExact:
		return func(s string) bool { return s == pattern }, nil
	case URLStarts:
		return func(s string) bool { return strings.HasPrefix(s, pattern) }, nil
	case URLRegexp:
		re, err := regexp.Compile(pattern)
		if err != nil {
			return nil, err
		}
		return re.MatchString, nil
	default:
		return func(s string) bool { return strings.Contains(s, pattern) }, nil
	}
}

func anyForm(address string, test func(string) bool) bool {
	if test(address) {
		return true
	}
	bare, _, hasFragment := strings.Cut(address, "#")
	if hasFragment && test(bare) {
		return true
	}
	_, rest, hasScheme := strings.Cut(bare, "://")
	if !hasScheme {
		return false
	}
	i := strings.IndexAny(rest, "/?")
	if i < 0 {
		return test("/")
	}
	local := rest[i:]
	if local[0] == '?' {
		local = "/" + local
	}
	path, _, _ := strings.Cut(local, "?")
	return test(local) || test(path)
}
