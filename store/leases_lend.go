package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	sqlite3 "github.com/mattn/go-sqlite3"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/calltracking"
)

// isRepeatable reports whether a transaction met another one and may do better the next time.
func isRepeatable(err error) bool {
	var pg *pgconn.PgError
	var lite sqlite3.Error
	switch {
	case errors.As(err, &pg):
		return pg.Code == "23505" || pg.Code == "40001" || pg.Code == "40P01"
	case errors.As(err, &lite):
		return lite.ExtendedCode == sqlite3.ErrConstraintUnique || lite.ExtendedCode == sqlite3.ErrConstraintPrimaryKey
	}
	return false
}

func withClock(q, expression string) string { return strings.ReplaceAll(q, "{now}", expression) }

// lending is the loan of one pool's numbers to several visits in one transaction.
type lending struct {
	conn
	db      *DB
	key     leaseKey
	now     int64
	hold    int64
	sticky  int64
	policy  calltracking.Overflow
	waiting map[core.SessionID][]*leaseWork
	// order are the sessions that have no loan yet, in the order they came.
	order []core.SessionID
	made  []lent
}

// lent is a new loan.
type lent struct {
	id       core.LeaseID
	number   candidateNumber
	work     *leaseWork
	isShared bool
	isMarked bool
}

// candidateNumber is a number that may be lent.
type candidateNumber struct {
	id     core.VirtualNumberID
	digits core.Phone
	// heldFor is the visitor for whom the number is kept after a call; 0 = for nobody, so that it is free.
	heldFor core.VisitorID
	// holders counts the open loans of a number that is shared.
	holders int
}

// lend gives a number of a pool to each session that waits, if there is one for it.
func (db *DB) lend(ctx context.Context, tx conn, key leaseKey, list []*leaseWork) error {
	l := lending{conn: tx, db: db, key: key, waiting: make(map[core.SessionID][]*leaseWork, len(list))}
	for _, w := range list {
		s := w.take.SessionID
		if _, ok := l.waiting[s]; !ok {
			l.order = append(l.order, s)
		}
		l.waiting[s] = append(l.waiting[s], w)
	}
	if err := tx.lockPools(ctx, []core.PoolID{key.pool}); err != nil {
		return err
	}
	for _, step := range []func(context.Context) error{l.readPool, l.keepOwn, l.lendFree, l.lendShared, l.store} {
		if err := step(ctx); err != nil || len(l.order) == 0 && len(l.made) == 0 {
			return err
		}
	}
	return nil
}

// readPool reads the pool's rules. Without the pool nobody gets anything.
func (l *lending) readPool(ctx context.Context) error {
	expression, parameter := l.db.leaseClock()
	q := `SELECT {now}, hold_seconds, sticky_days, overflow FROM number_pools WHERE account_id = $2 AND id = $3 AND deleted_at IS NULL AND is_enabled`
	found := false
	err := l.query(ctx, withClock(q, expression), []any{parameter, int64(l.key.account), int64(l.key.pool)}, func(row scanner) error {
		found = true
		return row.Scan(&l.now, &l.hold, &l.sticky, &l.policy)
	})
	if !found {
		l.order = nil
	}
	l.hold, l.sticky = l.hold*1000, l.sticky*24*3600*1000
	return err
}

// keepOwn gives sessions that have a loan already that one: another tab, or another server, was faster.
func (l *lending) keepOwn(ctx context.Context) error {
	q := `UPDATE number_leases SET last_seen_at = CASE WHEN last_seen_at < $4 THEN $4 ELSE last_seen_at END,
  hold_until = CASE WHEN hold_until < $4 + CAST($5 AS BIGINT) THEN $4 + CAST($5 AS BIGINT) ELSE hold_until END
WHERE account_id = $1 AND pool_id = $2 AND session_id {in $3} AND released_at IS NULL AND hold_until > CAST($4 AS BIGINT)
RETURNING session_id, id, number_id, (SELECT n.number FROM virtual_numbers n WHERE n.account_id = number_leases.account_id AND n.id = number_leases.number_id), is_shared`
	return l.query(ctx, q, []any{int64(l.key.account), int64(l.key.pool), idsArg(l.engine, l.order), l.now, l.hold}, func(row scanner) error {
		var session core.SessionID
		h := calltracking.Held{PoolID: l.key.pool, Hold: time.Duration(l.hold) * time.Millisecond}
		err := row.Scan(&session, &h.LeaseID, &h.NumberID, &h.Number, &h.IsShared)
		l.serve(session, h)
		return err
	})
}

