package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/skvoz/skvoz/bench/rig"
	"github.com/skvoz/skvoz/connectors/registry"
	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/accounts"
	"github.com/skvoz/skvoz/core/comms"
	"github.com/skvoz/skvoz/core/deals"
	"github.com/skvoz/skvoz/core/goals"
	"github.com/skvoz/skvoz/core/integrations"
	"github.com/skvoz/skvoz/core/sites"
	"github.com/skvoz/skvoz/core/visits"
	"github.com/skvoz/skvoz/internal/httpclient"
	"github.com/skvoz/skvoz/internal/secretbox"
	"github.com/skvoz/skvoz/jobs"
	"github.com/skvoz/skvoz/store"
)

// workers is how many jobs run at once, as in the server.
const workers = 8

// server is what of the product takes part: what takes requests in, the queue, and what delivers.
type server struct {
	db      *store.DB
	dsn     string
	drop    func()
	kept    *store.IntegrationStore
	service *integrations.Service
	comms   *comms.Service
	runner  *jobs.Runner
	turns   *timedTurns
	meter   *meter

	account     core.AccountID
	site        core.SiteID
	goal        core.GoalID
	integration core.IntegrationID
}

// meter adds up what deliveries cost.
type meter struct {
	workStatements, queueStatements, queueTime, handled, waited, asked atomic.Int64

	mu   sync.Mutex
	lags []time.Duration
	done atomic.Int64
}

// timedTurns are the limits of vendors, faster, with the time spent waiting for them.
type timedTurns struct {
	integrations.Turns
	hurry int
	every atomic.Int64
	meter *meter
}

// Wait implements integrations.Turns.
func (t *timedTurns) Wait(ctx context.Context, l integrations.Limit) error {
	l.Every /= time.Duration(t.hurry)
	t.every.Store(int64(l.Every))
	began := time.Now()
	defer func() { t.meter.waited.Add(int64(time.Since(began))) }()
	return t.Turns.Wait(ctx, l)
}

// meteredHandler counts the statements of the work, and the time without that of the vendor's answers.
type meteredHandler struct {
	integrations.Handler
	meter *meter
}

// Handle implements integrations.Handler.
func (h meteredHandler) Handle(ctx context.Context, w integrations.Work) integrations.Outcome {
	ctx, n := store.CountStatements(ctx)
	kept := w.Journal
	w.Journal = meteredJournal{kept, h.meter}
	save := w.Save
	w.Save = func(ctx context.Context, progress json.RawMessage) error {
		before, began := n.Load(), time.Now()
		err := save(ctx, progress)
		h.meter.queueStatements.Add(n.Load() - before)
		h.meter.workStatements.Add(before - n.Load())
		h.meter.queueTime.Add(int64(time.Since(began)))
		h.meter.handled.Add(-int64(time.Since(began)))
		return err
	}
	began := time.Now()
	out := h.Handler.Handle(ctx, w)
	h.meter.handled.Add(int64(time.Since(began)))
	h.meter.workStatements.Add(n.Load())
	return out
}

type meteredJournal struct {
	integrations.Recorder
	meter *meter
}

// Record implements integrations.Recorder.
func (j meteredJournal) Record(e integrations.Exchange) {
	j.meter.asked.Add(int64(e.Took))
	j.Recorder.Record(e)
}

// meteredQueue counts statements and time of claiming and finishing; looks at an empty queue count, too.
type meteredQueue struct {
	integrations.Queue
	meter *meter
}

// Claim implements integrations.Queue.
func (q meteredQueue) Claim(ctx context.Context, worker string, limit int, lease time.Duration) ([]integrations.Job, error) {
	ctx, done := q.measure(ctx)
	defer done()
	return q.Queue.Claim(ctx, worker, limit, lease)
}

// Finish implements integrations.Queue.
func (q meteredQueue) Finish(ctx context.Context, worker string, job integrations.Job, a integrations.Attempt, o integrations.Outcome) error {
	ctx, done := q.measure(ctx)
	defer done()
	return q.Queue.Finish(ctx, worker, job, a, o)
}

func (q meteredQueue) measure(ctx context.Context) (context.Context, func()) {
	ctx, n := store.CountStatements(ctx)
	began := time.Now()
	return ctx, func() {
		q.meter.queueStatements.Add(n.Load())
		q.meter.queueTime.Add(int64(time.Since(began)))
	}
}

