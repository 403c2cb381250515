package reports

import (
	"context"
	"slices"
	"time"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/attribution"
	"github.com/skvoz/skvoz/core/deals"
)

// The bounds of requests.
const (
	MaxColumns    = 40
	MaxPeriodDays = 366
	MaxRows       = 1000
	maxDays       = 365
)

// query is a request made ready, with all that counting needs to know.
type query struct {
	Request
	service  *Service
	zone     *time.Location
	lookback int64 // ms
	window   int64 // ms
	now      time.Time
	// funnels are those that count; nil = all.
	funnels map[core.FunnelID]bool
	// entities is what each CRM's conversion model looks at.
	entities map[core.CRMID]int
	all      []deals.Funnel
	crms     []deals.CRM

	words    *words
	traffic  map[core.TrafficID]*traffic
	labels   map[NameKind]map[int64]string
	scheme   *scheme
	models   []modelUse
	measures []measure
	columns  []column
	needsIDs bool // of sessions
}

// modelUse is a model some column asks for. The weighers of data-driven models differ by fact and are made when the facts are there.
type modelUse struct {
	id   attribution.ModelID
	comm attribution.Weigher
	deal attribution.Weigher
}

// measure is a counted figure under a model (an index into query.models).
type measure struct {
	*metric
	model int
}

// column is a column made ready: a measure, or an expression over measures.
type column struct {
	Column
	measure    int
	expression *expression
}

// span is a period in unix ms, to is not included.
type span struct{ from, to int64 }

func (s span) has(at int64) bool { return at >= s.from && at < s.to }

// firstDay and lastDay are UTC days that may have facts of the span.
func (s span) firstDay() int { return int(floorDiv(s.from, DayMS)) }
func (s span) lastDay() int  { return int(floorDiv(s.to-1, DayMS)) }

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

func spanOf(p Period, zone *time.Location) span {
	after := p.To
	after.Day++
	return span{p.From.In(zone).UnixMilli(), after.In(zone).UnixMilli()}
}

func (p Period) validate(field string) error {
	switch days := p.To.Number() - p.From.Number() + 1; {
	case days < 1:
		return core.Invalid(field, "out_of_order", "the period ends before it begins")
	case days > MaxPeriodDays:
		return core.Invalid(field, "too_long", "a period has at most %d days", MaxPeriodDays)
	}
	return nil
}

// entity is what the conversion model of a CRM looks at.
func (q *query) entity(crm core.CRMID) int { return q.entities[crm] }

// isCohort: the calendar selects visits, not facts.
func (q *query) isCohort() bool { return q.Report == KindEndToEnd }

// prepare checks a request and reads what is needed to count. grouped are the dimensions rows are grouped by, below the rows of path.
func (s *Service) prepare(ctx context.Context, r Request, grouped, above []DimensionID) (*query, error) {
	if err := r.validate(); err != nil {
		return nil, err
	}
	return s.ready(ctx, r, grouped, above)
}

// ready reads what is needed to count a request that was checked.
func (s *Service) ready(ctx context.Context, r Request, grouped, above []DimensionID) (*query, error) {
	account, err := s.Accounts.Account(ctx, r.Account)
	if err != nil {
		return nil, err
	}
	q := &query{Request: r, service: s, now: s.Clock.Now(), words: newWords(), traffic: map[core.TrafficID]*traffic{}, labels: map[NameKind]map[int64]string{}}
	if q.zone, err = time.LoadLocation(account.Timezone); err != nil {
		q.zone = time.UTC
	}
	settings, err := s.Saved.ReportSettings(ctx, r.Account)
	if err != nil {
		return nil, err
	}
	q.lookback = int64(orDefault(r.LookbackDays, settings.LookbackDays)) * DayMS
	q.window = int64(orDefault(r.WindowDays, settings.WindowDays)) * DayMS
	if err := q.readDeals(ctx); err != nil {
		return nil, err
	}
	if err := q.bindColumns(ctx); err != nil {
		return nil, err
	}
	q.scheme, err = newScheme(q.words, q.label, findAll(grouped), findAll(above), r.Path, r.Filter)
	return q, err
}

func orDefault(n, fallback int) int {
	if n == 0 {
		return fallback
	}
	return n
}

