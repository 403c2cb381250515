package integrations

import (
	"context"
	"slices"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/deals"
)

// maxPages ends a reading whose vendor hands out one cursor after the other without end.
const maxPages = 100_000

// oneReading is one reading of deals.
type oneReading struct {
	reader *Reader
	Integration
	source DealSource
	// keepsGone: deals deleted at the vendor stay here.
	keepsGone bool
	// readAgain: the catalogue has been read in this reading; what it does not name is not there.
	readAgain bool
	// unknown and foreign are deals that were left out for their stage, or kept without their revenue.
	unknown, foreign []string
}

func (r *Reader) begin(i Integration, source DealSource) *oneReading {
	return &oneReading{reader: r, Integration: i, source: source, keepsGone: r.policies(i.Kind).Deleted == DeletedKept}
}

// pages takes in all pages of a query; taken is called after each.
func (o *oneReading) pages(ctx context.Context, q ChangesQuery, taken func(DealPage) error) error {
	for range maxPages {
		page, err := o.source.ChangedDeals(ctx, q)
		if err != nil {
			return err
		}
		if err := o.take(ctx, page); err != nil {
			return err
		}
		if err := taken(page); err != nil {
			return err
		}
		if page.Next == "" {
			return nil
		}
		if page.Next == q.Cursor {
			return Fail(FailAnswer, "the list of deals does not end")
		}
		q.Cursor = page.Next
	}
	return Fail(FailAnswer, "the list of deals does not end")
}

// take takes in a page.
func (o *oneReading) take(ctx context.Context, page DealPage) error {
	sent, err := o.sent(ctx, page.Deals)
	if err != nil {
		return err
	}
	for _, batch := range batches(page, sent) {
		if o.keepsGone {
			batch.Gone = nil
		}
		if err := o.sync(ctx, batch); err != nil {
			return err
		}
	}
	return nil
}

// sent finds the communications deals were made for. A deal that was made of a lead of ours goes by the lead.
func (o *oneReading) sent(ctx context.Context, list []RemoteDeal) (map[string]core.CommunicationID, error) {
	var ids []string
	for i := range list {
		ids = append(ids, list[i].ID)
		if list[i].LeadID != "" {
			ids = append(ids, list[i].LeadID)
		}
	}
	if len(ids) == 0 {
		return map[string]core.CommunicationID{}, nil
	}
	return o.reader.cfg.Sent.SentDeals(ctx, o.AccountID, o.ID, ids)
}

// sync takes in a batch. Deals in stages or of employees nobody knows make it read the catalogue, once in a reading, and try again; employees still
// unknown then have left the company and are added without their names.
func (o *oneReading) sync(ctx context.Context, b deals.SyncBatch) error {
	b.AddEmployees = o.readAgain
	got, err := o.reader.cfg.Deals.SyncDeals(ctx, o.AccountID, o.CRMID, b)
	if err != nil {
		return err
	}
	if len(got.UnknownStages)+len(got.UnknownEmployees) > 0 && !o.readAgain {
		if err := o.reader.Catalogue(ctx, o.Integration, o.source); err != nil {
			return err
		}
		o.readAgain = true
		return o.sync(ctx, b)
	}
	o.unknown, o.foreign = noted(o.unknown, got.UnknownStages), noted(o.foreign, got.ForeignCurrency)
	return nil
}

func noted(list, more []string) []string {
	for _, id := range more {
		if !slices.Contains(list, id) {
			list = append(list, id)
		}
	}
	return list
}

// batches cuts a page into parts, each with the contacts its deals name. What no deal names comes first.
func batches(page DealPage, sent map[string]core.CommunicationID) []deals.SyncBatch {
	contacts := make(map[string]RemoteContact, len(page.Contacts))
	for _, c := range page.Contacts {
		contacts[c.ID] = c
	}
	var out []deals.SyncBatch
	for part := range slices.Chunk(page.Deals, deals.MaxSynced) {
		var b deals.SyncBatch
		for i := range part {
			d := &part[i]
			b.Deals = append(b.Deals, syncedDeal(d, sent))
			for _, id := range append(slices.Clone(d.ContactIDs), d.MainContactID) {
				if c, ok := contacts[id]; ok {
					b.Contacts = append(b.Contacts, contactRecord(c))
					delete(contacts, id)
				}
			}
		}
		out = append(out, b)
	}
	var rest deals.SyncBatch
	for _, c := range page.Contacts {
		if _, isLeft := contacts[c.ID]; isLeft {
			rest.Contacts = append(rest.Contacts, contactRecord(c))
			delete(contacts, c.ID)
		}
	}
	rest.Gone = page.Gone
	if len(rest.Contacts)+len(rest.Gone) > 0 {
		out = append([]deals.SyncBatch{rest}, out...)
	}
	return out
}

func contactRecord(c RemoteContact) deals.ContactRecord {
	r := deals.ContactRecord{ExternalID: c.ID, Name: c.Name, Phones: core.Some(c.Phones), Emails: core.Some(c.Emails)}
	if !c.CreatedAt.IsZero() {
		r.CreatedAt = core.Some(c.CreatedAt)
	}
	return r
}

func syncedDeal(d *RemoteDeal, sent map[string]core.CommunicationID) deals.SyncedDeal {
	out := deals.SyncedDeal{
		ExternalID: d.ID, Name: d.Name, CreatedAt: d.CreatedAt, ModifiedAt: d.ModifiedAt, StageAt: d.StageAt, ClosedAt: d.ClosedAt,
		FunnelExternalID: d.FunnelID, StageExternalID: d.StageID, ContactExternalIDs: d.ContactIDs, MainContactExternalID: d.MainContactID,
		EmployeeExternalID: d.EmployeeID, LeadExternalID: d.LeadID, RevenueMinor: d.RevenueMinor, Currency: d.Currency, Source: d.Source, URL: d.URL,
		Tags: d.Tags, CommunicationID: sent[d.ID],
	}
	if out.CommunicationID == 0 && d.LeadID != "" {
		out.CommunicationID = sent[d.LeadID]
	}
	if d.History != nil {
		out.History = []deals.StageEntry{}
		for _, e := range d.History {
			out.History = append(out.History, deals.StageEntry{FunnelExternalID: e.FunnelID, StageExternalID: e.StageID, At: e.At})
		}
	}
	return out
}
