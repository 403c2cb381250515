package jobs

import (
	"github.com/prometheus/client_golang/prometheus"
)

// Metrics measure the work of a Runner.
type Metrics struct {
	attempts *prometheus.CounterVec
	lag      *prometheus.HistogramVec
	took     *prometheus.HistogramVec
}

// NewMetrics registers the metrics.
func NewMetrics(reg prometheus.Registerer) *Metrics {
	m := &Metrics{
		attempts: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "jobs_attempts_total", Help: "Attempts of jobs by kind, what became of the job, and why it failed (empty = it did not).",
		}, []string{"kind", "state", "failure"}),
		lag: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "jobs_lag_seconds", Help: "How long after its time an attempt began.", Buckets: prometheus.ExponentialBuckets(.01, 3, 11),
		}, []string{"kind"}),
		took: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "jobs_attempt_seconds", Help: "How long an attempt took.", Buckets: prometheus.ExponentialBuckets(.01, 3, 10),
		}, []string{"kind"}),
	}
	reg.MustRegister(m.attempts, m.lag, m.took)
	return m
}

// Observe counts an attempt that ended.
func (m *Metrics) Observe(r Report) {
	m.attempts.WithLabelValues(string(r.Kind), string(r.State), string(r.Failure)).Inc()
	m.lag.WithLabelValues(string(r.Kind)).Observe(r.Lag.Seconds())
	m.took.WithLabelValues(string(r.Kind)).Observe(r.Took.Seconds())
}
