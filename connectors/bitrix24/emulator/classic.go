package emulator

import (
	"strings"
)

// classicMethods are crm.lead.*, crm.deal.*, crm.contact.* and crm.company.*.
func (s *Server) classicMethods() map[string]method {
	out := map[string]method{}
	for typeID, name := range map[int]string{leadType: "lead", dealType: "deal", contactType: "contact", companyType: "company"} {
		with := func(run func(*call, *table) (any, *refusal)) func(*call) (any, *refusal) {
			return func(c *call) (any, *refusal) { return run(c, c.state.tables[typeID]) }
		}
		out["crm."+name+".add"] = method{scope: "crm", writes: true, run: with((*call).classicAdd)}
		out["crm."+name+".update"] = method{scope: "crm", writes: true, run: with((*call).classicUpdate)}
		out["crm."+name+".delete"] = method{scope: "crm", writes: true, run: with((*call).classicDelete)}
		out["crm."+name+".get"] = method{scope: "crm", run: with((*call).classicGet)}
		out["crm."+name+".list"] = method{scope: "crm", run: with((*call).classicList)}
		out["crm."+name+".fields"] = method{scope: "crm", run: with((*call).classicFields)}
		out["crm."+name+".userfield.add"] = method{scope: "crm", writes: true, run: with((*call).userFieldAdd)}
		out["crm."+name+".userfield.list"] = method{scope: "crm", run: with((*call).userFieldList)}
	}
	return out
}

// fields reads the parameter of that name.
func (c *call) fields() (*arr, *refusal) {
	for _, name := range []string{"fields", "params"} {
		if _, ok := c.params.get(name).(*arr); !ok && (c.params.has(name) || name == "fields") {
			return nil, crmError("Parameter '" + name + "' must be array.")
		}
	}
	return c.params.get("fields").(*arr), nil
}

// input takes from the fields of a request what crm.*.add and update may write.
func classicInput(fields *arr) input {
	in := input{}
	for _, name := range fields.names() {
		in[name] = fields.get(name)
	}
	return in
}

func refuseField(wrong *invalidField) *refusal {
	return crmError("Неверное значение поля «" + fieldTitle(wrong.field.name) + "»")
}

func fieldTitle(name string) string {
	return or(map[string]string{"CURRENCY_ID": "Валюта", "STAGE_ID": "Стадия сделки", "STATUS_ID": "Статус", "CATEGORY_ID": "Воронка"}[name], name)
}

func (c *call) classicAdd(t *table) (any, *refusal) {
	fields, refused := c.fields()
	if refused != nil {
		return nil, refused
	}
	in := classicInput(fields)
	r, wrong := c.add(t, in, c.actor())
	if wrong != nil {
		return nil, refuseField(wrong)
	}
	if trace := text(in["TRACE"]); trace != "" {
		c.addTrace(trace, []TraceEntity{{Type: t.name, ID: r.id}})
	}
	return r.id, nil
}

func (c *call) record(t *table) (*record, *refusal) {
	id := whole(c.params.get("id"))
	if id <= 0 {
		return nil, crmError("ID is not defined or invalid.")
	}
	r := t.byID[id]
	if r == nil {
		return nil, crmError("Not found")
	}
	return r, nil
}

func (c *call) classicUpdate(t *table) (any, *refusal) {
	r, refused := c.record(t)
	if refused != nil {
		return nil, refused
	}
	fields, refused := c.fields()
	if refused != nil {
		return nil, refused
	}
	in := classicInput(fields)
	delete(in, "CATEGORY_ID") // a deal changes its funnel by crm.item.update only
	if wrong := c.change(t, r, in, c.actor()); wrong != nil {
		return nil, refuseField(wrong)
	}
	return true, nil
}

func (c *call) classicDelete(t *table) (any, *refusal) {
	r, refused := c.record(t)
	if refused != nil {
		return nil, refused
	}
	c.drop(t, r, c.actor())
	return true, nil
}

// classicGet shows all fields; phones and e-mails only when there are any.
func (c *call) classicGet(t *table) (any, *refusal) {
	r, refused := c.record(t)
	if refused != nil {
		return nil, refused
	}
	out := &arr{}
	for _, f := range t.fields {
		if f.kind != kindMulti || len(r.multi[f.name]) > 0 {
			out.set(f.name, r.classic(f))
		}
	}
	return out, nil
}

func (c *call) classicList(t *table) (any, *refusal) {
	found, refused := c.classicFind(t)
	if refused != nil {
		return nil, refused
	}
	chosen, out := c.classicSelect(t), &arr{}
	for _, r := range found {
		row := &arr{}
		for _, f := range chosen {
			if f.kind != kindMulti || len(r.multi[f.name]) > 0 {
				row.set(f.name, r.classic(f))
			}
		}
		out.push(row)
	}
	return out, nil
}

// classicFind reads filter and order the lenient way: what it does not know is left out.
func (c *call) classicFind(t *table) ([]*record, *refusal) {
	filter, ok := c.array("filter")
	if !ok {
		return nil, crmError("Parameter 'filter' must be array.")
	}
	sort, ok := c.array("order")
	if !ok {
		return nil, crmError("Parameter 'order' must be array.")
	}
	p := c.page()
	for _, name := range sort.names() {
		if f := t.byName[name]; f != nil && f.kind != kindMulti {
			p.sort = append(p.sort, sorting{f, strings.EqualFold(text(sort.get(name)), "desc")})
		}
	}
	var known []condition
	var tests []match
	for _, cond := range conditions(filter) {
		f := t.byName[cond.name]
		if f == nil {
			continue
		}
		test, ok := cond.compile(f)
		if !ok {
			test = func(*record) bool { return false }
		}
		known, tests = append(known, cond), append(tests, test)
	}
	return c.find(t, known, tests, p), nil
}

// array reads a parameter that must be an array when it is there; an empty string passes for an empty one.
func (c *call) array(name string) (*arr, bool) {
	v := c.params.get(name)
	a, ok := v.(*arr)
	return a, ok || v == nil || v == ""
}

// classicSelect are the fields to show: all but user fields and multi-fields when nothing is said. ID is always among them.
func (c *call) classicSelect(t *table) []*field {
	asked, _ := c.params.get("select").(*arr)
	names := map[string]bool{"ID": true}
	for _, v := range asked.values() {
		names[text(v)] = true
	}
	all, user := names["*"] || asked.len() == 0, names["UF_*"]
	var out []*field
	for _, f := range t.fields {
		if names[f.name] || all && f.kind != kindMulti && !f.user || user && f.user {
			out = append(out, f)
		}
	}
	return out
}

func (c *call) classicFields(t *table) (any, *refusal) {
	out := &arr{}
	for _, f := range t.fields {
		out.set(f.name, f.describe())
	}
	return out, nil
}

func (f *field) describe() *arr {
	of := string(f.kind)
	if f.kind == kindLink {
		of = "crm_" + strings.ToLower(strings.TrimSuffix(f.name, "_ID"))
	}
	return obj("type", of, "isRequired", false, "isReadOnly", f.readOnly, "isImmutable", f.name == "CATEGORY_ID", "isMultiple", f.kind == kindMulti,
		"isDynamic", f.user, "title", f.title)
}
