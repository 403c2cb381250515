package amocrm_test

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/connectors/amocrm"
	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/integrations"
	"github.com/skvoz/skvoz/internal/httpclient"
	"github.com/skvoz/skvoz/internal/testkit"
)

var update = flag.Bool("update", false, "write the golden files anew")

var today = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// vault is a vault in memory.
type vault struct {
	mu       sync.Mutex
	secrets  map[string]string
	renewals int
}

func (v *vault) Get(context.Context) (map[string]string, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	return maps.Clone(v.secrets), nil
}

func (v *vault) Renew(ctx context.Context, seen map[string]string, fn func(context.Context, map[string]string) (map[string]string, error)) (map[string]string, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if !maps.Equal(v.secrets, seen) {
		return maps.Clone(v.secrets), nil
	}
	v.renewals++
	next, err := fn(ctx, maps.Clone(v.secrets))
	if err != nil {
		return nil, err
	}
	v.secrets = maps.Clone(next)
	return next, nil
}

func (v *vault) Put(_ context.Context, some map[string]string) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	for key, value := range some {
		if value == "" {
			delete(v.secrets, key)
			continue
		}
		v.secrets[key] = value
	}
	return nil
}

func (v *vault) get(key string) string {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.secrets[key]
}

// turns counts requests and blocks.
type turns struct {
	mu     sync.Mutex
	waits  []integrations.Limit
	blocks map[string]time.Time
}

func (t *turns) Wait(ctx context.Context, l integrations.Limit) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.waits = append(t.waits, l)
	return ctx.Err()
}

func (t *turns) Block(_ context.Context, key string, until time.Time) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.blocks[key] = until
	return nil
}

// journal keeps exchanges.
type journal struct {
	mu   sync.Mutex
	list []integrations.Exchange
}

func (j *journal) Record(e integrations.Exchange) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.list = append(j.list, e)
}

// seen is a request that came.
type seen struct {
	method, path, auth, contentType string
	query                           map[string][]string
	body                            string
}

// answer is what a vendor says.
type answer struct {
	status   int
	body     string
	header   map[string]string
	isCutOff bool
}

func ok(body string) answer { return answer{status: http.StatusOK, body: body} }

var empty = answer{status: http.StatusNoContent}

// bench is a connector with everything it works with, in front of a vendor that answers as told.
type bench struct {
	t        testing.TB
	vault    *vault
	turns    *turns
	journal  *journal
	clock    *testkit.Clock
	settings integrations.Values
	url      string

	mu       sync.Mutex
	requests []seen
	routes   map[string][]answer
}

// newBench makes one; routes are "METHOD /path" with the answers in turn, the last one for ever.
func newBench(t testing.TB, routes map[string][]answer) *bench {
	t.Helper()
	b := &bench{
		t: t, routes: routes, journal: &journal{}, clock: testkit.NewClock(today),
		vault: &vault{secrets: map[string]string{"token": "long-lived-secret"}},
		turns: &turns{blocks: map[string]time.Time{}},
	}
	if routes["GET /api/v4/account"] == nil {
		routes["GET /api/v4/account"] = []answer{ok(`{"id":77,"name":"Demo","subdomain":"demo","current_user_id":5,"currency":"RUB"}`)}
	}
	srv := httptest.NewServer(b)
	t.Cleanup(srv.Close)
	b.url = srv.URL
	b.settings = integrations.Values{}
	b.settings.Set("address", srv.URL)
	return b
}

// ServeHTTP implements http.Handler.
func (b *bench) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	b.mu.Lock()
	b.requests = append(b.requests, seen{r.Method, r.URL.Path, r.Header.Get("Authorization"), r.Header.Get("Content-Type"), r.URL.Query(), string(body)})
	key := r.Method + " " + r.URL.Path
	list := b.routes[key]
	a := answer{status: http.StatusNotFound, body: `{"title":"Not Found","status":404,"detail":"no such route in this test"}`}
	if len(list) > 0 {
		a = list[0]
	}
	if len(list) > 1 {
		b.routes[key] = list[1:]
	}
	b.mu.Unlock()
	if a.isCutOff {
		panic(http.ErrAbortHandler)
	}
	for name, value := range a.header {
		w.Header().Set(name, value)
	}
	if w.Header().Get("Content-Type") == "" {
		w.Header().Set("Content-Type", "application/hal+json")
	}
	w.WriteHeader(a.status)
	_, _ = io.WriteString(w, a.body)
}

// sent returns the requests to a path, in order.
func (b *bench) sent(method, path string) []seen {
	b.mu.Lock()
	defer b.mu.Unlock()
	var out []seen
	for _, r := range b.requests {
		if r.method == method && r.path == path {
			out = append(out, r)
		}
	}
	return out
}

// all returns every request.
func (b *bench) all() []seen {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.requests)
}

func (b *bench) set(key string, list ...string) *bench {
	b.settings.Set(key, list...)
	return b
}

func (b *bench) oauth() *bench {
	b.set("auth", "oauth").set("client_id", "client-1")
	b.vault.secrets = map[string]string{
		"client_secret": "client-secret", "access_token": "access-1", "refresh_token": "refresh-1", "redirect_url": "https://stat.example.ru/connect",
		"expires_at": fmt.Sprint(today.Add(20 * time.Hour).Unix()),
	}
	return b
}

func driver() integrations.Driver {
	return amocrm.Driver(amocrm.Deps{HTTP: httpclient.New(httpclient.Options{Attempts: 1, AllowPrivate: true, Timeout: 5 * time.Second}), Clock: testkit.NewClock(today)})
}

func (b *bench) session() integrations.Session {
	return integrations.Session{
		AccountID: 1, IntegrationID: 2, Settings: b.settings, Vault: b.vault, Turns: b.turns, Journal: b.journal, Clock: b.clock,
		HookURL: "https://stat.example.ru/hooks/0123456789abcdef0123456789abcdef",
	}
}

// full is a connector with all its capabilities.
type full interface {
	integrations.Connector
	integrations.Options
	integrations.Employees
	integrations.DealDesk
	integrations.DealSource
	integrations.HookReceiver
	integrations.CallLog
	integrations.CallPopUps
}

func (b *bench) open() full {
	b.t.Helper()
	c, err := driver().Open(b.session())
	require.NoError(b.t, err)
	return c.(full)
}

// failure is the failure of a call.
func failure(t testing.TB, err error) *integrations.Failure {
	t.Helper()
	var f *integrations.Failure
	require.ErrorAs(t, err, &f)
	return f
}

// golden compares a text of JSON with a file.
func golden(t testing.TB, name, got string) {
	t.Helper()
	var value any
	require.NoError(t, json.Unmarshal([]byte(got), &value), got)
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	require.NoError(t, e.Encode(value))
	pretty := text.Bytes()
	file := filepath.Join("testdata", name+".golden.json")
	if *update {
		require.NoError(t, os.MkdirAll("testdata", 0o750))
		require.NoError(t, os.WriteFile(file, pretty, 0o600))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, string(want), string(pretty))
}

func phone(s string) integrations.Person { return integrations.Person{Phone: core.Phone(s)} }
