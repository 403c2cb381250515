package emulator_test

import (
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/pbx/exchange"
	"github.com/skvoz/skvoz/pbx/uis/emulator"
)

func TestCallAPI_ShapeOfRequests(t *testing.T) {
	t.Parallel()
	a := open(t, emulator.Options{})
	cases := []struct{ rule, body, want string }{
		{"no JSON", `{"id":`, "-32700 parse_error"},
		{"nothing", ``, "-32700 parse_error"},
		{"a batch", `[{"jsonrpc":"2.0","id":1,"method":"list.calls","params":{}}]`, "-32099 batch_opreations_not_supported"},
		{"a notification", `{"jsonrpc":"2.0","method":"list.calls","params":{}}`, "-32099 notifications_not_supported"},
		{"no object", `7`, "-32600 invalid_request"},
		{"another version", `{"jsonrpc":"1.0","id":1,"method":"list.calls","params":{}}`, "-32600 invalid_request"},
		{"no method", `{"jsonrpc":"2.0","id":1,"params":{}}`, "-32600 invalid_request"},
		{"parameters in a list", `{"jsonrpc":"2.0","id":1,"method":"list.calls","params":[]}`, "-32600 invalid_request"},
		{"an id that is none", `{"jsonrpc":"2.0","id":{},"method":"list.calls","params":{}}`, "-32600 invalid_request"},
		{"no such method", `{"jsonrpc":"2.0","id":1,"method":"list.people","params":{}}`, "-32601 method_not_found"},
		{"no token", `{"jsonrpc":"2.0","id":1,"method":"list.calls"}`, "-32602 required_parameter_missed access_token"},
		{"a token nobody gave", `{"jsonrpc":"2.0","id":1,"method":"list.calls","params":{"access_token":"x"}}`, "-32001 access_token_invalid"},
	}
	for _, c := range cases {
		t.Run(c.rule, func(t *testing.T) {
			t.Parallel()
			out := a.raw(c.body)
			require.Equal(t, c.want, failure(t, out))
			require.NotContains(t, out["error"].(object)["data"], "metadata")
		})
	}
}

func TestCallAPI_EchoesTheIDWithItsType(t *testing.T) {
	t.Parallel()
	a := open(t, emulator.Options{})
	body := `{"jsonrpc":"2.0","id":ID,"method":"list.calls","params":{"access_token":"` + a.Token() + `"}}`
	require.Equal(t, "7", a.raw(strings.ReplaceAll(body, "ID", `"7"`))["id"])
	require.EqualValues(t, 7, a.raw(strings.ReplaceAll(body, "ID", `7`))["id"])
}

func TestCallAPI_SessionsLiveAnHour(t *testing.T) {
	t.Parallel()
	a := open(t, emulator.Options{})
	require.Equal(t, "-32001 auth_error", failure(t, a.raw(`{"jsonrpc":"2.0","id":1,"method":"login.user","params":{"login":"callapi","password":"x"}}`)))
	got := a.raw(`{"jsonrpc":"2.0","id":1,"method":"login.user","params":{"login":"callapi","password":"parol-call-api"}}`)["result"].(object)["data"].(object)
	token := object{"access_token": got["access_token"]}
	require.InDelta(t, float64(a.kit.Clock.Now().Add(time.Hour).Unix()), got["expire_at"], 2)
	a.data("list.calls", token)
	a.kit.Clock.Advance(time.Hour)
	require.Equal(t, "-32001 access_token_invalid", a.refused("list.calls", token))
	a.data("list.calls", nil)

	got = a.raw(`{"jsonrpc":"2.0","id":1,"method":"login.user","params":{"login":"callapi","password":"parol-call-api"}}`)["result"].(object)["data"].(object)
	token = object{"access_token": got["access_token"]}
	require.Equal(t, object{"success": true}, a.data("logout.user", token))
	require.Equal(t, "-32001 access_token_invalid", a.refused("list.calls", token))
}

