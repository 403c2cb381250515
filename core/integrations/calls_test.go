package integrations_test

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/comms"
	"github.com/skvoz/skvoz/core/employees"
	"github.com/skvoz/skvoz/core/integrations"
	"github.com/skvoz/skvoz/core/telephony"
)

var noon = time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)

func at(seconds int) *time.Time {
	t := noon.Add(time.Duration(seconds) * time.Second)
	return &t
}

// ringing is a call that rings at employee 8.
func ringing() *telephony.Call {
	return &telephony.Call{
		ID: 100, AccountID: account, Direction: telephony.Inbound, State: telephony.StateRinging, ContactPhone: "79262444393", VirtualNumber: "74950000001", SiteID: 3, StartedAt: *at(-3),
		Detail: telephony.Detail{Legs: []telephony.Leg{
			{ID: "c", Role: telephony.RoleContact, StartedAt: at(-3)},
			{ID: "l1", Role: telephony.RoleEmployee, EmployeeID: 8, StartedAt: at(-2), RangAt: at(-1)},
		}},
	}
}

func answered() *telephony.Call {
	c := ringing()
	c.State, c.AnsweredAt, c.EmployeeID, c.Legs[1].AnsweredAt = telephony.StateTalking, at(0), 8, at(0)
	return c
}

func finished(lost bool) *telephony.Call {
	c := answered()
	if lost {
		c = ringing()
	}
	c.State, c.EndedAt, c.IsLost, c.Legs[1].EndedAt = telephony.StateFinished, at(0), lost, at(0)
	if !lost {
		c.Talk = 42 * time.Second
	}
	return c
}

func taker(settings map[string]string, linked ...core.EmployeeID) *integrations.CallTaker {
	t := &integrations.CallTaker{ID: 2, IsActive: true, Settings: integrations.Values{}, Linked: map[core.EmployeeID]bool{}}
	for key, value := range settings {
		t.Settings.Set(key, value)
	}
	for _, id := range linked {
		t.Linked[id] = true
	}
	return t
}

var everything = map[string]string{integrations.KeyCallCards: "true", integrations.KeyCallLog: "true", integrations.KeyCallTasks: "true"}

func keys(before, now *telephony.Call, t *integrations.CallTaker, when time.Time) []string {
	n := integrations.NewsOfCall(before, now)
	out := []string{}
	for _, j := range n.Jobs(t, when) {
		out = append(out, string(j.Kind)+" "+j.Key)
	}
	return out
}

