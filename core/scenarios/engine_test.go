package scenarios_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/calltracking"
	"github.com/skvoz/skvoz/core/employees"
	"github.com/skvoz/skvoz/core/scenarios"
	"github.com/skvoz/skvoz/core/telephony"
)

const (
	account  core.AccountID  = 1
	scenario core.ScenarioID = 7
	caller                   = "79000000001"
	did                      = "74950000001"
)

// office is an account in memory: every port of the engine.
type office struct {
	mu       sync.Mutex
	graphs   map[core.ScenarioID]scenarios.Graph
	people   map[core.EmployeeID]employees.Employee
	members  map[core.EmployeeGroupID][]core.EmployeeID
	open     bool
	blocked  map[core.Phone]bool
	busy     scenarios.Occupation
	talked   map[core.EmployeeID]time.Time
	manager  func(ctx context.Context) (scenarios.ManagerAnswer, error)
	asked    int
	server   func(ctx context.Context, ask scenarios.HTTPAsk) ([]byte, error)
	runs     map[telephony.CallRef]string
	versions map[telephony.CallRef]int64
	answers  map[string]json.RawMessage
	events   []telephony.Event
	// breaks makes the next saving fail.
	breaks error
}

func newOffice(g scenarios.Graph) *office {
	return &office{
		graphs: map[core.ScenarioID]scenarios.Graph{scenario: g}, people: map[core.EmployeeID]employees.Employee{}, members: map[core.EmployeeGroupID][]core.EmployeeID{},
		blocked: map[core.Phone]bool{}, busy: scenarios.Occupation{Legs: map[string]int{}, Lines: map[string]telephony.LineState{}}, talked: map[core.EmployeeID]time.Time{},
		runs: map[telephony.CallRef]string{}, versions: map[telephony.CallRef]int64{}, answers: map[string]json.RawMessage{},
	}
}

func (o *office) hire(id core.EmployeeID, phones ...string) {
	e := employees.Employee{ID: id, AccountID: account, LastName: fmt.Sprintf("E%d", id), Status: employees.StatusAvailable}
	for _, p := range phones {
		e.Phones = append(e.Phones, employees.Phone{Kind: employees.PhoneLine, Number: p, Channels: 1, DialSeconds: 15, IsActive: true})
	}
	o.people[id] = e
}

func (o *office) RouteAnswer(_ context.Context, _ telephony.Connection, id string) (json.RawMessage, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.answers[id], nil
}

func (o *office) Run(_ context.Context, call telephony.CallRef) (*scenarios.Run, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	text, ok := o.runs[call]
	if !ok {
		return nil, nil //nolint:nilnil // the port says so
	}
	r := &scenarios.Run{}
	err := json.Unmarshal([]byte(text), r)
	r.Version = o.versions[call]
	return r, err
}

func (o *office) SaveRun(_ context.Context, call telephony.CallRef, r *scenarios.Run, request string, answer json.RawMessage, events []telephony.Event) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if err := o.breaks; err != nil {
		o.breaks = nil
		return err
	}
	if o.versions[call] != r.Version || o.answers[request] != nil {
		return core.E(core.KindConflict, "another went on")
	}
	text, err := json.Marshal(r)
	if err != nil {
		return err
	}
	o.runs[call], o.answers[request], o.events = string(text), answer, append(o.events, events...)
	o.versions[call]++
	return nil
}

func (o *office) Scenarios(context.Context, core.AccountID) ([]scenarios.Scenario, error) {
	return nil, nil
}

func (o *office) Scenario(_ context.Context, _ core.AccountID, id core.ScenarioID) (scenarios.Scenario, error) {
	g, ok := o.graphs[id]
	if !ok {
		return scenarios.Scenario{}, core.NotFound("scenario")
	}
	return scenarios.Scenario{ID: id, Graph: g}, nil
}

func (o *office) CreateScenario(_ context.Context, s scenarios.Scenario, _ int) (scenarios.Scenario, error) {
	return s, nil
}

func (o *office) UpdateScenario(_ context.Context, s scenarios.Scenario) (scenarios.Scenario, error) {
	return s, nil
}
func (o *office) DeleteScenario(context.Context, core.AccountID, core.ScenarioID) error { return nil }

