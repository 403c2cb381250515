package dataapi_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/accounts"
	"github.com/skvoz/skvoz/core/deals"
	"github.com/skvoz/skvoz/core/sites"
)

func deal(id, stage, stageAt, more string) string {
	return fmt.Sprintf(`{"ext_id":%q,"name":"Окна для дачи","created_date_time":"2026-03-01 10:00:00","modified_stage_date_time":%q,
		"sales_funnel_ext_id":"f","stage_ext_id":%q%s}`, id, stageAt, stage, more)
}

func TestOC_1_dealsAreUploadedAsAHistoryOfStates(t *testing.T) {
	t.Parallel()
	eachEngine(t, func(t *testing.T, w *world) {
		require.JSONEq(t, `[]`, w.ok("get.deals_history", ""))
		crm, err := w.deals.Custom(t.Context(), w.account)
		require.NoError(t, err)
		require.Equal(t, deals.LoadNone, crm.DealsLoadState, "no deals were passed yet")

		w.funnel()
		require.JSONEq(t, `{}`, w.ok("upload.deals_history", `"deals":[`+deal("d1", "new", "2026-03-01 10:00:00", `,"revenue":1250.5,"contact_ext_ids":["c1"],
			"main_contact_ext_id":"c1","employee_ext_id":"e1","comments":null,"source":"Яндекс","tags":[{"ext_id":"t1","name":"VIP"}]`)+`]`))
		w.clock.Advance(time.Minute)
		w.ok("upload.deals_history", `"deals":[`+deal("d1", "won", "2026-03-05 18:30:00", `,"closed_date_time":"2026-03-05 18:30:00","revenue":3000`)+`]`)

		require.JSONEq(t, `[
			{"stage_ext_id":"new","modified_stage_date_time":"2026-03-01 10:00:00","closed_date_time":null,"revenue":1250.50,"is_generated":false},
			{"stage_ext_id":"talk","modified_stage_date_time":"2026-03-05 18:30:00","closed_date_time":null,"revenue":3000.00,"is_generated":true},
			{"stage_ext_id":"won","modified_stage_date_time":"2026-03-05 18:30:00","closed_date_time":"2026-03-05 18:30:00","revenue":3000.00,"is_generated":false}]`,
			normalGenerated(t, w.ok("get.deals_history", `"fields":["stage_ext_id","modified_stage_date_time","closed_date_time","revenue","is_generated"]`)))

		crm, err = w.deals.Custom(t.Context(), w.account)
		require.NoError(t, err)
		require.Equal(t, deals.LoadCompleted, crm.DealsLoadState)
		require.Equal(t, w.clock.Now(), *crm.DealsLoadedAt)
		require.Contains(t, w.ok("get.deals_in_processing", ""), `"count":`)

		w.ok("delete.deals", `"ext_id":"d1"`)
		require.JSONEq(t, `[]`, w.ok("get.deals_history", ""))
		w.refused("entity_not_found", "ext_id", "delete.deals", `"ext_id":"d1"`)
	})
}

// normalGenerated takes revenue and moment from generated states: what they are is tested with the deals.
func normalGenerated(t *testing.T, data string) string {
	t.Helper()
	var rows []map[string]any
	require.NoError(t, json.Unmarshal([]byte(data), &rows))
	for _, r := range rows {
		if is, _ := r["is_generated"].(bool); is {
			r["revenue"], r["modified_stage_date_time"], r["closed_date_time"] = 3000, "2026-03-05 18:30:00", nil
		}
	}
	b, err := json.Marshal(rows)
	require.NoError(t, err)
	return string(b)
}

