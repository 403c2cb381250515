package reports_test

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/attribution"
	"github.com/skvoz/skvoz/core/deals"
	"github.com/skvoz/skvoz/core/reports"
	"github.com/skvoz/skvoz/core/visits"
)

// benchSet is 2 million sessions of 1.2 million visitors, 200 000 communications and 100 000 deals in the 365 days of 2026, from 400 origins (60 sources,
// 40 campaigns).
var benchSet = sync.OnceValue(func() *memory {
	const sessions, comms, dealCount, visitors = 2_000_000, 200_000, 100_000, 1_200_000
	r := rand.New(rand.NewPCG(1, 2))
	m := &memory{
		traffic: map[core.TrafficID]visits.TrafficSource{},
		funnels: []deals.Funnel{{ID: 1, Name: "A", InReports: true, Stages: []deals.Stage{{ID: 1, Name: "1"}, {ID: 2, Name: "2"}, {ID: 3, Name: "3"}}}},
	}
	channels := []visits.Channel{visits.ChannelPaid, visits.ChannelOrganic, visits.ChannelDirect, visits.ChannelSocial, visits.ChannelEmail, visits.ChannelReferral}
	origins := make([]reports.Origin, 400)
	for i := range origins {
		id := core.TrafficID(i + 1)
		m.traffic[id] = visits.TrafficSource{Channel: channels[i%6], Source: fmt.Sprint("source", i%60), Campaign: fmt.Sprint("c", i%100), IsPaid: i%6 == 0}
		origins[i] = reports.Origin{Site: core.SiteID(1 + i%3), Traffic: id, Campaign: core.CampaignID(i % 41)}
	}
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).UnixMilli()
	byVisitor := make([][]*visit, visitors)
	all := make([]visit, sessions)
	for i := range all {
		v := &all[i]
		visitor := r.IntN(visitors)
		origin := int(float64(len(origins)) * r.Float64() * r.Float64())
		*v = visit{
			id: core.SessionID(i + 1), visitor: core.VisitorID(visitor)*7_500_000_001 + 1, at: start + int64(i)*365*reports.DayMS/sessions, hits: uint32(1 + r.IntN(9)),
			number: uint32(len(byVisitor[visitor]) + 1), seconds: uint32(r.IntN(600)), origin: origins[origin],
		}
		m.visits = append(m.visits, v)
		byVisitor[visitor] = append(byVisitor[visitor], v)
	}
	for i := range comms {
		own := &all[r.IntN(sessions)]
		touches := byVisitor[(own.visitor-1)/7_500_000_001]
		for len(touches) > 0 && touches[len(touches)-1].at > own.at {
			touches = touches[:len(touches)-1]
		}
		m.comms = append(m.comms, &communication{
			id: core.CommunicationID(i + 1), at: own.at + 60_000, kind: uint8(1 + r.IntN(4)), site: own.origin.Site, visitor: own.visitor, session: own.id,
			contact: uint64(own.visitor), touches: touches,
		})
	}
	for i := range dealCount {
		c := m.comms[i*2]
		touches := c.touches
		for len(touches) < 5 { // deals have longer paths
			touches = append(append([]*visit(nil), &all[max(0, int(c.session)-1-r.IntN(300_000))]), touches...)
		}
		m.deals = append(m.deals, &deal{
			id: core.DealID(i + 1), at: c.at + int64(r.IntN(5))*3_600_000, funnel: 1, stages: []core.StageID{1, 2, 3}[:1+r.IntN(3)], status: uint8(1 + r.IntN(3)),
			revenue: int64(r.IntN(10_000_000)), contact: core.DealContactID(i%90_000 + 1), employee: core.DealEmployeeID(1 + r.IntN(20)),
			deciding: [3]*communication{c, c, c}, touches: touches,
		})
	}
	for i := range core.CampaignID(40) {
		for month := range 12 {
			from := core.Date{Year: 2026, Month: time.Month(month + 1), Day: 1}
			to := core.DateOf(from.In(time.UTC).AddDate(0, 1, -1))
			c := cost(i+1, 1, 1, 1_000_000+int64(i))
			c.From, c.To = from, to
			m.costs = append(m.costs, c)
		}
	}
	return m
})

var benchService = sync.OnceValue(func() *reports.Service { return benchSet().service() })

