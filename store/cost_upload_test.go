package store_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/sites"
	"github.com/skvoz/skvoz/internal/testkit"
	"github.com/skvoz/skvoz/store"
	"github.com/skvoz/skvoz/store/storetest"
)

// costWorld is an account with two sites: each has a campaign "Общая", and the first "Весна" besides.
type costWorld struct {
	t        *testing.T
	service  *sites.Service
	spring   sites.Campaign
	shared   [2]sites.Campaign
	stranger sites.Campaign
}

func newCostWorld(t *testing.T, db *store.DB) *costWorld {
	t.Helper()
	ctx := t.Context()
	addAccount(ctx, t, db, 1)
	addAccount(ctx, t, db, 2)
	one, two := addSite(ctx, t, db, 1, "shop.example"), addSite(ctx, t, db, 1, "other.example")
	w := &costWorld{t: t, service: sites.NewService(sites.Deps{Store: db, Campaigns: db, Costs: db, CostUploads: db, Clock: db.Clock})}
	w.spring = addCampaign(ctx, t, db, one, "Весна")
	w.shared = [2]sites.Campaign{addCampaign(ctx, t, db, one, "Общая"), addCampaign(ctx, t, db, two, "Общая")}
	w.stranger = addCampaign(ctx, t, db, addSite(ctx, t, db, 2, "stranger.example"), "Чужая")
	return w
}

// table makes rows out of lines of values between bars.
func table(lines ...string) [][]string {
	out := make([][]string, len(lines))
	for i, line := range lines {
		for _, cell := range strings.Split(line, "|") {
			out[i] = append(out[i], strings.TrimSpace(cell))
		}
	}
	return out
}

func (w *costWorld) upload(dryRun bool, lines ...string) sites.CostFile {
	w.t.Helper()
	file, err := w.service.UploadCostFile(w.t.Context(), 1, table(lines...), dryRun)
	require.NoError(w.t, err)
	return file
}

// costs are those of the account, in words.
func (w *costWorld) costs() []string {
	w.t.Helper()
	list, err := w.service.ListCosts(w.t.Context(), 1, []core.CampaignID{w.spring.ID, w.shared[0].ID, w.shared[1].ID})
	require.NoError(w.t, err)
	out := []string{}
	for i, of := range list {
		for _, c := range of {
			out = append(out, fmt.Sprintf("%d %s %s %s %d/%d", i, c.From, c.To, c.Amount.Amount(), c.Clicks, c.Impressions))
		}
	}
	slices.Sort(out)
	return out
}

func problems(f sites.CostFile) []string {
	out := []string{}
	for _, p := range f.Problems {
		out = append(out, fmt.Sprintf("%d %s %s", p.Line, p.Column, p.Reason))
	}
	return out
}

func TestAN_2_CostFile_isReadInAnyOrderOfColumnsInBothLanguages(t *testing.T) {
	t.Parallel()
	storetest.Each(t, testkit.NewClock(noon), func(t *testing.T, db *store.DB) {
		w := newCostWorld(t, db)
		file := w.upload(false,
			"Показы | Расход, ₽ | Кампания | Дата | Клики | Заметка",
			"15 200 | 12 500,50 | весна | 01.03.2026 | 340 | x",
			" | | | | |",
			"- | 1,234.50 ₽ | Весна | 2026-03-02 | |",
		)
		require.Empty(t, file.Problems)
		require.True(t, file.Saved)
		require.Equal(t, []string{"0 2026-03-01 2026-03-01 12500.50 340/15200", "0 2026-03-02 2026-03-02 1234.50 0/0"}, w.costs())
		require.Equal(t, []int{2, 4}, []int{file.Costs[0].Line, file.Costs[1].Line}, "lines as people count them")

		file = w.upload(false,
			"Campaign ID | Site | From | To | Cost",
			fmt.Sprintf("%d | www.Shop.example | 2026-04-01 | 30.4.2026 | 10", w.spring.ID),
			"общая | https://other.example/ | 2026-04-01 00:00:00 | 2026-04-30 | 20",
			"'Общая | shop.example | 2026-04-01 | 2026-04-30 | 30.5",
		)
		require.Empty(t, file.Problems)
		require.Subset(t, w.costs(), []string{"0 2026-04-01 2026-04-30 10.00 0/0", "2 2026-04-01 2026-04-30 20.00 0/0", "1 2026-04-01 2026-04-30 30.50 0/0"})
	})
}

