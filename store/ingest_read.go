package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"strings"
	"time"

	"github.com/skvoz/skvoz/core/visits"
)

// withKeys puts the table k of tuples that keyArgs passes, with the columns a, b and c, in the place of {keys}.
func (g *Ingest) withKeys(q string, columns int) string {
	list := "(SELECT value ->> 0 AS a, value ->> 1 AS b, value ->> 2 AS c FROM json_each(?1)) k"
	if g.db.Engine == Postgres {
		list = "unnest($1::bigint[], $2::bigint[]) AS k(a, b)"
		if columns == 3 {
			list = "unnest($1::bigint[], $2::bigint[], $3::bigint[]) AS k(a, b, c)"
		}
	}
	return strings.Replace(q, "{keys}", list, 1)
}

// keyArgs makes parameters of tuples of equal length.
func (g *Ingest) keyArgs(tuples [][]int64) []any {
	if g.db.Engine != Postgres {
		b, _ := json.Marshal(tuples) // numbers always marshal
		return []any{string(b)}
	}
	args := make([]any, len(tuples[0]))
	for column := range args {
		values := make([]int64, len(tuples))
		for i, t := range tuples {
			values[i] = t[column]
		}
		args[column] = values
	}
	return args
}

// each runs a statement and hands every row to scan.
func (g *Ingest) each(ctx context.Context, q string, args []any, scan func(*sql.Rows) error) error {
	rows, err := g.db.read.QueryContext(ctx, q, args...)
	if err != nil {
		return translate(err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return translate(err)
		}
	}
	return translate(rows.Err())
}

// sourceColumns are those of a session's traffic source, t, as scanSource reads them.
const sourceColumns = `COALESCE(t.channel, 'direct'), COALESCE(t.source, ''), COALESCE(t.medium, ''), COALESCE(t.campaign, ''), COALESCE(t.term, ''), COALESCE(t.content, ''),
	COALESCE(t.referrer_domain, ''), COALESCE(t.search_engine, ''), COALESCE(t.engine, ''), COALESCE(t.is_paid, FALSE)`

func scanSource(s *visits.TrafficSource) []any {
	return []any{&s.Channel, &s.Source, &s.Medium, &s.Campaign, &s.Term, &s.Content, &s.ReferrerDomain, &s.SearchEngine, &s.Engine, &s.IsPaid}
}

// VisitorStates implements visits.IngestStore.
func (g *Ingest) VisitorStates(ctx context.Context, keys []visits.VisitorKey) ([]visits.VisitorState, error) {
	tuples := make([][]int64, len(keys))
	for i, k := range keys {
		tuples[i] = []int64{int64(k.AccountID), int64(k.VisitorID)}
	}
	var out []visits.VisitorState
	q := g.withKeys(`SELECT v.account_id, v.id, v.site_id, v.session_count, v.last_campaign_id, v.campaign_at,
		COALESCE(s.id, 0), COALESCE(s.started_at, 0), COALESCE(s.last_activity_at, 0), `+sourceColumns+`
		FROM {keys} CROSS JOIN visitors v
		LEFT JOIN sessions s ON s.account_id = v.account_id AND s.id = v.last_session_id
		LEFT JOIN traffic_sources t ON t.account_id = s.account_id AND t.id = s.traffic_id
		WHERE v.account_id = k.a AND v.id = k.b`, 2)
	err := g.each(ctx, q, g.keyArgs(tuples), func(rows *sql.Rows) error {
		var v visits.VisitorState
		var campaignAt, started, active int64
		source := new(visits.TrafficSource)
		to := append([]any{&v.AccountID, &v.ID, &v.SiteID, &v.Sessions, &v.CampaignID, &campaignAt, &v.Last.ID, &started, &active}, scanSource(source)...)
		if err := rows.Scan(to...); err != nil {
			return err
		}
		v.CampaignAt, v.Last.StartedAt, v.Last.LastActivityAt, v.Last.Source = fromMillis(campaignAt), fromMillis(started), fromMillis(active), source
		out = append(out, v)
		return nil
	})
	return out, err
}

