package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"

	sqlite3 "github.com/mattn/go-sqlite3"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/visits"
)

// liteStatements are the statements prepared on the one writing connection.
type liteStatements struct {
	conn  *sqlite3.SQLiteConn
	byKey map[string]*sqlite3.SQLiteStmt
	hits  []int64 // how many hits each session of the batch really got
}

// liteCheckpoint leaves the log to RunCheckpoints, with a bound in case that can't keep up.
const liteCheckpoint = "PRAGMA wal_autocheckpoint = " + checkpointFallback

const (
	liteDimension = "INSERT INTO dimensions (account_id, id, kind, value) VALUES (?,?,?,?) ON CONFLICT DO NOTHING"
	liteTraffic   = `INSERT INTO traffic_sources (account_id, id, channel, source, medium, campaign, term, content, referrer_domain, search_engine, engine, is_paid)
		VALUES (?,?,?,?,?,?,?,?,?,?,?,?) ON CONFLICT DO NOTHING`
	liteVisitor = `INSERT INTO visitors (account_id, id, site_id, first_seen_at, last_session_at, last_session_id, session_count, first_traffic_id,
		first_referrer_id, last_traffic_id, last_campaign_id, campaign_at, ga_client_id, ym_client_id) VALUES (?,?,?,?,?,?,1,?,?,?,?,?,?,?) ON CONFLICT DO NOTHING`
	liteReturn = `UPDATE visitors SET session_count = session_count + 1, last_session_at = ?, last_session_id = ?, last_traffic_id = ?, last_campaign_id = ?,
		campaign_at = ?, ga_client_id = CASE WHEN ? <> '' THEN ? ELSE ga_client_id END, ym_client_id = CASE WHEN ? <> '' THEN ? ELSE ym_client_id END,
		earlier_hits = earlier_hits + COALESCE((SELECT s.hit_count FROM sessions s WHERE s.account_id = visitors.account_id AND s.id = visitors.last_session_id), 0)
		WHERE account_id = ? AND id = ? AND last_session_id = ?`
	liteSession = `INSERT INTO sessions (account_id, id, site_id, visitor_id, number, started_at, last_activity_at, hit_count, visible_ms, entrance_page_id,
		exit_page_id, exit_title_id, referrer_id, traffic_id, campaign_id, device_type, browser, os, language, screen, ip, country, region, city, click_ids)
		VALUES (?,?,?,?,?,?,?,?,0,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?) ON CONFLICT DO NOTHING`
	liteTouch = `UPDATE sessions SET last_activity_at = max(last_activity_at, ?), hit_count = hit_count + ?, exit_page_id = CASE WHEN ? <> 0 THEN ? ELSE exit_page_id END,
		exit_title_id = CASE WHEN ? <> 0 THEN ? ELSE exit_title_id END WHERE account_id = ? AND id = ?`
	liteEarlier  = "UPDATE visitors SET earlier_hits = earlier_hits + ? WHERE account_id = ? AND id = ? AND last_session_id <> ?"
	liteHit      = "INSERT INTO %s (account_id, session_id, id, hit_at, page_id, title_id, visible_ms) VALUES (?,?,?,?,?,?,0) ON CONFLICT DO NOTHING"
	liteSeen     = "SELECT visible_ms FROM %s WHERE account_id = ? AND session_id = ? AND id = ?"
	liteSee      = "UPDATE %s SET visible_ms = ? WHERE account_id = ? AND session_id = ? AND id = ?"
	liteDuration = "UPDATE sessions SET visible_ms = visible_ms + ? WHERE account_id = ? AND id = ?"
	liteReach    = `INSERT INTO goal_reaches (account_id, id, site_id, goal_id, is_goal, visitor_id, session_id, hit_id, reached_at, page_id, category, action, label, value)
		VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?) ON CONFLICT DO NOTHING`
	liteBumpDay = `INSERT INTO report_days (account_id, kind, day, version) VALUES (?,?,?,1)
		ON CONFLICT (account_id, kind, day) DO UPDATE SET version = version + 1`
	liteRefusal = `INSERT INTO refusals (account_id, id, site_id, at, reason, ip, user_agent, url, referrer, params) VALUES (?,?,?,?,?,?,?,?,?,?) ON CONFLICT DO NOTHING`
)

// writeSQLite writes a batch on the one writing connection, which other writers get between two batches.
func (g *Ingest) writeSQLite(ctx context.Context, b *visits.Batch) error {
	g.later.begin()
	err := g.inLiteTxThen(ctx, func() error { return g.writeAll(b) }, func(conn *sql.Conn) error { return g.db.followUp(ctx, conn, b) })
	if err != nil {
		g.later.rollback()
		return err
	}
	g.later.commit()
	return nil
}

// inLiteTx runs fn in a transaction on the writing connection, with statements of the driver itself.
func (g *Ingest) inLiteTx(ctx context.Context, fn func() error) error {
	return g.inLiteTxThen(ctx, fn, func(*sql.Conn) error { return nil })
}

