package bitrix24_test

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core/integrations"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares a value, written as JSON, with a file.
func golden(t *testing.T, name string, value any) {
	t.Helper()
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	require.NoError(t, enc.Encode(value))
	file := filepath.Join("testdata", name+".golden.json")
	if *update {
		require.NoError(t, os.WriteFile(file, b.Bytes(), 0o600))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, string(want), b.String(), "go test ./connectors/bitrix24 -run Golden -update writes it anew")
}

// wanted is a request as a golden file shows it.
type wanted struct {
	Path string          `json:"path"`
	Body json.RawMessage `json:"body"`
}

func requests(t *testing.T, p *portal) []wanted {
	t.Helper()
	var out []wanted
	for _, s := range p.sent() {
		require.Equal(t, "application/json", s.header.Get("Content-Type"))
		require.Empty(t, s.query, "nothing stands in addresses, where logs would show it")
		out = append(out, wanted{s.path, json.RawMessage(s.body)})
	}
	return out
}

const (
	emptyBatch = `{"result":{"result":{%s},"result_error":[],"result_total":[],"result_next":[],"result_time":[]}}`
	aRow       = `{"ID":"12","TITLE":"Кухня","CATEGORY_ID":"0","STAGE_ID":"NEW","CLOSED":"N","DATE_CREATE":"2026-02-01T10:00:00+03:00","DATE_MODIFY":"2026-02-03T10:00:00+03:00","MOVED_TIME":"2026-02-01T10:00:00+03:00","CONTACT_ID":"5","ASSIGNED_BY_ID":"1","LEAD_ID":null,"OPPORTUNITY":"100.00","CURRENCY_ID":"RUB","SOURCE_ID":"WEB"}`
)

func batchOf(results string) reply {
	return reply{body: strings.Replace(emptyBatch, "%s", results, 1)}
}

func ok(result string) reply { return reply{body: `{"result":` + result + `}`} }

