package emulator

import (
	"context"
	"errors"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// Delivery is one POST of a webhook and what became of it.
type Delivery struct {
	Number      int
	Destination string
	Body        string
	Statuses    []int // of the answers; 0 = no connection, 499 = no answer in time
	State       DeliveryState
	NextAt      time.Time // of the next attempt while it waits

	hook *Webhook
}

// DeliveryState is what became of a delivery.
type DeliveryState string

// The states of a delivery.
const (
	DeliveryWaiting   DeliveryState = "waiting"
	DeliveryDelivered DeliveryState = "delivered"
	DeliveryFailed    DeliveryState = "failed" // no more attempts
	DeliveryLost      DeliveryState = "lost"   // never sent, as somebody wished
)

const (
	statusTimeout = 499
	maxDeliveries = 2000
	// More failures than this within disableWithin switch a webhook off.
	disableAfter  = 100
	disableWithin = 2 * time.Hour
)

// pauses are how long after each failed attempt the next one comes; only servers that broke or gave no answer get the last two.
var pauses = []time.Duration{5 * time.Minute, 15 * time.Minute, 15 * time.Minute, time.Hour}

// part is one change that webhooks tell of.
type part struct {
	setting, entity, action string
	body                    form
}

// sender delivers webhooks: one queue and, while there is something in it, one goroutine for each destination. The server's lock guards all of it.
type sender struct {
	s          *Server
	hooks      []*Webhook
	parts      []part // of the request under way
	queues     map[string]*queue
	deliveries []*Delivery
	number     int
	stop       chan struct{}
	ended      bool
	running    sync.WaitGroup
	// What people wished: the next so many are lost or sent twice, the next two come in the wrong order.
	lose, duplicate int
	swap            bool
	held            []*Delivery
}

// queue is what one destination has yet to get.
type queue struct {
	ready   []*Delivery
	later   []*Delivery
	running bool
	wake    chan struct{}
}

func newSender(s *Server) *sender {
	return &sender{s: s, queues: map[string]*queue{}, stop: make(chan struct{})}
}

func (q *sender) end() {
	if !q.ended {
		q.ended = true
		close(q.stop)
	}
}

func (q *sender) find(destination string) *Webhook {
	for _, h := range q.hooks {
		if h.Destination == destination {
			return h
		}
	}
	return nil
}

// remove ends a subscription with all that waits for it.
func (q *sender) remove(h *Webhook) {
	q.hooks = slices.DeleteFunc(q.hooks, func(other *Webhook) bool { return other == h })
	q.drop(h)
}

func (q *sender) drop(h *Webhook) {
	of := q.queues[h.Destination]
	if of == nil {
		return
	}
	for _, d := range slices.Concat(of.ready, of.later) {
		d.State = DeliveryFailed
	}
	of.ready, of.later = nil, nil
	of.signal()
}

// add notes a change; flush sends it.
func (q *sender) add(setting, entity, action string, body form) {
	q.parts = append(q.parts, part{setting, entity, action, body})
}

// flush sends what one request changed: all of a kind in one POST.
func (q *sender) flush() {
	var kinds []string
	byKind := map[string][]part{}
	for _, p := range q.parts {
		if byKind[p.setting] == nil {
			kinds = append(kinds, p.setting)
		}
		byKind[p.setting] = append(byKind[p.setting], p)
	}
	q.parts = nil
	for _, kind := range kinds {
		for _, h := range q.hooks {
			if !h.Disabled && slices.Contains(h.Settings, kind) {
				q.send(h, byKind[kind])
			}
		}
	}
}

// send makes a delivery, as people wished: lost, twice, or in the wrong order.
func (q *sender) send(h *Webhook, parts []part) {
	prefixes, forms := make([]string, len(parts)), make([]form, len(parts))
	for i, p := range parts {
		prefixes[i], forms[i] = p.entity+"["+p.action+"]["+itoa(int64(i))+"]", p.body
	}
	d := q.note(h, encode(prefixes, forms, q.s.accountForm()))
	switch {
	case q.ended:
		d.State = DeliveryFailed
	case q.lose > 0:
		q.lose--
		d.State = DeliveryLost
	case q.swap && len(q.held) == 0:
		q.held = append(q.held, d)
	case q.swap:
		first := q.held[0]
		q.swap, q.held = false, nil
		q.enqueue(d)
		q.enqueue(first)
	case q.duplicate > 0:
		q.duplicate--
		q.enqueue(d)
		q.enqueue(q.note(h, d.Body))
	default:
		q.enqueue(d)
	}
}

// note keeps a delivery among the last ones.
func (q *sender) note(h *Webhook, body string) *Delivery {
	q.number++
	d := &Delivery{Number: q.number, Destination: h.Destination, Body: body, State: DeliveryWaiting, NextAt: q.s.kit.Clock.Now(), hook: h}
	if len(q.deliveries) == maxDeliveries {
		q.deliveries = slices.Delete(q.deliveries, 0, maxDeliveries/10)
	}
	q.deliveries = append(q.deliveries, d)
	return d
}

func (q *sender) enqueue(d *Delivery) {
	of := q.queues[d.Destination]
	if of == nil {
		of = &queue{wake: make(chan struct{}, 1)}
		q.queues[d.Destination] = of
	}
	of.ready = append(of.ready, d)
	if of.running {
		of.signal()
		return
	}
	of.running = true
	q.running.Go(func() { q.run(of) })
}

func (of *queue) signal() {
	select {
	case of.wake <- struct{}{}:
	default:
	}
}

// run delivers what is in a queue and ends when there is nothing left.
func (q *sender) run(of *queue) {
	for {
		d, due := q.next(of)
		switch {
		case d != nil:
			q.attempt(of, d)
		case due.IsZero() || !q.sleep(of, due):
			return
		}
	}
}

// next takes the next delivery whose time has come; without one it says when there will be one, zero when there is nothing to wait for.
func (q *sender) next(of *queue) (d *Delivery, due time.Time) {
	q.s.mu.Lock()
	defer q.s.mu.Unlock()
	if q.ended {
		return nil, time.Time{}
	}
	now := q.s.kit.Clock.Now()
	for i, d := range of.later {
		if !now.Before(d.NextAt) {
			of.later = slices.Delete(of.later, i, i+1)
			return d, time.Time{}
		}
		if due.IsZero() || d.NextAt.Before(due) {
			due = d.NextAt
		}
	}
	if len(of.ready) > 0 {
		d = of.ready[0]
		of.ready = of.ready[1:]
		return d, time.Time{}
	}
	of.running = !due.IsZero()
	return nil, due
}

// sleep waits until something may be due; false when the emulator ends.
func (q *sender) sleep(of *queue, due time.Time) bool {
	fired, cancel := q.s.kit.Clock.After(due.Sub(q.s.kit.Clock.Now()))
	defer cancel()
	if !q.s.kit.Clock.Now().Before(due) {
		return true // the clock was moved before it knew of us
	}
	select {
	case <-fired:
	case <-of.wake:
	case <-q.stop:
		return false
	}
	return true
}

// attempt sends a delivery once and notes what came of it.
func (q *sender) attempt(of *queue, d *Delivery) {
	status := q.post(d)
	q.s.mu.Lock()
	defer q.s.mu.Unlock()
	d.Statuses = append(d.Statuses, status)
	if status >= 100 && status <= 299 {
		d.State = DeliveryDelivered
		return
	}
	now := q.s.kit.Clock.Now()
	q.failed(d.hook, now)
	n := len(d.Statuses)
	more := n <= 2 || n <= len(pauses) && (status == statusTimeout || status >= 500)
	if !more || d.hook.Disabled || !slices.Contains(q.hooks, d.hook) {
		d.State = DeliveryFailed
		return
	}
	d.NextAt = now.Add(pauses[n-1])
	of.later = append(of.later, d)
}

// failed counts a wrong answer and switches the webhook off when there were too many.
func (q *sender) failed(h *Webhook, now time.Time) {
	since := now.Add(-disableWithin).Unix()
	h.failures = slices.DeleteFunc(h.failures, func(at int64) bool { return at < since })
	h.failures = append(h.failures, now.Unix())
	if len(h.failures) > disableAfter {
		h.Disabled = true
		q.drop(h)
	}
}

// post sends the body and returns the answer's status.
func (q *sender) post(d *Delivery) int {
	ctx, cancel := context.WithTimeout(context.Background(), q.s.opts.WebhookTimeout) //nolint:forbidigo // deliveries outlive the request that caused them
	defer cancel()
	q.running.Go(func() {
		select {
		case <-q.stop:
			cancel()
		case <-ctx.Done():
		}
	})
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, d.Destination, strings.NewReader(d.Body))
	if err != nil {
		return 0
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("User-Agent", "amoCRM-Webhooks/3.0")
	client := *q.s.kit.Client
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	resp, err := client.Do(r)
	if err != nil {
		var late net.Error
		if errors.As(err, &late) && late.Timeout() {
			return statusTimeout
		}
		return 0
	}
	defer func() { _ = resp.Body.Close() }()
	return resp.StatusCode
}
