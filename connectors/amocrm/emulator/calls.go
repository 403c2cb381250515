package emulator

import "net/http"

// Popup is the card of a caller shown to employees.
type Popup struct {
	Phone string
	Users []int64
	At    int64
}

// addCalls puts calls into the cards of those who rang. A call of an unknown number is not kept; nothing tells repeated calls from new ones.
func (s *Server) addCalls(c *call) answer {
	items, bad := c.items(pageMost)
	if bad != nil {
		return *bad
	}
	notes := make([]*Note, len(items))
	for i, in := range items {
		notes[i] = s.readCall(c, in)
	}
	if bad := refuse(items...); bad != nil {
		return *bad
	}
	errors, calls := []object{}, []object{}
	for i, n := range notes {
		place := s.placeOfCall(n.Params["phone"].(string))
		if place == nil {
			errors = append(errors, object{
				"title": "Entity not found", "status": 263, "detail": "Phone number is not found in contacts and companies", "request_id": items[i].requestID(i),
			})
			continue
		}
		n.Entity, n.EntityID = place.entity, place.id
		s.addNote(n)
		s.state.counts.Calls++
		calls = append(calls, object{
			"id": n.ID, "entity_id": place.id, "entity_type": place.entity.one(), "account_id": s.state.accountID, "request_id": items[i].requestID(i),
			"_embedded": object{"entity": object{"id": place.id, "_links": c.self("/api/v4/%s/%d", place.entity, place.id)}},
		})
	}
	out := ok(object{"_total_items": len(calls), "errors": errors, "_embedded": object{"calls": calls}})
	if len(calls) == 0 {
		out.status = http.StatusBadRequest
	}
	return out
}

// readCall reads a call into the note that keeps it.
func (s *Server) readCall(c *call, in input) *Note {
	in.allow("direction", "duration", "source", "phone", "uniq", "link", "call_result", "call_status", "responsible_user_id", "created_by", "updated_by",
		"created_at", "updated_at", "call_responsible", "request_id")
	in.require("direction", "duration", "source", "phone")
	in.notNull("uniq", "link", "call_result", "call_status", "call_responsible", "responsible_user_id")
	n := &Note{Type: "call_in", CreatedBy: c.user, UpdatedBy: c.user, CreatedAt: c.now, UpdatedAt: c.now, ResponsibleUserID: c.user}
	switch direction := in.text("direction"); {
	case direction == nil, *direction == "inbound":
	case *direction == "outbound":
		n.Type = "call_out"
	default:
		in.fail("direction", codeChoice)
	}
	for _, name := range []string{"source", "phone", "uniq", "link", "call_result"} {
		in.text(name)
	}
	in.number("duration")
	if status := in.number("call_status"); status != nil && (*status < 1 || *status > 8) {
		in.fail("call_status", codeChoice)
	}
	createdBy, responsible := in.number("created_by"), in.number("responsible_user_id")
	s.mustBeUser(in, "created_by", createdBy)
	s.mustBeUser(in, "responsible_user_id", responsible)
	set(&n.CreatedBy, createdBy)
	set(&n.ResponsibleUserID, responsible)
	set(&n.CreatedAt, in.number("created_at"))
	n.Params = plainObject(without(in.object, "direction", "request_id", "created_by", "updated_by", "created_at", "updated_at", "responsible_user_id"))
	return n
}

// placeOfCall finds the card of a number: the one open lead of those who have it, else the first of them; nil when nobody has it.
func (s *Server) placeOfCall(phone string) *cardKey {
	people := s.state.byPhone(phone)
	if len(people) == 0 {
		return nil
	}
	open := map[int64]bool{}
	for _, p := range people {
		for _, id := range p.Leads {
			if l := s.state.lead(id); l != nil && !closed(l.StatusID) {
				open[id] = true
			}
		}
	}
	if len(open) == 1 {
		for id := range open {
			return &cardKey{Leads, id}
		}
	}
	return &cardKey{people[0].Entity, people[0].ID}
}

// addPopups shows the card of a caller to employees (API v2).
func (s *Server) addPopups(c *call) answer {
	in, bad := c.item()
	if bad != nil {
		return *bad
	}
	in.require("add")
	list := in.list("add")
	popups := make([]Popup, len(list))
	for i, item := range list {
		popups[i] = s.readPopup(c, item)
	}
	if bad := refuse(in); bad != nil {
		return *bad
	}
	out := make([]object, len(popups))
	for i, p := range popups {
		s.state.popups = append(s.state.popups, p)
		s.state.counts.Popups++
		out[i] = object{"id": s.state.counts.Popups, "phone_number": p.Phone}
	}
	return ok(object{"_links": object{"self": object{"href": "/api/v2/events", "method": "post"}}, "_embedded": object{"items": out}})
}

func (s *Server) readPopup(c *call, in input) Popup {
	in.allow("type", "phone_number", "users", "date", "request_id")
	in.require("type", "phone_number", "users")
	p := Popup{At: c.now}
	if kind := in.text("type"); kind != nil && *kind != "phone_call" {
		in.fail("type", codeChoice)
	}
	set(&p.Phone, in.text("phone_number"))
	users, isList := in.object["users"].([]any)
	if in.has("users") && !isList {
		in.failType("users", "array")
	}
	for i, v := range users {
		id, isInt := asInt(v)
		if !isInt {
			in.failType("users."+itoa(int64(i)), "int")
		} else if s.state.user(id) == nil {
			in.fail("users."+itoa(int64(i)), codeChoice)
		}
		p.Users = append(p.Users, id)
	}
	return p
}
