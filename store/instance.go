package store

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

type instanceRow struct {
	Name  string `gorm:"primaryKey"`
	Value string
}

func (instanceRow) TableName() string { return "instance" }

// Secret returns 32 random bytes that belong to this installation under a name; they are made at the first call and the same ever after, for
// all replicas.
func (db *DB) Secret(ctx context.Context, name string) ([]byte, error) {
	fresh := make([]byte, 32)
	_, _ = rand.Read(fresh)
	row := instanceRow{Name: "secret." + name, Value: hex.EncodeToString(fresh)}
	err := db.inTx(ctx, func(tx *gorm.DB) error {
		if err := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&row).Error; err != nil {
			return err
		}
		return tx.First(&row, "name = ?", row.Name).Error
	})
	if err != nil {
		return nil, fmt.Errorf("reading the installation's secret: %w", err)
	}
	return hex.DecodeString(row.Value)
}
