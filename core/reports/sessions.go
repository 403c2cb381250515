package reports

import "context"

// countSessions counts visits. Rows of facts are the visits themselves, so groups with visits are shown even if no column counts them.
func (c *counter) countSessions(ctx context.Context) error {
	if len(c.l.sessions) == 0 || !c.q.has(func(m *metric) bool { return m.session != 0 }) {
		return nil
	}
	days := c.l.sessions
	err := inParallel(len(days), c.workers, func(w, i int) error {
		if c.overlaps(days[i]) {
			c.tallies[w].sessions(c.q, days[i], c.groupers[w].sessions(days[i], c.l.in))
		}
		return ctx.Err()
	})
	if err != nil || !c.q.has(func(m *metric) bool { return m.session == countVisitors }) {
		return err
	}
	c.visitors = make([]*distinct, c.workers)
	return inParallel(c.workers, c.workers, func(w, part int) error { return c.countVisitors(ctx, c.groupers[w], part) })
}

func (c *counter) overlaps(d *SessionDay) bool {
	from := int64(d.Day) * DayMS
	return from < c.l.in.to && from+DayMS > c.l.in.from
}

// sessions adds a day, one column after the other: groups has the group of each row, and group 0 takes what is kept out.
func (t *tally) sessions(q *query, d *SessionDay, groups []uint32) {
	t.grow(q.scheme.count())
	rows := t.rows
	for _, g := range groups {
		rows[g]++
	}
	for i, m := range q.measures {
		out := t.columns[i]
		switch m.session {
		case countVisits:
			for _, g := range groups {
				out[g]++
			}
		case countNew:
			for r, g := range groups {
				out[g] += float64(b2i(d.Number[r] == 1))
			}
		case countBounces:
			for r, g := range groups {
				out[g] += float64(b2i(d.Hits[r] <= 1))
			}
		case countHits:
			addColumn(out, groups, d.Hits)
		case countSeconds:
			addColumn(out, groups, d.Seconds)
		}
	}
}

func addColumn(out []float64, groups, column []uint32) {
	for r, g := range groups {
		out[g] += float64(column[r])
	}
}

// countVisitors counts the different visitors of one part of all: each worker goes through all days for its own visitors, so that the parts need not
// be put together.
func (c *counter) countVisitors(ctx context.Context, g *grouper, part int) error {
	d := new(distinct)
	c.visitors[part] = d
	mine, parts := uint64(part), uint64(c.workers) //nolint:gosec // small
	for _, day := range c.l.sessions {
		if !c.overlaps(day) {
			continue
		}
		groups := g.sessions(day, c.l.in)
		for r, v := range day.Visitor {
			if groups[r] != 0 && partOf(uint64(v), parts) == mine { //nolint:gosec // identifiers are positive
				d.add(uint64(v), groups[r]) //nolint:gosec // identifiers are positive
			}
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	return nil
}

// partOf divides keys evenly, by bits that tables of distinct keys don't use.
func partOf(key, parts uint64) uint64 {
	return (key * 0x9E3779B97F4A7C15 >> 40) * parts >> 24
}
