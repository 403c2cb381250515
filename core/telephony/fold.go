package telephony

import (
	"cmp"
	"slices"
	"time"

	"github.com/skvoz/skvoz/core"
)

// Folded is what a call's events tell, without anything the account knows besides (numbers, employees, visits).
type Folded struct {
	Direction  Direction
	Initiator  string
	ExternalID string
	CommandID  string
	// DID, Caller and Callee are as the PBX wrote them.
	DID, Caller, Callee string
	State               CallState
	StartedAt           time.Time
	AnsweredAt, EndedAt *time.Time
	Wait, Talked, Total time.Duration
	IsLost              bool
	LostReason          LostReason
	EndReason           Reason
	LastEventAt         time.Time
	ScenarioID          string
	// Recordings and Tags are in the order they were first told of.
	Recordings []RecordingFact
	Tags       []TagFact
	Detail
	// Late counts events that came after the call had finished and change nothing.
	Late int
}

// TagFact is a tag a scenario or a command put on the call, or took from it.
type TagFact struct {
	TagID     string
	IsRemoved bool
	At        time.Time
}

// typeOrder orders events of one moment on connections that do not count their events.
var typeOrder = map[EventType]int{
	CallStarted: 1, OpStarted: 2, LegStarted: 3, LegRinging: 4, LegAnswered: 5, TalkStarted: 6, RecordingStarted: 7, DTMFPressed: 8, LegHeld: 9, LegUnheld: 10, TransferStarted: 11, TransferDone: 12,
	TransferFailed: 13, TalkEnded: 14, OpExited: 15, LegEnded: 16, TagSet: 17, TagRemoved: 18, CallFinished: 20, RecordingFailed: 22, RecordingReady: 23, SnapshotTaken: 24, CallClosed: 25,
}

// Fold makes a call of its events. It depends neither on their order nor on repetitions; no events make a call without a start.
func Fold(events []Event) Folded {
	f := folding{}
	for _, e := range inOrder(events) {
		f.take(&e)
	}
	f.finish()
	return f.Folded
}

// inOrder returns events without repetitions: first those the sender counted, in its order; then the others (all of them on connections that do not
// count, and ours) by time.
func inOrder(events []Event) []Event {
	sorted := slices.Clone(events)
	for i := range sorted {
		sorted[i].OccurredAt = moment(sorted[i].OccurredAt)
	}
	slices.SortFunc(sorted, func(a, b Event) int {
		if (a.Seq == 0) != (b.Seq == 0) {
			return cmp.Compare(b.Seq, a.Seq) // counted first
		}
		return cmp.Or(cmp.Compare(a.Seq, b.Seq), a.OccurredAt.Compare(b.OccurredAt), cmp.Compare(typeOrder[a.Type], typeOrder[b.Type]), cmp.Compare(a.ID, b.ID))
	})
	seen := make(map[string]bool, len(sorted))
	return slices.DeleteFunc(sorted, func(e Event) bool {
		again := seen[e.ID]
		seen[e.ID] = true
		return again
	})
}

// moment is a time as calls keep it: UTC, in milliseconds.
func moment(t time.Time) time.Time { return t.UTC().Truncate(time.Millisecond) }

func momentPtr(t *time.Time) *time.Time {
	if t == nil {
		return nil
	}
	m := moment(*t)
	return &m
}

// folding is a call in the making.
type folding struct {
	Folded
	seqs     map[int64]bool
	finished *Event
	closed   *Event
	// lastState is when the call last changed by an event of the PBX.
	lastState time.Time
}

func (f *folding) take(e *Event) {
	if e.ExternalID != "" {
		f.ExternalID = e.ExternalID
	}
	if e.OccurredAt.After(f.LastEventAt) {
		f.LastEventAt = e.OccurredAt
	}
	if e.Seq > 0 {
		if f.seqs == nil {
			f.seqs = map[int64]bool{}
		}
		f.seqs[e.Seq] = true
	}
	switch e.Type {
	case RecordingStarted, RecordingReady, RecordingFailed:
		f.recording(e)
	case TagSet, TagRemoved:
		f.Tags = append(f.Tags, TagFact{TagID: e.Data.TagID.String(), IsRemoved: e.Type == TagRemoved, At: e.OccurredAt})
	case OpStarted, OpExited: // ours come without a number, so they may stand behind the end
		f.step(e)
	case CallClosed:
		f.closed = e
	case SnapshotTaken:
		f.snapshot(e)
	default:
		f.state(e)
	}
}

