package reports

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/skvoz/skvoz/core"
)

// loaded are the segments of one count.
type loaded struct {
	in span
	// shift is by how many days the period lies before the one it is compared with.
	shift    int
	sessions []*SessionDay
	comms    []*CommunicationDay
	deals    []*DealDay
	// withDeals are the communications that decided deals.
	withDeals map[core.CommunicationID]struct{}
	costs     []*costPlan
	asOf      time.Time
}

func (m *metric) isComm() bool { return m.comm != nil || m.commKey != nil }
func (m *metric) isDeal() bool { return m.deal != nil || m.dealKey != nil || m.assist != 0 }

// load reads the segments the query's measures are counted from, and the names the filter looks at.
func (q *query) load(ctx context.Context, period Period) (*loaded, error) {
	l := &loaded{in: spanOf(period, q.zone), shift: q.Period.From.Number() - period.From.Number(), asOf: q.now}
	store, today := q.service.Segments, int(floorDiv(q.now.UnixMilli(), DayMS))
	if q.has(func(m *metric) bool { return m.cost != 0 }) {
		if err := q.planCosts(ctx, l, period); err != nil {
			return nil, err
		}
	}
	var err error
	if q.has(func(m *metric) bool { return m.session != 0 }) || len(l.costs) > 0 {
		first, last := l.sessionDays()
		if l.sessions, l.asOf, err = store.SessionDays(ctx, q.Account, first, last, q.sessionColumns()); err != nil {
			return nil, err
		}
	}
	if q.has((*metric).isComm) {
		last := l.in.lastDay()
		if q.isCohort() {
			last = int(floorDiv(l.in.to-1+q.window, DayMS))
		}
		if l.comms, err = store.CommunicationDays(ctx, q.Account, l.in.firstDay(), min(last, today)); err != nil {
			return nil, err
		}
	}
	if q.has((*metric).isDeal) {
		last := l.in.lastDay()
		if q.isCohort() {
			last = max(last, today)
		}
		if l.deals, err = store.DealDays(ctx, q.Account, l.in.firstDay(), last); err != nil {
			return nil, err
		}
	}
	if err := q.markWithDeals(ctx, l, today); err != nil {
		return nil, err
	}
	if err := q.readTraffic(ctx, l); err != nil {
		return nil, err
	}
	return l, q.readFilterLabels(ctx, l)
}

// markWithDeals finds the communications that decided deals, whenever these were created.
func (q *query) markWithDeals(ctx context.Context, l *loaded, today int) error {
	if !q.has(func(m *metric) bool { return m.ID == "communications_with_deals" }) {
		return nil
	}
	days, err := q.service.Segments.DealDays(ctx, q.Account, l.in.firstDay(), max(today, l.in.lastDay()))
	if err != nil {
		return err
	}
	l.withDeals = map[core.CommunicationID]struct{}{}
	for _, d := range days {
		for i := range d.ID {
			if id := d.Deciding[q.entity(d.CRM[i])][i]; id != 0 && q.countsFunnel(d.Funnel[i]) {
				l.withDeals[id] = struct{}{}
			}
		}
	}
	return nil
}

// sessionDays are the days of the period and of all costs that fall in it.
func (l *loaded) sessionDays() (first, last int) {
	first, last = l.in.firstDay(), l.in.lastDay()
	for _, c := range l.costs {
		first, last = min(first, c.in.firstDay()), max(last, c.in.lastDay())
	}
	return first, last
}

func (q *query) sessionColumns() SessionColumns {
	want := SessionColumns{ID: q.needsIDs}
	for _, m := range q.measures {
		switch m.session {
		case countVisitors:
			want.Visitor = true
		case countNew:
			want.Number = true
		case countBounces, countHits:
			want.Hits = true
		case countSeconds:
			want.Seconds = true
		}
	}
	want.Number = want.Number || q.scheme.needs(inVisitor)
	want.Place, want.Client, want.Page = q.scheme.needs(inPlace), q.scheme.needs(inClient), q.scheme.needs(inPage)
	return want
}

// eachVisits calls visit for all short lists of visits that matter.
func (l *loaded) eachVisits(visit func(v *VisitFacts)) {
	for _, d := range l.sessions {
		visit(&d.VisitFacts)
	}
	for _, d := range l.comms {
		visit(&d.Touches.VisitFacts)
	}
	for _, d := range l.deals {
		visit(&d.Touches.VisitFacts)
	}
}

