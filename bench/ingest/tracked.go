package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"sync"
	"syscall"
	"time"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/accounts"
	"github.com/skvoz/skvoz/core/goals"
	"github.com/skvoz/skvoz/core/sites"
	"github.com/skvoz/skvoz/core/visits"
	"github.com/skvoz/skvoz/internal/httpserver"
	"github.com/skvoz/skvoz/store"
	"github.com/skvoz/skvoz/tracker"
)

// tracked is the product's own door with its store.
type tracked struct {
	db       *store.DB
	server   *tracker.Server
	ingester *visits.Ingester
	siteKey  string
	account  core.AccountID
	close    func()

	mu      sync.Mutex
	batches int
	stored  int
}

func openTracked(ctx context.Context, dsn string) (*tracked, error) {
	db, err := store.Open(ctx, store.Config{DSN: dsn, MaxConns: 8})
	if err != nil {
		return nil, err
	}
	if _, err := db.Migrate(ctx); err != nil {
		return nil, err
	}
	if err := db.PrepareHits(ctx); err != nil {
		return nil, err
	}
	t := &tracked{db: db, account: core.AccountID(time.Now().UnixMilli())}
	site, err := t.addSite(ctx)
	if err != nil {
		return nil, err
	}
	t.siteKey = site.SiteKey
	secret, err := db.Secret(ctx, "ids")
	if err != nil {
		return nil, err
	}
	if err := db.DeferSessions(ctx); err != nil { // as the server does
		return nil, err
	}
	directory := goals.NewDirectory(db, nil)
	if err := directory.Refresh(ctx); err != nil {
		return nil, err
	}
	ids := visits.NewIDs(secret)
	t.ingester = visits.NewIngester(visits.IngestConfig{Store: db.Ingest(), IDs: ids, Log: slog.New(slog.NewTextHandler(os.Stderr, nil)), Observe: t.observe})
	done := make(chan struct{})
	upkeep, stopUpkeep := context.WithCancel(context.WithoutCancel(ctx))
	folded := make(chan error, 1)
	go func() { folded <- db.RunCheckpoints(upkeep) }()
	go func() {
		defer close(done)
		t.ingester.Run(context.WithoutCancel(ctx))
	}()
	unlimited := tracker.Rate{PerSecond: -1}
	t.server, err = tracker.New(tracker.Config{
		Sites: directory, Hits: t.ingester, Properties: db, Refusals: db, Classifier: visits.NewClassifier(), IDs: ids,
		ClientIP: httpserver.NewProxies(nil).ClientIP, Limits: tracker.Limits{PerIP: unlimited, PerSite: unlimited},
	})
	t.close = func() {
		t.ingester.Close()
		<-done
		stopUpkeep()
		<-folded
		_ = db.Close()
	}
	return t, err
}

func (t *tracked) observe(r visits.BatchReport) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.batches++
	t.stored += r.Size
}

// takeBatch returns the mean size of the transactions since it was asked last.
func (t *tracked) takeBatch() float64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	mean := float64(t.stored) / float64(max(1, t.batches))
	t.batches, t.stored = 0, 0
	return mean
}

func (t *tracked) addSite(ctx context.Context) (sites.Site, error) {
	now := time.Now().UTC()
	account := accounts.Account{ID: t.account, Name: "Bench", Timezone: "Europe/Moscow", Currency: "RUB", AppKey: core.NewKey(), CreatedAt: now}
	owner := accounts.User{
		ID: 1, AccountID: t.account, Name: "Bench", Email: core.Email(fmt.Sprintf("bench%d@example.com", t.account)), Role: accounts.RoleOwner, Status: accounts.StatusActive, Language: "ru", CreatedAt: now,
	}
	if err := t.db.Accounts().CreateAccount(ctx, account, owner, "-", ""); err != nil {
		return sites.Site{}, err
	}
	site, err := t.db.CreateSite(ctx, sites.Site{
		AccountID: t.account, Domain: "shop.example", Name: "Shop", SiteKey: core.NewKey(), Key: core.NewKey(), Settings: sites.DefaultSettings(),
	}, 100)
	if err != nil {
		return sites.Site{}, err
	}
	_, err = t.db.CreateCampaign(ctx, sites.Campaign{
		AccountID: t.account, SiteID: site.ID, Name: "Spring", Status: sites.CampaignActive,
		Include: []sites.Group{{Conditions: []sites.Condition{{Parameter: sites.ParameterUTMTags, Key: "utm_campaign", Operator: sites.OperatorContains, Value: "spring"}}}},
	}, 100)
	return site, err
}

// appendLog is the least a durable door could do: it appends bodies to a file and flushes the file once for all that wait.
type appendLog struct {
	file  *os.File
	queue chan *entry
	done  chan struct{}
	free  sync.Pool
}

type entry struct {
	line []byte
	err  error
	done chan struct{}
}

func openLog(path string) (*appendLog, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, err
	}
	l := &appendLog{file: f, queue: make(chan *entry, 4096), done: make(chan struct{})}
	l.free.New = func() any { return &entry{done: make(chan struct{}, 1)} }
	go l.run()
	return l, nil
}

func (l *appendLog) close() {
	close(l.queue)
	<-l.done
	_ = l.file.Close()
}

func (l *appendLog) run() {
	defer close(l.done)
	var batch []*entry
	var lines bytes.Buffer
	for first := range l.queue {
		batch = append(batch[:0], first)
		for len(batch) < 512 && len(l.queue) > 0 {
			batch = append(batch, <-l.queue)
		}
		lines.Reset()
		for _, e := range batch {
			lines.Write(e.line)
			lines.WriteByte('\n')
		}
		_, err := l.file.Write(lines.Bytes())
		if err == nil {
			err = syscall.Fdatasync(int(l.file.Fd()))
		}
		for _, e := range batch {
			e.err = err
			e.done <- struct{}{}
		}
	}
}

func (l *appendLog) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	e, _ := l.free.Get().(*entry)
	defer l.free.Put(e)
	var err error
	if e.line, err = io.ReadAll(r.Body); err == nil {
		if len(e.line) == 0 {
			e.line = []byte(r.URL.RawQuery)
		}
		l.queue <- e
		<-e.done
		err = e.err
	}
	if err != nil {
		http.Error(w, "not stored", http.StatusServiceUnavailable)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}
