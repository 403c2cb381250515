package emulator

import (
	"slices"
	"time"
)

// call is a call with its legs and talks.
type call struct {
	id, externalID                               string
	direction, initiator, commandID              string
	did, caller, callee                          string
	seq                                          int // of the last event
	startedAt, answeredAt, endedAt               time.Time
	contact                                      *leg // the caller of an inbound call; when it leaves, the call is over
	legs                                         []*leg
	talks                                        []*talk
	talk                                         *talk // that goes on
	transfer                                     *transfer
	record                                       bool
	recording                                    *recording
	tags                                         []string
	route                                        routing
	dialing                                      *dialing
	limit                                        *timer
	lost                                         bool
	lostReason                                   string
	why                                          string // its legs ended with it; empty = as they do
	unsettled                                    bool   // the command that began it waits for its result
	hungUpByCaller, wasRinging, ended, forgotten bool
}

// talk is two legs that hear each other.
type talk struct {
	id               string
	n                int
	legs             [2]*leg
	startedAt, ended time.Time
	recordings       []string
	hangups          []*timer
}

func (t *talk) has(l *leg) bool { return t != nil && (t.legs[0] == l || t.legs[1] == l) }

func (t *talk) other(l *leg) *leg {
	if t.legs[0] == l {
		return t.legs[1]
	}
	return t.legs[0]
}

type callStarted struct {
	Direction string `json:"direction"`
	DID       string `json:"did"`
	Caller    string `json:"caller"`
	Callee    string `json:"callee"`
	Initiator string `json:"initiator"`
	CommandID string `json:"command_id,omitempty"`
	SIPCallID string `json:"sip_call_id,omitempty"`
	Trunk     string `json:"trunk"`
}

// maxFinished is how many calls that are over are remembered.
const maxFinished = 2000

// trunk is the name of the provider's way to the public network.
const trunk = "pbxsim"

func (s *Server) newCall(c *call) *call {
	c.id, c.startedAt = newID("c-"), s.now()
	w := s.world
	w.calls[c.id] = c
	w.order = append(w.order, c)
	w.active++
	if len(w.order) > 2*maxFinished && len(w.order)-w.active > maxFinished {
		w.forgetOldest()
	}
	c.limit = s.after(s.opts.MaxCall, func() {
		c.why = "limit"
		s.finish(c)
	})
	s.emit(c, "call_started", callStarted{c.direction, c.did, c.caller, c.callee, c.initiator, c.commandID, c.id + "@pbxsim", trunk})
	return c
}

func (w *world) forgetOldest() {
	drop := len(w.order) - w.active - maxFinished
	w.order = slices.DeleteFunc(w.order, func(c *call) bool {
		if !c.ended || drop <= 0 {
			return false
		}
		drop--
		delete(w.calls, c.id)
		return true
	})
}

type talkStarted struct {
	TalkID string   `json:"talk_id"`
	N      int      `json:"n"`
	LegIDs []string `json:"leg_ids"`
}

type talkEnded struct {
	TalkID     string `json:"talk_id"`
	DurationMS int64  `json:"duration_ms"`
}

// bridge lets two legs talk.
func (s *Server) bridge(c *call, a, b *leg) {
	s.endTalk(c)
	t := &talk{id: newID("t-"), n: len(c.talks) + 1, legs: [2]*leg{a, b}, startedAt: s.now()}
	c.talk, c.talks = t, append(c.talks, t)
	if c.answeredAt.IsZero() {
		c.answeredAt = s.now()
	}
	a.everTalked, b.everTalked = true, true
	s.emit(c, "talk_started", talkStarted{t.id, t.n, []string{a.id, b.id}})
	if c.record {
		s.startRecording(c, t)
	}
	for _, l := range t.legs {
		if after := l.phone.rule.HangUpAfter; after > 0 {
			t.hangups = append(t.hangups, s.after(after, func() { s.hangUpLeg(l, "normal", l.party()) }))
		}
	}
}

func (s *Server) endTalk(c *call) {
	t := c.talk
	if t == nil {
		return
	}
	c.talk = nil
	t.ended = s.now()
	s.off(t.hangups...)
	s.emit(c, "talk_ended", talkEnded{t.id, t.ended.Sub(t.startedAt).Milliseconds()})
	s.endRecording(c)
}

