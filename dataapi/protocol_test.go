package dataapi_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/accounts"
	"github.com/skvoz/skvoz/dataapi"
	"github.com/skvoz/skvoz/store"
	"github.com/skvoz/skvoz/store/storetest"
)

func TestBI_1_keysAndSessionsOpenTheAPI(t *testing.T) {
	t.Parallel()
	eachEngine(t, func(t *testing.T, w *world) {
		require.JSONEq(t, fmt.Sprintf(`[{"app_id":%d,"name":"Окна","timezone":"Europe/Moscow"}]`, w.account), w.ok("get.account", `"user_id":5`))

		_, raw := w.post(`{"jsonrpc":"2.0","id":"l","method":"login.user","params":{"login":"owner@okna.example","password":"` + password + `"}}`)
		var login struct {
			Result struct {
				Data struct {
					AccessToken string `json:"access_token"`
					ExpireAt    int64  `json:"expire_at"`
					Expire      int64
					AppID       core.AccountID `json:"app_id"`
				}
			}
		}
		require.NoError(t, json.Unmarshal([]byte(raw), &login), raw)
		data := login.Result.Data
		require.Equal(t, start.Add(time.Hour).Unix(), data.ExpireAt)
		require.Equal(t, data.ExpireAt, data.Expire)
		require.Equal(t, w.account, data.AppID)
		require.Len(t, data.AccessToken, 40)

		w.token = data.AccessToken
		w.ok("get.account", "")
		w.clock.Advance(time.Hour)
		w.refused("access_token_expired", "", "get.account", "")
		w.clock.Advance(-time.Minute)
		w.ok("logout.user", "")
		w.refused("access_token_invalid", "", "get.account", "")

		w.token = w.login()
		w.ok("get.account", "")
		_, err := w.accounts.ChangePassword(t.Context(), w.owner, password, "another good password")
		require.NoError(t, err)
		w.refused("access_token_invalid", "", "get.account", "")
	})
}

// login begins a session of the owner and returns its token.
func (w *world) login() string {
	w.t.Helper()
	_, raw := w.post(`{"jsonrpc":"2.0","id":1,"method":"login.user","params":{"login":"owner@okna.example","password":"` + password + `"}}`)
	_, after, found := strings.Cut(raw, `"access_token":"`)
	require.True(w.t, found, raw)
	return after[:40]
}

func TestBI_1_whoMayDoWhat(t *testing.T) {
	t.Parallel()
	eachEngine(t, func(t *testing.T, w *world) {
		w.user("analyst@okna.example", accounts.RoleAnalyst)
		operator := w.user("operator@okna.example", accounts.RoleOperator)
		admin := w.user("admin@okna.example", accounts.RoleAdmin)
		w.token = w.key("owner@okna.example", accounts.ScopeRead, accounts.ScopeWrite)
		w.refused("forbidden", "", "get.account", "")
		w.token = w.key("analyst@okna.example", accounts.ScopeDataAPI)
		w.ok("get.sales_funnel", "")
		w.refused("forbidden", "", "create.deal_employees", `"ext_id":"e","name":"n"`)
		w.token = w.key(string(operator.Email), accounts.ScopeDataAPI)
		require.Equal(t, -32003, w.refused("forbidden", "", "get.account", "").Error.Code)
		_, raw := w.post(`{"jsonrpc":"2.0","id":1,"method":"login.user","params":{"login":"operator@okna.example","password":"` + password + `"}}`)
		require.Contains(t, raw, `"forbidden"`)
		w.token = w.key(string(admin.Email), accounts.ScopeDataAPI)
		w.ok("create.deal_employees", `"ext_id":"e","name":"n"`)
		_, err := w.accounts.UpdateUser(t.Context(), w.owner, admin.ID, accounts.UserUpdate{Blocked: core.Some(true)})
		require.NoError(t, err)
		w.refused("access_token_blocked", "", "get.account", "")
		w.token = strings.Repeat("x", 40)
		w.refused("access_token_invalid", "", "get.account", "")
		w.token = "short"
		w.refused("access_token_invalid", "", "get.account", "")
	})
}

