package tracker_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/sites"
)

func TestTR_2_Hit_opensASessionAndStoresItsSource(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *rig) {
		got := r.view("u", "https://shop.example/a?utm_source=yandex&utm_medium=cpc&utm_campaign=spring&utm_term=boots&utm_content=b1&yclid=77",
			"r", "https://yandex.ru/", "w", "1920x1080", "la", "ru-RU", "ga", "12.34", "ym", "56")
		require.Equal(t, noon.Unix(), got.T)
		for _, id := range []int64{got.V, got.S, got.H} {
			require.Positive(t, id)
			require.LessOrEqual(t, id, int64(core.MaxID))
		}
		require.Equal(t, "yandex|cpc|spring|boots|b1", r.text(`SELECT t.source || '|' || t.medium || '|' || t.campaign || '|' || t.term || '|' || t.content
			FROM sessions s JOIN traffic_sources t ON t.id = s.traffic_id`))
		require.Equal(t, "desktop|Windows 10|ru-RU|1920x1080|192.0.2.1", r.text(`SELECT device_type || '|' || os || '|' || language || '|' || screen || '|' || ip FROM sessions`))
		require.Equal(t, `[["yclid","77"]]`, r.text(`SELECT click_ids FROM sessions`))
		require.Equal(t, "https://yandex.ru/", r.text(`SELECT d.value FROM sessions s JOIN dimensions d ON d.id = s.referrer_id`))
		require.Equal(t, "12.34|56", r.text(`SELECT ga_client_id || '|' || ym_client_id FROM visitors`))
		require.EqualValues(t, 1, r.number("SELECT COUNT(*) FROM "+r.hits()))
		require.EqualValues(t, 1, r.number("SELECT hit_count FROM sessions"))
	})
}

func TestTR_2_Hit_recognisesTheVisitorAcrossPagesAndVisits(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *rig) {
		first := r.view("f", nonce())
		r.clock.Advance(29 * time.Minute)
		second := r.view(append(first.who(), "u", "https://shop.example/b", "ti", "B")...)
		require.Equal(t, first.V, second.V)
		require.Equal(t, first.S, second.S, "the session goes on within 30 minutes")
		require.NotEqual(t, first.H, second.H)
		r.clock.Advance(30 * time.Minute)
		third := r.view(second.who()...)
		require.Equal(t, first.V, third.V)
		require.NotEqual(t, first.S, third.S, "30 minutes of silence end a session")
		require.EqualValues(t, 2, r.number("SELECT session_count FROM visitors"))
		require.EqualValues(t, 2, r.number("SELECT earlier_hits FROM visitors"))
		require.EqualValues(t, 2, r.number("SELECT MAX(number) FROM sessions"))
		require.Equal(t, "https://shop.example/b", r.text("SELECT d.value FROM sessions s JOIN dimensions d ON d.id = s.exit_page_id WHERE s.number = 1"))
	})
}

func TestTR_2_Hit_aNewAdvertisingSourceBeginsASession(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *rig) {
		first := r.view()
		internal := r.view(append(first.who(), "r", "https://shop.example/")...)
		require.Equal(t, first.S, internal.S, "walking through the site")
		ad := r.view(append(first.who(), "u", "https://shop.example/?utm_source=vk&utm_medium=cpc")...)
		require.Equal(t, first.V, ad.V)
		require.NotEqual(t, first.S, ad.S)
		again := r.view(append(ad.who(), "u", "https://shop.example/?utm_source=vk&utm_medium=cpc")...)
		require.Equal(t, ad.S, again.S, "a reload of the landing page")
		direct := r.view(append(again.who(), "u", "https://shop.example/")...)
		require.Equal(t, ad.S, direct.S, "a direct view never breaks a session")
	})
}

func TestTR_2_Hit_sentAgainIsStoredOnce(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *rig) {
		p := r.viewParams("f", nonce())
		first := r.post("/cs/h", p)
		again := r.post("/cs/h", p)
		require.JSONEq(t, first.Body.String(), again.Body.String())
		r.clock.Advance(31 * time.Minute)
		p.Set("d", "1860000")
		require.JSONEq(t, first.Body.String(), r.post("/cs/h", p).Body.String(), "kept back for half an hour")
		p.Del("d")
		require.JSONEq(t, first.Body.String(), r.post("/cs/h", p).Body.String(), "without saying so")
		require.EqualValues(t, 1, r.number("SELECT hit_count FROM sessions"))
		require.EqualValues(t, 1, r.number("SELECT COUNT(*) FROM sessions"))
		require.EqualValues(t, 1, r.number("SELECT COUNT(*) FROM visitors"))
		require.EqualValues(t, 1, r.number("SELECT COUNT(*) FROM "+r.hits()))
	})
}

