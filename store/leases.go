package store

import (
	"context"
	"sync"
	"time"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/calltracking"
	"github.com/skvoz/skvoz/core/visits"
)

// Loans of numbers. Allocations of one pool take turns, across all servers: on PostgreSQL under an advisory lock of the transaction, on SQLite since
// there is one writer. Those that wait in one server share a transaction. Prolonging takes no turn: it is one conditional UPDATE.
// docs/adr/0014 tells why.

var _ calltracking.AssignStore = (*DB)(nil)

// poolLocks is the upper half of the advisory locks of pools, whose lower 53 bits are the pool's id.
const poolLocks = 0x1d5 << 53

// lockPools makes this transaction the only one that changes who has the pools' numbers. The ids are in ascending order.
func (c conn) lockPools(ctx context.Context, ids []core.PoolID) error {
	if c.engine != Postgres {
		return nil
	}
	for _, id := range ids {
		if _, err := c.exec(ctx, `SELECT pg_advisory_xact_lock($1)`, poolLocks|int64(id)); err != nil {
			return err
		}
	}
	return nil
}

// leaseClock returns the expression of the present moment in milliseconds, given parameter $1, and that parameter. On PostgreSQL it is the server's
// clock, not the transaction's beginning, so that replicas agree; a clock that was put in by a test counts everywhere.
func (db *DB) leaseClock() (expression string, parameter any) {
	_, isMachines := db.Clock.(core.SystemClock)
	if db.Engine == Postgres && isMachines {
		return `COALESCE(CAST($1 AS BIGINT), CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT))`, nil
	}
	return `CAST($1 AS BIGINT)`, db.now()
}

// leaseNow tells the time by the clock of loans. Under a pool's lock it never runs backwards.
func (db *DB) leaseNow(ctx context.Context, tx conn) (now int64, err error) {
	expression, parameter := db.leaseClock()
	err = tx.queryRow(ctx, `SELECT `+expression, parameter).Scan(&now)
	return now, err
}

const keepLeases = `UPDATE number_leases SET
  last_seen_at = CASE WHEN t.now > last_seen_at THEN t.now ELSE last_seen_at END,
  hold_until = CASE WHEN t.now + CAST(p.hold_seconds AS BIGINT) * 1000 > hold_until THEN t.now + CAST(p.hold_seconds AS BIGINT) * 1000 ELSE hold_until END,
  page_url = CASE WHEN $6 <> '' THEN $6 ELSE page_url END,
  shown_at = CASE WHEN $7 THEN COALESCE(shown_at, t.now) ELSE shown_at END,
  tel_click_at = CASE WHEN $8 <> '' AND number_id = (SELECT n.id FROM virtual_numbers n
    WHERE n.account_id = $2 AND n.number = $8 AND n.deleted_at IS NULL) THEN t.now ELSE tel_click_at END
FROM (SELECT {now} AS now) t, number_pools p
WHERE number_leases.account_id = $2 AND number_leases.pool_id {in $3} AND number_leases.session_id = $4 AND number_leases.visitor_id = $5
  AND number_leases.released_at IS NULL AND number_leases.hold_until > t.now AND p.account_id = $2 AND p.id = number_leases.pool_id
RETURNING number_leases.id, number_leases.pool_id, number_leases.number_id, (SELECT n.number FROM virtual_numbers n WHERE n.account_id = number_leases.account_id AND n.id = number_leases.number_id),
  number_leases.is_shared, number_leases.hold_until - number_leases.last_seen_at`

// keep prolongs loans that run.
func (db *DB) keep(ctx context.Context, c conn, k calltracking.Keep) ([]calltracking.Held, error) {
	expression, now := db.leaseClock()
	var out []calltracking.Held
	args := []any{now, int64(k.AccountID), idsArg(c.engine, k.Pools), int64(k.SessionID), int64(k.VisitorID), k.PageURL, k.Shown, string(k.Clicked)}
	err := c.query(ctx, withClock(keepLeases, expression), args, func(row scanner) error {
		var h calltracking.Held
		var hold int64
		err := row.Scan(&h.LeaseID, &h.PoolID, &h.NumberID, &h.Number, &h.IsShared, &hold)
		h.Hold = time.Duration(hold) * time.Millisecond
		out = append(out, h)
		return err
	})
	return out, err
}

// KeepLeases implements calltracking.AssignStore: one conditional UPDATE. On SQLite those that come at once share a transaction.
func (db *DB) KeepLeases(ctx context.Context, k calltracking.Keep) ([]calltracking.Held, error) {
	if len(k.Pools) == 0 {
		return nil, nil
	}
	if db.Engine == Postgres {
		return db.keep(ctx, conn{countingPool{db.write}, db.Engine}, k)
	}
	w := &leaseWork{ctx: ctx, keep: &k, done: make(chan struct{})}
	if err := db.leases.do(leaseKey{}, w, db.runLeases); err != nil {
		return nil, err
	}
	return w.kept, w.err
}

