package bitrix24_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core/integrations"
)

func stamped(s string) time.Time {
	at, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return time.Time{}
	}
	return at.UTC()
}

func moveRow(id int, owner, funnel, stage, at string) string {
	return fmt.Sprintf(`{"ID":%d,"TYPE_ID":2,"OWNER_ID":%s,"CREATED_TIME":%q,"CATEGORY_ID":%s,"STAGE_ID":%q}`, id, owner, at, funnel, stage)
}

func TestHistory_TheRulesOfStages(t *testing.T) {
	t.Parallel()
	entry := func(funnel, stage, at string) integrations.StageEntry {
		return integrations.StageEntry{FunnelID: funnel, StageID: stage, At: stamped(at)}
	}
	cases := []struct {
		rule    string
		row     string
		moves   []string
		want    []integrations.StageEntry
		stageAt string
		closed  string
	}{
		{"a portal that tells none", aRow, nil, nil, "2026-02-01T10:00:00+03:00", ""},
		{
			"as it went", strings.NewReplacer(`"STAGE_ID":"NEW"`, `"STAGE_ID":"WON"`, `"CLOSED":"N"`, `"CLOSED":"Y"`).Replace(aRow),
			[]string{moveRow(1, "12", "0", "NEW", "2026-02-01T07:00:00+00:00"), moveRow(2, "12", "0", "WON", "2026-02-02T07:00:00+00:00")},
			[]integrations.StageEntry{entry("0", "NEW", "2026-02-01T07:00:00Z"), entry("0", "WON", "2026-02-02T07:00:00Z")},
			"2026-02-02T07:00:00Z", "2026-02-02T07:00:00Z",
		},
		{
			"in order of time, whatever order it comes in", aRow,
			[]string{moveRow(1, "12", "0", "NEW", "2026-02-02T07:00:00Z"), moveRow(2, "12", "3", "C3:NEW", "2026-02-01T07:00:00Z")},
			[]integrations.StageEntry{entry("3", "C3:NEW", "2026-02-01T07:00:00Z"), entry("0", "NEW", "2026-02-02T07:00:00Z")},
			"2026-02-02T07:00:00Z", "",
		},
		{
			"the same stage twice is one", aRow,
			[]string{moveRow(1, "12", "0", "NEW", "2026-02-01T07:00:00Z"), moveRow(2, "12", "0", "NEW", "2026-02-02T07:00:00Z")},
			[]integrations.StageEntry{entry("0", "NEW", "2026-02-01T07:00:00Z")},
			"2026-02-01T07:00:00Z", "",
		},
		{
			"the present stage is always the last, not before the one before", aRow,
			[]string{moveRow(1, "12", "0", "EXECUTING", "2026-02-02T09:00:00Z")},
			[]integrations.StageEntry{entry("0", "EXECUTING", "2026-02-02T09:00:00Z"), entry("0", "NEW", "2026-02-02T09:00:00Z")},
			"2026-02-02T09:00:00Z", "",
		},
	}
	for _, c := range cases {
		t.Run(c.rule, func(t *testing.T) {
			t.Parallel()
			p := newPortal(t, map[string][]reply{"crm.deal.list": {ok("[" + c.row + "]")}, "batch": {
				batchOf(`"deal_12":[{"CONTACT_ID":6,"SORT":20,"IS_PRIMARY":"N"},{"CONTACT_ID":5,"SORT":10,"IS_PRIMARY":"Y"}]`),
				batchOf(`"contacts000":[],"history000":{"items":[` + strings.Join(c.moves, ",") + `]},"sources":[{"STATUS_ID":"WEB","NAME":"Веб-сайт"}]`),
			}})
			page, err := byHook(p.URL, nil).open(t).ChangedDeals(t.Context(), integrations.ChangesQuery{Since: noon})
			require.NoError(t, err)
			require.Len(t, page.Deals, 1)
			d := page.Deals[0]
			require.Equal(t, c.want, d.History)
			require.Equal(t, stamped(c.stageAt), d.StageAt)
			if c.closed == "" {
				require.Nil(t, d.ClosedAt)
			} else {
				require.Equal(t, stamped(c.closed), *d.ClosedAt)
			}
			require.Equal(t, []string{"5", "6"}, d.ContactIDs)
			require.Equal(t, "5", d.MainContactID)
			require.Equal(t, "Веб-сайт", d.Source)
			require.Equal(t, stamped("2026-02-03T07:00:00Z"), d.ModifiedAt)
		})
	}
}

