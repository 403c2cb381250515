package emulator

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Record is a lead, deal, contact or company as tests look at it.
type Record struct {
	ID int
	// Fields are all that are set, as the classic methods write them.
	Fields map[string]string
	// Phones and Emails as they were written; Contacts are the ids bound to a deal or lead, the primary one first.
	Phones, Emails    []string
	Contacts          []int
	Created, Modified time.Time
}

// Counters say how many rows were ever made, deleted ones too.
type Counters struct{ Leads, Deals, Contacts, Companies, Comments, Activities, Traces int }

// Deals are all deals by id.
func (s *Server) Deals() []Record { return s.records(dealType) }

// Leads are all leads by id.
func (s *Server) Leads() []Record { return s.records(leadType) }

// Contacts are all contacts by id.
func (s *Server) Contacts() []Record { return s.records(contactType) }

// Companies are all companies by id.
func (s *Server) Companies() []Record { return s.records(companyType) }

func (s *Server) records(typeID int) []Record {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.state.tables[typeID]
	out := make([]Record, len(t.rows))
	for i, r := range t.rows {
		out[i] = t.show(r)
	}
	return out
}

func (t *table) show(r *record) Record {
	out := Record{ID: r.id, Fields: map[string]string{}, Created: r.time("DATE_CREATE"), Modified: r.time("DATE_MODIFY")}
	for _, f := range t.fields {
		if v := text(r.classic(f)); v != "" {
			out.Fields[f.name] = v
		}
	}
	for _, m := range r.multi["PHONE"] {
		out.Phones = append(out.Phones, m.value)
	}
	for _, m := range r.multi["EMAIL"] {
		out.Emails = append(out.Emails, m.value)
	}
	if id := r.primaryContact(); id != 0 {
		out.Contacts = append(out.Contacts, id)
	}
	for _, b := range r.contacts {
		if !b.primary {
			out.Contacts = append(out.Contacts, b.contact)
		}
	}
	return out
}

// Comments are all comments of timelines, oldest first.
func (s *Server) Comments() []Comment {
	return values(s, func() []*Comment { return s.state.comments })
}

// Activities are all activities, oldest first.
func (s *Server) Activities() []Activity {
	return values(s, func() []*Activity { return s.state.activities })
}

// Traces are all traces, oldest first.
func (s *Server) Traces() []Trace { return values(s, func() []*Trace { return s.state.traces }) }

func values[T any](s *Server, all func() []*T) []T {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := []T{}
	for _, v := range all() {
		out = append(out, *v)
	}
	return out
}

// Counters count everything ever made, seen from the portal: what was sent twice is counted twice.
func (s *Server) Counters() Counters {
	s.mu.Lock()
	defer s.mu.Unlock()
	of := func(typeID int) int { return s.state.tables[typeID].created }
	return Counters{of(leadType), of(dealType), of(contactType), of(companyType), len(s.state.comments), len(s.state.activities), len(s.state.traces)}
}

// person is someone at the portal who does something by hand.
func (s *Server) person(ctx context.Context) actor {
	return actor{ctx: ctx, user: 1, base: s.addressLocked(nil)}
}

// NewDeal is a deal a person makes by hand. Zero values leave things out.
type NewDeal struct {
	Title              string
	Sum                float64
	Category           int
	Stage              string
	Name, Phone, Email string
	// Ago is how long ago the deal, and its contact when that is new, were made.
	Ago time.Duration
}

// CreateDeal makes a deal; a contact with the same phone or e-mail is taken, otherwise made.
func (s *Server) CreateDeal(ctx context.Context, d NewDeal) (id int, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	who, at := s.person(ctx), s.now().Add(-d.Ago).Truncate(time.Second)
	in := input{"CATEGORY_ID": d.Category, "STAGE_ID": d.Stage, "OPPORTUNITY": d.Sum}
	if d.Title != "" {
		in["TITLE"] = d.Title
	}
	deals, contacts := s.state.tables[dealType], s.state.tables[contactType]
	if wrong := s.check(deals, nil, in); wrong != nil {
		return 0, fmt.Errorf("%s is not one of this funnel", wrong.field.name)
	}
	contact, err := s.contactOf(contacts, d, who, at)
	if err != nil {
		return 0, err
	}
	if contact != nil {
		in["CONTACT_ID"] = contact.id
	}
	r, wrong := s.add(deals, in, who)
	if wrong != nil {
		return 0, fmt.Errorf("%s is wrong", wrong.field.name)
	}
	s.backdate(deals, r, at)
	return r.id, nil
}