func TestCallAPI_WhoMayNot(t *testing.T) {
	t.Parallel()
	a := open(t, emulator.Options{})
	steps := []struct {
		rule, want string
		do, undo   func()
	}{
		{"a blocked key", "-32001 access_token_blocked", func() { a.BlockKey(true) }, func() { a.BlockKey(false) }},
		{"a key past its time", "-32001 access_token_expired", func() { a.ExpireKey(true) }, func() { a.ExpireKey(false) }},
		{"an address not on the list", "-32003 ip_not_whitelisted", func() { a.AllowIPs() }, func() { a.AllowIPs(netip.MustParsePrefix("0.0.0.0/0")) }},
		{"an account switched off", "-32009 account_inactive", func() { a.Deactivate(true) }, func() { a.Deactivate(false) }},
		{"a component switched off", "-32008 component_disabled", func() { a.DisableComponent("Call API") }, func() { a.DisableComponent("") }},
	}
	for _, s := range steps {
		s.do()
		require.Equal(t, s.want, a.refused("list.calls", nil), s.rule)
		s.undo()
		a.data("list.calls", nil)
	}
}

func TestCallAPI_LimitsCountWhatGoesWell(t *testing.T) {
	t.Parallel()
	a := open(t, emulator.Options{MinuteLimit: 2, DayLimit: 3})
	require.Equal(t, "-32007 virtual_phone_number_not_found virtual_phone_number", a.refused("start.employee_call", start("virtual_phone_number", "74950000009")))
	a.data("list.calls", nil)
	limits := a.call("list.calls", nil)["result"].(object)["metadata"].(object)["limits"].(object)
	require.Equal(t, []any{0.0, 2.0, 1.0, 3.0}, []any{limits["minute_remaining"], limits["minute_limit"], limits["day_remaining"], limits["day_limit"]})
	out := a.call("list.calls", nil)
	require.Equal(t, "-32029 limit_exceeded", failure(t, out))
	require.Equal(t, "Limit per minute has been exceeded. Value of current limit per minute is 2", out["error"].(object)["message"])
	require.Contains(t, out["error"].(object)["data"], "metadata")
	a.kit.Clock.Advance(time.Minute)
	a.data("list.calls", nil)
	require.Contains(t, a.call("list.calls", nil)["error"].(object)["message"], "per day")
	a.kit.Clock.Advance(24 * time.Hour)
	a.data("list.calls", nil)
}

func TestCallAPI_ParametersOfStart(t *testing.T) {
	t.Parallel()
	a := open(t, emulator.Options{})
	a.Blacklist("79990000777")
	employee := func(id int, number string) object { return object{"id": id, "phone_number": number} }
	cases := []struct {
		rule   string
		params object
		want   string
	}{
		{"unknown ones", start("colour", 1), "-32602 unexpected_parameters"},
		{"unknown ones within others", start("employee", object{"id": 12801, "name": "x"}), "-32602 unexpected_parameters"},
		{"a missing one", start("contact", nil), "-32602 required_parameter_missed contact"},
		{"a missing one within another", start("employee", object{}), "-32602 required_parameter_missed employee.id"},
		{"another type", start("contact", 79210000011), "-32602 data_type_error contact"},
		{"a fraction for a number", start("employee", object{"id": 1.5}), "-32602 data_type_error employee.id"},
		{"none of the values", start("first_call", "operator"), "-32602 invalid_parameter_value first_call"},
		{"a leading plus", start("contact", "+79210000011"), "-32602 invalid_parameter_value contact"},
		{"a leading plus of the virtual number", start("virtual_phone_number", "+74950000001"), "-32602 invalid_parameter_value virtual_phone_number"},
		{"a short number", start("contact", "101"), "-32602 invalid_parameter_value contact"},
		{"a virtual number of others", start("virtual_phone_number", "74950000099"), "-32007 virtual_phone_number_not_found virtual_phone_number"},
		{"a virtual number 8-800", start("virtual_phone_number", "78000000003"), "-32007 virtual_phone_number_not_found virtual_phone_number"},
		{"a contact that is the account's own", start("contact", sales), "-32602 own_virtual_phone_number_not_allowed contact"},
		{"a contact on the black list", start("contact", "79990000777"), "-32002 contact_in_blacklist contact"},
		{"a contact abroad", start("contact", "4930123456"), "-32002 direction_forbidden contact"},
		{"early switching without the other", start("early_switching", true), "-32602 invalid_parameters_combination"},
		{"early switching with the contact first", start("early_switching", true, "switch_at_once", true, "first_call", "contact"), "-32602 invalid_parameters_combination"},
		{"an employee of others", start("employee", employee(1, olga)), "-32602 employee_not_found employee.id"},
		{"a number of another employee's", start("employee", employee(12801, timur)), "-32602 no_active_phone_number employee.phone_number"},
		{"an employee without a number in use", start("employee", object{"id": 12803}), "-32602 no_active_phone_number employee.phone_number"},
		{"a media file of others", start("media_file_id", 1), "-32602 media_file_not_found media_file_id"},
		{"a message with a media file of others", start("contact_message", object{"type": "media", "value": "1"}), "-32602 media_file_not_found contact_message.value"},
		{"a message too long", start("employee_message", object{"type": "tts", "value": strings.Repeat("ы", 501)}), "-32602 tts_text_exceeded employee_message.value"},
		{"a message of no type", start("employee_message", object{"type": "fax", "value": "x"}), "-32602 invalid_parameter_value employee_message.type"},
	}
	for _, c := range cases {
		t.Run(c.rule, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.want, a.refused("start.employee_call", c.params))
		})
	}
	require.Empty(t, a.Calls(), "nothing was started")
}

