package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/scenarios"
	"github.com/skvoz/skvoz/core/telephony"
)

var (
	_ telephony.RecordingStore = (*CallStore)(nil)
	_ telephony.FetchStore     = (*CallStore)(nil)
)

// recordingColumns are read by scanRecording, of recordings under the name r.
const recordingColumns = `r.account_id, r.id, r.call_id, r.connection_id, r.talk_id, r.remote_id, r.state, r.failure, r.tries, r.next_try_at, r.format, r.channels,
  r.duration_ms, r.bytes, r.sha256, r.path, r.peaks, r.started_at, r.stored_at, r.deleted_at`

func scanRecording(row scanner, r *telephony.Recording, more ...any) error {
	var next, duration, started int64
	var stored, deleted *int64
	var peaks string
	dest := []any{
		&r.AccountID, &r.ID, &r.CallID, &r.ConnectionID, &r.TalkID, &r.RemoteID, &r.State, &r.Failure, &r.Tries, &next, &r.Format, &r.Channels,
		&duration, &r.Bytes, &r.SHA256, &r.Path, &peaks, &started, &stored, &deleted,
	}
	if err := row.Scan(append(dest, more...)...); err != nil {
		return err
	}
	r.Duration, r.StartedAt = time.Duration(duration)*time.Millisecond, fromMillis(started)
	r.StoredAt, r.DeletedAt = fromMillisPtr(stored), fromMillisPtr(deleted)
	if r.State == telephony.RecordingWaits {
		r.NextTryAt = fromMillis(next)
	}
	if peaks == "" {
		return nil
	}
	if err := json.Unmarshal([]byte(peaks), &r.Peaks); err != nil {
		return fmt.Errorf("reading the peaks of recording %d: %w", r.ID, err)
	}
	return nil
}

// recordings reads recordings; what follows FROM recordings r is rest.
func (c conn) recordings(ctx context.Context, rest string, args ...any) (list []telephony.Recording, err error) {
	err = c.query(ctx, `SELECT `+recordingColumns+` FROM recordings r `+rest, args, func(row scanner) error {
		var r telephony.Recording
		err := scanRecording(row, &r)
		list = append(list, r)
		return err
	})
	return list, err
}

// RecordingsOfCalls implements telephony.RecordingStore.
func (s *CallStore) RecordingsOfCalls(ctx context.Context, account core.AccountID, calls []core.CallID) ([]telephony.Recording, error) {
	c := s.db.rawReader()
	return c.recordings(ctx, `WHERE r.account_id = $1 AND r.call_id {in $2} ORDER BY r.call_id, r.started_at, r.id`, int64(account), idsArg(c.engine, calls))
}

// Recording implements telephony.RecordingStore and telephony.FetchStore.
func (s *CallStore) Recording(ctx context.Context, account core.AccountID, id core.RecordingID) (telephony.Recording, error) {
	return s.db.rawReader().recording(ctx, account, id)
}

func (c conn) recording(ctx context.Context, account core.AccountID, id core.RecordingID) (r telephony.Recording, err error) {
	row := c.queryRow(ctx, `SELECT `+recordingColumns+` FROM recordings r WHERE r.account_id = $1 AND r.id = $2`, int64(account), int64(id))
	err = scanRecording(row, &r)
	if errors.Is(err, sql.ErrNoRows) {
		return r, core.NotFound("recording")
	}
	return r, translate(err)
}

// setErased is an UPDATE's beginning: the address goes, the path stays until the file is removed. $1 is the time.
const setErased = `UPDATE recordings SET state = 'deleted', deleted_at = $1, source_url = '', peaks = '', failure = '', locked_until = 0`

// EraseRecording implements telephony.RecordingStore.
func (s *CallStore) EraseRecording(ctx context.Context, account core.AccountID, id core.RecordingID) (r telephony.Recording, err error) {
	err = s.db.inLiveTx(ctx, func(tx conn, tell func(...telephony.Change)) error {
		erased, err := tx.eraseRecordings(ctx, s.db.now(), `account_id = $2 AND id = $3 AND state <> 'deleted'`, int64(account), int64(id))
		if err != nil {
			return err
		}
		tell(erased...)
		r, err = tx.recording(ctx, account, id)
		return err
	})
	return r, err
}

