package tracker_test

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/comms"
	"github.com/skvoz/skvoz/core/visits"
)

// info makes the parameters of /vc/s/.
func (r *rig) info(who ids, more ...string) url.Values {
	p := url.Values{"sk": {r.site.SiteKey}, "ci": {fmt.Sprintf("%d.%d.%d", who.V, who.S, who.T)}, "hi": {str(who.H)}, "vn": {"Anna"}}
	for i := 0; i < len(more); i += 2 {
		p.Set(more[i], more[i+1])
	}
	return p
}

func TestTR_5_VisitorInfo_worksFromABackEndWithNoCookieAndNoUserAgent(t *testing.T) {
	t.Parallel()
	r := newRig(t, "sqlite")
	who := ids{V: 11, S: 22, T: noon.Unix(), H: 33}
	q := httptest.NewRequest(http.MethodGet, "/vc/s/?"+r.info(who, "vp", "8 (926) 244-43-93, доб. 5", "ve", " Anna@Example.COM ").Encode(), nil)
	w := r.do(q)
	require.Equal(t, http.StatusOK, w.Code)
	require.JSONEq(t, `{"success":true,"visitor_id":11,"session_id":22,"hit_id":33}`, w.Body.String())
	require.Equal(t, "*", w.Header().Get("Access-Control-Allow-Origin"))
	require.Equal(t, []comms.ContactsInput{{
		Origin: comms.Origin{AccountID: 1, SiteID: r.site.ID, VisitorID: 11, SessionID: 22, SessionStartedAt: noon, HitID: 33},
		Name:   "Anna", Phone: "79262444393", Email: "anna@example.com", Source: visits.OriginVisitorInfo,
	}}, r.contacts.contacts)
}

func TestTR_5_VisitorInfo_answersOnlySuccessWhenAskedTo(t *testing.T) {
	t.Parallel()
	r := newRig(t, "sqlite")
	require.JSONEq(t, `{"success":true}`, r.get("/vc/s/", r.info(ids{V: 1, S: 2, T: 3, H: 4}, "s", "1")).Body.String())
	require.JSONEq(t, `{"success":false}`, r.get("/vc/s/", r.info(ids{V: 1, S: 2, T: 3, H: 4}, "s", "1", "vn", "")).Body.String())
}

func TestTR_5_VisitorInfo_takesEitherGenerationOfKeysAndAnyWayOfSending(t *testing.T) {
	t.Parallel()
	r := newRig(t, "sqlite")
	who := ids{V: 1, S: 2, T: 3, H: 4}
	second := r.info(who, "k", r.site.Key, "ur", "https://x.example/", "s", "1")
	second.Set("sk", "")
	for name, q := range map[string]*http.Request{
		"second generation": httptest.NewRequest(http.MethodGet, "/vc/s/?"+second.Encode(), nil),
		"no closing slash":  httptest.NewRequest(http.MethodGet, "/vc/s?"+r.info(who, "s", "1").Encode(), nil),
		"posted form":       httptest.NewRequest(http.MethodPost, "/vc/s/", strings.NewReader(r.info(who, "s", "1").Encode())),
		"JSON": httptest.NewRequest(http.MethodPost, "/vc/s/", strings.NewReader(
			fmt.Sprintf(`{"sk":%q,"ci":"1.2.3","hi":4,"vn":"Анна","s":1,"x":{"y":[1]}}`, r.site.SiteKey))),
		"twice, first empty": httptest.NewRequest(http.MethodGet, "/vc/s/?vn=&sk=&"+r.info(who, "s", "1").Encode(), nil),
	} {
		require.JSONEq(t, `{"success":true}`, r.do(q).Body.String(), name)
	}
	require.Len(t, r.contacts.contacts, 5)
}

