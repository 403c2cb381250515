package store

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/deals"
	"github.com/skvoz/skvoz/core/visits"
)

// LinkInputs implements deals.LinkStore. It reads the facts of all deals together, then gives each deal those that can have to do with it.
func (db *DB) LinkInputs(ctx context.Context, account core.AccountID, ids []core.DealID) ([]deals.LinkInput, error) {
	f := &linkFacts{
		conn: db.rawReader(), account: account,
		place:    make(map[core.DealID]int),
		visitors: make(map[core.VisitorID]*deals.LinkVisitor), holders: make(map[visits.ContactValue][]core.VisitorID), persons: make(map[core.PersonID][]core.VisitorID),
		comms: make(map[core.CommunicationID]deals.LinkCommunication), bearers: make(map[visits.ContactValue][]core.CommunicationID),
		ofVisitor: make(map[core.VisitorID][]core.CommunicationID), sessions: make(map[core.VisitorID][]deals.LinkSession),
	}
	if err := f.readDeals(ctx, ids); err != nil || len(f.inputs) == 0 {
		return nil, err
	}
	for _, read := range []func(context.Context) error{f.readValues, f.readHolders, f.readBearers, f.readPersons, f.readMembers, f.readCommunications, f.readSessions} {
		if err := read(ctx); err != nil {
			return nil, err
		}
	}
	for i := range f.inputs {
		f.fill(&f.inputs[i])
	}
	return f.inputs, nil
}

// linkFacts are the facts of some deals of an account.
type linkFacts struct {
	conn
	account core.AccountID
	inputs  []deals.LinkInput
	place   map[core.DealID]int // of a deal in inputs

	visitors map[core.VisitorID]*deals.LinkVisitor
	holders  map[visits.ContactValue][]core.VisitorID // visitors who left a value
	persons  map[core.PersonID][]core.VisitorID

	comms     map[core.CommunicationID]deals.LinkCommunication
	bearers   map[visits.ContactValue][]core.CommunicationID // communications that bear a value
	ofVisitor map[core.VisitorID][]core.CommunicationID
	sessions  map[core.VisitorID][]deals.LinkSession
}

const linkDealsSQL = `
SELECT d.id, d.created_at, d.communication_id, d.communication_kind, COALESCE(m.created_at, 0), COALESCE(l.created_at, 0), r.ignore_outgoing_calls, r.ignore_outgoing_chats, r.goal_ids
FROM deals d
JOIN crms r ON r.account_id = d.account_id AND r.id = d.crm_id
LEFT JOIN deal_contacts m ON m.account_id = d.account_id AND m.id = d.main_contact_id AND d.main_contact_id <> 0
LEFT JOIN leads l ON l.account_id = d.account_id AND l.crm_id = d.crm_id AND l.external_id = d.lead_external_id AND d.lead_external_id <> ''
WHERE d.account_id = $1 AND d.id {in $2}`

func (f *linkFacts) readDeals(ctx context.Context, ids []core.DealID) error {
	return f.query(ctx, linkDealsSQL, []any{f.account, idsArg(f.engine, ids)}, func(row scanner) error {
		var in deals.LinkInput
		var created, contact, lead int64
		var goals string
		err := row.Scan(&in.Deal, &created, &in.Named.ID, &in.Named.Kind, &contact, &lead, &in.IgnoreOutgoingCalls, &in.IgnoreOutgoingChats, &goals)
		if err != nil {
			return err
		}
		in.CreatedAt, in.ContactAt, in.LeadAt = fromMillis(created), entityTime(contact), entityTime(lead)
		if err := json.Unmarshal([]byte(goals), &in.GoalIDs); err != nil {
			return fmt.Errorf("reading the linking goals of deal %d's CRM: %w", in.Deal, err)
		}
		f.place[in.Deal] = len(f.inputs)
		f.inputs = append(f.inputs, in)
		return nil
	})
}

// entityTime is when a contact or lead was created; zero = there is none.
func entityTime(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return fromMillis(ms)
}

func (f *linkFacts) readValues(ctx context.Context) error {
	q := `SELECT DISTINCT l.deal_id, v.kind, v.value FROM deal_contact_links l
JOIN deal_contact_values v ON v.account_id = l.account_id AND v.contact_id = l.contact_id WHERE l.account_id = $1 AND l.deal_id {in $2}`
	return f.query(ctx, q, []any{f.account, idsArg(f.engine, slices.Collect(maps.Keys(f.place)))}, func(row scanner) error {
		var id core.DealID
		var v visits.ContactValue
		err := row.Scan(&id, &v.Kind, &v.Value)
		in := &f.inputs[f.place[id]]
		in.Values = append(in.Values, v)
		return err
	})
}

