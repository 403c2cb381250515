package employees

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/skvoz/skvoz/core"
)

func byName(a, b string) int { return strings.Compare(strings.ToLower(a), strings.ToLower(b)) }

func checkName(name string) (string, error) {
	name, err := limitedText("name", name, maxTextLength)
	if err == nil && name == "" {
		err = core.Invalid("name", "required", "give it a name")
	}
	return name, err
}

// ListGroups returns all groups by name, with their members in order.
func (s *Service) ListGroups(ctx context.Context, account core.AccountID) ([]Group, error) {
	all, err := s.Store.EmployeeGroups(ctx, account)
	slices.SortFunc(all, func(a, b Group) int { return cmp.Or(byName(a.Name, b.Name), cmp.Compare(a.ID, b.ID)) })
	return all, err
}

// GroupUpdate is a group to add, or what to change of one: what is absent stays.
type GroupUpdate struct {
	Name core.Opt[string]
	// Members replace all old ones, in the order they are rung.
	Members core.Opt[[]core.EmployeeID]
}

func (u GroupUpdate) apply(g *Group) (err error) {
	if g.Name, err = checkName(u.Name.Or(g.Name)); err != nil {
		return err
	}
	g.Members = slices.Clone(u.Members.Or(g.Members))
	seen := make(map[core.EmployeeID]bool, len(g.Members))
	g.Members = slices.DeleteFunc(g.Members, func(id core.EmployeeID) bool {
		defer func() { seen[id] = true }()
		return seen[id]
	})
	return nil
}

// CreateGroup adds a group. KindInvalid names the wrong field; KindConflict (name_taken); KindNotFound: a member.
func (s *Service) CreateGroup(ctx context.Context, account core.AccountID, in GroupUpdate) (Group, error) {
	g := Group{AccountID: account}
	if err := in.apply(&g); err != nil {
		return Group{}, err
	}
	g, err := s.Store.CreateEmployeeGroup(ctx, g, MaxGroups)
	if err != nil {
		return Group{}, taken(err, "a group")
	}
	s.changedAll(ctx, account, g.Members)
	return g, nil
}

// UpdateGroup changes a group. It fails as CreateGroup does; KindNotFound: no such group.
func (s *Service) UpdateGroup(ctx context.Context, account core.AccountID, id core.EmployeeGroupID, u GroupUpdate) (Group, error) {
	var before []core.EmployeeID
	g, err := s.Store.UpdateEmployeeGroup(ctx, account, id, func(g *Group) error {
		before = slices.Clone(g.Members)
		return u.apply(g)
	})
	if err != nil {
		return Group{}, taken(err, "a group")
	}
	s.changedAll(ctx, account, append(before, g.Members...))
	return g, nil
}

func (s *Service) changedAll(ctx context.Context, account core.AccountID, ids []core.EmployeeID) {
	ids = slices.Clone(ids)
	slices.Sort(ids)
	for _, id := range slices.Compact(ids) {
		s.Changed(ctx, account, id)
	}
}

// DeleteGroup removes a group; its members stay. KindNotFound: no such group.
func (s *Service) DeleteGroup(ctx context.Context, account core.AccountID, id core.EmployeeGroupID) error {
	return s.Store.DeleteEmployeeGroup(ctx, account, id)
}

// ListStatuses returns the account's own statuses in their order.
func (s *Service) ListStatuses(ctx context.Context, account core.AccountID) ([]CustomStatus, error) {
	all, err := s.Store.CustomStatuses(ctx, account)
	slices.SortFunc(all, func(a, b CustomStatus) int {
		return cmp.Or(cmp.Compare(a.Position, b.Position), cmp.Compare(a.ID, b.ID))
	})
	return all, err
}

// CreateStatus adds a status of the account's own as the last one. KindInvalid names the wrong field; KindConflict (name_taken).
func (s *Service) CreateStatus(ctx context.Context, account core.AccountID, name string, base Status, color string) (CustomStatus, error) {
	c := CustomStatus{AccountID: account, Base: base}
	if !base.IsKnown() || base == StatusUnknown {
		return CustomStatus{}, core.Invalid("base", "bad_status", "%q is no status another one can stand for", base).WithValue(string(base))
	}
	if err := (StatusUpdate{Name: core.Some(name), Color: core.Some(color)}).apply(&c); err != nil {
		return CustomStatus{}, err
	}
	c, err := s.Store.CreateCustomStatus(ctx, c, MaxStatuses)
	return c, taken(err, "a status")
}

