package emulator_test

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/connectors/bitrix24/emulator"
)

func TestParams_FormsWithNestedNames(t *testing.T) {
	t.Parallel()
	p := unlimited(t)
	status, body := p.form(t, p.Webhook()+"crm.contact.add",
		"FIELDS[NAME]=%D0%9E%D0%BB%D1%8F&fields[PHONE][0][VALUE]=%2B79990001122&fields[PHONE][0][VALUE_TYPE]=MOBILE&fields[EMAIL][][VALUE]=olya@mail.example&Params[REGISTER_SONET_EVENT]=N")
	require.Equal(t, 200, status, body)
	got := p.ok(t, "crm.contact.get", m{"ID": body["result"]}).(m)
	require.Equal(t, "Оля", got["NAME"])
	require.Equal(t, "+79990001122", rows(got["PHONE"])[0]["VALUE"])
	require.Equal(t, "MOBILE", rows(got["PHONE"])[0]["VALUE_TYPE"])
	require.Equal(t, "olya@mail.example", rows(got["EMAIL"])[0]["VALUE"])
}

func TestParams_MultipartAndQuery(t *testing.T) {
	t.Parallel()
	p := unlimited(t)
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	require.NoError(t, w.WriteField("fields[TITLE]", "Заявка & Ко"))
	require.NoError(t, w.Close())
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, p.Webhook()+"crm.lead.add", &body)
	require.NoError(t, err)
	r.Header.Set("Content-Type", w.FormDataContentType())
	status, answer := p.send(t, r)
	require.Equal(t, 200, status, answer)
	r, err = http.NewRequestWithContext(t.Context(), http.MethodGet, p.Webhook()+"crm.lead.get?ID="+fmt.Sprint(answer["result"]), nil)
	require.NoError(t, err)
	_, answer = p.send(t, r)
	require.Equal(t, "Заявка & Ко", answer["result"].(m)["TITLE"])
	status, answer = p.raw(t, p.Webhook()+"crm.lead.list", "{")
	require.Equal(t, 400, status)
	require.Equal(t, "INVALID_REQUEST", answer["error"])
}

func TestParams_NamesAtTheTopMayBeWrittenAnyWay(t *testing.T) {
	t.Parallel()
	p := unlimited(t)
	n := id(p.ok(t, "CRM.Lead.Add", m{"FiElDs": m{"TITLE": "Заявка", "NO_SUCH_FIELD": "x", "ID": 999, "DATE_CREATE": "2001-01-01"}}))
	got := p.ok(t, "crm.lead.get", m{"Id": n}).(m)
	require.Equal(t, "Заявка", got["TITLE"])
	require.NotContains(t, got, "NO_SUCH_FIELD", "unknown fields are ignored")
	require.Equal(t, fmt.Sprint(n), got["ID"], "fields that can't be written are ignored")
	require.NotContains(t, got["DATE_CREATE"], "2001")
}

func TestAnswers_IdsAreStringsInClassicMethodsAndNumbersInItems(t *testing.T) {
	t.Parallel()
	p := unlimited(t)
	status, body := p.hook(t, "crm.deal.add", m{"fields": m{"TITLE": "Стол", "OPPORTUNITY": "1500.5", "CONTACT_ID": 1}})
	require.Equal(t, 200, status)
	n := id(body["result"])
	require.NotContains(t, body, "total")
	require.Contains(t, body["time"], "operating_reset_at")
	deal := p.ok(t, "crm.deal.get", m{"id": n}).(m)
	require.Equal(t, fmt.Sprint(n), deal["ID"])
	require.Equal(t, "1500.50", deal["OPPORTUNITY"])
	require.Equal(t, "1", deal["CONTACT_ID"])
	require.Nil(t, deal["ORIGIN_ID"])
	_, err := time.Parse(time.RFC3339, deal["DATE_CREATE"].(string))
	require.NoError(t, err)
	item := p.ok(t, "crm.item.get", m{"entityTypeId": 2, "id": n}).(m)["item"].(m)
	require.Equal(t, n, item["id"])
	require.InDelta(t, 1500.5, item["opportunity"], 0.001)
	require.Equal(t, 0, item["categoryId"])
	require.Equal(t, []any{1}, item["contactIds"])
	require.Equal(t, 0, item["companyId"])
}

