package jobs_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/integrations"
	"github.com/skvoz/skvoz/internal/testkit"
	"github.com/skvoz/skvoz/jobs"
	"github.com/skvoz/skvoz/store"
	"github.com/skvoz/skvoz/store/storetest"
)

// openSealer seals nothing: here are no secrets.
type openSealer struct{}

func (openSealer) Seal(plain []byte, _ string) (string, error) { return string(plain), nil }

func (openSealer) Open(sealed, _ string) ([]byte, error) { return []byte(sealed), nil }

// handler is a function that does jobs.
type handler func(ctx context.Context, w integrations.Work) integrations.Outcome

func (h handler) Handle(ctx context.Context, w integrations.Work) integrations.Outcome {
	return h(ctx, w)
}

// bench is a queue with one integration, on a clock that stands.
type bench struct {
	t           *testing.T
	queue       *store.IntegrationStore
	clock       *testkit.Clock
	integration integrations.Integration
	log         *lockedBuffer
	// beats are the timers of the signs of life: a test sends when one is due.
	beats chan time.Time
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func onEach(t *testing.T, fn func(b *bench)) {
	t.Helper()
	t.Parallel()
	for _, engine := range []store.Engine{store.SQLite, store.Postgres} {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			clock := testkit.NewClock(time.Date(2026, 3, 2, 9, 30, 0, 0, time.UTC))
			w := storetest.NewWorld(t, storetest.Open(t, engine, clock))
			b := &bench{t: t, queue: w.DB.IntegrationStore(openSealer{}), clock: clock, log: &lockedBuffer{}, beats: make(chan time.Time)}
			var err error
			b.integration, err = b.queue.CreateIntegration(t.Context(), integrations.Integration{
				AccountID: w.Account(), Kind: "amocrm", State: integrations.StateActive, Settings: integrations.Values{},
			})
			require.NoError(t, err)
			t.Cleanup(func() {
				if t.Failed() {
					t.Log(b.log.String())
				}
			})
			fn(b)
		})
	}
}

func (b *bench) enqueue(keys ...string) {
	b.t.Helper()
	var list []integrations.NewJob
	for _, key := range keys {
		list = append(list, integrations.NewJob{AccountID: b.integration.AccountID, IntegrationID: b.integration.ID, Kind: integrations.JobDeliver, Key: key})
	}
	_, err := b.queue.Enqueue(b.t.Context(), list...)
	require.NoError(b.t, err)
}

// jobs reads all jobs by key.
func (b *bench) jobs() map[string]integrations.Job {
	b.t.Helper()
	page, err := b.queue.Jobs(b.t.Context(), b.integration.AccountID, integrations.JobFilter{}, core.PageRequest{First: 100})
	require.NoError(b.t, err)
	out := map[string]integrations.Job{}
	for _, j := range page.Nodes {
		out[j.Key] = j
	}
	return out
}

// until waits until a job is in a state.
func (b *bench) until(key string, state integrations.JobState) integrations.Job {
	b.t.Helper()
	testkit.Eventually(b.t, 20*time.Second, func() bool { return b.jobs()[key].State == state }, key+" "+string(state))
	return b.jobs()[key]
}

// start lets a runner work until the returned function is called. It polls by the machine's clock; signs of life are b.beats.
func (b *bench) start(h handler, more ...func(*jobs.Config)) (stop func()) {
	cfg := jobs.Config{
		Queue: b.queue, Handler: h, Clock: b.clock, Log: slog.New(slog.NewTextHandler(b.log, nil)), Workers: 4, Poll: 2 * time.Millisecond,
	}
	cfg.Ticks = func(d time.Duration) (<-chan time.Time, func()) {
		if d == 10*time.Second {
			return b.beats, func() {}
		}
		t := time.NewTicker(d)
		return t.C, t.Stop
	}
	for _, change := range more {
		change(&cfg)
	}
	ctx, cancel := context.WithCancel(b.t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		jobs.New(cfg).Run(ctx)
	}()
	var once sync.Once
	stop = func() { once.Do(func() { cancel(); <-done }) }
	b.t.Cleanup(stop)
	return stop
}

var done = integrations.Outcome{State: integrations.JobDone}

