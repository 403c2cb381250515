package store_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/comms"
	"github.com/skvoz/skvoz/core/deals"
)

func TestOC_1_FunnelsFollowTheirRules(t *testing.T) {
	t.Parallel()
	eachCRM(t, func(t *testing.T, w *crmWorld) {
		ctx := t.Context()
		funnels, err := w.Funnels(ctx, 1, w.crm)
		require.NoError(t, err)
		var order []string
		for _, st := range funnels[0].Stages {
			order = append(order, fmt.Sprint(st.ExternalID, " ", st.Status, " ", st.Position))
		}
		require.Equal(t, []string{"new in_process 10", "talk in_process 20", "offer in_process 30", "won success 10010", "lost failed 10020"}, order)

		_, err = w.CreateFunnel(ctx, 1, w.crm, sales("sales"))
		refused(t, err, core.KindConflict, "duplicate_entity", "ext_id")
		for name, c := range map[string]struct {
			change        func(*deals.NewFunnel)
			reason, field string
		}{
			"no stage in process":      {func(f *deals.NewFunnel) { f.InProcess = nil }, "required_parameter_missed", "stages.in_process"},
			"too many stages":          {func(f *deals.NewFunnel) { f.InProcess = manyStages(101) }, "data_limit_exceeded", "stages.in_process"},
			"position too high":        {func(f *deals.NewFunnel) { f.InProcess[0].Position = 10001 }, "invalid_parameter_value", "stages.in_process.2.order"},
			"negative position":        {func(f *deals.NewFunnel) { f.InProcess[0].Position = -1 }, "invalid_parameter_value", "stages.in_process.0.order"},
			"no success":               {func(f *deals.NewFunnel) { f.Success = deals.NewStage{} }, "required_parameter_missed", "stages.success.ext_id"},
			"no failure":               {func(f *deals.NewFunnel) { f.Failed.Name = "" }, "required_parameter_missed", "stages.failed.name"},
			"same identifiers":         {func(f *deals.NewFunnel) { f.Failed.ExternalID = "new" }, "duplicate_entity", "stages.failed.ext_id"},
			"no name":                  {func(f *deals.NewFunnel) { f.Name = "" }, "required_parameter_missed", "name"},
			"identifier of 256 signs":  {func(f *deals.NewFunnel) { f.ExternalID = fmt.Sprintf("%0256d", 1) }, "invalid_parameter_value", "ext_id"},
			"a name without UTF-8":     {func(f *deals.NewFunnel) { f.Name = "\xff" }, "invalid_parameter_value", "name"},
			"a stage's name with zero": {func(f *deals.NewFunnel) { f.Success.Name = "a\x00" }, "invalid_parameter_value", "stages.success.name"},
		} {
			f := sales("other")
			c.change(&f)
			_, err := w.CreateFunnel(ctx, 1, w.crm, f)
			e := core.AsError(err)
			require.NotNil(t, e, name)
			require.Equal(t, []string{c.reason, c.field}, []string{e.Reason, e.Field}, name)
		}
		full := sales("full")
		full.InProcess = manyStages(100)
		_, err = w.CreateFunnel(ctx, 1, w.crm, full)
		require.NoError(t, err)
		_, err = w.CreateStage(ctx, 1, w.crm, "full", deals.NewStage{ExternalID: "more", Name: "More"})
		refused(t, err, core.KindInvalid, "data_limit_exceeded", "stages.in_process")

		require.NoError(t, w.RenameFunnel(ctx, 1, w.crm, "full", "Full"))
		l, err := w.ListFunnels(ctx, 1, w.crm, core.ListRequest{Filter: core.ListFilter{Field: "name", Operator: core.OpEqual, Value: "Full"}})
		require.NoError(t, err)
		require.Equal(t, 1, l.Total)
		refused(t, w.RenameFunnel(ctx, 1, w.crm, "nope", "X"), core.KindNotFound, "entity_not_found", "ext_id")
		require.NoError(t, w.DeleteFunnel(ctx, 1, w.crm, "full"))
		require.NoError(t, w.upload(rec("d", "talk", -1)))
		refused(t, w.DeleteFunnel(ctx, 1, w.crm, "sales"), core.KindConflict, "dependency_error", "ext_id")
		refused(t, w.DeleteCRM(ctx, 1, w.crm), core.KindConflict, "dependency_error", "id")
	})
}

