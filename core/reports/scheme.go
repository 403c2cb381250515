package reports

import (
	"slices"
	"strings"
	"sync"

	"github.com/skvoz/skvoz/core"
)

const (
	maxDimensions   = 6
	maxConditions   = 60
	maxFilterDepth  = 4
	maxFilterValues = 1000
	opKey           = FilterOperator("key") // the exact key: a step of Request.Path
)

// values are those of the dimensions rows are grouped by, in their order.
type values [maxDimensions]int64

// part is what entries of one place have in common: their values, and which conditions they meet.
type part struct {
	values values
	meets  uint64
}

// scheme says which group a fact falls in: 0 = none, the filter keeps it out; others count from 1. Each place is grouped by itself, once for each entry
// of a segment's short lists, and parts are put together to groups. It is safe for concurrent use.
type scheme struct {
	words  *words
	label  func(d *dimension, value int64) string
	dims   []*dimension
	leaves []*condition
	all    []clause // must all hold

	places []place // those that matter, in order
	uses   [placeCount]use

	mu     sync.Mutex
	groups map[values]uint32
	keys   []values // by group; keys[0] is not used
}

// use is what one place contributes.
type use struct {
	dims    []int // positions in scheme.dims
	leaves  []int
	clauses []int // those that need nothing else
	ids     map[part]uint32
	parts   []part // by part; parts[0] = kept out
}

// condition is one leaf of the filter.
type condition struct {
	dim      *dimension
	operator FilterOperator
	values   []string // folded, unless opKey
	known    map[int64]bool
}

// clause is a filter over conditions: one of them, or several joined.
type clause struct {
	leaf int // -1 = joined
	any  bool
	of   []clause
}

func (c clause) holds(meets uint64) bool {
	if c.leaf >= 0 {
		return meets&(1<<c.leaf) != 0
	}
	for _, part := range c.of {
		if part.holds(meets) == c.any {
			return c.any
		}
	}
	return !c.any
}

func (c clause) eachLeaf(visit func(int)) {
	if c.leaf >= 0 {
		visit(c.leaf)
	}
	for _, part := range c.of {
		part.eachLeaf(visit)
	}
}

// newScheme groups by dims the facts that the filter lets through and that have the keys of path.
func newScheme(w *words, label func(*dimension, int64) string, dims, above []*dimension, path []string, f Filter) (*scheme, error) {
	s := &scheme{words: w, label: label, dims: dims, groups: map[values]uint32{}, keys: make([]values, 1)}
	for i, key := range path {
		s.leaves = append(s.leaves, &condition{dim: above[i], operator: opKey, values: []string{key}, known: map[int64]bool{}})
		s.all = append(s.all, clause{leaf: i})
	}
	c, ok, err := s.clause(f, 1)
	if err != nil {
		return nil, err
	}
	if ok && c.leaf < 0 && !c.any {
		s.all = append(s.all, c.of...)
	} else if ok {
		s.all = append(s.all, c)
	}
	s.arrange()
	return s, nil
}

func (s *scheme) clause(f Filter, depth int) (clause, bool, error) {
	switch {
	case f.Dimension == "" && (f.Operator != "" || len(f.Values) > 0):
		return clause{}, false, core.Invalid("filter", "bad_filter", "a condition needs a dimension")
	case f.Dimension == "" && len(f.Filters) == 0:
		return clause{}, false, nil
	case f.Dimension != "" && len(f.Filters) > 0:
		return clause{}, false, core.Invalid("filter", "bad_filter", "a filter has either a dimension or filters")
	case f.Dimension != "":
		return s.leaf(f)
	case depth > maxFilterDepth:
		return clause{}, false, core.Invalid("filter", "too_deep", "filters are at most %d levels deep", maxFilterDepth)
	}
	out := clause{leaf: -1, any: f.Any}
	for _, part := range f.Filters {
		c, ok, err := s.clause(part, depth+1)
		if err != nil {
			return clause{}, false, err
		}
		if ok {
			out.of = append(out.of, c)
		}
	}
	return out, len(out.of) > 0, nil
}

