package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/calltracking"
	"github.com/skvoz/skvoz/core/telephony"
)

func fromMS(ms int64) time.Duration { return time.Duration(ms) * time.Millisecond }

// Which calls are folded: $1 now, $2 how many, $3 how many are looked at; or $1 account, $2 connection, $3 call. On PostgreSQL a call is folded by whoever has
// its advisory lock, which nobody waits for.
const (
	dueCalls = `SELECT d.account_id, d.connection_id, d.call_id FROM (SELECT account_id, connection_id, call_id, fold_at FROM calls_to_fold WHERE fold_at <= $1
  ORDER BY fold_at LIMIT $3) d GROUP BY d.account_id, d.connection_id, d.call_id ORDER BY MIN(d.fold_at)`
	oneCall = `SELECT DISTINCT account_id, connection_id, call_id FROM calls_to_fold WHERE account_id = $1 AND connection_id = $2 AND call_id = $3`

	dueCallsPostgres = `WITH due AS MATERIALIZED (` + dueCalls + `) SELECT account_id, connection_id, call_id FROM due WHERE ` + tryCall + ` LIMIT $2`
	oneCallPostgres  = `WITH due AS MATERIALIZED (` + oneCall + `) SELECT account_id, connection_id, call_id FROM due WHERE ` + tryCall
	tryCall          = `pg_try_advisory_xact_lock(hashtextextended(account_id || '/' || connection_id || '/' || call_id, 1936420706))`

	anyDueCalls = `SELECT COUNT(*) FROM (SELECT 1 FROM calls_to_fold WHERE fold_at <= $1 LIMIT 1) d`
)

// lookAhead is how many times as many marks are looked at as calls are wanted: others may be folding the first ones.
const lookAhead = 8

// FoldDue implements telephony.FoldStore.
func (s *CallStore) FoldDue(ctx context.Context, now time.Time, limit int, fold telephony.FoldFunc) ([]telephony.CallRef, bool, error) {
	n := 0
	if err := s.db.rawReader().queryRow(ctx, anyDueCalls, millis(now)).Scan(&n); err != nil || n == 0 { // a transaction is begun only when there is work
		return nil, false, translate(err)
	}
	q := dueCalls + ` LIMIT $2`
	if s.db.Engine == Postgres {
		q = dueCallsPostgres
	}
	refs, err := s.fold(ctx, fold, q, millis(now), limit, limit*lookAhead)
	return refs, len(refs) == 0, err
}

// FoldOne implements telephony.FoldStore.
func (s *CallStore) FoldOne(ctx context.Context, ref telephony.CallRef, fold telephony.FoldFunc) error {
	q := oneCall
	if s.db.Engine == Postgres {
		q = oneCallPostgres
	}
	_, err := s.fold(ctx, fold, q, int64(ref.AccountID), int64(ref.ConnectionID), ref.PBXCallID)
	return err
}

// fold folds the calls a statement finds. Marks are read before events: one that comes later stays.
func (s *CallStore) fold(ctx context.Context, fold telephony.FoldFunc, which string, args ...any) (refs []telephony.CallRef, err error) {
	hasJobs := false
	err = s.db.inLiveTx(ctx, func(tx conn, tell func(...telephony.Change)) error {
		refs, hasJobs = refs[:0], false
		if tx.engine == Postgres { // plans are kept that were made while the tables were small
			if _, err := tx.exec(ctx, `SET LOCAL enable_seqscan = off`); err != nil {
				return err
			}
		}
		err := tx.query(ctx, which, args, func(row scanner) error {
			var r telephony.CallRef
			err := row.Scan(&r.AccountID, &r.ConnectionID, &r.PBXCallID)
			refs = append(refs, r)
			return err
		})
		if err != nil || len(refs) == 0 {
			return err
		}
		refs = sortedRefs(refs)
		f := &foldTx{conn: tx, store: s, tell: tell, again: map[telephony.CallRef]telephony.FoldedCall{}}
		calls, err := f.read(ctx, refs)
		if err != nil {
			return err
		}
		for from := 0; from < len(calls); { // refs are ordered by account
			to := from + 1
			for to < len(calls) && calls[to].AccountID == calls[from].AccountID {
				to++
			}
			if err := fold(ctx, f, calls[from].AccountID, calls[from:to]); err != nil {
				return err
			}
			from = to
		}
		hasJobs = f.hasJobs
		return f.unmark(ctx)
	})
	if err == nil && hasJobs && s.JobsAdded != nil {
		s.JobsAdded()
	}
	return refs, err
}

