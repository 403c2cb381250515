package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/telephony"
)

// connectionColumns are read by scanConnection, of pbx_connections under the name r.
const connectionColumns = `r.account_id, r.id, r.kind, r.name, r.is_enabled, r.settings, r.heartbeat_at, r.active_calls, r.version, r.snapshot_at, r.failure, r.created_at`

func scanConnection(row scanner, c *telephony.Connection, more ...any) error {
	var settings string
	var heartbeat, snapshot, created int64
	dest := []any{&c.AccountID, &c.ID, &c.Kind, &c.Name, &c.IsEnabled, &settings, &heartbeat, &c.ActiveCalls, &c.Version, &snapshot, &c.Failure, &created}
	if err := row.Scan(append(dest, more...)...); err != nil {
		return err
	}
	c.CreatedAt = fromMillis(created)
	if heartbeat != 0 {
		c.HeartbeatAt = fromMillis(heartbeat)
	}
	if snapshot != 0 {
		c.SnapshotAt = fromMillis(snapshot)
	}
	if err := json.Unmarshal([]byte(settings), &c.Settings); err != nil {
		return fmt.Errorf("reading the settings of connection %d: %w", c.ID, err)
	}
	c.IsSigned = !c.Settings.IsWeak
	return nil
}

// Endpoint implements telephony.FoldStore and telephony.ConnectionStore.
func (s *CallStore) Endpoint(ctx context.Context, account core.AccountID, id core.ConnectionID) (telephony.Endpoint, error) {
	q := `SELECT ` + connectionColumns + `, r.secrets FROM pbx_connections r WHERE r.account_id = $1 AND r.id = $2 AND r.deleted_at IS NULL`
	return s.endpoint(s.db.rawReader().queryRow(ctx, q, int64(account), int64(id)))
}

// endpoint reads a connection with its secrets.
func (s *CallStore) endpoint(row scanner) (telephony.Endpoint, error) {
	var e telephony.Endpoint
	var sealed string
	err := scanConnection(row, &e.Connection, &sealed)
	if errors.Is(err, sql.ErrNoRows) {
		return e, core.NotFound("connection")
	}
	if err != nil {
		return e, translate(err)
	}
	e.Secrets, err = s.openSecrets(&e.Connection, sealed)
	return e, err
}

func (s *CallStore) openSecrets(c *telephony.Connection, sealed string) (telephony.Secrets, error) {
	if sealed == "" {
		return telephony.Secrets{}, nil
	}
	plain, err := s.sealer.Open(sealed, telephony.SecretsContext(c.AccountID, c.ID))
	if err != nil {
		return nil, fmt.Errorf("opening the secrets of connection %d: %w", c.ID, err)
	}
	out := telephony.Secrets{}
	if err := json.Unmarshal(plain, &out); err != nil {
		return nil, fmt.Errorf("reading the secrets of connection %d: %w", c.ID, err)
	}
	out.Expire(s.db.Clock.Now())
	return out, nil
}

func (s *CallStore) sealSecrets(c *telephony.Connection, secrets telephony.Secrets) (string, error) {
	if len(secrets) == 0 {
		return "", nil
	}
	return s.sealer.Seal([]byte(jsonText(secrets)), telephony.SecretsContext(c.AccountID, c.ID))
}

// AnyEndpoint implements telephony.ConnectionStore.
func (s *CallStore) AnyEndpoint(ctx context.Context, id core.ConnectionID) (telephony.Endpoint, error) {
	q := `SELECT ` + connectionColumns + `, r.secrets FROM pbx_connections r WHERE r.id = $1 AND r.deleted_at IS NULL`
	return s.endpoint(s.db.rawReader().queryRow(ctx, q, int64(id)))
}

// EndpointByPath implements telephony.ConnectionStore.
func (s *CallStore) EndpointByPath(ctx context.Context, hash string) (telephony.Endpoint, error) {
	q := `SELECT ` + connectionColumns + `, r.secrets FROM pbx_connections r WHERE r.path_hash = $1 AND r.path_hash <> '' AND r.deleted_at IS NULL`
	return s.endpoint(s.db.rawReader().queryRow(ctx, q, hash))
}

// Connections implements telephony.ConnectionStore.
func (s *CallStore) Connections(ctx context.Context, account core.AccountID) ([]telephony.Connection, error) {
	return s.connections(ctx, `r.account_id = $1 AND r.deleted_at IS NULL`, int64(account))
}

// ConnectionsByID implements telephony.ConnectionStore.
func (s *CallStore) ConnectionsByID(ctx context.Context, account core.AccountID, ids []core.ConnectionID) ([]telephony.Connection, error) {
	return s.connections(ctx, `r.account_id = $1 AND r.id {in $2}`, int64(account), idsArg(s.db.Engine, ids))
}

