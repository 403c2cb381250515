package reports

import (
	"strconv"
	"strings"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/comms"
	"github.com/skvoz/skvoz/core/deals"
)

const (
	won  = deals.StageSuccess
	lost = deals.StageFailed
	open = deals.StageInProcess
)

// counted says how a figure is counted; exactly one field is set.
type counted struct {
	session sessionCount
	cost    costCount
	// comm and deal are what a share adds; commKey and dealKey what different ones of are counted (0 = none).
	comm    func(s *share) float64
	commKey func(s *share) uint64
	deal    func(s *share) float64
	dealKey func(s *share) uint64
	assist  assistCount
}

type (
	sessionCount uint8
	costCount    uint8
	assistCount  uint8
)

const (
	countVisits sessionCount = iota + 1
	countNew
	countBounces
	countHits
	countSeconds
	countVisitors
)

const (
	countCost costCount = iota + 1
	countClicks
	countImpressions
)

const (
	countAssisted assistCount = iota + 1
	countLast
	countFirst
	countAssistedValue
	countLastValue
	countFirstValue
)

// metric is a figure with what it takes to compute it: counted, or by Formula.
type metric struct {
	Metric
	counted
	expression *expression
}

func (m *metric) isCounted() bool { return m.expression == nil }

// metrics are all but those of stages and formulas, in the order in which to offer them.
var metrics, metricByID = func() ([]*metric, map[MetricID]*metric) {
	var all []*metric
	all = append(all, visitMetrics()...)
	all = append(all, costMetrics()...)
	all = append(all, communicationMetrics()...)
	all = append(all, dealMetrics()...)
	all = append(all, conversionMetrics()...)
	all = append(all, associatedMetrics()...)
	byID := make(map[MetricID]*metric, len(all))
	for _, m := range all {
		byID[m.ID] = m
	}
	known := func(id MetricID) bool { return byID[id] != nil }
	for _, m := range all {
		if m.Formula == "" {
			continue
		}
		e, err := parseExpression(m.Formula, known)
		if err != nil {
			panic("core/reports: the formula of " + string(m.ID) + ": " + err.Error())
		}
		m.expression = e
		e.metrics(func(id MetricID) { m.SupportsModel = m.SupportsModel || byID[id].SupportsModel })
	}
	return all, byID
}()

func derived(group string, kind ValueType, id MetricID, formula string) *metric {
	return &metric{Metric: Metric{ID: id, Group: group, Type: kind, Formula: formula}}
}

func visitMetrics() []*metric {
	of := func(id MetricID, kind ValueType, c sessionCount) *metric {
		return &metric{
			Metric:  Metric{ID: id, Group: "visits", Type: kind, IsAdditive: c != countVisitors, Fact: FactSessions},
			counted: counted{session: c},
		}
	}
	return []*metric{
		of("visits", TypeCount, countVisits),
		of("visitors", TypeCount, countVisitors),
		of("new_visits", TypeCount, countNew),
		derived("visits", TypePercent, "new_visits_share", "new_visits / visits * 100"),
		of("bounces", TypeCount, countBounces),
		derived("visits", TypePercent, "bounce_rate", "bounces / visits * 100"),
		of("hits", TypeCount, countHits),
		derived("visits", TypeNumber, "depth", "hits / visits"),
		of("visit_seconds", TypeSeconds, countSeconds),
		derived("visits", TypeSeconds, "time_on_site", "visit_seconds / visits"),
	}
}

func costMetrics() []*metric {
	of := func(id MetricID, kind ValueType, c costCount) *metric {
		return &metric{Metric: Metric{ID: id, Group: "costs", Type: kind, IsAdditive: true, Fact: FactCosts}, counted: counted{cost: c}}
	}
	cost := func(id MetricID, formula string) *metric { return derived("costs", TypeMoney, id, formula) }
	return []*metric{
		of("cost", TypeMoney, countCost),
		of("clicks", TypeCount, countClicks),
		of("impressions", TypeCount, countImpressions),
		derived("costs", TypePercent, "ctr", "clicks / impressions * 100"),
		cost("cpc", "cost / clicks"),
		cost("cpv", "cost / visits"),
		cost("cpa", "cost / communications"),
		cost("cpa_call", "cost / calls"),
		cost("cpa_chat", "cost / chats"),
		cost("cpa_request", "cost / requests"),
		cost("cpa_goal", "cost / goals"),
		cost("cpl", "cost / contacts"),
		cost("cpd", "cost / deals"),
		cost("cac", "cost / contacts_won"),
	}
}

