package httpclient_test

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/internal/httpclient"
)

// names is a resolver that asks a name server of its own, which knows the given addresses and nobody else; names that
// begin with "failing" make it fail.
func names(t *testing.T, addresses map[string]string) *net.Resolver {
	t.Helper()
	return resolver(t, func(name string) string { return addresses[name] })
}

func resolver(t *testing.T, addressOf func(name string) string) *net.Resolver {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { conn.Close() })
	go func() {
		buf := make([]byte, 1500)
		for {
			n, from, err := conn.ReadFrom(buf)
			if err != nil {
				return
			}
			_, _ = conn.WriteTo(answerName(buf[:n], addressOf), from)
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "udp", conn.LocalAddr().String())
	}}
}

// answerName answers one question of the name protocol (RFC 1035).
func answerName(question []byte, addressOf func(string) string) []byte {
	const header = 12
	var labels []string
	end := header
	for question[end] != 0 {
		size := int(question[end])
		labels = append(labels, string(question[end+1:end+1+size]))
		end += 1 + size
	}
	kind := question[end+2]
	name := strings.Join(labels, ".")
	out := append([]byte{}, question[:end+5]...)
	clear(out[4:header])
	out[2], out[5] = 0x81, 1
	addr, err := netip.ParseAddr(addressOf(name))
	switch {
	case strings.HasPrefix(name, "failing"):
		out[3] = 0x82
	case err != nil:
		out[3] = 0x83
	case kind == 1 && addr.Is4() || kind == 28 && addr.Is6():
		out[3], out[7] = 0x80, 1
		raw := addr.AsSlice()
		out = append(out, 0xc0, header, 0, kind, 0, 1, 0, 0, 0, 0, 0, byte(len(raw)))
		out = append(out, raw...)
	default:
		out[3] = 0x80
	}
	return out
}

func TestDo_ANameThatLeadsInsideIsRefused(t *testing.T) {
	t.Parallel()
	address, calls := server(t, nil, 200)
	_, port, _ := strings.Cut(strings.TrimPrefix(address, "http://"), ":")
	hosts := names(t, map[string]string{
		"inside.test": "127.0.0.1", "office.test": "192.168.1.10", "metadata.test": "169.254.169.254", "mapped.test": "::ffff:127.0.0.1",
		"compatible.test": "::127.0.0.1", "translated.test": "64:ff9b::7f00:1", "local.test": "fe80::1", "unique.test": "fd00::1",
	})
	c := once(func(o *httpclient.Options) { o.AllowPrivate, o.Resolver = false, hosts })
	for _, name := range []string{"inside", "office", "metadata", "mapped", "compatible", "translated", "local", "unique"} {
		_, err := do(t, c, http.MethodGet, "http://"+name+".test:"+port, nil)
		require.ErrorIs(t, err, httpclient.ErrPrivateAddress, name)
	}
	require.Zero(t, calls.Load())
}

func TestDo_OnlyTheNetworksAllowedAreEntered(t *testing.T) {
	t.Parallel()
	address, _ := server(t, nil, 200)
	_, port, _ := strings.Cut(strings.TrimPrefix(address, "http://"), ":")
	hosts := names(t, map[string]string{"inside.test": "127.0.0.1", "mapped.test": "::ffff:127.0.0.1", "office.test": "10.0.0.1"})
	cases := []struct {
		rule, target, allowed string
		enters                bool
	}{
		{"by address", "127.0.0.1", "127.0.0.0/8", true},
		{"by name", "inside.test", "127.0.0.0/8", true},
		{"IPv4 in the form of IPv6", "mapped.test", "127.0.0.0/8", true},
		{"a network in the form of IPv6", "127.0.0.1", "::ffff:127.0.0.0/104", true},
		{"a single address", "127.0.0.1", "127.0.0.1/32", true},
		{"a network with bits of an address", "127.0.0.1", "127.9.9.9/8", true},
		{"a neighbour's network", "127.0.0.1", "127.0.0.2/32", false},
		{"another private network", "127.0.0.1", "10.0.0.0/8", false},
		{"the other family's loopback", "127.0.0.1", "::1/128", false},
		{"a name that leads elsewhere", "office.test", "127.0.0.0/8", false},
		{"the machine itself by zero", "0.0.0.0", "127.0.0.0/8", false},
	}
	for _, c := range cases {
		t.Run(c.rule, func(t *testing.T) {
			t.Parallel()
			client := once(func(o *httpclient.Options) {
				o.AllowPrivate, o.Resolver, o.AllowNetworks = false, hosts, []netip.Prefix{netip.MustParsePrefix(c.allowed)}
			})
			_, err := do(t, client, http.MethodGet, "http://"+c.target+":"+port, nil)
			if c.enters {
				require.NoError(t, err)
				return
			}
			require.ErrorIs(t, err, httpclient.ErrPrivateAddress)
		})
	}
}

func TestDo_ANameIsJudgedByTheAddressConnectedTo(t *testing.T) {
	t.Parallel()
	address, calls := server(t, nil, 200)
	_, port, _ := strings.Cut(strings.TrimPrefix(address, "http://"), ":")
	var moved atomic.Bool
	moving := resolver(t, func(string) string {
		if moved.Load() {
			return "127.0.0.2"
		}
		return "127.0.0.1"
	})
	c := once(func(o *httpclient.Options) {
		o.AllowPrivate, o.Resolver, o.AllowNetworks = false, moving, []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}
	})
	_, err := do(t, c, http.MethodGet, "http://moving.test:"+port, nil, "Connection", "close")
	require.NoError(t, err)
	moved.Store(true)
	_, err = do(t, c, http.MethodGet, "http://moving.test:"+port, nil)
	require.ErrorIs(t, err, httpclient.ErrPrivateAddress, "what was found out once is not believed later")
	require.EqualValues(t, 1, calls.Load())
}

func TestDo_RedirectsAreNeverFollowed(t *testing.T) {
	t.Parallel()
	var reached atomic.Int32
	inside := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached.Add(1) }))
	t.Cleanup(inside.Close)
	for _, status := range []int{301, 302, 303, 307, 308} {
		address, calls := server(t, http.Header{"Location": {inside.URL}}, status)
		res, err := do(t, once(), http.MethodPost, address, []byte("secret"), "Authorization", "Bearer secret")
		require.NoError(t, err)
		require.Equal(t, status, res.Status)
		require.Equal(t, inside.URL, res.Header.Get("Location"), "the caller sees where it leads")
		require.EqualValues(t, 1, calls.Load())
	}
	require.Zero(t, reached.Load())
}
