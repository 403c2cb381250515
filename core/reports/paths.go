package reports

import (
	"cmp"
	"context"
	"slices"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/attribution"
)

// PathStep is a channel, source or campaign on a path.
type PathStep struct{ Key, Label string }

// PathRow is a sequence of steps that led to deals; the same step twice in a row is one. No steps: nothing is known before these deals.
type PathRow struct {
	Steps   []PathStep
	Deals   int
	Revenue int64 // minor units
	// Share is the part of all deals of the report, in percent.
	Share float64
}

// PathReport shows the paths of deals in several views.
type PathReport struct {
	// Rows are the most frequent paths.
	Rows []PathRow
	// Lengths are by number of visits before deals, 0 to 9 and "10+"; Lags by whole days between the first visit and the deal's creation.
	Lengths, Lags []Bucket
	// Flow has the links of a diagram: up to four steps, then the rest folded, then the deal. Deals without a path have none.
	Flow []FlowLink
	// Paths is how many different ones there are, Deals and Revenue those of all.
	Paths   int
	Deals   int
	Revenue int64
}

// Bucket is one bar of a distribution of deals.
type Bucket struct {
	// Key is a number or range: "3", "8-14", "91+"; "" = deals without a path.
	Key     string
	Deals   int
	Revenue int64
	Share   float64 // of all deals, in percent
}

const (
	maxPaths = 1000
	// unlimited is the greatest number of days.
	unlimited = 1 << 30
)

// Paths returns the paths of the deals created in the period, the most frequent first. The request's first dimension says what steps are: channel,
// source or campaign. A filter lets deals through that have a visit it holds for. KindInvalid: another dimension, or limit not 1 to 1000.
func (s *Service) Paths(ctx context.Context, r Request, limit int) (PathReport, error) {
	if limit < 1 || limit > maxPaths {
		return PathReport{}, core.Invalid("limit", "out_of_range", "from 1 to %d paths can be listed", maxPaths)
	}
	p, err := s.dealPaths(ctx, r)
	if err != nil {
		return PathReport{}, err
	}
	out := PathReport{Paths: len(p.paths), Deals: p.deals, Revenue: p.revenue, Lengths: p.lengths.shares(), Lags: p.lags.shares(), Flow: p.flow()}
	order := p.byDeals()
	for _, i := range order[:min(limit, len(order))] {
		path := p.paths[i]
		row := PathRow{Deals: int(path.Conversions), Revenue: int64(path.Value), Share: percentOf(path.Conversions, p.deals)}
		for _, code := range path.Channels {
			row.Steps = append(row.Steps, p.step(code))
		}
		out.Rows = append(out.Rows, row)
	}
	return out, nil
}

func pathLength(w *factWorker) int { return len(w.touches) }

// pathLag is in whole days, -1 without a path.
func pathLag(w *factWorker, d *DealDay, row int) int {
	if len(w.touches) == 0 {
		return -1
	}
	return int((d.at(row) - w.touches[0].At) / DayMS)
}

type bucketEnd struct {
	key  string
	upTo int // included
}

var (
	lengthBuckets = []bucketEnd{
		{"0", 0}, {"1", 1}, {"2", 2}, {"3", 3}, {"4", 4}, {"5", 5}, {"6", 6}, {"7", 7}, {"8", 8}, {"9", 9}, {"10+", unlimited},
	}
	lagBuckets = []bucketEnd{
		{"", -1}, {"0", 0}, {"1", 1}, {"2-3", 3}, {"4-7", 7}, {"8-14", 14}, {"15-30", 30}, {"31-60", 60}, {"61-90", 90}, {"91+", unlimited},
	}
)

// histogram counts deals by a number.
type histogram struct {
	ends    []bucketEnd
	buckets []Bucket
	deals   int
}

func newHistogram(ends []bucketEnd) *histogram {
	h := &histogram{ends: ends, buckets: make([]Bucket, len(ends))}
	for i, e := range ends {
		h.buckets[i].Key = e.key
	}
	return h
}

func (h *histogram) add(n int, revenue int64) {
	i := slices.IndexFunc(h.ends, func(e bucketEnd) bool { return n <= e.upTo })
	h.buckets[i].Deals++
	h.buckets[i].Revenue += revenue
	h.deals++
}

// shares returns the buckets with their shares.
func (h *histogram) shares() []Bucket {
	for i := range h.buckets {
		h.buckets[i].Share = percentOf(float64(h.buckets[i].Deals), h.deals)
	}
	return h.buckets
}

func percentOf(part float64, of int) float64 {
	if of == 0 {
		return 0
	}
	return tidy(part / float64(of) * 100)
}

