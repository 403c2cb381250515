package telephony_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/telephony"
	"github.com/skvoz/skvoz/internal/testkit"
)

// switchboard is calls in memory whose changes are told.
type switchboard struct {
	mu        sync.Mutex
	calls     map[core.CallID]telephony.Call
	listeners []func(telephony.Change)
	readings  int
}

func (s *switchboard) Call(_ context.Context, _ core.AccountID, id core.CallID) (telephony.Call, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.readings++
	c, ok := s.calls[id]
	if !ok {
		return c, core.NotFound("call")
	}
	return c, nil
}

func (s *switchboard) ActiveCalls(context.Context, core.AccountID) ([]telephony.Call, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []telephony.Call
	for _, c := range s.calls {
		if c.IsActive() {
			out = append(out, c)
		}
	}
	return out, nil
}

func (s *switchboard) Publish(c telephony.Change) {
	s.mu.Lock()
	list := s.listeners
	s.mu.Unlock()
	for _, l := range list {
		l(c)
	}
}

func (s *switchboard) Listen(l func(telephony.Change)) func() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.listeners = append(s.listeners, l)
	return func() {}
}

// put stores a call; tell says so.
func (s *switchboard) put(c telephony.Call) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c.Version = s.calls[c.ID].Version + 1
	s.calls[c.ID] = c
}

func (s *switchboard) tell(c telephony.Call) {
	s.put(c)
	s.Publish(telephony.Change{AccountID: 1, Topic: telephony.TopicCall, CallID: c.ID})
}

const (
	anna  core.EmployeeID = 11
	boris core.EmployeeID = 12
)

// leg rings at an employee from a moment.
func leg(id string, who core.EmployeeID, rang time.Time) telephony.Leg {
	return telephony.Leg{ID: id, Role: telephony.RoleEmployee, EmployeeID: who, RangAt: &rang, State: telephony.LegIsRinging}
}

func callWith(id core.CallID, legs ...telephony.Leg) telephony.Call {
	c := telephony.Call{ID: id, AccountID: 1, StartedAt: *legs[0].RangAt}
	c.Legs = legs
	return c
}

func openSwitchboard(t *testing.T) (*switchboard, *telephony.Live, *testkit.Clock) {
	t.Helper()
	s := &switchboard{calls: map[core.CallID]telephony.Call{}}
	clock := testkit.NewClock(time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC))
	live := telephony.NewLive(telephony.LiveConfig{Calls: s, Changes: s, Clock: clock})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); live.Run(ctx) }()
	t.Cleanup(func() { cancel(); <-done })
	return s, live, clock
}

func receive(t *testing.T, from <-chan telephony.PopUp) string {
	t.Helper()
	select {
	case p := <-from:
		return fmt.Sprintf("%s %s", p.ID, p.Phase)
	case <-time.After(5 * time.Second):
		t.Fatal("no card")
		return ""
	}
}

func watch(t *testing.T, live *telephony.Live, who core.EmployeeID) <-chan telephony.PopUp {
	t.Helper()
	out, err := live.WatchPopUps(t.Context(), 1, who)
	require.NoError(t, err)
	return out
}

func TestRC1_Live_tellsARingOnceInEachPhaseToTheEmployeeItRingsAt(t *testing.T) {
	t.Parallel()
	s, live, clock := openSwitchboard(t)
	cards, others := watch(t, live, anna), watch(t, live, boris)
	now := clock.Now()
	s.tell(callWith(7, leg("a", anna, now)))
	require.Equal(t, "7:a ringing", receive(t, cards))
	s.tell(callWith(7, leg("a", anna, now))) // something else of the call changed
	answered := leg("a", anna, now)
	answered.AnsweredAt = &now
	s.tell(callWith(7, answered))
	require.Equal(t, "7:a answered", receive(t, cards))
	answered.EndedAt = &now
	s.tell(callWith(7, answered, leg("b", boris, now)))
	require.Equal(t, "7:a ended", receive(t, cards))
	require.Equal(t, "7:b ringing", receive(t, others), "the first word for the other one")
}

func TestRC3_Live_tellsALostCallToThoseWhoWereRung(t *testing.T) {
	t.Parallel()
	s, live, clock := openSwitchboard(t)
	cards := watch(t, live, anna)
	now := clock.Now()
	s.tell(callWith(7, leg("a", anna, now)))
	require.Equal(t, "7:a ringing", receive(t, cards))
	over := leg("a", anna, now)
	over.EndedAt = &now
	lost := callWith(7, over)
	lost.IsLost, lost.EndedAt = true, &now
	s.tell(lost)
	require.Equal(t, "7:a ended", receive(t, cards))
	require.Equal(t, "7:lost lost", receive(t, cards))
}

func TestLive_saysNothingOfRingsThatAreOlderThanFifteenSeconds(t *testing.T) {
	t.Parallel()
	s, live, clock := openSwitchboard(t)
	old := clock.Now()
	clock.Advance(telephony.Fresh + time.Second)
	cards := watch(t, live, anna)
	s.tell(callWith(7, leg("a", anna, old)))
	answered := leg("a", anna, old)
	now := clock.Now()
	answered.AnsweredAt = &now
	s.tell(callWith(7, answered))
	s.tell(callWith(8, leg("b", anna, clock.Now())))
	require.Equal(t, "8:b ringing", receive(t, cards), "the old ring is passed over in every phase")
}

func TestLive_tellsWhoComesAnewWhatRingsNowUnderTheSameID(t *testing.T) {
	t.Parallel()
	s, live, clock := openSwitchboard(t)
	s.put(callWith(7, leg("a", anna, clock.Now())))
	require.Equal(t, "7:a ringing", receive(t, watch(t, live, anna)))
	require.Equal(t, "7:a ringing", receive(t, watch(t, live, anna)))
}

func TestLive_readsACallOnceForAllWhoWatch(t *testing.T) {
	t.Parallel()
	s, live, clock := openSwitchboard(t)
	var all []<-chan telephony.PopUp
	for range 50 {
		all = append(all, watch(t, live, anna))
	}
	s.tell(callWith(7, leg("a", anna, clock.Now())))
	for _, w := range all {
		require.Equal(t, "7:a ringing", receive(t, w))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	require.Equal(t, 1, s.readings)
}

func TestLive_looksAtAllThatRunsWhenChangesWereMissed(t *testing.T) {
	t.Parallel()
	s, live, clock := openSwitchboard(t)
	cards := watch(t, live, anna)
	s.put(callWith(7, leg("a", anna, clock.Now())))
	s.Publish(telephony.Change{Topic: telephony.TopicAll})
	require.Equal(t, "7:a ringing", receive(t, cards))
}

func TestLive_sendsTheRunningCallsAgainAfterEachChange(t *testing.T) {
	t.Parallel()
	s, live, clock := openSwitchboard(t)
	lists, err := live.WatchActive(t.Context(), 1)
	require.NoError(t, err)
	require.Empty(t, <-lists)
	s.tell(callWith(7, leg("a", anna, clock.Now())))
	select {
	case list := <-lists:
		require.Len(t, list, 1)
	case <-time.After(5 * time.Second):
		t.Fatal("no list")
	}
}
