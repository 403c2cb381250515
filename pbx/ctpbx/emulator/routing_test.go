package emulator_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/pbx/ctpbx/emulator"
)

// question waits for the nth question of a reason and returns its data.
func (s *sim) question(reason string, n int) object {
	s.t.Helper()
	s.await("question "+reason, func() bool { return len(s.to.questions(reason)) >= n })
	data, _ := s.to.questions(reason)[n-1]["data"].(object)
	return data
}

func TestRoute_NoAnswerInTimeGoesTheProvidersOwnWay(t *testing.T) {
	t.Parallel()
	s := open(t, emulator.Options{Fallback: []string{"102"}, RouteTimeout: 50 * time.Millisecond})
	silent := make(chan struct{})
	defer close(silent)
	s.to.silent = silent
	id := s.inbound(ring("parallel", "101"))
	s.rings("102")
	require.Equal(t, object{
		"op_id": "route", "op_type": "route", "scenario_id": "", "exit": "routing_failed", "detail": "no answer in 50ms", "next_op": "fallback",
	}, s.event(id, "op_exited", 1))
	require.NoError(t, s.Answer("102"))
	s.event(id, "talk_started", 1)
	require.NoError(t, s.HangUp("102"))
	require.Equal(t, false, s.event(id, "call_finished", 1)["lost"])
	require.Empty(t, s.legs(id)["101"])
}

func TestRoute_WithoutAWayOfItsOwnTheProviderHangsUp(t *testing.T) {
	t.Parallel()
	for rule, document := range map[string]string{"a broken server": "503", "no document": "<html>", "two names": `{"do":[{"answer":{},"hangup":{}}]}`} {
		t.Run(rule, func(t *testing.T) {
			t.Parallel()
			s := open(t, emulator.Options{})
			id := s.inbound(document)
			require.Equal(t, "failed", s.event(id, "call_finished", 1)["lost_reason"])
			require.Equal(t, []any{"routing_failed", "hangup"}, []any{s.event(id, "op_exited", 1)["exit"], s.event(id, "op_exited", 1)["next_op"]})
			if document == "503" {
				asked := s.to.questions("new_call")
				require.Len(t, asked, 2, "a server that broke is asked once more")
				require.Equal(t, asked[0], asked[1])
			}
		})
	}
}

func TestRoute_TheCallerLeavesWhileItIsAsked(t *testing.T) {
	t.Parallel()
	s := open(t, emulator.Options{})
	silent := make(chan struct{})
	defer close(silent)
	s.to.silent = silent
	id := s.inbound(ring("parallel", "101"))
	s.await("asked", func() bool { return len(s.to.questions("new_call")) == 1 })
	require.NoError(t, s.HangUp(caller))
	require.Equal(t, "caller_hangup_in_menu", s.event(id, "call_finished", 1)["lost_reason"])
	require.Empty(t, s.legs(id)["101"])
}

func TestRoute_MenuByDigits(t *testing.T) {
	t.Parallel()
	s := open(t, emulator.Options{})
	s.to.answer("digits", ring("parallel", "102"))
	id := s.inbound(`{"state":{"op":7},"do":[{"answer":{}},{"play":{"media":"greet","interruptible":true}},{"gather":{"max":2,"timeout_ms":5000,"media":"menu"}},{"hangup":{}}]}`)
	s.await("answered", func() bool { return s.phone(caller).LegState == "answered" })
	require.NoError(t, s.Press(caller, "1"), "interrupts the announcement and is not lost")
	require.NoError(t, s.Press(caller, "2"))
	require.Equal(t, object{"value": "12"}, s.question("digits", 1))
	require.Equal(t, object{"op": 7.0}, s.to.questions("digits")[0]["state"])
	require.Equal(t, "1", s.event(id, "dtmf", 1)["digits"])
	s.rings("102")
}

