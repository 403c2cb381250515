package visits

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/skvoz/skvoz/core"
)

// IngestConfig says what an Ingester works with.
type IngestConfig struct {
	Store IngestStore
	IDs   *IDs
	// Clock tells the time of writing; nil = core.SystemClock.
	Clock core.Clock
	// Log receives failed batches; nil = slog.Default().
	Log *slog.Logger
	// Queue is how many requests may wait, 0 = 4096. More are refused: memory does not grow with load.
	Queue int
	// Batch is how many requests share a transaction at most, 0 = 512.
	Batch int
	// Visitors is about how many active visitors are remembered, 0 = 20 000.
	Visitors int
	// Observe is told of each transaction; nil = nobody. It is called by the goroutine that writes.
	Observe func(BatchReport)
	// Wake is told of each site whose visitors changed, after the change is on disk; nil = nobody. It must not wait.
	Wake func(core.AccountID, core.SiteID)
}

// BatchReport is what became of one transaction.
type BatchReport struct {
	// Size is how many requests it held.
	Size int
	// Took is the time from deciding to the answer of the database.
	Took time.Duration
	// Err is nil when it was written.
	Err error
}

const (
	defaultQueue    = 4096
	defaultBatch    = 512
	defaultVisitors = 20_000
	batchTimeout    = 15 * time.Second
	settleInterval  = 250 * time.Millisecond
	overloadRetry   = 2 * time.Second
	staleAttempts   = 5
)

// Ingester stores hits and what follows them: callers wait while one goroutine (Run) writes many of them in one transaction, and are answered
// when it is on disk. It is safe for concurrent use.
type Ingester struct {
	cfg   IngestConfig
	queue chan *ticket
	free  sync.Pool

	closing sync.RWMutex
	closed  bool
}

// ticket is one request on its way to the disk.
type ticket struct {
	// Exactly one of these is set.
	hit       *HitInput
	heartbeat *HeartbeatInput
	event     *EventInput
	refusal   *Refusal

	page, title Dimension
	hitID       core.HitID
	derived     core.VisitorID

	key      VisitorKey
	repeated bool
	late     SessionState

	result HitResult
	err    error
	done   chan struct{} // nil when nobody waits
}

// NewIngester returns an ingester that accepts requests at once and stores them while Run runs.
func NewIngester(cfg IngestConfig) *Ingester {
	if cfg.Clock == nil {
		cfg.Clock = core.SystemClock{}
	}
	if cfg.Log == nil {
		cfg.Log = slog.Default()
	}
	if cfg.Observe == nil {
		cfg.Observe = func(BatchReport) {}
	}
	cfg.Queue, cfg.Batch, cfg.Visitors = orDefault(cfg.Queue, defaultQueue), orDefault(cfg.Batch, defaultBatch), orDefault(cfg.Visitors, defaultVisitors)
	return &Ingester{
		cfg: cfg, queue: make(chan *ticket, cfg.Queue),
		free: sync.Pool{New: func() any { return &ticket{done: make(chan struct{}, 1)} }},
	}
}

func orDefault(n, def int) int {
	if n <= 0 {
		return def
	}
	return n
}

// Waiting returns how many requests wait for the disk now.
func (g *Ingester) Waiting() int { return len(g.queue) }

// Hit stores a page view and returns when it is on disk. A repeated view returns what it became the first time. KindUnavailable with reason
// "overloaded" when too many wait, and with other reasons when the database can't write: nothing is stored then. The input must not be changed
// before Hit returns.
func (g *Ingester) Hit(in *HitInput) (HitResult, error) {
	t, _ := g.free.Get().(*ticket)
	t.hit = in
	t.page = NewDimension(in.AccountID, DimensionPage, in.URL)
	t.title = NewDimension(in.AccountID, DimensionTitle, in.Title)
	t.hitID = g.cfg.IDs.Hit(in.SiteID, in.Nonce)
	if in.VisitorID == 0 {
		t.derived = g.derivedVisitor(in)
	}
	return g.wait(t)
}

func (g *Ingester) derivedVisitor(in *HitInput) core.VisitorID {
	if in.Seed != "" {
		return g.cfg.IDs.Visitor(in.SiteID, in.Seed)
	}
	return g.cfg.IDs.Visitor(in.SiteID, in.Nonce)
}

// Heartbeat stores how long a page was visible and returns when it is on disk. KindInvalid with reason "bad_triple" when visitor and session do
// not belong together; KindUnavailable as for Hit.
func (g *Ingester) Heartbeat(in *HeartbeatInput) error {
	t, _ := g.free.Get().(*ticket)
	t.heartbeat = in
	_, err := g.wait(t)
	return err
}

// Event stores an event and returns when it is on disk; errors as for Heartbeat.
func (g *Ingester) Event(in *EventInput) error {
	t, _ := g.free.Get().(*ticket)
	t.event = in
	t.page = NewDimension(in.AccountID, DimensionPage, in.URL)
	_, err := g.wait(t)
	return err
}

// Refuse keeps a refused request without waiting for the disk, and reports whether there was room for it.
func (g *Ingester) Refuse(r *Refusal) bool {
	return g.enqueue(&ticket{refusal: r}) == nil
}

func (g *Ingester) wait(t *ticket) (HitResult, error) {
	err := g.enqueue(t)
	if err == nil {
		<-t.done
		err = t.err
	}
	result := t.result
	*t = ticket{done: t.done}
	g.free.Put(t)
	return result, err
}

