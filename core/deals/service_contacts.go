package deals

import (
	"context"
	"fmt"
	"strings"

	"github.com/skvoz/skvoz/core"
)

// CreateContacts makes 1 to MaxAtOnce contacts, all or none. KindConflict (duplicate_entity) when one is there already or given twice; KindInvalid for
// a phone or e-mail that is none.
func (s *Service) CreateContacts(ctx context.Context, account core.AccountID, crm core.CRMID, in []NewContact) error {
	if err := checkBatch("contacts", len(in)); err != nil {
		return err
	}
	list, err := s.newContacts(crm, in)
	if err != nil {
		return err
	}
	return s.change(ctx, account, crm, func(tx Tx) error {
		if err := refuseKnown(ctx, tx, list); err != nil {
			return err
		}
		for i := range list {
			list[i].ID = core.DealContactID(tx.NewID())
		}
		return tx.PutContacts(ctx, list)
	})
}

func (s *Service) newContacts(crm core.CRMID, in []NewContact) ([]Contact, error) {
	list, seen := make([]Contact, len(in)), map[string]bool{}
	for i, n := range in {
		x, err := s.newContact(fmt.Sprintf("contacts.%d.", i), n)
		if err != nil {
			return nil, err
		}
		if seen[x.ExternalID] {
			return nil, duplicate("contact", fmt.Sprintf("contacts.%d.ext_id", i), x.ExternalID)
		}
		seen[x.ExternalID] = true
		x.CRMID = crm
		list[i] = x
	}
	return list, nil
}

func (s *Service) newContact(at string, n NewContact) (Contact, error) {
	c := checks{at: at}
	c.identity(n.ExternalID, n.Name)
	if n.CreatedAt.IsZero() {
		n.CreatedAt = s.now()
	}
	x := Contact{ExternalID: n.ExternalID, Name: n.Name, CreatedAt: n.CreatedAt, Phones: s.phones(&c, "phone_numbers", n.Phones), Emails: s.emails(&c, n.Emails)}
	c.notFuture("created_date_time", n.CreatedAt, s.now())
	return x, c.err
}

// refuseKnown names the first contact that is there already.
func refuseKnown(ctx context.Context, tx Tx, list []Contact) error {
	ids := make([]string, len(list))
	for i, x := range list {
		ids[i] = x.ExternalID
	}
	same, err := tx.Contacts(ctx, ids)
	if err != nil {
		return err
	}
	known := map[string]bool{}
	for _, x := range same {
		known[x.ExternalID] = true
	}
	for i, id := range ids {
		if known[id] {
			return duplicate("contact", fmt.Sprintf("contacts.%d.ext_id", i), id)
		}
	}
	return nil
}

// phones reads phones in any writing; the same one twice counts once.
func (s *Service) phones(c *checks, field string, raw []string) []core.Phone {
	return readAll[core.Phone](c, field, raw, s.cfg.ReadPhone, "%q is not a phone number", false)
}

// emails reads e-mails, which must differ.
func (s *Service) emails(c *checks, raw []string) []core.Email {
	return readAll[core.Email](c, "emails", raw, s.cfg.ReadEmail, "%q is not an e-mail address", true)
}

func readAll[T ~string](c *checks, field string, raw []string, read func(string) (string, bool), complaint string, distinct bool) []T {
	c.count(field, len(raw))
	var out []T
	seen := map[string]bool{}
	for i, text := range raw {
		at := fmt.Sprintf("%s.%d", field, i)
		value, ok := read(strings.TrimSpace(text))
		c.that(ok, at, strings.ToValidUTF8(text, "\ufffd"), complaint, text)
		if seen[value] && distinct {
			c.fail(core.E(core.KindInvalid, fmt.Sprintf("%q is given twice", value)).WithReason(reasonDuplicate).WithField(c.at + at).WithValue(text))
		}
		if !seen[value] {
			out = append(out, T(value))
		}
		seen[value] = true
	}
	return out
}

// UpdateContact changes a contact; lists that are set replace the old ones. Deals with the contact are linked anew.
func (s *Service) UpdateContact(ctx context.Context, account core.AccountID, crm core.CRMID, externalID string, p ContactPatch) error {
	var c checks
	phones, emails := s.phones(&c, "phone_numbers", p.Phones.Value), s.emails(&c, p.Emails.Value)
	if p.Name.Set {
		c.needed("name", p.Name.Value, maxName)
	}
	if p.CreatedAt.Set {
		c.notFuture("created_date_time", p.CreatedAt.Value, s.now())
	}
	if c.err != nil {
		return c.err
	}
	return s.change(ctx, account, crm, func(tx Tx) error {
		x, err := contactOf(ctx, tx, externalID)
		if err != nil {
			return err
		}
		x.Name, x.CreatedAt = p.Name.Or(x.Name), p.CreatedAt.Or(x.CreatedAt)
		x.Phones = core.Opt[[]core.Phone]{Value: phones, Set: p.Phones.Set}.Or(x.Phones)
		x.Emails = core.Opt[[]core.Email]{Value: emails, Set: p.Emails.Set}.Or(x.Emails)
		return tx.PutContacts(ctx, []Contact{x})
	})
}

func contactOf(ctx context.Context, tx Tx, externalID string) (Contact, error) {
	list, err := tx.Contacts(ctx, []string{externalID})
	if err != nil {
		return Contact{}, err
	}
	if len(list) == 0 {
		return Contact{}, missing("contact", "ext_id", externalID)
	}
	return list[0], nil
}

// DeleteContact deletes a contact. KindConflict (dependency_error) while a deal or lead has it.
func (s *Service) DeleteContact(ctx context.Context, account core.AccountID, crm core.CRMID, externalID string) error {
	return s.change(ctx, account, crm, func(tx Tx) error {
		x, err := contactOf(ctx, tx, externalID)
		if err != nil {
			return err
		}
		return deleteUnused(ctx, tx, PartContact, int64(x.ID), externalID)
	})
}
