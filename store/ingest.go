package store

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/visits"
)

// Ingest writes what browsers send. It implements visits.IngestStore with prepared statements of the drivers themselves: this is the one path on
// which every microsecond counts. One goroutine writes at a time.
type Ingest struct {
	db *DB
	// known are the interned texts and sources that need no writing again.
	known  knownIDs
	lite   liteStatements
	later  later
	tables hitTables
	// written is how many hits have been written.
	written int
	mu      sync.Mutex
}

var _ visits.IngestStore = (*Ingest)(nil)

// Ingest returns the writing side for one visits.Ingester.
func (db *DB) Ingest() *Ingest { return &Ingest{db: db} }

// WriteBatch implements visits.IngestStore.
func (g *Ingest) WriteBatch(ctx context.Context, b *visits.Batch) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if err := g.makeMonths(ctx, b); err != nil {
		return translate(err)
	}
	g.known.begin()
	var err error
	if g.db.Engine == Postgres {
		err = g.writePostgres(ctx, b)
	} else {
		err = g.writeSQLite(ctx, b)
	}
	if err != nil {
		return g.ingestError(err)
	}
	g.known.commit()
	g.written += len(b.Hits)
	return nil
}

// makeMonths makes sure that the tables of all hits of a batch are there.
func (g *Ingest) makeMonths(ctx context.Context, b *visits.Batch) error {
	for i := range b.Sessions {
		if table := g.tables.of(b.Sessions[i].ID); !g.db.months.has(table) {
			if err := g.db.makeHitMonth(ctx, b.Sessions[i].ID); err != nil {
				return err
			}
		}
	}
	return nil
}

// hitTables names the tables of sessions' hits. It remembers the last one: nearly all hits are of the same month.
type hitTables struct {
	first, next core.SessionID
	name        string
}

func (t *hitTables) of(session core.SessionID) string {
	if session < t.first || session >= t.next {
		day := visits.SessionDay(session)
		month := time.Date(day.Year(), day.Month(), 1, 0, 0, 0, 0, time.UTC)
		t.first, t.next, t.name = visits.FirstSession(month), visits.FirstSession(month.AddDate(0, 1, 0)), monthTable(session)
	}
	return t.name
}

// pgStale are PostgreSQL's errors that a new decision cures: deadlocks of replicas, a visitor or session that is there already, and the division by
// zero of pgReturns.
var pgStale = []string{"40P01", "40001", "23505", "22012"}

// ingestError tells apart what a new decision can cure: what other replicas did meanwhile, and a month's table that retention dropped.
func (g *Ingest) ingestError(err error) error {
	var pg *pgconn.PgError
	switch {
	case errors.As(err, &pg) && slices.Contains(pgStale, pg.Code):
		return visits.ErrStale
	case errors.As(err, &pg) && (pg.Code == "23514" || pg.Code == "42P01"), strings.Contains(err.Error(), "no such table: hits_y"):
		g.db.months.forget()
		return visits.ErrStale
	}
	return translate(err)
}

// hasFollowUp reports whether anything follows from a batch (see followUp).
func hasFollowUp(b *visits.Batch) bool {
	return goalsReached(b) != nil || len(oldSessionDays(b)) > 0 || slices.ContainsFunc(b.Returns, func(r visits.Return) bool { return isLateSession(b, r.At) })
}

// followUp does within the transaction of a batch what follows from it: communications of reached goals, deals whose paths sessions of the past
// belong to, days of the past that count differently now.
func (db *DB) followUp(ctx context.Context, tx querier, b *visits.Batch) error {
	if err := db.reachCommunications(ctx, tx, b); err != nil {
		return err
	}
	c := conn{tx, db.Engine}
	if err := c.lateSessions(ctx, b); err != nil {
		return err
	}
	return c.bumpOldSessions(ctx, b)
}

// reachCommunications makes communications of the goals a batch reached.
func (db *DB) reachCommunications(ctx context.Context, tx querier, b *visits.Batch) error {
	for account, reaches := range goalsReached(b) {
		if err := db.addGoalCommunications(ctx, tx, account, millis(b.Now), reaches); err != nil {
			return err
		}
	}
	return nil
}

// goalsReached are the goals a batch reached, by account; nil when there are none.
func goalsReached(b *visits.Batch) map[core.AccountID][]core.GoalReachID {
	var byAccount map[core.AccountID][]core.GoalReachID
	for i := range b.Reaches {
		if r := &b.Reaches[i]; r.IsGoal {
			if byAccount == nil {
				byAccount = make(map[core.AccountID][]core.GoalReachID)
			}
			byAccount[r.AccountID] = append(byAccount[r.AccountID], r.ID)
		}
	}
	return byAccount
}

// clickIDs is how click ids are stored: a JSON array of pairs, or nothing.
func clickIDs(ids []visits.ClickID) string {
	if len(ids) == 0 {
		return ""
	}
	pairs := make([][2]string, len(ids))
	for i, id := range ids {
		pairs[i] = [2]string{id.Name, id.Value}
	}
	b, _ := json.Marshal(pairs) // texts always marshal
	return string(b)
}

// knownLimit bounds what knownIDs remembers to twice as many, about 8 MB.
const knownLimit = 100_000

// knownID names an interned row of an account.
type knownID struct {
	account core.AccountID
	id      int64
}

// knownIDs remembers the interned rows written lately. What a transaction adds counts only once it is committed.
type knownIDs struct {
	now, old map[knownID]struct{}
	pending  []knownID
	inBatch  map[knownID]struct{}
}

func (k *knownIDs) begin() {
	k.pending = k.pending[:0]
	if k.now == nil {
		k.now, k.inBatch = make(map[knownID]struct{}), make(map[knownID]struct{})
	}
	clear(k.inBatch)
}

// isNew reports whether the row must be written, and notes that it is.
func (k *knownIDs) isNew(account core.AccountID, id int64) bool {
	key := knownID{account, id}
	if _, ok := k.now[key]; ok {
		return false
	}
	if _, ok := k.inBatch[key]; ok {
		return false
	}
	k.inBatch[key] = struct{}{}
	k.pending = append(k.pending, key)
	_, ok := k.old[key]
	return !ok
}

func (k *knownIDs) commit() {
	if len(k.now)+len(k.pending) > knownLimit {
		k.old, k.now = k.now, make(map[knownID]struct{}, knownLimit/4)
	}
	for _, key := range k.pending {
		k.now[key] = struct{}{}
	}
}
