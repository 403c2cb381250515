package resolvers_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/accounts"
	"github.com/skvoz/skvoz/core/employees"
	"github.com/skvoz/skvoz/graph/graphtest"
	"github.com/skvoz/skvoz/internal/testkit"
	"github.com/skvoz/skvoz/store"
	"github.com/skvoz/skvoz/store/storetest"
)

const (
	employeeFields = `{ id name lastName firstName patronymic email extension userId phones { kind number channels dialSeconds isActive } groups { id name }
	schedule { id name } status customStatus { id name base color } takesCalls marks }`
	createEmployee = `mutation($in: CreateEmployeeInput!) { createEmployee(input: $in) { employee ` + employeeFields + ` } }`
	updateEmployee = `mutation($in: UpdateEmployeeInput!) { updateEmployee(input: $in) { employee ` + employeeFields + ` } }`
	setStatus      = `mutation($in: SetEmployeeStatusInput!) { setEmployeeStatus(input: $in) { employee ` + employeeFields + ` } }`
)

type named struct{ ID, Name string }

type employee struct {
	ID, Name, LastName, Email, Extension, UserID, Status string
	Phones                                               []struct {
		Kind, Number          string
		Channels, DialSeconds int
		IsActive              bool
	}
	Groups       []named
	Schedule     *named
	CustomStatus *struct{ ID, Name, Base, Color string }
	TakesCalls   bool
	Marks        []string
}

func hire(c *graphtest.Client, pairs ...any) employee {
	var made struct{ CreateEmployee struct{ Employee employee } }
	c.Do(createEmployee, input(pairs...)).Into(&made)
	return made.CreateEmployee.Employee
}

func TestEmployees_createChangeDelete(t *testing.T) {
	t.Parallel()
	storetest.Each(t, testkit.NewClock(noon), func(t *testing.T, db *store.DB) {
		server := graphtest.New(t, db)
		owner := server.Owner(t)
		var group struct{ CreateEmployeeGroup struct{ Group named } }
		owner.Do(`mutation($in: CreateEmployeeGroupInput!) { createEmployeeGroup(input: $in) { group { id name } } }`, input("name", "Sales")).Into(&group)
		sales := group.CreateEmployeeGroup.Group
		var schedule struct{ CreateSchedule struct{ Schedule named } }
		owner.Do(`mutation($in: CreateScheduleInput!) { createSchedule(input: $in) { schedule { id name } } }`, input("name", "Day")).Into(&schedule)
		day := schedule.CreateSchedule.Schedule

		made := hire(owner, "lastName", "Иванов", "firstName", "Пётр", "email", "Ivanov@Shop.example", "extension", "101", "userId", owner.User.ID.String(),
			"phones", []any{map[string]any{"number": "8 (926) 244-43-93"}, map[string]any{"kind": "LINE", "number": "line-101", "dialSeconds": 5, "isActive": false}},
			"groupIds", []any{sales.ID}, "scheduleId", day.ID)
		require.Equal(t, "Иванов Пётр", made.Name)
		require.Equal(t, "ivanov@shop.example", made.Email)
		require.Equal(t, owner.User.ID.String(), made.UserID)
		require.Equal(t, "79262444393", made.Phones[0].Number)
		require.Equal(t, 30, made.Phones[0].DialSeconds)
		require.Equal(t, []named{sales}, made.Groups)
		require.Equal(t, &day, made.Schedule)
		require.Equal(t, "UNKNOWN", made.Status)
		require.True(t, made.TakesCalls)

		for want, in := range map[string]map[string]any{
			"CONFLICT extension_taken":        input("lastName", "x", "extension", "101"),
			"CONFLICT email_taken":            input("lastName", "x", "email", "ivanov@shop.example"),
			"NOT_FOUND not_found":             input("lastName", "x", "userId", "77"),
			"BAD_USER_INPUT bad_id":           input("lastName", "x", "groupIds", []any{"one"}),
			"BAD_USER_INPUT required":         input("patronymic", "x"),
			"BAD_USER_INPUT bad_dial_seconds": input("lastName", "x", "phones", []any{map[string]any{"number": "89262444393", "dialSeconds": 0}}),
		} {
			owner.Do(createEmployee, in).Fails(want)
		}
		var changed struct{ UpdateEmployee struct{ Employee employee } }
		owner.Do(updateEmployee, input("id", made.ID, "userId", "0", "scheduleId", "0", "phones", []any{}, "groupIds", []any{})).Into(&changed)
		got := changed.UpdateEmployee.Employee
		require.Empty(t, got.UserID)
		require.Nil(t, got.Schedule)
		require.Empty(t, got.Phones)
		require.Empty(t, got.Groups)
		require.Equal(t, "101", got.Extension, "what is absent stays")

		var one struct{ Employee employee }
		owner.Do(`query($id: ID!) { employee(id: $id) `+employeeFields+` }`, map[string]any{"id": made.ID}).Into(&one)
		require.Equal(t, got, one.Employee)
		const remove = `mutation($in: DeleteEmployeeInput!) { deleteEmployee(input: $in) { id } }`
		owner.Do(remove, input("id", made.ID)).OK()
		owner.Do(remove, input("id", made.ID)).Fails("NOT_FOUND not_found")
		server.Colleague(t, owner, accounts.RoleAnalyst).Do(createEmployee, input("lastName", "x")).Fails("FORBIDDEN role_too_low")
	})
}

