package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/deals"
)

// historyWorld loads four deals with five states, one of them generated, of different contents.
func historyWorld(t *testing.T, w *crmWorld) {
	t.Helper()
	revenue, closed := int64(10050), at(-1)
	a, b, c, d := rec("a_1", "new", -9), rec("ab1", "talk", -8), rec("АБВ", "new", -7), rec("d*[?]", "lost", -6)
	a.Name, a.RevenueMinor, a.Comments, a.Tags = "Договор Ромашка", &revenue, "100% done", []deals.Tag{{ExternalID: "vip", Name: "VIP"}, {ExternalID: "hot", Name: "Hot"}}
	b.ContactExternalIDs, b.MainContactExternalID, b.EmployeeExternalID, b.Source = []string{"c1", "c2"}, "c2", "e1", "Сайт"
	c.EmployeeExternalID, c.ContactExternalIDs, c.MainContactExternalID = "e2", []string{"c3"}, "c3"
	d.ClosedAt, d.CreatedAt = &closed, at(-30)
	require.NoError(t, w.upload(a, b, c, d))
}

func TestOC_1_HistoryIsFilteredByEveryField(t *testing.T) {
	t.Parallel()
	cases := []struct {
		field    string
		operator core.Operator
		value    any
		want     string // deals' first letters, generated in small brackets
	}{
		{"ext_id", core.OpEqual, "ab1", "[(ab1) ab1]"},
		{"ext_id", core.OpIn, []any{"ab1", "АБВ"}, "[(ab1) ab1 АБВ]"},
		{"ext_id", core.OpNotIn, []any{"ab1", "АБВ"}, "[a_1 d*[?]]"},
		{"ext_id", core.OpLike, "a_%", "[a_1]"},
		{"ext_id", core.OpLike, "A%", "[]"},
		{"ext_id", core.OpLike, "%*[?]", "[d*[?]]"},
		{"ext_id", core.OpILike, "абв", "[АБВ]"},
		{"ext_id", core.OpRegexp, "^a.1$", "[a_1 (ab1) ab1]"},
		{"name", core.OpILike, "%РОМАШКА", "[a_1]"},
		{"name", core.OpNotLike, "Deal%", "[a_1]"},
		{"comments", core.OpLike, "100%", "[a_1]"},
		{"comments", core.OpIsNull, nil, "[(ab1) ab1 АБВ d*[?]]"},
		{"source", core.OpEqual, "Сайт", "[(ab1) ab1]"},
		{"source", core.OpNotEqual, "Сайт", "[a_1 АБВ d*[?]]"},
		{"source", core.OpEqual, nil, "[a_1 АБВ d*[?]]"},
		{"employee_ext_id", core.OpNotEqual, nil, "[(ab1) ab1 АБВ]"},
		{"main_contact_ext_id", core.OpEqual, "c2", "[(ab1) ab1]"},
		{"contact_ext_ids", core.OpOverlap, []any{"c1", "c3"}, "[(ab1) ab1 АБВ]"},
		{"contact_ext_ids", core.OpNotOverlap, []any{"c1", "c3"}, "[a_1 d*[?]]"},
		{"tag_ext_ids", core.OpOverlap, []any{"hot"}, "[a_1]"},
		{"revenue", core.OpEqual, 100.5, "[a_1]"},
		{"revenue", core.OpLess, 100.0, "[(ab1) ab1 АБВ d*[?]]"},
		{"revenue", core.OpGreater, 0.001, "[a_1]"},
		{"is_generated", core.OpEqual, true, "[(ab1)]"},
		{"is_generated", core.OpNotEqual, true, "[a_1 ab1 АБВ d*[?]]"},
		{"sales_funnel_ext_id", core.OpEqual, "sales", "[a_1 (ab1) ab1 АБВ d*[?]]"},
		{"stage_ext_id", core.OpIn, []any{"talk", "lost"}, "[ab1 d*[?]]"},
		{"created_date_time", core.OpGreaterEqual, at(-30), "[d*[?]]"},
		{"closed_date_time", core.OpIsNotNull, nil, "[d*[?]]"},
		{"closed_date_time", core.OpLess, at(0), "[d*[?]]"},
		{"modified_stage_date_time", core.OpLessEqual, at(-8), "[a_1 (ab1) ab1]"},
		{"communication_id", core.OpIsNull, nil, "[a_1 (ab1) ab1 АБВ d*[?]]"},
		{"communication_id", core.OpEqual, 5.0, "[]"},
		{"communication_type", core.OpEqual, "call", "[]"},
	}
	eachCRM(t, func(t *testing.T, w *crmWorld) {
		historyWorld(t, w)
		for _, c := range cases {
			f := core.ListFilter{Field: c.field, Operator: c.operator, Value: c.value}
			require.Equal(t, c.want, shown(w.history(f)), "%s %s %v", c.field, c.operator, c.value)
			again := core.ListFilter{Filters: []core.ListFilter{f, {Field: "name", Operator: core.OpRegexp, Value: "."}, {}}}
			require.Equal(t, c.want, shown(w.history(again)), "beside what Go compares: %s %s %v", c.field, c.operator, c.value)
		}
		either := core.ListFilter{Any: true, Filters: []core.ListFilter{
			{Field: "ext_id", Operator: core.OpEqual, Value: "АБВ"}, {Filters: []core.ListFilter{{Field: "stage_ext_id", Operator: core.OpEqual, Value: "lost"}}},
		}}
		require.Equal(t, "[АБВ d*[?]]", shown(w.history(either)))
	})
}

