package store_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/comms"
	"github.com/skvoz/skvoz/core/deals"
	"github.com/skvoz/skvoz/store"
)

// syncWorld is a crmWorld with a second CRM whose catalogue is loaded by a connector: funnels sales (new, talk, offer, won, lost, spam) and repeat
// (again, won, lost), employees e1 and e2.
type syncWorld struct {
	*crmWorld
	own core.CRMID
}

func eachSync(t *testing.T, fn func(t *testing.T, w *syncWorld)) {
	t.Helper()
	eachCRM(t, func(t *testing.T, w *crmWorld) { fn(t, newSyncWorld(t, w)) })
}

func newSyncWorld(t *testing.T, c *crmWorld) *syncWorld {
	t.Helper()
	w := &syncWorld{c, c.crm}
	made, err := w.CreateCRM(t.Context(), 1, deals.NewCRM{Kind: deals.KindAmoCRM, Name: "amo"})
	require.NoError(t, err)
	w.crm = made.ID
	require.NoError(t, w.SyncCatalogue(t.Context(), 1, w.crm, catalogue("new talk offer +won -lost -spam", "again +won -lost")))
	w.marked()
	return w
}

// catalogue has the funnels sales, repeat, third …; stages of success begin with +, those of failure with -.
func catalogue(funnels ...string) deals.Catalogue {
	c := deals.Catalogue{Employees: []deals.CatalogueEmployee{{ExternalID: "e1", Name: "Anna"}, {ExternalID: "e2", Name: "Boris"}}}
	for i, stages := range funnels {
		f := deals.CatalogueFunnel{ExternalID: []string{"sales", "repeat", "third"}[i]}
		f.Name = strings.ToUpper(f.ExternalID)
		for _, name := range strings.Fields(stages) {
			st := deals.CatalogueStage{ExternalID: strings.TrimLeft(name, "+-"), Status: deals.StageInProcess}
			st.Name = strings.ToUpper(st.ExternalID)
			switch name[0] {
			case '+':
				st.Status = deals.StageSuccess
			case '-':
				st.Status = deals.StageFailed
			}
			f.Stages = append(f.Stages, st)
		}
		c.Funnels = append(c.Funnels, f)
	}
	return c
}

// synced is a deal with a history "new@-40 talk@-30", hours from now; the last stage is the present one. Stages of the other funnel are "repeat/again".
func synced(externalID, history string, modified int) deals.SyncedDeal {
	d := deals.SyncedDeal{ExternalID: externalID, Name: "Deal " + externalID, CreatedAt: at(-48), ModifiedAt: at(modified), EmployeeExternalID: "e1"}
	for _, step := range strings.Fields(history) {
		var hours int
		name, moment, _ := strings.Cut(step, "@")
		_, err := fmt.Sscan(moment, &hours)
		if err != nil {
			panic(err)
		}
		e := deals.StageEntry{FunnelExternalID: "sales", StageExternalID: name, At: at(hours)}
		if f, stage, ok := strings.Cut(name, "/"); ok {
			e.FunnelExternalID, e.StageExternalID = f, stage
		}
		d.History = append(d.History, e)
		d.FunnelExternalID, d.StageExternalID = e.FunnelExternalID, e.StageExternalID
	}
	return d
}

// untold is a deal of a CRM that tells no history.
func untold(externalID, stage string, stageAt, modified int) deals.SyncedDeal {
	d := synced(externalID, fmt.Sprintf("%s@%d", stage, stageAt), modified)
	d.StageAt, d.History = at(stageAt), nil
	return d
}

func (w *syncWorld) sync(b deals.SyncBatch) deals.SyncResult {
	w.t.Helper()
	r, err := w.SyncDeals(w.t.Context(), 1, w.crm, b)
	require.NoError(w.t, err)
	return r
}

func (w *syncWorld) syncDeals(list ...deals.SyncedDeal) deals.SyncResult {
	w.t.Helper()
	return w.sync(deals.SyncBatch{Deals: list})
}

