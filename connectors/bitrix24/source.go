package bitrix24

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/skvoz/skvoz/core/integrations"
)

// ChangedDeals implements integrations.DealSource. Pages follow one another by the time of change and, within a second, by the identifier; a deal that is
// changed meanwhile moves to the end and is read again. Offsets would lose deals then, and slow the portal down.
func (c *connector) ChangedDeals(ctx context.Context, q integrations.ChangesQuery) (integrations.DealPage, error) {
	field := "DATE_MODIFY"
	if q.ByCreation {
		field = "DATE_CREATE"
	}
	var rows []dealRow
	var total int
	var next string
	var err error
	if q.Cursor == "" {
		rows, total, err = c.firstChanges(ctx, field, q)
		next = cursorAfter(rows, field)
	} else {
		rows, next, err = c.moreChanges(ctx, field, q.Cursor)
	}
	if err != nil {
		return integrations.DealPage{}, err
	}
	out, err := c.detailed(ctx, rows, nil)
	out.Next, out.Total = next, total
	return out, err
}

// firstChanges reads the first page. An initial import has it counted, for the progress bar; counting on every page would be slow.
func (c *connector) firstChanges(ctx context.Context, field string, q integrations.ChangesQuery) (rows []dealRow, total int, err error) {
	p := changes(field, params{">=" + field: stamp(q.Since)})
	if q.ByCreation {
		p["start"] = 0
	}
	a, err := c.one(ctx, "crm.deal.list", p, &rows)
	if err != nil {
		return nil, 0, err
	}
	return rows, a.Total, nil
}

// moreChanges reads the rest of the second the last page ended in, and what comes after that second.
func (c *connector) moreChanges(ctx context.Context, field, cursor string) ([]dealRow, string, error) {
	at, id, ok := strings.Cut(cursor, "|")
	if !ok {
		return nil, "", &integrations.Failure{Kind: integrations.FailInternal, Detail: "bad cursor"}
	}
	got, err := c.batch(ctx, map[string]command{
		"same":  {"crm.deal.list", changes(field, params{">=" + field: at, "<=" + field: at, ">ID": id})},
		"later": {"crm.deal.list", changes(field, params{">" + field: at})},
	})
	if err != nil {
		return nil, "", err
	}
	var same, later []dealRow
	if err := got.decode("same", &same); err != nil {
		return nil, "", err
	}
	if len(same) >= page {
		return same, cursorAfter(same, field), nil
	}
	err = got.decode("later", &later)
	return append(same, later...), cursorAfter(later, field), err
}

func changes(field string, filter params) params {
	return params{"filter": filter, "select": dealFields, "order": params{field: "ASC", "ID": "ASC"}, "start": -1}
}

// cursorAfter is where the next page begins; a page that is not full is the last one.
func cursorAfter(rows []dealRow, field string) string {
	if len(rows) < page {
		return ""
	}
	last := &rows[len(rows)-1]
	at := last.Modified
	if field == "DATE_CREATE" {
		at = last.Created
	}
	return string(at) + "|" + string(last.ID)
}

// DealsByID implements integrations.DealSource. A contact's identifier with its prefix, as webhooks give it, stands for the contact's newest deals.
func (c *connector) DealsByID(ctx context.Context, ids []string) (integrations.DealPage, error) {
	commands, asked, gone := wanted(ids)
	if len(commands) == 0 {
		return integrations.DealPage{Gone: gone}, nil
	}
	isFew := len(asked) <= few && len(commands) == 1
	if isFew {
		c.alongside(commands, asked)
	}
	got, err := c.batch(ctx, commands)
	if err != nil {
		return integrations.DealPage{}, err
	}
	rows, err := got.deals()
	if err != nil {
		return integrations.DealPage{}, err
	}
	reallyGone, err := c.reallyGone(ctx, missing(asked, rows))
	if err != nil {
		return integrations.DealPage{}, err
	}
	var have *results
	if isFew {
		have = got
	}
	out, err := c.detailed(ctx, rows, have)
	out.Gone = append(append(out.Gone, gone...), reallyGone...)
	return out, err
}

// few is how many deals are read with their contacts and histories in the same request: webhooks name one, as a rule.
const few = 20

