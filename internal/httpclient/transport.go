package httpclient

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"time"
)

func transport(allowPrivate bool) *http.Transport {
	dialer := &net.Dialer{Timeout: 10 * time.Second}
	if !allowPrivate {
		dialer.ControlContext = refusePrivate
	}
	return &http.Transport{
		// No proxy from the environment: behind one, the address connected to would be the proxy's, not the target's.
		Proxy:                  nil,
		DialContext:            dialer.DialContext,
		ForceAttemptHTTP2:      true,
		MaxIdleConns:           100,
		MaxIdleConnsPerHost:    8,
		IdleConnTimeout:        90 * time.Second,
		TLSHandshakeTimeout:    10 * time.Second,
		ExpectContinueTimeout:  time.Second,
		MaxResponseHeaderBytes: 256 << 10,
	}
}

// refusePrivate runs with the address a name was resolved to, just before connecting to it. A check of the name
// beforehand could be outwitted by a name that resolves differently a moment later.
func refusePrivate(_ context.Context, _, address string, _ syscall.RawConn) error {
	target, err := netip.ParseAddrPort(address)
	if err != nil || !public(target.Addr()) {
		return ErrPrivateAddress
	}
	return nil
}

// public reports whether an address can belong to a server on the internet.
func public(addr netip.Addr) bool {
	addr = addr.Unmap()
	if !addr.IsGlobalUnicast() || addr.IsPrivate() {
		return false
	}
	for _, network := range special {
		if network.Contains(addr) {
			return false
		}
	}
	return true
}

// special networks are global by form and yet lead inside or nowhere (IANA's special-purpose registries).
var special = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"),
	netip.MustParsePrefix("100.64.0.0/10"),  // carrier NAT, and clouds' metadata services
	netip.MustParsePrefix("192.0.0.0/24"),   // protocol assignments
	netip.MustParsePrefix("198.18.0.0/15"),  // benchmarks
	netip.MustParsePrefix("240.0.0.0/4"),    // reserved
	netip.MustParsePrefix("64:ff9b::/96"),   // IPv4 through NAT64
	netip.MustParsePrefix("64:ff9b:1::/48"), // the same, local
	netip.MustParsePrefix("2002::/16"),      // IPv4 through 6to4
	netip.MustParsePrefix("2001::/32"),      // IPv4 through Teredo
	netip.MustParsePrefix("fec0::/10"),      // site-local of old
}