func TestRunner_doesEachJobOnceAndKeepsTheJournal(t *testing.T) {
	onEach(t, func(b *bench) {
		var mu sync.Mutex
		ran := map[string]int{}
		var reports []jobs.Report
		b.enqueue("a", "b", "c", "d", "e", "f", "g")
		b.start(func(_ context.Context, w integrations.Work) integrations.Outcome {
			mu.Lock()
			defer mu.Unlock()
			ran[w.Key]++
			for n := range 70 {
				w.Journal.Record(integrations.Exchange{Method: "GET", Address: fmt.Sprint("/", n)})
			}
			return done
		}, func(c *jobs.Config) {
			c.Observe = func(r jobs.Report) { mu.Lock(); reports = append(reports, r); mu.Unlock() }
		})
		for _, key := range []string{"a", "b", "c", "d", "e", "f", "g"} {
			job := b.until(key, integrations.JobDone)
			attempts, err := b.queue.Attempts(b.t.Context(), job.AccountID, []core.JobID{job.ID})
			require.NoError(b.t, err)
			require.Len(b.t, attempts[job.ID], 1)
			exchanges := attempts[job.ID][0].Exchanges
			require.Len(b.t, exchanges, 50, "the journal has bounds")
			require.Equal(b.t, "/0", exchanges[0].Address)
			require.Equal(b.t, "/69", exchanges[49].Address)
		}
		testkit.Eventually(b.t, 10*time.Second, func() bool { mu.Lock(); defer mu.Unlock(); return len(reports) == 7 }, "seven reports")
		mu.Lock()
		defer mu.Unlock()
		for key, n := range ran {
			require.Equal(b.t, 1, n, key)
		}
		require.Equal(b.t, jobs.Report{Kind: integrations.JobDeliver, State: integrations.JobDone}, reports[0])
	})
}

// A server that dies gives nothing back: its claims run out, and another one goes on from the progress that is on disk.
func TestRunner_anotherServerGoesOnAfterACrash(t *testing.T) {
	onEach(t, func(b *bench) {
		keys := []string{"a", "b", "c"}
		b.enqueue(keys...)
		dead, err := b.queue.Claim(b.t.Context(), "dead server", 9, 30*time.Second)
		require.NoError(b.t, err)
		require.Len(b.t, dead, 3)
		require.NoError(b.t, b.queue.SaveProgress(b.t.Context(), "dead server", dead[0], json.RawMessage(`{"deal_begun":true}`)))
		var mu sync.Mutex
		ran := map[string][]string{}
		b.start(func(_ context.Context, w integrations.Work) integrations.Outcome {
			mu.Lock()
			defer mu.Unlock()
			ran[w.Key] = append(ran[w.Key], fmt.Sprint(w.Attempt, string(w.Progress)))
			return done
		})
		b.enqueue("later")
		b.until("later", integrations.JobDone)
		mu.Lock()
		require.Len(b.t, ran, 1, "as long as the claims may be alive nobody touches the jobs")
		mu.Unlock()
		b.clock.Advance(30*time.Second + time.Millisecond)
		for _, key := range keys {
			b.until(key, integrations.JobDone)
		}
		mu.Lock()
		defer mu.Unlock()
		require.Equal(b.t, map[string][]string{"later": {"1"}, dead[0].Key: {`2{"deal_begun":true}`}, dead[1].Key: {"2"}, dead[2].Key: {"2"}}, ran)
		err = b.queue.Finish(b.t.Context(), "dead server", dead[0], integrations.Attempt{}, done)
		require.Equal(b.t, core.KindConflict, core.KindOf(err), "the dead one, come alive, changes nothing")
	})
}

func TestRunner_signsOfLifeKeepAClaim(t *testing.T) {
	onEach(t, func(b *bench) {
		b.enqueue("slow")
		goOn, begun := make(chan struct{}), make(chan struct{})
		b.start(func(context.Context, integrations.Work) integrations.Outcome {
			close(begun)
			<-goOn
			return done
		})
		<-begun
		for range 6 {
			b.clock.Advance(10 * time.Second)
			b.beats <- b.clock.Now()
			b.beats <- b.clock.Now() // taken only after the one before has been worked off
			taken, err := b.queue.Claim(b.t.Context(), "another", 9, time.Minute)
			require.NoError(b.t, err)
			require.Empty(b.t, taken)
		}
		close(goOn)
		require.Equal(b.t, 1, b.until("slow", integrations.JobDone).Attempt)
	})
}

