package store

import (
	"context"
	"runtime"
	"sync"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/reports"
)

// segmentsAtOnce bounds how many segments one transaction writes back, so that other writers need not wait: about a megabyte.
const segmentsAtOnce = 8

// storedSegment is a row of report_segments.
type storedSegment struct {
	day     int
	version int64
	data    []byte
}

// load fills in what is missing of the days asked for from report_segments, as far as it is good. Bad bytes count as missing.
func (s *Segments) load(ctx context.Context, a asking, versions map[int]int64, found []*segment) error {
	now := s.db.Clock.Now()
	var days []int64
	for i, g := range found {
		if g == nil && !(a.fact == reports.FactSessions && isHot(a.first+i, now)) {
			days = append(days, int64(a.first+i))
		}
	}
	if len(days) == 0 {
		return nil
	}
	rows := make(chan storedSegment, 8)
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for row := range rows { // each day comes once, so no two workers meet in found
				g := &segment{key: segmentKey{a.account, a.fact, row.day}, version: row.version, readAt: now}
				if err := g.decode(row.data, a.want); err != nil {
					s.log.Warn("a stored segment can't be read and is built anew", "account", int64(a.account), "kind", int(a.fact), "day", row.day)
					continue
				}
				found[row.day-a.first] = g
			}
		})
	}
	err := s.db.rawReader().storedSegments(ctx, a.account, a.fact, days, func(row storedSegment) {
		if row.version == versions[row.day] && row.day >= a.first && row.day <= a.last {
			rows <- row
		}
	})
	close(rows)
	workers.Wait()
	if err != nil {
		return err
	}
	for _, day := range days {
		if g := found[int(day)-a.first]; g != nil {
			s.cache.put(g)
		}
	}
	return nil
}

// storedSegments hands out the stored segments of some days that are of the present format.
func (c conn) storedSegments(ctx context.Context, account core.AccountID, fact reports.Fact, days []int64, do func(storedSegment)) error {
	q := `SELECT day, version, data FROM report_segments WHERE account_id = $1 AND kind = $2 AND day {in $3} AND format = $4`
	args := []any{int64(account), int16(fact), listArg(c.engine, days), segmentFormat}
	return c.query(ctx, q, args, func(row scanner) error {
		var r storedSegment
		err := row.Scan(&r.day, &r.version, &r.data)
		if err == nil {
			do(r)
		}
		return err
	})
}

// decode reads a segment's wanted columns from its bytes, which it keeps as long as there are more.
func (s *segment) decode(blob []byte, want reports.SessionColumns) error {
	switch s.key.fact {
	case reports.FactSessions:
		had, _ := s.data.(*reports.SessionDay)
		d, err := decodeSessionDay(blob, want, had)
		if err != nil || d.Day != s.key.day {
			return errBadSegment
		}
		if s.data, s.blob = d, nil; lacksColumns(d, wantAll) {
			s.blob = blob
		}
		if len(d.At) == 0 {
			s.data, s.blob = nil, nil
		}
	case reports.FactCommunications:
		d, err := decodeCommunicationDay(blob)
		if err != nil || d.Day != s.key.day {
			return errBadSegment
		}
		if len(d.At) > 0 {
			s.data = d
		}
	case reports.FactDeals:
		d, err := decodeDealDay(blob)
		if err != nil || d.Day != s.key.day {
			return errBadSegment
		}
		if len(d.At) > 0 {
			s.data = d
		}
	}
	return nil
}

// encode is the reverse of decode. A day on which nothing began has bytes, too, so that a restart need not ask the facts again.
func (s *segment) encode() (blob []byte, rows int) {
	switch d := s.data.(type) {
	case *reports.SessionDay:
		return encodeSessionDay(d), len(d.At)
	case *reports.CommunicationDay:
		return encodeCommunicationDay(d), len(d.At)
	case *reports.DealDay:
		return encodeDealDay(d), len(d.At)
	}
	switch s.key.fact {
	case reports.FactCommunications:
		return encodeCommunicationDay(newCommunicationDay(s.key.day).day), 0
	case reports.FactDeals:
		return encodeDealDay(newDealDay(s.key.day).day), 0
	}
	return encodeSessionDay(&newSessionDay(s.key.day).day), 0
}