// state takes an event that changes the call; after the end there is none.
func (f *folding) state(e *Event) {
	if f.finished != nil {
		f.Late++
		return
	}
	if f.StartedAt.IsZero() || e.OccurredAt.Before(f.StartedAt) {
		f.StartedAt = e.OccurredAt
	}
	if e.OccurredAt.After(f.lastState) {
		f.lastState = e.OccurredAt
	}
	d := &e.Data
	switch e.Type {
	case CallStarted:
		f.start(e)
	case LegStarted, LegRinging, LegAnswered, LegHeld, LegUnheld, LegEnded:
		f.leg(e)
	case TalkStarted:
		t := f.talk(d.TalkID)
		t.N = cmp.Or(d.N, t.N)
		first(&t.StartedAt, e.OccurredAt) // some say so again after a hold
		if len(d.LegIDs) > 0 {
			t.LegIDs = d.LegIDs
		}
	case TalkEnded:
		t := f.talk(d.TalkID)
		t.EndedAt, t.Duration = &e.OccurredAt, time.Duration(d.DurationMS)*time.Millisecond
	case TransferStarted:
		f.Transfers = append(f.Transfers, Transfer{Mode: d.Mode, FromLeg: d.FromLeg, To: d.To, NewLeg: d.NewLeg, State: "started", At: e.OccurredAt})
	case TransferDone, TransferFailed:
		f.transfer(e)
	case DTMFPressed:
		f.Pressed = append(f.Pressed, Pressed{LegID: d.LegID, Digits: d.Digits, At: e.OccurredAt})
	case CallFinished:
		f.finished = e
		f.merge(d)
	}
}

func (f *folding) start(e *Event) {
	d := &e.Data
	f.Direction, f.Initiator, f.Trunk = cmp.Or(d.Direction, f.Direction), cmp.Or(d.Initiator, f.Initiator), cmp.Or(d.Trunk, f.Trunk)
	f.DID, f.Caller, f.Callee = cmp.Or(d.DID, f.DID), cmp.Or(d.Caller, f.Caller), cmp.Or(d.Callee, f.Callee)
	f.CommandID = cmp.Or(d.CommandID, f.CommandID)
}

// step takes an operation's beginning or end.
func (f *folding) step(e *Event) {
	d := &e.Data
	f.ScenarioID = cmp.Or(d.ScenarioID, f.ScenarioID)
	if e.Type == OpStarted {
		f.Steps = append(f.Steps, Step{OpID: d.OpID, OpType: d.OpType, ScenarioID: d.ScenarioID, StartedAt: &e.OccurredAt, Detail: d.Detail})
		return
	}
	for i := len(f.Steps) - 1; i >= 0; i-- {
		if s := &f.Steps[i]; s.OpID == d.OpID && s.ExitedAt == nil {
			s.ExitedAt, s.Exit, s.Detail, s.NextOp = &e.OccurredAt, d.Exit, cmp.Or(d.Detail, s.Detail), d.NextOp
			return
		}
	}
	f.Steps = append(f.Steps, Step{OpID: d.OpID, OpType: d.OpType, ScenarioID: d.ScenarioID, ExitedAt: &e.OccurredAt, Exit: d.Exit, Detail: d.Detail, NextOp: d.NextOp})
}

func (f *folding) transfer(e *Event) {
	d, state := &e.Data, "done"
	if e.Type == TransferFailed {
		state = "failed"
	}
	for i := len(f.Transfers) - 1; i >= 0; i-- {
		if t := &f.Transfers[i]; t.State == "started" && (d.FromLeg == "" || t.FromLeg == d.FromLeg) {
			t.State, t.Code, t.NewLeg, t.To = state, d.Code, cmp.Or(d.NewLeg, t.NewLeg), cmp.Or(d.To, t.To)
			return
		}
	}
	f.Transfers = append(f.Transfers, Transfer{Mode: d.Mode, FromLeg: d.FromLeg, To: d.To, NewLeg: d.NewLeg, State: state, Code: d.Code, At: e.OccurredAt})
}

// legRank says how far a leg has come; it never goes back.
var legRank = map[LegState]int{LegDialing: 0, LegIsRinging: 1, LegIsAnswered: 2, LegIsHeld: 2, LegIsEnded: 3}

