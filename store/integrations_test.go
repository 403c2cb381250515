package store_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/integrations"
	"github.com/skvoz/skvoz/internal/testkit"
	"github.com/skvoz/skvoz/store"
	"github.com/skvoz/skvoz/store/storetest"
)

// paperSealer seals with the name of a key alone.
type paperSealer string

func (s paperSealer) Seal(plain []byte, context string) (string, error) {
	return "v1." + string(s) + "." + base64.RawURLEncoding.EncodeToString([]byte(context+"|"+string(plain))), nil
}

func (s paperSealer) Open(sealed, context string) ([]byte, error) {
	_, body, _ := strings.Cut(strings.TrimPrefix(sealed, "v1."), ".")
	text, err := base64.RawURLEncoding.DecodeString(body)
	plain, found := strings.CutPrefix(string(text), context+"|")
	if err != nil || !found {
		return nil, errors.New("not sealed for this")
	}
	return []byte(plain), nil
}

// addIntegration makes one that is switched on.
func addIntegration(t testing.TB, s *store.IntegrationStore, account core.AccountID, state integrations.State) integrations.Integration {
	t.Helper()
	i, err := s.CreateIntegration(t.Context(), integrations.Integration{AccountID: account, Kind: "amocrm", Name: "amoCRM", State: state, Settings: integrations.Values{}})
	require.NoError(t, err)
	return i
}

// setState switches an integration.
func setState(t testing.TB, s *store.IntegrationStore, i integrations.Integration, state integrations.State) {
	t.Helper()
	_, err := s.ChangeIntegration(t.Context(), i.AccountID, i.ID, func(i *integrations.Integration) ([]integrations.NewJob, error) {
		i.State = state
		return nil, nil
	})
	require.NoError(t, err)
}

// inStores runs fn on both engines with two accounts.
func inStores(t *testing.T, fn func(t *testing.T, w *storetest.World, s *store.IntegrationStore, clock *testkit.Clock)) {
	t.Helper()
	inWorlds(t, func(t *testing.T, w *storetest.World, clock *testkit.Clock) {
		fn(t, w, w.DB.IntegrationStore(paperSealer("one")), clock)
	})
}

func TestCA2_IntegrationsKeepWhatTheyAreGiven(t *testing.T) {
	inStores(t, func(t *testing.T, w *storetest.World, s *store.IntegrationStore, clock *testkit.Clock) {
		ctx := t.Context()
		account, other := w.Account(), w.Account()
		made := addIntegration(t, s, account, integrations.StateDraft)
		require.Len(t, made.HookSecret, 32)
		require.Equal(t, integrations.SyncNever, made.Sync.State)
		read, err := s.Integration(ctx, account, made.ID)
		require.NoError(t, err)
		require.Equal(t, made, read)
		byHook, err := s.IntegrationByHook(ctx, made.HookSecret)
		require.NoError(t, err)
		require.Equal(t, made, byHook)

		clock.Advance(time.Minute)
		at := clock.Now()
		changed, err := s.ChangeIntegration(ctx, account, made.ID, func(i *integrations.Integration) ([]integrations.NewJob, error) {
			i.Sync = integrations.Sync{
				State: integrations.SyncFailed, At: &at, Failure: integrations.Fail(integrations.FailDown, "502"), Watermark: at,
				Import: &integrations.ImportProgress{Months: 3, Since: at, Done: 7, Total: 70, Cursor: "c", Started: at},
			}
			return nil, nil
		})
		require.NoError(t, err)
		require.Equal(t, made.ChangedAt, changed.ChangedAt, "a reading changes no settings")
		read, err = s.Integration(ctx, account, made.ID)
		require.NoError(t, err)
		require.Equal(t, changed, read)

		secret := core.NewSecret(32)
		changed, err = s.ChangeIntegration(ctx, account, made.ID, func(i *integrations.Integration) ([]integrations.NewJob, error) {
			i.Name, i.State, i.CRMID, i.RemoteID, i.HookSecret = "Sales", integrations.StateActive, 5, "31415", secret
			i.Settings.Set("funnel", "12")
			i.Settings[integrations.KeyMapping] = integrations.Value{Pairs: []integrations.Pair{{Field: "7", Template: "{{utm_source}}"}}}
			return nil, nil
		})
		require.NoError(t, err)
		require.Equal(t, clock.Now(), changed.ChangedAt)
		list, err := s.Integrations(ctx, account)
		require.NoError(t, err)
		require.Equal(t, []integrations.Integration{changed}, list)
		_, err = s.IntegrationByHook(ctx, made.HookSecret)
		require.Equal(t, core.KindNotFound, core.KindOf(err), "the old address is gone")

		_, err = s.Integration(ctx, other, made.ID)
		require.Equal(t, core.KindNotFound, core.KindOf(err))
		require.Equal(t, core.KindNotFound, core.KindOf(s.DeleteIntegration(ctx, other, made.ID)))
		require.NoError(t, s.DeleteIntegration(ctx, account, made.ID))
		_, err = s.Integration(ctx, account, made.ID)
		require.Equal(t, core.KindNotFound, core.KindOf(err))
	})
}

