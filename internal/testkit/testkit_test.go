package testkit_test

import (
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/internal/testkit"
)

func TestPostgres_GivesEachCallerAnEmptyDatabaseAndDropsIt(t *testing.T) { //nolint:tparallel // what follows the subtest looks at what it left
	t.Parallel()
	var first, second string
	t.Run("use", func(t *testing.T) {
		first, second = testkit.Postgres(t), testkit.Postgres(t)
		require.NotEqual(t, first, second)
		for _, dsn := range []string{first, second} {
			conn, err := pgx.Connect(t.Context(), dsn)
			require.NoError(t, err)
			_, err = conn.Exec(t.Context(), "CREATE TABLE only_one (id int)")
			require.NoError(t, err)
			// Left open on purpose: a forgotten connection must not keep the database alive.
		}
	})
	if first == "" {
		return // skipped for want of a server
	}
	_, err := pgx.Connect(t.Context(), first)
	require.ErrorContains(t, err, "does not exist")
}

func TestClock_StandsUntilMoved(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.FixedZone("MSK", 3*60*60))
	clock := testkit.NewClock(at)
	require.Equal(t, at.UTC(), clock.Now())
	require.Equal(t, at.Add(time.Hour).UTC(), clock.Advance(time.Hour))
	clock.Set(at)
	require.Equal(t, time.UTC, clock.Now().Location())
}

func TestEventually_ReturnsAsSoonAsItHolds(t *testing.T) {
	t.Parallel()
	calls := 0
	testkit.Eventually(t, time.Minute, func() bool { calls++; return calls == 3 }, "third call")
	require.Equal(t, 3, calls)
}
