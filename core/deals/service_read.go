package deals

import (
	"context"
	"slices"
	"time"

	"github.com/skvoz/skvoz/core"
)

// Filter says which deals; zero fields ask for nothing, several values of a list are joined by "or".
type Filter struct {
	CRMID       core.CRMID
	IDs         []core.DealID
	FunnelIDs   []core.FunnelID
	StageIDs    []core.StageID
	Statuses    []StageStatus
	Matches     []Match
	EmployeeIDs []core.DealEmployeeID
	// ContactIDs: one of the deal's contacts is among them.
	ContactIDs []core.DealContactID
	// Created and Closed hold a deal from their beginning on and before their end; either may be zero.
	CreatedFrom, CreatedTo, ClosedFrom, ClosedTo time.Time
	// Search is part of the name, in any case, or the whole external identifier.
	Search string
	// HasSource: a visit is known that led to the deal.
	HasSource *bool
}

// SortKey is what deals are ordered by.
type SortKey string

// The orders of deals. Deals that are not closed count as closed before all others.
const (
	SortByCreated  SortKey = "created"
	SortByRevenue  SortKey = "revenue"
	SortByClosed   SortKey = "closed"
	SortByModified SortKey = "modified"
)

// Sort is an order of deals; the zero value is newest first.
type Sort struct {
	By        SortKey
	Ascending bool
}

// maxIDs is how many rows may be asked for by identifier at once.
const maxIDs = 10000

// Deals returns one page of deals, 1 to 100. KindInvalid for a wrong page, search or order.
func (s *Service) Deals(ctx context.Context, account core.AccountID, page core.PageRequest, f Filter, sort Sort) (core.Page[Deal], error) {
	var c checks
	c.text("search", f.Search, maxName)
	switch sort.By {
	case "":
		sort.By = SortByCreated
	case SortByCreated, SortByRevenue, SortByClosed, SortByModified:
	default:
		c.fail(badValue("sort", string(sort.By), "deals can't be ordered by %q", sort.By))
	}
	if c.err != nil {
		return core.Page[Deal]{}, c.err
	}
	return s.cfg.Store.Deals(ctx, account, page, f, sort)
}

// Deal returns one deal. KindNotFound when the account has none with this identifier.
func (s *Service) Deal(ctx context.Context, account core.AccountID, id core.DealID) (Deal, error) {
	list, err := s.DealsByID(ctx, account, []core.DealID{id})
	if err != nil {
		return Deal{}, err
	}
	if len(list) == 0 {
		return Deal{}, core.NotFound("deal")
	}
	return list[0], nil
}

// DealByExternalID returns the deal a CRM knows by this identifier. KindNotFound (entity_not_found) when there is none.
func (s *Service) DealByExternalID(ctx context.Context, account core.AccountID, crm core.CRMID, externalID string) (Deal, error) {
	d, err := s.cfg.Store.DealByExternalID(ctx, account, crm, externalID)
	if core.KindOf(err) == core.KindNotFound {
		return Deal{}, missing("deal", "ext_id", externalID)
	}
	return d, err
}

// DealsByID returns deals in any order; those that do not exist are left out.
func (s *Service) DealsByID(ctx context.Context, account core.AccountID, ids []core.DealID) ([]Deal, error) {
	if len(ids) > maxIDs {
		return nil, core.Invalid("ids", reasonTooMany, "ask for at most %d at once", maxIDs)
	}
	return s.cfg.Store.DealsByID(ctx, account, ids)
}

// States returns the histories of deals, in order.
func (s *Service) States(ctx context.Context, account core.AccountID, ids []core.DealID) (map[core.DealID][]State, error) {
	return s.cfg.Store.DealStates(ctx, account, ids)
}

// Contacts returns contacts by identifier; those that do not exist are left out.
func (s *Service) Contacts(ctx context.Context, account core.AccountID, ids []core.DealContactID) (map[core.DealContactID]Contact, error) {
	return s.cfg.Store.DealContacts(ctx, account, ids)
}

// Employees returns employees by identifier; those that do not exist are left out.
func (s *Service) Employees(ctx context.Context, account core.AccountID, ids []core.DealEmployeeID) (map[core.DealEmployeeID]Employee, error) {
	return s.cfg.Store.DealEmployees(ctx, account, ids)
}

// Links returns the communications deals are linked to, oldest first.
func (s *Service) Links(ctx context.Context, account core.AccountID, ids []core.DealID) (map[core.DealID][]Link, error) {
	return s.cfg.Store.DealLinks(ctx, account, ids)
}

// Steps returns the path that led to a deal, oldest first.
func (s *Service) Steps(ctx context.Context, account core.AccountID, id core.DealID) ([]Step, error) {
	paths, err := s.Paths(ctx, account, []core.DealID{id})
	return paths[id], err
}

// Paths returns the paths that led to deals, each oldest first.
func (s *Service) Paths(ctx context.Context, account core.AccountID, ids []core.DealID) (map[core.DealID][]Step, error) {
	return s.cfg.Store.DealSteps(ctx, account, ids)
}

// DealsOfCommunications returns the deals linked with communications, newest first.
func (s *Service) DealsOfCommunications(ctx context.Context, account core.AccountID, ids []core.CommunicationID) (map[core.CommunicationID][]Deal, error) {
	out := make(map[core.CommunicationID][]Deal, len(ids))
	if len(ids) == 0 {
		return out, nil
	}
	links, err := s.cfg.Store.LinkedDeals(ctx, account, ids)
	if err != nil || len(links) == 0 {
		return out, err
	}
	wanted := map[core.DealID]bool{}
	var list []core.DealID
	for _, of := range links {
		for _, id := range of {
			if !wanted[id] {
				wanted[id] = true
				list = append(list, id)
			}
		}
	}
	found, err := s.cfg.Store.DealsByID(ctx, account, list)
	if err != nil {
		return nil, err
	}
	byID := make(map[core.DealID]Deal, len(found))
	for _, d := range found {
		byID[d.ID] = d
	}
	for id, of := range links {
		for _, deal := range of {
			if d, ok := byID[deal]; ok {
				out[id] = append(out[id], d)
			}
		}
		slices.SortStableFunc(out[id], func(a, b Deal) int { return b.CreatedAt.Compare(a.CreatedAt) })
	}
	return out, nil
}
