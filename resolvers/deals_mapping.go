package resolvers

import (
	"context"
	"sync"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/accounts"
	"github.com/skvoz/skvoz/core/attribution"
	"github.com/skvoz/skvoz/core/comms"
	"github.com/skvoz/skvoz/core/deals"
	"github.com/skvoz/skvoz/core/reports"
	"github.com/skvoz/skvoz/core/visits"
	"github.com/skvoz/skvoz/graph/model"
)

// funnelBook is what a query has read of the account's funnels.
type funnelBook struct {
	mu     sync.Mutex
	known  bool
	funnel map[core.FunnelID]*deals.Funnel
	stage  map[core.StageID]*deals.Stage
}

func (b *funnelBook) read(load func() ([]deals.Funnel, error)) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.known {
		return nil
	}
	list, err := load()
	if err != nil {
		return err
	}
	b.funnel, b.stage = make(map[core.FunnelID]*deals.Funnel, len(list)), map[core.StageID]*deals.Stage{}
	for i := range list {
		b.funnel[list[i].ID] = &list[i]
		for j := range list[i].Stages {
			b.stage[list[i].Stages[j].ID] = &list[i].Stages[j]
		}
	}
	b.known = true
	return nil
}

// funnels returns the account's funnels and stages by identifier, read once a query.
func (r *Resolver) funnels(ctx context.Context) (*funnelBook, error) {
	who, err := accounts.Require(ctx)
	if err != nil {
		return nil, err
	}
	book := &memoOf(ctx).funnels
	return book, book.read(func() ([]deals.Funnel, error) { return r.Deals.Funnels(ctx, who.AccountID, 0) })
}

func dealOrError(d deals.Deal, err error) (*deals.Deal, error) {
	if err != nil {
		return nil, err
	}
	return &d, nil
}

func (r *Resolver) dealFunnels(ctx context.Context, list []*deals.Deal) ([]*deals.Funnel, error) {
	book, err := r.funnels(ctx)
	if err != nil {
		return nil, err
	}
	return eachDeal(list, func(d *deals.Deal) *deals.Funnel { return book.funnel[d.FunnelID] }), nil
}

func (r *Resolver) dealStages(ctx context.Context, list []*deals.Deal) ([]*deals.Stage, error) {
	book, err := r.funnels(ctx)
	if err != nil {
		return nil, err
	}
	return eachDeal(list, func(d *deals.Deal) *deals.Stage { return book.stage[d.StageID] }), nil
}

func (r *Resolver) dealLastOpenStages(ctx context.Context, list []*deals.Deal) ([]*deals.Stage, error) {
	book, err := r.funnels(ctx)
	if err != nil {
		return nil, err
	}
	return eachDeal(list, func(d *deals.Deal) *deals.Stage { return book.stage[d.LastOpenStageID] }), nil
}

func eachDeal[T any](list []*deals.Deal, of func(*deals.Deal) T) []T {
	out := make([]T, len(list))
	for i, d := range list {
		out[i] = of(d)
	}
	return out
}

func dealIDs(list []*deals.Deal) []core.DealID {
	return eachDeal(list, func(d *deals.Deal) core.DealID { return d.ID })
}

func (r *Resolver) dealEmployees(ctx context.Context, list []*deals.Deal) ([]*deals.Employee, error) {
	who, err := accounts.Require(ctx)
	if err != nil {
		return nil, err
	}
	known, err := r.Deals.Employees(ctx, who.AccountID, eachDeal(list, func(d *deals.Deal) core.DealEmployeeID { return d.EmployeeID }))
	if err != nil {
		return nil, err
	}
	return eachDeal(list, func(d *deals.Deal) *deals.Employee { return ifKnown(known, d.EmployeeID) }), nil
}

func ifKnown[K comparable, V any](known map[K]V, key K) *V {
	if v, ok := known[key]; ok {
		return &v
	}
	return nil
}

func (r *Resolver) dealMainContacts(ctx context.Context, list []*deals.Deal) ([]*deals.Contact, error) {
	known, err := r.contactsOf(ctx, list)
	if err != nil {
		return nil, err
	}
	return eachDeal(list, func(d *deals.Deal) *deals.Contact { return ifKnown(known, d.MainContactID) }), nil
}

func (r *Resolver) dealContacts(ctx context.Context, list []*deals.Deal) ([][]deals.Contact, error) {
	known, err := r.contactsOf(ctx, list)
	if err != nil {
		return nil, err
	}
	return eachDeal(list, func(d *deals.Deal) []deals.Contact {
		var own []deals.Contact
		for _, id := range d.ContactIDs {
			if c, ok := known[id]; ok {
				own = append(own, c)
			}
		}
		return own
	}), nil
}

