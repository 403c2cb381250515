package emulator

import (
	"slices"
	"strconv"
	"strings"
)

// itemMethods are crm.item.*, which know all kinds of records by entityTypeId.
func (s *Server) itemMethods() map[string]method {
	with := func(run func(*call, *table) (any, *refusal)) func(*call) (any, *refusal) {
		return func(c *call) (any, *refusal) {
			t := c.state.tables[whole(c.params.get("entitytypeid"))]
			if t == nil {
				return nil, notFound("Смарт-процесс не найден")
			}
			return run(c, t)
		}
	}
	return map[string]method{
		"crm.item.add":    {scope: "crm", writes: true, run: with((*call).itemAdd)},
		"crm.item.update": {scope: "crm", writes: true, run: with((*call).itemUpdate)},
		"crm.item.delete": {scope: "crm", writes: true, run: with((*call).itemDelete)},
		"crm.item.get":    {scope: "crm", run: with((*call).itemGet)},
		"crm.item.list":   {scope: "crm", run: with((*call).itemList)},
		"crm.item.fields": {scope: "crm", run: with((*call).itemFields)},
	}
}

// itemInput reads camelCase fields; unknown ones are left out.
func (c *call) itemInput(t *table) (input, *refusal) {
	fields, ok := c.params.get("fields").(*arr)
	if !ok {
		return nil, &refusal{400, "100", "Could not find value for parameter {fields}"}
	}
	in := input{}
	for _, name := range fields.names() {
		switch f := t.byItem[name]; {
		case name == "contactIds":
			in["CONTACT_IDS"] = fields.get(name)
		case name == "fm":
			t.multiInput(in, fields.get(name))
		case f != nil:
			in[f.name] = fields.get(name)
		}
	}
	return in, nil
}

// multiInput takes [{typeId: "PHONE", valueType, value}] apart by type.
func (t *table) multiInput(in input, value any) {
	rows, _ := value.(*arr)
	for _, v := range rows.values() {
		row, _ := v.(*arr)
		name := text(row.get("typeId"))
		if f := t.byName[name]; f == nil || f.kind != kindMulti {
			continue
		}
		own, _ := in[name].(*arr)
		if own == nil {
			own = &arr{}
			in[name] = own
		}
		one := obj("VALUE_TYPE", row.get("valueType"))
		for from, to := range map[string]string{"id": "ID", "value": "VALUE", "delete": "DELETE"} {
			if row.has(from) {
				one.set(to, row.get(from))
			}
		}
		own.push(one)
	}
}

func refuseItemField(wrong *invalidField) *refusal {
	return &refusal{400, "CRM_FIELD_ERROR_VALUE_NOT_VALID", `Неверное значение поля "` + wrong.field.item + `"`}
}

func (c *call) itemAdd(t *table) (any, *refusal) {
	in, refused := c.itemInput(t)
	if refused != nil {
		return nil, refused
	}
	r, wrong := c.add(t, in, c.actor())
	if wrong != nil {
		return nil, refuseItemField(wrong)
	}
	return obj("item", c.item(t, r, t.fields)), nil
}

func (c *call) itemRecord(t *table) (*record, *refusal) {
	if r := t.byID[whole(c.params.get("id"))]; r != nil {
		return r, nil
	}
	return nil, notFound("Элемент не найден")
}

func (c *call) itemUpdate(t *table) (any, *refusal) {
	r, refused := c.itemRecord(t)
	if refused != nil {
		return nil, refused
	}
	in, refused := c.itemInput(t)
	if refused != nil {
		return nil, refused
	}
	if wrong := c.change(t, r, in, c.actor()); wrong != nil {
		return nil, refuseItemField(wrong)
	}
	return obj("item", c.item(t, r, t.fields)), nil
}

func (c *call) itemDelete(t *table) (any, *refusal) {
	r, refused := c.itemRecord(t)
	if refused != nil {
		return nil, refused
	}
	c.drop(t, r, c.actor())
	return list(), nil
}

func (c *call) itemGet(t *table) (any, *refusal) {
	r, refused := c.itemRecord(t)
	if refused != nil {
		return nil, refused
	}
	return obj("item", c.item(t, r, t.fields)), nil
}

// name is what crm.item.* calls a field in this call.
func (c *call) name(f *field) string {
	if f.user && yes(c.params.get("useoriginalufnames")) {
		return f.name
	}
	return f.item
}

