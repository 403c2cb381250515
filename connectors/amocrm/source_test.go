package amocrm_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/connectors/amocrm/emulator"
	"github.com/skvoz/skvoz/core/deals"
	"github.com/skvoz/skvoz/core/integrations"
)

const won = `{"id":1,"name":"Кухня","price":184000,"responsible_user_id":5,"status_id":142,"pipeline_id":11,"created_by":5,"created_at":1772000000,"updated_at":1772300000,
	"closed_at":1772290000,"is_deleted":false,"custom_fields_values":null,"_embedded":{"tags":[{"id":7,"name":"сайт"}],"companies":[],"contacts":[{"id":502,"is_main":false},{"id":501,"is_main":true}]}}`

const moves = `{"_embedded":{"events":[
	{"id":"03","type":"lead_status_changed","entity_id":1,"created_at":1772290000,"value_before":[{"lead_status":{"id":13,"pipeline_id":11}}],"value_after":[{"lead_status":{"id":142,"pipeline_id":11}}]},
	{"id":"02","type":"lead_status_changed","entity_id":1,"created_at":1772100000,"value_before":[{"lead_status":{"id":12,"pipeline_id":11}}],"value_after":[{"lead_status":{"id":13,"pipeline_id":11}}]},
	{"id":"01","type":"lead_added","entity_id":1,"created_at":1772000000,"value_before":[],"value_after":[{"note":{"id":1}}]}]}}`

func sourceRoutes() map[string][]answer {
	return map[string][]answer{
		"GET /api/v4/leads":    {ok(`{"_embedded":{"leads":[` + won + `]}}`)},
		"GET /api/v4/contacts": {ok(`{"_embedded":{"contacts":[{"id":501,"name":"Анна","created_at":1771000000,"custom_fields_values":[{"field_code":"PHONE","values":[{"value":"+79262444393"}]}]},{"id":999,"name":"не спрашивали"}]}}`)},
		"GET /api/v4/events":   {ok(moves)},
	}
}

func at(unix int64) time.Time { return time.Unix(unix, 0).UTC() }

func TestSource_ADealWithEverything(t *testing.T) {
	t.Parallel()
	b := newBench(t, sourceRoutes())
	page, err := b.open().ChangedDeals(t.Context(), integrations.ChangesQuery{Since: at(1772000000)})
	require.NoError(t, err)
	minor, closed := int64(18400000), at(1772290000)
	require.Equal(t, []integrations.RemoteDeal{{
		ID: "1", Name: "Кухня", CreatedAt: at(1772000000), ModifiedAt: at(1772300000), StageAt: closed, ClosedAt: &closed, FunnelID: "11", StageID: "142",
		ContactIDs: []string{"502", "501"}, MainContactID: "501", EmployeeID: "5", RevenueMinor: &minor, Currency: "RUB", Tags: []deals.Tag{{ExternalID: "7", Name: "сайт"}},
		URL: b.url + "/leads/detail/1",
		History: []integrations.StageEntry{
			{FunnelID: "11", StageID: "12", At: at(1772000000)}, {FunnelID: "11", StageID: "13", At: at(1772100000)}, {FunnelID: "11", StageID: "142", At: closed},
		},
	}}, page.Deals)
	require.Len(t, page.Contacts, 1, "only those that were asked for")
	require.Empty(t, page.Next)
	sent := b.sent("GET", "/api/v4/leads")[0].query
	require.Equal(t, []string{"1772000000"}, sent["filter[updated_at][from]"])
	require.Equal(t, []string{"asc"}, sent["order[updated_at]"])
	require.Equal(t, []string{"contacts"}, sent["with"])
	require.Equal(t, []string{"501", "502"}, b.sent("GET", "/api/v4/contacts")[0].query["filter[id][]"])
	events := b.sent("GET", "/api/v4/events")[0].query
	require.Equal(t, []string{"lead_added,lead_status_changed"}, events["filter[type]"])
	require.Equal(t, []string{"lead"}, events["filter[entity]"])
	require.Equal(t, []string{"1"}, events["filter[entity_id]"])
}