// readColumns reads further columns of the segments that were not read far enough.
func (s *Segments) readColumns(a asking, found []*segment) {
	for i, g := range found {
		if g == nil || !g.lacks(a.want) {
			continue
		}
		more := *g
		if err := more.decode(g.blob, a.want); err != nil {
			found[i] = nil // it will be built
			continue
		}
		found[i] = &more
		s.cache.put(&more)
	}
}

// keepClosed writes segments of days that are over back in the background.
func (s *Segments) keepClosed(ctx context.Context, made []*segment) {
	today := dayOf(s.db.now())
	var closed []*segment
	for _, g := range made {
		if g.until.IsZero() && g.key.day < today {
			closed = append(closed, g)
		}
	}
	if len(closed) > 0 {
		s.keep.add(ctx, closed, s.writeBack)
	}
}

// writeBack stores segments in one transaction, each unless its day has changed meanwhile.
func (s *Segments) writeBack(ctx context.Context, list []*segment) {
	type row struct {
		*segment
		blob []byte
		rows int
	}
	rows := make([]row, len(list))
	for i, g := range list {
		blob, n := g.encode()
		rows[i] = row{g, blob, n}
	}
	q := `INSERT INTO report_segments (account_id, kind, day, version, format, row_count, built_at, data)
SELECT CAST($1 AS BIGINT), CAST($2 AS SMALLINT), CAST($3 AS INTEGER), CAST($4 AS BIGINT), CAST($5 AS SMALLINT), CAST($6 AS INTEGER), CAST($7 AS BIGINT), ` + s.db.bytesParameter("$8") + `
WHERE COALESCE((SELECT version FROM report_days WHERE account_id = $1 AND kind = $2 AND day = $3), 0) = $4
ON CONFLICT (account_id, kind, day) DO UPDATE SET version = excluded.version, format = excluded.format, row_count = excluded.row_count,
  built_at = excluded.built_at, data = excluded.data`
	err := s.db.inRawTx(ctx, func(tx conn) error {
		for _, r := range rows {
			_, err := tx.exec(ctx, q, int64(r.key.account), int16(r.key.fact), r.key.day, r.version, segmentFormat, r.rows, millis(r.readAt), r.blob)
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil && ctx.Err() == nil {
		s.log.Warn("segments of reports could not be stored; they are built again after the next start", "error", err)
	}
}

// bytesParameter is a parameter of bytes: PostgreSQL wants to be told where no column tells it.
func (db *DB) bytesParameter(name string) string {
	if db.Engine == Postgres {
		return "CAST(" + name + " AS BYTEA)"
	}
	return name
}

// keeper writes segments back one after the other in the background. The zero value is ready.
type keeper struct {
	mu      sync.Mutex
	waiting []*segment
	// idle is closed when the running worker ends; nil = none runs.
	idle   chan struct{}
	cancel context.CancelFunc
	closed bool
}

// add queues segments and starts a worker unless one runs. It outlives the request that ctx belongs to.
func (k *keeper) add(ctx context.Context, list []*segment, write func(context.Context, []*segment)) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.closed {
		return
	}
	k.waiting = append(k.waiting, list...)
	if k.idle != nil {
		return
	}
	own, cancel := context.WithCancel(uncounted(context.WithoutCancel(ctx)))
	idle := make(chan struct{})
	k.idle, k.cancel = idle, cancel
	go func() {
		defer close(idle)
		defer cancel()
		for list := k.take(); list != nil; list = k.take() {
			write(own, list)
		}
	}()
}

// take returns what to write next; nil = the worker ends.
func (k *keeper) take() []*segment {
	k.mu.Lock()
	defer k.mu.Unlock()
	n := min(len(k.waiting), segmentsAtOnce)
	if n == 0 || k.closed {
		k.waiting, k.idle = nil, nil
		return nil
	}
	out := k.waiting[:n:n]
	k.waiting = k.waiting[n:]
	return out
}

// settle waits for the worker.
func (k *keeper) settle(ctx context.Context) error {
	k.mu.Lock()
	idle := k.idle
	k.mu.Unlock()
	if idle == nil {
		return nil
	}
	select {
	case <-idle:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// close ends the worker and waits for it.
func (k *keeper) close() {
	k.mu.Lock()
	k.closed = true
	idle, cancel := k.idle, k.cancel
	k.mu.Unlock()
	if idle != nil {
		cancel()
		<-idle
	}
}
