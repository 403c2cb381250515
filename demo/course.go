package demo

import (
	"math"
	"strconv"
	"time"

	"github.com/skvoz/skvoz/core/telephony"
)

// The operations of the scenario calls go through.
const (
	opHours  = "hours"
	opSales  = "sales"
	opOthers = "others"
	opBye    = "bye"
)

// course makes what happens in a call, moment by moment.
type course struct {
	g   *generator
	c   *telephony.Call
	now time.Time
}

func (l *course) at() *time.Time { t := l.now; return &t }

func (l *course) pass(seconds float64) {
	l.now = l.now.Add(time.Duration(seconds * float64(time.Second))).Truncate(time.Millisecond)
}

// callIn rings the sellers, then the others, unless the office is closed.
func (l *course) callIn() {
	l.leg(telephony.Leg{Role: telephony.RoleContact, Number: string(l.c.ContactPhone), State: telephony.LegDialing, StartedAt: l.at()})
	l.step(opHours, "schedule")
	if !isOpen(l.now) {
		l.exit("closed", opBye)
		l.lose(telephony.LostOutOfSchedule, telephony.ReasonNormal)
		return
	}
	l.exit("open", opSales)
	luck := l.g.luck.Float64()
	if luck > lostRate {
		if luck < lostRate+.08 && len(l.g.plan.Calls.Others) > 0 { // the second group answers
			l.step(opSales, "forward")
			l.ring(l.g.plan.Calls.Sellers, -1, 20, telephony.ReasonNoAnswer)
			l.exit("no_answer", opOthers)
			l.answered(opOthers, l.g.plan.Calls.Others)
			return
		}
		l.answered(opSales, l.g.plan.Calls.Sellers)
		return
	}
	l.step(opSales, "forward")
	switch {
	case luck < lostRate*.55:
		l.ring(l.g.plan.Calls.Sellers, -1, 3+l.g.luck.Float64()*15, telephony.ReasonCancelled)
		l.lose(telephony.LostHangupRinging, telephony.ReasonCancelled)
	case luck < lostRate*.65:
		l.ring(l.g.plan.Calls.Sellers, -1, .4, telephony.ReasonBusy)
		l.exit("busy", opBye)
		l.lose(telephony.LostAllBusy, telephony.ReasonNormal)
	default:
		l.ring(l.g.plan.Calls.Sellers, -1, 20, telephony.ReasonNoAnswer)
		l.exit("no_answer", opOthers)
		l.step(opOthers, "forward")
		l.ring(l.g.plan.Calls.Others, -1, 20, telephony.ReasonNoAnswer)
		l.exit("no_answer", opBye)
		l.lose(telephony.LostNoAnswer, telephony.ReasonNormal)
	}
}

// answered lets one of a group answer and talk, and now and then pass the call on.
func (l *course) answered(op string, group []CallTaker) {
	l.step(op, "forward")
	one := l.g.luck.IntN(len(group))
	leg := l.ring(group, one, 2.5+math.Min(25, l.g.luck.ExpFloat64()*7), telephony.ReasonAnsweredElsewhere)
	l.c.Legs[0].AnsweredAt, l.c.AnsweredAt = l.at(), l.at()
	l.talk(leg)
	if l.g.luck.Float64() < transferRate {
		l.transfer(leg)
		return
	}
	l.hangUp(leg, telephony.ReasonNormal)
	l.exit("answered", "")
}

// transfer passes the contact on to somebody else, who answers.
func (l *course) transfer(from int) {
	to := l.g.taker()
	for to.ID == l.c.Legs[from].EmployeeID {
		to = l.g.taker()
	}
	l.hangUp(from, telephony.ReasonTransferred)
	l.c.Transfers = append(l.c.Transfers, telephony.Transfer{Mode: "blind", FromLeg: l.c.Legs[from].ID, To: to.Extension, NewLeg: legID(len(l.c.Legs) + 1), State: "done", At: l.now})
	leg := l.ring([]CallTaker{to}, 0, 2+l.g.luck.Float64()*8, "")
	l.talk(leg)
	l.hangUp(leg, telephony.ReasonNormal)
	l.exit("answered", "")
}

