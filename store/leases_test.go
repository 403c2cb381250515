package store_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/calltracking"
	"github.com/skvoz/skvoz/core/sites"
	"github.com/skvoz/skvoz/internal/testkit"
	"github.com/skvoz/skvoz/store"
	"github.com/skvoz/skvoz/store/storetest"
)

// pooled is a database with a pool of numbers.
type pooled struct {
	t       testing.TB
	db      *store.DB
	clock   *testkit.Clock
	account core.AccountID
	site    sites.Site
	pool    calltracking.Pool
	numbers []calltracking.VirtualNumber
}

// inPools runs fn on each engine with a pool of so many numbers to lend and one for overflow.
func inPools(t *testing.T, numbers int, fn func(t *testing.T, p *pooled)) {
	t.Helper()
	for _, engine := range []store.Engine{store.SQLite, store.Postgres} {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			clock := testkit.NewClock(time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC))
			p := newPooled(t, storetest.Open(t, engine, clock), numbers)
			p.clock = clock
			fn(t, p)
		})
	}
}

func newPooled(t testing.TB, db *store.DB, numbers int) *pooled {
	t.Helper()
	w := storetest.NewWorld(t, db)
	p := &pooled{t: t, db: db, account: w.Account()}
	p.site = w.Site(p.account)
	p.pool = p.newPool(calltracking.OverflowDedicated, numbers, 1)
	return p
}

// newPool makes a pool with numbers to lend and others for overflow.
func (p *pooled) newPool(overflow calltracking.Overflow, numbers, overflows int) calltracking.Pool {
	p.t.Helper()
	pool, err := p.db.CreatePool(p.t.Context(), calltracking.Pool{
		AccountID: p.account, SiteID: p.site.ID, Name: "Pool", IsEnabled: true, Hold: 3 * time.Minute, StickyDays: 30, Late: 24 * time.Hour, Overflow: overflow,
	}, 100)
	require.NoError(p.t, err)
	p.addNumbers(pool.ID, numbers, false)
	p.addNumbers(pool.ID, overflows, true)
	return pool
}

func (p *pooled) addNumbers(pool core.PoolID, count int, isOverflow bool) {
	p.t.Helper()
	if count == 0 {
		return
	}
	list := make([]calltracking.VirtualNumber, count)
	for i := range list {
		list[i] = calltracking.VirtualNumber{
			AccountID: p.account, Number: core.Phone(fmt.Sprintf("7495%07d", len(p.numbers)+i)), Usage: calltracking.UsagePool, PoolID: pool, IsOverflow: isOverflow,
			State: calltracking.StateActive,
		}
	}
	list, err := p.db.CreateNumbers(p.t.Context(), p.account, list, 20_000)
	require.NoError(p.t, err)
	p.numbers = append(p.numbers, list...)
}

// take borrows a number for a visitor, whose session has the same id.
func (p *pooled) take(visitor int) *calltracking.Held { return p.takeFor(visitor, visitor) }

func (p *pooled) takeFor(visitor, session int) *calltracking.Held {
	p.t.Helper()
	h, err := p.db.TakeLease(p.t.Context(), calltracking.LeaseRequest{
		AccountID: p.account, PoolID: p.pool.ID, VisitorID: core.VisitorID(visitor), SessionID: core.SessionID(session), PageURL: "https://shop.example/",
	})
	require.NoError(p.t, err)
	return h
}

// keep prolongs and returns whether there was something to prolong.
func (p *pooled) keep(visitor int) bool {
	p.t.Helper()
	kept, err := p.db.KeepLeases(p.t.Context(), calltracking.Keep{
		AccountID: p.account, VisitorID: core.VisitorID(visitor), SessionID: core.SessionID(visitor), Pools: []core.PoolID{p.pool.ID},
	})
	require.NoError(p.t, err)
	return len(kept) == 1
}

// call stores a call to a number; a nil end is a call that runs.
func (p *pooled) call(id int, number core.VirtualNumberID, contact core.Phone, start time.Time, end *time.Time, visitor int) {
	p.t.Helper()
	var ended *int64
	if end != nil {
		ms := end.UnixMilli()
		ended = &ms
	}
	err := p.db.Gorm().Exec(`INSERT INTO calls (account_id, id, connection_id, pbx_call_id, external_id, direction, initiator, state, number_id, virtual_number,
contact_phone, site_id, started_at, ended_at, wait_ms, talk_ms, total_ms, is_lost, lost_reason, end_reason, is_incomplete, is_first, employee_id, scenario_id, visitor_id,
session_id, campaign_id, attribution, probability, lease_id, called_back_id, last_event_at, version, detail, created_at)
VALUES (?, ?, 1, ?, '', 'in', '', '', ?, '', ?, 0, ?, ?, 0, 0, 0, FALSE, '', '', FALSE, FALSE, 0, 0, ?, ?, 0, '', 0, 0, 0, 0, 0, '{}', 0)`,
		p.account, id, fmt.Sprint(id), number, contact, start.UnixMilli(), ended, visitor, visitor).Error
	require.NoError(p.t, err)
}

