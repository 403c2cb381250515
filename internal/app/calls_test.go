package app_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	pbxsim "github.com/skvoz/skvoz/pbx/ctpbx/emulator"
	"github.com/skvoz/skvoz/store"
)

// exchange is a tenant whose calls come through the simulated provider.
type exchange struct {
	*shop
	sim        *pbxsim.Server
	connection string
	employee   string
	number     string
	scenario   string
}

const (
	didDynamic = "74950000001"
	callerOne  = "79261112233"
)

func openExchange(t *testing.T, engine store.Engine, marker string) *exchange {
	t.Helper()
	x := &exchange{shop: openShop(t, engine, marker)}
	x.sim = x.stand.Vendor("pbxsim").(*pbxsim.Server)
	answer := x.raw(x.token, fmt.Sprintf(`mutation { createPbxConnection(input: {kind: CTPBX, name: "PBX", address: %q, token: %q}) { connection { id eventsUrl routeUrl } signingSecret } }`, x.stand.URL("pbxsim"), x.sim.Token()))
	var made struct {
		Data struct {
			CreatePbxConnection struct {
				Connection    struct{ ID, EventsURL string }
				SigningSecret string
			}
		}
	}
	require.NoError(t, json.Unmarshal([]byte(answer), &made), answer)
	c := made.Data.CreatePbxConnection
	require.NotEmpty(t, c.SigningSecret, answer)
	x.connection = c.Connection.ID
	require.NoError(t, x.sim.Connect(strings.TrimSuffix(c.Connection.EventsURL, "/events"), c.SigningSecret))
	user := x.gql(x.tenant, `{ me { id } }`, "me.id")
	x.employee = x.gql(x.tenant, fmt.Sprintf(`mutation { createEmployee(input: {lastName: "Иванов", firstName: "Пётр", extension: "101", userId: %q, phones: [{kind: LINE, number: "101"}]}) { employee { id } } }`, user), "createEmployee.employee.id")
	x.scenario = x.gql(x.tenant, fmt.Sprintf(`mutation { createScenario(input: {name: "Main", graph: {start: "f", operations: [{id: "f", type: "forward", settings: [{key: "to", values: ["employee"]}, {key: "employee", values: [%q]}, {key: "ring_seconds", values: ["20"]}], exits: [{name: "no_answer", to: "bye"}]}, {id: "bye", type: "hangup"}]}}) { scenario { id } } }`, x.employee), "createScenario.scenario.id")
	return x
}

// siteID is the tenant's site.
func (x *exchange) siteID() string {
	return x.gql(x.tenant, `{ sites { id } }`, "sites.0.id")
}

// events follows a subscription until the test ends.
func (x *exchange) events(query string) <-chan string {
	x.t.Helper()
	body, err := json.Marshal(map[string]string{"query": query})
	require.NoError(x.t, err)
	req, err := http.NewRequestWithContext(x.t.Context(), http.MethodPost, x.url+"/graphql", strings.NewReader(string(body)))
	require.NoError(x.t, err)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "text/event-stream")
	req.Header.Set("Authorization", "Bearer "+x.token)
	res, err := http.DefaultClient.Do(req)
	require.NoError(x.t, err)
	require.Equal(x.t, http.StatusOK, res.StatusCode)
	out := make(chan string, 100)
	go func() {
		defer func() { _ = res.Body.Close() }()
		lines := bufio.NewScanner(res.Body)
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			if text, ok := strings.CutPrefix(lines.Text(), "data: "); ok && text != "" && text != "{}" {
				out <- text
			}
		}
	}()
	return out
}

func next(t *testing.T, from <-chan string, what string) string {
	t.Helper()
	select {
	case s := <-from:
		return s
	case <-time.After(10 * time.Second):
		t.Fatalf("no %s", what)
		return ""
	}
}

const callFields = `id state direction contactPhone isLost lostReason isFirst method probability visitorId sessionId waitMs talkMs totalMs source { source campaign } campaign { name } employee { name }
 employees { employee { name } isAnswered isTalked reason } steps { operationId exit } talks { n durationMs } recordings { state url peaks durationMs bytes } calledBackAt calledBack { id } candidates { probability }`

type callView struct {
	ID, State, Direction, ContactPhone, LostReason, Method string
	IsLost, IsFirst                                        bool
	VisitorID, SessionID                                   *string
	Source                                                 *struct{ Source, Campaign string }
	Employee                                               *struct{ Name string }
	Employees                                              []struct {
		IsAnswered, IsTalked bool
		Reason               string
	}
	Steps      []struct{ OperationID, Exit string }
	Talks      []struct{ N int }
	Recordings []struct {
		State string
		URL   *string
		Peaks []int
	}
	CalledBackAt *string
	CalledBack   *struct{ ID string }
}

