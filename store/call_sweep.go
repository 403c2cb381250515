package store

import (
	"context"
	"time"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/telephony"
)

var _ telephony.SweepStore = (*CallStore)(nil)

// ClaimPolls implements telephony.SweepStore.
func (s *CallStore) ClaimPolls(ctx context.Context, now, before time.Time) ([]telephony.Endpoint, error) {
	due := `FROM pbx_connections r WHERE r.is_enabled AND r.deleted_at IS NULL AND r.snapshot_at <= $1 AND r.settings LIKE '%"address":"%'`
	n := 0
	if err := s.db.rawReader().queryRow(ctx, `SELECT COUNT(*) `+due, millis(before)).Scan(&n); err != nil || n == 0 {
		return nil, translate(err)
	}
	var out []telephony.Endpoint
	err := s.db.inRawTx(ctx, func(tx conn) error {
		out = out[:0]
		q := `SELECT ` + connectionColumns + `, r.secrets ` + due + ` ORDER BY r.snapshot_at, r.account_id, r.id LIMIT 100` + skipLocked(tx.engine, "UPDATE")
		var ids []core.ConnectionID
		err := tx.query(ctx, q, []any{millis(before)}, func(row scanner) error {
			e, err := s.endpoint(row)
			out, ids = append(out, e), append(ids, e.ID)
			return err
		})
		if err != nil {
			return err
		}
		_, err = tx.exec(ctx, `UPDATE pbx_connections SET snapshot_at = $1 WHERE id {in $2}`, millis(now), idsArg(tx.engine, ids))
		return err
	})
	return out, err
}

// runningColumns are read by runningCalls, of calls under the name r.
const runningColumns = `r.account_id, r.connection_id, r.pbx_call_id, r.id, r.started_at, r.last_event_at, r.missing_since`

func (s *CallStore) runningCalls(ctx context.Context, q string, args ...any) ([]telephony.RunningCall, error) {
	var out []telephony.RunningCall
	err := s.db.rawReader().query(ctx, q, args, func(row scanner) error {
		var c telephony.RunningCall
		var started, last, missing int64
		err := row.Scan(&c.AccountID, &c.ConnectionID, &c.PBXCallID, &c.ID, &started, &last, &missing)
		c.StartedAt, c.LastEventAt = fromMillis(started), fromMillis(last)
		if missing != 0 {
			c.MissingSince = fromMillisPtr(&missing)
		}
		out = append(out, c)
		return err
	})
	return out, err
}

// RunningCalls implements telephony.SweepStore.
func (s *CallStore) RunningCalls(ctx context.Context, account core.AccountID, id core.ConnectionID) ([]telephony.RunningCall, error) {
	q := `SELECT ` + runningColumns + ` FROM calls r WHERE r.account_id = $1 AND r.ended_at IS NULL AND r.connection_id = $2`
	return s.runningCalls(ctx, q, int64(account), int64(id))
}

// SilentCalls implements telephony.SweepStore. A connection whose settings do not say how long its calls may last has 240 minutes.
func (s *CallStore) SilentCalls(ctx context.Context, now time.Time, more time.Duration, limit int) ([]telephony.RunningCall, error) {
	q := `SELECT ` + runningColumns + ` FROM calls r LEFT JOIN pbx_connections p ON p.account_id = r.account_id AND p.id = r.connection_id
WHERE r.ended_at IS NULL AND r.last_event_at < CAST($1 AS BIGINT) - 60000 * COALESCE(CAST(` + s.maxCallMinutes() + ` AS BIGINT), 240) ORDER BY r.last_event_at, r.id LIMIT $2`
	return s.runningCalls(ctx, q, millis(now.Add(-more)), limit)
}

func (s *CallStore) maxCallMinutes() string {
	if s.db.Engine == Postgres {
		return `CAST(p.settings AS jsonb) ->> 'max_call_minutes'`
	}
	return `p.settings ->> 'max_call_minutes'`
}

// SetMissing implements telephony.SweepStore.
func (s *CallStore) SetMissing(ctx context.Context, account core.AccountID, ids []core.CallID, since *time.Time) error {
	if len(ids) == 0 {
		return nil
	}
	at := int64(0)
	if since != nil {
		at = millis(*since)
	}
	return s.db.inRawTx(ctx, func(tx conn) error {
		_, err := tx.exec(ctx, `UPDATE calls SET missing_since = $3 WHERE account_id = $1 AND id {in $2} AND ended_at IS NULL`, int64(account), idsArg(tx.engine, ids), at)
		return err
	})
}

// SetConnectionFailure implements telephony.SweepStore.
func (s *CallStore) SetConnectionFailure(ctx context.Context, account core.AccountID, id core.ConnectionID, failure string) error {
	return s.db.inLiveTx(ctx, func(tx conn, tell func(...telephony.Change)) error {
		n, err := tx.exec(ctx, `UPDATE pbx_connections SET failure = $3 WHERE account_id = $1 AND id = $2 AND failure <> $3`, int64(account), int64(id), failure)
		if n > 0 {
			tell(telephony.Change{AccountID: account, Topic: telephony.TopicConnection, ConnectionID: id})
		}
		return err
	})
}

// MarkDown implements telephony.SweepStore.
func (s *CallStore) MarkDown(ctx context.Context, before time.Time) (int, error) {
	const silent = `NOT is_down AND heartbeat_at > 0 AND heartbeat_at < $1 AND is_enabled AND deleted_at IS NULL`
	n := 0
	if err := s.db.rawReader().queryRow(ctx, `SELECT COUNT(*) FROM pbx_connections WHERE `+silent, millis(before)).Scan(&n); err != nil || n == 0 {
		return 0, translate(err)
	}
	err := s.db.inLiveTx(ctx, func(tx conn, tell func(...telephony.Change)) error {
		n = 0
		return tx.query(ctx, `UPDATE pbx_connections SET is_down = TRUE WHERE `+silent+` RETURNING account_id, id`, []any{millis(before)}, func(row scanner) error {
			c := telephony.Change{Topic: telephony.TopicConnection}
			err := row.Scan(&c.AccountID, &c.ConnectionID)
			tell(c)
			n++
			return err
		})
	})
	return n, err
}

// DropEvents implements telephony.SweepStore.
func (s *CallStore) DropEvents(ctx context.Context, before time.Time, limit int) (int, error) {
	old := `FROM call_events e WHERE e.received_at < $1 AND NOT EXISTS (SELECT 1 FROM calls c WHERE c.account_id = e.account_id AND c.connection_id = e.connection_id
  AND c.pbx_call_id = e.call_id AND e.call_id <> '' AND (c.ended_at IS NULL OR c.ended_at >= $1)) LIMIT $2`
	n := 0
	if err := s.db.rawReader().queryRow(ctx, `SELECT COUNT(*) FROM (SELECT 1 `+old+`) d`, millis(before), 1).Scan(&n); err != nil || n == 0 {
		return 0, translate(err)
	}
	var dropped int64
	err := s.db.inRawTx(ctx, func(tx conn) (err error) {
		dropped, err = tx.exec(ctx, `DELETE FROM call_events WHERE (account_id, connection_id, event_id) IN (SELECT e.account_id, e.connection_id, e.event_id `+old+`)`, millis(before), limit)
		return err
	})
	return int(dropped), err
}