func TestCallAPI_EmployeeCall(t *testing.T) {
	t.Parallel()
	a := open(t, emulator.Options{})
	id := a.session(start("external_id", "crm-1"))
	list := a.data("list.calls", object{"direction": "out"}).([]any)
	require.Len(t, list, 1)
	shown := list[0].(object)
	require.EqualValues(t, id, shown["call_session_id"])
	require.Equal(t, []any{"crm-1", second, client, "out"}, []any{shown["external_id"], shown["virtual_phone_number"], shown["contact_phone_number"], shown["direction"]})
	require.Regexp(t, `^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$`, shown["start_time"])
	leg := shown["legs"].([]any)[0].(object)
	require.Equal(t, []any{true, 12801.0, "Ольга Савельева", "Дозвон", second, olga}, []any{leg["is_operator"], leg["employee_id"], leg["employee_full_name"], leg["state"], leg["calling_phone_number"], leg["called_phone_number"]})
	require.Empty(t, a.data("list.calls", object{"direction": "in"}))
	require.Empty(t, a.data("list.calls", object{"virtual_phone_number": sales}))

	require.NoError(t, a.Answer(id, ""))
	require.NoError(t, a.Answer(id, ""))
	legs := a.data("list.calls", nil).([]any)[0].(object)["legs"].([]any)
	require.Equal(t, []any{"Разговор", "Разговор"}, []any{legs[0].(object)["state"], legs[1].(object)["state"]})
	require.NoError(t, a.HangUp(id, "employee"))
	require.Empty(t, a.data("list.calls", nil))
}

func TestCallAPI_NumbersOfAnEmployeeRingInTurn(t *testing.T) {
	t.Parallel()
	a := open(t, emulator.Options{})
	require.NoError(t, a.SetLine(olga, exchange.Rule{Kind: exchange.IsBusy, After: time.Second}))
	require.NoError(t, a.SetLine(olgaSIP, exchange.Rule{Kind: exchange.Answers, After: 2 * time.Second}))
	require.NoError(t, a.SetLine(client, exchange.Rule{Kind: exchange.Answers, After: time.Second, Talk: 30 * time.Second}))
	id := a.session(start("employee", object{"id": 12801}))
	a.kit.Clock.Advance(time.Minute)
	c, _ := a.Call(id)
	require.Equal(t, exchange.StageFinished, c.Stage)
	require.Equal(t, []exchange.Reason{exchange.ReasonBusy, exchange.ReasonOtherHungUp, exchange.ReasonHungUp}, []exchange.Reason{c.Legs[0].Reason, c.Legs[1].Reason, c.Legs[2].Reason})
	require.Equal(t, 30*time.Second, c.TalkTime())
	require.InDelta(t, 4, c.WaitTime().Seconds(), 0.5)
}

