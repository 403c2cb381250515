package sheets_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/accounts"
	"github.com/skvoz/skvoz/core/attribution"
	"github.com/skvoz/skvoz/core/reports"
	"github.com/skvoz/skvoz/sheets"
)

var update = flag.Bool("update", false, "write the golden files anew")

// fixed is a report of three levels with figures of every kind; it remembers what it was asked.
type fixed struct {
	language accounts.Language
	rows     []fixedRow
	tableErr error
	walkErr  error
	asked    *reports.Request
}

type fixedRow struct {
	level int
	row   reports.Row
}

func (f fixed) Table(_ context.Context, r reports.Request) (reports.Table, error) {
	if f.asked != nil {
		*f.asked = r
	}
	t := reports.Table{Totals: figures(7, 1234567, 12.5, 3.5, nil, 1.75, 42), ComparedTotals: figures(1, 2, 3, 4, 5, 6, 7)}
	for i, m := range []reports.Metric{
		{ID: "visits", Type: reports.TypeCount},
		{ID: "cost", Type: reports.TypeMoney},
		{ID: "romi", Type: reports.TypePercent},
		{ID: "deals", Type: reports.TypeCount, SupportsModel: true},
		{ID: "time_on_site", Type: reports.TypeSeconds},
		{ID: "cycle", Type: reports.TypeDays},
		{ID: "formula:7", Type: reports.TypeNumber, Title: "=HYPERLINK(\"x\")"},
	} {
		c := reports.Column{ColumnRef: reports.ColumnRef{Metric: m.ID}, Metric: m}
		if m.SupportsModel && i < len(r.Columns) {
			c.Model = r.Columns[i].Model
		}
		t.Columns = append(t.Columns, c)
	}
	return t, f.tableErr
}

func (f fixed) Walk(_ context.Context, _ reports.Request, _ int, visit func(int, reports.Row) error) error {
	for _, r := range f.rows {
		if err := visit(r.level, r.row); err != nil {
			return err
		}
	}
	return f.walkErr
}

func (fixed) ListModels(context.Context, core.AccountID) ([]reports.Model, error) {
	return []reports.Model{{ID: 5, Name: "Ours"}}, nil
}

func (fixed) Account(_ context.Context, id core.AccountID) (accounts.Account, error) {
	return accounts.Account{ID: id, Currency: "RUB"}, nil
}

func (f fixed) Me(context.Context, accounts.Identity) (accounts.User, error) {
	return accounts.User{Language: f.language}, nil
}

func figures(list ...any) []reports.Value {
	out := make([]reports.Value, len(list))
	for i, v := range list {
		switch n := v.(type) {
		case int:
			f := float64(n)
			out[i] = &f
		case float64:
			out[i] = &n
		}
	}
	return out
}

func nested() []fixedRow {
	row := func(key, label string, values ...any) reports.Row {
		return reports.Row{Key: key, Label: label, Values: figures(values...), Compared: figures(values...)}
	}
	return []fixedRow{
		{0, row("paid", "paid", 1)},
		{1, row("12", "=cmd|' /C calc'!A0", 2)},
		{2, row("2026-03-01", "2026-03-01", 4, 1234050, -12.345, 1.0/3, 95.5, 0.5, -0.00001)},
		{2, row("2026-03-02", "2026-03-02", 2, 517, nil, 2, nil, 1.25, 1e6)},
		{1, row("13", "a;b,c \"d\"\n", 1)},
		{2, row("", "", 1, 0, 0, 0, 0, 0, 0)},
		{0, row("", "", 1)},
		{1, row("14", "@SUM(1)", 1)},
		{2, row("2026-03-03", "2026-03-03", 0)},
	}
}

const nestedRequest = `{"report":"END_TO_END","period":{"from":"2026-03-01","to":"2026-03-31"},"dimensions":["channel","campaign","date"],` +
	`"columns":[{"metric":"visits"},{"metric":"cost"},{"metric":"romi"},{"metric":"deals","model":"custom:5"},{"metric":"time_on_site"},{"metric":"cycle"},{"metric":"formula:7"}]%s}`

func encoded(request string) string { return base64.RawURLEncoding.EncodeToString([]byte(request)) }

// get asks for a file in the name of an analyst.
func get(t testing.TB, f fixed, file, request, more string) *httptest.ResponseRecorder {
	t.Helper()
	e := sheets.NewExporter(sheets.Config{Reports: f, Accounts: f, Log: slog.New(slog.DiscardHandler), MaxRows: 4})
	r := httptest.NewRequest(http.MethodGet, "/export/"+file+"?request="+request+more, nil)
	r = r.WithContext(accounts.WithIdentity(r.Context(), accounts.Identity{AccountID: 3, UserID: 4, Role: accounts.RoleAnalyst}))
	w := httptest.NewRecorder()
	e.ServeHTTP(w, r)
	return w
}

