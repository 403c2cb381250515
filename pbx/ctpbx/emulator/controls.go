package emulator

import (
	"fmt"
	"net/http"
	"slices"
	"time"
)

// cmdCall makes a call between an employee and a contact.
func (s *Server) cmdCall(cmd *command) (callID string, bad *refusal) {
	in := originate{First: "employee"}
	if bad := cmd.read(&in); bad != nil {
		return "", bad
	}
	employee, bad := s.employeeOf(&in)
	if bad != nil {
		return "", bad
	}
	contact, did, bad := s.contactOf(&in)
	if bad != nil {
		return "", bad
	}
	if n := s.world.limits.calls; n > 0 && s.world.active >= n {
		return "", &refusal{http.StatusTooManyRequests, "limit", fmt.Sprintf("%d calls at once are all there may be", n), ""}
	}
	first, second := employee, contact
	if in.First == "contact" {
		first, second = contact, employee
	}
	c := &call{
		direction: "out", initiator: "api", externalID: in.ExternalID, commandID: cmd.key, unsettled: true, did: did, caller: employee.to.Value,
		callee: contact.to.Value, record: in.Record,
	}
	s.callOut(c, first, second)
	return c.id, nil
}

func patienceOf(ms *int64, missing time.Duration, field string) (time.Duration, *refusal) {
	switch {
	case ms == nil:
		return missing, nil
	case *ms <= 0 || *ms > 600_000:
		return 0, invalid(field, "write 1 to 600000 milliseconds")
	}
	return time.Duration(*ms) * time.Millisecond, nil
}

// employeeOf reads who calls: a line, whose own number rings when the line can't be reached, or a number.
func (s *Server) employeeOf(in *originate) (party, *refusal) {
	if in.First != "employee" && in.First != "contact" {
		return party{}, invalid("first", "write employee or contact")
	}
	patience, bad := patienceOf(in.EmployeeMS, 30*time.Second, "employee_timeout_ms")
	if bad != nil {
		return party{}, bad
	}
	out := party{role: "employee", patience: patience, display: digitsOf(in.Contact)}
	if in.ShowCallerID {
		out.display = digitsOf(in.CallerID)
	}
	number := digitsOf(in.Employee.Number)
	if in.Employee.Ext != "" {
		p := s.world.line(in.Employee.Ext)
		switch {
		case p == nil:
			return party{}, invalid("employee.ext", "there is no line %s", in.Employee.Ext)
		case p.available:
			out.to = target{Kind: kindLine, Value: p.ext}
			return out, nil
		case number == "":
			number = p.number
		}
		if number == "" {
			return party{}, &refusal{http.StatusUnprocessableEntity, "no_active_number", "the line is unavailable and the employee has no other number", "employee"}
		}
	}
	if !isNumber(number) {
		return party{}, invalid("employee", "an extension or a number of 5 to 15 digits is needed")
	}
	if !s.world.limits.allows(number) {
		return party{}, forbidden("employee.number")
	}
	out.to = target{Kind: kindNumber, Value: number}
	return out, nil
}

func forbidden(field string) *refusal {
	return &refusal{http.StatusForbidden, "destination_forbidden", "calls there are not allowed", field}
}

// contactOf reads whom to call and by which number.
func (s *Server) contactOf(in *originate) (party, string, *refusal) {
	patience, bad := patienceOf(in.ContactMS, 60*time.Second, "contact_timeout_ms")
	if bad != nil {
		return party{}, "", bad
	}
	contact, did := digitsOf(in.Contact), digitsOf(in.CallerID)
	switch {
	case !isNumber(contact):
		return party{}, "", invalid("contact", "a number of 5 to 15 digits is needed")
	case in.CallerID == "":
		return party{}, "", invalid("caller_id", "a number is needed")
	case !slices.Contains(s.world.numbers, did):
		return party{}, "", &refusal{http.StatusUnprocessableEntity, "caller_id_not_allowed", "the number is none of ours", "caller_id"}
	case isFreephone(did):
		return party{}, "", &refusal{http.StatusUnprocessableEntity, "caller_id_not_allowed", "numbers of 8-800 can't be shown", "caller_id"}
	case slices.Contains(s.world.limits.blacklist, contact):
		return party{}, "", &refusal{http.StatusUnprocessableEntity, "contact_blacklisted", "nobody is to be connected with the number", "contact"}
	case !s.world.limits.allows(contact):
		return party{}, "", forbidden("contact")
	}
	return party{to: target{Kind: kindNumber, Value: contact}, role: "contact", patience: patience, display: did}, did, nil
}

