package employees

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/skvoz/skvoz/core"
)

// ByID implements Directory.
func (s *Service) ByID(ctx context.Context, account core.AccountID, ids []core.EmployeeID) (map[core.EmployeeID]Employee, error) {
	found, err := s.Store.EmployeesByID(ctx, account, ids)
	if err != nil {
		return nil, err
	}
	out := make(map[core.EmployeeID]Employee, len(found))
	for _, e := range found {
		out[e.ID] = e
	}
	return out, nil
}

// ByNumber implements Directory.
func (s *Service) ByNumber(ctx context.Context, account core.AccountID, numbers []string) (map[string]Employee, error) {
	numbers = slices.DeleteFunc(slices.Clone(numbers), func(n string) bool { return n == "" })
	found, err := s.Store.EmployeesByNumber(ctx, account, numbers)
	if err != nil {
		return nil, err
	}
	out := make(map[string]Employee, len(numbers))
	for _, n := range numbers {
		best := 0
		for _, e := range found {
			if r := rank(e, n); r > best {
				best, out[n] = r, e
			}
		}
	}
	return out, nil
}

// rank says how surely a number is an employee's.
func rank(e Employee, number string) int {
	if e.Extension == number {
		return 3
	}
	best := 0
	for _, p := range e.Phones {
		switch {
		case p.Number != number:
		case p.IsActive:
			best = 2
		default:
			best = max(best, 1)
		}
	}
	return best
}

// ByUser implements Directory.
func (s *Service) ByUser(ctx context.Context, account core.AccountID, user core.UserID) (Employee, bool, error) {
	found, err := s.Store.EmployeesByUser(ctx, account, []core.UserID{user})
	if err != nil || len(found) == 0 {
		return Employee{}, false, err
	}
	return found[0], true, nil
}

// Members implements Directory.
func (s *Service) Members(ctx context.Context, account core.AccountID, group core.EmployeeGroupID) ([]Employee, error) {
	return s.Store.EmployeesOfGroup(ctx, account, group)
}

// Open implements Directory.
func (s *Service) Open(ctx context.Context, account core.AccountID, ids []core.ScheduleID, at time.Time) (map[core.ScheduleID]bool, error) {
	all, err := s.ListSchedules(ctx, account)
	if err != nil {
		return nil, err
	}
	out := make(map[core.ScheduleID]bool, len(ids))
	for _, id := range ids {
		n := slices.IndexFunc(all, func(x Schedule) bool { return x.ID == id })
		out[id] = n < 0 || all[n].IsOpen(at)
	}
	return out, nil
}

// located fills in the time zones.
func (s *Service) located(ctx context.Context, account core.AccountID, list []Schedule) ([]Schedule, error) {
	if len(list) == 0 {
		return list, nil
	}
	name, err := s.Timezone(ctx, account)
	if err != nil {
		return nil, fmt.Errorf("reading the account's time zone: %w", err)
	}
	own, err := time.LoadLocation(name)
	if err != nil {
		own = time.UTC
	}
	for n := range list {
		if list[n].Location, err = loadLocation(list[n].Timezone, own); err != nil {
			list[n].Location = own
		}
	}
	return list, nil
}
