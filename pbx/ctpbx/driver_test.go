package ctpbx_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/telephony"
	"github.com/skvoz/skvoz/pbx/ctpbx"
	"github.com/skvoz/skvoz/pbx/wire"
)

// asking is a PBX that answers what it is told to.
type asking struct {
	mu       sync.Mutex
	answers  []reply // one after the other; the last one stays
	requests []request
}

type reply struct {
	status int
	body   string
}

type request struct {
	method, path, key, token string
	body                     map[string]any
}

func (p *asking) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	raw, _ := io.ReadAll(r.Body)
	var body map[string]any
	_ = json.Unmarshal(raw, &body)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.requests = append(p.requests, request{r.Method, r.URL.RequestURI(), r.Header.Get("Idempotency-Key"), r.Header.Get("Authorization"), body})
	a := p.answers[0]
	if len(p.answers) > 1 {
		p.answers = p.answers[1:]
	}
	w.Header().Set("Retry-After", "0")
	w.WriteHeader(a.status)
	_, _ = io.WriteString(w, a.body)
}

func newPBX(t *testing.T, answers ...reply) (*asking, *ctpbx.Driver, telephony.Endpoint) {
	t.Helper()
	p := &asking{answers: answers}
	server := httptest.NewServer(p)
	t.Cleanup(server.Close)
	e := telephony.Endpoint{
		Connection: telephony.Connection{ID: 7, Settings: telephony.ConnectionSettings{Address: server.URL + "/"}},
		Secrets:    telephony.Secrets{telephony.SecretToken: "t0ken"},
	}
	return p, ctpbx.New(wire.Deps{Networks: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}}), e
}

func TestTR6_Driver_RepeatsCommandsWithTheSameKey(t *testing.T) {
	t.Parallel()
	p, d, e := newPBX(t, reply{503, ""}, reply{500, ""}, reply{202, `{"command_id":"cmd-1","call_id":"c-9","status":"accepted"}`})
	id, err := d.Originate(t.Context(), e, telephony.Originate{
		CommandID: "cmd-1", EmployeeFirst: true, Employee: telephony.Target{Kind: "line", Value: "101"}, Contact: "79161234567", CallerID: "74950000001", Record: true, ScenarioID: 5,
	})
	require.NoError(t, err)
	require.Equal(t, "c-9", id)
	require.Len(t, p.requests, 3)
	for _, r := range p.requests {
		require.Equal(t, request{"POST", "/v1/calls", "cmd-1", "Bearer t0ken", map[string]any{
			"command_id": "cmd-1", "first": "employee", "employee": map[string]any{"ext": "101"}, "contact": "79161234567", "caller_id": "74950000001",
			"show_caller_id_to_employee": false, "employee_timeout_ms": 30000., "contact_timeout_ms": 60000., "early_media": false, "record": true, "scenario_id": "5",
		}}, r)
	}
}

func TestTR6_Driver_WritesCommandsAsTheContractSays(t *testing.T) {
	t.Parallel()
	to := telephony.Target{Kind: "line", Value: "102"}
	cases := []struct {
		c    telephony.Control
		path string
		body map[string]any
	}{
		{telephony.Control{Action: telephony.ActHold, LegID: "l1", Media: "greet1"}, "/hold", map[string]any{"leg_id": "l1", "media": "greet1"}},
		{telephony.Control{Action: telephony.ActUnhold, LegID: "l1"}, "/unhold", map[string]any{"leg_id": "l1"}},
		{telephony.Control{Action: telephony.ActHangup, LegID: "l1"}, "/hangup", map[string]any{"reason": "normal"}},
		{telephony.Control{Action: telephony.ActHangupLeg, LegID: "l/1"}, "/legs/l%2F1/hangup", map[string]any{"reason": "normal"}},
		{telephony.Control{Action: telephony.ActRecordStart}, "/record", map[string]any{"action": "start"}},
		{telephony.Control{Action: telephony.ActRecordStop}, "/record", map[string]any{"action": "stop"}},
		{telephony.Control{Action: telephony.ActDTMF, LegID: "l1", Digits: "1#"}, "/dtmf", map[string]any{"leg_id": "l1", "digits": "1#"}},
		{telephony.Control{Action: telephony.ActTransferBlind, LegID: "l1", To: to, Timeout: 20e9}, "/transfer", map[string]any{"mode": "blind", "by_leg": "l1", "to": map[string]any{"kind": "line", "value": "102"}, "timeout_ms": 20000.}},
		{telephony.Control{Action: telephony.ActTransferStart, LegID: "l1", To: to}, "/transfer", map[string]any{"mode": "attended_start", "by_leg": "l1", "to": map[string]any{"kind": "line", "value": "102"}}},
		{telephony.Control{Action: telephony.ActTransferComplete, LegID: "l1"}, "/transfer", map[string]any{"mode": "attended_complete", "by_leg": "l1"}},
		{telephony.Control{Action: telephony.ActTransferCancel, LegID: "l1"}, "/transfer", map[string]any{"mode": "attended_cancel", "by_leg": "l1"}},
	}
	for _, c := range cases {
		t.Run(string(c.c.Action), func(t *testing.T) {
			t.Parallel()
			p, d, e := newPBX(t, reply{202, `{"status":"accepted"}`})
			c.c.CommandID, c.c.PBXCallID = "cmd-2", "c 9"
			require.NoError(t, d.Control(t.Context(), e, c.c))
			c.body["command_id"] = "cmd-2"
			require.Equal(t, []request{{"POST", "/v1/calls/c%209" + c.path, "cmd-2", "Bearer t0ken", c.body}}, p.requests)
		})
	}
}

