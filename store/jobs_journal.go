package store

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/integrations"
)

// inOrder puts jobs into the order in which they are done.
func inOrder(jobs []integrations.Job) {
	slices.SortFunc(jobs, func(a, b integrations.Job) int { return cmp.Or(a.RunAt.Compare(b.RunAt), cmp.Compare(a.ID, b.ID)) })
}

// jobsWhere begins a condition on the jobs of an account.
func jobsWhere(engine Engine, account core.AccountID, f integrations.JobFilter, first ...any) *where {
	w := &where{args: first}
	w.and("j.account_id = ?", account)
	if f.IntegrationID != 0 {
		w.and("j.integration_id = ?", f.IntegrationID)
	}
	if f.IDs != nil {
		w.and("j.id {in ?}", idsArg(engine, f.IDs))
	}
	if f.Kinds != nil {
		w.and("j.kind {in ?}", textsArg(engine, f.Kinds))
	}
	if f.States != nil {
		w.and("j.state {in ?}", textsArg(engine, f.States))
	}
	if f.CommunicationID != 0 {
		w.and("j.communication_id <> 0 AND j.communication_id = ?", f.CommunicationID)
	}
	return w
}

// Jobs implements integrations.Journal.
func (s *IntegrationStore) Jobs(ctx context.Context, account core.AccountID, f integrations.JobFilter, page core.PageRequest) (core.Page[integrations.Job], error) {
	w := jobsWhere(s.db.Engine, account, f)
	if page.First < 1 || page.First > maxPage {
		return core.Page[integrations.Job]{}, core.Invalid("first", "bad_first", "ask for 1 to %d rows at a time", maxPage)
	}
	if page.After != "" {
		c, err := parseCursor(page.After)
		if err != nil {
			return core.Page[integrations.Job]{}, err
		}
		w.and("j.id < ?", c.id)
	}
	w.add(" ORDER BY j.id DESC LIMIT ?", page.First+1)
	jobs, err := s.readJobs(ctx, w)
	if err != nil {
		return core.Page[integrations.Job]{}, err
	}
	return paged(jobs, page.First, func(j integrations.Job) timeCursor { return timeCursor{id: int64(j.ID)} }), nil
}

func (s *IntegrationStore) readJobs(ctx context.Context, w *where) (out []integrations.Job, err error) {
	err = s.db.rawReader().query(ctx, `SELECT `+jobColumns+` FROM jobs j WHERE `+w.text.String(), w.args, func(row scanner) error {
		j, err := scanJob(row)
		out = append(out, j)
		return err
	})
	return out, err
}

// Job implements integrations.Journal.
func (s *IntegrationStore) Job(ctx context.Context, account core.AccountID, id core.JobID) (integrations.Job, error) {
	found, err := s.readJobs(ctx, jobsWhere(s.db.Engine, account, integrations.JobFilter{IDs: []core.JobID{id}}))
	switch {
	case err != nil:
		return integrations.Job{}, err
	case len(found) == 0:
		return integrations.Job{}, core.NotFound("job")
	}
	return found[0], nil
}

// Attempts implements integrations.Journal.
func (s *IntegrationStore) Attempts(ctx context.Context, account core.AccountID, ids []core.JobID) (map[core.JobID][]integrations.Attempt, error) {
	out := make(map[core.JobID][]integrations.Attempt, len(ids))
	q := `SELECT job_id, number, started_at, took_ms, failure, exchanges FROM job_attempts WHERE account_id = $1 AND job_id {in $2} ORDER BY job_id, number`
	err := s.db.rawReader().query(ctx, q, []any{account, idsArg(s.db.Engine, ids)}, func(row scanner) error {
		var id core.JobID
		var a integrations.Attempt
		var startedAt, took int64
		var failure, exchanges string
		if err := row.Scan(&id, &a.Number, &startedAt, &took, &failure, &exchanges); err != nil {
			return err
		}
		a.StartedAt, a.Took = fromMillis(startedAt), time.Duration(took)*time.Millisecond
		if err := readJSON(failure, &a.Failure); err != nil {
			return err
		}
		if err := readJSON(exchanges, &a.Exchanges); err != nil {
			return err
		}
		out[id] = append(out[id], a)
		return nil
	})
	return out, err
}

// Retry implements integrations.Journal. Progress, failure and the time of the first attempt stay: an earlier attempt may have made something.
func (s *IntegrationStore) Retry(ctx context.Context, account core.AccountID, f integrations.JobFilter) (int, error) {
	return s.changeJobs(ctx, account, f, `UPDATE jobs AS j SET state = 'waiting', run_at = $1, attempt = 0, worker = '', locked_until = 0, finished_at = NULL WHERE `,
		integrations.JobParked, integrations.JobCancelled, integrations.JobWaiting)
}

// Cancel implements integrations.Journal.
func (s *IntegrationStore) Cancel(ctx context.Context, account core.AccountID, f integrations.JobFilter) (int, error) {
	return s.changeJobs(ctx, account, f, `UPDATE jobs AS j SET state = 'cancelled', finished_at = $1 WHERE `, integrations.JobWaiting, integrations.JobParked)
}

