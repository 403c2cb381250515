package amocrm_test

import (
	"fmt"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/connectors/amocrm/emulator"
	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/deals"
	"github.com/skvoz/skvoz/core/integrations"
	"github.com/skvoz/skvoz/internal/emulation"
)

// emulated is a connector in front of the emulator of amoCRM.
type emulated struct {
	*bench
	amo *emulator.Server
	kit *emulation.Kit
	c   full
}

func newEmulated(t *testing.T, set ...string) *emulated {
	t.Helper()
	kit := emulation.NewKit()
	amo := emulator.New(kit, emulator.Options{Rate: 100000, AccountRate: 100000})
	web := httptest.NewServer(kit.Wrap(amo))
	t.Cleanup(func() {
		amo.Close()
		web.Close()
		kit.Close()
	})
	amo.SetBaseURL(web.URL)
	b := newBench(t, map[string][]answer{})
	b.clock.Set(time.Now())
	b.vault.secrets["token"] = amo.Token()
	b.set("address", web.URL)
	for i := 0; i+1 < len(set); i += 2 {
		b.set(set[i], set[i+1])
	}
	return &emulated{bench: b, amo: amo, kit: kit, c: b.open()}
}

func (e *emulated) deal(key string) integrations.NewDeal {
	main := e.amo.Pipelines()[0]
	minor := int64(1250000)
	return integrations.NewDeal{
		Key: key, Since: e.clock.Now(), Name: "Обратный звонок: Анна", Person: integrations.Person{Name: "Анна", Phone: "79215550199", Email: "anna@example.ru"},
		FunnelID: fmt.Sprint(main.ID), StageID: fmt.Sprint(main.Statuses[1].ID), Responsible: fmt.Sprint(e.amo.Users()[1].ID),
		RevenueMinor: &minor, Currency: "RUB", Tags: []string{"Skvoz", "сайт"},
		Fields: []integrations.FieldValue{
			{ID: "code:UTM_SOURCE", Value: "yandex"}, {ID: "name:Канал", Value: "Реклама"}, {ID: "name:Нет такого", Value: "x"}, {ID: "code:UTM_TERM", Value: ""},
		},
	}
}

func TestEmulated_AGoalBecomesAContactADealAndANote(t *testing.T) {
	t.Parallel()
	e := newEmulated(t)
	ctx := t.Context()
	who, err := e.c.Test(ctx)
	require.NoError(t, err)
	require.NotEmpty(t, who.ID)
	require.Equal(t, "Марина Ковалёва", who.User)
	require.Empty(t, who.Missing)

	found, err := e.c.FindContacts(ctx, e.deal("d1").Person)
	require.NoError(t, err)
	require.Empty(t, found)
	made, err := e.c.CreateContact(ctx, integrations.NewContact{Person: e.deal("d1").Person, Key: "d1"})
	require.NoError(t, err)
	found, err = e.c.FindContacts(ctx, integrations.Person{Phone: "79215550199", Email: "ANNA@example.ru"})
	require.NoError(t, err)
	require.Len(t, found, 1)
	require.Equal(t, made.ID, found[0].ID)
	require.Equal(t, []string{"+79215550199"}, found[0].Phones)

	d := e.deal("d1")
	d.ContactID = made.ID
	ref, err := e.c.CreateDeal(ctx, d)
	require.NoError(t, err)
	require.NoError(t, e.c.AddNote(ctx, integrations.NewNote{Key: "d1", DealID: ref.ID, Text: "Заявка с сайта"}))
	isThere, err := e.c.FindNote(ctx, integrations.NewNote{Key: "d1", DealID: ref.ID})
	require.NoError(t, err)
	require.True(t, isThere)
	isThere, err = e.c.FindNote(ctx, integrations.NewNote{Key: "d2", DealID: ref.ID})
	require.NoError(t, err)
	require.False(t, isThere)

	page, err := e.c.DealsByID(ctx, []string{ref.ID, "99999999", "not-an-id"})
	require.NoError(t, err)
	require.ElementsMatch(t, []string{"99999999", "not-an-id"}, page.Gone)
	require.Len(t, page.Deals, 1)
	got := page.Deals[0]
	require.Equal(t, d.Name, got.Name)
	require.EqualValues(t, 1250000, *got.RevenueMinor)
	require.Equal(t, "RUB", got.Currency)
	require.Equal(t, []string{made.ID}, got.ContactIDs)
	require.Equal(t, d.FunnelID, got.FunnelID)
	require.Equal(t, d.StageID, got.StageID)
	require.Equal(t, d.Responsible, got.EmployeeID)
	require.Len(t, got.Tags, 2)
	require.Len(t, page.Contacts, 1)
	require.Len(t, got.History, 1)

	open, err := e.c.OpenDeals(ctx, made.ID)
	require.NoError(t, err)
	require.Len(t, open, 1)
}

