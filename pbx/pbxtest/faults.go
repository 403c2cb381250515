package pbxtest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/telephony"
	"github.com/skvoz/skvoz/internal/emulation"
)

// testFaults: whatever becomes of a command on its way, the error says it, and no call is made twice.
func testFaults(t *testing.T, way *Way) {
	cases := []struct {
		rule  string
		fault emulation.Fault
		calls int // at most
	}{
		{"overloaded", emulation.Fault{Kind: emulation.FaultStatus, Status: 503}, 0},
		{"too many requests", emulation.Fault{Kind: emulation.FaultStatus, Status: 429}, 0},
		{"a fault of its own", emulation.Fault{Kind: emulation.FaultStatus, Status: 500}, 0},
		{"a page of a proxy", emulation.Fault{Kind: emulation.FaultHTML, Status: 502}, 0},
		{"a page instead of an answer", emulation.Fault{Kind: emulation.FaultHTML, Status: 200}, 0},
		{"an answer cut in the middle", emulation.Fault{Kind: emulation.FaultMalformed}, 1},
		{"a connection that breaks", emulation.Fault{Kind: emulation.FaultDrop}, 0},
		{"a connection that breaks when all is done", emulation.Fault{Kind: emulation.FaultDropAfter}, 1},
	}
	for _, c := range cases {
		t.Run(c.rule, func(t *testing.T) {
			t.Parallel()
			s := way.start(t)
			require.NoError(t, s.kit.Faults.Add(c.fault))
			_, err := s.driver.Originate(t.Context(), s.endpoint, s.originate("cmd-9"))
			require.Equal(t, core.KindUnavailable, core.KindOf(err), "%v", err)
			require.NotEmpty(t, core.AsError(err).Message)
			s.kit.Faults.Clear()
			s.onlyCalls(c.calls)
		})
	}
	t.Run("a connection that breaks once", func(t *testing.T) {
		t.Parallel()
		s := way.start(t)
		require.NoError(t, s.kit.Faults.Add(emulation.Fault{Kind: emulation.FaultDropAfter, Times: 1}))
		_, err := s.driver.Originate(t.Context(), s.endpoint, s.originate("cmd-10"))
		if err != nil { // only those who know commands by their ids can be asked again
			require.Equal(t, core.KindUnavailable, core.KindOf(err), "%v", err)
		}
		s.onlyCalls(1)
	})
}

// onlyCalls lets what began end, and counts it.
func (s *street) onlyCalls(most int) {
	s.t.Helper()
	if most > 0 && s.vendor.Rings(s.vendor.Employee) {
		s.vendor.HangUp(s.t, s.vendor.Employee)
	}
	s.vendor.Settle(s.t)
	require.False(s.t, s.vendor.Rings(s.vendor.Employee))
	s.mu.Lock()
	defer s.mu.Unlock()
	calls := map[string]bool{}
	for _, e := range s.events {
		if e.Type == telephony.CallStarted {
			calls[e.CallID] = true
		}
	}
	require.LessOrEqual(s.t, len(calls), most)
}
