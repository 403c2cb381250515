package emulator

import "slices"

// leadChange is what a request says about a lead; nil = nothing.
type leadChange struct {
	cardChange
	price, lossReason, closedAt *int64
	pipeline, status            *int64
	contacts                    []LeadContact
	company                     int64
}

// lossReasons are those of the account.
var lossReasons = []Tag{{ID: 9000001, Name: "Слишком дорого"}, {ID: 9000002, Name: "Пропала потребность"}, {ID: 9000003, Name: "Выбрали других"}}

// readLead reads a lead to add (old is nil) or to change.
func (s *Server) readLead(in input, old *Lead, place int) leadChange {
	in.allow(append([]string{
		"price", "status_id", "pipeline_id", "loss_reason_id", "closed_at", "score", "labor_cost", "visitor_uid", "source_id", "source_external_id",
	}, cardNames...)...)
	in.notNull("price", "status_id", "pipeline_id")
	ch := leadChange{
		cardChange: s.readCard(in, Leads, place), price: in.number("price"), lossReason: in.number("loss_reason_id"), closedAt: in.number("closed_at"),
	}
	if ch.lossReason != nil && !slices.ContainsFunc(lossReasons, func(t Tag) bool { return t.ID == *ch.lossReason }) {
		in.fail("loss_reason_id", codeChoice)
	}
	s.readStage(in, old, &ch)
	embedded := in.sub("_embedded")
	embedded.allow("tags", "contacts", "companies", "source", "metadata", "loss_reason", "catalog_elements")
	if old == nil {
		s.readLeadLinks(embedded, &ch)
	}
	return ch
}

// readStage reads pipeline and status, which must belong together. Without a status the lead gets the pipeline's first, without a pipeline it
// stays where it is or goes to the main one.
func (s *Server) readStage(in input, old *Lead, ch *leadChange) {
	pipelineID, status := in.number("pipeline_id"), in.number("status_id")
	if old != nil && pipelineID == nil && status == nil {
		return
	}
	pipeline := s.state.mainPipeline()
	switch {
	case pipelineID != nil:
		pipeline = s.state.pipeline(*pipelineID)
	case old != nil:
		pipeline = s.state.pipeline(old.PipelineID)
	}
	if pipeline == nil {
		in.fail("pipeline_id", codeChoice)
		return
	}
	ch.pipeline = &pipeline.ID
	if status == nil {
		first := pipeline.first()
		if old != nil && old.PipelineID == pipeline.ID {
			first = old.StatusID
		}
		ch.status = &first
		return
	}
	if found := pipeline.status(*status); found == nil || found.Type == 1 {
		in.fail("status_id", codeChoice)
	}
	ch.status = status
}

// readLeadLinks reads the contacts and the company of a new lead; they must be there.
func (s *Server) readLeadLinks(embedded input, ch *leadChange) {
	for _, item := range embedded.list("contacts") {
		item.require("id")
		id := item.number("id")
		if id != nil && s.state.person(Contacts, *id) == nil {
			item.fail("id", codeChoice)
		} else if id != nil {
			ch.contacts = append(ch.contacts, LeadContact{ID: *id, IsMain: item.flag("is_main")})
		}
	}
	for _, item := range embedded.list("companies") {
		item.require("id")
		id := item.number("id")
		if id != nil && s.state.person(Companies, *id) == nil {
			item.fail("id", codeChoice)
		} else if id != nil {
			ch.company = *id
		}
	}
}

// addLead makes a lead of what was asked for.
func (s *Server) addLead(c *call, ch leadChange) *Lead {
	card := ch.fresh(c)
	var price int64
	set(&price, ch.price)
	l := s.state.newLead(card, price, *ch.pipeline, *ch.status)
	set(&l.LossReasonID, ch.lossReason)
	set(&l.ClosedAt, ch.closedAt)
	s.state.setTags(Leads, &l.Card, ch.tags)
	for _, contact := range ch.contacts {
		s.state.linkLead(l, s.state.contacts.byID[contact.ID], contact.IsMain)
	}
	if ch.company != 0 {
		s.state.linkLead(l, s.state.companies.byID[ch.company], false)
	}
	s.state.index(&l.Card, nil)
	return l
}

// leadAdded tells the log and who listens of a new lead.
func (s *Server) leadAdded(l *Lead, by, at int64) {
	s.state.record("lead_added", Leads, l.ID, by, at, nil, nil)
	s.hooks.add("add_lead", "leads", "add", s.leadForm(l, nil))
}

// changeLead carries a change of a lead out and tells the log and who listens.
func (s *Server) changeLead(c *call, l *Lead, ch leadChange) {
	before := *l
	ch.apply(&l.Card, c)
	set(&l.Price, ch.price)
	set(&l.LossReasonID, ch.lossReason)
	s.state.setTags(Leads, &l.Card, ch.tags)
	s.state.index(&l.Card, nil)
	if ch.status != nil && (*ch.status != l.StatusID || *ch.pipeline != l.PipelineID) {
		by, at := l.UpdatedBy, l.UpdatedAt
		s.state.moved(l, *ch.pipeline, *ch.status, by, at)
		s.acceptByMove(c, l)
		s.hooks.add("status_lead", "leads", "status", s.leadForm(l, &before))
	}
	set(&l.ClosedAt, ch.closedAt)
	if before.Price != l.Price {
		value := func(price int64) []any { return []any{object{"sale_field_value": object{"sale": price}}} }
		s.state.record("sale_field_changed", Leads, l.ID, c.user, c.now, value(before.Price), value(l.Price))
	}
	s.responsibleChanged(Leads, &l.Card, before.ResponsibleUserID, c.user, c.now, s.leadForm(l, &before))
	s.hooks.add("update_lead", "leads", "update", s.leadForm(l, &before))
}