func manyStages(n int) (out []deals.NewStage) {
	for i := range n {
		out = append(out, deals.NewStage{ExternalID: fmt.Sprint("s", i), Name: "S", Position: i})
	}
	return out
}

func TestOC_1_StagesFollowTheirRules(t *testing.T) {
	t.Parallel()
	eachCRM(t, func(t *testing.T, w *crmWorld) {
		ctx := t.Context()
		made, err := w.CreateStage(ctx, 1, w.crm, "sales", deals.NewStage{ExternalID: "pay", Name: "Pay", Position: 40})
		require.NoError(t, err)
		require.NotZero(t, made.ID)
		_, err = w.CreateStage(ctx, 1, w.crm, "sales", deals.NewStage{ExternalID: "pay", Name: "Pay"})
		refused(t, err, core.KindConflict, "duplicate_entity", "ext_id")
		_, err = w.CreateStage(ctx, 1, w.crm, "nope", deals.NewStage{ExternalID: "x", Name: "X"})
		refused(t, err, core.KindNotFound, "entity_not_found", "sales_funnel_ext_id")
		require.NoError(t, w.UpdateStage(ctx, 1, w.crm, "sales", "pay", deals.StagePatch{Position: core.Some(5), Name: core.Some("Paid")}))
		funnels, err := w.Funnels(ctx, 1, w.crm)
		require.NoError(t, err)
		require.Equal(t, "Paid", funnels[0].Stages[0].Name)
		refused(t, w.UpdateStage(ctx, 1, w.crm, "sales", "won", deals.StagePatch{Position: core.Some(5)}), core.KindForbidden, "forbidden", "order")
		require.NoError(t, w.UpdateStage(ctx, 1, w.crm, "sales", "won", deals.StagePatch{Name: core.Some("Victory")}))
		refused(t, w.UpdateStage(ctx, 1, w.crm, "sales", "nope", deals.StagePatch{}), core.KindNotFound, "entity_not_found", "ext_id")
		refused(t, w.UpdateStage(ctx, 1, w.crm, "sales", "new", deals.StagePatch{Position: core.Some(10001)}), core.KindInvalid, "invalid_parameter_value", "order")
		refused(t, w.DeleteStage(ctx, 1, w.crm, "sales", "lost"), core.KindForbidden, "forbidden", "ext_id")
		require.NoError(t, w.upload(rec("d", "talk", -3), rec("d", "offer", -2)))
		refused(t, w.DeleteStage(ctx, 1, w.crm, "sales", "talk"), core.KindConflict, "dependency_error", "ext_id")
		require.NoError(t, w.DeleteDeal(ctx, 1, w.crm, "d"))
		for _, id := range []string{"pay", "new", "talk"} {
			require.NoError(t, w.DeleteStage(ctx, 1, w.crm, "sales", id))
		}
		refused(t, w.DeleteStage(ctx, 1, w.crm, "sales", "offer"), core.KindConflict, "dependency_error", "ext_id")
	})
}

func TestOC_4_FunnelsAreChosenForReports(t *testing.T) {
	t.Parallel()
	eachCRM(t, func(t *testing.T, w *crmWorld) {
		ctx := t.Context()
		second, err := w.CreateFunnel(ctx, 1, w.crm, sales("second"))
		require.NoError(t, err)
		require.True(t, second.InReports)
		require.NoError(t, w.SetReportFunnels(ctx, 1, w.crm, []core.FunnelID{second.ID}))
		funnels, err := w.Funnels(ctx, 1, w.crm)
		require.NoError(t, err)
		require.Equal(t, []bool{false, true}, []bool{funnels[0].InReports, funnels[1].InReports})
		refused(t, w.SetReportFunnels(ctx, 1, w.crm, []core.FunnelID{9}), core.KindNotFound, "entity_not_found", "funnel_ids")
	})
}