func TestRC1_RC2_RC3_RC8_MP1_MP12_whatSystemsAreToldOfCalls(t *testing.T) {
	t.Parallel()
	out := func(c *telephony.Call) *telephony.Call {
		c.Direction = telephony.Outbound
		return c
	}
	internal := ringing()
	internal.Direction = telephony.Internal
	hidden := ringing()
	hidden.ContactPhone = ""
	paused := taker(everything, 8)
	paused.IsActive = false
	incoming := taker(map[string]string{integrations.KeyCallCards: "true", integrations.KeyCallLog: "true", integrations.KeyCallDirections: integrations.CallsIncoming}, 8)
	cases := []struct {
		rule        string
		before, now *telephony.Call
		taker       *integrations.CallTaker
		when        *time.Time
		want        []string
	}{
		{"a ring at a user of the system shows a card", nil, ringing(), taker(everything, 8), at(0), []string{"call_popup ringing:100:l1"}},
		{"the same ring shows no second one", ringing(), ringing(), taker(everything, 8), at(0), []string{}},
		{"a ring at somebody else shows none", nil, ringing(), taker(everything, 9), at(0), []string{}},
		{"one that is told of too late shows none", nil, ringing(), taker(everything, 8), at(15), []string{}},
		{"nor does one that was answered before it was told of", nil, answered(), taker(everything, 8), at(0), []string{}},
		{"an answer hides it", ringing(), answered(), taker(everything, 8), at(0), []string{"call_popup_hide answered:100:l1"}},
		{"the end hides it and is kept", answered(), finished(false), taker(everything, 8), at(0), []string{"call_popup_hide ended:100:l1", "call_log call:100"}},
		{
			"a lost call has a card of its own and a task", ringing(), finished(true), taker(everything, 8), at(0),
			[]string{"call_popup_hide ended:100:l1", "call_popup lost:100", "call_log call:100", "call_task task:100"},
		},
		{"which come once", finished(true), finished(true), taker(everything, 8), at(0), []string{}},
		{"every call is kept, whosever it was", nil, finished(false), taker(everything), at(0), []string{"call_log call:100"}},
		{"a system that is off gets no cards and the rest later", ringing(), finished(true), paused, at(0), []string{"call_log call:100", "call_task task:100"}},
		{"calls of an import are old news", nil, finished(true), taker(everything, 8), at(4 * 24 * 3600), []string{}},
		{"a call out shows a card, too", nil, out(ringing()), taker(everything, 8), at(0), []string{"call_popup ringing:100:l1"}},
		{"which stays while they talk", out(ringing()), out(answered()), taker(everything, 8), at(0), []string{}},
		{"until the end", out(answered()), out(finished(false)), taker(everything, 8), at(0), []string{"call_popup_hide ended:100:l1", "call_log call:100"}},
		{"unless only incoming calls are wanted", nil, out(ringing()), incoming, at(0), []string{}},
		{"which are", nil, ringing(), incoming, at(0), []string{"call_popup ringing:100:l1"}},
		{"calls within the company concern nobody", nil, internal, taker(everything, 8), at(0), []string{}},
		{"nor do those of hidden numbers", nil, hidden, taker(everything, 8), at(0), []string{}},
		{"what is not switched on is off", nil, finished(true), taker(nil, 8), at(0), []string{}},
	}
	for _, c := range cases {
		t.Run(c.rule, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.want, keys(c.before, c.now, c.taker, *c.when))
		})
	}
}

// switchboard is a CRM that is told of calls.
type switchboard struct {
	*vendor
	shown, hidden []integrations.PopUp
	logged        []integrations.LoggedCall
	tasks         []integrations.CallTask
	command       integrations.CallCommand
	users         []integrations.RemoteEmployee
}

func (s *switchboard) ShowPopUp(_ context.Context, p integrations.PopUp) error {
	return s.did("show", func() { s.shown = append(s.shown, p) })
}

func (s *switchboard) HidePopUp(_ context.Context, p integrations.PopUp) error {
	return s.did("hide", func() { s.hidden = append(s.hidden, p) })
}

func (s *switchboard) LogCall(_ context.Context, c integrations.LoggedCall) (string, error) {
	return "k1", s.did("log", func() { s.logged = append(s.logged, c) })
}

func (s *switchboard) CreateTask(_ context.Context, c integrations.CallTask) (string, error) {
	return "t1", s.did("task", func() { s.tasks = append(s.tasks, c) })
}

func (s *switchboard) ParseCommand(integrations.Hook) (integrations.CallCommand, error) {
	return s.command, nil
}

func (s *switchboard) Employees(context.Context) ([]integrations.RemoteEmployee, error) {
	return s.users, s.did("employees", func() {})
}

func (s *switchboard) EmployeeStatus(_ context.Context, id string) (integrations.RemoteStatus, error) {
	return integrations.RemoteStatus{IsOnline: true, Status: "do_not_disturb"}, s.did("status "+id, func() {})
}

// updating is one that takes recordings later.
type updating struct {
	*switchboard
	updated []integrations.LoggedCall
}

func (u *updating) UpdateCall(_ context.Context, remote string, c integrations.LoggedCall) error {
	return u.did("update "+remote, func() { u.updated = append(u.updated, c) })
}

// telephones are one call with its recordings.
type telephones struct {
	call       *telephony.Call
	recordings []telephony.Recording
	begun      []telephony.NewCall
	refuse     error
}

func (p *telephones) Call(_ context.Context, _ core.AccountID, id core.CallID) (telephony.Call, error) {
	if p.call == nil || p.call.ID != id {
		return telephony.Call{}, core.NotFound("call")
	}
	return *p.call, nil
}