func TestCallAPI_SimpleAndScenarioCalls(t *testing.T) {
	t.Parallel()
	a := open(t, emulator.Options{})
	simple := object{"first_call": "contact", "virtual_phone_number": sales, "contact": client, "operator": "79160000001", "operator_confirmation": "any"}
	a.data("start.simple_call", simple)
	c := a.Calls()[0]
	require.Equal(t, exchange.In, c.Direction, "unless it is named")
	require.Equal(t, client, c.Legs[0].Number)
	require.NoError(t, a.Answer(c.ID, client))
	require.NoError(t, a.Answer(c.ID, "79160000001"))
	require.Equal(t, exchange.StageTalk, a.stage(c.ID))
	simple["operator"] = "4930123456"
	require.Equal(t, "-32002 direction_forbidden operator", a.refused("start.simple_call", simple))

	scenario := object{"first_call": "employee", "virtual_phone_number": sales, "contact": "79210000022", "scenario_id": 4001, "direction": "out"}
	a.data("start.scenario_call", scenario)
	c = a.Calls()[1]
	require.Len(t, c.Legs, 3, "all of the scenario ring at once")
	require.NoError(t, a.Answer(c.ID, timur))
	require.NoError(t, a.Answer(c.ID, "contact"))
	require.Equal(t, exchange.StageTalk, a.stage(c.ID))
	scenario["scenario_id"] = 1
	require.Equal(t, "-32602 scenario_not_found scenario_id", a.refused("start.scenario_call", scenario))
	scenario["contact"] = "79990000666"
	require.Equal(t, "-32602 contact_in_blacklist contact", a.refused("start.scenario_call", scenario))

	delete(scenario, "scenario_id")
	require.Equal(t, "-32602 contact_in_blacklist contact", a.refused("start.vnumber_call", scenario))
	scenario["contact"], scenario["first_call"] = "79210000033", "contact"
	a.data("start.vnumber_call", scenario)
	require.NoError(t, a.Answer(0, "contact"))
	require.Len(t, a.Calls()[2].Legs, 4, "the number's scenario rings")
}

func TestCallAPI_HoldConsultTransfer(t *testing.T) {
	t.Parallel()
	a := open(t, emulator.Options{})
	id := a.talking()
	session := object{"call_session_id": id}
	hold := object{"call_session_id": id, "contact_message": object{"type": "media", "value": "301"}}
	make2 := object{"call_session_id": id, "to": timur}
	ok := any(object{"success": "true"})
	for _, method := range []string{"unhold.call", "transfer.talk", "restore.talk"} {
		require.Equal(t, "-32004 invalid_state", a.refused(method, session), "%s in a talk", method)
	}
	require.Equal(t, "-32004 invalid_state", a.refused("make.call", make2), "only on hold")
	require.Equal(t, "-32602 required_parameter_missed contact_message", a.refused("hold.call", session))
	require.Equal(t, ok, a.data("hold.call", hold))
	require.Equal(t, "-32004 invalid_state", a.refused("hold.call", hold))
	require.Equal(t, ok, a.data("unhold.call", session))
	a.data("hold.call", hold)
	require.Equal(t, ok, a.data("make.call", make2))
	require.Equal(t, exchange.StageConsultDialing, a.stage(id))
	require.Equal(t, ok, a.data("restore.talk", session))
	require.Equal(t, exchange.StageTalk, a.stage(id))

	a.data("hold.call", hold)
	a.data("make.call", make2)
	require.NoError(t, a.Answer(id, timur))
	require.Equal(t, exchange.StageConsult, a.stage(id))
	require.Equal(t, ok, a.data("transfer.talk", session))
	c, _ := a.Call(id)
	require.Equal(t, exchange.StageTalk, c.Stage)
	require.Len(t, c.Talks, 2)
	require.Equal(t, timur, c.LiveLeg(exchange.Employee).Number)
	require.Equal(t, ok, a.data("release.call", session))
	require.Equal(t, "-32602 call_session_not_found call_session_id", a.refused("release.call", session))
}

