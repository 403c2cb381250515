package gcpace_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/internal/gcpace"
)

func TestPercent(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		live uint64
		want int
	}{
		{"nothing collected yet", 0, 400},
		{"a small heap grows fivefold", 5 << 20, 400},
		{"a middling heap grows to the target", 18 << 20, 100},
		{"between them", 9 << 20, 300},
		{"a large heap is collected at the usual pace", 500 << 20, 100},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, tt.want, gcpace.Percent(tt.live))
		})
	}
}
