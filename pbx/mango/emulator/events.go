package emulator

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
	"strings"
	"time"

	"github.com/skvoz/skvoz/pbx/exchange"
)

type object = map[string]any

// The states of a branch.
const (
	appeared     = "Appeared"
	connected    = "Connected"
	onHold       = "OnHold"
	disconnected = "Disconnected"
)

// Why a branch ended: 11xx are normal ends.
const (
	reasonNormal      = 1100
	reasonCaller      = 1110
	reasonCallee      = 1120
	reasonBusy        = 1121
	reasonNoAnswer    = 1123
	reasonElsewhere   = 1131
	reasonUnreachable = 4200
)

// What became of a recording.
const (
	recordDone     = 1000
	recordTooShort = 4002
	shortest       = time.Second
)

func encode(value any) string {
	var raw bytes.Buffer
	enc := json.NewEncoder(&raw)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(value) // of plain values: never fails
	return strings.TrimSpace(raw.String())
}

// send posts a signed message to the customer; path begins with events/ or result/.
func (s *Server) send(path string, body object) {
	if s.opts.EventsURL == "" {
		return
	}
	s.post.Send(exchange.Parcel{Name: path, Method: http.MethodPost, URL: s.opts.EventsURL + "/" + path, ContentType: formFormat, Body: s.form(encode(body))})
}

// hear turns what happens in the exchange into events.
func (s *Server) hear(e exchange.Event) {
	en, ok := e.Call.Data.(*entry)
	if !ok {
		return
	}
	switch e.Kind {
	case exchange.LegAnswers:
		s.answers(en, e)
	case exchange.LegRings:
		s.rings(en, e)
	case exchange.TalkStarts:
		s.talks(en, e)
	case exchange.LegIsHeld:
		s.held(en, e, onHold)
	case exchange.LegIsBack:
		s.held(en, e, connected)
	case exchange.DigitsSent:
		s.digits(en, e)
	case exchange.TalkEnds:
		s.recordEnds(en, e)
	case exchange.LegEnds:
		s.legEnds(en, e)
	case exchange.CallFinished:
		s.summary(en, e)
	case exchange.RecordStarts:
		s.recordStarts(en, e)
	case exchange.RecordReady:
		s.recordReady(en, e)
	case exchange.CallStarted:
	}
}

// tell posts the state of a branch.
func (s *Server) tell(en *entry, b *branch, state string, e exchange.Event) {
	b.seq++
	b.state = state
	dct := object{"number": en.line.Number, "type": 0}
	if e.Call.Direction == exchange.Out {
		dct["number"] = ""
	}
	body := object{
		"entry_id": en.id, "call_id": b.id, "timestamp": e.At.Unix(), "seq": b.seq, "call_state": state, "location": b.location,
		"from": b.from, "to": b.to, "dct": dct,
	}
	if state == disconnected {
		b.ended = e.At
		body["disconnect_reason"] = b.reason
	}
	if b.transfer != "" {
		body["transfer"] = b.transfer
	}
	if en.command != "" {
		body["command_id"], body["callback_initiator"] = en.command, en.initiator
	}
	s.send("events/call", body)
}

// answers: an inbound caller gets into the menu or the queue; others are connected.
func (s *Server) answers(en *entry, e exchange.Event) {
	if b := en.legs[e.Leg.ID]; b != nil {
		b.answered = e.At
		s.tell(en, b, connected, e)
		return
	}
	if e.Leg.Role != exchange.Contact || en.line.Extension != "" {
		return
	}
	location, to := "queue", object{"number": en.line.Number, "line_number": en.line.Number}
	if en.line.Menu > 0 {
		location = "ivr"
	} else {
		to["acd_group"] = en.line.Group
	}
	en.menu = newBranch(location, object{"number": e.Call.Contact}, to, e.At)
	en.menu.answered = e.At
	s.tell(en, en.menu, appeared, e)
	s.tell(en, en.menu, connected, e)
}