func TestOC_1_aThousandDealsWithOneBadRecord_storeNothingAndNameIt(t *testing.T) {
	t.Parallel()
	eachEngine(t, func(t *testing.T, w *world) {
		w.funnel()
		upload := func(bad string) string {
			list := make([]string, 1000)
			for i := range list {
				stage := "new"
				if i == 617 {
					stage = bad
				}
				list[i] = deal(fmt.Sprintf("d%d", i), stage, "2026-03-02 10:00:00", `,"contact_ext_ids":["c1"],"main_contact_ext_id":"c1"`)
			}
			return `"deals":[` + strings.Join(list, ",") + `]`
		}
		a := w.refused("entity_not_found", "deals.617.stage_ext_id", "upload.deals_history", upload("nowhere"))
		require.Equal(t, "nowhere", a.Error.Data.Value)
		require.JSONEq(t, `[]`, w.ok("get.deals_history", ""))
		crm, err := w.deals.Custom(t.Context(), w.account)
		require.NoError(t, err)
		require.Equal(t, deals.LoadFailed, crm.DealsLoadState)

		w.ok("upload.deals_history", upload("talk"))
		a = w.call("get.deals_history", `"limit":10,"filter":{"field":"is_generated","operator":"=","value":false}`)
		require.Equal(t, 1000, *a.Result.Metadata.TotalItems, "all rows of the filter, not those of the page")

		list := strings.Repeat(deal("d", "new", "2026-03-02 10:00:00", "")+",", 1001)
		w.refused("data_limit_exceeded", "deals", "upload.deals_history", `"deals":[`+strings.TrimSuffix(list, ",")+`]`)
	})
}

func TestOC_1_recordsAreCheckedBeforeAnythingIsStored(t *testing.T) {
	t.Parallel()
	eachEngine(t, func(t *testing.T, w *world) {
		w.funnel()
		at := "2026-03-02 10:00:00"
		cases := []struct{ rule, mnemonic, field, deal string }{
			{"unknown name", "unexpected_parameters", "deals.0.sum", deal("d", "new", at, `,"sum":1`)},
			{"unknown name in a tag", "unexpected_parameters", "deals.0.tags.0.colour", deal("d", "new", at, `,"tags":[{"ext_id":"a","name":"b","colour":"c"}]`)},
			{"number for a text", "data_type_error", "deals.0.comments", deal("d", "new", at, `,"comments":5`)},
			{"text for a number", "data_type_error", "deals.0.revenue", deal("d", "new", at, `,"revenue":"5"`)},
			{"three digits after the point of roubles", "invalid_parameter_value", "deals.0.revenue", deal("d", "new", at, `,"revenue":5.123`)},
			{"a number without end", "invalid_parameter_value", "deals.0.revenue", deal("d", "new", at, `,"revenue":1e999999999`)},
			{"no date", "invalid_date_time", "deals.0.modified_stage_date_time", deal("d", "new", "yesterday", "")},
			{"no text", "invalid_parameter_value", "deals.0.ext_id", deal(" ", "new", at, "")},
			{"NUL", "invalid_parameter_value", "deals.0.comments", deal("d", "new", at, `,"comments":"a\u0000b"`)},
			{"communication without its kind", "invalid_parameters_combination", "deals.0.communication_id", deal("d", "new", at, `,"communication_id":5`)},
			{"unknown funnel", "entity_not_found", "deals.0.sales_funnel_ext_id", strings.Replace(deal("d", "new", at, ""), `"f"`, `"g"`, 1)},
			{"unknown contact", "entity_not_found", "deals.0.contact_ext_ids.1", deal("d", "new", at, `,"contact_ext_ids":["c1","c9"],"main_contact_ext_id":"c1"`)},
			{"contacts without a main one", "invalid_parameters_combination", "", deal("d", "new", at, `,"contact_ext_ids":["c1"]`)},
			{"stage before creation", "invalid_date_time", "deals.0.modified_stage_date_time", deal("d", "new", "2026-02-02 10:00:00", "")},
			{"not there", "required_parameter_missed", "deals.0.stage_ext_id", `{"ext_id":"d","name":"n","created_date_time":"2026-03-01","modified_stage_date_time":"2026-03-01","sales_funnel_ext_id":"f"}`},
			{"null", "required_parameter_missed", "deals.0.name", strings.Replace(deal("d", "new", at, ""), `"Окна для дачи"`, `null`, 1)},
			{"no object", "data_type_error", "deals.0", `"d"`},
		}
		for _, tc := range cases {
			t.Run(tc.rule, func(t *testing.T) {
				w.refused(tc.mnemonic, tc.field, "upload.deals_history", `"deals":[`+tc.deal+`]`)
			})
		}
		require.JSONEq(t, `[]`, w.ok("get.deals_history", ""))
		w.ok("upload.deals_history", `"deals":[`+deal("d", "new", at, `,"revenue":1.25e3,"user_fields":[],"child_customer_id":7,"closed_date_time":null`)+`]`)
		require.JSONEq(t, `[{"revenue":1250}]`, w.ok("get.deals_history", `"fields":["revenue"]`))
	})
}

