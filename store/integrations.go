package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/integrations"
)

// IntegrationStore keeps the outside systems accounts have attached and the work done for them. It implements integrations.Store and
// integrations.Queue.
type IntegrationStore struct {
	db     *DB
	sealer integrations.Sealer
}

// IntegrationStore returns the part of the store about integrations. The sealer seals what their webhooks are recognised by; other secrets come sealed.
// It may be nil where only the queue is used.
func (db *DB) IntegrationStore(sealer integrations.Sealer) *IntegrationStore {
	return &IntegrationStore{db, sealer}
}

var (
	_ integrations.Store = (*IntegrationStore)(nil)
	_ integrations.Queue = (*IntegrationStore)(nil)
)

// hookSecretLength is how many characters the secret part of a webhook's address has.
const hookSecretLength = 32

// integrationColumns are read by scanIntegration.
const integrationColumns = `account_id, id, kind, name, state, settings, secret_keys, hook_secret, crm_id, remote_id,
  sync_state, sync_at, sync_failure, watermark, import, employees_sync, created_at, changed_at`

func (s *IntegrationStore) scanIntegration(row scanner) (i integrations.Integration, err error) {
	var settings, keys, hook, failure, progress, staff string
	var syncAt *int64
	var watermark, createdAt, changedAt int64
	err = row.Scan(&i.AccountID, &i.ID, &i.Kind, &i.Name, &i.State, &settings, &keys, &hook, &i.CRMID, &i.RemoteID,
		&i.Sync.State, &syncAt, &failure, &watermark, &progress, &staff, &createdAt, &changedAt)
	if err != nil {
		return i, err
	}
	i.Sync.At, i.CreatedAt, i.ChangedAt = fromMillisPtr(syncAt), fromMillis(createdAt), fromMillis(changedAt)
	if watermark != 0 {
		i.Sync.Watermark = fromMillis(watermark)
	}
	i.HookSecret, err = s.openHook(i.AccountID, i.ID, hook)
	return i, errors.Join(err, readJSON(settings, &i.Settings), readJSON(keys, &i.SecretKeys), readJSON(failure, &i.Sync.Failure), readJSON(progress, &i.Sync.Import),
		readJSON(staff, &i.Sync.Employees))
}

// readJSON reads what writeJSON wrote.
func readJSON(text string, into any) error {
	if text == "" {
		return nil
	}
	return json.Unmarshal([]byte(text), into)
}

// writeJSON writes plain data, which always marshals; nothing is the empty text.
func writeJSON(v any) string {
	if r := reflect.ValueOf(v); !r.IsValid() || (r.Kind() == reflect.Pointer || r.Kind() == reflect.Map || r.Kind() == reflect.Slice) && r.IsNil() {
		return ""
	}
	b, _ := json.Marshal(v)
	return string(b)
}

func (s *IntegrationStore) openHook(account core.AccountID, id core.IntegrationID, sealed string) (string, error) {
	if s.sealer == nil {
		return "", nil
	}
	plain, err := s.sealer.Open(sealed, integrations.HookAddressContext(account, id))
	return string(plain), err
}

func hashHook(secret string) string {
	sum := sha256.Sum256([]byte("webhook " + secret))
	return hex.EncodeToString(sum[:])
}

// Integrations implements integrations.Store.
func (s *IntegrationStore) Integrations(ctx context.Context, account core.AccountID) (out []integrations.Integration, err error) {
	q := `SELECT ` + integrationColumns + ` FROM integrations WHERE account_id = $1 ORDER BY created_at, id`
	err = s.db.rawReader().query(ctx, q, []any{int64(account)}, func(row scanner) error {
		i, err := s.scanIntegration(row)
		out = append(out, i)
		return err
	})
	return out, err
}

// Integration implements integrations.Store.
func (s *IntegrationStore) Integration(ctx context.Context, account core.AccountID, id core.IntegrationID) (integrations.Integration, error) {
	return s.oneIntegration(s.db.rawReader().queryRow(ctx, `SELECT `+integrationColumns+` FROM integrations WHERE account_id = $1 AND id = $2`, account, id))
}

// IntegrationByHook implements integrations.Store.
func (s *IntegrationStore) IntegrationByHook(ctx context.Context, secret string) (integrations.Integration, error) {
	return s.oneIntegration(s.db.rawReader().queryRow(ctx, `SELECT `+integrationColumns+` FROM integrations WHERE hook_hash = $1`, hashHook(secret)))
}

