package dataapi

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/deals"
	"github.com/skvoz/skvoz/core/sites"
)

func createCRM(ctx context.Context, c *call) (any, error) {
	a := c.args
	crm, err := c.h.Deals.CreateCRM(ctx, c.account(), deals.NewCRM{
		Kind: deals.Kind(a.text("type")), Name: a.text("name"), Description: a.text("description"), URL: a.text("url"),
		ConversionModel:     deals.ConversionModel(a.text("deal_conversion_model")),
		IgnoreOutgoingCalls: value[bool](a, "is_ignore_outgoing_calls"), IgnoreOutgoingChats: value[bool](a, "is_ignore_outgoing_chats"),
	})
	if err != nil {
		return nil, err
	}
	return map[string]any{"id": crm.ID}, nil
}

func updateCRM(ctx context.Context, c *call) (any, error) {
	a := c.args
	p := deals.CRMPatch{
		Name: core.Some(a.text("name")), Description: opt[string](a, "description"), URL: core.Some(a.text("url")),
		ConversionModel:     core.Some(deals.ConversionModel(a.text("deal_conversion_model"))),
		IgnoreOutgoingCalls: opt[bool](a, "is_ignore_outgoing_calls"), IgnoreOutgoingChats: opt[bool](a, "is_ignore_outgoing_chats"),
	}
	if a.given("type") {
		p.Kind = core.Some(deals.Kind(a.text("type")))
	}
	_, err := c.h.Deals.UpdateCRM(ctx, c.account(), core.CRMID(a.number("id")), p)
	return done(err)
}

func deleteCRM(ctx context.Context, c *call) (any, error) {
	return done(c.h.Deals.DeleteCRM(ctx, c.account(), core.CRMID(c.args.number("id"))))
}

func listCRMs(ctx context.Context, c *call) (any, error) {
	list, err := c.h.Deals.CRMs(ctx, c.account())
	if err != nil {
		return nil, err
	}
	return listed(c, list, crmRow)
}

// listed answers a list from rows that are all there.
func listed[T any](c *call, all []T, read func(T) row) (any, error) {
	l, err := core.ListRows(all, c.list, func(t *T, name string) (any, bool) {
		_, known := c.method.field(name)
		return operandOf(read(*t)[name]), known
	})
	return rows(c, l, err, read)
}

// operandOf gives a value the form in which filters and orders compare it.
func operandOf(v any) any {
	switch v := v.(type) {
	case string:
		if v == "" {
			return nil
		}
	case core.Money:
		amount, _ := strconv.ParseFloat(v.Amount(), 64)
		return amount
	}
	return v
}

func crmRow(x deals.CRM) row {
	r := row{
		"id": x.ID, "name": x.Name, "description": x.Description, "type": x.Kind, "url": x.URL, "deal_conversion_model": x.ConversionModel,
		"is_ignore_outgoing_calls": x.IgnoreOutgoingCalls, "is_ignore_outgoing_chats": x.IgnoreOutgoingChats,
		"last_deals_load_time": x.DealsLoadedAt, "deals_load_state": x.DealsLoadState,
		"last_leads_load_time": x.LeadsLoadedAt, "leads_load_state": x.LeadsLoadState,
	}
	if x.DealsLoadError != "" {
		r["deals_load_error"] = map[string]string{"message": x.DealsLoadError}
	}
	return r
}

func (c *call) company() deals.Company {
	return deals.Company{ExternalID: c.args.text("ext_id"), Name: c.args.text("name"), Description: c.args.text("description"), ContactExternalIDs: c.args.texts("contact_ext_ids"), Phones: phones(c.args), Emails: emails(c.args)}
}

func phones(o object) []core.Phone {
	var out []core.Phone
	for _, s := range o.texts("phones") {
		out = append(out, core.Phone(s)) // the service brings it into its one form
	}
	return out
}

func emails(o object) []core.Email {
	var out []core.Email
	for _, s := range o.texts("emails") {
		out = append(out, core.Email(s))
	}
	return out
}

func createCompany(ctx context.Context, c *call, crm core.CRMID) (any, error) {
	_, err := c.h.Deals.CreateCompany(ctx, c.account(), crm, c.company())
	return done(err)
}

// updateCompany leaves what was not sent as it is. is_removed deletes the company, as it is gone in the CRM.
func updateCompany(ctx context.Context, c *call, crm core.CRMID) (any, error) {
	id := c.args.text("ext_id")
	if value[bool](c.args, "is_removed") {
		return done(c.h.Deals.DeleteCompany(ctx, c.account(), crm, id))
	}
	found, err := c.h.Deals.ListCompanies(ctx, c.account(), crm, core.ListRequest{Limit: 1, Filter: core.ListFilter{Field: "ext_id", Operator: core.OpEqual, Value: id}})
	if err != nil {
		return nil, err
	}
	if len(found.Rows) == 0 {
		return nil, refuse(entityNotFound).at("ext_id").sent(id)
	}
	x, sent := found.Rows[0], c.company()
	x.Name = sent.Name
	for name, take := range map[string]func(){
		"description":     func() { x.Description = sent.Description },
		"phones":          func() { x.Phones = sent.Phones },
		"emails":          func() { x.Emails = sent.Emails },
		"contact_ext_ids": func() { x.ContactExternalIDs = sent.ContactExternalIDs },
	} {
		if _, there := c.args[name]; there {
			take()
		}
	}
	return done(c.h.Deals.UpdateCompany(ctx, c.account(), crm, x))
}

