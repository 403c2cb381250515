package emulator

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
)

// Unsorted is an entry that waits for a person to accept or to decline it.
type Unsorted struct {
	UID                   string
	Category              string // sip or forms
	SourceUID, SourceName string
	PipelineID            int64
	CreatedAt             int64
	Metadata              map[string]any
	LeadID                int64
	ContactIDs            []int64
	CompanyIDs            []int64
	State                 string // pending, accepted or declined

	content string // what tells identical entries
}

// The states of an unsorted entry.
const (
	unsortedPending  = "pending"
	unsortedAccepted = "accepted"
	unsortedDeclined = "declined"
)

// unsortedItem is an entry to add with what is in it.
type unsortedItem struct {
	entry               *Unsorted
	lead                *leadChange
	contacts, companies []personChange
}

func (s *Server) addUnsortedSIP(c *call) answer   { return s.addUnsorted(c, "sip") }
func (s *Server) addUnsortedForms(c *call) answer { return s.addUnsorted(c, "forms") }

func (s *Server) addUnsorted(c *call, category string) answer {
	items, bad := c.items(pageMost)
	if bad != nil {
		return *bad
	}
	read := make([]unsortedItem, len(items))
	for i, in := range items {
		read[i] = s.readUnsorted(c, in, category, i)
	}
	if bad := refuse(items...); bad != nil {
		return *bad
	}
	for i := range read {
		if s.sameUnsorted(read[i].entry) || slices.ContainsFunc(read[:i], func(u unsortedItem) bool { return u.entry.content == read[i].entry.content }) {
			return problem(400, "The same unsorted entry is there already")
		}
	}
	out := make([]object, len(items))
	for i, item := range read {
		s.fillUnsorted(c, item)
		out[i] = s.unsortedJSON(c, item.entry)
		out[i]["request_id"] = items[i].requestID(i)
	}
	return ok(object{"_total_items": len(out), "_links": c.here(), "_embedded": object{"unsorted": out}})
}

func (s *Server) readUnsorted(c *call, in input, category string, place int) unsortedItem {
	in.allow("source_uid", "source_name", "metadata", "pipeline_id", "created_at", "request_id", "_embedded")
	in.require("source_uid", "source_name", "metadata")
	u := &Unsorted{Category: category, CreatedAt: c.now, PipelineID: s.state.mainPipeline().ID}
	set(&u.SourceUID, in.text("source_uid"))
	set(&u.SourceName, in.text("source_name"))
	set(&u.CreatedAt, in.number("created_at"))
	if id := in.number("pipeline_id"); id != nil {
		u.PipelineID = *id
		if s.state.pipeline(*id) == nil {
			in.fail("pipeline_id", codeChoice)
		}
	}
	meta := in.sub("metadata")
	if in.has("metadata") {
		requireMetadata(meta, category)
	}
	u.Metadata = plainObject(meta.object)
	content, _ := json.Marshal(object{"category": category, "item": without(in.object, "request_id")})
	u.content = string(content)
	item := unsortedItem{entry: u}
	s.readUnsortedCards(in.sub("_embedded"), &item, place)
	return item
}

// requireMetadata says what an entry of a category must tell.
func requireMetadata(meta input, category string) {
	if category == "sip" {
		meta.require("phone", "called_at", "duration", "uniq", "service_code")
		meta.notNull("link", "from")
		meta.number("called_at")
		meta.number("duration")
		return
	}
	meta.require("form_id", "form_name", "form_page", "form_sent_at")
	meta.notNull("ip", "referer", "visitor_uid")
	meta.number("form_sent_at")
	for _, name := range []string{"form_id", "form_name", "form_page", "ip", "referer"} {
		meta.text(name)
	}
}

