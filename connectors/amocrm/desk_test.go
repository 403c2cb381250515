package amocrm_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core/comms"
	"github.com/skvoz/skvoz/core/goals"
	"github.com/skvoz/skvoz/core/integrations"
)

// newDeal is a deal with everything in it.
func newDeal() integrations.NewDeal {
	minor := int64(1250050)
	return integrations.NewDeal{
		Key: "d-771829364510-3", Since: today, Name: "Обратный звонок: Анна (shop.example.ru)", ContactID: "501",
		Person:   integrations.Person{Name: "Анна", Phone: "79262444393", Email: "anna@example.ru"},
		FunnelID: "11", StageID: "12", Responsible: "5", RevenueMinor: &minor, Currency: "RUB", Tags: []string{"Skvoz", " сайт ", "", "сайт"},
		Fields: []integrations.FieldValue{
			{ID: "code:UTM_SOURCE", Value: "yandex"},
			{ID: "code:UTM_TERM", Value: " "},
			{ID: "901", Value: "<кухни & столы>"},
			{ID: "number:902", Value: "12,5"},
			{ID: "number:903", Value: "много"},
			{ID: "name:Канал", Value: "Реклама"},
			{ID: "name:ID посетителя", Value: "49"},
			{ID: "strange", Value: "x"},
		},
		Source: integrations.SourceLabels{Page: "https://shop.example.ru/order", Referrer: "https://yandex.ru/"},
		Subject: integrations.Subject{
			Communication: comms.Communication{At: today.Add(-time.Minute), VisitorID: 4912873645102938}, Goal: goals.Ref{ID: 3, Name: "Обратный звонок"}, Site: "shop.example.ru",
		},
	}
}

func note() integrations.NewNote {
	return integrations.NewNote{Key: "d-771829364510-3", DealID: "801", Text: "Обратный звонок — shop.example.ru\nhttps://stat.example.ru/visitors/49"}
}

const leadFields = `{"_embedded":{"custom_fields":[{"id":903,"name":"Канал","type":"select"},{"id":904,"name":"Канал","type":"text"},{"id":905,"name":"Телефон","type":"text"}]}}`

func deskRoutes() map[string][]answer {
	return map[string][]answer{
		"POST /api/v4/contacts":             {ok(`{"_embedded":{"contacts":[{"id":501,"request_id":"d-771829364510-3"}]}}`)},
		"POST /api/v4/leads":                {ok(`{"_embedded":{"leads":[{"id":801,"request_id":"d-771829364510-3"}]}}`)},
		"POST /api/v4/leads/801/notes":      {ok(`{"_embedded":{"notes":[{"id":1,"entity_id":801}]}}`)},
		"POST /api/v4/leads/unsorted/forms": {ok(`{"_embedded":{"unsorted":[{"uid":"ab12","_embedded":{"leads":[{"id":802}],"contacts":[{"id":502}],"companies":[]}}]}}`)},
		"GET /api/v4/leads/custom_fields":   {ok(leadFields)},
	}
}

func TestDesk_WhatIsSent(t *testing.T) {
	t.Parallel()
	b := newBench(t, deskRoutes())
	c := b.open()
	ctx := t.Context()
	contact, err := c.CreateContact(ctx, integrations.NewContact{Person: newDeal().Person, Responsible: "5", Key: newDeal().Key})
	require.NoError(t, err)
	require.Equal(t, "501", contact.ID)
	golden(t, "contact", b.sent("POST", "/api/v4/contacts")[0].body)

	ref, err := c.CreateDeal(ctx, newDeal())
	require.NoError(t, err)
	require.Equal(t, integrations.RemoteRef{ID: "801", Entity: "deal", URL: b.url + "/leads/detail/801"}, ref)
	golden(t, "lead", b.sent("POST", "/api/v4/leads")[0].body)
	require.NotContains(t, b.sent("POST", "/api/v4/leads")[0].body, `\u0026`)

	require.NoError(t, c.AddNote(ctx, note()))
	golden(t, "note", b.sent("POST", "/api/v4/leads/801/notes")[0].body)

	_, err = c.CreateDeal(ctx, newDeal())
	require.NoError(t, err)
	require.Len(t, b.sent("GET", "/api/v4/leads/custom_fields"), 1, "the fields' ids are remembered")
	require.Len(t, b.sent("GET", "/api/v4/account"), 1)
}

