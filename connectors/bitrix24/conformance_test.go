package bitrix24_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/connectors/bitrix24"
	"github.com/skvoz/skvoz/connectors/bitrix24/emulator"
	"github.com/skvoz/skvoz/connectors/connectortest"
	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/deals"
	"github.com/skvoz/skvoz/core/integrations"
	"github.com/skvoz/skvoz/internal/emulation"
	"github.com/skvoz/skvoz/internal/httpclient"
)

func TestConformance(t *testing.T) { //nolint:paralleltest // it looks for goroutines that are left
	connectortest.Run(t, byWebhook("incoming web hook", emulator.Simple), byApplication(), byWebhook("leads", emulator.Classic))
}

func FuzzGenuineHooks(f *testing.F) { connectortest.FuzzHooks(f, byApplication()) }

// way is what all ways to connect have in common.
func way(name string, mode emulator.Mode, start func(p *people) *connectortest.Vendor) connectortest.Way {
	o := emulator.Options{Mode: mode, Burst: -1, LeakPerSecond: -1, OperatingLimit: -1}
	limited := o
	limited.Scopes, limited.HookScopes = []string{"telephony"}, []string{"telephony"}
	return connectortest.Way{
		Name: name, DealPage: 50, UserPage: 50,
		Driver: func(http *httpclient.Client, clock core.Clock) integrations.Driver {
			return bitrix24.Driver(bitrix24.Deps{HTTP: http, Clock: clock})
		},
		Start: func(t testing.TB, kit *emulation.Kit) *connectortest.Vendor {
			t.Helper()
			return start(newPeople(t, kit, o))
		},
		Limited: func(t testing.TB, kit *emulation.Kit) *connectortest.Vendor {
			t.Helper()
			return start(newPeople(t, kit, limited))
		},
	}
}

func byWebhook(name string, mode emulator.Mode) connectortest.Way {
	return way(name, mode, func(p *people) *connectortest.Vendor {
		v := p.vendor()
		v.Secrets = map[string]string{}
		v.Place = func(url string, _ integrations.Values, secrets map[string]string) {
			secrets["webhook"] = url + hookPath(p.portal)
		}
		v.SpoilKey = func(secrets map[string]string) {
			secrets["webhook"] = strings.Replace(secrets["webhook"], path.Base(hookPath(p.portal)), "wrongsecretofnobody", 1)
		}
		return v
	})
}

// hookPath is the incoming web hook's without the portal.
func hookPath(portal *emulator.Server) string {
	u, err := url.Parse(portal.Webhook())
	if err != nil {
		panic(err) // the emulator's own address
	}
	return u.Path
}

func byApplication() connectortest.Way {
	return way("local application", emulator.Simple, func(p *people) *connectortest.Vendor {
		v := p.vendor()
		v.Settings.Set("auth", "app")
		for _, c := range p.portal.Credentials() {
			switch c.Setting {
			case "client_id":
				v.Settings.Set("client_id", c.Value)
			case "client_secret":
				v.Secrets = map[string]string{"client_secret": c.Value}
			}
		}
		v.Place = func(url string, settings integrations.Values, _ map[string]string) { settings.Set("address", url) }
		v.SpoilKey = func(secrets map[string]string) {
			secrets["access_token"], secrets["refresh_token"] = "wrong-access", "wrong-refresh"
		}
		v.Expire = p.portal.ExpireAccessTokens
		v.Renews = func(e emulation.Entry) bool {
			return strings.HasPrefix(e.Path, "/oauth/token") && strings.Contains(e.Query, "grant_type=refresh_token")
		}
		v.Forge = forge
		v.Connect = p.install
		return v
	})
}

// people do in Bitrix24 what people do there.
type people struct {
	portal *emulator.Server
	number int
}

func newPeople(t testing.TB, kit *emulation.Kit, o emulator.Options) *people {
	t.Helper()
	portal := emulator.New(kit, o)
	t.Cleanup(portal.Close)
	return &people{portal: portal}
}

func (p *people) vendor() *connectortest.Vendor {
	return &connectortest.Vendor{
		Handler: p.portal, Settings: integrations.Values{}, Public: []string{"expires", "portal", "member_id"},
		Changes: changes, Made: p.made, Revoke: p.portal.RevokeAccess, LeaveUnpaid: func() { p.portal.SetUnpaid(true) },
		AddUsers: p.addUsers, AddContact: p.addContact, AddDeals: p.addDeals, Move: p.move, Delete: p.remove, Settle: p.settle,
		FunnelID: "1", StageID: "C1:NEW", Responsible: "2", Field: integrations.FieldValue{ID: "COMMENTS", Value: "с сайта"},
	}
}

