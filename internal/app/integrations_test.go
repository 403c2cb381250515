package app_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	amocrm "github.com/skvoz/skvoz/connectors/amocrm/emulator"
	bitrix24 "github.com/skvoz/skvoz/connectors/bitrix24/emulator"
	"github.com/skvoz/skvoz/emulators/stand"
	"github.com/skvoz/skvoz/internal/config"
	"github.com/skvoz/skvoz/internal/observe"
	"github.com/skvoz/skvoz/store"
)

// shop is a tenant with a goal, whose server can reach the emulators.
type shop struct {
	*running
	*tenant
	stand *stand.Running
	goal  string
	// account is the tenant's.
	account string
	// visits counts those that came.
	visits int
}

func openShop(t *testing.T, engine store.Engine, marker string) *shop {
	t.Helper()
	emulators, err := stand.Start(t.Context(), stand.Config{Log: observe.Discard()})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, emulators.Close()) })
	r := startAppWith(t, engine, func(c *config.Serve) { c.IntegrationNetworks = []string{"loopback"} })
	email := "owner@" + marker + ".example"
	account := r.commandJSON(password+"\n", "account", "create", "--name", marker+" company", "--email", email)
	site := r.commandJSON("", "site", "create", "--account", account["account_id"], "--domain", marker+".example")
	token := r.commandJSON("", "token", "create", "--email", email, "--scope", "read,write", "--name", "own")
	s := &shop{running: r, tenant: &tenant{marker: marker, token: token["token"], siteKey: site["site_key"]}, stand: emulators, account: account["account_id"]}
	s.waitForSite(s.tenant)
	s.goal = s.gql(s.tenant, fmt.Sprintf(`mutation { createGoal(input: {siteId: %q, name: "Заказ", type: PAGE, conditions: {url: "/done", urlMatch: CONTAINS}}) { goal { id } } }`, site["site_id"]), "createGoal.goal.id")
	return s
}

// settings writes values as the API takes them.
func settings(values map[string][]string) string {
	var out []string
	for key, list := range values {
		quoted, _ := json.Marshal(list)
		out = append(out, fmt.Sprintf(`{key: %q, values: %s}`, key, quoted))
	}
	return "[" + strings.Join(out, ", ") + "]"
}

// connect attaches a system and switches it on.
func (s *shop) connect(kind string, values map[string][]string) string {
	s.t.Helper()
	id := s.gql(s.tenant, fmt.Sprintf(`mutation { createIntegration(input: {kind: %q}) { integration { id } } }`, kind), "createIntegration.integration.id")
	values["goals"] = []string{s.goal}
	s.gql(s.tenant, fmt.Sprintf(`mutation { updateIntegration(input: {id: %q, settings: %s}) { integration { id } } }`, id, settings(values)), "updateIntegration.integration.id")
	require.JSONEq(s.t, `{"data":{"integrationProblems":[]}}`, s.raw(s.token, fmt.Sprintf(`{ integrationProblems(id: %q) { key text { en } } }`, id)))
	require.Equal(s.t, "ACTIVE", s.gql(s.tenant, fmt.Sprintf(`mutation { activateIntegration(input: {id: %q}) { integration { state } } }`, id), "activateIntegration.integration.state"))
	require.Eventually(s.t, func() bool {
		return !strings.Contains(s.raw(s.token, fmt.Sprintf(`{ integration(id: %q) { sync { import { finishedAt } } } }`, id)), `"finishedAt":null`)
	}, 20*time.Second, 30*time.Millisecond, "the deals of the past are read")
	return id
}

// come makes a visit by an advertisement that reaches the goal and leaves contacts by the site's back end; it returns the session.
func (s *shop) come(tags, name, phone string) string {
	s.t.Helper()
	s.visits++
	nonce := func(n int) string { return fmt.Sprintf("%s%08dn%02d", s.marker, s.visits, n) }
	seed := fmt.Sprintf("%sseed%08d", s.marker, s.visits)
	var hit struct{ V, S, T, H int64 }
	s.form("/cs/h", url.Values{"k": {s.siteKey}, "n": {nonce(1)}, "f": {seed}, "u": {"https://" + s.marker + ".example/?" + tags}, "ti": {"page"}}, userAgent, &hit)
	require.NotZero(s.t, hit.H)
	ci := fmt.Sprintf("%d.%d.%d", hit.V, hit.S, hit.T)
	s.form("/cs/e", url.Values{
		"k": {s.siteKey}, "n": {nonce(2)}, "v": {strconv.FormatInt(hit.V, 10)}, "s": {strconv.FormatInt(hit.S, 10)}, "h": {strconv.FormatInt(hit.H, 10)},
		"u": {"https://" + s.marker + ".example/done"}, "g": {s.goal},
	}, userAgent, &struct{}{})
	var ok struct{ Success bool }
	s.form("/vc/s/", url.Values{"sk": {s.siteKey}, "ci": {ci}, "hi": {strconv.FormatInt(hit.H, 10)}, "vn": {name}, "vp": {phone}}, "", &ok)
	require.True(s.t, ok.Success)
	return strconv.FormatInt(hit.S, 10)
}

