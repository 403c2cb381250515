package store

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/deals"
	"github.com/skvoz/skvoz/core/reports"
)

// dealRow is a deal as a segment has it.
type dealRow struct {
	id, crm, at, closed, funnel, stage, lastOpen, revenue, employee, contact int64
	status, source, match                                                    string
	contactAt, leadAt                                                        int64
	stages                                                                   []dealStage
	links                                                                    []deals.Link
	touches                                                                  []touch
}

type dealStage struct{ stage, at int64 }

// dealDays reads the deals created on the days with their states, links and paths: four statements, sent at once on PostgreSQL.
func (b *dayReading) dealDays(ctx context.Context) (map[int]any, error) {
	var rows []*dealRow
	stages, links, touches := make(map[int64][]dealStage), make(map[int64][]deals.Link), make(map[int64][]touch)
	err := b.queryAll(ctx, []reading{
		b.dealRows(func(r *dealRow) { rows = append(rows, r) }), b.dealStages(stages), b.dealLinks(links), b.dealTouches(touches), b.dealCalls(touches),
	})
	if err != nil {
		return nil, err
	}
	for _, list := range touches {
		slices.SortStableFunc(list, func(x, y touch) int { return cmp.Compare(x.at, y.at) })
	}
	out := make(map[int]any)
	for from := 0; from < len(rows); {
		day, to := dayOf(rows[from].at), from+1
		for to < len(rows) && dayOf(rows[to].at) == day {
			to++
		}
		for _, r := range rows[from:to] {
			r.stages, r.links, r.touches = stages[r.id], links[r.id], touches[r.id]
		}
		out[day] = dealDayOf(day, rows[from:to])
		from = to
	}
	return out, nil
}

// noMore is for readings of which nothing is left to do.
func noMore() error { return nil }

// dealsOfDays are the deals d created on the days: $1 account, $2 from, $3 to. What belongs to them is joined by CROSS JOIN, which keeps SQLite from
// going through the steps of all deals only to have them in order.
const dealsOfDays = ` WHERE d.account_id = $1 AND d.created_at >= $2 AND d.created_at < $3 `

func (b *dayReading) dealArgs() []any { return []any{int64(b.account), b.from(), b.to()} }

func (b *dayReading) dealRows(add func(*dealRow)) reading {
	q := `SELECT d.id, d.crm_id, d.created_at, COALESCE(d.closed_at, 0), d.funnel_id, d.stage_id, d.last_open_stage_id, d.status, d.revenue_minor, d.employee_id,
  d.main_contact_id, d.source, d.match, COALESCE(k.created_at, 0), COALESCE(l.created_at, 0)
FROM deals d
LEFT JOIN deal_contacts k ON k.account_id = d.account_id AND k.id = d.main_contact_id AND d.main_contact_id <> 0
LEFT JOIN leads l ON l.account_id = d.account_id AND l.crm_id = d.crm_id AND l.external_id = d.lead_external_id AND d.lead_external_id <> ''` +
		dealsOfDays + `ORDER BY d.created_at, d.id`
	return reading{q, b.dealArgs(), func(row scanner) error {
		r := new(dealRow)
		err := row.Scan(&r.id, &r.crm, &r.at, &r.closed, &r.funnel, &r.stage, &r.lastOpen, &r.status, &r.revenue, &r.employee, &r.contact, &r.source, &r.match, &r.contactAt, &r.leadAt)
		add(r)
		return err
	}, noMore}
}

func (b *dayReading) dealStages(out map[int64][]dealStage) reading {
	q := `SELECT h.deal_id, h.stage_id, h.at FROM deals d CROSS JOIN deal_states h` + dealsOfDays + `AND h.account_id = d.account_id AND h.deal_id = d.id ORDER BY d.created_at, d.id, h.position`
	return reading{q, b.dealArgs(), func(row scanner) error {
		var deal int64
		var s dealStage
		err := row.Scan(&deal, &s.stage, &s.at)
		out[deal] = append(out[deal], s)
		return err
	}, noMore}
}

func (b *dayReading) dealLinks(out map[int64][]deals.Link) reading {
	q := `SELECT k.deal_id, k.communication_id, k.kind, k.at, k.matched_by FROM deals d CROSS JOIN deal_links k` +
		dealsOfDays + `AND k.account_id = d.account_id AND k.deal_id = d.id`
	return reading{q, b.dealArgs(), func(row scanner) error {
		var deal, at int64
		var l deals.Link
		err := row.Scan(&deal, &l.CommunicationID, &l.Kind, &at, &l.MatchedBy)
		l.At = fromMillis(at)
		out[deal] = append(out[deal], l)
		return err
	}, noMore}
}

// dealCalls reads the steps of paths that are calls to numbers of advertisements nobody visited by.
func (b *dayReading) dealCalls(out map[int64][]touch) reading {
	q := `SELECT p.deal_id, p.at, p.matched_by, c.site_id, c.campaign_id FROM deals d CROSS JOIN deal_steps p CROSS JOIN communications c` + dealsOfDays + `AND p.account_id = d.account_id
  AND p.deal_id = d.id AND p.session_id = 0 AND p.communication_id <> 0 AND c.account_id = p.account_id AND c.id = p.communication_id AND c.campaign_id <> 0
ORDER BY d.created_at, d.id, p.position`
	return reading{q, b.dealArgs(), func(row scanner) error {
		var deal int64
		var reason string
		var t touch
		err := row.Scan(&deal, &t.at, &reason, &t.origin.Site, &t.origin.Campaign)
		t.matchedBy = reasonNumber(reason)
		out[deal] = append(out[deal], t)
		return err
	}, noMore}
}

