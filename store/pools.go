package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/calltracking"
)

const poolColumns = `p.id, p.site_id, p.block_id, p.name, p.position, p.is_enabled, p.hold_seconds, p.sticky_days, p.late_hours, p.overflow, p.segment, p.created_at,
  (SELECT COUNT(*) FROM virtual_numbers n WHERE n.account_id = p.account_id AND n.pool_id = p.id AND n.pool_id <> 0 AND n.deleted_at IS NULL),
  (SELECT COUNT(*) FROM virtual_numbers n WHERE n.account_id = p.account_id AND n.pool_id = p.id AND n.pool_id <> 0 AND n.deleted_at IS NULL AND n.is_overflow)`

// pools reads pools by what follows WHERE p.account_id = $1.
func (c conn) pools(ctx context.Context, account core.AccountID, rest string, args ...any) ([]calltracking.Pool, error) {
	var out []calltracking.Pool
	q := `SELECT ` + poolColumns + ` FROM number_pools p WHERE p.account_id = $1 AND p.deleted_at IS NULL ` + rest
	err := c.query(ctx, q, append([]any{int64(account)}, args...), func(row scanner) error {
		p := calltracking.Pool{AccountID: account}
		var hold, late, created int64
		var segment string
		err := row.Scan(&p.ID, &p.SiteID, &p.BlockID, &p.Name, &p.Position, &p.IsEnabled, &hold, &p.StickyDays, &late, &p.Overflow, &segment, &created,
			&p.Numbers, &p.OverflowNumbers)
		if err != nil {
			return err
		}
		p.Hold, p.Late, p.CreatedAt = time.Duration(hold)*time.Second, time.Duration(late)*time.Hour, fromMillis(created)
		if err := json.Unmarshal([]byte(segment), &p.Segment); err != nil {
			return fmt.Errorf("reading the segment of pool %d: %w", p.ID, err)
		}
		out = append(out, p)
		return nil
	})
	return out, err
}

// Pools implements calltracking.Store.
func (db *DB) Pools(ctx context.Context, account core.AccountID, site core.SiteID) ([]calltracking.Pool, error) {
	return db.rawReader().pools(ctx, account, `AND (CAST($2 AS BIGINT) = 0 OR p.site_id = $2) ORDER BY p.site_id, p.position, p.id`, int64(site))
}

// PoolsByID implements calltracking.Store.
func (db *DB) PoolsByID(ctx context.Context, account core.AccountID, ids []core.PoolID) ([]calltracking.Pool, error) {
	return db.rawReader().pools(ctx, account, `AND p.id {in $2}`, idsArg(db.Engine, ids))
}

func (c conn) pool(ctx context.Context, account core.AccountID, id core.PoolID) (calltracking.Pool, error) {
	list, err := c.pools(ctx, account, `AND p.id = $2`, int64(id))
	if err == nil && len(list) == 0 {
		err = core.NotFound("pool")
	}
	if err != nil {
		return calltracking.Pool{}, err
	}
	return list[0], nil
}

// lockSite holds that a site is the account's and not deleted, and lets one at a time change what belongs to it.
func (c conn) lockSite(ctx context.Context, account core.AccountID, site core.SiteID) error {
	q := `SELECT 1 FROM sites WHERE account_id = $1 AND id = $2 AND deleted_at IS NULL`
	if c.engine == Postgres {
		q += ` FOR UPDATE`
	}
	var found int
	return named("site", c.queryRow(ctx, q, int64(account), int64(site)).Scan(&found))
}

// checkBlock holds that a block is the site's; 0 = all blocks.
func (c conn) checkBlock(ctx context.Context, account core.AccountID, site core.SiteID, block core.BlockID) error {
	if block == 0 {
		return nil
	}
	var found int
	q := `SELECT 1 FROM site_blocks WHERE account_id = $1 AND id = $2 AND site_id = $3`
	if err := c.queryRow(ctx, q, int64(account), int64(block), int64(site)).Scan(&found); err != nil {
		return missing("blockId", "block of this site", err)
	}
	return nil
}

