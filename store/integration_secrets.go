package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/integrations"
)

// leasePoll is how often a taken lease is looked at again.
const leasePoll = 20 * time.Millisecond

// Secrets implements integrations.Store.
func (s *IntegrationStore) Secrets(ctx context.Context, account core.AccountID, id core.IntegrationID) (sealed string, err error) {
	err = s.db.rawReader().queryRow(ctx, `SELECT secrets FROM integrations WHERE account_id = $1 AND id = $2`, account, id).Scan(&sealed)
	return sealed, integrationNotFound(err)
}

// ChangeSecrets implements integrations.Store. The context of change ends with the lease.
func (s *IntegrationStore) ChangeSecrets(
	ctx context.Context, account core.AccountID, id core.IntegrationID, hold time.Duration,
	change func(ctx context.Context, sealed string) (newSealed string, keys []string, err error),
) error {
	lease, sealed, err := s.takeLease(ctx, account, id, hold)
	if err != nil {
		return err
	}
	held, end := context.WithTimeout(ctx, hold)
	newSealed, keys, err := change(held, sealed)
	end()
	after, end := context.WithTimeout(context.WithoutCancel(ctx), hold) // single-use tokens that came must be kept, even if the caller has gone
	defer end()
	if err != nil {
		_ = s.endLease(after, account, id, lease)
		return err
	}
	if newSealed == sealed {
		return s.endLease(after, account, id, lease)
	}
	return s.keepSecrets(after, account, id, lease, sealed, newSealed, keys)
}

// takeLease waits until nobody else changes the secrets. Each lease ends later than the one before, so its end is its name, too.
func (s *IntegrationStore) takeLease(ctx context.Context, account core.AccountID, id core.IntegrationID, hold time.Duration) (lease int64, sealed string, err error) {
	giveUp := time.NewTimer(hold)
	defer giveUp.Stop()
	for {
		if lease, sealed, err = s.tryLease(ctx, account, id, hold); err != nil || lease != 0 {
			return lease, sealed, err
		}
		select {
		case <-ctx.Done():
			return 0, "", ctx.Err()
		case <-giveUp.C:
			return 0, "", core.Unavailable("the secrets of the integration are being changed", hold, nil)
		case <-time.After(leasePoll):
		}
	}
}

// tryLease returns no lease while somebody else has it.
func (s *IntegrationStore) tryLease(ctx context.Context, account core.AccountID, id core.IntegrationID, hold time.Duration) (lease int64, sealed string, err error) {
	var taken int64
	err = s.db.rawReader().queryRow(ctx, `SELECT secrets_lease FROM integrations WHERE account_id = $1 AND id = $2`, account, id).Scan(&taken)
	now := s.db.now()
	if err != nil || taken > now {
		return 0, "", integrationNotFound(err)
	}
	err = s.db.inRawTx(ctx, func(tx conn) error {
		q := `UPDATE integrations SET secrets_lease = $3 WHERE account_id = $1 AND id = $2 AND secrets_lease <= $4 RETURNING secrets_lease, secrets`
		return tx.query(ctx, q, []any{account, id, now + max(hold.Milliseconds(), 1), now}, func(row scanner) error { return row.Scan(&lease, &sealed) })
	})
	return lease, sealed, err
}

func (s *IntegrationStore) endLease(ctx context.Context, account core.AccountID, id core.IntegrationID, lease int64) error {
	return s.db.inRawTx(ctx, func(tx conn) error {
		_, err := tx.exec(ctx, `UPDATE integrations SET secrets_lease = 0 WHERE account_id = $1 AND id = $2 AND secrets_lease = $3`, account, id, lease)
		return err
	})
}