func communicationMetrics() []*metric {
	of := func(id MetricID, value func(s *share) float64) *metric {
		return &metric{
			Metric:  Metric{ID: id, Group: "communications", Type: TypeCount, IsAdditive: true, SupportsModel: true, Fact: FactCommunications},
			counted: counted{comm: value},
		}
	}
	kind := func(id MetricID, kind comms.Kind) *metric {
		return of(id, func(s *share) float64 { return s.weightIf(commKinds[s.comm.Kind[s.row]] == kind) })
	}
	return []*metric{
		of("communications", func(s *share) float64 { return s.weight }),
		kind("calls", comms.KindCall),
		kind("chats", comms.KindChat),
		kind("requests", comms.KindOfflineRequest),
		kind("goals", comms.KindGoal),
		{
			Metric:  Metric{ID: "contacts", Group: "communications", Type: TypeCount, SupportsModel: true, Fact: FactCommunications},
			counted: counted{commKey: func(s *share) uint64 { return s.comm.Contact[s.row] }},
		},
		of("communications_with_deals", func(s *share) float64 { return s.weightIf(s.hasDeal) }),
	}
}

func dealMetrics() []*metric {
	of := func(id MetricID, kind ValueType, value func(s *share) float64) *metric {
		return &metric{
			Metric:  Metric{ID: id, Group: "deals", Type: kind, IsAdditive: true, SupportsModel: true, Fact: FactDeals},
			counted: counted{deal: value},
		}
	}
	count := func(id MetricID, holds func(s *share) bool) *metric {
		return of(id, TypeCount, func(s *share) float64 { return s.weightIf(holds(s)) })
	}
	different := func(id MetricID, holds func(s *share) bool) *metric {
		return &metric{
			Metric: Metric{ID: id, Group: "deals", Type: TypeCount, SupportsModel: true, Fact: FactDeals},
			counted: counted{dealKey: func(s *share) uint64 {
				if !holds(s) {
					return 0
				}
				return uint64(s.deal.Contact[s.row])
			}},
		}
	}
	return []*metric{
		of("deals", TypeCount, func(s *share) float64 { return s.weight }),
		count("deals_open", func(s *share) bool { return s.status() == open }),
		count("deals_won", func(s *share) bool { return s.status() == won }),
		count("deals_lost", func(s *share) bool { return s.status() == lost }),
		derived("deals", TypePercent, "won_share", "deals_won / deals * 100"),
		of("revenue", TypeMoney, func(s *share) float64 { return float64(s.money) }),
		of("revenue_won", TypeMoney, func(s *share) float64 { return s.moneyIf(s.status() == won) }),
		derived("deals", TypeMoney, "average_bill", "revenue / deals"),
		of("cycle_days", TypeDays, func(s *share) float64 {
			if s.status() != won || s.deal.ClosedAt[s.row] == 0 {
				return 0
			}
			return s.weight * cycleDays(s.deal, s.row)
		}),
		derived("deals", TypeDays, "cycle", "cycle_days / deals_won"),
		different("deal_contacts", func(*share) bool { return true }),
		different("contacts_won", func(s *share) bool { return s.status() == won }),
		count("deals_without_source", func(s *share) bool { return s.touch < 0 }),
		derived("deals", TypePercent, "deals_without_source_share", "deals_without_source / deals * 100"),
		count("deals_without_campaign", func(s *share) bool { return s.campaign == 0 }),
		derived("deals", TypePercent, "deals_without_campaign_share", "deals_without_campaign / deals * 100"),
		count("deals_matched", func(s *share) bool { return s.isMatched() }),
		derived("deals", TypePercent, "deals_matched_share", "deals_matched / deals * 100"),
		count("deals_ambiguous", func(s *share) bool { return s.match() == deals.MatchAmbiguous }),
		derived("deals", TypePercent, "deals_ambiguous_share", "deals_ambiguous / deals * 100"),
		of("revenue_without_campaign", TypeMoney, func(s *share) float64 { return s.moneyIf(s.campaign == 0) }),
	}
}

