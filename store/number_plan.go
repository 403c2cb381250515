package store

import (
	"context"
	"strconv"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/calltracking"
	"github.com/skvoz/skvoz/core/goals"
)

// NumberPlan implements calltracking.AssignStore.
func (db *DB) NumberPlan(ctx context.Context, account core.AccountID, site core.SiteID) (*calltracking.Plan, error) {
	c := db.rawReader()
	plan := &calltracking.Plan{AccountID: account, SiteID: site}
	var err error
	if plan.Blocks, err = c.blocks(ctx, account, `AND site_id = $2 ORDER BY position, id`, int64(site)); err != nil || len(plan.Blocks) == 0 {
		return plan, err
	}
	pools, err := c.pools(ctx, account, `AND p.site_id = $2 AND p.is_enabled ORDER BY p.position, p.id`, int64(site))
	if err != nil {
		return nil, err
	}
	for _, p := range pools {
		if p.Numbers > 0 {
			plan.Pools = append(plan.Pools, p)
		}
	}
	statics, err := c.numbers(ctx, account, `AND n.site_id = $2 AND n.usage = 'static' AND n.state <> 'disabled' AND n.deleted_at IS NULL ORDER BY n.id`, int64(site))
	if err != nil {
		return nil, err
	}
	now := db.Clock.Now()
	for _, n := range statics {
		if n.IsUsable(now) {
			plan.Statics = append(plan.Statics, n)
		}
	}
	return plan, nil
}

// scriptBlocks reads what the browser script is told of the sites that replace numbers: those with blocks and with numbers to put there.
const scriptBlocks = `SELECT b.account_id, b.site_id, b.id, b.attribute, b.value, b.template, b.mask, b.wording FROM site_blocks b
WHERE EXISTS (SELECT 1 FROM virtual_numbers n WHERE n.account_id = b.account_id AND n.site_id = b.site_id AND n.usage IN ('static', 'pool')
  AND n.state <> 'disabled' AND n.deleted_at IS NULL)
ORDER BY b.account_id, b.site_id, b.position, b.id`

func (db *DB) scriptBlocks(ctx context.Context) (map[goals.SiteRef][]goals.ScriptBlock, error) {
	out := make(map[goals.SiteRef][]goals.ScriptBlock)
	err := db.rawReader().query(ctx, scriptBlocks, nil, func(row scanner) error {
		var site goals.SiteRef
		var id int64
		var b goals.ScriptBlock
		if err := row.Scan(&site.AccountID, &site.SiteID, &id, &b.By, &b.Value, &b.Template, &b.Mask, &b.Wording); err != nil {
			return err
		}
		b.ID = strconv.FormatInt(id, 10)
		out[site] = append(out[site], b)
		return nil
	})
	return out, err
}
