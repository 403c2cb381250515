package store

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/deals"
)

// Employees implements deals.Reader.
func (p *partsOfCRM) Employees(ctx context.Context, externalIDs []string) ([]deals.Employee, error) {
	w := p.parts("")
	w.namesIn(p.engine, "external_id", externalIDs)
	return p.readEmployees(ctx, w.text.String(), w.args)
}

func (c conn) readEmployees(ctx context.Context, condition string, args []any) (out []deals.Employee, err error) {
	err = c.query(ctx, `SELECT id, crm_id, external_id, name FROM deal_employees WHERE `+condition+` ORDER BY id`, args, func(row scanner) error {
		var e deals.Employee
		err := row.Scan(&e.ID, &e.CRMID, &e.ExternalID, &e.Name)
		out = append(out, e)
		return err
	})
	return out, err
}

// DealEmployees implements deals.DealReader.
func (s *DealStore) DealEmployees(ctx context.Context, account core.AccountID, ids []core.DealEmployeeID) (map[core.DealEmployeeID]deals.Employee, error) {
	out := map[core.DealEmployeeID]deals.Employee{}
	if len(ids) == 0 {
		return out, nil
	}
	list, err := s.db.rawReader().readEmployees(ctx, `account_id = $1 AND id {in $2}`, []any{int64(account), idsArg(s.db.Engine, ids)})
	for _, e := range list {
		out[e.ID] = e
	}
	return out, err
}

// PutEmployee implements deals.Tx.
func (p *partsOfCRM) PutEmployee(ctx context.Context, e deals.Employee) error {
	return p.upsert(ctx, "deal_employees", 2, "account_id, id, crm_id, external_id, name", [][]any{{p.account, int64(e.ID), p.crm, e.ExternalID, e.Name}})
}

// Companies implements deals.Reader.
func (p *partsOfCRM) Companies(ctx context.Context, externalIDs []string) (out []deals.Company, err error) {
	w := p.parts("")
	w.namesIn(p.engine, "external_id", externalIDs)
	err = p.query(ctx, `SELECT id, crm_id, external_id, name, description, phones, emails, contact_external_ids FROM deal_companies WHERE `+w.text.String()+` ORDER BY id`,
		w.args, func(row scanner) error {
			var x deals.Company
			var phones, emails, contacts string
			if err := row.Scan(&x.ID, &x.CRMID, &x.ExternalID, &x.Name, &x.Description, &phones, &emails, &contacts); err != nil {
				return err
			}
			err := errors.Join(json.Unmarshal([]byte(phones), &x.Phones), json.Unmarshal([]byte(emails), &x.Emails), json.Unmarshal([]byte(contacts), &x.ContactExternalIDs))
			out = append(out, x)
			return err
		})
	return out, err
}

// PutCompany implements deals.Tx.
func (p *partsOfCRM) PutCompany(ctx context.Context, x deals.Company) error {
	row := []any{p.account, int64(x.ID), p.crm, x.ExternalID, x.Name, x.Description, jsonText(x.Phones), jsonText(x.Emails), jsonText(x.ContactExternalIDs)}
	return p.upsert(ctx, "deal_companies", 2, "account_id, id, crm_id, external_id, name, description, phones, emails, contact_external_ids", [][]any{row})
}

// Fields implements deals.Reader.
func (p *partsOfCRM) Fields(ctx context.Context, entity deals.FieldEntity) (out []deals.Field, err error) {
	w := p.parts("")
	w.and("entity = ?", string(entity))
	err = p.query(ctx, `SELECT id, crm_id, entity, external_id, name, data_type FROM crm_fields WHERE `+w.text.String()+` ORDER BY id`, w.args, func(row scanner) error {
		var f deals.Field
		err := row.Scan(&f.ID, &f.CRMID, &f.Entity, &f.ExternalID, &f.Name, &f.DataType)
		out = append(out, f)
		return err
	})
	return out, err
}

// PutField implements deals.Tx.
func (p *partsOfCRM) PutField(ctx context.Context, f deals.Field) error {
	row := []any{p.account, f.ID, p.crm, string(f.Entity), f.ExternalID, f.Name, string(f.DataType)}
	return p.upsert(ctx, "crm_fields", 2, "account_id, id, crm_id, entity, external_id, name, data_type", [][]any{row})
}
