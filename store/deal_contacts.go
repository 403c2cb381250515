package store

import (
	"context"
	"strings"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/deals"
)

// readContacts reads contacts c ordered by creation, their phones and e-mails by value.
func (c conn) readContacts(ctx context.Context, from, condition string, args []any) (out []deals.Contact, err error) {
	err = c.query(ctx, `SELECT c.id, c.crm_id, c.external_id, c.name, c.created_at, COALESCE(v.kind, ''), COALESCE(v.value, '')
FROM `+from+` LEFT JOIN deal_contact_values v ON v.account_id = c.account_id AND v.contact_id = c.id WHERE `+condition+` ORDER BY c.created_at, c.id, v.kind, v.value`, args, func(row scanner) error {
		var x deals.Contact
		var createdAt int64
		var kind, value string
		if err := row.Scan(&x.ID, &x.CRMID, &x.ExternalID, &x.Name, &createdAt, &kind, &value); err != nil {
			return err
		}
		x.CreatedAt = fromMillis(createdAt)
		if n := len(out); n == 0 || out[n-1].ID != x.ID {
			out = append(out, x)
		}
		last := &out[len(out)-1]
		switch kind {
		case "phone":
			last.Phones = append(last.Phones, core.Phone(value))
		case "email":
			last.Emails = append(last.Emails, core.Email(value))
		}
		return nil
	})
	return out, err
}

// Contacts implements deals.Reader.
func (p *partsOfCRM) Contacts(ctx context.Context, externalIDs []string) ([]deals.Contact, error) {
	from, w := p.named("deal_contacts", "c", externalIDs)
	return p.readContacts(ctx, from, w.text.String(), w.args)
}

// DealContacts implements deals.DealReader.
func (s *DealStore) DealContacts(ctx context.Context, account core.AccountID, ids []core.DealContactID) (map[core.DealContactID]deals.Contact, error) {
	out := map[core.DealContactID]deals.Contact{}
	if len(ids) == 0 {
		return out, nil
	}
	list, err := s.db.rawReader().readContacts(ctx, "deal_contacts c", `c.account_id = $1 AND c.id {in $2}`, []any{int64(account), idsArg(s.db.Engine, ids)})
	for _, x := range list {
		out[x.ID] = x
	}
	return out, err
}

// PutContacts implements deals.Tx.
func (p *partsOfCRM) PutContacts(ctx context.Context, list []deals.Contact) error {
	if len(list) == 0 {
		return nil
	}
	ids, rows, values := make([]core.DealContactID, len(list)), make([][]any, len(list)), [][]any(nil)
	for i, x := range list {
		ids[i] = x.ID
		rows[i] = []any{p.account, int64(x.ID), p.crm, x.ExternalID, x.Name, strings.ToLower(x.Name), millis(x.CreatedAt)}
		for _, v := range x.Phones {
			values = append(values, []any{p.account, int64(x.ID), "phone", string(v)})
		}
		for _, v := range x.Emails {
			values = append(values, []any{p.account, int64(x.ID), "email", string(v)})
		}
	}
	if err := p.upsert(ctx, "deal_contacts", 2, "account_id, id, crm_id, external_id, name, name_search, created_at", rows); err != nil {
		return err
	}
	if _, err := p.exec(ctx, `DELETE FROM deal_contact_values WHERE account_id = $1 AND contact_id {in $2}`, p.account, idsArg(p.engine, ids)); err != nil {
		return err
	}
	if err := p.upsert(ctx, "deal_contact_values", 4, "account_id, contact_id, kind, value", values); err != nil {
		return err
	}
	return p.contactsChanged(ctx, ids)
}

// contactsChanged tells linking and reports of deals that have the contacts, of themselves or by their leads.
func (p *partsOfCRM) contactsChanged(ctx context.Context, ids []core.DealContactID) error {
	if err := p.markDealsOfContacts(ctx, core.AccountID(p.account), ids); err != nil {
		return err
	}
	arg := idsArg(p.engine, ids)
	var leads []string
	err := p.query(ctx, `SELECT external_id FROM leads WHERE account_id = $1 AND crm_id = $2 AND contact_id {in $3}`, []any{p.account, p.crm, arg}, func(row scanner) error {
		var id string
		err := row.Scan(&id)
		leads = append(leads, id)
		return err
	})
	if err != nil {
		return err
	}
	if err := p.leadsChanged(ctx, leads); err != nil {
		return err
	}
	return p.bumpDealDays(ctx, `d.id IN (SELECT l.deal_id FROM deal_contact_links l WHERE l.account_id = $1 AND l.contact_id {in $2})`, arg)
}
