package e2e

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	amocrm "github.com/skvoz/skvoz/connectors/amocrm/emulator"
	bitrix24 "github.com/skvoz/skvoz/connectors/bitrix24/emulator"
	"github.com/skvoz/skvoz/emulators/stand"
	"github.com/skvoz/skvoz/emulators/tally"
	"github.com/skvoz/skvoz/internal/emulation"
	"github.com/skvoz/skvoz/internal/testkit"
)

const (
	killedGoals = 240
	// hurry is how much faster than a real one the emulated vendor is, and is asked.
	hurry = 50
)

// emulated is a CRM that goals are delivered to.
type emulated struct {
	kind string
	// settings connect to it.
	settings func(r *stand.Running) map[string][]string
	// holds are faults that keep the answers of what makes a contact, a deal and a note, one fault or more each.
	holds [][]emulation.Fault
}

// held is longer than any test: only the end of the connection ends it, and the vendor then carries the request out all the same.
const held = 5 * 60 * 1000

func emulatedCRMs() []emulated {
	hold := func(path string) emulation.Fault {
		return emulation.Fault{Kind: emulation.FaultSlow, Method: "POST", Path: path, Times: 1, DelayMS: held}
	}
	return []emulated{
		{
			kind: "amocrm", settings: amoSettings,
			holds: [][]emulation.Fault{
				{hold("/api/v4/contacts")},
				{{Kind: emulation.FaultSlow, Method: "POST", Path: "/notes", DelayMS: 1}, hold("/api/v4/leads")},
				{hold("/notes")},
			},
		},
		{
			kind: "bitrix24", settings: bitrixSettings,
			holds: [][]emulation.Fault{{hold("crm.contact.add")}, {hold("crm.deal.add")}, {hold("crm.timeline.comment.add")}},
		},
	}
}

// startHurried runs the emulators at limits that are as much higher as they are asked faster.
func startHurried(t *testing.T) *stand.Running {
	t.Helper()
	r, err := stand.Start(t.Context(), stand.Config{Makers: []stand.Maker{
		{Kind: "amocrm", New: func(kit *emulation.Kit, base string) emulation.Vendor {
			return amocrm.New(kit, amocrm.Options{BaseURL: base, Rate: 7 * hurry, AccountRate: 50 * hurry})
		}},
		{Kind: "bitrix24", New: func(kit *emulation.Kit, base string) emulation.Vendor {
			return bitrix24.New(kit, bitrix24.Options{BaseURL: base, LeakPerSecond: 2 * hurry, OperatingLimit: -1, Mode: bitrix24.Simple})
		}},
	}})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, r.Close()) })
	return r
}

func amoSettings(r *stand.Running) map[string][]string {
	crm := r.Vendor("amocrm").(*amocrm.Server)
	line := crm.Pipelines()[0]
	return map[string][]string{"address": {r.URL("amocrm")}, "token": {crm.Token()}, "funnel": {itoa(line.ID)}, "stage": {itoa(line.Statuses[1].ID)}}
}

func bitrixSettings(r *stand.Running) map[string][]string {
	return map[string][]string{"webhook": {r.Vendor("bitrix24").(*bitrix24.Server).Webhook()}, "funnel": {"0"}, "stage": {"NEW"}, "entity": {"deal"}}
}

// TestKill_eachGoalMakesOneDeal kills the server while goals with contacts come in and go out to a CRM: three times while the vendor has carried out a
// request whose answer never came, once at random. Each goal must have made one contact, one deal and one note in the end.
func TestKill_eachGoalMakesOneDeal(t *testing.T) {
	t.Parallel()
	for _, crm := range emulatedCRMs() {
		for _, engine := range []string{"sqlite", "postgres"} {
			t.Run(crm.kind+"/"+engine, func(t *testing.T) {
				t.Parallel()
				dsn := ""
				if engine == "postgres" {
					dsn = testkit.Postgres(t)
				}
				killWhileDelivering(t, crm, dsn)
			})
		}
	}
}