func (s *Server) addLeads(c *call) answer {
	items, bad := c.items(500)
	if bad != nil {
		return *bad
	}
	changes := make([]leadChange, len(items))
	for i, in := range items {
		changes[i] = s.readLead(in, nil, i)
	}
	if bad := refuse(items...); bad != nil {
		return *bad
	}
	out := make([]object, len(items))
	for i, ch := range changes {
		l := s.addLead(c, ch)
		s.leadAdded(l, l.CreatedBy, c.now)
		out[i] = object{"id": l.ID, "request_id": ch.requestID, "_links": c.self("/api/v4/leads/%d", l.ID)}
	}
	return c.writtenList(Leads, out)
}

func (s *Server) patchLead(c *call) answer {
	in, bad := c.item()
	if bad != nil {
		return *bad
	}
	l := s.state.lead(c.id)
	if l == nil {
		return problem(404, "Lead not found")
	}
	ch := s.readLead(in, l, 0)
	if bad := refuse(in); bad != nil {
		return *bad
	}
	s.changeLead(c, l, ch)
	return ok(c.written(Leads, &l.Card, ch.requestID))
}

func (s *Server) patchLeads(c *call) answer {
	items, bad := c.items(500)
	if bad != nil {
		return *bad
	}
	leads, changes := make([]*Lead, len(items)), make([]leadChange, len(items))
	for i, in := range items {
		in.require("id")
		id := in.number("id")
		if id == nil {
			continue
		}
		if leads[i] = s.state.lead(*id); leads[i] == nil {
			in.fail("id", codeChoice)
			continue
		}
		changes[i] = s.readLead(in, leads[i], i)
	}
	if bad := refuse(items...); bad != nil {
		return *bad
	}
	out := make([]object, len(items))
	for i, ch := range changes {
		s.changeLead(c, leads[i], ch)
		out[i] = c.written(Leads, &leads[i].Card, ch.requestID)
	}
	return c.writtenList(Leads, out)
}

func (s *Server) listLeads(c *call) answer {
	common, f := c.cardFilter(), c.query.at("filter")
	pipelines, price, closedAt, stages := f.at("pipeline_id").ids(), f.at("price").span(), f.at("closed_at").span(), f.at("statuses").stages()
	deleted := c.with()["only_deleted"]
	var rows []*Lead
	for _, l := range s.state.leads.rows {
		if l.Deleted == deleted && common.lets(&l.Card) && pipelines.lets(l.PipelineID) && price.lets(l.Price) &&
			(f.at("closed_at").empty() || l.ClosedAt != 0 && closedAt.lets(l.ClosedAt)) && stageLets(stages, l.PipelineID, l.StatusID) {
			rows = append(rows, l)
		}
	}
	sortCards(c, rows, func(l *Lead) *Card { return &l.Card })
	with := c.with()
	return listPage(c, "leads", rows, c.page(pageMost), func(l *Lead) object { return s.leadJSON(c, l, with) })
}

func (s *Server) getLead(c *call) answer {
	l := s.state.lead(c.id)
	if l == nil {
		return nothing()
	}
	return ok(s.leadJSON(c, l, c.with()))
}

func (s *Server) leadJSON(c *call, l *Lead, with wordSet) object {
	out := s.commonJSON(c, Leads, &l.Card)
	out["price"], out["status_id"], out["pipeline_id"] = l.Price, l.StatusID, l.PipelineID
	out["loss_reason_id"], out["closed_at"] = orNull(l.LossReasonID), orNull(l.ClosedAt)
	out["score"], out["labor_cost"], out["source_id"] = nil, nil, nil
	companies := []object{}
	if l.CompanyID != 0 {
		companies = append(companies, object{"id": l.CompanyID, "_links": c.self("/api/v4/companies/%d", l.CompanyID)})
	}
	embedded := object{"tags": tagsJSON(l.Tags), "companies": companies}
	if with["contacts"] {
		contacts := []object{}
		for _, p := range l.Contacts {
			if s.state.person(Contacts, p.ID) != nil {
				contacts = append(contacts, object{"id": p.ID, "is_main": p.IsMain, "_links": c.self("/api/v4/contacts/%d", p.ID)})
			}
		}
		embedded["contacts"] = contacts
	}
	if with["loss_reason"] {
		embedded["loss_reason"] = slices.DeleteFunc(c.lossReasons(), func(o object) bool { return o["id"] != l.LossReasonID })
	}
	out["_embedded"] = embedded
	return out
}

func (c *call) lossReasons() []object {
	out := make([]object, len(lossReasons))
	for i, t := range lossReasons {
		out[i] = object{"id": t.ID, "name": t.Name, "sort": 10 * (i + 1), "created_at": c.now, "updated_at": c.now}
	}
	return out
}

func (s *Server) listLossReasons(c *call) answer {
	return ok(object{"_total_items": len(lossReasons), "_links": c.here(), "_embedded": object{"loss_reasons": c.lossReasons()}})
}
