package emulator

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"time"
)

// Event is one event as it is sent.
type Event struct {
	ID         string          `json:"id"`
	Type       string          `json:"type"`
	OccurredAt time.Time       `json:"occurred_at"`
	CallID     string          `json:"call_id,omitempty"`
	Seq        int             `json:"seq,omitempty"`
	ExternalID string          `json:"external_id,omitempty"`
	Data       json.RawMessage `json:"data"`
}

// DeliveryState is what became of a delivery.
type DeliveryState string

// The states of a delivery.
const (
	DeliveryWaiting   DeliveryState = "waiting"
	DeliveryDelivered DeliveryState = "delivered"
	DeliveryFailed    DeliveryState = "failed"  // no more attempts
	DeliveryStopped   DeliveryState = "stopped" // the receiver said 410
	DeliveryLost      DeliveryState = "lost"    // never sent, as somebody wished
)

// Attempt is one POST and its answer; status 0 = none, and Error says why.
type Attempt struct {
	At     time.Time `json:"at"`
	Status int       `json:"status"`
	Answer string    `json:"answer"`
	Error  string    `json:"error,omitempty"`
}

// Delivery is one message with one or more events.
type Delivery struct {
	Number   int           `json:"number"`
	ID       string        `json:"id"`
	Events   []Event       `json:"events"`
	State    DeliveryState `json:"state"`
	Attempts []Attempt     `json:"attempts"`
	NextAt   time.Time     `json:"next_at,omitzero"` // of the next attempt while it waits

	body  []byte
	once  bool // not worth another attempt
	fault Disturb
}

// The outbox's bounds.
const (
	maxEvents     = 10_000 // remembered
	maxDeliveries = 5000   // remembered
	maxBatch      = 100    // events of one message
	maxMessage    = 900 << 10
	maxAnswer     = 2000 // remembered of an answer
)

// pauses are how long after each failed attempt the next one comes, give or take a fifth.
var pauses = []time.Duration{
	2 * time.Second, 10 * time.Second, time.Minute, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 6 * time.Hour, 12 * time.Hour, 24 * time.Hour,
}

// outbox sends events: those of one call one after the other.
type outbox struct {
	events     []Event
	deliveries []*Delivery
	questions  []Question
	number     int
	lanes      map[string]*lane // by call
	stop       chan struct{}
	stopped    bool
	disturbed  []*disturbance
	held       []*item // out of turn, as somebody wished
}

// lane is what is yet to be sent of one call; a goroutine sends it.
type lane struct{ waiting []*item }

// item is an event on its way.
type item struct {
	event Event
	fault Disturb
}

func newOutbox() outbox { return outbox{lanes: map[string]*lane{}, stop: make(chan struct{})} }

// forget ends all deliveries.
func (o *outbox) forget() {
	if !o.stopped {
		o.stopped = true
		close(o.stop)
	}
}

func (o *outbox) noteQuestion(q Question, at time.Time) {
	q.At = at
	o.questions = append(o.questions, q)
	o.questions = slices.Delete(o.questions, 0, max(0, len(o.questions)-maxQuestions))
}

// emit makes an event and sends it. Without a call it has neither call_id nor seq.
func (s *Server) emit(c *call, kind string, data any) {
	if c != nil && c.forgotten {
		return
	}
	raw, err := json.Marshal(data)
	if err != nil {
		panic(err) // plain values only
	}
	e := Event{ID: newID("evt_"), Type: kind, OccurredAt: s.now(), Data: raw}
	if c != nil {
		c.seq++
		e.CallID, e.Seq, e.ExternalID = c.id, c.seq, c.externalID
	}
	s.send(e)
}

func (s *Server) send(e Event) {
	o := &s.world.outbox
	if len(o.events) >= maxEvents {
		o.events = slices.Delete(o.events, 0, maxEvents/10)
	}
	o.events = append(o.events, e)
	if s.world.conn.up() {
		s.disturb(&item{event: e})
	}
}

// enqueue puts an event at the end of its call's lane.
func (s *Server) enqueue(i *item) {
	o := &s.world.outbox
	if o.stopped || s.closed {
		return
	}
	l := o.lanes[i.event.CallID]
	if l != nil {
		l.waiting = append(l.waiting, i)
		return
	}
	l = &lane{waiting: []*item{i}}
	o.lanes[i.event.CallID] = l
	w := s.world
	s.running.Go(func() { s.empty(w, i.event.CallID, l) })
}

