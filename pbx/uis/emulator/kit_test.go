package emulator_test

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/internal/emulation"
	"github.com/skvoz/skvoz/internal/testkit"
	"github.com/skvoz/skvoz/pbx/exchange"
	"github.com/skvoz/skvoz/pbx/uis/emulator"
)

type object = map[string]any

const (
	patience = 10 * time.Second
	sales    = "74950000001" // all are recorded; both employees ring at once
	second   = "74950000002" // not recorded; one after the other
	client   = "79210000011"
	olga     = "79030000101"
	olgaSIP  = "0250101"
	timur    = "0250102"
)

// account is an emulator over real HTTP.
type account struct {
	*emulator.Server
	t   *testing.T
	kit *emulation.Kit
	url string
}

func open(t *testing.T, o emulator.Options) *account {
	t.Helper()
	kit := emulation.NewKit()
	s := emulator.New(kit, o)
	web := httptest.NewServer(kit.Wrap(s))
	t.Cleanup(func() {
		s.Close()
		kit.Close()
		web.Close()
	})
	s.SetBaseURL(web.URL)
	return &account{Server: s, t: t, kit: kit, url: web.URL}
}

// raw posts a body and returns the answer.
func (a *account) raw(body string) object {
	a.t.Helper()
	r, err := http.NewRequestWithContext(a.t.Context(), http.MethodPost, a.url+"/v4.0", strings.NewReader(body))
	require.NoError(a.t, err)
	resp, err := http.DefaultClient.Do(r)
	require.NoError(a.t, err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	require.NoError(a.t, err)
	require.Equal(a.t, http.StatusOK, resp.StatusCode, "errors are answered with 200, too: %s", text)
	require.Equal(a.t, "application/json; charset=UTF-8", resp.Header.Get("Content-Type"))
	var out object
	require.NoError(a.t, json.Unmarshal(text, &out), string(text))
	require.Equal(a.t, "2.0", out["jsonrpc"])
	return out
}

// call calls a method with the permanent key unless params have another.
func (a *account) call(method string, params object) object {
	a.t.Helper()
	all := object{"access_token": a.Token()}
	maps.Copy(all, params)
	body, err := json.Marshal(object{"jsonrpc": "2.0", "id": "r1", "method": method, "params": all})
	require.NoError(a.t, err)
	return a.raw(string(body))
}

// data is the result of a call that goes well.
func (a *account) data(method string, params object) any {
	a.t.Helper()
	out := a.call(method, params)
	require.NotContains(a.t, out, "error", "%v", out)
	require.Contains(a.t, out["result"], "metadata")
	return out["result"].(object)["data"]
}

// refused is "code mnemonic field" of a call that fails.
func (a *account) refused(method string, params object) string {
	a.t.Helper()
	return failure(a.t, a.call(method, params))
}

func failure(t *testing.T, out object) string {
	t.Helper()
	require.NotContains(t, out, "result", "%v", out)
	e := out["error"].(object)
	data := e["data"].(object)
	require.NotEmpty(t, e["message"])
	text := fmt.Sprintf("%v %v", e["code"], data["mnemonic"])
	if field, ok := data["field"]; ok {
		text += fmt.Sprintf(" %v", field)
	}
	return text
}

func (a *account) session(params object) int64 {
	a.t.Helper()
	return int64(a.data("start.employee_call", params).(object)["call_session_id"].(float64))
}

// start are parameters of a call from Olga to a client.
func start(more ...any) object {
	out := object{"first_call": "employee", "virtual_phone_number": second, "contact": client, "direction": "out", "employee": object{"id": 12801, "phone_number": olga}}
	for i := 0; i < len(more); i += 2 {
		if more[i+1] == nil {
			delete(out, more[i].(string))
			continue
		}
		out[more[i].(string)] = more[i+1]
	}
	return out
}

// talking is a call in which Olga and the client talk.
func (a *account) talking() int64 {
	a.t.Helper()
	id := a.session(start())
	require.NoError(a.t, a.Answer(id, olga))
	require.NoError(a.t, a.Answer(id, client))
	return id
}

func (a *account) stage(id int64) exchange.Stage {
	a.t.Helper()
	c, ok := a.Call(id)
	require.True(a.t, ok)
	return c.Stage
}

// receiver is the place notifications are sent to.
type receiver struct {
	url string

	mu       sync.Mutex
	requests []*http.Request
	bodies   []string
}

func receive(t *testing.T) *receiver {
	t.Helper()
	r := &receiver{}
	web := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, req *http.Request) {
		body, _ := io.ReadAll(req.Body)
		r.mu.Lock()
		defer r.mu.Unlock()
		r.requests, r.bodies = append(r.requests, req), append(r.bodies, string(body))
	}))
	t.Cleanup(web.Close)
	r.url = web.URL + "/uis/secret-of-this-address"
	return r
}

func (r *receiver) wait(t *testing.T, n int) []string {
	t.Helper()
	var out []string
	testkit.Eventually(t, patience, func() bool {
		r.mu.Lock()
		defer r.mu.Unlock()
		out = append([]string(nil), r.bodies...)
		return len(out) >= n
	}, fmt.Sprintf("%d notifications come", n))
	require.Len(t, out, n)
	return out
}

// events are the notifications by default templates, and their names.
func (r *receiver) events(t *testing.T, n int) (names []string, all []object) {
	t.Helper()
	for _, body := range r.wait(t, n) {
		var o object
		require.NoError(t, json.Unmarshal([]byte(body), &o), body)
		names, all = append(names, o["event"].(string)), append(all, o)
	}
	return names, all
}
