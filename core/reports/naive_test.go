package reports_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/attribution"
	"github.com/skvoz/skvoz/core/deals"
	"github.com/skvoz/skvoz/core/reports"
	"github.com/skvoz/skvoz/core/visits"
)

// randomSet makes a small random set of facts around March 2026.
func randomSet(r *rand.Rand) *memory {
	m := &memory{
		traffic: map[core.TrafficID]visits.TrafficSource{},
		funnels: []deals.Funnel{
			{ID: 1, Name: "A", InReports: true, Stages: []deals.Stage{{ID: 1, Name: "1"}, {ID: 2, Name: "2"}, {ID: 3, Name: "3"}}},
			{ID: 2, Name: "B", Stages: []deals.Stage{{ID: 4, Name: "4"}}},
		},
		crms:     []deals.CRM{{ID: 1, ConversionModel: deals.LastBeforeContact}},
		settings: reports.Settings{LookbackDays: 20, WindowDays: 10},
		zone:     []string{"Europe/Moscow", "America/St_Johns", "UTC"}[r.IntN(3)],
	}
	channels := []visits.Channel{visits.ChannelPaid, visits.ChannelOrganic, visits.ChannelDirect, visits.ChannelSocial}
	for i := range core.TrafficID(6) {
		c := channels[r.IntN(4)]
		m.traffic[i+1] = visits.TrafficSource{Channel: c, Source: []string{"", "a", "b"}[r.IntN(3)], Term: fmt.Sprint(r.IntN(3)), IsPaid: c == visits.ChannelPaid}
	}
	from := time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC).UnixMilli()
	at := func() int64 { return from + r.Int64N(70*reports.DayMS) }
	for i := range 60 + r.IntN(100) {
		m.visits = append(m.visits, &visit{
			id: core.SessionID(i + 1), visitor: core.VisitorID(1 + r.IntN(40)), at: at(), number: uint32(1 + r.IntN(3)), hits: uint32(1 + r.IntN(4)), seconds: uint32(r.IntN(300)),
			origin: reports.Origin{Site: core.SiteID(1 + r.IntN(2)), Traffic: core.TrafficID(1 + r.IntN(6)), Campaign: core.CampaignID(r.IntN(3))},
			place:  reports.Place{City: []string{"", "Moscow", "Omsk"}[r.IntN(3)]}, client: reports.Client{Device: visits.DeviceType([]string{"desktop", "mobile"}[r.IntN(2)])},
			page: core.DimensionID(r.IntN(3)),
		})
	}
	slices.SortFunc(m.visits, func(a, b *visit) int { return int(a.at - b.at) })
	before := func(t int64, visitor core.VisitorID) (out []*visit) {
		for _, v := range m.visits {
			if v.at <= t && v.visitor%20 == visitor%20 { // two visitors are one person
				out = append(out, v)
			}
		}
		return out
	}
	for i := range r.IntN(80) {
		c := &communication{id: core.CommunicationID(i + 1), at: at(), kind: uint8(1 + r.IntN(4)), site: core.SiteID(1 + r.IntN(2)), contact: uint64(1 + r.IntN(30))}
		if r.IntN(4) > 0 {
			c.visitor = core.VisitorID(1 + r.IntN(40))
			c.touches = before(c.at, c.visitor)
			if n := len(c.touches); n > 0 && r.IntN(2) == 0 {
				c.session = c.touches[r.IntN(n)].id
			}
		}
		m.comms = append(m.comms, c)
	}
	for i := range r.IntN(60) {
		m.deals = append(m.deals, randomDeal(r, m, core.DealID(i+1), at(), before))
	}
	for c := range core.CampaignID(2) {
		a := 1 + r.IntN(20)
		m.costs = append(m.costs, cost(c+1, a, a+r.IntN(11), r.Int64N(100000)))
	}
	return m
}

