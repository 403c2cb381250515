package emulator_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/connectors/amocrm/emulator"
)

const newContact = `{"name":"Олег Тестов","custom_fields_values":[
	{"field_code":"PHONE","values":[{"value":"+7 (900) 123-45-67","enum_code":"MOB"},{"value":"84951112233"}]},
	{"field_code":"EMAIL","values":[{"value":"Oleg@Example.ru","enum_code":"WORK"}]}]}`

func TestContacts_FoundByWhatTheyAreCalled(t *testing.T) {
	t.Parallel()
	a := open(t, emulator.Options{})
	id := a.made("/api/v4/contacts", "contacts", "["+newContact+"]")
	cases := []struct {
		rule, query string
		found       bool
	}{
		{"name in any case of letters", "олег", true},
		{"phone as digits", "79001234567", true},
		{"last ten digits", "9001234567", true},
		{"phone as people write it", "+7 900 123-45-67", true},
		{"second phone", "84951112233", true},
		{"phone with 8 for +7 is another text", "89001234567", false},
		{"e-mail in lower case", "oleg@example.ru", true},
		{"a part of an e-mail", "example.ru", true},
		{"nothing of the kind", "Ипполит", false},
	}
	for _, c := range cases {
		t.Run(c.rule, func(t *testing.T) {
			t.Parallel()
			here := *a
			here.t = t
			ids := here.get("/api/v4/contacts" + query("query", c.query)).ids("contacts")
			require.Equal(t, c.found, strings.Contains(fmt.Sprint(ids), fmt.Sprint(id)))
		})
	}
}

func TestContacts_KeptAsWritten(t *testing.T) {
	t.Parallel()
	a := open(t, emulator.Options{})
	id := a.made("/api/v4/contacts", "contacts", "["+newContact+"]")
	path := fmt.Sprintf("/api/v4/contacts/%d", id)
	fields := a.get(path).json()["custom_fields_values"].([]any)
	phone := fields[0].(object)
	require.Equal(t, []any{"PHONE", "multitext", "Телефон"}, []any{phone["field_code"], phone["field_type"], phone["field_name"]})
	first := phone["values"].([]any)[0].(object)
	require.Equal(t, []any{"+7 (900) 123-45-67", "MOB"}, []any{first["value"], first["enum_code"]})
	require.Equal(t, "WORK", phone["values"].([]any)[1].(object)["enum_code"], "the first kind when nothing is said")

	require.Equal(t, 200, a.do(http.MethodPatch, path, `{"first_name":"Олег","last_name":"Новый","custom_fields_values":[{"field_code":"PHONE","values":[{"value":"1234567890"}]}]}`).status)
	contacts := a.Contacts()
	got := contacts[len(contacts)-1]
	require.Equal(t, []string{"1234567890"}, got.Phones(), "a list of phones is replaced as a whole")
	require.Equal(t, []string{"Oleg@Example.ru"}, got.Emails())
	require.Equal(t, "Олег Новый", got.Name)
	require.Equal(t, http.StatusNoContent, a.get("/api/v4/contacts?query=9001234567").status)

	require.Equal(t, []string{"0 NotSupportedChoice custom_fields_values.0.values.0.enum_code"},
		a.do(http.MethodPost, "/api/v4/contacts", `[{"custom_fields_values":[{"field_code":"PHONE","values":[{"value":"1","enum_code":"PRIV"}]}]}]`).wrong())
	require.Equal(t, []string{"0 InvalidType custom_fields_values.0.values.0.value"},
		a.do(http.MethodPost, "/api/v4/contacts", `[{"custom_fields_values":[{"field_code":"PHONE","values":[{"value":79001234567}]}]}]`).wrong())
}

