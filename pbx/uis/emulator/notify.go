package emulator

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/skvoz/skvoz/pbx/exchange"
)

// EventType is what a notification tells of.
type EventType string

// The events there are notifications of.
const (
	InboundCall   EventType = "inbound_call"
	Waiting       EventType = "waiting"
	TalkStarted   EventType = "talk_started"
	TalkFinished  EventType = "talk_finished"
	CallFinished  EventType = "call_finished"
	LostCall      EventType = "lost_call"
	RecordReady   EventType = "record_ready"
	OutboundCall  EventType = "outbound_call"
	allEventsName           = "*"
)

// Notification is a message people set up: for an event, to an address, with a body of their own. In Template each {{variable}} becomes a JSON
// literal. With GET the rendered template, form-encoded in its values, is the query.
type Notification struct {
	Event    EventType
	Name     string
	Mnemonic string // what {{notification_mnemonic}} is; the event's own when empty
	Method   string // POST when empty
	URL      string
	Template string // all variables of the event when empty
}

// EventTypes returns the events there are notifications of.
func EventTypes() []EventType {
	return []EventType{InboundCall, Waiting, TalkStarted, TalkFinished, CallFinished, LostCall, RecordReady, OutboundCall}
}

// mnemonics are what events call themselves.
func mnemonics() map[EventType]string {
	return map[EventType]string{
		InboundCall: "IN_CALL_SESSION", Waiting: "CALL_WAITING", TalkStarted: "CALL_CONNECTED", TalkFinished: "CALL_DISCONNECTED",
		CallFinished: "CALL_SESSION_FINISHED", LostCall: "CALL_LOST", RecordReady: "CALL_RECORD_READY", OutboundCall: "OUT_CALL_SESSION",
	}
}

// common are the variables every event has.
func common() []string {
	return []string{
		"notification_mnemonic", "notification_name", "notification_time", "notification_timestamp", "app_id", "communication_id", "communication_type",
		"communication_number", "virtual_phone_number", "contact_phone_number", "contact_id", "contact_full_name", "contact_group_ids", "call_session_id",
		"external_id", "call_source", "direction", "is_internal", "scenario_id", "scenario_name", "start_time", "calling_phone_number",
		"called_phone_number", "tag_ids", "tag_names", "attributes", "visitor_country", "cpn_region_id", "cpn_region_name",
	}
}

// own are the variables an event has besides.
func own(event EventType) []string {
	employee := []string{"employee_id", "employee_full_name", "employee_phone_number"}
	switch event {
	case InboundCall:
		return nil
	case Waiting:
		return append(employee, "leg_id")
	case TalkStarted:
		return append(employee, "leg_ids")
	case TalkFinished:
		return append(employee, "leg_ids", "talk_time_duration")
	case CallFinished:
		return append(employee, "employee_ids", "talk_time_duration", "total_time_duration", "wait_time_duration")
	case LostCall:
		return []string{"employee_ids", "total_time_duration", "wait_time_duration"}
	case RecordReady:
		return append(employee, "file_link", "file_duration")
	case OutboundCall:
		return employee
	}
	return nil
}

// Variables returns the names of the variables an event has.
func Variables(event EventType) []string { return append(common(), own(event)...) }

// DefaultTemplate is a JSON object with all variables of an event, and the event's name as "event".
func DefaultTemplate(event EventType) string {
	var out strings.Builder
	fmt.Fprintf(&out, `{"event":%q`, event)
	for _, name := range Variables(event) {
		fmt.Fprintf(&out, `,%q:{{%s}}`, name, name)
	}
	return out.String() + "}"
}

var placeholder = regexp.MustCompile(`\{\{\s*([a-zA-Z_0-9]+)\s*\}\}`)

// complete fills in what was left empty and refuses what can't be sent.
func (n *Notification) complete() error {
	if !slices.Contains(EventTypes(), n.Event) {
		return fmt.Errorf("there is no event %q; there are: %v", n.Event, EventTypes())
	}
	n.Method = strings.ToUpper(n.Method)
	if n.Method == "" {
		n.Method = http.MethodPost
	}
	if n.Method != http.MethodGet && n.Method != http.MethodPost {
		return errors.New("the method is GET or POST")
	}
	if u, err := url.Parse(n.URL); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return fmt.Errorf("%q is no address", n.URL)
	}
	if n.Template == "" {
		n.Template = defaultFor(n.Event, n.Method)
	}
	if n.Mnemonic == "" {
		n.Mnemonic = mnemonics()[n.Event]
	}
	if n.Name == "" {
		n.Name = string(n.Event)
	}
	known := Variables(n.Event)
	for _, found := range placeholder.FindAllStringSubmatch(n.Template, -1) {
		if !slices.Contains(known, found[1]) {
			return fmt.Errorf("the event %s has no variable %q; it has: %s", n.Event, found[1], strings.Join(known, ", "))
		}
	}
	return nil
}

func defaultFor(event EventType, method string) string {
	if method == http.MethodPost {
		return DefaultTemplate(event)
	}
	pairs := []string{"event=" + string(event)}
	for _, name := range Variables(event) {
		pairs = append(pairs, name+"={{"+name+"}}")
	}
	return strings.Join(pairs, "&")
}

// parcel is the notification with the values of an event.
func (n *Notification) parcel(values object) exchange.Parcel {
	text := placeholder.ReplaceAllStringFunc(n.Template, func(found string) string {
		literal := literalOf(values[placeholder.FindStringSubmatch(found)[1]])
		if n.Method == http.MethodGet {
			return url.QueryEscape(literal)
		}
		return literal
	})
	p := exchange.Parcel{Name: string(n.Event), Method: n.Method, URL: n.URL, Body: text, ContentType: "application/json; charset=UTF-8"}
	if n.Method == http.MethodGet {
		p.Body, p.ContentType = "", ""
		sign := "?"
		if strings.Contains(n.URL, "?") {
			sign = "&"
		}
		p.URL += sign + text
	}
	return p
}