// check compares the counts of deals with the CRM's from the command line, before and after the CRM has one more that nobody told of.
func (s *shop) check(id string, crm *amocrm.Server) {
	s.t.Helper()
	check := []string{"integrations", "check", "--account", s.account, "--integration", id, "--integration-networks", "loopback"}
	code, out, errOut := s.command("", check...)
	require.Zero(s.t, code, "%s%s", out, errOut)
	require.Contains(s.t, out, "0 of ")
	crm.LoseWebhooks(10)
	_, err := crm.CreateLead(amocrm.NewLead{Name: "Нежданная"})
	require.NoError(s.t, err)
	code, out, errOut = s.command("", check...)
	require.Equal(s.t, 1, code, "%s%s", out, errOut)
	require.Contains(s.t, out, "1 of ", errOut)
	require.Contains(s.t, errOut, "the counts differ")
	code, out, _ = s.command("", "integrations", "list", "--account", s.account)
	require.Zero(s.t, code)
	require.Contains(s.t, out, "active, reading: ok")
}

// dealWith waits until a deal here has a state, and returns its id.
func (s *shop) dealWith(external, status string) string {
	s.t.Helper()
	var id string
	require.Eventually(s.t, func() bool {
		var answer struct {
			Data struct {
				Deals struct {
					Nodes []struct{ ID, ExternalID, Status, Match string }
				}
			}
		}
		raw := s.raw(s.token, `{ deals(first: 100) { nodes { id externalId status match } } }`)
		require.NoError(s.t, json.Unmarshal([]byte(raw), &answer), raw)
		for _, d := range answer.Data.Deals.Nodes {
			if d.ExternalID == external && d.Status == status && d.Match != "" {
				id = d.ID
				return true
			}
		}
		return false
	}, 15*time.Second, 30*time.Millisecond, "deal %s %s", external, status)
	return id
}

func (s *shop) shares(deal string) []string {
	s.t.Helper()
	b := &buyer{running: s.running, tenant: s.tenant, deal: deal}
	return b.touches(s.token, "last_click")
}

// TestGD_2_GD_3_GD_4_aGoalBecomesADealInAmoCRM walks from an advertisement to revenue through the emulator of amoCRM.
func TestGD_2_GD_3_GD_4_aGoalBecomesADealInAmoCRM(t *testing.T) {
	t.Parallel()
	eachEngine(t, func(t *testing.T, engine store.Engine) {
		s := openShop(t, engine, "amo")
		crm := s.stand.Vendor("amocrm").(*amocrm.Server)
		line := crm.Pipelines()[0]
		id := s.connect("amocrm", map[string][]string{
			"address": {s.stand.URL("amocrm")}, "token": {crm.Token()}, "funnel": {strconv.FormatInt(line.ID, 10)}, "stage": {strconv.FormatInt(line.Statuses[1].ID, 10)},
		})
		before := len(crm.Leads())
		began := time.Now()
		session := s.come("utm_source=yandex&utm_medium=cpc&utm_campaign=kitchens", "Анна", "+7 926 244-43-93")
		require.Eventually(t, func() bool { return len(crm.Leads()) > before }, 10*time.Second, 10*time.Millisecond)
		t.Logf("the deal was there after %v", time.Since(began).Round(time.Millisecond))
		leads := crm.Leads()
		lead := leads[0]
		for _, l := range leads {
			if l.ID > lead.ID {
				lead = l
			}
		}
		require.Equal(t, "Заказ: Анна (amo.example)", lead.Name)
		require.NoError(t, crm.MoveLead(lead.ID, line.ID, 142, 25000))
		deal := s.dealWith(strconv.FormatInt(lead.ID, 10), "SUCCESS")
		require.Equal(t, []string{session + " 1.000000 25000.00"}, s.shares(deal))
		s.check(id, crm)
	})
}

// TestGD_2_GD_3_GD_4_aGoalBecomesADealInBitrix24 does the same through the emulator of Bitrix24, whose incoming webhook tells of no changes: they are
// read now and then, and at once when asked for.
func TestGD_2_GD_3_GD_4_aGoalBecomesADealInBitrix24(t *testing.T) {
	t.Parallel()
	eachEngine(t, func(t *testing.T, engine store.Engine) {
		s := openShop(t, engine, "b24")
		crm := s.stand.Vendor("bitrix24").(*bitrix24.Server)
		crm.SetMode(bitrix24.Simple)
		id := s.connect("bitrix24", map[string][]string{"auth": {"webhook"}, "webhook": {crm.Webhook()}, "funnel": {"0"}, "stage": {"NEW"}})
		before := len(crm.Deals())
		session := s.come("utm_source=yandex&utm_medium=cpc&utm_campaign=kitchens", "Анна", "+7 926 244-43-93")
		require.Eventually(t, func() bool { return len(crm.Deals()) > before }, 10*time.Second, 10*time.Millisecond)
		newest := 0
		for _, d := range crm.Deals() {
			newest = max(newest, d.ID)
		}
		require.NoError(t, crm.MoveDeal(t.Context(), newest, "WON", 25000))
		s.gql(s.tenant, fmt.Sprintf(`mutation { syncIntegration(input: {id: %q}) { integration { id } } }`, id), "syncIntegration.integration.id")
		deal := s.dealWith(strconv.Itoa(newest), "SUCCESS")
		require.Equal(t, []string{session + " 1.000000 25000.00"}, s.shares(deal))
	})
}
