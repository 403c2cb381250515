package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // drivers of the bare statements
	_ "github.com/mattn/go-sqlite3"
	"golang.org/x/sync/errgroup"

	"github.com/skvoz/skvoz/store"
)

// openRaw opens the database past the product.
func (s *server) openRaw(conns int) (*sql.DB, error) {
	driver, dsn := "pgx", s.dsn
	if s.db.Engine == store.SQLite {
		driver, dsn = "sqlite3", "file:"+strings.TrimPrefix(dsn, "sqlite://")+"?_busy_timeout=20000&_synchronous=FULL&_journal_mode=WAL&_txlock=immediate"
	}
	db, err := sql.Open(driver, dsn)
	if err == nil {
		db.SetMaxOpenConns(conns)
	}
	return db, err
}

func (s *server) count(ctx context.Context, q string) (n int64, err error) {
	db, err := s.openRaw(1)
	if err != nil {
		return 0, err
	}
	defer func() { _ = db.Close() }()
	return n, db.QueryRowContext(ctx, q).Scan(&n)
}

// bareTable is a table with a primary key and texts: values is how many columns there are beside the key.
type bareTable struct {
	name   string
	values int
	text   string
	// one writes a row; nil on PostgreSQL.
	one *sql.Stmt
}

func (t *bareTable) create() string {
	columns := []string{"id BIGINT PRIMARY KEY"}
	for n := range t.values {
		columns = append(columns, fmt.Sprintf("v%d TEXT NOT NULL", n))
	}
	return "CREATE TABLE " + t.name + " (" + strings.Join(columns, ", ") + ")"
}

// upsert is a statement that writes so many rows; those that are there are written anew.
func (t *bareTable) upsert(rows int) string {
	var q strings.Builder
	q.WriteString("INSERT INTO " + t.name + " VALUES ")
	p := 0
	for n := range rows {
		q.WriteString([...]string{"(", ", ("}[min(n, 1)])
		for k := range t.values + 1 {
			p++
			fmt.Fprintf(&q, [...]string{"$%d", ", $%d"}[min(k, 1)], p)
		}
		q.WriteString(")")
	}
	q.WriteString(" ON CONFLICT (id) DO UPDATE SET ")
	for n := range t.values {
		fmt.Fprintf(&q, [...]string{"v%d = excluded.v%d", ", v%d = excluded.v%d"}[min(n, 1)], n, n)
	}
	return q.String()
}

// write writes rows with the ids from first on: on SQLite one by one with a statement prepared once, on PostgreSQL all with one statement.
func (t *bareTable) write(ctx context.Context, tx *sql.Tx, first, rows int64) error {
	if rows == 0 {
		return nil
	}
	if t.one != nil {
		one := tx.StmtContext(ctx, t.one)
		defer func() { _ = one.Close() }()
		for n := range rows {
			if _, err := one.ExecContext(ctx, t.row(nil, first+n)...); err != nil {
				return err
			}
		}
		return nil
	}
	args := make([]any, 0, int(rows)*(t.values+1))
	for n := range rows {
		args = t.row(args, first+n)
	}
	_, err := tx.ExecContext(ctx, t.upsert(int(rows)), args...)
	return err
}

func (t *bareTable) row(args []any, id int64) []any {
	args = append(args, id, t.text)
	for range t.values - 1 {
		args = append(args, "12345678")
	}
	return args
}

// The bare tables are as wide as ours. An event is about 250 bytes, the details of a call about 900.
var (
	bareEvents    = &bareTable{name: "bench_events", values: 8, text: strings.Repeat("e", 250)}
	bareMarks     = &bareTable{name: "bench_marks", values: 4, text: "m"}
	bareCalls     = &bareTable{name: "bench_calls", values: 37, text: strings.Repeat("d", 900)}
	bareComms     = &bareTable{name: "bench_comms", values: 25, text: "c"}
	bareEmployees = &bareTable{name: "bench_employees", values: 6, text: "e"}
)

// bare writes as many rows as receiving and folding did, in as many transactions: events with marks, calls with what belongs to them. On PostgreSQL as many
// transactions run at once.
func (s *server) bare(ctx context.Context, r *result) (err error) {
	lanes := 1
	if s.db.Engine == store.Postgres {
		lanes = 4
	}
	db, err := s.openRaw(2 * lanes)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if s.db.Engine == store.SQLite {
		db.SetMaxOpenConns(1)
	}
	for _, t := range []*bareTable{bareEvents, bareMarks, bareCalls, bareComms, bareEmployees} {
		if _, err := db.ExecContext(ctx, t.create()); err != nil {
			return err
		}
		t.one = nil
		if s.db.Engine == store.SQLite {
			if t.one, err = db.PrepareContext(ctx, t.upsert(1)); err != nil {
				return err
			}
		}
	}
	began := time.Now()
	work, ctx := errgroup.WithContext(ctx)
	events, folding := &share{rows: r.Events, parts: r.EventTransactions}, &share{rows: r.Versions, parts: r.Foldings}
	for range lanes {
		work.Go(func() error {
			return events.each(func(first, rows int64) error { return bareEventsOf(ctx, db, first, rows) })
		})
		work.Go(func() error {
			return folding.each(func(first, rows int64) error { return bareFolding(ctx, db, r, first, rows) })
		})
	}
	if err := work.Wait(); err != nil {
		return err
	}
	r.Bare = float64(r.Events) / time.Since(began).Seconds()
	r.Ratio = r.PerSecond / r.Bare
	return nil
}

// share deals rows out in parts of equal size.
type share struct {
	rows, parts int64

	mu   sync.Mutex
	done int64
}

func (s *share) each(fn func(first, rows int64) error) error {
	for {
		s.mu.Lock()
		n := s.done
		s.done++
		s.mu.Unlock()
		if n >= s.parts {
			return nil
		}
		first, end := s.rows*n/s.parts, s.rows*(n+1)/s.parts
		if err := fn(first, end-first); err != nil {
			return err
		}
	}
}

func inTx(ctx context.Context, db *sql.DB, fn func(tx *sql.Tx) error) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := fn(tx); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}

func bareEventsOf(ctx context.Context, db *sql.DB, first, rows int64) error {
	return inTx(ctx, db, func(tx *sql.Tx) error {
		if err := bareEvents.write(ctx, tx, first, rows); err != nil {
			return err
		}
		return bareMarks.write(ctx, tx, first, rows)
	})
}

// bareFolding writes calls, each as often as they had versions; the first time with a communication and a part of an employee.
func bareFolding(ctx context.Context, db *sql.DB, r *result, first, rows int64) error {
	calls := int64(r.Calls)
	return inTx(ctx, db, func(tx *sql.Tx) error {
		if err := bareCalls.write(ctx, tx, first%calls, min(rows, calls-first%calls)); err != nil {
			return err
		}
		if first < calls {
			fresh := min(rows, calls-first)
			if err := bareComms.write(ctx, tx, first, fresh); err != nil {
				return err
			}
			if err := bareEmployees.write(ctx, tx, first, fresh); err != nil {
				return err
			}
		}
		_, err := tx.ExecContext(ctx, `DELETE FROM bench_marks WHERE id >= $1 AND id < $2`, first, first+rows)
		return err
	})
}
