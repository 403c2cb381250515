package core_test

import (
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core"
)

func TestNewKey_is32CharactersAndNeverTheSame(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	form := regexp.MustCompile(`^[A-Za-z0-9_-]{32}$`)
	for range 1000 {
		k := core.NewKey()
		require.Regexp(t, form, k)
		require.False(t, seen[k])
		seen[k] = true
	}
}

func TestNewSecret_hasTheLengthAskedAndUsesEveryLetter(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 1, 40, 200} {
		require.Regexp(t, `^[a-z0-9]*$`, core.NewSecret(n))
		require.Len(t, core.NewSecret(n), n)
	}
	used := map[rune]bool{}
	for _, c := range core.NewSecret(10000) {
		used[c] = true
	}
	require.Len(t, used, 36)
}
