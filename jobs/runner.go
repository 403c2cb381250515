// Package jobs does the work of the durable queue: it claims jobs, keeps the claims alive while handlers work, keeps each attempt in the journal, and
// gives everything back when the server stops. What becomes of a job after an attempt is the handler's to say.
package jobs

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/integrations"
)

// Config is what a Runner is made of. Zero values mean the defaults named.
type Config struct {
	Queue   integrations.Queue
	Handler integrations.Handler
	// Clock tells the time, Log receives what goes wrong; the machine's clock and slog.Default().
	Clock core.Clock
	Log   *slog.Logger
	// Workers is how many jobs run at once; 8.
	Workers int
	// Lease is how long a claim lives without a sign of life; 30 s. A crash delays its jobs by as much.
	Lease time.Duration
	// Poll is how often the queue is looked at when nobody calls Wake; 250 ms.
	Poll time.Duration
	// Observe, when given, is told of each attempt that ended.
	Observe func(Report)
	// Ticks, when given, replaces the timers of polling and signs of life: tests move time by it.
	Ticks func(d time.Duration) (tick <-chan time.Time, stop func())
}

// Report is an attempt that ended.
type Report struct {
	Kind integrations.JobKind
	// State is what became of the job; Failure is "" when it went well.
	State   integrations.JobState
	Failure integrations.FailureKind
	// Lag is how long after its time the attempt began, Took how long it took.
	Lag, Took time.Duration
}

// How long finished work stays in the journal.
const (
	keepJobs  = 90 * 24 * time.Hour
	keepHooks = 7 * 24 * time.Hour
	pruneEach = time.Hour
)

// maxBegun is how many attempts of a job may begin: attempts that end are counted by integrations.Next; this many begin only if they take the server with
// them.
const maxBegun = 100

// Runner does jobs. Make it with New; Run it once.
type Runner struct {
	cfg    Config
	worker string
	wake   chan struct{}

	mu      sync.Mutex
	running map[core.JobID]context.CancelCauseFunc
}

// New returns a runner.
func New(cfg Config) *Runner {
	if cfg.Workers <= 0 {
		cfg.Workers = 8
	}
	if cfg.Lease <= 0 {
		cfg.Lease = 30 * time.Second
	}
	if cfg.Poll <= 0 {
		cfg.Poll = 250 * time.Millisecond
	}
	if cfg.Clock == nil {
		cfg.Clock = core.SystemClock{}
	}
	if cfg.Log == nil {
		cfg.Log = slog.Default()
	}
	if cfg.Ticks == nil {
		cfg.Ticks = func(d time.Duration) (<-chan time.Time, func()) {
			t := time.NewTicker(d)
			return t.C, t.Stop
		}
	}
	return &Runner{cfg: cfg, worker: rand.Text(), wake: make(chan struct{}, 1), running: map[core.JobID]context.CancelCauseFunc{}}
}

