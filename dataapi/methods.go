package dataapi

import (
	"context"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/deals"
)

// runs names the work of each method in methods.json.
func (h *handler) runs() map[string]work {
	return map[string]work{
		loginMethod:   loginUser,
		"logout.user": logoutUser,
		"get.account": getAccount,

		"create.sales_funnel":        inCRM(createFunnel),
		"update.sales_funnel":        inCRM(updateFunnel),
		"delete.sales_funnel":        byExternalID(h.Deals.DeleteFunnel),
		"get.sales_funnel":           listOf(h.Deals.ListFunnels, funnelRow),
		"create.sales_funnel_stages": inCRM(createStage),
		"update.sales_funnel_stages": inCRM(updateStage),
		"delete.sales_funnel_stages": inCRM(deleteStage),

		"create.deal_contacts":  inCRM(createContacts),
		"update.deal_contacts":  inCRM(updateContact),
		"delete.deal_contacts":  byExternalID(h.Deals.DeleteContact),
		"get.deal_contacts":     listOf(h.Deals.ListContacts, contactRow),
		"create.deal_employees": inCRM(createEmployee),
		"update.deal_employees": inCRM(updateEmployee),
		"delete.deal_employees": byExternalID(h.Deals.DeleteEmployee),
		"get.deal_employees":    listOf(h.Deals.ListEmployees, employeeRow),

		"upload.deals_history":    inCRM(uploadDeals),
		"get.deals_history":       listOf(h.Deals.ListHistory, historyRow),
		"get.deals_in_processing": inCRM(dealsInProcessing),
		"delete.deals":            byExternalID(h.Deals.DeleteDeal),

		"create.deal_user_field": createField(deals.FieldOfDeal),
		"update.deal_user_field": updateField(deals.FieldOfDeal),
		"delete.deal_user_field": deleteField(deals.FieldOfDeal),
		"get.deal_user_fields":   listFields(deals.FieldOfDeal),
		"create.lead_user_field": createField(deals.FieldOfLead),
		"update.lead_user_field": updateField(deals.FieldOfLead),
		"delete.lead_user_field": deleteField(deals.FieldOfLead),
		"get.lead_user_fields":   listFields(deals.FieldOfLead),

		"create.lead_funnel_stages": inCRM(createLeadStage),
		"update.lead_funnel_stages": inCRM(updateLeadStage),
		"delete.lead_funnel_stages": inCRM(deleteLeadStage),
		"get.lead_funnel_stages":    listOf(h.Deals.ListLeadStages, leadStageRow),
		"upload.leads_history":      inCRM(uploadLeads),
		"delete.lead":               byExternalID(h.Deals.DeleteLead),

		"create.crm_account": createCRM,
		"update.crm_account": updateCRM,
		"delete.crm_account": deleteCRM,
		"get.crm_accounts":   listCRMs,
		"create.crm_company": inCRM(createCompany),
		"update.crm_company": inCRM(updateCompany),
		"delete.crm_company": byExternalID(h.Deals.DeleteCompany),
		"get.crm_companies":  inCRM(listCompanies),

		"upload.campaign_costs": uploadCosts,
		"get.campaigns":         listCampaigns,
		"get.sites":             listSites,
	}
}

// inCRM hands the account's "Другая CRM" to methods about what lies within.
func inCRM(run func(context.Context, *call, core.CRMID) (any, error)) work {
	return func(ctx context.Context, c *call) (any, error) {
		crm, err := c.h.Deals.Custom(ctx, c.account())
		if err != nil {
			return nil, err
		}
		return run(ctx, c, crm.ID)
	}
}
