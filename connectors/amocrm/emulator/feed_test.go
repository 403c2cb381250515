package emulator_test

import (
	"fmt"
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/connectors/amocrm/emulator"
)

func TestNotes_WhatIsRefused(t *testing.T) {
	t.Parallel()
	a := open(t, emulator.Options{})
	cases := []struct {
		rule, body string
		want       []string
	}{
		{"no text", `[{"note_type":"common","params":{}}]`, []string{"0 FieldMissing params.text"}},
		{"text null", `[{"note_type":"common","params":{"text":null}}]`, []string{"0 NotNullable params.text"}},
		{"no type", `[{"params":{"text":"x"}}]`, []string{"0 FieldMissing note_type"}},
		{"unknown type", `[{"note_type":"remark","params":{"text":"x"}}]`, []string{"0 NotSupportedChoice note_type"}},
		{"service message without its service", `[{"note_type":"service_message","params":{"text":"x"}}]`, []string{"0 FieldMissing params.service"}},
		{"link of a call null", `[{"note_type":"call_in","params":{"uniq":"u","duration":5,"source":"s","phone":"7","link":null,"call_status":null}}]`, []string{"0 NotNullable params.link", "0 NotNullable params.call_status"}},
		{"duration as text", `[{"note_type":"call_in","params":{"uniq":"u","duration":"5","source":"s","phone":"7"}}]`, []string{"0 InvalidType params.duration"}},
		{"unknown author", `[{"note_type":"common","created_by":5,"params":{"text":"x"}}]`, []string{"0 NotSupportedChoice created_by"}},
	}
	for _, c := range cases {
		t.Run(c.rule, func(t *testing.T) {
			t.Parallel()
			here := *a
			here.t = t
			require.Equal(t, c.want, here.do(http.MethodPost, fmt.Sprintf("/api/v4/leads/%d/notes", a.Leads()[0].ID), c.body).wrong())
		})
	}
}

func TestNotes_AddedAndRead(t *testing.T) {
	t.Parallel()
	a := open(t, emulator.Options{})
	lead, contact := a.Leads()[0].ID, a.Contacts()[0].ID
	r := a.do(http.MethodPost, fmt.Sprintf("/api/v4/leads/%d/notes", lead), `[{"note_type":"common","params":{"text":"один"},"request_id":"n1"},{"note_type":"service_message","params":{"service":"Сквозь","text":"два"}}]`)
	rows := r.rows("notes")
	require.Equal(t, []any{"n1", "1"}, []any{rows[0]["request_id"], rows[1]["request_id"]})
	require.Equal(t, 200, a.do(http.MethodPost, "/api/v4/contacts/notes", fmt.Sprintf(`[{"entity_id":%d,"note_type":"common","params":{"text":"три"}}]`, contact)).status)
	require.Equal(t, []string{"0 NotSupportedChoice entity_id"}, a.do(http.MethodPost, "/api/v4/contacts/notes", `[{"entity_id":1,"note_type":"common","params":{"text":"x"}}]`).wrong())

	require.Len(t, a.get(fmt.Sprintf("/api/v4/leads/%d/notes", lead)).rows("notes"), 2)
	only := a.get("/api/v4/leads/notes?filter[note_type]=service_message").rows("notes")
	require.Len(t, only, 1)
	require.Equal(t, "два", only[0]["params"].(object)["text"])
	require.Len(t, a.Notes(emulator.Contacts, contact), 1)
	require.Equal(t, 3, a.Counts().Notes)
	require.Equal(t, 200, a.do(http.MethodPatch, "/api/v4/leads/notes", fmt.Sprintf(`[{"id":%.0f,"params":{"text":"иначе"}}]`, rows[0]["id"])).status)
	require.Equal(t, "иначе", a.Notes(emulator.Leads, lead)[0].Params["text"])
}

func TestTags_Catalogue(t *testing.T) {
	t.Parallel()
	a := open(t, emulator.Options{})
	require.Equal(t, http.StatusNoContent, a.get("/api/v4/leads/tags").status)
	first := a.made("/api/v4/leads/tags", "tags", `[{"name":"Сайт"}]`)
	require.Equal(t, first, a.made("/api/v4/leads/tags", "tags", `[{"name":"сайт"}]`), "a name in another case of letters is the same tag")
	id := a.made("/api/v4/leads", "leads", fmt.Sprintf(`[{"_embedded":{"tags":[{"id":%d}]}}]`, first))
	l, _ := a.Lead(id)
	require.Equal(t, []string{"Сайт"}, l.TagNames())
	require.Equal(t, http.StatusNoContent, a.get("/api/v4/contacts/tags").status, "each entity has its own")
}

