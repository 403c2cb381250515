package deals_test

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/deals"
	"github.com/skvoz/skvoz/internal/testkit"
)

// marks is a store of marks in memory. Deals in broken can't be read.
type marks struct {
	mu      sync.Mutex
	created map[core.DealID]time.Time
	waiting map[core.DealID]deals.LinkMark
	due     map[core.DealID]time.Time
	broken  map[core.DealID]bool
	// locked are left alone once.
	locked map[core.DealID]bool
	gone   error
	saved  []core.DealID
	// onSave is told of each save.
	onSave chan []core.DealID
}

func newMarks(created time.Time, ids ...core.DealID) *marks {
	m := &marks{
		created: map[core.DealID]time.Time{}, waiting: map[core.DealID]deals.LinkMark{}, due: map[core.DealID]time.Time{},
		broken: map[core.DealID]bool{}, locked: map[core.DealID]bool{}, onSave: make(chan []core.DealID, 100),
	}
	for _, id := range ids {
		m.created[id] = created
		m.mark(id)
	}
	return m
}

func (m *marks) mark(id core.DealID) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.waiting[id], m.due[id] = deals.LinkMark{AccountID: 1, DealID: id, Version: m.waiting[id].Version + 1}, time.Time{}
}

// add is a new deal.
func (m *marks) add(id core.DealID, created time.Time) {
	m.mu.Lock()
	m.created[id] = created
	m.mu.Unlock()
	m.mark(id)
}

func (m *marks) ClaimMarks(_ context.Context, now time.Time, lease time.Duration, limit int) (out []deals.LinkMark, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for id, w := range m.waiting {
		if len(out) < limit && !m.due[id].After(now) {
			out = append(out, w)
			m.due[id] = now.Add(lease)
		}
	}
	return out, m.gone
}

func (m *marks) AccountMarks(_ context.Context, _ core.AccountID, after core.DealID, limit int) (out []deals.LinkMark, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for id, w := range m.waiting {
		if id > after {
			out = append(out, w)
		}
	}
	slices.SortFunc(out, func(a, b deals.LinkMark) int { return int(a.DealID - b.DealID) })
	return out[:min(len(out), limit)], m.gone
}

func (m *marks) LinkInputs(_ context.Context, _ core.AccountID, ids []core.DealID) (out []deals.LinkInput, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, id := range ids {
		if m.broken[id] {
			return nil, errors.New("broken")
		}
		if at, ok := m.created[id]; ok {
			out = append(out, deals.LinkInput{Deal: id, CreatedAt: at})
		}
	}
	return out, nil
}

func (m *marks) SaveLinked(_ context.Context, _ core.AccountID, _ time.Time, list []deals.LinkedDeal) (left []core.DealID, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var saved []core.DealID
	for _, d := range list {
		switch {
		case m.locked[d.DealID] || m.waiting[d.DealID].Version != d.Version:
			left = append(left, d.DealID)
			delete(m.locked, d.DealID)
			continue
		case d.AgainAt.IsZero():
			delete(m.waiting, d.DealID)
		default:
			m.due[d.DealID] = d.AgainAt
		}
		saved = append(saved, d.DealID)
	}
	m.saved = append(m.saved, saved...)
	m.onSave <- saved
	return left, m.gone
}

func (m *marks) PutOff(_ context.Context, mark deals.LinkMark, until time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.due[mark.DealID] = until
	return nil
}

func (m *marks) MarkAllDeals(context.Context, core.AccountID) error {
	for id := range m.created {
		m.mark(id)
	}
	return nil
}

func newLinker(m *marks, clock core.Clock, tick <-chan time.Time) *deals.Linker {
	return deals.NewLinker(deals.LinkerConfig{Store: m, Clock: clock, Log: slog.New(slog.DiscardHandler), Tick: tick})
}

func TestLinker_OneBrokenDealDoesNotKeepTheOthers(t *testing.T) {
	t.Parallel()
	clock := testkit.NewClock(created)
	m := newMarks(created.Add(-day), 1, 2, 3, 4)
	m.broken[2] = true
	require.ErrorContains(t, newLinker(m, clock, nil).LinkAll(t.Context(), 1), "deal 2 of account 1")
	require.Equal(t, []core.DealID{1, 3, 4}, m.saved)
	require.Contains(t, m.waiting, core.DealID(2))
	require.Equal(t, created.Add(time.Minute), m.due[2])
}

func TestLinker_AYoungDealIsLinkedOnceMore(t *testing.T) {
	t.Parallel()
	clock := testkit.NewClock(created.Add(time.Second))
	m := newMarks(created, 1)
	l := newLinker(m, clock, nil)
	require.NoError(t, l.LinkAll(t.Context(), 1))
	require.Equal(t, []core.DealID{1}, m.saved)
	require.Equal(t, created.Add(2*time.Minute), m.due[1])
	clock.Advance(2 * time.Minute)
	require.NoError(t, l.LinkAll(t.Context(), 1))
	require.Empty(t, m.waiting)
}

func TestLinker_ADealThatIsGoneLosesItsMark(t *testing.T) {
	t.Parallel()
	m := newMarks(created, 1)
	delete(m.created, 1)
	require.NoError(t, newLinker(m, testkit.NewClock(created), nil).LinkAll(t.Context(), 1))
	require.Empty(t, m.waiting)
}

func TestLinker_DealsThatAreBeingChangedAreTriedAgain(t *testing.T) {
	t.Parallel()
	m := newMarks(created.Add(-day), 1, 2)
	m.locked[1] = true
	require.NoError(t, newLinker(m, testkit.NewClock(created), nil).LinkAll(t.Context(), 1))
	require.Equal(t, []core.DealID{2, 1}, m.saved)
}

func TestLinker_RebuildLinksAllDeals(t *testing.T) {
	t.Parallel()
	m := newMarks(created)
	for id := range core.DealID(1000) {
		m.created[id+1] = created.Add(-day)
	}
	require.NoError(t, newLinker(m, testkit.NewClock(created), nil).Rebuild(t.Context(), 1))
	require.Len(t, m.saved, 1000)
	require.Empty(t, m.waiting)
}

func TestLinker_AStoreThatIsGoneIsAnErrorAtOnce(t *testing.T) {
	t.Parallel()
	m := newMarks(created.Add(-day), 1)
	m.gone = core.Unavailable("gone", time.Second, nil)
	require.Equal(t, core.KindUnavailable, core.KindOf(newLinker(m, testkit.NewClock(created), nil).LinkAll(t.Context(), 1)))
}

func TestLinker_RunWorksWhenWokenOrAtATickUntilItsContextEnds(t *testing.T) {
	t.Parallel()
	m, tick := newMarks(created.Add(-day), 1), make(chan time.Time)
	l := newLinker(m, testkit.NewClock(created), tick)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		l.Run(ctx)
	}()
	require.Equal(t, []core.DealID{1}, <-m.onSave, "at once")
	m.add(2, created.Add(-day))
	l.Wake()
	require.Equal(t, []core.DealID{2}, <-m.onSave, "woken")
	m.mark(1)
	tick <- created
	require.Equal(t, []core.DealID{1}, <-m.onSave, "at a tick")
	cancel()
	<-ended
}