func TestOC_1_funnelsAndStages(t *testing.T) {
	t.Parallel()
	eachEngine(t, func(t *testing.T, w *world) {
		w.funnel()
		require.JSONEq(t, `{"ext_id":"last"}`, w.ok("create.sales_funnel_stages", `"sales_funnel_ext_id":"f","ext_id":"last","name":"Договор","order":30`))
		w.ok("update.sales_funnel_stages", `"sales_funnel_ext_id":"f","ext_id":"talk","name":"Звонок","order":5`)
		w.ok("update.sales_funnel", `"ext_id":"f","name":"Главная"`)
		require.JSONEq(t, `[{"ext_id":"f","name":"Главная","stages":[
			{"stage_ext_id":"talk","stage_name":"Звонок","stage_status":"in_process","stage_order":5},
			{"stage_ext_id":"new","stage_name":"Новая","stage_status":"in_process","stage_order":10},
			{"stage_ext_id":"last","stage_name":"Договор","stage_status":"in_process","stage_order":30},
			{"stage_ext_id":"won","stage_name":"Оплачено","stage_status":"success","stage_order":10010},
			{"stage_ext_id":"lost","stage_name":"Отказ","stage_status":"failed","stage_order":10020}]}]`, w.ok("get.sales_funnel", ""))
		stages := `"stages":{"success":{"ext_id":"a","name":"b"},"failed":{"ext_id":"c","name":"d"},"in_process":[{"ext_id":"e","name":"f","order":10001}]}`
		w.refused("invalid_parameter_value", "stages.in_process.0.order", "create.sales_funnel", `"ext_id":"g","name":"n",`+stages)
		w.refused("duplicate_entity", "ext_id", "create.sales_funnel", `"ext_id":"f","name":"n",`+strings.Replace(stages, "10001", "10", 1))
		w.refused("duplicate_entity", "", "create.sales_funnel_stages", `"sales_funnel_ext_id":"f","ext_id":"last","name":"Договор","order":30`)
		w.ok("delete.sales_funnel_stages", `"sales_funnel_ext_id":"f","ext_id":"last"`)
		w.refused("entity_not_found", "", "delete.sales_funnel_stages", `"sales_funnel_ext_id":"f","ext_id":"last"`)
		w.ok("upload.deals_history", `"deals":[`+deal("d", "new", "2026-03-02 10:00:00", "")+`]`)
		w.refused("dependency_error", "ext_id", "delete.sales_funnel", `"ext_id":"f"`)
		w.ok("delete.deals", `"ext_id":"d"`)
		w.ok("delete.sales_funnel", `"ext_id":"f"`)
		require.JSONEq(t, `[]`, w.ok("get.sales_funnel", ""))
	})
}

