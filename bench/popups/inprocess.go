package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/telephony"
	"github.com/skvoz/skvoz/store"
)

// board notes when calls came and when their cards were shown.
type board struct {
	came  []atomic.Int64 // unix nanoseconds, by call
	want  int
	done  chan struct{}
	mu    sync.Mutex
	shown []shown
}

// shown is a card as it was shown.
type shown struct {
	call int
	at   time.Time
}

// since returns how long after something was done with their calls cards were shown; one shown before took no time.
func (b *board) since(done func(call int) time.Time) delays {
	all := make([]time.Duration, len(b.shown))
	for n, s := range b.shown {
		all[n] = max(0, s.at.Sub(done(s.call)))
	}
	return delaysOf(all)
}

func (b *board) cameAt(call int) time.Time { return time.Unix(0, b.came[call].Load()) }

func newBoard(calls, want int) *board {
	return &board{came: make([]atomic.Int64, calls), want: want, done: make(chan struct{})}
}

func (b *board) begin(call int) time.Time {
	now := time.Now()
	b.came[call].Store(now.UnixNano())
	return now
}

func (b *board) show(call int) { b.showAt(call, time.Now()) }

func (b *board) showAt(call int, at time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.shown = append(b.shown, shown{call, at}); len(b.shown) == b.want {
		close(b.done)
	}
}

// await returns when all cards were shown.
func (b *board) await(ctx context.Context) error {
	timer := time.NewTimer(30 * time.Second)
	defer timer.Stop()
	select {
	case <-b.done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		b.mu.Lock()
		defer b.mu.Unlock()
		return fmt.Errorf("%d of %d cards were shown", len(b.shown), b.want)
	}
}

// replica is what of a server takes part.
type replica struct {
	db     *store.DB
	folder *telephony.Folder
	live   *telephony.Live
}

func (o *office) replica(db *store.DB) *replica {
	calls, workers := db.CallStore(o.box), 1
	if o.engine == store.Postgres {
		workers = 3 // as the server has
	}
	folder := telephony.NewFolder(telephony.FolderConfig{
		Store: calls, People: peopleOf(db), ReadPhone: func(raw string) (core.Phone, bool) { return core.Phone(raw), true }, Workers: workers, Log: slog.Default(),
	})
	reading := telephony.NewCalls(telephony.CallsConfig{Store: calls, Events: folder, Marked: func() {}, Clock: db.Clock})
	return &replica{db: db, folder: folder, live: telephony.NewLive(telephony.LiveConfig{Calls: reading, Changes: db.LiveChanges(), Clock: db.Clock, Log: slog.Default()})}
}

func (r *replica) run(ctx context.Context, all *sync.WaitGroup) {
	all.Go(func() { r.folder.Run(ctx) })
	all.Go(func() { r.db.LiveChanges().Run(ctx) })
	all.Go(func() { r.live.Run(ctx) })
}

// inProcess lets cabinets listen within this process: on PostgreSQL to two servers that share a database.
func inProcess(ctx context.Context, engine store.Engine, opts options) (r result, err error) {
	o, err := openOffice(ctx, engine)
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, o.close()) }()
	replicas := []*replica{o.replica(o.db)}
	if engine == store.Postgres {
		second, err := o.open(ctx)
		if err != nil {
			return r, err
		}
		defer func() { _ = second.Close() }()
		replicas = append(replicas, o.replica(second))
	}
	r = result{Engine: engine, Way: "in process", Replicas: len(replicas), Cabinets: opts.cabinets, Pace: opts.pace}
	each := opts.cabinets / (companies * staff * len(replicas))
	b := newBoard(opts.calls, opts.calls*rung*each*len(replicas))
	running, stop := context.WithCancel(ctx)
	var all sync.WaitGroup
	defer all.Wait()
	defer stop()
	for _, replica := range replicas {
		replica.run(running, &all)
		<-replica.db.LiveChanges().Ready()
		if err := o.listen(running, replica, each, b, &all); err != nil {
			return r, err
		}
	}
	accepted, err := pacedCalls(ctx, opts, b, func(n int, connection telephony.Connection, events []telephony.Event) error {
		_, err := replicas[n%len(replicas)].folder.AddEvents(ctx, connection, time.Now(), events)
		return err
	}, o)
	if err = errors.Join(err, b.await(ctx)); err != nil {
		return r, err
	}
	r.take(b, accepted)
	r.Bare, err = o.bare(ctx, opts, len(replicas), rung*each)
	return r, err
}

// listen opens so many cabinets of every employee.
func (o *office) listen(ctx context.Context, r *replica, each int, b *board, all *sync.WaitGroup) error {
	for company, ids := range o.employees {
		for _, id := range ids {
			for range each {
				cards, err := r.live.WatchPopUps(ctx, o.connections[company].AccountID, id)
				if err != nil {
					return err
				}
				all.Go(func() {
					for card := range cards {
						if card.Phase == telephony.PopUpRinging {
							b.show(numberOf(card.Call.PBXCallID))
						}
					}
				})
			}
		}
	}
	return nil
}

// pacedCalls lets calls come at the pace wished, and ends each after a second; it returns how long events took to be accepted, by call.
func pacedCalls(ctx context.Context, opts options, b *board, send func(n int, c telephony.Connection, events []telephony.Event) error, o *office) (accepted []time.Duration, err error) {
	accepted = make([]time.Duration, opts.calls)
	ticker := time.NewTicker(time.Second / time.Duration(opts.pace))
	defer ticker.Stop()
	var mu sync.Mutex
	var all sync.WaitGroup
	for n := range opts.calls {
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-ticker.C:
		}
		company := n % companies
		events := ringing(n, company, n/companies*rung%o.shownStaff)
		all.Go(func() {
			began := b.begin(n)
			failed := send(n, o.connections[company], events)
			took := time.Since(began)
			<-time.After(time.Second) // it rings meanwhile
			failed = errors.Join(failed, send(n, o.connections[company], over(n)))
			mu.Lock()
			defer mu.Unlock()
			accepted[n], err = took, errors.Join(err, failed)
		})
	}
	all.Wait()
	return accepted, err
}
