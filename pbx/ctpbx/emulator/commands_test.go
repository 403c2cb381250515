package emulator_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/pbx/ctpbx/emulator"
)

// originate is a command to call, changed by pairs of a field's JSON and another.
func originate(replace ...string) string {
	return strings.NewReplacer(replace...).Replace(
		`{"first":"employee","employee":{"ext":"101"},"contact":"79160000077","caller_id":"` + did + `","record":true,"external_id":"crm-991"}`)
}

// result waits for the result of a command.
func (s *sim) result(id string) object {
	s.t.Helper()
	return s.event("", "command_result", s.countResults(id))
}

func (s *sim) countResults(id string) (n int) {
	s.t.Helper()
	s.await("the result of "+id, func() bool {
		n = 0
		for _, e := range s.to.of("") {
			if e.Type != "command_result" {
				continue
			}
			n++
			if strings.Contains(string(e.Data), `"`+id+`"`) {
				return true
			}
		}
		return false
	})
	return n
}

func TestCommand_CallsTheEmployeeThenTheContact(t *testing.T) {
	t.Parallel()
	s := open(t, emulator.Options{})
	r := s.send(http.MethodPost, "/v1/calls", s.Token(), "cmd-1", originate())
	require.Equal(t, http.StatusAccepted, r.status, r.text)
	id := r.json(t)["call_id"].(string)
	require.Equal(t, object{"command_id": "cmd-1", "call_id": id, "status": "accepted"}, r.json(t))
	s.rings("101")
	require.Equal(t, "79160000077", s.phone("101").Shows)
	require.Empty(t, s.phone("79160000077").Key, "the contact comes second")
	require.NoError(t, s.Answer("101"))
	require.Equal(t, object{"command_id": "cmd-1", "status": "ok"}, s.result("cmd-1"))
	s.rings("79160000077")
	require.Equal(t, did, s.phone("79160000077").Shows)
	require.NoError(t, s.Answer("79160000077"))
	s.event(id, "talk_started", 1)
	started := s.event(id, "call_started", 1)
	require.Equal(t, []any{"out", "api", "cmd-1", did, "101", "79160000077"},
		[]any{started["direction"], started["initiator"], started["command_id"], started["did"], started["caller"], started["callee"]})
	require.NoError(t, s.HangUp("79160000077"))
	require.Equal(t, false, s.event(id, "call_finished", 1)["lost"])
	for _, e := range s.to.of(id) {
		require.Equal(t, "crm-991", e.ExternalID)
	}
	s.kit.Clock.Advance(time.Second)
	s.event(id, "recording_ready", 1)
}

func TestCommand_CallsTheContactFirst(t *testing.T) {
	t.Parallel()
	s := open(t, emulator.Options{})
	r := s.command("/v1/calls", originate(`"first":"employee"`, `"first":"contact","show_caller_id_to_employee":true`))
	require.Equal(t, http.StatusAccepted, r.status, r.text)
	s.rings("79160000077")
	require.NoError(t, s.Answer("79160000077"))
	s.rings("101")
	require.Equal(t, did, s.phone("101").Shows)
	require.NoError(t, s.Decline("101"))
	id := r.json(t)["call_id"].(string)
	s.event(id, "call_finished", 1)
	require.Equal(t, []string{"rejected", "normal"}, []string{s.legs(id)["101"].Reason, s.legs(id)["79160000077"].Reason})
}

func TestCommand_TellsWhyNobodyCouldBeCalled(t *testing.T) {
	t.Parallel()
	s := open(t, emulator.Options{})
	require.NoError(t, s.SetRule("101", emulator.Rule{Act: emulator.IsBusy}))
	r := s.send(http.MethodPost, "/v1/calls", s.Token(), "busy", originate())
	require.Equal(t, http.StatusAccepted, r.status)
	require.Equal(t, object{"command_id": "busy", "status": "failed", "code": "busy"}, s.result("busy"))
	s.event(r.json(t)["call_id"].(string), "call_finished", 1)

	r = s.send(http.MethodPost, "/v1/calls", s.Token(), "late", originate(`"101"`, `"102"`, `"record":true`, `"employee_timeout_ms":5000`))
	require.Equal(t, http.StatusAccepted, r.status)
	s.rings("102")
	s.kit.Clock.Advance(5 * time.Second)
	require.Equal(t, "no_answer", s.result("late")["code"])
}

