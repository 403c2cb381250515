package reports

import (
	"cmp"
	"context"
	"encoding/base64"
	"slices"
	"strconv"
	"strings"

	"github.com/skvoz/skvoz/core"
)

// maxDrillPage is the most facts of one page.
const maxDrillPage = 100

// Drill shows the facts behind one figure, the newest first; visitors, contacts and the like stand by their newest fact. KindInvalid with reason
// not_countable: the figure is derived from others. Costs show each cost with the part of it that falls into the row.
func (s *Service) Drill(ctx context.Context, r DrillRequest) (Drill, error) {
	q, err := s.prepareDrill(ctx, r)
	if err != nil {
		return Drill{}, err
	}
	period := q.Period
	if r.Compared {
		if q.Compare == nil {
			return Drill{}, core.Invalid("compared", "no_comparison", "the table is not compared with another period")
		}
		period = *q.Compare
	}
	after, err := parseCursor(r.Page.After)
	if err != nil {
		return Drill{}, err
	}
	q.needsIDs = true
	l, err := q.load(ctx, period)
	if err != nil {
		return Drill{}, err
	}
	if err := q.makeModels(l); err != nil {
		return Drill{}, err
	}
	d := &driller{q: q, l: l, g: newGrouper(q), m: q.measures[0].metric, after: after, page: r.Page.First}
	d.g.shift = l.shift
	if err := d.run(ctx); err != nil {
		return Drill{}, err
	}
	return d.end(), nil
}

// end is the page, with its cursor.
func (d *driller) end() Drill {
	d.out.Sum = tidy(d.out.Sum)
	if n := len(d.out.Nodes); n > 0 {
		d.out.EndCursor = d.out.Nodes[n-1].cursor()
	}
	return d.out
}

func (s *Service) prepareDrill(ctx context.Context, r DrillRequest) (*query, error) {
	in := r.Request
	in.Columns = []ColumnRef{r.Column}
	in.SortBy, in.Limit, in.Offset = -1, 1, 0
	if r.Page.First < 1 || r.Page.First > maxDrillPage {
		return nil, core.Invalid("first", "out_of_range", "a page has from 1 to %d facts", maxDrillPage)
	}
	if err := in.validateDimensions(); err != nil {
		return nil, err
	}
	q, err := s.prepare(ctx, in, nil, in.Dimensions[:len(in.Path)])
	if err != nil {
		return nil, err
	}
	if c := q.columns[0]; c.expression != nil || c.Metric.Fact == 0 {
		return nil, core.Invalid("column", "not_countable", "%q is not counted from facts: look at the figures it is made of", c.Metric.ID)
	}
	return q, nil
}

// cursor is a place in the list of facts: the newest first, of the same moment the greater identifier first.
type cursor struct{ at, id int64 }

func (f FactRef) cursor() string {
	return base64.RawURLEncoding.EncodeToString([]byte(strconv.FormatInt(f.At.UnixMilli(), 10) + "." + strconv.FormatInt(f.ID, 10)))
}

// parseCursor reads a cursor; nil for none. Faults are KindInvalid with reason bad_cursor.
func parseCursor(s string) (*cursor, error) {
	if s == "" {
		return nil, nil //nolint:nilnil // none is fine
	}
	bad := core.Invalid("after", "bad_cursor", "not a cursor of this list")
	text, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil {
		return nil, bad
	}
	at, id, ok := strings.Cut(string(text), ".")
	if !ok {
		return nil, bad
	}
	var c cursor
	if c.at, err = strconv.ParseInt(at, 10, 64); err != nil {
		return nil, bad
	}
	if c.id, err = strconv.ParseInt(id, 10, 64); err != nil {
		return nil, bad
	}
	return &c, nil
}

// isPast says whether a fact comes after the cursor.
func (c *cursor) isPast(at, id int64) bool {
	return c == nil || at < c.at || at == c.at && id < c.id
}

// driller collects the facts of one measure.
type driller struct {
	q     *query
	l     *loaded
	g     *grouper
	m     *metric
	after *cursor
	page  int
	out   Drill
	seen  distinct
}

func (d *driller) run(ctx context.Context) error {
	switch {
	case d.m.cost != 0:
		return d.costs(ctx)
	case d.m.session != 0:
		return d.sessions(ctx)
	case d.m.isComm():
		return d.communications(ctx)
	default:
		return d.deals(ctx)
	}
}

// add counts a fact, which comes after all that were added before, and keeps it if it is of the page.
func (d *driller) add(f FactRef) {
	d.out.Total++
	d.out.Sum += f.Value
	if !d.after.isPast(f.At.UnixMilli(), f.ID) {
		return
	}
	if len(d.out.Nodes) == d.page {
		d.out.HasNext = true
		return
	}
	d.out.Nodes = append(d.out.Nodes, f)
}

// isNew says whether a key comes for the first time.
func (d *driller) isNew(key uint64) bool {
	before := d.seen.total
	d.seen.add(key, 1)
	return d.seen.total > before
}

