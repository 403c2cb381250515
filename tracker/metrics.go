package tracker

import (
	"sync"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/skvoz/skvoz/core/calltracking"
	"github.com/skvoz/skvoz/core/visits"
)

// metrics counts what passes the door.
type metrics struct {
	hits     prometheus.Counter
	events   prometheus.Counter
	contacts *prometheus.CounterVec
	refusals *prometheus.CounterVec
	// numbers counts what pages that asked were given: dynamic, static or none.
	numbers       map[string]prometheus.Counter
	numberSeconds prometheus.Histogram

	byReason sync.Map // visits.Reason → prometheus.Counter
}

func newMetrics(reg prometheus.Registerer) *metrics {
	m := &metrics{
		hits:     prometheus.NewCounter(prometheus.CounterOpts{Name: "tracker_hits_total", Help: "Page views stored."}),
		events:   prometheus.NewCounter(prometheus.CounterOpts{Name: "tracker_events_total", Help: "Events stored."}),
		contacts: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "tracker_calls_total", Help: "Public calls by kind and success."}, []string{"call", "success"}),
		refusals: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "tracker_refusals_total", Help: "Requests not counted, by reason."}, []string{"reason"}),
	}
	answers := prometheus.NewCounterVec(prometheus.CounterOpts{Name: "tracker_numbers_total", Help: "Answers to pages that asked for numbers, by what they give."}, []string{"gives"})
	m.numbers = map[string]prometheus.Counter{}
	for _, gives := range []string{"dynamic", "static", "none"} {
		m.numbers[gives] = answers.WithLabelValues(gives)
	}
	m.numberSeconds = prometheus.NewHistogram(prometheus.HistogramOpts{
		Name: "tracker_numbers_seconds", Help: "Time it took to say which numbers a page shows.", Buckets: prometheus.ExponentialBuckets(.0002, 2, 14),
	})
	if reg != nil {
		reg.MustRegister(m.hits, m.events, m.contacts, m.refusals, answers, m.numberSeconds)
	}
	return m
}

func (m *metrics) numbered(shown calltracking.Shown) {
	gives := "none"
	for _, n := range shown.Numbers {
		if n.IsDynamic {
			gives = "dynamic"
			break
		}
		gives = "static"
	}
	m.numbers[gives].Inc()
}

func (m *metrics) refused(reason visits.Reason) {
	c, ok := m.byReason.Load(reason)
	if !ok {
		c, _ = m.byReason.LoadOrStore(reason, m.refusals.WithLabelValues(string(reason)))
	}
	if counter, ok := c.(prometheus.Counter); ok {
		counter.Inc()
	}
}

// IngestMetrics measures the transactions of a visits.Ingester.
type IngestMetrics struct {
	size    prometheus.Histogram
	seconds prometheus.Histogram
	failed  prometheus.Counter
}

// NewIngestMetrics registers the metrics of ingest; waiting tells how many requests wait for the disk now.
func NewIngestMetrics(reg prometheus.Registerer, waiting func() int) *IngestMetrics {
	m := &IngestMetrics{
		size: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "ingest_batch_size", Help: "Requests in one transaction.", Buckets: prometheus.ExponentialBuckets(1, 2, 10),
		}),
		seconds: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "ingest_commit_seconds", Help: "Time from deciding about a batch to its being on disk.", Buckets: prometheus.ExponentialBuckets(.0002, 2, 14),
		}),
		failed: prometheus.NewCounter(prometheus.CounterOpts{Name: "ingest_failed_batches_total", Help: "Transactions that were not written."}),
	}
	reg.MustRegister(m.size, m.seconds, m.failed, prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "ingest_waiting", Help: "Requests waiting for the disk.",
	}, func() float64 { return float64(waiting()) }))
	return m
}

// Observe counts one transaction; it fits visits.IngestConfig.Observe.
func (m *IngestMetrics) Observe(r visits.BatchReport) {
	m.size.Observe(float64(r.Size))
	m.seconds.Observe(r.Took.Seconds())
	if r.Err != nil {
		m.failed.Inc()
	}
}