func TestContacts_WithLeads(t *testing.T) {
	t.Parallel()
	a := open(t, emulator.Options{})
	first := a.Contacts()[0]
	got := a.get(fmt.Sprintf("/api/v4/contacts?with=leads&filter[id]=%d", first.ID)).rows("contacts")
	leads := got[0]["_embedded"].(object)["leads"].([]any)
	require.Len(t, leads, 2)
	require.NoError(t, a.DeleteLead(first.Leads[0]))
	require.Len(t, a.get(fmt.Sprintf("/api/v4/contacts/%d?with=leads", first.ID)).json()["_embedded"].(object)["leads"], 1, "deleted leads are gone")
}

func TestCompanies(t *testing.T) {
	t.Parallel()
	a := open(t, emulator.Options{})
	id := a.made("/api/v4/companies", "companies", `[{"name":"ООО «Тест»","custom_fields_values":[{"field_code":"WEB","values":[{"value":"https://example.ru"}]}]}]`)
	require.Equal(t, "ООО «Тест»", a.get(fmt.Sprintf("/api/v4/companies/%d", id)).json()["name"])
	require.Equal(t, []string{"0 FieldNotExpected first_name"}, a.do(http.MethodPost, "/api/v4/companies", `[{"first_name":"x"}]`).wrong())
	require.Len(t, a.Companies(), 2)
}

func TestComplex(t *testing.T) {
	t.Parallel()
	a := open(t, emulator.Options{})
	r := a.do(http.MethodPost, "/api/v4/leads/complex", `[{"name":"Комплекс","price":10,"request_id":"r1","_embedded":{"tags":[{"name":"сайт"}],"contacts":[`+newContact+`],"companies":[{"name":"Фирма"}]}}]`)
	require.Equal(t, 200, r.status, r.text)
	var out []struct {
		ID        int64
		ContactID int64    `json:"contact_id"`
		CompanyID int64    `json:"company_id"`
		RequestID []string `json:"request_id"`
		Merged    bool
	}
	require.NoError(t, json.Unmarshal([]byte(r.text), &out), "the answer is a bare list")
	l, _ := a.Lead(out[0].ID)
	require.Equal(t, []emulator.LeadContact{{ID: out[0].ContactID, IsMain: true}}, l.Contacts)
	require.Equal(t, out[0].CompanyID, l.CompanyID)
	require.Equal(t, []string{"r1"}, out[0].RequestID)
	require.False(t, out[0].Merged)

	before := a.Counts()
	r = a.do(http.MethodPost, "/api/v4/leads/complex", fmt.Sprintf(`[{"name":"Ещё","_embedded":{"contacts":[{"id":%d}]}}]`, out[0].ContactID))
	require.Equal(t, 200, r.status, r.text)
	after := a.Counts()
	require.Equal(t, []int{before.Leads + 1, before.Contacts}, []int{after.Leads, after.Contacts}, "a contact that is there is not made again")

	cases := []struct {
		rule, body string
		want       []string
	}{
		{"two contacts", `[{"_embedded":{"contacts":[{"name":"a"},{"name":"b"}]}}]`, []string{"0 TooMany _embedded.contacts"}},
		{"unknown contact", `[{"_embedded":{"contacts":[{"id":1}]}}]`, []string{"0 NotSupportedChoice _embedded.contacts.0.id"}},
		{"wrong field of the contact", `[{"_embedded":{"contacts":[{"custom_fields_values":[{"field_code":"FAX","values":[{"value":"1"}]}]}]}}]`, []string{"0 NotSupportedChoice _embedded.contacts.0.custom_fields_values.0.field_code"}},
		{"wrong price", `[{"price":"1"}]`, []string{"0 InvalidType price"}},
		{"more than 50", "[" + strings.Repeat("{},", 50) + "{}]", []string{"0 TooMany "}},
		{"metadata without a category", `[{"_embedded":{"metadata":{}}}]`, []string{"0 NotSupportedChoice _embedded.metadata.category"}},
	}
	for _, c := range cases {
		t.Run(c.rule, func(t *testing.T) {
			t.Parallel()
			here := *a
			here.t = t
			require.Equal(t, c.want, here.do(http.MethodPost, "/api/v4/leads/complex", c.body).wrong())
		})
	}

	r = a.do(http.MethodPost, "/api/v4/leads/complex", `[{"name":"Форма","_embedded":{"contacts":[{"name":"Скрытый"}],"metadata":{"category":"forms","form_id":"1","form_name":"f","form_page":"https://example.ru","form_sent_at":1}}}]`)
	require.Equal(t, 200, r.status, r.text)
	require.Len(t, a.get("/api/v4/leads/unsorted?filter[category][]=forms").rows("unsorted"), 1, "with metadata it waits in the unsorted list")
}

