package app_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	amocrm "github.com/skvoz/skvoz/connectors/amocrm/emulator"
	"github.com/skvoz/skvoz/internal/emulation"
	"github.com/skvoz/skvoz/store"
)

// callCentre is a tenant whose calls come through the simulated provider and whose employee is a user of amoCRM.
type callCentre struct {
	*exchange
	crm         *amocrm.Server
	integration string
	user        int64
}

func openCallCentre(t *testing.T, engine store.Engine, marker string) *callCentre {
	t.Helper()
	x := &callCentre{exchange: openExchange(t, engine, marker)}
	x.crm = x.stand.Vendor("amocrm").(*amocrm.Server)
	x.user = x.crm.AddUser("Пётр Иванов", "ivanov@"+marker+".example", false)
	x.gql(x.tenant, fmt.Sprintf(`mutation { updateEmployee(input: {id: %q, email: "ivanov@%s.example"}) { employee { id } } }`, x.employee, marker), "updateEmployee.employee.id")
	line := x.crm.Pipelines()[0]
	x.integration = x.connect("amocrm", map[string][]string{
		"address": {x.stand.URL("amocrm")}, "token": {x.crm.Token()}, "funnel": {strconv.FormatInt(line.ID, 10)}, "stage": {strconv.FormatInt(line.Statuses[1].ID, 10)},
		"call_cards": {"true"}, "call_log": {"true"}, "employees_in": {"true"},
	})
	x.number = x.gql(x.tenant, fmt.Sprintf(`mutation { createVirtualNumbers(input: {numbers: %q, usage: STATIC, siteId: %q, connectionId: %q, scenarioId: %q, records: true}) { numbers { id } } }`,
		didDynamic, x.siteID(), x.connection, x.scenario), "createVirtualNumbers.numbers.0.id")
	x.waitForEmployees()
	return x
}

// staff are the employees who are users of the CRM.
func (x *callCentre) staff() (enabled, all []string) {
	x.t.Helper()
	raw := x.raw(x.token, fmt.Sprintf(`{ integrationEmployees(id: %q) { remoteId isEnabled employee { id name } } }`, x.integration))
	var answer struct {
		Data struct {
			IntegrationEmployees []struct {
				RemoteID  string
				IsEnabled bool
				Employee  struct{ ID, Name string }
			}
		}
	}
	require.NoError(x.t, json.Unmarshal([]byte(raw), &answer), raw)
	for _, e := range answer.Data.IntegrationEmployees {
		all = append(all, e.Employee.ID)
		if e.IsEnabled {
			enabled = append(enabled, e.Employee.ID)
		}
	}
	return enabled, all
}

func (x *callCentre) waitForEmployees() {
	x.t.Helper()
	require.Eventually(x.t, func() bool {
		_, all := x.staff()
		return len(all) > 0
	}, 20*time.Second, 30*time.Millisecond, "users become employees")
}

func (x *callCentre) ring() {
	x.t.Helper()
	_, err := x.sim.PlaceCall(callerOne, didDynamic, 0)
	require.NoError(x.t, err)
}

// jobs are the states of the jobs of a kind, newest first.
func (x *callCentre) jobs(kind string) []string {
	x.t.Helper()
	raw := x.raw(x.token, fmt.Sprintf(`{ integrationJobs(id: %q, first: 50, filter: {kinds: [%s]}) { nodes { state } } }`, x.integration, kind))
	var answer struct {
		Data struct {
			IntegrationJobs struct{ Nodes []struct{ State string } }
		}
	}
	require.NoError(x.t, json.Unmarshal([]byte(raw), &answer), raw)
	out := []string{}
	for _, n := range answer.Data.IntegrationJobs.Nodes {
		out = append(out, n.State)
	}
	return out
}

// kept are the calls the CRM keeps of somebody it doesn't know.
func (x *callCentre) kept() (calls []amocrm.Unsorted) {
	for _, u := range x.crm.Unsorted() {
		if u.Category == "sip" {
			calls = append(calls, u)
		}
	}
	return calls
}

