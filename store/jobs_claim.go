package store

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/integrations"
)

// Which jobs may be claimed: $1 now, $2 how many, k the job, i its integration.
//
// Of each integration the first few are looked at, and those of integrations for which little is being done go first: thousands of jobs of one, which its
// vendor takes slowly, keep no other waiting.
const (
	// laneIsFree: no other job of the lane is running, and no older one is to be done before. A waiting one is if its time has come, or if it is a
	// delivery: those of one person keep their order. An index makes sure that never two run.
	laneIsFree = `(k.lane = '' OR NOT EXISTS (SELECT 1 FROM jobs o WHERE o.account_id = k.account_id AND o.integration_id = k.integration_id AND o.lane = k.lane AND o.lane <> ''
    AND o.state IN ('waiting', 'running') AND o.id <> k.id AND (o.state = 'running' OR o.id < k.id AND (o.run_at <= $1 OR o.kind = 'deliver'))))`

	// dueJobs are those of integrations that are on. Two kinds run in other states: an installation's tokens come by webhook while it is a draft, and what
	// was switched off must still unsubscribe.
	dueJobs        = `k.account_id = i.account_id AND k.integration_id = i.id AND k.state = 'waiting' AND k.run_at <= $1 AND ` + laneIsFree
	dueHooks       = `k.kind = 'hook' AND ` + dueJobs
	dueUnsubscribe = `k.kind = 'unsubscribe' AND ` + dueJobs

	// lostJobs are those whose claim ran out.
	lostJobs = `k.state = 'running' AND k.locked_until < $1
    AND (i.state = 'active' OR k.kind = 'unsubscribe' OR k.kind = 'hook' AND i.state = 'draft')`

	setClaimed = `UPDATE jobs SET state = 'running', worker = $3, locked_until = $4, attempt = attempt + 1, started_at = COALESCE(started_at, $1)`
)

// claimPostgres is one statement; replicas that claim at the same time pass over what the other has locked. $3 worker, $4 the end of the claim. LATERAL
// makes it look candidates up one by one, whatever it believes of a table that has just grown.
var claimPostgres = `
WITH busy AS MATERIALIZED (SELECT account_id, integration_id, COUNT(*) AS n FROM jobs WHERE state = 'running' GROUP BY account_id, integration_id),
candidates AS (
  SELECT k.account_id, k.id, k.run_at, 0 AS place FROM jobs k JOIN integrations i ON i.account_id = k.account_id AND i.id = k.integration_id WHERE ` + lostJobs + `
  UNION ALL
  SELECT w.account_id, w.id, w.run_at, w.place + COALESCE((SELECT b.n FROM busy b WHERE b.account_id = i.account_id AND b.integration_id = i.id), 0)
  FROM integrations i CROSS JOIN LATERAL (` + pgFirst(dueJobs) + `) w WHERE i.state = 'active'
  UNION ALL
  SELECT w.account_id, w.id, w.run_at, w.place FROM integrations i CROSS JOIN LATERAL (` + pgFirst(dueHooks) + `) w WHERE i.state = 'draft'
  UNION ALL
  SELECT w.account_id, w.id, w.run_at, w.place FROM integrations i CROSS JOIN LATERAL (` + pgFirst(dueUnsubscribe) + `) w WHERE i.state <> 'active'
), chosen AS (
  SELECT j.account_id, j.id FROM (SELECT * FROM candidates ORDER BY place, run_at, id) c CROSS JOIN LATERAL (
    SELECT j.account_id, j.id FROM jobs j WHERE j.account_id = c.account_id AND j.id = c.id
      AND (j.state = 'waiting' AND j.run_at <= $1 OR j.state = 'running' AND j.locked_until < $1) FOR UPDATE SKIP LOCKED) j
  LIMIT $2
), claimed AS (
  ` + setClaimed + ` FROM chosen c WHERE jobs.account_id = c.account_id AND jobs.id = c.id RETURNING jobs.*
) SELECT ` + jobColumns + ` FROM claimed j ORDER BY j.run_at, j.id`

func pgFirst(due string) string {
	return `SELECT k.account_id, k.id, k.run_at, ROW_NUMBER() OVER (ORDER BY k.run_at, k.id) AS place FROM jobs k WHERE ` + due + ` ORDER BY k.run_at, k.id LIMIT $2`
}