const sessionStateColumns = `SELECT s.account_id, s.visitor_id, s.site_id, s.id, s.started_at, s.last_activity_at, ` + sourceColumns

func scanSessionState(rows *sql.Rows) (visits.SessionState, error) {
	var s visits.SessionState
	var started, active int64
	s.Source = new(visits.TrafficSource)
	to := append([]any{&s.AccountID, &s.VisitorID, &s.SiteID, &s.ID, &started, &active}, scanSource(s.Source)...)
	err := rows.Scan(to...)
	s.StartedAt, s.LastActivityAt = fromMillis(started), fromMillis(active)
	return s, err
}

// SessionStates implements visits.IngestStore.
func (g *Ingest) SessionStates(ctx context.Context, keys []visits.SessionKey) ([]visits.SessionState, error) {
	tuples := make([][]int64, len(keys))
	for i, k := range keys {
		tuples[i] = []int64{int64(k.AccountID), int64(k.SessionID)}
	}
	var out []visits.SessionState
	q := g.withKeys(sessionStateColumns+` FROM {keys} CROSS JOIN sessions s
		LEFT JOIN traffic_sources t ON t.account_id = s.account_id AND t.id = s.traffic_id
		WHERE s.account_id = k.a AND s.id = k.b`, 2)
	err := g.each(ctx, q, g.keyArgs(tuples), func(rows *sql.Rows) error {
		s, err := scanSessionState(rows)
		out = append(out, s)
		return err
	})
	return out, err
}

// SessionBefore implements visits.IngestStore.
func (g *Ingest) SessionBefore(ctx context.Context, key visits.VisitorKey, at time.Time) (visits.SessionState, error) {
	var out visits.SessionState
	q := dialectSQL(g.db.Engine, sessionStateColumns+` FROM sessions s
		LEFT JOIN traffic_sources t ON t.account_id = s.account_id AND t.id = s.traffic_id
		WHERE s.account_id = $1 AND s.visitor_id = $2 AND s.started_at <= $3 ORDER BY s.started_at DESC, s.id DESC LIMIT 1`)
	err := g.each(ctx, q, []any{int64(key.AccountID), int64(key.VisitorID), millis(at)}, func(rows *sql.Rows) (err error) {
		out, err = scanSessionState(rows)
		return err
	})
	return out, err
}

// StoredHits implements visits.IngestStore.
func (g *Ingest) StoredHits(ctx context.Context, keys []visits.HitKey) ([]visits.HitKey, error) {
	byTable := make(map[string][]visits.HitKey)
	for _, k := range keys {
		table := g.db.hitTable(k.SessionID)
		byTable[table] = append(byTable[table], k)
	}
	var out []visits.HitKey
	for table, keys := range byTable {
		found, err := g.storedIn(ctx, table, keys)
		if err != nil {
			return nil, err
		}
		out = append(out, found...)
	}
	return out, nil
}

func (g *Ingest) storedIn(ctx context.Context, table string, keys []visits.HitKey) ([]visits.HitKey, error) {
	if err := g.db.makeHitMonth(ctx, keys[0].SessionID); err != nil {
		return nil, translate(err)
	}
	tuples := make([][]int64, len(keys))
	for i, k := range keys {
		tuples[i] = []int64{int64(k.AccountID), int64(k.SessionID), int64(k.HitID)}
	}
	var out []visits.HitKey
	q := g.withKeys("SELECT h.account_id, h.session_id, h.id FROM {keys} CROSS JOIN "+table+
		" h WHERE h.account_id = k.a AND h.session_id = k.b AND h.id = k.c", 3)
	err := g.each(ctx, q, g.keyArgs(tuples), func(rows *sql.Rows) error {
		var k visits.HitKey
		if err := rows.Scan(&k.AccountID, &k.SessionID, &k.HitID); err != nil {
			return err
		}
		out = append(out, k)
		return nil
	})
	return out, err
}
