package telephony

import (
	"cmp"
	"slices"
	"time"
)

// snapshot takes what the PBX answered when it was asked for the call: it fills gaps, and ends the call if it says so.
func (f *folding) snapshot(e *Event) {
	f.start(e)
	f.merge(&e.Data)
	if (e.Data.EndedAt != nil || e.Data.State == string(StateFinished)) && f.finished == nil {
		f.finished = e
	}
	if e.Data.LastSeq > 0 && f.finished != nil { // what is missing is in the snapshot
		for n := int64(1); n <= e.Data.LastSeq; n++ {
			if f.seqs == nil {
				f.seqs = map[int64]bool{}
			}
			f.seqs[n] = true
		}
	}
}

// merge fills what the events did not tell with what a snapshot does.
func (f *folding) merge(d *Data) {
	if at := momentPtr(d.StartedAt); at != nil && (f.StartedAt.IsZero() || at.Before(f.StartedAt)) {
		f.StartedAt = *at
	}
	f.start(&Event{Data: *d})
	for _, fact := range d.Legs {
		f.mergeLeg(fact)
	}
	for _, fact := range d.Talks {
		fact.StartedAt, fact.EndedAt = momentPtr(fact.StartedAt), momentPtr(fact.EndedAt)
		t := f.talk(fact.TalkID)
		t.N = cmp.Or(t.N, fact.N)
		t.StartedAt, t.EndedAt = orTime(t.StartedAt, fact.StartedAt), orTime(t.EndedAt, fact.EndedAt)
		t.Duration = cmp.Or(t.Duration, time.Duration(fact.DurationMS)*time.Millisecond)
		if len(t.LegIDs) == 0 {
			t.LegIDs = fact.LegIDs
		}
	}
}

func (f *folding) mergeLeg(fact LegFact) {
	fact.StartedAt, fact.RangAt = momentPtr(fact.StartedAt), momentPtr(fact.RangAt)
	fact.AnsweredAt, fact.EndedAt = momentPtr(fact.AnsweredAt), momentPtr(fact.EndedAt)
	l := f.legByID(fact.LegID)
	l.EmployeeID = cmp.Or(l.EmployeeID, namedEmployee(fact.EmployeeID))
	l.Role, l.EmployeeExt, l.Number, l.Via = cmp.Or(l.Role, fact.Role), cmp.Or(l.EmployeeExt, fact.EmployeeExt), cmp.Or(l.Number, fact.Number), cmp.Or(l.Via, fact.Via)
	l.StartedAt, l.RangAt = orTime(l.StartedAt, fact.StartedAt), orTime(l.RangAt, fact.RangAt)
	l.AnsweredAt, l.EndedAt = orTime(l.AnsweredAt, fact.AnsweredAt), orTime(l.EndedAt, fact.EndedAt)
	l.Reason, l.EndedBy = cmp.Or(l.Reason, fact.Reason), cmp.Or(l.EndedBy, fact.By)
	for _, s := range []struct {
		at *time.Time
		to LegState
	}{{l.RangAt, LegIsRinging}, {l.AnsweredAt, LegIsAnswered}, {l.EndedAt, LegIsEnded}} {
		if s.at != nil && legRank[s.to] > legRank[l.State] {
			l.State = s.to
		}
	}
}

func orTime(a, b *time.Time) *time.Time {
	if a != nil {
		return a
	}
	return b
}

// finish says where the call stands once all events are taken.
func (f *folding) finish() {
	f.endTalks()
	f.close()
	if f.EndedAt != nil {
		f.endAll(*f.EndedAt)
	}
	f.number()
	f.times()
	f.State = f.stateNow()
	f.lost()
	f.missing()
}

// endTalks ends talks whose end nobody told when the first of their legs ended.
func (f *folding) endTalks() {
	for i := range f.Talks {
		t := &f.Talks[i]
		if t.StartedAt == nil || t.EndedAt != nil {
			continue
		}
		for j := range f.Legs {
			l := &f.Legs[j]
			if l.EndedAt != nil && !l.EndedAt.Before(*t.StartedAt) && slices.Contains(t.LegIDs, l.ID) && (t.EndedAt == nil || l.EndedAt.Before(*t.EndedAt)) {
				t.EndedAt = l.EndedAt
			}
		}
	}
}

// close ends a call by what the PBX said, else by what we did: a PBX that went on after our closing is right.
func (f *folding) close() {
	switch {
	case f.finished != nil:
		end := f.finished.OccurredAt
		if f.finished.Data.EndedAt != nil {
			end = moment(*f.finished.Data.EndedAt)
		}
		f.EndedAt = &end
	case f.closed != nil && !f.lastState.After(f.closed.OccurredAt):
		end := f.closed.OccurredAt
		if !f.lastState.IsZero() { // nobody knows more
			end = f.lastState
		}
		f.EndedAt, f.EndReason = &end, f.closed.Data.Reason
	}
}

// endAll ends what is still open when the call ends.
func (f *folding) endAll(at time.Time) {
	for i := range f.Legs {
		l := &f.Legs[i]
		endSpan(l.Holds, at)
		if l.State != LegIsEnded {
			l.State, l.EndedAt, l.Reason = LegIsEnded, &at, cmp.Or(l.Reason, f.EndReason)
		}
	}
	for i := range f.Talks {
		t := &f.Talks[i]
		if t.StartedAt != nil && t.EndedAt == nil {
			t.EndedAt = &at
		}
	}
}

