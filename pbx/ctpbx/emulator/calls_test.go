package emulator_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/pbx/ctpbx/emulator"
)

func TestCall_AnsweredAndEndedByTheEmployee(t *testing.T) {
	t.Parallel()
	s := open(t, emulator.Options{})
	id := s.talking()
	started := s.event(id, "call_started", 1)
	require.Equal(t, object{
		"direction": "in", "did": did, "caller": caller, "callee": did, "initiator": "trunk", "trunk": "pbxsim", "sip_call_id": id + "@pbxsim",
	}, started)
	question := s.to.questions("new_call")[0]
	require.Equal(t, id, question["call_id"])
	require.Equal(t, []any{did, caller, nil, object{}}, []any{question["did"], question["caller"], question["state"], question["data"]})
	s.kit.Clock.Advance(42 * time.Second)
	require.NoError(t, s.HangUp("101"))
	s.event(id, "call_finished", 1)
	ended := s.event(id, "talk_ended", 1)
	require.InDelta(t, 42_000, ended["duration_ms"], 5000)
	require.Len(t, s.to.questions("talk_ended"), 1)
	require.Equal(t, "s1", s.to.questions("talk_ended")[0]["state"], "the state comes back as it was given")
	require.Equal(t, "call_started leg_started leg_started leg_ringing leg_answered leg_answered talk_started leg_ended talk_ended leg_ended call_finished", s.types(id))
	finished := s.event(id, "call_finished", 1)
	require.Equal(t, false, finished["lost"])
	require.Len(t, finished["legs"], 2)
	require.Len(t, finished["talks"], 1)
	require.Equal(t, "free", s.phone("101").State)
}

func TestCall_TheFirstToAnswerGetsIt(t *testing.T) {
	t.Parallel()
	s := open(t, emulator.Options{})
	require.NoError(t, s.SetRule("101", emulator.Rule{Act: emulator.Answers, After: 200 * time.Millisecond}))
	require.NoError(t, s.SetRule("102", emulator.Rule{Act: emulator.Answers, After: 200 * time.Millisecond}))
	id := s.inbound(ring("parallel", "101", "102", "79160000009"))
	s.rings("79160000009")
	s.kit.Clock.Advance(time.Second)
	s.event(id, "talk_started", 1)
	require.NoError(t, s.HangUp(caller))
	s.event(id, "call_finished", 1)
	c, _ := s.Call(id)
	require.Len(t, c.Talks, 1)
	legs := s.legs(id)
	require.Equal(t, []string{"normal", "answered_elsewhere", "answered_elsewhere"}, []string{legs["101"].Reason, legs["102"].Reason, legs["79160000009"].Reason})
	require.Equal(t, []string{"employee", "line"}, []string{legs["102"].Role, legs["102"].Via})
	require.Equal(t, []string{"other", "trunk"}, []string{legs["79160000009"].Role, legs["79160000009"].Via})
	require.ErrorContains(t, s.Answer("102"), "does not ring")
}

