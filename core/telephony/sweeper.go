package telephony

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/skvoz/skvoz/core"
)

// How the sweeper works.
const (
	// sweepInterval is how often it looks around.
	sweepInterval = 5 * time.Second
	// pollEvery is how often a PBX's running calls are compared with ours; a call that is missing there twice is over.
	pollEvery = 60 * time.Second
	// pollTimeout is how long a PBX may take to list its running calls.
	pollTimeout = 15 * time.Second
	// silentAfter is how much longer than the longest call nothing may be heard of a call before it is closed.
	silentAfter = time.Hour
	// dropEvery is how often old events are dropped, dropBatch how many at a time.
	dropEvery = time.Hour
	dropBatch = 2000
)

// RunningCall is a call of ours that has not ended.
type RunningCall struct {
	CallRef
	ID          core.CallID
	StartedAt   time.Time
	LastEventAt time.Time
	// MissingSince is when the PBX did not count it among its running ones first; nil = it did.
	MissingSince *time.Time
}

// SweepStore is what a Sweeper works on.
type SweepStore interface {
	EventStore
	// ClaimPolls takes connections whose last comparison was before a moment; nobody else gets them then. Only enabled ones with an address are taken.
	ClaimPolls(ctx context.Context, now, before time.Time) ([]Endpoint, error)
	// RunningCalls returns the calls of a connection that have not ended.
	RunningCalls(ctx context.Context, account core.AccountID, id core.ConnectionID) ([]RunningCall, error)
	// SetMissing notes since when calls are missing at their PBX; nil = they are not.
	SetMissing(ctx context.Context, account core.AccountID, ids []core.CallID, since *time.Time) error
	// SetConnectionFailure notes why a connection's commands do not go through, empty when they do; it tells of a change.
	SetConnectionFailure(ctx context.Context, account core.AccountID, id core.ConnectionID, failure string) error
	// SilentCalls returns calls that have not ended and of which nothing was heard for longer than their connection's longest call and some more.
	SilentCalls(ctx context.Context, now time.Time, more time.Duration, limit int) ([]RunningCall, error)
	// MarkDown marks connections as down that sent heartbeats and whose last one was before a moment; it tells of each once.
	MarkDown(ctx context.Context, before time.Time) (int, error)
	// DropEvents drops events of calls that ended before a moment, and of no calls that came before it, at most limit; it returns how many.
	DropEvents(ctx context.Context, before time.Time, limit int) (int, error)
}

// SweeperConfig is what a Sweeper needs.
type SweeperConfig struct {
	Store   SweepStore
	Drivers map[ConnectionKind]Driver
	// Added is called when it stored events: Folder.Wake.
	Added func()
	// Clock nil = core.SystemClock, Log nil = slog.Default().
	Clock core.Clock
	Log   *slog.Logger
	// Tick is the signal to look around; nil = a ticker.
	Tick <-chan time.Time
}

// Sweeper finds what PBXs did not tell: calls that are over, calls we never heard of, connections that fell silent. Several replicas may run one.
type Sweeper struct {
	SweeperConfig
	// droppedAt is when old events were dropped last.
	droppedAt time.Time
}

// NewSweeper returns a sweeper; Run lets it work.
func NewSweeper(cfg SweeperConfig) *Sweeper {
	if cfg.Clock == nil {
		cfg.Clock = core.SystemClock{}
	}
	if cfg.Log == nil {
		cfg.Log = slog.Default()
	}
	if cfg.Added == nil {
		cfg.Added = func() {}
	}
	return &Sweeper{SweeperConfig: cfg}
}

// Run looks around until ctx ends. What fails is logged and tried again.
func (s *Sweeper) Run(ctx context.Context) {
	tick := s.Tick
	if tick == nil {
		ticker := time.NewTicker(sweepInterval)
		defer ticker.Stop()
		tick = ticker.C
	}
	for ctx.Err() == nil {
		if err := s.Sweep(ctx); err != nil && ctx.Err() == nil {
			s.Log.ErrorContext(ctx, "looking after calls", slog.Any("error", err))
		}
		select {
		case <-ctx.Done():
		case <-tick:
		}
	}
}

// Sweep looks around once.
func (s *Sweeper) Sweep(ctx context.Context) error {
	now := s.Clock.Now()
	_, downErr := s.Store.MarkDown(ctx, now.Add(-Silence))
	return errors.Join(downErr, s.poll(ctx, now), s.closeSilent(ctx, now), s.drop(ctx, now))
}

// poll compares running calls with those of the PBXs whose turn it is.
func (s *Sweeper) poll(ctx context.Context, now time.Time) error {
	list, err := s.Store.ClaimPolls(ctx, now, now.Add(-pollEvery))
	if err != nil {
		return err
	}
	errs := make(chan error, len(list))
	for _, e := range list {
		go func() {
			ctx, end := context.WithTimeout(ctx, pollTimeout)
			defer end()
			err := s.pollOne(ctx, e)
			if err != nil {
				err = fmt.Errorf("connection %d: %w", e.ID, err)
			}
			errs <- err
		}()
	}
	var all []error
	for range list {
		all = append(all, <-errs)
	}
	return errors.Join(all...)
}