func TestAN_2_CostFile_isTakenWholeOrNotAtAll(t *testing.T) {
	t.Parallel()
	storetest.Each(t, testkit.NewClock(noon), func(t *testing.T, db *store.DB) {
		w := newCostWorld(t, db)
		_, err := w.service.AddCost(t.Context(), 1, sites.AddCost{
			CampaignID: w.spring.ID, From: core.Date{Year: 2026, Month: 5, Day: 1}, To: core.Date{Year: 2026, Month: 5, Day: 31}, Amount: "77",
		})
		require.NoError(t, err)
		before := w.costs()
		file := w.upload(false,
			"с | по | кампания | сайт | расход | клики",
			"2026-03-01 | 2026-03-31 | Весна | | 100 | 1",
			"2026-03-01 | 2026-03-31 | Весна | | 200 | 1",
			"2026-03-31 | 2026-04-01 | Весна | | 100 | 1",
			"2026-05-31 | 2026-06-01 | Весна | | 100 | 1",
			"2026-03-01 | 2026-03-31 | Общая | | 100 | 1",
			"2026-03-01 | 2026-03-31 | Чужая | | 100 | 1",
			fmt.Sprintf("2026-03-01 | 2026-03-31 | %d | | 100 | 1", w.stranger.ID),
			"2026-03-01 | 2026-03-31 | Весна | other.example | 100 | 1",
			"2026-02-30 | 03/04/2026 | Весна | | 100 | 1",
			"2026-04-02 | 2026-04-01 | Весна | | 100 | 1",
			"2026-07-01 | 2026-07-02 | Весна | | 12,500 | 1.5",
			"2026-07-03 | 2026-07-04 | Весна | | -1 | -1",
			" | 2026-07-04 | | | | ",
		)
		require.False(t, file.Saved)
		require.Equal(t, []string{
			"3  duplicate", "4  lines_overlap", "5  period_overlaps", "6 кампания campaign_ambiguous", "7 кампания campaign_unknown", "8 кампания campaign_unknown",
			"9 сайт site_unknown", "10 с bad_date", "10 по bad_date", "11 по out_of_range", "12 расход bad_amount", "12 клики bad_number",
			"13 расход out_of_range", "13 клики bad_number", "14 кампания required", "14 расход required", "14 с required",
		}, problems(file))
		require.Contains(t, file.Problems[2].Message, "2026-05-01 – 2026-05-31", "the period that is there")
		require.Equal(t, before, w.costs())
	})
}

func TestAN_2_CostFile_replacesTheSamePeriod(t *testing.T) {
	t.Parallel()
	storetest.Each(t, testkit.NewClock(noon), func(t *testing.T, db *store.DB) {
		w := newCostWorld(t, db)
		first := []string{"from | to | campaign | cost | clicks", "2026-03-01 | 2026-03-31 | Весна | 100 | 7", "2026-04-01 | 2026-04-30 | Весна | 100 |"}
		require.True(t, w.upload(false, first...).Saved)
		again := []string{
			"from | to | campaign | cost | clicks", "2026-03-10 | 2026-03-20 | Весна | 33 | 1",
			"2026-03-01 | 2026-03-31 | Весна | 0 | ", "2026-04-01 | 2026-04-30 | Весна | 200 | 8",
		}
		tried := w.upload(true, again...)
		require.Empty(t, tried.Problems, "what is removed makes room")
		require.False(t, tried.Saved)
		require.Equal(t, []bool{false, true, true}, []bool{tried.Costs[0].Replaces, tried.Costs[1].Replaces, tried.Costs[2].Replaces})
		require.Equal(t, []string{"0 2026-03-01 2026-03-31 100.00 7/0", "0 2026-04-01 2026-04-30 100.00 0/0"}, w.costs(), "a trial changes nothing")
		require.True(t, w.upload(false, again...).Saved)
		require.Equal(t, []string{"0 2026-03-10 2026-03-20 33.00 1/0", "0 2026-04-01 2026-04-30 200.00 8/0"}, w.costs())
		require.True(t, w.upload(false, again[0], again[1], again[3]).Saved)
		require.Len(t, w.costs(), 2, "the same file twice changes nothing")
	})
}