func TestSource_WithoutEventsThereIsNoHistory(t *testing.T) {
	t.Parallel()
	for _, a := range []answer{{status: 403, body: `{"title":"Forbidden"}`}, empty} {
		routes := sourceRoutes()
		routes["GET /api/v4/events"] = []answer{a}
		page, err := newBench(t, routes).open().ChangedDeals(t.Context(), integrations.ChangesQuery{Since: at(1772000000)})
		require.NoError(t, err)
		require.Nil(t, page.Deals[0].History)
		require.Equal(t, at(1772290000), page.Deals[0].StageAt)
	}
	routes := sourceRoutes()
	routes["GET /api/v4/events"] = []answer{{status: 500}}
	_, err := newBench(t, routes).open().ChangedDeals(t.Context(), integrations.ChangesQuery{Since: at(1772000000)})
	require.Equal(t, integrations.FailDown, failure(t, err).Kind, "a failure is not the absence of a history")
}

func TestSource_AHeavyPageIsAskedForInParts(t *testing.T) {
	t.Parallel()
	routes := sourceRoutes()
	routes["GET /api/v4/leads"] = []answer{{status: 504}, ok(`{"_links":{"next":{"href":"x"}},"_embedded":{"leads":[` + won + `]}}`)}
	b := newBench(t, routes)
	c := b.open()
	page, err := c.ChangedDeals(t.Context(), integrations.ChangesQuery{Since: at(1772000000)})
	require.NoError(t, err)
	require.Len(t, page.Deals, 1)
	_, err = c.ChangedDeals(t.Context(), integrations.ChangesQuery{Since: at(1772000000), Cursor: page.Next})
	require.NoError(t, err)
	sent := b.sent("GET", "/api/v4/leads")
	require.Equal(t, []string{"250"}, sent[0].query["limit"])
	require.Equal(t, []string{"50"}, sent[1].query["limit"])
	require.Equal(t, []string{"50"}, sent[2].query["limit"], "the cursor remembers it")
	require.Equal(t, []string{"1772300000"}, sent[2].query["filter[updated_at][from]"])
}

func TestSource_ACursorOfOthersIsRefused(t *testing.T) {
	t.Parallel()
	for _, cursor := range []string{"?", "bm8", "e30"} {
		_, err := newBench(t, sourceRoutes()).open().ChangedDeals(t.Context(), integrations.ChangesQuery{Cursor: cursor})
		require.Equal(t, integrations.FailInternal, failure(t, err).Kind)
	}
}

func TestSource_AnAccountWithoutFiltersIsReadNewestFirst(t *testing.T) {
	t.Parallel()
	lead := func(id, updated int) string {
		return fmt.Sprintf(`{"id":%d,"status_id":12,"pipeline_id":11,"created_at":%d,"updated_at":%d}`, id, updated, updated)
	}
	list := func(more bool, leads ...string) answer {
		links := ""
		if more {
			links = `"_links":{"next":{"href":"x"}},`
		}
		return ok(`{` + links + `"_embedded":{"leads":[` + strings.Join(leads, ",") + `]}}`)
	}
	b := newBench(t, map[string][]answer{
		"GET /api/v4/account": {ok(`{"id":77,"currency":"RUB","is_api_filter_enabled":false}`)},
		"GET /api/v4/leads":   {list(true, lead(9, 900), lead(8, 800)), list(true, lead(8, 800), lead(7, 700)), list(true, lead(2, 200)), list(false)},
	})
	page, err := b.open().ChangedDeals(t.Context(), integrations.ChangesQuery{Since: at(500)})
	require.NoError(t, err)
	var ids []string
	for _, d := range page.Deals {
		ids = append(ids, d.ID)
	}
	require.Equal(t, []string{"7", "8", "9"}, ids)
	require.Empty(t, page.Next)
	require.Len(t, b.sent("GET", "/api/v4/leads"), 3, "no further than needed")
}

func TestSource_OnlyWhatIsCertainlyGoneIsGone(t *testing.T) {
	t.Parallel()
	routes := sourceRoutes()
	routes["GET /api/v4/leads/2"] = []answer{empty}
	routes["GET /api/v4/leads/3"] = []answer{ok(`{"id":3,"name":"В неразобранном","status_id":10,"pipeline_id":11,"created_at":5,"updated_at":5}`)}
	routes["GET /api/v4/leads/4"] = []answer{ok(`{"id":4,"is_deleted":true}`)}
	b := newBench(t, routes)
	page, err := b.open().DealsByID(t.Context(), []string{"1", "2", "3", "4", "x", "1"})
	require.NoError(t, err)
	require.ElementsMatch(t, []string{"2", "4", "x"}, page.Gone)
	require.Len(t, page.Deals, 2)
	routes = sourceRoutes()
	routes["GET /api/v4/leads/2"] = []answer{{status: 500}}
	_, err = newBench(t, routes).open().DealsByID(t.Context(), []string{"1", "2"})
	require.Equal(t, integrations.FailDown, failure(t, err).Kind, "not knowing is not being gone")
}

