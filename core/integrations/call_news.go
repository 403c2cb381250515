package integrations

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/telephony"
)

// The settings of calls the core itself reads (CallSettings). A switch that is not set is off: who attached a system before is not surprised.
const (
	// KeyCallCards switches cards of ringing and lost calls on (CallPopUps), KeyCallLog keeping finished calls (CallLog), KeyCallTasks tasks for lost calls
	// (LostCallTasks).
	KeyCallCards = "call_cards"
	KeyCallLog   = "call_log"
	KeyCallTasks = "call_tasks"
	// KeyCallDirections says whether outgoing calls are shown and kept, too: CallsIncoming or CallsAll, which is what counts when it is not set.
	KeyCallDirections = "call_directions"
)

// The values of KeyCallDirections.
const (
	CallsIncoming = "incoming"
	CallsAll      = "all"
)

// CallTaker is an integration that is told of calls.
type CallTaker struct {
	ID core.IntegrationID
	// IsActive: on and working; cards are only for those. One that is paused or broken gets logs and tasks when it works again.
	IsActive bool
	Settings Values
	// Linked are the employees who are its users and for whom it is on.
	Linked map[core.EmployeeID]bool
}

// wantsAny reports whether any of what is told is wanted.
func (t *CallTaker) wantsAny() bool {
	return t.Settings.On(KeyCallCards) || t.Settings.On(KeyCallLog) || t.Settings.On(KeyCallTasks)
}

// CallTakers leaves those out that want nothing.
func CallTakers(all []CallTaker) []CallTaker {
	return slices.DeleteFunc(all, func(t CallTaker) bool { return !t.wantsAny() })
}

// ring is a leg on which a call rings at an employee.
type ring struct {
	leg      string
	employee core.EmployeeID
	at       time.Time
}

// CallNews is what a change of a call brings that systems may want to be told of.
type CallNews struct {
	call *telephony.Call
	// rings began; answered and ended are over, with when that was.
	rings, answered, ended []ring
	// isFinished: the call has come to its end just now.
	isFinished bool
}

// NewsOfCall compares a call with what it was before (nil = it was not known).
func NewsOfCall(before, now *telephony.Call) CallNews {
	n := CallNews{call: now}
	if !now.IsOutside() || now.ContactPhone == "" {
		return n
	}
	n.isFinished = now.EndedAt != nil && (before == nil || before.EndedAt == nil)
	for i := range now.Legs {
		l := &now.Legs[i]
		if l.EmployeeID == 0 || l.Role == telephony.RoleContact {
			continue
		}
		var old telephony.Leg
		if before != nil {
			if found := before.Leg(l.ID); found != nil && found.EmployeeID == l.EmployeeID {
				old = *found
			}
		}
		n.leg(&old, l)
	}
	return n
}

// leg notes how a leg went on. A call out begins for the employee with the first ring of their own phone or, if they dialled themselves, with the leg; that
// they picked up then is no answer of anybody.
func (n *CallNews) leg(old, now *telephony.Leg) {
	isOut := n.call.Direction == telephony.Outbound
	begun, wasBegun := now.RangAt, old.RangAt != nil
	if isOut {
		begun, wasBegun = now.StartedAt, old.StartedAt != nil
		if begun == nil {
			begun, wasBegun = now.RangAt, old.RangAt != nil
		}
	}
	if begun == nil {
		return
	}
	r := ring{leg: now.ID, employee: now.EmployeeID, at: *begun}
	over := func(at *time.Time) ring { return ring{leg: r.leg, employee: r.employee, at: *at} }
	switch isOver := now.EndedAt != nil || now.AnsweredAt != nil && !isOut; {
	case !wasBegun && !isOver:
		n.rings = append(n.rings, r)
	case wasBegun && now.EndedAt != nil && old.EndedAt == nil:
		n.ended = append(n.ended, over(now.EndedAt))
	case wasBegun && !isOut && now.AnsweredAt != nil && old.AnsweredAt == nil:
		n.answered = append(n.answered, over(now.AnsweredAt))
	}
}

// IsEmpty reports whether there is nothing to tell.
func (n *CallNews) IsEmpty() bool {
	return !n.isFinished && len(n.rings) == 0 && len(n.answered) == 0 && len(n.ended) == 0
}

