package store_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/employees"
	"github.com/skvoz/skvoz/core/integrations"
	"github.com/skvoz/skvoz/internal/phonenum"
	"github.com/skvoz/skvoz/internal/testkit"
	"github.com/skvoz/skvoz/store"
	"github.com/skvoz/skvoz/store/storetest"
)

// office is two accounts with their employees' service.
type office struct {
	*employees.Service
	db    *store.DB
	clock *testkit.Clock

	mu      sync.Mutex
	changed []core.EmployeeID
}

func inOffices(t *testing.T, fn func(t *testing.T, o *office)) {
	t.Helper()
	for _, engine := range []store.Engine{store.SQLite, store.Postgres} {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			clock := testkit.NewClock(noon)
			o := &office{db: storetest.Open(t, engine, clock), clock: clock}
			addAccount(t.Context(), t, o.db, 1)
			addAccount(t.Context(), t, o.db, 2)
			o.Service = employees.NewService(employees.Deps{
				Store: o.db.EmployeeStore(), Clock: clock, ReadEmail: phonenum.NormalizeEmail,
				ReadPhone: func(raw string) (string, bool) { return phonenum.Normalize(raw, "") },
				Timezone:  func(context.Context, core.AccountID) (string, error) { return "Europe/Moscow", nil },
				Changed: func(_ context.Context, _ core.AccountID, id core.EmployeeID) {
					o.mu.Lock()
					defer o.mu.Unlock()
					o.changed = append(o.changed, id)
				},
			})
			fn(t, o)
		})
	}
}

func (o *office) told() []core.EmployeeID {
	o.mu.Lock()
	defer o.mu.Unlock()
	out := o.changed
	o.changed = nil
	return out
}

func (o *office) hire(t *testing.T, account core.AccountID, last string, more ...func(*employees.Create)) employees.Employee {
	t.Helper()
	in := employees.Create{LastName: last}
	for _, fn := range more {
		fn(&in)
	}
	e, err := o.Create(t.Context(), account, in)
	require.NoError(t, err)
	return e
}

func extension(s string) func(*employees.Create) {
	return func(in *employees.Create) { in.Extension = s }
}

func rings(list ...employees.Phone) func(*employees.Create) {
	return func(in *employees.Create) { in.Phones = list }
}

// fails holds an error to "kind reason field".
func fails(t *testing.T, want string, err error) {
	t.Helper()
	require.Error(t, err)
	e := core.AsError(err)
	require.Equal(t, want, fmt.Sprintf("%s %s %s", e.Kind, e.Reason, e.Field), err)
}