// told returns the history of a deal: "(new)@-40 talk@-40", hours from now.
func (w *syncWorld) told(externalID string) string {
	w.t.Helper()
	var out []string
	for _, h := range w.history(core.ListFilter{Field: "ext_id", Operator: core.OpEqual, Value: externalID}) {
		name := h.StageExternalID
		if h.FunnelExternalID != "sales" {
			name = h.FunnelExternalID + "/" + name
		}
		if h.IsGenerated {
			name = "(" + name + ")"
		}
		out = append(out, fmt.Sprintf("%s@%v", name, h.StageAt.Sub(noon).Hours()))
	}
	return strings.Join(out, " ")
}

func (w *syncWorld) catalogue(c deals.Catalogue) {
	w.t.Helper()
	require.NoError(w.t, w.SyncCatalogue(w.t.Context(), 1, w.crm, c))
}

// order returns the stages of a funnel with their positions, behind the name of the funnel.
func (w *syncWorld) order(externalID string) string {
	w.t.Helper()
	list, err := w.Funnels(w.t.Context(), 1, w.crm)
	require.NoError(w.t, err)
	for _, f := range list {
		if f.ExternalID == externalID {
			out := []string{f.Name, fmt.Sprint(f.InReports)}
			for _, st := range f.Stages {
				out = append(out, fmt.Sprintf("%s:%d", st.ExternalID, st.Position))
			}
			return strings.Join(out, " ")
		}
	}
	return ""
}

func phones(list ...string) core.Opt[[]string] { return core.Some(list) }

func TestGD_3_CatalogueOfACRMIsTakenOver(t *testing.T) {
	t.Parallel()
	eachSync(t, func(t *testing.T, w *syncWorld) {
		ctx := t.Context()
		require.Equal(t, "SALES true new:10 talk:20 offer:30 won:10010 lost:10020 spam:10021", w.order("sales"))
		require.Equal(t, "REPEAT true again:10 won:10010 lost:10020", w.order("repeat"))
		same, n := store.CountStatements(ctx)
		require.NoError(t, w.SyncCatalogue(same, 1, w.crm, catalogue("new talk offer +won -lost -spam", "again +won -lost")))
		require.EqualValues(t, 3, n.Load(), "the same again is read and not written")

		w.syncDeals(synced("d", "new@-40 talk@-30 spam@-20", -20))
		c := catalogue("new call offer +won -lost", "again +won -lost", "first +won -lost")
		c.Funnels[0].Name, c.Funnels[0].Stages[0].Name = "Other", "Begun"
		c.Funnels = []deals.CatalogueFunnel{c.Funnels[0], c.Funnels[2]}
		c.InReports = func(id string) bool { return id != "third" }
		c.Employees = []deals.CatalogueEmployee{{ExternalID: "e1", Name: "Anne"}, {ExternalID: "e3", Name: "Clara"}}
		w.catalogue(c)
		require.Equal(t, "Other true new:10 call:20 offer:30 won:10010 lost:10020 talk:20001 spam:20005", w.order("sales"), "stages with a history stay, behind the others")
		require.Empty(t, w.order("repeat"), "an unused funnel goes")
		require.Equal(t, "THIRD false first:10 won:10010 lost:10020", w.order("third"))
		list, err := w.ListEmployees(ctx, 1, w.crm, core.ListRequest{Limit: 10})
		require.NoError(t, err)
		var names []string
		for _, e := range list.Rows {
			names = append(names, e.ExternalID+" "+e.Name)
		}
		require.Equal(t, []string{"e1 Anne", "e2 Boris", "e3 Clara"}, names)
		require.Equal(t, "new@-40 talk@-30 spam@-20", w.told("d"))

		w.syncDeals(synced("o", "won@-2", -2))
		require.Equal(t, "(new)@-2 (call)@-2 (offer)@-2 won@-2", w.told("o"), "nobody passes a stage that is gone")
		w.catalogue(catalogue("new talk offer +won -lost -spam"))
		require.Equal(t, "SALES true new:10 talk:20 offer:30 won:10010 lost:10020 spam:10021 call:20001", w.order("sales"), "it comes back to its place")
		w.catalogue(deals.Catalogue{})
		require.NotEmpty(t, w.order("sales"))
		refused(t, w.SyncCatalogue(ctx, 1, 999, deals.Catalogue{}), core.KindNotFound, "entity_not_found", "id")
	})
}

