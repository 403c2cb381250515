package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/skvoz/skvoz/core/visits"
)

const (
	pgDimensions = `INSERT INTO dimensions (account_id, id, kind, value)
		SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::smallint[], $4::text[]) AS u(a, i, k, v) ORDER BY a, i ON CONFLICT DO NOTHING`
	pgTraffic = `INSERT INTO traffic_sources (account_id, id, channel, source, medium, campaign, term, content, referrer_domain, search_engine, engine, is_paid)
		SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[],
		$12::boolean[]) AS u(a, i) ORDER BY 1, 2 ON CONFLICT DO NOTHING`
	pgVisitors = `INSERT INTO visitors (account_id, id, site_id, first_seen_at, last_session_at, last_session_id, session_count, first_traffic_id, first_referrer_id,
		last_traffic_id, last_campaign_id, campaign_at, ga_client_id, ym_client_id)
		SELECT a, i, site, at, at, s, 1, tr, ref, tr, c, cat, ga, ym FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[],
		$7::bigint[], $8::bigint[], $9::bigint[], $10::text[], $11::text[]) AS u(a, i, site, at, s, tr, ref, c, cat, ga, ym) ORDER BY a, i`
	// pgHits writes hits and new sessions; n says how many hits of a session were not there yet. pgTouches or pgEarlier ends it.
	pgHits = `WITH h AS (INSERT INTO hits (account_id, session_id, id, hit_at, page_id, title_id, visible_ms)
		SELECT a, s, i, t, p, ti, 0 FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[]) AS u(a, s, i, t, p, ti)
		ORDER BY a, s, i ON CONFLICT DO NOTHING RETURNING account_id, session_id),
		n AS (SELECT account_id AS a, session_id AS i, count(*)::int AS h FROM h GROUP BY 1, 2),
		opened AS (INSERT INTO sessions (account_id, id, site_id, visitor_id, number, started_at, last_activity_at, hit_count, visible_ms, entrance_page_id,
		exit_page_id, exit_title_id, referrer_id, traffic_id, campaign_id, device_type, browser, os, language, screen, ip, country, region, city, click_ids)
		SELECT a, i, site, v, nr, st, act, COALESCE(h, 0), 0, ep, xp, xt, ref, tr, c, dev, br, os, la, sc, ip, co, re, ci, cl FROM unnest($7::bigint[], $8::bigint[],
		$9::bigint[], $10::bigint[], $11::int[], $12::bigint[], $13::bigint[], $14::bigint[], $15::bigint[], $16::bigint[], $17::bigint[], $18::bigint[], $19::bigint[],
		$20::text[], $21::text[], $22::text[], $23::text[], $24::text[], $25::text[], $26::text[], $27::text[], $28::text[], $29::text[])
		AS u(a, i, site, v, nr, st, act, ep, xp, xt, ref, tr, c, dev, br, os, la, sc, ip, co, re, ci, cl) LEFT JOIN n USING (a, i) ORDER BY a, i)`
	// pgTouches tells sessions of their hits. Repeats only: an older page must not become the last one.
	pgTouches = ` UPDATE sessions s SET last_activity_at = greatest(s.last_activity_at, u.act), hit_count = s.hit_count + COALESCE(u.h, 0),
		exit_page_id = CASE WHEN u.h > 0 AND u.xp <> 0 THEN u.xp ELSE s.exit_page_id END, exit_title_id = CASE WHEN u.h > 0 AND u.xp <> 0 THEN u.xt ELSE s.exit_title_id END
		FROM (SELECT * FROM unnest($30::bigint[], $31::bigint[], $32::bigint[], $33::bigint[], $34::bigint[]) AS k(a, i, act, xp, xt) LEFT JOIN n USING (a, i)
		ORDER BY a, i) u WHERE s.account_id = u.a AND s.id = u.i`
	pgEarlier = `, earlier AS (UPDATE visitors v SET earlier_hits = v.earlier_hits + u.h
		FROM (SELECT a, v, i, h FROM unnest($35::bigint[], $36::bigint[], $37::bigint[]) AS k(a, i, v) JOIN n USING (a, i) ORDER BY a, v) u
		WHERE v.account_id = u.a AND v.id = u.v AND v.last_session_id <> u.i)` + pgTouches
	// pgReturns divides by zero if another replica came first, which ends the transaction (see pgStale).
	pgReturns = `WITH done AS (UPDATE visitors v SET session_count = v.session_count + 1, last_session_at = u.at, last_session_id = u.s, last_traffic_id = u.tr,
		last_campaign_id = u.c, campaign_at = u.cat, ga_client_id = CASE WHEN u.ga <> '' THEN u.ga ELSE v.ga_client_id END,
		ym_client_id = CASE WHEN u.ym <> '' THEN u.ym ELSE v.ym_client_id END, earlier_hits = v.earlier_hits + COALESCE(
		(SELECT s.hit_count FROM sessions s WHERE s.account_id = v.account_id AND s.id = v.last_session_id), 0)
		FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[], $9::text[], $10::text[])
		AS u(a, i, prev, s, at, tr, c, cat, ga, ym) WHERE v.account_id = u.a AND v.id = u.i AND v.last_session_id = u.prev RETURNING 1)
		SELECT 1 / (count(*) = cardinality($1::bigint[]))::int FROM done`
	pgHeartbeats = `WITH seen AS (SELECT a, s, i, max(ms) AS ms FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[]) AS u(a, s, i, ms) GROUP BY a, s, i),
		old AS (SELECT h.account_id, h.session_id, h.id, h.visible_ms, seen.ms FROM seen JOIN hits h ON h.account_id = seen.a AND h.session_id = seen.s AND h.id = seen.i
		WHERE h.visible_ms < seen.ms ORDER BY 1, 2, 3 FOR UPDATE OF h),
		raised AS (UPDATE hits h SET visible_ms = old.ms FROM old WHERE h.account_id = old.account_id AND h.session_id = old.session_id AND h.id = old.id
		RETURNING h.account_id, h.session_id, old.ms - old.visible_ms AS more),
		sums AS (SELECT account_id, session_id, sum(more)::bigint AS more FROM raised GROUP BY 1, 2)
		UPDATE sessions s SET visible_ms = s.visible_ms + sums.more FROM sums WHERE s.account_id = sums.account_id AND s.id = sums.session_id`
	pgReaches = `INSERT INTO goal_reaches (account_id, id, site_id, goal_id, is_goal, visitor_id, session_id, hit_id, reached_at, page_id, category, action, label, value)
		SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::boolean[], $6::bigint[], $7::bigint[], $8::bigint[], $9::bigint[], $10::bigint[],
		$11::text[], $12::text[], $13::text[], $14::text[]) AS u(a, i) ORDER BY 1, 2 ON CONFLICT DO NOTHING`
	pgRefusals = `INSERT INTO refusals (account_id, id, site_id, at, reason, ip, user_agent, url, referrer, params)
		SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[])
		AS u(a, i) ORDER BY 1, 2 ON CONFLICT DO NOTHING`
)

