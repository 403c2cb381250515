package store_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/integrations"
	"github.com/skvoz/skvoz/store"
	"github.com/skvoz/skvoz/store/storetest"
)

const benchBacklog = 10_000

// backlog is a database with so many jobs of an integration that is on, each in a lane of its own, and so many of one that is off or done.
func backlog(b *testing.B, engine store.Engine) (*store.IntegrationStore, integrations.Integration) {
	b.Helper()
	w := storetest.NewWorld(b, storetest.Open(b, engine, core.SystemClock{}))
	s := w.DB.IntegrationStore(paperSealer("one"))
	account := w.Account()
	on, off := addIntegration(b, s, account, integrations.StateActive), addIntegration(b, s, account, integrations.StatePaused)
	for _, i := range []integrations.Integration{on, off} {
		var jobs []integrations.NewJob
		for n := range benchBacklog {
			jobs = append(jobs, inLane(jobOf(i, fmt.Sprint("job", n)), fmt.Sprint("p:7926", n)))
		}
		enqueue(b, s, jobs...)
	}
	require.NoError(b, w.DB.Gorm().Exec("UPDATE jobs SET state = 'done', finished_at = 1 WHERE id % 2 = 0 AND integration_id = ?", int64(off.ID)).Error)
	if engine == store.Postgres {
		require.NoError(b, w.DB.Gorm().Exec("ANALYZE jobs").Error)
	}
	return s, on
}

// BenchmarkJobs claims and finishes jobs eight at a time, from a backlog; what runs out is made anew.
func BenchmarkJobs(b *testing.B) {
	for _, engine := range []store.Engine{store.SQLite, store.Postgres} {
		b.Run(string(engine), func(b *testing.B) {
			s, _ := backlog(b, engine)
			n := 0
			for b.Loop() {
				if n >= benchBacklog-8 {
					b.StopTimer()
					s, _ = backlog(b, engine)
					n = 0
					b.StartTimer()
				}
				jobs := claim(b, s, "w", 8)
				require.Len(b, jobs, 8)
				for _, j := range jobs {
					finish(b, s, "w", j, doneJob)
				}
				n += len(jobs)
			}
			b.ReportMetric(float64(8*b.N)/b.Elapsed().Seconds(), "jobs/s")
		})
	}
}

// BenchmarkClaimNothing asks for work when there is none, with thousands of jobs that are done or must wait.
func BenchmarkClaimNothing(b *testing.B) {
	for _, engine := range []store.Engine{store.SQLite, store.Postgres} {
		b.Run(string(engine), func(b *testing.B) {
			s, on := backlog(b, engine)
			_, err := s.Cancel(b.Context(), on.AccountID, integrations.JobFilter{IntegrationID: on.ID})
			require.NoError(b, err)
			for b.Loop() {
				require.Empty(b, claim(b, s, "w", 8))
			}
		})
	}
}
