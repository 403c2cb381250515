package main

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/reports"
)

// The parts of DuckDB's statements. Moments, look-back and window are those of the reports: a deal is decided at the communication the CRM
// named, else at the last linked one in the 30 days before its creation, visits up to the look-back before that moment are its touches, and a touch counts if it lies in the period and the moment within the
// window after it.
const (
	// keyColumns are the dimensions source, channel and utm_campaign.
	keyColumns = `CASE WHEN t.source = '' AND t.channel = 'direct' THEN '(direct)' ELSE t.source END AS k1, t.channel AS k2, t.campaign AS k3`
	momentsCTE = `moments AS (
  SELECT d.id, d.ts AS created, d.revenue, COALESCE(MAX(CASE WHEN l.is_named = 1 THEN l.ts END),
    MAX(CASE WHEN l.ts >= d.ts - 2592000000 AND l.ts < d.ts // 1000 * 1000 + 1000 THEN l.ts END), d.ts) AS moment
  FROM deals d LEFT JOIN deal_links l ON l.deal = d.id
  WHERE d.ts >= $FROM GROUP BY d.id, d.ts, d.revenue)`
	touchesCTE = `touches AS (
  SELECT m.id, m.created, m.revenue, m.moment, s.ts, s.id AS session, s.traffic
  FROM moments m JOIN deal_visitors v ON v.deal = m.id JOIN sessions s ON s.visitor = v.visitor AND s.ts <= m.moment AND s.ts >= m.moment - $LOOKBACK)`
	// creditedCTE has the touches that count with their weights, and deals of the period without a touch.
	creditedCTE = `weighed AS (SELECT *, $WEIGHT AS weight FROM touches),
credited AS (
  SELECT id, created, traffic, weight AS deals, weight * revenue AS revenue FROM weighed WHERE ts >= $FROM AND ts < $TO AND moment <= ts + $WINDOW AND weight > 0
  UNION ALL SELECT id, created, 0, 1, revenue FROM moments WHERE created < $TO AND id NOT IN (SELECT id FROM touches))`
	visitsCTE = `visits AS (
  SELECT s.visitor, s.hits, ` + keyColumns + ` FROM sessions s JOIN traffic t ON t.id = s.traffic WHERE s.ts >= $FROM AND s.ts < $TO)`
	// talksCTE credits communications to the visit they happened in.
	talksCTE = `talks AS (
  SELECT ` + keyColumns + ` FROM communications c JOIN sessions s ON s.id = c.session JOIN traffic t ON t.id = s.traffic
  WHERE s.ts >= $FROM AND s.ts < $TO AND c.ts <= s.ts + $WINDOW)`
	// tableSQL is the end-to-end report by $KEYS.
	tableSQL = `WITH ` + momentsCTE + `, ` + touchesCTE + `, ` + creditedCTE + `, ` + visitsCTE + `, ` + talksCTE + `,
sold AS (SELECT c.deals, c.revenue, COALESCE(t.k1, '') AS k1, COALESCE(t.k2, '') AS k2, COALESCE(t.k3, '') AS k3
  FROM credited c LEFT JOIN (SELECT id, ` + keyColumns + ` FROM traffic t) t ON t.id = c.traffic)
SELECT key, SUM(n1), SUM(n2), SUM(n3), SUM(n4), SUM(n5), SUM(n6) FROM (
  SELECT $KEY AS key, COUNT(*) AS n1, COUNT(DISTINCT visitor) AS n2, SUM(hits) AS n3, 0 AS n4, 0 AS n5, 0 AS n6 FROM visits WHERE $WHERE GROUP BY $KEYS
  UNION ALL SELECT $KEY, 0, 0, 0, COUNT(*), 0, 0 FROM talks WHERE $WHERE GROUP BY $KEYS
  UNION ALL SELECT $KEY, 0, 0, 0, 0, SUM(deals), SUM(revenue) FROM sold WHERE $WHERE GROUP BY $KEYS) GROUP BY key`
	// modelSQL is the same of deals alone, for other models.
	modelSQL = `WITH ` + momentsCTE + `, ` + touchesCTE + `, ` + creditedCTE + `
SELECT COALESCE(CASE WHEN t.source = '' AND t.channel = 'direct' THEN '(direct)' ELSE t.source END, '') AS key, SUM(c.deals), SUM(c.revenue)
FROM credited c LEFT JOIN traffic t ON t.id = c.traffic GROUP BY key`
	// shapleySQL divides deals among the different channels of their paths.
	shapleySQL = `WITH ` + momentsCTE + `, ` + touchesCTE + `,
channels AS (SELECT DISTINCT p.id, t.channel FROM touches p JOIN traffic t ON t.id = p.traffic WHERE p.created < $TO)
SELECT channel, SUM(share) FROM (SELECT channel, 1.0 / COUNT(*) OVER (PARTITION BY id) AS share FROM channels) GROUP BY channel`
	// drillSQL is a page of the deals behind a figure with their number and sum.
	drillSQL = `WITH ` + momentsCTE + `, ` + touchesCTE + `, ` + creditedCTE + `
SELECT c.id, COUNT(*) OVER (), SUM(c.revenue) OVER () FROM credited c JOIN traffic t ON t.id = c.traffic
WHERE c.revenue <> 0 AND t.source = $SOURCE ORDER BY c.created DESC, c.id DESC LIMIT 50`
)

