package reports

import "context"

// countSessions counts visits. Rows of facts are the visits themselves, so groups with visits are shown even if no column counts them.
func (c *counter) countSessions(ctx context.Context) error {
	if len(c.l.sessions) == 0 || !c.q.has(func(m *metric) bool { return m.session != 0 }) {
		return nil
	}
	days, memory := c.l.sessions, c.q.service.days.account(c.q.Account)
	err := inParallel(len(days), c.workers, func(w, i int) error {
		switch d := days[i]; {
		case !c.overlaps(d):
		case c.groupers[w].byOrigin() && c.covers(d):
			c.tallies[w].origins(c.q, d, memory.day(d), c.groupers[w].originGroups(d))
		default:
			c.tallies[w].sessions(c.q, d, c.groupers[w].sessions(d, c.l.in))
		}
		return ctx.Err()
	})
	if err != nil || !c.q.has(func(m *metric) bool { return m.session == countVisitors }) {
		return err
	}
	return c.countVisitors(ctx)
}

func (c *counter) overlaps(d *SessionDay) bool {
	from := int64(d.Day) * DayMS
	return from < c.l.in.to && from+DayMS > c.l.in.from
}

func (c *counter) covers(d *SessionDay) bool {
	from := int64(d.Day) * DayMS
	return from >= c.l.in.from && from+DayMS <= c.l.in.to
}

// origins adds a whole day by the sums of its origins.
func (t *tally) origins(q *query, d *SessionDay, m *dayMemory, groups []uint32) {
	t.grow(q.scheme.count())
	for entry, n := range m.sum(d, countVisits) {
		t.rows[groups[entry]] += n
	}
	for i, measure := range q.measures {
		if measure.session == 0 || measure.session == countVisitors {
			continue
		}
		out := t.columns[i]
		for entry, n := range m.sum(d, measure.session) {
			out[groups[entry]] += n
		}
	}
}

// sessions adds a day, one column after the other: groups has the group of each row, and group 0 takes what is kept out.
func (t *tally) sessions(q *query, d *SessionDay, groups []uint32) {
	t.grow(q.scheme.count())
	d.addTo(countVisits, t.rows, groups)
	for i, m := range q.measures {
		if m.session != 0 && m.session != countVisitors {
			d.addTo(m.session, t.columns[i], groups)
		}
	}
}
