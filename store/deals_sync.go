package store

import (
	"context"
	"time"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/deals"
)

// deleteStatesFrom deletes the states of a deal from a position on: its history has become shorter.
func (p *partsOfCRM) deleteStatesFrom(ctx context.Context, deal core.DealID, position int) error {
	_, err := p.exec(ctx, `DELETE FROM deal_states WHERE account_id = $1 AND deal_id = $2 AND position >= $3`, p.account, int64(deal), position)
	return err
}

// RestateDeals implements deals.Tx.
func (p *partsOfCRM) RestateDeals(ctx context.Context, st deals.Stage) error {
	q := `UPDATE deals SET status = $4, closed_at = COALESCE(closed_at, stage_at) WHERE account_id = $1 AND crm_id = $2 AND stage_id = $3`
	if st.Status == deals.StageInProcess {
		q = `UPDATE deals SET status = $4, closed_at = NULL, last_open_stage_id = $3 WHERE account_id = $1 AND crm_id = $2 AND stage_id = $3`
	}
	n, err := p.exec(ctx, q, p.account, p.crm, int64(st.ID), string(st.Status))
	if err != nil || n == 0 {
		return err
	}
	return p.bumpDealDays(ctx, `d.crm_id = $2 AND d.stage_id = $3`, p.crm, int64(st.ID))
}

// CommunicationTimes implements deals.Tx.
func (p *partsOfCRM) CommunicationTimes(ctx context.Context, ids []core.CommunicationID) (map[core.CommunicationID]time.Time, error) {
	out := make(map[core.CommunicationID]time.Time, len(ids))
	err := p.query(ctx, `SELECT id, at FROM communications WHERE account_id = $1 AND id {in $2}`, []any{p.account, idsArg(p.engine, ids)}, func(row scanner) error {
		var id core.CommunicationID
		var at int64
		err := row.Scan(&id, &at)
		out[id] = fromMillis(at)
		return err
	})
	return out, err
}

// CountStages implements deals.Store.
func (s *DealStore) CountStages(ctx context.Context, account core.AccountID, crm core.CRMID, from, to time.Time) (out []deals.StageCount, err error) {
	q := `SELECT f.external_id, f.name, g.external_id, g.name, n.deals
FROM (SELECT d.funnel_id, d.stage_id, COUNT(*) AS deals FROM deals d WHERE d.account_id = $1 AND d.crm_id = $2 AND d.created_at >= $3 AND d.created_at < $4
  GROUP BY d.funnel_id, d.stage_id) n
JOIN funnels f ON f.account_id = $1 AND f.id = n.funnel_id JOIN stages g ON g.account_id = $1 AND g.id = n.stage_id
ORDER BY f.created_at, f.id, g.position, g.id`
	err = s.db.rawReader().query(ctx, q, []any{int64(account), int64(crm), millis(from), millis(to)}, func(row scanner) error {
		var c deals.StageCount
		err := row.Scan(&c.FunnelExternalID, &c.FunnelName, &c.StageExternalID, &c.StageName, &c.Count)
		out = append(out, c)
		return err
	})
	return out, err
}

// ModifiedTimes implements deals.Store.
func (s *DealStore) ModifiedTimes(ctx context.Context, account core.AccountID, crm core.CRMID, externalIDs []string) (map[string]time.Time, error) {
	out := make(map[string]time.Time, len(externalIDs))
	p := &partsOfCRM{s.db.rawReader(), s.db, int64(account), int64(crm)}
	from, w := p.named("deals", "d", storable(externalIDs))
	err := p.query(ctx, `SELECT d.external_id, d.modified_at FROM `+from+` WHERE `+w.text.String(), w.args, func(row scanner) error {
		var id string
		var at int64
		err := row.Scan(&id, &at)
		out[id] = fromMillis(at)
		return err
	})
	return out, err
}