func randomDeal(r *rand.Rand, m *memory, id core.DealID, at int64, before func(int64, core.VisitorID) []*visit) *deal {
	x := &deal{
		id: id, at: at, funnel: core.FunnelID(1 + r.IntN(2)), status: uint8(1 + r.IntN(3)), revenue: r.Int64N(1000000), stages: []core.StageID{1, 2, 3}[:1+r.IntN(3)],
		employee: core.DealEmployeeID(r.IntN(3)), contact: core.DealContactID(r.IntN(10)), lastOpen: core.StageID(1 + r.IntN(2)), source: []string{"", "site"}[r.IntN(2)],
	}
	if x.status != 1 {
		x.closed = at + r.Int64N(40*reports.DayMS)
	}
	if r.IntN(3) > 0 {
		x.touches = before(at, core.VisitorID(1+r.IntN(40)))
	}
	for e := range 3 {
		if r.IntN(2) == 0 {
			x.entityAt[e] = at - r.Int64N(5*reports.DayMS)
		}
		if r.IntN(2) == 0 && len(m.comms) > 0 {
			if c := m.comms[r.IntN(len(m.comms))]; c.at <= at {
				x.deciding[e] = c
			}
		}
	}
	return x
}

// naive counts one figure fact by fact, the way docs/user/reports.md tells it.
type naive struct {
	m    *memory
	r    reports.Request
	zone *time.Location
	from int64
	to   int64
}

func newNaive(m *memory, r reports.Request) *naive {
	zone, _ := time.LoadLocation(m.zone)
	after := r.Period.To
	after.Day++
	return &naive{m, r, zone, r.Period.From.In(zone).UnixMilli(), after.In(zone).UnixMilli()}
}

func (n *naive) in(at int64) bool { return at >= n.from && at < n.to }

// piece is a part of a fact: where it counts and how much.
type piece struct {
	visit  *visit // nil = not credited
	comm   *communication
	deal   *deal
	at     int64
	weight float64
	money  int64
}

// key of a piece by a dimension.
func (n *naive) key(p piece, d reports.DimensionID) string {
	moment := time.UnixMilli(p.at).In(n.zone)
	var origin reports.Origin
	if p.visit != nil {
		origin = p.visit.origin
		if n.r.Report == reports.KindEndToEnd {
			moment = time.UnixMilli(p.visit.at).In(n.zone)
		}
	} else if p.comm != nil {
		origin.Site = p.comm.site
	}
	number := func(id int64) string {
		if id == 0 {
			return ""
		}
		return fmt.Sprint(id)
	}
	t := n.m.traffic[origin.Traffic]
	switch d {
	case "site":
		return number(int64(origin.Site))
	case "campaign":
		return number(int64(origin.Campaign))
	case "channel":
		return string(t.Channel)
	case "source":
		if t.Channel == visits.ChannelDirect && t.Source == "" {
			return reports.DirectSource
		}
		return t.Source
	case "keyword":
		return t.Term
	case "date":
		return moment.Format(time.DateOnly)
	case "hour":
		return fmt.Sprintf("%02d", moment.Hour())
	case "city":
		if p.visit != nil {
			return p.visit.place.City
		}
	case "device":
		if p.visit != nil {
			return string(p.visit.client.Device)
		}
	case "entrance_page":
		if p.visit != nil {
			return number(int64(p.visit.page))
		}
	case "visitor_type":
		if p.comm == nil && p.deal == nil && p.visit.number == 1 {
			return "new"
		} else if p.comm == nil && p.deal == nil {
			return "returning"
		}
	case "communication_type":
		if p.comm != nil {
			return string(reports.Kinds()[p.comm.kind])
		}
		if p.deal != nil && p.deal.deciding[n.entity()] != nil {
			return string(reports.Kinds()[p.deal.deciding[n.entity()].kind])
		}
	case "deal_employee":
		if p.deal != nil {
			return number(int64(p.deal.employee))
		}
	case "deal_date":
		if p.deal != nil {
			return time.UnixMilli(p.deal.at).In(n.zone).Format(time.DateOnly)
		}
	}
	return ""
}