func TestOC_1_contactsEmployeesAndFields(t *testing.T) {
	t.Parallel()
	eachEngine(t, func(t *testing.T, w *world) {
		w.funnel()
		require.JSONEq(t, `[{"ext_id":"c1","name":"Иван","created_date_time":"2026-03-10 12:00:30","phone_numbers":["79260000001"],
			"emails":["ivan@mail.example"],"component":"dataapi"}]`, w.ok("get.deal_contacts", ""))
		w.refused("duplicate_entity", "contacts.1.ext_id", "create.deal_contacts", `"contacts":[{"ext_id":"c2","name":"a"},{"ext_id":"c1","name":"b"}]`)
		w.refused("invalid_parameter_value", "contacts.0.phone_numbers.1", "create.deal_contacts", `"contacts":[{"ext_id":"c2","name":"a","phone_numbers":["79260000003","none"]}]`)
		w.refused("invalid_date_time", "contacts.0.created_date_time", "create.deal_contacts", `"contacts":[{"ext_id":"c2","name":"a","created_date_time":"2027-01-01 00:00:00"}]`)
		w.ok("update.deal_contacts", `"ext_id":"c1","emails":[],"created_date_time":"2026-02-01T00:00:00+03:00"`)
		require.JSONEq(t, `[{"name":"Иван","created_date_time":"2026-02-01 00:00:00","phone_numbers":["79260000001"],"emails":[]}]`,
			w.ok("get.deal_contacts", `"fields":["name","created_date_time","phone_numbers","emails"],"filter":{"field":"phone_numbers","operator":"overlap","value":["79260000001"]}`))
		w.ok("update.deal_employees", `"ext_id":"e1","name":"Анна"`)
		require.JSONEq(t, `[{"ext_id":"e1","name":"Анна"}]`, w.ok("get.deal_employees", ""))
		w.ok("delete.deal_employees", `"ext_id":"e1"`)
		w.ok("delete.deal_contacts", `"ext_id":"c1"`)
		for _, e := range []string{"deal", "lead"} {
			require.JSONEq(t, `{"ext_id":"u"}`, w.ok("create."+e+"_user_field", `"ext_id":"u","name":"Площадь","data_type":"numeric"`))
			w.ok("update."+e+"_user_field", `"ext_id":"u","name":"Метры"`)
			require.JSONEq(t, `[{"ext_id":"u","name":"Метры","data_type":"numeric"}]`, w.ok("get."+e+"_user_fields", ""))
		}
		w.ok("upload.deals_history", `"deals":[`+deal("d", "new", "2026-03-02 10:00:00", `,"user_fields":[{"ext_id":"u","value":12.5}]`)+`]`)
		w.ok("delete.lead_user_field", `"ext_id":"u"`)
		require.JSONEq(t, `[]`, w.ok("get.lead_user_fields", ""))
	})
}

func TestOC_1_leads(t *testing.T) {
	t.Parallel()
	eachEngine(t, func(t *testing.T, w *world) {
		var made struct{ ID int64 }
		require.NoError(t, json.Unmarshal([]byte(w.ok("create.lead_funnel_stages", `"ext_id":"s1","name":"Новый","type":"in_process","order":10`)), &made))
		w.ok("update.lead_funnel_stages", fmt.Sprintf(`"id":%d,"ext_id":"s1","name":"Разбор","type":"in_process","order":20`, made.ID))
		require.JSONEq(t, fmt.Sprintf(`[{"id":%d,"component":"dataapi","ext_id":"s1","name":"Разбор","type":"in_process","order":20}]`, made.ID),
			w.ok("get.lead_funnel_stages", ""))
		w.ok("create.lead_funnel_stages", `"ext_id":"s2","name":"Отказ","type":"failed","order":30`)
		require.JSONEq(t, `[{"ext_id":"s2"},{"ext_id":"s1"}]`, w.ok("get.lead_funnel_stages", `"fields":["ext_id"],"order":[{"field":"order","order":"desc"}]`))
		w.refused("unexpected_parameters", "order.0.field", "get.lead_funnel_stages", `"order":[{"field":"colour"}]`)
		lead := `{"ext_id":"l1","name":"Заявка","phones":["+79260000002"],"emails":["a@b.example"],"client_name":"Пётр","created_date_time":"2026-03-01 10:00:00",
			"modified_stage_date_time":"2026-03-01 10:00:00","stage_ext_id":"s1","messagers":[{"id":5,"type":"telegram","profile":"@p"}],"utm_source":"yandex"}` //nolint:misspell // the original's word
		require.JSONEq(t, `{}`, w.ok("upload.leads_history", `"leads":[`+lead+`]`))
		w.refused("entity_not_found", "leads.0.stage_ext_id", "upload.leads_history", `"leads":[`+strings.Replace(lead, `"s1"`, `"s9"`, 1)+`]`)
		w.ok("delete.lead", `"ext_id":"l1"`)
		w.refused("entity_not_found", "ext_id", "delete.lead", `"ext_id":"l1"`)
		w.ok("delete.lead_funnel_stages", fmt.Sprintf(`"id":%d`, made.ID))
	})
}

