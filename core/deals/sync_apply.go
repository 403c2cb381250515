package deals

import (
	"cmp"
	"context"
	"reflect"
	"slices"
	"time"

	"github.com/skvoz/skvoz/core"
)

// syncing brings the deals of a batch into the state their CRM has them in.
type syncing struct {
	*references
	service      *Service
	tx           Tx
	account      core.AccountID
	crm          core.CRMID
	currency     string
	now          time.Time
	addEmployees bool
	deals        map[string]*Loaded
	// happened is when the communications were.
	happened map[core.CommunicationID]time.Time
	// changed has the deals to save.
	changed []*Loaded
	result  SyncResult
}

// load puts contacts and employees in order and reads what the deals refer to.
func (y *syncing) load(ctx context.Context, b *SyncBatch) error {
	wanted := newNames()
	note(wanted.deals, b.Gone...)
	for i := range b.Contacts {
		note(wanted.contacts, b.Contacts[i].ExternalID)
	}
	for i := range b.Deals {
		r := &b.Deals[i]
		note(wanted.deals, r.ExternalID)
		note(wanted.employees, r.EmployeeExternalID)
		note(wanted.contacts, r.ContactExternalIDs...)
		note(wanted.contacts, r.MainContactExternalID)
		note(wanted.communications, r.CommunicationID)
	}
	var err error
	if y.references, err = wanted.load(ctx, y.tx, FieldOfDeal); err != nil {
		return err
	}
	if len(wanted.communications) > 0 {
		if y.happened, err = y.tx.CommunicationTimes(ctx, list(wanted.communications)); err != nil {
			return err
		}
	}
	if err := y.putContacts(ctx, b.Contacts); err != nil {
		return err
	}
	if err := y.putEmployees(ctx, b.Deals); err != nil {
		return err
	}
	y.funnels, y.deals, err = funnelsAndDeals(ctx, y.tx, list(wanted.deals))
	return err
}

// funnelsAndDeals reads all funnels of the CRM and some deals, by external identifier.
func funnelsAndDeals(ctx context.Context, tx Tx, externalIDs []string) (map[string]Funnel, map[string]*Loaded, error) {
	funnels, err := tx.Funnels(ctx, nil)
	if err != nil {
		return nil, nil, err
	}
	byID := make(map[string]Funnel, len(funnels))
	for _, f := range funnels {
		byID[f.ExternalID] = f
	}
	loaded, err := tx.Loaded(ctx, externalIDs)
	if err != nil {
		return nil, nil, err
	}
	deals := make(map[string]*Loaded, len(loaded))
	for i := range loaded {
		deals[loaded[i].ExternalID] = &loaded[i]
	}
	return byID, deals, nil
}

// putContacts keeps the contacts that are new or differ: each one written has its deals linked anew.
func (y *syncing) putContacts(ctx context.Context, records []ContactRecord) error {
	written := map[string]bool{}
	for _, r := range records {
		old := y.contacts[r.ExternalID]
		x := y.service.contact(old, r, y.now)
		if x.ID != 0 && reflect.DeepEqual(inOrder(old), inOrder(x)) {
			continue
		}
		if x.ID == 0 {
			x.ID, x.CRMID = core.DealContactID(y.tx.NewID()), y.crm
		}
		y.contacts[r.ExternalID], written[r.ExternalID] = x, true
	}
	if len(written) == 0 {
		return nil
	}
	var changed []Contact
	for id := range written {
		changed = append(changed, y.contacts[id])
	}
	slices.SortFunc(changed, func(a, b Contact) int { return cmp.Compare(a.ID, b.ID) })
	return y.tx.PutContacts(ctx, changed)
}

// inOrder is a contact as it can be compared with another.
func inOrder(x Contact) Contact {
	x.CreatedAt = moment(x.CreatedAt)
	x.Phones, x.Emails = given(slices.Sorted(slices.Values(x.Phones))), given(slices.Sorted(slices.Values(x.Emails)))
	return x
}

// moment is the one form of a moment as it is stored.
func moment(t time.Time) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	return time.UnixMilli(t.UnixMilli()).UTC()
}

func (y *syncing) putEmployees(ctx context.Context, records []SyncedDeal) error {
	for i := range records {
		id := records[i].EmployeeExternalID
		if _, isKnown := y.employees[id]; id == "" || isKnown {
			continue
		}
		noteOnce(&y.result.UnknownEmployees, id)
		if !y.addEmployees {
			continue
		}
		e := Employee{ID: core.DealEmployeeID(y.tx.NewID()), CRMID: y.crm, ExternalID: id, Name: id}
		if err := y.tx.PutEmployee(ctx, e); err != nil {
			return err
		}
		y.employees[id] = e
	}
	return nil
}

func noteOnce(to *[]string, id string) {
	if !slices.Contains(*to, id) {
		*to = append(*to, id)
	}
}

// apply brings a deal into the state of a record, unless the one loaded is of a later change.
func (y *syncing) apply(r *SyncedDeal) {
	d := y.deals[r.ExternalID]
	if d != nil && r.ModifiedAt.Before(d.ModifiedAt) {
		return
	}
	f, stage, ok := y.place(r.FunnelExternalID, r.StageExternalID)
	if !ok {
		noteOnce(&y.result.UnknownStages, r.ExternalID)
		return
	}
	if d == nil {
		d = &Loaded{Deal: Deal{ID: core.DealID(y.tx.NewID()), AccountID: y.account, CRMID: y.crm, ExternalID: r.ExternalID}, IsNew: true}
		y.deals[r.ExternalID] = d
	}
	y.enter(d, r, f, stage)
}

