package amocrm_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/connectors/amocrm"
	"github.com/skvoz/skvoz/connectors/amocrm/emulator"
	"github.com/skvoz/skvoz/connectors/connectortest"
	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/deals"
	"github.com/skvoz/skvoz/core/integrations"
	"github.com/skvoz/skvoz/internal/emulation"
	"github.com/skvoz/skvoz/internal/httpclient"
	"github.com/skvoz/skvoz/internal/testkit"
)

func TestConformance(t *testing.T) { //nolint:paralleltest // it looks for goroutines that are left
	connectortest.Run(t, byToken(nil), byOAuth(), byToken(map[string]string{"inbox": "true"}))
}

func FuzzGenuineHooks(f *testing.F) { connectortest.FuzzHooks(f, byToken(nil)) }

// way is what all ways to connect have in common.
func way(name string, start func(p *people) *connectortest.Vendor) connectortest.Way {
	return connectortest.Way{
		Name: name, DealPage: 250, UserPage: 250,
		Driver: func(http *httpclient.Client, clock core.Clock) integrations.Driver {
			return amocrm.Driver(amocrm.Deps{HTTP: http, Clock: clock})
		},
		Start: func(t testing.TB, kit *emulation.Kit) *connectortest.Vendor {
			t.Helper()
			return start(newPeople(t, kit))
		},
		Limited: func(t testing.TB, kit *emulation.Kit) *connectortest.Vendor {
			t.Helper()
			v := start(newPeople(t, kit))
			v.Handler = noAdmin(v.Handler)
			return v
		},
	}
}

func byToken(settings map[string]string) connectortest.Way {
	name := "long-lived token"
	if settings["inbox"] == "true" {
		name = "inbox"
	}
	return way(name, func(p *people) *connectortest.Vendor {
		v := p.vendor()
		for key, value := range settings {
			v.Settings.Set(key, value)
		}
		v.Secrets = map[string]string{"token": p.amo.Token()}
		v.SpoilKey = func(secrets map[string]string) { secrets["token"] = "a.wrong-token.of-nobody" }
		return v
	})
}

func byOAuth() connectortest.Way {
	return way("OAuth", func(p *people) *connectortest.Vendor {
		const redirect = "https://stat.example.ru/connect"
		v := p.vendor()
		v.Settings.Set("auth", "oauth")
		for _, c := range p.amo.Credentials() {
			switch c.Setting {
			case "client_id":
				v.Settings.Set("client_id", c.Value)
			case "client_secret":
				v.Secrets = map[string]string{"client_secret": c.Value}
			}
		}
		v.SpoilKey = func(secrets map[string]string) {
			secrets["access_token"], secrets["refresh_token"] = "wrong-access", "wrong-refresh"
		}
		v.Expire = p.amo.ExpireAccessTokens
		v.Renews = func(e emulation.Entry) bool {
			return e.Path == "/oauth2/access_token" && strings.Contains(e.Request, `"refresh_token"`)
		}
		v.Connect = func(t testing.TB, d integrations.Driver, s integrations.Session, _ *connectortest.Door) {
			t.Helper()
			p.amo.SetBaseURL(s.Settings.Text("address"))
			p.amo.RegisterRedirect(redirect)
			require.NoError(t, d.Authorize.Finish(t.Context(), s, map[string]string{"code": p.amo.Authorize(redirect), "state": "s"}, redirect))
		}
		return v
	})
}

// noAdmin is the account to one who is not its administrator.
func noAdmin(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer := httptest.NewRecorder()
		next.ServeHTTP(answer, r)
		maps.Copy(w.Header(), answer.Header())
		w.WriteHeader(answer.Code)
		_, _ = w.Write([]byte(strings.ReplaceAll(answer.Body.String(), `"is_admin":true`, `"is_admin":false`)))
	})
}

// people do in amoCRM what people do there.
type people struct {
	amo    *emulator.Server
	number int
}

func newPeople(t testing.TB, kit *emulation.Kit) *people {
	t.Helper()
	amo := emulator.New(kit, emulator.Options{Rate: 1 << 20, AccountRate: 1 << 20, BanAfter: -1})
	t.Cleanup(amo.Close)
	return &people{amo: amo}
}

