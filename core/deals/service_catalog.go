package deals

import (
	"context"
	"slices"

	"github.com/skvoz/skvoz/core"
)

// CreateEmployee makes an employee. KindConflict (duplicate_entity) when there is one with this external identifier.
func (s *Service) CreateEmployee(ctx context.Context, account core.AccountID, crm core.CRMID, externalID, name string) (Employee, error) {
	e := Employee{CRMID: crm, ExternalID: externalID, Name: name}
	if err := checkIdentity(externalID, name); err != nil {
		return Employee{}, err
	}
	err := s.change(ctx, account, crm, func(tx Tx) error {
		same, err := tx.Employees(ctx, []string{externalID})
		if err != nil {
			return err
		}
		if len(same) > 0 {
			return duplicate("employee", "ext_id", externalID)
		}
		e.ID = core.DealEmployeeID(tx.NewID())
		return tx.PutEmployee(ctx, e)
	})
	return e, err
}

func checkIdentity(externalID, name string) error {
	var c checks
	c.identity(externalID, name)
	return c.err
}

func employeeOf(ctx context.Context, tx Tx, externalID string) (Employee, error) {
	list, err := tx.Employees(ctx, []string{externalID})
	if err != nil {
		return Employee{}, err
	}
	if len(list) == 0 {
		return Employee{}, missing("employee", "ext_id", externalID)
	}
	return list[0], nil
}

// UpdateEmployee changes an employee.
func (s *Service) UpdateEmployee(ctx context.Context, account core.AccountID, crm core.CRMID, externalID string, name core.Opt[string]) error {
	return s.change(ctx, account, crm, func(tx Tx) error {
		e, err := employeeOf(ctx, tx, externalID)
		if err != nil {
			return err
		}
		e.Name = name.Or(e.Name)
		if err := checkIdentity(externalID, e.Name); err != nil {
			return err
		}
		return tx.PutEmployee(ctx, e)
	})
}

// DeleteEmployee deletes an employee. KindConflict (dependency_error) while a deal or lead has them.
func (s *Service) DeleteEmployee(ctx context.Context, account core.AccountID, crm core.CRMID, externalID string) error {
	return s.change(ctx, account, crm, func(tx Tx) error {
		e, err := employeeOf(ctx, tx, externalID)
		if err != nil {
			return err
		}
		return deleteUnused(ctx, tx, PartEmployee, int64(e.ID), externalID)
	})
}

// checkCompany brings phones and e-mails into their one form.
func (s *Service) checkCompany(x *Company) error {
	var c checks
	c.identity(x.ExternalID, x.Name)
	c.text("description", x.Description, maxText)
	x.Phones, x.Emails = s.phones(&c, "phones", texts(x.Phones)), s.emails(&c, texts(x.Emails))
	c.count("contact_ext_ids", len(x.ContactExternalIDs))
	for _, id := range x.ContactExternalIDs {
		c.text("contact_ext_ids", id, maxExternalID)
	}
	return c.err
}

// CreateCompany makes a company; phones may be in any writing. Its contacts may come later than the company.
func (s *Service) CreateCompany(ctx context.Context, account core.AccountID, crm core.CRMID, x Company) (Company, error) {
	if err := s.checkCompany(&x); err != nil {
		return Company{}, err
	}
	x.CRMID = crm
	err := s.change(ctx, account, crm, func(tx Tx) error {
		same, err := tx.Companies(ctx, []string{x.ExternalID})
		if err != nil {
			return err
		}
		if len(same) > 0 {
			return duplicate("company", "ext_id", x.ExternalID)
		}
		x.ID = core.CompanyID(tx.NewID())
		return tx.PutCompany(ctx, x)
	})
	return x, err
}

func companyOf(ctx context.Context, tx Tx, externalID string) (Company, error) {
	list, err := tx.Companies(ctx, []string{externalID})
	if err != nil {
		return Company{}, err
	}
	if len(list) == 0 {
		return Company{}, missing("company", "ext_id", externalID)
	}
	return list[0], nil
}

// UpdateCompany overwrites the company with the same external identifier.
func (s *Service) UpdateCompany(ctx context.Context, account core.AccountID, crm core.CRMID, x Company) error {
	if err := s.checkCompany(&x); err != nil {
		return err
	}
	return s.change(ctx, account, crm, func(tx Tx) error {
		old, err := companyOf(ctx, tx, x.ExternalID)
		if err != nil {
			return err
		}
		x.ID, x.CRMID = old.ID, crm
		return tx.PutCompany(ctx, x)
	})
}

// DeleteCompany deletes a company. KindConflict (dependency_error) while a deal has it.
func (s *Service) DeleteCompany(ctx context.Context, account core.AccountID, crm core.CRMID, externalID string) error {
	return s.change(ctx, account, crm, func(tx Tx) error {
		x, err := companyOf(ctx, tx, externalID)
		if err != nil {
			return err
		}
		return deleteUnused(ctx, tx, PartCompany, int64(x.ID), externalID)
	})
}

// CreateField makes a field of one's own. KindConflict (duplicate_entity) when the entity has one with this external identifier.
func (s *Service) CreateField(ctx context.Context, account core.AccountID, crm core.CRMID, f Field) (Field, error) {
	var c checks
	c.identity(f.ExternalID, f.Name)
	c.that(f.DataType == FieldNumeric || f.DataType == FieldString, "data_type", string(f.DataType), "a field is numeric or string, not %q", f.DataType)
	c.that(f.Entity == FieldOfDeal || f.Entity == FieldOfLead, "entity", string(f.Entity), "there are no fields of %q", f.Entity)
	if c.err != nil {
		return Field{}, c.err
	}
	f.CRMID = crm
	err := s.change(ctx, account, crm, func(tx Tx) error {
		if _, err := fieldOf(ctx, tx, f.Entity, f.ExternalID); core.KindOf(err) != core.KindNotFound {
			return orElse(err, duplicate("field", "ext_id", f.ExternalID))
		}
		f.ID = tx.NewID()
		return tx.PutField(ctx, f)
	})
	return f, err
}

func orElse(err, other error) error {
	if err != nil {
		return err
	}
	return other
}

func fieldOf(ctx context.Context, tx Tx, entity FieldEntity, externalID string) (Field, error) {
	all, err := tx.Fields(ctx, entity)
	if err != nil {
		return Field{}, err
	}
	i := slices.IndexFunc(all, func(f Field) bool { return f.ExternalID == externalID })
	if i < 0 {
		return Field{}, missing("field", "ext_id", externalID)
	}
	return all[i], nil
}

// RenameField gives a field another name.
func (s *Service) RenameField(ctx context.Context, account core.AccountID, crm core.CRMID, entity FieldEntity, externalID, name string) error {
	if err := checkIdentity(externalID, name); err != nil {
		return err
	}
	return s.change(ctx, account, crm, func(tx Tx) error {
		f, err := fieldOf(ctx, tx, entity, externalID)
		if err != nil {
			return err
		}
		f.Name = name
		return tx.PutField(ctx, f)
	})
}

// DeleteField deletes a field; values deals and leads have stay with them.
func (s *Service) DeleteField(ctx context.Context, account core.AccountID, crm core.CRMID, entity FieldEntity, externalID string) error {
	return s.change(ctx, account, crm, func(tx Tx) error {
		f, err := fieldOf(ctx, tx, entity, externalID)
		if err != nil {
			return err
		}
		return tx.Delete(ctx, PartField, f.ID)
	})
}
