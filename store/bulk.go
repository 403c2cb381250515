package store

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/comms"
	"github.com/skvoz/skvoz/core/goals"
	"github.com/skvoz/skvoz/core/reports"
	"github.com/skvoz/skvoz/core/sites"
	"github.com/skvoz/skvoz/core/visits"
)

// LoadHistory writes made-up history in one transaction: rows of SQLite many to a statement, PostgreSQL's by COPY. Ids must be new. It
// implements demo.Loader.
func (db *DB) LoadHistory(ctx context.Context, account core.AccountID, b *comms.History) error {
	for _, s := range b.Sessions {
		if err := db.makeHitMonth(ctx, s.ID); err != nil {
			return err
		}
	}
	load := newBulk(account, db.now())
	load.sessions(b.Sessions)
	load.hits(b.Hits)
	load.visitors(b.Visitors, b.Sessions)
	load.contacts(b.Contacts)
	load.reaches(b.Reaches)
	load.communications(b.Communications)
	return db.writeBulk(ctx, load, historyDays(b, dayOf(db.now())))
}

// writeBulk writes what was gathered and raises the versions of days, in one transaction.
func (db *DB) writeBulk(ctx context.Context, load *bulk, days map[reports.Fact][]int) error {
	if db.Engine == Postgres {
		return translate(db.copyRows(ctx, load, days))
	}
	if err := db.prepareForBulk(ctx); err != nil {
		return translate(err)
	}
	return db.inRawTx(ctx, func(tx conn) error {
		if err := insertRows(ctx, tx, load); err != nil {
			return err
		}
		for fact, list := range days {
			if err := tx.bumpDays(ctx, load.account, fact, list...); err != nil {
				return err
			}
		}
		return nil
	})
}

// prepareForBulk gives the writing connection of SQLite memory for the upper pages of all indexes, and lets the log grow before it is folded in.
func (db *DB) prepareForBulk(ctx context.Context) error {
	for _, pragma := range []string{"PRAGMA cache_size = -262144", "PRAGMA wal_autocheckpoint = 20000"} {
		if _, err := db.write.ExecContext(ctx, pragma); err != nil {
			return err
		}
	}
	return nil
}

// bulkTable is rows for one table, in the order of its columns.
type bulkTable struct {
	name    string
	columns []string
	rows    [][]any
	// shared rows may be there already.
	shared bool
}

// bulk gathers a batch as rows. Texts and sources are interned on the way.
type bulk struct {
	account core.AccountID
	now     int64
	tables  []*bulkTable
	byName  map[string]*bulkTable
	seen    map[int64]bool
}

func newBulk(account core.AccountID, now int64) *bulk {
	return &bulk{account: account, now: now, byName: map[string]*bulkTable{}, seen: map[int64]bool{}}
}

func (l *bulk) add(table, columns string, row ...any) {
	t := l.byName[table]
	if t == nil {
		t = &bulkTable{name: table, columns: strings.Fields("account_id " + columns)}
		l.byName[table] = t
		l.tables = append(l.tables, t)
	}
	t.rows = append(t.rows, append([]any{int64(l.account)}, row...))
}

func (l *bulk) addShared(id int64, table, columns string, row ...any) {
	if l.seen[id] {
		return
	}
	l.seen[id] = true
	l.add(table, columns, row...)
	l.byName[table].shared = true
}

func (l *bulk) text(kind visits.DimensionKind, value string) int64 {
	d := visits.NewDimension(l.account, kind, value)
	if d.ID != 0 {
		l.addShared(int64(d.ID), "dimensions", "id kind value", int64(d.ID), int(kind), value)
	}
	return int64(d.ID)
}

func (l *bulk) source(s visits.TrafficSource) int64 {
	id := int64(s.TrafficID())
	l.addShared(id, "traffic_sources", "id channel source medium campaign term content referrer_domain search_engine engine is_paid",
		id, string(s.Channel), s.Source, s.Medium, s.Campaign, s.Term, s.Content, s.ReferrerDomain, s.SearchEngine, s.Engine, s.IsPaid)
	return id
}

func campaignID(c *sites.Ref) int64 {
	if c == nil {
		return 0
	}
	return int64(c.ID)
}