func TestEmployees_keepWhatTheyAreGiven(t *testing.T) {
	t.Parallel()
	inOffices(t, func(t *testing.T, o *office) {
		ctx := t.Context()
		sales, err := o.CreateGroup(ctx, 1, employees.GroupUpdate{Name: core.Some("Sales")})
		require.NoError(t, err)
		hours, err := o.CreateSchedule(ctx, 1, employees.ScheduleUpdate{Name: core.Some("Day")})
		require.NoError(t, err)
		made, err := o.Create(ctx, 1, employees.Create{
			LastName: " Иванов ", FirstName: "Пётр", Patronymic: "Ильич", Email: "Ivanov@Shop.example", Extension: "101", UserID: 1, ScheduleID: hours.ID,
			GroupIDs: []core.EmployeeGroupID{sales.ID, sales.ID},
			Phones: []employees.Phone{
				{Kind: employees.PhoneNumber, Number: "8 (926) 244-43-93", IsActive: true}, {Kind: employees.PhoneLine, Number: "line-101", Channels: 2, DialSeconds: 15},
			},
		})
		require.NoError(t, err)
		require.Equal(t, employees.Employee{
			ID: made.ID, AccountID: 1, LastName: "Иванов", FirstName: "Пётр", Patronymic: "Ильич", Email: "ivanov@shop.example", Extension: "101", UserID: 1,
			ScheduleID: hours.ID, Groups: []employees.GroupRef{{ID: sales.ID, Name: "Sales"}}, Status: employees.StatusUnknown, StatusAt: noon, CreatedAt: noon,
			Phones: []employees.Phone{
				{Kind: employees.PhoneNumber, Number: "79262444393", Channels: 1, DialSeconds: 30, IsActive: true}, {Kind: employees.PhoneLine, Number: "line-101", Channels: 2, DialSeconds: 15},
			},
		}, made)
		require.True(t, made.TakesCalls(), "unknown counts as available")
		read, err := o.Employee(ctx, 1, made.ID)
		require.NoError(t, err)
		require.Equal(t, made, read)
		_, err = o.Employee(ctx, 2, made.ID)
		fails(t, "not_found not_found ", err)
		require.Equal(t, []core.EmployeeID{made.ID}, o.told())

		changed, err := o.Update(ctx, 1, made.ID, employees.Update{
			Patronymic: core.Some(""), Extension: core.Some("102"), UserID: core.Some[core.UserID](0), GroupIDs: core.Some([]core.EmployeeGroupID{}),
			Phones: core.Some(read.Phones[1:]), ScheduleID: core.Some[core.ScheduleID](0),
		})
		require.NoError(t, err)
		want := read
		want.Patronymic, want.Extension, want.UserID, want.Groups, want.Phones, want.ScheduleID = "", "102", 0, nil, read.Phones[1:], 0
		require.Equal(t, want, changed, "what is absent stays")
		require.Equal(t, []core.EmployeeID{made.ID}, o.told())

		require.NoError(t, o.Delete(ctx, 1, made.ID))
		fails(t, "not_found not_found id", o.Delete(ctx, 1, made.ID))
		_, err = o.Update(ctx, 1, made.ID, employees.Update{})
		fails(t, "not_found not_found id", err)
		_, err = o.Employee(ctx, 1, made.ID)
		fails(t, "not_found not_found ", err)
		gone, err := o.ByID(ctx, 1, []core.EmployeeID{made.ID, 5})
		require.NoError(t, err)
		require.Equal(t, "Иванов Пётр", gone[made.ID].ShownName(), "calls keep the name")
		require.False(t, gone[made.ID].TakesCalls())
		require.Len(t, gone, 1)
		require.Equal(t, []core.EmployeeID{made.ID}, o.told())
		o.hire(t, 1, "Новый", extension("102"))
	})
}

