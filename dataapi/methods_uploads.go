package dataapi

import (
	"context"
	"encoding/json"
	"strconv"
	"time"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/comms"
	"github.com/skvoz/skvoz/core/deals"
)

func uploadDeals(ctx context.Context, c *call, crm core.CRMID) (any, error) {
	sent := c.args.within("deals")
	list := make([]deals.DealRecord, len(sent))
	for i, o := range sent {
		var err error
		if list[i], err = c.dealRecord(o, "deals."+strconv.Itoa(i)+"."); err != nil {
			return nil, err
		}
	}
	return done(c.h.Deals.UploadDeals(ctx, c.account(), crm, list))
}

func (c *call) dealRecord(o object, path string) (deals.DealRecord, error) {
	d := deals.DealRecord{
		ExternalID: o.text("ext_id"), Name: o.text("name"),
		CreatedAt: o.moment("created_date_time"), ModifiedAt: o.moment("modified_date_time"), StageAt: o.moment("modified_stage_date_time"), ClosedAt: closed(o),
		ContactExternalIDs: o.texts("contact_ext_ids"), MainContactExternalID: o.text("main_contact_ext_id"), EmployeeExternalID: o.text("employee_ext_id"),
		LeadExternalID: o.text("lead_ext_id"), CompanyExternalID: o.text("company_ext_id"),
		FunnelExternalID: o.text("sales_funnel_ext_id"), StageExternalID: o.text("stage_ext_id"), Comments: o.text("comments"), Source: o.text("source"),
		Fields: fieldValues(o),
	}
	for _, tag := range o.within("tags") {
		d.Tags = append(d.Tags, deals.Tag{ExternalID: tag.text("ext_id"), Name: tag.text("name")})
	}
	if revenue, ok := o["revenue"].(json.Number); ok {
		amount, err := money(revenue, c.caller.Account.Currency, path+"revenue")
		if err != nil {
			return d, err
		}
		d.RevenueMinor = &amount.Minor
	}
	var err error
	d.Communication, err = communication(o, path)
	return d, err
}

func closed(o object) *time.Time {
	if !o.given("closed_date_time") {
		return nil
	}
	at := o.moment("closed_date_time")
	return &at
}

// communication reads the pair of parameters that names one.
func communication(o object, path string) (deals.CommunicationRef, error) {
	if o.given("communication_id") != o.given("communication_type") {
		return deals.CommunicationRef{}, refuse(invalidParametersCombination).at(path + "communication_id").sent(o["communication_id"]).
			because("communication_id and communication_type are given together or not at all")
	}
	return deals.CommunicationRef{ID: core.CommunicationID(o.number("communication_id")), Kind: comms.Kind(o.text("communication_type"))}, nil
}

func fieldValues(o object) []deals.FieldValue {
	var out []deals.FieldValue
	for _, f := range o.within("user_fields") {
		out = append(out, deals.FieldValue{ExternalID: f.text("ext_id"), Value: f.text("value")})
	}
	return out
}

func historyRow(h deals.HistoryRow) row {
	r := row{
		"ext_id": h.ExternalID, "name": h.Name, "created_date_time": h.CreatedAt, "closed_date_time": h.ClosedAt, "modified_stage_date_time": h.StageAt,
		"contact_ext_ids": h.ContactExternalIDs, "tag_ext_ids": h.TagExternalIDs, "main_contact_ext_id": h.MainContactExternalID,
		"employee_ext_id": h.EmployeeExternalID, "revenue": h.Revenue, "sales_funnel_ext_id": h.FunnelExternalID, "stage_ext_id": h.StageExternalID,
		"comments": h.Comments, "source": h.Source, "is_generated": h.IsGenerated, "communication_type": string(h.Communication.Kind),
	}
	if h.Communication.ID != 0 {
		r["communication_id"] = h.Communication.ID
	}
	return r
}

func dealsInProcessing(ctx context.Context, c *call, crm core.CRMID) (any, error) {
	n, err := c.h.Deals.InProcessing(ctx, c.account(), crm)
	if err != nil {
		return nil, err
	}
	return map[string]any{"count": n}, nil
}

func uploadLeads(ctx context.Context, c *call, crm core.CRMID) (any, error) {
	sent := c.args.within("leads")
	list := make([]deals.LeadRecord, len(sent))
	for i, o := range sent {
		var err error
		if list[i], err = leadRecord(o, "leads."+strconv.Itoa(i)+"."); err != nil {
			return nil, err
		}
	}
	return done(c.h.Deals.UploadLeads(ctx, c.account(), crm, list))
}

func leadRecord(o object, path string) (deals.LeadRecord, error) {
	l := deals.LeadRecord{
		ExternalID: o.text("ext_id"), Name: o.text("name"), Phones: o.texts("phones"), Emails: o.texts("emails"),
		ContactExternalID: o.text("contact_ext_id"), ClientName: o.text("client_name"),
		CreatedAt: o.moment("created_date_time"), ModifiedAt: o.moment("modified_date_time"), StageAt: o.moment("modified_stage_date_time"), ClosedAt: closed(o),
		EmployeeExternalID: o.text("employee_ext_id"), CompanyExternalID: o.text("company_ext_id"), StageExternalID: o.text("stage_ext_id"),
		Source: o.text("source"), Fields: fieldValues(o),
		UTM: deals.UTM{
			Source: o.text("utm_source"), Medium: o.text("utm_medium"), Campaign: o.text("utm_campaign"), Term: o.text("utm_term"), Content: o.text("utm_content"),
		},
	}
	for _, m := range o.within("messagers") { //nolint:misspell // the original's word
		l.Messengers = append(l.Messengers, deals.Messenger{ID: m.text("id"), Type: m.text("type"), Profile: m.text("profile")})
	}
	var err error
	l.Communication, err = communication(o, path)
	return l, err
}
