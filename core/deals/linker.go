package deals

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/skvoz/skvoz/core"
)

// How the linker works.
const (
	// linkInterval is how often the linker looks for marks if nobody wakes it.
	linkInterval = time.Second
	// linkBatch is how many deals are linked at a time.
	linkBatch = 256
	// linkLease is for how long a batch belongs to the worker that took it; whoever dies leaves it to others then.
	linkLease = 30 * time.Second
	// linkRetry is how long a deal waits that could not be linked.
	linkRetry = time.Minute
	// settleTime is how old a deal is when all visits before it are surely stored; a younger one is linked once more then.
	settleTime = 2 * time.Minute
	// lockedWait is how long LinkAll waits for deals that somebody is changing.
	lockedWait = 10 * time.Millisecond
)

// LinkMark says that a deal's links and path are to be computed.
type LinkMark struct {
	AccountID core.AccountID
	DealID    core.DealID
	// Version changes whenever the deal is marked again.
	Version int64
}

// LinkedDeal is the outcome for a mark.
type LinkedDeal struct {
	LinkMark
	// IsGone: there is no such deal any more.
	IsGone    bool
	CreatedAt time.Time
	Linked
	// AgainAt is when to compute it once more; zero = the mark is done.
	AgainAt time.Time
}

// LinkStore is what Linker works on. Safe for concurrent use, also by several processes on PostgreSQL.
type LinkStore interface {
	// ClaimMarks takes marks that are due, at most limit: until the lease ends nobody else gets them, unless they are marked again.
	ClaimMarks(ctx context.Context, now time.Time, lease time.Duration, limit int) ([]LinkMark, error)
	// AccountMarks reads marks of an account, due or not, by the deal's identifier, from the one after a deal on.
	AccountMarks(ctx context.Context, account core.AccountID, after core.DealID, limit int) ([]LinkMark, error)
	// LinkInputs reads the facts of deals with a constant number of statements; deals that do not exist are left out.
	LinkInputs(ctx context.Context, account core.AccountID, ids []core.DealID) ([]LinkInput, error)
	// SaveLinked keeps links and paths in one transaction and removes the marks, or puts them off to AgainAt. It returns the deals it left alone:
	// those marked again since, and those somebody is changing just now.
	SaveLinked(ctx context.Context, account core.AccountID, now time.Time, list []LinkedDeal) ([]core.DealID, error)
	// PutOff makes a mark due later, unless the deal was marked again since.
	PutOff(ctx context.Context, mark LinkMark, until time.Time) error
	// MarkAllDeals marks all deals of an account.
	MarkAllDeals(ctx context.Context, account core.AccountID) error
}

// LinkerConfig is what a Linker needs.
type LinkerConfig struct {
	Store LinkStore
	// Clock nil = core.SystemClock.
	Clock core.Clock
	// Log nil = slog.Default().
	Log *slog.Logger
	// Tick is the signal to look for marks; nil = a ticker of a second.
	Tick <-chan time.Time
}

// Linker computes links and paths of the deals that were marked. Safe for concurrent use.
type Linker struct {
	store LinkStore
	clock core.Clock
	log   *slog.Logger
	tick  <-chan time.Time
	wake  chan struct{}
}

// NewLinker returns a linker; Run lets it work.
func NewLinker(cfg LinkerConfig) *Linker {
	l := &Linker{store: cfg.Store, clock: cfg.Clock, log: cfg.Log, tick: cfg.Tick, wake: make(chan struct{}, 1)}
	if l.clock == nil {
		l.clock = core.SystemClock{}
	}
	if l.log == nil {
		l.log = slog.Default()
	}
	return l
}