// eraseRecordings erases those a condition says, whose parameters begin with $2, and returns what to tell of it.
func (c conn) eraseRecordings(ctx context.Context, now int64, where string, args ...any) (changes []telephony.Change, err error) {
	q := setErased + ` WHERE ` + where + ` RETURNING account_id, call_id, connection_id`
	err = c.query(ctx, q, append([]any{now}, args...), func(row scanner) error {
		var change telephony.Change
		err := row.Scan(&change.AccountID, &change.CallID, &change.ConnectionID)
		changes = append(changes, recordingChange(change))
		return err
	})
	return changes, err
}

// recordingChange tells that a recording of a call was stored or is gone.
func recordingChange(c telephony.Change) telephony.Change {
	c.Topic, c.What = telephony.TopicCall, telephony.WhatRecording
	return c
}

// EraseRecordingsOf implements telephony.RecordingStore.
func (s *CallStore) EraseRecordingsOf(ctx context.Context, account core.AccountID, visitors []core.VisitorID, phones []core.Phone) (n int, err error) {
	err = s.db.inLiveTx(ctx, func(tx conn, tell func(...telephony.Change)) error {
		where := `account_id = $2 AND state <> 'deleted' AND call_id IN (SELECT c.id FROM calls c WHERE c.account_id = $2
  AND (c.visitor_id {in $3} OR c.contact_phone <> '' AND c.contact_phone {in $4}))`
		erased, err := tx.eraseRecordings(ctx, s.db.now(), where, int64(account), idsArg(tx.engine, visitors), textsArg(tx.engine, phones))
		n = len(erased)
		tell(erased...)
		return err
	})
	return n, err
}

// EraseOldRecordings implements telephony.RecordingStore.
func (s *CallStore) EraseOldRecordings(ctx context.Context, now time.Time, limit int) (n int, err error) {
	days, err := s.db.rawReader().keepDays(ctx)
	if err != nil {
		return 0, err
	}
	for account, kept := range days {
		erased, err := s.eraseOlder(ctx, account, now.AddDate(0, 0, -kept), now, limit-n)
		n += erased
		if err != nil || n >= limit {
			return n, err
		}
	}
	return n, nil
}

// eraseOlder goes by when recordings were stored; those that are not are given up long before.
func (s *CallStore) eraseOlder(ctx context.Context, account core.AccountID, before, now time.Time, limit int) (n int, err error) {
	err = s.db.inLiveTx(ctx, func(tx conn, tell func(...telephony.Change)) error {
		where := `account_id = $2 AND id IN (SELECT o.id FROM recordings o WHERE o.account_id = $2 AND o.state = 'stored' AND o.stored_at < $3 ORDER BY o.stored_at LIMIT $4)
  AND state = 'stored'`
		erased, err := tx.eraseRecordings(ctx, millis(now), where, int64(account), millis(before), limit)
		n = len(erased)
		tell(erased...)
		return err
	})
	return n, err
}

// ErasedFiles implements telephony.RecordingStore.
func (s *CallStore) ErasedFiles(ctx context.Context, limit int) ([]telephony.Recording, error) {
	return s.db.rawReader().recordings(ctx, `WHERE r.state = 'deleted' AND r.path <> '' ORDER BY r.deleted_at LIMIT $1`, limit)
}

// FileRemoved implements telephony.RecordingStore.
func (s *CallStore) FileRemoved(ctx context.Context, account core.AccountID, id core.RecordingID) error {
	return s.db.inRawTx(ctx, func(tx conn) error {
		_, err := tx.exec(ctx, `UPDATE recordings SET path = '' WHERE account_id = $1 AND id = $2 AND state = 'deleted'`, int64(account), int64(id))
		return err
	})
}

// recordingsPart is the part of the settings of calls that is about recordings.
const recordingsPart = "recordings"