func (p *telephones) Recordings(context.Context, core.AccountID, core.CallID) ([]telephony.Recording, error) {
	return p.recordings, nil
}

func (p *telephones) RecordingURL(_ core.AccountID, id core.RecordingID) string {
	return "https://stat.example.ru/r/" + id.String()
}

func (p *telephones) Start(_ context.Context, _ core.AccountID, n telephony.NewCall) (telephony.BegunCall, error) {
	p.begun = append(p.begun, n)
	return telephony.BegunCall{}, p.refuse
}

// staff are employee 8, who is the user u8 of the CRM.
type staff struct {
	imported []employees.Remote
	statuses map[core.EmployeeID]employees.Status
}

func (*staff) ListLinks(context.Context, core.AccountID, core.IntegrationID) ([]employees.Link, error) {
	return []employees.Link{{IntegrationID: 2, RemoteID: "u8", EmployeeID: 8, IsEnabled: true}, {IntegrationID: 2, RemoteID: "u9", EmployeeID: 9}}, nil
}

func (s *staff) Import(_ context.Context, _ core.AccountID, _ core.IntegrationID, _ string, users []employees.Remote, _ employees.Policy) (employees.Imported, error) {
	s.imported = users
	return employees.Imported{Created: 1, Warnings: []employees.Warning{{Name: "Анна", Kind: employees.WarningWrongPhone, Value: "?"}}}, nil
}

func (*staff) EnableLinks(context.Context, core.AccountID, core.IntegrationID, []core.EmployeeID) error {
	return nil
}

func (s *staff) SetStatus(_ context.Context, _ core.AccountID, id core.EmployeeID, status employees.Status, _ core.EmployeeStatusID, origin employees.Origin) (employees.Employee, error) {
	s.statuses[id] = status
	if origin != employees.OriginCRM {
		return employees.Employee{}, core.Invalid("origin", "bad_origin", "%s", origin)
	}
	return employees.Employee{}, nil
}

// office is a world whose vendor is told of calls.
type office struct {
	*world
	board  *switchboard
	phones *telephones
	staff  *staff
}

func openOffice(connector func(*switchboard) integrations.Connector, call *telephony.Call) *office {
	o := &office{world: newWorld(), phones: &telephones{call: call}, staff: &staff{statuses: map[core.EmployeeID]employees.Status{}}}
	o.board = &switchboard{vendor: o.vendor}
	for key, value := range everything {
		o.memory.i.Settings.Set(key, value)
	}
	o.memory.i.Settings.Set(integrations.KeyEmployees, "true")
	driver := o.Drivers()[0]
	driver.Import = &integrations.EmployeeImport{Mark: "Fake"}
	driver.Settings.Sections = append(driver.Settings.Sections, integrations.CallSettings{Cards: true, Log: true, Tasks: true}.Section(), integrations.EmployeesSection(false))
	driver.Open = func(integrations.Session) (integrations.Connector, error) {
		if connector != nil {
			return connector(o.board), nil
		}
		return o.board, nil
	}
	c := communication()
	c.ID, c.Kind = 100, comms.KindCall
	o.Service = integrations.NewService(integrations.Config{
		Drivers: []integrations.Driver{driver}, Store: o.memory, Queue: queue{memory: o.memory}, Sealer: plainSealer{}, Clock: fixedClock{noon}, Comms: facts{c}, Sites: siteList{},
		Goals: goalList{}, PublicURL: "https://stat.example.ru", Employees: o.staff, Staff: o.staff, Calls: o.phones, Caller: o.phones,
	})
	return o
}

// do does a job once.
func (o *office) do(t *testing.T, kind integrations.JobKind, payload any, progress ...json.RawMessage) integrations.Outcome {
	t.Helper()
	text, err := json.Marshal(payload)
	require.NoError(t, err)
	job := integrations.Job{ID: 31, Attempt: 1}
	job.AccountID, job.IntegrationID, job.Kind, job.Payload = account, 2, kind, text
	if len(progress) > 0 {
		job.Progress = progress[0]
	}
	return o.Handle(t.Context(), integrations.Work{Job: job, Save: func(context.Context, json.RawMessage) error { return nil }})
}