func TestGD_3_DealsTakeOverTheStatusOfAStageThatChangesItsMeaning(t *testing.T) {
	t.Parallel()
	eachSync(t, func(t *testing.T, w *syncWorld) {
		w.syncDeals(synced("d", "new@-40 talk@-30", -30))
		version := w.version(at(-48))
		w.catalogue(catalogue("new +talk offer -lost", "again +won -lost"))
		d := w.deal("d")
		require.Equal(t, deals.StageSuccess, d.Status)
		require.Equal(t, at(-30), *d.ClosedAt)
		require.Greater(t, w.version(at(-48)), version)
		w.catalogue(catalogue("new talk offer +won -lost", "again +won -lost"))
		d = w.deal("d")
		require.Equal(t, deals.StageInProcess, d.Status)
		require.Nil(t, d.ClosedAt)
	})
}

func TestGD_3_SyncKeepsADealAsItsCRMHasIt(t *testing.T) {
	t.Parallel()
	eachSync(t, func(t *testing.T, w *syncWorld) {
		ctx := t.Context()
		id := core.CommunicationID(77)
		addCall(t, w.db, int64(id))
		require.NoError(t, w.db.Gorm().Exec("UPDATE communications SET at = ? WHERE id = 77", at(-49).UnixMilli()).Error)
		addCall(t, w.db, 78)
		d := synced("d", "new@-40 talk@-30 offer@-20 lost@-10", -9)
		d.ContactExternalIDs, d.MainContactExternalID = []string{"k2", "k1", "k9"}, "k1"
		d.RevenueMinor, d.Currency, d.Source, d.URL = ptr(int64(150000)), "RUB", "Сайт", "https://x.example/1"
		d.Tags, d.CommunicationID = []deals.Tag{{ExternalID: "5", Name: "hot"}}, id
		r := w.sync(deals.SyncBatch{Deals: []deals.SyncedDeal{d}, Contacts: []deals.ContactRecord{
			{ExternalID: "k1", Name: "Anna", CreatedAt: core.Some(at(-50)), Phones: phones("8 (926) 244-43-93", "no phone", "+7 926 244 43 93"), Emails: phones("A@Example.com", "none")},
			{ExternalID: "k2", Name: "Boris", CreatedAt: core.Some(at(-49))},
		}})
		require.Equal(t, deals.SyncResult{Made: 1}, r)
		require.Equal(t, 1, w.marked())
		got := w.deal("d")
		require.Equal(t, "Deal d", got.Name)
		require.Equal(t, core.Money{Minor: 150000, Currency: "RUB"}, got.Revenue)
		require.Equal(t, []any{deals.StageFailed, "Сайт", "https://x.example/1"}, []any{got.Status, got.Source, got.URL})
		require.Equal(t, at(-10), got.StageAt)
		require.Equal(t, at(-10), *got.ClosedAt)
		require.Equal(t, []deals.Tag{{ExternalID: "5", Name: "hot"}}, got.Tags)
		require.Equal(t, deals.CommunicationRef{ID: id, Kind: comms.KindCall}, got.Communication)
		require.Len(t, got.ContactIDs, 2, "a contact nobody knows is left out")
		contacts, err := w.Contacts(ctx, 1, got.ContactIDs)
		require.NoError(t, err)
		require.Equal(t, []any{"Anna", []core.Phone{"79262444393"}, []core.Email{"a@example.com"}, at(-50)},
			[]any{contacts[got.MainContactID].Name, contacts[got.MainContactID].Phones, contacts[got.MainContactID].Emails, contacts[got.MainContactID].CreatedAt})
		require.Equal(t, "new@-40 talk@-30 offer@-20 lost@-10", w.told("d"))
		funnels, err := w.Funnels(ctx, 1, w.crm)
		require.NoError(t, err)
		require.Equal(t, "offer", stageName(funnels, got.LastOpenStageID))

		d = synced("d", "new@-40 talk@-30", -5)
		d.Name, d.EmployeeExternalID, d.CommunicationID = "Renamed", "e2", 78
		r = w.sync(deals.SyncBatch{Deals: []deals.SyncedDeal{d}, Contacts: []deals.ContactRecord{{ExternalID: "k1", Name: "Anna", Phones: phones("89031112233"), Emails: phones()}}})
		require.Equal(t, deals.SyncResult{Changed: 1}, r)
		got = w.deal("d")
		require.Equal(t, "new@-40 talk@-30", w.told("d"), "a history that became shorter")
		require.Nil(t, got.ClosedAt)
		require.Empty(t, got.ContactIDs)
		require.Zero(t, got.MainContactID)
		require.Empty(t, got.Tags)
		require.Empty(t, got.Source)
		require.Equal(t, int64(150000), got.Revenue.Minor, "what is not told stays")
		require.Equal(t, id, got.Communication.ID, "no deal is made for what happens after it")
		row := w.history(core.ListFilter{Field: "ext_id", Operator: core.OpEqual, Value: "d"})[0]
		require.Equal(t, []any{"Renamed", "e2", int64(150000)}, []any{row.Name, row.EmployeeExternalID, row.Revenue.Minor}, "the history is in the words of today")
	})
}