func TestAN_2_CostFile_saysWhatIsWrongWithItsColumns(t *testing.T) {
	t.Parallel()
	storetest.Each(t, testkit.NewClock(noon), func(t *testing.T, db *store.DB) {
		w := newCostWorld(t, db)
		for _, tc := range []struct {
			rule  string
			lines []string
			want  []string
		}{
			{"nothing", nil, []string{"0  empty"}},
			{"blank lines", []string{" | ", ""}, []string{"0  empty"}},
			{"no costs", []string{"date|campaign|cost"}, []string{"0  no_lines"}},
			{"no columns", []string{"", "a|b"}, []string{"2 campaign column_missing", "2 cost column_missing", "2 date column_missing"}},
			{"half a period", []string{"from|campaign|cost", "x"}, []string{"1 to column_missing"}},
			{"a day and a period", []string{"date|from|to|campaign|cost", "x"}, []string{"1 date column_twice"}},
			{"a column twice", []string{"date|campaign|cost|Расход", "x"}, []string{"1 Расход column_twice"}},
		} {
			file := w.upload(false, tc.lines...)
			require.Equal(t, tc.want, problems(file), tc.rule)
			require.False(t, file.Saved)
		}
	})
}

func TestAN_2_CostFile_isBounded(t *testing.T) {
	t.Parallel()
	db := storetest.Open(t, store.SQLite, testkit.NewClock(noon))
	w := newCostWorld(t, db)
	lines := []string{"date|campaign|cost"}
	for range sites.MaxCostLines + 1 {
		lines = append(lines, "x|Весна|1")
	}
	file := w.upload(false, lines...)
	require.Len(t, file.Problems, 501)
	require.Equal(t, "more_problems", file.Problems[500].Reason)
	require.Equal(t, "and 9501 more problems", file.Problems[500].Message)
}

// meanwhile is a store in which somebody else is quicker.
type meanwhile struct {
	*store.DB
	cost sites.Cost
}

func (m meanwhile) PutCosts(ctx context.Context, account core.AccountID, costs []sites.Cost) error {
	if err := m.AddCost(ctx, m.cost); err != nil {
		return err
	}
	return m.DB.PutCosts(ctx, account, costs)
}

func TestAN_2_CostFile_tellsOfCostsThatCameMeanwhile(t *testing.T) {
	t.Parallel()
	storetest.Each(t, testkit.NewClock(noon), func(t *testing.T, db *store.DB) {
		w := newCostWorld(t, db)
		day := core.Date{Year: 2026, Month: 3, Day: 2}
		w.service = sites.NewService(sites.Deps{Store: db, Campaigns: db, Costs: db, Clock: db.Clock, CostUploads: meanwhile{db, sites.Cost{
			AccountID: 1, CampaignID: w.spring.ID, From: day, To: day, Amount: core.Money{Minor: 1, Currency: "RUB"},
		}}})
		file := w.upload(false, "from|to|campaign|cost", "2026-02-01|2026-02-28|Весна|1", "2026-03-01|2026-03-31|Весна|1", "2026-01-01|2026-01-31|Весна|0")
		require.False(t, file.Saved)
		require.Equal(t, []string{"3  period_overlaps"}, problems(file))
		require.Equal(t, []string{"0 2026-03-02 2026-03-02 0.01 0/0"}, w.costs(), "nothing of the file")
	})
}

func TestAN_2_CostFile_takesAsManyLinesAsItMay(t *testing.T) {
	t.Parallel()
	storetest.Each(t, testkit.NewClock(noon), func(t *testing.T, db *store.DB) {
		w := newCostWorld(t, db)
		lines := []string{"date|campaign|cost"}
		first := core.Date{Year: 2000, Month: 1, Day: 1}.In(time.UTC)
		for i := range sites.MaxCostLines {
			lines = append(lines, first.AddDate(0, 0, i).Format(time.DateOnly)+"|Весна|1")
		}
		file := w.upload(false, lines...)
		require.Empty(t, file.Problems)
		require.True(t, file.Saved)
		require.Len(t, w.costs(), sites.MaxCostLines)
	})
}
