package store

import (
	"context"
	"database/sql"
	"errors"
	"slices"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/employees"
)

// lockEmployees lets one transaction at a time change who takes calls in an account, without stopping those that only refer to the account.
func (c conn) lockEmployees(ctx context.Context, account core.AccountID) error {
	q := `SELECT id FROM accounts WHERE id = $1`
	if c.engine == Postgres {
		q += ` FOR NO KEY UPDATE`
	}
	var id int64
	return named("account", c.queryRow(ctx, q, int64(account)).Scan(&id))
}

// oneEmployee reads a present card in a transaction.
func (c conn) oneEmployee(ctx context.Context, account core.AccountID, id core.EmployeeID) (employees.Employee, error) {
	list, err := c.readEmployeeCards(ctx, account, "account_id = $1 AND id = $2 AND deleted_at IS NULL", int64(account), int64(id))
	if err != nil {
		return employees.Employee{}, err
	}
	if len(list) == 0 {
		return employees.Employee{}, core.NotFound("employee").WithField("id")
	}
	return list[0], nil
}

// CreateEmployee implements employees.Cards.
func (s *EmployeeStore) CreateEmployee(ctx context.Context, e employees.Employee, limit int) (employees.Employee, error) {
	e.ID, e.CreatedAt = core.EmployeeID(s.db.ids.New()), fromMillis(s.db.now())
	e.StatusAt = e.CreatedAt
	err := s.db.inRawTx(ctx, func(tx conn) error {
		if err := tx.lockEmployees(ctx, e.AccountID); err != nil {
			return err
		}
		const q = `SELECT COUNT(*) FROM employees WHERE account_id = $1 AND deleted_at IS NULL`
		if err := tx.refuseAbove(ctx, limit, "employees", q, int64(e.AccountID)); err != nil {
			return err
		}
		if err := tx.checkEmployee(ctx, employees.Employee{}, e); err != nil {
			return err
		}
		if err := tx.putEmployees(ctx, []employees.Employee{e}); err != nil {
			return err
		}
		if err := tx.putGroupsOf(ctx, employees.Employee{}, e); err != nil {
			return err
		}
		var err error
		e, err = tx.oneEmployee(ctx, e.AccountID, e.ID)
		return err
	})
	return e, err
}

// refuseAbove refuses one more where a statement counts limit or more.
func (c conn) refuseAbove(ctx context.Context, limit int, what, q string, args ...any) error {
	var n int
	if err := c.queryRow(ctx, q, args...).Scan(&n); err != nil {
		return err
	}
	if n >= limit {
		return core.Invalid("", "too_many", "there are %d %s already, which is the most there can be", n, what)
	}
	return nil
}

// UpdateEmployee implements employees.Cards.
func (s *EmployeeStore) UpdateEmployee(
	ctx context.Context, account core.AccountID, id core.EmployeeID, change func(*employees.Employee) error,
) (employees.Employee, error) {
	var e employees.Employee
	err := s.db.inRawTx(ctx, func(tx conn) error {
		if err := tx.lockEmployees(ctx, account); err != nil {
			return err
		}
		before, err := tx.oneEmployee(ctx, account, id)
		if err != nil {
			return err
		}
		e = before
		e.Phones, e.Groups = slices.Clone(before.Phones), slices.Clone(before.Groups)
		if err := change(&e); err != nil {
			return err
		}
		e.ID, e.AccountID, e.Status, e.StatusID, e.StatusAt, e.CreatedAt = before.ID, before.AccountID, before.Status, before.StatusID, before.StatusAt, before.CreatedAt
		if err := tx.checkEmployee(ctx, before, e); err != nil {
			return err
		}
		if err := tx.putEmployees(ctx, []employees.Employee{e}); err != nil {
			return err
		}
		if err := tx.putGroupsOf(ctx, before, e); err != nil {
			return err
		}
		e, err = tx.oneEmployee(ctx, account, id)
		return err
	})
	return e, err
}

// checkEmployee refuses what another card has, and what is not there.
func (c conn) checkEmployee(ctx context.Context, before, e employees.Employee) error {
	const q = `SELECT email, extension, user_id FROM employees WHERE account_id = $1 AND deleted_at IS NULL AND id <> $2
AND (email <> '' AND email = $3 OR extension <> '' AND extension = $4 OR user_id <> 0 AND user_id = $5) ORDER BY id LIMIT 1`
	var other employees.Employee
	err := c.queryRow(ctx, q, int64(e.AccountID), int64(e.ID), string(e.Email), e.Extension, int64(e.UserID)).Scan(&other.Email, &other.Extension, &other.UserID)
	switch {
	case errors.Is(err, sql.ErrNoRows):
	case err != nil:
		return err
	case e.Email != "" && e.Email == other.Email:
		return core.E(core.KindConflict, "another employee has this e-mail").WithReason("email_taken").WithField("email")
	case e.Extension != "" && e.Extension == other.Extension:
		return core.E(core.KindConflict, "another employee has this extension").WithReason("extension_taken").WithField("extension")
	default:
		return core.E(core.KindConflict, "another employee is this user of the cabinet").WithReason("user_taken").WithField("userId")
	}
	if e.UserID != 0 && e.UserID != before.UserID {
		if err := c.mustExist(ctx, "user", "userId", `SELECT id FROM users WHERE account_id = $1 AND id = $2`, int64(e.AccountID), int64(e.UserID)); err != nil {
			return err
		}
	}
	if e.ScheduleID != 0 && e.ScheduleID != before.ScheduleID {
		return c.mustExist(ctx, "schedule", "scheduleId", `SELECT id FROM schedules WHERE account_id = $1 AND id = $2`, int64(e.AccountID), int64(e.ScheduleID))
	}
	return nil
}