// On SQLite the candidates are read without the writing connection, which is taken only when there are some. CROSS JOIN keeps it to the order in which
// the tables stand, INDEXED BY to the small indexes: it knows little about its tables.
var (
	candidatesSQLite = `
SELECT account_id, id FROM (
  SELECT k.account_id, k.id, k.run_at, 0 AS place FROM jobs k CROSS JOIN integrations i WHERE i.account_id = k.account_id AND i.id = k.integration_id AND ` + lostJobs + `
  UNION ALL
  SELECT j.account_id, j.id, j.run_at, ROW_NUMBER() OVER (PARTITION BY j.account_id, j.integration_id ORDER BY j.run_at, j.id)
    + (SELECT COUNT(*) FROM jobs b INDEXED BY ix_jobs__running WHERE b.account_id = j.account_id AND b.integration_id = j.integration_id AND b.state = 'running')
  FROM integrations i CROSS JOIN jobs j WHERE i.state = 'active' AND ` + liteFirst("ix_jobs__waiting", dueJobs) + `
  UNION ALL
  SELECT j.account_id, j.id, j.run_at, 1 FROM integrations i CROSS JOIN jobs j WHERE i.state = 'draft' AND ` + liteFirst("ix_jobs__waiting", dueHooks) + `
  UNION ALL
  SELECT j.account_id, j.id, j.run_at, 1 FROM integrations i CROSS JOIN jobs j WHERE i.state <> 'active' AND ` + liteFirst("ix_jobs__waiting_unsubscribe", dueUnsubscribe) + `
) ORDER BY place, run_at, id LIMIT $2`

	claimSQLite = setClaimed + ` WHERE (account_id, id) IN (SELECT k.account_id, k.id FROM json_each($5) c CROSS JOIN jobs k CROSS JOIN integrations i
  WHERE k.account_id = c.value ->> 0 AND k.id = c.value ->> 1 AND i.account_id = k.account_id AND i.id = k.integration_id
  AND (` + lostJobs + ` OR (i.state = 'active' OR k.kind = 'unsubscribe' OR k.kind = 'hook' AND i.state = 'draft') AND ` + dueJobs + `)) RETURNING ` + strings.ReplaceAll(jobColumns, "j.", "")
)

func liteFirst(index, due string) string {
	return `j.account_id = i.account_id AND j.id IN (SELECT k.id FROM jobs k INDEXED BY ` + index + ` WHERE ` + due + ` ORDER BY k.run_at, k.id LIMIT $2)`
}

// claimAttempts is how often a claim is tried that met another one in the same lane.
const claimAttempts = 3

// Claim implements integrations.Queue.
func (s *IntegrationStore) Claim(ctx context.Context, worker string, limit int, lease time.Duration) (jobs []integrations.Job, err error) {
	if limit <= 0 {
		return nil, nil
	}
	for range claimAttempts {
		if s.db.Engine == Postgres {
			jobs, err = s.claimPostgres(ctx, worker, limit, lease)
		} else {
			jobs, err = s.claimSQLite(ctx, worker, limit, lease)
		}
		if core.KindOf(err) != core.KindConflict {
			break
		}
	}
	return jobs, err
}

func (s *IntegrationStore) claimPostgres(ctx context.Context, worker string, limit int, lease time.Duration) (jobs []integrations.Job, err error) {
	now := s.db.now()
	pool := conn{countingPool{s.db.write}, Postgres}
	err = pool.query(ctx, claimPostgres, []any{now, limit, worker, now + lease.Milliseconds()}, func(row scanner) error {
		j, err := scanJob(row)
		jobs = append(jobs, j)
		return err
	})
	if err != nil {
		return nil, err
	}
	return jobs, nil
}

func (s *IntegrationStore) claimSQLite(ctx context.Context, worker string, limit int, lease time.Duration) (jobs []integrations.Job, err error) {
	now := s.db.now()
	var candidates [][2]int64
	err = s.db.rawReader().query(ctx, candidatesSQLite, []any{now, limit}, func(row scanner) error {
		var c [2]int64
		err := row.Scan(&c[0], &c[1])
		candidates = append(candidates, c)
		return err
	})
	if err != nil || len(candidates) == 0 {
		return nil, err
	}
	err = s.db.inRawTx(ctx, func(tx conn) error {
		jobs = jobs[:0]
		return tx.query(ctx, claimSQLite, []any{now, limit, worker, now + lease.Milliseconds(), jsonText(candidates)}, func(row scanner) error {
			j, err := scanJob(row)
			jobs = append(jobs, j)
			return err
		})
	})
	if err != nil {
		return nil, err
	}
	inOrder(jobs)
	return jobs, nil
}

// keptAttempts is how many attempts of one job the journal keeps.
const keptAttempts = 50

