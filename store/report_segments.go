package store

import (
	"context"
	"log/slog"
	"runtime"
	"sync"
	"time"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/reports"
)

const (
	// defaultSegmentBytes is how much memory segments may take: about five million visits.
	defaultSegmentBytes = 512 << 20
	// daysAtOnce bounds how many days are built from one reading of the facts.
	daysAtOnce = 31
	// maxBuilders bounds how many connections one reader builds with.
	maxBuilders = 4
	// hotAtLeast and hotFactor say how long counters of running visits may lag: as long as keeps reading them below a tenth of the time.
	hotAtLeast = time.Second
	hotFactor  = 10
	// closingGrace is how long after midnight the day before yesterday still counts as running: writers that began before it are done by then.
	closingGrace = 10 * time.Minute
	// visitLag is how late a visit may be written without the communications after it being told (see lateVisits).
	visitLag = 10 * time.Second
)

// SegmentOptions say how segments are kept.
type SegmentOptions struct {
	// CacheBytes bounds the memory segments take; 0 = 512 MB.
	CacheBytes int64
	// Log receives what goes wrong in the background; nil = slog.Default().
	Log *slog.Logger
}

// Segments are the facts reports are counted from, by day: in memory, else in table report_segments, else built from the facts (docs/adr/0008). It
// is safe for concurrent use. One is enough for a process; Close it before the database.
type Segments struct {
	db    *DB
	log   *slog.Logger
	cache *segmentCache
	keep  keeper

	mu     sync.Mutex
	making map[makingKey]chan struct{}
}

var _ reports.SegmentStore = (*Segments)(nil)

// makingKey names what only one reader makes at a time; the others wait for what it makes.
type makingKey struct {
	account core.AccountID
	fact    reports.Fact
}

