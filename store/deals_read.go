package store

import (
	"context"
	"strings"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/deals"
)

// dealOrders are the numbers deals are ordered by.
var dealOrders = map[deals.SortKey]string{
	deals.SortByCreated: "d.created_at", deals.SortByRevenue: "d.revenue_minor", deals.SortByClosed: "COALESCE(d.closed_at, 0)", deals.SortByModified: "d.modified_at",
}

// Deals implements deals.DealReader.
func (s *DealStore) Deals(ctx context.Context, account core.AccountID, page core.PageRequest, f deals.Filter, sort deals.Sort) (core.Page[deals.Deal], error) {
	c := s.db.rawReader()
	w := dealsWhere(c.engine, account, f)
	if err := w.page(dealOrders[sort.By], "d.id", sort.Ascending, page); err != nil {
		return core.Page[deals.Deal]{}, err
	}
	list, err := c.readDeals(ctx, w.text.String(), w.args...)
	if err != nil {
		return core.Page[deals.Deal]{}, err
	}
	return paged(list, page.First, func(d deals.Deal) timeCursor { return timeCursor{dealOrder(d, sort.By), int64(d.ID)} }), nil
}

func dealOrder(d deals.Deal, by deals.SortKey) int64 {
	switch by {
	case deals.SortByRevenue:
		return d.Revenue.Minor
	case deals.SortByClosed:
		if d.ClosedAt == nil {
			return 0
		}
		return millis(*d.ClosedAt)
	case deals.SortByModified:
		return millis(d.ModifiedAt)
	case deals.SortByCreated:
	}
	return millis(d.CreatedAt)
}

func dealsWhere(engine Engine, account core.AccountID, f deals.Filter) *where {
	w := new(where)
	w.and("d.account_id = ?", int64(account))
	if f.CRMID != 0 {
		w.and("d.crm_id = ?", int64(f.CRMID))
	}
	anyOf(w, engine, "d.id", f.IDs)
	anyOf(w, engine, "d.funnel_id", f.FunnelIDs)
	anyOf(w, engine, "d.stage_id", f.StageIDs)
	anyOf(w, engine, "d.employee_id", f.EmployeeIDs)
	if len(f.Statuses) > 0 {
		w.and("d.status {in ?}", textsArg(engine, f.Statuses))
	}
	if len(f.Matches) > 0 {
		w.and("d.match {in ?}", textsArg(engine, f.Matches))
	}
	if len(f.ContactIDs) > 0 {
		w.and("d.id IN (SELECT l.deal_id FROM deal_contact_links l WHERE l.account_id = ? AND l.contact_id {in ?})", int64(account), idsArg(engine, f.ContactIDs))
	}
	w.dealTimes(f)
	w.dealWords(f)
	return w
}

// anyOf wants a column among identifiers; none = all.
func anyOf[T ~int64](w *where, engine Engine, column string, ids []T) {
	if len(ids) > 0 {
		w.and(column+" {in ?}", idsArg(engine, ids))
	}
}

func (w *where) dealTimes(f deals.Filter) {
	if !f.CreatedFrom.IsZero() {
		w.and("d.created_at >= ?", millis(f.CreatedFrom))
	}
	if !f.CreatedTo.IsZero() {
		w.and("d.created_at < ?", millis(f.CreatedTo))
	}
	if !f.ClosedFrom.IsZero() {
		w.and("d.closed_at >= ?", millis(f.ClosedFrom))
	}
	if !f.ClosedTo.IsZero() {
		w.and("d.closed_at < ?", millis(f.ClosedTo))
	}
}

func (w *where) dealWords(f deals.Filter) {
	if text := strings.TrimSpace(f.Search); text != "" {
		w.and(`(d.name_search LIKE ? ESCAPE '\' OR d.external_id = ?)`, containing(strings.ToLower(text)), text)
	}
	if f.HasSource != nil {
		condition := "EXISTS (SELECT 1 FROM deal_steps p WHERE p.account_id = d.account_id AND p.deal_id = d.id AND p.session_id <> 0)"
		if !*f.HasSource {
			condition = "NOT " + condition
		}
		w.and(condition)
	}
}

// DealsByID implements deals.DealReader.
func (s *DealStore) DealsByID(ctx context.Context, account core.AccountID, ids []core.DealID) ([]deals.Deal, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	return s.db.rawReader().readDeals(ctx, `d.account_id = $1 AND d.id {in $2}`, int64(account), idsArg(s.db.Engine, ids))
}

// DealByExternalID implements deals.DealReader.
func (s *DealStore) DealByExternalID(ctx context.Context, account core.AccountID, crm core.CRMID, externalID string) (deals.Deal, error) {
	w := new(where)
	w.and("d.account_id = ? AND d.crm_id = ?", int64(account), int64(crm))
	w.namesIn(s.db.Engine, "d.external_id", []string{externalID})
	list, err := s.db.rawReader().readDeals(ctx, w.text.String(), w.args...)
	if err != nil {
		return deals.Deal{}, err
	}
	if len(list) == 0 {
		return deals.Deal{}, core.NotFound("deal")
	}
	return list[0], nil
}

// DealStates implements deals.DealReader.
func (s *DealStore) DealStates(ctx context.Context, account core.AccountID, ids []core.DealID) (map[core.DealID][]deals.State, error) {
	out := map[core.DealID][]deals.State{}
	if len(ids) == 0 {
		return out, nil
	}
	err := s.db.rawReader().readStates(ctx, account, ids, func(st deals.State, _ string) { out[st.DealID] = append(out[st.DealID], st) })
	return out, err
}

// DealLinks implements deals.DealReader.
func (s *DealStore) DealLinks(ctx context.Context, account core.AccountID, ids []core.DealID) (map[core.DealID][]deals.Link, error) {
	out := map[core.DealID][]deals.Link{}
	if len(ids) == 0 {
		return out, nil
	}
	q := `SELECT deal_id, communication_id, kind, at, matched_by, matched_value FROM deal_links WHERE account_id = $1 AND deal_id {in $2} ORDER BY deal_id, at, communication_id`
	err := s.db.rawReader().query(ctx, q, []any{int64(account), idsArg(s.db.Engine, ids)}, func(row scanner) error {
		var deal core.DealID
		var l deals.Link
		var at int64
		err := row.Scan(&deal, &l.CommunicationID, &l.Kind, &at, &l.MatchedBy, &l.MatchedValue)
		l.At = fromMillis(at)
		out[deal] = append(out[deal], l)
		return err
	})
	return out, err
}

// DealSteps implements deals.DealReader.
func (s *DealStore) DealSteps(ctx context.Context, account core.AccountID, ids []core.DealID) (map[core.DealID][]deals.Step, error) {
	out := make(map[core.DealID][]deals.Step, len(ids))
	if len(ids) == 0 {
		return out, nil
	}
	q := `SELECT deal_id, at, visitor_id, session_id, communication_id, matched_by, matched_value FROM deal_steps
WHERE account_id = $1 AND deal_id {in $2} ORDER BY deal_id, position`
	err := s.db.rawReader().query(ctx, q, []any{int64(account), idsArg(s.db.Engine, ids)}, func(row scanner) error {
		var id core.DealID
		var p deals.Step
		var at int64
		err := row.Scan(&id, &at, &p.VisitorID, &p.SessionID, &p.CommunicationID, &p.MatchedBy, &p.MatchedValue)
		p.At = fromMillis(at)
		out[id] = append(out[id], p)
		return err
	})
	return out, err
}