// serve answers those that wait for a session.
func (l *lending) serve(session core.SessionID, h calltracking.Held) {
	for _, w := range l.waiting[session] {
		w.taken = &h
	}
	for i, s := range l.order {
		if s == session {
			l.order = append(l.order[:i], l.order[i+1:]...)
			return
		}
	}
}

// endExpired ends the loans whose time is over. One that was prolonged meanwhile is looked at again once its row is locked, and stays.
const endExpired = `UPDATE number_leases SET released_at = hold_until WHERE account_id = $1 AND pool_id = $2 AND released_at IS NULL AND hold_until <= $3`

// The conditions on a number n: $1 = account, $2 = pool, $3 = now, $4 = the pool's hold.
const (
	lendable = `n.account_id = $1 AND n.pool_id = $2 AND n.pool_id <> 0 AND n.usage = 'pool' AND n.deleted_at IS NULL
  AND (n.state = 'active' OR (n.state = 'quarantine' AND n.quarantine_until <= CAST($3 AS BIGINT)))`
	// What is looked up for one number is asked for by one row, not by NOT EXISTS: the planner of PostgreSQL makes a join of that, which without
	// statistics walks over the loans of all numbers. A call that is a day old ended, even if nobody said so.
	unheld = ` AND NOT n.is_overflow
  AND (SELECT l.id FROM number_leases l WHERE l.account_id = n.account_id AND l.number_id = n.id AND l.released_at IS NULL LIMIT 1) IS NULL
  AND (SELECT c.id FROM calls c WHERE c.account_id = n.account_id AND c.number_id = n.id AND c.number_id <> 0 AND c.started_at > CAST($3 AS BIGINT) - 86400000
    AND c.ended_at IS NULL LIMIT 1) IS NULL`
	rested = `(SELECT c.id FROM calls c WHERE c.account_id = n.account_id AND c.number_id = n.id AND c.number_id <> 0
    AND c.started_at > CAST($3 AS BIGINT) - 86400000 - CAST($4 AS BIGINT) AND c.ended_at > CAST($3 AS BIGINT) - CAST($4 AS BIGINT) LIMIT 1) IS NULL`
)

// lendFree lends numbers nobody has: to a returning visitor the former one, to the others those unused for longest.
func (l *lending) lendFree(ctx context.Context) error {
	former, err := l.formerNumbers(ctx)
	if err != nil {
		return err
	}
	free, err := l.freeNumbers(ctx, former)
	if err != nil {
		return err
	}
	taken := make(map[core.VirtualNumberID]bool, len(free))
	left := l.order[:0:0]
	for _, s := range l.order {
		n, ok := free[former[l.visitor(s)]]
		if !ok || taken[n.id] || (n.heldFor != 0 && n.heldFor != l.visitor(s)) {
			left = append(left, s)
			continue
		}
		taken[n.id] = true
		l.make(s, n, false, false)
	}
	l.order = left
	if len(left) == 0 {
		return nil
	}
	longest, err := l.longestUnused(ctx, len(left)+len(taken))
	if err != nil {
		return err
	}
	for _, n := range longest {
		if len(l.order) == 0 {
			break
		}
		if !taken[n.id] {
			l.make(l.order[0], n, false, false)
			l.order = l.order[1:]
		}
	}
	return nil
}

func (l *lending) visitor(s core.SessionID) core.VisitorID { return l.waiting[s][0].take.VisitorID }

// formerNumbers ends the loans whose time is over, and finds what the visitors had last. On PostgreSQL it is one statement: the way there and back
// costs more than either.
func (l *lending) formerNumbers(ctx context.Context) (map[core.VisitorID]core.VirtualNumberID, error) {
	visitors := make([]core.VisitorID, len(l.order))
	for i, s := range l.order {
		visitors[i] = l.visitor(s)
	}
	q := `SELECT v.id, COALESCE((SELECT l.number_id FROM number_leases l WHERE l.account_id = $1 AND l.pool_id = $2 AND l.visitor_id = v.id AND NOT l.is_shared
  AND l.started_at >= CAST($3 AS BIGINT) - CAST($4 AS BIGINT) ORDER BY l.started_at DESC, l.id DESC LIMIT 1), 0) FROM `
	if l.engine == Postgres {
		q = `WITH ended AS (` + endExpired + `) ` + q + `unnest(CAST($5 AS BIGINT[])) AS v(id)`
	} else {
		q += `(SELECT value AS id FROM json_each($5)) v`
		if _, err := l.exec(ctx, endExpired, int64(l.key.account), int64(l.key.pool), l.now); err != nil {
			return nil, err
		}
	}
	out := make(map[core.VisitorID]core.VirtualNumberID)
	args := []any{int64(l.key.account), int64(l.key.pool), l.now, l.sticky, idsArg(l.engine, visitors)}
	err := l.query(ctx, q, args, func(row scanner) error {
		var visitor core.VisitorID
		var number core.VirtualNumberID
		err := row.Scan(&visitor, &number)
		if number != 0 {
			out[visitor] = number
		}
		return err
	})
	return out, err
}

