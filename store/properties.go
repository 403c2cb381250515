package store

import (
	"context"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/visits"
)

// maxProperties is how many properties a visitor may have.
const maxProperties = 100

type visitorPropertyRow struct {
	AccountID core.AccountID `gorm:"primaryKey"`
	VisitorID core.VisitorID `gorm:"primaryKey"`
	Name      string         `gorm:"primaryKey"`
	Value     *string
	SetAt     int64
}

func (visitorPropertyRow) TableName() string { return "visitor_properties" }

// SetProperty overwrites a property of a visitor; a nil value is a flag. KindNotFound with reason bad_triple when the session is not the visitor's,
// KindInvalid when the visitor would have more than 100.
func (db *DB) SetProperty(ctx context.Context, who visits.Triple, p visits.Property) error {
	return db.inTx(ctx, func(tx *gorm.DB) error {
		if err := checkTriple(tx, who); err != nil {
			return err
		}
		var others int64
		err := tx.Model(&visitorPropertyRow{}).Where("account_id = ? AND visitor_id = ? AND name <> ?", who.AccountID, who.VisitorID, p.Name).Count(&others).Error
		if err != nil {
			return err
		}
		if others >= maxProperties {
			return core.Invalid("name", "too_many_properties", "a visitor has at most %d properties", maxProperties)
		}
		row := visitorPropertyRow{who.AccountID, who.VisitorID, p.Name, p.Value, db.now()}
		return tx.Clauses(clause.OnConflict{UpdateAll: true}).Create(&row).Error
	})
}

// Property reads a property of a visitor, nil when there is none of that name; errors as for SetProperty.
func (db *DB) Property(ctx context.Context, who visits.Triple, name string) (*visits.Property, error) {
	tx := db.reader(ctx)
	if err := checkTriple(tx, who); err != nil {
		return nil, translate(err)
	}
	var rows []visitorPropertyRow
	err := tx.Where("account_id = ? AND visitor_id = ? AND name = ?", who.AccountID, who.VisitorID, name).Find(&rows).Error
	if err != nil || len(rows) == 0 {
		return nil, translate(err)
	}
	return &visits.Property{Name: rows[0].Name, Value: rows[0].Value}, nil
}

// DeleteProperty removes a property of a visitor, if there is one; errors as for SetProperty.
func (db *DB) DeleteProperty(ctx context.Context, who visits.Triple, name string) error {
	return db.inTx(ctx, func(tx *gorm.DB) error {
		if err := checkTriple(tx, who); err != nil {
			return err
		}
		return tx.Delete(&visitorPropertyRow{}, "account_id = ? AND visitor_id = ? AND name = ?", who.AccountID, who.VisitorID, name).Error
	})
}

// checkTriple holds that a session is the visitor's and the site's.
func checkTriple(tx *gorm.DB, who visits.Triple) error {
	var n int64
	err := tx.Raw("SELECT COUNT(*) FROM sessions WHERE account_id = ? AND id = ? AND visitor_id = ? AND site_id = ?",
		who.AccountID, who.SessionID, who.VisitorID, who.SiteID).Scan(&n).Error
	if err == nil && n == 0 {
		return core.E(core.KindNotFound, "visitor and session do not belong together").WithReason(string(visits.ReasonBadTriple))
	}
	return err
}
