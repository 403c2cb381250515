package acme

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/deals"
	"github.com/skvoz/skvoz/core/integrations"
)

// deal is a deal as Acme writes it.
type deal struct {
	ID, Name, Funnel, Stage, Contact, User, Currency string
	Minor                                            *int64
	Created, Changed                                 time.Time
	Closed                                           *time.Time
	History                                          []struct {
		Funnel, Stage string
		At            time.Time
	}
}

// deals reads a list of deals with their contacts.
func (c *connector) deals(ctx context.Context, query url.Values) (integrations.DealPage, error) {
	var got struct {
		Items    []deal
		Contacts []contact
		Next     string
	}
	if err := c.get(ctx, "/api/deals", query, &got); err != nil {
		return integrations.DealPage{}, err
	}
	out := integrations.DealPage{Next: got.Next}
	for i := range got.Items {
		out.Deals = append(out.Deals, c.remote(&got.Items[i]))
	}
	for i := range got.Contacts {
		out.Contacts = append(out.Contacts, got.Contacts[i].remote())
	}
	return out, nil
}

func (c *connector) remote(d *deal) integrations.RemoteDeal {
	out := integrations.RemoteDeal{
		ID: d.ID, Name: d.Name, CreatedAt: d.Created, ModifiedAt: d.Changed, StageAt: d.Changed, ClosedAt: d.Closed, FunnelID: d.Funnel, StageID: d.Stage,
		EmployeeID: d.User, RevenueMinor: d.Minor, Currency: d.Currency, URL: c.dealURL(d.ID), MainContactID: d.Contact,
	}
	if d.Contact != "" {
		out.ContactIDs = []string{d.Contact}
	}
	for _, h := range d.History {
		out.History = append(out.History, integrations.StageEntry{FunnelID: h.Funnel, StageID: h.Stage, At: h.At})
		out.StageAt = h.At
	}
	return out
}

// ChangedDeals implements integrations.DealSource. Acme's cursor names the last deal of a page, not a number of pages: what changes meanwhile moves to the
// end, and pushes nothing out of sight.
func (c *connector) ChangedDeals(ctx context.Context, q integrations.ChangesQuery) (integrations.DealPage, error) {
	order := "changed"
	if q.ByCreation {
		order = "created"
	}
	return c.deals(ctx, url.Values{"order": {order}, "since": {q.Since.UTC().Format(time.RFC3339)}, "after": {q.Cursor}})
}

// DealsByID implements integrations.DealSource. Acme takes a hundred ids at once.
func (c *connector) DealsByID(ctx context.Context, ids []string) (integrations.DealPage, error) {
	var out integrations.DealPage
	asked := map[string]bool{}
	for part := range slices.Chunk(ids, 100) {
		page, err := c.deals(ctx, url.Values{"ids": {strings.Join(part, ",")}})
		if err != nil {
			return integrations.DealPage{}, err
		}
		there := map[string]bool{}
		for i := range page.Deals {
			there[page.Deals[i].ID] = true
		}
		for _, id := range part {
			if !there[id] && !asked[id] {
				out.Gone = append(out.Gone, id)
			}
			asked[id] = true
		}
		out.Deals, out.Contacts = append(out.Deals, page.Deals...), append(out.Contacts, page.Contacts...)
	}
	return out, nil
}

// CountDeals implements integrations.DealSource.
func (c *connector) CountDeals(ctx context.Context, from, to time.Time) ([]integrations.StageCount, error) {
	var got struct {
		Items []struct {
			Funnel, Stage string
			Count         int
		}
	}
	err := c.get(ctx, "/api/counts", url.Values{"from": {from.UTC().Format(time.RFC3339)}, "to": {to.UTC().Format(time.RFC3339)}}, &got)
	var out []integrations.StageCount
	for _, n := range got.Items {
		out = append(out, integrations.StageCount{FunnelID: n.Funnel, StageID: n.Stage, Count: n.Count})
	}
	return out, err
}

// Catalogue implements integrations.DealSource.
func (c *connector) Catalogue(ctx context.Context) (integrations.Catalogue, error) {
	funnels, err := c.funnels(ctx)
	if err != nil {
		return integrations.Catalogue{}, err
	}
	users, err := c.Employees(ctx)
	return integrations.Catalogue{Funnels: funnels, Employees: users}, err
}

// statuses say what Acme's kinds of stages mean.
var statuses = map[string]deals.StageStatus{"open": deals.StageInProcess, "won": deals.StageSuccess, "lost": deals.StageFailed}

func (c *connector) funnels(ctx context.Context) ([]integrations.RemoteFunnel, error) {
	var got struct {
		Items []struct {
			ID, Name string
			Main     bool
			Stages   []struct{ ID, Name, Kind string }
		}
	}
	err := c.get(ctx, "/api/funnels", nil, &got)
	var out []integrations.RemoteFunnel
	for _, f := range got.Items {
		funnel := integrations.RemoteFunnel{ID: f.ID, Name: f.Name, IsMain: f.Main}
		for _, s := range f.Stages {
			funnel.Stages = append(funnel.Stages, integrations.RemoteStage{ID: s.ID, Name: s.Name, Status: statuses[s.Kind]})
		}
		out = append(out, funnel)
	}
	return out, err
}

// Employees implements integrations.Employees: to the last page, or not at all.
func (c *connector) Employees(ctx context.Context) ([]integrations.RemoteEmployee, error) {
	var out []integrations.RemoteEmployee
	for after := ""; ; {
		var got struct {
			Items []struct {
				ID, Name, Email string
				Active          bool
			}
			Next string
		}
		if err := c.get(ctx, "/api/users", url.Values{"after": {after}}, &got); err != nil {
			return nil, err
		}
		for _, u := range got.Items {
			out = append(out, integrations.RemoteEmployee{ID: u.ID, Name: u.Name, Email: core.Email(strings.ToLower(u.Email)), IsActive: u.Active})
		}
		if got.Next == "" || got.Next == after {
			return out, nil
		}
		after = got.Next
	}
}

// Options implements integrations.Options.
func (c *connector) Options(ctx context.Context, source string, settings integrations.Values) ([]integrations.Option, error) {
	var out []integrations.Option
	add := func(id, title string) { out = append(out, integrations.Option{Value: id, Title: title}) }
	switch source {
	case sourceUsers:
		users, err := c.Employees(ctx)
		for i := range users {
			add(users[i].ID, users[i].Name)
		}
		return out, err
	case sourceFunnels, sourceStages:
		funnels, err := c.funnels(ctx)
		for i := range funnels {
			f := &funnels[i]
			if source == sourceFunnels {
				add(f.ID, f.Name)
				continue
			}
			for _, s := range f.Stages {
				if f.ID == settings.Text(integrations.KeyFunnel) {
					add(s.ID, s.Name)
				}
			}
		}
		return out, err
	}
	return nil, integrations.Fail(integrations.FailInternal, "unknown choices: "+source)
}
