package bitrix24_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/connectors/bitrix24/emulator"
	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/comms"
	"github.com/skvoz/skvoz/core/deals"
	"github.com/skvoz/skvoz/core/integrations"
	"github.com/skvoz/skvoz/internal/emulation"
)

func TestEmulator_BothWaysToConnect(t *testing.T) {
	t.Parallel()
	e := emulate(t, emulator.Options{})
	byHook, byApp := e.hooked(t, nil), e.installed(t, nil)
	hook, err := byHook.open(t).Test(t.Context())
	require.NoError(t, err)
	require.Len(t, hook.Missing, 1, "a web hook brings no events")
	app, err := byApp.open(t).Test(t.Context())
	require.NoError(t, err)
	require.Empty(t, app.Missing)
	require.Equal(t, "Марина Ковалёва", app.User)
	require.Equal(t, e.url+"/", app.URL)
	require.Equal(t, hook.ID, app.ID, "whichever way, it is the same portal")

	require.Equal(t, integrations.FailRight, failure(t, byHook.open(t).Subscribe(t.Context())).Kind)
}

func newDeal(key string) integrations.NewDeal {
	minor := int64(1250050)
	return integrations.NewDeal{
		Key: key, Name: "Обратный звонок: Анна", ContactID: "", Person: integrations.Person{Name: "Анна", Phone: "79262444393", Email: "anna@example.ru"},
		FunnelID: "1", StageID: "C1:NEW", Responsible: "2", RevenueMinor: &minor, Currency: "RUB",
		Source: integrations.SourceLabels{
			UTM: deals.UTM{Source: "yandex", Medium: "cpc", Campaign: "kitchens", Content: "banner-2", Term: "кухни"}, Channel: "paid", Source: "yandex",
			Campaign: "Кухни, Москва", Page: "https://shop.example.ru/order",
		},
		Subject: integrations.Subject{Communication: comms.Communication{ID: 7}},
	}
}

func TestEmulator_GD2_AGoalBecomesAContactADealAndANote(t *testing.T) {
	t.Parallel()
	for _, way := range []string{"web hook", "application"} {
		t.Run(way, func(t *testing.T) {
			t.Parallel()
			e := emulate(t, emulator.Options{Mode: emulator.Simple})
			r := e.hooked(t, nil)
			if way == "application" {
				r = e.installed(t, nil)
			}
			c := r.open(t)
			require.NoError(t, c.Prepare(t.Context()))
			require.False(t, c.UsesInbox())
			d := newDeal("skvoz-1-7")

			found, err := c.FindContacts(t.Context(), d.Person)
			require.NoError(t, err)
			require.Empty(t, found)
			made, err := c.CreateContact(t.Context(), integrations.NewContact{Person: d.Person, Responsible: "2", Key: d.Key})
			require.NoError(t, err)
			found, err = c.FindContacts(t.Context(), d.Person)
			require.NoError(t, err)
			require.Len(t, found, 1)
			require.Equal(t, made.ID, found[0].ID)
			require.Equal(t, []string{"+79262444393"}, found[0].Phones)
			require.Equal(t, []string{"anna@example.ru"}, found[0].Emails)
			require.Equal(t, "2", found[0].Responsible)

			d.ContactID = made.ID
			_, ok, err := c.FindDeal(t.Context(), d)
			require.NoError(t, err)
			require.False(t, ok)
			ref, err := c.CreateDeal(t.Context(), d)
			require.NoError(t, err)
			again, ok, err := c.FindDeal(t.Context(), d)
			require.NoError(t, err)
			require.True(t, ok)
			require.Equal(t, ref, again)
			open, err := c.OpenDeals(t.Context(), made.ID)
			require.NoError(t, err)
			require.Len(t, open, 1)
			require.Equal(t, ref.ID, open[0].ID)
			require.EqualValues(t, 1250050, *open[0].RevenueMinor)

			note := integrations.NewNote{Key: d.Key, DealID: ref.ID, Text: "Обратный звонок — shop.example.ru"}
			ok, err = c.FindNote(t.Context(), note)
			require.NoError(t, err)
			require.False(t, ok)
			require.NoError(t, c.AddNote(t.Context(), note))
			ok, err = c.FindNote(t.Context(), note)
			require.NoError(t, err)
			require.True(t, ok)
			note.Key = "skvoz-1-77"
			ok, err = c.FindNote(t.Context(), note)
			require.NoError(t, err)
			require.False(t, ok)

			page, err := c.DealsByID(t.Context(), []string{ref.ID})
			require.NoError(t, err)
			require.Len(t, page.Deals, 1)
			got := page.Deals[0]
			require.Equal(t, "1", got.FunnelID)
			require.Equal(t, "C1:NEW", got.StageID)
			require.Equal(t, "2", got.EmployeeID)
			require.Equal(t, "Веб-сайт", got.Source)
			require.Equal(t, []string{made.ID}, got.ContactIDs)
			require.Equal(t, made.ID, got.MainContactID)
		})
	}
}