func TestCall_WhyItIsLost(t *testing.T) {
	t.Parallel()
	busy := emulator.Rule{Act: emulator.IsBusy}
	cases := []struct {
		rule     string
		document string
		before   func(s *sim)
		during   func(s *sim)
		want     string
		leg      string // reason of 101's
	}{
		{"nobody answers", ring("parallel", "101"), nil, func(s *sim) { s.rings("101"); s.kit.Clock.Advance(21 * time.Second) }, "no_answer", "no_answer"},
		{"declined", ring("parallel", "101"), nil, func(s *sim) { s.rings("101"); _ = s.Decline("101") }, "no_answer", "rejected"},
		{"busy by hand", ring("parallel", "101"), nil, func(s *sim) { s.rings("101"); _ = s.Busy("101") }, "all_busy", "busy"},
		{"busy by rule", ring("parallel", "101"), func(s *sim) { _ = s.SetRule("101", busy) }, nil, "all_busy", "busy"},
		{"unavailable", ring("sequence", "101"), func(s *sim) { _ = s.SetAvailable("101", false) }, nil, "unavailable", "unavailable"},
		{"a line that is none", ring("sequence", "999"), nil, nil, "unavailable", ""},
		{"the caller hangs up while it rings", ring("parallel", "101"), nil, func(s *sim) { s.rings("101"); _ = s.HangUp(caller) }, "caller_hangup_ringing", "cancelled"},
		{"the caller hangs up in the menu", `{"do":[{"gather":{"max":1,"timeout_ms":60000}}]}`, nil, func(s *sim) {
			s.await("gathering", func() bool { return s.phone(caller).LegState == "answered" })
			_ = s.HangUp(caller)
		}, "caller_hangup_in_menu", ""},
		{"hung up by the scenario", `{"do":[{"hangup":{"code":403}}]}`, nil, nil, "failed", ""},
	}
	for _, c := range cases {
		t.Run(c.rule, func(t *testing.T) {
			t.Parallel()
			s := open(t, emulator.Options{})
			if c.before != nil {
				c.before(s)
			}
			id := s.inbound(c.document)
			if c.during != nil {
				c.during(s)
			}
			finished := s.event(id, "call_finished", 1)
			require.Equal(t, true, finished["lost"])
			require.Equal(t, c.want, finished["lost_reason"])
			require.Equal(t, c.leg, s.legs(id)["101"].Reason)
			require.Empty(t, finished["talks"])
		})
	}
}

func TestCall_BusyLineIsNotRungTwice(t *testing.T) {
	t.Parallel()
	s := open(t, emulator.Options{})
	s.talking()
	s.to.answer("new_call", ring("sequence", "101", "102"))
	id, err := s.PlaceCall("79000000002", did, 0)
	require.NoError(t, err)
	s.rings("102")
	require.Equal(t, "busy", s.legs(id)["101"].Reason)
	_, err = s.PlaceCall(caller, did, 0)
	require.ErrorContains(t, err, "is in a call")
	_, err = s.PlaceCall("79000000003", "74959999999", 0)
	require.ErrorContains(t, err, "not in service")
}

func TestCall_TheCallerLosesPatience(t *testing.T) {
	t.Parallel()
	s := open(t, emulator.Options{})
	s.to.answer("new_call", ring("parallel", "101"))
	id, err := s.PlaceCall("", did, 5*time.Second)
	require.NoError(t, err)
	s.rings("101")
	s.kit.Clock.Advance(5 * time.Second)
	require.Equal(t, "caller_hangup_ringing", s.event(id, "call_finished", 1)["lost_reason"])
	require.Empty(t, s.event(id, "call_started", 1)["caller"], "hidden")
}

func TestTransfer_Blind(t *testing.T) {
	t.Parallel()
	s := open(t, emulator.Options{})
	id := s.talking()
	require.NoError(t, s.Transfer("101", "102", false))
	s.rings("102")
	require.NoError(t, s.Answer("102"))
	done := s.event(id, "transfer_done", 1)
	legs := s.legs(id)
	require.Equal(t, object{"mode": "blind", "from_leg": legs["101"].ID, "new_leg": legs["102"].ID, "to": "102"}, done)
	require.Equal(t, "transferred", legs["101"].Reason)
	require.NoError(t, s.HangUp(caller))
	require.Equal(t, "call_started leg_started leg_started leg_ringing leg_answered leg_answered talk_started transfer_started talk_ended leg_started leg_ringing leg_answered "+
		"transfer_done leg_ended talk_started leg_ended talk_ended leg_ended call_finished", s.types(id))
	c, _ := s.Call(id)
	require.Len(t, c.Talks, 2)
	require.Equal(t, 2, c.Talks[1].N)
}

