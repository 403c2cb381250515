package reports_test

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/accounts"
	"github.com/skvoz/skvoz/core/deals"
	"github.com/skvoz/skvoz/core/reports"
	"github.com/skvoz/skvoz/core/sites"
	"github.com/skvoz/skvoz/core/visits"
)

const account core.AccountID = 7

// visit, communication and deal are facts as plain rows; memory makes segments of them.
type visit struct {
	id      core.SessionID
	visitor core.VisitorID
	at      int64
	number  uint32
	hits    uint32
	seconds uint32
	origin  reports.Origin
	place   reports.Place
	client  reports.Client
	page    core.DimensionID
}

type communication struct {
	id      core.CommunicationID
	at      int64
	kind    uint8
	site    core.SiteID
	goal    core.GoalID
	visitor core.VisitorID
	session core.SessionID
	contact uint64
	touches []*visit
}

type deal struct {
	id       core.DealID
	at       int64
	closed   int64
	funnel   core.FunnelID
	stages   []core.StageID
	lastOpen core.StageID
	status   uint8
	match    uint8
	revenue  int64
	employee core.DealEmployeeID
	contact  core.DealContactID
	source   string
	entityAt [3]int64
	deciding [3]*communication
	touches  []*visit
}

// memory is a set of facts that serves every port of the engine.
type memory struct {
	visits  []*visit
	comms   []*communication
	deals   []*deal
	traffic map[core.TrafficID]visits.TrafficSource
	names   map[reports.NameKind]map[int64]string
	costs   []reports.CampaignCost
	funnels []deals.Funnel
	crms    []deals.CRM
	zone    string

	settings reports.Settings
	formulas []reports.Formula
	models   []reports.Model

	sessionDays []*reports.SessionDay
	commDays    []*reports.CommunicationDay
	dealDays    []*reports.DealDay
}

// lists makes short lists of visits' attributes.
type lists struct {
	f       *reports.VisitFacts
	origins map[reports.Origin]uint32
	places  map[reports.Place]uint32
	clients map[reports.Client]uint32
	pages   map[core.DimensionID]uint32
}

func newLists(f *reports.VisitFacts) *lists {
	f.Origins, f.Places, f.Clients, f.Pages = make([]reports.Origin, 1), make([]reports.Place, 1), make([]reports.Client, 1), make([]core.DimensionID, 1)
	return &lists{f, map[reports.Origin]uint32{{}: 0}, map[reports.Place]uint32{{}: 0}, map[reports.Client]uint32{{}: 0}, map[core.DimensionID]uint32{0: 0}}
}

func entry[T comparable](known map[T]uint32, list *[]T, v T) uint32 {
	i, ok := known[v]
	if !ok {
		i = uint32(len(*list))
		known[v] = i
		*list = append(*list, v)
	}
	return i
}

func (l *lists) add(v *visit) {
	l.f.OriginOf = append(l.f.OriginOf, entry(l.origins, &l.f.Origins, v.origin))
	l.f.PlaceOf = append(l.f.PlaceOf, entry(l.places, &l.f.Places, v.place))
	l.f.ClientOf = append(l.f.ClientOf, entry(l.clients, &l.f.Clients, v.client))
	l.f.PageOf = append(l.f.PageOf, entry(l.pages, &l.f.Pages, v.page))
}

func dayOf(at int64) int { return int(at / reports.DayMS) }

// build makes the segments.
func (m *memory) build() {
	m.sessionDays, m.commDays, m.dealDays = nil, nil, nil
	slices.SortFunc(m.visits, func(a, b *visit) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.id, b.id)) })
	var l *lists
	for _, v := range m.visits {
		if n := len(m.sessionDays); n == 0 || m.sessionDays[n-1].Day != dayOf(v.at) {
			m.sessionDays = append(m.sessionDays, &reports.SessionDay{Day: dayOf(v.at)})
			l = newLists(&m.sessionDays[n].VisitFacts)
		}
		d := m.sessionDays[len(m.sessionDays)-1]
		d.ID, d.Visitor, d.At = append(d.ID, v.id), append(d.Visitor, v.visitor), append(d.At, uint32(v.at%reports.DayMS))
		d.Number, d.Hits, d.Seconds = append(d.Number, v.number), append(d.Hits, v.hits), append(d.Seconds, v.seconds)
		l.add(v)
	}
	m.buildCommunications()
	m.buildDeals()
}

func addTouches(t *reports.Touches, l *lists, list []*visit) {
	for _, v := range list {
		t.At, t.Session = append(t.At, v.at), append(t.Session, v.id)
		t.Communication, t.MatchedBy = append(t.Communication, 0), append(t.MatchedBy, 0)
		l.add(v)
	}
	t.Start = append(t.Start, uint32(len(t.At)))
}

