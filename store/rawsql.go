package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
)

// querier is what raw statements run on: a pool or a transaction.
type querier interface {
	ExecContext(ctx context.Context, q string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, q string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, q string, args ...any) *sql.Row
}

// scanner is a row to read.
type scanner interface{ Scan(dest ...any) error }

// conn runs raw statements written once for both engines: parameters are $1, $2, …, and {in $2} tests for membership in a list made by ids.
type conn struct {
	querier
	engine Engine
}

// rawReader runs statements outside a transaction.
func (db *DB) rawReader() conn { return conn{countingPool{db.read}, db.Engine} }

// txAttempts is how often a transaction that met a deadlock on PostgreSQL is tried.
const txAttempts = 3

// inRawTx runs fn in one writing transaction; an error or panic rolls it back. A deadlock on PostgreSQL is tried again, so fn must have no effect
// outside the transaction. Errors come back translated.
func (db *DB) inRawTx(ctx context.Context, fn func(tx conn) error) error {
	var err error
	for range txAttempts {
		var pg *pgconn.PgError
		if err = db.tryRawTx(ctx, fn); !errors.As(err, &pg) || (pg.Code != "40P01" && pg.Code != "40001") {
			break
		}
	}
	return translate(err)
}

func (db *DB) tryRawTx(ctx context.Context, fn func(tx conn) error) error {
	tx, err := db.write.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	if err := fn(conn{countingTx{tx}, db.Engine}); err != nil {
		return err
	}
	return tx.Commit()
}

// exec runs a statement and returns how many rows it touched.
func (c conn) exec(ctx context.Context, q string, args ...any) (int64, error) {
	res, err := c.ExecContext(ctx, dialectSQL(c.engine, q), args...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// queryRow runs a statement that returns one row.
func (c conn) queryRow(ctx context.Context, q string, args ...any) *sql.Row {
	return c.QueryRowContext(ctx, dialectSQL(c.engine, q), args...)
}

// query runs a statement and hands each row to scan.
func (c conn) query(ctx context.Context, q string, args []any, scan func(scanner) error) error {
	if pool, ok := c.querier.(countingPool); ok && c.engine == Postgres {
		return translate(pool.queryNative(ctx, dialectSQL(c.engine, q), args, scan))
	}
	rows, err := c.QueryContext(ctx, dialectSQL(c.engine, q), args...)
	if err != nil {
		return translate(err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return translate(rows.Err())
}

// reading is a statement whose rows are wanted together with those of others.
type reading struct {
	sql  string
	args []any
	scan func(scanner) error
	// then is done when all rows of all readings are there.
	then func() error
}

// queryAll runs statements that do not wait for each other: on PostgreSQL all are sent at once.
func (c conn) queryAll(ctx context.Context, list []reading) error {
	if err := c.scanAll(ctx, list); err != nil {
		return err
	}
	for _, r := range list {
		if err := r.then(); err != nil {
			return err
		}
	}
	return nil
}

func (c conn) scanAll(ctx context.Context, list []reading) error {
	if pool, ok := c.querier.(countingPool); ok && c.engine == Postgres && len(list) > 1 {
		return translate(pool.queryAtOnce(ctx, list))
	}
	for _, r := range list {
		if err := c.query(ctx, r.sql, r.args, r.scan); err != nil {
			return err
		}
	}
	return nil
}

func (p countingPool) queryAtOnce(ctx context.Context, list []reading) error {
	var batch pgx.Batch
	for _, r := range list {
		count(ctx)
		batch.Queue(dialectSQL(Postgres, r.sql), r.args...)
	}
	return p.native(ctx, func(c *pgx.Conn) (err error) {
		results := c.SendBatch(ctx, &batch)
		defer func() { err = errors.Join(err, results.Close()) }()
		for _, r := range list {
			rows, err := results.Query()
			if err != nil {
				return err
			}
			if err := scanRows(rows, r.scan); err != nil {
				return err
			}
		}
		return nil
	})
}

// queryNative goes round database/sql, which costs about as much as the rest of a list's reading: the driver scans into the fields themselves.
func (p countingPool) queryNative(ctx context.Context, q string, args []any, scan func(scanner) error) error {
	count(ctx)
	return p.native(ctx, func(c *pgx.Conn) error {
		rows, err := c.Query(ctx, q, args...)
		if err != nil {
			return err
		}
		return scanRows(rows, scan)
	})
}

func (p countingPool) native(ctx context.Context, fn func(*pgx.Conn) error) (err error) {
	c, err := p.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	return c.Raw(func(driver any) error {
		native, ok := driver.(*stdlib.Conn)
		if !ok {
			return errors.New("this is no connection of pgx")
		}
		return fn(native.Conn())
	})
}

func scanRows(rows pgx.Rows, scan func(scanner) error) error {
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// dialectSQL turns the common writing into an engine's own.
func dialectSQL(engine Engine, q string) string {
	if engine == Postgres {
		return inList.Replace(q)
	}
	return strings.ReplaceAll(inListLite.Replace(q), "$", "?")
}

var (
	inList     = strings.NewReplacer("{in ", "= ANY(", "}", ")")
	inListLite = strings.NewReplacer("{in ", "IN (SELECT value FROM json_each(", "}", "))")
)

// idsArg makes a list of identifiers a parameter for {in $n}.
func idsArg[T ~int64](engine Engine, list []T) any {
	plain := make([]int64, len(list))
	for i, v := range list {
		plain[i] = int64(v)
	}
	return listArg(engine, plain)
}

// textsArg makes a list of words a parameter for {in $n}.
func textsArg[T ~string](engine Engine, list []T) any {
	plain := make([]string, len(list))
	for i, v := range list {
		plain[i] = string(v)
	}
	return listArg(engine, plain)
}

func listArg[T int64 | string](engine Engine, plain []T) any {
	if engine == Postgres {
		return plain
	}
	b, _ := json.Marshal(plain) // numbers and texts always marshal
	return string(b)
}