func TestHistory_LongerThanAPage(t *testing.T) {
	t.Parallel()
	var first, second []string
	for i := 1; i <= 60; i++ {
		row := moveRow(i, "12", "0", fmt.Sprintf("S%d", i), noon.Add(time.Duration(i)*time.Minute).Format(time.RFC3339))
		if i <= 50 {
			first = append(first, row)
		} else {
			second = append(second, row)
		}
	}
	p := newPortal(t, map[string][]reply{"crm.deal.list": {ok("[" + strings.Replace(aRow, `"STAGE_ID":"NEW"`, `"STAGE_ID":"S60"`, 1) + "]")}, "batch": {
		batchOf(`"deal_12":[]`), batchOf(`"history000":{"items":[` + strings.Join(first, ",") + `]}`), batchOf(`"history000":{"items":[` + strings.Join(second, ",") + `]}`),
	}})
	page, err := byHook(p.URL, nil).open(t).ChangedDeals(t.Context(), integrations.ChangesQuery{Since: noon})
	failed := failure(t, err)
	require.Equal(t, integrations.FailAnswer, failed.Kind, "a part of a batch that is missing is a failure")
	require.Empty(t, page.Deals)

	p.replies["batch"] = []reply{
		batchOf(`"deal_12":[]`), batchOf(`"contacts000":[],"history000":{"items":[` + strings.Join(first, ",") + `]},"sources":[]`), batchOf(`"history000":{"items":[` + strings.Join(second, ",") + `]}`),
	}
	page, err = byHook(p.URL, nil).open(t).ChangedDeals(t.Context(), integrations.ChangesQuery{Since: noon})
	require.NoError(t, err)
	require.Len(t, page.Deals[0].History, 60)
	all := p.sent()
	require.Contains(t, all[len(all)-1].body, "%3EID%5D=50")
}

func TestDeals_AmountsAndLeads(t *testing.T) {
	t.Parallel()
	cases := []struct {
		rule, amount, currency string
		want                   *int64
	}{
		{"roubles", `"19999.99"`, "RUB", new(int64(1999999))},
		{"a number", `100`, "RUB", new(int64(10000))},
		{"a currency without a fraction", `"1500.00"`, "JPY", new(int64(1500))},
		{"more digits than there are", `"1.2345"`, "RUB", new(int64(123))},
		{"nothing", `null`, "RUB", nil},
		{"no number", `"abc"`, "RUB", nil},
	}
	for _, c := range cases {
		t.Run(c.rule, func(t *testing.T) {
			t.Parallel()
			row := `{"ID":"12","STAGE_ID":"NEW","LEAD_ID":"7","OPPORTUNITY":` + c.amount + `,"CURRENCY_ID":"` + c.currency + `"}`
			p := newPortal(t, map[string][]reply{"crm.deal.list": {ok("[" + row + "]")}})
			got, err := byHook(p.URL, nil).open(t).OpenDeals(t.Context(), "5")
			require.NoError(t, err)
			require.Equal(t, c.want, got[0].RevenueMinor)
			require.Equal(t, "L_7", got[0].LeadID, "as CreateDeal names a lead")
			require.Equal(t, "0", got[0].FunnelID)
			require.Empty(t, got[0].MainContactID)
		})
	}
}

func TestDeals_ThoseTheKeyMayNotSeeAreNotTakenForDeleted(t *testing.T) {
	t.Parallel()
	p := newPortal(t, map[string][]reply{"batch": {batchOf(`"deals000":[]`), {body: `{"result":{"result":[],"result_error":{"deal_1":{"error":"","error_description":"Access denied."},"deal_2":{"error":"","error_description":"Not found"}}}}`}}})
	page, err := byHook(p.URL, nil).open(t).DealsByID(t.Context(), []string{"1", "2"})
	require.NoError(t, err)
	require.Equal(t, integrations.DealPage{Gone: []string{"2"}}, page)
}

func TestDeals_DeletedWhileTheyAreRead(t *testing.T) {
	t.Parallel()
	p := newPortal(t, map[string][]reply{"crm.deal.list": {ok("[" + aRow + "," + strings.Replace(aRow, `"12"`, `"13"`, 1) + "]")}, "batch": {
		{body: `{"result":{"result":{"deal_13":[]},"result_error":{"deal_12":{"error":"","error_description":"Not found"}}}}`},
		batchOf(`"contacts000":[],"history000":{"items":[]},"sources":[]`),
	}})
	page, err := byHook(p.URL, nil).open(t).ChangedDeals(t.Context(), integrations.ChangesQuery{Since: noon})
	require.NoError(t, err)
	require.Equal(t, []string{"12"}, page.Gone)
	require.Len(t, page.Deals, 1)
	require.Equal(t, "13", page.Deals[0].ID)
}
