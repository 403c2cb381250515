package reports_test

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core/reports"
)

func TestDocs_nameEveryMetricAndDimension(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../docs/user/reports.md")
	require.NoError(t, err)
	for _, m := range reports.Metrics() {
		require.Contains(t, string(text), "`"+string(m.ID)+"`")
		if formula := strings.NewReplacer("*", "·", "/", "÷", " - ", " − ").Replace(m.Formula); !strings.HasPrefix(string(m.ID), "cpa_") && !strings.HasPrefix(string(m.ID), "visit_to_") {
			require.Contains(t, string(text), formula, m.ID)
		}
	}
	for _, d := range reports.Dimensions() {
		require.Contains(t, string(text), "`"+string(d.ID)+"`")
	}
}
