package wire_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/internal/testkit"
	"github.com/skvoz/skvoz/pbx/wire"
)

func TestTurns_LetABurstThroughAndThenSoManyASecond(t *testing.T) {
	t.Parallel()
	clock := testkit.NewClock(time.Date(2026, 11, 22, 6, 0, 0, 0, time.UTC))
	turns := wire.NewTurns[int](clock, wire.Rate{PerSecond: 2, Burst: 3})
	take := func(key, n int) bool {
		taken := 0
		for range n {
			if _, ok := turns.Take(key); ok {
				taken++
			}
		}
		return taken == n
	}
	require.True(t, take(1, 3))
	wait, ok := turns.Take(1)
	require.False(t, ok)
	require.Equal(t, 500*time.Millisecond, wait)
	require.True(t, take(2, 1), "each key has its own")
	clock.Advance(time.Second)
	require.True(t, take(1, 2))
	require.False(t, take(1, 1))
	clock.Advance(time.Hour)
	require.True(t, take(1, 3))
	require.False(t, take(1, 1), "no more than a burst is saved up")
}

func TestTurns_ForgetKeysUnusedForLong(t *testing.T) {
	t.Parallel()
	clock := testkit.NewClock(time.Date(2026, 11, 22, 6, 0, 0, 0, time.UTC))
	turns := wire.NewTurns[int](clock, wire.Rate{PerSecond: 0.001, Burst: 1})
	for key := range 20_000 {
		_, ok := turns.Take(key)
		require.True(t, ok)
	}
	_, ok := turns.Take(19_999)
	require.False(t, ok)
	_, ok = turns.Take(0)
	require.True(t, ok)
}

func TestTurns_WaitEndsWithItsContext(t *testing.T) {
	t.Parallel()
	turns := wire.NewTurns[int](core.SystemClock{}, wire.Rate{PerSecond: 0.001, Burst: 1})
	require.NoError(t, turns.Wait(t.Context(), 1))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, turns.Wait(ctx, 1), context.Canceled)
	quick := wire.NewTurns[int](core.SystemClock{}, wire.Rate{PerSecond: 500, Burst: 1})
	for range 5 {
		require.NoError(t, quick.Wait(t.Context(), 1))
	}
}