func TestEmulator_GD2_LeadsWhereThePortalWorksWithThem(t *testing.T) {
	t.Parallel()
	e := emulate(t, emulator.Options{Mode: emulator.Classic})
	c := e.installed(t, nil).open(t)
	require.NoError(t, c.Prepare(t.Context()))
	require.True(t, c.UsesInbox())
	d := newDeal("skvoz-1-8")
	before := len(e.Leads())
	ref, err := c.CreateDeal(t.Context(), d)
	require.NoError(t, err)
	require.Equal(t, "lead", ref.Entity)
	require.Len(t, e.Leads(), before+1)
	again, ok, err := c.FindDeal(t.Context(), d)
	require.NoError(t, err)
	require.True(t, ok)
	require.Equal(t, ref, again)
	note := integrations.NewNote{Key: d.Key, DealID: ref.ID, Text: "Текст"}
	require.NoError(t, c.AddNote(t.Context(), note))
	ok, err = c.FindNote(t.Context(), note)
	require.NoError(t, err)
	require.True(t, ok)
	require.Equal(t, "lead", e.Comments()[0].EntityType)
}

func TestEmulator_GD3_DealsAreReadWithHistoryAndContacts(t *testing.T) {
	t.Parallel()
	e := emulate(t, emulator.Options{Mode: emulator.Simple})
	c := e.hooked(t, nil).open(t)
	page, err := c.ChangedDeals(t.Context(), integrations.ChangesQuery{Since: e.kit.Clock.Now().AddDate(0, -1, 0), ByCreation: true})
	require.NoError(t, err)
	require.Empty(t, page.Next)
	require.Len(t, page.Deals, 4)
	require.Equal(t, 4, page.Total)
	won := page.Deals[0]
	require.Equal(t, "Кухня «Верона»", won.Name)
	require.EqualValues(t, 18400000, *won.RevenueMinor)
	require.Equal(t, "RUB", won.Currency)
	require.Equal(t, "WON", won.StageID)
	require.NotNil(t, won.ClosedAt)
	var stages []string
	for _, h := range won.History {
		stages = append(stages, h.StageID)
	}
	require.Equal(t, []string{"NEW", "PREPARATION", "EXECUTING", "WON"}, stages)
	require.Equal(t, won.History[3].At, won.StageAt)
	require.Equal(t, e.url+"/crm/deal/details/"+won.ID+"/", won.URL)
	names := map[string]string{}
	for _, contact := range page.Contacts {
		names[contact.ID] = contact.Name
	}
	require.Equal(t, "Ольга Ветрова", names[won.MainContactID])
	require.Len(t, page.Contacts, 3, "each contact once")
}

