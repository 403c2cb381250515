package amocrm

import (
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/skvoz/skvoz/core/integrations"
)

// address is where an account's interface is: scheme and host, without a trailing slash.
type address string

var (
	// vendorDomains are those accounts live under; the first is meant when only a subdomain is given.
	vendorDomains = []string{"amocrm.ru", "amocrm.com", "kommo.com"}
	// notAccounts are hosts of the vendor's own under these domains.
	notAccounts = []string{"www", "api", "developers"}
	subdomain   = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)
)

// parseAddress reads what people type: a subdomain, a host, the address of any page of the account. Hosts that are not the vendor's are taken only as
// whole addresses with http:// or https://, so that a slip of the pen does not send a token to a stranger.
func parseAddress(raw string) (address, error) {
	text := strings.ToLower(strings.TrimSpace(raw))
	bad := &integrations.Failure{Kind: integrations.FailSettings, Field: keyAddress, Detail: "an address like https://company.amocrm.ru is needed"}
	if subdomain.MatchString(text) && !slices.Contains(notAccounts, text) && text != "localhost" {
		return address("https://" + text + "." + vendorDomains[0]), nil
	}
	isWhole := strings.HasPrefix(text, "https://") || strings.HasPrefix(text, "http://")
	if !isWhole {
		text = "https://" + text
	}
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.User != nil {
		return "", bad
	}
	if name, domain, ok := strings.Cut(u.Host, "."); ok && slices.Contains(vendorDomains, domain) {
		if !subdomain.MatchString(name) || slices.Contains(notAccounts, name) {
			return "", bad
		}
		return address("https://" + u.Host), nil
	}
	if !isWhole || isVendors(u.Hostname()) {
		return "", bad
	}
	return address(u.Scheme + "://" + u.Host + strings.TrimRight(u.Path, "/")), nil
}

// isVendors reports whether a host is a vendor's domain or under it.
func isVendors(host string) bool {
	return slices.ContainsFunc(vendorDomains, func(domain string) bool { return host == domain || strings.HasSuffix(host, "."+domain) })
}

func (a address) host() string {
	u, err := url.Parse(string(a))
	if err != nil {
		return string(a)
	}
	return u.Host
}

// authorizePage is the page where people let integrations in: the vendor's common one, or the account's own where the host is not the vendor's.
func (a address) authorizePage() string {
	_, domain, _ := strings.Cut(a.host(), ".")
	switch {
	case !slices.Contains(vendorDomains, domain):
		return string(a) + "/oauth"
	case domain == vendorDomains[0]:
		return "https://www.amocrm.ru/oauth"
	default:
		return "https://www.kommo.com/oauth"
	}
}

// lead is the page of a deal.
func (a address) lead(id string) string { return string(a) + "/leads/detail/" + id }
