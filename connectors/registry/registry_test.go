package registry_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/connectors/registry"
	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/internal/httpclient"
)

// Folders of connectors/ that are no connectors.
var others = map[string]bool{"registry": true, "connectortest": true, "wire": true, "inbound": true}

func TestCA2_everyConnectorIsListed(t *testing.T) {
	t.Parallel()
	listed := map[string]bool{}
	for _, d := range registry.Drivers(registry.Deps{HTTP: httpclient.New(httpclient.Options{Attempts: 1}), Clock: core.SystemClock{}}) {
		require.False(t, listed[string(d.Kind)], "%s is listed twice", d.Kind)
		listed[string(d.Kind)] = true
	}
	folders, err := os.ReadDir("..")
	require.NoError(t, err)
	for _, f := range folders {
		if f.IsDir() && !others[f.Name()] {
			require.True(t, listed[f.Name()], "connectors/%s is missing from the registry", f.Name())
			delete(listed, f.Name())
		}
	}
	require.Empty(t, listed, "listed without a folder of the same name")
}

func TestCA2_everyConnectorRunsTheSuite(t *testing.T) {
	t.Parallel()
	for _, d := range registry.Drivers(registry.Deps{HTTP: httpclient.New(httpclient.Options{Attempts: 1}), Clock: core.SystemClock{}}) {
		test, err := os.ReadFile(filepath.Join("..", string(d.Kind), "conformance_test.go"))
		require.NoError(t, err, "%s has no conformance test; docs/dev/how-to-add-a-crm.md", d.Kind)
		require.Contains(t, string(test), "connectortest.Run(t, ", "%s does not run the suite", d.Kind)
	}
}
