package store

import (
	"context"
	"slices"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/integrations"
)

// tellSystems enqueues what outside systems are to be told of the calls, in the transaction that stores them: there is either both or neither. Accounts
// without such systems pay one small reading.
func (s *callSaving) tellSystems(ctx context.Context) error {
	var news []integrations.CallNews
	for _, c := range s.changed {
		n := integrations.NewsOfCall(c.Before, &c.Call)
		if !n.IsEmpty() {
			news = append(news, n)
		}
	}
	if len(news) == 0 {
		return nil
	}
	takers, err := s.callTakers(ctx)
	if err != nil || len(takers) == 0 {
		return err
	}
	if err := s.linkedEmployees(ctx, takers, news); err != nil {
		return err
	}
	var jobs []integrations.NewJob
	for i := range news {
		for k := range takers {
			jobs = append(jobs, news[i].Jobs(&takers[k], fromMillis(s.now))...)
		}
	}
	if len(jobs) == 0 {
		return nil
	}
	s.hasJobs = true
	_, err = s.enqueue(ctx, s.store.db.ids, s.now, jobs)
	return err
}

// callTakers reads the systems of the account that are told of calls.
func (s *callSaving) callTakers(ctx context.Context) ([]integrations.CallTaker, error) {
	var out []integrations.CallTaker
	q := `SELECT id, state, settings FROM integrations WHERE account_id = $1 AND state IN ('active', 'broken', 'paused')`
	err := s.query(ctx, q, []any{int64(s.account)}, func(row scanner) error {
		t := integrations.CallTaker{Linked: map[core.EmployeeID]bool{}}
		var state integrations.State
		var settings string
		if err := row.Scan(&t.ID, &state, &settings); err != nil {
			return err
		}
		t.IsActive = state == integrations.StateActive
		out = append(out, t)
		return readJSON(settings, &out[len(out)-1].Settings)
	})
	return integrations.CallTakers(out), err
}

// linkedEmployees finds whose users the employees of the calls are.
func (s *callSaving) linkedEmployees(ctx context.Context, takers []integrations.CallTaker, news []integrations.CallNews) error {
	var ids []core.EmployeeID
	for i := range news {
		for _, id := range news[i].Employees() {
			if !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
	}
	if len(ids) == 0 {
		return nil
	}
	q := `SELECT integration_id, employee_id FROM employee_links WHERE account_id = $1 AND employee_id {in $2} AND is_enabled`
	return s.query(ctx, q, []any{int64(s.account), idsArg(s.engine, ids)}, func(row scanner) error {
		var integration core.IntegrationID
		var employee core.EmployeeID
		err := row.Scan(&integration, &employee)
		if i := slices.IndexFunc(takers, func(t integrations.CallTaker) bool { return t.ID == integration }); i >= 0 {
			takers[i].Linked[employee] = true
		}
		return err
	})
}
