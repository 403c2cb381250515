// Package emulator is pbxsim, a telephone provider that speaks the contract ct-pbx/1: virtual numbers, employees' lines and outside phones that can be
// picked up, put on hold and hung up, by hand on its page, by rules, or from tests. It sends signed events, asks how to route calls and carries the
// answer out, takes commands, and makes recordings. It is written from the contract alone and shares no code with the other side, so that the two check
// each other.
//
// Left out: sound in real time (a recording is synthesised or a file), conferences, and the provider's own menus.
package emulator

import (
	"cmp"
	"crypto/rand"
	"encoding/base64"
	"strings"
	"sync"
	"time"

	"github.com/skvoz/skvoz/internal/emulation"
)

// Options are how the provider begins; the zero value is a working one with three numbers and three lines.
type Options struct {
	// BaseURL is where the provider can be reached, without a trailing slash; recordings' addresses begin with it.
	BaseURL string
	// Address and Secret are the connection: where events go ({skvoz}/tel/v1/{connection}) and what signs them ("whsec_…"). Empty = not connected.
	Address, Secret string
	// Token is what commands must bear; "pbxsim-token" when empty.
	Token string
	// Numbers are the virtual numbers, digits with country code; made up when nil.
	Numbers []string
	// Lines are the employees' lines; made up when nil.
	Lines []Line
	// Fallback are the extensions and numbers that ring when nobody says how to route a call; none = hang up.
	Fallback []string
	// EventTimeout and RouteTimeout are how long answers are waited for, in real time; 5 s and 3 s when zero.
	EventTimeout, RouteTimeout time.Duration
	// PlayLength is how long every announcement takes; 3 s when zero. MaxCall is the longest a call may be; 4 h when zero.
	PlayLength, MaxCall time.Duration
	// ReadyAfter is how long after a talk its recording is ready, 500 ms when zero; LinkLife how long its address is good, 1 h when zero.
	ReadyAfter, LinkLife time.Duration
}

// withDefaults fills in what was left empty.
func (o Options) withDefaults() Options {
	o.BaseURL = strings.TrimSuffix(o.BaseURL, "/")
	o.Token = cmp.Or(o.Token, "pbxsim-token")
	o.EventTimeout = cmp.Or(o.EventTimeout, 5*time.Second)
	o.RouteTimeout = cmp.Or(o.RouteTimeout, 3*time.Second)
	o.PlayLength = cmp.Or(o.PlayLength, 3*time.Second)
	o.MaxCall = cmp.Or(o.MaxCall, 4*time.Hour)
	o.ReadyAfter = cmp.Or(o.ReadyAfter, 500*time.Millisecond)
	o.LinkLife = cmp.Or(o.LinkLife, time.Hour)
	if o.Numbers == nil {
		o.Numbers = []string{"74950000001", "74950000002", "78000000003"}
	}
	if o.Lines == nil {
		o.Lines = []Line{{Ext: "101", Name: "Анна Светлова"}, {Ext: "102", Name: "Борис Громов"}, {Ext: "103", Name: "Вера Новикова", Number: "79160000103"}}
	}
	return o
}

// Server is the provider. It is safe for concurrent use.
type Server struct {
	kit     *emulation.Kit
	opts    Options
	running sync.WaitGroup
	making  chan struct{} // recordings at once: long ones are large

	mu      sync.Mutex
	closed  bool
	stop    chan struct{} // closed with the server
	timers  timers
	world   *world
	version int           // counts changes
	changed chan struct{} // closed at the next change
}

// world is all that Reset forgets.
type world struct {
	conn     connection
	limits   limits
	fallback []string
	numbers  []string
	lines    []*phone
	outside  map[string]*phone
	calls    map[string]*call
	order    []*call // oldest first
	active   int
	outbox   outbox
	commands map[string]*kept
	records  recordings
}

var _ emulation.Vendor = (*Server)(nil)

// New returns a provider that answers; without Address and Secret it is connected later. Close it at the end.
func New(kit *emulation.Kit, o Options) *Server {
	s := &Server{kit: kit, opts: o.withDefaults(), stop: make(chan struct{}), changed: make(chan struct{}), making: make(chan struct{}, 2)}
	s.timers.wake = make(chan struct{}, 1)
	s.Reset()
	return s
}

// Kind is "pbxsim".
func (s *Server) Kind() string { return "pbxsim" }

// Title is how people call it.
func (s *Server) Title() string { return "Телефония pbxsim" }

// SetBaseURL says where the provider can be reached, when it is known only after New.
func (s *Server) SetBaseURL(url string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.opts.BaseURL = strings.TrimSuffix(url, "/")
}

// Credentials are the provider's address and the token of its commands.
func (s *Server) Credentials() []emulation.Credential {
	s.mu.Lock()
	defer s.mu.Unlock()
	return []emulation.Credential{
		{Setting: "address", Value: cmp.Or(s.opts.BaseURL, "http://127.0.0.1"), Hint: "Адрес АТС"},
		{Setting: "token", Value: s.world.conn.token, Hint: "Токен команд"},
	}
}

// Reset brings the provider back to its options: calls, phones, events and the connection made since are forgotten without a word to anybody.
func (s *Server) Reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.world != nil {
		s.world.outbox.forget()
		for _, c := range s.world.calls {
			c.forget()
		}
	}
	s.timers.clear()
	s.world = s.newWorld()
	if s.opts.Address != "" {
		if err := s.connect(s.opts.Address, s.opts.Secret); err != nil {
			panic("pbxsim: " + err.Error()) // options are written by programmers
		}
	}
	s.touch()
}

func (s *Server) newWorld() *world {
	w := &world{
		conn: connection{token: s.opts.Token}, limits: newLimits(), fallback: s.opts.Fallback, outside: map[string]*phone{}, calls: map[string]*call{},
		commands: map[string]*kept{}, outbox: newOutbox(), records: recordings{byID: map[string]*recording{}},
	}
	for _, number := range s.opts.Numbers {
		w.numbers = append(w.numbers, digitsOf(number))
	}
	for _, l := range s.opts.Lines {
		w.lines = append(w.lines, newLine(l))
	}
	return w
}

// Close ends timers and deliveries and returns when none is under way.
func (s *Server) Close() {
	s.mu.Lock()
	if !s.closed {
		s.closed = true
		close(s.stop)
		s.world.outbox.forget()
		for _, c := range s.world.calls {
			c.forget()
		}
	}
	s.mu.Unlock()
	s.running.Wait()
}

// do changes the provider: first comes what is due, then fn, then what fn made due at once.
func (s *Server) do(fn func() error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.catchUp()
	s.timers.now = s.now() // what happens together happens at one time
	err := fn()
	s.timers.now = time.Time{}
	s.catchUp()
	s.touch()
	return err
}

// read looks at the provider.
func (s *Server) read(fn func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.catchUp()
	fn()
}

// touch lets those go who wait for a change.
func (s *Server) touch() {
	s.version++
	close(s.changed)
	s.changed = make(chan struct{})
}

// newID returns a name nobody else has.
func newID(prefix string) string {
	raw := make([]byte, 9)
	_, _ = rand.Read(raw) // never fails
	return prefix + strings.NewReplacer("-", "x", "_", "y").Replace(base64.RawURLEncoding.EncodeToString(raw))
}

// digitsOf reads a telephone number as people write it: digits with country code; a leading 8 of eleven digits is Russia's 7.
func digitsOf(text string) string {
	number := strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, text)
	if len(number) == 11 && number[0] == '8' && !strings.HasPrefix(strings.TrimSpace(text), "+") {
		number = "7" + number[1:]
	}
	return number
}
