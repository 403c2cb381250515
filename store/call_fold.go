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

const (
	dueMarks    = `SELECT account_id, connection_id, call_id, tries FROM calls_to_fold WHERE fold_at <= $1 ORDER BY fold_at LIMIT $2`
	oneMark     = `SELECT account_id, connection_id, call_id, tries FROM calls_to_fold WHERE account_id = $1 AND connection_id = $2 AND call_id = $3`
	anyDueMarks = `SELECT COUNT(*) FROM (SELECT 1 FROM calls_to_fold WHERE fold_at <= $1 LIMIT 1) d`
)

// marked is a mark that was taken.
type marked struct {
	telephony.CallRef
	tries int
}

// FoldDue implements telephony.FoldStore.
func (s *CallStore) FoldDue(ctx context.Context, now time.Time, limit int, fold telephony.FoldFunc) ([]telephony.CallRef, error) {
	if s.db.Engine != Postgres { // the one writer is asked for only when there is work
		n := 0
		if err := s.db.rawReader().queryRow(ctx, anyDueMarks, millis(now)).Scan(&n); err != nil || n == 0 {
			return nil, translate(err)
		}
	}
	return s.fold(ctx, fold, dueMarks, millis(now), limit)
}

// FoldOne implements telephony.FoldStore.
func (s *CallStore) FoldOne(ctx context.Context, ref telephony.CallRef, fold telephony.FoldFunc) error {
	_, err := s.fold(ctx, fold, oneMark, int64(ref.AccountID), int64(ref.ConnectionID), ref.PBXCallID)
	return err
}

// fold folds the calls whose marks a statement finds. While a mark is held on PostgreSQL, who adds events of its call waits: so none is missed.
func (s *CallStore) fold(ctx context.Context, fold telephony.FoldFunc, which string, args ...any) (refs []telephony.CallRef, err error) {
	which += skipLocked(s.db.Engine, "UPDATE")
	err = s.db.inLiveTx(ctx, func(tx conn, tell func(...telephony.Change)) error {
		refs = refs[:0]
		tries := map[telephony.CallRef]int{}
		err := tx.query(ctx, which, args, func(row scanner) error {
			var m marked
			err := row.Scan(&m.AccountID, &m.ConnectionID, &m.PBXCallID, &m.tries)
			refs, tries[m.CallRef] = append(refs, m.CallRef), m.tries
			return err
		})
		if err != nil || len(refs) == 0 {
			return err
		}
		refs = sortedRefs(refs)
		f := &foldTx{conn: tx, store: s, tell: tell, again: map[telephony.CallRef]telephony.FoldedCall{}}
		calls, err := f.read(ctx, refs, tries)
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
		return f.unmark(ctx, refs)
	})
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
	return c.exec(ctx, `INSERT INTO calls_to_fold (account_id, connection_id, call_id, fold_at, tries)
SELECT r.account_id, r.connection_id, r.pbx_call_id, CAST($4 AS BIGINT), 0 FROM calls r
WHERE r.account_id = $1 AND r.started_at >= $2 AND r.virtual_number {in $3} AND r.number_id = 0 ORDER BY r.account_id, r.connection_id, r.pbx_call_id
ON CONFLICT (account_id, connection_id, call_id) DO UPDATE SET fold_at = excluded.fold_at`, int64(account), since, textsArg(c.engine, numbers), now)
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
	// again are the calls to be looked at once more.
	again map[telephony.CallRef]telephony.FoldedCall
}

// unmark removes the marks of the calls that are done, and puts those of the others off.
func (f *foldTx) unmark(ctx context.Context, refs []telephony.CallRef) error {
	done := slices.DeleteFunc(slices.Clone(refs), func(r telephony.CallRef) bool {
		_, again := f.again[r]
		return again
	})
	for ref, c := range f.again {
		_, err := f.exec(ctx, `UPDATE calls_to_fold SET fold_at = $4, tries = $5 WHERE account_id = $1 AND connection_id = $2 AND call_id = $3`,
			int64(ref.AccountID), int64(ref.ConnectionID), ref.PBXCallID, millis(c.Again), c.Tries)
		if err != nil {
			return err
		}
	}
	if len(done) == 0 {
		return nil
	}
	if f.engine == Postgres {
		a, n, k := refColumns(done)
		_, err := f.exec(ctx, `DELETE FROM calls_to_fold m USING unnest($1::bigint[], $2::bigint[], $3::text[]) AS w(a, c, k)
WHERE m.account_id = w.a AND m.connection_id = w.c AND m.call_id = w.k`, a, n, k)
		return err
	}
	_, err := f.exec(ctx, `DELETE FROM calls_to_fold WHERE (account_id, connection_id, call_id) IN (SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each($1))`, refRows(done))
	return err
}

// wantedRows is the FROM clause of the rows o of a table that are of some calls, given by refArgs as the first parameters; column is that of the PBX's id.
// LATERAL keeps PostgreSQL to the index, whatever it believes of a table that has just grown.
func (c conn) wantedRows(table, column, columns, lock string) string {
	match := `o.account_id = %s AND o.connection_id = %s AND o.` + column + ` = %s`
	if c.engine == Postgres {
		return fmt.Sprintf(`SELECT `+columns+` FROM unnest($1::bigint[], $2::bigint[], $3::text[]) AS w(a, c, k) CROSS JOIN LATERAL (SELECT * FROM `+table+` o WHERE `+match+lock+`) r`,
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

// read reads all events of the calls, and the calls as they were folded last.
func (f *foldTx) read(ctx context.Context, refs []telephony.CallRef, tries map[telephony.CallRef]int) ([]telephony.MarkedCall, error) {
	calls := make([]telephony.MarkedCall, len(refs))
	place := make(map[telephony.CallRef]*telephony.MarkedCall, len(refs))
	for i, ref := range refs {
		calls[i] = telephony.MarkedCall{CallRef: ref, Tries: tries[ref]}
		place[ref] = &calls[i]
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
