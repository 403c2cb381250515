package app_test

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	amocrm "github.com/skvoz/skvoz/connectors/amocrm/emulator"
	bitrix24 "github.com/skvoz/skvoz/connectors/bitrix24/emulator"
	"github.com/skvoz/skvoz/emulators/stand"
	"github.com/skvoz/skvoz/emulators/tally"
	"github.com/skvoz/skvoz/internal/config"
	"github.com/skvoz/skvoz/internal/emulation"
	"github.com/skvoz/skvoz/internal/observe"
	"github.com/skvoz/skvoz/internal/testkit"
	"github.com/skvoz/skvoz/store"
)

// The systems the faults are tried on.
const (
	kindAmo    = "amocrm"
	kindBitrix = "bitrix24"
)

// faultHurry is how much faster than a real one the emulated vendors are, and are asked.
const faultHurry = 20

// patience is how long anything may take on a busy machine.
const patience = 30 * time.Second

// market is a server that many shops share, each with emulators of its own.
type market struct {
	*running
	db *sql.DB
}

func openMarket(t *testing.T, engine store.Engine) *market {
	t.Helper()
	m := &market{running: startAppWith(t, engine, hurried)}
	driver, dsn := "pgx", m.dsn
	if engine == store.SQLite {
		driver, dsn = "sqlite3", "file:"+strings.TrimPrefix(m.dsn, "sqlite://")+"?_busy_timeout=20000"
	}
	db, err := sql.Open(driver, dsn)
	require.NoError(t, err)
	db.SetMaxOpenConns(1)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	m.db = db
	return m
}

func hurried(c *config.Serve) {
	c.IntegrationNetworks, c.IntegrationHurry = []string{"loopback"}, faultHurry
}

// patient is a shop whose CRM is about to fail.
type patient struct {
	*shop
	db      *sql.DB
	account string
	kind    string
	id      string
	vendor  emulation.Vendor
	kit     *emulation.Kit
	before  tally.Tally
	// phones are those of the people who reached the goal.
	phones  []string
	hurried time.Time
}

// admit opens a shop on a market, and a CRM that is not connected yet.
func (m *market) admit(t *testing.T, kind, marker string) *patient {
	t.Helper()
	vendors, err := stand.Start(t.Context(), stand.Config{Log: observe.Discard(), Makers: []stand.Maker{
		{Kind: kindAmo, New: func(kit *emulation.Kit, base string) emulation.Vendor {
			return amocrm.New(kit, amocrm.Options{BaseURL: base, Rate: 7 * faultHurry, AccountRate: 50 * faultHurry, AnyLoopbackRedirect: true})
		}},
		{Kind: kindBitrix, New: func(kit *emulation.Kit, base string) emulation.Vendor {
			return bitrix24.New(kit, bitrix24.Options{BaseURL: base, LeakPerSecond: 2 * faultHurry, Mode: bitrix24.Simple})
		}},
	}})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, vendors.Close()) })
	r := *m.running
	r.t = t
	email := "owner@" + marker + ".example"
	account := r.commandJSON(password+"\n", "account", "create", "--name", marker+" company", "--email", email)
	site := r.commandJSON("", "site", "create", "--account", account["account_id"], "--domain", marker+".example")
	token := r.commandJSON("", "token", "create", "--email", email, "--scope", "read,write", "--name", "own")
	s := &shop{running: &r, tenant: &tenant{marker: marker, token: token["token"], siteKey: site["site_key"]}, stand: vendors}
	s.waitForSite(s.tenant)
	s.goal = s.gql(s.tenant, fmt.Sprintf(`mutation { createGoal(input: {siteId: %q, name: "Заказ", type: PAGE, conditions: {url: "/done", urlMatch: CONTAINS}}) { goal { id } } }`, site["site_id"]), "createGoal.goal.id")
	p := &patient{shop: s, db: m.db, account: account["account_id"], kind: kind, vendor: vendors.Vendor(kind), kit: vendors.Kit(kind)}
	p.id = p.gql(p.tenant, fmt.Sprintf(`mutation { createIntegration(input: {kind: %q}) { integration { id } } }`, kind), "createIntegration.integration.id")
	p.before = tally.Of(p.vendor)
	return p
}

func (p *patient) amo() *amocrm.Server      { return p.vendor.(*amocrm.Server) }
func (p *patient) bitrix() *bitrix24.Server { return p.vendor.(*bitrix24.Server) }

