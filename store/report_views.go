package store

import (
	"context"
	"encoding/json"
	"fmt"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/reports"
)

var _ reports.SavedStore = (*DB)(nil)

type reportSettingsRow struct {
	AccountID    core.AccountID `gorm:"primaryKey;autoIncrement:false"`
	LookbackDays int
	WindowDays   int
}

func (reportSettingsRow) TableName() string { return "report_settings" }

type reportFormulaRow struct {
	AccountID  core.AccountID `gorm:"primaryKey;autoIncrement:false"`
	ID         core.FormulaID `gorm:"primaryKey;autoIncrement:false"`
	Name       string
	Expression string
	Format     reports.ValueType
	CreatedAt  int64 `gorm:"autoCreateTime:false"`
}

func (reportFormulaRow) TableName() string { return "report_formulas" }

func (r reportFormulaRow) formula() (reports.Formula, error) {
	return reports.Formula{ID: r.ID, Name: r.Name, Expression: r.Expression, Format: r.Format}, nil
}

type attributionModelRow struct {
	AccountID  core.AccountID          `gorm:"primaryKey;autoIncrement:false"`
	ID         core.AttributionModelID `gorm:"primaryKey;autoIncrement:false"`
	Name       string
	Definition string
	CreatedAt  int64 `gorm:"autoCreateTime:false"`
}

func (attributionModelRow) TableName() string { return "attribution_models" }

func (r attributionModelRow) model() (reports.Model, error) {
	m := reports.Model{ID: r.ID, Name: r.Name}
	if err := json.Unmarshal([]byte(r.Definition), &m.Definition); err != nil {
		return m, fmt.Errorf("reading attribution model %d: %w", r.ID, err)
	}
	return m, nil
}

type reportViewRow struct {
	AccountID  core.AccountID    `gorm:"primaryKey;autoIncrement:false"`
	ID         core.ReportViewID `gorm:"primaryKey;autoIncrement:false"`
	UserID     core.UserID
	Report     reports.Kind
	Name       string
	IsShared   bool
	Definition string
	CreatedAt  int64 `gorm:"autoCreateTime:false"`
	UpdatedAt  int64 `gorm:"autoUpdateTime:false"`
}

func (reportViewRow) TableName() string { return "report_views" }

func (r reportViewRow) view() (reports.View, error) {
	return reports.View{ID: r.ID, UserID: r.UserID, Report: r.Report, Name: r.Name, IsShared: r.IsShared, Definition: r.Definition}, nil
}

// ReportSettings implements reports.SavedStore.
func (db *DB) ReportSettings(ctx context.Context, account core.AccountID) (reports.Settings, error) {
	var row reportSettingsRow
	found := db.reader(ctx).Where("account_id = ?", account).Limit(1).Find(&row)
	if found.Error != nil || found.RowsAffected == 0 {
		return reports.DefaultSettings(), translate(found.Error)
	}
	return reports.Settings{LookbackDays: row.LookbackDays, WindowDays: row.WindowDays}, nil
}

// PutReportSettings implements reports.SavedStore.
func (db *DB) PutReportSettings(ctx context.Context, account core.AccountID, s reports.Settings) error {
	row := reportSettingsRow{AccountID: account, LookbackDays: s.LookbackDays, WindowDays: s.WindowDays}
	return db.inTx(ctx, func(tx *gorm.DB) error {
		return tx.Clauses(clause.OnConflict{UpdateAll: true}).Create(&row).Error
	})
}

// Formulas implements reports.SavedStore.
func (db *DB) Formulas(ctx context.Context, account core.AccountID) ([]reports.Formula, error) {
	var rows []reportFormulaRow
	if err := db.reader(ctx).Where("account_id = ?", account).Order("name, id").Find(&rows).Error; err != nil {
		return nil, translate(err)
	}
	return convert(rows, reportFormulaRow.formula)
}

// PutFormula implements reports.SavedStore.
func (db *DB) PutFormula(ctx context.Context, account core.AccountID, f reports.Formula, limit int) (reports.Formula, error) {
	row := reportFormulaRow{AccountID: account, ID: f.ID, Name: f.Name, Expression: f.Expression, Format: f.Format, CreatedAt: db.now()}
	err := db.inTx(ctx, func(tx *gorm.DB) error {
		if f.ID != 0 {
			return changed("formula", tx.Model(&row).Select("name", "expression", "format").Updates(&row))
		}
		row.ID = core.FormulaID(db.ids.New())
		return createBelow(tx, account, reportFormulaRow{}, &row, limit, "formulas")
	})
	f.ID = row.ID
	return f, err
}

// DeleteFormula implements reports.SavedStore.
func (db *DB) DeleteFormula(ctx context.Context, account core.AccountID, id core.FormulaID) error {
	return db.inTx(ctx, func(tx *gorm.DB) error {
		return changed("formula", tx.Where("account_id = ? AND id = ?", account, id).Delete(&reportFormulaRow{}))
	})
}