func TestDesk_WhatIsSentToTheInbox(t *testing.T) {
	t.Parallel()
	b := newBench(t, deskRoutes()).set("inbox", "true")
	c := b.open()
	require.True(t, c.UsesInbox())
	d := newDeal()
	d.ContactID = ""
	ref, err := c.CreateDeal(t.Context(), d)
	require.NoError(t, err)
	require.Equal(t, integrations.RemoteRef{ID: "802", Entity: "unsorted", URL: b.url + "/leads/detail/802"}, ref)
	golden(t, "unsorted", b.sent("POST", "/api/v4/leads/unsorted/forms")[0].body)
}

func TestDesk_TheLeastOfAContactAndADeal(t *testing.T) {
	t.Parallel()
	b := newBench(t, deskRoutes())
	_, err := b.open().CreateContact(t.Context(), integrations.NewContact{Person: phone("79262444393")})
	require.NoError(t, err)
	golden(t, "contact-least", b.sent("POST", "/api/v4/contacts")[0].body)
	_, err = b.open().CreateDeal(t.Context(), integrations.NewDeal{Key: "k", Name: "Сделка", ContactID: "501"})
	require.NoError(t, err)
	golden(t, "lead-least", b.sent("POST", "/api/v4/leads")[0].body)
	require.Empty(t, b.sent("GET", "/api/v4/account"), "nothing is asked for that is not needed")
}

func TestDesk_APriceInAnotherCurrencyIsLeftOut(t *testing.T) {
	t.Parallel()
	b := newBench(t, deskRoutes())
	minor := int64(100)
	_, err := b.open().CreateDeal(t.Context(), integrations.NewDeal{Key: "k", Name: "Сделка", ContactID: "501", RevenueMinor: &minor, Currency: "USD"})
	require.NoError(t, err)
	require.NotContains(t, b.sent("POST", "/api/v4/leads")[0].body, "price")
}

func TestDesk_PreviewShowsWhatIsSentAndSendsNothing(t *testing.T) {
	t.Parallel()
	for _, inbox := range []string{"false", "true"} {
		b := newBench(t, map[string][]answer{}).set("inbox", inbox)
		d, n := newDeal(), note()
		d.ContactID, n.DealID = "", ""
		list, err := b.open().Preview(d, n)
		require.NoError(t, err)
		require.Len(t, list, 2)
		require.Empty(t, b.all())
		golden(t, "preview-deal-inbox-"+inbox, list[0].Request)
		golden(t, "preview-note", list[1].Request)
		require.Equal(t, "POST", list[0].Method)
		require.Equal(t, b.url+"/api/v4/leads/{id сделки}/notes", list[1].Address)
		require.Contains(t, list[0].Request, "<кухни & столы>")
	}
	b := newBench(t, deskRoutes())
	c := b.open()
	d := newDeal()
	d.Fields = d.Fields[:4]
	list, err := c.Preview(d, note())
	require.NoError(t, err)
	_, err = c.CreateDeal(t.Context(), d)
	require.NoError(t, err)
	require.JSONEq(t, list[0].Request, b.sent("POST", "/api/v4/leads")[0].body, "what is known is shown as it is sent")
}

func TestDesk_SettingsThatPointNowhereAreNamed(t *testing.T) {
	t.Parallel()
	for path, key := range map[string]string{"pipeline_id": "funnel", "status_id": "stage", "responsible_user_id": "responsible"} {
		body := `{"validation-errors":[{"request_id":"0","errors":[{"code":"NotSupportedChoice","path":"` + path + `","detail":"The value you selected is not a valid choice."}]}],"status":400}`
		b := newBench(t, map[string][]answer{"POST /api/v4/leads": {{status: 400, body: body}}})
		_, err := b.open().CreateDeal(t.Context(), integrations.NewDeal{Key: "k", Name: "Сделка", ContactID: "501"})
		f := failure(t, err)
		require.Equal(t, integrations.FailSettings, f.Kind)
		require.Equal(t, key, f.Field)
	}
	b := newBench(t, map[string][]answer{})
	_, err := b.open().CreateDeal(t.Context(), integrations.NewDeal{Key: "k", Name: "Сделка", ContactID: "501", StageID: "C2:NEW"})
	require.Equal(t, "stage", failure(t, err).Field)
	require.Empty(t, b.sent("POST", "/api/v4/leads"))
}