func conversionMetrics() []*metric {
	percent := func(group string, id MetricID, formula string) *metric {
		return derived(group, TypePercent, id, formula)
	}
	return []*metric{
		percent("conversion", "visit_to_communication", "communications / visits * 100"),
		percent("conversion", "visit_to_call", "calls / visits * 100"),
		percent("conversion", "visit_to_chat", "chats / visits * 100"),
		percent("conversion", "visit_to_request", "requests / visits * 100"),
		percent("conversion", "visit_to_goal", "goals / visits * 100"),
		percent("conversion", "visit_to_deal", "deals / visits * 100"),
		percent("conversion", "communication_to_deal", "deals / communications * 100"),
		percent("conversion", "deal_to_won", "deals_won / deals * 100"),
		percent("return", "romi", "(revenue - cost) / cost * 100"),
		percent("return", "romi_won", "(revenue_won - cost) / cost * 100"),
		derived("return", TypeNumber, "roas", "revenue / cost"),
		percent("return", "drr", "cost / revenue * 100"),
	}
}

func associatedMetrics() []*metric {
	of := func(id MetricID, kind ValueType, c assistCount) *metric {
		return &metric{
			Metric:  Metric{ID: id, Group: "associated", Type: kind, IsAdditive: c != countAssisted && c != countAssistedValue, Fact: FactDeals},
			counted: counted{assist: c},
		}
	}
	return []*metric{
		of("assisted", TypeCount, countAssisted),
		of("last", TypeCount, countLast),
		of("first", TypeCount, countFirst),
		of("assisted_value", TypeMoney, countAssistedValue),
		of("last_value", TypeMoney, countLastValue),
		of("first_value", TypeMoney, countFirstValue),
		derived("associated", TypeNumber, "assisted_ratio", "assisted / last"),
	}
}

const (
	stagePrefix     = "stage:"
	stageCostPrefix = "stage_cost:"
	lostPrefix      = "lost:"
	formulaPrefix   = "formula:"
)

// StageMetric returns how many deals reached a stage.
func StageMetric(id core.StageID) MetricID { return MetricID(stagePrefix + id.String()) }

// StageCostMetric returns what a deal that reached a stage cost.
func StageCostMetric(id core.StageID) MetricID { return MetricID(stageCostPrefix + id.String()) }

// LostMetric returns how many deals were lost at a stage: it was their last open one.
func LostMetric(id core.StageID) MetricID { return MetricID(lostPrefix + id.String()) }

// FormulaMetric returns the metric of a formula.
func FormulaMetric(id core.FormulaID) MetricID {
	return MetricID(formulaPrefix + strconv.FormatInt(int64(id), 10))
}

// metricNumber cuts an identifier behind a prefix.
func metricNumber[T ~int64](id MetricID, prefix string) (T, bool) {
	digits, ok := strings.CutPrefix(string(id), prefix)
	if !ok {
		return 0, false
	}
	n, err := core.ParseID[T](digits)
	return n, err == nil
}

// stageMetric makes a metric of a stage; nil when the id is none.
func stageMetric(id MetricID, title func(core.StageID) (string, bool)) *metric {
	m := &metric{Metric: Metric{ID: id, Group: "stages", Type: TypeCount, IsAdditive: true, SupportsModel: true, Fact: FactDeals}}
	if stage, ok := metricNumber[core.StageID](id, stagePrefix); ok {
		m.deal = func(s *share) float64 { return s.weightIf(s.reached(stage)) }
		m.Title, ok = title(stage)
		return m.orNil(ok)
	}
	if stage, ok := metricNumber[core.StageID](id, lostPrefix); ok {
		m.deal = func(s *share) float64 { return s.weightIf(s.status() == lost && s.deal.LastOpen[s.row] == stage) }
		m.Title, ok = title(stage)
		return m.orNil(ok)
	}
	if stage, ok := metricNumber[core.StageID](id, stageCostPrefix); ok {
		m.Type, m.IsAdditive, m.Fact = TypeMoney, false, 0
		m.Formula = "cost / " + string(StageMetric(stage))
		m.expression = &expression{operator: '/', left: &expression{metric: "cost"}, right: &expression{metric: StageMetric(stage)}}
		m.Title, ok = title(stage)
		return m.orNil(ok)
	}
	return nil
}

func (m *metric) orNil(ok bool) *metric {
	if !ok {
		return nil
	}
	return m
}
