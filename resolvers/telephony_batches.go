package resolvers

import (
	"context"
	"slices"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/accounts"
	"github.com/skvoz/skvoz/core/calltracking"
	"github.com/skvoz/skvoz/core/comms"
	"github.com/skvoz/skvoz/core/deals"
	"github.com/skvoz/skvoz/core/employees"
	"github.com/skvoz/skvoz/core/telephony"
	"github.com/skvoz/skvoz/core/visits"
	"github.com/skvoz/skvoz/graph/model"
)

// people are employees by id.
type people map[core.EmployeeID]employees.Employee

// forCalls answers a field for calls of one list: read is asked once for all of them.
func forCalls[V, K any](ctx context.Context, objs []*telephony.Call, read func(ctx context.Context, account core.AccountID) (K, error), one func(c *telephony.Call, known K) V) ([]V, error) {
	who, err := accounts.Require(ctx)
	if err != nil {
		return nil, err
	}
	known, err := read(ctx, who.AccountID)
	if err != nil {
		return nil, err
	}
	out := make([]V, len(objs))
	for i, c := range objs {
		out[i] = one(c, known)
	}
	return out, nil
}

// distinct gathers the ids of calls, each once, without zeros.
func distinct[T comparable](objs []*telephony.Call, of func(c *telephony.Call) []T) []T {
	var zero T
	seen := map[T]bool{zero: true}
	var out []T
	for _, c := range objs {
		for _, id := range of(c) {
			if !seen[id] {
				seen[id] = true
				out = append(out, id)
			}
		}
	}
	return out
}

func callIDs(objs []*telephony.Call) []core.CallID {
	return distinct(objs, func(c *telephony.Call) []core.CallID { return []core.CallID{c.ID} })
}

// peopleOf reads the employees of calls.
func (r *Resolver) peopleOf(objs []*telephony.Call) func(context.Context, core.AccountID) (people, error) {
	ids := distinct(objs, func(c *telephony.Call) []core.EmployeeID {
		out := []core.EmployeeID{c.EmployeeID}
		for i := range c.Legs {
			out = append(out, c.Legs[i].EmployeeID)
		}
		return out
	})
	return func(ctx context.Context, account core.AccountID) (people, error) {
		if len(ids) == 0 {
			return people{}, nil
		}
		found, err := r.Employees.ByID(ctx, account, ids)
		return people(found), err
	}
}

// communicationsOf reads the calls' communications: they know the visitor's name, the source and the campaign.
func (r *Resolver) communicationsOf(objs []*telephony.Call) func(context.Context, core.AccountID) (map[core.CallID]comms.Communication, error) {
	return func(ctx context.Context, account core.AccountID) (map[core.CallID]comms.Communication, error) {
		ids := callIDs(objs)
		list, err := memoOf(ctx).calls.get(ids, func(wanted []core.CallID) ([]*comms.Communication, error) {
			keys := make([]core.CommunicationID, len(wanted))
			for i, id := range wanted {
				keys[i] = core.CommunicationID(id)
			}
			found, err := r.Comms.CommunicationsByID(ctx, account, keys)
			if err != nil {
				return nil, err
			}
			out := make([]*comms.Communication, len(wanted))
			for i := range found {
				if n := slices.Index(wanted, core.CallID(found[i].ID)); n >= 0 {
					out[n] = &found[i]
				}
			}
			return out, nil
		})
		out := make(map[core.CallID]comms.Communication, len(ids))
		for i, c := range list {
			if c != nil {
				out[ids[i]] = *c
			}
		}
		return out, err
	}
}

func (r *Resolver) numbersOf(objs []*telephony.Call) func(context.Context, core.AccountID) (map[core.VirtualNumberID]*model.VirtualNumberRef, error) {
	ids := distinct(objs, func(c *telephony.Call) []core.VirtualNumberID { return []core.VirtualNumberID{c.NumberID} })
	return func(ctx context.Context, account core.AccountID) (map[core.VirtualNumberID]*model.VirtualNumberRef, error) {
		out := map[core.VirtualNumberID]*model.VirtualNumberRef{}
		if len(ids) == 0 {
			return out, nil
		}
		list, err := r.Calltracking.NumbersByID(ctx, account, ids)
		for _, n := range list {
			out[n.ID] = &model.VirtualNumberRef{ID: n.ID.String(), Number: string(n.Number), Name: n.Name}
		}
		return out, err
	}
}

// candidateSessions reads the sessions of the calls' candidates.
func (r *Resolver) candidateSessions(objs []*telephony.Call) func(context.Context, core.AccountID) (map[core.SessionID]visits.Session, error) {
	ids := distinct(objs, func(c *telephony.Call) []core.SessionID {
		var out []core.SessionID
		for _, x := range c.Candidates {
			out = append(out, x.SessionID)
		}
		return out
	})
	return func(ctx context.Context, account core.AccountID) (map[core.SessionID]visits.Session, error) {
		out := map[core.SessionID]visits.Session{}
		if len(ids) == 0 {
			return out, nil
		}
		list, err := r.Visits.SessionsByID(ctx, account, ids)
		for _, s := range list {
			out[s.ID] = s
		}
		return out, err
	}
}

