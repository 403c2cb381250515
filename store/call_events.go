package store

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/telephony"
)

// CallStore keeps calls. It is safe for concurrent use.
type CallStore struct {
	db     *DB
	sealer telephony.Sealer
	// JobsAdded, when given before the store is used, is called after calls were folded of which outside systems are to be told.
	JobsAdded func()
}

var _ telephony.FoldStore = (*CallStore)(nil)

// CallStore returns what keeps calls, connections and their secrets, which are sealed by sealer.
func (db *DB) CallStore(sealer telephony.Sealer) *CallStore {
	return &CallStore{db: db, sealer: sealer}
}

// eventQueue gathers events that come while others are being written, so that they share a transaction: its end, waiting for the disk, costs far more than
// the rows.
type eventQueue struct {
	mu      sync.Mutex
	waiting []*eventsToAdd
	// writers is how many transactions run.
	writers int
	// transactions and events count what was written.
	transactions, events int64
}

// EventStats tells in how many transactions how many events were written by this process.
func (s *CallStore) EventStats() (transactions, events int64) {
	q := &s.db.events
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.transactions, q.events
}

// eventsAtOnce bounds the events of one transaction; more than one request's are never parted.
const eventsAtOnce = 500

// eventWriters is how many transactions may run at once on PostgreSQL.
const eventWriters = 4

// eventsToAdd are the events of one request.
type eventsToAdd struct {
	connection telephony.Connection
	at         int64
	events     []telephony.Event
	bodies     []string

	got  telephony.Received
	err  error
	done chan struct{}
}

// AddEvents implements telephony.EventStore.
func (s *CallStore) AddEvents(ctx context.Context, c telephony.Connection, at time.Time, events []telephony.Event) (telephony.Received, error) {
	if len(events) == 0 {
		return telephony.Received{}, nil
	}
	r := &eventsToAdd{connection: c, at: millis(at), events: events, bodies: make([]string, len(events)), done: make(chan struct{})}
	for i := range events {
		body, err := json.Marshal(&events[i])
		if err != nil {
			return telephony.Received{}, fmt.Errorf("event %q: %w", events[i].ID, err)
		}
		r.bodies[i] = string(body)
	}
	s.db.addEvents(context.WithoutCancel(ctx), r)
	select {
	case <-r.done:
		return r.got, r.err
	case <-ctx.Done():
		return telephony.Received{}, ctx.Err()
	}
}

// addEvents queues events and writes what is queued unless others do.
func (db *DB) addEvents(ctx context.Context, r *eventsToAdd) {
	writers := 1
	if db.Engine == Postgres {
		writers = eventWriters
	}
	q := &db.events
	q.mu.Lock()
	defer q.mu.Unlock()
	q.waiting = append(q.waiting, r)
	if q.writers < writers {
		q.writers++
		go db.writeEvents(ctx)
	}
}

// writeEvents writes what is queued until nothing is.
func (db *DB) writeEvents(ctx context.Context) {
	for {
		list := db.events.take()
		if list == nil {
			return
		}
		if err := db.writeEventsOf(ctx, list); err != nil && len(list) > 1 && core.KindOf(err) != core.KindUnavailable {
			for _, r := range list { // somebody's are wrong: the others' are not
				r.err = db.writeEventsOf(ctx, []*eventsToAdd{r})
			}
		} else {
			for _, r := range list {
				r.err = err
			}
		}
		for _, r := range list {
			close(r.done)
		}
	}
}

// take returns the next requests to write together; nil = none, and the writer has ended.
func (q *eventQueue) take() []*eventsToAdd {
	q.mu.Lock()
	defer q.mu.Unlock()
	n, events := 0, 0
	for n < len(q.waiting) && (n == 0 || events+len(q.waiting[n].events) <= eventsAtOnce) {
		events += len(q.waiting[n].events)
		n++
	}
	if n == 0 {
		q.writers--
		return nil
	}
	q.transactions, q.events = q.transactions+1, q.events+int64(events)
	list := slices.Clone(q.waiting[:n])
	q.waiting = slices.Delete(q.waiting, 0, n)
	return list
}