func TestBI_1_aKeyEndsWithItsDate(t *testing.T) {
	t.Parallel()
	eachEngine(t, func(t *testing.T, w *world) {
		end := start.Add(48 * time.Hour)
		secret, _, err := w.accounts.CreateTokenFor(t.Context(), "owner@okna.example", accounts.NewToken{Name: "dated", Scopes: []accounts.Scope{accounts.ScopeDataAPI}, ExpiresAt: &end})
		require.NoError(t, err)
		w.token = secret
		w.ok("get.account", "")
		w.clock.Set(end)
		w.refused("access_token_expired", "", "get.account", "")
	})
}

func TestBI_2_onlyListedAddressesMayCall(t *testing.T) {
	t.Parallel()
	eachEngine(t, func(t *testing.T, w *world) {
		w.disallow("0.0.0.0/0")
		a := w.refused("ip_not_whitelisted", "", "get.account", "")
		require.Equal(t, "Your IP 198.51.100.7 is not whitelisted", a.Error.Message)
		require.Empty(t, a.Error.Data.Metadata)
		for _, tc := range []struct {
			network, ip string
			ok          bool
		}{
			{"203.0.113.0/24", "198.51.100.7", false},
			{"198.51.100.7", "198.51.100.7", true},
			{"198.51.100.7", "198.51.100.8", false},
			{"198.51.100.0/29", "198.51.100.7", true},
			{"2001:db8::/32", "2001:db8::5", true},
			{"::/0", "198.51.100.7", false},
			{"::/0", "2001:db8::5", true},
			{"0.0.0.0/0", "2001:db8::5", true},
			{"0.0.0.0/0", "198.51.100.7", true},
		} {
			w.allow(tc.network)
			w.ip = netip.MustParseAddr(tc.ip)
			require.Equal(t, tc.ok, w.call("get.account", "").Error == nil, "%v", tc)
			w.disallow(tc.network)
		}
		w.ip = netip.Addr{}
		w.refused("ip_not_whitelisted", "", "get.account", "")
		_, raw := w.post(`{"jsonrpc":"2.0","id":1,"method":"login.user","params":{"login":"owner@okna.example","password":"` + password + `"}}`)
		require.Contains(t, raw, `"ip_not_whitelisted"`)
	})
}

func TestBI_2_theListIsEditedByNetworks(t *testing.T) {
	t.Parallel()
	eachEngine(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		for _, bad := range []string{"", "x", "300.1.1.1", "10.0.0.0/33", "10.0.0.1/8", "fe80::1%eth0", "::ffff:1.2.3.0/120"} {
			_, err := w.accounts.AllowNetwork(ctx, w.account, bad, "")
			require.Equal(t, core.KindInvalid, core.KindOf(err), bad)
		}
		n, err := w.accounts.AllowNetwork(ctx, w.account, " ::ffff:203.0.113.5 ", "офис")
		require.NoError(t, err)
		require.Equal(t, "203.0.113.5/32", n.Network)
		_, err = w.accounts.AllowNetwork(ctx, w.account, "203.0.113.5/32", "склад")
		require.NoError(t, err)
		list, err := w.accounts.AllowedNetworks(ctx, w.account)
		require.NoError(t, err)
		require.Len(t, list, 2)
		require.Equal(t, "склад", list[1].Comment)
		require.NoError(t, w.accounts.RemoveNetwork(ctx, w.account, "203.0.113.5"))
		require.Equal(t, core.KindNotFound, core.KindOf(w.accounts.RemoveNetwork(ctx, w.account, "203.0.113.5")))
		_, err = w.accounts.AllowNetwork(ctx, 99, "203.0.113.5", "")
		require.Equal(t, core.KindNotFound, core.KindOf(err))
	})
}

