package emulator_test

import (
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/connectors/bitrix24/emulator"
	"github.com/skvoz/skvoz/internal/emulation"
)

func act(t *testing.T, p *portal, name string, values map[string]string) (any, error) {
	t.Helper()
	actions := p.Actions()
	i := slices.IndexFunc(actions, func(a emulation.Action) bool { return a.Name == name })
	require.GreaterOrEqual(t, i, 0, name)
	all := map[string]string{}
	for _, param := range actions[i].Params {
		all[param.Name] = param.Default
	}
	maps.Copy(all, values)
	return actions[i].Do(t.Context(), all)
}

func TestActions_EachDoesWhatItSays(t *testing.T) {
	t.Parallel()
	p, l := unlimited(t), listen(t)
	do := func(name string, values map[string]string) any {
		out, err := act(t, p, name, values)
		require.NoError(t, err, name)
		return out
	}
	require.Equal(t, map[string]string{"answer": "200"}, do("install_app", map[string]string{"handler": l.URL}))
	require.Equal(t, map[string]int{"id": 5}, do("create_deal", map[string]string{"sum": "1500.5", "name": "Анна Лис", "phone": "+79990001122", "minutes_ago": "60"}))
	deal := p.Deals()[4]
	require.Equal(t, "1500.50", deal.Fields["OPPORTUNITY"])
	require.WithinDuration(t, p.kit.Clock.Now().Add(-time.Hour), deal.Created, time.Minute)
	require.Equal(t, []string{"+79990001122"}, p.Contacts()[deal.Contacts[0]-1].Phones)
	do("move_deal", map[string]string{"id": "5", "stage": "C1:WON", "sum": "2000"})
	require.Equal(t, "2000.00", p.Deals()[4].Fields["OPPORTUNITY"])
	_, err := act(t, p, "move_deal", map[string]string{"id": "5", "stage": "C7:WON"})
	require.Error(t, err)
	_, err = act(t, p, "move_deal", map[string]string{"id": "5", "sum": "many"})
	require.Error(t, err)
	do("convert_lead", map[string]string{"id": "1"})
	do("delete_deal", map[string]string{"id": "5"})
	require.Equal(t, emulator.Counters{Leads: 1, Deals: 6, Contacts: 5}, p.Counters(), "deleted ones count")
	do("add_user", nil)
	do("deactivate_user", map[string]string{"id": "4"})
	do("add_category", nil)
	do("rename_stage", map[string]string{"stage": "C2:NEW", "name": "Первая"})
	do("set_mode", map[string]string{"mode": "simple"})
	_, err = act(t, p, "set_mode", map[string]string{"mode": "x"})
	require.Error(t, err)
	for _, name := range []string{"finish_install", "lose_events", "duplicate_event", "reorder_events", "expire_access_token", "unpaid", "revoke_access", "restore_webhook", "uninstall_app"} {
		do(name, nil)
	}
	p.Reset()
	p.ok(t, "crm.category.list", m{"entityTypeId": 2})
	require.Len(t, p.Deals(), 4)
	for _, table := range p.Tables() {
		for _, row := range table.Rows {
			require.Len(t, row, len(table.Columns), table.Name)
		}
	}
}

func TestVendor_IsWhatTheStandExpects(t *testing.T) {
	t.Parallel()
	p := unlimited(t)
	var v emulation.Vendor = p.Server
	require.Equal(t, "bitrix24", v.Kind())
	settings := []string{}
	for _, c := range v.Credentials() {
		settings = append(settings, c.Setting)
		require.NotEmpty(t, c.Value)
	}
	require.Equal(t, []string{"address", "webhook", "client_id", "client_secret"}, settings)
}

func TestState_ManyWritersAndEventsAtOnce(t *testing.T) {
	t.Parallel()
	p, l, token := installed(t)
	p.bind(t, token, "ONCRMDEALADD", l.URL)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 10 {
				p.ok(t, "crm.deal.add", m{"fields": m{"TITLE": "x"}})
				p.ok(t, "crm.deal.list", m{"filter": m{">ID": 2}})
				_ = p.Deals()
				_ = p.Tables()
			}
		})
	}
	all.Wait()
	p.settle(t)
	require.Len(t, l.heard("ONCRMDEALADD"), 80)
	require.Len(t, p.Deals(), 84)
}

func TestState_TenThousandDealsStayQuick(t *testing.T) {
	t.Parallel()
	p := unlimited(t)
	for i := range 10_000 {
		_, err := p.CreateDeal(t.Context(), emulator.NewDeal{Title: fmt.Sprint("Сделка ", i), Phone: fmt.Sprintf("+7999%07d", i)})
		require.NoError(t, err)
	}
	n := p.ok(t, "crm.deal.add", m{"fields": m{"ORIGIN_ID": "goal-1"}})
	began := time.Now()
	for i := range 20 {
		p.ok(t, "crm.deal.list", m{"filter": m{"ORIGIN_ID": "goal-1"}})
		p.ok(t, "crm.deal.list", m{"filter": m{">ID": 9000 + i}, "order": m{"ID": "ASC"}, "start": -1})
		p.ok(t, "crm.deal.list", m{"filter": m{">=DATE_MODIFY": p.kit.Clock.Now().Add(-time.Hour).Format(time.RFC3339)}})
		p.ok(t, "crm.duplicate.findbycomm", m{"type": "PHONE", "values": []string{"+79990005000"}})
	}
	require.Less(t, time.Since(began), 20*time.Second)
	t.Log("80 calls over 10 000 deals took", time.Since(began))
	require.Equal(t, fmt.Sprint(n), rows(p.ok(t, "crm.deal.list", m{"filter": m{"ORIGIN_ID": "goal-1"}}))[0]["ID"])
}
