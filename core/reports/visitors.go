package reports

import (
	"context"
	"math/bits"
	"sync"
)

const (
	// maxBitmapWords bounds the bitmaps of one worker to 16 MB. Where they don't suffice, the visitors are divided into ranges.
	maxBitmapWords = 2 << 20
	// maxPasses bounds the ranges, as each takes a pass over all sessions; above, a way is taken that takes one, and more memory for each visitor.
	maxPasses = 4
)

// wordPool lends memory for bitmaps.
type wordPool struct{ pool sync.Pool }

func (p *wordPool) get(n int) []uint64 {
	if list, ok := p.pool.Get().(*[]uint64); ok && cap(*list) >= n {
		out := (*list)[:n]
		clear(out)
		return out
	}
	return make([]uint64, n)
}

func (p *wordPool) put(list []uint64) { p.pool.Put(&list) }

// visitorCounts are different visitors by group, and in all.
type visitorCounts struct {
	groups []float64
	total  float64
}

// countVisitors counts different visitors, exactly. Each worker goes through all days for its own range of visitors, so that nothing need be put
// together. It comes after all groups of sessions are known.
func (c *counter) countVisitors(ctx context.Context) error {
	var days visitorDays
	for _, d := range c.l.sessions {
		if c.overlaps(d) {
			days.days = append(days.days, d)
		}
	}
	var count int
	days.numbers, count = c.q.service.days.account(c.q.Account).visitors(days.days)
	words := (count + 63) / 64
	groups := c.q.scheme.count()
	c.visitors = make([]visitorCounts, c.workers)
	return inParallel(c.workers, c.workers, func(_, part int) error {
		out := &c.visitors[part]
		out.groups = make([]float64, groups)
		r := visitorRange{words * part / c.workers, words * (part + 1) / c.workers}
		most := c.q.service.bitmapWords
		passes := (r.words()*groups + most - 1) / most
		if passes > maxPasses {
			return c.listVisitors(ctx, c.groupers[part], days, r, out)
		}
		for pass := range passes {
			if err := c.mapVisitors(ctx, c.groupers[part], days, r.part(pass, passes), out); err != nil {
				return err
			}
		}
		return nil
	})
}

// visitorDays are days with their visitors' numbers.
type visitorDays struct {
	days    []*SessionDay
	numbers [][]uint32
}

// visitorRange are the visitors with numbers from 64·first to 64·after − 1: a word of a bitmap has 64.
type visitorRange struct{ first, after int }

func (r visitorRange) words() int    { return r.after - r.first }
func (r visitorRange) from() uint32  { return uint32(r.first) * 64 }
func (r visitorRange) width() uint32 { return uint32(r.words()) * 64 }

func (r visitorRange) part(i, of int) visitorRange {
	return visitorRange{r.first + r.words()*i/of, r.first + r.words()*(i+1)/of}
}

// mapVisitors keeps one bit for each visitor in each group.
func (c *counter) mapVisitors(ctx context.Context, g *grouper, days visitorDays, in visitorRange, out *visitorCounts) error {
	words, groups := in.words(), len(out.groups)
	maps := c.q.service.words.get(words * groups)
	defer c.q.service.words.put(maps)
	from, width, stride := in.from(), in.width(), uint32(words)
	for i, d := range days.days {
		of := g.sessions(d, c.l.in)
		for r, v := range days.numbers[i] {
			if v -= from; v < width {
				maps[of[r]*stride+v>>6] |= 1 << (v & 63)
			}
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	anywhere := maps[:words] // group 0 is not counted, so its map is free
	clear(anywhere)
	for group := 1; group < groups; group++ {
		n := 0
		for i, word := range maps[group*words : (group+1)*words] {
			n += bits.OnesCount64(word)
			anywhere[i] |= word
		}
		out.groups[group] += float64(n)
	}
	for _, word := range anywhere {
		out.total += float64(bits.OnesCount64(word))
	}
	return nil
}

// listVisitors keeps the first group of each visitor, and further ones in a table.
func (c *counter) listVisitors(ctx context.Context, g *grouper, days visitorDays, in visitorRange, out *visitorCounts) error {
	from, width := in.from(), in.width()
	first := make([]uint32, width)
	var further pairs
	for i, d := range days.days {
		groups := g.sessions(d, c.l.in)
		for r, v := range days.numbers[i] {
			group := groups[r]
			if v -= from; v >= width || group == 0 || first[v] == group {
				continue
			}
			if first[v] == 0 {
				first[v] = group
				out.total++
			} else if _, ok := further.get(v+1, group); ok {
				continue
			} else {
				further.put(v+1, group, 0)
			}
			out.groups[group]++
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	return nil
}
