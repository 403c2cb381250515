package pbxtest

import (
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/telephony"
	"github.com/skvoz/skvoz/pbx/wire"
)

// originate is a call from Employee to Contact.
func (s *street) originate(command string) telephony.Originate {
	return telephony.Originate{
		CommandID: command, EmployeeFirst: true, Employee: s.vendor.EmployeeTarget, Contact: s.vendor.Contact, CallerID: s.vendor.Number,
		EmployeeTimeout: 20 * time.Second, ContactTimeout: 30 * time.Second, ExternalID: "crm-991",
	}
}

// commanded finds the call a command started.
func (s *street) commanded(pbxCallID, command string) string {
	s.t.Helper()
	if pbxCallID != "" {
		return pbxCallID
	}
	require.True(s.t, s.way.Tells.Commands, "neither the answer nor an event names the call")
	limit := time.Now().Add(patience)
	for {
		s.mu.Lock()
		at := slices.IndexFunc(s.events, func(e telephony.Event) bool { return e.CallID != "" && e.Data.CommandID == command })
		var call string
		if at >= 0 {
			call = s.events[at].CallID
		}
		s.mu.Unlock()
		if call != "" {
			return call
		}
		require.True(s.t, time.Now().Before(limit), "no event names the command")
		<-time.After(2 * time.Millisecond)
	}
}

func testOriginate(t *testing.T, way *Way) {
	s := way.start(t)
	id, err := s.driver.Originate(t.Context(), s.endpoint, s.originate("cmd-1"))
	require.NoError(t, err)
	call := s.commanded(id, "cmd-1")
	s.rings(s.vendor.Employee)
	s.pass(2 * time.Second)
	s.vendor.Answer(t, s.vendor.Employee)
	s.rings(s.vendor.Contact)
	s.pass(3 * time.Second)
	s.vendor.Answer(t, s.vendor.Contact)
	s.folded(call, "talking", isTalking)
	s.pass(20 * time.Second)
	s.vendor.HangUp(t, s.vendor.Contact)
	f := s.finished(call)
	require.Equal(t, telephony.Outbound, f.Direction)
	require.Equal(t, s.vendor.Contact, f.Callee)
	require.Equal(t, s.vendor.Number, f.DID)
	require.False(t, f.IsLost)
	require.Len(t, f.Talks, 1, "%+v", f.Talks)
	near(t, 20*time.Second, f.Talked, "talk")
	require.NotNil(t, f.AnsweredAt)
	require.True(t, hasEmployee(&f, s.vendor.Employee))
}

func testOriginateInVain(t *testing.T, way *Way) {
	s := way.start(t)
	id, err := s.driver.Originate(t.Context(), s.endpoint, s.originate("cmd-2"))
	require.NoError(t, err)
	call := s.commanded(id, "cmd-2")
	s.rings(s.vendor.Employee)
	s.vendor.Answer(t, s.vendor.Employee)
	s.rings(s.vendor.Contact)
	s.vendor.HangUp(t, s.vendor.Contact)
	f := s.finished(call)
	require.Equal(t, telephony.Outbound, f.Direction)
	require.False(t, f.IsLost, "outbound calls are never lost")
	require.Nil(t, f.AnsweredAt)
}

// control is a command to a call, with the leg of Employee.
func (s *street) control(call string, action telephony.Action) telephony.Control {
	c := telephony.Control{CommandID: core.NewSecret(12), PBXCallID: call, Action: action, LegExtension: s.vendor.EmployeeTarget.Value, To: s.vendor.ColleagueTarget, Timeout: 20 * time.Second}
	f := telephony.Fold(s.of(call))
	for i := range f.Legs {
		if l := &f.Legs[i]; l.Role == telephony.RoleEmployee && (l.State == telephony.LegIsAnswered || l.State == telephony.LegIsHeld) {
			c.LegID = l.ID
		}
	}
	return c
}

