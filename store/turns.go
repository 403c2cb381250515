package store

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/skvoz/skvoz/core/integrations"
)

// maxTurnWait is how far away a turn may be for a request to wait for it; else its job comes again later.
const maxTurnWait = 10 * time.Second

// Turns lets requests through as the limits of vendors allow. On PostgreSQL replicas share them; on SQLite there is one process, which keeps them in
// memory and only what a vendor said on disk. It implements integrations.Turns.
//
// Of a limit one number is kept: when the last request went that was let through, or is to go. The next one goes an Every later, or at once if that is
// past; a limit that was not used for long falls back by Burst at most (the generic cell rate algorithm).
type Turns struct {
	db *DB
	// wait waits until a moment of the database's clock.
	wait func(ctx context.Context, d time.Duration) error

	mu    sync.Mutex
	lanes map[string]turn
	read  bool
}

// turn is how a limit stands: when the last request goes, and until when the vendor lets none through; both in microseconds.
type turn struct{ last, blocked int64 }

// Turns returns the limits of vendors; it is the same for all callers.
func (db *DB) Turns() *Turns {
	db.turnsOnce.Do(func() { db.turns = &Turns{db: db, wait: sleep, lanes: map[string]turn{}} })
	return db.turns
}

var _ integrations.Turns = (*Turns)(nil)

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// Wait implements integrations.Turns. A turn whose caller gives up while it waits is lost.
func (t *Turns) Wait(ctx context.Context, l integrations.Limit) error {
	for {
		at, free, err := t.take(ctx, l)
		if err != nil {
			return turnFailure(ctx, err)
		}
		away := t.until(at) + l.Every*time.Duration(l.Reserve)
		switch {
		case !free:
			return &integrations.Failure{Kind: integrations.FailBusy, Detail: "the vendor's limit " + l.Key, RetryAfter: max(away, l.Every, time.Millisecond)}
		case away <= 0:
			return nil
		}
		if err := t.wait(ctx, away); err != nil {
			return err
		}
		blocked, err := t.blockedUntil(ctx, l.Key)
		if err != nil {
			return turnFailure(ctx, err)
		}
		if t.until(blocked) <= 0 {
			return nil
		} // the vendor has said something while we waited: ask again
	}
}

// until is how far away a moment is.
func (t *Turns) until(at int64) time.Duration {
	return time.Duration(at-t.db.Clock.Now().UnixMicro()) * time.Microsecond
}

func turnFailure(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return &integrations.Failure{Kind: integrations.FailInternal, Err: fmt.Errorf("waiting for a vendor's limit: %w", err)}
}

// rate returns a limit's numbers in microseconds.
func rate(l integrations.Limit) (every, burst int64) {
	every = max(l.Every, 0).Microseconds()
	return every, every * int64(max(l.Burst, 1))
}

// take takes the next turn unless it is too far away, and says when it is.
func (t *Turns) take(ctx context.Context, l integrations.Limit) (at int64, free bool, err error) {
	if t.db.Engine == Postgres {
		return t.takeShared(ctx, l)
	}
	if err := t.load(ctx); err != nil {
		return 0, false, err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.db.Clock.Now().UnixMicro()
	every, burst := rate(l)
	s := t.lanes[l.Key]
	at = max(max(s.last, now-burst)+every, s.blocked)
	if at > now+maxTurnWait.Microseconds() {
		return at, false, nil
	}
	s.last = at
	t.lanes[l.Key] = s
	return at, true, nil
}

// takeTurn: $1 key, $2 now, $3 every, $4 burst, $5 the farthest turn; all in microseconds. A turn too far away is not taken.
const takeTurn = `INSERT INTO vendor_limits (key, free_at, blocked_until) VALUES ($1, CAST($2 AS BIGINT) - $4 + $3, 0)
ON CONFLICT (key) DO UPDATE SET free_at = GREATEST(GREATEST(vendor_limits.free_at, $2 - $4) + $3, vendor_limits.blocked_until)
WHERE GREATEST(GREATEST(vendor_limits.free_at, $2 - $4) + $3, vendor_limits.blocked_until) <= $5 RETURNING free_at`

func (t *Turns) takeShared(ctx context.Context, l integrations.Limit) (at int64, free bool, err error) {
	now := t.db.Clock.Now().UnixMicro()
	every, burst := rate(l)
	scan := func(row scanner) error {
		free = true
		return row.Scan(&at)
	}
	err = t.db.writeQuery(ctx, takeTurn, []any{l.Key, now, every, burst, now + maxTurnWait.Microseconds()}, scan)
	if err != nil || free {
		return at, free, err
	}
	q := `SELECT GREATEST(free_at + CAST($2 AS BIGINT), blocked_until) FROM vendor_limits WHERE key = $1`
	err = t.db.writeQuery(ctx, q, []any{l.Key, every}, func(row scanner) error { return row.Scan(&at) })
	return at, false, err
}

// Block implements integrations.Turns.
func (t *Turns) Block(ctx context.Context, key string, until time.Time) error {
	at := until.UnixMicro()
	if t.db.Engine != Postgres {
		if err := t.load(ctx); err != nil {
			return err
		}
		t.mu.Lock()
		s := t.lanes[key]
		s.blocked = max(s.blocked, at)
		t.lanes[key] = s
		t.mu.Unlock()
	}
	return t.db.inRawTx(ctx, func(tx conn) error {
		_, err := tx.exec(ctx, `INSERT INTO vendor_limits (key, free_at, blocked_until) VALUES ($1, 0, $2)
ON CONFLICT (key) DO UPDATE SET blocked_until = CASE WHEN vendor_limits.blocked_until > excluded.blocked_until THEN vendor_limits.blocked_until ELSE excluded.blocked_until END`,
			key, at)
		return err
	})
}

func (t *Turns) blockedUntil(ctx context.Context, key string) (at int64, err error) {
	if t.db.Engine != Postgres {
		t.mu.Lock()
		defer t.mu.Unlock()
		return t.lanes[key].blocked, nil
	}
	q := `SELECT blocked_until FROM vendor_limits WHERE key = $1`
	err = t.db.writeQuery(ctx, q, []any{key}, func(row scanner) error { return row.Scan(&at) })
	return at, err
}

// load reads on SQLite, once, what vendors said before this process started.
func (t *Turns) load(ctx context.Context) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.read {
		return nil
	}
	err := t.db.rawReader().query(ctx, `SELECT key, blocked_until FROM vendor_limits`, nil, func(row scanner) error {
		var key string
		var s turn
		err := row.Scan(&key, &s.blocked)
		t.lanes[key] = s
		return err
	})
	t.read = err == nil
	return err
}
