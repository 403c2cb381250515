package tracker_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/calltracking"
	"github.com/skvoz/skvoz/core/sites"
	"github.com/skvoz/skvoz/internal/phonenum"
)

// calltracking is the service that sets numbers up.
func (r *rig) calltracking() *calltracking.Service {
	return calltracking.NewService(calltracking.Deps{
		Store: r.db, Clock: r.clock, ReadPhone: func(raw string) (string, bool) { return phonenum.Normalize(raw, "") }, Changed: r.directory.Changed,
	})
}

// replacing gives the site a block, a pool of numbers and a static number.
func (r *rig) replacing(numbers int) calltracking.Pool {
	r.t.Helper()
	ctx, service := context.Background(), r.calltracking()
	_, err := service.CreateBlock(ctx, 1, calltracking.BlockInput{SiteID: r.site.ID, Name: "Header", By: calltracking.PlaceByNumber, Value: "8 (495) 000-00-01", Wording: "call {phone}"})
	require.NoError(r.t, err)
	pool, err := service.CreatePool(ctx, 1, calltracking.PoolInput{SiteID: r.site.ID, Name: "All"})
	require.NoError(r.t, err)
	list := make([]string, numbers)
	for i := range list {
		list[i] = "+7 495 111-22-" + string(rune('0'+i/10)) + string(rune('0'+i%10))
	}
	_, err = service.CreateNumbers(ctx, 1, calltracking.NumbersInput{List: strings.Join(list, "\n"), Usage: calltracking.UsagePool, PoolID: pool.ID})
	require.NoError(r.t, err)
	_, err = service.CreateNumbers(ctx, 1, calltracking.NumbersInput{List: "+7 800 555-35-35", Usage: calltracking.UsageStatic, SiteID: r.site.ID})
	require.NoError(r.t, err)
	return pool
}

// shown is an answer to /cs/n.
type shown struct {
	P []struct {
		B, N, F string
		D       bool
	}
	E, I int
}

func (r *rig) ask(who ids, more ...string) shown {
	r.t.Helper()
	w := r.post("/cs/n", r.after(who, append([]string{"u", "https://shop.example/"}, more...)...))
	require.Equal(r.t, http.StatusOK, w.Code, w.Body.String())
	var out shown
	require.NoError(r.t, json.Unmarshal(w.Body.Bytes(), &out), w.Body.String())
	return out
}

func TestRC16_ThePageIsToldWhichNumberToShow(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *rig) {
		one := r.view()
		require.JSONEq(t, `{"p":[],"e":0}`, r.post("/cs/n", r.after(one)).Body.String(), "the site replaces nothing")
		require.NotContains(t, r.get("/cs/s/"+r.site.SiteKey, nil).Body.String(), `"p":`)
		r.replacing(1)
		blocks, err := r.calltracking().Blocks(t.Context(), 1, r.site.ID)
		require.NoError(t, err)
		id := blocks[0].ID.String()
		require.Contains(t, r.get("/cs/s/"+r.site.SiteKey, nil).Body.String(),
			`"p":{"f":"cs.phones.v1.min.js","b":[{"i":"`+id+`","a":"number","v":"74950000001","t":"text","w":"call {phone}"}]}`)

		w := r.post("/cs/n", r.after(one, "u", "https://shop.example/"))
		require.JSONEq(t, `{"p":[{"b":"`+id+`","n":"74951112200","f":"+7 (495) 111-22-00","d":true}],"e":180,"i":30}`, w.Body.String())
		require.Equal(t, "no-store", w.Header().Get("Cache-Control"))
		require.Equal(t, "*", w.Header().Get("Access-Control-Allow-Origin"))

		two := r.view()
		w = r.post("/cs/n", r.after(two))
		require.JSONEq(t, `{"p":[{"b":"`+id+`","n":"78005553535","f":"8 (800) 555-35-35"}],"e":0}`, w.Body.String(), "none is free: the static one")

		r.clock.Advance(2 * time.Minute)
		require.True(t, r.ask(one, "sh", "1", "tc", "74951112200").P[0].D)
		require.Equal(t, r.clock.Now().UnixMilli(), r.number(`SELECT shown_at FROM number_leases`))
		require.Equal(t, r.clock.Now().UnixMilli(), r.number(`SELECT tel_click_at FROM number_leases`))
		require.Equal(t, "https://shop.example/", r.text(`SELECT page_url FROM number_leases`))

		r.clock.Advance(2 * time.Minute)
		require.Empty(t, r.ask(one, "bye", "1").P, "nobody reads it")
		require.Equal(t, r.clock.Now().UnixMilli(), r.number(`SELECT last_seen_at FROM number_leases`))
		r.clock.Advance(179 * time.Second)
		require.False(t, r.ask(two).P[0].D, "who left may dial still")
		r.clock.Advance(2 * time.Second)
		require.True(t, r.ask(two).P[0].D)
		require.Empty(t, r.ask(one, "bye", "1").P)
		require.EqualValues(t, 2, r.number(`SELECT COUNT(*) FROM number_leases`), "leaving borrows nothing")
	})
}

