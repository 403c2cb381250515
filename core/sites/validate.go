package sites

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/skvoz/skvoz/core"
)

// Limits of what one may set up.
const (
	// MaxSites is how many sites an account may have.
	MaxSites = 1000
	// MaxNameLength is the length of names, in characters.
	MaxNameLength = 200
	// MaxListLength is the length of IgnoredIPs and ExcludedReferrers.
	MaxListLength = 500
)

// ParseName reads a name people give to something: spaces around it are cut off; 1 to MaxNameLength characters, no control characters.
// Otherwise the error is of kind KindInvalid, about the field.
func ParseName(field, text string) (string, error) {
	text = strings.TrimSpace(text)
	switch n := utf8.RuneCountInString(text); {
	case n == 0:
		return "", core.Invalid(field, "required", "give it a name")
	case n > MaxNameLength:
		return "", core.Invalid(field, "too_long", "the name is too long: at most %d characters", MaxNameLength)
	case !utf8.ValidString(text) || strings.ContainsFunc(text, unicode.IsControl):
		return "", core.Invalid(field, "bad_text", "the name holds characters that can't be shown")
	}
	return text, nil
}

func inRange(field string, n, low, high int) error {
	if n < low || n > high {
		return core.Invalid(field, "out_of_range", "must be from %d to %d", low, high)
	}
	return nil
}

// settingsUpdate applies what is given, field by field; the first wrong field is reported.
func settingsUpdate(s Settings, u Update) (Settings, error) {
	numbers := []struct {
		field     string
		given     core.Opt[int]
		dst       *int
		low, high int
	}{
		{"cookieLifetimeDays", u.CookieLifetimeDays, &s.CookieLifetimeDays, 1, 730},
		{"campaignLifetimeDays", u.CampaignLifetimeDays, &s.CampaignLifetimeDays, 1, 730},
		{"sessionTimeoutMinutes", u.SessionTimeoutMinutes, &s.SessionTimeoutMinutes, 5, 240},
	}
	for _, n := range numbers {
		if !n.given.Set {
			continue
		}
		if err := inRange(n.field, n.given.Value, n.low, n.high); err != nil {
			return s, err
		}
		*n.dst = n.given.Value
	}
	s.ShareSubdomains = u.ShareSubdomains.Or(s.ShareSubdomains)
	s.RespectDoNotTrack = u.RespectDoNotTrack.Or(s.RespectDoNotTrack)
	s.RequireConsent = u.RequireConsent.Or(s.RequireConsent)
	s.DynamicalReplacement = u.DynamicalReplacement.Or(s.DynamicalReplacement)
	var err error
	if u.IgnoredIPs.Set {
		if s.IgnoredIPs, err = parseNetworks("ignoredIps", u.IgnoredIPs.Value); err != nil {
			return s, err
		}
	}
	if u.ExcludedReferrers.Set {
		if s.ExcludedReferrers, err = parseDomains("excludedReferrers", u.ExcludedReferrers.Value); err != nil {
			return s, err
		}
	}
	s.Weights, err = updateWeights(s.Weights, u.Weights)
	return s, err
}

func parseNetworks(field string, texts []string) ([]string, error) {
	return parseList(field, texts, func(text string) (string, error) {
		p, ok := ParseNetwork(text)
		if !ok {
			return "", core.Invalid(field, "bad_address", "%q is neither an address nor a range like 203.0.113.0/24", shorten(text))
		}
		return networkText(p), nil
	})
}

func parseDomains(field string, texts []string) ([]string, error) {
	return parseList(field, texts, func(text string) (string, error) {
		domain, _, err := parseDomain(field, text)
		return domain, err
	})
}

// parseList leaves out blank and repeated entries.
func parseList(field string, texts []string, parse func(string) (string, error)) ([]string, error) {
	if len(texts) > MaxListLength {
		return nil, core.Invalid(field, "too_many", "at most %d entries", MaxListLength)
	}
	out := make([]string, 0, len(texts))
	for _, text := range texts {
		if strings.TrimSpace(text) == "" {
			continue
		}
		entry, err := parse(text)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(out, entry) {
			out = append(out, entry)
		}
	}
	return out, nil
}

func updateWeights(old, changes map[Parameter]int) (map[Parameter]int, error) {
	if len(changes) == 0 {
		return old, nil
	}
	weights := make(map[Parameter]int, len(old)+len(changes))
	for p, w := range old {
		weights[p] = w
	}
	for p, w := range changes {
		if !p.IsKnown() {
			return nil, core.Invalid("conditionWeights", "bad_parameter", "there is no condition %q", shorten(string(p)))
		}
		if err := inRange("conditionWeights", w, 0, 100); err != nil {
			return nil, err
		}
		weights[p] = w
	}
	return weights, nil
}
