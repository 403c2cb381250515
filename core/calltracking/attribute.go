package calltracking

import (
	"cmp"
	"math"
	"slices"
	"time"

	"github.com/skvoz/skvoz/core"
)

// Method says by what a call was counted to a visit or campaign.
type Method string

// The methods; the words are stored and shown.
const (
	// MethodStatic: the number belongs to a campaign or site.
	MethodStatic Method = "static"
	// MethodExclusive: one visit alone had the number.
	MethodExclusive Method = "exclusive"
	// MethodTelClick: of several visits one clicked the number just before.
	MethodTelClick Method = "tel_click"
	// MethodKnownPhone: of several visits one is a visitor's whose phone this is.
	MethodKnownPhone Method = "known_phone"
	// MethodWeighted: of several visits one is far more probable than the others.
	MethodWeighted Method = "weighted"
	// MethodAmbiguous: several visits are probable; none is taken.
	MethodAmbiguous Method = "ambiguous"
	// MethodRepeat: the caller called this number before and is known from that.
	MethodRepeat Method = "repeat"
	// MethodLate: the visit that had the number last is over.
	MethodLate Method = "late"
	// MethodUnknown: nothing is known but the number.
	MethodUnknown Method = "unknown"
	// MethodManual: a person said so.
	MethodManual Method = "manual"
)

// Facts are all that counts for a call's attribution, as known at the moment it came.
type Facts struct {
	// At is when the call came.
	At time.Time
	// Number is the number called.
	Number VirtualNumber
	// Late is the time after a visit in which calls still count to it: the pool's.
	Late time.Duration
	// Leases are the loans of the number that began at At or before and had not ended longer than Late before. Their order does not matter.
	Leases []LeaseFacts
	// Earlier is the caller's latest call to the number before At that was counted to a visitor; nil = none.
	Earlier *EarlierCall
}

// LeaseFacts are a loan with what is known of its visit.
type LeaseFacts struct {
	Lease
	// CampaignID is the session's; 0 = none.
	CampaignID core.CampaignID
	// KnowsCaller: the caller's phone is one of the visitor's (or of the same person's).
	KnowsCaller bool
}

// EarlierCall is a call that was counted to a visitor.
type EarlierCall struct {
	CallID     core.CallID
	At         time.Time
	VisitorID  core.VisitorID
	SessionID  core.SessionID
	CampaignID core.CampaignID
}

// Attribution says which visit and campaign a call is counted to, and how sure that is.
type Attribution struct {
	Method Method `json:"method"`
	// Probability is that of the visit taken, 0 to 1; of an ambiguous call that of the most probable candidate, of an unknown one 0.
	Probability float64 `json:"probability"`
	// VisitorID, SessionID and LeaseID are 0 when no visit is taken.
	VisitorID core.VisitorID `json:"visitor_id,omitempty"`
	SessionID core.SessionID `json:"session_id,omitempty"`
	LeaseID   core.LeaseID   `json:"lease_id,omitempty"`
	// CampaignID is 0 when none is known. An ambiguous call has one when all candidates have the same.
	CampaignID core.CampaignID `json:"campaign_id,omitempty"`
	// Candidates are all visits that were weighed, most probable first. Their probabilities sum up to 1 at most.
	Candidates []Candidate `json:"candidates,omitempty"`
}

// Candidate is a visit that may have made the call.
type Candidate struct {
	LeaseID     core.LeaseID    `json:"lease_id,omitempty"`
	VisitorID   core.VisitorID  `json:"visitor_id"`
	SessionID   core.SessionID  `json:"session_id,omitempty"`
	CampaignID  core.CampaignID `json:"campaign_id,omitempty"`
	Probability float64         `json:"probability"`
	// Weight is relative to the other candidates.
	Weight float64 `json:"weight"`
	// Silence is how long before the call the visit was last heard of, in milliseconds.
	Silence int64 `json:"silence_ms"`
	// Why are the words of what speaks for the visit.
	Why []Reason `json:"why,omitempty"`
}

// Reason is what speaks for a candidate.
type Reason string

// The reasons; the words are stored and shown.
const (
	ReasonHolds      Reason = "holds"
	ReasonShown      Reason = "shown"
	ReasonTelClick   Reason = "tel_click"
	ReasonKnownPhone Reason = "known_phone"
	ReasonCalled     Reason = "called_before"
	ReasonEnded      Reason = "ended"
)

