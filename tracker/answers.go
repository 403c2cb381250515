package tracker

import (
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/visits"
)

// Header values are shared: setting them costs nothing.
var (
	anyOrigin     = []string{"*"}
	noSniff       = []string{"nosniff"}
	noStore       = []string{"no-store"}
	exposeReason  = []string{"X-Skvoz-Reason, Retry-After"}
	jsonType      = []string{"application/json"}
	gifType       = []string{"image/gif"}
	jsType        = []string{"application/javascript; charset=utf-8"}
	allowMethods  = []string{"GET, POST, OPTIONS"}
	transparent1p = "GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\x00\x00\x00!\xf9\x04\x01\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"
)

// refusal is a request that is not answered with success.
type refusal struct {
	status  int
	reason  visits.Reason
	message string
	// retryAfter is told with 429 and 503.
	retryAfter time.Duration
}

func invalid(message string) *refusal {
	return &refusal{status: http.StatusBadRequest, reason: visits.ReasonBadRequest, message: message}
}

// notCounted is a request that is understood and not counted.
func notCounted(reason visits.Reason) *refusal {
	return &refusal{status: http.StatusOK, reason: reason}
}

// asRefusal says how an error of the use cases is answered.
func asRefusal(err error) *refusal {
	e := core.AsError(err)
	r := &refusal{reason: visits.Reason(e.Reason), message: e.Message, retryAfter: e.RetryAfter}
	switch e.Kind {
	case core.KindInvalid, core.KindNotFound, core.KindConflict:
		r.status = http.StatusBadRequest
	case core.KindRateLimited:
		r.status = http.StatusTooManyRequests
	default:
		r.status, r.message = http.StatusServiceUnavailable, "the server can't store this now; repeat later"
	}
	if r.reason == "" {
		r.reason = visits.Reason(e.Kind)
	}
	return r
}

// answerJSON answers with a body that is JSON already, or with a picture if the request asked for one.
func answerJSON(w http.ResponseWriter, picture bool, body []byte) {
	h := w.Header()
	h["Cache-Control"] = noStore
	if picture {
		h["Content-Type"] = gifType
		_, _ = w.Write([]byte(transparent1p))
		return
	}
	h["Content-Type"] = jsonType
	_, _ = w.Write(body)
}

// refuse answers a request of the script that is not done.
func (s *Server) refuse(w http.ResponseWriter, picture bool, r *refusal) {
	s.metrics.refused(r.reason)
	h := w.Header()
	setReason(h, r)
	h["Cache-Control"] = noStore
	if picture {
		h["Content-Type"] = gifType
		w.WriteHeader(r.status)
		_, _ = w.Write([]byte(transparent1p))
		return
	}
	h["Content-Type"] = jsonType
	w.WriteHeader(r.status)
	if r.status == http.StatusOK {
		_, _ = w.Write(append(strconv.AppendQuote([]byte(`{"refused":`), string(r.reason)), '}')) //nolint:gosec // one of our own words, as JSON
		return
	}
	_, _ = w.Write(errorBody(r.message)) //nolint:gosec // JSON with nosniff is no page
}

func errorBody(message string) []byte {
	body, err := json.Marshal(struct {
		Error string `json:"error"`
	}{message})
	if err != nil {
		return []byte(`{"error":""}`)
	}
	return body
}

func setReason(h http.Header, r *refusal) {
	h["X-Skvoz-Reason"] = []string{string(r.reason)}
	h["Access-Control-Expose-Headers"] = exposeReason
	if r.retryAfter > 0 {
		h["Retry-After"] = []string{strconv.Itoa(max(1, int((r.retryAfter+time.Second-1)/time.Second)))}
	}
}

func tooMany(message string, wait time.Duration) *refusal {
	return &refusal{status: http.StatusTooManyRequests, reason: visits.ReasonRateLimited, message: message, retryAfter: max(wait, time.Second)}
}
