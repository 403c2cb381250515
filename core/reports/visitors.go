package reports

import (
	"context"
	"math/bits"
	"sync"
)

// maxBitmapWords bounds the bitmaps of one count to 32 MB; above, different visitors are counted by a slower way that needs less.
const maxBitmapWords = 4 << 20

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
	memory := c.q.service.days.account(c.q.Account)
	var days []*dayMemory
	for _, d := range c.l.sessions {
		if c.overlaps(d) {
			days = append(days, memory.day(d))
		}
	}
	words := (memory.visitors(days) + 63) / 64
	groups := c.q.scheme.count()
	c.visitors = make([]visitorCounts, c.workers)
	return inParallel(c.workers, c.workers, func(_, part int) error {
		r := visitorRange{from: uint32(words*part/c.workers) * 64, words: words*(part+1)/c.workers - words*part/c.workers} //nolint:gosec // small
		if words*groups > maxBitmapWords {
			return c.listVisitors(ctx, c.groupers[part], days, r, &c.visitors[part])
		}
		return c.mapVisitors(ctx, c.groupers[part], days, r, groups, &c.visitors[part])
	})
}

// visitorRange are the visitors with numbers from from on, 64 to a word.
type visitorRange struct {
	from  uint32
	words int
}

// mapVisitors keeps one bit for each visitor in each group.
func (c *counter) mapVisitors(ctx context.Context, g *grouper, days []*dayMemory, in visitorRange, groups int, out *visitorCounts) error {
	maps := c.q.service.words.get(in.words * groups)
	defer c.q.service.words.put(maps)
	width, stride := uint32(in.words*64), uint32(in.words) //nolint:gosec // below maxBitmapWords
	for _, m := range days {
		groups := g.sessions(m.of, c.l.in)
		for r, v := range m.visitors {
			if v -= in.from; v < width {
				maps[groups[r]*stride+v>>6] |= 1 << (v & 63)
			}
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	out.groups = make([]float64, groups)
	any := maps[:in.words] // group 0 is not counted, so its map is free
	clear(any)
	for group := 1; group < groups; group++ {
		n := 0
		for i, word := range maps[group*in.words : (group+1)*in.words] {
			n += bits.OnesCount64(word)
			any[i] |= word
		}
		out.groups[group] = float64(n)
	}
	for _, word := range any {
		out.total += float64(bits.OnesCount64(word))
	}
	return nil
}

// listVisitors keeps the first group of each visitor, and further ones in a table.
func (c *counter) listVisitors(ctx context.Context, g *grouper, days []*dayMemory, in visitorRange, out *visitorCounts) error {
	first, width := make([]uint32, in.words*64), uint32(in.words*64) //nolint:gosec // as many as visitors
	var further pairs
	out.groups = make([]float64, c.q.scheme.count())
	for _, m := range days {
		groups := g.sessions(m.of, c.l.in)
		for r, v := range m.visitors {
			group := groups[r]
			if v -= in.from; v >= width || group == 0 || first[v] == group {
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