func (c conn) mustExist(ctx context.Context, what, field, q string, args ...any) error {
	var id int64
	err := c.queryRow(ctx, q, args...).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return core.NotFound(what).WithField(field)
	}
	return err
}

// putEmployees writes cards and their phones. Extensions are cleared first where cards may exchange them.
func (c conn) putEmployees(ctx context.Context, list []employees.Employee) error {
	if len(list) == 0 {
		return nil
	}
	account := int64(list[0].AccountID)
	ids := make([]core.EmployeeID, len(list))
	var cards, phones [][]any
	for n, e := range list {
		ids[n] = e.ID
		cards = append(cards, employeeValues(e))
		for position, p := range e.Phones {
			phones = append(phones, []any{account, int64(e.ID), position, string(p.Kind), p.Number, p.Channels, p.DialSeconds, p.IsActive})
		}
	}
	for _, q := range []string{
		`UPDATE employees SET extension = '' WHERE account_id = $1 AND id {in $2}`,
		`DELETE FROM employee_phones WHERE account_id = $1 AND employee_id {in $2}`,
	} {
		if _, err := c.exec(ctx, q, account, idsArg(c.engine, ids)); err != nil {
			return err
		}
	}
	if err := c.upsert(ctx, "employees", 2, plainColumns(employeeColumns), cards); err != nil {
		return err
	}
	return c.upsert(ctx, "employee_phones", 3, "account_id, employee_id, position, kind, number, channels, dial_seconds, is_active", phones)
}

// putGroupsOf moves an employee into new groups, as the last member, and out of old ones.
func (c conn) putGroupsOf(ctx context.Context, before, e employees.Employee) error {
	has := func(list []employees.GroupRef, id core.EmployeeGroupID) bool {
		return slices.ContainsFunc(list, func(g employees.GroupRef) bool { return g.ID == id })
	}
	for _, g := range before.Groups {
		if has(e.Groups, g.ID) {
			continue
		}
		const q = `DELETE FROM employee_group_members WHERE account_id = $1 AND employee_id = $2 AND group_id = $3`
		if _, err := c.exec(ctx, q, int64(e.AccountID), int64(e.ID), int64(g.ID)); err != nil {
			return err
		}
	}
	for _, g := range e.Groups {
		if has(before.Groups, g.ID) {
			continue
		}
		const q = `INSERT INTO employee_group_members (account_id, group_id, employee_id, position)
SELECT g.account_id, g.id, CAST($3 AS BIGINT), COALESCE((SELECT MAX(m.position) + 1 FROM employee_group_members m WHERE m.account_id = g.account_id AND m.group_id = g.id), 0)
FROM employee_groups g WHERE g.account_id = $1 AND g.id = $2`
		n, err := c.exec(ctx, q, int64(e.AccountID), int64(g.ID), int64(e.ID))
		if err != nil {
			return err
		}
		if n == 0 {
			return core.NotFound("group").WithField("groupIds")
		}
	}
	return nil
}

// DeleteEmployee implements employees.Cards.
func (s *EmployeeStore) DeleteEmployee(ctx context.Context, account core.AccountID, id core.EmployeeID) error {
	return s.db.inRawTx(ctx, func(tx conn) error {
		if err := tx.lockEmployees(ctx, account); err != nil {
			return err
		}
		n, err := tx.exec(ctx, `UPDATE employees SET deleted_at = $3 WHERE account_id = $1 AND id = $2 AND deleted_at IS NULL`, int64(account), int64(id), s.db.now())
		if err != nil {
			return err
		}
		if n == 0 {
			return core.NotFound("employee").WithField("id")
		}
		for _, table := range []string{"employee_group_members", "employee_links"} {
			if _, err := tx.exec(ctx, `DELETE FROM `+table+` WHERE account_id = $1 AND employee_id = $2`, int64(account), int64(id)); err != nil {
				return err
			}
		}
		return nil
	})
}

// SetEmployeeStatus implements employees.Cards.
func (s *EmployeeStore) SetEmployeeStatus(
	ctx context.Context, account core.AccountID, id core.EmployeeID, choose func(employees.Employee, []employees.CustomStatus) (employees.StatusChange, error),
) (e employees.Employee, changed bool, err error) {
	err = s.db.inRawTx(ctx, func(tx conn) error {
		if err := tx.lockEmployees(ctx, account); err != nil {
			return err
		}
		if e, err = tx.oneEmployee(ctx, account, id); err != nil {
			return err
		}
		own, err := tx.customStatuses(ctx, account)
		if err != nil {
			return err
		}
		change, err := choose(e, own)
		if err != nil {
			return err
		}
		if changed = change.Status != e.Status || change.StatusID != e.StatusID; !changed {
			return nil
		}
		e.Status, e.StatusID, e.StatusAt = change.Status, change.StatusID, fromMillis(millis(change.At))
		return tx.putStatus(ctx, e, change.Origin)
	})
	return e, changed, err
}

// putStatus writes the status a card has now, with its place in the log.
func (c conn) putStatus(ctx context.Context, e employees.Employee, origin employees.Origin) error {
	const q = `UPDATE employees SET status = $3, status_id = $4, status_at = $5 WHERE account_id = $1 AND id = $2`
	if _, err := c.exec(ctx, q, int64(e.AccountID), int64(e.ID), string(e.Status), int64(e.StatusID), millis(e.StatusAt)); err != nil {
		return err
	}
	return c.upsert(ctx, "employee_status_log", 3, "account_id, employee_id, at, status, status_id, origin",
		[][]any{{int64(e.AccountID), int64(e.ID), millis(e.StatusAt), string(e.Status), int64(e.StatusID), string(origin)}})
}
