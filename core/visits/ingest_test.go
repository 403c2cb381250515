package visits_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/visits"
	"github.com/skvoz/skvoz/internal/testkit"
)

// memory is a store whose disk can be held and broken.
type memory struct {
	mu      sync.Mutex
	batches []int
	hits    map[core.HitID]bool
	gate    chan struct{} // nil = open
	entered atomic.Int64
	fail    func(*visits.Batch) error
}

func (m *memory) VisitorStates(context.Context, []visits.VisitorKey) ([]visits.VisitorState, error) {
	return nil, nil
}

func (m *memory) SessionStates(context.Context, []visits.SessionKey) ([]visits.SessionState, error) {
	return nil, nil
}

func (m *memory) SessionBefore(context.Context, visits.VisitorKey, time.Time) (visits.SessionState, error) {
	return visits.SessionState{}, nil
}

func (m *memory) StoredHits(context.Context, []visits.HitKey) ([]visits.HitKey, error) {
	return nil, nil
}

func (m *memory) WriteBatch(_ context.Context, b *visits.Batch) error {
	m.entered.Add(1)
	if m.gate != nil {
		<-m.gate
	}
	if m.fail != nil {
		if err := m.fail(b); err != nil {
			return err
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.batches = append(m.batches, len(b.Hits))
	for _, h := range b.Hits {
		m.hits[h.ID] = true
	}
	return nil
}

type opener struct{}

func (opener) Opening(*visits.HitInput) visits.Opening { return visits.Opening{} }

func hit(n int) *visits.HitInput {
	return &visits.HitInput{
		AccountID: 1, SiteID: 1, Nonce: fmt.Sprintf("nonce%015d", n), At: start, URL: "https://shop.example/", Timeout: time.Hour, Opener: opener{},
	}
}

func ingester(t *testing.T, m *memory, queue int) (g *visits.Ingester, finish func()) {
	t.Helper()
	m.hits = make(map[core.HitID]bool)
	g = visits.NewIngester(visits.IngestConfig{Store: m, IDs: visits.NewIDs([]byte("s")), Log: slog.New(slog.DiscardHandler), Queue: queue})
	done := make(chan struct{})
	go func() {
		defer close(done)
		g.Run(context.WithoutCancel(t.Context()))
	}()
	finish = sync.OnceFunc(func() { g.Close(); <-done })
	t.Cleanup(finish)
	return g, finish
}

// flood sends n hits: the first is at the disk and all others wait for it when it returns. Await waits for all of them.
func flood(t *testing.T, g *visits.Ingester, m *memory, n int) (await func() []error) {
	t.Helper()
	errs := make([]error, n)
	var wg sync.WaitGroup
	wg.Go(func() { _, errs[0] = g.Hit(hit(0)) })
	testkit.Eventually(t, 10*time.Second, func() bool { return m.entered.Load() > 0 }, "the first at the disk")
	for i := 1; i < n; i++ {
		wg.Go(func() { _, errs[i] = g.Hit(hit(i)) })
	}
	testkit.Eventually(t, 10*time.Second, func() bool { return g.Waiting() == n-1 }, "the others waiting")
	return func() []error { wg.Wait(); return errs }
}

func TestIngest_aFullQueueRefusesAtOnce(t *testing.T) {
	t.Parallel()
	m := &memory{gate: make(chan struct{})}
	g, _ := ingester(t, m, 4)
	var wg sync.WaitGroup
	var stored, refused atomic.Int64
	for n := range 100 {
		wg.Go(func() {
			_, err := g.Hit(hit(n))
			switch {
			case err == nil:
				stored.Add(1)
			case core.AsError(err).Reason == string(visits.ReasonOverloaded) && core.KindOf(err) == core.KindUnavailable && core.AsError(err).RetryAfter > 0:
				if refused.Add(1) == 90 { // only then does the disk move: whoever was refused was refused without waiting
					close(m.gate)
				}
			}
		})
	}
	wg.Wait()
	require.EqualValues(t, 100, stored.Load()+refused.Load())
	require.Positive(t, stored.Load())
	require.Len(t, m.hits, int(stored.Load()), "what was answered with success is stored, and nothing else")
}

func TestIngest_whatWaitsSharesATransaction(t *testing.T) {
	t.Parallel()
	m := &memory{gate: make(chan struct{})}
	g, _ := ingester(t, m, 1000)
	await := flood(t, g, m, 200)
	close(m.gate)
	require.NoError(t, errors.Join(await()...))
	require.Len(t, m.hits, 200)
	require.Equal(t, []int{1, 199}, m.batches)
}

func TestIngest_oneBadRequestDoesNotTakeOthersWithIt(t *testing.T) {
	t.Parallel()
	bad := visits.NewIDs([]byte("s")).Hit(1, hit(7).Nonce)
	m := &memory{gate: make(chan struct{}), fail: func(b *visits.Batch) error {
		for _, h := range b.Hits {
			if h.ID == bad {
				return errors.New("the disk chokes on it")
			}
		}
		return nil
	}}
	g, _ := ingester(t, m, 1000)
	await := flood(t, g, m, 20)
	close(m.gate)
	for n, err := range await() {
		if n == 7 {
			require.Equal(t, core.KindUnavailable, core.KindOf(err))
			continue
		}
		require.NoError(t, err)
	}
	require.Len(t, m.hits, 19)
}

func TestIngest_whenTheDatabaseCantWriteAllAreToldAndTheNextAreStored(t *testing.T) {
	t.Parallel()
	var broken atomic.Bool
	broken.Store(true)
	m := &memory{fail: func(*visits.Batch) error {
		if broken.Load() {
			return core.Unavailable("disk full", time.Second, nil)
		}
		return nil
	}}
	g, _ := ingester(t, m, 0)
	_, err := g.Hit(hit(1))
	require.Equal(t, core.KindUnavailable, core.KindOf(err))
	broken.Store(false)
	_, err = g.Hit(hit(1))
	require.NoError(t, err, "sent again with the same nonce")
	require.Len(t, m.hits, 1)
}

func TestIngest_aPanicIsOneRequestsFaultAlone(t *testing.T) {
	t.Parallel()
	g, _ := ingester(t, &memory{}, 0)
	h := hit(1)
	h.Opener = nil
	_, err := g.Hit(h)
	require.Equal(t, core.KindUnavailable, core.KindOf(err))
	_, err = g.Hit(hit(2))
	require.NoError(t, err)
}

func TestIngest_closingFinishesWhatWasAccepted(t *testing.T) {
	t.Parallel()
	m := &memory{gate: make(chan struct{})}
	g, finish := ingester(t, m, 1000)
	await := flood(t, g, m, 50)
	g.Close()
	_, err := g.Hit(hit(99))
	require.Equal(t, core.KindUnavailable, core.KindOf(err))
	close(m.gate)
	require.NoError(t, errors.Join(await()...))
	finish()
	require.Len(t, m.hits, 50)
}

func TestIngest_staleDecisionsAreMadeAnew(t *testing.T) {
	t.Parallel()
	var tries atomic.Int64
	m := &memory{fail: func(*visits.Batch) error {
		if tries.Add(1) < 3 {
			return visits.ErrStale
		}
		return nil
	}}
	g, _ := ingester(t, m, 0)
	_, err := g.Hit(hit(1))
	require.NoError(t, err)
	require.EqualValues(t, 3, tries.Load())
}