func TestChangeIntegration_keepsNothingOfAChangeThatFails(t *testing.T) {
	inStores(t, func(t *testing.T, w *storetest.World, s *store.IntegrationStore, _ *testkit.Clock) {
		i := addIntegration(t, s, w.Account(), integrations.StateActive)
		_, err := s.ChangeIntegration(t.Context(), i.AccountID, i.ID, func(i *integrations.Integration) ([]integrations.NewJob, error) {
			i.Name = "changed"
			return []integrations.NewJob{jobOf(*i, "a")}, core.E(core.KindConflict, "no")
		})
		require.Equal(t, core.KindConflict, core.KindOf(err))
		read, err := s.Integration(t.Context(), i.AccountID, i.ID)
		require.NoError(t, err)
		require.Equal(t, i, read)
		_, err = s.ChangeIntegration(t.Context(), i.AccountID, i.ID, func(i *integrations.Integration) ([]integrations.NewJob, error) {
			return []integrations.NewJob{jobOf(*i, "a")}, nil
		})
		require.NoError(t, err)
		require.Len(t, claim(t, s, "w", 9), 1)
	})
}

func TestCreateIntegration_refusesAKeyOthersDoNotSealWith(t *testing.T) {
	inStores(t, func(t *testing.T, w *storetest.World, s *store.IntegrationStore, _ *testkit.Clock) {
		ctx := t.Context()
		account := w.Account()
		i := addIntegration(t, s, account, integrations.StateDraft)
		second := w.DB.IntegrationStore(paperSealer("two"))
		_, err := second.CreateIntegration(ctx, integrations.Integration{AccountID: account, Kind: "amocrm", State: integrations.StateDraft})
		require.ErrorContains(t, err, "another server")

		missing, err := w.DB.UseSecretKeys(ctx, []string{"two"})
		require.NoError(t, err)
		require.Equal(t, []string{"one"}, missing)
		missing, err = w.DB.UseSecretKeys(ctx, []string{"two", "one"})
		require.NoError(t, err)
		require.Empty(t, missing)
		_, err = second.CreateIntegration(ctx, integrations.Integration{AccountID: account, Kind: "amocrm", State: integrations.StateDraft})
		require.NoError(t, err)
		require.Equal(t, integrations.StateDraft, addIntegration(t, s, account, integrations.StateDraft).State, "while keys are changed servers may seal with either")
		require.NoError(t, s.ChangeSecrets(ctx, account, i.ID, time.Second, func(context.Context, string) (string, []string, error) { return "v1.one.abc", nil, nil }))

		hook := jobOf(i, "hook")
		sealed, err := paperSealer("one").Seal([]byte("{}"), integrations.HookContext(account, i.ID))
		require.NoError(t, err)
		hook.Kind, hook.Payload = integrations.JobHook, json.RawMessage(`"`+sealed+`"`)
		enqueue(t, s, hook)

		n, err := second.EverySecret(ctx, func(_ core.AccountID, _ core.IntegrationID, sealed string) (string, error) {
			return strings.Replace(sealed, "one", "two", 1), nil
		})
		require.NoError(t, err)
		require.Equal(t, 3, n)
		missing, err = w.DB.UseSecretKeys(ctx, []string{"two"})
		require.NoError(t, err)
		require.Empty(t, missing)
		read, err := second.IntegrationByHook(ctx, i.HookSecret)
		require.NoError(t, err, "addresses of webhooks stay")
		require.Equal(t, i.ID, read.ID)
		require.Contains(t, string(claim(t, s, "w", 1)[0].Payload), "v1.two.", "webhooks that wait are sealed anew")
	})
}

