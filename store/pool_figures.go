package store

import (
	"context"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/calltracking"
)

// PoolFigures implements calltracking.Store.
func (db *DB) PoolFigures(ctx context.Context, account core.AccountID, pool core.PoolID, from, to core.Date) (calltracking.PoolFigures, error) {
	c := db.rawReader()
	var f calltracking.PoolFigures
	if _, err := c.pool(ctx, account, pool); err != nil {
		return f, err
	}
	now, err := db.leaseNow(ctx, c)
	if err != nil {
		return f, err
	}
	a, p := int64(account), int64(pool)
	q := `SELECT (SELECT COUNT(*) FROM virtual_numbers n WHERE ` + lendable + ` AND NOT n.is_overflow), (SELECT COUNT(*) FROM virtual_numbers n WHERE ` + lendable + ` AND n.is_overflow),
  (SELECT COUNT(DISTINCT number_id) FROM number_leases WHERE account_id = $1 AND pool_id = $2 AND released_at IS NULL AND hold_until > $3),
  (SELECT COUNT(*) FROM number_leases WHERE account_id = $1 AND pool_id = $2 AND released_at IS NULL AND hold_until > $3)`
	if err := c.queryRow(ctx, q, a, p, now).Scan(&f.Numbers, &f.OverflowNumbers, &f.Held, &f.Visits); err != nil {
		return f, translate(err)
	}
	q = `SELECT day, leases, overflowed, refused, peak FROM pool_days WHERE account_id = $1 AND pool_id = $2 AND day BETWEEN $3 AND $4 ORDER BY day`
	err = c.query(ctx, q, []any{a, p, from.Number(), to.Number()}, func(row scanner) error {
		var d calltracking.PoolDay
		var day int
		err := row.Scan(&day, &d.Leases, &d.Overflowed, &d.Refused, &d.Peak)
		d.Day = core.DateOf(startOfDay(day))
		f.Days = append(f.Days, d)
		return err
	})
	if err != nil {
		return f, err
	}
	q = `SELECT COUNT(*), COALESCE(SUM(CASE WHEN c.attribution = 'ambiguous' THEN 1 ELSE 0 END), 0) FROM calls c
JOIN virtual_numbers n ON n.account_id = c.account_id AND n.id = c.number_id
WHERE c.account_id = $1 AND n.pool_id = $2 AND n.pool_id <> 0 AND c.direction = 'in' AND c.started_at >= $3 AND c.started_at < $4`
	if err := c.queryRow(ctx, q, a, p, millis(startOfDay(from.Number())), millis(startOfDay(to.Number()+1))).Scan(&f.Calls, &f.Ambiguous); err != nil {
		return f, translate(err)
	}
	f.Recommended, err = c.recommendedSize(ctx, account, pool, now)
	return f, err
}

// recommendedSize looks at how many visits held a number at once lately.
func (c conn) recommendedSize(ctx context.Context, account core.AccountID, pool core.PoolID, now int64) (int, error) {
	since := now - calltracking.RecommendedDays*24*3600*1000
	var spans []calltracking.Span
	q := `SELECT started_at, COALESCE(released_at, hold_until) FROM number_leases WHERE account_id = $1 AND pool_id = $2 AND started_at >= $3`
	err := c.query(ctx, q, []any{int64(account), int64(pool), since}, func(row scanner) error {
		var start, end int64
		err := row.Scan(&start, &end)
		spans = append(spans, calltracking.Span{From: fromMillis(start), To: fromMillis(min(end, now))})
		return err
	})
	busy := calltracking.BusyHolders(spans, 0.99)
	if err != nil || busy == 0 {
		return 0, err
	}
	return busy + 1, nil
}