func TestCommand_UnavailableLineRingsTheEmployeesOwnNumber(t *testing.T) {
	t.Parallel()
	s := open(t, emulator.Options{})
	require.NoError(t, s.SetAvailable("103", false))
	r := s.command("/v1/calls", originate(`"101"`, `"103"`))
	require.Equal(t, http.StatusAccepted, r.status, r.text)
	s.rings("79160000103")
	leg := s.legs(r.json(t)["call_id"].(string))["79160000103"]
	require.Equal(t, []string{"employee", "103", "mobile"}, []string{leg.Role, leg.Ext, leg.Via})
}

func TestCommand_Refusals(t *testing.T) {
	t.Parallel()
	s := open(t, emulator.Options{})
	s.SetLimits(emulator.Limits{Allowed: []string{"7"}, Forbidden: []string{"7809"}, Blacklist: []string{"79169999999"}})
	require.NoError(t, s.SetAvailable("102", false))
	id := s.talking()
	s.event(id, "talk_started", 1)
	legs := s.legs(id)
	over := func() string {
		s.to.answer("new_call", `{"do":[]}`)
		other, err := s.PlaceCall("79000000099", did, 0)
		require.NoError(t, err)
		s.event(other, "call_finished", 1)
		return other
	}()
	call := "/v1/calls/" + id
	cases := []struct{ rule, path, body, want string }{
		{"no JSON", "/v1/calls", `{`, "Bad Request invalid_parameter"},
		{"a wrong type", "/v1/calls", `{"contact":5}`, "Bad Request invalid_parameter contact"},
		{"nobody to call first", "/v1/calls", originate(`"first":"employee"`, `"first":"boss"`), "Bad Request invalid_parameter first"},
		{"no such line", "/v1/calls", originate(`"101"`, `"777"`), "Bad Request invalid_parameter employee.ext"},
		{"no employee", "/v1/calls", originate(`"ext":"101"`, ``), "Bad Request invalid_parameter employee"},
		{"no contact", "/v1/calls", originate(`"79160000077"`, `"101"`), "Bad Request invalid_parameter contact"},
		{"a time that is none", "/v1/calls", originate(`"record":true`, `"employee_timeout_ms":0`), "Bad Request invalid_parameter employee_timeout_ms"},
		{"no caller id", "/v1/calls", originate(did, ``), "Bad Request invalid_parameter caller_id"},
		{"another's caller id", "/v1/calls", originate(did, `74959999999`), "Unprocessable Entity caller_id_not_allowed caller_id"},
		{"8-800 as caller id", "/v1/calls", originate(did, `78000000003`), "Unprocessable Entity caller_id_not_allowed caller_id"},
		{"an employee who can't be reached", "/v1/calls", originate(`"101"`, `"102"`), "Unprocessable Entity no_active_number employee"},
		{"a blacklisted contact", "/v1/calls", originate(`79160000077`, `79169999999`), "Unprocessable Entity contact_blacklisted contact"},
		{"a contact abroad", "/v1/calls", originate(`79160000077`, `4915100000000`), "Forbidden destination_forbidden contact"},
		{"a contact that costs extra", "/v1/calls", originate(`79160000077`, `78091234567`), "Forbidden destination_forbidden contact"},
		{"no such call", "/v1/calls/c-none/hangup", `{}`, "Not Found call_not_found call_id"},
		{"no such command", call + "/sing", `{}`, "Not Found not_found"},
		{"no such leg", call + "/legs/l-none/hangup", `{}`, "Not Found leg_not_found leg_id"},
		{"no such leg in the body", call + "/hold", `{"leg_id":"l-none"}`, "Not Found leg_not_found leg_id"},
		{"a call that is over", "/v1/calls/" + over + "/hangup", `{}`, "Conflict invalid_state"},
		{"not on hold", call + "/unhold", `{"leg_id":"` + legs[caller].ID + `"}`, "Conflict invalid_state"},
		{"an unknown reason", call + "/hangup", `{"reason":"boredom"}`, "Bad Request invalid_parameter reason"},
		{"an unknown way to transfer", call + "/transfer", `{"mode":"warp","to":{"kind":"line","value":"103"}}`, "Bad Request invalid_parameter mode"},
		{"a transfer to nobody", call + "/transfer", `{"mode":"blind"}`, "Bad Request invalid_parameter to.kind"},
		{"a transfer to a line that is none", call + "/transfer", `{"mode":"blind","to":{"kind":"line","value":"777"}}`, "Bad Request invalid_parameter to.value"},
		{"a transfer abroad", call + "/transfer", `{"mode":"blind","to":{"kind":"number","value":"4915100000000"}}`, "Forbidden destination_forbidden to.value"},
		{"a transfer by the caller", call + "/transfer", `{"mode":"blind","by_leg":"` + legs[caller].ID + `","to":{"kind":"line","value":"103"}}`, "Conflict invalid_state"},
		{"a transfer by a leg that is none", call + "/transfer", `{"mode":"blind","by_leg":"l-none","to":{"kind":"line","value":"103"}}`, "Not Found leg_not_found by_leg"},
		{"no transfer to complete", call + "/transfer", `{"mode":"attended_complete"}`, "Conflict invalid_state"},
		{"an unknown thing to record", call + "/record", `{"action":"film"}`, "Bad Request invalid_parameter action"},
		{"no digits", call + "/dtmf", `{"digits":"x"}`, "Bad Request invalid_parameter digits"},
	}
	for _, c := range cases {
		require.Equal(t, c.want, s.command(c.path, c.body).problem(t), c.rule)
	}
	require.Equal(t, "Unauthorized unauthorized Authorization", s.send(http.MethodPost, "/v1/calls", "wrong", "k", originate()).problem(t))
	require.Equal(t, "Unauthorized unauthorized Authorization", s.send(http.MethodGet, "/v1/lines", "", "", "").problem(t))
	require.Equal(t, "Bad Request invalid_parameter Idempotency-Key", s.send(http.MethodPost, "/v1/calls", s.Token(), "", originate()).problem(t))
	require.Equal(t, "Not Found call_not_found call_id", s.get("/v1/calls/c-none").problem(t))
	require.Equal(t, "talk", s.get(call).json(t)["state"], "none of it did anything")
}