func TestAnswers_EmptyMapsAreEmptyLists(t *testing.T) {
	t.Parallel()
	p := unlimited(t)
	require.Equal(t, []any{}, p.ok(t, "crm.duplicate.findbycomm", m{"type": "PHONE", "values": []string{"+70000000000"}}))
	require.Equal(t, []any{}, p.ok(t, "batch", m{"cmd": m{"a": "server.time"}}).(m)["result_error"])
	require.Equal(t, []any{}, p.ok(t, "crm.deal.list", m{"filter": m{"ID": 12345}}))
}

func TestErrors_MethodsOfTheCRMHaveNoCode(t *testing.T) {
	t.Parallel()
	p := unlimited(t)
	p.refused(t, 400, "", "Parameter 'fields' must be array.", "crm.deal.add", m{"fields": "x"})
	p.refused(t, 400, "", "Parameter 'fields' must be array.", "crm.lead.add", nil)
	p.refused(t, 400, "", "Parameter 'params' must be array.", "crm.lead.add", m{"fields": m{}, "params": "N"})
	p.refused(t, 400, "", "ID is not defined or invalid.", "crm.deal.get", nil)
	p.refused(t, 400, "", "Not found", "crm.deal.get", m{"id": 999})
	p.refused(t, 400, "", "Not found", "crm.contact.update", m{"id": 999, "fields": m{}})
	p.refused(t, 400, "", "Parameter 'filter' must be array.", "crm.deal.list", m{"filter": "x"})
	p.refused(t, 400, "", "Неверное значение поля «Валюта»", "crm.deal.add", m{"fields": m{"CURRENCY_ID": "XXX"}})
}

func TestPaging_50RowsWithNextAndTotal(t *testing.T) {
	t.Parallel()
	p := unlimited(t)
	for i := range 116 {
		_, err := p.CreateDeal(t.Context(), emulator.NewDeal{Title: fmt.Sprint("Сделка ", i)})
		require.NoError(t, err)
	}
	seen, start := 0, 0
	for range 3 {
		_, body := p.hook(t, "crm.deal.list", m{"start": start, "select": []string{"ID"}})
		seen += len(rows(body["result"]))
		require.Equal(t, 120, body["total"])
		if seen == 120 {
			require.NotContains(t, body, "next", "not on the last page")
			break
		}
		start = body["next"].(int)
	}
	require.Equal(t, 120, seen)

	last, pages := 0, 0
	for {
		_, body := p.hook(t, "crm.deal.list", m{"start": -1, "filter": m{">ID": last}, "order": m{"ID": "ASC"}, "select": []string{"ID"}})
		require.Equal(t, 0, body["total"], "nothing is counted")
		require.NotContains(t, body, "next")
		page := rows(body["result"])
		if len(page) == 0 {
			break
		}
		pages++
		_, err := fmt.Sscan(page[len(page)-1]["ID"].(string), &last)
		require.NoError(t, err)
	}
	require.Equal(t, 3, pages)
	require.Equal(t, 120, last)
}