func literalOf(value any) string {
	var raw bytes.Buffer
	enc := json.NewEncoder(&raw)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(value) // of plain values: never fails
	return strings.TrimSpace(raw.String())
}

// moscow is the account's time zone.
var moscow = time.FixedZone("MSK", 3*60*60)

const timeLayout = "2006-01-02 15:04:05.000000"

// hear turns what happens in the exchange into notifications.
func (s *Server) hear(e exchange.Event) {
	if _, ok := e.Call.Data.(*session); !ok {
		return
	}
	switch e.Kind {
	case exchange.CallStarted:
		if e.Call.Direction == exchange.In {
			s.notify(InboundCall, e, nil)
			return
		}
		s.notify(OutboundCall, e, s.planned(e.Call))
	case exchange.LegRings:
		if e.Leg.Role != exchange.Contact {
			s.notify(Waiting, e, object{"leg_id": e.Leg.ID})
		}
	case exchange.TalkStarts:
		s.notify(TalkStarted, e, object{"leg_ids": e.Talk.Legs})
	case exchange.TalkEnds:
		s.notify(TalkFinished, e, object{"leg_ids": e.Talk.Legs, "talk_time_duration": seconds(e.Talk.To.Sub(e.Talk.From))})
	case exchange.CallFinished:
		s.finished(e)
	case exchange.RecordReady:
		s.recorded(e)
	case exchange.LegAnswers, exchange.LegIsHeld, exchange.LegIsBack, exchange.DigitsSent, exchange.LegEnds, exchange.RecordStarts:
	}
}

func seconds(d time.Duration) int64 { return int64(d.Round(time.Second) / time.Second) }

// planned is the employee a call will ring.
func (s *Server) planned(c *exchange.Call) object {
	data := c.Data.(*session)
	out := object{"employee_phone_number": null(data.employeePhone)}
	if e := s.account.employee(data.employee); e != nil {
		out["employee_id"], out["employee_full_name"] = e.ID, e.Name
	}
	return out
}

func (s *Server) finished(e exchange.Event) {
	c := e.Call
	rung := []int64{}
	for _, l := range c.Legs {
		if l.Owner != 0 && !slices.Contains(rung, l.Owner) {
			rung = append(rung, l.Owner)
		}
	}
	more := object{
		"employee_ids": rung, "talk_time_duration": seconds(c.TalkTime()), "total_time_duration": seconds(c.EndedAt.Sub(c.StartedAt)),
		"wait_time_duration": seconds(c.WaitTime()),
	}
	if len(c.Talks) > 0 {
		e.Leg = c.Leg(c.Talks[len(c.Talks)-1].Legs[1])
	}
	s.notify(CallFinished, e, more)
	if c.Lost() {
		s.notify(LostCall, e, more)
	}
}

func (s *Server) recorded(e exchange.Event) {
	length := e.Talk.To.Sub(e.Talk.From)
	path := fmt.Sprintf("%s%d/%s/", mediaPath, e.Talk.ID, secret(16))
	s.account.records[path] = record{length: length, expires: e.At.Add(s.opts.RecordLife)}
	s.notify(RecordReady, e, object{"file_link": s.opts.BaseURL + path, "file_duration": seconds(length)})
}

// notify sends the notifications people set up for an event.
func (s *Server) notify(event EventType, e exchange.Event, more object) {
	for _, n := range s.account.notifications {
		if n.Event != event {
			continue
		}
		values := s.values(e)
		maps.Copy(values, more)
		values["notification_mnemonic"], values["notification_name"] = n.Mnemonic, n.Name
		s.post.Send(n.parcel(values))
	}
}

// values are those of the variables all events have, and of the employee whose leg it is about.
func (s *Server) values(e exchange.Event) object {
	c, data := e.Call, e.Call.Data.(*session)
	out := object{
		"notification_time": e.At.In(moscow).Format(timeLayout), "notification_timestamp": e.At.Unix(), "app_id": 4021,
		"communication_id": data.communication, "communication_type": "call", "communication_number": data.communication - 7_400_000,
		"virtual_phone_number": c.Virtual, "contact_phone_number": c.Contact, "contact_group_ids": []int64{}, "call_session_id": c.ID,
		"external_id": null(c.ExternalID), "call_source": null(data.source), "direction": string(c.Direction), "is_internal": false,
		"start_time": c.StartedAt.In(moscow).Format(timeLayout), "calling_phone_number": c.Contact, "called_phone_number": c.Virtual,
		"tag_ids": c.Tags, "attributes": []string{}, "cpn_region_name": nil,
	}
	if c.Direction == exchange.Out {
		out["calling_phone_number"], out["called_phone_number"] = c.Virtual, c.Contact
	}
	names := []string{}
	for _, id := range c.Tags {
		names = append(names, s.account.tag(id).Name)
	}
	out["tag_names"] = names
	if len(names) == 0 {
		out["tag_ids"] = []int64{}
	}
	if known, ok := s.account.contacts[c.Contact]; ok {
		out["contact_id"], out["contact_full_name"] = known.id, known.name
	}
	if data.scenario != nil {
		out["scenario_id"], out["scenario_name"] = data.scenario.ID, data.scenario.Name
	}
	if e.Leg != nil && e.Leg.Role != exchange.Contact {
		out["employee_phone_number"] = e.Leg.Number
		if who := s.account.employee(e.Leg.Owner); who != nil {
			out["employee_id"], out["employee_full_name"] = who.ID, who.Name
		}
	}
	return out
}
