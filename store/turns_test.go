package store_test

import (
	"context"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core/integrations"
	"github.com/skvoz/skvoz/internal/testkit"
	"github.com/skvoz/skvoz/store"
	"github.com/skvoz/skvoz/store/storetest"
)

// inTurns runs fn on both engines with the limits of one server, on PostgreSQL also with those of a second one. Waiting moves the clock.
func inTurns(t *testing.T, fn func(t *testing.T, clock *testkit.Clock, servers []*store.Turns)) {
	t.Helper()
	t.Parallel()
	for _, engine := range []store.Engine{store.SQLite, store.Postgres} {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			clock := testkit.NewClock(time.Date(2026, 3, 2, 9, 30, 0, 0, time.UTC))
			dsn := storetest.DSN(t, engine)
			servers := []*store.Turns{storetest.OpenDSN(t, dsn, clock).Turns()}
			if engine == store.Postgres {
				servers = append(servers, storetest.OpenDSN(t, dsn, clock).Turns())
			}
			for _, s := range servers {
				s.WaitWith(func(_ context.Context, d time.Duration) error { clock.Advance(d); return nil })
			}
			fn(t, clock, servers)
		})
	}
}

// mostIn is the largest number of moments in any window of a length.
func mostIn(moments []time.Time, window time.Duration) (most int) {
	slices.SortFunc(moments, time.Time.Compare)
	for first, last := 0, 0; last < len(moments); last++ {
		for moments[last].Sub(moments[first]) > window {
			first++
		}
		most = max(most, last-first+1)
	}
	return most
}

// Whatever the callers do, no window has more than Burst requests and one for each Every of its length.
func TestTurns_neverLetMoreThroughThanTheVendorAllows(t *testing.T) {
	inTurns(t, func(t *testing.T, clock *testkit.Clock, servers []*store.Turns) {
		limit := integrations.Limit{Key: "amocrm:1", Every: time.Second / 7, Burst: 5}
		random := rand.New(rand.NewPCG(1, 2)) // the same numbers in every run
		var went []time.Time
		for range 300 {
			if random.IntN(4) == 0 {
				clock.Advance(time.Duration(random.IntN(1500)) * time.Millisecond)
			}
			require.NoError(t, servers[random.IntN(len(servers))].Wait(t.Context(), limit))
			went = append(went, clock.Now())
		}
		for _, window := range []time.Duration{0, 100 * time.Millisecond, time.Second, 3 * time.Second, 10 * time.Second} {
			require.LessOrEqual(t, mostIn(went, window), limit.Burst+int(window/limit.Every), "in %s", window)
		}
		require.Equal(t, limit.Burst, mostIn(went, 0), "a burst goes at once")
	})
}

func TestTurns_holdWithManyCallersAtOnce(t *testing.T) {
	inTurns(t, func(t *testing.T, clock *testkit.Clock, servers []*store.Turns) {
		limit := integrations.Limit{Key: "bitrix24:x", Every: 100 * time.Millisecond, Burst: 3}
		start := clock.Now()
		var mu sync.Mutex
		var went []time.Time
		for _, s := range servers { // the clock stands: each waits for its own turn
			s.WaitWith(func(_ context.Context, d time.Duration) error {
				mu.Lock()
				defer mu.Unlock()
				went = append(went, start.Add(d))
				return nil
			})
		}
		var wg sync.WaitGroup
		for n := range 40 {
			wg.Go(func() {
				if err := servers[n%len(servers)].Wait(t.Context(), limit); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		require.Len(t, went, 40-limit.Burst)
		slices.SortFunc(went, time.Time.Compare)
		for n, at := range went {
			require.Equal(t, start.Add(time.Duration(n+1)*limit.Every), at, "each has a turn of its own")
		}
	})
}

func TestTurns_thoseFarAwayComeLater(t *testing.T) {
	inTurns(t, func(t *testing.T, clock *testkit.Clock, servers []*store.Turns) {
		limit := integrations.Limit{Key: "slow", Every: 8 * time.Second, Burst: 1}
		for _, s := range servers {
			s.WaitWith(func(context.Context, time.Duration) error { return nil })
		}
		first, last := servers[0], servers[len(servers)-1]
		require.NoError(t, first.Wait(t.Context(), limit))
		require.NoError(t, last.Wait(t.Context(), limit), "eight seconds are waited for")
		var f *integrations.Failure
		require.ErrorAs(t, last.Wait(t.Context(), limit), &f)
		require.Equal(t, integrations.FailBusy, f.Kind)
		require.Equal(t, 16*time.Second, f.RetryAfter)
		require.NoError(t, first.Wait(t.Context(), integrations.Limit{Key: "another", Every: 8 * time.Second, Burst: 1}))
		clock.Advance(8 * time.Second)
		require.NoError(t, last.Wait(t.Context(), limit), "a turn that was refused is not used up")
	})
}

func TestTurns_aBlockHoldsForAllAndOutlivesARestart(t *testing.T) {
	t.Parallel()
	for _, engine := range []store.Engine{store.SQLite, store.Postgres} {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			clock := testkit.NewClock(time.Date(2026, 3, 2, 9, 30, 0, 0, time.UTC))
			dsn := storetest.DSN(t, engine)
			limit := integrations.Limit{Key: "amocrm:1", Every: time.Second, Burst: 5}
			first := storetest.OpenDSN(t, dsn, clock).Turns()
			require.NoError(t, first.Wait(t.Context(), limit))
			require.NoError(t, first.Block(t.Context(), limit.Key, clock.Now().Add(time.Hour)))
			require.NoError(t, first.Block(t.Context(), limit.Key, clock.Now().Add(time.Minute)), "a shorter one takes nothing back")
			second := storetest.OpenDSN(t, dsn, clock).Turns()
			for _, s := range []*store.Turns{first, second} {
				var f *integrations.Failure
				require.ErrorAs(t, s.Wait(t.Context(), limit), &f)
				require.Equal(t, time.Hour, f.RetryAfter)
			}
			clock.Advance(time.Hour)
			require.NoError(t, second.Wait(t.Context(), limit))
		})
	}
}

func TestTurns_aBlockThatComesWhileWaitingIsHeard(t *testing.T) {
	inTurns(t, func(t *testing.T, clock *testkit.Clock, servers []*store.Turns) {
		limit := integrations.Limit{Key: "amocrm:1", Every: time.Second, Burst: 1}
		require.NoError(t, servers[0].Wait(t.Context(), limit))
		last := servers[len(servers)-1]
		last.WaitWith(func(ctx context.Context, d time.Duration) error {
			require.NoError(t, servers[0].Block(ctx, limit.Key, clock.Advance(d).Add(time.Hour)))
			return nil
		})
		var f *integrations.Failure
		require.ErrorAs(t, last.Wait(t.Context(), limit), &f)
		require.Equal(t, time.Hour, f.RetryAfter)
	})
}

func TestTurns_endWithTheContext(t *testing.T) {
	inTurns(t, func(t *testing.T, _ *testkit.Clock, servers []*store.Turns) {
		limit := integrations.Limit{Key: "amocrm:1", Every: 5 * time.Second, Burst: 1}
		require.NoError(t, servers[0].Wait(t.Context(), limit))
		ctx, cancel := context.WithCancel(t.Context())
		servers[0].WaitWith(func(ctx context.Context, _ time.Duration) error { cancel(); <-ctx.Done(); return ctx.Err() })
		require.ErrorIs(t, servers[0].Wait(ctx, limit), context.Canceled)
	})
}
