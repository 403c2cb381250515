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

const (
	// fetchLease is how long a recording waits for another server when the one that fetches it crashed.
	fetchLease = time.Minute
	// fetchInterval is how often somebody looks for recordings that are due.
	fetchInterval = 5 * time.Second
	// keepInterval is how often old recordings are erased and what crashed servers left is removed.
	keepInterval = time.Hour
	// releaseTimeout is how long a server that stops takes to give its leases back.
	releaseTimeout = 5 * time.Second
)

// fetchPauses are the minutes between tries; the last one is repeated.
var fetchPauses = []int{1, 1, 2, 5, 10, 30, 60}

// fetchTries is how often a recording is tried: the pauses between are a day in all.
const fetchTries = 30

// fetchPause is how long to wait after so many tries; ok is false when it is to be given up.
func fetchPause(tries int) (pause time.Duration, ok bool) {
	return time.Duration(fetchPauses[min(tries, len(fetchPauses))-1]) * time.Minute, tries < fetchTries
}

// FetcherConfig is what a Fetcher needs.
type FetcherConfig struct {
	Store      FetchStore
	Files      Files
	Downloader Downloader
	// Recorders know how to ask a kind of PBX for recordings; without one the address of the event is used as it is.
	Recorders map[ConnectionKind]Recorder
	// Recordings erases what is old; Sweep removes what crashed servers left in the file store. Both may be nil.
	Recordings *Recordings
	Sweep      func(ctx context.Context) error
	// Workers is how many recordings are fetched at once; 0 = 4.
	Workers int
	// Lease is how long a recording waits for another server when the one that fetches it crashed; 0 = a minute.
	Lease time.Duration
	// Clock nil = core.SystemClock, Log nil = slog.Default().
	Clock core.Clock
	Log   *slog.Logger
	// Tick is the signal to look for recordings; nil = a ticker.
	Tick <-chan time.Time
}

// Fetcher fetches recordings from PBXs. Safe for concurrent use, by several replicas, too.
type Fetcher struct {
	FetcherConfig
	wake chan struct{}
}

// NewFetcher returns a fetcher; Run lets it work.
func NewFetcher(cfg FetcherConfig) *Fetcher {
	if cfg.Clock == nil {
		cfg.Clock = core.SystemClock{}
	}
	if cfg.Log == nil {
		cfg.Log = slog.Default()
	}
	if cfg.Workers <= 0 {
		cfg.Workers = 4
	}
	if cfg.Lease <= 0 {
		cfg.Lease = fetchLease
	}
	return &Fetcher{FetcherConfig: cfg, wake: make(chan struct{}, cfg.Workers)}
}

// Wake lets the fetcher look for recordings at once. Call it after events were folded; it does not block.
func (f *Fetcher) Wake() {
	select {
	case f.wake <- struct{}{}:
	default:
	}
}

// Run fetches until ctx ends; what is being fetched then is given back. What fails is logged and tried again.
func (f *Fetcher) Run(ctx context.Context) {
	tick := f.Tick
	if tick == nil {
		ticker := time.NewTicker(fetchInterval)
		defer ticker.Stop()
		tick = ticker.C
	}
	var workers sync.WaitGroup
	workers.Go(func() { f.keepHouse(ctx) })
	for range f.Workers {
		workers.Go(func() { f.work(ctx, tick) })
	}
	workers.Wait()
}

func (f *Fetcher) work(ctx context.Context, tick <-chan time.Time) {
	for ctx.Err() == nil {
		n, err := f.FetchNext(ctx)
		if err != nil && ctx.Err() == nil {
			f.Log.ErrorContext(ctx, "fetching recordings", slog.Any("error", err))
		}
		if n > 0 && err == nil {
			f.Wake() // there may be more, and others may help
			continue
		}
		select {
		case <-ctx.Done():
		case <-tick:
		case <-f.wake:
		}
	}
}