// The parts of Finish, behind the first four parameters of heldBy. A recurring job that went well begins anew: no attempts, no progress.
const (
	finishJob = `UPDATE jobs SET state = $5, run_at = CASE WHEN $5 = 'waiting' THEN CAST($6 AS BIGINT) ELSE run_at END, failure = $7, worker = '', locked_until = 0,
  attempt = CASE WHEN $8 THEN 0 WHEN $9 THEN attempt - 1 ELSE attempt END, progress = CASE WHEN $8 THEN '' ELSE progress END,
  started_at = CASE WHEN $8 THEN NULL ELSE started_at END, finished_at = CASE WHEN $5 = 'waiting' THEN NULL ELSE CAST($10 AS BIGINT) END,
  remote_id = CASE WHEN $11 = '' THEN remote_id ELSE $11 END, remote_entity = CASE WHEN $11 = '' THEN remote_entity ELSE $12 END,
  remote_url = CASE WHEN $11 = '' THEN remote_url ELSE $13 END` + heldBy

	lastAttempt = `(SELECT COALESCE(MAX(a.number), 0) FROM job_attempts a WHERE a.account_id = $1 AND a.job_id = $2)`

	insertAttempt = `INSERT INTO job_attempts (account_id, job_id, number, started_at, took_ms, failure, exchanges)
VALUES ($1, $2, 1 + ` + lastAttempt + `, $3, $4, $5, $6) RETURNING number`
	dropAttempts = `DELETE FROM job_attempts WHERE account_id = $1 AND job_id = $2 AND number <= $3`

	finishPostgres = `WITH finished AS (` + finishJob + ` RETURNING account_id, id), dropped AS (
  DELETE FROM job_attempts d USING finished f WHERE d.account_id = f.account_id AND d.job_id = f.id AND d.number <= ` + lastAttempt + ` + 1 - $18)
INSERT INTO job_attempts (account_id, job_id, number, started_at, took_ms, failure, exchanges)
SELECT f.account_id, f.id, 1 + ` + lastAttempt + `, $14, $15, $16, $17 FROM finished f`
)

// Finish implements integrations.Queue. The attempt's number in the journal goes on where the job's last one ended, even if attempts are counted anew.
func (s *IntegrationStore) Finish(ctx context.Context, worker string, job integrations.Job, a integrations.Attempt, o integrations.Outcome) error {
	if o.State == integrations.JobRunning || o.State == "" {
		return errors.New("an attempt can't end in the state " + string(o.State))
	}
	anew := o.State == integrations.JobWaiting && o.Failure == nil && !o.NoAttempt
	args := []any{
		job.AccountID, job.ID, worker, job.Attempt, string(o.State), millis(o.RunAt), writeJSON(o.Failure), anew, o.NoAttempt, s.db.now(),
		o.Remote.ID, o.Remote.Entity, o.Remote.URL,
	}
	journal := []any{millis(a.StartedAt), a.Took.Milliseconds(), writeJSON(a.Failure), jsonText(a.Exchanges)}
	if s.db.Engine == Postgres && len(o.Then) == 0 { // one statement needs no transaction
		return translate(conn{countingPool{s.db.write}, Postgres}.finishPostgres(ctx, append(args, journal...)))
	}
	return s.db.inRawTx(ctx, func(tx conn) error {
		finish := tx.finishSQLite
		if s.db.Engine == Postgres {
			finish = func(ctx context.Context, args, journal []any) error {
				return tx.finishPostgres(ctx, append(args, journal...))
			}
		}
		if err := finish(ctx, args, journal); err != nil || len(o.Then) == 0 {
			return err
		}
		_, err := tx.enqueue(ctx, s.db.ids, s.db.now(), o.Then)
		return err
	})
}

func (c conn) finishPostgres(ctx context.Context, args []any) error {
	n, err := c.exec(ctx, finishPostgres, append(args, keptAttempts)...)
	if err == nil && n == 0 {
		return errClaimLost()
	}
	return err
}

func (c conn) finishSQLite(ctx context.Context, args, journal []any) error {
	if n, err := c.exec(ctx, finishJob, args...); err != nil || n == 0 {
		return orClaimLost(err)
	}
	var number int
	if err := c.queryRow(ctx, insertAttempt, append(slices.Clone(args[:2]), journal...)...).Scan(&number); err != nil || number <= keptAttempts {
		return err
	}
	_, err := c.exec(ctx, dropAttempts, args[0], args[1], number-keptAttempts)
	return err
}

func orClaimLost(err error) error {
	if err != nil {
		return err
	}
	return errClaimLost()
}
