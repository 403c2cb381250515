package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/employees"
)

// plainColumns brings a list of columns into one line, as upsert wants it.
func plainColumns(columns string) string { return strings.Join(strings.Fields(columns), " ") }

// EmployeeGroups implements employees.Groups.
func (s *EmployeeStore) EmployeeGroups(ctx context.Context, account core.AccountID) ([]employees.Group, error) {
	return s.db.rawReader().readGroups(ctx, "g.account_id = $1", int64(account))
}

func (c conn) readGroups(ctx context.Context, condition string, args ...any) (out []employees.Group, err error) {
	q := `SELECT g.account_id, g.id, g.name, g.created_at, COALESCE(m.employee_id, 0) FROM employee_groups g
LEFT JOIN employee_group_members m ON m.account_id = g.account_id AND m.group_id = g.id WHERE ` + condition + ` ORDER BY g.id, m.position, m.employee_id`
	err = c.query(ctx, q, args, func(row scanner) error {
		var g employees.Group
		var createdAt int64
		var member core.EmployeeID
		if err := row.Scan(&g.AccountID, &g.ID, &g.Name, &createdAt, &member); err != nil {
			return err
		}
		if len(out) == 0 || out[len(out)-1].ID != g.ID {
			g.CreatedAt = fromMillis(createdAt)
			out = append(out, g)
		}
		if last := &out[len(out)-1]; member != 0 {
			last.Members = append(last.Members, member)
		}
		return nil
	})
	return out, err
}

// CreateEmployeeGroup implements employees.Groups.
func (s *EmployeeStore) CreateEmployeeGroup(ctx context.Context, g employees.Group, limit int) (employees.Group, error) {
	g.ID, g.CreatedAt = core.EmployeeGroupID(s.db.ids.New()), fromMillis(s.db.now())
	err := s.db.inRawTx(ctx, func(tx conn) error {
		if err := tx.lockEmployees(ctx, g.AccountID); err != nil {
			return err
		}
		if err := tx.refuseAbove(ctx, limit, "groups", `SELECT COUNT(*) FROM employee_groups WHERE account_id = $1`, int64(g.AccountID)); err != nil {
			return err
		}
		return tx.putGroup(ctx, g)
	})
	return g, err
}

// UpdateEmployeeGroup implements employees.Groups.
func (s *EmployeeStore) UpdateEmployeeGroup(
	ctx context.Context, account core.AccountID, id core.EmployeeGroupID, change func(*employees.Group) error,
) (g employees.Group, err error) {
	err = s.db.inRawTx(ctx, func(tx conn) error {
		if err := tx.lockEmployees(ctx, account); err != nil {
			return err
		}
		list, err := tx.readGroups(ctx, "g.account_id = $1 AND g.id = $2", int64(account), int64(id))
		if err != nil {
			return err
		}
		if len(list) == 0 {
			return core.NotFound("group").WithField("id")
		}
		g = list[0]
		if err := change(&g); err != nil {
			return err
		}
		return tx.putGroup(ctx, g)
	})
	return g, err
}

func (c conn) putGroup(ctx context.Context, g employees.Group) error {
	if err := c.allPresent(ctx, g.AccountID, g.Members); err != nil {
		return err
	}
	if err := c.upsert(ctx, "employee_groups", 2, "account_id, id, name, created_at", [][]any{{int64(g.AccountID), int64(g.ID), g.Name, millis(g.CreatedAt)}}); err != nil {
		return err
	}
	if _, err := c.exec(ctx, `DELETE FROM employee_group_members WHERE account_id = $1 AND group_id = $2`, int64(g.AccountID), int64(g.ID)); err != nil {
		return err
	}
	var rows [][]any
	for position, id := range g.Members {
		rows = append(rows, []any{int64(g.AccountID), int64(g.ID), int64(id), position})
	}
	return c.upsert(ctx, "employee_group_members", 3, "account_id, group_id, employee_id, position", rows)
}

// allPresent refuses members that are not employees; ids must differ.
func (c conn) allPresent(ctx context.Context, account core.AccountID, ids []core.EmployeeID) error {
	var n int
	const q = `SELECT COUNT(*) FROM employees WHERE account_id = $1 AND id {in $2} AND deleted_at IS NULL`
	if err := c.queryRow(ctx, q, int64(account), idsArg(c.engine, ids)).Scan(&n); err != nil {
		return err
	}
	if n != len(ids) {
		return core.NotFound("employee").WithField("memberIds")
	}
	return nil
}