// callOut rings an employee, then the contact, who may not answer.
func (l *course) callOut(by CallTaker) {
	leg := l.ring([]CallTaker{by}, 0, 1.5+l.g.luck.Float64()*4, "")
	contact := l.leg(telephony.Leg{
		Role: telephony.RoleContact, Number: string(l.c.ContactPhone), DisplayCallerID: l.c.VirtualNumber, State: telephony.LegIsRinging, StartedAt: l.at(), RangAt: l.at(),
	})
	if l.g.luck.Float64() < .2 {
		l.pass(8 + l.g.luck.Float64()*22)
		l.hangUp(contact, telephony.ReasonNoAnswer)
		l.hangUp(leg, telephony.ReasonNormal)
		return
	}
	l.pass(4 + l.g.luck.Float64()*14)
	l.c.Legs[contact].AnsweredAt, l.c.AnsweredAt = l.at(), l.at()
	l.talkOf(leg, contact)
	l.hangUp(leg, telephony.ReasonNormal)
}

// ring rings employees for seconds; the one with the index answers, unless it is -1, and the others' legs end for a reason. It returns the leg of who answered.
func (l *course) ring(group []CallTaker, answers int, seconds float64, reason telephony.Reason) (leg int) {
	var rung []int
	for _, e := range group {
		rung = append(rung, l.leg(telephony.Leg{
			Role: telephony.RoleEmployee, EmployeeExt: e.Extension, EmployeeID: e.ID, State: telephony.LegIsRinging, StartedAt: l.at(), RangAt: l.at(),
		}))
	}
	l.pass(seconds)
	for i, n := range rung {
		if i == answers {
			l.c.Legs[n].State, l.c.Legs[n].AnsweredAt, leg = telephony.LegIsAnswered, l.at(), n
			l.c.EmployeeID = l.c.Legs[n].EmployeeID
			continue
		}
		l.hangUp(n, reason)
	}
	return leg
}

func (l *course) talk(leg int) { l.talkOf(leg, 0) }

func (l *course) talkOf(leg, contact int) {
	n, started := len(l.c.Talks)+1, l.at()
	length := l.g.talkTime()
	l.now = l.now.Add(length)
	l.c.Talks = append(l.c.Talks, telephony.Talk{
		ID: "t" + strconv.Itoa(n), N: n, LegIDs: []string{l.c.Legs[contact].ID, l.c.Legs[leg].ID}, StartedAt: started, EndedAt: l.at(), Duration: length,
	})
	l.c.Talk += length
}

func (l *course) leg(leg telephony.Leg) int {
	leg.ID = legID(len(l.c.Legs) + 1)
	l.c.Legs = append(l.c.Legs, leg)
	return len(l.c.Legs) - 1
}

func (l *course) hangUp(n int, reason telephony.Reason) {
	leg := &l.c.Legs[n]
	if leg.EndedAt == nil {
		leg.State, leg.EndedAt, leg.Reason = telephony.LegIsEnded, l.at(), reason
	}
}

func (l *course) step(op, kind string) {
	l.c.Steps = append(l.c.Steps, telephony.Step{OpID: op, OpType: kind, ScenarioID: l.c.ScenarioID.String(), StartedAt: l.at()})
}

func (l *course) exit(name, next string) {
	s := &l.c.Steps[len(l.c.Steps)-1]
	s.Exit, s.ExitedAt, s.NextOp = name, l.at(), next
}

func (l *course) lose(why telephony.LostReason, reason telephony.Reason) {
	l.c.IsLost, l.c.LostReason = true, why
	l.pass(.6)
	l.hangUp(0, reason)
}

func (l *course) end() {
	for i := range l.c.Legs {
		l.hangUp(i, telephony.ReasonNormal)
	}
	c := l.c
	c.EndedAt, c.LastEventAt, c.Total = l.at(), l.now, l.now.Sub(c.StartedAt)
	c.Wait = c.Total
	if c.AnsweredAt != nil {
		c.Wait = c.AnsweredAt.Sub(c.StartedAt)
	}
}