func (p *patient) set(values map[string][]string) {
	p.t.Helper()
	p.gql(p.tenant, fmt.Sprintf(`mutation { updateIntegration(input: {id: %q, settings: %s}) { integration { id } } }`, p.id, settings(values)), "updateIntegration.integration.id")
}

func (p *patient) activate() {
	p.t.Helper()
	require.Equal(p.t, "ACTIVE", p.gql(p.tenant, fmt.Sprintf(`mutation { activateIntegration(input: {id: %q}) { integration { state } } }`, p.id), "activateIntegration.integration.state"))
}

// place says what is sent where; deals are read when in is true.
func (p *patient) place(in bool) {
	p.t.Helper()
	values := map[string][]string{"goals": {p.goal}, "deals_in": {strconv.FormatBool(in)}, "funnel": {"0"}, "stage": {"NEW"}}
	if p.kind == kindAmo {
		line := p.amo().Pipelines()[0]
		values["funnel"], values["stage"] = []string{strconv.FormatInt(line.ID, 10)}, []string{strconv.FormatInt(line.Statuses[1].ID, 10)}
	}
	p.set(values)
	p.activate()
}

// byKey connects with the key a person types.
func (p *patient) byKey(in bool) *patient {
	p.t.Helper()
	p.typeKey()
	p.place(in)
	return p
}

func (p *patient) typeKey() {
	p.t.Helper()
	if p.kind == kindAmo {
		p.set(map[string][]string{"address": {p.stand.URL(kindAmo)}, "token": {p.amo().Token()}})
		return
	}
	p.set(map[string][]string{"auth": {"webhook"}, "webhook": {p.bitrix().Webhook()}})
}

// byButton connects as an application, with tokens that are renewed and webhooks that come.
func (p *patient) byButton(in bool) *patient {
	p.t.Helper()
	values := map[string][]string{"address": {p.stand.URL(p.kind)}}
	for _, c := range p.vendor.Credentials() {
		if c.Setting == "client_id" || c.Setting == "client_secret" {
			values[c.Setting] = []string{c.Value}
		}
	}
	values["auth"] = []string{map[string]string{kindAmo: "oauth", kindBitrix: "app"}[p.kind]}
	p.set(values)
	p.allow()
	p.place(in)
	return p
}

// allow is the person at the vendor who lets us in.
func (p *patient) allow() {
	p.t.Helper()
	field := func(name string) string {
		return p.gql(p.tenant, fmt.Sprintf(`{ integration(id: %q) { %s } }`, p.id, name), "integration."+name)
	}
	if p.kind == kindBitrix {
		done, err := p.bitrix().InstallApp(p.t.Context(), bitrix24.Install{Handler: field("hookUrl"), Redirect: field("redirectUrl")})
		require.NoError(p.t, err)
		p.await("the application's keys", func() bool {
			return strings.Contains(p.raw(p.token, fmt.Sprintf(`mutation { testIntegration(input: {id: %q}) { account { id } } }`, p.id)), `"id":`)
		}, "the answer to the installation: "+done.Answer)
		return
	}
	page := p.gql(p.tenant, fmt.Sprintf(`mutation { startIntegrationAuthorization(input: {id: %q}) { url } }`, p.id), "startIntegrationAuthorization.url")
	u, err := url.Parse(page)
	require.NoError(p.t, err)
	code := p.amo().Authorize(field("redirectUrl"))
	answer := p.raw(p.token, fmt.Sprintf(`mutation { finishIntegrationAuthorization(input: {query: [{name: "code", value: %q}, {name: "state", value: %q}]}) { failure { kind detail } } }`,
		code, u.Query().Get("state")))
	require.JSONEq(p.t, `{"data":{"finishIntegrationAuthorization":{"failure":null}}}`, answer)
}

// reach lets so many new people reach the goal and leave their phones.
func (p *patient) reach(people int) {
	p.t.Helper()
	for range people {
		phone := fmt.Sprintf("7926555%04d", len(p.phones))
		p.come("utm_source=yandex&utm_medium=cpc", "Анна", phone)
		p.phones = append(p.phones, phone)
	}
}

// await polls with a deadline. The first of more is said when it passes.
func (p *patient) await(what string, ok func() bool, more ...string) {
	p.t.Helper()
	deadline := time.Now().Add(patience)
	testkit.Eventually(p.t, 2*patience, func() bool {
		done := ok()
		if !done && time.Now().After(deadline) {
			p.t.Fatalf("not within %s: %s %v: %s", patience, what, more, p.raw(p.token, fmt.Sprintf(`{ integration(id: %q) { state sync { state failure { kind detail } } }
				integrationJobs(id: %q) { nodes { kind state attempt runAt failure { kind detail } } } }`, p.id, p.id)))
		}
		return done
	}, what)
}