func TestOC_1_ContactsFollowTheirRules(t *testing.T) {
	t.Parallel()
	eachCRM(t, func(t *testing.T, w *crmWorld) {
		ctx := t.Context()
		many := make([]deals.NewContact, deals.MaxAtOnce)
		for i := range many {
			many[i] = deals.NewContact{ExternalID: fmt.Sprint("m", i), Name: "M", Phones: []string{fmt.Sprintf("+7926%07d", i)}}
		}
		bad := func(change func(*deals.NewContact)) error {
			list := append([]deals.NewContact(nil), many...)
			change(&list[999])
			return w.CreateContacts(ctx, 1, w.crm, list)
		}
		refused(t, bad(func(c *deals.NewContact) { c.ExternalID = "c1" }), core.KindConflict, "duplicate_entity", "contacts.999.ext_id")
		refused(t, bad(func(c *deals.NewContact) { c.ExternalID = "m5" }), core.KindConflict, "duplicate_entity", "contacts.999.ext_id")
		refused(t, bad(func(c *deals.NewContact) { c.Name = "" }), core.KindInvalid, "required_parameter_missed", "contacts.999.name")
		refused(t, bad(func(c *deals.NewContact) { c.Phones = []string{"12"} }), core.KindInvalid, "invalid_parameter_value", "contacts.999.phone_numbers.0")
		refused(t, bad(func(c *deals.NewContact) { c.Emails = []string{"a@b.ru", "no"} }), core.KindInvalid, "invalid_parameter_value", "contacts.999.emails.1")
		refused(t, bad(func(c *deals.NewContact) { c.Emails = []string{"a@b.ru", "A@b.ru"} }), core.KindInvalid, "duplicate_entity", "contacts.999.emails.1")
		refused(t, bad(func(c *deals.NewContact) { c.CreatedAt = at(1) }), core.KindInvalid, "invalid_date_time", "contacts.999.created_date_time")
		refused(t, w.CreateContacts(ctx, 1, w.crm, make([]deals.NewContact, 1001)), core.KindInvalid, "data_limit_exceeded", "contacts")
		l, err := w.ListContacts(ctx, 1, w.crm, core.ListRequest{})
		require.NoError(t, err)
		require.Equal(t, 3, l.Total, "all or nothing")
		require.NoError(t, w.CreateContacts(ctx, 1, w.crm, many))
		l, err = w.ListContacts(ctx, 1, w.crm, core.ListRequest{Limit: 2, Filter: core.ListFilter{Field: "phone_numbers", Operator: core.OpOverlap, Value: []any{"79260000007", "79031112233"}}})
		require.NoError(t, err)
		require.Equal(t, 2, l.Total)

		r := rec("d", "new", -2)
		r.ContactExternalIDs, r.MainContactExternalID = []string{"c1", "c2"}, "c2"
		require.NoError(t, w.upload(r))
		w.marked()
		version := w.version(at(-48))
		require.NoError(t, w.UpdateContact(ctx, 1, w.crm, "c1", deals.ContactPatch{Phones: core.Some([]string{"+7 903 111-22-33"})}))
		require.Equal(t, 1, w.marked(), "its deals are linked anew")
		require.Equal(t, version+1, w.version(at(-48)))
		changed, err := w.Contacts(ctx, 1, w.deal("d").ContactIDs[:1])
		require.NoError(t, err)
		for _, x := range changed {
			require.Equal(t, []core.Phone{"79031112233"}, x.Phones)
			require.Equal(t, []core.Email{"anna@example.com"}, x.Emails, "what is not given stays")
		}
		refused(t, w.UpdateContact(ctx, 1, w.crm, "nope", deals.ContactPatch{}), core.KindNotFound, "entity_not_found", "ext_id")
		refused(t, w.DeleteContact(ctx, 1, w.crm, "c1"), core.KindConflict, "dependency_error", "ext_id")
		require.NoError(t, w.DeleteContact(ctx, 1, w.crm, "c3"))
		refused(t, w.DeleteContact(ctx, 1, w.crm, "c3\x00"), core.KindNotFound, "entity_not_found", "ext_id")
	})
}

