package observe

import (
	"net/http"
	"runtime"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// MetricsPrefix begins the name of each metric of this server.
const MetricsPrefix = "skvoz_"

// Metrics is the registry of one server. Nothing is registered globally, so several servers fit into one process.
type Metrics struct {
	registry *prometheus.Registry
	prefixed prometheus.Registerer
}

var _ prometheus.Registerer = (*Metrics)(nil)

// NewMetrics returns a registry that already measures the Go runtime and the process and names the build.
func NewMetrics(version string) *Metrics {
	registry := prometheus.NewRegistry()
	m := &Metrics{registry: registry, prefixed: prometheus.WrapRegistererWithPrefix(MetricsPrefix, registry)}
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	m.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name:        "build_info",
		Help:        "Always 1; the labels name the build.",
		ConstLabels: prometheus.Labels{"version": version, "go": runtime.Version()},
	}, func() float64 { return 1 }))
	return m
}

// Register adds a collector; its metrics' names get [MetricsPrefix].
func (m *Metrics) Register(c prometheus.Collector) error { return m.prefixed.Register(c) }

// MustRegister adds collectors like [Metrics.Register] and panics if one of them is taken already.
func (m *Metrics) MustRegister(c ...prometheus.Collector) { m.prefixed.MustRegister(c...) }

// Unregister removes a collector and reports whether it was there.
func (m *Metrics) Unregister(c prometheus.Collector) bool { return m.prefixed.Unregister(c) }

// Gatherer reads the metrics, for tests and push gateways.
func (m *Metrics) Gatherer() prometheus.Gatherer { return m.registry }

// Handler serves the metrics in Prometheus' text format.
func (m *Metrics) Handler() http.Handler {
	return promhttp.InstrumentMetricHandler(m, promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{Registry: m.prefixed}))
}