func TestEmulator_GD3_ManyDealsPageByPageNoneLostOrDoubled(t *testing.T) {
	t.Parallel()
	e := emulate(t, emulator.Options{Mode: emulator.Simple, Burst: -1, LeakPerSecond: -1, OperatingLimit: -1})
	since := e.kit.Clock.Now().Add(-time.Minute)
	want := map[string]int{}
	for range 170 { // many of one second: the emulator is quick
		id, err := e.CreateDeal(t.Context(), emulator.NewDeal{Title: "Сделка", Sum: 100})
		require.NoError(t, err)
		want[core.DealID(id).String()] = 1
	}
	c := e.hooked(t, nil).open(t)
	for _, byCreation := range []bool{true, false} {
		got, pages := map[string]int{}, 0
		q := integrations.ChangesQuery{Since: since, ByCreation: byCreation}
		for {
			page, err := c.ChangedDeals(t.Context(), q)
			require.NoError(t, err)
			for _, d := range page.Deals {
				got[d.ID]++
			}
			if pages++; page.Next == "" {
				break
			}
			q.Cursor = page.Next
		}
		require.Equal(t, want, got)
		require.GreaterOrEqual(t, pages, 2)
	}
}

func TestEmulator_GD3_TheCatalogueAndTheCounts(t *testing.T) {
	t.Parallel()
	e := emulate(t, emulator.Options{Mode: emulator.Simple})
	c := e.hooked(t, nil).open(t)
	got, err := c.Catalogue(t.Context())
	require.NoError(t, err)
	require.Len(t, got.Funnels, 2)
	require.Len(t, got.Employees, 3)
	require.Equal(t, "Марина Ковалёва", got.Employees[0].Name)
	require.Equal(t, "101", got.Employees[0].Extension)
	status := map[string]deals.StageStatus{}
	for _, f := range got.Funnels {
		for _, s := range f.Stages {
			status[f.ID+"/"+s.ID] = s.Status
		}
		require.Equal(t, f.ID == "0", f.IsMain)
	}
	require.Equal(t, deals.StageInProcess, status["0/NEW"])
	require.Equal(t, deals.StageSuccess, status["0/WON"])
	require.Equal(t, deals.StageFailed, status["1/C1:LOSE"])

	counts, err := c.CountDeals(t.Context(), e.kit.Clock.Now().AddDate(0, -1, 0), e.kit.Clock.Now().Add(time.Hour))
	require.NoError(t, err)
	total := 0
	for _, n := range counts {
		total += n.Count
	}
	require.Equal(t, 4, total)
	require.Contains(t, counts, integrations.StageCount{FunnelID: "1", StageID: "C1:LOSE", Count: 1})
}

func TestEmulator_TheChoicesOfSettings(t *testing.T) {
	t.Parallel()
	e := emulate(t, emulator.Options{Mode: emulator.Simple})
	c := e.hooked(t, nil).open(t)
	for source, settings := range map[string]integrations.Values{"funnels": {}, "stages": {"funnel": {List: []string{"1"}}}, "users": {}, "fields": {}} {
		got, err := c.Options(t.Context(), source, settings)
		require.NoError(t, err)
		require.NotEmpty(t, got, source)
		for _, o := range got {
			require.NotEmpty(t, o.Value)
			require.NotEmpty(t, o.Title)
		}
	}
	none, err := c.Options(t.Context(), "stages", nil)
	require.NoError(t, err)
	require.Empty(t, none, "no stages without a funnel")
}

func TestEmulator_GD3_DealsThatAreGone(t *testing.T) {
	t.Parallel()
	e := emulate(t, emulator.Options{Mode: emulator.Simple})
	c := e.hooked(t, nil).open(t)
	require.NoError(t, e.DeleteDeal(t.Context(), 2))
	page, err := c.DealsByID(t.Context(), []string{"1", "2", "999999", "nonsense", "L_5", "1"})
	require.NoError(t, err)
	require.Len(t, page.Deals, 1)
	require.ElementsMatch(t, []string{"2", "999999", "nonsense"}, page.Gone)
}