func (x *exchange) calls(filter string) []callView {
	x.t.Helper()
	raw := x.raw(x.token, `{ calls(filter: {`+filter+`}) { nodes { `+callFields+` } } }`)
	var answer struct {
		Data   struct{ Calls struct{ Nodes []callView } }
		Errors []any
	}
	require.NoError(x.t, json.Unmarshal([]byte(raw), &answer), raw)
	require.Empty(x.t, answer.Errors, raw)
	return answer.Data.Calls.Nodes
}

// see makes a visit by an advertisement and asks which number it is shown.
func (x *exchange) see(tags string) (number, session string) {
	x.t.Helper()
	x.visits++
	var hit struct{ V, S, T, H int64 }
	x.form("/cs/h", url.Values{
		"k": {x.siteKey}, "n": {fmt.Sprintf("%snumber%08d", x.marker, x.visits)}, "f": {fmt.Sprintf("%sphones%08d", x.marker, x.visits)}, "u": {"https://" + x.marker + ".example/?" + tags}, "ti": {"page"},
	}, userAgent, &hit)
	require.NotZero(x.t, hit.H)
	var shown struct {
		P []struct {
			N string
			D bool
		}
		E int
	}
	require.Eventually(x.t, func() bool {
		x.form("/cs/n", url.Values{
			"k": {x.siteKey}, "v": {strconv.FormatInt(hit.V, 10)}, "s": {strconv.FormatInt(hit.S, 10)}, "h": {strconv.FormatInt(hit.H, 10)}, "u": {"https://" + x.marker + ".example/"}, "sh": {"1"},
		}, userAgent, &shown)
		return len(shown.P) > 0
	}, 10*time.Second, 50*time.Millisecond, "a number is lent")
	require.True(x.t, shown.P[0].D)
	return shown.P[0].N, strconv.FormatInt(hit.S, 10)
}

