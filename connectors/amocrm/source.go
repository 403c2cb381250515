package amocrm

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"math"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/skvoz/skvoz/core/deals"
	"github.com/skvoz/skvoz/core/integrations"
)

// idBatch is how many objects are asked for by id at once: with more the address of the request would grow too long for some proxies.
const idBatch = 100

// Catalogue implements integrations.DealSource.
func (c *connector) Catalogue(ctx context.Context) (integrations.Catalogue, error) {
	all, err := c.pipelines(ctx)
	if err != nil {
		return integrations.Catalogue{}, err
	}
	out := integrations.Catalogue{}
	for _, p := range all {
		f := integrations.RemoteFunnel{ID: id(p.ID), Name: p.Name, IsMain: p.IsMain}
		for _, s := range p.stages() {
			f.Stages = append(f.Stages, integrations.RemoteStage{ID: id(s.ID), Name: s.Name, Status: meaning(s.ID)})
		}
		out.Funnels = append(out.Funnels, f)
	}
	out.Employees, err = c.Employees(ctx)
	return out, err
}

func meaning(statusID int64) deals.StageStatus {
	switch statusID {
	case statusWon:
		return deals.StageSuccess
	case statusLost:
		return deals.StageFailed
	default:
		return deals.StageInProcess
	}
}

// cursor is where a reading goes on. Deals are read in the order of a moment (of change or creation) from that of the last one read, not by pages alone:
// a deal that changes meanwhile moves to the end and can't push another out of sight. Those of the last moment that were read are left out by their
// ids. Only a moment with more deals than fit in a page is read by pages; a deal that leaves it just then may hide another, which the next
// reading's overlap brings.
type cursor struct {
	From  int64   `json:"f"`
	Page  int     `json:"p"`
	Limit int     `json:"l"`
	Seen  []int64 `json:"s,omitempty"`
}

