package store

import (
	"context"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/reports"
	"github.com/skvoz/skvoz/core/visits"
)

var (
	_ reports.NameStore  = (*DB)(nil)
	_ reports.CostSource = (*DB)(nil)
)

// reportNames says where the names of each kind are.
var reportNames = map[reports.NameKind]string{
	reports.NamesOfSites:     `SELECT id, domain FROM sites WHERE account_id = $1 AND id {in $2}`,
	reports.NamesOfCampaigns: `SELECT id, name FROM campaigns WHERE account_id = $1 AND id {in $2}`,
	reports.NamesOfGoals:     `SELECT id, name FROM goals WHERE account_id = $1 AND id {in $2}`,
	reports.NamesOfEmployees: `SELECT id, name FROM deal_employees WHERE account_id = $1 AND id {in $2}`,
	reports.NamesOfContacts:  `SELECT id, name FROM deal_contacts WHERE account_id = $1 AND id {in $2}`,
	reports.NamesOfPages:     `SELECT id, value FROM dimensions WHERE account_id = $1 AND id {in $2}`,
}

// namesAtOnce bounds the parameters of one statement.
const namesAtOnce = 20_000

// ReportNames implements reports.NameStore.
func (db *DB) ReportNames(ctx context.Context, account core.AccountID, kind reports.NameKind, ids []int64) (map[int64]string, error) {
	out := make(map[int64]string, len(ids))
	for len(ids) > 0 {
		n := min(len(ids), namesAtOnce)
		err := db.rawReader().query(ctx, reportNames[kind], []any{account, idsArg(db.Engine, ids[:n])}, func(row scanner) error {
			var id int64
			var name string
			err := row.Scan(&id, &name)
			out[id] = name
			return err
		})
		if err != nil {
			return nil, err
		}
		ids = ids[n:]
	}
	return out, nil
}

// ReportTraffic implements reports.NameStore.
func (db *DB) ReportTraffic(ctx context.Context, account core.AccountID, ids []core.TrafficID) (map[core.TrafficID]visits.TrafficSource, error) {
	out := make(map[core.TrafficID]visits.TrafficSource, len(ids))
	const q = `SELECT id, channel, source, medium, campaign, term, content, referrer_domain, search_engine, engine, is_paid
FROM traffic_sources WHERE account_id = $1 AND id {in $2}`
	for len(ids) > 0 {
		n := min(len(ids), namesAtOnce)
		err := db.rawReader().query(ctx, q, []any{account, idsArg(db.Engine, ids[:n])}, func(rows scanner) error {
			var id core.TrafficID
			var s visits.TrafficSource
			err := rows.Scan(&id, &s.Channel, &s.Source, &s.Medium, &s.Campaign, &s.Term, &s.Content, &s.ReferrerDomain, &s.SearchEngine, &s.Engine, &s.IsPaid)
			out[id] = s
			return err
		})
		if err != nil {
			return nil, err
		}
		ids = ids[n:]
	}
	return out, nil
}

// CampaignCosts implements reports.CostSource.
func (db *DB) CampaignCosts(ctx context.Context, account core.AccountID, period reports.Period) ([]reports.CampaignCost, error) {
	const q = `SELECT c.id, c.campaign_id, c.first_day, c.last_day, c.amount_minor, c.currency, c.clicks, c.impressions, m.site_id
FROM campaign_costs c JOIN campaigns m ON m.account_id = c.account_id AND m.id = c.campaign_id
WHERE c.account_id = $1 AND c.first_day <= $2 AND c.last_day >= $3 ORDER BY c.campaign_id, c.first_day, c.id`
	var out []reports.CampaignCost
	err := db.rawReader().query(ctx, q, []any{account, period.To.Number(), period.From.Number()}, func(rows scanner) error {
		r := costRow{AccountID: account}
		var site core.SiteID
		err := rows.Scan(&r.ID, &r.CampaignID, &r.FirstDay, &r.LastDay, &r.AmountMinor, &r.Currency, &r.Clicks, &r.Impressions, &site)
		out = append(out, reports.CampaignCost{Cost: r.cost(), Site: site})
		return err
	})
	return out, err
}