func TestEmployees_refuseWhatIsWrongOrTaken(t *testing.T) {
	t.Parallel()
	inOffices(t, func(t *testing.T, o *office) {
		ctx := t.Context()
		_, err := o.Create(ctx, 1, employees.Create{LastName: "Иванов", Email: "ivanov@shop.example", Extension: "101", UserID: 1})
		require.NoError(t, err)
		other := o.hire(t, 1, "Петров")
		number := func(p employees.Phone) employees.Create {
			return employees.Create{LastName: "x", Phones: []employees.Phone{p}}
		}
		for _, tc := range []struct {
			want string
			in   employees.Create
		}{
			{"conflict email_taken email", employees.Create{LastName: "x", Email: " IVANOV@shop.example"}},
			{"conflict extension_taken extension", employees.Create{LastName: "x", Extension: "101"}},
			{"conflict user_taken userId", employees.Create{LastName: "x", UserID: 1}},
			{"not_found not_found userId", employees.Create{LastName: "x", UserID: 77}},
			{"not_found not_found scheduleId", employees.Create{LastName: "x", ScheduleID: 77}},
			{"not_found not_found groupIds", employees.Create{LastName: "x", GroupIDs: []core.EmployeeGroupID{77}}},
			{"invalid required lastName", employees.Create{Patronymic: "Ильич"}},
			{"invalid bad_text firstName", employees.Create{FirstName: "a\x00b"}},
			{"invalid bad_email email", employees.Create{LastName: "x", Email: "nobody"}},
			{"invalid bad_extension extension", employees.Create{LastName: "x", Extension: "1"}},
			{"invalid bad_extension extension", employees.Create{LastName: "x", Extension: "12-34"}},
			{"invalid bad_phone phones.0.number", number(employees.Phone{Kind: employees.PhoneNumber, Number: "123"})},
			{"invalid bad_dial_seconds phones.0.dialSeconds", number(employees.Phone{Kind: employees.PhoneNumber, Number: "79262444393", DialSeconds: 4})},
			{"invalid bad_dial_seconds phones.0.dialSeconds", number(employees.Phone{Kind: employees.PhoneNumber, Number: "79262444393", DialSeconds: 301})},
			{"invalid bad_channels phones.0.channels", number(employees.Phone{Kind: employees.PhoneNumber, Number: "79262444393", Channels: -1})},
			{"invalid required phones.0.number", number(employees.Phone{Kind: employees.PhoneLine, Number: " "})},
			{"invalid bad_kind phones.0.kind", number(employees.Phone{Kind: "fax", Number: "79262444393"})},
			{"invalid given_twice phones.1.number", employees.Create{LastName: "x", Phones: []employees.Phone{
				{Kind: employees.PhoneNumber, Number: "+7 926 244-43-93"}, {Kind: employees.PhoneNumber, Number: "89262444393"},
			}}},
		} {
			_, err := o.Create(ctx, 1, tc.in)
			fails(t, tc.want, err)
		}
		_, err = o.Update(ctx, 1, other.ID, employees.Update{Extension: core.Some("101")})
		fails(t, "conflict extension_taken extension", err)
		_, err = o.Update(ctx, 2, other.ID, employees.Update{Extension: core.Some("102")})
		fails(t, "not_found not_found id", err)
		_, err = o.Create(ctx, 2, employees.Create{LastName: "Иванов", Email: "ivanov@shop.example", Extension: "101", UserID: 1})
		require.NoError(t, err, "another account has its own")
		_, err = o.db.EmployeeStore().CreateEmployee(ctx, employees.Employee{AccountID: 1, LastName: "x"}, 2)
		fails(t, "invalid too_many ", err)
	})
}

func TestEmployees_listsPagesByName(t *testing.T) {
	t.Parallel()
	inOffices(t, func(t *testing.T, o *office) {
		ctx := t.Context()
		sales, err := o.CreateGroup(ctx, 1, employees.GroupUpdate{Name: core.Some("Sales")})
		require.NoError(t, err)
		for n, name := range []string{"Яковлев", "Ёлкин", "иванов", "Smith", "Жуков", "Иванов"} {
			e := o.hire(t, 1, name, extension(fmt.Sprint(200+n)), rings(employees.Phone{Kind: employees.PhoneNumber, Number: fmt.Sprintf("7926244439%d", n)}), func(in *employees.Create) {
				in.Email = core.Email(fmt.Sprintf("mail%d@shop.example", n))
				if n%2 == 0 {
					in.GroupIDs = []core.EmployeeGroupID{sales.ID}
				}
			})
			if n == 3 {
				_, err := o.SetStatus(ctx, 1, e.ID, employees.StatusBreak, 0, employees.OriginCabinet)
				require.NoError(t, err)
			}
			o.clock.Advance(time.Second)
		}
		o.hire(t, 2, "Чужой", extension("200"))
		list := func(f employees.Filter, first int) (out []string) {
			request := core.PageRequest{First: first}
			for {
				page, err := o.List(ctx, 1, f, request)
				require.NoError(t, err)
				for _, e := range page.Nodes {
					out = append(out, e.ShownName())
				}
				if !page.HasNext {
					return out
				}
				request.After = page.EndCursor
			}
		}
		all := []string{"Smith", "Ёлкин", "Жуков", "иванов", "Иванов", "Яковлев"}
		require.Equal(t, all, list(employees.Filter{}, 100))
		require.Equal(t, all, list(employees.Filter{}, 1))
		require.Equal(t, []string{"Ёлкин"}, list(employees.Filter{Search: "елк"}, 2))
		require.Equal(t, []string{"иванов", "Иванов"}, list(employees.Filter{Search: "ИВАН"}, 1))
		require.Equal(t, []string{"иванов"}, list(employees.Filter{Search: "202"}, 2))
		require.Equal(t, []string{"Smith"}, list(employees.Filter{Search: "mail3@"}, 2))
		require.Equal(t, []string{"Ёлкин"}, list(employees.Filter{Search: "9262444391"}, 2))
		require.Empty(t, list(employees.Filter{Search: "%"}, 2))
		require.Empty(t, list(employees.Filter{Search: "Чужой"}, 2))
		require.Equal(t, []string{"Жуков", "иванов", "Яковлев"}, list(employees.Filter{Group: sales.ID}, 2))
		require.Equal(t, []string{"Smith"}, list(employees.Filter{Status: employees.StatusBreak}, 2))
		require.Equal(t, all, list(employees.Filter{Search: "\x00"}, 100))
		for _, after := range []string{"!", "MQ", "eC5h", "MS4A"} {
			_, err := o.List(ctx, 1, employees.Filter{}, core.PageRequest{First: 5, After: after})
			fails(t, "invalid bad_cursor after", err)
		}
		_, err = o.List(ctx, 1, employees.Filter{}, core.PageRequest{First: 101})
		fails(t, "invalid bad_first first", err)
		_, err = o.List(ctx, 1, employees.Filter{Status: "asleep"}, core.PageRequest{First: 5})
		fails(t, "invalid bad_status status", err)

		counted, n := store.CountStatements(context.WithoutCancel(ctx))
		_, err = o.List(counted, 1, employees.Filter{}, core.PageRequest{First: 100})
		require.NoError(t, err)
		require.EqualValues(t, 4, n.Load(), "cards, phones, groups, marks: however many there are")
	})
}

