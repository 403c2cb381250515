package emulator

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// Connect sends events to an address ({skvoz}/tel/v1/{connection}) from now on, signed by a secret ("whsec_…", or two with a space between), and
// begins with a heartbeat and the states of all lines. An empty address ends it.
func (s *Server) Connect(address, secret string) error {
	return s.do(func() error { return s.connect(address, secret) })
}

// SetToken says what commands must bear.
func (s *Server) SetToken(token string) error {
	if token == "" {
		return errors.New("the token is missing")
	}
	return s.do(func() error { s.world.conn.token = token; return nil })
}

// Token is what commands must bear.
func (s *Server) Token() (token string) {
	s.read(func() { token = s.world.conn.token })
	return token
}

// AddNumber adds a virtual number; one that is there stays.
func (s *Server) AddNumber(number string) error {
	number = digitsOf(number)
	if !isNumber(number) {
		return errors.New("a number has 5 to 15 digits")
	}
	return s.do(func() error {
		if !slices.Contains(s.world.numbers, number) {
			s.world.numbers = append(s.world.numbers, number)
		}
		return nil
	})
}

// RemoveNumber gives a virtual number back.
func (s *Server) RemoveNumber(number string) {
	_ = s.do(func() error {
		s.world.numbers = slices.DeleteFunc(s.world.numbers, func(n string) bool { return n == digitsOf(number) })
		return nil
	})
}

// AddLine adds an employee's line, or changes name and number of the one with this extension.
func (s *Server) AddLine(l Line) error {
	if l.Ext == "" || len(l.Ext) > 10 || digitsOf(l.Ext) != l.Ext {
		return errors.New("an extension has 1 to 10 digits")
	}
	return s.do(func() error {
		if p := s.world.line(l.Ext); p != nil {
			p.name, p.number = l.Name, digitsOf(l.Number)
			return nil
		}
		p := newLine(l)
		s.world.lines = append(s.world.lines, p)
		s.tell(p)
		return nil
	})
}

// RemoveLine takes a line away; its calls go on.
func (s *Server) RemoveLine(ext string) {
	_ = s.do(func() error {
		s.world.lines = slices.DeleteFunc(s.world.lines, func(p *phone) bool { return p.ext == ext })
		return nil
	})
}

// SetFallback says who rings when nobody says how to route a call: extensions and numbers; none = such calls are hung up.
func (s *Server) SetFallback(keys ...string) {
	_ = s.do(func() error { s.world.fallback = slices.Clone(keys); return nil })
}

// SetLimits says what the provider allows.
func (s *Server) SetLimits(l Limits) {
	_ = s.do(func() error {
		s.world.limits = limits{
			allowed: l.Allowed, forbidden: l.Forbidden, blacklist: l.Blacklist, perMinute: l.PerMinute, calls: l.Calls, overload: l.Overloaded,
		}
		return nil
	})
}

// PlaceCall calls a virtual number from an outside phone and returns the call's id. An empty from hides the number. The caller hangs up when nobody
// talks after patience; 0 = never.
func (s *Server) PlaceCall(from, did string, patience time.Duration) (callID string, err error) {
	err = s.do(func() error {
		p, err := s.caller(from)
		if err != nil {
			return err
		}
		did := digitsOf(did)
		if !slices.Contains(s.world.numbers, did) {
			return fmt.Errorf("the number %s is not in service", did)
		}
		callID = s.placeCall(p, digitsOf(from), did, patience)
		return nil
	})
	return callID, err
}

func (s *Server) caller(from string) (*phone, error) {
	if digitsOf(from) == "" {
		return s.world.phoneAt(newID("hidden-")), nil
	}
	p, err := s.world.find(from)
	switch {
	case err != nil:
		return nil, err
	case p.ext != "":
		return nil, errors.New("an outside phone is needed; for a line use dial")
	case len(p.legs) > 0:
		return nil, fmt.Errorf("phone %s is in a call", p.key())
	}
	return p, nil
}

func (s *Server) placeCall(p *phone, from, did string, patience time.Duration) string {
	c := s.newCall(&call{direction: "in", initiator: "trunk", did: did, caller: from, callee: did})
	c.contact = s.startLeg(c, &leg{role: "contact", number: from, display: from, via: "trunk", phone: p})
	s.take(c.contact)
	if patience > 0 {
		s.after(patience, func() {
			if c.talk == nil && len(c.talks) == 0 && !c.ended {
				s.hangUpLeg(c.contact, "normal", "contact")
			}
		})
	}
	s.ask(c, "new_call", nil)
	return c.id
}

// Dial calls from an employee's line: a number outside or a colleague's extension.
func (s *Server) Dial(ext, to string) (callID string, err error) {
	err = s.do(func() error {
		p := s.world.line(ext)
		if p == nil {
			return fmt.Errorf("there is no line %s", ext)
		}
		c, err := s.callFromLine(p, to)
		if err == nil {
			callID = c.id
		}
		return err
	})
	return callID, err
}

// at does something with the leg at a phone, which an extension or a number names.
func (s *Server) at(key string, fits func(l *leg) bool, otherwise string, fn func(l *leg) error) error {
	return s.do(func() error {
		p, err := s.world.find(key)
		if err != nil {
			return err
		}
		l := p.current()
		if l == nil || fits != nil && !fits(l) {
			return fmt.Errorf("phone %s %s", p.key(), otherwise)
		}
		return fn(l)
	})
}

func rings(l *leg) bool { return l.state == legRinging }

