package tracker

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync"

	"github.com/skvoz/skvoz/core/goals"
	"github.com/skvoz/skvoz/core/visits"
)

// request is one request of a browser or back end with what was read of it.
type request struct {
	*http.Request
	params params
	// text is the parameters as they came, for refusals that are kept.
	text string
	ip   netip.Addr
	site *goals.TrackedSite
}

// requests are reused: a hit makes little garbage.
var requests = sync.Pool{New: func() any { return new(request) }}

// serve answers a request of the script: reads its parameters, then lets act answer or refuse it.
func (s *Server) serve(w http.ResponseWriter, r *http.Request, act func(http.ResponseWriter, *request) *refusal) {
	if isPreflight(w, r) {
		return
	}
	q, _ := requests.Get().(*request)
	defer func() {
		*q = request{}
		requests.Put(q)
	}()
	q.Request = r
	if r.Method != http.MethodGet && r.Method != http.MethodPost {
		s.refuse(w, false, &refusal{status: http.StatusMethodNotAllowed, reason: visits.ReasonBadRequest, message: "only GET and POST"})
		return
	}
	bad := q.read(w)
	if bad == nil {
		q.ip = s.cfg.ClientIP(r)
		bad = act(w, q)
	}
	if bad != nil {
		s.refuse(w, q.wantsPicture(), bad)
	}
}

// isPreflight answers the question browsers ask first for other kinds of request than ours; old pages may send such.
func isPreflight(w http.ResponseWriter, r *http.Request) bool {
	if r.Method != http.MethodOptions {
		return false
	}
	h := w.Header()
	h["Access-Control-Allow-Methods"] = allowMethods
	h["Access-Control-Allow-Headers"] = []string{"Content-Type"}
	h["Access-Control-Max-Age"] = []string{"86400"}
	w.WriteHeader(http.StatusNoContent)
	return true
}

func (q *request) wantsPicture() bool {
	return q.Method == http.MethodGet && q.params.raw("px") == "1"
}

// read reads the parameters of a request of the script.
func (q *request) read(w http.ResponseWriter) *refusal {
	q.text = q.URL.RawQuery
	if q.Method == http.MethodPost {
		body, bad := readBody(w, q.Request)
		if bad != nil {
			return bad
		}
		q.text = join(body, q.text)
	}
	q.params.parse(q.text)
	return nil
}

func join(body, query string) string {
	switch {
	case query == "":
		return body
	case body == "":
		return query
	}
	return body + "&" + query
}

var bodies = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// readBody reads a body of bounded size.
func readBody(w http.ResponseWriter, r *http.Request) (string, *refusal) {
	if r.ContentLength > maxBody {
		return "", tooLarge()
	}
	b, _ := bodies.Get().(*bytes.Buffer)
	defer func() {
		b.Reset()
		bodies.Put(b)
	}()
	if r.ContentLength >= 0 {
		b.Grow(int(r.ContentLength) + bytes.MinRead)
	}
	if _, err := b.ReadFrom(http.MaxBytesReader(w, r.Body, maxBody)); err != nil {
		return "", brokenBody(err)
	}
	return b.String(), nil
}

func tooLarge() *refusal {
	return &refusal{status: http.StatusRequestEntityTooLarge, reason: visits.ReasonTooLarge, message: "the body is larger than 64 KiB"}
}

func brokenBody(err error) *refusal {
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return tooLarge()
	}
	return invalid("the body can't be read")
}

// readPublic reads the parameters of one of the two public calls, in any of the forms that people send.
func (q *request) readPublic(w http.ResponseWriter) *refusal {
	if q.Method != http.MethodPost {
		q.text = q.URL.RawQuery
		q.params.parse(q.text)
		return nil
	}
	kind, options, _ := mime.ParseMediaType(q.Header.Get("Content-Type"))
	if kind == "multipart/form-data" {
		if bad := q.readForm(w, options["boundary"]); bad != nil {
			return bad
		}
	} else {
		body, bad := readBody(w, q.Request)
		if bad != nil {
			return bad
		}
		if trimmed := strings.TrimSpace(body); !strings.HasPrefix(trimmed, "{") || !q.params.readObject(trimmed) {
			q.params.parse(body)
		}
	}
	q.params.parse(q.URL.RawQuery)
	return nil
}

func (q *request) readForm(w http.ResponseWriter, boundary string) *refusal {
	if boundary == "" {
		return invalid("the form has no boundary")
	}
	form := multipart.NewReader(http.MaxBytesReader(w, q.Body, maxBody), boundary)
	for range maxParams {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return brokenBody(err)
		}
		value, err := io.ReadAll(part)
		if err != nil {
			return brokenBody(err)
		}
		if part.FileName() == "" {
			q.params.add(part.FormName(), string(value))
		}
	}
	return nil
}

// find finds the site a key belongs to. Host is where the page is, for the key of a whole account.
func (s *Server) find(key, host string) (*goals.TrackedSite, *refusal) {
	if site, ok := s.cfg.Sites.BySiteKey(key); ok {
		return site, nil
	}
	if site, ok := s.cfg.Sites.ByAppKey(key, host); ok {
		return site, nil
	}
	return nil, s.unknown(key)
}

func (s *Server) unknown(key string) *refusal {
	if s.cfg.Sites.IsDeleted(key) {
		return &refusal{status: http.StatusNotFound, reason: visits.ReasonSiteDeleted, message: "the site was deleted"}
	}
	return &refusal{status: http.StatusNotFound, reason: visits.ReasonSiteUnknown, message: "unknown site key"}
}

// findSite finds the site of a request of the script and lets it in as far as limits allow.
func (s *Server) findSite(q *request) *refusal {
	key := q.params.raw("k")
	if key == "" {
		return invalid("k, the site key, is missing")
	}
	site, ok := s.cfg.Sites.BySiteKey(key)
	if !ok {
		var bad *refusal
		if site, bad = s.find(key, q.pageHost()); bad != nil {
			return bad
		}
	}
	q.site = site
	if wait, ok := s.byIP.take(network(q.ip)); !ok {
		return tooMany("too many requests from this address", wait)
	}
	if wait, ok := s.bySite.take(site.ID); !ok {
		return tooMany("too many requests for this site", wait)
	}
	return nil
}

// pageHost is the host of the page that sent the request.
func (q *request) pageHost() string {
	for _, address := range [...]string{q.params.raw("u"), q.Header.Get("Origin"), q.Header.Get("Referer")} {
		if host := hostOf(address); host != "" {
			return host
		}
	}
	return ""
}

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Hostname()
}

// network is what counts as one address: with IPv6 a household has 2^64 of them.
func network(ip netip.Addr) netip.Addr {
	if ip.Is4() || !ip.IsValid() {
		return ip
	}
	p, err := ip.Prefix(64)
	if err != nil {
		return ip
	}
	return p.Addr()
}
