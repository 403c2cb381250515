package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/calltracking"
)

// callSettings reads one part of an account's settings of calls into what holds the defaults. The row is a JSON object of parts, each of its own owner.
func (c conn) callSettings(ctx context.Context, account core.AccountID, part string, into any) error {
	parts, err := c.callSettingsParts(ctx, account, "")
	if err != nil || parts[part] == nil {
		return err
	}
	if err := json.Unmarshal(parts[part], into); err != nil {
		return fmt.Errorf("reading the settings %s of account %d: %w", part, account, err)
	}
	return nil
}

func (c conn) callSettingsParts(ctx context.Context, account core.AccountID, lock string) (map[string]json.RawMessage, error) {
	var text string
	err := c.queryRow(ctx, `SELECT settings FROM call_settings WHERE account_id = $1`+lock, int64(account)).Scan(&text)
	if errors.Is(err, sql.ErrNoRows) {
		return map[string]json.RawMessage{}, nil
	}
	parts := map[string]json.RawMessage{}
	if err == nil {
		if err = json.Unmarshal([]byte(text), &parts); err != nil {
			err = fmt.Errorf("reading the settings of calls of account %d: %w", account, err)
		}
	}
	return parts, translate(err)
}

// putCallSettings stores one part; the others stay. It belongs into a transaction that read with a lock.
func (c conn) putCallSettings(ctx context.Context, account core.AccountID, part string, v any) error {
	if _, err := c.exec(ctx, `INSERT INTO call_settings (account_id, settings) VALUES ($1, $2) ON CONFLICT DO NOTHING`, int64(account), "{}"); err != nil {
		return err
	}
	lock := ""
	if c.engine == Postgres {
		lock = ` FOR UPDATE`
	}
	parts, err := c.callSettingsParts(ctx, account, lock)
	if err != nil {
		return err
	}
	if parts[part], err = json.Marshal(v); err != nil {
		return fmt.Errorf("encoding settings: %w", err)
	}
	text, err := json.Marshal(parts)
	if err != nil {
		return fmt.Errorf("encoding settings: %w", err)
	}
	_, err = c.exec(ctx, `UPDATE call_settings SET settings = $2 WHERE account_id = $1`, int64(account), string(text))
	return err
}

const calltrackingPart = "calltracking"

func (c conn) calltrackingSettings(ctx context.Context, account core.AccountID) (calltracking.Settings, error) {
	s := calltracking.DefaultSettings()
	err := c.callSettings(ctx, account, calltrackingPart, &s)
	return s, err
}

// CalltrackingSettings implements calltracking.Store.
func (db *DB) CalltrackingSettings(ctx context.Context, account core.AccountID) (calltracking.Settings, error) {
	return db.rawReader().calltrackingSettings(ctx, account)
}

// UpdateCalltrackingSettings implements calltracking.Store.
func (db *DB) UpdateCalltrackingSettings(
	ctx context.Context, account core.AccountID, change func(calltracking.Settings) (calltracking.Settings, error),
) (s calltracking.Settings, err error) {
	err = db.inRawTx(ctx, func(tx conn) error {
		if s, err = tx.calltrackingSettings(ctx, account); err != nil {
			return err
		}
		if s, err = change(s); err != nil {
			return err
		}
		return tx.putCallSettings(ctx, account, calltrackingPart, s)
	})
	return s, err
}
