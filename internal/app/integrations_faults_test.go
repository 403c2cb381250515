package app_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	amocrm "github.com/skvoz/skvoz/connectors/amocrm/emulator"
	"github.com/skvoz/skvoz/internal/app"
	"github.com/skvoz/skvoz/internal/config"
	"github.com/skvoz/skvoz/internal/emulation"
	"github.com/skvoz/skvoz/internal/observe"
	"github.com/skvoz/skvoz/store"
)

// TestGD_2_nothingIsLostAndNothingDoubled lets both CRMs fail in every way they know while goals are reached, on both engines. In the end each goal has
// made one contact, one deal and one note.
func TestGD_2_nothingIsLostAndNothingDoubled(t *testing.T) {
	t.Parallel()
	cases := []struct {
		fault string
		try   func(t *testing.T, m *market, kind, marker string)
	}{
		{"down for an hour", downForAnHour},
		{"access revoked in the middle", revokedInTheMiddle},
		{"too many requests, then a ban", tooManyRequests},
		{"answers lost or cut after the request was carried out", answersLost},
		{"requests that never arrived", requestsLost},
		{"webhooks twice, in the wrong order, and lost", webhooksGoneWrong},
		{"tokens expired", tokensExpired},
	}
	eachEngine(t, func(t *testing.T, engine store.Engine) {
		m := openMarket(t, engine)
		for number, c := range cases {
			for _, kind := range []string{kindAmo, kindBitrix} {
				t.Run(c.fault+"/"+kind, func(t *testing.T) {
					t.Parallel()
					c.try(t, m, kind, fmt.Sprint(kind[:3], "fault", number))
				})
			}
		}
	})
}

// downForAnHour: with the pauses of jobs ten attempts last longer than that.
func downForAnHour(t *testing.T, m *market, kind, marker string) {
	p := m.admit(t, kind, marker).byKey(false)
	p.reach(1)
	p.requireOneOfEach()
	p.fail(emulation.Fault{Kind: emulation.FaultStatus})
	p.reach(2)
	for attempt := 1; attempt <= 10; attempt++ {
		p.await("an attempt", func() bool {
			if p.failed("UNAVAILABLE", attempt) {
				return true
			}
			p.hasten()
			return false
		})
	}
	p.kit.Faults.Clear()
	p.reach(1)
	p.requireOneOfEach()
	require.Equal(t, "ACTIVE", p.state())
}

// revokedInTheMiddle takes the key away when the contact is there and the deal is on its way.
func revokedInTheMiddle(t *testing.T, m *market, kind, marker string) {
	p := m.admit(t, kind, marker).byKey(false)
	p.fail(p.steps(emulation.FaultSlow, 500)[1]...)
	p.reach(1)
	p.await("the deal to be on its way", p.struck)
	p.revoke()
	p.await("the refusal to be noticed", func() bool { return p.state() == "BROKEN" })
	p.reach(2)
	asked := p.requests()
	p.hasten()
	require.True(t, p.failed("BAD_KEY", 0) || len(p.deliveries()) == 3)
	require.Equal(t, asked, p.requests(), "nothing is asked of a vendor that refuses us")
	p.restore()
	p.activate()
	p.requireOneOfEach()
	require.Equal(t, "ACTIVE", p.state())
}

func (p *patient) revoke() {
	if p.kind == kindAmo {
		p.amo().RevokeAccess()
	} else {
		p.bitrix().RevokeAccess()
	}
}

func (p *patient) restore() {
	p.t.Helper()
	if p.kind == kindAmo {
		p.amo().RestoreAccess()
	} else {
		p.bitrix().RestoreWebhook()
	}
	p.typeKey()
}

func (p *patient) requests() int {
	_, last := p.kit.Journal.Bounds()
	return last
}

func tooManyRequests(t *testing.T, m *market, kind, marker string) {
	p := m.admit(t, kind, marker).byKey(false)
	p.fail(emulation.Fault{Kind: emulation.FaultStatus, Status: http.StatusTooManyRequests, RetryAfter: 1, Times: 2},
		emulation.Fault{Kind: emulation.FaultHTML, Status: http.StatusTooManyRequests, After: 2, Times: 1})
	p.reach(4)
	p.requireOneOfEach()
	require.True(t, p.struck())
	require.Equal(t, "ACTIVE", p.state())
	if kind != kindAmo {
		return
	}
	p.amo().Ban(true)
	p.reach(2)
	p.await("the ban to be noticed", func() bool { return p.state() == "BROKEN" })
	p.amo().Ban(false)
	p.activate()
	p.requireOneOfEach()
}

