package store

import (
	"context"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/accounts"
)

// Accounts keeps accounts, users, sign-in sessions and API tokens. It implements accounts.Store.
type Accounts struct{ db *DB }

// Accounts returns the part of the store about accounts and users.
func (db *DB) Accounts() *Accounts { return &Accounts{db} }

var _ accounts.Store = (*Accounts)(nil)

// setupHashName is the row of table instance that holds the hash of the set-up token.
const setupHashName = "setup_token_hash"

type accountRow struct {
	ID        int64 `gorm:"primaryKey;autoIncrement:false"`
	Name      string
	Timezone  string
	Currency  string
	AppKey    string
	CreatedAt int64 `gorm:"autoCreateTime:false"`
}

func (accountRow) TableName() string { return "accounts" }

func newAccountRow(a accounts.Account) accountRow {
	return accountRow{ID: int64(a.ID), Name: a.Name, Timezone: a.Timezone, Currency: a.Currency, AppKey: a.AppKey, CreatedAt: millis(a.CreatedAt)}
}

func (r accountRow) account() accounts.Account {
	return accounts.Account{
		ID: core.AccountID(r.ID), Name: r.Name, Timezone: r.Timezone, Currency: r.Currency, AppKey: r.AppKey, CreatedAt: fromMillis(r.CreatedAt),
	}
}

// HasAccounts implements accounts.AccountStore.
func (s *Accounts) HasAccounts(ctx context.Context) (bool, error) {
	has, err := hasAccounts(s.db.reader(ctx))
	return has, translate(err)
}

func hasAccounts(tx *gorm.DB) (bool, error) {
	var ids []int64
	err := tx.Model(&accountRow{}).Limit(1).Pluck("id", &ids).Error
	return len(ids) > 0, err
}

// PutSetupHash implements accounts.AccountStore.
func (s *Accounts) PutSetupHash(ctx context.Context, hash string) error {
	return s.db.inTx(ctx, func(tx *gorm.DB) error {
		if has, err := hasAccounts(tx); err != nil || has {
			return err
		}
		row := instanceRow{Name: setupHashName, Value: hash}
		return tx.Clauses(clause.OnConflict{Columns: []clause.Column{{Name: "name"}}, DoUpdates: clause.AssignmentColumns([]string{"value"})}).Create(&row).Error
	})
}

// HasSetupHash implements accounts.AccountStore.
func (s *Accounts) HasSetupHash(ctx context.Context, hash string) (bool, error) {
	var n int64
	err := s.db.reader(ctx).Model(&instanceRow{}).Where("name = ? AND value = ?", setupHashName, hash).Count(&n).Error
	return n == 1, translate(err)
}

// CreateAccount implements accounts.AccountStore.
func (s *Accounts) CreateAccount(ctx context.Context, account accounts.Account, owner accounts.User, passwordHash, setupHash string) error {
	return s.db.inTx(ctx, func(tx *gorm.DB) error {
		if err := endSetup(tx, setupHash); err != nil {
			return err
		}
		row := newAccountRow(account)
		if err := tx.Create(&row).Error; err != nil {
			return err
		}
		user := newUserRow(owner)
		user.PasswordHash = passwordHash
		if err := createUser(tx, &user); err != nil {
			return err
		}
		return bumpConfigVersion(tx)
	})
}

// endSetup deletes the set-up link. Of several transactions with its hash only one finds the row to delete.
func endSetup(tx *gorm.DB, setupHash string) error {
	if setupHash == "" {
		return tx.Where("name = ?", setupHashName).Delete(&instanceRow{}).Error
	}
	done := tx.Where("name = ? AND value = ?", setupHashName, setupHash).Delete(&instanceRow{})
	if done.Error == nil && done.RowsAffected == 0 {
		return core.E(core.KindConflict, "the set-up link was used already").WithReason("link_used").WithField("token")
	}
	return done.Error
}

// Account implements accounts.AccountStore.
func (s *Accounts) Account(ctx context.Context, id core.AccountID) (accounts.Account, error) {
	var row accountRow
	if err := s.db.reader(ctx).Take(&row, "id = ?", int64(id)).Error; err != nil {
		return accounts.Account{}, named("account", err)
	}
	return row.account(), nil
}

// UpdateAccount implements accounts.AccountStore.
func (s *Accounts) UpdateAccount(ctx context.Context, id core.AccountID, change func(*accounts.Account) error) (accounts.Account, error) {
	var a accounts.Account
	err := s.db.inTx(ctx, func(tx *gorm.DB) error {
		row, err := lockAccount(tx, id)
		if err != nil {
			return err
		}
		a = row.account()
		if err := change(&a); err != nil {
			return err
		}
		err = tx.Model(&accountRow{}).Where("id = ?", row.ID).Updates(map[string]any{"name": a.Name, "timezone": a.Timezone, "currency": a.Currency}).Error
		if err != nil {
			return err
		}
		return bumpConfigVersion(tx)
	})
	return a, named("account", err)
}

// lockAccount reads the account and lets no other transaction change it, or its users, before this one ends.
func lockAccount(tx *gorm.DB, id core.AccountID) (accountRow, error) {
	var row accountRow
	err := tx.Clauses(clause.Locking{Strength: clause.LockingStrengthUpdate}).Take(&row, "id = ?", int64(id)).Error
	return row, err
}

// named gives "not found" the name of the thing.
func named(what string, err error) error {
	err = translate(err)
	if core.KindOf(err) == core.KindNotFound {
		return core.NotFound(what)
	}
	return err
}
