package httpserver

import (
	"net/http"
	"net/netip"
	"strings"
)

// Proxies resolves who is at the other end of a request when trusted reverse proxies stand between. Headers of anybody
// else are not believed. The zero value trusts nobody.
type Proxies struct{ trusted []netip.Prefix }

// NewProxies trusts the proxies within the given networks.
func NewProxies(trusted []netip.Prefix) *Proxies { return &Proxies{trusted: trusted} }

// maxForwarded bounds the work a forged header can cause.
const maxForwarded = 32

// ClientIP returns the address of the client: the peer itself, or behind trusted proxies the rightmost address of
// X-Forwarded-For that is not one of them, or X-Real-IP where the first is missing. IPv4 addresses are in their
// four-byte form and zones are dropped, so addresses can be compared. It is the zero Addr if the peer has no address.
func (p *Proxies) ClientIP(r *http.Request) netip.Addr {
	peer := peerIP(r)
	if !p.trusts(peer) {
		return peer
	}
	if chain := r.Header["X-Forwarded-For"]; len(chain) > 0 {
		return p.rightmostForeign(chain, peer)
	}
	if addr, ok := parseIP(r.Header.Get("X-Real-Ip")); ok {
		return addr
	}
	return peer
}

// rightmostForeign walks the chain from the nearest hop outwards. A hop that is no address ends the walk: beyond it
// nothing can be believed, so the last good address stands.
func (p *Proxies) rightmostForeign(chain []string, peer netip.Addr) netip.Addr {
	client := peer
	hops := 0
	for i := len(chain) - 1; i >= 0; i-- {
		rest := chain[i]
		for rest != "" && hops < maxForwarded {
			hops++
			hop := rest
			if comma := strings.LastIndexByte(rest, ','); comma >= 0 {
				rest, hop = rest[:comma], rest[comma+1:]
			} else {
				rest = ""
			}
			addr, ok := parseIP(hop)
			if !ok {
				return client
			}
			client = addr
			if !p.trusts(addr) {
				return client
			}
		}
	}
	return client
}

// IsTLS reports whether the client's own connection is encrypted, as far as it can be known.
func (p *Proxies) IsTLS(r *http.Request) bool {
	if r.TLS != nil {
		return true
	}
	return p.trusts(peerIP(r)) && strings.EqualFold(lastOf(r.Header.Get("X-Forwarded-Proto")), "https")
}

// Host returns the host name the client asked for, with the port if it named one.
func (p *Proxies) Host(r *http.Request) string {
	if p.trusts(peerIP(r)) {
		if host := lastOf(r.Header.Get("X-Forwarded-Host")); host != "" {
			return host
		}
	}
	return r.Host
}

func (p *Proxies) trusts(addr netip.Addr) bool {
	if p == nil || !addr.IsValid() {
		return false
	}
	for _, network := range p.trusted {
		if network.Contains(addr) {
			return true
		}
	}
	return false
}

func peerIP(r *http.Request) netip.Addr {
	if addr, err := netip.ParseAddrPort(r.RemoteAddr); err == nil {
		return plain(addr.Addr())
	}
	addr, _ := parseIP(r.RemoteAddr)
	return addr
}

// parseIP reads an address as proxies write it: alone, in brackets, or with a port.
func parseIP(raw string) (netip.Addr, bool) {
	raw = strings.TrimSpace(raw)
	if addr, err := netip.ParseAddr(raw); err == nil {
		return plain(addr), true
	}
	if addr, err := netip.ParseAddrPort(raw); err == nil {
		return plain(addr.Addr()), true
	}
	if inner, ok := strings.CutPrefix(raw, "["); ok {
		if addr, err := netip.ParseAddr(strings.TrimSuffix(inner, "]")); err == nil {
			return plain(addr), true
		}
	}
	return netip.Addr{}, false
}

func plain(addr netip.Addr) netip.Addr { return addr.Unmap().WithZone("") }

// lastOf returns the last part of a comma-separated header: the one the nearest proxy wrote.
func lastOf(header string) string {
	if comma := strings.LastIndexByte(header, ','); comma >= 0 {
		header = header[comma+1:]
	}
	return strings.TrimSpace(header)
}
