package app_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/store"
)

// buyer is a visitor of a tenant's site who comes by two sources, leaves a request each time, becomes a contact of the CRM in between, and buys.
type buyer struct {
	*running
	*tenant
	visits [2]string // session ids
	crm    string
	deal   string
}

// TestAN_7_OC_2_GD_3_partnerAsksWhichAdvertisingLedToADeal walks the whole way by HTTP: two visits with requests, a contact of the CRM created
// between them, a deal of 1000.01 after them, and looks at its shares and at the reports under several models.
func TestAN_7_OC_2_GD_3_partnerAsksWhichAdvertisingLedToADeal(t *testing.T) {
	t.Parallel()
	eachEngine(t, func(t *testing.T, engine store.Engine) {
		b := startApp(t, engine).buy("alpha")
		first, second := b.visits[0], b.visits[1]
		require.Equal(t, []string{second + " 1.000000 1000.01"}, b.touches(b.token, "last_click"))
		require.Equal(t, []string{first + " 1.000000 1000.01"}, b.touches(b.token, "first_click"))
		require.Equal(t, []string{first + " 0.500000 500.01", second + " 0.500000 500.00"}, b.touches(b.token, "linear"), "the odd minor unit goes to the earlier one")
		require.Equal(t, []string{first + " 0.200000 200.00", second + " 0.800000 800.01"}, b.touches(b.token, "position_based_105040"), "10 : 40 of two visits")
		require.Equal(t, []string{first + " 0.500000 500.01", second + " 0.500000 500.00"}, b.touches(b.token, "shapley"))
		require.Equal(t, []string{first + " 0.500000 500.01", second + " 0.500000 500.00"}, b.touches(b.token, "markov"), "without either the deal is lost")
		require.Equal(t, map[string]float64{"yandex": 0, "vk": 1}, b.dealsBySource("last_click"))
		require.Equal(t, map[string]float64{"yandex": 0.5, "vk": 0.5}, b.dealsBySource("linear"))
		behind := `{"data":{"reportPathFacts":{"totalCount":1,"nodes":[{"share":1,"deal":{"id":"` + b.deal + `"}}]}}}`
		for _, selection := range []string{`steps: ["yandex", "vk"]`, `lengthFrom: 2, lengthTo: 2`, `lengthFrom: 1`, `lagFrom: 0, lagTo: 0`, `lagTo: 3`} {
			require.JSONEq(t, behind, b.pathFacts(selection), selection)
		}
		for _, selection := range []string{`steps: []`, `steps: ["vk", "yandex"]`, `lengthFrom: 3`, `lagFrom: 1`} {
			require.JSONEq(t, `{"data":{"reportPathFacts":{"totalCount":0,"nodes":[]}}}`, b.pathFacts(selection), selection)
		}
		for _, selection := range []string{`steps: null`, `steps: [], lagFrom: 0`} {
			require.Contains(t, b.pathFacts(selection), `"one_selection"`, selection)
		}

		b.gql(b.tenant, fmt.Sprintf(`mutation { updateCrm(input: {id: %q, conversionModel: LAST_BEFORE_CONTACT}) { crm { id } } }`, b.crm), "updateCrm.crm.id")
		require.Equal(t, []string{first + " 1.000000 1000.01"}, b.touches(b.token, "last_click"), "the second visit came after the contact was created")
		require.Equal(t, map[string]float64{"yandex": 1, "vk": 0}, b.dealsBySource("last_click"), "reports follow at once")

		require.Equal(t, "PHONE", b.gql(b.tenant, `{ deals(filter: {matches: [PHONE, AMBIGUOUS]}) { nodes { match } } }`, "deals.nodes.0.match"))
		require.JSONEq(t, `{"data":{"deals":{"nodes":[]}}}`, b.raw(b.token, `{ deals(filter: {matches: [ID, AMBIGUOUS, NONE]}) { nodes { match } } }`))

		partner := b.commandJSON("", "token", "create", "--email", "owner@alpha.example", "--scope", "attribution", "--name", "partner")["token"]
		require.Equal(t, []string{first + " 1.000000 1000.01"}, b.touches(partner, "linear"))
		for _, query := range []string{`{ deals { nodes { id } } }`, `{ visitors { nodes { id } } }`, `{ deal(id: "` + b.deal + `") { contact { name } } }`, `{ deal(id: "` + b.deal + `") { links { matchedValue } } }`} {
			require.Contains(t, b.raw(partner, query), `"FORBIDDEN"`, query)
			require.NotContains(t, b.raw(partner, query), phoneOf("alpha"))
		}
	})
}

