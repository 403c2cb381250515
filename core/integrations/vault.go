package integrations

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/skvoz/skvoz/core"
)

// vaultHold is how long a change of secrets may take: a request to the vendor lies in between.
const vaultHold = 30 * time.Second

// vault keeps the secrets of one integration in the store, sealed.
type vault struct {
	store   Store
	sealer  Sealer
	account core.AccountID
	id      core.IntegrationID
}

var _ Vault = (*vault)(nil)

func (s *Service) vault(i *Integration) *vault {
	return &vault{store: s.cfg.Store, sealer: s.cfg.Sealer, account: i.AccountID, id: i.ID}
}

// SecretContext is what the secrets of an integration are sealed for.
func SecretContext(account core.AccountID, id core.IntegrationID) string {
	return fmt.Sprintf("integration/%d/%d", account, id)
}

// Get implements Vault.
func (v *vault) Get(ctx context.Context) (map[string]string, error) {
	sealed, err := v.store.Secrets(ctx, v.account, v.id)
	if err != nil {
		return nil, err
	}
	return v.open(sealed)
}

// Renew implements Vault.
func (v *vault) Renew(ctx context.Context, seen map[string]string, fn func(context.Context, map[string]string) (map[string]string, error)) (map[string]string, error) {
	var out map[string]string
	err := v.change(ctx, func(ctx context.Context, now map[string]string) (map[string]string, error) {
		if !maps.Equal(now, seen) {
			out = now
			return now, nil
		}
		next, err := fn(ctx, maps.Clone(now))
		out = next
		return next, err
	})
	return out, err
}

// Put implements Vault.
func (v *vault) Put(ctx context.Context, some map[string]string) error {
	return v.change(ctx, func(_ context.Context, now map[string]string) (map[string]string, error) {
		for key, value := range some {
			now[key] = strings.TrimSpace(value)
			if now[key] == "" {
				delete(now, key)
			}
		}
		return now, nil
	})
}

func (v *vault) change(ctx context.Context, fn func(context.Context, map[string]string) (map[string]string, error)) error {
	return v.store.ChangeSecrets(ctx, v.account, v.id, vaultHold, func(ctx context.Context, sealed string) (string, []string, error) {
		now, err := v.open(sealed)
		if err != nil {
			return "", nil, err
		}
		next, err := fn(ctx, maps.Clone(now))
		if err != nil {
			return "", nil, err
		}
		if maps.Equal(next, now) && sealed != "" {
			return sealed, slices.Sorted(maps.Keys(next)), nil
		}
		plain, err := json.Marshal(next)
		if err != nil {
			return "", nil, err
		}
		sealed, err = v.sealer.Seal(plain, SecretContext(v.account, v.id))
		return sealed, slices.Sorted(maps.Keys(next)), err
	})
}

func (v *vault) open(sealed string) (map[string]string, error) {
	out := map[string]string{}
	if sealed == "" {
		return out, nil
	}
	plain, err := v.sealer.Open(sealed, SecretContext(v.account, v.id))
	if err != nil {
		return nil, err
	}
	return out, json.Unmarshal(plain, &out)
}

func trimmed(text string, isURL bool) string {
	text = strings.TrimSpace(text)
	if isURL {
		text = strings.TrimRight(text, "/")
	}
	return text
}