func (d *driller) sessions(ctx context.Context) error {
	for i := len(d.l.sessions) - 1; i >= 0; i-- {
		day := d.l.sessions[i]
		groups := d.g.sessions(day, d.l.in)
		for r := len(groups) - 1; r >= 0; r-- {
			if groups[r] == 0 {
				continue
			}
			if v := d.sessionValue(day, r); v != 0 {
				d.addSession(day, r, v)
			}
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	return nil
}

func (d *driller) addSession(day *SessionDay, row int, value float64) {
	at := day.at(row)
	if len(d.out.Nodes) == d.page && d.out.HasNext || !d.after.isPast(at, int64(day.ID[row])) {
		d.out.Total++
		d.out.Sum += value
		return
	}
	d.add(FactRef{Fact: FactSessions, ID: int64(day.ID[row]), At: moment(at), Share: 1, Value: value})
}

func (d *driller) sessionValue(day *SessionDay, row int) float64 {
	switch d.m.session {
	case countNew:
		return float64(b2i(day.Number[row] == 1))
	case countBounces:
		return float64(b2i(day.Hits[row] <= 1))
	case countHits:
		return float64(day.Hits[row])
	case countSeconds:
		return float64(day.Seconds[row])
	case countVisitors:
		return float64(b2i(d.isNew(uint64(day.Visitor[row]))))
	}
	return 1
}

// rowShares gathers the shares of one fact.
type rowShares struct {
	row          int
	share, value float64
	key          uint64
}

// worker returns a worker whose shares are gathered by row into rows.
func (d *driller) worker(rows *[]rowShares) *factWorker {
	w := &factWorker{grouper: d.g, in: d.l.in, withDeals: d.l.withDeals, models: d.q.modelsOf(func(*metric) bool { return true })}
	at := func(row int) *rowShares {
		if n := len(*rows); n == 0 || (*rows)[n-1].row != row {
			*rows = append(*rows, rowShares{row: row})
		}
		return &(*rows)[len(*rows)-1]
	}
	w.emit = func(s *share) {
		value, key := d.m.deal, d.m.dealKey
		if s.comm != nil {
			value, key = d.m.comm, d.m.commKey
		}
		switch {
		case value != nil:
			if v := value(s); v != 0 {
				r := at(s.row)
				r.share, r.value = r.share+s.weight, r.value+v
			}
		case key != nil && s.weight > 0:
			if k := key(s); k != 0 {
				r := at(s.row)
				r.share, r.key = r.share+s.weight, k
			}
		}
	}
	if d.m.assist != 0 {
		w.onPath = func(day *DealDay, row int) {
			if v := w.assistValue(d.m.assist, day, row); v != 0 {
				r := at(row)
				r.share, r.value = 1, v
			}
		}
	}
	return w
}

// assistValue is what a deal adds to a measure of assists over all touches that the filter lets through.
func (w *factWorker) assistValue(a assistCount, d *DealDay, row int) float64 {
	f := &w.at
	n := len(w.touches)
	if n == 0 {
		if w.groupAt(f, -1) == 0 {
			return 0
		}
		return a.value(d, row, false, true, true)
	}
	assisted := false
	for k := range n - 1 {
		assisted = assisted || w.groupOfTouch(f, k) != 0
	}
	return a.value(d, row, assisted, w.groupOfTouch(f, 0) != 0, w.groupOfTouch(f, n-1) != 0)
}

func (d *driller) communications(ctx context.Context) error {
	var rows []rowShares
	w := d.worker(&rows)
	for i := len(d.l.comms) - 1; i >= 0; i-- {
		day := d.l.comms[i]
		rows = rows[:0]
		if err := w.communications(ctx, day); err != nil {
			return err
		}
		d.addRows(FactCommunications, rows, day.at, func(row int) int64 { return int64(day.ID[row]) })
	}
	return nil
}

func (d *driller) deals(ctx context.Context) error {
	var rows []rowShares
	w := d.worker(&rows)
	for i := len(d.l.deals) - 1; i >= 0; i-- {
		day := d.l.deals[i]
		rows = rows[:0]
		if err := w.deals(ctx, day); err != nil {
			return err
		}
		d.addRows(FactDeals, rows, day.at, func(row int) int64 { return int64(day.ID[row]) })
	}
	return nil
}

// addRows adds a day's facts, the newest first.
func (d *driller) addRows(fact Fact, rows []rowShares, at, id func(int) int64) {
	slices.SortStableFunc(rows, func(a, b rowShares) int {
		return cmp.Or(cmp.Compare(at(b.row), at(a.row)), cmp.Compare(id(b.row), id(a.row)))
	})
	for _, r := range rows {
		if r.key != 0 {
			r.value = float64(b2i(d.isNew(r.key)))
		}
		if r.value != 0 {
			d.add(FactRef{Fact: fact, ID: id(r.row), At: moment(at(r.row)), Share: tidy(r.share), Value: tidy(r.value)})
		}
	}
}
