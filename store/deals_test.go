package store_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/comms"
	"github.com/skvoz/skvoz/core/deals"
	"github.com/skvoz/skvoz/internal/phonenum"
	"github.com/skvoz/skvoz/internal/testkit"
	"github.com/skvoz/skvoz/store"
	"github.com/skvoz/skvoz/store/storetest"
)

// crmWorld is an account with a funnel new → talk → offer → won | lost, two employees and three contacts.
type crmWorld struct {
	*deals.Service
	t       *testing.T
	db      *store.DB
	clock   *testkit.Clock
	account core.AccountID
	crm     core.CRMID
}

// eachCRM runs a test over a fresh crmWorld on each engine.
func eachCRM(t *testing.T, fn func(t *testing.T, w *crmWorld)) {
	t.Helper()
	clock := testkit.NewClock(noon)
	storetest.Each(t, clock, func(t *testing.T, db *store.DB) { fn(t, newCRMWorld(t, db, clock)) })
}

func newCRMWorld(t *testing.T, db *store.DB, clock *testkit.Clock) *crmWorld {
	t.Helper()
	addAccount(t.Context(), t, db, 1)
	w := &crmWorld{t: t, db: db, clock: clock, account: 1, Service: deals.NewService(deals.Config{
		Store: db.DealStore(), Clock: clock, ReadEmail: phonenum.NormalizeEmail,
		ReadPhone: func(raw string) (string, bool) { return phonenum.Normalize(raw, "RU") },
		Currency:  func(context.Context, core.AccountID) (string, error) { return "RUB", nil },
	})}
	c, err := w.Custom(t.Context(), 1)
	require.NoError(t, err)
	w.crm = c.ID
	_, err = w.CreateFunnel(t.Context(), 1, w.crm, sales("sales"))
	require.NoError(t, err)
	for _, id := range []string{"e1", "e2"} {
		_, err = w.CreateEmployee(t.Context(), 1, w.crm, id, "Employee "+id)
		require.NoError(t, err)
	}
	require.NoError(t, w.CreateContacts(t.Context(), 1, w.crm, []deals.NewContact{
		{ExternalID: "c1", Name: "Анна", CreatedAt: at(-10), Phones: []string{"8 (926) 244-43-93"}, Emails: []string{"Anna@Example.com"}},
		{ExternalID: "c2", Name: "Boris", CreatedAt: at(-9), Phones: []string{"+79031112233"}},
		{ExternalID: "c3", Name: "Clara", CreatedAt: at(-8)},
	}))
	return w
}

func sales(externalID string) deals.NewFunnel {
	return deals.NewFunnel{
		ExternalID: externalID, Name: "Sales", Success: deals.NewStage{ExternalID: "won", Name: "Won"}, Failed: deals.NewStage{ExternalID: "lost", Name: "Lost"},
		InProcess: []deals.NewStage{
			{ExternalID: "offer", Name: "Offer", Position: 30}, {ExternalID: "new", Name: "New", Position: 10}, {ExternalID: "talk", Name: "Talk", Position: 20},
		},
	}
}

// at is noon some hours from now.
func at(hours int) time.Time { return noon.Add(time.Duration(hours) * time.Hour) }

// rec is a record of a deal that was created 48 hours ago.
func rec(externalID, stage string, hours int) deals.DealRecord {
	return deals.DealRecord{
		ExternalID: externalID, Name: "Deal " + externalID, CreatedAt: at(-48), StageAt: at(hours), ModifiedAt: at(hours), FunnelExternalID: "sales", StageExternalID: stage,
	}
}

func (w *crmWorld) upload(records ...deals.DealRecord) error {
	return w.UploadDeals(w.t.Context(), w.account, w.crm, records)
}

func (w *crmWorld) deal(externalID string) deals.Deal {
	w.t.Helper()
	d, err := w.DealByExternalID(w.t.Context(), w.account, w.crm, externalID)
	require.NoError(w.t, err)
	return d
}

