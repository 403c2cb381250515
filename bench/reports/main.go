// Command reports measures reports on a large made-up account: the whole way over HTTP and GraphQL, the counting alone, and DuckDB answering the same
// question over the raw facts in the same run. Answers to the same question are compared, and must be equal. At the end the segments reports are
// counted from are compared with the facts.
//
//	cd bench/reports && ../../scripts/with-postgres.sh go run .
//
// It is a module of its own, so that the product does not carry DuckDB.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"

	"github.com/skvoz/skvoz/internal/gcpace"
)

type options struct {
	hits, days, rounds int
	engines            string
	dir                string
	check              bool
	out                io.Writer
}

func main() {
	o := options{out: os.Stdout}
	flag.IntVar(&o.hits, "hits", 10_000_000, "hits of the made-up account; there is a visit to five of them and a deal to a hundred")
	flag.IntVar(&o.days, "days", 365, "days they spread over")
	flag.IntVar(&o.rounds, "rounds", 9, "how often each question is asked; the median counts")
	flag.StringVar(&o.engines, "engines", "sqlite,postgres", "databases to measure; postgres needs SKVOZ_TEST_POSTGRES")
	flag.StringVar(&o.dir, "dir", "", "keep the SQLite and DuckDB files in this directory and use those that are there; empty = throw away")
	flag.BoolVar(&o.check, "check", true, "compare the segments with the facts at the end")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, o)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench/reports:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, o options) error {
	go gcpace.Run(ctx) // as the server does
	if o.dir == "" {
		dir, err := os.MkdirTemp("", "skvoz-bench-reports")
		if err != nil {
			return err
		}
		defer func() { _ = os.RemoveAll(dir) }()
		o.dir = dir
	}
	var errs []error
	for name := range strings.SplitSeq(o.engines, ",") {
		if err := measureEngine(ctx, o, name); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", name, err))
		}
	}
	return errors.Join(errs...)
}

func measureEngine(ctx context.Context, o options, engine string) error {
	d, err := openData(ctx, o, engine)
	if err != nil {
		return err
	}
	defer d.close()
	rival, err := openRival(ctx, d, filepath.Join(o.dir, engine+".duckdb"))
	if err != nil {
		return fmt.Errorf("filling DuckDB: %w", err)
	}
	defer rival.close()
	api, err := startServer(ctx, d)
	if err != nil {
		return err
	}
	defer api.stop()
	b := &bench{options: o, data: d, api: api, rival: rival}
	results, err := b.measure(ctx)
	printTable(o.out, d, results)
	if err == nil && o.check {
		err = b.checkSegments(ctx)
	}
	return err
}
