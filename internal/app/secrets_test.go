package app_test

import (
	"context"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core/integrations"
	"github.com/skvoz/skvoz/internal/secretbox"
	"github.com/skvoz/skvoz/store/storetest"
)

// newSecretKey asks the command line for a key.
func newSecretKey(t *testing.T) string {
	t.Helper()
	code, out, errOut := line(t, "secrets", "generate-key")
	require.Zero(t, code, errOut)
	return strings.TrimSpace(out)
}

func boxOf(t *testing.T, text string) *secretbox.Box {
	t.Helper()
	key, err := secretbox.ParseKey(text)
	require.NoError(t, err)
	box, err := secretbox.New(key)
	require.NoError(t, err)
	return box
}

func TestSecrets_keysAreRotatedByACommand(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	data := []string{"--data-dir", dir, "--log-level", "error"}
	first, second := newSecretKey(t), newSecretKey(t)
	require.NotEqual(t, first, second)
	db := storetest.OpenDSN(t, "sqlite://"+filepath.Join(dir, "skvoz.db"), nil)
	made := storetest.NewWorld(t, db).Account()
	old := db.IntegrationStore(boxOf(t, first))
	i, err := old.CreateIntegration(t.Context(), integrations.Integration{AccountID: made, Kind: "amocrm", State: integrations.StateDraft, Settings: integrations.Values{}})
	require.NoError(t, err)
	sealed, err := boxOf(t, first).Seal([]byte(`{"token":"t0ken"}`), integrations.SecretContext(made, i.ID))
	require.NoError(t, err)
	put := func(context.Context, string) (string, []string, error) { return sealed, []string{"token"}, nil }
	require.NoError(t, old.ChangeSecrets(t.Context(), made, i.ID, time.Minute, put))

	code, _, errOut := line(t, append([]string{"secrets", "rotate", "--secret-key", second}, data...)...)
	require.Equal(t, 1, code)
	require.Contains(t, errOut, "encrypted with the key "+secretbox.KeyID(sealed))
	require.Contains(t, errOut, "(NEW,OLD)")
	code, _, errOut = line(t, append([]string{"serve", "--listen", "127.0.0.1:0", "--admin-listen", ""}, data...)...)
	require.Equal(t, 1, code, "a server with a key of its own does not start")
	require.Contains(t, errOut, "secret.key")

	code, out, errOut := line(t, append([]string{"secrets", "rotate", "--json", "--secret-key", second + "," + first}, data...)...)
	require.Zero(t, code, errOut)
	var result struct {
		Integrations int    `json:"integrations"`
		KeyID        string `json:"key_id"`
	}
	require.NoError(t, json.Unmarshal([]byte(out), &result))
	require.Equal(t, 1, result.Integrations)
	fresh := db.IntegrationStore(boxOf(t, second))
	sealed, err = fresh.Secrets(t.Context(), made, i.ID)
	require.NoError(t, err)
	require.Equal(t, result.KeyID, secretbox.KeyID(sealed))
	plain, err := boxOf(t, second).Open(sealed, integrations.SecretContext(made, i.ID))
	require.NoError(t, err)
	require.JSONEq(t, `{"token":"t0ken"}`, string(plain))
	read, err := fresh.IntegrationByHook(t.Context(), i.HookSecret)
	require.NoError(t, err)
	require.Equal(t, i.ID, read.ID)
	code, _, errOut = line(t, append([]string{"secrets", "rotate", "--secret-key", first}, data...)...)
	require.Equal(t, 1, code, "the old key alone is of no use any more")
	require.Contains(t, errOut, result.KeyID)
}
