package emulation_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/internal/emulation"
)

// toy is a vendor with deals that people add.
type toy struct {
	kind  string
	mu    sync.Mutex
	deals []string
}

func (v *toy) Kind() string  { return v.kind }
func (v *toy) Title() string { return "Toy <" + v.kind + ">" }

func (v *toy) Credentials() []emulation.Credential {
	return []emulation.Credential{{Setting: "address", Value: "http://toy"}, {Setting: "token", Value: "t-1", Hint: "any"}}
}

func (v *toy) Tables() []emulation.Table {
	v.mu.Lock()
	defer v.mu.Unlock()
	rows := make([][]string, 0, len(v.deals))
	for i := len(v.deals) - 1; i >= 0; i-- {
		rows = append(rows, []string{fmt.Sprint(i + 1), v.deals[i]})
	}
	return []emulation.Table{{Name: "deals", Title: "Deals", Columns: []string{"id", "name"}, Rows: rows}, {Name: "people", Title: "People"}}
}

func (v *toy) Actions() []emulation.Action {
	return []emulation.Action{{Name: "create_deal", Title: "Create a deal", Params: []emulation.Param{
		{Name: "name", Title: "Name"}, {Name: "price", Title: "Price", Default: "100"}, {Name: "note", Title: "Note", Optional: true},
	}, Do: func(_ context.Context, values map[string]string) (any, error) {
		if values["name"] == "bad" {
			return nil, errors.New("no deal is called bad")
		}
		v.mu.Lock()
		defer v.mu.Unlock()
		v.deals = append(v.deals, values["name"]+" "+values["price"]+values["note"])
		return map[string]any{"id": len(v.deals)}, nil
	}}, {Name: "nothing", Title: "Do nothing", Do: func(context.Context, map[string]string) (any, error) { return nil, nil }}}
}

func (v *toy) Reset() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.deals = nil
}

func (v *toy) ServeHTTP(w http.ResponseWriter, r *http.Request) { _, _ = fmt.Fprint(w, `{"ok":true}`) }

// controlled is two toys with the control over them; vendor is the address of the first one.
type controlled struct {
	t       *testing.T
	control string
	vendor  string
	kit     *emulation.Kit
}

func control(t *testing.T) *controlled {
	t.Helper()
	a, b := &toy{kind: "alpha"}, &toy{kind: "beta"}
	kit := emulation.NewKit()
	vendor := httptest.NewServer(kit.Wrap(a))
	t.Cleanup(vendor.Close)
	srv := httptest.NewServer(emulation.NewControl([]emulation.Placed{{Vendor: a, Kit: kit, URL: vendor.URL}, {Vendor: b, Kit: emulation.NewKit(), URL: "http://b"}}))
	t.Cleanup(srv.Close)
	return &controlled{t, srv.URL, vendor.URL, kit}
}

// do makes a call, written "POST /path", and returns its status and answer.
func (c *controlled) do(call, body string, header ...string) (status int, answer string) {
	c.t.Helper()
	method, path, _ := strings.Cut(call, " ")
	req, err := http.NewRequestWithContext(c.t.Context(), method, c.control+path, strings.NewReader(body))
	require.NoError(c.t, err)
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
		if header[i] == "Host" {
			req.Host = header[i+1]
		}
	}
	res, err := http.DefaultClient.Do(req)
	require.NoError(c.t, err)
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	require.NoError(c.t, err)
	return res.StatusCode, string(raw)
}

