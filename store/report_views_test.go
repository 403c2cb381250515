package store_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/attribution"
	"github.com/skvoz/skvoz/core/reports"
	"github.com/skvoz/skvoz/core/sites"
	"github.com/skvoz/skvoz/core/visits"
	"github.com/skvoz/skvoz/internal/testkit"
	"github.com/skvoz/skvoz/store"
	"github.com/skvoz/skvoz/store/storetest"
)

func TestAN_2_savedOfReports_staysWithinItsAccount(t *testing.T) {
	t.Parallel()
	storetest.Each(t, testkit.NewClock(noon), func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		addAccount(ctx, t, db, 1)
		addAccount(ctx, t, db, 2)

		s, err := db.ReportSettings(ctx, 1)
		require.NoError(t, err)
		require.Equal(t, reports.DefaultSettings(), s)
		require.NoError(t, db.PutReportSettings(ctx, 1, reports.Settings{LookbackDays: 10, WindowDays: 20}))
		require.NoError(t, db.PutReportSettings(ctx, 1, reports.Settings{LookbackDays: 30, WindowDays: 40}))
		s, err = db.ReportSettings(ctx, 1)
		require.NoError(t, err)
		require.Equal(t, reports.Settings{LookbackDays: 30, WindowDays: 40}, s)

		f, err := db.PutFormula(ctx, 1, reports.Formula{Name: "b", Expression: "deals", Format: reports.TypeNumber}, 2)
		require.NoError(t, err)
		_, err = db.PutFormula(ctx, 1, reports.Formula{Name: "b", Expression: "deals", Format: reports.TypeNumber}, 2)
		require.Equal(t, core.KindConflict, core.KindOf(err), "the name is taken")
		f.Name, f.Expression = "c", "visits"
		_, err = db.PutFormula(ctx, 1, f, 2)
		require.NoError(t, err)
		_, err = db.PutFormula(ctx, 1, reports.Formula{Name: "a", Expression: "deals", Format: reports.TypeMoney}, 2)
		require.NoError(t, err)
		_, err = db.PutFormula(ctx, 1, reports.Formula{Name: "d", Expression: "deals", Format: reports.TypeMoney}, 2)
		require.Equal(t, "too_many", core.AsError(err).Reason)
		list, err := db.Formulas(ctx, 1)
		require.NoError(t, err)
		require.Len(t, list, 2)
		require.Equal(t, f, list[1])
		_, err = db.PutFormula(ctx, 2, f, 2)
		require.Equal(t, core.KindNotFound, core.KindOf(err), "another account's")
		require.Equal(t, core.KindNotFound, core.KindOf(db.DeleteFormula(ctx, 2, f.ID)))
		require.NoError(t, db.DeleteFormula(ctx, 1, f.ID))

		m, err := db.PutAttributionModel(ctx, 1, reports.Model{Name: "m", Definition: attribution.Definition{Kind: attribution.KindDecay, HalfLifeDays: 3, PaidOnly: true}}, 1)
		require.NoError(t, err)
		models, err := db.AttributionModels(ctx, 1)
		require.NoError(t, err)
		require.Equal(t, []reports.Model{m}, models)
		require.Equal(t, core.KindNotFound, core.KindOf(db.DeleteAttributionModel(ctx, 2, m.ID)))
		require.NoError(t, db.DeleteAttributionModel(ctx, 1, m.ID))
	})
}

func TestAN_2_views_areTheUsersOwnOrShared(t *testing.T) {
	t.Parallel()
	storetest.Each(t, testkit.NewClock(noon), func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		addAccount(ctx, t, db, 1)
		v, err := db.PutReportView(ctx, 1, reports.View{UserID: 1, Report: reports.KindDeals, Name: "Mine", Definition: "{}"}, 10)
		require.NoError(t, err)
		_, err = db.ReportView(ctx, 1, 2, v.ID)
		require.Equal(t, core.KindNotFound, core.KindOf(err), "not shared")
		v.IsShared, v.Definition = true, `{"a":1}`
		_, err = db.PutReportView(ctx, 1, v, 10)
		require.NoError(t, err)
		got, err := db.ReportView(ctx, 1, 2, v.ID)
		require.NoError(t, err)
		require.Equal(t, v, got)
		other := v
		other.UserID = 2
		_, err = db.PutReportView(ctx, 1, other, 10)
		require.Equal(t, core.KindNotFound, core.KindOf(err), "shared views are changed by their owner only")
		list, err := db.ReportViews(ctx, 1, 2, reports.KindDeals)
		require.NoError(t, err)
		require.Len(t, list, 1)
		list, err = db.ReportViews(ctx, 1, 1, reports.KindSummary)
		require.NoError(t, err)
		require.Empty(t, list)
		require.Equal(t, core.KindNotFound, core.KindOf(db.DeleteReportView(ctx, 1, 2, v.ID)))
		require.NoError(t, db.DeleteReportView(ctx, 1, 1, v.ID))
	})
}

func TestAN_2_costsOfReports_areThoseThatMeetThePeriod(t *testing.T) {
	t.Parallel()
	storetest.Each(t, testkit.NewClock(noon), func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		addAccount(ctx, t, db, 1)
		site := addSite(ctx, t, db, 1, "shop.example")
		c, err := db.CreateCampaign(ctx, sites.Campaign{AccountID: 1, SiteID: site.ID, Name: "Spring", Status: sites.CampaignActive}, 10)
		require.NoError(t, err)
		day := func(d int) core.Date { return core.Date{Year: 2026, Month: 3, Day: d} }
		for _, d := range []int{1, 5, 9} {
			cost := sites.Cost{AccountID: 1, CampaignID: c.ID, From: day(d), To: day(d + 2), Amount: core.Money{Minor: int64(d), Currency: "RUB"}, Clicks: 3, Impressions: 4}
			require.NoError(t, db.AddCost(ctx, cost))
		}
		list, err := db.CampaignCosts(ctx, 1, reports.Period{From: day(3), To: day(5)})
		require.NoError(t, err)
		require.Len(t, list, 2)
		require.Equal(t, []int64{1, 5}, []int64{list[0].Amount.Minor, list[1].Amount.Minor})
		require.Equal(t, site.ID, list[0].Site)
		require.EqualValues(t, 3, list[0].Clicks)
		names, err := db.ReportNames(ctx, 1, reports.NamesOfCampaigns, []int64{int64(c.ID), 5})
		require.NoError(t, err)
		require.Equal(t, map[int64]string{int64(c.ID): "Spring"}, names)
		for _, kind := range []reports.NameKind{reports.NamesOfSites, reports.NamesOfGoals, reports.NamesOfEmployees, reports.NamesOfContacts, reports.NamesOfPages} {
			_, err := db.ReportNames(ctx, 1, kind, []int64{1})
			require.NoError(t, err, kind)
		}
		traffic, err := db.ReportTraffic(ctx, 1, []core.TrafficID{1})
		require.NoError(t, err)
		require.Equal(t, map[core.TrafficID]visits.TrafficSource{}, traffic)
	})
}