func TestAN_2_export_writesCSVAsSpreadsheetsOfTheLanguageExpectIt(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ golden, request, more string }{
		{"ru.csv", fmt.Sprintf(nestedRequest, ""), "&lang=ru"},
		{"en.csv", fmt.Sprintf(nestedRequest, ""), "&lang=en"},
		{"compared.csv", fmt.Sprintf(nestedRequest, `,"compare":{"from":"2026-02-01","to":"2026-02-28"},"model":"linear"`), ""},
	} {
		t.Run(tc.golden, func(t *testing.T) {
			t.Parallel()
			w := get(t, fixed{rows: nested(), language: accounts.LanguageRU}, "report.csv", encoded(tc.request), tc.more)
			require.Equal(t, http.StatusOK, w.Code, w.Body)
			require.Equal(t, "text/csv; charset=utf-8", w.Header().Get("Content-Type"))
			require.Equal(t, "no-store", w.Header().Get("Cache-Control"))
			file := filepath.Join("testdata", tc.golden)
			if *update {
				require.NoError(t, os.WriteFile(file, w.Body.Bytes(), 0o600))
			}
			want, err := os.ReadFile(file)
			require.NoError(t, err)
			require.Equal(t, string(want), w.Body.String())
			rows, err := sheets.Reader{}.ReadRows("x.csv", w.Body.Bytes())
			require.NoError(t, err)
			require.NotEmpty(t, rows)
			for _, row := range rows {
				for _, value := range row {
					require.False(t, strings.HasPrefix(value, "=") || strings.HasPrefix(value, "@"), "a formula: %s", value)
				}
			}
		})
	}
}

func TestAN_2_export_namesTheFile(t *testing.T) {
	t.Parallel()
	w := get(t, fixed{}, "report.csv", encoded(fmt.Sprintf(nestedRequest, "")), "&lang=ru")
	require.Equal(t, "attachment; filename=report.csv; filename*=UTF-8''"+url.PathEscape("Сквозная аналитика 2026-03-01 – 2026-03-31.csv"), w.Header().Get("Content-Disposition"))
}

func TestAN_2_export_writesXLSXWithNumbersDaysAndNoFormulas(t *testing.T) {
	t.Parallel()
	w := get(t, fixed{rows: nested()}, "report.xlsx", encoded(fmt.Sprintf(nestedRequest, "")), "&lang=en")
	require.Equal(t, http.StatusOK, w.Code, w.Body)
	book, err := excelize.OpenReader(bytes.NewReader(w.Body.Bytes()))
	require.NoError(t, err)
	defer book.Close()
	cell := func(name string) string {
		text, err := book.GetCellValue("Report", name)
		require.NoError(t, err)
		return text
	}
	require.Equal(t, "Channel", cell("A1"))
	require.Equal(t, "Cost, RUB", cell("E1"))
	require.Equal(t, "Deals (Ours)", cell("G1"))
	require.Equal(t, `=HYPERLINK("x")`, cell("J1"), "a text, as it is")
	require.Equal(t, "=cmd|' /C calc'!A0", cell("B2"))
	require.Equal(t, "2026-03-01", cell("C2"))
	require.Equal(t, "12,340.50", cell("E2"))
	require.Equal(t, "-12.35%", cell("F2"))
	require.Equal(t, "0:01:36", cell("H2"), "seconds as time")
	require.Empty(t, cell("F3"), "not defined")
	require.Equal(t, "Not defined", cell("C4"))
	require.Equal(t, "Total", cell("A6"))
	require.Equal(t, "12,345.67", cell("E6"))
	for _, name := range []string{"B2", "J1", "B5"} {
		formula, err := book.GetCellFormula("Report", name)
		require.NoError(t, err)
		require.Empty(t, formula)
	}
	panes, err := book.GetPanes("Report")
	require.NoError(t, err)
	require.True(t, panes.Freeze)
	require.Equal(t, 1, panes.YSplit)
	require.Equal(t, "'Report'!$A$1:$J$5", book.GetDefinedName()[0].RefersTo, "the filter leaves the totals alone")

	rows, err := sheets.Reader{}.ReadRows("report.xlsx", w.Body.Bytes())
	require.NoError(t, err)
	require.Equal(t, []string{"Paid clicks", "=cmd|' /C calc'!A0", "2026-03-01", "4", "12340.5", "-0.12345"}, rows[1][:6])
}

