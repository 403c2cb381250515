package emulator

import "time"

// transfer is a call on its way from one phone to another.
type transfer struct {
	mode      string // blind or attended
	from, far *leg   // who gives the call away, and the other party
	to        target
	leg       *leg // of the phone it goes to
	commandID string
}

func (t *transfer) concerns(l *leg) bool { return t.from == l || t.far == l || t.leg == l }

type transferEvent struct {
	Mode    string `json:"mode"`
	FromLeg string `json:"from_leg"`
	To      string `json:"to"`
	NewLeg  string `json:"new_leg,omitempty"`
	Code    string `json:"code,omitempty"`
}

func (t *transfer) event(code string) transferEvent {
	out := transferEvent{Mode: t.mode, FromLeg: t.from.id, To: t.to.Value, Code: code}
	if t.leg != nil {
		out.NewLeg = t.leg.id
	}
	return out
}

// beginTransfer gives a talk away: blind, the other party hears it ring; attended, it waits on hold while the two talk.
func (s *Server) beginTransfer(from *leg, mode string, to target, patience time.Duration, commandID string) {
	c := from.call
	t := &transfer{mode: mode, from: from, far: c.talk.other(from), to: to, commandID: commandID}
	c.transfer = t
	if patience == 0 {
		patience = ringTime
	}
	s.emit(c, "transfer_started", t.event(""))
	s.endTalk(c)
	if mode == "attended" {
		s.hold(t.far, "employee")
	}
	display := t.far.number
	if mode == "attended" {
		display = from.number
	}
	l := s.ring(c, to, "", display, patience, func(l *leg, answered bool) {
		t.leg = l
		s.transferSettled(c, t, answered)
	})
	t.leg = l
}

func (s *Server) transferSettled(c *call, t *transfer, answered bool) {
	switch {
	case c.transfer != t:
	case !answered:
		s.failTransfer(c, t.leg.reason)
	case t.mode == "blind":
		s.completeTransfer(c)
	default:
		s.bridge(c, t.from, t.leg)
	}
}

// completeTransfer connects the far party with the phone the call went to; who gave it away is out.
func (s *Server) completeTransfer(c *call) {
	t := c.transfer
	if !t.leg.isUp() { // an attended one that is let go while it rings goes on by itself
		t.mode = "blind"
		s.endLeg(t.from, "transferred", "system")
		return
	}
	c.transfer = nil
	s.endTalk(c)
	s.emit(c, "transfer_done", t.event(""))
	s.transferResult(t, "ok", "")
	s.endLeg(t.from, "transferred", "system")
	s.unhold(t.far, "employee")
	s.bridge(c, t.far, t.leg)
}

// failTransfer gives the call back to who wanted to give it away, or ends it when nobody is left.
func (s *Server) failTransfer(c *call, code string) {
	t := c.transfer
	if t == nil {
		return
	}
	c.transfer = nil
	s.endTalk(c)
	if t.leg != nil && t.leg.state != legEnded {
		s.endLeg(t.leg, t.leg.whyOver(), "system")
	}
	s.emit(c, "transfer_failed", t.event(code))
	s.transferResult(t, "failed", code)
	switch {
	case t.from.isUp() && t.far.isUp():
		s.unhold(t.far, "employee")
		s.bridge(c, t.far, t.from)
	case t.far == c.contact && t.far.isUp():
		s.unhold(t.far, "employee")
		s.ask(c, "talk_ended", c.lastTalkEnded())
	default:
		s.finish(c)
	}
}

func (c *call) lastTalkEnded() talkEnded {
	t := c.talks[len(c.talks)-1]
	return talkEnded{t.id, t.ended.Sub(t.startedAt).Milliseconds()}
}

// leaveTransfer is what happens when one of the three hangs up.
func (s *Server) leaveTransfer(l *leg, reason, by string) {
	c := l.call
	t := c.transfer
	switch {
	case l == t.leg && l.settle != nil:
		s.endLeg(l, unanswered(l, reason, by), by) // settles
	case l == t.leg:
		s.endLeg(l, reason, by)
		s.failTransfer(c, reason)
	case l == t.far:
		c.hungUpByCaller = l == c.contact && by == "contact"
		s.endLeg(l, reason, by)
		s.finish(c)
	case t.mode == "attended" && t.leg.isUp():
		s.completeTransfer(c)
	case t.mode == "blind":
		s.endLeg(l, reason, by) // it rings on, and there is no way back
	default:
		s.endLeg(l, reason, by)
		s.failTransfer(c, "cancelled")
	}
}

// stopTransfer ends a transfer with its call.
func (s *Server) stopTransfer(c *call) {
	t := c.transfer
	if t == nil {
		return
	}
	c.transfer = nil
	s.emit(c, "transfer_failed", t.event("cancelled"))
	s.transferResult(t, "failed", "cancelled")
}

func (s *Server) transferResult(t *transfer, status, code string) {
	if t.commandID != "" {
		s.commandResult(t.commandID, status, code)
	}
}

// mayTransfer reports whether a leg is in a talk that can be given away.
func mayTransfer(l *leg) bool {
	c := l.call
	return c.talk.has(l) && c.transfer == nil && l.isUp() && l.role != "contact"
}
