package httpclient_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/internal/httpclient"
)

var kinds = map[string]error{
	"timeout": httpclient.ErrTimeout, "unreachable": httpclient.ErrUnreachable, "unknown host": httpclient.ErrUnknownHost,
	"refused": httpclient.ErrRefused, "tls": httpclient.ErrTLS, "private": httpclient.ErrPrivateAddress,
	"broken": httpclient.ErrBroken, "too large": httpclient.ErrBodyTooLarge,
}

// kindsOf lists which of the kinds an error is, in alphabetical order.
func kindsOf(err error) []string {
	var out []string
	for name, kind := range kinds {
		if errors.Is(err, kind) {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

// once is a client that makes a single attempt and may go to loopback.
func once(change ...func(*httpclient.Options)) *httpclient.Client {
	return client(nil, append([]func(*httpclient.Options){func(o *httpclient.Options) { o.Attempts = 1 }}, change...)...)
}

// raw is a server that does something with each connection and then closes it.
func raw(t *testing.T, serve func(net.Conn)) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { ln.Close() })
	go func() {
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				buf := make([]byte, 4096)
				_, _ = conn.Read(buf)
				serve(conn)
			}()
		}
	}()
	return ln.Addr().String()
}

func closedPort(t *testing.T) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, ln.Close())
	return ln.Addr().String()
}

func TestDo_FailuresCanBeToldApart(t *testing.T) {
	t.Parallel()
	stop := make(chan struct{})
	slow := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-r.Context().Done():
		case <-stop:
		}
	}))
	stuck := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "100")
		_ = http.NewResponseController(w).Flush()
		select {
		case <-r.Context().Done():
		case <-stop:
		}
	}))
	t.Cleanup(func() { close(stop); slow.Close(); stuck.Close() })
	quiet := func(o *httpclient.Options) { o.Timeout = 100 * time.Millisecond }
	secure := httptest.NewUnstartedServer(http.NotFoundHandler())
	secure.Config.ErrorLog = nil
	secure.StartTLS()
	t.Cleanup(secure.Close)
	plain, _ := server(t, nil, 200)
	cases := []struct {
		rule, address string
		change        func(*httpclient.Options)
		want          []string
		notSent       bool
	}{
		{"no answer in time", slow.URL, quiet, []string{"timeout"}, false},
		{"the rest of an answer not in time", stuck.URL, quiet, []string{"timeout"}, false},
		{"nothing listens", "http://" + closedPort(t), nil, []string{"refused", "unreachable"}, true},
		{"a name nobody has", "http://nobody.test", nil, []string{"unknown host", "unreachable"}, true},
		{"a name server that fails", "http://failing.test", nil, []string{"unreachable"}, true},
		{"a certificate nobody trusts", secure.URL, nil, []string{"tls"}, true},
		{"no TLS at the other end", "https" + plain[len("http"):], nil, []string{"tls"}, true},
		{"a private address", plain, func(o *httpclient.Options) { o.AllowPrivate = false }, []string{"private"}, true},
		{"closed without an answer", "http://" + raw(t, func(net.Conn) {}), nil, []string{"broken"}, false},
		{"closed within an answer", "http://" + raw(t, func(c net.Conn) {
			_, _ = c.Write([]byte("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"))
		}), nil, []string{"broken"}, false},
		{"an answer that is no HTTP", "http://" + raw(t, func(c net.Conn) { _, _ = c.Write([]byte("220 smtp ready\r\n\r\n")) }), nil, []string{"broken"}, false},
		{"an address of another protocol", "ftp://127.0.0.1/", nil, []string{"unreachable"}, true},
	}
	for _, c := range cases {
		t.Run(c.rule, func(t *testing.T) {
			t.Parallel()
			changes := []func(*httpclient.Options){func(o *httpclient.Options) { o.Resolver = names(t, nil) }}
			if c.change != nil {
				changes = append(changes, c.change)
			}
			_, err := do(t, once(changes...), http.MethodPost, c.address, []byte("{}"))
			require.Error(t, err)
			require.Equal(t, c.want, kindsOf(err), err.Error())
			require.Equal(t, c.notSent, httpclient.NotSent(err))
		})
	}
}

func TestDo_TheCallersOwnDeadlineIsATimeout(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	address := raw(t, func(c net.Conn) { _, _ = c.Read(make([]byte, 1)) })
	req, err := httpclient.NewRequest(ctx, http.MethodGet, "http://"+address, nil)
	require.NoError(t, err)
	_, err = once().Do(req)
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.Equal(t, []string{"timeout"}, kindsOf(err))
}

func TestDo_BeingCalledOffIsNoFailureOfTheNetwork(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	address := raw(t, func(c net.Conn) { cancel(); _, _ = c.Read(make([]byte, 1)) })
	req, err := httpclient.NewRequest(ctx, http.MethodGet, "http://"+address, nil)
	require.NoError(t, err)
	_, err = once().Do(req)
	require.ErrorIs(t, err, context.Canceled)
	require.Empty(t, kindsOf(err))
}

func TestDo_OneAttemptMeansOne(t *testing.T) {
	t.Parallel()
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut} {
		for _, status := range []int{429, 500, 503} {
			address, calls := server(t, nil, status, 200)
			res, err := do(t, once(), method, address, []byte("{}"))
			require.NoError(t, err)
			require.Equal(t, status, res.Status)
			require.EqualValues(t, 1, calls.Load())
		}
	}
	var calls atomic.Int32
	address := raw(t, func(net.Conn) { calls.Add(1) })
	_, err := do(t, once(), http.MethodPost, "http://"+address, []byte("{}"))
	require.ErrorIs(t, err, httpclient.ErrBroken)
	require.EqualValues(t, 1, calls.Load())
}
