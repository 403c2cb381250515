package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/visits"
)

// liveSQL goes by the start of sessions, for which there is an index: $1 account, $2 site, $3 active since, $4 started since, $5 how many.
const liveSQL = `
SELECT r.visitor_id, r.id, v.name, v.has_contacts, r.started_at, r.last_activity_at, r.hit_count, COALESCE(xp.value, ''), COALESCE(xt.value, ''),
  COALESCE(rf.value, ''), r.traffic_id, r.device_type, r.browser, r.os, r.language, r.screen, r.ip, r.country, r.region, r.city
FROM sessions r
JOIN visitors v ON v.account_id = r.account_id AND v.id = r.visitor_id AND v.last_session_id = r.id
LEFT JOIN dimensions xp ON xp.account_id = r.account_id AND xp.id = r.exit_page_id
LEFT JOIN dimensions xt ON xt.account_id = r.account_id AND xt.id = r.exit_title_id AND r.exit_title_id <> 0
LEFT JOIN dimensions rf ON rf.account_id = r.account_id AND rf.id = r.referrer_id AND r.referrer_id <> 0
WHERE r.account_id = $1 AND r.site_id = $2 AND r.started_at >= $4 AND r.last_activity_at >= $3
ORDER BY r.last_activity_at DESC, r.id DESC LIMIT $5`

type liveRow struct {
	visits.Live
	traffic  core.TrafficID
	referrer string
}

// Live implements visits.Reader.
func (db *DB) Live(ctx context.Context, account core.AccountID, site core.SiteID, since time.Time) ([]visits.Live, error) {
	if err := db.checkSite(ctx, account, site); err != nil {
		return nil, err
	}
	var rows []liveRow
	var traffic []core.TrafficID
	args := []any{account, site, millis(since), millis(since.Add(-longestSession)), visits.MaxLive}
	err := db.rawReader().query(ctx, liveSQL, args, func(row scanner) error {
		var r liveRow
		var started, active int64
		c := &r.Client
		err := row.Scan(&r.VisitorID, &r.SessionID, &r.Name, &r.HasContacts, &started, &active, &r.HitCount, &r.PageURL, &r.PageTitle,
			&r.referrer, &r.traffic, &c.DeviceType, &c.Browser, &c.OS, &c.Language, &c.Screen, &c.IP, &c.Country, &c.Region, &c.City)
		r.StartedAt, r.LastActivityAt = fromMillis(started), fromMillis(active)
		rows, traffic = append(rows, r), append(traffic, r.traffic)
		return err
	})
	if err != nil {
		return nil, err
	}
	known, err := db.trafficSources(ctx, account, traffic)
	list := make([]visits.Live, len(rows))
	for i, r := range rows {
		list[i] = r.Live
		list[i].Source = known.of(r.traffic, r.referrer)
	}
	return list, err
}

func (db *DB) checkSite(ctx context.Context, account core.AccountID, site core.SiteID) error {
	var one int
	err := db.rawReader().queryRow(ctx, `SELECT 1 FROM sites WHERE account_id = $1 AND id = $2 AND deleted_at IS NULL`, account, site).Scan(&one)
	if errors.Is(err, sql.ErrNoRows) {
		return core.NotFound("site")
	}
	return translate(err)
}