func findAll(ids []DimensionID) []*dimension {
	out := make([]*dimension, len(ids))
	for i, id := range ids {
		out[i] = findDimension(id)
	}
	return out
}

func (r *Request) validate() error {
	if !slices.Contains(kinds, r.Report) {
		return core.Invalid("report", "unknown_report", "there is no report %q", r.Report)
	}
	if err := r.Period.validate("period"); err != nil {
		return err
	}
	if r.Compare != nil {
		if err := r.Compare.validate("compare"); err != nil {
			return err
		}
	}
	if err := r.validateDimensions(); err != nil {
		return err
	}
	switch {
	case r.LookbackDays < 0 || r.LookbackDays > maxDays:
		return core.Invalid("lookbackDays", "out_of_range", "the look-back is from 1 to %d days", maxDays)
	case r.WindowDays < 0 || r.WindowDays > maxDays:
		return core.Invalid("windowDays", "out_of_range", "the window is from 1 to %d days", maxDays)
	case len(r.Columns) == 0 || len(r.Columns) > MaxColumns:
		return core.Invalid("columns", "out_of_range", "a table has from 1 to %d columns", MaxColumns)
	case r.Limit < 1 || r.Limit > MaxRows:
		return core.Invalid("limit", "out_of_range", "a page has from 1 to %d rows", MaxRows)
	case r.Offset < 0:
		return core.Invalid("offset", "out_of_range", "the offset must not be negative")
	case r.SortBy < -1 || r.SortBy >= len(r.Columns):
		return core.Invalid("sortBy", "out_of_range", "there is no such column to sort by")
	}
	switch r.ConversionModel {
	case "", deals.LastBeforeDeal, deals.LastBeforeContact, deals.LastBeforeLead:
		return nil
	}
	return core.Invalid("conversionModel", "unknown_model", "there is no conversion model %q", r.ConversionModel)
}

func (r *Request) validateDimensions() error {
	if len(r.Dimensions) == 0 || len(r.Dimensions) > maxDimensions {
		return core.Invalid("dimensions", "out_of_range", "a table has from 1 to %d dimensions", maxDimensions)
	}
	for i, id := range r.Dimensions {
		switch {
		case findDimension(id) == nil:
			return core.Invalid("dimensions", "unknown_dimension", "there is no dimension %q", id)
		case slices.Contains(r.Dimensions[:i], id):
			return core.Invalid("dimensions", "repeated", "the dimension %q is there twice", id)
		}
	}
	if len(r.Path) > len(r.Dimensions) {
		return core.Invalid("path", "too_long", "the path is longer than there are dimensions")
	}
	return nil
}

// readDeals reads what is known of the CRMs: funnels that count, and conversion models.
func (q *query) readDeals(ctx context.Context) (err error) {
	if q.all, err = q.service.Deals.Funnels(ctx, q.Account, 0); err != nil {
		return err
	}
	if q.crms, err = q.service.Deals.CRMs(ctx, q.Account); err != nil {
		return err
	}
	q.entities = make(map[core.CRMID]int, len(q.crms))
	for _, c := range q.crms {
		model := c.ConversionModel
		if q.ConversionModel != "" {
			model = q.ConversionModel
		}
		q.entities[c.ID] = entityOf(model)
	}
	q.chooseFunnels()
	return nil
}

func entityOf(m deals.ConversionModel) int {
	switch m {
	case deals.LastBeforeContact:
		return ByContact
	case deals.LastBeforeLead:
		return ByLead
	}
	return ByDeal
}

func (q *query) chooseFunnels() {
	if len(q.Funnels) > 0 {
		q.funnels = make(map[core.FunnelID]bool, len(q.Funnels))
		for _, id := range q.Funnels {
			q.funnels[id] = true
		}
		return
	}
	if q.Report == KindDeals || q.Report == KindSummary {
		return
	}
	q.funnels = make(map[core.FunnelID]bool, len(q.all))
	for _, f := range q.all {
		q.funnels[f.ID] = f.InReports
	}
}

// countsFunnel says whether deals of a funnel count. A deal without a funnel counts unless funnels were asked for.
func (q *query) countsFunnel(id core.FunnelID) bool {
	return q.funnels == nil || q.funnels[id] || id == 0 && len(q.Funnels) == 0
}
