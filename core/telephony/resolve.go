package telephony

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/calltracking"
	"github.com/skvoz/skvoz/core/employees"
)

// resolving is a call on its way from its events to what the account knows of it.
type resolving struct {
	*MarkedCall
	Folded
	// lines are the numbers the account's own number may be among, the surest first.
	lines   []core.Phone
	contact core.Phone
	number  *calltracking.VirtualNumber
	out     FoldedCall
}

// fold folds calls of one account: all facts are read together, then each call is made.
func (b *foldBatchRun) fold(ctx context.Context, tx FoldTx, account core.AccountID, marked []MarkedCall) error {
	list := make([]*resolving, len(marked))
	for i := range marked {
		b.tries = marked[i].Tries
		list[i] = b.begin(&marked[i])
	}
	if err := b.numbers(ctx, tx, account, list); err != nil {
		return err
	}
	if err := b.people(ctx, account, list); err != nil {
		return err
	}
	out := make([]FoldedCall, len(list))
	for i, r := range list {
		if err := b.finish(ctx, tx, r); err != nil {
			return err
		}
		out[i] = r.out
	}
	return tx.Save(ctx, account, out)
}

// begin folds a call's events and reads its numbers.
func (b *foldBatchRun) begin(m *MarkedCall) *resolving {
	r := &resolving{MarkedCall: m, Folded: Fold(m.Events)}
	if r.Direction == "" {
		r.infer()
	}
	did := b.phone(r.DID)
	switch r.Direction {
	case Inbound:
		r.contact, r.lines = b.phone(r.Caller), []core.Phone{did}
	case Outbound:
		r.contact, r.lines = b.phone(r.Callee), []core.Phone{did, b.phone(shownToContact(&r.Folded)), b.phone(r.Caller)}
	default:
		r.lines = []core.Phone{did}
	}
	r.lines = slices.DeleteFunc(r.lines, func(p core.Phone) bool { return p == "" })
	return r
}

// infer says which way a call goes whose beginning nobody told: the contact's leg came first, or it was called.
func (r *resolving) infer() {
	for i := range r.Legs {
		if l := &r.Legs[i]; l.Role == RoleContact {
			if i == 0 {
				r.Direction, r.Caller = Inbound, cmp.Or(r.Caller, l.Number)
			} else {
				r.Direction, r.Callee = Outbound, cmp.Or(r.Callee, l.Number)
			}
			return
		}
	}
	r.Direction = Internal
}

func shownToContact(f *Folded) string {
	for i := range f.Legs {
		if l := &f.Legs[i]; l.Role == RoleContact && l.DisplayCallerID != "" {
			return l.DisplayCallerID
		}
	}
	return ""
}

// phone reads a number of the PBX's; empty when it is hidden, a line or a short number.
func (f *Folder) phone(raw string) core.Phone {
	if raw == "" || strings.ContainsAny(raw, "@:") {
		return ""
	}
	if p, ok := f.ReadPhone(raw); ok {
		return p
	}
	digits := strings.TrimPrefix(raw, "+")
	if len(digits) < 10 || len(digits) > 15 || strings.Trim(digits, "0123456789") != "" {
		return ""
	}
	return core.Phone(digits) // no plan of numbers knows it, yet somebody called from it
}

// numbers finds which of the account's numbers the calls came to or from.
func (b *foldBatchRun) numbers(ctx context.Context, tx FoldTx, account core.AccountID, list []*resolving) error {
	var digits []core.Phone
	for _, r := range list {
		digits = append(digits, r.lines...)
	}
	if len(digits) == 0 {
		return nil
	}
	slices.Sort(digits)
	known, err := tx.Numbers(ctx, account, slices.Compact(digits))
	if err != nil {
		return err
	}
	for _, r := range list {
		for _, p := range r.lines {
			if n, ok := known[p]; ok && r.number == nil {
				r.number = &n
			}
		}
	}
	return nil
}

