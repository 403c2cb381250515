package emulator

import (
	"net/http"
	"slices"
	"strings"
	"time"
)

// handler is a subscription of the application.
type handler struct {
	id         int
	event, url string
	authType   int
	offline    bool
	connector  string
}

// offlineEvent waits until the application fetches it.
type offlineEvent struct {
	id             int
	at             time.Time
	event, message string
	data           *arr
	connector      string
	process        string
	failed         bool
}

// knownEvents are those one can subscribe to.
func knownEvents() []string {
	out := []string{"ONAPPINSTALL", "ONAPPUNINSTALL", "ONAPPUPDATE", "ONCRMDEALMOVETOCATEGORY", "ONOFFLINEEVENT"}
	for _, of := range []string{"LEAD", "DEAL", "CONTACT", "COMPANY"} {
		out = append(out, "ONCRM"+of+"ADD", "ONCRM"+of+"UPDATE", "ONCRM"+of+"DELETE")
	}
	return out
}

func (s *Server) eventMethods() map[string]method {
	return map[string]method{
		"event.bind":          {app: true, writes: true, run: (*call).eventBind},
		"event.unbind":        {app: true, writes: true, run: (*call).eventUnbind},
		"event.get":           {app: true, run: (*call).eventGet},
		"event.offline.get":   {app: true, run: (*call).offlineGet},
		"event.offline.list":  {app: true, run: (*call).offlineList},
		"event.offline.clear": {app: true, writes: true, run: (*call).offlineClear},
		"event.offline.error": {app: true, writes: true, run: (*call).offlineError},
	}
}

func accessDenied(text string) *refusal {
	return &refusal{http.StatusForbidden, "ACCESS_DENIED", text}
}

func (c *call) admin() bool { return c.user(c.who.user).admin }

// subscription reads what event.bind and event.unbind are about.
func (c *call) subscription() (*handler, *refusal) {
	h := &handler{
		event: strings.ToUpper(text(c.params.get("event"))), url: text(c.params.get("handler")), authType: whole(c.params.get("auth_type")),
		offline: strings.EqualFold(text(c.params.get("event_type")), "offline"), connector: text(c.params.get("auth_connector")),
	}
	switch {
	case !slices.Contains(knownEvents(), h.event):
		return nil, &refusal{http.StatusBadRequest, "ERROR_EVENT_NOT_FOUND", "Event not found"}
	case h.offline && !c.admin():
		return nil, accessDenied("Access denied! Offline events binding requires administrator access rights")
	case h.authType != 0 && h.authType != c.who.user && !c.admin():
		return nil, accessDenied("Access denied! Event binding with AUTH_TYPE requires administrator access rights")
	}
	return h, nil
}

func (c *call) eventBind() (any, *refusal) {
	h, refused := c.subscription()
	if refused != nil {
		return nil, refused
	}
	if !h.offline && !strings.HasPrefix(h.url, "http://") && !strings.HasPrefix(h.url, "https://") {
		return nil, &refusal{http.StatusBadRequest, "ERROR_ARGUMENT", "Handler URL is not valid"}
	}
	if !c.admin() {
		h.authType = c.who.user
	}
	if slices.ContainsFunc(c.state.handlers, h.same) {
		return nil, &refusal{http.StatusBadRequest, "ERROR_HANDLER_ALREADY_EXIST", "Handler already exists!"}
	}
	h.id = c.state.id("handler")
	c.state.handlers = append(c.state.handlers, h)
	return true, nil
}

func (h *handler) same(other *handler) bool {
	return h.event == other.event && h.url == other.url && h.authType == other.authType && h.offline == other.offline && h.connector == other.connector
}

func (c *call) eventUnbind() (any, *refusal) {
	wanted, refused := c.subscription()
	if refused != nil {
		return nil, refused
	}
	before := len(c.state.handlers)
	c.state.handlers = slices.DeleteFunc(c.state.handlers, func(h *handler) bool {
		return h.event == wanted.event && h.offline == wanted.offline && (wanted.url == "" || h.url == wanted.url) &&
			(!c.params.has("auth_type") || h.authType == wanted.authType) && (c.admin() || h.authType == c.who.user)
	})
	return obj("count", before-len(c.state.handlers)), nil
}

func (c *call) eventGet() (any, *refusal) {
	out := &arr{}
	for _, h := range c.state.handlers {
		row := obj("event", h.event, "handler", h.url, "auth_type", itoa(h.authType), "offline", 0)
		if h.offline {
			row.set("offline", 1)
			row.set("connector_id", h.connector)
		}
		out.push(row)
	}
	return out, nil
}

