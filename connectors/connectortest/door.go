package connectortest

import (
	"context"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core/integrations"
	"github.com/skvoz/skvoz/internal/httpclient"
)

// testDoor holds Test to telling apart why a connection can't be made.
func testDoor(t *testing.T, way *Way) {
	t.Run("it works", func(t *testing.T) {
		t.Parallel()
		w := way.start(t, patience)
		_, err := w.open().Test(t.Context())
		w.ok(err)
	})
	testAddresses(t, way)
	testKeys(t, way)
	t.Run("no answer in time", func(t *testing.T) {
		t.Parallel()
		w := way.start(t, time.Second)
		w.restart()
		w.faults.arm(&slow, 0)
		_, err := w.open().Test(t.Context())
		require.Equal(t, integrations.FailTimeout, w.failure(err).Kind)
	})
	t.Run("the vendor is down", func(t *testing.T) {
		t.Parallel()
		w := way.start(t, patience)
		w.faults.arm(&fault{status: http.StatusServiceUnavailable, header: isHTML, body: page, ending: answered}, 0)
		_, err := w.open().Test(t.Context())
		require.Equal(t, integrations.FailDown, w.failure(err).Kind)
	})
}

// testAddresses connects to what is not the vendor.
func testAddresses(t *testing.T, way *Way) {
	t.Helper()
	for name, answer := range map[string]struct {
		status      int
		contentType string
		body        string
	}{
		"a site":                       {200, "text/html", page},
		"a site without such a page":   {404, "text/html", page},
		"another program's interface":  {200, "application/json", `{"status": "ok", "version": "3.1"}`},
		"an interface without the way": {404, "application/json", `{"detail": "Not Found"}`},
		"a list":                       {200, "application/json", `[1, 2, 3]`},
		"plain words":                  {200, "text/plain", "It works!"},
	} {
		t.Run("another system: "+name, func(t *testing.T) {
			t.Parallel()
			other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", answer.contentType)
				w.WriteHeader(answer.status)
				_, _ = io.WriteString(w, answer.body)
			}))
			t.Cleanup(other.Close)
			w := way.start(t, patience)
			require.Equal(t, integrations.FailAddress, w.testAt(other.URL, nil).Kind)
		})
	}
	t.Run("nothing listens", func(t *testing.T) {
		t.Parallel()
		gone := httptest.NewServer(http.NotFoundHandler())
		gone.Close()
		w := way.start(t, patience)
		require.Equal(t, integrations.FailAddress, w.testAt(gone.URL, nil).Kind)
	})
	t.Run("no such host", func(t *testing.T) {
		t.Parallel()
		w := way.start(t, patience)
		require.Equal(t, integrations.FailAddress, w.testAt("https://crm.nowhere.example", nobody(t)).Kind)
	})
}

// testAt connects to another address with all else the same.
func (w *world) testAt(url string, resolver *net.Resolver) *integrations.Failure {
	w.t.Helper()
	d := w.way.Driver(newClient(patience, func(o *httpclient.Options) { o.Resolver = resolver }), w.kit.Clock)
	secrets, err := w.vault.Get(w.t.Context())
	w.ok(err)
	s := w.session()
	w.vendor.Place(url, s.Settings, secrets)
	s.Vault = newVault(secrets)
	c, err := d.Open(s)
	w.ok(err)
	_, err = c.Test(w.t.Context())
	return w.failure(err)
}

// nobody is a name server that knows no name.
func nobody(t *testing.T) *net.Resolver {
	t.Helper()
	var listen net.ListenConfig
	server, err := listen.ListenPacket(t.Context(), "udp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = server.Close() })
	go func() {
		question := make([]byte, 1500)
		for {
			n, from, err := server.ReadFrom(question)
			if err != nil {
				return
			}
			question[2], question[3] = 0x81, 0x83 // an answer: there is no such name
			_, _ = server.WriteTo(question[:n], from)
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "udp", server.LocalAddr().String())
	}}
}

// testKeys connects with keys that won't do, and to accounts that won't let anybody in.
func testKeys(t *testing.T, way *Way) {
	t.Helper()
	try := func(name string, want integrations.FailureKind, spoil func(w *world) (isThere bool)) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := way.start(t, patience)
			if !spoil(w) {
				t.Skip("this vendor does not have it")
			}
			_, err := w.open().Test(t.Context())
			require.Equal(t, want, w.failure(err).Kind)
		})
	}
	try("a wrong key", integrations.FailKey, func(w *world) bool {
		secrets, err := w.vault.Get(w.t.Context())
		w.ok(err)
		was := maps.Clone(secrets)
		w.vendor.SpoilKey(secrets)
		require.NotEqual(t, was, secrets)
		w.vault.set(secrets)
		return true
	})
	try("access revoked", integrations.FailKey, func(w *world) bool { return does(w.vendor.Revoke) })
	try("banned", integrations.FailBanned, func(w *world) bool { return does(w.vendor.Ban) })
	try("unpaid", integrations.FailUnpaid, func(w *world) bool { return does(w.vendor.LeaveUnpaid) })
	t.Run("a right is missing", func(t *testing.T) {
		t.Parallel()
		if way.Limited == nil {
			t.Skip("keys of this vendor may do everything")
		}
		w := way.startWith(t, patience, way.Limited)
		who, err := w.open().Test(t.Context())
		if err == nil {
			require.NotEmpty(t, who.Missing, "it says what is off")
			return
		}
		require.Equal(t, integrations.FailRight, w.failure(err).Kind)
	})
}

func does(f func()) bool {
	if f != nil {
		f()
	}
	return f != nil
}
