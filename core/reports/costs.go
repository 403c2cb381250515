package reports

import (
	"context"
	"math/bits"
	"time"

	"github.com/skvoz/skvoz/core"
)

// costPlan spreads one cost over the visits of its campaign in its period, in order of time: the k-th of V visits, from 0, gets
// ⌊amount·(k+1)/V⌋ − ⌊amount·k/V⌋, so that all together get the amount exactly.
type costPlan struct {
	CampaignCost
	in span
	// before is how many of its visits lie before each day of loaded.sessions; the last is how many there are.
	before []uint64
}

func (q *query) planCosts(ctx context.Context, l *loaded, period Period) error {
	costs, err := q.service.Costs.CampaignCosts(ctx, q.Account, period)
	for _, c := range costs {
		l.costs = append(l.costs, &costPlan{CampaignCost: c, in: spanOf(Period{c.From, c.To}, q.zone)})
	}
	return err
}

// amounts of a cost, by costCount - 1.
func (c *costPlan) amounts() [countImpressions]uint64 {
	return [...]uint64{uint64(max(0, c.Amount.Minor)), uint64(max(0, c.Clicks)), uint64(max(0, c.Impressions))}
}

// partUpTo is ⌊amount·k/of⌋.
func partUpTo(amount, k, of uint64) uint64 {
	hi, lo := bits.Mul64(amount, k)
	part, _ := bits.Div64(hi, lo, of)
	return part
}

// spreader gives out parts one after the other without dividing each time.
type spreader struct{ whole, rest, each, left, of uint64 }

func newSpreader(amount, k, of uint64) spreader {
	hi, lo := bits.Mul64(amount, k)
	_, rest := bits.Div64(hi, lo, of)
	return spreader{each: amount / of, left: amount % of, rest: rest, of: of}
}

func (s *spreader) next() uint64 {
	part := s.each
	if s.rest += s.left; s.rest >= s.of {
		s.rest -= s.of
		part++
	}
	return part
}

// costMeasures are the positions of measures of costs, with what they count.
func (q *query) costMeasures() (at []int, counts []costCount) {
	for i, m := range q.measures {
		if m.cost != 0 {
			at, counts = append(at, i), append(counts, m.cost)
		}
	}
	return at, counts
}

func (c *counter) countCosts(ctx context.Context) error {
	if len(c.l.costs) == 0 {
		return nil
	}
	byCampaign := map[core.CampaignID][]*costPlan{}
	for _, p := range c.l.costs {
		p.before = make([]uint64, len(c.l.sessions)+1)
		byCampaign[p.CampaignID] = append(byCampaign[p.CampaignID], p)
	}
	days := c.l.sessions
	_ = inParallel(len(days), c.workers, func(_, i int) error { countVisitsOf(byCampaign, days[i], i); return nil })
	for _, p := range c.l.costs {
		for i := 1; i < len(p.before); i++ {
			p.before[i] += p.before[i-1]
		}
	}
	err := inParallel(len(days), c.workers, func(w, i int) error {
		if c.overlaps(days[i]) {
			c.spreadCosts(w, i, byCampaign)
		}
		return ctx.Err()
	})
	for _, p := range c.l.costs {
		if p.before[len(days)] == 0 {
			c.spreadOverDays(p)
		}
	}
	return err
}

// plansOf are the costs each origin of a day belongs to; nil where none does.
func plansOf(byCampaign map[core.CampaignID][]*costPlan, d *SessionDay) [][]*costPlan {
	var out [][]*costPlan
	for i, o := range d.Origins {
		plans := byCampaign[o.Campaign]
		if o.Campaign == 0 || len(plans) == 0 {
			continue
		}
		if out == nil {
			out = make([][]*costPlan, len(d.Origins))
		}
		for _, p := range plans {
			if from := int64(d.Day) * DayMS; from < p.in.to && from+DayMS > p.in.from {
				out[i] = append(out[i], p)
			}
		}
	}
	return out
}

// countVisitsOf counts a day's visits of each cost into before[day+1].
func countVisitsOf(byCampaign map[core.CampaignID][]*costPlan, d *SessionDay, day int) {
	plans := plansOf(byCampaign, d)
	if plans == nil {
		return
	}
	for r, entry := range d.OriginOf {
		for _, p := range plans[entry] {
			if p.in.has(d.at(r)) {
				p.before[day+1]++
			}
		}
	}
}

// spreadCosts gives a day's visits their parts.
func (c *counter) spreadCosts(worker, day int, byCampaign map[core.CampaignID][]*costPlan) {
	d := c.l.sessions[day]
	plans := plansOf(byCampaign, d)
	if plans == nil {
		return
	}
	at, counts := c.q.costMeasures()
	groups, t := c.groupers[worker].sessions(d, c.l.in), c.tallies[worker]
	t.grow(c.q.scheme.count())
	running := map[*costPlan][]spreader{}
	for _, of := range plans {
		for _, p := range of {
			if running[p] == nil && p.before[day+1] > p.before[day] {
				running[p] = p.spreaders(counts, p.before[day])
			}
		}
	}
	for r, entry := range d.OriginOf {
		for _, p := range plans[entry] {
			if !p.in.has(d.at(r)) {
				continue
			}
			g := groups[r]
			t.rows[g]++
			spreaders := running[p]
			for i := range spreaders {
				t.columns[at[i]][g] += float64(spreaders[i].next())
			}
		}
	}
}

func (c *costPlan) spreaders(counts []costCount, from uint64) []spreader {
	amounts := c.amounts()
	out := make([]spreader, len(counts))
	for i, n := range counts {
		out[i] = newSpreader(amounts[n-1], from, c.before[len(c.before)-1])
	}
	return out
}

// spreadOverDays gives a cost without visits to the days of its period, on the campaign and its site.
func (c *counter) spreadOverDays(p *costPlan) {
	at, counts := c.q.costMeasures()
	amounts, days := p.amounts(), p.To.Number()-p.From.Number()+1
	g, t := c.groupers[0], c.tallies[0]
	for k := range days {
		day := time.Date(p.From.Year, p.From.Month, p.From.Day+k, 0, 0, 0, 0, c.q.zone).UnixMilli()
		if !c.l.in.has(day) {
			continue
		}
		group := g.costGroup(Origin{Site: p.Site, Campaign: p.CampaignID}, day)
		if group == 0 {
			continue
		}
		t.grow(int(group) + 1)
		t.rows[group]++
		for i, n := range counts {
			a, of := amounts[n-1], uint64(days) //nolint:gosec // positive
			t.columns[at[i]][group] += float64(partUpTo(a, uint64(k)+1, of) - partUpTo(a, uint64(k), of))
		}
	}
}

func (g *grouper) costGroup(o Origin, day int64) uint32 {
	var parts [placeCount]uint32
	for n, p := range g.s.places {
		switch p {
		case inOrigin:
			parts[n] = g.origin(o)
		case inTime:
			parts[n] = g.slot(inTime, day)
		default:
			parts[n] = g.undefined[p]
		}
	}
	return g.group(parts[:len(g.s.places)])
}
