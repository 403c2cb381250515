package deals

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"time"

	"github.com/skvoz/skvoz/core"
)

// uploading applies records to the deals they name, one after the other.
type uploading struct {
	*references
	account  core.AccountID
	crm      core.CRMID
	currency string
	now      time.Time
	newID    func() int64
	deals    map[string]*Loaded
	// changed has the deals to save, in the order of their first record.
	changed []*Loaded
}

// apply brings a deal into the state of a record.
func (u *uploading) apply(at string, r *DealRecord) error {
	c := checks{at: at}
	funnel, stage := u.place(&c, r)
	u.checkNamed(&c, r)
	if c.err != nil {
		return c.err
	}
	d := u.deals[r.ExternalID]
	if d == nil {
		d = &Loaded{Deal: Deal{ID: core.DealID(u.newID()), AccountID: u.account, CRMID: u.crm, ExternalID: r.ExternalID}, IsNew: true}
		u.deals[r.ExternalID] = d
	}
	if d.hasPassed(r, stage) {
		return nil
	}
	if n := len(d.History); n > 0 && r.StageAt.Before(d.History[n-1].At) {
		return badTime(at+"modified_stage_date_time", r.StageAt, "the deal was loaded with a later stage, of %s", d.History[n-1].At.Format(time.RFC3339))
	}
	u.enter(d, r, funnel, stage)
	return nil
}

func (u *uploading) place(c *checks, r *DealRecord) (Funnel, Stage) {
	f := find(c, u.funnels, "funnel", "sales_funnel_ext_id", r.FunnelExternalID)
	i := slices.IndexFunc(f.Stages, func(st Stage) bool { return st.ExternalID == r.StageExternalID })
	if i < 0 {
		c.fail(missing("stage in this funnel", c.at+"stage_ext_id", r.StageExternalID))
		return f, Stage{}
	}
	return f, f.Stages[i]
}

func (u *uploading) checkNamed(c *checks, r *DealRecord) {
	find(c, u.employees, "employee", "employee_ext_id", r.EmployeeExternalID)
	find(c, u.companies, "company", "company_ext_id", r.CompanyExternalID)
	for i, id := range r.ContactExternalIDs {
		find(c, u.contacts, "contact", fmt.Sprintf("contact_ext_ids.%d", i), id)
	}
	u.checkFields(c, r.Fields)
	u.checkCommunication(c, r.Communication)
}

// hasPassed reports whether a record is one the deal has been loaded with before its last one: an upload that is repeated. Without a time of
// modification the stage and its time must do.
func (d *Loaded) hasPassed(r *DealRecord, stage Stage) bool {
	n := len(d.History)
	if n == 0 || d.isLast(r, stage) && (r.ModifiedAt.IsZero() || r.ModifiedAt.Equal(d.History[n-1].ModifiedAt)) {
		return false
	}
	return slices.ContainsFunc(d.History[:n-1], func(s LoadedState) bool {
		return !s.IsGenerated && s.StageID == stage.ID && s.At.Equal(r.StageAt) && (r.ModifiedAt.IsZero() || r.ModifiedAt.Equal(s.ModifiedAt))
	})
}

// isLast reports whether a record is about the stage the deal is in, and since the same moment.
func (d *Loaded) isLast(r *DealRecord, stage Stage) bool {
	n := len(d.History)
	return n > 0 && d.History[n-1].StageID == stage.ID && d.History[n-1].At.Equal(r.StageAt)
}

// enter merges a record into a deal and adds the state, unless it is the last one repeated.
func (u *uploading) enter(d *Loaded, r *DealRecord, f Funnel, stage Stage) {
	modified := r.ModifiedAt
	if modified.IsZero() {
		modified = u.now
	}
	old, last := d.Deal, d.last()
	isLast := d.isLast(r, stage)
	content := u.merge(d, r, last.Content, isLast, stage, modified)
	same := isLast && old.Revenue == d.Revenue && reflect.DeepEqual(content, last.Content)
	switch {
	case same && (r.ModifiedAt.IsZero() || modified.Equal(last.ModifiedAt)):
		d.Deal = old
		return
	case isLast && modified.Equal(last.ModifiedAt):
		d.replaceLast(content)
	default:
		d.pass(f, stage, r.StageAt, modified, content)
	}
	d.FunnelID, d.StageID, d.Status, d.StageAt = f.ID, stage.ID, stage.Status, r.StageAt
	if modified.After(d.ModifiedAt) {
		d.ModifiedAt = modified
	}
	d.IsRelinked = d.IsRelinked || d.IsNew || linkedOtherwise(&old, &d.Deal)
	if !d.IsChanged {
		d.IsChanged = true
		u.changed = append(u.changed, d)
	}
}

func (d *Loaded) last() LoadedState {
	if n := len(d.History); n > 0 {
		return d.History[n-1]
	}
	return LoadedState{}
}

// linkedOtherwise reports whether what linking looks at differs.
func linkedOtherwise(a, b *Deal) bool {
	return !a.CreatedAt.Equal(b.CreatedAt) || a.LeadExternalID != b.LeadExternalID || a.Communication != b.Communication ||
		a.MainContactID != b.MainContactID || !slices.Equal(a.ContactIDs, b.ContactIDs)
}

