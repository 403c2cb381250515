package store

import (
	"context"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/calltracking"
)

// blocks reads blocks by what follows WHERE account_id = $1.
func (c conn) blocks(ctx context.Context, account core.AccountID, rest string, args ...any) ([]calltracking.Block, error) {
	var out []calltracking.Block
	q := `SELECT id, site_id, name, position, attribute, value, template, mask, wording, created_at FROM site_blocks WHERE account_id = $1 ` + rest
	err := c.query(ctx, q, append([]any{int64(account)}, args...), func(row scanner) error {
		b := calltracking.Block{AccountID: account}
		var created int64
		err := row.Scan(&b.ID, &b.SiteID, &b.Name, &b.Position, &b.By, &b.Value, &b.Template, &b.Mask, &b.Wording, &created)
		b.CreatedAt = fromMillis(created)
		out = append(out, b)
		return err
	})
	return out, err
}

// Blocks implements calltracking.Store.
func (db *DB) Blocks(ctx context.Context, account core.AccountID, site core.SiteID) ([]calltracking.Block, error) {
	return db.rawReader().blocks(ctx, account, `AND (CAST($2 AS BIGINT) = 0 OR site_id = $2) ORDER BY site_id, position, id`, int64(site))
}

// CreateBlock implements calltracking.Store.
func (db *DB) CreateBlock(ctx context.Context, b calltracking.Block, limit int) (calltracking.Block, error) {
	b.ID, b.CreatedAt = core.BlockID(db.ids.New()), fromMillis(db.now())
	err := db.inRawTx(ctx, func(tx conn) error {
		if err := tx.lockSite(ctx, b.AccountID, b.SiteID); err != nil {
			return err
		}
		var there int
		q := `SELECT COUNT(*), COALESCE(MAX(position), 0) + 1 FROM site_blocks WHERE account_id = $1 AND site_id = $2`
		if err := tx.queryRow(ctx, q, int64(b.AccountID), int64(b.SiteID)).Scan(&there, &b.Position); err != nil {
			return err
		}
		if there >= limit {
			return core.Invalid("siteId", "too_many", "the site has %d blocks already, which is the most there can be", there)
		}
		_, err := tx.exec(ctx, `INSERT INTO site_blocks (account_id, id, site_id, name, position, attribute, value, template, mask, wording, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`, int64(b.AccountID), int64(b.ID), int64(b.SiteID), b.Name, b.Position, string(b.By), b.Value,
			string(b.Template), b.Mask, b.Wording, millis(b.CreatedAt))
		if err != nil {
			return err
		}
		return tx.bumpConfig(ctx)
	})
	return b, err
}

func (c conn) takeBlock(ctx context.Context, account core.AccountID, id core.BlockID) (calltracking.Block, error) {
	rest := `AND id = $2`
	if c.engine == Postgres {
		rest += ` FOR UPDATE`
	}
	list, err := c.blocks(ctx, account, rest, int64(id))
	if err == nil && len(list) == 0 {
		err = core.NotFound("block")
	}
	if err != nil {
		return calltracking.Block{}, err
	}
	return list[0], nil
}

// UpdateBlock implements calltracking.Store.
func (db *DB) UpdateBlock(ctx context.Context, account core.AccountID, id core.BlockID, change func(*calltracking.Block) error) (b calltracking.Block, err error) {
	err = db.inRawTx(ctx, func(tx conn) error {
		if b, err = tx.takeBlock(ctx, account, id); err != nil {
			return err
		}
		if err := change(&b); err != nil {
			return err
		}
		_, err := tx.exec(ctx, `UPDATE site_blocks SET name = $3, attribute = $4, value = $5, template = $6, mask = $7, wording = $8 WHERE account_id = $1 AND id = $2`,
			int64(account), int64(id), b.Name, string(b.By), b.Value, string(b.Template), b.Mask, b.Wording)
		if err != nil {
			return err
		}
		return tx.bumpConfig(ctx)
	})
	return b, err
}

// DeleteBlock implements calltracking.Store.
func (db *DB) DeleteBlock(ctx context.Context, account core.AccountID, id core.BlockID) error {
	return db.inRawTx(ctx, func(tx conn) error {
		if _, err := tx.takeBlock(ctx, account, id); err != nil {
			return err
		}
		var used int
		q := `SELECT (SELECT COUNT(*) FROM number_pools WHERE account_id = $1 AND block_id = $2 AND deleted_at IS NULL)
  + (SELECT COUNT(*) FROM virtual_numbers WHERE account_id = $1 AND block_id = $2 AND deleted_at IS NULL)`
		if err := tx.queryRow(ctx, q, int64(account), int64(id)).Scan(&used); err != nil {
			return err
		}
		if used > 0 {
			return core.E(core.KindConflict, "pools or numbers are shown in this block alone; change them first").WithReason("in_use").WithField("id")
		}
		if _, err := tx.exec(ctx, `DELETE FROM site_blocks WHERE account_id = $1 AND id = $2`, int64(account), int64(id)); err != nil {
			return err
		}
		return tx.bumpConfig(ctx)
	})
}

// OrderBlocks implements calltracking.Store.
func (db *DB) OrderBlocks(ctx context.Context, account core.AccountID, site core.SiteID, ids []core.BlockID) (list []calltracking.Block, err error) {
	err = db.inRawTx(ctx, func(tx conn) error {
		if err := tx.lockSite(ctx, account, site); err != nil {
			return err
		}
		there, err := tx.blocks(ctx, account, `AND site_id = $2`, int64(site))
		if err != nil {
			return err
		}
		known := make([]core.BlockID, len(there))
		for i, b := range there {
			known[i] = b.ID
		}
		if err := reorder(ctx, tx, "site_blocks", account, known, ids); err != nil {
			return err
		}
		list, err = tx.blocks(ctx, account, `AND site_id = $2 ORDER BY position, id`, int64(site))
		return err
	})
	return list, err
}
