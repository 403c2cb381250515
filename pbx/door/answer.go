package door

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/telephony"
	"github.com/skvoz/skvoz/pbx/ctpbx"
	"github.com/skvoz/skvoz/pbx/mango"
	"github.com/skvoz/skvoz/pbx/uis"
	"github.com/skvoz/skvoz/pbx/wire"
)

// problem is a request that is not answered with success.
type problem struct {
	status        int
	code, message string
	field         string
	retryAfter    time.Duration
	allow         string
	// err is logged and never shown.
	err error
}

var (
	notFound   = &problem{status: http.StatusNotFound, code: "not_found", message: "no connection has this address"}
	wrongPlace = &problem{status: http.StatusNotFound, code: "not_found", message: "the connection has no such address: events go to …/events, questions to …/route"}
)

func unavailable(err error) *problem {
	return &problem{status: http.StatusServiceUnavailable, code: "unavailable", message: "this can't be kept now; send it again", retryAfter: 2 * time.Second, err: err}
}

// problemOf says what an error means to a PBX.
func problemOf(err error) *problem {
	e := core.AsError(err)
	p := &problem{code: e.Reason, message: e.Message, field: e.Field, retryAfter: e.RetryAfter, err: e.Err}
	switch {
	case e.Reason == "too_many_events":
		p.status = http.StatusRequestEntityTooLarge
	case e.Kind == core.KindInvalid:
		p.status = http.StatusBadRequest
	case e.Kind == core.KindUnauthenticated, e.Kind == core.KindForbidden:
		p.status = http.StatusUnauthorized
	case e.Kind == core.KindNotFound:
		p.status = http.StatusNotFound
	case e.Kind == core.KindRateLimited:
		p.status = http.StatusTooManyRequests
	default:
		return unavailable(err)
	}
	if p.code == "" {
		p.code = string(e.Kind)
	}
	return p
}

func readBody(w http.ResponseWriter, v *visit) *problem {
	if v.Method == http.MethodGet || v.Method == http.MethodHead {
		return nil
	}
	// A body that comes too slowly would hold the request longer than its sender waits.
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(eventsBudget))
	body, err := io.ReadAll(http.MaxBytesReader(w, v.Body, ctpbx.MaxBody))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return &problem{status: http.StatusRequestEntityTooLarge, code: "too_large", message: "a request may have 1 MiB: send fewer events in one"}
	case err != nil:
		return &problem{status: http.StatusBadRequest, code: "incomplete", message: "the request did not arrive whole", err: err}
	}
	v.body = body
	return nil
}

// answer lets a request do what it came for.
func (h *Handler) answer(ctx context.Context, v *visit) ([]byte, *problem) {
	switch v.endpoint.Kind {
	case telephony.KindUIS:
		return h.notified(ctx, v, uis.Read)
	case telephony.KindMango:
		return h.notified(ctx, v, mango.Read)
	}
	if v.Method != http.MethodPost {
		return nil, &problem{status: http.StatusMethodNotAllowed, code: "method_not_allowed", message: "requests of a PBX are sent by POST", allow: http.MethodPost}
	}
	if err := v.authenticate(); err != nil {
		return nil, problemOf(err)
	}
	switch v.rest {
	case "events":
		return h.events(ctx, v)
	case "route":
		return h.route(ctx, v)
	}
	return nil, wrongPlace
}

// authenticate checks the signature; a connection without one is known by the secret in its address, and by that alone.
func (v *visit) authenticate() error {
	switch {
	case v.weak && v.endpoint.Settings.IsWeak:
		return nil
	case v.weak:
		return core.NotFound("connection")
	}
	s := v.endpoint.Secrets
	return ctpbx.Verify(v.Header, v.body, v.now, s[telephony.SecretSigning], s[telephony.SecretSigningOld])
}

func (h *Handler) events(ctx context.Context, v *visit) ([]byte, *problem) {
	events, rejected, err := ctpbx.ParseEvents(v.body)
	if err != nil {
		return nil, problemOf(err)
	}
	return h.keep(ctx, v, events, rejected)
}