// do sends a command; those the vendor has not are skipped.
func (s *street) do(call string, action telephony.Action) bool {
	s.t.Helper()
	err := s.driver.Control(s.t.Context(), s.endpoint, s.control(call, action))
	if core.KindOf(err) == core.KindInvalid && core.AsError(err).Reason == "not_supported" {
		return false
	}
	require.NoError(s.t, err, action)
	return true
}

func testControl(t *testing.T, way *Way) {
	s := way.start(t)
	call := s.talking()
	s.folded(call, "talking", isTalking)
	held := s.do(call, telephony.ActHold)
	require.True(t, held, "all can hold")
	if way.Tells.Holds {
		s.folded(call, "held", func(f *telephony.Folded) bool { return f.State == telephony.StateHeld })
	}
	if !s.do(call, telephony.ActUnhold) {
		s.vendor.Resume(t)
	}
	s.folded(call, "talking again", isTalking)
	require.True(t, s.do(call, telephony.ActTransferBlind), "all can transfer")
	s.rings(s.vendor.Colleague)
	s.vendor.Answer(t, s.vendor.Colleague)
	s.folded(call, "a talk with the colleague", func(f *telephony.Folded) bool {
		return hasEmployee(f, s.vendor.Colleague) && len(f.Talks) >= 2 && f.State == telephony.StateTalking
	})
	require.True(t, s.do(call, telephony.ActHangup), "all can hang up")
	s.finished(call)
}

// reasons are those errors of commands may have.
var reasons = []string{
	"invalid_parameter", "destination_forbidden", "call_not_found", "leg_not_found", "invalid_state", "caller_id_not_allowed", "no_active_number", "contact_blacklisted",
	"unauthorized", "not_supported",
}

// refused checks an error of a command that was not carried out.
func refused(t testing.TB, err error, of ...string) {
	t.Helper()
	require.Equal(t, core.KindInvalid, core.KindOf(err), "%v", err)
	e := core.AsError(err)
	require.Contains(t, reasons, e.Reason)
	require.Contains(t, of, e.Reason, e.Message)
	require.NotEmpty(t, e.Message)
}

func testRefused(t *testing.T, way *Way) {
	s := way.start(t)
	for _, action := range []telephony.Action{telephony.ActHold, telephony.ActHangup, telephony.ActTransferBlind} {
		c := s.control("203499999", action)
		c.LegID = "77"
		refused(t, s.driver.Control(t.Context(), s.endpoint, c), "call_not_found", "leg_not_found", "invalid_parameter")
	}
	if s.vendor.Foreign != "" {
		o := s.originate("cmd-3")
		o.CallerID = s.vendor.Foreign
		_, err := s.driver.Originate(t.Context(), s.endpoint, o)
		refused(t, err, "caller_id_not_allowed", "invalid_parameter")
	}
	call := s.talking()
	s.folded(call, "talking", isTalking)
	err := s.driver.Control(t.Context(), s.endpoint, s.control(call, telephony.ActUnhold))
	refused(t, err, "invalid_state", "not_supported")
	err = s.driver.Control(t.Context(), s.endpoint, s.control(call, "dance"))
	refused(t, err, "not_supported")

	stranger := s.endpoint
	stranger.Secrets = telephony.Secrets{}
	for name, value := range s.endpoint.Secrets {
		stranger.Secrets[name] = value
	}
	s.vendor.SpoilKey(stranger.Secrets)
	_, err = s.driver.Originate(t.Context(), stranger, s.originate("cmd-4"))
	refused(t, err, "unauthorized")
	require.NotContains(t, err.Error(), stranger.Secrets[telephony.SecretToken])
}