// hangUpLeg is what happens when somebody at a leg's phone, a command or the provider hangs a leg up.
func (s *Server) hangUpLeg(l *leg, reason, by string) {
	c := l.call
	switch {
	case l.state == legEnded:
	case c.transfer != nil && c.transfer.concerns(l):
		s.leaveTransfer(l, reason, by)
	case l == c.contact:
		s.callerLeft(l, reason, by)
	case l.settle != nil: // somebody waits for what becomes of it
		s.endLeg(l, unanswered(l, reason, by), by)
	default:
		s.leave(l, reason, by)
	}
}

// unanswered is why a leg ended that was never picked up.
func unanswered(l *leg, reason, by string) string {
	switch {
	case reason != "normal" || l.isUp():
		return reason
	case by == l.party():
		return "rejected"
	}
	return "cancelled"
}

// callerLeft ends an inbound call whose caller has gone.
func (s *Server) callerLeft(l *leg, reason, by string) {
	c := l.call
	c.hungUpByCaller, c.wasRinging = by == "contact", c.dialing != nil && c.talk == nil
	if !l.isUp() && reason == "normal" {
		reason = "cancelled"
	}
	s.endLeg(l, reason, by)
	s.finish(c)
}

// leave ends a leg that talked; what remains of the call is asked about or ended.
func (s *Server) leave(l *leg, reason, by string) {
	c := l.call
	t := c.talk
	talked := t.has(l)
	s.endLeg(l, reason, by)
	if !talked {
		s.endIfAlone(c)
		return
	}
	s.endTalk(c)
	if rest := t.other(l); rest == c.contact && rest.isUp() {
		s.release(rest)
		s.ask(c, "talk_ended", talkEnded{t.id, t.ended.Sub(t.startedAt).Milliseconds()})
		return
	}
	s.finish(c)
}

// endIfAlone ends a call in which nobody is left to talk to.
func (s *Server) endIfAlone(c *call) {
	if c.talk == nil && c.dialing == nil && c.contact == nil {
		s.finish(c)
	}
}

// finish ends all that is left of a call and tells what it was.
func (s *Server) finish(c *call) {
	if c.ended {
		return
	}
	c.ended = true // nothing that ends below goes on
	s.stopRoute(c)
	s.stopDialing(c)
	s.stopTransfer(c)
	s.endTalk(c)
	s.endRecording(c)
	for _, l := range slices.Clone(c.legs) {
		s.endLeg(l, l.whyOver(), c.endedBy())
	}
	s.off(c.limit)
	c.endedAt = s.now()
	s.world.active--
	c.judge()
	s.settleCommand(c, "failed", "cancelled")
	s.emitFinished(c)
}

// endedBy names who ended the call for those who did not.
func (c *call) endedBy() string {
	if c.hungUpByCaller {
		return "contact"
	}
	return "system"
}

// whyOver is why a leg ends with its call.
func (l *leg) whyOver() string {
	switch {
	case l.call.why != "":
		return l.call.why
	case l.isUp():
		return "normal"
	}
	return "cancelled"
}

// forget ends what waits for an answer about the call, without a word.
func (c *call) forget() {
	c.forgotten = true
	if c.route.cancel != nil {
		c.route.cancel()
	}
}

// judge says whether an inbound call was lost, and why.
func (c *call) judge() {
	if c.direction != "in" || len(c.talks) > 0 {
		return
	}
	c.lost = true
	c.lostReason = c.whyLost()
}

func (c *call) whyLost() string {
	if c.hungUpByCaller {
		if c.wasRinging {
			return "caller_hangup_ringing"
		}
		return "caller_hangup_in_menu"
	}
	seen := map[string]bool{}
	for _, l := range c.legs {
		if l != c.contact {
			seen[l.reason] = true
		}
	}
	switch {
	case seen["no_answer"] || seen["rejected"]:
		return "no_answer"
	case seen["busy"]:
		return "all_busy"
	case seen["unavailable"] || seen["not_found"]:
		return "unavailable"
	}
	return "failed"
}