// keepSecrets stores new secrets, unless the lease was lost and somebody else has changed them since.
func (s *IntegrationStore) keepSecrets(ctx context.Context, account core.AccountID, id core.IntegrationID, lease int64, old, sealed string, keys []string) error {
	return s.db.inRawTx(ctx, func(tx conn) error {
		n, err := tx.exec(ctx, `UPDATE integrations SET secrets = $5, secret_keys = $6, changed_at = $7, secrets_lease = CASE WHEN secrets_lease = $3 THEN 0 ELSE secrets_lease END
WHERE account_id = $1 AND id = $2 AND (secrets_lease = $3 OR secrets = $4)`, account, id, lease, old, sealed, writeJSON(keys), s.db.now())
		if err == nil && n == 0 {
			return core.E(core.KindConflict, "the secrets were changed by somebody else meanwhile").WithReason("lease_lost")
		}
		return err
	})
}

// EverySecret implements integrations.Store. What webhooks are recognised by, and those that wait to be read, are sealed anew, too.
func (s *IntegrationStore) EverySecret(ctx context.Context, rewrite func(account core.AccountID, id core.IntegrationID, sealed string) (string, error)) (int, error) {
	type key struct {
		account core.AccountID
		id      core.IntegrationID
	}
	var all []key
	err := s.db.rawReader().query(ctx, `SELECT account_id, id FROM integrations ORDER BY account_id, id`, nil, func(row scanner) error {
		var k key
		err := row.Scan(&k.account, &k.id)
		all = append(all, k)
		return err
	})
	n := 0
	for _, k := range all {
		if err != nil {
			break
		}
		var done bool
		if done, err = s.rewriteSecrets(ctx, k.account, k.id, rewrite); done {
			n++
		}
	}
	return n, err
}

// rewriteSecrets does so for one integration, in a transaction in which nobody else changes it. One that was disconnected meanwhile is passed over.
func (s *IntegrationStore) rewriteSecrets(
	ctx context.Context, account core.AccountID, id core.IntegrationID, rewrite func(account core.AccountID, id core.IntegrationID, sealed string) (string, error),
) (done bool, err error) {
	err = s.db.inRawTx(ctx, func(tx conn) error {
		i, err := s.lockIntegration(ctx, tx, account, id)
		if core.KindOf(err) == core.KindNotFound {
			return nil
		}
		if err != nil {
			return fmt.Errorf("integration %d of account %d: %w", id, account, err)
		}
		done = true
		if err := errors.Join(s.putHook(ctx, tx, &i), s.resealHooks(ctx, tx, &i)); err != nil {
			return err
		}
		var sealed string
		if err := tx.queryRow(ctx, `SELECT secrets FROM integrations WHERE account_id = $1 AND id = $2`, account, id).Scan(&sealed); err != nil || sealed == "" {
			return err
		}
		if sealed, err = rewrite(account, id, sealed); err != nil {
			return fmt.Errorf("integration %d of account %d: %w", id, account, err)
		}
		_, err = tx.exec(ctx, `UPDATE integrations SET secrets = $3 WHERE account_id = $1 AND id = $2`, account, id, sealed)
		return err
	})
	return done && err == nil, err
}

// resealHooks seals webhooks that are still to be read anew; those that were read go within days.
func (s *IntegrationStore) resealHooks(ctx context.Context, tx conn, i *integrations.Integration) error {
	payloads := map[core.JobID]string{}
	q := `SELECT id, payload FROM jobs WHERE account_id = $1 AND integration_id = $2 AND kind = 'hook' AND state IN ('waiting', 'running', 'parked')`
	err := tx.query(ctx, q, []any{i.AccountID, i.ID}, func(row scanner) error {
		var id core.JobID
		var payload string
		err := row.Scan(&id, &payload)
		payloads[id] = payload
		return err
	})
	if err != nil {
		return err
	}
	for id, payload := range payloads {
		var sealed string
		if err := json.Unmarshal([]byte(payload), &sealed); err != nil {
			continue // it would not be understood by its handler either
		}
		plain, err := s.sealer.Open(sealed, integrations.HookContext(i.AccountID, i.ID))
		if err != nil {
			return err
		}
		if sealed, err = s.sealer.Seal(plain, integrations.HookContext(i.AccountID, i.ID)); err != nil {
			return err
		}
		if _, err := tx.exec(ctx, `UPDATE jobs SET payload = $3 WHERE account_id = $1 AND id = $2`, i.AccountID, id, writeJSON(sealed)); err != nil {
			return err
		}
	}
	return nil
}

