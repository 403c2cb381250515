package sites

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"github.com/skvoz/skvoz/core"
)

// Matcher finds the campaign a visit counts to. It is compiled once per site, never changes and may be used by several goroutines.
type Matcher struct {
	// rules come in the order in which they win at equal weight of what matched: highest attainable weight first, then the oldest campaign.
	rules []rule
}

type rule struct {
	id core.CampaignID
	// age orders campaigns from oldest to newest.
	age int
	// maxWeight is the most the campaign can reach.
	maxWeight int
	include   []compiledGroup
	exclude   []compiledGroup
}

type compiledGroup struct {
	weight     int
	conditions []compiledCondition
}

type compiledCondition struct {
	parameter Parameter
	key       string
	operator  Operator
	// text is the folded value; plain is that without scheme, "www." and closing slash, for whole addresses and hosts.
	text, plain string
	pattern     *regexp.Regexp
}

// NewMatcher compiles the active campaigns of a site with the weights of its settings. A condition that can't be understood (unknown parameter or
// operator, bad regular expression, empty value) never holds; so does a group without conditions.
func NewMatcher(campaigns []Campaign, settings Settings) *Matcher {
	oldestFirst := slices.Clone(campaigns)
	slices.SortFunc(oldestFirst, func(a, b Campaign) int {
		return cmp.Or(a.CreatedAt.Compare(b.CreatedAt), cmp.Compare(a.ID, b.ID))
	})
	m := &Matcher{}
	for age, c := range oldestFirst {
		if c.Status == CampaignArchived {
			continue
		}
		if r, ok := compileRule(c, age, settings); ok {
			m.rules = append(m.rules, r)
		}
	}
	slices.SortFunc(m.rules, func(a, b rule) int {
		return cmp.Or(cmp.Compare(b.maxWeight, a.maxWeight), cmp.Compare(a.age, b.age))
	})
	return m
}

// Match returns the campaign with the heaviest condition among those that hold, the oldest one at equal weight, and false when no campaign's rule holds.
func (m *Matcher) Match(f Facts) (core.CampaignID, bool) {
	if len(m.rules) == 0 {
		return 0, false
	}
	seen := foldFacts(f)
	best, found := rule{}, false
	bestWeight := -1
	for _, r := range m.rules {
		if found && r.maxWeight < bestWeight {
			break
		}
		weight := r.weightOf(seen)
		if weight < 0 || weight < bestWeight || (weight == bestWeight && r.age > best.age) {
			continue
		}
		best, bestWeight, found = r, weight, true
	}
	return best.id, found
}

func compileRule(c Campaign, age int, settings Settings) (rule, bool) {
	r := rule{id: c.ID, age: age, include: compileGroups(c.Include, settings), exclude: compileGroups(c.Exclude, settings)}
	for _, g := range r.include {
		r.maxWeight = max(r.maxWeight, g.weight)
	}
	return r, len(r.include) > 0
}

// compileGroups leaves out the groups that can never hold.
func compileGroups(groups []Group, settings Settings) []compiledGroup {
	out := make([]compiledGroup, 0, len(groups))
	for _, g := range groups {
		if compiled, ok := compileGroup(g, settings); ok {
			out = append(out, compiled)
		}
	}
	return out
}

func compileGroup(g Group, settings Settings) (compiledGroup, bool) {
	out := compiledGroup{}
	for _, c := range g.Conditions {
		compiled, ok := compileCondition(c)
		if !ok {
			return compiledGroup{}, false
		}
		out.weight = max(out.weight, settings.Weight(c.Parameter))
		out.conditions = append(out.conditions, compiled)
	}
	// Regular expressions are the dear ones: they are asked last.
	slices.SortStableFunc(out.conditions, func(a, b compiledCondition) int { return cmp.Compare(a.cost(), b.cost()) })
	return out, len(out.conditions) > 0
}

func compileCondition(c Condition) (compiledCondition, bool) {
	if c.Value == "" {
		return compiledCondition{}, false
	}
	out := compiledCondition{parameter: c.Parameter, key: foldKey(c.Parameter, c.Key), operator: c.Operator}
	switch c.Operator {
	case OperatorEquals, OperatorContains:
		out.text = strings.ToLower(c.Value)
		out.plain = plainAddress(out.text)
		return out, true
	case OperatorRegexp:
		pattern, err := regexp.Compile("(?i)" + c.Value)
		out.pattern = pattern
		return out, err == nil
	default:
		return compiledCondition{}, false
	}
}

// weightOf is the greatest weight of a holding include group, -1 when the campaign doesn't match.
func (r rule) weightOf(f *foldedFacts) int {
	best := -1
	for _, g := range r.include {
		if g.weight > best && g.holds(f) {
			best = g.weight
		}
	}
	if best < 0 {
		return -1
	}
	for _, g := range r.exclude {
		if g.holds(f) {
			return -1
		}
	}
	return best
}

func (g compiledGroup) holds(f *foldedFacts) bool {
	for i := range g.conditions {
		if !g.conditions[i].holds(f) {
			return false
		}
	}
	return true
}

func (c *compiledCondition) cost() int {
	if c.operator == OperatorRegexp {
		return 1
	}
	return 0
}

// holds says whether any value of the parameter satisfies the condition; a value that isn't there never does.
func (c *compiledCondition) holds(f *foldedFacts) bool {
	switch c.parameter {
	case ParameterUTMTags:
		return c.holdsForTags(f.utm)
	case ParameterOSTags:
		return c.holdsForTags(f.openStat)
	case ParameterOtherTags:
		return c.holdsForTags(f.other)
	default:
		return slices.ContainsFunc(f.values(c.parameter), c.satisfied)
	}
}

func (c *compiledCondition) holdsForTags(tags []foldedTag) bool {
	for i := range tags {
		if (c.key == "" || c.key == tags[i].key) && c.satisfied(tags[i].value) {
			return true
		}
	}
	return false
}

func (c *compiledCondition) satisfied(v foldedValue) bool {
	if v.raw == "" {
		return false
	}
	switch c.operator {
	case OperatorEquals:
		return v.folded == c.text || (v.plain != "" && v.plain == c.plain)
	case OperatorContains:
		return strings.Contains(v.folded, c.text)
	default:
		return c.pattern.MatchString(v.raw)
	}
}
