package app_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	pbxsim "github.com/skvoz/skvoz/pbx/ctpbx/emulator"
	"github.com/skvoz/skvoz/store"
)

// rpcAnswer is what the Call API says.
type rpcAnswer struct {
	Result struct {
		Data json.RawMessage
	}
	Error *struct {
		Code int
		Data struct{ Mnemonic, Field string }
	}
}

func (x *exchange) callAPI(key, method, params string) rpcAnswer {
	x.t.Helper()
	body := fmt.Sprintf(`{"jsonrpc":"2.0","id":1,"method":%q,"params":{"access_token":%q%s}}`, method, key, params)
	req, err := http.NewRequestWithContext(x.t.Context(), http.MethodPost, x.url+"/v4.0", strings.NewReader(body))
	require.NoError(x.t, err)
	req.Header.Set("Content-Type", "application/json; charset=UTF-8")
	res, err := http.DefaultClient.Do(req)
	require.NoError(x.t, err)
	defer func() { _ = res.Body.Close() }()
	raw, err := io.ReadAll(res.Body)
	require.NoError(x.t, err)
	var out rpcAnswer
	require.NoError(x.t, json.Unmarshal(raw, &out), string(raw))
	return out
}

func (x *exchange) refusedCall(key, mnemonic string, code int, method, params string) {
	x.t.Helper()
	a := x.callAPI(key, method, params)
	require.NotNil(x.t, a.Error, "%s %s: %s", method, params, a.Result.Data)
	require.Equal(x.t, mnemonic, a.Error.Data.Mnemonic, "%s %s", method, params)
	require.Equal(x.t, code, a.Error.Code)
}

func TestRC6_MP5_CallAPI_beginsAndLeadsACall(t *testing.T) {
	t.Parallel()
	eachEngine(t, func(t *testing.T, engine store.Engine) {
		x := openExchange(t, engine, "rpc")
		email := "owner@rpc.example"
		key := x.commandJSON("", "token", "create", "--email", email, "--scope", "data-api", "--name", "calls")["token"]
		x.command("", "ip", "allow", "--account", x.account, "0.0.0.0/0")
		x.gql(x.tenant, fmt.Sprintf(`mutation { createVirtualNumbers(input: {numbers: %q, usage: STATIC, siteId: %q, connectionId: %q, scenarioId: %q}) { numbers { id } } }`, didDynamic, x.siteID(), x.connection, x.scenario), "createVirtualNumbers.numbers.0.id")
		start := func(contact string) string {
			return fmt.Sprintf(`,"first_call":"employee","virtual_phone_number":%q,"contact":%q,"external_id":"crm-1","employee":{"id":%s}`, didDynamic, contact, x.employee)
		}
		x.refusedCall("wrong", "access_token_invalid", -32001, "list.calls", "")
		x.refusedCall(key, "required_parameter_missed", -32602, "start.employee_call", "")
		x.refusedCall(key, "invalid_parameter_value", -32602, "start.employee_call", start("+79261112233"))
		x.refusedCall(key, "employee_not_found", -32602, "start.employee_call", strings.Replace(start(callerOne), x.employee, "5", 1))
		x.refusedCall(key, "virtual_phone_number_not_found", -32007, "start.employee_call", strings.Replace(start(callerOne), didDynamic, "78000000003", 1))
		x.refusedCall(key, "own_virtual_phone_number_not_allowed", -32602, "start.employee_call", start(didDynamic))
		x.refusedCall(key, "forbidden_direction", -32002, "start.employee_call", start("491701234567"))
		x.refusedCall(key, "invalid_parameters_combination", -32602, "start.employee_call", start(callerOne)+`,"early_switching":true`)
		x.refusedCall(key, "call_session_not_found", -32602, "hold.call", `,"call_session_id":77,"contact_message":{"type":"media","value":1}`)
		x.raw(x.token, `mutation { blockCaller(input: {phone: "+7 926 999-00-00"}) { blockedCaller { phone } } }`)
		x.refusedCall(key, "contact_in_blacklist", -32002, "start.employee_call", start("79269990000"))

		require.NoError(t, x.sim.SetRule("101", pbxsim.Rule{Act: "answer"}))
		require.NoError(t, x.sim.SetRule(callerOne, pbxsim.Rule{Act: "answer"}))
		a := x.callAPI(key, "start.employee_call", start(callerOne))
		require.Nil(t, a.Error, "%+v", a.Error)
		var begun struct {
			ID int64 `json:"call_session_id"`
		}
		require.NoError(t, json.Unmarshal(a.Result.Data, &begun))
		require.NotZero(t, begun.ID)
		session := fmt.Sprintf(`,"call_session_id":%d`, begun.ID)
		state := func(want string) {
			t.Helper()
			require.Eventually(t, func() bool {
				list := x.calls(`states: [` + want + `]`)
				return len(list) == 1
			}, 10*time.Second, 20*time.Millisecond, "state %s: %+v", want, x.calls(""))
		}
		state("TALKING")
		listed := string(x.callAPI(key, "list.calls", "").Result.Data)
		require.Contains(t, listed, `"external_id":"crm-1"`)
		require.Contains(t, listed, `"state":"Разговор"`)
		require.Contains(t, listed, `"employee_full_name":"Иванов Пётр"`)
		x.refusedCall(key, "invalid_state", -32004, "unhold.call", session)
		x.refusedCall(key, "invalid_state", -32004, "make.call", session+`,"to":"102"`)
		x.refusedCall(key, "invalid_state", -32004, "restore.talk", session)
		done := func(method, params string) {
			t.Helper()
			a := x.callAPI(key, method, session+params)
			require.Nil(t, a.Error, "%s: %+v", method, a.Error)
			require.JSONEq(t, `{"success":"true"}`, string(a.Result.Data))
		}
		done("hold.call", `,"contact_message":{"type":"media","value":1}`)
		state("HELD")
		require.NoError(t, x.sim.SetRule("102", pbxsim.Rule{Act: "answer"}))
		done("make.call", `,"to":"102"`)
		require.Eventually(t, func() bool { return x.callAPI(key, "restore.talk", session).Error == nil }, 10*time.Second, 30*time.Millisecond)
		tag := x.gql(x.tenant, `mutation { createCallTag(input: {name: "VIP"}) { tag { id } } }`, "createCallTag.tag.id")
		done("tag.call", `,"tag_id":`+tag)
		x.refusedCall(key, "duplicate_tag", -32602, "tag.call", session+`,"tag_id":`+tag)
		done("release.call", "")
		state("FINISHED")
		x.refusedCall(key, "call_session_not_found", -32602, "release.call", session)

		a = x.callAPI(key, "start.scenario_call", fmt.Sprintf(`,"first_call":"employee","virtual_phone_number":%q,"contact":%q,"scenario_id":%s`, didDynamic, callerOne, x.scenario))
		require.Nil(t, a.Error, "%+v", a.Error)
		x.refusedCall(key, "scenario_not_found", -32602, "start.scenario_call", fmt.Sprintf(`,"first_call":"employee","virtual_phone_number":%q,"contact":%q,"scenario_id":5`, didDynamic, callerOne))
		x.sim.EndAll()
	})
}
