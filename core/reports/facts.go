package reports

import (
	"context"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/attribution"
	"github.com/skvoz/skvoz/core/deals"
)

// share is a part of a communication or deal that is credited to one touch, or the whole of one that has no touches. Exactly one of comm and deal
// is set; row is its row.
type share struct {
	comm     *CommunicationDay
	deal     *DealDay
	row      int
	touch    int // index into the day's touches; -1 = none
	campaign core.CampaignID
	weight   float64
	money    int64
	hasDeal  bool
	model    int
	group    uint32
}

func (s *share) weightIf(holds bool) float64 {
	if holds {
		return s.weight
	}
	return 0
}

func (s *share) moneyIf(holds bool) float64 {
	if holds {
		return float64(s.money)
	}
	return 0
}

func (s *share) status() deals.StageStatus { return dealStatuses[s.deal.Status[s.row]] }

func (s *share) match() deals.Match { return dealMatches[s.deal.Match[s.row]] }

// isMatched says whether something of the deal's person was found, and of nobody else.
func (s *share) isMatched() bool {
	switch s.match() {
	case deals.MatchID, deals.MatchPhone, deals.MatchEmail, deals.MatchVisitor:
		return true
	case deals.MatchAmbiguous, deals.MatchNone:
	}
	return false
}

// reached says whether the deal was ever in a stage.
func (s *share) reached(stage core.StageID) bool {
	for i := s.deal.StageFrom[s.row]; i < s.deal.StageFrom[s.row+1]; i++ {
		if s.deal.Stages[i] == stage {
			return true
		}
	}
	return false
}

// factWorker goes through communications and deals for one goroutine.
type factWorker struct {
	*grouper
	in        span
	withDeals map[core.CommunicationID]struct{}
	// emit gets every share that counts, of every model in models; group 0 is never handed out. The share is good for the call only.
	emit   func(s *share)
	models []int
	// onPath, if set, is called for each deal of the period with its path, before its shares.
	onPath func(d *DealDay, row int)

	bound   boundVisits
	touches []attribution.Touch
	index   []int32 // of each touch in the day's touches
	of      []uint32
	ofSet   []bool
	grouped []attribution.Touch
	weights []float64
	money   []int64
	at      fact
	share   share
	factKey uint32
	hasFact bool
}

// fact is the row the worker is at.
type fact struct {
	comm    *CommunicationDay
	deal    *DealDay
	touched *Touches
	row     int
	at      int64
	moment  int64
	site    core.SiteID
}

// communications goes through a day.
func (w *factWorker) communications(ctx context.Context, d *CommunicationDay) error {
	w.bind(&w.bound, &d.Touches.VisitFacts)
	for i := range d.ID {
		at := d.at(i)
		if !w.q.isCohort() && !w.in.has(at) {
			continue
		}
		w.begin(fact{comm: d, touched: &d.Touches, row: i, at: at, moment: at, site: d.Site[i]})
	}
	return ctx.Err()
}

// deals goes through a day.
func (w *factWorker) deals(ctx context.Context, d *DealDay) error {
	w.bind(&w.bound, &d.Touches.VisitFacts)
	for i := range d.ID {
		at := d.at(i)
		if at < w.in.from || !w.q.isCohort() && at >= w.in.to || !w.q.countsFunnel(d.Funnel[i]) {
			continue
		}
		f := fact{deal: d, touched: &d.Touches, row: i, at: at, moment: w.q.moment(d, i)}
		w.begin(f)
	}
	return ctx.Err()
}

// moment is when a deal was decided: its deciding communication, else the creation of what the conversion model looks at.
func (q *query) moment(d *DealDay, row int) int64 {
	e := q.entity(d.CRM[row])
	if d.Deciding[e][row] != 0 {
		return d.DecidingAt[e][row]
	}
	if at := d.EntityAt[e][row]; at != 0 {
		return at
	}
	return d.at(row)
}

func (w *factWorker) begin(row fact) {
	w.at = row
	f := &w.at
	w.hasFact = false
	w.path(f)
	if w.onPath != nil {
		w.onPath(f.deal, f.row)
	}
	w.share = share{comm: f.comm, deal: f.deal, row: f.row}
	s := &w.share
	if f.comm != nil {
		_, s.hasDeal = w.withDeals[f.comm.ID[f.row]]
	}
	if len(w.touches) == 0 {
		w.untouched(f, s)
		return
	}
	for _, m := range w.models {
		s.model = m
		w.credit(f, s)
	}
}

// path collects the touches within the look-back, oldest first.
func (w *factWorker) path(f *fact) {
	t := f.touched
	w.touches, w.index = w.touches[:0], w.index[:0]
	from := f.moment - w.q.lookback
	for i := t.Start[f.row]; i < t.Start[f.row+1]; i++ {
		at := t.At[i]
		if at < from || at > f.moment {
			continue
		}
		touch := w.bound.touches[t.OriginOf[i]]
		touch.At = at
		w.touches = append(w.touches, touch)
		w.index = append(w.index, int32(i))
	}
	w.of = resize(w.of, len(w.touches))
	if cap(w.ofSet) < len(w.touches) {
		w.ofSet = make([]bool, len(w.touches)*2)
	}
	w.ofSet = w.ofSet[:len(w.touches)]
	clear(w.ofSet)
	w.mark(f)
}

