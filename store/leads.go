package store

import (
	"context"
	"encoding/json"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/deals"
)

// LeadStages implements deals.Reader.
func (p *partsOfCRM) LeadStages(ctx context.Context) (out []deals.LeadStage, err error) {
	w := p.parts("")
	err = p.query(ctx, `SELECT id, crm_id, external_id, name, type, position FROM lead_stages WHERE `+w.text.String()+` ORDER BY position, id`, w.args, func(row scanner) error {
		var g deals.LeadStage
		err := row.Scan(&g.ID, &g.CRMID, &g.ExternalID, &g.Name, &g.Type, &g.Position)
		out = append(out, g)
		return err
	})
	return out, err
}

// PutLeadStage implements deals.Tx.
func (p *partsOfCRM) PutLeadStage(ctx context.Context, g deals.LeadStage) error {
	row := []any{p.account, g.ID, p.crm, g.ExternalID, g.Name, string(g.Type), g.Position}
	return p.upsert(ctx, "lead_stages", 2, "account_id, id, crm_id, external_id, name, type, position", [][]any{row})
}

const leadColumns = "external_id, name, created_at, modified_at, stage_at, closed_at, stage_id, contact_id, employee_id, source, communication_id, communication_kind, record"

// Leads implements deals.Tx.
func (p *partsOfCRM) Leads(ctx context.Context, externalIDs []string) (out []deals.Lead, err error) {
	from, w := p.named("leads", "l", externalIDs)
	err = p.query(ctx, `SELECT id, `+leadColumns+` FROM `+from+` WHERE `+w.text.String(), w.args, func(row scanner) error {
		l, err := scanLead(row)
		out = append(out, l)
		return err
	})
	return out, err
}

func scanLead(row scanner) (l deals.Lead, err error) {
	var createdAt, modifiedAt, stageAt int64
	var closedAt *int64
	var record string
	err = row.Scan(&l.ID, &l.ExternalID, &l.Name, &createdAt, &modifiedAt, &stageAt, &closedAt, &l.StageID, &l.ContactID, &l.EmployeeID, &l.Source,
		&l.Communication.ID, &l.Communication.Kind, &record)
	if err != nil {
		return l, err
	}
	l.CreatedAt, l.ModifiedAt, l.StageAt, l.ClosedAt = fromMillis(createdAt), fromMillis(modifiedAt), fromMillis(stageAt), fromMillisPtr(closedAt)
	return l, json.Unmarshal([]byte(record), &l.Details)
}

// SaveLeads implements deals.Tx.
func (p *partsOfCRM) SaveLeads(ctx context.Context, list []deals.Lead) error {
	rows, names := make([][]any, len(list)), make([]string, len(list))
	for i := range list {
		l := &list[i]
		names[i] = l.ExternalID
		rows[i] = []any{
			p.account, int64(l.ID), p.crm, l.ExternalID, l.Name, millis(l.CreatedAt), millis(l.ModifiedAt), millis(l.StageAt), millisPtr(l.ClosedAt), l.StageID,
			int64(l.ContactID), int64(l.EmployeeID), l.Source, int64(l.Communication.ID), string(l.Communication.Kind), jsonText(l.Details),
		}
	}
	if err := p.upsert(ctx, "leads", 2, "account_id, id, crm_id, "+leadColumns, rows); err != nil {
		return err
	}
	return p.leadsChanged(ctx, names)
}

// leadsChanged tells linking and reports of deals that came from leads.
func (p *partsOfCRM) leadsChanged(ctx context.Context, externalIDs []string) error {
	if len(externalIDs) == 0 {
		return nil
	}
	if err := p.markDealsOfLeads(ctx, core.AccountID(p.account), core.CRMID(p.crm), externalIDs); err != nil {
		return err
	}
	return p.bumpDealDays(ctx, `d.crm_id = $2 AND d.lead_external_id <> '' AND d.lead_external_id {in $3}`, p.crm, textsArg(p.engine, externalIDs))
}

// DeleteLead implements deals.Tx.
func (p *partsOfCRM) DeleteLead(ctx context.Context, l deals.Lead) error {
	if _, err := p.exec(ctx, `DELETE FROM leads WHERE account_id = $1 AND id = $2`, p.account, int64(l.ID)); err != nil {
		return err
	}
	return p.leadsChanged(ctx, []string{l.ExternalID})
}