func TestControl_EachCall(t *testing.T) {
	t.Parallel()
	cases := []struct {
		rule, call, body string
		status           int
		want             string
	}{
		{"vendors", "GET /_ctl/vendors", "", 200, `"kind":"beta","title":"Toy \u003cbeta\u003e","url":"http://b","credentials":[{"setting":"address","value":"http://toy"},{"setting":"token","value":"t-1","hint":"any"}]`},
		{"state", "GET /_ctl/alpha/state", "", 200, `{"name":"deals","title":"Deals","columns":["id","name"],"rows":[["3","three 100"],["2","two 100"],["1","one 100"]],"total":3},{"name":"people","title":"People","columns":[],"rows":[],"total":0}`},
		{"state, the newest rows", "GET /_ctl/alpha/state?rows=1", "", 200, `"rows":[["3","three 100"]],"total":3`},
		{"state, rows that are no number", "GET /_ctl/alpha/state?rows=all", "", 400, `rows=\"all\" can't be used; write 0 to 10000`},
		{"actions", "GET /_ctl/alpha/actions", "", 200, `{"actions":[{"name":"create_deal","title":"Create a deal","params":[{"name":"name","title":"Name","default":""},{"name":"price","title":"Price","default":"100"},{"name":"note","title":"Note","default":"","optional":true}]},{"name":"nothing","title":"Do nothing","params":[]}]}`},
		{"an action", "POST /_ctl/alpha/actions/create_deal", `{"name":"four"}`, 200, `{"result":{"id":4}}`},
		{"an action with a number", "POST /_ctl/alpha/actions/create_deal", `{"name":"four","price":250.50}`, 200, `{"result":{"id":4}}`},
		{"an action without parameters", "POST /_ctl/alpha/actions/nothing", "", 200, `{"result":null}`},
		{"an action that can't be", "POST /_ctl/alpha/actions/create_deal", `{"name":"bad"}`, 422, `{"error":"no deal is called bad"}`},
		{"an action without what it needs", "POST /_ctl/alpha/actions/create_deal", `{"price":"1"}`, 400, `{"error":"parameter \"name\" (Name) is missing"}`},
		{"an action with what it needs left empty", "POST /_ctl/alpha/actions/create_deal", `{"name":""}`, 400, `is missing`},
		{"an action with more than it knows", "POST /_ctl/alpha/actions/create_deal", `{"name":"a","sum":1}`, 400, `{"error":"unknown parameter \"sum\""}`},
		{"an action with a list", "POST /_ctl/alpha/actions/create_deal", `{"name":["a"]}`, 400, `parameter \"name\": neither text nor a number`},
		{"an action with no object", "POST /_ctl/alpha/actions/create_deal", `[1]`, 400, `must be one JSON object`},
		{"an action with two objects", "POST /_ctl/alpha/actions/create_deal", `{"name":"a"} {}`, 400, `must be one JSON object`},
		{"an unknown action", "POST /_ctl/alpha/actions/dance", "", 404, `no action \"dance\"; there are: create_deal, nothing`},
		{"journal", "GET /_ctl/alpha/journal", "", 200, `"first":1,"last":3`},
		{"journal of a path", "GET /_ctl/alpha/journal?path=/b&method=post&limit=1", "", 200, `{"entries":[{"number":2,`},
		{"journal from a number on", "GET /_ctl/alpha/journal?after=2", "", 200, `{"entries":[{"number":3,`},
		{"journal, nothing new", "GET /_ctl/alpha/journal?after=3", "", 200, `{"entries":[],"first":1,"last":3}`},
		{"journal, a limit that is none", "GET /_ctl/alpha/journal?limit=0", "", 400, `write 1 to 5000`},
		{"journal cleared", "DELETE /_ctl/alpha/journal", "", 204, ``},
		{"faults", "GET /_ctl/alpha/faults", "", 200, `{"faults":[],"kinds":["status",`},
		{"a fault", "POST /_ctl/alpha/faults", `{"kind":"status","status":429,"times":2}`, 200, `{"faults":[{"kind":"status","times":2,"status":429}]`},
		{"an unknown fault", "POST /_ctl/alpha/faults", `{"kind":"fire"}`, 400, `unknown fault \"fire\"; known: [status`},
		{"a fault with a field nobody knows", "POST /_ctl/alpha/faults", `{"kind":"drop","probability":1}`, 400, `unknown field \"probability\"`},
		{"faults off", "DELETE /_ctl/alpha/faults", "", 204, ``},
		{"clock", "GET /_ctl/alpha/clock", "", 200, `"offset":"0s"`},
		{"clock moved", "POST /_ctl/alpha/clock", `{"advance":"1h30m"}`, 200, `"offset":"1h30m0s"`},
		{"clock moved back", "POST /_ctl/alpha/clock", `{"advance":"-1h"}`, 400, `write a time forward such as \"90s\"`},
		{"clock moved by words", "POST /_ctl/alpha/clock", `{"advance":"tomorrow"}`, 400, `advance \"tomorrow\" can't be used`},
		{"clock moved by nothing", "POST /_ctl/alpha/clock", ``, 400, `can't be used`},
		{"reset", "POST /_ctl/alpha/reset", "", 204, ``},
		{"an unknown vendor", "GET /_ctl/gamma/state", "", 404, `{"error":"no emulator \"gamma\"; there are: alpha, beta"}`},
		{"an unknown call", "PUT /_ctl/alpha/state", "", 404, `no call PUT /_ctl/alpha/state; there are: GET /_ctl/vendors`},
	}
	for _, tt := range cases {
		t.Run(tt.rule, func(t *testing.T) {
			t.Parallel()
			c := control(t)
			for _, name := range []string{"one", "two", "three"} {
				status, answer := c.do("POST /_ctl/alpha/actions/create_deal", `{"name":"`+name+`"}`)
				require.Equal(t, 200, status, answer)
			}
			for _, request := range []string{"GET /a", "POST /b", "GET /a"} {
				method, path, _ := strings.Cut(request, " ")
				_, err := send(t, method, c.vendor+path, "hello")
				require.NoError(t, err)
			}
			status, answer := c.do(tt.call, tt.body)
			require.Equal(t, tt.status, status, answer)
			require.Contains(t, answer, tt.want)
			if status >= 400 {
				var problem map[string]string
				require.NoError(t, json.Unmarshal([]byte(answer), &problem))
				require.NotEmpty(t, problem["error"])
			}
		})
	}
}

