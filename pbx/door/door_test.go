package door_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/telephony"
	"github.com/skvoz/skvoz/internal/testkit"
	"github.com/skvoz/skvoz/pbx/ctpbx"
	"github.com/skvoz/skvoz/pbx/door"
	"github.com/skvoz/skvoz/pbx/wire"
)

const (
	secret    = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
	oldSecret = "whsec_YW4gb2xkZXIgc2VjcmV0IG9mIDMyIGJ5dGVzLCB5ZXM="
	pathKey   = "k3yinthepathofaweakconnection"
)

// routed is the router's answer.
const routed = `{"state":"s1:op3","do":[{"answer":{}}]}`

var now = time.Date(2026, 11, 22, 6, 7, 8, 0, time.UTC)

// behind is what stands behind the door.
type behind struct {
	mu       sync.Mutex
	byID     map[core.ConnectionID]telephony.Endpoint
	byPath   map[string]telephony.Endpoint
	kept     map[string]telephony.Event
	of       []core.ConnectionID
	asked    []telephony.RouteRequest
	storing  error
	routing  func(ctx context.Context) ([]byte, error)
	lookedUp int
}

func (b *behind) ByID(_ context.Context, id core.ConnectionID) (telephony.Endpoint, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.lookedUp++
	if e, ok := b.byID[id]; ok {
		return e, nil
	}
	return telephony.Endpoint{}, core.NotFound("connection")
}

func (b *behind) ByPath(_ context.Context, path string) (telephony.Endpoint, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.lookedUp++
	if e, ok := b.byPath[path]; ok {
		return e, nil
	}
	return telephony.Endpoint{}, core.NotFound("connection")
}

func (b *behind) AddEvents(ctx context.Context, c telephony.Connection, _ time.Time, events []telephony.Event) (telephony.Received, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.storing != nil {
		return telephony.Received{}, b.storing
	}
	if _, hurried := ctx.Deadline(); !hurried {
		return telephony.Received{}, errors.New("a request without end")
	}
	var out telephony.Received
	for _, e := range events {
		if _, known := b.kept[e.ID]; known {
			out.Duplicate++
			continue
		}
		b.kept[e.ID] = e
		b.of = append(b.of, c.ID)
		out.Accepted++
	}
	return out, nil
}

func (b *behind) Route(ctx context.Context, _ telephony.Connection, r telephony.RouteRequest) ([]byte, error) {
	b.mu.Lock()
	b.asked = append(b.asked, r)
	route := b.routing
	b.mu.Unlock()
	if route != nil {
		return route(ctx)
	}
	return []byte(routed), nil
}

// routes says what becomes of questions.
func (b *behind) routes(how func(ctx context.Context) ([]byte, error)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.routing = how
}

type street struct {
	*behind
	clock *testkit.Clock
	door  http.Handler
	log   *strings.Builder
}

func newStreet(rate wire.Rate) *street {
	b := &behind{byID: map[core.ConnectionID]telephony.Endpoint{}, byPath: map[string]telephony.Endpoint{}, kept: map[string]telephony.Event{}}
	b.byID[7] = telephony.Endpoint{
		Connection: telephony.Connection{ID: 7, AccountID: 1, Kind: telephony.KindCTPBX, IsEnabled: true},
		Secrets:    telephony.Secrets{telephony.SecretSigning: secret, telephony.SecretSigningOld: oldSecret, telephony.SecretPath: "thepathofasignedconnection"},
	}
	b.byPath["thepathofasignedconnection"] = b.byID[7]
	weak := telephony.Endpoint{
		Connection: telephony.Connection{ID: 8, AccountID: 1, Kind: telephony.KindCTPBX, IsEnabled: true, Settings: telephony.ConnectionSettings{IsWeak: true, AllowedIPs: []string{"192.0.2.1", "198.51.100.0/24"}}},
		Secrets:    telephony.Secrets{telephony.SecretPath: pathKey},
	}
	b.byID[8], b.byPath[pathKey] = weak, weak
	b.byID[9] = telephony.Endpoint{Connection: telephony.Connection{ID: 9, Kind: telephony.KindCTPBX}, Secrets: telephony.Secrets{telephony.SecretSigning: secret}}
	uis := telephony.Endpoint{Connection: telephony.Connection{ID: 10, Kind: telephony.KindUIS, IsEnabled: true}}
	b.byID[10], b.byPath["thepathofaconnectionofuis"] = uis, uis
	clock, log := testkit.NewClock(now), &strings.Builder{}
	return &street{behind: b, clock: clock, log: log, door: door.New(door.Config{
		Connections: b, Events: b, Router: b, Clock: clock, Log: slog.New(slog.NewTextHandler(log, nil)), Rate: rate,
		ClientIP: func(r *http.Request) netip.Addr { return netip.MustParseAddrPort(r.RemoteAddr).Addr() },
	})}
}