func (s *IntegrationStore) oneIntegration(row *sql.Row) (integrations.Integration, error) {
	i, err := s.scanIntegration(row)
	if err != nil {
		return integrations.Integration{}, integrationNotFound(err)
	}
	return i, nil
}

func integrationNotFound(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return core.NotFound("integration")
	}
	return translate(err)
}

// CreateIntegration implements integrations.Store. One without a secret for its webhooks is given one.
func (s *IntegrationStore) CreateIntegration(ctx context.Context, i integrations.Integration) (integrations.Integration, error) {
	i.ID = core.IntegrationID(s.db.ids.New())
	if i.HookSecret == "" {
		i.HookSecret = core.NewSecret(hookSecretLength)
	}
	if i.Sync.State == "" {
		i.Sync.State = integrations.SyncNever
	}
	i.CreatedAt = fromMillis(s.db.now())
	i.ChangedAt = i.CreatedAt
	sealed, err := s.sealer.Seal([]byte(i.HookSecret), integrations.HookAddressContext(i.AccountID, i.ID))
	if err != nil {
		return i, err
	}
	err = s.db.inRawTx(ctx, func(tx conn) error {
		if err := tx.lockRow(ctx, `SELECT id FROM accounts WHERE id = $1`, i.AccountID); err != nil {
			return named("account", translate(err))
		}
		if err := s.db.checkSealed(ctx, tx, sealed); err != nil {
			return err
		}
		return s.insertIntegration(ctx, tx, &i, sealed)
	})
	return i, err
}

func (s *IntegrationStore) insertIntegration(ctx context.Context, tx conn, i *integrations.Integration, sealedHook string) error {
	_, err := tx.exec(ctx, `INSERT INTO integrations (account_id, id, kind, name, state, settings, secrets, secret_keys, secrets_lease, hook_secret, hook_hash,
  crm_id, remote_id, sync_state, sync_at, sync_failure, watermark, import, created_at, changed_at)
VALUES ($1, $2, $3, $4, $5, $6, '', $7, 0, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)`,
		i.AccountID, i.ID, string(i.Kind), i.Name, string(i.State), writeJSON(i.Settings), writeJSON(i.SecretKeys), sealedHook, hashHook(i.HookSecret),
		i.CRMID, i.RemoteID, string(i.Sync.State), millisPtr(i.Sync.At), writeJSON(i.Sync.Failure), watermarkMillis(i.Sync.Watermark), writeJSON(i.Sync.Import),
		millis(i.CreatedAt), millis(i.ChangedAt))
	if err != nil {
		return err
	}
	return tx.keepIntegrationGoals(ctx, i)
}

func watermarkMillis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// ChangeIntegration implements integrations.Store. Kind, secrets and times of an integration are not changed by it; ChangedAt is set when anything but
// Sync has changed.
func (s *IntegrationStore) ChangeIntegration(
	ctx context.Context, account core.AccountID, id core.IntegrationID, change func(*integrations.Integration) ([]integrations.NewJob, error),
) (out integrations.Integration, err error) {
	err = s.db.inRawTx(ctx, func(tx conn) error {
		old, err := s.lockIntegration(ctx, tx, account, id)
		if err != nil {
			return err
		}
		out = old
		out.Settings, out.SecretKeys = cloneValues(old.Settings), slices.Clone(old.SecretKeys)
		jobs, err := change(&out)
		if err != nil {
			return err
		}
		if err := s.updateIntegration(ctx, tx, &old, &out); err != nil {
			return err
		}
		_, err = tx.enqueue(ctx, s.db.ids, s.db.now(), jobs)
		return err
	})
	return out, err
}

// lockIntegration reads an integration that no other transaction changes before this one ends.
func (s *IntegrationStore) lockIntegration(ctx context.Context, tx conn, account core.AccountID, id core.IntegrationID) (integrations.Integration, error) {
	q := `SELECT ` + integrationColumns + ` FROM integrations WHERE account_id = $1 AND id = $2`
	if tx.engine == Postgres {
		q += ` FOR NO KEY UPDATE` // jobs may be enqueued meanwhile
	}
	return s.oneIntegration(tx.queryRow(ctx, q, account, id))
}

