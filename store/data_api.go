package store

import (
	"context"
	"time"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/accounts"
)

// AnyTokenByHash implements accounts.DataAPIStore.
func (s *Accounts) AnyTokenByHash(ctx context.Context, hash string) (accounts.Token, error) {
	var row tokenWithUser
	if err := s.tokens(ctx).Where("t.token_hash = ?", hash).Take(&row).Error; err != nil {
		return accounts.Token{}, named("token", err)
	}
	return row.token(), nil
}

// CreateDataAPISession implements accounts.DataAPIStore.
func (s *Accounts) CreateDataAPISession(ctx context.Context, session accounts.DataAPISession, hash string, forgetBefore time.Time) error {
	return s.db.inRawTx(ctx, func(tx conn) error {
		if _, err := tx.exec(ctx, `DELETE FROM data_api_sessions WHERE expires_at < $1`, millis(forgetBefore)); err != nil {
			return err
		}
		const q = `INSERT INTO data_api_sessions (account_id, user_id, token_hash, expires_at) VALUES ($1, $2, $3, $4)`
		_, err := tx.exec(ctx, q, int64(session.AccountID), int64(session.UserID), hash, millis(session.ExpiresAt))
		return err
	})
}

// DataAPISessionByHash implements accounts.DataAPIStore.
func (s *Accounts) DataAPISessionByHash(ctx context.Context, hash string) (accounts.DataAPISession, accounts.User, error) {
	var row struct {
		ExpiresAt int64
		User      userRow `gorm:"embedded;embeddedPrefix:u_"`
	}
	err := s.db.reader(ctx).Table("data_api_sessions AS s").Joins("JOIN users AS u ON u.account_id = s.account_id AND u.id = s.user_id").
		Select("s.expires_at AS expires_at, "+userColumns).Where("s.token_hash = ?", hash).Take(&row).Error
	if err != nil {
		return accounts.DataAPISession{}, accounts.User{}, named("session", err)
	}
	u := row.User.user()
	return accounts.DataAPISession{AccountID: u.AccountID, UserID: u.ID, ExpiresAt: fromMillis(row.ExpiresAt)}, u, nil
}

// DeleteDataAPISession implements accounts.DataAPIStore.
func (s *Accounts) DeleteDataAPISession(ctx context.Context, hash string) error {
	return s.db.inRawTx(ctx, func(tx conn) error {
		_, err := tx.exec(ctx, `DELETE FROM data_api_sessions WHERE token_hash = $1`, hash)
		return err
	})
}

// The spans in which points are counted, in the order in which their rows are taken.
const (
	spanDay    = "day"
	spanMinute = "minute"
)

// TakeDataAPIPoint implements accounts.DataAPIStore. Both counts go up first, which holds their rows against other replicas; whoever is over a
// limit then takes the points back.
func (s *Accounts) TakeDataAPIPoint(
	ctx context.Context, account core.AccountID, limits accounts.DataAPILimits, p accounts.DataAPIPoints,
) (spent accounts.DataAPIPoints, taken bool, err error) {
	err = s.db.inRawTx(ctx, func(tx conn) error {
		var err error
		if p.DaySpent, err = tx.addPoints(ctx, account, spanDay, p.DayStarted, 1); err != nil {
			return err
		}
		if p.MinuteSpent, err = tx.addPoints(ctx, account, spanMinute, p.MinuteStarted, 1); err != nil {
			return err
		}
		taken = (limits.Day <= 0 || p.DaySpent <= limits.Day) && (limits.Minute <= 0 || p.MinuteSpent <= limits.Minute)
		if taken {
			return nil
		}
		if p.DaySpent, err = tx.addPoints(ctx, account, spanDay, p.DayStarted, -1); err != nil {
			return err
		}
		p.MinuteSpent, err = tx.addPoints(ctx, account, spanMinute, p.MinuteStarted, -1)
		return err
	})
	return p, taken, err
}

// ReturnDataAPIPoint implements accounts.DataAPIStore.
func (s *Accounts) ReturnDataAPIPoint(ctx context.Context, account core.AccountID, p accounts.DataAPIPoints) error {
	return s.db.inRawTx(ctx, func(tx conn) error {
		if _, err := tx.addPoints(ctx, account, spanDay, p.DayStarted, -1); err != nil {
			return err
		}
		_, err := tx.addPoints(ctx, account, spanMinute, p.MinuteStarted, -1)
		return err
	})
}

func (c conn) addPoints(ctx context.Context, account core.AccountID, span string, started time.Time, n int) (total int, err error) {
	const q = `INSERT INTO data_api_points (account_id, span, started_at, points) VALUES ($1, $2, $3, $4)
ON CONFLICT (account_id, span, started_at) DO UPDATE SET points = data_api_points.points + excluded.points RETURNING points`
	err = c.queryRow(ctx, q, int64(account), span, millis(started), n).Scan(&total)
	return total, err
}

// AddDataAPICall implements accounts.DataAPIStore.
func (s *Accounts) AddDataAPICall(ctx context.Context, c accounts.DataAPICall) error {
	return s.db.inRawTx(ctx, func(tx conn) error {
		const q = `INSERT INTO data_api_calls (account_id, id, at, user_id, token_name, ip, method, points, error_code, mnemonic, error_text, duration_ms)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`
		_, err := tx.exec(ctx, q, int64(c.AccountID), c.ID, millis(c.At), int64(c.UserID), c.TokenName, c.IP, c.Method, c.Points,
			c.ErrorCode, c.Mnemonic, c.ErrorText, c.Duration.Milliseconds())
		return err
	})
}

// ForgetDataAPICalls implements accounts.DataAPIStore.
func (s *Accounts) ForgetDataAPICalls(ctx context.Context, before time.Time) error {
	return s.db.inRawTx(ctx, func(tx conn) error {
		if _, err := tx.exec(ctx, `DELETE FROM data_api_calls WHERE at < $1`, millis(before)); err != nil {
			return err
		}
		_, err := tx.exec(ctx, `DELETE FROM data_api_points WHERE started_at < $1`, millis(before))
		return err
	})
}

// DataAPICalls implements accounts.DataAPIStore.
func (s *Accounts) DataAPICalls(
	ctx context.Context, account core.AccountID, since time.Time, page core.PageRequest,
) (core.Page[accounts.DataAPICall], error) {
	w := &where{}
	w.and("account_id = ? AND at >= ?", int64(account), millis(since))
	if err := w.page("at", "id", false, page); err != nil {
		return core.Page[accounts.DataAPICall]{}, err
	}
	var list []accounts.DataAPICall
	q := `SELECT id, at, user_id, token_name, ip, method, points, error_code, mnemonic, error_text, duration_ms FROM data_api_calls WHERE ` + w.text.String()
	err := s.db.rawReader().query(ctx, q, w.args, func(row scanner) error {
		c := accounts.DataAPICall{AccountID: account}
		var at, ms, user int64
		err := row.Scan(&c.ID, &at, &user, &c.TokenName, &c.IP, &c.Method, &c.Points, &c.ErrorCode, &c.Mnemonic, &c.ErrorText, &ms)
		c.At, c.UserID, c.Duration = fromMillis(at), core.UserID(user), time.Duration(ms)*time.Millisecond
		list = append(list, c)
		return err
	})
	return paged(list, page.First, func(c accounts.DataAPICall) timeCursor { return timeCursor{millis(c.At), c.ID} }), err
}
