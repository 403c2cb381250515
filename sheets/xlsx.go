package sheets

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"math"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/skvoz/skvoz/core"
)

// Workbooks that are sent in are read part by part, with what they may unfold to bounded: a library that holds all of a sheet would let a small file
// take a lot of memory.

const (
	// maxUnpacked is how many bytes of XML are read of a workbook in all.
	maxUnpacked = 32 << 20
	// maxToken is the size of one tag or text.
	maxToken = 1 << 20
	// maxDepth is how deep elements may lie in each other.
	maxDepth = 64
	// maxCell is how many characters of a cell are kept.
	maxCell = 4096
)

var errTooLarge = errors.New("the workbook unfolds to too much")

// workbook is a workbook being read.
type workbook struct {
	parts  map[string]*zip.File
	left   int // bytes that may still be unpacked
	shared []string
	isDate []bool // by the cell's style
	epoch  time.Time
	sheet  string
}

func readXLSX(content []byte) ([][]string, error) {
	rows, err := openXLSX(content)
	var known *core.Error
	switch {
	case err == nil:
		return rows, nil
	case errors.As(err, &known):
		return nil, err
	case errors.Is(err, errTooLarge):
		return nil, core.Invalid("content", "too_large", "the file unfolds to too much; delete sheets and columns that are not needed").WithCause(err)
	default:
		return nil, core.Invalid("content", "bad_file", "the file is not a workbook, or is damaged; save it again as .xlsx or .csv").WithCause(err)
	}
}

func openXLSX(content []byte) ([][]string, error) {
	archive, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		return nil, err
	}
	w := workbook{parts: make(map[string]*zip.File, len(archive.File)), left: maxUnpacked}
	for _, f := range archive.File {
		w.parts[strings.TrimPrefix(f.Name, "/")] = f
	}
	if err := w.readBook(); err != nil {
		return nil, err
	}
	if err := w.readShared(); err != nil {
		return nil, err
	}
	if err := w.readStyles(); err != nil {
		return nil, err
	}
	return w.readSheet()
}

// element is an open element of a part.
type element struct {
	name string
	attr map[string]string
}

// each walks through a part. It calls open for each element with those around it, and shut with all text directly in it when it ends. A part that is
// missing is empty.
func (w *workbook) each(name string, open func(e element), shut func(name, text string) error) error {
	file, ok := w.parts[name]
	if !ok {
		return nil
	}
	in, err := file.Open()
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }() // only read from
	m := &meter{in: in, left: &w.left}
	d := xml.NewDecoder(m)
	d.CharsetReader = func(string, io.Reader) (io.Reader, error) { return nil, errors.New("workbooks are UTF-8") }
	return walkXML(d, m, open, shut)
}

func walkXML(d *xml.Decoder, m *meter, open func(e element), shut func(name, text string) error) error {
	var text strings.Builder
	depth := 0
	for {
		m.token = 0
		token, err := d.RawToken()
		if errors.Is(err, io.EOF) && depth == 0 {
			return nil
		}
		if err != nil {
			return err
		}
		switch t := token.(type) {
		case xml.StartElement:
			if depth++; depth > maxDepth {
				return errTooLarge
			}
			text.Reset()
			if open != nil {
				open(element{t.Name.Local, attributes(t.Attr)})
			}
		case xml.CharData:
			if text.Len() < maxToken {
				text.Write(t)
			}
		case xml.EndElement:
			if depth--; depth < 0 {
				return errors.New("an element ends that did not begin")
			}
			if err := shut(t.Name.Local, text.String()); err != nil {
				return err
			}
			text.Reset()
		}
	}
}

func attributes(list []xml.Attr) map[string]string {
	if len(list) == 0 {
		return nil
	}
	out := make(map[string]string, len(list))
	for _, a := range list {
		name := a.Name.Local
		if a.Name.Space != "" { // only a sheet's r:id is looked at
			name = "r:" + name
		}
		out[name] = a.Value
	}
	return out
}

