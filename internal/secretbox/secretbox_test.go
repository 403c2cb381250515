package secretbox_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/internal/secretbox"
)

func key(t testing.TB) secretbox.Key {
	t.Helper()
	k, err := secretbox.ParseKey(secretbox.GenerateKey())
	require.NoError(t, err)
	return k
}

func box(t testing.TB, keys ...secretbox.Key) *secretbox.Box {
	t.Helper()
	b, err := secretbox.New(keys...)
	require.NoError(t, err)
	return b
}

func TestSealAndOpen(t *testing.T) {
	t.Parallel()
	first, second := key(t), key(t)
	old := box(t, first)
	sealed, err := old.Seal([]byte("t0ken"), "a")
	require.NoError(t, err)
	require.NotContains(t, sealed, "t0ken")
	again, err := old.Seal([]byte("t0ken"), "a")
	require.NoError(t, err)
	require.NotEqual(t, sealed, again, "the same secret is sealed differently each time")

	tests := map[string]struct {
		box             *secretbox.Box
		sealed, context string
		err             error
	}{
		"the same key and context open it":      {old, sealed, "a", nil},
		"an old key beside the new one does":    {box(t, second, first), sealed, "a", nil},
		"another context does not":              {old, sealed, "b", secretbox.ErrDamaged},
		"a key that is not given does not":      {box(t, second), sealed, "a", secretbox.ErrUnknownKey},
		"a changed text does not open":          {old, sealed[:len(sealed)-2] + "AA", "a", secretbox.ErrDamaged},
		"a text that was never sealed does not": {old, "t0ken", "a", secretbox.ErrDamaged},
		"a text that is cut off does not":       {old, sealed[:20], "a", secretbox.ErrDamaged},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			plain, err := tt.box.Open(tt.sealed, tt.context)
			require.ErrorIs(t, err, tt.err)
			if tt.err == nil {
				require.Equal(t, "t0ken", string(plain))
			}
		})
	}
	require.True(t, old.IsCurrent(sealed))
	require.False(t, box(t, second, first).IsCurrent(sealed))
	require.Equal(t, first.ID(), secretbox.KeyID(sealed))
}

func TestParseKey(t *testing.T) {
	t.Parallel()
	good := secretbox.GenerateKey()
	want, err := secretbox.ParseKey(good)
	require.NoError(t, err)
	require.NotContains(t, fmt.Sprintf("%v %+v %#v %s", want, want, want, want), good)
	for name, text := range map[string]string{
		"without padding":         strings.TrimRight(good, "="),
		"in the alphabet of URLs": strings.NewReplacer("+", "-", "/", "_").Replace(good),
		"with spaces around":      " " + good + "\n",
	} {
		k, err := secretbox.ParseKey(text)
		require.NoError(t, err, name)
		require.Equal(t, want.ID(), k.ID(), name)
	}
	for _, text := range []string{"", "short", strings.Repeat("a", 63), strings.Repeat("z", 64), good + good} {
		_, err := secretbox.ParseKey(text)
		require.ErrorContains(t, err, "generate-key", text)
	}
}

func TestKeyFile_severalProcessesGetTheSameKey(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "secret.key")
	ids := make([]string, 8)
	var all sync.WaitGroup
	for i := range ids {
		all.Go(func() {
			k, err := secretbox.LoadOrCreateKeyFile(path)
			if err == nil {
				ids[i] = k.ID()
			}
		})
	}
	all.Wait()
	for _, id := range ids {
		require.NotEmpty(t, id)
		require.Equal(t, ids[0], id)
	}
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	require.NoError(t, os.WriteFile(path, []byte("nonsense"), 0o600))
	_, err = secretbox.LoadOrCreateKeyFile(path)
	require.ErrorContains(t, err, path)
}

func FuzzOpen(f *testing.F) {
	b := box(f, key(f))
	sealed, _ := b.Seal([]byte("secret"), "a")
	f.Add(sealed, "a")
	f.Add("v1..", "")
	f.Add("v1.x.!!!", "a")
	f.Fuzz(func(t *testing.T, text, context string) {
		if plain, err := b.Open(text, context); err == nil && (text != sealed || context != "a") {
			t.Fatalf("%q for %q opened as %q", text, context, plain)
		}
	})
}