func killWhileDelivering(t *testing.T, crm emulated, dsn string) {
	t.Helper()
	vendors := startHurried(t)
	kit, vendor := vendors.Kit(crm.kind), vendors.Vendor(crm.kind)
	d := &delivering{t: t, server: newServer(t, dsn)}
	d.run()
	siteID, key, token := d.account("kill.example")
	d.key = key
	id := d.connect(token, siteID, crm, vendors)
	before := tally.Of(vendor)
	stop := d.load(killedGoals)
	for round := range 4 {
		kit.Faults.Clear()
		if round < len(crm.holds) {
			for _, fault := range crm.holds[round] {
				require.NoError(t, kit.Faults.Add(fault))
			}
		}
		require.NoError(t, kit.Faults.Add(emulation.Fault{Kind: emulation.FaultSlow, DelayMS: 15}))
		if round < len(crm.holds) {
			d.awaitHeld(kit)
		} else {
			seen := tally.Sum(tally.Of(vendor).Deals)
			more := 5 + rand.IntN(25)
			d.eventually(func() bool { return d.settled() || tally.Sum(tally.Of(vendor).Deals) >= seen+more }, "deals to kill among")
		}
		d.kill()
		d.run()
	}
	stop()
	kit.Faults.Clear()
	d.eventually(func() bool { return tally.Sum(tally.Of(vendor).Notes) >= killedGoals && d.open(token, id) == 0 }, "the last deliveries")
	got := tally.Of(vendor)
	want := ones(d.phones)
	require.Empty(t, tally.Unlike(got.Notes, want), "notes")
	maps.Copy(before.Deals, want)
	require.Empty(t, tally.Unlike(got.Deals, before.Deals), "deals")
	maps.Copy(before.Contacts, want)
	require.Empty(t, tally.Unlike(got.Contacts, before.Contacts), "contacts")
	t.Logf("%d goals, %d requests to the vendor, the server killed 4 times", killedGoals, requests(kit))
	d.stop()
}

func requests(kit *emulation.Kit) int {
	_, last := kit.Journal.Bounds()
	return last
}

func ones(phones []string) map[string]int {
	out := map[string]int{}
	for _, phone := range phones {
		out[phone] = 1
	}
	return out
}

// delivering is a server that visitors reach goals on, again and again until it has confirmed each.
type delivering struct {
	*server
	t      *testing.T
	key    string
	goal   string
	phones []string

	mu   sync.Mutex
	left int
}

func (d *delivering) run() {
	d.t.Helper()
	d.start("--limit-per-ip", "0", "--limit-per-back-end", "0", "--integration-networks", "loopback",
		"--integration-hurry", strconv.Itoa(hurry), "--integration-lease", "4s")
}

func (d *delivering) eventually(ok func() bool, what string) {
	d.t.Helper()
	testkit.Eventually(d.t, 2*time.Minute, ok, what)
}

// connect attaches a CRM and switches it on; deals are not read back, which has tests of its own.
func (d *delivering) connect(token, siteID string, crm emulated, vendors *stand.Running) (id string) {
	d.t.Helper()
	var made struct {
		CreateGoal        struct{ Goal struct{ ID string } }
		CreateIntegration struct{ Integration struct{ ID string } }
	}
	d.graphql(token, `mutation($site: ID!, $kind: String!) {
		createGoal(input: {siteId: $site, name: "Order", type: PAGE, conditions: {url: "/done", urlMatch: CONTAINS}}) { goal { id } }
		createIntegration(input: {kind: $kind}) { integration { id } } }`, map[string]any{"site": siteID, "kind": crm.kind}, &made)
	d.goal, id = made.CreateGoal.Goal.ID, made.CreateIntegration.Integration.ID
	values := crm.settings(vendors)
	values["goals"], values["deals_in"] = []string{d.goal}, []string{"false"}
	var list []map[string]any
	for key, value := range values {
		list = append(list, map[string]any{"key": key, "values": value})
	}
	d.graphql(token, `mutation($id: ID!, $settings: [SettingInput!]) { updateIntegration(input: {id: $id, settings: $settings}) { integration { id } } }`,
		map[string]any{"id": id, "settings": list}, &struct{}{})
	d.graphql(token, `mutation($id: ID!) { activateIntegration(input: {id: $id}) { integration { state } } }`, map[string]any{"id": id}, &struct{}{})
	return id
}

