package emulator

import "slices"

const eventsMost = 100

// listEvents lists the log, the newest first.
func (s *Server) listEvents(c *call) answer {
	f := c.query.at("filter")
	ids, types, entities := f.at("id").words(), f.at("type").words(), f.at("entity").words()
	entityIDs, by, created := f.at("entity_id").ids(), f.at("created_by").ids(), eventSpan(f.at("created_at"))
	after, before := f.at("value_after", "leads_statuses").stages(), f.at("value_before", "leads_statuses").stages()
	var rows []*Event
	for _, e := range slices.Backward(s.state.events) {
		if ids.lets(e.ID) && types.lets(e.Type) && (entities.lets(e.Entity.one()) || entities.lets(string(e.Entity))) && entityIDs.lets(e.EntityID) &&
			by.lets(e.CreatedBy) && created.lets(e.CreatedAt) && hasStage(after, e.After) && hasStage(before, e.Before) {
			rows = append(rows, e)
		}
	}
	// Rows were kept in the order they happened to be made; the log is by time.
	slices.SortStableFunc(rows, func(a, b *Event) int { return int(b.CreatedAt - a.CreatedAt) })
	return listPage(c, "events", rows, c.page(eventsMost), func(e *Event) object { return s.eventJSON(c, e) })
}

// eventSpan reads created_at, where a single number is the beginning.
func eventSpan(n *node) span {
	out := n.span()
	if n.set && len(n.list()) == 1 {
		out.hasTo = false
	}
	return out
}

func hasStage(wanted []stagePair, values []any) bool {
	if len(wanted) == 0 {
		return true
	}
	for _, v := range values {
		stage, is := v.(object)["lead_status"].(object)
		if is && stageLets(wanted, stage["pipeline_id"].(int64), stage["id"].(int64)) {
			return true
		}
	}
	return false
}

func (s *Server) getEvent(c *call) answer {
	for _, e := range s.state.events {
		if e.ID == c.uid {
			return ok(s.eventJSON(c, e))
		}
	}
	return nothing()
}

func (s *Server) eventJSON(c *call, e *Event) object {
	return object{
		"id": e.ID, "type": e.Type, "entity_id": e.EntityID, "entity_type": e.Entity.one(), "created_by": e.CreatedBy, "created_at": e.CreatedAt,
		"value_after": orEmpty(e.After), "value_before": orEmpty(e.Before), "account_id": s.state.accountID, "_links": c.self("/api/v4/events/%s", e.ID),
		"_embedded": object{"entity": object{"id": e.EntityID, "_links": c.self("/api/v4/%s/%d", e.Entity, e.EntityID)}},
	}
}

func orEmpty(values []any) []any {
	if values == nil {
		return []any{}
	}
	return values
}
