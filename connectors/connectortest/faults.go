package connectortest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/skvoz/skvoz/core/integrations"
)

// maxRequests is how many requests of one call are made to fail in turn.
const maxRequests = 12

// testFaults lets each request of each call meet each fault.
func testFaults(t *testing.T, way *Way) {
	for _, c := range calls {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			n := requests(t, way, &c)
			if n == 0 {
				t.Skip("this sends nothing")
			}
			for at := 1; at <= min(n, maxRequests); at++ {
				for _, f := range faults {
					if err := meet(way.start(t, patience), &c, &f, at); err != nil {
						t.Errorf("request %d of %d, %s: %v", at, n, f.name, err)
					}
				}
			}
		})
	}
}

// testSlow lets each request of each call wait for an answer that does not come; all at once, for each waits as long as the client does.
func testSlow(t *testing.T, way *Way) {
	const timeout = 2 * time.Second
	var wg sync.WaitGroup
	for _, c := range calls {
		for at := 1; at <= min(requests(t, way, &c), maxRequests); at++ {
			w := way.start(t, timeout)
			wg.Go(func() {
				if err := meet(w, &c, &slow, at); err != nil {
					t.Errorf("%s, request %d: %v", c.name, at, err)
				}
			})
		}
	}
	wg.Wait()
}

// requests is how many requests a call sends.
func requests(t *testing.T, way *Way, c *call) int {
	t.Helper()
	w := way.start(t, patience)
	if c.can != "" && !w.has(c.can) {
		return 0
	}
	s := w.prepared()
	w.restart()
	w.faults.arm(nil, 0)
	_, err := c.do(t.Context(), w.open(), s)
	w.ok(err)
	n, _ := w.faults.disarm()
	return n
}

// meet lets one request of a call fail and says what is wrong with what the connector made of it.
func meet(w *world, c *call, f *fault, at int) error {
	s := w.prepared()
	w.restart()
	before := w.vendor.Made()
	w.faults.arm(f, at)
	got, err := c.do(w.t.Context(), w.open(), s)
	_, struck := w.faults.disarm()
	if struck == nil {
		return errors.New("the request did not come this time")
	}
	_ = w.heard(err)
	w.timeout = patience
	w.restart()
	if err != nil {
		if wrong := f.judge(err, w.vendor.Changes(*struck), c); wrong != nil {
			return fmt.Errorf("%s %s: %w", struck.Method, struck.Path, wrong)
		}
	}
	again, repeated := c.again(w.t.Context(), w.open(), s)
	switch {
	case w.heard(repeated) != nil:
		return fmt.Errorf("%s %s: once repeated it should go well: %w", struck.Method, struck.Path, repeated)
	case err == nil && !same(got, again):
		return fmt.Errorf("%s %s: went well with another answer than without the fault: %s, not %s", struck.Method, struck.Path, text(got), text(again))
	case c.isOnce:
		return w.onlyOnce(c, before)
	}
	return nil
}

// onlyOnce compares what was made since with what the call makes alone.
func (w *world) onlyOnce(c *call, before map[string]int) error {
	twice := w.made(before)
	other := w.way.start(w.t, patience)
	s := other.prepared()
	before = other.vendor.Made()
	if _, err := c.do(w.t.Context(), other.open(), s); err != nil {
		return err
	}
	if alone := other.made(before); !maps.Equal(alone, twice) {
		return fmt.Errorf("made %v, and alone %v", twice, alone)
	}
	return nil
}

// judge says what is wrong with the error of a call one of whose requests met a fault; changes says whether that request changes something.
func (f *fault) judge(err error, changes bool, c *call) error {
	var got *integrations.Failure
	if !errors.As(err, &got) {
		return fmt.Errorf("not a *Failure: %w", err)
	}
	kinds := f.kinds
	if c.name == "Test" && f.isStranger {
		kinds = append(slices.Clone(kinds), integrations.FailAddress)
	}
	switch {
	case !slices.Contains(kinds, got.Kind):
		return fmt.Errorf("the failure is %s, not one of %v: %w", got.Kind, kinds, err)
	case f.retryAfter > 0 && got.RetryAfter != f.retryAfter, f.retryAfter < 0 && got.RetryAfter <= 0:
		return fmt.Errorf("comes again after %v, and was asked to after %v", got.RetryAfter, f.retryAfter)
	case f.outcome != either && !c.isHarmless && got.Uncertain != (changes && f.outcome == uncertain):
		return fmt.Errorf("uncertain is %v for a request that changes something: %v", got.Uncertain, changes)
	}
	return nil
}

func same(a, b any) bool { return text(a) == text(b) }

func text(v any) string {
	raw, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(raw)
}

// testCancel ends the context of each call while each of its requests waits for an answer.
func testCancel(all *testing.T, way *Way) {
	for _, c := range calls {
		all.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if all.Failed() {
				t.Skip("another call does not end, which takes time to see")
			}
			for at := 1; at <= min(requests(t, way, &c), maxRequests); at++ {
				if err := cancelAt(way.start(t, time.Hour), &c, at); err != nil {
					t.Fatalf("request %d: %v", at, err)
				}
			}
		})
	}
}

func cancelAt(w *world, c *call, at int) error {
	s := w.prepared()
	w.restart()
	ctx, cancel := context.WithCancel(w.t.Context())
	defer cancel()
	arrived := w.faults.arm(&slow, at)
	connection, done := w.open(), make(chan error, 1)
	go func() {
		_, err := c.do(ctx, connection, s)
		done <- err
	}()
	select {
	case <-arrived:
	case err := <-done:
		return fmt.Errorf("ended before: %w", w.heard(err))
	case <-time.After(patience):
		return errors.New("the request did not come")
	}
	cancel()
	select {
	case err := <-done:
		return w.cancelled(c, err)
	case <-time.After(patience):
		return errors.New("it does not end with its context")
	}
}

// cancelled says what is wrong with the error of a call that was cancelled: the context's, or a failure that says whether something may have been done.
func (w *world) cancelled(c *call, err error) error {
	_, struck := w.faults.disarm()
	var f *integrations.Failure
	switch {
	case w.heard(err) == nil:
		return errors.New("it went well all the same")
	case errors.As(err, &f):
		if changes := w.vendor.Changes(*struck); f.Uncertain != changes && !c.isHarmless {
			return fmt.Errorf("uncertain is %v for a request that changes something: %v", f.Uncertain, changes)
		}
	case !errors.Is(err, context.Canceled):
		return fmt.Errorf("neither a *Failure nor the context's end: %w", err)
	case w.vendor.Changes(*struck) && !c.isHarmless:
		return errors.New("a request that changes something was under way: a *Failure that is uncertain says so")
	}
	return nil
}
