package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/goals"
	"github.com/skvoz/skvoz/core/sites"
)

var _ sites.Store = (*DB)(nil)

type siteRow struct {
	AccountID core.AccountID `gorm:"primaryKey;autoIncrement:false"`
	ID        core.SiteID    `gorm:"primaryKey;autoIncrement:false"`
	Domain    string
	Name      string
	SiteKey   string
	Key       string
	Settings  string
	CreatedAt int64 `gorm:"autoCreateTime:false"`
	DeletedAt *int64
}

func (siteRow) TableName() string { return "sites" }

func newSiteRow(s sites.Site) (siteRow, error) {
	settings, err := json.Marshal(s.Settings)
	if err != nil {
		return siteRow{}, fmt.Errorf("encoding settings: %w", err)
	}
	return siteRow{
		AccountID: s.AccountID, ID: s.ID, Domain: s.Domain, Name: s.Name, SiteKey: s.SiteKey, Key: s.Key, Settings: string(settings),
		CreatedAt: millis(s.CreatedAt), DeletedAt: millisPtr(s.DeletedAt),
	}, nil
}

func (r siteRow) site() (sites.Site, error) {
	s := sites.Site{
		ID: r.ID, AccountID: r.AccountID, Domain: r.Domain, Name: r.Name, SiteKey: r.SiteKey, Key: r.Key, Settings: sites.DefaultSettings(),
		CreatedAt: fromMillis(r.CreatedAt), DeletedAt: fromMillisPtr(r.DeletedAt),
	}
	if err := json.Unmarshal([]byte(r.Settings), &s.Settings); err != nil {
		return sites.Site{}, fmt.Errorf("reading the settings of site %d: %w", r.ID, err)
	}
	return s, nil
}

// Sites implements sites.Store.
func (db *DB) Sites(ctx context.Context, account core.AccountID) ([]sites.Site, error) {
	var rows []siteRow
	if err := db.reader(ctx).Where("account_id = ? AND deleted_at IS NULL", account).Find(&rows).Error; err != nil {
		return nil, translate(err)
	}
	return convert(rows, siteRow.site)
}

// Site implements sites.Store.
func (db *DB) Site(ctx context.Context, account core.AccountID, id core.SiteID) (sites.Site, error) {
	row, err := takeSite(db.reader(ctx), account, id)
	if err != nil {
		return sites.Site{}, err
	}
	return row.site()
}

// CreateSite implements sites.Store.
func (db *DB) CreateSite(ctx context.Context, s sites.Site, limit int) (sites.Site, error) {
	s.ID, s.CreatedAt = core.SiteID(db.ids.New()), fromMillis(db.now())
	row, err := newSiteRow(s)
	if err != nil {
		return sites.Site{}, err
	}
	err = db.inTx(ctx, func(tx *gorm.DB) error {
		if _, err := lockAccount(tx, s.AccountID); err != nil { // so that the limit holds
			return named("account", err)
		}
		if err := refuseAbove(tx.Model(siteRow{}).Where("account_id = ? AND deleted_at IS NULL", s.AccountID), limit, "sites"); err != nil {
			return err
		}
		if err := tx.Create(&row).Error; err != nil {
			return err
		}
		if err := db.createSystemGoals(tx, s); err != nil {
			return err
		}
		return bumpConfigVersion(tx)
	})
	return s, err
}

func (db *DB) createSystemGoals(tx *gorm.DB, s sites.Site) error {
	var rows []goalRow
	for _, g := range goals.SystemGoals() {
		g.ID, g.AccountID, g.SiteID, g.CreatedAt = core.GoalID(db.ids.New()), s.AccountID, s.ID, s.CreatedAt
		row, err := newGoalRow(g)
		if err != nil {
			return err
		}
		rows = append(rows, row)
	}
	return tx.Create(&rows).Error
}

// UpdateSite implements sites.Store.
func (db *DB) UpdateSite(ctx context.Context, account core.AccountID, id core.SiteID, change func(*sites.Site) error) (sites.Site, error) {
	var site sites.Site
	err := db.inTx(ctx, func(tx *gorm.DB) error {
		row, err := takeSite(forUpdate(tx), account, id)
		if err != nil {
			return err
		}
		if site, err = row.site(); err != nil {
			return err
		}
		if err := change(&site); err != nil {
			return err
		}
		if row, err = newSiteRow(site); err != nil {
			return err
		}
		if err := tx.Select("*").Updates(&row).Error; err != nil {
			return err
		}
		return bumpConfigVersion(tx)
	})
	return site, err
}

