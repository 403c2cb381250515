package sheets

import (
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/attribution"
	"github.com/skvoz/skvoz/core/reports"
)

// sheet is a report on its way into a file.
type sheet struct {
	words *words
	// dimensions are those of the rows, outermost first.
	dimensions []reports.DimensionID
	kinds      []reports.ValueType // of the figures
	isCompared bool
	// digits is how many the fraction of the currency has.
	digits int
	// titles are those of all columns, dimensions first.
	titles []title
	totals []cell
	name   string
}

// title is the header of a column.
type title struct {
	text string
	// unit is what its figures are measured in; empty = things, or the format says it.
	unit string
	kind reports.ValueType // empty = a dimension
}

// cell is a value of a row: a text, a day, or a figure in the units people read (money in major units); nothing = not defined.
type cell struct {
	text  string
	day   time.Time
	value *float64
	kind  reports.ValueType
}

func newSheet(w *words, currency string, r reports.Request, t reports.Table, own []reports.Model) *sheet {
	s := &sheet{
		words: w, dimensions: r.Dimensions[min(len(r.Path), len(r.Dimensions)):], isCompared: r.Compare != nil,
		digits: fractionDigits(currency), name: or(w.reports, r.Report, string(r.Report)),
	}
	for _, d := range s.dimensions {
		s.titles = append(s.titles, title{text: w.dimension(d)})
	}
	models := make(map[attribution.ModelID]string, len(own))
	for _, m := range own {
		models[attribution.CustomID(int64(m.ID))] = m.Name
	}
	for i, c := range t.Columns {
		text := w.metric(c.Metric)
		if c.Model != "" && (r.Model != "" || i < len(r.Columns) && r.Columns[i].Model != "") { // somebody chose it
			text += " (" + or(models, c.Model, or(w.models, c.Model, string(c.Model))) + ")"
		}
		s.kinds = append(s.kinds, c.Metric.Type)
		column := title{text: text, unit: s.unit(c.Metric.Type, currency), kind: c.Metric.Type}
		s.titles = append(s.titles, column)
		if s.isCompared {
			column.text += ", " + w.before
			s.titles = append(s.titles, column)
		}
	}
	labels := make([]string, len(s.dimensions))
	labels[0] = w.total
	s.totals = s.cells(labels, reports.Row{Values: t.Totals, Compared: t.ComparedTotals})
	return s
}

// fractionDigits is how many digits the fraction of a currency has.
func fractionDigits(currency string) int {
	_, fraction, _ := strings.Cut(core.Money{Currency: currency}.Amount(), ".")
	return len(fraction)
}

func (s *sheet) unit(kind reports.ValueType, currency string) string {
	switch kind {
	case reports.TypeMoney:
		return currency
	case reports.TypePercent:
		return "%"
	case reports.TypeSeconds:
		return s.words.seconds
	case reports.TypeDays:
		return s.words.days
	default:
		return ""
	}
}

// fileName is what the file is called, without its ending.
func (s *sheet) fileName(r reports.Request) string {
	return s.name + " " + r.Period.From.String() + " – " + r.Period.To.String()
}

// cells makes a row of the file.
func (s *sheet) cells(labels []string, row reports.Row) []cell {
	out := make([]cell, 0, len(s.titles))
	for i, label := range labels {
		c := cell{text: label}
		if id := s.dimensions[i]; id == "date" || id == "deal_date" {
			c.day, _ = time.Parse(time.DateOnly, label) // "not defined" is no day
		}
		out = append(out, c)
	}
	for i, kind := range s.kinds {
		out = append(out, s.figure(kind, row.Values, i))
		if s.isCompared {
			out = append(out, s.figure(kind, row.Compared, i))
		}
	}
	return out
}

func (s *sheet) figure(kind reports.ValueType, values []reports.Value, i int) cell {
	c := cell{kind: kind}
	if i >= len(values) || values[i] == nil {
		return c
	}
	v := *values[i]
	if kind == reports.TypeMoney {
		v = math.Round(v) / math.Pow10(s.digits)
	}
	if v == 0 {
		v = 0 // −0 is 0
	}
	c.value = &v
	return c
}

// note is the row that says that others are missing.
func (s *sheet) note(rows int) []cell {
	return []cell{{text: fmt.Sprintf(s.words.cut, rows)}}
}

// rowWriter writes a file row by row.
type rowWriter interface {
	row(cells []cell, isTotal bool) error
	// finish writes what is left. discard lets go of what is kept meanwhile, in any case.
	finish() error
	discard()
}

func newRowWriter(format string, s *sheet, to io.Writer) (rowWriter, error) {
	switch format {
	case ".csv":
		return newCSVWriter(s, to)
	case ".xlsx":
		return newXLSXWriter(s, to)
	default:
		return nil, core.NotFound("file").WithReason("bad_format")
	}
}

// decimal writes a figure with as many digits as its kind deserves.
func (s *sheet) decimal(c cell) string {
	v := *c.value
	var text string
	switch c.kind {
	case reports.TypeMoney:
		text = strconv.FormatFloat(v, 'f', s.digits, 64)
	case reports.TypePercent:
		text = strconv.FormatFloat(v, 'f', 2, 64)
	default:
		text = strconv.FormatFloat(math.Round(v*1e4)/1e4, 'f', -1, 64)
	}
	if strings.Trim(text, "-0.") == "" {
		text = strings.TrimPrefix(text, "-")
	}
	return strings.Replace(text, ".", s.words.comma, 1)
}