func TestRoute_OutcomesAreAskedAbout(t *testing.T) {
	t.Parallel()
	s := open(t, emulator.Options{})
	s.to.answer("played", `{"do":[{"gather":{"max":1,"timeout_ms":1000}}]}`)
	s.to.answer("timeout", `{"do":[{"fly":{}}]}`)
	s.to.answer("unsupported", `{"do":[{"tag":{"tag_id":"t1"}},{"voicemail":{"max_ms":9000}},{"hangup":{"code":486}}]}`)
	id := s.inbound(`{"do":[{"play":{"media":"greet"}}]}`)
	s.await("answered", func() bool { return s.phone(caller).LegState == "answered" })
	s.kit.Clock.Advance(3 * time.Second)
	require.Equal(t, object{"media": "greet"}, s.question("played", 1))
	s.await("gathering", func() bool { s.kit.Clock.Advance(time.Second); return len(s.to.questions("timeout")) == 1 })
	require.Equal(t, object{"instruction": "fly"}, s.question("unsupported", 1))
	s.event(id, "recording_started", 1)
	s.kit.Clock.Advance(9 * time.Second)
	finished := s.event(id, "call_finished", 1)
	require.Equal(t, "busy", s.legs(id)[caller].Reason)
	require.Equal(t, true, finished["lost"], "a message is no talk")
	c, _ := s.Call(id)
	require.Equal(t, []string{"t1"}, c.Tags)
	ready := s.event(id, "recording_ready", 1)
	require.Empty(t, ready["talk_id"])
	require.InDelta(t, 9000, ready["duration_ms"], 1000)
}

func TestRoute_AnInstructionThatCantBeCarriedOut(t *testing.T) {
	t.Parallel()
	s := open(t, emulator.Options{})
	s.inbound(`{"do":[{"dial":{"targets":[{"kind":"line","value":"101"}],"caller_id":"79999999999"}},{"hangup":{}}],"on_error":{"dial":{"targets":[{"kind":"line","value":"102"}]}}}`)
	s.rings("102")
	require.Equal(t, caller, s.phone("102").Shows)
	s.EndAll()
	s.to.answer("unsupported", `{"do":[{"hangup":{}}]}`)
	s.inbound(`{"do":[{"dial":{"targets":[]}}]}`)
	require.Equal(t, "dial", s.question("unsupported", 1)["instruction"])
}

func TestDial_Strategies(t *testing.T) {
	t.Parallel()
	s := open(t, emulator.Options{})
	id := s.inbound(`{"do":[{"dial":{"leg_key":"k","strategy":"sequence","timeout_ms":10000,"caller_id":"did","targets":[{"kind":"line","value":"101"},{"kind":"line","value":"102","timeout_ms":4000,"delay_ms":1000}]}}]}`)
	s.rings("101")
	require.Equal(t, did, s.phone("101").Shows)
	require.Equal(t, "free", s.phone("102").State)
	s.kit.Clock.Advance(10 * time.Second)
	require.Equal(t, "free", s.phone("101").State)
	require.Equal(t, "free", s.phone("102").State, "its delay has not passed")
	s.kit.Clock.Advance(time.Second)
	require.Equal(t, "ringing", s.phone("102").LegState)
	s.kit.Clock.Advance(4 * time.Second)
	data := s.question("dial_result", 1)
	legs := s.legs(id)
	require.Equal(t, object{"leg_key": "k", "results": []any{
		object{"leg_id": legs["101"].ID, "reason": "no_answer"}, object{"leg_id": legs["102"].ID, "reason": "no_answer"},
	}}, data)
	s.event(id, "call_finished", 1)

	s.inbound(`{"do":[{"dial":{"strategy":"parallel","timeout_ms":20000,"targets":[{"kind":"line","value":"101"},{"kind":"line","value":"102","delay_ms":5000}]}}]}`)
	s.rings("101")
	require.Equal(t, "free", s.phone("102").State)
	s.kit.Clock.Advance(5 * time.Second)
	require.Equal(t, "ringing", s.phone("102").LegState)
	require.NoError(t, s.Answer("102"))
	require.NoError(t, s.HangUp(caller))

	s.inbound(ring("least_recent", "102", "101"))
	s.rings("101")
	require.Equal(t, "free", s.phone("102").State, "it talked last")
	s.EndAll()
	s.inbound(ring("random", "101", "102"))
	s.await("one of them rings", func() bool { return (s.phone("101").State == "busy") != (s.phone("102").State == "busy") })
}

