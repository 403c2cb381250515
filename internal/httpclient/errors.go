package httpclient

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"net/url"
	"syscall"
)

// Errors a caller may tell apart with errors.Is. One failure may be several of them: a connection that can't be made in
// time is ErrTimeout and ErrUnreachable, an unknown host is ErrUnknownHost and ErrUnreachable.
var (
	// ErrTimeout: no answer in time. Unless it is ErrUnreachable too, the request may have been carried out.
	ErrTimeout = errors.New("no answer in time")
	// ErrUnreachable: no connection; nothing was sent.
	ErrUnreachable = errors.New("the server can't be reached")
	// ErrUnknownHost: the host's name has no address; ErrUnreachable, too.
	ErrUnknownHost = errors.New("the host name is unknown")
	// ErrRefused: the machine is there and nothing listens on the port; ErrUnreachable, too.
	ErrRefused = errors.New("the connection was refused")
	// ErrTLS: the encrypted connection can't be made or the certificate is not to be trusted; nothing was sent.
	ErrTLS = errors.New("no secure connection")
	// ErrPrivateAddress: the address belongs to a private network this client may not enter; nothing was sent.
	ErrPrivateAddress = errors.New("the address belongs to a private network")
	// ErrBroken: the connection broke before the whole answer was there. The request may have been carried out.
	ErrBroken = errors.New("the connection broke off")
	// ErrBodyTooLarge: the answer is larger than the client reads. The request was carried out.
	ErrBodyTooLarge = errors.New("the answer is too large")
)

// NotSent reports whether a request that failed with err certainly did not reach the other server, so that it may be
// made again without looking up whether it was carried out.
func NotSent(err error) bool {
	return errors.Is(err, ErrUnreachable) || errors.Is(err, ErrTLS) || errors.Is(err, ErrPrivateAddress)
}

// failure is an error of the network with the kinds it belongs to.
type failure struct {
	kinds []error
	cause error
}

// Error names the first kind and the cause.
func (f *failure) Error() string {
	if errors.Is(f.cause, f.kinds[0]) {
		return f.cause.Error()
	}
	return f.kinds[0].Error() + ": " + f.cause.Error()
}

// Unwrap returns kinds and cause.
func (f *failure) Unwrap() []error { return append([]error{f.cause}, f.kinds...) }

// classified tells the kinds of a failure of net/http, and drops the address that net/http puts into its errors.
func classified(err error) error {
	var inURL *url.Error
	if errors.As(err, &inURL) {
		err = inURL.Err
	}
	if kinds := kindsOf(err); len(kinds) > 0 {
		return &failure{kinds: kinds, cause: err}
	}
	return err
}

// sendable refuses an address no request can be sent to.
func sendable(req *http.Request) error {
	if req.URL.Scheme != "http" && req.URL.Scheme != "https" || req.URL.Host == "" {
		return &failure{kinds: []error{ErrUnreachable}, cause: errors.New("the address must begin with http:// or https:// and a host")}
	}
	return nil
}

func kindsOf(err error) []error {
	switch {
	case errors.Is(err, ErrPrivateAddress):
		return []error{ErrPrivateAddress}
	case errors.Is(err, context.Canceled):
		return nil
	}
	var kinds []error
	if timedOut(err) {
		kinds = append(kinds, ErrTimeout)
	}
	switch {
	case isUnknownHost(err):
		return append(kinds, ErrUnknownHost, ErrUnreachable)
	case errors.Is(err, syscall.ECONNREFUSED):
		return append(kinds, ErrRefused, ErrUnreachable)
	case isDial(err):
		return append(kinds, ErrUnreachable)
	case isTLS(err):
		return append(kinds, ErrTLS)
	case len(kinds) == 0: // an answer that is no HTTP, too
		return []error{ErrBroken}
	}
	return kinds
}

func timedOut(err error) bool {
	var timeout interface{ Timeout() bool }
	return errors.As(err, &timeout) && timeout.Timeout() || errors.Is(err, context.DeadlineExceeded)
}

func isUnknownHost(err error) bool {
	var lookup *net.DNSError
	return errors.As(err, &lookup) && lookup.IsNotFound
}

func isDial(err error) bool {
	var op *net.OpError
	var lookup *net.DNSError
	return errors.As(err, &op) && op.Op == "dial" || errors.As(err, &lookup)
}

func isTLS(err error) bool {
	var (
		untrusted *tls.CertificateVerificationError
		notTLS    tls.RecordHeaderError
		alert     tls.AlertError
		authority x509.UnknownAuthorityError
		host      x509.HostnameError
		invalid   x509.CertificateInvalidError
		op        *net.OpError
	)
	return errors.As(err, &untrusted) || errors.As(err, &notTLS) || errors.As(err, &alert) ||
		errors.As(err, &authority) || errors.As(err, &host) || errors.As(err, &invalid) ||
		errors.As(err, &op) && (op.Op == "remote error" || op.Op == "local error") ||
		errors.Is(err, http.ErrSchemeMismatch) || isHandshakeTimeout(err)
}

// isHandshakeTimeout knows the error of net/http by its text: its type is not exported.
func isHandshakeTimeout(err error) bool {
	return err.Error() == "net/http: TLS handshake timeout"
}