// freeNumbers finds which of some numbers nobody has. After a call a number is kept for who had it, so that calling again reaches the same visit.
func (l *lending) freeNumbers(ctx context.Context, former map[core.VisitorID]core.VirtualNumberID) (map[core.VirtualNumberID]candidateNumber, error) {
	out := make(map[core.VirtualNumberID]candidateNumber, len(former))
	if len(former) == 0 {
		return out, nil
	}
	ids := make([]core.VirtualNumberID, 0, len(former))
	for _, id := range former {
		ids = append(ids, id)
	}
	q := `SELECT n.id, n.number, CASE WHEN ` + rested + ` THEN 0 ELSE COALESCE((SELECT l.visitor_id FROM number_leases l
    WHERE l.account_id = n.account_id AND l.number_id = n.id ORDER BY l.started_at DESC, l.id DESC LIMIT 1), 0) END
FROM virtual_numbers n WHERE ` + lendable + unheld + ` AND n.id {in $5}`
	err := l.query(ctx, q, []any{int64(l.key.account), int64(l.key.pool), l.now, l.hold, idsArg(l.engine, ids)}, func(row scanner) error {
		var n candidateNumber
		err := row.Scan(&n.id, &n.digits, &n.heldFor)
		out[n.id] = n
		return err
	})
	return out, err
}

func (l *lending) longestUnused(ctx context.Context, limit int) ([]candidateNumber, error) {
	var out []candidateNumber
	q := `SELECT n.id, n.number FROM virtual_numbers n WHERE ` + lendable + unheld + ` AND ` + rested + ` ORDER BY n.last_leased_at, n.id LIMIT $5`
	err := l.query(ctx, q, []any{int64(l.key.account), int64(l.key.pool), l.now, l.hold, limit}, func(row scanner) error {
		var n candidateNumber
		err := row.Scan(&n.id, &n.digits)
		out = append(out, n)
		return err
	})
	return out, err
}

// make notes a new loan.
func (l *lending) make(session core.SessionID, n candidateNumber, isShared, isMarked bool) {
	l.made = append(l.made, lent{id: core.LeaseID(l.db.ids.New()), number: n, work: l.waiting[session][0], isShared: isShared, isMarked: isMarked})
}

// lendShared lets those who got nothing share a number, as the pool's policy says: the one with the fewest holders, then the one that was seen
// longest ago.
func (l *lending) lendShared(ctx context.Context) error {
	if len(l.order) == 0 || l.policy == calltracking.OverflowOriginal {
		return nil
	}
	shared, err := l.sharedNumbers(ctx)
	if err != nil || len(shared) == 0 {
		return err
	}
	for i := range l.made { // what was lent a moment ago is held, too
		for j := range shared {
			if shared[j].id == l.made[i].number.id {
				shared[j].holders++
			}
		}
	}
	crowded := make(map[core.VirtualNumberID]bool)
	for _, s := range l.order {
		best := &shared[0]
		for i := range shared {
			if shared[i].holders < best.holders {
				best = &shared[i]
			}
		}
		if best.holders > 0 {
			crowded[best.id] = true
		}
		best.holders++
		l.make(s, *best, true, false)
	}
	l.order = nil
	return l.mark(ctx, crowded)
}

func (l *lending) sharedNumbers(ctx context.Context) ([]candidateNumber, error) {
	q := `SELECT n.id, n.number, COUNT(o.id) FROM virtual_numbers n
LEFT JOIN number_leases o ON o.account_id = n.account_id AND o.number_id = n.id AND o.released_at IS NULL
WHERE ` + lendable
	if l.policy == calltracking.OverflowDedicated {
		q += ` AND n.is_overflow`
	}
	q += ` GROUP BY n.id, n.number ORDER BY COUNT(o.id), MAX(COALESCE(o.last_seen_at, 0)), n.id LIMIT $4`
	var out []candidateNumber
	err := l.query(ctx, q, []any{int64(l.key.account), int64(l.key.pool), l.now, len(l.order)}, func(row scanner) error {
		var n candidateNumber
		err := row.Scan(&n.id, &n.digits, &n.holders)
		out = append(out, n)
		return err
	})
	return out, err
}

