package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core/integrations"
	"github.com/skvoz/skvoz/internal/testkit"
	"github.com/skvoz/skvoz/store"
	"github.com/skvoz/skvoz/store/storetest"
)

func TestCA2_TheWorkOfACrashedServerGoesOnSoonWhereNoOtherCanBeAlive(t *testing.T) {
	inStores(t, func(t *testing.T, w *storetest.World, s *store.IntegrationStore, clock *testkit.Clock) {
		i := addIntegration(t, s, w.Account(), integrations.StateActive)
		enqueue(t, s, jobOf(i, "a"), jobOf(i, "b"))
		crashed := claim(t, s, "crashed", 1)
		require.Len(t, crashed, 1)
		freed, err := s.FreeCrashed(t.Context())
		require.NoError(t, err)
		require.Equal(t, []string{"b"}, jobKeys(claim(t, s, "new", 8)), "at once it might meet its own requests on their way")
		clock.Advance(integrations.FirstPause + time.Millisecond)
		if w.DB.Engine == store.Postgres {
			require.Zero(t, freed, "another server may be doing it")
			require.Empty(t, claim(t, s, "new", 8))
			return
		}
		require.Equal(t, 1, freed)
		again := claim(t, s, "new", 8)
		require.Equal(t, []string{"a"}, jobKeys(again))
		require.Equal(t, 2, again[0].Attempt, "the attempt that crashed counts")
	})
}