func TestRoute_AfterATalkTheCallMayGoOn(t *testing.T) {
	t.Parallel()
	s := open(t, emulator.Options{})
	id := s.talking()
	s.to.answer("talk_ended", ring("parallel", "102"))
	require.NoError(t, s.HangUp("101"))
	s.rings("102")
	require.NotEmpty(t, s.question("talk_ended", 1)["talk_id"])
	require.NoError(t, s.Answer("102"))
	require.EqualValues(t, 2, s.event(id, "talk_started", 2)["n"])
}

func TestRoute_TheLongestCall(t *testing.T) {
	t.Parallel()
	s := open(t, emulator.Options{})
	id := s.talking()
	s.kit.Clock.Advance(4 * time.Hour)
	s.event(id, "call_finished", 1)
	require.Equal(t, "limit", s.legs(id)["101"].Reason)
}

func TestEvents_HaveTheirFieldsAlone(t *testing.T) {
	t.Parallel()
	s := open(t, emulator.Options{})
	id := s.talking()
	require.NoError(t, s.Transfer("101", "102", true))
	s.rings("102")
	require.NoError(t, s.CancelTransfer("101"))
	require.NoError(t, s.Transfer("101", "103", false))
	s.rings("103")
	require.NoError(t, s.Answer("103"))
	require.NoError(t, s.Press(caller, "5"))
	require.NoError(t, s.HangUp(caller))
	s.event(id, "call_finished", 1)
	s.kit.Clock.Advance(time.Second)
	s.event(id, "recording_ready", 3)
	allowed := map[string][]string{
		"call_started": {"direction", "did", "caller", "callee", "initiator", "command_id", "sip_call_id", "trunk"},
		"leg_started":  {"leg_id", "role", "employee_ext", "number", "display_caller_id", "via"},
		"leg_ringing":  {"leg_id"}, "leg_answered": {"leg_id"}, "leg_held": {"leg_id", "by"}, "leg_unheld": {"leg_id", "by"},
		"leg_ended":    {"leg_id", "reason", "sip_code", "q850", "by"},
		"talk_started": {"talk_id", "n", "leg_ids"}, "talk_ended": {"talk_id", "duration_ms"},
		"transfer_started": {"mode", "from_leg", "to", "new_leg", "code"}, "transfer_done": {"mode", "from_leg", "to", "new_leg", "code"},
		"transfer_failed":   {"mode", "from_leg", "to", "new_leg", "code"},
		"dtmf":              {"leg_id", "digits"},
		"call_finished":     {"lost", "lost_reason", "last_seq", "started_at", "answered_at", "ended_at", "wait_ms", "talk_ms", "total_ms", "legs", "talks"},
		"recording_started": {"recording_id", "talk_id", "format", "channels"},
		"recording_ready":   {"recording_id", "talk_id", "url", "url_expires_at", "format", "channels", "duration_ms", "bytes", "sha256"},
		"line_state":        {"line", "ext", "state", "contacts"},
		"pbx_heartbeat":     {"active_calls", "version"},
	}
	for _, e := range s.Events() {
		require.Contains(t, allowed, e.Type)
		var data object
		require.NoError(t, json.Unmarshal(e.Data, &data))
		for name := range data {
			require.Contains(t, allowed[e.Type], name, e.Type)
		}
		require.Equal(t, e.Type == "line_state" || e.Type == "pbx_heartbeat", e.CallID == "")
	}
}