func (w *crmWorld) history(filter core.ListFilter, sort ...core.SortBy) []deals.HistoryRow {
	w.t.Helper()
	l, err := w.ListHistory(w.t.Context(), w.account, w.crm, core.ListRequest{Filter: filter, Sort: sort, Limit: 1000})
	require.NoError(w.t, err)
	require.Len(w.t, l.Rows, l.Total)
	return l.Rows
}

// stages returns the stages of a deal in order, generated ones in brackets.
func (w *crmWorld) stages(externalID string) (out []string) {
	w.t.Helper()
	for _, h := range w.history(core.ListFilter{Field: "ext_id", Operator: core.OpEqual, Value: externalID}) {
		name := h.StageExternalID
		if h.IsGenerated {
			name = "(" + name + ")"
		}
		out = append(out, name)
	}
	return out
}

// marked counts the deals that wait for linking, and forgets them.
func (w *crmWorld) marked() int {
	w.t.Helper()
	n, err := w.InProcessing(w.t.Context(), w.account, w.crm)
	require.NoError(w.t, err)
	require.NoError(w.t, w.db.Gorm().Exec("DELETE FROM deal_work").Error)
	return n
}

// version is the version reports know the deals of a day by.
func (w *crmWorld) version(day time.Time) (n int64) {
	w.t.Helper()
	row := w.db.Gorm().Raw("SELECT COALESCE(SUM(version), 0) FROM report_days WHERE account_id = 1 AND kind = 3 AND day = ?", day.Unix()/86400)
	require.NoError(w.t, row.Scan(&n).Error)
	return n
}

func refused(t *testing.T, err error, kind core.Kind, reason, field string) {
	t.Helper()
	require.Error(t, err)
	e := core.AsError(err)
	require.Equal(t, []string{string(kind), reason, field}, []string{string(e.Kind), e.Reason, e.Field}, "%v", err)
}

func TestOC_1_UploadKeepsADealWithEverything(t *testing.T) {
	t.Parallel()
	eachCRM(t, func(t *testing.T, w *crmWorld) {
		ctx := t.Context()
		_, err := w.CreateField(ctx, 1, w.crm, deals.Field{Entity: deals.FieldOfDeal, ExternalID: "sum", Name: "Sum", DataType: deals.FieldNumeric})
		require.NoError(t, err)
		_, err = w.CreateCompany(ctx, 1, w.crm, deals.Company{ExternalID: "co", Name: "Ромашка", Phones: []core.Phone{"84951234567"}})
		require.NoError(t, err)
		r := rec("d1", "talk", -2)
		revenue := int64(1250050)
		r.ContactExternalIDs, r.MainContactExternalID, r.EmployeeExternalID, r.CompanyExternalID = []string{"c2", "c1"}, "c1", "e1", "co"
		r.RevenueMinor, r.Comments, r.Source, r.LeadExternalID, r.URL = &revenue, "прим.", "site", "lead9", "https://crm.example/1"
		r.Fields, r.Tags = []deals.FieldValue{{ExternalID: "sum", Value: "12.5"}}, []deals.Tag{{ExternalID: "t1", Name: "vip"}}
		require.NoError(t, w.upload(r))
		d := w.deal("d1")
		require.Equal(t, deals.StageInProcess, d.Status)
		require.Equal(t, core.Money{Minor: revenue, Currency: "RUB"}, d.Revenue)
		require.Len(t, d.ContactIDs, 2)
		contacts, err := w.Contacts(ctx, 1, d.ContactIDs)
		require.NoError(t, err)
		require.Equal(t, []core.Phone{"79262444393"}, contacts[d.MainContactID].Phones)
		require.Equal(t, []core.Email{"anna@example.com"}, contacts[d.MainContactID].Emails)
		employees, err := w.Employees(ctx, 1, []core.DealEmployeeID{d.EmployeeID})
		require.NoError(t, err)
		require.Equal(t, "Employee e1", employees[d.EmployeeID].Name)
		require.Equal(t, r.Fields, d.Fields)
		require.Equal(t, r.Tags, d.Tags)
		rows := w.history(core.ListFilter{})
		require.Len(t, rows, 2)
		require.Equal(t, deals.HistoryRow{
			ExternalID: "d1", Name: "Deal d1", CreatedAt: at(-48), StageAt: at(-2), ContactExternalIDs: []string{"c1", "c2"}, TagExternalIDs: []string{"t1"},
			MainContactExternalID: "c1", EmployeeExternalID: "e1", Revenue: d.Revenue, FunnelExternalID: "sales", StageExternalID: "talk", Comments: "прим.", Source: "site",
		}, rows[1])
		require.True(t, rows[0].IsGenerated)
		require.Equal(t, at(-2), rows[0].StageAt)
		require.Equal(t, 1, w.marked())
		require.EqualValues(t, 1, w.version(at(-48)))
		byID, err := w.Deal(ctx, 1, d.ID)
		require.NoError(t, err)
		require.Equal(t, d, byID)
	})
}

