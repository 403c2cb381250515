package ctpbx

import (
	"net/url"
	"strings"
	"time"

	"github.com/skvoz/skvoz/core/telephony"
)

// kind is what the contract says of a type of event.
type kind struct {
	// ofCall: it has a call_id and a seq.
	ofCall bool
	// check returns the code of what is wrong with the data, or "".
	check func(d *telephony.Data) string
}

var reserved = map[telephony.EventType]bool{
	telephony.TagSet: true, telephony.TagRemoved: true, telephony.CallClosed: true, telephony.SnapshotTaken: true,
}

var kinds = map[telephony.EventType]kind{
	telephony.CallStarted:      {true, checkStarted},
	telephony.OpStarted:        {true, func(d *telephony.Data) string { return need(d.OpID) }},
	telephony.OpExited:         {true, func(d *telephony.Data) string { return need(d.OpID, d.Exit) }},
	telephony.LegStarted:       {true, checkLegStarted},
	telephony.LegRinging:       {true, checkLeg},
	telephony.LegAnswered:      {true, checkLeg},
	telephony.LegHeld:          {true, checkLeg},
	telephony.LegUnheld:        {true, checkLeg},
	telephony.LegEnded:         {true, checkLegEnded},
	telephony.TalkStarted:      {true, checkTalkStarted},
	telephony.TalkEnded:        {true, func(d *telephony.Data) string { return need(d.TalkID) }},
	telephony.TransferStarted:  {true, checkTransfer},
	telephony.TransferDone:     {true, checkTransfer},
	telephony.TransferFailed:   {true, checkTransfer},
	telephony.DTMFPressed:      {true, checkDigits},
	telephony.CallFinished:     {true, checkFinished},
	telephony.RecordingStarted: {true, checkRecording},
	telephony.RecordingReady:   {true, checkReady},
	telephony.RecordingFailed:  {true, checkRecording},

	telephony.LineStateChanged:   {false, checkLine},
	telephony.Heartbeat:          {false, func(*telephony.Data) string { return "" }},
	telephony.CommandResultEvent: {false, checkResult},
}

// directions, roles, reasons and the like are the words of the contract.
var (
	directions  = words(telephony.Inbound, telephony.Outbound, telephony.Internal)
	roles       = words(telephony.RoleContact, telephony.RoleEmployee, telephony.RoleGroup, telephony.RoleCoach, telephony.RoleOther)
	lineStates  = words(telephony.LineFree, telephony.LineBusy, telephony.LineUnavailable)
	modes       = words("blind", "attended")
	formats     = words("", "wav", "mp3")
	statuses    = words("ok", "failed")
	lostReasons = words("", telephony.LostHangupInMenu, telephony.LostHangupRinging, telephony.LostNoAnswer, telephony.LostAllBusy, telephony.LostUnavailable,
		telephony.LostOutOfSchedule, telephony.LostBlacklisted, telephony.LostFailed, telephony.LostNodeLost)
	reasons = words(telephony.ReasonAnsweredElsewhere, telephony.ReasonNormal, telephony.ReasonBusy, telephony.ReasonNoAnswer, telephony.ReasonRejected,
		telephony.ReasonUnavailable, telephony.ReasonNotFound, telephony.ReasonCancelled, telephony.ReasonCongestion, telephony.ReasonMediaTimeout,
		telephony.ReasonTransferred, telephony.ReasonForbidden, telephony.ReasonLimit, telephony.ReasonError, telephony.ReasonNodeLost)
)

func words[T comparable](list ...T) map[T]bool {
	out := make(map[T]bool, len(list))
	for _, w := range list {
		out[w] = true
	}
	return out
}

// checkData looks at what an event says.
func checkData(e *telephony.Event) string {
	d := &e.Data
	if code := first(checkTexts(d), checkNumbers(d), checkAmounts(d), checkTimes(d)); code != "" {
		return code
	}
	if code := kinds[e.Type].check(d); code != "" {
		return code
	}
	if e.Type == telephony.CallFinished && d.LastSeq < e.Seq {
		return codeBadSeq
	}
	return ""
}

// first returns the first code there is.
func first(codes ...string) string {
	for _, c := range codes {
		if c != "" {
			return c
		}
	}
	return ""
}

// need asks for fields.
func need(values ...string) string {
	for _, v := range values {
		if v == "" {
			return codeMissing
		}
	}
	return ""
}

func valid(ok bool) string {
	if !ok {
		return codeBadValue
	}
	return ""
}

// checkTexts bounds all texts, whether the type of event uses them or not: they are kept.
func checkTexts(d *telephony.Data) string {
	for _, id := range []string{d.CommandID, d.OpID, d.ScenarioID, d.NextOp, d.LegID, d.EmployeeID, d.TalkID, d.FromLeg, d.NewLeg, d.RecordingID, d.Line} {
		if !isText(id, MaxID) {
			return codeTooLong
		}
	}
	texts := []string{
		string(d.Direction), d.Initiator, d.SIPCallID, d.Trunk, d.OpType, d.Exit, d.Detail, string(d.Role), d.EmployeeExt, d.Via, d.By, string(d.Reason), d.Mode, d.To, d.Code,
		d.Digits, string(d.LostReason), d.State, d.Format, d.SHA256, d.Ext, d.Version, d.Status,
	}
	for _, text := range append(texts, d.Contacts...) {
		if !isText(text, maxText) {
			return codeTooLong
		}
	}
	if !isText(d.URL, maxURL) || len(d.Legs) > maxParts || len(d.Talks) > maxParts || len(d.LegIDs) > maxParts || len(d.Contacts) > maxPlaces {
		return codeTooLong
	}
	for _, id := range d.LegIDs {
		if !isID(id) {
			return codeBadID
		}
	}
	return checkParts(d)
}