func TestBI_4_onlySuccessfulCallsCost_andALimitSaysWhenToComeBack(t *testing.T) {
	t.Parallel()
	eachEngine(t, func(t *testing.T, w *world) {
		a := w.call("get.account", "")
		require.Equal(t, map[string]int{"minute_limit": 3, "minute_remaining": 2, "minute_reset": 30, "day_limit": 5, "day_remaining": 4, "day_reset": 12*3600 - 30}, a.Result.Metadata.Limits)
		require.Nil(t, a.Result.Metadata.Version)
		a = w.refused("required_parameter_missed", "ext_id", "delete.deals", "")
		require.Contains(t, fmt.Sprint(a.Error.Data.Metadata), "minute_remaining:2", "a failed call costs nothing")
		w.ok("get.account", "")
		w.ok("get.account", "")
		a = w.refused("limit_exceeded", "", "get.account", "")
		require.Equal(t, "Limit per minute has been exceeded. Value of current limit per minute is 3", a.Error.Message)
		require.Equal(t, -32029, a.Error.Code)
		require.Equal(t, "minute", a.Error.Data.Params["limit_type"])
		require.InDelta(t, 3, a.Error.Data.Params["limit_max_value"], 0)
		w.clock.Advance(30 * time.Second)
		w.ok("get.account", "")
		w.ok("get.account", "")
		w.clock.Advance(time.Minute)
		a = w.refused("limit_exceeded", "", "get.account", "")
		require.Equal(t, "day", a.Error.Data.Params["limit_type"])
		w.clock.Set(time.Date(2026, 3, 10, 21, 0, 0, 0, time.UTC)) // midnight in Moscow
		w.ok("get.account", "")
	}, limited(3, 5))
}

func TestBI_4_callsAtOnceDoNotPassTheLimit(t *testing.T) {
	t.Parallel()
	eachEngine(t, func(t *testing.T, w *world) {
		var passed atomic.Int32
		var all sync.WaitGroup
		for range 24 {
			all.Go(func() {
				_, raw := w.post(bodyOf("get.account", ""))
				switch {
				case strings.Contains(raw, `"result"`):
					passed.Add(1)
				case !strings.Contains(raw, `"limit_exceeded"`):
					t.Error(raw)
				}
			})
		}
		all.Wait()
		require.EqualValues(t, 10, passed.Load())
	}, limited(10, 0))
}

func TestBI_4_theJournalKeepsCallsOfKnownAccounts(t *testing.T) {
	t.Parallel()
	eachEngine(t, func(t *testing.T, w *world) {
		w.ok("get.account", "")
		w.clock.Advance(time.Second)
		w.refused("required_parameter_missed", "ext_id", "delete.deals", "")
		w.post(`{`)
		w.call("no.such", "")
		w.disallow("0.0.0.0/0")
		w.call("get.account", "")
		w.allow("0.0.0.0/0")
		page, err := w.accounts.DataAPICalls(t.Context(), w.account, core.PageRequest{First: 10})
		require.NoError(t, err)
		require.Len(t, page.Nodes, 2)
		first, last := page.Nodes[1], page.Nodes[0]
		require.Equal(t, "get.account", first.Method)
		require.Equal(t, 1, first.Points)
		require.Equal(t, "test", first.TokenName)
		require.Equal(t, "198.51.100.7", first.IP)
		require.Equal(t, "required_parameter_missed", last.Mnemonic)
		require.Equal(t, -32602, last.ErrorCode)
		require.Zero(t, last.Points)
		w.clock.Advance(31 * 24 * time.Hour)
		w.ok("get.account", "")
		page, err = w.accounts.DataAPICalls(t.Context(), w.account, core.PageRequest{First: 10})
		require.NoError(t, err)
		require.Len(t, page.Nodes, 1, "what is older than 30 days is gone")
	})
}