// AttributionModels implements reports.SavedStore.
func (db *DB) AttributionModels(ctx context.Context, account core.AccountID) ([]reports.Model, error) {
	var rows []attributionModelRow
	if err := db.reader(ctx).Where("account_id = ?", account).Order("name, id").Find(&rows).Error; err != nil {
		return nil, translate(err)
	}
	return convert(rows, attributionModelRow.model)
}

// PutAttributionModel implements reports.SavedStore.
func (db *DB) PutAttributionModel(ctx context.Context, account core.AccountID, m reports.Model, limit int) (reports.Model, error) {
	definition, err := json.Marshal(m.Definition)
	if err != nil {
		return m, fmt.Errorf("encoding an attribution model: %w", err)
	}
	row := attributionModelRow{AccountID: account, ID: m.ID, Name: m.Name, Definition: string(definition), CreatedAt: db.now()}
	err = db.inTx(ctx, func(tx *gorm.DB) error {
		if m.ID != 0 {
			return changed("attribution model", tx.Model(&row).Select("name", "definition").Updates(&row))
		}
		row.ID = core.AttributionModelID(db.ids.New())
		return createBelow(tx, account, attributionModelRow{}, &row, limit, "attribution models")
	})
	m.ID = row.ID
	return m, err
}

// DeleteAttributionModel implements reports.SavedStore.
func (db *DB) DeleteAttributionModel(ctx context.Context, account core.AccountID, id core.AttributionModelID) error {
	return db.inTx(ctx, func(tx *gorm.DB) error {
		return changed("attribution model", tx.Where("account_id = ? AND id = ?", account, id).Delete(&attributionModelRow{}))
	})
}

// ReportViews implements reports.SavedStore.
func (db *DB) ReportViews(ctx context.Context, account core.AccountID, user core.UserID, report reports.Kind) ([]reports.View, error) {
	var rows []reportViewRow
	tx := db.reader(ctx).Where("account_id = ? AND (user_id = ? OR is_shared)", account, user)
	if report != "" {
		tx = tx.Where("report = ?", report)
	}
	if err := tx.Order("name, id").Find(&rows).Error; err != nil {
		return nil, translate(err)
	}
	return convert(rows, reportViewRow.view)
}

// ReportView implements reports.SavedStore.
func (db *DB) ReportView(ctx context.Context, account core.AccountID, user core.UserID, id core.ReportViewID) (reports.View, error) {
	var row reportViewRow
	err := db.reader(ctx).Where("account_id = ? AND id = ? AND (user_id = ? OR is_shared)", account, id, user).Take(&row).Error
	if err != nil {
		return reports.View{}, named("view", err)
	}
	return row.view()
}

// PutReportView implements reports.SavedStore.
func (db *DB) PutReportView(ctx context.Context, account core.AccountID, v reports.View, limit int) (reports.View, error) {
	now := db.now()
	row := reportViewRow{
		AccountID: account, ID: v.ID, UserID: v.UserID, Report: v.Report, Name: v.Name, IsShared: v.IsShared, Definition: v.Definition,
		CreatedAt: now, UpdatedAt: now,
	}
	err := db.inTx(ctx, func(tx *gorm.DB) error {
		if v.ID != 0 {
			own := tx.Model(&row).Where("user_id = ?", v.UserID)
			return changed("view", own.Select("report", "name", "is_shared", "definition", "updated_at").Updates(&row))
		}
		row.ID = core.ReportViewID(db.ids.New())
		return createBelow(tx, account, reportViewRow{}, &row, limit, "views")
	})
	v.ID = row.ID
	return v, err
}

// DeleteReportView implements reports.SavedStore.
func (db *DB) DeleteReportView(ctx context.Context, account core.AccountID, user core.UserID, id core.ReportViewID) error {
	return db.inTx(ctx, func(tx *gorm.DB) error {
		return changed("view", tx.Where("account_id = ? AND id = ? AND user_id = ?", account, id, user).Delete(&reportViewRow{}))
	})
}

// createBelow adds a row while its account has fewer than limit. The account's lock keeps others from adding meanwhile.
func createBelow(tx *gorm.DB, account core.AccountID, of, row any, limit int, what string) error {
	if _, err := lockAccount(tx, account); err != nil {
		return err
	}
	if err := refuseAbove(tx.Model(of).Where("account_id = ?", account), limit, what); err != nil {
		return err
	}
	return tx.Create(row).Error
}

// changed is KindNotFound where a statement met no row.
func changed(what string, done *gorm.DB) error {
	if done.Error == nil && done.RowsAffected == 0 {
		return core.NotFound(what)
	}
	return done.Error
}
