package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"golang.org/x/sync/errgroup"

	"github.com/skvoz/skvoz/bench/rig"
	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/accounts"
	"github.com/skvoz/skvoz/core/calltracking"
	"github.com/skvoz/skvoz/core/employees"
	"github.com/skvoz/skvoz/core/sites"
	"github.com/skvoz/skvoz/core/telephony"
	"github.com/skvoz/skvoz/internal/secretbox"
	"github.com/skvoz/skvoz/store"
)

// accountsToServe is how many companies call and are called.
const accountsToServe = 4

// server is what of the product takes part: what takes events in and what folds them.
type server struct {
	db          *store.DB
	dsn         string
	drop        func()
	kept        *meteredStore
	folder      *telephony.Folder
	connections []telephony.Connection
}

// meteredStore counts foldings.
type meteredStore struct {
	*store.CallStore
	foldings, folded atomic.Int64
}

// FoldDue implements telephony.FoldStore.
func (m *meteredStore) FoldDue(ctx context.Context, now time.Time, limit int, fold telephony.FoldFunc) ([]telephony.CallRef, bool, error) {
	refs, isBusy, err := m.CallStore.FoldDue(ctx, now, limit, fold)
	if len(refs) > 0 {
		m.foldings.Add(1)
		m.folded.Add(int64(len(refs)))
	}
	return refs, isBusy, err
}