func (l *bulk) sessions(all []visits.Session) {
	for i := range all {
		s, c := &all[i], &all[i].Client
		l.add("sessions", "id site_id visitor_id number started_at last_activity_at hit_count visible_ms entrance_page_id exit_page_id exit_title_id referrer_id "+
			"traffic_id campaign_id device_type browser os language screen ip country region city click_ids",
			int64(s.ID), int64(s.SiteID), int64(s.VisitorID), s.Number, millis(s.StartedAt), millis(s.LastActivityAt), s.HitCount, s.Duration.Milliseconds(),
			l.text(visits.DimensionPage, s.EntrancePage), l.text(visits.DimensionPage, s.ExitPage), int64(0), l.text(visits.DimensionReferrer, s.Source.Referrer),
			l.source(s.Source), campaignID(s.Campaign), string(c.DeviceType), c.Browser, c.OS, c.Language, c.Screen, c.IP, c.Country, c.Region, c.City, "")
	}
}

func (l *bulk) hits(all []visits.Hit) {
	for i := range all {
		h := &all[i]
		l.add(monthTable(h.SessionID), "session_id id hit_at page_id title_id visible_ms",
			int64(h.SessionID), int64(h.ID), millis(h.At), l.text(visits.DimensionPage, h.URL), l.text(visits.DimensionTitle, h.Title), h.Duration.Milliseconds())
	}
}

func (l *bulk) visitors(all []visits.Visitor, sessions []visits.Session) {
	last := map[core.VisitorID]*visits.Session{}
	for i := range sessions {
		if s := &sessions[i]; last[s.VisitorID] == nil || s.Number > last[s.VisitorID].Number {
			last[s.VisitorID] = s
		}
	}
	for i := range all {
		v := &all[i]
		s := last[v.ID]
		campaignAt := int64(0)
		if s.Campaign != nil {
			campaignAt = millis(s.StartedAt)
		}
		l.add("visitors", "id site_id name name_search first_seen_at last_session_at last_session_id session_count earlier_hits first_traffic_id first_referrer_id last_traffic_id "+
			"last_campaign_id campaign_at has_contacts person_id",
			int64(v.ID), int64(v.SiteID), v.Name, strings.ToLower(v.Name), millis(v.FirstSeenAt), millis(s.StartedAt), int64(s.ID), v.SessionCount, v.HitCount-s.HitCount, l.source(v.FirstSource),
			l.text(visits.DimensionReferrer, v.FirstSource.Referrer), l.source(s.Source), campaignID(s.Campaign), campaignAt, v.PersonID != 0, int64(v.PersonID))
		if v.PersonID != 0 {
			l.addShared(int64(v.PersonID), "persons", "id created_at", int64(v.PersonID), l.now)
		}
	}
}

func (l *bulk) contacts(all []visits.Contact) {
	for i := range all {
		c := &all[i]
		l.add("visitor_contacts", "visitor_id kind value first_at origin", int64(c.VisitorID), string(c.Kind), c.Value, millis(c.FirstAt), string(c.Origin))
	}
}

func (l *bulk) reaches(all []goals.Reach) {
	for i := range all {
		r := &all[i]
		l.add("goal_reaches", "id site_id goal_id is_goal visitor_id session_id hit_id reached_at page_id category action label value",
			int64(r.ID), int64(r.SiteID), int64(r.Goal.ID), r.IsGoal, int64(r.VisitorID), int64(r.SessionID), int64(0), millis(r.At),
			l.text(visits.DimensionPage, r.PageURL), r.Category, r.Action, r.Label, r.Value)
	}
}

func (l *bulk) communications(all []comms.Communication) {
	for i := range all {
		c := &all[i]
		goal, reach := int64(0), int64(0)
		if c.Goal != nil {
			goal, reach = int64(c.Goal.ID), int64(c.ID)
		}
		fields, _ := json.Marshal(append([]comms.UserField{}, c.UserFields...)) // texts always marshal
		l.add("communications", "id kind site_id at name name_search phone email visitor_id session_id hit_id goal_id goal_reach_id message form_name sale_minor sale_currency "+
			"user_fields page_url external_id created_at",
			int64(c.ID), string(c.Kind), int64(c.SiteID), millis(c.At), c.Name, strings.ToLower(c.Name), string(c.Phone), string(c.Email), int64(c.VisitorID), int64(c.SessionID), int64(c.HitID),
			goal, reach, c.Message, c.FormName, nil, "", string(fields), c.PageURL, c.ExternalID, l.now)
		for n, m := range c.Messages {
			l.add("chat_messages", "communication_id position at sender text", int64(c.ID), n, millis(m.At), string(m.Sender), m.Text)
		}
	}
}

