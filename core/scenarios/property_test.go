package scenarios_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/scenarios"
	"github.com/skvoz/skvoz/core/telephony"
)

const (
	randomCalls = 400
	// mostQuestions is more than a call may take: five hundred operations, each of which plays nine times at most.
	mostQuestions = 500 * 9
)

// TestTR7_AnyScenarioAndAnyPBXEndTheCall leads calls through random scenarios by a PBX that says anything: each comes to an end, a question asked again has the same
// answer, and every operation that was begun was left, but for the one the call ended in.
func TestTR7_AnyScenarioAndAnyPBXEndTheCall(t *testing.T) {
	t.Parallel()
	for seed := range uint64(randomCalls) {
		o := newOffice(scenarios.Graph{})
		d := &dice{rand.New(rand.NewPCG(seed, 7))}
		d.furnish(o)
		d.call(t, o, fmt.Sprintf("seed %d", seed))
	}
}

// dice draw scenarios and what PBXs say.
type dice struct{ *rand.Rand }

func pick[T any](d *dice, list ...T) T { return list[d.IntN(len(list))] }

// furnish fills an office with people, scenarios that may lead to each other, and systems that may fail.
func (d *dice) furnish(o *office) {
	for id := range core.EmployeeID(4) {
		o.hire(id+1, fmt.Sprint(101+id), fmt.Sprint(201+id))
	}
	o.members = map[core.EmployeeGroupID][]core.EmployeeID{1: {1, 2, 3}, 2: {}}
	o.open = d.IntN(2) == 0
	o.blocked[caller] = d.IntN(2) == 0
	if d.IntN(2) == 0 {
		o.busy.Legs["101"] = 1
	}
	for id := scenario; id < scenario+3; id++ {
		o.graphs[id] = d.graph()
	}
	o.manager = func(context.Context) (scenarios.ManagerAnswer, error) {
		if d.IntN(4) == 0 {
			return scenarios.ManagerAnswer{}, errors.New("the CRM is down")
		}
		return scenarios.ManagerAnswer{
			IsEnabled: d.IntN(5) > 0, HasContact: d.IntN(5) > 0, HasManager: d.IntN(5) > 0, EmployeeID: core.EmployeeID(d.IntN(6)), Phone: pick(d, "", "79001112233"),
			Extension: pick(d, "", "777"), TellsStatus: d.IntN(2) == 0, IsOnline: d.IntN(2) == 0, IsFree: d.IntN(2) == 0,
		}, nil
	}
	o.server = func(context.Context, scenarios.HTTPAsk) ([]byte, error) {
		answer := pick(d, `{}`, `null`, `[]`, `{"phones":["79001112233"]}`, `{"phones":[5,null]}`, `{"returned_code":3}`, `{"returned_code":"9"}`, `{"text":"hello"}`, `{"message_name":"x"}`, "no JSON", "")
		if answer == "" {
			return nil, errors.New("the server is down")
		}
		return []byte(answer), nil
	}
}

// graph draws a scenario that may be saved.
func (d *dice) graph() scenarios.Graph {
	n := 1 + d.IntN(12)
	name := func(k int) string { return fmt.Sprintf("o%d", k) }
	g := scenarios.Graph{Start: name(0)}
	for k := range n {
		spec := pick(d, scenarios.Catalogue()...)
		o := scenarios.Operation{ID: name(k), Type: spec.Type, Settings: d.settings(spec), Exits: map[string]string{}}
		for _, e := range spec.Exits {
			if d.IntN(3) > 0 {
				o.Exits[e.Name] = name(d.IntN(n))
			}
		}
		if spec.Type == scenarios.TypeMenu {
			o.Exits["1"] = name(d.IntN(n))
		}
		g.Operations = append(g.Operations, o)
	}
	return g
}