// TakeLease implements calltracking.AssignStore.
func (db *DB) TakeLease(ctx context.Context, r calltracking.LeaseRequest) (*calltracking.Held, error) {
	w := &leaseWork{ctx: ctx, take: &r, done: make(chan struct{})}
	key := leaseKey{r.AccountID, r.PoolID}
	if db.Engine != Postgres {
		key = leaseKey{}
	}
	if err := db.leases.do(key, w, db.runLeases); err != nil {
		return nil, err
	}
	return w.taken, w.err
}

// leaseKey names a queue: a pool, or all of them on SQLite.
type leaseKey struct {
	account core.AccountID
	pool    core.PoolID
}

// leaseWork is a request that waits for its turn: one of keep and take.
type leaseWork struct {
	ctx   context.Context //nolint:containedctx // of the request that waits
	keep  *calltracking.Keep
	take  *calltracking.LeaseRequest
	kept  []calltracking.Held
	taken *calltracking.Held
	err   error
	done  chan struct{}
}

// maxTogether is how many requests share a transaction.
const maxTogether = 64

// leaseQueues let the requests of a key that wait at once share one transaction.
type leaseQueues struct {
	mu      sync.Mutex
	waiting map[leaseKey][]*leaseWork
}

// do waits until work is done, or its context ends.
func (q *leaseQueues) do(key leaseKey, w *leaseWork, run func(leaseKey, []*leaseWork)) error {
	q.mu.Lock()
	if q.waiting == nil {
		q.waiting = make(map[leaseKey][]*leaseWork)
	}
	list, running := q.waiting[key]
	q.waiting[key] = append(list, w)
	q.mu.Unlock()
	if !running {
		go q.drain(key, run)
	}
	select {
	case <-w.done:
		return nil
	case <-w.ctx.Done():
		return w.ctx.Err()
	}
}

// drain works until nobody waits. While it does, the key is in the map.
func (q *leaseQueues) drain(key leaseKey, run func(leaseKey, []*leaseWork)) {
	for {
		q.mu.Lock()
		list := q.waiting[key]
		n := min(len(list), maxTogether)
		if n == 0 {
			delete(q.waiting, key)
			q.mu.Unlock()
			return
		}
		q.waiting[key] = list[n:]
		q.mu.Unlock()
		run(key, list[:n])
		for _, w := range list[:n] {
			close(w.done)
		}
	}
}

// leaseTimeout bounds one transaction with its repetitions.
const leaseTimeout = 10 * time.Second

// leaseAttempts is how often a transaction is tried that met another one.
const leaseAttempts = 8

// runLeases does the work of several requests in one transaction.
func (db *DB) runLeases(_ leaseKey, list []*leaseWork) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(list[0].ctx), leaseTimeout)
	defer cancel()
	var err error
	for range leaseAttempts {
		for _, w := range list {
			w.kept, w.taken = nil, nil
		}
		if err = db.tryRawTx(ctx, func(tx conn) error { return db.leaseAll(ctx, tx, list) }); !isRepeatable(err) {
			break
		}
	}
	if err = translate(err); err != nil {
		if core.KindOf(err) == core.KindConflict {
			err = core.Unavailable("numbers can't be lent now", time.Second, err)
		}
		for _, w := range list {
			w.err = err
		}
	}
}

// leaseAll prolongs and lends; loans are made pool by pool.
func (db *DB) leaseAll(ctx context.Context, tx conn, list []*leaseWork) (err error) {
	byPool := make(map[leaseKey][]*leaseWork)
	for _, w := range list {
		if w.keep != nil {
			if w.kept, err = db.keep(ctx, tx, *w.keep); err != nil {
				return err
			}
			continue
		}
		key := leaseKey{w.take.AccountID, w.take.PoolID}
		byPool[key] = append(byPool[key], w)
	}
	for key, wanted := range byPool { // on PostgreSQL it is one pool, so that no locks wait for each other
		if err := db.lend(ctx, tx, key, wanted); err != nil {
			return err
		}
	}
	return nil
}

// VisitFacts implements calltracking.AssignStore.
func (db *DB) VisitFacts(ctx context.Context, who visits.Triple) (calltracking.Visit, error) {
	v := calltracking.Visit{AccountID: who.AccountID, SiteID: who.SiteID, VisitorID: who.VisitorID, SessionID: who.SessionID}
	err := db.rawReader().queryRow(ctx, `SELECT s.campaign_id, COALESCE(t.channel, ''), COALESCE(t.source, ''), COALESCE(t.medium, ''), COALESCE(t.campaign, ''),
  COALESCE(t.term, ''), COALESCE(t.content, ''), s.country, s.region, s.city
FROM sessions s LEFT JOIN traffic_sources t ON t.account_id = s.account_id AND t.id = s.traffic_id
WHERE s.account_id = $1 AND s.id = $2 AND s.visitor_id = $3 AND s.site_id = $4`,
		int64(who.AccountID), int64(who.SessionID), int64(who.VisitorID), int64(who.SiteID)).Scan(
		&v.CampaignID, &v.Channel, &v.Source, &v.Medium, &v.Campaign, &v.Term, &v.Content, &v.Country, &v.Region, &v.City)
	if core.KindOf(translate(err)) == core.KindNotFound {
		return v, core.E(core.KindNotFound, "visitor and session do not belong together").WithReason(string(visits.ReasonBadTriple))
	}
	return v, translate(err)
}
