package resolvers

import (
	"context"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/comms"
	"github.com/skvoz/skvoz/core/deals"
	"github.com/skvoz/skvoz/core/reports"
	"github.com/skvoz/skvoz/core/sites"
	"github.com/skvoz/skvoz/core/visits"
	"github.com/skvoz/skvoz/graph/model"
)

func deleted(id string, err error) (*model.DeletedPayload, error) {
	if err != nil {
		return nil, err
	}
	return &model.DeletedPayload{ID: id}, nil
}

// factRows reads the sessions, communications and deals of a page, with one statement for each kind.
func (r *Resolver) factRows(ctx context.Context, account core.AccountID, d reports.Drill) (*model.ReportFactConnection, error) {
	facts, err := r.readFacts(ctx, account, d.Nodes)
	if err != nil {
		return nil, err
	}
	out := &model.ReportFactConnection{PageInfo: pageInfo(d.Page), TotalCount: d.Total, Sum: d.Sum, Nodes: make([]model.ReportFactRow, len(d.Nodes))}
	for i, f := range d.Nodes {
		out.Nodes[i] = model.ReportFactRow{
			Fact: *reportFact(f.Fact), At: f.At, Share: f.Share, Value: f.Value,
			Session: facts.sessions[f.ID], Communication: facts.comms[f.ID], Deal: facts.deals[f.ID], Cost: reportCost(f),
		}
	}
	return out, nil
}

type factsRead struct {
	sessions map[int64]*visits.Session
	comms    map[int64]*comms.Communication
	deals    map[int64]*deals.Deal
}

func (r *Resolver) readFacts(ctx context.Context, account core.AccountID, list []reports.FactRef) (factsRead, error) {
	out := factsRead{map[int64]*visits.Session{}, map[int64]*comms.Communication{}, map[int64]*deals.Deal{}}
	sessions, err := r.Visits.SessionsByID(ctx, account, factIDs[core.SessionID](list, reports.FactSessions))
	if err != nil {
		return out, err
	}
	for i := range sessions {
		out.sessions[int64(sessions[i].ID)] = &sessions[i]
	}
	communications, err := r.Comms.CommunicationsByID(ctx, account, factIDs[core.CommunicationID](list, reports.FactCommunications))
	if err != nil {
		return out, err
	}
	for i := range communications {
		out.comms[int64(communications[i].ID)] = &communications[i]
	}
	found, err := r.Deals.DealsByID(ctx, account, factIDs[core.DealID](list, reports.FactDeals))
	if err != nil {
		return out, err
	}
	for i := range found {
		out.deals[int64(found[i].ID)] = &found[i]
	}
	return out, nil
}

func factIDs[T ~int64](list []reports.FactRef, fact reports.Fact) []T {
	var out []T
	for _, f := range list {
		if f.Fact == fact {
			out = append(out, T(f.ID))
		}
	}
	return out
}

// reportCost is nil for what is no cost.
func reportCost(f reports.FactRef) *model.ReportCost {
	if f.Cost == nil {
		return nil
	}
	return &model.ReportCost{Campaign: &sites.Ref{ID: f.Cost.CampaignID, Name: f.CampaignName}, From: f.Cost.From, To: f.Cost.To, Amount: &f.Cost.Amount}
}