// keepHouse erases and removes what is old, now and every hour.
func (f *Fetcher) keepHouse(ctx context.Context) {
	ticker := time.NewTicker(keepInterval)
	defer ticker.Stop()
	for {
		var swept, erased error
		if f.Sweep != nil {
			swept = f.Sweep(ctx)
		}
		if f.Recordings != nil {
			_, erased = f.Recordings.EraseOld(ctx)
		}
		if err := errors.Join(swept, erased); err != nil && ctx.Err() == nil {
			f.Log.ErrorContext(ctx, "removing old recordings", slog.Any("error", err))
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// FetchNext fetches a recording that is due and returns how many there were: 0 or 1. Run does it all the time. That a PBX does not give a recording is no
// error: it is tried again after 1, 1, 2, 5, 10, 30 minutes and then every hour, a day long.
func (f *Fetcher) FetchNext(ctx context.Context) (int, error) {
	now := f.Clock.Now()
	list, err := f.Store.TakeRecordings(ctx, now, now.Add(f.Lease), 1)
	if err != nil || len(list) == 0 {
		return 0, err
	}
	r := &list[0]
	got, err := f.fetchLeased(ctx, r)
	switch {
	case ctx.Err() != nil: // the server stops: the next one fetches it
		last, end := context.WithTimeout(context.WithoutCancel(ctx), releaseTimeout)
		defer end()
		return 1, f.Store.ReleaseRecording(last, r)
	case errors.Is(err, errLeaseLost):
		return 1, f.tidy(ctx, r, got.Path)
	case err != nil:
		return 1, f.failed(ctx, r, err)
	}
	kept, err := f.Store.KeepRecording(ctx, r, got)
	if err == nil && !kept {
		err = f.tidy(ctx, r, got.Path)
	}
	return 1, err
}

var errLeaseLost = errors.New("somebody else fetches the recording by now, or it was erased")

// fetchLeased fetches a recording and keeps the lease meanwhile.
func (f *Fetcher) fetchLeased(ctx context.Context, r *DueRecording) (got FetchedRecording, err error) {
	ctx, cancel := context.WithCancelCause(ctx)
	var renewing sync.WaitGroup
	defer renewing.Wait()
	defer cancel(nil)
	renewing.Go(func() { f.renew(ctx, r, cancel) })
	got, err = f.fetch(ctx, r)
	if cause := context.Cause(ctx); errors.Is(cause, errLeaseLost) {
		err = cause
	}
	return got, err
}

// renew makes the lease longer until ctx ends, and ends it when the lease is lost.
func (f *Fetcher) renew(ctx context.Context, r *DueRecording, lost context.CancelCauseFunc) {
	ticker := time.NewTicker(f.Lease / 3)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		ok, err := f.Store.RenewLease(context.WithoutCancel(ctx), r, f.Clock.Now().Add(f.Lease))
		if err == nil && !ok {
			lost(errLeaseLost)
			return
		}
	}
}

// tidy removes the file of a recording that is no longer ours, unless somebody else stored it at the same place.
func (f *Fetcher) tidy(ctx context.Context, r *DueRecording, path string) error {
	now, err := f.Store.Recording(ctx, r.AccountID, r.ID)
	if core.KindOf(err) == core.KindNotFound || err == nil && now.State == RecordingIsErased {
		return f.removeAt(ctx, r, path)
	}
	return err
}

// removeAt removes what may be stored of a recording.
func (f *Fetcher) removeAt(ctx context.Context, r *DueRecording, path string) error {
	if path != "" {
		return f.Files.Delete(ctx, path)
	}
	return errors.Join(f.Files.Delete(ctx, recordingPath(&r.Recording, FormatWAV)), f.Files.Delete(ctx, recordingPath(&r.Recording, FormatMP3)))
}

// failed notes why a recording was not fetched. One that is given up leaves no file behind.
func (f *Fetcher) failed(ctx context.Context, r *DueRecording, cause error) error {
	failure := core.AsError(cause).Reason
	if failure == "" {
		failure = FailureOther
	}
	pause, again := fetchPause(r.Tries + 1)
	if failure == FailureConnection {
		again = false
	}
	at := f.Clock.Now().Add(pause)
	level := slog.LevelInfo
	if !again {
		at, level = time.Time{}, slog.LevelWarn
		if err := f.giveUp(ctx, r); err != nil {
			return err
		}
	}
	f.Log.Log(ctx, level, "a recording was not fetched", "account", r.AccountID, "connection", r.ConnectionID, "recording", r.ID, "tries", r.Tries+1,
		"reason", failure, "again", again, "error", cause)
	return f.Store.PutOffRecording(ctx, r, failure, at)
}

// giveUp removes what a try left that was stored and could not be noted.
func (f *Fetcher) giveUp(ctx context.Context, r *DueRecording) error {
	now, err := f.Store.Recording(ctx, r.AccountID, r.ID)
	if err != nil || now.State != RecordingWaits {
		return err
	}
	return f.removeAt(ctx, r, "")
}

// recordingPath is where the file of a recording is; the same whenever it is tried, so that a try that crashed leaves nothing the next one doesn't replace.
func recordingPath(r *Recording, format string) string {
	return fmt.Sprintf("recordings/%d/%s/%d.%s", r.AccountID, r.StartedAt.UTC().Format("2006/01/02"), r.ID, format)
}

// source is where a recording is fetched from.
func (f *Fetcher) source(ctx context.Context, r *DueRecording) (address string, header map[string]string, err error) {
	recorder := f.Recorders[r.Kind]
	if recorder != nil {
		to, err := f.Store.Endpoint(ctx, r.AccountID, r.ConnectionID)
		if err == nil {
			return recorder.Source(ctx, to, r.RemoteID, r.URL)
		}
		if core.KindOf(err) != core.KindNotFound {
			return "", nil, err
		}
	}
	if r.URL == "" {
		return "", nil, core.NotFound("connection").WithReason(FailureConnection)
	}
	return r.URL, nil, nil
}

// fetch downloads a recording into the file store. The path of its result is set as soon as something may be there.
func (f *Fetcher) fetch(ctx context.Context, r *DueRecording) (got FetchedRecording, err error) {
	address, header, err := f.source(ctx, r)
	if err != nil {
		return got, sourceFailure(err)
	}
	from, err := f.Downloader.Download(ctx, address, header)
	if err != nil {
		return got, err
	}
	defer func() { _ = from.Body.Close() }()
	if from.Length > MaxRecordingBytes {
		return got, tooLarge()
	}
	in := &intake{from: from.Body}
	head, err := in.peek(soundMagic)
	if err != nil {
		return got, err
	}
	got.Format = SoundFormat(head)
	if got.Format == "" {
		return got, wrongType()
	}
	in.expect(r, from.Length, NewSound(got.Format))
	got.Path = recordingPath(&r.Recording, got.Format)
	got.Bytes, got.SHA256, err = f.Files.Put(ctx, got.Path, in)
	if in.err != nil {
		return got, in.err
	}
	if err != nil {
		return got, core.E(core.KindUnavailable, "the recording can't be kept").WithReason(FailureFileStore).WithCause(err)
	}
	got.Channels, got.Peaks, got.Duration = in.sound.Channels(), in.sound.Peaks(), in.sound.Duration()
	if got.Duration == 0 {
		got.Duration = r.Duration
	}
	return got, nil
}

// sourceFailure gives an error of a Recorder a word of ours.
func sourceFailure(err error) error {
	e := core.AsError(err)
	word := FailureOther
	switch e.Kind {
	case core.KindNotFound:
		word = FailureNotFound
		if e.Reason == FailureConnection {
			return err
		}
	case core.KindUnavailable, core.KindRateLimited:
		word = FailureUnreachable
	case core.KindForbidden, core.KindUnauthenticated, core.KindInvalid:
		word = FailureRefused
	}
	return core.E(e.Kind, e.Message).WithReason(word).WithCause(err)
}

func wrongType() error {
	return core.E(core.KindInvalid, "the recording is neither WAV nor MP3").WithReason(FailureWrongType)
}

func tooLarge() error {
	return core.E(core.KindInvalid, "the recording is larger than 500 MB").WithReason(FailureTooLarge)
}
