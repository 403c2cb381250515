package sheets

import (
	"bufio"
	"io"
	"strings"
	"unicode"
)

// csvWriter writes a report as CSV. Texts always stand in quotation marks, so that whatever a program takes for the separator, they stay whole.
type csvWriter struct {
	sheet *sheet
	out   *bufio.Writer
}

// byteOrderMark tells Excel that the file is UTF-8.
const byteOrderMark = "\ufeff"

func newCSVWriter(s *sheet, to io.Writer) (*csvWriter, error) {
	w := &csvWriter{sheet: s, out: bufio.NewWriterSize(to, 64<<10)}
	header := make([]cell, len(s.titles))
	for i, t := range s.titles {
		header[i].text = t.text
		if t.unit != "" {
			header[i].text += ", " + t.unit
		}
	}
	_, _ = w.out.WriteString(byteOrderMark) // a bufio.Writer keeps its first error
	return w, w.row(header, false)
}

func (w *csvWriter) row(cells []cell, _ bool) error {
	for i, c := range cells {
		if i > 0 {
			_ = w.out.WriteByte(w.sheet.words.separator)
		}
		switch {
		case c.value != nil:
			_, _ = w.out.WriteString(w.sheet.decimal(c))
		case c.text != "":
			_, _ = w.out.WriteString(`"` + strings.ReplaceAll(plainText(oneLine(c.text)), `"`, `""`) + `"`)
		}
	}
	_, err := w.out.WriteString("\r\n")
	return err
}

func (w *csvWriter) finish() error { return w.out.Flush() }

func (w *csvWriter) discard() {}

// plainText marks what a spreadsheet program would take for a formula as text.
func plainText(text string) string {
	if text != "" && strings.ContainsRune("=+-@\t\r＝＋－＠", []rune(text)[0]) {
		return "'" + text
	}
	return text
}

// oneLine keeps a text in one line: others count lines of a file as rows.
func oneLine(text string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, text))
}
