// Command popups measures how soon cards pop up: ten thousand cabinets listen while calls ring, and the clock runs from an event's arrival, before it is written to
// disk, until each of them has its card. Within the same run the limit is measured: a row on disk and a bare notification, handed to as many listeners without reading
// anything. Afterwards a server of its own process is listened to by HTTP, as cabinets do.
//
//	SKVOZ_PG_DURABLE=1 scripts/with-postgres.sh go run ./bench/popups
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"syscall"
	"time"

	"github.com/skvoz/skvoz/internal/app"
	"github.com/skvoz/skvoz/internal/gcpace"
	"github.com/skvoz/skvoz/store"
)

// serverFlag makes this program the server.
const serverFlag = "-server"

type options struct {
	cabinets, remote, calls, pace int
	asJSON                        bool
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	if len(os.Args) > 1 && os.Args[1] == serverFlag {
		os.Exit(app.Main(ctx, app.Process{Args: os.Args[2:], In: os.Stdin, Out: os.Stderr, Err: os.Stderr, Version: "bench"}))
	}
	code := 0
	if err := start(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "bench/popups:", err)
		code = 1
	}
	stop()
	os.Exit(code)
}

func start(ctx context.Context) error {
	var o options
	flag.IntVar(&o.cabinets, "cabinets", 10_000, "cabinets that listen in process, of a thousand employees")
	flag.IntVar(&o.remote, "remote", 2000, "cabinets that listen to the server by HTTP")
	flag.IntVar(&o.calls, "calls", 200, "calls, each ringing ten employees")
	flag.IntVar(&o.pace, "pace", 20, "calls a second")
	flag.BoolVar(&o.asJSON, "json", false, "print one JSON object per measurement")
	flag.Parse()
	go gcpace.Run(ctx) // as the server does
	for _, engine := range []store.Engine{store.SQLite, store.Postgres} {
		for _, measure := range []func(context.Context, store.Engine, options) (result, error){inProcess, remote} {
			r, err := measure(ctx, engine, o)
			if err != nil {
				return fmt.Errorf("%s: %w", engine, err)
			}
			if err := r.print(o); err != nil {
				return err
			}
		}
	}
	return nil
}

// delays are how long things took, at the median and so that 95 and 99 % took no longer.
type delays struct {
	P50 time.Duration `json:"p50"`
	P95 time.Duration `json:"p95"`
	P99 time.Duration `json:"p99"`
}

func delaysOf(all []time.Duration) delays {
	if len(all) == 0 {
		return delays{}
	}
	slices.Sort(all)
	return delays{all[len(all)/2], all[len(all)*95/100], all[len(all)*99/100]}
}

func (d delays) String() string {
	return fmt.Sprintf("p50 %v, p95 %v, p99 %v", d.P50.Round(10*time.Microsecond), d.P95.Round(10*time.Microsecond), d.P99.Round(10*time.Microsecond))
}

// result is what is printed.
type result struct {
	Engine store.Engine `json:"engine"`
	Way    string       `json:"way"`
	// Cabinets listened; Cards is how many of them were shown.
	Cabinets int `json:"cabinets"`
	Replicas int `json:"replicas"`
	Cards    int `json:"cards"`
	// Pace is how many calls came in a second.
	Pace int `json:"pace"`
	// Shown is from an event's arrival to the card, Accepted from its arrival until it was answered, that is on disk, and Pushed from then to the card; Bare is a row on
	// disk and a notification.
	Shown    delays `json:"shown"`
	Accepted delays `json:"accepted"`
	Pushed   delays `json:"pushed"`
	Bare     delays `json:"bare"`
	// Ratio is the bare 99th percentile by ours.
	Ratio float64 `json:"ratio"`
}

// take works out the delays.
func (r *result) take(b *board, accepted []time.Duration) {
	r.Cards, r.Shown = len(b.shown), b.since(b.cameAt)
	r.Pushed = b.since(func(call int) time.Time { return b.cameAt(call).Add(accepted[call]) })
	r.Accepted = delaysOf(accepted)
}

func (r *result) print(o options) error {
	r.Ratio = float64(r.Bare.P99) / float64(max(r.Shown.P99, 1))
	if o.asJSON {
		return json.NewEncoder(os.Stdout).Encode(r)
	}
	_, err := fmt.Printf(`%s, %s: %d cabinets on %d servers, %d calls a second that ring %d employees each, %d cards
  shown     %v after the event came
  accepted  %v
  pushed    %v after the event was accepted
  bare      %v: %.2f
`, r.Engine, r.Way, r.Cabinets, r.Replicas, r.Pace, rung, r.Cards, r.Shown, r.Accepted, r.Pushed, r.Bare, r.Ratio)
	return err
}
