package store

import (
	"context"
	"strings"
	"time"

	"gorm.io/gorm"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/accounts"
)

type apiTokenRow struct {
	AccountID  int64 `gorm:"primaryKey;autoIncrement:false"`
	ID         int64 `gorm:"primaryKey;autoIncrement:false"`
	UserID     int64
	Name       string
	Prefix     string
	TokenHash  string
	Scopes     string
	CreatedAt  int64 `gorm:"autoCreateTime:false"`
	ExpiresAt  *int64
	LastUsedAt *int64
}

func (apiTokenRow) TableName() string { return "api_tokens" }

// tokenWithUser is a token joined with its user.
type tokenWithUser struct {
	Token apiTokenRow `gorm:"embedded;embeddedPrefix:t_"`
	User  userRow     `gorm:"embedded;embeddedPrefix:u_"`
}

func (r tokenWithUser) token() accounts.Token {
	t := accounts.Token{
		ID: core.TokenID(r.Token.ID), AccountID: core.AccountID(r.Token.AccountID), Name: r.Token.Name, Prefix: r.Token.Prefix, User: r.User.user(),
		CreatedAt: fromMillis(r.Token.CreatedAt), ExpiresAt: fromMillisPtr(r.Token.ExpiresAt), LastUsedAt: fromMillisPtr(r.Token.LastUsedAt),
	}
	for word := range strings.FieldsSeq(r.Token.Scopes) {
		t.Scopes = append(t.Scopes, accounts.Scope(word))
	}
	return t
}

// CreateToken implements accounts.TokenStore.
func (s *Accounts) CreateToken(ctx context.Context, t accounts.Token, hash string) error {
	words := make([]string, len(t.Scopes))
	for i, scope := range t.Scopes {
		words[i] = string(scope)
	}
	row := apiTokenRow{
		AccountID: int64(t.AccountID), ID: int64(t.ID), UserID: int64(t.User.ID), Name: t.Name, Prefix: t.Prefix, TokenHash: hash,
		Scopes: strings.Join(words, " "), CreatedAt: millis(t.CreatedAt), ExpiresAt: millisPtr(t.ExpiresAt), LastUsedAt: millisPtr(t.LastUsedAt),
	}
	return s.db.inTx(ctx, func(tx *gorm.DB) error { return tx.Create(&row).Error })
}

func (s *Accounts) tokens(ctx context.Context) *gorm.DB {
	return s.db.reader(ctx).Table("api_tokens AS t").Joins("JOIN users AS u ON u.account_id = t.account_id AND u.id = t.user_id").
		Select("t.account_id AS t_account_id, t.id AS t_id, t.user_id AS t_user_id, t.name AS t_name, t.prefix AS t_prefix, t.scopes AS t_scopes, " +
			"t.created_at AS t_created_at, t.expires_at AS t_expires_at, t.last_used_at AS t_last_used_at, " + userColumns)
}

// TokenByHash implements accounts.TokenStore.
func (s *Accounts) TokenByHash(ctx context.Context, hash string) (accounts.Token, error) {
	var row tokenWithUser
	err := s.tokens(ctx).Where("t.token_hash = ? AND (t.expires_at IS NULL OR t.expires_at > ?)", hash, s.db.now()).Take(&row).Error
	if err != nil {
		return accounts.Token{}, named("token", err)
	}
	return row.token(), nil
}

// TouchToken implements accounts.TokenStore.
func (s *Accounts) TouchToken(ctx context.Context, account core.AccountID, id core.TokenID, at time.Time) error {
	return s.db.inTx(ctx, func(tx *gorm.DB) error {
		return tx.Model(&apiTokenRow{}).Where("account_id = ? AND id = ?", int64(account), int64(id)).Update("last_used_at", millis(at)).Error
	})
}

// Tokens implements accounts.TokenStore.
func (s *Accounts) Tokens(ctx context.Context, account core.AccountID, user core.UserID) ([]accounts.Token, error) {
	q := s.tokens(ctx).Where("t.account_id = ?", int64(account))
	if user != 0 {
		q = q.Where("t.user_id = ?", int64(user))
	}
	var rows []tokenWithUser
	if err := q.Order("t.id DESC").Find(&rows).Error; err != nil {
		return nil, translate(err)
	}
	tokens := make([]accounts.Token, len(rows))
	for i, r := range rows {
		tokens[i] = r.token()
	}
	return tokens, nil
}

// DeleteToken implements accounts.TokenStore.
func (s *Accounts) DeleteToken(ctx context.Context, account core.AccountID, user core.UserID, id core.TokenID) error {
	return s.db.inTx(ctx, func(tx *gorm.DB) error {
		q := tx.Where("account_id = ? AND id = ?", int64(account), int64(id))
		if user != 0 {
			q = q.Where("user_id = ?", int64(user))
		}
		done := q.Delete(&apiTokenRow{})
		if done.Error == nil && done.RowsAffected == 0 {
			return core.NotFound("token")
		}
		return done.Error
	})
}