// mark notes that the holders of numbers are not alone any more.
func (l *lending) mark(ctx context.Context, crowded map[core.VirtualNumberID]bool) error {
	if len(crowded) == 0 {
		return nil
	}
	ids := make([]core.VirtualNumberID, 0, len(crowded))
	for id := range crowded {
		ids = append(ids, id)
	}
	for i := range l.made {
		l.made[i].isMarked = l.made[i].isMarked || crowded[l.made[i].number.id]
	}
	_, err := l.exec(ctx, `UPDATE number_leases SET ambiguous_from = $3 WHERE account_id = $1 AND number_id {in $2} AND released_at IS NULL AND ambiguous_from IS NULL`,
		int64(l.key.account), idsArg(l.engine, ids), l.now)
	return err
}

// store writes the new loans, when their numbers were lent last, and the figures of the day, and answers.
func (l *lending) store(ctx context.Context) error {
	if err := l.write(ctx); err != nil {
		return err
	}
	for _, m := range l.made {
		l.serve(m.work.take.SessionID, calltracking.Held{
			LeaseID: m.id, PoolID: l.key.pool, NumberID: m.number.id, Number: m.number.digits, IsShared: m.isShared, Hold: time.Duration(l.hold) * time.Millisecond,
		})
	}
	return nil
}

// The parameters of what write executes: $1 = account, $2 = pool, $3 = day, $4 … $6 = what happened, $7 = loans the count does not see, $8 = now,
// $9 = the end of the hold, $10 = numbers.
const (
	markLent  = `UPDATE virtual_numbers SET last_leased_at = $8 WHERE account_id = $1 AND id {in $10}`
	countDays = `INSERT INTO pool_days (account_id, pool_id, day, leases, overflowed, refused, peak)
SELECT CAST($1 AS BIGINT), CAST($2 AS BIGINT), CAST($3 AS INTEGER), CAST($4 AS BIGINT), CAST($5 AS BIGINT), CAST($6 AS BIGINT), COUNT(*) + CAST($7 AS BIGINT)
FROM number_leases WHERE account_id = $1 AND pool_id = $2 AND released_at IS NULL
ON CONFLICT (account_id, pool_id, day) DO UPDATE SET leases = pool_days.leases + excluded.leases, overflowed = pool_days.overflowed + excluded.overflowed,
  refused = pool_days.refused + excluded.refused, peak = CASE WHEN excluded.peak > pool_days.peak THEN excluded.peak ELSE pool_days.peak END`
)

// write writes in one statement on PostgreSQL, whose parts all see the loans as they were before; in three on SQLite.
func (l *lending) write(ctx context.Context) error {
	ids, shared := make([]core.VirtualNumberID, len(l.made)), 0
	for i, m := range l.made {
		ids[i] = m.number.id
		if m.isShared {
			shared++
		}
	}
	args := []any{
		int64(l.key.account), int64(l.key.pool), dayOf(l.now), len(l.made), shared, len(l.order), len(l.made), l.now, l.now + l.hold, idsArg(l.engine, ids),
	}
	if len(l.made) == 0 {
		return l.writeDays(ctx, args)
	}
	insert, values := l.insertion(len(args))
	all := append(args[:len(args):len(args)], values...)
	if l.engine == Postgres {
		_, err := l.exec(ctx, `WITH lent AS (`+insert+`), used AS (`+markLent+`) `+countDays, all...)
		return err
	}
	if _, err := l.exec(ctx, insert, all...); err != nil {
		return err
	}
	if _, err := l.exec(ctx, markLent, args...); err != nil {
		return err
	}
	args[6] = 0
	return l.writeDays(ctx, args)
}

func (l *lending) writeDays(ctx context.Context, args []any) error {
	_, err := l.exec(ctx, countDays, args[:7]...)
	return err
}

// insertion returns the statement that makes the loans, whose own parameters come after so many others.
func (l *lending) insertion(others int) (string, []any) {
	var q strings.Builder
	q.WriteString(`INSERT INTO number_leases (account_id, id, pool_id, number_id, visitor_id, session_id, started_at, last_seen_at, hold_until, is_shared,
  ambiguous_from, shown_at, page_url) VALUES `)
	var args []any
	for i, m := range l.made {
		if i > 0 {
			q.WriteString(", ")
		}
		n := others + len(args)
		fmt.Fprintf(&q, "($1, $%d, $2, $%d, $%d, $%d, $8, $8, $9, $%d, CAST($%d AS BIGINT), CAST($%d AS BIGINT), $%d)", n+1, n+2, n+3, n+4, n+5, n+6, n+7, n+8)
		var marked, shown *int64
		if m.isMarked {
			marked = &l.now
		}
		if m.work.take.Shown {
			shown = &l.now
		}
		args = append(args, int64(m.id), int64(m.number.id), int64(m.work.take.VisitorID), int64(m.work.take.SessionID), m.isShared, marked, shown, m.work.take.PageURL)
	}
	return q.String(), args
}
