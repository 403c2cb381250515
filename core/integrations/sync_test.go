package integrations_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/deals"
	"github.com/skvoz/skvoz/core/integrations"
)

// loadedDeals stands for deals.Service: it keeps deals by the rule of the latest change and knows the stages of the last catalogue.
type loadedDeals struct {
	stages, employees map[string]bool
	deals             map[string]deals.SyncedDeal
	contacts          map[string]deals.ContactRecord
	inReports         []string
	batches           []int
	load              []string
	err               error
}

func (l *loadedDeals) SyncCatalogue(_ context.Context, _ core.AccountID, _ core.CRMID, c deals.Catalogue) error {
	l.stages, l.employees, l.inReports = map[string]bool{}, map[string]bool{}, nil
	for _, f := range c.Funnels {
		if c.InReports == nil || c.InReports(f.ExternalID) {
			l.inReports = append(l.inReports, f.ExternalID)
		}
		for _, st := range f.Stages {
			l.stages[f.ExternalID+"/"+st.ExternalID] = true
		}
	}
	for _, e := range c.Employees {
		l.employees[e.ExternalID] = true
	}
	return l.err
}

func (l *loadedDeals) SyncDeals(_ context.Context, _ core.AccountID, _ core.CRMID, b deals.SyncBatch) (r deals.SyncResult, err error) {
	if l.err != nil {
		return r, l.err
	}
	l.batches = append(l.batches, len(b.Deals))
	for _, c := range b.Contacts {
		l.contacts[c.ExternalID] = c
	}
	for _, d := range b.Deals {
		switch old, ok := l.deals[d.ExternalID]; {
		case !l.stages[d.FunnelExternalID+"/"+d.StageExternalID]:
			r.UnknownStages = append(r.UnknownStages, d.ExternalID)
			continue
		case ok && d.ModifiedAt.Before(old.ModifiedAt):
			continue
		}
		if e := d.EmployeeExternalID; e != "" && !l.employees[e] {
			r.UnknownEmployees = append(r.UnknownEmployees, e)
			l.employees[e] = b.AddEmployees
		}
		if d.Currency == "USD" {
			r.ForeignCurrency = append(r.ForeignCurrency, d.ExternalID)
		}
		l.deals[d.ExternalID] = d
	}
	for _, id := range b.Gone {
		delete(l.deals, id)
	}
	return r, nil
}

func (l *loadedDeals) SetDealsLoad(_ context.Context, _ core.AccountID, _ core.CRMID, state deals.LoadState, _ time.Time, text string) error {
	l.load = append(l.load, strings.TrimSuffix(string(state)+": "+text, ": "))
	return nil
}

func (l *loadedDeals) CountStages(context.Context, core.AccountID, core.CRMID, time.Time, time.Time) ([]deals.StageCount, error) {
	return []deals.StageCount{
		{FunnelExternalID: "f", FunnelName: "Sales", StageExternalID: "new", StageName: "New", Count: 3},
		{FunnelExternalID: "f", FunnelName: "Sales", StageExternalID: "won", StageName: "Won", Count: 2},
	}, l.err
}

func (l *loadedDeals) ModifiedTimes(_ context.Context, _ core.AccountID, _ core.CRMID, ids []string) (map[string]time.Time, error) {
	out := map[string]time.Time{}
	for _, id := range ids {
		if d, ok := l.deals[id]; ok {
			out[id] = d.ModifiedAt
		}
	}
	return out, l.err
}

func (l *loadedDeals) Funnels(context.Context, core.AccountID, core.CRMID) ([]deals.Funnel, error) {
	return []deals.Funnel{{ExternalID: "f", Name: "Sales", Stages: []deals.Stage{{ExternalID: "new", Name: "New"}, {ExternalID: "talk", Name: "Talk"}, {ExternalID: "won", Name: "Won"}}}}, l.err
}