func TestOC_1_settingsOfCRMs(t *testing.T) {
	t.Parallel()
	eachEngine(t, func(t *testing.T, w *world) {
		var made struct{ ID int64 }
		require.NoError(t, json.Unmarshal([]byte(w.ok("create.crm_account",
			`"name":"amo","type":"amocrm","url":"https://okna.amocrm.ru","deal_conversion_model":"last_before_contact"`)), &made))
		w.ok("update.crm_account", fmt.Sprintf(`"id":%d,"name":"amoCRM","url":"https://okna.amocrm.ru","deal_conversion_model":"last_before_deal","is_ignore_outgoing_calls":true`, made.ID))
		require.JSONEq(t, fmt.Sprintf(`[{"id":%d,"name":"amoCRM","type":"amocrm","deal_conversion_model":"last_before_deal","is_ignore_outgoing_calls":true,
			"last_deals_load_time":null,"deals_load_state":"not_loaded","deals_load_error":null}]`, made.ID),
			w.ok("get.crm_accounts", `"fields":["id","name","type","deal_conversion_model","is_ignore_outgoing_calls","last_deals_load_time","deals_load_state","deals_load_error"],
				"filter":{"field":"type","operator":"=","value":"amocrm"}`))
		w.ok("delete.crm_account", fmt.Sprintf(`"id":%d`, made.ID))
		w.refused("entity_not_found", "", "delete.crm_account", fmt.Sprintf(`"id":%d`, made.ID))

		w.funnel()
		w.ok("create.crm_company", `"ext_id":"k1","name":"ООО Окна","phones":["84950000001"],"contact_ext_ids":["c1","later"]`)
		w.ok("update.crm_company", `"ext_id":"k1","name":"АО Окна","description":"завод"`)
		var list []struct {
			Name, Description string
			Phones            []string
			ContactIDs        []int64  `json:"contact_ids"`
			ContactExtIDs     []string `json:"contact_ext_ids"`
		}
		require.NoError(t, json.Unmarshal([]byte(w.ok("get.crm_companies", `"fields":["name","description","phones","contact_ids","contact_ext_ids"]`)), &list))
		require.Len(t, list, 1)
		require.Equal(t, "АО Окна", list[0].Name)
		require.Equal(t, []string{"74950000001"}, list[0].Phones)
		require.Len(t, list[0].ContactIDs, 1)
		require.Equal(t, []string{"c1", "later"}, list[0].ContactExtIDs)
		w.ok("update.crm_company", `"ext_id":"k1","name":"АО Окна","is_removed":true`)
		require.JSONEq(t, `[]`, w.ok("get.crm_companies", ""))
	})
}

