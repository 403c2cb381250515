package emulator_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/internal/emulation"
	"github.com/skvoz/skvoz/pbx/ctpbx/emulator"
)

type object = map[string]any

const (
	secret  = "whsec_c2t2b3otdGVzdC1zZWNyZXQ="
	did     = "74950000001"
	caller  = "79000000001"
	patient = 15 * time.Second
)

// message is what the receiver got.
type message struct {
	path   string
	header http.Header
	body   []byte
	events []emulator.Event
}

// receiver is the other side: it takes events and answers questions.
type receiver struct {
	t   *testing.T
	url string

	mu       sync.Mutex
	messages []message
	seen     map[string]bool
	events   []emulator.Event
	answers  map[string][]string // of questions, by reason; the last one stays
	asked    []object
	status   func(n int) int // of the nth message of events; nil = 200
	silent   chan struct{}   // questions wait until it is closed
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	body, _ := io.ReadAll(req.Body)
	if strings.HasSuffix(req.URL.Path, "/route") {
		r.route(w, req, body)
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	m := message{path: req.URL.Path, header: req.Header.Clone(), body: body}
	var list struct{ Events []emulator.Event }
	if json.Unmarshal(body, &list) == nil && list.Events != nil {
		m.events = list.Events
	} else {
		var one emulator.Event
		if json.Unmarshal(body, &one) == nil {
			m.events = []emulator.Event{one}
		}
	}
	r.messages = append(r.messages, m)
	if r.status != nil {
		if status := r.status(len(r.messages)); status != http.StatusOK {
			w.WriteHeader(status)
			return
		}
	}
	for _, e := range m.events {
		if !r.seen[e.ID] {
			r.seen[e.ID] = true
			r.events = append(r.events, e)
		}
	}
	_, _ = io.WriteString(w, `{"accepted":1}`)
}

func (r *receiver) route(w http.ResponseWriter, req *http.Request, body []byte) {
	var question object
	_ = json.Unmarshal(body, &question)
	reason, _ := question["reason"].(string)
	r.mu.Lock()
	r.asked = append(r.asked, question)
	all := r.answers[reason]
	answer := `{"state":null,"do":[{"hangup":{}}]}`
	if len(all) > 0 {
		answer = all[0]
	}
	if len(all) > 1 {
		r.answers[reason] = all[1:]
	}
	silent := r.silent
	r.mu.Unlock()
	if silent != nil {
		select {
		case <-silent:
		case <-req.Context().Done():
		}
	}
	if answer == "503" {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	_, _ = io.WriteString(w, answer)
}

// answer says how questions of a reason are answered, one after the other; the last one stays.
func (r *receiver) answer(reason string, documents ...string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.answers[reason] = documents
}

// of returns the events of a call got so far, by seq.
func (r *receiver) of(callID string) []emulator.Event {
	r.mu.Lock()
	defer r.mu.Unlock()
	var out []emulator.Event
	for _, e := range r.events {
		if e.CallID == callID {
			out = append(out, e)
		}
	}
	slices.SortFunc(out, func(a, b emulator.Event) int { return a.Seq - b.Seq })
	return out
}

func (r *receiver) questions(reason string) []object {
	r.mu.Lock()
	defer r.mu.Unlock()
	var out []object
	for _, q := range r.asked {
		if q["reason"] == reason {
			out = append(out, q)
		}
	}
	return out
}

// sim is a provider over real HTTP, connected to a receiver.
type sim struct {
	*emulator.Server
	t   *testing.T
	kit *emulation.Kit
	url string
	to  *receiver
}

func open(t *testing.T, o emulator.Options) *sim {
	t.Helper()
	to := &receiver{t: t, seen: map[string]bool{}, answers: map[string][]string{}}
	other := httptest.NewServer(to)
	to.url = other.URL
	kit := emulation.NewKit()
	o.Address, o.Secret = other.URL+"/tel/v1/conn1", secret
	s := emulator.New(kit, o)
	web := httptest.NewServer(kit.Wrap(s))
	s.SetBaseURL(web.URL)
	t.Cleanup(func() {
		s.Close()
		web.Close()
		kit.Close()
		other.Close()
	})
	return &sim{s, t, kit, web.URL, to}
}

// await polls until something is true.
func (s *sim) await(what string, is func() bool) {
	s.t.Helper()
	require.Eventually(s.t, is, patient, 2*time.Millisecond, what)
}

// event waits for the nth event of a type of a call and returns its data.
func (s *sim) event(callID, kind string, n int) object {
	s.t.Helper()
	var out object
	s.await(kind, func() bool {
		seen := 0
		for _, e := range s.to.of(callID) {
			if e.Type != kind {
				continue
			}
			if seen++; seen == n {
				out = object{}
				return json.Unmarshal(e.Data, &out) == nil
			}
		}
		return false
	})
	return out
}

// types are the types of a call's events got once it has finished; their seqs have no gaps.
func (s *sim) types(callID string) string {
	s.t.Helper()
	last := s.event(callID, "call_finished", 1)["last_seq"].(float64)
	var all []emulator.Event
	s.await("all events", func() bool {
		all = s.to.of(callID)
		return len(all) >= int(last)
	})
	var names []string
	for i, e := range all {
		require.Equal(s.t, i+1, e.Seq)
		if !strings.HasPrefix(e.Type, "recording") {
			names = append(names, e.Type)
		}
	}
	return strings.Join(names, " ")
}

func (s *sim) rings(key string) {
	s.t.Helper()
	s.await(key+" rings", func() bool { return s.phone(key).LegState == "ringing" })
}

func (s *sim) phone(key string) emulator.Phone {
	for _, p := range s.Phones() {
		if p.Key == key {
			return p
		}
	}
	return emulator.Phone{}
}

func (s *sim) legs(callID string) map[string]emulator.Leg {
	c, _ := s.Call(callID)
	out := map[string]emulator.Leg{}
	for _, l := range c.Legs {
		out[l.Number] = l
	}
	return out
}

// inbound places a call that is routed by a document.
func (s *sim) inbound(document string) string {
	s.t.Helper()
	s.to.answer("new_call", document)
	id, err := s.PlaceCall(caller, did, 0)
	require.NoError(s.t, err)
	return id
}

// talking is an inbound call answered at 101.
func (s *sim) talking() string {
	s.t.Helper()
	id := s.inbound(ring("parallel", "101"))
	s.rings("101")
	require.NoError(s.t, s.Answer("101"))
	return id
}

// ring is a document that rings lines and numbers.
func ring(strategy string, keys ...string) string {
	var targets []object
	for _, key := range keys {
		kind := "line"
		if len(key) > 4 {
			kind = "number"
		}
		targets = append(targets, object{"kind": kind, "value": key})
	}
	raw, _ := json.Marshal(object{"state": "s1", "record": true, "do": []object{{"dial": object{"leg_key": "k1", "strategy": strategy, "timeout_ms": 20000, "caller_id": "pass", "targets": targets}}}})
	return string(raw)
}

type answer struct {
	status int
	header http.Header
	text   string
}

func (a answer) json(t *testing.T) object {
	t.Helper()
	var out object
	require.NoError(t, json.Unmarshal([]byte(a.text), &out), a.text)
	return out
}

// problem is status, code and field of an error, "404 call_not_found call_id".
func (a answer) problem(t *testing.T) string {
	t.Helper()
	e, _ := a.json(t)["error"].(object)
	require.NotNil(t, e, a.text)
	require.NotEmpty(t, e["message"])
	return strings.TrimSpace(http.StatusText(a.status) + " " + e["code"].(string) + " " + e["field"].(string))
}

func (s *sim) send(method, url, token, key, body string) answer {
	s.t.Helper()
	if !strings.HasPrefix(url, "http") {
		url = s.url + url
	}
	r, err := http.NewRequestWithContext(s.t.Context(), method, url, bytes.NewReader([]byte(body)))
	require.NoError(s.t, err)
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	if key != "" {
		r.Header.Set("Idempotency-Key", key)
	}
	res, err := http.DefaultClient.Do(r)
	require.NoError(s.t, err)
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	require.NoError(s.t, err)
	return answer{res.StatusCode, res.Header, string(raw)}
}

// command sends a command with a key of its own, the same for the same command.
func (s *sim) command(path, body string) answer {
	s.t.Helper()
	key := sha256.Sum256([]byte(path + body))
	return s.send(http.MethodPost, path, s.Token(), hex.EncodeToString(key[:8]), body)
}

func (s *sim) get(path string) answer {
	s.t.Helper()
	return s.send(http.MethodGet, path, s.Token(), "", "")
}
