package main

import (
	"context"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/skvoz/skvoz/bench/rig"
)

// processorTime is what this process and the database server have used; the emulator has a process of its own.
func (s *server) processorTime(ctx context.Context) time.Duration {
	used := rig.OwnTime()
	if !strings.HasPrefix(s.dsn, "postgres") {
		return used
	}
	conn, err := pgx.Connect(ctx, s.dsn)
	if err != nil {
		return used
	}
	defer func() { _ = conn.Close(ctx) }()
	var backend int
	if err := conn.QueryRow(ctx, "SELECT pg_backend_pid()").Scan(&backend); err != nil {
		return used
	}
	return used + rig.ServerTime(backend)
}