func TestFilter_Prefixes(t *testing.T) {
	t.Parallel()
	p := unlimited(t) // deals: 184000 WON, 67500 PREPARATION, 92000 NEW, 21000 C1:LOSE
	cases := []struct {
		rule   string
		filter m
		want   []string
	}{
		{"equal", m{"STAGE_ID": "WON"}, []string{"1"}},
		{"equal with its sign", m{"=STAGE_ID": "won"}, []string{"1"}},
		{"a list is any of it", m{"ID": []int{1, 3, 77}}, []string{"1", "3"}},
		{"in", m{"@STAGE_ID": []string{"NEW", "WON"}}, []string{"1", "3"}},
		{"not in", m{"!@STAGE_ID": []string{"NEW", "WON"}}, []string{"2", "4"}},
		{"not", m{"!STAGE_ID": "WON"}, []string{"2", "3", "4"}},
		{"not equal", m{"!=CATEGORY_ID": 0}, []string{"4"}},
		{"more", m{">OPPORTUNITY": 67500}, []string{"1", "3"}},
		{"more or equal", m{">=OPPORTUNITY": "67500"}, []string{"1", "2", "3"}},
		{"less", m{"<OPPORTUNITY": 67500}, []string{"4"}},
		{"less or equal", m{"<=OPPORTUNITY": 67500}, []string{"2", "4"}},
		{"a part", m{"%TITLE": "ШКАФ"}, []string{"2"}},
		{"a pattern", m{"=%TITLE": "гард%"}, []string{"3"}},
		{"a pattern the other way", m{"%=TITLE": "%замена"}, []string{"4"}},
		{"not a part", m{"!%TITLE": "а"}, []string{}},
		{"empty", m{"ORIGIN_ID": ""}, []string{"1", "2", "3", "4"}},
		{"unknown fields are ignored", m{"NO_SUCH": 1, "ID": 2}, []string{"2"}},
		{"a date", m{">DATE_CREATE": p.kit.Clock.Now().AddDate(0, 0, -5).Format(time.RFC3339)}, []string{"3", "4"}},
		{"a contact", m{"CONTACT_ID": 1}, []string{"1", "4"}},
	}
	for _, c := range cases {
		t.Run(c.rule, func(t *testing.T) {
			t.Parallel()
			got := []string{}
			for _, row := range rows(p.ok(t, "crm.deal.list", m{"filter": c.filter, "select": []string{"ID"}, "order": m{"ID": "ASC"}})) {
				got = append(got, row["ID"].(string))
			}
			require.Equal(t, c.want, got)
		})
	}
}

func TestList_OrderAndSelect(t *testing.T) {
	t.Parallel()
	p := unlimited(t)
	got := rows(p.ok(t, "crm.deal.list", m{"order": m{"OPPORTUNITY": "DESC"}, "select": []string{"TITLE"}}))
	require.Len(t, got[0], 2, "ID and what was asked for")
	require.Equal(t, "Кухня «Верона»", got[0]["TITLE"])
	contacts := rows(p.ok(t, "crm.contact.list", m{"select": []string{"*", "PHONE"}, "filter": m{"PHONE": "+7 925 123-45-02"}}))
	require.Len(t, contacts, 1, "multi-fields only exact")
	require.Equal(t, "+7 925 123-45-02", rows(contacts[0]["PHONE"])[0]["VALUE"])
	require.NotContains(t, rows(p.ok(t, "crm.contact.list", nil))[0], "PHONE", "not unless asked for")
	require.Empty(t, p.ok(t, "crm.contact.list", m{"filter": m{"PHONE": "79251234502"}}))
}

func TestItems_FiltersAreStrictAndCanBeGrouped(t *testing.T) {
	t.Parallel()
	p := unlimited(t)
	filter := m{"categoryId": 0, "0": m{"logic": "OR", "0": m{"stageId": "WON"}, "1": m{"<=opportunity": 70000}}}
	got := rows(p.ok(t, "crm.item.list", m{"entityTypeId": 2, "filter": filter, "select": []string{"id", "stageId"}}).(m)["items"])
	require.Len(t, got, 2)
	require.Equal(t, 1, got[0]["id"])
	require.NotContains(t, got[0], "title")
	p.refused(t, 400, "INVALID_ARG_VALUE", "Invalid filter: field 'noSuch' is not allowed in filter", "crm.item.list", m{"entityTypeId": 2, "filter": m{"noSuch": 1}})
	p.refused(t, 400, "INVALID_ARG_VALUE", "Invalid filter: field 'id' has invalid value", "crm.item.list", m{"entityTypeId": 2, "filter": m{">id": "x"}})
	p.refused(t, 400, "INVALID_ARG_VALUE", "Invalid order: field 'x' is not allowed in order", "crm.item.list", m{"entityTypeId": 2, "order": m{"x": "ASC"}})
	p.refused(t, 400, "NOT_FOUND", "Смарт-процесс не найден", "crm.item.list", m{"entityTypeId": 999})
	p.refused(t, 400, "NOT_FOUND", "Элемент не найден", "crm.item.get", m{"entityTypeId": 2, "id": 999})
}

