package exchange

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/skvoz/skvoz/internal/emulation"
)

// ErrState is what commands that do not fit the call's stage fail with.
var ErrState = errors.New("the call is not in a state for that")

const (
	defaultRing = 30 * time.Second
	maxCalls    = 5000 // finished ones are forgotten beyond, the oldest first
)

// Board is the exchange. Its owner's lock guards it: every method but Close is called with the lock held.
type Board struct {
	// Hear is told what happens, in order.
	Hear func(Event)
	// RecordDelay is how long after a talk its recording is ready.
	RecordDelay time.Duration
	// Rules are those of telephones by number; others follow Otherwise.
	Rules     map[string]Rule
	Otherwise Rule

	clock *emulation.Clock
	lock  sync.Locker
	calls []*Call
	next  int64 // the number the next call or leg gets

	timers  []timer
	at      time.Time // of the timer under way
	running bool
	ended   bool
	wake    chan struct{}
	stop    chan struct{}
	pump    sync.WaitGroup
}

type timer struct {
	at time.Time
	do func()
}

// New returns an exchange without calls. Numbers of calls and legs count from first on.
func New(clock *emulation.Clock, lock sync.Locker, first int64) *Board {
	return &Board{
		Hear: func(Event) {}, Rules: map[string]Rule{}, clock: clock, lock: lock, next: first,
		wake: make(chan struct{}, 1), stop: make(chan struct{}),
	}
}

// End stops the clockwork; nothing happens by itself any more.
func (b *Board) End() {
	if !b.ended {
		b.ended = true
		close(b.stop)
	}
}

// Wait returns when the clockwork has stopped; without the owner's lock.
func (b *Board) Wait() { b.pump.Wait() }

// Now is the time of what happens.
func (b *Board) Now() time.Time {
	if !b.at.IsZero() {
		return b.at
	}
	return b.clock.Now()
}

// Calls returns the calls, oldest first.
func (b *Board) Calls() []*Call { return b.calls }

// Call returns a call by its number, or nil.
func (b *Board) Call(id int64) *Call {
	for _, c := range slices.Backward(b.calls) {
		if c.ID == id {
			return c
		}
	}
	return nil
}

// Settle lets everything happen whose time has come, in the order of time.
func (b *Board) Settle() {
	if !b.at.IsZero() {
		return // under way already
	}
	for now := b.clock.Now(); len(b.timers) > 0 && !b.timers[0].at.After(now) && !b.ended; now = b.clock.Now() {
		t := b.timers[0]
		b.timers = b.timers[1:]
		b.at = t.at
		t.do()
		b.at = time.Time{}
	}
}

// After lets something happen later.
func (b *Board) After(d time.Duration, do func()) {
	at := b.Now().Add(d)
	i, _ := slices.BinarySearchFunc(b.timers, at, func(t timer, at time.Time) int {
		if t.at.After(at) {
			return 1
		}
		return -1
	})
	b.timers = slices.Insert(b.timers, i, timer{at, do})
	select {
	case b.wake <- struct{}{}:
	default:
	}
	if !b.running && !b.ended {
		b.running = true
		b.pump.Go(b.run)
	}
}

// run lets things happen when nobody asks.
func (b *Board) run() {
	for {
		b.lock.Lock()
		b.Settle()
		if len(b.timers) == 0 || b.ended {
			b.running = false
			b.lock.Unlock()
			return
		}
		due := b.timers[0].at
		b.lock.Unlock()
		b.sleep(due)
	}
}

func (b *Board) sleep(due time.Time) {
	fired, cancel := b.clock.After(due.Sub(b.clock.Now()))
	defer cancel()
	if !b.clock.Now().Before(due) {
		return // the clock was moved before it knew of us
	}
	select {
	case <-fired:
	case <-b.wake:
	case <-b.stop:
	}
}

func (b *Board) id() int64 {
	b.next++
	return b.next - 1
}

func (b *Board) tell(kind EventKind, c *Call, l *Leg, t *Talk) {
	b.Hear(Event{Kind: kind, At: b.Now(), Call: c, Leg: l, Talk: t})
}

