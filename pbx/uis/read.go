package uis

import (
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/telephony"
	"github.com/skvoz/skvoz/pbx/wire"
)

// What a notification tells of. Our templates say it in a field "event"; others are known by the variables they have.
const (
	inboundCall  = "inbound_call"
	outboundCall = "outbound_call"
	waiting      = "waiting"
	talkStarted  = "talk_started"
	talkFinished = "talk_finished"
	callFinished = "call_finished"
	lostCall     = "lost_call"
	recordReady  = "record_ready"
)

// Read makes events of a notification; now is when it came. The same notification again gives the same ids. Errors are of kind KindInvalid: it can't be read
// or belongs to no call.
func Read(e telephony.Endpoint, n wire.Notification, now time.Time) ([]telephony.Event, error) {
	v, err := wire.ValuesOf(&n)
	if err != nil {
		return nil, err
	}
	r := notice{v: v, session: v.ID("call_session_id"), legs: v.IDs("leg_ids"), kind: kindOf(v)}
	if r.session == "" {
		return nil, core.E(core.KindInvalid, "the notification does not say which call it is of: add the variable call_session_id to its template").WithReason("no_call_id")
	}
	r.at, r.zone = clock(v, e.Settings.Timezone, now)
	if leg := v.ID("leg_id"); leg != "" && len(r.legs) == 0 {
		r.legs = []string{leg}
	}
	slices.Sort(r.legs)
	return r.events(), nil
}

// kindOf is what a notification tells of.
func kindOf(v wire.Values) string {
	all := []string{inboundCall, outboundCall, waiting, talkStarted, talkFinished, callFinished, lostCall, recordReady}
	if said := v.Text("event"); slices.Contains(all, said) {
		return said
	}
	switch {
	case v.Has("file_link"):
		return recordReady
	case v.Has("total_time_duration"):
		return callFinished
	case v.Has("talk_time_duration"):
		return talkFinished
	case v.Has("wait_time_duration"):
		return lostCall
	case v.Has("leg_ids"):
		return talkStarted
	case v.Has("leg_id"):
		return waiting
	case v.Text("direction") == "out":
		return outboundCall
	}
	return inboundCall
}

// notice is a notification that has been read.
type notice struct {
	v       wire.Values
	kind    string
	session string
	legs    []string
	at      time.Time
	zone    *time.Location
}

func (r *notice) events() []telephony.Event {
	switch r.kind {
	case inboundCall, outboundCall:
		return []telephony.Event{r.start()}
	case waiting:
		return append(r.begun(), r.rings()...)
	case talkStarted:
		return append(r.begun(), r.talks()...)
	case talkFinished:
		d := telephony.Data{TalkID: r.talkID()}
		if ms := r.v.Milliseconds("talk_time_duration"); ms != nil {
			d.DurationMS = *ms
		}
		return []telephony.Event{r.event(telephony.TalkEnded, "", d)}
	case recordReady:
		return r.record()
	}
	return []telephony.Event{r.finish()}
}

// event makes an event whose id is the same whenever the same notification comes.
func (r *notice) event(kind telephony.EventType, of string, d telephony.Data) telephony.Event {
	mark := hash(r.kind, strings.Join(r.legs, ","), r.v.Text("notification_time"), r.v.Text("notification_timestamp"), r.v.Text("file_link"))
	id := "uis:" + r.session + ":" + string(kind) + ":" + mark
	if of != "" {
		id += ":" + of
	}
	return telephony.Event{ID: id, Type: kind, OccurredAt: r.at, CallID: r.session, ExternalID: r.external(), Data: d}
}

func (r *notice) external() string { return r.v.ID("external_id") }

// hash is short and the same for the same parts.
func hash(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:8])
}

// start is the beginning of a call; every notification of a call tells the same one.
func (r *notice) start() telephony.Event {
	e := r.event(telephony.CallStarted, "", r.parties())
	e.ID = "uis:" + r.session + ":" + string(telephony.CallStarted)
	e.Data.Initiator = "trunk"
	if e.Data.Direction == telephony.Outbound {
		e.Data.Initiator = "line"
	}
	if r.v.Text("call_source") == "callapi" {
		e.Data.Initiator = "api"
	}
	if at, ok := local(r.v, "start_time", r.zone); ok {
		e.OccurredAt = at
	}
	return e
}

