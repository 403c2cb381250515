package emulator

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"
)

// actor is who changes something: it goes into the record and into the events' auth.
type actor struct {
	ctx  context.Context //nolint:containedctx // lives as long as the change
	user int
	// connector is the auth_connector of the request: offline events bound with the same one do not tell of this change.
	connector string
	base      string
}

func (c *call) actor() actor {
	return actor{ctx: c.ctx, user: c.who.user, connector: text(c.params.get("auth_connector")), base: c.base}
}

// input are fields to write, by their classic names, as they came.
type input map[string]any

// invalidField is a value the portal refuses; classic and crm.item methods word it differently.
type invalidField struct{ field *field }

// add creates a record.
func (s *Server) add(t *table, in input, who actor) (*record, *invalidField) {
	if wrong := s.check(t, nil, in); wrong != nil {
		return nil, wrong
	}
	now := s.now().Truncate(time.Second)
	r := t.insert()
	for name, value := range map[string]any{
		"DATE_CREATE": now, "CREATED_BY_ID": who.user, "ASSIGNED_BY_ID": who.user, "OPENED": "N", "MOVED_BY_ID": who.user, "MOVED_TIME": now,
		"OPPORTUNITY": 0.0, "IS_MANUAL_OPPORTUNITY": "N", "CURRENCY_ID": "RUB", "TYPE_ID": s.defaultType(t), "IS_RETURN_CUSTOMER": "N",
		"CATEGORY_ID": 0, "CLOSED": "N", "IS_NEW": "Y", "IS_RECURRING": "N", "IS_REPEATED_APPROACH": "N", "TAX_VALUE": 0.0, "EXPORT": "Y",
		"BEGINDATE": day(now), "CLOSEDATE": day(now.AddDate(0, 0, 7)),
	} {
		if t.byName[name] != nil {
			r.vals[name] = value
		}
	}
	if f := t.byName["TITLE"]; f != nil {
		r.vals["TITLE"] = t.title + itoa(r.id)
	}
	s.write(t, r, in, who, true)
	s.emit("ONCRM"+t.name+"ADD", fieldsOf(r.id), who)
	if t.typeID == leadType && s.state.mode == Simple {
		s.convert(t, r, who)
	}
	return r, nil
}

func (s *Server) defaultType(t *table) string {
	if t.typeID == dealType {
		return "SALE"
	}
	return "CLIENT"
}

func day(t time.Time) time.Time {
	t = t.In(portalZone())
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, portalZone()).UTC()
}

func fieldsOf(id int) *arr { return obj("FIELDS", obj("ID", itoa(id))) }

// change writes some fields of a record.
func (s *Server) change(t *table, r *record, in input, who actor) *invalidField {
	if wrong := s.check(t, r, in); wrong != nil {
		return wrong
	}
	category := r.int("CATEGORY_ID")
	s.write(t, r, in, who, false)
	if t.typeID == dealType && r.int("CATEGORY_ID") != category {
		fields := obj("ID", itoa(r.id), "CATEGORY_ID", itoa(r.int("CATEGORY_ID")), "STAGE_ID", r.text("STAGE_ID"))
		s.emit("ONCRMDEALMOVETOCATEGORY", obj("FIELDS", fields), who)
	}
	s.emit("ONCRM"+t.name+"UPDATE", fieldsOf(r.id), who)
	return nil
}

// check refuses values that do not fit: a stage of another funnel, a funnel or currency that is not there.
func (s *Server) check(t *table, r *record, in input) *invalidField {
	category := 0
	if r != nil {
		category = r.int("CATEGORY_ID")
	}
	if v, ok := in["CATEGORY_ID"]; ok && t.typeID == dealType {
		category = whole(v)
		if s.category(category) == nil {
			return &invalidField{t.byName["CATEGORY_ID"]}
		}
	}
	stage, _ := t.stageField()
	if v := text(in[stage]); stage != "" && v != "" && s.status(stageEntity(t.typeID, category), v) == nil {
		return &invalidField{t.byName[stage]}
	}
	if v := text(in["CURRENCY_ID"]); v != "" && t.byName["CURRENCY_ID"] != nil && !slices.Contains(currencies(), v) {
		return &invalidField{t.byName["CURRENCY_ID"]}
	}
	return nil
}

func currencies() []string { return []string{"RUB", "USD", "EUR", "BYN", "KZT"} }

