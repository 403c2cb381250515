package main

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	_ "github.com/jackc/pgx/v5/stdlib" // drivers of the bare statements
	_ "github.com/mattn/go-sqlite3"

	"github.com/skvoz/skvoz/store"
)

// bare does the least a loan costs, on tables of its own: the shape of those of loans and numbers, with their indexes.
type bare struct {
	task
	db *sql.DB
}

func driverOf(engine store.Engine, dsn string) (driver, address string) {
	if engine == store.Postgres {
		return "pgx", dsn
	}
	return "sqlite3", "file:" + strings.TrimPrefix(dsn, "sqlite://") + "?_busy_timeout=5000&_journal_mode=WAL&_synchronous=FULL&_txlock=immediate"
}

// makeBare makes the tables with a row for each visit that can be kept.
func makeBare(ctx context.Context, engine store.Engine, dsn string, o options) error {
	driver, address := driverOf(engine, dsn)
	db, err := sql.Open(driver, address)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	rows := o.servers * o.workers * keptByWorker
	for _, q := range []string{
		`CREATE TABLE bare_numbers (id BIGINT PRIMARY KEY, leased_at BIGINT NOT NULL)`,
		`CREATE TABLE bare_leases (id BIGINT PRIMARY KEY, number_id BIGINT NOT NULL, session_id BIGINT NOT NULL, hold_until BIGINT NOT NULL)`,
		`CREATE INDEX ix_bare_leases ON bare_leases (session_id)`,
		fmt.Sprintf(`WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < %d) INSERT INTO bare_numbers SELECT i, 0 FROM n`, max(rows, o.pools*o.numbers)),
	} {
		if _, err := db.ExecContext(ctx, q); err != nil {
			return err
		}
	}
	return nil
}

func openBare(ctx context.Context, t task) (*bare, error) {
	driver, address := driverOf(t.Engine, t.DSN)
	db, err := sql.Open(driver, address)
	if err != nil {
		return nil, err
	}
	conns := 16
	if t.Engine == store.SQLite {
		conns = 1 // as the product writes
	}
	db.SetMaxOpenConns(conns)
	db.SetMaxIdleConns(conns)
	return &bare{t, db}, db.PingContext(ctx)
}

func (b *bare) close() { _ = b.db.Close() }

func (b *bare) lend(ctx context.Context, worker, n int) (bool, error) {
	tx, err := b.db.BeginTx(ctx, nil)
	if err != nil {
		return false, err
	}
	defer func() { _ = tx.Rollback() }()
	pool := (worker + n) % len(b.Pools)
	if b.Engine == store.Postgres {
		if _, err := tx.ExecContext(ctx, `SELECT pg_advisory_xact_lock($1)`, pool); err != nil {
			return false, err
		}
	}
	id := int64(b.session(worker, n))
	if _, err := tx.ExecContext(ctx, `INSERT INTO bare_leases (id, number_id, session_id, hold_until) VALUES ($1, $2, $1, 0)`, id, n); err != nil {
		return false, err
	}
	if _, err := tx.ExecContext(ctx, `UPDATE bare_numbers SET leased_at = $2 WHERE id = $1`, (n*len(b.Pools)+pool)%1000, n); err != nil {
		return false, err
	}
	return false, tx.Commit()
}

func (b *bare) keep(ctx context.Context, worker, n int) (bool, error) {
	row := (b.Server*b.Workers+worker)*keptByWorker + n%keptByWorker
	_, err := b.db.ExecContext(ctx, `UPDATE bare_numbers SET leased_at = $2 WHERE id = $1`, row, n+1)
	return false, err
}