// Weights of touches under models.
const (
	lastClickWeight = `CASE WHEN ROW_NUMBER() OVER (PARTITION BY id ORDER BY ts DESC, session DESC) = 1 THEN 1.0 ELSE 0.0 END`
	linearWeight    = `1.0 / COUNT(*) OVER (PARTITION BY id)`
	timeDecayWeight = `POW(2, (ts - moment) / 604800000.0) / SUM(POW(2, (ts - moment) / 604800000.0)) OVER (PARTITION BY id)`
)

// statement fills a statement in for a period.
func (b *bench) statement(text string, days int, more ...string) string {
	p, settings := b.data.period(days), reports.DefaultSettings()
	day := int64(24 * time.Hour / time.Millisecond)
	number := func(n int64) string { return strconv.FormatInt(n, 10) }
	more = append(more, "$WEIGHT", lastClickWeight, "$FROM", number(p.From.In(b.data.zone()).UnixMilli()), "$TO", number(dayAfter(p.To).In(b.data.zone()).UnixMilli()),
		"$LOOKBACK", number(int64(settings.LookbackDays)*day), "$WINDOW", number(int64(settings.WindowDays)*day))
	return strings.NewReplacer(more...).Replace(text)
}

func dayAfter(d core.Date) core.Date {
	d.Day++
	return d
}

// level fills the report in for the rows below others.
func (b *bench) level(days int, path ...string) string {
	where := "TRUE"
	for i, key := range path {
		where += fmt.Sprintf(" AND k%d = '%s'", i+1, strings.ReplaceAll(key, "'", "''"))
	}
	key := fmt.Sprintf("k%d", len(path)+1)
	return b.statement(tableSQL, days, "$KEYS", key, "$KEY", key, "$WHERE", where)
}

// allLevels fills the report in for all three levels at once.
func (b *bench) allLevels(days int) string {
	key := "k1 || chr(9) || COALESCE(k2, '*') || chr(9) || COALESCE(k3, '*')"
	return b.statement(tableSQL, days, "$KEYS", "GROUPING SETS ((k1), (k1, k2), (k1, k2, k3))", "$KEY", key, "$WHERE", "TRUE")
}

// rows runs a statement whose first column is the key.
func (r *rival) rows(ctx context.Context, statement string) (answer, error) {
	found, err := r.db.QueryContext(ctx, statement)
	if err != nil {
		return nil, err
	}
	defer func() { _ = found.Close() }()
	columns, err := found.Columns()
	if err != nil {
		return nil, err
	}
	out := answer{}
	for found.Next() {
		var key sql.NullString
		values := make([]float64, len(columns)-1)
		targets := []any{&key}
		for i := range values {
			targets = append(targets, &values[i])
		}
		if err := found.Scan(targets...); err != nil {
			return nil, err
		}
		out[key.String] = values
	}
	return out, found.Err()
}
