package store

import (
	"context"

	"github.com/skvoz/skvoz/core/deals"
)

// Funnels implements deals.Reader.
func (p *partsOfCRM) Funnels(ctx context.Context, externalIDs []string) ([]deals.Funnel, error) {
	w := p.parts("f.")
	w.namesIn(p.engine, "f.external_id", externalIDs)
	var out []deals.Funnel
	err := p.query(ctx, `SELECT f.account_id, f.id, f.crm_id, f.external_id, f.name, f.in_reports, f.created_at, g.id, g.external_id, g.name, g.status, g.position
FROM funnels f JOIN stages g ON g.account_id = f.account_id AND g.funnel_id = f.id WHERE `+w.text.String()+` ORDER BY f.created_at, f.id, g.position, g.id`,
		w.args, func(row scanner) error {
			var f deals.Funnel
			var g deals.Stage
			var createdAt int64
			err := row.Scan(&f.AccountID, &f.ID, &f.CRMID, &f.ExternalID, &f.Name, &f.InReports, &createdAt, &g.ID, &g.ExternalID, &g.Name, &g.Status, &g.Position)
			if err != nil {
				return err
			}
			f.CreatedAt = fromMillis(createdAt)
			g.FunnelID = f.ID
			if n := len(out); n == 0 || out[n-1].ID != f.ID {
				out = append(out, f)
			}
			last := &out[len(out)-1]
			last.Stages = append(last.Stages, g)
			return nil
		})
	return out, err
}

// PutFunnel implements deals.Tx.
func (p *partsOfCRM) PutFunnel(ctx context.Context, f deals.Funnel) error {
	row := []any{p.account, int64(f.ID), p.crm, f.ExternalID, f.Name, f.InReports, millis(f.CreatedAt)}
	return p.upsert(ctx, "funnels", 2, "account_id, id, crm_id, external_id, name, in_reports, created_at", [][]any{row})
}

// PutStages implements deals.Tx.
func (p *partsOfCRM) PutStages(ctx context.Context, list []deals.Stage) error {
	rows := make([][]any, len(list))
	for i, g := range list {
		rows[i] = []any{p.account, int64(g.ID), int64(g.FunnelID), g.ExternalID, g.Name, string(g.Status), g.Position}
	}
	return p.upsert(ctx, "stages", 2, "account_id, id, funnel_id, external_id, name, status, position", rows)
}