func (s *CallStore) connections(ctx context.Context, condition string, args ...any) ([]telephony.Connection, error) {
	var out []telephony.Connection
	q := `SELECT ` + connectionColumns + ` FROM pbx_connections r WHERE ` + condition + ` ORDER BY r.created_at, r.id`
	err := s.db.rawReader().query(ctx, q, args, func(row scanner) error {
		var c telephony.Connection
		err := scanConnection(row, &c)
		out = append(out, c)
		return err
	})
	return out, err
}

// CreateConnection implements telephony.ConnectionStore.
func (s *CallStore) CreateConnection(ctx context.Context, c telephony.Connection, secrets telephony.Secrets, pathHash string, limit int) (telephony.Connection, error) {
	c.ID = core.ConnectionID(s.db.ids.New())
	if c.CreatedAt.IsZero() {
		c.CreatedAt = fromMillis(s.db.now())
	}
	sealed, err := s.sealSecrets(&c, secrets)
	if err != nil {
		return c, err
	}
	err = s.db.inLiveTx(ctx, func(tx conn, tell func(...telephony.Change)) error {
		n := 0
		q := `SELECT COUNT(*) FROM pbx_connections WHERE account_id = $1 AND deleted_at IS NULL`
		if err := tx.queryRow(ctx, q, int64(c.AccountID)).Scan(&n); err != nil {
			return err
		}
		if n >= limit {
			return core.Invalid("", "too_many", "an account has at most %d connections", limit)
		}
		if err := s.db.checkSealed(ctx, tx, sealed); err != nil {
			return err
		}
		tell(telephony.Change{AccountID: c.AccountID, Topic: telephony.TopicConnection, ConnectionID: c.ID})
		_, err := tx.exec(ctx, `INSERT INTO pbx_connections (account_id, id, kind, name, is_enabled, settings, secrets, path_hash, heartbeat_at, is_down, active_calls, version,
  snapshot_at, failure, created_at, deleted_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, FALSE, 0, '', 0, '', $9, NULL)`,
			int64(c.AccountID), int64(c.ID), string(c.Kind), c.Name, c.IsEnabled, jsonText(c.Settings), sealed, pathHash, millis(c.CreatedAt))
		return err
	})
	return c, err
}

// UpdateConnection implements telephony.ConnectionStore.
func (s *CallStore) UpdateConnection(ctx context.Context, account core.AccountID, id core.ConnectionID, change func(*telephony.Endpoint) error) (e telephony.Endpoint, err error) {
	err = s.db.inLiveTx(ctx, func(tx conn, tell func(...telephony.Change)) error {
		q := `SELECT ` + connectionColumns + `, r.secrets FROM pbx_connections r WHERE r.account_id = $1 AND r.id = $2 AND r.deleted_at IS NULL`
		if tx.engine == Postgres {
			q += ` FOR UPDATE`
		}
		if e, err = s.endpoint(tx.queryRow(ctx, q, int64(account), int64(id))); err != nil {
			return err
		}
		if err := change(&e); err != nil {
			return err
		}
		sealed, err := s.sealSecrets(&e.Connection, e.Secrets)
		if err != nil {
			return err
		}
		if err := s.db.checkSealed(ctx, tx, sealed); err != nil {
			return err
		}
		hash := ""
		if path := e.Secrets[telephony.SecretPath]; path != "" {
			hash = telephony.PathHash(path)
		}
		tell(telephony.Change{AccountID: account, Topic: telephony.TopicConnection, ConnectionID: id})
		_, err = tx.exec(ctx, `UPDATE pbx_connections SET name = $3, is_enabled = $4, settings = $5, secrets = $6, path_hash = $7 WHERE account_id = $1 AND id = $2`,
			int64(account), int64(id), e.Name, e.IsEnabled, jsonText(e.Settings), sealed, hash)
		return err
	})
	return e, err
}

// DeleteConnection implements telephony.ConnectionStore.
func (s *CallStore) DeleteConnection(ctx context.Context, account core.AccountID, id core.ConnectionID) error {
	return s.db.inLiveTx(ctx, func(tx conn, tell func(...telephony.Change)) error {
		n, err := tx.exec(ctx, `UPDATE pbx_connections SET is_enabled = FALSE, secrets = '', path_hash = '', deleted_at = $3 WHERE account_id = $1 AND id = $2 AND deleted_at IS NULL`,
			int64(account), int64(id), s.db.now())
		if err != nil {
			return err
		}
		if n == 0 {
			return core.NotFound("connection")
		}
		tell(telephony.Change{AccountID: account, Topic: telephony.TopicConnection, ConnectionID: id})
		_, err = tx.exec(ctx, `DELETE FROM pbx_lines WHERE account_id = $1 AND connection_id = $2`, int64(account), int64(id))
		return err
	})
}

