package store

import (
	"context"
	"database/sql"
	"time"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/calltracking"
)

var _ calltracking.NightlyStore = (*DB)(nil)

const leaseColumns = `l.id, l.pool_id, l.number_id, l.visitor_id, l.session_id, l.started_at, l.last_seen_at, l.hold_until, l.released_at, l.is_shared, l.ambiguous_from,
  l.shown_at, l.tel_click_at, l.page_url`

// scanLease reads a loan, and what comes after its columns.
func scanLease(row scanner, account core.AccountID, more ...any) (calltracking.Lease, error) {
	l := calltracking.Lease{AccountID: account}
	var started, seen, until int64
	var released, marked, shown, clicked sql.NullInt64
	err := row.Scan(append([]any{
		&l.ID, &l.PoolID, &l.NumberID, &l.VisitorID, &l.SessionID, &started, &seen, &until, &released, &l.IsShared, &marked,
		&shown, &clicked, &l.PageURL,
	}, more...)...)
	l.StartedAt, l.LastSeenAt, l.HoldUntil = fromMillis(started), fromMillis(seen), fromMillis(until)
	l.ReleasedAt, l.AmbiguousFrom, l.ShownAt, l.TelClickAt = nullTime(released), nullTime(marked), nullTime(shown), nullTime(clicked)
	return l, err
}

func nullTime(ms sql.NullInt64) *time.Time {
	if !ms.Valid {
		return nil
	}
	return fromMillisPtr(&ms.Int64)
}

// PoolAccounts implements calltracking.NightlyStore.
func (db *DB) PoolAccounts(ctx context.Context) ([]core.AccountID, error) {
	var out []core.AccountID
	err := db.rawReader().query(ctx, `SELECT DISTINCT account_id FROM virtual_numbers ORDER BY account_id`, nil, func(row scanner) error {
		var id core.AccountID
		err := row.Scan(&id)
		out = append(out, id)
		return err
	})
	return out, err
}

// CheckLeases implements calltracking.NightlyStore. An open loan whose time is over counts up to its end.
func (db *DB) CheckLeases(ctx context.Context, account core.AccountID, within time.Duration) (found []calltracking.Violation, err error) {
	err = db.inRawTx(ctx, func(tx conn) error {
		if tx.engine == Postgres { // loans and numbers of one moment
			if _, err := tx.exec(ctx, `SET TRANSACTION ISOLATION LEVEL REPEATABLE READ`); err != nil {
				return err
			}
		}
		found, err = db.checkLeases(ctx, tx, account, within)
		return err
	})
	return found, err
}

func (db *DB) checkLeases(ctx context.Context, tx conn, account core.AccountID, within time.Duration) ([]calltracking.Violation, error) {
	now, err := db.leaseNow(ctx, tx)
	if err != nil {
		return nil, err
	}
	var leases []calltracking.Lease
	q := `SELECT ` + leaseColumns + ` FROM number_leases l WHERE l.account_id = $1 AND (l.released_at IS NULL OR l.released_at > $2)`
	err = tx.query(ctx, q, []any{int64(account), now - within.Milliseconds()}, func(row scanner) error {
		l, err := scanLease(row, account)
		leases = append(leases, l)
		return err
	})
	if err != nil {
		return nil, err
	}
	numbers := make(map[core.VirtualNumberID]calltracking.CheckedNumber)
	q = `SELECT n.id, n.usage, n.pool_id, n.campaign_id, n.is_overflow, COALESCE(p.overflow, '') FROM virtual_numbers n
LEFT JOIN number_pools p ON p.account_id = n.account_id AND p.id = n.pool_id AND p.deleted_at IS NULL WHERE n.account_id = $1`
	err = tx.query(ctx, q, []any{int64(account)}, func(row scanner) error {
		var id core.VirtualNumberID
		var n calltracking.CheckedNumber
		err := row.Scan(&id, &n.Usage, &n.PoolID, &n.CampaignID, &n.IsOverflow, &n.Overflow)
		numbers[id] = n
		return err
	})
	if err != nil {
		return nil, err
	}
	found := calltracking.Check(leases, numbers)
	for i := range found {
		found[i].AccountID = account
	}
	return found, nil
}

// TidyLeases implements calltracking.NightlyStore.
func (db *DB) TidyLeases(ctx context.Context, account core.AccountID) (removed int64, err error) {
	err = db.inRawTx(ctx, func(tx conn) error {
		s, err := tx.calltrackingSettings(ctx, account)
		if err != nil {
			return err
		}
		now, err := db.leaseNow(ctx, tx)
		if err != nil {
			return err
		}
		_, err = tx.exec(ctx, `UPDATE virtual_numbers SET state = 'active', quarantine_until = 0 WHERE account_id = $1 AND state = 'quarantine' AND quarantine_until <= $2`,
			int64(account), now)
		if err != nil {
			return err
		}
		removed, err = tx.exec(ctx, `DELETE FROM number_leases WHERE account_id = $1 AND released_at < $2`, int64(account),
			now-(time.Duration(s.HorizonDays)*24*time.Hour).Milliseconds())
		return err
	})
	return removed, err
}