func TestLinks(t *testing.T) {
	t.Parallel()
	a := open(t, emulator.Options{})
	lead, contact, company := a.Leads()[1], a.Contacts()[2], a.Companies()[0]
	path := fmt.Sprintf("/api/v4/leads/%d", lead.ID)
	r := a.do(http.MethodPost, path+"/link", fmt.Sprintf(`[{"to_entity_id":%d,"to_entity_type":"contacts","metadata":{"is_main":true}},{"to_entity_id":%d,"to_entity_type":"companies"}]`, contact.ID, company.ID))
	require.Len(t, r.rows("links"), 2)
	got, _ := a.Lead(lead.ID)
	require.Equal(t, company.ID, got.CompanyID)
	require.Equal(t, []emulator.LeadContact{{ID: lead.Contacts[0].ID}, {ID: contact.ID, IsMain: true}}, got.Contacts)
	require.Len(t, a.get(path+"/links").rows("links"), 3)
	require.Len(t, a.get(path+"/links?filter[to_entity_type]=companies").rows("links"), 1)

	require.Equal(t, http.StatusNoContent, a.do(http.MethodPost, "/api/v4/leads/unlink", fmt.Sprintf(`[{"entity_id":%d,"to_entity_id":%d,"to_entity_type":"contacts"}]`, lead.ID, contact.ID)).status)
	got, _ = a.Lead(lead.ID)
	require.Equal(t, []emulator.LeadContact{{ID: lead.Contacts[0].ID, IsMain: true}}, got.Contacts)
	require.Equal(t, 200, a.do(http.MethodPost, fmt.Sprintf("/api/v4/contacts/%d/link", contact.ID), fmt.Sprintf(`[{"to_entity_id":%d,"to_entity_type":"leads"}]`, lead.ID)).status, "the other way round")
	got, _ = a.Lead(lead.ID)
	require.Len(t, got.Contacts, 2)

	require.Equal(t, []string{"0 NotSupportedChoice to_entity_id"}, a.do(http.MethodPost, path+"/link", `[{"to_entity_id":1,"to_entity_type":"contacts"}]`).wrong())
	require.Equal(t, []string{"0 NotSupportedChoice to_entity_type"}, a.do(http.MethodPost, path+"/link", `[{"to_entity_id":1,"to_entity_type":"deals"}]`).wrong())
}

