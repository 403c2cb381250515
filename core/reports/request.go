package reports

import (
	"time"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/attribution"
	"github.com/skvoz/skvoz/core/deals"
)

// Kind is a report; the words are stored in saved views.
type Kind string

// The reports.
const (
	// KindEndToEnd: the calendar selects visits; communications count within the window after the visit, deals from the period's start until now.
	KindEndToEnd Kind = "end_to_end"
	// KindSummary: every column by the date of its own entity.
	KindSummary Kind = "summary"
	// KindDeals: deals by the date of their creation; reconciles with the CRM's list.
	KindDeals Kind = "deals"
	// KindAssociated: assisted, last and first conversions, by the date of the deal's creation.
	KindAssociated Kind = "associated"
	// KindModels: deals and revenue under several models side by side, by the date of the deal's creation.
	KindModels Kind = "models"
)

// DimensionID names what a report is broken down by; see Catalogue.
type DimensionID string

// MetricID names what a report counts; see Catalogue. "stage:<id>" and "stage_cost:<id>" are the deals that reached a stage and the cost of one,
// "formula:<id>" is a column by a formula of the account's own.
type MetricID string

// Period is a period of whole days in the account's time zone, both included; at most 366 days.
type Period struct{ From, To core.Date }

// ColumnRef asks for a column: a metric, under a model where one applies (empty = the request's).
type ColumnRef struct {
	Metric MetricID
	Model  attribution.ModelID
}

// Request asks for one level of a report's table.
type Request struct {
	Account core.AccountID
	Report  Kind
	Period  Period
	// Compare is the period to compare with; nil = none.
	Compare *Period
	// Dimensions are 1 to 6; the rows are those of Dimensions[len(Path)] below the rows whose keys are in Path.
	Dimensions []DimensionID
	Path       []string
	// Columns are 1 to 40.
	Columns []ColumnRef
	// Model is that of all columns that name none; empty = last_click.
	Model attribution.ModelID
	// ConversionModel overrides that of the CRMs; empty = each CRM's own.
	ConversionModel deals.ConversionModel
	// LookbackDays and WindowDays override the account's; 0 = the account's. 1 to 365.
	LookbackDays, WindowDays int
	// Filter lets facts through by their dimensions; the zero value lets all through.
	Filter Filter
	// Funnels are those whose deals count; empty = those chosen for reports (KindDeals and KindSummary: all).
	Funnels []core.FunnelID
	// SortBy is an index into Columns, or −1 for the dimension's own order; Desc turns it round.
	SortBy int
	Desc   bool
	// Limit is 1 to 1000 rows from Offset on.
	Limit, Offset int
}

// Filter is a tree of conditions on dimensions, at most 4 levels deep; exactly one of Dimension and Filters is filled.
type Filter struct {
	Dimension DimensionID
	Operator  FilterOperator
	// Values are compared with keys (OpIs, OpIsNot) or labels (the others), letter case aside; any that fits is enough.
	Values  []string
	Filters []Filter
	// Any joins Filters by or; without it they must all hold.
	Any bool
}

// FilterOperator compares a dimension with values.
type FilterOperator string

// The filter operators.
const (
	OpIs         FilterOperator = "is"
	OpIsNot      FilterOperator = "is_not"
	OpContains   FilterOperator = "contains"
	OpNotContain FilterOperator = "not_contains"
	OpStarts     FilterOperator = "starts"
	OpEmpty      FilterOperator = "empty"
	OpNotEmpty   FilterOperator = "not_empty"
)

// Value is a figure; nil where it is not defined (a quotient by zero), shown as a dash. Money is in minor units.
type Value = *float64

// Row is a row of a table.
type Row struct {
	// Key identifies the row below its parent; "" is the row "not defined" (without source and the like), which is never dropped.
	Key   string
	Label string
	// Expandable says whether a further dimension was asked for.
	Expandable bool
	Values     []Value
	// Compared are the values of the period compared with; nil without one.
	Compared []Value
}

// Table is one level of a report.
type Table struct {
	Columns []Column
	Rows    []Row
	// RowCount is that of all rows, Rows may be a page of them.
	RowCount int
	Totals   []Value
	// ComparedTotals are nil without a period to compare with.
	ComparedTotals []Value
	// AsOf is the moment up to which the newest visits are counted.
	AsOf time.Time
}

// Column describes a column of a table.
type Column struct {
	ColumnRef
	Metric Metric
}

// ValueType says how a figure is written.
type ValueType string

// The types of figures.
const (
	TypeCount   ValueType = "count"   // whole number, or a fraction under a model that shares
	TypeMoney   ValueType = "money"   // minor units of the account's currency
	TypePercent ValueType = "percent" // 12.5 = 12.5 %
	TypeNumber  ValueType = "number"
	TypeSeconds ValueType = "seconds"
	TypeDays    ValueType = "days"
)

// Metric describes a figure, for the column picker.
type Metric struct {
	ID    MetricID
	Group string // visits | costs | communications | deals | conversion | return | stages | associated | formulas
	Type  ValueType
	// Formula says in words of metric ids how a derived figure comes about; empty for counted ones.
	Formula string
	// IsAdditive: rows add up to their parent. SupportsModel: an attribution model applies.
	IsAdditive    bool
	SupportsModel bool
	// Fact is what a figure is counted from and drills down to; 0 = derived (drills down by its parts).
	Fact Fact
	// Title is set for metrics named by the account: stages and formulas; the cabinet's own words are used otherwise.
	Title string
}

// Dimension describes what one can break down by.
type Dimension struct {
	ID DimensionID
	// Group: source | visitor | time | communication | deal.
	Group string
	// Facts are those that know it; others fall under "not defined".
	Facts []Fact
}

// Catalogue lists what a report can show.
type Catalogue struct {
	Report     Kind
	Dimensions []Dimension
	Metrics    []Metric
	// DefaultDimensions and DefaultColumns are what a new visitor of the page sees.
	DefaultDimensions []DimensionID
	DefaultColumns    []ColumnRef
}

// FactRef is one fact behind a figure.
type FactRef struct {
	Fact Fact
	// ID is a session's, communication's, deal's or cost's.
	ID int64
	// Cost and CampaignName are set for a cost.
	Cost         *CampaignCost
	CampaignName string
	At           time.Time
	// Share is how much of it counts in the figure: 1, or the weight under the model. Value is what it adds to the figure.
	Share float64
	Value float64
}

// DrillRequest asks for the facts behind one figure: those of Column in the row at Path (all of it, one key per dimension; shorter = the whole
// parent row, empty = totals).
type DrillRequest struct {
	Request Request
	Column  ColumnRef
	// Compared asks for the period compared with.
	Compared bool
	Page     core.PageRequest
}

// Drill is a page of the facts behind a figure with their number and the sum of their values over all pages: the figure itself.
type Drill struct {
	core.Page[FactRef]
	Total int
	Sum   float64
}
