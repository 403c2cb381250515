package emulator

import (
	"slices"
	"time"
)

// Summary is how a call went; the event call_finished carries it.
type Summary struct {
	Lost       bool       `json:"lost"`
	LostReason string     `json:"lost_reason,omitempty"`
	LastSeq    int        `json:"last_seq"`
	StartedAt  time.Time  `json:"started_at"`
	AnsweredAt *time.Time `json:"answered_at,omitempty"`
	EndedAt    *time.Time `json:"ended_at,omitempty"` // nil while it goes on
	WaitMS     int64      `json:"wait_ms"`
	TalkMS     int64      `json:"talk_ms"`
	TotalMS    int64      `json:"total_ms"`
	Legs       []Leg      `json:"legs"`
	Talks      []Talk     `json:"talks"`
}

// Call is a call as it stands.
type Call struct {
	ID         string   `json:"call_id"`
	ExternalID string   `json:"external_id,omitempty"`
	State      string   `json:"state"` // routing, ringing, talk, hold or finished
	Direction  string   `json:"direction"`
	DID        string   `json:"did"`
	Caller     string   `json:"caller"`
	Callee     string   `json:"callee"`
	Initiator  string   `json:"initiator"`
	CommandID  string   `json:"command_id,omitempty"`
	Trunk      string   `json:"trunk"`
	Tags       []string `json:"tags,omitempty"`
	Summary
}

// Leg is one phone's part in a call.
type Leg struct {
	ID              string     `json:"leg_id"`
	Role            string     `json:"role"`
	Ext             string     `json:"employee_ext,omitempty"`
	Number          string     `json:"number"`
	DisplayCallerID string     `json:"display_caller_id"`
	Via             string     `json:"via"`
	State           string     `json:"state"`
	StartedAt       time.Time  `json:"started_at"`
	RingingAt       *time.Time `json:"ringing_at,omitempty"`
	AnsweredAt      *time.Time `json:"answered_at,omitempty"`
	EndedAt         *time.Time `json:"ended_at,omitempty"`
	Reason          string     `json:"reason,omitempty"`
	SIPCode         int        `json:"sip_code,omitempty"`
	Q850            int        `json:"q850,omitempty"`
	By              string     `json:"by,omitempty"`
}

// Talk is two legs that hear each other.
type Talk struct {
	ID         string     `json:"talk_id"`
	N          int        `json:"n"`
	LegIDs     []string   `json:"leg_ids"`
	StartedAt  time.Time  `json:"started_at"`
	EndedAt    *time.Time `json:"ended_at,omitempty"`
	DurationMS int64      `json:"duration_ms"`
	Recordings []string   `json:"recording_ids,omitempty"`
}

func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

func (c *call) state() string {
	switch {
	case c.ended:
		return "finished"
	case slices.ContainsFunc(c.legs, func(l *leg) bool { return l.state == legHeld }):
		return "hold"
	case c.talk != nil:
		return "talk"
	case slices.ContainsFunc(c.legs, func(l *leg) bool { return l.state == legRinging && l != c.contact }):
		return "ringing"
	}
	return "routing"
}

func (c *call) snapshot(now time.Time) Call {
	return Call{
		ID: c.id, ExternalID: c.externalID, State: c.state(), Direction: c.direction, DID: c.did, Caller: c.caller, Callee: c.callee,
		Initiator: c.initiator, CommandID: c.commandID, Trunk: trunk, Tags: slices.Clone(c.tags), Summary: c.summary(now),
	}
}

func (c *call) summary(now time.Time) Summary {
	end := now
	if c.ended {
		end = c.endedAt
	}
	out := Summary{
		Lost: c.lost, LostReason: c.lostReason, LastSeq: c.seq, StartedAt: c.startedAt, AnsweredAt: moment(c.answeredAt), EndedAt: moment(c.endedAt),
		TotalMS: end.Sub(c.startedAt).Milliseconds(), WaitMS: end.Sub(c.startedAt).Milliseconds(), Legs: []Leg{}, Talks: []Talk{},
	}
	if !c.answeredAt.IsZero() {
		out.WaitMS = c.answeredAt.Sub(c.startedAt).Milliseconds()
	}
	for _, l := range c.legs {
		out.Legs = append(out.Legs, l.snapshot())
	}
	for _, t := range c.talks {
		one := t.snapshot(end)
		out.TalkMS += one.DurationMS
		out.Talks = append(out.Talks, one)
	}
	return out
}

func (l *leg) snapshot() Leg {
	return Leg{
		ID: l.id, Role: l.role, Ext: l.ext, Number: l.number, DisplayCallerID: l.display, Via: l.via, State: string(l.state), StartedAt: l.startedAt,
		RingingAt: moment(l.ringingAt), AnsweredAt: moment(l.answeredAt), EndedAt: moment(l.endedAt), Reason: l.reason, SIPCode: l.sipCode, Q850: l.q850, By: l.by,
	}
}

func (t *talk) snapshot(now time.Time) Talk {
	end := now
	if !t.ended.IsZero() {
		end = t.ended
	}
	return Talk{
		ID: t.id, N: t.n, LegIDs: []string{t.legs[0].id, t.legs[1].id}, StartedAt: t.startedAt, EndedAt: moment(t.ended),
		DurationMS: end.Sub(t.startedAt).Milliseconds(), Recordings: slices.Clone(t.recordings),
	}
}

// emitFinished sends the last event of a call but for those of its recordings; last_seq is its own.
func (s *Server) emitFinished(c *call) {
	out := c.summary(s.now())
	out.LastSeq = c.seq + 1
	s.emit(c, "call_finished", out)
}