// keepDays returns the accounts that don't keep recordings for ever, and how many days they do.
func (c conn) keepDays(ctx context.Context) (map[core.AccountID]int, error) {
	out := map[core.AccountID]int{}
	err := c.query(ctx, `SELECT account_id, settings FROM call_settings ORDER BY account_id`, nil, func(row scanner) error {
		var account core.AccountID
		var text string
		if err := row.Scan(&account, &text); err != nil {
			return err
		}
		var parts struct {
			Recordings telephony.RecordingSettings `json:"recordings"`
		}
		if err := json.Unmarshal([]byte(text), &parts); err != nil {
			return fmt.Errorf("reading the settings of calls of account %d: %w", account, err)
		}
		if parts.Recordings.KeepDays > 0 {
			out[account] = parts.Recordings.KeepDays
		}
		return nil
	})
	return out, err
}

// RecordingSettings implements telephony.RecordingStore.
func (s *CallStore) RecordingSettings(ctx context.Context, account core.AccountID) (out telephony.RecordingSettings, err error) {
	err = s.db.rawReader().callSettings(ctx, account, recordingsPart, &out)
	return out, err
}

// UpdateRecordingSettings implements telephony.RecordingStore.
func (s *CallStore) UpdateRecordingSettings(ctx context.Context, account core.AccountID, to telephony.RecordingSettings) error {
	return s.db.inRawTx(ctx, func(tx conn) error { return tx.putCallSettings(ctx, account, recordingsPart, to) })
}

// TakeRecordings implements telephony.FetchStore.
func (s *CallStore) TakeRecordings(ctx context.Context, now, until time.Time, limit int) ([]telephony.DueRecording, error) {
	due := `SELECT d.account_id, d.id FROM recordings d WHERE d.state = 'waiting' AND d.next_try_at <= $1 AND d.locked_until <= $1 ORDER BY d.next_try_at, d.id LIMIT $2`
	if s.db.Engine == SQLite { // only a recording that is there is worth taking the one writing connection
		var account, id int64
		err := s.db.rawReader().queryRow(ctx, due, millis(now), 1).Scan(&account, &id)
		if errors.Is(err, sql.ErrNoRows) {
			return nil, nil
		}
		if err != nil {
			return nil, translate(err)
		}
	}
	var list []telephony.DueRecording
	err := s.db.inRawTx(ctx, func(tx conn) error {
		list = list[:0]
		if tx.engine == Postgres {
			due += ` FOR UPDATE SKIP LOCKED`
		}
		q := `UPDATE recordings SET locked_until = $3 WHERE (account_id, id) IN (` + due + `) RETURNING ` + strings.ReplaceAll(recordingColumns, "r.", "") + `, source_url,
  COALESCE((SELECT c.kind FROM pbx_connections c WHERE c.account_id = recordings.account_id AND c.id = recordings.connection_id), '')`
		return tx.query(ctx, q, []any{millis(now), limit, millis(until)}, func(row scanner) error {
			d := telephony.DueRecording{Until: fromMillis(millis(until))}
			err := scanRecording(row, &d.Recording, &d.Sealed, &d.Kind)
			list = append(list, d)
			return err
		})
	})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(list, func(a, b telephony.DueRecording) int { return a.NextTryAt.Compare(b.NextTryAt) })
	return list, s.openAddresses(ctx, list)
}

// openAddresses unseals where recordings are. One whose address can't be opened is looked for without it.
func (s *CallStore) openAddresses(ctx context.Context, list []telephony.DueRecording) error {
	for i := range list {
		r := &list[i]
		if r.Sealed == "" {
			continue
		}
		plain, err := s.sealer.Open(r.Sealed, telephony.RecordingContext(r.AccountID, r.ConnectionID, r.RemoteID))
		if err != nil {
			s.db.log.ErrorContext(ctx, "the address of a recording can't be opened", "account", r.AccountID, "recording", r.ID, "error", err)
			continue
		}
		r.URL = string(plain)
	}
	return ctx.Err()
}

