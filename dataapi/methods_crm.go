package dataapi

import (
	"context"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/deals"
)

// byExternalID does what takes the external identifier alone.
func byExternalID(do func(ctx context.Context, account core.AccountID, crm core.CRMID, externalID string) error) work {
	return inCRM(func(ctx context.Context, c *call, crm core.CRMID) (any, error) {
		return done(do(ctx, c.account(), crm, c.args.text("ext_id")))
	})
}

// lister reads a part of a list within a CRM.
type lister[T any] func(ctx context.Context, account core.AccountID, crm core.CRMID, r core.ListRequest) (core.Listing[T], error)

func listOf[T any](list lister[T], read func(T) row) work {
	return inCRM(func(ctx context.Context, c *call, crm core.CRMID) (any, error) {
		l, err := list(ctx, c.account(), crm, c.list)
		return rows(c, l, err, read)
	})
}

func newStage(o object) deals.NewStage {
	return deals.NewStage{ExternalID: o.text("ext_id"), Name: o.text("name"), Position: int(o.number("order"))}
}

func createFunnel(ctx context.Context, c *call, crm core.CRMID) (any, error) {
	stages := c.args.of("stages")
	f := deals.NewFunnel{
		ExternalID: c.args.text("ext_id"), Name: c.args.text("name"), Success: newStage(stages.of("success")), Failed: newStage(stages.of("failed")),
	}
	for _, s := range stages.within("in_process") {
		f.InProcess = append(f.InProcess, newStage(s))
	}
	_, err := c.h.Deals.CreateFunnel(ctx, c.account(), crm, f)
	return c.created(err)
}

func updateFunnel(ctx context.Context, c *call, crm core.CRMID) (any, error) {
	return done(c.h.Deals.RenameFunnel(ctx, c.account(), crm, c.args.text("ext_id"), c.args.text("name")))
}

func funnelRow(f deals.Funnel) row {
	stages := make([]map[string]any, len(f.Stages))
	for i, s := range f.Stages {
		stages[i] = map[string]any{"stage_ext_id": s.ExternalID, "stage_name": s.Name, "stage_status": s.Status, "stage_order": s.Position}
	}
	return row{"ext_id": f.ExternalID, "name": f.Name, "stages": stages}
}

func createStage(ctx context.Context, c *call, crm core.CRMID) (any, error) {
	_, err := c.h.Deals.CreateStage(ctx, c.account(), crm, c.args.text("sales_funnel_ext_id"), newStage(c.args))
	return c.created(err)
}

func updateStage(ctx context.Context, c *call, crm core.CRMID) (any, error) {
	p := deals.StagePatch{Name: opt[string](c.args, "name")}
	if c.args.given("order") {
		p.Position = core.Some(int(c.args.number("order")))
	}
	return done(c.h.Deals.UpdateStage(ctx, c.account(), crm, c.args.text("sales_funnel_ext_id"), c.args.text("ext_id"), p))
}

func deleteStage(ctx context.Context, c *call, crm core.CRMID) (any, error) {
	return done(c.h.Deals.DeleteStage(ctx, c.account(), crm, c.args.text("sales_funnel_ext_id"), c.args.text("ext_id")))
}

func createContacts(ctx context.Context, c *call, crm core.CRMID) (any, error) {
	var list []deals.NewContact
	for _, o := range c.args.within("contacts") {
		list = append(list, deals.NewContact{
			ExternalID: o.text("ext_id"), Name: o.text("name"), CreatedAt: o.moment("created_date_time"), Phones: o.texts("phone_numbers"), Emails: o.texts("emails"),
		})
	}
	return done(c.h.Deals.CreateContacts(ctx, c.account(), crm, list))
}

func updateContact(ctx context.Context, c *call, crm core.CRMID) (any, error) {
	p := deals.ContactPatch{
		Name: opt[string](c.args, "name"), Phones: opt[[]string](c.args, "phone_numbers"), Emails: opt[[]string](c.args, "emails"),
	}
	if c.args.given("created_date_time") {
		p.CreatedAt = core.Some(c.args.moment("created_date_time"))
	}
	return done(c.h.Deals.UpdateContact(ctx, c.account(), crm, c.args.text("ext_id"), p))
}

// component says where what was uploaded here came from.
const component = "dataapi"

func contactRow(x deals.Contact) row {
	return row{"ext_id": x.ExternalID, "name": x.Name, "created_date_time": x.CreatedAt, "phone_numbers": x.Phones, "emails": x.Emails, "component": component}
}

func createEmployee(ctx context.Context, c *call, crm core.CRMID) (any, error) {
	_, err := c.h.Deals.CreateEmployee(ctx, c.account(), crm, c.args.text("ext_id"), c.args.text("name"))
	return c.created(err)
}

func updateEmployee(ctx context.Context, c *call, crm core.CRMID) (any, error) {
	return done(c.h.Deals.UpdateEmployee(ctx, c.account(), crm, c.args.text("ext_id"), opt[string](c.args, "name")))
}

func employeeRow(e deals.Employee) row { return row{"ext_id": e.ExternalID, "name": e.Name} }

func createField(entity deals.FieldEntity) work {
	return inCRM(func(ctx context.Context, c *call, crm core.CRMID) (any, error) {
		_, err := c.h.Deals.CreateField(ctx, c.account(), crm, deals.Field{
			Entity: entity, ExternalID: c.args.text("ext_id"), Name: c.args.text("name"), DataType: deals.FieldType(c.args.text("data_type")),
		})
		return c.created(err)
	})
}

func updateField(entity deals.FieldEntity) work {
	return inCRM(func(ctx context.Context, c *call, crm core.CRMID) (any, error) {
		return c.created(c.h.Deals.RenameField(ctx, c.account(), crm, entity, c.args.text("ext_id"), c.args.text("name")))
	})
}

func deleteField(entity deals.FieldEntity) work {
	return inCRM(func(ctx context.Context, c *call, crm core.CRMID) (any, error) {
		return done(c.h.Deals.DeleteField(ctx, c.account(), crm, entity, c.args.text("ext_id")))
	})
}

func listFields(entity deals.FieldEntity) work {
	return inCRM(func(ctx context.Context, c *call, crm core.CRMID) (any, error) {
		l, err := c.h.Deals.ListFields(ctx, c.account(), crm, entity, c.list)
		return rows(c, l, err, func(f deals.Field) row { return row{"ext_id": f.ExternalID, "name": f.Name, "data_type": f.DataType} })
	})
}

func (c *call) leadStage() deals.LeadStage {
	return deals.LeadStage{
		ID: c.args.number("id"), ExternalID: c.args.text("ext_id"), Name: c.args.text("name"),
		Type: deals.StageStatus(c.args.text("type")), Position: int(c.args.number("order")),
	}
}

func createLeadStage(ctx context.Context, c *call, crm core.CRMID) (any, error) {
	s, err := c.h.Deals.CreateLeadStage(ctx, c.account(), crm, c.leadStage())
	if err != nil {
		return nil, err
	}
	return map[string]any{"id": s.ID}, nil
}

func updateLeadStage(ctx context.Context, c *call, crm core.CRMID) (any, error) {
	return done(c.h.Deals.UpdateLeadStage(ctx, c.account(), crm, c.leadStage()))
}

func deleteLeadStage(ctx context.Context, c *call, crm core.CRMID) (any, error) {
	return done(c.h.Deals.DeleteLeadStage(ctx, c.account(), crm, c.args.number("id")))
}

func leadStageRow(s deals.LeadStage) row {
	return row{"id": s.ID, "component": component, "ext_id": s.ExternalID, "name": s.Name, "type": s.Type, "order": s.Position}
}