func TestEmulator_EventsBringDeals(t *testing.T) {
	t.Parallel()
	e := emulate(t, emulator.Options{Mode: emulator.Simple})
	r := e.installed(t, nil)
	c := r.open(t)
	require.NoError(t, c.Subscribe(t.Context()))
	bound := len(e.kit.Journal.Find("POST", "event.bind"))
	require.Equal(t, 8, bound)
	require.NoError(t, c.Subscribe(t.Context()))
	require.Len(t, e.kit.Journal.Find("POST", "event.bind"), bound, "what is bound is not bound again")

	news := func() []integrations.HookDeal {
		var out []integrations.HookDeal
		for _, h := range e.hooks(t) {
			n, err := c.ParseHook(t.Context(), h)
			require.NoError(t, err)
			out = append(out, n.Deals...)
		}
		return out
	}
	require.NoError(t, e.MoveDeal(t.Context(), 2, "WON", 70000))
	require.Contains(t, news(), integrations.HookDeal{ID: "2"})
	require.NoError(t, e.DeleteDeal(t.Context(), 3))
	require.Contains(t, news(), integrations.HookDeal{ID: "3", IsDeleted: true})

	page, err := c.DealsByID(t.Context(), []string{"2"})
	require.NoError(t, err)
	require.Equal(t, "WON", page.Deals[0].StageID)
	require.EqualValues(t, 7000000, *page.Deals[0].RevenueMinor)
	of, err := c.DealsByID(t.Context(), []string{"C_" + page.Deals[0].MainContactID})
	require.NoError(t, err)
	require.Equal(t, "2", of.Deals[0].ID, "a contact's event has its deals read")

	require.NoError(t, c.Unsubscribe(t.Context()))
	require.NoError(t, e.MoveDeal(t.Context(), 1, "LOSE", 0))
	require.Empty(t, news())
}

func TestEmulator_RemovingTheApplicationIsTold(t *testing.T) {
	t.Parallel()
	e := emulate(t, emulator.Options{})
	r := e.installed(t, nil)
	c := r.open(t)
	require.NoError(t, c.Subscribe(t.Context()))
	require.NoError(t, e.UninstallApp(t.Context()))
	hooks := e.hooks(t)
	require.Len(t, hooks, 1)
	news, err := c.ParseHook(t.Context(), hooks[0])
	require.NoError(t, err)
	require.True(t, news.Revoked)
	require.Equal(t, map[string]string{"access_token": "", "refresh_token": ""}, news.Secrets)
}

func TestEmulator_TokensExpireAndAreRevoked(t *testing.T) {
	t.Parallel()
	e := emulate(t, emulator.Options{})
	r := e.installed(t, nil)
	old := r.vault.secrets["refresh_token"]
	e.kit.Clock.Advance(2 * time.Hour)
	_, err := r.open(t).Test(t.Context())
	require.NoError(t, err)
	require.NotEqual(t, old, r.vault.secrets["refresh_token"])
	e.RevokeAccess()
	_, err = r.open(t).Test(t.Context())
	require.Equal(t, integrations.FailKey, failure(t, err).Kind)

	require.NoError(t, r.driver.Authorize.Finish(t.Context(), r.session, map[string]string{"code": e.Code(1)}, ""))
	_, err = r.open(t).Test(t.Context())
	require.NoError(t, err, "a person allowed it again")
	e.SetUnpaid(true)
	e.ExpireAccessTokens()
	_, err = r.open(t).Test(t.Context())
	require.Equal(t, integrations.FailUnpaid, failure(t, err).Kind)
}

func TestEmulator_TheBucketOverflows(t *testing.T) {
	t.Parallel()
	e := emulate(t, emulator.Options{Burst: 3, LeakPerSecond: 0.001})
	r := e.hooked(t, nil)
	c := r.open(t)
	var err error
	for range 10 {
		if _, err = c.OpenDeals(t.Context(), "1"); err != nil {
			break
		}
	}
	f := failure(t, err)
	require.Equal(t, integrations.FailBusy, f.Kind)
	require.Equal(t, 2*time.Second, f.RetryAfter)
}

