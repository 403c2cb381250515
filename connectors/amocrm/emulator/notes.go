package emulator

import (
	"slices"
)

// noteParams says which parameters a type of note must have.
var noteParams = map[string][]string{
	"common": {"text"}, "service_message": {"service", "text"}, "extended_service_message": {"service", "text"},
	"call_in": {"uniq", "duration", "source", "phone"}, "call_out": {"uniq", "duration", "source", "phone"},
	"sms_in": {"text", "phone"}, "sms_out": {"text", "phone"}, "attachment": {"file_uuid", "file_name"}, "site_visit": {"url"},
	"geolocation": {"text", "longitude", "latitude"}, "message_cashier": {"status", "text"},
}

// noteNumbers are the types' numbers in webhooks.
var noteNumbers = map[string]int64{
	"common": 4, "attachment": 5, "call_in": 10, "call_out": 11, "site_visit": 15, "message_cashier": 17, "service_message": 25,
	"extended_service_message": 27, "sms_in": 102, "sms_out": 103, "geolocation": 24,
}

func (s *Server) addNotes(c *call) answer {
	items, bad := c.items(pageMost)
	if bad != nil {
		return *bad
	}
	if c.id != 0 && s.state.card(c.entity, c.id) == nil {
		return problem(404, notFound[c.entity])
	}
	notes := make([]*Note, len(items))
	for i, in := range items {
		notes[i] = s.readNote(c, in)
	}
	if bad := refuse(items...); bad != nil {
		return *bad
	}
	out := make([]object, len(items))
	for i, n := range notes {
		s.addNote(n)
		out[i] = object{
			"id": n.ID, "entity_id": n.EntityID, "request_id": items[i].requestID(i), "_links": c.self("/api/v4/%s/%d/notes/%d", n.Entity, n.EntityID, n.ID),
		}
	}
	return ok(object{"_links": c.here(), "_embedded": object{"notes": out}})
}

func (s *Server) readNote(c *call, in input) *Note {
	in.allow("entity_id", "note_type", "params", "created_by", "updated_by", "responsible_user_id", "created_at", "updated_at", "request_id",
		"is_need_to_trigger_digital_pipeline", "id", "group_id", "account_id")
	in.require("note_type", "params")
	n := &Note{Entity: c.entity, EntityID: c.id, CreatedBy: c.user, UpdatedBy: c.user, CreatedAt: c.now, UpdatedAt: c.now}
	if c.id == 0 {
		in.require("entity_id")
		set(&n.EntityID, in.number("entity_id"))
	}
	card := s.state.card(c.entity, n.EntityID)
	if card != nil {
		n.ResponsibleUserID = card.ResponsibleUserID
	} else if in.has("entity_id") && c.id == 0 {
		in.fail("entity_id", codeChoice)
	}
	createdBy, responsible := in.number("created_by"), in.number("responsible_user_id")
	s.mustBeUser(in, "created_by", createdBy)
	s.mustBeUser(in, "responsible_user_id", responsible)
	set(&n.CreatedBy, createdBy)
	set(&n.ResponsibleUserID, responsible)
	set(&n.CreatedAt, in.number("created_at"))
	set(&n.Type, in.text("note_type"))
	n.Params = readParams(in, n.Type)
	return n
}

// readParams reads the parameters of a note; none of them may be null.
func readParams(in input, kind string) object {
	required, known := noteParams[kind]
	if !known {
		if in.has("note_type") {
			in.fail("note_type", codeChoice)
		}
		return nil
	}
	params := in.sub("params")
	if !in.has("params") {
		return nil
	}
	params.require(required...)
	for _, name := range []string{"link", "call_result", "call_status", "call_responsible"} {
		params.notNull(name)
	}
	for _, name := range []string{"text", "service", "phone", "uniq", "source", "link", "call_result"} {
		params.text(name)
	}
	params.number("duration")
	if status := params.number("call_status"); status != nil && (*status < 1 || *status > 8) {
		params.fail("call_status", codeChoice)
	}
	return plainObject(params.object)
}