// leased is the condition of a lease: $1 account, $2 recording, $3 until when.
const leased = ` WHERE account_id = $1 AND id = $2 AND locked_until = $3 AND state = 'waiting'`

func leaseArgs(r *telephony.DueRecording, more ...any) []any {
	return append([]any{int64(r.AccountID), int64(r.ID), millis(r.Until)}, more...)
}

// RenewLease implements telephony.FetchStore.
func (s *CallStore) RenewLease(ctx context.Context, r *telephony.DueRecording, until time.Time) (ok bool, err error) {
	err = s.db.inRawTx(ctx, func(tx conn) error {
		n, err := tx.exec(ctx, `UPDATE recordings SET locked_until = $4`+leased, leaseArgs(r, millis(until))...)
		ok = n == 1
		return err
	})
	if ok && err == nil {
		r.Until = fromMillis(millis(until))
	}
	return ok, err
}

// KeepRecording implements telephony.FetchStore.
func (s *CallStore) KeepRecording(ctx context.Context, r *telephony.DueRecording, f telephony.FetchedRecording) (ok bool, err error) {
	peaks := ""
	if len(f.Peaks) > 0 {
		peaks = jsonText(f.Peaks)
	}
	err = s.db.inLiveTx(ctx, func(tx conn, tell func(...telephony.Change)) error {
		q := `UPDATE recordings SET state = 'stored', source_url = '', failure = '', locked_until = 0, path = $4, format = $5, channels = $6, duration_ms = $7, bytes = $8, sha256 = $9,
  peaks = $10, stored_at = $11` + leased
		n, err := tx.exec(ctx, q, leaseArgs(r, f.Path, f.Format, f.Channels, f.Duration.Milliseconds(), f.Bytes, f.SHA256, peaks, s.db.now())...)
		ok = n == 1
		if ok {
			tell(recordingChange(telephony.Change{AccountID: r.AccountID, CallID: r.CallID, ConnectionID: r.ConnectionID}))
		}
		return err
	})
	return ok, err
}

// PutOffRecording implements telephony.FetchStore.
func (s *CallStore) PutOffRecording(ctx context.Context, r *telephony.DueRecording, failure string, again time.Time) error {
	return s.db.inLiveTx(ctx, func(tx conn, tell func(...telephony.Change)) error {
		state, next := "waiting", int64(0)
		if again.IsZero() {
			state = "failed"
		} else {
			next = millis(again)
		}
		q := `UPDATE recordings SET state = $4, failure = $5, next_try_at = $6, tries = tries + 1, locked_until = 0` + leased + ` AND source_url = $7 AND tries = $8`
		n, err := tx.exec(ctx, q, leaseArgs(r, state, failure, next, r.Sealed, r.Tries)...)
		switch {
		case err != nil:
			return err
		case n == 0:
			return tx.releaseRecording(ctx, r)
		case state == "failed":
			tell(recordingChange(telephony.Change{AccountID: r.AccountID, CallID: r.CallID, ConnectionID: r.ConnectionID}))
		}
		return nil
	})
}

// ReleaseRecording implements telephony.FetchStore.
func (s *CallStore) ReleaseRecording(ctx context.Context, r *telephony.DueRecording) error {
	return s.db.inRawTx(ctx, func(tx conn) error { return tx.releaseRecording(ctx, r) })
}

func (c conn) releaseRecording(ctx context.Context, r *telephony.DueRecording) error {
	_, err := c.exec(ctx, `UPDATE recordings SET locked_until = 0`+leased, leaseArgs(r)...)
	return err
}

// MediaFile returns a sound of scenarios; KindNotFound when the account has none of that id.
func (db *DB) MediaFile(ctx context.Context, account core.AccountID, id core.MediaID) (scenarios.Media, error) {
	var row mediaRow
	err := translate(db.reader(ctx).Where("account_id = ? AND id = ? AND deleted_at IS NULL", account, id).Take(&row).Error)
	if core.KindOf(err) == core.KindNotFound {
		return scenarios.Media{}, core.NotFound("sound")
	}
	if err != nil {
		return scenarios.Media{}, err
	}
	return row.media()
}
