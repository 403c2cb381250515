// Command calls measures events of calls on their way to calls: many PBXs send events one by one, each is on disk before it is answered, and calls are folded
// meanwhile. Within the same run the database is held against itself: as many rows written in as many transactions, on bare tables and without folding.
//
//	SKVOZ_PG_DURABLE=1 scripts/with-postgres.sh go run ./bench/calls
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

type options struct {
	calls, senders int
	asJSON         bool
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	code := 0
	if err := start(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "bench/calls:", err)
		code = 1
	}
	stop()
	os.Exit(code)
}

func start(ctx context.Context) error {
	var o options
	flag.IntVar(&o.calls, "calls", 3000, "calls on each engine, ten events each")
	flag.IntVar(&o.senders, "senders", 64, "events that are sent at once")
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
	Calls  int          `json:"calls"`
	Events int64        `json:"events"`
	// EventTransactions and Foldings are the transactions in which events were written and calls were folded, Folded how many calls the latter had together,
	// Versions how often a call's row was written.
	EventTransactions int64 `json:"event_transactions"`
	Foldings          int64 `json:"foldings"`
	Folded            int64 `json:"folded"`
	Versions          int64 `json:"versions"`
	// PerSecond are events received and folded, Bare the same rows written without folding.
	PerSecond float64 `json:"events_per_second"`
	Bare      float64 `json:"bare_events_per_second"`
	Ratio     float64 `json:"ratio"`
	// AckMedian and AckWorst (99 %) are from sending an event until it is on disk.
	AckMedian time.Duration `json:"ack_p50"`
	AckWorst  time.Duration `json:"ack_p99"`
	// CPU is the processor time of server and database for one event.
	CPU time.Duration `json:"cpu"`
}

func (r *result) print(o options) error {
	if o.asJSON {
		return json.NewEncoder(os.Stdout).Encode(r)
	}
	_, err := fmt.Printf(`%s: %d calls of %d events, %d events sent at once
  events/s       %.0f received and folded, bare rows %.0f: %.2f
  transactions   %d with %.1f events each, %d with %.1f calls each; each call's row was written %.1f times
  answer         p50 %v, p99 %v after the event was sent
  processor      %v an event, server and database together
`, r.Engine, r.Calls, r.Events, o.senders, r.PerSecond, r.Bare, r.Ratio, r.EventTransactions, float64(r.Events)/float64(r.EventTransactions),
		r.Foldings, float64(r.Folded)/float64(max(r.Foldings, 1)), float64(r.Versions)/float64(r.Calls), r.AckMedian.Round(100*time.Microsecond),
		r.AckWorst.Round(100*time.Microsecond), r.CPU.Round(10*time.Microsecond))
	return err
}