func TestEmulated_ALostAnswerNeverMakesASecondDeal(t *testing.T) {
	t.Parallel()
	for _, inbox := range []string{"false", "true"} {
		t.Run("inbox "+inbox, func(t *testing.T) {
			t.Parallel()
			e := newEmulated(t, "inbox", inbox)
			ctx := t.Context()
			d := e.deal("delivery-17")
			if inbox == "false" {
				made, err := e.c.CreateContact(ctx, integrations.NewContact{Person: d.Person, Key: d.Key})
				require.NoError(t, err)
				d.ContactID = made.ID
			}
			_, found, err := e.c.FindDeal(ctx, d)
			require.NoError(t, err)
			require.False(t, found, "nothing was made yet")
			before := e.amo.Counts().Leads
			require.NoError(t, e.kit.Faults.Add(emulation.Fault{Kind: emulation.FaultDropAfter, Method: "POST", Times: 1}))
			_, err = e.c.CreateDeal(ctx, d)
			require.True(t, failure(t, err).Uncertain)
			require.Equal(t, before+1, e.amo.Counts().Leads, "it was made all the same")
			ref, found, err := e.c.FindDeal(ctx, d)
			require.NoError(t, err)
			require.True(t, found)
			require.NotEmpty(t, ref.ID)
			other := d
			other.Since = e.clock.Now().Add(5 * time.Minute)
			other.Key = "delivery-18"
			_, found, err = e.c.FindDeal(ctx, other)
			require.NoError(t, err)
			require.False(t, found, "a later delivery does not take it for its own")
			if inbox == "true" {
				require.NoError(t, e.amo.AcceptUnsorted(e.amo.Unsorted()[0].UID))
				again, found, err := e.c.FindDeal(ctx, d)
				require.NoError(t, err)
				require.True(t, found, "a manager has accepted it meanwhile")
				require.Equal(t, ref.ID, again.ID)
			}
		})
	}
}

func TestEmulated_DealsAreReadWithContactsAndHistory(t *testing.T) {
	t.Parallel()
	e := newEmulated(t)
	ctx := t.Context()
	catalogue, err := e.c.Catalogue(ctx)
	require.NoError(t, err)
	require.Len(t, catalogue.Funnels, 2)
	require.True(t, catalogue.Funnels[0].IsMain)
	stages := catalogue.Funnels[0].Stages
	require.Equal(t, "Неразобранное", stages[0].Name)
	require.Equal(t, deals.StageInProcess, stages[0].Status)
	require.Equal(t, deals.StageSuccess, stages[len(stages)-2].Status)
	require.Equal(t, deals.StageFailed, stages[len(stages)-1].Status)
	require.Len(t, catalogue.Employees, 3)

	page, err := e.c.ChangedDeals(ctx, integrations.ChangesQuery{Since: e.clock.Now().AddDate(0, 0, -30)})
	require.NoError(t, err)
	require.Len(t, page.Deals, 5)
	require.Empty(t, page.Next)
	var won *integrations.RemoteDeal
	for i := range page.Deals {
		d := &page.Deals[i]
		if i > 0 {
			require.False(t, d.ModifiedAt.Before(page.Deals[i-1].ModifiedAt), "oldest change first")
		}
		require.NotEmpty(t, d.History, d.Name)
		last := d.History[len(d.History)-1]
		require.Equal(t, d.StageID, last.StageID)
		require.Equal(t, d.StageAt, last.At)
		if d.StageID == "142" {
			won = d
		}
	}
	require.NotNil(t, won)
	require.Len(t, won.History, 4)
	require.NotNil(t, won.ClosedAt)
	require.Equal(t, won.CreatedAt, won.History[0].At)

	counts, err := e.c.CountDeals(ctx, e.clock.Now().AddDate(0, 0, -30), e.clock.Now())
	require.NoError(t, err)
	total := 0
	for _, n := range counts {
		total += n.Count
	}
	require.Equal(t, 5, total)
}