// changeJobs changes the chosen jobs that are in one of some states; $1 is now.
func (s *IntegrationStore) changeJobs(ctx context.Context, account core.AccountID, f integrations.JobFilter, change string, from ...integrations.JobState) (int, error) {
	w := jobsWhere(s.db.Engine, account, f, s.db.now())
	w.and("j.state {in ?}", textsArg(s.db.Engine, from))
	var n int64
	err := s.db.inRawTx(ctx, func(tx conn) (err error) {
		n, err = tx.exec(ctx, change+w.text.String(), w.args...)
		return err
	})
	return int(n), err
}

// JobCounts implements integrations.Journal.
func (s *IntegrationStore) JobCounts(ctx context.Context, account core.AccountID) (map[core.IntegrationID]map[integrations.JobState]int, error) {
	out := map[core.IntegrationID]map[integrations.JobState]int{}
	q := `SELECT integration_id, state, COUNT(*) FROM jobs WHERE account_id = $1 AND NOT (state = 'waiting' AND kind IN ('catch_up', 'catalogue', 'employees')) GROUP BY integration_id, state`
	err := s.db.rawReader().query(ctx, q, []any{account}, func(row scanner) error {
		var id core.IntegrationID
		var state integrations.JobState
		var n int
		err := row.Scan(&id, &state, &n)
		if out[id] == nil {
			out[id] = map[integrations.JobState]int{}
		}
		out[id][state] = n
		return err
	})
	return out, err
}

// noted is the mark in the progress of a delivery that made no deal but was noted in an open one: what that deal came from, it does not say.
const noted = `"repeated":true`

// SentDeals implements integrations.Journal. A deal several communications went into is that of the first.
func (s *IntegrationStore) SentDeals(ctx context.Context, account core.AccountID, id core.IntegrationID, deals []string) (map[string]core.CommunicationID, error) {
	out := map[string]core.CommunicationID{}
	q := `SELECT remote_id, communication_id FROM jobs WHERE account_id = $1 AND integration_id = $2 AND remote_id <> '' AND remote_id {in $3} AND communication_id <> 0
  AND progress NOT LIKE $4 ORDER BY id DESC`
	err := s.db.rawReader().query(ctx, q, []any{account, id, textsArg(s.db.Engine, storable(deals)), containing(noted)}, func(row scanner) error {
		var deal string
		var communication core.CommunicationID
		err := row.Scan(&deal, &communication)
		out[deal] = communication
		return err
	})
	return out, err
}

// pruneRows is how many jobs one transaction deletes.
const pruneRows = 500

// Prune implements integrations.Queue. Jobs are looked for without the writing connection, and deleted few at a time. Parked jobs stay with their journal.
func (s *IntegrationStore) Prune(ctx context.Context, before, hooksBefore time.Time) (n int, err error) {
	old := `SELECT account_id, id FROM jobs WHERE (account_id, id) > ($1, $2) AND state IN ('done', 'cancelled')
  AND finished_at < CASE WHEN kind = 'hook' THEN CAST($3 AS BIGINT) ELSE CAST($4 AS BIGINT) END ORDER BY account_id, id LIMIT $5`
	n, err = s.pruneBy(ctx, old, `DELETE FROM jobs WHERE account_id = $1 AND id {in $2}`, millis(hooksBefore), millis(before), pruneRows)
	if err != nil {
		return n, err
	}
	withOld := `SELECT j.account_id, j.id FROM jobs j WHERE (j.account_id, j.id) > ($1, $2) AND j.state = 'waiting'
  AND EXISTS (SELECT 1 FROM job_attempts a WHERE a.account_id = j.account_id AND a.job_id = j.id AND a.started_at < CAST($3 AS BIGINT)) ORDER BY j.account_id, j.id LIMIT $4`
	_, err = s.pruneBy(ctx, withOld, `DELETE FROM job_attempts WHERE account_id = $1 AND job_id {in $2} AND started_at < $3`, millis(before), pruneRows)
	return n, err
}

// pruneBy finds jobs, a page after the other, and deletes by them.
func (s *IntegrationStore) pruneBy(ctx context.Context, find, remove string, args ...any) (n int, err error) {
	var account core.AccountID
	var id core.JobID
	for {
		found := map[core.AccountID][]core.JobID{}
		count := 0
		err := s.db.rawReader().query(ctx, find, append([]any{account, id}, args...), func(row scanner) error {
			count++
			err := row.Scan(&account, &id)
			found[account] = append(found[account], id)
			return err
		})
		if err != nil || count == 0 {
			return n, err
		}
		if err := s.deleteBy(ctx, remove, found, args[0]); err != nil {
			return n, err
		}
		n += count
	}
}

func (s *IntegrationStore) deleteBy(ctx context.Context, remove string, found map[core.AccountID][]core.JobID, before any) error {
	return s.db.inRawTx(ctx, func(tx conn) error {
		for account, ids := range found {
			args := []any{account, idsArg(tx.engine, ids)}
			if strings.Contains(remove, "$3") {
				args = append(args, before)
			}
			if _, err := tx.exec(ctx, remove, args...); err != nil {
				return err
			}
		}
		return nil
	})
}