func (o *office) BlockedCallers(context.Context, core.AccountID) ([]scenarios.BlockedCaller, error) {
	return nil, nil
}

func (o *office) BlockCaller(context.Context, core.AccountID, scenarios.BlockedCaller) error {
	return nil
}
func (o *office) UnblockCaller(context.Context, core.AccountID, core.Phone) error { return nil }
func (o *office) IsBlocked(_ context.Context, _ core.AccountID, p core.Phone) (bool, error) {
	return o.blocked[p], nil
}

func (o *office) ByID(_ context.Context, _ core.AccountID, ids []core.EmployeeID) (map[core.EmployeeID]employees.Employee, error) {
	out := map[core.EmployeeID]employees.Employee{}
	for _, id := range ids {
		if e, ok := o.people[id]; ok {
			out[id] = e
		}
	}
	return out, nil
}

func (o *office) Members(_ context.Context, _ core.AccountID, g core.EmployeeGroupID) ([]employees.Employee, error) {
	var out []employees.Employee
	for _, id := range o.members[g] {
		out = append(out, o.people[id])
	}
	return out, nil
}

func (o *office) Open(_ context.Context, _ core.AccountID, ids []core.ScheduleID, _ time.Time) (map[core.ScheduleID]bool, error) {
	return map[core.ScheduleID]bool{ids[0]: o.open}, nil
}

func (o *office) NumberByDigits(_ context.Context, _ core.AccountID, digits core.Phone) (calltracking.VirtualNumber, error) {
	if digits != did {
		return calltracking.VirtualNumber{}, core.NotFound("number")
	}
	return calltracking.VirtualNumber{ID: 5, Number: digits, ScenarioID: scenario, Records: true}, nil
}

func (o *office) Occupation(context.Context, core.AccountID) (scenarios.Occupation, error) {
	return o.busy, nil
}

func (o *office) Talked(context.Context, core.AccountID, []core.EmployeeID) (map[core.EmployeeID]time.Time, error) {
	return o.talked, nil
}

func (o *office) Manager(ctx context.Context, _ core.AccountID, _ core.IntegrationID, _ core.Phone) (scenarios.ManagerAnswer, error) {
	o.mu.Lock()
	o.asked++
	o.mu.Unlock()
	return o.manager(ctx)
}

func (o *office) Ask(ctx context.Context, ask scenarios.HTTPAsk) ([]byte, error) {
	return o.server(ctx, ask)
}

func (o *office) engine(patience time.Duration) *scenarios.Engine {
	return scenarios.NewEngine(scenarios.EngineConfig{
		Runs: o, Scenarios: o, Blocked: o, People: o, Numbers: o, Presence: o, Managers: o, Servers: o, Clock: core.SystemClock{}, Patience: patience,
		ReadPhone: func(raw string) (core.Phone, bool) { return core.Phone(raw), len(raw) == 11 }, Random: func(n int) int { return n - 1 },
	})
}

var connection = telephony.Connection{ID: 3, AccountID: account}

// pbx asks an engine like a PBX does.
type pbx struct {
	t      *testing.T
	engine *scenarios.Engine
	n      int
	call   string
}

func (p *pbx) ask(reason telephony.RouteReason, data telephony.RouteData) telephony.RouteAnswer {
	p.t.Helper()
	p.n++
	return p.askAs(fmt.Sprintf("%s-rq%d", p.callID(), p.n), reason, data)
}

func (p *pbx) callID() string {
	if p.call == "" {
		return "c1"
	}
	return p.call
}

func (p *pbx) askAs(id string, reason telephony.RouteReason, data telephony.RouteData) telephony.RouteAnswer {
	p.t.Helper()
	raw, err := p.engine.Route(p.t.Context(), connection, telephony.RouteRequest{RequestID: id, CallID: p.callID(), Reason: reason, DID: did, Caller: caller, Data: data})
	require.NoError(p.t, err)
	var a telephony.RouteAnswer
	require.NoError(p.t, json.Unmarshal(raw, &a))
	return a
}

