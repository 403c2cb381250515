package emulator

import (
	"slices"
	"strings"
)

func lower(s string) string { return strings.ToLower(s) }

// newLead makes a lead; the card's id is given here.
func (st *state) newLead(card Card, price, pipeline, status int64) *Lead {
	card.ID = st.leads.id()
	if card.Name == "" {
		card.Name = "Сделка #" + itoa(card.ID)
	}
	if card.UpdatedAt == 0 {
		card.UpdatedAt, card.UpdatedBy = card.CreatedAt, card.CreatedBy
	}
	l := &Lead{Card: card, Price: price, PipelineID: pipeline, StatusID: status}
	if closed(status) {
		l.ClosedAt = card.UpdatedAt
	}
	st.leads.put(l.ID, l)
	st.counts.Leads++
	return l
}

// newPerson makes a contact or a company.
func (st *state) newPerson(e Entity, card Card) *Contact {
	t := st.people(e)
	card.ID = t.id()
	if card.UpdatedAt == 0 {
		card.UpdatedAt, card.UpdatedBy = card.CreatedAt, card.CreatedBy
	}
	p := &Contact{Card: card, Entity: e}
	t.put(p.ID, p)
	if e == Companies {
		st.counts.Companies++
	} else {
		st.counts.Contacts++
	}
	return p
}

// linkLead puts a contact or company to a lead. The first contact is the main one; a new main one takes the place of the old.
func (st *state) linkLead(l *Lead, p *Contact, main bool) {
	if !slices.Contains(p.Leads, l.ID) {
		p.Leads = append(p.Leads, l.ID)
	}
	if p.Entity == Companies {
		st.unlinkCompany(l, p.ID)
		l.CompanyID = p.ID
		return
	}
	i := slices.IndexFunc(l.Contacts, func(c LeadContact) bool { return c.ID == p.ID })
	if i < 0 {
		l.Contacts = append(l.Contacts, LeadContact{ID: p.ID})
		i = len(l.Contacts) - 1
	}
	if main || len(l.Contacts) == 1 {
		for j := range l.Contacts {
			l.Contacts[j].IsMain = j == i
		}
	}
}

// unlinkCompany takes away the company a lead has, unless it is the one to be there.
func (st *state) unlinkCompany(l *Lead, keep int64) {
	if old := st.companies.byID[l.CompanyID]; old != nil && old.ID != keep {
		old.Leads = slices.DeleteFunc(old.Leads, func(id int64) bool { return id == l.ID })
	}
}

// unlinkLead takes a contact or company away from a lead.
func (st *state) unlinkLead(l *Lead, p *Contact) {
	p.Leads = slices.DeleteFunc(p.Leads, func(id int64) bool { return id == l.ID })
	if p.Entity == Companies {
		if l.CompanyID == p.ID {
			l.CompanyID = 0
		}
		return
	}
	l.Contacts = slices.DeleteFunc(l.Contacts, func(c LeadContact) bool { return c.ID == p.ID })
	if len(l.Contacts) > 0 && !slices.ContainsFunc(l.Contacts, func(c LeadContact) bool { return c.IsMain }) {
		l.Contacts[0].IsMain = true
	}
}

// link puts a contact into a company.
func (st *state) link(person, company *Contact) { person.CompanyID = company.ID }

// cardChange is what a request says about a card; nil = nothing.
type cardChange struct {
	requestID                         string
	name                              *string
	responsible, createdBy, updatedBy *int64
	createdAt, updatedAt              *int64
	fields                            fieldsChange
	clearFields                       bool
	tags                              tagsChange
}

var cardNames = []string{
	"id", "name", "responsible_user_id", "group_id", "created_by", "updated_by", "created_at", "updated_at", "custom_fields_values", "tags_to_add", "tags_to_delete",
	"request_id", "_embedded", "is_deleted", "account_id", "_links", "closest_task_at",
}

