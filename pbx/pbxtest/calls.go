package pbxtest

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core/telephony"
)

// talking brings a call to a talk of Contact and Employee.
func (s *street) talking() string {
	s.t.Helper()
	call := s.vendor.Call(s.t)
	s.rings(s.vendor.Employee)
	s.pass(4 * time.Second)
	s.vendor.Answer(s.t, s.vendor.Employee)
	return call
}

func isTalking(f *telephony.Folded) bool { return f.State == telephony.StateTalking }

func testAnswered(t *testing.T, way *Way) {
	s := way.start(t)
	call := s.vendor.Call(t)
	s.rings(s.vendor.Employee)
	ringing := s.folded(call, "ringing", func(f *telephony.Folded) bool { return f.State == telephony.StateRinging })
	require.Equal(t, telephony.Inbound, ringing.Direction)
	require.Equal(t, s.vendor.Number, ringing.DID)
	require.Equal(t, s.vendor.Contact, ringing.Caller)
	require.True(t, hasEmployee(&ringing, s.vendor.Employee), "who is rung: %+v", ringing.Legs)
	s.pass(4 * time.Second)
	s.vendor.Answer(t, s.vendor.Employee)
	talking := s.folded(call, "talking", isTalking)
	require.NotNil(t, talking.AnsweredAt)
	s.pass(30 * time.Second)
	s.vendor.HangUp(t, s.vendor.Contact)
	f := s.finished(call)
	require.Equal(t, telephony.Inbound, f.Direction)
	require.Equal(t, s.vendor.Number, f.DID)
	require.Equal(t, s.vendor.Contact, f.Caller)
	require.False(t, f.IsLost)
	require.NotNil(t, f.AnsweredAt)
	require.Len(t, f.Talks, 1)
	near(t, 30*time.Second, f.Talked, "talk")
	near(t, 34*time.Second, f.Total-waitBefore(&f), "from ringing to the end")
	near(t, f.Total-f.Talked, f.Wait, "wait and talk make the call")
	require.Zero(t, f.MissingSeqs)
	require.Empty(t, f.EndReason)
}

// waitBefore is how long the vendor played something before a telephone rang.
func waitBefore(f *telephony.Folded) time.Duration {
	for i := range f.Legs {
		if l := &f.Legs[i]; l.RangAt != nil && l.Role == telephony.RoleEmployee {
			return l.RangAt.Sub(f.StartedAt)
		}
	}
	return 0
}

// near allows for vendors who count in seconds and for a busy machine.
func near(t testing.TB, want, got time.Duration, what string) {
	t.Helper()
	require.InDelta(t, want.Seconds(), got.Seconds(), 5, what)
}

// hasEmployee reports whether a telephone was rung as an employee's.
func hasEmployee(f *telephony.Folded, who string) bool {
	for i := range f.Legs {
		if l := &f.Legs[i]; l.Role == telephony.RoleEmployee && (l.EmployeeExt == who || l.Number == who) {
			return true
		}
	}
	return false
}

func testAbandoned(t *testing.T, way *Way) {
	s := way.start(t)
	call := s.vendor.Call(t)
	s.rings(s.vendor.Employee)
	s.pass(9 * time.Second)
	s.vendor.HangUp(t, s.vendor.Contact)
	f := s.finished(call)
	require.True(t, f.IsLost)
	require.Nil(t, f.AnsweredAt)
	require.Contains(t, []telephony.LostReason{telephony.LostHangupRinging, telephony.LostNoAnswer}, f.LostReason)
	if way.Tells.Reasons {
		require.Equal(t, telephony.LostHangupRinging, f.LostReason)
	}
	require.Zero(t, f.Talked)
	require.Empty(t, f.Talks)
	require.GreaterOrEqual(t, f.Wait+time.Second, 9*time.Second)
	require.True(t, hasEmployee(&f, s.vendor.Employee), "who was rung")
}

func testBusy(t *testing.T, way *Way) {
	s := way.start(t)
	if s.vendor.Busy == nil {
		t.Skip("its people can't be busy")
	}
	s.vendor.Busy(t, s.vendor.Employee)
	s.vendor.Busy(t, s.vendor.Colleague)
	call := s.vendor.Call(t)
	f := s.finished(call)
	require.True(t, f.IsLost)
	require.Empty(t, f.Talks)
	if way.Tells.Reasons {
		require.Equal(t, telephony.LostAllBusy, f.LostReason, "%+v", f.Legs)
	}
}

