package store

import (
	"context"
	"strconv"

	"gorm.io/gorm"

	"github.com/skvoz/skvoz/core/accounts"
	"github.com/skvoz/skvoz/core/goals"
	"github.com/skvoz/skvoz/core/sites"
)

var _ goals.DirectorySource = (*DB)(nil)

const configVersion = "config_version"

// bumpConfigVersion tells every replica's directory that accounts, sites, goals or campaigns changed. It belongs into the transaction of the
// change, as its last statement: whoever changes something waits for
// the counter only when all other locks are taken.
func bumpConfigVersion(tx *gorm.DB) error {
	return tx.Exec(`INSERT INTO instance (name, value) VALUES (?, '1')
ON CONFLICT (name) DO UPDATE SET value = CAST(CAST(instance.value AS BIGINT) + 1 AS TEXT)`, configVersion).Error
}

// ConfigVersion implements goals.DirectorySource.
func (db *DB) ConfigVersion(ctx context.Context) (int64, error) {
	var row instanceRow
	found := db.reader(ctx).Limit(1).Find(&row, "name = ?", configVersion)
	if found.Error != nil || found.RowsAffected == 0 {
		return 0, translate(found.Error)
	}
	return strconv.ParseInt(row.Value, 10, 64)
}

// Configuration implements goals.DirectorySource.
func (db *DB) Configuration(ctx context.Context) (c goals.Configuration, err error) {
	if c.Version, err = db.ConfigVersion(ctx); err != nil { // first: what changes meanwhile is then read once more
		return c, err
	}
	if c.Accounts, err = db.trackedAccounts(ctx); err != nil {
		return c, err
	}
	var siteRows []siteRow
	if err = db.reader(ctx).Find(&siteRows).Error; err != nil {
		return c, translate(err)
	}
	if c.Sites, err = convert(siteRows, siteRow.site); err != nil {
		return c, err
	}
	var goalRows []goalRow
	if err = db.reader(ctx).Where("deleted_at IS NULL AND is_enabled").Find(&goalRows).Error; err != nil {
		return c, translate(err)
	}
	if c.Goals, err = convert(goalRows, goalRow.goal); err != nil {
		return c, err
	}
	var campaignRows []campaignRow
	if err = db.reader(ctx).Where("status = ?", sites.CampaignActive).Find(&campaignRows).Error; err != nil {
		return c, translate(err)
	}
	if c.Campaigns, err = convert(campaignRows, campaignRow.campaign); err != nil {
		return c, err
	}
	c.Blocks, err = db.scriptBlocks(ctx)
	return c, err
}

func (db *DB) trackedAccounts(ctx context.Context) ([]accounts.Account, error) {
	var rows []accountRow
	if err := db.reader(ctx).Find(&rows).Error; err != nil {
		return nil, translate(err)
	}
	out := make([]accounts.Account, len(rows))
	for i, r := range rows {
		out[i] = r.account()
	}
	return out, nil
}