// offline events of one thing that happens again before they are fetched are one event.
func (s *Server) keepOffline(h *handler, event string, data *arr) {
	message := madeUp(event+text(data.get("FIELDS").(*arr).get("ID"))+h.connector, 32)
	for _, e := range s.state.offline {
		if e.message == message && e.process == "" {
			e.at = s.now().Truncate(time.Second)
			return
		}
	}
	s.state.offline = append(s.state.offline, &offlineEvent{
		id: s.state.id("offline"), at: s.now().Truncate(time.Second), event: event, message: message, data: data, connector: h.connector,
	})
}

func (e *offlineEvent) row() *arr {
	return obj("ID", itoa(e.id), "TIMESTAMP_X", stamp(e.at), "EVENT_NAME", e.event, "EVENT_DATA", e.data, "EVENT_ADDITIONAL", false, "MESSAGE_ID", e.message)
}

// offlineMatches are the events a filter and the connector let through, oldest first.
func (c *call) offlineMatches() ([]*offlineEvent, *refusal) {
	if !c.admin() {
		return nil, accessDenied("Access denied!")
	}
	filter, _ := c.params.get("filter").(*arr)
	known := newEntity(0, "OFFLINE", "", "ID:integer TIMESTAMP_X:datetime EVENT_NAME:string MESSAGE_ID:string PROCESS_ID:string ERROR:integer")
	var tests []match
	for _, cond := range conditions(filter) {
		if f := known.byName[cond.name]; f != nil {
			if test, ok := cond.compile(f); ok {
				tests = append(tests, test)
			}
		}
	}
	var out []*offlineEvent
	for _, e := range c.state.offline {
		r := &record{id: e.id, vals: map[string]any{"ID": e.id, "TIMESTAMP_X": e.at, "EVENT_NAME": e.event, "MESSAGE_ID": e.message, "PROCESS_ID": e.process}}
		if e.connector == text(c.params.get("auth_connector")) && !slices.ContainsFunc(tests, func(m match) bool { return !m(r) }) {
			out = append(out, e)
		}
	}
	return out, nil
}

// offlineGet hands events out: with clear=1 they are gone, with clear=0 they belong to a process until it clears them.
func (c *call) offlineGet() (any, *refusal) {
	found, refused := c.offlineMatches()
	if refused != nil {
		return nil, refused
	}
	process, again := text(c.params.get("process_id")), c.params.has("process_id")
	limit, gone := or(whole(c.params.get("limit")), pageSize), !c.params.has("clear") || yes(c.params.get("clear"))
	if !gone && !again {
		process = random()
	}
	events, taken := &arr{}, map[*offlineEvent]bool{}
	for _, e := range found {
		mine := e.process == "" && !again || again && e.process == process
		if events.len() == limit || !mine || e.failed != yes(c.params.get("error")) {
			continue
		}
		events.push(e.row())
		taken[e] = true
		if !gone {
			e.process = process
		}
	}
	var id any
	if gone {
		c.state.offline = slices.DeleteFunc(c.state.offline, func(e *offlineEvent) bool { return taken[e] })
	} else {
		id = process
	}
	return obj("process_id", id, "events", events), nil
}

func (c *call) offlineList() (any, *refusal) {
	found, refused := c.offlineMatches()
	if refused != nil {
		return nil, refused
	}
	out := &arr{}
	for _, e := range slice(c, found, c.page()) {
		row := e.row()
		row.set("PROCESS_ID", e.process)
		row.set("ERROR", map[bool]string{true: "1", false: "0"}[e.failed])
		out.push(row)
	}
	return out, nil
}

// named reports whether a request to clear or to mark names an event; one that names none means all of the process.
func (c *call) named() func(e *offlineEvent) bool {
	process := text(c.params.get("process_id"))
	ids, byID := c.params.get("id").(*arr)
	messages, byMessage := c.params.get("message_id").(*arr)
	return func(e *offlineEvent) bool {
		if process == "" || e.process != process {
			return false
		}
		has := func(a *arr, s string) bool {
			return slices.ContainsFunc(a.values(), func(v any) bool { return text(v) == s })
		}
		return !byID && !byMessage || byID && has(ids, itoa(e.id)) || byMessage && has(messages, e.message)
	}
}

func (c *call) offlineClear() (any, *refusal) {
	if !c.admin() {
		return nil, accessDenied("Access denied!")
	}
	c.state.offline = slices.DeleteFunc(c.state.offline, c.named())
	return true, nil
}

func (c *call) offlineError() (any, *refusal) {
	if !c.admin() {
		return nil, accessDenied("Access denied!")
	}
	named := c.named()
	for _, e := range c.state.offline {
		if named(e) {
			e.failed = true
		}
	}
	return true, nil
}
