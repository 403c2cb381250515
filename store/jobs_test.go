package store_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/integrations"
	"github.com/skvoz/skvoz/internal/testkit"
	"github.com/skvoz/skvoz/store"
	"github.com/skvoz/skvoz/store/storetest"
)

const lease = 30 * time.Second

// jobOf is a job of an integration.
func jobOf(i integrations.Integration, key string) integrations.NewJob {
	return integrations.NewJob{AccountID: i.AccountID, IntegrationID: i.ID, Kind: integrations.JobDeliver, Key: key, Payload: json.RawMessage(`{"goal_id":1}`)}
}

func inLane(j integrations.NewJob, lane string) integrations.NewJob {
	j.Lane = lane
	return j
}

func enqueue(t testing.TB, s *store.IntegrationStore, jobs ...integrations.NewJob) int {
	t.Helper()
	n, err := s.Enqueue(t.Context(), jobs...)
	require.NoError(t, err)
	return n
}

func claim(t testing.TB, s *store.IntegrationStore, worker string, limit int) []integrations.Job {
	t.Helper()
	jobs, err := s.Claim(t.Context(), worker, limit, lease)
	require.NoError(t, err)
	return jobs
}

func jobKeys(jobs []integrations.Job) []string {
	out := []string{}
	for _, j := range jobs {
		out = append(out, j.Key)
	}
	return out
}

func finish(t testing.TB, s *store.IntegrationStore, worker string, j integrations.Job, o integrations.Outcome) {
	t.Helper()
	require.NoError(t, s.Finish(t.Context(), worker, j, integrations.Attempt{StartedAt: *j.StartedAt, Took: time.Second, Failure: o.Failure}, o))
}

func jobNow(t testing.TB, s *store.IntegrationStore, j integrations.Job) integrations.Job {
	t.Helper()
	got, err := s.Job(t.Context(), j.AccountID, j.ID)
	require.NoError(t, err)
	return got
}

var (
	doneJob   = integrations.Outcome{State: integrations.JobDone}
	parkedJob = integrations.Outcome{State: integrations.JobParked, Failure: integrations.Fail(integrations.FailRejected, "no such funnel")}
)

func TestQueue_aJobIsClaimedOnceAndFinished(t *testing.T) {
	inStores(t, func(t *testing.T, w *storetest.World, s *store.IntegrationStore, clock *testkit.Clock) {
		i := addIntegration(t, s, w.Account(), integrations.StateActive)
		later := jobOf(i, "later")
		later.RunAt = clock.Now().Add(time.Minute)
		require.Equal(t, 3, enqueue(t, s, jobOf(i, "a"), jobOf(i, "b"), later))
		require.Zero(t, enqueue(t, s, jobOf(i, "a"), jobOf(i, "b")), "a key happens once")
		got := claim(t, s, "w", 9)
		require.Equal(t, []string{"a", "b"}, jobKeys(got))
		require.Equal(t, integrations.JobRunning, got[0].State)
		require.Equal(t, 1, got[0].Attempt)
		require.Equal(t, clock.Now().Add(lease), got[0].LockedUntil)
		require.JSONEq(t, `{"goal_id":1}`, string(got[0].Payload))
		require.Empty(t, claim(t, s, "v", 9))

		exchanges := []integrations.Exchange{{At: clock.Now(), Method: "POST", Address: "/leads", Status: 201, Took: time.Millisecond}}
		o := integrations.Outcome{State: integrations.JobDone, Remote: integrations.RemoteRef{ID: "77", Entity: "lead", URL: "https://crm.example/77"}}
		started := clock.Now()
		clock.Advance(time.Second)
		require.NoError(t, s.Finish(t.Context(), "w", got[0], integrations.Attempt{StartedAt: started, Took: time.Second, Exchanges: exchanges}, o))
		job := jobNow(t, s, got[0])
		require.Equal(t, integrations.JobDone, job.State)
		require.Equal(t, o.Remote, job.Remote)
		require.Equal(t, clock.Now(), *job.FinishedAt)
		attempts, err := s.Attempts(t.Context(), i.AccountID, []core.JobID{job.ID})
		require.NoError(t, err)
		require.Equal(t, map[core.JobID][]integrations.Attempt{job.ID: {{Number: 1, StartedAt: started, Took: time.Second, Exchanges: exchanges}}}, attempts)
		require.Equal(t, core.KindConflict, core.KindOf(s.Finish(t.Context(), "w", got[0], integrations.Attempt{}, doneJob)), "only once")

		clock.Advance(time.Minute)
		require.Equal(t, []string{"b", "later"}, jobKeys(claim(t, s, "v", 9)), "a claim that ran out goes to the next")
	})
}