func TestEmployees_areFoundByNumberUserAndGroup(t *testing.T) {
	t.Parallel()
	inOffices(t, func(t *testing.T, o *office) {
		ctx := t.Context()
		line := func(name string, active bool) func(*employees.Create) {
			return rings(employees.Phone{Kind: employees.PhoneLine, Number: name, IsActive: active})
		}
		a := o.hire(t, 1, "А", extension("101"), line("700", false))
		o.clock.Advance(time.Second)
		b := o.hire(t, 1, "Б", extension("102"), line("700", true))
		o.clock.Advance(time.Second)
		c := o.hire(t, 1, "В", line("101", true), func(in *employees.Create) { in.UserID = 1 })
		gone := o.hire(t, 1, "Г", line("900", true))
		require.NoError(t, o.Delete(ctx, 1, gone.ID))
		foreign := o.hire(t, 2, "Чужой", extension("103"), line("900", true))

		counted, n := store.CountStatements(context.WithoutCancel(ctx))
		found, err := o.ByNumber(counted, 1, []string{"101", "102", "700", "900", "103", "", "no\x00"})
		require.NoError(t, err)
		require.LessOrEqual(t, n.Load(), int64(4))
		got := map[string]core.EmployeeID{}
		for number, e := range found {
			got[number] = e.ID
		}
		require.Equal(t, map[string]core.EmployeeID{"101": a.ID, "102": b.ID, "700": b.ID}, got, "an extension before a line, an active phone before a quiet one")
		found, err = o.ByNumber(ctx, 2, []string{"900", "101"})
		require.NoError(t, err)
		require.Len(t, found, 1)
		require.Equal(t, foreign.ID, found["900"].ID)
		found, err = o.ByNumber(ctx, 1, nil)
		require.NoError(t, err)
		require.Empty(t, found)

		e, ok, err := o.ByUser(ctx, 1, 1)
		require.NoError(t, err)
		require.True(t, ok)
		require.Equal(t, c.ID, e.ID)
		_, ok, err = o.ByUser(ctx, 1, 0)
		require.NoError(t, err)
		require.False(t, ok, "cards without a user are nobody's")

		g, err := o.CreateGroup(ctx, 1, employees.GroupUpdate{Name: core.Some("All"), Members: core.Some([]core.EmployeeID{c.ID, a.ID, c.ID, b.ID})})
		require.NoError(t, err)
		require.Equal(t, []core.EmployeeID{c.ID, a.ID, b.ID}, g.Members)
		members, err := o.Members(ctx, 1, g.ID)
		require.NoError(t, err)
		require.Equal(t, []string{"В", "А", "Б"}, []string{members[0].ShownName(), members[1].ShownName(), members[2].ShownName()})
		_, err = o.Members(ctx, 2, g.ID)
		fails(t, "not_found not_found ", err)
		require.NoError(t, o.Delete(ctx, 1, a.ID))
		members, err = o.Members(ctx, 1, g.ID)
		require.NoError(t, err)
		require.Len(t, members, 2, "who is deleted leaves the groups")
	})
}