func (s *IntegrationStore) updateIntegration(ctx context.Context, tx conn, old, now *integrations.Integration) error {
	now.AccountID, now.ID, now.Kind, now.SecretKeys, now.CreatedAt, now.ChangedAt = old.AccountID, old.ID, old.Kind, old.SecretKeys, old.CreatedAt, old.ChangedAt
	before, after := *old, *now
	before.Sync, after.Sync = integrations.Sync{}, integrations.Sync{}
	changed := !reflect.DeepEqual(before, after)
	if changed {
		now.ChangedAt = fromMillis(s.db.now())
	}
	_, err := tx.exec(ctx, `UPDATE integrations SET name = $3, state = $4, settings = $5, crm_id = $6, remote_id = $7, sync_state = $8, sync_at = $9,
  sync_failure = $10, watermark = $11, import = $12, changed_at = $13, employees_sync = $14 WHERE account_id = $1 AND id = $2`,
		now.AccountID, now.ID, now.Name, string(now.State), writeJSON(now.Settings), now.CRMID, now.RemoteID, string(now.Sync.State), millisPtr(now.Sync.At),
		writeJSON(now.Sync.Failure), watermarkMillis(now.Sync.Watermark), writeJSON(now.Sync.Import), millis(now.ChangedAt), writeJSON(now.Sync.Employees))
	if err != nil || !changed {
		return err
	}
	if now.HookSecret != old.HookSecret {
		if err := s.putHook(ctx, tx, now); err != nil {
			return err
		}
	}
	return tx.keepIntegrationGoals(ctx, now)
}

func (s *IntegrationStore) putHook(ctx context.Context, tx conn, i *integrations.Integration) error {
	sealed, err := s.sealer.Seal([]byte(i.HookSecret), integrations.HookAddressContext(i.AccountID, i.ID))
	if err != nil {
		return err
	}
	_, err = tx.exec(ctx, `UPDATE integrations SET hook_secret = $3, hook_hash = $4 WHERE account_id = $1 AND id = $2`, i.AccountID, i.ID, sealed, hashHook(i.HookSecret))
	return err
}

// keepIntegrationGoals writes down for which goals deliveries of an integration are made. Goals reached while it is paused or broken are delivered once it
// is on again, so they are written down then, too.
func (c conn) keepIntegrationGoals(ctx context.Context, i *integrations.Integration) error {
	list := idsArg(c.engine, deliveryGoals(i))
	_, err := c.exec(ctx, `DELETE FROM integration_goals WHERE account_id = $1 AND integration_id = $2 AND NOT (goal_id {in $3})`, i.AccountID, i.ID, list)
	if err != nil {
		return err
	}
	_, err = c.exec(ctx, `INSERT INTO integration_goals (account_id, goal_id, integration_id)
SELECT g.account_id, g.id, CAST($2 AS BIGINT) FROM goals g WHERE g.account_id = $1 AND g.id {in $3} ON CONFLICT DO NOTHING`, i.AccountID, i.ID, list)
	return err
}

// deliveryGoals are the goals for which deliveries are made. The switch is on unless it was switched off: the missing value of a setting is its default.
func deliveryGoals(i *integrations.Integration) []core.GoalID {
	if on := i.Settings.Text(integrations.KeyDealsOut); i.State == integrations.StateDraft || on != "" && on != "true" {
		return nil
	}
	var out []core.GoalID
	for _, text := range i.Settings.List(integrations.KeyGoals) {
		if id, err := core.ParseID[core.GoalID](strings.TrimSpace(text)); err == nil {
			out = append(out, id)
		}
	}
	return out
}

func cloneValues(v integrations.Values) integrations.Values {
	out := make(integrations.Values, len(v))
	for key, value := range v {
		out[key] = integrations.Value{List: slices.Clone(value.List), Pairs: slices.Clone(value.Pairs)}
	}
	return out
}

// DeleteIntegration implements integrations.Store.
func (s *IntegrationStore) DeleteIntegration(ctx context.Context, account core.AccountID, id core.IntegrationID) error {
	return s.db.inRawTx(ctx, func(tx conn) error {
		n, err := tx.exec(ctx, `DELETE FROM integrations WHERE account_id = $1 AND id = $2`, account, id)
		if err == nil && n == 0 {
			return core.NotFound("integration")
		}
		return err
	})
}