// eachDeal calls visit for the deals created in the period that the filter lets through; the worker's touches are the deal's path.
func (s *Service) eachDeal(ctx context.Context, r Request, visit func(w *factWorker, d *DealDay, row int)) (*query, error) {
	if r.Report == KindEndToEnd {
		r.Report = KindAssociated // by the deals' own date, of the same funnels
	}
	r.Columns, r.SortBy, r.Limit, r.Offset = []ColumnRef{{Metric: "deals"}}, -1, 1, 0
	if err := r.validateDimensions(); err != nil {
		return nil, err
	}
	q, err := s.prepare(ctx, r, nil, r.Dimensions[:len(r.Path)])
	if err != nil {
		return nil, err
	}
	l, err := q.load(ctx, r.Period)
	if err != nil {
		return nil, err
	}
	w := &factWorker{grouper: newGrouper(q), in: l.in, emit: func(*share) {}}
	w.onPath = func(d *DealDay, row int) {
		if w.passes() {
			visit(w, d, row)
		}
	}
	for _, d := range l.deals {
		if err := w.deals(ctx, d); err != nil {
			return nil, err
		}
	}
	return q, nil
}

// passes says whether the filter lets a deal through as credited to any of its touches.
func (w *factWorker) passes() bool {
	f := &w.at
	if len(w.touches) == 0 {
		return w.groupAt(f, -1) != 0
	}
	for k := range w.touches {
		if w.groupOfTouch(f, k) != 0 {
			return true
		}
	}
	return false
}

// dealPaths are the paths of deals in units of a dimension.
type dealPaths struct {
	pathSet
	q       *query
	unit    *dimension
	codes   map[int64]int32
	values  []int64 // by code
	deals   int
	revenue int64
	lengths *histogram
	lags    *histogram

	day      *DealDay // whose origins have the codes ofOrigin
	ofOrigin []int32
	steps    []int32
}

// units are the dimensions steps of paths can be.
var units = []DimensionID{"channel", "source", "campaign"}

// newDealPaths has no paths yet. KindInvalid with reason bad_unit: steps cannot be of the request's first dimension.
func newDealPaths(r Request) (*dealPaths, error) {
	if len(r.Dimensions) == 0 || !slices.Contains(units, r.Dimensions[0]) {
		return nil, core.Invalid("dimensions", "bad_unit", "steps of paths are channels, sources or campaigns")
	}
	return &dealPaths{pathSet: *newPathSet(), unit: findDimension(r.Dimensions[0]), codes: map[int64]int32{}, lengths: newHistogram(lengthBuckets), lags: newHistogram(lagBuckets)}, nil
}

func (s *Service) dealPaths(ctx context.Context, r Request) (*dealPaths, error) {
	p, err := newDealPaths(r)
	if err != nil {
		return nil, err
	}
	q, err := s.eachDeal(ctx, r, func(w *factWorker, d *DealDay, row int) {
		p.add(p.stepsOf(w, d), float64(d.Revenue[row]))
		p.deals++
		p.revenue += d.Revenue[row]
		p.lengths.add(pathLength(w), d.Revenue[row])
		p.lags.add(pathLag(w, d, row), d.Revenue[row])
	})
	if err != nil {
		return nil, err
	}
	p.q = q
	return p, q.readLabels(ctx, p.unit.names, p.values)
}

// stepsOf are the codes of the steps of the worker's deal, good until the next call.
func (p *dealPaths) stepsOf(w *factWorker, d *DealDay) []int32 {
	if d != p.day {
		p.day, p.ofOrigin = d, p.codesOf(p.ofOrigin[:0], w.q, d)
	}
	p.steps = p.steps[:0]
	for _, i := range w.index {
		if c := p.ofOrigin[d.Touches.OriginOf[i]]; len(p.steps) == 0 || p.steps[len(p.steps)-1] != c {
			p.steps = append(p.steps, c)
		}
	}
	return p.steps
}

// codesOf appends the code of each origin of a day.
func (p *dealPaths) codesOf(dst []int32, q *query, d *DealDay) []int32 {
	for _, o := range d.Touches.Origins {
		v := p.unit.origin(o, q.trafficOf(o.Traffic))
		code, ok := p.codes[v]
		if !ok {
			code = int32(len(p.values))
			p.codes[v] = code
			p.values = append(p.values, v)
		}
		dst = append(dst, code)
	}
	return dst
}

func (p *dealPaths) step(code int32) PathStep {
	v := p.values[code]
	return PathStep{Key: p.unit.write(p.q.words, v), Label: p.q.label(p.unit, v)}
}

// byDeals are the numbers of the paths, the most frequent first, of equal ones the more worth, the shorter, the one met first.
func (p *dealPaths) byDeals() []int {
	order := make([]int, len(p.paths))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		x, y := &p.paths[a], &p.paths[b]
		return cmp.Or(cmp.Compare(y.Conversions, x.Conversions), cmp.Compare(y.Value, x.Value), cmp.Compare(len(x.Channels), len(y.Channels)))
	})
	return order
}

// withSteps are the paths that have steps.
func (p *dealPaths) withSteps() []attribution.ChannelPath {
	return slices.DeleteFunc(slices.Clone(p.paths), func(c attribution.ChannelPath) bool { return len(c.Channels) == 0 })
}