func TestQueue_whatRunsAgain(t *testing.T) {
	inStores(t, func(t *testing.T, w *storetest.World, s *store.IntegrationStore, clock *testkit.Clock) {
		i := addIntegration(t, s, w.Account(), integrations.StateActive)
		again := jobOf(i, "catalogue")
		again.Again = true
		require.Equal(t, 1, enqueue(t, s, again))
		job := claim(t, s, "w", 1)[0]
		require.NoError(t, s.SaveProgress(t.Context(), "w", job, json.RawMessage(`{"step":2}`)))
		require.Zero(t, enqueue(t, s, again), "one that runs stays as it is")
		require.Equal(t, integrations.JobRunning, jobNow(t, s, job).State)
		finish(t, s, "w", job, parkedJob)

		again.Payload = json.RawMessage(`{"goal_id":2}`)
		again.RunAt = clock.Now().Add(time.Hour)
		require.Equal(t, 1, enqueue(t, s, again), "one that was parked runs again")
		revived := jobNow(t, s, job)
		require.Equal(t, integrations.JobWaiting, revived.State)
		require.Zero(t, revived.Attempt)
		require.Nil(t, revived.Progress)
		require.Nil(t, revived.FinishedAt)
		require.Nil(t, revived.Failure)
		require.JSONEq(t, `{"goal_id":2}`, string(revived.Payload))
		again.RunAt = clock.Now().Add(2 * time.Hour)
		require.Zero(t, enqueue(t, s, again))
		require.Equal(t, clock.Now().Add(time.Hour), jobNow(t, s, job).RunAt, "one that waits is not put off")
		again.RunAt = time.Time{}
		require.Zero(t, enqueue(t, s, again))
		require.Equal(t, clock.Now(), jobNow(t, s, job).RunAt, "but brought forward")
		job = claim(t, s, "w", 1)[0]
		require.Equal(t, 1, job.Attempt)
		finish(t, s, "w", job, doneJob)
		attempts, err := s.Attempts(t.Context(), i.AccountID, []core.JobID{job.ID})
		require.NoError(t, err)
		require.Len(t, attempts[job.ID], 2, "the journal goes on")
		require.Equal(t, 2, attempts[job.ID][1].Number)
	})
}

func TestQueue_jobsOfALaneKeepTheirOrder(t *testing.T) {
	inStores(t, func(t *testing.T, w *storetest.World, s *store.IntegrationStore, clock *testkit.Clock) {
		i := addIntegration(t, s, w.Account(), integrations.StateActive)
		enqueue(t, s, inLane(jobOf(i, "a1"), "a"), inLane(jobOf(i, "a2"), "a"), inLane(jobOf(i, "b1"), "b"), jobOf(i, "free"))
		first := claim(t, s, "w", 9)
		require.Equal(t, []string{"a1", "b1", "free"}, jobKeys(first))
		require.Empty(t, claim(t, s, "w", 9))
		down := integrations.Fail(integrations.FailDown, "")
		finish(t, s, "w", first[0], integrations.Outcome{State: integrations.JobWaiting, RunAt: clock.Now().Add(time.Minute), Failure: down})
		require.Empty(t, claim(t, s, "w", 9), "a pause keeps the next ones waiting")
		clock.Advance(time.Minute)
		second := claim(t, s, "v", 9)
		require.Equal(t, []string{"b1", "free", "a1"}, jobKeys(second), "claims that ran out come first by their time")
		require.Equal(t, 2, second[2].Attempt)
		finish(t, s, "v", second[2], parkedJob)
		third := claim(t, s, "v", 9)
		require.Equal(t, []string{"a2"}, jobKeys(third), "a parked job holds nobody up")

		n, err := s.Retry(t.Context(), i.AccountID, integrations.JobFilter{IDs: []core.JobID{second[2].ID}})
		require.NoError(t, err)
		require.Equal(t, 1, n)
		require.Empty(t, claim(t, s, "v", 9), "the older one waits while a later one runs")
		finish(t, s, "v", third[0], doneJob)
		require.Equal(t, []string{"a1"}, jobKeys(claim(t, s, "v", 9)))
	})
}

