package deals

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/skvoz/skvoz/core"
)

// UploadLeads takes 1 to MaxAtOnce states of leads in, all or none, by the same rules as deals. client_name without contact_ext_id makes a contact
// with the lead's phones and e-mails.
func (s *Service) UploadLeads(ctx context.Context, account core.AccountID, crm core.CRMID, in []LeadRecord) error {
	err := s.uploadLeads(ctx, account, crm, in)
	if err == nil || !isRefusal(err) {
		return err
	}
	now := s.now()
	s.noteLoad(ctx, account, crm, func(c *CRM) { c.LeadsLoadState, c.LeadsLoadedAt = LoadFailed, &now })
	return err
}

// cleanLead is a lead's record with phones and e-mails in their one form; nil lists were not given.
type cleanLead struct {
	LeadRecord
	phones []core.Phone
	emails []core.Email
}

func (s *Service) uploadLeads(ctx context.Context, account core.AccountID, crm core.CRMID, in []LeadRecord) error {
	if err := checkBatch("leads", len(in)); err != nil {
		return err
	}
	now, records, wanted := s.now(), make([]cleanLead, len(in)), newNames()
	for i := range in {
		var err error
		if records[i], err = s.cleanLead(fmt.Sprintf("leads.%d.", i), in[i], now); err != nil {
			return err
		}
		wanted.ofLead(&records[i].LeadRecord)
	}
	return s.change(ctx, account, crm, func(tx Tx) error {
		u := &leadUpload{now: now, crm: crm, newID: tx.NewID}
		if err := u.load(ctx, tx, wanted); err != nil {
			return err
		}
		for i := range records {
			if err := u.apply(fmt.Sprintf("leads.%d.", i), &records[i]); err != nil {
				return err
			}
		}
		if err := u.save(ctx, tx); err != nil {
			return err
		}
		return noteIn(ctx, tx, func(c *CRM) { c.LeadsLoadState, c.LeadsLoadedAt = LoadCompleted, &now })
	})
}

func (s *Service) cleanLead(at string, r LeadRecord, now time.Time) (cleanLead, error) {
	c := checks{at: at}
	c.identity(r.ExternalID, r.Name)
	r.CreatedAt, r.ModifiedAt, r.StageAt, r.ClosedAt = stored(r.CreatedAt), stored(r.ModifiedAt), stored(r.StageAt), storedPtr(r.ClosedAt)
	c.times(r.CreatedAt, r.ModifiedAt, r.StageAt, r.ClosedAt, now)
	c.needed("stage_ext_id", r.StageExternalID, maxExternalID)
	c.text("client_name", r.ClientName, maxName)
	c.text("source", r.Source, maxName)
	c.communication(r.Communication)
	c.fields(r.Fields)
	c.messengers(r.Messengers)
	c.utm(r.UTM)
	return cleanLead{r, s.phones(&c, "phones", r.Phones), s.emails(&c, r.Emails)}, c.err
}

func (c *checks) messengers(list []Messenger) {
	const field = "messagers" //nolint:misspell // the Data API's own word
	c.count(field, len(list))
	for i, m := range list {
		at := fmt.Sprintf("%s.%d.", field, i)
		c.text(at+"id", m.ID, maxName)
		c.text(at+"type", m.Type, maxName)
		c.text(at+"profile", m.Profile, maxName)
	}
}

func (c *checks) utm(u UTM) {
	c.text("utm_source", u.Source, maxText)
	c.text("utm_medium", u.Medium, maxText)
	c.text("utm_campaign", u.Campaign, maxText)
	c.text("utm_term", u.Term, maxText)
	c.text("utm_content", u.Content, maxText)
}

func (n names) ofLead(r *LeadRecord) {
	note(n.deals, r.ExternalID)
	note(n.employees, r.EmployeeExternalID)
	note(n.companies, r.CompanyExternalID)
	note(n.contacts, r.ContactExternalID)
	if r.ClientName != "" {
		note(n.contacts, contactOfLead(r.ExternalID))
	}
	note(n.communications, r.Communication.ID)
}

// contactOfLead is the external identifier of the contact made for a lead.
func contactOfLead(externalID string) string { return "lead:" + externalID }

// leadUpload applies records to leads, one after the other.
type leadUpload struct {
	*references
	crm    core.CRMID
	now    time.Time
	newID  func() int64
	stages map[string]LeadStage
	leads  map[string]*Lead
	// changed and made are in the order of the records.
	changed []*Lead
	made    []string
}

func (u *leadUpload) load(ctx context.Context, tx Tx, wanted names) error {
	refs, err := wanted.load(ctx, tx, FieldOfLead)
	if err != nil {
		return err
	}
	u.references = refs
	stages, err := tx.LeadStages(ctx)
	if err != nil {
		return err
	}
	u.stages = map[string]LeadStage{}
	for _, st := range stages {
		u.stages[st.ExternalID] = st
	}
	loaded, err := tx.Leads(ctx, list(wanted.deals))
	if err != nil {
		return err
	}
	u.leads = map[string]*Lead{}
	for i := range loaded {
		u.leads[loaded[i].ExternalID] = &loaded[i]
	}
	return nil
}