// number puts the talks in order and gives those without a number one.
func (f *folding) number() {
	slices.SortStableFunc(f.Talks, func(a, b Talk) int { return compareTimes(a.StartedAt, b.StartedAt) })
	for i := range f.Talks {
		t := &f.Talks[i]
		t.N = cmp.Or(t.N, i+1)
		if t.Duration == 0 && t.StartedAt != nil && t.EndedAt != nil {
			t.Duration = max(0, t.EndedAt.Sub(*t.StartedAt))
		}
	}
}

func compareTimes(a, b *time.Time) int {
	switch {
	case a == nil && b == nil:
		return 0
	case a == nil:
		return 1
	case b == nil:
		return -1
	default:
		return a.Compare(*b)
	}
}

func (f *folding) times() {
	if f.LastEventAt.Before(f.lastState) {
		f.LastEventAt = f.lastState
	}
	for i := range f.Talks {
		t := &f.Talks[i]
		f.Talked += t.Duration
		if t.StartedAt != nil && f.isWithHuman(t) && (f.AnsweredAt == nil || t.StartedAt.Before(*f.AnsweredAt)) {
			f.AnsweredAt = t.StartedAt
		}
	}
	if f.AnsweredAt == nil && f.finished != nil && len(f.Talks) == 0 { // a sender that tells of calls as a whole only
		if d := &f.finished.Data; !d.Lost && d.LostReason == "" && d.AnsweredAt != nil && (d.TalkMS == nil || *d.TalkMS > 0) {
			f.AnsweredAt = momentPtr(d.AnsweredAt)
		}
	}
	switch {
	case f.AnsweredAt != nil:
		f.Wait = f.AnsweredAt.Sub(f.StartedAt)
	case f.EndedAt != nil:
		f.Wait = f.EndedAt.Sub(f.StartedAt)
	}
	if f.EndedAt != nil {
		f.Total = max(0, f.EndedAt.Sub(f.StartedAt))
	}
	f.Wait = max(0, f.Wait)
	if f.finished != nil {
		override(&f.Wait, f.finished.Data.WaitMS)
		override(&f.Total, f.finished.Data.TotalMS)
		if f.Talked == 0 {
			override(&f.Talked, f.finished.Data.TalkMS)
		}
	}
}

func override(d *time.Duration, ms *int64) {
	if ms != nil {
		*d = max(0, time.Duration(*ms)*time.Millisecond)
	}
}

// isWithHuman: a talk of the contact with somebody of the company. A talk whose legs nobody told the roles of counts as one.
func (f *folding) isWithHuman(t *Talk) bool {
	known := false
	for i := range f.Legs {
		if l := &f.Legs[i]; slices.Contains(t.LegIDs, l.ID) {
			known = known || l.Role != ""
			if l.IsHuman() || (f.Direction == Outbound && l.Role == RoleContact) {
				return true
			}
		}
	}
	return !known
}

func (f *folding) stateNow() CallState {
	if f.EndedAt != nil {
		return StateFinished
	}
	state := StateStarted
	for i := range f.Talks {
		if t := &f.Talks[i]; t.StartedAt != nil && t.EndedAt == nil {
			state = StateTalking
		}
	}
	for i := range f.Legs {
		l := &f.Legs[i]
		switch {
		case l.State == LegIsHeld:
			return StateHeld
		case l.State == LegIsRinging && state == StateStarted && l.Role != RoleContact:
			state = StateRinging
		case l.State == LegIsRinging && state == StateStarted && f.Direction == Outbound:
			state = StateRinging
		}
	}
	return state
}

// lost: an inbound call that ended without a talk with a person.
func (f *folding) lost() {
	if f.Direction != Inbound || f.EndedAt == nil || f.AnsweredAt != nil {
		return
	}
	f.IsLost = true
	switch {
	case f.finished != nil && f.finished.Data.LostReason != "":
		f.LostReason = f.finished.Data.LostReason
	case f.EndReason != "":
		f.LostReason = LostNodeLost
	default:
		f.LostReason = f.reasonFromLegs()
	}
}

func (f *folding) reasonFromLegs() LostReason {
	var rung, busy, unavailable int
	callerLeft := false
	for i := range f.Legs {
		l := &f.Legs[i]
		if l.Role == RoleContact {
			callerLeft = callerLeft || l.EndedBy == "contact" || l.Reason == ReasonCancelled
			continue
		}
		rung++
		switch l.Reason {
		case ReasonBusy:
			busy++
		case ReasonUnavailable, ReasonNotFound:
			unavailable++
		}
	}
	switch {
	case rung == 0 && slices.ContainsFunc(f.Steps, func(s Step) bool { return s.Exit == "closed" }):
		return LostOutOfSchedule
	case rung == 0:
		return LostHangupInMenu
	case busy == rung:
		return LostAllBusy
	case unavailable == rung:
		return LostUnavailable
	case callerLeft:
		return LostHangupRinging
	default:
		return LostNoAnswer
	}
}

// missing counts the events of the sender's count that never came.
func (f *folding) missing() {
	if f.finished == nil || f.finished.Data.LastSeq == 0 {
		return
	}
	for n := int64(1); n <= f.finished.Data.LastSeq; n++ {
		if !f.seqs[n] {
			f.MissingSeqs++
		}
	}
}