func (g *Ingester) enqueue(t *ticket) error {
	g.closing.RLock()
	defer g.closing.RUnlock()
	if g.closed {
		return core.Unavailable("the server is going down", overloadRetry, nil).WithReason("shutting_down")
	}
	select {
	case g.queue <- t:
		return nil
	default:
		return core.Unavailable("too many requests are waiting", overloadRetry, nil).WithReason(string(ReasonOverloaded))
	}
}

// Close refuses further requests; Run returns when those already accepted are stored.
func (g *Ingester) Close() {
	g.closing.Lock()
	defer g.closing.Unlock()
	if !g.closed {
		g.closed = true
		close(g.queue)
	}
}

// Run stores what is accepted until Close is called and everything accepted is answered. The end of ctx closes, too. Only one Run may run.
func (g *Ingester) Run(ctx context.Context) {
	defer context.AfterFunc(ctx, g.Close)()
	w := &writer{cfg: g.cfg, planner: newPlanner(g.cfg), woken: make(map[siteKey]struct{})}
	work := context.WithoutCancel(ctx) // what was accepted is finished
	batch := make([]*ticket, 0, g.cfg.Batch)
	idle := time.NewTicker(settleInterval)
	defer idle.Stop()
	for {
		select {
		case t, ok := <-g.queue:
			if !ok {
				w.settle(work, true)
				return
			}
			batch = g.drain(append(batch[:0], t))
			w.store(work, batch)
		case <-idle.C:
			w.settle(work, false)
		}
	}
}

// drain takes what waits already, up to a full batch.
func (g *Ingester) drain(batch []*ticket) []*ticket {
	for len(batch) < g.cfg.Batch {
		select {
		case t, ok := <-g.queue:
			if !ok {
				return batch
			}
			batch = append(batch, t)
		default:
			return batch
		}
	}
	return batch
}

// writer turns batches of tickets into transactions.
type writer struct {
	cfg     IngestConfig
	planner *planner
	woken   map[siteKey]struct{}
}

type siteKey struct {
	account core.AccountID
	site    core.SiteID
}

// Settler is an IngestStore that leaves some counters for later.
type Settler interface {
	// Settle writes the counters that have waited long enough, or with all those that have not.
	Settle(ctx context.Context, all bool) error
}

// settle lets the store write what it left for later; what fails is tried again the next time.
func (w *writer) settle(ctx context.Context, all bool) {
	settler, ok := w.cfg.Store.(Settler)
	if !ok {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, batchTimeout)
	defer cancel()
	if err := settler.Settle(ctx, all); err != nil {
		w.cfg.Log.ErrorContext(ctx, "writing counters of sessions", slog.Any("error", err))
	}
}

// store writes a batch and answers all of it. If the database refuses it for another reason than being unable to write, each request is tried
// alone, so that one bad one does not take the others with it.
func (w *writer) store(ctx context.Context, batch []*ticket) {
	for len(batch) > 0 {
		n, err := w.attempt(ctx, batch)
		switch {
		case err == nil || len(batch) == 1 || core.KindOf(err) == core.KindUnavailable:
			w.answer(ctx, batch[:n], err)
			batch = batch[n:]
		default:
			for i := range batch {
				_, err := w.attempt(ctx, batch[i:i+1])
				w.answer(ctx, batch[i:i+1], err)
			}
			return
		}
	}
}

// attempt writes as much of the batch as fits into one transaction and says how much that was.
func (w *writer) attempt(ctx context.Context, batch []*ticket) (n int, err error) {
	ctx, cancel := context.WithTimeout(ctx, batchTimeout)
	defer cancel()
	started := time.Now()
	defer func() {
		if cause := recover(); cause != nil {
			n, err = len(batch), fmt.Errorf("panic while storing: %v", cause)
		}
		if err != nil {
			w.planner.forget(batch)
		}
		w.cfg.Observe(BatchReport{Size: n, Took: time.Since(started), Err: err})
	}()
	for try := range staleAttempts {
		var b *Batch
		if b, n, err = w.planner.plan(ctx, batch, try > 0); err != nil {
			return len(batch), err
		}
		if err = w.cfg.Store.WriteBatch(ctx, b); !errors.Is(err, ErrStale) {
			break
		}
		w.planner.forget(batch)
	}
	if err != nil {
		return n, w.asUnavailable(ctx, err)
	}
	w.planner.keep()
	w.wake()
	return n, nil
}

// wake tells of the sites of a written batch.
func (w *writer) wake() {
	if w.cfg.Wake == nil {
		return
	}
	clear(w.woken)
	for i := range w.planner.states {
		s := &w.planner.states[i]
		site := siteKey{s.AccountID, s.SiteID}
		if _, done := w.woken[site]; !done {
			w.woken[site] = struct{}{}
			w.cfg.Wake(s.AccountID, s.SiteID)
		}
	}
}

func (w *writer) asUnavailable(ctx context.Context, err error) error {
	if ctx.Err() != nil || errors.Is(err, ErrStale) {
		return core.Unavailable("the database can't write now", overloadRetry, err)
	}
	return err
}

func (w *writer) answer(ctx context.Context, batch []*ticket, err error) {
	if err != nil {
		w.cfg.Log.ErrorContext(ctx, "storing hits", slog.Int("requests", len(batch)), slog.Any("error", err))
		e := core.AsError(err)
		if e.Kind != core.KindUnavailable {
			e = core.Unavailable("the request could not be stored", overloadRetry, err)
		}
		err = e
	}
	for _, t := range batch {
		if err != nil {
			t.err = err
		}
		if t.done != nil {
			t.done <- struct{}{}
		}
	}
}
