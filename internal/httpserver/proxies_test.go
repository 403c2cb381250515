package httpserver_test

import (
	"crypto/tls"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/internal/httpserver"
)

func request(peer string, header http.Header) *http.Request {
	r := httptest.NewRequest(http.MethodGet, "/", http.NoBody)
	r.RemoteAddr = peer
	if header != nil {
		r.Header = header
	}
	return r
}

func proxies() *httpserver.Proxies {
	return httpserver.NewProxies([]netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")})
}

func TestClientIP(t *testing.T) {
	t.Parallel()
	xff := func(lines ...string) http.Header { return http.Header{"X-Forwarded-For": lines} }
	cases := []struct {
		rule, peer string
		header     http.Header
		want       string
	}{
		{"direct client", "203.0.113.7:1000", nil, "203.0.113.7"},
		{"a stranger's header is not believed", "203.0.113.7:1000", xff("198.51.100.1"), "203.0.113.7"},
		{"a stranger's X-Real-IP is not believed", "203.0.113.7:1", http.Header{"X-Real-Ip": {"198.51.100.1"}}, "203.0.113.7"},
		{"one proxy", "10.0.0.1:1", xff("198.51.100.1"), "198.51.100.1"},
		{"the client's own forgery stands left and is skipped", "10.0.0.1:1", xff("1.1.1.1, 198.51.100.1"), "198.51.100.1"},
		{"chain of trusted proxies", "10.0.0.1:1", xff("198.51.100.1, 10.2.2.2,10.3.3.3"), "198.51.100.1"},
		{"header in several lines", "10.0.0.1:1", xff("1.1.1.1", "198.51.100.1", "10.2.2.2"), "198.51.100.1"},
		{"only trusted hops: the farthest", "10.0.0.1:1", xff("10.9.9.9, 10.2.2.2"), "10.9.9.9"},
		{"a hop that is no address ends the walk", "10.0.0.1:1", xff("1.1.1.1, unknown, 10.2.2.2"), "10.2.2.2"},
		{"nothing but nonsense", "10.0.0.1:1", xff("unknown"), "10.0.0.1"},
		{"hop with a port", "10.0.0.1:1", xff("198.51.100.1:4711"), "198.51.100.1"},
		{"IPv6 hop with brackets and port", "10.0.0.1:1", xff("[2001:db8::1]:4711"), "2001:db8::1"},
		{"IPv6 hop with brackets", "10.0.0.1:1", xff("[2001:db8::1]"), "2001:db8::1"},
		{"IPv6 proxy with zone", "[fd00::1%eth0]:1", xff("2001:db8::1"), "2001:db8::1"},
		{"IPv4 written as IPv6", "[::ffff:10.0.0.1]:1", xff("::ffff:198.51.100.1"), "198.51.100.1"},
		{"X-Real-IP where nothing else is", "10.0.0.1:1", http.Header{"X-Real-Ip": {" 198.51.100.1 "}}, "198.51.100.1"},
		{"a proxy that tells nothing", "10.0.0.1:1", nil, "10.0.0.1"},
		{"peer without a port", "203.0.113.7", nil, "203.0.113.7"},
		{"a forged chain is not walked for ever", "10.0.0.1:1", xff("1.1.1.1" + strings.Repeat(",10.0.0.2", 5000)), "10.0.0.2"},
	}
	for _, c := range cases {
		t.Run(c.rule, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.want, proxies().ClientIP(request(c.peer, c.header)).String())
		})
	}
	require.False(t, proxies().ClientIP(request("@", nil)).IsValid(), "a peer without an address")
	var nobody httpserver.Proxies
	require.Equal(t, "10.0.0.1", nobody.ClientIP(request("10.0.0.1:1", xff("1.1.1.1"))).String())
}

func TestIsTLSAndHost_BelieveOnlyTrustedProxies(t *testing.T) {
	t.Parallel()
	forwarded := http.Header{"X-Forwarded-Proto": {"http, https"}, "X-Forwarded-Host": {"stat.example.com"}}
	p := proxies()
	require.True(t, p.IsTLS(request("10.0.0.1:1", forwarded)))
	require.False(t, p.IsTLS(request("203.0.113.7:1", forwarded)))
	require.Equal(t, "stat.example.com", p.Host(request("10.0.0.1:1", forwarded)))
	require.Equal(t, "example.com", p.Host(request("203.0.113.7:1", forwarded)))
	require.Equal(t, "example.com", p.Host(request("10.0.0.1:1", nil)))
	direct := request("203.0.113.7:1", nil)
	direct.TLS = &tls.ConnectionState{}
	require.True(t, p.IsTLS(direct))
}

func FuzzClientIP(f *testing.F) {
	f.Add("1.1.1.1, 10.0.0.1", "[::1]:5")
	f.Add(",,,", "x")
	p := proxies()
	f.Fuzz(func(t *testing.T, chain, realIP string) {
		ip := p.ClientIP(request("10.0.0.1:1", http.Header{"X-Forwarded-For": {chain}, "X-Real-Ip": {realIP}}))
		require.True(t, ip.IsValid())
		require.Empty(t, ip.Zone())
		require.False(t, ip.Is4In6())
	})
}