// write sets the fields that exist and may be written, and everything that follows from them.
func (s *Server) write(t *table, r *record, in input, who actor, created bool) {
	now := s.now().Truncate(time.Second)
	t.unindex(r)
	category := r.int("CATEGORY_ID")
	stage, _ := t.stageField()
	for name, value := range in {
		f := t.byName[name]
		switch {
		case f == nil || f.readOnly:
		case f.kind == kindMulti:
			s.writeMulti(r, name, value)
		case name == "CONTACT_ID" && (t.typeID == dealType || t.typeID == leadType):
			s.bindPrimary(r, whole(value))
		case value == "" && (f.kind == kindChar || name == stage): // left as it is
		default:
			r.setValue(f, value)
		}
	}
	if ids, ok := in["CONTACT_IDS"].(*arr); ok && t.typeID == dealType {
		s.bindAll(r, ids)
	}
	if t.byName["HAS_PHONE"] != nil {
		r.vals["HAS_PHONE"], r.vals["HAS_EMAIL"] = char(len(r.multi["PHONE"]) > 0), char(len(r.multi["EMAIL"]) > 0)
	}
	if t.typeID == dealType || t.typeID == leadType {
		r.vals["CONTACT_ID"] = r.primaryContact()
		if r.primaryContact() == 0 {
			delete(r.vals, "CONTACT_ID")
		}
		s.writeStage(t, r, in, who, created, r.int("CATEGORY_ID") != category)
	}
	r.vals["DATE_MODIFY"], r.vals["MODIFY_BY_ID"] = now, who.user
	r.vals["LAST_ACTIVITY_TIME"], r.vals["LAST_ACTIVITY_BY"] = now, who.user
	t.index(r)
}

// writeStage keeps what hangs on the stage: its meaning, when it was reached, history.
func (s *Server) writeStage(t *table, r *record, in input, who actor, created, moved bool) {
	now := s.now().Truncate(time.Second)
	name, semantics := t.stageField()
	of := stageEntity(t.typeID, r.int("CATEGORY_ID"))
	stage := s.status(of, r.text(name))
	if stage == nil || moved && text(in[name]) == "" {
		stage = s.firstStage(of)
	}
	changed := created || moved || s.lastStage(t.typeID, r.id) != stage.code
	r.vals[name], r.vals[semantics] = stage.code, stage.meaning()
	closed := stage.semantics != ""
	if t.typeID == dealType {
		r.vals["CLOSED"], r.vals["IS_NEW"] = char(closed), char(stage == s.firstStage(of))
	}
	if !changed {
		return
	}
	r.vals["MOVED_TIME"], r.vals["MOVED_BY_ID"] = now, who.user
	switch {
	case closed && t.typeID == dealType && text(in["CLOSEDATE"]) == "":
		r.vals["CLOSEDATE"] = day(now)
	case closed && t.typeID == leadType:
		r.vals["DATE_CLOSED"] = now
	case t.typeID == leadType:
		delete(r.vals, "DATE_CLOSED")
	}
	s.remember(t.typeID, r, stage, created, moved)
}

// writeMulti changes phones and e-mails row by row: one with a known ID is changed, or deleted with DELETE=Y or an empty VALUE; one without is added
// even when the same value is there; rows that are not mentioned stay.
func (s *Server) writeMulti(r *record, name string, value any) {
	rows, _ := value.(*arr)
	for _, key := range rows.names() {
		row, ok := rows.get(key).(*arr)
		if !ok {
			row = obj("VALUE", rows.get(key))
		}
		id, v := whole(row.get("ID")), strings.TrimSpace(text(row.get("VALUE")))
		i := slices.IndexFunc(r.multi[name], func(m multi) bool { return m.id == id })
		switch {
		case i >= 0 && (yes(row.get("DELETE")) || row.has("VALUE") && v == ""):
			r.multi[name] = slices.Delete(r.multi[name], i, i+1)
		case i >= 0:
			m := &r.multi[name][i]
			m.value, m.valueType = or(v, m.value), or(text(row.get("VALUE_TYPE")), m.valueType)
		case v != "" && !yes(row.get("DELETE")):
			r.multi[name] = append(r.multi[name], multi{s.state.id("multi"), or(text(row.get("VALUE_TYPE")), "WORK"), v})
		}
	}
}

// bindPrimary makes a contact the primary one; 0 takes the primary one off.
func (s *Server) bindPrimary(r *record, contact int) {
	if contact == 0 {
		r.contacts = slices.DeleteFunc(r.contacts, func(b binding) bool { return b.primary })
		if len(r.contacts) > 0 {
			r.contacts[0].primary = true
		}
		return
	}
	s.bind(r, contact, true, 0)
}