// Sealed texts begin with their form and the name of their key: v1.KEY.…

// sealedKey returns the name of the key a text is sealed with; empty when the text does not tell.
func sealedKey(sealed string) string {
	form, rest, _ := strings.Cut(sealed, ".")
	key, _, found := strings.Cut(rest, ".")
	if form != "v1" || !found {
		return ""
	}
	return key
}

// secretKeyName is the row of table instance with the name of the key all servers seal with.
const secretKeyName = "secret_key"

// checkSealed refuses a text that is sealed with a key the other servers may not have: they seal with one that this server does not have.
func (db *DB) checkSealed(ctx context.Context, c conn, sealed string) error {
	key := sealedKey(sealed)
	if key == "" {
		return nil
	}
	var known string
	_, err := c.exec(ctx, `INSERT INTO instance (name, value) VALUES ($1, $2) ON CONFLICT DO NOTHING`, secretKeyName, key)
	if err == nil {
		err = c.queryRow(ctx, `SELECT value FROM instance WHERE name = $1`, secretKeyName).Scan(&known)
	}
	if ours := db.secretKeys.Load(); err == nil && known != key && (ours == nil || !slices.Contains(*ours, known)) {
		return core.E(core.KindInternal, "another server of this installation seals with the key "+known+", this one with "+key+": give all the same --secret-key")
	}
	return err
}

// UseSecretKeys takes note of the key a server seals with, the first, and that it opens with all. It returns the names of those other keys with which the
// database holds secrets: a server that lacks one must not start. It then takes note of nothing.
func (db *DB) UseSecretKeys(ctx context.Context, keys []string) (missing []string, err error) {
	known := map[string]bool{"": true}
	for _, key := range keys {
		known[key] = true
	}
	err = db.inRawTx(ctx, func(tx conn) error {
		used, err := tx.sealedKeys(ctx)
		if err != nil {
			return err
		}
		missing = nil
		for _, key := range used {
			if !known[key] {
				known[key] = true
				missing = append(missing, key)
			}
		}
		if len(missing) > 0 || len(keys) == 0 {
			return nil
		}
		return tx.upsert(ctx, "instance", 1, "name, value", [][]any{{secretKeyName, keys[0]}})
	})
	if err == nil {
		db.secretKeys.Store(&keys)
	}
	return missing, err
}

// sealedKeys are the names of the keys the database's secrets are sealed with, with repetitions; as long as there are any, also the key the other
// servers seal with.
func (c conn) sealedKeys(ctx context.Context) (out []string, err error) {
	add := func(row scanner) error {
		var sealed string
		err := row.Scan(&sealed)
		out = append(out, sealedKey(sealed))
		return err
	}
	err = c.query(ctx, `SELECT DISTINCT substr(secrets, 1, 80) FROM integrations UNION SELECT DISTINCT substr(hook_secret, 1, 80) FROM integrations
UNION SELECT DISTINCT substr(secrets, 1, 80) FROM pbx_connections WHERE secrets <> ''
  UNION SELECT DISTINCT substr(source_url, 1, 80) FROM recordings WHERE source_url <> '' AND state IN ('waiting', 'failed')`, nil, add)
	if err != nil || len(out) == 0 {
		return out, err
	}
	err = c.query(ctx, `SELECT value FROM instance WHERE name = $1`, []any{secretKeyName}, func(row scanner) error {
		var key string
		err := row.Scan(&key)
		out = append(out, key)
		return err
	})
	return out, err
}
