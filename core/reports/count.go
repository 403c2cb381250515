package reports

import (
	"context"
	"slices"
	"time"

	"github.com/skvoz/skvoz/core/attribution"
)

// figures are counted figures: by measure, then group.
type figures struct {
	columns [][]float64
	// rows is how many facts a group has; groups without any are not shown.
	rows   []float64
	totals []float64
	asOf   time.Time
}

// tally is what one goroutine counted.
type tally struct {
	columns [][]float64
	rows    []float64
	totals  []float64 // of measures whose rows don't add up to it
	keys    [][]groupKey
}

// groupKey is one of the things of which different ones are counted.
type groupKey struct {
	key   uint64
	group uint32
}

func newTally(measures int) *tally {
	return &tally{columns: make([][]float64, measures), totals: make([]float64, measures), keys: make([][]groupKey, measures)}
}

func (t *tally) grow(groups int) {
	t.rows = growTo(t.rows, groups)
	for i := range t.columns {
		t.columns[i] = growTo(t.columns[i], groups)
	}
}

func growTo(list []float64, n int) []float64 {
	if n <= len(list) {
		return list
	}
	return append(list, make([]float64, max(n, 2*len(list))-len(list))...)
}

// count counts the query's measures in a period.
func (q *query) count(ctx context.Context, period Period) (*figures, error) {
	l, err := q.load(ctx, period)
	if err != nil {
		return nil, err
	}
	if err := q.makeModels(l); err != nil {
		return nil, err
	}
	c := &counter{q: q, l: l, workers: workers()}
	for range c.workers {
		g := newGrouper(q)
		g.shift = l.shift
		c.groupers = append(c.groupers, g)
		c.tallies = append(c.tallies, newTally(len(q.measures)))
	}
	for _, step := range []func(context.Context) error{c.countSessions, c.countCosts, c.countCommunications, c.countDeals} {
		if err := step(ctx); err != nil {
			return nil, err
		}
	}
	return c.figures(), nil
}

// counter is one count.
type counter struct {
	q        *query
	l        *loaded
	workers  int
	groupers []*grouper
	tallies  []*tally
	visitors []visitorCounts // by worker, each for a part of the visitors
	// onCost, if set, is told each part of a cost (by its place in loaded.costs) that is given to a group.
	onCost func(cost int, group uint32, part float64)
}

func (c *counter) countCommunications(ctx context.Context) error {
	if len(c.l.comms) == 0 {
		return nil
	}
	workers := c.factWorkers((*metric).isComm)
	return inParallel(len(c.l.comms), c.workers, func(w, i int) error { return workers[w].communications(ctx, c.l.comms[i]) })
}

func (c *counter) countDeals(ctx context.Context) error {
	if len(c.l.deals) == 0 || !c.q.has((*metric).isDeal) {
		return nil
	}
	workers := c.factWorkers((*metric).isDeal)
	return inParallel(len(c.l.deals), c.workers, func(w, i int) error { return workers[w].deals(ctx, c.l.deals[i]) })
}

func (c *counter) factWorkers(holds func(*metric) bool) []*factWorker {
	out := make([]*factWorker, c.workers)
	for i := range out {
		w := &factWorker{grouper: c.groupers[i], in: c.l.in, withDeals: c.l.withDeals, models: c.q.modelsOf(holds)}
		w.emit = c.tallies[i].shares(c.q)
		if c.q.has(func(m *metric) bool { return m.assist != 0 }) {
			w.onPath = func(d *DealDay, row int) { c.tallies[i].assists(w, d, row) }
		}
		out[i] = w
	}
	return out
}

// modelsOf are the models under which measures that hold are asked for.
func (q *query) modelsOf(holds func(*metric) bool) []int {
	var out []int
	for _, m := range q.measures {
		if holds(m.metric) && m.model >= 0 && !slices.Contains(out, m.model) {
			out = append(out, m.model)
		}
	}
	return out
}

