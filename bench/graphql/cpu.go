package main

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/skvoz/skvoz/bench/rig"
)

// processorTime is what this process and the database server have used: steadier than requests a second where others work, too. Zero when it
// can't be told.
func processorTime(ctx context.Context, pool *pgxpool.Pool) time.Duration {
	var backend int
	own := rig.OwnTime()
	if err := pool.QueryRow(ctx, "SELECT pg_backend_pid()").Scan(&backend); err != nil || own == 0 {
		return 0
	}
	return own + rig.ServerTime(backend)
}
