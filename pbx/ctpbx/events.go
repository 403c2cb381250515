package ctpbx

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/telephony"
)

// Limits of what is read.
const (
	// MaxBody is how large a request may be, in bytes.
	MaxBody = 1 << 20
	// MaxID is how long an id may be, in characters.
	MaxID = 128
	// MaxSeq is how far a call's events may be counted.
	MaxSeq = 100_000

	maxText   = 1024 // characters of a text
	maxURL    = 4096
	maxParts  = 500 // legs or talks of a snapshot
	maxPlaces = 50  // contacts of a line
)

// Codes of rejections.
const (
	codeUnknownType  = "unknown_type"
	codeReservedType = "reserved_type"
	codeBadID        = "bad_id"
	codeBadTime      = "bad_time"
	codeNoCallID     = "no_call_id"
	codeBadSeq       = "bad_seq"
	codeMissing      = "missing_field"
	codeBadValue     = "bad_value"
	codeTooLong      = "too_long"
)

// envelope is an event before its parts are looked at.
type envelope struct {
	ID         string          `json:"id"`
	Type       string          `json:"type"`
	OccurredAt string          `json:"occurred_at"`
	CallID     string          `json:"call_id"`
	Seq        int64           `json:"seq"`
	ExternalID string          `json:"external_id"`
	Data       json.RawMessage `json:"data"`
}

// ParseEvents reads the body of a request with events: one event, or {"events":[…]}. Events that break the contract are rejected one by one; fields the
// contract does not know are let through unread. The error, of kind KindInvalid with the reason bad_json or too_many_events, says that the whole body can't
// be read.
func ParseEvents(body []byte) ([]telephony.Event, []telephony.Rejection, error) {
	raws, err := split(body)
	if err != nil {
		return nil, nil, err
	}
	events, rejected := make([]telephony.Event, 0, len(raws)), []telephony.Rejection{}
	for _, raw := range raws {
		e, code := parseEvent(raw)
		if code != "" {
			rejected = append(rejected, telephony.Rejection{ID: shown(e.ID), Code: code})
			continue
		}
		events = append(events, e)
	}
	return events, rejected, nil
}

// split takes a body apart into events.
func split(body []byte) ([]json.RawMessage, error) {
	var batch struct {
		Events *[]json.RawMessage `json:"events"`
	}
	if !bytes.HasPrefix(bytes.TrimLeft(body, " \t\r\n"), []byte("{")) {
		return nil, badJSON("the body must be an object of JSON: an event, or {\"events\":[…]}")
	}
	if err := json.Unmarshal(body, &batch); err != nil {
		return nil, badJSON("the body is no JSON: " + err.Error())
	}
	switch {
	case batch.Events == nil:
		return []json.RawMessage{body}, nil
	case len(*batch.Events) > telephony.MaxEvents:
		return nil, core.E(core.KindInvalid, "a request may hold 100 events").WithReason("too_many_events")
	}
	return *batch.Events, nil
}

func badJSON(message string) error {
	return core.E(core.KindInvalid, message).WithReason("bad_json")
}

// shown is an id as answers repeat it.
func shown(id string) string {
	if utf8.RuneCountInString(id) > MaxID {
		return string([]rune(id)[:MaxID])
	}
	return id
}

// parseEvent returns an event, or the code of what is wrong with it.
func parseEvent(raw json.RawMessage) (e telephony.Event, code string) {
	var env envelope
	if err := json.Unmarshal(raw, &env); err != nil {
		return telephony.Event{ID: env.ID}, codeOfField(err)
	}
	e = telephony.Event{ID: env.ID, Type: telephony.EventType(env.Type), CallID: env.CallID, Seq: env.Seq, ExternalID: env.ExternalID}
	if code := env.check(); code != "" {
		return e, code
	}
	at, err := time.Parse(time.RFC3339, env.OccurredAt)
	if err != nil || !plausible(at) {
		return e, codeBadTime
	}
	e.OccurredAt = at.UTC()
	if len(env.Data) > 0 && !bytes.Equal(env.Data, []byte("null")) {
		if err := json.Unmarshal(env.Data, &e.Data); err != nil {
			return e, codeOf(err)
		}
	}
	e.Data.TagID = 0 // tags are ours
	return e, checkData(&e)
}

// codeOfField says what is wrong with an envelope one of whose parts has the wrong type.
func codeOfField(err error) string {
	var wrong *json.UnmarshalTypeError
	if !errors.As(err, &wrong) {
		return codeBadValue
	}
	switch wrong.Field {
	case "id":
		return codeBadID
	case "type":
		return codeUnknownType
	case "occurred_at":
		return codeBadTime
	case "call_id":
		return codeNoCallID
	case "seq":
		return codeBadSeq
	}
	return codeBadValue
}

// codeOf says what is wrong with data that can't be decoded.
func codeOf(err error) string {
	var badTime *time.ParseError
	if errors.As(err, &badTime) || strings.Contains(err.Error(), "Time.UnmarshalJSON") {
		return codeBadTime
	}
	return codeBadValue
}

// plausible tells times of this century: others are a clock that was never set.
func plausible(at time.Time) bool { return at.Year() >= 2000 && at.Year() < 2100 }

// check looks at what all events have.
func (e *envelope) check() string {
	kind, known := kinds[telephony.EventType(e.Type)]
	switch {
	case !isID(e.ID):
		return codeBadID
	case reserved[telephony.EventType(e.Type)]:
		return codeReservedType
	case !known:
		return codeUnknownType
	case e.CallID == "" && kind.ofCall:
		return codeNoCallID
	case e.CallID != "" && !isID(e.CallID):
		return codeBadID
	case e.ExternalID != "" && !isText(e.ExternalID, MaxID):
		return codeTooLong
	case e.Seq > MaxSeq || e.Seq < 0 || e.Seq == 0 && kind.ofCall:
		return codeBadSeq
	}
	return ""
}

// isID reports whether an id can be kept: 1 to 128 characters one can see.
func isID(s string) bool { return s != "" && isText(s, MaxID) }

// isText reports whether a text can be kept and shown.
func isText(s string, most int) bool {
	return utf8.RuneCountInString(s) <= most && !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f })
}