// readTraffic reads the traffic sources of the segments.
func (q *query) readTraffic(ctx context.Context, l *loaded) error {
	var missing []core.TrafficID
	l.eachVisits(func(v *VisitFacts) {
		for i := range v.Origins {
			id := v.Origins[i].Traffic
			if _, ok := q.traffic[id]; !ok && id != 0 {
				q.traffic[id] = nil
				missing = append(missing, id)
			}
		}
	})
	found, err := q.service.trafficSources(ctx, q.Account, missing)
	for id, s := range found {
		q.traffic[id] = newTraffic(q.words, s)
	}
	return err
}

// readFilterLabels reads the names that conditions of the filter compare with.
func (q *query) readFilterLabels(ctx context.Context, l *loaded) error {
	for _, d := range q.scheme.labelled() {
		ids := map[int64]struct{}{}
		add := func(v int64) {
			if v != 0 {
				ids[v] = struct{}{}
			}
		}
		l.eachVisits(func(v *VisitFacts) {
			for i := range v.Origins {
				if d.origin != nil {
					add(d.origin(v.Origins[i], noTraffic))
				}
			}
			for i := range v.Pages {
				if d.place == inPage {
					add(int64(v.Pages[i]))
				}
			}
		})
		q.factValues(l, d, add)
		list := make([]int64, 0, len(ids))
		for id := range ids {
			list = append(list, id)
		}
		if err := q.readLabels(ctx, d.names, list); err != nil {
			return err
		}
	}
	return nil
}

func (q *query) factValues(l *loaded, d *dimension, add func(int64)) {
	if d.comm != nil {
		for _, day := range l.comms {
			for i := range day.ID {
				add(d.comm(q.words, day, i))
			}
		}
	}
	if d.deal != nil {
		for _, day := range l.deals {
			for i := range day.ID {
				add(d.deal(q, day, i))
			}
		}
	}
}

// readLabels reads names into q.labels.
func (q *query) readLabels(ctx context.Context, kind NameKind, ids []int64) error {
	known := q.labels[kind]
	if known == nil {
		known = map[int64]string{}
		q.labels[kind] = known
	}
	switch kind {
	case "":
		return nil
	case NamesOfFunnels, NamesOfStages:
		for _, f := range q.all {
			if kind == NamesOfFunnels {
				known[int64(f.ID)] = f.Name
			}
			for _, s := range f.Stages {
				if kind == NamesOfStages {
					known[int64(s.ID)] = s.Name
				}
			}
		}
		return nil
	case NamesOfCRMs:
		for _, c := range q.crms {
			known[int64(c.ID)] = c.Name
		}
		return nil
	}
	var missing []int64
	for _, id := range ids {
		if _, ok := known[id]; !ok && id != 0 {
			missing = append(missing, id)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	found, err := q.service.Names.ReportNames(ctx, q.Account, kind, missing)
	for id, name := range found {
		known[id] = name
	}
	return err
}

// label returns what a value is called; its key where it has no name.
func (q *query) label(d *dimension, value int64) string {
	if name, ok := q.labels[d.names][value]; ok && d.names != "" && value != 0 {
		return name
	}
	return d.write(q.words, value)
}

// maxKnownTraffic bounds what the service remembers of one account: a traffic source's id is a hash of its content, so it never changes.
const maxKnownTraffic = 200_000

// trafficMemory remembers traffic sources. The zero value is ready.
type trafficMemory struct { // by account
	mu    sync.RWMutex
	known map[core.AccountID]trafficSources
}

// inParallel calls work(worker, i) for i from 0 to n-1, each once, by as many workers as there are processors.
func inParallel(n, workers int, work func(worker, i int) error) error {
	if workers <= 1 || n <= 1 {
		for i := range n {
			if err := work(0, i); err != nil {
				return err
			}
		}
		return nil
	}
	var next atomic.Int64
	var wg sync.WaitGroup
	errs := make([]error, workers)
	for w := range workers {
		wg.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= n || errs[w] != nil {
					return
				}
				errs[w] = work(w, i)
			}
		})
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func workers() int { return min(runtime.GOMAXPROCS(0), 8) }
