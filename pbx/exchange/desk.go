package exchange

import (
	"errors"
	"fmt"
	"slices"
)

// Desk is what people at both ends of the line do with their telephones, and how a person or a test looks on. It is safe for concurrent use.
type Desk struct {
	inside func(func(*Board, *Courier))
}

// NewDesk returns a desk; inside runs something under the lock that guards exchange and courier.
func NewDesk(inside func(func(*Board, *Courier))) *Desk { return &Desk{inside} }

// ErrNoCall is what verbs fail with when there is no such call.
var ErrNoCall = errors.New("there is no such call")

// on does something with a call; 0 is the newest that has not finished.
func (d *Desk) on(id int64, do func(*Board, *Call) error) error {
	var err error
	d.inside(func(b *Board, _ *Courier) {
		b.Settle()
		c := b.Call(id)
		for _, live := range slices.Backward(b.Calls()) {
			if id == 0 && live.Live() {
				c = live
				break
			}
		}
		if c == nil {
			err = fmt.Errorf("%w: %d", ErrNoCall, id)
			return
		}
		err = do(b, c)
	})
	return err
}

// leg finds a live leg by its number or role; an empty one is the first that ok says is.
func leg(c *Call, who string, ok func(*Leg) bool) (*Leg, error) {
	for _, l := range c.Legs {
		if l.Live() && (l.Number == who || string(l.Role) == who || who == "") && ok(l) {
			return l, nil
		}
	}
	return nil, fmt.Errorf("%w: no telephone %q of call %d is in it that way", ErrState, who, c.ID)
}

// SetLine says what a telephone does when it rings; "*" is every telephone without a rule of its own.
func (d *Desk) SetLine(number string, rule Rule) error {
	if rule.Kind == "" {
		rule.Kind = Manual
	}
	if !slices.Contains(RuleKinds(), rule.Kind) {
		return fmt.Errorf("unknown rule %q; known: %v", rule.Kind, RuleKinds())
	}
	if rule.After < 0 || rule.Talk < 0 {
		return errors.New("times can't be negative")
	}
	d.inside(func(b *Board, _ *Courier) {
		if number == "*" {
			b.Otherwise = rule
			return
		}
		b.Rules[number] = rule
	})
	return nil
}

// Answer picks up a telephone that rings: its number or role; "" = the one that has rung longest. Call 0 is the newest that has not finished, in all
// verbs.
func (d *Desk) Answer(call int64, who string) error {
	return d.on(call, func(b *Board, c *Call) error {
		l, err := leg(c, who, func(l *Leg) bool { return l.State == LegRinging })
		if err != nil {
			return err
		}
		return b.Answer(c, l)
	})
}

// HangUp puts down a telephone, or refuses the call there: its number or role; "" = the contact's.
func (d *Desk) HangUp(call int64, who string) error {
	return d.on(call, func(b *Board, c *Call) error {
		if who == "" {
			who = string(Contact)
		}
		l, err := leg(c, who, func(*Leg) bool { return true })
		if err != nil {
			return err
		}
		return b.HangUp(c, l, ReasonHungUp)
	})
}

// Hold lets the contact listen to music.
func (d *Desk) Hold(call int64) error { return d.on(call, (*Board).Hold) }

// Unhold lets the contact talk again.
func (d *Desk) Unhold(call int64) error { return d.on(call, (*Board).Unhold) }

// Consult calls a third party while the contact is on hold.
func (d *Desk) Consult(call int64, to string) error {
	return d.on(call, func(b *Board, c *Call) error { return b.Consult(c, Target{Number: to}) })
}

// Transfer hands the contact over: to a number at once, or, without one, to the third party.
func (d *Desk) Transfer(call int64, to string) error {
	return d.on(call, func(b *Board, c *Call) error {
		if to == "" {
			return b.Transfer(c)
		}
		return b.Blind(c, Target{Number: to})
	})
}

// Restore returns from the third party to the contact.
func (d *Desk) Restore(call int64) error { return d.on(call, (*Board).Restore) }

// SendDigits presses keys on a telephone: its number or role; "" = the contact's.
func (d *Desk) SendDigits(call int64, who, digits string) error {
	return d.on(call, func(b *Board, c *Call) error {
		if who == "" {
			who = string(Contact)
		}
		l, err := leg(c, who, func(*Leg) bool { return true })
		if err != nil {
			return err
		}
		return b.Digits(c, l, digits)
	})
}

// FinishCall ends a call as the provider's staff would.
func (d *Desk) FinishCall(call int64) error { return d.on(call, (*Board).Finish) }

// Calls returns copies of the calls, oldest first.
func (d *Desk) Calls() []Call {
	var out []Call
	d.inside(func(b *Board, _ *Courier) {
		for _, c := range b.Calls() {
			out = append(out, c.Clone())
		}
	})
	return out
}

// Call returns a copy of a call.
func (d *Desk) Call(id int64) (Call, bool) {
	var out Call
	err := d.on(id, func(_ *Board, c *Call) error {
		out = c.Clone()
		return nil
	})
	return out, err == nil
}

// Deliveries returns the last messages to customers, oldest first.
func (d *Desk) Deliveries() []Delivery {
	var out []Delivery
	d.inside(func(_ *Board, q *Courier) { out = q.Deliveries() })
	return out
}

// LoseEvents loses the next n messages.
func (d *Desk) LoseEvents(n int) { d.inside(func(_ *Board, q *Courier) { q.Lose(n) }) }

// DuplicateEvents sends each of the next n messages twice.
func (d *Desk) DuplicateEvents(n int) { d.inside(func(_ *Board, q *Courier) { q.Duplicate(n) }) }

// SwapEvents sends the next two messages in the wrong order.
func (d *Desk) SwapEvents() { d.inside(func(_ *Board, q *Courier) { q.Swap() }) }

// HoldEvents keeps messages back until ReleaseEvents.
func (d *Desk) HoldEvents() { d.inside(func(_ *Board, q *Courier) { q.Hold() }) }

// ReleaseEvents sends what was kept back, the newest first if reversed.
func (d *Desk) ReleaseEvents(reversed bool) {
	d.inside(func(_ *Board, q *Courier) { q.Release(reversed) })
}