func callCandidates(c *telephony.Call, known map[core.SessionID]visits.Session) []model.CallCandidate {
	out := mapped(c.Candidates, func(x calltracking.Candidate) model.CallCandidate {
		m := model.CallCandidate{
			VisitorID: x.VisitorID.String(), SessionID: x.SessionID.String(), Probability: x.Probability, SilenceMs: x.Silence,
			Why: mapped(x.Why, func(w calltracking.Reason) string { return string(w) }),
		}
		if s, ok := known[x.SessionID]; ok {
			m.Source, m.Campaign = &s.Source, s.Campaign
		}
		return m
	})
	slices.SortStableFunc(out, func(a, b model.CallCandidate) int {
		switch {
		case a.Probability > b.Probability:
			return -1
		case a.Probability < b.Probability:
			return 1
		default:
			return 0
		}
	})
	return out
}

// visitorsOf reads the visitors of calls.
func (r *Resolver) visitorsOf(ctx context.Context, objs []*telephony.Call) ([]*comms.VisitorCard, error) {
	who, err := accounts.Require(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]*comms.VisitorCard, len(objs))
	ids := distinct(objs, func(c *telephony.Call) []core.VisitorID { return []core.VisitorID{c.VisitorID} })
	if len(ids) == 0 {
		return out, nil
	}
	needs := visitorNeedsAt(ctx, "")
	cards, err := r.Comms.VisitorsByID(ctx, who.AccountID, ids, needs.VisitorParts)
	if err != nil {
		return nil, err
	}
	for i, c := range objs {
		if n := slices.IndexFunc(cards, func(v comms.VisitorCard) bool { return v.ID == c.VisitorID }); n >= 0 {
			out[i] = &cards[n]
		}
	}
	return out, r.readAhead(ctx, who.AccountID, needs, cards)
}

// dealsOf reads the deals linked with calls.
func (r *Resolver) dealsOf(objs []*telephony.Call) func(context.Context, core.AccountID) (map[core.CommunicationID][]deals.Deal, error) {
	return func(ctx context.Context, account core.AccountID) (map[core.CommunicationID][]deals.Deal, error) {
		ids := make([]core.CommunicationID, 0, len(objs))
		for _, id := range callIDs(objs) {
			ids = append(ids, core.CommunicationID(id))
		}
		return r.Deals.DealsOfCommunications(ctx, account, ids)
	}
}

// correctors names the users of the account, who may have corrected calls.
func (r *Resolver) correctors(ctx context.Context) (map[core.UserID]string, error) {
	who, err := accounts.Require(ctx)
	if err != nil {
		return nil, err
	}
	users, err := r.Accounts.Users(ctx, who)
	out := make(map[core.UserID]string, len(users))
	for _, u := range users {
		out[u.ID] = u.Name
	}
	return out, err
}

// pathSecret is the secret in the address of a connection that can't sign; only administrators are told.
func (r *Resolver) pathSecret(ctx context.Context, c *telephony.Connection) (string, error) {
	if !c.Settings.IsWeak && c.Kind != telephony.KindUIS {
		return "", nil
	}
	who, err := accounts.Require(ctx)
	if err != nil || who.Role < accounts.RoleAdmin {
		return "…", err
	}
	return r.Connections.Reveal(ctx, c.AccountID, c.ID)
}

func (r *Resolver) linesOf(ctx context.Context, objs []*telephony.Connection) ([][]model.PbxLine, error) {
	ids := make([]core.ConnectionID, len(objs))
	for i, c := range objs {
		ids[i] = c.ID
	}
	out := make([][]model.PbxLine, len(objs))
	lines, err := r.Connections.Lines(ctx, objs[0].AccountID, ids)
	if err != nil {
		return nil, err
	}
	for i, c := range objs {
		out[i] = []model.PbxLine{}
		for _, l := range lines {
			if l.ConnectionID == c.ID {
				out[i] = append(out[i], model.PbxLine{Line: l.Line, Extension: l.Extension, State: string(l.State), ChangedAt: l.ChangedAt})
			}
		}
	}
	return out, nil
}

// popUps sends the cards of the employee the signed-in user is; a user who is none gets none.
func (r *Resolver) popUps(ctx context.Context, who accounts.Identity) (<-chan *telephony.PopUp, error) {
	e, ok, err := r.Employees.ByUser(ctx, who.AccountID, who.UserID)
	if err != nil {
		return nil, err
	}
	out := make(chan *telephony.PopUp)
	if !ok {
		go func() { <-ctx.Done(); close(out) }()
		return out, nil
	}
	in, err := r.Live.WatchPopUps(ctx, who.AccountID, e.ID)
	if err != nil {
		return nil, err
	}
	go func() {
		defer close(out)
		for p := range in {
			select {
			case out <- &p:
			case <-ctx.Done():
				return
			}
		}
	}()
	return out, nil
}