func TestContacts_AreComparedByTenDigitsAndLowerCase(t *testing.T) {
	t.Parallel()
	found := ok(`{"_page":1,"_embedded":{"contacts":[
		{"id":4,"name":"Newer","created_at":400,"custom_fields_values":[{"field_code":"PHONE","values":[{"value":"+7 (926) 244-43-93"}]}]},
		{"id":3,"name":"Number in a note","created_at":300,"custom_fields_values":null},
		{"id":2,"name":"Other","created_at":200,"custom_fields_values":[{"field_code":"PHONE","values":[{"value":"+79262444394"}]}]},
		{"id":1,"name":"Older","created_at":100,"responsible_user_id":5,"custom_fields_values":[{"field_code":"PHONE","values":[{"value":89262444393}]},{"field_code":"EMAIL","values":[{"value":"A@x.ru"}]}],"_embedded":{"leads":[],"tags":[]}},
		{"id":9,"name":"Gone","created_at":1,"is_deleted":true,"custom_fields_values":[{"field_code":"PHONE","values":[{"value":"9262444393"}]}]}]}}`)
	byEmail := ok(`{"_embedded":{"contacts":[{"id":7,"name":"Mail","created_at":50,"custom_fields_values":[{"field_code":"EMAIL","values":[{"value":" ANNA@Example.ru "}]}]},
		{"id":1,"name":"Older","created_at":100,"custom_fields_values":[{"field_code":"EMAIL","values":[{"value":"anna@example.ru"}]}]}]}}`)
	b := newBench(t, map[string][]answer{"GET /api/v4/contacts": {found, byEmail}})
	got, err := b.open().FindContacts(t.Context(), integrations.Person{Phone: "79262444393", Email: "anna@example.ru"})
	require.NoError(t, err)
	var ids []string
	for _, c := range got {
		ids = append(ids, c.ID)
	}
	require.Equal(t, []string{"7", "1", "4"}, ids, "oldest first")
	require.Equal(t, integrations.RemoteContact{
		ID: "1", Name: "Older", CreatedAt: time.Unix(100, 0).UTC(), Phones: []string{"89262444393"}, Emails: []string{"A@x.ru"}, Responsible: "5",
	}, got[1])
	sent := b.sent("GET", "/api/v4/contacts")
	require.Equal(t, []string{"9262444393"}, sent[0].query["query"])
	require.Equal(t, []string{"leads"}, sent[0].query["with"])
	require.Equal(t, []string{"anna@example.ru"}, sent[1].query["query"])
}

func TestContacts_NoneIsNoContent(t *testing.T) {
	t.Parallel()
	b := newBench(t, map[string][]answer{"GET /api/v4/contacts": {empty}})
	got, err := b.open().FindContacts(t.Context(), phone("79262444393"))
	require.NoError(t, err)
	require.Empty(t, got)
}

// leadsOf answers for a contact with some leads.
func leadsOf(leads string) map[string][]answer {
	return map[string][]answer{
		"GET /api/v4/contacts/501": {ok(`{"id":501,"_embedded":{"leads":[{"id":1},{"id":2},{"id":3},{"id":4}]}}`)},
		"GET /api/v4/leads":        {ok(`{"_embedded":{"leads":[` + leads + `]}}`)},
		"GET /api/v4/leads/1":      {empty}, "GET /api/v4/leads/2": {empty}, "GET /api/v4/leads/3": {empty}, "GET /api/v4/leads/4": {empty},
	}
}

func TestOpenDeals_AreThoseNeitherWonNorLostNewestFirst(t *testing.T) {
	t.Parallel()
	b := newBench(t, leadsOf(`{"id":1,"created_at":100,"status_id":12},{"id":2,"created_at":300,"status_id":12},{"id":3,"created_at":200,"status_id":142},{"id":4,"created_at":400,"status_id":143}`))
	got, err := b.open().OpenDeals(t.Context(), "501")
	require.NoError(t, err)
	require.Len(t, got, 2)
	require.Equal(t, "2", got[0].ID)
	require.Equal(t, "1", got[1].ID)
	b = newBench(t, map[string][]answer{"GET /api/v4/contacts/501": {empty}})
	_, err = b.open().OpenDeals(t.Context(), "501")
	require.Equal(t, integrations.FailGone, failure(t, err).Kind)
}

