package demo

import (
	"context"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/calltracking"
	"github.com/skvoz/skvoz/core/comms"
	"github.com/skvoz/skvoz/core/telephony"
	"github.com/skvoz/skvoz/core/visits"
)

// CallPlan says who takes calls, and by what.
type CallPlan struct {
	Connection core.ConnectionID
	Scenario   core.ScenarioID
	// Sellers are rung first, all at once; Others when none of them answers, and transfers go to anybody.
	Sellers, Others []CallTaker
	Tags            []core.CallTagID
}

// CallTaker is an employee with a line.
type CallTaker struct {
	ID        core.EmployeeID
	Extension string
}

// SiteNumbers are the virtual numbers of a site.
type SiteNumbers struct {
	// Pool are lent to visits, one to each; Overflow is shared when none is free.
	Pool     []Number
	Overflow Number
	// Static are those of campaigns, by the campaign's name.
	Static map[string]Number
}

// Number is a virtual number.
type Number struct {
	ID     core.VirtualNumberID
	Digits core.Phone
}

// CallLoader writes calls in bulk. It is called from one goroutine, after the history the calls belong to.
type CallLoader interface {
	LoadCalls(ctx context.Context, account core.AccountID, batch *telephony.CallHistory) error
}

// How people call.
const (
	// callRate is how often a visit ends in a call, compared with requests.
	callRate = 1.1
	// againRate is how often somebody who has talked calls once more, backRate how often a lost caller is called back, followRate how often a request is
	// answered by a call.
	againRate, backRate, followRate = .16, .68, .4
	// closedRate is what part of those who call when nobody works do so; the others wait for the morning or forget it.
	closedRate = .18
	// lostRate is how often nobody answers during working hours, transferRate how often a talk is passed on, tagRate how often it is marked.
	lostRate, transferRate, tagRate = .13, .09, .3
	// workFrom and workTill are the working hours, in Moscow.
	workFrom, workTill = 9, 21
	moscow             = 3 * time.Hour
)

// methods are how calls to a pool's numbers come to their visits.
var methods = []weighted[calltracking.Method]{
	{70, calltracking.MethodExclusive},
	{9, calltracking.MethodLate},
	{6, calltracking.MethodAmbiguous},
	{4, calltracking.MethodWeighted},
	{5, calltracking.MethodTelClick},
	{3, calltracking.MethodKnownPhone},
	{3, calltracking.MethodUnknown},
}

// caller is what calls remember of a person.
type caller struct {
	hasTalked bool
	// lost are calls nobody has called back yet.
	lost []*telephony.Call
}

// calls makes the calls of a visit, and returns the first as far as it is known whose it is.
func (g *generator) calls(s *Site, v *visits.Visitor, session *visits.Session, p person, known *bool, rate float64) *comms.Communication {
	if g.plan.Calls == nil || g.luck.Float64() > rate*callRate {
		return nil
	}
	c := g.inbound(s, v, session, p, *known)
	if c == nil {
		return nil
	}
	if c.VisitorID != 0 && p.phone != "" {
		g.capture(s, v, session, p, c.StartedAt, visits.OriginCall, known)
	}
	g.after(s, c, p)
	if c.VisitorID == 0 || !*known {
		return nil
	}
	return &comms.Communication{
		ID: core.CommunicationID(c.ID), AccountID: g.plan.AccountID, Kind: comms.KindCall, SiteID: s.ID, At: c.StartedAt, Name: p.name, Phone: p.phone,
		VisitorID: v.ID, SessionID: session.ID,
	}
}

// after lets a lost caller be called back, and one who has talked call again.
func (g *generator) after(s *Site, c *telephony.Call, p person) {
	if p.phone == "" {
		return
	}
	if c.IsLost {
		if g.luck.Float64() < backRate {
			g.outbound(s, c, p, g.atWork(c.EndedAt.Add(g.minutes(4, 90))))
		}
		return
	}
	if g.luck.Float64() < againRate {
		g.repeated(s, c, p)
	}
}

