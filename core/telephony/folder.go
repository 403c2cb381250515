package telephony

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/skvoz/skvoz/core"
)

// How the folder works.
const (
	// foldInterval is how often it looks for marks if nobody wakes it.
	foldInterval = time.Second
	// foldBatch is how many calls are folded in one transaction.
	foldBatch = 64
	// foldCrowd is how many calls in one transaction make it pause as long as the folding took, at most foldPause: events that come meanwhile are folded
	// together, and who adds them gets a turn.
	foldCrowd = 16
	foldPause = 25 * time.Millisecond
	// foldBusy is how long it waits when others are at work on all that is due.
	foldBusy = 5 * time.Millisecond
	// gapPatience is how long missing events are waited for.
	gapPatience = 10 * time.Second
	// gapRetry is how long after a call was asked for in vain it is asked for again, twice as long each time; gapTries how often it is.
	gapRetry = time.Minute
	gapTries = 5
	// foldRetry is how long a call waits that could not be folded, twice as long each time, up to foldRetryMost.
	foldRetry     = 5 * time.Second
	foldRetryMost = time.Hour
	// KeepEvents is how long events are kept after their call's end.
	KeepEvents = 30 * 24 * time.Hour
	// eventsForgotten is how long after a call's end its events may be incomplete, since the oldest are dropped: what still comes adds to the call then.
	eventsForgotten = KeepEvents - 24*time.Hour
	// NumberHorizon is how far back calls are counted to a number that is added later.
	NumberHorizon = 30 * 24 * time.Hour
)

// FolderConfig is what a Folder needs.
type FolderConfig struct {
	Store  FoldStore
	People People
	// Drivers ask PBXs for calls whose events are missing; kinds without one are not asked.
	Drivers map[ConnectionKind]Driver
	// ReadPhone makes digits with country code of a number as PBXs write it.
	ReadPhone func(raw string) (core.Phone, bool)
	// Folded is called when calls were folded: deals may be marked for linking, recordings may wait. It must be quick; nil = nobody.
	Folded func()
	// Workers is how many transactions may run at once; 0 = 1. SQLite has one writer.
	Workers int
	// Clock nil = core.SystemClock, Log nil = slog.Default().
	Clock core.Clock
	Log   *slog.Logger
	// Tick is the signal to look for marks; nil = a ticker of a second.
	Tick <-chan time.Time
}

// Folder makes calls of their events. Safe for concurrent use, by several replicas, too.
type Folder struct {
	FolderConfig
	wake chan struct{}
	// asking bounds how many PBXs are asked at once.
	asking chan struct{}
	asked  sync.WaitGroup
}

var _ EventStore = (*Folder)(nil)

// NewFolder returns a folder; Run lets it work.
func NewFolder(cfg FolderConfig) *Folder {
	if cfg.Clock == nil {
		cfg.Clock = core.SystemClock{}
	}
	if cfg.Log == nil {
		cfg.Log = slog.Default()
	}
	if cfg.Folded == nil {
		cfg.Folded = func() {}
	}
	cfg.Workers = max(cfg.Workers, 1)
	return &Folder{FolderConfig: cfg, wake: make(chan struct{}, cfg.Workers), asking: make(chan struct{}, 8)}
}

// Wake lets the folder look for marks at once. Call it after events were stored.
func (f *Folder) Wake() {
	select {
	case f.wake <- struct{}{}:
	default:
	}
}

// AddEvents implements EventStore: what it keeps is folded at once.
func (f *Folder) AddEvents(ctx context.Context, c Connection, at time.Time, events []Event) (Received, error) {
	got, err := f.Store.AddEvents(ctx, c, at, events)
	if err == nil && got.Accepted > 0 {
		f.Wake()
	}
	return got, err
}

// RefoldNumber folds calls of the last 30 days again that came to a number before it was the account's. Call it after a number was added.
func (f *Folder) RefoldNumber(ctx context.Context, account core.AccountID, number core.Phone) error {
	n, err := f.Store.MarkNumberCalls(ctx, account, number, f.Clock.Now().Add(-NumberHorizon))
	if err == nil && n > 0 {
		f.Wake()
	}
	return err
}

// Run folds until ctx ends. What fails is logged and tried again.
func (f *Folder) Run(ctx context.Context) {
	tick := f.Tick
	if tick == nil {
		ticker := time.NewTicker(foldInterval)
		defer ticker.Stop()
		tick = ticker.C
	}
	var workers sync.WaitGroup
	for range f.Workers {
		workers.Go(func() { f.work(ctx, tick) })
	}
	workers.Wait()
	f.asked.Wait()
}

