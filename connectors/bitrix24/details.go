package bitrix24

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/skvoz/skvoz/core/integrations"
)

// binding is a contact of a deal.
type binding struct {
	ContactID loose `json:"CONTACT_ID"`
	Sort      loose `json:"SORT"`
	IsPrimary loose `json:"IS_PRIMARY"`
}

// move is a row of crm.stagehistory.list.
type move struct {
	ID         loose `json:"ID"`
	OwnerID    loose `json:"OWNER_ID"`
	CategoryID loose `json:"CATEGORY_ID"`
	StageID    loose `json:"STAGE_ID"`
	Created    loose `json:"CREATED_TIME"`
}

// detailed adds what rows of deals do not have: all their contacts, their histories and the names of their sources, in two requests for fifty deals.
// Have is what was read together with the rows (alongside); nil = nothing.
func (c *connector) detailed(ctx context.Context, rows []dealRow, have *results) (integrations.DealPage, error) {
	var out integrations.DealPage
	if len(rows) == 0 {
		return out, nil
	}
	for i := range rows {
		out.Deals = append(out.Deals, rows[i].deal(&c.site))
	}
	bindings, err := c.bindings(ctx, out.Deals, have)
	if err != nil {
		return integrations.DealPage{}, err
	}
	if err := bindings.bindAll(&out); err != nil {
		return integrations.DealPage{}, err
	}
	commands := map[string]command{}
	addContacts(commands, contactsOf(out.Deals))
	if have == nil {
		c.addHistories(commands, idsOf(out.Deals))
	}
	got, err := c.batch(ctx, commands)
	if err != nil {
		return integrations.DealPage{}, err
	}
	if out.Contacts, err = got.contacts(); err != nil {
		return integrations.DealPage{}, err
	}
	if have == nil {
		have = got
	}
	c.keepSources(have)
	moves, err := c.moves(ctx, have)
	if err != nil {
		return integrations.DealPage{}, err
	}
	c.complete(&out, rows, moves)
	return out, nil
}

// alongside asks for what does not hang on the rows of deals: with few deals that fits the request that reads them.
func (c *connector) alongside(commands map[string]command, ids []string) {
	for _, id := range ids {
		commands[bindingName(id)] = bindingsOf(id)
	}
	c.addHistories(commands, ids)
}

func bindingName(id string) string { return "deal_" + id }

func bindingsOf(id string) command { return command{"crm.deal.contact.items.get", params{"id": id}} }

// bindings reads the contacts of deals, unless that was done.
func (c *connector) bindings(ctx context.Context, list []integrations.RemoteDeal, have *results) (*results, error) {
	if have != nil {
		return have, nil
	}
	commands := map[string]command{}
	for i := range list {
		if list[i].MainContactID != "" { // without a main contact there is none
			commands[bindingName(list[i].ID)] = bindingsOf(list[i].ID)
		}
	}
	return c.batch(ctx, commands)
}

// bindAll sets the contacts of deals. Deals that were deleted since they were listed become Gone.
func (r *results) bindAll(p *integrations.DealPage) error {
	var failed error
	p.Deals = slices.DeleteFunc(p.Deals, func(d integrations.RemoteDeal) bool {
		f := integrations.AsFailure(r.failure(bindingName(d.ID)))
		isGone := f != nil && f.Kind == integrations.FailGone
		if isGone {
			p.Gone = append(p.Gone, d.ID)
		} else if f != nil && f.Kind != integrations.FailRight {
			failed = f
		}
		return isGone
	})
	for i := range p.Deals {
		if err := r.bind(&p.Deals[i]); err != nil {
			return err
		}
	}
	return failed
}

// bind sets the contacts of one deal; where they may not be read, the main one stays.
func (r *results) bind(d *integrations.RemoteDeal) error {
	name := bindingName(d.ID)
	_, asked := r.commands[name]
	if _, refused := r.errors[name]; refused || !asked {
		return nil
	}
	var list []binding
	if err := r.decode(name, &list); err != nil {
		return err
	}
	slices.SortStableFunc(list, func(a, b binding) int { return a.Sort.number() - b.Sort.number() })
	if len(list) > 0 {
		d.ContactIDs = nil
	}
	for _, b := range list {
		d.ContactIDs = append(d.ContactIDs, string(b.ContactID))
		if b.IsPrimary.isYes() {
			d.MainContactID = string(b.ContactID)
		}
	}
	return nil
}

// contactsOf returns the contacts of deals, sorted.
func contactsOf(list []integrations.RemoteDeal) []string {
	var ids []string
	for i := range list {
		ids = append(ids, list[i].ContactIDs...)
	}
	slices.SortFunc(ids, byNumber)
	return slices.Compact(ids)
}