// each is the FROM clause of the rows of a table, given with a short name, that have any of a list, parameter n, in a column, of the account $1. Without
// statistics PostgreSQL would compare each row of the table with each member of a long list; this way it looks each member up.
func (c conn) each(table, column, elements string, n int, condition string) string {
	_, name, _ := strings.Cut(table, " ")
	if c.engine == Postgres {
		return fmt.Sprintf(`FROM unnest($%d::%s[]) AS wanted (one) CROSS JOIN LATERAL (SELECT * FROM %s WHERE %s.account_id = $1 AND %s.%s = wanted.one AND %s OFFSET 0) %s`,
			n, elements, table, name, name, column, condition, name)
	}
	return fmt.Sprintf(`FROM %s WHERE %s.account_id = $1 AND %s.%s {in $%d} AND %s`, table, name, name, column, n, condition)
}

// values are all phones and e-mails of the deals' contacts, as lists for statements.
func (f *linkFacts) values() (phones, emails any) {
	all := make(map[visits.ContactValue]bool)
	for i := range f.inputs {
		for _, v := range f.inputs[i].Values {
			all[v] = true
		}
	}
	p, e := splitValues(slices.Collect(maps.Keys(all)))
	return textsArg(f.engine, p), textsArg(f.engine, e)
}

// readHolders reads the visitors who left a value. Values excluded from joining say nothing about who somebody is.
func (f *linkFacts) readHolders(ctx context.Context) error {
	part := func(kind visits.ContactKind, list int) string {
		return `SELECT c.visitor_id, c.kind, c.value ` + f.each("visitor_contacts c", "value", "text", list, `c.kind = '`+string(kind)+`'
  AND NOT EXISTS (SELECT 1 FROM contact_exclusions e WHERE e.account_id = c.account_id AND e.kind = c.kind AND e.value = c.value)`)
	}
	phones, emails := f.values()
	q := part(visits.ContactPhone, 2) + "\nUNION ALL " + part(visits.ContactEmail, 3)
	return f.query(ctx, q, []any{f.account, phones, emails}, func(row scanner) error {
		var id core.VisitorID
		var v visits.ContactValue
		err := row.Scan(&id, &v.Kind, &v.Value)
		visitor := f.visitor(id)
		visitor.Values = append(visitor.Values, v)
		f.holders[v] = append(f.holders[v], id)
		return err
	})
}

func (f *linkFacts) visitor(id core.VisitorID) *deals.LinkVisitor {
	v := f.visitors[id]
	if v == nil {
		v = &deals.LinkVisitor{ID: id}
		f.visitors[id] = v
	}
	return v
}

// span returns the bounds of what can belong to any of the deals: from is included, to is not.
func (f *linkFacts) span() (from, to int64) {
	from = math.MaxInt64
	for i := range f.inputs {
		in := &f.inputs[i]
		from = min(from, millis(in.CreatedAt.Add(-deals.MaxLookback)))
		for _, at := range []time.Time{in.CreatedAt, in.ContactAt, in.LeadAt} {
			if !at.IsZero() {
				from, to = min(from, millis(at.Add(-deals.LinkWindow))), max(to, millis(at.Add(time.Second)))
			}
		}
	}
	return from, to
}

const linkCommunicationColumns = `SELECT r.id, r.kind, r.at, r.visitor_id, r.session_id, r.phone, r.email, r.goal_id, r.is_outgoing `

// readBearers reads the communications that bear a value and those that CRMs named.
func (f *linkFacts) readBearers(ctx context.Context) error {
	var named []core.CommunicationID
	for i := range f.inputs {
		if id := f.inputs[i].Named.ID; id != 0 {
			named = append(named, id)
		}
	}
	phones, emails := f.values()
	from, to := f.span()
	inSpan := `r.at + 0 >= $5 AND r.at + 0 < $6` // "+ 0" keeps SQLite from going through all communications of the span
	q := linkCommunicationColumns + f.each("communications r", "phone", "text", 2, `r.phone <> '' AND `+inSpan) + `
UNION ALL ` + linkCommunicationColumns + f.each("communications r", "email", "text", 3, `r.email <> '' AND `+inSpan) + `
UNION ALL ` + linkCommunicationColumns + f.each("communications r", "id", "bigint", 4, `r.id <> 0`)
	return f.query(ctx, q, []any{f.account, phones, emails, idsArg(f.engine, named), from, to}, f.scanCommunication)
}

