package store

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/accounts"
)

type userRow struct {
	AccountID           int64 `gorm:"primaryKey;autoIncrement:false"`
	ID                  int64 `gorm:"primaryKey;autoIncrement:false"`
	Email               string
	Name                string
	Role                int16
	Status              string
	Language            string
	PasswordHash        string
	InvitationHash      string
	InvitationExpiresAt *int64
	CreatedAt           int64 `gorm:"autoCreateTime:false"`
	LastSignInAt        *int64
}

func (userRow) TableName() string { return "users" }

func newUserRow(u accounts.User) userRow {
	return userRow{
		AccountID: int64(u.AccountID), ID: int64(u.ID), Email: string(u.Email), Name: u.Name, Role: int16(u.Role), Status: string(u.Status),
		Language: string(u.Language), CreatedAt: millis(u.CreatedAt), LastSignInAt: millisPtr(u.LastSignInAt),
	}
}

func (r userRow) user() accounts.User {
	return accounts.User{
		ID: core.UserID(r.ID), AccountID: core.AccountID(r.AccountID), Name: r.Name, Email: core.Email(r.Email), Role: accounts.Role(r.Role),
		Status: accounts.Status(r.Status), Language: accounts.Language(r.Language), CreatedAt: fromMillis(r.CreatedAt), LastSignInAt: fromMillisPtr(r.LastSignInAt),
	}
}

func createUser(tx *gorm.DB, row *userRow) error {
	err := translate(tx.Create(row).Error)
	if core.KindOf(err) == core.KindConflict {
		return core.E(core.KindConflict, "somebody with this e-mail is here already").WithReason("email_taken").WithField("email")
	}
	return err
}

// ofUser narrows a statement to one user of the account.
func ofUser(tx *gorm.DB, account core.AccountID, id core.UserID) *gorm.DB {
	return tx.Where("account_id = ? AND id = ?", int64(account), int64(id))
}

// User implements accounts.UserStore.
func (s *Accounts) User(ctx context.Context, account core.AccountID, id core.UserID) (accounts.User, error) {
	var row userRow
	if err := ofUser(s.db.reader(ctx), account, id).Take(&row).Error; err != nil {
		return accounts.User{}, named("user", err)
	}
	return row.user(), nil
}

// Users implements accounts.UserStore.
func (s *Accounts) Users(ctx context.Context, account core.AccountID) ([]accounts.User, error) {
	var rows []userRow
	if err := s.db.reader(ctx).Where("account_id = ?", int64(account)).Find(&rows).Error; err != nil {
		return nil, translate(err)
	}
	slices.SortFunc(rows, func(a, b userRow) int { // the engines do not agree on the order of letters
		return cmp.Or(strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)), strings.Compare(a.Email, b.Email))
	})
	users := make([]accounts.User, len(rows))
	for i, r := range rows {
		users[i] = r.user()
	}
	return users, nil
}

// ChangeUser implements accounts.UserStore.
func (s *Accounts) ChangeUser(ctx context.Context, account core.AccountID, id core.UserID, change func(*accounts.User, int) error) (accounts.User, error) {
	var u accounts.User
	err := s.db.inTx(ctx, func(tx *gorm.DB) error {
		row, otherOwners, err := lockUser(tx, account, id)
		if err != nil {
			return err
		}
		u = row.user()
		if err := change(&u, otherOwners); err != nil {
			return err
		}
		fields := map[string]any{"name": u.Name, "role": int16(u.Role), "status": string(u.Status), "language": string(u.Language)}
		if err := ofUser(tx.Model(&userRow{}), account, id).Updates(fields).Error; err != nil || u.Status == accounts.StatusActive {
			return err
		}
		return tx.Where("account_id = ? AND user_id = ?", int64(account), int64(id)).Delete(&signInSessionRow{}).Error
	})
	return u, named("user", err)
}

// DeleteUser implements accounts.UserStore.
func (s *Accounts) DeleteUser(ctx context.Context, account core.AccountID, id core.UserID, allowed func(accounts.User, int) error) error {
	return named("user", s.db.inTx(ctx, func(tx *gorm.DB) error {
		row, otherOwners, err := lockUser(tx, account, id)
		if err != nil {
			return err
		}
		if err := allowed(row.user(), otherOwners); err != nil {
			return err
		}
		const forget = `UPDATE employees SET user_id = 0 WHERE account_id = ? AND user_id = ?`
		if err := tx.Exec(forget, int64(account), int64(id)).Error; err != nil {
			return err
		}
		return ofUser(tx, account, id).Delete(&userRow{}).Error
	}))
}

// lockUser reads a user and counts the other active owners; the lock on the account keeps both true until the transaction ends.
func lockUser(tx *gorm.DB, account core.AccountID, id core.UserID) (row userRow, otherOwners int, err error) {
	if _, err := lockAccount(tx, account); err != nil {
		return row, 0, err
	}
	if err := ofUser(tx, account, id).Take(&row).Error; err != nil {
		return row, 0, err
	}
	var n int64
	err = tx.Model(&userRow{}).Where("account_id = ? AND id <> ? AND role = ? AND status = ?",
		int64(account), int64(id), int16(accounts.RoleOwner), string(accounts.StatusActive)).Count(&n).Error
	return row, int(n), err
}