// names are the deals that are there, in order.
func (l *loadedDeals) names() string {
	var out []string
	for id, d := range l.deals {
		out = append(out, id+":"+d.StageExternalID)
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

// scripted is a vendor whose pages are written down: the cursor of page n is its number.
type scripted struct {
	pages []integrations.DealPage
	byID  map[string]integrations.RemoteDeal
	// stages are those of funnel f, employees the users.
	stages, employees []string
	// fail is what a request fails with: "page 1", "catalogue", "deals".
	fail  map[string]error
	asked []string
	query integrations.ChangesQuery
}

func (v *scripted) did(what string) error {
	v.asked = append(v.asked, what)
	return v.fail[what]
}

func (v *scripted) Catalogue(context.Context) (c integrations.Catalogue, err error) {
	f := integrations.RemoteFunnel{ID: "f", Name: "Sales"}
	for _, st := range v.stages {
		f.Stages = append(f.Stages, integrations.RemoteStage{ID: st, Status: deals.StageInProcess})
	}
	for _, e := range v.employees {
		c.Employees = append(c.Employees, integrations.RemoteEmployee{ID: e})
	}
	c.Funnels = []integrations.RemoteFunnel{f, {ID: "g", Name: "Other", Stages: f.Stages}}
	return c, v.did("catalogue")
}

func (v *scripted) ChangedDeals(_ context.Context, q integrations.ChangesQuery) (integrations.DealPage, error) {
	n := 0
	if q.Cursor != "" {
		_, _ = fmt.Sscan(q.Cursor, &n)
	}
	if v.query = q; len(v.pages) == 0 {
		return integrations.DealPage{}, v.did("page 0")
	}
	p := v.pages[n]
	if n < len(v.pages)-1 {
		p.Next = fmt.Sprint(n + 1)
	}
	return p, v.did(fmt.Sprint("page ", n))
}

func (v *scripted) DealsByID(_ context.Context, ids []string) (p integrations.DealPage, err error) {
	for _, id := range ids {
		if d, ok := v.byID[id]; ok {
			p.Deals = append(p.Deals, d)
		} else {
			p.Gone = append(p.Gone, id)
		}
	}
	return p, v.did(fmt.Sprint("deals ", len(ids)))
}

func (v *scripted) CountDeals(context.Context, time.Time, time.Time) ([]integrations.StageCount, error) {
	return []integrations.StageCount{{"f", "won", 2}, {"f", "new", 4}, {"h", "odd", 1}}, v.did("count")
}

// sentDeals are communications by deals made for them.
type sentDeals map[string]core.CommunicationID

func (s sentDeals) SentDeals(context.Context, core.AccountID, core.IntegrationID, []string) (map[string]core.CommunicationID, error) {
	return s, nil
}

var syncNow = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// minute is noon some minutes later.
func minute(n int) time.Time { return syncNow.Add(time.Duration(n) * time.Minute) }

func remote(id, stage string, modified int) integrations.RemoteDeal {
	return integrations.RemoteDeal{ID: id, FunnelID: "f", StageID: stage, CreatedAt: minute(-900), ModifiedAt: minute(modified), ContactIDs: []string{"c" + id}}
}

func page(list ...integrations.RemoteDeal) integrations.DealPage {
	p := integrations.DealPage{Deals: list}
	for _, d := range list {
		p.Contacts = append(p.Contacts, integrations.RemoteContact{ID: d.ContactIDs[0], Name: "Contact", Phones: []string{"+7 900 000-00-0" + d.ID[:1]}})
	}
	return p
}

type readingWorld struct {
	*integrations.Reader
	deals  *loadedDeals
	vendor *scripted
	i      integrations.Integration
}

func newReading(edits ...func(*integrations.Policies)) *readingWorld {
	w := &readingWorld{
		deals:  &loadedDeals{deals: map[string]deals.SyncedDeal{}, contacts: map[string]deals.ContactRecord{}, stages: map[string]bool{}, employees: map[string]bool{}},
		vendor: &scripted{stages: []string{"new", "talk", "won"}, fail: map[string]error{}, byID: map[string]integrations.RemoteDeal{}},
		i:      integrations.Integration{ID: 1, AccountID: 1, Kind: "toy", CRMID: 5, Settings: integrations.Values{}},
	}
	d := integrations.Driver{Kind: "toy", Policies: integrations.Policies{Deleted: integrations.DeletedRemoved, Overlap: 5 * time.Minute}}
	for _, edit := range edits {
		edit(&d.Policies)
	}
	w.Reader = integrations.NewReader(integrations.ReaderConfig{Drivers: []integrations.Driver{d}, Deals: w.deals, Sent: sentDeals{"2": 77, "lead9": 78}, Clock: fixedClock{syncNow}})
	return w
}

func TestGD3_catalogueChoosesNewFunnelsForReports(t *testing.T) {
	t.Parallel()
	w := newReading()
	require.NoError(t, w.Catalogue(t.Context(), w.i, w.vendor))
	require.Equal(t, []string{"f", "g"}, w.deals.inReports)
	w.i.Settings.Set(integrations.KeyReportFunnels, "g", "old")
	require.NoError(t, w.Catalogue(t.Context(), w.i, w.vendor))
	require.Equal(t, []string{"g"}, w.deals.inReports)
}

func TestGD3_catchingUpReadsAllPagesAndMovesOnOnlyAtTheEnd(t *testing.T) {
	t.Parallel()
	w := newReading()
	w.vendor.pages = []integrations.DealPage{page(remote("1", "new", -9), remote("2", "talk", -3)), page(remote("3", "won", -7)), page(remote("2", "won", -2))}
	w.vendor.fail["page 1"] = integrations.Fail(integrations.FailDown, "503")
	at, err := w.CatchUp(t.Context(), w.i, w.vendor, minute(-10))
	require.Equal(t, integrations.FailDown, integrations.AsFailure(err).Kind)
	require.Equal(t, minute(-10), at, "what was not read might be of any time")
	require.Equal(t, "1:new 2:talk", w.deals.names(), "what was read stays")
	require.Equal(t, []string{"error: unavailable: 503"}, w.deals.load)

	delete(w.vendor.fail, "page 1")
	w.vendor.asked = nil
	at, err = w.CatchUp(t.Context(), w.i, w.vendor, minute(-10))
	require.NoError(t, err)
	require.Equal(t, minute(-2), at)
	require.Equal(t, []string{"page 0", "page 1", "page 2"}, w.vendor.asked)
	require.Equal(t, minute(-15), w.vendor.query.Since, "each reading goes back a little")
	require.False(t, w.vendor.query.ByCreation)
	require.Equal(t, "1:new 2:won 3:won", w.deals.names())
	require.Equal(t, core.CommunicationID(77), w.deals.deals["2"].CommunicationID)
	require.Equal(t, []string{"+7 900 000-00-03"}, w.deals.contacts["c3"].Phones.Value)
	require.Equal(t, "completed", w.deals.load[1])

	w.vendor.pages = nil
	at, err = w.CatchUp(t.Context(), w.i, w.vendor, minute(-2))
	require.NoError(t, err)
	require.Equal(t, minute(-2), at, "nothing new")
	w.vendor.pages = []integrations.DealPage{page(remote("4", "new", 90))}
	at, err = w.CatchUp(t.Context(), w.i, w.vendor, minute(-2))
	require.NoError(t, err)
	require.Equal(t, syncNow, at, "a fast clock must not hide changes to come")
}

func TestGD3_anImportGoesOnWhereItWasBrokenOff(t *testing.T) {
	t.Parallel()
	w := newReading()
	first := page(remote("1", "new", -9), remote("2", "talk", -3))
	first.Total = 4
	w.vendor.pages = []integrations.DealPage{first, page(remote("3", "won", -7)), page(remote("4", "won", -2), remote("5", "won", -2))}
	w.vendor.fail["page 2"] = integrations.Fail(integrations.FailBusy, "")
	var saved []integrations.ImportProgress
	save := func(p integrations.ImportProgress) error { saved = append(saved, p); return nil }
	w.i.Sync.Import = &integrations.ImportProgress{Months: 2}
	err := w.Import(t.Context(), w.i, w.vendor, *w.i.Sync.Import, save)
	require.Equal(t, integrations.FailBusy, integrations.AsFailure(err).Kind)
	require.Equal(t, []integrations.ImportProgress{
		{Months: 2, Since: syncNow.AddDate(0, -2, 0), Started: syncNow, Done: 2, Total: 4, Cursor: "1"},
		{Months: 2, Since: syncNow.AddDate(0, -2, 0), Started: syncNow, Done: 3, Total: 4, Cursor: "2"},
	}, saved)
	require.True(t, w.vendor.query.ByCreation)
	require.Equal(t, []string{"in_process", "error: rate_limited"}, w.deals.load)

	_, err = w.CatchUp(t.Context(), w.i, &scripted{}, minute(-1))
	require.NoError(t, err)
	require.Len(t, w.deals.load, 2, "catching up does not end an import")

	delete(w.vendor.fail, "page 2")
	w.vendor.asked = nil
	require.NoError(t, w.Import(t.Context(), w.i, w.vendor, saved[1], save))
	require.Equal(t, []string{"page 2"}, w.vendor.asked)
	last := saved[len(saved)-1]
	require.Equal(t, []any{5, 5, syncNow, ""}, []any{last.Done, last.Total, *last.Finished, last.Cursor})
	require.Equal(t, "1:new 2:talk 3:won 4:won 5:won", w.deals.names())
	require.Equal(t, []string{"in_process", "completed"}, w.deals.load[2:])
	require.NoError(t, w.Import(t.Context(), w.i, w.vendor, last, save))
	require.Len(t, w.vendor.asked, 1, "a finished import is over")

	w.i.Sync.Import = nil
	broken := errors.New("disk full")
	err = w.Import(t.Context(), w.i, w.vendor, integrations.ImportProgress{Months: 1}, func(integrations.ImportProgress) error { return broken })
	require.ErrorIs(t, err, broken)
	require.Equal(t, integrations.FailInternal, integrations.AsFailure(err).Kind)
}

func TestGD3_pulledDealsThatAreGoneAreDeletedUnlessThePolicyKeepsThem(t *testing.T) {
	t.Parallel()
	for policy, want := range map[integrations.Deleted]string{integrations.DeletedRemoved: "1:won", integrations.DeletedKept: "1:won 2:new"} {
		w := newReading(func(p *integrations.Policies) { p.Deleted = policy })
		w.vendor.byID["1"], w.vendor.byID["2"] = remote("1", "new", -9), remote("2", "new", -9)
		require.NoError(t, w.Pull(t.Context(), w.i, w.vendor, []string{"1", "2"}))
		delete(w.vendor.byID, "2")
		w.vendor.byID["1"] = remote("1", "won", -5)
		require.NoError(t, w.Pull(t.Context(), w.i, w.vendor, []string{"1", "2", "2"}))
		require.Equal(t, want, w.deals.names(), policy)
	}
}

func TestGD3_manyDealsGoInParts(t *testing.T) {
	t.Parallel()
	w := newReading()
	var ids []string
	for n := range 2*deals.MaxSynced + 1 {
		id := fmt.Sprint(n)
		ids = append(ids, id)
		w.vendor.byID[id] = remote(id, "new", -9)
	}
	require.NoError(t, w.Catalogue(t.Context(), w.i, w.vendor))
	w.vendor.asked = nil
	require.NoError(t, w.Pull(t.Context(), w.i, w.vendor, ids))
	require.Equal(t, []string{"deals 250", "deals 250", "deals 1"}, w.vendor.asked)
	all := page()
	for _, id := range ids {
		all.Deals = append(all.Deals, remote(id, "won", -8))
	}
	all.Contacts = []integrations.RemoteContact{{ID: "c0"}, {ID: "alone", CreatedAt: minute(-99)}}
	w.vendor.pages, w.deals.batches = []integrations.DealPage{all}, nil
	_, err := w.CatchUp(t.Context(), w.i, w.vendor, minute(-10))
	require.NoError(t, err)
	require.Equal(t, []int{0, 250, 250, 1}, w.deals.batches)
	require.Equal(t, minute(-99), w.deals.contacts["alone"].CreatedAt.Value, "a contact without a deal")
}

func TestGD3_anUnknownStageMakesTheCatalogueBeReadOnce(t *testing.T) {
	t.Parallel()
	w := newReading()
	moved, left := remote("3", "new", -6), remote("4", "talk", -6)
	moved.FunnelID, left.EmployeeID, left.Currency, left.LeadID = "g", "44", "USD", "lead9"
	w.vendor.pages = []integrations.DealPage{page(remote("1", "new", -9), remote("2", "gone", -8)), page(moved, left)}
	_, err := w.CatchUp(t.Context(), w.i, w.vendor, minute(-10))
	require.NoError(t, err)
	require.Equal(t, []string{"page 0", "catalogue", "page 1"}, w.vendor.asked)
	require.Equal(t, "1:new 3:new 4:talk", w.deals.names())
	require.True(t, w.deals.employees["44"], "who left the company is added")
	require.Equal(t, core.CommunicationID(78), w.deals.deals["4"].CommunicationID, "made of a lead of ours")
	require.Equal(t, []string{"completed: left out, their funnel or stage is not in the CRM's list: 2; counted with revenue 0, it is in another currency than the account's: 4"}, w.deals.load)
}

func TestGD3_webhooksInAnyOrderEndInTheLastState(t *testing.T) {
	t.Parallel()
	w := newReading()
	states := []integrations.RemoteDeal{remote("1", "new", -9), remote("1", "talk", -8), remote("1", "won", -7)}
	for _, n := range []int{1, 2, 0, 2, 1, 0} {
		w.vendor.byID["1"] = states[n]
		require.NoError(t, w.Pull(t.Context(), w.i, w.vendor, []string{"1"}))
	}
	require.Equal(t, "1:won", w.deals.names())
	known, err := w.Loaded(t.Context(), w.i, []string{"1", "2"})
	require.NoError(t, err)
	require.Equal(t, map[string]time.Time{"1": minute(-7)}, known)
}

func TestCA2_checkComparesEachStage(t *testing.T) {
	t.Parallel()
	w := newReading()
	got, err := w.Check(t.Context(), w.i, w.vendor, minute(-100), minute(0))
	require.NoError(t, err)
	require.Equal(t, integrations.CheckReport{Here: 5, There: 7, Rows: []integrations.CheckRow{
		{Funnel: "Sales", Stage: "New", Here: 3, There: 4}, {Funnel: "Sales", Stage: "Won", Here: 2, There: 2}, {Funnel: "h", Stage: "odd", There: 1},
	}}, got)
}

func TestGD3_errorsOfReadings(t *testing.T) {
	t.Parallel()
	calls := map[string]func(context.Context, *readingWorld) error{
		"catalogue": func(ctx context.Context, w *readingWorld) error { return w.Catalogue(ctx, w.i, w.vendor) },
		"pull":      func(ctx context.Context, w *readingWorld) error { return w.Pull(ctx, w.i, w.vendor, []string{"1"}) },
		"catch up": func(ctx context.Context, w *readingWorld) error {
			_, err := w.CatchUp(ctx, w.i, w.vendor, minute(-1))
			return err
		},
		"import": func(ctx context.Context, w *readingWorld) error {
			return w.Import(ctx, w.i, w.vendor, integrations.ImportProgress{Months: 1}, func(integrations.ImportProgress) error { return nil })
		},
		"check": func(ctx context.Context, w *readingWorld) error {
			_, err := w.Check(ctx, w.i, w.vendor, minute(-1), minute(0))
			return err
		},
		"loaded": func(ctx context.Context, w *readingWorld) error { _, err := w.Loaded(ctx, w.i, nil); return err },
	}
	for name, call := range calls {
		w := newReading()
		w.vendor.pages = []integrations.DealPage{page(remote("1", "new", -1))}
		w.vendor.byID["1"] = remote("1", "new", -1)
		w.deals.err = core.Unavailable("the database can't write now", time.Second, nil)
		f := integrations.AsFailure(call(t.Context(), w))
		require.Equal(t, integrations.FailInternal, f.Kind, name)
		require.ErrorIs(t, f, w.deals.err, name)
		if name != "loaded" {
			w.deals.err = nil
			for _, what := range []string{"catalogue", "page 0", "deals 1", "count"} {
				w.vendor.fail[what] = context.Canceled
			}
			require.ErrorIs(t, call(t.Context(), w), context.Canceled, name)
			for what := range w.vendor.fail {
				w.vendor.fail[what] = integrations.Fail(integrations.FailKey, "revoked")
			}
			require.Equal(t, integrations.FailKey, integrations.AsFailure(call(t.Context(), w)).Kind, name)
		}
		w.i.CRMID = 0
		require.Equal(t, integrations.FailSettings, integrations.AsFailure(call(t.Context(), w)).Kind, name)
	}
}

func TestGD3_aListThatNeverEndsIsBrokenOff(t *testing.T) {
	t.Parallel()
	w := newReading()
	_, err := w.CatchUp(t.Context(), w.i, endless{w.vendor}, minute(-1))
	require.Equal(t, integrations.FailAnswer, integrations.AsFailure(err).Kind)
}

// endless hands out the same cursor again and again.
type endless struct{ *scripted }

func (endless) ChangedDeals(context.Context, integrations.ChangesQuery) (integrations.DealPage, error) {
	return integrations.DealPage{Next: "more"}, nil
}