// TestIC_8_firstAndRepeatAppointmentsAndPatientsAreColumns loads appointments of two funnels, as a clinic does: two patients come for the first time,
// one of them again.
func TestIC_8_firstAndRepeatAppointmentsAndPatientsAreColumns(t *testing.T) {
	t.Parallel()
	eachEngine(t, func(t *testing.T, engine store.Engine) {
		r := startApp(t, engine)
		email := "owner@clinic.example"
		r.commandJSON(password+"\n", "account", "create", "--name", "Clinic", "--email", email)
		x := &tenant{token: r.commandJSON("", "token", "create", "--email", email, "--scope", "read,write", "--name", "own")["token"]}
		crm := r.gql(x, `{ crms { id } }`, "crms.0.id")
		funnels := map[string]string{}
		for _, name := range []string{"first", "repeat"} {
			funnels[name] = r.gql(x, fmt.Sprintf(`mutation { createFunnel(input: {crmId: %q, externalId: %q, name: %q, inProcess: [{externalId: "appointment", name: "Appointment"},
				{externalId: "visit", name: "Visit"}], success: {externalId: "done", name: "Done"}, failed: {externalId: "off", name: "Off"}}) { funnel { id } } }`, crm, name, name), "createFunnel.funnel.id")
		}
		r.gql(x, fmt.Sprintf(`mutation { uploadDealContacts(input: {crmId: %q, contacts: [{externalId: "ann", name: "Ann"}, {externalId: "bob", name: "Bob"}]}) { count } }`, crm), "uploadDealContacts.count")
		at := now()
		for i, of := range [][2]string{{"first", "ann"}, {"first", "bob"}, {"repeat", "ann"}} {
			r.gql(x, fmt.Sprintf(`mutation { uploadDeals(input: {crmId: %q, deals: [{externalId: "a%d", name: "Appointment", createdAt: %q, stageAt: %q, contactExternalIds: [%q],
				mainContactExternalId: %q, funnelExternalId: %q, stageExternalId: "appointment"}]}) { count } }`, crm, i, at, at, of[1], of[1], of[0]), "uploadDeals.count")
		}
		today := time.Now().UTC()
		for chosen, want := range map[string]string{
			"": "[3 2]", fmt.Sprintf("funnelIds: [%q]", funnels["first"]): "[2 2]", fmt.Sprintf("funnelIds: [%q]", funnels["repeat"]): "[1 1]",
		} {
			query := fmt.Sprintf(`{ report(input: {report: END_TO_END, period: {from: %q, to: %q}, dimensions: ["source"], columns: [{metric: "deals"}, {metric: "deal_contacts"}], %s}) { totals } }`,
				today.AddDate(0, 0, -1).Format(time.DateOnly), today.AddDate(0, 0, 1).Format(time.DateOnly), chosen)
			require.Equal(t, want, r.gql(x, query, "report.totals"), chosen)
		}
		require.Equal(t, "APPOINTMENTS", r.gql(x, fmt.Sprintf(`mutation { updateCrm(input: {id: %q, terms: APPOINTMENTS}) { crm { terms } } }`, crm), "updateCrm.crm.terms"))
	})
}

// buy makes the buyer and waits until the deal is linked.
func (r *running) buy(marker string) *buyer {
	r.t.Helper()
	email := "owner@" + marker + ".example"
	account := r.commandJSON(password+"\n", "account", "create", "--name", marker+" company", "--email", email)
	site := r.commandJSON("", "site", "create", "--account", account["account_id"], "--domain", marker+".example")
	token := r.commandJSON("", "token", "create", "--email", email, "--scope", "read,write", "--name", "own")
	b := &buyer{running: r, tenant: &tenant{marker: marker, token: token["token"], siteKey: site["site_key"]}}
	r.waitForSite(b.tenant)
	b.visits[0] = b.come(1, "utm_source=yandex&utm_medium=cpc&utm_campaign=spring")
	b.crm = r.gql(b.tenant, `{ crms { id } }`, "crms.0.id")
	r.gql(b.tenant, fmt.Sprintf(`mutation { uploadDealContacts(input: {crmId: %q, contacts: [{externalId: "c", name: "Buyer", createdAt: %q, phones: [%q]}]}) { count } }`,
		b.crm, now(), phoneOf(marker)), "uploadDealContacts.count")
	nextSecond(r.t) // what happens within the second of a creation counts as before it
	b.visits[1] = b.come(2, "utm_source=vk&utm_medium=social&utm_campaign=summer")
	r.gql(b.tenant, fmt.Sprintf(`mutation { createFunnel(input: {crmId: %q, externalId: "f", name: "Sales", inProcess: [{externalId: "new", name: "New"}],
		success: {externalId: "won", name: "Won"}, failed: {externalId: "lost", name: "Lost"}}) { funnel { id } } }`, b.crm), "createFunnel.funnel.id")
	at := now()
	r.gql(b.tenant, fmt.Sprintf(`mutation { uploadDeals(input: {crmId: %q, deals: [{externalId: "d", name: "Deal", createdAt: %q, stageAt: %q, contactExternalIds: ["c"],
		mainContactExternalId: "c", revenue: "1000.01", funnelExternalId: "f", stageExternalId: "won"}]}) { count } }`, b.crm, at, at), "uploadDeals.count")
	b.deal = r.gql(b.tenant, `{ deals { nodes { id } } }`, "deals.nodes.0.id")
	require.Eventually(r.t, func() bool {
		return r.gql(b.tenant, `{ deals { nodes { links { communicationId } } } }`, "deals.nodes.0.links.1.communicationId") != ""
	}, 10*time.Second, 20*time.Millisecond)
	return b
}

