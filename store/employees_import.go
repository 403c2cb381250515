package store

import (
	"context"
	"slices"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/employees"
)

const linkColumns = "account_id, integration_id, remote_id, employee_id, mark, is_enabled, linked_at"

// EmployeeLinks implements employees.Links.
func (s *EmployeeStore) EmployeeLinks(ctx context.Context, account core.AccountID, integration core.IntegrationID) ([]employees.Link, error) {
	return s.db.rawReader().employeeLinks(ctx, account, integration)
}

func (c conn) employeeLinks(ctx context.Context, account core.AccountID, integration core.IntegrationID) (out []employees.Link, err error) {
	q := `SELECT ` + linkColumns + ` FROM employee_links WHERE account_id = $1 AND integration_id = $2 ORDER BY linked_at, employee_id, remote_id`
	err = c.query(ctx, q, []any{int64(account), int64(integration)}, func(row scanner) error {
		var l employees.Link
		var account, at int64
		err := row.Scan(&account, &l.IntegrationID, &l.RemoteID, &l.EmployeeID, &l.Mark, &l.IsEnabled, &at)
		l.LinkedAt = fromMillis(at)
		out = append(out, l)
		return err
	})
	return out, err
}

// EnableEmployeeLinks implements employees.Links.
func (s *EmployeeStore) EnableEmployeeLinks(ctx context.Context, account core.AccountID, integration core.IntegrationID, ids []core.EmployeeID) error {
	return s.db.inRawTx(ctx, func(tx conn) error {
		if err := tx.lockEmployees(ctx, account); err != nil {
			return err
		}
		links, err := tx.employeeLinks(ctx, account, integration)
		if err != nil {
			return err
		}
		for _, id := range ids {
			if !slices.ContainsFunc(links, func(l employees.Link) bool { return l.EmployeeID == id }) {
				return core.NotFound("employee").WithField("employeeIds")
			}
		}
		for n := range links {
			links[n].IsEnabled = slices.Contains(ids, links[n].EmployeeID)
		}
		return tx.putLinks(ctx, account, links)
	})
}

func (c conn) putLinks(ctx context.Context, account core.AccountID, links []employees.Link) error {
	rows := make([][]any, len(links))
	for n, l := range links {
		rows[n] = []any{int64(account), int64(l.IntegrationID), l.RemoteID, int64(l.EmployeeID), l.Mark, l.IsEnabled, millis(l.LinkedAt)}
	}
	return c.upsert(ctx, "employee_links", 3, linkColumns, rows)
}

// ImportEmployees implements employees.Links.
func (s *EmployeeStore) ImportEmployees(
	ctx context.Context, account core.AccountID, integration core.IntegrationID, plan func(employees.Present) (employees.Plan, error),
) error {
	return s.db.inRawTx(ctx, func(tx conn) error {
		if err := tx.lockEmployees(ctx, account); err != nil {
			return err
		}
		present := employees.Present{NewID: func() core.EmployeeID { return core.EmployeeID(s.db.ids.New()) }}
		err := tx.mustExist(ctx, "integration", "", `SELECT id FROM integrations WHERE account_id = $1 AND id = $2`, int64(account), int64(integration))
		if err != nil {
			return err
		}
		present.Employees, err = tx.readEmployeeCards(ctx, account, "account_id = $1 AND deleted_at IS NULL ORDER BY created_at, id", int64(account))
		if err != nil {
			return err
		}
		if present.Links, err = tx.employeeLinks(ctx, account, integration); err != nil {
			return err
		}
		p, err := plan(present)
		if err != nil || p.IsEmpty() {
			return err
		}
		return tx.carryOut(ctx, account, integration, p, s.db.now())
	})
}

func (c conn) carryOut(ctx context.Context, account core.AccountID, integration core.IntegrationID, p employees.Plan, now int64) error {
	for n := range p.Create {
		p.Create[n].AccountID, p.Create[n].CreatedAt, p.Create[n].StatusAt = account, fromMillis(now), fromMillis(now)
	}
	if err := c.putEmployees(ctx, slices.Concat(p.Update, p.Create)); err != nil {
		return err
	}
	if len(p.Unlink) > 0 {
		const q = `DELETE FROM employee_links WHERE account_id = $1 AND integration_id = $2 AND remote_id {in $3}`
		if _, err := c.exec(ctx, q, int64(account), int64(integration), textsArg(c.engine, p.Unlink)); err != nil {
			return err
		}
	}
	return c.putLinks(ctx, account, p.Link)
}