func (n *naive) entity() int {
	switch n.r.ConversionModel {
	case deals.LastBeforeDeal:
		return reports.ByDeal
	case deals.LastBeforeLead:
		return reports.ByLead
	}
	return reports.ByContact // what the only CRM has
}

// divide makes pieces of a fact under a model.
func (n *naive) divide(whole piece, moment int64, touches []*visit, own core.SessionID, model attribution.ModelID, revenue int64) []piece {
	var path attribution.Path
	var list []*visit
	path.Moment = moment
	for _, v := range touches {
		if v.at <= moment && v.at >= moment-int64(n.m.settings.LookbackDays)*reports.DayMS {
			touch := attribution.Touch{At: v.at}
			if n.m.traffic[v.origin.Traffic].Channel == visits.ChannelDirect {
				touch.Flags = attribution.FlagDirect
			}
			if n.m.traffic[v.origin.Traffic].IsPaid {
				touch.Flags |= attribution.FlagPaid
			}
			path.Touches, list = append(path.Touches, touch), append(list, v)
		}
	}
	whole.weight, whole.money = 1, revenue
	if len(list) == 0 {
		if n.in(whole.at) {
			return []piece{whole}
		}
		return nil
	}
	w, _ := attribution.Model(model)
	weights := w.Weights(nil, path)
	if i := slices.IndexFunc(list, func(v *visit) bool { return v.id == own }); model == attribution.LastClick && i >= 0 {
		clear(weights)
		weights[i] = 1
	}
	money := attribution.SplitMoney(revenue, weights, nil)
	var out []piece
	for i, v := range list {
		p := whole
		p.visit, p.weight, p.money = v, weights[i], money[i]
		counts := n.in(whole.at)
		if n.r.Report == reports.KindEndToEnd {
			counts = n.in(v.at) && moment <= v.at+int64(n.m.settings.WindowDays)*reports.DayMS && (whole.deal == nil || whole.at >= n.from)
		}
		if counts && (p.weight > 0 || p.money != 0) {
			out = append(out, p)
		}
	}
	return out
}

// pieces are all parts of facts of one kind under a model that count.
func (n *naive) pieces(fact reports.Fact, model attribution.ModelID) []piece {
	var all []piece
	switch fact {
	case reports.FactSessions:
		for _, v := range n.m.visits {
			if n.in(v.at) {
				all = append(all, piece{visit: v, at: v.at, weight: 1})
			}
		}
	case reports.FactCommunications:
		for _, c := range n.m.comms {
			all = append(all, n.divide(piece{comm: c, at: c.at}, c.at, c.touches, c.session, model, 0)...)
		}
	case reports.FactDeals:
		for _, d := range n.m.deals {
			if d.funnel == 2 && n.r.Report != reports.KindDeals && n.r.Report != reports.KindSummary {
				continue
			}
			moment := d.at
			if c := d.deciding[n.entity()]; c != nil {
				moment = c.at
			} else if at := d.entityAt[n.entity()]; at != 0 {
				moment = at
			}
			all = append(all, n.divide(piece{deal: d, at: d.at}, moment, d.touches, 0, model, d.revenue)...)
		}
	}
	return all
}

