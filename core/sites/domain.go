package sites

import (
	"net/netip"
	"strings"

	"github.com/skvoz/skvoz/core"
)

// parseDomain reads what a person takes for a domain: scheme, user, "www.", port, path and a final dot are cut off. It returns the domain as it
// is stored and as people read it.
func parseDomain(field, text string) (domain, display string, err error) {
	bad := core.Invalid(field, "bad_domain", "%q is not a domain; write it like shop.example", shorten(text))
	host := strings.ToLower(strings.TrimSpace(text))
	if _, rest, ok := strings.Cut(host, "://"); ok {
		host = rest
	}
	host = strings.TrimPrefix(host, "//")
	if i := strings.IndexAny(host, "/?#\\"); i >= 0 {
		host = host[:i]
	}
	if i := strings.LastIndexByte(host, '@'); i >= 0 {
		host = host[i+1:]
	}
	if i := strings.LastIndexByte(host, ':'); i >= 0 && strings.Trim(host[i+1:], "0123456789") == "" {
		host = host[:i]
	}
	domain = cutWWW(strings.TrimSuffix(core.ASCIIHost(host), "."))
	if !isDomain(domain) {
		return "", "", bad
	}
	return domain, core.ReadableHost(domain), nil
}

// PlainHost brings the host of an address, perhaps with a port, into the form of Site.Domain.
func PlainHost(host string) string {
	host = core.ASCIIHost(strings.TrimSpace(host))
	if i := strings.LastIndexByte(host, ':'); i >= 0 && !strings.HasSuffix(host, "]") {
		host = host[:i]
	}
	return cutWWW(strings.TrimSuffix(host, "."))
}

// cutWWW leaves "www.example" alone, which is nobody's main domain.
func cutWWW(host string) string {
	for {
		rest, ok := strings.CutPrefix(host, "www.")
		if !ok || !strings.Contains(rest, ".") {
			return host
		}
		host = rest
	}
}

// isDomain accepts names of at least two labels, IPv4 addresses and localhost, which are good for trying things out.
func isDomain(s string) bool {
	if len(s) > 253 || (!strings.Contains(s, ".") && s != "localhost") {
		return false
	}
	labels := strings.Split(s, ".")
	for _, label := range labels {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' ||
			strings.Trim(label, "abcdefghijklmnopqrstuvwxyz0123456789-_") != "" {
			return false
		}
	}
	if strings.Trim(labels[len(labels)-1], "0123456789") == "" { // ends in a number: an address or nonsense
		_, err := netip.ParseAddr(s)
		return err == nil
	}
	return true
}

// ParseNetwork reads an address or a CIDR range, of IPv4 or IPv6. IPv4 in IPv6 form is IPv4.
func ParseNetwork(text string) (netip.Prefix, bool) {
	text = strings.TrimSpace(text)
	if addr, err := netip.ParseAddr(text); err == nil && addr.Zone() == "" {
		addr = addr.Unmap()
		return netip.PrefixFrom(addr, addr.BitLen()), true
	}
	p, err := netip.ParsePrefix(text)
	if err != nil || (p.Addr().Is4In6() && p.Bits() < 96) {
		return netip.Prefix{}, false
	}
	if p.Addr().Is4In6() {
		p = netip.PrefixFrom(p.Addr().Unmap(), p.Bits()-96)
	}
	return p.Masked(), true
}

// networkText writes a network the way a person would.
func networkText(p netip.Prefix) string {
	if p.IsSingleIP() {
		return p.Addr().String()
	}
	return p.String()
}

// shorten keeps error messages readable whatever was sent.
func shorten(s string) string {
	const limit = 60
	if r := []rune(s); len(r) > limit {
		return string(r[:limit]) + "…"
	}
	return s
}