// answersLost: each request that makes something is carried out once without our learning of it.
func answersLost(t *testing.T, m *market, kind, marker string) {
	p := m.admit(t, kind, marker).byKey(false)
	p.strikeEach(append(p.steps(emulation.FaultDropAfter, 0), p.steps(emulation.FaultMalformed, 0)[1:]...))
}

func requestsLost(t *testing.T, m *market, kind, marker string) {
	p := m.admit(t, kind, marker).byKey(false)
	p.strikeEach(append(p.steps(emulation.FaultDrop, 0), p.steps(emulation.FaultHTML, 0)[1]))
}

// strikeEach lets a goal meet each of some faults.
func (p *patient) strikeEach(list [][]emulation.Fault) {
	p.t.Helper()
	for _, faults := range list {
		p.kit.Faults.Clear()
		p.fail(faults...)
		p.reach(1)
		p.await("the fault to strike", p.struck)
		p.requireOneOfEach()
	}
}

func webhooksGoneWrong(t *testing.T, m *market, kind, marker string) {
	p := m.admit(t, kind, marker).byButton(true)
	p.await("the deals of the past and the subscription", func() bool {
		raw := p.raw(p.token, fmt.Sprintf(`{ integration(id: %q) { sync { import { finishedAt } } } integrationJobs(id: %q, filter: {kinds: [SUBSCRIBE], states: [DONE]}) { nodes { id } } }`, p.id, p.id))
		return strings.Contains(raw, `"finishedAt":"`) && strings.Contains(raw, `"nodes":[{`)
	})
	p.reach(1)
	p.requireOneOfEach()
	deal := p.newest()
	p.trouble("twice", 4)
	p.move(deal, "working", 100)
	p.move(deal, "won", 200)
	p.await("what came twice", func() bool { return p.dealHere(deal) == "SUCCESS 200.00" })
	p.trouble("swapped", 2)
	p.move(deal, "working", 300)
	p.move(deal, "lost", 400)
	p.await("what came in the wrong order", func() bool { return p.dealHere(deal) == "FAILED 400.00" })
	// The vendor's times of changes are whole seconds: a reading still under way could not be told from one of the same second that comes after it.
	p.await("all readings to end", func() bool {
		return strings.Contains(p.raw(p.token, fmt.Sprintf(`{ integrationJobs(id: %q, filter: {kinds: [HOOK, PULL], states: [WAITING, RUNNING]}) { nodes { id } } }`, p.id)), `"nodes":[]`)
	})
	p.trouble("lost", 2)
	p.move(deal, "working", 500)
	p.move(deal, "won", 600)
	p.gql(p.tenant, fmt.Sprintf(`mutation { syncIntegration(input: {id: %q}) { integration { id } } }`, p.id), "syncIntegration.integration.id")
	p.await("what never came", func() bool { return p.dealHere(deal) == "SUCCESS 600.00" })
	p.requireOneOfEach()
	p.requireReconciled()
}

// newest is the deal that was made last.
func (p *patient) newest() (id int) {
	if p.kind == kindAmo {
		for _, l := range p.amo().Leads() {
			id = max(id, int(l.ID))
		}
		return id
	}
	for _, d := range p.bitrix().Deals() {
		id = max(id, d.ID)
	}
	return id
}

func (p *patient) trouble(with string, count int) {
	if p.kind == kindAmo {
		map[string]func(int){"twice": p.amo().DuplicateWebhooks, "swapped": func(int) { p.amo().SwapWebhooks() }, "lost": p.amo().LoseWebhooks}[with](count)
		return
	}
	map[string]func(int){"twice": p.bitrix().DuplicateEvents, "swapped": p.bitrix().ReorderEvents, "lost": p.bitrix().LoseEvents}[with](count)
}

// move is the manager who moves a deal.
func (p *patient) move(deal int, where string, sum int64) {
	p.t.Helper()
	if p.kind == kindAmo {
		line := p.amo().Pipelines()[0]
		status := map[string]int64{"working": line.Statuses[2].ID, "won": amocrm.StatusWon, "lost": amocrm.StatusLost}[where]
		require.NoError(p.t, p.amo().MoveLead(int64(deal), line.ID, status, sum))
		return
	}
	stage := map[string]string{"working": "PREPARATION", "won": "WON", "lost": "LOSE"}[where]
	require.NoError(p.t, p.bitrix().MoveDeal(p.t.Context(), deal, stage, float64(sum)))
}