// meter bounds what is unpacked.
type meter struct {
	in    io.Reader
	left  *int
	token int
}

// Read implements io.Reader.
func (m *meter) Read(p []byte) (int, error) {
	if *m.left <= 0 || m.token > maxToken {
		return 0, errTooLarge
	}
	n, err := m.in.Read(p[:min(len(p), *m.left)])
	*m.left -= n
	m.token += n
	return n, err
}

// readBook finds the first sheet and the day numbers count from.
func (w *workbook) readBook() error {
	w.epoch = time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	first := ""
	err := w.each("xl/workbook.xml", func(e element) {
		switch {
		case e.name == "workbookPr" && (e.attr["date1904"] == "1" || e.attr["date1904"] == "true"):
			w.epoch = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
		case e.name == "sheet" && first == "":
			first = e.attr["r:id"]
		}
	}, nothing)
	if err != nil {
		return err
	}
	w.sheet = "xl/worksheets/sheet1.xml"
	err = w.each("xl/_rels/workbook.xml.rels", func(e element) {
		if e.name == "Relationship" && e.attr["Id"] == first && first != "" {
			if target := e.attr["Target"]; strings.HasPrefix(target, "/") {
				w.sheet = strings.TrimPrefix(target, "/")
			} else {
				w.sheet = path.Join("xl", target)
			}
		}
	}, nothing)
	if err == nil && w.parts[w.sheet] == nil {
		return errors.New("there is no sheet in the workbook")
	}
	return err
}

func nothing(string, string) error { return nil }

// readShared reads the texts that cells refer to.
func (w *workbook) readShared() error {
	var text strings.Builder
	phonetic := false
	return w.each("xl/sharedStrings.xml", func(e element) {
		switch e.name {
		case "si":
			text.Reset()
		case "rPh":
			phonetic = true
		}
	}, func(name, part string) error {
		switch name {
		case "t":
			if !phonetic {
				text.WriteString(part)
			}
		case "rPh":
			phonetic = false
		case "si":
			w.shared = append(w.shared, bounded(text.String()))
		}
		return nil
	})
}

// bounded cuts a cell that is too long, between characters.
func bounded(text string) string {
	if len(text) <= maxCell {
		return strings.Clone(text)
	}
	return strings.ToValidUTF8(text[:maxCell], "")
}

// readStyles finds the styles that show a number as a day.
func (w *workbook) readStyles() error {
	own := map[string]bool{}
	inCells := false
	return w.each("xl/styles.xml", func(e element) {
		switch e.name {
		case "numFmt":
			own[e.attr["numFmtId"]] = isDateFormat(e.attr["formatCode"])
		case "cellXfs":
			inCells = true
		case "xf":
			if inCells {
				id := e.attr["numFmtId"]
				isDate, known := own[id]
				w.isDate = append(w.isDate, isDate || !known && isBuiltInDate(id))
			}
		}
	}, func(name, _ string) error {
		if name == "cellXfs" {
			inCells = false
		}
		return nil
	})
}

// isBuiltInDate knows the numbers of formats that show days (ECMA-376, 18.8.30), those of East Asian programs included.
func isBuiltInDate(id string) bool {
	n, err := strconv.Atoi(id)
	return err == nil && (n >= 14 && n <= 17 || n == 22 || n >= 27 && n <= 36 || n >= 50 && n <= 58)
}

// isDateFormat tells formats with days or years, outside quotation marks and brackets.
func isDateFormat(code string) bool {
	quoted, bracket, escaped := false, false, false
	for _, c := range strings.ToLower(code) {
		switch {
		case escaped:
			escaped = false
		case c == '\\' || c == '_' || c == '*':
			escaped = true
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '[' || c == ']':
			bracket = c == '['
		case !bracket && (c == 'y' || c == 'd'):
			return true
		}
	}
	return false
}

