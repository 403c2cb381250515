// Command graphql measures reading over GraphQL on PostgreSQL: 50 visitors, each with contacts, the last 3 sessions with their source and the recent
// communications, about 1 000 fields. It is compared with the least a program could do: a bare net/http handler that runs one SQL statement
// which returns the same JSON. Both run in one process and are loaded in turns; what counts is the ratio of the medians.
//
//	scripts/with-postgres.sh go run ./bench/graphql
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"net/http/httptest"
	"os"
	"os/signal"
	"reflect"
	"runtime/pprof"
	"slices"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/skvoz/skvoz/bench/rig"
	"github.com/skvoz/skvoz/internal/gcpace"
)

// target is the ratio asked for.
const target = 0.45

type options struct {
	visitors, connections, rounds int
	seconds                       time.Duration
	profile                       string
	asJSON                        bool
}

func main() {
	var o options
	flag.IntVar(&o.visitors, "visitors", 5000, "visitors in the database, with four sessions and one communication each")
	flag.IntVar(&o.connections, "connections", 16, "connections of the load")
	flag.IntVar(&o.rounds, "rounds", 3, "rounds of measuring both")
	flag.DurationVar(&o.seconds, "time", 5*time.Second, "time of each load")
	flag.StringVar(&o.profile, "profile", "", "write a CPU profile of the GraphQL loads to this file")
	flag.BoolVar(&o.asJSON, "json", false, "print one JSON object")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, o)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench/graphql:", err)
		os.Exit(1)
	}
}

// result is what is printed.
type result struct {
	GraphQL    float64 `json:"graphql_per_second"`
	Rival      float64 `json:"one_statement_per_second"`
	Ratio      float64 `json:"ratio"`
	CPU        float64 `json:"graphql_cpu_ms"`
	RivalCPU   float64 `json:"one_statement_cpu_ms"`
	Target     float64 `json:"target"`
	Statements int64   `json:"statements_per_request"`
	Fields     int     `json:"fields"`
	Bytes      int     `json:"bytes"`
}

func run(ctx context.Context, o options) error {
	go gcpace.Run(ctx) // as the server does
	dsn, drop, err := rig.FreshPostgres(ctx)
	if err != nil {
		return err
	}
	defer drop()
	ours, err := openServer(ctx, dsn, o)
	if err != nil {
		return err
	}
	defer ours.close()
	rival, err := openRival(ctx, dsn, ours.account)
	if err != nil {
		return err
	}
	defer rival.pool.Close()
	ourURL, rivalURL := httptest.NewServer(ours.handler), httptest.NewServer(rival)
	defer ourURL.Close()
	defer rivalURL.Close()
	graphQL := request{url: ourURL.URL + "/graphql", body: query(), token: ours.token}
	plain := request{url: rivalURL.URL}

	var r result
	if r, err = sameAnswers(ctx, graphQL, plain); err != nil {
		return err
	}
	r.Statements, r.Target = ours.statements(ctx, graphQL), target
	if err := measure(ctx, o, graphQL, plain, rival.pool, &r); err != nil {
		return err
	}
	return report(o, r)
}

// sameAnswers makes sure that both say the same.
func sameAnswers(ctx context.Context, graphQL, plain request) (result, error) {
	var a, b any
	body, err := graphQL.once(ctx)
	if err == nil {
		err = json.Unmarshal(body, &a)
	}
	if err != nil {
		return result{}, err
	}
	other, err := plain.once(ctx)
	if err == nil {
		err = json.Unmarshal(other, &b)
	}
	if err != nil {
		return result{}, err
	}
	if !reflect.DeepEqual(a, b) {
		return result{}, fmt.Errorf("the answers differ:\n%.600s\n%.600s", body, other)
	}
	return result{Fields: fields(a), Bytes: len(body)}, nil
}

// fields counts the values in an answer.
func fields(v any) int {
	n := 0
	switch v := v.(type) {
	case map[string]any:
		for _, inner := range v {
			n += 1 + fields(inner)
		}
	case []any:
		for _, inner := range v {
			n += fields(inner)
		}
	}
	return n
}

func measure(ctx context.Context, o options, graphQL, plain request, pool *pgxpool.Pool, r *result) error {
	if o.profile != "" {
		f, err := os.Create(o.profile)
		if err != nil {
			return err
		}
		defer func() { _ = f.Close() }()
		if err := pprof.StartCPUProfile(f); err != nil {
			return err
		}
		_, err = load(ctx, graphQL, o.connections, o.seconds)
		pprof.StopCPUProfile()
		if err != nil {
			return err
		}
	}
	var ours, rivals, ourCPU, rivalCPU []float64
	for range o.rounds {
		a, aCPU, err := timed(ctx, o, graphQL, pool)
		if err != nil {
			return err
		}
		b, bCPU, err := timed(ctx, o, plain, pool)
		if err != nil {
			return err
		}
		ours, rivals, ourCPU, rivalCPU = append(ours, a), append(rivals, b), append(ourCPU, aCPU), append(rivalCPU, bCPU)
		fmt.Fprintf(os.Stderr, "GraphQL %.0f/s (%.2f ms of processor), one statement %.0f/s (%.2f ms): %.3f (%.3f)\n", a, aCPU, b, bCPU, a/b, bCPU/aCPU)
	}
	r.GraphQL, r.Rival, r.CPU, r.RivalCPU = median(ours), median(rivals), median(ourCPU), median(rivalCPU)
	r.Ratio = r.GraphQL / r.Rival
	return nil
}

// timed returns how many requests a second were answered, and the processor time one took, in milliseconds.
func timed(ctx context.Context, o options, r request, pool *pgxpool.Pool) (perSecond, milliseconds float64, err error) {
	before := processorTime(ctx, pool)
	perSecond, err = load(ctx, r, o.connections, o.seconds)
	took := processorTime(ctx, pool) - before
	return perSecond, float64(took.Milliseconds()) / (perSecond * o.seconds.Seconds()), err
}

func median(list []float64) float64 {
	slices.Sort(list)
	return list[len(list)/2]
}

func report(o options, r result) error {
	if o.asJSON {
		return json.NewEncoder(os.Stdout).Encode(r)
	}
	fmt.Printf("GraphQL, 50 visitors with contacts, sessions, communications (%d fields, %d bytes, %d statements): %.0f/s\n", r.Fields, r.Bytes, r.Statements, r.GraphQL)
	fmt.Printf("one SQL statement over net/http: %.0f/s\nratio %.3f (target %.2f); by processor time %.3f\n", r.Rival, r.Ratio, r.Target, r.RivalCPU/r.CPU)
	return nil
}