// contactDeals is how many deals a card shows, contactCalls how many of the contact's communications are looked at for them.
const (
	contactDeals = 3
	contactCalls = 100
)

// dealsOfContact are the newest deals linked with anything the contact did.
func (r *Resolver) dealsOfContact(ctx context.Context, c *telephony.Call) ([]deals.Deal, error) {
	page, err := r.contactPage(ctx, c)
	if err != nil {
		return nil, err
	}
	ids := make([]core.CommunicationID, 0, len(page.Nodes))
	for _, n := range page.Nodes {
		ids = append(ids, n.ID)
	}
	found, err := r.Deals.DealsOfCommunications(ctx, c.AccountID, ids)
	if err != nil {
		return nil, err
	}
	out := []deals.Deal{}
	seen := map[core.DealID]bool{}
	for _, list := range found {
		for _, d := range list {
			if !seen[d.ID] {
				seen[d.ID] = true
				out = append(out, d)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b deals.Deal) int { return b.CreatedAt.Compare(a.CreatedAt) })
	return out[:min(contactDeals, len(out))], nil
}

// contactPage reads the newest communications with the contact's phone.
func (r *Resolver) contactPage(ctx context.Context, c *telephony.Call) (core.Page[comms.Communication], error) {
	if c.ContactPhone == "" {
		return core.Page[comms.Communication]{}, nil
	}
	return r.Comms.Communications(ctx, c.AccountID, comms.CommunicationQuery{Search: string(c.ContactPhone)}, core.PageRequest{First: contactCalls})
}

// earlier counts what the contact communicated before the call, up to contactCalls.
func (r *Resolver) earlier(ctx context.Context, c *telephony.Call) (int, error) {
	page, err := r.contactPage(ctx, c)
	n := 0
	for _, x := range page.Nodes {
		if x.ID != core.CommunicationID(c.ID) && x.At.Before(c.StartedAt) {
			n++
		}
	}
	return n, err
}

// employeeStates says what all employees do now.
func (r *Resolver) employeeStates(ctx context.Context, account core.AccountID) ([]model.EmployeeState, error) {
	list, err := r.allEmployees(ctx, account)
	if err != nil {
		return nil, err
	}
	active, err := r.Calls.ActiveCalls(ctx, account)
	if err != nil {
		return nil, err
	}
	lines, err := r.lineStates(ctx, account)
	if err != nil {
		return nil, err
	}
	now := map[core.EmployeeID]model.EmployeeState{}
	for i := range active {
		noteStates(now, &active[i])
	}
	out := make([]model.EmployeeState, 0, len(list))
	for i := range list {
		s := now[list[i].ID]
		s.Employee = &list[i]
		if s.CallState == "" {
			s.CallState = model.EmployeeCallStateFree
		}
		s.LineState = string(lines[list[i].Extension])
		for _, p := range list[i].ActivePhones() {
			if s.LineState == "" {
				s.LineState = string(lines[p.Number])
			}
		}
		out = append(out, s)
	}
	return out, nil
}

// noteStates notes what employees do in a call: talking outweighs ringing.
func noteStates(now map[core.EmployeeID]model.EmployeeState, c *telephony.Call) {
	id := c.ID.String()
	for i := range c.Legs {
		l := &c.Legs[i]
		if l.EmployeeID == 0 || l.EndedAt != nil {
			continue
		}
		switch {
		case l.AnsweredAt != nil:
			now[l.EmployeeID] = model.EmployeeState{CallState: model.EmployeeCallStateTalking, Since: l.AnsweredAt, CallID: &id}
		case l.RangAt != nil && now[l.EmployeeID].CallState != model.EmployeeCallStateTalking:
			now[l.EmployeeID] = model.EmployeeState{CallState: model.EmployeeCallStateRinging, Since: l.RangAt, CallID: &id}
		}
	}
}

func (r *Resolver) allEmployees(ctx context.Context, account core.AccountID) ([]employees.Employee, error) {
	var out []employees.Employee
	for after := ""; ; {
		page, err := r.Employees.List(ctx, account, employees.Filter{}, core.PageRequest{First: 100, After: after})
		if err != nil {
			return nil, err
		}
		out = append(out, page.Nodes...)
		if after = page.EndCursor; !page.HasNext {
			return out, nil
		}
	}
}

func (r *Resolver) lineStates(ctx context.Context, account core.AccountID) (map[string]telephony.LineState, error) {
	list, err := r.Connections.List(ctx, account)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	ids := make([]core.ConnectionID, len(list))
	for i := range list {
		ids[i] = list[i].ID
	}
	lines, err := r.Connections.Lines(ctx, account, ids)
	out := make(map[string]telephony.LineState, len(lines))
	for _, l := range lines {
		out[l.Line] = l.State
		if l.Extension != "" {
			out[l.Extension] = l.State
		}
	}
	return out, err
}
