package store

import (
	"context"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/reports"
)

// goalCommunicationsSQL makes communications of reached goals whose visitors have left a phone or e-mail. It may be run again and again: a reach
// becomes one communication at most, which bears the reach's id. The system goals of requests and chats stay out, since those are communications
// themselves. It ends in the WHERE clause; goalReachesByID or goalReachesBySession says which reaches, goalCommunicationsEnd closes it.
// $1 = account, $2 = now, $3 = a list.
const (
	goalCommunicationsSQL = `
INSERT INTO communications (account_id, id, kind, site_id, at, name, name_search, phone, email, visitor_id, session_id, hit_id, goal_id, goal_reach_id,
  message, form_name, sale_minor, sale_currency, user_fields, page_url, external_id, created_at)
SELECT r.account_id, r.id, 'goal', r.site_id, r.reached_at, v.name, v.name_search,
  COALESCE((SELECT c.value FROM visitor_contacts c WHERE c.account_id = v.account_id AND c.visitor_id = v.id AND c.kind = 'phone' ORDER BY c.first_at DESC, c.value LIMIT 1), ''),
  COALESCE((SELECT c.value FROM visitor_contacts c WHERE c.account_id = v.account_id AND c.visitor_id = v.id AND c.kind = 'email' ORDER BY c.first_at DESC, c.value LIMIT 1), ''),
  r.visitor_id, r.session_id, r.hit_id, r.goal_id, r.id, '', '', NULL, '', '[]', COALESCE(d.value, ''), '', CAST($2 AS BIGINT)
FROM goal_reaches r
JOIN visitors v ON v.account_id = r.account_id AND v.id = r.visitor_id
LEFT JOIN goals g ON g.account_id = r.account_id AND g.id = r.goal_id
LEFT JOIN dimensions d ON d.account_id = r.account_id AND d.id = r.page_id
WHERE r.account_id = $1 AND r.is_goal AND v.has_contacts AND NOT (COALESCE(g.type, '') = 'system' AND r.action IN ('offline_request', 'chat'))`
	goalReachesByID       = ` AND r.id {in $3}`
	goalReachesBySession  = ` AND r.session_id {in $3}`
	goalCommunicationsEnd = ` ON CONFLICT DO NOTHING RETURNING visitor_id, at, id, goal_id, phone, email,
  COALESCE((SELECT string_agg(CAST(i.integration_id AS TEXT), ',') FROM integration_goals i WHERE i.account_id = communications.account_id AND i.goal_id = communications.goal_id), '')`
)

// addGoalCommunications makes communications of the given reaches of one account, as far as their visitors' contacts are known. Ingest calls it in
// the transaction that stored the reaches.
func (db *DB) addGoalCommunications(ctx context.Context, tx querier, account core.AccountID, now int64, reaches []core.GoalReachID) error {
	return conn{tx, db.Engine}.goalCommunications(ctx, db.ids, goalReachesByID, account, now, idsArg(db.Engine, reaches))
}

// addSessionGoalCommunications does the same for all reaches of some sessions.
func (db *DB) addSessionGoalCommunications(ctx context.Context, tx querier, account core.AccountID, now int64, sessions []core.SessionID) error {
	return conn{tx, db.Engine}.goalCommunications(ctx, db.ids, goalReachesBySession, account, now, idsArg(db.Engine, sessions))
}

// goalCommunications makes communications of reaches, tells deals and reports of the new ones, and lets the integrations deliver those whose goals they
// have chosen.
func (c conn) goalCommunications(ctx context.Context, ids *core.IDs, which string, account core.AccountID, now int64, list any) error {
	var visitors []core.VisitorID
	var days []int
	var reached []reachedGoal
	err := c.query(ctx, goalCommunicationsSQL+which+goalCommunicationsEnd, []any{account, now, list}, func(row scanner) error {
		var visitor core.VisitorID
		var g reachedGoal
		err := row.Scan(&visitor, &g.at, &g.communication, &g.goal, &g.phone, &g.email, &g.integrations)
		visitors, days, reached = append(visitors, visitor), append(days, dayOf(g.at)), append(reached, g)
		return err
	})
	if err != nil || len(visitors) == 0 {
		return err
	}
	if err := c.markDealsOfVisitors(ctx, account, visitors); err != nil {
		return err
	}
	if err := c.deliver(ctx, ids, account, now, reached); err != nil {
		return err
	}
	return c.bumpDays(ctx, account, reports.FactCommunications, days...)
}