// execer runs statements in a transaction of either driver.
type execer interface {
	ExecContext(ctx context.Context, q string, args ...any) (sql.Result, error)
}

// parametersAtOnce is how many parameters one statement has; SQLite's own limit is 32766.
const parametersAtOnce = 900

func insertRows(ctx context.Context, tx conn, load *bulk) error {
	for _, t := range load.tables {
		t.sort()
		if err := insertTable(ctx, tx.querier, t, "?"); err != nil {
			return fmt.Errorf("filling %s: %w", t.name, err)
		}
	}
	return nil
}

// sort puts rows in the order of the primary key, so that they fall into neighbouring pages.
func (t *bulkTable) sort() {
	slices.SortFunc(t.rows, func(a, b []any) int {
		for i := 1; i < 3 && i < len(a); i++ {
			x, isNumber := a[i].(int64)
			y, _ := b[i].(int64)
			if c := cmp.Compare(x, y); c != 0 || !isNumber {
				return c
			}
		}
		return 0
	})
}

// insertTable writes rows many to a statement; parameter is "?", or "$" where they are numbered.
func insertTable(ctx context.Context, tx execer, t *bulkTable, parameter string) error {
	step := max(1, parametersAtOnce/len(t.columns))
	full := ""
	for from := 0; from < len(t.rows); from += step {
		rows := t.rows[from:min(from+step, len(t.rows))]
		args := make([]any, 0, len(rows)*len(t.columns))
		for _, row := range rows {
			args = append(args, row...)
		}
		statement := full
		if statement == "" || len(rows) != step {
			statement = insertStatement(t, len(rows), parameter)
		}
		if len(rows) == step {
			full = statement
		}
		if _, err := tx.ExecContext(ctx, statement, args...); err != nil {
			return err
		}
	}
	return nil
}

func insertStatement(t *bulkTable, rows int, parameter string) string {
	var b strings.Builder
	b.WriteString("INSERT INTO " + t.name + " (" + strings.Join(t.columns, ", ") + ") VALUES ")
	n := 0
	for i := range rows {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteByte('(')
		for j := range t.columns {
			if j > 0 {
				b.WriteString(", ")
			}
			n++
			b.WriteString(parameter)
			if parameter == "$" {
				b.WriteString(strconv.Itoa(n))
			}
		}
		b.WriteByte(')')
	}
	if t.shared {
		b.WriteString(" ON CONFLICT DO NOTHING")
	}
	return b.String()
}

// copyRows writes shared rows by INSERT, which can pass over those that are there, and all others by COPY; then it raises the versions of days.
func (db *DB) copyRows(ctx context.Context, load *bulk, days map[reports.Fact][]int) error {
	c, err := db.write.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = c.Close() }()
	return c.Raw(func(driver any) error {
		raw, ok := driver.(*stdlib.Conn)
		if !ok {
			return errors.New("not a connection of pgx")
		}
		return pgx.BeginFunc(ctx, raw.Conn(), func(tx pgx.Tx) error {
			for _, t := range load.tables {
				if err := copyTable(ctx, tx, t); err != nil {
					return fmt.Errorf("filling %s: %w", t.name, err)
				}
			}
			for fact, list := range days {
				if _, err := tx.Exec(ctx, bumpSQL(Postgres), int64(load.account), int16(fact), sortedDays(list)); err != nil {
					return err
				}
			}
			return nil
		})
	})
}

func copyTable(ctx context.Context, tx pgx.Tx, t *bulkTable) error {
	if t.shared {
		return insertTable(ctx, pgxQuerier{tx}, t, "$")
	}
	_, err := tx.CopyFrom(ctx, pgx.Identifier{t.name}, t.columns, pgx.CopyFromRows(t.rows))
	return err
}

// pgxQuerier lets insertTable run in a transaction of pgx.
type pgxQuerier struct{ tx pgx.Tx }

func (q pgxQuerier) ExecContext(ctx context.Context, statement string, args ...any) (sql.Result, error) {
	_, err := q.tx.Exec(ctx, statement, args...)
	return nil, err
}