func TestAccountUsersPipelinesFields(t *testing.T) {
	t.Parallel()
	a := open(t, emulator.Options{})
	account := a.get("/api/v4/account?with=is_api_filter_enabled,users_groups").json()
	require.Equal(t, []any{"demo", true}, []any{account["subdomain"], account["is_api_filter_enabled"]})

	users := a.get("/api/v4/users?limit=250")
	require.EqualValues(t, 3, users.json()["_total_items"])
	require.NoError(t, a.DeactivateUser(7000003))
	rights := a.get("/api/v4/users/7000003").json()["rights"].(object)
	require.Equal(t, []any{false, false}, []any{rights["is_admin"], rights["is_active"]})
	require.Equal(t, []string{"0 NotSupportedChoice responsible_user_id"}, a.do(http.MethodPost, "/api/v4/leads", `[{"responsible_user_id":7000003}]`).wrong())
	plain := a.send(http.MethodGet, "/api/v4/users", "", nil, http.Header{"Authorization": {"Bearer " + a.token}, "X-Context-User-Id": {"7000002"}})
	plain.problem(403)

	_, err := a.AddPipeline("Опт", "Заявка")
	require.NoError(t, err)
	pipelines := a.get("/api/v4/leads/pipelines")
	require.EqualValues(t, 3, pipelines.json()["_total_items"])
	for i, p := range pipelines.rows("pipelines") {
		require.Equal(t, i == 0, p["is_main"])
		kinds := map[float64]float64{}
		for _, s := range p["_embedded"].(object)["statuses"].([]any) {
			status := s.(object)
			require.Equal(t, p["id"], status["pipeline_id"])
			kinds[status["id"].(float64)] = status["type"].(float64)
		}
		require.Contains(t, kinds, 142.0)
		require.Contains(t, kinds, 143.0)
		unsorted := 0
		for _, kind := range kinds {
			unsorted += int(kind)
		}
		require.Equal(t, 1, unsorted, "one status of unsorted entries each")
	}

	types := map[string]any{}
	for _, f := range a.get("/api/v4/leads/custom_fields?limit=250").rows("custom_fields") {
		types[f["name"].(string)] = f["type"]
	}
	require.Equal(t, []any{"tracking_data", "text", "text", "numeric", "select"}, []any{types["utm_source"], types["Канал"], types["ID посетителя"], types["Площадь, м²"], types["Тип клиента"]})
	require.Len(t, a.get("/api/v4/contacts/custom_fields?filter[type][0]=multitext").rows("custom_fields"), 2)
	made := a.do(http.MethodPost, "/api/v4/leads/custom_fields", `[{"name":"Регион","type":"select","enums":[{"value":"Север"}]}]`)
	require.EqualValues(t, "Север", made.rows("custom_fields")[0]["enums"].([]any)[0].(object)["value"])
}

func TestContacts_ChangedInAList(t *testing.T) {
	t.Parallel()
	a := open(t, emulator.Options{})
	people := a.Contacts()
	r := a.do(http.MethodPatch, "/api/v4/contacts", fmt.Sprintf(`[{"id":%d,"name":"Первый"},{"id":%d,"name":"Второй","request_id":"b"}]`, people[0].ID, people[1].ID))
	require.Equal(t, "b", r.rows("contacts")[1]["request_id"])
	require.Equal(t, []string{"Первый", "Второй"}, []string{a.Contacts()[0].Name, a.Contacts()[1].Name})
	require.Equal(t, []string{"0 FieldMissing id", "1 NotSupportedChoice id"}, a.do(http.MethodPatch, "/api/v4/contacts", `[{"name":"x"},{"id":5}]`).wrong())
}

func TestCompanies_TheirContactsAndLeads(t *testing.T) {
	t.Parallel()
	a := open(t, emulator.Options{})
	company, contact, lead := a.Companies()[0], a.Contacts()[0], a.Leads()[1]
	path := fmt.Sprintf("/api/v4/companies/%d", company.ID)
	require.Len(t, a.get(path + "?with=contacts").json()["_embedded"].(object)["contacts"], 1)
	require.Len(t, a.get(path+"/links").rows("links"), 1)
	other := a.made("/api/v4/companies", "companies", `[{"name":"Другая"}]`)
	for _, id := range []int64{company.ID, other} {
		require.Equal(t, 200, a.do(http.MethodPost, fmt.Sprintf("/api/v4/leads/%d/link", lead.ID), fmt.Sprintf(`[{"to_entity_id":%d,"to_entity_type":"companies"}]`, id)).status)
	}
	require.Len(t, a.get(path+"/links").rows("links"), 1, "a lead has one company")
	require.Equal(t, http.StatusNoContent, a.do(http.MethodPost, fmt.Sprintf("/api/v4/leads/%d/unlink", lead.ID), fmt.Sprintf(`[{"to_entity_id":%d,"to_entity_type":"companies"}]`, other)).status)
	require.Equal(t, http.StatusNoContent, a.do(http.MethodPost, path+"/unlink", fmt.Sprintf(`[{"to_entity_id":%d,"to_entity_type":"contacts"}]`, contact.ID)).status)
	require.Equal(t, http.StatusNoContent, a.get(path+"/links").status)
}