func (s *Server) readUnsortedCards(embedded input, item *unsortedItem, place int) {
	embedded.allow("leads", "contacts", "companies")
	leads := embedded.list("leads")
	if len(leads) > 1 {
		embedded.fail("leads", codeTooMany)
	}
	for _, in := range leads {
		// A lead that waits has the status of those that wait.
		if in.has("status_id") {
			in.fail("status_id", codeNotExpected)
			return
		}
		ch := s.readLead(in, nil, place)
		item.lead = &ch
	}
	for _, in := range embedded.list("contacts") {
		item.contacts = append(item.contacts, s.readPerson(in, Contacts, place))
	}
	for _, in := range embedded.list("companies") {
		item.companies = append(item.companies, s.readPerson(in, Companies, place))
	}
}

func (s *Server) sameUnsorted(u *Unsorted) bool {
	return slices.ContainsFunc(s.state.unsorted, func(old *Unsorted) bool { return old.State == unsortedPending && old.content == u.content })
}

// fillUnsorted makes the cards of an entry and puts it among those that wait.
func (s *Server) fillUnsorted(c *call, item unsortedItem) {
	ch := leadChange{pipeline: &item.entry.PipelineID}
	if item.lead != nil {
		ch = *item.lead
		ch.pipeline = &item.entry.PipelineID
	}
	status := s.state.pipeline(item.entry.PipelineID).first()
	ch.status = &status
	l := s.addLead(c, ch)
	var people []*Contact
	for _, p := range item.contacts {
		people = append(people, s.addPerson(c, Contacts, p))
	}
	for _, p := range item.companies {
		people = append(people, s.addPerson(c, Companies, p))
	}
	for _, p := range people {
		s.state.linkLead(l, p, false)
	}
	s.putUnsorted(item.entry, l, people)
}

// putUnsorted hides the people of an entry, puts its lead to the status of those that wait and tells who listens.
func (s *Server) putUnsorted(u *Unsorted, l *Lead, people []*Contact) {
	s.state.counts.Unsorted++
	sum := sha256.Sum256(fmt.Appendf(nil, "%d %s", s.state.counts.Unsorted, u.Category))
	u.UID, u.State, u.LeadID = hex.EncodeToString(sum[:]), unsortedPending, l.ID
	l.UnsortedUID, l.StatusID, l.ClosedAt = u.UID, s.state.pipeline(u.PipelineID).unsorted(), 0
	for _, p := range people {
		p.hidden = true
		if p.Entity == Contacts {
			u.ContactIDs = append(u.ContactIDs, p.ID)
		} else {
			u.CompanyIDs = append(u.CompanyIDs, p.ID)
		}
	}
	s.state.unsorted = append(s.state.unsorted, u)
	s.hooks.add("add_unsorted", "unsorted", "add", s.unsortedForm(u))
}

func (s *Server) findUnsorted(uid string) *Unsorted {
	i := slices.IndexFunc(s.state.unsorted, func(u *Unsorted) bool { return u.UID == uid })
	if i < 0 {
		return nil
	}
	return s.state.unsorted[i]
}

func (s *Server) acceptUnsorted(c *call) answer {
	u := s.findUnsorted(c.uid)
	if u == nil || u.State != unsortedPending {
		return problem(404, "Unsorted not found")
	}
	in := newInput(object{})
	if len(c.body) > 0 {
		var bad *answer
		if in, bad = c.item(); bad != nil {
			return *bad
		}
	}
	user, status := in.number("user_id"), in.number("status_id")
	s.mustBeUser(in, "user_id", user)
	p := s.state.pipeline(u.PipelineID)
	to, by := p.first(), c.user
	set(&to, status)
	set(&by, user)
	if found := p.status(to); found == nil || found.Type == 1 {
		in.fail("status_id", codeChoice)
	}
	if bad := refuse(in); bad != nil {
		return *bad
	}
	s.accept(u, to, by, c.now)
	return ok(s.unsortedJSON(c, u))
}

// accept makes an entry's cards ordinary ones.
func (s *Server) accept(u *Unsorted, status, by, at int64) {
	l := s.state.leads.byID[u.LeadID]
	l.StatusID, l.UnsortedUID, l.UpdatedAt, l.UpdatedBy, l.ResponsibleUserID = status, "", max(at, l.UpdatedAt), by, by
	if closed(status) {
		l.ClosedAt = at
	}
	s.accepted(u, by, at)
	s.leadAdded(l, by, at)
}