func TestAN_2_export_saysWhenThereAreMoreRows(t *testing.T) {
	t.Parallel()
	rows := nested()
	for range 3 {
		rows = append(rows, rows[2])
	}
	for _, file := range []string{"report.csv", "report.xlsx"} {
		w := get(t, fixed{rows: rows}, file, encoded(fmt.Sprintf(nestedRequest, "")), "&lang=en")
		require.Equal(t, http.StatusOK, w.Code)
		got, err := sheets.Reader{}.ReadRows(file, w.Body.Bytes())
		require.NoError(t, err)
		require.Len(t, got, 1+4+1+1, "header, rows, totals, note")
		require.Equal(t, "Only the first 4 rows are here. Group by less or choose a shorter period to have them all.", got[6][0])
	}
}

func TestAN_2_export_isForAnalystsWhoAreSignedIn(t *testing.T) {
	t.Parallel()
	analyst := accounts.Identity{AccountID: 3, Role: accounts.RoleAnalyst}
	for _, tc := range []struct {
		rule   string
		method string
		who    *accounts.Identity
		lang   string
		status int
		text   string
	}{
		{"nobody", http.MethodGet, nil, "en", http.StatusUnauthorized, "Sign in to the cabinet and open the link again."},
		{"nobody, in Russian", http.MethodGet, nil, "ru", http.StatusUnauthorized, "Войдите в кабинет и откройте ссылку ещё раз."},
		{"too low a role", http.MethodGet, &accounts.Identity{AccountID: 3, Role: accounts.RoleAnalyst - 1}, "en", http.StatusForbidden, "Exporting reports takes the role of an analyst."},
		{"a token for something else", http.MethodGet, &accounts.Identity{AccountID: 3, Role: accounts.RoleOwner, TokenID: 1, Scopes: []accounts.Scope{accounts.ScopeChats}}, "en", http.StatusForbidden, "Exporting reports takes the role of an analyst."},
		{"another method", http.MethodPost, &analyst, "en", http.StatusMethodNotAllowed, "GET only"},
		{"an analyst", http.MethodGet, &analyst, "en", http.StatusOK, ""},
	} {
		t.Run(tc.rule, func(t *testing.T) {
			t.Parallel()
			e := sheets.NewExporter(sheets.Config{Reports: fixed{}, Accounts: fixed{}, Log: slog.New(slog.DiscardHandler)})
			r := httptest.NewRequest(tc.method, "/export/report.csv?lang="+tc.lang+"&request="+encoded(fmt.Sprintf(nestedRequest, "")), nil)
			if tc.who != nil {
				r = r.WithContext(accounts.WithIdentity(r.Context(), *tc.who))
			}
			w := httptest.NewRecorder()
			e.ServeHTTP(w, r)
			require.Equal(t, tc.status, w.Code)
			if tc.text != "" {
				require.Equal(t, tc.text+"\n", w.Body.String())
			}
		})
	}
}

func TestAN_2_export_asksWhatTheCabinetAsks(t *testing.T) {
	t.Parallel()
	var asked reports.Request
	request := `{"report":"DEALS","period":{"from":"2026-03-01","to":"2026-03-31"},"dimensions":["channel","date"],"path":["paid"],"columns":[{"metric":"deals","model":null}],
		"model":"linear","conversionModel":"LAST_BEFORE_LEAD","lookbackDays":30,"windowDays":7,"funnelIds":["11"],"sortBy":0,"direction":"ASC","limit":200,"offset":0,
		"filter":{"any":true,"filters":[{"dimension":"source","operator":"NOT_CONTAINS","values":["ya"]}]}}`
	w := get(t, fixed{asked: &asked}, "report.csv", base64.URLEncoding.EncodeToString([]byte(request)), "")
	require.Equal(t, http.StatusOK, w.Code, w.Body)
	day := func(d int) core.Date { return core.Date{Year: 2026, Month: 3, Day: d} }
	require.Equal(t, reports.Request{
		Account: 3, Report: reports.KindDeals, Period: reports.Period{From: day(1), To: day(31)}, Dimensions: []reports.DimensionID{"channel", "date"},
		Path: []string{"paid"}, Columns: []reports.ColumnRef{{Metric: "deals"}}, Model: attribution.Linear, ConversionModel: "last_before_lead",
		LookbackDays: 30, WindowDays: 7, Funnels: []core.FunnelID{11}, SortBy: 0, Limit: 1,
		Filter: reports.Filter{Any: true, Filters: []reports.Filter{{Dimension: "source", Operator: reports.OpNotContain, Values: []string{"ya"}}}},
	}, asked)
}