// inLiteTxThen is inLiteTx with a second part that uses database/sql.
func (g *Ingest) inLiteTxThen(ctx context.Context, fn func() error, then func(*sql.Conn) error) (err error) {
	conn, err := g.db.write.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	if err := g.raw(conn, func() error { return g.begin(fn) }); err != nil {
		return err
	}
	if err := then(conn); err != nil {
		return errors.Join(err, g.raw(conn, func() error { return g.run("ROLLBACK") }))
	}
	return g.raw(conn, func() error { return g.end(g.run("COMMIT")) })
}

// raw runs fn while g.lite belongs to the connection.
func (g *Ingest) raw(conn *sql.Conn, fn func() error) error {
	return conn.Raw(func(c any) error {
		own, ok := c.(*sqlite3.SQLiteConn)
		if !ok {
			return fmt.Errorf("not a connection of this driver: %T", c)
		}
		if g.lite.conn != own {
			g.lite = liteStatements{conn: own, byKey: make(map[string]*sqlite3.SQLiteStmt)}
			if err := g.run(liteCheckpoint); err != nil {
				return err
			}
		}
		return fn()
	})
}

// begin opens the transaction and writes with fn; after an error the transaction is over.
func (g *Ingest) begin(fn func() error) error {
	if err := g.run("BEGIN IMMEDIATE"); err != nil {
		return err
	}
	return g.end(fn())
}

// end rolls back after an error.
func (g *Ingest) end(err error) error {
	if err == nil {
		return nil
	}
	if !g.lite.conn.AutoCommit() {
		return errors.Join(err, g.run("ROLLBACK"))
	}
	return err
}

func (g *Ingest) writeAll(b *visits.Batch) error {
	for _, write := range []func(*visits.Batch) error{
		g.liteInterned, g.liteVisitors, g.liteHits, g.liteSessions, g.liteReturns, g.liteHeartbeats, g.liteEvents,
	} {
		if err := write(b); err != nil {
			return err
		}
	}
	return g.tellDue(b.Now, tellAtOnce)
}

func (g *Ingest) liteInterned(b *visits.Batch) error {
	for i := range b.Dimensions {
		d := &b.Dimensions[i]
		if g.known.isNew(d.AccountID, int64(d.ID)) {
			if err := g.run(liteDimension, int64(d.AccountID), int64(d.ID), int64(d.Kind), d.Value); err != nil {
				return err
			}
		}
	}
	for _, t := range b.Traffic {
		s := t.Source
		if g.known.isNew(t.AccountID, int64(t.ID)) {
			err := g.run(liteTraffic, int64(t.AccountID), int64(t.ID), string(s.Channel), s.Source, s.Medium, s.Campaign, s.Term, s.Content, s.ReferrerDomain,
				s.SearchEngine, s.Engine, s.IsPaid)
			if err != nil {
				return err
			}
		}
	}
	return nil
}

func (g *Ingest) liteVisitors(b *visits.Batch) error {
	for i := range b.Visitors {
		v := &b.Visitors[i]
		err := g.runOne(liteVisitor, int64(v.AccountID), int64(v.ID), int64(v.SiteID), millis(v.At), millis(v.At), int64(v.SessionID), int64(v.TrafficID),
			int64(v.ReferrerID), int64(v.TrafficID), int64(v.CampaignID), campaignMillis(v.CampaignID, v.CampaignAt), v.GAClientID, v.YMClientID)
		if err != nil {
			return err
		}
	}
	return nil
}

func (g *Ingest) liteHits(b *visits.Batch) error {
	g.lite.hits = append(g.lite.hits[:0], make([]int64, len(b.Sessions))...)
	table, statement := "", ""
	for i := range b.Hits {
		h := &b.Hits[i]
		s := &b.Sessions[h.Session]
		if t := g.tables.of(s.ID); t != table {
			table, statement = t, fmt.Sprintf(liteHit, t)
		}
		n, err := g.exec(statement, int64(s.AccountID), int64(s.ID), int64(h.ID), millis(h.At), int64(h.PageID), int64(h.TitleID))
		if err != nil {
			return err
		}
		g.lite.hits[h.Session] += n
	}
	return nil
}

func (g *Ingest) liteSessions(b *visits.Batch) error {
	for i := range b.Sessions {
		s, n := &b.Sessions[i], g.lite.hits[i]
		if s.Opened != nil {
			if err := g.liteOpen(s, n); err != nil {
				return err
			}
			continue
		}
		page, title := int64(s.ExitPageID), int64(s.ExitTitleID)
		if n == 0 { // repeats only: an older page must not become the last one
			page, title = 0, 0
		}
		if g.db.defers.Load() && !s.IsEarlier {
			g.later.fresh = append(g.later.fresh, untold{
				key: visits.SessionKey{AccountID: s.AccountID, SessionID: s.ID}, at: millis(s.LastActivityAt), hits: n, page: page, title: title, since: b.Now,
			})
			continue
		}
		if err := g.run(liteTouch, millis(s.LastActivityAt), n, page, page, page, title, int64(s.AccountID), int64(s.ID)); err != nil {
			return err
		}
		if s.IsEarlier && n > 0 {
			if err := g.run(liteEarlier, n, int64(s.AccountID), int64(s.VisitorID), int64(s.ID)); err != nil {
				return err
			}
		}
	}
	return nil
}