func (p *people) vendor() *connectortest.Vendor {
	main := p.amo.Pipelines()[0]
	return &connectortest.Vendor{
		Handler: p.amo, Settings: integrations.Values{}, Public: []string{"expires_at", "redirect_url", "account_id"},
		Place:   func(url string, settings integrations.Values, _ map[string]string) { settings.Set("address", url) },
		Changes: changes, Made: p.made, Revoke: p.amo.RevokeAccess, Ban: func() { p.amo.Ban(true) }, LeaveUnpaid: func() { p.amo.Unpaid(true) },
		AddUsers: p.addUsers, AddContact: p.addContact, AddDeals: p.addDeals, Move: p.move, Delete: p.remove, Settle: p.settle, Forge: forge,
		FunnelID: fmt.Sprint(main.ID), StageID: fmt.Sprint(main.Statuses[1].ID), Responsible: fmt.Sprint(p.amo.Users()[1].ID),
		Field: integrations.FieldValue{ID: "code:UTM_TERM", Value: "кухни на заказ"},
	}
}

func changes(e emulation.Entry) bool {
	return e.Method != http.MethodGet && strings.HasPrefix(e.Path, "/api/")
}

func (p *people) made() map[string]int {
	n := p.amo.Counts()
	return map[string]int{"leads": n.Leads, "contacts": n.Contacts, "notes": n.Notes, "calls": n.Calls, "unsorted": n.Unsorted}
}

func (p *people) addUsers(_ testing.TB, n int) {
	for range n {
		p.number++
		p.amo.AddUser(fmt.Sprint("Сотрудник ", p.number), fmt.Sprintf("user%d@example.ru", p.number), false)
	}
}

// addContact makes it as a program does: people's forms in the emulator know one phone.
func (p *people) addContact(t testing.TB, name string, phones ...string) string {
	t.Helper()
	type value struct {
		Value string `json:"value"`
	}
	values := make([]value, len(phones))
	for i, phone := range phones {
		values[i] = value{phone}
	}
	body, err := json.Marshal([]any{map[string]any{"name": name, "custom_fields_values": []any{map[string]any{"field_code": "PHONE", "values": values}}}})
	require.NoError(t, err)
	r := httptest.NewRequest(http.MethodPost, "http://127.0.0.1/api/v4/contacts", strings.NewReader(string(body)))
	r.Header.Set("Authorization", "Bearer "+p.amo.Token())
	r.Header.Set("Content-Type", "application/json")
	answer := httptest.NewRecorder()
	p.amo.ServeHTTP(answer, r)
	require.Equal(t, http.StatusOK, answer.Code, answer.Body.String())
	all := p.amo.Contacts()
	return fmt.Sprint(all[len(all)-1].ID)
}

func (p *people) addDeals(t testing.TB, n int) []string {
	t.Helper()
	main := p.amo.Pipelines()[0]
	out := make([]string, n)
	for i := range out {
		p.number++
		id, err := p.amo.CreateLead(emulator.NewLead{
			Name: fmt.Sprint("Заказ ", p.number), Price: 100, StatusID: main.Statuses[1].ID, ContactName: fmt.Sprint("Покупатель ", p.number),
			Phone: fmt.Sprintf("+7916%07d", p.number),
		})
		require.NoError(t, err)
		out[i] = fmt.Sprint(id)
	}
	return out
}

func (p *people) move(t testing.TB, id string, to deals.StageStatus) {
	t.Helper()
	lead, ok := p.amo.Lead(number(t, id))
	require.True(t, ok)
	status := map[deals.StageStatus]int64{deals.StageSuccess: emulator.StatusWon, deals.StageFailed: emulator.StatusLost}[to]
	for _, s := range p.amo.Pipelines()[0].Statuses[1:] {
		if status == 0 && s.ID != lead.StatusID {
			status = s.ID
		}
	}
	require.NoError(t, p.amo.MoveLead(lead.ID, 0, status, -1))
}

func (p *people) remove(t testing.TB, id string) {
	t.Helper()
	require.NoError(t, p.amo.DeleteLead(number(t, id)))
}

func number(t testing.TB, id string) int64 {
	t.Helper()
	var n int64
	_, err := fmt.Sscan(id, &n)
	require.NoError(t, err)
	return n
}

func (p *people) settle(t testing.TB) {
	t.Helper()
	testkit.Eventually(t, 10*time.Second, func() bool {
		for _, d := range p.amo.Deliveries() {
			if d.State == emulator.DeliveryWaiting && len(d.Statuses) == 0 {
				return false
			}
		}
		return true
	}, "webhooks are sent")
}

// forge has another account send a webhook.
func forge(h integrations.Hook) integrations.Hook {
	form, err := url.ParseQuery(string(h.Body))
	if err != nil {
		return h
	}
	form.Set("account[id]", "12345678")
	h.Body = []byte(form.Encode())
	return h
}
