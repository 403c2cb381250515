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
	var out telephony.Secrets
	return out, json.Unmarshal(plain, &out)
}

func (s *CallStore) sealSecrets(c *telephony.Connection, secrets telephony.Secrets) (string, error) {
	if len(secrets) == 0 {
		return "", nil
	}
	return s.sealer.Seal([]byte(jsonText(secrets)), telephony.SecretsContext(c.AccountID, c.ID))
}
