// Package exchange is what emulators of telephone providers have in common: a small exchange with calls, legs and lines that answer by rules, the
// postman who carries a provider's messages to its customers, and recordings to listen to. It knows no provider's words.
package exchange

import (
	"slices"
	"time"
)

// Direction is who called whom.
type Direction string

// The directions of a call.
const (
	In  Direction = "in"
	Out Direction = "out"
)

// Role is whose telephone a leg leads to.
type Role string

// The roles of a leg. A third party is one an employee consults while the contact is on hold.
const (
	Contact  Role = "contact"
	Employee Role = "employee"
	Third    Role = "third"
)

// LegState is what a leg does.
type LegState string

// The states of a leg: an answered one waits for somebody to talk to.
const (
	LegRinging  LegState = "ringing"
	LegAnswered LegState = "answered"
	LegTalking  LegState = "talking"
	LegHeld     LegState = "held"
	LegEnded    LegState = "ended"
)

// Stage is what a call does.
type Stage string

// The stages of a call. While an employee consults a third party, the contact is on hold.
const (
	StageDialing        Stage = "dialing"
	StageTalk           Stage = "talk"
	StageHold           Stage = "hold"
	StageConsultDialing Stage = "consult_dialing"
	StageConsult        Stage = "consult"
	StageFinished       Stage = "finished"
)

// Reason is why a leg ended.
type Reason string

// The reasons of an end.
const (
	ReasonHungUp      Reason = "hung_up"      // this party hung up
	ReasonOtherHungUp Reason = "other_side"   // the other party did
	ReasonCancelled   Reason = "cancelled"    // the other party did before this one answered
	ReasonElsewhere   Reason = "elsewhere"    // another telephone answered
	ReasonBusy        Reason = "busy"         //
	ReasonNoAnswer    Reason = "no_answer"    //
	ReasonUnavailable Reason = "unavailable"  // the telephone is not connected
	ReasonTransferred Reason = "transferred"  // handed the call over
	ReasonRerouted    Reason = "rerouted"     // the call was sent elsewhere while it rang
	ReasonCommand     Reason = "command"      // somebody ended it by command
	ReasonNobody      Reason = "nobody_there" // there was nowhere to ring
)

// Leg is a connection to one telephone.
type Leg struct {
	ID int64
	// Number is the telephone's, Calling what it shows as the caller.
	Number, Calling string
	Role            Role
	// Owner is the provider's number of the employee, 0 = nobody's.
	Owner  int64
	State  LegState
	Reason Reason
	// StartedAt is when it began to ring; the others are zero until it comes to that.
	StartedAt, AnsweredAt, EndedAt time.Time
	// HandedOver is set on a leg that took part in a transfer: the leg it got the call from.
	HandedOver int64
}

// Live reports whether the leg has not ended.
func (l *Leg) Live() bool { return l.State != LegEnded }

// Talk is a conversation of two legs. A call that is handed over has several.
type Talk struct {
	ID       int64
	Legs     [2]int64 // the contact's, the employee's
	From, To time.Time
	Recorded bool
}

// Call is a call with its legs.
type Call struct {
	ID                 int64
	Direction          Direction
	Virtual, Contact   string
	ExternalID         string
	Stage              Stage
	Legs               []*Leg
	Talks              []*Talk
	StartedAt, EndedAt time.Time
	Recording          bool
	Reason             Reason // of the last leg that mattered
	EndedBy            int64  // the leg that ended it, 0 = nobody's
	Transfer           string // what kind of transfer rings now: "", "blind", "return_blind", "consultative"
	Tags               []int64
	// Data is what the provider keeps with the call.
	Data any

	plan []Step
	back *Target // rings when a transfer fails
}

// Step is telephones that ring for a call. The call goes on with the next step when one of them answers.
type Step struct {
	Role     Role
	Targets  []Target
	Parallel bool
	// Wait is how long the call waits before they ring: a menu is listened to.
	Wait time.Duration
}

// Target is a telephone to ring.
type Target struct {
	Number string
	// Calling is shown to it.
	Calling string
	Owner   int64
	// Ring is how long at most; 30 s when zero.
	Ring time.Duration
}