// PutOffFold implements telephony.FoldStore.
func (s *CallStore) PutOffFold(ctx context.Context, ref telephony.CallRef, until time.Time) error {
	return s.db.inRawTx(ctx, func(tx conn) error {
		_, err := tx.exec(ctx, `UPDATE calls_to_fold SET fold_at = $4, tries = tries + 1 WHERE account_id = $1 AND connection_id = $2 AND call_id = $3`,
			int64(ref.AccountID), int64(ref.ConnectionID), ref.PBXCallID, millis(until))
		return err
	})
}

// MarkNumberCalls implements telephony.FoldStore.
func (s *CallStore) MarkNumberCalls(ctx context.Context, account core.AccountID, number core.Phone, since time.Time) (int, error) {
	var marked int64
	err := s.db.inRawTx(ctx, func(tx conn) (err error) {
		marked, err = tx.markNumberCalls(ctx, s.db.now(), account, []core.Phone{number}, millis(since))
		return err
	})
	return int(marked), err
}

func (c conn) markNumberCalls(ctx context.Context, now int64, account core.AccountID, numbers []core.Phone, since int64) (int64, error) {
	return c.exec(ctx, markCallsSQL+`SELECT r.account_id, r.connection_id, r.pbx_call_id, CAST($4 AS BIGINT), CAST($5 AS BIGINT), 0 FROM calls r
WHERE r.account_id = $1 AND r.started_at >= $2 AND r.virtual_number {in $3} AND r.number_id = 0`, int64(account), since, textsArg(c.engine, numbers), newMark(), now)
}

// markCallsOfNumbers marks calls that came to numbers before they were the account's.
func (c conn) markCallsOfNumbers(ctx context.Context, now int64, account core.AccountID, numbers []calltracking.VirtualNumber) error {
	digits := make([]core.Phone, len(numbers))
	for i := range numbers {
		digits[i] = numbers[i].Number
	}
	_, err := c.markNumberCalls(ctx, now, account, digits, now-telephony.NumberHorizon.Milliseconds())
	return err
}

// foldTx is one transaction of folding. It implements telephony.FoldTx.
type foldTx struct {
	conn
	store *CallStore
	tell  func(...telephony.Change)
	// marks are those of the calls, again the calls to be looked at once more.
	marks []mark
	again map[telephony.CallRef]telephony.FoldedCall
	// hasJobs: outside systems are to be told of the calls.
	hasJobs bool
}

// mark is a mark that is being worked off.
type mark struct {
	telephony.CallRef
	id int64
}

// unmark removes the marks, and marks the calls that are to be looked at once more.
func (f *foldTx) unmark(ctx context.Context) error {
	if err := f.removeMarks(ctx); err != nil {
		return err
	}
	for ref, c := range f.again {
		_, err := f.exec(ctx, markCallsSQL+`VALUES ($1, $2, $3, $4, $5, $6)`,
			int64(ref.AccountID), int64(ref.ConnectionID), ref.PBXCallID, newMark(), millis(c.Again), c.Tries)
		if err != nil {
			return err
		}
	}
	return nil
}

func (f *foldTx) removeMarks(ctx context.Context) error {
	if f.engine != Postgres {
		rows := make([][4]any, len(f.marks))
		for i, m := range f.marks {
			rows[i] = [4]any{int64(m.AccountID), int64(m.ConnectionID), m.PBXCallID, m.id}
		}
		_, err := f.exec(ctx, `DELETE FROM calls_to_fold WHERE (account_id, connection_id, call_id, mark_id) IN
  (SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each($1))`, jsonText(rows))
		return err
	}
	refs, ids := make([]telephony.CallRef, len(f.marks)), make([]int64, len(f.marks))
	for i, m := range f.marks {
		refs[i], ids[i] = m.CallRef, m.id
	}
	_, err := f.exec(ctx, `DELETE FROM calls_to_fold m USING unnest($1::bigint[], $2::bigint[], $3::text[], $4::bigint[]) AS w(a, c, k, i)
WHERE m.account_id = w.a AND m.connection_id = w.c AND m.call_id = w.k AND m.mark_id = w.i`, append(f.refArgs(refs), ids)...)
	return err
}

// wantedRows is the FROM clause of the rows o of a table that are of some calls, given by refArgs as the first parameters; column is that of the PBX's id.
// LATERAL keeps PostgreSQL to the index, whatever it believes of a table that has just grown.
func (c conn) wantedRows(table, column, columns, lock string) string {
	match := `o.account_id = %s AND o.connection_id = %s AND o.` + column + ` = %s`
	if c.engine == Postgres {
		return fmt.Sprintf(`SELECT `+columns+` FROM unnest($1::bigint[], $2::bigint[], $3::text[]) AS w(a, c, k) CROSS JOIN LATERAL (SELECT * FROM `+table+` o WHERE `+match+` OFFSET 0`+lock+`) r`,
			"w.a", "w.c", "w.k")
	}
	match = strings.ReplaceAll(match, "o.", "r.")
	return fmt.Sprintf(`SELECT `+columns+` FROM json_each($1) w CROSS JOIN `+table+` r WHERE `+match, "w.value ->> 0", "w.value ->> 1", "w.value ->> 2")
}

