package app_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/internal/app"
	"github.com/skvoz/skvoz/internal/config"
	"github.com/skvoz/skvoz/internal/observe"
	"github.com/skvoz/skvoz/store"
	"github.com/skvoz/skvoz/store/storetest"
)

const (
	password  = "correct horse battery"
	userAgent = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36"
)

func eachEngine(t *testing.T, fn func(t *testing.T, engine store.Engine)) {
	t.Helper()
	for _, engine := range []store.Engine{store.SQLite, store.Postgres} {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			fn(t, engine)
		})
	}
}

// running is a server in this process, on a port of its own.
type running struct {
	t   *testing.T
	url string
	dsn string
	dir string
}

func startApp(t *testing.T, engine store.Engine) *running {
	t.Helper()
	return startAppWith(t, engine, func(*config.Serve) {})
}

func startAppWith(t *testing.T, engine store.Engine, edit func(*config.Serve)) *running {
	t.Helper()
	r := &running{t: t, dsn: storetest.DSN(t, engine), dir: t.TempDir()}
	cfg := config.Serve{
		Storage: config.Storage{DataDir: r.dir, Database: r.dsn}, Listen: "127.0.0.1:0", PhoneRegion: "RU",
		ShutdownTimeout: 5 * time.Second, IngestQueue: 1024, MaxBody: 1 << 20,
	}
	edit(&cfg)
	a, err := app.New(t.Context(), cfg, "test", observe.Discard())
	require.NoError(t, err)
	r.url = "http://" + a.Addr().String()
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	done := make(chan error, 1)
	go func() { done <- a.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		require.NoError(t, <-done)
		require.NoError(t, a.Close())
	})
	return r
}

// command runs a command line in this process and returns its exit code and what it printed.
func (r *running) command(stdin string, args ...string) (code int, stdout, stderr string) {
	r.t.Helper()
	in, err := os.Create(filepath.Join(r.t.TempDir(), "stdin"))
	require.NoError(r.t, err)
	defer in.Close()
	_, err = in.WriteString(stdin)
	require.NoError(r.t, err)
	_, err = in.Seek(0, io.SeekStart)
	require.NoError(r.t, err)
	var out, errOut bytes.Buffer
	args = append(args, "--database", r.dsn, "--data-dir", r.dir)
	code = app.Main(r.t.Context(), app.Process{Args: args, In: in, Out: &out, Err: &errOut, Version: "test"})
	return code, out.String(), errOut.String()
}

func (r *running) commandJSON(stdin string, args ...string) map[string]string {
	r.t.Helper()
	code, out, errOut := r.command(stdin, append(args, "--json")...)
	require.Zero(r.t, code, "%v: %s", args, errOut)
	var got map[string]string
	require.NoError(r.t, json.Unmarshal([]byte(out), &got), out)
	return got
}

// tenant is an account with something of every kind in it, all named with the marker.
type tenant struct {
	marker  string
	token   string
	siteKey string
	// ids by the kind of thing, as arguments are named: site, visitor, …
	ids map[string][]string
}

func (r *running) populate(marker string) *tenant {
	r.t.Helper()
	email := "owner@" + marker + ".example"
	account := r.commandJSON(password+"\n", "account", "create", "--name", marker+" company", "--email", email)
	site := r.commandJSON("", "site", "create", "--account", account["account_id"], "--domain", marker+".example")
	token := r.commandJSON("", "token", "create", "--email", email, "--scope", "read,write,chats", "--name", marker+" token")
	x := &tenant{marker: marker, token: token["token"], siteKey: site["site_key"], ids: map[string][]string{
		"account": {account["account_id"]}, "user": {account["user_id"]}, "site": {site["site_id"]}, "apiToken": {token["token_id"]},
	}}
	r.waitForSite(x)
	r.visit(x)
	r.configure(x)
	r.sell(x)
	r.employ(x)
	r.lendNumbers(x)
	r.telephone(x)
	r.draw(x)
	return x
}

// waitForSite waits until the server has noticed the site another process added.
func (r *running) waitForSite(x *tenant) {
	r.t.Helper()
	require.Eventually(r.t, func() bool {
		resp, err := http.Get(r.url + "/cs/s/" + x.siteKey)
		if err != nil {
			return false
		}
		defer resp.Body.Close()
		return resp.StatusCode == http.StatusOK
	}, 10*time.Second, 20*time.Millisecond)
}