// DeleteSite implements sites.Store.
func (db *DB) DeleteSite(ctx context.Context, account core.AccountID, id core.SiteID) error {
	return db.inTx(ctx, func(tx *gorm.DB) error {
		done := tx.Model(siteRow{}).Where("account_id = ? AND id = ? AND deleted_at IS NULL", account, id).Update("deleted_at", db.now())
		if done.Error != nil {
			return done.Error
		}
		if done.RowsAffected == 0 {
			return core.NotFound("site")
		}
		return bumpConfigVersion(tx)
	})
}

// arrivalsSQL looks at the last sessions of each site, since the one that began last need not be the one active last. Each of the inner
// queries is a walk along ix_sessions__account_site_started that ends after a few rows.
const arrivalsSQL = `
SELECT f.site_id, f.first_at, s.last_activity_at AS last_at, COALESCE(d.value, '') AS last_page
FROM (
  SELECT t.account_id, t.id AS site_id,
    (SELECT MIN(a.started_at) FROM sessions a WHERE a.account_id = t.account_id AND a.site_id = t.id) AS first_at,
    (SELECT b.id FROM (
       SELECT c.id, c.last_activity_at FROM sessions c WHERE c.account_id = t.account_id AND c.site_id = t.id ORDER BY c.started_at DESC LIMIT 50
     ) b ORDER BY b.last_activity_at DESC LIMIT 1) AS session_id
  FROM sites t WHERE t.account_id = ? AND t.id IN ?
) f
JOIN sessions s ON s.account_id = f.account_id AND s.id = f.session_id
LEFT JOIN dimensions d ON d.account_id = s.account_id AND d.id = s.exit_page_id`

// Arrivals implements sites.Store.
func (db *DB) Arrivals(ctx context.Context, account core.AccountID, ids []core.SiteID) (map[core.SiteID]sites.Arrivals, error) {
	out := make(map[core.SiteID]sites.Arrivals, len(ids))
	if len(ids) == 0 {
		return out, nil
	}
	var rows []struct {
		SiteID          core.SiteID
		FirstAt, LastAt int64
		LastPage        string
	}
	if err := db.reader(ctx).Raw(arrivalsSQL, account, ids).Scan(&rows).Error; err != nil {
		return nil, translate(err)
	}
	for _, r := range rows {
		out[r.SiteID] = sites.Arrivals{FirstHitAt: fromMillis(r.FirstAt), LastHitAt: fromMillis(r.LastAt), LastPageURL: r.LastPage}
	}
	return out, nil
}

func takeSite(tx *gorm.DB, account core.AccountID, id core.SiteID) (siteRow, error) {
	var row siteRow
	err := tx.Where("account_id = ? AND id = ? AND deleted_at IS NULL", account, id).Take(&row).Error
	return row, named("site", err)
}

// forUpdate makes a reading statement keep its rows to the end of the transaction; on SQLite transactions take turns anyway.
func forUpdate(tx *gorm.DB) *gorm.DB {
	return tx.Clauses(clause.Locking{Strength: clause.LockingStrengthUpdate})
}

func refuseAbove(counted *gorm.DB, limit int, what string) error {
	var n int64
	if err := counted.Count(&n).Error; err != nil {
		return err
	}
	if n >= int64(limit) {
		return core.Invalid("", "too_many", "there are %d %s already, which is the most there can be", n, what)
	}
	return nil
}

// convert turns rows into core values.
func convert[R, V any](rows []R, value func(R) (V, error)) ([]V, error) {
	out := make([]V, len(rows))
	for i, r := range rows {
		v, err := value(r)
		if err != nil {
			return nil, err
		}
		out[i] = v
	}
	return out, nil
}

// startOfDay is the moment a stored number of days since 1970-01-01 stands for.
func startOfDay(number int) time.Time { return time.Unix(int64(number)*86400, 0).UTC() }