// deals returns the deals a batch has read by their identifiers or their contacts', each once.
func (r *results) deals() ([]dealRow, error) {
	var rows []dealRow
	for _, name := range append(r.named(rowsByID), r.named(rowsByContact)...) {
		var part []dealRow
		if err := r.decode(name, &part); err != nil {
			return nil, err
		}
		rows = append(rows, part...)
	}
	slices.SortFunc(rows, func(a, b dealRow) int { return byNumber(string(a.ID), string(b.ID)) })
	return slices.CompactFunc(rows, func(a, b dealRow) bool { return a.ID == b.ID }), nil
}

// missing returns the identifiers no row has.
func missing(asked []string, rows []dealRow) []string {
	return slices.DeleteFunc(slices.Clone(asked), func(id string) bool {
		return slices.ContainsFunc(rows, func(r dealRow) bool { return string(r.ID) == id })
	})
}

// The beginnings of names of commands that read rows of deals.
const (
	rowsByID      = "deals"
	rowsByContact = "of_contact_"
)

// wanted sorts identifiers: those of deals and contacts are asked for, those of leads are no deals, and others can't exist.
func wanted(ids []string) (commands map[string]command, asked, gone []string) {
	commands = map[string]command{}
	for _, id := range ids {
		contact, isContact := strings.CutPrefix(id, contactPrefix)
		switch {
		case isContact && isNumber(contact):
			commands[rowsByContact+contact] = command{"crm.deal.list", params{
				"filter": params{"CONTACT_ID": contact}, "select": dealFields, "order": params{"ID": "DESC"}, "start": -1,
			}}
		case isNumber(id):
			asked = append(asked, id)
		case !strings.HasPrefix(id, leadPrefix):
			gone = append(gone, id)
		}
	}
	slices.SortFunc(asked, byNumber)
	asked = slices.Compact(asked)
	for i, part := range chunks(asked, page) {
		commands[fmt.Sprintf("%s%03d", rowsByID, i)] = command{"crm.deal.list", params{
			"filter": params{"@ID": part}, "select": dealFields, "order": params{"ID": "ASC"}, "start": -1,
		}}
	}
	return commands, asked, gone
}

func isNumber(id string) bool {
	return id != "" && len(id) <= 18 && strings.Trim(id, "0123456789") == "" && id[0] != '0'
}

// reallyGone returns those that do not exist. Lists leave out what the key's owner may not see, too: such deals are not taken for deleted.
func (c *connector) reallyGone(ctx context.Context, ids []string) ([]string, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	commands := map[string]command{}
	for _, id := range ids {
		commands[bindingName(id)] = command{"crm.deal.get", params{"id": id}}
	}
	got, err := c.batch(ctx, commands)
	if err != nil {
		return nil, err
	}
	var gone []string
	for _, id := range ids {
		switch f := integrations.AsFailure(got.failure(bindingName(id))); {
		case f == nil || f.Kind == integrations.FailRight:
		case f.Kind == integrations.FailGone:
			gone = append(gone, id)
		default:
			return nil, f
		}
	}
	return gone, nil
}

// CountDeals implements integrations.DealSource: the portal counts the deals of each stage.
func (c *connector) CountDeals(ctx context.Context, from, to time.Time) ([]integrations.StageCount, error) {
	funnels, err := c.funnels(ctx)
	if err != nil {
		return nil, err
	}
	var all []integrations.StageCount
	commands := map[string]command{}
	for _, f := range funnels {
		for _, s := range f.Stages {
			commands[countName(len(all))] = command{"crm.deal.list", params{
				"filter": params{">=DATE_CREATE": stamp(from), "<DATE_CREATE": stamp(to), "CATEGORY_ID": f.ID, "STAGE_ID": s.ID}, "select": []string{"ID"}, "start": 0,
			}}
			all = append(all, integrations.StageCount{FunnelID: f.ID, StageID: s.ID})
		}
	}
	got, err := c.batch(ctx, commands)
	if err != nil {
		return nil, err
	}
	return got.counts(all)
}

func countName(i int) string { return fmt.Sprintf("count%05d", i) }

// counts fills in the totals and leaves out stages without deals.
func (r *results) counts(all []integrations.StageCount) ([]integrations.StageCount, error) {
	var out []integrations.StageCount
	for i, s := range all {
		if err := r.failure(countName(i)); err != nil {
			return nil, err
		}
		total, ok := r.totals[countName(i)]
		if !ok {
			return nil, &integrations.Failure{Kind: integrations.FailAnswer, Detail: "deals were not counted"}
		}
		if s.Count = total.number(); s.Count > 0 {
			out = append(out, s)
		}
	}
	return out, nil
}
