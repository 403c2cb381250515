package httpserver_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/internal/httpserver"
	"github.com/skvoz/skvoz/internal/observe"
)

func TestSecurityHeaders(t *testing.T) {
	t.Parallel()
	h := httpserver.SecurityHeaders(http.NotFoundHandler(), httpserver.CabinetCSP, proxies())
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, request("203.0.113.7:1", nil))
	require.Equal(t, "nosniff", rec.Header().Get("X-Content-Type-Options"))
	require.Equal(t, "same-origin", rec.Header().Get("Referrer-Policy"))
	require.Contains(t, rec.Header().Get("Content-Security-Policy"), "frame-ancestors 'none'")
	require.NotContains(t, rec.Header().Get("Content-Security-Policy"), "script-src 'self' 'unsafe")
	require.Empty(t, rec.Header().Get("Strict-Transport-Security"))

	rec = httptest.NewRecorder()
	h.ServeHTTP(rec, request("10.0.0.1:1", http.Header{"X-Forwarded-Proto": {"https"}}))
	require.NotEmpty(t, rec.Header().Get("Strict-Transport-Security"))
}

func TestRecover_AnswersAndLogsAPanic(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	log, err := observe.NewLogger(&out, observe.LogOptions{})
	require.NoError(t, err)
	h := httpserver.Recover(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("boom") }), log)
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/x?phone=79261234567", http.NoBody))
	require.Equal(t, http.StatusInternalServerError, rec.Code)
	require.NotContains(t, rec.Body.String(), "boom")
	require.Contains(t, out.String(), "cause=boom")
	require.Contains(t, out.String(), "middleware_test.go")
	require.NotContains(t, out.String(), "79261234567")
}

func TestRecover_CutsAnAnswerThatHadBegun(t *testing.T) {
	t.Parallel()
	h := httpserver.Recover(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.(http.Flusher).Flush()
		panic("boom")
	}), observe.Discard())
	require.PanicsWithValue(t, http.ErrAbortHandler, func() {
		h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", http.NoBody))
	})
}

func site(t *testing.T, o httpserver.StaticOptions) http.Handler {
	t.Helper()
	h, err := httpserver.Static(fstest.MapFS{
		"index.html":               {Data: []byte("<!doctype html>" + strings.Repeat("page ", 500))},
		"assets/index-B2xQ9_aZ.js": {Data: []byte(strings.Repeat("let a=1;", 200))},
		"assets/plain.css":         {Data: []byte("a{}")},
		"logo.svg":                 {Data: []byte("<svg/>")},
		".keep":                    {Data: []byte("")},
	}, o)
	require.NoError(t, err)
	return h
}

func fetch(h http.Handler, method, path string, header http.Header) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, http.NoBody)
	if header != nil {
		r.Header = header
	}
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, r)
	return rec
}

func TestStatic_Routes(t *testing.T) {
	t.Parallel()
	cases := []struct {
		rule, path    string
		spa           bool
		status        int
		kind, caching string
	}{
		{"root is the index", "/", false, 200, "text/html; charset=utf-8", "no-cache"},
		{"hashed asset is kept for good", "/assets/index-B2xQ9_aZ.js", false, 200, "text/javascript; charset=utf-8", "public, max-age=31536000, immutable"},
		{"asset without a hash is not", "/assets/plain.css", false, 200, "text/css; charset=utf-8", "no-cache"},
		{"known type", "/logo.svg", false, 200, "image/svg+xml", "no-cache"},
		{"hidden files are not served", "/.keep", true, 404, "", ""},
		{"page of the app", "/sites/12", true, 200, "text/html; charset=utf-8", "no-cache"},
		{"the same without an app", "/sites/12", false, 404, "", ""},
		{"missing asset of the app", "/assets/old-aaaaaaaa.js", true, 404, "", ""},
		{"way out of the tree", "/../../etc/passwd", true, 200, "text/html; charset=utf-8", "no-cache"},
	}
	for _, c := range cases {
		t.Run(c.rule, func(t *testing.T) {
			t.Parallel()
			rec := fetch(site(t, httpserver.StaticOptions{SPA: c.spa}), http.MethodGet, c.path, nil)
			require.Equal(t, c.status, rec.Code)
			if c.status == http.StatusOK {
				require.Equal(t, c.kind, rec.Header().Get("Content-Type"))
				require.Equal(t, c.caching, rec.Header().Get("Cache-Control"))
			}
		})
	}
}

func TestStatic_CompressesForThoseWhoAskAndRevalidates(t *testing.T) {
	t.Parallel()
	h := site(t, httpserver.StaticOptions{})
	plain := fetch(h, http.MethodGet, "/", nil)
	packed := fetch(h, http.MethodGet, "/", http.Header{"Accept-Encoding": {"br, gzip;q=0.8"}})
	require.Empty(t, plain.Header().Get("Content-Encoding"))
	require.Equal(t, "gzip", packed.Header().Get("Content-Encoding"))
	require.Equal(t, "Accept-Encoding", plain.Header().Get("Vary"))
	require.NotEqual(t, plain.Header().Get("Etag"), packed.Header().Get("Etag"))
	unpacker, err := gzip.NewReader(packed.Body)
	require.NoError(t, err)
	unpacked, err := io.ReadAll(unpacker)
	require.NoError(t, err)
	require.Equal(t, plain.Body.String(), string(unpacked))

	again := fetch(h, http.MethodGet, "/", http.Header{"If-None-Match": {plain.Header().Get("Etag")}})
	require.Equal(t, http.StatusNotModified, again.Code)
	refused := fetch(h, http.MethodGet, "/", http.Header{"Accept-Encoding": {"gzip; q=0"}})
	require.Empty(t, refused.Header().Get("Content-Encoding"))
	part := fetch(h, http.MethodGet, "/", http.Header{"Range": {"bytes=0-3"}, "Accept-Encoding": {"gzip"}})
	require.Equal(t, http.StatusPartialContent, part.Code)
	require.Equal(t, "<!do", part.Body.String())
}

func TestStatic_OnlyReads(t *testing.T) {
	t.Parallel()
	h := site(t, httpserver.StaticOptions{})
	require.Equal(t, http.StatusMethodNotAllowed, fetch(h, http.MethodPost, "/", nil).Code)
	head := fetch(h, http.MethodHead, "/logo.svg", nil)
	require.Equal(t, http.StatusOK, head.Code)
	require.Empty(t, head.Body.String())
	require.Equal(t, "6", head.Header().Get("Content-Length"))
}
