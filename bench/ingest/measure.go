package main

import (
	"context"
	_ "embed"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/skvoz/skvoz/core/accounts"
)

//go:embed hits.lua
var script []byte

// sample is what one run of wrk told.
type sample struct {
	perSecond float64
	requests  float64
	p50, p99  time.Duration
	batch     float64
	// cpu is this process's processor time per hit: unlike the rate it hardly depends on what else the machine does.
	cpu time.Duration
	// written is what went to the disk, KB per hit.
	written float64
}

type cell struct {
	variant string
	conns   int
}

// measure takes samples of all variants in turns, so that a noisy minute hits them all.
func measure(ctx context.Context, o options, variants []*variant) (map[cell][]sample, error) {
	results := make(map[cell][]sample)
	for round := range o.rounds {
		for _, conns := range o.conns {
			for _, v := range variants {
				if _, err := wrk(ctx, o, v, conns, o.warm); err != nil {
					return nil, err
				}
				if v.tracked != nil {
					v.tracked.takeBatch()
				}
				before, disk := cpuTime(), diskBytes()
				s, err := wrk(ctx, o, v, conns, o.sample)
				s.written = (diskBytes() - disk) / 1024 / max(1, s.requests)
				s.cpu = time.Duration(float64(cpuTime()-before) / max(1, s.requests))
				if err != nil {
					return nil, err
				}
				if v.tracked != nil {
					s.batch = v.tracked.takeBatch()
				}
				c := cell{v.name, conns}
				results[c] = append(results[c], s)
				fmt.Fprintf(os.Stderr, "round %d  %3d conns  %-10s %8.0f/s  p99 %s\n", round+1, conns, v.name, s.perSecond, s.p99)
			}
		}
	}
	return results, nil
}

var (
	rateLine  = regexp.MustCompile(`Requests/sec:\s+([0-9.]+)`)
	countLine = regexp.MustCompile(`(\d+) requests in`)
	failLine  = regexp.MustCompile(`(Non-2xx.*|Socket errors.*)`)
	p50Line   = regexp.MustCompile(`50%\s+(\S+)`)
	p99Line   = regexp.MustCompile(`99%\s+(\S+)`)
)

