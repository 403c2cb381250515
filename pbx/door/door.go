// Package door is where PBXs and providers knock: it takes what they tell of calls, answers what to do with one, and holds the one list of the kinds there are.
package door

import (
	"cmp"
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/telephony"
	"github.com/skvoz/skvoz/pbx/wire"
)

// Connections finds connections by what requests carry. Errors are of kind KindNotFound when there is none.
type Connections interface {
	ByID(ctx context.Context, id core.ConnectionID) (telephony.Endpoint, error)
	// ByPath finds the connection of a provider by the secret in its address (telephony.SecretPath).
	ByPath(ctx context.Context, secret string) (telephony.Endpoint, error)
}

// Config is what a door is made of. All ports must be set.
type Config struct {
	Connections Connections
	Events      telephony.EventStore
	Router      telephony.Router
	// ClientIP finds the client's address behind proxies.
	ClientIP func(*http.Request) netip.Addr
	Clock    core.Clock
	Log      *slog.Logger
	// Rate is how many requests a connection may send; zero = 50 a second, 500 at once.
	Rate wire.Rate
}

// The times a request may take: senders wait 5 s for events and 3 s for routing.
const (
	eventsBudget = 4500 * time.Millisecond
	routeBudget  = 2500 * time.Millisecond
)

// Handler answers PBXs. It is safe for concurrent use.
type Handler struct {
	cfg   Config
	turns *wire.Turns[core.ConnectionID]
}

var _ http.Handler = (*Handler)(nil)

// New returns the door: everything under /tel/v1/.
func New(cfg Config) *Handler {
	rate := cmp.Or(cfg.Rate, wire.Rate{PerSecond: 50, Burst: 500})
	return &Handler{cfg: cfg, turns: wire.NewTurns[core.ConnectionID](cfg.Clock, rate)}
}

// visit is a request on its way.
type visit struct {
	*http.Request
	endpoint telephony.Endpoint
	// rest is what follows the connection in the address.
	rest string
	// weak: the connection is known by the secret in the address.
	weak bool
	now  time.Time
	body []byte
}

// ServeHTTP answers one request.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	ctx, cancel := context.WithTimeout(r.Context(), eventsBudget)
	defer cancel()
	v := &visit{Request: r.WithContext(ctx), now: h.cfg.Clock.Now()}
	if problem := h.enter(ctx, w, v); problem != nil {
		h.refuse(ctx, w, v, problem)
		return
	}
	answer, problem := h.answer(ctx, v)
	if problem != nil {
		h.refuse(ctx, w, v, problem)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(answer)))
	_, _ = w.Write(answer)
}

// enter finds the connection and reads the body.
func (h *Handler) enter(ctx context.Context, w http.ResponseWriter, v *visit) *problem {
	if p := h.find(ctx, v); p != nil {
		return p
	}
	if !mayCome(v.endpoint.Settings.AllowedIPs, h.cfg.ClientIP(v.Request)) {
		return &problem{status: http.StatusUnauthorized, code: "ip_not_allowed", message: "events of this connection may not come from your address: add it to the connection's list"}
	}
	if wait, ok := h.turns.Take(v.endpoint.ID); !ok {
		return &problem{status: http.StatusTooManyRequests, code: "too_many_requests", message: "too many requests: send up to 100 events in one", retryAfter: wait}
	}
	return readBody(w, v)
}

// find looks the connection up.
func (h *Handler) find(ctx context.Context, v *visit) *problem {
	e, err := h.lookUp(ctx, v)
	switch core.KindOf(err) {
	case "":
	case core.KindNotFound, core.KindInvalid:
		return notFound
	default:
		return unavailable(err)
	}
	if !e.IsEnabled {
		return &problem{status: http.StatusNotFound, code: "connection_off", message: "this connection is switched off"}
	}
	v.endpoint = e
	return nil
}

func (h *Handler) lookUp(ctx context.Context, v *visit) (telephony.Endpoint, error) {
	path, ok := strings.CutPrefix(v.URL.Path, telephony.DoorPath)
	if !ok {
		return telephony.Endpoint{}, core.NotFound("address")
	}
	first, rest, _ := strings.Cut(path, "/")
	if first != "w" {
		v.rest = strings.Trim(rest, "/")
		id, err := core.ParseID[core.ConnectionID](first)
		if err != nil {
			return telephony.Endpoint{}, err
		}
		return h.cfg.Connections.ByID(ctx, id)
	}
	secret, rest, _ := strings.Cut(rest, "/")
	v.weak, v.rest = true, strings.Trim(rest, "/")
	if len(secret) < minSecret || len(secret) > maxSecret {
		return telephony.Endpoint{}, core.NotFound("connection")
	}
	return h.cfg.Connections.ByPath(ctx, secret)
}

// Secrets in addresses are at least this long: shorter ones could be guessed.
const (
	minSecret = 16
	maxSecret = 256
)

// mayCome reports whether an address is in a list of addresses and networks; anything is in an empty one.
func mayCome(list []string, from netip.Addr) bool {
	if len(list) == 0 {
		return true
	}
	for _, one := range list {
		if addr, err := netip.ParseAddr(one); err == nil && addr.Unmap() == from {
			return true
		}
		if network, err := netip.ParsePrefix(one); err == nil && network.Contains(from) {
			return true
		}
	}
	return false
}
