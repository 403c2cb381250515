package emulator_test

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/connectors/amocrm/emulator"
)

func TestLeads_WhatIsRefused(t *testing.T) {
	t.Parallel()
	a := open(t, emulator.Options{})
	p := a.Pipelines()
	other := p[1].Statuses[1].ID
	cases := []struct {
		rule, body string
		want       []string
	}{
		{"an object instead of a list", `{"name":"x"}`, []string{"0 InvalidType "}},
		{"an empty list", `[]`, []string{"0 InvalidType "}},
		{"a list of numbers", `[1]`, []string{"0 InvalidType "}},
		{"price as text", `[{"price":"100"}]`, []string{"0 InvalidType price"}},
		{"price with kopecks", `[{"price":100.5}]`, []string{"0 InvalidType price"}},
		{"price null", `[{"price":null}]`, []string{"0 NotNullable price"}},
		{"id of a user as text", `[{"responsible_user_id":"7000001"}]`, []string{"0 InvalidType responsible_user_id"}},
		{"unknown user", `[{"responsible_user_id":5}]`, []string{"0 NotSupportedChoice responsible_user_id"}},
		{"unknown pipeline", `[{"pipeline_id":5}]`, []string{"0 NotSupportedChoice pipeline_id"}},
		{"status of another pipeline", fmt.Sprintf(`[{"pipeline_id":%d,"status_id":%d}]`, p[0].ID, other), []string{"0 NotSupportedChoice status_id"}},
		{"status without its pipeline is the main one's", fmt.Sprintf(`[{"status_id":%d}]`, other), []string{"0 NotSupportedChoice status_id"}},
		{"status of unsorted entries", fmt.Sprintf(`[{"status_id":%d}]`, p[0].Statuses[0].ID), []string{"0 NotSupportedChoice status_id"}},
		{"name of a field nobody knows", `[{"prise":1}]`, []string{"0 FieldNotExpected prise"}},
		{"unknown custom field by id", `[{"custom_fields_values":[{"field_id":1,"values":[{"value":"x"}]}]}]`, []string{"0 NotSupportedChoice custom_fields_values.0.field_id"}},
		{"unknown custom field by code", `[{"custom_fields_values":[{"field_code":"PHONE","values":[{"value":"x"}]}]}]`, []string{"0 NotSupportedChoice custom_fields_values.0.field_code"}},
		{"custom field without a name", `[{"custom_fields_values":[{"values":[{"value":"x"}]}]}]`, []string{"0 FieldMissing custom_fields_values.0.field_id"}},
		{"value null", `[{"custom_fields_values":[{"field_code":"UTM_TERM","values":[{"value":null}]}]}]`, []string{"0 NotNullable custom_fields_values.0.values.0.value"}},
		{"number for a text", `[{"custom_fields_values":[{"field_code":"UTM_TERM","values":[{"value":5}]}]}]`, []string{"0 InvalidType custom_fields_values.0.values.0.value"}},
		{"enum of a field without choices", `[{"custom_fields_values":[{"field_code":"UTM_TERM","values":[{"value":"x","enum_code":"A"}]}]}]`, []string{"0 FieldNotExpected custom_fields_values.0.values.0.enum_code"}},
		{"choice nobody offers", fmt.Sprintf(`[{"custom_fields_values":[{"field_id":%d,"values":[{"value":"Дилер"}]}]}]`, a.field("Тип клиента")), []string{"0 NotSupportedChoice custom_fields_values.0.values.0.value"}},
		{"choice of an unknown id", fmt.Sprintf(`[{"custom_fields_values":[{"field_id":%d,"values":[{"enum_id":1}]}]}]`, a.field("Тип клиента")), []string{"0 NotSupportedChoice custom_fields_values.0.values.0.enum_id"}},
		{"text for a number", fmt.Sprintf(`[{"custom_fields_values":[{"field_id":%d,"values":[{"value":"много"}]}]}]`, a.field("Площадь, м²")), []string{"0 InvalidType custom_fields_values.0.values.0.value"}},
		{"unknown tag by id", `[{"_embedded":{"tags":[{"id":1}]}}]`, []string{"0 NotSupportedChoice _embedded.tags.0.id"}},
		{"tag without a name", `[{"tags_to_add":[{}]}]`, []string{"0 FieldMissing tags_to_add.0.name"}},
		{"unknown contact", `[{"_embedded":{"contacts":[{"id":1}]}}]`, []string{"0 NotSupportedChoice _embedded.contacts.0.id"}},
		{"the item is named by its request_id", `[{"name":"right"},{"price":"1","request_id":"second"}]`, []string{"second InvalidType price"}},
		{"all that is wrong at once", `[{"price":"1"},{"name":5}]`, []string{"0 InvalidType price", "1 InvalidType name"}},
	}
	for _, c := range cases {
		t.Run(c.rule, func(t *testing.T) {
			t.Parallel()
			here := *a
			here.t = t
			require.Equal(t, c.want, here.do(http.MethodPost, "/api/v4/leads", c.body).wrong())
		})
	}
	t.Cleanup(func() { require.Equal(t, 5, a.Counts().Leads, "nothing of a wrong request is carried out") })
}