func testUnreachable(t *testing.T, way *Way) {
	s := way.start(t)
	gone := s.endpoint
	gone.Settings.Address = "http://127.0.0.1:1" // nobody listens there
	_, err := s.driver.Originate(t.Context(), gone, s.originate("cmd-5"))
	require.Equal(t, core.KindUnavailable, core.KindOf(err))
	require.Equal(t, "unreachable", core.AsError(err).Reason)

	careful := way.Driver(wire.Deps{Clock: s.kit.Clock})
	_, err = careful.Originate(t.Context(), s.endpoint, s.originate("cmd-6"))
	require.Equal(t, core.KindUnavailable, core.KindOf(err))
	require.Equal(t, "private_address", core.AsError(err).Reason, "private networks are allowed by whoever runs the server")

	page := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte("<html>Welcome</html>"))
	}))
	defer page.Close()
	wrong := s.endpoint
	wrong.Settings.Address = page.URL
	_, err = s.driver.Originate(t.Context(), wrong, s.originate("cmd-7"))
	require.Equal(t, core.KindUnavailable, core.KindOf(err), "%v", err)
	require.Equal(t, "bad_answer", core.AsError(err).Reason)

	impatient, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = s.driver.Originate(impatient, s.endpoint, s.originate("cmd-8"))
	require.ErrorIs(t, err, context.Canceled)
}

func testCapabilities(t *testing.T, way *Way) {
	s := way.start(t)
	can := s.driver.Capabilities()
	require.True(t, can.Originate)
	require.True(t, can.Control)
	_, active := s.driver.Active(t.Context(), s.endpoint)
	_, call := s.driver.Call(t.Context(), s.endpoint, "203499999")
	if can.Snapshots {
		require.NoError(t, active)
		require.Equal(t, core.KindNotFound, core.KindOf(call), "%v", call)
	} else {
		refused(t, active, "not_supported")
		refused(t, call, "not_supported")
	}
	lines, err := s.driver.Lines(t.Context(), s.endpoint)
	if !can.Lines {
		refused(t, err, "not_supported")
		return
	}
	require.NoError(t, err)
	require.True(t, slices.ContainsFunc(lines, func(l telephony.Line) bool {
		return l.Extension == s.vendor.Employee && l.State == telephony.LineFree && l.ConnectionID == connectionID
	}), "%+v", lines)
}

func testSnapshots(t *testing.T, way *Way) {
	s := way.start(t)
	if !s.driver.Capabilities().Snapshots {
		t.Skip("it tells nothing when asked")
	}
	none, err := s.driver.Active(t.Context(), s.endpoint)
	require.NoError(t, err)
	require.Empty(t, none)
	call := s.talking()
	s.folded(call, "talking", isTalking)
	all, err := s.driver.Active(t.Context(), s.endpoint)
	require.NoError(t, err)
	require.Len(t, all, 1)
	one, err := s.driver.Call(t.Context(), s.endpoint, call)
	require.NoError(t, err)
	for _, got := range []telephony.Snapshot{all[0], one} {
		require.Equal(t, call, got.PBXCallID)
		require.Equal(t, telephony.Inbound, got.Data.Direction)
		require.Equal(t, s.vendor.Number, got.Data.DID)
		require.Equal(t, s.vendor.Contact, got.Data.Caller)
		require.NotEmpty(t, got.Data.Legs)
		require.NotNil(t, got.Data.StartedAt)
		require.WithinDuration(t, s.kit.Clock.Now(), *got.Data.StartedAt, time.Minute, "the zone of its times")
	}
	events := s.of(call)
	d := one.Data
	folded := telephony.Fold(append(events, telephony.Event{ID: "snapshot:1", Type: telephony.SnapshotTaken, OccurredAt: s.kit.Clock.Now(), CallID: call, Data: d}))
	require.Equal(t, telephony.StateTalking, folded.State, "a snapshot of a running call ends nothing")
	require.Len(t, folded.Legs, len(telephony.Fold(events).Legs), "it knows the legs by the same names: %+v %+v", folded.Legs, d.Legs)
	s.vendor.HangUp(t, s.vendor.Contact)
	s.finished(call)
	none, err = s.driver.Active(t.Context(), s.endpoint)
	require.NoError(t, err)
	require.Empty(t, none)
}