func TestItems_AddWithPhones(t *testing.T) {
	t.Parallel()
	p := unlimited(t)
	fields := m{"title": "Заявка", "utmSource": "yandex", "fm": []m{{"typeId": "PHONE", "valueType": "WORK", "value": "+79990001122"}}}
	item := p.ok(t, "crm.item.add", m{"entityTypeId": 1, "fields": fields}).(m)["item"].(m)
	require.Equal(t, "NEW", item["stageId"])
	require.Equal(t, "P", item["stageSemanticId"])
	require.Equal(t, "+79990001122", rows(item["fm"])[0]["value"])
	lead := p.ok(t, "crm.lead.get", m{"id": item["id"]}).(m)
	require.Equal(t, "yandex", lead["UTM_SOURCE"])
	require.Equal(t, "Y", lead["HAS_PHONE"])
}

func TestItems_PhonesAreListedWhenAskedFor(t *testing.T) {
	t.Parallel()
	p := unlimited(t)
	got := rows(p.ok(t, "crm.item.list", m{"entityTypeId": 3, "filter": m{"@id": []int{1, 3}}, "select": []string{"id", "fm"}}).(m)["items"])
	require.Len(t, got, 2)
	require.Equal(t, "+7 916 123-45-01", rows(got[0]["fm"])[0]["value"])
}

func TestStages_BelongToTheirFunnel(t *testing.T) {
	t.Parallel()
	p := unlimited(t)
	wrong := "Неверное значение поля «Стадия сделки»"
	p.refused(t, 400, "", wrong, "crm.deal.add", m{"fields": m{"STAGE_ID": "C1:NEW"}})
	p.refused(t, 400, "", wrong, "crm.deal.add", m{"fields": m{"CATEGORY_ID": 1, "STAGE_ID": "NEW"}})
	p.refused(t, 400, "", wrong, "crm.deal.update", m{"id": 3, "fields": m{"STAGE_ID": "C1:WON"}})
	n := p.ok(t, "crm.deal.add", m{"fields": m{"CATEGORY_ID": 1}})
	require.Equal(t, "C1:NEW", p.ok(t, "crm.deal.get", m{"id": n}).(m)["STAGE_ID"], "the first one of the funnel")

	p.ok(t, "crm.deal.update", m{"id": 3, "fields": m{"CATEGORY_ID": 1}})
	require.Equal(t, "0", p.ok(t, "crm.deal.get", m{"id": 3}).(m)["CATEGORY_ID"], "classic update changes no funnel")
	p.refused(t, 400, "CRM_FIELD_ERROR_VALUE_NOT_VALID", `Неверное значение поля "stageId"`, "crm.item.update", m{"entityTypeId": 2, "id": 3, "fields": m{"stageId": "C1:WON"}})
	item := p.ok(t, "crm.item.update", m{"entityTypeId": 2, "id": 3, "fields": m{"categoryId": 1}}).(m)["item"].(m)
	require.Equal(t, "C1:NEW", item["stageId"])
	p.ok(t, "crm.deal.update", m{"id": 3, "fields": m{"STAGE_ID": "C1:WON", "OPPORTUNITY": 95000}})
	deal := p.ok(t, "crm.deal.get", m{"id": 3}).(m)
	require.Equal(t, "S", deal["STAGE_SEMANTIC_ID"])
	require.Equal(t, "Y", deal["CLOSED"])
}