// inbound makes a call from a visit; nil when it would come too late.
func (g *generator) inbound(s *Site, v *visits.Visitor, session *visits.Session, p person, known bool) *telephony.Call {
	at := session.StartedAt.Add(time.Duration((.2 + .8*g.luck.Float64()) * float64(session.Duration))).Truncate(time.Millisecond)
	method := pick(g.luck, methods, func(m weighted[calltracking.Method]) float64 { return m.weight }).value
	number := pick(g.luck, s.Numbers.Pool, func(Number) float64 { return 1 })
	campaign := campaignOf(session)
	c := g.newCall(s, p, telephony.Inbound, at)
	if n, ok := s.Numbers.Static[nameOf(session)]; ok {
		number, method = n, calltracking.MethodStatic
	}
	switch method {
	case calltracking.MethodStatic:
		c.Method, c.Probability, c.CampaignID = method, 1, campaign
	case calltracking.MethodUnknown:
		c.Method = method
	case calltracking.MethodExclusive:
		c.Method, c.Probability = method, 1
		c.Candidates = []calltracking.Candidate{g.candidate(session, 1, calltracking.ReasonHolds, calltracking.ReasonShown)}
	case calltracking.MethodLate:
		c.StartedAt = at.Add(g.minutes(20, 600))
		c.Method, c.Probability = method, .6+.3*g.luck.Float64()
		c.Candidates = []calltracking.Candidate{g.candidate(session, c.Probability, calltracking.ReasonShown)}
		c.Candidates[0].Silence = c.StartedAt.Sub(session.LastActivityAt).Milliseconds()
	default:
		number = s.Numbers.Overflow
		g.shared(c, method, session, known)
	}
	if c.StartedAt.After(g.plan.Until.Add(-time.Hour)) || !isOpen(c.StartedAt) && g.luck.Float64() > closedRate {
		return nil
	}
	c.NumberID, c.VirtualNumber = number.ID, string(number.Digits)
	if c.Method != calltracking.MethodAmbiguous && c.Method != calltracking.MethodUnknown && c.Method != calltracking.MethodStatic {
		c.VisitorID, c.SessionID, c.CampaignID = v.ID, session.ID, campaign
	}
	g.course(c, p)
	return c
}

// shared counts a call to the overflow number, which others were shown at the time, too.
func (g *generator) shared(c *telephony.Call, method calltracking.Method, session *visits.Session, known bool) {
	others := g.besides(session)
	why, own := calltracking.ReasonShown, .86+.1*g.luck.Float64()
	switch {
	case len(others) == 0:
		method, own = calltracking.MethodExclusive, 1
	case method == calltracking.MethodTelClick:
		why = calltracking.ReasonTelClick
	case method == calltracking.MethodKnownPhone && known:
		why = calltracking.ReasonKnownPhone
	case method == calltracking.MethodKnownPhone:
		method = calltracking.MethodWeighted
	case method == calltracking.MethodAmbiguous:
		own = (1.1 + .3*g.luck.Float64()) / float64(len(others)+1)
	}
	c.Method, c.Probability = method, own
	c.Candidates = []calltracking.Candidate{g.candidate(session, own, calltracking.ReasonHolds, why)}
	for i := range others {
		c.Candidates = append(c.Candidates, g.candidate(&others[i], (1-own)/float64(len(others)), calltracking.ReasonHolds))
	}
}

// besides returns one or two sessions of the same site, as recent as can be.
func (g *generator) besides(session *visits.Session) []visits.Session {
	var out []visits.Session
	wanted := 1 + g.luck.IntN(2)
	for i := len(g.batch.Sessions) - 1; i >= 0 && i >= len(g.batch.Sessions)-200 && len(out) < wanted; i-- {
		if o := g.batch.Sessions[i]; o.SiteID == session.SiteID && o.VisitorID != session.VisitorID {
			out = append(out, o)
		}
	}
	return out
}

func (g *generator) candidate(s *visits.Session, probability float64, why ...calltracking.Reason) calltracking.Candidate {
	return calltracking.Candidate{
		VisitorID: s.VisitorID, SessionID: s.ID, CampaignID: campaignOf(s), Probability: probability, Weight: probability, Silence: g.luck.Int64N(90_000), Why: why,
	}
}

// repeated lets a caller call the same number once more.
func (g *generator) repeated(s *Site, first *telephony.Call, p person) {
	at := g.atWork(first.EndedAt.Add(g.minutes(30, 5*24*60)))
	if at.After(g.plan.Until.Add(-time.Hour)) {
		return
	}
	c := g.newCall(s, p, telephony.Inbound, at)
	c.NumberID, c.VirtualNumber = first.NumberID, first.VirtualNumber
	c.CampaignID = first.CampaignID
	c.Method, c.Probability = calltracking.MethodStatic, 1
	if first.Method != calltracking.MethodStatic {
		c.Method, c.Probability = calltracking.MethodUnknown, 0
	}
	if first.VisitorID != 0 {
		c.Method, c.Probability, c.VisitorID, c.SessionID = calltracking.MethodRepeat, .9, first.VisitorID, first.SessionID
	}
	g.course(c, p)
	if c.IsLost && g.luck.Float64() < backRate {
		g.outbound(s, c, p, g.atWork(c.EndedAt.Add(g.minutes(4, 90))))
	}
}

// followUp lets somebody who sent a request be called.
func (g *generator) followUp(s *Site, r comms.Communication, p person) {
	if g.plan.Calls == nil || p.phone == "" || g.luck.Float64() > followRate {
		return
	}
	g.outbound(s, &telephony.Call{VisitorID: r.VisitorID, NumberID: s.Numbers.Overflow.ID, VirtualNumber: string(s.Numbers.Overflow.Digits)}, p, g.atWork(r.At.Add(g.minutes(3, 60))))
}