// begun is the beginning of a call as later notifications know it, for those who set up no notification of it; none when they know too little.
func (r *notice) begun() []telephony.Event {
	if !r.v.Has("direction") || !r.v.Has("contact_phone_number") || !r.v.Has("start_time") {
		return nil
	}
	return []telephony.Event{r.start()}
}

// parties are who talks with whom.
func (r *notice) parties() telephony.Data {
	d := telephony.Data{Direction: r.direction(), DID: r.v.Number("virtual_phone_number")}
	contact := r.v.Number("contact_phone_number")
	switch {
	case d.Direction == telephony.Outbound:
		d.Callee = contact
	case contact != "":
		d.Caller = contact
	default:
		d.Caller = r.v.Number("calling_phone_number")
	}
	return d
}

func (r *notice) direction() telephony.Direction {
	switch said := r.v.Text("direction"); {
	case r.v.IsTrue("is_internal"):
		return telephony.Internal
	case said == "out" || said == "" && r.kind == outboundCall:
		return telephony.Outbound
	case said == "in" || r.kind == inboundCall || r.kind == lostCall:
		return telephony.Inbound
	}
	return ""
}

// rings is an employee's telephone that rings.
func (r *notice) rings() []telephony.Event {
	leg := "e:" + r.employee()
	if len(r.legs) > 0 {
		leg = r.legs[0]
	}
	d := telephony.Data{LegID: leg, Role: telephony.RoleEmployee, Number: r.v.Number("employee_phone_number")}
	return []telephony.Event{r.event(telephony.LegStarted, "", d), r.event(telephony.LegRinging, "", telephony.Data{LegID: leg})}
}

// employee names an employee in the ids of those who leave the legs out.
func (r *notice) employee() string {
	if id := r.v.ID("employee_id"); id != "" {
		return id
	}
	return r.v.Number("employee_phone_number")
}

func (r *notice) legIDs() []string {
	if len(r.legs) > 0 {
		return r.legs
	}
	return []string{"e:" + r.employee()}
}

func (r *notice) talkID() string {
	if len(r.legs) > 0 {
		return hash(r.legs...)
	}
	return "e:" + r.employee()
}

// talks is two parties connected. Whose the legs are the notification does not say: that of the telephone that rang did.
func (r *notice) talks() []telephony.Event {
	var out []telephony.Event
	for _, leg := range r.legIDs() {
		out = append(out, r.event(telephony.LegAnswered, leg, telephony.Data{LegID: leg}))
	}
	return append(out, r.event(telephony.TalkStarted, "", telephony.Data{TalkID: r.talkID(), LegIDs: r.legIDs()}))
}

// finish is the end of a call.
func (r *notice) finish() telephony.Event {
	d := r.parties()
	d.WaitMS, d.TalkMS, d.TotalMS = r.v.Milliseconds("wait_time_duration"), r.v.Milliseconds("talk_time_duration"), r.v.Milliseconds("total_time_duration")
	d.Lost = r.kind == lostCall || d.Direction == telephony.Inbound && d.TalkMS != nil && *d.TalkMS == 0
	ended := r.at
	if began, ok := local(r.v, "start_time", r.zone); ok {
		d.StartedAt = &began
		if d.TotalMS != nil {
			ended = began.Add(time.Duration(*d.TotalMS) * time.Millisecond)
		}
	}
	d.EndedAt = &ended
	return r.event(telephony.CallFinished, "", d)
}

// record is a recording that can be fetched.
func (r *notice) record() []telephony.Event {
	link := r.v.Text("file_link")
	u, err := url.Parse(link)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return nil
	}
	d := telephony.Data{RecordingID: hash(u.Host, u.Path), URL: link}
	if format := strings.TrimPrefix(path.Ext(u.Path), "."); format == "mp3" || format == "wav" {
		d.Format = format
	}
	if ms := r.v.Milliseconds("file_duration"); ms != nil {
		d.DurationMS = *ms
	}
	return []telephony.Event{r.event(telephony.RecordingReady, "", d)}
}