func shown(rows []deals.HistoryRow) string {
	names := []string{}
	for _, h := range rows {
		if h.IsGenerated {
			names = append(names, "("+h.ExternalID+")")
		} else {
			names = append(names, h.ExternalID)
		}
	}
	return fmt.Sprint(names)
}

func TestOC_1_HistoryIsOrderedAndCut(t *testing.T) {
	t.Parallel()
	eachCRM(t, func(t *testing.T, w *crmWorld) {
		historyWorld(t, w)
		require.Equal(t, "[a_1 (ab1) ab1 d*[?] АБВ]", shown(w.history(core.ListFilter{}, core.SortBy{Field: "ext_id"})))
		require.Equal(t, "[(ab1) ab1 АБВ a_1 d*[?]]", shown(w.history(core.ListFilter{}, core.SortBy{Field: "employee_ext_id"})), "empty ones last")
		require.Equal(t, "[d*[?] a_1 (ab1) ab1 АБВ]", shown(w.history(core.ListFilter{}, core.SortBy{Field: "created_date_time", Desc: true})))
		for _, f := range []core.ListFilter{{}, {Field: "name", Operator: core.OpRegexp, Value: "."}} {
			l, err := w.ListHistory(t.Context(), 1, w.crm, core.ListRequest{Filter: f, Limit: 2, Offset: 1})
			require.NoError(t, err)
			require.Equal(t, 5, l.Total)
			require.Equal(t, "[(ab1) ab1]", shown(l.Rows))
		}
		for field, reason := range map[string]string{"nope": "unexpected_parameters", "tag_ext_ids": "sort_prohibited"} {
			_, err := w.ListHistory(t.Context(), 1, w.crm, core.ListRequest{Sort: []core.SortBy{{Field: field}}})
			refused(t, err, core.KindInvalid, reason, field)
		}
		_, err := w.ListHistory(t.Context(), 1, w.crm, core.ListRequest{Filter: core.ListFilter{Field: "nope", Operator: core.OpEqual}})
		refused(t, err, core.KindInvalid, "unexpected_parameters", "nope")
		for _, f := range []core.ListFilter{
			{Field: "revenue", Operator: core.OpEqual, Value: "1"},
			{Field: "ext_id", Operator: core.OpEqual, Value: 1.0},
			{Field: "name", Operator: core.OpRegexp, Value: "("},
			{Field: "created_date_time", Operator: core.OpLess, Value: "yesterday"},
		} {
			_, err := w.ListHistory(t.Context(), 1, w.crm, core.ListRequest{Filter: f})
			refused(t, err, core.KindInvalid, "invalid_parameter_value", f.Field)
		}
		found := w.history(core.ListFilter{Field: "ext_id", Operator: core.OpEqual, Value: "a\x00"})
		require.Empty(t, found, "no database can hold this")
	})
}

