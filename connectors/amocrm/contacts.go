package amocrm

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"strings"

	"github.com/skvoz/skvoz/core/integrations"
)

// with returns a query with some more parameters, given as names and values.
func with(q url.Values, pairs ...string) url.Values {
	out := make(url.Values, len(q)+len(pairs)/2)
	for name, values := range q {
		out[name] = slices.Clone(values)
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		out.Set(pairs[i], pairs[i+1])
	}
	return out
}

// newContact is a contact to make.
type newContact struct {
	Name        string     `json:"name"`
	Responsible int64      `json:"responsible_user_id,omitempty"`
	Fields      []setField `json:"custom_fields_values,omitempty"`
	RequestID   string     `json:"request_id,omitempty"`
}

// setField gives a field a value. The field is named by id or by code; in previews an id that is not known yet is a text.
type setField struct {
	ID     any        `json:"field_id,omitempty"`
	Code   string     `json:"field_code,omitempty"`
	Values []setValue `json:"values"`
}

type setValue struct {
	Value any    `json:"value"`
	Enum  string `json:"enum_code,omitempty"`
}

// created is an answer to a request that makes something.
type created struct {
	ID  int64  `json:"id"`
	UID string `json:"uid"`

	Embedded embedded[struct {
		Leads []link `json:"leads"`
	}] `json:"_embedded"`
}

// FindContacts implements integrations.ContactBook. amoCRM looks for a text anywhere in a contact; what it finds is compared here.
func (c *connector) FindContacts(ctx context.Context, p integrations.Person) ([]integrations.RemoteContact, error) {
	found, err := c.contactsOf(ctx, p)
	if err != nil {
		return nil, err
	}
	out := make([]integrations.RemoteContact, len(found))
	for i := range found {
		out[i] = found[i].remote()
	}
	return out, nil
}

func (c *connector) contactsOf(ctx context.Context, p integrations.Person) ([]contact, error) {
	phone, email := last10(string(p.Phone)), strings.ToLower(strings.TrimSpace(string(p.Email)))
	var out []contact
	for _, query := range []string{phone, email} {
		if query == "" {
			continue
		}
		got, err := every[contact](ctx, c, get("/api/v4/contacts", url.Values{"query": {query}, "with": {"leads"}}), "contacts", pageSize)
		if err != nil {
			return nil, err
		}
		for i := range got {
			isKnown := slices.ContainsFunc(out, func(o contact) bool { return o.ID == got[i].ID })
			if !isKnown && !got[i].IsDeleted && got[i].has(phone, email) {
				out = append(out, got[i])
			}
		}
	}
	slices.SortFunc(out, func(a, b contact) int { return cmp.Or(cmp.Compare(a.CreatedAt, b.CreatedAt), cmp.Compare(a.ID, b.ID)) })
	return out, nil
}

func (c *contact) has(phone, email string) bool {
	return phone != "" && slices.ContainsFunc(c.texts("PHONE"), func(s string) bool { return last10(s) == phone }) ||
		email != "" && slices.ContainsFunc(c.texts("EMAIL"), func(s string) bool { return strings.ToLower(strings.TrimSpace(s)) == email })
}

// last10 are the last ten digits of a phone, all that amoCRM itself compares.
func last10(phone string) string {
	digits := strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, phone)
	return digits[max(0, len(digits)-10):]
}

// CreateContact implements integrations.ContactBook.
func (c *connector) CreateContact(ctx context.Context, p integrations.NewContact) (integrations.RemoteContact, error) {
	body, err := newContactBody(p)
	if err != nil {
		return integrations.RemoteContact{}, err
	}
	made, err := c.create(ctx, post("/api/v4/contacts", []newContact{body}), "contacts")
	if err != nil {
		return integrations.RemoteContact{}, err
	}
	out := integrations.RemoteContact{ID: id(made.ID), Name: body.Name, CreatedAt: c.session.Clock.Now(), Responsible: p.Responsible}
	if p.Phone != "" {
		out.Phones = []string{"+" + string(p.Phone)}
	}
	if p.Email != "" {
		out.Emails = []string{string(p.Email)}
	}
	return out, nil
}

// PreviewContact implements integrations.ContactPreviewer.
func (c *connector) PreviewContact(p integrations.NewContact) (integrations.Exchange, error) {
	body, err := newContactBody(p)
	return c.shown("/api/v4/contacts", []newContact{body}), err
}

func newContactBody(p integrations.NewContact) (newContact, error) {
	responsible, err := setting(integrations.KeyResponsible, p.Responsible)
	body := contactBody(p.Person)
	body.Responsible, body.RequestID = responsible, p.Key
	return body, err
}

func contactBody(p integrations.Person) newContact {
	out := newContact{Name: p.Name}
	if out.Name == "" {
		out.Name = cmp.Or(phoneText(p), string(p.Email))
	}
	if p.Phone != "" {
		out.Fields = append(out.Fields, setField{Code: "PHONE", Values: []setValue{{phoneText(p), "WORK"}}})
	}
	if p.Email != "" {
		out.Fields = append(out.Fields, setField{Code: "EMAIL", Values: []setValue{{string(p.Email), "WORK"}}})
	}
	return out
}

func phoneText(p integrations.Person) string {
	if p.Phone == "" {
		return ""
	}
	return "+" + string(p.Phone)
}

// create makes one thing and returns what came of it.
func (c *connector) create(ctx context.Context, r request, key string) (created, error) {
	got, err := list[created](ctx, c, r, key)
	if err != nil {
		return created{}, err
	}
	if len(got.items) == 0 || got.items[0].ID == 0 && got.items[0].UID == "" {
		return created{}, &integrations.Failure{Kind: integrations.FailAnswer, Uncertain: r.changes, Detail: "the answer does not say what was made"}
	}
	return got.items[0], nil
}

// setting reads an identifier out of a setting; empty is zero, the vendor's own choice.
func setting(key, text string) (int64, error) {
	if text == "" {
		return 0, nil
	}
	n, ok := number(text)
	if !ok {
		return 0, &integrations.Failure{Kind: integrations.FailSettings, Field: key, Detail: "this is no identifier of amoCRM"}
	}
	return n, nil
}