// addNote puts a note into its card's feed and tells the log and who listens.
func (s *Server) addNote(n *Note) {
	n.ID = s.state.notes.id()
	s.state.notes.put(n.ID, n)
	key := cardKey{n.Entity, n.EntityID}
	s.state.notesOf[key] = append(s.state.notesOf[key], n)
	s.state.counts.Notes++
	kind := n.Type + "_note_added"
	switch n.Type {
	case "call_in":
		kind = "incoming_call"
	case "call_out":
		kind = "outgoing_call"
	}
	s.state.record(kind, n.Entity, n.EntityID, n.CreatedBy, n.CreatedAt, nil, []any{object{"note": object{"id": n.ID}}})
	s.hooks.add("note_"+n.Entity.one(), hookEntity(n.Entity), "note", s.noteForm(n))
}

// listNotes lists the notes of one card, or of all cards of an entity.
func (s *Server) listNotes(c *call) answer {
	f := c.query.at("filter")
	ids, entities, types, updated := f.at("id").ids(), f.at("entity_id").ids(), f.at("note_type").words(), f.at("updated_at").span()
	from := s.state.notes.rows
	if c.id != 0 {
		if s.state.card(c.entity, c.id) == nil {
			return problem(404, notFound[c.entity])
		}
		from = s.state.notesOf[cardKey{c.entity, c.id}]
	}
	var rows []*Note
	for _, n := range from {
		if n.Entity == c.entity && ids.lets(n.ID) && entities.lets(n.EntityID) && types.lets(n.Type) && updated.lets(n.UpdatedAt) {
			rows = append(rows, n)
		}
	}
	if c.query.at("order", "id").value == "desc" || c.query.at("order", "updated_at").value == "desc" {
		slices.Reverse(rows)
	}
	return listPage(c, "notes", rows, c.page(pageMost), func(n *Note) object { return s.noteJSON(c, n) })
}

func (s *Server) getNote(c *call) answer {
	n := s.state.notes.byID[c.id]
	if n == nil || n.Entity != c.entity {
		return problem(404, "Note not found")
	}
	return ok(s.noteJSON(c, n))
}

func (s *Server) patchNotes(c *call) answer {
	items, bad := c.items(pageMost)
	if bad != nil {
		return *bad
	}
	for _, in := range items {
		in.require("id")
		id := in.number("id")
		if id == nil {
			continue
		}
		n := s.state.notes.byID[*id]
		if n == nil || n.Entity != c.entity {
			in.fail("id", codeChoice)
		} else if in.has("params") {
			readParams(in, n.Type)
		}
	}
	if bad := refuse(items...); bad != nil {
		return *bad
	}
	out := make([]object, len(items))
	for i, in := range items {
		n := s.state.notes.byID[*in.number("id")]
		n.UpdatedAt, n.UpdatedBy = c.now, c.user
		if in.has("params") {
			n.Params = readParams(in, n.Type)
		}
		out[i] = object{"id": n.ID, "entity_id": n.EntityID, "updated_at": n.UpdatedAt, "request_id": in.requestID(i)}
	}
	return ok(object{"_links": c.here(), "_embedded": object{"notes": out}})
}

func (s *Server) noteJSON(c *call, n *Note) object {
	return object{
		"id": n.ID, "entity_id": n.EntityID, "created_by": n.CreatedBy, "updated_by": n.UpdatedBy, "created_at": n.CreatedAt, "updated_at": n.UpdatedAt,
		"responsible_user_id": n.ResponsibleUserID, "group_id": 0, "note_type": n.Type, "params": n.Params, "account_id": s.state.accountID,
		"_links": c.self("/api/v4/%s/%d/notes/%d", n.Entity, n.EntityID, n.ID),
	}
}
