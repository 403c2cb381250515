package auth_test

import (
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/auth"
	"github.com/skvoz/skvoz/core/accounts"
	"github.com/skvoz/skvoz/internal/testkit"
)

func TestCA_1_tries_areLimitedAndComeBackWithTime(t *testing.T) {
	t.Parallel()
	clock := testkit.NewClock(time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC))
	a := auth.NewAttempts(clock)
	limit := accounts.Limit{Burst: 3, Every: time.Minute}
	for range 3 {
		require.Zero(t, a.Take("k", limit))
	}
	require.Equal(t, time.Minute, a.Take("k", limit))
	require.Equal(t, time.Minute, a.Take("k", limit), "a refused try costs nothing")
	require.Zero(t, a.Take("other", limit))
	clock.Advance(59 * time.Second)
	require.Equal(t, time.Second, a.Take("k", limit))
	clock.Advance(time.Second)
	require.Zero(t, a.Take("k", limit), "who waits as told gets in")
	require.Equal(t, time.Minute, a.Take("k", limit))
	a.Forgive("k")
	require.Zero(t, a.Take("k", limit))
	clock.Advance(time.Hour)
	for range 3 {
		require.Zero(t, a.Take("k", limit))
	}
	require.NotZero(t, a.Take("k", limit), "waiting longer saves up no more than the burst")
}

func TestAttempts_countsEveryTryOfManyAtOnce(t *testing.T) {
	t.Parallel()
	a := auth.NewAttempts(testkit.NewClock(time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)))
	var allowed atomic.Int64
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for range 50 {
				if a.Take("k", accounts.Limit{Burst: 100, Every: time.Second}) == 0 {
					allowed.Add(1)
				}
				a.Take(strconv.Itoa(i), accounts.Limit{Burst: 1, Every: time.Second})
			}
		})
	}
	wg.Wait()
	require.EqualValues(t, 100, allowed.Load())
}