// people finds whose the legs are: by the employee the PBX named, else by extension, line or phone.
func (b *foldBatchRun) people(ctx context.Context, account core.AccountID, list []*resolving) error {
	var ids []core.EmployeeID
	var numbers []string
	for _, r := range list {
		for i := range r.Legs {
			if l := &r.Legs[i]; r.isOurs(l) {
				if l.EmployeeID != 0 {
					ids = append(ids, l.EmployeeID)
				}
				numbers = append(numbers, b.names(l)...)
			}
		}
	}
	named, byNumber := map[core.EmployeeID]employees.Employee(nil), map[string]employees.Employee(nil)
	var err error
	if len(ids) > 0 {
		slices.Sort(ids)
		if named, err = b.People.ByID(ctx, account, slices.Compact(ids)); err != nil {
			return err
		}
	}
	if len(numbers) > 0 {
		slices.Sort(numbers)
		if byNumber, err = b.People.ByNumber(ctx, account, slices.Compact(numbers)); err != nil {
			return err
		}
	}
	for _, r := range list {
		for i := range r.Legs {
			l := &r.Legs[i]
			l.EmployeeID = named[l.EmployeeID].ID
			if l.EmployeeID != 0 || !r.isOurs(l) {
				continue
			}
			for _, name := range b.names(l) {
				if e, ok := byNumber[name]; ok {
					l.EmployeeID = e.ID
					break
				}
			}
		}
	}
	return nil
}

// isOurs reports whether a leg may be an employee's.
func (r *resolving) isOurs(l *Leg) bool { return l.Role != RoleContact }