func openServer(ctx context.Context, engine store.Engine) (s *server, err error) {
	s = &server{drop: func() {}}
	if engine == store.Postgres {
		s.dsn, s.drop, err = rig.FreshPostgres(ctx)
	} else {
		var dir string
		dir, err = os.MkdirTemp("", "skvoz-bench-calls-")
		s.dsn, s.drop = "sqlite://"+filepath.Join(dir, "skvoz.db"), func() { _ = os.RemoveAll(dir) }
	}
	if err != nil {
		return nil, err
	}
	if s.db, err = store.Open(ctx, store.Config{DSN: s.dsn, Log: slog.New(slog.DiscardHandler)}); err != nil {
		s.drop()
		return nil, err
	}
	if err = s.fill(ctx); err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

func (s *server) close() error {
	err := s.db.Close()
	s.drop()
	return err
}

func (s *server) fill(ctx context.Context) error {
	if _, err := s.db.Migrate(ctx); err != nil {
		return err
	}
	key, err := secretbox.ParseKey(secretbox.GenerateKey())
	if err != nil {
		return err
	}
	box, err := secretbox.New(key)
	if err != nil {
		return err
	}
	s.kept = &meteredStore{CallStore: s.db.CallStore(box)}
	people := employees.NewService(employees.Deps{
		Store: s.db.EmployeeStore(), Clock: core.SystemClock{}, ReadPhone: func(raw string) (string, bool) { return raw, true }, ReadEmail: func(raw string) (string, bool) { return raw, true },
		Timezone: func(context.Context, core.AccountID) (string, error) { return "Europe/Moscow", nil },
	})
	workers := 1
	if s.db.Engine == store.Postgres {
		workers = 4 // as the server has
	}
	s.folder = telephony.NewFolder(telephony.FolderConfig{
		Store: s.kept, People: people, ReadPhone: func(raw string) (core.Phone, bool) { return core.Phone(raw), true }, Workers: workers, Log: slog.Default(),
	})
	for n := range accountsToServe {
		if err := s.fillAccount(ctx, core.AccountID(n+1), people); err != nil {
			return err
		}
	}
	return nil
}

// fillAccount makes a company with a site, a number for it, a PBX and ten people.
func (s *server) fillAccount(ctx context.Context, id core.AccountID, people *employees.Service) error {
	now := time.Now()
	account := accounts.Account{ID: id, Name: "Bench", Timezone: "Europe/Moscow", Currency: "RUB", AppKey: core.NewKey(), CreatedAt: now}
	owner := accounts.User{
		ID: core.UserID(id), AccountID: id, Email: core.Email(fmt.Sprintf("owner%d@example.com", id)), Name: "Owner", Role: accounts.RoleOwner, Status: accounts.StatusActive,
		Language: accounts.LanguageRU, CreatedAt: now,
	}
	if err := s.db.Accounts().CreateAccount(ctx, account, owner, "", ""); err != nil {
		return err
	}
	site, err := s.db.CreateSite(ctx, sites.Site{
		AccountID: id, Domain: fmt.Sprintf("site%d.example", id), Name: "Site", SiteKey: core.NewKey(), Key: core.NewKey(), Settings: sites.DefaultSettings(),
	}, 10)
	if err != nil {
		return err
	}
	_, err = s.db.CreateNumbers(ctx, id, []calltracking.VirtualNumber{
		{AccountID: id, Number: did(id), SiteID: site.ID, Usage: calltracking.UsageStatic, State: calltracking.StateActive},
	}, 10)
	if err != nil {
		return err
	}
	for n := range 10 {
		if _, err := people.Create(ctx, id, employees.Create{LastName: fmt.Sprintf("Employee %d", n), Extension: fmt.Sprintf("%d", 101+n)}); err != nil {
			return err
		}
	}
	c, err := s.kept.CreateConnection(ctx, telephony.Connection{AccountID: id, Kind: telephony.KindCTPBX, Name: "PBX", IsEnabled: true}, telephony.Secrets{}, "", 10)
	s.connections = append(s.connections, c)
	return err
}

func did(id core.AccountID) core.Phone { return core.Phone(fmt.Sprintf("7495000%04d", id)) }

// run measures one engine.
func run(ctx context.Context, engine store.Engine, o options) (r result, err error) {
	r = result{Engine: engine, Calls: o.calls}
	s, err := openServer(ctx, engine)
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	if err := s.receiveAndFold(ctx, o, &r); err != nil {
		return r, err
	}
	return r, s.bare(ctx, &r)
}

// receiveAndFold sends the events of all calls, many calls at once, each event when the one before is answered, and waits until all are folded.
func (s *server) receiveAndFold(ctx context.Context, o options, r *result) error {
	running, stop := context.WithCancel(ctx)
	var all sync.WaitGroup
	all.Go(func() { s.folder.Run(running) })
	all.Go(func() { s.db.LiveChanges().Run(running) })
	defer all.Wait()
	defer stop()
	cpu, began := s.processorTime(ctx), time.Now()
	acks, err := s.send(ctx, o)
	if err != nil {
		return err
	}
	if err := s.await(ctx); err != nil {
		return err
	}
	took := time.Since(began)
	r.EventTransactions, r.Events = s.kept.EventStats()
	r.Foldings, r.Folded = s.kept.foldings.Load(), s.kept.folded.Load()
	r.CPU = (s.processorTime(ctx) - cpu) / time.Duration(r.Events)
	r.PerSecond = float64(r.Events) / took.Seconds()
	slices.Sort(acks)
	r.AckMedian, r.AckWorst = acks[len(acks)/2], acks[len(acks)*99/100]
	return s.check(ctx, r)
}

func (s *server) send(ctx context.Context, o options) ([]time.Duration, error) {
	var mu sync.Mutex
	var acks []time.Duration
	work, ctx := errgroup.WithContext(ctx)
	work.SetLimit(o.senders)
	for n := range o.calls {
		work.Go(func() error {
			c := s.connections[n%len(s.connections)]
			own := make([]time.Duration, 0, 10)
			for _, e := range callEvents(n, c.AccountID) {
				began := time.Now()
				if _, err := s.folder.AddEvents(ctx, c, began, []telephony.Event{e}); err != nil {
					return err
				}
				own = append(own, time.Since(began))
			}
			mu.Lock()
			defer mu.Unlock()
			acks = append(acks, own...)
			return nil
		})
	}
	return acks, work.Wait()
}

// callEvents are those of a call that an employee answers.
func callEvents(n int, account core.AccountID) []telephony.Event {
	at, id := time.Now(), fmt.Sprintf("call-%d", n)
	caller := fmt.Sprintf("7916%07d", n*7919%1_000_000)
	var list []telephony.Event
	add := func(kind telephony.EventType, d telephony.Data) {
		list = append(list, telephony.Event{
			ID: fmt.Sprintf("%s-%d", id, len(list)+1), Type: kind, OccurredAt: at.Add(time.Duration(len(list)) * time.Second), CallID: id, Seq: int64(len(list) + 1), Data: d,
		})
	}
	add(telephony.CallStarted, telephony.Data{Direction: telephony.Inbound, DID: string(did(account)), Caller: caller, Initiator: "trunk"})
	add(telephony.LegStarted, telephony.Data{LegID: "a", Role: telephony.RoleContact, Number: caller})
	add(telephony.LegStarted, telephony.Data{LegID: "b", Role: telephony.RoleEmployee, EmployeeExt: fmt.Sprintf("%d", 101+n%10)})
	add(telephony.LegRinging, telephony.Data{LegID: "b"})
	add(telephony.LegAnswered, telephony.Data{LegID: "b"})
	add(telephony.TalkStarted, telephony.Data{TalkID: "t", LegIDs: []string{"a", "b"}})
	add(telephony.TalkEnded, telephony.Data{TalkID: "t", DurationMS: 1000})
	add(telephony.LegEnded, telephony.Data{LegID: "b", Reason: telephony.ReasonNormal})
	add(telephony.LegEnded, telephony.Data{LegID: "a", Reason: telephony.ReasonNormal, By: "contact"})
	add(telephony.CallFinished, telephony.Data{LastSeq: 10})
	return list
}

// await returns when nothing is left to fold.
func (s *server) await(ctx context.Context) error {
	for began := time.Now(); ; {
		waiting, err := s.count(ctx, `SELECT COUNT(*) FROM calls_to_fold`)
		switch {
		case err != nil:
			return err
		case waiting == 0:
			return nil
		case time.Since(began) > 2*time.Minute:
			return fmt.Errorf("%d calls are not folded", waiting)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(2 * time.Millisecond):
		}
	}
}

// check makes sure that every call is there, whole.
func (s *server) check(ctx context.Context, r *result) error {
	whole, err := s.count(ctx, `SELECT COUNT(*) FROM calls c JOIN communications m ON m.account_id = c.account_id AND m.id = c.id
JOIN call_employees e ON e.account_id = c.account_id AND e.call_id = c.id WHERE c.state = 'finished' AND NOT c.is_lost AND c.talk_ms = 1000 AND c.employee_id <> 0`)
	if err == nil && whole != int64(r.Calls) {
		err = fmt.Errorf("%d of %d calls are whole", whole, r.Calls)
	}
	if err != nil {
		return err
	}
	r.Versions, err = s.count(ctx, `SELECT SUM(version) FROM calls`)
	return err
}

// processorTime is what this process and the database server have used.
func (s *server) processorTime(ctx context.Context) time.Duration {
	used := rig.OwnTime()
	if !strings.HasPrefix(s.dsn, "postgres") {
		return used
	}
	conn, err := pgx.Connect(ctx, s.dsn)
	if err != nil {
		return used
	}
	defer func() { _ = conn.Close(ctx) }()
	var backend int
	if err := conn.QueryRow(ctx, "SELECT pg_backend_pid()").Scan(&backend); err != nil {
		return used
	}
	return used + rig.ServerTime(backend)
}
