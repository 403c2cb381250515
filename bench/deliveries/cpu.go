package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// clockTick is the unit of /proc on Linux.
const clockTick = 10 * time.Millisecond

// processorTime is what this process and the database server have used; the emulator has a process of its own.
func (s *server) processorTime(ctx context.Context) time.Duration {
	var own syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &own); err != nil {
		return 0
	}
	used := time.Duration(own.Utime.Nano() + own.Stime.Nano())
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
	return used + serverTime(backend)
}

// Fields of /proc/PID/stat after the name.
const (
	statParent       = 1
	statUser         = 11
	statSystem       = 12
	statChildrenUser = 13
	statChildrenSys  = 14
)

// serverTime sums the server that is the parent of a backend: its living children, and those that have ended.
func serverTime(backend int) time.Duration {
	parent := stat(fmt.Sprintf("/proc/%d/stat", backend))[statParent]
	if parent == 0 { // it runs elsewhere
		return 0
	}
	server := stat(fmt.Sprintf("/proc/%d/stat", parent))
	ticks := server[statUser] + server[statSystem] + server[statChildrenUser] + server[statChildrenSys]
	paths, _ := filepath.Glob("/proc/[0-9]*/stat") // fails for bad patterns only
	for _, path := range paths {
		if p := stat(path); p[statParent] == parent {
			ticks += p[statUser] + p[statSystem]
		}
	}
	return time.Duration(ticks) * clockTick
}

// stat reads the numbers of a process; zeros when there is none.
func stat(path string) (out [15]int64) {
	text, err := os.ReadFile(path)
	if err != nil {
		return out
	}
	fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
	for i := range min(len(out), len(fields)) {
		out[i], _ = strconv.ParseInt(fields[i], 10, 64) // the state is no number
	}
	return out
}
