package mango

import (
	"cmp"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/telephony"
	"github.com/skvoz/skvoz/pbx/wire"
)

// contactLeg is the leg of an outside caller: Mango tells of pairs of parties, and the caller is the other one of each.
const contactLeg = "contact"

// maxRef bounds ids of Mango, in bytes: ours are made of them.
const maxRef = 96

// sign is what goes with a request in both directions.
func sign(key, json, salt string) string {
	sum := sha256.Sum256([]byte(key + json + salt))
	return hex.EncodeToString(sum[:])
}

// Read makes events of what Mango tells; now is when it came. The same message again gives the same ids. Errors are of kind KindUnauthenticated for a wrong
// signature, and KindInvalid for what can't be read. Messages that say nothing about a call make no events.
func Read(e telephony.Endpoint, n wire.Notification, now time.Time) ([]telephony.Event, error) {
	form, err := url.ParseQuery(string(n.Body))
	if err != nil {
		return nil, core.E(core.KindInvalid, "the message is no form").WithReason("bad_form")
	}
	key, salt, text := e.Secrets[telephony.SecretToken], e.Secrets[telephony.SecretSalt], form.Get("json")
	rightKey := key != "" && subtle.ConstantTimeCompare([]byte(form.Get("vpbx_api_key")), []byte(key)) == 1
	rightSign := subtle.ConstantTimeCompare([]byte(strings.ToLower(form.Get("sign"))), []byte(sign(key, text, salt))) == 1
	if !rightKey || !rightSign {
		return nil, core.E(core.KindUnauthenticated, "the key or the signature is wrong: compare key and salt with those in Mango Office").WithReason("bad_signature")
	}
	v, err := wire.ValuesOf(&wire.Notification{Body: []byte(text)})
	if err != nil {
		return nil, err
	}
	return read(strings.Trim(n.Path, "/"), v, now)
}

func read(path string, v wire.Values, now time.Time) ([]telephony.Event, error) {
	m := message{Values: v, path: path, at: at(v, "timestamp", now), entry: ref(v, "entry_id")}
	if command, isResult := strings.CutPrefix(path, "result/"); isResult {
		return m.result(command), nil
	}
	told := map[string]func() []telephony.Event{
		"events/call": m.call, "events/summary": m.summary, "events/recording": m.recording, "events/record/added": m.recorded, "events/dtmf": m.digits,
	}[path]
	switch {
	case told == nil: // Mango tells of more than calls
		return nil, nil
	case m.entry == "":
		return nil, core.E(core.KindInvalid, "the message does not say which call it is of: entry_id is missing").WithReason("no_call_id")
	}
	return told(), nil
}

// ref is an id of Mango; one that is too long to be kept is none.
func ref(v wire.Values, name string) string {
	if s := v.Text(name); len(s) <= maxRef {
		return s
	}
	return ""
}

// at is a time in unix seconds.
func at(v wire.Values, name string, otherwise time.Time) time.Time {
	if unix := v.Int(name); unix >= 946_684_800 && unix <= 4_102_444_800 {
		return time.Unix(unix, 0).UTC()
	}
	return otherwise
}

// message is something Mango told.
type message struct {
	wire.Values
	path  string
	entry string
	at    time.Time
}

// event makes an event whose id is the same whenever the same message comes.
func (m *message) event(kind telephony.EventType, d telephony.Data) telephony.Event {
	return telephony.Event{ID: eventID(kind, m.entry, ref(m.Values, "call_id"), ref(m.Values, "recording_id"), m.Text("seq"), m.path), Type: kind, OccurredAt: m.moment(), CallID: m.entry, Data: d}
}

func eventID(kind telephony.EventType, parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return "mango:" + string(kind) + ":" + hex.EncodeToString(sum[:12])
}

// moment is when it happened. Mango's clock counts seconds; what happens to a leg within one of them comes in its order, a millisecond apart.
func (m *message) moment() time.Time {
	return m.at.Add(time.Duration(min(max(m.Int("seq"), 0), 999)) * time.Millisecond)
}

// The states of events/call.
const (
	appeared     = "Appeared"
	connected    = "Connected"
	onHold       = "OnHold"
	disconnected = "Disconnected"
)