func (s *Server) cmdTransfer(cmd *command) *refusal {
	var in struct {
		Mode      string `json:"mode"`
		ByLeg     string `json:"by_leg"`
		To        target `json:"to"`
		TimeoutMS *int64 `json:"timeout_ms"`
	}
	if bad := cmd.read(&in); bad != nil {
		return bad
	}
	l, bad := cmd.legOr(in.ByLeg, "by_leg", cmd.call.employee)
	if bad != nil {
		return bad
	}
	patience, bad := patienceOf(in.TimeoutMS, ringTime, "timeout_ms")
	if bad != nil {
		return bad
	}
	switch in.Mode {
	case "blind":
		return s.startTransfer(l, "blind", in.To, patience, cmd.key)
	case "attended_start":
		return s.startTransfer(l, "attended", in.To, patience, cmd.key)
	case "attended_complete", "attended_cancel":
		return s.endTransfer(l, in.Mode == "attended_complete", cmd.key)
	}
	return invalid("mode", "write blind, attended_start, attended_complete or attended_cancel")
}

func (s *Server) startTransfer(l *leg, mode string, to target, patience time.Duration, commandID string) *refusal {
	switch {
	case to.Kind != kindLine && to.Kind != kindNumber:
		return invalid("to.kind", "write line or number")
	case to.Kind == kindLine && s.world.line(to.Value) == nil:
		return invalid("to.value", "there is no line %s", to.Value)
	case to.Kind == kindNumber && !isNumber(digitsOf(to.Value)):
		return invalid("to.value", "a number of 5 to 15 digits is needed")
	case to.Kind == kindNumber && !s.world.limits.allows(digitsOf(to.Value)):
		return forbidden("to.value")
	case !mayTransfer(l):
		return conflict("only an employee who talks can give the call away, and once at a time")
	}
	s.beginTransfer(l, mode, to, patience, commandID)
	return nil
}

func (s *Server) endTransfer(l *leg, complete bool, commandID string) *refusal {
	t := l.call.transfer
	if t == nil || t.mode != "attended" || t.from != l {
		return conflict("no attended transfer is under way")
	}
	s.commandResult(commandID, "ok", "")
	if complete {
		s.completeTransfer(l.call)
	} else {
		s.failTransfer(l.call, "cancelled")
	}
	return nil
}

// employee is the leg of the employee who talks, or the first that is up.
func (c *call) employee() *leg {
	if c.transfer != nil {
		return c.transfer.from
	}
	if c.talk != nil {
		for _, l := range []*leg{c.talk.legs[1], c.talk.legs[0]} {
			if l.role != "contact" {
				return l
			}
		}
	}
	return c.first(func(l *leg) bool { return l.role != "contact" && l.isUp() })
}

// theContact is the leg of the person outside.
func (c *call) theContact() *leg {
	return c.first(func(l *leg) bool { return l.role == "contact" && l.state != legEnded })
}

func (c *call) first(fits func(*leg) bool) *leg {
	if at := slices.IndexFunc(c.legs, fits); at >= 0 {
		return c.legs[at]
	}
	return nil
}

// legOr finds the leg a body names, or another one when it names none.
func (cmd *command) legOr(id, field string, otherwise func() *leg) (*leg, *refusal) {
	if id == "" {
		if l := otherwise(); l != nil {
			return l, nil
		}
		return nil, conflict("the call has no leg this can be done with")
	}
	l := cmd.call.leg(id)
	if l == nil {
		bad := noLeg()
		bad.field = field
		return nil, bad
	}
	return l, nil
}

func (s *Server) cmdHold(cmd *command) *refusal {
	l, bad := cmd.heldLeg()
	switch {
	case bad != nil:
		return bad
	case l.state != legAnswered || l.call.talk == nil:
		return conflict("only a leg in a talk can be put on hold")
	}
	s.hold(l, "api")
	s.commandResult(cmd.key, "ok", "")
	return nil
}

