package emulator

import "slices"

// personChange is what a request says about a contact or a company; nil = nothing.
type personChange struct {
	cardChange
	first, last *string
}

func (s *Server) readPerson(in input, e Entity, place int) personChange {
	names := cardNames
	if e == Contacts {
		names = append([]string{"first_name", "last_name", "is_unsorted", "is_main"}, names...)
	}
	in.allow(names...)
	in.sub("_embedded").allow("tags", "companies", "contacts", "leads", "customers", "catalog_elements")
	ch := personChange{cardChange: s.readCard(in, e, place)}
	if e == Contacts {
		ch.first, ch.last = in.text("first_name"), in.text("last_name")
	}
	return ch
}

// applyNames keeps name, first and last name together.
func (ch personChange) applyNames(p *Contact) {
	set(&p.FirstName, ch.first)
	set(&p.LastName, ch.last)
	if ch.name == nil && (ch.first != nil || ch.last != nil) {
		p.Name = join(p.FirstName, p.LastName)
	}
}

func join(first, last string) string {
	if first == "" || last == "" {
		return first + last
	}
	return first + " " + last
}

// addPerson makes a contact or a company; nobody is told yet.
func (s *Server) addPerson(c *call, e Entity, ch personChange) *Contact {
	p := s.state.newPerson(e, ch.fresh(c))
	ch.applyNames(p)
	s.state.setTags(e, &p.Card, ch.tags)
	s.state.index(&p.Card, p)
	return p
}

// personAdded tells the log and who listens of a new contact or company.
func (s *Server) personAdded(p *Contact, by, at int64) {
	s.state.record(p.Entity.one()+"_added", p.Entity, p.ID, by, at, nil, nil)
	s.hooks.add("add_"+p.Entity.one(), "contacts", "add", s.personForm(p))
}

func (s *Server) changePerson(c *call, p *Contact, ch personChange) {
	before := p.ResponsibleUserID
	ch.apply(&p.Card, c)
	ch.applyNames(p)
	s.state.setTags(p.Entity, &p.Card, ch.tags)
	s.state.index(&p.Card, p)
	s.responsibleChanged(p.Entity, &p.Card, before, c.user, c.now, s.personForm(p))
	s.hooks.add("update_"+p.Entity.one(), "contacts", "update", s.personForm(p))
}

func (s *Server) addContacts(c *call) answer {
	items, bad := c.items(500)
	if bad != nil {
		return *bad
	}
	changes := make([]personChange, len(items))
	for i, in := range items {
		changes[i] = s.readPerson(in, c.entity, i)
	}
	if bad := refuse(items...); bad != nil {
		return *bad
	}
	out := make([]object, len(items))
	for i, ch := range changes {
		p := s.addPerson(c, c.entity, ch)
		s.personAdded(p, p.CreatedBy, c.now)
		out[i] = object{"id": p.ID, "request_id": ch.requestID, "_links": c.self("/api/v4/%s/%d", c.entity, p.ID)}
	}
	return c.writtenList(c.entity, out)
}

func (s *Server) patchContact(c *call) answer {
	in, bad := c.item()
	if bad != nil {
		return *bad
	}
	p := s.state.person(c.entity, c.id)
	if p == nil {
		return problem(404, notFound[c.entity])
	}
	ch := s.readPerson(in, c.entity, 0)
	if bad := refuse(in); bad != nil {
		return *bad
	}
	s.changePerson(c, p, ch)
	return ok(c.written(c.entity, &p.Card, ch.requestID))
}

var notFound = map[Entity]string{Leads: "Lead not found", Contacts: "Contact not found", Companies: "Company not found"}

func (s *Server) patchContacts(c *call) answer {
	items, bad := c.items(500)
	if bad != nil {
		return *bad
	}
	people, changes := make([]*Contact, len(items)), make([]personChange, len(items))
	for i, in := range items {
		in.require("id")
		id := in.number("id")
		if id == nil {
			continue
		}
		if people[i] = s.state.person(c.entity, *id); people[i] == nil {
			in.fail("id", codeChoice)
			continue
		}
		changes[i] = s.readPerson(in, c.entity, i)
	}
	if bad := refuse(items...); bad != nil {
		return *bad
	}
	out := make([]object, len(items))
	for i, ch := range changes {
		s.changePerson(c, people[i], ch)
		out[i] = c.written(c.entity, &people[i].Card, ch.requestID)
	}
	return c.writtenList(c.entity, out)
}

func (s *Server) listContacts(c *call) answer {
	f := c.cardFilter()
	var rows []*Contact
	for _, p := range s.state.people(c.entity).rows {
		if !p.Deleted && !p.hidden && f.lets(&p.Card) {
			rows = append(rows, p)
		}
	}
	sortCards(c, rows, func(p *Contact) *Card { return &p.Card })
	with := c.with()
	return listPage(c, string(c.entity), rows, c.page(pageMost), func(p *Contact) object { return s.personJSON(c, p, with) })
}

func (s *Server) getContact(c *call) answer {
	p := s.state.person(c.entity, c.id)
	if p == nil {
		return nothing()
	}
	return ok(s.personJSON(c, p, c.with()))
}

func (s *Server) personJSON(c *call, p *Contact, with wordSet) object {
	out := s.commonJSON(c, p.Entity, &p.Card)
	embedded := object{"tags": tagsJSON(p.Tags)}
	if p.Entity == Contacts {
		out["first_name"], out["last_name"], out["is_unsorted"] = p.FirstName, p.LastName, false
		companies := []object{}
		if p.CompanyID != 0 {
			companies = append(companies, object{"id": p.CompanyID, "_links": c.self("/api/v4/companies/%d", p.CompanyID)})
		}
		embedded["companies"] = companies
	}
	if with["leads"] {
		embedded["leads"] = c.refs(Leads, s.visibleLeads(p))
	}
	if with["contacts"] && p.Entity == Companies {
		embedded["contacts"] = c.refs(Contacts, s.contactsOf(p.ID))
	}
	out["_embedded"] = embedded
	return out
}

// visibleLeads are the contact's leads that are not deleted.
func (s *Server) visibleLeads(p *Contact) []int64 {
	return slices.DeleteFunc(slices.Clone(p.Leads), func(id int64) bool { return s.state.lead(id) == nil })
}

// contactsOf are the contacts in a company.
func (s *Server) contactsOf(company int64) []int64 {
	var out []int64
	for _, p := range s.state.contacts.rows {
		if p.CompanyID == company && !p.Deleted && !p.hidden {
			out = append(out, p.ID)
		}
	}
	return out
}

func (c *call) refs(e Entity, ids []int64) []object {
	out := make([]object, len(ids))
	for i, id := range ids {
		out[i] = object{"id": id, "_links": c.self("/api/v4/%s/%d", e, id)}
	}
	return out
}