func (r *Resolver) contactsOf(ctx context.Context, list []*deals.Deal) (map[core.DealContactID]deals.Contact, error) {
	who, err := accounts.Require(ctx)
	if err != nil {
		return nil, err
	}
	var ids []core.DealContactID
	for _, d := range list {
		ids = append(ids, d.ContactIDs...)
		if d.MainContactID != 0 {
			ids = append(ids, d.MainContactID)
		}
	}
	return r.Deals.Contacts(ctx, who.AccountID, ids)
}

func (r *Resolver) dealHistories(ctx context.Context, list []*deals.Deal) ([][]model.DealState, error) {
	who, err := accounts.Require(ctx)
	if err != nil {
		return nil, err
	}
	book, err := r.funnels(ctx)
	if err != nil {
		return nil, err
	}
	known, err := r.Deals.States(ctx, who.AccountID, dealIDs(list))
	if err != nil {
		return nil, err
	}
	return eachDeal(list, func(d *deals.Deal) []model.DealState {
		var own []model.DealState
		for _, s := range known[d.ID] {
			if stage := book.stage[s.StageID]; stage != nil {
				own = append(own, model.DealState{Stage: stage, At: s.At, IsGenerated: s.IsGenerated, Revenue: &s.Revenue})
			}
		}
		return own
	}), nil
}

func (r *Resolver) dealLinks(ctx context.Context, list []*deals.Deal) ([][]model.DealLink, error) {
	who, err := accounts.Require(ctx)
	if err != nil {
		return nil, err
	}
	known, err := r.Deals.Links(ctx, who.AccountID, dealIDs(list))
	if err != nil {
		return nil, err
	}
	deciding, err := r.Reports.Deciding(ctx, who.AccountID, eachDeal(list, func(d *deals.Deal) deals.Deal { return *d }))
	if err != nil {
		return nil, err
	}
	return eachDeal(list, func(d *deals.Deal) []model.DealLink {
		own := make([]model.DealLink, len(known[d.ID]))
		for i, l := range known[d.ID] {
			own[i] = model.DealLink{
				CommunicationID: l.CommunicationID.String(), Kind: l.Kind, At: l.At, MatchedBy: l.MatchedBy, MatchedValue: l.MatchedValue,
				IsDeciding: l.CommunicationID == deciding[d.ID],
			}
		}
		return own
	}), nil
}

func (r *Resolver) dealPaths(ctx context.Context, list []*deals.Deal) ([][]model.DealStep, error) {
	who, err := accounts.Require(ctx)
	if err != nil {
		return nil, err
	}
	paths, err := r.Deals.Paths(ctx, who.AccountID, dealIDs(list))
	if err != nil {
		return nil, err
	}
	var all []deals.Step
	for _, steps := range paths {
		all = append(all, steps...)
	}
	sessions, err := r.sessionsOf(ctx, who.AccountID, all)
	if err != nil {
		return nil, err
	}
	kinds, err := r.kindsOf(ctx, who.AccountID, all)
	if err != nil {
		return nil, err
	}
	return eachDeal(list, func(d *deals.Deal) []model.DealStep { return dealSteps(paths[d.ID], sessions, kinds) }), nil
}

func dealSteps(steps []deals.Step, sessions map[core.SessionID]visits.Session, kinds map[core.CommunicationID]comms.Kind) []model.DealStep {
	out := make([]model.DealStep, len(steps))
	for i, s := range steps {
		out[i] = model.DealStep{
			At: s.At, SessionID: textOf(s.SessionID), CommunicationID: textOf(s.CommunicationID), VisitorID: textOf(s.VisitorID),
			MatchedBy: s.MatchedBy, MatchedValue: s.MatchedValue,
		}
		if session, ok := sessions[s.SessionID]; ok {
			out[i].Source, out[i].Campaign = &session.Source, session.Campaign
		}
		if kind, ok := kinds[s.CommunicationID]; ok {
			out[i].CommunicationKind = &kind
		}
	}
	return out
}

// textOf writes an identifier, nil for none.
func textOf[T interface {
	~int64
	String() string
}](id T) *string {
	if id == 0 {
		return nil
	}
	text := id.String()
	return &text
}

func (r *Resolver) sessionsOf(ctx context.Context, account core.AccountID, steps []deals.Step) (map[core.SessionID]visits.Session, error) {
	ids := make([]core.SessionID, 0, len(steps))
	for _, s := range steps {
		if s.SessionID != 0 {
			ids = append(ids, s.SessionID)
		}
	}
	list, err := r.Visits.SessionsByID(ctx, account, ids)
	out := make(map[core.SessionID]visits.Session, len(list))
	for _, s := range list {
		out[s.ID] = s
	}
	return out, err
}

