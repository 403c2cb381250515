package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

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
		for i, c := range costs {
			if err := db.putCost(ctx, tx, c); err != nil {
				if known := core.AsError(err); known.Kind == core.KindConflict {
					return known.WithField(fmt.Sprintf("costs.%d.date_from", i))
				}
				return err
			}
		}
		return nil
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

func (db *DB) putCost(ctx context.Context, tx conn, c sites.Cost) error {
	first, last := c.From.Number(), c.To.Number()
	const same = `DELETE FROM campaign_costs WHERE account_id = $1 AND campaign_id = $2 AND first_day = $3 AND last_day = $4`
	if _, err := tx.exec(ctx, same, int64(c.AccountID), int64(c.CampaignID), first, last); err != nil || c.Amount.Minor == 0 {
		return err
	}
	var overlapping int
	const others = `SELECT COUNT(*) FROM campaign_costs WHERE account_id = $1 AND campaign_id = $2 AND first_day <= $3 AND last_day >= $4`
	if err := tx.queryRow(ctx, others, int64(c.AccountID), int64(c.CampaignID), last, first).Scan(&overlapping); err != nil {
		return err
	}
	if overlapping > 0 {
		return core.E(core.KindConflict, "the period overlaps another of this campaign; send that one again with cost 0 first, or take exactly its days").
			WithReason("invalid_parameters_combination")
	}
	const add = `INSERT INTO campaign_costs (account_id, id, campaign_id, first_day, last_day, amount_minor, currency, clicks, impressions, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`
	_, err := tx.exec(ctx, add, int64(c.AccountID), db.ids.New(), int64(c.CampaignID), first, last, c.Amount.Minor, c.Amount.Currency, c.Clicks, c.Impressions, db.now())
	return err
}