func TestTR_3_VisitorInfo_needsOneOfThreeFilledAndATriple(t *testing.T) {
	t.Parallel()
	r := newRig(t, "sqlite")
	who := ids{V: 1, S: 2, T: 3, H: 4}
	for name, c := range map[string]struct {
		set    []string
		reason string
	}{
		"nothing":         {[]string{"vn", " "}, "nothing_filled"},
		"only nonsense":   {[]string{"vn", "", "vp", "12", "ve", "x"}, "nothing_filled"},
		"unknown keys":    {[]string{"vn", "", "session_number", "5"}, "nothing_filled"},
		"no cookie":       {[]string{"ci", ""}, "bad_triple"},
		"broken cookie":   {[]string{"ci", "1.2"}, "bad_triple"},
		"signed cookie":   {[]string{"ci", "-1.2.3"}, "bad_triple"},
		"broken hit":      {[]string{"hi", "x"}, "bad_triple"},
		"unknown site":    {[]string{"sk", "nobody"}, "site_unknown"},
		"no key whatever": {[]string{"sk", ""}, "site_unknown"},
	} {
		w := r.get("/vc/s/", r.info(who, c.set...))
		require.Equal(t, http.StatusOK, w.Code, name)
		require.Contains(t, w.Body.String(), `"success":false`, name)
		require.Contains(t, w.Body.String(), `"error":"`, name)
		require.Equal(t, c.reason, w.Header().Get("X-Skvoz-Reason"), name)
	}
	require.Empty(t, r.contacts.contacts)
	r.contacts.err = core.E(core.KindNotFound, "they do not belong together").WithReason("bad_triple")
	require.JSONEq(t, `{"success":false,"error":"they do not belong together"}`, r.get("/vc/s/", r.info(who)).Body.String())
	r.contacts.err = core.Unavailable("secret detail", 5*time.Second, nil)
	w := r.get("/vc/s/", r.info(who))
	require.Equal(t, http.StatusServiceUnavailable, w.Code)
	require.Equal(t, "5", w.Header().Get("Retry-After"))
	require.NotContains(t, w.Body.String(), "secret")
}

func TestTR_5_VisitorInfo_JSONPTakesNamesOnly(t *testing.T) {
	t.Parallel()
	r := newRig(t, "sqlite")
	who := ids{V: 1, S: 2, T: 3, H: 4}
	w := r.get("/vc/s/", r.info(who, "s", "1", "callback", "jQuery1_2.done"))
	require.Equal(t, `/**/jQuery1_2.done({"success":true});`, w.Body.String())
	require.Equal(t, "application/javascript; charset=utf-8", w.Header().Get("Content-Type"))
	for _, bad := range []string{"alert(1)//", "a b", "1a", "<script>", strings.Repeat("a", 200)} {
		require.JSONEq(t, `{"success":true}`, r.get("/vc/s/", r.info(who, "s", "1", "callback", bad)).Body.String())
	}
}

