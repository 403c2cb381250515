package httpserver

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
)

// CabinetCSP lets the cabinet load its own scripts, styles, pictures, sounds and connections and nothing else. Styles may be
// inline because component libraries set them on elements; scripts may not.
const CabinetCSP = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; media-src 'self'; " +
	"connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

// SecurityHeaders adds to every answer what keeps a browser from guessing types, framing pages and telling others where
// it came from. An empty csp adds no content security policy. On TLS connections it adds HSTS for half a year.
func SecurityHeaders(next http.Handler, csp string, proxies *Proxies) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		if csp != "" {
			h.Set("Content-Security-Policy", csp)
		}
		if proxies.IsTLS(r) {
			h.Set("Strict-Transport-Security", "max-age=15768000")
		}
		next.ServeHTTP(w, r)
	})
}

// Recover turns a panic of next into status 500 and a log line with the stack, and lets the server live on.
// If part of the answer is out already, the connection is cut instead, so that the client sees the answer is not whole.
func Recover(next http.Handler, log *slog.Logger) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		watched := &startWatcher{ResponseWriter: w}
		defer func() { //nolint:contextcheck // the request's context is used
			cause := recover()
			if cause == nil {
				return
			}
			if err, ok := cause.(error); ok && errors.Is(err, http.ErrAbortHandler) {
				panic(http.ErrAbortHandler) // net/http's own way to cut a connection
			}
			log.ErrorContext(r.Context(), "panic while answering", slog.String("method", r.Method),
				slog.String("path", r.URL.Path), slog.String("cause", fmt.Sprint(cause)), slog.String("stack", string(debug.Stack())))
			if watched.started {
				panic(http.ErrAbortHandler) // net/http's own way to cut a connection
			}
			http.Error(w, "internal error", http.StatusInternalServerError)
		}()
		next.ServeHTTP(watched, r)
	})
}

// startWatcher knows whether an answer has begun.
type startWatcher struct {
	http.ResponseWriter
	started bool
}

func (w *startWatcher) WriteHeader(status int) {
	w.started = w.started || status >= 200 || status == http.StatusSwitchingProtocols
	w.ResponseWriter.WriteHeader(status)
}

func (w *startWatcher) Write(p []byte) (int, error) {
	w.started = true
	return w.ResponseWriter.Write(p)
}

// Flush implements [http.Flusher] for writers of event streams that ask for it by type assertion.
func (w *startWatcher) Flush() {
	w.started = true
	_ = http.NewResponseController(w.ResponseWriter).Flush()
}

// Unwrap gives [http.ResponseController] the writer below.
func (w *startWatcher) Unwrap() http.ResponseWriter { return w.ResponseWriter }
