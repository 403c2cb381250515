package store

import (
	"context"
	"encoding/json"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/telephony"
)

const (
	// liveChannel is where replicas tell each other of changes.
	liveChannel = "skvoz_live"
	// liveChunk is how many changes go into one notification; PostgreSQL takes 8000 bytes.
	liveChunk = 40
	// livePatience is the longest pause before a lost connection is made anew.
	livePatience = 5 * time.Second
)

// liveNote is a change on its way between replicas.
type liveNote struct {
	Account    core.AccountID    `json:"a"`
	Topic      telephony.Topic   `json:"t"`
	Call       core.CallID       `json:"c,omitempty"`
	Connection core.ConnectionID `json:"p,omitempty"`
	Employee   core.EmployeeID   `json:"e,omitempty"`
	Version    int64             `json:"v,omitempty"`
	What       string            `json:"w,omitempty"`
}

// LiveChanges carries changes between those who make them and those who watch. On PostgreSQL they travel with the transaction to all replicas; on SQLite
// there is one process. Nothing is delivered unless Run runs.
type LiveChanges struct {
	db *DB

	mu        sync.Mutex
	listeners map[int]func(telephony.Change)
	next      int
	queue     []telephony.Change
	// outgoing are changes to tell other replicas of.
	outgoing []telephony.Change
	word     chan struct{}
	ready    chan struct{}
	isReady  sync.Once
}

var _ telephony.Changes = (*LiveChanges)(nil)

// LiveChanges returns what carries changes; there is one for each database.
func (db *DB) LiveChanges() *LiveChanges {
	db.liveOnce.Do(func() {
		db.live = &LiveChanges{db: db, listeners: map[int]func(telephony.Change){}, word: make(chan struct{}, 1), ready: make(chan struct{})}
	})
	return db.live
}

// Publish implements telephony.Changes.
func (l *LiveChanges) Publish(c telephony.Change) {
	if l.db.Engine != Postgres {
		l.deliver([]telephony.Change{c})
		return
	}
	l.mu.Lock()
	l.outgoing = append(l.outgoing, c)
	l.mu.Unlock()
	l.wake()
}

// Listen implements telephony.Changes.
func (l *LiveChanges) Listen(fn func(telephony.Change)) (stop func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := l.next
	l.next++
	l.listeners[n] = fn
	return func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		delete(l.listeners, n)
	}
}

// Ready is closed once changes are heard.
func (l *LiveChanges) Ready() <-chan struct{} { return l.ready }

// Run delivers changes until ctx ends. A lost connection is made anew; since changes may have been missed meanwhile, TopicAll is delivered then.
func (l *LiveChanges) Run(ctx context.Context) {
	if l.db.Engine == Postgres {
		var hearing sync.WaitGroup
		hearing.Go(func() { l.hear(ctx) })
		defer hearing.Wait()
	} else {
		l.isReady.Do(func() { close(l.ready) })
	}
	for {
		l.flush(ctx)
		select {
		case <-ctx.Done():
			return
		case <-l.word:
		}
	}
}

func (l *LiveChanges) wake() {
	select {
	case l.word <- struct{}{}:
	default:
	}
}

func (l *LiveChanges) deliver(changes []telephony.Change) {
	if len(changes) == 0 {
		return
	}
	l.mu.Lock()
	if len(l.listeners) > 0 {
		l.queue = append(l.queue, changes...)
	}
	l.mu.Unlock()
	l.wake()
}

// flush hands changes to the listeners, and to other replicas.
func (l *LiveChanges) flush(ctx context.Context) {
	l.mu.Lock()
	changes, outgoing := l.queue, l.outgoing
	l.queue, l.outgoing = nil, nil
	listeners := make([]func(telephony.Change), 0, len(l.listeners))
	for n := range l.next {
		if fn := l.listeners[n]; fn != nil {
			listeners = append(listeners, fn)
		}
	}
	l.mu.Unlock()
	for _, c := range changes {
		for _, fn := range listeners {
			fn(c)
		}
	}
	if len(outgoing) == 0 {
		return
	}
	pool := conn{countingPool{l.db.write}, Postgres}
	if err := pool.notify(ctx, outgoing); err != nil && ctx.Err() == nil {
		l.db.log.WarnContext(ctx, "changes could not be told to other servers", slog.Any("error", err))
	}
}

// notify tells all replicas of changes, with the transaction if there is one.
func (c conn) notify(ctx context.Context, changes []telephony.Change) error {
	if c.engine != Postgres {
		return nil
	}
	for chunk := range slices.Chunk(changes, liveChunk) {
		notes := make([]liveNote, len(chunk))
		for i, ch := range chunk {
			notes[i] = liveNote{ch.AccountID, ch.Topic, ch.CallID, ch.ConnectionID, ch.EmployeeID, ch.Version, ch.What}
		}
		if _, err := c.exec(ctx, `SELECT pg_notify($1, $2)`, liveChannel, jsonText(notes)); err != nil {
			return err
		}
	}
	return nil
}

// hear listens to the database until ctx ends.
func (l *LiveChanges) hear(ctx context.Context) {
	pause := 100 * time.Millisecond
	for ctx.Err() == nil {
		began := time.Now()
		err := l.hearOnce(ctx)
		if ctx.Err() != nil {
			return
		}
		l.db.log.WarnContext(ctx, "the connection by which changes of calls are heard was lost; it is made anew", slog.Any("error", err))
		if time.Since(began) > time.Minute {
			pause = 100 * time.Millisecond
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
		pause = min(2*pause, livePatience)
	}
}

func (l *LiveChanges) hearOnce(ctx context.Context) error {
	c, err := pgx.Connect(ctx, l.db.dsn)
	if err != nil {
		return err
	}
	defer func() { _ = c.Close(context.WithoutCancel(ctx)) }()
	if _, err := c.Exec(ctx, "LISTEN "+liveChannel); err != nil {
		return err
	}
	isFirst := false
	l.isReady.Do(func() { isFirst = true; close(l.ready) })
	if !isFirst {
		l.deliver([]telephony.Change{{Topic: telephony.TopicAll}})
	}
	for {
		n, err := c.WaitForNotification(ctx)
		if err != nil {
			return err
		}
		var notes []liveNote
		if err := json.Unmarshal([]byte(n.Payload), &notes); err != nil {
			continue // of another program
		}
		changes := make([]telephony.Change, len(notes))
		for i, t := range notes {
			changes[i] = telephony.Change{
				AccountID: t.Account, Topic: t.Topic, CallID: t.Call, ConnectionID: t.Connection, EmployeeID: t.Employee, Version: t.Version, What: t.What,
			}
		}
		l.deliver(changes)
	}
}

// inLiveTx runs fn in one writing transaction; what it tells of is published if and when the transaction is committed.
func (db *DB) inLiveTx(ctx context.Context, fn func(tx conn, tell func(...telephony.Change)) error) error {
	var told []telephony.Change
	err := db.inRawTx(ctx, func(tx conn) error {
		told = told[:0]
		if err := fn(tx, func(c ...telephony.Change) { told = append(told, c...) }); err != nil {
			return err
		}
		return tx.notify(ctx, told)
	})
	if err == nil && db.Engine != Postgres {
		db.LiveChanges().deliver(told)
	}
	return err
}
