package httpclient

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"syscall"
	"time"
)

func transport(o *Options) *http.Transport {
	// Shorter than an attempt: what failed to connect can be told from what was sent and not answered.
	dialer := &net.Dialer{Timeout: min(10*time.Second, o.Timeout*2/3), Resolver: o.Resolver}
	if !o.AllowPrivate {
		dialer.ControlContext = door(plain(o.AllowNetworks)).guard
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

// door is the private networks a client may enter.
type door []netip.Prefix

// guard runs with the address a name was resolved to, just before connecting to it. A check of the name beforehand
// could be outwitted by a name that resolves differently a moment later.
func (d door) guard(_ context.Context, _, address string, _ syscall.RawConn) error {
	target, err := netip.ParseAddrPort(address)
	if err != nil || !public(target.Addr()) && !contains(d, target.Addr().Unmap().WithZone("")) {
		return ErrPrivateAddress
	}
	return nil
}

// plain writes networks of IPv4 addresses as such, even if they were given in the form of IPv6: addresses are compared
// in their shortest form.
func plain(networks []netip.Prefix) []netip.Prefix {
	out := make([]netip.Prefix, len(networks))
	for i, network := range networks {
		if network.Addr().Is4In6() && network.Bits() >= 96 {
			network = netip.PrefixFrom(network.Addr().Unmap(), network.Bits()-96)
		}
		out[i] = network.Masked()
	}
	return out
}

func contains(networks []netip.Prefix, addr netip.Addr) bool {
	return slices.ContainsFunc(networks, func(network netip.Prefix) bool { return network.Contains(addr) })
}

// public reports whether an address can belong to a server on the internet.
func public(addr netip.Addr) bool {
	addr = addr.Unmap()
	return addr.IsGlobalUnicast() && !addr.IsPrivate() && !contains(special, addr)
}

// special networks are global by form and yet lead inside or nowhere (IANA's special-purpose registries).
var special = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"),
	netip.MustParsePrefix("100.64.0.0/10"),  // carrier NAT, and clouds' metadata services
	netip.MustParsePrefix("192.0.0.0/24"),   // protocol assignments
	netip.MustParsePrefix("198.18.0.0/15"),  // benchmarks
	netip.MustParsePrefix("240.0.0.0/4"),    // reserved
	netip.MustParsePrefix("::/96"),          // IPv4 in the form of old
	netip.MustParsePrefix("64:ff9b::/96"),   // IPv4 through NAT64
	netip.MustParsePrefix("64:ff9b:1::/48"), // the same, local
	netip.MustParsePrefix("2002::/16"),      // IPv4 through 6to4
	netip.MustParsePrefix("2001::/32"),      // IPv4 through Teredo
	netip.MustParsePrefix("fec0::/10"),      // site-local of old
}