// outbound calls a contact: the employee's phone rings first.
func (g *generator) outbound(s *Site, why *telephony.Call, p person, at time.Time) {
	if at.After(g.plan.Until.Add(-time.Hour)) {
		return
	}
	c := g.newCall(s, p, telephony.Outbound, at)
	c.Initiator, c.NumberID, c.VirtualNumber, c.ScenarioID = "api", why.NumberID, why.VirtualNumber, 0
	c.Method = calltracking.MethodUnknown
	if why.VisitorID != 0 {
		c.Method, c.Probability, c.VisitorID = calltracking.MethodKnownPhone, .95, why.VisitorID
	}
	line := &course{g: g, c: c, now: at}
	line.callOut(g.taker())
	g.finish(line, p)
}

func (g *generator) newCall(s *Site, p person, d telephony.Direction, at time.Time) *telephony.Call {
	id := core.CallID(g.luck.Int64N(1<<52) + 1)
	return &telephony.Call{
		ID: id, AccountID: g.plan.AccountID, ConnectionID: g.plan.Calls.Connection, PBXCallID: "demo-" + id.String(), Direction: d, Initiator: "trunk",
		State: telephony.StateFinished, ContactPhone: p.phone, SiteID: s.ID, StartedAt: at.Truncate(time.Millisecond), ScenarioID: g.plan.Calls.Scenario,
	}
}

// course lets an inbound call go through the scenario.
func (g *generator) course(c *telephony.Call, p person) {
	line := &course{g: g, c: c, now: c.StartedAt}
	line.callIn()
	g.finish(line, p)
}

// finish ends a call and gives it to the batch.
func (g *generator) finish(line *course, p person) {
	line.end()
	c := line.c
	who := p.talks
	c.IsFirst = p.phone != "" && !who.hasTalked
	who.hasTalked = true
	if c.AnsweredAt != nil {
		for _, lost := range who.lost {
			if lost.StartedAt.Before(c.StartedAt) {
				lost.CalledBackAt, lost.CalledBackID = c.AnsweredAt, c.ID
			}
		}
		who.lost = slices.DeleteFunc(who.lost, func(l *telephony.Call) bool { return l.CalledBackAt != nil })
	}
	if c.IsLost && p.phone != "" {
		who.lost = append(who.lost, c)
	}
	if !c.IsLost && g.luck.Float64() < tagRate {
		g.taggings = append(g.taggings, telephony.Tagging{CallID: c.ID, TagID: pick(g.luck, g.plan.Calls.Tags, func(core.CallTagID) float64 { return 1 }), At: *c.EndedAt})
	}
	if p.phone != "" {
		g.callNames[c.ID] = p.name
	}
	g.made = append(g.made, c)
}

func (g *generator) taker() CallTaker {
	all := slices.Concat(g.plan.Calls.Sellers, g.plan.Calls.Sellers, g.plan.Calls.Others)
	return all[g.luck.IntN(len(all))]
}

// minutes draws a time, short ones more often.
func (g *generator) minutes(from, to float64) time.Duration {
	return time.Duration((from + (to-from)*math.Pow(g.luck.Float64(), 2)) * float64(time.Minute)).Truncate(time.Millisecond)
}

// atWork moves a moment into working hours.
func (g *generator) atWork(at time.Time) time.Time {
	if isOpen(at) {
		return at
	}
	local := at.Add(moscow)
	day := local.Truncate(24 * time.Hour)
	if local.Hour() >= workTill {
		day = day.AddDate(0, 0, 1)
	}
	return day.Add(workFrom*time.Hour - moscow + g.minutes(1, 80))
}

func isOpen(at time.Time) bool {
	hour := at.UTC().Add(moscow).Hour()
	return hour >= workFrom && hour < workTill
}

func campaignOf(s *visits.Session) core.CampaignID {
	if s.Campaign == nil {
		return 0
	}
	return s.Campaign.ID
}

func nameOf(s *visits.Session) string {
	if s.Campaign == nil {
		return ""
	}
	return s.Campaign.Name
}

// callBatch is what was made since the last one.
func (g *generator) callBatch() *telephony.CallHistory {
	h := &telephony.CallHistory{Names: g.callNames, Taggings: g.taggings}
	for _, c := range g.made {
		h.Calls = append(h.Calls, *c)
	}
	g.made, g.taggings, g.callNames = nil, nil, map[core.CallID]string{}
	return h
}

// talkTime draws how long people talk.
func (g *generator) talkTime() time.Duration {
	seconds := 85 * math.Exp(g.luck.NormFloat64()*.9)
	return time.Duration(min(max(seconds, 6), 1800) * float64(time.Second)).Truncate(time.Millisecond)
}

func legID(n int) string { return "l" + strconv.Itoa(n) }