// readCard reads what all cards have.
func (s *Server) readCard(in input, e Entity, place int) cardChange {
	in.notNull("name", "responsible_user_id", "created_at", "updated_at")
	ch := cardChange{
		requestID: in.requestID(place), name: in.text("name"), responsible: in.number("responsible_user_id"), createdBy: in.number("created_by"),
		updatedBy: in.number("updated_by"), createdAt: in.number("created_at"), updatedAt: in.number("updated_at"),
		clearFields: in.present("custom_fields_values") && !in.has("custom_fields_values"),
	}
	if ch.responsible != nil {
		if u := s.state.user(*ch.responsible); u == nil || !u.Active {
			in.fail("responsible_user_id", codeChoice)
		}
	}
	s.mustBeUser(in, "created_by", ch.createdBy)
	s.mustBeUser(in, "updated_by", ch.updatedBy)
	ch.fields = s.state.readFields(in, e)
	ch.tags = s.state.readTags(in, e)
	return ch
}

// mustBeUser refuses an id that is neither a user's nor 0, which is a robot's.
func (s *Server) mustBeUser(in input, name string, id *int64) {
	if id != nil && *id != 0 && s.state.user(*id) == nil {
		in.fail(name, codeChoice)
	}
}

// fresh is a new card of what was asked for.
func (ch cardChange) fresh(c *call) Card {
	card := Card{ResponsibleUserID: c.user, CreatedBy: c.user, CreatedAt: c.now, UpdatedBy: c.user, UpdatedAt: c.now}
	set(&card.Name, ch.name)
	set(&card.ResponsibleUserID, ch.responsible)
	set(&card.CreatedBy, ch.createdBy)
	set(&card.CreatedAt, ch.createdAt)
	set(&card.UpdatedBy, ch.updatedBy)
	set(&card.UpdatedAt, ch.updatedAt)
	card.setFields(ch.fields)
	return card
}

// apply changes a card that is there.
func (ch cardChange) apply(card *Card, c *call) {
	card.UpdatedBy, card.UpdatedAt = c.user, max(c.now, card.UpdatedAt)
	set(&card.Name, ch.name)
	set(&card.ResponsibleUserID, ch.responsible)
	set(&card.CreatedBy, ch.createdBy)
	set(&card.CreatedAt, ch.createdAt)
	set(&card.UpdatedBy, ch.updatedBy)
	set(&card.UpdatedAt, ch.updatedAt)
	if ch.clearFields {
		card.Fields = nil
	}
	card.setFields(ch.fields)
}

func set[T any](to, from *T) {
	if from != nil {
		*to = *from
	}
}

// responsibleChanged keeps a change of the responsible user in the log and tells who listens.
func (s *Server) responsibleChanged(e Entity, card *Card, before, by, at int64, body form) {
	if before == card.ResponsibleUserID {
		return
	}
	user := func(id int64) []any { return []any{object{"responsible_user": object{"id": id}}} }
	s.state.record("entity_responsible_changed", e, card.ID, by, at, user(before), user(card.ResponsibleUserID))
	s.hooks.add("responsible_"+e.one(), hookEntity(e), "responsible", body)
}

// commonJSON is what all cards show.
func (s *Server) commonJSON(c *call, e Entity, card *Card) object {
	return object{
		"id": card.ID, "name": card.Name, "responsible_user_id": card.ResponsibleUserID, "group_id": 0, "created_by": card.CreatedBy,
		"updated_by": card.UpdatedBy, "created_at": card.CreatedAt, "updated_at": card.UpdatedAt, "closest_task_at": nil, "is_deleted": card.Deleted,
		"custom_fields_values": s.state.fieldsJSON(e, card), "account_id": s.state.accountID, "_links": c.self("/api/v4/%s/%d", e, card.ID),
	}
}

// written is what an item of a write is answered with.
func (c *call) written(e Entity, card *Card, requestID string) object {
	return object{"id": card.ID, "updated_at": card.UpdatedAt, "request_id": requestID, "_links": c.self("/api/v4/%s/%d", e, card.ID)}
}

func (c *call) writtenList(e Entity, items []object) answer {
	return ok(object{"_links": c.here(), "_embedded": object{string(e): items}})
}