// call is the state of a leg: a caller in the menu or the queue, or a pair of parties.
func (m *message) call() []telephony.Event {
	var out []telephony.Event
	if m.Text("call_state") == appeared {
		out = m.begun()
	}
	leg := ref(m.Values, "call_id")
	if leg == "" || m.Text("location") != "abonent" {
		return out
	}
	switch m.Text("call_state") {
	case appeared:
		return append(out, m.rings(leg)...)
	case connected:
		return append(out, m.talks(leg)...)
	case onHold:
		out = append(out, m.event(telephony.LegHeld, telephony.Data{LegID: leg, By: "employee"}))
	case disconnected:
		end := ended(m.Int("disconnect_reason"))
		out = append(out, m.event(telephony.LegEnded, telephony.Data{LegID: leg, Reason: end.reason, By: end.by, Code: m.Text("disconnect_reason")}))
	}
	return out
}

func (m *message) from() wire.Values { return m.Object("from") }

func (m *message) to() wire.Values { return m.Object("to") }

// isCommanded: somebody asked for the call from outside.
func (m *message) isCommanded() bool { return m.Has("command_id") || m.Has("callback_initiator") }

// begun is the beginning of a call, told by its first leg: those that follow are taken from another.
func (m *message) begun() []telephony.Event {
	from, to := m.from(), m.to()
	if from.Has("taken_from_call_id") || from.IsTrue("was_transferred") {
		return nil
	}
	d := telephony.Data{Direction: telephony.Inbound, Initiator: "trunk", Caller: from.Number("number")}
	line := cmp.Or(to.Number("line_number"), m.Object("dct").Number("number"))
	switch {
	case m.isCommanded():
		d.Direction, d.Initiator, d.Caller, d.CommandID = telephony.Outbound, "api", "", m.Text("command_id")
		d.Callee = from.Number("number")
		if from.Has("extension") {
			d.Callee = to.Number("number")
		}
	case from.Has("extension") && to.Has("extension"):
		d.Direction, d.Initiator, d.Caller, d.Callee, line = telephony.Internal, "line", from.Number("extension"), to.Number("extension"), ""
	case from.Has("extension"):
		d.Direction, d.Initiator, d.Caller, d.Callee = telephony.Outbound, "line", "", to.Number("number")
	}
	d.DID = line
	start := m.event(telephony.CallStarted, d)
	start.ID = eventID(telephony.CallStarted, m.entry)
	if d.Direction != telephony.Inbound {
		return []telephony.Event{start}
	}
	caller := m.event(telephony.LegStarted, telephony.Data{LegID: contactLeg, Role: telephony.RoleContact, Number: d.Caller, Via: "trunk"})
	caller.ID = eventID(telephony.LegStarted, m.entry, contactLeg)
	return []telephony.Event{start, caller}
}

// rings is a telephone that begins to ring.
func (m *message) rings(leg string) []telephony.Event {
	to := m.to()
	d := telephony.Data{LegID: leg, Role: m.role(), EmployeeExt: to.Text("extension"), Number: to.Number("number"), DisplayCallerID: m.from().Number("number"), Via: "line"}
	if d.EmployeeExt == "" {
		d.Via = "trunk"
	}
	if d.Role == telephony.RoleEmployee && d.EmployeeExt == "" {
		d.EmployeeExt = m.Text("callback_initiator")
		d.Via = "mobile"
	}
	out := []telephony.Event{m.event(telephony.LegStarted, d), m.event(telephony.LegRinging, telephony.Data{LegID: leg})}
	if m.from().IsTrue("was_transferred") {
		out = append(out, m.event(telephony.TransferStarted, m.transfer(leg)))
	}
	return out
}

// role is who is called: extensions are employees'; whom an employee calls is the contact, unless he talks with one already.
func (m *message) role() telephony.LegRole {
	from := m.from()
	switch {
	case m.to().Has("extension"):
		return telephony.RoleEmployee
	case !from.Has("extension"):
		return telephony.RoleEmployee // his own telephone outside
	case from.Has("taken_from_call_id") && !m.isCommanded():
		return telephony.RoleOther
	}
	return telephony.RoleContact
}

func (m *message) transfer(leg string) telephony.Data {
	d := telephony.Data{Mode: "blind", FromLeg: ref(m.from(), "taken_from_call_id"), To: cmp.Or(m.to().Text("extension"), m.to().Number("number")), NewLeg: leg}
	if m.Text("transfer") == "consultative" {
		d.Mode = "attended"
	}
	return d
}

// talks is two parties connected, or again after a hold.
func (m *message) talks(leg string) []telephony.Event {
	from, other, talk := m.from(), contactLeg, leg
	if from.Has("extension") {
		other = cmp.Or(ref(from, "taken_from_call_id"), "ext:"+from.Text("extension"))
	}
	out := []telephony.Event{
		m.event(telephony.LegAnswered, telephony.Data{LegID: leg}), m.event(telephony.LegUnheld, telephony.Data{LegID: leg}),
	}
	if from.IsTrue("was_transferred") {
		d := m.transfer(leg)
		if d.Mode == "attended" { // till now he talked with the employee
			out = append(out, m.event(telephony.TalkEnded, telephony.Data{TalkID: talk}))
			talk += ":2"
		}
		out = append(out, m.event(telephony.TransferDone, d))
	}
	if m.isFirstOfCallback() {
		return out // nobody to talk with yet
	}
	return append(out, m.event(telephony.TalkStarted, telephony.Data{TalkID: talk, LegIDs: []string{other, leg}}))
}