// empty sends what is in a lane until there is nothing left.
func (s *Server) empty(w *world, name string, l *lane) {
	for {
		d := s.pack(w, name, l)
		if d == nil {
			return
		}
		s.attempt(w, d)
	}
}

// pack makes a message of what waits in a lane, as much as one may hold.
func (s *Server) pack(w *world, name string, l *lane) *Delivery {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(l.waiting) == 0 || w.outbox.stopped || !w.conn.up() {
		delete(w.outbox.lanes, name)
		return nil
	}
	n, size := 0, 0
	for n < len(l.waiting) && n < maxBatch {
		i := l.waiting[n]
		size += len(i.event.Data) + 300
		if n > 0 && (size > maxMessage || i.fault != "" || l.waiting[0].fault != "") {
			break
		}
		n++
	}
	var events []Event
	for _, i := range l.waiting[:n] {
		events = append(events, i.event)
	}
	d := s.message(w, events)
	d.fault = l.waiting[0].fault
	l.waiting = l.waiting[n:]
	return d
}

// message writes events out: one alone, several in a list.
func (s *Server) message(w *world, events []Event) *Delivery {
	o := &w.outbox
	o.number++
	d := &Delivery{Number: o.number, ID: newID("msg_"), Events: events, State: DeliveryWaiting}
	d.once = len(events) == 1 && events[0].Type == "pbx_heartbeat"
	var err error
	if len(events) == 1 {
		d.body, err = json.Marshal(events[0])
	} else {
		d.body, err = json.Marshal(map[string]any{"events": events})
	}
	if err != nil {
		panic(err) // plain values only
	}
	if len(o.deliveries) >= maxDeliveries {
		o.deliveries = slices.Delete(o.deliveries, 0, maxDeliveries/10)
	}
	o.deliveries = append(o.deliveries, d)
	return d
}

// attempt sends a message once and notes what came of it.
func (s *Server) attempt(w *world, d *Delivery) {
	ctx, cancel := context.WithTimeout(context.Background(), s.opts.EventTimeout) //nolint:forbidigo // messages outlive whatever caused them
	defer cancel()
	ended := make(chan struct{})
	defer close(ended)
	s.running.Go(func() {
		select {
		case <-w.outbox.stop:
			cancel()
		case <-ended:
		}
	})
	s.mu.Lock()
	conn, fault := w.conn, d.fault
	d.fault = "" // the first attempt only
	s.mu.Unlock()
	answer, err := s.postEvents(ctx, conn, d, fault)
	_ = s.do(func() error {
		s.attempted(w, d, answer, err)
		return nil
	})
}

func (s *Server) postEvents(ctx context.Context, conn connection, d *Delivery, fault Disturb) (reply, error) {
	var body io.Reader = bytes.NewReader(d.body)
	switch fault {
	case DisturbCut:
		body = io.MultiReader(bytes.NewReader(d.body[:len(d.body)/2]), broken{})
	case DisturbForge:
		conn.keys = [][]byte{[]byte("a key of nobody's")}
	default:
	}
	return s.post(ctx, conn, "/events", d.ID, body, d.body)
}

// broken is a connection that ends in the middle.
type broken struct{}

// Read implements [io.Reader].
func (broken) Read([]byte) (int, error) { return 0, errors.New("cut off, as was wished") }

func (s *Server) attempted(w *world, d *Delivery, answer reply, err error) {
	status := answer.status
	a := Attempt{At: s.now(), Status: status, Answer: string(answer.body[:min(len(answer.body), maxAnswer)])}
	if err != nil {
		a.Error = err.Error()
	}
	d.Attempts = append(d.Attempts, a)
	n := len(d.Attempts)
	switch {
	case status >= 200 && status <= 299 && err == nil:
		d.State = DeliveryDelivered
	case status == http.StatusGone:
		d.State = DeliveryStopped
		w.conn.gone = true
	case w.outbox.stopped || w.conn.gone || d.once || n > len(pauses):
		d.State = DeliveryFailed
	default:
		pause := time.Duration(float64(pauses[n-1]) * (0.8 + 0.4*rand.Float64()))
		pause = max(pause, answer.retryAfter)
		d.NextAt = s.now().Add(pause)
		s.after(pause, func() {
			if w != s.world || w.outbox.stopped || !w.conn.up() {
				d.State = DeliveryFailed
				return
			}
			s.running.Go(func() { s.attempt(w, d) })
		})
	}
}