// writePostgres writes a batch with one statement per table, all sent at once: few connections wait for the way to the server rather than for its
// work. What another replica did first is an error in the middle, after which the server passes over the rest, COMMIT included. Rows are ordered by
// key, so that replicas do not deadlock.
func (g *Ingest) writePostgres(ctx context.Context, b *visits.Batch) (err error) {
	conn, err := g.db.write.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	err = g.pgSend(ctx, conn, b)
	if err == nil && hasFollowUp(b) {
		err = g.pgFollowUp(ctx, conn, b)
	}
	if err == nil {
		return nil
	}
	return errors.Join(err, rawPgx(conn, func(c *pgx.Conn) error {
		if !c.IsClosed() && c.PgConn().TxStatus() != 'I' {
			_, _ = c.Exec(context.WithoutCancel(ctx), "ROLLBACK")
		}
		return nil
	}))
}

// pgSend sends the transaction, COMMIT included unless more has to follow.
func (g *Ingest) pgSend(ctx context.Context, conn *sql.Conn, b *visits.Batch) error {
	return rawPgx(conn, func(c *pgx.Conn) error {
		w := &pgBatch{}
		if g.pgOutgrown(c) {
			w.Queue("DISCARD PLANS")
		}
		g.pgTransaction(w, b)
		if !hasFollowUp(b) {
			w.Queue("COMMIT").Exec(pgCommitted)
		}
		return c.SendBatch(ctx, &w.Batch).Close()
	})
}

// pgFollowUp ends a transaction from which more follows, as from few of them, in turns of its own.
func (g *Ingest) pgFollowUp(ctx context.Context, on *sql.Conn, b *visits.Batch) error {
	if err := g.db.followUp(ctx, on, b); err != nil {
		return err
	}
	return rawPgx(on, func(c *pgx.Conn) error {
		tag, err := c.Exec(ctx, "COMMIT")
		if err != nil {
			return err
		}
		return pgCommitted(tag)
	})
}

// pgCommitted is an error if the server answered COMMIT by rolling back.
func pgCommitted(tag pgconn.CommandTag) error {
	if tag.String() != "COMMIT" {
		return fmt.Errorf("the transaction ended in %s", tag)
	}
	return nil
}

