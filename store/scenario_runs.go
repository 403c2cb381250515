package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/scenarios"
	"github.com/skvoz/skvoz/core/telephony"
)

var _ scenarios.RunStore = (*DB)(nil)

// RouteAnswer implements scenarios.RunStore.
func (db *DB) RouteAnswer(ctx context.Context, c telephony.Connection, requestID string) (json.RawMessage, error) {
	var answer string
	q := `SELECT answer FROM route_answers WHERE account_id = $1 AND connection_id = $2 AND request_id = $3`
	err := db.rawReader().queryRow(ctx, q, c.AccountID, c.ID, requestID).Scan(&answer)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return json.RawMessage(answer), translate(err)
}

// Run implements scenarios.RunStore.
func (db *DB) Run(ctx context.Context, call telephony.CallRef) (*scenarios.Run, error) {
	var state string
	var version int64
	q := `SELECT state, version FROM scenario_runs WHERE account_id = $1 AND connection_id = $2 AND pbx_call_id = $3`
	err := db.rawReader().queryRow(ctx, q, call.AccountID, call.ConnectionID, call.PBXCallID).Scan(&state, &version)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil //nolint:nilnil // no way is no error: the call begins
	}
	if err != nil {
		return nil, translate(err)
	}
	run := &scenarios.Run{}
	if err := json.Unmarshal([]byte(state), run); err != nil {
		return nil, fmt.Errorf("reading a call's way: %w", err)
	}
	run.Version = version
	return run, nil
}

// SaveRun implements scenarios.RunStore.
func (db *DB) SaveRun(ctx context.Context, call telephony.CallRef, r *scenarios.Run, requestID string, answer json.RawMessage, events []telephony.Event) error {
	state, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("encoding a call's way: %w", err)
	}
	now := db.now()
	return db.inRawTx(ctx, func(tx conn) error {
		if err := tx.saveRun(ctx, call, r, string(state), now); err != nil {
			return err
		}
		n, err := tx.exec(ctx, `INSERT INTO route_answers (account_id, connection_id, request_id, pbx_call_id, answer, at) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`,
			call.AccountID, call.ConnectionID, requestID, call.PBXCallID, string(answer), now)
		if err != nil {
			return err
		}
		if n == 0 {
			return core.E(core.KindConflict, "the request has been answered").WithReason("answered")
		}
		if len(events) == 0 {
			return nil
		}
		return tx.addRunEvents(ctx, call, now, events)
	})
}

// saveRun stores a way whose version is still the one that was read.
func (c conn) saveRun(ctx context.Context, call telephony.CallRef, r *scenarios.Run, state string, now int64) error {
	var n int64
	var err error
	if r.Version == 0 {
		n, err = c.exec(ctx, `INSERT INTO scenario_runs (account_id, connection_id, pbx_call_id, scenario_id, state, version, started_at, changed_at)
			VALUES ($1, $2, $3, $4, $5, 1, $6, $6) ON CONFLICT DO NOTHING`, call.AccountID, call.ConnectionID, call.PBXCallID, r.ScenarioID, state, now)
	} else {
		n, err = c.exec(ctx, `UPDATE scenario_runs SET scenario_id = $4, state = $5, version = version + 1, changed_at = $6
			WHERE account_id = $1 AND connection_id = $2 AND pbx_call_id = $3 AND version = $7`, call.AccountID, call.ConnectionID, call.PBXCallID, r.ScenarioID, state, now, r.Version)
	}
	if err == nil && n == 0 {
		return core.E(core.KindConflict, "another server went on with the call").WithReason("changed_meanwhile")
	}
	return err
}

// DropRuns deletes the ways and answers of calls that began before a moment.
func (db *DB) DropRuns(ctx context.Context, before int64) error {
	return db.inRawTx(ctx, func(tx conn) error {
		if _, err := tx.exec(ctx, `DELETE FROM route_answers WHERE at < $1`, before); err != nil {
			return err
		}
		_, err := tx.exec(ctx, `DELETE FROM scenario_runs WHERE changed_at < $1`, before)
		return err
	})
}

// addRunEvents keeps events of operations and marks their call to be folded.
func (c conn) addRunEvents(ctx context.Context, call telephony.CallRef, now int64, events []telephony.Event) error {
	add := &eventsToAdd{connection: telephony.Connection{ID: call.ConnectionID, AccountID: call.AccountID}, at: now, events: events, bodies: make([]string, len(events))}
	for i := range events {
		body, err := json.Marshal(&events[i])
		if err != nil {
			return fmt.Errorf("event %q: %w", events[i].ID, err)
		}
		add.bodies[i] = string(body)
	}
	if _, err := c.insertEvents(ctx, []*eventsToAdd{add}); err != nil {
		return err
	}
	return c.markCalls(ctx, now, []telephony.CallRef{call})
}