func signed(path, body string, at time.Time, keys ...string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
	r.Header.Set("webhook-id", "msg_1")
	r.Header.Set("webhook-timestamp", strconv.FormatInt(at.Unix(), 10))
	var all []string
	for _, key := range keys {
		all = append(all, ctpbx.Sign(key, "msg_1", at, []byte(body)))
	}
	r.Header.Set("webhook-signature", strings.Join(all, " "))
	return r
}

func (s *street) knock(r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	s.door.ServeHTTP(w, r)
	return w
}

func event(id string, seq int) string {
	return fmt.Sprintf(`{"id":%q,"type":"leg_ringing","occurred_at":"2026-11-22T06:07:08.478Z","call_id":"c-1","seq":%d,"data":{"leg_id":"l1"}}`, id, seq)
}

func code(t *testing.T, w *httptest.ResponseRecorder) string {
	t.Helper()
	var answer struct {
		Error struct {
			Code    string `json:"code"`
			Message string `json:"message"`
		} `json:"error"`
	}
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &answer), w.Body.String())
	require.NotEmpty(t, answer.Error.Message)
	return answer.Error.Code
}

func TestTR1_Events_AreKeptBeforeTheAnswer(t *testing.T) {
	t.Parallel()
	s := newStreet(wire.Rate{})
	one := s.knock(signed("/tel/v1/7/events", event("evt_1", 4), now, secret))
	require.Equal(t, http.StatusOK, one.Code, one.Body)
	require.JSONEq(t, `{"accepted":1,"duplicate":0,"rejected":[]}`, one.Body.String())
	require.Equal(t, []core.ConnectionID{7}, s.of)

	batch := `{"events":[` + event("evt_1", 4) + "," + event("evt_2", 5) + `,{"id":"evt_9","type":"nonsense"},` + event("evt_3", 6) + `]}`
	many := s.knock(signed("/tel/v1/7/events", batch, now, oldSecret))
	require.JSONEq(t, `{"accepted":2,"duplicate":1,"rejected":[{"id":"evt_9","code":"unknown_type"}]}`, many.Body.String())

	s.storing = errors.New("the disk is full")
	lost := s.knock(signed("/tel/v1/7/events", event("evt_4", 7), now, secret))
	require.Equal(t, http.StatusServiceUnavailable, lost.Code)
	require.NotEmpty(t, lost.Header().Get("Retry-After"))
	require.NotContains(t, lost.Body.String(), "disk")
	require.Contains(t, s.log.String(), "the disk is full")
}

