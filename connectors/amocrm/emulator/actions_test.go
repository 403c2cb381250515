package emulator_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/connectors/amocrm/emulator"
	"github.com/skvoz/skvoz/internal/emulation"
)

// act does an action with its defaults, those that are given besides.
func (a *account) act(ctx context.Context, name string, values map[string]string) (any, error) {
	a.t.Helper()
	actions := a.Actions()
	i := slices.IndexFunc(actions, func(x emulation.Action) bool { return x.Name == name })
	require.GreaterOrEqual(a.t, i, 0, name)
	all := map[string]string{}
	for _, p := range actions[i].Params {
		all[p.Name] = p.Default
	}
	for k, v := range values {
		all[k] = v
	}
	return actions[i].Do(ctx, all)
}

func TestActions(t *testing.T) {
	t.Parallel()
	cases := []struct {
		rule, action string
		values       map[string]string
		check        func(*testing.T, *account)
	}{
		{"a lead is won", "move_lead", map[string]string{"lead": "10000002", "price": "5"}, func(t *testing.T, a *account) {
			l, _ := a.Lead(10000002)
			require.Equal(t, []int64{142, 5}, []int64{l.StatusID, l.Price})
		}},
		{"a lead is made an hour ago", "create_lead", map[string]string{"minutes_ago": "60", "price": "7"}, func(t *testing.T, a *account) {
			l := a.Leads()[5]
			require.InDelta(t, a.kit.Clock.Now().Unix()-3600, l.CreatedAt, 2)
			require.Equal(t, []string{"+79215550199"}, a.Contacts()[4].Phones())
			require.Equal(t, l.Contacts[0].ID, a.Contacts()[4].ID)
		}},
		{"a lead is deleted", "delete_lead", map[string]string{"lead": "10000002"}, func(t *testing.T, a *account) {
			_, found := a.Lead(10000002)
			require.False(t, found)
		}},
		{"a user comes", "add_user", nil, func(t *testing.T, a *account) { require.Len(t, a.Users(), 4) }},
		{"a user goes", "deactivate_user", map[string]string{"user": "7000002"}, func(t *testing.T, a *account) { require.False(t, a.Users()[1].Active) }},
		{"a pipeline is made", "add_pipeline", nil, func(t *testing.T, a *account) { require.Len(t, a.Pipelines()[2].Statuses, 6) }},
		{"a status gets another name", "rename_status", map[string]string{"status": "142", "name": "Ура"}, func(t *testing.T, a *account) {
			require.Equal(t, "Ура", a.mainPipeline().Statuses[5].Name)
		}},
		{"access is revoked", "revoke_access", nil, func(t *testing.T, a *account) { require.Equal(t, 401, a.get("/api/v4/account").status) }},
		{"banned", "ban", nil, func(t *testing.T, a *account) { require.Equal(t, 403, a.get("/api/v4/account").status) }},
		{"not banned", "unban", nil, func(t *testing.T, a *account) { require.Equal(t, 200, a.get("/api/v4/account").status) }},
		{"unpaid", "unpaid_on", nil, func(t *testing.T, a *account) { require.Equal(t, 402, a.get("/api/v4/account").status) }},
		{"paid", "unpaid_off", nil, func(t *testing.T, a *account) { require.Equal(t, 200, a.get("/api/v4/account").status) }},
	}
	for _, c := range cases {
		t.Run(c.rule, func(t *testing.T) {
			t.Parallel()
			a := open(t, emulator.Options{})
			_, err := a.act(t.Context(), c.action, c.values)
			require.NoError(t, err)
			c.check(t, a)
		})
	}
}

func TestActions_TellWhatWasWrong(t *testing.T) {
	t.Parallel()
	a := open(t, emulator.Options{})
	cases := []struct {
		action string
		values map[string]string
		want   string
	}{
		{"move_lead", map[string]string{"lead": "x"}, "lead must be a whole number"},
		{"move_lead", map[string]string{"lead": "5"}, "no lead 5"},
		{"move_lead", map[string]string{"lead": "10000002", "pipeline": "5"}, "no pipeline 5"},
		{"move_lead", map[string]string{"lead": "10000002", "status": "5"}, "has no status 5"},
		{"delete_lead", map[string]string{"lead": "5"}, "no lead 5"},
		{"deactivate_user", map[string]string{"user": "5"}, "no user 5"},
		{"add_pipeline", map[string]string{"stages": " , "}, "needs a stage"},
		{"delete_pipeline", map[string]string{"pipeline": "5"}, "no pipeline 5"},
		{"rename_status", map[string]string{"status": "5"}, "has no status 5"},
		{"accept_unsorted", nil, "no unsorted entry waits"},
		{"lose_webhooks", map[string]string{"count": "many"}, "count must be a whole number"},
	}
	for _, c := range cases {
		_, err := a.act(t.Context(), c.action, c.values)
		require.ErrorContains(t, err, c.want)
	}
}

func TestActions_DeleteAPipelineWithoutLeads(t *testing.T) {
	t.Parallel()
	a := open(t, emulator.Options{})
	id, err := a.AddPipeline("Опт", "Заявка")
	require.NoError(t, err)
	before := a.Pipelines()
	for i, why := range []string{"is the main one", "has leads"} {
		require.ErrorContains(t, a.DeletePipeline(before[i].ID), why)
	}
	_, err = a.act(t.Context(), "delete_pipeline", map[string]string{"pipeline": strconv.FormatInt(id, 10)})
	require.NoError(t, err)
	require.Equal(t, before[:2], a.Pipelines())
}

func TestVendor_ShowsItselfAndBeginsAnew(t *testing.T) {
	t.Parallel()
	a := open(t, emulator.Options{})
	var names []string
	for _, c := range a.Credentials() {
		require.NotEmpty(t, c.Value)
		names = append(names, c.Setting)
	}
	require.Equal(t, []string{"address", "token", "client_id", "client_secret"}, names)
	require.Equal(t, a.url, a.Credentials()[0].Value)

	before := a.Tables()
	a.made("/api/v4/leads", "leads", `[{"name":"Самая новая","_embedded":{"tags":[{"name":"т"}]}}]`)
	require.Equal(t, "Самая новая", a.Tables()[0].Rows[0][1], "newest first")
	for _, table := range a.Tables() {
		for _, row := range table.Rows {
			require.Len(t, row, len(table.Columns), table.Name)
		}
	}
	a.RevokeAccess()
	a.Ban(true)
	a.Reset()
	require.Equal(t, before[1:5], a.Tables()[1:5])
	require.Equal(t, 200, a.get("/api/v4/account").status, "the token people typed in is good again")
	require.Equal(t, emulator.Counts{Leads: 5, Contacts: 4, Companies: 1}, a.Counts())
}

func TestAccount_UsedByManyAtOnce(t *testing.T) {
	t.Parallel()
	a, to := open(t, emulator.Options{}), receive(t)
	a.subscribe(to, `"add_lead","update_lead","status_lead","add_contact"`)
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for j := range 10 {
				a.made("/api/v4/leads", "leads", fmt.Sprintf(`[{"name":"%d-%d"}]`, i, j))
				_ = a.MoveLead(10000001+int64(j%5), 0, 143, int64(i))
				a.get("/api/v4/leads?with=contacts&query=1")
				a.Leads()
				a.Tables()
			}
		})
	}
	all.Wait()
	require.Equal(t, 85, a.Counts().Leads)
	require.Len(t, a.get("/api/v4/leads?limit=250").ids("leads"), 85)
	require.Equal(t, http.StatusOK, a.get("/api/v4/events").status)
}
