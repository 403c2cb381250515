package emulator

import (
	"fmt"
	"slices"
	"time"
)

// What follows is the account seen and changed from inside the process, for tests and for people's actions. Everything returned is a copy.

// Leads are all leads, deleted ones too, oldest first.
func (s *Server) Leads() []Lead {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]Lead, len(s.state.leads.rows))
	for i, l := range s.state.leads.rows {
		out[i] = l.copy()
	}
	return out
}

// Lead returns one lead; false when there is none, or it is deleted.
func (s *Server) Lead(id int64) (Lead, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	l := s.state.lead(id)
	if l == nil {
		return Lead{}, false
	}
	return l.copy(), true
}

func (l *Lead) copy() Lead {
	out := *l
	out.Card = l.clone()
	out.Contacts = slices.Clone(l.Contacts)
	return out
}

// Contacts are all contacts people can see, oldest first.
func (s *Server) Contacts() []Contact { return s.people(Contacts) }

// Companies are all companies people can see, oldest first.
func (s *Server) Companies() []Contact { return s.people(Companies) }

func (s *Server) people(e Entity) []Contact {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Contact
	for _, p := range s.state.people(e).rows {
		if !p.Deleted && !p.hidden {
			c := *p
			c.Card, c.Leads = p.clone(), slices.Clone(p.Leads)
			out = append(out, c)
		}
	}
	return out
}

// Notes are the notes of a card, oldest first; those of all cards when id is 0.
func (s *Server) Notes(e Entity, id int64) []Note {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Note
	for _, n := range s.state.notes.rows {
		if n.Entity == e && (id == 0 || n.EntityID == id) {
			out = append(out, *n)
		}
	}
	return out
}

// Users are the employees.
func (s *Server) Users() []User {
	s.mu.Lock()
	defer s.mu.Unlock()
	return copies(s.state.users)
}

// Pipelines are the funnels, the main one first.
func (s *Server) Pipelines() []Pipeline {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := copies(s.state.pipelines)
	for i := range out {
		out[i].Statuses = slices.Clone(out[i].Statuses)
	}
	return out
}

// Unsorted are all entries of the unsorted list, with those accepted and declined.
func (s *Server) Unsorted() []Unsorted {
	s.mu.Lock()
	defer s.mu.Unlock()
	return copies(s.state.unsorted)
}

// Events are the account's log in the order it was written.
func (s *Server) Events() []Event {
	s.mu.Lock()
	defer s.mu.Unlock()
	return copies(s.state.events)
}

// Popups are the cards of callers shown to employees.
func (s *Server) Popups() []Popup {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.state.popups)
}

// Webhooks are the subscriptions.
func (s *Server) Webhooks() []Webhook {
	s.mu.Lock()
	defer s.mu.Unlock()
	return copies(s.hooks.hooks)
}

// Deliveries are the last webhooks, oldest first.
func (s *Server) Deliveries() []Delivery {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := copies(s.hooks.deliveries)
	for i := range out {
		out[i].Statuses = slices.Clone(out[i].Statuses)
	}
	return out
}

// Counts says how many rows were ever made.
func (s *Server) Counts() Counts {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state.counts
}

func copies[T any](rows []*T) []T {
	out := make([]T, len(rows))
	for i, r := range rows {
		out[i] = *r
	}
	return out
}

// Token is the long-lived token.
func (s *Server) Token() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.long.value
}

// NewLead is a lead a person makes by hand. Zero pipeline and status mean the main pipeline and its first status.
type NewLead struct {
	Name                           string
	Price                          int64
	PipelineID, StatusID           int64
	ContactName, Phone, Email      string
	CreatedAt                      time.Time // now when zero
	Source, Medium, Campaign, Term string    // utm
}

// CreateLead makes a lead, with a new contact when there is a name, a phone or an e-mail, and returns its id.
func (s *Server) CreateLead(n NewLead) (int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.hooks.flush()
	pipeline, status, err := s.stage(n.PipelineID, n.StatusID)
	if err != nil {
		return 0, err
	}
	at := s.now()
	if !n.CreatedAt.IsZero() {
		at = n.CreatedAt.Unix()
	}
	by := s.state.users[0].ID
	l := s.state.newLead(Card{Name: n.Name, ResponsibleUserID: by, CreatedBy: by, CreatedAt: at, UpdatedAt: s.now(), UpdatedBy: by}, n.Price, pipeline, status)
	for code, value := range map[string]string{"UTM_SOURCE": n.Source, "UTM_MEDIUM": n.Medium, "UTM_CAMPAIGN": n.Campaign, "UTM_TERM": n.Term} {
		if value != "" {
			l.setFields(fieldsChange{s.state.text(Leads, code, value)})
		}
	}
	s.state.index(&l.Card, nil)
	if n.ContactName != "" || n.Phone != "" || n.Email != "" {
		s.state.linkLead(l, s.newContact(n, at, by), true)
	}
	s.leadAdded(l, by, at)
	return l.ID, nil
}

