package emulator

import (
	"cmp"
	"slices"
	"strings"
)

// pageSize is what a list gives at once, and not to be changed.
const pageSize = 50

// page is what a list method asks for besides the filter.
type page struct {
	start int
	// uncounted: start=-1 leaves out total and next.
	uncounted bool
	sort      []sorting
}

type sorting struct {
	field *field
	down  bool
}

func (c *call) page() page {
	start := whole(c.params.get("start"))
	return page{start: max(start, 0), uncounted: start < 0}
}

// find lists the records of a table that pass all tests, one page of them, and says in the call how many there are.
func (c *call) find(t *table, filter []condition, tests []match, p page) []*record {
	from, byID := t.narrow(filter), len(p.sort) == 0 || p.sort[0].field.name == "ID" && !p.sort[0].down
	found := []*record{}
	for _, r := range from {
		if !slices.ContainsFunc(tests, func(m match) bool { return !m(r) }) {
			found = append(found, r)
		}
		if p.uncounted && byID && len(found) == pageSize {
			break
		}
	}
	if !byID {
		slices.SortStableFunc(found, func(a, b *record) int { return p.compare(a, b) })
	}
	return slice(c, found, p)
}

// slice cuts one page out and sets total and next of the answer.
func slice[T any](c *call, found []T, p page) []T {
	total := len(found)
	if p.uncounted {
		c.total = 0
		return found[:min(pageSize, total)]
	}
	c.total = total
	if p.start+pageSize < total {
		c.next = p.start + pageSize
	}
	return found[min(p.start, total):min(p.start+pageSize, total)]
}

func (p page) compare(a, b *record) int {
	for _, s := range p.sort {
		sign := order(a.key(s.field), b.key(s.field))
		if sign != 0 {
			if s.down {
				return -sign
			}
			return sign
		}
	}
	return cmp.Compare(a.id, b.id)
}

// narrow uses an index where the filter allows it; what it returns is in order of id.
func (t *table) narrow(filter []condition) []*record {
	for _, c := range filter {
		if c.op != "=" && c.op != "@" {
			continue
		}
		var index func(option string) map[int]bool
		switch c.name {
		case "ID", "id":
			index = func(option string) map[int]bool { return t.only(whole(option)) }
		case "ORIGIN_ID", "originId":
			index = func(option string) map[int]bool { return t.byOrigin[option] }
		case "CONTACT_ID", "contactId":
			index = func(option string) map[int]bool { return t.byContact[whole(option)] }
		default:
			continue
		}
		ids, usable := map[int]bool{}, true
		for _, option := range c.options() {
			usable = usable && option != "" && option != "0"
			for id := range index(option) {
				ids[id] = true
			}
		}
		if usable {
			return t.pick(ids)
		}
	}
	return t.rows[t.firstAfter(filter):]
}

func (t *table) only(id int) map[int]bool {
	if t.byID[id] == nil {
		return nil
	}
	return map[int]bool{id: true}
}

// firstAfter skips what a filter >ID leaves out.
func (t *table) firstAfter(filter []condition) int {
	for _, c := range filter {
		if _, many := c.value.(*arr); strings.EqualFold(c.name, "ID") && c.op == ">" && !many {
			i, _ := t.position(whole(c.value) + 1)
			return i
		}
	}
	return 0
}