func TestCallAPI_AThirdPartyThatIsBusyLeavesTheContactOnHold(t *testing.T) {
	t.Parallel()
	a := open(t, emulator.Options{})
	require.NoError(t, a.SetLine(timur, exchange.Rule{Kind: exchange.IsBusy}))
	id := a.talking()
	a.data("hold.call", object{"call_session_id": id, "contact_message": object{"type": "tts", "value": "Минуту"}})
	a.data("make.call", object{"call_session_id": id, "to": timur})
	require.Equal(t, exchange.StageHold, a.stage(id))
	a.data("unhold.call", object{"call_session_id": id})
}

func TestCallAPI_TransferToATelephoneThatStillRings(t *testing.T) {
	t.Parallel()
	a := open(t, emulator.Options{})
	id := a.talking()
	require.NoError(t, a.Hold(id))
	a.data("make.call", object{"call_session_id": id, "to": timur})
	a.data("transfer.talk", object{"call_session_id": id})
	require.NoError(t, a.Answer(id, timur))
	c, _ := a.Call(id)
	require.Equal(t, exchange.StageTalk, c.Stage)
	require.Equal(t, exchange.ReasonTransferred, c.Legs[0].Reason)
}

func TestCallAPI_LegsTagsRecordsAndDigits(t *testing.T) {
	t.Parallel()
	a := open(t, emulator.Options{})
	id := a.talking()
	with := func(name string, value any) object { return object{"call_session_id": id, name: value} }
	require.Equal(t, "-32602 tag_not_found tag_id", a.refused("tag.call", with("tag_id", 1)))
	a.data("tag.call", with("tag_id", 501))
	require.Equal(t, "-32602 duplicate_tag tag_id", a.refused("tag.call", with("tag_id", 501)))
	require.Equal(t, []any{object{"tag_id": 501.0, "tag_name": "Целевой"}}, a.data("list.calls", nil).([]any)[0].(object)["tags"])
	a.data("send.dtmf", with("dtmf_string", "5"))
	require.Equal(t, "-32602 invalid_parameter_value dtmf_string", a.refused("send.dtmf", with("dtmf_string", "55")))
	a.data("record.call", with("action", "on"))
	a.data("record.call", with("action", "off"))
	require.Equal(t, "-32602 invalid_parameter_value action", a.refused("record.call", with("action", "pause")))
	require.Equal(t, "-32602 leg_not_found leg_id", a.refused("disconnect.leg", with("leg_id", 1)))
	contact := a.data("list.calls", nil).([]any)[0].(object)["legs"].([]any)[1].(object)
	require.Equal(t, false, contact["is_operator"])
	a.data("disconnect.leg", with("leg_id", contact["leg_id"]))
	require.Equal(t, exchange.StageFinished, a.stage(id), "the contact's leg ends the session")

	inbound, err := a.PlaceCall(client, sales)
	require.NoError(t, err)
	require.Equal(t, "-32003 forbidden action", a.refused("record.call", object{"call_session_id": inbound, "action": "off"}), "what is recorded always can't be switched off")
	require.Equal(t, "-32004 invalid_state", a.refused("send.dtmf", object{"call_session_id": inbound, "dtmf_string": "1"}))
}

func TestCallAPI_OtherAddressesAndMethods(t *testing.T) {
	t.Parallel()
	a := open(t, emulator.Options{})
	for call, want := range map[string]int{"GET /v4.0": 405, "POST /v2.0": 404, "POST /v4.0/": 200, "GET /system/media/talk/1/x/": 404} {
		method, path, _ := strings.Cut(call, " ")
		r, err := http.NewRequestWithContext(t.Context(), method, a.url+path, strings.NewReader("{}"))
		require.NoError(t, err)
		resp, err := http.DefaultClient.Do(r)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		require.Equal(t, want, resp.StatusCode, call)
	}
}