// now is a moment not before anything that was answered already.
func now() string { return time.Now().UTC().Truncate(time.Millisecond).Format(time.RFC3339Nano) }

// nextSecond waits for the clock to begin another second.
func nextSecond(t *testing.T) {
	t.Helper()
	began := time.Now().Unix()
	require.Eventually(t, func() bool { return time.Now().Unix() > began }, 5*time.Second, 10*time.Millisecond)
}

// come makes a visit with a request and returns its session.
func (b *buyer) come(number int, tags string) string {
	b.t.Helper()
	page := "https://" + b.marker + ".example/?" + tags
	var hit struct{ V, S, T, H int64 }
	b.form("/cs/h", url.Values{
		"k": {b.siteKey}, "n": {fmt.Sprintf("%snonce00000%d", b.marker, number)}, "f": {b.marker + "seed0000001"}, "u": {page}, "ti": {"page"},
	}, userAgent, &hit)
	require.NotZero(b.t, hit.H)
	var ok struct{ Success bool }
	b.form("/api/add_offline_message/", url.Values{
		"site_key": {b.siteKey}, "visitor_id": {strconv.FormatInt(hit.V, 10)}, "session_id": {strconv.FormatInt(hit.S, 10)},
		"hit_id": {strconv.FormatInt(hit.H, 10)}, "name": {"Buyer"}, "phone": {phoneOf(b.marker)}, "text": {fmt.Sprintf("request %d", number)},
	}, "", &ok)
	require.True(b.t, ok.Success)
	return strconv.FormatInt(hit.S, 10)
}

// touches returns the visits that share in the deal, each as "session weight money".
func (b *buyer) touches(token, model string) []string {
	b.t.Helper()
	answer := b.raw(token, fmt.Sprintf(`{ deal(id: %q) { attribution(model: %q) { touches { sessionId weight revenue { amount } source { channel } keyword matchedBy } } } }`, b.deal, model))
	var parsed struct {
		Data struct {
			Deal struct {
				Attribution struct {
					Touches []struct {
						SessionID string
						Weight    float64
						Revenue   struct{ Amount string }
					}
				}
			}
		}
	}
	require.NoError(b.t, json.Unmarshal([]byte(answer), &parsed), answer)
	require.NotContains(b.t, answer, `"errors"`)
	var out []string
	for _, touch := range parsed.Data.Deal.Attribution.Touches {
		out = append(out, fmt.Sprintf("%s %.6f %s", touch.SessionID, touch.Weight, touch.Revenue.Amount))
	}
	return out
}

// pathFacts are the deals of these days whose paths of sources are chosen by a selection.
func (b *buyer) pathFacts(selection string) string {
	b.t.Helper()
	today := time.Now().UTC()
	return b.raw(b.token, fmt.Sprintf(`{ reportPathFacts(input: {report: ASSOCIATED, period: {from: %q, to: %q}, dimensions: ["source"], columns: [{metric: "deals"}]}, unit: SOURCE, %s)
		{ totalCount nodes { share deal { id } } } }`, today.AddDate(0, 0, -2).Format(time.DateOnly), today.AddDate(0, 0, 2).Format(time.DateOnly), selection))
}

// dealsBySource counts today's deals by source in the report on end-to-end analytics; sources of visits without a share count 0.
func (b *buyer) dealsBySource(model string) map[string]float64 {
	b.t.Helper()
	today := time.Now().UTC()
	answer := b.raw(b.token, fmt.Sprintf(`{ report(input: {report: END_TO_END, period: {from: %q, to: %q}, dimensions: ["source"], columns: [{metric: "deals"}, {metric: "visits"}], model: %q}) { rows totals } }`,
		today.AddDate(0, 0, -1).Format(time.DateOnly), today.AddDate(0, 0, 1).Format(time.DateOnly), model))
	var parsed struct {
		Data struct {
			Report struct {
				Rows []struct {
					Key    string
					Values []float64
				}
				Totals []float64
			}
		}
	}
	require.NoError(b.t, json.Unmarshal([]byte(answer), &parsed), answer)
	require.Equal(b.t, []float64{1, 2}, parsed.Data.Report.Totals, answer)
	out := map[string]float64{}
	for _, row := range parsed.Data.Report.Rows {
		out[row.Key] = row.Values[0]
	}
	return out
}