// askUntil goes on asking while the answer is only to wait.
func (p *pbx) askUntil(reason telephony.RouteReason) telephony.RouteAnswer {
	p.t.Helper()
	a := p.ask(reason, telephony.RouteData{})
	for n := 0; n < 50 && len(a.Do) == 1 && a.Do[0].Gather != nil && a.Do[0].Gather.Media == "ringback"; n++ {
		a = p.ask(telephony.RouteTimeout, telephony.RouteData{})
	}
	return a
}

func results(reasons ...telephony.Reason) telephony.RouteData {
	var d telephony.RouteData
	for i, r := range reasons {
		d.Results = append(d.Results, telephony.DialResult{LegID: fmt.Sprintf("l%d", i), Reason: r})
	}
	return d
}

func op(id string, t scenarios.Type, settings scenarios.Values, exits map[string]string) scenarios.Operation {
	return scenarios.Operation{ID: id, Type: t, Settings: settings, Exits: exits}
}

func values(pairs ...string) scenarios.Values {
	v := scenarios.Values{}
	for i := 0; i < len(pairs); i += 2 {
		v[pairs[i]] = append(v[pairs[i]], pairs[i+1])
	}
	return v
}

// managerGraph asks the CRM, and rings employee 2 when that comes to nothing.
func managerGraph(wait string) scenarios.Graph {
	return scenarios.Graph{Start: "crm", Operations: []scenarios.Operation{
		op("crm", scenarios.TypeManager, values("integration", "4", "wait_ms", wait, "ring_seconds", "10"), map[string]string{"forward_failed": "linked"}),
		op("linked", scenarios.TypeForward, values("to", "employee", "employee", "2"), map[string]string{"no_answer": "bye"}),
		op("bye", scenarios.TypeHangup, nil, nil),
	}}
}

func found() scenarios.ManagerAnswer {
	return scenarios.ManagerAnswer{IsEnabled: true, HasContact: true, HasManager: true, Name: "Anna", EmployeeID: 1, TellsStatus: true, IsOnline: true, IsFree: true, Raw: "manager 11"}
}

// exits lists how the operations of a call were left.
func (o *office) exits() []string {
	var out []string
	for _, e := range o.events {
		if e.Type == telephony.OpExited {
			out = append(out, e.Data.OpID+":"+e.Data.Exit)
		}
	}
	return out
}

func TestRC4_MP4_everyWayThePersonalManagerIsNotReachedLeadsToTheLinkedOperation(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		manager func(ctx context.Context) (scenarios.ManagerAnswer, error)
		exit    string
	}{
		"the CRM does not know the caller": {func(context.Context) (scenarios.ManagerAnswer, error) {
			return scenarios.ManagerAnswer{IsEnabled: true}, nil
		}, "not_found"},
		"the contact has no manager": {func(context.Context) (scenarios.ManagerAnswer, error) {
			return scenarios.ManagerAnswer{IsEnabled: true, HasContact: true}, nil
		}, "not_found"},
		"RC-5: the manager is offline": {func(context.Context) (scenarios.ManagerAnswer, error) {
			a := found()
			a.IsOnline = false
			return a, nil
		}, "unavailable"},
		"RC-5: the manager is not free": {func(context.Context) (scenarios.ManagerAnswer, error) {
			a := found()
			a.IsFree = false
			return a, nil
		}, "busy"},
		"RC-5: the manager has no number": {func(context.Context) (scenarios.ManagerAnswer, error) {
			a := found()
			a.EmployeeID = 99
			return a, nil
		}, "unavailable"},
		"the CRM fails": {func(context.Context) (scenarios.ManagerAnswer, error) {
			return scenarios.ManagerAnswer{}, errors.New("502 from the CRM")
		}, "error"},
		"the CRM does not answer in time": {func(ctx context.Context) (scenarios.ManagerAnswer, error) {
			<-ctx.Done()
			return scenarios.ManagerAnswer{}, ctx.Err()
		}, "timeout"},
		"MP-4: the integration is off": {func(context.Context) (scenarios.ManagerAnswer, error) {
			return scenarios.ManagerAnswer{}, nil
		}, "forward_failed"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := newOffice(managerGraph("300"))
			o.hire(1, "101")
			o.hire(2, "102")
			o.manager = c.manager
			a := (&pbx{t: t, engine: o.engine(100 * time.Millisecond)}).askUntil(telephony.RouteNewCall)
			require.Len(t, a.Do, 1)
			require.NotNil(t, a.Do[0].Dial, "the linked operation rings")
			require.Equal(t, "102", a.Do[0].Dial.Targets[0].Value)
			require.Equal(t, []string{"crm:" + c.exit}, o.exits())
			last := o.events[len(o.events)-2]
			require.Equal(t, telephony.OpExited, last.Type)
			require.NotEmpty(t, last.Data.Detail, "the reason stands in the call's details")
		})
	}
}