func (cu cursor) text() string {
	raw, err := json.Marshal(cu)
	if err != nil {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(raw)
}

func parseCursor(text string, since time.Time) (cursor, error) {
	if text == "" {
		return cursor{From: max(0, since.Unix()), Page: 1, Limit: pageSize}, nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(text)
	var out cursor
	if err != nil || json.Unmarshal(raw, &out) != nil || out.Page < 1 || out.Limit < 1 || out.Limit > pageSize {
		return out, &integrations.Failure{Kind: integrations.FailInternal, Detail: "the cursor can't be read", Err: err}
	}
	return out, nil
}

// ChangedDeals implements integrations.DealSource.
func (c *connector) ChangedDeals(ctx context.Context, q integrations.ChangesQuery) (integrations.DealPage, error) {
	at, err := parseCursor(q.Cursor, q.Since)
	if err != nil {
		return integrations.DealPage{}, err
	}
	by := byChange
	if q.ByCreation {
		by = byCreation
	}
	who, err := c.account(ctx)
	if err != nil {
		return integrations.DealPage{}, err
	}
	if who.HasFilters != nil && !*who.HasFilters {
		return c.unfiltered(ctx, by, at.From)
	}
	got, err := c.page(ctx, by, &at)
	if err != nil {
		return integrations.DealPage{}, err
	}
	fresh := slices.DeleteFunc(slices.Clone(got.items), func(l lead) bool { return slices.Contains(at.Seen, l.ID) })
	out, err := c.whole(ctx, fresh)
	if err == nil && got.more && len(got.items) > 0 {
		out.Next = at.after(got.items, by).text()
	}
	return out, err
}

// order is a moment deals are read in order of.
type order struct {
	name string
	of   func(l *lead) int64
}

var (
	byChange   = order{"updated_at", func(l *lead) int64 { return l.UpdatedAt }}
	byCreation = order{"created_at", func(l *lead) int64 { return l.CreatedAt }}
)

// page reads the deals a cursor points to. A page that is too heavy for the vendor is asked for in smaller parts.
func (c *connector) page(ctx context.Context, by order, at *cursor) (listed[lead], error) {
	for {
		got, err := list[lead](ctx, c, get("/api/v4/leads", url.Values{
			"with": {"contacts"}, "limit": {strconv.Itoa(at.Limit)}, "page": {strconv.Itoa(at.Page)},
			"filter[" + by.name + "][from]": {strconv.FormatInt(at.From, 10)}, "order[" + by.name + "]": {"asc"},
		}), "leads")
		f := integrations.AsFailure(err)
		isHeavy := f != nil && (f.Kind == integrations.FailAnswer || f.Kind == integrations.FailTimeout) && ctx.Err() == nil
		if !isHeavy || at.Limit <= smallPage || at.Page > 1 {
			return got, err
		}
		at.Limit = smallPage
	}
}

// smallPage is how many deals are asked for where a whole page is too much.
const smallPage = 50

// after is the cursor of what follows a page.
func (cu cursor) after(items []lead, by order) cursor {
	last := by.of(&items[len(items)-1])
	if last <= cu.From && cu.From > 0 {
		cu.Page++
		return cu
	}
	next := cursor{From: last, Page: 1, Limit: cu.Limit}
	for i := range items {
		if by.of(&items[i]) == last {
			next.Seen = append(next.Seen, items[i].ID)
		}
	}
	return next
}

// unfiltered reads changes in an account whose interface has no filters: newest first until they are old enough, all at once. Deals that change
// meanwhile come to the front, so that none is missed.
func (c *connector) unfiltered(ctx context.Context, by order, from int64) (integrations.DealPage, error) {
	var found []lead
	seen := map[int64]bool{}
	r := get("/api/v4/leads", url.Values{"with": {"contacts"}, "order[" + by.name + "]": {"desc"}})
	err := pages(ctx, c, r, "leads", pageSize, func(items []lead) bool {
		for i := range items {
			if by.of(&items[i]) >= from && !seen[items[i].ID] {
				seen[items[i].ID] = true
				found = append(found, items[i])
			}
		}
		return len(items) > 0 && by.of(&items[len(items)-1]) >= from
	})
	if err != nil {
		return integrations.DealPage{}, err
	}
	slices.SortStableFunc(found, func(a, b lead) int { return cmp.Compare(by.of(&a), by.of(&b)) })
	return c.whole(ctx, found)
}

// whole adds to deals what they consist of: contacts and histories.
func (c *connector) whole(ctx context.Context, leads []lead) (integrations.DealPage, error) {
	var out integrations.DealPage
	if len(leads) == 0 {
		return out, nil
	}
	who, err := c.account(ctx)
	if err != nil {
		return out, err
	}
	var contacts []string
	for i := range leads {
		for _, l := range leads[i].Embedded.V.Contacts {
			contacts = append(contacts, id(l.ID))
		}
	}
	if out.Contacts, err = c.contactsByID(ctx, contacts); err != nil {
		return out, err
	}
	histories, err := c.histories(ctx, leads)
	if err != nil {
		return out, err
	}
	for i := range leads {
		if leads[i].IsDeleted {
			out.Gone = append(out.Gone, id(leads[i].ID))
			continue
		}
		out.Deals = append(out.Deals, c.deal(&leads[i], who.Currency, histories[leads[i].ID]))
	}
	return out, nil
}

// deal is a deal in our words. Without a history its stage is as old as its closing, or its last change.
func (c *connector) deal(l *lead, currency string, history []integrations.StageEntry) integrations.RemoteDeal {
	d := integrations.RemoteDeal{
		ID: id(l.ID), Name: l.Name, CreatedAt: moment(l.CreatedAt), ModifiedAt: moment(l.UpdatedAt), StageAt: moment(cmp.Or(l.UpdatedAt, l.CreatedAt)),
		FunnelID: id(l.PipelineID), StageID: id(l.StatusID), EmployeeID: id(l.Responsible), Currency: currency, URL: c.address.lead(id(l.ID)),
		History: history,
	}
	if l.isClosed() && l.ClosedAt != 0 {
		closed := moment(l.ClosedAt)
		d.ClosedAt, d.StageAt = &closed, closed
	}
	if len(history) > 0 {
		d.StageAt = history[len(history)-1].At
	}
	if price, err := l.Price.Float64(); err == nil {
		minor := int64(math.Round(price * float64(minorPerUnit(currency))))
		d.RevenueMinor = &minor
	}
	for _, t := range l.Embedded.V.Tags {
		d.Tags = append(d.Tags, deals.Tag{ExternalID: id(t.ID), Name: t.Name})
	}
	for _, contact := range l.Embedded.V.Contacts {
		d.ContactIDs = append(d.ContactIDs, id(contact.ID))
		if contact.IsMain || d.MainContactID == "" {
			d.MainContactID = id(contact.ID)
		}
	}
	return d
}

// contactsByID reads contacts; those that are not there (any more) are left out.
func (c *connector) contactsByID(ctx context.Context, ids []string) ([]integrations.RemoteContact, error) {
	slices.Sort(ids)
	ids = slices.Compact(ids)
	var out []integrations.RemoteContact
	for batch := range slices.Chunk(ids, idBatch) {
		got, err := every[contact](ctx, c, get("/api/v4/contacts", url.Values{"filter[id][]": batch}), "contacts", pageSize)
		if err != nil {
			return nil, err
		}
		for i := range got {
			if slices.Contains(batch, id(got[i].ID)) && !got[i].IsDeleted {
				out = append(out, got[i].remote())
			}
		}
	}
	return out, nil
}

// DealsByID implements integrations.DealSource.
func (c *connector) DealsByID(ctx context.Context, ids []string) (integrations.DealPage, error) {
	leads, gone, err := c.leadsByID(ctx, ids)
	if err != nil {
		return integrations.DealPage{}, err
	}
	out, err := c.whole(ctx, leads)
	out.Gone = append(out.Gone, gone...)
	return out, err
}

// leadsByID reads deals. One that a list does not have is asked for alone before it is called gone: lists leave out what waits in the inbox, and
// accounts without filters answer with other deals.
func (c *connector) leadsByID(ctx context.Context, ids []string) (found []lead, gone []string, err error) {
	wanted := slices.Clone(ids)
	slices.Sort(wanted)
	for batch := range slices.Chunk(slices.Compact(wanted), idBatch) {
		known := slices.DeleteFunc(slices.Clone(batch), func(s string) bool { _, ok := number(s); return !ok })
		var got []lead
		if len(known) > 1 {
			page, err := list[lead](ctx, c, get("/api/v4/leads", url.Values{"with": {"contacts"}, "limit": {strconv.Itoa(pageSize)}, "filter[id][]": known}), "leads")
			if err != nil {
				return nil, nil, err
			}
			got = page.items
		}
		for _, one := range batch {
			l, ok, err := c.pick(ctx, got, one)
			if err != nil {
				return nil, nil, err
			}
			if !ok || l.IsDeleted {
				gone = append(gone, one)
				continue
			}
			found = append(found, l)
		}
	}
	return found, gone, nil
}

func (c *connector) pick(ctx context.Context, got []lead, wanted string) (lead, bool, error) {
	n, ok := number(wanted)
	if !ok {
		return lead{}, false, nil
	}
	if i := slices.IndexFunc(got, func(l lead) bool { return l.ID == n }); i >= 0 {
		return got[i], true, nil
	}
	var one lead
	err := c.do(ctx, get("/api/v4/leads/"+id(n), url.Values{"with": {"contacts"}}), &one)
	if f := integrations.AsFailure(err); f != nil && f.Kind == integrations.FailGone {
		return lead{}, false, nil
	}
	return one, one.ID == n, err
}

// CountDeals implements integrations.DealSource.
func (c *connector) CountDeals(ctx context.Context, from, to time.Time) ([]integrations.StageCount, error) {
	counts := map[[2]int64]int{}
	seen := map[int64]bool{}
	until := to.Add(-time.Nanosecond).Unix() // the vendor counts the last second in
	r := get("/api/v4/leads", url.Values{
		"filter[created_at][from]": {strconv.FormatInt(ceil(from), 10)}, "filter[created_at][to]": {strconv.FormatInt(until, 10)}, "order[created_at]": {"asc"},
	})
	err := pages(ctx, c, r, "leads", pageSize, func(items []lead) bool {
		for i := range items {
			l := &items[i]
			if !seen[l.ID] && !l.IsDeleted && l.CreatedAt >= ceil(from) && l.CreatedAt <= until {
				seen[l.ID] = true
				counts[[2]int64{l.PipelineID, l.StatusID}]++
			}
		}
		return true
	})
	if err != nil {
		return nil, err
	}
	out := make([]integrations.StageCount, 0, len(counts))
	for key, n := range counts {
		out = append(out, integrations.StageCount{FunnelID: id(key[0]), StageID: id(key[1]), Count: n})
	}
	slices.SortFunc(out, func(a, b integrations.StageCount) int {
		return cmp.Or(cmp.Compare(a.FunnelID, b.FunnelID), cmp.Compare(a.StageID, b.StageID))
	})
	return out, nil
}

// ceil is the first whole second at or after a moment.
func ceil(t time.Time) int64 { return t.Add(time.Second - time.Nanosecond).Unix() }