// DeleteEmployeeGroup implements employees.Groups.
func (s *EmployeeStore) DeleteEmployeeGroup(ctx context.Context, account core.AccountID, id core.EmployeeGroupID) error {
	return s.remove(ctx, "employee_groups", "group", int64(account), int64(id))
}

func (s *EmployeeStore) remove(ctx context.Context, table, what string, account, id int64) error {
	return s.db.inRawTx(ctx, func(tx conn) error { return tx.removeOne(ctx, table, what, account, id) })
}

func (c conn) removeOne(ctx context.Context, table, what string, account, id int64) error {
	n, err := c.exec(ctx, `DELETE FROM `+table+` WHERE account_id = $1 AND id = $2`, account, id)
	if err == nil && n == 0 {
		return core.NotFound(what).WithField("id")
	}
	return err
}

// CustomStatuses implements employees.CustomStatuses.
func (s *EmployeeStore) CustomStatuses(ctx context.Context, account core.AccountID) ([]employees.CustomStatus, error) {
	return s.db.rawReader().customStatuses(ctx, account)
}

const statusColumns = "account_id, id, name, base, color, position"

func (c conn) customStatuses(ctx context.Context, account core.AccountID) (out []employees.CustomStatus, err error) {
	err = c.query(ctx, `SELECT `+statusColumns+` FROM employee_statuses WHERE account_id = $1`, []any{int64(account)}, func(row scanner) error {
		var x employees.CustomStatus
		err := row.Scan(&x.AccountID, &x.ID, &x.Name, &x.Base, &x.Color, &x.Position)
		out = append(out, x)
		return err
	})
	return out, err
}

func (c conn) putCustomStatus(ctx context.Context, x employees.CustomStatus) error {
	return c.upsert(ctx, "employee_statuses", 2, statusColumns, [][]any{{int64(x.AccountID), int64(x.ID), x.Name, string(x.Base), x.Color, x.Position}})
}

// CreateCustomStatus implements employees.CustomStatuses.
func (s *EmployeeStore) CreateCustomStatus(ctx context.Context, x employees.CustomStatus, limit int) (employees.CustomStatus, error) {
	x.ID = core.EmployeeStatusID(s.db.ids.New())
	err := s.db.inRawTx(ctx, func(tx conn) error {
		if err := tx.lockEmployees(ctx, x.AccountID); err != nil {
			return err
		}
		if err := tx.refuseAbove(ctx, limit, "statuses", `SELECT COUNT(*) FROM employee_statuses WHERE account_id = $1`, int64(x.AccountID)); err != nil {
			return err
		}
		const q = `SELECT COALESCE(MAX(position) + 1, 0) FROM employee_statuses WHERE account_id = $1`
		if err := tx.queryRow(ctx, q, int64(x.AccountID)).Scan(&x.Position); err != nil {
			return err
		}
		return tx.putCustomStatus(ctx, x)
	})
	return x, err
}

// UpdateCustomStatus implements employees.CustomStatuses.
func (s *EmployeeStore) UpdateCustomStatus(
	ctx context.Context, account core.AccountID, id core.EmployeeStatusID, change func(*employees.CustomStatus) error,
) (x employees.CustomStatus, err error) {
	err = s.db.inRawTx(ctx, func(tx conn) error {
		if err := tx.lockEmployees(ctx, account); err != nil {
			return err
		}
		all, err := tx.customStatuses(ctx, account)
		if err != nil {
			return err
		}
		n := slices.IndexFunc(all, func(x employees.CustomStatus) bool { return x.ID == id })
		if n < 0 {
			return core.NotFound("status").WithField("id")
		}
		x = all[n]
		if err := change(&x); err != nil {
			return err
		}
		return tx.putCustomStatus(ctx, x)
	})
	return x, err
}

