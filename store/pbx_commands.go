package store

import (
	"context"

	"gorm.io/gorm"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/telephony"
)

var _ telephony.CommandStore = (*DB)(nil)

type commandRow struct {
	AccountID    core.AccountID `gorm:"primaryKey;autoIncrement:false"`
	ID           string         `gorm:"primaryKey"`
	ConnectionID core.ConnectionID
	CallID       core.CallID
	Kind         string
	Payload      string
	State        telephony.CommandState
	Code         string
	Message      string
	PBXCallID    string `gorm:"column:pbx_call_id"`
	Origin       string
	UserID       core.UserID
	CreatedAt    int64 `gorm:"autoCreateTime:false"`
	FinishedAt   *int64
}

func (commandRow) TableName() string { return "pbx_commands" }

// AddCommand implements telephony.CommandStore.
func (db *DB) AddCommand(ctx context.Context, c telephony.Command) error {
	row := commandRow{
		AccountID: c.AccountID, ID: c.ID, ConnectionID: c.ConnectionID, CallID: c.CallID, Kind: c.Kind, Payload: c.Payload, State: c.State, PBXCallID: c.PBXCallID, Origin: c.Origin,
		UserID: c.UserID, CreatedAt: millis(c.CreatedAt),
	}
	return db.inTx(ctx, func(tx *gorm.DB) error { return tx.Create(&row).Error })
}

// EndCommand implements telephony.CommandStore.
func (db *DB) EndCommand(ctx context.Context, c telephony.Command) error {
	return db.inTx(ctx, func(tx *gorm.DB) error {
		return tx.Model(commandRow{}).Where("account_id = ? AND id = ? AND state = ?", c.AccountID, c.ID, telephony.CommandSent).
			Updates(map[string]any{"state": c.State, "code": c.Code, "message": c.Message, "pbx_call_id": c.PBXCallID, "finished_at": db.now()}).Error
	})
}
