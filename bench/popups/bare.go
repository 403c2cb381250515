package main

import (
	"context"
	"database/sql"
	"errors"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	_ "github.com/jackc/pgx/v5/stdlib" // drivers of the bare statements
	_ "github.com/mattn/go-sqlite3"

	"github.com/skvoz/skvoz/store"
)

const bareChannel = "skvoz_bench"

// fan hands call numbers to as many waiting goroutines as there are cabinets; a call's are the next so many of them.
type fan struct {
	cabinets []chan int
	next     int
}

func newFan(ctx context.Context, cabinets int, b *board, all *sync.WaitGroup) *fan {
	f := &fan{cabinets: make([]chan int, cabinets)}
	for n := range f.cabinets {
		f.cabinets[n] = make(chan int, 1)
		all.Go(func() {
			for {
				select {
				case <-ctx.Done():
					return
				case call := <-f.cabinets[n]:
					b.show(call)
				}
			}
		})
	}
	return f
}

func (f *fan) out(call, width int) {
	for range width {
		f.cabinets[f.next%len(f.cabinets)] <- call
		f.next++
	}
}

// bare is the least a card can take: a row on disk and a word to every server, which hands it to as many goroutines as a call has cabinets there.
func (o *office) bare(ctx context.Context, opts options, replicas, width int) (d delays, err error) {
	b := newBoard(opts.calls, opts.calls*width*replicas)
	driver, dsn := "pgx", o.dsn
	if o.engine == store.SQLite {
		driver, dsn = "sqlite3", "file:"+strings.TrimPrefix(dsn, "sqlite://")+"?_busy_timeout=20000&_synchronous=FULL&_journal_mode=WAL&_txlock=immediate"
	}
	db, err := sql.Open(driver, dsn)
	if err != nil {
		return d, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if _, err := db.ExecContext(ctx, `CREATE TABLE bench_popups (id BIGINT PRIMARY KEY, body TEXT NOT NULL)`); err != nil {
		return d, err
	}
	running, stop := context.WithCancel(ctx)
	var all sync.WaitGroup
	defer all.Wait()
	defer stop()
	fans := make([]*fan, replicas)
	for n := range fans {
		fans[n] = newFan(running, opts.cabinets/replicas, b, &all)
		if o.engine == store.Postgres {
			if err := hear(running, o.dsn, fans[n], width, &all); err != nil {
				return d, err
			}
		}
	}
	ticker := time.NewTicker(time.Second / time.Duration(opts.pace))
	defer ticker.Stop()
	body := strings.Repeat("e", 2500)
	for call := range opts.calls {
		<-ticker.C
		b.begin(call)
		if err := o.tell(ctx, db, call, body); err != nil {
			return d, err
		}
		if o.engine == store.SQLite {
			fans[0].out(call, width)
		}
	}
	err = b.await(ctx)
	return b.since(b.cameAt), err
}

// tell writes a row and, on PostgreSQL, notifies with the transaction.
func (o *office) tell(ctx context.Context, db *sql.DB, call int, body string) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO bench_popups VALUES ($1, $2)`, call, body)
	if err == nil && o.engine == store.Postgres {
		_, err = tx.ExecContext(ctx, `SELECT pg_notify($1, $2)`, bareChannel, strconv.Itoa(call))
	}
	if err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}

// hear hands what is notified to the fan until ctx ends.
func hear(ctx context.Context, dsn string, f *fan, width int, all *sync.WaitGroup) error {
	c, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return err
	}
	if _, err := c.Exec(ctx, "LISTEN "+bareChannel); err != nil {
		return errors.Join(err, c.Close(ctx))
	}
	all.Go(func() {
		defer func() { _ = c.Close(context.WithoutCancel(ctx)) }()
		for {
			n, err := c.WaitForNotification(ctx)
			if err != nil {
				return
			}
			if call, err := strconv.Atoi(n.Payload); err == nil {
				f.out(call, width)
			}
		}
	})
	return nil
}
