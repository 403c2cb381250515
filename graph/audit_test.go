package graph_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/graph/graphtest"
	"github.com/skvoz/skvoz/store"
	"github.com/skvoz/skvoz/store/storetest"
)

// requireNode skips a test where the packages of graph/audit are not installed, unless they must be: on CI, or with SKVOZ_REQUIRE_NODE=1.
func requireNode(t *testing.T) {
	t.Helper()
	_, err := os.Stat(filepath.Join("audit", "node_modules", "graphql-http"))
	if err == nil {
		_, err = exec.LookPath("node")
	}
	if err == nil {
		return
	}
	if os.Getenv("CI") != "" || os.Getenv("SKVOZ_REQUIRE_NODE") == "1" {
		t.Fatalf("run scripts/install-deps.sh npm:graph/audit first: %v", err)
	}
	t.Skipf("run scripts/install-deps.sh npm:graph/audit to run this test: %v", err)
}

func TestCA_1_graphQLOverHTTP_passesEveryAudit(t *testing.T) {
	t.Parallel()
	requireNode(t)
	s := graphtest.New(t, storetest.Open(t, store.SQLite, nil))
	cmd := exec.CommandContext(t.Context(), "node", "audit.mjs", s.URL)
	cmd.Dir = "audit"
	var complaints bytes.Buffer
	cmd.Stderr = &complaints
	out, err := cmd.Output()
	require.NoError(t, err, complaints.String())
	var results []struct{ ID, Name, Status, Reason string }
	require.NoError(t, json.Unmarshal(out, &results))
	require.Len(t, results, 61)
	for _, r := range results {
		if r.Status != "ok" {
			t.Errorf("%s %s: %s: %s", r.ID, r.Status, r.Name, r.Reason)
		}
	}
}
