package resolvers

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/accounts"
	"github.com/skvoz/skvoz/core/employees"
	"github.com/skvoz/skvoz/graph/model"
)

// weekdays are the days of the week, Monday first.
var weekdays = []model.Weekday{
	model.WeekdayMonday, model.WeekdayTuesday, model.WeekdayWednesday, model.WeekdayThursday, model.WeekdayFriday, model.WeekdaySaturday, model.WeekdaySunday,
}

// changedID reads an identifier that may be absent; "0" stands for none.
func changedID[T ~int64](field string, text core.Opt[string]) (core.Opt[T], error) {
	if !text.Set || text.Value == "0" {
		return core.Opt[T]{Set: text.Set}, nil
	}
	id, err := parseID[T](field, text.Value)
	return core.Opt[T]{Value: id, Set: true}, err
}

func changedIDs[T ~int64](field string, list core.Opt[[]string]) (core.Opt[[]T], error) {
	out := core.Opt[[]T]{Set: list.Set}
	for _, text := range list.Value {
		id, err := parseID[T](field, text)
		if err != nil {
			return out, err
		}
		out.Value = append(out.Value, id)
	}
	return out, nil
}

// schedulesOf reads the working hours of employees.
func (r *Resolver) schedulesOf(ctx context.Context, objs []*employees.Employee) ([]*employees.Schedule, error) {
	who, err := accounts.Require(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]*employees.Schedule, len(objs))
	if !slices.ContainsFunc(objs, func(e *employees.Employee) bool { return e.ScheduleID != 0 }) {
		return out, nil
	}
	all, err := r.Employees.ListSchedules(ctx, who.AccountID)
	if err != nil {
		return nil, err
	}
	for i, e := range objs {
		if n := slices.IndexFunc(all, func(x employees.Schedule) bool { return x.ID == e.ScheduleID }); n >= 0 {
			out[i] = &all[n]
		}
	}
	return out, nil
}

// customStatusesOf reads the own statuses of employees.
func (r *Resolver) customStatusesOf(ctx context.Context, objs []*employees.Employee) ([]*employees.CustomStatus, error) {
	who, err := accounts.Require(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]*employees.CustomStatus, len(objs))
	if !slices.ContainsFunc(objs, func(e *employees.Employee) bool { return e.StatusID != 0 }) {
		return out, nil
	}
	all, err := r.Employees.ListStatuses(ctx, who.AccountID)
	if err != nil {
		return nil, err
	}
	for i, e := range objs {
		if n := slices.IndexFunc(all, func(x employees.CustomStatus) bool { return x.ID == e.StatusID }); n >= 0 {
			out[i] = &all[n]
		}
	}
	return out, nil
}

// membersOf reads the members of groups.
func (r *Resolver) membersOf(ctx context.Context, objs []*employees.Group) ([][]employees.Ref, error) {
	who, err := accounts.Require(ctx)
	if err != nil {
		return nil, err
	}
	var ids []core.EmployeeID
	for _, g := range objs {
		ids = append(ids, g.Members...)
	}
	cards, err := r.Employees.ByID(ctx, who.AccountID, ids)
	if err != nil {
		return nil, err
	}
	out := make([][]employees.Ref, len(objs))
	for i, g := range objs {
		out[i] = make([]employees.Ref, 0, len(g.Members))
		for _, id := range g.Members {
			if e, ok := cards[id]; ok {
				out[i] = append(out[i], e.Ref())
			}
		}
	}
	return out, nil
}

func employeeFilter(in *model.EmployeeFilter) (employees.Filter, error) {
	if in == nil {
		return employees.Filter{}, nil
	}
	group, err := changedID[core.EmployeeGroupID]("groupId", given(in.GroupID))
	if err != nil {
		return employees.Filter{}, err
	}
	own, err := changedID[core.EmployeeStatusID]("statusId", given(in.StatusID))
	return employees.Filter{Search: given(in.Search).Value, Group: group.Value, Status: given(in.Status).Value, StatusID: own.Value}, err
}

func employeePhones(list []model.EmployeePhoneInput) []employees.Phone {
	out := make([]employees.Phone, len(list))
	for i, p := range list {
		out[i] = employees.Phone{Kind: p.Kind, Number: p.Number, Channels: orWrong(p.Channels), DialSeconds: orWrong(p.DialSeconds), IsActive: p.IsActive}
	}
	return out
}

// orWrong keeps a zero somebody wrote from being taken for "the default".
func orWrong(n int) int {
	if n == 0 {
		return -1
	}
	return n
}

func employeeCreate(in model.CreateEmployeeInput) (employees.Create, error) {
	out := employees.Create{
		LastName: in.LastName, FirstName: in.FirstName, Patronymic: in.Patronymic, Email: core.Email(in.Email), Extension: in.Extension, Phones: employeePhones(in.Phones),
	}
	user, err := changedID[core.UserID]("userId", given(in.UserID))
	if err != nil {
		return out, err
	}
	schedule, err := changedID[core.ScheduleID]("scheduleId", given(in.ScheduleID))
	if err != nil {
		return out, err
	}
	groups, err := changedIDs[core.EmployeeGroupID]("groupIds", core.Some(in.GroupIds))
	out.UserID, out.ScheduleID, out.GroupIDs = user.Value, schedule.Value, groups.Value
	return out, err
}