func card(phase integrations.PopUpPhase, when *time.Time) integrations.CallPayload {
	return integrations.CallPayload{CallID: 100, Legs: []string{"l1"}, Employees: []core.EmployeeID{8}, Phase: phase, At: *when}
}

func TestRC1_RC3_RC15_cardsSayWhatIsKnown(t *testing.T) {
	t.Parallel()
	o := openOffice(nil, ringing())
	require.Equal(t, integrations.JobDone, o.do(t, integrations.JobCallPopUp, card(integrations.PopUpRings, at(-1))).State)
	require.Len(t, o.board.shown, 1)
	p := o.board.shown[0]
	require.Equal(t, []string{"u8"}, p.Employees)
	require.Equal(t, "74950000001", p.VirtualLine)
	require.Equal(t, "Кухни", p.SiteName)
	require.Equal(t, "kitchens", p.Source.UTM.Campaign)
	require.Equal(t, "Анна", p.Name)

	require.Equal(t, integrations.JobDone, o.do(t, integrations.JobCallPopUp, integrations.CallPayload{CallID: 100, Employees: []core.EmployeeID{8, 9}, Phase: integrations.PopUpLost, At: noon}).State)
	require.True(t, o.board.shown[1].IsLost)
	require.Equal(t, []string{"u8"}, o.board.shown[1].Employees, "the integration is off for employee 9")

	o.phones.call = answered()
	require.Equal(t, integrations.JobDone, o.do(t, integrations.JobCallPopUp, card(integrations.PopUpRings, at(-1))).State)
	require.Len(t, o.board.shown, 2, "nobody is shown the card of a ring that is over")
	require.Equal(t, integrations.JobDone, o.do(t, integrations.JobCallHide, card(integrations.PopUpAnswered, at(0))).State)
	require.Equal(t, "u8", o.board.hidden[0].AnsweredBy)
}

func TestRC1_aCardIsGivenUpWhenItComesTooLate(t *testing.T) {
	t.Parallel()
	o := openOffice(nil, ringing())
	require.Equal(t, integrations.JobCancelled, o.do(t, integrations.JobCallPopUp, card(integrations.PopUpRings, at(-15))).State)
	require.Empty(t, o.board.shown)

	fails := func(f *integrations.Failure) {
		o.vendor.fail = func(string, bool) error { return f }
	}
	fails(integrations.Fail(integrations.FailDown, ""))
	out := o.do(t, integrations.JobCallPopUp, card(integrations.PopUpRings, at(0)))
	require.Equal(t, integrations.JobWaiting, out.State, "there is time for another try")
	require.Equal(t, integrations.JobCancelled, o.do(t, integrations.JobCallPopUp, card(integrations.PopUpRings, at(-12))).State)
	fails(integrations.Fail(integrations.FailTimeout, ""))
	require.Equal(t, integrations.JobCancelled, o.do(t, integrations.JobCallPopUp, card(integrations.PopUpRings, at(0))).State, "it may have been shown")
	fails(integrations.Fail(integrations.FailRejected, ""))
	require.Equal(t, integrations.JobCancelled, o.do(t, integrations.JobCallPopUp, card(integrations.PopUpRings, at(0))).State, "nobody need look after it")
	fails(integrations.Fail(integrations.FailKey, ""))
	o.do(t, integrations.JobCallPopUp, card(integrations.PopUpRings, at(0)))
	require.Equal(t, integrations.StateBroken, o.memory.i.State)
}

