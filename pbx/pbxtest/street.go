package pbxtest

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/telephony"
	"github.com/skvoz/skvoz/internal/emulation"
	"github.com/skvoz/skvoz/internal/testkit"
	"github.com/skvoz/skvoz/pbx/door"
	"github.com/skvoz/skvoz/pbx/wire"
)

// patience is how long anything may take that ought to be done at once; it is long because the machine may be busy.
const patience = 20 * time.Second

const (
	connectionID = core.ConnectionID(4021)
	pathSecret   = "pathf00dc0ffee5ec2e7c0deba5e5eed"
)

// loopback is where emulators are.
var loopback = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}

// street is an emulated vendor, a connection it is attached by, and the door its messages come to.
type street struct {
	t        testing.TB
	way      *Way
	kit      *emulation.Kit
	vendor   *Vendor
	driver   telephony.Driver
	endpoint telephony.Endpoint
	attached telephony.Endpoint
	url      string

	mu       sync.Mutex
	events   []telephony.Event
	seen     map[string]bool
	refusals []string
}

func (w *Way) start(t testing.TB) *street {
	t.Helper()
	kit := emulation.NewKit()
	s := &street{t: t, way: w, kit: kit, vendor: w.Start(t, kit), seen: map[string]bool{}}
	front := httptest.NewServer(kit.Wrap(s.vendor.Handler))
	s.url = front.URL
	s.endpoint = telephony.Endpoint{
		Connection: telephony.Connection{ID: connectionID, AccountID: 1, Kind: s.vendor.Kind, IsEnabled: true, Settings: s.vendor.Settings},
		Secrets:    maps.Clone(s.vendor.Secrets),
	}
	s.endpoint.Secrets[telephony.SecretPath] = pathSecret
	s.attached = s.endpoint // what the door sees; nobody changes it
	entrance := door.New(door.Config{
		Connections: s, Events: s, Router: s, Clock: kit.Clock, Log: slog.New(slog.DiscardHandler), Rate: wire.Rate{PerSecond: 1e6, Burst: 1e6},
		ClientIP: func(r *http.Request) netip.Addr { return netip.MustParseAddrPort(r.RemoteAddr).Addr() },
	})
	hall := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		recorder := &statusWriter{ResponseWriter: w}
		entrance.ServeHTTP(recorder, r)
		if recorder.status >= 400 || bytes.Contains(recorder.said, []byte(`"rejected":[{`)) {
			s.mu.Lock()
			s.refusals = append(s.refusals, string(recorder.said))
			s.mu.Unlock()
		}
	}))
	t.Cleanup(func() {
		hall.Close()
		front.Close()
		kit.Close()
	})
	s.endpoint.Settings.Address = s.vendor.Place(t, front.URL, hall.URL+telephony.EventsPath(s.endpoint.Connection, pathSecret))
	s.driver = w.Driver(wire.Deps{Networks: loopback, Clock: kit.Clock, Timeout: patience, Rate: wire.Rate{PerSecond: 1e6, Burst: 1e6}})
	return s
}

// statusWriter remembers an answer.
type statusWriter struct {
	http.ResponseWriter
	status int
	said   []byte
}

// Write remembers the body.
func (w *statusWriter) Write(p []byte) (int, error) {
	w.said = append(w.said, p...)
	return w.ResponseWriter.Write(p)
}

// WriteHeader remembers the status.
func (w *statusWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

// ByID finds the connection.
func (s *street) ByID(_ context.Context, id core.ConnectionID) (telephony.Endpoint, error) {
	if id != connectionID {
		return telephony.Endpoint{}, core.NotFound("connection")
	}
	return s.attached, nil
}

// ByPath finds the connection by the secret in its address.
func (s *street) ByPath(_ context.Context, secret string) (telephony.Endpoint, error) {
	if secret != pathSecret {
		return telephony.Endpoint{}, core.NotFound("connection")
	}
	return s.attached, nil
}

// AddEvents keeps events, each once.
func (s *street) AddEvents(_ context.Context, _ telephony.Connection, _ time.Time, events []telephony.Event) (telephony.Received, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out telephony.Received
	for _, e := range events {
		if s.seen[e.ID] {
			out.Duplicate++
			continue
		}
		s.seen[e.ID] = true
		s.events = append(s.events, e)
		out.Accepted++
	}
	return out, nil
}

// Route answers questions as the way says.
func (s *street) Route(_ context.Context, _ telephony.Connection, r telephony.RouteRequest) ([]byte, error) {
	if s.vendor.Asked == nil {
		return nil, core.NotFound("scenario")
	}
	return s.vendor.Asked(r), nil
}

// of returns the events of a call as they came.
func (s *street) of(call string) []telephony.Event {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(s.events), func(e telephony.Event) bool { return e.CallID != call })
}

// folded waits until a call has become what it is to be, and returns it.
func (s *street) folded(call, what string, is func(f *telephony.Folded) bool) telephony.Folded {
	s.t.Helper()
	var out telephony.Folded
	limit := time.Now().Add(patience)
	for {
		out = telephony.Fold(s.of(call))
		if is(&out) {
			s.check()
			return out
		}
		if time.Now().After(limit) {
			told := ""
			for _, e := range s.of(call) {
				raw, _ := json.Marshal(e)
				told += "\n" + string(raw)
			}
			require.FailNow(s.t, "the call never became: "+what, "it is %s, and was told:%s", out.State, told)
		}
		<-time.After(2 * time.Millisecond)
	}
}

// check holds what came to the rules all events follow.
func (s *street) check() {
	s.t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	require.Empty(s.t, s.refusals, "messages were refused")
	for _, e := range s.events {
		require.NotEmpty(s.t, e.ID)
		require.LessOrEqual(s.t, len([]rune(e.ID)), 128)
		require.False(s.t, e.OccurredAt.IsZero())
		require.Equal(s.t, time.UTC, e.OccurredAt.Location())
		require.WithinDuration(s.t, s.kit.Clock.Now(), e.OccurredAt, 24*time.Hour, "%s: the zone of its time", e.Type)
	}
}

func (s *street) finished(call string) telephony.Folded {
	s.t.Helper()
	return s.folded(call, "finished", func(f *telephony.Folded) bool { return f.State == telephony.StateFinished })
}

// pass lets time pass at the vendor's.
func (s *street) pass(d time.Duration) { s.kit.Clock.Advance(d) }

// rings waits until a telephone rings.
func (s *street) rings(who string) {
	s.t.Helper()
	testkit.Eventually(s.t, patience, func() bool { return s.vendor.Rings(who) }, who+" rings")
}

// fetch reads what is at an address.
func fetch(t testing.TB, address string, header map[string]string) []byte {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, http.NoBody)
	require.NoError(t, err)
	for name, value := range header {
		req.Header.Set(name, value)
	}
	res, err := http.DefaultClient.Do(req) //nolint:forbidigo // a test's own request
	require.NoError(t, err)
	defer func() { _ = res.Body.Close() }()
	require.Equal(t, http.StatusOK, res.StatusCode, address)
	body, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	return body
}
