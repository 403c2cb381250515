package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // drivers of the bare statements
	_ "github.com/mattn/go-sqlite3"

	"github.com/skvoz/skvoz/core/integrations"
	"github.com/skvoz/skvoz/store"
)

// queueAlone claims and finishes jobs, eight at a time, in turns with bare statements that do as many on a bare table: one that marks and returns eight
// rows, and one for each to mark it as done; every one a transaction on disk.
func (s *server) queueAlone(ctx context.Context, o options, r *result) error {
	i, err := s.service.Create(ctx, s.account, "amocrm")
	if err != nil {
		return err
	}
	_, err = s.kept.ChangeIntegration(ctx, s.account, i.ID, func(i *integrations.Integration) ([]integrations.NewJob, error) {
		i.State = integrations.StateActive
		var list []integrations.NewJob
		for n := range o.queued {
			list = append(list, integrations.NewJob{
				AccountID: i.AccountID, IntegrationID: i.ID, Kind: integrations.JobDeliver, Key: "bench:" + strconv.Itoa(n), Lane: "p:" + strconv.Itoa(n), Payload: []byte(`{}`),
			})
		}
		return list, nil
	})
	if err != nil {
		return err
	}
	bare, err := openBare(ctx, r.Engine, s.dsn, o.queued)
	if err != nil {
		return err
	}
	defer func() { _ = bare.Close() }()
	var ours, theirs time.Duration
	half := o.queued / 2 / workers
	for range 2 {
		began := time.Now()
		if err := s.claimAndFinish(ctx, half); err != nil {
			return err
		}
		ours += time.Since(began)
		began = time.Now()
		if err := claimBare(ctx, bare, half); err != nil {
			return err
		}
		theirs += time.Since(began)
	}
	done := float64(2 * half * workers)
	r.Queue, r.Bare = done/ours.Seconds(), done/theirs.Seconds()
	r.QueueRatio = r.Queue / r.Bare
	return nil
}

func (s *server) claimAndFinish(ctx context.Context, rounds int) error {
	for range rounds {
		list, err := s.kept.Claim(ctx, "bench", workers, time.Minute)
		if err != nil {
			return err
		}
		if len(list) != workers {
			return fmt.Errorf("%d jobs claimed", len(list))
		}
		for _, job := range list {
			now := s.db.Clock.Now()
			err := s.kept.Finish(ctx, "bench", job, integrations.Attempt{Number: job.Attempt, StartedAt: now}, integrations.Outcome{State: integrations.JobDone})
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// openBare makes the bare table.
func openBare(ctx context.Context, engine store.Engine, dsn string, rows int) (*sql.DB, error) {
	driver := "pgx"
	if engine == store.SQLite {
		driver, dsn = "sqlite3", "file:"+strings.TrimPrefix(dsn, "sqlite://")+"?_busy_timeout=20000&_synchronous=FULL&_journal_mode=WAL"
	}
	db, err := sql.Open(driver, dsn)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	for _, q := range []string{
		`CREATE TABLE bench_queue (id BIGINT PRIMARY KEY, state TEXT NOT NULL, payload TEXT NOT NULL)`,
		`CREATE INDEX bench_waiting ON bench_queue (id) WHERE state = 'waiting'`,
		fmt.Sprintf(`WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d) INSERT INTO bench_queue SELECT i, 'waiting', '{}' FROM n`, rows),
	} {
		if _, err := db.ExecContext(ctx, q); err != nil {
			return nil, errors.Join(err, db.Close())
		}
	}
	return db, nil
}

func claimBare(ctx context.Context, db *sql.DB, rounds int) error {
	q := fmt.Sprintf(`UPDATE bench_queue SET state = 'running' WHERE id IN (SELECT id FROM bench_queue WHERE state = 'waiting' ORDER BY id LIMIT %d) RETURNING id`, workers)
	claim, err := db.PrepareContext(ctx, q)
	if err != nil {
		return err
	}
	defer func() { _ = claim.Close() }()
	finish, err := db.PrepareContext(ctx, `UPDATE bench_queue SET state = 'done' WHERE id = $1`)
	if err != nil {
		return err
	}
	defer func() { _ = finish.Close() }()
	for range rounds {
		ids, err := scanIDs(claim.QueryContext(ctx))
		if err != nil {
			return err
		}
		for _, id := range ids {
			if _, err := finish.ExecContext(ctx, id); err != nil {
				return err
			}
		}
	}
	return nil
}

func scanIDs(rows *sql.Rows, err error) (ids []int64, _ error) {
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, rows.Err()
}