// field is the id of a custom field of leads.
func (a *account) field(name string) int64 {
	a.t.Helper()
	for _, f := range a.get("/api/v4/leads/custom_fields?limit=250").rows("custom_fields") {
		if f["name"] == name || f["code"] == name {
			return int64(f["id"].(float64))
		}
	}
	a.t.Fatalf("no field %s", name)
	return 0
}

func TestLeads_AddedWithAllThatBelongsToThem(t *testing.T) {
	t.Parallel()
	a := open(t, emulator.Options{})
	p := a.Pipelines()[1]
	contact := a.Contacts()[1].ID
	r := a.do(http.MethodPost, "/api/v4/leads", fmt.Sprintf(`[{"name":"Стол","price":5000,"pipeline_id":%d,"status_id":%d,"responsible_user_id":7000002,"request_id":"goal-7",
		"custom_fields_values":[{"field_code":"UTM_SOURCE","values":[{"value":"yandex"}]},{"field_id":%d,"values":[{"value":"Реклама"}]}],
		"_embedded":{"tags":[{"name":"сайт"}],"contacts":[{"id":%d,"is_main":true}]}},{}]`, p.ID, p.Statuses[2].ID, a.field("Канал"), contact))
	rows := r.rows("leads")
	require.Equal(t, "goal-7", rows[0]["request_id"])
	require.Equal(t, "1", rows[1]["request_id"], "the place in the list when nothing is said")
	id := int64(rows[0]["id"].(float64))
	l, found := a.Lead(id)
	require.True(t, found)
	require.Equal(t, []string{"yandex", "Реклама"}, []string{l.Field("UTM_SOURCE"), l.Field("Канал")})
	require.Equal(t, []string{"сайт"}, l.TagNames())
	require.Equal(t, []emulator.LeadContact{{ID: contact, IsMain: true}}, l.Contacts)

	got := a.get(fmt.Sprintf("/api/v4/leads/%d?with=contacts", id))
	require.Equal(t, "application/hal+json", got.header.Get("Content-Type"))
	body := got.json()
	require.EqualValues(t, 5000, body["price"])
	require.EqualValues(t, p.ID, body["pipeline_id"])
	require.Nil(t, body["closed_at"])
	embedded := body["_embedded"].(object)
	require.EqualValues(t, contact, embedded["contacts"].([]any)[0].(object)["id"])
	require.Equal(t, fmt.Sprintf("%s/api/v4/leads/%d", a.url, id), body["_links"].(object)["self"].(object)["href"])
	require.NotContains(t, a.get(fmt.Sprintf("/api/v4/leads/%d", id)).json()["_embedded"], "contacts")

	plain, _ := a.Lead(int64(rows[1]["id"].(float64)))
	require.Equal(t, a.mainPipeline().ID, plain.PipelineID)
	require.Equal(t, a.mainPipeline().Statuses[1].ID, plain.StatusID)
	require.Equal(t, fmt.Sprintf("Сделка #%d", plain.ID), plain.Name)
	require.Nil(t, a.get(fmt.Sprintf("/api/v4/leads/%d", plain.ID)).json()["custom_fields_values"])
}

