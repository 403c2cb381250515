package store

import (
	"context"
	"time"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/visits"
)

// Refusals implements visits.Reader.
func (db *DB) Refusals(ctx context.Context, account core.AccountID, q visits.RefusalQuery, page core.PageRequest) (core.Page[visits.Refusal], error) {
	w := &where{}
	w.and("r.account_id = ?", account)
	if q.SiteID != 0 {
		w.and("r.site_id = ?", q.SiteID)
	}
	if q.Reason != "" {
		w.and("r.reason = ?", string(q.Reason))
	}
	if err := w.page("r.at", "r.id", false, page); err != nil {
		return core.Page[visits.Refusal]{}, err
	}
	var list []visits.Refusal
	sql := `SELECT r.id, r.site_id, r.at, r.reason, r.ip, r.user_agent, r.url, r.referrer, r.params, r.reincluded_at FROM refusals r WHERE ` + w.text.String()
	err := db.rawReader().query(ctx, sql, w.args, func(row scanner) error {
		r := visits.Refusal{AccountID: account}
		var at int64
		var reincluded *int64
		err := row.Scan(&r.ID, &r.SiteID, &at, &r.Reason, &r.IP, &r.UserAgent, &r.URL, &r.Referrer, &r.Params, &reincluded)
		r.At, r.ReincludedAt = fromMillis(at), fromMillisPtr(reincluded)
		list = append(list, r)
		return err
	})
	return paged(list, page.First, func(r visits.Refusal) timeCursor { return timeCursor{millis(r.At), int64(r.ID)} }), err
}

// RefusalCounts implements visits.Reader.
func (db *DB) RefusalCounts(ctx context.Context, account core.AccountID, site core.SiteID, since time.Time) ([]visits.RefusalCount, error) {
	w := &where{}
	w.and("account_id = ? AND at >= ?", account, millis(since))
	if site != 0 {
		w.and("site_id = ?", site)
	}
	var list []visits.RefusalCount
	err := db.rawReader().query(ctx, `SELECT reason, COUNT(*) FROM refusals WHERE `+w.text.String()+` GROUP BY reason ORDER BY COUNT(*) DESC, reason`, w.args, func(row scanner) error {
		var c visits.RefusalCount
		err := row.Scan(&c.Reason, &c.Count)
		list = append(list, c)
		return err
	})
	return list, err
}
