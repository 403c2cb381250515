package integrations

import (
	"time"
)

// The pauses between attempts.
const (
	// FirstPause is doubled after each failed attempt, up to MaxPause.
	FirstPause = 5 * time.Second
	MaxPause   = 6 * time.Hour
	// PausePerson is after a failure that only a person can mend: the integration is marked broken, and its jobs are not claimed until it is mended.
	PausePerson = 15 * time.Second
	// MaxSnooze bounds what a vendor can ask for.
	MaxSnooze = 24 * time.Hour
)

// Next says what becomes of a job after an attempt; f is nil when it went well. jitter returns numbers in [0, 1): pauses are spread by ±20 %.
//
//   - What only a person can mend parks nothing: the job waits and the attempt does not count.
//   - When the vendor says when to come again, the job waits until then and the attempt does not count.
//   - What is useless to repeat is parked at once, everything else after so many attempts; jobs that run again and again are never parked.
func Next(job Job, f *Failure, now time.Time, policies Policies, jitter func() float64) Outcome {
	if f == nil {
		return Outcome{State: JobDone}
	}
	wait := func(pause time.Duration, counts bool) Outcome {
		return Outcome{State: JobWaiting, RunAt: now.Add(pause), Failure: f, NoAttempt: !counts}
	}
	limit := policies.Attempts
	if limit <= 0 {
		limit = DefaultAttempts
	}
	switch {
	case f.NeedsPerson(): // nothing is claimed until it is mended, and then nothing is to wait for long
		return wait(PausePerson, false)
	case !job.Kind.IsRecurring() && (f.isFinal() || job.Attempt >= limit && f.RetryAfter <= 0):
		return Outcome{State: JobParked, Failure: f}
	case f.RetryAfter > 0:
		return wait(min(f.RetryAfter, MaxSnooze), false)
	default:
		return wait(time.Duration(float64(pauseAfter(job.Attempt))*(0.8+0.4*jitter())), true)
	}
}

// pauseAfter is the pause after an attempt, without jitter.
func pauseAfter(attempt int) time.Duration {
	pause := FirstPause
	for ; attempt > 1 && pause < MaxPause; attempt-- {
		pause *= 2
	}
	return min(pause, MaxPause)
}

// IsRecurring reports whether jobs of the kind run again and again: they end by waiting for their next time.
func (k JobKind) IsRecurring() bool { return k == JobCatchUp || k == JobCatalogue || k == JobEmployees }

// isFinal reports whether repeating the request unchanged is useless.
func (f *Failure) isFinal() bool {
	return f.Kind == FailRejected || f.Kind == FailSettings || f.Kind == FailGone
}
