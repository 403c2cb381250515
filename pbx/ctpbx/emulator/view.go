package emulator

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/skvoz/skvoz/internal/emulation"
)

// State is the provider as it stands.
type State struct {
	Version    int        `json:"version"` // counts changes
	Now        time.Time  `json:"now"`
	Connection Connection `json:"connection"`
	Numbers    []string   `json:"numbers"`
	Fallback   []string   `json:"fallback"`
	Phones     []Phone    `json:"phones"` // lines, then outside phones in use or with a rule
	Calls      []Call     `json:"calls"`  // active ones and the last finished, newest first
	Events     []Sent     `json:"events"` // the last ones, newest first
	Questions  []Question `json:"questions"`
}

// Connection is where events go.
type Connection struct {
	Address   string `json:"address"`
	Secret    string `json:"secret"`
	Token     string `json:"token"`
	Connected bool   `json:"connected"`
	Gone      bool   `json:"gone"` // the receiver wants nothing more
}

// Phone is a line or an outside phone as it stands.
type Phone struct {
	Key           string `json:"key"`
	Ext           string `json:"ext,omitempty"` // lines only
	Name          string `json:"name,omitempty"`
	Number        string `json:"number,omitempty"`
	State         string `json:"state"` // free, busy or unavailable
	Rule          Act    `json:"rule"`
	AfterMS       int64  `json:"after_ms"`
	HangUpAfterMS int64  `json:"hang_up_after_ms"`
	// Of the call at the phone.
	CallID   string `json:"call_id,omitempty"`
	LegID    string `json:"leg_id,omitempty"`
	Role     string `json:"role,omitempty"`
	LegState string `json:"leg_state,omitempty"`
	Shows    string `json:"shows,omitempty"` // the caller id
	Talks    bool   `json:"talks,omitempty"`
	Gives    bool   `json:"gives,omitempty"` // an attended transfer is under way
	Heard    string `json:"heard,omitempty"` // digits sent to it
}

// Sent is an event and what became of it.
type Sent struct {
	Event
	State   DeliveryState `json:"state,omitempty"` // empty = not connected or held back
	Status  int           `json:"status"`          // of the last answer
	Tries   int           `json:"tries"`
	Answer  string        `json:"answer"`
	Problem string        `json:"problem,omitempty"`
}

// How much the state shows.
const (
	shownCalls  = 60
	shownEvents = 120
	longestWait = 25 * time.Second
)

// State returns the provider as it stands.
func (s *Server) State() (out State) {
	s.read(func() { out = s.state() })
	return out
}

// StateAfter waits until something has changed since a version, but not for long.
func (s *Server) StateAfter(ctx context.Context, version int, wait time.Duration) (out State) {
	timer := time.NewTimer(min(wait, longestWait))
	defer timer.Stop()
	for {
		var changed chan struct{}
		s.read(func() {
			changed = s.changed
			out = State{Version: s.version}
			if s.version > version {
				out = s.state()
			}
		})
		if out.Version > version {
			return out
		}
		select {
		case <-changed:
		case <-timer.C:
			return s.State()
		case <-ctx.Done():
			return s.State()
		case <-s.stop:
			return s.State()
		}
	}
}

func (s *Server) state() State {
	w := s.world
	out := State{
		Version: s.version, Now: s.now(), Numbers: slices.Clone(w.numbers), Fallback: slices.Clone(w.fallback), Phones: s.phones(), Calls: []Call{},
		Connection: Connection{w.conn.address, w.conn.secret, w.conn.token, w.conn.up(), w.conn.gone}, Events: w.outbox.sent(shownEvents),
	}
	for i := len(w.order) - 1; i >= 0 && len(out.Calls) < shownCalls; i-- {
		out.Calls = append(out.Calls, w.order[i].snapshot(s.now()))
	}
	for i := len(w.outbox.questions) - 1; i >= 0 && len(out.Questions) < shownCalls; i-- {
		out.Questions = append(out.Questions, w.outbox.questions[i])
	}
	return out
}

// Phones returns the lines and the outside phones in use or with a rule.
func (s *Server) Phones() (out []Phone) {
	s.read(func() { out = s.phones() })
	return out
}

