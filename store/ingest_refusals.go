package store

import (
	"context"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/visits"
)

// purgeLimit is how many old refusals one statement removes, so that other writers need not wait.
const purgeLimit = 1000

// Refused reads those of the refusals that were not counted yet, oldest first.
func (db *DB) Refused(ctx context.Context, account core.AccountID, ids []core.RefusalID) ([]visits.Refusal, error) {
	var out []visits.Refusal
	err := db.rawReader().query(ctx, `SELECT id, site_id, at, reason, ip, user_agent, url, referrer, params FROM refusals
		WHERE account_id = $1 AND id {in $2} AND reincluded_at IS NULL ORDER BY at, id`,
		[]any{int64(account), idsArg(db.Engine, ids)}, func(rows scanner) error {
			r := visits.Refusal{AccountID: account}
			var at int64
			err := rows.Scan(&r.ID, &r.SiteID, &at, &r.Reason, &r.IP, &r.UserAgent, &r.URL, &r.Referrer, &r.Params)
			r.At = fromMillis(at)
			out = append(out, r)
			return err
		})
	return out, err
}

// MarkReincluded notes that refusals are counted now.
func (db *DB) MarkReincluded(ctx context.Context, account core.AccountID, ids []core.RefusalID) error {
	return db.inRawTx(ctx, func(tx conn) error {
		_, err := tx.exec(ctx, "UPDATE refusals SET reincluded_at = $1 WHERE account_id = $2 AND id {in $3}", db.now(), int64(account), idsArg(db.Engine, ids))
		return err
	})
}

// PurgeRefusals removes refusals older than visits.RefusalRetention and returns how many those were.
func (db *DB) PurgeRefusals(ctx context.Context) (int64, error) {
	before := db.now() - visits.RefusalRetention.Milliseconds()
	var removed int64
	for {
		var n int64
		err := db.inRawTx(ctx, func(tx conn) (err error) {
			n, err = tx.exec(ctx, "DELETE FROM refusals WHERE (account_id, id) IN (SELECT account_id, id FROM refusals WHERE at < $1 LIMIT $2)", before, purgeLimit)
			return err
		})
		if removed += n; err != nil || n < purgeLimit {
			return removed, err
		}
	}
}