func TestCosts_replaceExactlyTheSamePeriod(t *testing.T) {
	t.Parallel()
	eachEngine(t, func(t *testing.T, w *world) {
		site, err := w.sites.Create(t.Context(), w.account, sites.Create{Domain: "okna.example"})
		require.NoError(t, err)
		c, err := w.sites.CreateCampaign(t.Context(), w.account, sites.CreateCampaign{SiteID: site.ID, Name: "Директ", Include: []sites.Group{{Conditions: []sites.Condition{
			{Parameter: sites.ParameterUTMTags, Key: "utm_source", Operator: sites.OperatorEquals, Value: "yandex"},
		}}}})
		require.NoError(t, err)
		cost := func(from, till, amount string) string {
			return fmt.Sprintf(`{"date_from":"%s 00:00:00","date_till":"%s 23:59:59","campaign_id":%d,"site_id":%d,"cost":%s}`, from, till, c.ID, site.ID, amount)
		}
		upload := func(list ...string) string { return `"costs":[` + strings.Join(list, ",") + `]` }
		total := func() string {
			return w.ok("get.campaigns", `"fields":["costs"],"filter":{"field":"costs","operator":">","value":0}`)
		}
		require.JSONEq(t, `{"success":"true"}`, w.ok("upload.campaign_costs", upload(cost("2026-02-01", "2026-02-28", "1000.50"), cost("2026-03-01", "2026-03-09", "1"))))
		require.JSONEq(t, `[{"costs":1001.50}]`, total())
		w.ok("upload.campaign_costs", upload(cost("2026-02-01", "2026-02-28", "5")))
		require.JSONEq(t, `[{"costs":6.00}]`, total(), "the same period is replaced")
		w.refused("invalid_parameters_combination", "costs.1.date_from", "upload.campaign_costs", upload(cost("2026-03-01", "2026-03-09", "7"), cost("2026-02-10", "2026-02-11", "3")))
		require.JSONEq(t, `[{"costs":6.00}]`, total(), "all or none")
		w.ok("upload.campaign_costs", upload(cost("2026-02-01", "2026-02-28", "0"), cost("2026-02-10", "2026-02-11", "3")))
		require.JSONEq(t, `[{"costs":4.00}]`, total(), "zero removes the period")
		w.refused("entity_not_found", "costs.0.campaign_id", "upload.campaign_costs", strings.Replace(upload(cost("2026-02-01", "2026-02-02", "1")), c.ID.String(), "9", 1))
		w.refused("invalid_parameter_value", "costs.0.cost", "upload.campaign_costs", upload(cost("2026-02-01", "2026-02-02", "-1")))
		w.refused("invalid_parameter_value", "costs.0.date_till", "upload.campaign_costs", upload(cost("2026-02-02", "2026-02-01", "1")))
		require.Contains(t, w.ok("get.campaigns", ""), `"value":"utm_source=yandex"`)
		require.Contains(t, w.ok("get.sites", `"fields":["id","domain_name","site_key"]`), `"domain_name":"okna.example"`)
	})
}

func TestOC_1_whatBelongsToAnotherAccountIsNotThere(t *testing.T) {
	t.Parallel()
	eachEngine(t, func(t *testing.T, w *world) {
		w.funnel()
		other, _, err := w.accounts.CreateAccount(t.Context(), accounts.Founding{AccountName: "Other", Name: "O", Email: "o@other.example", Password: password})
		require.NoError(t, err)
		_, err = w.accounts.AllowNetwork(t.Context(), other.ID, "0.0.0.0/0", "")
		require.NoError(t, err)
		w.token = w.key("o@other.example", accounts.ScopeDataAPI)
		require.JSONEq(t, `[]`, w.ok("get.sales_funnel", ""))
		w.refused("entity_not_found", "", "delete.sales_funnel", `"ext_id":"f"`)
		w.refused("entity_not_found", "deals.0.sales_funnel_ext_id", "upload.deals_history", `"deals":[`+deal("d", "new", "2026-03-02 10:00:00", "")+`]`)
		_, err = w.deals.ListFunnels(t.Context(), w.account, 0, core.ListRequest{})
		require.NoError(t, err)
	})
}
