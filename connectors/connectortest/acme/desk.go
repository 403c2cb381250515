package acme

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"time"

	"github.com/skvoz/skvoz/core/integrations"
)

// contact is a contact as Acme writes it.
type contact struct {
	ID      string    `json:"id,omitempty"`
	Name    string    `json:"name"`
	Phones  []string  `json:"phones,omitempty"`
	Emails  []string  `json:"emails,omitempty"`
	Created time.Time `json:"created,omitzero"`
}

func (c contact) remote() integrations.RemoteContact {
	return integrations.RemoteContact{ID: c.ID, Name: c.Name, CreatedAt: c.Created, Phones: c.Phones, Emails: c.Emails}
}

// FindContacts implements integrations.ContactBook.
func (c *connector) FindContacts(ctx context.Context, p integrations.Person) ([]integrations.RemoteContact, error) {
	if p.Phone == "" && p.Email == "" {
		return nil, nil
	}
	var found struct{ Items []contact }
	if err := c.get(ctx, "/api/contacts", url.Values{"phone": {string(p.Phone)}, "email": {string(p.Email)}}, &found); err != nil {
		return nil, err
	}
	out := make([]integrations.RemoteContact, len(found.Items))
	for i := range found.Items {
		out[i] = found.Items[i].remote()
	}
	return out, nil
}

// CreateContact implements integrations.ContactBook.
func (c *connector) CreateContact(ctx context.Context, n integrations.NewContact) (integrations.RemoteContact, error) {
	in, made := contact{Name: n.Name}, contact{}
	if n.Phone != "" {
		in.Phones = []string{"+" + string(n.Phone)}
	}
	if n.Email != "" {
		in.Emails = []string{string(n.Email)}
	}
	err := c.made(c.post(ctx, "/api/contacts", in, &made), made.ID)
	return made.remote(), err
}

// made: an answer without an id leaves open whether it was done.
func (*connector) made(err error, id string) error {
	if err == nil && id == "" {
		return &integrations.Failure{Kind: integrations.FailAnswer, Uncertain: true}
	}
	return err
}

// newDeal is a deal to make. Acme keeps our key with it.
type newDeal struct {
	Key, Name, Contact, Funnel, Stage, User, Currency string
	Minor                                             *int64            `json:",omitempty"`
	Source                                            map[string]string `json:",omitempty"`
}

func dealBody(d integrations.NewDeal) newDeal {
	out := newDeal{
		Key: d.Key, Name: d.Name, Contact: d.ContactID, Funnel: d.FunnelID, Stage: d.StageID, User: d.Responsible, Minor: d.RevenueMinor, Currency: d.Currency,
		Source: map[string]string{},
	}
	utm := d.Source.UTM
	for name, value := range map[string]string{"utm_source": utm.Source, "utm_medium": utm.Medium, "utm_campaign": utm.Campaign, "page": d.Source.Page} {
		if value != "" {
			out.Source[name] = value
		}
	}
	return out
}

// newNote is a note to write.
type newNote struct{ Key, Text string }

// UsesInbox implements integrations.DealDesk.
func (*connector) UsesInbox() bool { return false }

// OpenDeals implements integrations.DealDesk.
func (c *connector) OpenDeals(ctx context.Context, contactID string) ([]integrations.RemoteDeal, error) {
	page, err := c.deals(ctx, url.Values{"contact": {contactID}, "open": {"true"}})
	return page.Deals, err
}

// FindDeal implements integrations.DealDesk.
func (c *connector) FindDeal(ctx context.Context, d integrations.NewDeal) (integrations.RemoteRef, bool, error) {
	page, err := c.deals(ctx, url.Values{"key": {d.Key}})
	if err != nil || len(page.Deals) == 0 {
		return integrations.RemoteRef{}, false, err
	}
	return c.ref(page.Deals[0].ID), true, nil
}

// CreateDeal implements integrations.DealDesk.
func (c *connector) CreateDeal(ctx context.Context, d integrations.NewDeal) (integrations.RemoteRef, error) {
	var made struct{ ID string }
	err := c.made(c.post(ctx, "/api/deals", dealBody(d), &made), made.ID)
	return c.ref(made.ID), err
}

func (c *connector) ref(id string) integrations.RemoteRef {
	return integrations.RemoteRef{ID: id, Entity: "deal", URL: c.dealURL(id)}
}

func (c *connector) dealURL(id string) string { return c.address + "/deals/" + url.PathEscape(id) }

// FindNote implements integrations.DealDesk.
func (c *connector) FindNote(ctx context.Context, n integrations.NewNote) (bool, error) {
	var found struct{ Items []newNote }
	err := c.get(ctx, notesPath(n.DealID), url.Values{"key": {n.Key}}, &found)
	return len(found.Items) > 0, err
}

// AddNote implements integrations.DealDesk.
func (c *connector) AddNote(ctx context.Context, n integrations.NewNote) error {
	var made struct{ ID string }
	return c.made(c.post(ctx, notesPath(n.DealID), newNote{n.Key, n.Text}, &made), made.ID)
}

func notesPath(deal string) string { return "/api/deals/" + url.PathEscape(deal) + "/notes" }

// Preview implements integrations.DealDesk. What is known only later stands there in words.
func (c *connector) Preview(d integrations.NewDeal, n integrations.NewNote) ([]integrations.Exchange, error) {
	if d.ContactID == "" {
		d.ContactID = "<контакт / contact>"
	}
	out := []integrations.Exchange{c.shown("/api/deals", dealBody(d))}
	if n.Text != "" {
		out = append(out, c.shown(notesPath(n.DealID), newNote{n.Key, n.Text}))
	}
	return out, nil
}

func (c *connector) shown(path string, body any) integrations.Exchange {
	text, _ := json.MarshalIndent(body, "", "  ") // texts and numbers always can be written
	return integrations.Exchange{At: c.session.Clock.Now(), Method: http.MethodPost, Address: c.address + path, Request: string(text)}
}
