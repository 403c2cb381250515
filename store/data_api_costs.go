package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/sites"
)

var _ sites.CostUploadStore = (*DB)(nil)

// PutCosts implements sites.CostUploadStore.
func (db *DB) PutCosts(ctx context.Context, account core.AccountID, costs []sites.Cost) error {
	return db.inRawTx(ctx, func(tx conn) error {
		if err := tx.lockCampaigns(ctx, account, costs); err != nil {
			return err
		}
		plan, err := tx.planCosts(ctx, account, costs)
		if err != nil {
			return err
		}
		for i, c := range costs {
			if !plan.put(i, c) {
				return core.E(core.KindConflict, "the period overlaps another of this campaign; send that one again with cost 0 first, or take exactly its days").
					WithReason("invalid_parameters_combination").WithField(fmt.Sprintf("costs.%d.date_from", i))
			}
		}
		return db.writeCosts(ctx, tx, account, costs, plan)
	})
}

// lockCampaigns keeps other costs of the campaigns out meanwhile, in an order in which no two writers can wait for each other.
func (c conn) lockCampaigns(ctx context.Context, account core.AccountID, costs []sites.Cost) error {
	var ids []core.CampaignID
	for _, cost := range costs {
		ids = append(ids, cost.CampaignID)
	}
	slices.Sort(ids)
	q := `SELECT id FROM campaigns WHERE account_id = $1 AND id = $2`
	if c.engine == Postgres {
		q += ` FOR UPDATE`
	}
	for _, id := range slices.Compact(ids) {
		var found int64
		err := c.queryRow(ctx, q, int64(account), int64(id)).Scan(&found)
		if errors.Is(err, sql.ErrNoRows) {
			return core.NotFound("campaign").WithReason("entity_not_found")
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// costPlan says what becomes of costs when others are put. Periods of a campaign never overlap, so they are in order by any of their days.
type costPlan struct {
	periods map[core.CampaignID][]costPeriod
	removed []core.CostID
}

// costPeriod is a stored cost, or the one at a place of a list.
type costPeriod struct {
	first, last int
	stored      core.CostID // 0 = not stored yet
	place       int
}

// planCosts reads the periods there are.
func (c conn) planCosts(ctx context.Context, account core.AccountID, costs []sites.Cost) (*costPlan, error) {
	plan := &costPlan{periods: map[core.CampaignID][]costPeriod{}}
	var campaigns []core.CampaignID
	for _, cost := range costs {
		campaigns = append(campaigns, cost.CampaignID)
	}
	slices.Sort(campaigns)
	const q = `SELECT id, campaign_id, first_day, last_day FROM campaign_costs WHERE account_id = $1 AND campaign_id {in $2} ORDER BY campaign_id, first_day`
	err := c.query(ctx, q, []any{int64(account), idsArg(c.engine, slices.Compact(campaigns))}, func(row scanner) error {
		var p costPeriod
		var campaign core.CampaignID
		if err := row.Scan(&p.stored, &campaign, &p.first, &p.last); err != nil {
			return err
		}
		plan.periods[campaign] = append(plan.periods[campaign], p)
		return nil
	})
	return plan, err
}

// put takes the cost at a place of the list in, and the one of the same period out; false when the period overlaps another.
func (p *costPlan) put(place int, c sites.Cost) bool {
	fresh := costPeriod{first: c.From.Number(), last: c.To.Number(), place: place}
	list := p.periods[c.CampaignID]
	at, _ := slices.BinarySearchFunc(list, fresh.first, func(x costPeriod, day int) int { return cmp.Compare(x.last, day) })
	if at < len(list) && list[at].first == fresh.first && list[at].last == fresh.last {
		if list[at].stored != 0 {
			p.removed = append(p.removed, list[at].stored)
		}
		list = slices.Delete(list, at, at+1)
	}
	if c.Amount.Minor != 0 {
		if at < len(list) && list[at].first <= fresh.last {
			return false
		}
		list = slices.Insert(list, at, fresh)
	}
	p.periods[c.CampaignID] = list
	return true
}

// added are the places of the costs that stay, in order.
func (p *costPlan) added() (places []int) {
	for _, list := range p.periods {
		for _, x := range list {
			if x.stored == 0 {
				places = append(places, x.place)
			}
		}
	}
	slices.Sort(places)
	return places
}

// costsAtOnce is how many rows a statement adds; both engines allow several times as many parameters.
const costsAtOnce = 500

func (db *DB) writeCosts(ctx context.Context, tx conn, account core.AccountID, costs []sites.Cost, plan *costPlan) error {
	if len(plan.removed) > 0 {
		const q = `DELETE FROM campaign_costs WHERE account_id = $1 AND id {in $2}`
		if _, err := tx.exec(ctx, q, int64(account), idsArg(tx.engine, plan.removed)); err != nil {
			return err
		}
	}
	for places := range slices.Chunk(plan.added(), costsAtOnce) {
		var rows []string
		var args []any
		for _, i := range places {
			c, n := costs[i], len(args)
			rows = append(rows, fmt.Sprintf("($%d, $%d, $%d, $%d, $%d, $%d, $%d, $%d, $%d, $%d)", n+1, n+2, n+3, n+4, n+5, n+6, n+7, n+8, n+9, n+10))
			args = append(args, int64(account), db.ids.New(), int64(c.CampaignID), c.From.Number(), c.To.Number(),
				c.Amount.Minor, c.Amount.Currency, c.Clicks, c.Impressions, db.now())
		}
		q := "INSERT INTO campaign_costs (account_id, id, campaign_id, first_day, last_day, amount_minor, currency, clicks, impressions, created_at) VALUES " + strings.Join(rows, ", ")
		if _, err := tx.exec(ctx, q, args...); err != nil {
			return err
		}
	}
	return nil
}
