package exchange

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/skvoz/skvoz/internal/emulation"
)

// Parcel is a request to a customer.
type Parcel struct {
	// Name says what it tells of.
	Name              string
	Method, URL, Body string
	ContentType       string
}

// DeliveryState is what became of a delivery.
type DeliveryState string

// The states of a delivery.
const (
	Waiting   DeliveryState = "waiting"
	Delivered DeliveryState = "delivered"
	Refused   DeliveryState = "refused" // another status than 2xx, or no answer
	Lost      DeliveryState = "lost"    // never sent, as somebody wished
)

// Delivery is a parcel and what became of it.
type Delivery struct {
	Parcel
	Number int
	At     time.Time
	Status int // of the answer; 0 = none
	State  DeliveryState
}

const maxDeliveries = 2000

// Courier carries parcels one after the other. Its owner's lock guards it: every method but Wait is called with the lock held.
type Courier struct {
	// Timeout is how long it waits for an answer; 5 s when zero.
	Timeout time.Duration
	// UserAgent is what it calls itself.
	UserAgent string

	kit     *emulation.Kit
	lock    sync.Locker
	all     []*Delivery
	queue   []*Delivery
	number  int
	busy    bool
	ended   bool
	stop    chan struct{}
	running sync.WaitGroup

	// What people wished.
	lose, duplicate int
	swap, hold      bool
	kept            []*Delivery
}

// NewCourier returns a courier who has nothing to do.
func NewCourier(kit *emulation.Kit, lock sync.Locker) *Courier {
	return &Courier{Timeout: 5 * time.Second, kit: kit, lock: lock, stop: make(chan struct{})}
}

// Lose loses the next n parcels.
func (q *Courier) Lose(n int) { q.lose = max(n, 0) }

// Duplicate carries each of the next n parcels twice.
func (q *Courier) Duplicate(n int) { q.duplicate = max(n, 0) }

// Swap carries the next two parcels in the wrong order: the first waits for the second.
func (q *Courier) Swap() { q.swap = true }

// Hold keeps parcels back until Release.
func (q *Courier) Hold() { q.hold = true }

// Release carries what was held back, the newest first if reversed.
func (q *Courier) Release(reversed bool) {
	kept := q.kept
	q.hold, q.kept = false, nil
	if reversed {
		slices.Reverse(kept)
	}
	for _, d := range kept {
		q.push(d)
	}
}

// Deliveries returns copies of the last deliveries, oldest first.
func (q *Courier) Deliveries() []Delivery {
	out := make([]Delivery, len(q.all))
	for i, d := range q.all {
		out[i] = *d
	}
	return out
}

// Send takes a parcel, as people wished.
func (q *Courier) Send(p Parcel) {
	d := q.note(p)
	switch {
	case q.ended:
		d.State = Refused
	case q.lose > 0:
		q.lose--
		d.State = Lost
	case q.hold:
		q.kept = append(q.kept, d)
	case q.swap && len(q.kept) == 0:
		q.kept = []*Delivery{d}
	case q.swap:
		first := q.kept[0]
		q.swap, q.kept = false, nil
		q.push(d)
		q.push(first)
	case q.duplicate > 0:
		q.duplicate--
		q.push(d)
		q.push(q.note(p))
	default:
		q.push(d)
	}
}

func (q *Courier) note(p Parcel) *Delivery {
	q.number++
	d := &Delivery{Parcel: p, Number: q.number, At: q.kit.Clock.Now(), State: Waiting}
	if len(q.all) == maxDeliveries {
		q.all = slices.Delete(q.all, 0, maxDeliveries/10)
	}
	q.all = append(q.all, d)
	return d
}

func (q *Courier) push(d *Delivery) {
	q.queue = append(q.queue, d)
	if !q.busy && !q.ended {
		q.busy = true
		q.running.Go(q.run)
	}
}

// End drops what waits.
func (q *Courier) End() {
	if q.ended {
		return
	}
	q.ended = true
	close(q.stop)
	for _, d := range slices.Concat(q.queue, q.kept) {
		d.State = Refused
	}
	q.queue, q.kept = nil, nil
}

// Wait returns when nothing is under way; without the owner's lock.
func (q *Courier) Wait() { q.running.Wait() }

func (q *Courier) run() {
	ctx, cancel := context.WithCancel(context.Background()) //nolint:forbidigo // deliveries outlive the request that caused them
	defer cancel()
	q.running.Go(func() {
		select {
		case <-q.stop:
			cancel()
		case <-ctx.Done():
		}
	})
	for d := q.take(); d != nil; d = q.take() {
		status := q.carry(ctx, d.Parcel)
		q.lock.Lock()
		d.Status, d.State = status, Delivered
		if status < 200 || status > 299 {
			d.State = Refused
		}
		q.lock.Unlock()
	}
}

func (q *Courier) take() *Delivery {
	q.lock.Lock()
	defer q.lock.Unlock()
	if len(q.queue) == 0 || q.ended {
		q.busy = false
		return nil
	}
	d := q.queue[0]
	q.queue = q.queue[1:]
	return d
}

func (q *Courier) carry(ctx context.Context, p Parcel) int {
	ctx, cancel := context.WithTimeout(ctx, q.Timeout)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, p.Method, p.URL, strings.NewReader(p.Body))
	if err != nil {
		return 0
	}
	if p.ContentType != "" {
		r.Header.Set("Content-Type", p.ContentType)
	}
	r.Header.Set("User-Agent", q.UserAgent)
	client := *q.kit.Client
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	resp, err := client.Do(r)
	if err != nil {
		return 0
	}
	_ = resp.Body.Close()
	return resp.StatusCode
}
