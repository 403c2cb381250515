// Package emulator is a stand-in for an account of UIS (CoMagic): the Call API v4.0, notifications by templates people write, and a small exchange
// with virtual numbers, employees and contacts behind them. It is as strict as the vendor about parameters, states, keys and limits. It is written
// from the vendor's published behaviour and shares no code with the adapter, so that the two check each other.
package emulator

import (
	"cmp"
	"crypto/rand"
	"encoding/hex"
	"io"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"

	"github.com/skvoz/skvoz/internal/emulation"
	"github.com/skvoz/skvoz/pbx/exchange"
)

// Options are the account's settings; the zero value is a working account.
type Options struct {
	// BaseURL is where the emulator can be reached; links to recordings begin with it.
	BaseURL string
	// DayLimit and MinuteLimit are points; 3500 and 200 when zero.
	DayLimit, MinuteLimit int
	// AllowIPs is the white list; this machine when nil.
	AllowIPs []netip.Prefix
	// RecordDelay is how long after a talk its recording is ready, RecordLife how long its link works; 2 s and 24 h when zero.
	RecordDelay, RecordLife time.Duration
	// AllowAbroad lifts the ban on numbers that do not begin with 7.
	AllowAbroad bool
	// DefaultDirection is that of calls started without one; in when empty.
	DefaultDirection exchange.Direction
}

func (o Options) withDefaults() Options {
	o.BaseURL = strings.TrimSuffix(o.BaseURL, "/")
	o.DayLimit = cmp.Or(o.DayLimit, 3500)
	o.MinuteLimit = cmp.Or(o.MinuteLimit, 200)
	o.RecordDelay = cmp.Or(o.RecordDelay, 2*time.Second)
	o.RecordLife = cmp.Or(o.RecordLife, 24*time.Hour)
	o.DefaultDirection = cmp.Or(o.DefaultDirection, exchange.In)
	if o.AllowIPs == nil {
		o.AllowIPs = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}
	}
	return o
}

// Server is the emulated account. It is safe for concurrent use.
type Server struct {
	// Desk is what people do with their telephones.
	*exchange.Desk

	kit  *emulation.Kit
	opts Options

	mu      sync.Mutex
	account *account
	board   *exchange.Board
	post    *exchange.Courier
}

var _ emulation.Vendor = (*Server)(nil)

// New returns an account with a few employees, numbers and scenarios, and no notifications. Close it at the end.
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

// Kind is "uis".
func (s *Server) Kind() string { return "uis" }

// Title is the vendor's name.
func (s *Server) Title() string { return "UIS" }

// SetBaseURL says where the emulator can be reached, when it is known only after New.
func (s *Server) SetBaseURL(url string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.opts.BaseURL = strings.TrimSuffix(url, "/")
}

// Credentials are the address of the Call API, the permanent key, and login and password.
func (s *Server) Credentials() []emulation.Credential {
	s.mu.Lock()
	defer s.mu.Unlock()
	return []emulation.Credential{
		{Setting: "address", Value: s.opts.BaseURL + "/v4.0", Hint: "Адрес Call API"},
		{Setting: "access_token", Value: s.account.key, Hint: "Постоянный ключ доступа"},
		{Setting: "login", Value: s.account.login, Hint: "Логин пользователя Call API"},
		{Setting: "password", Value: s.account.password, Hint: "Пароль пользователя Call API"},
	}
}

// Reset brings the account back to the beginning: calls, notifications and sessions are gone, the permanent key is the same.
func (s *Server) Reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.end()
	s.account = seed(cmp.Or(s.keyNow(), secret(20)))
	s.board = exchange.New(s.kit.Clock, &s.mu, 203_400_100)
	s.board.RecordDelay = s.opts.RecordDelay
	s.board.Hear = s.hear
	s.post = exchange.NewCourier(s.kit, &s.mu)
	s.post.UserAgent = "UIS-Notifications/1.0"
}

func (s *Server) keyNow() string {
	if s.account == nil {
		return ""
	}
	return s.account.key
}

func (s *Server) end() {
	if s.board != nil {
		s.board.End()
		s.post.End()
	}
}

// Close ends calls and notifications and returns when none is under way; the API answers on.
func (s *Server) Close() {
	s.mu.Lock()
	s.end()
	board, post := s.board, s.post
	s.mu.Unlock()
	board.Wait()
	post.Wait()
}

// secret returns random hex digits, twice n.
func secret(n int) string {
	raw := make([]byte, n)
	_, _ = rand.Read(raw) // never fails
	return hex.EncodeToString(raw)
}

const (
	maxBody   = 1 << 20
	mediaPath = "/system/media/talk/"
)

// ServeHTTP answers the Call API at /v4.0 and hands recordings out.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case strings.TrimSuffix(r.URL.Path, "/") == "/v4.0":
		s.serveCallAPI(w, r)
	case strings.HasPrefix(r.URL.Path, mediaPath):
		s.serveRecord(w, r)
	default:
		http.NotFound(w, r)
	}
}

func (s *Server) serveCallAPI(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		http.Error(w, "Method Not Allowed", http.StatusMethodNotAllowed)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		http.Error(w, "Request Entity Too Large", http.StatusRequestEntityTooLarge)
		return
	}
	raw := s.answer(body, r.RemoteAddr)
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	_, _ = w.Write(raw)
}

// serveRecord hands out the recording of a talk until its link expires.
func (s *Server) serveRecord(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		http.Error(w, "Method Not Allowed", http.StatusMethodNotAllowed)
		return
	}
	s.mu.Lock()
	record, ok := s.account.records[r.URL.Path]
	now := s.kit.Clock.Now()
	s.mu.Unlock()
	switch {
	case !ok:
		http.NotFound(w, r)
	case !now.Before(record.expires):
		http.Error(w, "Gone", http.StatusGone)
	default:
		w.Header().Set("Content-Type", "audio/wav")
		_, _ = w.Write(exchange.WAV(record.length))
	}
}