func TestEmployees_groups(t *testing.T) {
	t.Parallel()
	inOffices(t, func(t *testing.T, o *office) {
		ctx := t.Context()
		a, b := o.hire(t, 1, "А"), o.hire(t, 1, "Б")
		foreign := o.hire(t, 2, "Чужой")
		sales, err := o.CreateGroup(ctx, 1, employees.GroupUpdate{Name: core.Some("Sales"), Members: core.Some([]core.EmployeeID{b.ID})})
		require.NoError(t, err)
		_, err = o.CreateGroup(ctx, 1, employees.GroupUpdate{Name: core.Some("Sales")})
		fails(t, "conflict name_taken name", err)
		_, err = o.CreateGroup(ctx, 1, employees.GroupUpdate{Name: core.Some("X"), Members: core.Some([]core.EmployeeID{foreign.ID})})
		fails(t, "not_found not_found memberIds", err)
		_, err = o.CreateGroup(ctx, 1, employees.GroupUpdate{})
		fails(t, "invalid required name", err)
		_, err = o.Update(ctx, 1, a.ID, employees.Update{GroupIDs: core.Some([]core.EmployeeGroupID{sales.ID})})
		require.NoError(t, err)
		o.told()
		list, err := o.ListGroups(ctx, 1)
		require.NoError(t, err)
		require.Equal(t, []core.EmployeeID{b.ID, a.ID}, list[0].Members, "a new member is the last")
		_, err = o.UpdateGroup(ctx, 1, sales.ID, employees.GroupUpdate{Name: core.Some("Support"), Members: core.Some([]core.EmployeeID{a.ID})})
		require.NoError(t, err)
		require.ElementsMatch(t, []core.EmployeeID{a.ID, b.ID}, o.told())
		e, err := o.Employee(ctx, 1, a.ID)
		require.NoError(t, err)
		require.Equal(t, []employees.GroupRef{{ID: sales.ID, Name: "Support"}}, e.Groups)
		_, err = o.UpdateGroup(ctx, 2, sales.ID, employees.GroupUpdate{})
		fails(t, "not_found not_found id", err)
		fails(t, "not_found not_found id", o.DeleteGroup(ctx, 2, sales.ID))
		require.NoError(t, o.DeleteGroup(ctx, 1, sales.ID))
		list, err = o.ListGroups(ctx, 1)
		require.NoError(t, err)
		require.Empty(t, list)
	})
}