func TestLeads_Changed(t *testing.T) {
	t.Parallel()
	a := open(t, emulator.Options{})
	id := a.made("/api/v4/leads", "leads", `[{"name":"x","_embedded":{"tags":[{"name":"a"},{"name":"b"}]},"custom_fields_values":[{"field_code":"UTM_TERM","values":[{"value":"стол"}]}]}]`)
	path := fmt.Sprintf("/api/v4/leads/%d", id)
	steps := []struct {
		rule, body string
		check      func(*testing.T, emulator.Lead)
	}{
		{"tags_to_add adds", `{"tags_to_add":[{"name":"c"}]}`, func(t *testing.T, l emulator.Lead) { require.Equal(t, []string{"a", "b", "c"}, l.TagNames()) }},
		{"tags_to_delete takes away", `{"tags_to_delete":[{"name":"A"}]}`, func(t *testing.T, l emulator.Lead) { require.Equal(t, []string{"b", "c"}, l.TagNames()) }},
		{"_embedded.tags replaces", `{"_embedded":{"tags":[{"name":"d"}]}}`, func(t *testing.T, l emulator.Lead) { require.Equal(t, []string{"d"}, l.TagNames()) }},
		{"_embedded.tags null clears", `{"_embedded":{"tags":null}}`, func(t *testing.T, l emulator.Lead) { require.Empty(t, l.TagNames()) }},
		{"a field not named stays", `{"custom_fields_values":[{"field_code":"UTM_SOURCE","values":[{"value":"s"}]}]}`, func(t *testing.T, l emulator.Lead) {
			require.Equal(t, []string{"стол", "s"}, []string{l.Field("UTM_TERM"), l.Field("UTM_SOURCE")})
		}},
		{"values null clear a field", `{"custom_fields_values":[{"field_code":"UTM_TERM","values":null}]}`, func(t *testing.T, l emulator.Lead) { require.Empty(t, l.Field("UTM_TERM")) }},
		{"won closes", `{"status_id":142}`, func(t *testing.T, l emulator.Lead) { require.NotZero(t, l.ClosedAt) }},
		{"another pipeline alone begins there", fmt.Sprintf(`{"pipeline_id":%d}`, a.Pipelines()[1].ID), func(t *testing.T, l emulator.Lead) {
			require.Equal(t, a.Pipelines()[1].Statuses[1].ID, l.StatusID)
			require.Zero(t, l.ClosedAt, "opened again")
		}},
		{"lost in that pipeline", `{"status_id":143,"loss_reason_id":9000001}`, func(t *testing.T, l emulator.Lead) {
			require.Equal(t, []int64{143, a.Pipelines()[1].ID, 9000001}, []int64{l.StatusID, l.PipelineID, l.LossReasonID})
		}},
	}
	for _, step := range steps {
		r := a.do(http.MethodPatch, path, step.body)
		require.Equal(t, 200, r.status, step.rule+r.text)
		l, _ := a.Lead(id)
		step.check(t, l)
	}
	require.Equal(t, []string{"0 InvalidType "}, a.do(http.MethodPatch, path, `[{"price":1}]`).wrong(), "one lead is changed by an object")
	require.Equal(t, 200, a.do(http.MethodPatch, "/api/v4/leads", fmt.Sprintf(`[{"id":%d,"price":7}]`, id)).status)
	require.Equal(t, []string{"0 FieldMissing id"}, a.do(http.MethodPatch, "/api/v4/leads", `[{"price":7}]`).wrong())
	require.Equal(t, []string{"0 NotSupportedChoice id"}, a.do(http.MethodPatch, "/api/v4/leads", `[{"id":7}]`).wrong())
}