func TestEvents(t *testing.T) {
	t.Parallel()
	a := open(t, emulator.Options{})
	moves := a.get("/api/v4/events?filter[type]=lead_status_changed").rows("events")
	require.Len(t, moves, 7, "the past of the first leads")
	require.GreaterOrEqual(t, moves[0]["created_at"], moves[1]["created_at"], "newest first")

	a.kit.Clock.Advance(time.Hour)
	from := strconv.FormatInt(a.kit.Clock.Now().Unix(), 10)
	lead, p := a.Leads()[1], a.mainPipeline()
	require.NoError(t, a.MoveLead(lead.ID, 0, 142, 90000))
	cases := []struct {
		rule  string
		query []string
		want  int
	}{
		{"of two types", []string{"filter[type]", "lead_status_changed,sale_field_changed", "filter[created_at][from]", from}, 2},
		{"of types as a list", []string{"filter[type][]", "lead_status_changed", "filter[created_at][from]", from}, 1},
		{"since a moment", []string{"filter[created_at]", from}, 2},
		{"between two moments", []string{"filter[created_at]", "1," + from[:len(from)-4] + "0000", "filter[entity_id]", "1"}, 0},
		{"of one lead", []string{"filter[entity]", "lead", "filter[entity_id]", strconv.FormatInt(lead.ID, 10), "filter[type]", "lead_status_changed"}, 2},
		{"into a status", []string{"filter[value_after][leads_statuses][0][pipeline_id]", strconv.FormatInt(p.ID, 10), "filter[value_after][leads_statuses][0][status_id]", "142"}, 2},
		{"nothing", []string{"filter[type]", "lead_deleted"}, 0},
	}
	for _, c := range cases {
		t.Run(c.rule, func(t *testing.T) {
			t.Parallel()
			here := *a
			here.t = t
			require.Len(t, here.get("/api/v4/events"+query(c.query...)).rows("events"), c.want)
		})
	}
	got := a.get("/api/v4/events" + query("filter[type]", "lead_status_changed", "filter[created_at][from]", from)).rows("events")[0]
	require.Equal(t, []any{object{"lead_status": object{"id": 142.0, "pipeline_id": float64(p.ID)}}}, got["value_after"])
	require.Equal(t, []any{object{"lead_status": object{"id": float64(lead.StatusID), "pipeline_id": float64(p.ID)}}}, got["value_before"])
	require.Equal(t, []any{"lead", float64(lead.ID)}, []any{got["entity_type"], got["entity_id"]})
	require.Equal(t, got["id"], a.get("/api/v4/events/" + got["id"].(string)).json()["id"])
}

const form = `{"source_uid":"site-1","source_name":"Сайт","metadata":{"form_id":"f1","form_name":"Заявка","form_page":"https://example.ru","form_sent_at":1700000000},
	"_embedded":{"leads":[{"name":"Заявка с сайта","price":3000}],"contacts":[{"name":"Новый Посетитель","custom_fields_values":[{"field_code":"PHONE","values":[{"value":"+79990001122"}]}]}]}}`

func TestUnsorted_WhatIsRefused(t *testing.T) {
	t.Parallel()
	a := open(t, emulator.Options{})
	cases := []struct {
		rule, path, body string
		want             []string
	}{
		{"no source", "forms", `[{"metadata":{"form_id":"1","form_name":"n","form_page":"p","form_sent_at":1}}]`, []string{"0 FieldMissing source_uid", "0 FieldMissing source_name"}},
		{"no metadata", "forms", `[{"source_uid":"u","source_name":"n"}]`, []string{"0 FieldMissing metadata"}},
		{"no page of the form", "forms", `[{"source_uid":"u","source_name":"n","metadata":{"form_id":"1","form_name":"n","form_sent_at":1}}]`, []string{"0 FieldMissing metadata.form_page"}},
		{"no phone of the call", "sip", `[{"source_uid":"u","source_name":"n","metadata":{"called_at":1,"duration":1,"uniq":"u","service_code":"s"}}]`, []string{"0 FieldMissing metadata.phone"}},
		{"a lead with a status", "forms", `[{"source_uid":"u","source_name":"n","metadata":{"form_id":"1","form_name":"n","form_page":"p","form_sent_at":1},"_embedded":{"leads":[{"status_id":142}]}}]`, []string{"0 FieldNotExpected _embedded.leads.0.status_id"}},
		{"unknown pipeline", "forms", `[{"pipeline_id":1,"source_uid":"u","source_name":"n","metadata":{"form_id":"1","form_name":"n","form_page":"p","form_sent_at":1}}]`, []string{"0 NotSupportedChoice pipeline_id"}},
	}
	for _, c := range cases {
		t.Run(c.rule, func(t *testing.T) {
			t.Parallel()
			here := *a
			here.t = t
			require.Equal(t, c.want, here.do(http.MethodPost, "/api/v4/leads/unsorted/"+c.path, c.body).wrong())
		})
	}
}

