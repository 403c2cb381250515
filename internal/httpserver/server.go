// Package httpserver holds what every HTTP door of the server shares: time-outs, graceful shutdown, the client's true
// address behind proxies, security headers, static files and recovery from panics.
package httpserver

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// The limits below end connections that hold resources without using them; none ends an honest slow client.
// There is no write time-out: event streams stay open for hours, and a handler that needs one sets it for itself.
const (
	readHeaderTimeout = 10 * time.Second
	readTimeout       = 60 * time.Second
	idleTimeout       = 120 * time.Second
	maxHeaderBytes    = 32 << 10
)

// New returns a server for the handler. What net/http complains about goes to log as warnings.
func New(handler http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: readHeaderTimeout,
		ReadTimeout:       readTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeaderBytes,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
}

// Run serves on ln until ctx ends, then accepts nothing new and lets requests in progress finish for at most grace.
// It returns nil after a clean end; an error if serving failed, or if requests had to be cut off.
// It closes ln in every case. Streams and WebSockets should watch [http.Server.RegisterOnShutdown] and end by themselves.
func Run(ctx context.Context, ln net.Listener, srv *http.Server, grace time.Duration) error {
	served := make(chan error, 1)
	go func() { served <- srv.Serve(ln) }()
	select {
	case err := <-served:
		return fmt.Errorf("serving on %s: %w", ln.Addr(), err)
	case <-ctx.Done():
	}
	// The parent has ended already; what is left to do has its own limit.
	timed, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	err := srv.Shutdown(timed)
	if err != nil {
		err = fmt.Errorf("requests cut off after %s: %w", grace, errors.Join(err, srv.Close()))
	}
	if serveErr := <-served; !errors.Is(serveErr, http.ErrServerClosed) {
		err = errors.Join(err, serveErr)
	}
	return err
}
