package auth_test

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/auth"
)

func cheap() auth.Cost { return auth.Cost{MemoryKiB: 64, Passes: 1, Lanes: 1} }

func TestCA_1_passwords_areHashedWithTheirParametersAndASaltOfTheirOwn(t *testing.T) {
	t.Parallel()
	h := auth.NewHasher(auth.DefaultCost())
	one, err := h.Hash(t.Context(), "correct horse")
	require.NoError(t, err)
	two, err := h.Hash(t.Context(), "correct horse")
	require.NoError(t, err)
	require.NotEqual(t, one, two)
	require.True(t, strings.HasPrefix(one, "$argon2id$v=19$m=19456,t=2,p=1$"), one)
	require.NotContains(t, one, "horse")
	for password, want := range map[string]bool{"correct horse": true, "correct horsf": false, "": false} {
		ok, outdated, err := h.Verify(t.Context(), password, one)
		require.NoError(t, err)
		require.Equal(t, want, ok, password)
		require.False(t, outdated)
	}
}

func TestCA_1_hashesOfAnotherCost_stillFitAndAreOutdated(t *testing.T) {
	t.Parallel()
	old, err := auth.NewHasher(cheap()).Hash(t.Context(), "correct horse")
	require.NoError(t, err)
	now := auth.NewHasher(auth.Cost{MemoryKiB: 128, Passes: 1, Lanes: 1})
	ok, outdated, err := now.Verify(t.Context(), "correct horse", old)
	require.NoError(t, err)
	require.True(t, ok)
	require.True(t, outdated)
}

func TestHasher_givesUpWaitingWithTheRequest(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	h := auth.NewHasher(cheap())
	for range 100 { // either is right while a place is free; it must not hang
		_, _ = h.Hash(ctx, "x")
	}
	_, err := h.Hash(t.Context(), "x")
	require.NoError(t, err)
}

func TestHasher_refusesDamagedHashes(t *testing.T) {
	t.Parallel()
	h := auth.NewHasher(cheap())
	good, err := h.Hash(t.Context(), "x")
	require.NoError(t, err)
	for name, hash := range map[string]string{
		"empty":              "",
		"another algorithm":  strings.Replace(good, "argon2id", "argon2i", 1),
		"another version":    strings.Replace(good, "v=19", "v=16", 1),
		"no passes":          strings.Replace(good, "t=1", "t=0", 1),
		"memory of a planet": strings.Replace(good, "m=64", "m=4000000000", 1),
		"years of passes":    strings.Replace(good, "t=1", "t=4000000000", 1),
		"cut off":            good[:len(good)-5],
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, _, err := h.Verify(t.Context(), "x", hash)
			require.Error(t, err)
		})
	}
}

func FuzzHasher_Verify(f *testing.F) {
	h := auth.NewHasher(cheap())
	f.Add("$argon2id$v=19$m=64,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
	f.Add("$argon2id$v=19$m=64,t=1,p=1$$")
	f.Fuzz(func(t *testing.T, hash string) {
		if strings.Contains(hash, "m=") && !strings.Contains(hash, "m=64,t=1,p=1$") {
			t.Skip() // dear parameters are allowed up to a bound, and slow
		}
		_, _, _ = h.Verify(t.Context(), "x", hash)
	})
}