// CredentialsByEmail implements accounts.CredentialStore.
func (s *Accounts) CredentialsByEmail(ctx context.Context, email core.Email) (accounts.Credentials, error) {
	return credentials(s.db.reader(ctx).Where("email = ?", string(email)))
}

// Credentials implements accounts.CredentialStore.
func (s *Accounts) Credentials(ctx context.Context, account core.AccountID, id core.UserID) (accounts.Credentials, error) {
	return credentials(ofUser(s.db.reader(ctx), account, id))
}

func credentials(q *gorm.DB) (accounts.Credentials, error) {
	var row userRow
	if err := q.Take(&row).Error; err != nil {
		return accounts.Credentials{}, named("user", err)
	}
	return accounts.Credentials{User: row.user(), PasswordHash: row.PasswordHash}, nil
}

// SetPasswordHash implements accounts.CredentialStore.
func (s *Accounts) SetPasswordHash(ctx context.Context, account core.AccountID, id core.UserID, hash string, endOthers bool, keep core.SignInSessionID) error {
	return s.db.inTx(ctx, func(tx *gorm.DB) error {
		done := ofUser(tx.Model(&userRow{}), account, id).Update("password_hash", hash)
		if done.Error != nil {
			return done.Error
		}
		if done.RowsAffected == 0 {
			return core.NotFound("user")
		}
		if !endOthers {
			return nil
		}
		if err := tx.Exec("DELETE FROM data_api_sessions WHERE account_id = ? AND user_id = ?", int64(account), int64(id)).Error; err != nil {
			return err
		}
		return tx.Where("account_id = ? AND user_id = ? AND id <> ?", int64(account), int64(id), int64(keep)).Delete(&signInSessionRow{}).Error
	})
}

// CreateInvited implements accounts.InvitationStore.
func (s *Accounts) CreateInvited(ctx context.Context, u accounts.User, hash string, expiresAt time.Time) error {
	row := newUserRow(u)
	row.InvitationHash, row.InvitationExpiresAt = hash, millisPtr(&expiresAt)
	return s.db.inTx(ctx, func(tx *gorm.DB) error { return createUser(tx, &row) })
}

// RenewInvitation implements accounts.InvitationStore.
func (s *Accounts) RenewInvitation(ctx context.Context, account core.AccountID, id core.UserID, hash string, expiresAt time.Time) (accounts.User, error) {
	var row userRow
	err := s.db.inTx(ctx, func(tx *gorm.DB) error {
		if err := ofUser(tx, account, id).Take(&row).Error; err != nil {
			return err
		}
		done := ofUser(tx.Model(&userRow{}), account, id).Where("status = ?", string(accounts.StatusInvited)).
			Updates(map[string]any{"invitation_hash": hash, "invitation_expires_at": millis(expiresAt)})
		if done.Error == nil && done.RowsAffected == 0 {
			return core.E(core.KindConflict, "this user has accepted the invitation already").WithReason("not_invited")
		}
		return done.Error
	})
	if err != nil {
		return accounts.User{}, named("user", err)
	}
	return row.user(), nil
}

// openInvitation narrows a statement to the invited user of a link that has not ended.
func (s *Accounts) openInvitation(tx *gorm.DB, hash string) *gorm.DB {
	return tx.Where("users.invitation_hash = ? AND users.invitation_hash <> '' AND users.status = ? AND users.invitation_expires_at > ?",
		hash, string(accounts.StatusInvited), s.db.now())
}

// Invitation implements accounts.InvitationStore.
func (s *Accounts) Invitation(ctx context.Context, hash string) (accounts.Invitation, error) {
	var row struct {
		User        userRow `gorm:"embedded"`
		AccountName string
	}
	q := s.db.reader(ctx).Table("users").Select("users.*, accounts.name AS account_name").Joins("JOIN accounts ON accounts.id = users.account_id")
	if err := s.openInvitation(q, hash).Take(&row).Error; err != nil {
		return accounts.Invitation{}, named("invitation", err)
	}
	return accounts.Invitation{User: row.User.user(), AccountName: row.AccountName, ExpiresAt: fromMillis(*row.User.InvitationExpiresAt)}, nil
}

// AcceptInvitation implements accounts.InvitationStore. The update is the lock: of simultaneous calls one changes the row.
func (s *Accounts) AcceptInvitation(ctx context.Context, hash string, a accounts.Acceptance) (accounts.User, error) {
	var row userRow
	err := s.db.inTx(ctx, func(tx *gorm.DB) error {
		if err := s.openInvitation(tx, hash).Take(&row).Error; err != nil {
			return err
		}
		row.Name, row.Status = a.Name, string(accounts.StatusActive)
		if a.Language != "" {
			row.Language = string(a.Language)
		}
		done := s.openInvitation(tx.Model(&userRow{}), hash).Updates(map[string]any{
			"name": row.Name, "status": row.Status, "language": row.Language, "password_hash": a.PasswordHash,
			"invitation_hash": "", "invitation_expires_at": nil,
		})
		if done.Error == nil && done.RowsAffected == 0 {
			return core.NotFound("invitation")
		}
		return done.Error
	})
	if err != nil {
		return accounts.User{}, named("invitation", err)
	}
	return row.user(), nil
}
