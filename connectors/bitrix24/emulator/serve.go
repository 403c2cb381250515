package emulator

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"strings"
	"time"
)

// method is one REST method. Its run works with the portal's state locked.
type method struct {
	// scope is the right it needs, empty for those every token has; user stands for user, user_basic and user_brief.
	scope string
	// app: only an application may call it, a web hook may not.
	app bool
	// writes makes it cost more.
	writes bool
	run    func(*call) (any, *refusal)
}

// refusal is an error answer.
type refusal struct {
	status     int
	code, text string
}

// crmError is how CRM methods refuse: without a code.
func crmError(text string) *refusal { return &refusal{http.StatusBadRequest, "", text} }

func coreError(text string) *refusal { return &refusal{http.StatusBadRequest, "ERROR_CORE", text} }

// call is one call of a method.
type call struct {
	*Server
	ctx    context.Context //nolint:containedctx // a call lives as long as its request
	params *arr
	who    *grant
	base   string
	now    time.Time
	// total and next of a list; -1 when the method is none.
	total, next int
}

// ServeHTTP answers the portal's and the authorization server's addresses.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case s.options.RequireHTTPS && r.TLS == nil:
		s.refuse(w, &refusal{http.StatusBadRequest, "INVALID_REQUEST", "Https required"})
	case strings.HasPrefix(r.URL.Path, "/rest/"):
		s.serveREST(w, r)
	case strings.TrimSuffix(r.URL.Path, "/") == "/oauth/token":
		s.serveToken(w, r)
	case strings.TrimSuffix(r.URL.Path, "/") == "/oauth/authorize":
		s.serveAuthorize(w, r)
	case strings.TrimSuffix(r.URL.Path, "/") == "/devops/application":
		s.serveApplication(w, r)
	default:
		http.NotFound(w, r)
	}
}

func (s *Server) serveREST(w http.ResponseWriter, r *http.Request) {
	params, err := readParams(r)
	if err != nil {
		s.refuse(w, &refusal{http.StatusBadRequest, "INVALID_REQUEST", "The request can not be read"})
		return
	}
	started := s.now()
	s.mu.Lock()
	body, refused := s.answer(r, params, started)
	s.mu.Unlock()
	if refused != nil {
		s.refuse(w, refused)
		return
	}
	writeJSON(w, http.StatusOK, body)
}

// answer carries a REST request out.
func (s *Server) answer(r *http.Request, params *arr, now time.Time) (*arr, *refusal) {
	if refused := s.spend(source(r), now); refused != nil {
		return nil, refused
	}
	hook, name := splitPath(r.URL.Path)
	m, known := s.methods[name]
	if !known {
		return nil, methodNotFound()
	}
	who, refused := s.authorize(hook, params, now)
	if refused != nil {
		return nil, refused
	}
	c := &call{Server: s, ctx: r.Context(), params: params, who: who, base: s.addressLocked(r), now: now}
	result, refused := c.run(name, m)
	if refused != nil {
		return nil, refused
	}
	return c.envelope(name, result), nil
}

func methodNotFound() *refusal {
	return &refusal{http.StatusNotFound, "ERROR_METHOD_NOT_FOUND", "Method not found!"}
}

// run checks right and limit, and calls the method.
func (c *call) run(name string, m method) (any, *refusal) {
	c.total, c.next = -1, -1
	if refused := c.permit(name, m); refused != nil {
		return nil, refused
	}
	if name != "batch" {
		c.work(name, m)
	}
	return m.run(c)
}

func (c *call) permit(name string, m method) *refusal {
	switch {
	case !c.who.may(m.scope):
		return &refusal{http.StatusForbidden, "insufficient_scope", "The request requires higher privileges than provided by the webhook token"}
	case m.app && c.who.hook:
		return &refusal{http.StatusForbidden, "WRONG_AUTH_TYPE", "Current authorization type is denied for this method"}
	case c.overworked(name):
		return &refusal{http.StatusTooManyRequests, "OPERATION_TIME_LIMIT", "Method is blocked due to operation time limit"}
	}
	return nil
}

func (c *call) envelope(name string, result any) *arr {
	out := obj("result", result)
	if c.next >= 0 {
		out.set("next", c.next)
	}
	if c.total >= 0 {
		out.set("total", c.total)
	}
	out.set("time", c.time(name))
	return out
}

// time is what the portal says about the time a call took.
func (c *call) time(name string) *arr {
	finish := c.Server.now()
	spent, reset := c.operated(name)
	return obj("start", seconds(c.now), "finish", seconds(finish), "duration", finish.Sub(c.now).Seconds(), "processing", finish.Sub(c.now).Seconds(),
		"date_start", stamp(c.now), "date_finish", stamp(finish), "operating_reset_at", reset.Unix(), "operating", spent.Seconds())
}

func seconds(t time.Time) float64 { return float64(t.UnixMicro()) / 1e6 }

// splitPath takes /rest/1/secret/crm.deal.list.json apart; hook is empty when there is none.
func splitPath(path string) (hook, name string) {
	parts := strings.Split(strings.Trim(strings.TrimPrefix(path, "/rest/"), "/"), "/")
	name = strings.ToLower(strings.TrimSuffix(parts[len(parts)-1], ".json"))
	if len(parts) == 3 {
		hook = parts[0] + "/" + parts[1]
	}
	if len(parts) == 2 || len(parts) > 3 {
		name = ""
	}
	return hook, name
}

// source is the address the limit is counted by.
func source(r *http.Request) string {
	ip, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return ip
}

func (s *Server) refuse(w http.ResponseWriter, f *refusal) {
	writeJSON(w, f.status, f.body())
}

func (f *refusal) body() *arr { return obj("error", f.code, "error_description", f.text) }

func writeJSON(w http.ResponseWriter, status int, body any) {
	raw, err := json.Marshal(body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(raw)
}