// names are what a leg's employee may be known by, the surest first.
func (f *Folder) names(l *Leg) []string {
	var out []string
	add := func(s string) {
		if s != "" && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	add(l.EmployeeExt)
	add(l.Number)
	add(string(f.phone(l.Number)))
	if user, _, found := strings.Cut(strings.TrimPrefix(l.Number, "sip:"), "@"); found {
		add(user)
	}
	return out
}

// finish makes the call of what was found.
func (b *foldBatchRun) finish(ctx context.Context, tx FoldTx, r *resolving) error {
	r.out = FoldedCall{Before: r.Before, Tags: lastWords(r.Tags), Recordings: endedRecordings(r.Recordings)}
	if before := r.Before; before != nil && before.EndedAt != nil && b.now.Sub(*before.EndedAt) > eventsForgotten {
		r.out.Call = *before // its events are dropped
		r.out.What = r.what()
		return nil
	}
	if r.Before == nil && r.isUnfit() && b.now.Sub(r.FirstReceivedAt) < gapPatience {
		r.out.Call = Call{ID: r.ID, AccountID: r.AccountID, ConnectionID: r.ConnectionID, PBXCallID: r.PBXCallID}
		r.out.IsUnfit, r.out.Again, r.out.Tries = true, r.FirstReceivedAt.Add(gapPatience), r.Tries
		return nil
	}
	r.out.Call = r.call()
	if err := b.attribute(ctx, tx, r); err != nil {
		return err
	}
	b.gaps(r)
	r.out.Participants = participants(&r.Folded.Detail, r.out.StartedAt)
	r.out.EmployeeID = talkedLast(&r.Folded.Detail)
	r.out.HasCommunication = r.out.IsOutside() && r.out.NumberID != 0 && r.out.SiteID != 0
	r.out.What = r.what()
	return nil
}

// isUnfit: nobody told how the call began.
func (r *resolving) isUnfit() bool {
	return r.Folded.DID == "" && r.Folded.Caller == "" && r.Folded.Callee == ""
}

func (r *resolving) call() Call {
	f := &r.Folded
	c := Call{
		ID: r.ID, AccountID: r.AccountID, ConnectionID: r.ConnectionID, PBXCallID: r.PBXCallID, ExternalID: f.ExternalID, Direction: f.Direction, Initiator: f.Initiator,
		State: f.State, ContactPhone: r.contact, StartedAt: f.StartedAt, AnsweredAt: f.AnsweredAt, EndedAt: f.EndedAt, Wait: f.Wait, Talk: f.Talked, Total: f.Total,
		IsLost: f.IsLost, LostReason: f.LostReason, EndReason: f.EndReason, LastEventAt: f.LastEventAt, Detail: f.Detail,
	}
	c.OpenRecordings = len(f.Recordings) - len(endedRecordings(f.Recordings))
	if len(r.lines) > 0 {
		c.VirtualNumber = string(r.lines[0])
	}
	if n := r.number; n != nil {
		c.NumberID, c.VirtualNumber, c.SiteID, c.ScenarioID = n.ID, string(n.Number), n.SiteID, n.ScenarioID
	}
	if id, err := core.ParseID[core.ScenarioID](f.ScenarioID); err == nil {
		c.ScenarioID = id
	}
	if b := r.Before; b != nil {
		c.IsFirst, c.CalledBackAt, c.CalledBackID, c.Version = b.IsFirst, b.CalledBackAt, b.CalledBackID, b.Version
		c.VisitorID, c.SessionID, c.CampaignID, c.Method, c.Probability, c.LeaseID = b.VisitorID, b.SessionID, b.CampaignID, b.Method, b.Probability, b.LeaseID
		c.Candidates = b.Candidates
		if b.NumberID != 0 { // whose it was when the call came
			c.NumberID, c.VirtualNumber, c.SiteID = b.NumberID, b.VirtualNumber, b.SiteID
		}
		if c.LastEventAt.Before(b.LastEventAt) {
			c.LastEventAt = b.LastEventAt
		}
	}
	return c
}

// attribute says whose visit the call belongs to, once.
func (b *foldBatchRun) attribute(ctx context.Context, tx FoldTx, r *resolving) error {
	c := &r.out.Call
	if r.number != nil && c.Method == "" && c.Direction != Internal {
		a, err := b.attribution(ctx, tx, r)
		if err != nil {
			return err
		}
		c.Method, c.Probability, c.VisitorID, c.SessionID, c.LeaseID, c.CampaignID = a.Method, a.Probability, a.VisitorID, a.SessionID, a.LeaseID, a.CampaignID
		c.Candidates = a.Candidates
	}
	r.out.IsCertain = IsCertain(c)
	return nil
}

// IsCertain reports whether a call's phone may be taken for its visitor's.
func IsCertain(c *Call) bool {
	return c.VisitorID != 0 && c.ContactPhone != "" && c.Method != calltracking.MethodAmbiguous && c.Probability >= calltracking.DefaultSettings().Threshold
}

// attribution of a call out is that of its contact: no visit made it.
func (b *foldBatchRun) attribution(ctx context.Context, tx FoldTx, r *resolving) (calltracking.Attribution, error) {
	if r.Direction == Inbound {
		return tx.Attribute(ctx, r.AccountID, *r.number, r.contact, r.StartedAt)
	}
	a := calltracking.Attribution{Method: calltracking.MethodUnknown}
	if r.contact == "" {
		return a, nil
	}
	visitor, err := tx.VisitorOf(ctx, r.AccountID, r.contact)
	if err == nil && visitor != 0 {
		a = calltracking.Attribution{Method: calltracking.MethodKnownPhone, Probability: calltracking.DefaultSettings().KnownPhoneProbability, VisitorID: visitor}
	}
	return a, err
}

// gaps says what to do about events that never came: they are waited for, then the PBX is asked, then the call is said to be incomplete.
func (b *foldBatchRun) gaps(r *resolving) {
	out := &r.out
	isUnfit := r.isUnfit()
	if r.MissingSeqs == 0 && !isUnfit {
		return
	}
	since := r.EndReceivedAt
	if isUnfit {
		since = r.FirstReceivedAt
	}
	if due := since.Add(gapPatience); b.now.Before(due) {
		out.Again, out.Tries = due, r.Tries
		return
	}
	out.IsIncomplete = true
	if b.canAsk(r.Kind) && r.Tries < gapTries {
		b.asks = append(b.asks, r.CallRef)
		out.Again, out.Tries = b.now.Add(backoff(gapRetry, r.Tries, foldRetryMost)), r.Tries+1
	}
}

// lastWords is the last that was said of each tag.
func lastWords(all []TagFact) []TagFact {
	var out []TagFact
	for _, t := range all {
		out = append(slices.DeleteFunc(out, func(o TagFact) bool { return o.TagID == t.TagID }), t)
	}
	return out
}

func endedRecordings(all []RecordingFact) []RecordingFact {
	return slices.DeleteFunc(slices.Clone(all), func(r RecordingFact) bool { return r.State == "started" })
}

// Participants are the employees who took part in a call, in the order they were rung.
func Participants(c *Call) []Participant { return participants(&c.Detail, c.StartedAt) }

// participants are the employees who took part in a call, in the order they were rung.
func participants(d *Detail, started time.Time) []Participant {
	var out []Participant
	for i := range d.Legs {
		l := &d.Legs[i]
		if l.EmployeeID == 0 {
			continue
		}
		n := slices.IndexFunc(out, func(p Participant) bool { return p.EmployeeID == l.EmployeeID })
		if n < 0 {
			out = append(out, Participant{EmployeeID: l.EmployeeID, RangAt: rang(l, started)})
			n = len(out) - 1
		}
		p := &out[n]
		p.IsAnswered = p.IsAnswered || l.AnsweredAt != nil
		p.Reason = l.Reason
		for t := range d.Talks {
			p.HasTalked = p.HasTalked || d.Talks[t].StartedAt != nil && slices.Contains(d.Talks[t].LegIDs, l.ID)
		}
	}
	return out
}

func rang(l *Leg, started time.Time) time.Time {
	for _, at := range []*time.Time{l.RangAt, l.StartedAt, l.AnsweredAt, l.EndedAt} {
		if at != nil {
			return *at
		}
	}
	return started
}

// talkedLast is the employee who talked last, else who answered last; zero = nobody did.
func talkedLast(d *Detail) core.EmployeeID {
	for i := len(d.Talks) - 1; i >= 0; i-- {
		t := &d.Talks[i]
		if t.StartedAt == nil {
			continue
		}
		for n := len(d.Legs) - 1; n >= 0; n-- {
			if l := &d.Legs[n]; l.EmployeeID != 0 && l.Role != RoleCoach && slices.Contains(t.LegIDs, l.ID) {
				return l.EmployeeID
			}
		}
	}
	var last *Leg
	for i := range d.Legs {
		l := &d.Legs[i]
		if l.EmployeeID != 0 && l.Role != RoleCoach && l.AnsweredAt != nil && (last == nil || l.AnsweredAt.After(*last.AnsweredAt)) {
			last = l
		}
	}
	if last == nil {
		return 0
	}
	return last.EmployeeID
}

// what tells what changed for those who watch the call.
func (r *resolving) what() string {
	var words []string
	now, before := &r.out.Call, r.Before
	if before == nil {
		before = &Call{}
		words = append(words, WhatStarted)
	}
	if rings(now) > rings(before) {
		words = append(words, WhatRings)
	}
	if answers(now) > answers(before) {
		words = append(words, WhatAnswered)
	}
	if (now.State == StateHeld) != (before.State == StateHeld) && now.EndedAt == nil {
		words = append(words, WhatHeld)
	}
	if now.EndedAt != nil && before.EndedAt == nil {
		words = append(words, WhatFinished)
	}
	return strings.Join(words, ",")
}

// rings and answers count the legs that have rung and that were answered.
func rings(c *Call) (n int) {
	for i := range c.Legs {
		if l := &c.Legs[i]; l.Role != RoleContact && (l.RangAt != nil || l.AnsweredAt != nil) {
			n++
		}
	}
	return n
}

func answers(c *Call) (n int) {
	for i := range c.Legs {
		if l := &c.Legs[i]; l.Role != RoleContact && l.AnsweredAt != nil {
			n++
		}
	}
	return n
}