func TestQueue_aSleepingReadingHoldsNobodyUp(t *testing.T) {
	inStores(t, func(t *testing.T, w *storetest.World, s *store.IntegrationStore, clock *testkit.Clock) {
		i := addIntegration(t, s, w.Account(), integrations.StateActive)
		catchUp, pull := inLane(jobOf(i, "catch_up"), "reading"), inLane(jobOf(i, "pull"), "reading")
		catchUp.Kind, pull.Kind = integrations.JobCatchUp, integrations.JobPull
		catchUp.RunAt = clock.Now().Add(time.Minute)
		enqueue(t, s, catchUp, pull)
		got := claim(t, s, "w", 9)
		require.Equal(t, []string{"pull"}, jobKeys(got))
		clock.Advance(20 * time.Second)
		kept, err := s.Extend(t.Context(), "w", []core.JobID{got[0].ID}, time.Hour)
		require.NoError(t, err)
		require.Equal(t, []core.JobID{got[0].ID}, kept)
		clock.Advance(time.Minute)
		require.Empty(t, claim(t, s, "w", 9), "they never run both")
		finish(t, s, "w", got[0], doneJob)
		require.Equal(t, []string{"catch_up"}, jobKeys(claim(t, s, "w", 9)))
	})
}

func TestQueue_jobsOfIntegrationsThatAreOffWait(t *testing.T) {
	for _, c := range []struct {
		state integrations.State
		runs  []string
	}{
		{integrations.StateActive, []string{"catch_up", "deliver", "hook", "unsubscribe"}},
		{integrations.StateDraft, []string{"hook", "unsubscribe"}},
		{integrations.StatePaused, []string{"unsubscribe"}},
		{integrations.StateBroken, []string{"unsubscribe"}},
	} {
		t.Run(string(c.state), func(t *testing.T) {
			inStores(t, func(t *testing.T, w *storetest.World, s *store.IntegrationStore, clock *testkit.Clock) {
				i := addIntegration(t, s, w.Account(), c.state)
				for _, kind := range []integrations.JobKind{integrations.JobCatchUp, integrations.JobDeliver, integrations.JobHook, integrations.JobUnsubscribe} {
					j := jobOf(i, string(kind))
					j.Kind = kind
					enqueue(t, s, j)
				}
				require.Equal(t, c.runs, jobKeys(claim(t, s, "w", 9)))
				clock.Advance(time.Hour)
				require.Equal(t, c.runs, jobKeys(claim(t, s, "v", 9)), "also after a crash")
			})
		})
	}
}

func TestQueue_oneIntegrationKeepsNoOtherWaiting(t *testing.T) {
	inStores(t, func(t *testing.T, w *storetest.World, s *store.IntegrationStore, clock *testkit.Clock) {
		busy, calm := addIntegration(t, s, w.Account(), integrations.StateActive), addIntegration(t, s, w.Account(), integrations.StateActive)
		for n := range 20 {
			enqueue(t, s, jobOf(busy, fmt.Sprint("busy", n)))
		}
		require.Len(t, claim(t, s, "w", 4), 4)
		clock.Advance(time.Second)
		enqueue(t, s, jobOf(calm, "calm"))
		require.Equal(t, []string{"calm"}, jobKeys(claim(t, s, "w", 1)))
	})
}