func (c conn) refArgs(refs []telephony.CallRef) []any {
	if c.engine == Postgres {
		a, n, k := refColumns(refs)
		return []any{a, n, k}
	}
	return []any{refRows(refs)}
}

// read reads the marks and all events of the calls, and the calls as they were folded last.
func (f *foldTx) read(ctx context.Context, refs []telephony.CallRef) ([]telephony.MarkedCall, error) {
	calls := make([]telephony.MarkedCall, len(refs))
	place := make(map[telephony.CallRef]*telephony.MarkedCall, len(refs))
	for i, ref := range refs {
		calls[i] = telephony.MarkedCall{CallRef: ref}
		place[ref] = &calls[i]
	}
	if err := f.readMarks(ctx, refs, place); err != nil {
		return nil, err
	}
	if err := f.readBefore(ctx, refs, place); err != nil {
		return nil, err
	}
	for i := range calls {
		if c := &calls[i]; c.Before == nil {
			c.ID = core.CallID(f.store.db.ids.New())
		}
	}
	if err := f.readEvents(ctx, refs, place); err != nil {
		return nil, err
	}
	return calls, f.readKinds(ctx, calls)
}

func (f *foldTx) readMarks(ctx context.Context, refs []telephony.CallRef, place map[telephony.CallRef]*telephony.MarkedCall) error {
	q := f.wantedRows("calls_to_fold", "call_id", "r.account_id, r.connection_id, r.call_id, r.mark_id, r.tries", "")
	return f.query(ctx, q, f.refArgs(refs), func(row scanner) error {
		var m mark
		tries := 0
		err := row.Scan(&m.AccountID, &m.ConnectionID, &m.PBXCallID, &m.id, &tries)
		f.marks = append(f.marks, m)
		place[m.CallRef].Tries = max(place[m.CallRef].Tries, tries)
		return err
	})
}

func (f *foldTx) readBefore(ctx context.Context, refs []telephony.CallRef, place map[telephony.CallRef]*telephony.MarkedCall) error {
	q := f.wantedRows("calls", "pbx_call_id", callColumns, " FOR UPDATE OF o")
	return f.query(ctx, q, f.refArgs(refs), func(row scanner) error {
		c := new(telephony.Call)
		if err := scanCall(row, c); err != nil {
			return err
		}
		m := place[telephony.CallRef{AccountID: c.AccountID, ConnectionID: c.ConnectionID, PBXCallID: c.PBXCallID}]
		m.ID, m.Before = c.ID, c
		return nil
	})
}

func (f *foldTx) readEvents(ctx context.Context, refs []telephony.CallRef, place map[telephony.CallRef]*telephony.MarkedCall) error {
	q := f.wantedRows("call_events", "call_id", "r.account_id, r.connection_id, r.call_id, r.received_at, r.body", "")
	return f.query(ctx, q, f.refArgs(refs), func(row scanner) error {
		var ref telephony.CallRef
		var received int64
		var body string
		if err := row.Scan(&ref.AccountID, &ref.ConnectionID, &ref.PBXCallID, &received, &body); err != nil {
			return err
		}
		var e telephony.Event
		if err := json.Unmarshal([]byte(body), &e); err != nil {
			return fmt.Errorf("reading an event of call %q: %w", ref.PBXCallID, err)
		}
		m, at := place[ref], fromMillis(received)
		m.Events = append(m.Events, e)
		if m.FirstReceivedAt.IsZero() || at.Before(m.FirstReceivedAt) {
			m.FirstReceivedAt = at
		}
		if (e.Type == telephony.CallFinished || e.Type == telephony.SnapshotTaken) && at.After(m.EndReceivedAt) {
			m.EndReceivedAt = at
		}
		return nil
	})
}

func (f *foldTx) readKinds(ctx context.Context, calls []telephony.MarkedCall) error {
	var ids []core.ConnectionID
	for i := range calls {
		if !slices.Contains(ids, calls[i].ConnectionID) {
			ids = append(ids, calls[i].ConnectionID)
		}
	}
	kinds := map[core.ConnectionID]telephony.ConnectionKind{}
	err := f.query(ctx, `SELECT id, kind FROM pbx_connections WHERE id {in $1}`, []any{idsArg(f.engine, ids)}, func(row scanner) error {
		var id core.ConnectionID
		var kind telephony.ConnectionKind
		err := row.Scan(&id, &kind)
		kinds[id] = kind
		return err
	})
	for i := range calls {
		calls[i].Kind = kinds[calls[i].ConnectionID]
	}
	return err
}