func (r *Resolver) kindsOf(ctx context.Context, account core.AccountID, steps []deals.Step) (map[core.CommunicationID]comms.Kind, error) {
	ids := make([]core.CommunicationID, 0, len(steps))
	for _, s := range steps {
		if s.CommunicationID != 0 {
			ids = append(ids, s.CommunicationID)
		}
	}
	list, err := r.Comms.CommunicationsByID(ctx, account, ids)
	out := make(map[core.CommunicationID]comms.Kind, len(list))
	for _, c := range list {
		out[c.ID] = c.Kind
	}
	return out, err
}

func attributionRequest(account core.AccountID, modelID string, conversion *deals.ConversionModel, lookback *int) (reports.DealRequest, error) {
	q := reports.DealRequest{Account: account, Model: attribution.ModelID(modelID)}
	if conversion != nil {
		q.ConversionModel = *conversion
	}
	if lookback != nil {
		if *lookback < 1 || *lookback > 365 {
			return q, core.Invalid("lookbackDays", "out_of_range", "choose 1 to 365 days")
		}
		q.LookbackDays = *lookback
	}
	return q, nil
}

func (r *Resolver) dealAttributions(ctx context.Context, q reports.DealRequest, list []*deals.Deal) ([]*model.DealAttribution, error) {
	found, err := r.Reports.DealAttributions(ctx, q, eachDeal(list, func(d *deals.Deal) deals.Deal { return *d }))
	if err != nil {
		return nil, err
	}
	var visited []deals.Step
	for _, a := range found {
		for _, t := range a.Touches {
			visited = append(visited, deals.Step{SessionID: t.Session})
		}
	}
	sessions, err := r.sessionsOf(ctx, q.Account, visited)
	if err != nil {
		return nil, err
	}
	out := make([]*model.DealAttribution, len(found))
	for i, a := range found {
		out[i] = dealAttribution(a, sessions)
	}
	return out, nil
}

func dealAttribution(a reports.DealAttribution, sessions map[core.SessionID]visits.Session) *model.DealAttribution {
	out := &model.DealAttribution{
		Model: string(a.Model), ConversionModel: a.ConversionModel, DecidingCommunicationID: textOf(a.Deciding), Moment: a.Moment,
		Touches: make([]model.DealTouch, len(a.Touches)),
	}
	for i, t := range a.Touches {
		touch := model.DealTouch{
			At: t.At, SessionID: textOf(t.Session), CommunicationID: textOf(t.Communication), Weight: t.Weight, Revenue: &t.Revenue, MatchedBy: t.MatchedBy,
		}
		if session, ok := sessions[t.Session]; ok {
			touch.Source, touch.Campaign, touch.Keyword = &session.Source, session.Campaign, session.Source.Term
		}
		out.Touches[i] = touch
	}
	return out
}

func dealFilter(f *model.DealFilter) (deals.Filter, error) {
	var q deals.Filter
	if f == nil {
		return q, nil
	}
	var err error
	if q.CRMID, err = optionalID[core.CRMID]("crmId", given(f.CrmID)); err != nil {
		return q, err
	}
	if q.FunnelIDs, err = parseIDs[core.FunnelID]("funnelIds", givenList(f.FunnelIds).Value); err != nil {
		return q, err
	}
	if q.StageIDs, err = parseIDs[core.StageID]("stageIds", givenList(f.StageIds).Value); err != nil {
		return q, err
	}
	if id := given(f.EmployeeID); id.Set {
		if q.EmployeeIDs, err = parseIDs[core.DealEmployeeID]("employeeId", []string{id.Value}); err != nil {
			return q, err
		}
	}
	if id := given(f.ContactID); id.Set {
		if q.ContactIDs, err = parseIDs[core.DealContactID]("contactId", []string{id.Value}); err != nil {
			return q, err
		}
	}
	q.Statuses, q.Matches, q.Search = givenList(f.Statuses).Value, givenList(f.Matches).Value, given(f.Search).Value
	q.CreatedFrom, q.CreatedTo = given(f.CreatedFrom).Value, given(f.CreatedTo).Value
	if known := given(f.HasSource); known.Set {
		q.HasSource = &known.Value
	}
	return q, nil
}

func dealSort(s model.DealSort, direction model.SortDirection) deals.Sort {
	by := map[model.DealSort]deals.SortKey{
		model.DealSortCreatedAt: deals.SortByCreated, model.DealSortRevenue: deals.SortByRevenue, model.DealSortClosedAt: deals.SortByClosed,
		model.DealSortModifiedAt: deals.SortByModified,
	}
	return deals.Sort{By: by[s], Ascending: direction == model.SortDirectionAsc}
}

// dealMatch is nil until the deal's links have been looked for.
func dealMatch(d *deals.Deal) *deals.Match {
	if d.Match == "" {
		return nil
	}
	return &d.Match
}