// holds checks the invariants over all that ever happened.
func (p *pooled) holds() {
	p.t.Helper()
	found, err := p.db.CheckLeases(p.t.Context(), p.account, 1000*24*time.Hour)
	require.NoError(p.t, err)
	require.Empty(p.t, found)
}

func TestRC16_ANumberIsOneVisitsAlone(t *testing.T) {
	t.Parallel()
	inPools(t, 2, func(t *testing.T, p *pooled) {
		a, b := p.take(1), p.take(2)
		require.False(t, a.IsShared || b.IsShared)
		require.NotEqual(t, a.NumberID, b.NumberID)
		require.Equal(t, 3*time.Minute, a.Hold)
		require.Equal(t, a.NumberID, p.take(1).NumberID, "asking again changes nothing")
		p.holds()
	})
}

func TestRC16_WhenNoNumberIsFreeTheOverflowNumberIsSharedAndMarked(t *testing.T) {
	t.Parallel()
	inPools(t, 1, func(t *testing.T, p *pooled) {
		a, b := p.take(1), p.take(2)
		require.True(t, b.IsShared)
		require.NotEqual(t, a.NumberID, b.NumberID)
		at := p.attribution(b.NumberID, "79261112233")
		require.Equal(t, calltracking.MethodExclusive, at.Method, "alone on the overflow number is exact")
		require.Equal(t, core.VisitorID(2), at.VisitorID)
		c := p.take(3)
		require.Equal(t, b.NumberID, c.NumberID)
		require.Equal(t, calltracking.MethodAmbiguous, p.attribution(b.NumberID, "79261112233").Method)
		require.Equal(t, core.VisitorID(1), p.attribution(a.NumberID, "79261112233").VisitorID, "all others stay exact")
		figures := p.figures()
		require.Equal(t, []calltracking.PoolDay{{Day: core.DateOf(p.clock.Now()), Leases: 3, Overflowed: 2, Peak: 3}}, figures.Days)
		require.Equal(t, 1, figures.Numbers)
		require.Equal(t, 1, figures.OverflowNumbers)
		require.Equal(t, 2, figures.Held)
		require.Equal(t, 3, figures.Visits)
		p.holds()
	})
}

func (p *pooled) attribution(number core.VirtualNumberID, contact core.Phone) calltracking.Attribution {
	p.t.Helper()
	a, err := p.db.CallAttribution(p.t.Context(), p.account, number, contact, p.clock.Now())
	require.NoError(p.t, err)
	return a
}

func (p *pooled) figures() calltracking.PoolFigures {
	p.t.Helper()
	today := core.DateOf(p.clock.Now())
	f, err := p.db.PoolFigures(p.t.Context(), p.account, p.pool.ID, today, today)
	require.NoError(p.t, err)
	return f
}

func TestRC16_KeptWhileVisitedAndThenFree(t *testing.T) {
	t.Parallel()
	inPools(t, 1, func(t *testing.T, p *pooled) {
		first := p.take(1)
		for range 5 {
			p.clock.Advance(2 * time.Minute)
			require.True(t, p.keep(1))
		}
		require.True(t, p.take(2).IsShared)
		p.clock.Advance(3*time.Minute + time.Second)
		require.False(t, p.keep(1), "what has ended is not revived")
		require.Equal(t, first.NumberID, p.take(3).NumberID)
		require.False(t, p.keep(1), "and the number is another's")
		p.holds()
	})
}

func TestRC16_AReturningVisitorGetsTheSameNumber(t *testing.T) {
	t.Parallel()
	inPools(t, 3, func(t *testing.T, p *pooled) {
		mine := p.take(1)
		p.clock.Advance(time.Hour)
		require.NotEqual(t, mine.NumberID, p.take(2).NumberID, "others get those unused for longest")
		p.clock.Advance(time.Hour)
		require.Equal(t, mine.NumberID, p.takeFor(1, 100).NumberID)
		p.clock.Advance(31 * 24 * time.Hour)
		p.take(3)
		p.holds()
	})
}