func TestControl_ResetForgetsStateFaultsAndJournalButNotTheTime(t *testing.T) {
	t.Parallel()
	c := control(t)
	c.do("POST /_ctl/alpha/actions/create_deal", `{"name":"one"}`)
	c.do("POST /_ctl/alpha/faults", `{"kind":"drop"}`)
	c.do("POST /_ctl/alpha/clock", `{"advance":"1h"}`)
	_, err := send(t, http.MethodGet, c.vendor, "")
	require.Error(t, err, "the fault strikes")
	require.Len(t, c.kit.Journal.Find("", ""), 1)
	status, _ := c.do("POST /_ctl/alpha/reset", "")
	require.Equal(t, 204, status)
	_, answer := c.do("GET /_ctl/alpha/state", "")
	require.Contains(t, answer, `"total":0`)
	require.Empty(t, c.kit.Faults.List())
	require.Empty(t, c.kit.Journal.Find("", ""))
	require.Equal(t, time.Hour, c.kit.Clock.Offset())
}

func TestControl_OnlyThisMachineIsLetIn(t *testing.T) {
	t.Parallel()
	const get, post = "GET /_ctl/alpha/clock", "POST /_ctl/alpha/reset"
	cases := []struct {
		rule, call string
		header     []string
		in         bool
	}{
		{"by name", get, []string{"Host", "localhost:8095"}, true},
		{"by name in capitals", get, []string{"Host", "LOCALHOST"}, true},
		{"by address", get, []string{"Host", "127.0.0.1:1"}, true},
		{"by IPv6 address", get, []string{"Host", "[::1]:8095"}, true},
		{"by IPv6 address without a port", get, []string{"Host", "[::1]"}, true},
		{"another name that leads here", get, []string{"Host", "evil.example:8095"}, false},
		{"a name that begins alike", get, []string{"Host", "localhost.evil.example"}, false},
		{"a name that begins like an address", get, []string{"Host", "127.0.0.1.evil.example"}, false},
		{"an address of the network", get, []string{"Host", "192.168.1.5:8095"}, false},
		{"a program", post, nil, true},
		{"the page itself", post, []string{"Host", "localhost:8095", "Origin", "http://localhost:8095", "Sec-Fetch-Site", "same-origin"}, true},
		{"the page in a browser without Sec-Fetch-Site", post, []string{"Host", "localhost:8095", "Origin", "http://localhost:8095"}, true},
		{"a page of another port", post, []string{"Host", "localhost:8095", "Origin", "http://localhost:3000", "Sec-Fetch-Site", "same-site"}, false},
		{"a page of another port, no Sec-Fetch-Site", post, []string{"Host", "localhost:8095", "Origin", "http://localhost:3000"}, false},
		{"a page elsewhere", post, []string{"Host", "localhost:8095", "Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site"}, false},
		{"a page without an origin of its own", post, []string{"Host", "localhost:8095", "Origin", "null"}, false},
		{"a page elsewhere that deletes", "DELETE /_ctl/alpha/journal", []string{"Host", "localhost", "Origin", "https://evil.example"}, false},
		{"the page of another name", "GET /", []string{"Host", "evil.example"}, false},
	}
	for _, tt := range cases {
		t.Run(tt.rule, func(t *testing.T) {
			t.Parallel()
			status, answer := control(t).do(tt.call, "", tt.header...)
			if tt.in {
				require.Less(t, status, 300, answer)
				return
			}
			require.Equal(t, http.StatusForbidden, status)
			require.Contains(t, answer, `{"error":"`)
		})
	}
}