// Attribute says whom a call is counted to. It depends on the facts and settings alone. No visit is ever taken with less than the threshold when
// several are possible: such a call is ambiguous.
func Attribute(f Facts, s Settings) Attribution {
	holders, ended := f.split()
	if a, ok := f.repeat(holders, s); ok {
		return a
	}
	switch {
	case f.Number.Usage == UsageStatic:
		return Attribution{Method: MethodStatic, Probability: 1, CampaignID: f.Number.CampaignID}
	case len(holders) == 1:
		c := f.candidate(holders[0], s)
		c.Probability = 1
		if holders[0].ShownAt == nil || holders[0].ShownAt.After(f.At) {
			c.Probability = s.UnshownProbability
		}
		return taken(MethodExclusive, c.Probability, []Candidate{c}, 0)
	case len(holders) > 1:
		return f.several(holders, s)
	case len(ended) > 0:
		return f.late(ended, s)
	}
	return Attribution{Method: MethodUnknown}
}

// split tells the loans that run at the moment of the call from those that are over.
func (f Facts) split() (holders, ended []LeaseFacts) {
	for _, l := range f.Leases {
		switch end := l.EndsAt(); {
		case l.StartedAt.After(f.At):
		case !end.Before(f.At):
			holders = append(holders, l)
		case f.At.Sub(end) <= f.Late:
			ended = append(ended, l)
		}
	}
	return holders, ended
}

// repeat takes the visitor the caller was counted to before, unless something speaks for another one.
func (f Facts) repeat(holders []LeaseFacts, s Settings) (Attribution, bool) {
	e := f.Earlier
	if e == nil || e.VisitorID == 0 || e.At.After(f.At) || f.At.Sub(e.At) > days(s.RepeatDays) {
		return Attribution{}, false
	}
	c := Candidate{VisitorID: e.VisitorID, SessionID: e.SessionID, CampaignID: e.CampaignID, Probability: s.RepeatProbability, Weight: 1, Why: []Reason{ReasonCalled}}
	var own *LeaseFacts
	for i, l := range holders {
		if l.VisitorID != e.VisitorID {
			if l.KnowsCaller || f.clicked(l, s) {
				return Attribution{}, false
			}
			continue
		}
		if own == nil || l.StartedAt.After(own.StartedAt) || (l.StartedAt.Equal(own.StartedAt) && l.ID > own.ID) {
			own = &holders[i]
		}
	}
	if own != nil {
		if len(holders) == 1 {
			return Attribution{}, false // it has the number alone: that is surer
		}
		c = f.candidate(*own, s)
		c.Why, c.Weight, c.Probability = append(c.Why, ReasonCalled), 1, s.RepeatProbability
	}
	return taken(MethodRepeat, s.RepeatProbability, []Candidate{c}, 0), true
}

// several chooses among visits that have the number at once.
func (f Facts) several(holders []LeaseFacts, s Settings) Attribution {
	candidates := f.weigh(holders, s)
	if i, ok := only(candidates, ReasonTelClick); ok {
		return taken(MethodTelClick, s.TelClickProbability, candidates, i)
	}
	if i, ok := only(candidates, ReasonKnownPhone); ok {
		return taken(MethodKnownPhone, s.KnownPhoneProbability, candidates, i)
	}
	if p := candidates[0].Probability; p >= s.Threshold {
		return taken(MethodWeighted, p, candidates, 0)
	}
	return ambiguous(candidates)
}

// late takes the visit that had the number last, if it is one.
func (f Facts) late(ended []LeaseFacts, s Settings) Attribution {
	last := slices.MaxFunc(ended, func(a, b LeaseFacts) int { return cmp.Or(a.EndsAt().Compare(b.EndsAt()), cmp.Compare(a.ID, b.ID)) })
	together := ended[:0:0]
	for _, l := range ended { // those that had it while the last one had
		if l.ID == last.ID || l.EndsAt().After(last.StartedAt) {
			together = append(together, l)
		}
	}
	age := f.At.Sub(last.EndsAt())
	p := max(s.LateLeast, s.LateProbability-s.LateFall*float64(age)/float64(max(f.Late, 1)))
	p = min(p, 1)
	if len(together) == 1 {
		c := f.candidate(last, s)
		c.Probability = p
		return taken(MethodLate, p, []Candidate{c}, 0)
	}
	candidates := f.weigh(together, s)
	for i := range candidates {
		candidates[i].Probability *= p
	}
	if i, ok := only(candidates, ReasonKnownPhone); ok {
		return taken(MethodLate, p, candidates, i)
	}
	return ambiguous(candidates)
}

