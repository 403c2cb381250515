package deals

import (
	"context"

	"github.com/skvoz/skvoz/core"
)

// listed answers a list request from rows that are all there.
func listed[T any](rows []T, err error, r core.ListRequest, field func(*T, string) (any, bool)) (core.Listing[T], error) {
	if err != nil {
		return core.Listing[T]{}, err
	}
	return core.ListRows(rows, r, field)
}

func identityField(field, externalID, name string) (any, bool) {
	switch field {
	case "ext_id":
		return externalID, true
	case "name":
		return name, true
	}
	return nil, false
}

// Component returns the Data API's word for the place parts of a CRM come from.
func (k Kind) Component() string {
	if k == KindCustom {
		return "dataapi"
	}
	return string(k)
}

// ListEmployees returns a part of the employees of a CRM. Fields: ext_id, name.
func (s *Service) ListEmployees(ctx context.Context, account core.AccountID, crm core.CRMID, r core.ListRequest) (core.Listing[Employee], error) {
	list, err := s.cfg.Store.ReadCRM(account, crm).Employees(ctx, nil)
	return listed(list, err, r, func(e *Employee, field string) (any, bool) { return identityField(field, e.ExternalID, e.Name) })
}

// ListContacts returns a part of the contacts of a CRM. Fields: ext_id, name, created_date_time, phone_numbers, emails, component.
func (s *Service) ListContacts(ctx context.Context, account core.AccountID, crm core.CRMID, r core.ListRequest) (core.Listing[Contact], error) {
	c, err := s.CRM(ctx, account, crm)
	if err != nil {
		return core.Listing[Contact]{}, err
	}
	list, err := s.cfg.Store.ReadCRM(account, crm).Contacts(ctx, nil)
	return listed(list, err, r, func(x *Contact, field string) (any, bool) { return contactField(x, c.Kind, field) })
}

func contactField(x *Contact, kind Kind, field string) (any, bool) {
	switch field {
	case "created_date_time":
		return x.CreatedAt, true
	case "phone_numbers":
		return texts(x.Phones), true
	case "emails":
		return texts(x.Emails), true
	case "component":
		return kind.Component(), true
	}
	return identityField(field, x.ExternalID, x.Name)
}

func texts[T ~string](list []T) []string {
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = string(v)
	}
	return out
}

// ListCompanies returns a part of the companies of a CRM. Fields: ext_id, name, description, phones, emails, contact_ext_ids, component.
func (s *Service) ListCompanies(ctx context.Context, account core.AccountID, crm core.CRMID, r core.ListRequest) (core.Listing[Company], error) {
	c, err := s.CRM(ctx, account, crm)
	if err != nil {
		return core.Listing[Company]{}, err
	}
	list, err := s.cfg.Store.ReadCRM(account, crm).Companies(ctx, nil)
	return listed(list, err, r, func(x *Company, field string) (any, bool) { return companyField(x, c.Kind, field) })
}

func companyField(x *Company, kind Kind, field string) (any, bool) {
	switch field {
	case "description":
		return x.Description, true
	case "phones":
		return texts(x.Phones), true
	case "emails":
		return texts(x.Emails), true
	case "contact_ext_ids":
		return x.ContactExternalIDs, true
	case "component":
		return kind.Component(), true
	}
	return identityField(field, x.ExternalID, x.Name)
}

// ListFields returns a part of the fields of one's own of deals or leads. Fields: ext_id, name, data_type.
func (s *Service) ListFields(ctx context.Context, account core.AccountID, crm core.CRMID, entity FieldEntity, r core.ListRequest) (core.Listing[Field], error) {
	list, err := s.cfg.Store.ReadCRM(account, crm).Fields(ctx, entity)
	return listed(list, err, r, func(x *Field, field string) (any, bool) {
		if field == "data_type" {
			return string(x.DataType), true
		}
		return identityField(field, x.ExternalID, x.Name)
	})
}

// ListLeadStages returns a part of the stages of leads. Fields: id, ext_id, name, type, order, component.
func (s *Service) ListLeadStages(ctx context.Context, account core.AccountID, crm core.CRMID, r core.ListRequest) (core.Listing[LeadStage], error) {
	c, err := s.CRM(ctx, account, crm)
	if err != nil {
		return core.Listing[LeadStage]{}, err
	}
	list, err := s.cfg.Store.ReadCRM(account, crm).LeadStages(ctx)
	return listed(list, err, r, func(x *LeadStage, field string) (any, bool) { return leadStageField(x, c.Kind, field) })
}

func leadStageField(x *LeadStage, kind Kind, field string) (any, bool) {
	switch field {
	case "id":
		return x.ID, true
	case "type":
		return string(x.Type), true
	case "order":
		return x.Position, true
	case "component":
		return kind.Component(), true
	}
	return identityField(field, x.ExternalID, x.Name)
}

// ListHistory returns a part of the states deals of a CRM were in, generated ones included, oldest deal first. Fields: ext_id, name, created_date_time,
// closed_date_time, modified_stage_date_time, contact_ext_ids, tag_ext_ids, main_contact_ext_id, employee_ext_id, revenue, sales_funnel_ext_id,
// stage_ext_id, comments, source, is_generated, communication_id, communication_type. Revenue is compared in major units.
func (s *Service) ListHistory(ctx context.Context, account core.AccountID, crm core.CRMID, r core.ListRequest) (core.Listing[HistoryRow], error) {
	return s.cfg.Store.History(ctx, account, crm, r)
}
