package dataapi

import (
	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/deals"
)

// runs names the work of each method in methods.json.
func (h *handler) runs() map[string]func(*call) (any, error) {
	return map[string]func(*call) (any, error){
		loginMethod:   (*call).loginUser,
		"logout.user": (*call).logoutUser,
		"get.account": (*call).getAccount,

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

		"create.crm_account": (*call).createCRM,
		"update.crm_account": (*call).updateCRM,
		"delete.crm_account": (*call).deleteCRM,
		"get.crm_accounts":   (*call).listCRMs,
		"create.crm_company": inCRM(createCompany),
		"update.crm_company": inCRM(updateCompany),
		"delete.crm_company": byExternalID(h.Deals.DeleteCompany),
		"get.crm_companies":  inCRM(listCompanies),

		"upload.campaign_costs": (*call).uploadCosts,
		"get.campaigns":         (*call).listCampaigns,
		"get.sites":             (*call).listSites,
	}
}

// inCRM hands the account's "Другая CRM" to methods about what lies within.
func inCRM(run func(*call, core.CRMID) (any, error)) func(*call) (any, error) {
	return func(c *call) (any, error) {
		crm, err := c.h.Deals.Custom(c, c.account())
		if err != nil {
			return nil, err
		}
		return run(c, crm.ID)
	}
}