func (s *Server) phones() []Phone {
	out := []Phone{}
	for _, p := range s.world.lines {
		out = append(out, p.show())
	}
	var outside []Phone
	for _, p := range s.world.outside {
		if len(p.legs) > 0 || p.rule != (Rule{Act: ByHand}) || !p.available {
			outside = append(outside, p.show())
		}
	}
	slices.SortFunc(outside, func(a, b Phone) int { return strings.Compare(a.Key, b.Key) })
	return append(out, outside...)
}

func (p *phone) show() Phone {
	out := Phone{
		Key: p.key(), Ext: p.ext, Name: p.name, Number: p.number, State: p.state(), Rule: p.rule.Act, AfterMS: p.rule.After.Milliseconds(),
		HangUpAfterMS: p.rule.HangUpAfter.Milliseconds(), Heard: p.heard,
	}
	if l := p.current(); l != nil {
		out.CallID, out.LegID, out.Role, out.LegState, out.Shows = l.call.id, l.id, l.role, string(l.state), l.display
		out.Talks, out.Gives = talks(l), gives(l)
	}
	return out
}

// sent returns the last events, newest first, with what became of them.
func (o *outbox) sent(most int) []Sent {
	newest := o.events[max(0, len(o.events)-most):]
	at := map[string]int{}
	out := make([]Sent, len(newest))
	for i, e := range newest {
		at[e.ID] = len(newest) - 1 - i
		out[at[e.ID]] = Sent{Event: e}
	}
	for _, d := range o.deliveries {
		for _, e := range d.Events {
			if i, shown := at[e.ID]; shown {
				out[i].note(d)
			}
		}
	}
	return out
}

func (e *Sent) note(d *Delivery) {
	e.State, e.Tries = d.State, len(d.Attempts)
	if n := len(d.Attempts); n > 0 {
		last := d.Attempts[n-1]
		e.Status, e.Answer, e.Problem = last.Status, last.Answer, last.Error
	}
}

// Calls returns the calls, oldest first: those that go on and the last ones that are over.
func (s *Server) Calls() (out []Call) {
	s.read(func() { out = s.snapshots(false) })
	return out
}

// Call returns a call.
func (s *Server) Call(id string) (out Call, ok bool) {
	s.read(func() {
		if c := s.world.calls[id]; c != nil {
			out, ok = c.snapshot(s.now()), true
		}
	})
	return out, ok
}

// Events returns the last events, oldest first, whether they could be sent or not.
func (s *Server) Events() (out []Event) {
	s.read(func() { out = slices.Clone(s.world.outbox.events) })
	return out
}

// Deliveries returns the last messages, oldest first.
func (s *Server) Deliveries() (out []Delivery) {
	s.read(func() {
		for _, d := range s.world.outbox.deliveries {
			one := *d
			one.Attempts = slices.Clone(d.Attempts)
			out = append(out, one)
		}
	})
	return out
}

// Questions returns the last questions how to route calls, oldest first.
func (s *Server) Questions() (out []Question) {
	s.read(func() { out = slices.Clone(s.world.outbox.questions) })
	return out
}

// Tables show phones, calls, events, messages and questions.
func (s *Server) Tables() []emulation.Table {
	st := s.State()
	phones := emulation.Table{Name: "phones", Title: "Телефоны", Columns: []string{"телефон", "имя", "состояние", "правило", "звонок", "плечо"}}
	for _, p := range st.Phones {
		phones.Rows = append(phones.Rows, []string{p.Key, p.Name, p.State, string(p.Rule), p.CallID, p.LegState})
	}
	calls := emulation.Table{Name: "calls", Title: "Звонки", Columns: []string{"call_id", "состояние", "направление", "кто", "номер", "причина потери"}}
	for _, c := range st.Calls {
		calls.Rows = append(calls.Rows, []string{c.ID, c.State, c.Direction, c.Caller, c.DID, c.LostReason})
	}
	events := emulation.Table{Name: "events", Title: "События", Columns: []string{"время", "тип", "call_id", "доставка", "данные"}}
	for _, e := range st.Events {
		events.Rows = append(events.Rows, []string{e.OccurredAt.Format("15:04:05.000"), e.Type, e.CallID, string(e.State), string(e.Data)})
	}
	questions := emulation.Table{Name: "questions", Title: "Вопросы маршрута", Columns: []string{"время", "call_id", "причина", "ответ", "ошибка"}}
	for _, q := range st.Questions {
		questions.Rows = append(questions.Rows, []string{q.At.Format("15:04:05.000"), q.CallID, q.Reason, q.Answer, q.Error})
	}
	return []emulation.Table{phones, calls, events, questions}
}
