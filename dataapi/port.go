package dataapi

import (
	"context"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/deals"
)

// Deals are the use cases about deals that the API calls; deals.Service has them. Errors carry the API's mnemonic as reason and the dotted path of
// the parameter as field.
type Deals interface {
	CRMs
	Funnels
	Uploads
	Custom(ctx context.Context, account core.AccountID) (deals.CRM, error)

	ListEmployees(ctx context.Context, account core.AccountID, crm core.CRMID, r core.ListRequest) (core.Listing[deals.Employee], error)
	CreateEmployee(ctx context.Context, account core.AccountID, crm core.CRMID, externalID, name string) (deals.Employee, error)
	UpdateEmployee(ctx context.Context, account core.AccountID, crm core.CRMID, externalID string, name core.Opt[string]) error
	DeleteEmployee(ctx context.Context, account core.AccountID, crm core.CRMID, externalID string) error

	ListContacts(ctx context.Context, account core.AccountID, crm core.CRMID, r core.ListRequest) (core.Listing[deals.Contact], error)
	CreateContacts(ctx context.Context, account core.AccountID, crm core.CRMID, list []deals.NewContact) error
	UpdateContact(ctx context.Context, account core.AccountID, crm core.CRMID, externalID string, p deals.ContactPatch) error
	DeleteContact(ctx context.Context, account core.AccountID, crm core.CRMID, externalID string) error

	ListCompanies(ctx context.Context, account core.AccountID, crm core.CRMID, r core.ListRequest) (core.Listing[deals.Company], error)
	CreateCompany(ctx context.Context, account core.AccountID, crm core.CRMID, c deals.Company) (deals.Company, error)
	UpdateCompany(ctx context.Context, account core.AccountID, crm core.CRMID, c deals.Company) error
	DeleteCompany(ctx context.Context, account core.AccountID, crm core.CRMID, externalID string) error

	ListFields(ctx context.Context, account core.AccountID, crm core.CRMID, entity deals.FieldEntity, r core.ListRequest) (core.Listing[deals.Field], error)
	CreateField(ctx context.Context, account core.AccountID, crm core.CRMID, f deals.Field) (deals.Field, error)
	RenameField(ctx context.Context, account core.AccountID, crm core.CRMID, entity deals.FieldEntity, externalID, name string) error
	DeleteField(ctx context.Context, account core.AccountID, crm core.CRMID, entity deals.FieldEntity, externalID string) error
}

// CRMs are the settings of where deals come from.
type CRMs interface {
	CRMs(ctx context.Context, account core.AccountID) ([]deals.CRM, error)
	CreateCRM(ctx context.Context, account core.AccountID, c deals.NewCRM) (deals.CRM, error)
	UpdateCRM(ctx context.Context, account core.AccountID, crm core.CRMID, p deals.CRMPatch) (deals.CRM, error)
	DeleteCRM(ctx context.Context, account core.AccountID, crm core.CRMID) error
}

// Funnels are the stages deals and leads go through.
type Funnels interface {
	ListFunnels(ctx context.Context, account core.AccountID, crm core.CRMID, r core.ListRequest) (core.Listing[deals.Funnel], error)
	CreateFunnel(ctx context.Context, account core.AccountID, crm core.CRMID, f deals.NewFunnel) (deals.Funnel, error)
	RenameFunnel(ctx context.Context, account core.AccountID, crm core.CRMID, externalID, name string) error
	DeleteFunnel(ctx context.Context, account core.AccountID, crm core.CRMID, externalID string) error
	CreateStage(ctx context.Context, account core.AccountID, crm core.CRMID, funnelExternalID string, s deals.NewStage) (deals.Stage, error)
	UpdateStage(ctx context.Context, account core.AccountID, crm core.CRMID, funnelExternalID, externalID string, p deals.StagePatch) error
	DeleteStage(ctx context.Context, account core.AccountID, crm core.CRMID, funnelExternalID, externalID string) error

	ListLeadStages(ctx context.Context, account core.AccountID, crm core.CRMID, r core.ListRequest) (core.Listing[deals.LeadStage], error)
	CreateLeadStage(ctx context.Context, account core.AccountID, crm core.CRMID, s deals.LeadStage) (deals.LeadStage, error)
	UpdateLeadStage(ctx context.Context, account core.AccountID, crm core.CRMID, s deals.LeadStage) error
	DeleteLeadStage(ctx context.Context, account core.AccountID, crm core.CRMID, id int64) error
}

// Uploads take in what happened to deals and leads.
type Uploads interface {
	UploadDeals(ctx context.Context, account core.AccountID, crm core.CRMID, list []deals.DealRecord) error
	ListHistory(ctx context.Context, account core.AccountID, crm core.CRMID, r core.ListRequest) (core.Listing[deals.HistoryRow], error)
	InProcessing(ctx context.Context, account core.AccountID, crm core.CRMID) (int, error)
	DeleteDeal(ctx context.Context, account core.AccountID, crm core.CRMID, externalID string) error
	UploadLeads(ctx context.Context, account core.AccountID, crm core.CRMID, list []deals.LeadRecord) error
	DeleteLead(ctx context.Context, account core.AccountID, crm core.CRMID, externalID string) error
}

var _ Deals = (*deals.Service)(nil)
