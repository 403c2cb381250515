// Package emulator is a stand-in for a virtual exchange of Mango Office: signed commands and events, recordings behind links that work once,
// statistics that take a while, and limits. It is written from the vendor's published behaviour and shares no code with the adapter, so that the two
// check each other.
package emulator

import (
	"cmp"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/skvoz/skvoz/internal/emulation"
	"github.com/skvoz/skvoz/pbx/exchange"
)

// Options are the exchange's settings; the zero value is a working one that tells nobody of its calls.
type Options struct {
	// BaseURL is where the emulator can be reached.
	BaseURL string
	// Key and Salt sign requests in both directions; made up when empty.
	Key, Salt string
	// EventsURL is the customer's address, which /events/call and the like are added to. It can be set later.
	EventsURL string
	// Rate is that of all requests, CommandRate that of callbacks and hang-ups, in requests per second; 10 and 4 when zero.
	Rate, CommandRate int
	// RecordDelay is how long after a talk its recording can be downloaded; 3 s when zero.
	RecordDelay time.Duration
}

func (o Options) withDefaults() Options {
	o.BaseURL = strings.TrimSuffix(o.BaseURL, "/")
	o.EventsURL = strings.TrimSuffix(o.EventsURL, "/")
	o.Key = cmp.Or(o.Key, "k8d0f3m2q7w1zx5c9v4b6n0a")
	o.Salt = cmp.Or(o.Salt, "s7h2j4l9p1o6i3u8y5t0r2e4")
	o.Rate = cmp.Or(o.Rate, 10)
	o.CommandRate = cmp.Or(o.CommandRate, 4)
	o.RecordDelay = cmp.Or(o.RecordDelay, 3*time.Second)
	return o
}

// Server is the emulated exchange. It is safe for concurrent use.
type Server struct {
	// Desk is what people do with their telephones.
	*exchange.Desk

	kit  *emulation.Kit
	opts Options

	mu     sync.Mutex
	office *office
	board  *exchange.Board
	post   *exchange.Courier
	limits limits
	fail   failing
}

// failing is what people wished for the next commands.
type failing struct{ count, code int }

var _ emulation.Vendor = (*Server)(nil)

// New returns an exchange with a few people, groups and lines. Close it at the end.
func New(kit *emulation.Kit, o Options) *Server {
	s := &Server{kit: kit, opts: o.withDefaults()}
	s.Desk = exchange.NewDesk(func(do func(*exchange.Board, *exchange.Courier)) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.board.Settle()
		do(s.board, s.post)
	})
	s.Reset()
	return s
}

// Kind is "mango".
func (s *Server) Kind() string { return "mango" }

// Title is the vendor's name.
func (s *Server) Title() string { return "Mango Office" }

// SetBaseURL says where the emulator can be reached, when it is known only after New.
func (s *Server) SetBaseURL(url string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.opts.BaseURL = strings.TrimSuffix(url, "/")
}

// SetEventsURL says where events and results are sent: the customer's address without /events/call. "" = nowhere.
func (s *Server) SetEventsURL(url string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.opts.EventsURL = strings.TrimSuffix(url, "/")
}

// Credentials are the address of the API, the key and the salt.
func (s *Server) Credentials() []emulation.Credential {
	s.mu.Lock()
	defer s.mu.Unlock()
	return []emulation.Credential{
		{Setting: "address", Value: s.opts.BaseURL + "/vpbx/", Hint: "Адрес API"},
		{Setting: "vpbx_api_key", Value: s.opts.Key, Hint: "Уникальный код вашей АТС"},
		{Setting: "vpbx_api_salt", Value: s.opts.Salt, Hint: "Ключ для создания подписи"},
	}
}

// Reset brings the exchange back to the beginning: calls, recordings and locks are gone, the customer's address stays.
func (s *Server) Reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.end()
	s.office, s.limits, s.fail = seed(), limits{}, failing{}
	s.board = exchange.New(s.kit.Clock, &s.mu, 13_250_700)
	s.board.RecordDelay = s.opts.RecordDelay
	s.board.Hear = s.hear
	s.post = exchange.NewCourier(s.kit, &s.mu)
	s.post.UserAgent = "MangoVPBX/1.0"
}

func (s *Server) end() {
	if s.board != nil {
		s.board.End()
		s.post.End()
	}
}

// Close ends calls and events and returns when none is under way; the API answers on.
func (s *Server) Close() {
	s.mu.Lock()
	s.end()
	board, post := s.board, s.post
	s.mu.Unlock()
	board.Wait()
	post.Wait()
}

// Sign returns the signature of a JSON text: hex SHA-256 of key, text and salt.
func Sign(key, json, salt string) string {
	sum := sha256.Sum256([]byte(key + json + salt))
	return hex.EncodeToString(sum[:])
}

// form is a JSON text as it travels, signed.
func (s *Server) form(json string) string {
	return url.Values{"vpbx_api_key": {s.opts.Key}, "sign": {Sign(s.opts.Key, json, s.opts.Salt)}, "json": {json}}.Encode()
}

func secret() string {
	raw := make([]byte, 16)
	_, _ = rand.Read(raw) // never fails
	return hex.EncodeToString(raw)
}

const (
	root       = "/vpbx/"
	soundPath  = root + "queries/recording/issa/"
	maxBody    = 1 << 20
	formFormat = "application/x-www-form-urlencoded"
)

// ServeHTTP answers commands and queries below /vpbx/ and hands recordings out.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case strings.HasPrefix(r.URL.Path, soundPath):
		s.serveSound(w, r)
	case strings.HasPrefix(r.URL.Path, root):
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		a := s.answer(r)
		for name, value := range a.header {
			w.Header().Set(name, value)
		}
		w.WriteHeader(a.status)
		_, _ = w.Write(a.body)
	default:
		http.NotFound(w, r)
	}
}

// serveSound hands a recording out; its link works once.
func (s *Server) serveSound(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet {
		http.Error(w, "Method Not Allowed", http.StatusMethodNotAllowed)
		return
	}
	s.mu.Lock()
	link, ok := s.office.links[r.URL.Path]
	delete(s.office.links, r.URL.Path)
	s.mu.Unlock()
	if !ok {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "audio/wav")
	if link.download {
		w.Header().Set("Content-Disposition", `attachment; filename="record.wav"`)
	}
	_, _ = w.Write(exchange.WAV(link.length))
}