// install adds the application to the portal, which hands over its first tokens.
func (p *people) install(t testing.TB, d integrations.Driver, s integrations.Session, door *connectortest.Door) {
	t.Helper()
	p.portal.SetBaseURL(s.Settings.Text("address"))
	_, err := p.portal.InstallApp(t.Context(), emulator.Install{Handler: s.HookURL})
	require.NoError(t, err)
	hooks := door.Take()
	require.Len(t, hooks, 1)
	c, err := d.Open(s)
	require.NoError(t, err)
	news, err := c.(integrations.HookReceiver).ParseHook(t.Context(), hooks[0])
	require.NoError(t, err)
	require.NoError(t, s.Vault.Put(t.Context(), news.Secrets))
}

func changes(e emulation.Entry) bool {
	method := strings.TrimSuffix(path.Base(e.Path), ".json")
	return strings.HasSuffix(method, ".add") || strings.HasPrefix(method, "event.") && method != "event.get"
}

func (p *people) made() map[string]int {
	n := p.portal.Counters()
	return map[string]int{"leads": n.Leads, "deals": n.Deals, "contacts": n.Contacts, "comments": n.Comments}
}

func (p *people) addUsers(_ testing.TB, n int) {
	for range n {
		p.number++
		p.portal.AddUser("Сотрудник", strconv.Itoa(p.number), fmt.Sprintf("user%d@portal.example", p.number), "")
	}
}

// addContact makes it as a program does: people's forms in the emulator know one phone.
func (p *people) addContact(t testing.TB, name string, phones ...string) string {
	t.Helper()
	var list []map[string]string
	for _, phone := range phones {
		list = append(list, map[string]string{"VALUE": phone, "VALUE_TYPE": "WORK"})
	}
	body, err := json.Marshal(map[string]any{"fields": map[string]any{"NAME": name, "PHONE": list}})
	require.NoError(t, err)
	r := httptest.NewRequest(http.MethodPost, "http://127.0.0.1"+hookPath(p.portal)+"crm.contact.add.json", strings.NewReader(string(body)))
	r.Header.Set("Content-Type", "application/json")
	answer := httptest.NewRecorder()
	p.portal.ServeHTTP(answer, r)
	require.Equal(t, http.StatusOK, answer.Code, answer.Body.String())
	all := p.portal.Contacts()
	return strconv.Itoa(all[len(all)-1].ID)
}

func (p *people) addDeals(t testing.TB, n int) []string {
	t.Helper()
	out := make([]string, n)
	for i := range out {
		p.number++
		id, err := p.portal.CreateDeal(t.Context(), emulator.NewDeal{
			Title: fmt.Sprint("Заказ ", p.number), Sum: 100, Name: fmt.Sprint("Покупатель ", p.number), Phone: fmt.Sprintf("+7916%07d", p.number),
		})
		require.NoError(t, err)
		out[i] = strconv.Itoa(id)
	}
	return out
}

func (p *people) move(t testing.TB, id string, to deals.StageStatus) {
	t.Helper()
	n, err := strconv.Atoi(id)
	require.NoError(t, err)
	for _, d := range p.portal.Deals() {
		if d.ID != n {
			continue
		}
		stage := map[deals.StageStatus]string{deals.StageSuccess: "WON", deals.StageFailed: "LOSE", deals.StageInProcess: "PREPARATION"}[to]
		if to == deals.StageInProcess && strings.HasSuffix(d.Fields["STAGE_ID"], stage) {
			stage = "EXECUTING"
		}
		if funnel, _, ok := strings.Cut(d.Fields["STAGE_ID"], ":"); ok {
			stage = funnel + ":" + stage
		}
		require.NoError(t, p.portal.MoveDeal(t.Context(), n, stage, 0))
		return
	}
	require.Fail(t, "no such deal", id)
}

func (p *people) remove(t testing.TB, id string) {
	t.Helper()
	n, err := strconv.Atoi(id)
	require.NoError(t, err)
	require.NoError(t, p.portal.DeleteDeal(t.Context(), n))
}

func (p *people) settle(t testing.TB) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	require.NoError(t, p.portal.Settle(ctx))
}

// forge sends an event with another application's token.
func forge(h integrations.Hook) integrations.Hook {
	form, err := url.ParseQuery(string(h.Body))
	if err != nil {
		return h
	}
	form.Set("auth[application_token]", "anotherapplicationstoken")
	h.Body = []byte(form.Encode())
	return h
}