func TestRC12_StatusesOfEmployeesAndTheirLog(t *testing.T) {
	t.Parallel()
	inOffices(t, func(t *testing.T, o *office) {
		ctx := t.Context()
		e := o.hire(t, 1, "Иванов")
		lunch, err := o.CreateStatus(ctx, 1, "Обед", employees.StatusBreak, "#2F9E44")
		require.NoError(t, err)
		require.Equal(t, "#2f9e44", lunch.Color)
		second, err := o.CreateStatus(ctx, 1, "Встреча", employees.StatusDoNotDisturb, "#000000")
		require.NoError(t, err)
		require.Equal(t, 1, second.Position)
		_, err = o.CreateStatus(ctx, 1, "Обед", employees.StatusBreak, "#2F9E44")
		fails(t, "conflict name_taken name", err)
		_, err = o.CreateStatus(ctx, 1, "x", employees.StatusUnknown, "#2F9E44")
		fails(t, "invalid bad_status base", err)
		_, err = o.CreateStatus(ctx, 1, "x", employees.StatusBreak, "green")
		fails(t, "invalid bad_color color", err)
		o.told()

		set := func(status employees.Status, own core.EmployeeStatusID, origin employees.Origin) employees.Employee {
			o.clock.Advance(time.Minute)
			e, err := o.SetStatus(ctx, 1, e.ID, status, own, origin)
			require.NoError(t, err)
			return e
		}
		got := set("", lunch.ID, employees.OriginEmployee)
		require.Equal(t, employees.StatusBreak, got.Status, "for calls an own status is what it stands for")
		require.Equal(t, noon.Add(time.Minute), got.StatusAt)
		require.False(t, got.TakesCalls())
		require.Equal(t, lunch.ID, set(employees.StatusBreak, 0, employees.OriginCRM).StatusID, "a CRM that says the same leaves the finer word")
		require.Zero(t, set(employees.StatusAvailable, 0, employees.OriginCRM).StatusID)
		set(employees.StatusAvailable, 0, employees.OriginCRM)
		require.Equal(t, []core.EmployeeID{e.ID, e.ID}, o.told(), "told of changes only")
		log, err := o.db.EmployeeStore().EmployeeStatusLog(ctx, 1, e.ID, noon, noon.Add(time.Hour), 10)
		require.NoError(t, err)
		require.Equal(t, []employees.StatusChange{
			{EmployeeID: e.ID, At: noon.Add(time.Minute), Status: employees.StatusBreak, StatusID: lunch.ID, Origin: employees.OriginEmployee},
			{EmployeeID: e.ID, At: noon.Add(3 * time.Minute), Status: employees.StatusAvailable, Origin: employees.OriginCRM},
		}, log)

		_, err = o.SetStatus(ctx, 1, e.ID, "asleep", 0, employees.OriginAPI)
		fails(t, "invalid bad_status status", err)
		_, err = o.SetStatus(ctx, 1, e.ID, "", 77, employees.OriginAPI)
		fails(t, "not_found not_found statusId", err)
		_, err = o.SetStatus(ctx, 2, e.ID, employees.StatusBreak, 0, employees.OriginAPI)
		fails(t, "not_found not_found id", err)

		set("", lunch.ID, employees.OriginCabinet)
		changed, err := o.UpdateStatus(ctx, 1, lunch.ID, employees.StatusUpdate{Name: core.Some("Перерыв на обед"), Position: core.Some(7)})
		require.NoError(t, err)
		all, err := o.ListStatuses(ctx, 1)
		require.NoError(t, err)
		require.Equal(t, []employees.CustomStatus{second, changed}, all)
		fails(t, "not_found not_found id", o.DeleteStatus(ctx, 2, lunch.ID))
		o.told()
		require.NoError(t, o.DeleteStatus(ctx, 1, lunch.ID))
		require.Equal(t, []core.EmployeeID{e.ID}, o.told())
		read, err := o.Employee(ctx, 1, e.ID)
		require.NoError(t, err)
		require.Equal(t, employees.StatusBreak, read.Status)
		require.Zero(t, read.StatusID)
	})
}