// weigh gives each of several visits its share, most probable first.
func (f Facts) weigh(leases []LeaseFacts, s Settings) []Candidate {
	out := make([]Candidate, len(leases))
	nearest := int64(math.MaxInt64)
	for i, l := range leases {
		out[i] = f.candidate(l, s)
		nearest = min(nearest, out[i].Silence)
	}
	slices.SortFunc(out, func(a, b Candidate) int { return cmp.Compare(a.LeaseID, b.LeaseID) }) // sums do not depend on the order either
	sum := 0.0
	for i := range out {
		c := &out[i]
		c.Weight = math.Exp(-float64(c.Silence-nearest) / float64(seconds(max(s.WeightSeconds, 1)).Milliseconds()))
		if slices.Contains(c.Why, ReasonShown) {
			c.Weight *= s.ShownFactor
		}
		sum += c.Weight
	}
	for i := range out {
		out[i].Probability = out[i].Weight / sum
	}
	slices.SortStableFunc(out, func(a, b Candidate) int { return cmp.Compare(b.Probability, a.Probability) })
	return out
}

func (f Facts) candidate(l LeaseFacts, s Settings) Candidate {
	c := Candidate{
		LeaseID: l.ID, VisitorID: l.VisitorID, SessionID: l.SessionID, CampaignID: l.CampaignID, Weight: 1,
		Silence: max(0, f.At.Sub(l.LastSeenAt).Milliseconds()), Why: []Reason{ReasonHolds},
	}
	if l.EndsAt().Before(f.At) {
		c.Why[0] = ReasonEnded
	}
	if l.ShownAt != nil && !l.ShownAt.After(f.At) {
		c.Why = append(c.Why, ReasonShown)
	}
	if f.clicked(l, s) {
		c.Why = append(c.Why, ReasonTelClick)
	}
	if l.KnowsCaller {
		c.Why = append(c.Why, ReasonKnownPhone)
	}
	return c
}

// clicked reports whether the visit clicked the number just before the call.
func (f Facts) clicked(l LeaseFacts, s Settings) bool {
	return l.TelClickAt != nil && !l.TelClickAt.After(f.At) && f.At.Sub(*l.TelClickAt) <= seconds(s.TelClickSeconds)
}

// only finds the candidate for whom a reason speaks, if it is one.
func only(candidates []Candidate, why Reason) (int, bool) {
	found := -1
	for i, c := range candidates {
		if !slices.Contains(c.Why, why) {
			continue
		}
		if found >= 0 {
			return 0, false
		}
		found = i
	}
	return found, found >= 0
}

// taken attributes to one of the candidates; what is left of certainty is shared by the others as they weigh.
func taken(m Method, p float64, candidates []Candidate, i int) Attribution {
	p = min(max(p, 0), 1)
	if m != MethodWeighted {
		others := 0.0
		for j, c := range candidates {
			if j != i {
				others += c.Weight
			}
		}
		for j := range candidates {
			if j != i {
				candidates[j].Probability = (1 - p) * candidates[j].Weight / others
			}
		}
		candidates[i].Probability = p
	}
	c := candidates[i]
	slices.SortStableFunc(candidates, func(a, b Candidate) int { return cmp.Compare(b.Probability, a.Probability) })
	return Attribution{
		Method: m, Probability: p, VisitorID: c.VisitorID, SessionID: c.SessionID, LeaseID: c.LeaseID, CampaignID: c.CampaignID, Candidates: candidates,
	}
}

// ambiguous takes nobody; the campaign is known all the same when it is everybody's.
func ambiguous(candidates []Candidate) Attribution {
	a := Attribution{Method: MethodAmbiguous, Probability: candidates[0].Probability, CampaignID: candidates[0].CampaignID, Candidates: candidates}
	for _, c := range candidates {
		if c.CampaignID != a.CampaignID {
			a.CampaignID = 0
		}
	}
	return a
}