func (g *Ingest) liteOpen(s *visits.SessionWrite, hits int64) error {
	o := s.Opened
	c := &o.Client
	return g.runOne(liteSession, int64(s.AccountID), int64(s.ID), int64(o.SiteID), int64(s.VisitorID), int64(o.Number), millis(o.StartedAt), millis(s.LastActivityAt),
		hits, int64(o.EntrancePageID), int64(s.ExitPageID), int64(s.ExitTitleID), int64(o.ReferrerID), int64(o.TrafficID), int64(o.CampaignID), string(c.DeviceType),
		c.Browser, c.OS, c.Language, c.Screen, c.IP, c.Country, c.Region, c.City, clickIDs(o.ClickIDs))
}

func (g *Ingest) liteReturns(b *visits.Batch) error {
	for i := range b.Returns {
		r := &b.Returns[i]
		if err := g.tell(visits.SessionKey{AccountID: r.AccountID, SessionID: r.Previous}); err != nil {
			return err
		}
		err := g.runOne(liteReturn, millis(r.At), int64(r.SessionID), int64(r.TrafficID), int64(r.CampaignID), campaignMillis(r.CampaignID, r.CampaignAt),
			r.GAClientID, r.GAClientID, r.YMClientID, r.YMClientID, int64(r.AccountID), int64(r.ID), int64(r.Previous))
		if err != nil {
			return err
		}
	}
	return nil
}

// liteHeartbeats raises the visible time of hits, and of their sessions by as much.
func (g *Ingest) liteHeartbeats(b *visits.Batch) error {
	for i := range b.Heartbeats {
		h := &b.Heartbeats[i]
		table, account, session := g.tables.of(h.SessionID), int64(h.AccountID), int64(h.SessionID)
		old, ok, err := g.number(fmt.Sprintf(liteSeen, table), account, session, int64(h.HitID))
		if err != nil {
			return err
		}
		seen := h.Visible.Milliseconds()
		if !ok || seen <= old {
			continue
		}
		if err := g.run(fmt.Sprintf(liteSee, table), seen, account, session, int64(h.HitID)); err != nil {
			return err
		}
		if err := g.run(liteDuration, seen-old, account, session); err != nil {
			return err
		}
	}
	return nil
}

func (g *Ingest) liteEvents(b *visits.Batch) error {
	for i := range b.Reaches {
		r := &b.Reaches[i]
		err := g.run(liteReach, int64(r.AccountID), int64(r.ID), int64(r.SiteID), int64(r.GoalID), r.IsGoal, int64(r.VisitorID), int64(r.SessionID), int64(r.HitID),
			millis(r.At), int64(r.PageID), r.Category, r.Action, r.Label, r.Value)
		if err != nil {
			return err
		}
	}
	for i := range b.Refusals {
		r := &b.Refusals[i]
		err := g.run(liteRefusal, int64(r.AccountID), int64(r.ID), int64(r.SiteID), millis(r.At), string(r.Reason), r.IP, r.UserAgent, r.URL, r.Referrer, r.Params)
		if err != nil {
			return err
		}
	}
	return nil
}

func campaignMillis(id core.CampaignID, at interface{ UnixMilli() int64 }) int64 {
	if id == 0 {
		return 0
	}
	return at.UnixMilli()
}

// prepared returns a statement of the writing connection.
func (g *Ingest) prepared(q string) (*sqlite3.SQLiteStmt, error) {
	if s, ok := g.lite.byKey[q]; ok {
		return s, nil
	}
	stmt, err := g.lite.conn.Prepare(q)
	if err != nil {
		return nil, err
	}
	s, ok := stmt.(*sqlite3.SQLiteStmt)
	if !ok {
		return nil, fmt.Errorf("not a statement of this driver: %T", stmt)
	}
	g.lite.byKey[q] = s
	return s, nil
}

// exec runs a statement and returns how many rows it touched. The driver's form with a context would start a goroutine per statement.
func (g *Ingest) exec(q string, args ...driver.Value) (int64, error) {
	s, err := g.prepared(q)
	if err != nil {
		return 0, err
	}
	res, err := s.Exec(args)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

func (g *Ingest) run(q string, args ...driver.Value) error {
	_, err := g.exec(q, args...)
	return err
}

// runOne runs a statement that must touch one row; ErrStale if it does not.
func (g *Ingest) runOne(q string, args ...driver.Value) error {
	n, err := g.exec(q, args...)
	if err == nil && n != 1 {
		return visits.ErrStale
	}
	return err
}

// number runs a statement that returns one number or no row.
func (g *Ingest) number(q string, args ...driver.Value) (n int64, ok bool, err error) {
	s, err := g.prepared(q)
	if err != nil {
		return 0, false, err
	}
	rows, err := s.Query(args)
	if err != nil {
		return 0, false, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	var row [1]driver.Value
	if rows.Next(row[:]) != nil {
		return 0, false, nil
	}
	n, ok = row[0].(int64)
	return n, ok, nil
}
