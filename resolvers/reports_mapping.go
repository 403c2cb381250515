package resolvers

import (
	"strconv"
	"strings"

	"github.com/99designs/gqlgen/graphql"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/attribution"
	"github.com/skvoz/skvoz/core/reports"
	"github.com/skvoz/skvoz/graph/model"
)

// defaultReportRows is how many rows of a table come when nobody says.
const defaultReportRows = 200

func reportRequest(account core.AccountID, in model.ReportInput) (reports.Request, error) {
	q := reports.Request{
		Account: account, Report: in.Report, Period: reportPeriod(in.Period), Path: givenList(in.Path).Value, Columns: reportColumns(in.Columns),
		Model: attribution.ModelID(given(in.Model).Value), ConversionModel: given(in.ConversionModel).Value,
		SortBy: given(in.SortBy).Or(-1), Desc: given(in.Direction).Or(model.SortDirectionDesc) == model.SortDirectionDesc,
		Limit: given(in.Limit).Or(defaultReportRows), Offset: given(in.Offset).Value,
	}
	if q.SortBy < 0 && !given(in.Direction).Set {
		q.Desc = false // a dimension's own order begins at its beginning
	}
	if p := given(in.Compare); p.Set {
		compare := reportPeriod(&p.Value)
		q.Compare = &compare
	}
	for _, d := range in.Dimensions {
		q.Dimensions = append(q.Dimensions, reports.DimensionID(d))
	}
	var err error
	if q.LookbackDays, err = daysIn("lookbackDays", in.LookbackDays); err != nil {
		return q, err
	}
	if q.WindowDays, err = daysIn("windowDays", in.WindowDays); err != nil {
		return q, err
	}
	if f := given(in.Filter); f.Set {
		q.Filter = reportFilter(f.Value)
	}
	q.Funnels, err = parseIDs[core.FunnelID]("funnelIds", givenList(in.FunnelIds).Value)
	return q, err
}

func daysIn(field string, in graphql.Omittable[*int]) (int, error) {
	days := given(in)
	if days.Set && (days.Value < 1 || days.Value > 365) {
		return 0, core.Invalid(field, "out_of_range", "choose 1 to 365 days")
	}
	return days.Value, nil
}

func reportPeriod(p *model.PeriodInput) reports.Period {
	return reports.Period{From: p.From, To: p.To}
}

func reportColumns(list []model.ReportColumnInput) []reports.ColumnRef {
	out := make([]reports.ColumnRef, len(list))
	for i, c := range list {
		out[i] = reportColumn(c)
	}
	return out
}

func reportColumn(c model.ReportColumnInput) reports.ColumnRef {
	return reports.ColumnRef{Metric: reports.MetricID(c.Metric), Model: attribution.ModelID(given(c.Model).Value)}
}

func reportFilter(in model.ReportFilterInput) reports.Filter {
	f := reports.Filter{
		Dimension: reports.DimensionID(given(in.Dimension).Value), Operator: given(in.Operator).Value, Values: givenList(in.Values).Value, Any: given(in.Any).Value,
	}
	for _, below := range givenList(in.Filters).Value {
		f.Filters = append(f.Filters, reportFilter(below))
	}
	return f
}

func reportTable(t reports.Table) *model.ReportTable {
	out := &model.ReportTable{
		Columns: make([]model.ReportColumn, len(t.Columns)), Rows: t.Rows, RowCount: t.RowCount, Totals: t.Totals, ComparedTotals: t.ComparedTotals, AsOf: t.AsOf,
	}
	if out.Rows == nil {
		out.Rows = []reports.Row{} // a list that is nil would be null
	}
	for i, c := range t.Columns {
		metric := reportMetric(c.Metric)
		out.Columns[i] = model.ReportColumn{Metric: &metric, Model: modelName(c.Model)}
	}
	return out
}

func modelName(id attribution.ModelID) *string {
	if id == "" {
		return nil
	}
	name := string(id)
	return &name
}

func reportMetric(m reports.Metric) model.ReportMetric {
	return model.ReportMetric{
		ID: string(m.ID), Group: m.Group, Type: m.Type, Formula: m.Formula, IsAdditive: m.IsAdditive, SupportsModel: m.SupportsModel,
		Fact: reportFact(m.Fact), Title: m.Title,
	}
}

// reportFact is nil for what is not counted from facts.
func reportFact(f reports.Fact) *model.ReportFact {
	var fact model.ReportFact
	switch f {
	case reports.FactSessions:
		fact = model.ReportFactSession
	case reports.FactCommunications:
		fact = model.ReportFactCommunication
	case reports.FactDeals:
		fact = model.ReportFactDeal
	case reports.FactCosts:
		fact = model.ReportFactCost
	default:
		return nil
	}
	return &fact
}

func reportCatalog(c reports.Catalogue) *model.ReportCatalog {
	out := &model.ReportCatalog{}
	for _, d := range c.Dimensions {
		row := model.ReportDimension{ID: string(d.ID), Group: d.Group}
		for _, f := range d.Facts {
			row.Facts = append(row.Facts, *reportFact(f))
		}
		out.Dimensions = append(out.Dimensions, row)
	}
	for _, m := range c.Metrics {
		out.Metrics = append(out.Metrics, reportMetric(m))
	}
	for _, d := range c.DefaultDimensions {
		out.DefaultDimensions = append(out.DefaultDimensions, string(d))
	}
	for _, c := range c.DefaultColumns {
		out.DefaultColumns = append(out.DefaultColumns, model.ReportColumnRef{Metric: string(c.Metric), Model: modelName(c.Model)})
	}
	return out
}