func TestOC_1_EmployeesCompaniesAndFieldsFollowTheirRules(t *testing.T) {
	t.Parallel()
	eachCRM(t, func(t *testing.T, w *crmWorld) {
		ctx := t.Context()
		_, err := w.CreateEmployee(ctx, 1, w.crm, "e1", "Twice")
		refused(t, err, core.KindConflict, "duplicate_entity", "ext_id")
		require.NoError(t, w.UpdateEmployee(ctx, 1, w.crm, "e1", core.Some("Anna")))
		r := rec("d", "new", -2)
		r.EmployeeExternalID = "e1"
		require.NoError(t, w.upload(r))
		refused(t, w.DeleteEmployee(ctx, 1, w.crm, "e1"), core.KindConflict, "dependency_error", "ext_id")
		require.NoError(t, w.DeleteEmployee(ctx, 1, w.crm, "e2"))
		employees, err := w.ListEmployees(ctx, 1, w.crm, core.ListRequest{})
		require.NoError(t, err)
		require.Equal(t, 1, employees.Total)
		require.Equal(t, "Anna", employees.Rows[0].Name)

		company := deals.Company{ExternalID: "co", Name: "Co", ContactExternalIDs: []string{"later"}}
		_, err = w.CreateCompany(ctx, 1, w.crm, company)
		require.NoError(t, err)
		company.Emails = []core.Email{"Info@Co.Example"}
		require.NoError(t, w.UpdateCompany(ctx, 1, w.crm, company))
		companies, err := w.ListCompanies(ctx, 1, w.crm, core.ListRequest{Filter: core.ListFilter{Field: "component", Operator: core.OpEqual, Value: "dataapi"}})
		require.NoError(t, err)
		require.Equal(t, []core.Email{"info@co.example"}, companies.Rows[0].Emails)
		require.Equal(t, []string{"later"}, companies.Rows[0].ContactExternalIDs)
		require.NoError(t, w.DeleteCompany(ctx, 1, w.crm, "co"))

		field := deals.Field{Entity: deals.FieldOfDeal, ExternalID: "f", Name: "F", DataType: deals.FieldString}
		_, err = w.CreateField(ctx, 1, w.crm, field)
		require.NoError(t, err)
		_, err = w.CreateField(ctx, 1, w.crm, field)
		refused(t, err, core.KindConflict, "duplicate_entity", "ext_id")
		field.Entity = deals.FieldOfLead
		_, err = w.CreateField(ctx, 1, w.crm, field)
		require.NoError(t, err, "leads have fields of their own")
		field.DataType = "date"
		_, err = w.CreateField(ctx, 1, w.crm, field)
		refused(t, err, core.KindInvalid, "invalid_parameter_value", "data_type")
		require.NoError(t, w.RenameField(ctx, 1, w.crm, deals.FieldOfDeal, "f", "Field"))
		fields, err := w.ListFields(ctx, 1, w.crm, deals.FieldOfDeal, core.ListRequest{Sort: []core.SortBy{{Field: "data_type"}}})
		require.NoError(t, err)
		require.Equal(t, "Field", fields.Rows[0].Name)
		require.NoError(t, w.DeleteField(ctx, 1, w.crm, deals.FieldOfDeal, "f"))
		refused(t, w.DeleteField(ctx, 1, w.crm, deals.FieldOfDeal, "f"), core.KindNotFound, "entity_not_found", "ext_id")
	})
}