// shares returns what adds a share to the tally.
func (t *tally) shares(q *query) func(*share) {
	type adder struct {
		measure int
		comm    func(*share) float64
		deal    func(*share) float64
		commKey func(*share) uint64
		dealKey func(*share) uint64
	}
	of := make([][]adder, len(q.models))
	for i, m := range q.measures {
		if m.model >= 0 {
			of[m.model] = append(of[m.model], adder{i, m.comm, m.deal, m.commKey, m.dealKey})
		}
	}
	return func(s *share) {
		if int(s.group) >= len(t.rows) {
			t.grow(int(s.group) + 1)
		}
		t.rows[s.group]++
		for i := range of[s.model] {
			a := &of[s.model][i]
			value, key := a.deal, a.dealKey
			if s.comm != nil {
				value, key = a.comm, a.commKey
			}
			if value != nil {
				t.columns[a.measure][s.group] += value(s)
			} else if key != nil && s.weight > 0 {
				if k := key(s); k != 0 {
					t.keys[a.measure] = append(t.keys[a.measure], groupKey{k, s.group})
				}
			}
		}
	}
}

// assists counts a deal's path for the report on associated conversions.
func (t *tally) assists(w *factWorker, d *DealDay, row int) {
	f := &w.at
	n := len(w.touches)
	if n == 0 {
		g := w.groupAt(f, -1)
		t.assist(w.q, d, row, g, false, true, true)
		return
	}
	for k := range w.touches {
		w.groupOfTouch(f, k)
	}
	path := w.groupPath()
	anyAssist := false
	attribution.Assists(path, func(group int32, assisted, first, last bool) {
		if group != 0 {
			anyAssist = anyAssist || assisted
			t.assist(w.q, d, row, uint32(group), assisted, first, last)
		}
	})
	if anyAssist {
		t.assistTotals(w.q, d, row)
	}
}

// groupPath is the path with groups in the place of channels.
func (w *factWorker) groupPath() attribution.Path {
	w.grouped = w.grouped[:0]
	for k := range w.touches {
		w.grouped = append(w.grouped, attribution.Touch{At: w.touches[k].At, Channel: int32(w.of[k])})
	}
	return attribution.Path{Touches: w.grouped}
}

func (t *tally) assist(q *query, d *DealDay, row int, group uint32, assisted, first, last bool) {
	if group == 0 {
		return
	}
	t.grow(int(group) + 1)
	t.rows[group]++
	for i, m := range q.measures {
		if m.assist != 0 {
			t.columns[i][group] += m.assist.value(d, row, assisted, first, last)
		}
	}
}

func (t *tally) assistTotals(q *query, d *DealDay, row int) {
	for i, m := range q.measures {
		if m.assist == countAssisted || m.assist == countAssistedValue {
			t.totals[i] += m.assist.value(d, row, true, false, false)
		}
	}
}

func (a assistCount) value(d *DealDay, row int, assisted, first, last bool) float64 {
	holds := assisted
	switch a {
	case countLast, countLastValue:
		holds = last
	case countFirst, countFirstValue:
		holds = first
	}
	switch {
	case !holds:
		return 0
	case a == countAssistedValue, a == countLastValue, a == countFirstValue:
		return float64(d.Revenue[row])
	}
	return 1
}

// figures puts together what the workers counted.
func (c *counter) figures() *figures {
	groups := c.q.scheme.count()
	f := &figures{asOf: c.l.asOf, columns: make([][]float64, len(c.q.measures)), rows: make([]float64, groups), totals: make([]float64, len(c.q.measures))}
	for _, t := range c.tallies {
		add(f.rows, t.rows)
	}
	for i, m := range c.q.measures {
		f.columns[i] = make([]float64, groups)
		if m.session == countVisitors {
			for _, d := range c.visitors {
				add(f.columns[i], d.groups)
				f.totals[i] += d.total
			}
			continue
		}
		if m.commKey != nil || m.dealKey != nil {
			f.columns[i], f.totals[i] = c.different(i, groups)
			continue
		}
		for _, t := range c.tallies {
			add(f.columns[i], t.columns[i])
			f.totals[i] += t.totals[i]
		}
		if m.IsAdditive {
			for _, v := range f.columns[i][min(1, groups):] {
				f.totals[i] += v
			}
		}
	}
	return f
}

func (c *counter) different(measure, groups int) ([]float64, float64) {
	var d distinct
	for _, t := range c.tallies {
		for _, k := range t.keys[measure] {
			d.add(k.key, k.group)
		}
	}
	out := make([]float64, groups)
	copy(out, d.counts)
	return out, d.total
}

// add adds list to sums; groups beyond sums are none.
func add(sums, list []float64) {
	for i := range min(len(sums), len(list)) {
		sums[i] += list[i]
	}
}
