package emulator

import (
	"slices"
	"strconv"
	"strings"
)

// tagsChange is what a request says about tags: the whole set, or what to add and to take away.
type tagsChange struct {
	replace     bool
	all         []Tag // ids are 0 for names nobody has used yet
	add, remove []Tag
}

// readTags reads _embedded.tags, tags_to_add and tags_to_delete.
func (st *state) readTags(in input, e Entity) tagsChange {
	embedded := in.sub("_embedded")
	return tagsChange{
		replace: embedded.present("tags"),
		all:     st.readTagList(embedded, "tags", e),
		add:     st.readTagList(in, "tags_to_add", e),
		remove:  st.readTagList(in, "tags_to_delete", e),
	}
}

func (st *state) readTagList(in input, name string, e Entity) []Tag {
	var out []Tag
	for _, item := range in.list(name) {
		item.allow("id", "name", "color", "request_id")
		id, text := item.number("id"), item.text("name")
		switch {
		case id != nil:
			tag := st.tag(e, *id)
			if tag == nil {
				item.fail("id", codeChoice)
				continue
			}
			out = append(out, *tag)
		case text != nil && strings.TrimSpace(*text) != "":
			out = append(out, Tag{Name: strings.TrimSpace(*text)})
		case text != nil:
			item.fail("name", codeBlank)
		case !item.has("id") && !item.has("name"):
			item.fail("name", codeMissing)
		}
	}
	return out
}

func (st *state) tag(e Entity, id int64) *Tag {
	for i, t := range st.tags[e] {
		if t.ID == id {
			return &st.tags[e][i]
		}
	}
	return nil
}

// tagNamed finds a tag by name, in any case of letters, or makes it.
func (st *state) tagNamed(e Entity, name string) Tag {
	key := strings.ToLower(name)
	if t, found := st.tagByName[e][key]; found {
		return t
	}
	t := Tag{ID: st.id(), Name: name}
	st.tags[e], st.tagByName[e][key] = append(st.tags[e], t), t
	return t
}

// setTags carries a change out.
func (st *state) setTags(e Entity, card *Card, ch tagsChange) {
	tags := slices.Clone(card.Tags)
	if ch.replace {
		tags = nil
	}
	for _, t := range slices.Concat(ch.all, ch.add) {
		if t.ID == 0 {
			t = st.tagNamed(e, t.Name)
		}
		if !slices.Contains(tags, t) {
			tags = append(tags, t)
		}
	}
	for _, t := range ch.remove {
		tags = slices.DeleteFunc(tags, func(old Tag) bool { return old.ID == t.ID || strings.EqualFold(old.Name, t.Name) })
	}
	card.Tags = tags
}

func tagsJSON(tags []Tag) []object {
	out := make([]object, len(tags))
	for i, t := range tags {
		out[i] = object{"id": t.ID, "name": t.Name, "color": nil}
	}
	return out
}

func (s *Server) listTags(c *call) answer {
	ids, names := c.query.at("filter", "id").ids(), c.query.at("filter", "name").words()
	query := strings.ToLower(c.query.at("query").value)
	rows := slices.DeleteFunc(slices.Clone(s.state.tags[c.entity]), func(t Tag) bool {
		return !ids.lets(t.ID) || !names.lets(t.Name) || !strings.Contains(strings.ToLower(t.Name), query)
	})
	return listPage(c, "tags", rows, c.page(pageMost), func(t Tag) object { return tagsJSON([]Tag{t})[0] })
}

func (s *Server) addTags(c *call) answer {
	items, bad := c.items(pageMost)
	if bad != nil {
		return *bad
	}
	for _, in := range items {
		in.allow("name", "color", "request_id")
		in.require("name")
		if v := in.text("name"); v != nil && strings.TrimSpace(*v) == "" {
			in.fail("name", codeBlank)
		}
	}
	if bad := refuse(items...); bad != nil {
		return *bad
	}
	out := make([]object, len(items))
	for i, in := range items {
		t := s.state.tagNamed(c.entity, strings.TrimSpace(*in.text("name")))
		out[i] = object{"id": t.ID, "name": t.Name, "color": nil, "request_id": in.requestID(i)}
	}
	return ok(object{"_total_items": len(out), "_embedded": object{"tags": out}})
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }
