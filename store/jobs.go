package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/integrations"
)

// jobColumns are read by scanJob, of the table jobs under the name j.
const jobColumns = `j.account_id, j.id, j.integration_id, j.kind, j.key, j.lane, j.state, j.run_at, j.attempt, j.locked_until, j.payload, j.progress, j.failure,
  j.communication_id, j.remote_id, j.remote_entity, j.remote_url, j.created_at, j.started_at, j.finished_at`

func scanJob(row scanner) (j integrations.Job, err error) {
	var payload, progress, failure string
	var runAt, lockedUntil, createdAt int64
	var startedAt, finishedAt *int64
	err = row.Scan(&j.AccountID, &j.ID, &j.IntegrationID, &j.Kind, &j.Key, &j.Lane, &j.State, &runAt, &j.Attempt, &lockedUntil, &payload, &progress, &failure,
		&j.CommunicationID, &j.Remote.ID, &j.Remote.Entity, &j.Remote.URL, &createdAt, &startedAt, &finishedAt)
	if err != nil {
		return j, err
	}
	j.RunAt, j.CreatedAt, j.StartedAt, j.FinishedAt = fromMillis(runAt), fromMillis(createdAt), fromMillisPtr(startedAt), fromMillisPtr(finishedAt)
	if lockedUntil != 0 {
		j.LockedUntil = fromMillis(lockedUntil)
	}
	j.Payload, j.Progress = rawJSON(payload), rawJSON(progress)
	return j, readJSON(failure, &j.Failure)
}

// rawJSON is nil for nothing.
func rawJSON(text string) json.RawMessage {
	if text == "" {
		return nil
	}
	return json.RawMessage(text)
}

// Enqueue implements integrations.Queue.
func (s *IntegrationStore) Enqueue(ctx context.Context, jobs ...integrations.NewJob) (n int, err error) {
	if len(jobs) == 0 {
		return 0, nil
	}
	err = s.db.inRawTx(ctx, func(tx conn) error {
		n, err = tx.enqueue(ctx, s.db.ids, s.db.now(), jobs)
		return err
	})
	return n, err
}

// The ends of a statement that enqueues. Finished jobs that are to run again begin anew, but keep their identifier, journal, and what they made.
const (
	enqueueOnce  = ` ON CONFLICT (account_id, integration_id, key) DO NOTHING`
	enqueueAgain = ` ON CONFLICT (account_id, integration_id, key) DO UPDATE SET kind = excluded.kind, lane = excluded.lane, state = 'waiting', run_at = excluded.run_at,
  attempt = 0, worker = '', locked_until = 0, payload = excluded.payload, progress = '', failure = '', communication_id = excluded.communication_id,
  started_at = NULL, finished_at = NULL WHERE jobs.state IN ('done', 'parked', 'cancelled')`
	enqueueSooner = `UPDATE jobs SET run_at = $4 WHERE account_id = $1 AND integration_id = $2 AND key = $3 AND state = 'waiting' AND run_at > $4`
)

// enqueueRows bounds the jobs of one statement.
const enqueueRows = 500

// enqueue puts jobs into the queue in the running transaction and returns how many are new or run again.
func (c conn) enqueue(ctx context.Context, ids *core.IDs, now int64, jobs []integrations.NewJob) (n int, err error) {
	once, again := splitJobs(jobs)
	for _, part := range []struct {
		jobs []integrations.NewJob
		end  string
	}{{once, enqueueOnce}, {again, enqueueAgain}} {
		for from := 0; from < len(part.jobs); from += enqueueRows {
			added, err := c.insertJobs(ctx, ids, now, part.jobs[from:min(from+enqueueRows, len(part.jobs))], part.end)
			if err != nil {
				return 0, err
			}
			n += added
		}
	}
	return n, c.hasten(ctx, now, again, n)
}

// splitJobs parts jobs by whether finished ones run again. Of several with one key the first counts: a statement can't touch a row twice.
func splitJobs(jobs []integrations.NewJob) (once, again []integrations.NewJob) {
	type key struct {
		account     core.AccountID
		integration core.IntegrationID
		key         string
	}
	seen := make(map[key]bool, len(jobs))
	for i := range jobs {
		j := &jobs[i]
		k := key{j.AccountID, j.IntegrationID, j.Key}
		switch {
		case seen[k]:
		case j.Again:
			again = append(again, *j)
		default:
			once = append(once, *j)
		}
		seen[k] = true
	}
	return once, again
}

// The parts of a statement that enqueues. Jobs of an integration that has just been disconnected are left out, and one that is being disconnected waits:
// else a reached goal would fail with it.
const (
	insertJobs = `INSERT INTO jobs (account_id, id, integration_id, kind, key, lane, run_at, payload, communication_id, state, attempt, worker, locked_until,
  progress, failure, remote_id, remote_entity, remote_url, created_at, started_at, finished_at)
SELECT i.account_id, v.column2, i.id, v.column4, v.column5, v.column6, v.column7, v.column8, v.column9, 'waiting', 0, '', 0, '', '', '', '', '', CAST($1 AS BIGINT), NULL, NULL
FROM (VALUES `
	newJobsOf         = `) v JOIN integrations i ON i.account_id = v.column1 AND i.id = v.column3 WHERE i.id > 0`
	newJobsOfPostgres = newJobsOf + ` FOR KEY SHARE OF i`
)

func (c conn) insertJobs(ctx context.Context, ids *core.IDs, now int64, jobs []integrations.NewJob, end string) (int, error) {
	var q strings.Builder
	q.WriteString(insertJobs)
	args := []any{now}
	for i := range jobs {
		if i > 0 {
			q.WriteString(", ")
		}
		j := &jobs[i]
		writeRow(&q, len(args))
		args = append(args, int64(j.AccountID), ids.New(), int64(j.IntegrationID), string(j.Kind), j.Key, j.Lane, runAt(j, now), string(j.Payload), int64(j.CommunicationID))
	}
	if c.engine == Postgres {
		q.WriteString(newJobsOfPostgres)
	} else {
		q.WriteString(newJobsOf)
	}
	q.WriteString(end)
	n, err := c.exec(ctx, q.String(), args...)
	return int(n), err
}

// writeRow writes the parameters of a job, behind those there are.
func writeRow(q *strings.Builder, behind int) {
	for n, kind := range [...]string{"BIGINT", "BIGINT", "BIGINT", "TEXT", "TEXT", "TEXT", "BIGINT", "TEXT", "BIGINT"} {
		q.WriteString([...]string{"(", ", "}[min(n, 1)])
		fmt.Fprintf(q, "CAST($%d AS %s)", behind+n+1, kind)
	}
	q.WriteByte(')')
}

func runAt(j *integrations.NewJob, now int64) int64 {
	if j.RunAt.IsZero() {
		return now
	}
	return millis(j.RunAt)
}

// hasten lets jobs that wait already, and are wanted again, run at the earlier time.
func (c conn) hasten(ctx context.Context, now int64, again []integrations.NewJob, fresh int) error {
	if fresh >= len(again) && len(again) <= 1 { // each was new
		return nil
	}
	for i := range again {
		j := &again[i]
		if _, err := c.exec(ctx, enqueueSooner, j.AccountID, j.IntegrationID, j.Key, runAt(j, now)); err != nil {
			return err
		}
	}
	return nil
}

// Extend implements integrations.Queue.
func (s *IntegrationStore) Extend(ctx context.Context, worker string, jobs []core.JobID, lease time.Duration) (kept []core.JobID, err error) {
	if len(jobs) == 0 {
		return nil, nil
	}
	q := `UPDATE jobs SET locked_until = $2 WHERE state = 'running' AND worker = $1 AND id {in $3} RETURNING id`
	err = s.db.writeQuery(ctx, q, []any{worker, s.db.now() + lease.Milliseconds(), idsArg(s.db.Engine, jobs)}, func(row scanner) error {
		var id core.JobID
		err := row.Scan(&id)
		kept = append(kept, id)
		return err
	})
	return kept, err
}

// writeQuery runs one statement that changes rows and returns them, in a transaction of its own.
func (db *DB) writeQuery(ctx context.Context, q string, args []any, scan func(scanner) error) error {
	if db.Engine == Postgres {
		return conn{countingPool{db.write}, db.Engine}.query(ctx, q, args, scan)
	}
	return db.inRawTx(ctx, func(tx conn) error { return tx.query(ctx, q, args, scan) })
}

// errClaimLost is the answer to a worker that works on a job that is another's.
func errClaimLost() error {
	return core.E(core.KindConflict, "the job is another worker's now").WithReason("claim_lost")
}

// heldBy is the condition under which a job is a worker's, in the attempt it thinks of: $1 account, $2 job, $3 worker, $4 attempt.
const heldBy = ` WHERE account_id = $1 AND id = $2 AND state = 'running' AND worker = $3 AND attempt = $4`

// SaveProgress implements integrations.Queue.
func (s *IntegrationStore) SaveProgress(ctx context.Context, worker string, job integrations.Job, progress json.RawMessage) error {
	return s.db.inRawTx(ctx, func(tx conn) error {
		n, err := tx.exec(ctx, `UPDATE jobs SET progress = $5`+heldBy, job.AccountID, job.ID, worker, job.Attempt, string(progress))
		if err == nil && n == 0 {
			return errClaimLost()
		}
		return err
	})
}

// Release implements integrations.Queue. An attempt that was given back does not count.
func (s *IntegrationStore) Release(ctx context.Context, worker string) error {
	return s.db.inRawTx(ctx, func(tx conn) error {
		_, err := tx.exec(ctx, `UPDATE jobs SET state = 'waiting', worker = '', locked_until = 0, attempt = attempt - 1 WHERE state = 'running' AND worker = $1`, worker)
		return err
	})
}

// FreeCrashed lets the claims of an earlier server run out soon, so that its work goes on. It is for the start of a server on SQLite, which is the only one
// on its file; elsewhere other servers may be alive, and it does nothing: claims run out by themselves. The pause is for requests that were under way when
// the server crashed: whoever looks them up at once may come too early.
func (s *IntegrationStore) FreeCrashed(ctx context.Context) (int, error) {
	if s.db.Engine != SQLite {
		return 0, nil
	}
	var n int64
	err := s.db.inRawTx(ctx, func(tx conn) (err error) {
		until := s.db.now() + integrations.FirstPause.Milliseconds()
		n, err = tx.exec(ctx, `UPDATE jobs SET locked_until = $1 WHERE state = 'running' AND locked_until > $1`, until)
		return err
	})
	return int(n), err
}