func TestRC8_MP2_aCallWaitsForItsRecordings(t *testing.T) {
	t.Parallel()
	call := finished(false)
	call.OpenRecordings = 1
	o := openOffice(nil, call)
	p := integrations.CallPayload{CallID: 100, Employees: []core.EmployeeID{8}, At: noon}
	out := o.do(t, integrations.JobCallLog, p)
	require.Equal(t, integrations.JobWaiting, out.State)
	require.True(t, out.NoAttempt)
	require.Empty(t, o.board.logged)

	call.OpenRecordings = 0
	o.phones.recordings = []telephony.Recording{
		{ID: 1, State: telephony.RecordingStored, Duration: 2 * time.Second}, {ID: 2, State: telephony.RecordingWaits, Duration: 40 * time.Second}, {ID: 3, State: telephony.RecordingMissed},
	}
	require.Equal(t, integrations.JobWaiting, o.do(t, integrations.JobCallLog, p).State)
	o.phones.recordings[1].State = telephony.RecordingStored
	out = o.do(t, integrations.JobCallLog, p)
	require.Equal(t, integrations.JobDone, out.State)
	require.Equal(t, "k1", out.Remote.ID)
	l := o.board.logged[0]
	require.Equal(t, "skvoz-2-100", l.Key)
	require.Equal(t, "u8", l.Employee)
	require.Equal(t, 42*time.Second, l.Duration)
	require.Equal(t, "https://stat.example.ru/r/2", l.RecordURL, "that of the longest talk")
	require.Len(t, l.Recordings, 2, "one for each talk that was recorded")

	o.phones.recordings[1].State = telephony.RecordingWaits
	p.At = *at(-301)
	require.Equal(t, integrations.JobDone, o.do(t, integrations.JobCallLog, p).State, "not for ever")
}

func TestRC8_MP2_recordingsAreAddedWhereTheyCanBe(t *testing.T) {
	t.Parallel()
	u := &updating{}
	o := openOffice(func(s *switchboard) integrations.Connector {
		u.switchboard = s
		return u
	}, finished(false))
	o.phones.recordings = []telephony.Recording{{ID: 1, State: telephony.RecordingWaits}}
	out := o.do(t, integrations.JobCallLog, integrations.CallPayload{CallID: 100, At: noon})
	require.Equal(t, integrations.JobDone, out.State)
	require.Len(t, o.board.logged, 1)
	require.Len(t, out.Then, 1)
	var next integrations.CallPayload
	require.NoError(t, json.Unmarshal(out.Then[0].Payload, &next))
	require.Equal(t, integrations.JobWaiting, o.do(t, integrations.JobCallLog, next).State)
	o.phones.recordings[0].State = telephony.RecordingStored
	require.Equal(t, integrations.JobDone, o.do(t, integrations.JobCallLog, next).State)
	require.Len(t, u.updated, 1)
	require.Len(t, o.board.logged, 1)
}

func TestMP12_aLostCallMakesATaskUnlessTheCallerWasReached(t *testing.T) {
	t.Parallel()
	o := openOffice(nil, finished(true))
	p := integrations.CallPayload{CallID: 100, Employees: []core.EmployeeID{8}, At: noon}
	require.Equal(t, integrations.JobDone, o.do(t, integrations.JobCallTask, p).State)
	k := o.board.tasks[0]
	require.Equal(t, "u8", k.Employee)
	require.Equal(t, "shop.example.ru", k.Site)
	require.Equal(t, "74950000001", k.VirtualLine)
	require.True(t, k.DueAt.After(noon))
	o.phones.call.CalledBackAt = at(1)
	require.Equal(t, integrations.JobDone, o.do(t, integrations.JobCallTask, p).State)
	require.Len(t, o.board.tasks, 1)
}