func TestRC1_RC2_RC3_RC8_RC11_RC14_MP2_MP3_callsAreShownAndKeptInAmoCRM(t *testing.T) {
	t.Parallel()
	eachEngine(t, func(t *testing.T, engine store.Engine) {
		x := openCallCentre(t, engine, "crmcalls")
		enabled, _ := x.staff()
		require.Contains(t, enabled, x.employee)
		require.Contains(t, x.gql(x.tenant, fmt.Sprintf(`{ employee(id: %q) { name } }`, x.employee), "employee.name"), "amoCRM")
		require.Equal(t, "OK", x.gql(x.tenant, fmt.Sprintf(`{ integration(id: %q) { employeesSync { state } } }`, x.integration), "integration.employeesSync.state"))

		began := time.Now()
		x.ring()
		require.Eventually(t, func() bool { return len(x.crm.Popups()) == 1 }, 5*time.Second, 5*time.Millisecond, "a card")
		t.Logf("the card was in amoCRM after %v", time.Since(began).Round(time.Millisecond))
		require.Equal(t, amocrm.Popup{Phone: callerOne, Users: []int64{x.user}, At: x.crm.Popups()[0].At}, x.crm.Popups()[0])
		require.Eventually(t, func() bool { return x.sim.Answer("101") == nil }, 5*time.Second, 10*time.Millisecond)
		require.Eventually(t, func() bool { return len(x.jobs("CALL_POPUP_HIDE")) > 0 }, 5*time.Second, 10*time.Millisecond, "the card is taken away")
		require.NoError(t, x.sim.HangUp(callerOne))
		require.Eventually(t, func() bool { return len(x.kept()) == 1 }, 20*time.Second, 20*time.Millisecond, "the call is kept")
		link := x.kept()[0].Metadata["link"].(string)
		x.plays(link, http.StatusOK)

		// Nobody answers: a card while it rings, and one that it was lost.
		x.ring()
		require.Eventually(t, func() bool { return len(x.crm.Popups()) == 2 }, 5*time.Second, 5*time.Millisecond, "a second card")
		require.NoError(t, x.sim.HangUp(callerOne))
		require.Eventually(t, func() bool { return len(x.crm.Popups()) == 3 }, 5*time.Second, 5*time.Millisecond, "a card of the lost call")
		require.Eventually(t, func() bool { return len(x.kept()) == 2 }, 20*time.Second, 20*time.Millisecond, "the lost call is kept")

		// For whom the integration is off gets no card, and the call is kept.
		x.gql(x.tenant, fmt.Sprintf(`mutation { enableIntegrationEmployees(input: {id: %q, employeeIds: []}) { integration { id } } }`, x.integration), "enableIntegrationEmployees.integration.id")
		x.ring()
		require.Eventually(t, func() bool { return x.sim.Answer("101") == nil }, 5*time.Second, 10*time.Millisecond)
		require.NoError(t, x.sim.HangUp(callerOne))
		require.Eventually(t, func() bool { return len(x.kept()) == 3 }, 20*time.Second, 20*time.Millisecond, "the third call is kept")
		require.Len(t, x.crm.Popups(), 3)

		// The link dies with the file.
		x.forget()
		x.plays(link, http.StatusGone)
	})
}

// plays opens the link of a recording as a CRM does.
func (x *callCentre) plays(link string, status int) {
	x.t.Helper()
	path := link[strings.Index(link, "/r/"):]
	req, err := http.NewRequestWithContext(x.t.Context(), http.MethodGet, x.url+path, nil)
	require.NoError(x.t, err)
	res, err := http.DefaultClient.Do(req)
	require.NoError(x.t, err)
	defer func() { _ = res.Body.Close() }()
	require.Equal(x.t, status, res.StatusCode, link)
	body, err := io.ReadAll(res.Body)
	require.NoError(x.t, err)
	if status == http.StatusOK {
		require.Equal(x.t, "RIFF", string(body[:4]))
	}
}

// forget removes all recordings.
func (x *callCentre) forget() {
	x.t.Helper()
	raw := x.raw(x.token, `{ calls { nodes { recordings { id state } } } }`)
	var answer struct {
		Data struct {
			Calls struct {
				Nodes []struct{ Recordings []struct{ ID, State string } }
			}
		}
	}
	require.NoError(x.t, json.Unmarshal([]byte(raw), &answer), raw)
	for _, c := range answer.Data.Calls.Nodes {
		for _, r := range c.Recordings {
			x.gql(x.tenant, fmt.Sprintf(`mutation { deleteRecording(input: {id: %q}) { call { id } } }`, r.ID), "deleteRecording.call.id")
		}
	}
}

// TestRC1_RC8_aCRMThatIsDownMissesTheCardAndGetsTheCallOnce: nobody is helped by a card that comes late, the history must be whole all the same.
func TestRC1_RC8_aCRMThatIsDownMissesTheCardAndGetsTheCallOnce(t *testing.T) {
	t.Parallel()
	eachEngine(t, func(t *testing.T, engine store.Engine) {
		x := openCallCentre(t, engine, "crmdown")
		kit := x.stand.Kit("amocrm")
		require.NoError(t, kit.Faults.Add(emulation.Fault{Kind: emulation.FaultStatus}))
		x.ring()
		require.Eventually(t, func() bool {
			states := x.jobs("CALL_POPUP")
			return len(states) == 1 && states[0] == "CANCELLED"
		}, 30*time.Second, 50*time.Millisecond, "the card is given up")
		require.NoError(t, x.sim.HangUp(callerOne))
		require.Eventually(t, func() bool {
			return strings.Contains(x.raw(x.token, fmt.Sprintf(`{ integrationJobs(id: %q, first: 50, filter: {kinds: [CALL_LOG]}) { nodes { failure { kind } } } }`, x.integration)), "UNAVAILABLE")
		}, 15*time.Second, 30*time.Millisecond, "the call could not be kept")
		require.Empty(t, x.kept())
		require.Eventually(t, func() bool {
			states := x.jobs("CALL_POPUP")
			return len(states) == 2 && states[0] == "CANCELLED"
		}, 30*time.Second, 50*time.Millisecond, "so is that of the lost call")

		kit.Faults.Clear()
		require.NoError(t, kit.Faults.Add(emulation.Fault{Kind: emulation.FaultDropAfter, Method: "POST", Path: "/unsorted/sip", Times: 1}))
		require.Eventually(t, func() bool {
			states := x.jobs("CALL_LOG")
			return len(states) == 1 && states[0] == "DONE"
		}, 90*time.Second, 100*time.Millisecond, "the call is kept")
		require.Len(t, x.kept(), 1, "once, though an answer was lost")
		require.Empty(t, x.crm.Popups())
	})
}
