package sheets

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"github.com/skvoz/skvoz/core/reports"
)

// sheetName is the same in all languages: formulas of other workbooks may refer to it.
const sheetName = "Report"

const (
	dimensionWidth = 28
	figureWidth    = 14
)

// xlsxWriter writes a report as a workbook. Rows go to a temporary file when there are many.
type xlsxWriter struct {
	sheet  *sheet
	to     io.Writer
	file   *excelize.File
	stream *excelize.StreamWriter
	styles map[look]int
	rows   int
	// data is the last row of those between header and totals.
	data int
}

// look is how a cell is shown.
type look struct {
	format string
	bold   bool
}

func newXLSXWriter(s *sheet, to io.Writer) (*xlsxWriter, error) {
	w := &xlsxWriter{sheet: s, to: to, file: excelize.NewFile(), styles: map[look]int{}}
	if err := w.begin(); err != nil {
		w.discard()
		return nil, err
	}
	return w, nil
}

func (w *xlsxWriter) begin() (err error) {
	if err := w.file.SetSheetName("Sheet1", sheetName); err != nil {
		return err
	}
	if w.stream, err = w.file.NewStreamWriter(sheetName); err != nil {
		return err
	}
	dimensions := len(w.sheet.dimensions)
	if err := w.stream.SetColWidth(1, dimensions, dimensionWidth); err != nil {
		return err
	}
	if figures := len(w.sheet.titles) - dimensions; figures > 0 {
		if err := w.stream.SetColWidth(dimensions+1, len(w.sheet.titles), figureWidth); err != nil {
			return err
		}
	}
	err = w.stream.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"})
	if err != nil {
		return err
	}
	return w.header()
}

func (w *xlsxWriter) header() error {
	header := make([]cell, len(w.sheet.titles))
	for i, t := range w.sheet.titles {
		header[i].text = t.text
		if t.kind == reports.TypeMoney || t.kind == reports.TypeDays { // the other formats show their unit
			header[i].text += ", " + t.unit
		}
	}
	return w.row(header, true)
}

func (w *xlsxWriter) row(cells []cell, bold bool) error {
	w.rows++
	if !bold && len(cells) == len(w.sheet.titles) {
		w.data = w.rows
	}
	values := make([]any, len(cells))
	for i, c := range cells {
		value, format := w.value(c)
		style, err := w.style(look{format: format, bold: bold})
		if err != nil {
			return err
		}
		values[i] = excelize.Cell{StyleID: style, Value: value}
	}
	return w.stream.SetRow(fmt.Sprintf("A%d", w.rows), values)
}

// value is what a cell holds, and the format it is shown in.
func (w *xlsxWriter) value(c cell) (value any, format string) {
	switch {
	case !c.day.IsZero():
		return c.day, "yyyy-mm-dd"
	case c.value == nil && c.text == "":
		return nil, ""
	case c.value == nil:
		return shown(oneLine(c.text)), ""
	}
	v := *c.value
	switch c.kind {
	case reports.TypeMoney:
		if w.sheet.digits == 0 {
			return v, "#,##0"
		}
		return v, "#,##0." + strings.Repeat("0", w.sheet.digits)
	case reports.TypePercent:
		return v / 100, "0.00%"
	case reports.TypeSeconds:
		return v / 86400, "[h]:mm:ss"
	case reports.TypeDays:
		return v, "#,##0.0"
	default:
		if v == float64(int64(v)) {
			return v, "#,##0"
		}
		return v, "#,##0.00"
	}
}

// shown cuts a text to what a cell holds. It is stored as text, so nothing in it is ever a formula.
func shown(text string) string {
	if len(text) <= excelize.TotalCellChars || utf8.RuneCountInString(text) <= excelize.TotalCellChars {
		return text
	}
	return string([]rune(text)[:excelize.TotalCellChars])
}

func (w *xlsxWriter) style(l look) (int, error) {
	if l == (look{}) {
		return 0, nil
	}
	if id, ok := w.styles[l]; ok {
		return id, nil
	}
	style := &excelize.Style{}
	if l.bold {
		style.Font = &excelize.Font{Bold: true}
	}
	if l.format != "" {
		style.CustomNumFmt = &l.format
	}
	id, err := w.file.NewStyle(style)
	w.styles[l] = id
	return id, err
}

// finish adds the filter over the header, and sends the file.
func (w *xlsxWriter) finish() error {
	last, err := excelize.CoordinatesToCellName(len(w.sheet.titles), max(w.data, 1)) // totals stay out of it
	if err != nil {
		return err
	}
	if err := w.file.AutoFilter(sheetName, "A1:"+last, nil); err != nil {
		return err
	}
	if err := w.stream.Flush(); err != nil {
		return err
	}
	return w.file.Write(w.to)
}

func (w *xlsxWriter) discard() {
	_ = w.file.Close() // temporary files go; nobody could do more about an error
}
