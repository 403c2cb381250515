package emulator

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/skvoz/skvoz/pbx/exchange"
)

// input is what methods take; each looks at its own fields.
type input struct {
	CommandID  string `json:"command_id"`
	From       party  `json:"from"`
	To         string `json:"to"`
	ToNumber   string `json:"to_number"`
	LineNumber string `json:"line_number"`
	CallID     string `json:"call_id"`
	Method     string `json:"method"`
	Initiator  string `json:"initiator"`
	CallParty  string `json:"call_party_number"`

	RecordingID string `json:"recording_id"`
	Action      string `json:"action"`

	Key      string      `json:"key"`
	DateFrom json.Number `json:"date_from"`
	DateTo   json.Number `json:"date_to"`
	Fields   string      `json:"fields"`
}

// party is who calls: an extension and perhaps another number, or the number of a group alone.
type party struct {
	Extension string `json:"extension"`
	Number    string `json:"number"`
	Group     string `json:"-"`
}

// UnmarshalJSON implements [json.Unmarshaler].
func (p *party) UnmarshalJSON(raw []byte) error {
	if bytes.HasPrefix(raw, []byte(`"`)) {
		return json.Unmarshal(raw, &p.Group)
	}
	type plain party
	if err := json.Unmarshal(raw, (*plain)(p)); err != nil {
		return fmt.Errorf("reading who calls: %w", err)
	}
	return nil
}

// started is the line a call goes out from, and the contact's number; ok is false when one of them is wrong.
func (s *Server) started(in input, to string) (line *Line, ok bool) {
	line = s.office.lines[0]
	if in.LineNumber != "" {
		line = s.office.line(in.LineNumber)
	}
	return line, line != nil && phonePattern.MatchString(to)
}

// callback rings an employee and then the number.
func (s *Server) callback(in input) int {
	line, ok := s.started(in, in.ToNumber)
	u := s.office.user(in.From.Extension)
	if !ok || u == nil || in.From.Number != "" && !phonePattern.MatchString(in.From.Number) {
		return resultBadParams
	}
	t := exchange.Target{Number: u.Extension, Owner: u.ID, Calling: in.ToNumber}
	if in.From.Number != "" {
		t.Number = in.From.Number
	}
	s.dial(in, line, in.ToNumber, u.Extension, exchange.Step{Role: exchange.Employee, Targets: []exchange.Target{t}})
	return resultOK
}

// callbackGroup rings the employees of a group and then the number.
func (s *Server) callbackGroup(in input) int {
	line, ok := s.started(in, in.To)
	g := s.office.group(in.From.Group)
	if !ok || g == nil {
		return resultBadParams
	}
	s.dial(in, line, in.To, g.ID, s.office.groupStep(g, in.To))
	return resultOK
}

func (s *Server) dial(in input, line *Line, to, initiator string, employees exchange.Step) {
	en := newEntry(line)
	en.command, en.initiator = in.CommandID, initiator
	contact := exchange.Step{Role: exchange.Contact, Targets: []exchange.Target{{Number: to, Calling: line.Number}}}
	s.board.Start(&exchange.Call{Direction: exchange.Out, Virtual: line.Number, Contact: to, Recording: line.Recorded, Data: en}, employees, contact)
}

// branch finds the live call and the leg of a call_id; the leg is nil for the menu.
func (s *Server) branch(id string) (*exchange.Call, *exchange.Leg, bool) {
	for _, c := range slices.Backward(s.board.Calls()) {
		en := c.Data.(*entry)
		if !c.Live() {
			continue
		}
		if en.menu != nil && en.menu.id == id && en.menu.state != disconnected {
			return c, nil, true
		}
		for leg, b := range en.legs {
			if b.id == id && b.state != disconnected {
				return c, c.Leg(leg), true
			}
		}
	}
	return nil, nil, false
}

// fits is the result of what depends on the call's state.
func fits(err error) int {
	if err != nil {
		return resultUnsupported
	}
	return resultOK
}

func (s *Server) hangup(in input) int {
	c, l, ok := s.branch(in.CallID)
	switch {
	case !ok:
		return resultBadParams
	case l == nil:
		return fits(s.board.Finish(c))
	}
	return fits(s.board.HangUp(c, l, exchange.ReasonCommand))
}

// route sends a call elsewhere before anybody has answered.
func (s *Server) route(in input) int {
	c, _, ok := s.branch(in.CallID)
	if !ok {
		return resultBadParams
	}
	step, ok := s.reached(in.ToNumber, c.Contact)
	if !ok {
		return resultBadParams
	}
	return fits(s.board.Reroute(c, step.Targets...))
}

// reached is where a number leads: to a group, an extension or a telephone.
func (s *Server) reached(number, calling string) (exchange.Step, bool) {
	if g := s.office.group(number); g != nil {
		return s.office.groupStep(g, calling), true
	}
	t, ok := s.office.target(number, calling)
	return exchange.Step{Role: exchange.Employee, Targets: []exchange.Target{t}}, ok
}

func (s *Server) transfer(in input) int {
	c, _, ok := s.branch(in.CallID)
	if !ok {
		return resultBadParams
	}
	t, ok := s.office.target(in.ToNumber, c.Contact)
	employee := c.LiveLeg(exchange.Employee)
	if !ok || employee == nil || in.Initiator != employee.Number {
		return resultBadParams
	}
	switch in.Method {
	case "blind":
		return fits(s.board.Blind(c, t))
	case "hold":
		if c.Stage == exchange.StageTalk {
			if err := s.board.Hold(c); err != nil {
				return resultUnsupported
			}
		}
		return fits(s.board.Consult(c, t))
	}
	return resultBadParams
}

// callsConnect gives the contact to the third party.
func (s *Server) callsConnect(in input) int { return s.onCall(in, s.board.Transfer) }

// transferCancel returns from the third party to the contact.
func (s *Server) transferCancel(in input) int { return s.onCall(in, s.board.Restore) }

func (s *Server) holdOn(in input) int { return s.onCall(in, s.board.Hold) }

func (s *Server) onCall(in input, do func(*exchange.Call) error) int {
	c, _, ok := s.branch(in.CallID)
	if !ok {
		return resultBadParams
	}
	return fits(do(c))
}

// recordingStart records the talk of a party.
func (s *Server) recordingStart(in input) int {
	c, _, ok := s.branch(in.CallID)
	if !ok || !slices.ContainsFunc(c.Legs, func(l *exchange.Leg) bool { return l.Live() && l.Number == in.CallParty }) {
		return resultBadParams
	}
	if c.Talk() == nil || c.Talk().Recorded {
		return resultUnsupported
	}
	return fits(s.board.Record(c, true))
}