func testHold(t *testing.T, way *Way) {
	s := way.start(t)
	call := s.talking()
	s.folded(call, "talking", isTalking)
	s.pass(10 * time.Second)
	s.vendor.Hold(t)
	if way.Tells.Holds {
		s.folded(call, "held", func(f *telephony.Folded) bool { return f.State == telephony.StateHeld })
	}
	s.pass(10 * time.Second)
	s.vendor.Resume(t)
	s.folded(call, "talking again", isTalking)
	s.pass(10 * time.Second)
	s.vendor.HangUp(t, s.vendor.Employee)
	f := s.finished(call)
	require.False(t, f.IsLost)
	require.Len(t, f.Talks, 1)
	near(t, 30*time.Second, f.Talked, "the hold is part of the talk")
	if !way.Tells.Holds {
		return
	}
	var held time.Duration
	for i := range f.Legs {
		for _, h := range f.Legs[i].Holds {
			held += h.To.Sub(h.From)
		}
	}
	near(t, 10*time.Second, held, "the hold")
}

func testTransfer(t *testing.T, way *Way) {
	s := way.start(t)
	call := s.talking()
	s.pass(20 * time.Second)
	s.vendor.Transfer(t, s.vendor.Colleague)
	s.rings(s.vendor.Colleague)
	s.pass(5 * time.Second)
	s.vendor.Answer(t, s.vendor.Colleague)
	talking := s.folded(call, "a talk with the colleague", func(f *telephony.Folded) bool { return len(f.Talks) == 2 && f.State == telephony.StateTalking })
	if way.Tells.Ends {
		require.True(t, slices.ContainsFunc(talking.Legs, func(l telephony.Leg) bool {
			return l.EmployeeExt == s.vendor.Employee && l.State == telephony.LegIsEnded
		}),
			"who gave the call away is free: %+v", talking.Legs)
	}
	s.pass(40 * time.Second)
	s.vendor.HangUp(t, s.vendor.Contact)
	f := s.finished(call)
	require.False(t, f.IsLost)
	require.Len(t, f.Talks, 2)
	near(t, 20*time.Second, f.Talks[0].Duration, "first talk")
	near(t, 40*time.Second, f.Talks[1].Duration, "second talk")
	near(t, 60*time.Second, f.Talked, "both")
	require.True(t, hasEmployee(&f, s.vendor.Employee))
	require.True(t, hasEmployee(&f, s.vendor.Colleague))
	if way.Tells.Transfers {
		require.NotEmpty(t, f.Transfers)
		require.Equal(t, "done", f.Transfers[len(f.Transfers)-1].State, "%+v", f.Transfers)
	}
}

func testDigits(t *testing.T, way *Way) {
	if !way.Tells.Digits {
		t.Skip("it tells of none")
	}
	s := way.start(t)
	call := s.talking()
	s.folded(call, "talking", isTalking)
	s.vendor.Press(t, s.vendor.Contact, "12#")
	f := s.folded(call, "digits pressed", func(f *telephony.Folded) bool {
		all := ""
		for _, p := range f.Pressed {
			all += p.Digits
		}
		return all == "12#"
	})
	require.NotEmpty(t, f.Pressed)
}

// testDisorder: the same messages, twice, the newest first, make the same call.
func testDisorder(t *testing.T, way *Way) {
	s := way.start(t)
	s.vendor.Keep()
	s.vendor.Duplicate(1000)
	call := s.talking()
	s.pass(10 * time.Second)
	s.vendor.Hold(t)
	s.pass(10 * time.Second)
	s.vendor.Resume(t)
	s.pass(10 * time.Second)
	s.vendor.HangUp(t, s.vendor.Employee)
	s.vendor.Release()
	s.vendor.Settle(t)
	f := s.folded(call, "all of it", func(f *telephony.Folded) bool {
		return f.State == telephony.StateFinished && f.MissingSeqs == 0 && len(f.Talks) == 1
	})
	require.False(t, f.IsLost)
	require.Equal(t, telephony.Inbound, f.Direction)
	require.Equal(t, s.vendor.Contact, f.Caller)
	near(t, 30*time.Second, f.Talked, "talk")
	events := s.of(call)
	want := telephony.Fold(events)
	for range 50 {
		rand.Shuffle(len(events), func(i, j int) { events[i], events[j] = events[j], events[i] })
		require.Equal(t, want, telephony.Fold(append(events, events[:len(events)/2]...)))
	}
}

func testRecording(t *testing.T, way *Way) {
	s := way.start(t)
	call := s.talking()
	s.folded(call, "talking", isTalking)
	if !s.vendor.Records {
		require.True(t, s.do(call, telephony.ActRecordStart), "it records by command")
	}
	s.pass(30 * time.Second)
	s.vendor.HangUp(t, s.vendor.Contact)
	s.finished(call)
	s.pass(10 * time.Second)
	f := s.folded(call, "recorded", func(f *telephony.Folded) bool { return len(f.Recordings) == 1 && f.Recordings[0].State == "ready" })
	r := f.Recordings[0]
	require.NotEmpty(t, r.RemoteID)
	recorder, ok := s.driver.(telephony.Recorder)
	require.True(t, ok)
	for range 2 { // links may work once
		address, header, err := recorder.Source(t.Context(), s.endpoint, r.RemoteID, r.URL)
		require.NoError(t, err)
		require.Equal(t, "RIFF", string(fetch(t, address, header)[:4]))
	}
}
