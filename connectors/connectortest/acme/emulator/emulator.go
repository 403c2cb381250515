// Package emulator is a stand-in for Acme, with its state in memory. It is written from what Acme publishes and shares no code with the connector, so that
// the two check each other.
package emulator

import (
	"fmt"
	"sync"
	"time"

	"github.com/skvoz/skvoz/internal/emulation"
)

// Server is the emulated account. It is safe for concurrent use.
type Server struct {
	kit *emulation.Kit
	url string

	mu sync.Mutex
	state
}

// state is what Reset throws away.
type state struct {
	key      string
	isUnpaid bool
	users    []user
	contacts []contact
	deals    []*deal
	notes    []note
	made     map[string]int
}

type user struct {
	ID, Name, Email string
	Active          bool
}

type contact struct {
	ID      string    `json:"id"`
	Name    string    `json:"name"`
	Phones  []string  `json:"phones"`
	Emails  []string  `json:"emails"`
	Created time.Time `json:"created"`
}

type deal struct {
	ID, Key, Name, Funnel, Stage, Contact, User, Currency string
	Minor                                                 *int64
	Created, Changed                                      time.Time
	Closed                                                *time.Time
	History                                               []step
	number                                                int
}

type step struct {
	Funnel, Stage string
	At            time.Time
}

type note struct{ ID, Deal, Key, Text string }

type stage struct{ ID, Name, Kind string }

type funnel struct {
	ID, Name string
	Main     bool
	Stages   []stage
}

var funnels = []funnel{
	{"sales", "Продажи", true, []stage{{"new", "Новая", "open"}, {"talks", "Переговоры", "open"}, {"paid", "Оплачена", "won"}, {"refused", "Отказ", "lost"}}},
	{"again", "Повторные", false, []stage{{"call", "Звонок", "open"}, {"bought", "Купил", "won"}, {"silent", "Молчит", "lost"}}},
}

var _ emulation.Vendor = (*Server)(nil)

// New returns an account with an employee and a deal, reached at an address.
func New(kit *emulation.Kit, url string) *Server {
	s := &Server{kit: kit, url: url}
	s.Reset()
	return s
}

// Kind is the folder of the connector.
func (*Server) Kind() string { return "acme" }

// Title is the system's name.
func (*Server) Title() string { return "Acme" }

// Credentials are what the wizard asks for.
func (s *Server) Credentials() []emulation.Credential {
	return []emulation.Credential{{Setting: "address", Value: s.url}, {Setting: "api_key", Value: firstKey}}
}

const firstKey = "acme-key-5d41402abc4b2a76"

// Reset implements emulation.Vendor.
func (s *Server) Reset() {
	s.mu.Lock()
	s.state = state{key: firstKey, made: map[string]int{}}
	s.mu.Unlock()
	s.AddUser("Марина Ковалёва")
	s.AddDeal("Первый заказ", "Антон Громов", "+7 921 555-01-11")
}

// Tables implements emulation.Vendor.
func (s *Server) Tables() []emulation.Table {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := emulation.Table{Name: "deals", Title: "Сделки", Columns: []string{"id", "name", "stage"}}
	for i := len(s.deals) - 1; i >= 0; i-- {
		t.Rows = append(t.Rows, []string{s.deals[i].ID, s.deals[i].Name, s.deals[i].Stage})
	}
	return []emulation.Table{t}
}

// Actions implements emulation.Vendor.
func (s *Server) Actions() []emulation.Action { return nil }

// id counts what is made; the caller holds the lock.
func (s *Server) id(what string) string {
	s.made[what]++
	return fmt.Sprintf("%s-%d", what, s.made[what])
}

// AddUser hires somebody.
func (s *Server) AddUser(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.users = append(s.users, user{s.id("user"), name, "", true})
}

// AddContact makes a contact and returns its id.
func (s *Server) AddContact(name string, phones ...string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.addContact(contact{Name: name, Phones: phones}).ID
}

func (s *Server) addContact(c contact) contact {
	c.ID, c.Created = s.id("contact"), s.kit.Clock.Now()
	s.contacts = append(s.contacts, c)
	return c
}

// AddDeal makes a deal with a contact of its own and returns its id.
func (s *Server) AddDeal(name, contactName, phone string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	owner := s.addContact(contact{Name: contactName, Phones: []string{phone}})
	return s.addDeal(&deal{Name: name, Contact: owner.ID, Funnel: "sales", Stage: "new"}).ID
}

func (s *Server) addDeal(d *deal) *deal {
	now := s.kit.Clock.Now()
	d.ID = s.id("deal")
	d.number, d.Created, d.Changed, d.History = s.made["deal"], now, now, []step{{d.Funnel, d.Stage, now}}
	s.deals = append(s.deals, d)
	return d
}

// MoveDeal brings a deal to the next stage of a kind.
func (s *Server) MoveDeal(id, kind string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, d := range s.deals {
		if d.ID != id {
			continue
		}
		for _, st := range stagesOf(d.Funnel) {
			if st.Kind == kind && st.ID != d.Stage {
				now := s.kit.Clock.Now()
				d.Stage, d.Changed, d.Closed, d.History = st.ID, now, nil, append(d.History, step{d.Funnel, st.ID, now})
				if kind != "open" {
					d.Closed = &now
				}
				return
			}
		}
	}
}

func stagesOf(id string) []stage {
	for _, f := range funnels {
		if f.ID == id {
			return f.Stages
		}
	}
	return nil
}

// Revoke makes the key a wrong one; LeaveUnpaid lets the plan run out.
func (s *Server) Revoke() { s.change(func() { s.key = "another" }) }

// LeaveUnpaid lets the plan run out.
func (s *Server) LeaveUnpaid() { s.change(func() { s.isUnpaid = true }) }

func (s *Server) change(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f()
}

// Made counts all that was ever made.
func (s *Server) Made() map[string]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := map[string]int{}
	for what, n := range s.made {
		out[what] = n
	}
	return out
}
