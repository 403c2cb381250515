package emulator

import (
	"strings"
	"time"
)

// Comment is a comment in the timeline of a record.
type Comment struct {
	ID         int
	EntityType string // lead, deal, contact, company
	EntityID   int
	Text       string
	Author     int
	At         time.Time
}

// Activity is a call, task or letter of a record.
type Activity struct {
	ID, OwnerType, OwnerID, Type, Responsible int
	Subject, Description                      string
	OriginID                                  string
	At                                        time.Time
}

// Trace is what an integration told of the way a customer came.
type Trace struct {
	ID       int
	JSON     string
	Entities []TraceEntity
}

// TraceEntity is a record a trace belongs to.
type TraceEntity struct {
	Type string // LEAD, DEAL, CONTACT, COMPANY
	ID   int
}

func (s *Server) timelineMethods() map[string]method {
	return map[string]method{
		"crm.timeline.comment.add":  {scope: "crm", writes: true, run: (*call).commentAdd},
		"crm.timeline.comment.list": {scope: "crm", run: (*call).commentList},
		"crm.activity.add":          {scope: "crm", writes: true, run: (*call).activityAdd},
		"crm.tracking.trace.add":    {scope: "crm", writes: true, run: (*call).traceAdd},
	}
}

func (s *Server) tableNamed(name string) *table {
	for _, t := range s.state.tables {
		if strings.EqualFold(t.name, name) {
			return t
		}
	}
	return nil
}

func (c *call) commentAdd() (any, *refusal) {
	fields, ok := c.params.get("fields").(*arr)
	if !ok || !fields.has("ENTITY_ID") || !fields.has("ENTITY_TYPE") || !fields.has("COMMENT") {
		return nil, &refusal{400, "100", "Could not find value for parameter {fields}"}
	}
	t := c.tableNamed(text(fields.get("ENTITY_TYPE")))
	if t == nil || t.byID[whole(fields.get("ENTITY_ID"))] == nil {
		return nil, &refusal{400, "OWNER_NOT_FOUND", "Owner was not found."}
	}
	words := strings.TrimSpace(text(fields.get("COMMENT")))
	if words == "" {
		return nil, invalidArgument("Empty comment message.")
	}
	comment := &Comment{
		ID: c.state.id("comment"), EntityType: strings.ToLower(t.name), EntityID: whole(fields.get("ENTITY_ID")), Text: words,
		Author: or(whole(fields.get("AUTHOR_ID")), c.who.user), At: c.now.Truncate(time.Second),
	}
	c.state.comments = append(c.state.comments, comment)
	return comment.ID, nil
}

func (c *call) commentList() (any, *refusal) {
	filter, _ := c.params.get("filter").(*arr)
	of, id := text(filter.get("ENTITY_TYPE")), whole(filter.get("ENTITY_ID"))
	t := c.tableNamed(of)
	if t == nil || t.byID[id] == nil {
		return nil, crmError("Access denied.")
	}
	var found []*Comment
	for _, comment := range c.state.comments {
		if comment.EntityType == strings.ToLower(t.name) && comment.EntityID == id {
			found = append(found, comment)
		}
	}
	out := &arr{}
	for _, comment := range slice(c, found, c.page()) {
		out.push(obj("ID", itoa(comment.ID), "ENTITY_ID", itoa(comment.EntityID), "ENTITY_TYPE", comment.EntityType, "CREATED", stamp(comment.At),
			"COMMENT", comment.Text, "AUTHOR_ID", itoa(comment.Author), "FILES", struct{}{}))
	}
	return out, nil
}

func (c *call) activityAdd() (any, *refusal) {
	fields, ok := c.params.get("fields").(*arr)
	if !ok {
		return nil, crmError("Parameter 'fields' must be array.")
	}
	owner := c.state.tables[whole(fields.get("OWNER_TYPE_ID"))]
	switch {
	case owner == nil || owner.byID[whole(fields.get("OWNER_ID"))] == nil:
		return nil, crmError("The custom activity without owner is not supported.")
	case whole(fields.get("TYPE_ID")) == 0:
		return nil, crmError("The field TYPE_ID is not defined or invalid.")
	case text(fields.get("SUBJECT")) == "":
		return nil, crmError("The field SUBJECT is not defined or empty.")
	}
	a := &Activity{
		ID: c.state.id("activity"), OwnerType: owner.typeID, OwnerID: whole(fields.get("OWNER_ID")), Type: whole(fields.get("TYPE_ID")),
		Responsible: or(whole(fields.get("RESPONSIBLE_ID")), c.who.user), Subject: text(fields.get("SUBJECT")),
		Description: text(fields.get("DESCRIPTION")), OriginID: text(fields.get("ORIGIN_ID")), At: c.now.Truncate(time.Second),
	}
	c.state.activities = append(c.state.activities, a)
	return a.ID, nil
}

func (c *call) traceAdd() (any, *refusal) {
	raw := text(c.params.get("trace"))
	if raw == "" {
		return nil, coreError("Parameter `TRACE` required.")
	}
	if v, err := decode([]byte(raw)); err != nil {
		return nil, coreError("Can not parse JSON in parameter `TRACE`.")
	} else if _, ok := v.(*arr); !ok {
		return nil, coreError("Can not parse JSON in parameter `TRACE`.")
	}
	entities, _ := c.params.get("entities").(*arr)
	var owners []TraceEntity
	for _, v := range entities.values() {
		row, _ := v.(*arr)
		owner := TraceEntity{Type: text(row.get("TYPE")), ID: whole(row.get("ID"))}
		t := c.tableNamed(owner.Type)
		switch {
		case t == nil:
			return nil, coreError("Wrong TYPE in parameter `ENTITIES`. Allowed types: COMPANY,CONTACT,DEAL,LEAD,QUOTE")
		case owner.ID <= 0:
			return nil, coreError("Wrong ID in parameter `ENTITIES`.")
		case t.byID[owner.ID] == nil:
			return nil, coreError("You have no access to entity `" + owner.Type + "` with ID `" + itoa(owner.ID) + "`.")
		}
		owners = append(owners, owner)
	}
	return c.addTrace(raw, owners), nil
}

func (s *Server) addTrace(raw string, owners []TraceEntity) int {
	trace := &Trace{ID: s.state.id("trace"), JSON: raw, Entities: owners}
	s.state.traces = append(s.state.traces, trace)
	return trace.ID
}
