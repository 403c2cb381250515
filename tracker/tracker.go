// Package tracker is the door for sites' pages and back ends: it takes hits, events, contact data and requests, and delivers the browser script. It
// speaks the protocol of docs/dev/tracker-protocol.md. What it answers with success is on disk.
package tracker

import (
	"context"
	"io/fs"
	"log/slog"
	"net/http"
	"net/netip"
	"strings"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/comms"
	"github.com/skvoz/skvoz/core/goals"
	"github.com/skvoz/skvoz/core/visits"
	"github.com/skvoz/skvoz/internal/useragent"
)

// Sites finds tracked sites by what requests carry; goals.Directory is one.
type Sites interface {
	BySiteKey(key string) (*goals.TrackedSite, bool)
	ByKey(key string) (*goals.TrackedSite, bool)
	ByAppKey(appKey, host string) (*goals.TrackedSite, bool)
	ByID(account core.AccountID, site core.SiteID) (*goals.TrackedSite, bool)
	IsDeleted(key string) bool
}

// Hits stores page views and what follows them; visits.Ingester is one.
type Hits interface {
	Hit(in *visits.HitInput) (visits.HitResult, error)
	Heartbeat(in *visits.HeartbeatInput) error
	Event(in *visits.EventInput) error
	Refuse(r *visits.Refusal) bool
}

// Contacts keeps what visitors leave; comms.Service is one.
type Contacts interface {
	CaptureContacts(ctx context.Context, in comms.ContactsInput) (comms.ContactsResult, error)
	AddOfflineRequest(ctx context.Context, in comms.RequestInput) (comms.RequestResult, error)
}

// Properties keeps visitors' properties. Each method is an error of kind KindNotFound with reason bad_triple when the session is not the visitor's.
type Properties interface {
	// SetProperty overwrites a property; a nil value is a flag. KindInvalid when the visitor has too many.
	SetProperty(ctx context.Context, who visits.Triple, p visits.Property) error
	// Property reads a property; nil when the visitor has none of that name.
	Property(ctx context.Context, who visits.Triple, name string) (*visits.Property, error)
	// DeleteProperty removes a property, if there is one.
	DeleteProperty(ctx context.Context, who visits.Triple, name string) error
}

// Refusals keeps what was not counted.
type Refusals interface {
	// Refused reads those of the refusals that were not counted yet.
	Refused(ctx context.Context, account core.AccountID, ids []core.RefusalID) ([]visits.Refusal, error)
	// MarkReincluded notes that refusals are counted now.
	MarkReincluded(ctx context.Context, account core.AccountID, ids []core.RefusalID) error
}

// Classifier says where page views come from; visits.Classifier is one.
type Classifier interface {
	Classify(a visits.Arrival) visits.Classification
}

// Places finds where an address is; geoip.Database is one.
type Places interface {
	Lookup(ip netip.Addr) (country, region, city string)
}

// Config says what a Server works with. All ports must be set but those that say otherwise.
type Config struct {
	Sites      Sites
	Hits       Hits
	Contacts   Contacts
	Properties Properties
	Refusals   Refusals
	Classifier Classifier
	IDs        *visits.IDs
	// Numbers may be nil: pages keep their own numbers then.
	Numbers Numbers
	// Places may be nil: nobody's place is known then.
	Places Places
	// Agents reads User-Agent headers; nil = a parser of its own.
	Agents *useragent.Parser
	// ClientIP finds the client's address behind proxies.
	ClientIP func(*http.Request) netip.Addr
	// Region is the ISO 3166-1 code of the country whose dialling habits apply to phones without a country code; empty = Russia.
	Region string
	// Clock tells the time; nil = core.SystemClock.
	Clock core.Clock
	// Log receives faults; nil = slog.Default().
	Log *slog.Logger
	// Metrics receives the counters; nil = nobody sees them.
	Metrics prometheus.Registerer
	// Script holds cs.min.js, cs.vN.min.js and versions.json.
	Script fs.FS
	// Limits of requests; zero fields have the defaults.
	Limits Limits
}

// Server answers browsers and sites' back ends. It is safe for concurrent use.
type Server struct {
	cfg      Config
	metrics  *metrics
	byIP     *buckets[netip.Addr]
	bySite   *buckets[core.SiteID]
	backEnds *buckets[backEnd]
	refusals *buckets[core.SiteID]
	script   map[string]scriptFile
}

var _ http.Handler = (*Server)(nil)

// backEnd is a client that posts for many visitors of a site.
type backEnd struct {
	site core.SiteID
	ip   netip.Addr
}

// New returns the door. It fails if the script can't be read.
func New(cfg Config) (*Server, error) {
	if cfg.Clock == nil {
		cfg.Clock = core.SystemClock{}
	}
	if cfg.Log == nil {
		cfg.Log = slog.Default()
	}
	if cfg.Agents == nil {
		cfg.Agents = useragent.New(0)
	}
	limits := cfg.Limits.withDefaults()
	script, err := loadScript(cfg.Script)
	if err != nil {
		return nil, err
	}
	return &Server{
		cfg: cfg, metrics: newMetrics(cfg.Metrics), script: script,
		byIP: newBuckets[netip.Addr](cfg.Clock, limits.PerIP), bySite: newBuckets[core.SiteID](cfg.Clock, limits.PerSite),
		backEnds: newBuckets[backEnd](cfg.Clock, limits.PerBackEnd), refusals: newBuckets[core.SiteID](cfg.Clock, limits.Refusals),
	}, nil
}

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h["Access-Control-Allow-Origin"] = anyOrigin
	h["X-Content-Type-Options"] = noSniff
	path := r.URL.Path
	switch {
	case path == "/cs/h":
		s.serve(w, r, s.hit)
	case path == "/cs/p":
		s.serve(w, r, s.heartbeat)
	case path == "/cs/e":
		s.serve(w, r, s.event)
	case path == "/cs/n":
		s.serve(w, r, s.numbers)
	case path == "/cs/a":
		s.serve(w, r, s.property)
	case strings.HasPrefix(path, "/cs/s/"):
		s.settings(w, r, path[len("/cs/s/"):])
	case path == "/vc/s/" || path == "/vc/s":
		s.servePublic(w, r, s.visitorInfo)
	case path == "/api/add_offline_message/" || path == "/api/add_offline_message":
		s.servePublic(w, r, s.offlineRequest)
	case strings.HasPrefix(path, "/static/"):
		s.static(w, r, path[len("/static/"):])
	default:
		http.NotFound(w, r)
	}
}