// StatusUpdate is what to change of an account's own status; what is absent stays.
type StatusUpdate struct {
	Name, Color core.Opt[string]
	Position    core.Opt[int]
}

func (u StatusUpdate) apply(c *CustomStatus) (err error) {
	if c.Name, err = checkName(u.Name.Or(c.Name)); err != nil {
		return err
	}
	if c.Position = u.Position.Or(c.Position); c.Position < 0 || c.Position > 1000 {
		return core.Invalid("position", "out_of_range", "must be from 0 to 1000")
	}
	c.Color, err = checkColor(u.Color.Or(c.Color))
	return err
}

// UpdateStatus changes an account's own status; what it stands for can't change. It fails as CreateStatus does; KindNotFound: no such status.
func (s *Service) UpdateStatus(ctx context.Context, account core.AccountID, id core.EmployeeStatusID, u StatusUpdate) (CustomStatus, error) {
	c, err := s.Store.UpdateCustomStatus(ctx, account, id, u.apply)
	return c, taken(err, "a status")
}

// DeleteStatus removes an account's own status; who had it has its base then. KindNotFound: no such status.
func (s *Service) DeleteStatus(ctx context.Context, account core.AccountID, id core.EmployeeStatusID) error {
	had, err := s.Store.DeleteCustomStatus(ctx, account, id)
	if err == nil {
		s.changedAll(ctx, account, had)
	}
	return err
}

// ListSchedules returns all schedules by name.
func (s *Service) ListSchedules(ctx context.Context, account core.AccountID) ([]Schedule, error) {
	all, err := s.Store.Schedules(ctx, account)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(all, func(a, b Schedule) int { return cmp.Or(byName(a.Name, b.Name), cmp.Compare(a.ID, b.ID)) })
	return s.located(ctx, account, all)
}

// ScheduleUpdate is a schedule to add, or what to change of one: what is absent stays.
type ScheduleUpdate struct {
	Name core.Opt[string]
	// Timezone is an IANA name; empty = the account's.
	Timezone core.Opt[string]
	// Week and Exceptions each replace all old ones.
	Week       core.Opt[[7][]Interval]
	Exceptions core.Opt[[]Exception]
}

func (u ScheduleUpdate) apply(x *Schedule) (err error) {
	if x.Name, err = checkName(u.Name.Or(x.Name)); err != nil {
		return err
	}
	x.Timezone = strings.TrimSpace(u.Timezone.Or(x.Timezone))
	if _, err = loadLocation(x.Timezone, time.UTC); err != nil {
		return err
	}
	x.Hours, err = Hours{u.Week.Or(x.Hours.Week), u.Exceptions.Or(x.Hours.Exceptions)}.check()
	return err
}

// CreateSchedule adds working hours. KindInvalid names the wrong field (week.1: Monday; exceptions.0); KindConflict (name_taken).
func (s *Service) CreateSchedule(ctx context.Context, account core.AccountID, in ScheduleUpdate) (Schedule, error) {
	x := Schedule{AccountID: account}
	if err := in.apply(&x); err != nil {
		return Schedule{}, err
	}
	x, err := s.Store.CreateSchedule(ctx, x, MaxSchedules)
	return s.stored(ctx, account, x, err)
}

// UpdateSchedule changes working hours. It fails as CreateSchedule does; KindNotFound: no such schedule.
func (s *Service) UpdateSchedule(ctx context.Context, account core.AccountID, id core.ScheduleID, u ScheduleUpdate) (Schedule, error) {
	x, err := s.Store.UpdateSchedule(ctx, account, id, u.apply)
	return s.stored(ctx, account, x, err)
}

func (s *Service) stored(ctx context.Context, account core.AccountID, x Schedule, err error) (Schedule, error) {
	if err != nil {
		return Schedule{}, taken(err, "a schedule")
	}
	list, err := s.located(ctx, account, []Schedule{x})
	if err != nil {
		return Schedule{}, err
	}
	return list[0], nil
}

// IsOpenNow reports whether a schedule is open at this moment.
func (s *Service) IsOpenNow(x Schedule) bool { return x.IsOpen(s.Clock.Now()) }

// DeleteSchedule removes working hours; who had them is always at work then. KindNotFound: no such schedule.
func (s *Service) DeleteSchedule(ctx context.Context, account core.AccountID, id core.ScheduleID) error {
	return s.Store.DeleteSchedule(ctx, account, id)
}
