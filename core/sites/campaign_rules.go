package sites

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/skvoz/skvoz/core"
)

// Limits of campaigns, the original's where it tells them.
const (
	// MaxCampaigns is how many campaigns a site may have.
	MaxCampaigns = 1000
	// MaxGroups is how many groups Include and Exclude may have each.
	MaxGroups = 30
	// MaxConditions is how many conditions a group may have.
	MaxConditions = 50
	// MaxValueLength is the length of a condition's value, in characters.
	MaxValueLength = 500
	// MaxKeyLength is the length of a tag's name, in characters.
	MaxKeyLength = 100
	// MaxDescriptionLength is the length of a campaign's note, in characters.
	MaxDescriptionLength = 2000
	// MaxCostDays is how many days one cost may cover.
	MaxCostDays = 366
)

// Parameters returns all parameters in the order in which people are shown them.
func Parameters() []Parameter {
	return []Parameter{
		ParameterUTMTags, ParameterOSTags, ParameterOtherTags, ParameterChannel, ParameterEngine, ParameterSearchEngine, ParameterSearchQuery,
		ParameterReferrerDomain, ParameterReferrer, ParameterEntrancePage, ParameterLocation,
	}
}

// IsKnown reports whether there is such a parameter.
func (p Parameter) IsKnown() bool { return DefaultWeight(p) > 0 }

// NeedsKey reports whether conditions on the parameter name a tag.
func (p Parameter) NeedsKey() bool {
	return p == ParameterUTMTags || p == ParameterOSTags || p == ParameterOtherTags
}

// parseInclude checks the groups by which visits are counted: there is at least one.
func parseInclude(groups []Group) ([]Group, error) {
	if len(groups) == 0 {
		return nil, core.Invalid("include", "required", "add at least one group of conditions")
	}
	return parseGroups("include", groups)
}

func parseExclude(groups []Group) ([]Group, error) { return parseGroups("exclude", groups) }

func parseGroups(field string, groups []Group) ([]Group, error) {
	if len(groups) > MaxGroups {
		return nil, core.Invalid(field, "too_many", "at most %d groups", MaxGroups)
	}
	out := make([]Group, len(groups))
	for i, g := range groups {
		if n := len(g.Conditions); n == 0 || n > MaxConditions {
			return nil, core.Invalid(field, "bad_group", "group %d must have 1 to %d conditions", i+1, MaxConditions)
		}
		out[i].Conditions = make([]Condition, len(g.Conditions))
		for j, c := range g.Conditions {
			parsed, wrong := parseCondition(c)
			if wrong != nil {
				return nil, core.Invalid(field, wrong.Reason, "group %d, condition %d: %s", i+1, j+1, wrong.Message).WithCause(wrong.Err)
			}
			out[i].Conditions[j] = parsed
		}
	}
	return out, nil
}

func parseCondition(c Condition) (Condition, *core.Error) {
	if !c.Parameter.IsKnown() {
		return c, core.Invalid("", "bad_parameter", "there is no condition %q", shorten(string(c.Parameter)))
	}
	c.Key = strings.ToLower(strings.TrimSpace(c.Key))
	switch {
	case c.Parameter.NeedsKey() && c.Key == "":
		return c, core.Invalid("", "key_required", "name the tag")
	case !c.Parameter.NeedsKey() && c.Key != "":
		return c, core.Invalid("", "key_unexpected", "only conditions on tags have a name of a tag")
	case !isText(c.Key, MaxKeyLength):
		return c, core.Invalid("", "bad_key", "the tag's name is too long, or holds characters that can't be shown")
	case c.Parameter == ParameterUTMTags && !strings.HasPrefix(c.Key, "utm_"):
		c.Key = "utm_" + c.Key
	}
	if c.Operator != OperatorRegexp {
		c.Value = strings.TrimSpace(c.Value)
	}
	switch {
	case c.Value == "":
		return c, core.Invalid("", "value_required", "say what to compare with")
	case !isText(c.Value, MaxValueLength):
		return c, core.Invalid("", "bad_value", "the value is longer than %d characters, or holds characters that can't be shown", MaxValueLength)
	}
	switch c.Operator {
	case OperatorEquals, OperatorContains:
	case OperatorRegexp:
		if _, err := regexp.Compile("(?i)" + c.Value); err != nil {
			return c, core.Invalid("", "bad_regexp", "%q is not a regular expression (RE2 syntax)", shorten(c.Value)).WithCause(err)
		}
	default:
		return c, core.Invalid("", "bad_operator", "there is no way to compare %q", shorten(string(c.Operator)))
	}
	return c, nil
}

func isText(s string, limit int) bool {
	return utf8.ValidString(s) && utf8.RuneCountInString(s) <= limit && !strings.ContainsFunc(s, unicode.IsControl)
}

func parseDescription(text string) (string, error) {
	text = strings.TrimSpace(text)
	switch {
	case utf8.RuneCountInString(text) > MaxDescriptionLength:
		return "", core.Invalid("description", "too_long", "the note is too long: at most %d characters", MaxDescriptionLength)
	case !utf8.ValidString(text) || strings.ContainsRune(text, 0):
		return "", core.Invalid("description", "bad_text", "the note holds characters that can't be shown")
	}
	return text, nil
}

// checkPeriod checks the days of a cost.
func checkPeriod(from, to core.Date) error {
	switch days := to.Number() - from.Number() + 1; {
	case from.Year < 2000 || to.Year > 2100:
		return core.Invalid("from", "out_of_range", "days must be between 2000 and 2100")
	case days < 1:
		return core.Invalid("to", "out_of_range", "the last day must not be before the first")
	case days > MaxCostDays:
		return core.Invalid("to", "out_of_range", "a cost covers at most %d days", MaxCostDays)
	}
	return nil
}