func TestTR_2_Hit_aSeedStaysOneVisitorForGood(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *rig) {
		seed := nonce()
		first := r.view("f", seed)
		r.clock.Advance(100 * 24 * time.Hour)
		require.Equal(t, first.V, r.view("f", seed).V)
		require.NotEqual(t, first.V, r.view("f", nonce()).V)
	})
}

func TestTR_2_Hit_idsNobodyKnowsMakeANewVisitor(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *rig) {
		got := r.view("v", "12345", "s", "67890")
		require.NotEqual(t, int64(12345), got.V)
		require.NotEqual(t, int64(67890), got.S)
	})
}

func TestTR_2_Hit_aLateOneBelongsToItsOwnSession(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *rig) {
		first := r.view()
		r.clock.Advance(time.Hour)
		second := r.view(first.who()...)
		require.NotEqual(t, first.S, second.S)
		late := r.view(append(second.who(), "d", "3500000", "u", "https://shop.example/late")...)
		require.Equal(t, first.S, late.S)
		require.EqualValues(t, 2, r.number("SELECT earlier_hits FROM visitors"))
		require.EqualValues(t, 2, r.number("SELECT hit_count FROM sessions WHERE number = 1"))
	})
}

func TestTR_2_Hit_campaignIsCarriedOverToDirectVisits(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *rig) {
		campaign, err := r.db.CreateCampaign(t.Context(), sites.Campaign{
			AccountID: 1, SiteID: r.site.ID, Name: "Spring", Status: sites.CampaignActive,
			Include: []sites.Group{{Conditions: []sites.Condition{{Parameter: sites.ParameterUTMTags, Key: "utm_campaign", Operator: sites.OperatorEquals, Value: "spring"}}}},
		}, 100)
		require.NoError(t, err)
		require.NoError(t, r.directory.Refresh(t.Context()))
		who := r.view("u", "https://shop.example/?utm_source=vk&utm_campaign=spring")
		id := int64(campaign.ID)
		require.Equal(t, id, r.number("SELECT campaign_id FROM sessions"))
		r.clock.Advance(24 * time.Hour)
		who = r.view(who.who()...)
		require.Equal(t, id, r.number("SELECT campaign_id FROM sessions WHERE number = 2"), "direct, within the campaign's lifetime")
		r.clock.Advance(24 * time.Hour)
		who = r.view(append(who.who(), "r", "https://news.example/x")...)
		require.Zero(t, r.number("SELECT campaign_id FROM sessions WHERE number = 3"), "another source")
		r.clock.Advance(90 * 24 * time.Hour)
		r.view(who.who()...)
		require.Zero(t, r.number("SELECT campaign_id FROM sessions WHERE number = 4"), "too late")
	})
}

func TestTR_2_Hit_isFoundByTheAccountsKeyAndThePagesHost(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *rig) {
		r.view("k", r.account.AppKey, "u", "https://www.shop.example/x")
		w := r.post("/cs/h", r.viewParams("k", r.account.AppKey, "u", "https://elsewhere.example/"))
		require.Equal(t, http.StatusNotFound, w.Code)
		require.Equal(t, "site_unknown", w.Header().Get("X-Skvoz-Reason"))
	})
}

func TestTR_2_Hit_answersAPictureWhereAsked(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *rig) {
		w := r.get("/cs/h", r.viewParams("px", "1"))
		require.Equal(t, http.StatusOK, w.Code)
		require.Equal(t, "image/gif", w.Header().Get("Content-Type"))
		require.Contains(t, w.Body.String(), "GIF89a")
		require.EqualValues(t, 1, r.number("SELECT COUNT(*) FROM "+r.hits()))
	})
}

func TestHit_whatIsWrongIsToldAndNotRepeated(t *testing.T) {
	t.Parallel()
	r := newRig(t, "sqlite")
	for name, c := range map[string]struct {
		set    []string
		status int
		reason string
	}{
		"no key":         {[]string{"k", ""}, 400, "bad_request"},
		"unknown key":    {[]string{"k", "x"}, 404, "site_unknown"},
		"no nonce":       {[]string{"n", ""}, 400, "bad_request"},
		"short nonce":    {[]string{"n", "abc"}, 400, "bad_request"},
		"upper-case":     {[]string{"n", "ABCDEFGHIJKLMNOP"}, 400, "bad_request"},
		"no address":     {[]string{"u", ""}, 400, "bad_request"},
		"no web address": {[]string{"u", "about:blank"}, 400, "bad_request"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := r.post("/cs/h", r.viewParams(c.set...))
			require.Equal(t, c.status, w.Code, w.Body.String())
			require.Equal(t, c.reason, w.Header().Get("X-Skvoz-Reason"))
			require.Equal(t, "*", w.Header().Get("Access-Control-Allow-Origin"))
			require.Contains(t, w.Body.String(), `{"error":"`)
		})
	}
	require.Equal(t, http.StatusMethodNotAllowed, r.do(httptest.NewRequest(http.MethodDelete, "/cs/h", nil)).Code)
}