func TestGolden_WhatIsSent(t *testing.T) {
	t.Parallel()
	person := integrations.Person{Name: "Анна", Phone: "79262444393", Email: "anna@example.ru"}
	deal := newDeal("skvoz-1-7")
	deal.ContactID, deal.Fields = "5", []integrations.FieldValue{{ID: "UF_CRM_VISITOR", Value: "4912"}, {ID: "UF_CRM_EMPTY"}, {ID: "SOURCE_ID", Value: "ADVERTISING"}}
	bare := integrations.NewDeal{Key: "skvoz-1-7", Name: "Заявка", Person: integrations.Person{Email: "anna@example.ru"}}
	details := []reply{batchOf(`"deal_12":[{"CONTACT_ID":5,"SORT":10,"ROLE_ID":0,"IS_PRIMARY":"Y"}]`), batchOf(`"contacts000":[],"history000":{"items":[]},"sources":[]`)}
	cases := []struct {
		name    string
		entity  string
		replies map[string][]reply
		do      func(ctx context.Context, c connector) error
	}{
		{"test", "auto", map[string][]reply{"batch": {batchOf(`"profile":{"ID":"1","NAME":"Марина"},"scope":["crm","user"],"mode":2,"funnels":{"categories":[]}`)}}, func(ctx context.Context, c connector) error {
			_, err := c.Test(ctx)
			return err
		}},
		{"find_contacts", "deal", map[string][]reply{"batch": {batchOf(`"phone":{"CONTACT":[11,9]},"email":[]`), batchOf(`"contacts000":[]`)}}, func(ctx context.Context, c connector) error {
			_, err := c.FindContacts(ctx, person)
			return err
		}},
		{"create_contact", "deal", map[string][]reply{"crm.contact.add": {ok("5")}}, func(ctx context.Context, c connector) error {
			_, err := c.CreateContact(ctx, integrations.NewContact{Person: person, Responsible: "2", Key: "skvoz-1-7"})
			return err
		}},
		{"create_deal", "deal", map[string][]reply{"crm.deal.add": {ok("12")}}, func(ctx context.Context, c connector) error {
			_, err := c.CreateDeal(ctx, deal)
			return err
		}},
		{"create_deal_bare", "deal", map[string][]reply{"crm.deal.add": {ok("12")}}, func(ctx context.Context, c connector) error {
			_, err := c.CreateDeal(ctx, bare)
			return err
		}},
		{"create_deal_auto", "auto", map[string][]reply{"crm.settings.mode.get": {ok("2")}, "crm.deal.add": {ok("12")}}, func(ctx context.Context, c connector) error {
			_, err := c.CreateDeal(ctx, bare)
			return err
		}},
		{"create_lead", "lead", map[string][]reply{"crm.lead.add": {ok("7")}}, func(ctx context.Context, c connector) error {
			_, err := c.CreateDeal(ctx, deal)
			return err
		}},
		{"create_lead_auto", "auto", map[string][]reply{"crm.settings.mode.get": {ok("1")}, "crm.lead.add": {ok("7")}}, func(ctx context.Context, c connector) error {
			_, err := c.CreateDeal(ctx, bare)
			return err
		}},
		{"find_deal", "deal", map[string][]reply{"crm.deal.list": {ok("[]")}}, func(ctx context.Context, c connector) error {
			_, _, err := c.FindDeal(ctx, deal)
			return err
		}},
		{"find_lead", "lead", map[string][]reply{"crm.lead.list": {ok("[]")}}, func(ctx context.Context, c connector) error {
			_, _, err := c.FindDeal(ctx, deal)
			return err
		}},
		{"open_deals", "deal", map[string][]reply{"crm.deal.list": {ok("[]")}}, func(ctx context.Context, c connector) error {
			_, err := c.OpenDeals(ctx, "5")
			return err
		}},
		{"find_note", "deal", map[string][]reply{"crm.timeline.comment.list": {ok("[]")}}, func(ctx context.Context, c connector) error {
			_, err := c.FindNote(ctx, integrations.NewNote{Key: "skvoz-1-7", DealID: "12"})
			return err
		}},
		{"add_note", "deal", map[string][]reply{"crm.timeline.comment.add": {ok("3")}}, func(ctx context.Context, c connector) error {
			return c.AddNote(ctx, integrations.NewNote{Key: "skvoz-1-7", DealID: "12", Text: "Заказ — shop.example.ru"})
		}},
		{"add_note_to_lead", "lead", map[string][]reply{"crm.timeline.comment.add": {ok("3")}}, func(ctx context.Context, c connector) error {
			return c.AddNote(ctx, integrations.NewNote{Key: "skvoz-1-7", DealID: "L_7", Text: "Заказ"})
		}},
		{"changed_deals", "deal", map[string][]reply{"crm.deal.list": {ok("[" + aRow + "]")}, "batch": details}, func(ctx context.Context, c connector) error {
			_, err := c.ChangedDeals(ctx, integrations.ChangesQuery{Since: noon})
			return err
		}},
		{"changed_deals_by_creation", "deal", map[string][]reply{"crm.deal.list": {ok("[]")}}, func(ctx context.Context, c connector) error {
			_, err := c.ChangedDeals(ctx, integrations.ChangesQuery{Since: noon, ByCreation: true})
			return err
		}},
		{"changed_deals_next", "deal", map[string][]reply{"batch": {batchOf(`"same":[],"later":[]`)}}, func(ctx context.Context, c connector) error {
			_, err := c.ChangedDeals(ctx, integrations.ChangesQuery{Since: noon, Cursor: "2026-02-03T10:00:00+03:00|12"})
			return err
		}},
		{"deals_by_id", "deal", map[string][]reply{"batch": {
			batchOf(`"deals000":[` + aRow + `],"deal_12":[{"CONTACT_ID":5,"SORT":10,"ROLE_ID":0,"IS_PRIMARY":"Y"}],"deal_13":[],"history000":{"items":[]},"sources":[]`),
			{body: `{"result":{"result":[],"result_error":{"deal_13":{"error":"","error_description":"Not found"}}}}`},
			batchOf(`"contacts000":[]`),
		}}, func(ctx context.Context, c connector) error {
			_, err := c.DealsByID(ctx, []string{"13", "12"})
			return err
		}},
		{"deals_of_a_contact", "deal", map[string][]reply{"batch": {batchOf(`"deals000":[` + aRow + `],"of_contact_5":[` + aRow + `]`), details[0], details[1]}}, func(ctx context.Context, c connector) error {
			_, err := c.DealsByID(ctx, []string{"12", "C_5"})
			return err
		}},
		{"count_deals", "deal", map[string][]reply{
			"crm.category.list": {ok(`{"categories":[{"id":9,"name":"Опт","sort":200,"isDefault":"N"},{"id":0,"name":"Общая","sort":100,"isDefault":"Y"}]}`)},
			"batch": {
				batchOf(`"0":[{"STATUS_ID":"NEW","NAME":"Новая","SORT":"10","SEMANTICS":null}],"9":[{"STATUS_ID":"C9:WON","NAME":"Успех","SORT":"10","SEMANTICS":"S"}]`),
				{body: `{"result":{"result":{"count00000":[],"count00001":[]},"result_error":[],"result_total":{"count00000":3,"count00001":0}}}`},
			},
		}, func(ctx context.Context, c connector) error {
			got, err := c.CountDeals(ctx, noon.Add(-24*time.Hour), noon)
			require.Equal(t, []integrations.StageCount{{FunnelID: "0", StageID: "NEW", Count: 3}}, got)
			return err
		}},
		{"employees", "deal", map[string][]reply{"user.get": {{body: `{"result":[],"next":50,"total":51}`}, {body: `{"result":[],"total":51}`}}}, func(ctx context.Context, c connector) error {
			_, err := c.Employees(ctx)
			return err
		}},
		{"options_fields_of_leads", "auto", map[string][]reply{"crm.settings.mode.get": {ok("1")}, "crm.lead.fields": {ok("{}")}}, func(ctx context.Context, c connector) error {
			_, err := c.Options(ctx, "fields", nil)
			return err
		}},
		{"options_stages", "auto", map[string][]reply{"batch": {batchOf(`"stages":[]`)}}, func(ctx context.Context, c connector) error {
			_, err := c.Options(ctx, "stages", integrations.Values{"funnel": {List: []string{"9"}}})
			return err
		}},
		{"subscribe", "deal", map[string][]reply{
			"event.get": {ok(`[{"event":"ONCRMDEALADD","handler":"` + hookURL + `","auth_type":"0","offline":0},{"event":"ONCRMDEALUPDATE","handler":"https://other.example/","auth_type":"0","offline":0}]`)}, "event.bind": {refused(400, "ERROR_HANDLER_ALREADY_EXIST", "Handler already exists!"), ok("true")},
		}, func(ctx context.Context, c connector) error { return c.Subscribe(ctx) }},
		{"unsubscribe", "deal", map[string][]reply{
			"event.get": {ok(`[{"event":"ONCRMDEALADD","handler":"` + hookURL + `"},{"event":"ONCRMDEALUPDATE","handler":"https://other.example/"}]`)}, "event.unbind": {ok(`{"count":1}`)},
		}, func(ctx context.Context, c connector) error { return c.Unsubscribe(ctx) }},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p := newPortal(t, c.replies)
			require.NoError(t, c.do(t.Context(), byApp(p.URL, map[string]string{"entity": c.entity}).open(t)))
			golden(t, c.name, requests(t, p))
		})
	}
}

