package emulator

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// idSet is the ids a filter asks for; nil lets everything through.
type idSet map[int64]bool

func (n *node) ids() idSet {
	if n.empty() {
		return nil
	}
	set := idSet{}
	for _, text := range n.list() {
		if id, err := strconv.ParseInt(text, 10, 64); err == nil {
			set[id] = true
		}
	}
	return set
}

func (s idSet) lets(id int64) bool { return s == nil || s[id] }

// wordSet is like idSet for words.
type wordSet map[string]bool

func (n *node) words() wordSet {
	if n.empty() {
		return nil
	}
	set := wordSet{}
	for _, text := range n.list() {
		set[strings.TrimSpace(text)] = true
	}
	return set
}

func (s wordSet) lets(word string) bool { return s == nil || s[word] }

// span is a range of numbers, mostly times, both ends included; without a side it is open there.
type span struct {
	from, to       int64
	hasFrom, hasTo bool
}

// span reads [from] and [to]. A bare value is exact, or the beginning and the end when there are two.
func (n *node) span() span {
	var out span
	out.from, out.hasFrom = n.at("from").int()
	out.to, out.hasTo = n.at("to").int()
	if !n.set {
		return out
	}
	first, second, two := strings.Cut(n.value, ",")
	from, errFrom := strconv.ParseInt(first, 10, 64)
	to := from
	if two {
		to, _ = strconv.ParseInt(second, 10, 64)
	}
	if errFrom == nil {
		return span{from: from, to: to, hasFrom: true, hasTo: true}
	}
	return out
}

func (s span) lets(v int64) bool {
	return (!s.hasFrom || v >= s.from) && (!s.hasTo || v <= s.to)
}

// stagePair is a pipeline and a status; a zero pipeline is any.
type stagePair struct{ pipeline, status int64 }

func (n *node) stages() []stagePair {
	var out []stagePair
	for _, key := range n.keys {
		pipeline, _ := n.kids[key].at("pipeline_id").int()
		status, _ := n.kids[key].at("status_id").int()
		out = append(out, stagePair{pipeline, status})
	}
	return out
}

func stageLets(pairs []stagePair, pipeline, status int64) bool {
	return len(pairs) == 0 || slices.ContainsFunc(pairs, func(p stagePair) bool {
		return p.status == status && (p.pipeline == 0 || p.pipeline == pipeline)
	})
}

// cardFilter is what lists of leads, contacts and companies have in common.
type cardFilter struct {
	ids, responsible, createdBy, updatedBy idSet
	created, updated                       span
	names                                  wordSet
	query                                  string
	fields                                 *node
}

func (c *call) cardFilter() cardFilter {
	f := c.query.at("filter")
	return cardFilter{
		ids: f.at("id").ids(), responsible: f.at("responsible_user_id").ids(), createdBy: f.at("created_by").ids(), updatedBy: f.at("updated_by").ids(),
		created: f.at("created_at").span(), updated: f.at("updated_at").span(), names: f.at("name").words(),
		query: needle(c.query.at("query").value), fields: f.at("custom_fields_values"),
	}
}

func (f cardFilter) lets(card *Card) bool {
	return f.ids.lets(card.ID) && f.responsible.lets(card.ResponsibleUserID) && f.createdBy.lets(card.CreatedBy) && f.updatedBy.lets(card.UpdatedBy) &&
		f.created.lets(card.CreatedAt) && f.updated.lets(card.UpdatedAt) && f.names.lets(card.Name) &&
		(f.query == "" || strings.Contains(card.haystack, f.query)) && f.letsFields(card)
}

// letsFields compares filter[custom_fields_values][field id][]=value.
func (f cardFilter) letsFields(card *Card) bool {
	for _, key := range f.fields.keys {
		id, _ := strconv.ParseInt(key, 10, 64)
		wanted := f.fields.kids[key].words()
		if !slices.ContainsFunc(card.values(id), func(v Value) bool { return wanted[v.text()] }) {
			return false
		}
	}
	return true
}

// needle is a search text in the form haystacks are kept in: lower case, and telephone numbers as digits alone.
func needle(query string) string {
	query = strings.ToLower(strings.TrimSpace(query))
	if d := digits(query); len(d) >= 5 && strings.Trim(query, "0123456789 +-()") == "" {
		return d
	}
	return query
}

func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
}

// last10 is what telephone numbers are compared by; shorter ones are whole.
func last10(phone string) string {
	d := digits(phone)
	return d[max(0, len(d)-10):]
}

// sortCards puts cards into the order asked for; without one they stay in that of their ids.
func sortCards[T any](c *call, rows []T, card func(T) *Card) {
	order := c.query.at("order")
	for _, key := range order.keys {
		get, known := map[string]func(*Card) int64{
			"id":         func(k *Card) int64 { return k.ID },
			"created_at": func(k *Card) int64 { return k.CreatedAt },
			"updated_at": func(k *Card) int64 { return k.UpdatedAt },
		}[key]
		if !known {
			continue
		}
		sign := 1
		if order.kids[key].value == "desc" {
			sign = -1
		}
		slices.SortStableFunc(rows, func(a, b T) int { return sign * cmp.Compare(get(card(a)), get(card(b))) })
		return
	}
}

// pageOf is which rows of a list were asked for.
type pageOf struct{ number, limit int }

const (
	pageDefault = 50
	pageMost    = 250
)

// page reads page and limit; what is too large is cut.
func (c *call) page(most int) pageOf {
	p := pageOf{number: 1, limit: min(pageDefault, most)}
	if n, ok := c.query.at("page").int(); ok && n > 0 {
		p.number = int(min(n, 1<<31))
	}
	if n, ok := c.query.at("limit").int(); ok && n > 0 {
		p.limit = int(min(n, int64(most)))
	}
	return p
}

// slice returns the page's rows and whether there are more.
func slicePage[T any](p pageOf, rows []T) (part []T, more bool) {
	from := min((p.number-1)*p.limit, len(rows))
	to := min(from+p.limit, len(rows))
	return rows[from:to], to < len(rows)
}

// listPage answers with a page of rows, or 204 when there are none.
func listPage[T any](c *call, name string, rows []T, p pageOf, render func(T) object) answer {
	part, more := slicePage(p, rows)
	if len(part) == 0 {
		return nothing()
	}
	out := make([]object, len(part))
	for i, row := range part {
		out[i] = render(row)
	}
	links := c.here()
	if more {
		links["next"] = c.pageLink(p.number + 1)
	}
	if p.number > 1 {
		links["first"], links["prev"] = c.pageLink(1), c.pageLink(p.number-1)
	}
	return ok(object{"_page": p.number, "_links": links, "_embedded": object{name: out}})
}

// pageLink is this request with another page.
func (c *call) pageLink(number int) object {
	values := c.r.URL.Query()
	values.Set("page", strconv.Itoa(number))
	return c.href("%s?%s", c.r.URL.Path, values.Encode())
}

// with is the set of what the caller wants besides.
func (c *call) with() wordSet { return c.query.at("with").words() }