// Lines implements telephony.ConnectionStore.
func (s *CallStore) Lines(ctx context.Context, account core.AccountID, ids []core.ConnectionID) ([]telephony.Line, error) {
	var out []telephony.Line
	q := `SELECT connection_id, line, extension, state, changed_at FROM pbx_lines WHERE account_id = $1 AND connection_id {in $2} ORDER BY connection_id, line`
	err := s.db.rawReader().query(ctx, q, []any{int64(account), idsArg(s.db.Engine, ids)}, func(row scanner) error {
		var l telephony.Line
		var at int64
		err := row.Scan(&l.ConnectionID, &l.Line, &l.Extension, &l.State, &at)
		l.ChangedAt = fromMillis(at)
		out = append(out, l)
		return err
	})
	return out, err
}

// SetLines implements telephony.ConnectionStore.
func (s *CallStore) SetLines(ctx context.Context, account core.AccountID, id core.ConnectionID, lines []telephony.Line) error {
	return s.db.inLiveTx(ctx, func(tx conn, tell func(...telephony.Change)) error {
		if _, err := tx.exec(ctx, `DELETE FROM pbx_lines WHERE account_id = $1 AND connection_id = $2`, int64(account), int64(id)); err != nil {
			return err
		}
		var rows [][]any
		for _, l := range lines {
			rows = append(rows, []any{int64(account), int64(id), l.Line, l.Extension, string(l.State), millis(l.ChangedAt)})
		}
		tell(telephony.Change{AccountID: account, Topic: telephony.TopicLine, ConnectionID: id})
		return tx.insertRows(ctx, `INSERT INTO pbx_lines (account_id, connection_id, line, extension, state, changed_at) VALUES `, ` ON CONFLICT DO NOTHING`, rows)
	})
}

// ResealConnections seals the secrets of all connections anew, with the key that seals now, and returns how many there were.
func (s *CallStore) ResealConnections(ctx context.Context) (int, error) {
	n := 0
	err := s.db.inRawTx(ctx, func(tx conn) error {
		n = 0
		var all []telephony.Endpoint
		q := `SELECT ` + connectionColumns + `, r.secrets FROM pbx_connections r WHERE r.secrets <> '' ORDER BY r.account_id, r.id`
		err := tx.query(ctx, q, nil, func(row scanner) error {
			e, err := s.endpoint(row)
			all = append(all, e)
			return err
		})
		if err != nil {
			return err
		}
		for i := range all {
			sealed, err := s.sealSecrets(&all[i].Connection, all[i].Secrets)
			if err != nil {
				return err
			}
			if _, err := tx.exec(ctx, `UPDATE pbx_connections SET secrets = $3 WHERE account_id = $1 AND id = $2`, int64(all[i].AccountID), int64(all[i].ID), sealed); err != nil {
				return err
			}
			n++
		}
		return nil
	})
	return n, err
}

// ResealRecordings seals the addresses of recordings that may still be fetched anew, and returns how many there were.
func (s *CallStore) ResealRecordings(ctx context.Context) (int, error) {
	type source struct {
		account    core.AccountID
		id         core.RecordingID
		connection core.ConnectionID
		remoteID   string
		sealed     string
	}
	n := 0
	err := s.db.inRawTx(ctx, func(tx conn) error {
		var all []source
		q := `SELECT account_id, id, connection_id, remote_id, source_url FROM recordings WHERE source_url <> '' AND state IN ('waiting', 'failed') ORDER BY account_id, id`
		err := tx.query(ctx, q, nil, func(row scanner) error {
			var r source
			err := row.Scan(&r.account, &r.id, &r.connection, &r.remoteID, &r.sealed)
			all = append(all, r)
			return err
		})
		if err != nil {
			return err
		}
		n = len(all)
		for _, r := range all {
			about := telephony.RecordingContext(r.account, r.connection, r.remoteID)
			plain, err := s.sealer.Open(r.sealed, about)
			if err != nil {
				return fmt.Errorf("recording %d: %w", r.id, err)
			}
			if r.sealed, err = s.sealer.Seal(plain, about); err != nil {
				return err
			}
			if _, err := tx.exec(ctx, `UPDATE recordings SET source_url = $3 WHERE account_id = $1 AND id = $2`, int64(r.account), int64(r.id), r.sealed); err != nil {
				return err
			}
		}
		return nil
	})
	return n, err
}