// dealHere is a deal as it is known here: status and revenue.
func (p *patient) dealHere(deal int) string {
	p.t.Helper()
	raw := p.raw(p.token, `{ deals(first: 100) { nodes { externalId status revenue { amount } } } }`)
	var answer struct {
		Data struct {
			Deals struct {
				Nodes []struct {
					ExternalID, Status string
					Revenue            *struct{ Amount string }
				}
			}
		}
	}
	require.NoError(p.t, json.Unmarshal([]byte(raw), &answer), raw)
	for _, d := range answer.Data.Deals.Nodes {
		if d.ExternalID == strconv.Itoa(deal) && d.Revenue != nil {
			return d.Status + " " + d.Revenue.Amount
		}
	}
	return ""
}

// requireReconciled compares all deals here with those there, by funnel and stage.
func (p *patient) requireReconciled() {
	p.t.Helper()
	now := time.Now().UTC()
	raw := p.raw(p.token, fmt.Sprintf(`{ integrationReconciliation(id: %q, from: %q, to: %q) { here there rows { funnel stage here there } } }`,
		p.id, now.AddDate(0, 0, -80).Format(time.DateOnly), now.AddDate(0, 0, 1).Format(time.DateOnly)))
	type pair struct{ Here, There int }
	var answer struct {
		Data struct {
			IntegrationReconciliation struct {
				pair
				Rows []pair
			}
		}
	}
	require.NoError(p.t, json.Unmarshal([]byte(raw), &answer), raw)
	got := answer.Data.IntegrationReconciliation
	require.Greater(p.t, len(got.Rows), 2, raw)
	for _, row := range append(got.Rows, got.pair) {
		require.Equal(p.t, row.There, row.Here, raw)
	}
}

// tokensExpired lets the access token end while many deliveries are under way, on two servers where the database allows two. A refresh token is good for
// one use: the second who used it would lose the access.
func tokensExpired(t *testing.T, m *market, kind, marker string) {
	p := m.admit(t, kind, marker).byButton(false)
	if strings.HasPrefix(m.dsn, "postgres") {
		p.secondServer()
	}
	p.reach(1)
	p.requireOneOfEach()
	before := p.refreshes()
	if kind == kindAmo {
		p.amo().ExpireAccessTokens()
	} else {
		p.bitrix().ExpireAccessTokens()
	}
	p.fail(emulation.Fault{Kind: emulation.FaultSlow, Path: "/oauth", DelayMS: 300}, emulation.Fault{Kind: emulation.FaultSlow, DelayMS: 40})
	p.reach(16)
	p.requireOneOfEach()
	require.Equal(p.t, before+1, p.refreshes())
	require.Equal(p.t, "ACTIVE", p.state())
}

// refreshes counts what the vendor was asked new tokens for; refused requests count.
func (p *patient) refreshes() (n int) {
	for _, e := range p.kit.Journal.Find("", map[string]string{kindAmo: "/oauth2/access_token", kindBitrix: "/oauth/token"}[p.kind]) {
		if strings.Contains(e.Request+e.Query, "refresh_token") && !strings.Contains(e.Request+e.Query, "authorization_code") {
			n++
		}
	}
	return n
}

// secondServer starts another server on the same database until the test ends.
func (p *patient) secondServer() {
	p.t.Helper()
	cfg := config.Serve{
		Storage: config.Storage{DataDir: p.dir, Database: p.dsn}, Listen: "127.0.0.1:0", PhoneRegion: "RU", PublicURL: strings.Replace(p.url, "127.0.0.1", "localhost", 1),
		ShutdownTimeout: 5 * time.Second, IngestQueue: 1024, MaxBody: 1 << 20,
	}
	hurried(&cfg)
	a, err := app.New(p.t.Context(), cfg, "test", observe.Discard())
	require.NoError(p.t, err)
	ctx, stop := context.WithCancel(context.WithoutCancel(p.t.Context()))
	done := make(chan error, 1)
	go func() { done <- a.Run(ctx) }()
	p.t.Cleanup(func() {
		stop()
		require.NoError(p.t, <-done)
		require.NoError(p.t, a.Close())
	})
}