// faults are records that break one rule each: its field and reason.
func faults() map[string]struct {
	change        func(*deals.DealRecord)
	field, reason string
} {
	type fault = struct {
		change        func(*deals.DealRecord)
		field, reason string
	}
	closed, huge := at(-60), int64(1e15)
	return map[string]fault{
		"without identifier":             {func(r *deals.DealRecord) { r.ExternalID = "" }, "ext_id", "required_parameter_missed"},
		"without name":                   {func(r *deals.DealRecord) { r.Name = "  " }, "name", "required_parameter_missed"},
		"without creation":               {func(r *deals.DealRecord) { r.CreatedAt = time.Time{} }, "created_date_time", "required_parameter_missed"},
		"without stage time":             {func(r *deals.DealRecord) { r.StageAt = time.Time{} }, "modified_stage_date_time", "required_parameter_missed"},
		"without funnel":                 {func(r *deals.DealRecord) { r.FunnelExternalID = "" }, "sales_funnel_ext_id", "required_parameter_missed"},
		"without stage":                  {func(r *deals.DealRecord) { r.StageExternalID = "" }, "stage_ext_id", "required_parameter_missed"},
		"a name no database can hold":    {func(r *deals.DealRecord) { r.Name = "a\x00" }, "name", "invalid_parameter_value"},
		"created in the future":          {func(r *deals.DealRecord) { r.CreatedAt, r.StageAt = at(1), at(2) }, "created_date_time", "invalid_date_time"},
		"in its stage before creation":   {func(r *deals.DealRecord) { r.StageAt = at(-49) }, "modified_stage_date_time", "invalid_date_time"},
		"closed before creation":         {func(r *deals.DealRecord) { r.ClosedAt = &closed }, "closed_date_time", "invalid_date_time"},
		"contacts without a main one":    {func(r *deals.DealRecord) { r.ContactExternalIDs = []string{"c1"} }, "main_contact_ext_id", "invalid_parameters_combination"},
		"a main contact without others":  {func(r *deals.DealRecord) { r.MainContactExternalID = "c1" }, "contact_ext_ids", "invalid_parameters_combination"},
		"a main contact not among them":  {func(r *deals.DealRecord) { r.ContactExternalIDs, r.MainContactExternalID = []string{"c1"}, "c2" }, "main_contact_ext_id", "invalid_parameters_combination"},
		"an unknown contact":             {func(r *deals.DealRecord) { r.ContactExternalIDs, r.MainContactExternalID = []string{"c1", "c9"}, "c1" }, "contact_ext_ids.1", "entity_not_found"},
		"a communication without a type": {func(r *deals.DealRecord) { r.Communication.ID = 7 }, "communication_type", "invalid_parameters_combination"},
		"a type without a communication": {func(r *deals.DealRecord) { r.Communication.Kind = comms.KindCall }, "communication_id", "invalid_parameters_combination"},
		"an unknown type":                {func(r *deals.DealRecord) { r.Communication = deals.CommunicationRef{ID: 7, Kind: "fax"} }, "communication_type", "invalid_parameter_value"},
		"an unknown communication":       {func(r *deals.DealRecord) { r.Communication = deals.CommunicationRef{ID: 7, Kind: comms.KindCall} }, "communication_id", "entity_not_found"},
		"an unknown funnel":              {func(r *deals.DealRecord) { r.FunnelExternalID = "nope" }, "sales_funnel_ext_id", "entity_not_found"},
		"an unknown stage":               {func(r *deals.DealRecord) { r.StageExternalID = "nope" }, "stage_ext_id", "entity_not_found"},
		"an unknown employee":            {func(r *deals.DealRecord) { r.EmployeeExternalID = "e\x009" }, "employee_ext_id", "entity_not_found"},
		"an unknown company":             {func(r *deals.DealRecord) { r.CompanyExternalID = "nope" }, "company_ext_id", "entity_not_found"},
		"an unknown field":               {func(r *deals.DealRecord) { r.Fields = []deals.FieldValue{{ExternalID: "nope"}} }, "user_fields.0.ext_id", "entity_not_found"},
		"a number that is none":          {func(r *deals.DealRecord) { r.Fields = []deals.FieldValue{{ExternalID: "num", Value: "0x1"}} }, "user_fields.0.value", "invalid_parameter_value"},
		"a revenue of a whole country":   {func(r *deals.DealRecord) { r.RevenueMinor = &huge }, "revenue", "invalid_parameter_value"},
		"a tag without a name":           {func(r *deals.DealRecord) { r.Tags = []deals.Tag{{ExternalID: "t"}} }, "tags.0.name", "required_parameter_missed"},
	}
}

