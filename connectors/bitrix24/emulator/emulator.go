// Package emulator plays a Bitrix24 portal and its authorization server on loopback: REST methods of the CRM, incoming web hooks, OAuth of a local
// application, events, and limits, as the vendor documents them. Its state lives in memory, its time is the kit's clock.
package emulator

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/skvoz/skvoz/internal/emulation"
)

// Mode is how the portal's CRM works.
type Mode string

const (
	// Classic has leads, which people turn into deals.
	Classic Mode = "classic"
	// Simple turns every new lead into a contact and a deal at once.
	Simple Mode = "simple"
)

// Options are how the portal is set up. The zero value is a cloud portal of a usual plan.
type Options struct {
	// BaseURL is where the portal is reached, without a slash at the end; empty = the Host of each request.
	BaseURL string
	// ClientID and ClientSecret of the local application; made up when empty.
	ClientID, ClientSecret string
	// RedirectURL is the address in the application's card; install_app changes it.
	RedirectURL string
	// Scopes of the application and of the incoming web hook; crm, user, telephony and placement when empty.
	Scopes, HookScopes []string
	// Mode is Classic when empty.
	Mode Mode
	// LeakPerSecond requests leave the bucket of each source address, Burst fit in; 2 and 50 when zero, no limit when negative.
	LeakPerSecond float64
	Burst         float64
	// OperatingLimit is how much work of one method is allowed in ten minutes; 480 s when zero, none when negative.
	OperatingLimit time.Duration
	// Operating is how long methods take; those without an entry take 50 ms to read and 200 ms to write.
	Operating map[string]time.Duration
	// RequireHTTPS refuses requests that came without encryption, as portals do. Loopback has none, so it is off.
	RequireHTTPS bool
}

// Server is the emulator of one portal. It is safe for concurrent use.
type Server struct {
	kit     *emulation.Kit
	options Options
	methods map[string]method

	mu    sync.Mutex
	base  string
	state state
	// The queue of calls out; see deliver.go.
	outbox    []delivery
	sending   bool
	drained   chan struct{}
	cancel    context.CancelFunc // of the call out that is under way
	delivered []Delivery
}

// state is everything Reset throws away.
type state struct {
	mode       Mode
	unpaid     bool
	tables     map[int]*table
	categories []*category
	statuses   []*status
	history    []*stageRecord
	// historyOf leads from entity type and record to their lines of history.
	historyOf  map[[2]int][]*stageRecord
	users      []*user
	comments   []*Comment
	activities []*Activity
	traces     []*Trace
	userFields []*userField
	lastID     map[string]int

	app       app
	hooks     map[string]*grant
	access    map[string]*grant
	refresh   map[string]*grant
	codes     map[string]*authCode
	handlers  []*handler
	offline   []*offlineEvent
	buckets   map[string]*bucket
	operating map[string][]minute
	trouble   trouble
}

// New starts a portal with a few made-up people and deals.
func New(kit *emulation.Kit, o Options) *Server {
	o.BaseURL = strings.TrimSuffix(o.BaseURL, "/")
	o.ClientID = or(o.ClientID, "local."+madeUp("client id", 14)+".10203040")
	o.ClientSecret = or(o.ClientSecret, madeUp("client secret", 50))
	o.Mode = or(o.Mode, Classic)
	if len(o.Scopes) == 0 {
		o.Scopes = []string{"crm", "user", "telephony", "placement"}
	}
	if len(o.HookScopes) == 0 {
		o.HookScopes = []string{"crm", "user"}
	}
	o.LeakPerSecond, o.Burst, o.OperatingLimit = or(o.LeakPerSecond, 2), or(o.Burst, 50), or(o.OperatingLimit, 480*time.Second)
	s := &Server{kit: kit, options: o, base: o.BaseURL}
	s.methods = s.allMethods()
	s.Reset()
	return s
}

func or[T comparable](value, fallback T) T {
	var zero T
	if value == zero {
		return fallback
	}
	return value
}

// madeUp is a word that looks random and is the same at every start, so that a wizard filled in before still fits.
func madeUp(what string, length int) string {
	sum := sha256.Sum256([]byte("bitrix24 portal: " + what))
	return hex.EncodeToString(sum[:])[:length]
}

func random() string { return strings.ToLower(rand.Text()) }

// Kind is the folder of the connector.
func (s *Server) Kind() string { return "bitrix24" }

// Title is the system's name.
func (s *Server) Title() string { return "Битрикс24" }

// SetBaseURL says where the portal is reached, once that is known.
func (s *Server) SetBaseURL(base string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.base = strings.TrimSuffix(base, "/")
}

// Credentials are what the connect wizard asks for.
func (s *Server) Credentials() []emulation.Credential {
	base := s.address(nil)
	return []emulation.Credential{
		{Setting: "address", Value: base, Hint: "адрес портала"},
		{Setting: "webhook", Value: s.webhookAt(base), Hint: "входящий вебхук, если приложения нет"},
		{Setting: "client_id", Value: s.options.ClientID, Hint: "код локального приложения"},
		{Setting: "client_secret", Value: s.options.ClientSecret, Hint: "ключ локального приложения"},
	}
}

// Webhook is the address of the incoming web hook of user 1, with a slash at the end.
func (s *Server) Webhook() string { return s.webhookAt(s.address(nil)) }

func (s *Server) webhookAt(base string) string { return base + "/rest/1/" + hookSecret() + "/" }

func hookSecret() string { return madeUp("web hook", 16) }

// address is where the portal is reached: as set, or as the request came.
func (s *Server) address(r *http.Request) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.addressLocked(r)
}

func (s *Server) addressLocked(r *http.Request) string {
	switch {
	case s.base != "":
		return s.base
	case r == nil:
		return "http://127.0.0.1"
	case r.TLS != nil:
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

// host is the portal's domain, with the port.
func host(base string) string {
	u, err := url.Parse(base)
	if err != nil {
		return ""
	}
	return u.Host
}

func memberID() string { return madeUp("member", 32) }

func (s *Server) now() time.Time { return s.kit.Clock.Now() }

// id counts the rows of a kind.
func (st *state) id(of string) int {
	st.lastID[of]++
	return st.lastID[of]
}

// Reset brings the portal back to its first day.
func (s *Server) Reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state = state{
		mode: s.options.Mode, tables: map[int]*table{}, historyOf: map[[2]int][]*stageRecord{}, lastID: map[string]int{},
		app: app{redirect: s.options.RedirectURL}, hooks: map[string]*grant{}, access: map[string]*grant{}, refresh: map[string]*grant{},
		codes: map[string]*authCode{}, buckets: map[string]*bucket{}, operating: map[string][]minute{},
	}
	for id, e := range newEntities() {
		s.state.tables[id] = newTable(e)
	}
	s.outbox, s.delivered = nil, nil
	s.state.hooks["1/"+hookSecret()] = &grant{user: 1, scopes: s.options.HookScopes, hook: true}
	s.seed()
}

func itoa(n int) string { return strconv.Itoa(n) }