func (c *call) item(t *table, r *record, fields []*field) *arr {
	out := &arr{}
	for _, f := range fields {
		if f.kind != kindMulti {
			out.set(c.name(f), r.modern(f))
		}
	}
	if t.typeID == dealType {
		contacts := &arr{}
		for _, b := range r.contacts {
			contacts.push(b.contact)
		}
		out.set("contactIds", contacts)
	}
	if t.byName["PHONE"] != nil && (len(fields) == len(t.fields) || c.asks("fm")) {
		out.set("fm", r.modernMulti())
	}
	out.set("entityTypeId", t.typeID)
	return out
}

// asks reports whether a field is named in select.
func (c *call) asks(name string) bool {
	asked, _ := c.params.get("select").(*arr)
	return slices.ContainsFunc(asked.values(), func(v any) bool { return text(v) == name })
}

func (c *call) itemList(t *table) (any, *refusal) {
	found, refused := c.strictFind(t, func(name string) *field { return t.byItem[name] })
	if refused != nil {
		return nil, refused
	}
	chosen, out := c.selected(t.fields, func(f *field) string { return f.item }), &arr{}
	for _, r := range found {
		out.push(c.item(t, r, chosen))
	}
	return obj("items", out), nil
}

func (c *call) itemFields(t *table) (any, *refusal) {
	out := &arr{}
	for _, f := range t.fields {
		if f.kind != kindMulti {
			described := f.describe()
			described.set("upperName", f.name)
			out.set(c.name(f), described)
		}
	}
	return obj("fields", out), nil
}

// selected are the fields a request asks for; all of them when it names none or *.
func (c *call) selected(all []*field, name func(*field) string) []*field {
	asked, _ := c.params.get("select").(*arr)
	names := make([]string, 0, asked.len())
	for _, v := range asked.values() {
		names = append(names, text(v))
	}
	if len(names) == 0 || slices.Contains(names, "*") {
		return all
	}
	var out []*field
	for _, f := range all {
		if own := name(f); own == "id" || own == "ID" || slices.Contains(names, own) || slices.Contains(names, f.name) {
			out = append(out, f)
		}
	}
	return out
}

// strictFind reads filter and order as the newer methods do: an unknown field or a wrong value is an error, conditions can be grouped.
func (c *call) strictFind(t *table, lookup func(name string) *field) ([]*record, *refusal) {
	filter, _ := c.params.get("filter").(*arr)
	sort, _ := c.params.get("order").(*arr)
	p := c.page()
	for _, name := range sort.names() {
		f, direction := lookup(name), strings.ToUpper(text(sort.get(name)))
		switch {
		case f == nil || f.kind == kindMulti:
			return nil, invalidArgument("Invalid order: field '" + name + "' is not allowed in order")
		case direction != "ASC" && direction != "DESC":
			return nil, invalidArgument("Invalid order: allowed sort directions are `ASC, DESC`. But got '" + direction + "' for field '" + name + "'")
		}
		p.sort = append(p.sort, sorting{f, direction == "DESC"})
	}
	test, refused := group(filter, lookup, 0)
	if refused != nil {
		return nil, refused
	}
	known := conditions(filter)
	if strings.EqualFold(text(filter.get("logic")), "OR") {
		known = nil
	}
	return c.find(t, known, []match{test}, p), nil
}

func invalidArgument(text string) *refusal { return &refusal{400, "INVALID_ARG_VALUE", text} }

// group reads a filter whose numbered keys are groups of their own, each with a logic.
func group(filter *arr, lookup func(name string) *field, depth int) (match, *refusal) {
	var tests []match
	for _, key := range filter.names() {
		var test match
		inner, nested := filter.get(key).(*arr)
		_, err := strconv.Atoi(key)
		switch {
		case key == "logic":
			continue
		case err == nil && nested && depth < maxDepth:
			var refused *refusal
			if test, refused = group(inner, lookup, depth+1); refused != nil {
				return nil, refused
			}
		default:
			op, name := splitKey(key)
			f := lookup(name)
			if f == nil {
				return nil, invalidArgument("Invalid filter: field '" + name + "' is not allowed in filter")
			}
			var ok bool
			if test, ok = (condition{op, name, filter.get(key)}).compile(f); !ok {
				return nil, invalidArgument("Invalid filter: field '" + name + "' has invalid value")
			}
		}
		tests = append(tests, test)
	}
	if strings.EqualFold(text(filter.get("logic")), "OR") {
		return func(r *record) bool { return slices.ContainsFunc(tests, func(m match) bool { return m(r) }) }, nil
	}
	return func(r *record) bool { return !slices.ContainsFunc(tests, func(m match) bool { return !m(r) }) }, nil
}