func (f *Folder) work(ctx context.Context, tick <-chan time.Time) {
	for ctx.Err() == nil {
		began := time.Now()
		n, isBusy, err := f.foldBatch(ctx)
		if err != nil && ctx.Err() == nil {
			f.Log.ErrorContext(ctx, "folding calls", slog.Any("error", err))
		}
		var soon <-chan time.Time
		switch {
		case err == nil && n > 0:
			if n == foldBatch {
				f.Wake() // others may help
			}
			if n >= foldCrowd {
				pause(ctx, min(time.Since(began), foldPause))
			}
			continue // more may have come meanwhile
		case err == nil && isBusy: // what came for their calls is not theirs to see any more
			soon = time.After(foldBusy)
		}
		select {
		case <-ctx.Done():
		case <-tick:
		case <-f.wake:
		case <-soon:
		}
	}
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// FoldBatch folds some calls that are due and returns how many there were; Run does it all the time. If together they fail, each is folded alone, so that
// one that can't be folded keeps nobody waiting: it is tried again later and later.
func (f *Folder) FoldBatch(ctx context.Context) (int, error) {
	n, _, err := f.foldBatch(ctx)
	return n, err
}

func (f *Folder) foldBatch(ctx context.Context) (n int, isBusy bool, err error) {
	b := &foldBatchRun{Folder: f, now: f.Clock.Now()}
	refs, isBusy, err := f.Store.FoldDue(ctx, b.now, foldBatch, b.fold)
	if err != nil && ctx.Err() == nil && core.KindOf(err) != core.KindUnavailable && len(refs) > 0 {
		err = f.foldEach(ctx, refs, b.now)
	} else if err == nil {
		f.ask(ctx, b.asks)
	}
	if len(refs) > 0 {
		f.Folded()
	}
	return len(refs), isBusy, err
}

func (f *Folder) foldEach(ctx context.Context, refs []CallRef, now time.Time) error {
	var errs []error
	for _, ref := range refs {
		b := &foldBatchRun{Folder: f, now: now}
		err := f.Store.FoldOne(ctx, ref, b.fold)
		switch {
		case err == nil:
			f.ask(ctx, b.asks)
		case ctx.Err() != nil, core.KindOf(err) == core.KindUnavailable:
			return err
		default:
			err = fmt.Errorf("call %q of connection %d: %w", ref.PBXCallID, ref.ConnectionID, err)
			errs = append(errs, err, f.Store.PutOffFold(ctx, ref, now.Add(backoff(foldRetry, b.tries, foldRetryMost))))
		}
	}
	return errors.Join(errs...)
}

// backoff doubles a time with every try.
func backoff(first time.Duration, tries int, most time.Duration) time.Duration {
	return min(first<<min(tries, 20), most)
}

// foldBatchRun is the folding of some calls.
type foldBatchRun struct {
	*Folder
	now time.Time
	// asks are calls to ask the PBX for once the transaction is committed.
	asks []CallRef
	// tries is how often the last call was tried before.
	tries int
}

// ask asks PBXs for calls whose events are missing, in the background: a PBX may take its time. What they answer is an event like others.
func (f *Folder) ask(ctx context.Context, refs []CallRef) {
	for _, ref := range refs {
		f.asked.Go(func() {
			select {
			case f.asking <- struct{}{}:
				defer func() { <-f.asking }()
			case <-ctx.Done():
				return
			}
			if err := f.askOne(ctx, ref); err != nil && ctx.Err() == nil {
				f.Log.WarnContext(ctx, "a call with missing events could not be asked for", "connection", ref.ConnectionID, "call", ref.PBXCallID, "error", err)
			}
		})
	}
}

// Settle waits until PBXs that are being asked have answered, for those who fold by FoldBatch.
func (f *Folder) Settle() { f.asked.Wait() }

// askTimeout is how long a PBX may take to tell of a call.
const askTimeout = 10 * time.Second

func (f *Folder) askOne(ctx context.Context, ref CallRef) error {
	ctx, end := context.WithTimeout(ctx, askTimeout)
	defer end()
	to, err := f.Store.Endpoint(ctx, ref.AccountID, ref.ConnectionID)
	if err != nil {
		return err
	}
	driver := f.Drivers[to.Kind]
	if driver == nil {
		return nil
	}
	s, err := driver.Call(ctx, to, ref.PBXCallID)
	if err != nil {
		return err
	}
	s.PBXCallID = ref.PBXCallID
	now := f.Clock.Now()
	_, err = f.AddEvents(ctx, to.Connection, now, []Event{snapshotEvent(s, now)})
	return err
}

// snapshotEvent is what a PBX answered, as an event.
func snapshotEvent(s Snapshot, now time.Time) Event {
	return Event{ID: fmt.Sprintf("snapshot:%s:%d", s.PBXCallID, now.UnixMilli()), Type: SnapshotTaken, OccurredAt: now, CallID: s.PBXCallID, Data: s.Data}
}

// canAsk reports whether a connection's PBX can be asked for a call.
func (f *Folder) canAsk(kind ConnectionKind) bool {
	driver := f.Drivers[kind]
	return driver != nil && driver.Capabilities().Snapshots
}