// checkParts looks at the legs and talks of a snapshot.
func checkParts(d *telephony.Data) string {
	for i := range d.Legs {
		l := &d.Legs[i]
		switch {
		case l.LegID == "":
			return codeMissing
		case !isID(l.LegID), !isText(l.EmployeeExt, maxText), !isText(l.Via, maxText), !isText(l.State, maxText), !isText(l.By, maxText):
			return codeTooLong
		case l.Role != "" && !roles[l.Role], l.Reason != "" && !reasons[l.Reason], !isNumber(l.Number):
			return codeBadValue
		}
	}
	for i := range d.Talks {
		t := &d.Talks[i]
		switch {
		case t.TalkID == "":
			return codeMissing
		case !isID(t.TalkID), len(t.LegIDs) > maxParts:
			return codeTooLong
		case t.N < 0, t.DurationMS < 0, t.DurationMS > maxDuration:
			return codeBadValue
		}
		for _, id := range t.LegIDs {
			if !isID(id) {
				return codeBadID
			}
		}
	}
	return ""
}

func checkNumbers(d *telephony.Data) string {
	return valid(isNumber(d.DID) && isNumber(d.Caller) && isNumber(d.Callee) && isNumber(d.Number) && isNumber(d.DisplayCallerID))
}

// isNumber tells digits and addresses of SIP; none is one, too: a hidden caller.
func isNumber(s string) bool {
	if strings.HasPrefix(s, "sip:") || strings.HasPrefix(s, "sips:") {
		return isText(s, 255)
	}
	return len(s) <= 32 && strings.Trim(s, "0123456789*#") == ""
}

// maxDuration is the longest a call may be said to have lasted, in milliseconds: a month.
const maxDuration = int64(31 * 24 * time.Hour / time.Millisecond)

func checkAmounts(d *telephony.Data) string {
	for _, ms := range []*int64{d.WaitMS, d.TalkMS, d.TotalMS, &d.DurationMS} {
		if ms != nil && (*ms < 0 || *ms > maxDuration) {
			return codeBadValue
		}
	}
	if d.LastSeq < 0 || d.LastSeq > MaxSeq {
		return codeBadSeq
	}
	return valid(d.N >= 0 && d.N <= MaxSeq && d.Channels >= 0 && d.Channels <= 8 && d.Bytes >= 0 && d.ActiveCalls >= 0 && d.SIPCode >= 0 && d.SIPCode < 1000 && d.Q850 >= 0 && d.Q850 < 1000)
}

func checkTimes(d *telephony.Data) string {
	all := []*time.Time{d.StartedAt, d.AnsweredAt, d.EndedAt, d.URLExpiresAt}
	for i := range d.Legs {
		l := &d.Legs[i]
		all = append(all, l.StartedAt, l.RangAt, l.AnsweredAt, l.EndedAt)
	}
	for i := range d.Talks {
		all = append(all, d.Talks[i].StartedAt, d.Talks[i].EndedAt)
	}
	for _, at := range all {
		if at == nil {
			continue
		}
		if !plausible(*at) {
			return codeBadTime
		}
		*at = at.UTC()
	}
	return ""
}

func checkStarted(d *telephony.Data) string {
	code := need(string(d.Direction))
	switch {
	case code != "":
		return code
	case d.Direction == telephony.Inbound:
		code = need(d.DID)
	case d.Direction == telephony.Outbound:
		code = need(d.Callee)
	}
	return first(code, valid(directions[d.Direction]))
}

func checkLeg(d *telephony.Data) string { return need(d.LegID) }

func checkLegStarted(d *telephony.Data) string {
	return first(need(d.LegID, string(d.Role)), valid(roles[d.Role]))
}

func checkLegEnded(d *telephony.Data) string {
	return first(need(d.LegID, string(d.Reason)), valid(reasons[d.Reason]))
}

func checkTalkStarted(d *telephony.Data) string {
	if d.TalkID == "" || len(d.LegIDs) == 0 {
		return codeMissing
	}
	return valid(len(d.LegIDs) == 2 && d.LegIDs[0] != d.LegIDs[1])
}

func checkTransfer(d *telephony.Data) string {
	return first(need(d.Mode, d.FromLeg), valid(modes[d.Mode]))
}

func checkDigits(d *telephony.Data) string {
	return first(need(d.LegID, d.Digits), valid(len(d.Digits) <= 64 && strings.Trim(d.Digits, "0123456789*#ABCD") == ""))
}

func checkFinished(d *telephony.Data) string {
	switch {
	case d.LastSeq == 0, d.StartedAt == nil, d.EndedAt == nil:
		return codeMissing
	case d.Direction != "" && !directions[d.Direction]:
		return codeBadValue
	}
	return valid(lostReasons[d.LostReason])
}

func checkRecording(d *telephony.Data) string { return need(d.RecordingID) }

func checkReady(d *telephony.Data) string {
	if code := need(d.RecordingID, d.URL); code != "" {
		return code
	}
	u, err := url.Parse(d.URL)
	isWeb := err == nil && u.Host != "" && (u.Scheme == "http" || u.Scheme == "https")
	isHash := d.SHA256 == "" || len(d.SHA256) == 64 && strings.Trim(strings.ToLower(d.SHA256), "0123456789abcdef") == ""
	return valid(isWeb && isHash && formats[d.Format])
}

func checkLine(d *telephony.Data) string {
	return first(need(d.Line, d.State), valid(lineStates[telephony.LineState(d.State)]))
}

func checkResult(d *telephony.Data) string {
	return first(need(d.CommandID, d.Status), valid(statuses[d.Status]))
}