func TestStages_FunnelsStatusesAndHistory(t *testing.T) {
	t.Parallel()
	p := unlimited(t)
	funnels := rows(p.ok(t, "crm.category.list", m{"entityTypeId": 2}).(m)["categories"])
	require.Len(t, funnels, 2)
	require.Equal(t, 0, funnels[0]["id"])
	require.Equal(t, "Y", funnels[0]["isDefault"])
	require.Equal(t, "Повторные продажи", funnels[1]["name"])
	p.refused(t, 400, "ENTITY_TYPE_NOT_SUPPORTED", "Entity type `LEAD` is not supported", "crm.category.list", m{"entityTypeId": 1})

	won := rows(p.ok(t, "crm.status.list", m{"filter": m{"ENTITY_ID": "DEAL_STAGE_1", "SEMANTICS": "S"}}))
	require.Len(t, won, 1)
	require.Equal(t, "C1:WON", won[0]["STATUS_ID"])
	require.Equal(t, "1", won[0]["CATEGORY_ID"])
	require.Equal(t, "success", won[0]["EXTRA"].(m)["SEMANTICS"])
	stages := rows(p.ok(t, "crm.status.list", m{"filter": m{"ENTITY_ID": "DEAL_STAGE"}, "order": m{"SORT": "ASC"}}))
	require.Equal(t, "NEW", stages[0]["STATUS_ID"])
	require.Nil(t, stages[0]["SEMANTICS"])

	require.NoError(t, p.MoveDeal(t.Context(), 3, "LOSE", 0))
	require.NoError(t, p.MoveDeal(t.Context(), 3, "C1:NEW", 0))
	lines := rows(p.ok(t, "crm.stagehistory.list", m{"entityTypeId": 2, "filter": m{"OWNER_ID": 3}, "order": m{"ID": "ASC"}}).(m)["items"])
	require.Len(t, lines, 3)
	for i, want := range []m{{"TYPE_ID": 1, "STAGE_ID": "NEW"}, {"TYPE_ID": 3, "STAGE_ID": "LOSE"}, {"TYPE_ID": 5, "STAGE_ID": "C1:NEW"}} {
		require.Equal(t, want["TYPE_ID"], lines[i]["TYPE_ID"])
		require.Equal(t, want["STAGE_ID"], lines[i]["STAGE_ID"])
	}
	require.Equal(t, 3, lines[0]["OWNER_ID"])
	at, err := time.Parse(time.RFC3339, lines[0]["CREATED_TIME"].(string))
	require.NoError(t, err)
	require.WithinDuration(t, p.kit.Clock.Now().AddDate(0, 0, -3), at, time.Minute, "the portal begins with a past")
}

func TestMultiFields_AppendReplaceDelete(t *testing.T) {
	t.Parallel()
	p := unlimited(t)
	n := p.ok(t, "crm.contact.add", m{"fields": m{"NAME": "Анна", "PHONE": []m{{"VALUE": "+79990000001", "VALUE_TYPE": "WORK"}}}})
	phones := func() []m {
		v, ok := p.ok(t, "crm.contact.get", m{"id": n}).(m)["PHONE"]
		if !ok {
			return nil
		}
		return rows(v)
	}
	set := func(rows ...m) { p.ok(t, "crm.contact.update", m{"id": n, "fields": m{"PHONE": rows}}) }
	set(m{"VALUE": "+79990000001", "VALUE_TYPE": "WORK"})
	require.Len(t, phones(), 2, "a row without an ID is added, even the same once more")
	first, second := phones()[0]["ID"], phones()[1]["ID"]
	set(m{"ID": first, "VALUE": "+79990000002", "VALUE_TYPE": "MOBILE"})
	require.Equal(t, "+79990000002", phones()[0]["VALUE"])
	require.Equal(t, "MOBILE", phones()[0]["VALUE_TYPE"])
	require.Len(t, phones(), 2, "rows that are not mentioned stay")
	set(m{"ID": second, "DELETE": "Y"})
	require.Len(t, phones(), 1)
	set(m{"ID": first, "VALUE": ""})
	require.Nil(t, phones())
}

