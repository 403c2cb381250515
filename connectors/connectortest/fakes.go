package connectortest

import (
	"context"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"time"

	"github.com/skvoz/skvoz/core/integrations"
)

// vault keeps secrets in memory, and remembers all there ever were.
type vault struct {
	renewing sync.Mutex

	mu      sync.Mutex
	secrets map[string]string
	ever    map[string][]string
}

func newVault(secrets map[string]string) *vault {
	v := &vault{ever: map[string][]string{}}
	v.set(secrets)
	return v
}

// Get implements integrations.Vault.
func (v *vault) Get(ctx context.Context) (map[string]string, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	return maps.Clone(v.secrets), ctx.Err()
}

// Renew implements integrations.Vault.
func (v *vault) Renew(
	ctx context.Context, seen map[string]string, fn func(context.Context, map[string]string) (map[string]string, error),
) (map[string]string, error) {
	v.renewing.Lock()
	defer v.renewing.Unlock()
	now, err := v.Get(ctx)
	if err != nil || !maps.Equal(now, seen) {
		return now, err
	}
	next, err := fn(ctx, maps.Clone(now))
	if err != nil {
		return nil, err
	}
	v.set(next)
	return maps.Clone(next), nil
}

// Put implements integrations.Vault.
func (v *vault) Put(_ context.Context, some map[string]string) error {
	v.renewing.Lock()
	defer v.renewing.Unlock()
	v.mu.Lock()
	next := maps.Clone(v.secrets)
	v.mu.Unlock()
	for key, value := range some {
		next[key] = value
		if value == "" {
			delete(next, key)
		}
	}
	v.set(next)
	return nil
}

func (v *vault) set(secrets map[string]string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.secrets = maps.Clone(secrets)
	for key, value := range secrets {
		if !slices.Contains(v.ever[key], value) {
			v.ever[key] = append(v.ever[key], value)
		}
	}
}

// turns lets everybody through, and knows for what limits they came.
type turns struct {
	mu     sync.Mutex
	waited []integrations.Limit
}

// Wait implements integrations.Turns.
func (t *turns) Wait(ctx context.Context, l integrations.Limit) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.waited = append(t.waited, l)
	return ctx.Err()
}

// Block implements integrations.Turns.
func (*turns) Block(context.Context, string, time.Time) error { return nil }

// journal keeps exchanges.
type journal struct {
	mu   sync.Mutex
	list []integrations.Exchange
}

// Record implements integrations.Recorder.
func (j *journal) Record(e integrations.Exchange) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.list = append(j.list, e)
}

func (j *journal) all() []integrations.Exchange {
	j.mu.Lock()
	defer j.mu.Unlock()
	return slices.Clone(j.list)
}

// Door is where the vendor's webhooks come to.
type Door struct {
	server *httptest.Server
	// path ends with the secret.
	path string

	mu   sync.Mutex
	came []integrations.Hook
}

func newDoor(kind integrations.Kind) *Door {
	d := &Door{path: "/hooks/" + string(kind) + "/" + hookSecret}
	d.server = httptest.NewServer(d)
	return d
}

// ServeHTTP implements [http.Handler].
func (d *Door) ServeHTTP(_ http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.came = append(d.came, integrations.Hook{
		At: time.Now().UTC(), Method: r.Method, Query: r.URL.RawQuery, ContentType: r.Header.Get("Content-Type"), Header: map[string]string{}, Body: body,
	})
}

// URL is the address of the door.
func (d *Door) URL() string { return d.server.URL + d.path }

// Take returns the webhooks that came since the last time.
func (d *Door) Take() []integrations.Hook {
	d.mu.Lock()
	defer d.mu.Unlock()
	out := d.came
	d.came = nil
	return out
}
