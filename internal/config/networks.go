package config

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
)

// Proxies returns the networks of the trusted proxies.
func (s *Serve) Proxies() ([]netip.Prefix, error) {
	return networks("--trusted-proxies", s.TrustedProxies, "trusts everybody, and anybody could then invent an address; name the proxy")
}

// Integrations returns the private networks integrations may reach; none unless they are named. Public addresses need no
// naming.
func (s *Serve) Integrations() ([]netip.Prefix, error) {
	return IntegrationNetworks(s.IntegrationNetworks)
}

// IntegrationNetworks reads the private networks integrations may reach.
func IntegrationNetworks(list []string) ([]netip.Prefix, error) {
	return networks("--integration-networks", list, "opens every private network, this machine's own services among them; name the network of the CRM")
}

// networks reads a list of networks; everybody says what is wrong with one that has all addresses in it.
func networks(flag string, list []string, everybody string) ([]netip.Prefix, error) {
	var out []netip.Prefix
	for _, raw := range list {
		if raw = strings.TrimSpace(raw); raw == "" {
			continue // an empty environment variable
		}
		found, err := parseNetwork(raw, everybody)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", flag, err)
		}
		out = append(out, found...)
	}
	return out, nil
}

func parseNetwork(raw, everybody string) ([]netip.Prefix, error) {
	switch raw {
	case "loopback":
		return prefixes("127.0.0.0/8", "::1/128"), nil
	case "private":
		return prefixes("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"), nil
	}
	if addr, err := netip.ParseAddr(raw); err == nil && addr.Zone() == "" {
		addr = addr.Unmap()
		return []netip.Prefix{netip.PrefixFrom(addr, addr.BitLen())}, nil
	}
	prefix, err := netip.ParsePrefix(raw)
	if err != nil {
		return nil, fmt.Errorf("%q is no network; write an address, a network like 10.0.0.0/8, loopback or private", raw)
	}
	if prefix.Addr().Is4In6() {
		return nil, fmt.Errorf("%q is a network of IPv4 in the form of IPv6; write it like 10.0.0.0/8", raw)
	}
	if prefix.Bits() == 0 {
		return nil, fmt.Errorf("%q %s", raw, everybody)
	}
	return []netip.Prefix{prefix.Masked()}, nil
}

func prefixes(raw ...string) []netip.Prefix {
	out := make([]netip.Prefix, len(raw))
	for i, s := range raw {
		out[i] = netip.MustParsePrefix(s)
	}
	return out
}

// validateHurry refuses to hurry a server that is not set up for emulators: real vendors ban those who ask faster than they allow.
func (s *Serve) validateHurry() error {
	if err := between("--integration-hurry", s.IntegrationHurry, 1, maxHurry); err != nil || s.IntegrationHurry == 1 {
		return err
	}
	if len(s.IntegrationNetworks) != 1 || s.IntegrationNetworks[0] != "loopback" {
		return errors.New("--integration-hurry is for emulators on this machine: it needs --integration-networks loopback")
	}
	return nil
}
