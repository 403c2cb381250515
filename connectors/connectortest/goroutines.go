package connectortest

import (
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core/integrations"
)

// testGoroutines makes all calls, some of which fail, and looks whether a goroutine of the connector is left.
func testGoroutines(t *testing.T, way *Way) {
	w := way.start(t, patience)
	s := w.prepared()
	for _, c := range calls {
		for _, f := range []*fault{nil, &faults[2], &faults[len(faults)-1]} {
			if c.can != "" && !implementations[c.can](w.open()) {
				continue
			}
			w.faults.arm(f, 0)
			_, err := c.do(t.Context(), w.open(), s)
			_ = w.heard(err) // what it says is looked at elsewhere
			w.faults.disarm()
		}
	}
	deadline := time.Now().Add(patience)
	for left(w.driver.Kind) != "" {
		require.True(t, time.Now().Before(deadline), "a goroutine is left:\n%s", left(w.driver.Kind))
		runtime.Gosched()
	}
}

// left returns the stacks of goroutines that are in a connector's code, or were begun by it.
func left(kind integrations.Kind) string {
	all := make([]byte, 4<<20)
	all = all[:runtime.Stack(all, true)]
	ours := regexp.MustCompile(`connectors/(connectortest/)?` + regexp.QuoteMeta(string(kind)) + `\.`)
	var out []string
	for stack := range strings.SplitSeq(string(all), "\n\n") {
		if ours.MatchString(stack) && !strings.Contains(stack, "testing.tRunner(") { // tests of the connector wait for their turn
			out = append(out, stack)
		}
	}
	return strings.Join(out, "\n\n")
}