func TestGolden_GD4_ThePreviewIsWhatWouldBeSent(t *testing.T) {
	t.Parallel()
	deal := newDeal("skvoz-1-7")
	note := integrations.NewNote{Key: "skvoz-1-7", Text: "Заказ — shop.example.ru"}
	for name, settings := range map[string]map[string]string{"preview_deal": {"entity": "deal"}, "preview_lead": {"entity": "lead"}} {
		got, err := byApp("https://company.bitrix24.ru", settings).open(t).Preview(deal, note)
		require.NoError(t, err)
		golden(t, name, got)
	}
	got, err := byHook("https://company.bitrix24.ru", nil).open(t).Preview(deal, integrations.NewNote{})
	require.NoError(t, err)
	require.Len(t, got, 1, "no note without a text")
	require.Equal(t, "https://…/rest/…/crm.deal.add.json", got[0].Address)
}

func TestWebhook_RequestsGoToItsAddressWithoutAToken(t *testing.T) {
	t.Parallel()
	p := newPortal(t, map[string][]reply{"crm.deal.list": {ok("[]")}})
	_, err := byHook(p.URL, nil).open(t).OpenDeals(t.Context(), "5")
	require.NoError(t, err)
	require.Equal(t, "/rest/1/"+hookSecret+"/crm.deal.list.json", p.sent()[0].path)
	require.NotContains(t, p.sent()[0].body, "auth")
}
