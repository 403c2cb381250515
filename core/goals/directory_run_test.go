package goals_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core/goals"
)

func TestDirectory_Run_noticesChangesOfOtherReplicasAndSurvivesTheDatabase(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := twoAccounts()
		d := filled(t, s)
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- d.Run(ctx) }()

		fail := func(err error) {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.err = err
		}
		fail(errors.New("database is gone"))
		s.change(func(c *goals.Configuration) { c.Sites = c.Sites[:1] })
		poll()
		require.Equal(t, 3, d.Len(), "the last known state stays")
		fail(nil)
		poll()
		require.Equal(t, 1, d.Len())

		stop()
		require.NoError(t, <-done)
	})
}

// poll lets one interval pass, in the test's own time.
func poll() {
	<-time.After(goals.PollInterval)
	synctest.Wait()
}
