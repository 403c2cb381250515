package emulator

import (
	"cmp"
	"time"
)

// legState goes forward only, but for held and answered.
type legState string

const (
	legDialing  legState = "dialing"
	legRinging  legState = "ringing"
	legAnswered legState = "answered"
	legHeld     legState = "held"
	legEnded    legState = "ended"
)

// leg is one phone's part in a call.
type leg struct {
	id, role, ext, number, display, via string
	call                                *call
	phone                               *phone // nil if there is none such
	state                               legState
	startedAt, ringingAt, answeredAt    time.Time
	endedAt                             time.Time
	reason, by                          string
	sipCode, q850                       int
	everTalked                          bool
	// settle is told once what became of a leg that was rung.
	settle   func(answered bool)
	patience *timer // how long it may ring
	rule     *timer // what its phone does by itself
}

// isUp reports whether somebody has picked up.
func (l *leg) isUp() bool { return l.state == legAnswered || l.state == legHeld }

// party is who is at the phone, as events say it.
func (l *leg) party() string {
	if l.role == "contact" {
		return "contact"
	}
	return "employee"
}

type legStarted struct {
	LegID           string `json:"leg_id"`
	Role            string `json:"role"`
	EmployeeExt     string `json:"employee_ext,omitempty"`
	Number          string `json:"number"`
	DisplayCallerID string `json:"display_caller_id"`
	Via             string `json:"via"`
}

type legOnly struct {
	LegID string `json:"leg_id"`
}

type legHold struct {
	LegID string `json:"leg_id"`
	By    string `json:"by"`
}

type legOver struct {
	LegID   string `json:"leg_id"`
	Reason  string `json:"reason"`
	SIPCode int    `json:"sip_code,omitempty"`
	Q850    int    `json:"q850,omitempty"`
	By      string `json:"by"`
}

// The kinds of targets.
const (
	kindLine   = "line"
	kindNumber = "number"
)

// target is whom to ring.
type target struct {
	Kind       string `json:"kind"` // line or number
	Value      string `json:"value"`
	EmployeeID string `json:"employee_id,omitempty"`
	DelayMS    int64  `json:"delay_ms,omitempty"`
	TimeoutMS  int64  `json:"timeout_ms,omitempty"`
}

// startLeg begins a leg at a phone; nobody is rung yet.
func (s *Server) startLeg(c *call, l *leg) *leg {
	l.id, l.call, l.state, l.startedAt = newID("l-"), c, legDialing, s.now()
	c.legs = append(c.legs, l)
	s.emit(c, "leg_started", legStarted{l.id, l.role, l.ext, l.number, l.display, l.via})
	return l
}

// ring begins a leg at a target; settle learns whether it was picked up, at once when it can't be rung at all.
func (s *Server) ring(c *call, to target, role, display string, patience time.Duration, settle func(l *leg, answered bool)) *leg {
	l, refusal := s.legTo(to, role, display)
	// A busy phone is known before this leg makes it busy.
	if refusal == "" {
		refusal = s.refusal(l.phone)
	}
	s.startLeg(c, l)
	l.settle = func(answered bool) { settle(l, answered) }
	if refusal != "" {
		s.endLeg(l, refusal, "system")
		return l
	}
	s.take(l)
	l.state, l.ringingAt = legRinging, s.now()
	s.emit(c, "leg_ringing", legOnly{l.id})
	if patience > 0 {
		l.patience = s.after(patience, func() { s.endLeg(l, "no_answer", "system") })
	}
	s.obey(l)
	return l
}

// legTo makes the leg of a target and says why it can't be rung, if so; without a role it is an employee's or somebody else's.
func (s *Server) legTo(to target, role, display string) (l *leg, refusal string) {
	l = &leg{role: cmp.Or(role, "employee"), display: display, number: to.Value}
	if to.Kind == kindLine {
		l.via, l.ext = "line", to.Value
		if l.phone = s.world.line(to.Value); l.phone == nil {
			return l, "not_found"
		}
		return l, ""
	}
	l.number, l.via = digitsOf(to.Value), "trunk"
	owner := s.world.owner(l.number)
	if owner != nil {
		l.ext = owner.ext
	}
	switch {
	case role == "" && owner == nil && to.EmployeeID == "":
		l.role = "other"
	case role != "contact":
		l.via = "mobile"
	}
	l.phone = s.world.phoneAt(l.number)
	if !s.world.limits.allows(l.number) {
		return l, "forbidden"
	}
	return l, ""
}

// refusal is why a phone does not even ring.
func (s *Server) refusal(p *phone) string {
	switch {
	case !p.available:
		return "unavailable"
	case len(p.legs) > 0, p.rule.Act == IsBusy:
		return "busy"
	}
	return ""
}

// obey lets a phone that rings do what its rule says.
func (s *Server) obey(l *leg) {
	switch l.phone.rule.Act {
	case Answers:
		l.rule = s.after(l.phone.rule.After, func() { s.answerLeg(l) })
	case Declines:
		l.rule = s.after(l.phone.rule.After, func() { s.endLeg(l, "rejected", l.party()) })
	case ByHand, IsBusy, Ignores:
	}
}

// answerLeg picks a phone up.
func (s *Server) answerLeg(l *leg) {
	if l.isUp() || l.state == legEnded {
		return
	}
	s.off(l.patience, l.rule)
	l.state, l.answeredAt = legAnswered, s.now()
	s.emit(l.call, "leg_answered", legOnly{l.id})
	if settle := l.settle; settle != nil {
		l.settle = nil
		settle(true)
	}
}

// endLeg ends a leg; nothing happens to one that has ended.
func (s *Server) endLeg(l *leg, reason, by string) {
	if l.state == legEnded {
		return
	}
	s.off(l.patience, l.rule)
	l.state, l.endedAt, l.reason, l.by = legEnded, s.now(), reason, by
	l.sipCode, l.q850 = codes(reason)
	s.emit(l.call, "leg_ended", legOver{l.id, reason, l.sipCode, l.q850, by})
	if l.phone != nil {
		s.drop(l)
	}
	if settle := l.settle; settle != nil {
		l.settle = nil
		settle(false)
	}
}

// codes are what SIP and ISDN call a reason.
func codes(reason string) (sip, q850 int) {
	switch reason {
	case "busy":
		return 486, 17
	case "no_answer":
		return 480, 19
	case "rejected":
		return 603, 21
	case "unavailable":
		return 480, 20
	case "not_found":
		return 404, 1
	case "cancelled":
		return 487, 16
	case "answered_elsewhere":
		return 200, 26
	case "forbidden":
		return 403, 21
	case "congestion", "limit":
		return 503, 34
	case "error":
		return 500, 41
	case "normal", "transferred":
		return 0, 16
	}
	return 0, 0
}

// hold puts a leg on hold; release takes it off, if it is.
func (s *Server) hold(l *leg, by string) {
	if l.state != legAnswered {
		return
	}
	l.state = legHeld
	s.emit(l.call, "leg_held", legHold{l.id, by})
}

func (s *Server) unhold(l *leg, by string) {
	if l.state != legHeld {
		return
	}
	l.state = legAnswered
	s.emit(l.call, "leg_unheld", legHold{l.id, by})
}

func (s *Server) release(l *leg) { s.unhold(l, "api") }
