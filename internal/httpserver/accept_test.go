package httpserver_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/internal/httpserver"
)

func TestWantsStream_onlyWhenItIsPreferred(t *testing.T) {
	t.Parallel()
	for accept, want := range map[string]bool{
		"":                             false,
		"*/*":                          false,
		"text/event-stream":            true,
		"text/event-stream, */*;q=0.5": true,
		"application/json;q=0.5, text/event-stream": true,
		"application/json, text/event-stream;q=0.9": false,
		"application/json, text/event-stream":       false,
		"text/event-stream;q=0":                     false,
		"text/event-stream;q=NaN":                   false,
		"application/graphql-response+json, application/graphql+json, application/json, text/event-stream, multipart/mixed": false,
	} {
		r := httptest.NewRequest(http.MethodPost, "/graphql", nil)
		r.Header.Set("Accept", accept)
		require.Equal(t, want, httpserver.WantsStream(r), accept)
		require.Equal(t, want, httpserver.IsLongLived(r), accept)
	}
	r := httptest.NewRequest(http.MethodGet, "/graphql", nil)
	r.Header.Set("Upgrade", "websocket")
	require.True(t, httpserver.IsLongLived(r))
}

func TestAcceptsGzip(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]bool{
		"": false, "gzip": true, "br, GZIP ; q=0.5": true, "gzip;q=1.0": true, "gzip; q=0": false, "gzip;q=0.000": false, "gzip;q=x": false, "br": false, "gzipped": false,
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Header.Set("Accept-Encoding", header)
		require.Equal(t, want, httpserver.AcceptsGzip(r), header)
	}
}
