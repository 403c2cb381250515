package emulator

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// Line is an employee's line.
type Line struct {
	Ext  string `json:"ext"`
	Name string `json:"name"`
	// Number is the employee's own telephone that rings when the line can't be reached and a command calls the employee; may be empty.
	Number string `json:"number,omitempty"`
}

// Act is what a phone does by itself when it is rung.
type Act string

// What phones do by themselves; by hand = nothing.
const (
	ByHand   Act = "manual"
	Answers  Act = "answer"
	Declines Act = "decline"
	IsBusy   Act = "busy"
	Ignores  Act = "no_answer" // rings on until somebody gives up
)

// Rule is what a phone does by itself.
type Rule struct {
	Act Act `json:"act"`
	// After is how long it rings before Answers or Declines; HangUpAfter ends each of its talks after so long, 0 = never.
	After       time.Duration `json:"-"`
	HangUpAfter time.Duration `json:"-"`
}

// phone is an employee's line or an outside phone.
type phone struct {
	ext, name, number string // ext is empty for outside phones
	available         bool
	rule              Rule
	legs              []*leg // that have not ended
	told              string // the line's state others know
	lastTalk          time.Time
	heard             string // digits sent to it
}

func newLine(l Line) *phone {
	return &phone{ext: l.Ext, name: l.Name, number: digitsOf(l.Number), available: true, rule: Rule{Act: ByHand}}
}

// key is how verbs name the phone.
func (p *phone) key() string {
	if p.ext != "" {
		return p.ext
	}
	return p.number
}

// state is free, busy or unavailable.
func (p *phone) state() string {
	switch {
	case !p.available:
		return "unavailable"
	case len(p.legs) > 0:
		return "busy"
	}
	return "free"
}

// current is the call leg at the phone, the newest first.
func (p *phone) current() *leg {
	if len(p.legs) == 0 {
		return nil
	}
	return p.legs[len(p.legs)-1]
}

func (w *world) line(ext string) *phone {
	for _, p := range w.lines {
		if p.ext == ext {
			return p
		}
	}
	return nil
}

// phoneAt returns the outside phone of a number; there is one for every number.
func (w *world) phoneAt(number string) *phone {
	p := w.outside[number]
	if p == nil {
		p = &phone{number: number, available: true, rule: Rule{Act: ByHand}}
		w.outside[number] = p
	}
	return p
}

// owner is the line whose employee has a number, or nil.
func (w *world) owner(number string) *phone {
	for _, p := range w.lines {
		if p.number == number && number != "" {
			return p
		}
	}
	return nil
}

// find returns the phone verbs name: a line by its extension, any other by its number.
func (w *world) find(key string) (*phone, error) {
	if p := w.line(key); p != nil {
		return p, nil
	}
	number := digitsOf(key)
	if p := w.outside[key]; p != nil {
		return p, nil
	}
	if !isNumber(number) {
		return nil, fmt.Errorf("no phone %q: write an extension or a number of 5 to 15 digits", key)
	}
	return w.phoneAt(number), nil
}

func isNumber(digits string) bool { return len(digits) >= 5 && len(digits) <= 15 }

// tell sends a line's state when it is another one.
func (s *Server) tell(p *phone) {
	if p.ext == "" || p.told == p.state() {
		return
	}
	p.told = p.state()
	contacts := []string{}
	if p.available {
		contacts = append(contacts, "sip:"+p.ext+"@pbxsim.invalid")
	}
	s.emit(nil, "line_state", lineState{p.ext, p.ext, p.told, contacts})
}

type lineState struct {
	Line     string   `json:"line"`
	Ext      string   `json:"ext"`
	State    string   `json:"state"`
	Contacts []string `json:"contacts"` // where the line is registered
}

// take puts a leg to its phone, drop takes it away.
func (s *Server) take(l *leg) {
	l.phone.legs = append(l.phone.legs, l)
	s.tell(l.phone)
}

func (s *Server) drop(l *leg) {
	p := l.phone
	p.legs = slices.DeleteFunc(p.legs, func(other *leg) bool { return other == l })
	if l.everTalked {
		p.lastTalk = s.now()
	}
	s.tell(p)
	if p.ext == "" && len(p.legs) == 0 && p.rule == (Rule{Act: ByHand}) && p.available && len(s.world.outside) > maxOutside {
		delete(s.world.outside, p.number)
	}
}

// maxOutside is how many outside phones are remembered for their own sake.
const maxOutside = 200

func (r Rule) check() error {
	switch r.Act {
	case ByHand, Answers, Declines, IsBusy, Ignores:
	default:
		return fmt.Errorf("unknown rule %q: use manual, answer, decline, busy or no_answer", r.Act)
	}
	if r.After < 0 || r.HangUpAfter < 0 {
		return errors.New("times can't be negative")
	}
	return nil
}