func TestAN_2_export_refusesWhatIsNoReport(t *testing.T) {
	t.Parallel()
	good := fmt.Sprintf(nestedRequest, "")
	for _, tc := range []struct{ rule, request, text string }{
		{"nothing", "", "must be a report"},
		{"no base64", "???", "not base64url"},
		{"no JSON", encoded("{"), "not a report"},
		{"a further value", encoded(good + "{}"), "not a report"},
		{"an unknown field", encoded(`{"account":5}`), "unknown field"},
		{"no day", encoded(strings.Replace(good, "2026-03-01", "2026-13-01", 1)), "is not a day"},
		{"no dimension below the path", encoded(strings.Replace(good, `"columns"`, `"path":["a","b","c"],"columns"`, 1)), "at least one dimension"},
		{"a funnel that is no number", encoded(strings.Replace(good, `"columns"`, `"funnelIds":["x"],"columns"`, 1)), "not an identifier"},
		{"too long a window", encoded(strings.Replace(good, `"columns"`, `"windowDays":366,"columns"`, 1)), "1 to 365"},
		{"endless", strings.Repeat("A", 30<<10), "must be a report"},
	} {
		t.Run(tc.rule, func(t *testing.T) {
			t.Parallel()
			w := get(t, fixed{}, "report.csv", url.QueryEscape(tc.request), "&lang=en")
			require.Equal(t, http.StatusBadRequest, w.Code)
			require.Contains(t, w.Body.String(), tc.text)
			require.Empty(t, w.Header().Get("Content-Disposition"))
		})
	}
}

func TestAN_2_export_tellsErrorsApart(t *testing.T) {
	t.Parallel()
	request := encoded(fmt.Sprintf(nestedRequest, ""))
	for _, file := range []string{"report.csv", "report.xlsx"} {
		w := get(t, fixed{tableErr: core.Invalid("columns", "unknown_metric", "there is no figure")}, file, request, "")
		require.Equal(t, http.StatusBadRequest, w.Code)
		require.Equal(t, "there is no figure\n", w.Body.String())

		w = get(t, fixed{rows: nested(), walkErr: errors.New("the secret of the database")}, file, request, "&lang=en")
		require.Equal(t, http.StatusInternalServerError, w.Code, "nothing was sent yet")
		require.Equal(t, "That did not work. Try again.\n", w.Body.String())
	}
}

func TestAN_2_export_cutsOffAFileThatFailsHalfway(t *testing.T) {
	t.Parallel()
	long := reports.Row{Key: "x", Label: strings.Repeat("x", 100<<10)}
	f := fixed{rows: []fixedRow{{0, long}, {1, long}, {2, long}}, walkErr: errors.New("broken")}
	require.PanicsWithValue(t, http.ErrAbortHandler, func() { get(t, f, "report.csv", encoded(fmt.Sprintf(nestedRequest, "")), "") })
}

func FuzzExport_request(f *testing.F) {
	f.Add(encoded(fmt.Sprintf(nestedRequest, "")))
	f.Add(encoded(fmt.Sprintf(nestedRequest, `,"filter":{"filters":[{"dimension":"x","operator":"IS","values":[null]}]}`)))
	f.Add(encoded(`{"dimensions":["date"],"period":{"from":"2026-03-01","to":"2026-03-31"},"sortBy":-9}`))
	f.Add("e30")
	f.Fuzz(func(t *testing.T, request string) {
		w := get(t, fixed{rows: nested()[:1]}, "report.csv", url.QueryEscape(request), "")
		require.Contains(t, []int{http.StatusOK, http.StatusBadRequest}, w.Code)
	})
}

func FuzzExport_labelsStayOneTextInOneCell(f *testing.F) {
	for _, label := range []string{"=1+1", "+1", "-1", "@x", "\t=1", "\r=1", `";=1+1;"`, "a\r\nb", "'", "<b>&"} {
		f.Add(label)
	}
	request, err := json.Marshal(map[string]any{
		"report": "SUMMARY", "period": map[string]string{"from": "2026-03-01", "to": "2026-03-31"}, "dimensions": []string{"campaign"}, "columns": []any{map[string]string{"metric": "visits"}},
	})
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, label string) {
		w := get(t, fixed{rows: []fixedRow{{0, reports.Row{Key: "1", Label: label, Values: figures(7)}}}}, "report.csv", encoded(string(request)), "")
		rows, err := sheets.Reader{}.ReadRows("x.csv", w.Body.Bytes())
		require.NoError(t, err)
		require.Len(t, rows, 3, "header, row, totals")
		require.Equal(t, "7", rows[1][1])
		require.NotEqual(t, 0, strings.IndexAny(rows[1][0], "=+-@\t\r\n"), "a formula")
	})
}