// rings begins a branch.
func (s *Server) rings(en *entry, e exchange.Event) {
	from, to := object{"number": e.Call.Contact}, s.office.party(e.Leg.Number)
	to["line_number"] = en.line.Number
	employee := en.branchOf(e.Call, exchange.Employee, e.Leg)
	switch {
	case e.Leg.Role != exchange.Employee && employee != nil: // the employee calls the contact, or a third party
		from = maps.Clone(employee.to)
		delete(from, "line_number")
		from["taken_from_call_id"] = employee.id
	case e.Leg.HandedOver != 0:
		from["was_transferred"] = true
		if before := en.legs[e.Leg.HandedOver]; before != nil {
			from["taken_from_call_id"] = before.id
		}
	case en.menu != nil:
		from["taken_from_call_id"] = en.menu.id
		if en.line.Group != "" {
			to["acd_group"] = en.line.Group
		}
	}
	b := newBranch("abonent", from, to, e.At)
	b.transfer, b.third = e.Call.Transfer, e.Leg.Role == exchange.Third
	en.legs[e.Leg.ID] = b
	if en.forward.IsZero() {
		en.forward = e.At
	}
	s.tell(en, b, appeared, e)
}

// branchOf is the branch of the newest answered leg of a role, other than one.
func (en *entry) branchOf(c *exchange.Call, role exchange.Role, but *exchange.Leg) *branch {
	if l := c.LiveLeg(role); l != nil && l != but && l.State != exchange.LegRinging {
		return en.legs[l.ID]
	}
	return nil
}

// talks: the caller leaves the menu, and a third party gets him.
func (s *Server) talks(en *entry, e exchange.Event) {
	if en.menu != nil && en.menu.state != disconnected {
		en.menu.reason = reasonNormal
		s.tell(en, en.menu, disconnected, e)
	}
	b := en.legs[e.Leg.ID]
	if b == nil || !b.third {
		return
	}
	b.third = false
	b.from = object{"number": e.Call.Contact, "was_transferred": true}
	if before := en.legs[e.Leg.HandedOver]; before != nil {
		b.from["taken_from_call_id"] = before.id
	}
	s.tell(en, b, connected, e)
}

// talkBranch is the branch the contact talks through.
func (en *entry) talkBranch(c *exchange.Call) *branch {
	if l := c.LiveLeg(exchange.Contact); l != nil && en.legs[l.ID] != nil {
		return en.legs[l.ID]
	}
	if l := c.LiveLeg(exchange.Employee); l != nil {
		return en.legs[l.ID]
	}
	return nil
}

func (s *Server) held(en *entry, e exchange.Event, state string) {
	b := en.talkBranch(e.Call)
	if b == nil {
		return
	}
	b.from = maps.Clone(b.from)
	if employee := e.Call.LiveLeg(exchange.Employee); state == onHold && employee != nil {
		b.from["hold_initiator"] = employee.Number
	} else {
		delete(b.from, "hold_initiator")
	}
	s.tell(en, b, state, e)
}

func (s *Server) digits(en *entry, e exchange.Event) {
	b, location := en.talkBranch(e.Call), "abonent"
	if en.menu != nil && en.menu.state != disconnected {
		b, location = en.menu, en.menu.location+".1"
	}
	if b == nil {
		return
	}
	s.send("events/dtmf", object{
		"seq": b.seq, "dtmf": e.Digits, "timestamp": e.At.Unix(), "call_id": b.id, "entry_id": en.id, "location": location,
		"initiator": e.Leg.Number, "from_number": e.Call.Contact, "to_number": en.line.Number, "line_number": en.line.Number,
	})
}

func (s *Server) legEnds(en *entry, e exchange.Event) {
	b := en.legs[e.Leg.ID]
	if b == nil && e.Leg.Role == exchange.Contact {
		b = en.menu
	}
	if b == nil || b.state == disconnected {
		return
	}
	b.reason = reasonOf(e.Call, e.Leg)
	if e.Leg.Reason == exchange.ReasonTransferred && b.transfer == "" {
		b.transfer = e.Call.Transfer
	}
	s.tell(en, b, disconnected, e)
}

