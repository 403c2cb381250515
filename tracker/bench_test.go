package tracker_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/skvoz/skvoz/tracker"
)

// discard is an answer nobody reads.
type discard struct{ h http.Header }

func (d *discard) Header() http.Header         { return d.h }
func (d *discard) Write(p []byte) (int, error) { return len(p), nil }
func (d *discard) WriteHeader(int)             {}

func BenchmarkHit(b *testing.B) {
	r := newRig(b, "sqlite")
	r.stop()
	r.start(tracker.Limits{PerIP: tracker.Rate{PerSecond: -1}, PerSite: tracker.Rate{PerSecond: -1}})
	var n atomic.Int64
	b.SetParallelism(32)
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		w := &discard{http.Header{}}
		for pb.Next() {
			i := n.Add(1)
			visitor := i%2000 + i/10_000*2000
			body := fmt.Sprintf("k=%s&n=nn%012d&f=ff%012d&u=%s&ti=Page+%d&w=1920x1080&la=ru-RU", r.site.SiteKey, i, visitor,
				url.QueryEscape(fmt.Sprintf("https://shop.example/p/%d", i%500)), i%500)
			if i%10 == 0 {
				body += "&r=https%3A%2F%2Fyandex.ru%2F"
			}
			q := httptest.NewRequest(http.MethodPost, "/cs/h", strings.NewReader(body))
			q.Header.Set("User-Agent", chrome)
			clear(w.h)
			r.ServeHTTP(w, q)
		}
	})
}