func TestOC_1_CRMsAreKeptWithTheirSettings(t *testing.T) {
	t.Parallel()
	eachCRM(t, func(t *testing.T, w *crmWorld) {
		ctx := t.Context()
		again, err := w.Custom(ctx, 1)
		require.NoError(t, err)
		require.Equal(t, w.crm, again.ID)
		require.Equal(t, deals.LoadNone, again.DealsLoadState)
		require.Nil(t, again.DealsLoadedAt)
		require.Equal(t, deals.LastBeforeDeal, again.ConversionModel)
		made, err := w.CreateCRM(ctx, 1, deals.NewCRM{Kind: deals.KindAmoCRM, Name: "amo", URL: "https://amo.example", ConversionModel: deals.LastBeforeLead})
		require.NoError(t, err)
		_, err = w.CreateCRM(ctx, 1, deals.NewCRM{Name: "x", ConversionModel: "first"})
		refused(t, err, core.KindInvalid, "invalid_parameter_value", "deal_conversion_model")
		_, err = w.CreateCRM(ctx, 1, deals.NewCRM{Name: "x", Kind: "salesforce"})
		refused(t, err, core.KindInvalid, "invalid_parameter_value", "type")
		require.NoError(t, w.upload(rec("d", "new", -2)))
		w.marked()
		_, err = w.UpdateCRM(ctx, 1, w.crm, deals.CRMPatch{ConversionModel: core.Some(deals.LastBeforeContact), Terms: core.Some(deals.TermsAppointments)})
		require.NoError(t, err)
		require.Zero(t, w.marked(), "another conversion model needs no new links")
		changed, err := w.UpdateCRM(ctx, 1, w.crm, deals.CRMPatch{IgnoreOutgoingCalls: core.Some(true), GoalIDs: core.Some([]core.GoalID{5, 3, 5})})
		require.NoError(t, err)
		require.Equal(t, 1, w.marked())
		require.Equal(t, []core.GoalID{3, 5}, changed.GoalIDs)
		read, err := w.CRM(ctx, 1, w.crm)
		require.NoError(t, err)
		require.Equal(t, changed, read)
		require.NoError(t, w.DeleteCRM(ctx, 1, made.ID))
		_, err = w.CRM(ctx, 1, made.ID)
		refused(t, err, core.KindNotFound, "entity_not_found", "id")
		counts, err := w.Counts(ctx, 1)
		require.NoError(t, err)
		require.Equal(t, map[core.CRMID]int{w.crm: 1}, counts)
	})
}

func leadRec(externalID, stage string, hours int) deals.LeadRecord {
	return deals.LeadRecord{ExternalID: externalID, Name: "Lead", CreatedAt: at(-48), StageAt: at(hours), ModifiedAt: at(hours), StageExternalID: stage}
}