func (s *Server) cmdUnhold(cmd *command) *refusal {
	l, bad := cmd.heldLeg()
	switch {
	case bad != nil:
		return bad
	case l.state != legHeld:
		return conflict("the leg is not on hold")
	}
	s.unhold(l, "api")
	s.commandResult(cmd.key, "ok", "")
	return nil
}

func (cmd *command) heldLeg() (*leg, *refusal) {
	var in struct {
		LegID string `json:"leg_id"`
		Media string `json:"media"`
	}
	if bad := cmd.read(&in); bad != nil {
		return nil, bad
	}
	return cmd.legOr(in.LegID, "leg_id", cmd.call.theContact)
}

// cmdHangup ends a leg or the whole call.
func (s *Server) cmdHangup(cmd *command) *refusal {
	var in struct {
		Reason string `json:"reason"`
	}
	if bad := cmd.read(&in); bad != nil {
		return bad
	}
	if in.Reason == "" {
		in.Reason = "normal"
	}
	if !slices.Contains(reasons(), in.Reason) {
		return invalid("reason", "unknown reason %q", in.Reason)
	}
	if cmd.leg != nil && cmd.leg.state == legEnded {
		return conflict("the leg has ended")
	}
	s.commandResult(cmd.key, "ok", "")
	if cmd.leg != nil {
		s.hangUpLeg(cmd.leg, in.Reason, "api")
		return nil
	}
	s.hangUpCall(cmd.call, in.Reason, "api")
	return nil
}

// hangUpCall ends all legs of a call.
func (s *Server) hangUpCall(c *call, reason, by string) {
	c.ended = true // what ends below is not asked about
	s.stopRoute(c)
	s.stopDialing(c)
	s.stopTransfer(c)
	for _, l := range slices.Clone(c.legs) {
		why := reason
		if !l.isUp() && reason == "normal" {
			why = "cancelled"
		}
		s.endLeg(l, why, by)
	}
	c.ended = false
	s.finish(c)
}

// reasons a leg may end for.
func reasons() []string {
	return []string{
		"answered_elsewhere", "normal", "busy", "no_answer", "rejected", "unavailable", "not_found", "cancelled", "congestion", "media_timeout", "transferred",
		"forbidden", "limit", "error", "node_lost",
	}
}

func (s *Server) cmdRecord(cmd *command) *refusal {
	var in struct {
		Action string `json:"action"`
	}
	if bad := cmd.read(&in); bad != nil {
		return bad
	}
	c := cmd.call
	if !slices.Contains([]string{"start", "stop", "pause"}, in.Action) {
		return invalid("action", "write start, stop or pause")
	}
	if c.talk == nil {
		return conflict("nobody talks")
	}
	switch in.Action {
	case "start":
		c.record = true
		s.startRecording(c, c.talk)
	case "stop":
		c.record = false
		s.endRecording(c)
	case "pause":
		if c.recording == nil {
			return conflict("nothing is being recorded")
		}
		s.pauseRecording(c)
	}
	s.commandResult(cmd.key, "ok", "")
	return nil
}

func (s *Server) cmdDTMF(cmd *command) *refusal {
	var in struct {
		LegID  string `json:"leg_id"`
		Digits string `json:"digits"`
	}
	if bad := cmd.read(&in); bad != nil {
		return bad
	}
	l, bad := cmd.legOr(in.LegID, "leg_id", cmd.call.theContact)
	switch {
	case bad != nil:
		return bad
	case !areDigits(in.Digits):
		return invalid("digits", "write 0-9, *, # and A-D, at most %d", maxDigits)
	case !l.isUp():
		return conflict("nobody has picked up there")
	}
	l.phone.heard += in.Digits
	l.phone.heard = l.phone.heard[max(0, len(l.phone.heard)-maxDigits):]
	s.commandResult(cmd.key, "ok", "")
	return nil
}

func areDigits(text string) bool {
	for _, r := range text {
		if !(r >= '0' && r <= '9' || r == '*' || r == '#' || r >= 'A' && r <= 'D') {
			return false
		}
	}
	return text != "" && len(text) <= maxDigits
}