func (d *dice) settings(spec scenarios.Spec) scenarios.Values {
	v := scenarios.Values{}
	for _, f := range spec.Fields {
		if !f.Required && d.IntN(2) == 0 {
			continue
		}
		switch f.Type {
		case scenarios.FieldNumber:
			v[f.Key] = []string{fmt.Sprint(f.Min + d.IntN(f.Max-f.Min+1))}
		case scenarios.FieldSelect, scenarios.FieldMulti:
			v[f.Key] = []string{pick(d, f.Options...).Value}
		case scenarios.FieldSwitch:
			v[f.Key] = []string{pick(d, "true", "false")}
		case scenarios.FieldURL:
			v[f.Key] = []string{"https://example.com/route"}
		case scenarios.FieldPhones:
			v[f.Key] = []string{"79001112233", "101"}
		case scenarios.FieldScenario:
			v[f.Key] = []string{(scenario + core.ScenarioID(d.IntN(4))).String()} // one of them is not there
		default:
			v[f.Key] = []string{fmt.Sprint(1 + d.IntN(3))}
		}
	}
	return v
}

// call leads one call to its end.
func (d *dice) call(t *testing.T, o *office, label string) {
	t.Helper()
	for id, g := range o.graphs {
		for _, p := range scenarios.Check(g) {
			require.True(t, p.IsWarning, "%s: scenario %d: %+v", label, id, p)
		}
	}
	e := o.engine(time.Second)
	r := telephony.RouteRequest{RequestID: "rq0", CallID: "c1", Reason: telephony.RouteNewCall, DID: did, Caller: pick(d, caller, "", "anonymous")}
	for n := 1; ; n++ {
		require.Less(t, n, mostQuestions, "%s: the call does not end", label)
		raw, err := e.Route(t.Context(), connection, r)
		require.NoError(t, err, label)
		if d.IntN(4) == 0 {
			again, err := o.engine(time.Second).Route(t.Context(), connection, r) // another replica
			require.NoError(t, err, label)
			require.Equal(t, string(raw), string(again), label)
		}
		var a telephony.RouteAnswer
		require.NoError(t, json.Unmarshal(raw, &a), label)
		require.NotEmpty(t, a.Do, label)
		if last := a.Do[len(a.Do)-1]; last.Hangup != nil {
			break
		}
		r = telephony.RouteRequest{RequestID: fmt.Sprint("rq", n), CallID: "c1", DID: did, Caller: r.Caller, State: a.State}
		r.Reason, r.Data = d.word()
	}
	checkSteps(t, o.events, label)
}

// word is anything a PBX may say, fitting or not.
func (d *dice) word() (telephony.RouteReason, telephony.RouteData) {
	switch reason := pick(d, telephony.RouteDialResult, telephony.RouteDigits, telephony.RoutePlayed, telephony.RouteTimeout, telephony.RouteTalkEnded, telephony.RouteUnsupported); reason {
	case telephony.RouteDialResult:
		return reason, results(pick(d, telephony.ReasonNormal, telephony.ReasonBusy, telephony.ReasonNoAnswer, telephony.ReasonRejected, "", "never heard of"))
	case telephony.RouteDigits:
		return reason, telephony.RouteData{Value: pick(d, "1", "2", "9", "#", "")}
	case telephony.RouteUnsupported:
		return reason, telephony.RouteData{Instruction: pick(d, "dial", "play", "")}
	default:
		return reason, telephony.RouteData{}
	}
}

// checkSteps wants operations left in the order they were begun, all but the last one.
func checkSteps(t *testing.T, events []telephony.Event, label string) {
	t.Helper()
	ids := map[string]bool{}
	open := ""
	for _, e := range events {
		require.False(t, ids[e.ID], "%s: the event %s was made twice", label, e.ID)
		ids[e.ID] = true
		entry := strings.Join(strings.Split(e.ID, ":")[:3], ":")
		switch e.Type {
		case telephony.OpStarted:
			require.Empty(t, open, "%s: %s was never left", label, open)
			open = entry
		case telephony.OpExited:
			require.Equal(t, open, entry, "%s: %s was left and never begun", label, e.ID)
			open = ""
		}
	}
}