func TestRC16_WhoGetsNoNumbers(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *rig) {
		r.replacing(5)
		one, two := r.view(), r.view()
		for _, tc := range []struct {
			rule   string
			change func(url.Values, http.Header)
			status int
			reason string
		}{
			{"a bot by its name", func(_ url.Values, h http.Header) { h.Set("User-Agent", "Googlebot/2.1") }, 200, "bot_ua"},
			{"a browser that is driven", func(p url.Values, _ http.Header) { p.Set("wd", "1") }, 200, "bot_webdriver"},
			{"a page that is prefetched", func(_ url.Values, h http.Header) { h.Set("Sec-Purpose", "prefetch;prerender") }, 200, "prefetch"},
			{"another visitor's session", func(p url.Values, _ http.Header) { p.Set("s", str(two.S)) }, 400, "bad_triple"},
			{"no session", func(p url.Values, _ http.Header) { p.Del("s") }, 400, "bad_request"},
			{"an unknown site", func(p url.Values, _ http.Header) { p.Set("k", "nobody") }, 404, "site_unknown"},
		} {
			p := r.after(one)
			q := httptest.NewRequest(http.MethodPost, "/cs/n", nil)
			q.Header.Set("User-Agent", chrome)
			tc.change(p, q.Header)
			q.Body = http.NoBody
			q.URL.RawQuery = p.Encode()
			w := r.do(q)
			require.Equal(t, tc.status, w.Code, tc.rule)
			require.Equal(t, tc.reason, w.Header().Get("X-Skvoz-Reason"), tc.rule)
			if tc.status == 200 {
				require.JSONEq(t, `{"p":[],"e":0}`, w.Body.String(), tc.rule)
			}
		}
		r.change(func(s *sites.Settings) { s.RespectDoNotTrack, s.IgnoredIPs = true, []string{"192.0.2.1"} })
		require.Empty(t, r.ask(one).P, "an address that is not counted")
		require.Equal(t, http.StatusMethodNotAllowed, r.get("/cs/n", r.after(one)).Code)
		require.Zero(t, r.number(`SELECT COUNT(*) FROM number_leases`))
	})
}

func TestRC16_ASegmentDecidesWhichPoolAVisitBorrowsFrom(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *rig) {
		r.replacing(3)
		service, ctx := r.calltracking(), t.Context()
		ads, err := service.CreatePool(ctx, 1, calltracking.PoolInput{
			SiteID: r.site.ID, Name: "Ads", Segment: calltracking.Segment{Sources: []string{"Yandex"}, UTM: []calltracking.UTMCondition{{Tag: calltracking.UTMMedium, Values: []string{"cpc"}}}},
		})
		require.NoError(t, err)
		_, err = service.CreateNumbers(ctx, 1, calltracking.NumbersInput{List: "84992223344", Usage: calltracking.UsagePool, PoolID: ads.ID})
		require.NoError(t, err)
		pools, err := service.Pools(ctx, 1, r.site.ID)
		require.NoError(t, err)
		_, err = service.OrderPools(ctx, 1, r.site.ID, []core.PoolID{ads.ID, pools[0].ID})
		require.NoError(t, err)

		require.Equal(t, "74992223344", r.ask(r.view("u", "https://shop.example/?utm_source=yandex&utm_medium=cpc")).P[0].N)
		require.Contains(t, r.ask(r.view("u", "https://shop.example/?utm_source=google&utm_medium=cpc")).P[0].N, "7495111")
		require.Contains(t, r.ask(r.view()).P[0].N, "7495111")
	})
}

func TestRC16_TwoReplicasNeverShowOneNumberToTwo(t *testing.T) {
	t.Parallel()
	r := newRig(t, "postgres")
	r.replacing(40)
	other := r.second()
	visitors := make([]ids, 40)
	for i := range visitors {
		visitors[i] = r.view()
	}
	numbers := make([]string, len(visitors))
	var wg sync.WaitGroup
	for i, v := range visitors {
		wg.Go(func() { numbers[i] = []*rig{r, other}[i%2].ask(v).P[0].N })
	}
	wg.Wait()
	seen := map[string]bool{}
	for i, n := range numbers {
		require.False(t, seen[n], "shown to two: %s", n)
		seen[n] = true
		require.Equal(t, n, []*rig{other, r}[i%2].ask(visitors[i]).P[0].N, "whoever is asked")
	}
}
