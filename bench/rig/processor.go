package rig

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// clockTick is the unit of /proc on Linux.
const clockTick = 10 * time.Millisecond

// OwnTime is what this process has used; zero when it can't be told.
func OwnTime() time.Duration {
	var own syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &own); err != nil {
		return 0
	}
	return time.Duration(own.Utime.Nano() + own.Stime.Nano())
}

// Fields of /proc/PID/stat after the name.
const (
	statParent       = 1
	statUser         = 11
	statSystem       = 12
	statChildrenUser = 13
	statChildrenSys  = 14
)

// ServerTime is what a PostgreSQL server on this machine has used: the parent of a backend, its living children, and those that have ended. Zero when it
// runs elsewhere.
func ServerTime(backend int) time.Duration {
	parent := stat(fmt.Sprintf("/proc/%d/stat", backend))[statParent]
	if parent == 0 { // it runs elsewhere
		return 0
	}
	server := stat(fmt.Sprintf("/proc/%d/stat", parent))
	ticks := server[statUser] + server[statSystem] + server[statChildrenUser] + server[statChildrenSys]
	paths, _ := filepath.Glob("/proc/[0-9]*/stat") // fails for bad patterns only
	for _, path := range paths {
		if s := stat(path); s[statParent] == parent {
			ticks += s[statUser] + s[statSystem]
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
