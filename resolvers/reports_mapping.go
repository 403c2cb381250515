package resolvers

import (
	"fmt"

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

// atField says which record of an uploaded list an error is about.
func atField(prefix string, i int, err error) error {
	e := core.AsError(err)
	return e.WithField(fmt.Sprintf("%s.%d.%s", prefix, i, e.Field))
}