func TestCA3_RC1_RC3_RC16_aCallFromAnAdvertisementRingsAtTheRightEmployee(t *testing.T) {
	t.Parallel()
	eachEngine(t, func(t *testing.T, engine store.Engine) {
		x := openExchange(t, engine, "tel")
		site := x.siteID()
		x.gql(x.tenant, fmt.Sprintf(`mutation { createSiteBlock(input: {siteId: %q, name: "Phone", by: CLASS, value: "phone"}) { block { id } } }`, site), "createSiteBlock.block.id")
		pool := x.gql(x.tenant, fmt.Sprintf(`mutation { createNumberPool(input: {siteId: %q, name: "All"}) { pool { id } } }`, site), "createNumberPool.pool.id")
		x.number = x.gql(x.tenant, fmt.Sprintf(`mutation { createVirtualNumbers(input: {numbers: %q, usage: POOL, poolId: %q, connectionId: %q, scenarioId: %q, records: true}) { numbers { id } } }`,
			didDynamic, pool, x.connection, x.scenario), "createVirtualNumbers.numbers.0.id")

		number, session := x.see("utm_source=yandex&utm_medium=cpc&utm_campaign=kitchens")
		require.Equal(t, didDynamic, number)

		cards := x.events(`subscription { callPopUps { id phase earlierCommunications call { id contactPhone source { source campaign } visitorId } person { id } } }`)
		began := time.Now()
		_, err := x.sim.PlaceCall(callerOne, didDynamic, 0)
		require.NoError(t, err)
		card := next(t, cards, "card")
		t.Logf("the card was there after %v", time.Since(began).Round(time.Millisecond))
		require.Contains(t, card, `"phase":"RINGING"`)
		require.Contains(t, card, `"campaign":"kitchens"`)
		require.Contains(t, card, callerOne)

		require.Eventually(t, func() bool { return x.sim.Answer("101") == nil }, 5*time.Second, 10*time.Millisecond)
		require.Contains(t, next(t, cards, "answered card"), `"phase":"ANSWERED"`)
		require.NoError(t, x.sim.Hold("101"))
		require.Eventually(t, func() bool { c := x.calls(""); return len(c) == 1 && c[0].State == "HELD" }, 5*time.Second, 20*time.Millisecond)
		require.NoError(t, x.sim.Resume("101"))
		require.NoError(t, x.sim.HangUp(callerOne))
		require.Contains(t, next(t, cards, "ended card"), `"phase":"ENDED"`)

		var c callView
		require.Eventually(t, func() bool {
			list := x.calls(`states: [FINISHED]`)
			if len(list) == 1 && len(list[0].Recordings) == 1 && list[0].Recordings[0].State == "STORED" {
				c = list[0]
			}
			return c.ID != ""
		}, 15*time.Second, 50*time.Millisecond, "the recording is stored")
		require.Equal(t, "EXCLUSIVE", c.Method)
		require.NotNil(t, c.SessionID)
		require.Equal(t, session, *c.SessionID)
		require.False(t, c.IsLost)
		require.True(t, c.IsFirst)
		require.Equal(t, "Иванов Пётр", c.Employee.Name)
		require.NotEmpty(t, c.Recordings[0].Peaks)
		require.NotEmpty(t, c.Steps)
		x.listen(*c.Recordings[0].URL)
		x.inReport(c.ID)

		// A second call that nobody answers is lost, shown, and called back by click.
		_, err = x.sim.PlaceCall(callerOne, didDynamic, 0)
		require.NoError(t, err)
		require.Contains(t, next(t, cards, "second card"), `"phase":"RINGING"`)
		require.NoError(t, x.sim.HangUp(callerOne))
		var phases string
		require.Eventually(t, func() bool {
			select {
			case s := <-cards:
				phases += s
			default:
			}
			return strings.Contains(phases, `"phase":"LOST"`)
		}, 10*time.Second, 10*time.Millisecond, "a card of the lost call")
		lost := x.calls(`isLost: true, isCalledBack: false`)
		require.Len(t, lost, 1)
		require.Equal(t, "caller_hangup_ringing", lost[0].LostReason)
		require.False(t, lost[0].IsFirst)

		require.NoError(t, x.sim.SetRule("101", pbxsim.Rule{Act: "answer"}))
		require.NoError(t, x.sim.SetRule(callerOne, pbxsim.Rule{Act: "answer"}))
		started := x.raw(x.token, fmt.Sprintf(`mutation { startCall(input: {phone: "+7 926 111-22-33", callbackOf: %q}) { callerId pbxCallId } }`, lost[0].ID))
		require.Contains(t, started, `"callerId":"`+didDynamic+`"`)
		require.Eventually(t, func() bool { return len(x.calls(`directions: [OUT], states: [TALKING]`)) == 1 }, 10*time.Second, 30*time.Millisecond, started)
		x.sim.EndAll()
		require.Eventually(t, func() bool {
			list := x.calls(`isLost: true, isCalledBack: true`)
			return len(list) == 1 && list[0].CalledBack != nil
		}, 10*time.Second, 30*time.Millisecond, "the lost call was called back")
	})
}

// listen plays the recording as a browser does, by parts.
func (x *exchange) listen(path string) {
	x.t.Helper()
	req, err := http.NewRequestWithContext(x.t.Context(), http.MethodGet, x.url+path, nil)
	require.NoError(x.t, err)
	req.Header.Set("Authorization", "Bearer "+x.token)
	req.Header.Set("Range", "bytes=0-99")
	res, err := http.DefaultClient.Do(req)
	require.NoError(x.t, err)
	defer func() { _ = res.Body.Close() }()
	require.Equal(x.t, http.StatusPartialContent, res.StatusCode)
	part, err := io.ReadAll(res.Body)
	require.NoError(x.t, err)
	require.Len(x.t, part, 100)
	require.Equal(x.t, "RIFF", string(part[:4]))
}

// inReport looks for the call among the communications counted to the advertisement.
func (x *exchange) inReport(call string) {
	x.t.Helper()
	raw := x.raw(x.token, fmt.Sprintf(`{ communication(id: %q) { kind source { campaign } } }`, call))
	require.Contains(x.t, raw, `"kind":"CALL"`)
	require.Contains(x.t, raw, `"campaign":"kitchens"`)
	today := time.Now().UTC().Format(time.DateOnly)
	tomorrow := time.Now().UTC().AddDate(0, 0, 1).Format(time.DateOnly)
	report := fmt.Sprintf(`{ report(input: {report: SUMMARY, period: {from: %q, to: %q}, dimensions: ["utm_campaign"], columns: [{metric: "calls"}, {metric: "visits"}]}) { rows } }`, today, tomorrow)
	require.Eventually(x.t, func() bool {
		return strings.Contains(x.raw(x.token, report), `"key":"kitchens","label":"kitchens","expandable":false,"values":[1,1]`)
	}, 10*time.Second, 100*time.Millisecond, "%s", x.raw(x.token, report))
}
