package tracker_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/skvoz/skvoz/tracker"
)

// FuzzEndpoints sends any bytes to any door: the answer is never a fault of ours, and the door stays open.
func FuzzEndpoints(f *testing.F) {
	const key = "k=KEY&n=abcdefghijkl0123&u=https%3A%2F%2Fshop.example%2F"
	for _, seed := range []string{
		key, key + "&f=abcdefghijkl&r=https://yandex.ru/&d=-5&v=1&s=2", "k=KEY&v=1&s=2&h=3&a=99999999999999999999", "%%%&&==&k=%zz&k=KEY", key + "&ti=\x00\xff\xfe\x7f&w=\u2028",
		"sk=KEY&ci=1.2.3&hi=4&vn=A&vp=8-926&ve=x@y", `{"sk":"KEY","vn":"\ud800"}`, `{"site_key":"KEY","user_fields":{"a":{"b":[]}}}`, "site_key=KEY&name=A&user_fields[=1&user_fields[a]=%",
		"k=KEY&v=1&s=2&n=abcdefghijkl&c=a&a=b&g=1", "k=KEY&v=1&s=2&op=set&name=\xf0\x28\x8c\x28", "k=KEY&d=1e309&u=://", "k=KEY&v=1&s=2&h=3&sh=1&tc=+7%20495&bye=1&u=\xff", strings.Repeat("a=b&", 2000),
	} {
		f.Add(uint8(0), uint8(0), "", seed)
		f.Add(uint8(1), uint8(1), chrome, seed)
	}
	r := newRig(f, "sqlite")
	r.replacing(1)
	r.stop()
	r.start(tracker.Limits{
		PerIP: tracker.Rate{PerSecond: -1}, PerSite: tracker.Rate{PerSecond: -1}, PerBackEnd: tracker.Rate{PerSecond: -1}, Refusals: tracker.Rate{PerSecond: -1},
	})
	paths := []string{"/cs/h", "/cs/p", "/cs/e", "/cs/a", "/cs/n", "/vc/s/", "/api/add_offline_message/", "/cs/s/" + r.site.SiteKey}
	kinds := []string{"application/x-www-form-urlencoded", "text/plain", "application/json", "multipart/form-data; boundary=x", "multipart/form-data", ""}
	f.Fuzz(func(t *testing.T, path, kind uint8, agent, text string) {
		text = strings.ReplaceAll(text, "KEY", r.site.SiteKey)
		for _, method := range []string{http.MethodPost, http.MethodGet} {
			q := httptest.NewRequest(method, paths[int(path)%len(paths)], strings.NewReader(text))
			if method == http.MethodGet {
				q.URL.RawQuery = text
			}
			q.Header.Set("Content-Type", kinds[int(kind)%len(kinds)])
			q.Header["User-Agent"], q.Header["Referer"] = []string{agent}, []string{text}
			w := r.do(q)
			if w.Code >= 500 {
				t.Fatalf("%s %s: %d %s", method, q.URL.Path, w.Code, w.Body)
			}
			if !utf8.Valid(w.Body.Bytes()) && w.Header().Get("Content-Type") != "image/gif" {
				t.Fatalf("an answer that is no text: %q", w.Body)
			}
		}
	})
}
