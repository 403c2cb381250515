package emulator

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// Disturb is a way in which events go wrong.
type Disturb string

// The ways events go wrong, each for so many events.
const (
	DisturbDuplicate Disturb = "duplicate" // sent twice, the same id each time
	DisturbReorder   Disturb = "reorder"   // sent after the event that follows
	DisturbDelay     Disturb = "delay"     // sent later
	DisturbDrop      Disturb = "drop"      // never sent
	DisturbCut       Disturb = "cut"       // the connection ends in the middle of the body; sent again as ever
	DisturbForge     Disturb = "forge"     // signed by another key; sent again well signed
)

// Disturbs returns the ways there are.
func Disturbs() []Disturb {
	return []Disturb{DisturbDuplicate, DisturbReorder, DisturbDelay, DisturbDrop, DisturbCut, DisturbForge}
}

// disturbance is something that was wished to go wrong.
type disturbance struct {
	kind  Disturb
	event string // type of the events; empty = all
	times int
	delay time.Duration
}

// Disturb lets the next events go wrong, of one type or, when it is empty, of any; delay is for DisturbDelay.
func (s *Server) Disturb(kind Disturb, event string, times int, delay time.Duration) error {
	if !slices.Contains(Disturbs(), kind) {
		return fmt.Errorf("unknown disturbance %q; known: %v", kind, Disturbs())
	}
	if times < 1 || delay < 0 {
		return errors.New("times must be 1 or more, and a delay can't be negative")
	}
	return s.do(func() error {
		o := &s.world.outbox
		o.disturbed = append(o.disturbed, &disturbance{kind, event, times, delay})
		return nil
	})
}

// Calm ends all disturbances and sends what they hold back.
func (s *Server) Calm() {
	_ = s.do(func() error {
		o := &s.world.outbox
		held := o.held
		o.disturbed, o.held = nil, nil
		for _, i := range held {
			s.enqueue(i)
		}
		return nil
	})
}

// disturb sends an event, well or as was wished.
func (s *Server) disturb(i *item) {
	o := &s.world.outbox
	d := o.strike(i.event.Type)
	if d == nil {
		s.enqueue(i)
		s.sendHeld()
		return
	}
	switch d.kind {
	case DisturbDrop:
		lost := s.message(s.world, []Event{i.event})
		lost.State = DeliveryLost
	case DisturbReorder:
		o.held = append(o.held, i)
	case DisturbDelay:
		w := s.world
		s.after(d.delay, func() {
			if w == s.world {
				s.enqueue(i)
			}
		})
	case DisturbDuplicate:
		s.enqueue(i)
		s.enqueue(&item{event: i.event, fault: DisturbDuplicate}) // a message of its own
		s.sendHeld()
	case DisturbCut, DisturbForge:
		i.fault = d.kind
		s.enqueue(i)
		s.sendHeld()
	}
}

func (s *Server) sendHeld() {
	o := &s.world.outbox
	held := o.held
	o.held = nil
	for _, i := range held {
		s.enqueue(i)
	}
}

// strike returns what an event is to suffer, or nil, and counts it.
func (o *outbox) strike(event string) *disturbance {
	for at, d := range o.disturbed {
		if d.event != "" && d.event != event {
			continue
		}
		if d.times--; d.times == 0 {
			o.disturbed = slices.Delete(o.disturbed, at, at+1)
		}
		return d
	}
	return nil
}