func TestLists_Filters(t *testing.T) {
	t.Parallel()
	a := open(t, emulator.Options{})
	all := a.get("/api/v4/leads").ids("leads")
	require.Len(t, all, 5)
	p := a.Pipelines()
	leads := a.Leads()
	at := func(i int) string { return strconv.FormatInt(leads[i].UpdatedAt, 10) }
	id := func(i int) string { return strconv.FormatInt(all[i], 10) }
	pipe := func(i int) string { return strconv.FormatInt(p[i].ID, 10) }
	cases := []struct {
		rule  string
		query []string
		want  []int
	}{
		{"ids", []string{"filter[id][]", id(1), "filter[id][]", id(3)}, []int{1, 3}},
		{"ids with numbers", []string{"filter[id][0]", id(1), "filter[id][1]", id(3)}, []int{1, 3}},
		{"one id", []string{"filter[id]", id(2)}, []int{2}},
		{"updated_at from, the moment itself included", []string{"filter[updated_at][from]", at(4)}, []int{3, 4}},
		{"updated_at to", []string{"filter[updated_at][to]", at(2), "order[id]", "desc"}, []int{2, 1, 0}},
		{"created_at from and to", []string{"filter[created_at][from]", strconv.FormatInt(leads[1].CreatedAt, 10), "filter[created_at][to]", strconv.FormatInt(leads[2].CreatedAt, 10)}, []int{1, 2}},
		{"pipeline", []string{"filter[pipeline_id][]", pipe(1)}, []int{3}},
		{"won of one pipeline", []string{"filter[statuses][0][pipeline_id]", pipe(0), "filter[statuses][0][status_id]", "142"}, []int{0}},
		{"won of another pipeline", []string{"filter[statuses][0][pipeline_id]", pipe(1), "filter[statuses][0][status_id]", "142"}, nil},
		{"two statuses", []string{"filter[statuses][0][pipeline_id]", pipe(0), "filter[statuses][0][status_id]", "142", "filter[statuses][1][pipeline_id]", pipe(0), "filter[statuses][1][status_id]", "143"}, []int{0, 2}},
		{"responsible", []string{"filter[responsible_user_id][]", "7000003"}, []int{1, 3}},
		{"closed", []string{"filter[closed_at][from]", "1"}, []int{0, 2}},
		{"price", []string{"filter[price][from]", "60000"}, []int{0, 1}},
		{"words of the name", []string{"query", "кухн"}, []int{0, 3}},
		{"order", []string{"order[created_at]", "desc"}, []int{4, 3, 2, 1, 0}},
		{"value of a custom field", []string{"filter[custom_fields_values][" + strconv.FormatInt(a.field("UTM_SOURCE"), 10) + "][]", "yandex"}, nil},
		{"nothing found", []string{"query", "нет такого"}, nil},
		{"only deleted", []string{"with", "only_deleted"}, nil},
	}
	for _, c := range cases {
		t.Run(c.rule, func(t *testing.T) {
			t.Parallel()
			here := *a
			here.t = t
			var want []int64
			for _, i := range c.want {
				want = append(want, all[i])
			}
			r := here.get("/api/v4/leads" + query(c.query...))
			require.Equal(t, want, r.ids("leads"))
			if want == nil {
				require.Equal(t, http.StatusNoContent, r.status)
			}
		})
	}
}