func TestEmployees_ownStatusIsForEveryoneOthersForAdministrators(t *testing.T) {
	t.Parallel()
	storetest.Each(t, testkit.NewClock(noon), func(t *testing.T, db *store.DB) {
		server := graphtest.New(t, db)
		owner := server.Owner(t)
		operator := server.Colleague(t, owner, accounts.RoleOperator)
		var status struct{ CreateEmployeeStatus struct{ Status named } }
		owner.Do(`mutation($in: CreateEmployeeStatusInput!) { createEmployeeStatus(input: $in) { status { id name } } }`,
			input("name", "Обед", "base", "BREAK", "color", "#aa00ff")).Into(&status)
		lunch := status.CreateEmployeeStatus.Status.ID
		var mine struct{ MyEmployee *employee }
		operator.Do(`{ myEmployee `+employeeFields+` }`, nil).Into(&mine)
		require.Nil(t, mine.MyEmployee)
		own, other := hire(owner, "lastName", "Оператор", "userId", operator.User.ID.String()), hire(owner, "lastName", "Другой")
		operator.Do(`{ myEmployee `+employeeFields+` }`, nil).Into(&mine)
		require.Equal(t, own.ID, mine.MyEmployee.ID)

		var set struct{ SetEmployeeStatus struct{ Employee employee } }
		operator.Do(setStatus, input("employeeId", own.ID, "statusId", lunch)).Into(&set)
		require.Equal(t, "BREAK", set.SetEmployeeStatus.Employee.Status)
		require.Equal(t, "Обед", set.SetEmployeeStatus.Employee.CustomStatus.Name)
		require.False(t, set.SetEmployeeStatus.Employee.TakesCalls)
		operator.Do(setStatus, input("employeeId", other.ID, "status", "BREAK")).Fails("FORBIDDEN not_your_status")
		operator.Do(setStatus, input("employeeId", own.ID)).Fails("BAD_USER_INPUT bad_status")
		owner.Do(setStatus, input("employeeId", other.ID, "status", "NOT_AT_WORK")).Into(&set)
		require.Equal(t, "NOT_AT_WORK", set.SetEmployeeStatus.Employee.Status)
		server.Program(t, operator, accounts.ScopeRead).Do(setStatus, input("employeeId", own.ID, "status", "BREAK")).Fails("FORBIDDEN scope_missing")
		page, err := server.Resolver.Employees.List(t.Context(), owner.Account.ID, employees.Filter{Status: employees.StatusBreak}, core.PageRequest{First: 10})
		require.NoError(t, err)
		require.Len(t, page.Nodes, 1)
	})
}

