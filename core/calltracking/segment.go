package calltracking

import (
	"regexp"
	"slices"
	"strings"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/goals"
)

// IsEmpty reports whether all visits belong to the segment.
func (s Segment) IsEmpty() bool {
	return len(s.Campaigns) == 0 && len(s.Channels) == 0 && len(s.Sources) == 0 && len(s.UTM) == 0 && len(s.Countries) == 0 && len(s.Regions) == 0 &&
		len(s.Cities) == 0 && s.URL == ""
}

// NeedsVisit reports whether more than the page must be known to say who belongs to the segment.
func (s Segment) NeedsVisit() bool {
	s.URL = ""
	return !s.IsEmpty()
}

// Matches reports whether a visit belongs to the segment.
func (s Segment) Matches(v Visit) bool {
	if len(s.Campaigns) > 0 && !slices.Contains(s.Campaigns, v.CampaignID) {
		return false
	}
	if len(s.Channels) > 0 && !slices.Contains(s.Channels, v.Channel) {
		return false
	}
	for _, c := range s.UTM {
		if !hasFolded(c.Values, v.tag(c.Tag)) {
			return false
		}
	}
	return isAmong(s.Sources, v.Source) && isAmong(s.Countries, v.Country) && isAmong(s.Regions, v.Region) && isAmong(s.Cities, v.City) &&
		(s.URL == "" || goals.MatchURL(s.Match, s.URL, v.PageURL))
}

func (v Visit) tag(t UTMTag) string {
	switch t {
	case UTMSource:
		return v.Source
	case UTMMedium:
		return v.Medium
	case UTMCampaign:
		return v.Campaign
	case UTMTerm:
		return v.Term
	case UTMContent:
		return v.Content
	}
	return ""
}

func isAmong(list []string, value string) bool { return len(list) == 0 || hasFolded(list, value) }

func hasFolded(list []string, value string) bool {
	return value != "" && slices.ContainsFunc(list, func(s string) bool { return strings.EqualFold(s, value) })
}

// Limits of a segment.
const (
	maxSegmentValues = 200
	maxSegmentText   = 500
)

// parse checks a segment and puts it into its stored form. KindInvalid names the field.
func (s Segment) parse() (Segment, error) {
	var err error
	for _, list := range []struct {
		field string
		dst   *[]string
	}{{"segment.sources", &s.Sources}, {"segment.countries", &s.Countries}, {"segment.regions", &s.Regions}, {"segment.cities", &s.Cities}} {
		if *list.dst, err = parseTexts(list.field, *list.dst); err != nil {
			return s, err
		}
	}
	for i, c := range s.Countries {
		s.Countries[i] = strings.ToUpper(c)
	}
	if len(s.Campaigns) > maxSegmentValues || len(s.Channels) > maxSegmentValues || len(s.UTM) > maxSegmentValues {
		return s, core.Invalid("segment", "too_many", "at most %d conditions of a kind", maxSegmentValues)
	}
	s.UTM = slices.Clone(s.UTM)
	for i, c := range s.UTM {
		if !slices.Contains([]UTMTag{UTMSource, UTMMedium, UTMCampaign, UTMTerm, UTMContent}, c.Tag) {
			return s, core.Invalid("segment.utm", "bad_tag", "there is no tag %q", c.Tag)
		}
		if c.Values, err = parseTexts("segment.utm", c.Values); err != nil {
			return s, err
		}
		if len(c.Values) == 0 {
			return s, core.Invalid("segment.utm", "required", "say which values of utm_%s", c.Tag)
		}
		s.UTM[i] = c
	}
	return s.parseURL()
}

func (s Segment) parseURL() (Segment, error) {
	s.URL = strings.TrimSpace(s.URL)
	if s.URL == "" {
		s.Match = ""
		return s, nil
	}
	if !isText(s.URL, maxSegmentText) {
		return s, core.Invalid("segment.url", "bad_text", "the address is too long, or holds characters that can't be shown")
	}
	switch s.Match {
	case "":
		s.Match = goals.URLContains
	case goals.URLExact, goals.URLContains, goals.URLStarts:
	case goals.URLRegexp:
		if _, err := regexp.Compile(s.URL); err != nil {
			return s, core.Invalid("segment.url", "bad_regexp", "this is not a regular expression (RE2 syntax)").WithCause(err)
		}
	default:
		return s, core.Invalid("segment.match", "bad_match", "there is no way to compare %q", s.Match)
	}
	return s, nil
}

// parseTexts leaves out blank and repeated entries.
func parseTexts(field string, list []string) ([]string, error) {
	var out []string
	for _, text := range list {
		text = strings.TrimSpace(text)
		switch {
		case text == "" || hasFolded(out, text):
			continue
		case !isText(text, maxSegmentText):
			return nil, core.Invalid(field, "bad_text", "a value is too long, or holds characters that can't be shown")
		}
		out = append(out, text)
	}
	if len(out) > maxSegmentValues {
		return nil, core.Invalid(field, "too_many", "at most %d values", maxSegmentValues)
	}
	return out, nil
}
