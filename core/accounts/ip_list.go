package accounts

import (
	"context"
	"net/netip"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/skvoz/skvoz/core"
)

const (
	// maxNetworks is how many networks an account may let in.
	maxNetworks       = 500
	maxNetworkComment = 200
	// everybody is the network that lets everybody in, whatever the family of their address.
	everybody = "0.0.0.0/0"
)

// AllowedNetworks returns the networks from which the account's Data API may be called; none = from nowhere.
func (s *Service) AllowedNetworks(ctx context.Context, account core.AccountID) ([]AllowedNetwork, error) {
	return s.store.AllowedNetworks(ctx, account)
}

// AllowNetwork lets an address or a network in CIDR notation call the account's Data API, and returns it in its one form. One that is there gets
// the comment. KindInvalid about network (bad_network, host_bits, too_many) or comment; KindNotFound: no such account.
func (s *Service) AllowNetwork(ctx context.Context, account core.AccountID, cidr, comment string) (AllowedNetwork, error) {
	network, err := readNetwork(cidr)
	if err != nil {
		return AllowedNetwork{}, err
	}
	comment = strings.TrimSpace(comment)
	if utf8.RuneCountInString(comment) > maxNetworkComment || !utf8.ValidString(comment) || strings.ContainsFunc(comment, unicode.IsControl) {
		return AllowedNetwork{}, core.Invalid("comment", "bad_text", "at most %d characters, without line breaks", maxNetworkComment)
	}
	if _, err := s.store.Account(ctx, account); err != nil {
		return AllowedNetwork{}, err
	}
	n := AllowedNetwork{AccountID: account, Network: network.String(), Comment: comment, CreatedAt: s.clock.Now()}
	return n, s.store.AllowNetwork(ctx, n, maxNetworks)
}

// RemoveNetwork stops letting a network in. KindInvalid: not a network; KindNotFound: it was not let in.
func (s *Service) RemoveNetwork(ctx context.Context, account core.AccountID, cidr string) error {
	network, err := readNetwork(cidr)
	if err != nil {
		return err
	}
	return s.store.RemoveNetwork(ctx, account, network.String())
}

// MayCallDataAPI reports whether the account's Data API may be called from an address. The zero Addr may only where everybody may.
func (s *Service) MayCallDataAPI(ctx context.Context, account core.AccountID, ip netip.Addr) (bool, error) {
	list, err := s.store.AllowedNetworks(ctx, account)
	if err != nil {
		return false, err
	}
	ip = ip.Unmap().WithZone("")
	for _, n := range list {
		if n.Network == everybody {
			return true, nil
		}
		if network, err := netip.ParsePrefix(n.Network); err == nil && network.Contains(ip) {
			return true, nil
		}
	}
	return false, nil
}

// readNetwork reads an address or a network. Host bits are refused: 203.0.113.7/24 may be meant as one address or as 256.
func readNetwork(raw string) (netip.Prefix, error) {
	raw = strings.TrimSpace(raw)
	if addr, err := netip.ParseAddr(raw); err == nil && addr.Zone() == "" {
		addr = addr.Unmap()
		return netip.PrefixFrom(addr, addr.BitLen()), nil
	}
	network, err := netip.ParsePrefix(raw)
	if err != nil || network.Addr().Is4In6() {
		return netip.Prefix{}, core.Invalid("network", "bad_network", "this is no network; write an address like 203.0.113.7 or a network like 203.0.113.0/24").WithValue(raw)
	}
	if network != network.Masked() {
		return netip.Prefix{}, core.Invalid("network", "host_bits", "write %s for the whole network or %s for the one address", network.Masked(), network.Addr()).WithValue(raw)
	}
	return network, nil
}
