package tracker_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/sites"
	"github.com/skvoz/skvoz/internal/testkit"
	"github.com/skvoz/skvoz/tracker"
)

func TestDoor_whatIsNoVisitorIsRefusedWithAReasonAndKept(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		header [2]string
		param  [2]string
		reason string
	}{
		"crawler":                   {header: [2]string{"User-Agent", "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"}, reason: "bot_ua"},
		"client library":            {header: [2]string{"User-Agent", "python-requests/2.32.0 (linux)"}, reason: "bot_ua"},
		"no User-Agent":             {header: [2]string{"User-Agent", ""}, reason: "ua_missing"},
		"short User-Agent":          {header: [2]string{"User-Agent", "Mozilla/5"}, reason: "ua_length"},
		"driven browser":            {param: [2]string{"wd", "1"}, reason: "bot_webdriver"},
		"prefetch":                  {header: [2]string{"Sec-Purpose", "prefetch;prerender"}, reason: "prefetch"},
		"ignored address":           {param: [2]string{"u", "https://shop.example/"}, header: [2]string{"X-Test-Ip", "203.0.113.9:1"}, reason: "ip_ignored"},
		"Do-Not-Track":              {header: [2]string{"Dnt", "1"}, reason: "do_not_track"},
		"Global Privacy Control":    {header: [2]string{"Sec-Gpc", "1"}, reason: "do_not_track"},
		"a picture for all of them": {param: [2]string{"wd", "1"}, reason: "bot_webdriver"},
	}
	each(t, func(t *testing.T, r *rig) {
		r.change(func(s *sites.Settings) { s.RespectDoNotTrack, s.IgnoredIPs = true, []string{"203.0.113.0/24"} })
		for name, c := range cases {
			p := r.viewParams(c.param[:]...)
			if c.param[0] == "" {
				p.Del("")
			}
			q := httptest.NewRequest(http.MethodPost, "/cs/h", strings.NewReader(p.Encode()))
			q.Header.Set("User-Agent", chrome)
			if c.header[0] == "X-Test-Ip" {
				q.RemoteAddr = c.header[1]
			} else if c.header[0] != "" {
				q.Header.Set(c.header[0], c.header[1])
			}
			w := r.do(q)
			require.Equal(t, http.StatusOK, w.Code, name)
			require.JSONEq(t, `{"refused":"`+c.reason+`"}`, w.Body.String(), name)
			require.Equal(t, c.reason, w.Header().Get("X-Skvoz-Reason"), name)
			require.Contains(t, w.Header().Get("Access-Control-Expose-Headers"), "X-Skvoz-Reason", name)
		}
		r.settle()
		require.EqualValues(t, len(cases), r.number("SELECT COUNT(*) FROM refusals"))
		require.Zero(t, r.number("SELECT COUNT(*) FROM visitors"))
	})
}

// settle waits until what is kept without waiting is on disk: a hit queues behind it.
func (r *rig) settle() {
	r.t.Helper()
	testkit.Eventually(r.t, 10*time.Second, func() bool { return r.ingester.Waiting() == 0 }, "an empty queue")
	_ = r.post("/cs/p", r.after(ids{V: 1, S: 1, H: 1}))
}

func TestDoor_privacySignalsCountOnlyWhereTheSiteRespectsThem(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *rig) {
		q := httptest.NewRequest(http.MethodPost, "/cs/h", strings.NewReader(r.viewParams().Encode()))
		q.Header.Set("User-Agent", chrome)
		q.Header.Set("Dnt", "1")
		require.Contains(t, r.do(q).Body.String(), `"h":`)
	})
}

func TestDoor_refusalsAreCountedAfterAllAtTheirOwnTime(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *rig) {
		require.JSONEq(t, `{"refused":"bot_webdriver"}`, r.post("/cs/h", r.viewParams("wd", "1", "u", "https://shop.example/?utm_source=vk&utm_medium=cpc")).Body.String())
		r.settle()
		id := core.RefusalID(r.number("SELECT id FROM refusals"))
		r.clock.Advance(24 * time.Hour)
		n, err := r.Reinclude(t.Context(), 2, []core.RefusalID{id})
		require.NoError(t, err)
		require.Zero(t, n, "another account's")
		n, err = r.Reinclude(t.Context(), 1, []core.RefusalID{id, 12345})
		require.NoError(t, err)
		require.Equal(t, 1, n)
		require.Equal(t, noon.UnixMilli(), r.number("SELECT started_at FROM sessions"))
		require.Equal(t, "vk", r.text("SELECT t.source FROM sessions s JOIN traffic_sources t ON t.id = s.traffic_id"))
		n, err = r.Reinclude(t.Context(), 1, []core.RefusalID{id})
		require.NoError(t, err)
		require.Zero(t, n, "once")
		r.clock.Advance(30 * 24 * time.Hour)
		purged, err := r.db.PurgeRefusals(t.Context())
		require.NoError(t, err)
		require.EqualValues(t, 1, purged)
	})
}

func TestDoor_refusalsAreKeptUpToARateAndThenOnlyCounted(t *testing.T) {
	t.Parallel()
	r := newRig(t, "sqlite")
	for range 100 {
		require.Equal(t, http.StatusOK, r.post("/cs/h", r.viewParams("wd", "1")).Code)
	}
	r.settle()
	require.EqualValues(t, 60, r.number("SELECT COUNT(*) FROM refusals"))
}