func TestCommand_Limits(t *testing.T) {
	t.Parallel()
	s := open(t, emulator.Options{})
	s.SetLimits(emulator.Limits{PerMinute: 2, Calls: 1})
	require.Equal(t, http.StatusAccepted, s.command("/v1/calls", originate()).status)
	require.Equal(t, "Too Many Requests limit", s.command("/v1/calls", originate(`"101"`, `"103"`)).problem(t))
	r := s.command("/v1/calls", originate(`"101"`, `"103"`))
	require.Equal(t, "Too Many Requests rate_limited", r.problem(t))
	require.NotEmpty(t, r.header.Get("Retry-After"))
	s.kit.Clock.Advance(time.Minute)
	s.EndAll()
	require.Equal(t, http.StatusAccepted, s.command("/v1/calls", originate(`"101"`, `"103"`)).status, "refusals for being too many are not kept")
	s.SetLimits(emulator.Limits{Overloaded: true})
	r = s.command("/v1/calls", originate())
	require.Equal(t, "Service Unavailable overloaded", r.problem(t))
	require.NotEmpty(t, r.header.Get("Retry-After"))
}

func TestCommand_SameKeySameAnswer(t *testing.T) {
	t.Parallel()
	s := open(t, emulator.Options{})
	first := s.send(http.MethodPost, "/v1/calls", s.Token(), "once", originate())
	require.Equal(t, http.StatusAccepted, first.status)
	again := s.send(http.MethodPost, "/v1/calls", s.Token(), "once", originate())
	require.Equal(t, first.text, again.text)
	require.Len(t, s.Calls(), 1)
	bad := s.send(http.MethodPost, "/v1/calls", s.Token(), "bad", originate(did, "74959999999"))
	require.NoError(t, s.AddNumber("74959999999"))
	require.Equal(t, bad.text, s.send(http.MethodPost, "/v1/calls", s.Token(), "bad", originate(did, "74959999999")).text, "refusals, too")
	s.EndAll()
	s.kit.Clock.Advance(24 * time.Hour)
	require.NotEqual(t, first.text, s.send(http.MethodPost, "/v1/calls", s.Token(), "once", originate()).text, "for 24 hours")
	require.Len(t, s.Calls(), 2)
}

