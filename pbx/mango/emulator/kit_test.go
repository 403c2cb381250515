package emulator_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/internal/emulation"
	"github.com/skvoz/skvoz/internal/testkit"
	"github.com/skvoz/skvoz/pbx/exchange"
	"github.com/skvoz/skvoz/pbx/mango/emulator"
)

type object = map[string]any

const (
	patience = 10 * time.Second
	menuLine = "74990000001" // a menu of 3 s, then 101 and 102; recorded
	direct   = "74990000002" // 101; recorded
	queued   = "74990000003" // 103 and 101; not recorded
	client   = "79210000011"
)

// office is an emulator over real HTTP, and the customer it tells of its calls.
type office struct {
	*emulator.Server
	t   *testing.T
	kit *emulation.Kit
	url string
	to  *receiver
}

func open(t *testing.T, o emulator.Options) *office {
	t.Helper()
	if o.Rate == 0 {
		o.Rate, o.CommandRate = 100000, 100000
	}
	kit := emulation.NewKit()
	s := emulator.New(kit, o)
	web := httptest.NewServer(kit.Wrap(s))
	t.Cleanup(func() {
		s.Close()
		kit.Close()
		web.Close()
	})
	s.SetBaseURL(web.URL)
	key, salt := s.Keys()
	out := &office{Server: s, t: t, kit: kit, url: web.URL, to: receive(t, key, salt)}
	s.SetEventsURL(out.to.url)
	return out
}

func sign(key, text, salt string) string {
	sum := sha256.Sum256([]byte(key + text + salt))
	return hex.EncodeToString(sum[:])
}

// reply is an answer.
type reply struct {
	status int
	header http.Header
	text   string
}

func (o *office) post(path string, form url.Values) reply {
	o.t.Helper()
	r, err := http.NewRequestWithContext(o.t.Context(), http.MethodPost, o.url+"/vpbx/"+path, strings.NewReader(form.Encode()))
	require.NoError(o.t, err)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return do(o.t, r)
}

func do(t *testing.T, r *http.Request) reply {
	t.Helper()
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(r)
	require.NoError(t, err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return reply{resp.StatusCode, resp.Header, string(text)}
}

// ask sends a signed request.
func (o *office) ask(path, text string) reply {
	o.t.Helper()
	key, salt := o.Keys()
	return o.post(path, url.Values{"vpbx_api_key": {key}, "sign": {sign(key, text, salt)}, "json": {text}})
}

// command returns the result of a command.
func (o *office) command(name, format string, more ...any) int {
	o.t.Helper()
	got := o.ask("commands/"+name, fmt.Sprintf(format, more...))
	require.Equal(o.t, http.StatusOK, got.status, got.text)
	var out struct{ Result int }
	require.NoError(o.t, json.Unmarshal([]byte(got.text), &out), got.text)
	return out.Result
}

// inbound is a call to a line that a person answers, and its number.
func (o *office) inbound(line string) int64 {
	o.t.Helper()
	id, err := o.PlaceCall(client, line)
	require.NoError(o.t, err)
	return id
}

func (o *office) stage(id int64) exchange.Stage {
	o.t.Helper()
	c, ok := o.Call(id)
	require.True(o.t, ok)
	return c.Stage
}

// event is a message of the vendor's.
type event struct {
	path string
	body object
}

// receiver is the customer's address; it takes only what is signed well.
type receiver struct {
	url string

	mu     sync.Mutex
	events []event
	wrong  int
}

func receive(t *testing.T, key, salt string) *receiver {
	t.Helper()
	r := &receiver{}
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		text := req.PostFormValue("json")
		var body object
		err := json.Unmarshal([]byte(text), &body)
		r.mu.Lock()
		defer r.mu.Unlock()
		if err != nil || req.PostFormValue("vpbx_api_key") != key || req.PostFormValue("sign") != sign(key, text, salt) {
			r.wrong++
			w.WriteHeader(http.StatusForbidden)
			return
		}
		r.events = append(r.events, event{strings.TrimPrefix(req.URL.Path, "/mango/"), body})
	}))
	t.Cleanup(web.Close)
	r.url = web.URL + "/mango"
	return r
}

// wait returns all messages as soon as there are n.
func (r *receiver) wait(t *testing.T, n int) []event {
	t.Helper()
	var out []event
	testkit.Eventually(t, patience, func() bool {
		r.mu.Lock()
		defer r.mu.Unlock()
		out = append([]event(nil), r.events...)
		return len(out) >= n
	}, fmt.Sprintf("%d events come", n))
	require.Len(t, out, n)
	require.Zero(t, r.wrong)
	return out
}

// short says in words what messages tell: "1 Appeared ivr", counting call_ids from 1.
func short(events []event) []string {
	var out []string
	legs := map[any]int{}
	for _, e := range events {
		if e.path != "events/call" {
			out = append(out, e.path)
			continue
		}
		id := e.body["call_id"]
		if legs[id] == 0 {
			legs[id] = len(legs) + 1
		}
		out = append(out, fmt.Sprintf("%d.%v %v %v", legs[id], e.body["seq"], e.body["call_state"], e.body["location"]))
	}
	return out
}

// callID is that of the n-th branch events told of, from 1.
func callID(events []event, n int) string {
	var ids []string
	seen := map[any]bool{}
	for _, e := range events {
		if id := e.body["call_id"]; e.path == "events/call" && !seen[id] {
			seen[id] = true
			ids = append(ids, id.(string))
		}
	}
	return ids[n-1]
}