// eventKey names an event.
type eventKey struct {
	connection core.ConnectionID
	id         string
}

// writeEventsOf writes the events of some requests in one transaction.
func (db *DB) writeEventsOf(ctx context.Context, list []*eventsToAdd) error {
	return db.inLiveTx(ctx, func(tx conn, tell func(...telephony.Change)) error {
		fresh, err := tx.insertEvents(ctx, list)
		if err != nil {
			return err
		}
		var marks []telephony.CallRef
		for _, r := range list {
			r.got = telephony.Received{}
			for i := range r.events {
				e := &r.events[i]
				key := eventKey{r.connection.ID, e.ID}
				if !fresh[key] {
					r.got.Duplicate++
					continue
				}
				delete(fresh, key) // the same one again in one transaction is a repetition
				r.got.Accepted++
				if e.CallID != "" {
					marks = append(marks, telephony.CallRef{AccountID: r.connection.AccountID, ConnectionID: r.connection.ID, PBXCallID: e.CallID})
				}
				if err := tx.heed(ctx, r, e, tell); err != nil {
					return err
				}
			}
		}
		return tx.markCalls(ctx, db.now(), marks)
	})
}

// Events of a transaction: on SQLite a list of rows as JSON, on PostgreSQL one array for each column.
const (
	insertEventsSQL = `INSERT INTO call_events (account_id, connection_id, event_id, call_id, type, seq, occurred_at, received_at, body) `
	insertEventsEnd = ` ON CONFLICT (account_id, connection_id, event_id) DO NOTHING RETURNING connection_id, event_id`

	insertEventsLite = insertEventsSQL + `SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7, value ->> 8
FROM json_each($1) WHERE TRUE` + insertEventsEnd
	insertEventsPostgres = insertEventsSQL + `SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::bigint[], $8::bigint[],
$9::text[]) AS u(a, c, e) ORDER BY a, c, e` + insertEventsEnd
)

// insertEvents returns which events are new.
func (c conn) insertEvents(ctx context.Context, list []*eventsToAdd) (map[eventKey]bool, error) {
	fresh := make(map[eventKey]bool)
	q, args := insertEventsPostgres, eventColumns(list)
	if c.engine != Postgres {
		q, args = insertEventsLite, []any{jsonText(eventRows(list))}
	}
	err := c.query(ctx, q, args, func(row scanner) error {
		var k eventKey
		err := row.Scan(&k.connection, &k.id)
		fresh[k] = true
		return err
	})
	return fresh, err
}

func eventRows(list []*eventsToAdd) [][9]any {
	var rows [][9]any
	for _, r := range list {
		for i := range r.events {
			e := &r.events[i]
			rows = append(rows, [9]any{
				int64(r.connection.AccountID), int64(r.connection.ID), e.ID, e.CallID, string(e.Type), e.Seq, millis(e.OccurredAt), r.at, r.bodies[i],
			})
		}
	}
	return rows
}

func eventColumns(list []*eventsToAdd) []any {
	numbers, texts := newColumns(0, 5), newTexts(0, 4)
	for _, r := range list {
		for i := range r.events {
			e := &r.events[i]
			numbers.add(int64(r.connection.AccountID), int64(r.connection.ID), e.Seq, millis(e.OccurredAt), r.at)
			texts.add(e.ID, e.CallID, string(e.Type), r.bodies[i])
		}
	}
	return []any{numbers[0], numbers[1], texts[0], texts[1], texts[2], numbers[2], numbers[3], numbers[4], texts[3]}
}

const (
	markCallsSQL  = `INSERT INTO calls_to_fold (account_id, connection_id, call_id, mark_id, fold_at, tries) `
	markCallsLite = markCallsSQL + `SELECT value ->> 0, value ->> 1, value ->> 2, $2, $3, 0 FROM json_each($1)`

	markCallsPostgres = markCallsSQL + `SELECT a, c, k, $4::bigint, $5::bigint, 0 FROM unnest($1::bigint[], $2::bigint[], $3::text[]) AS u(a, c, k)`
)