func TestEmulated_ReadingGoesThroughAllPagesWhileDealsChange(t *testing.T) {
	t.Parallel()
	e := newEmulated(t)
	ctx := t.Context()
	main := e.amo.Pipelines()[0]
	var all []int64
	for i := range 600 {
		n, err := e.amo.CreateLead(emulator.NewLead{Name: fmt.Sprint("Заказ ", i), PipelineID: main.ID, StatusID: main.Statuses[1].ID, CreatedAt: e.clock.Now().Add(time.Duration(i/2-1000) * time.Minute)})
		require.NoError(t, err)
		all = append(all, n)
	}
	got := map[string]int{}
	q := integrations.ChangesQuery{Since: e.clock.Now().AddDate(0, 0, -30), ByCreation: true}
	for round := 0; ; round++ {
		require.Less(t, round, 20)
		page, err := e.c.ChangedDeals(ctx, q)
		require.NoError(t, err)
		for _, d := range page.Deals {
			got[d.ID]++
		}
		if q.Cursor = page.Next; q.Cursor == "" {
			break
		}
		require.NoError(t, e.amo.MoveLead(all[round], main.ID, main.Statuses[2].ID, 100))
	}
	for _, n := range all {
		require.Equal(t, 1, got[fmt.Sprint(n)], "each deal once")
	}
}

func TestEmulated_ChoicesOfSettings(t *testing.T) {
	t.Parallel()
	e := newEmulated(t)
	ctx := t.Context()
	for _, source := range []string{"funnels", "users", "fields"} {
		list, err := e.c.Options(ctx, source, e.settings)
		require.NoError(t, err)
		require.NotEmpty(t, list, source)
		values := map[string]bool{}
		for _, o := range list {
			require.False(t, values[o.Value], "%s: %s is there twice", source, o.Value)
			values[o.Value] = true
		}
	}
	fields, err := e.c.Options(ctx, "fields", e.settings)
	require.NoError(t, err)
	require.Contains(t, fields, integrations.Option{Value: "code:UTM_SOURCE", Title: "utm_source"})
	require.Contains(t, fields, integrations.Option{Value: "name:Канал", Title: "Канал"})
	e.set("funnel", fmt.Sprint(e.amo.Pipelines()[1].ID))
	stages, err := e.c.Options(ctx, "stages", e.settings)
	require.NoError(t, err)
	require.Len(t, stages, 5)
	require.Equal(t, "Напоминание отправлено", stages[0].Title)
}

func TestEmulated_OAuthRenewsItsTokenOnce(t *testing.T) {
	t.Parallel()
	const redirect = "https://stat.example.ru/connect"
	e := newEmulated(t)
	e.set("auth", "oauth")
	for _, c := range e.amo.Credentials() {
		switch c.Setting {
		case "client_id":
			e.set("client_id", c.Value)
		case "client_secret":
			e.vault.secrets = map[string]string{"client_secret": c.Value}
		}
	}
	ctx := t.Context()
	e.amo.RegisterRedirect(redirect)
	c := e.open()
	_, err := c.Test(ctx)
	require.Equal(t, integrations.FailKey, failure(t, err).Kind, "not allowed yet")
	require.NoError(t, driver().Authorize.Finish(ctx, e.session(), map[string]string{"code": e.amo.Authorize(redirect), "state": "s"}, redirect))
	c = e.open()
	_, err = c.Test(ctx)
	require.NoError(t, err)
	access := e.vault.get("access_token")

	e.amo.ExpireAccessTokens()
	_, err = c.Test(ctx)
	require.NoError(t, err, "a refused token is renewed and the request repeated")
	require.NotEqual(t, access, e.vault.get("access_token"))
	access = e.vault.get("access_token")

	e.clock.Advance(23*time.Hour + 57*time.Minute)
	_, err = c.Test(ctx)
	require.NoError(t, err)
	require.NotEqual(t, access, e.vault.get("access_token"), "renewed before its end")

	e.amo.RevokeAccess()
	_, err = c.Test(ctx)
	require.Equal(t, integrations.FailKey, failure(t, err).Kind)
	for _, x := range e.journal.list {
		for key, secret := range e.vault.secrets {
			if key != "redirect_url" && key != "expires_at" && key != "account_id" {
				require.NotContains(t, x.Request+x.Response+x.Address+x.Error, secret, key)
			}
		}
	}
}

