package store

import (
	"cmp"
	"context"
	"hash/fnv"
	"slices"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/comms"
	"github.com/skvoz/skvoz/core/deals"
	"github.com/skvoz/skvoz/core/reports"
)

// maxTouches bounds the touches of a communication; the newest are kept.
const maxTouches = deals.MaxSteps

// kindNumber is the place of a word in reports.Kinds.
func kindNumber(kind string) uint8 {
	return uint8(max(slices.Index(reports.Kinds(), comms.Kind(kind)), 0))
}

// reasonNumber is the place of a word in reports.MatchReasons.
func reasonNumber(reason string) uint8 {
	return uint8(max(slices.Index(reports.MatchReasons(), deals.MatchedBy(reason)), 0))
}

// communicationRow is a communication as a segment has it, with its person and its own session.
type communicationRow struct {
	id, at, site, visitor, session, goal, person int64
	kind, phone, email                           string
	sessionAt                                    int64
	// campaign is the communication's own: that of the number a call came to.
	campaign int64
	attribute
}

// personVisits are the visits of the persons and visitors some communications belong to.
type personVisits struct {
	// visitorsOf has all visitors of a person.
	visitorsOf map[int64][]int64
	// visits has the visits of a visitor, oldest first.
	visits map[int64][]touch
}

// communicationDays reads the communications of the days and the visits of their persons, with three statements in all.
func (b *dayReading) communicationDays(ctx context.Context) (map[int]any, error) {
	rows, err := b.communicationRows(ctx)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	v := &personVisits{visitorsOf: make(map[int64][]int64), visits: make(map[int64][]touch)}
	if err := b.readPersons(ctx, rows, v); err != nil {
		return nil, err
	}
	if err := b.readVisits(ctx, rows, v); err != nil {
		return nil, err
	}
	out := make(map[int]any)
	for from := 0; from < len(rows); {
		day, to := dayOf(rows[from].at), from+1
		for to < len(rows) && dayOf(rows[to].at) == day {
			to++
		}
		out[day] = communicationDayOf(day, rows[from:to], v)
		from = to
	}
	return out, nil
}

func (b *dayReading) communicationRows(ctx context.Context) ([]communicationRow, error) {
	q := attributesOf(`SELECT c.id, c.at, c.kind, c.site_id, c.visitor_id, c.session_id, c.goal_id, c.phone, c.email, COALESCE(v.person_id, 0), COALESCE(s.started_at, 0), c.campaign_id, {attributes}
FROM communications c
LEFT JOIN visitors v ON v.account_id = c.account_id AND v.id = c.visitor_id AND c.visitor_id <> 0
LEFT JOIN sessions s ON s.account_id = c.account_id AND s.id = c.session_id AND c.session_id <> 0
WHERE c.account_id = $1 AND c.at >= $2 AND c.at < $3 ORDER BY c.at, c.id`, outerAttributesSQL, "$4")
	var list []communicationRow
	var r communicationRow
	dest := append([]any{&r.id, &r.at, &r.kind, &r.site, &r.visitor, &r.session, &r.goal, &r.phone, &r.email, &r.person, &r.sessionAt, &r.campaign}, b.attrs.dest()...)
	err := b.query(ctx, q, []any{int64(b.account), b.from(), b.to(), attributeSeparator}, func(row scanner) error {
		if err := row.Scan(dest...); err != nil {
			return err
		}
		r.attribute = b.attrs.taken()
		if r.session == 0 && r.campaign != 0 {
			r.origin = reports.Origin{Site: core.SiteID(r.site), Campaign: core.CampaignID(r.campaign)}
		}
		list = append(list, r)
		return nil
	})
	return list, err
}

func (b *dayReading) readPersons(ctx context.Context, rows []communicationRow, v *personVisits) error {
	var persons []int64
	for i := range rows {
		if rows[i].person != 0 {
			persons = append(persons, rows[i].person)
		}
	}
	if len(persons) == 0 {
		return nil
	}
	q := `SELECT v.person_id, v.id FROM visitors v WHERE v.account_id = $1 AND v.person_id <> 0 AND v.person_id {in $2}`
	return b.query(ctx, q, []any{int64(b.account), listArg(b.engine, distinct(persons))}, func(row scanner) error {
		var person, visitor int64
		err := row.Scan(&person, &visitor)
		v.visitorsOf[person] = append(v.visitorsOf[person], visitor)
		return err
	})
}

func distinct(list []int64) []int64 {
	slices.Sort(list)
	return slices.Compact(list)
}