func TestDuplicates_PhonesAndMails(t *testing.T) {
	t.Parallel()
	p := unlimited(t)
	find := func(kind string, values ...string) any {
		return p.ok(t, "crm.duplicate.findbycomm", m{"type": kind, "values": values, "entity_type": "CONTACT"})
	}
	for _, phone := range []string{"+7 (916) 123-45-01", "89161234501", "79161234501", "+79161234501 доб. 12"} {
		require.Equal(t, m{"CONTACT": []any{1}}, find("PHONE", phone), phone)
	}
	require.Equal(t, m{"CONTACT": []any{1, 2}}, find("EMAIL", "DROZDOV@mail.example", "vetrova@mail.example"))
	require.Equal(t, []any{}, find("PHONE", "9161234501"), "a number without country code finds only itself")
	require.Equal(t, []any{}, find("PHONE"+"", "+79990000000"))
	p.refused(t, 400, "", "Communication type is not defined", "crm.duplicate.findbycomm", nil)
	p.refused(t, 400, "", "Communication values is not defined", "crm.duplicate.findbycomm", m{"type": "PHONE"})
	p.refused(t, 400, "", "Communication type 'FAX' is not supported in current context", "crm.duplicate.findbycomm", m{"type": "FAX", "values": []string{"1"}})
}

func TestDuplicates_TwentyOfOneKindHideTheOthers(t *testing.T) {
	t.Parallel()
	p := unlimited(t)
	phone := []m{{"VALUE": "+79990001122"}}
	p.ok(t, "crm.contact.add", m{"fields": m{"PHONE": phone}})
	for range 19 {
		p.ok(t, "crm.lead.add", m{"fields": m{"PHONE": phone}})
	}
	find := func() m {
		return p.ok(t, "crm.duplicate.findbycomm", m{"type": "PHONE", "values": []string{"79990001122"}}).(m)
	}
	require.Contains(t, find(), "CONTACT")
	for range 3 {
		p.ok(t, "crm.lead.add", m{"fields": m{"PHONE": phone}})
	}
	require.NotContains(t, find(), "CONTACT")
	require.Len(t, find()["LEAD"], 20)
	values := []string{}
	for i := range 20 {
		values = append(values, fmt.Sprintf("+7999111%04d", i))
	}
	require.Equal(t, []any{}, p.ok(t, "crm.duplicate.findbycomm", m{"type": "PHONE", "values": append(values, "79990001122")}), "the 21st value is not looked at")
}

func TestDuplicates_FollowChangesAndDeletion(t *testing.T) {
	t.Parallel()
	p := unlimited(t)
	find := func(phone string) any {
		return p.ok(t, "crm.duplicate.findbycomm", m{"type": "PHONE", "values": []string{phone}})
	}
	n := p.ok(t, "crm.contact.add", m{"fields": m{"PHONE": []m{{"VALUE": "+79990001122"}}}})
	row := rows(p.ok(t, "crm.contact.get", m{"id": n}).(m)["PHONE"])[0]["ID"]
	p.ok(t, "crm.contact.update", m{"id": n, "fields": m{"PHONE": []m{{"ID": row, "VALUE": "+79990003344"}}}})
	require.Equal(t, []any{}, find("+79990001122"))
	require.Equal(t, m{"CONTACT": []any{n}}, find("+79990003344"))
	p.ok(t, "crm.contact.delete", m{"id": n})
	require.Equal(t, []any{}, find("+79990003344"))
}