// reasonOf is the vendor's code for why a leg ended.
func reasonOf(c *exchange.Call, l *exchange.Leg) int {
	switch l.Reason {
	case exchange.ReasonBusy:
		return reasonBusy
	case exchange.ReasonNoAnswer:
		return reasonNoAnswer
	case exchange.ReasonUnavailable, exchange.ReasonNobody:
		return reasonUnreachable
	case exchange.ReasonElsewhere:
		return reasonElsewhere
	case exchange.ReasonHungUp, exchange.ReasonOtherHungUp, exchange.ReasonCancelled:
		hungUpByContact := (l.Role == exchange.Contact) == (l.Reason == exchange.ReasonHungUp)
		if hungUpByContact == (c.Direction == exchange.In) {
			return reasonCaller
		}
		return reasonCallee
	case exchange.ReasonTransferred, exchange.ReasonRerouted, exchange.ReasonCommand:
	}
	return reasonNormal
}

// summary tells the end of an entry.
func (s *Server) summary(en *entry, e exchange.Event) {
	c := e.Call
	direction, result, talked := 1, 0, int64(0)
	from, to := object{"number": c.Contact}, object{"number": en.line.Number}
	if l := c.LastLeg(exchange.Employee); l != nil {
		to = s.office.party(l.Number)
	}
	if len(c.Talks) > 0 {
		result, talked = 1, c.Talks[0].From.Unix()
		to = s.office.party(c.Leg(c.Talks[len(c.Talks)-1].Legs[1]).Number)
	}
	if c.Direction == exchange.Out {
		direction = 2
		from, to = to, from
	}
	forward := en.forward
	if forward.IsZero() {
		forward = c.StartedAt
	}
	s.send("events/summary", object{
		"entry_id": en.id, "call_direction": direction, "from": from, "to": to, "line_number": en.line.Number, "create_time": c.StartedAt.Unix(),
		"forward_time": forward.Unix(), "talk_time": talked, "end_time": c.EndedAt.Unix(), "entry_result": result, "disconnect_reason": s.endOf(c),
	})
}

func (s *Server) endOf(c *exchange.Call) int {
	if l := c.Leg(c.EndedBy); l != nil {
		return reasonOf(c, l)
	}
	return reasonOf(c, &exchange.Leg{Reason: c.Reason})
}

func (s *Server) recordStarts(en *entry, e exchange.Event) {
	r := &record{id: opaque("record", secret()[:12]), talk: e.Talk.ID, leg: e.Leg.ID}
	s.office.records[r.id] = r
	en.records = append(en.records, r)
	s.tellRecord(en, r, "Started", 0, e)
}

func (s *Server) tellRecord(en *entry, r *record, state string, code int, e exchange.Event) {
	r.seq++
	body := object{
		"recording_id": r.id, "recording_state": state, "seq": r.seq, "entry_id": en.id, "timestamp": e.At.Unix(), "recipient": "Cloud",
	}
	if l := e.Call.Leg(r.leg); l != nil {
		body["call_id"] = en.legs[l.ID].id
		if s.office.user(l.Number) != nil {
			body["extension"] = l.Number
		}
	}
	if code != 0 {
		body["completion_code"] = code
	}
	s.send("events/recording", body)
}

func (en *entry) recordOf(talk int64) *record {
	return find(en.records, func(r *record) bool { return r.talk == talk })
}

func (s *Server) recordEnds(en *entry, e exchange.Event) {
	r := en.recordOf(e.Talk.ID)
	if r == nil {
		return
	}
	r.length = e.Talk.To.Sub(e.Talk.From)
	r.short = r.length < shortest
	code := recordDone
	if r.short {
		code = recordTooShort
	}
	s.tellRecord(en, r, "Completed", code, e)
}

func (s *Server) recordReady(en *entry, e exchange.Event) {
	r := en.recordOf(e.Talk.ID)
	if r == nil || r.short {
		return
	}
	r.ready = true
	user := int64(0)
	if l := e.Call.Leg(r.leg); l != nil {
		user = l.Owner
	}
	s.send("events/record/added", object{"entry_id": en.id, "recording_id": r.id, "user_id": user, "product_id": 400001, "timestamp": e.At.Unix()})
}