func (m *memory) buildCommunications() {
	slices.SortFunc(m.comms, func(a, b *communication) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.id, b.id)) })
	var l *lists
	for _, c := range m.comms {
		if n := len(m.commDays); n == 0 || m.commDays[n-1].Day != dayOf(c.at) {
			d := &reports.CommunicationDay{Day: dayOf(c.at)}
			d.Touches.Start = []uint32{0}
			m.commDays = append(m.commDays, d)
			l = newLists(&d.Touches.VisitFacts)
		}
		d := m.commDays[len(m.commDays)-1]
		d.ID, d.At, d.Kind, d.Site = append(d.ID, c.id), append(d.At, uint32(c.at%reports.DayMS)), append(d.Kind, c.kind), append(d.Site, c.site)
		d.Goal, d.Visitor, d.Session = append(d.Goal, c.goal), append(d.Visitor, c.visitor), append(d.Session, c.session)
		d.Contact = append(d.Contact, c.contact)
		addTouches(&d.Touches, l, c.touches)
	}
}

func (m *memory) buildDeals() {
	slices.SortFunc(m.deals, func(a, b *deal) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.id, b.id)) })
	var l *lists
	for _, x := range m.deals {
		if n := len(m.dealDays); n == 0 || m.dealDays[n-1].Day != dayOf(x.at) {
			d := &reports.DealDay{Day: dayOf(x.at), Sources: []string{""}, StageFrom: []uint32{0}}
			d.Touches.Start = []uint32{0}
			m.dealDays = append(m.dealDays, d)
			l = newLists(&d.Touches.VisitFacts)
		}
		addDeal(m.dealDays[len(m.dealDays)-1], x, l)
	}
}

func addDeal(d *reports.DealDay, x *deal, l *lists) {
	d.ID, d.CRM, d.At = append(d.ID, x.id), append(d.CRM, 1), append(d.At, uint32(x.at%reports.DayMS))
	d.ClosedAt, d.Funnel, d.Status = append(d.ClosedAt, x.closed), append(d.Funnel, x.funnel), append(d.Status, x.status)
	d.LastOpen, d.Revenue, d.Employee = append(d.LastOpen, x.lastOpen), append(d.Revenue, x.revenue), append(d.Employee, x.employee)
	d.Contact, d.Match = append(d.Contact, x.contact), append(d.Match, x.match)
	i := slices.Index(d.Sources, x.source)
	if i < 0 {
		i = len(d.Sources)
		d.Sources = append(d.Sources, x.source)
	}
	d.SourceOf = append(d.SourceOf, uint32(i))
	stage := core.StageID(0)
	for n, s := range x.stages {
		stage = s
		d.Stages, d.StageAt = append(d.Stages, s), append(d.StageAt, x.at+int64(n))
	}
	d.Stage, d.StageFrom = append(d.Stage, stage), append(d.StageFrom, uint32(len(d.Stages)))
	for e := range 3 {
		var id core.CommunicationID
		var at int64
		var kind uint8
		if c := x.deciding[e]; c != nil {
			id, at, kind = c.id, c.at, c.kind
		}
		d.EntityAt[e], d.Deciding[e] = append(d.EntityAt[e], x.entityAt[e]), append(d.Deciding[e], id)
		d.DecidingAt[e], d.DecidingKind[e] = append(d.DecidingAt[e], at), append(d.DecidingKind[e], kind)
	}
	addTouches(&d.Touches, l, x.touches)
}

func between[T any](days []T, day func(T) int, first, last int) []T {
	var out []T
	for _, d := range days {
		if n := day(d); n >= first && n <= last {
			out = append(out, d)
		}
	}
	return out
}

func (m *memory) SessionDays(_ context.Context, _ core.AccountID, first, last int, _ reports.SessionColumns) ([]*reports.SessionDay, time.Time, error) {
	return between(m.sessionDays, func(d *reports.SessionDay) int { return d.Day }, first, last), m.Now(), nil
}

func (m *memory) CommunicationDays(_ context.Context, _ core.AccountID, first, last int) ([]*reports.CommunicationDay, error) {
	return between(m.commDays, func(d *reports.CommunicationDay) int { return d.Day }, first, last), nil
}

func (m *memory) DealDays(_ context.Context, _ core.AccountID, first, last int) ([]*reports.DealDay, error) {
	return between(m.dealDays, func(d *reports.DealDay) int { return d.Day }, first, last), nil
}

func (m *memory) ReportTraffic(_ context.Context, _ core.AccountID, ids []core.TrafficID) (map[core.TrafficID]visits.TrafficSource, error) {
	out := map[core.TrafficID]visits.TrafficSource{}
	for _, id := range ids {
		if s, ok := m.traffic[id]; ok {
			out[id] = s
		}
	}
	return out, nil
}