func pathUnit(u model.PathUnit) reports.DimensionID {
	switch u {
	case model.PathUnitSource:
		return "source"
	case model.PathUnitCampaign:
		return "campaign"
	default:
		return "channel"
	}
}

// intRange is nil when neither end is given.
func intRange(from, to *int) *reports.IntRange {
	if from == nil && to == nil {
		return nil
	}
	r := &reports.IntRange{To: to}
	if from != nil {
		r.From = *from
	}
	return r
}

func pathsReport(p reports.PathReport) *model.PathsReport {
	out := &model.PathsReport{Lengths: pathBuckets(p.Lengths), TimeLags: pathBuckets(p.Lags), Deals: p.Deals, DealsWithPath: p.Deals}
	for _, row := range p.Rows {
		figure := model.PathFigure{Deals: row.Deals, Revenue: float64(row.Revenue), Share: row.Share, Steps: []string{}, Labels: []string{}}
		for _, step := range row.Steps {
			figure.Steps, figure.Labels = append(figure.Steps, step.Key), append(figure.Labels, step.Label)
		}
		out.Top = append(out.Top, figure)
	}
	for _, b := range p.Lags {
		if b.Key == "" {
			out.DealsWithPath -= b.Deals
		}
	}
	for _, l := range p.Flow {
		out.Flow = append(out.Flow, model.FlowLink{Step: l.Step, From: l.From.Key, FromLabel: l.From.Label, To: l.To.Key, ToLabel: l.To.Label, Deals: l.Deals})
	}
	return out
}

// pathBuckets reads keys like "3", "8-14" and "91+"; deals without a path have none.
func pathBuckets(list []reports.Bucket) []model.PathBucket {
	var out []model.PathBucket
	for _, b := range list {
		from, to, isRange := strings.Cut(strings.TrimSuffix(b.Key, "+"), "-")
		first, err := strconv.Atoi(from)
		if err != nil {
			continue
		}
		bucket := model.PathBucket{From: first, Deals: b.Deals, Revenue: float64(b.Revenue)}
		last := first
		if isRange {
			last, _ = strconv.Atoi(to)
		}
		if !strings.HasSuffix(b.Key, "+") {
			bucket.To = &last
		}
		out = append(out, bucket)
	}
	return out
}

func channelEffects(e reports.EffectReport) []model.ChannelEffect {
	out := make([]model.ChannelEffect, len(e.Rows))
	for i, r := range e.Rows {
		out[i] = model.ChannelEffect{
			Key: r.Key, Label: r.Label, RemovalEffect: r.Removal, MarkovDeals: r.MarkovDeals, MarkovRevenue: r.MarkovValue,
			ShapleyDeals: r.ShapleyDeals, ShapleyRevenue: r.ShapleyValue,
		}
	}
	return out
}

func funnelFigures(f reports.FunnelReport) []model.FunnelFigure {
	out := make([]model.FunnelFigure, len(f.Stages))
	for i, s := range f.Stages {
		out[i] = model.FunnelFigure{Stage: &s.Stage, Deals: s.Reached, FromPrevious: s.FromPrevious, FromFirst: s.FromFirst, Lost: s.Lost, CostPerDeal: s.CostPerDeal}
	}
	return out
}

func attributionModels(own []reports.Model) []model.AttributionModel {
	var out []model.AttributionModel
	for _, m := range attribution.Catalogue() {
		out = append(out, model.AttributionModel{ID: string(m.ID), Family: string(m.Family)})
	}
	for _, m := range own {
		out = append(out, ownModel(m))
	}
	return out
}

func ownModel(m reports.Model) model.AttributionModel {
	d := m.Definition
	kind := model.CustomModelKindPosition
	if d.Kind == attribution.KindDecay {
		kind = model.CustomModelKindDecay
	}
	return model.AttributionModel{
		ID: string(attribution.CustomID(int64(m.ID))), Family: string(attribution.FamilyCustom), Name: m.Name,
		Definition: &model.CustomModel{
			Kind: kind, First: d.First, Middle: d.Middle, Last: d.Last, HalfLifeDays: d.HalfLifeDays, ExcludeDirect: d.ExcludeDirect, PaidOnly: d.PaidOnly,
		},
	}
}

func newModel(in model.SaveAttributionModelInput) (reports.Model, error) {
	id, err := optionalID[core.AttributionModelID]("id", given(in.ID))
	d := attribution.Definition{Kind: attribution.KindPosition, ExcludeDirect: given(in.ExcludeDirect).Value, PaidOnly: given(in.PaidOnly).Value}
	if in.Kind == model.CustomModelKindDecay {
		d.Kind, d.HalfLifeDays = attribution.KindDecay, given(in.HalfLifeDays).Value
	} else {
		d.First, d.Middle, d.Last = given(in.First).Value, given(in.Middle).Value, given(in.Last).Value
	}
	return reports.Model{ID: id, Name: in.Name, Definition: d}, err
}

func reportFormula(f reports.Formula) model.ReportFormula {
	return model.ReportFormula{ID: f.ID.String(), Name: f.Name, Expression: f.Expression, Type: f.Format}
}

func reportView(v reports.View, user core.UserID) model.ReportView {
	return model.ReportView{ID: v.ID.String(), Report: v.Report, Name: v.Name, IsShared: v.IsShared, IsMine: v.UserID == user, Definition: v.Definition}
}

func reportSettings(s reports.Settings) *model.ReportSettings {
	return &model.ReportSettings{LookbackDays: s.LookbackDays, WindowDays: s.WindowDays}
}