func TestRC4_theManagerIsRungAndTheLinkedOperationFollowsWhenNobodyAnswers(t *testing.T) {
	t.Parallel()
	o := newOffice(managerGraph("1000"))
	o.hire(1, "101")
	o.hire(2, "102")
	o.manager = func(context.Context) (scenarios.ManagerAnswer, error) { return found(), nil }
	p := &pbx{t: t, engine: o.engine(0)}
	a := p.askUntil(telephony.RouteNewCall)
	require.Equal(t, "101", a.Do[0].Dial.Targets[0].Value)
	require.Equal(t, "1", a.Do[0].Dial.Targets[0].EmployeeID)
	require.Equal(t, 10000, a.Do[0].Dial.TimeoutMS)
	require.True(t, a.Record)

	a = p.ask(telephony.RouteDialResult, results(telephony.ReasonNoAnswer))
	require.Equal(t, "102", a.Do[0].Dial.Targets[0].Value)
	require.Equal(t, []string{"crm:no_answer"}, o.exits())
	require.Contains(t, o.events[1].Data.Detail, "manager 11", "what the CRM answered is in the details")

	a = p.ask(telephony.RouteTalkEnded, telephony.RouteData{})
	require.NotNil(t, a.Do[0].Hangup)
	require.Equal(t, []string{"crm:no_answer", "linked:answered"}, o.exits())
}

func TestRC4_aSlowCRMNeverKeepsThePBXWaiting(t *testing.T) {
	t.Parallel()
	o := newOffice(managerGraph("5000"))
	o.hire(1, "101")
	release := make(chan struct{})
	o.manager = func(context.Context) (scenarios.ManagerAnswer, error) {
		<-release
		return found(), nil
	}
	p := &pbx{t: t, engine: o.engine(20 * time.Millisecond)}
	a := p.ask(telephony.RouteNewCall, telephony.RouteData{})
	require.NotNil(t, a.Do[0].Gather, "the caller hears ringing meanwhile")
	p.ask(telephony.RouteTimeout, telephony.RouteData{})
	close(release)
	a = p.askUntil(telephony.RouteTimeout)
	require.NotNil(t, a.Do[0].Dial)
	require.Equal(t, 1, o.asked, "one request in flight")
}

func TestRoute_theCallersHangingUpEndsTheRequestToTheCRM(t *testing.T) {
	t.Parallel()
	o := newOffice(managerGraph("5000"))
	ended := make(chan struct{})
	o.manager = func(ctx context.Context) (scenarios.ManagerAnswer, error) {
		<-ctx.Done()
		close(ended)
		return scenarios.ManagerAnswer{}, ctx.Err()
	}
	p := &pbx{t: t, engine: o.engine(10 * time.Millisecond)}
	p.ask(telephony.RouteNewCall, telephony.RouteData{})
	p.engine.Over(telephony.CallRef{AccountID: account, ConnectionID: connection.ID, PBXCallID: "c1"})
	select {
	case <-ended:
	case <-time.After(5 * time.Second):
		t.Fatal("the request went on")
	}
}