// markCalls marks calls to be folded at once.
func (c conn) markCalls(ctx context.Context, now int64, refs []telephony.CallRef) error {
	if len(refs) == 0 {
		return nil
	}
	q := markCallsLite
	if c.engine == Postgres {
		q = markCallsPostgres
	}
	_, err := c.exec(ctx, q, append(c.refArgs(sortedRefs(refs)), newMark(), now)...)
	return err
}

// newMark draws what tells the marks of one transaction from those of others.
func newMark() int64 { return rand.Int64N(core.MaxID) + 1 }

// sortedRefs are calls in order and once each.
func sortedRefs(refs []telephony.CallRef) []telephony.CallRef {
	slices.SortFunc(refs, func(a, b telephony.CallRef) int {
		return cmp.Or(cmp.Compare(a.AccountID, b.AccountID), cmp.Compare(a.ConnectionID, b.ConnectionID), cmp.Compare(a.PBXCallID, b.PBXCallID))
	})
	return slices.Compact(refs)
}

func refRows(refs []telephony.CallRef) string {
	rows := make([][3]any, len(refs))
	for i, r := range refs {
		rows[i] = [3]any{int64(r.AccountID), int64(r.ConnectionID), r.PBXCallID}
	}
	return jsonText(rows)
}

func refColumns(refs []telephony.CallRef) (accounts, connections []int64, calls []string) {
	for _, r := range refs {
		accounts, connections, calls = append(accounts, int64(r.AccountID)), append(connections, int64(r.ConnectionID)), append(calls, r.PBXCallID)
	}
	return accounts, connections, calls
}

// heed does what events ask for that are of no call.
func (c conn) heed(ctx context.Context, r *eventsToAdd, e *telephony.Event, tell func(...telephony.Change)) error {
	account, connection, d := int64(r.connection.AccountID), int64(r.connection.ID), &e.Data
	switch e.Type {
	case telephony.Heartbeat:
		return c.heartbeat(ctx, r, d, tell)
	case telephony.LineStateChanged:
		n, err := c.exec(ctx, `INSERT INTO pbx_lines (account_id, connection_id, line, extension, state, changed_at) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (account_id, connection_id, line) DO UPDATE SET extension = excluded.extension, state = excluded.state, changed_at = excluded.changed_at
WHERE pbx_lines.changed_at <= excluded.changed_at`, account, connection, d.Line, d.Ext, d.State, millis(e.OccurredAt))
		if n > 0 {
			tell(telephony.Change{AccountID: r.connection.AccountID, Topic: telephony.TopicLine, ConnectionID: r.connection.ID})
		}
		return err
	case telephony.CommandResultEvent:
		state := "done"
		if d.Status != "ok" {
			state = "failed"
		}
		_, err := c.exec(ctx, `UPDATE pbx_commands SET state = $4, code = $5, finished_at = $6 WHERE account_id = $1 AND connection_id = $2 AND id = $3 AND state = 'sent'`,
			account, connection, d.CommandID, state, d.Code, r.at)
		return err
	default:
		return nil
	}
}

// heartbeat keeps a sign of life; a connection that was down is told to be up again.
func (c conn) heartbeat(ctx context.Context, r *eventsToAdd, d *telephony.Data, tell func(...telephony.Change)) error {
	account, connection := int64(r.connection.AccountID), int64(r.connection.ID)
	n, err := c.exec(ctx, `UPDATE pbx_connections SET is_down = FALSE WHERE account_id = $1 AND id = $2 AND (is_down OR heartbeat_at = 0)`, account, connection)
	if err != nil {
		return err
	}
	if n > 0 {
		tell(telephony.Change{AccountID: r.connection.AccountID, Topic: telephony.TopicConnection, ConnectionID: r.connection.ID})
	}
	_, err = c.exec(ctx, `UPDATE pbx_connections SET heartbeat_at = $3, active_calls = $4, version = $5 WHERE account_id = $1 AND id = $2 AND heartbeat_at <= $3`,
		account, connection, r.at, d.ActiveCalls, d.Version)
	return err
}
