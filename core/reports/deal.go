package reports

import (
	"context"
	"slices"
	"time"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/attribution"
	"github.com/skvoz/skvoz/core/deals"
)

// DealRequest asks which visits led to deals.
type DealRequest struct {
	Account core.AccountID
	// Model empty = last_click. A model that learns looks at the deals of the year that ends with the month of the deal's creation.
	Model attribution.ModelID
	// ConversionModel empty = that of each deal's CRM; LookbackDays 0 = the account's.
	ConversionModel deals.ConversionModel
	LookbackDays    int
}

// DealAttribution says which visits led to a deal: the same as reports count.
type DealAttribution struct {
	Model           attribution.ModelID
	ConversionModel deals.ConversionModel
	// Deciding is the communication the conversion model chose; 0 = none.
	Deciding core.CommunicationID
	// Moment is what visits are counted up to: the deciding communication's time, else the creation of what the conversion model looks at.
	Moment time.Time
	// Touches have weights that add up to 1 and money that adds up to the deal's; none = nothing is known of where the deal came from.
	Touches []DealTouch
}

// DealTouch is a visit's share in a deal.
type DealTouch struct {
	At      time.Time
	Session core.SessionID
	// Communication is set for one that has a source of its own and no session.
	Communication core.CommunicationID
	Weight        float64
	Revenue       core.Money
	MatchedBy     deals.MatchedBy
}

// conversionModelOf has the conversion models by what they look at.
var conversionModelOf = [...]deals.ConversionModel{ByDeal: deals.LastBeforeDeal, ByContact: deals.LastBeforeContact, ByLead: deals.LastBeforeLead}

// DealAttributions says which visits led to deals of one account under a model, in their order. KindInvalid for an unknown model or a look-back out of
// range, KindUnavailable for a deal that was changed this very moment.
func (s *Service) DealAttributions(ctx context.Context, r DealRequest, list []deals.Deal) ([]DealAttribution, error) {
	if r.Model == "" {
		r.Model = attribution.LastClick
	}
	out := make([]DealAttribution, len(list))
	for _, together := range r.group(list) {
		q, l, err := s.loadDeals(ctx, r, together, list)
		if err != nil {
			return nil, err
		}
		for _, i := range together {
			d, row := findDeal(l.deals, list[i])
			if d == nil {
				return nil, core.Unavailable("the deal is being changed", time.Second, nil)
			}
			out[i] = q.attribute(l, d, row, list[i], r.Model)
		}
	}
	return out, nil
}

func (r *DealRequest) learns() bool { return r.Model == attribution.MarkovRemovalEffect }

// group returns the places of the deals that can be looked at together: all, or for a model that learns those of one month, which learns once.
func (r *DealRequest) group(list []deals.Deal) [][]int {
	var out [][]int
	at := map[int]int{}
	for i, deal := range list {
		month := 0
		if r.learns() {
			year, m, _ := deal.CreatedAt.UTC().Date()
			month = year*12 + int(m)
		}
		if _, ok := at[month]; !ok {
			at[month] = len(out)
			out = append(out, nil)
		}
		out[at[month]] = append(out[at[month]], i)
	}
	return out
}

func (q *query) attribute(l *loaded, d *DealDay, row int, deal deals.Deal, model attribution.ModelID) DealAttribution {
	e := q.entity(deal.CRMID)
	out := DealAttribution{
		Model: model, ConversionModel: conversionModelOf[e], Deciding: d.Deciding[e][row], Moment: time.UnixMilli(q.moment(d, row)).UTC(),
	}
	w := &factWorker{grouper: newGrouper(q), in: l.in, models: []int{0}}
	w.emit = func(sh *share) {
		if t := &d.Touches; sh.touch >= 0 {
			out.Touches = append(out.Touches, DealTouch{
				At: time.UnixMilli(t.At[sh.touch]).UTC(), Session: t.Session[sh.touch], Communication: t.Communication[sh.touch], Weight: sh.weight,
				Revenue: core.Money{Minor: sh.money, Currency: deal.Revenue.Currency}, MatchedBy: matchReasons[t.MatchedBy[sh.touch]],
			})
		}
	}
	w.bind(&w.bound, &d.Touches.VisitFacts)
	w.begin(fact{deal: d, touched: &d.Touches, row: row, at: d.at(row), moment: q.moment(d, row)})
	return out
}