func TestRC6_RC7_MP5_aClickBeginsACallOnce(t *testing.T) {
	t.Parallel()
	o := openOffice(nil, nil)
	o.board.command = integrations.CallCommand{Employee: "u8", Phone: "+7 926 244-43-93", RemoteID: "r1"}
	hook := func(when *time.Time) string {
		plain, err := json.Marshal(integrations.Hook{At: *when, Method: "POST"})
		require.NoError(t, err)
		sealed, err := plainSealer{}.Seal(plain, integrations.HookContext(account, 2))
		require.NoError(t, err)
		return sealed
	}
	require.Equal(t, integrations.JobDone, o.do(t, integrations.JobHook, hook(at(0))).State)
	require.Equal(t, []telephony.NewCall{{
		EmployeeID: 8, Phone: "+7 926 244-43-93", IntegrationID: 2, NeedsFree: true, ExternalID: "r1", Origin: "integration:2",
	}}, o.phones.begun)

	require.Equal(t, integrations.JobDone, o.do(t, integrations.JobHook, hook(at(0)), json.RawMessage(`{"call_begun":true}`)).State)
	require.Len(t, o.phones.begun, 1, "what may have begun is not begun again")
	require.Equal(t, integrations.JobCancelled, o.do(t, integrations.JobHook, hook(at(-31))).State)
	require.Len(t, o.phones.begun, 1, "a click of long ago begins nothing")

	o.phones.refuse = core.Invalid("employeeId", "employee_not_free", "busy")
	out := o.do(t, integrations.JobHook, hook(at(0)))
	require.Equal(t, integrations.JobCancelled, out.State)
	require.Equal(t, "busy", out.Failure.Detail)
	o.board.command.Employee = "u9"
	require.Equal(t, integrations.JobCancelled, o.do(t, integrations.JobHook, hook(at(0))).State, "the integration is off for them")
	require.Len(t, o.phones.begun, 2)
}

func TestRC11_RC12_MP7_MP10_usersBecomeEmployees(t *testing.T) {
	t.Parallel()
	o := openOffice(nil, nil)
	o.board.users = []integrations.RemoteEmployee{
		{ID: "u8", Name: "Пётр Иванов", Email: "p@example.ru", Phone: "101", IsActive: true},
		{ID: "u9", Name: "Анна Синицына", LastName: "Синицына", FirstName: "Анна", Phones: []employees.RemotePhone{{Number: "1", Type: "work"}}},
	}
	out := o.do(t, integrations.JobEmployees, nil)
	require.Equal(t, integrations.JobWaiting, out.State)
	require.Equal(t, noon.Add(2*time.Hour), out.RunAt)
	require.Equal(t, []employees.Remote{
		{ID: "u8", LastName: "Пётр Иванов", Email: "p@example.ru", Phones: []employees.RemotePhone{{Number: "101"}}, IsActive: true},
		{ID: "u9", LastName: "Синицына", FirstName: "Анна", Phones: []employees.RemotePhone{{Number: "1", Type: "work"}}},
	}, o.staff.imported)
	require.Equal(t, map[core.EmployeeID]employees.Status{8: employees.StatusDoNotDisturb}, o.staff.statuses)
	sync := o.memory.i.Sync.Employees
	require.Equal(t, integrations.SyncOK, sync.State)
	require.Equal(t, 2, sync.Users)
	require.Equal(t, 1, sync.Created)
	require.Len(t, sync.Warnings, 1)

	o.vendor.fail = func(string, bool) error { return integrations.Fail(integrations.FailDown, "") }
	require.Equal(t, integrations.JobWaiting, o.do(t, integrations.JobEmployees, nil).State)
	require.Equal(t, integrations.SyncFailed, o.memory.i.Sync.Employees.State)
	require.Equal(t, 1, o.memory.i.Sync.Employees.Created, "what is known stays")

	o.memory.i.Settings.Set(integrations.KeyEmployees, "false")
	require.Equal(t, integrations.JobDone, o.do(t, integrations.JobEmployees, nil).State, "it comes to an end when it is switched off")
	_, err := o.SyncEmployees(t.Context(), account, 2)
	require.Equal(t, core.KindConflict, core.KindOf(err))
	o.memory.enqueued = nil
	_, err = o.Update(t.Context(), account, 2, core.Opt[string]{}, integrations.Values{integrations.KeyEmployees: {List: []string{"true"}}})
	require.NoError(t, err)
	require.Equal(t, []integrations.JobKind{integrations.JobEmployees}, kinds(o.memory.enqueued), "switching it on reads at once")
}