func TestFindDeal_KnowsItsDealByCircumstances(t *testing.T) {
	t.Parallel()
	const name = `"name":"Обратный звонок: Анна (shop.example.ru)"`
	cases := []struct {
		rule   string
		repeat string
		leads  string
		notes  string
		found  string
	}{
		{"one with our name made since", "note", `{"id":1,` + name + `,"created_at":1772452801}`, "", "1"},
		{"clocks may differ by a minute", "note", `{"id":1,` + name + `,"created_at":1772452745}`, "", "1"},
		{"an older one is another", "note", `{"id":1,` + name + `,"created_at":1772452700}`, "", ""},
		{"one somebody else made under another name is another", "note", `{"id":1,"name":"Кухня","created_by":6,"created_at":1772452801}`, "", ""},
		{"one we made that a robot renamed", "note", `{"id":1,"name":"Кухня","created_by":5,"created_at":1772452801}`, "", "1"},
		{"a deleted one is none", "note", `{"id":1,` + name + `,"created_at":1772452801,"is_deleted":true}`, "", ""},
		{"the oldest of several", "note", `{"id":2,` + name + `,"created_at":1772452809},{"id":1,` + name + `,"created_at":1772452802}`, "", "1"},
		{"where each goal has a deal, one with another's note is another", "deal", `{"id":1,` + name + `,"created_at":1772452801}`, `Текст\n#d-other`, ""},
		{"and one with our note is ours", "deal", `{"id":1,` + name + `,"created_at":1772452801}`, `Текст\n#d-771829364510-3`, "1"},
		{"and one without a note may be ours", "deal", `{"id":1,` + name + `,"created_at":1772452801}`, "", "1"},
		{"where repeats are noted, another's note says nothing", "note", `{"id":1,` + name + `,"created_at":1772452801}`, `Текст\n#d-other`, "1"},
	}
	for _, c := range cases {
		t.Run(c.rule, func(t *testing.T) {
			t.Parallel()
			routes := leadsOf(c.leads)
			routes["GET /api/v4/leads/1/notes"] = []answer{empty}
			if c.notes != "" {
				routes["GET /api/v4/leads/1/notes"] = []answer{ok(`{"_embedded":{"notes":[{"id":1,"params":[]},{"id":2,"params":{"service":"Skvoz","text":"` + c.notes + `"}}]}}`)}
			}
			b := newBench(t, routes).set("on_repeat", c.repeat)
			ref, found, err := b.open().FindDeal(t.Context(), newDeal())
			require.NoError(t, err)
			require.Equal(t, c.found != "", found)
			require.Equal(t, c.found, ref.ID)
		})
	}
}

func TestFindDeal_AContactThatIsGoneHasNone(t *testing.T) {
	t.Parallel()
	b := newBench(t, map[string][]answer{"GET /api/v4/contacts/501": {{status: 404, body: "{}"}}})
	_, found, err := b.open().FindDeal(t.Context(), newDeal())
	require.NoError(t, err)
	require.False(t, found)
	b = newBench(t, map[string][]answer{"GET /api/v4/contacts/501": {{status: 503}}})
	_, _, err = b.open().FindDeal(t.Context(), newDeal())
	require.Equal(t, integrations.FailDown, failure(t, err).Kind, "not knowing is not having found none")
}

func TestFindNote_LooksThroughAllPages(t *testing.T) {
	t.Parallel()
	next := `"_links":{"next":{"href":"http://192.0.2.1/elsewhere"}},`
	b := newBench(t, map[string][]answer{"GET /api/v4/leads/801/notes": {
		ok(`{` + next + `"_embedded":{"notes":[{"id":1,"params":{"text":"Позвонить\n#не наш"}}]}}`),
		ok(`{"_embedded":{"notes":[{"id":2,"params":{"text":"Текст\n#d-771829364510-3"}}]}}`),
	}})
	found, err := b.open().FindNote(t.Context(), note())
	require.NoError(t, err)
	require.True(t, found)
	sent := b.sent("GET", "/api/v4/leads/801/notes")
	require.Len(t, sent, 2)
	require.Equal(t, []string{"2"}, sent[1].query["page"], "the next page is asked for at our address")
}