func (s *Server) contactOf(contacts *table, d NewDeal, who actor, at time.Time) (*record, error) {
	for _, key := range []string{"PHONE|" + duplicateCode("PHONE", d.Phone), "EMAIL|" + duplicateCode("EMAIL", d.Email)} {
		if known := contacts.pick(contacts.byComm[key]); len(known) > 0 {
			return known[0], nil
		}
	}
	if d.Name+d.Phone+d.Email == "" {
		return nil, nil //nolint:nilnil // a deal may have no contact
	}
	first, last, _ := strings.Cut(d.Name, " ")
	in := input{"NAME": first, "LAST_NAME": last, "PHONE": list(obj("VALUE", d.Phone, "VALUE_TYPE", "MOBILE")), "EMAIL": list(obj("VALUE", d.Email))}
	r, wrong := s.add(contacts, in, who)
	if wrong != nil {
		return nil, fmt.Errorf("%s is wrong", wrong.field.name)
	}
	s.backdate(contacts, r, at)
	return r, nil
}

// backdate moves the making of a record into the past; when it was modified stays.
func (s *Server) backdate(t *table, r *record, at time.Time) {
	r.vals["DATE_CREATE"] = at
	if t.byName["MOVED_TIME"] != nil {
		r.vals["MOVED_TIME"] = at
	}
	for _, h := range s.state.historyOf[[2]int{t.typeID, r.id}] {
		h.at = at
	}
}

var errNoSuch = errors.New("there is none with this number")

// edit changes a record by hand.
func (s *Server) edit(ctx context.Context, typeID, id int, in input) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.state.tables[typeID]
	r := t.byID[id]
	if r == nil {
		return errNoSuch
	}
	if wrong := s.change(t, r, in, s.person(ctx)); wrong != nil {
		return fmt.Errorf("%s does not fit", wrong.field.name)
	}
	return nil
}

// MoveDeal brings a deal to a stage, of another funnel if need be; a sum of 0 stays as it was.
func (s *Server) MoveDeal(ctx context.Context, id int, stage string, sum float64) error {
	in := input{"STAGE_ID": stage}
	if funnel, _, ok := strings.Cut(strings.TrimPrefix(stage, "C"), ":"); ok {
		in["CATEGORY_ID"] = whole(funnel)
	} else {
		in["CATEGORY_ID"] = 0
	}
	if sum != 0 {
		in["OPPORTUNITY"] = sum
	}
	return s.edit(ctx, dealType, id, in)
}

// DeleteDeal deletes a deal.
func (s *Server) DeleteDeal(ctx context.Context, id int) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.state.tables[dealType]
	r := t.byID[id]
	if r == nil {
		return errNoSuch
	}
	s.drop(t, r, s.person(ctx))
	return nil
}

// ConvertLead turns a lead into a contact and a deal.
func (s *Server) ConvertLead(ctx context.Context, id int) (deal int, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.state.tables[leadType]
	r := t.byID[id]
	switch {
	case r == nil:
		return 0, errNoSuch
	case r.text("STATUS_ID") == "CONVERTED":
		return 0, errors.New("the lead is converted already")
	}
	return s.convert(t, r, s.person(ctx)).id, nil
}

// AddUser takes an employee on.
func (s *Server) AddUser(name, lastName, email, extension string) (id int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := &user{id: s.state.id("user"), name: name, lastName: lastName, email: email, inner: extension, active: true, since: s.now().Truncate(time.Second)}
	s.state.users = append(s.state.users, u)
	return u.id
}

// DeactivateUser dismisses an employee; what they allowed the application ends.
func (s *Server) DeactivateUser(id int) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.user(id)
	if u == nil {
		return errNoSuch
	}
	u.active = false
	return nil
}

// AddCategory opens a funnel with the usual stages.
func (s *Server) AddCategory(name string) (id int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.addCategory(name).id
}

// RenameStage renames a stage of a funnel.
func (s *Server) RenameStage(code, name string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, st := range s.state.statuses {
		if st.code == code && strings.HasPrefix(st.entity, "DEAL_STAGE") {
			st.name = name
			return nil
		}
	}
	return errors.New("there is no such stage")
}

// SetMode switches leads on (Classic) or off (Simple).
func (s *Server) SetMode(mode Mode) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state.mode = mode
}