func TestDeals_ContactsAreBound(t *testing.T) {
	t.Parallel()
	p := unlimited(t)
	n := p.ok(t, "crm.deal.add", m{"fields": m{"CONTACT_IDS": []int{1, 2}}})
	get := func() []m { return rows(p.ok(t, "crm.deal.contact.items.get", m{"id": n})) }
	require.Len(t, get(), 2)
	require.Equal(t, "Y", get()[0]["IS_PRIMARY"])
	require.Equal(t, true, p.ok(t, "crm.deal.contact.add", m{"id": n, "fields": m{"CONTACT_ID": 3, "IS_PRIMARY": "Y"}}))
	require.Equal(t, false, p.ok(t, "crm.deal.contact.add", m{"id": n, "fields": m{"CONTACT_ID": 3}}), "bound already")
	require.Equal(t, "3", p.ok(t, "crm.deal.get", m{"id": n}).(m)["CONTACT_ID"])
	p.ok(t, "crm.deal.contact.items.set", m{"id": n, "items": []m{{"CONTACT_ID": 2, "SORT": 10}}})
	require.Equal(t, []m{{"CONTACT_ID": 2, "SORT": 10, "ROLE_ID": 0, "IS_PRIMARY": "Y"}}, get())
	p.ok(t, "crm.contact.delete", m{"id": 2})
	require.Empty(t, get(), "a deleted contact is unbound")
	p.refused(t, 400, "", "Not found.", "crm.deal.contact.items.get", m{"id": 999})
	p.refused(t, 400, "", "The parameter 'ownerEntityID' is invalid or not defined.", "crm.deal.contact.items.get", nil)
}

func TestLeads_SimpleModeTurnsThemIntoDealsAtOnce(t *testing.T) {
	t.Parallel()
	p := unlimited(t)
	require.Equal(t, 1, p.ok(t, "crm.settings.mode.get", nil))
	p.SetMode(emulator.Simple)
	require.Equal(t, 2, p.ok(t, "crm.settings.mode.get", nil))
	n := p.ok(t, "crm.lead.add", m{"fields": m{"TITLE": "Заявка", "NAME": "Лев", "PHONE": []m{{"VALUE": "+79990001122"}}, "UTM_SOURCE": "vk"}})
	require.Equal(t, "CONVERTED", p.ok(t, "crm.lead.get", m{"id": n}).(m)["STATUS_ID"])
	deals := rows(p.ok(t, "crm.deal.list", m{"filter": m{"LEAD_ID": n}}))
	require.Len(t, deals, 1)
	require.Equal(t, "vk", deals[0]["UTM_SOURCE"])
	require.Equal(t, "Лев", p.ok(t, "crm.contact.get", m{"id": deals[0]["CONTACT_ID"]}).(m)["NAME"])
}

func TestPeople_ConvertALead(t *testing.T) {
	t.Parallel()
	p := unlimited(t)
	deal, err := p.ConvertLead(t.Context(), 1)
	require.NoError(t, err)
	require.Equal(t, "1", p.Deals()[deal-1].Fields["LEAD_ID"])
	_, err = p.ConvertLead(t.Context(), 1)
	require.Error(t, err, "once")
}

func TestTimeline_CommentsActivitiesTraces(t *testing.T) {
	t.Parallel()
	p := unlimited(t)
	n := p.ok(t, "crm.timeline.comment.add", m{"fields": m{"ENTITY_ID": 1, "ENTITY_TYPE": "deal", "COMMENT": "Пришёл с рекламы"}})
	got := rows(p.ok(t, "crm.timeline.comment.list", m{"filter": m{"ENTITY_ID": 1, "ENTITY_TYPE": "deal"}}))
	require.Len(t, got, 1)
	require.Equal(t, fmt.Sprint(n), got[0]["ID"])
	require.Equal(t, m{}, got[0]["FILES"])
	p.refused(t, 400, "OWNER_NOT_FOUND", "Owner was not found.", "crm.timeline.comment.add", m{"fields": m{"ENTITY_ID": 99, "ENTITY_TYPE": "deal", "COMMENT": "x"}})
	require.Equal(t, "Пришёл с рекламы", p.Comments()[0].Text)

	p.ok(t, "crm.activity.add", m{"fields": m{"OWNER_TYPE_ID": 2, "OWNER_ID": 1, "TYPE_ID": 2, "SUBJECT": "Перезвонить"}})
	require.Equal(t, "Перезвонить", p.Activities()[0].Subject)

	p.refused(t, 400, "ERROR_CORE", "Parameter `TRACE` required.", "crm.tracking.trace.add", nil)
	p.refused(t, 400, "ERROR_CORE", "Can not parse JSON in parameter `TRACE`.", "crm.tracking.trace.add", m{"TRACE": "{"})
	p.ok(t, "crm.tracking.trace.add", m{"TRACE": `{"tags":{"list":{"utm_source":"vk"}}}`, "ENTITIES": []m{{"TYPE": "DEAL", "ID": 1}}})
	require.Equal(t, []emulator.TraceEntity{{Type: "DEAL", ID: 1}}, p.Traces()[0].Entities)
}