func openServer(ctx context.Context, engine store.Engine, o options) (*server, error) {
	s := &server{meter: &meter{}}
	var err error
	if s.dsn, s.drop, err = freshDatabase(ctx, engine); err != nil {
		return nil, err
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	if s.db, err = store.Open(ctx, store.Config{DSN: s.dsn, Log: log}); err != nil {
		return nil, errors.Join(err, s.close())
	}
	if _, err = s.db.Migrate(ctx); err == nil {
		err = s.wire(ctx, o, log)
	}
	if err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

// wire puts together what the server has, with meters between.
func (s *server) wire(ctx context.Context, o options, log *slog.Logger) error {
	secret, err := s.db.Secret(ctx, "ids")
	if err != nil {
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
	clock := s.db.Clock
	drivers := registry.Drivers(registry.Deps{Clock: clock, HTTP: httpclient.New(httpclient.Options{
		Timeout: 30 * time.Second, Attempts: 1, AllowNetworks: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")},
	})})
	s.kept, s.turns = s.db.IntegrationStore(box), &timedTurns{Turns: s.db.Turns(), hurry: o.hurry, meter: s.meter}
	s.comms = comms.NewService(comms.Config{Writer: s.db, Cards: s.db, Comms: s.db, IDs: visits.NewIDs(secret), Clock: clock})
	crms := deals.NewService(deals.Config{Store: s.db.DealStore(), Clock: clock})
	s.service = integrations.NewService(integrations.Config{
		Drivers: drivers, Store: s.kept, Queue: s.kept, Turns: s.turns, Sealer: box, Clock: clock, CRMs: crms, Comms: s.comms,
		Reader: integrations.NewReader(integrations.ReaderConfig{Drivers: drivers, Deals: crms, Sent: s.kept, Clock: clock}),
		Sites:  sites.NewService(sites.Deps{Store: s.db, Campaigns: s.db, Costs: s.db, Clock: clock, PublicURL: "https://bench.test"}),
		Goals:  goals.NewService(goals.Deps{Store: s.db, Clock: clock}), PublicURL: "https://bench.test",
	})
	s.runner = jobs.New(jobs.Config{
		Queue: meteredQueue{s.kept, s.meter}, Handler: meteredHandler{s.service, s.meter}, Clock: clock, Log: log, Workers: workers, Observe: s.observe,
	})
	return s.seed(ctx)
}

func (s *server) observe(r jobs.Report) {
	if r.Kind != integrations.JobDeliver || r.State != integrations.JobDone {
		return
	}
	s.meter.mu.Lock()
	s.meter.lags = append(s.meter.lags, r.Lag)
	s.meter.mu.Unlock()
	s.meter.done.Add(1)
}

// seed makes an account with a site, whose requests reach a goal.
func (s *server) seed(ctx context.Context) error {
	s.account = 1
	account := accounts.Account{ID: s.account, Name: "Bench", Timezone: "Europe/Moscow", Currency: "RUB", AppKey: core.NewKey(), CreatedAt: s.db.Clock.Now()}
	owner := accounts.User{
		ID: 1, AccountID: s.account, Email: "owner@bench.example", Name: "Owner", Role: accounts.RoleOwner, Status: accounts.StatusActive,
		Language: accounts.LanguageRU, CreatedAt: s.db.Clock.Now(),
	}
	if err := s.db.Accounts().CreateAccount(ctx, account, owner, "", ""); err != nil {
		return err
	}
	site, err := s.db.CreateSite(ctx, sites.Site{
		AccountID: s.account, Domain: "bench.example", Name: "Bench", SiteKey: core.NewKey(), Key: core.NewKey(), Settings: sites.DefaultSettings(),
	}, 1000)
	if err != nil {
		return err
	}
	s.site = site.ID
	list, err := s.db.Goals(ctx, s.account, []core.SiteID{s.site})
	for _, g := range list {
		if g.Conditions.SystemEvent == goals.SystemOfflineRequest {
			s.goal = g.ID
		}
	}
	return err
}

// connect attaches the emulator and switches it on.
func (s *server) connect(ctx context.Context, v *vendor) error {
	made, err := s.service.Create(ctx, s.account, "amocrm")
	if err != nil {
		return err
	}
	s.integration = made.ID
	values := integrations.Values{}
	for key, value := range map[string]string{
		"address": v.URL, "token": v.Token, integrations.KeyGoals: s.goal.String(), integrations.KeyFunnel: v.Funnel, integrations.KeyStage: v.Stage,
		integrations.KeyDealsIn: "false",
	} {
		values.Set(key, value)
	}
	if _, err := s.service.Update(ctx, s.account, made.ID, core.Opt[string]{}, values); err != nil {
		return err
	}
	_, err = s.service.Activate(ctx, s.account, made.ID)
	return err
}

// request is somebody who leaves a telephone number.
func (s *server) request(ctx context.Context, n int) error {
	_, err := s.comms.AddOfflineRequest(ctx, comms.RequestInput{
		Origin: comms.Origin{AccountID: s.account, SiteID: s.site}, Name: "Анна", Phone: core.Phone(fmt.Sprintf("7926%07d", n)), Message: "Перезвоните мне",
		PageURL: "https://bench.example/", Nonce: fmt.Sprintf("bench-%d", n),
	})
	return err
}

func (s *server) close() (err error) {
	if s.db != nil {
		err = s.db.Close()
	}
	s.drop()
	return err
}

// freshDatabase makes an empty database: a file of its own, or one on the server named by SKVOZ_TEST_POSTGRES.
func freshDatabase(ctx context.Context, engine store.Engine) (dsn string, drop func(), err error) {
	if engine == store.SQLite {
		dir, err := os.MkdirTemp("", "skvoz-bench-")
		return "sqlite://" + filepath.Join(dir, "skvoz.db"), func() { _ = os.RemoveAll(dir) }, err
	}
	return rig.FreshPostgres(ctx)
}