// figure of the pieces.
func figure(id reports.MetricID, list []piece) float64 {
	sum, seen := 0.0, map[uint64]bool{}
	for _, p := range list {
		add := 0.0
		switch id {
		case "visits":
			add = 1
		case "visitors":
			seen[uint64(p.visit.visitor)] = true
		case "hits":
			add = float64(p.visit.hits)
		case "bounces":
			if p.visit.hits == 1 {
				add = 1
			}
		case "communications", "deals":
			add = p.weight
		case "calls":
			if p.comm.kind == 1 {
				add = p.weight
			}
		case "contacts":
			if p.weight > 0 {
				seen[p.comm.contact] = true
			}
		case "deals_won":
			if p.deal.status == 2 {
				add = p.weight
			}
		case "revenue":
			add = float64(p.money)
		case "deals_without_source":
			if p.visit == nil {
				add = p.weight
			}
		case "revenue_without_campaign":
			if p.visit == nil || p.visit.origin.Campaign == 0 {
				add = float64(p.money)
			}
		case "deal_contacts":
			if p.weight > 0 && p.deal.contact != 0 {
				seen[uint64(p.deal.contact)] = true
			}
		case "stage:2":
			if slices.Contains(p.deal.stages, 2) {
				add = p.weight
			}
		}
		sum += add
	}
	return sum + float64(len(seen))
}

var (
	sessionMetrics = []reports.MetricID{"visits", "visitors", "hits", "bounces"}
	commMetrics    = []reports.MetricID{"communications", "calls", "contacts"}
	dealMetrics    = []reports.MetricID{"deals", "deals_won", "revenue", "deals_without_source", "revenue_without_campaign", "deal_contacts", "stage:2"}
	someDimensions = []reports.DimensionID{
		"site", "campaign", "channel", "source", "keyword", "date", "hour", "city", "device", "entrance_page", "visitor_type", "communication_type", "deal_employee", "deal_date",
	}
	someModels = []attribution.ModelID{
		attribution.LastClick, attribution.LastNonDirectClick, attribution.FirstClick, attribution.Linear, attribution.TimeDecay, attribution.PositionBased402040, attribution.FirstPaidClick,
	}
)

func factOf(id reports.MetricID) reports.Fact {
	switch {
	case slices.Contains(sessionMetrics, id):
		return reports.FactSessions
	case slices.Contains(commMetrics, id):
		return reports.FactCommunications
	}
	return reports.FactDeals
}

func randomRequest(r *rand.Rand) reports.Request {
	all := slices.Concat(sessionMetrics, commMetrics, dealMetrics)
	from := 1 + r.IntN(25)
	out := reports.Request{
		Account: account, Report: []reports.Kind{reports.KindEndToEnd, reports.KindSummary, reports.KindDeals, reports.KindModels}[r.IntN(4)],
		Period: march(from, from+r.IntN(6)), Columns: columns(all...), SortBy: -1, Limit: 1000,
		Model:           someModels[r.IntN(len(someModels))],
		ConversionModel: []deals.ConversionModel{"", deals.LastBeforeDeal, deals.LastBeforeLead}[r.IntN(3)],
	}
	for _, i := range r.Perm(len(someDimensions))[:1+r.IntN(3)] {
		out.Dimensions = append(out.Dimensions, someDimensions[i])
	}
	if r.IntN(3) == 0 {
		out.Filter = reports.Filter{Any: r.IntN(2) == 0, Filters: []reports.Filter{
			{Dimension: "channel", Operator: reports.OpIs, Values: []string{"paid", "Organic"}},
			{Dimension: "city", Operator: []reports.FilterOperator{reports.OpEmpty, reports.OpNotContain}[r.IntN(2)], Values: []string{"OSC"}},
		}}
	}
	return out
}

func (n *naive) passes(p piece) bool {
	f := n.r.Filter
	if len(f.Filters) == 0 {
		return true
	}
	channel, city := n.key(p, "channel"), n.key(p, "city")
	a := channel == "paid" || channel == "organic"
	b := city == ""
	if f.Filters[1].Operator == reports.OpNotContain {
		b = city != "Moscow"
	}
	if f.Any {
		return a || b
	}
	return a && b
}