func TestEmployees_workingHours(t *testing.T) {
	t.Parallel()
	inOffices(t, func(t *testing.T, o *office) {
		ctx := t.Context()
		var week employees.Hours
		week.Week[time.Monday] = []employees.Interval{{From: 14 * 60, Till: 18 * 60}, {From: 9 * 60, Till: 13 * 60}}
		week.Exceptions = []employees.Exception{{First: core.Date{Year: 2026, Month: 5, Day: 9}}, {First: core.Date{Year: 2026, Month: 1, Day: 1}, Last: core.Date{Year: 2026, Month: 1, Day: 8}}}
		made, err := o.CreateSchedule(ctx, 1, employees.ScheduleUpdate{Name: core.Some("Day"), Week: core.Some(week.Week), Exceptions: core.Some(week.Exceptions)})
		require.NoError(t, err)
		require.Equal(t, 9*60, made.Hours.Week[time.Monday][0].From, "in order")
		require.Equal(t, core.Date{Year: 2026, Month: 5, Day: 9}, made.Hours.Exceptions[1].Last, "one day")
		require.Equal(t, "Europe/Moscow", made.Location.String(), "the account's")
		read, err := o.ListSchedules(ctx, 1)
		require.NoError(t, err)
		require.Equal(t, []employees.Schedule{made}, read)
		monday := time.Date(2026, 3, 2, 6, 0, 0, 0, time.UTC)
		open, err := o.Open(ctx, 1, []core.ScheduleID{made.ID, 0}, monday)
		require.NoError(t, err)
		require.Equal(t, map[core.ScheduleID]bool{made.ID: true, 0: true}, open, "nine in Moscow")
		changed, err := o.UpdateSchedule(ctx, 1, made.ID, employees.ScheduleUpdate{Timezone: core.Some("Asia/Kamchatka")})
		require.NoError(t, err)
		require.False(t, changed.IsOpen(monday), "six o'clock in the evening in Kamchatka")

		overlap := week
		overlap.Week[time.Monday] = []employees.Interval{{From: 9 * 60, Till: 13 * 60}, {From: 12 * 60, Till: 14 * 60}}
		twice := employees.Hours{Exceptions: []employees.Exception{week.Exceptions[1], {First: core.Date{Year: 2026, Month: 1, Day: 8}}}}
		for want, in := range map[string]employees.ScheduleUpdate{
			"conflict name_taken name":          {Name: core.Some("Day")},
			"invalid required name":             {Name: core.Some(" ")},
			"invalid unknown_timezone timezone": {Name: core.Some("x"), Timezone: core.Some("Mars/Base")},
			"invalid overlapping week.1":        {Name: core.Some("x"), Week: core.Some(overlap.Week)},
			"invalid overlapping exceptions":    {Name: core.Some("x"), Exceptions: core.Some(twice.Exceptions)},
			"invalid bad_interval week.0":       {Name: core.Some("x"), Week: core.Some([7][]employees.Interval{{{From: 5, Till: 5}}})},
			"invalid bad_days exceptions.0":     {Name: core.Some("x"), Exceptions: core.Some([]employees.Exception{{First: week.Exceptions[0].First, Last: core.Date{Year: 2025, Month: 1, Day: 1}}})},
		} {
			_, err := o.CreateSchedule(ctx, 1, in)
			fails(t, want, err)
		}
		e := o.hire(t, 1, "Иванов", func(in *employees.Create) { in.ScheduleID = made.ID })
		fails(t, "not_found not_found id", o.DeleteSchedule(ctx, 2, made.ID))
		require.NoError(t, o.DeleteSchedule(ctx, 1, made.ID))
		got, err := o.Employee(ctx, 1, e.ID)
		require.NoError(t, err)
		require.Zero(t, got.ScheduleID)
	})
}