func TestTR1_Events_AreRefused(t *testing.T) {
	t.Parallel()
	good := event("evt_1", 4)
	changed := func(r *http.Request, do func(*http.Request)) *http.Request { do(r); return r }
	cases := []struct {
		rule    string
		request *http.Request
		status  int
		code    string
	}{
		{"signed by nobody", httptest.NewRequest(http.MethodPost, "/tel/v1/7/events", strings.NewReader(good)), 401, "missing_signature"},
		{"signed with another secret", signed("/tel/v1/7/events", good, now, "whsec_b3RoZXI="), 401, "bad_signature"},
		{"overheard and repeated later", signed("/tel/v1/7/events", good, now.Add(-301*time.Second), secret), 401, "too_old"},
		{"signed in the future", signed("/tel/v1/7/events", good, now.Add(301*time.Second), secret), 401, "too_new"},
		{"another body than the signed one", changed(signed("/tel/v1/7/events", good, now, secret), func(r *http.Request) { r.Header.Set("webhook-id", "msg_2") }), 401, "bad_signature"},
		{"no connection of this number", signed("/tel/v1/77/events", good, now, secret), 404, "not_found"},
		{"no number", signed("/tel/v1/seven/events", good, now, secret), 404, "not_found"},
		{"a connection that is switched off", signed("/tel/v1/9/events", good, now, secret), 404, "connection_off"},
		{"no such address", signed("/tel/v1/7/event", good, now, secret), 404, "not_found"},
		{"no JSON", signed("/tel/v1/7/events", "{", now, secret), 400, "bad_json"},
		{"101 events", signed("/tel/v1/7/events", `{"events":[`+strings.Repeat(good+",", 100)+good+`]}`, now, secret), 413, "too_many_events"},
		{"more than 1 MiB", signed("/tel/v1/7/events", strings.Repeat(" ", 1<<20)+good, now, secret), 413, "too_large"},
		{"by GET", httptest.NewRequest(http.MethodGet, "/tel/v1/7/events", http.NoBody), 405, "method_not_allowed"},
		{"the address of a signed connection with a secret", httptest.NewRequest(http.MethodPost, "/tel/v1/w/thepathofasignedconnection/events", strings.NewReader(good)), 404, "not_found"},
		{"a weak connection by its number", httptest.NewRequest(http.MethodPost, "/tel/v1/8/events", strings.NewReader(good)), 401, "missing_signature"},
		{"a connection of UIS by its number", httptest.NewRequest(http.MethodPost, "/tel/v1/10/events", strings.NewReader(`{}`)), 404, "not_found"},
		{"a secret nobody has", httptest.NewRequest(http.MethodPost, "/tel/v1/w/nobodyhassuchasecret/events", strings.NewReader(good)), 404, "not_found"},
		{"no secret", httptest.NewRequest(http.MethodPost, "/tel/v1/w//events", strings.NewReader(good)), 404, "not_found"},
	}
	for _, c := range cases {
		t.Run(c.rule, func(t *testing.T) {
			t.Parallel()
			s := newStreet(wire.Rate{})
			w := s.knock(c.request)
			require.Equal(t, c.status, w.Code, w.Body)
			require.Equal(t, c.code, code(t, w))
			require.Empty(t, s.kept)
		})
	}
}

func TestTR1_Weak_IsKnownByTheAddressAndTheCaller(t *testing.T) {
	t.Parallel()
	s := newStreet(wire.Rate{})
	from := func(ip string) *http.Request {
		r := httptest.NewRequest(http.MethodPost, "/tel/v1/w/"+pathKey+"/events", strings.NewReader(event("evt_1", 1)))
		r.RemoteAddr = netip.AddrPortFrom(netip.MustParseAddr(ip), 4000).String()
		return r
	}
	require.Equal(t, http.StatusOK, s.knock(from("192.0.2.1")).Code)
	require.Equal(t, http.StatusOK, s.knock(from("198.51.100.77")).Code)
	stranger := s.knock(from("203.0.113.5"))
	require.Equal(t, http.StatusUnauthorized, stranger.Code)
	require.Equal(t, "ip_not_allowed", code(t, stranger))
}

func TestDoor_EachConnectionHasItsRate(t *testing.T) {
	t.Parallel()
	s := newStreet(wire.Rate{PerSecond: 0.5, Burst: 3})
	for i := range 3 {
		require.Equal(t, http.StatusOK, s.knock(signed("/tel/v1/7/events", event("evt_"+strconv.Itoa(i), i+1), now, secret)).Code)
	}
	full := s.knock(signed("/tel/v1/7/events", event("evt_9", 9), now, secret))
	require.Equal(t, http.StatusTooManyRequests, full.Code)
	require.Equal(t, "2", full.Header().Get("Retry-After"))
	require.Equal(t, http.StatusOK, s.knock(httptest.NewRequest(http.MethodPost, "/tel/v1/w/"+pathKey+"/events", strings.NewReader(event("evt_10", 1)))).Code, "another connection's turn")
	s.clock.Advance(2 * time.Second)
	require.Equal(t, http.StatusOK, s.knock(signed("/tel/v1/7/events", event("evt_9", 9), now, secret)).Code)
}

const question = `{"request_id":"rq_7","call_id":"c-446","seq":2,"reason":"new_call","did":"74950000001","caller":"79000000001","state":null,"data":{}}`

