package deals

import (
	"context"
	"fmt"
	"time"

	"github.com/skvoz/skvoz/core"
)

// ContactRecord is a contact to create, or to change where the CRM's identifier is known; what is not set stays.
type ContactRecord struct {
	ExternalID string
	Name       string
	CreatedAt  core.Opt[time.Time]
	Phones     core.Opt[[]string]
	Emails     core.Opt[[]string]
}

// PutContacts creates or changes 1 to MaxAtOnce contacts by external identifier, all or none. Deals with a changed contact are linked anew.
// KindInvalid for a phone or e-mail that is none, and for a contact given twice.
func (s *Service) PutContacts(ctx context.Context, account core.AccountID, crm core.CRMID, in []ContactRecord) error {
	if err := checkBatch("contacts", len(in)); err != nil {
		return err
	}
	fresh := make([]NewContact, len(in))
	for i, r := range in {
		fresh[i] = NewContact{ExternalID: r.ExternalID, Name: r.Name, CreatedAt: r.CreatedAt.Value, Phones: r.Phones.Value, Emails: r.Emails.Value}
	}
	list, err := s.newContacts(crm, fresh)
	if err != nil {
		return err
	}
	return s.change(ctx, account, crm, func(tx Tx) error {
		ids := make([]string, len(in))
		for i, r := range in {
			ids[i] = r.ExternalID
		}
		same, err := tx.Contacts(ctx, ids)
		if err != nil {
			return err
		}
		known := make(map[string]Contact, len(same))
		for _, x := range same {
			known[x.ExternalID] = x
		}
		for i := range list {
			old, ok := known[list[i].ExternalID]
			if !ok {
				list[i].ID = core.DealContactID(tx.NewID())
				continue
			}
			list[i] = merged(old, list[i], in[i])
		}
		return tx.PutContacts(ctx, list)
	})
}

// merged is the contact that was there with what the record sets.
func merged(old, fresh Contact, r ContactRecord) Contact {
	old.Name = fresh.Name
	if r.CreatedAt.Set {
		old.CreatedAt = fresh.CreatedAt
	}
	if r.Phones.Set {
		old.Phones = fresh.Phones
	}
	if r.Emails.Set {
		old.Emails = fresh.Emails
	}
	return old
}

// PutEmployees creates or renames 1 to MaxAtOnce employees by external identifier, all or none.
func (s *Service) PutEmployees(ctx context.Context, account core.AccountID, crm core.CRMID, list []Employee) error {
	if err := checkBatch("employees", len(list)); err != nil {
		return err
	}
	ids := make([]string, len(list))
	for i, e := range list {
		if err := checkIdentity(e.ExternalID, e.Name); err != nil {
			known := core.AsError(err)
			return known.WithField(fmt.Sprintf("employees.%d.%s", i, known.Field))
		}
		ids[i] = e.ExternalID
	}
	return s.change(ctx, account, crm, func(tx Tx) error {
		same, err := tx.Employees(ctx, ids)
		if err != nil {
			return err
		}
		known := make(map[string]core.DealEmployeeID, len(same))
		for _, e := range same {
			known[e.ExternalID] = e.ID
		}
		for _, e := range list {
			e.CRMID = crm
			if e.ID = known[e.ExternalID]; e.ID == 0 {
				e.ID = core.DealEmployeeID(tx.NewID())
				known[e.ExternalID] = e.ID
			}
			if err := tx.PutEmployee(ctx, e); err != nil {
				return err
			}
		}
		return nil
	})
}