func TestRC9_MP8_importsOfTwoSystemsMeetInOneCard(t *testing.T) {
	t.Parallel()
	inOffices(t, func(t *testing.T, o *office) {
		ctx := t.Context()
		retail, mega := o.integration(t, 1), o.integration(t, 1)
		own := o.hire(t, 1, "Иванов", extension("101"), func(in *employees.Create) { in.Email = "ivanov@shop.example" })
		other := o.hire(t, 1, "Петров", extension("102"), func(in *employees.Create) { in.Email = "petrov@shop.example" })
		o.told()
		user := func(id, last, email, extension string) employees.Remote {
			return employees.Remote{ID: id, LastName: last, Email: email, Extension: extension, IsActive: true, Phones: []employees.RemotePhone{{Number: "+7 926 244-43-93", Type: "work"}}}
		}
		out, err := o.Import(ctx, 1, retail, "retailCRM", []employees.Remote{user("1", "Иванов", "ivanov@shop.example", ""), user("2", "Новая", "new@shop.example", "103")}, employees.Policy{})
		require.NoError(t, err)
		require.Equal(t, employees.Imported{Created: 1, Linked: 1, Updated: 1}, out)
		out, err = o.Import(ctx, 1, mega, "", []employees.Remote{user("a", "Иванов", "ivanov@shop.example", "102"), user("b", "Петров", "petrov@shop.example", "101")},
			employees.Policy{NamePrefix: "(megaplan)", NeedsEmail: true, SyncExtension: true, DropMissing: true})
		require.NoError(t, err)
		require.Equal(t, employees.Imported{Linked: 2, Updated: 2}, out)
		cards, err := o.ByID(ctx, 1, []core.EmployeeID{own.ID, other.ID})
		require.NoError(t, err)
		require.Equal(t, "Иванов (retailCRM)", cards[own.ID].ShownName())
		require.Equal(t, "102", cards[own.ID].Extension, "exchanged")
		require.Equal(t, "101", cards[other.ID].Extension)
		require.Equal(t, "79262444393", cards[own.ID].Phones[0].Number)
		found, err := o.ByNumber(ctx, 1, []string{"103"})
		require.NoError(t, err)
		require.Equal(t, "Новая (retailCRM)", found["103"].ShownName())
		require.Len(t, o.told(), 4)

		o.clock.Advance(time.Hour)
		out, err = o.Import(ctx, 1, mega, "", nil, employees.Policy{DropMissing: true})
		require.NoError(t, err)
		require.Equal(t, employees.Imported{Unlinked: 2}, out)
		_, err = o.Import(ctx, 2, mega, "", nil, employees.Policy{})
		fails(t, "not_found not_found ", err)

		links, err := o.ListLinks(ctx, 1, retail)
		require.NoError(t, err)
		require.Len(t, links, 2)
		require.True(t, links[0].IsEnabled && links[1].IsEnabled)
		require.NoError(t, o.EnableLinks(ctx, 1, retail, []core.EmployeeID{own.ID}))
		fails(t, "not_found not_found employeeIds", o.EnableLinks(ctx, 1, retail, []core.EmployeeID{other.ID}))
		links, err = o.ListLinks(ctx, 1, retail)
		require.NoError(t, err)
		for _, l := range links {
			require.Equal(t, l.EmployeeID == own.ID, l.IsEnabled, "RC-14: for whom the integration is on")
		}
		require.NoError(t, o.Delete(ctx, 1, own.ID))
		links, err = o.ListLinks(ctx, 1, retail)
		require.NoError(t, err)
		require.Len(t, links, 1)
	})
}

func (o *office) integration(t *testing.T, account core.AccountID) core.IntegrationID {
	t.Helper()
	return addIntegration(t, o.db.IntegrationStore(paperSealer("k1")), account, integrations.StateActive).ID
}

func TestRC9_importsAtOnceMakeEachCardOnce(t *testing.T) {
	t.Parallel()
	inOffices(t, func(t *testing.T, o *office) {
		ctx := t.Context()
		integration := o.integration(t, 1)
		var users []employees.Remote
		for n := range 20 {
			users = append(users, employees.Remote{ID: fmt.Sprint(n), LastName: "Новый", Email: fmt.Sprintf("%d@shop.example", n), IsActive: true})
		}
		var wg sync.WaitGroup
		errs := make([]error, 4)
		for n := range errs {
			wg.Go(func() { _, errs[n] = o.Import(ctx, 1, integration, "retailCRM", users, employees.Policy{}) })
		}
		wg.Wait()
		for _, err := range errs {
			require.NoError(t, err)
		}
		page, err := o.List(ctx, 1, employees.Filter{}, core.PageRequest{First: 100})
		require.NoError(t, err)
		require.Len(t, page.Nodes, 20)
	})
}
