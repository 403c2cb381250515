package tracker

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/comms"
	"github.com/skvoz/skvoz/core/visits"
	"github.com/skvoz/skvoz/internal/phonenum"
)

// publicAnswer is what the two public calls answer. Fields that are not set are left out.
type publicAnswer struct {
	Success   bool             `json:"success"`
	VisitorID core.VisitorID   `json:"visitor_id,omitempty"`
	SessionID core.SessionID   `json:"session_id,omitempty"`
	HitID     core.HitID       `json:"hit_id,omitempty"`
	Result    *json.RawMessage `json:"result,omitempty"`
	Error     string           `json:"error,omitempty"`
}

// servePublic answers one of the public calls: clients read nothing but success, so all but overload has status 200.
func (s *Server) servePublic(w http.ResponseWriter, r *http.Request, act func(*request) (publicAnswer, *refusal)) {
	if isPreflight(w, r) {
		return
	}
	q := &request{Request: r}
	if r.Method != http.MethodGet && r.Method != http.MethodPost {
		s.refusePublic(w, q, &refusal{status: http.StatusMethodNotAllowed, reason: visits.ReasonBadRequest, message: "only GET and POST"})
		return
	}
	if bad := q.readPublic(w); bad != nil {
		s.refusePublic(w, q, bad)
		return
	}
	q.ip = s.cfg.ClientIP(r)
	answer, bad := act(q)
	if bad != nil {
		s.refusePublic(w, q, bad)
		return
	}
	s.metrics.contacts.WithLabelValues(r.URL.Path[1:3], "true").Inc()
	answer.Success = true
	writePublic(w, q, http.StatusOK, answer)
}

func (s *Server) refusePublic(w http.ResponseWriter, q *request, bad *refusal) {
	s.metrics.refused(bad.reason)
	s.metrics.contacts.WithLabelValues(q.URL.Path[1:3], "false").Inc()
	setReason(w.Header(), bad)
	status := http.StatusOK
	switch bad.status {
	case http.StatusTooManyRequests, http.StatusServiceUnavailable, http.StatusRequestEntityTooLarge, http.StatusMethodNotAllowed:
		status = bad.status
	}
	answer := publicAnswer{Error: bad.message}
	if q.params.raw("s") == "1" {
		answer.Error = ""
	}
	writePublic(w, q, status, answer)
}

func writePublic(w http.ResponseWriter, q *request, status int, answer publicAnswer) {
	body, err := json.Marshal(answer)
	if err != nil {
		status, body = http.StatusInternalServerError, []byte(`{"success":false}`)
	}
	h := w.Header()
	h["Cache-Control"] = noStore
	h["Content-Type"] = jsonType
	if callback := q.params.raw("callback"); isCallback(callback) {
		h["Content-Type"] = jsType
		body = append(append([]byte("/**/"+callback+"("), body...), ");"...)
	}
	w.WriteHeader(status)
	_, _ = w.Write(body)
}

// isCallback allows names like jQuery123.done and nothing that could be a program.
func isCallback(name string) bool {
	if name == "" || len(name) > 128 {
		return false
	}
	for i := range len(name) {
		c := name[i]
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c == '$'
		if !letter && (i == 0 || (c != '.' && (c < '0' || c > '9'))) {
			return false
		}
	}
	return true
}

// findPublic finds the site by the keys of either generation, whichever is filled, and lets the client in as far as its limit allows.
func (s *Server) findPublic(q *request, siteKey, key, uri string) *refusal {
	first, second := q.params.first(maxText, siteKey), q.params.first(maxText, key)
	bad := &refusal{status: http.StatusBadRequest, reason: visits.ReasonSiteUnknown, message: siteKey + ", or " + key + " and " + uri + ", must be given"}
	if first != "" {
		q.site, bad = s.find(first, q.pageHost())
	}
	if q.site == nil && second != "" {
		if site, ok := s.cfg.Sites.ByKey(second); ok {
			q.site = site
		} else {
			bad = s.unknown(second)
		}
	}
	if q.site == nil {
		return bad
	}
	if wait, ok := s.backEnds.take(backEnd{q.site.ID, network(q.ip)}); !ok {
		return tooMany("too many requests from this address", wait)
	}
	return nil
}

// visitorInfo answers /vc/s/.
func (s *Server) visitorInfo(q *request) (publicAnswer, *refusal) {
	if bad := s.findPublic(q, "sk", "k", "ur"); bad != nil {
		return publicAnswer{}, bad
	}
	origin, ok := q.comagicID("ci")
	hit, okHit := q.params.id("hi")
	if !ok || !okHit {
		return publicAnswer{}, &refusal{
			status: http.StatusBadRequest, reason: visits.ReasonBadTriple, message: "ci must be visitor.session.time as in the cookie, and hi a hit id",
		}
	}
	origin.HitID = core.HitID(hit)
	in := comms.ContactsInput{Origin: origin, Source: visits.OriginVisitorInfo}
	in.Name, in.Phone, in.Email = s.contacts(&q.params, "vn", "vp", "ve")
	if in.Name == "" && in.Phone == "" && in.Email == "" {
		return publicAnswer{}, nothingFilled("vn, vp or ve")
	}
	// A client that gives up must not leave the visitor half known.
	result, err := s.cfg.Contacts.CaptureContacts(context.WithoutCancel(q.Context()), in)
	if err != nil {
		return publicAnswer{}, asRefusal(err)
	}
	if q.params.raw("s") == "1" {
		return publicAnswer{}, nil
	}
	return publicAnswer{VisitorID: result.VisitorID, SessionID: result.SessionID, HitID: result.HitID}, nil
}

func nothingFilled(fields string) *refusal {
	return &refusal{status: http.StatusBadRequest, reason: visits.ReasonNothingFilled, message: "at least one of " + fields + " must be filled and valid"}
}

// comagicID reads the value of the cookie _comagic_id: visitor.session.time.
func (q *request) comagicID(key string) (comms.Origin, bool) {
	var p params
	visitor, rest, _ := strings.Cut(strings.TrimSpace(q.params.raw(key)), ".")
	session, started, _ := strings.Cut(rest, ".")
	p.add("v", visitor)
	p.add("s", session)
	p.add("t", started)
	v, okV := p.id("v")
	id, okS := p.id("s")
	t, okT := p.id("t")
	if !okV || !okS || !okT || v == 0 || id == 0 || t == 0 {
		return comms.Origin{}, false
	}
	return comms.Origin{
		AccountID: q.site.AccountID, SiteID: q.site.ID, VisitorID: core.VisitorID(v), SessionID: core.SessionID(id), SessionStartedAt: time.Unix(t, 0).UTC(),
	}, true
}

// contacts reads name, phone and e-mail; what is not valid is left out.
func (s *Server) contacts(p *params, name, phone, email string) (string, core.Phone, core.Email) {
	mail, _ := phonenum.NormalizeEmail(p.text(email, maxText))
	return strings.TrimSpace(p.text(name, maxText)), s.phone(p.text(phone, maxText)), core.Email(mail)
}

// phone reads the first valid one of the phones people put into one field.
func (s *Server) phone(field string) core.Phone {
	if digits, ok := phonenum.Normalize(field, s.cfg.Region); ok {
		return core.Phone(digits)
	}
	for _, part := range strings.FieldsFunc(field, func(r rune) bool { return strings.ContainsRune(",;/|\n\t", r) }) {
		if digits, ok := phonenum.Normalize(part, s.cfg.Region); ok {
			return core.Phone(digits)
		}
	}
	return ""
}