func (u *leadUpload) save(ctx context.Context, tx Tx) error {
	contacts := make([]Contact, len(u.made))
	for i, name := range u.made {
		contacts[i] = u.contacts[name]
	}
	if err := tx.PutContacts(ctx, contacts); err != nil {
		return err
	}
	leads := make([]Lead, len(u.changed))
	for i, l := range u.changed {
		leads[i] = *l
	}
	return tx.SaveLeads(ctx, leads)
}

func (u *leadUpload) apply(at string, r *cleanLead) error {
	c := checks{at: at}
	stage := find(&c, u.stages, "stage of leads", "stage_ext_id", r.StageExternalID)
	find(&c, u.employees, "employee", "employee_ext_id", r.EmployeeExternalID)
	find(&c, u.companies, "company", "company_ext_id", r.CompanyExternalID)
	find(&c, u.contacts, "contact", "contact_ext_id", r.ContactExternalID)
	u.checkFields(&c, r.Fields)
	u.checkCommunication(&c, r.Communication)
	l := u.leads[r.ExternalID]
	if l != nil && r.StageAt.Before(l.StageAt) {
		c.fail(badTime(at+"modified_stage_date_time", r.StageAt, "the lead was loaded with a later stage, of %s", l.StageAt.Format(time.RFC3339)))
	}
	if c.err != nil {
		return c.err
	}
	if l == nil {
		l = &Lead{ID: core.LeadID(u.newID()), ExternalID: r.ExternalID}
		u.leads[r.ExternalID] = l
	}
	if !slices.Contains(u.changed, l) {
		u.changed = append(u.changed, l)
	}
	u.enter(l, r, stage)
	return nil
}

func (u *leadUpload) enter(l *Lead, r *cleanLead, stage LeadStage) {
	modified := r.ModifiedAt
	if modified.IsZero() {
		modified = u.now
	}
	l.mergeClosing(r, stage)
	l.Name, l.CreatedAt = r.Name, r.CreatedAt
	l.mergeDetails(r)
	if r.EmployeeExternalID != "" {
		l.EmployeeID = u.employees[r.EmployeeExternalID].ID
	}
	if modified.After(l.ModifiedAt) || r.StageAt.After(l.StageAt) {
		u.mergeLinks(l, r)
	}
	l.StageAt, l.StageID = r.StageAt, stage.ID
	if modified.After(l.ModifiedAt) {
		l.ModifiedAt = modified
	}
}

func (l *Lead) mergeClosing(r *cleanLead, stage LeadStage) {
	switch {
	case stage.Type == StageInProcess:
		l.ClosedAt = nil
	case r.ClosedAt != nil:
		l.ClosedAt = r.ClosedAt
	case l.ClosedAt == nil || l.StageID != stage.ID || !l.StageAt.Equal(r.StageAt):
		at := r.StageAt
		l.ClosedAt = &at
	}
}

func (l *Lead) mergeDetails(r *cleanLead) {
	d := &l.Details
	if r.Phones != nil {
		d.Phones = r.phones
	}
	if r.Emails != nil {
		d.Emails = r.emails
	}
	if r.Messengers != nil {
		d.Messengers = r.Messengers
	}
	if r.Fields != nil {
		d.Fields = r.Fields
	}
	if r.UTM != (UTM{}) {
		d.UTM = r.UTM
	}
	if r.Source != "" {
		l.Source = r.Source
	}
	if r.CompanyExternalID != "" {
		d.Company = r.CompanyExternalID
	}
}

// mergeLinks takes over contact and communication.
func (u *leadUpload) mergeLinks(l *Lead, r *cleanLead) {
	if r.Communication.ID != 0 {
		l.Communication = r.Communication
	}
	switch {
	case r.ContactExternalID != "":
		l.ContactID, l.Details.ClientName = u.contacts[r.ContactExternalID].ID, ""
	case r.ClientName != "":
		l.Details.ClientName = r.ClientName
		l.ContactID = u.makeContact(l)
	}
}

// makeContact makes the contact of a lead, or brings it up to date.
func (u *leadUpload) makeContact(l *Lead) core.DealContactID {
	name := contactOfLead(l.ExternalID)
	x := u.contacts[name]
	if x.ID == 0 {
		x.ID, x.CRMID, x.ExternalID = core.DealContactID(u.newID()), u.crm, name
	}
	x.Name, x.CreatedAt, x.Phones, x.Emails = l.Details.ClientName, l.CreatedAt, l.Details.Phones, l.Details.Emails
	u.contacts[name] = x
	if !slices.Contains(u.made, name) {
		u.made = append(u.made, name)
	}
	return x.ID
}