// visit makes a visitor with a session, a hit, contacts, a request and a refused request.
func (r *running) visit(x *tenant) {
	r.t.Helper()
	page := "https://" + x.marker + ".example/?utm_source=" + x.marker + "&utm_medium=cpc&utm_campaign=" + x.marker
	var hit struct{ V, S, T, H int64 }
	r.form("/cs/h", url.Values{"k": {x.siteKey}, "n": {x.marker + "nonce000001"}, "f": {x.marker + "seed0000001"}, "u": {page}, "ti": {x.marker + " page"}}, userAgent, &hit)
	require.NotZero(r.t, hit.H)
	ci := fmt.Sprintf("%d.%d.%d", hit.V, hit.S, hit.T)
	var ok struct{ Success bool }
	contacts := url.Values{"sk": {x.siteKey}, "ci": {ci}, "hi": {strconv.FormatInt(hit.H, 10)}, "vn": {x.marker + " visitor"}, "vp": {phoneOf(x.marker)}, "ve": {"v@" + x.marker + ".example"}}
	r.form("/vc/s/", contacts, "", &ok)
	require.True(r.t, ok.Success)
	ok.Success = false
	r.form("/api/add_offline_message/", url.Values{
		"site_key": {x.siteKey}, "visitor_id": {strconv.FormatInt(hit.V, 10)}, "session_id": {strconv.FormatInt(hit.S, 10)},
		"hit_id": {strconv.FormatInt(hit.H, 10)}, "name": {x.marker + " request"}, "phone": {phoneOf(x.marker)}, "text": {x.marker + " text"},
	}, "", &ok)
	require.True(r.t, ok.Success)
	r.form("/cs/h", url.Values{"k": {x.siteKey}, "n": {x.marker + "nonce000002"}, "f": {x.marker + "seed0000002"}, "u": {page}}, "Googlebot/2.1 (+http://www.google.com/bot.html)", &struct{}{})
	x.ids["visitor"] = []string{strconv.FormatInt(hit.V, 10)}
	x.ids["session"] = []string{strconv.FormatInt(hit.S, 10)}
}

func phoneOf(marker string) string { return "7926000000" + strconv.Itoa(len(marker)) }

// configure makes a goal, a campaign with a cost, an invited user, and looks up what the visit left.
func (r *running) configure(x *tenant) {
	r.t.Helper()
	site := x.ids["site"][0]
	x.ids["goal"] = []string{r.id(x, `mutation { createGoal(input: {siteId: "`+site+`", name: "`+x.marker+` goal", type: PAGE, conditions: {url: "/"}}) { goal { id } } }`)}
	x.ids["campaign"] = []string{r.id(x, `mutation { createCampaign(input: {siteId: "`+site+`", name: "`+x.marker+` campaign", include: [{conditions: [{parameter: UTM_TAGS, key: "utm_campaign", operator: EQUALS, value: "`+x.marker+`"}]}]}) { campaign { id } } }`)}
	x.ids["cost"] = []string{r.id(x, `mutation { addCampaignCost(input: {campaignId: "`+x.ids["campaign"][0]+`", from: "2025-03-01", to: "2025-03-07", amount: "10"}) { campaign { costs { id } } } }`)}
	x.ids["invited"] = []string{r.id(x, `mutation { inviteUser(input: {email: "invited@`+x.marker+`.example", role: ANALYST}) { user { id } } }`)}
	x.ids["communication"] = []string{r.id(x, `{ communications { nodes { id } } }`)}
	x.ids["person"] = []string{r.id(x, `{ visitor(id: "`+x.ids["visitor"][0]+`") { person { id } } }`)}
	x.ids["hit"] = []string{r.id(x, `{ visitor(id: "`+x.ids["visitor"][0]+`") { sessions { nodes { hits { nodes { id } } } } } }`)}
	require.Eventually(r.t, func() bool { return strings.Contains(r.raw(x.token, `{ refusals { nodes { id } } }`), `"id"`) }, 10*time.Second, 20*time.Millisecond)
	x.ids["refusal"] = []string{r.id(x, `{ refusals { nodes { id } } }`)}
}

// employ makes an employee with a group, a status and working hours.
func (r *running) employ(x *tenant) {
	r.t.Helper()
	x.ids["group"] = []string{r.id(x, `mutation { createEmployeeGroup(input: {name: "`+x.marker+` group"}) { group { id } } }`)}
	x.ids["status"] = []string{r.id(x, `mutation { createEmployeeStatus(input: {name: "`+x.marker+` status", base: BREAK, color: "#2f9e44"}) { status { id } } }`)}
	x.ids["schedule"] = []string{r.id(x, `mutation { createSchedule(input: {name: "`+x.marker+` hours", exceptions: [{first: "2026-01-01", note: "`+x.marker+` day"}]}) { schedule { id } } }`)}
	employee := r.id(x, `mutation { createEmployee(input: {lastName: "`+x.marker+` employee", email: "employee@`+x.marker+`.example", extension: "101",
		userId: "`+x.ids["user"][0]+`", groupIds: ["`+x.ids["group"][0]+`"], scheduleId: "`+x.ids["schedule"][0]+`", phones: [{kind: LINE, number: "`+x.marker+` line"}]}) { employee { id } } }`)
	x.ids["employee"] = append([]string{employee}, x.ids["employee"]...)
	r.id(x, `mutation { setEmployeeStatus(input: {employeeId: "`+employee+`", statusId: "`+x.ids["status"][0]+`"}) { employee { id } } }`)
}