func TestOC_1_UploadIsAllOrNothingAndNamesTheBadRecord(t *testing.T) {
	t.Parallel()
	eachCRM(t, func(t *testing.T, w *crmWorld) {
		_, err := w.CreateField(t.Context(), 1, w.crm, deals.Field{Entity: deals.FieldOfDeal, ExternalID: "num", Name: "Number", DataType: deals.FieldNumeric})
		require.NoError(t, err)
		for name, f := range faults() {
			records := make([]deals.DealRecord, deals.MaxAtOnce)
			for i := range records {
				records[i] = rec(fmt.Sprintf("d%d", i), "new", -1)
			}
			f.change(&records[999])
			e := core.AsError(w.upload(records...))
			require.NotNil(t, e, name)
			require.Equal(t, "deals.999."+f.field, e.Field, name)
			require.Equal(t, f.reason, e.Reason, name)
		}
		require.Empty(t, w.history(core.ListFilter{}))
		require.Zero(t, w.marked())
		require.Zero(t, w.version(at(-48)))
		c, err := w.CRM(t.Context(), 1, w.crm)
		require.NoError(t, err)
		require.Equal(t, deals.LoadFailed, c.DealsLoadState)
		require.NotEmpty(t, c.DealsLoadError)
		require.Equal(t, noon, *c.DealsLoadedAt)
		refused(t, w.upload(), core.KindInvalid, "required_parameter_missed", "deals")
		refused(t, w.upload(make([]deals.DealRecord, 1001)...), core.KindInvalid, "data_limit_exceeded", "deals")
	})
}

func TestOC_1_AThousandDealsAreTakenInAtOnceAndFast(t *testing.T) {
	t.Parallel()
	eachCRM(t, func(t *testing.T, w *crmWorld) {
		records := make([]deals.DealRecord, deals.MaxAtOnce)
		for i := range records {
			records[i] = rec(fmt.Sprintf("d%03d", i), "offer", -1)
			records[i].ContactExternalIDs, records[i].MainContactExternalID = []string{"c1", "c2"}, "c2"
		}
		began := time.Now()
		require.NoError(t, w.upload(records...))
		t.Logf("1000 deals with 3000 states: %v", time.Since(began))
		began = time.Now()
		require.NoError(t, w.upload(records...), "once more")
		t.Logf("the same again: %v", time.Since(began))
		l, err := w.ListHistory(t.Context(), 1, w.crm, core.ListRequest{Limit: 10, Offset: 2990})
		require.NoError(t, err)
		require.Equal(t, 3000, l.Total)
		require.Len(t, l.Rows, 10)
		require.Equal(t, 1000, w.marked())
		c, err := w.CRM(t.Context(), 1, w.crm)
		require.NoError(t, err)
		require.Equal(t, deals.LoadCompleted, c.DealsLoadState)
		require.Empty(t, c.DealsLoadError)
	})
}
