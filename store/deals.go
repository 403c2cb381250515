package store

import (
	"context"
	"encoding/json"
	"errors"
	"strings"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/deals"
	"github.com/skvoz/skvoz/core/reports"
)

// dealColumns are the columns of table deals behind account_id, id and crm_id, in the order of dealValues and scanDeal. linked_at and match are the
// linker's.
var dealColumns = strings.Split("external_id, name, created_at, modified_at, stage_at, closed_at, funnel_id, stage_id, status, last_open_stage_id, revenue_minor, currency, "+
	"employee_id, main_contact_id, lead_external_id, company_id, comments, source, communication_id, communication_kind, user_fields, tags, url", ", ")

// dealSelect begins a statement that reads deals d.
var dealSelect = `SELECT d.account_id, d.id, d.crm_id, d.` + strings.Join(dealColumns, ", d.") + `, d.match FROM `

func dealValues(d *deals.Deal) []any {
	return []any{
		int64(d.AccountID), int64(d.ID), int64(d.CRMID), d.ExternalID, d.Name, millis(d.CreatedAt), millis(d.ModifiedAt), millis(d.StageAt), millisPtr(d.ClosedAt),
		int64(d.FunnelID), int64(d.StageID), string(d.Status), int64(d.LastOpenStageID), d.Revenue.Minor, d.Revenue.Currency, int64(d.EmployeeID),
		int64(d.MainContactID), d.LeadExternalID, int64(d.CompanyID), d.Comments, d.Source, int64(d.Communication.ID), string(d.Communication.Kind),
		jsonText(d.Fields), jsonText(d.Tags), d.URL, strings.ToLower(d.Name),
	}
}

func scanDeal(row scanner) (d deals.Deal, err error) {
	var createdAt, modifiedAt, stageAt int64
	var closedAt *int64
	var fields, tags string
	err = row.Scan(&d.AccountID, &d.ID, &d.CRMID, &d.ExternalID, &d.Name, &createdAt, &modifiedAt, &stageAt, &closedAt, &d.FunnelID, &d.StageID, &d.Status,
		&d.LastOpenStageID, &d.Revenue.Minor, &d.Revenue.Currency, &d.EmployeeID, &d.MainContactID, &d.LeadExternalID, &d.CompanyID, &d.Comments, &d.Source,
		&d.Communication.ID, &d.Communication.Kind, &fields, &tags, &d.URL, &d.Match)
	if err != nil {
		return d, err
	}
	d.CreatedAt, d.ModifiedAt, d.StageAt, d.ClosedAt = fromMillis(createdAt), fromMillis(modifiedAt), fromMillis(stageAt), fromMillisPtr(closedAt)
	return d, errors.Join(json.Unmarshal([]byte(fields), &d.Fields), json.Unmarshal([]byte(tags), &d.Tags))
}

// readDeals reads deals d with their contacts; rest is the condition and what follows it.
func (c conn) readDeals(ctx context.Context, rest string, args ...any) ([]deals.Deal, error) {
	return c.readDealsFrom(ctx, "deals d", rest, args...)
}

func (c conn) readDealsFrom(ctx context.Context, from, rest string, args ...any) (out []deals.Deal, err error) {
	err = c.query(ctx, dealSelect+from+" WHERE "+rest, args, func(row scanner) error {
		d, err := scanDeal(row)
		out = append(out, d)
		return err
	})
	if err != nil || len(out) == 0 {
		return out, err
	}
	return out, c.addDealContacts(ctx, out)
}

func (c conn) addDealContacts(ctx context.Context, list []deals.Deal) error {
	ids, byID := make([]core.DealID, len(list)), make(map[core.DealID]*deals.Deal, len(list))
	for i := range list {
		ids[i], byID[list[i].ID] = list[i].ID, &list[i]
	}
	q := `SELECT deal_id, contact_id FROM deal_contact_links WHERE account_id = $1 AND deal_id {in $2} ORDER BY deal_id, contact_id`
	return c.query(ctx, q, []any{int64(list[0].AccountID), idsArg(c.engine, ids)}, func(row scanner) error {
		var deal core.DealID
		var contact core.DealContactID
		err := row.Scan(&deal, &contact)
		if d := byID[deal]; d != nil {
			d.ContactIDs = append(d.ContactIDs, contact)
		}
		return err
	})
}

// Loaded implements deals.Tx.
func (p *partsOfCRM) Loaded(ctx context.Context, externalIDs []string) ([]deals.Loaded, error) {
	from, w := p.named("deals", "d", externalIDs)
	list, err := p.readDealsFrom(ctx, from, w.text.String(), w.args...)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	out, ids, byID := make([]deals.Loaded, len(list)), make([]core.DealID, len(list)), map[core.DealID]*deals.Loaded{}
	for i, d := range list {
		out[i], ids[i] = deals.Loaded{Deal: d, CountedAt: d.CreatedAt}, d.ID
		byID[d.ID] = &out[i]
	}
	records := map[core.DealID]string{}
	err = p.readStates(ctx, core.AccountID(p.account), ids, func(s deals.State, record string) {
		d := byID[s.DealID]
		d.History = append(d.History, deals.LoadedState{State: s})
		d.KeptStates++
		d.StoredStates++
		records[s.DealID] = record
	})
	for id, record := range records {
		h := byID[id].History
		err = errors.Join(err, json.Unmarshal([]byte(record), &h[len(h)-1].Content))
	}
	return out, err
}

