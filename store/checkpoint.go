package store

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"time"
)

const (
	// checkpointInterval is how often the log of SQLite is folded into the database.
	checkpointInterval = 400 * time.Millisecond
	// checkpointTail is how many pages may be left for the writing connection to fold in, during which nobody writes.
	checkpointTail = 250
	// checkpointPasses bounds how often the rest is tried to be made smaller than the tail.
	checkpointPasses = 4
	// checkpointFallback is the log, in pages, at which SQLite folds it in by itself: when RunCheckpoints does not run, or can't keep up.
	checkpointFallback = "32000"
)

// RunCheckpoints folds SQLite's write-ahead log into the database until ctx ends; on PostgreSQL it does nothing. SQLite would do so within the
// transaction that made the log too long, and everybody would wait for tens of milliseconds. Here another connection copies the pages and
// waits for the disk while writing goes on, until only a few are left; these the writing connection copies itself between two transactions, and
// the next one begins the log anew.
func (db *DB) RunCheckpoints(ctx context.Context) error {
	if db.Engine != SQLite {
		return nil
	}
	side, err := sql.Open("sqlite3", sqliteDSN(db.path, "&_cache_size=-1000"))
	if err != nil {
		return fmt.Errorf("opening a connection for checkpoints: %w", err)
	}
	side.SetMaxOpenConns(1)
	defer func() { _ = side.Close() }()
	ticker := time.NewTicker(checkpointInterval)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
		if err := db.checkpoint(ctx, side); err != nil && ctx.Err() == nil {
			db.log.WarnContext(ctx, "folding the log into the database", slog.Any("error", err))
		}
	}
}

func (db *DB) checkpoint(ctx context.Context, side *sql.DB) error {
	left, err := fold(ctx, side)
	if err != nil || left == 0 {
		return err
	}
	for range checkpointPasses {
		if left <= checkpointTail {
			break
		}
		if left, err = fold(ctx, side); err != nil {
			return err
		}
	}
	_, err = fold(ctx, db.write)
	return err
}

// fold copies what can be copied without waiting for anybody, and returns how many pages had been waiting for it.
func fold(ctx context.Context, on *sql.DB) (pages int, err error) {
	var before, busy, logged, folded int
	if err := on.QueryRowContext(ctx, "PRAGMA wal_checkpoint(NOOP)").Scan(&busy, &logged, &before); err != nil {
		return 0, err
	}
	if logged == before {
		return 0, nil
	}
	err = on.QueryRowContext(ctx, "PRAGMA wal_checkpoint(PASSIVE)").Scan(&busy, &logged, &folded)
	return max(0, folded-before), err
}
