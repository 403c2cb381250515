package sheets_test

import (
	"archive/zip"
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/sheets"
)

func TestAN_2_ReadRows_readsCSVAsProgramsWriteIt(t *testing.T) {
	t.Parallel()
	const text = "Дата;Кампания;Расход\r\n01.03.2026;\"Весна; \"\"Юг\"\"\";12 500,50\r\n"
	in1251, err := charmap.Windows1251.NewEncoder().String(text)
	require.NoError(t, err)
	in16, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(text)
	require.NoError(t, err)
	want := [][]string{{"Дата", "Кампания", "Расход"}, {"01.03.2026", `Весна; "Юг"`, "12 500,50"}}
	for _, tc := range []struct {
		rule, text string
		want       [][]string
	}{
		{"UTF-8", text, want},
		{"UTF-8 with a mark", "\ufeff" + text, want},
		{"Windows-1251", in1251, want},
		{"UTF-16", in16, want},
		{"commas", "a,b;c,d\n1,2,3\n", [][]string{{"a", "b;c", "d"}, {"1", "2", "3"}}},
		{"tabs", "a\tb, c\td\n1\t2\t3", [][]string{{"a", "b, c", "d"}, {"1", "2", "3"}}},
		{"separators within quotation marks don't count", "\"a,b,c\";d\n", [][]string{{"a,b,c", "d"}}},
		{"empty lines keep their places", "\n\na;b\n\n1;2\n", [][]string{nil, nil, {"a", "b"}, nil, {"1", "2"}}},
		{"values of several lines, too", "a;b\n\"x\ny\";1\n2;3\n", [][]string{{"a", "b"}, {"x\ny", "1"}, nil, {"2", "3"}}},
		{"empty cells at the end are none", "a;b;;;\n1;;;\n", [][]string{{"a", "b"}, {"1"}}},
		{"nothing", "", nil},
	} {
		t.Run(tc.rule, func(t *testing.T) {
			t.Parallel()
			got, err := sheets.Reader{}.ReadRows("Costs.CSV", []byte(tc.text))
			require.NoError(t, err)
			require.Equal(t, tc.want, got)
		})
	}
}

// book makes a workbook.
func book(t testing.TB, fill func(f *excelize.File)) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	fill(f)
	out, err := f.WriteToBuffer()
	require.NoError(t, err)
	return out.Bytes()
}

func TestAN_2_ReadRows_readsTheFirstSheetOfAWorkbook(t *testing.T) {
	t.Parallel()
	content := book(t, func(f *excelize.File) {
		_, err := f.NewSheet("Other")
		require.NoError(t, err)
		require.NoError(t, f.SetCellValue("Other", "A1", "not this"))
		own, quoted := `[$-419]d\ mmmm\ yyyy;@`, `#,##0.00" days"`
		day, err := f.NewStyle(&excelize.Style{CustomNumFmt: &own})
		require.NoError(t, err)
		builtIn, err := f.NewStyle(&excelize.Style{NumFmt: 14})
		require.NoError(t, err)
		number, err := f.NewStyle(&excelize.Style{CustomNumFmt: &quoted})
		require.NoError(t, err)
		at := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
		for cell, value := range map[string]any{
			"A1": "Дата", "B1": "Расход", "A3": at, "B3": 12500.5, "A4": at, "B4": 0.1 + 0.2, "C4": int64(373927454509907), "D4": true,
			"A5": at.Add(90 * time.Minute), "E5": "  ", "B6": 46082,
		} {
			require.NoError(t, f.SetCellValue("Sheet1", cell, value))
		}
		require.NoError(t, f.SetCellStyle("Sheet1", "A3", "A3", day))
		require.NoError(t, f.SetCellStyle("Sheet1", "A4", "A4", builtIn))
		require.NoError(t, f.SetCellStyle("Sheet1", "B3", "B6", number))
		require.NoError(t, f.SetCellStyle("Sheet1", "AZ60000", "AZ60000", day))
		require.NoError(t, f.SetCellRichText("Sheet1", "C3", []excelize.RichTextRun{{Text: "Ве"}, {Text: "сна"}}))
	})
	got, err := sheets.Reader{}.ReadRows("costs.xlsx", content)
	require.NoError(t, err)
	require.Equal(t, [][]string{
		{"Дата", "Расход"},
		nil,
		{"2026-03-01", "12500.5", "Весна"},
		{"2026-03-01", "0.3", "373927454509907", "1"},
		{"2026-03-01 01:30:00"},
		{"", "46082"},
	}, got)
}

func TestAN_2_ReadRows_countsDaysOfOldMacs(t *testing.T) {
	t.Parallel()
	content := book(t, func(f *excelize.File) {
		yes := true
		require.NoError(t, f.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &yes}))
		require.NoError(t, f.SetCellValue("Sheet1", "A1", 44620))
		style, err := f.NewStyle(&excelize.Style{NumFmt: 14})
		require.NoError(t, err)
		require.NoError(t, f.SetCellStyle("Sheet1", "A1", "A1", style))
	})
	got, err := sheets.Reader{}.ReadRows("costs.xlsx", content)
	require.NoError(t, err)
	require.Equal(t, [][]string{{"2026-03-01"}}, got)
}