// open is how many deliveries are not at their end.
func (d *delivering) open(token, id string) int {
	d.t.Helper()
	var data struct {
		Integration struct {
			State  string
			Counts struct{ Waiting, Running, Parked int }
		}
	}
	d.graphql(token, `query($id: ID!) { integration(id: $id) { state counts { waiting running parked } } }`, map[string]any{"id": id}, &data)
	require.Equal(d.t, "ACTIVE", data.Integration.State)
	require.Zero(d.t, data.Integration.Counts.Parked)
	return data.Integration.Counts.Waiting + data.Integration.Counts.Running
}

// load lets visitors come, eight at a time, until stop is called, which waits for all of them.
func (d *delivering) load(goals int) (stop func()) {
	d.left = goals
	work := make(chan string, goals)
	for i := range goals {
		phone := fmt.Sprintf("7926%07d", 1_000_000+i)
		d.phones = append(d.phones, phone)
		work <- phone
	}
	close(work)
	client := &http.Client{Timeout: 5 * time.Second}
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for phone := range work {
				d.reach(client, phone)
				d.mu.Lock()
				d.left--
				d.mu.Unlock()
			}
		})
	}
	return func() {
		d.t.Helper()
		all.Wait()
		client.CloseIdleConnections()
	}
}

func (d *delivering) settled() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.left == 0
}

// reach is one visitor who reaches the goal and leaves a phone. Each step is repeated until the server confirms it, as the script and a site's back end do.
func (d *delivering) reach(client *http.Client, phone string) {
	var hit hitAnswer
	page := "https://kill.example/?utm_source=yandex&utm_medium=cpc"
	d.insist(client, "/cs/h", url.Values{"k": {d.key}, "n": {nonce()}, "f": {nonce()}, "u": {page}}, &hit, func() bool { return hit.H != 0 })
	var reached json.RawMessage
	d.insist(client, "/cs/e", url.Values{
		"k": {d.key}, "n": {nonce()}, "v": {itoa(hit.V)}, "s": {itoa(hit.S)}, "h": {itoa(hit.H)}, "u": {"https://kill.example/done"}, "g": {d.goal},
	}, &reached, func() bool { return !strings.Contains(string(reached), "refused") })
	var ok struct{ Success bool }
	ci := fmt.Sprintf("%d.%d.%d", hit.V, hit.S, hit.T)
	d.insist(client, "/vc/s/", url.Values{"sk": {d.key}, "ci": {ci}, "hi": {itoa(hit.H)}, "vp": {phone}}, &ok, func() bool { return ok.Success })
}

func (d *delivering) insist(client *http.Client, path string, form url.Values, answer any, done func() bool) {
	again := time.NewTicker(20 * time.Millisecond) // while the server starts anew
	defer again.Stop()
	deadline := time.After(2 * time.Minute)
	for {
		if _, err := d.post(client, path, form, answer); err == nil && done() {
			return
		}
		select {
		case <-again.C:
		case <-deadline:
			d.t.Errorf("%s was never confirmed", path)
			return
		}
	}
}

// awaitHeld returns when a request is being held: faults that struck once are gone.
func (d *delivering) awaitHeld(kit *emulation.Kit) {
	d.t.Helper()
	d.eventually(func() bool {
		for _, fault := range kit.Faults.List() {
			if fault.DelayMS == held {
				return false
			}
		}
		return true
	}, "a request to hold")
}