func TestCommand_HoldDigitsRecordAndHangup(t *testing.T) {
	t.Parallel()
	s := open(t, emulator.Options{})
	id := s.talking()
	s.event(id, "talk_started", 1)
	call := "/v1/calls/" + id
	do := func(path, body string) {
		t.Helper()
		r := s.command(call+path, body)
		require.Equal(t, http.StatusAccepted, r.status, r.text)
		require.Equal(t, "ok", s.result(r.json(t)["command_id"].(string))["status"])
	}
	do("/hold", `{}`)
	held := s.event(id, "leg_held", 1)
	require.Equal(t, object{"leg_id": s.legs(id)[caller].ID, "by": "api"}, held)
	require.Equal(t, "Conflict invalid_state", s.command(call+"/hold", `{"media":"m"}`).problem(t))
	do("/unhold", `{}`)
	do("/dtmf", `{"digits":"12#"}`)
	require.Equal(t, "12#", s.phone(caller).Heard)
	do("/record", `{"action":"stop"}`)
	do("/record", `{"action":"start"}`)
	do("/record", `{"action":"pause"}`)
	do("/legs/"+s.legs(id)["101"].ID+"/hangup", `{"reason":"normal"}`)
	require.Equal(t, "api", s.event(id, "leg_ended", 1)["by"])
	s.event(id, "call_finished", 1)
	s.kit.Clock.Advance(time.Second)
	s.event(id, "recording_ready", 2)

	id = s.talking()
	call = "/v1/calls/" + id
	do("/hangup", `{}`)
	require.Equal(t, []string{"normal", "normal"}, []string{s.legs(id)["101"].Reason, s.legs(id)[caller].Reason})
	require.Len(t, s.to.questions("talk_ended"), 1, "a call that was hung up is not asked about")
}

func TestCommand_Transfers(t *testing.T) {
	t.Parallel()
	s := open(t, emulator.Options{})
	id := s.talking()
	transfer := func(body string) string {
		t.Helper()
		r := s.command("/v1/calls/"+id+"/transfer", body)
		require.Equal(t, http.StatusAccepted, r.status, r.text)
		return r.json(t)["command_id"].(string)
	}
	blind := transfer(`{"mode":"blind","to":{"kind":"line","value":"102"},"timeout_ms":5000}`)
	s.rings("102")
	s.kit.Clock.Advance(5 * time.Second)
	require.Equal(t, "no_answer", s.result(blind)["code"])
	start := transfer(`{"mode":"attended_start","to":{"kind":"number","value":"79160000009"}}`)
	s.rings("79160000009")
	require.NoError(t, s.Answer("79160000009"))
	complete := transfer(`{"mode":"attended_complete"}`)
	require.Equal(t, "ok", s.result(start)["status"])
	require.Equal(t, "ok", s.result(complete)["status"])
	require.Equal(t, "transferred", s.legs(id)["101"].Reason)
	require.True(t, s.phone("79160000009").Talks)
}

func TestSnapshots(t *testing.T) {
	t.Parallel()
	s := open(t, emulator.Options{})
	id := s.talking()
	s.event(id, "talk_started", 1)
	r := s.get("/v1/calls?active=1")
	require.Equal(t, http.StatusOK, r.status)
	require.Contains(t, r.text, `"call_id":"`+id+`"`)
	one := s.get("/v1/calls/" + id).json(t)
	require.Equal(t, []any{"talk", 8.0, "in", false}, []any{one["state"], one["last_seq"], one["direction"], one["lost"]})
	require.Len(t, one["legs"], 2)
	require.Len(t, one["talks"], 1)
	require.NotContains(t, one, "ended_at")
	require.JSONEq(t, `[{"line":"101","ext":"101","state":"busy"},{"line":"102","ext":"102","state":"free"},{"line":"103","ext":"103","state":"free"}]`, s.get("/v1/lines").text)
	require.NoError(t, s.HangUp(caller))
	require.JSONEq(t, `[]`, s.get("/v1/calls?active=1").text)
	require.Equal(t, "finished", s.get("/v1/calls/" + id).json(t)["state"])
	require.Contains(t, s.get("/v1/calls").text, id)
}
