package emulator

import (
	"maps"
	"slices"
)

// linkChange is one pair to put together or to part.
type linkChange struct {
	from       cardKey
	to         cardKey
	main       bool
	toMetadata object
}

func (s *Server) link(c *call) answer   { return s.changeLinks(c, true) }
func (s *Server) unlink(c *call) answer { return s.changeLinks(c, false) }

func (s *Server) changeLinks(c *call, put bool) answer {
	items, bad := c.items(pageMost)
	if bad != nil {
		return *bad
	}
	changes := make([]linkChange, len(items))
	for i, in := range items {
		changes[i] = s.readLink(c, in)
	}
	if c.id != 0 && s.state.card(c.entity, c.id) == nil {
		return problem(404, notFound[c.entity])
	}
	if bad := refuse(items...); bad != nil {
		return *bad
	}
	out := make([]object, len(changes))
	for i, ch := range changes {
		s.changeLink(c, ch, put)
		out[i] = ch.json()
	}
	if !put {
		return nothing()
	}
	return ok(object{"_total_items": len(out), "_links": c.here(), "_embedded": object{"links": out}})
}

func (ch linkChange) json() object {
	return object{
		"entity_id": ch.from.id, "entity_type": ch.from.entity, "to_entity_id": ch.to.id, "to_entity_type": ch.to.entity, "metadata": ch.toMetadata,
	}
}

func (s *Server) readLink(c *call, in input) linkChange {
	in.allow("entity_id", "to_entity_id", "to_entity_type", "metadata", "request_id")
	in.require("to_entity_id", "to_entity_type")
	ch := linkChange{from: cardKey{c.entity, c.id}}
	if c.id == 0 {
		in.require("entity_id")
		set(&ch.from.id, in.number("entity_id"))
		if in.has("entity_id") && s.state.card(ch.from.entity, ch.from.id) == nil {
			in.fail("entity_id", codeChoice)
		}
	}
	if v := in.text("to_entity_type"); v != nil {
		ch.to.entity = Entity(*v)
		if !ch.to.entity.known() || ch.to.entity == c.entity {
			in.fail("to_entity_type", codeChoice)
			return ch
		}
	}
	if v := in.number("to_entity_id"); v != nil {
		ch.to.id = *v
		if ch.to.entity.known() && s.state.card(ch.to.entity, *v) == nil {
			in.fail("to_entity_id", codeChoice)
		}
	}
	meta := in.sub("metadata")
	ch.main = meta.flag("is_main") || meta.flag("main_contact")
	if in.has("metadata") {
		ch.toMetadata = plainObject(meta.object)
	}
	return ch
}

// changeLink puts two cards together or parts them, whichever way round they were named.
func (s *Server) changeLink(c *call, ch linkChange, put bool) {
	from, to := ch.from, ch.to
	if to.entity == Leads || from.entity == Companies && to.entity == Contacts {
		from, to = to, from
	}
	person := s.state.people(to.entity).byID[to.id]
	if from.entity == Contacts {
		contact := s.state.contacts.byID[from.id]
		contact.CompanyID = 0
		if put {
			s.state.link(contact, person)
		}
		return
	}
	lead := s.state.leads.byID[from.id]
	before := *lead
	kind := "entity_linked"
	if put {
		s.state.linkLead(lead, person, ch.main)
	} else {
		s.state.unlinkLead(lead, person)
		kind = "entity_unlinked"
	}
	lead.UpdatedAt, lead.UpdatedBy = max(c.now, lead.UpdatedAt), c.user
	s.state.record(kind, Leads, lead.ID, c.user, c.now, nil, []any{object{"link": object{"entity": object{"id": to.id, "type": to.entity.one()}}}})
	s.hooks.add("update_lead", "leads", "update", s.leadForm(lead, &before))
}

// listLinks lists what a card, or several by filter[entity_id], is linked to.
func (s *Server) listLinks(c *call) answer {
	f := c.query.at("filter")
	toID, toType := f.at("to_entity_id").ids(), f.at("to_entity_type").words()
	wanted := []int64{c.id}
	if c.id == 0 {
		wanted = slices.Sorted(maps.Keys(f.at("entity_id").ids()))
	} else if s.state.card(c.entity, c.id) == nil {
		return problem(404, notFound[c.entity])
	}
	out := []object{}
	for _, id := range wanted {
		for _, l := range s.linksOf(cardKey{c.entity, id}) {
			if toID.lets(l.to.id) && toType.lets(string(l.to.entity)) {
				out = append(out, l.json())
			}
		}
	}
	if len(out) == 0 {
		return nothing()
	}
	return ok(object{"_total_items": len(out), "_links": c.here(), "_embedded": object{"links": out}})
}

func (s *Server) linksOf(key cardKey) []linkChange {
	var out []linkChange
	add := func(e Entity, id int64, meta object) {
		if s.state.card(e, id) != nil {
			out = append(out, linkChange{from: key, to: cardKey{e, id}, toMetadata: meta})
		}
	}
	if s.state.card(key.entity, key.id) == nil {
		return nil
	}
	if key.entity == Leads {
		l := s.state.leads.byID[key.id]
		for _, p := range l.Contacts {
			add(Contacts, p.ID, object{"main_contact": p.IsMain})
		}
		add(Companies, l.CompanyID, nil)
		return out
	}
	p := s.state.people(key.entity).byID[key.id]
	for _, id := range p.Leads {
		add(Leads, id, nil)
	}
	add(Companies, p.CompanyID, nil)
	if key.entity == Companies {
		for _, id := range s.contactsOf(key.id) {
			add(Contacts, id, nil)
		}
	}
	return out
}