// loadDeals makes ready what is to be known of some of the deals: their days, or the year a model learns from.
func (s *Service) loadDeals(ctx context.Context, r DealRequest, some []int, list []deals.Deal) (*query, *loaded, error) {
	year, month, _ := list[some[0]].CreatedAt.UTC().Date()
	period := Period{From: core.DateOf(time.Date(year, month-11, 1, 0, 0, 0, 0, time.UTC)), To: core.DateOf(time.Date(year, month+1, 0, 0, 0, 0, 0, time.UTC))}
	q, err := s.prepare(ctx, Request{
		Account: r.Account, Report: KindModels, Period: period, Dimensions: []DimensionID{"channel"},
		Columns: []ColumnRef{{Metric: "deals", Model: r.Model}}, ConversionModel: r.ConversionModel, LookbackDays: r.LookbackDays, SortBy: -1, Limit: 1,
	}, []DimensionID{"channel"}, nil)
	if err != nil {
		return nil, nil, err
	}
	l := &loaded{in: spanOf(period, q.zone)}
	if r.learns() {
		l.deals, err = s.Segments.DealDays(ctx, r.Account, l.in.firstDay(), l.in.lastDay()+1) // the month may end earlier in the account's zone
	} else {
		l.deals, err = s.dealDays(ctx, r.Account, list)
	}
	if err != nil {
		return nil, nil, err
	}
	if err := q.readTraffic(ctx, l); err != nil {
		return nil, nil, err
	}
	return q, l, q.makeModels(l)
}

// maxGapDays is how many days without a wanted deal are read rather than asked for separately.
const maxGapDays = 31

// dealDays reads the days on which deals were created, days near each other together.
func (s *Service) dealDays(ctx context.Context, account core.AccountID, list []deals.Deal) ([]*DealDay, error) {
	var wanted []int
	for _, deal := range list {
		wanted = append(wanted, int(floorDiv(deal.CreatedAt.UnixMilli(), DayMS)))
	}
	slices.Sort(wanted)
	var out []*DealDay
	for from := 0; from < len(wanted); {
		to := from
		for to+1 < len(wanted) && wanted[to+1]-wanted[to] <= maxGapDays {
			to++
		}
		days, err := s.Segments.DealDays(ctx, account, wanted[from], wanted[to])
		if err != nil {
			return nil, err
		}
		out = append(out, days...)
		from = to + 1
	}
	return out, nil
}

func findDeal(days []*DealDay, deal deals.Deal) (*DealDay, int) {
	day := int(floorDiv(deal.CreatedAt.UnixMilli(), DayMS))
	for _, d := range days {
		if d.Day != day {
			continue
		}
		if i := slices.Index(d.ID, deal.ID); i >= 0 {
			return d, i
		}
	}
	return nil, 0
}

// Deciding returns the communication each deal is counted to under the conversion model of its CRM; deals without one are missing.
func (s *Service) Deciding(ctx context.Context, account core.AccountID, list []deals.Deal) (map[core.DealID]core.CommunicationID, error) {
	crms, err := s.Deals.CRMs(ctx, account)
	if err != nil {
		return nil, err
	}
	entity := make(map[core.CRMID]int, len(crms))
	for _, c := range crms {
		entity[c.ID] = max(0, slices.Index(conversionModelOf[:], c.ConversionModel))
	}
	days, err := s.dealDays(ctx, account, list)
	if err != nil {
		return nil, err
	}
	out := make(map[core.DealID]core.CommunicationID, len(list))
	for _, deal := range list {
		if d, row := findDeal(days, deal); d != nil && d.Deciding[entity[deal.CRMID]][row] != 0 {
			out[deal.ID] = d.Deciding[entity[deal.CRMID]][row]
		}
	}
	return out, nil
}
