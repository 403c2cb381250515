package reports

import (
	"context"
	"slices"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/attribution"
	"github.com/skvoz/skvoz/core/visits"
)

// Config is what a Service needs.
type Config struct {
	Segments SegmentStore
	Names    NameStore
	Costs    CostSource
	Deals    DealSource
	Saved    SavedStore
	Accounts AccountSource
	// Clock tells the time; nil = core.SystemClock.
	Clock core.Clock
}

// Service counts reports and keeps what an account set up for them. It is safe for concurrent use.
type Service struct {
	Config
	memory trafficMemory
	days   sessionMemory
	words  wordPool
	// bitmapWords bounds the bitmaps of one worker.
	bitmapWords int
}

// NewService returns a ready service.
func NewService(c Config) *Service {
	if c.Clock == nil {
		c.Clock = core.SystemClock{}
	}
	return &Service{Config: c, bitmapWords: maxBitmapWords}
}

type trafficSources = map[core.TrafficID]visits.TrafficSource

// trafficSources returns traffic sources, from memory where it can.
func (s *Service) trafficSources(ctx context.Context, account core.AccountID, ids []core.TrafficID) (trafficSources, error) {
	out := make(trafficSources, len(ids))
	missing := s.memory.find(account, ids, out)
	if len(missing) == 0 {
		return out, nil
	}
	found, err := s.Names.ReportTraffic(ctx, account, missing)
	if err != nil {
		return nil, err
	}
	s.memory.keep(account, found)
	for id, t := range found {
		out[id] = t
	}
	return out, nil
}

// find puts what it knows into out and returns the rest.
func (m *trafficMemory) find(account core.AccountID, ids []core.TrafficID, out trafficSources) []core.TrafficID {
	m.mu.RLock()
	defer m.mu.RUnlock()
	known := m.known[account]
	var missing []core.TrafficID
	for _, id := range ids {
		if t, ok := known[id]; ok {
			out[id] = t
		} else {
			missing = append(missing, id)
		}
	}
	return missing
}

func (m *trafficMemory) keep(account core.AccountID, found trafficSources) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.known == nil {
		m.known = map[core.AccountID]trafficSources{}
	}
	known := m.known[account]
	if known == nil || len(known)+len(found) > maxKnownTraffic {
		known = trafficSources{}
		m.known[account] = known
	}
	for id, t := range found {
		known[id] = t
	}
}

var kinds = []Kind{KindEndToEnd, KindSummary, KindDeals, KindAssociated, KindModels}

// groupsOf are the groups of metrics each report offers.
var groupsOf = map[Kind][]string{
	KindEndToEnd:   {"visits", "costs", "communications", "deals", "conversion", "return", "stages", "formulas"},
	KindSummary:    {"visits", "costs", "communications", "deals", "conversion", "return", "stages", "formulas"},
	KindDeals:      {"deals", "stages", "formulas"},
	KindAssociated: {"associated", "deals"},
	KindModels:     {"communications", "deals", "costs", "return", "stages", "formulas"},
}

var dimensionGroupsOf = map[Kind][]string{
	KindEndToEnd:   {"source", "visitor", "time", "communication", "deal"},
	KindSummary:    {"source", "visitor", "time", "communication", "deal"},
	KindDeals:      {"source", "visitor", "time", "communication", "deal"},
	KindAssociated: {"source", "visitor", "time", "deal"},
	KindModels:     {"source", "visitor", "time", "communication", "deal"},
}

var defaultDimensions = map[Kind][]DimensionID{
	KindEndToEnd:   {"source", "channel", "campaign"},
	KindSummary:    {"date"},
	KindDeals:      {"deal_employee"},
	KindAssociated: {"channel", "source"},
	KindModels:     {"channel", "source"},
}

var defaultColumns = map[Kind][]MetricID{
	KindEndToEnd:   {"visits", "visitors", "communications", "contacts", "deals", "deals_won", "revenue", "cost", "cpl", "cpd", "romi"},
	KindSummary:    {"visits", "visitors", "communications", "calls", "chats", "requests", "goals", "deals", "revenue", "cost"},
	KindDeals:      {"deals", "deals_open", "deals_won", "deals_lost", "won_share", "revenue", "average_bill", "cycle", "deals_without_source_share"},
	KindAssociated: {"assisted", "last", "first", "assisted_ratio", "assisted_value", "last_value", "first_value"},
	KindModels:     {"deals", "revenue"},
}

// Catalogue lists what a report of an account can show. KindInvalid: no such report.
func (s *Service) Catalogue(ctx context.Context, account core.AccountID, report Kind) (Catalogue, error) {
	if !slices.Contains(kinds, report) {
		return Catalogue{}, core.Invalid("report", "unknown_report", "there is no report %q", report)
	}
	c := Catalogue{Report: report, DefaultDimensions: slices.Clone(defaultDimensions[report])}
	for _, d := range dimensions {
		if slices.Contains(dimensionGroupsOf[report], d.Group) && (report != KindDeals && report != KindAssociated || slices.Contains(d.Facts, FactDeals)) {
			c.Dimensions = append(c.Dimensions, d.Dimension)
		}
	}
	for _, m := range metrics {
		if slices.Contains(groupsOf[report], m.Group) {
			c.Metrics = append(c.Metrics, m.Metric)
		}
	}
	for _, id := range defaultColumns[report] {
		if report != KindModels {
			c.DefaultColumns = append(c.DefaultColumns, ColumnRef{Metric: id})
			continue
		}
		for _, model := range []attribution.ModelID{attribution.LastClick, attribution.LastNonDirectClick, attribution.FirstClick, attribution.Linear} {
			c.DefaultColumns = append(c.DefaultColumns, ColumnRef{Metric: id, Model: model})
		}
	}
	if err := s.addStages(ctx, account, &c); err != nil {
		return Catalogue{}, err
	}
	return c, s.addFormulas(ctx, account, &c)
}

func (s *Service) addStages(ctx context.Context, account core.AccountID, c *Catalogue) error {
	if !slices.Contains(groupsOf[c.Report], "stages") {
		return nil
	}
	funnels, err := s.Deals.Funnels(ctx, account, 0)
	q := query{all: funnels}
	for _, f := range funnels {
		if !f.InReports && c.Report != KindDeals && c.Report != KindSummary {
			continue
		}
		for _, stage := range f.Stages {
			c.Metrics = append(c.Metrics, stageMetric(StageMetric(stage.ID), q.stageTitle).Metric)
			if c.Report != KindDeals {
				c.Metrics = append(c.Metrics, stageMetric(StageCostMetric(stage.ID), q.stageTitle).Metric)
			}
		}
	}
	return err
}

func (s *Service) addFormulas(ctx context.Context, account core.AccountID, c *Catalogue) error {
	if !slices.Contains(groupsOf[c.Report], "formulas") {
		return nil
	}
	formulas, err := s.Saved.Formulas(ctx, account)
	for _, f := range formulas {
		m, err := f.metric(func(id MetricID) *metric { return formulaPart(id) })
		if err == nil {
			c.Metrics = append(c.Metrics, m.Metric)
		}
	}
	return err
}

// formulaPart finds a metric a formula may use: any of all accounts', or of a stage.
func formulaPart(id MetricID) *metric {
	if m := metricByID[id]; m != nil {
		return m
	}
	return stageMetric(id, func(core.StageID) (string, bool) { return "", true })
}