func TestTransfer_ToNobodyComesBack(t *testing.T) {
	t.Parallel()
	s := open(t, emulator.Options{})
	id := s.talking()
	require.NoError(t, s.SetAvailable("102", false))
	require.NoError(t, s.Transfer("101", "102", false))
	require.Equal(t, "unavailable", s.event(id, "transfer_failed", 1)["code"])
	require.EqualValues(t, 2, s.event(id, "talk_started", 2)["n"])
	require.True(t, s.phone("101").Talks)
}

func TestTransfer_Attended(t *testing.T) {
	t.Parallel()
	for _, complete := range []bool{true, false} {
		s := open(t, emulator.Options{})
		id := s.talking()
		require.NoError(t, s.Transfer("101", "102", true))
		s.rings("102")
		require.Equal(t, s.legs(id)[caller].ID, s.event(id, "leg_held", 1)["leg_id"], "the caller waits")
		require.NoError(t, s.Answer("102"))
		require.Len(t, s.event(id, "talk_started", 2)["leg_ids"], 2)
		if complete {
			require.NoError(t, s.HangUp("101"), "hanging up completes it")
			s.event(id, "transfer_done", 1)
		} else {
			require.NoError(t, s.CancelTransfer("101"))
			require.Equal(t, "cancelled", s.event(id, "transfer_failed", 1)["code"])
			require.Equal(t, "free", s.phone("102").State)
		}
		s.event(id, "leg_unheld", 1)
		s.event(id, "talk_started", 3)
		require.True(t, s.phone(caller).Talks)
		require.Equal(t, complete, s.phone("102").Talks)
	}
}

func TestHold_ByTheEmployee(t *testing.T) {
	t.Parallel()
	s := open(t, emulator.Options{})
	id := s.talking()
	require.NoError(t, s.Hold("101"))
	require.ErrorContains(t, s.Hold("101"), "no talk to put on hold")
	require.Equal(t, "employee", s.event(id, "leg_held", 1)["by"])
	c, _ := s.Call(id)
	require.Equal(t, "hold", c.State)
	require.NoError(t, s.Resume("101"))
	require.ErrorContains(t, s.Resume("101"), "holds nothing")
	require.Equal(t, s.legs(id)["101"].ID, s.event(id, "leg_unheld", 1)["leg_id"])
}

func TestDial_FromALine(t *testing.T) {
	t.Parallel()
	s := open(t, emulator.Options{})
	require.NoError(t, s.SetRule("79160000055", emulator.Rule{Act: emulator.Answers, HangUpAfter: 10 * time.Second}))
	id, err := s.Dial("101", "+7 (916) 000-00-55")
	require.NoError(t, err)
	s.event(id, "talk_started", 1)
	s.kit.Clock.Advance(10 * time.Second)
	finished := s.event(id, "call_finished", 1)
	require.Equal(t, false, finished["lost"])
	require.Equal(t, "contact", s.legs(id)["79160000055"].By)
	started := s.event(id, "call_started", 1)
	require.Equal(t, []any{"out", "line", did}, []any{started["direction"], started["initiator"], started["did"]})
	id, err = s.Dial("101", "102")
	require.NoError(t, err)
	s.rings("102")
	require.Equal(t, "internal", s.event(id, "call_started", 1)["direction"])
	s.EndAll()
	s.event(id, "call_finished", 1)
}

func TestLine_TellsItsState(t *testing.T) {
	t.Parallel()
	s := open(t, emulator.Options{Lines: []emulator.Line{{Ext: "101"}}})
	states := func() (out []string) {
		for _, e := range s.Events() {
			if e.Type == "line_state" {
				out = append(out, string(e.Data))
			}
		}
		return out
	}
	s.talking()
	require.NoError(t, s.HangUp(caller))
	require.NoError(t, s.SetAvailable("101", false))
	require.NoError(t, s.SetAvailable("101", false))
	const at = `"sip:101@pbxsim.invalid"`
	want := func(state, contacts string) string {
		return `{"line":"101","ext":"101","state":"` + state + `","contacts":[` + contacts + `]}`
	}
	require.Equal(t, []string{want("free", at), want("busy", at), want("free", at), want("unavailable", "")}, states())
}