func (s *Server) newContact(n NewLead, at, by int64) *Contact {
	p := s.state.newPerson(Contacts, Card{Name: n.ContactName, ResponsibleUserID: by, CreatedBy: by, CreatedAt: at})
	if n.Phone != "" {
		p.setFields(fieldsChange{s.state.text(Contacts, "PHONE", n.Phone)})
	}
	if n.Email != "" {
		p.setFields(fieldsChange{s.state.text(Contacts, "EMAIL", n.Email)})
	}
	s.state.index(&p.Card, p)
	s.personAdded(p, by, at)
	return p
}

// stage fills in what is zero and refuses a status that is not in the pipeline.
func (s *Server) stage(pipelineID, statusID int64) (pipeline, status int64, err error) {
	p := s.state.mainPipeline()
	if pipelineID != 0 {
		if p = s.state.pipeline(pipelineID); p == nil {
			return 0, 0, fmt.Errorf("no pipeline %d", pipelineID)
		}
	}
	if statusID == 0 {
		return p.ID, p.first(), nil
	}
	if found := p.status(statusID); found == nil || found.Type == 1 {
		return 0, 0, fmt.Errorf("pipeline %q has no status %d a lead could be put to", p.Name, statusID)
	}
	return p.ID, statusID, nil
}

// MoveLead puts a lead to a status as a manager does; a zero pipeline is the lead's own. A negative price leaves it as it is.
func (s *Server) MoveLead(id, pipelineID, statusID, price int64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.hooks.flush()
	l := s.state.lead(id)
	if l == nil {
		return fmt.Errorf("no lead %d", id)
	}
	if pipelineID == 0 {
		pipelineID = l.PipelineID
	}
	pipeline, status, err := s.stage(pipelineID, statusID)
	if err != nil {
		return err
	}
	ch := leadChange{pipeline: &pipeline, status: &status}
	if price >= 0 {
		ch.price = &price
	}
	by := l.ResponsibleUserID
	s.changeLead(&call{user: by, now: s.now()}, l, ch)
	return nil
}

// DeleteLead deletes a lead, which people can do and the API can't.
func (s *Server) DeleteLead(id int64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.hooks.flush()
	l := s.state.lead(id)
	if l == nil {
		return fmt.Errorf("no lead %d", id)
	}
	by := s.state.users[0].ID
	l.Deleted, l.UpdatedAt, l.UpdatedBy = true, s.now(), by
	s.state.record("lead_deleted", Leads, l.ID, by, s.now(), nil, nil)
	var f form
	f.put(l.ID, "id")
	f.put(l.StatusID, "status_id")
	f.put(l.PipelineID, "pipeline_id")
	s.hooks.add("delete_lead", "leads", "delete", f)
	return nil
}

// AddUser makes an employee and returns his id.
func (s *Server) AddUser(name, email string, admin bool) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := &User{ID: s.state.id(), Name: name, Email: email, Admin: admin, Active: true}
	s.state.users = append(s.state.users, u)
	return u.ID
}

// DeactivateUser takes an employee's access away; his leads stay his.
func (s *Server) DeactivateUser(id int64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.state.user(id)
	if u == nil {
		return fmt.Errorf("no user %d", id)
	}
	u.Active = false
	return nil
}

// AddPipeline makes a funnel with the system's statuses around the named ones and returns its id.
func (s *Server) AddPipeline(name string, stages ...string) (int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(stages) == 0 {
		return 0, fmt.Errorf("a pipeline needs a stage")
	}
	return s.state.addPipeline(name, stages...).ID, nil
}

// DeletePipeline takes away a pipeline without leads; the main one stays.
func (s *Server) DeletePipeline(id int64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.state.pipeline(id)
	switch {
	case p == nil:
		return fmt.Errorf("no pipeline %d", id)
	case p.Main:
		return fmt.Errorf("pipeline %d is the main one", id)
	case slices.ContainsFunc(s.state.leads.rows, func(l *Lead) bool { return l.PipelineID == id }):
		return fmt.Errorf("pipeline %d has leads", id)
	}
	s.state.pipelines = slices.DeleteFunc(s.state.pipelines, func(other *Pipeline) bool { return other == p })
	return nil
}

// RenameStatus gives a status another name.
func (s *Server) RenameStatus(pipelineID, statusID int64, name string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.state.pipeline(pipelineID)
	if p == nil {
		return fmt.Errorf("no pipeline %d", pipelineID)
	}
	status := p.status(statusID)
	if status == nil {
		return fmt.Errorf("pipeline %q has no status %d", p.Name, statusID)
	}
	status.Name = name
	return nil
}

// AcceptUnsorted accepts an entry into the first status of its pipeline; an empty uid is the oldest that waits.
func (s *Server) AcceptUnsorted(uid string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.hooks.flush()
	for _, u := range s.state.unsorted {
		if u.State == unsortedPending && (uid == "" || u.UID == uid) {
			s.accept(u, s.state.pipeline(u.PipelineID).first(), s.state.users[0].ID, s.now())
			return nil
		}
	}
	return fmt.Errorf("no unsorted entry waits")
}