func TestOC_1_LeadsFollowTheRulesOfDeals(t *testing.T) {
	t.Parallel()
	eachCRM(t, func(t *testing.T, w *crmWorld) {
		ctx := t.Context()
		upload := func(records ...deals.LeadRecord) error { return w.UploadLeads(ctx, 1, w.crm, records) }
		for i, st := range []deals.LeadStage{{ExternalID: "open", Name: "Open", Type: deals.StageInProcess}, {ExternalID: "done", Name: "Done", Type: deals.StageSuccess, Position: 9}} {
			made, err := w.CreateLeadStage(ctx, 1, w.crm, st)
			require.NoError(t, err)
			require.NotZero(t, made.ID)
			_, err = w.CreateLeadStage(ctx, 1, w.crm, st)
			refused(t, err, core.KindConflict, "duplicate_entity", "ext_id")
			made.Position = 5 + i
			require.NoError(t, w.UpdateLeadStage(ctx, 1, w.crm, made))
		}
		refused(t, w.UpdateLeadStage(ctx, 1, w.crm, deals.LeadStage{ID: 1, ExternalID: "x", Name: "X", Type: deals.StageFailed}), core.KindNotFound, "entity_not_found", "id")
		d := rec("d", "new", -2)
		d.LeadExternalID = "l1"
		require.NoError(t, w.upload(d), "the lead may come later than its deal")
		w.marked()
		version := w.version(at(-48))

		l := leadRec("l1", "open", -40)
		l.ClientName, l.Phones, l.Emails = "Клиент", []string{"8 926 244-43-93"}, []string{"k@example.com"}
		l.Messengers, l.UTM = []deals.Messenger{{ID: "1", Type: "telegram"}}, deals.UTM{Source: "yandex"}
		require.NoError(t, upload(l))
		require.Equal(t, 1, w.marked(), "its deal is linked anew")
		require.Greater(t, w.version(at(-48)), version)
		contacts, err := w.ListContacts(ctx, 1, w.crm, core.ListRequest{Filter: core.ListFilter{Field: "name", Operator: core.OpEqual, Value: "Клиент"}})
		require.NoError(t, err)
		require.Equal(t, 1, contacts.Total)
		require.Equal(t, []core.Phone{"79262444393"}, contacts.Rows[0].Phones)
		require.Equal(t, at(-48), contacts.Rows[0].CreatedAt)
		refused(t, w.DeleteContact(ctx, 1, w.crm, contacts.Rows[0].ExternalID), core.KindConflict, "dependency_error", "ext_id")

		for name, c := range map[string]struct {
			change        func(*deals.LeadRecord)
			field, reason string
		}{
			"stage before the last":  {func(r *deals.LeadRecord) { r.StageAt = at(-41) }, "modified_stage_date_time", "invalid_date_time"},
			"created in the future":  {func(r *deals.LeadRecord) { r.CreatedAt, r.StageAt = at(1), at(2) }, "created_date_time", "invalid_date_time"},
			"unknown stage":          {func(r *deals.LeadRecord) { r.StageExternalID = "nope" }, "stage_ext_id", "entity_not_found"},
			"unknown contact":        {func(r *deals.LeadRecord) { r.ContactExternalID = "nope" }, "contact_ext_id", "entity_not_found"},
			"a phone that is none":   {func(r *deals.LeadRecord) { r.Phones = []string{"1"} }, "phones.0", "invalid_parameter_value"},
			"half a communication":   {func(r *deals.LeadRecord) { r.Communication.Kind = comms.KindChat }, "communication_id", "invalid_parameters_combination"},
			"a field deals have":     {func(r *deals.LeadRecord) { r.Fields = []deals.FieldValue{{ExternalID: "f"}} }, "user_fields.0.ext_id", "entity_not_found"},
			"closed before creation": {func(r *deals.LeadRecord) { r.ClosedAt = &time.Time{} }, "closed_date_time", "invalid_date_time"},
		} {
			bad := leadRec("l1", "open", -39)
			c.change(&bad)
			e := core.AsError(upload(leadRec("l2", "open", -3), bad))
			require.NotNil(t, e, name)
			require.Equal(t, []string{"leads.1." + c.field, c.reason}, []string{e.Field, e.Reason}, name)
		}
		done := leadRec("l1", "done", -30)
		done.ContactExternalID = "c1"
		require.NoError(t, upload(done, leadRec("l2", "open", -30)))
		require.NoError(t, upload(done))
		require.NoError(t, w.DeleteContact(ctx, 1, w.crm, contacts.Rows[0].ExternalID), "the lead has another contact now")
		stages, err := w.ListLeadStages(ctx, 1, w.crm, core.ListRequest{Filter: core.ListFilter{Field: "type", Operator: core.OpEqual, Value: "success"}})
		require.NoError(t, err)
		refused(t, w.DeleteLeadStage(ctx, 1, w.crm, stages.Rows[0].ID), core.KindConflict, "dependency_error", "id")
		w.marked()
		require.NoError(t, w.DeleteLead(ctx, 1, w.crm, "l1"))
		require.Equal(t, 1, w.marked())
		refused(t, w.DeleteLead(ctx, 1, w.crm, "l1"), core.KindNotFound, "entity_not_found", "ext_id")
		require.NoError(t, w.DeleteLeadStage(ctx, 1, w.crm, stages.Rows[0].ID))
		c, err := w.CRM(ctx, 1, w.crm)
		require.NoError(t, err)
		require.Equal(t, deals.LoadCompleted, c.LeadsLoadState)
	})
}

func TestOC_1_UploadsAtOnceDoNotLoseStates(t *testing.T) {
	t.Parallel()
	eachCRM(t, func(t *testing.T, w *crmWorld) {
		var group sync.WaitGroup
		errs := make([]error, 8)
		for i := range errs {
			group.Go(func() {
				r := rec("d", "new", -20)
				r.ModifiedAt = at(-20 + i)
				errs[i] = w.upload(r, rec(fmt.Sprint("own", i), "won", -3))
			})
		}
		group.Wait()
		for _, err := range errs {
			require.NoError(t, err)
		}
		require.Len(t, w.stages("d"), 8)
		require.Len(t, w.history(core.ListFilter{Field: "stage_ext_id", Operator: core.OpEqual, Value: "won"}), 8)
	})
}
