// Package inbound is the door vendors' webhooks come through: it keeps them as they are and answers.
package inbound

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/integrations"
)

// Receiver keeps webhooks (integrations.Service).
type Receiver interface {
	// ReceiveHook is of KindNotFound when no integration of the kind has the secret.
	ReceiveHook(ctx context.Context, kind integrations.Kind, secret string, h integrations.Hook) error
}

// Config is what a handler is made of.
type Config struct {
	Receiver Receiver
	Clock    core.Clock
	Log      *slog.Logger
}

// maxHook bounds a webhook's body, in bytes.
const maxHook = 1 << 20

// New answers /hooks/{kind}/{secret}: 200 when the webhook is on disk, 404 for an address that is no one's, 413 for too large a body, 503 when it could not
// be kept, so that a vendor who repeats does so. It reads nothing of what the webhook says: jobs do.
func New(cfg Config) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/hooks/{kind}/{secret}", cfg.receive)
	return mux
}

func (c Config) receive(w http.ResponseWriter, r *http.Request) {
	switch r.Method {
	case http.MethodPost, http.MethodGet, http.MethodHead: // some vendors look whether the address answers
	default:
		w.Header().Set("Allow", "GET, HEAD, POST")
		http.Error(w, "webhooks are sent by POST", http.StatusMethodNotAllowed)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxHook))
	if err != nil {
		refuseBody(w, err)
		return
	}
	err = c.Receiver.ReceiveHook(r.Context(), integrations.Kind(r.PathValue("kind")), r.PathValue("secret"), c.hook(r, body))
	switch core.KindOf(err) {
	case "":
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = io.WriteString(w, "ok")
	case core.KindNotFound:
		http.Error(w, "no integration has this address", http.StatusNotFound)
	default:
		c.Log.ErrorContext(r.Context(), "webhook not kept", "kind", r.PathValue("kind"), "error", err)
		w.Header().Set("Retry-After", "5")
		http.Error(w, "the webhook could not be kept; send it again", http.StatusServiceUnavailable)
	}
}

func refuseBody(w http.ResponseWriter, err error) {
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		http.Error(w, "the webhook is too large", http.StatusRequestEntityTooLarge)
		return
	}
	http.Error(w, "the webhook did not arrive whole", http.StatusBadRequest)
}

// hook takes over a request without what only concerns its transport.
func (c Config) hook(r *http.Request, body []byte) integrations.Hook {
	h := integrations.Hook{
		At: c.Clock.Now(), Method: r.Method, Query: r.URL.RawQuery, ContentType: r.Header.Get("Content-Type"), Header: map[string]string{}, Body: body,
	}
	for _, name := range []string{"User-Agent", "X-Signature", "X-Request-Id"} {
		if value := r.Header.Get(name); value != "" {
			h.Header[name] = value
		}
	}
	return h
}