func TestRoute_aCRMsAnswerAboutAPhoneCountsForAMinute(t *testing.T) {
	t.Parallel()
	o := newOffice(managerGraph("1000"))
	o.hire(1, "101")
	o.manager = func(context.Context) (scenarios.ManagerAnswer, error) { return found(), nil }
	e := o.engine(0)
	for n := range 3 {
		(&pbx{t: t, engine: e, call: fmt.Sprintf("c%d", n)}).askUntil(telephony.RouteNewCall)
	}
	require.Equal(t, 1, o.asked)
}

func TestRoute_theSameRequestGetsTheSameBytes(t *testing.T) {
	t.Parallel()
	g := scenarios.Graph{Start: "f", Operations: []scenarios.Operation{op("f", scenarios.TypeForward, values("to", "group", "group", "9", "strategy", "random"), nil)}}
	o := newOffice(g)
	for id := range core.EmployeeID(5) {
		o.hire(id+1, fmt.Sprint(101+id))
		o.members[9] = append(o.members[9], id+1)
	}
	e := o.engine(0)
	r := telephony.RouteRequest{RequestID: "rq", CallID: "c", Reason: telephony.RouteNewCall, DID: did, Caller: caller}
	first, err := e.Route(t.Context(), connection, r)
	require.NoError(t, err)
	again, err := o.engine(0).Route(t.Context(), connection, r) // another replica
	require.NoError(t, err)
	require.Equal(t, string(first), string(again))
	require.Len(t, o.events, 1)
}

func TestRoute_severalReplicasLeadACallOnOnce(t *testing.T) {
	t.Parallel()
	o := newOffice(managerGraph("500"))
	o.hire(1, "101")
	o.manager = func(context.Context) (scenarios.ManagerAnswer, error) { return found(), nil }
	r := telephony.RouteRequest{RequestID: "rq", CallID: "c", Reason: telephony.RouteNewCall, DID: did, Caller: caller}
	got := make([]string, 8)
	var all sync.WaitGroup
	for i := range got {
		all.Go(func() {
			raw, err := o.engine(0).Route(t.Context(), connection, r)
			got[i] = string(raw)
			if err != nil {
				got[i] = err.Error()
			}
		})
	}
	all.Wait()
	for _, g := range got {
		require.Equal(t, got[0], g)
	}
}

func TestRoute_goesOnAfterACrashBetweenDecidingAndKeeping(t *testing.T) {
	t.Parallel()
	o := newOffice(managerGraph("500"))
	o.hire(1, "101")
	o.hire(2, "102")
	o.manager = func(context.Context) (scenarios.ManagerAnswer, error) { return found(), nil }
	p := &pbx{t: t, engine: o.engine(0)}
	p.askUntil(telephony.RouteNewCall)
	o.breaks = core.Unavailable("the disk", time.Second, errors.New("gone"))
	r := telephony.RouteRequest{RequestID: "lost", CallID: "c1", Reason: telephony.RouteDialResult, DID: did, Caller: caller, Data: results(telephony.ReasonBusy)}
	_, err := p.engine.Route(t.Context(), connection, r)
	require.Error(t, err)
	p.engine = o.engine(0)
	a := p.askAs("lost", r.Reason, r.Data)
	require.Equal(t, "102", a.Do[0].Dial.Targets[0].Value)
	require.Equal(t, []string{"crm:busy"}, o.exits())
}

