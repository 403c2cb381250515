package store

import (
	"context"

	"gorm.io/gorm"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/accounts"
)

type signInSessionRow struct {
	AccountID  int64 `gorm:"primaryKey;autoIncrement:false"`
	ID         int64 `gorm:"primaryKey;autoIncrement:false"`
	UserID     int64
	TokenHash  string
	IP         string
	UserAgent  string
	CreatedAt  int64 `gorm:"autoCreateTime:false"`
	LastSeenAt int64
	ExpiresAt  int64
}

func (signInSessionRow) TableName() string { return "sign_in_sessions" }

func (r signInSessionRow) session() accounts.SignInSession {
	return accounts.SignInSession{
		ID: core.SignInSessionID(r.ID), AccountID: core.AccountID(r.AccountID), UserID: core.UserID(r.UserID), IP: r.IP, UserAgent: r.UserAgent,
		CreatedAt: fromMillis(r.CreatedAt), LastSeenAt: fromMillis(r.LastSeenAt), ExpiresAt: fromMillis(r.ExpiresAt),
	}
}

// CreateSession implements accounts.SessionStore.
func (s *Accounts) CreateSession(ctx context.Context, session accounts.SignInSession, tokenHash string) error {
	row := signInSessionRow{
		AccountID: int64(session.AccountID), ID: int64(session.ID), UserID: int64(session.UserID), TokenHash: tokenHash,
		IP: session.IP, UserAgent: session.UserAgent,
		CreatedAt: millis(session.CreatedAt), LastSeenAt: millis(session.LastSeenAt), ExpiresAt: millis(session.ExpiresAt),
	}
	return s.db.inTx(ctx, func(tx *gorm.DB) error {
		if err := tx.Where("expires_at <= ?", row.CreatedAt).Delete(&signInSessionRow{}).Error; err != nil {
			return err
		}
		if err := tx.Create(&row).Error; err != nil {
			return err
		}
		return ofUser(tx.Model(&userRow{}), session.AccountID, session.UserID).Update("last_sign_in_at", row.CreatedAt).Error
	})
}

// SessionByHash implements accounts.SessionStore.
func (s *Accounts) SessionByHash(ctx context.Context, tokenHash string) (accounts.SignInSession, accounts.User, error) {
	var row struct {
		Session signInSessionRow `gorm:"embedded;embeddedPrefix:s_"`
		User    userRow          `gorm:"embedded;embeddedPrefix:u_"`
	}
	err := s.db.reader(ctx).Table("sign_in_sessions AS s").Joins("JOIN users AS u ON u.account_id = s.account_id AND u.id = s.user_id").
		Select("s.account_id AS s_account_id, s.id AS s_id, s.user_id AS s_user_id, s.ip AS s_ip, s.user_agent AS s_user_agent, "+
			"s.created_at AS s_created_at, s.last_seen_at AS s_last_seen_at, s.expires_at AS s_expires_at, "+userColumns).
		Where("s.token_hash = ? AND s.expires_at > ?", tokenHash, s.db.now()).Take(&row).Error
	if err != nil {
		return accounts.SignInSession{}, accounts.User{}, named("session", err)
	}
	return row.Session.session(), row.User.user(), nil
}

// userColumns are those of a user joined under the name u, for embedding with the prefix u_.
const userColumns = "u.account_id AS u_account_id, u.id AS u_id, u.email AS u_email, u.name AS u_name, u.role AS u_role, u.status AS u_status, " +
	"u.language AS u_language, u.created_at AS u_created_at, u.last_sign_in_at AS u_last_sign_in_at"

// TouchSession implements accounts.SessionStore.
func (s *Accounts) TouchSession(ctx context.Context, session accounts.SignInSession) error {
	return s.db.inTx(ctx, func(tx *gorm.DB) error {
		return tx.Model(&signInSessionRow{}).Where("account_id = ? AND id = ?", int64(session.AccountID), int64(session.ID)).Updates(map[string]any{
			"last_seen_at": millis(session.LastSeenAt), "expires_at": millis(session.ExpiresAt), "ip": session.IP, "user_agent": session.UserAgent,
		}).Error
	})
}

// Sessions implements accounts.SessionStore.
func (s *Accounts) Sessions(ctx context.Context, account core.AccountID, user core.UserID) ([]accounts.SignInSession, error) {
	var rows []signInSessionRow
	err := s.db.reader(ctx).Where("account_id = ? AND user_id = ? AND expires_at > ?", int64(account), int64(user), s.db.now()).
		Order("last_seen_at DESC, id DESC").Limit(1000).Find(&rows).Error
	if err != nil {
		return nil, translate(err)
	}
	sessions := make([]accounts.SignInSession, len(rows))
	for i, r := range rows {
		sessions[i] = r.session()
	}
	return sessions, nil
}

// DeleteSession implements accounts.SessionStore.
func (s *Accounts) DeleteSession(ctx context.Context, account core.AccountID, user core.UserID, id core.SignInSessionID) error {
	return s.db.inTx(ctx, func(tx *gorm.DB) error {
		done := tx.Where("account_id = ? AND user_id = ? AND id = ?", int64(account), int64(user), int64(id)).Delete(&signInSessionRow{})
		if done.Error == nil && done.RowsAffected == 0 {
			return core.NotFound("session")
		}
		return done.Error
	})
}