// TestAN_2_table_equalsAFactByFactCount goes down the levels of random reports of random sets: each table must be what counting fact by fact gives, rows
// must sum to their parent, and what a figure drills down to must sum to it.
func TestAN_2_table_equalsAFactByFactCount(t *testing.T) {
	t.Parallel()
	for seed := range uint64(150) {
		rnd := rand.New(rand.NewPCG(seed, 3))
		m := randomSet(rnd)
		service := m.service()
		service.SetBitmapWords([]int{1, 3, 8, 1 << 20}[seed%4]) // by list, in ranges, and at once
		r := randomRequest(rnd)
		n := newNaive(m, r)
		all := map[reports.Fact][]piece{}
		for f := reports.FactSessions; f <= reports.FactDeals; f++ {
			for _, p := range n.pieces(f, r.Model) {
				if n.passes(p) {
					all[f] = append(all[f], p)
				}
			}
		}
		checkLevel(t, fmt.Sprintf("seed %d %s %s %v", seed, r.Report, r.Model, r.Dimensions), rnd, service, n, r, all)
	}
}

func checkLevel(t *testing.T, name string, rnd *rand.Rand, s *reports.Service, n *naive, r reports.Request, all map[reports.Fact][]piece) {
	t.Helper()
	table, err := s.Table(t.Context(), r)
	require.NoError(t, err, name)
	for i, c := range table.Columns {
		require.InDelta(t, figure(c.Metric.ID, all[factOf(c.Metric.ID)]), *table.Totals[i], 1e-6, "%s: total of %s", name, c.Metric.ID)
	}
	by, keys := r.Dimensions[len(r.Path)], map[string]bool{}
	for _, list := range all {
		for _, p := range list {
			keys[n.key(p, by)] = true
		}
	}
	require.Len(t, table.Rows, len(keys), name)
	sums := make([]float64, len(table.Columns))
	for _, row := range table.Rows {
		require.True(t, keys[row.Key], name)
		for i, c := range table.Columns {
			fact := factOf(c.Metric.ID)
			own := slices.DeleteFunc(slices.Clone(all[fact]), func(p piece) bool { return n.key(p, by) != row.Key })
			require.InDelta(t, figure(c.Metric.ID, own), *row.Values[i], 1e-6, "%s: %s of %q", name, c.Metric.ID, row.Key)
			sums[i] += *row.Values[i]
		}
	}
	for i, c := range table.Columns {
		if c.Metric.IsAdditive {
			require.InDelta(t, *table.Totals[i], sums[i], 1e-6, "%s: rows of %s", name, c.Metric.ID)
		}
	}
	if len(table.Rows) == 0 {
		return
	}
	row := table.Rows[rnd.IntN(len(table.Rows))]
	i := rnd.IntN(len(table.Columns))
	r.Path = append(slices.Clone(r.Path), row.Key)
	checkDrill(t, name, s, r, table.Columns[i].ColumnRef, *row.Values[i])
	if len(r.Path) < len(r.Dimensions) {
		below := map[reports.Fact][]piece{}
		for f, list := range all {
			below[f] = slices.DeleteFunc(slices.Clone(list), func(p piece) bool { return n.key(p, by) != row.Key })
		}
		checkLevel(t, name+" / "+row.Key, rnd, s, n, r, below)
	}
}

func checkDrill(t *testing.T, name string, s *reports.Service, r reports.Request, c reports.ColumnRef, want float64) {
	t.Helper()
	in := reports.DrillRequest{Request: r, Column: c, Page: core.PageRequest{First: 7}}
	sum, facts, seen := 0.0, 0, map[int64]bool{}
	for {
		page, err := s.Drill(t.Context(), in)
		require.NoError(t, err, name)
		require.InDelta(t, want, page.Sum, 1e-6, "%s: drill of %s", name, c.Metric)
		for _, f := range page.Nodes {
			require.False(t, seen[f.ID], "%s: twice", name)
			seen[f.ID] = true
			sum += f.Value
			facts++
		}
		if !page.HasNext {
			require.Equal(t, page.Total, facts, name)
			break
		}
		in.Page.After = page.EndCursor
	}
	require.InDelta(t, want, sum, math.Max(1e-6, 1e-9*float64(facts)), "%s: pages of %s", name, c.Metric)
}