func TestLists_PagesFollowNextUntilItIsAbsent(t *testing.T) {
	t.Parallel()
	a := open(t, emulator.Options{})
	items := strings.TrimSuffix(strings.Repeat(`{},`, 300), ",")
	require.Equal(t, 200, a.do(http.MethodPost, "/api/v4/leads", "["+items+"]").status)
	require.Len(t, a.get("/api/v4/leads").ids("leads"), 50, "50 when nothing is said")
	require.Len(t, a.get("/api/v4/leads?limit=1000").ids("leads"), 250, "250 at most")

	seen, pages := map[int64]bool{}, 0
	for next := "/api/v4/leads?limit=100&filter[updated_at][from]=1"; next != ""; pages++ {
		r := a.get(next)
		for _, id := range r.ids("leads") {
			require.False(t, seen[id])
			seen[id] = true
		}
		require.EqualValues(t, pages+1, r.json()["_page"])
		link, more := r.json()["_links"].(object)["next"].(object)
		next = ""
		if more {
			next = strings.TrimPrefix(link["href"].(string), a.url)
			require.Contains(t, next, "filter%5Bupdated_at%5D", "the filter stays")
		}
	}
	require.Equal(t, 4, pages)
	require.Len(t, seen, 305)
	require.Equal(t, http.StatusNoContent, a.get("/api/v4/leads?limit=100&page=5").status)
	require.Equal(t, []string{"0 TooMany "}, a.do(http.MethodPost, "/api/v4/leads", "["+strings.Repeat(`{},`, 500)+"{}]").wrong())
}

func TestLeads_ChangesAreFoundByTheirTime(t *testing.T) {
	t.Parallel()
	a := open(t, emulator.Options{})
	a.kit.Clock.Advance(time.Hour)
	from := a.kit.Clock.Now().Unix()
	lead := a.Leads()[1]
	require.NoError(t, a.MoveLead(lead.ID, 0, 142, 70000))
	require.Equal(t, []int64{lead.ID}, a.get(fmt.Sprintf("/api/v4/leads?filter[updated_at][from]=%d", from)).ids("leads"))
	require.NoError(t, a.DeleteLead(lead.ID))
	require.Equal(t, http.StatusNoContent, a.get(fmt.Sprintf("/api/v4/leads/%d", lead.ID)).status)
	require.Equal(t, []int64{lead.ID}, a.get("/api/v4/leads?with=only_deleted").ids("leads"))
}

func TestBigAccountStaysQuick(t *testing.T) {
	t.Parallel()
	a := open(t, emulator.Options{})
	for i := range 10000 {
		_, err := a.CreateLead(emulator.NewLead{Name: "Лид", Phone: fmt.Sprintf("+7921%07d", i)})
		require.NoError(t, err)
	}
	began := time.Now()
	for i := range 50 {
		require.Len(t, a.get(fmt.Sprintf("/api/v4/contacts?query=7921%07d", 100*i)).ids("contacts"), 1)
		require.Equal(t, 200, a.do(http.MethodPost, "/api/v4/calls", fmt.Sprintf(`[{"direction":"inbound","duration":1,"source":"s","phone":"8921%07d"}]`, i)).status)
	}
	require.Less(t, time.Since(began), 10*time.Second)
}

func TestLeads_LossReasons(t *testing.T) {
	t.Parallel()
	a := open(t, emulator.Options{})
	reason := int64(a.get("/api/v4/leads/loss_reasons").rows("loss_reasons")[1]["id"].(float64))
	require.Equal(t, 200, a.do(http.MethodPatch, "/api/v4/leads/10000002", fmt.Sprintf(`{"status_id":143,"loss_reason_id":%d}`, reason)).status)
	got := a.get("/api/v4/leads/10000002?with=loss_reason").json()["_embedded"].(object)["loss_reason"].([]any)
	require.Len(t, got, 1)
	require.Equal(t, "Пропала потребность", got[0].(object)["name"])
	require.Equal(t, []string{"0 NotSupportedChoice loss_reason_id"}, a.do(http.MethodPatch, "/api/v4/leads/10000002", `{"loss_reason_id":1}`).wrong())
}