// grid collects the cells of a sheet.
type grid struct {
	book        *workbook
	rows        [][]string
	row, column int // of the cell being read, from 0
	kind, style string
	value       strings.Builder
	phonetic    bool
}

func (w *workbook) readSheet() ([][]string, error) {
	g := &grid{book: w, row: -1}
	err := w.each(w.sheet, g.open, g.shut)
	return g.rows, err
}

func (g *grid) open(e element) {
	switch e.name {
	case "row":
		g.row, g.column = g.row+1, -1
		if n, err := strconv.Atoi(e.attr["r"]); err == nil && n > 0 {
			g.row = n - 1
		}
	case "c":
		g.column++
		if n := columnOf(e.attr["r"]); n >= 0 {
			g.column = n
		}
		g.kind, g.style = e.attr["t"], e.attr["s"]
		g.value.Reset()
	case "rPh":
		g.phonetic = true
	}
}

func (g *grid) shut(name, text string) error {
	switch name {
	case "rPh":
		g.phonetic = false
	case "v":
		g.value.WriteString(text)
	case "t":
		if !g.phonetic && g.kind == "inlineStr" {
			g.value.WriteString(text)
		}
	case "c":
		return g.put(g.text())
	}
	return nil
}

// put places a cell. Empty ones don't count: sheets are often formatted far beyond what they hold.
func (g *grid) put(text string) error {
	switch {
	case strings.TrimSpace(text) == "":
		return nil
	case g.row < 0:
		return errors.New("a cell outside of rows")
	case g.row >= MaxRows:
		return tooManyRows()
	case g.column >= MaxColumns:
		return tooManyColumns()
	}
	for len(g.rows) <= g.row {
		g.rows = append(g.rows, nil)
	}
	for len(g.rows[g.row]) <= g.column {
		g.rows[g.row] = append(g.rows[g.row], "")
	}
	g.rows[g.row][g.column] = text
	return nil
}

// text is the value of the cell that was read.
func (g *grid) text() string {
	value := g.value.String()
	switch g.kind {
	case "s":
		if n, err := strconv.Atoi(strings.TrimSpace(value)); err == nil && n >= 0 && n < len(g.book.shared) {
			return g.book.shared[n]
		}
		return ""
	case "", "n":
		style, err := strconv.Atoi(g.style)
		return g.book.number(value, err == nil && style >= 0 && style < len(g.book.isDate) && g.book.isDate[style])
	case "d":
		return strings.TrimSuffix(bounded(value), "T00:00:00")
	default:
		return bounded(value)
	}
}

// number writes a number as people see it: with the 15 digits spreadsheets count with, or as a day.
func (w *workbook) number(value string, isDate bool) string {
	n, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
	if err != nil || math.IsInf(n, 0) || math.IsNaN(n) {
		return bounded(value)
	}
	if isDate && n >= 0 && n < 2_958_466 { // up to the year 9999
		whole, part := math.Modf(n)
		at := w.epoch.AddDate(0, 0, int(whole)).Add(time.Duration(math.Round(part*86400)) * time.Second)
		if at.Hour() == 0 && at.Minute() == 0 && at.Second() == 0 {
			return at.Format(time.DateOnly)
		}
		return at.Format(time.DateTime)
	}
	if math.Abs(n) >= 1e18 || n != 0 && math.Abs(n) < 1e-12 {
		return strconv.FormatFloat(n, 'g', -1, 64)
	}
	rounded, _ := strconv.ParseFloat(strconv.FormatFloat(n, 'g', 15, 64), 64) // a number it wrote itself
	return strconv.FormatFloat(rounded, 'f', -1, 64)
}

// columnOf reads the column of a reference like BC23, from 0; −1 when there is none.
func columnOf(reference string) int {
	column := 0
	for _, c := range reference {
		if c < 'A' || c > 'Z' || column > 1<<20 {
			break
		}
		column = column*26 + int(c-'A') + 1
	}
	return column - 1
}