func stageName(funnels []deals.Funnel, id core.StageID) string {
	for _, f := range funnels {
		for _, st := range f.Stages {
			if st.ID == id {
				return st.ExternalID
			}
		}
	}
	return ""
}

func ptr[T any](v T) *T { return &v }

func TestGD_3_TheSameAgainAndOlderStatesChangeNothing(t *testing.T) {
	t.Parallel()
	eachSync(t, func(t *testing.T, w *syncWorld) {
		batch := func(d deals.SyncedDeal) deals.SyncBatch {
			d.ContactExternalIDs = []string{"k1"}
			return deals.SyncBatch{Deals: []deals.SyncedDeal{d}, Contacts: []deals.ContactRecord{
				{ExternalID: "k1", Name: "Anna", CreatedAt: core.Some(at(-50)), Phones: phones("89031112233", "89262444393"), Emails: phones("b@example.com", "a@example.com")},
			}}
		}
		d := synced("d", "new@-40 talk@-30 offer@-25 won@-20", -10)
		w.sync(batch(d))
		require.Equal(t, 1, w.marked())
		version, before := w.version(at(-48)), w.deal("d")
		older := synced("d", "new@-40 talk@-30", -11)
		older.Name, older.RevenueMinor = "Older", ptr(int64(5))
		for name, again := range map[string]deals.SyncedDeal{"the same": d, "an older state": older} {
			require.Equal(t, deals.SyncResult{}, w.sync(batch(again)), name)
			require.Zero(t, w.marked(), name)
			require.Equal(t, version, w.version(at(-48)), name)
			require.Equal(t, before, w.deal("d"), name)
			require.Equal(t, "new@-40 talk@-30 offer@-25 won@-20", w.told("d"), name)
		}
		touched := d
		touched.ModifiedAt = at(-5)
		require.Equal(t, deals.SyncResult{Changed: 1}, w.sync(batch(touched)))
		require.Zero(t, w.marked())
		require.Equal(t, version, w.version(at(-48)), "reports do not show when a deal was last touched")
		require.Equal(t, at(-5), w.deal("d").ModifiedAt)
		require.Equal(t, deals.SyncResult{}, w.sync(batch(d)), "older now")

		now := touched
		now.Name = "Within the same second"
		require.Equal(t, deals.SyncResult{Changed: 1}, w.sync(batch(now)))
		require.Equal(t, "Within the same second", w.deal("d").Name)
		require.Zero(t, w.marked())
		require.Greater(t, w.version(at(-48)), version)
	})
}

