package bitrix24

import (
	"net/netip"
	"net/url"
	"regexp"
	"strings"

	"github.com/skvoz/skvoz/core/integrations"
)

// portal is where requests go.
type portal struct {
	// origin is the address people open, host its name in lower case with the port.
	origin, host string
	// rest is what names of methods are appended to. It holds the secret of an incoming web hook.
	rest string
	// secret is that of an incoming web hook; empty for an application, whose requests carry a token.
	secret string
}

var webhookPath = regexp.MustCompile(`^/rest/(\d{1,10})/([A-Za-z0-9_-]{8,100})(/.*)?$`)

// webhookPortal reads the address of an incoming web hook; the name of a method at its end is passed over.
func webhookPortal(raw string) (portal, bool) {
	u, ok := siteURL(raw)
	if !ok {
		return portal{}, false
	}
	m := webhookPath.FindStringSubmatch(u.Path)
	if m == nil {
		return portal{}, false
	}
	p := newPortal(u)
	p.rest, p.secret = p.origin+"/rest/"+m[1]+"/"+m[2]+"/", m[2]
	return p, true
}

// appPortal reads the address of a portal.
func appPortal(raw string) (portal, bool) {
	u, ok := siteURL(raw)
	if !ok {
		return portal{}, false
	}
	return newPortal(u), true
}

func newPortal(u *url.URL) portal {
	host := strings.ToLower(u.Host)
	origin := u.Scheme + "://" + host
	return portal{origin: origin, host: host, rest: origin + "/rest/"}
}

// siteURL reads an address; without encryption only those of private networks are good: Bitrix24 itself refuses the others.
func siteURL(raw string) (*url.URL, bool) {
	u, err := url.Parse(strings.TrimSpace(raw))
	if err != nil || u.Host == "" || u.Hostname() == "" || u.User != nil {
		return nil, false
	}
	return u, u.Scheme == "https" || u.Scheme == "http" && isPrivate(u.Hostname())
}

// isPrivate reports whether a host is one of this network by its name or address.
func isPrivate(host string) bool {
	if ip, err := netip.ParseAddr(host); err == nil {
		return ip.IsLoopback() || ip.IsPrivate() || ip.IsLinkLocalUnicast()
	}
	return !strings.Contains(host, ".") || strings.HasSuffix(strings.ToLower(host), ".localhost") || strings.HasSuffix(strings.ToLower(host), ".local")
}

// authServer is where codes and refresh tokens are exchanged: for a portal in a private network that was not told otherwise, the portal itself.
func (p *portal) authServer(set string) string {
	u, err := url.Parse(p.origin)
	if (set == "" || set == defaultAuthServer) && err == nil && isPrivate(u.Hostname()) {
		return p.origin
	}
	if set == "" {
		return defaultAuthServer
	}
	return strings.TrimRight(set, "/")
}

// is reports whether an address or host the vendor names is this portal.
func (p *portal) is(named string) bool {
	if u, err := url.Parse(named); err == nil && u.Host != "" {
		named = u.Host
	}
	return strings.EqualFold(bareHost(named), bareHost(p.host))
}

// bareHost drops the ports that go without saying.
func bareHost(host string) string {
	return strings.TrimSuffix(strings.TrimSuffix(host, ":443"), ":80")
}

func badWebhook(given string) error {
	return badSetting(keyWebhook, given, "https://company.bitrix24.ru/rest/1/xxxxxxxx/")
}

func badAddress(given string) error {
	return badSetting(keyAddress, given, "https://company.bitrix24.ru")
}

// badSetting says of an address that is missing, or is none, what it should look like. What was given is not shown: it may hold a secret.
func badSetting(key, given, example string) error {
	kind := integrations.FailAddress
	if strings.TrimSpace(given) == "" {
		kind = integrations.FailSettings
	}
	return &integrations.Failure{Kind: kind, Field: key, Detail: "an address like " + example + " is needed"}
}
