package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"gorm.io/gorm"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/goals"
)

var _ goals.Store = (*DB)(nil)

type goalRow struct {
	AccountID  core.AccountID `gorm:"primaryKey;autoIncrement:false"`
	ID         core.GoalID    `gorm:"primaryKey;autoIncrement:false"`
	SiteID     core.SiteID
	Name       string
	Type       goals.Type
	IsGoal     bool
	IsEnabled  bool
	Conditions string
	CreatedAt  int64 `gorm:"autoCreateTime:false"`
	DeletedAt  *int64
}

func (goalRow) TableName() string { return "goals" }

func newGoalRow(g goals.Goal) (goalRow, error) {
	conditions, err := json.Marshal(g.Conditions)
	if err != nil {
		return goalRow{}, fmt.Errorf("encoding conditions: %w", err)
	}
	return goalRow{
		AccountID: g.AccountID, ID: g.ID, SiteID: g.SiteID, Name: g.Name, Type: g.Type, IsGoal: g.IsGoal, IsEnabled: g.IsEnabled,
		Conditions: string(conditions), CreatedAt: millis(g.CreatedAt),
	}, nil
}

func (r goalRow) goal() (goals.Goal, error) {
	g := goals.Goal{
		ID: r.ID, AccountID: r.AccountID, SiteID: r.SiteID, Name: r.Name, Type: r.Type, IsGoal: r.IsGoal, IsEnabled: r.IsEnabled,
		CreatedAt: fromMillis(r.CreatedAt),
	}
	if err := json.Unmarshal([]byte(r.Conditions), &g.Conditions); err != nil {
		return goals.Goal{}, fmt.Errorf("reading the conditions of goal %d: %w", r.ID, err)
	}
	return g, nil
}

// Goals implements goals.Store.
func (db *DB) Goals(ctx context.Context, account core.AccountID, sites []core.SiteID) ([]goals.Goal, error) {
	if len(sites) == 0 {
		return nil, nil
	}
	var rows []goalRow
	err := db.reader(ctx).Where("account_id = ? AND site_id IN ? AND deleted_at IS NULL", account, sites).Find(&rows).Error
	if err != nil {
		return nil, translate(err)
	}
	return convert(rows, goalRow.goal)
}

// CreateGoal implements goals.Store.
func (db *DB) CreateGoal(ctx context.Context, g goals.Goal, limit int) (goals.Goal, error) {
	g.ID, g.CreatedAt = core.GoalID(db.ids.New()), fromMillis(db.now())
	row, err := newGoalRow(g)
	if err != nil {
		return goals.Goal{}, err
	}
	err = db.inTx(ctx, func(tx *gorm.DB) error {
		if _, err := takeSite(forUpdate(tx), g.AccountID, g.SiteID); err != nil {
			return err
		}
		present := tx.Model(goalRow{}).Where("account_id = ? AND site_id = ? AND deleted_at IS NULL", g.AccountID, g.SiteID)
		if err := refuseAbove(present, limit, "goals on this site"); err != nil {
			return err
		}
		if err := tx.Create(&row).Error; err != nil {
			return err
		}
		return bumpConfigVersion(tx)
	})
	return g, err
}

// UpdateGoal implements goals.Store.
func (db *DB) UpdateGoal(ctx context.Context, account core.AccountID, id core.GoalID, change func(*goals.Goal) error) (goals.Goal, error) {
	var goal goals.Goal
	err := db.inTx(ctx, func(tx *gorm.DB) error {
		row, err := takeGoal(tx, account, id)
		if err != nil {
			return err
		}
		if goal, err = row.goal(); err != nil {
			return err
		}
		if err := change(&goal); err != nil {
			return err
		}
		if row, err = newGoalRow(goal); err != nil {
			return err
		}
		if err := tx.Select("*").Updates(&row).Error; err != nil {
			return err
		}
		return bumpConfigVersion(tx)
	})
	return goal, err
}

// DeleteGoal implements goals.Store.
func (db *DB) DeleteGoal(ctx context.Context, account core.AccountID, id core.GoalID, check func(goals.Goal) error) error {
	return db.inTx(ctx, func(tx *gorm.DB) error {
		row, err := takeGoal(tx, account, id)
		if err != nil {
			return err
		}
		goal, err := row.goal()
		if err != nil {
			return err
		}
		if err := check(goal); err != nil {
			return err
		}
		if err := tx.Model(&row).Update("deleted_at", db.now()).Error; err != nil {
			return err
		}
		return bumpConfigVersion(tx)
	})
}

// takeGoal reads and locks a goal of a site that still exists.
func takeGoal(tx *gorm.DB, account core.AccountID, id core.GoalID) (goalRow, error) {
	var row goalRow
	err := forUpdate(tx).Where("account_id = ? AND id = ? AND deleted_at IS NULL", account, id).Take(&row).Error
	if err == nil {
		_, err = takeSite(tx, account, row.SiteID)
	}
	return row, named("goal", err)
}

// CountReaches implements goals.Store.
func (db *DB) CountReaches(ctx context.Context, account core.AccountID, ids []core.GoalID, since time.Time) (map[core.GoalID]int, error) {
	out := make(map[core.GoalID]int, len(ids))
	if len(ids) == 0 {
		return out, nil
	}
	const q = `SELECT goal_id, COUNT(*) FROM goal_reaches WHERE account_id = $1 AND goal_id {in $2} AND reached_at >= $3 GROUP BY goal_id`
	err := db.rawReader().query(ctx, q, []any{account, idsArg(db.Engine, ids), millis(since)}, func(row scanner) error {
		var id core.GoalID
		var n int
		if err := row.Scan(&id, &n); err != nil {
			return err
		}
		out[id] = n
		return nil
	})
	return out, err
}