// NewSegments returns the segments of a database.
func NewSegments(db *DB, o SegmentOptions) *Segments {
	if o.CacheBytes <= 0 {
		o.CacheBytes = defaultSegmentBytes
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	return &Segments{db: db, log: o.Log, cache: newSegmentCache(o.CacheBytes), making: make(map[makingKey]chan struct{})}
}

// Close ends the work in the background. What was not written back is built again after the next start.
func (s *Segments) Close() error {
	s.keep.close()
	return nil
}

// Settle waits until everything that was built has been written back.
func (s *Segments) Settle(ctx context.Context) error { return s.keep.settle(ctx) }

// SessionDays implements reports.SegmentStore.
func (s *Segments) SessionDays(ctx context.Context, account core.AccountID, first, last int, want reports.SessionColumns) ([]*reports.SessionDay, time.Time, error) {
	found, err := s.read(ctx, asking{account, reports.FactSessions, first, last, want})
	if err != nil {
		return nil, time.Time{}, err
	}
	asOf := s.db.Clock.Now()
	for _, g := range found {
		if !g.until.IsZero() && g.readAt.Before(asOf) {
			asOf = g.readAt
		}
	}
	return daysOf[*reports.SessionDay](found), asOf, nil
}

// CommunicationDays implements reports.SegmentStore.
func (s *Segments) CommunicationDays(ctx context.Context, account core.AccountID, first, last int) ([]*reports.CommunicationDay, error) {
	found, err := s.read(ctx, asking{account, reports.FactCommunications, first, last, wantAll})
	if err != nil {
		return nil, err
	}
	return daysOf[*reports.CommunicationDay](found), nil
}

// DealDays implements reports.SegmentStore.
func (s *Segments) DealDays(ctx context.Context, account core.AccountID, first, last int) ([]*reports.DealDay, error) {
	found, err := s.read(ctx, asking{account, reports.FactDeals, first, last, wantAll})
	if err != nil {
		return nil, err
	}
	return daysOf[*reports.DealDay](found), nil
}

// daysOf are the days on which something began.
func daysOf[T any](found []*segment) []T {
	out := make([]T, 0, len(found))
	for _, g := range found {
		if d, ok := g.data.(T); ok {
			out = append(out, d)
		}
	}
	return out
}

// asking is what a reader asks for.
type asking struct {
	account     core.AccountID
	fact        reports.Fact
	first, last int
	want        reports.SessionColumns
}

// read returns the segments of all days asked for. Versions are read before the facts are, so a segment may be newer than its version says, but
// never older.
func (s *Segments) read(ctx context.Context, a asking) ([]*segment, error) {
	if a.last < a.first {
		return nil, nil
	}
	found, _, err := s.inMemory(ctx, a)
	if err != nil || isComplete(found, a.want) {
		return found, err
	}
	unlock, err := s.lock(ctx, makingKey{a.account, a.fact})
	if err != nil {
		return nil, err
	}
	defer unlock()
	found, versions, err := s.inMemory(ctx, a) // another reader may have made them meanwhile
	if err != nil {
		return nil, err
	}
	if err := s.load(ctx, a, versions, found); err != nil {
		return nil, err
	}
	s.readColumns(a, found)
	return found, s.build(ctx, a, versions, found)
}

// inMemory returns what memory has of the days asked for, with one statement.
func (s *Segments) inMemory(ctx context.Context, a asking) ([]*segment, map[int]int64, error) {
	versions := make(map[int]int64)
	q := `SELECT day, version FROM report_days WHERE account_id = $1 AND kind = $2 AND day BETWEEN $3 AND $4`
	err := s.db.rawReader().query(ctx, q, []any{int64(a.account), int16(a.fact), a.first, a.last}, func(row scanner) error {
		var day int
		var version int64
		err := row.Scan(&day, &version)
		versions[day] = version
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	return s.cache.find(a.account, a.fact, a.first, a.last, versions, s.db.Clock.Now()), versions, nil
}

func isComplete(found []*segment, want reports.SessionColumns) bool {
	for _, g := range found {
		if g == nil || g.lacks(want) {
			return false
		}
	}
	return true
}

// lacks reports whether wanted columns have not been read yet.
func (s *segment) lacks(want reports.SessionColumns) bool {
	d, ok := s.data.(*reports.SessionDay)
	return ok && s.blob != nil && lacksColumns(d, want)
}

// lock lets one reader at a time make segments of an account and kind.
func (s *Segments) lock(ctx context.Context, key makingKey) (unlock func(), err error) {
	s.mu.Lock()
	turn, ok := s.making[key]
	if !ok {
		turn = make(chan struct{}, 1)
		s.making[key] = turn
	}
	s.mu.Unlock()
	select {
	case turn <- struct{}{}:
		return func() { <-turn }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// build makes the segments that are still missing from the facts, several months at a time if there are processors for it.
func (s *Segments) build(ctx context.Context, a asking, versions map[int]int64, found []*segment) error {
	runs := missingRuns(found, a, s.db.Clock.Now())
	if len(runs) == 1 {
		return s.buildRun(ctx, a, runs[0], versions, found)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	waiting := make(chan run, len(runs))
	for _, r := range runs {
		waiting <- r
	}
	close(waiting)
	var workers sync.WaitGroup
	for range min(len(runs), runtime.GOMAXPROCS(0), maxBuilders) {
		workers.Go(func() {
			for r := range waiting { // each day is in one run, so no two workers meet in found
				if err := s.buildRun(ctx, a, r, versions, found); err != nil {
					cancel(err)
					return
				}
			}
		})
	}
	workers.Wait()
	return context.Cause(ctx)
}

func (s *Segments) buildRun(ctx context.Context, a asking, r run, versions map[int]int64, found []*segment) error {
	began := s.db.Clock.Now()
	days, err := s.db.buildDays(ctx, s.db.rawReader(), a.account, a.fact, r.first, r.last)
	if err != nil {
		return err
	}
	took := s.db.Clock.Now().Sub(began)
	made := make([]*segment, 0, r.last-r.first+1)
	for day := r.first; day <= r.last; day++ {
		g := &segment{key: segmentKey{a.account, a.fact, day}, version: versions[day], data: days[day], readAt: began}
		g.until = s.goodUntil(g, began, took)
		found[day-a.first] = g
		made = append(made, g)
	}
	s.cache.put(made...)
	s.keepClosed(ctx, made)
	return nil
}

// goodUntil says when a segment must be built again though its version stays; zero = never.
func (s *Segments) goodUntil(g *segment, began time.Time, took time.Duration) time.Time {
	switch {
	case g.key.fact == reports.FactSessions && isHot(g.key.day, began):
		return began.Add(took + max(hotAtLeast, hotFactor*took))
	case g.key.fact == reports.FactCommunications && isFresh(g.data, began):
		return began.Add(visitLag) // visits of the last seconds may not have been written when it was built
	}
	return time.Time{}
}

// isHot reports whether visits that began on a day may still be going on.
func isHot(day int, now time.Time) bool { return mayRun(day, now.Add(-closingGrace)) }

// isFresh reports whether a communication has just been made.
func isFresh(data any, now time.Time) bool {
	d, ok := data.(*reports.CommunicationDay)
	if !ok || len(d.At) == 0 {
		return false
	}
	newest := int64(d.Day)*reports.DayMS + int64(d.At[len(d.At)-1])
	return newest > millis(now.Add(-visitLag))
}

// run is a number of days in a row.
type run struct{ first, last int }

// missingRuns groups the days that are missing, few enough at once. Days of visits that are going on are apart, since they are read often.
func missingRuns(found []*segment, a asking, now time.Time) []run {
	var out []run
	for i, g := range found {
		day, last := a.first+i, len(out)-1
		switch {
		case g != nil:
		case last >= 0 && out[last].last == day-1 && day-out[last].first < daysAtOnce && (a.fact != reports.FactSessions || isHot(day-1, now) == isHot(day, now)):
			out[last].last = day
		default:
			out = append(out, run{day, day})
		}
	}
	return out
}

// buildDays builds the segments of days from the facts. Days on which nothing began are missing.
func (db *DB) buildDays(ctx context.Context, c conn, account core.AccountID, fact reports.Fact, first, last int) (map[int]any, error) {
	b := &dayReading{conn: c, account: account, first: first, last: last, attrs: newAttributes()}
	switch fact {
	case reports.FactSessions:
		return b.sessionDays(ctx)
	case reports.FactCommunications:
		return b.communicationDays(ctx)
	case reports.FactDeals:
		return b.dealDays(ctx)
	}
	return nil, core.Invalid("fact", "bad_fact", "there is no kind of facts %d", fact)
}

// CachedBytes is about how much memory segments take now.
func (s *Segments) CachedBytes() int64 {
	s.cache.mu.Lock()
	defer s.cache.mu.Unlock()
	return s.cache.size
}
