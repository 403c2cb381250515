package observe_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/internal/observe"
)

type bundle struct {
	metrics *observe.Metrics
	http    *observe.HTTP
	log     *bytes.Buffer
}

func setup(t *testing.T) *bundle {
	t.Helper()
	b := &bundle{metrics: observe.NewMetrics("test"), log: &bytes.Buffer{}}
	log, err := observe.NewLogger(b.log, observe.LogOptions{})
	require.NoError(t, err)
	b.http = observe.NewHTTP(b.metrics, log)
	return b
}

func (b *bundle) scrape(t *testing.T) string {
	t.Helper()
	rec := httptest.NewRecorder()
	b.metrics.Handler().ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/metrics", http.NoBody))
	require.Equal(t, http.StatusOK, rec.Code)
	return rec.Body.String()
}

func TestHTTP_CountsByRouteAndClassAndLogsWithoutTheQuery(t *testing.T) {
	t.Parallel()
	b := setup(t)
	var seen string
	h := b.http.Wrap("graphql", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen = observe.RequestID(r.Context())
		w.WriteHeader(http.StatusNotFound)
		_, _ = io.WriteString(w, "gone")
	}))
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/graphql?phone=79261234567", http.NoBody))

	require.NotEmpty(t, seen)
	require.Equal(t, seen, rec.Header().Get(observe.RequestIDHeader))
	require.Contains(t, b.log.String(), "route=graphql")
	require.Contains(t, b.log.String(), "status=404 bytes=4")
	require.Contains(t, b.log.String(), "request_id="+seen)
	require.NotContains(t, b.log.String(), "79261234567")
	out := b.scrape(t)
	require.Contains(t, out, `skvoz_http_requests_total{route="graphql",status="4xx"} 1`)
	require.Contains(t, out, `skvoz_http_request_seconds_count{route="graphql"} 1`)
	require.Contains(t, out, `skvoz_build_info{`)
}

func TestHTTP_LogsNoSecretOfAWebhook(t *testing.T) {
	t.Parallel()
	b := setup(t)
	h := b.http.Wrap("hooks", http.NotFoundHandler())
	for _, path := range []string{"/hooks/amocrm/RTK3P4EM", "/hooks/amocrm/RTK3P4EM/more", "/tel/v1/w/RTK3P4EM/events"} {
		h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodPost, path, http.NoBody))
	}
	require.Contains(t, b.log.String(), "path=/hooks/amocrm/… ")
	require.Contains(t, b.log.String(), "path=/tel/v1/w/… ")
	require.NotContains(t, b.log.String(), "RTK3P4EM")
}

func TestHTTP_KeepsAProxysRequestIDOnlyIfItCanBeLogged(t *testing.T) {
	t.Parallel()
	h := setup(t).http.Wrap("x", http.NotFoundHandler())
	for header, kept := range map[string]bool{"abc-123": true, "a b": false, "a\"b": false, strings.Repeat("a", 65): false} {
		req := httptest.NewRequest(http.MethodGet, "/", http.NoBody)
		req.Header.Set(observe.RequestIDHeader, header)
		rec := httptest.NewRecorder()
		h.ServeHTTP(rec, req)
		require.Equal(t, kept, rec.Header().Get(observe.RequestIDHeader) == header, header)
	}
}

func TestHTTP_QuietRouteIsCountedAndLoggedOnlyWhenItFails(t *testing.T) {
	t.Parallel()
	b := setup(t)
	status := http.StatusNoContent
	h := b.http.Wrap("hit", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }), observe.Quiet())
	h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", http.NoBody))
	require.Empty(t, b.log.String())
	status = http.StatusServiceUnavailable
	h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", http.NoBody))
	require.Contains(t, b.log.String(), "status=503")
	require.Contains(t, b.scrape(t), `skvoz_http_requests_total{route="hit",status="2xx"} 1`)
}

func TestHTTP_PanicIsCountedAsServerError(t *testing.T) {
	t.Parallel()
	b := setup(t)
	h := b.http.Wrap("x", http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("boom") }))
	require.Panics(t, func() { h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", http.NoBody)) })
	out := b.scrape(t)
	require.Contains(t, out, `skvoz_http_requests_total{route="x",status="5xx"} 1`)
	require.Contains(t, out, `skvoz_http_requests_in_flight 0`)
}

func TestHTTP_StreamsAndTakeoversStillWork(t *testing.T) {
	t.Parallel()
	b := setup(t)
	srv := httptest.NewServer(b.http.Wrap("x", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/stream" {
			w.(http.Flusher).Flush()
			return
		}
		conn, buf, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return
		}
		_, _ = buf.WriteString("HTTP/1.1 299 Taken\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
		_ = buf.Flush()
		_ = conn.Close()
	})))
	defer srv.Close()
	for path, want := range map[string]int{"/stream": 200, "/take": 299} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, srv.URL+path, http.NoBody)
		require.NoError(t, err)
		res, err := srv.Client().Do(req)
		require.NoError(t, err)
		require.NoError(t, res.Body.Close())
		require.Equal(t, want, res.StatusCode)
	}
}

func BenchmarkHTTP_QuietRoute(b *testing.B) {
	h := observe.NewHTTP(observe.NewMetrics("bench"), observe.Discard()).
		Wrap("hit", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }), observe.Quiet())
	req := httptest.NewRequest(http.MethodGet, "/", http.NoBody)
	w := nullWriter{}
	b.ReportAllocs()
	for b.Loop() {
		h.ServeHTTP(w, req)
	}
}

type nullWriter struct{}

func (nullWriter) Header() http.Header         { return http.Header{} }
func (nullWriter) Write(p []byte) (int, error) { return len(p), nil }
func (nullWriter) WriteHeader(int)             {}