func TestProtocol_takesWhatRealClientsSend(t *testing.T) {
	t.Parallel()
	eachEngine(t, func(t *testing.T, w *world) {
		w.funnel()
		for i := range 25 {
			w.ok("create.deal_employees", fmt.Sprintf(`"ext_id":"m%02d","name":"Сотрудник %d"`, i, i))
		}
		for _, id := range []string{`1700000000000`, `"abc"`, `123456789012345678901234567890`, `1.50`, `-0`, `"<ёж> \u0041"`} {
			_, raw := w.post(`{"jsonrpc":"2.0","id":` + id + `,"method":"get.account","params":{"access_token":"$TOKEN"}}`)
			require.Contains(t, raw, `"id":`+id+`,`)
			require.NotContains(t, raw, "error")
		}
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, w.server.URL+"/v2.0/",
			strings.NewReader("\xef\xbb\xbf"+`{"jsonrpc":"2.0","id":1,"method":"get.account","params":{"access_token":"`+w.token+`"}}`))
		require.NoError(t, err)
		req.Header["Content-Type"] = nil
		resp, err := http.DefaultClient.Do(req)
		require.NoError(t, err)
		defer resp.Body.Close()
		raw, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		require.Contains(t, string(raw), `"result"`)
		require.Equal(t, "application/json; charset=utf-8", resp.Header.Get("Content-Type"))

		a := w.call("get.deal_employees", `"limit":10000,"offset":0,"filter":{},"sort":[],"fields":null`)
		require.Equal(t, 26, *a.Result.Metadata.TotalItems)
		a = w.call("get.deal_employees", `"filter":{"field":"name","operator":"!=","value":null},"limit":1`)
		require.Equal(t, 26, *a.Result.Metadata.TotalItems)
		a = w.call("get.deal_employees", `"filter":{"field":"name","operator":"is_null"}`)
		require.Equal(t, 0, *a.Result.Metadata.TotalItems)
		a = w.call("get.deal_employees", `"filter":{"condition":"or","filters":[{"field":"ext_id","operator":"=","value":"m01"},
			{"condition":"and","filters":[{"field":"name","operator":"ilike","value":"%СОТРУДНИК 1%"},{"field":"ext_id","operator":"not_in","value":["m10","m11"]}]},{}]}`)
		require.Equal(t, 9, *a.Result.Metadata.TotalItems)

		collected := 0
		for offset := 0; ; {
			a := w.call("get.deal_employees", fmt.Sprintf(`"limit":7,"offset":%d,"sort":[{"field":"ext_id","order":"desc"}]`, offset))
			var rows []struct {
				ExtID string `json:"ext_id"`
			}
			require.NoError(t, json.Unmarshal(a.Result.Data, &rows))
			if offset == 0 {
				require.Equal(t, "m24", rows[0].ExtID)
			}
			offset, collected = offset+len(rows), collected+len(rows)
			if collected >= *a.Result.Metadata.TotalItems {
				break
			}
			require.NotEmpty(t, rows, "a client that collects all would never end")
		}
		require.Equal(t, 26, collected)
	})
}

func TestProtocol_boundsWhatABodyMayHold(t *testing.T) {
	t.Parallel()
	w := newWorld(t, storetest.Open(t, store.SQLite, nil))
	for _, tc := range []struct{ rule, body, mnemonic, detail string }{
		{"size", `"` + strings.Repeat("a", dataapi.MaxBody) + `"`, "invalid_request", "larger than 10 MB"},
		{"number of values", `[` + strings.Repeat(`[],`, 600_000) + `1]`, "parse_error", "more than 500000 values"},
		{"depth", strings.Repeat(`[`, 1_000_000), "parse_error", "deeper than 32 levels"},
		{"length of the id", `{"jsonrpc":"2.0","id":"` + strings.Repeat("a", 2000) + `","method":"get.account"}`, "invalid_request", "id is longer"},
	} {
		status, raw := w.post(tc.body)
		require.Equal(t, http.StatusOK, status, tc.rule)
		require.Contains(t, raw, tc.mnemonic, tc.rule)
		require.Contains(t, raw, tc.detail, tc.rule)
	}
	a := w.refused("unexpected_parameters", "", "get.account", `"\u0000":1`)
	require.NotNil(t, a.Error)
	page, err := w.accounts.DataAPICalls(t.Context(), w.account, core.PageRequest{First: 10})
	require.NoError(t, err)
	require.Len(t, page.Nodes, 1)
	require.NotContains(t, page.Nodes[0].ErrorText, "\x00")
}

func TestProtocol_answersPOSTOnly(t *testing.T) {
	t.Parallel()
	eachEngine(t, func(t *testing.T, w *world) {
		resp, err := http.Get(w.server.URL + "/v2.0")
		require.NoError(t, err)
		defer resp.Body.Close()
		raw, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		require.Equal(t, http.StatusMethodNotAllowed, resp.StatusCode)
		require.Equal(t, "POST", resp.Header.Get("Allow"))
		require.Contains(t, string(raw), "POST")
	})
}