// CreatePool implements calltracking.Store.
func (db *DB) CreatePool(ctx context.Context, p calltracking.Pool, limit int) (calltracking.Pool, error) {
	p.ID, p.CreatedAt = core.PoolID(db.ids.New()), fromMillis(db.now())
	segment, err := json.Marshal(p.Segment)
	if err != nil {
		return p, fmt.Errorf("encoding a segment: %w", err)
	}
	err = db.inRawTx(ctx, func(tx conn) error {
		if err := tx.lockSite(ctx, p.AccountID, p.SiteID); err != nil {
			return err
		}
		if err := tx.checkBlock(ctx, p.AccountID, p.SiteID, p.BlockID); err != nil {
			return err
		}
		var there int
		q := `SELECT COUNT(*), COALESCE(MAX(position), 0) + 1 FROM number_pools WHERE account_id = $1 AND site_id = $2 AND deleted_at IS NULL`
		if err := tx.queryRow(ctx, q, int64(p.AccountID), int64(p.SiteID)).Scan(&there, &p.Position); err != nil {
			return err
		}
		if there >= limit {
			return core.Invalid("siteId", "too_many", "the site has %d pools already, which is the most there can be", there)
		}
		_, err := tx.exec(ctx, `INSERT INTO number_pools (account_id, id, site_id, block_id, name, position, is_enabled, hold_seconds, sticky_days, late_hours,
  overflow, segment, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
			int64(p.AccountID), int64(p.ID), int64(p.SiteID), int64(p.BlockID), p.Name, p.Position, p.IsEnabled, int(p.Hold/time.Second), p.StickyDays,
			int(p.Late/time.Hour), string(p.Overflow), string(segment), millis(p.CreatedAt))
		if err != nil {
			return err
		}
		return tx.bumpConfig(ctx)
	})
	return p, err
}

// UpdatePool implements calltracking.Store. Shared loans end when the way of sharing changes, since they may be on numbers that are not shared any more.
func (db *DB) UpdatePool(ctx context.Context, account core.AccountID, id core.PoolID, change func(*calltracking.Pool) error) (p calltracking.Pool, err error) {
	err = db.inRawTx(ctx, func(tx conn) error {
		if err := tx.lockPools(ctx, []core.PoolID{id}); err != nil {
			return err
		}
		if p, err = tx.pool(ctx, account, id); err != nil {
			return err
		}
		overflow := p.Overflow
		if err := change(&p); err != nil {
			return err
		}
		if err := tx.checkBlock(ctx, account, p.SiteID, p.BlockID); err != nil {
			return err
		}
		if p.Overflow != overflow {
			if _, _, err := db.endLoans(ctx, tx, account, `pool_id = $3 AND is_shared`, int64(id)); err != nil {
				return err
			}
		}
		segment, err := json.Marshal(p.Segment)
		if err != nil {
			return fmt.Errorf("encoding a segment: %w", err)
		}
		_, err = tx.exec(ctx, `UPDATE number_pools SET block_id = $3, name = $4, is_enabled = $5, hold_seconds = $6, sticky_days = $7, late_hours = $8, overflow = $9,
  segment = $10 WHERE account_id = $1 AND id = $2`, int64(account), int64(id), int64(p.BlockID), p.Name, p.IsEnabled, int(p.Hold/time.Second), p.StickyDays,
			int(p.Late/time.Hour), string(p.Overflow), string(segment))
		if err != nil {
			return err
		}
		return tx.bumpConfig(ctx)
	})
	return p, err
}

// DeletePool implements calltracking.Store.
func (db *DB) DeletePool(ctx context.Context, account core.AccountID, id core.PoolID, left time.Duration) error {
	return db.inRawTx(ctx, func(tx conn) error {
		if err := tx.lockPools(ctx, []core.PoolID{id}); err != nil {
			return err
		}
		if _, err := tx.pool(ctx, account, id); err != nil {
			return err
		}
		now, err := db.leaseNow(ctx, tx)
		if err != nil {
			return err
		}
		if left > 0 { // before the loans end: it is they who tell which numbers were lent
			_, err = tx.exec(ctx, `UPDATE virtual_numbers SET state = 'quarantine', quarantine_until = CAST($3 AS BIGINT) WHERE account_id = $1 AND pool_id = $2
  AND deleted_at IS NULL AND state = 'active' AND EXISTS (SELECT 1 FROM number_leases l WHERE l.account_id = virtual_numbers.account_id
    AND l.number_id = virtual_numbers.id AND l.released_at IS NULL AND l.hold_until > $4)`, int64(account), int64(id), now+left.Milliseconds(), now)
			if err != nil {
				return err
			}
		}
		if _, _, err := db.endLoans(ctx, tx, account, `pool_id = $3`, int64(id)); err != nil {
			return err
		}
		_, err = tx.exec(ctx, `UPDATE virtual_numbers SET usage = 'reserve', pool_id = 0, is_overflow = FALSE WHERE account_id = $1 AND pool_id = $2 AND pool_id <> 0`, int64(account), int64(id))
		if err != nil {
			return err
		}
		_, err = tx.exec(ctx, `UPDATE number_pools SET deleted_at = $3 WHERE account_id = $1 AND id = $2`, int64(account), int64(id), db.now())
		if err != nil {
			return err
		}
		return tx.bumpConfig(ctx)
	})
}

// OrderPools implements calltracking.Store.
func (db *DB) OrderPools(ctx context.Context, account core.AccountID, site core.SiteID, ids []core.PoolID) (list []calltracking.Pool, err error) {
	err = db.inRawTx(ctx, func(tx conn) error {
		if err := tx.lockSite(ctx, account, site); err != nil {
			return err
		}
		there, err := tx.pools(ctx, account, `AND p.site_id = $2`, int64(site))
		if err != nil {
			return err
		}
		known := make([]core.PoolID, len(there))
		for i, p := range there {
			known[i] = p.ID
		}
		if err := reorder(ctx, tx, "number_pools", account, known, ids); err != nil {
			return err
		}
		list, err = tx.pools(ctx, account, `AND p.site_id = $2 ORDER BY p.position, p.id`, int64(site))
		return err
	})
	return list, err
}

// reorder gives rows new positions. The ids must be exactly those that are there.
func reorder[T ~int64](ctx context.Context, tx conn, table string, account core.AccountID, there, ids []T) error {
	if !slices.Equal(slices.Sorted(slices.Values(there)), slices.Sorted(slices.Values(ids))) {
		return core.Invalid("ids", "bad_order", "name each one of the site exactly once")
	}
	for i, id := range ids {
		if _, err := tx.exec(ctx, `UPDATE `+table+` SET position = $3 WHERE account_id = $1 AND id = $2`, int64(account), int64(id), i+1); err != nil {
			return err
		}
	}
	return tx.bumpConfig(ctx)
}
