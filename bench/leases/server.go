package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/calltracking"
	"github.com/skvoz/skvoz/internal/gcpace"
	"github.com/skvoz/skvoz/store"
)

// work is what is measured.
type work string

const (
	workLoans     work = "loans"
	workBareLoans work = "bare loans"
	workKeeps     work = "keeps"
	workBareKeeps work = "bare keeps"
)

// task is what one process is to do.
type task struct {
	DSN     string        `json:"dsn"`
	Engine  store.Engine  `json:"engine"`
	Work    work          `json:"work"`
	Pools   []core.PoolID `json:"pools"`
	Server  int           `json:"server"`
	Round   int           `json:"round"`
	Workers int           `json:"workers"`
	Period  time.Duration `json:"period"`
	StartAt time.Time     `json:"start_at"`
}

// serve does a task and prints its outcome.
func serve(ctx context.Context, text string) error {
	var t task
	if err := json.Unmarshal([]byte(text), &t); err != nil {
		return err
	}
	go gcpace.Run(ctx) // as the server does
	var one func(ctx context.Context, worker, n int) (shared bool, err error)
	switch t.Work {
	case workLoans, workKeeps:
		db, err := store.Open(ctx, store.Config{DSN: t.DSN, MaxConns: 16, Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			return err
		}
		defer func() { _ = db.Close() }()
		one = t.lend(db)
		if t.Work == workKeeps {
			if one, err = t.keep(ctx, db); err != nil {
				return err
			}
		}
	case workBareLoans, workBareKeeps:
		bare, err := openBare(ctx, t)
		if err != nil {
			return err
		}
		defer bare.close()
		one = bare.lend
		if t.Work == workBareKeeps {
			one = bare.keep
		}
	default:
		return fmt.Errorf("there is no work %q", t.Work)
	}
	sum, err := t.repeat(ctx, one)
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(sum)
}

// repeat lets all workers do one thing again and again for the period.
func (t *task) repeat(ctx context.Context, one func(ctx context.Context, worker, n int) (bool, error)) (*outcome, error) {
	parts, failed := make([]outcome, t.Workers), make([]error, t.Workers)
	timer := time.NewTimer(time.Until(t.StartAt))
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-timer.C:
	}
	end := time.Now().Add(t.Period)
	var wg sync.WaitGroup
	for w := range t.Workers {
		wg.Go(func() {
			for n := 0; ; n++ {
				began := time.Now()
				if began.After(end) {
					return
				}
				shared, err := one(ctx, w, n)
				if err != nil {
					failed[w] = err
					return
				}
				parts[w].Done++
				parts[w].Took = append(parts[w].Took, time.Since(began))
				if shared {
					parts[w].Shared++
				}
			}
		})
	}
	wg.Wait()
	sum := &outcome{}
	for i := range parts {
		if failed[i] != nil {
			return nil, failed[i]
		}
		sum.add(&parts[i])
	}
	return sum, nil
}

// session makes a session no other worker has.
func (t *task) session(worker, n int) core.SessionID {
	return core.SessionID(((int64(t.Round+1)*16+int64(t.Server))*1000+int64(worker))*10_000_000 + int64(n) + 1)
}

// lend lets each visit be a new one.
func (t *task) lend(db *store.DB) func(context.Context, int, int) (bool, error) {
	return func(ctx context.Context, worker, n int) (bool, error) {
		s := t.session(worker, n)
		held, err := db.TakeLease(ctx, calltracking.LeaseRequest{
			AccountID: account, PoolID: t.Pools[(worker+n)%len(t.Pools)], VisitorID: core.VisitorID(s), SessionID: s, PageURL: "https://shop.example/",
		})
		if err != nil || held == nil {
			return false, fmt.Errorf("no number was lent: %w", err)
		}
		return held.IsShared, nil
	}
}

// keptByWorker is how many visits each worker keeps.
const keptByWorker = 20

// keep borrows numbers first, and then keeps them in turn.
func (t *task) keep(ctx context.Context, db *store.DB) (func(context.Context, int, int) (bool, error), error) {
	pool := func(n int) core.PoolID { return t.Pools[n%len(t.Pools)] }
	for w := range t.Workers {
		for n := range keptByWorker {
			s := t.session(500+w, n)
			held, err := db.TakeLease(ctx, calltracking.LeaseRequest{AccountID: account, PoolID: pool(n), VisitorID: core.VisitorID(s), SessionID: s})
			if err != nil || held == nil {
				return nil, fmt.Errorf("no number was lent: %w", err)
			}
		}
	}
	return func(ctx context.Context, worker, n int) (bool, error) {
		n %= keptByWorker
		s := t.session(500+worker, n)
		kept, err := db.KeepLeases(ctx, calltracking.Keep{
			AccountID: account, VisitorID: core.VisitorID(s), SessionID: s, Pools: []core.PoolID{pool(n)}, PageURL: "https://shop.example/",
		})
		if err == nil && len(kept) != 1 {
			err = fmt.Errorf("%d loans kept", len(kept))
		}
		return false, err
	}, nil
}