// dealTouches reads the steps of paths that are visits; communications are none but for dealCalls, since they have the source of their visit or none.
func (b *dayReading) dealTouches(out map[int64][]touch) reading {
	q := attributesOf(`SELECT p.deal_id, p.session_id, p.at, p.matched_by, {attributes}
FROM deals d CROSS JOIN deal_steps p CROSS JOIN sessions s`+dealsOfDays+`AND p.account_id = d.account_id AND p.deal_id = d.id AND p.session_id <> 0
  AND p.communication_id = 0 AND s.account_id = p.account_id AND s.id = p.session_id ORDER BY d.created_at, d.id, p.position`, attributesSQL, "$4")
	var deal, session, at int64
	var reason string
	dest := append([]any{&deal, &session, &at, &reason}, b.attrs.dest()...)
	return reading{q, append(b.dealArgs(), attributeSeparator), func(row scanner) error {
		err := row.Scan(dest...)
		out[deal] = append(out[deal], touch{at: at, session: core.SessionID(session), matchedBy: reasonNumber(reason), attribute: b.attrs.taken()})
		return err
	}, noMore}
}

// conversionModels are the conversion models in the order of reports.ByDeal, ByContact and ByLead.
var conversionModels = [...]deals.ConversionModel{reports.ByDeal: deals.LastBeforeDeal, reports.ByContact: deals.LastBeforeContact, reports.ByLead: deals.LastBeforeLead}

// optionalTime is the zero time for 0.
func optionalTime(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return fromMillis(ms)
}

type dealDay struct {
	day     *reports.DealDay
	sources map[string]uint32
	touches touchesBuilder
}

func newDealDay(day int) *dealDay {
	d := &dealDay{
		day:     &reports.DealDay{Day: day, Sources: make([]string, 1), StageFrom: make([]uint32, 1), Stages: []core.StageID{}, StageAt: []int64{}},
		sources: map[string]uint32{"": 0}, touches: newTouches(),
	}
	d.day.Touches = d.touches.done()
	return d
}

func dealDayOf(day int, rows []*dealRow) *reports.DealDay {
	d := newDealDay(day)
	out := d.day
	for _, r := range rows {
		d.add(r)
		for _, s := range r.stages {
			out.Stages, out.StageAt = append(out.Stages, core.StageID(s.stage)), append(out.StageAt, s.at)
		}
		out.StageFrom = append(out.StageFrom, uint32(len(out.Stages)))
		d.decide(r)
		for _, t := range r.touches {
			if t.at > r.at-reports.MaxTouchAge.Milliseconds() {
				d.touches.add(t)
			}
		}
		d.touches.next()
	}
	out.Touches = d.touches.done()
	return out
}

// decide adds what each conversion model chooses.
func (d *dealDay) decide(r *dealRow) {
	out := d.day
	for model, at := range [...]int64{reports.ByDeal: r.at, reports.ByContact: r.contactAt, reports.ByLead: r.leadAt} {
		var chosen, chosenAt int64
		l, found := deals.Deciding(conversionModels[model], fromMillis(r.at), optionalTime(r.contactAt), optionalTime(r.leadAt), r.links)
		if found {
			chosen, chosenAt = int64(l.CommunicationID), millis(l.At)
		}
		out.EntityAt[model], out.Deciding[model] = append(out.EntityAt[model], at), append(out.Deciding[model], core.CommunicationID(chosen))
		out.DecidingAt[model], out.DecidingKind[model] = append(out.DecidingAt[model], chosenAt), append(out.DecidingKind[model], kindNumber(string(l.Kind)))
	}
}

// add adds the deal's own columns.
func (d *dealDay) add(r *dealRow) {
	out := d.day
	out.ID, out.CRM = append(out.ID, core.DealID(r.id)), append(out.CRM, core.CRMID(r.crm))
	out.At, out.ClosedAt = append(out.At, clampDay(r.at, out.Day)), append(out.ClosedAt, r.closed)
	out.Funnel, out.Stage = append(out.Funnel, core.FunnelID(r.funnel)), append(out.Stage, core.StageID(r.stage))
	out.LastOpen = append(out.LastOpen, core.StageID(r.lastOpen))
	out.Status = append(out.Status, uint8(max(slices.Index(reports.Statuses(), deals.StageStatus(r.status)), 0)))
	out.Match = append(out.Match, uint8(max(slices.Index(reports.Matches(), deals.Match(r.match)), 0)))
	out.Revenue = append(out.Revenue, r.revenue)
	out.Employee, out.Contact = append(out.Employee, core.DealEmployeeID(r.employee)), append(out.Contact, core.DealContactID(r.contact))
	out.SourceOf = append(out.SourceOf, listed(d.sources, &out.Sources, r.source, r.source))
}
