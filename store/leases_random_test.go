package store_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/calltracking"
)

// TestRC16_RandomHistoriesKeepTheInvariants does anything that can happen to a pool in any order and looks at all of it after each step.
func TestRC16_RandomHistoriesKeepTheInvariants(t *testing.T) {
	t.Parallel()
	inPools(t, 4, func(t *testing.T, p *pooled) {
		for seed := range uint64(3) {
			h := history{pooled: p, rand: rand.New(rand.NewPCG(seed, 7)), shown: map[int]core.VirtualNumberID{}}
			p.pool = p.newPool([]calltracking.Overflow{calltracking.OverflowDedicated, calltracking.OverflowShare, calltracking.OverflowDedicated}[seed], 4, 1)
			for range 120 {
				h.step()
				p.holds()
			}
			require.NotEmpty(t, h.shown)
		}
	})
}

// history is a random one. It knows who was told which number.
type history struct {
	*pooled
	rand  *rand.Rand
	shown map[int]core.VirtualNumberID
	calls int
}

func (h *history) step() {
	visitor := h.rand.IntN(12) + 1
	switch h.rand.IntN(12) {
	case 0, 1, 2, 3:
		h.lend(visitor)
	case 4, 5:
		h.keep(visitor)
	case 6:
		h.clock.Advance(time.Duration(h.rand.IntN(400)) * time.Second)
	case 7:
		h.clock.Advance(time.Duration(h.rand.IntN(30)) * time.Second)
	case 8:
		h.calls++
		start := h.clock.Now().Add(-time.Duration(h.rand.IntN(300)) * time.Second)
		end := start.Add(time.Duration(h.rand.IntN(300)) * time.Second)
		ends := &end
		if end.After(h.clock.Now()) {
			ends = nil
		}
		h.call(int(h.pool.ID%1_000_000)*1000+h.calls, h.any().ID, "79261112233", start, ends, 0)
	case 9:
		h.change()
	case 10:
		h.policy()
	case 11:
		h.clock.Advance(time.Millisecond)
		h.lend(visitor)
	}
}

// lend borrows, and holds that a number is shared only when none was free.
func (h *history) lend(visitor int) {
	free := h.free()
	before := h.openSessions()
	held := h.take(visitor)
	if held == nil {
		require.Zero(h.t, free, "a number was free")
		return
	}
	h.shown[visitor] = held.NumberID
	if held.IsShared && !before[core.SessionID(visitor)] {
		require.Zero(h.t, free, "a number was free and yet one is shared")
	}
}

// free counts the numbers nobody has, told in another way than the store does.
func (h *history) free() int {
	now, free := h.clock.Now().UnixMilli(), 0
	page, err := h.db.Numbers(h.t.Context(), h.account, calltracking.NumberFilter{PoolID: h.pool.ID}, core.PageRequest{First: 100})
	require.NoError(h.t, err)
	for _, n := range page.Nodes {
		var open, calls int64
		require.NoError(h.t, h.db.Gorm().Raw(`SELECT COUNT(*) FROM number_leases WHERE account_id = ? AND number_id = ? AND released_at IS NULL AND hold_until > ?`,
			h.account, n.ID, now).Scan(&open).Error)
		require.NoError(h.t, h.db.Gorm().Raw(`SELECT COUNT(*) FROM calls WHERE account_id = ? AND number_id = ? AND (ended_at IS NULL OR ended_at > ?)`,
			h.account, n.ID, now-h.pool.Hold.Milliseconds()).Scan(&calls).Error)
		if open == 0 && calls == 0 && !n.IsOverflow && n.IsUsable(h.clock.Now()) {
			free++
		}
	}
	return free
}

func (h *history) openSessions() map[core.SessionID]bool {
	var ids []core.SessionID
	require.NoError(h.t, h.db.Gorm().Raw(`SELECT session_id FROM number_leases WHERE account_id = ? AND pool_id = ? AND released_at IS NULL AND hold_until > ?`,
		h.account, h.pool.ID, h.clock.Now().UnixMilli()).Scan(&ids).Error)
	out := map[core.SessionID]bool{}
	for _, id := range ids {
		out[id] = true
	}
	return out
}

func (h *history) any() calltracking.VirtualNumber {
	page, err := h.db.Numbers(h.t.Context(), h.account, calltracking.NumberFilter{}, core.PageRequest{First: 100})
	require.NoError(h.t, err)
	return page.Nodes[h.rand.IntN(len(page.Nodes))]
}

// change takes a number out of the pool, puts one in, or bends it otherwise.
func (h *history) change() {
	n := h.any()
	_, err := h.db.UpdateNumbers(h.t.Context(), h.account, []core.VirtualNumberID{n.ID}, time.Minute, func(n *calltracking.VirtualNumber) error {
		switch h.rand.IntN(4) {
		case 0:
			n.Usage, n.PoolID, n.IsOverflow = calltracking.UsageReserve, 0, false
		case 1:
			n.Usage, n.PoolID, n.State, n.QuarantineUntil = calltracking.UsagePool, h.pool.ID, calltracking.StateActive, nil
		case 2:
			n.IsOverflow = n.PoolID != 0 && !n.IsOverflow
		case 3:
			n.State, n.QuarantineUntil = calltracking.StateDisabled, nil
		}
		return nil
	})
	require.NoError(h.t, err)
}

func (h *history) policy() {
	pool, err := h.db.UpdatePool(h.t.Context(), h.account, h.pool.ID, func(p *calltracking.Pool) error {
		p.Overflow = []calltracking.Overflow{calltracking.OverflowDedicated, calltracking.OverflowShare, calltracking.OverflowOriginal}[h.rand.IntN(3)]
		return nil
	})
	require.NoError(h.t, err)
	h.pool = pool
}
