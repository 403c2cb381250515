package store

import (
	"context"
	"fmt"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/reports"
)

var _ reports.SegmentKeeper = (*Segments)(nil)

// FactDays implements reports.SegmentKeeper.
func (s *Segments) FactDays(ctx context.Context, account core.AccountID) (first, last int, err error) {
	first, last = 0, -1
	include := func(from, to *int64) {
		if from == nil || to == nil {
			return
		}
		if last < first {
			first, last = dayOf(*from), dayOf(*to)
		}
		first, last = min(first, dayOf(*from)), max(last, dayOf(*to))
	}
	q := `SELECT (SELECT MIN(id) FROM sessions WHERE account_id = $1), (SELECT MAX(id) FROM sessions WHERE account_id = $1),
  (SELECT MIN(at) FROM communications WHERE account_id = $1), (SELECT MAX(at) FROM communications WHERE account_id = $1),
  (SELECT MIN(created_at) FROM deals WHERE account_id = $1), (SELECT MAX(created_at) FROM deals WHERE account_id = $1),
  (SELECT MIN(day) FROM report_segments WHERE account_id = $1), (SELECT MAX(day) FROM report_segments WHERE account_id = $1)`
	var m [8]*int64
	if err := s.db.rawReader().queryRow(ctx, q, int64(account)).Scan(&m[0], &m[1], &m[2], &m[3], &m[4], &m[5], &m[6], &m[7]); err != nil {
		return 0, -1, translate(err)
	}
	for _, id := range m[:2] {
		if id != nil {
			*id = int64(sessionDayNumber(core.SessionID(*id))) * reports.DayMS
		}
	}
	for _, day := range m[6:] {
		if day != nil {
			*day *= reports.DayMS
		}
	}
	for i := 0; i < len(m); i += 2 {
		include(m[i], m[i+1])
	}
	return first, last, nil
}

// KeptSegments implements reports.SegmentKeeper.
func (s *Segments) KeptSegments(ctx context.Context, account core.AccountID, fact reports.Fact, first, last int) ([]reports.KeptSegment, error) {
	a := asking{account, fact, first, last, wantAll}
	found, versions, err := s.inMemory(ctx, a)
	if err != nil {
		return nil, err
	}
	var out []reports.KeptSegment
	var days []int64
	for i, g := range found {
		days = append(days, int64(first+i))
		if g == nil || !g.until.IsZero() {
			continue
		}
		whole := *g
		if g.blob != nil {
			if err := whole.decode(g.blob, wantAll); err != nil {
				return nil, fmt.Errorf("reading a segment in memory: %w", err)
			}
		}
		out = append(out, reports.KeptSegment{Day: first + i, Place: "memory", Data: whole.data})
	}
	err = s.db.rawReader().storedSegments(ctx, account, fact, days, func(row storedSegment) {
		g := &segment{key: segmentKey{account, fact, row.day}}
		if row.version != versions[row.day] || g.decode(row.data, wantAll) != nil {
			return // reports would not use it either
		}
		out = append(out, reports.KeptSegment{Day: row.day, Place: "stored", Data: g.data})
	})
	return out, err
}

// FreshSegments implements reports.SegmentKeeper.
func (s *Segments) FreshSegments(ctx context.Context, account core.AccountID, fact reports.Fact, first, last int) (map[int]any, error) {
	return s.db.buildDays(ctx, s.db.rawReader(), account, fact, first, last)
}

// RebuildSegments implements reports.SegmentKeeper.
func (s *Segments) RebuildSegments(ctx context.Context, account core.AccountID, fact reports.Fact, first, last int) (int, error) {
	err := s.db.inRawTx(ctx, func(tx conn) error {
		_, err := tx.exec(ctx, `DELETE FROM report_segments WHERE account_id = $1 AND kind = $2 AND day BETWEEN $3 AND $4`, int64(account), int16(fact), first, last)
		return err
	})
	if err != nil {
		return 0, err
	}
	s.cache.drop(account, fact, first, last)
	if _, err := s.read(ctx, asking{account, fact, first, last, wantAll}); err != nil {
		return 0, err
	}
	if err := s.Settle(ctx); err != nil {
		return 0, err
	}
	var n int
	q := `SELECT COUNT(*) FROM report_segments WHERE account_id = $1 AND kind = $2 AND day BETWEEN $3 AND $4`
	err = s.db.rawReader().queryRow(ctx, q, int64(account), int16(fact), first, last).Scan(&n)
	return n, translate(err)
}
