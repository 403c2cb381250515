package emulator_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/connectors/bitrix24/emulator"
)

func TestLimits_TheBucketHolds50AndLeaksTwoASecond(t *testing.T) {
	t.Parallel()
	p := open(t, emulator.Options{LeakPerSecond: 0.001})
	for range 50 {
		p.ok(t, "server.time", nil)
	}
	p.refused(t, 503, "QUERY_LIMIT_EXCEEDED", "Too many requests", "crm.deal.add", m{"fields": m{"TITLE": "x"}})
	require.Equal(t, 4, p.Counters().Deals, "refused before it is carried out")

	p = open(t, emulator.Options{})
	for {
		if status, _ := p.hook(t, "server.time", nil); status == 503 {
			break
		}
	}
	p.kit.Clock.Advance(time.Second)
	p.ok(t, "server.time", nil)
	p.ok(t, "server.time", nil)
}

func TestLimits_ABatchCountsAsOneRequest(t *testing.T) {
	t.Parallel()
	p := open(t, emulator.Options{LeakPerSecond: 0.001, Burst: 2})
	cmd := m{}
	for _, name := range []string{"a", "b", "c", "d"} {
		cmd[name] = "server.time"
	}
	for range 2 {
		result := p.ok(t, "batch", m{"cmd": cmd}).(m)
		require.Len(t, result["result"], 4)
	}
	status, _ := p.hook(t, "batch", m{"cmd": cmd})
	require.Equal(t, 503, status)
}

func TestLimits_AMethodThatWorkedTooLongIsBlockedUntilItsOldestMinuteIsForgotten(t *testing.T) {
	t.Parallel()
	p := open(t, emulator.Options{
		LeakPerSecond: -1, OperatingLimit: 100 * time.Second, Operating: map[string]time.Duration{"crm.deal.list": 40 * time.Second},
	})
	status, first := p.hook(t, "crm.deal.list", nil)
	require.Equal(t, 200, status)
	took := first["time"].(m)
	require.Equal(t, 40, took["operating"])
	require.InDelta(t, p.kit.Clock.Now().Add(10*time.Minute).Unix(), took["operating_reset_at"], 5)
	p.kit.Clock.Advance(minutes(2))
	p.ok(t, "crm.deal.list", nil)
	p.ok(t, "crm.deal.list", nil)
	p.refused(t, 429, "OPERATION_TIME_LIMIT", "Method is blocked due to operation time limit", "crm.deal.list", nil)
	p.ok(t, "crm.lead.list", nil)
	result := p.ok(t, "batch", m{"cmd": m{"a": "crm.deal.list", "b": "crm.lead.list"}}).(m)
	require.Equal(t, "OPERATION_TIME_LIMIT", result["result_error"].(m)["a"].(m)["error"], "inner methods count")
	require.Contains(t, result["result"], "b")
	p.kit.Clock.Advance(minutes(8) - time.Second)
	status, _ = p.hook(t, "crm.deal.list", nil)
	require.Equal(t, 429, status)
	p.kit.Clock.Advance(2 * time.Second)
	p.ok(t, "crm.deal.list", nil)
}
