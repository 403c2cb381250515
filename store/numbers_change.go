package store

import (
	"context"
	"slices"
	"time"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/calltracking"
)

// UpdateNumbers implements calltracking.Store. The pools that lose or gain numbers are locked before the numbers are, as when numbers are lent.
func (db *DB) UpdateNumbers(
	ctx context.Context, account core.AccountID, ids []core.VirtualNumberID, left time.Duration, change func(*calltracking.VirtualNumber) error,
) (list []calltracking.VirtualNumber, err error) {
	err = db.inRawTx(ctx, func(tx conn) error {
		before, err := tx.takeNumbers(ctx, account, ids)
		if err != nil {
			return err
		}
		if list, err = changedNumbers(before, change); err != nil {
			return err
		}
		if err := tx.lockPools(ctx, poolsOf(slices.Concat(before, list))); err != nil {
			return err
		}
		locked, err := tx.takeNumbers(ctx, account, ids)
		if err != nil {
			return err
		}
		for i := range locked {
			if locked[i].PoolID != before[i].PoolID {
				return core.Unavailable("somebody else changes these numbers now", time.Second, nil)
			}
		}
		if list, err = changedNumbers(locked, change); err != nil {
			return err
		}
		for i := range list {
			if err := db.storeNumber(ctx, tx, locked[i], &list[i], left); err != nil {
				return err
			}
		}
		return tx.bumpConfig(ctx)
	})
	return list, err
}

func changedNumbers(before []calltracking.VirtualNumber, change func(*calltracking.VirtualNumber) error) ([]calltracking.VirtualNumber, error) {
	list := slices.Clone(before)
	for i := range list {
		if err := change(&list[i]); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// takeNumbers reads numbers that are there, in the order of their ids.
func (c conn) takeNumbers(ctx context.Context, account core.AccountID, ids []core.VirtualNumberID) ([]calltracking.VirtualNumber, error) {
	list, err := c.numbers(ctx, account, `AND n.id {in $2} AND n.deleted_at IS NULL ORDER BY n.id`, idsArg(c.engine, ids))
	if err == nil && len(list) != len(ids) {
		err = core.NotFound("number")
	}
	return list, err
}

// storeNumber stores a changed number. Loans end when it is not to be lent as it was.
func (db *DB) storeNumber(ctx context.Context, tx conn, old calltracking.VirtualNumber, n *calltracking.VirtualNumber, left time.Duration) error {
	if err := tx.checkReferences(ctx, n); err != nil {
		return err
	}
	leaves := old.PoolID != 0 && n.PoolID != old.PoolID
	if old.PoolID != 0 && (leaves || n.IsOverflow != old.IsOverflow || n.State != old.State) {
		lent, now, err := db.endLoans(ctx, tx, old.AccountID, `number_id = $3`, int64(old.ID))
		if err != nil {
			return err
		}
		if leaves && lent > 0 && n.State == calltracking.StateActive && left > 0 {
			until := fromMillis(now).Add(left)
			n.State, n.QuarantineUntil = calltracking.StateQuarantine, &until
		}
	}
	if n.IsDefault && !(old.IsDefault && old.IntegrationID == n.IntegrationID) {
		_, err := tx.exec(ctx, `UPDATE virtual_numbers SET is_default = FALSE WHERE account_id = $1 AND integration_id = $2 AND is_default AND id <> $3`,
			int64(n.AccountID), int64(n.IntegrationID), int64(n.ID))
		if err != nil {
			return err
		}
	}
	_, err := tx.exec(ctx, `UPDATE virtual_numbers SET name = $3, connection_id = $4, site_id = $5, usage = $6, campaign_id = $7, pool_id = $8, block_id = $9,
  is_overflow = $10, is_default = $11, state = $12, quarantine_until = $13, scenario_id = $14, integration_id = $15, records = $16
WHERE account_id = $1 AND id = $2`,
		int64(n.AccountID), int64(n.ID), n.Name, int64(n.ConnectionID), int64(n.SiteID), string(n.Usage), int64(n.CampaignID), int64(n.PoolID),
		int64(n.BlockID), n.IsOverflow, n.IsDefault, string(n.State), millisOrZero(n.QuarantineUntil), int64(n.ScenarioID), int64(n.IntegrationID), n.Records)
	return err
}

// DeleteNumbers implements calltracking.Store.
func (db *DB) DeleteNumbers(ctx context.Context, account core.AccountID, ids []core.VirtualNumberID) error {
	return db.inRawTx(ctx, func(tx conn) error {
		before, err := tx.takeNumbers(ctx, account, ids)
		if err != nil {
			return err
		}
		if err := tx.lockPools(ctx, poolsOf(before)); err != nil {
			return err
		}
		if _, err := tx.takeNumbers(ctx, account, ids); err != nil {
			return err
		}
		for _, n := range before {
			if _, _, err := db.endLoans(ctx, tx, account, `number_id = $3`, int64(n.ID)); err != nil {
				return err
			}
		}
		_, err = tx.exec(ctx, `UPDATE virtual_numbers SET deleted_at = $3, is_default = FALSE, usage = 'reserve', pool_id = 0, campaign_id = 0, block_id = 0,
  is_overflow = FALSE WHERE account_id = $1 AND id {in $2}`, int64(account), idsArg(tx.engine, ids), db.now())
		if err != nil {
			return err
		}
		return tx.bumpConfig(ctx)
	})
}

// endLoans ends the open loans a condition names (its parameters begin with $3) and returns how many of them ran still, and the time.
func (db *DB) endLoans(ctx context.Context, tx conn, account core.AccountID, which string, args ...any) (running int, now int64, err error) {
	if now, err = db.leaseNow(ctx, tx); err != nil {
		return 0, 0, err
	}
	q := `UPDATE number_leases SET released_at = CASE WHEN hold_until <= $2 THEN hold_until WHEN last_seen_at > $2 THEN last_seen_at ELSE $2 END
WHERE account_id = $1 AND released_at IS NULL AND ` + which + ` RETURNING hold_until`
	err = tx.query(ctx, q, append([]any{int64(account), now}, args...), func(row scanner) error {
		var until int64
		err := row.Scan(&until)
		if until > now {
			running++
		}
		return err
	})
	return running, now, err
}