// Wake makes the runner look at the queue at once. It never blocks.
func (r *Runner) Wake() {
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

// Run does jobs until ctx ends, waits for those that are being done, which then end soon, and gives all claims back.
func (r *Runner) Run(ctx context.Context) {
	var all sync.WaitGroup
	all.Go(func() { r.keepAlive(ctx) })
	all.Go(func() { r.prune(ctx) })
	r.work(ctx)
	all.Wait()
	after, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if err := r.cfg.Queue.Release(after, r.worker); err != nil {
		r.cfg.Log.WarnContext(after, "claims of jobs not given back; they run out by themselves", "error", err)
	}
}

// work claims as many jobs as there are free workers, again and again.
func (r *Runner) work(ctx context.Context) {
	ticks, stop := r.cfg.Ticks(r.cfg.Poll)
	defer stop()
	free := make(chan struct{}, r.cfg.Workers)
	var busy sync.WaitGroup
	defer busy.Wait()
	for {
		claimed := r.claim(ctx, r.cfg.Workers-len(free))
		for _, job := range claimed {
			free <- struct{}{}
			busy.Go(func() {
				r.do(ctx, job)
				<-free
				r.Wake() // a worker is free, and a lane may be
			})
		}
		select {
		case <-ctx.Done():
			return
		case <-ticks:
		case <-r.wake:
		}
	}
}

// claimTimeout bounds the wait for a claim.
const claimTimeout = 10 * time.Second

// claim takes jobs. A claim that was sent is waited for even while the server stops: one that was broken off may still be carried out, after all claims
// have been given back.
func (r *Runner) claim(ctx context.Context, free int) []integrations.Job {
	if free == 0 || ctx.Err() != nil {
		return nil
	}
	claiming, cancel := context.WithTimeout(context.WithoutCancel(ctx), claimTimeout)
	defer cancel()
	list, err := r.cfg.Queue.Claim(claiming, r.worker, free, r.cfg.Lease)
	if err != nil {
		r.cfg.Log.ErrorContext(ctx, "claiming jobs", "error", err)
	}
	if ctx.Err() != nil {
		return nil // they are given back
	}
	return list
}

// errLost is why a handler's context ends when another worker may have its job.
var errLost = core.E(core.KindConflict, "the claim of the job was lost")

// do makes one attempt of a job.
func (r *Runner) do(ctx context.Context, job integrations.Job) {
	began := r.cfg.Clock.Now()
	doing, cancel := context.WithCancelCause(ctx)
	r.track(job.ID, cancel)
	defer r.track(job.ID, nil)
	defer cancel(nil)
	rec := &recorder{}
	outcome := r.handle(doing, integrations.Work{Job: job, Journal: rec, Save: func(ctx context.Context, progress json.RawMessage) error {
		return r.cfg.Queue.SaveProgress(ctx, r.worker, job, progress)
	}})
	if context.Cause(doing) == errLost { //nolint:errorlint // the cause is this very value
		r.cfg.Log.WarnContext(ctx, "job given up: its claim was lost", "job", job.ID, "kind", job.Kind)
		return
	}
	if ctx.Err() != nil && outcome.Failure != nil {
		return // the stop of the server is no failure of the job: it is given back and done again at once
	}
	took := r.cfg.Clock.Now().Sub(began)
	r.finish(ctx, job, integrations.Attempt{Number: job.Attempt, StartedAt: began, Took: took, Failure: outcome.Failure, Exchanges: rec.list()}, outcome)
	r.report(job, outcome, began, took)
}

// handle calls the handler; a panic is a fault of ours, not the end of the server.
func (r *Runner) handle(ctx context.Context, w integrations.Work) (out integrations.Outcome) {
	defer func() {
		if fault := recover(); fault != nil {
			r.cfg.Log.ErrorContext(ctx, "a job panicked", "job", w.ID, "kind", w.Kind, "fault", fmt.Sprint(fault), "stack", string(debug.Stack()))
			out = integrations.Next(w.Job, integrations.Fail(integrations.FailInternal, ""), r.cfg.Clock.Now(), integrations.Policies{}, func() float64 { return 0.5 })
		}
	}()
	if w.Attempt > maxBegun && !w.Kind.IsRecurring() {
		r.cfg.Log.ErrorContext(ctx, "job parked: its attempts come to no end", "job", w.ID, "kind", w.Kind, "attempt", w.Attempt)
		return integrations.Outcome{State: integrations.JobParked, Failure: integrations.Fail(integrations.FailInternal, "")}
	}
	return r.cfg.Handler.Handle(ctx, w)
}

// finish keeps the outcome, even while the server stops: what was done must not be done again.
func (r *Runner) finish(ctx context.Context, job integrations.Job, a integrations.Attempt, o integrations.Outcome) {
	after, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	err := r.cfg.Queue.Finish(after, r.worker, job, a, o)
	switch {
	case core.KindOf(err) == core.KindConflict:
		r.cfg.Log.WarnContext(after, "outcome of a job not kept: its claim was lost", "job", job.ID, "kind", job.Kind)
	case err != nil:
		r.cfg.Log.ErrorContext(after, "outcome of a job not kept; it will be done again", "job", job.ID, "kind", job.Kind, "error", err)
	}
	if f := o.Failure; f != nil && f.Err != nil {
		r.cfg.Log.WarnContext(after, "job failed", "job", job.ID, "kind", job.Kind, "attempt", job.Attempt, "failure", f.Error(), "error", f.Err)
	}
}

func (r *Runner) report(job integrations.Job, o integrations.Outcome, began time.Time, took time.Duration) {
	if r.cfg.Observe == nil {
		return
	}
	report := Report{Kind: job.Kind, State: o.State, Lag: max(0, began.Sub(job.RunAt)), Took: took}
	if o.Failure != nil {
		report.Failure = o.Failure.Kind
	}
	r.cfg.Observe(report)
}

func (r *Runner) track(id core.JobID, cancel context.CancelCauseFunc) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if cancel == nil {
		delete(r.running, id)
		return
	}
	r.running[id] = cancel
}

// keepAlive prolongs the claims of what is being done; a handler whose claim was lost is stopped.
func (r *Runner) keepAlive(ctx context.Context) {
	ticks, stop := r.cfg.Ticks(r.cfg.Lease / 3)
	defer stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticks:
			r.extend(ctx)
		}
	}
}

func (r *Runner) extend(ctx context.Context) {
	ids := r.ids()
	if len(ids) == 0 {
		return
	}
	kept, err := r.cfg.Queue.Extend(ctx, r.worker, ids, r.cfg.Lease)
	if err != nil {
		if ctx.Err() == nil {
			r.cfg.Log.ErrorContext(ctx, "claims of jobs not prolonged", "error", err)
		}
		return
	}
	still := make(map[core.JobID]bool, len(kept))
	for _, id := range kept {
		still[id] = true
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, id := range ids {
		if cancel := r.running[id]; cancel != nil && !still[id] {
			cancel(errLost)
		}
	}
}

func (r *Runner) ids() []core.JobID {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := make([]core.JobID, 0, len(r.running))
	for id := range r.running {
		out = append(out, id)
	}
	return out
}

// prune deletes old work from the journal, now and every hour.
func (r *Runner) prune(ctx context.Context) {
	ticks, stop := r.cfg.Ticks(pruneEach)
	defer stop()
	for {
		now := r.cfg.Clock.Now()
		if n, err := r.cfg.Queue.Prune(ctx, now.Add(-keepJobs), now.Add(-keepHooks)); err != nil && ctx.Err() == nil {
			r.cfg.Log.ErrorContext(ctx, "old jobs not deleted", "error", err)
		} else if n > 0 {
			r.cfg.Log.InfoContext(ctx, "old jobs deleted", "count", n)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticks:
		}
	}
}

// maxExchanges bounds what the journal keeps of one attempt; the first and the last matter most.
const maxExchanges = 50

// recorder keeps the exchanges of an attempt.
type recorder struct {
	mu        sync.Mutex
	exchanges []integrations.Exchange
}

// Record implements integrations.Recorder. When there are too many, those in the middle go.
func (r *recorder) Record(e integrations.Exchange) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.exchanges) == maxExchanges {
		r.exchanges = append(r.exchanges[:maxExchanges/2], r.exchanges[maxExchanges/2+1:]...)
	}
	r.exchanges = append(r.exchanges, e)
}

func (r *recorder) list() []integrations.Exchange {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.exchanges
}