func TestQueue_onlyTheHolderMayGoOn(t *testing.T) {
	inStores(t, func(t *testing.T, w *storetest.World, s *store.IntegrationStore, clock *testkit.Clock) {
		ctx := t.Context()
		i := addIntegration(t, s, w.Account(), integrations.StateActive)
		enqueue(t, s, jobOf(i, "a"))
		first := claim(t, s, "w", 1)[0]
		require.NoError(t, s.SaveProgress(ctx, "w", first, json.RawMessage(`{"deal":"5"}`)))
		require.Equal(t, core.KindConflict, core.KindOf(s.SaveProgress(ctx, "v", first, json.RawMessage(`{}`))))
		clock.Advance(lease + time.Millisecond)
		second := claim(t, s, "w", 1)[0]
		require.JSONEq(t, `{"deal":"5"}`, string(second.Progress), "what was done before the crash is known")
		require.Equal(t, 2, second.Attempt)
		require.Equal(t, core.KindConflict, core.KindOf(s.SaveProgress(ctx, "w", first, json.RawMessage(`{}`))), "the first attempt of the same worker is over")
		require.Equal(t, core.KindConflict, core.KindOf(s.Finish(ctx, "w", first, integrations.Attempt{}, doneJob)))
		kept, err := s.Extend(ctx, "v", []core.JobID{first.ID}, lease)
		require.NoError(t, err)
		require.Empty(t, kept)

		require.NoError(t, s.Release(ctx, "v"))
		require.Equal(t, integrations.JobRunning, jobNow(t, s, second).State)
		require.NoError(t, s.Release(ctx, "w"))
		third := claim(t, s, "v", 1)[0]
		require.Equal(t, 2, third.Attempt, "what was given back does not count")
		finish(t, s, "v", third, integrations.Outcome{State: integrations.JobWaiting, RunAt: clock.Now(), Failure: integrations.Fail(integrations.FailBusy, ""), NoAttempt: true})
		require.Equal(t, 2, claim(t, s, "v", 1)[0].Attempt, "nor does a snooze")
	})
}

func TestQueue_aRecurringJobBeginsAnew(t *testing.T) {
	inStores(t, func(t *testing.T, w *storetest.World, s *store.IntegrationStore, clock *testkit.Clock) {
		i := addIntegration(t, s, w.Account(), integrations.StateActive)
		j := jobOf(i, "catch_up")
		j.Kind = integrations.JobCatchUp
		enqueue(t, s, j)
		var job integrations.Job
		for range 60 {
			job = claim(t, s, "w", 1)[0]
			require.Equal(t, 1, job.Attempt)
			require.NoError(t, s.SaveProgress(t.Context(), "w", job, json.RawMessage(`{}`)))
			finish(t, s, "w", job, integrations.Outcome{State: integrations.JobWaiting, RunAt: clock.Advance(time.Minute)})
		}
		attempts, err := s.Attempts(t.Context(), i.AccountID, []core.JobID{job.ID})
		require.NoError(t, err)
		require.Len(t, attempts[job.ID], 50)
		require.Equal(t, 60, attempts[job.ID][49].Number)
		job = jobNow(t, s, job)
		require.Nil(t, job.Progress)
		require.Nil(t, job.StartedAt)
		require.Zero(t, job.Attempt)
	})
}

// Several replicas claim at once: each job runs once, those of a lane one after the other, in their order.
func TestQueue_replicasShareTheWork(t *testing.T) {
	inStores(t, func(t *testing.T, w *storetest.World, s *store.IntegrationStore, _ *testkit.Clock) {
		const lanes, perLane = 6, 15
		i := addIntegration(t, s, w.Account(), integrations.StateActive)
		var jobs []integrations.NewJob
		for n := range perLane {
			for lane := range lanes {
				jobs = append(jobs, inLane(jobOf(i, fmt.Sprintf("%d-%d", lane, n)), fmt.Sprint("lane", lane)))
			}
		}
		enqueue(t, s, jobs...)
		var mu sync.Mutex
		running, order := map[string]int{}, map[string][]string{}
		begin := func(j integrations.Job) {
			mu.Lock()
			defer mu.Unlock()
			if running[j.Lane]++; running[j.Lane] > 1 {
				t.Errorf("two jobs of %s at once", j.Lane)
			}
			order[j.Lane] = append(order[j.Lane], j.Key)
		}
		end := func(j integrations.Job) (left int) {
			mu.Lock()
			defer mu.Unlock()
			running[j.Lane]--
			for _, keys := range order {
				left += len(keys)
			}
			return lanes*perLane - left
		}
		var wg sync.WaitGroup
		left := make(chan struct{})
		var once sync.Once
		for n := range 8 {
			wg.Go(func() {
				worker := fmt.Sprint("worker", n)
				for {
					select {
					case <-left:
						return
					default:
					}
					got, err := s.Claim(t.Context(), worker, 3, lease)
					if err != nil {
						t.Error(err)
						return
					}
					for _, j := range got {
						begin(j)
					}
					for _, j := range got {
						if end(j) == 0 {
							once.Do(func() { close(left) })
						}
						if err := s.Finish(t.Context(), worker, j, integrations.Attempt{}, doneJob); err != nil {
							t.Error(err)
						}
					}
				}
			})
		}
		wg.Wait()
		for lane := range lanes {
			var want []string
			for n := range perLane {
				want = append(want, fmt.Sprintf("%d-%d", lane, n))
			}
			require.Equal(t, want, order[fmt.Sprint("lane", lane)])
		}
		counts, err := s.JobCounts(t.Context(), i.AccountID)
		require.NoError(t, err)
		require.Equal(t, map[integrations.JobState]int{integrations.JobDone: lanes * perLane}, counts[i.ID])
	})
}