// Employees are those it concerns.
func (n *CallNews) Employees() []core.EmployeeID {
	var out []core.EmployeeID
	for i := range n.call.Legs {
		if id := n.call.Legs[i].EmployeeID; id != 0 && !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out
}

// CallPayload is the payload of jobs about calls.
type CallPayload struct {
	CallID core.CallID `json:"call_id"`
	// Legs are those a card is about; none for a lost call.
	Legs []string `json:"legs,omitempty"`
	// Employees are whom it is for.
	Employees []core.EmployeeID `json:"employees,omitempty"`
	Phase     PopUpPhase        `json:"phase,omitempty"`
	// At is when it happened: cards are not shown of what is long over.
	At time.Time `json:"at"`
	// Remote is what the log of a call made at the vendor, when recordings are to be added to it.
	Remote string `json:"remote,omitempty"`
}

// tellWithin is how old the end of a call may be when it becomes known: nobody is told of those of an import.
const tellWithin = 3 * 24 * time.Hour

// Jobs are what an integration is to be told. Their keys make each of it happen once, however often the call is folded.
func (n *CallNews) Jobs(t *CallTaker, now time.Time) []NewJob {
	c := n.call
	isWanted := c.Direction == telephony.Inbound || t.Settings.Text(KeyCallDirections) != CallsIncoming
	if !isWanted {
		return nil
	}
	var out []NewJob
	if t.Settings.On(KeyCallCards) && t.IsActive {
		out = n.cards(t, now)
	}
	if !n.isFinished || now.Sub(*c.EndedAt) > tellWithin {
		return out
	}
	p := CallPayload{CallID: c.ID, Employees: n.linked(t), At: *c.EndedAt}
	if t.Settings.On(KeyCallLog) {
		out = append(out, n.job(t, JobCallLog, "call:"+c.ID.String(), p))
	}
	if t.Settings.On(KeyCallTasks) && c.IsLost {
		out = append(out, n.job(t, JobCallTask, "task:"+c.ID.String(), p))
	}
	return out
}

func (n *CallNews) cards(t *CallTaker, now time.Time) []NewJob {
	var out []NewJob
	add := func(kind JobKind, phase PopUpPhase, all []ring) {
		p := CallPayload{CallID: n.call.ID, Phase: phase}
		for _, r := range all {
			if !t.Linked[r.employee] || phase == PopUpRings && now.Sub(r.at) > telephony.Fresh {
				continue
			}
			p.Legs = append(p.Legs, r.leg)
			if !slices.Contains(p.Employees, r.employee) {
				p.Employees = append(p.Employees, r.employee)
			}
			if p.At.IsZero() || r.at.After(p.At) {
				p.At = r.at
			}
		}
		if len(p.Legs) > 0 {
			out = append(out, n.job(t, kind, string(phase)+":"+n.call.ID.String()+":"+p.Legs[0], p))
		}
	}
	add(JobCallPopUp, PopUpRings, n.rings)
	add(JobCallHide, PopUpAnswered, n.answered)
	add(JobCallHide, PopUpEnded, n.ended)
	if n.isFinished && n.call.IsLost && now.Sub(*n.call.EndedAt) <= telephony.Fresh {
		if rung := n.linked(t); len(rung) > 0 {
			out = append(out, n.job(t, JobCallPopUp, "lost:"+n.call.ID.String(), CallPayload{CallID: n.call.ID, Employees: rung, Phase: PopUpLost, At: *n.call.EndedAt}))
		}
	}
	return out
}

// linked are the employees it rang at, who talked last first, as far as they are users of the system.
func (n *CallNews) linked(t *CallTaker) []core.EmployeeID {
	var out []core.EmployeeID
	for _, id := range append([]core.EmployeeID{n.call.EmployeeID}, n.Employees()...) {
		if t.Linked[id] && !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out
}

func (n *CallNews) job(t *CallTaker, kind JobKind, key string, p CallPayload) NewJob {
	payload, _ := json.Marshal(p) // plain data always marshals
	j := NewJob{AccountID: n.call.AccountID, IntegrationID: t.ID, Kind: kind, Key: key, Payload: payload}
	if kind == JobCallPopUp || kind == JobCallHide { // a card is not hidden before it is shown
		j.Lane = "call:" + n.call.ID.String()
	}
	return j
}