// Start begins a call with a plan: who rings, step by step. An inbound call has its contact on the line from the start.
func (b *Board) Start(c *Call, plan ...Step) *Call {
	b.Settle()
	c.ID, c.Stage, c.StartedAt, c.plan = b.id(), StageDialing, b.Now(), plan
	b.forget()
	b.calls = append(b.calls, c)
	b.tell(CallStarted, c, nil, nil)
	if c.Direction == In && !slices.ContainsFunc(plan, func(s Step) bool { return s.Role == Contact }) {
		l := &Leg{ID: b.id(), Number: c.Contact, Calling: c.Contact, Role: Contact, State: LegAnswered, StartedAt: b.Now(), AnsweredAt: b.Now()}
		c.Legs = append(c.Legs, l)
		b.tell(LegAnswers, c, l, nil)
	}
	b.goOn(c)
	b.Settle()
	return c
}

func (b *Board) forget() {
	for len(b.calls) >= maxCalls {
		at := slices.IndexFunc(b.calls, func(c *Call) bool { return !c.Live() })
		if at < 0 {
			return
		}
		b.calls = slices.Delete(b.calls, at, at+1)
	}
}

// goOn takes the next step of the plan, or connects the two when there is none.
func (b *Board) goOn(c *Call) {
	if len(c.plan) == 0 {
		b.connect(c)
		return
	}
	step := &c.plan[0]
	if step.Wait <= 0 {
		b.ringNext(c)
		return
	}
	b.After(step.Wait, func() {
		if c.Live() && len(c.plan) > 0 && step == &c.plan[0] {
			b.ringNext(c)
		}
	})
}

// ringNext rings the next telephones of the step; without any the step has failed.
func (b *Board) ringNext(c *Call) {
	step := &c.plan[0]
	n := min(1, len(step.Targets))
	if step.Parallel {
		n = len(step.Targets)
	}
	if n == 0 {
		b.failed(c)
		return
	}
	now := step.Targets[:n]
	step.Targets = step.Targets[n:]
	for _, t := range now {
		b.ring(c, step.Role, t)
	}
}

// failed ends a step nobody answered: a call that was handed over goes back, others end.
func (b *Board) failed(c *Call) {
	if c.back != nil {
		t := *c.back
		c.back, c.Transfer = nil, "return_blind"
		c.plan = []Step{{Role: Employee, Targets: []Target{t}}}
		b.ringNext(c)
		return
	}
	if c.Reason == "" {
		c.Reason = ReasonNobody
	}
	b.finish(c, nil)
}

func (b *Board) ring(c *Call, role Role, t Target) {
	l := &Leg{ID: b.id(), Number: t.Number, Calling: cmp.Or(t.Calling, c.Virtual), Role: role, Owner: t.Owner, State: LegRinging, StartedAt: b.Now()}
	if from := c.LastLeg(Employee); from != nil && c.Transfer != "" {
		l.HandedOver = from.ID
	}
	rule := b.ruleOf(t.Number)
	c.Legs = append(c.Legs, l)
	b.tell(LegRings, c, l, nil)
	while := func(do func()) func() {
		return func() {
			if l.State == LegRinging {
				do()
			}
		}
	}
	switch rule.Kind {
	case Answers:
		b.After(rule.After, while(func() { b.answered(c, l) }))
	case IsBusy:
		b.After(rule.After, while(func() { b.gone(c, l, ReasonBusy) }))
	case Unavailable:
		b.After(0, while(func() { b.gone(c, l, ReasonUnavailable) }))
	case Manual, NoAnswer:
	}
	b.After(cmp.Or(t.Ring, defaultRing), while(func() { b.gone(c, l, ReasonNoAnswer) }))
}

// ruleOf is a telephone's rule; one that is in a call already is busy.
func (b *Board) ruleOf(number string) Rule {
	if b.InUse(number) {
		return Rule{Kind: IsBusy}
	}
	return b.set(number)
}

// set is the rule people set for a telephone.
func (b *Board) set(number string) Rule {
	if rule, ok := b.Rules[number]; ok {
		return rule
	}
	return b.Otherwise
}

// InUse reports whether a telephone is in a call.
func (b *Board) InUse(number string) bool {
	for _, c := range b.calls {
		if c.Live() && slices.ContainsFunc(c.Legs, func(l *Leg) bool { return l.Number == number && l.Live() }) {
			return true
		}
	}
	return false
}