func TestGD_3_WithoutAHistoryTheStageIsAddedWhenItIsAnother(t *testing.T) {
	t.Parallel()
	eachSync(t, func(t *testing.T, w *syncWorld) {
		for _, step := range []struct {
			deal deals.SyncedDeal
			want string
		}{
			{untold("d", "talk", -40, -40), "(new)@-40 talk@-40"},
			{untold("d", "talk", -40, -35), "(new)@-40 talk@-40"},
			{untold("d", "won", -30, -30), "(new)@-40 talk@-40 (offer)@-30 won@-30"},
			{untold("d", "won", -28, -28), "(new)@-40 talk@-40 (offer)@-30 won@-28"},
			{untold("d", "new", -35, -34), "(new)@-40 talk@-40 (offer)@-30 won@-28"},
			{untold("d", "new", -29, -20), "(new)@-40 talk@-40 (offer)@-30 won@-28 new@-28"},
			{untold("d", "repeat/won", -10, -10), "(new)@-40 talk@-40 (offer)@-30 won@-28 new@-28 (repeat/again)@-10 repeat/won@-10"},
			{synced("d", "new@-40 gone@-39 talk@-36 talk@-35 repeat/nothing@-30", -5), ""},
			{synced("d", "new@-40 gone@-39 talk@-36 talk@-35 won@-3", -3), "new@-40 talk@-36 (offer)@-3 won@-3"},
		} {
			r := w.syncDeals(step.deal)
			if step.want == "" {
				require.Equal(t, []string{"d"}, r.UnknownStages)
				continue
			}
			require.Equal(t, step.want, w.told("d"))
		}
		last := synced("d", "new@-40 talk@-36", -2)
		last.StageExternalID, last.StageAt = "offer", time.Time{}
		w.syncDeals(last)
		require.Equal(t, "new@-40 talk@-36 offer@-2", w.told("d"), "the present stage is the last")
	})
}

func TestGD_3_WhatCannotBeKeptIsTold(t *testing.T) {
	t.Parallel()
	eachSync(t, func(t *testing.T, w *syncWorld) {
		ctx := t.Context()
		foreign := synced("f", "new@-40", -40)
		foreign.RevenueMinor, foreign.Currency = ptr(int64(700)), "USD"
		free := synced("z", "new@-40", -40)
		free.RevenueMinor, free.Currency = ptr(int64(0)), "USD"
		stranger := synced("s", "new@-40", -40)
		stranger.EmployeeExternalID = "77"
		lost := synced("l", "nowhere@-40", -40)
		other := synced("o", "nowhere/new@-40", -40)
		batch := deals.SyncBatch{Deals: []deals.SyncedDeal{foreign, free, stranger, lost, other}}
		require.Equal(t, deals.SyncResult{Made: 3, UnknownStages: []string{"l", "o"}, UnknownEmployees: []string{"77"}, ForeignCurrency: []string{"f"}}, w.sync(batch))
		require.Equal(t, core.Money{Currency: "RUB"}, w.deal("f").Revenue)
		require.Zero(t, w.deal("s").EmployeeID)
		batch.AddEmployees = true
		require.Equal(t, deals.SyncResult{Changed: 1, UnknownStages: []string{"l", "o"}, UnknownEmployees: []string{"77"}, ForeignCurrency: []string{"f"}}, w.sync(batch))
		employees, err := w.Employees(ctx, 1, []core.DealEmployeeID{w.deal("s").EmployeeID})
		require.NoError(t, err)
		require.Equal(t, "77", employees[w.deal("s").EmployeeID].Name)

		odd := deals.SyncedDeal{ExternalID: "odd", Name: strings.Repeat("й", 2000) + "\x00", FunnelExternalID: "sales", StageExternalID: "new", ModifiedAt: time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC), RevenueMinor: ptr(int64(1) << 60)}
		require.Equal(t, 1, w.syncDeals(odd, deals.SyncedDeal{}).Made, "what a CRM wrote into a deal is never refused")
		require.Len(t, []rune(w.deal("odd").Name), 1000)

		version := w.version(at(-48))
		require.Equal(t, deals.SyncResult{Deleted: 1}, w.sync(deals.SyncBatch{Gone: []string{"f", "f", "never"}}))
		require.Greater(t, w.version(at(-48)), version)
		_, err = w.DealByExternalID(ctx, 1, w.crm, "f")
		refused(t, err, core.KindNotFound, "entity_not_found", "ext_id")
		_, err = w.SyncDeals(ctx, 1, w.crm, deals.SyncBatch{Deals: make([]deals.SyncedDeal, deals.MaxSynced+1)})
		refused(t, err, core.KindInvalid, "data_limit_exceeded", "deals")
		_, err = w.SyncDeals(ctx, 1, 999, deals.SyncBatch{Deals: []deals.SyncedDeal{foreign}})
		refused(t, err, core.KindNotFound, "entity_not_found", "id")

		counts, err := w.CountStages(ctx, 1, w.crm, at(-49), at(0))
		require.NoError(t, err)
		require.Equal(t, []deals.StageCount{{FunnelExternalID: "sales", FunnelName: "SALES", StageExternalID: "new", StageName: "NEW", Count: 2}}, counts)
		times, err := w.ModifiedTimes(ctx, 1, w.crm, []string{"z", "never", "\x00"})
		require.NoError(t, err)
		require.Equal(t, map[string]time.Time{"z": at(-40)}, times)
	})
}