// hasten lets waiting deliveries run at once, as if the time had passed; no more than a few times a second.
func (p *patient) hasten() {
	p.t.Helper()
	if time.Since(p.hurried) < 100*time.Millisecond {
		return
	}
	p.hurried = time.Now()
	_, err := p.db.ExecContext(p.t.Context(), "UPDATE jobs SET run_at = 1 WHERE account_id = "+p.account+" AND kind = 'deliver' AND state = 'waiting' AND run_at > 1")
	require.NoError(p.t, err)
}

// delivery is a delivery as the journal shows it.
type delivery struct {
	State   string
	Attempt int
	Failure *struct{ Kind string }
}

func (p *patient) deliveries() []delivery {
	p.t.Helper()
	raw := p.raw(p.token, fmt.Sprintf(`{ integrationJobs(id: %q, first: 100, filter: {kinds: [DELIVER]}) { nodes { state attempt failure { kind } } } }`, p.id))
	var answer struct {
		Data struct {
			IntegrationJobs struct{ Nodes []delivery }
		}
	}
	require.NoError(p.t, json.Unmarshal([]byte(raw), &answer), raw)
	require.NotContains(p.t, raw, `"errors"`)
	return answer.Data.IntegrationJobs.Nodes
}

// failed reports whether every delivery that is open has failed with a kind, at least so many times.
func (p *patient) failed(kind string, times int) bool {
	p.t.Helper()
	open := 0
	for _, d := range p.deliveries() {
		if d.State == "DONE" {
			continue
		}
		require.NotEqual(p.t, "PARKED", d.State)
		open++
		if d.State != "WAITING" || d.Failure == nil || d.Failure.Kind != kind || d.Attempt < times {
			return false
		}
	}
	return open > 0
}

func (p *patient) state() string {
	p.t.Helper()
	return p.gql(p.tenant, fmt.Sprintf(`{ integration(id: %q) { state } }`, p.id), "integration.state")
}

// requireOneOfEach waits until all deliveries are done and counts: one contact, one deal, one note for each who reached the goal, nothing else.
func (p *patient) requireOneOfEach() {
	p.t.Helper()
	p.await("the deliveries", func() bool {
		p.hasten()
		done := 0
		for _, d := range p.deliveries() {
			require.NotEqual(p.t, "PARKED", d.State, "%+v", d.Failure)
			if d.State == "DONE" {
				done++
			}
		}
		return done == len(p.phones)
	})
	got := tally.Of(p.vendor)
	people := map[string]int{}
	for _, phone := range p.phones {
		people[phone] = 1
	}
	with := func(before map[string]int) map[string]int {
		out := maps.Clone(before)
		maps.Copy(out, people)
		return out
	}
	require.Empty(p.t, tally.Unlike(got.Contacts, with(p.before.Contacts)), "contacts")
	require.Empty(p.t, tally.Unlike(got.Deals, with(p.before.Deals)), "deals")
	require.Empty(p.t, tally.Unlike(got.Notes, with(p.before.Notes)), "notes")
}

func (p *patient) fail(faults ...emulation.Fault) {
	p.t.Helper()
	for _, f := range faults {
		require.NoError(p.t, p.kit.Faults.Add(f))
	}
}

// struck reports whether all faults that strike a number of times have done so.
func (p *patient) struck() bool {
	for _, f := range p.kit.Faults.List() {
		if f.Times > 0 {
			return false
		}
	}
	return true
}

// steps are the requests of a delivery that make something, in their order: contact, deal, note.
func (p *patient) steps(kind emulation.FaultKind, delay int) [][]emulation.Fault {
	once := func(path string) emulation.Fault {
		return emulation.Fault{Kind: kind, Method: "POST", Path: path, Times: 1, DelayMS: delay}
	}
	if p.kind == kindBitrix {
		return [][]emulation.Fault{{once("crm.contact.add")}, {once("crm.deal.add")}, {once("crm.timeline.comment.add")}}
	}
	notes := emulation.Fault{Kind: emulation.FaultSlow, Method: "POST", Path: "/notes", DelayMS: 1} // so that the next one does not strike them
	return [][]emulation.Fault{{once("/api/v4/contacts")}, {notes, once("/api/v4/leads")}, {once("/notes")}}
}