func TestTR2_Route_AnswersAsTheRouterSays(t *testing.T) {
	t.Parallel()
	s := newStreet(wire.Rate{})
	w := s.knock(signed("/tel/v1/7/route", question, now, secret))
	require.Equal(t, http.StatusOK, w.Code, w.Body)
	require.True(t, bytes.Equal([]byte(routed), w.Body.Bytes()), "byte for byte")
	require.Equal(t, telephony.RouteRequest{RequestID: "rq_7", CallID: "c-446", Seq: 2, Reason: telephony.RouteNewCall, DID: "74950000001", Caller: "79000000001"}, s.asked[0])
	require.Equal(t, http.StatusOK, s.knock(httptest.NewRequest(http.MethodPost, "/tel/v1/w/"+pathKey+"/route", strings.NewReader(question))).Code)
	require.Equal(t, http.StatusUnauthorized, s.knock(httptest.NewRequest(http.MethodPost, "/tel/v1/7/route", strings.NewReader(question))).Code)
}

func TestTR2_Route_APBXThatHearsNothingInTimeFallsBack(t *testing.T) {
	t.Parallel()
	s := newStreet(wire.Rate{})
	s.routes(func(ctx context.Context) ([]byte, error) {
		<-ctx.Done() // a scenario that never ends
		return nil, ctx.Err()
	})
	began := time.Now()
	w := s.knock(signed("/tel/v1/7/route", question, now, secret))
	require.Equal(t, http.StatusServiceUnavailable, w.Code)
	require.Less(t, time.Since(began), telephony.RouteDeadline, "before the PBX gives up")

	s.routes(func(context.Context) ([]byte, error) { panic("a fault in a scenario") })
	require.Equal(t, http.StatusServiceUnavailable, s.knock(signed("/tel/v1/7/route", question, now, secret)).Code)

	s.routes(func(context.Context) ([]byte, error) { return nil, core.Invalid("state", "bad_state", "no such state") })
	bad := s.knock(signed("/tel/v1/7/route", question, now, secret))
	require.Equal(t, http.StatusBadRequest, bad.Code)
	require.Equal(t, "bad_state", code(t, bad))
}

func TestTR2_Route_RefusesWhatIsNoQuestion(t *testing.T) {
	t.Parallel()
	ask := func(old, fresh string) string { return strings.Replace(question, old, fresh, 1) }
	cases := []struct{ rule, body string }{
		{"no JSON", "?"},
		{"no id", ask(`"rq_7"`, `""`)},
		{"no call", ask(`"c-446"`, `""`)},
		{"a reason nobody knows", ask("new_call", "boredom")},
		{"no number", ask("74950000001", "")},
		{"a number with a plus", ask("74950000001", "+74950000001")},
		{"a state as long as a book", ask("null", `"`+strings.Repeat("a", 2000)+`"`)},
		{"a result nobody knows", ask(`{}`, `{"results":[{"leg_id":"l1","reason":"because"}]}`)},
		{"letters that were pressed", ask(`{}`, `{"value":"abc"}`)},
	}
	for _, c := range cases {
		t.Run(c.rule, func(t *testing.T) {
			t.Parallel()
			s := newStreet(wire.Rate{})
			require.Equal(t, http.StatusBadRequest, s.knock(signed("/tel/v1/7/route", c.body, now, secret)).Code)
			require.Empty(t, s.asked)
		})
	}
}

func TestCache_AsksOnceInAFewSeconds(t *testing.T) {
	t.Parallel()
	s := newStreet(wire.Rate{})
	cache := door.NewCache(s.behind, s.clock)
	for range 5 {
		e, err := cache.ByID(t.Context(), 7)
		require.NoError(t, err)
		require.Equal(t, core.ConnectionID(7), e.ID)
		_, err = cache.ByPath(t.Context(), "unknown")
		require.Equal(t, core.KindNotFound, core.KindOf(err))
	}
	require.Equal(t, 2, s.lookedUp)
	s.clock.Advance(4 * time.Second)
	_, _ = cache.ByID(t.Context(), 7)
	require.Equal(t, 3, s.lookedUp)
	cache.Forget()
	_, _ = cache.ByID(t.Context(), 7)
	require.Equal(t, 4, s.lookedUp)
}
