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
	q := `SELECT MIN(id), MAX(id) FROM sessions WHERE account_id = $1
UNION ALL SELECT MIN(at) / 86400000, MAX(at) / 86400000 FROM communications WHERE account_id = $1
UNION ALL SELECT MIN(created_at) / 86400000, MAX(created_at) / 86400000 FROM deals WHERE account_id = $1
UNION ALL SELECT MIN(day), MAX(day) FROM report_segments WHERE account_id = $1`
	first, last = 0, -1
	isSessions := true // they come first, and their ids carry the day
	err = s.db.rawReader().query(ctx, q, []any{int64(account)}, func(row scanner) error {
		var from, to *int64
		if err := row.Scan(&from, &to); err != nil {
			return err
		}
		if from != nil && to != nil {
			days := [2]int{int(*from), int(*to)}
			if isSessions {
				days = [2]int{sessionDayNumber(core.SessionID(*from)), sessionDayNumber(core.SessionID(*to))}
			}
			if last < first {
				first, last = days[0], days[1]
			}
			first, last = min(first, days[0]), max(last, days[1])
		}
		isSessions = false
		return nil
	})
	return first, last, err
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
