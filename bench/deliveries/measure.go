package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/skvoz/skvoz/store"
)

// run measures one engine.
func run(ctx context.Context, engine store.Engine, o options) (r result, err error) {
	r = result{Engine: engine, Goals: o.goals}
	v, err := startVendor(ctx, o.hurry)
	if err != nil {
		return r, err
	}
	defer v.close()
	s, err := openServer(ctx, engine, o)
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	if err := s.connect(ctx, v); err != nil {
		return r, err
	}
	if err := s.deliverAll(ctx, v, o, &r); err != nil {
		return r, err
	}
	return r, s.queueAlone(ctx, o, &r)
}

// deliverAll delivers what comes in at once as fast as it goes, and then the rest at a steady pace. Each goal must have made one of each.
func (s *server) deliverAll(ctx context.Context, v *vendor, o options, r *result) error {
	before, err := v.counts()
	if err != nil {
		return err
	}
	atOnce := o.goals - o.paced
	if err := s.requests(ctx, 0, atOnce); err != nil {
		return err
	}
	running, stop := context.WithCancel(ctx)
	var all sync.WaitGroup
	all.Go(func() { s.runner.Run(running) })
	defer all.Wait()
	defer stop()

	cpu, began := s.processorTime(ctx), time.Now()
	if err := s.await(ctx, atOnce); err != nil {
		return err
	}
	took := time.Since(began)
	middle, err := v.counts()
	if err != nil {
		return err
	}
	s.costs(r, float64(atOnce), s.processorTime(ctx)-cpu)
	r.Requests = float64(middle.Requests-before.Requests) / float64(atOnce)
	r.Delivered = float64(atOnce) / took.Seconds()
	r.Allowed = float64(time.Second) / float64(s.turns.every.Load()) / r.Requests
	r.Ratio = r.Delivered / r.Allowed

	if err := s.steadily(ctx, o, r); err != nil {
		return err
	}
	after, err := v.counts()
	if err != nil {
		return err
	}
	for what, made := range map[string]int{
		"contacts": after.Contacts - before.Contacts, "deals": after.Deals - before.Deals, "notes": after.Notes - before.Notes,
	} {
		if made != o.goals {
			return fmt.Errorf("%d goals made %d %s", o.goals, made, what)
		}
	}
	return nil
}

// costs notes what deliveries have cost so far.
func (s *server) costs(r *result, deliveries float64, cpu time.Duration) {
	m := s.meter
	r.WorkStatements, r.QueueStatements = float64(m.workStatements.Load())/deliveries, float64(m.queueStatements.Load())/deliveries
	r.QueueTime = time.Duration(float64(m.queueTime.Load()) / deliveries)
	r.OwnTime = time.Duration(float64(m.handled.Load()-m.waited.Load()-m.asked.Load()) / deliveries)
	r.CPU = time.Duration(float64(cpu) / deliveries)
}

// steadily lets goals be reached at a pace below the limit and looks how long they wait.
func (s *server) steadily(ctx context.Context, o options, r *result) error {
	s.meter.mu.Lock()
	s.meter.lags = nil
	s.meter.mu.Unlock()
	each := time.Duration(float64(time.Second) / (r.Allowed * o.load))
	ticks := time.NewTicker(each)
	defer ticks.Stop()
	for n := o.goals - o.paced; n < o.goals; n++ {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ticks.C:
		}
		if err := s.request(ctx, n); err != nil {
			return err
		}
		s.runner.Wake()
	}
	if err := s.await(ctx, o.goals); err != nil {
		return err
	}
	s.meter.mu.Lock()
	lags := slices.Sorted(slices.Values(s.meter.lags))
	s.meter.mu.Unlock()
	r.LagMedian, r.LagWorst = lags[len(lags)/2], lags[len(lags)*99/100]
	return nil
}

// requests lets goals be reached, several at a time.
func (s *server) requests(ctx context.Context, from, to int) error {
	work, ctx := errgroup.WithContext(ctx)
	work.SetLimit(workers)
	for n := from; n < to; n++ {
		work.Go(func() error { return s.request(ctx, n) })
	}
	return work.Wait()
}

// stuck is how long nothing may happen.
const stuck = time.Minute

// await returns when so many deliveries are done.
func (s *server) await(ctx context.Context, deliveries int) error {
	ticks := time.NewTicker(5 * time.Millisecond)
	defer ticks.Stop()
	last, moved := s.meter.done.Load(), time.Now()
	for {
		now := s.meter.done.Load()
		switch {
		case now >= int64(deliveries):
			return nil
		case now != last:
			last, moved = now, time.Now()
		case time.Since(moved) > stuck:
			return fmt.Errorf("stuck after %d of %d deliveries", now, deliveries)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ticks.C:
		}
	}
}
