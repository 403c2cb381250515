// Package sheets reads spreadsheets that are sent in, and writes reports as spreadsheets.
package sheets

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"path"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"github.com/skvoz/skvoz/core"
)

// Bounds of files that are sent in.
const (
	// MaxFileSize is the size of a file in bytes.
	MaxFileSize = 2 << 20
	// MaxRows and MaxColumns are those of the part of the sheet that is filled.
	MaxRows    = 50_000
	MaxColumns = 50
)

// Reader reads spreadsheets.
type Reader struct{}

// ReadRows returns the rows of the first sheet of a .csv or .xlsx file, by the ending of its name, up to the last filled one; the index of a row is
// its line less one. CSV may be separated by commas, semicolons or tabs, in UTF-8, UTF-16 or Windows-1251; where a value has several lines, empty
// rows keep those after it in place. Days of XLSX come as 2026-03-01, numbers without any format. What can't be read is KindInvalid about fileName
// (bad_format) or content (too_large, too_many_rows, too_many_columns, bad_file).
func (Reader) ReadRows(fileName string, content []byte) ([][]string, error) {
	if len(content) > MaxFileSize {
		return nil, core.Invalid("content", "too_large", "the file is too large: at most %d MB", MaxFileSize>>20)
	}
	switch strings.ToLower(path.Ext(fileName)) {
	case ".csv":
		return readCSV(content)
	case ".xlsx":
		return readXLSX(content)
	default:
		return nil, core.Invalid("fileName", "bad_format", "send a file that ends with .csv or .xlsx")
	}
}

func tooManyRows() error {
	return core.Invalid("content", "too_many_rows", "the sheet has too many rows: at most %d", MaxRows)
}

func tooManyColumns() error {
	return core.Invalid("content", "too_many_columns", "the sheet has too many columns: at most %d", MaxColumns)
}

func readCSV(content []byte) ([][]string, error) {
	text, err := decode(content)
	if err != nil {
		return nil, err
	}
	r := csv.NewReader(bytes.NewReader(text))
	r.Comma, r.FieldsPerRecord = separator(text), -1
	var rows [][]string
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err != nil {
			return nil, badCSV(err)
		}
		line, _ := r.FieldPos(0)
		if line > MaxRows {
			return nil, tooManyRows()
		}
		if row = trimRow(row); len(row) > MaxColumns {
			return nil, tooManyColumns()
		}
		for len(rows) < line-1 { // empty lines, and values of several lines
			rows = append(rows, nil)
		}
		rows = append(rows, row)
	}
}

// trimRow cuts empty cells off the end.
func trimRow(row []string) []string {
	for len(row) > 0 && strings.TrimSpace(row[len(row)-1]) == "" {
		row = row[:len(row)-1]
	}
	return row
}

func badCSV(err error) error {
	var at *csv.ParseError
	if errors.As(err, &at) {
		return core.Invalid("content", "bad_file", "line %d of the file has a quotation mark that does not end, or stands in the middle of a value", at.Line).WithCause(err)
	}
	return core.Invalid("content", "bad_file", "the file can't be read").WithCause(err)
}

// decode returns a file's text in UTF-8.
func decode(content []byte) ([]byte, error) {
	switch {
	case bytes.HasPrefix(content, []byte("\xef\xbb\xbf")):
		content = content[3:]
	case bytes.HasPrefix(content, []byte("\xff\xfe")), bytes.HasPrefix(content, []byte("\xfe\xff")):
		text, err := unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM).NewDecoder().Bytes(content)
		if err != nil {
			return nil, core.Invalid("content", "bad_file", "the file is not text").WithCause(err)
		}
		content = text
	}
	if bytes.IndexByte(content, 0) >= 0 {
		return nil, core.Invalid("content", "bad_file", "the file is not text; is it a spreadsheet with another ending?")
	}
	if utf8.Valid(content) {
		return content, nil
	}
	text, err := charmap.Windows1251.NewDecoder().Bytes(content)
	if err != nil {
		return nil, core.Invalid("content", "bad_file", "the file is neither UTF-8 nor Windows-1251").WithCause(err)
	}
	return text, nil
}

// separator finds what separates values: whatever the first filled line has most of, outside quotation marks.
func separator(text []byte) rune {
	line, _, _ := bytes.Cut(bytes.TrimLeft(text, " \r\n"), []byte("\n"))
	counts := map[rune]int{}
	quoted := false
	for _, c := range string(line) {
		switch {
		case c == '"':
			quoted = !quoted
		case !quoted:
			counts[c]++
		}
	}
	best := ';'
	for _, c := range []rune{'\t', ','} {
		if counts[c] > counts[best] {
			best = c
		}
	}
	return best
}