func TestRC16_ANumberWithACallIsNotFree(t *testing.T) {
	t.Parallel()
	inPools(t, 1, func(t *testing.T, p *pooled) {
		n := p.take(1)
		p.call(1, n.NumberID, "79261112233", p.clock.Now(), nil, 0)
		p.clock.Advance(time.Hour)
		require.True(t, p.take(2).IsShared, "the call runs")
		require.True(t, p.takeFor(1, 101).IsShared, "even for the one who had it")
		end := p.clock.Now()
		require.NoError(t, p.db.Gorm().Exec(`UPDATE calls SET ended_at = ?`, end.UnixMilli()).Error)
		require.True(t, p.take(3).IsShared, "calling again must reach the same visit")
		again := p.takeFor(1, 102)
		require.Equal(t, n.NumberID, again.NumberID)
		require.False(t, again.IsShared)
		p.clock.Advance(4 * time.Minute)
		require.Equal(t, n.NumberID, p.take(4).NumberID)
		p.holds()
	})
}

func TestRC16_TheOtherPolicies(t *testing.T) {
	t.Parallel()
	inPools(t, 1, func(t *testing.T, p *pooled) {
		p.pool = p.newPool(calltracking.OverflowOriginal, 1, 0)
		require.NotNil(t, p.take(1))
		require.Nil(t, p.take(2), "the page keeps its own number")
		require.EqualValues(t, 1, p.figures().Days[0].Refused)

		p.pool = p.newPool(calltracking.OverflowShare, 2, 0)
		a, b, c, d := p.take(1), p.take(2), p.take(3), p.take(4)
		require.ElementsMatch(t, []core.VirtualNumberID{a.NumberID, b.NumberID}, []core.VirtualNumberID{c.NumberID, d.NumberID}, "evenly")
		require.True(t, c.IsShared && d.IsShared)

		p.pool = p.newPool(calltracking.OverflowDedicated, 1, 0)
		require.NotNil(t, p.take(1))
		require.Nil(t, p.take(2), "without an overflow number there is none to share")
		p.holds()
	})
}

func TestRC16_NumbersThatLeaveAPoolEndTheirLoans(t *testing.T) {
	t.Parallel()
	inPools(t, 3, func(t *testing.T, p *pooled) {
		a := p.take(1)
		reserve := func(n *calltracking.VirtualNumber) error {
			n.Usage, n.PoolID, n.IsOverflow = calltracking.UsageReserve, 0, false
			return nil
		}
		moved, err := p.db.UpdateNumbers(t.Context(), p.account, []core.VirtualNumberID{a.NumberID}, 30*24*time.Hour, reserve)
		require.NoError(t, err)
		require.Equal(t, calltracking.StateQuarantine, moved[0].State, "strangers may still call it")
		require.True(t, moved[0].QuarantineUntil.After(p.clock.Now().Add(29*24*time.Hour)))
		require.False(t, p.keep(1))
		p.clock.Advance(time.Second)
		require.Equal(t, calltracking.MethodLate, p.attribution(a.NumberID, "").Method, "who saw it may call still")
		b := p.take(1)
		require.NotEqual(t, a.NumberID, b.NumberID)
		require.NoError(t, p.db.DeleteNumbers(t.Context(), p.account, []core.VirtualNumberID{b.NumberID}))
		require.False(t, p.keep(1))
		require.NoError(t, p.db.DeletePool(t.Context(), p.account, p.pool.ID, 30*24*time.Hour))
		require.Nil(t, p.take(1))
		p.holds()

		p.clock.Advance(31 * 24 * time.Hour)
		_, err = p.db.TidyLeases(t.Context(), p.account)
		require.NoError(t, err)
		n, err := p.db.NumbersByID(t.Context(), p.account, []core.VirtualNumberID{a.NumberID})
		require.NoError(t, err)
		require.Equal(t, calltracking.StateActive, n[0].State)
		p.clock.Advance(400 * 24 * time.Hour)
		removed, err := p.db.TidyLeases(t.Context(), p.account)
		require.NoError(t, err)
		require.EqualValues(t, 2, removed)
	})
}

func TestRC16_ManyAtOnceShareTheirTurnsAndNothingElse(t *testing.T) {
	t.Parallel()
	inPools(t, 50, func(t *testing.T, p *pooled) {
		held := make([]*calltracking.Held, 80)
		var wg sync.WaitGroup
		for i := range held {
			wg.Go(func() { held[i], _ = p.db.TakeLease(t.Context(), p.request(i/2+1)) }) // two tabs each
		}
		wg.Wait()
		alone := map[core.VirtualNumberID]bool{}
		for i := 0; i < len(held); i += 2 {
			require.NotNil(t, held[i])
			require.Equal(t, held[i].LeaseID, held[i+1].LeaseID, "one loan for both tabs")
			require.False(t, held[i].IsShared)
			require.False(t, alone[held[i].NumberID])
			alone[held[i].NumberID] = true
		}
		p.holds()
	})
}

func (p *pooled) request(visitor int) calltracking.LeaseRequest {
	return calltracking.LeaseRequest{AccountID: p.account, PoolID: p.pool.ID, VisitorID: core.VisitorID(visitor), SessionID: core.SessionID(visitor)}
}
