package store_test

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/calltracking"
	"github.com/skvoz/skvoz/store"
	"github.com/skvoz/skvoz/store/storetest"
)

// leasesOfServer tells a second run of this program which pool to work on: DSN, account, pool, server.
const leasesOfServer = "SKVOZ_TEST_LEASES"

// crowd is visits that come, stay for a moment and leave, on one server.
type crowd struct {
	db       *store.DB
	account  core.AccountID
	pools    []core.PoolID
	server   int
	workers  int
	sessions int
}

// run makes the visits and returns how many loans there were, and how many of them shared.
func (c crowd) run(ctx context.Context) (loans, shared int64, err error) {
	var made, crowded atomic.Int64
	failed := make([]error, c.workers)
	var wg sync.WaitGroup
	for worker := range c.workers {
		wg.Go(func() {
			r := rand.New(rand.NewPCG(uint64(c.server), uint64(worker)))
			for i := range c.sessions {
				session := (c.server*1000+worker)*100_000 + i + 1
				if r.IntN(4) == 0 { // a visit that all servers serve at once
					session = 900_000_000 + r.IntN(20) + i/10*20
				}
				pool := c.pools[session%len(c.pools)]
				held, err := c.db.TakeLease(ctx, calltracking.LeaseRequest{
					AccountID: c.account, PoolID: pool, VisitorID: core.VisitorID(session % 5000), SessionID: core.SessionID(session),
				})
				if err != nil {
					failed[worker] = err
					return
				}
				if held == nil {
					continue
				}
				made.Add(1)
				if held.IsShared {
					crowded.Add(1)
				}
				for range r.IntN(3) {
					_, err := c.db.KeepLeases(ctx, calltracking.Keep{
						AccountID: c.account, VisitorID: core.VisitorID(session % 5000), SessionID: core.SessionID(session), Pools: []core.PoolID{pool}, Shown: true,
					})
					if err != nil {
						failed[worker] = err
						return
					}
				}
			}
		})
	}
	wg.Wait()
	for _, err := range failed {
		if err != nil {
			return 0, 0, err
		}
	}
	return made.Load(), crowded.Load(), nil
}

func TestRC16_ThreeServersNeverLendANumberTwice(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		rule    string
		numbers int
		share   calltracking.Overflow
	}{{"with numbers to spare", 200, calltracking.OverflowDedicated}, {"exhausted", 12, calltracking.OverflowDedicated}, {"exhausted, all shared", 6, calltracking.OverflowShare}} {
		t.Run(tc.rule, func(t *testing.T) {
			t.Parallel()
			dsn := storetest.DSN(t, store.Postgres)
			p := newPooled(t, storetest.OpenDSN(t, dsn, nil), 0)
			p.pool = p.newPool(tc.share, tc.numbers, 1)
			p.holdBriefly()
			servers := []*store.DB{p.db, storetest.OpenDSN(t, dsn, nil), storetest.OpenDSN(t, dsn, nil)}
			var wg sync.WaitGroup
			var loans, shared atomic.Int64
			for i, db := range servers {
				wg.Go(func() {
					made, crowded, err := crowd{db: db, account: p.account, pools: []core.PoolID{p.pool.ID}, server: i + 1, workers: 8, sessions: 60}.run(t.Context())
					loans.Add(made)
					shared.Add(crowded)
					if err != nil {
						t.Error(err)
					}
				})
			}
			wg.Wait()
			require.NotZero(t, loans.Load())
			if tc.numbers < 20 {
				require.NotZero(t, shared.Load())
			}
			p.holds()
		})
	}
}

// holdBriefly shortens the pools' hold to a second, below what people may set: numbers become free all the time.
func (p *pooled) holdBriefly() {
	p.t.Helper()
	require.NoError(p.t, p.db.Gorm().Exec(`UPDATE number_pools SET hold_seconds = 1 WHERE account_id = ?`, p.account).Error)
}

func TestRC16_ThreeProcessesNeverLendANumberTwice(t *testing.T) {
	if text := os.Getenv(leasesOfServer); text != "" {
		workAsServer(t, text)
		return
	}
	t.Parallel()
	dsn := storetest.DSN(t, store.Postgres)
	p := newPooled(t, storetest.OpenDSN(t, dsn, nil), 0)
	p.pool = p.newPool(calltracking.OverflowDedicated, 15, 1)
	p.holdBriefly()
	program, err := os.Executable()
	require.NoError(t, err)
	var wg sync.WaitGroup
	for server := range 3 {
		wg.Go(func() {
			cmd := exec.CommandContext(t.Context(), program, "-test.run=^TestRC16_ThreeProcessesNeverLendANumberTwice$", "-test.count=1")
			cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%s %d %d %d", leasesOfServer, dsn, p.account, p.pool.ID, server+1))
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("server %d: %v\n%s", server+1, err, out)
			}
		})
	}
	wg.Wait()
	figures, err := p.db.PoolFigures(t.Context(), p.account, p.pool.ID, core.DateOf(time.Now().UTC().AddDate(0, 0, -1)), core.DateOf(time.Now().UTC()))
	require.NoError(t, err)
	require.NotEmpty(t, figures.Days)
	require.Positive(t, figures.Days[len(figures.Days)-1].Overflowed)
	p.holds()
}

func workAsServer(t *testing.T, text string) {
	t.Helper()
	parts := strings.Fields(text)
	require.Len(t, parts, 4)
	numbers := make([]int64, 3)
	for i, part := range parts[1:] {
		var err error
		numbers[i], err = strconv.ParseInt(part, 10, 64)
		require.NoError(t, err)
	}
	db, err := store.Open(t.Context(), store.Config{DSN: parts[0], MaxConns: 8, Log: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	defer func() { require.NoError(t, db.Close()) }()
	loans, _, err := crowd{
		db: db, account: core.AccountID(numbers[0]), pools: []core.PoolID{core.PoolID(numbers[1])}, server: int(numbers[2]), workers: 12, sessions: 80,
	}.run(t.Context())
	require.NoError(t, err)
	require.NotZero(t, loans)
}