func TestQueue_costsFewStatements(t *testing.T) {
	inStores(t, func(t *testing.T, w *storetest.World, s *store.IntegrationStore, _ *testkit.Clock) {
		i := addIntegration(t, s, w.Account(), integrations.StateActive)
		ctx, n := store.CountStatements(t.Context())
		spent := func() int64 { return n.Swap(0) }
		_, err := s.Claim(ctx, "w", 9, lease)
		require.NoError(t, err)
		require.EqualValues(t, 1, spent(), "nothing to do")
		_, err = s.Enqueue(ctx, jobOf(i, "a"), jobOf(i, "b"), jobOf(i, "c"))
		require.NoError(t, err)
		require.EqualValues(t, 1, spent())
		jobs, err := s.Claim(ctx, "w", 9, lease)
		require.NoError(t, err)
		read, finish := int64(1), int64(2) // SQLite: the journal is a second statement, and a claim begins with a reading one
		if w.DB.Engine == store.Postgres {
			read, finish = 0, 1
		}
		require.Equal(t, read+1, spent())
		require.NoError(t, s.Finish(ctx, "w", jobs[0], integrations.Attempt{}, doneJob))
		require.Equal(t, finish, spent())
	})
}

func TestJournal_showsAndChangesJobs(t *testing.T) {
	inStores(t, func(t *testing.T, w *storetest.World, s *store.IntegrationStore, clock *testkit.Clock) {
		ctx := t.Context()
		i, other := addIntegration(t, s, w.Account(), integrations.StateActive), addIntegration(t, s, w.Account(), integrations.StateActive)
		for n := range 5 {
			j := jobOf(i, fmt.Sprint("a", n))
			j.CommunicationID = core.CommunicationID(100 + n)
			enqueue(t, s, j)
		}
		enqueue(t, s, jobOf(other, "other"))
		mine := integrations.JobFilter{IntegrationID: i.ID}
		var seen []string
		page := core.PageRequest{First: 2}
		for {
			got, err := s.Jobs(ctx, i.AccountID, mine, page)
			require.NoError(t, err)
			seen = append(seen, jobKeys(got.Nodes)...)
			if page.After = got.EndCursor; !got.HasNext {
				break
			}
		}
		require.Equal(t, "a4 a3 a2 a1 a0", strings.Join(seen, " "))
		_, err := s.Jobs(ctx, i.AccountID, mine, core.PageRequest{First: 2, After: "?"})
		require.Equal(t, "bad_cursor", core.AsError(err).Reason)
		_, err = s.Jobs(ctx, i.AccountID, mine, core.PageRequest{First: 101})
		require.Equal(t, core.KindInvalid, core.KindOf(err))
		one, err := s.Jobs(ctx, i.AccountID, integrations.JobFilter{CommunicationID: 103, Kinds: []integrations.JobKind{integrations.JobDeliver}}, core.PageRequest{First: 9})
		require.NoError(t, err)
		require.Equal(t, []string{"a3"}, jobKeys(one.Nodes))
		_, err = s.Job(ctx, other.AccountID, one.Nodes[0].ID)
		require.Equal(t, core.KindNotFound, core.KindOf(err))

		n, err := s.Cancel(ctx, i.AccountID, integrations.JobFilter{IDs: []core.JobID{one.Nodes[0].ID}})
		require.NoError(t, err)
		require.Equal(t, 1, n)
		claimed := claim(t, s, "w", 9)
		require.Equal(t, []string{"a0", "a1", "a2", "a4"}, jobKeys(claimed)[:4], "each account's own; the other's comes in between by its time")
		n, err = s.Cancel(ctx, i.AccountID, mine)
		require.NoError(t, err)
		require.Zero(t, n, "what runs or is over is not taken back")
		n, err = s.Retry(ctx, other.AccountID, integrations.JobFilter{IDs: []core.JobID{one.Nodes[0].ID}})
		require.NoError(t, err)
		require.Zero(t, n, "another account's")
		clock.Advance(time.Second)
		n, err = s.Retry(ctx, i.AccountID, integrations.JobFilter{IntegrationID: i.ID, States: []integrations.JobState{integrations.JobCancelled}})
		require.NoError(t, err)
		require.Equal(t, 1, n)
		require.Equal(t, []string{"a3"}, jobKeys(claim(t, s, "w", 9)))
	})
}

