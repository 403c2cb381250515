package auth_test

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/auth"
	"github.com/skvoz/skvoz/internal/httpserver"
)

func TestCA_1_requestsOfSignedInBrowsers_mustComeFromOurPages(t *testing.T) {
	t.Parallel()
	proxies := httpserver.NewProxies([]netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")})
	guard := auth.NewGuard(nil, auth.NewStore(nil, proxies), proxies, "https://Stat.example.com/", nil)
	tests := []struct {
		name   string
		method string
		header map[string]string
		peer   string
		want   bool
	}{
		{"reading needs no proof", "GET", nil, "", true},
		{"a post that says nothing", "POST", nil, "", false},
		{"a post from the host itself", "POST", map[string]string{"Origin": "http://skvoz.test"}, "", true},
		{"a post from the public address", "POST", map[string]string{"Origin": "https://stat.example.com"}, "", true},
		{"a post from another port", "POST", map[string]string{"Origin": "http://skvoz.test:81"}, "", false},
		{"a post from another site", "POST", map[string]string{"Origin": "https://evil.example"}, "", false},
		{"a post from another site with our header", "POST", map[string]string{"Origin": "https://evil.example", "X-Requested-With": "x"}, "", false},
		{"a post from a sandboxed page", "POST", map[string]string{"Origin": "null"}, "", false},
		{"a post with a broken origin", "POST", map[string]string{"Origin": "::"}, "", false},
		{"the browser says same origin", "POST", map[string]string{"Sec-Fetch-Site": "same-origin"}, "", true},
		{"the browser says typed in", "POST", map[string]string{"Sec-Fetch-Site": "none"}, "", true},
		{"the browser says same site only", "POST", map[string]string{"Sec-Fetch-Site": "same-site"}, "", false},
		{"the browser says another site", "POST", map[string]string{"Sec-Fetch-Site": "cross-site", "X-Requested-With": "x"}, "", false},
		{"a header no other site can set", "POST", map[string]string{"X-Requested-With": "cabinet"}, "", true},
		{"the host a trusted proxy was asked for", "POST", map[string]string{"Origin": "https://front.example", "X-Forwarded-Host": "front.example"}, "10.1.1.1:5", true},
		{"the host somebody claims", "POST", map[string]string{"Origin": "https://evil.example", "X-Forwarded-Host": "evil.example"}, "", false},
		{"a WebSocket that says nothing", "GET", map[string]string{"Upgrade": "websocket"}, "", false},
		{"a WebSocket with a header", "GET", map[string]string{"Upgrade": "websocket", "X-Requested-With": "x"}, "", false},
		{"a WebSocket of ours", "GET", map[string]string{"Upgrade": "websocket", "Origin": "http://skvoz.test"}, "", true},
		{"a WebSocket of another site", "GET", map[string]string{"Upgrade": "websocket", "Origin": "http://evil.example"}, "", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := httptest.NewRequest(tt.method, "http://skvoz.test/graphql", http.NoBody)
			for name, value := range tt.header {
				r.Header.Set(name, value)
			}
			if tt.peer != "" {
				r.RemoteAddr = tt.peer
			}
			require.Equal(t, tt.want, guard.FromHere(r))
		})
	}
}