// wrk runs wrk once.
func wrk(ctx context.Context, o options, v *variant, conns int, length time.Duration) (sample, error) {
	dir, err := os.MkdirTemp("", "skvoz-wrk")
	if err != nil {
		return sample{}, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	lua := filepath.Join(dir, "hits.lua")
	if err := os.WriteFile(lua, script, 0o600); err != nil {
		return sample{}, err
	}
	cmd := exec.CommandContext(ctx, "wrk", "-t1", "-c", strconv.Itoa(conns), "-d", fmt.Sprintf("%ds", max(1, int(length.Seconds()))), "--latency", "-s", lua, "http://"+v.address+"/cs/h")
	key := "none"
	if v.tracked != nil {
		key = v.tracked.siteKey
	}
	cmd.Env = append(os.Environ(), "BENCH_KEY="+key, "BENCH_METHOD="+o.method, "BENCH_VISITORS=2000", fmt.Sprintf("BENCH_SEED=%x", time.Now().UnixMilli()%1e10))
	out, err := cmd.CombinedOutput()
	if err != nil {
		return sample{}, fmt.Errorf("running wrk (Debian package wrk): %w: %s", err, out)
	}
	if bad := failLine.Find(out); bad != nil {
		return sample{}, fmt.Errorf("%s at %d connections: %s", v.name, conns, bad)
	}
	s := sample{p50: latency(p50Line, out), p99: latency(p99Line, out)}
	if m := countLine.FindSubmatch(out); m != nil {
		s.requests, _ = strconv.ParseFloat(string(m[1]), 64)
	}
	if m := rateLine.FindSubmatch(out); m != nil {
		s.perSecond, err = strconv.ParseFloat(string(m[1]), 64)
	}
	return s, err
}

func latency(line *regexp.Regexp, out []byte) time.Duration {
	m := line.FindSubmatch(out)
	if m == nil {
		return 0
	}
	d, _ := time.ParseDuration(string(m[1]))
	return d
}

func median[T float64 | time.Duration](samples []sample, of func(sample) T) T {
	all := make([]T, len(samples))
	for i, s := range samples {
		all[i] = of(s)
	}
	slices.Sort(all)
	if len(all) == 0 {
		return 0
	}
	return all[len(all)/2]
}

func rate(s []sample) float64 { return median(s, func(s sample) float64 { return s.perSecond }) }

func printTable(o options, variants []*variant, results map[cell][]sample) {
	fmt.Printf("\nPage views, %s, medians of %d interleaved rounds of %s\n\n", o.method, o.rounds, o.sample)
	fmt.Printf("%-12s %6s %10s %9s %9s %10s %10s %8s %10s %8s\n", "variant", "conns", "hits/s", "to bare", "to log", "p50", "p99", "batch", "cpu/hit", "KB/hit")
	for _, conns := range o.conns {
		bare, log := rate(results[cell{"bare 204", conns}]), rate(results[cell{"append log", conns}])
		for _, v := range variants {
			s := results[cell{v.name, conns}]
			toLog := "-"
			if log > 0 {
				toLog = fmt.Sprintf("%.2f", rate(s)/log)
			}
			fmt.Printf("%-12s %6d %10.0f %9.2f %9s %10s %10s %8.0f %10s %8.1f\n", v.name, conns, rate(s), rate(s)/bare, toLog,
				median(s, func(s sample) time.Duration { return s.p50 }), median(s, func(s sample) time.Duration { return s.p99 }),
				median(s, func(s sample) float64 { return s.batch }), median(s, func(s sample) time.Duration { return s.cpu }).Round(100*time.Nanosecond), median(s, func(s sample) float64 { return s.written }))
		}
	}
	fmt.Println()
}

// otherWriter measures how long another change waits while hits come in at full speed.
func otherWriter(ctx context.Context, o options, v *variant) error {
	for _, conns := range o.conns {
		busy := make(chan error, 1)
		go func() {
			_, err := wrk(ctx, o, v, conns, 6*time.Second)
			busy <- err
		}()
		waits, err := change(ctx, v, busy)
		if err != nil {
			return err
		}
		slices.Sort(waits)
		fmt.Printf("%-12s %6d conns: another writer's %d changes waited p50 %s, p99 %s, at most %s\n", v.name, conns, len(waits),
			waits[len(waits)/2].Round(10*time.Microsecond), waits[len(waits)*99/100].Round(10*time.Microsecond), waits[len(waits)-1].Round(10*time.Microsecond))
	}
	return nil
}

// change changes the account's name every five milliseconds until busy ends.
func change(ctx context.Context, v *variant, busy <-chan error) ([]time.Duration, error) {
	ticker := time.NewTicker(5 * time.Millisecond)
	defer ticker.Stop()
	var waits []time.Duration
	for n := 0; ; n++ {
		select {
		case err := <-busy:
			return append(waits, 0)[:max(1, len(waits))], err
		case <-ticker.C:
		}
		started := time.Now()
		_, err := v.tracked.db.Accounts().UpdateAccount(ctx, v.tracked.account, func(a *accounts.Account) error {
			a.Name = fmt.Sprintf("Bench %d", n)
			return nil
		})
		if err != nil {
			return nil, err
		}
		waits = append(waits, time.Since(started))
	}
}

// memory watches the process's resident memory over many hits.
func memory(ctx context.Context, o options, v *variant) error {
	v.tracked.takeBatch()
	fmt.Printf("%-12s resident MB after", v.name)
	stored := 0
	for next := 0; stored < o.hits; {
		if _, err := wrk(ctx, o, v, 64, 3*time.Second); err != nil {
			return err
		}
		v.tracked.mu.Lock()
		stored = v.tracked.stored
		v.tracked.mu.Unlock()
		if stored >= next {
			fmt.Printf("  %dk: %d", stored/1000, resident())
			next = stored + o.hits/10
		}
	}
	fmt.Println()
	return nil
}

// cpuTime is the processor time this process has used.
func cpuTime() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// diskBytes is how much this process has written to disks.
func diskBytes() float64 {
	io, _ := os.ReadFile("/proc/self/io")
	for line := range strings.Lines(string(io)) {
		if rest, ok := strings.CutPrefix(line, "write_bytes: "); ok {
			n, _ := strconv.ParseFloat(strings.TrimSpace(rest), 64)
			return n
		}
	}
	return 0
}

// resident is this process's resident memory, MB.
func resident() int {
	status, _ := os.ReadFile("/proc/self/status")
	for line := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kb, _ := strconv.Atoi(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(rest), "kB")))
			return kb / 1024
		}
	}
	return 0
}
