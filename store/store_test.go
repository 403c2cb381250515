package store_test

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/store"
	"github.com/skvoz/skvoz/store/storetest"
)

func TestOpen_refusesAnAddressOfNoKnownEngine(t *testing.T) {
	t.Parallel()
	_, err := store.Open(t.Context(), store.Config{DSN: "mysql://x"})
	require.Equal(t, core.KindInvalid, core.KindOf(err))
}

func TestMigrate_severalProcessesAtOnce(t *testing.T) {
	t.Parallel()
	for _, engine := range []store.Engine{store.SQLite, store.Postgres} {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			dsn := storetest.DSN(t, engine)
			var wg sync.WaitGroup
			ran := make([]int, 3)
			errs := make([]error, 3)
			for i := range ran {
				wg.Go(func() {
					db, err := store.Open(t.Context(), store.Config{DSN: dsn})
					if err != nil {
						errs[i] = err
						return
					}
					defer db.Close()
					ran[i], errs[i] = db.Migrate(t.Context())
				})
			}
			wg.Wait()
			for i := range ran {
				require.NoError(t, errs[i])
			}
			require.Positive(t, ran[0]+ran[1]+ran[2])
			require.Equal(t, max(ran[0], ran[1], ran[2]), ran[0]+ran[1]+ran[2], "only one of them may migrate")
		})
	}
}