// Wake lets the linker look for marks at once. Call it after the transaction that marked.
func (l *Linker) Wake() {
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

// Run links marked deals until ctx ends. Several replicas may do it at once. What fails is logged and tried again.
func (l *Linker) Run(ctx context.Context) {
	tick := l.tick
	if tick == nil {
		ticker := time.NewTicker(linkInterval)
		defer ticker.Stop()
		tick = ticker.C
	}
	for ctx.Err() == nil {
		n, err := l.work(ctx)
		if err != nil && ctx.Err() == nil {
			l.log.ErrorContext(ctx, "linking deals", slog.Any("error", err))
		}
		if err == nil && n == linkBatch {
			continue
		}
		select {
		case <-ctx.Done():
		case <-tick:
		case <-l.wake:
		}
	}
}

// work links one batch and returns how many deals it had.
func (l *Linker) work(ctx context.Context) (int, error) {
	marks, err := l.store.ClaimMarks(ctx, l.clock.Now(), linkLease, linkBatch)
	if err != nil {
		return 0, err
	}
	byAccount := make(map[core.AccountID][]LinkMark)
	for _, m := range marks {
		byAccount[m.AccountID] = append(byAccount[m.AccountID], m)
	}
	var errs []error
	for account, own := range byAccount {
		_, err := l.link(ctx, account, own)
		errs = append(errs, err)
	}
	return len(marks), errors.Join(errs...)
}

// link links deals of one account and returns those it left alone. What is wrong with one deal does not keep the others: it is put off.
func (l *Linker) link(ctx context.Context, account core.AccountID, marks []LinkMark) ([]core.DealID, error) {
	left, err := l.linkTogether(ctx, account, marks)
	if err == nil || ctx.Err() != nil || core.KindOf(err) == core.KindUnavailable {
		return left, err
	}
	if len(marks) == 1 {
		err = fmt.Errorf("deal %d of account %d: %w", marks[0].DealID, account, err)
		return nil, errors.Join(err, l.store.PutOff(ctx, marks[0], l.clock.Now().Add(linkRetry)))
	}
	var errs []error
	left = nil
	for _, m := range marks {
		one, err := l.link(ctx, account, []LinkMark{m})
		left, errs = append(left, one...), append(errs, err)
	}
	return left, errors.Join(errs...)
}

func (l *Linker) linkTogether(ctx context.Context, account core.AccountID, marks []LinkMark) ([]core.DealID, error) {
	ids := make([]core.DealID, len(marks))
	for i, m := range marks {
		ids[i] = m.DealID
	}
	inputs, err := l.store.LinkInputs(ctx, account, ids)
	if err != nil {
		return nil, err
	}
	byDeal := make(map[core.DealID]*LinkInput, len(inputs))
	for i := range inputs {
		byDeal[inputs[i].Deal] = &inputs[i]
	}
	now := l.clock.Now()
	list := make([]LinkedDeal, len(marks))
	for i, m := range marks {
		list[i] = outcome(m, byDeal[m.DealID], now)
	}
	return l.store.SaveLinked(ctx, account, now, list)
}

// outcome computes a deal's links and path; in is nil for a deal that is gone.
func outcome(m LinkMark, in *LinkInput, now time.Time) LinkedDeal {
	if in == nil {
		return LinkedDeal{LinkMark: m, IsGone: true}
	}
	d := LinkedDeal{LinkMark: m, CreatedAt: in.CreatedAt, Linked: LinkDeal(*in)}
	if now.Sub(in.CreatedAt) < settleTime {
		d.AgainAt = in.CreatedAt.Add(settleTime)
	}
	return d
}

// LinkAll links all marked deals of an account now, those that are to be looked at later included. Deals that fail are put off and reported together.
func (l *Linker) LinkAll(ctx context.Context, account core.AccountID) error {
	done := make(map[core.DealID]int64)
	var errs []error
	for {
		worked, left, err := l.pass(ctx, account, done)
		if err != nil {
			errs = append(errs, err)
		}
		if !worked || ctx.Err() != nil || core.KindOf(err) == core.KindUnavailable {
			return errors.Join(append(errs, ctx.Err())...)
		}
		if left == 0 {
			continue
		}
		select {
		case <-ctx.Done():
		case <-time.After(lockedWait):
		}
	}
}

// pass goes through the marks of an account once, but for those that are done. It reports whether there was one, and how many deals it left alone.
func (l *Linker) pass(ctx context.Context, account core.AccountID, done map[core.DealID]int64) (worked bool, left int, err error) {
	var errs []error
	for after := core.DealID(0); ; {
		marks, err := l.store.AccountMarks(ctx, account, after, linkBatch)
		if err != nil || len(marks) == 0 {
			return worked, left, errors.Join(append(errs, err)...)
		}
		after = marks[len(marks)-1].DealID
		fresh := marks[:0]
		for _, m := range marks {
			if done[m.DealID] != m.Version {
				fresh = append(fresh, m)
				done[m.DealID] = m.Version
			}
		}
		if len(fresh) == 0 {
			continue
		}
		worked = true
		skipped, err := l.link(ctx, account, fresh)
		if errs = append(errs, err); core.KindOf(err) == core.KindUnavailable || ctx.Err() != nil {
			return worked, left, errors.Join(errs...)
		}
		left += len(skipped)
		for _, id := range skipped {
			delete(done, id)
		}
	}
}

// Rebuild computes links and paths of all deals of an account anew, from the facts alone.
func (l *Linker) Rebuild(ctx context.Context, account core.AccountID) error {
	if err := l.store.MarkAllDeals(ctx, account); err != nil {
		return err
	}
	return l.LinkAll(ctx, account)
}
