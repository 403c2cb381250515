package observe

import (
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// HTTP measures and logs requests. One value serves all routes of a server.
type HTTP struct {
	log      *slog.Logger
	now      func() time.Time
	inFlight prometheus.Gauge
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
}

// RouteOption changes how one route is observed.
type RouteOption func(*route)

// Quiet leaves successful requests of a busy route out of the access log and spares it the request id.
// Requests answered with 500 and above are still logged.
func Quiet() RouteOption { return func(r *route) { r.quiet = true } }

// route holds the metrics of one route with their labels already resolved, so that a request costs no map look-up.
type route struct {
	name    string
	quiet   bool
	byClass [6]prometheus.Counter // by the first digit of the status; 0 is for odd ones
	seconds prometheus.Observer
}

// NewHTTP returns the observer of a server's requests and registers its metrics in reg.
func NewHTTP(reg prometheus.Registerer, log *slog.Logger) *HTTP {
	h := &HTTP{
		log: log,
		now: time.Now,
		inFlight: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "http_requests_in_flight", Help: "Requests being answered now.",
		}),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "http_requests_total", Help: "Requests by route and class of status.",
		}, []string{"route", "status"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "http_request_seconds", Help: "Time to answer by route.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10},
		}, []string{"route"}),
	}
	reg.MustRegister(h.inFlight, h.requests, h.seconds)
	return h
}

// Wrap observes the requests that reach next under the constant name of their route.
// The name must not hold parts of the request: each new name is a new time series.
func (h *HTTP) Wrap(name string, next http.Handler, options ...RouteOption) http.Handler {
	r := &route{name: name, seconds: h.seconds.WithLabelValues(name)}
	for _, option := range options {
		option(r)
	}
	for class, label := range [6]string{"other", "1xx", "2xx", "3xx", "4xx", "5xx"} {
		r.byClass[class] = h.requests.WithLabelValues(name, label)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) { h.serve(r, next, w, req) })
}

func (h *HTTP) serve(r *route, next http.Handler, w http.ResponseWriter, req *http.Request) {
	started := h.now()
	if !r.quiet {
		id := requestIDFrom(req.Header.Get(RequestIDHeader))
		w.Header().Set(RequestIDHeader, id)
		req = req.WithContext(WithRequestID(req.Context(), id))
	}
	recorder := &recorder{ResponseWriter: w}
	h.inFlight.Inc()
	defer func() {
		h.inFlight.Dec()
		h.record(r, req, recorder, started)
	}()
	next.ServeHTTP(recorder, req)
	recorder.finished = true
}

func (h *HTTP) record(r *route, req *http.Request, w *recorder, started time.Time) {
	status := w.statusCode()
	took := h.now().Sub(started)
	if status != http.StatusSwitchingProtocols { // a WebSocket stays open for hours: its time says nothing
		r.seconds.Observe(took.Seconds())
	}
	r.byClass[class(status)].Inc()
	if r.quiet && status < http.StatusInternalServerError {
		return
	}
	level := slog.LevelInfo
	if status >= http.StatusInternalServerError {
		level = slog.LevelError
	}
	if !h.log.Enabled(req.Context(), level) {
		return
	}
	// The path without its query: queries carry phones and tokens.
	h.log.LogAttrs(req.Context(), level, "request",
		slog.String("route", r.name), slog.String("method", req.Method), slog.String("path", shownPath(req.URL.Path)),
		slog.Int("status", status), slog.Int64("bytes", w.written), slog.Duration("took", took),
		slog.String("request_id", RequestID(req.Context())))
}

// shownPath hides the secret in addresses of webhooks: /hooks/KIND/SECRET, /tel/v1/w/SECRET/….
func shownPath(path string) string {
	if hook, is := strings.CutPrefix(path, "/hooks/"); is {
		kind, _, _ := strings.Cut(hook, "/")
		return "/hooks/" + kind + "/…"
	}
	if strings.HasPrefix(path, "/tel/v1/w/") {
		return "/tel/v1/w/…"
	}
	return path
}

func class(status int) int {
	if class := status / 100; class >= 1 && class <= 5 {
		return class
	}
	return 0
}

// recorder remembers what was answered. Through Unwrap it keeps what [http.ResponseController] can do.
type recorder struct {
	http.ResponseWriter
	status   int
	written  int64
	finished bool // the handler returned instead of panicking
}

func (w *recorder) WriteHeader(status int) {
	if w.status == 0 && status >= 200 || status == http.StatusSwitchingProtocols {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *recorder) Write(p []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	n, err := w.ResponseWriter.Write(p)
	w.written += int64(n)
	return n, err
}

// Flush implements [http.Flusher] for writers of event streams that ask for it by type assertion.
func (w *recorder) Flush() {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	_ = http.NewResponseController(w.ResponseWriter).Flush()
}

// Unwrap gives [http.ResponseController] the writer below.
func (w *recorder) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *recorder) statusCode() int {
	switch {
	case w.status != 0:
		return w.status
	case w.finished:
		return http.StatusOK
	default:
		return http.StatusInternalServerError
	}
}
