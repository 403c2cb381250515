package emulator

import (
	"cmp"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"
)

// dialSpec is the instruction to ring somebody.
type dialSpec struct {
	LegKey    string   `json:"leg_key"`
	Strategy  string   `json:"strategy"`
	TimeoutMS int64    `json:"timeout_ms"`
	CallerID  string   `json:"caller_id"`
	Ringback  string   `json:"ringback"`
	Targets   []target `json:"targets"`
}

// ringTime is how long phones ring unless somebody says so; maxTargets is how many one instruction may name.
const (
	ringTime   = 30 * time.Second
	maxTargets = 50
)

// dialing is an instruction to ring somebody while it is carried out.
type dialing struct {
	spec    dialSpec
	display string
	targets []target // in the order they are rung
	next    int      // of those rung one after another
	open    int      // that may yet answer
	ringing []*leg
	results []dialResult
	timers  []*timer
	done    bool
}

type dialResult struct {
	LegID  string `json:"leg_id"`
	Reason string `json:"reason"`
}

func (d *dialSpec) check() error {
	switch d.Strategy {
	case "", "parallel", "sequence", "random", "least_recent":
	default:
		return fmt.Errorf("unknown strategy %q", d.Strategy)
	}
	if len(d.Targets) == 0 || len(d.Targets) > maxTargets {
		return fmt.Errorf("1 to %d targets are needed", maxTargets)
	}
	for _, t := range d.Targets {
		switch {
		case t.Kind != kindLine && t.Kind != kindNumber:
			return fmt.Errorf("unknown kind of target %q", t.Kind)
		case t.Value == "" || t.Kind == kindNumber && !isNumber(digitsOf(t.Value)):
			return fmt.Errorf("%q can't be rung", t.Value)
		case t.DelayMS < 0 || t.TimeoutMS < 0:
			return errors.New("times can't be negative")
		}
	}
	if d.TimeoutMS < 0 {
		return errors.New("times can't be negative")
	}
	return nil
}

// display is what the phones that are rung show.
func (s *Server) display(c *call, callerID string) (string, error) {
	switch callerID {
	case "", "pass":
		return c.caller, nil
	case "did":
		return c.did, nil
	}
	number := digitsOf(callerID)
	if !slices.Contains(s.world.numbers, number) {
		return "", fmt.Errorf("caller id %q is none of our numbers", callerID)
	}
	return number, nil
}

// dial rings targets as the instruction says; the call goes on when one has answered or none will.
func (s *Server) dial(c *call, spec dialSpec) error {
	if err := spec.check(); err != nil {
		return err
	}
	display, err := s.display(c, spec.CallerID)
	if err != nil {
		return err
	}
	d := &dialing{spec: spec, display: display, targets: s.ordered(spec), open: len(spec.Targets)}
	c.dialing = d
	if spec.Strategy != "" && spec.Strategy != "parallel" {
		s.dialNext(c, d)
		return nil
	}
	d.next = len(d.targets) // nobody comes after another one
	d.timers = append(d.timers, s.after(d.patience(target{}), func() { s.giveUp(c, d) }))
	for _, t := range d.targets {
		if t.DelayMS > 0 {
			d.timers = append(d.timers, s.after(time.Duration(t.DelayMS)*time.Millisecond, func() { s.dialOne(c, d, t, 0) }))
			continue
		}
		s.dialOne(c, d, t, 0)
	}
	return nil
}

func (d *dialing) patience(t target) time.Duration {
	if ms := cmp.Or(t.TimeoutMS, d.spec.TimeoutMS); ms > 0 {
		return time.Duration(ms) * time.Millisecond
	}
	return ringTime
}

// ordered returns the targets as the strategy wants them.
func (s *Server) ordered(spec dialSpec) []target {
	out := slices.Clone(spec.Targets)
	switch spec.Strategy {
	case "random":
		rand.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	case "least_recent":
		slices.SortStableFunc(out, func(a, b target) int { return s.lastTalk(a).Compare(s.lastTalk(b)) })
	}
	return out
}

func (s *Server) lastTalk(t target) time.Time {
	p := s.world.line(t.Value)
	if t.Kind == kindNumber {
		p = s.world.outside[digitsOf(t.Value)]
	}
	if p == nil {
		return time.Time{}
	}
	return p.lastTalk
}

// dialNext rings the next of those that are rung one after another.
func (s *Server) dialNext(c *call, d *dialing) {
	if d.done || d.next >= len(d.targets) {
		return
	}
	t := d.targets[d.next]
	d.next++
	if t.DelayMS > 0 {
		d.timers = append(d.timers, s.after(time.Duration(t.DelayMS)*time.Millisecond, func() { s.dialOne(c, d, t, d.patience(t)) }))
		return
	}
	s.dialOne(c, d, t, d.patience(t))
}

func (s *Server) dialOne(c *call, d *dialing, t target, patience time.Duration) {
	if d.done {
		return
	}
	l := s.ring(c, t, "", d.display, patience, func(l *leg, answered bool) { s.dialed(c, d, l, answered) })
	if !d.done && l.settle != nil {
		d.ringing = append(d.ringing, l)
	}
}

// dialed goes on when it is known what became of one target.
func (s *Server) dialed(c *call, d *dialing, l *leg, answered bool) {
	if d.done {
		return
	}
	if answered {
		s.stopDialing(c)
		for _, other := range d.ringing {
			if other != l {
				s.endLeg(other, "answered_elsewhere", "system")
			}
		}
		s.reached(c, l)
		return
	}
	d.results = append(d.results, dialResult{l.id, l.reason})
	d.open--
	if d.open > 0 {
		s.dialNext(c, d)
		return
	}
	s.stopDialing(c)
	s.notReached(c, d)
}

// giveUp ends the ringing of all at once; those whose turn has not come are not rung any more.
func (s *Server) giveUp(c *call, d *dialing) {
	if d.done {
		return
	}
	s.stopDialing(c)
	for _, l := range d.ringing {
		if l.settle != nil {
			s.endLeg(l, "no_answer", "system")
			d.results = append(d.results, dialResult{l.id, l.reason})
		}
	}
	s.notReached(c, d)
}

// stopDialing ends the instruction; its phones ring on until their legs are ended.
func (s *Server) stopDialing(c *call) {
	if c.dialing == nil {
		return
	}
	c.dialing.done = true
	s.off(c.dialing.timers...)
	c.dialing = nil
}