func TestTR_8_OfflineRequest_toleratesWhatSendersSend(t *testing.T) {
	t.Parallel()
	r := newRig(t, "sqlite")
	sale := core.Money{Minor: 125050, Currency: "RUB"}
	base := comms.RequestInput{Origin: comms.Origin{AccountID: 1, SiteID: r.site.ID}, Name: "Anna"}
	with := func(change func(*comms.RequestInput)) comms.RequestInput {
		in := base
		change(&in)
		return in
	}
	for name, c := range map[string]struct {
		body string
		want comms.RequestInput
	}{
		"first generation": {"site_key=SK&visitor_id=1&session_id=2&hit_id=3&name=Anna&text=Hello&form_name=F&tags%5B%5D=x", with(func(in *comms.RequestInput) {
			in.VisitorID, in.SessionID, in.HitID, in.Message, in.FormName = 1, 2, 3, "Hello", "F"
		})},
		"second generation": {"key=KEY&uri=https%3A%2F%2Fx%2F&name=Anna&message=Hello&consultant_server_url=x", with(func(in *comms.RequestInput) { in.Message = "Hello" })},
		"without a visitor": {"site_key=SK&name=Anna&visitor_id=undefined&session_id=&hit_id=NaN", base},
		"fields twice":      {"site_key=&name=&site_key=SK&name=Anna&name=Boris&city=Moscow", base},
		"sale of PHP":       {"site_key=SK&name=Anna&is_sale=1&sale_cost=1250.50", with(func(in *comms.RequestInput) { in.Sale = &sale })},
		"sale of people":    {"site_key=SK&name=Anna&is_sale=true&sale_cost=1+250%2C50+%E2%82%BD", with(func(in *comms.RequestInput) { in.Sale = &sale })},
		"sale of nothing":   {"site_key=SK&name=Anna&is_sale=true", with(func(in *comms.RequestInput) { in.Sale = &core.Money{Currency: "RUB"} })},
		"no sale":           {"site_key=SK&name=Anna&is_sale=false&sale_cost=5", base},
		"no sale of PHP":    {"site_key=SK&name=Anna&is_sale=0&sale_cost=5", base},
		"several phones":    {"site_key=SK&name=Anna&phone=12%2C+8+926+244-43-93%3B+8+926+000-00-00", with(func(in *comms.RequestInput) { in.Phone = "79262444393" })},
		"user fields": {"site_key=SK&name=Anna&user_fields%5Bcity%5D=Moscow&user_fields[size]=4+2", with(func(in *comms.RequestInput) {
			in.UserFields = []comms.UserField{{Name: "city", Value: "Moscow"}, {Name: "size", Value: "4 2"}}
		})},
		"user fields in JSON": {`site_key=SK&name=Anna&user_fields=%7B%22city%22%3A%22Moscow%22%2C%22n%22%3A5%7D`, with(func(in *comms.RequestInput) {
			in.UserFields = []comms.UserField{{Name: "city", Value: "Moscow"}, {Name: "n", Value: "5"}}
		})},
		"all in JSON": {`{"site_key":"SK","name":"Anna","is_sale":true,"sale_cost":1250.50,"user_fields":{"b":"1","a":null},"nonce":"n1","visitor_id":7}`, with(func(in *comms.RequestInput) {
			in.VisitorID, in.Sale, in.Nonce, in.UserFields = 7, &sale, "n1", []comms.UserField{{Name: "b", Value: "1"}, {Name: "a"}}
		})},
	} {
		r.contacts.requests = nil
		body := strings.NewReplacer("SK", r.site.SiteKey, "KEY", r.site.Key).Replace(c.body)
		body = strings.Replace(body, "key="+r.site.SiteKey[:0]+"KEY", "key="+r.site.Key, 1)
		for _, path := range []string{"/api/add_offline_message/", "/api/add_offline_message"} {
			w := r.do(httptest.NewRequest(http.MethodPost, path, strings.NewReader(body)))
			require.JSONEq(t, `{"success":true,"result":null}`, w.Body.String(), name)
		}
		require.Equal(t, []comms.RequestInput{c.want, c.want}, r.contacts.requests, name)
	}
}

func TestTR_8_OfflineRequest_takesMultipartForms(t *testing.T) {
	t.Parallel()
	r := newRig(t, "sqlite")
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for _, f := range [][2]string{{"site_key", r.site.SiteKey}, {"email", "A@example.com"}, {"text", "Два\nряда"}} {
		require.NoError(t, form.WriteField(f[0], f[1]))
	}
	file, err := form.CreateFormFile("name", "evil.txt")
	require.NoError(t, err)
	_, _ = file.Write([]byte("ignored"))
	require.NoError(t, form.Close())
	q := httptest.NewRequest(http.MethodPost, "/api/add_offline_message/", &body)
	q.Header.Set("Content-Type", form.FormDataContentType())
	require.JSONEq(t, `{"success":true,"result":null}`, r.do(q).Body.String())
	require.Equal(t, core.Email("a@example.com"), r.contacts.requests[0].Email)
	require.Equal(t, "Два\nряда", r.contacts.requests[0].Message)
	require.Empty(t, r.contacts.requests[0].Name)
}

func TestTR_8_OfflineRequest_withoutContactsIsRefused(t *testing.T) {
	t.Parallel()
	r := newRig(t, "sqlite")
	w := r.post("/api/add_offline_message/", url.Values{"site_key": {r.site.SiteKey}, "text": {"Hello"}})
	require.Equal(t, http.StatusOK, w.Code)
	require.Contains(t, w.Body.String(), `"success":false`)
	require.Equal(t, "nothing_filled", w.Header().Get("X-Skvoz-Reason"))
}