func TestRoute_menusScheduleBlacklistTagAndGoto(t *testing.T) {
	t.Parallel()
	g := scenarios.Graph{Start: "list", Operations: []scenarios.Operation{
		op("list", scenarios.TypeBlacklist, nil, map[string]string{"passed": "hours", "blocked": "no"}),
		op("hours", scenarios.TypeSchedule, values("schedule", "1"), map[string]string{"open": "menu", "closed": "mail"}),
		op("menu", scenarios.TypeMenu, values("media", "3", "repeats", "2"), map[string]string{"1": "mark", "timeout": "mail"}),
		op("mark", scenarios.TypeTag, values("tag", "8"), map[string]string{"done": "other"}),
		op("other", scenarios.TypeGoto, values("scenario", "70"), nil),
		op("mail", scenarios.TypeVoicemail, values("max_seconds", "60"), map[string]string{"done": "no"}),
		op("no", scenarios.TypeHangup, values("code", "603"), nil),
	}}
	prepare := func() (*office, *pbx) {
		o := newOffice(g)
		o.graphs[70] = scenarios.Graph{Start: "f", Operations: []scenarios.Operation{op("f", scenarios.TypeForward, values("to", "numbers", "numbers", "79160000001"), nil)}}
		o.open = true
		return o, &pbx{t: t, engine: o.engine(0)}
	}

	o, p := prepare()
	a := p.ask(telephony.RouteNewCall, telephony.RouteData{})
	require.Equal(t, "media:3", a.Do[0].Gather.Media)
	a = p.ask(telephony.RouteDigits, telephony.RouteData{Value: "9"})
	require.NotNil(t, a.Do[0].Gather, "a wrong key: the menu is played again")
	a = p.ask(telephony.RouteDigits, telephony.RouteData{Value: "1"})
	require.Equal(t, "8", a.Do[0].Tag.TagID)
	require.Equal(t, "79160000001", a.Do[1].Dial.Targets[0].Value)
	require.True(t, strings.HasPrefix(a.State, "s70:f:"))
	require.Equal(t, []string{"list:passed", "hours:open", "menu:1", "mark:done", "other:"}, o.exits())

	o, p = prepare()
	o.open = false
	a = p.ask(telephony.RouteNewCall, telephony.RouteData{})
	require.NotNil(t, a.Do[1].Voicemail)
	a = p.ask(telephony.RoutePlayed, telephony.RouteData{})
	require.Equal(t, 603, a.Do[0].Hangup.Code)

	o, p = prepare()
	o.blocked[caller] = true
	a = p.ask(telephony.RouteNewCall, telephony.RouteData{})
	require.Equal(t, 603, a.Do[0].Hangup.Code)
}

func TestRoute_aCircleEndsAndANumberWithoutScenarioHangsUp(t *testing.T) {
	t.Parallel()
	o := newOffice(scenarios.Graph{Start: "a", Operations: []scenarios.Operation{
		op("a", scenarios.TypeTag, values("tag", "1"), map[string]string{"done": "b"}), op("b", scenarios.TypeTag, values("tag", "2"), map[string]string{"done": "a"}),
	}})
	p := &pbx{t: t, engine: o.engine(0)}
	a := p.ask(telephony.RouteNewCall, telephony.RouteData{})
	require.NotNil(t, a.Do[len(a.Do)-1].Hangup)
	require.Less(t, len(a.Do), 100)

	raw, err := p.engine.Route(t.Context(), connection, telephony.RouteRequest{RequestID: "x", CallID: "c9", Reason: telephony.RouteNewCall, DID: "70000000000", Caller: caller})
	require.NoError(t, err)
	require.Contains(t, string(raw), `"hangup":{"code":404}`)
}

