package emulator_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/connectors/bitrix24/emulator"
	"github.com/skvoz/skvoz/internal/emulation"
)

type m = map[string]any

// portal is an emulator behind a real listener.
type portal struct {
	*emulator.Server
	kit  *emulation.Kit
	base string
	// secret is the application's.
	id, secret string
}

func open(t *testing.T, o emulator.Options) *portal {
	t.Helper()
	kit := emulation.NewKit()
	s := emulator.New(kit, o)
	web := httptest.NewServer(kit.Wrap(s))
	t.Cleanup(func() {
		s.Close()
		web.Close()
	})
	s.SetBaseURL(web.URL)
	p := &portal{Server: s, kit: kit, base: web.URL}
	for _, c := range s.Credentials() {
		switch c.Setting {
		case "client_id":
			p.id = c.Value
		case "client_secret":
			p.secret = c.Value
		}
	}
	return p
}

// unlimited is a portal whose bucket never overflows.
func unlimited(t *testing.T) *portal {
	t.Helper()
	return open(t, emulator.Options{LeakPerSecond: -1})
}

func (p *portal) send(t *testing.T, r *http.Request) (int, m) {
	t.Helper()
	res, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	var out m
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	require.NoError(t, d.Decode(&out), string(raw))
	return res.StatusCode, numbers(out).(m)
}

// numbers makes whole numbers int, others float64.
func numbers(v any) any {
	switch v := v.(type) {
	case m:
		for key := range v {
			v[key] = numbers(v[key])
		}
	case []any:
		for i := range v {
			v[i] = numbers(v[i])
		}
	case json.Number:
		if n, err := v.Int64(); err == nil {
			return int(n)
		}
		f, _ := v.Float64()
		return f
	}
	return v
}

// post calls a whole address with a JSON body.
func (p *portal) post(t *testing.T, address string, params m) (int, m) {
	t.Helper()
	body, err := json.Marshal(params)
	require.NoError(t, err)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address, bytes.NewReader(body))
	require.NoError(t, err)
	r.Header.Set("Content-Type", "application/json")
	return p.send(t, r)
}

func (p *portal) form(t *testing.T, address, body string) (int, m) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address, strings.NewReader(body))
	require.NoError(t, err)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return p.send(t, r)
}

// hook calls a method through the incoming web hook; the caller looks at the status.
func (p *portal) hook(t *testing.T, method string, params m) (int, m) {
	t.Helper()
	return p.post(t, p.Webhook()+method+".json", params)
}

// ok calls a method through the web hook and returns its result.
func (p *portal) ok(t *testing.T, method string, params m) any {
	t.Helper()
	status, body := p.hook(t, method, params)
	require.Equal(t, 200, status, body)
	return body["result"]
}

// refused calls a method that must fail so.
func (p *portal) refused(t *testing.T, status int, code, text, method string, params m) {
	t.Helper()
	got, body := p.hook(t, method, params)
	require.Equal(t, status, got, body)
	require.Equal(t, m{"error": code, "error_description": text}, body)
}

func id(v any) int { return v.(int) }

func rows(v any) []m {
	out := []m{}
	for _, row := range v.([]any) {
		out = append(out, row.(map[string]any))
	}
	return out
}

func (p *portal) token(t *testing.T, params url.Values) (int, m) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, p.base+"/oauth/token/?"+params.Encode(), nil)
	require.NoError(t, err)
	return p.send(t, r)
}

func (p *portal) exchange(t *testing.T, code string) (int, m) {
	t.Helper()
	return p.token(t, url.Values{"grant_type": {"authorization_code"}, "client_id": {p.id}, "client_secret": {p.secret}, "code": {code}})
}

func (p *portal) refresh(t *testing.T, token string) (int, m) {
	t.Helper()
	return p.token(t, url.Values{"grant_type": {"refresh_token"}, "client_id": {p.id}, "client_secret": {p.secret}, "refresh_token": {token}})
}

// app calls a method with an access token.
func (p *portal) app(t *testing.T, token, method string, params m) (int, m) {
	t.Helper()
	all := m{"auth": token}
	for k, v := range params {
		all[k] = v
	}
	return p.post(t, p.base+"/rest/"+method, all)
}

// listener is the application's side: it keeps what the portal posts.
type listener struct {
	*httptest.Server
	mu     sync.Mutex
	posts  []url.Values
	status int
}

func listen(t *testing.T) *listener {
	t.Helper()
	l := &listener{status: 200}
	l.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		l.mu.Lock()
		defer l.mu.Unlock()
		l.posts = append(l.posts, r.PostForm)
		w.WriteHeader(l.status)
	}))
	t.Cleanup(l.Close)
	return l
}

// heard are the posts of one event, in the order they came.
func (l *listener) heard(event string) []url.Values {
	l.mu.Lock()
	defer l.mu.Unlock()
	var out []url.Values
	for _, post := range l.posts {
		if post.Get("event") == event {
			out = append(out, post)
		}
	}
	return out
}

// installed is a portal with the application, and its first access token.
func installed(t *testing.T) (*portal, *listener, string) {
	t.Helper()
	p, l := unlimited(t), listen(t)
	_, err := p.InstallApp(t.Context(), emulator.Install{Handler: l.URL + "/install"})
	require.NoError(t, err)
	first := l.heard("ONAPPINSTALL")
	require.Len(t, first, 1)
	return p, l, first[0].Get("auth[access_token]")
}

func (p *portal) bind(t *testing.T, token, event, handler string) {
	t.Helper()
	status, body := p.app(t, token, "event.bind", m{"event": event, "handler": handler})
	require.Equal(t, 200, status, body)
	require.Equal(t, true, body["result"])
}

func (p *portal) settle(t *testing.T) {
	t.Helper()
	require.NoError(t, p.Settle(t.Context()))
}

func minutes(n int) time.Duration { return time.Duration(n) * time.Minute }

// raw calls with a body as it is written: its order counts.
func (p *portal) raw(t *testing.T, address, body string) (int, m) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address, strings.NewReader(body))
	require.NoError(t, err)
	r.Header.Set("Content-Type", "application/json")
	return p.send(t, r)
}