func (s *scheme) leaf(f Filter) (clause, bool, error) {
	d := findDimension(f.Dimension)
	switch {
	case d == nil:
		return clause{}, false, core.Invalid("filter", "unknown_dimension", "there is no dimension %q", f.Dimension)
	case len(s.leaves) == maxConditions:
		return clause{}, false, core.Invalid("filter", "too_many_conditions", "a filter has at most %d conditions", maxConditions)
	case len(f.Values) > maxFilterValues:
		return clause{}, false, core.Invalid("filter", "too_many_values", "a condition has at most %d values", maxFilterValues)
	}
	switch f.Operator {
	case OpEmpty, OpNotEmpty:
	case OpIs, OpIsNot, OpContains, OpNotContain, OpStarts:
		if len(f.Values) == 0 {
			return clause{}, false, core.Invalid("filter", "no_values", "the condition on %s needs a value", f.Dimension)
		}
	default:
		return clause{}, false, core.Invalid("filter", "unknown_operator", "there is no operator %q", f.Operator)
	}
	c := &condition{dim: d, operator: f.Operator, known: map[int64]bool{}}
	for _, v := range f.Values {
		c.values = append(c.values, strings.ToLower(v))
	}
	s.leaves = append(s.leaves, c)
	return clause{leaf: len(s.leaves) - 1}, true, nil
}

// arrange finds which places matter, and which clauses need one place only.
func (s *scheme) arrange() {
	for i, d := range s.dims {
		s.uses[d.place].dims = append(s.uses[d.place].dims, i)
	}
	for i, c := range s.leaves {
		s.uses[c.dim.place].leaves = append(s.uses[c.dim.place].leaves, i)
	}
	for i, c := range s.all {
		var in []place
		c.eachLeaf(func(leaf int) {
			if p := s.leaves[leaf].dim.place; !slices.Contains(in, p) {
				in = append(in, p)
			}
		})
		if len(in) == 1 {
			s.uses[in[0]].clauses = append(s.uses[in[0]].clauses, i)
		}
	}
	for p := range placeCount {
		u := &s.uses[p]
		u.ids, u.parts = map[part]uint32{}, make([]part, 1)
		if len(u.dims)+len(u.leaves) > 0 {
			s.places = append(s.places, p)
		}
	}
}

// needs reports whether a place matters.
func (s *scheme) needs(p place) bool { return slices.Contains(s.places, p) }

// labelled lists the dimensions whose labels conditions look at.
func (s *scheme) labelled() []*dimension {
	var out []*dimension
	for _, c := range s.leaves {
		switch c.operator {
		case OpContains, OpNotContain, OpStarts:
			if c.dim.names != "" {
				out = append(out, c.dim)
			}
		}
	}
	return out
}

// part returns the part of entries of a place with these values; 0 = kept out.
func (s *scheme) part(p place, value func(d *dimension) int64) uint32 {
	u := &s.uses[p]
	var key part
	for _, i := range u.dims {
		key.values[i] = value(s.dims[i])
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, i := range u.leaves {
		if s.leaves[i].met(s, value(s.leaves[i].dim)) {
			key.meets |= 1 << i
		}
	}
	for _, i := range u.clauses {
		if !s.all[i].holds(key.meets) {
			return 0
		}
	}
	id, ok := u.ids[key]
	if !ok {
		id = uint32(len(u.parts))
		u.ids[key] = id
		u.parts = append(u.parts, key)
	}
	return id
}

// undefined returns the part of facts that know nothing of a place.
func (s *scheme) undefined(p place) uint32 {
	return s.part(p, func(*dimension) int64 { return 0 })
}

// group puts parts together, one for each of s.places, none of them 0.
func (s *scheme) group(parts []uint32) uint32 {
	s.mu.Lock()
	defer s.mu.Unlock()
	var whole part
	for i, n := range parts {
		u := &s.uses[s.places[i]]
		one := &u.parts[n]
		for _, d := range u.dims {
			whole.values[d] = one.values[d]
		}
		whole.meets |= one.meets
	}
	for _, c := range s.all {
		if !c.holds(whole.meets) {
			return 0
		}
	}
	g, ok := s.groups[whole.values]
	if !ok {
		g = uint32(len(s.keys))
		s.groups[whole.values] = g
		s.keys = append(s.keys, whole.values)
	}
	return g
}

// count is one more than the greatest group.
func (s *scheme) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.keys)
}

// met says whether a value meets the condition; what was found out is remembered.
func (c *condition) met(s *scheme, value int64) bool {
	met, ok := c.known[value]
	if !ok {
		met = c.test(s, value)
		c.known[value] = met
	}
	return met
}

func (c *condition) test(s *scheme, value int64) bool {
	key := c.dim.write(s.words, value)
	switch c.operator {
	case opKey:
		return key == c.values[0]
	case OpEmpty, OpNotEmpty:
		return (key == "") == (c.operator == OpEmpty)
	case OpIs, OpIsNot:
		return slices.Contains(c.values, strings.ToLower(key)) == (c.operator == OpIs)
	}
	label := strings.ToLower(s.label(c.dim, value))
	found := slices.ContainsFunc(c.values, func(v string) bool {
		if c.operator == OpStarts {
			return strings.HasPrefix(label, v)
		}
		return strings.Contains(label, v)
	})
	return found == (c.operator != OpNotContain)
}
