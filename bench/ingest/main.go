// Command ingest measures how fast page views are taken in, against references that run in the same process and the same minutes:
//
//	scripts/with-postgres.sh go run ./bench/ingest
//
// It needs wrk (Debian package of that name). PostgreSQL takes part if SKVOZ_TEST_POSTGRES names a server; SKVOZ_PG_DURABLE=1 makes the temporary
// one keep what it promises.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/http"
	"net/http/pprof"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"time"

	"github.com/skvoz/skvoz/internal/gcpace"
)

type options struct {
	rounds   int
	sample   time.Duration
	warm     time.Duration
	conns    []int
	method   string
	only     string
	hits     int
	profile  string
	dir      string
	noWriter bool
}

func main() {
	var o options
	flag.IntVar(&o.rounds, "rounds", 5, "interleaved rounds; medians are printed")
	flag.DurationVar(&o.sample, "sample", 2*time.Second, "length of one sample")
	flag.DurationVar(&o.warm, "warm", time.Second, "warm-up before each sample")
	flag.StringVar(&o.method, "method", "POST", "POST, as browsers send, or GET")
	flag.StringVar(&o.only, "only", "", "measure this variant and the bare one only: sqlite, postgres or log")
	flag.IntVar(&o.hits, "hits", 1_000_000, "hits after which the memory is looked at; 0 = leave it out")
	flag.StringVar(&o.profile, "pprof", "", "serve pprof on this address meanwhile")
	flag.StringVar(&o.dir, "dir", "", "directory for databases; default: a temporary one")
	flag.BoolVar(&o.noWriter, "no-writer", false, "leave the other writer out")
	flag.Parse()
	o.conns = []int{64, 256}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, o); err != nil {
		fmt.Fprintln(os.Stderr, "bench/ingest:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, o options) (err error) {
	go gcpace.Run(ctx) // as the server does
	dir := o.dir
	if dir == "" {
		if dir, err = os.MkdirTemp("", "skvoz-bench"); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	}
	if o.profile != "" {
		serveProfiles(o.profile)
	}
	variants, closeAll, err := open(ctx, o, dir)
	if err != nil {
		return err
	}
	defer closeAll()
	results, err := measure(ctx, o, variants)
	if err != nil {
		return err
	}
	printTable(o, variants, results)
	for _, v := range variants {
		if v.tracked == nil {
			continue
		}
		if !o.noWriter {
			if err := otherWriter(ctx, o, v); err != nil {
				return err
			}
		}
		if o.hits > 0 {
			if err := memory(ctx, o, v); err != nil {
				return err
			}
		}
	}
	return nil
}

func serveProfiles(address string) {
	mux := http.NewServeMux()
	mux.HandleFunc("/debug/pprof/", pprof.Index)
	mux.HandleFunc("/debug/pprof/profile", pprof.Profile)
	go func() {
		server := &http.Server{Addr: address, Handler: mux, ReadHeaderTimeout: time.Second}
		fmt.Fprintln(os.Stderr, "pprof:", server.ListenAndServe())
	}()
}

// variant is one way of answering a hit.
type variant struct {
	name    string
	address string
	tracked *tracked // nil for the references
	close   func()
}

// open starts all variants.
func open(ctx context.Context, o options, dir string) ([]*variant, func(), error) {
	wanted := func(name string) bool { return o.only == "" || o.only == name }
	list := []*variant{{name: "bare 204"}}
	handlers := []http.Handler{http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })}
	if wanted("log") {
		l, err := openLog(filepath.Join(dir, "hits.log"))
		if err != nil {
			return nil, nil, err
		}
		list, handlers = append(list, &variant{name: "append log", close: l.close}), append(handlers, l)
	}
	dsns := map[string]string{"sqlite": "sqlite://" + filepath.Join(dir, "hits.db"), "postgres": os.Getenv("SKVOZ_TEST_POSTGRES")}
	for _, name := range []string{"sqlite", "postgres"} {
		if !wanted(name) || dsns[name] == "" {
			continue
		}
		t, err := openTracked(ctx, dsns[name])
		if err != nil {
			return nil, nil, fmt.Errorf("opening %s: %w", name, err)
		}
		list, handlers = append(list, &variant{name: name, tracked: t, close: t.close}), append(handlers, t.server)
	}
	for i, v := range list {
		if err := v.listen(handlers[i]); err != nil {
			return nil, nil, err
		}
	}
	return list, func() {
		for _, v := range slices.Backward(list) {
			if v.close != nil {
				v.close()
			}
		}
	}, nil
}

func (v *variant) listen(h http.Handler) error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	v.address = l.Addr().String()
	server := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = server.Serve(l) }()
	return nil
}