// together is of how many deals the histories are read at once: as a rule they fit one page then.
const together = 5

func idsOf(list []integrations.RemoteDeal) []string {
	ids := make([]string, len(list))
	for i := range list {
		ids[i] = list[i].ID
	}
	return ids
}

// addHistories asks for the histories of deals, and for the names of sources where they are not known yet.
func (c *connector) addHistories(commands map[string]command, ids []string) {
	for i, part := range chunks(ids, together) {
		commands[fmt.Sprintf("history%03d", i)] = historyOf(part)
	}
	if c.sources == nil {
		commands["sources"] = command{"crm.status.list", params{"filter": params{"ENTITY_ID": "SOURCE"}}}
	}
}

// historyOf asks for the first moves of deals.
func historyOf(ids []string) command {
	filter := params{"@OWNER_ID": ids}
	return command{"crm.stagehistory.list", params{
		"entityTypeId": dealType, "filter": filter, "order": params{"ID": "ASC"}, "select": []string{"ID", "OWNER_ID", "CATEGORY_ID", "STAGE_ID", "CREATED_TIME"},
	}}
}

// after is the command for the moves after one of them.
func (cmd command) after(id string) command {
	next := historyOf(cmd.params["filter"].(params)["@OWNER_ID"].([]string))
	next.params["filter"].(params)[">ID"] = id
	return next
}

// moves returns the moves a batch has read, and reads on where there are more than a page. A portal that does not tell histories has none.
func (c *connector) moves(ctx context.Context, got *results) (map[string][]move, error) {
	out := map[string][]move{}
	for got != nil {
		more := map[string]command{}
		for _, name := range got.named("history") {
			list, err := got.history(name)
			if err != nil {
				return nil, err
			}
			for _, m := range list {
				out[string(m.OwnerID)] = append(out[string(m.OwnerID)], m)
			}
			if len(list) >= page {
				more[name] = got.commands[name].after(string(list[len(list)-1].ID))
			}
		}
		if len(more) == 0 {
			break
		}
		var err error
		if got, err = c.batch(ctx, more); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (r *results) history(name string) ([]move, error) {
	if f := integrations.AsFailure(r.failure(name)); f != nil && f.Kind == integrations.FailRight {
		return nil, nil
	}
	var list struct {
		Items []move `json:"items"`
	}
	err := r.decode(name, &list)
	return list.Items, err
}

// keepSources remembers the names of sources; where they can't be read, the codes stand for them.
func (c *connector) keepSources(got *results) {
	if c.sources != nil {
		return
	}
	c.sources = map[string]string{}
	var rows []stageRow
	if got.decode("sources", &rows) == nil {
		for _, r := range rows {
			c.sources[string(r.StatusID)] = string(r.Name)
		}
	}
}

// complete sets history, times and sources.
func (c *connector) complete(p *integrations.DealPage, rows []dealRow, moves map[string][]move) {
	byID := make(map[string]*dealRow, len(rows))
	for i := range rows {
		byID[string(rows[i].ID)] = &rows[i]
	}
	for i := range p.Deals {
		d := &p.Deals[i]
		row := byID[d.ID]
		d.Source = string(row.SourceID)
		if name := c.sources[d.Source]; name != "" {
			d.Source = name
		}
		setHistory(d, moves[d.ID])
		if row.Closed.isYes() {
			at := d.StageAt // CLOSEDATE is when it was planned to close
			d.ClosedAt = &at
		}
	}
}

// setHistory orders the moves; the present stage is always the last one. A deal without moves is one whose history the portal does not tell.
func setHistory(d *integrations.RemoteDeal, moves []move) {
	slices.SortStableFunc(moves, func(a, b move) int { return a.Created.time().Compare(b.Created.time()) })
	add := func(e integrations.StageEntry) {
		if n := len(d.History); n > 0 && d.History[n-1].StageID == e.StageID && d.History[n-1].FunnelID == e.FunnelID {
			return
		}
		d.History = append(d.History, e)
	}
	for _, m := range moves {
		add(integrations.StageEntry{FunnelID: funnelID(m.CategoryID), StageID: string(m.StageID), At: m.Created.time()})
	}
	if len(d.History) == 0 {
		return
	}
	at := latest(d.StageAt, d.History[len(d.History)-1].At)
	add(integrations.StageEntry{FunnelID: d.FunnelID, StageID: d.StageID, At: at})
	d.StageAt = d.History[len(d.History)-1].At
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
