package httpserver_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/internal/httpserver"
	"github.com/skvoz/skvoz/internal/observe"
)

func listen(t *testing.T) net.Listener {
	t.Helper()
	ln, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	return ln
}

func get(t *testing.T, url string) (*http.Response, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, http.NoBody)
	require.NoError(t, err)
	return http.DefaultClient.Do(req)
}

func TestRun_RequestsInProgressFinishAtShutdown(t *testing.T) {
	t.Parallel()
	started, release := make(chan struct{}), make(chan struct{})
	srv := httpserver.New(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		close(started)
		<-release
		_, _ = io.WriteString(w, "stored")
	}), observe.Discard())
	ln := listen(t)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- httpserver.Run(ctx, ln, srv, time.Minute) }()

	answer := make(chan string, 1)
	go func() {
		res, err := get(t, "http://"+ln.Addr().String())
		if err != nil {
			answer <- err.Error()
			return
		}
		defer func() { _ = res.Body.Close() }()
		body, _ := io.ReadAll(res.Body)
		answer <- string(body)
	}()
	<-started
	stopping := make(chan struct{})
	srv.RegisterOnShutdown(func() { close(stopping) })
	cancel()
	<-stopping
	close(release)
	require.Equal(t, "stored", <-answer)
	require.NoError(t, <-done)
}

func TestRun_SaysSoWhenRequestsAreCutOff(t *testing.T) {
	t.Parallel()
	started := make(chan struct{})
	srv := httpserver.New(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		close(started)
		<-r.Context().Done()
	}), observe.Discard())
	ln := listen(t)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- httpserver.Run(ctx, ln, srv, time.Millisecond) }()
	go func() {
		if res, err := get(t, "http://"+ln.Addr().String()); err == nil {
			_ = res.Body.Close()
		}
	}()
	<-started
	cancel()
	require.ErrorContains(t, <-done, "requests cut off after 1ms")
}

func TestRun_FailsWhenServingFails(t *testing.T) {
	t.Parallel()
	ln := listen(t)
	require.NoError(t, ln.Close())
	err := httpserver.Run(t.Context(), ln, httpserver.New(http.NotFoundHandler(), observe.Discard()), time.Second)
	require.ErrorIs(t, err, net.ErrClosed)
}