// isFirstOfCallback: the employee of a callback has picked up; the contact is called now.
func (m *message) isFirstOfCallback() bool {
	return m.isCommanded() && !m.from().Has("taken_from_call_id") && !m.from().IsTrue("was_transferred") && m.role() == telephony.RoleEmployee
}

// summary is the end of a call.
func (m *message) summary() []telephony.Event {
	from, to := m.from(), m.to()
	d := telephony.Data{DID: m.Number("line_number")}
	switch m.Int("call_direction") {
	case 1:
		d.Direction, d.Caller = telephony.Inbound, from.Number("number")
	case 2:
		d.Direction, d.Callee = telephony.Outbound, to.Number("number")
	default:
		d.Direction, d.DID = telephony.Internal, ""
	}
	began, ends := at(m.Values, "create_time", m.at), at(m.Values, "end_time", m.at)
	d.StartedAt, d.EndedAt = &began, &ends
	wait, total, talk := ends.Sub(began), ends.Sub(began), time.Duration(0)
	if answered := at(m.Values, "talk_time", time.Time{}); !answered.IsZero() {
		d.AnsweredAt = &answered
		wait, talk = answered.Sub(began), ends.Sub(answered)
	}
	d.WaitMS, d.TotalMS, d.TalkMS = milliseconds(wait), milliseconds(total), milliseconds(talk)
	if d.Direction == telephony.Inbound && m.Int("entry_result") == 0 && talk == 0 {
		d.Lost, d.LostReason = true, lost(m.Int("disconnect_reason"))
	}
	e := m.event(telephony.CallFinished, d)
	e.OccurredAt = ends.Add(time.Second - time.Millisecond) // behind all that happened in the last second
	return []telephony.Event{e}
}

func milliseconds(d time.Duration) *int64 {
	ms := max(d, 0).Milliseconds()
	return &ms
}

// completed is the code of a recording that was made.
const completed = 1000

// recording: that one is there to be fetched events/record/added says.
func (m *message) recording() []telephony.Event {
	d := telephony.Data{RecordingID: ref(m.Values, "recording_id"), TalkID: ref(m.Values, "call_id")}
	code := m.Int("completion_code")
	switch {
	case d.RecordingID == "":
	case m.Text("recording_state") == "Started":
		return []telephony.Event{m.event(telephony.RecordingStarted, d)}
	case m.Text("recording_state") == "Completed" && code != 0 && code != completed:
		d.Code = fmt.Sprint(code)
		return []telephony.Event{m.event(telephony.RecordingFailed, d)}
	}
	return nil
}

func (m *message) recorded() []telephony.Event {
	d := telephony.Data{RecordingID: ref(m.Values, "recording_id"), Format: "mp3"}
	if d.RecordingID == "" {
		return nil
	}
	return []telephony.Event{m.event(telephony.RecordingReady, d)}
}

func (m *message) digits() []telephony.Event {
	pressed := strings.Map(func(r rune) rune {
		if strings.ContainsRune("0123456789*#", r) {
			return r
		}
		return -1
	}, m.Text("dtmf"))
	leg := ref(m.Values, "call_id")
	if strings.HasPrefix(m.Text("location"), "ivr") {
		leg = contactLeg
	}
	if pressed == "" || leg == "" {
		return nil
	}
	e := m.event(telephony.DTMFPressed, telephony.Data{LegID: leg, Digits: pressed[:min(len(pressed), 64)]})
	e.ID = eventID(telephony.DTMFPressed, m.entry, leg, m.Text("seq"), m.Text("timestamp"), pressed)
	return []telephony.Event{e}
}

// result is what became of a command.
func (m *message) result(command string) []telephony.Event {
	id, code := ref(m.Values, "command_id"), m.Int("result")
	if id == "" {
		return nil
	}
	d := telephony.Data{CommandID: id, Status: "ok"}
	if code != resultOK {
		d.Status, d.Code = "failed", fmt.Sprint(code)
	}
	return []telephony.Event{{ID: eventID(telephony.CommandResultEvent, id, command, m.Text("result")), Type: telephony.CommandResultEvent, OccurredAt: m.at, Data: d}}
}
