package app_test

import (
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/store"
)

// export asks for a report of channels as a file, with an Authorization header unless token is empty.
func (r *running) export(path, token string) (status int, body, contentType string) {
	r.t.Helper()
	today := time.Now().UTC()
	report := fmt.Sprintf(`{"report":"SUMMARY","period":{"from":%q,"to":%q},"dimensions":["site","channel"],"columns":[{"metric":"visits"},{"metric":"deals"},{"metric":"revenue"}]}`,
		today.AddDate(0, 0, -2).Format(time.DateOnly), today.AddDate(0, 0, 2).Format(time.DateOnly))
	request, err := http.NewRequestWithContext(r.t.Context(), http.MethodGet, r.url+path+"?lang=en&request="+base64.RawURLEncoding.EncodeToString([]byte(report)), nil)
	require.NoError(r.t, err)
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	answer, err := http.DefaultClient.Do(request)
	require.NoError(r.t, err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	require.NoError(r.t, err)
	return answer.StatusCode, string(text), answer.Header.Get("Content-Type")
}

func TestAN_2_CA_1_exportHasTheFiguresOfOnesOwnAccount(t *testing.T) {
	t.Parallel()
	eachEngine(t, func(t *testing.T, engine store.Engine) {
		s := startApp(t, engine)
		alpha, beta := s.populate("alpha"), s.populate("beta")
		status, body, contentType := s.export("/export/report.csv", beta.token)
		require.Equal(t, http.StatusOK, status, body)
		require.Equal(t, "text/csv; charset=utf-8", contentType)
		require.Contains(t, body, beta.marker)
		require.NotContains(t, body, alpha.marker)
		require.Contains(t, body, "1000.00", "the deal's revenue")

		status, body, contentType = s.export("/export/report.xlsx", beta.token)
		require.Equal(t, http.StatusOK, status)
		require.Equal(t, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", contentType)
		require.Equal(t, "PK", body[:2])

		status, body, _ = s.export("/export/report.csv", "")
		require.Equal(t, http.StatusUnauthorized, status)
		require.Equal(t, "Sign in to the cabinet and open the link again.\n", body)
		status, _, _ = s.export("/export/report.csv", "wrong")
		require.Equal(t, http.StatusUnauthorized, status)
	})
}

func TestAN_2_AN_4_costsOfAFileAreInReports(t *testing.T) {
	t.Parallel()
	eachEngine(t, func(t *testing.T, engine store.Engine) {
		s := startApp(t, engine)
		alpha := s.populate("alpha")
		day := time.Now().UTC()
		file := fmt.Sprintf("\ufeffс;по;кампания;расход;клики\r\n%s;%s;Alpha Campaign;\"1 250,50\";7\r\n",
			day.AddDate(0, 0, -2).Format("02.01.2006"), day.AddDate(0, 0, 2).Format("02.01.2006"))
		upload := func(dryRun bool, path string) string {
			return s.gql(alpha, fmt.Sprintf(`mutation { uploadCampaignCosts(input: {fileName: "costs.csv", content: %q, dryRun: %t})
				{ saved costs { line replaces amount { amount } campaign { id } } problems { line column reason message } } }`,
				base64.StdEncoding.EncodeToString([]byte(file)), dryRun), "uploadCampaignCosts."+path)
		}
		require.Equal(t, "false", upload(true, "saved"), "tried only")
		require.Equal(t, "1250.50", upload(true, "costs.0.amount.amount"))
		require.Equal(t, alpha.ids["campaign"][0], upload(true, "costs.0.campaign.id"))
		require.Equal(t, "true", upload(false, "saved"))
		require.Equal(t, "true", upload(true, "costs.0.replaces"))
		cost := s.gql(alpha, fmt.Sprintf(`{ report(input: {report: SUMMARY, period: {from: %q, to: %q}, dimensions: ["campaign"], columns: [{metric: "cost"}]}) { totals } }`,
			day.AddDate(0, 0, -3).Format(time.DateOnly), day.AddDate(0, 0, 3).Format(time.DateOnly)), "report.totals.0")
		require.Equal(t, "125050", cost)
	})
}