func (b *dayReading) readVisits(ctx context.Context, rows []communicationRow, v *personVisits) error {
	var visitors []int64
	for i := range rows {
		if rows[i].visitor != 0 {
			visitors = append(visitors, rows[i].visitor)
		}
	}
	for _, others := range v.visitorsOf {
		visitors = append(visitors, others...)
	}
	if len(visitors) == 0 {
		return nil
	}
	q := attributesOf(`SELECT s.visitor_id, s.id, s.started_at, {attributes} FROM sessions s
WHERE s.account_id = $1 AND s.visitor_id {in $2} AND s.started_at > $3 AND s.started_at < $4 ORDER BY s.visitor_id, s.started_at, s.id`, attributesSQL, "$5")
	args := []any{int64(b.account), listArg(b.engine, distinct(visitors)), b.from() - reports.MaxTouchAge.Milliseconds(), b.to(), attributeSeparator}
	var visitor, id, at int64
	dest := append([]any{&visitor, &id, &at}, b.attrs.dest()...)
	return b.query(ctx, q, args, func(row scanner) error {
		err := row.Scan(dest...)
		v.visits[visitor] = append(v.visits[visitor], touch{at: at, session: core.SessionID(id), attribute: b.attrs.taken()})
		return err
	})
}

// before appends the visits that count as touches of a communication, oldest first.
func (v *personVisits) before(r *communicationRow, list []touch) []touch {
	if r.session == 0 && r.campaign != 0 { // a call to the number of an advertisement nobody visited by
		list = append(list, touch{at: r.at, attribute: r.attribute})
	}
	if r.visitor == 0 {
		return list
	}
	after := r.at - reports.MaxTouchAge.Milliseconds()
	list, own := v.within(list, r.visitor, after, r, 0)
	for _, other := range v.visitorsOf[r.person] {
		if other != r.visitor {
			list, _ = v.within(list, other, after, r, reasonNumber(string(deals.MatchedByVisitor)))
		}
	}
	if !own && r.session != 0 && r.sessionAt != 0 { // the one it happened in counts, whatever the clocks say
		list = append(list, touch{at: r.sessionAt, session: core.SessionID(r.session), attribute: r.attribute})
	}
	slices.SortFunc(list, func(x, y touch) int { return cmp.Or(cmp.Compare(x.at, y.at), cmp.Compare(x.session, y.session)) })
	return list[max(0, len(list)-maxTouches):]
}

// within appends a visitor's visits after one moment and up to the communication, and reports whether its own one was among them.
func (v *personVisits) within(list []touch, visitor, after int64, r *communicationRow, reason uint8) (_ []touch, own bool) {
	all := v.visits[visitor]
	from, _ := slices.BinarySearchFunc(all, after+1, func(t touch, at int64) int { return cmp.Compare(t.at, at) })
	for _, t := range all[from:] {
		if t.at > r.at {
			break
		}
		t.matchedBy = reason
		own = own || t.session == core.SessionID(r.session)
		list = append(list, t)
	}
	return list, own
}

// contactBit marks contact keys that are no persons.
const contactBit = 1 << 63

// contactKey tells the people behind communications apart: the person, else the phone, else the e-mail, else the visitor, else nobody but this one.
func contactKey(r *communicationRow) uint64 {
	if r.person != 0 {
		return uint64(r.person)
	}
	h := fnv.New64a()
	switch {
	case r.phone != "":
		_, _ = h.Write([]byte("phone " + r.phone))
	case r.email != "":
		_, _ = h.Write([]byte("email " + r.email))
	case r.visitor != 0:
		_, _ = h.Write([]byte("visitor " + core.VisitorID(r.visitor).String()))
	default:
		_, _ = h.Write([]byte("communication " + core.CommunicationID(r.id).String()))
	}
	return h.Sum64() | contactBit
}

type communicationDay struct {
	day     *reports.CommunicationDay
	facts   factsBuilder
	touches touchesBuilder
}

func newCommunicationDay(day int) *communicationDay {
	d := &communicationDay{day: &reports.CommunicationDay{Day: day}, facts: newFacts(), touches: newTouches()}
	d.day.VisitFacts, d.day.Touches = d.facts.VisitFacts, d.touches.done()
	return d
}

func communicationDayOf(day int, rows []communicationRow, v *personVisits) *reports.CommunicationDay {
	d := newCommunicationDay(day)
	out := d.day
	var list []touch
	for i := range rows {
		r := &rows[i]
		out.ID, out.At = append(out.ID, core.CommunicationID(r.id)), append(out.At, clampDay(r.at, day))
		out.Kind, out.Site = append(out.Kind, kindNumber(r.kind)), append(out.Site, core.SiteID(r.site))
		out.Goal, out.Visitor = append(out.Goal, core.GoalID(r.goal)), append(out.Visitor, core.VisitorID(r.visitor))
		out.Session, out.Contact = append(out.Session, core.SessionID(r.session)), append(out.Contact, contactKey(r))
		d.facts.add(r.attribute)
		list = v.before(r, list[:0])
		for _, t := range list {
			d.touches.add(t)
		}
		d.touches.next()
	}
	out.VisitFacts, out.Touches = d.facts.VisitFacts, d.touches.done()
	return out
}
