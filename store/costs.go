package store

import (
	"context"

	"gorm.io/gorm"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/sites"
)

type costRow struct {
	AccountID   core.AccountID `gorm:"primaryKey;autoIncrement:false"`
	ID          core.CostID    `gorm:"primaryKey;autoIncrement:false"`
	CampaignID  core.CampaignID
	FirstDay    int
	LastDay     int
	AmountMinor int64
	Currency    string
	Clicks      int64
	Impressions int64
	CreatedAt   int64 `gorm:"autoCreateTime:false"`
}

func (costRow) TableName() string { return "campaign_costs" }

func (r costRow) cost() sites.Cost {
	return sites.Cost{
		ID: r.ID, AccountID: r.AccountID, CampaignID: r.CampaignID, From: core.DateOf(startOfDay(r.FirstDay)), To: core.DateOf(startOfDay(r.LastDay)),
		Amount: core.Money{Minor: r.AmountMinor, Currency: r.Currency}, Clicks: r.Clicks, Impressions: r.Impressions,
	}
}

// Costs implements sites.CostStore.
func (db *DB) Costs(ctx context.Context, account core.AccountID, campaigns []core.CampaignID) ([]sites.Cost, error) {
	if len(campaigns) == 0 {
		return nil, nil
	}
	const q = `SELECT id, campaign_id, first_day, last_day, amount_minor, currency, clicks, impressions FROM campaign_costs WHERE account_id = $1 AND campaign_id {in $2}`
	var out []sites.Cost
	err := db.rawReader().query(ctx, q, []any{account, idsArg(db.Engine, campaigns)}, func(row scanner) error {
		r := costRow{AccountID: account}
		if err := row.Scan(&r.ID, &r.CampaignID, &r.FirstDay, &r.LastDay, &r.AmountMinor, &r.Currency, &r.Clicks, &r.Impressions); err != nil {
			return err
		}
		out = append(out, r.cost())
		return nil
	})
	return out, err
}

// AddCost implements sites.CostStore.
func (db *DB) AddCost(ctx context.Context, c sites.Cost) error {
	row := costRow{
		AccountID: c.AccountID, ID: core.CostID(db.ids.New()), CampaignID: c.CampaignID, FirstDay: c.From.Number(), LastDay: c.To.Number(),
		AmountMinor: c.Amount.Minor, Currency: c.Amount.Currency, Clicks: c.Clicks, Impressions: c.Impressions, CreatedAt: db.now(),
	}
	return db.inTx(ctx, func(tx *gorm.DB) error {
		if _, err := takeCampaign(forUpdate(tx), c.AccountID, c.CampaignID); err != nil { // its row's lock keeps other costs out meanwhile
			return err
		}
		var overlapping int64
		err := tx.Model(costRow{}).Where("account_id = ? AND campaign_id = ? AND first_day <= ? AND last_day >= ?",
			row.AccountID, row.CampaignID, row.LastDay, row.FirstDay).Count(&overlapping).Error
		if err != nil {
			return err
		}
		if overlapping > 0 {
			return core.E(core.KindConflict, "the period overlaps another")
		}
		return tx.Create(&row).Error
	})
}

// DeleteCost implements sites.CostStore.
func (db *DB) DeleteCost(ctx context.Context, account core.AccountID, campaign core.CampaignID, id core.CostID) error {
	return db.inTx(ctx, func(tx *gorm.DB) error {
		done := tx.Where("account_id = ? AND campaign_id = ? AND id = ?", account, campaign, id).Delete(&costRow{})
		if done.Error == nil && done.RowsAffected == 0 {
			return core.NotFound("cost")
		}
		return done.Error
	})
}

// AccountCurrency implements sites.CostStore.
func (db *DB) AccountCurrency(ctx context.Context, account core.AccountID) (string, error) {
	var currency string
	err := db.reader(ctx).Table("accounts").Select("currency").Where("id = ?", account).Take(&currency).Error
	return currency, named("account", err)
}