func rawPgx(conn *sql.Conn, fn func(*pgx.Conn) error) error {
	return conn.Raw(func(c any) error {
		own, ok := c.(*stdlib.Conn)
		if !ok {
			return fmt.Errorf("not a connection of this driver: %T", c)
		}
		return fn(own.Conn())
	})
}

const (
	// pgPlannedAt is where a connection notes how many hits had been written when its plans were made.
	pgPlannedAt = "skvoz.planned_at"
	// pgReplanAfter is how many hits must come at least before plans are made anew.
	pgReplanAfter = 500
)

// pgOutgrown reports whether the tables have doubled since the connection's plans were made, and notes that these are made anew. The server keeps
// a plan that was good for small tables, reading them from end to end, until it happens to analyze them.
func (g *Ingest) pgOutgrown(c *pgx.Conn) bool {
	notes := c.PgConn().CustomData()
	planned, _ := notes[pgPlannedAt].(int)
	if g.written < 2*planned+pgReplanAfter {
		return false
	}
	notes[pgPlannedAt] = g.written
	return true
}

// pgTransaction queues the transaction but for its end.
func (g *Ingest) pgTransaction(w *pgBatch, b *visits.Batch) {
	w.Queue("BEGIN")
	g.pgInterned(w, b)
	pgNewVisitors(w, b)
	pgSessionWrites(w, b)
	pgReturning(w, b)
	pgEvents(w, b)
}

func (g *Ingest) pgInterned(w *pgBatch, b *visits.Batch) {
	t, kinds, values := newColumns(0, 2), []int16{}, []string{}
	for i := range b.Dimensions {
		d := &b.Dimensions[i]
		if g.known.isNew(d.AccountID, int64(d.ID)) {
			t.add(int64(d.AccountID), int64(d.ID))
			kinds, values = append(kinds, int16(d.Kind)), append(values, d.Value)
		}
	}
	w.add(pgDimensions, t.rows(), append(t.args(), kinds, values)...)
	tt, texts, paid := newColumns(0, 2), newTexts(0, 9), []bool{}
	for _, r := range b.Traffic {
		s := r.Source
		if g.known.isNew(r.AccountID, int64(r.ID)) {
			tt.add(int64(r.AccountID), int64(r.ID))
			texts.add(string(s.Channel), s.Source, s.Medium, s.Campaign, s.Term, s.Content, s.ReferrerDomain, s.SearchEngine, s.Engine)
			paid = append(paid, s.IsPaid)
		}
	}
	w.add(pgTraffic, tt.rows(), append(append(tt.args(), texts.args()...), paid)...)
}

func pgNewVisitors(w *pgBatch, b *visits.Batch) {
	t, texts := newColumns(len(b.Visitors), 9), newTexts(len(b.Visitors), 2)
	for i := range b.Visitors {
		v := &b.Visitors[i]
		t.add(int64(v.AccountID), int64(v.ID), int64(v.SiteID), millis(v.At), int64(v.SessionID), int64(v.TrafficID), int64(v.ReferrerID), int64(v.CampaignID),
			campaignMillis(v.CampaignID, v.CampaignAt))
		texts.add(v.GAClientID, v.YMClientID)
	}
	w.add(pgVisitors, t.rows(), append(t.args(), texts.args()...)...)
}

func pgSessionWrites(w *pgBatch, b *visits.Batch) {
	order := make([]int, len(b.Sessions))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(i, j int) int {
		x, y := &b.Sessions[i], &b.Sessions[j]
		return cmp.Or(cmp.Compare(x.AccountID, y.AccountID), cmp.Compare(x.ID, y.ID))
	})
	hits, opened, touched, earlier := newColumns(len(b.Hits), 6), newOpened(), newColumns(len(b.Sessions), 5), newColumns(0, 3)
	for i := range b.Hits {
		h := &b.Hits[i]
		s := &b.Sessions[h.Session]
		hits.add(int64(s.AccountID), int64(s.ID), int64(h.ID), millis(h.At), int64(h.PageID), int64(h.TitleID))
	}
	for _, i := range order {
		s := &b.Sessions[i]
		if s.Opened != nil {
			opened.add(s)
			continue
		}
		touched.add(int64(s.AccountID), int64(s.ID), millis(s.LastActivityAt), int64(s.ExitPageID), int64(s.ExitTitleID))
		if s.IsEarlier {
			earlier.add(int64(s.AccountID), int64(s.ID), int64(s.VisitorID))
		}
	}
	args := slices.Concat(hits.args(), opened.args(), touched.args())
	if earlier.rows() > 0 {
		w.add(pgHits+pgEarlier, len(b.Sessions), append(args, earlier.args()...)...)
		return
	}
	w.add(pgHits+pgTouches, len(b.Sessions), args...)
}