func (f *linkFacts) scanCommunication(row scanner) error {
	var c deals.LinkCommunication
	var at int64
	if err := row.Scan(&c.ID, &c.Kind, &at, &c.VisitorID, &c.SessionID, &c.Phone, &c.Email, &c.GoalID, &c.IsOutgoing); err != nil {
		return err
	}
	if _, isKnown := f.comms[c.ID]; isKnown {
		return nil
	}
	c.At = fromMillis(at)
	f.comms[c.ID] = c
	for _, v := range []visits.ContactValue{{Kind: visits.ContactPhone, Value: string(c.Phone)}, {Kind: visits.ContactEmail, Value: string(c.Email)}} {
		if v.Value != "" {
			f.bearers[v] = append(f.bearers[v], c.ID)
		}
	}
	if c.VisitorID != 0 {
		f.ofVisitor[c.VisitorID] = append(f.ofVisitor[c.VisitorID], c.ID)
	}
	return nil
}

// readPersons reads the persons of the visitors met so far, of those of communications, too.
func (f *linkFacts) readPersons(ctx context.Context) error {
	for id := range f.ofVisitor {
		f.visitor(id)
	}
	q := `SELECT v.id, v.person_id ` + f.each("visitors v", "id", "bigint", 2, `v.person_id <> 0`)
	return f.query(ctx, q, []any{f.account, f.visitorsArg()}, f.scanPerson)
}

// readMembers reads all visitors of the persons met.
func (f *linkFacts) readMembers(ctx context.Context) error {
	q := `SELECT v.id, v.person_id ` + f.each("visitors v", "person_id", "bigint", 2, `v.person_id <> 0`)
	return f.query(ctx, q, []any{f.account, idsArg(f.engine, slices.Collect(maps.Keys(f.persons)))}, f.scanPerson)
}

func (f *linkFacts) scanPerson(row scanner) error {
	var id core.VisitorID
	var person core.PersonID
	err := row.Scan(&id, &person)
	if v := f.visitor(id); v.PersonID == 0 {
		v.PersonID = person
		f.persons[person] = append(f.persons[person], id)
	}
	return err
}

func (f *linkFacts) visitorsArg() any {
	return idsArg(f.engine, slices.Collect(maps.Keys(f.visitors)))
}

func (f *linkFacts) readCommunications(ctx context.Context) error {
	from, to := f.span()
	q := linkCommunicationColumns + f.each("communications r", "visitor_id", "bigint", 2, `r.visitor_id <> 0 AND r.at >= $3 AND r.at < $4`)
	return f.query(ctx, q, []any{f.account, f.visitorsArg(), from, to}, f.scanCommunication)
}

func (f *linkFacts) readSessions(ctx context.Context) error {
	from, to := f.span()
	q := `SELECT s.id, s.visitor_id, s.started_at ` + f.each("sessions s", "visitor_id", "bigint", 2, `s.started_at >= $3 AND s.started_at < $4`)
	return f.query(ctx, q, []any{f.account, f.visitorsArg(), from, to}, func(row scanner) error {
		var s deals.LinkSession
		var at int64
		err := row.Scan(&s.ID, &s.VisitorID, &at)
		s.At = fromMillis(at)
		f.sessions[s.VisitorID] = append(f.sessions[s.VisitorID], s)
		return err
	})
}

// fill gives a deal the facts that can have to do with it.
func (f *linkFacts) fill(in *deals.LinkInput) {
	comms, visitors := make(map[core.CommunicationID]bool), make(map[core.VisitorID]bool)
	if _, isThere := f.comms[in.Named.ID]; isThere {
		comms[in.Named.ID] = true
	}
	for _, v := range in.Values {
		for _, id := range f.bearers[v] {
			comms[id] = true
		}
		for _, id := range f.holders[v] {
			f.addPerson(visitors, id)
		}
	}
	for id := range comms {
		f.addPerson(visitors, f.comms[id].VisitorID)
	}
	for id := range visitors {
		in.Visitors = append(in.Visitors, *f.visitors[id])
		in.Sessions = append(in.Sessions, f.sessions[id]...)
		for _, c := range f.ofVisitor[id] {
			comms[c] = true
		}
	}
	for id := range comms {
		in.Communications = append(in.Communications, f.comms[id])
	}
}

// addPerson adds a visitor with all others of the same person.
func (f *linkFacts) addPerson(set map[core.VisitorID]bool, id core.VisitorID) {
	v := f.visitors[id]
	if v == nil || set[id] {
		return
	}
	set[id] = true
	if v.PersonID != 0 {
		for _, other := range f.persons[v.PersonID] {
			set[other] = true
		}
	}
}
