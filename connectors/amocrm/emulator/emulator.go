// Package emulator is a stand-in for an account of amoCRM (API v4): it keeps leads, contacts, companies, notes, tags, unsorted entries, events and
// webhooks in memory and is as strict as the vendor about tokens, limits, types and answers. It is written from the vendor's published behaviour
// and shares no code with the connector, so that the two check each other.
package emulator

import (
	"bytes"
	"cmp"
	"crypto/rand"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/skvoz/skvoz/internal/emulation"
)

// Options are the account's and the integration's settings; the zero value is a working account.
type Options struct {
	// Subdomain is the account's name; "demo" when empty. Requests to another account's host are refused.
	Subdomain string
	// BaseURL is where the emulator can be reached; people type it into the wizard. Links in answers go by the request's Host.
	BaseURL string
	// ClientID and ClientSecret are the integration's; made up when empty.
	ClientID, ClientSecret string
	// RedirectURIs are registered with the integration. With AnyLoopbackRedirect any address of this machine is taken, too.
	RedirectURIs        []string
	AnyLoopbackRedirect bool
	// Rate is the limit per integration and AccountRate that of all together, in requests per second; 7 and 50 when zero.
	Rate, AccountRate int
	// BanAfter is how many answers 429 within a minute bring a ban; 50 when zero, negative = never.
	BanAfter int
	// WebhookTimeout is how long a webhook waits for its answer; 2 s when zero.
	WebhookTimeout time.Duration
}

// withDefaults fills in what was left empty.
func (o Options) withDefaults() Options {
	o.Subdomain = cmp.Or(o.Subdomain, "demo")
	o.ClientID = cmp.Or(o.ClientID, "6a3f1f0e-52c1-4f0b-9a55-0d6f4c1e7b10")
	o.ClientSecret = cmp.Or(o.ClientSecret, "sekret-integracii-amocrm")
	o.Rate = cmp.Or(o.Rate, 7)
	o.AccountRate = cmp.Or(o.AccountRate, 50)
	o.BanAfter = cmp.Or(o.BanAfter, 50)
	o.WebhookTimeout = cmp.Or(o.WebhookTimeout, 2*time.Second)
	o.BaseURL = strings.TrimSuffix(o.BaseURL, "/")
	return o
}

// Server is the emulated account. It is safe for concurrent use.
type Server struct {
	kit  *emulation.Kit
	opts Options
	key  []byte // signs tokens

	mu     sync.Mutex
	state  *state
	access *access
	limits limits
	hooks  *sender
	long   *longToken
	number int // of the request, for X-Request-Id
}

var _ emulation.Vendor = (*Server)(nil)

// New returns an account with a few people, pipelines, leads and contacts in it. Close it when webhooks were subscribed to.
func New(kit *emulation.Kit, o Options) *Server {
	s := &Server{kit: kit, opts: o.withDefaults(), key: make([]byte, 32)}
	_, _ = rand.Read(s.key) // never fails
	s.Reset()
	return s
}

// Kind is "amocrm".
func (s *Server) Kind() string { return "amocrm" }

// Title is the vendor's name.
func (s *Server) Title() string { return "amoCRM" }

// SetBaseURL says where the emulator can be reached, when it is known only after New.
func (s *Server) SetBaseURL(url string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.opts.BaseURL = strings.TrimSuffix(url, "/")
}

// Credentials are the account's address, the long-lived token and the keys of the integration.
func (s *Server) Credentials() []emulation.Credential {
	s.mu.Lock()
	defer s.mu.Unlock()
	return []emulation.Credential{
		{Setting: "address", Value: s.address(), Hint: "Адрес аккаунта"},
		{Setting: "token", Value: s.long.value, Hint: "Долгосрочный токен частной интеграции"},
		{Setting: "client_id", Value: s.opts.ClientID, Hint: "ID интеграции"},
		{Setting: "client_secret", Value: s.opts.ClientSecret, Hint: "Секретный ключ интеграции"},
	}
}

func (s *Server) address() string {
	return cmp.Or(s.opts.BaseURL, "https://"+s.opts.Subdomain+".amocrm.ru")
}

// Reset brings the account back to the beginning: tokens given out by OAuth and webhooks are gone, the long-lived token is valid again.
func (s *Server) Reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.hooks != nil {
		s.hooks.end()
	}
	s.hooks = newSender(s)
	s.limits = limits{}
	s.access = newAccess(s.opts)
	s.state = seed(s.kit.Clock.Now())
	s.renewLongToken()
}

// Close ends the deliveries of webhooks and returns when none is under way; the account answers on.
func (s *Server) Close() {
	s.mu.Lock()
	hooks := s.hooks
	hooks.end()
	s.mu.Unlock()
	hooks.running.Wait()
}

func (s *Server) now() int64 { return s.kit.Clock.Now().Unix() }

// ServeHTTP answers as the vendor does: OAuth pages and tokens, and the API below /api.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	// Nobody who sends or reads slowly holds up the others.
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody))
	if err != nil {
		body = nil
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	page := s.answer(r, body) //nolint:contextcheck // webhooks outlive the request that caused them
	for name, values := range page.header {
		w.Header()[name] = values
	}
	w.WriteHeader(page.status)
	_, _ = w.Write(page.body)
}

// answer does all that needs the account, under its lock.
func (s *Server) answer(r *http.Request, body []byte) page {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.number++
	out := s.dispatch(r, body).render()
	out.header.Set("X-Request-Id", requestID(s.number))
	return out
}

func (s *Server) dispatch(r *http.Request, body []byte) answer {
	switch {
	case s.limits.banned:
		return banPage
	case r.URL.Path == "/oauth":
		return s.authorize(r)
	case r.URL.Path == "/oauth2/access_token":
		return s.token(r, body)
	case strings.HasPrefix(r.URL.Path, "/api/"):
		return s.api(r, body)
	}
	return problem(http.StatusNotFound, "Page not found")
}

// api answers a request of the API: who asks, how often, whether the account is paid for, and then what.
func (s *Server) api(r *http.Request, body []byte) answer {
	token, refusal := s.bearer(r)
	if refusal != nil {
		return *refusal
	}
	if refusal := s.admit(token.clientID); refusal != nil {
		return *refusal
	}
	if s.limits.unpaid {
		return problem(http.StatusPaymentRequired, "Account is not paid")
	}
	c, refusal := s.newCall(r, body, token)
	if refusal != nil {
		return *refusal
	}
	defer s.hooks.flush()
	return s.route(c)
}
