package dataapi_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/accounts"
	"github.com/skvoz/skvoz/store"
	"github.com/skvoz/skvoz/store/storetest"
)

var update = flag.Bool("update", false, "write the golden files anew")

// errorCase is a request that must fail in a documented way. Its golden file holds the request and the whole answer.
type errorCase struct {
	name string
	// body is sent as it is; with params instead, it is a call of method.
	body           string
	method, params string
	prepare        func(w *world)
}

func errorCases() []errorCase {
	get, employees := "get.account", "get.deal_employees"
	employee := func(w *world) { w.ok("create.deal_employees", `"ext_id":"e1","name":"Мария"`) }
	return []errorCase{
		{name: "parse_error", body: `{"jsonrpc": "2.0", "id": 1,`},
		{name: "parse_error.duplicate_name", body: `{"jsonrpc":"2.0","id":1,"id":2,"method":"get.account"}`},
		{name: "parse_error.too_deep", body: `{"jsonrpc":"2.0","id":1,"method":"get.account","params":` + strings.Repeat(`{"a":`, 40) + `1` + strings.Repeat(`}`, 40) + `}`},
		{name: "parse_error.not_utf8", body: "{\"jsonrpc\":\"2.0\",\"id\":\"\xff\"}"},
		{name: "parse_error.nul", body: "{\"jsonrpc\":\"2.0\",\"id\":1\x00}"},
		{name: "parse_error.empty", body: ``},
		{name: "parse_error.something_after", body: `{"jsonrpc":"2.0","id":1,"method":"get.account"} {}`},
		{name: "invalid_request.no_object", body: `"get.account"`},
		{name: "invalid_request.version", body: `{"jsonrpc":"1.0","id":1,"method":"get.account","params":{}}`},
		{name: "invalid_request.id", body: `{"jsonrpc":"2.0","id":{},"method":"get.account","params":{}}`},
		{name: "invalid_request.id_null", body: `{"jsonrpc":"2.0","id":null,"method":"get.account","params":{}}`},
		{name: "invalid_request.method", body: `{"jsonrpc":"2.0","id":1,"method":5,"params":{}}`},
		{name: "invalid_request.params", body: `{"jsonrpc":"2.0","id":"a","method":"get.account","params":["x"]}`},
		{name: "method_not_found", body: `{"jsonrpc":"2.0","id":1,"method":"get.nothing","params":{}}`},
		{name: "batch_opreations_not_supported", body: `[{"jsonrpc":"2.0","id":1,"method":"get.account","params":{}}]`},
		{name: "notifications_not_supported", body: `{"jsonrpc":"2.0","method":"get.account","params":{}}`},
		{name: "access_token_missed", body: `{"jsonrpc":"2.0","id":1,"method":"get.account"}`},
		{name: "access_token_type", body: `{"jsonrpc":"2.0","id":1,"method":"get.account","params":{"access_token":5}}`},
		{name: "access_token_invalid", body: `{"jsonrpc":"2.0","id":1,"method":"get.account","params":{"access_token":"0123456789012345678901234567890123456789"}}`},
		{name: "access_token_expired", method: get, prepare: func(w *world) {
			end := start.Add(time.Second)
			secret, _, err := w.accounts.CreateTokenFor(w.t.Context(), "owner@okna.example", accounts.NewToken{Name: "dated", Scopes: []accounts.Scope{accounts.ScopeDataAPI}, ExpiresAt: &end})
			require.NoError(w.t, err)
			w.token = secret
			w.clock.Advance(time.Second)
		}},
		{name: "access_token_blocked", method: get, prepare: func(w *world) {
			u := w.user("blocked@okna.example", accounts.RoleAdmin)
			w.token = w.key("blocked@okna.example", accounts.ScopeDataAPI)
			_, err := w.accounts.UpdateUser(w.t.Context(), w.owner, u.ID, accounts.UserUpdate{Blocked: core.Some(true)})
			require.NoError(w.t, err)
		}},
		{name: "auth_error", body: `{"jsonrpc":"2.0","id":1,"method":"login.user","params":{"login":"owner@okna.example","password":"wrong"}}`},
		{name: "login.password_missed", body: `{"jsonrpc":"2.0","id":1,"method":"login.user","params":{"login":"owner@okna.example"}}`},
		{name: "limit_exceeded.login", body: `{"jsonrpc":"2.0","id":1,"method":"login.user","params":{"login":"owner@okna.example","password":"wrong"}}`, prepare: func(w *world) {
			for range 10 {
				w.post(`{"jsonrpc":"2.0","id":1,"method":"login.user","params":{"login":"owner@okna.example","password":"wrong"}}`)
			}
		}},
		{name: "ip_not_whitelisted", method: get, prepare: func(w *world) { w.disallow("0.0.0.0/0") }},
		{name: "forbidden.scope", method: get, prepare: func(w *world) { w.token = w.key("owner@okna.example", accounts.ScopeRead) }},
		{name: "forbidden.role", method: "delete.deals", params: `"ext_id":"d"`, prepare: func(w *world) {
			w.user("analyst@okna.example", accounts.RoleAnalyst)
			w.token = w.key("analyst@okna.example", accounts.ScopeDataAPI)
		}},
		{name: "limit_exceeded.minute", method: get, prepare: func(w *world) {
			for range 5 {
				w.ok(get, "")
			}
		}},
		{name: "limit_exceeded.day", method: get, prepare: func(w *world) {
			for range 8 {
				w.ok(get, "")
				w.clock.Advance(time.Minute)
			}
		}},
		{name: "data_type_error", method: employees, params: `"limit":"10"`},
		{name: "data_type_error.nested", method: "create.deal_contacts", params: `"contacts":[{"ext_id":"c","name":"n","phone_numbers":["79260000001",5]}]`},
		{name: "required_parameter_missed", method: "create.deal_employees", params: `"ext_id":"e"`},
		{name: "required_parameter_missed.nested", method: "create.sales_funnel", params: `"ext_id":"f","name":"n","stages":{"success":{"ext_id":"a","name":"b"},"in_process":[]}`},
		{name: "invalid_parameter_value", method: employees, params: `"limit":10001`},
		{name: "invalid_parameter_value.enum", method: "create.deal_user_field", params: `"ext_id":"u","name":"n","data_type":"date"`},
		{name: "invalid_parameter_value.nul", method: "create.deal_employees", params: `"ext_id":"e","name":"a\u0000b"`},
		{name: "invalid_parameter_value.regexp", method: employees, params: `"filter":{"field":"name","operator":"regexp","value":"("}`},
		{name: "invalid_parameter_value.operator", method: employees, params: `"filter":{"field":"name","operator":">","value":"a"}`},
		{name: "unexpected_parameters", method: get, params: `"colour":"red"`},
		{name: "unexpected_parameters.filter", method: employees, params: `"filter":{"filters":[{"field":"age","operator":"=","value":5}]}`},
		{name: "unexpected_parameters.sort", method: employees, params: `"sort":[{"field":"age"}]`},
		{name: "unexpected_parameters.fields", method: employees, params: `"fields":["name","age"]`},
		{name: "invalid_parameters_combination", method: "upload.deals_history", params: `"deals":[` + deal("d", "new", "2026-03-02 10:00:00", `,"communication_type":"call"`) + `]`},
		{name: "invalid_date_time", method: "upload.deals_history", params: `"deals":[` + deal("d", "new", "02.03.2026", "") + `]`},
		{name: "sort_prohibited", method: "get.deal_contacts", params: `"sort":[{"field":"emails","order":"asc"}]`},
		{name: "filter_prohibited", method: "get.deal_contacts", params: `"filter":{"field":"created_date_time","operator":">","value":"2026-03-01 00:00:00"}`},
		{name: "entity_not_found", method: "delete.deal_employees", params: `"ext_id":"nobody"`},
		{name: "duplicate_entity", method: "create.deal_employees", params: `"ext_id":"e1","name":"Мария"`, prepare: employee},
		{name: "dependency_error", method: "delete.deal_employees", params: `"ext_id":"e1"`, prepare: func(w *world) {
			w.funnel()
			w.ok("upload.deals_history", `"deals":[`+deal("d", "new", "2026-03-02 10:00:00", `,"employee_ext_id":"e1"`)+`]`)
			w.clock.Advance(time.Minute)
		}},
		{name: "data_limit_exceeded", method: "upload.campaign_costs", params: `"costs":[` + strings.TrimSuffix(strings.Repeat("{},", 501), ",") + `]`},
		{name: "internal_error", method: employees, prepare: func(w *world) { w.broken.isBroken = true }},
	}
}

func TestBI_4_everyDocumentedErrorHasItsGoldenAnswer(t *testing.T) {
	t.Parallel()
	for _, tc := range errorCases() {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, storetest.Open(t, store.SQLite, nil), limited(5, 8))
			if tc.prepare != nil {
				tc.prepare(w)
			}
			body := tc.body
			if tc.method != "" {
				body = bodyOf(tc.method, tc.params)
			}
			status, answer := w.post(body)
			require.Equal(t, 200, status)
			requireGolden(t, tc.name, body, answer)
		})
	}
}

func requireGolden(t *testing.T, name, request, answer string) {
	t.Helper()
	var pretty bytes.Buffer
	require.NoError(t, json.Indent(&pretty, []byte(answer), "", "  "))
	if len(request) > 600 {
		request = request[:600] + " …"
	}
	text := "> " + strings.ToValidUTF8(strings.ReplaceAll(request, "\x00", "␀"), "\ufffd") + "\n\n" + strings.TrimSpace(pretty.String()) + "\n"
	path := filepath.Join("testdata", "golden", name+".txt")
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err, "write it with -update and look at it")
	require.Equal(t, string(want), text)
}