// lendNumbers makes a block, a pool and numbers.
func (r *running) lendNumbers(x *tenant) {
	r.t.Helper()
	site := x.ids["site"][0]
	x.ids["block"] = []string{r.id(x, `mutation { createSiteBlock(input: {siteId: "`+site+`", name: "`+x.marker+` block", by: CLASS, value: "`+x.marker+`"}) { block { id } } }`)}
	x.ids["pool"] = []string{r.id(x, `mutation { createNumberPool(input: {siteId: "`+site+`", name: "`+x.marker+` pool", segment: {sources: ["`+x.marker+`"]}}) { pool { id } } }`)}
	number := func(usage, digit string) string {
		return r.id(x, `mutation { createVirtualNumbers(input: {numbers: "8495000000`+digit+`", name: "`+x.marker+` number", `+usage+`}) { numbers { id } } }`)
	}
	x.ids["number"] = []string{
		number(`usage: POOL, poolId: "`+x.ids["pool"][0]+`"`, "1"),
		number(`usage: STATIC, siteId: "`+site+`", campaignId: "`+x.ids["campaign"][0]+`", blockId: "`+x.ids["block"][0]+`"`, "2"),
	}
}

// id runs a query and returns the first id of the answer.
func (r *running) id(x *tenant, query string) string {
	r.t.Helper()
	answer := r.raw(x.token, query)
	_, after, found := strings.Cut(answer, `"id":"`)
	require.True(r.t, found, "%s: %s", query, answer)
	id, _, _ := strings.Cut(after, `"`)
	return id
}

// snapshot is everything of a tenant that its own queries show, but for what passes with time.
func (r *running) snapshot(x *tenant) string {
	r.t.Helper()
	answer := r.raw(x.token, `{
		account { name timezone currency appKey } users { id name email role status } apiTokens { id name scopes }
		sites { id domain name siteKey settings { cookieLifetimeDays ignoredIps } goals { id name isGoal isEnabled } campaigns { id name status costs { id amount { amount } } } }
		calls { nodes { id state isLost method probability version tags { id name } corrections { at } } } callTags { id name } pbxConnections { id name isEnabled address }
		visitors { nodes { id name contacts { kind value isJoining } sessionCount hitCount person { id } properties { name value } } }
		communications { nodes { id kind name phone email message messages { text } } }
		refusals { nodes { id reincludedAt } }
		crms { id name conversionModel goals { id } funnels { id name inReports stages { id name } } dealsLoad { state error } }
		deals { nodes { id name status match stage { id } revenue { amount } contacts { id name phones } history { at } links { communicationId } path { sessionId communicationId } } }
		reportViews { id name definition } reportFormulas { id name expression } attributionModels { id name } allowedNetworks { network comment }
		reportSettings { lookbackDays windowDays }
		employees { nodes { id name email extension userId phones { number } groups { id } schedule { id } status customStatus { id } } }
		employeeGroups { id name members { id } } employeeStatuses { id name color } schedules { id name timezone exceptions { note } week { intervals { from } } }
		virtualNumbers { nodes { id number name siteId usage campaignId poolId blockId isOverflow isDefault state scenarioId integrationId records } }
		numberPools { id name position isEnabled holdSeconds segment { sources campaignIds } numberCount } siteBlocks { id name position value mask }
		calltrackingSettings { holdSeconds threshold } mediaFiles { id name } blockedCallers { phone note }
		scenarios { id name version start operations { id type title settings { key values } exits { name to } } }
		integrations { id name state hookUrl settings { key values pairs { field template } isSecretSet } crm { id } }
	}`)
	require.NotContains(r.t, answer, `"errors":[`)
	return answer
}

// raw sends a query with a token and returns the body of the answer.
func (r *running) raw(token, query string) string {
	r.t.Helper()
	body, err := json.Marshal(map[string]string{"query": query})
	require.NoError(r.t, err)
	req, err := http.NewRequestWithContext(r.t.Context(), http.MethodPost, r.url+"/graphql", bytes.NewReader(body))
	require.NoError(r.t, err)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+token)
	resp, err := http.DefaultClient.Do(req)
	require.NoError(r.t, err)
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	require.NoError(r.t, err)
	return string(answer)
}

// form posts a form, as a browser or a site's back end does, and decodes the answer.
func (r *running) form(path string, form url.Values, agent string, answer any) {
	r.t.Helper()
	req, err := http.NewRequestWithContext(r.t.Context(), http.MethodPost, r.url+path, strings.NewReader(form.Encode()))
	require.NoError(r.t, err)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("User-Agent", agent)
	resp, err := http.DefaultClient.Do(req)
	require.NoError(r.t, err)
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	require.NoError(r.t, err)
	require.Equal(r.t, http.StatusOK, resp.StatusCode, "%s: %s", path, raw)
	require.NoError(r.t, json.Unmarshal(raw, answer), string(raw))
}