func TestTR6_Driver_ErrorsSayWhatToDo(t *testing.T) {
	t.Parallel()
	said := func(code string) string {
		return `{"error":{"code":"` + code + `","message":"said by the PBX","field":"contact"}}`
	}
	cases := []struct {
		status int
		body   string
		kind   core.Kind
		reason string
	}{
		{400, said("invalid_parameter"), core.KindInvalid, "invalid_parameter"},
		{401, said("unauthorized"), core.KindInvalid, "unauthorized"},
		{403, said("destination_forbidden"), core.KindInvalid, "destination_forbidden"},
		{404, said("call_not_found"), core.KindInvalid, "call_not_found"},
		{404, said("leg_not_found"), core.KindInvalid, "leg_not_found"},
		{404, "<html>", core.KindUnavailable, "bad_address"},
		{405, "", core.KindInvalid, "not_supported"},
		{409, said("invalid_state"), core.KindInvalid, "invalid_state"},
		{422, said("caller_id_not_allowed"), core.KindInvalid, "caller_id_not_allowed"},
		{422, said("no_active_number"), core.KindInvalid, "no_active_number"},
		{422, said("contact_blacklisted"), core.KindInvalid, "contact_blacklisted"},
		{422, said("a word of its own"), core.KindInvalid, "invalid_parameter"},
		{418, "", core.KindInvalid, "invalid_parameter"},
		{429, "", core.KindUnavailable, "overloaded"},
		{501, said("not_supported"), core.KindInvalid, "not_supported"},
		{502, "<html>", core.KindUnavailable, "overloaded"},
		{503, said("overloaded"), core.KindUnavailable, "overloaded"},
		{302, "", core.KindUnavailable, "bad_answer"},
		{202, "<html>", core.KindUnavailable, "bad_answer"},
		{202, `{"call_id":""}`, core.KindUnavailable, "bad_answer"},
	}
	for _, c := range cases {
		t.Run(http.StatusText(c.status)+" "+c.reason, func(t *testing.T) {
			t.Parallel()
			_, d, e := newPBX(t, reply{c.status, c.body})
			_, err := d.Originate(t.Context(), e, telephony.Originate{CommandID: "cmd-1"})
			require.Equal(t, c.kind, core.KindOf(err), "%v", err)
			require.Equal(t, c.reason, core.AsError(err).Reason)
			require.NotEmpty(t, core.AsError(err).Message)
			require.NotContains(t, err.Error(), "t0ken")
		})
	}
}

func TestDriver_WithoutAnAddressSaysSo(t *testing.T) {
	t.Parallel()
	_, d, e := newPBX(t, reply{202, ""})
	e.Settings.Address = ""
	err := d.Control(t.Context(), e, telephony.Control{Action: telephony.ActHold})
	require.Equal(t, "not_supported", core.AsError(err).Reason)
	e.Settings.Address = "pbx.example"
	err = d.Control(t.Context(), e, telephony.Control{Action: telephony.ActHold})
	require.Equal(t, "invalid_parameter", core.AsError(err).Reason)
}

func TestDriver_RecordingsOfThePBXItselfAreFetchedWithOurToken(t *testing.T) {
	t.Parallel()
	_, d, e := newPBX(t, reply{202, ""})
	_, header, err := d.Source(t.Context(), e, "r1", e.Settings.Address+"records/r1.wav")
	require.NoError(t, err)
	require.Equal(t, "Bearer t0ken", header["Authorization"])
	_, header, err = d.Source(t.Context(), e, "r1", "https://storage.example/r1.wav")
	require.NoError(t, err)
	require.Empty(t, header, "our token is nobody else's")
}
