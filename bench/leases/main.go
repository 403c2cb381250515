// Command leases measures how fast numbers are lent to visits and kept: three processes on one PostgreSQL database, one on SQLite, sixteen visits at a
// time in each, over four pools. In the same run, in turns, the same database does what a loan costs at least: a transaction with the same lock, one
// insert and one update; and for keeping, one update of one row. Afterwards all loans are looked at for overlaps.
//
//	SKVOZ_PG_DURABLE=1 scripts/with-postgres.sh go run ./bench/leases
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"time"

	"github.com/skvoz/skvoz/bench/rig"
	"github.com/skvoz/skvoz/store"
)

// serverFlag makes this program one of the servers.
const serverFlag = "-server"

type options struct {
	pools, numbers, servers, workers, rounds int
	period                                   time.Duration
	asJSON                                   bool
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	code := 0
	if err := start(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "bench/leases:", err)
		code = 1
	}
	stop()
	os.Exit(code)
}

func start(ctx context.Context) error {
	if len(os.Args) == 3 && os.Args[1] == serverFlag {
		return serve(ctx, os.Args[2])
	}
	var o options
	flag.IntVar(&o.pools, "pools", 4, "pools")
	flag.IntVar(&o.numbers, "numbers", 1000, "numbers of each pool")
	flag.IntVar(&o.servers, "servers", 3, "processes on PostgreSQL; on SQLite there is one")
	flag.IntVar(&o.workers, "workers", 16, "visits at a time in each process")
	flag.IntVar(&o.rounds, "rounds", 2, "how often each thing is measured, in turns")
	flag.DurationVar(&o.period, "period", 4*time.Second, "how long each time")
	flag.BoolVar(&o.asJSON, "json", false, "print one JSON object per engine")
	flag.Parse()
	for _, engine := range []store.Engine{store.SQLite, store.Postgres} {
		r, err := run(ctx, engine, o)
		if err != nil {
			return fmt.Errorf("%s: %w", engine, err)
		}
		if err := r.print(o); err != nil {
			return err
		}
		if r.Overlaps > 0 {
			return errors.New("loans overlap")
		}
	}
	return nil
}

// result is what is printed. Rates are per second, of all processes together.
type result struct {
	Engine    store.Engine `json:"engine"`
	Processes int          `json:"processes"`
	// Loans are new loans; Shared is the part of them on overflow numbers.
	Loans  float64 `json:"loans_per_second"`
	Shared float64 `json:"shared"`
	// LoanLimit is the transactions of the same lock, one insert and one update.
	LoanLimit float64 `json:"loan_limit_per_second"`
	LoanRatio float64 `json:"loan_ratio"`
	// LoanWorst is how long 99 % of the visits waited at most.
	LoanMedian time.Duration `json:"loan_p50"`
	LoanWorst  time.Duration `json:"loan_p99"`
	Keeps      float64       `json:"keeps_per_second"`
	// KeepLimit is bare updates of one row.
	KeepLimit  float64       `json:"keep_limit_per_second"`
	KeepRatio  float64       `json:"keep_ratio"`
	KeepMedian time.Duration `json:"keep_p50"`
	KeepWorst  time.Duration `json:"keep_p99"`
	// Checked is the loans that were looked at, Overlaps the broken invariants among them.
	Checked  int `json:"checked"`
	Overlaps int `json:"overlaps"`
}

func (r *result) print(o options) error {
	if o.asJSON {
		return json.NewEncoder(os.Stdout).Encode(r)
	}
	_, err := fmt.Printf(`%s: %d processes of %d visits at a time, %d pools of %d numbers
  new loans/s      %.0f (%.0f%% shared), p50 %v, p99 %v; lock, insert and update alone %.0f: %.2f
  kept loans/s     %.0f, p50 %v, p99 %v; one bare update %.0f: %.2f
  looked at        %d loans, %d overlaps or other broken rules
`, r.Engine, r.Processes, o.workers, o.pools, o.numbers, r.Loans, 100*r.Shared, r.LoanMedian.Round(100*time.Microsecond), r.LoanWorst.Round(100*time.Microsecond),
		r.LoanLimit, r.LoanRatio, r.Keeps, r.KeepMedian.Round(100*time.Microsecond), r.KeepWorst.Round(100*time.Microsecond), r.KeepLimit, r.KeepRatio, r.Checked, r.Overlaps)
	return err
}

func run(ctx context.Context, engine store.Engine, o options) (*result, error) {
	var dsn string
	if engine == store.Postgres {
		fresh, drop, err := rig.FreshPostgres(ctx)
		if err != nil {
			return nil, err
		}
		defer drop()
		dsn = fresh
	} else {
		dir, err := os.MkdirTemp("", "leases")
		if err != nil {
			return nil, err
		}
		defer func() { _ = os.RemoveAll(dir) }()
		dsn, o.servers = "sqlite://"+filepath.Join(dir, "bench.db"), 1
	}
	return measure(ctx, engine, dsn, o)
}