func (m *memory) ReportNames(_ context.Context, _ core.AccountID, kind reports.NameKind, _ []int64) (map[int64]string, error) {
	return m.names[kind], nil
}

func (m *memory) CampaignCosts(_ context.Context, _ core.AccountID, p reports.Period) ([]reports.CampaignCost, error) {
	var out []reports.CampaignCost
	for _, c := range m.costs {
		if c.From.Number() <= p.To.Number() && c.To.Number() >= p.From.Number() {
			out = append(out, c)
		}
	}
	return out, nil
}

func (m *memory) Funnels(context.Context, core.AccountID, core.CRMID) ([]deals.Funnel, error) {
	return m.funnels, nil
}

func (m *memory) CRMs(context.Context, core.AccountID) ([]deals.CRM, error) { return m.crms, nil }

func (m *memory) Account(_ context.Context, id core.AccountID) (accounts.Account, error) {
	return accounts.Account{ID: id, Timezone: m.zone, Currency: "RUB"}, nil
}

// Now is the end of the tests' year.
func (m *memory) Now() time.Time { return time.Date(2026, 12, 31, 12, 0, 0, 0, time.UTC) }

func (m *memory) service() *reports.Service {
	m.build()
	if m.zone == "" {
		m.zone = "Europe/Moscow"
	}
	if m.settings == (reports.Settings{}) {
		m.settings = reports.DefaultSettings()
	}
	if m.crms == nil {
		m.crms = []deals.CRM{{ID: 1, Name: "CRM", ConversionModel: deals.LastBeforeDeal}}
	}
	return reports.NewService(reports.Config{Segments: m, Names: m, Costs: m, Deals: m, Saved: saved{m}, Accounts: m, Clock: m})
}

// saved is the part of the store that formulas and models come from.
type saved struct{ m *memory }

func (s saved) ReportSettings(context.Context, core.AccountID) (reports.Settings, error) {
	return s.m.settings, nil
}

func (s saved) PutReportSettings(_ context.Context, _ core.AccountID, v reports.Settings) error {
	s.m.settings = v
	return nil
}

func (s saved) Formulas(context.Context, core.AccountID) ([]reports.Formula, error) {
	return s.m.formulas, nil
}

func (s saved) PutFormula(_ context.Context, _ core.AccountID, f reports.Formula, _ int) (reports.Formula, error) {
	f.ID = core.FormulaID(len(s.m.formulas) + 1)
	s.m.formulas = append(s.m.formulas, f)
	return f, nil
}

func (saved) DeleteFormula(context.Context, core.AccountID, core.FormulaID) error { return nil }

func (s saved) AttributionModels(context.Context, core.AccountID) ([]reports.Model, error) {
	return s.m.models, nil
}

func (s saved) PutAttributionModel(_ context.Context, _ core.AccountID, v reports.Model, _ int) (reports.Model, error) {
	v.ID = core.AttributionModelID(len(s.m.models) + 1)
	s.m.models = append(s.m.models, v)
	return v, nil
}

func (saved) DeleteAttributionModel(context.Context, core.AccountID, core.AttributionModelID) error {
	return nil
}

func (saved) ReportViews(context.Context, core.AccountID, core.UserID, reports.Kind) ([]reports.View, error) {
	return nil, nil
}

func (saved) ReportView(context.Context, core.AccountID, core.UserID, core.ReportViewID) (reports.View, error) {
	return reports.View{}, core.NotFound("view")
}

func (saved) PutReportView(_ context.Context, _ core.AccountID, v reports.View, _ int) (reports.View, error) {
	return v, nil
}

func (saved) DeleteReportView(context.Context, core.AccountID, core.UserID, core.ReportViewID) error {
	return nil
}

// ms is a moment in Moscow, where the tests' account is: hour and minute of a day in March 2026.
func ms(day, hour, minute int) int64 {
	return time.Date(2026, 3, day, hour-3, minute, 0, 0, time.UTC).UnixMilli()
}

func march(from, to int) reports.Period {
	return reports.Period{From: core.Date{Year: 2026, Month: 3, Day: from}, To: core.Date{Year: 2026, Month: 3, Day: to}}
}

func rubles(minor int64) core.Money { return core.Money{Minor: minor, Currency: "RUB"} }

func cost(campaign core.CampaignID, from, to int, minor int64) reports.CampaignCost {
	p := march(from, to)
	return reports.CampaignCost{Site: 1, Cost: sites.Cost{CampaignID: campaign, From: p.From, To: p.To, Amount: rubles(minor), Clicks: 10, Impressions: 1000}}
}