// readStates hands over the states of deals, each deal's in order, with their records.
func (c conn) readStates(ctx context.Context, account core.AccountID, ids []core.DealID, take func(deals.State, string)) error {
	q := `SELECT s.deal_id, s.position, s.funnel_id, s.stage_id, s.at, s.modified_at, s.is_generated, s.revenue_minor, d.currency, s.record
FROM deal_states s JOIN deals d ON d.account_id = s.account_id AND d.id = s.deal_id
WHERE s.account_id = $1 AND s.deal_id {in $2} ORDER BY s.deal_id, s.position`
	return c.query(ctx, q, []any{int64(account), idsArg(c.engine, ids)}, func(row scanner) error {
		var s deals.State
		var at, modifiedAt int64
		var record string
		err := row.Scan(&s.DealID, &s.Position, &s.FunnelID, &s.StageID, &at, &modifiedAt, &s.IsGenerated, &s.Revenue.Minor, &s.Revenue.Currency, &record)
		if err != nil {
			return err
		}
		s.At, s.ModifiedAt = fromMillis(at), fromMillis(modifiedAt)
		take(s, record)
		return nil
	})
}

// SaveDeals implements deals.Tx.
func (p *partsOfCRM) SaveDeals(ctx context.Context, list []*deals.Loaded) error {
	rows, relinked, days := make([][]any, len(list)), []core.DealID(nil), []int(nil)
	for i, d := range list {
		rows[i] = dealValues(&d.Deal)
		if d.IsTouched {
			continue
		}
		days = append(days, dayOf(millis(d.CreatedAt)))
		if !d.CountedAt.IsZero() {
			days = append(days, dayOf(millis(d.CountedAt)))
		}
		if d.IsRelinked {
			relinked = append(relinked, d.ID)
		}
	}
	if err := p.upsert(ctx, "deals", 2, "account_id, id, crm_id, "+strings.Join(dealColumns, ", ")+", name_search", rows); err != nil {
		return err
	}
	if err := p.saveContactLinks(ctx, list); err != nil {
		return err
	}
	if err := p.saveStates(ctx, list); err != nil {
		return err
	}
	if err := p.markDeals(ctx, core.AccountID(p.account), relinked); err != nil {
		return err
	}
	return p.bumpDays(ctx, core.AccountID(p.account), reports.FactDeals, days...)
}

func (p *partsOfCRM) saveContactLinks(ctx context.Context, list []*deals.Loaded) error {
	var changed []core.DealID
	var rows [][]any
	for _, d := range list {
		if !d.ContactsChanged {
			continue
		}
		if !d.IsNew {
			changed = append(changed, d.ID)
		}
		for _, contact := range d.ContactIDs {
			rows = append(rows, []any{p.account, int64(d.ID), int64(contact)})
		}
	}
	if len(changed) > 0 {
		if _, err := p.exec(ctx, `DELETE FROM deal_contact_links WHERE account_id = $1 AND deal_id {in $2}`, p.account, idsArg(p.engine, changed)); err != nil {
			return err
		}
	}
	return p.upsert(ctx, "deal_contact_links", 3, "account_id, deal_id, contact_id", rows)
}

func (p *partsOfCRM) saveStates(ctx context.Context, list []*deals.Loaded) error {
	var rows [][]any
	for _, d := range list {
		if d.StoredStates > len(d.History) {
			if err := p.deleteStatesFrom(ctx, d.ID, len(d.History)); err != nil {
				return err
			}
		}
		for _, s := range d.History[d.KeptStates:] {
			rows = append(rows, []any{
				p.account, int64(d.ID), s.Position, int64(s.FunnelID), int64(s.StageID), millis(s.At), millis(s.ModifiedAt), s.IsGenerated, s.Revenue.Minor, jsonText(s.Content),
			})
		}
	}
	return p.upsert(ctx, "deal_states", 3, "account_id, deal_id, position, funnel_id, stage_id, at, modified_at, is_generated, revenue_minor, record", rows)
}

// DeleteDeal implements deals.Tx.
func (p *partsOfCRM) DeleteDeal(ctx context.Context, d deals.Deal) error {
	for _, q := range []string{`DELETE FROM deal_work WHERE account_id = $1 AND deal_id = $2`, `DELETE FROM deals WHERE account_id = $1 AND id = $2`} {
		if _, err := p.exec(ctx, q, p.account, int64(d.ID)); err != nil {
			return err
		}
	}
	return p.bumpDays(ctx, core.AccountID(p.account), reports.FactDeals, dayOf(millis(d.CreatedAt)))
}

// bumpDealDays lets reports count anew the days on which the deals d were created that a condition finds; its parameters begin at $2.
func (p *partsOfCRM) bumpDealDays(ctx context.Context, condition string, args ...any) error {
	var days []int
	q := `SELECT DISTINCT d.created_at / 86400000 FROM deals d WHERE d.account_id = $1 AND ` + condition
	err := p.query(ctx, q, append([]any{p.account}, args...), func(row scanner) error {
		var day int
		err := row.Scan(&day)
		days = append(days, day)
		return err
	})
	if err != nil {
		return err
	}
	return p.bumpDays(ctx, core.AccountID(p.account), reports.FactDeals, days...)
}