// DeleteCustomStatus implements employees.CustomStatuses.
func (s *EmployeeStore) DeleteCustomStatus(ctx context.Context, account core.AccountID, id core.EmployeeStatusID) (had []core.EmployeeID, err error) {
	err = s.db.inRawTx(ctx, func(tx conn) error {
		had = nil
		if err := tx.lockEmployees(ctx, account); err != nil {
			return err
		}
		if err := tx.removeOne(ctx, "employee_statuses", "status", int64(account), int64(id)); err != nil {
			return err
		}
		const q = `SELECT id FROM employees WHERE account_id = $1 AND status_id = $2 AND deleted_at IS NULL ORDER BY id`
		err := tx.query(ctx, q, []any{int64(account), int64(id)}, func(row scanner) error {
			var id core.EmployeeID
			err := row.Scan(&id)
			had = append(had, id)
			return err
		})
		if err != nil {
			return err
		}
		_, err = tx.exec(ctx, `UPDATE employees SET status_id = 0 WHERE account_id = $1 AND status_id = $2`, int64(account), int64(id))
		return err
	})
	return had, err
}

const scheduleColumns = "account_id, id, name, timezone, rules, created_at"

// Schedules implements employees.Schedules.
func (s *EmployeeStore) Schedules(ctx context.Context, account core.AccountID) ([]employees.Schedule, error) {
	return s.db.rawReader().readSchedules(ctx, "account_id = $1", int64(account))
}

func (c conn) readSchedules(ctx context.Context, condition string, args ...any) (out []employees.Schedule, err error) {
	err = c.query(ctx, `SELECT `+scheduleColumns+` FROM schedules WHERE `+condition, args, func(row scanner) error {
		var x employees.Schedule
		var rules string
		var createdAt int64
		if err := row.Scan(&x.AccountID, &x.ID, &x.Name, &x.Timezone, &rules, &createdAt); err != nil {
			return err
		}
		if err := json.Unmarshal([]byte(rules), &x.Hours); err != nil {
			return fmt.Errorf("reading the hours of schedule %d: %w", x.ID, err)
		}
		x.CreatedAt = fromMillis(createdAt)
		out = append(out, x)
		return nil
	})
	return out, err
}

func (c conn) putSchedule(ctx context.Context, x employees.Schedule) error {
	rules, err := json.Marshal(x.Hours)
	if err != nil {
		return fmt.Errorf("encoding hours: %w", err)
	}
	return c.upsert(ctx, "schedules", 2, scheduleColumns, [][]any{{int64(x.AccountID), int64(x.ID), x.Name, x.Timezone, string(rules), millis(x.CreatedAt)}})
}

// CreateSchedule implements employees.Schedules.
func (s *EmployeeStore) CreateSchedule(ctx context.Context, x employees.Schedule, limit int) (employees.Schedule, error) {
	x.ID, x.CreatedAt = core.ScheduleID(s.db.ids.New()), fromMillis(s.db.now())
	err := s.db.inRawTx(ctx, func(tx conn) error {
		if err := tx.lockEmployees(ctx, x.AccountID); err != nil {
			return err
		}
		if err := tx.refuseAbove(ctx, limit, "schedules", `SELECT COUNT(*) FROM schedules WHERE account_id = $1`, int64(x.AccountID)); err != nil {
			return err
		}
		return tx.putSchedule(ctx, x)
	})
	return x, err
}

// UpdateSchedule implements employees.Schedules.
func (s *EmployeeStore) UpdateSchedule(
	ctx context.Context, account core.AccountID, id core.ScheduleID, change func(*employees.Schedule) error,
) (x employees.Schedule, err error) {
	err = s.db.inRawTx(ctx, func(tx conn) error {
		if err := tx.lockEmployees(ctx, account); err != nil {
			return err
		}
		list, err := tx.readSchedules(ctx, "account_id = $1 AND id = $2", int64(account), int64(id))
		if err != nil {
			return err
		}
		if len(list) == 0 {
			return core.NotFound("schedule").WithField("id")
		}
		x = list[0]
		if err := change(&x); err != nil {
			return err
		}
		return tx.putSchedule(ctx, x)
	})
	return x, err
}

// DeleteSchedule implements employees.Schedules.
func (s *EmployeeStore) DeleteSchedule(ctx context.Context, account core.AccountID, id core.ScheduleID) error {
	return s.db.inRawTx(ctx, func(tx conn) error {
		if err := tx.lockEmployees(ctx, account); err != nil {
			return err
		}
		if err := tx.removeOne(ctx, "schedules", "schedule", int64(account), int64(id)); err != nil {
			return err
		}
		_, err := tx.exec(ctx, `UPDATE employees SET schedule_id = 0 WHERE account_id = $1 AND schedule_id = $2`, int64(account), int64(id))
		return err
	})
}