// accepted shows the people of an entry and tells who listens.
func (s *Server) accepted(u *Unsorted, by, at int64) {
	u.State = unsortedAccepted
	for _, p := range s.unsortedPeople(u) {
		p.hidden = false
		s.personAdded(p, by, at)
	}
	s.hooks.add("update_unsorted", "unsorted", "update", s.unsortedForm(u))
}

// acceptByMove accepts the entry of a lead that somebody moved to another status.
func (s *Server) acceptByMove(c *call, l *Lead) {
	if l.UnsortedUID == "" {
		return
	}
	if u := s.findUnsorted(l.UnsortedUID); u != nil && u.State == unsortedPending {
		l.UnsortedUID = ""
		s.accepted(u, c.user, c.now)
	}
}

func (s *Server) unsortedPeople(u *Unsorted) []*Contact {
	var out []*Contact
	for _, id := range u.ContactIDs {
		out = append(out, s.state.contacts.byID[id])
	}
	for _, id := range u.CompanyIDs {
		out = append(out, s.state.companies.byID[id])
	}
	return out
}

func (s *Server) declineUnsorted(c *call) answer {
	u := s.findUnsorted(c.uid)
	if u == nil || u.State != unsortedPending {
		return problem(404, "Unsorted not found")
	}
	u.State = unsortedDeclined
	l := s.state.leads.byID[u.LeadID]
	l.Deleted, l.UpdatedAt = true, c.now
	for _, p := range s.unsortedPeople(u) {
		p.Deleted = true
	}
	s.hooks.add("delete_unsorted", "unsorted", "delete", s.unsortedForm(u))
	return ok(s.unsortedJSON(c, u))
}

func (s *Server) listUnsorted(c *call) answer {
	f := c.query.at("filter")
	uids, categories, pipelines := f.at("uid").words(), f.at("category").words(), f.at("pipeline_id").ids()
	var rows []*Unsorted
	for _, u := range s.state.unsorted {
		if u.State == unsortedPending && uids.lets(u.UID) && categories.lets(u.Category) && pipelines.lets(u.PipelineID) {
			rows = append(rows, u)
		}
	}
	if c.query.at("order", "created_at").value == "desc" {
		slices.Reverse(rows)
	}
	return listPage(c, "unsorted", rows, c.page(pageMost), func(u *Unsorted) object { return s.unsortedJSON(c, u) })
}

func (s *Server) getUnsorted(c *call) answer {
	u := s.findUnsorted(c.uid)
	if u == nil || u.State != unsortedPending {
		return problem(404, "Unsorted not found")
	}
	return ok(s.unsortedJSON(c, u))
}

func (s *Server) unsortedSummary(c *call) answer {
	count := map[string]int{}
	for _, u := range s.state.unsorted {
		count[u.State]++
		if u.State == unsortedPending {
			count[u.Category]++
		}
	}
	return ok(object{
		"total": count[unsortedPending], "accepted": count[unsortedAccepted], "declined": count[unsortedDeclined], "average_sort_time": 0,
		"categories": object{"sip": object{"total": count["sip"]}, "forms": object{"total": count["forms"]}}, "_links": c.here(),
	})
}

func (s *Server) unsortedJSON(c *call, u *Unsorted) object {
	return object{
		"uid": u.UID, "category": u.Category, "source_uid": u.SourceUID, "source_name": u.SourceName, "pipeline_id": u.PipelineID, "created_at": u.CreatedAt,
		"metadata": u.Metadata, "account_id": s.state.accountID, "_links": c.self("/api/v4/leads/unsorted/%s", u.UID),
		"_embedded": object{
			"leads": c.refs(Leads, []int64{u.LeadID}), "contacts": c.refs(Contacts, u.ContactIDs), "companies": c.refs(Companies, u.CompanyIDs),
		},
	}
}
