package bitrix24

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/integrations"
)

// FindContacts implements integrations.ContactBook.
func (c *connector) FindContacts(ctx context.Context, p integrations.Person) ([]integrations.RemoteContact, error) {
	commands := map[string]command{}
	if values := writings(p.Phone); values != nil {
		commands["phone"] = duplicates("PHONE", values)
	}
	if p.Email != "" {
		commands["email"] = duplicates("EMAIL", []string{string(p.Email)})
	}
	if len(commands) == 0 {
		return nil, nil
	}
	got, err := c.batch(ctx, commands)
	if err != nil {
		return nil, err
	}
	var ids []string
	for name := range commands {
		var found dictionary[[]loose]
		if err := got.decode(name, &found); err != nil {
			return nil, err
		}
		for _, id := range found["CONTACT"] {
			ids = append(ids, string(id))
		}
	}
	return c.contacts(ctx, ids)
}

func duplicates(kind string, values []string) command {
	return command{"crm.duplicate.findbycomm", params{"type": kind, "values": values, "entity_type": "CONTACT"}}
}

// writings are the usual ways to write a phone: people type it as they like, and the vendor compares what is written.
func writings(phone core.Phone) []string {
	digits := string(phone)
	if digits == "" {
		return nil
	}
	out := []string{"+" + digits, digits}
	if len(digits) > 10 {
		out = append(out, digits[len(digits)-10:])
	}
	if len(digits) == 11 && digits[0] == '7' {
		out = append(out, "8"+digits[1:])
	}
	return out
}

// contacts reads contacts, oldest first; those that are not there are left out.
func (c *connector) contacts(ctx context.Context, ids []string) ([]integrations.RemoteContact, error) {
	slices.SortFunc(ids, byNumber)
	commands := map[string]command{}
	addContacts(commands, slices.Compact(ids))
	if len(commands) == 0 {
		return nil, nil
	}
	got, err := c.batch(ctx, commands)
	if err != nil {
		return nil, err
	}
	return got.contacts()
}

// addContacts asks for contacts by sorted identifiers; results.contacts returns them.
func addContacts(commands map[string]command, ids []string) {
	for i, part := range chunks(ids, page) {
		commands[fmt.Sprintf("contacts%03d", i)] = command{"crm.contact.list", contactsByID(part)}
	}
}

// contacts returns the contacts a batch has read, in the order of their identifiers.
func (r *results) contacts() ([]integrations.RemoteContact, error) {
	var out []integrations.RemoteContact
	for _, name := range r.named("contacts") {
		var rows []contactRow
		if err := r.decode(name, &rows); err != nil {
			return nil, err
		}
		for i := range rows {
			out = append(out, rows[i].contact())
		}
	}
	return out, nil
}

func contactsByID(ids []string) params {
	return params{"filter": params{"@ID": ids}, "select": contactFields, "order": params{"ID": "ASC"}, "start": -1}
}

// byNumber compares identifiers as the numbers they are.
func byNumber(a, b string) int {
	if len(a) != len(b) {
		return len(a) - len(b)
	}
	return strings.Compare(a, b)
}

// CreateContact implements integrations.ContactBook.
func (c *connector) CreateContact(ctx context.Context, n integrations.NewContact) (integrations.RemoteContact, error) {
	if err := c.load(ctx); err != nil {
		return integrations.RemoteContact{}, err
	}
	id, err := c.made(ctx, "crm.contact.add", contactParams(n))
	if err != nil {
		return integrations.RemoteContact{}, err
	}
	out := integrations.RemoteContact{ID: id, Name: nameOf(n.Person), CreatedAt: c.session.Clock.Now().UTC(), Responsible: n.Responsible}
	if n.Phone != "" {
		out.Phones = []string{"+" + string(n.Phone)}
	}
	if n.Email != "" {
		out.Emails = []string{string(n.Email)}
	}
	return out, nil
}

func contactParams(n integrations.NewContact) params {
	fields := personFields(n.Person)
	fields["SOURCE_ID"] = "WEB"
	setID(fields, "ASSIGNED_BY_ID", n.Responsible)
	fields["ORIGINATOR_ID"], fields["ORIGIN_ID"] = originator, n.Key
	return params{"fields": fields, "params": params{"REGISTER_SONET_EVENT": "Y"}}
}

// personFields are a person's fields of a contact or lead.
func personFields(p integrations.Person) params {
	fields := params{"NAME": nameOf(p)}
	if p.Phone != "" {
		fields["PHONE"] = []params{{"VALUE": "+" + string(p.Phone), "VALUE_TYPE": "WORK"}}
	}
	if p.Email != "" {
		fields["EMAIL"] = []params{{"VALUE": string(p.Email), "VALUE_TYPE": "WORK"}}
	}
	return fields
}

// nameOf is what a person goes by: contacts without a name are refused.
func nameOf(p integrations.Person) string {
	switch {
	case strings.TrimSpace(p.Name) != "":
		return strings.TrimSpace(p.Name)
	case p.Phone != "":
		return "+" + string(p.Phone)
	default:
		return string(p.Email)
	}
}

// setID sets a field unless there is no choice.
func setID(fields params, name, id string) {
	if id != "" {
		fields[name] = id
	}
}