func TestEmulator_ScopesThatAreMissing(t *testing.T) {
	t.Parallel()
	e := emulate(t, emulator.Options{HookScopes: []string{"telephony"}})
	_, err := e.hooked(t, nil).open(t).Test(t.Context())
	f := failure(t, err)
	require.Equal(t, integrations.FailRight, f.Kind)
	require.Equal(t, "crm, user", f.Detail)
}

func TestEmulator_ALostAnswerMakesNoSecondDeal(t *testing.T) {
	t.Parallel()
	for _, kind := range []emulation.FaultKind{emulation.FaultDropAfter, emulation.FaultMalformed} {
		e := emulate(t, emulator.Options{Mode: emulator.Simple})
		c := e.hooked(t, map[string]string{"entity": "deal"}).open(t)
		require.NoError(t, e.kit.Faults.Add(emulation.Fault{Kind: kind, Path: "crm.deal.add", Times: 1}))
		d := newDeal("skvoz-1-9")
		before := len(e.Deals())
		_, err := c.CreateDeal(t.Context(), d)
		require.True(t, failure(t, err).Uncertain, kind)
		_, found, err := c.FindDeal(t.Context(), d)
		require.NoError(t, err)
		require.True(t, found)
		require.Len(t, e.Deals(), before+1)
	}
}

func TestEmulator_ADealMadeOfOurLeadNamesIt(t *testing.T) {
	t.Parallel()
	e := emulate(t, emulator.Options{Mode: emulator.Classic})
	c := e.hooked(t, nil).open(t)
	ref, err := c.CreateDeal(t.Context(), newDeal("skvoz-1-10"))
	require.NoError(t, err)
	lead, err := strconv.Atoi(strings.TrimPrefix(ref.ID, "L_"))
	require.NoError(t, err)
	deal, err := e.ConvertLead(t.Context(), lead)
	require.NoError(t, err)
	page, err := c.DealsByID(t.Context(), []string{strconv.Itoa(deal)})
	require.NoError(t, err)
	require.Equal(t, ref.ID, page.Deals[0].LeadID)
}

func TestEmulator_AMethodThatTookTooMuchTimeIsLeftAlone(t *testing.T) {
	t.Parallel()
	e := emulate(t, emulator.Options{OperatingLimit: time.Second, Operating: map[string]time.Duration{"crm.deal.list": 2 * time.Second}})
	r := e.hooked(t, nil)
	c := r.open(t)
	_, err := c.OpenDeals(t.Context(), "1")
	require.NoError(t, err)
	_, err = c.OpenDeals(t.Context(), "1")
	f := failure(t, err)
	require.Equal(t, integrations.FailBusy, f.Kind)
	require.Greater(t, f.RetryAfter, time.Minute)
	require.LessOrEqual(t, f.RetryAfter, 11*time.Minute)
	require.Len(t, r.turns.blocked, 1)
	_, err = c.DealsByID(t.Context(), []string{"1"})
	require.Equal(t, integrations.FailBusy, failure(t, err).Kind, "inside a batch, too")
	_, err = c.FindContacts(t.Context(), integrations.Person{Phone: "79161234501"})
	require.NoError(t, err, "other methods go on")
	e.kit.Clock.Advance(f.RetryAfter)
	_, err = c.OpenDeals(t.Context(), "1")
	require.NoError(t, err)
}

func TestEmulator_ContactsAreFoundHoweverTheirPhonesAreWritten(t *testing.T) {
	t.Parallel()
	e := emulate(t, emulator.Options{Mode: emulator.Simple})
	c := e.hooked(t, nil).open(t)
	for i, phone := range []string{"+7 926 244-43-01", "8 (926) 244-43-02", "79262444303", "89262444304", "9262444305"} {
		_, err := e.CreateDeal(t.Context(), emulator.NewDeal{Title: "Сделка", Name: "Анна", Phone: phone})
		require.NoError(t, err)
		found, err := c.FindContacts(t.Context(), integrations.Person{Phone: core.Phone("7926244430" + strconv.Itoa(i+1))})
		require.NoError(t, err)
		require.Len(t, found, 1, phone)
	}
}
