package bitrix24_test

import (
	"context"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"path"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/connectors/bitrix24"
	"github.com/skvoz/skvoz/core/integrations"
	"github.com/skvoz/skvoz/internal/httpclient"
)

// vault keeps secrets in memory.
type vault struct {
	mu      sync.Mutex
	secrets map[string]string
	renewed int
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
	v.renewed++
	next, err := fn(ctx, maps.Clone(v.secrets))
	if err != nil {
		return nil, err
	}
	v.secrets = next
	return maps.Clone(next), nil
}

func (v *vault) Put(_ context.Context, some map[string]string) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	maps.Copy(v.secrets, some)
	return nil
}

// turns lets everybody through and remembers what was asked.
type turns struct {
	mu      sync.Mutex
	waited  []integrations.Limit
	blocked map[string]time.Time
}

func (t *turns) Wait(_ context.Context, l integrations.Limit) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.waited = append(t.waited, l)
	return nil
}

func (t *turns) Block(_ context.Context, key string, until time.Time) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.blocked[key] = until
	return nil
}

// journal remembers exchanges.
type journal struct {
	mu   sync.Mutex
	list []integrations.Exchange
}

func (j *journal) Record(e integrations.Exchange) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.list = append(j.list, e)
}

func (j *journal) text(t *testing.T) string {
	t.Helper()
	j.mu.Lock()
	defer j.mu.Unlock()
	raw, err := json.Marshal(j.list)
	require.NoError(t, err)
	return string(raw)
}

// clock stands still until it is set.
type clock struct{ now time.Time }

func (c *clock) Now() time.Time { return c.now }

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

const (
	hookSecret = "topsecrethook"
	hookURL    = "https://skvoz.example.ru/hooks/0123456789"
)

// sent is a request a portal got.
type sent struct {
	method string
	path   string
	query  string
	header http.Header
	body   string
}

// reply is an answer of a scripted portal.
type reply struct {
	status int
	body   string
	header http.Header
}

// portal answers as it is told: the replies to each method in turn, the last one again and again.
type portal struct {
	*httptest.Server
	mu      sync.Mutex
	replies map[string][]reply
	got     []sent
}

func newPortal(t *testing.T, replies map[string][]reply) *portal {
	t.Helper()
	p := &portal{replies: replies}
	p.Server = httptest.NewServer(p)
	t.Cleanup(p.Close)
	return p
}

// ServeHTTP implements [http.Handler].
func (p *portal) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	p.mu.Lock()
	defer p.mu.Unlock()
	name := strings.TrimSuffix(path.Base(r.URL.Path), ".json")
	p.got = append(p.got, sent{method: name, path: r.URL.Path, query: r.URL.RawQuery, header: r.Header, body: string(body)})
	list := p.replies[name]
	if len(list) == 0 {
		w.WriteHeader(http.StatusNotFound)
		_, _ = io.WriteString(w, `{"error":"ERROR_METHOD_NOT_FOUND","error_description":"Method not found!"}`)
		return
	}
	if len(list) > 1 {
		p.replies[name] = list[1:]
	}
	answer := list[0]
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	for key, values := range answer.header {
		w.Header()[key] = values
	}
	if answer.status != 0 {
		w.WriteHeader(answer.status)
	}
	_, _ = io.WriteString(w, answer.body)
}

func (p *portal) sent() []sent {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]sent(nil), p.got...)
}

func (p *portal) host() string { return strings.TrimPrefix(p.URL, "http://") }

// rig is a session with everything a test may look at.
type rig struct {
	vault   *vault
	turns   *turns
	journal *journal
	clock   *clock
	session integrations.Session
	driver  integrations.Driver
}

func newRig(secrets, settings map[string]string) *rig {
	r := &rig{vault: &vault{secrets: secrets}, turns: &turns{blocked: map[string]time.Time{}}, journal: &journal{}}
	values := integrations.Values{}
	for key, value := range settings {
		values.Set(key, value)
	}
	c := &clock{noon}
	r.clock = c
	r.driver = bitrix24.Driver(bitrix24.Deps{HTTP: httpclient.New(httpclient.Options{Attempts: 1, AllowPrivate: true, Timeout: 5 * time.Second}), Clock: c})
	r.session = integrations.Session{
		AccountID: 1, IntegrationID: 2, Settings: values, Vault: r.vault, Turns: r.turns, Journal: r.journal, Clock: c, HookURL: hookURL,
	}
	return r
}

// byHook is a rig that comes by an incoming web hook.
func byHook(base string, settings map[string]string) *rig {
	return newRig(map[string]string{"webhook": base + "/rest/1/" + hookSecret + "/"}, settings)
}

// byApp is a rig of an installed local application.
func byApp(base string, settings map[string]string) *rig {
	all := map[string]string{"auth": "app", "address": base, "client_id": "local.1"}
	maps.Copy(all, settings)
	return newRig(map[string]string{
		"client_secret": "appkey", "access_token": "access-1", "refresh_token": "refresh-1", "application_token": "apptoken", "member_id": "m1",
		"portal": strings.TrimPrefix(base, "http://"),
	}, all)
}

// connector is everything a Bitrix24 connector can do.
type connector interface {
	integrations.Connector
	integrations.Options
	integrations.Employees
	integrations.DealDesk
	integrations.Preparer
	integrations.DealSource
	integrations.HookReceiver
}

func (r *rig) open(t *testing.T) connector {
	t.Helper()
	c, err := r.driver.Open(r.session)
	require.NoError(t, err)
	return c.(connector)
}

func failure(t *testing.T, err error) *integrations.Failure {
	t.Helper()
	require.Error(t, err)
	var f *integrations.Failure
	require.ErrorAs(t, err, &f, "every error is a Failure")
	return f
}
