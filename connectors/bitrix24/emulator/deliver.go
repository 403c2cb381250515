package emulator

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Delivery is a call out the portal made. There is one attempt, whatever comes of it.
type Delivery struct {
	Event, URL string
	// Body is the form as it was sent.
	Body string
	At   time.Time
	// Answer is the status the handler gave, what went wrong, or why the event was not sent.
	Answer string
}

// delivery waits to be sent.
type delivery struct {
	ctx        context.Context //nolint:containedctx // the queue is where requests end and deliveries begin
	event, url string
	body       string
}

// trouble is what befalls the next events.
type trouble struct {
	lose, double int
	// reorder: so many events are held back and then sent the wrong way round.
	reorder int
	held    []delivery
}

const maxDelivered = 1000

// emit tells the application's handlers of an event. Nothing is sent before the installation is finished.
func (s *Server) emit(event string, data *arr, who actor) {
	if !s.state.app.installed || !s.state.app.finished {
		return
	}
	for _, h := range s.state.handlers {
		switch {
		case h.event != event:
		case h.offline:
			if h.connector == "" || h.connector != who.connector {
				s.keepOffline(h, event, data)
			}
		default:
			s.enqueue(s.prepare(h, event, data, who))
		}
	}
}

// prepare writes an event the way the portal sends it. Its access token is of the person who caused it, or of the one the handler was bound for.
func (s *Server) prepare(h *handler, event string, data *arr, who actor) delivery {
	auth := obj()
	if user := or(h.authType, who.user); s.active(user) {
		g := s.eventGrant(user)
		auth = obj("access_token", g.access, "expires_in", int(g.expires.Sub(s.now()).Seconds()), "scope", strings.Join(g.scopes, " "), "status", "L", "user_id", user)
	}
	s.sign(auth, who.base)
	form := obj("event", event, "event_handler_id", h.id, "data", data, "ts", s.now().Unix(), "auth", auth)
	return delivery{ctx: who.ctx, event: event, url: h.url, body: encodeForm(form)}
}

// sign adds what every call out says of the portal.
func (s *Server) sign(auth *arr, base string) {
	auth.set("domain", host(base))
	auth.set("server_endpoint", base+"/rest/")
	auth.set("client_endpoint", base+"/rest/")
	auth.set("member_id", memberID())
	auth.set("application_token", s.state.app.token)
}

// eventGrant is the token events carry for a person; it is used for half an hour, so that it is never about to expire.
func (s *Server) eventGrant(user int) *grant {
	now := s.now()
	for _, g := range s.state.access {
		if g.user == user && g.refresh == "" && g.expires.Sub(now) > accessLife/2 {
			return g
		}
	}
	g := &grant{user: user, scopes: s.options.Scopes, expires: now.Add(accessLife), access: random()}
	s.state.access[g.access] = g
	return g
}

// encodeForm writes data[FIELDS][ID]=5&….
func encodeForm(a *arr) string {
	var out []string
	var write func(prefix string, v any)
	write = func(prefix string, v any) {
		inner, nested := v.(*arr)
		if !nested {
			out = append(out, url.QueryEscape(prefix)+"="+url.QueryEscape(text(v)))
		}
		for _, key := range inner.names() {
			write(prefix+"["+key+"]", inner.get(key))
		}
	}
	for _, key := range a.names() {
		write(key, a.get(key))
	}
	return strings.Join(out, "&")
}

// enqueue sends an event, or does to it what the next events are in for.
func (s *Server) enqueue(d delivery) {
	t := &s.state.trouble
	switch {
	case t.lose > 0:
		t.lose--
		s.note(Delivery{Event: d.event, URL: d.url, Body: d.body, At: s.now(), Answer: "lost"})
	case t.reorder > 0:
		t.held = append(t.held, d)
		if t.reorder--; t.reorder == 0 {
			slices.Reverse(t.held)
			held := t.held
			t.held = nil
			s.post(held...)
		}
	case t.double > 0:
		t.double--
		s.post(d, d)
	default:
		s.post(d)
	}
}

// post puts calls out into the queue and starts the sender when it rests.
func (s *Server) post(all ...delivery) {
	s.outbox = append(s.outbox, all...)
	if s.sending || len(s.outbox) == 0 {
		return
	}
	s.sending, s.drained = true, make(chan struct{})
	go s.send(s.drained)
}

// send works the queue off, one call at a time, and ends when it is empty.
func (s *Server) send(drained chan struct{}) {
	defer close(drained)
	for {
		s.mu.Lock()
		if len(s.outbox) == 0 {
			s.sending = false
			s.mu.Unlock()
			return
		}
		d := s.outbox[0]
		s.outbox = s.outbox[1:]
		s.mu.Unlock()
		answer := s.deliver(d)
		s.mu.Lock()
		s.note(Delivery{Event: d.event, URL: d.url, Body: d.body, At: s.now(), Answer: answer})
		s.mu.Unlock()
	}
}

// deliver makes one call out. The request that caused it may be long over.
//
//nolint:contextcheck,nolintlint // the request's context is in the delivery, without its end; silenced here, it is silent in all callers
func (s *Server) deliver(d delivery) string {
	ctx, cancel := context.WithCancel(context.WithoutCancel(d.ctx))
	defer cancel()
	s.mu.Lock()
	s.cancel = cancel
	s.mu.Unlock()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, d.url, strings.NewReader(d.body))
	if err != nil {
		return err.Error()
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("User-Agent", "Bitrix24 Webhook Engine")
	answer, err := s.kit.Client.Do(r)
	if err != nil {
		return err.Error()
	}
	defer func() { _ = answer.Body.Close() }()
	_, _ = io.Copy(io.Discard, io.LimitReader(answer.Body, 1<<20))
	return strconv.Itoa(answer.StatusCode)
}

func (s *Server) note(d Delivery) {
	if len(s.delivered) == maxDelivered {
		s.delivered = append(s.delivered[:0], s.delivered[maxDelivered/10:]...)
	}
	s.delivered = append(s.delivered, d)
}

// Settle waits until all calls out are made; its error is the context's.
func (s *Server) Settle(ctx context.Context) error {
	for {
		s.mu.Lock()
		drained, busy := s.drained, s.sending
		s.mu.Unlock()
		if !busy {
			return nil
		}
		select {
		case <-drained:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Close drops the calls out that were not made yet and waits for the one under way to end.
func (s *Server) Close() {
	s.mu.Lock()
	s.outbox = nil
	busy, drained, cancel := s.sending, s.drained, s.cancel
	s.mu.Unlock()
	if busy {
		if cancel != nil {
			cancel()
		}
		<-drained
	}
}

// Deliveries are the last calls out, oldest first.
func (s *Server) Deliveries() []Delivery {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.delivered)
}
