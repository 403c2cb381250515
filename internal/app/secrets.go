package app

import (
	"context"
	"fmt"
	"log/slog"
	"strings"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/integrations"
	"github.com/skvoz/skvoz/internal/config"
	"github.com/skvoz/skvoz/internal/observe"
	"github.com/skvoz/skvoz/internal/secretbox"
	"github.com/skvoz/skvoz/store"
)

// openBox makes what encrypts the secrets of integrations. Keys that can't open what the database holds are refused: the integrations would stand still,
// and what they are given from now on could not be read by the other servers.
func openBox(ctx context.Context, db *store.DB, s *config.Storage) (*secretbox.Box, error) {
	keys, err := s.SecretKeys()
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(keys))
	for i, key := range keys {
		ids[i] = key.ID()
	}
	missing, err := db.UseSecretKeys(ctx, ids)
	if err != nil {
		return nil, fmt.Errorf("comparing the secret keys with the database: %w", err)
	}
	if len(missing) > 0 {
		return nil, fmt.Errorf("the database holds secrets of integrations that were encrypted with the key %s, but here is only %s, from %s. Give the key they were encrypted with: "+
			"name it in --secret-key, behind the new one if there is one (NEW,OLD), or copy the file secret.key from the data directory where it was made",
			strings.Join(missing, ", "), strings.Join(ids, ", "), s.SecretKeysFrom())
	}
	return secretbox.New(keys...)
}

type secretsCommand struct {
	GenerateKey secretsGenerateKey `cmd:"" help:"Print a new key for --secret-key. Nothing is changed."`
	Rotate      secretsRotate      `cmd:"" help:"Encrypt all secrets in the database anew with the first key of --secret-key. Old keys are no longer needed then."`
}

type secretsGenerateKey struct{ output }

// Run prints a key.
func (c *secretsGenerateKey) Run(p *Process) error {
	text := secretbox.GenerateKey()
	key, err := secretbox.ParseKey(text)
	if err != nil {
		return err
	}
	return c.print(p, text, map[string]any{"key": text, "key_id": key.ID()})
}

type secretsRotate struct {
	storage
	output
}

// Run encrypts everything anew.
func (c *secretsRotate) Run(ctx context.Context, p *Process) error {
	log, err := observe.NewLogger(p.Err, c.Logging.Options())
	if err != nil {
		return err
	}
	db, err := openMigrated(ctx, &c.Storage, log)
	if err != nil {
		return err
	}
	defer closeQuietly(db, slog.Default())
	box, err := openBox(ctx, db, &c.Storage)
	if err != nil {
		return err
	}
	n, err := db.IntegrationStore(box).EverySecret(ctx, func(account core.AccountID, id core.IntegrationID, sealed string) (string, error) {
		plain, err := box.Open(sealed, integrations.SecretContext(account, id))
		if err != nil {
			return "", err
		}
		return box.Seal(plain, integrations.SecretContext(account, id))
	})
	if err != nil {
		return fmt.Errorf("%d integrations are done, then: %w", n, err)
	}
	calls := db.CallStore(box)
	connections, err := calls.ResealConnections(ctx)
	if err != nil {
		return fmt.Errorf("%d integrations are done, then: %w", n, err)
	}
	if _, err := calls.ResealRecordings(ctx); err != nil {
		return fmt.Errorf("%d integrations and %d PBXs are done, then: %w", n, connections, err)
	}
	return c.print(p, fmt.Sprintf("The secrets of %d integrations and %d PBXs are encrypted with the key %s now.", n, connections, box.CurrentKey()),
		map[string]any{"integrations": n, "pbx_connections": connections, "key_id": box.CurrentKey()})
}