// mark says which touches created the lead and the deal.
func (w *factWorker) mark(f *fact) {
	n := len(w.touches)
	if n == 0 {
		return
	}
	if f.comm != nil {
		w.touches[n-1].Flags |= attribution.FlagLead
		return
	}
	w.touches[n-1].Flags |= attribution.FlagDeal
	lead := f.deal.EntityAt[ByLead][f.row]
	if lead == 0 {
		lead = f.deal.EntityAt[ByContact][f.row]
	}
	if lead == 0 {
		return
	}
	for i := n - 1; i >= 0; i-- {
		if w.touches[i].At <= lead {
			w.touches[i].Flags |= attribution.FlagLead
			return
		}
	}
}

func (w *factWorker) untouched(f *fact, s *share) {
	if !w.in.has(f.at) {
		return
	}
	s.touch, s.weight = -1, 1
	if f.deal != nil {
		s.money = f.deal.Revenue[f.row]
	}
	if s.group = w.groupAt(f, -1); s.group == 0 {
		return
	}
	for _, m := range w.models {
		s.model = m
		w.emit(s)
	}
}

// credit divides a fact under one model.
func (w *factWorker) credit(f *fact, s *share) {
	p := attribution.Path{Touches: w.touches, Moment: f.moment}
	w.weigh(f, s.model, p)
	if f.deal != nil {
		w.money = attribution.SplitMoney(f.deal.Revenue[f.row], w.weights, w.money[:0])
	}
	for k, weight := range w.weights {
		if weight <= 0 && (f.deal == nil || w.money[k] == 0) {
			continue
		}
		if at := w.touches[k].At; w.q.isCohort() && (!w.in.has(at) || f.moment > at+w.q.window) {
			continue
		}
		if s.group = w.groupOfTouch(f, k); s.group == 0 {
			continue
		}
		s.touch, s.weight = int(w.index[k]), weight
		s.campaign = f.touched.Origins[f.touched.OriginOf[w.index[k]]].Campaign
		if f.deal != nil {
			s.money = w.money[k]
		}
		w.emit(s)
	}
}

// weigh fills w.weights. The last click of a communication is the session it happened in, even if the person began another one meanwhile.
func (w *factWorker) weigh(f *fact, model int, p attribution.Path) {
	m := &w.q.models[model]
	weigher := m.deal
	if f.comm != nil {
		weigher = m.comm
		if own := f.comm.Session[f.row]; own != 0 && m.id == attribution.LastClick {
			for k := len(w.index) - 1; k >= 0; k-- {
				if f.touched.Session[w.index[k]] == own {
					w.only(k)
					return
				}
			}
		}
	}
	w.weights = weigher.Weights(w.weights[:0], p)
}

// only gives all to the k-th touch.
func (w *factWorker) only(k int) {
	w.weights = w.weights[:0]
	for i := range w.index {
		w.weights = append(w.weights, float64(b2i(i == k)))
	}
}

func (w *factWorker) groupOfTouch(f *fact, k int) uint32 {
	if !w.ofSet[k] {
		w.of[k], w.ofSet[k] = w.groupAt(f, k), true
	}
	return w.of[k]
}

// groupAt is the group of a fact as credited to its k-th touch, or to none (-1).
func (w *factWorker) groupAt(f *fact, k int) uint32 {
	var parts [placeCount]uint32
	for n, p := range w.s.places {
		if parts[n] = w.partAt(f, k, p); parts[n] == 0 {
			return 0
		}
	}
	return w.group(parts[:len(w.s.places)])
}

func (w *factWorker) partAt(f *fact, k int, p place) uint32 {
	switch p {
	case inTime:
		if k >= 0 && w.q.isCohort() {
			return w.slot(inTime, w.touches[k].At)
		}
		return w.slot(inTime, f.at)
	case inOwn:
		if f.deal != nil {
			return w.slot(inOwn, f.at)
		}
	case inFact:
		return w.factPart(f)
	case inOrigin:
		if k < 0 {
			return w.origin(Origin{Site: f.site})
		}
		return w.bound.origin[f.touched.OriginOf[w.index[k]]]
	}
	if k >= 0 {
		switch t := f.touched; p {
		case inPlace:
			return w.bound.region[t.PlaceOf[w.index[k]]]
		case inClient:
			return w.bound.client[t.ClientOf[w.index[k]]]
		case inPage:
			return w.bound.page[t.PageOf[w.index[k]]]
		}
	}
	return w.undefined[p]
}

func (w *factWorker) factPart(f *fact) uint32 {
	if w.hasFact {
		return w.factKey
	}
	w.hasFact = true
	w.factKey = w.fact(func(d *dimension) int64 {
		switch {
		case f.comm != nil && d.comm != nil:
			return d.comm(w.s.words, f.comm, f.row)
		case f.deal != nil && d.deal != nil:
			return d.deal(w.q, f.deal, f.row)
		}
		return 0
	})
	return w.factKey
}