// packed makes a workbook out of its parts.
func packed(t testing.TB, parts map[string]string) []byte {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for name, text := range parts {
		part, err := w.Create(name)
		require.NoError(t, err)
		_, err = part.Write([]byte(text))
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	return out.Bytes()
}

const (
	onlySheet = "xl/worksheets/sheet1.xml"
	rowsBegin = `<worksheet><sheetData>`
	rowsEnd   = `</sheetData></worksheet>`
)

func TestAN_2_ReadRows_refusesWhatItCantReadOrBear(t *testing.T) {
	t.Parallel()
	sheet := func(rows string) []byte { return packed(t, map[string]string{onlySheet: rowsBegin + rows + rowsEnd}) }
	for _, tc := range []struct {
		rule, file    string
		content       []byte
		field, reason string
	}{
		{"other formats", "costs.xls", nil, "fileName", "bad_format"},
		{"no ending", "costs", nil, "fileName", "bad_format"},
		{"too large a file", "costs.csv", make([]byte, sheets.MaxFileSize+1), "content", "too_large"},
		{"a workbook that is called CSV", "costs.csv", sheet(""), "content", "bad_file"},
		{"text that is called a workbook", "costs.xlsx", []byte("a;b\n"), "content", "bad_file"},
		{"an open quotation mark", "costs.csv", []byte("a;b\n\"c;d\n"), "content", "bad_file"},
		{"too many rows of CSV", "costs.csv", bytes.Repeat([]byte("a;b\n"), sheets.MaxRows+1), "content", "too_many_rows"},
		{"too many columns of CSV", "costs.csv", bytes.Repeat([]byte("a;"), sheets.MaxColumns+1), "content", "too_many_columns"},
		{"no sheet", "costs.xlsx", packed(t, map[string]string{"x": "y"}), "content", "bad_file"},
		{"a sheet that is no XML", "costs.xlsx", packed(t, map[string]string{onlySheet: "<a><b"}), "content", "bad_file"},
		{"too many rows", "costs.xlsx", sheet(`<row r="50001"><c><v>1</v></c></row>`), "content", "too_many_rows"},
		{"too many columns", "costs.xlsx", sheet(`<row r="1"><c r="AY1"><v>1</v></c></row>`), "content", "too_many_columns"},
		{"a cell outside of rows", "costs.xlsx", sheet(`<c><v>1</v></c>`), "content", "bad_file"},
		{"a bomb of rows", "costs.xlsx", sheet(strings.Repeat("<row/>", 6_000_000)), "content", "too_large"},
		{"a bomb of one text", "costs.xlsx", sheet(`<row><c><v>` + strings.Repeat("1", 3<<20) + `</v></c></row>`), "content", "too_large"},
		{"a bomb of depth", "costs.xlsx", sheet(strings.Repeat("<a>", 100_000)), "content", "too_large"},
		{"a bomb of entities", "costs.xlsx", sheet(`<row><c><v>&lol;</v></c></row>`), "content", "bad_file"},
	} {
		t.Run(tc.rule, func(t *testing.T) {
			t.Parallel()
			_, err := sheets.Reader{}.ReadRows(tc.file, tc.content)
			require.Equal(t, core.KindInvalid, core.KindOf(err), err)
			require.Equal(t, tc.field, core.AsError(err).Field)
			require.Equal(t, tc.reason, core.AsError(err).Reason, err)
		})
	}
}

func FuzzReadRows_csv(f *testing.F) {
	f.Add([]byte("a;b\n1;2\n"))
	f.Add([]byte("\ufeff\"a\n\",b\r\n\r\n"))
	f.Add([]byte("\xff\xfea\x00"))
	f.Fuzz(func(t *testing.T, content []byte) { requireBounded(t, "x.csv", content) })
}

func FuzzReadRows_xlsx(f *testing.F) {
	f.Add([]byte(`<row r="2"><c r="B2" t="s"><v>0</v></c><c s="1"><v>46082.5</v></c></row>`), []byte(`<si><t>x</t><rPh><t>y</t></rPh></si>`), []byte(`<numFmt numFmtId="170" formatCode="d.m.y"/><cellXfs><xf/><xf numFmtId="170"/></cellXfs>`))
	f.Add([]byte(`<row><c t="inlineStr"><is><t>a</t></is></c><c t="d"><v>2026-03-01T00:00:00</v></c><c s="0"><v>1e999</v></c></row>`), []byte(``), []byte(`<cellXfs><xf numFmtId="14"/></cellXfs>`))
	f.Fuzz(func(t *testing.T, rows, shared, styles []byte) {
		requireBounded(t, "x.xlsx", packed(t, map[string]string{
			onlySheet: rowsBegin + string(rows) + rowsEnd, "xl/sharedStrings.xml": "<sst>" + string(shared) + "</sst>", "xl/styles.xml": "<styleSheet>" + string(styles) + "</styleSheet>",
		}))
	})
}

func requireBounded(t *testing.T, file string, content []byte) {
	t.Helper()
	rows, err := sheets.Reader{}.ReadRows(file, content)
	if err != nil {
		require.Equal(t, core.KindInvalid, core.KindOf(err), err)
		return
	}
	require.LessOrEqual(t, len(rows), sheets.MaxRows)
	for _, row := range rows {
		require.LessOrEqual(t, len(row), sheets.MaxColumns)
	}
}