func (s *Sweeper) pollOne(ctx context.Context, e Endpoint) error {
	driver := s.Drivers[e.Kind]
	if driver == nil || !driver.Capabilities().Snapshots {
		return nil
	}
	began := s.Clock.Now()
	theirs, err := driver.Active(ctx, e)
	if err != nil {
		return s.failed(ctx, &e, err)
	}
	if e.Failure != "" {
		if err := s.Store.SetConnectionFailure(ctx, e.AccountID, e.ID, ""); err != nil {
			return err
		}
	}
	ours, err := s.Store.RunningCalls(ctx, e.AccountID, e.ID)
	if err != nil {
		return err
	}
	return s.compare(ctx, &e, began, theirs, ours)
}

// failed notes that a PBX can't be asked; that is not our failure.
func (s *Sweeper) failed(ctx context.Context, e *Endpoint, err error) error {
	if ctx.Err() != nil && core.KindOf(err) != core.KindUnavailable {
		err = core.Unavailable("the PBX does not answer", 0, err)
	}
	known := core.AsError(err)
	text := known.Message
	if known.Kind == core.KindInternal {
		text = err.Error()
	}
	if text == e.Failure {
		return nil
	}
	s.Log.WarnContext(ctx, "a PBX can't be asked for its calls", "connection", e.ID, "error", err)
	return s.Store.SetConnectionFailure(context.WithoutCancel(ctx), e.AccountID, e.ID, text)
}

// compare tells calls apart: those we never heard of are taken in, those that are missing there the second time are closed.
func (s *Sweeper) compare(ctx context.Context, e *Endpoint, began time.Time, theirs []Snapshot, ours []RunningCall) error {
	now := s.Clock.Now()
	running := make(map[string]bool, len(theirs))
	for _, t := range theirs {
		running[t.PBXCallID] = true
	}
	known := make(map[string]bool, len(ours))
	var missing, found []core.CallID
	var events []Event
	for _, o := range ours {
		known[o.PBXCallID] = true
		switch {
		case running[o.PBXCallID]:
			if o.MissingSince != nil {
				found = append(found, o.ID)
			}
		case !o.LastEventAt.Before(began.Add(-time.Second)): // it changed while we asked
		case o.MissingSince == nil:
			missing = append(missing, o.ID)
		default:
			events = append(events, closing(o, ReasonReconciled, now))
		}
	}
	for _, t := range theirs {
		if !known[t.PBXCallID] && t.PBXCallID != "" {
			events = append(events, snapshotEvent(t, now))
		}
	}
	return errors.Join(s.Store.SetMissing(ctx, e.AccountID, missing, &now), s.Store.SetMissing(ctx, e.AccountID, found, nil), s.add(ctx, e.Connection, events))
}

func (s *Sweeper) add(ctx context.Context, c Connection, events []Event) error {
	for len(events) > 0 {
		n := min(len(events), MaxEvents)
		if _, err := s.Store.AddEvents(ctx, c, s.Clock.Now(), events[:n]); err != nil {
			return err
		}
		s.Added()
		events = events[n:]
	}
	return nil
}

// closing is the event that ends a call of which nothing more is heard. Replicas that find the same make the same event.
func closing(c RunningCall, why Reason, now time.Time) Event {
	return Event{
		ID: fmt.Sprintf("closed:%s:%s:%d", why, c.PBXCallID, c.LastEventAt.UnixMilli()), Type: CallClosed, OccurredAt: now, CallID: c.PBXCallID, Data: Data{Reason: why},
	}
}

// closeSilent closes calls of which nothing was heard for too long.
func (s *Sweeper) closeSilent(ctx context.Context, now time.Time) error {
	list, err := s.Store.SilentCalls(ctx, now, silentAfter, MaxEvents)
	if err != nil {
		return err
	}
	var errs []error
	for _, c := range list {
		errs = append(errs, s.add(ctx, Connection{ID: c.ConnectionID, AccountID: c.AccountID}, []Event{closing(c, ReasonNoEvents, now)}))
	}
	return errors.Join(errs...)
}

// drop drops events that are old enough.
func (s *Sweeper) drop(ctx context.Context, now time.Time) error {
	if !s.droppedAt.IsZero() && now.Sub(s.droppedAt) < dropEvery {
		return nil
	}
	for ctx.Err() == nil {
		n, err := s.Store.DropEvents(ctx, now.Add(-KeepEvents), dropBatch)
		if err != nil {
			return err
		}
		if n < dropBatch {
			s.droppedAt = now
			return nil
		}
	}
	return ctx.Err()
}
