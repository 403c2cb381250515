package store

import (
	"context"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/comms"
	"github.com/skvoz/skvoz/core/telephony"
)

// Calls implements telephony.CallStore.
func (s *CallStore) Calls(ctx context.Context, account core.AccountID, q telephony.CallQuery, search comms.Search, page core.PageRequest) (core.Page[telephony.Call], error) {
	w := &where{}
	w.and("r.account_id = ?", int64(account))
	s.filterCalls(w, &q)
	s.filterCallParts(w, &q)
	searchCalls(w, search)
	if err := w.page("r.started_at", "r.id", q.Ascending, page); err != nil {
		return core.Page[telephony.Call]{}, err
	}
	list, err := s.callList(ctx, `SELECT `+callColumns+` FROM calls r WHERE `+w.text.String(), w.args...)
	return paged(list, page.First, func(c telephony.Call) timeCursor { return timeCursor{millis(c.StartedAt), int64(c.ID)} }), err
}

// filterCalls adds the conditions on a call's own columns. "<> 0" and the like let partial indexes be used.
func (s *CallStore) filterCalls(w *where, q *telephony.CallQuery) {
	engine := s.db.Engine
	if !q.Began.From.IsZero() {
		w.and("r.started_at >= ?", millis(q.Began.From))
	}
	if !q.Began.To.IsZero() {
		w.and("r.started_at < ?", millis(q.Began.To))
	}
	if len(q.Directions) > 0 {
		w.and("r.direction {in ?}", textsArg(engine, q.Directions))
	}
	if len(q.States) > 0 {
		w.and("r.state {in ?}", textsArg(engine, q.States))
	}
	if len(q.LostReasons) > 0 {
		w.and("r.lost_reason {in ?}", textsArg(engine, q.LostReasons))
	}
	if len(q.Methods) > 0 {
		w.and("r.attribution {in ?}", textsArg(engine, q.Methods))
	}
	for _, c := range []struct {
		id        int64
		condition string
	}{
		{int64(q.SiteID), "r.site_id = ?"},
		{int64(q.NumberID), "r.number_id = ? AND r.number_id <> 0"},
		{int64(q.ConnectionID), "r.connection_id = ?"},
		{int64(q.CampaignID), "r.campaign_id = ?"},
		{int64(q.VisitorID), "r.visitor_id = ?"},
	} {
		if c.id != 0 {
			w.and(c.condition, c.id)
		}
	}
	is(w, q.IsLost, "r.is_lost")
	is(w, q.IsFirst, "r.is_first")
	is(w, q.IsCalledBack, "r.called_back_at IS NOT NULL")
	if q.MinTalk > 0 {
		w.and("r.talk_ms >= ?", q.MinTalk.Milliseconds())
	}
	if q.Phone != "" {
		w.and("r.contact_phone = ? AND r.contact_phone <> ''", string(q.Phone))
	}
	if len(q.Channels) > 0 {
		w.and(`EXISTS (SELECT 1 FROM sessions s JOIN traffic_sources t ON t.account_id = s.account_id AND t.id = s.traffic_id
  WHERE s.account_id = r.account_id AND s.id = r.session_id AND r.session_id <> 0 AND t.channel {in ?})`, textsArg(engine, q.Channels))
	}
}

// filterCallParts adds the conditions on what belongs to a call.
func (s *CallStore) filterCallParts(w *where, q *telephony.CallQuery) {
	if q.EmployeeID != 0 {
		w.and(`EXISTS (SELECT 1 FROM call_employees e WHERE e.account_id = r.account_id AND e.call_id = r.id AND e.employee_id = ?)`, int64(q.EmployeeID))
	}
	if q.GroupID != 0 {
		w.and(`EXISTS (SELECT 1 FROM call_employees e JOIN employee_group_members m ON m.account_id = e.account_id AND m.employee_id = e.employee_id
  WHERE e.account_id = r.account_id AND e.call_id = r.id AND m.group_id = ?)`, int64(q.GroupID))
	}
	if q.TagID != 0 {
		w.and(`EXISTS (SELECT 1 FROM call_taggings t WHERE t.account_id = r.account_id AND t.call_id = r.id AND t.tag_id = ?)`, int64(q.TagID))
	}
	is(w, q.HasRecording, `EXISTS (SELECT 1 FROM recordings k WHERE k.account_id = r.account_id AND k.call_id = r.id AND k.state = 'stored')`)
}

// is lets rows through for which a condition holds, or does not.
func is(w *where, wanted *bool, condition string) {
	switch {
	case wanted == nil:
	case *wanted:
		w.and(condition)
	default:
		w.and("NOT (" + condition + ")")
	}
}

func searchCalls(w *where, s comms.Search) {
	switch {
	case s.IsZero():
	case s.IsWholePhone:
		w.and("r.contact_phone = ? AND r.contact_phone <> ''", s.Digits)
	case s.Digits != "":
		w.and("(r.contact_phone LIKE ? OR r.virtual_number LIKE ?)", "%"+s.Digits+"%", "%"+s.Digits+"%")
	default:
		w.and(`EXISTS (SELECT 1 FROM visitors v WHERE v.account_id = r.account_id AND v.id = r.visitor_id AND r.visitor_id <> 0 AND v.name_search LIKE ? ESCAPE '\')`,
			containing(s.Text))
	}
}

// CallsByID implements telephony.CallStore.
func (s *CallStore) CallsByID(ctx context.Context, account core.AccountID, ids []core.CallID) ([]telephony.Call, error) {
	return s.callList(ctx, `SELECT `+callColumns+` FROM calls r WHERE r.account_id = $1 AND r.id {in $2}`, int64(account), idsArg(s.db.Engine, ids))
}

// ActiveCalls implements telephony.CallStore.
func (s *CallStore) ActiveCalls(ctx context.Context, account core.AccountID, limit int) ([]telephony.Call, error) {
	q := `SELECT ` + callColumns + ` FROM calls r WHERE r.account_id = $1 AND r.ended_at IS NULL ORDER BY r.started_at, r.id LIMIT $2`
	return s.callList(ctx, q, int64(account), limit)
}