// Two servers were started with keys of their own, each below its own data directory: the one that came first may not seal what the other can't open.
func TestUseSecretKeys_takesAnyWhileNothingIsSealed(t *testing.T) {
	t.Parallel()
	for _, engine := range []store.Engine{store.SQLite, store.Postgres} {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			dsn := storetest.DSN(t, engine)
			first, second := storetest.OpenDSN(t, dsn, nil), storetest.OpenDSN(t, dsn, nil)
			account := storetest.NewWorld(t, first).Account()
			for key, db := range map[string]*store.DB{"one": first, "two": second} {
				missing, err := db.UseSecretKeys(t.Context(), []string{key})
				require.NoError(t, err)
				require.Empty(t, missing)
			}
			_, err := second.UseSecretKeys(t.Context(), []string{"two"})
			require.NoError(t, err)
			_, err = first.IntegrationStore(paperSealer("one")).CreateIntegration(t.Context(), integrations.Integration{AccountID: account, Kind: "amocrm"})
			require.ErrorContains(t, err, "another server")
			addIntegration(t, second.IntegrationStore(paperSealer("two")), account, integrations.StateDraft)
			missing, err := first.UseSecretKeys(t.Context(), []string{"one"})
			require.NoError(t, err)
			require.Equal(t, []string{"two"}, missing, "it does not start again")
		})
	}
}

func TestChangeSecrets_isDoneByOneAtATime(t *testing.T) {
	inStores(t, func(t *testing.T, w *storetest.World, s *store.IntegrationStore, _ *testkit.Clock) {
		ctx := t.Context()
		i := addIntegration(t, s, w.Account(), integrations.StateActive)
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				err := s.ChangeSecrets(ctx, i.AccountID, i.ID, time.Minute, func(_ context.Context, sealed string) (string, []string, error) {
					return sealed + "x", []string{"token"}, nil
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		sealed, err := s.Secrets(ctx, i.AccountID, i.ID)
		require.NoError(t, err)
		require.Equal(t, "xxxxxxxx", sealed)
		read, err := s.Integration(ctx, i.AccountID, i.ID)
		require.NoError(t, err)
		require.Equal(t, []string{"token"}, read.SecretKeys)
		_, err = s.Secrets(ctx, i.AccountID+1, i.ID)
		require.Equal(t, core.KindNotFound, core.KindOf(err))
	})
}

func TestChangeSecrets_leases(t *testing.T) {
	inStores(t, func(t *testing.T, w *storetest.World, s *store.IntegrationStore, clock *testkit.Clock) {
		ctx := t.Context()
		i := addIntegration(t, s, w.Account(), integrations.StateActive)
		put := func(text string) func(context.Context, string) (string, []string, error) {
			return func(context.Context, string) (string, []string, error) { return text, nil, nil }
		}
		err := s.ChangeSecrets(ctx, i.AccountID, i.ID, time.Minute, func(context.Context, string) (string, []string, error) {
			taken := s.ChangeSecrets(ctx, i.AccountID, i.ID, 30*time.Millisecond, put("second"))
			require.Equal(t, core.KindUnavailable, core.KindOf(taken))
			clock.Advance(2 * time.Minute) // the first has gone to sleep
			require.NoError(t, s.ChangeSecrets(ctx, i.AccountID, i.ID, time.Minute, put("third")))
			return "first", nil, nil
		})
		require.Equal(t, core.KindConflict, core.KindOf(err), "what came after a lost lease stays")
		sealed, err := s.Secrets(ctx, i.AccountID, i.ID)
		require.NoError(t, err)
		require.Equal(t, "third", sealed)

		failing := errors.New("the vendor is down")
		require.ErrorIs(t, s.ChangeSecrets(ctx, i.AccountID, i.ID, time.Minute, func(context.Context, string) (string, []string, error) { return "", nil, failing }), failing)
		require.NoError(t, s.ChangeSecrets(ctx, i.AccountID, i.ID, time.Minute, put("fourth")), "the lease was given back")
	})
}