func TestUnsorted_WaitsForAPerson(t *testing.T) {
	t.Parallel()
	a := open(t, emulator.Options{})
	contacts := len(a.Contacts())
	rows := a.do(http.MethodPost, "/api/v4/leads/unsorted/forms", "["+form+"]").rows("unsorted")
	uid := rows[0]["uid"].(string)
	lead := int64(rows[0]["_embedded"].(object)["leads"].([]any)[0].(object)["id"].(float64))
	l, _ := a.Lead(lead)
	require.Equal(t, a.mainPipeline().Statuses[0].ID, l.StatusID, "the status of those that wait")
	require.Len(t, a.Contacts(), contacts, "its contact is not to be seen")
	require.Equal(t, http.StatusNoContent, a.get("/api/v4/contacts?query=79990001122").status)
	require.Equal(t, 400, a.do(http.MethodPost, "/api/v4/leads/unsorted/forms", "["+form+"]").status, "the same entry twice")
	require.Len(t, a.get("/api/v4/leads/unsorted"+query("filter[uid][]", uid, "filter[category][]", "forms")).rows("unsorted"), 1)
	require.Equal(t, http.StatusNoContent, a.get("/api/v4/leads/unsorted?filter[category][]=sip").status)
	require.EqualValues(t, 1, a.get("/api/v4/leads/unsorted/summary").json()["total"])

	r := a.do(http.MethodPost, "/api/v4/leads/unsorted/"+uid+"/accept", fmt.Sprintf(`{"user_id":7000002,"status_id":%d}`, a.mainPipeline().Statuses[2].ID))
	require.Equal(t, 200, r.status, r.text)
	l, _ = a.Lead(lead)
	require.Equal(t, []int64{a.mainPipeline().Statuses[2].ID, 7000002}, []int64{l.StatusID, l.ResponsibleUserID})
	require.Len(t, a.get("/api/v4/contacts?query=79990001122").rows("contacts"), 1)
	require.Equal(t, http.StatusNoContent, a.get("/api/v4/leads/unsorted").status)
	a.do(http.MethodPost, "/api/v4/leads/unsorted/"+uid+"/accept", `{}`).problem(404)
}

func TestUnsorted_Declined(t *testing.T) {
	t.Parallel()
	a := open(t, emulator.Options{})
	rows := a.do(http.MethodPost, "/api/v4/leads/unsorted/forms", "["+form+"]").rows("unsorted")
	require.Equal(t, 200, a.do(http.MethodDelete, "/api/v4/leads/unsorted/"+rows[0]["uid"].(string)+"/decline", `{"user_id":7000001}`).status)
	require.Equal(t, "declined", a.Unsorted()[0].State)
	require.Len(t, a.get("/api/v4/leads").rows("leads"), 5)
	require.Equal(t, 200, a.do(http.MethodPost, "/api/v4/leads/unsorted/forms", "["+form+"]").status, "may come again then")
	require.NoError(t, a.AcceptUnsorted(""))
	require.Error(t, a.AcceptUnsorted(""))
}

func TestCalls_Placement(t *testing.T) {
	t.Parallel()
	a := open(t, emulator.Options{})
	people, leads := a.Contacts(), a.Leads()
	cases := []struct {
		rule, phone, entity string
		id                  int64
	}{
		{"one open lead", "89215550111", "lead", leads[3].ID},
		{"the last ten digits count", "+7 921 555-01-22", "lead", leads[1].ID},
		{"no open lead: the contact", "9215550133", "contact", people[2].ID},
		{"a company", "78125550140", "company", a.Companies()[0].ID},
	}
	for _, c := range cases {
		t.Run(c.rule, func(t *testing.T) {
			t.Parallel()
			here := *a
			here.t = t
			r := here.do(http.MethodPost, "/api/v4/calls", fmt.Sprintf(`[{"direction":"inbound","duration":10,"source":"Сквозь","phone":%q,"uniq":"u1","link":"https://x/1.mp3","call_status":4,"request_id":"q"}]`, c.phone))
			row := r.rows("calls")[0]
			require.Equal(t, []any{c.entity, float64(c.id), "q"}, []any{row["entity_type"], row["entity_id"], row["request_id"]})
		})
	}
}