// merge gives the deal what the record has; what it does not give stays.
func (u *uploading) merge(d *Loaded, r *DealRecord, c Content, isLast bool, stage Stage, modified time.Time) Content {
	d.Name, d.CreatedAt = r.Name, r.CreatedAt
	c.Name, c.CreatedAt = r.Name, r.CreatedAt.UnixMilli()
	u.mergeClosing(d, r, isLast, stage)
	c.ClosedAt = 0
	if d.ClosedAt != nil {
		c.ClosedAt = d.ClosedAt.UnixMilli()
	}
	if d.IsNew && len(d.History) == 0 || modified.After(d.ModifiedAt) || r.StageAt.After(d.StageAt) {
		u.mergeLinks(d, r, &c)
	}
	u.mergeNames(d, r, &c)
	d.Revenue.Currency = u.currency
	if r.RevenueMinor != nil {
		d.Revenue.Minor = *r.RevenueMinor
	}
	if r.Fields != nil {
		d.Fields, c.Fields = r.Fields, given(r.Fields)
	}
	if r.Tags != nil {
		d.Tags, c.Tags = r.Tags, given(r.Tags)
	}
	return c
}

// given makes empty lists nil, as they come back from JSON.
func given[T any](list []T) []T {
	if len(list) == 0 {
		return nil
	}
	return list
}

func (u *uploading) mergeClosing(d *Loaded, r *DealRecord, isLast bool, stage Stage) {
	switch {
	case stage.Status == StageInProcess:
		d.ClosedAt = nil
	case r.ClosedAt != nil:
		d.ClosedAt = r.ClosedAt
	case !isLast || d.ClosedAt == nil:
		at := r.StageAt
		d.ClosedAt = &at
	}
}

// mergeLinks takes over contacts and communication.
func (u *uploading) mergeLinks(d *Loaded, r *DealRecord, c *Content) {
	if r.Communication.ID != 0 {
		d.Communication = r.Communication
		c.CommunicationID, c.CommunicationKind = int64(r.Communication.ID), r.Communication.Kind
	}
	if r.ContactExternalIDs == nil {
		return
	}
	c.Contacts = given(slices.Compact(slices.Sorted(slices.Values(r.ContactExternalIDs))))
	c.MainContact = r.MainContactExternalID
	ids := make([]core.DealContactID, len(c.Contacts))
	for i, name := range c.Contacts {
		ids[i] = u.contacts[name].ID
	}
	slices.SortFunc(ids, cmp.Compare)
	d.ContactsChanged = d.ContactsChanged || !slices.Equal(ids, d.ContactIDs)
	d.ContactIDs, d.MainContactID = ids, u.contacts[r.MainContactExternalID].ID
}

func (u *uploading) mergeNames(d *Loaded, r *DealRecord, c *Content) {
	if r.EmployeeExternalID != "" {
		d.EmployeeID, c.Employee = u.employees[r.EmployeeExternalID].ID, r.EmployeeExternalID
	}
	if r.CompanyExternalID != "" {
		d.CompanyID, c.Company = u.companies[r.CompanyExternalID].ID, r.CompanyExternalID
	}
	for _, f := range []struct {
		sent        string
		deal, state *string
	}{
		{r.LeadExternalID, &d.LeadExternalID, &c.Lead},
		{r.Comments, &d.Comments, &c.Comments},
		{r.Source, &d.Source, &c.Source},
		{r.URL, &d.URL, &c.URL},
	} {
		if f.sent != "" {
			*f.deal, *f.state = f.sent, f.sent
		}
	}
}

func (d *Loaded) replaceLast(content Content) {
	n := len(d.History) - 1
	d.History[n].Content, d.History[n].Revenue = content, d.Revenue
	d.KeptStates = min(d.KeptStates, n)
}

// pass adds a state and, before it, those of the stages passed on the way.
func (d *Loaded) pass(f Funnel, stage Stage, at, modified time.Time, content Content) {
	for _, st := range passedStages(f, d.History, stage) {
		d.add(f, st, at, modified, content, true)
	}
	d.add(f, stage, at, modified, content, false)
}

func (d *Loaded) add(f Funnel, stage Stage, at, modified time.Time, content Content, isGenerated bool) {
	d.History = append(d.History, LoadedState{Content: content, State: State{
		DealID: d.ID, Position: len(d.History), FunnelID: f.ID, StageID: stage.ID, At: at, ModifiedAt: modified, IsGenerated: isGenerated, Revenue: d.Revenue,
	}})
	if stage.Status == StageInProcess {
		d.LastOpenStageID = stage.ID
	}
}

// passedStages returns the stages in process that lie between the last stage of the funnel a deal was in and the one it comes to, in order. A deal that
// was never in the funnel has passed all before the new one. Failure passes none, nor does a way back; a failed deal goes on from where it failed.
func passedStages(f Funnel, history []LoadedState, to Stage) []Stage {
	if to.Status == StageFailed {
		return nil
	}
	from, target := -1, stageIndex(f, to.ID)
	for i := len(history) - 1; i >= 0 && from < 0; i-- {
		if at := stageIndex(f, history[i].StageID); at >= 0 && f.Stages[at].Status != StageFailed {
			from = at
		}
	}
	var out []Stage
	for i := from + 1; i < target; i++ {
		if f.Stages[i].Status == StageInProcess {
			out = append(out, f.Stages[i])
		}
	}
	return out
}

func stageIndex(f Funnel, id core.StageID) int {
	return slices.IndexFunc(f.Stages, func(st Stage) bool { return st.ID == id })
}
