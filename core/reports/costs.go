package reports

import (
	"context"
	"math/bits"
	"slices"
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
type spreader struct{ rest, each, left, of uint64 }

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
	days := c.l.sessions
	byCampaign := map[core.CampaignID][]int32{}
	for i, p := range c.l.costs {
		p.before = make([]uint64, len(days)+1)
		byCampaign[p.CampaignID] = append(byCampaign[p.CampaignID], int32(i))
	}
	plans, memory := make([]costDay, len(days)), c.q.service.days.account(c.q.Account)
	_ = inParallel(len(days), c.workers, func(_, i int) error {
		plans[i] = c.planDay(byCampaign, days[i])
		c.countVisitsOf(&plans[i], days[i], memory.day(days[i]), i)
		return nil
	})
	for _, p := range c.l.costs {
		for i := 1; i < len(p.before); i++ {
			p.before[i] += p.before[i-1]
		}
	}
	err := inParallel(len(days), c.workers, func(w, i int) error {
		if len(plans[i].all) > 0 && c.overlaps(days[i]) {
			c.spreadCosts(w, i, &plans[i])
		}
		return ctx.Err()
	})
	for i, p := range c.l.costs {
		if p.before[len(days)] == 0 {
			c.spreadOverDays(i, p)
		}
	}
	return err
}

// costDay says which costs each origin of a day belongs to.
type costDay struct {
	all []int32 // the costs that have visits on this day, by number
	// first is one of them for each origin, -1 for none; next is another one for the same origin, in all's order.
	first, next []int32
	// whole: all of these costs cover the whole day, so that there is one for each origin at most.
	whole bool
}

// planDay finds the costs of a day's origins. Periods of one campaign's costs don't overlap, so two at most meet in a UTC day.
func (c *counter) planDay(byCampaign map[core.CampaignID][]int32, d *SessionDay) costDay {
	from := int64(d.Day) * DayMS
	out := costDay{whole: true}
	for i, o := range d.Origins {
		if o.Campaign == 0 {
			continue
		}
		for _, n := range byCampaign[o.Campaign] {
			p := c.l.costs[n]
			if from >= p.in.to || from+DayMS <= p.in.from {
				continue
			}
			if out.first == nil {
				out.first, out.next = filled(len(d.Origins)), filled(len(d.Origins))
			}
			if out.first[i] < 0 {
				out.first[i] = n
			} else {
				out.next[i] = n
			}
			out.whole = out.whole && from >= p.in.from && from+DayMS <= p.in.to
			if !slices.Contains(out.all, n) {
				out.all = append(out.all, n)
			}
		}
	}
	return out
}

func filled(n int) []int32 {
	out := make([]int32, n)
	for i := range out {
		out[i] = -1
	}
	return out
}

// find returns the cost a visit belongs to, -1 for none.
func (p *costDay) find(costs []*costPlan, entry uint32, at int64) int32 {
	n := p.first[entry]
	if p.whole || n < 0 || costs[n].in.has(at) {
		return n
	}
	if n = p.next[entry]; n >= 0 && costs[n].in.has(at) {
		return n
	}
	return -1
}

// countVisitsOf counts a day's visits of each cost into before[day+1].
func (c *counter) countVisitsOf(p *costDay, d *SessionDay, m *dayMemory, day int) {
	if len(p.all) == 0 {
		return
	}
	if p.whole {
		for entry, n := range m.sum(d, countVisits) {
			if cost := p.first[entry]; cost >= 0 {
				c.l.costs[cost].before[day+1] += uint64(n)
			}
		}
		return
	}
	for r, entry := range d.OriginOf {
		if cost := p.find(c.l.costs, entry, d.at(r)); cost >= 0 {
			c.l.costs[cost].before[day+1]++
		}
	}
}

// spreadCosts gives a day's visits their parts.
func (c *counter) spreadCosts(worker, day int, p *costDay) {
	d, t := c.l.sessions[day], c.tallies[worker]
	at, counts := c.q.costMeasures()
	groups := c.groupers[worker].sessions(d, c.l.in)
	t.grow(c.q.scheme.count())
	running := make([]spreader, len(c.l.costs))
	for i, count := range counts {
		for _, n := range p.all {
			running[n] = c.l.costs[n].spreader(count, day)
		}
		out := t.columns[at[i]]
		for r, entry := range d.OriginOf {
			if n := p.find(c.l.costs, entry, d.at(r)); n >= 0 {
				part := float64(running[n].next())
				out[groups[r]] += part
				if c.onCost != nil {
					c.onCost(int(n), groups[r], part)
				}
				if i == 0 {
					t.rows[groups[r]]++
				}
			}
		}
	}
}

// spreader begins with the first visit of a day.
func (c *costPlan) spreader(count costCount, day int) spreader {
	visits := c.before[len(c.before)-1]
	if visits == 0 {
		return spreader{}
	}
	return newSpreader(c.amounts()[count-1], c.before[day], visits)
}

// spreadOverDays gives a cost without visits to the days of its period, on the campaign and its site.
func (c *counter) spreadOverDays(number int, p *costPlan) {
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
			a, of := amounts[n-1], uint64(days)
			part := float64(partUpTo(a, uint64(k)+1, of) - partUpTo(a, uint64(k), of))
			t.columns[at[i]][group] += part
			if c.onCost != nil {
				c.onCost(number, group, part)
			}
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