// Live reports whether the call has not finished.
func (c *Call) Live() bool { return c.Stage != StageFinished }

// Lost reports whether an inbound call ended without a talk.
func (c *Call) Lost() bool { return !c.Live() && c.Direction == In && len(c.Talks) == 0 }

// Leg returns a leg by its number, or nil.
func (c *Call) Leg(id int64) *Leg {
	for _, l := range c.Legs {
		if l.ID == id {
			return l
		}
	}
	return nil
}

// LiveLeg returns the newest live leg of a role, or nil.
func (c *Call) LiveLeg(role Role) *Leg {
	for _, l := range slices.Backward(c.Legs) {
		if l.Role == role && l.Live() {
			return l
		}
	}
	return nil
}

// LastLeg returns the newest leg of a role, or nil.
func (c *Call) LastLeg(role Role) *Leg {
	for _, l := range slices.Backward(c.Legs) {
		if l.Role == role {
			return l
		}
	}
	return nil
}

// Talk returns the talk under way, or nil.
func (c *Call) Talk() *Talk {
	if n := len(c.Talks); n > 0 && c.Talks[n-1].To.IsZero() {
		return c.Talks[n-1]
	}
	return nil
}

// TalkTime is how long all talks lasted.
func (c *Call) TalkTime() time.Duration {
	var sum time.Duration
	for _, t := range c.Talks {
		if !t.To.IsZero() {
			sum += t.To.Sub(t.From)
		}
	}
	return sum
}

// WaitTime is how long it took until the first talk, or until the end without one.
func (c *Call) WaitTime() time.Duration {
	if len(c.Talks) > 0 {
		return c.Talks[0].From.Sub(c.StartedAt)
	}
	return max(c.EndedAt.Sub(c.StartedAt), 0)
}

// Clone returns a copy that no longer changes.
func (c *Call) Clone() Call {
	out := *c
	out.Legs, out.Talks = make([]*Leg, len(c.Legs)), make([]*Talk, len(c.Talks))
	for i, l := range c.Legs {
		leg := *l
		out.Legs[i] = &leg
	}
	for i, t := range c.Talks {
		talk := *t
		out.Talks[i] = &talk
	}
	out.Tags = slices.Clone(c.Tags)
	return out
}

// EventKind is what happened to a call.
type EventKind string

// What happens to calls, in about this order.
const (
	CallStarted  EventKind = "call_started"
	LegRings     EventKind = "leg_ringing"
	LegAnswers   EventKind = "leg_answered"
	TalkStarts   EventKind = "talk_started"
	LegIsHeld    EventKind = "leg_held"
	LegIsBack    EventKind = "leg_unheld"
	DigitsSent   EventKind = "digits"
	TalkEnds     EventKind = "talk_ended"
	LegEnds      EventKind = "leg_ended"
	CallFinished EventKind = "call_finished"
	// RecordStarts and RecordReady are those of the recording of one talk; it is ready a while after the talk.
	RecordStarts EventKind = "record_started"
	RecordReady  EventKind = "record_ready"
)

// Event is something that happened. Leg and Talk are set where there is one.
type Event struct {
	Kind   EventKind
	At     time.Time
	Call   *Call
	Leg    *Leg
	Talk   *Talk
	Digits string
}

// RuleKind is what a telephone does when it rings.
type RuleKind string

// The rules: a manual telephone waits for somebody to answer it.
const (
	Manual      RuleKind = "manual"
	Answers     RuleKind = "answer"
	IsBusy      RuleKind = "busy"
	NoAnswer    RuleKind = "no_answer"
	Unavailable RuleKind = "unavailable"
)

// Rule says what a telephone does when it rings. The zero value is a manual one.
type Rule struct {
	Kind RuleKind
	// After is how long it rings until it answers or is busy.
	After time.Duration
	// Talk is how long it talks before it hangs up; 0 = until somebody ends the call.
	Talk time.Duration
}

// RuleKinds returns the rules there are.
func RuleKinds() []RuleKind { return []RuleKind{Manual, Answers, IsBusy, NoAnswer, Unavailable} }
