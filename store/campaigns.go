package store

import (
	"context"
	"encoding/json"
	"fmt"

	"gorm.io/gorm"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/sites"
)

var (
	_ sites.CampaignStore = (*DB)(nil)
	_ sites.CostStore     = (*DB)(nil)
)

type campaignRow struct {
	AccountID     core.AccountID  `gorm:"primaryKey;autoIncrement:false"`
	ID            core.CampaignID `gorm:"primaryKey;autoIncrement:false"`
	SiteID        core.SiteID
	Name          string
	Description   string
	Status        sites.CampaignStatus
	IncludeGroups string
	ExcludeGroups string
	CreatedAt     int64 `gorm:"autoCreateTime:false"`
}

func (campaignRow) TableName() string { return "campaigns" }

func newCampaignRow(c sites.Campaign) (campaignRow, error) {
	include, err := encodeGroups(c.Include)
	if err != nil {
		return campaignRow{}, err
	}
	exclude, err := encodeGroups(c.Exclude)
	return campaignRow{
		AccountID: c.AccountID, ID: c.ID, SiteID: c.SiteID, Name: c.Name, Description: c.Description, Status: c.Status,
		IncludeGroups: include, ExcludeGroups: exclude, CreatedAt: millis(c.CreatedAt),
	}, err
}

func encodeGroups(groups []sites.Group) (string, error) {
	if groups == nil {
		groups = []sites.Group{}
	}
	text, err := json.Marshal(groups)
	if err != nil {
		return "", fmt.Errorf("encoding groups of conditions: %w", err)
	}
	return string(text), nil
}

func (r campaignRow) campaign() (sites.Campaign, error) {
	c := sites.Campaign{
		ID: r.ID, AccountID: r.AccountID, SiteID: r.SiteID, Name: r.Name, Description: r.Description, Status: r.Status, CreatedAt: fromMillis(r.CreatedAt),
	}
	if err := json.Unmarshal([]byte(r.IncludeGroups), &c.Include); err != nil {
		return sites.Campaign{}, fmt.Errorf("reading the groups of campaign %d: %w", r.ID, err)
	}
	if err := json.Unmarshal([]byte(r.ExcludeGroups), &c.Exclude); err != nil {
		return sites.Campaign{}, fmt.Errorf("reading the groups of campaign %d: %w", r.ID, err)
	}
	return c, nil
}

// Campaigns implements sites.CampaignStore.
func (db *DB) Campaigns(ctx context.Context, account core.AccountID, ids []core.SiteID) ([]sites.Campaign, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	var rows []campaignRow
	if err := db.reader(ctx).Where("account_id = ? AND site_id IN ?", account, ids).Find(&rows).Error; err != nil {
		return nil, translate(err)
	}
	return convert(rows, campaignRow.campaign)
}

// Campaign implements sites.CampaignStore.
func (db *DB) Campaign(ctx context.Context, account core.AccountID, id core.CampaignID) (sites.Campaign, error) {
	row, err := takeCampaign(db.reader(ctx), account, id)
	if err != nil {
		return sites.Campaign{}, err
	}
	return row.campaign()
}

// CreateCampaign implements sites.CampaignStore.
func (db *DB) CreateCampaign(ctx context.Context, c sites.Campaign, limit int) (sites.Campaign, error) {
	c.ID, c.CreatedAt = core.CampaignID(db.ids.New()), fromMillis(db.now())
	row, err := newCampaignRow(c)
	if err != nil {
		return sites.Campaign{}, err
	}
	err = db.inTx(ctx, func(tx *gorm.DB) error {
		if _, err := takeSite(forUpdate(tx), c.AccountID, c.SiteID); err != nil {
			return err
		}
		present := tx.Model(campaignRow{}).Where("account_id = ? AND site_id = ?", c.AccountID, c.SiteID)
		if err := refuseAbove(present, limit, "campaigns on this site"); err != nil {
			return err
		}
		if err := tx.Create(&row).Error; err != nil {
			return err
		}
		return bumpConfigVersion(tx)
	})
	return c, err
}

// UpdateCampaign implements sites.CampaignStore.
func (db *DB) UpdateCampaign(
	ctx context.Context, account core.AccountID, id core.CampaignID, change func(*sites.Campaign) error,
) (sites.Campaign, error) {
	var campaign sites.Campaign
	err := db.inTx(ctx, func(tx *gorm.DB) error {
		row, err := takeCampaign(forUpdate(tx), account, id)
		if err != nil {
			return err
		}
		if campaign, err = row.campaign(); err != nil {
			return err
		}
		if err := change(&campaign); err != nil {
			return err
		}
		if row, err = newCampaignRow(campaign); err != nil {
			return err
		}
		if err := tx.Select("*").Updates(&row).Error; err != nil {
			return err
		}
		return bumpConfigVersion(tx)
	})
	return campaign, err
}

// DeleteCampaign implements sites.CampaignStore.
func (db *DB) DeleteCampaign(ctx context.Context, account core.AccountID, id core.CampaignID) error {
	return db.inTx(ctx, func(tx *gorm.DB) error {
		row, err := takeCampaign(forUpdate(tx), account, id)
		if err != nil {
			return err
		}
		var used bool
		const countedSQL = "SELECT EXISTS (SELECT 1 FROM sessions WHERE account_id = ? AND campaign_id = ? AND campaign_id <> 0)"
		if err := tx.Raw(countedSQL, account, id).Scan(&used).Error; err != nil {
			return err
		}
		if used {
			return core.E(core.KindConflict, "sessions were counted to the campaign")
		}
		if err := tx.Delete(&row).Error; err != nil {
			return err
		}
		return bumpConfigVersion(tx)
	})
}

func takeCampaign(tx *gorm.DB, account core.AccountID, id core.CampaignID) (campaignRow, error) {
	var row campaignRow
	err := tx.Where("account_id = ? AND id = ?", account, id).Take(&row).Error
	return row, named("campaign", err)
}
