// Command deliveries measures goals on their way into a CRM: requests with a telephone number reach a goal of a site, and each becomes contact, deal and
// note in the emulator of amoCRM, which runs in a process of its own. The vendor's limit is raised a hundredfold on both sides, else the run took hours;
// what counts is how near the deliveries come to what the limit allows. Besides, the queue alone is held against bare statements of the same engine.
//
//	SKVOZ_PG_DURABLE=1 scripts/with-postgres.sh go run ./bench/deliveries
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"time"

	"github.com/skvoz/skvoz/internal/gcpace"
	"github.com/skvoz/skvoz/store"
)

// emulatorFlag makes this program the emulator.
const emulatorFlag = "-emulator"

type options struct {
	goals, paced, queued int
	hurry                int
	load                 float64
	asJSON               bool
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	code := 0
	if err := start(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "bench/deliveries:", err)
		code = 1
	}
	stop()
	os.Exit(code)
}

func start(ctx context.Context) error {
	if len(os.Args) == 3 && os.Args[1] == emulatorFlag {
		return emulate(ctx, os.Args[2])
	}
	var o options
	flag.IntVar(&o.goals, "goals", 10_000, "goals that are reached, on each engine")
	flag.IntVar(&o.paced, "paced", 2000, "how many of them come at a steady pace; the others are there at once")
	flag.Float64Var(&o.load, "load", 0.6, "the steady pace, as a part of what the limit allows")
	flag.IntVar(&o.queued, "queued", 8000, "jobs of the queue alone")
	flag.IntVar(&o.hurry, "hurry", 100, "how much faster than the vendor's limit")
	flag.BoolVar(&o.asJSON, "json", false, "print one JSON object per engine")
	flag.Parse()
	go gcpace.Run(ctx) // as the server does
	for _, engine := range []store.Engine{store.SQLite, store.Postgres} {
		r, err := run(ctx, engine, o)
		if err != nil {
			return fmt.Errorf("%s: %w", engine, err)
		}
		if err := r.print(o); err != nil {
			return err
		}
	}
	return nil
}

// result is what is printed.
type result struct {
	Engine store.Engine `json:"engine"`
	Goals  int          `json:"goals"`
	// Requests to the vendor for one delivery.
	Requests float64 `json:"requests_per_delivery"`
	// Allowed and Delivered are deliveries a second: what the limit lets through, and what was done while there was always work.
	Allowed   float64 `json:"allowed_per_second"`
	Delivered float64 `json:"delivered_per_second"`
	Ratio     float64 `json:"ratio"`
	// LagMedian and LagWorst (99 %) are from the time a job was due until it was begun, at the steady pace.
	LagMedian time.Duration `json:"lag_p50"`
	LagWorst  time.Duration `json:"lag_p99"`
	// Statements of the database for one delivery: of the work itself, and of claiming, keeping progress and finishing.
	WorkStatements  float64 `json:"work_statements"`
	QueueStatements float64 `json:"queue_statements"`
	// QueueTime is how long the queue's calls took for one delivery, OwnTime the work but for waiting for the vendor's limit and answers.
	QueueTime time.Duration `json:"queue_time"`
	OwnTime   time.Duration `json:"own_time"`
	// CPU is the processor time of server and database for one delivery.
	CPU time.Duration `json:"cpu"`
	// Queue and Bare are jobs a second, claimed and finished by the queue, and by bare statements on a bare table.
	Queue      float64 `json:"queue_jobs_per_second"`
	Bare       float64 `json:"bare_jobs_per_second"`
	QueueRatio float64 `json:"queue_ratio"`
}

func (r *result) print(o options) error {
	if o.asJSON {
		return json.NewEncoder(os.Stdout).Encode(r)
	}
	_, err := fmt.Printf(`%s: %d goals, each one deal in the end; the vendor's limit ×%d
  deliveries/s     %.1f of %.1f the limit allows: %.2f (%.2f requests each)
  queue lag        p50 %v, p99 %v with arrivals at %.0f%% of that
  database         %.2f statements of the work and %.2f of the queue a delivery; the queue's took %v, the work itself %v
  processor        %v a delivery, server and database together
  queue alone      %.0f jobs/s claimed and finished, bare statements %.0f: %.2f
`, r.Engine, r.Goals, o.hurry, r.Delivered, r.Allowed, r.Ratio, r.Requests, r.LagMedian.Round(100*time.Microsecond), r.LagWorst.Round(100*time.Microsecond), 100*o.load,
		r.WorkStatements, r.QueueStatements, r.QueueTime.Round(10*time.Microsecond), r.OwnTime.Round(10*time.Microsecond), r.CPU.Round(10*time.Microsecond), r.Queue, r.Bare, r.QueueRatio)
	return err
}