func TestSource_ManyDealsOfOneSecondAreReadByPages(t *testing.T) {
	t.Parallel()
	e := newEmulated(t)
	main := e.amo.Pipelines()[0]
	second := e.clock.Now().Add(-time.Hour)
	want := map[string]bool{}
	for i := range 620 {
		n, err := e.amo.CreateLead(emulator.NewLead{Name: fmt.Sprint(i), PipelineID: main.ID, StatusID: main.Statuses[1].ID, CreatedAt: second})
		require.NoError(t, err)
		want[fmt.Sprint(n)] = true
	}
	q := integrations.ChangesQuery{Since: second.Add(-time.Minute)}
	for round := 0; ; round++ {
		require.Less(t, round, 10)
		page, err := e.c.ChangedDeals(t.Context(), q)
		require.NoError(t, err)
		for _, d := range page.Deals {
			delete(want, d.ID)
		}
		if q.Cursor = page.Next; q.Cursor == "" {
			break
		}
	}
	require.Empty(t, want)
}

func TestSource_CountsThePeriodWithoutItsEnd(t *testing.T) {
	t.Parallel()
	b := newBench(t, map[string][]answer{"GET /api/v4/leads": {ok(`{"_embedded":{"leads":[
		{"id":1,"pipeline_id":11,"status_id":142,"created_at":1772000000},{"id":2,"pipeline_id":11,"status_id":12,"created_at":1772000001},
		{"id":3,"pipeline_id":11,"status_id":12,"created_at":1772000002},{"id":4,"pipeline_id":11,"status_id":12,"created_at":1772000009},{"id":5,"pipeline_id":11,"status_id":12,"created_at":1772000010}]}}`)}})
	got, err := b.open().CountDeals(t.Context(), at(1772000000), at(1772000010))
	require.NoError(t, err)
	require.Equal(t, []integrations.StageCount{{FunnelID: "11", StageID: "12", Count: 3}, {FunnelID: "11", StageID: "142", Count: 1}}, got)
	sent := b.sent("GET", "/api/v4/leads")[0].query
	require.Equal(t, []string{"1772000009"}, sent["filter[created_at][to]"])
}

func TestCatalogue_IsWholeOrNotAtAll(t *testing.T) {
	t.Parallel()
	b := newBench(t, map[string][]answer{
		"GET /api/v4/leads/pipelines": {ok(`{"_embedded":{"pipelines":[{"id":11,"name":"Продажи","sort":2,"is_main":true,"_embedded":{"statuses":[
			{"id":143,"name":"Нет","sort":11000},{"id":142,"name":"Да","sort":10000},{"id":13,"name":"Б","sort":30},{"id":12,"name":"А","sort":20},{"id":10,"name":"Неразобранное","sort":99,"type":1}]}},
			{"id":9,"name":"Старая","sort":1,"is_archive":true,"_embedded":[]}]}}`)},
		"GET /api/v4/users": {ok(`{"_links":{"next":{"href":"x"}},"_embedded":{"users":[{"id":5,"name":"Марина","email":"M@Example.ru","phone_number":79990001122,"rights":{"is_active":true}}]}}`), {status: 500}},
	})
	c := b.open()
	_, err := c.Catalogue(t.Context())
	require.Equal(t, integrations.FailDown, failure(t, err).Kind, "a page of users was missing")
	b.routes["GET /api/v4/users"] = []answer{ok(`{"_embedded":{"users":[{"id":5,"name":"Марина","email":"M@Example.ru","phone_number":79990001122,"rights":{"is_active":true}}]}}`)}
	got, err := c.Catalogue(t.Context())
	require.NoError(t, err)
	require.Equal(t, []integrations.RemoteEmployee{{ID: "5", Name: "Марина", Email: "m@example.ru", Phone: "79990001122", IsActive: true}}, got.Employees)
	require.Equal(t, []integrations.RemoteFunnel{
		{ID: "9", Name: "Старая"},
		{ID: "11", Name: "Продажи", IsMain: true, Stages: []integrations.RemoteStage{
			{ID: "10", Name: "Неразобранное", Status: deals.StageInProcess},
			{ID: "12", Name: "А", Status: deals.StageInProcess},
			{ID: "13", Name: "Б", Status: deals.StageInProcess},
			{ID: "142", Name: "Да", Status: deals.StageSuccess},
			{ID: "143", Name: "Нет", Status: deals.StageFailed},
		}},
	}, got.Funnels)
}