func (b *Board) answered(c *Call, l *Leg) {
	l.State, l.AnsweredAt = LegAnswered, b.Now()
	c.Reason = ""
	b.tell(LegAnswers, c, l, nil)
	if l.Role == Third {
		l.State, c.Stage = LegTalking, StageConsult
		return
	}
	for _, other := range slices.Clone(c.Legs) {
		if other != l && other.State == LegRinging && other.Role == l.Role {
			b.end(c, other, ReasonElsewhere)
		}
	}
	c.plan, c.back = c.plan[min(1, len(c.plan)):], nil
	b.goOn(c)
}

// connect lets contact and employee talk.
func (b *Board) connect(c *Call) {
	contact, employee := c.LiveLeg(Contact), c.LiveLeg(Employee)
	if contact == nil || employee == nil {
		b.failed(c)
		return
	}
	contact.State, employee.State = LegTalking, LegTalking
	c.Stage, c.Transfer = StageTalk, ""
	t := &Talk{ID: b.id(), Legs: [2]int64{contact.ID, employee.ID}, From: b.Now(), Recorded: c.Recording}
	c.Talks = append(c.Talks, t)
	b.tell(TalkStarts, c, employee, t)
	if t.Recorded {
		b.tell(RecordStarts, c, employee, t)
	}
	for _, l := range []*Leg{contact, employee} {
		if rule := b.set(l.Number); rule.Talk > 0 {
			b.After(rule.Talk, func() {
				if t.To.IsZero() && l.Live() {
					b.gone(c, l, ReasonHungUp)
				}
			})
		}
	}
}

func (b *Board) endTalk(c *Call) {
	t := c.Talk()
	if t == nil {
		return
	}
	t.To = b.Now()
	b.tell(TalkEnds, c, c.Leg(t.Legs[1]), t)
	if t.Recorded {
		b.After(b.RecordDelay, func() { b.tell(RecordReady, c, c.Leg(t.Legs[1]), t) })
	}
}

func (b *Board) end(c *Call, l *Leg, why Reason) {
	l.State, l.Reason, l.EndedAt = LegEnded, why, b.Now()
	b.tell(LegEnds, c, l, nil)
}

// finish ends a call with all its legs.
func (b *Board) finish(c *Call, by *Leg) {
	b.endTalk(c)
	if by != nil {
		c.EndedBy = by.ID
	}
	for _, l := range slices.Clone(c.Legs) {
		switch {
		case !l.Live():
		case l == by:
			b.end(c, l, c.Reason)
		case c.Reason == ReasonCommand:
			b.end(c, l, ReasonCommand)
		case l.State == LegRinging:
			b.end(c, l, ReasonCancelled)
		default:
			b.end(c, l, ReasonOtherHungUp)
		}
	}
	c.Stage, c.EndedAt, c.plan = StageFinished, b.Now(), nil
	b.tell(CallFinished, c, nil, nil)
}

// gone says what becomes of a call when one leg leaves it.
func (b *Board) gone(c *Call, l *Leg, why Reason) {
	switch {
	case !c.Live() || !l.Live():
	case l.Role == Third:
		b.end(c, l, why)
		if c.Stage == StageConsult || c.Stage == StageConsultDialing {
			c.Stage, c.Transfer = StageHold, ""
		}
	case l.State == LegRinging:
		b.end(c, l, why)
		c.Reason = why
		if !slices.ContainsFunc(c.Legs, func(o *Leg) bool { return o.State == LegRinging }) {
			b.ringNext(c)
		}
	case l.Role == Employee && (c.Stage == StageConsult || c.Stage == StageConsultDialing):
		b.handOver(c, l, why)
	default:
		c.Reason = why
		b.finish(c, l)
	}
}

// handOver gives the contact to the third party the employee consulted.
func (b *Board) handOver(c *Call, employee *Leg, why Reason) {
	third, contact := c.LiveLeg(Third), c.LiveLeg(Contact)
	dialing := c.Stage == StageConsultDialing
	b.endTalk(c)
	third.Role, third.HandedOver, contact.State = Employee, employee.ID, LegAnswered
	b.end(c, employee, why)
	c.Stage, c.plan = StageDialing, nil
	if dialing {
		c.plan = []Step{{Role: Employee}}
		return
	}
	b.connect(c)
}

func stageError(c *Call, wanted string) error {
	return fmt.Errorf("%w: the call is %s, not %s", ErrState, c.Stage, wanted)
}