func TestCalls_TwoOpenLeadsAndRepeats(t *testing.T) {
	t.Parallel()
	a := open(t, emulator.Options{})
	lead := a.Leads()[3].ID
	_, err := a.CreateLead(emulator.NewLead{Name: "второй", Phone: "+79215550122"})
	require.NoError(t, err)
	r := a.do(http.MethodPost, "/api/v4/calls", `[{"direction":"outbound","duration":1,"source":"s","phone":"79215550122"}]`)
	require.Equal(t, "contact", r.rows("calls")[0]["entity_type"], "two open leads: the contact")

	before := a.Counts().Calls
	for range 2 {
		require.Equal(t, 200, a.do(http.MethodPost, "/api/v4/calls", `[{"direction":"inbound","duration":1,"source":"s","phone":"79215550111","uniq":"same"}]`).status)
	}
	require.Equal(t, before+2, a.Counts().Calls, "nothing is told apart by uniq")
	require.Equal(t, "call_in", a.Notes(emulator.Leads, lead)[0].Type)
}

func TestCalls_Refusals(t *testing.T) {
	t.Parallel()
	a := open(t, emulator.Options{})
	r := a.do(http.MethodPost, "/api/v4/calls", `[{"direction":"inbound","duration":1,"source":"s","phone":"70000000000","request_id":"x"}]`)
	require.Equal(t, 400, r.status)
	failed := r.json()["errors"].([]any)[0].(object)
	require.Equal(t, []any{"Entity not found", "x"}, []any{failed["title"], failed["request_id"]})
	require.EqualValues(t, 0, r.json()["_total_items"])

	both := a.do(http.MethodPost, "/api/v4/calls", `[{"direction":"inbound","duration":1,"source":"s","phone":"70000000000"},{"direction":"inbound","duration":1,"source":"s","phone":"79215550111"}]`)
	require.Len(t, both.rows("calls"), 1)
	require.Len(t, both.json()["errors"], 1)

	cases := []struct {
		rule, body string
		want       []string
	}{
		{"no phone", `[{"direction":"inbound","duration":1,"source":"s"}]`, []string{"0 FieldMissing phone"}},
		{"unknown direction", `[{"direction":"in","duration":1,"source":"s","phone":"7"}]`, []string{"0 NotSupportedChoice direction"}},
		{"duration as text", `[{"direction":"inbound","duration":"1","source":"s","phone":"7"}]`, []string{"0 InvalidType duration"}},
		{"link null", `[{"direction":"inbound","duration":1,"source":"s","phone":"7","link":null}]`, []string{"0 NotNullable link"}},
		{"status 9", `[{"direction":"inbound","duration":1,"source":"s","phone":"7","call_status":9}]`, []string{"0 NotSupportedChoice call_status"}},
	}
	for _, c := range cases {
		t.Run(c.rule, func(t *testing.T) {
			t.Parallel()
			here := *a
			here.t = t
			require.Equal(t, c.want, here.do(http.MethodPost, "/api/v4/calls", c.body).wrong())
		})
	}
}

func TestPopup(t *testing.T) {
	t.Parallel()
	a := open(t, emulator.Options{})
	require.Equal(t, 200, a.do(http.MethodPost, "/api/v2/events", `{"add":[{"type":"phone_call","phone_number":"79215550111","users":[7000001,7000002]}]}`).status)
	require.Equal(t, []int64{7000001, 7000002}, a.Popups()[0].Users)
	require.Equal(t, []string{"0 NotSupportedChoice add.0.users.0"}, a.do(http.MethodPost, "/api/v2/events", `{"add":[{"type":"phone_call","phone_number":"7","users":[5]}]}`).wrong())
}

func TestUnsorted_AcceptedByMovingItsLead(t *testing.T) {
	t.Parallel()
	a := open(t, emulator.Options{})
	a.do(http.MethodPost, "/api/v4/leads/unsorted/forms", "["+form+"]").rows("unsorted")
	lead := a.Unsorted()[0].LeadID
	require.NoError(t, a.MoveLead(lead, 0, a.mainPipeline().Statuses[1].ID, -1))
	require.Equal(t, "accepted", a.Unsorted()[0].State)
	require.Len(t, a.get("/api/v4/contacts?query=79990001122").rows("contacts"), 1)
	require.Error(t, a.MoveLead(lead, 0, a.mainPipeline().Statuses[0].ID, -1), "there is no way back")
}