func TestRunner_stopsAHandlerWhoseClaimWasLost(t *testing.T) {
	onEach(t, func(b *bench) {
		b.enqueue("slow")
		begun, ended := make(chan struct{}), make(chan error, 1)
		b.start(func(ctx context.Context, w integrations.Work) integrations.Outcome {
			close(begun)
			<-ctx.Done()
			ended <- w.Save(context.WithoutCancel(ctx), json.RawMessage(`{}`))
			return done
		}, func(c *jobs.Config) { c.Workers = 1 }) // it has no hand free to take the job again itself
		<-begun
		b.clock.Advance(time.Minute) // the machine slept
		taken, err := b.queue.Claim(b.t.Context(), "another", 9, time.Hour)
		require.NoError(b.t, err)
		require.Len(b.t, taken, 1)
		b.beats <- b.clock.Now()
		require.Equal(b.t, core.KindConflict, core.KindOf(<-ended))
		testkit.Eventually(b.t, 10*time.Second, func() bool { return bytes.Contains([]byte(b.log.String()), []byte("claim was lost")) }, "a line in the log")
		require.Equal(b.t, integrations.JobRunning, b.jobs()["slow"].State)
		require.NoError(b.t, b.queue.Finish(b.t.Context(), "another", taken[0], integrations.Attempt{}, done), "the other one's outcome counts")
	})
}

func TestRunner_aPanicEndsNeitherServerNorJob(t *testing.T) {
	onEach(t, func(b *bench) {
		b.enqueue("bad")
		b.start(func(_ context.Context, w integrations.Work) integrations.Outcome {
			if w.Attempt == 1 {
				_ = w.Payload[len(w.Key)+99]
			}
			return done
		})
		testkit.Eventually(b.t, 10*time.Second, func() bool { return b.jobs()["bad"].Failure != nil }, "a failure")
		job := b.jobs()["bad"]
		require.Equal(b.t, integrations.JobWaiting, job.State)
		require.Equal(b.t, integrations.FailInternal, job.Failure.Kind)
		require.Contains(b.t, b.log.String(), "runner_test.go", "the log has the stack")
		b.clock.Advance(time.Minute)
		require.Equal(b.t, 2, b.until("bad", integrations.JobDone).Attempt)
	})
}

func TestRunner_aStopGivesBackWhatIsNotDone(t *testing.T) {
	onEach(t, func(b *bench) {
		b.enqueue("slow", "quick")
		begun := make(chan string, 2)
		stop := b.start(func(ctx context.Context, w integrations.Work) integrations.Outcome {
			begun <- w.Key
			<-ctx.Done()
			if w.Key == "quick" {
				return done
			}
			return integrations.Next(w.Job, integrations.Fail(integrations.FailTimeout, "cut off"), b.clock.Now(), integrations.Policies{}, func() float64 { return 0 })
		})
		<-begun
		<-begun
		stop()
		all := b.jobs()
		require.Equal(b.t, integrations.JobDone, all["quick"].State, "what came to its end in time counts")
		require.Equal(b.t, integrations.JobWaiting, all["slow"].State)
		require.Zero(b.t, all["slow"].Attempt)
		require.Nil(b.t, all["slow"].Failure)
		b.start(func(context.Context, integrations.Work) integrations.Outcome { return done })
		require.Equal(b.t, 1, b.until("slow", integrations.JobDone).Attempt, "the next server does it at once")
	})
}

func TestRunner_wakesAtOnce(t *testing.T) {
	onEach(t, func(b *bench) {
		r := jobs.New(jobs.Config{
			Queue: b.queue, Clock: b.clock, Log: slog.New(slog.DiscardHandler),
			Handler: handler(func(context.Context, integrations.Work) integrations.Outcome { return done }),
			Ticks:   func(time.Duration) (<-chan time.Time, func()) { return nil, func() {} }, // nothing comes by itself
		})
		ctx, cancel := context.WithCancel(b.t.Context())
		ended := make(chan struct{})
		go func() { defer close(ended); r.Run(ctx) }()
		b.t.Cleanup(func() { cancel(); <-ended })
		b.enqueue("a")
		r.Wake()
		b.until("a", integrations.JobDone)
	})
}

// A job that takes the server with it each time is parked in the end.
func TestRunner_parksWhatNeverComesToAnEnd(t *testing.T) {
	onEach(t, func(b *bench) {
		b.enqueue("deadly")
		for range 100 {
			got, err := b.queue.Claim(b.t.Context(), "dead server", 1, time.Second)
			require.NoError(b.t, err)
			require.Len(b.t, got, 1)
			b.clock.Advance(2 * time.Second)
		}
		b.start(func(context.Context, integrations.Work) integrations.Outcome {
			b.t.Error("it was begun again")
			return done
		})
		b.until("deadly", integrations.JobParked)
	})
}