// bind binds a contact that exists. The first one is always the primary one.
func (s *Server) bind(r *record, contact int, primary bool, sort int) {
	if s.state.tables[contactType].byID[contact] == nil {
		return
	}
	i := slices.IndexFunc(r.contacts, func(b binding) bool { return b.contact == contact })
	if i < 0 {
		r.contacts = append(r.contacts, binding{contact: contact, sort: or(sort, 10*(len(r.contacts)+1))})
		i = len(r.contacts) - 1
	}
	if sort != 0 {
		r.contacts[i].sort = sort
	}
	if primary || len(r.contacts) == 1 {
		for j := range r.contacts {
			r.contacts[j].primary = i == j
		}
	}
	slices.SortStableFunc(r.contacts, func(a, b binding) int { return cmp.Compare(a.sort, b.sort) })
}

func (s *Server) bindAll(r *record, ids *arr) {
	r.contacts = nil
	for _, id := range ids.values() {
		s.bind(r, whole(id), false, 0)
	}
}

// drop deletes a record, and a contact's ties with it.
func (s *Server) drop(t *table, r *record, who actor) {
	t.remove(r)
	delete(s.state.historyOf, [2]int{t.typeID, r.id})
	s.state.history = slices.DeleteFunc(s.state.history, func(h *stageRecord) bool { return h.typeID == t.typeID && h.owner == r.id })
	if t.typeID == contactType {
		for _, of := range []int{leadType, dealType} {
			bound := s.state.tables[of]
			for _, b := range bound.pick(bound.byContact[r.id]) {
				bound.unindex(b)
				b.contacts = slices.DeleteFunc(b.contacts, func(x binding) bool { return x.contact == r.id })
				if b.primaryContact() == 0 {
					s.bindPrimary(b, 0)
				}
				if b.vals["CONTACT_ID"] = b.primaryContact(); b.primaryContact() == 0 {
					delete(b.vals, "CONTACT_ID")
				}
				bound.index(b)
			}
		}
	}
	s.emit("ONCRM"+t.name+"DELETE", fieldsOf(r.id), who)
}

// convert turns a lead into a contact, unless it has one, and a deal.
func (s *Server) convert(leads *table, lead *record, who actor) (deal *record) {
	in := input{
		"TITLE": lead.text("TITLE"), "LEAD_ID": lead.id, "OPPORTUNITY": lead.float("OPPORTUNITY"), "CURRENCY_ID": lead.text("CURRENCY_ID"),
		"ASSIGNED_BY_ID": lead.int("ASSIGNED_BY_ID"), "COMPANY_ID": lead.int("COMPANY_ID"), "IS_MANUAL_OPPORTUNITY": lead.text("IS_MANUAL_OPPORTUNITY"),
	}
	copied := []string{"SOURCE_ID", "SOURCE_DESCRIPTION", "COMMENTS", "UTM_SOURCE", "UTM_MEDIUM", "UTM_CAMPAIGN", "UTM_CONTENT", "UTM_TERM"}
	for _, name := range copied {
		in[name] = lead.text(name)
	}
	if in["CONTACT_ID"] = lead.primaryContact(); lead.primaryContact() == 0 && lead.hasPerson() {
		person := input{"NAME": lead.text("NAME"), "LAST_NAME": lead.text("LAST_NAME"), "LEAD_ID": lead.id, "ASSIGNED_BY_ID": lead.int("ASSIGNED_BY_ID")}
		for _, name := range []string{"PHONE", "EMAIL"} {
			person[name] = lead.copyMulti(name)
		}
		for _, name := range copied {
			person[name] = lead.text(name)
		}
		if contact, wrong := s.add(s.state.tables[contactType], person, who); wrong == nil {
			in["CONTACT_ID"] = contact.id
		}
	}
	deal, _ = s.add(s.state.tables[dealType], in, who)
	s.change(leads, lead, input{"STATUS_ID": "CONVERTED", "CONTACT_ID": in["CONTACT_ID"]}, who)
	return deal
}

func (r *record) hasPerson() bool {
	return r.text("NAME")+r.text("LAST_NAME") != "" || len(r.multi["PHONE"])+len(r.multi["EMAIL"]) > 0
}

func (r *record) copyMulti(name string) *arr {
	out := &arr{}
	for _, m := range r.multi[name] {
		out.push(obj("VALUE", m.value, "VALUE_TYPE", m.valueType))
	}
	return out
}