func TestEmployees_workingHoursAsPeopleWriteThem(t *testing.T) {
	t.Parallel()
	storetest.Each(t, testkit.NewClock(noon), func(t *testing.T, db *store.DB) {
		owner := graphtest.New(t, db).Owner(t)
		const fields = `{ id name timezone isOpenNow week { weekday intervals { from till } } exceptions { first last note intervals { from till } } }`
		type interval struct{ From, Till string }
		type hours struct {
			ID, Name, Timezone string
			IsOpenNow          bool
			Week               []struct {
				Weekday   string
				Intervals []interval
			}
			Exceptions []struct {
				First, Last, Note string
				Intervals         []interval
			}
		}
		const create = `mutation($in: CreateScheduleInput!) { createSchedule(input: $in) { schedule ` + fields + ` } }`
		var made struct{ CreateSchedule struct{ Schedule hours } }
		span := func(from, till string) map[string]any { return map[string]any{"from": from, "till": till} }
		owner.Do(create, input("name", "Day", "week", []any{
			map[string]any{"weekday": "MONDAY", "intervals": []any{span("14:00", "24:00"), span("09:00", "13:30")}}, map[string]any{"weekday": "SUNDAY", "intervals": []any{span("22:00", "06:00")}},
		}, "exceptions", []any{map[string]any{"first": "2026-01-01", "last": "2026-01-08", "note": "New Year"}})).Into(&made)
		got := made.CreateSchedule.Schedule
		require.Len(t, got.Week, 7)
		require.Equal(t, "MONDAY", got.Week[0].Weekday)
		require.Equal(t, []interval{{"09:00", "13:30"}, {"14:00", "24:00"}}, got.Week[0].Intervals)
		require.Empty(t, got.Week[1].Intervals)
		require.Equal(t, []interval{{"22:00", "06:00"}}, got.Week[6].Intervals)
		require.Equal(t, "2026-01-08", got.Exceptions[0].Last)

		wrong := owner.Do(create, input("name", "x", "week", []any{map[string]any{"weekday": "MONDAY", "intervals": []any{span("nine", "18:00")}}}))
		wrong.Fails("BAD_USER_INPUT bad_interval")
		require.Equal(t, "week.1", wrong.Errors[0].Extensions.Field)
		const update = `mutation($in: UpdateScheduleInput!) { updateSchedule(input: $in) { schedule ` + fields + ` } }`
		var changed struct{ UpdateSchedule struct{ Schedule hours } }
		owner.Do(update, input("id", got.ID, "timezone", "Asia/Tokyo", "exceptions", []any{})).Into(&changed)
		require.Equal(t, "Asia/Tokyo", changed.UpdateSchedule.Schedule.Timezone)
		require.Empty(t, changed.UpdateSchedule.Schedule.Exceptions)
		require.Equal(t, got.Week, changed.UpdateSchedule.Schedule.Week)
		owner.Do(`mutation($in: DeleteScheduleInput!) { deleteSchedule(input: $in) { id } }`, input("id", got.ID)).OK()
	})
}

func TestEmployees_listsTakeAConstantNumberOfStatements(t *testing.T) {
	t.Parallel()
	storetest.Each(t, testkit.NewClock(noon), func(t *testing.T, db *store.DB) {
		server := graphtest.New(t, db)
		owner := server.Owner(t)
		const query = `{ employees { nodes ` + employeeFields + ` } employeeGroups { id name members { id name } } employeeStatuses { id } schedules { id isOpenNow } }`
		add := func(n string) {
			var group struct{ CreateEmployeeGroup struct{ Group named } }
			e := hire(owner, "lastName", n)
			owner.Do(`mutation($in: CreateEmployeeGroupInput!) { createEmployeeGroup(input: $in) { group { id } } }`, input("name", n, "memberIds", []any{e.ID})).Into(&group)
			var status struct{ CreateEmployeeStatus struct{ Status named } }
			owner.Do(`mutation($in: CreateEmployeeStatusInput!) { createEmployeeStatus(input: $in) { status { id } } }`, input("name", n, "base", "BREAK", "color", "#aa00ff")).Into(&status)
			owner.Do(setStatus, input("employeeId", e.ID, "statusId", status.CreateEmployeeStatus.Status.ID)).OK()
			var schedule struct{ CreateSchedule struct{ Schedule named } }
			owner.Do(`mutation($in: CreateScheduleInput!) { createSchedule(input: $in) { schedule { id } } }`, input("name", n)).Into(&schedule)
			owner.Do(updateEmployee, input("id", e.ID, "scheduleId", schedule.CreateSchedule.Schedule.ID)).OK()
		}
		add("one")
		few := owner.Count(query, nil)
		few.OK()
		for _, n := range []string{"two", "three", "four"} {
			add(n)
		}
		many := owner.Count(query, nil)
		many.OK()
		require.Equal(t, few.Statements, many.Statements)
		var got struct {
			Employees      struct{ Nodes []employee }
			EmployeeGroups []struct{ Members []named }
		}
		many.Into(&got)
		require.Len(t, got.Employees.Nodes, 4)
		require.Equal(t, "four", got.EmployeeGroups[0].Members[0].Name)
	})
}
