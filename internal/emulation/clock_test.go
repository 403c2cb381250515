package emulation_test

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/internal/emulation"
)

func fired(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

func TestClock_IsTheRealTimeUntilItIsMoved(t *testing.T) {
	t.Parallel()
	var c emulation.Clock
	require.WithinDuration(t, time.Now(), c.Now(), time.Minute)
	require.Equal(t, time.UTC, c.Now().Location())
	c.Advance(time.Hour)
	require.WithinDuration(t, time.Now().Add(time.Hour), c.Now(), time.Minute)
	require.Equal(t, time.Hour, c.Offset())
	c.Advance(-24 * time.Hour)
	require.Equal(t, time.Hour, c.Offset(), "it never moves back")
}

func TestClock_Waiters(t *testing.T) {
	t.Parallel()
	cases := []struct {
		rule    string
		wait    time.Duration
		advance []time.Duration
		goes    bool
	}{
		{"nothing to wait for", 0, nil, true},
		{"a time in the past", -time.Hour, nil, true},
		{"not yet", time.Hour, []time.Duration{59 * time.Minute}, false},
		{"when the clock is moved to the time", time.Hour, []time.Duration{time.Hour}, true},
		{"when it is moved beyond", time.Hour, []time.Duration{24 * time.Hour}, true},
		{"when it is moved in steps", time.Hour, []time.Duration{30 * time.Minute, 30 * time.Minute}, true},
	}
	for _, c := range cases {
		t.Run(c.rule, func(t *testing.T) {
			t.Parallel()
			var clock emulation.Clock
			done, stop := clock.After(c.wait)
			defer stop()
			for _, d := range c.advance {
				clock.Advance(d)
			}
			require.Equal(t, c.goes, fired(done))
		})
	}
}

func TestClock_RealTimeLetsWaitersGoToo(t *testing.T) {
	t.Parallel()
	var clock emulation.Clock
	soon, stop := clock.After(time.Millisecond)
	defer stop()
	<-soon
}

func TestClock_WhatIsLeftOfAWaitPassesByItself(t *testing.T) {
	t.Parallel()
	var clock emulation.Clock
	done, stop := clock.After(time.Hour)
	defer stop()
	clock.Advance(time.Hour - 20*time.Millisecond)
	select {
	case <-done:
	case <-time.After(10 * time.Second):
		t.Fatal("the wait goes on as if the clock had not been moved")
	}
}

func TestClock_AWaitThatWasEndedNeverGoes(t *testing.T) {
	t.Parallel()
	var clock emulation.Clock
	ended, stop := clock.After(time.Minute)
	stop()
	stop()
	other, stopOther := clock.After(time.Minute)
	defer stopOther()
	clock.Advance(time.Hour)
	require.True(t, fired(other))
	require.False(t, fired(ended))
}

func TestClock_ManyWaitAtOnce(t *testing.T) {
	t.Parallel()
	var clock emulation.Clock
	var all sync.WaitGroup
	ready := make(chan struct{}, 100)
	for i := range 100 {
		all.Go(func() {
			done, stop := clock.After(time.Duration(i+1) * time.Hour)
			defer stop()
			ready <- struct{}{}
			<-done
		})
	}
	for range 100 {
		<-ready
	}
	for range 100 {
		clock.Advance(time.Hour)
	}
	all.Wait()
}
