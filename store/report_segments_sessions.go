package store

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/reports"
	"github.com/skvoz/skvoz/core/visits"
)

// sessionRow is a session as a segment has it.
type sessionRow struct {
	id                    core.SessionID
	visitor               core.VisitorID
	started               int64
	number, hits, seconds uint32
	attribute
}

// sessionDays reads the sessions of the days by the range of their ids, which carry the day.
func (b *dayReading) sessionDays(ctx context.Context) (map[int]any, error) {
	out := make(map[int]any)
	var rows []sessionRow
	day := b.first
	flush := func() {
		if len(rows) > 0 {
			out[day] = sessionDayOf(day, rows)
			rows = rows[:0]
		}
	}
	q := attributesOf(`SELECT s.id, s.visitor_id, s.started_at, s.last_activity_at, s.number, s.hit_count, {attributes}
FROM sessions s WHERE s.account_id = $1 AND s.id >= $2 AND s.id < $3 ORDER BY s.id`, attributesSQL, "$4")
	args := []any{int64(b.account), int64(firstSessionOf(b.first)), int64(firstSessionOf(b.last + 1)), attributeSeparator}
	var id, visitor, started, active, number, hits int64 // plain: the driver takes several times as long for types of one's own
	dest := append([]any{&id, &visitor, &started, &active, &number, &hits}, b.attrs.dest()...)
	err := b.query(ctx, q, args, func(row scanner) error {
		if err := row.Scan(dest...); err != nil {
			return err
		}
		if d := sessionDayNumber(core.SessionID(id)); d != day {
			flush()
			day = d
		}
		rows = append(rows, sessionRow{
			id: core.SessionID(id), visitor: core.VisitorID(visitor), started: started, number: uint32(number), hits: uint32(hits),
			seconds: uint32(max(active-started, 0) / 1000), attribute: b.attrs.taken(),
		})
		return nil
	})
	flush()
	return out, err
}

// firstSessionOf is the smallest id of a session that began on a day.
func firstSessionOf(day int) core.SessionID {
	return visits.FirstSession(time.Unix(int64(day)*86400, 0).UTC())
}

type sessionDay struct {
	day   reports.SessionDay
	facts factsBuilder
}

func newSessionDay(day int) *sessionDay {
	d := &sessionDay{day: reports.SessionDay{Day: day}, facts: newFacts()}
	d.day.VisitFacts = d.facts.VisitFacts
	return d
}

// sessionDayOf makes a segment of the rows of a day, which it puts in order of time.
func sessionDayOf(day int, rows []sessionRow) *reports.SessionDay {
	slices.SortFunc(rows, func(x, y sessionRow) int {
		return cmp.Or(cmp.Compare(x.started, y.started), cmp.Compare(x.id, y.id))
	})
	n := len(rows)
	d := newSessionDay(day)
	out, f := &d.day, &d.facts
	out.ID, out.Visitor = make([]core.SessionID, n), make([]core.VisitorID, n)
	out.At, out.Number, out.Hits, out.Seconds = make([]uint32, n), make([]uint32, n), make([]uint32, n), make([]uint32, n)
	f.OriginOf, f.PlaceOf, f.ClientOf, f.PageOf = make([]uint32, 0, n), make([]uint32, 0, n), make([]uint32, 0, n), make([]uint32, 0, n)
	for i := range rows {
		r := &rows[i]
		out.ID[i], out.Visitor[i], out.At[i] = r.id, r.visitor, clampDay(r.started, day)
		out.Number[i], out.Hits[i], out.Seconds[i] = r.number, r.hits, r.seconds
		f.add(r.attribute)
	}
	out.VisitFacts = f.VisitFacts
	return out
}
