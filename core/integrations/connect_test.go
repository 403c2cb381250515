package integrations_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/deals"
	"github.com/skvoz/skvoz/core/integrations"
)

// crmList keeps CRMs in memory.
type crmList struct{ list []deals.CRM }

func (c *crmList) CRMs(context.Context, core.AccountID) ([]deals.CRM, error) { return c.list, nil }

func (c *crmList) CreateCRM(_ context.Context, account core.AccountID, in deals.NewCRM) (deals.CRM, error) {
	made := deals.CRM{ID: core.CRMID(len(c.list) + 1), AccountID: account, Kind: in.Kind, Name: in.Name, URL: in.URL}
	c.list = append(c.list, made)
	return made, nil
}

func (c *crmList) UpdateCRM(_ context.Context, _ core.AccountID, id core.CRMID, p deals.CRMPatch) (deals.CRM, error) {
	for i := range c.list {
		if c.list[i].ID == id {
			c.list[i].GoalIDs = p.GoalIDs.Or(c.list[i].GoalIDs)
			return c.list[i], nil
		}
	}
	return deals.CRM{}, core.NotFound("CRM")
}

func (c *crmList) SetReportFunnels(context.Context, core.AccountID, core.CRMID, []core.FunnelID) error {
	return nil
}

func (c *crmList) Funnels(context.Context, core.AccountID, core.CRMID) ([]deals.Funnel, error) {
	return nil, nil
}

// selling is a world whose vendor brings deals.
func selling(crms *crmList, edit func(*world)) (*world, *retries) {
	w := newWorld(edit)
	kept := &retries{memory: w.memory}
	common := integrations.DealSettings{Funnels: "funnels"}
	driver := w.Drivers()[0]
	driver.DealsKind = deals.KindConnected
	driver.Settings.Sections = append(driver.Settings.Sections, common.ReportsSection())
	w.Service = integrations.NewService(integrations.Config{
		Drivers: []integrations.Driver{driver}, Store: kept, Queue: queue{memory: w.memory}, Sealer: plainSealer{}, CRMs: crms, Sites: siteList{}, Goals: goalList{},
		Clock: fixedClock{time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)},
	})
	return w, kept
}

func kinds(jobs []integrations.NewJob) (out []integrations.JobKind) {
	for _, j := range jobs {
		out = append(out, j.Kind)
	}
	return out
}

func TestGD3_switchingOn(t *testing.T) {
	t.Parallel()
	crms := &crmList{list: []deals.CRM{{ID: 1, Kind: deals.KindCustom}}}
	w, kept := selling(crms, func(w *world) { w.memory.i.State = integrations.StateDraft })
	i, err := w.Activate(t.Context(), account, 2)
	require.NoError(t, err)
	require.Equal(t, integrations.StateActive, i.State)
	require.Equal(t, "a1", i.RemoteID)
	require.Equal(t, core.CRMID(2), i.CRMID, "deals get a CRM of their own")
	require.Equal(t, deals.CRM{ID: 2, AccountID: account, Kind: deals.KindConnected, Name: "Fake", URL: "https://crm.example.ru", GoalIDs: []core.GoalID{5}}, crms.list[1],
		"the goals that make deals link them, too")
	require.Equal(t, []integrations.JobKind{integrations.JobSubscribe, integrations.JobCatalogue, integrations.JobCatchUp, integrations.JobImport}, kinds(w.memory.enqueued))
	require.Equal(t, 3, i.Sync.Import.Months)
	require.True(t, i.Settings.On(integrations.KeyDealsOut), "the defaults it was switched on with are kept")
	require.Equal(t, []integrations.JobState{integrations.JobWaiting}, kept.filter.States, "what waited goes at once")

	w.memory.enqueued = nil
	_, err = w.Pause(t.Context(), account, 2)
	require.NoError(t, err)
	_, err = w.Activate(t.Context(), account, 2)
	require.NoError(t, err)
	require.Len(t, crms.list, 2)
	require.NotContains(t, kinds(w.memory.enqueued), integrations.JobImport, "the past is read once, until it is asked for again")
}

func TestGD3_readingIsSwitchedOffAndOnAgain(t *testing.T) {
	t.Parallel()
	w, _ := selling(&crmList{}, func(*world) {})
	_, err := w.Activate(t.Context(), account, 2)
	require.NoError(t, err)
	set := func(on string) []integrations.JobKind {
		w.memory.enqueued = nil
		_, err := w.Update(t.Context(), account, 2, core.Opt[string]{}, integrations.Values{integrations.KeyDealsIn: {List: []string{on}}})
		require.NoError(t, err)
		return kinds(w.memory.enqueued)
	}
	require.Empty(t, set("true"), "nothing has changed")
	require.Equal(t, []integrations.JobKind{integrations.JobUnsubscribe}, set("false"))
	job := integrations.Job{ID: 40, Attempt: 1}
	job.AccountID, job.IntegrationID, job.Kind = account, 2, integrations.JobCatchUp
	require.Equal(t, integrations.JobDone, w.Handle(t.Context(), integrations.Work{Job: job}).State, "readings come to an end")
	require.Equal(t, []integrations.JobKind{integrations.JobSubscribe, integrations.JobCatalogue, integrations.JobCatchUp}, set("true"))
}

func TestCA2_whatKeepsFromSwitchingOn(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		edit   func(*world)
		kind   core.Kind
		reason string
	}{
		"a setting is missing":       {func(w *world) { delete(w.memory.i.Settings, integrations.KeyGoals) }, core.KindInvalid, "bad_setting"},
		"the system refuses the key": {refusing(integrations.FailKey), core.KindConflict, "bad_key"},
		"the address is wrong":       {refusing(integrations.FailAddress), core.KindConflict, "bad_address"},
		"the system is down":         {refusing(integrations.FailDown), core.KindUnavailable, "unavailable"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			crms := &crmList{}
			w, _ := selling(crms, func(w *world) {
				w.memory.i.State = integrations.StateDraft
				tt.edit(w)
			})
			_, err := w.Activate(t.Context(), account, 2)
			require.Equal(t, tt.kind, core.KindOf(err))
			require.Equal(t, tt.reason, core.AsError(err).Reason)
			require.Equal(t, integrations.StateDraft, w.memory.i.State)
			require.Empty(t, w.memory.enqueued)
			require.Empty(t, crms.list, "nothing was made")
		})
	}
}

func refusing(kind integrations.FailureKind) func(*world) {
	return func(w *world) { w.vendor.fail = func(string, bool) error { return integrations.Fail(kind, "no") } }
}

func TestCA2_theSameAccountConnectedAgainFindsItsDeals(t *testing.T) {
	t.Parallel()
	crms := &crmList{list: []deals.CRM{{ID: 9, Kind: deals.KindConnected, URL: "https://crm.example.ru", GoalIDs: []core.GoalID{1}}}}
	w, _ := selling(crms, func(*world) {})
	i, err := w.Activate(t.Context(), account, 2)
	require.NoError(t, err)
	require.Equal(t, core.CRMID(9), i.CRMID)
	require.Equal(t, []core.GoalID{1, 5}, crms.list[0].GoalIDs, "what was chosen by hand stays")
}

func TestCA2_aStrangersAuthorizationIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld()
	for name, state := range map[string]string{"none": "", "made up": "authorization|{}", "another account's": `authorization|{"a":8,"i":2,"u":99999999999}`, "too old": `authorization|{"a":7,"i":2,"u":1}`} {
		_, err := w.FinishAuthorization(t.Context(), account, map[string]string{"state": state, "code": "x"})
		require.Equal(t, "bad_state", core.AsError(err).Reason, name)
	}
}