func TestEmulated_WebhooksTellOfDeals(t *testing.T) {
	t.Parallel()
	e := newEmulated(t)
	ctx := t.Context()
	bodies := make(chan integrations.Hook, 100)
	hooks := httptest.NewServer(hookTaker(bodies))
	t.Cleanup(hooks.Close)
	s := e.session()
	s.HookURL = hooks.URL + "/hooks/0123456789abcdef0123456789abcdef"
	opened, err := driver().Open(s)
	require.NoError(t, err)
	c := opened.(full)
	require.NoError(t, c.Subscribe(ctx))
	require.NoError(t, c.Subscribe(ctx), "again and again")
	require.Len(t, e.amo.Webhooks(), 1)

	lead := e.amo.Leads()[0]
	main := e.amo.Pipelines()[0]
	require.NoError(t, e.amo.MoveLead(lead.ID, main.ID, main.Statuses[3].ID, 777))
	told := false
	for !told {
		select {
		case h := <-bodies:
			news, err := c.ParseHook(ctx, h)
			require.NoError(t, err)
			for _, d := range news.Deals {
				told = told || d.ID == fmt.Sprint(lead.ID) && !d.ModifiedAt.IsZero() && !d.IsDeleted
			}
		case <-time.After(5 * time.Second):
			t.Fatal("no webhook came")
		}
	}
	for _, x := range e.journal.list {
		require.NotContains(t, x.Request+x.Response+x.Address, "0123456789abcdef0123456789abcdef", "the address of webhooks is a secret")
	}
	require.NoError(t, c.Unsubscribe(ctx))
	require.Empty(t, e.amo.Webhooks())
	require.NoError(t, c.Unsubscribe(ctx), "again")
}

func TestEmulated_CallsAreKeptOnce(t *testing.T) {
	t.Parallel()
	e := newEmulated(t)
	ctx := t.Context()
	known := integrations.LoggedCall{
		Key: "call-1", Phone: core.Phone("79215550122"), StartedAt: e.clock.Now().Add(-time.Minute), Duration: 42 * time.Second, RecordURL: "https://stat.example.ru/r/1.mp3",
		Employee: fmt.Sprint(e.amo.Users()[1].ID), VirtualLine: "74950000000",
	}
	first, err := e.c.LogCall(ctx, known)
	require.NoError(t, err)
	require.NotEmpty(t, first)
	notes := e.amo.Counts().Notes
	second, err := e.c.LogCall(ctx, known)
	require.NoError(t, err)
	require.Equal(t, notes, e.amo.Counts().Notes, "the same key is the same call")
	require.NotEmpty(t, second)

	stranger := known
	stranger.Key, stranger.Phone = "call-2", "79990000000"
	_, err = e.c.LogCall(ctx, stranger)
	require.NoError(t, err)
	require.Len(t, e.amo.Unsorted(), 1, "an incoming call of a stranger waits in the inbox")
	_, err = e.c.LogCall(ctx, stranger)
	require.NoError(t, err)
	require.Len(t, e.amo.Unsorted(), 1)

	stranger.Key, stranger.IsOutgoing = "call-3", true
	_, err = e.c.LogCall(ctx, stranger)
	require.Equal(t, integrations.FailRejected, failure(t, err).Kind)

	require.NoError(t, e.c.ShowPopUp(ctx, integrations.PopUp{CallID: "1", Phone: "79215550122", Employees: []string{fmt.Sprint(e.amo.Users()[0].ID), "other"}}))
	require.Len(t, e.amo.Popups(), 1)
}