func listCompanies(ctx context.Context, c *call, crm core.CRMID) (any, error) {
	l, err := c.h.Deals.ListCompanies(ctx, c.account(), crm, c.list)
	if err != nil {
		return nil, err
	}
	ids := map[string]core.DealContactID{}
	if slices.Contains(c.fields, "contact_ids") {
		if ids, err = c.contactIDs(ctx, crm, l.Rows); err != nil {
			return nil, err
		}
	}
	return rows(c, l, nil, func(x deals.Company) row {
		known := []core.DealContactID{}
		for _, externalID := range x.ContactExternalIDs {
			if id, ok := ids[externalID]; ok {
				known = append(known, id)
			}
		}
		return row{
			"ext_id": x.ExternalID, "name": x.Name, "component": component, "phones": x.Phones, "emails": x.Emails,
			"contact_ext_ids": x.ContactExternalIDs, "contact_ids": known, "description": x.Description,
		}
	})
}

// contactIDs finds the identifiers of the companies' contacts; a contact may come later than its company.
func (c *call) contactIDs(ctx context.Context, crm core.CRMID, list []deals.Company) (map[string]core.DealContactID, error) {
	var wanted []any
	for _, x := range list {
		for _, id := range x.ContactExternalIDs {
			wanted = append(wanted, id)
		}
	}
	ids := make(map[string]core.DealContactID, len(wanted))
	if wanted == nil {
		return ids, nil
	}
	found, err := c.h.Deals.ListContacts(ctx, c.account(), crm, core.ListRequest{Filter: core.ListFilter{Field: "ext_id", Operator: core.OpIn, Value: wanted}})
	for _, x := range found.Rows {
		ids[x.ExternalID] = x.ID
	}
	return ids, err
}

func uploadCosts(ctx context.Context, c *call) (any, error) {
	sent := c.args.within("costs")
	list := make([]sites.CostUpload, len(sent))
	for i, o := range sent {
		cost, _ := o["cost"].(json.Number)
		amount, err := money(cost, c.caller.Account.Currency, "costs."+strconv.Itoa(i)+".cost")
		if err != nil {
			return nil, err
		}
		list[i] = sites.CostUpload{
			CampaignID: core.CampaignID(o.number("campaign_id")), SiteID: core.SiteID(o.number("site_id")), Amount: amount,
			From: core.DateOf(o.moment("date_from").In(c.zone)), To: core.DateOf(o.moment("date_till").In(c.zone)),
		}
	}
	if err := c.h.Sites.UploadCosts(ctx, c.account(), list); err != nil {
		return nil, err
	}
	return map[string]string{"success": "true"}, nil // a text, as the original answers
}

func listSites(ctx context.Context, c *call) (any, error) {
	list, err := c.h.Sites.List(ctx, c.account())
	if err != nil {
		return nil, err
	}
	key := c.caller.Account.AppKey
	return listed(c, list, func(s sites.Site) row {
		return row{
			"id": s.ID, "domain_name": s.Domain, "name": s.Name, "app_key": key, "site_key": s.SiteKey, "creation_date": s.CreatedAt,
			"track_subdomains": s.Settings.ShareSubdomains, "cookie_lifetime": s.Settings.CookieLifetimeDays,
			"campaign_lifetime": s.Settings.CampaignLifetimeDays, "replacement_dynamical_block_enabled": s.Settings.DynamicalReplacement,
		}
	})
}

// campaign is a campaign with what a list shows beside it.
type campaign struct {
	sites.Campaign
	domain string
	costs  core.Money
}

func listCampaigns(ctx context.Context, c *call) (any, error) {
	all, err := c.campaigns(ctx)
	if err != nil {
		return nil, err
	}
	return listed(c, all, func(x campaign) row {
		status := "active"
		if x.Status != sites.CampaignActive {
			status = "inactive"
		}
		return row{
			"id": x.ID, "name": x.Name, "description": x.Description, "status": status, "creation_time": x.CreatedAt, "engine": nil, "type": "basic",
			"campaign_conditions": conditions(x.Campaign), "costs": x.costs, "site_id": x.SiteID, "site_domain_name": x.domain,
		}
	})
}

func (c *call) campaigns(ctx context.Context) ([]campaign, error) {
	list, err := c.h.Sites.List(ctx, c.account())
	if err != nil {
		return nil, err
	}
	ids := make([]core.SiteID, len(list))
	for i, s := range list {
		ids[i] = s.ID
	}
	groups, err := c.h.Sites.ListCampaigns(ctx, c.account(), ids)
	if err != nil {
		return nil, err
	}
	var all []campaign
	var campaigns []core.CampaignID
	for i, group := range groups {
		for _, x := range group {
			all = append(all, campaign{Campaign: x, domain: list[i].Domain, costs: core.Money{Currency: c.caller.Account.Currency}})
			campaigns = append(campaigns, x.ID)
		}
	}
	costs, err := c.h.Sites.ListCosts(ctx, c.account(), campaigns)
	for i, of := range costs {
		for _, cost := range of {
			all[i].costs.Minor += cost.Amount.Minor
		}
	}
	return all, err
}

// conditions puts a campaign's rules into the API's words. Groups are a list of lists of conditions, as clients read them.
func conditions(x sites.Campaign) map[string]any {
	out := [][]map[string]any{}
	for _, part := range []struct {
		groups []sites.Group
		word   string
	}{{x.Include, "include"}, {x.Exclude, "exclude"}} {
		for _, g := range part.groups {
			group := []map[string]any{}
			for _, is := range g.Conditions {
				v := is.Value
				if is.Key != "" {
					v = is.Key + "=" + is.Value
				}
				group = append(group, map[string]any{"type": part.word, "campaign_parameter": is.Parameter, "operator": is.Operator, "value": v})
			}
			out = append(out, group)
		}
	}
	return map[string]any{"group_conditions": out}
}