func (y *syncing) place(funnel, stage string) (Funnel, Stage, bool) {
	f, ok := y.funnels[funnel]
	if !ok {
		return f, Stage{}, false
	}
	i := slices.IndexFunc(f.Stages, func(st Stage) bool { return st.ExternalID == stage })
	if i < 0 {
		return f, Stage{}, false
	}
	return f, f.Stages[i], true
}

// enter gives a deal the state of a record and says what has changed by it.
func (y *syncing) enter(d *Loaded, r *SyncedDeal, f Funnel, stage Stage) {
	old, history := d.Deal, d.History
	content := y.present(d, r)
	d.FunnelID, d.StageID, d.Status, d.ModifiedAt = f.ID, stage.ID, stage.Status, r.ModifiedAt
	if r.History == nil {
		d.comeTo(r, f, stage)
	} else {
		y.retell(d, r, f, stage)
	}
	d.close(r, stage, &content)
	d.settle(r.History != nil, history, content)
	isSame := reflect.DeepEqual(inForm(old), inForm(d.Deal)) && d.KeptStates == len(d.History) && len(d.History) == len(history)
	if isSame && !d.IsNew {
		return
	}
	isTouched := !d.IsNew && onlyTouched(old, d.Deal, history, d.History)
	d.IsTouched = isTouched && (d.IsTouched || !d.IsChanged)
	d.IsRelinked = d.IsRelinked || d.IsNew || linkedOtherwise(&old, &d.Deal)
	if !d.IsChanged {
		d.IsChanged = true
		y.changed = append(y.changed, d)
	}
}

// clockDifference is how far a CRM's clock may be behind ours. Deals made for a communication are younger than it; into older ones it was only noted.
const clockDifference = 10 * time.Minute

// present gives the deal what the record has of it, apart from its place, and returns it as the content of its last state.
func (y *syncing) present(d *Loaded, r *SyncedDeal) Content {
	c := d.last().Content
	d.Name, d.CreatedAt = r.Name, r.CreatedAt
	c.Name, c.CreatedAt = r.Name, r.CreatedAt.UnixMilli()
	d.EmployeeID, c.Employee = y.employees[r.EmployeeExternalID].ID, r.EmployeeExternalID
	d.LeadExternalID, c.Lead = r.LeadExternalID, r.LeadExternalID
	d.Source, c.Source = r.Source, r.Source
	d.URL, c.URL = r.URL, r.URL
	d.Tags, c.Tags = r.Tags, given(r.Tags)
	d.Fields, c.Fields = given(d.Fields), given(c.Fields)
	y.setRevenue(d, r)
	y.setContacts(d, r, &c)
	if kind := y.kinds[r.CommunicationID]; kind != "" && !y.happened[r.CommunicationID].After(r.CreatedAt.Add(clockDifference)) {
		d.Communication = CommunicationRef{ID: r.CommunicationID, Kind: kind}
		c.CommunicationID, c.CommunicationKind = int64(r.CommunicationID), kind
	}
	return c
}

func (y *syncing) setRevenue(d *Loaded, r *SyncedDeal) {
	d.Revenue.Currency = y.currency
	switch {
	case r.RevenueMinor == nil:
	case r.Currency != "" && r.Currency != y.currency && *r.RevenueMinor != 0:
		d.Revenue.Minor = 0
		noteOnce(&y.result.ForeignCurrency, r.ExternalID)
	default:
		d.Revenue.Minor = *r.RevenueMinor
	}
}

func (y *syncing) setContacts(d *Loaded, r *SyncedDeal, c *Content) {
	var names []string
	var main Contact
	for _, name := range append(slices.Clone(r.ContactExternalIDs), r.MainContactExternalID) {
		x, isKnown := y.contacts[name]
		if !isKnown {
			continue
		}
		names = append(names, name)
		if main.ID == 0 || name == r.MainContactExternalID {
			main = x
		}
	}
	c.Contacts, c.MainContact = given(slices.Compact(slices.Sorted(slices.Values(names)))), main.ExternalID
	var ids []core.DealContactID
	for _, name := range c.Contacts {
		ids = append(ids, y.contacts[name].ID)
	}
	slices.Sort(ids)
	d.ContactsChanged = d.ContactsChanged || !slices.Equal(ids, d.ContactIDs)
	d.ContactIDs, d.MainContactID = ids, main.ID
}

// save keeps what has changed and deletes what is gone.
func (y *syncing) save(ctx context.Context, gone []string) error {
	for _, d := range y.changed {
		if d.IsNew {
			y.result.Made++
		} else {
			y.result.Changed++
		}
	}
	if len(y.changed) > 0 {
		if err := y.tx.SaveDeals(ctx, y.changed); err != nil {
			return err
		}
	}
	for _, id := range gone {
		d := y.deals[id]
		if d == nil {
			continue
		}
		if err := y.tx.DeleteDeal(ctx, d.Deal); err != nil {
			return err
		}
		delete(y.deals, id)
		y.result.Deleted++
	}
	return nil
}