func TestUserFields_AreWrittenAndShownOnceTheyExist(t *testing.T) {
	t.Parallel()
	p := unlimited(t)
	p.ok(t, "crm.deal.update", m{"id": 1, "fields": m{"UF_CRM_VISITOR": "7"}})
	p.ok(t, "crm.deal.userfield.add", m{"fields": m{"FIELD_NAME": "VISITOR", "USER_TYPE_ID": "string", "EDIT_FORM_LABEL": "Посетитель"}})
	require.Equal(t, "UF_CRM_VISITOR", rows(p.ok(t, "crm.deal.userfield.list", nil))[0]["FIELD_NAME"])
	require.Nil(t, p.ok(t, "crm.deal.get", m{"id": 1}).(m)["UF_CRM_VISITOR"], "what was written before is lost")
	p.ok(t, "crm.deal.update", m{"id": 1, "fields": m{"UF_CRM_VISITOR": "7"}})
	item := p.ok(t, "crm.item.get", m{"entityTypeId": 2, "id": 1}).(m)["item"].(m)
	require.Equal(t, "7", item["ufCrmVisitor"])
	item = p.ok(t, "crm.item.get", m{"entityTypeId": 2, "id": 1, "useOriginalUfNames": "Y"}).(m)["item"].(m)
	require.Equal(t, "7", item["UF_CRM_VISITOR"])
	list := rows(p.ok(t, "crm.deal.list", m{"filter": m{"UF_CRM_VISITOR": "7"}, "select": []string{"ID", "UF_*"}}))
	require.Equal(t, []m{{"ID": "1", "UF_CRM_VISITOR": "7"}}, list)
}

func TestUsers_GetCurrentProfile(t *testing.T) {
	t.Parallel()
	p := unlimited(t)
	all := rows(p.ok(t, "user.get", nil))
	require.Len(t, all, 3)
	require.Equal(t, "1", all[0]["ID"])
	require.Equal(t, true, all[0]["ACTIVE"])
	require.NoError(t, p.DeactivateUser(3))
	require.Len(t, rows(p.ok(t, "user.get", m{"FILTER": m{"ACTIVE": true}})), 2)
	require.Len(t, rows(p.ok(t, "user.get", m{"FILTER": m{"UF_PHONE_INNER": "102"}})), 1)
	require.Equal(t, "Марина", p.ok(t, "user.current", nil).(m)["NAME"])
	require.Equal(t, true, p.ok(t, "profile", nil).(m)["ADMIN"])
}

func TestSystem_Methods(t *testing.T) {
	t.Parallel()
	p := unlimited(t)
	require.Equal(t, []any{"crm", "user"}, p.ok(t, "scope", nil))
	require.Equal(t, m{"isExisting": true, "isAvailable": false}, p.ok(t, "method.get", m{"name": "event.bind"}))
	require.Equal(t, m{"isExisting": false, "isAvailable": false}, p.ok(t, "method.get", m{"name": "no.such"}))
	require.Contains(t, p.ok(t, "methods", nil), "crm.deal.list")
	require.Equal(t, "RUB", rows(p.ok(t, "crm.currency.list", nil))[0]["CURRENCY"])
	require.Contains(t, p.ok(t, "crm.lead.fields", nil), "UTM_SOURCE")
	require.Contains(t, p.ok(t, "crm.item.fields", m{"entityTypeId": 2}).(m)["fields"], "utmSource")
}