func TestGD_3_TheStateOfLoadingIsKept(t *testing.T) {
	t.Parallel()
	eachSync(t, func(t *testing.T, w *syncWorld) {
		ctx := t.Context()
		require.NoError(t, w.SetDealsLoad(ctx, 1, w.crm, deals.LoadRunning, time.Time{}, ""))
		c, err := w.CRM(ctx, 1, w.crm)
		require.NoError(t, err)
		require.Equal(t, deals.LoadRunning, c.DealsLoadState)
		require.Nil(t, c.DealsLoadedAt)
		require.NoError(t, w.SetDealsLoad(ctx, 1, w.crm, deals.LoadFailed, at(-1), "bad_key"))
		require.NoError(t, w.SetDealsLoad(ctx, 1, w.crm, deals.LoadFailed, time.Time{}, "timeout"))
		c, err = w.CRM(ctx, 1, w.crm)
		require.NoError(t, err)
		require.Equal(t, []any{deals.LoadFailed, "timeout", at(-1)}, []any{c.DealsLoadState, c.DealsLoadError, *c.DealsLoadedAt})
		for _, step := range []struct {
			state      deals.LoadState
			text, want string
		}{
			{deals.LoadCompleted, "", ""},
			{deals.LoadCompleted, "left out: 5", "left out: 5"},
			{deals.LoadCompleted, "", "left out: 5"},
			{deals.LoadRunning, "", ""},
			{deals.LoadCompleted, "", ""},
		} {
			require.NoError(t, w.SetDealsLoad(ctx, 1, w.crm, step.state, at(0), step.text))
			c, err = w.CRM(ctx, 1, w.crm)
			require.NoError(t, err)
			require.Equal(t, step.want, c.DealsLoadError)
		}
		other, err := w.CRM(ctx, 1, w.own)
		require.NoError(t, err)
		require.Equal(t, deals.LoadNone, other.DealsLoadState, "each CRM has its own")
		refused(t, w.SetDealsLoad(ctx, 1, w.crm, "odd", at(0), ""), core.KindInvalid, "invalid_parameter_value", "state")
	})
}

func TestGD_3_ADealThatIsOpenAgainWasNotClosed(t *testing.T) {
	t.Parallel()
	eachSync(t, func(t *testing.T, w *syncWorld) {
		w.syncDeals(synced("d", "new@-40 talk@-30 offer@-25 won@-20", -20))
		w.syncDeals(synced("d", "new@-40 talk@-30 offer@-25 won@-20 talk@-10", -10))
		for _, h := range w.history(core.ListFilter{}) {
			require.Nil(t, h.ClosedAt, h.StageExternalID)
		}
		w.syncDeals(synced("d", "new@-40 talk@-30 offer@-25 won@-20", -5))
		require.Equal(t, at(-20), *w.deal("d").ClosedAt)
		require.Equal(t, "new@-40 talk@-30 offer@-25 won@-20", w.told("d"))
		closed := 0
		for _, h := range w.history(core.ListFilter{}) {
			if h.ClosedAt != nil {
				closed++
			}
		}
		require.Equal(t, 1, closed)
	})
}
