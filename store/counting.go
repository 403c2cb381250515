package store

import (
	"context"
	"database/sql"
	"sync/atomic"

	"gorm.io/gorm"
)

type counterKey struct{}

// CountStatements returns a context under which every SQL statement adds one to the counter. Tests use it to hold list queries to a constant
// number of statements.
func CountStatements(ctx context.Context) (context.Context, *atomic.Int64) {
	n := new(atomic.Int64)
	return context.WithValue(ctx, counterKey{}, n), n
}

func count(ctx context.Context) {
	if n, ok := ctx.Value(counterKey{}).(*atomic.Int64); ok {
		n.Add(1)
	}
}

// uncounted is ctx for work in the background, whose statements are not those of the list that happened to start it.
func uncounted(ctx context.Context) context.Context { return context.WithValue(ctx, counterKey{}, nil) }

// countingPool and countingTx are gorm's view of database/sql, with the statements counted.
type countingPool struct{ *sql.DB }

func (p countingPool) ExecContext(ctx context.Context, q string, args ...any) (sql.Result, error) {
	count(ctx)
	return p.DB.ExecContext(ctx, q, args...)
}

func (p countingPool) QueryContext(ctx context.Context, q string, args ...any) (*sql.Rows, error) {
	count(ctx)
	return p.DB.QueryContext(ctx, q, args...)
}

func (p countingPool) QueryRowContext(ctx context.Context, q string, args ...any) *sql.Row {
	count(ctx)
	return p.DB.QueryRowContext(ctx, q, args...)
}

// BeginTx implements gorm.ConnPoolBeginner.
func (p countingPool) BeginTx(ctx context.Context, opts *sql.TxOptions) (gorm.ConnPool, error) {
	tx, err := p.DB.BeginTx(ctx, opts)
	if err != nil {
		return nil, err
	}
	return &countingTx{tx}, nil // a pointer: gorm asks whether it is nil
}

// GetDBConn implements gorm.GetDBConnector.
func (p countingPool) GetDBConn() (*sql.DB, error) { return p.DB, nil }

type countingTx struct{ *sql.Tx }

func (t countingTx) ExecContext(ctx context.Context, q string, args ...any) (sql.Result, error) {
	count(ctx)
	return t.Tx.ExecContext(ctx, q, args...)
}

func (t countingTx) QueryContext(ctx context.Context, q string, args ...any) (*sql.Rows, error) {
	count(ctx)
	return t.Tx.QueryContext(ctx, q, args...)
}

func (t countingTx) QueryRowContext(ctx context.Context, q string, args ...any) *sql.Row {
	count(ctx)
	return t.Tx.QueryRowContext(ctx, q, args...)
}
