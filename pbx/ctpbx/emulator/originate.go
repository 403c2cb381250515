package emulator

import (
	"errors"
	"fmt"
	"time"
)

// originate is a call a command asks for.
type originate struct {
	First        string      `json:"first"`
	Employee     employeeRef `json:"employee"`
	Contact      string      `json:"contact"`
	CallerID     string      `json:"caller_id"`
	ShowCallerID bool        `json:"show_caller_id_to_employee"`
	EmployeeMS   *int64      `json:"employee_timeout_ms"`
	ContactMS    *int64      `json:"contact_timeout_ms"`
	EarlyMedia   bool        `json:"early_media"`
	Record       bool        `json:"record"`
	ExternalID   string      `json:"external_id"`
}

type employeeRef struct {
	Ext    string `json:"ext"`
	Number string `json:"number"`
}

// party is one of the two a call is made between.
type party struct {
	to       target
	role     string
	display  string
	patience time.Duration
}

// callOut rings two parties one after the other and connects them.
func (s *Server) callOut(c *call, first, second party) {
	s.newCall(c)
	s.ring(c, first.to, first.role, first.display, first.patience, func(l *leg, answered bool) {
		switch {
		case c.ended:
		case !answered:
			s.settleCommand(c, "failed", l.reason)
			s.finish(c)
		default:
			s.settleCommand(c, "ok", "")
			s.callSecond(c, l, second)
		}
	})
}

func (s *Server) callSecond(c *call, first *leg, second party) {
	s.ring(c, second.to, second.role, second.display, second.patience, func(l *leg, answered bool) {
		switch {
		case c.ended:
		case answered:
			s.bridge(c, first, l)
		default:
			s.finish(c)
		}
	})
}

// settleCommand tells once what became of the command that began a call.
func (s *Server) settleCommand(c *call, status, code string) {
	if c.unsettled {
		c.unsettled = false
		s.commandResult(c.commandID, status, code)
	}
}

// callFromLine is an employee who picks up the phone and dials: a number outside, or a colleague.
func (s *Server) callFromLine(p *phone, to string) (*call, error) {
	switch {
	case !p.available:
		return nil, fmt.Errorf("line %s is unavailable", p.ext)
	case len(p.legs) > 0:
		return nil, fmt.Errorf("line %s is busy", p.ext)
	case len(s.world.numbers) == 0:
		return nil, errors.New("the provider has no numbers")
	}
	t, did := target{Kind: kindNumber, Value: digitsOf(to)}, s.world.callerID()
	direction, role, display := "out", "contact", did
	if s.world.line(to) != nil {
		t = target{Kind: kindLine, Value: to}
		direction, role, display, did = "internal", "employee", p.ext, ""
	} else if !isNumber(t.Value) {
		return nil, fmt.Errorf("%q can't be called", to)
	}
	c := s.newCall(&call{direction: direction, initiator: "line", did: did, caller: p.ext, callee: t.Value, record: true})
	l := s.startLeg(c, &leg{role: "employee", ext: p.ext, number: p.ext, display: display, via: "line", phone: p})
	s.take(l)
	s.answerLeg(l)
	s.callSecond(c, l, party{t, role, display, 2 * ringTime})
	return c, nil
}

// callerID is the number outgoing calls of lines show: the first that may be shown.
func (w *world) callerID() string {
	for _, number := range w.numbers {
		if !isFreephone(number) {
			return number
		}
	}
	return w.numbers[0]
}
