package reports_test

import (
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/attribution"
	"github.com/skvoz/skvoz/core/deals"
	"github.com/skvoz/skvoz/core/reports"
	"github.com/skvoz/skvoz/core/visits"
)

// handSet is small enough to count by hand. Account time is Moscow's.
//
//	visits      s1 visitor 1  1 March 10:00  paid yandex, campaign 11, 5 hits, 100 s, first
//	            s2 visitor 1  3 March 10:00  direct,                   1 hit
//	            s3 visitor 2  3 March 12:00  paid yandex, campaign 11, 2 hits
//	            s4 visitor 3  4 March 00:30  organic google,           3 hits, first (3 March 21:30 UTC)
//	            s5 visitor 2  28 February 23:59 organic google,        1 hit, first
//	calls …     c1 call    3 March 11:00 in s2 (before it s1), contact 100
//	            c2 request 5 March 09:00 of nobody known,      contact 200
//	            c3 goal    4 March 01:00 in s4,                contact 300
//	deals       d1 5 March, 1000.01, won 9 March (4 days), decided by c1: s1, s2; stages 1, 2, 3
//	            d2 5 March,   50.00, open, nothing known before it; stage 1
//	            d3 4 March,   20.00, lost at stage 2, decided by c3: s4; stages 1, 2, 4
//	cost        10.01 for campaign 11, 1 to 3 March: two visits, s1 gets ⌊1001/2⌋ = 500, s3 1001 − 500 = 501 minor units
func handSet() *memory {
	paid, direct, organic := reports.Origin{Site: 1, Traffic: 1, Campaign: 11}, reports.Origin{Site: 1, Traffic: 2}, reports.Origin{Site: 1, Traffic: 3}
	s1 := &visit{id: 1, visitor: 1, at: ms(1, 10, 0), number: 1, hits: 5, seconds: 100, origin: paid, client: reports.Client{Device: visits.DeviceMobile}}
	s2 := &visit{id: 2, visitor: 1, at: ms(3, 10, 0), number: 2, hits: 1, origin: direct}
	s3 := &visit{id: 3, visitor: 2, at: ms(3, 12, 0), number: 2, hits: 2, origin: paid}
	s4 := &visit{id: 4, visitor: 3, at: ms(4, 0, 30), number: 1, hits: 3, origin: organic}
	s5 := &visit{id: 5, visitor: 2, at: ms(1, -1, 59), number: 1, hits: 1, origin: organic}
	c1 := &communication{id: 1, at: ms(3, 11, 0), kind: 1, site: 1, visitor: 1, session: 2, contact: 100, touches: []*visit{s1, s2}}
	c2 := &communication{id: 2, at: ms(5, 9, 0), kind: 3, site: 1, contact: 200}
	c3 := &communication{id: 3, at: ms(4, 1, 0), kind: 4, site: 1, goal: 5, visitor: 3, session: 4, contact: 300, touches: []*visit{s4}}
	return &memory{
		visits: []*visit{s1, s2, s3, s4, s5},
		comms:  []*communication{c1, c2, c3},
		deals: []*deal{
			{
				id: 1, at: ms(5, 10, 0), closed: ms(9, 10, 0), funnel: 1, stages: []core.StageID{1, 2, 3}, lastOpen: 2, status: 2, revenue: 100001,
				employee: 8, contact: 51, deciding: [3]*communication{c1, c1, c1}, touches: []*visit{s1, s2},
			},
			{id: 2, at: ms(5, 11, 0), funnel: 1, stages: []core.StageID{1}, lastOpen: 1, status: 1, revenue: 5000, employee: 9, contact: 52},
			{
				id: 3, at: ms(4, 11, 0), closed: ms(6, 0, 0), funnel: 1, stages: []core.StageID{1, 2, 4}, lastOpen: 2, status: 3, revenue: 2000,
				employee: 8, contact: 53, deciding: [3]*communication{c3, c3, c3}, touches: []*visit{s4},
			},
		},
		traffic: map[core.TrafficID]visits.TrafficSource{
			1: {Channel: visits.ChannelPaid, Source: "yandex", Medium: "cpc", IsPaid: true},
			2: {Channel: visits.ChannelDirect},
			3: {Channel: visits.ChannelOrganic, Source: "google"},
		},
		names: map[reports.NameKind]map[int64]string{
			reports.NamesOfCampaigns: {11: "Spring"}, reports.NamesOfSites: {1: "shop.ru"}, reports.NamesOfEmployees: {8: "Anna", 9: "Boris"},
		},
		costs: []reports.CampaignCost{cost(11, 1, 3, 1001)},
		funnels: []deals.Funnel{{ID: 1, CRMID: 1, Name: "Sales", InReports: true, Stages: []deals.Stage{
			{ID: 1, Name: "New", Status: deals.StageInProcess},
			{ID: 2, Name: "Talks", Status: deals.StageInProcess, Position: 1},
			{ID: 3, Name: "Won", Status: deals.StageSuccess, Position: deals.SuccessPosition},
			{ID: 4, Name: "Lost", Status: deals.StageFailed, Position: deals.FailedPosition},
		}}},
	}
}