// reader makes events of what a provider tells in its own words.
type reader func(e telephony.Endpoint, n wire.Notification, now time.Time) ([]telephony.Event, error)

func (h *Handler) notified(ctx context.Context, v *visit, read reader) ([]byte, *problem) {
	if v.Method != http.MethodPost && v.Method != http.MethodGet {
		return nil, &problem{status: http.StatusMethodNotAllowed, code: "method_not_allowed", message: "notifications are sent by POST or GET", allow: "GET, POST"}
	}
	if !v.weak && v.endpoint.Kind == telephony.KindUIS { // whoever knows the number of a connection is nobody yet
		return nil, notFound
	}
	n := wire.Notification{Method: v.Method, Path: v.rest, Query: v.URL.Query(), ContentType: v.Header.Get("Content-Type"), Body: v.body}
	events, err := read(v.endpoint, n, v.now)
	if err != nil {
		return nil, problemOf(err)
	}
	return h.keep(ctx, v, events, nil)
}

// reply is the answer to events.
type reply struct {
	Accepted  int                   `json:"accepted"`
	Duplicate int                   `json:"duplicate"`
	Rejected  []telephony.Rejection `json:"rejected"`
}

// keep stores events and says so once they are on disk.
func (h *Handler) keep(ctx context.Context, v *visit, events []telephony.Event, rejected []telephony.Rejection) ([]byte, *problem) {
	var kept telephony.Received
	if len(events) > 0 {
		var err error
		if kept, err = h.cfg.Events.AddEvents(ctx, v.endpoint.Connection, v.now, events); err != nil {
			return nil, unavailable(err)
		}
	}
	all := append(append([]telephony.Rejection{}, rejected...), kept.Rejected...)
	if len(all) > 0 {
		h.cfg.Log.WarnContext(ctx, "events of a PBX rejected", "connection", v.endpoint.ID, "rejected", len(all), "first", all[0].Code)
	}
	raw, err := json.Marshal(reply{Accepted: kept.Accepted, Duplicate: kept.Duplicate, Rejected: all})
	if err != nil {
		return nil, unavailable(err)
	}
	return raw, nil
}

// route answers what to do with a call, in time or not at all: a PBX that hears nothing falls back.
func (h *Handler) route(ctx context.Context, v *visit) ([]byte, *problem) {
	question, err := ctpbx.ParseRoute(v.body)
	if err != nil {
		return nil, problemOf(err)
	}
	ctx, cancel := context.WithTimeout(ctx, routeBudget)
	defer cancel()
	type result struct {
		answer []byte
		err    error
	}
	done := make(chan result, 1)
	go func() {
		defer func() {
			if fault := recover(); fault != nil { // nobody else would catch it here
				done <- result{nil, fmt.Errorf("routing broke down: %v", fault)}
			}
		}()
		answer, err := h.cfg.Router.Route(ctx, v.endpoint.Connection, question)
		done <- result{answer, err}
	}()
	select {
	case <-ctx.Done():
		return nil, unavailable(ctx.Err())
	case r := <-done:
		if r.err != nil {
			return nil, problemOf(r.err)
		}
		return r.answer, nil
	}
}

// refuse answers without success.
func (h *Handler) refuse(ctx context.Context, w http.ResponseWriter, v *visit, p *problem) {
	if p.status == http.StatusServiceUnavailable {
		h.cfg.Log.ErrorContext(ctx, "a PBX was not answered", "connection", v.endpoint.ID, "error", p.err)
	}
	if p.allow != "" {
		w.Header().Set("Allow", p.allow)
	}
	if p.retryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(p.retryAfter.Seconds()))))
	}
	type fault struct {
		Code    string `json:"code"`
		Message string `json:"message"`
		Field   string `json:"field,omitempty"`
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(p.status)
	_ = json.NewEncoder(w).Encode(map[string]fault{"error": {p.code, p.message, p.field}})
}