func employeeUpdate(in model.UpdateEmployeeInput) (employees.Update, error) {
	out := employees.Update{
		LastName: given(in.LastName), FirstName: given(in.FirstName), Patronymic: given(in.Patronymic), Extension: given(in.Extension),
	}
	if email := given(in.Email); email.Set {
		out.Email = core.Some(core.Email(email.Value))
	}
	if phones := givenList(in.Phones); phones.Set {
		out.Phones = core.Some(employeePhones(phones.Value))
	}
	var err error
	if out.UserID, err = changedID[core.UserID]("userId", given(in.UserID)); err != nil {
		return out, err
	}
	if out.ScheduleID, err = changedID[core.ScheduleID]("scheduleId", given(in.ScheduleID)); err != nil {
		return out, err
	}
	out.GroupIDs, err = changedIDs[core.EmployeeGroupID]("groupIds", givenList(in.GroupIds))
	return out, err
}

func employeePayload(e employees.Employee, err error) (*model.EmployeePayload, error) {
	if err != nil {
		return nil, err
	}
	return &model.EmployeePayload{Employee: &e}, nil
}

func groupPayload(g employees.Group, err error) (*model.EmployeeGroupPayload, error) {
	if err != nil {
		return nil, err
	}
	return &model.EmployeeGroupPayload{Group: &g}, nil
}

func statusPayload(c employees.CustomStatus, err error) (*model.EmployeeStatusPayload, error) {
	if err != nil {
		return nil, err
	}
	return &model.EmployeeStatusPayload{Status: &c}, nil
}

func schedulePayload(x employees.Schedule, err error) (*model.SchedulePayload, error) {
	if err != nil {
		return nil, err
	}
	return &model.SchedulePayload{Schedule: &x}, nil
}

func hoursIntervals(list []employees.Interval) []model.HoursInterval {
	out := make([]model.HoursInterval, len(list))
	for i, v := range list {
		out[i] = model.HoursInterval{From: employees.Clock(v.From), Till: employees.Clock(v.Till)}
	}
	return out
}

// weekOf lists the days of the week, Monday first.
func weekOf(h employees.Hours) []model.ScheduleDay {
	out := make([]model.ScheduleDay, len(weekdays))
	for i, day := range weekdays {
		out[i] = model.ScheduleDay{Weekday: day, Intervals: hoursIntervals(h.Week[weekday(i)])}
	}
	return out
}

// weekday is the day of a place in weekdays.
func weekday(place int) time.Weekday { return time.Weekday((place + 1) % len(weekdays)) }

func exceptionsOf(h employees.Hours) []model.ScheduleException {
	out := make([]model.ScheduleException, len(h.Exceptions))
	for i, x := range h.Exceptions {
		out[i] = model.ScheduleException{First: x.First, Last: x.Last, Intervals: hoursIntervals(x.Intervals), Note: x.Note}
	}
	return out
}

func scheduleCreate(in model.CreateScheduleInput) (employees.ScheduleUpdate, error) {
	out := employees.ScheduleUpdate{Name: core.Some(in.Name), Timezone: given(in.Timezone)}
	var err error
	if out.Week, err = scheduleWeek(core.Some(in.Week)); err != nil {
		return out, err
	}
	out.Exceptions, err = scheduleExceptions(core.Some(in.Exceptions))
	return out, err
}

func scheduleWeek(list core.Opt[[]model.ScheduleDayInput]) (core.Opt[[7][]employees.Interval], error) {
	out := core.Opt[[7][]employees.Interval]{Set: list.Set}
	for _, day := range list.Value {
		n := weekday(slices.Index(weekdays, day.Weekday))
		intervals, err := parseIntervals(fmt.Sprintf("week.%d", n), day.Intervals)
		if err != nil {
			return out, err
		}
		out.Value[n] = append(out.Value[n], intervals...)
	}
	return out, nil
}

func scheduleExceptions(list core.Opt[[]model.ScheduleExceptionInput]) (core.Opt[[]employees.Exception], error) {
	out := core.Opt[[]employees.Exception]{Set: list.Set}
	for i, x := range list.Value {
		intervals, err := parseIntervals(fmt.Sprintf("exceptions.%d", i), x.Intervals)
		if err != nil {
			return out, err
		}
		out.Value = append(out.Value, employees.Exception{First: x.First, Last: given(x.Last).Or(x.First), Intervals: intervals, Note: x.Note})
	}
	return out, nil
}

func parseIntervals(field string, list []model.HoursIntervalInput) ([]employees.Interval, error) {
	out := make([]employees.Interval, len(list))
	for i, v := range list {
		var err error
		if out[i], err = employees.ParseInterval(v.From, v.Till); err != nil {
			return nil, core.AsError(err).WithField(field)
		}
	}
	return out, nil
}
