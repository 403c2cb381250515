package sheets

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"strings"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/attribution"
	"github.com/skvoz/skvoz/core/deals"
	"github.com/skvoz/skvoz/core/reports"
)

// maxRequest is the length of a request in an address.
const maxRequest = 24 << 10

// input is a report as the GraphQL API takes it (ReportInput). limit and offset are let pass: a file has all rows.
type input struct {
	Report          string        `json:"report"`
	Period          periodInput   `json:"period"`
	Compare         *periodInput  `json:"compare"`
	Dimensions      []string      `json:"dimensions"`
	Path            []string      `json:"path"`
	Columns         []columnInput `json:"columns"`
	Model           string        `json:"model"`
	ConversionModel string        `json:"conversionModel"`
	LookbackDays    *int          `json:"lookbackDays"`
	WindowDays      *int          `json:"windowDays"`
	Filter          *filterInput  `json:"filter"`
	FunnelIDs       []string      `json:"funnelIds"`
	SortBy          *int          `json:"sortBy"`
	Direction       string        `json:"direction"`
	Limit           *int          `json:"limit"`
	Offset          *int          `json:"offset"`
}

type periodInput struct {
	From string `json:"from"`
	To   string `json:"to"`
}

type columnInput struct {
	Metric string `json:"metric"`
	Model  string `json:"model"`
}

type filterInput struct {
	Dimension string        `json:"dimension"`
	Operator  string        `json:"operator"`
	Values    []string      `json:"values"`
	Filters   []filterInput `json:"filters"`
	Any       bool          `json:"any"`
}

// parseRequest reads a report from its JSON in base64url, with or without padding. Anything wrong is KindInvalid.
func parseRequest(account core.AccountID, text string) (reports.Request, error) {
	if text == "" || len(text) > maxRequest {
		return reports.Request{}, core.Invalid("request", "bad_request", "the parameter “request” must be a report, 1 to %d characters", maxRequest)
	}
	raw, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(text, "="))
	if err != nil {
		return reports.Request{}, core.Invalid("request", "bad_request", "the parameter “request” is not base64url").WithCause(err)
	}
	var in input
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	err = d.Decode(&in)
	if err == nil {
		if _, rest := d.Token(); !errors.Is(rest, io.EOF) {
			err = errors.New("more than one value")
		}
	}
	if err != nil {
		return reports.Request{}, core.Invalid("request", "bad_request", "the parameter “request” is not a report: %s", err).WithCause(err)
	}
	return in.request(account)
}

// request turns the input round as the GraphQL API does.
func (in *input) request(account core.AccountID) (reports.Request, error) {
	r := reports.Request{
		Account: account, Report: reports.Kind(strings.ToLower(in.Report)), Path: in.Path, Model: attribution.ModelID(in.Model),
		ConversionModel: deals.ConversionModel(strings.ToLower(in.ConversionModel)), SortBy: -1, Desc: in.Direction != "ASC", Limit: 1,
	}
	if len(in.Path) >= len(in.Dimensions) {
		return r, core.Invalid("dimensions", "out_of_range", "name at least one dimension below the path")
	}
	if in.SortBy != nil {
		r.SortBy = *in.SortBy
	}
	if r.SortBy < 0 && in.Direction == "" {
		r.Desc = false
	}
	var err error
	if r.Period, err = in.Period.period("period"); err != nil {
		return r, err
	}
	if in.Compare != nil {
		compared, err := in.Compare.period("compare")
		if err != nil {
			return r, err
		}
		r.Compare = &compared
	}
	for _, d := range in.Dimensions {
		r.Dimensions = append(r.Dimensions, reports.DimensionID(d))
	}
	for _, c := range in.Columns {
		r.Columns = append(r.Columns, reports.ColumnRef{Metric: reports.MetricID(c.Metric), Model: attribution.ModelID(c.Model)})
	}
	if in.Filter != nil {
		r.Filter = in.Filter.filter()
	}
	if r.Funnels, err = ids[core.FunnelID]("funnelIds", in.FunnelIDs); err != nil {
		return r, err
	}
	if r.LookbackDays, err = days("lookbackDays", in.LookbackDays); err != nil {
		return r, err
	}
	r.WindowDays, err = days("windowDays", in.WindowDays)
	return r, err
}

func (p periodInput) period(field string) (out reports.Period, err error) {
	if out.From, err = core.ParseDate(p.From); err == nil {
		out.To, err = core.ParseDate(p.To)
	}
	if err != nil {
		return out, core.AsError(err).WithField(field)
	}
	return out, nil
}

func (f *filterInput) filter() reports.Filter {
	out := reports.Filter{
		Dimension: reports.DimensionID(f.Dimension), Operator: reports.FilterOperator(strings.ToLower(f.Operator)), Values: f.Values, Any: f.Any,
	}
	for i := range f.Filters {
		out.Filters = append(out.Filters, f.Filters[i].filter())
	}
	return out
}

func ids[T ~int64](field string, texts []string) (out []T, err error) {
	for _, text := range texts {
		id, err := core.ParseID[T](text)
		if err != nil {
			return nil, core.AsError(err).WithField(field)
		}
		out = append(out, id)
	}
	return out, nil
}

func days(field string, n *int) (int, error) {
	switch {
	case n == nil:
		return 0, nil
	case *n < 1 || *n > 365:
		return 0, core.Invalid(field, "out_of_range", "choose 1 to 365 days")
	}
	return *n, nil
}