func benchTable(b *testing.B, days int, change func(*reports.Request)) {
	b.Helper()
	s := benchService()
	last := core.Date{Year: 2026, Month: 12, Day: 31}
	first := core.DateOf(last.In(time.UTC).AddDate(0, 0, 1-days))
	r := reports.Request{
		Account: account, Report: reports.KindEndToEnd, Period: reports.Period{From: first, To: last}, Dimensions: []reports.DimensionID{"source", "channel", "campaign"},
		Columns: columns("visits", "visitors", "communications", "deals", "revenue", "cost", "romi"), SortBy: 0, Desc: true, Limit: 100,
	}
	change(&r)
	run := func() {
		_, err := s.Table(b.Context(), r)
		require.NoError(b, err)
	}
	run()
	b.ResetTimer()
	b.ReportAllocs()
	before := cpuTime()
	for b.Loop() {
		run()
	}
	b.ReportMetric(float64((cpuTime()-before).Microseconds())/1000/float64(b.N), "cpu-ms/op")
}

// cpuTime is what the process used of all processors: on a busy machine it tells more than the clock.
func cpuTime() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func BenchmarkTable(b *testing.B) {
	only := func(ids ...reports.MetricID) func(*reports.Request) {
		return func(r *reports.Request) { r.Columns = columns(ids...) }
	}
	for _, days := range []int{90, 365} {
		b.Run(fmt.Sprintf("%d days", days), func(b *testing.B) {
			b.Run("all", func(b *testing.B) { benchTable(b, days, func(*reports.Request) {}) })
			b.Run("visits", func(b *testing.B) { benchTable(b, days, only("visits")) })
			b.Run("visitors", func(b *testing.B) { benchTable(b, days, only("visits", "visitors")) })
			b.Run("cost", func(b *testing.B) { benchTable(b, days, only("cost")) })
			b.Run("communications", func(b *testing.B) { benchTable(b, days, only("communications")) })
			b.Run("deals", func(b *testing.B) { benchTable(b, days, only("deals", "revenue")) })
			b.Run("visitors by date", func(b *testing.B) {
				benchTable(b, days, func(r *reports.Request) {
					r.Dimensions, r.Columns = []reports.DimensionID{"date"}, columns("visits", "visitors")
				})
			})
		})
	}
	for _, model := range []attribution.ModelID{attribution.Linear, attribution.TimeDecay, attribution.MarkovRemovalEffect} {
		b.Run("deals under "+string(model), func(b *testing.B) {
			benchTable(b, 365, func(r *reports.Request) {
				r.Report, r.Columns, r.Model = reports.KindModels, columns("deals", "revenue"), model
			})
		})
	}
}

func BenchmarkWalk(b *testing.B) {
	s := benchService()
	r := reports.Request{
		Account: account, Report: reports.KindEndToEnd, Dimensions: []reports.DimensionID{"source", "channel", "campaign"}, SortBy: 0, Desc: true, Limit: 100,
		Period:  reports.Period{From: core.Date{Year: 2026, Month: 10, Day: 3}, To: core.Date{Year: 2026, Month: 12, Day: 31}},
		Columns: columns("visits", "visitors", "communications", "deals", "revenue"),
	}
	b.ReportAllocs()
	for b.Loop() {
		require.NoError(b, s.Walk(b.Context(), r, 3, func(int, reports.Row) error { return nil }))
	}
}

func BenchmarkDrill(b *testing.B) {
	s := benchService()
	for _, id := range []reports.MetricID{"visits", "visitors", "deals"} {
		b.Run(string(id), func(b *testing.B) {
			r := reports.DrillRequest{Column: reports.ColumnRef{Metric: id}, Page: core.PageRequest{First: 50}, Request: reports.Request{
				Account: account, Report: reports.KindEndToEnd, Dimensions: []reports.DimensionID{"source", "channel"}, Path: []string{"source1"},
				Period: reports.Period{From: core.Date{Year: 2026, Month: 10, Day: 3}, To: core.Date{Year: 2026, Month: 12, Day: 31}},
			}}
			for b.Loop() {
				_, err := s.Drill(b.Context(), r)
				require.NoError(b, err)
			}
		})
	}
}

func BenchmarkEffects(b *testing.B) {
	s := benchService()
	r := reports.Request{Account: account, Report: reports.KindModels, Period: reports.Period{From: core.Date{Year: 2026, Month: 1, Day: 1}, To: core.Date{Year: 2026, Month: 12, Day: 31}}}
	for _, unit := range []reports.DimensionID{"channel", "source", "campaign"} {
		for order := 1; order <= 3; order++ {
			b.Run(fmt.Sprintf("%s order %d", unit, order), func(b *testing.B) {
				for b.Loop() {
					_, err := s.Effects(b.Context(), r, unit, order)
					require.NoError(b, err)
				}
			})
		}
	}
}