func columns(ids ...reports.MetricID) []reports.ColumnRef {
	out := make([]reports.ColumnRef, len(ids))
	for i, id := range ids {
		out[i].Metric = id
	}
	return out
}

func request(kind reports.Kind, by reports.DimensionID, ids ...reports.MetricID) reports.Request {
	return reports.Request{
		Account: account, Report: kind, Period: march(1, 5), Dimensions: []reports.DimensionID{by}, Columns: columns(ids...), SortBy: -1, Limit: 1000,
	}
}

// shown writes a table as text: rows by key, "-" where a figure is not defined.
func shown(t reports.Table) map[string][]string {
	out := map[string][]string{"total": written(t.Totals)}
	for _, r := range t.Rows {
		out[r.Key] = written(r.Values)
	}
	return out
}

func written(list []reports.Value) []string {
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = "-"
		if v != nil {
			out[i] = strconv.FormatFloat(*v, 'f', -1, 64)
		}
	}
	return out
}

func TestAN_2_endToEnd_countsTheHandSet(t *testing.T) {
	t.Parallel()
	r := request(reports.KindEndToEnd, "channel", "visits", "visitors", "communications", "contacts", "deals", "deals_won", "revenue", "cost", "cpv", "romi")
	for model, want := range map[attribution.ModelID]map[string][]string{
		// The last click of c1, and of d1 that it decided, is s2 (direct).
		attribution.LastClick: {
			"paid":    {"2", "2", "0", "0", "0", "0", "0", "1001", "500.5", "-100"},
			"direct":  {"1", "1", "1", "1", "1", "1", "100001", "0", "0", "-"},
			"organic": {"1", "1", "1", "1", "1", "0", "2000", "0", "0", "-"},
			"":        {"0", "0", "1", "1", "1", "0", "5000", "0", "-", "-"},
			"total":   {"4", "3", "3", "3", "3", "1", "107001", "1001", "250.25", "10589.410589411"},
		},
		// Linear: c1 and d1 are halved between s1 (paid) and s2 (direct); 100001 = 50001 + 50000, the odd unit to the earlier.
		attribution.Linear: {
			"paid":    {"2", "2", "0.5", "1", "0.5", "0.5", "50001", "1001", "500.5", "4895.104895105"},
			"direct":  {"1", "1", "0.5", "1", "0.5", "0.5", "50000", "0", "0", "-"},
			"organic": {"1", "1", "1", "1", "1", "0", "2000", "0", "0", "-"},
			"":        {"0", "0", "1", "1", "1", "0", "5000", "0", "-", "-"},
			"total":   {"4", "3", "3", "3", "3", "1", "107001", "1001", "250.25", "10589.410589411"},
		},
	} {
		r.Model = model
		table, err := handSet().service().Table(t.Context(), r)
		require.NoError(t, err)
		require.Equal(t, want, shown(table), model)
		require.Equal(t, 4, table.RowCount)
	}
}
