package reports

import (
	"context"
	"slices"
	"time"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/attribution"
	"github.com/skvoz/skvoz/core/deals"
)

// DealRequest asks which visits led to one deal.
type DealRequest struct {
	Account core.AccountID
	Deal    deals.Deal
	// Model empty = last_click. Data-driven models look at the deals of the year before this one.
	Model attribution.ModelID
	// ConversionModel empty = that of the deal's CRM; LookbackDays 0 = the account's.
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

// dataDrivenDays is how many days of deals a data-driven model looks at for a single deal.
const dataDrivenDays = 365

// conversionModelOf has the conversion models by what they look at.
var conversionModelOf = [...]deals.ConversionModel{ByDeal: deals.LastBeforeDeal, ByContact: deals.LastBeforeContact, ByLead: deals.LastBeforeLead}

// DealAttribution says which visits led to a deal under a model. KindInvalid for an unknown model or a look-back out of range, KindUnavailable for
// a deal that was changed this very moment.
func (s *Service) DealAttribution(ctx context.Context, r DealRequest) (DealAttribution, error) {
	list, err := s.DealAttributions(ctx, r, []deals.Deal{r.Deal})
	if err != nil {
		return DealAttribution{}, err
	}
	return list[0], nil
}

// DealAttributions is DealAttribution for several deals of one account, in their order; r.Deal is not looked at.
func (s *Service) DealAttributions(ctx context.Context, r DealRequest, list []deals.Deal) ([]DealAttribution, error) {
	if len(list) == 0 {
		return nil, nil
	}
	if r.Model == "" {
		r.Model = attribution.LastClick
	}
	out := make([]DealAttribution, len(list))
	if r.Model == attribution.MarkovRemovalEffect { // learns from the year before each
		for i := range list {
			if err := s.attributeDeals(ctx, r, list[i:i+1], out[i:i+1]); err != nil {
				return nil, err
			}
		}
		return out, nil
	}
	return out, s.attributeDeals(ctx, r, list, out)
}

func (s *Service) attributeDeals(ctx context.Context, r DealRequest, list []deals.Deal, out []DealAttribution) error {
	q, l, err := s.loadDeals(ctx, r, list)
	if err != nil {
		return err
	}
	for i, deal := range list {
		d, row := findDeal(l.deals, deal)
		if d == nil {
			return core.Unavailable("the deal is being changed", time.Second, nil)
		}
		out[i] = q.attribute(l, d, row, deal, r.Model)
	}
	return nil
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

// loadDeals makes ready what is to be known of deals: their days, and the year before for a model that learns.
func (s *Service) loadDeals(ctx context.Context, r DealRequest, list []deals.Deal) (*query, *loaded, error) {
	if r.Model == attribution.MarkovRemovalEffect {
		r.Deal = list[0]
		return s.loadDeal(ctx, r)
	}
	day := core.DateOf(list[0].CreatedAt.UTC())
	q, err := s.prepare(ctx, Request{
		Account: r.Account, Report: KindModels, Period: Period{From: day, To: day}, Dimensions: []DimensionID{"channel"},
		Columns: []ColumnRef{{Metric: "deals", Model: r.Model}}, ConversionModel: r.ConversionModel, LookbackDays: r.LookbackDays, SortBy: -1, Limit: 1,
	}, []DimensionID{"channel"}, nil)
	if err != nil {
		return nil, nil, err
	}
	l := &loaded{in: spanOf(q.Period, q.zone)}
	if l.deals, err = s.dealDays(ctx, r.Account, list); err != nil {
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

// loadDeal makes ready what is to be known of a deal under a model that learns: the year before it.
func (s *Service) loadDeal(ctx context.Context, r DealRequest) (*query, *loaded, error) {
	day := core.DateOf(r.Deal.CreatedAt.UTC())
	first := core.DateOf(r.Deal.CreatedAt.UTC().AddDate(0, 0, -dataDrivenDays+2))
	day.Day++ // the account's day may begin before or after that of UTC
	q, err := s.prepare(ctx, Request{
		Account: r.Account, Report: KindModels, Period: Period{From: first, To: core.DateOf(day.In(time.UTC))}, Dimensions: []DimensionID{"channel"},
		Columns: []ColumnRef{{Metric: "deals", Model: r.Model}}, ConversionModel: r.ConversionModel, LookbackDays: r.LookbackDays, SortBy: -1, Limit: 1,
	}, []DimensionID{"channel"}, nil)
	if err != nil {
		return nil, nil, err
	}
	l, err := q.load(ctx, q.Period)
	if err != nil {
		return nil, nil, err
	}
	return q, l, q.makeModels(l)
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
