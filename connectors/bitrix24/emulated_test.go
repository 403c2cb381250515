package bitrix24_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/connectors/bitrix24/emulator"
	"github.com/skvoz/skvoz/core/integrations"
	"github.com/skvoz/skvoz/internal/emulation"
)

// emulated is a whole emulated portal and the door its events come to.
type emulated struct {
	*emulator.Server
	kit  *emulation.Kit
	url  string
	mu   sync.Mutex
	came []integrations.Hook
	door *httptest.Server
}

func emulate(t *testing.T, o emulator.Options) *emulated {
	t.Helper()
	e := &emulated{kit: emulation.NewKit()}
	o.ClientID, o.ClientSecret = "local.1", "appkey"
	e.Server = emulator.New(e.kit, o)
	front := httptest.NewServer(e.kit.Wrap(e.Server))
	e.url = front.URL
	e.SetBaseURL(front.URL)
	e.door = httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		e.mu.Lock()
		defer e.mu.Unlock()
		e.came = append(e.came, integrations.Hook{At: time.Now(), Method: r.Method, Query: r.URL.RawQuery, ContentType: r.Header.Get("Content-Type"), Body: body})
	}))
	t.Cleanup(func() {
		e.Close()
		e.kit.Close()
		front.Close()
		e.door.Close()
	})
	return e
}

// hooks returns what came to the door since the last time, when nothing is under way any more.
func (e *emulated) hooks(t *testing.T) []integrations.Hook {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	require.NoError(t, e.Settle(ctx))
	e.mu.Lock()
	defer e.mu.Unlock()
	out := e.came
	e.came = nil
	return out
}

// hooked is a session by the emulator's web hook, installed one by its application.
func (e *emulated) hooked(t *testing.T, settings map[string]string) *rig {
	t.Helper()
	r := newRig(map[string]string{"webhook": e.Webhook()}, settings)
	r.session.Clock = e.kit.Clock
	return r
}

func (e *emulated) installed(t *testing.T, settings map[string]string) *rig {
	t.Helper()
	r := byApp(e.url, settings)
	r.vault.secrets = map[string]string{"client_secret": "appkey"}
	r.session.Clock, r.session.HookURL = e.kit.Clock, e.door.URL+"/hooks/0123456789"
	_, err := e.InstallApp(t.Context(), emulator.Install{Handler: r.session.HookURL})
	require.NoError(t, err)
	hooks := e.hooks(t)
	require.Len(t, hooks, 1)
	news, err := r.open(t).ParseHook(t.Context(), hooks[0])
	require.NoError(t, err)
	require.True(t, news.Installed)
	require.NoError(t, r.vault.Put(t.Context(), news.Secrets))
	return r
}
