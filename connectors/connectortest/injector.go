package connectortest

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"time"

	"github.com/skvoz/skvoz/core/integrations"
	"github.com/skvoz/skvoz/internal/emulation"
)

// ending is how an answer ends.
type ending string

const (
	answered ending = "answered"
	cutOff   ending = "cut off"
	dropped  ending = "dropped"
	hung     ending = "hung" // until nobody waits any more
)

// certainty says whether a request that changes something may have been carried out, seen from who sent it.
type certainty string

const (
	certain   certainty = "certain"
	uncertain certainty = "uncertain"
	either    certainty = "either"
)

// fault is what goes wrong with a request, and what the connector is to make of it.
type fault struct {
	name string
	// carriedOut: the vendor has done what was asked. Of such a request status, header and body are the vendor's own unless set.
	carriedOut bool
	status     int
	header     map[string]string
	body       string
	ending     ending

	kinds []integrations.FailureKind
	// isStranger: at the test of a connection it looks like another system.
	isStranger bool
	outcome    certainty
	// retryAfter is what the failure must say; -1 = anything but nothing.
	retryAfter time.Duration
}

const page = "<html><head><title>Oops</title></head><body><h1>Oops</h1></body></html>"

var (
	isJSON = map[string]string{"Content-Type": "application/json"}
	isHTML = map[string]string{"Content-Type": "text/html; charset=utf-8"}
)

// faults are those every request may meet; one that never answers is slow.
var faults = []fault{
	{
		name: "429 with Retry-After", status: 429, header: map[string]string{"Content-Type": "application/json", "Retry-After": "7"}, body: "{}", ending: answered,
		kinds: []integrations.FailureKind{integrations.FailBusy}, outcome: certain, retryAfter: 7 * time.Second,
	},
	{
		name: "429 without Retry-After", status: 429, header: isHTML, body: page, ending: answered,
		kinds: []integrations.FailureKind{integrations.FailBusy}, outcome: certain, retryAfter: -1,
	},
	{name: "503", status: 503, header: isJSON, body: "{}", ending: answered, kinds: []integrations.FailureKind{integrations.FailDown}, outcome: uncertain},
	{name: "502", status: 502, header: isHTML, body: page, ending: answered, kinds: []integrations.FailureKind{integrations.FailDown}, outcome: uncertain},
	{
		name: "500 after all was done", carriedOut: true, status: 500, header: isHTML, body: page, ending: answered,
		kinds: []integrations.FailureKind{integrations.FailDown}, outcome: uncertain,
	},
	{
		name: "a page with 200", status: 200, header: isHTML, body: page, ending: answered,
		kinds: []integrations.FailureKind{integrations.FailDown, integrations.FailAnswer}, outcome: uncertain, isStranger: true,
	},
	{
		name: "a page with 403", status: 403, header: isHTML, body: page, ending: answered,
		kinds: []integrations.FailureKind{integrations.FailBanned, integrations.FailDown}, outcome: either, isStranger: true,
	},
	{
		name: "a redirect", status: 302, header: map[string]string{"Content-Type": "application/json", "Location": "https://sign-in.example/"}, body: "{}",
		ending: answered, outcome: either, isStranger: true,
		kinds: []integrations.FailureKind{integrations.FailAddress, integrations.FailDown, integrations.FailAnswer},
	},
	{
		name: "malformed", carriedOut: true, status: 200, header: isJSON, body: `{"result": [{"id": 1,`, ending: answered,
		kinds: []integrations.FailureKind{integrations.FailAnswer, integrations.FailDown}, outcome: uncertain, isStranger: true,
	},
	{
		name: "an empty body with 200", carriedOut: true, status: 200, header: isJSON, ending: answered,
		kinds: []integrations.FailureKind{integrations.FailAnswer, integrations.FailDown}, outcome: uncertain, isStranger: true,
	},
	{
		name: "cut off in the middle", carriedOut: true, ending: cutOff,
		kinds: []integrations.FailureKind{integrations.FailDown, integrations.FailAnswer}, outcome: uncertain,
	},
	{name: "dropped before", ending: dropped, kinds: []integrations.FailureKind{integrations.FailDown}, outcome: uncertain},
	{name: "dropped after", carriedOut: true, ending: dropped, kinds: []integrations.FailureKind{integrations.FailDown}, outcome: uncertain},
}

var slow = fault{name: "slow", carriedOut: true, ending: hung, kinds: []integrations.FailureKind{integrations.FailTimeout}, outcome: uncertain}

// injector stands before a vendor and lets one request fail.
type injector struct {
	next http.Handler

	mu       sync.Mutex
	count    int
	at       int // 0 = every request
	fault    *fault
	struck   *emulation.Entry
	arrived  chan struct{}
	released chan struct{}
}

// arm lets the request number at from now on fail, every one when at is zero; a nil fault only counts. The channel closes when it has struck.
func (i *injector) arm(f *fault, at int) (struck <-chan struct{}) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.count, i.at, i.fault, i.struck, i.arrived = 0, at, f, nil, make(chan struct{})
	if i.released == nil {
		i.released = make(chan struct{})
	}
	return i.arrived
}

// disarm ends that and returns how many requests came, and the one that failed; nil = none did.
func (i *injector) disarm() (count int, struck *emulation.Entry) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.fault = nil
	return i.count, i.struck
}

// release lets requests that hang go.
func (i *injector) release() {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.released != nil {
		close(i.released)
		i.released = nil
	}
}

// ServeHTTP implements [http.Handler].
func (i *injector) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	f, released := i.strike(r, body)
	if f == nil {
		i.next.ServeHTTP(w, r)
		return
	}
	answer := httptest.NewRecorder()
	if f.carriedOut {
		i.next.ServeHTTP(answer, r)
	}
	f.end(w, r, answer, released)
}

func (i *injector) strike(r *http.Request, body []byte) (*fault, <-chan struct{}) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.count++
	if i.fault == nil || i.at != 0 && i.at != i.count {
		return nil, nil
	}
	if i.struck == nil {
		i.struck = &emulation.Entry{Method: r.Method, Path: r.URL.Path, Query: r.URL.RawQuery, Header: r.Header.Clone(), Request: string(body)}
		close(i.arrived)
	}
	return i.fault, i.released
}

// end answers, or not.
func (f *fault) end(w http.ResponseWriter, r *http.Request, done *httptest.ResponseRecorder, released <-chan struct{}) {
	switch f.ending {
	case dropped:
		panic(http.ErrAbortHandler)
	case hung:
		select {
		case <-r.Context().Done():
		case <-released:
		}
		panic(http.ErrAbortHandler)
	case cutOff:
		whole := append(done.Body.Bytes(), `{"padding": "so that there is something to cut"}`...)
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(done.Code)
		_, _ = w.Write(whole[:len(whole)/2])
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	case answered:
		for name, value := range f.header {
			w.Header().Set(name, value)
		}
		w.WriteHeader(f.status)
		_, _ = io.WriteString(w, f.body)
	}
}
