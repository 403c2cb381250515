package integrations_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core/integrations"
)

var outcomeNow = time.Date(2026, 3, 2, 9, 30, 0, 0, time.UTC)

func TestNext(t *testing.T) {
	t.Parallel()
	middle := func() float64 { return 0.5 }
	busy := &integrations.Failure{Kind: integrations.FailBusy, RetryAfter: 90 * time.Second}
	for _, c := range []struct {
		rule      string
		kind      integrations.JobKind
		attempt   int
		limit     int
		failure   *integrations.Failure
		state     integrations.JobState
		pause     time.Duration
		noAttempt bool
	}{
		{"what went well is done", integrations.JobDeliver, 1, 0, nil, integrations.JobDone, 0, false},
		{"the first pause is short", integrations.JobDeliver, 1, 0, integrations.Fail(integrations.FailDown, ""), integrations.JobWaiting, 5 * time.Second, false},
		{"pauses double", integrations.JobDeliver, 4, 0, integrations.Fail(integrations.FailTimeout, ""), integrations.JobWaiting, 40 * time.Second, false},
		{"pauses have an end", integrations.JobDeliver, 19, 0, integrations.Fail(integrations.FailDown, ""), integrations.JobWaiting, 6 * time.Hour, false},
		{"the last attempt parks", integrations.JobDeliver, 20, 0, integrations.Fail(integrations.FailDown, ""), integrations.JobParked, 0, false},
		{"the driver says how many attempts", integrations.JobDeliver, 3, 3, integrations.Fail(integrations.FailDown, ""), integrations.JobParked, 0, false},
		{"the vendor's time wins", integrations.JobDeliver, 4, 0, busy, integrations.JobWaiting, 90 * time.Second, true},
		{"a snooze is not the last attempt", integrations.JobDeliver, 20, 0, busy, integrations.JobWaiting, 90 * time.Second, true},
		{
			"a snooze has an end", integrations.JobDeliver, 1, 0,
			&integrations.Failure{Kind: integrations.FailDown, RetryAfter: 1000 * time.Hour}, integrations.JobWaiting, 24 * time.Hour, true,
		},
		{"busy without a time counts", integrations.JobDeliver, 2, 0, integrations.Fail(integrations.FailBusy, ""), integrations.JobWaiting, 10 * time.Second, false},
		{"what was refused is parked", integrations.JobDeliver, 1, 0, integrations.Fail(integrations.FailRejected, ""), integrations.JobParked, 0, false},
		{"a wrong setting parks", integrations.JobDeliver, 1, 0, integrations.Fail(integrations.FailSettings, ""), integrations.JobParked, 0, false},
		{"what is gone is parked", integrations.JobPull, 1, 0, integrations.Fail(integrations.FailGone, ""), integrations.JobParked, 0, false},
		{"a bad key parks nothing", integrations.JobDeliver, 20, 0, integrations.Fail(integrations.FailKey, ""), integrations.JobWaiting, 15 * time.Second, true},
		{"a ban parks nothing", integrations.JobDeliver, 1, 0, &integrations.Failure{Kind: integrations.FailBanned, RetryAfter: time.Hour}, integrations.JobWaiting, 15 * time.Second, true},
		{"catching up goes on after many failures", integrations.JobCatchUp, 400, 0, integrations.Fail(integrations.FailDown, ""), integrations.JobWaiting, 6 * time.Hour, false},
		{"catching up is not parked by a refusal", integrations.JobCatalogue, 1, 0, integrations.Fail(integrations.FailRejected, ""), integrations.JobWaiting, 5 * time.Second, false},
	} {
		t.Run(c.rule, func(t *testing.T) {
			t.Parallel()
			job := integrations.Job{NewJob: integrations.NewJob{Kind: c.kind}, Attempt: c.attempt}
			want := integrations.Outcome{State: c.state, Failure: c.failure, NoAttempt: c.noAttempt}
			if c.state == integrations.JobWaiting {
				want.RunAt = outcomeNow.Add(c.pause)
			}
			require.Equal(t, want, integrations.Next(job, c.failure, outcomeNow, integrations.Policies{Attempts: c.limit}, middle))
		})
	}
}

func TestNext_spreadsPausesByAFifth(t *testing.T) {
	t.Parallel()
	job := integrations.Job{Attempt: 1}
	for jitter, want := range map[float64]time.Duration{0: 4 * time.Second, 0.25: 4500 * time.Millisecond, 0.75: 5500 * time.Millisecond} {
		o := integrations.Next(job, integrations.Fail(integrations.FailDown, ""), outcomeNow, integrations.Policies{}, func() float64 { return jitter })
		require.Equal(t, outcomeNow.Add(want), o.RunAt)
	}
}