func TestOC_1_DealsAreListedForTheCabinet(t *testing.T) {
	t.Parallel()
	eachCRM(t, func(t *testing.T, w *crmWorld) {
		ctx := t.Context()
		for i := range 7 {
			stage, amount := []string{"new", "talk", "won"}[i%3], int64(100*(7-i))
			r := rec(fmt.Sprintf("d%d", i), stage, -2)
			r.CreatedAt, r.RevenueMinor, r.Name = at(-40+i), &amount, fmt.Sprintf("Сделка %d%%", i)
			if i%2 == 0 {
				r.ContactExternalIDs, r.MainContactExternalID, r.EmployeeExternalID = []string{"c1", "c2"}, "c2", "e1"
			}
			require.NoError(t, w.upload(r))
		}
		funnels, err := w.Funnels(ctx, 1, w.crm)
		require.NoError(t, err)
		d0, yes, no := w.deal("d0"), true, false
		cases := []struct {
			name string
			f    deals.Filter
			sort deals.Sort
			want string
		}{
			{"newest first", deals.Filter{}, deals.Sort{}, "[d6 d5 d4 d3 d2 d1 d0]"},
			{"by revenue", deals.Filter{CRMID: w.crm}, deals.Sort{By: deals.SortByRevenue, Ascending: true}, "[d6 d5 d4 d3 d2 d1 d0]"},
			{"by closing", deals.Filter{Statuses: []deals.StageStatus{deals.StageSuccess}}, deals.Sort{By: deals.SortByClosed}, "[d5 d2]"},
			{"by change", deals.Filter{StageIDs: []core.StageID{funnels[0].Stages[0].ID}}, deals.Sort{By: deals.SortByModified, Ascending: true}, "[d0 d3 d6]"},
			{"funnel and employee", deals.Filter{FunnelIDs: []core.FunnelID{funnels[0].ID}, EmployeeIDs: []core.DealEmployeeID{d0.EmployeeID}}, deals.Sort{}, "[d6 d4 d2 d0]"},
			{"contact", deals.Filter{ContactIDs: d0.ContactIDs[:1]}, deals.Sort{}, "[d6 d4 d2 d0]"},
			{"created", deals.Filter{CreatedFrom: at(-38), CreatedTo: at(-36)}, deals.Sort{}, "[d3 d2]"},
			{"closed", deals.Filter{ClosedFrom: at(-2), ClosedTo: at(-1)}, deals.Sort{}, "[d5 d2]"},
			{"search in any case", deals.Filter{Search: "сДЕЛКА 3%"}, deals.Sort{}, "[d3]"},
			{"search by identifier", deals.Filter{Search: "d4"}, deals.Sort{}, "[d4]"},
			{"with a source", deals.Filter{HasSource: &yes}, deals.Sort{}, "[]"},
			{"without", deals.Filter{HasSource: &no, IDs: []core.DealID{d0.ID}}, deals.Sort{}, "[d0]"},
		}
		for _, c := range cases {
			require.Equal(t, c.want, w.paged(c.f, c.sort), c.name)
		}
		_, err = w.Deals(ctx, 1, core.PageRequest{First: 0}, deals.Filter{}, deals.Sort{})
		require.Equal(t, "bad_first", core.AsError(err).Reason)
		_, err = w.Deals(ctx, 1, core.PageRequest{First: 1, After: "?"}, deals.Filter{}, deals.Sort{})
		require.Equal(t, "bad_cursor", core.AsError(err).Reason)
		_, err = w.Deals(ctx, 1, core.PageRequest{First: 1}, deals.Filter{}, deals.Sort{By: "name"})
		require.Equal(t, core.KindInvalid, core.KindOf(err))
		states, err := w.States(ctx, 1, []core.DealID{d0.ID, w.deal("d2").ID})
		require.NoError(t, err)
		require.Len(t, states[d0.ID], 1)
		require.Len(t, states[w.deal("d2").ID], 4)
		links, err := w.Links(ctx, 1, []core.DealID{d0.ID})
		require.NoError(t, err)
		require.Empty(t, links)
		steps, err := w.Steps(ctx, 1, d0.ID)
		require.NoError(t, err)
		require.Empty(t, steps)
	})
}

// paged reads all deals of a list, three to a page.
func (w *crmWorld) paged(f deals.Filter, sort deals.Sort) string {
	w.t.Helper()
	names, page := []string{}, core.PageRequest{First: 3}
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); {
		p, err := w.Deals(w.t.Context(), w.account, page, f, sort)
		require.NoError(w.t, err)
		for _, d := range p.Nodes {
			names = append(names, d.ExternalID)
		}
		if page.After = p.EndCursor; !p.HasNext {
			return fmt.Sprint(names)
		}
	}
	return "no end"
}
