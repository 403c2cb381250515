package wire

import (
	"crypto/x509"
	"errors"
	"net"
	"syscall"
)

// isWrongAddress reports whether nothing that could be the vendor is at an address: no such name, nothing listens, no TLS or a wrong certificate.
func isWrongAddress(err error) bool {
	var dns *net.DNSError
	if errors.As(err, &dns) {
		return dns.IsNotFound
	}
	var host x509.HostnameError
	var authority x509.UnknownAuthorityError
	var invalid x509.CertificateInvalidError
	if errors.As(err, &host) || errors.As(err, &authority) || errors.As(err, &invalid) {
		return true
	}
	return false
}

// IsRefused reports whether nothing listens at the address: the vendor is down, or the address is wrong. At connecting it means the latter.
func IsRefused(err error) bool { return errors.Is(err, syscall.ECONNREFUSED) }
