package integrations_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/integrations"
)

// retries keeps which jobs were to run again.
type retries struct {
	*memory
	filter integrations.JobFilter
}

func (r *retries) Retry(_ context.Context, _ core.AccountID, f integrations.JobFilter) (int, error) {
	r.filter = f
	return 1, nil
}

func TestCA2_sendAgain(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		ids  []core.JobID
		want integrations.JobFilter
	}{
		"those named, in whatever state":   {[]core.JobID{4, 5}, integrations.JobFilter{IntegrationID: 2, IDs: []core.JobID{4, 5}}},
		"all that are parked":              {nil, integrations.JobFilter{IntegrationID: 2, States: []integrations.JobState{integrations.JobParked}}},
		"an empty list is as good as none": {[]core.JobID{}, integrations.JobFilter{IntegrationID: 2, States: []integrations.JobState{integrations.JobParked}}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			kept := &retries{memory: newWorld().memory}
			s := integrations.NewService(integrations.Config{Store: kept})
			n, err := s.Retry(t.Context(), account, 2, tt.ids)
			require.NoError(t, err)
			require.Equal(t, 1, n)
			require.Equal(t, tt.want, kept.filter)
		})
	}
}