func TestJournal_findsWhatDealsWereMadeFor(t *testing.T) {
	inStores(t, func(t *testing.T, w *storetest.World, s *store.IntegrationStore, _ *testkit.Clock) {
		i := addIntegration(t, s, w.Account(), integrations.StateActive)
		for n := range 2 {
			j := jobOf(i, fmt.Sprint("a", n))
			j.CommunicationID = core.CommunicationID(100 + n)
			enqueue(t, s, j)
			finish(t, s, "w", claim(t, s, "w", 1)[0], integrations.Outcome{State: integrations.JobDone, Remote: integrations.RemoteRef{ID: "77", Entity: "lead"}})
		}
		j := jobOf(i, "noted")
		j.CommunicationID = 99
		enqueue(t, s, j)
		job := claim(t, s, "w", 1)[0]
		require.NoError(t, s.SaveProgress(t.Context(), "w", job, json.RawMessage(`{"deal":{"ID":"78"},"repeated":true}`)))
		finish(t, s, "w", job, integrations.Outcome{State: integrations.JobDone, Remote: integrations.RemoteRef{ID: "78", Entity: "deal"}})
		got, err := s.SentDeals(t.Context(), i.AccountID, i.ID, []string{"77", "78"})
		require.NoError(t, err)
		require.Equal(t, map[string]core.CommunicationID{"77": 100}, got, "a deal that was there before was not made for the communication noted in it")
		got, err = s.SentDeals(t.Context(), i.AccountID+1, i.ID, []string{"77"})
		require.NoError(t, err)
		require.Empty(t, got)
	})
}

func TestPrune_deletesWhatIsOldAndOver(t *testing.T) {
	inStores(t, func(t *testing.T, w *storetest.World, s *store.IntegrationStore, clock *testkit.Clock) {
		ctx := t.Context()
		i := addIntegration(t, s, w.Account(), integrations.StateActive)
		hook := jobOf(i, "hook")
		hook.Kind = integrations.JobHook
		enqueue(t, s, jobOf(i, "done"), jobOf(i, "parked"), jobOf(i, "recurring"), hook)
		for _, j := range claim(t, s, "w", 9) {
			o := doneJob
			switch j.Key {
			case "parked":
				o = parkedJob
			case "recurring":
				o = integrations.Outcome{State: integrations.JobWaiting, RunAt: clock.Now()}
			}
			finish(t, s, "w", j, o)
		}
		prune := func() int {
			n, err := s.Prune(ctx, clock.Now().Add(-90*24*time.Hour), clock.Now().Add(-7*24*time.Hour))
			require.NoError(t, err)
			return n
		}
		require.Zero(t, prune())
		clock.Advance(8 * 24 * time.Hour)
		require.Equal(t, 1, prune(), "the webhook")
		clock.Advance(90 * 24 * time.Hour)
		require.Equal(t, 1, prune(), "the delivery")
		left, err := s.Jobs(ctx, i.AccountID, integrations.JobFilter{}, core.PageRequest{First: 9})
		require.NoError(t, err)
		require.Equal(t, []string{"recurring", "parked"}, jobKeys(left.Nodes))
		attempts, err := s.Attempts(ctx, i.AccountID, []core.JobID{left.Nodes[0].ID, left.Nodes[1].ID})
		require.NoError(t, err)
		require.Empty(t, attempts[left.Nodes[0].ID], "old attempts of those that recur go")
		require.Len(t, attempts[left.Nodes[1].ID], 1, "parked ones keep their journal")
		require.NoError(t, s.DeleteIntegration(ctx, i.AccountID, i.ID))
		left, err = s.Jobs(ctx, i.AccountID, integrations.JobFilter{}, core.PageRequest{First: 9})
		require.NoError(t, err)
		require.Empty(t, left.Nodes)
	})
}