func TestPage_SpeaksTheReadersLanguage(t *testing.T) {
	t.Parallel()
	c := control(t)
	for accept, want := range map[string]string{
		"": `lang="en"`, "ru": `lang="ru"`, "ru-RU,ru;q=0.9,en;q=0.8": `lang="ru"`, "en-GB,ru;q=0.5": `lang="en"`, "de-DE,de;q=0.9": `lang="en"`, "uk,ru;q=0.5": `lang="ru"`, ";;;": `lang="en"`,
	} {
		status, page := c.do("GET /", "", "Accept-Language", accept)
		require.Equal(t, 200, status)
		require.Contains(t, page, want, accept)
	}
}

func TestPage_HasEverythingItNeedsFromHere(t *testing.T) {
	t.Parallel()
	c := control(t)
	_, page := c.do("GET /", "")
	for _, text := range []string{"http:", "https:", "//"} {
		rest := strings.NewReplacer("http://toy", "", `http:\/\/toy`, "", "http://b", "", c.vendor, "", "http://www.w3.org/2000/svg", "", "http:\\/\\/", "").Replace(page)
		require.NotContains(t, rest, text)
	}
	require.NotContains(t, page, "Toy <", "titles are escaped")
	for _, file := range []string{"/page.css", "/page.js"} {
		require.Contains(t, page, file)
		status, content := c.do("GET "+file, "")
		require.Equal(t, 200, status)
		require.NotContains(t, content, "http")
	}
	status, _ := c.do("GET /page.html", "")
	require.Equal(t, 404, status)
}

func TestPage_SaysTheSameInBothLanguages(t *testing.T) {
	t.Parallel()
	keys := func(lang string) map[string]bool {
		_, page := control(t).do("GET /", "", "Accept-Language", lang)
		_, data, _ := strings.Cut(page, `id="data">`)
		data, _, _ = strings.Cut(data, "</script>")
		var all struct{ Words map[string]string }
		require.NoError(t, json.Unmarshal([]byte(data), &all), data)
		out := map[string]bool{}
		for key, text := range all.Words {
			require.NotEmpty(t, text, key)
			out[key] = true
		}
		return out
	}
	english := keys("en")
	require.Equal(t, english, keys("ru"))
	for _, kind := range emulation.FaultKinds() {
		require.True(t, english["fault_"+string(kind)], kind)
	}
	script, err := http.Dir("page").Open("page.js")
	require.NoError(t, err)
	defer script.Close()
	raw, err := io.ReadAll(script)
	require.NoError(t, err)
	for _, used := range regexp.MustCompile(`\bwords\.(\w+)`).FindAllStringSubmatch(string(raw), -1) {
		require.True(t, english[used[1]], used[1])
	}
	for key := range english {
		require.True(t, strings.HasPrefix(key, "fault_") || strings.Contains(string(raw), "words."+key) || key == "title" || key == "vendors" || key == "none", "nobody uses %q", key)
	}
}

func FuzzControl_AnyBodyIsAnsweredWithAReason(f *testing.F) {
	for _, body := range []string{"", "{}", `{"name":"a","price":1e9}`, `{"kind":"status","status":429}`, `{"advance":"1h"}`, `[`, `{"name":{}}`, "null", "\xff"} {
		f.Add(body)
	}
	v := &toy{kind: "alpha"}
	handler := emulation.NewControl([]emulation.Placed{{Vendor: v, Kit: emulation.NewKit(), URL: "http://a"}})
	f.Fuzz(func(t *testing.T, body string) {
		for _, path := range []string{"actions/create_deal", "faults", "clock"} {
			r := httptest.NewRequest(http.MethodPost, "/_ctl/alpha/"+path, strings.NewReader(body))
			r.Host = "localhost"
			w := httptest.NewRecorder()
			handler.ServeHTTP(w, r)
			require.Contains(t, []int{200, 400, 422}, w.Code)
			require.True(t, json.Valid(w.Body.Bytes()), w.Body.String())
		}
		r := httptest.NewRequest(http.MethodPost, "/_ctl/alpha/reset", http.NoBody)
		r.Host = "localhost"
		handler.ServeHTTP(httptest.NewRecorder(), r)
	})
}