func TestForward_ringsWhoCanTakeTheCall(t *testing.T) {
	t.Parallel()
	forward := func(settings ...string) scenarios.Graph {
		return scenarios.Graph{Start: "f", Operations: []scenarios.Operation{
			op("f", scenarios.TypeForward, values(settings...), map[string]string{"busy": "b", "unavailable": "u"}),
			op("b", scenarios.TypeHangup, values("code", "486"), nil), op("u", scenarios.TypeHangup, values("code", "480"), nil),
		}}
	}
	rung := func(o *office) (out []string, hangup int) {
		a := (&pbx{t: t, engine: o.engine(0)}).ask(telephony.RouteNewCall, telephony.RouteData{})
		if a.Do[0].Hangup != nil {
			return nil, a.Do[0].Hangup.Code
		}
		for _, x := range a.Do[0].Dial.Targets {
			out = append(out, fmt.Sprintf("%s+%d/%d", x.Value, x.DelayMS, x.TimeoutMS))
		}
		return out, 0
	}

	o := newOffice(forward("to", "employee", "employee", "1", "ring_seconds", "40"))
	o.hire(1, "101", "201")
	got, _ := rung(o)
	require.Equal(t, []string{"101+0/15000", "201+0/15000"}, got, "an employee's phones in their order, each for its own time")

	o = newOffice(forward("to", "group", "group", "9", "ring_seconds", "40"))
	o.hire(1, "101", "201")
	o.hire(2, "102")
	o.members[9] = []core.EmployeeID{1, 2}
	got, _ = rung(o)
	require.Equal(t, []string{"101+0/0", "201+15000/0", "102+0/0"}, got, "all at once, second phones later")

	o = newOffice(forward("to", "group", "group", "9", "strategy", "least_recent"))
	o.hire(1, "101")
	o.hire(2, "102")
	o.hire(3, "103")
	o.members[9] = []core.EmployeeID{1, 2, 3}
	o.talked[1], o.talked[2] = time.Unix(2000, 0), time.Unix(1000, 0)
	got, _ = rung(o)
	require.Equal(t, []string{"103+0/15000", "102+0/15000", "101+0/15000"}, got)

	o = newOffice(forward("to", "employee", "employee", "1"))
	o.hire(1, "101")
	e := o.people[1]
	e.Status = employees.StatusBreak
	o.people[1] = e
	_, code := rung(o)
	require.Equal(t, 486, code, "on a break")

	o = newOffice(forward("to", "employee", "employee", "1"))
	o.hire(1, "101")
	o.busy.Legs["101"] = 1
	_, code = rung(o)
	require.Equal(t, 486, code, "talking on the only channel")

	o = newOffice(forward("to", "employee", "employee", "1"))
	o.hire(1, "101")
	o.busy.Lines["101"] = telephony.LineUnavailable
	_, code = rung(o)
	require.Equal(t, 480, code, "nobody is registered")
}

func TestHTTPRequest_doesWhatTheServerAnswers(t *testing.T) {
	t.Parallel()
	g := scenarios.Graph{Start: "h", Operations: []scenarios.Operation{
		op("h", scenarios.TypeHTTPRequest, values("url", "https://crm.example/route", "wait_ms", "300", "params", "numa", "params", "numb"), map[string]string{"failed": "f", "code_2": "two", "answered": "two"}),
		op("f", scenarios.TypeHangup, values("code", "480"), nil), op("two", scenarios.TypeHangup, values("code", "486"), nil),
	}}
	ask := func(answer string, err error) telephony.RouteAnswer {
		o := newOffice(g)
		o.server = func(_ context.Context, a scenarios.HTTPAsk) ([]byte, error) {
			require.Equal(t, [][2]string{{"numa", caller}, {"numb", did}}, a.Params)
			return []byte(answer), err
		}
		return (&pbx{t: t, engine: o.engine(0)}).askUntil(telephony.RouteNewCall)
	}
	require.Equal(t, "79160000001", ask(`{"phones":["79160000001","101"]}`, nil).Do[0].Dial.Targets[0].Value)
	require.Equal(t, "hello.mp3", ask(`{"message_name":"hello.mp3","phones":[]}`, nil).Do[0].Play.Media)
	require.Equal(t, 486, ask(`{"returned_code":2}`, nil).Do[0].Hangup.Code)
	require.Equal(t, 480, ask(`<html>`, nil).Do[0].Hangup.Code)
	require.Equal(t, 480, ask(``, errors.New("connection refused")).Do[0].Hangup.Code)
	require.NotNil(t, ask(`{"returned_code":"7"}`, nil).Do[0].Hangup, "an exit that leads nowhere ends the call")
}

func TestDryRun_tellsWhatWouldHappen(t *testing.T) {
	t.Parallel()
	o := newOffice(scenarios.Graph{})
	o.hire(2, "102")
	g := managerGraph("300")
	steps, err := o.engine(0).DryRun(t.Context(), account, g, scenarios.FakeCaller{Phone: caller, Number: did, Outcomes: map[string]string{"crm": "not_found", "linked": "no_answer"}})
	require.NoError(t, err)
	var got []string
	for _, s := range steps {
		got = append(got, s.OperationID+":"+s.Exit)
	}
	require.Equal(t, []string{"crm:not_found", "linked:no_answer", "bye:"}, got)
	require.Equal(t, "102", steps[1].Rings[0].Value)
	require.Zero(t, o.asked)
	require.Empty(t, o.events)
}