// legStates are the states legs come to by events.
var legStates = map[EventType]LegState{
	LegStarted: LegDialing, LegRinging: LegIsRinging, LegAnswered: LegIsAnswered, LegHeld: LegIsHeld, LegUnheld: LegIsAnswered, LegEnded: LegIsEnded,
}

func (f *folding) leg(e *Event) {
	d, to := &e.Data, legStates[e.Type]
	l := f.legByID(d.LegID)
	l.Role, l.EmployeeExt, l.Number = cmp.Or(d.Role, l.Role), cmp.Or(d.EmployeeExt, l.EmployeeExt), cmp.Or(d.Number, l.Number)
	l.DisplayCallerID, l.Via = cmp.Or(d.DisplayCallerID, l.DisplayCallerID), cmp.Or(d.Via, l.Via)
	l.EmployeeID = cmp.Or(namedEmployee(d.EmployeeID), l.EmployeeID)
	first(timeOf(l, to, e.Type), e.OccurredAt)
	switch e.Type {
	case LegHeld:
		if n := len(l.Holds); n == 0 || l.Holds[n-1].To != nil {
			l.Holds = append(l.Holds, Span{From: e.OccurredAt})
		}
	case LegUnheld:
		endSpan(l.Holds, e.OccurredAt)
	case LegEnded:
		l.Reason, l.EndedBy, l.SIPCode, l.Q850 = d.Reason, d.By, d.SIPCode, d.Q850
		endSpan(l.Holds, e.OccurredAt)
	}
	if legRank[to] >= legRank[l.State] {
		l.State = to
	}
}

// namedEmployee is the employee an event names, as we named them when the leg was asked for; zero = it names nobody of ours.
func namedEmployee(text string) core.EmployeeID {
	id, err := core.ParseID[core.EmployeeID](text)
	if err != nil {
		return 0
	}
	return id
}

// timeOf is where the leg keeps when it came to a state; nil for holding, which has spans.
func timeOf(l *Leg, to LegState, by EventType) **time.Time {
	switch {
	case by == LegHeld || by == LegUnheld:
		return nil
	case to == LegDialing:
		return &l.StartedAt
	case to == LegIsRinging:
		return &l.RangAt
	case to == LegIsAnswered:
		return &l.AnsweredAt
	default:
		return &l.EndedAt
	}
}

// first sets a time unless it is set.
func first(at **time.Time, to time.Time) {
	if at != nil && *at == nil {
		*at = &to
	}
}

func endSpan(spans []Span, at time.Time) {
	if n := len(spans); n > 0 && spans[n-1].To == nil {
		spans[n-1].To = &at
	}
}

func (f *folding) legByID(id string) *Leg {
	if i := slices.IndexFunc(f.Legs, func(l Leg) bool { return l.ID == id }); i >= 0 {
		return &f.Legs[i]
	}
	f.Legs = append(f.Legs, Leg{ID: id, State: LegDialing})
	return &f.Legs[len(f.Legs)-1]
}

func (f *folding) talk(id string) *Talk {
	if i := slices.IndexFunc(f.Talks, func(t Talk) bool { return t.ID == id }); i >= 0 {
		return &f.Talks[i]
	}
	f.Talks = append(f.Talks, Talk{ID: id})
	return &f.Talks[len(f.Talks)-1]
}

func (f *folding) recording(e *Event) {
	d := &e.Data
	i := slices.IndexFunc(f.Recordings, func(r RecordingFact) bool { return r.RemoteID == d.RecordingID })
	if i < 0 {
		f.Recordings = append(f.Recordings, RecordingFact{RemoteID: d.RecordingID, StartedAt: e.OccurredAt})
		i = len(f.Recordings) - 1
	}
	r := &f.Recordings[i]
	r.TalkID = cmp.Or(d.TalkID, r.TalkID)
	switch e.Type {
	case RecordingStarted:
		r.StartedAt, r.State = e.OccurredAt, cmp.Or(r.State, "started")
	case RecordingReady:
		r.State, r.URL, r.ExpiresAt, r.Format, r.Channels, r.Bytes, r.SHA256 = "ready", d.URL, d.URLExpiresAt, d.Format, d.Channels, d.Bytes, d.SHA256
		r.Duration = time.Duration(d.DurationMS) * time.Millisecond
	case RecordingFailed:
		if r.State != "ready" {
			r.State = "failed"
		}
	}
}