// pgOpened are the columns of new sessions.
type pgOpened struct {
	keys, times, ids columns[int64]
	texts            columns[string]
	numbers          []int32
}

func newOpened() *pgOpened {
	return &pgOpened{keys: newColumns(0, 4), times: newColumns(0, 2), ids: newColumns(0, 6), texts: newTexts(0, 10)}
}

func (o *pgOpened) add(s *visits.SessionWrite) {
	n, c := s.Opened, &s.Opened.Client
	o.keys.add(int64(s.AccountID), int64(s.ID), int64(n.SiteID), int64(s.VisitorID))
	o.numbers = append(o.numbers, int32(n.Number))
	o.times.add(millis(n.StartedAt), millis(s.LastActivityAt))
	o.ids.add(int64(n.EntrancePageID), int64(s.ExitPageID), int64(s.ExitTitleID), int64(n.ReferrerID), int64(n.TrafficID), int64(n.CampaignID))
	o.texts.add(string(c.DeviceType), c.Browser, c.OS, c.Language, c.Screen, c.IP, c.Country, c.Region, c.City, clickIDs(n.ClickIDs))
}

func (o *pgOpened) args() []any {
	return slices.Concat(append(o.keys.args(), o.numbers), o.times.args(), o.ids.args(), o.texts.args())
}

func pgReturning(w *pgBatch, b *visits.Batch) {
	slices.SortFunc(b.Returns, func(x, y visits.Return) int {
		return cmp.Or(cmp.Compare(x.AccountID, y.AccountID), cmp.Compare(x.ID, y.ID))
	})
	t, texts := newColumns(len(b.Returns), 8), newTexts(len(b.Returns), 2)
	for i := range b.Returns {
		r := &b.Returns[i]
		t.add(int64(r.AccountID), int64(r.ID), int64(r.Previous), int64(r.SessionID), millis(r.At), int64(r.TrafficID), int64(r.CampaignID),
			campaignMillis(r.CampaignID, r.CampaignAt))
		texts.add(r.GAClientID, r.YMClientID)
	}
	w.add(pgReturns, t.rows(), append(t.args(), texts.args()...)...)
}

func pgEvents(w *pgBatch, b *visits.Batch) {
	t := newColumns(len(b.Heartbeats), 4)
	for i := range b.Heartbeats {
		h := &b.Heartbeats[i]
		t.add(int64(h.AccountID), int64(h.SessionID), int64(h.HitID), h.Visible.Milliseconds())
	}
	w.add(pgHeartbeats, t.rows(), t.args()...)
	t1, isGoal, t2, texts := newColumns(0, 4), []bool{}, newColumns(0, 5), newTexts(0, 4)
	for i := range b.Reaches {
		r := &b.Reaches[i]
		t1.add(int64(r.AccountID), int64(r.ID), int64(r.SiteID), int64(r.GoalID))
		isGoal = append(isGoal, r.IsGoal)
		t2.add(int64(r.VisitorID), int64(r.SessionID), int64(r.HitID), millis(r.At), int64(r.PageID))
		texts.add(r.Category, r.Action, r.Label, r.Value)
	}
	w.add(pgReaches, t1.rows(), append(append(append(t1.args(), isGoal), t2.args()...), texts.args()...)...)
	t, texts = newColumns(0, 4), newTexts(0, 6)
	for i := range b.Refusals {
		r := &b.Refusals[i]
		t.add(int64(r.AccountID), int64(r.ID), int64(r.SiteID), millis(r.At))
		texts.add(string(r.Reason), r.IP, r.UserAgent, r.URL, r.Referrer, r.Params)
	}
	w.add(pgRefusals, t.rows(), append(t.args(), texts.args()...)...)
}

// pgBatch is several statements sent at once.
type pgBatch struct{ pgx.Batch }

// add queues a statement about rows, unless there are none.
func (w *pgBatch) add(q string, rows int, args ...any) {
	if rows > 0 {
		w.Queue(q, args...)
	}
}

// columns are rows turned into arrays, one for each column.
type columns[T any] [][]T

func newColumns(rows, n int) columns[int64] { return makeColumns[int64](rows, n) }

func newTexts(rows, n int) columns[string] { return makeColumns[string](rows, n) }

func makeColumns[T any](rows, n int) columns[T] {
	c := make(columns[T], n)
	for i := range c {
		c[i] = make([]T, 0, rows)
	}
	return c
}

func (c columns[T]) add(row ...T) {
	for i, v := range row {
		c[i] = append(c[i], v)
	}
}

func (c columns[T]) rows() int { return len(c[0]) }

func (c columns[T]) args() []any {
	args := make([]any, len(c), len(c)+12)
	for i := range c {
		args[i] = c[i]
	}
	return args
}