func talks(l *leg) bool { return l.call.talk.has(l) }

// Answer picks a phone up that rings.
func (s *Server) Answer(phone string) error {
	return s.at(phone, rings, "does not ring", func(l *leg) error { s.answerLeg(l); return nil })
}

// Decline rejects the call a phone rings for.
func (s *Server) Decline(phone string) error {
	return s.at(phone, rings, "does not ring", func(l *leg) error { s.hangUpLeg(l, "rejected", l.party()); return nil })
}

// Busy answers the call a phone rings for with busy.
func (s *Server) Busy(phone string) error {
	return s.at(phone, rings, "does not ring", func(l *leg) error { s.hangUpLeg(l, "busy", l.party()); return nil })
}

// Hold puts the talk at an employee's phone on hold.
func (s *Server) Hold(phone string) error {
	fits := func(l *leg) bool { return talks(l) && l.state == legAnswered && l.role != "contact" }
	return s.at(phone, fits, "has no talk to put on hold", func(l *leg) error { s.hold(l, "employee"); return nil })
}

// Resume goes on with a talk on hold.
func (s *Server) Resume(phone string) error {
	fits := func(l *leg) bool { return l.state == legHeld }
	return s.at(phone, fits, "holds nothing", func(l *leg) error { s.unhold(l, "employee"); return nil })
}

// Transfer gives the talk at an employee's phone away, to an extension or a number; attended = talk to them first, then CompleteTransfer or
// CancelTransfer.
func (s *Server) Transfer(phone, to string, attended bool) error {
	return s.at(phone, mayTransfer, "has no talk to give away", func(l *leg) error {
		t := target{Kind: kindNumber, Value: digitsOf(to)}
		if s.world.line(to) != nil {
			t = target{Kind: kindLine, Value: to}
		}
		mode := "blind"
		if attended {
			mode = "attended"
		}
		if bad := s.startTransfer(l, mode, t, ringTime, ""); bad != nil {
			return errors.New(bad.message)
		}
		return nil
	})
}

func gives(l *leg) bool {
	t := l.call.transfer
	return t != nil && t.from == l && t.mode == "attended"
}

// CompleteTransfer connects the two others.
func (s *Server) CompleteTransfer(phone string) error {
	return s.at(phone, gives, "gives no call away", func(l *leg) error { s.completeTransfer(l.call); return nil })
}

// CancelTransfer goes back to the first talk.
func (s *Server) CancelTransfer(phone string) error {
	return s.at(phone, gives, "gives no call away", func(l *leg) error { s.failTransfer(l.call, "cancelled"); return nil })
}

// HangUp hangs a phone up.
func (s *Server) HangUp(phone string) error {
	return s.at(phone, nil, "is in no call", func(l *leg) error { s.hangUpLeg(l, "normal", l.party()); return nil })
}

// Lose breaks the connection of a phone, as a lost network does: its leg ends for a reason of the contract, by nobody.
func (s *Server) Lose(phone, reason string) error {
	if !slices.Contains(reasons(), reason) {
		return fmt.Errorf("unknown reason %q", reason)
	}
	return s.at(phone, nil, "is in no call", func(l *leg) error { s.hangUpLeg(l, reason, "system"); return nil })
}

// Press presses digits at a phone: 0-9, *, # and A-D.
func (s *Server) Press(phone, digits string) error {
	if !areDigits(digits) {
		return fmt.Errorf("%q are no digits of a telephone", digits)
	}
	return s.at(phone, (*leg).canPress, "is in no call", func(l *leg) error {
		c := l.call
		s.emit(c, "dtmf", map[string]string{"leg_id": l.id, "digits": digits})
		if l == c.contact && c.talk == nil {
			s.hear(c, digits)
		}
		return nil
	})
}

func (l *leg) canPress() bool { return l.isUp() || l == l.call.contact }

// SetRule says what a phone does by itself.
func (s *Server) SetRule(phone string, r Rule) error {
	if err := r.check(); err != nil {
		return err
	}
	return s.do(func() error {
		p, err := s.world.find(phone)
		if err != nil {
			return err
		}
		p.rule = r
		if l := p.current(); l != nil && l.state == legRinging {
			s.off(l.rule)
			s.obey(l)
		}
		return nil
	})
}

// SetAvailable says whether a phone can be reached; calls at it go on.
func (s *Server) SetAvailable(phone string, available bool) error {
	return s.do(func() error {
		p, err := s.world.find(phone)
		if err != nil {
			return err
		}
		p.available = available
		s.tell(p)
		return nil
	})
}

// EndAll ends every call.
func (s *Server) EndAll() {
	_ = s.do(func() error {
		for _, c := range slices.Clone(s.world.order) {
			if !c.ended {
				s.hangUpCall(c, "normal", "system")
			}
		}
		return nil
	})
}

// Emit sends an event as it is given, of a call or, when callID is empty or unknown, of none: for what receivers must bear.
func (s *Server) Emit(callID, kind string, data any) {
	_ = s.do(func() error { s.emit(s.world.calls[callID], kind, data); return nil })
}

// Repeat sends an event that was sent before once more, as it was.
func (s *Server) Repeat(eventID string) error {
	return s.do(func() error {
		at := slices.IndexFunc(s.world.outbox.events, func(e Event) bool { return e.ID == eventID })
		if at < 0 {
			return fmt.Errorf("there is no event %s", eventID)
		}
		s.enqueue(&item{event: s.world.outbox.events[at], fault: DisturbDuplicate})
		return nil
	})
}