func TestDoor_limitsOfAddressesAndSites(t *testing.T) {
	t.Parallel()
	r := newRig(t, "sqlite")
	r.stop()
	r.start(tracker.Limits{PerIP: tracker.Rate{PerSecond: 1, Burst: 2}, PerBackEnd: tracker.Rate{PerSecond: 1, Burst: 3}})
	who := r.view()
	r.view(who.who()...)
	w := r.post("/cs/h", r.viewParams())
	require.Equal(t, http.StatusTooManyRequests, w.Code)
	require.Equal(t, "rate_limited", w.Header().Get("X-Skvoz-Reason"))
	require.Equal(t, "1", w.Header().Get("Retry-After"))
	r.clock.Advance(time.Second)
	r.view(who.who()...)

	for range 3 { // a back end has a limit of its own
		require.Equal(t, http.StatusOK, r.get("/vc/s/", r.info(who)).Code)
	}
	w = r.get("/vc/s/", r.info(who))
	require.Equal(t, http.StatusTooManyRequests, w.Code)
	require.Contains(t, w.Body.String(), `"success":false`)
}

func TestDoor_bodiesAreBounded(t *testing.T) {
	t.Parallel()
	r := newRig(t, "sqlite")
	for _, length := range []int64{70_000, -1} {
		q := httptest.NewRequest(http.MethodPost, "/cs/h", strings.NewReader(r.viewParams("x", strings.Repeat("a", 70_000)).Encode()))
		q.ContentLength = length
		w := r.do(q)
		require.Equal(t, http.StatusRequestEntityTooLarge, w.Code)
		require.Equal(t, "too_large", w.Header().Get("X-Skvoz-Reason"))
	}
}

func TestDoor_aDatabaseThatIsGoneIsSaid(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *rig) {
		p := r.viewParams()
		r.stop()
		w := r.post("/cs/h", p)
		require.Equal(t, http.StatusServiceUnavailable, w.Code)
		require.NotEmpty(t, w.Header().Get("Retry-After"))
		require.Contains(t, w.Body.String(), `{"error":"`)
	})
}

func TestDoor_aDeletedSiteIsToldFromAnUnknownOne(t *testing.T) {
	t.Parallel()
	r := newRig(t, "sqlite")
	require.NoError(t, r.db.DeleteSite(t.Context(), 1, r.site.ID))
	require.NoError(t, r.directory.Refresh(t.Context()))
	w := r.post("/cs/h", r.viewParams())
	require.Equal(t, http.StatusNotFound, w.Code)
	require.Equal(t, "site_deleted", w.Header().Get("X-Skvoz-Reason"))
}

func TestScript_isDeliveredWithItsVersions(t *testing.T) {
	t.Parallel()
	r := newRig(t, "sqlite")
	for path, cache := range map[string]string{
		"/static/cs.min.js": "public, max-age=3600", "/static/cs.v1.min.js": "public, max-age=31536000, immutable", "/static/versions.json": "public, max-age=3600",
		"/static/cs.phones.min.js": "public, max-age=3600", "/static/cs.phones.v1.min.js": "public, max-age=31536000, immutable",
	} {
		w := r.do(httptest.NewRequest(http.MethodGet, path, nil))
		require.Equal(t, http.StatusOK, w.Code, path)
		require.Equal(t, cache, w.Header().Get("Cache-Control"))
		require.Equal(t, "*", w.Header().Get("Access-Control-Allow-Origin"))
		q := httptest.NewRequest(http.MethodGet, path, nil)
		q.Header.Set("If-None-Match", "W/"+w.Header().Get("ETag"))
		require.Equal(t, http.StatusNotModified, r.do(q).Code)
	}
	require.Equal(t, http.StatusNotFound, r.do(httptest.NewRequest(http.MethodGet, "/static/../x", nil)).Code)
}

func TestSettings_areThoseOfTheSite(t *testing.T) {
	t.Parallel()
	r := newRig(t, "sqlite")
	w := r.do(httptest.NewRequest(http.MethodGet, "/cs/s/"+r.site.SiteKey+"?h=shop.example", nil))
	require.Equal(t, http.StatusOK, w.Code)
	require.JSONEq(t, `{"k":"`+r.site.SiteKey+`","u":"`+r.site.Key+`","x":"`+r.site.SiteKey[:5]+`","l":90,"d":true,"n":false,"c":false,"b":15,"r":false,"g":[]}`, w.Body.String())
	require.Equal(t, "public, max-age=60, stale-while-revalidate=600", w.Header().Get("Cache-Control"))
	same := r.do(httptest.NewRequest(http.MethodGet, "/cs/s/"+r.account.AppKey+"?h=www.shop.example", nil))
	require.Equal(t, w.Body.String(), same.Body.String(), "by the account's key and the page's host")
	q := httptest.NewRequest(http.MethodGet, "/cs/s/"+r.site.SiteKey, nil)
	q.Header.Set("If-None-Match", w.Header().Get("ETag"))
	require.Equal(t, http.StatusNotModified, r.do(q).Code)
	browser := httptest.NewRequest(http.MethodGet, "/cs/s/"+r.site.SiteKey+"?h=shop.example", nil)
	browser.Header.Set("Accept-Encoding", "gzip, deflate, br, zstd")
	plain := r.do(browser)
	require.Equal(t, http.StatusOK, plain.Code)
	require.Empty(t, plain.Header().Get("Content-Encoding"), "too short to be worth compressing")
	require.Equal(t, w.Body.String(), plain.Body.String())
	require.Equal(t, http.StatusNotFound, r.do(httptest.NewRequest(http.MethodGet, "/cs/s/nobody", nil)).Code)
}
