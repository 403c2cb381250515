package emulator

// complexLead is a lead with a contact and a company that may be new.
type complexLead struct {
	lead                 leadChange
	contact, company     *personChange
	contactID, companyID int64
	unsorted             *Unsorted
}

const complexMost = 50

// addComplex makes leads with their contacts and companies in one request; its answer is a bare list.
func (s *Server) addComplex(c *call) answer {
	items, bad := c.items(complexMost)
	if bad != nil {
		return *bad
	}
	read := make([]complexLead, len(items))
	for i, in := range items {
		read[i] = s.readComplex(c, in, i)
	}
	if bad := refuse(items...); bad != nil {
		return *bad
	}
	out := make([]object, len(items))
	for i := range read {
		out[i] = s.addComplexLead(c, &read[i])
	}
	return ok(out)
}

func (s *Server) readComplex(c *call, in input, place int) complexLead {
	embedded := in.sub("_embedded")
	var out complexLead
	out.contact, out.contactID = s.readOnePerson(embedded, Contacts)
	out.company, out.companyID = s.readOnePerson(embedded, Companies)
	if embedded.has("metadata") {
		out.unsorted = s.readComplexMetadata(c, embedded)
	}
	// The rest is read as for any lead; its contacts and companies are not ids alone.
	lead := input{object: clone(in.object), prefix: in.prefix, errs: in.errs}
	lead.object["_embedded"] = without(embedded.object, "contacts", "companies")
	out.lead = s.readLead(lead, nil, place)
	return out
}

// readOnePerson reads the one contact or company of a complex lead: one that is there, by id, or a new one.
func (s *Server) readOnePerson(embedded input, e Entity) (fresh *personChange, id int64) {
	list := embedded.list(string(e))
	if len(list) == 0 {
		return nil, 0
	}
	if len(list) > 1 {
		embedded.fail(string(e), codeTooMany)
		return nil, 0
	}
	in := list[0]
	if given := in.number("id"); given != nil {
		if s.state.person(e, *given) == nil {
			in.fail("id", codeChoice)
		}
		return nil, *given
	}
	ch := s.readPerson(in, e, 0)
	return &ch, 0
}

// readComplexMetadata makes the lead an unsorted entry.
func (s *Server) readComplexMetadata(c *call, embedded input) *Unsorted {
	meta := embedded.sub("metadata")
	u := &Unsorted{CreatedAt: c.now, Metadata: plainObject(meta.object), SourceName: "API"}
	if v := meta.text("category"); v != nil {
		u.Category = *v
	}
	if u.Category != "sip" && u.Category != "forms" {
		meta.fail("category", codeChoice)
		return u
	}
	requireMetadata(meta, u.Category)
	if v := embedded.sub("source").text("external_id"); v != nil {
		u.SourceUID = *v
	}
	return u
}

func (s *Server) addComplexLead(c *call, in *complexLead) object {
	in.lead.contacts, in.lead.company = nil, 0
	l := s.addLead(c, in.lead)
	people := s.complexPeople(c, in)
	for _, p := range people {
		s.state.linkLead(l, p, p.Entity == Contacts)
	}
	if len(people) == 2 {
		s.state.link(people[0], people[1])
	}
	if in.unsorted != nil {
		in.unsorted.PipelineID = l.PipelineID
		s.putUnsorted(in.unsorted, l, fresh(people, in))
	} else {
		for _, p := range fresh(people, in) {
			s.personAdded(p, p.CreatedBy, c.now)
		}
		s.leadAdded(l, l.CreatedBy, c.now)
	}
	out := object{"id": l.ID, "contact_id": nil, "company_id": nil, "request_id": []string{in.lead.requestID}, "merged": false}
	for _, p := range people {
		out[p.Entity.one()+"_id"] = p.ID
	}
	return out
}

// complexPeople are the contact and the company, those that are there, in this order.
func (s *Server) complexPeople(c *call, in *complexLead) []*Contact {
	var out []*Contact
	switch {
	case in.contact != nil:
		out = append(out, s.addPerson(c, Contacts, *in.contact))
	case in.contactID != 0:
		out = append(out, s.state.contacts.byID[in.contactID])
	}
	switch {
	case in.company != nil:
		out = append(out, s.addPerson(c, Companies, *in.company))
	case in.companyID != 0:
		out = append(out, s.state.companies.byID[in.companyID])
	}
	return out
}

// fresh are those people that this request made.
func fresh(people []*Contact, in *complexLead) []*Contact {
	var out []*Contact
	for _, p := range people {
		if p.ID != in.contactID && p.ID != in.companyID {
			out = append(out, p)
		}
	}
	return out
}

func clone(o object) object { return without(o) }

func without(o object, names ...string) object {
	out := object{}
	for k, v := range o {
		out[k] = v
	}
	for _, name := range names {
		delete(out, name)
	}
	return out
}

// plainObject is what can be kept of a part of a body.
func plainObject(o object) object {
	out := object{}
	for k, v := range o {
		out[k] = plain(v)
	}
	return out
}
