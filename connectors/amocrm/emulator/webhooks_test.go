package emulator_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/connectors/amocrm/emulator"
	"github.com/skvoz/skvoz/internal/testkit"
)

const patience = 10 * time.Second

// receiver is the place webhooks are sent to.
type receiver struct {
	url string

	mu     sync.Mutex
	status int
	bodies []url.Values
	raw    []string
}

func receive(t *testing.T) *receiver {
	t.Helper()
	r := &receiver{status: 200}
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		body, _ := io.ReadAll(req.Body)
		values, _ := url.ParseQuery(string(body))
		r.mu.Lock()
		defer r.mu.Unlock()
		if req.Method != http.MethodPost || req.Header.Get("Content-Type") != "application/x-www-form-urlencoded" || req.Header.Get("X-Signature") != "" {
			w.WriteHeader(http.StatusTeapot)
			return
		}
		r.bodies, r.raw = append(r.bodies, values), append(r.raw, string(body))
		if r.status/100 == 3 {
			w.Header().Set("Location", "/elsewhere")
		}
		w.WriteHeader(r.status)
	}))
	t.Cleanup(web.Close)
	r.url = web.URL + "/hook?secret=1"
	return r
}

func (r *receiver) answer(status int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.status = status
}

// wait returns all bodies as soon as there are n.
func (r *receiver) wait(t *testing.T, n int) []url.Values {
	t.Helper()
	var out []url.Values
	testkit.Eventually(t, patience, func() bool {
		r.mu.Lock()
		defer r.mu.Unlock()
		out = append([]url.Values(nil), r.bodies...)
		return len(out) >= n
	}, fmt.Sprintf("%d webhooks come", n))
	require.Len(t, out, n)
	return out
}

func (a *account) subscribe(r *receiver, settings string) {
	a.t.Helper()
	got := a.do(http.MethodPost, "/api/v4/webhooks", fmt.Sprintf(`{"destination":%q,"settings":[%s],"sort":10}`, r.url, settings))
	require.Contains(a.t, []int{200, 201}, got.status, got.text)
}

func TestWebhooks_Subscriptions(t *testing.T) {
	t.Parallel()
	a, to := open(t, emulator.Options{}), receive(t)
	require.Equal(t, http.StatusNoContent, a.get("/api/v4/webhooks").status)
	body := func(settings string) string {
		return fmt.Sprintf(`{"destination":%q,"settings":[%s]}`, to.url, settings)
	}
	first := a.do(http.MethodPost, "/api/v4/webhooks", body(`"add_lead"`))
	require.Equal(t, 201, first.status, first.text)
	again := a.do(http.MethodPost, "/api/v4/webhooks", body(`"status_lead"`))
	require.Equal(t, 200, again.status)
	require.Equal(t, first.json()["id"], again.json()["id"], "the same destination is the same webhook")
	list := a.get("/api/v4/webhooks" + query("filter[destination]", to.url)).rows("webhooks")
	require.Len(t, list, 1)
	require.Equal(t, []any{"status_lead"}, list[0]["settings"])
	require.Equal(t, http.StatusNoContent, a.get("/api/v4/webhooks?filter[destination]=x").status)
	require.Equal(t, []string{"0 NotSupportedChoice settings.0"}, a.do(http.MethodPost, "/api/v4/webhooks", body(`"lead_added"`)).wrong())
	require.Equal(t, []string{"0 NotSupportedChoice destination"}, a.do(http.MethodPost, "/api/v4/webhooks", `{"destination":"here","settings":["add_lead"]}`).wrong())
	plain := a.send(http.MethodPost, "/api/v4/webhooks", "application/json", []byte(body(`"add_lead"`)), http.Header{"Authorization": {"Bearer " + a.token}, "X-Context-User-Id": {"7000002"}})
	plain.problem(403)
	require.Equal(t, http.StatusNoContent, a.do(http.MethodDelete, "/api/v4/webhooks", fmt.Sprintf(`{"destination":%q}`, to.url)).status)
	require.Equal(t, http.StatusNoContent, a.get("/api/v4/webhooks").status)
	a.do(http.MethodDelete, "/api/v4/webhooks", fmt.Sprintf(`{"destination":%q}`, to.url)).problem(404)
}

func TestWebhooks_TellOfAMove(t *testing.T) {
	t.Parallel()
	a, to := open(t, emulator.Options{}), receive(t)
	id := a.made("/api/v4/leads", "leads", `[{"name":"Стол & стул","price":1,"custom_fields_values":[{"field_code":"UTM_SOURCE","values":[{"value":"yandex"}]}],"_embedded":{"tags":[{"name":"сайт"}]}}]`)
	a.subscribe(to, `"status_lead"`)
	before, _ := a.Lead(id)
	require.NoError(t, a.MoveLead(id, 0, 142, 22500))
	got := to.wait(t, 1)[0]
	l, _ := a.Lead(id)
	want := map[string]string{
		"id": fmt.Sprint(id), "name": "Стол & стул", "status_id": "142", "old_status_id": fmt.Sprint(before.StatusID), "pipeline_id": fmt.Sprint(l.PipelineID),
		"old_pipeline_id": fmt.Sprint(l.PipelineID), "price": "22500", "responsible_user_id": "7000001", "last_modified": fmt.Sprint(l.UpdatedAt),
		"modified_user_id": "7000001", "created_user_id": "7000001", "date_create": fmt.Sprint(l.CreatedAt), "created_at": fmt.Sprint(l.CreatedAt),
		"updated_at": fmt.Sprint(l.UpdatedAt), "account_id": "31234567",
	}
	for name, value := range want {
		require.Equal(t, value, got.Get("leads[status][0]["+name+"]"), name)
	}
	require.Equal(t, "сайт", got.Get("leads[status][0][tags][0][name]"))
	require.Equal(t, "utm_source", got.Get("leads[status][0][custom_fields][0][name]"))
	require.Equal(t, "yandex", got.Get("leads[status][0][custom_fields][0][values][0][value]"))
	require.Equal(t, []string{"31234567", "demo", a.url}, []string{got.Get("account[id]"), got.Get("account[subdomain]"), got.Get("account[_links][self]")})
	require.Contains(t, to.raw[0], "leads%5Bstatus%5D%5B0%5D%5Bid%5D=")
}

func TestWebhooks_WhatEachSettingTellsOf(t *testing.T) {
	t.Parallel()
	cases := []struct {
		setting, key string
		do           func(*account)
	}{
		{"add_lead", "leads[add][0][id]", func(a *account) { a.made("/api/v4/leads", "leads", `[{}]`) }},
		{"update_lead", "leads[update][0][id]", func(a *account) {
			require.Equal(a.t, 200, a.do(http.MethodPatch, "/api/v4/leads/10000002", `{"price":5}`).status)
		}},
		{"responsible_lead", "leads[responsible][0][id]", func(a *account) {
			require.Equal(a.t, 200, a.do(http.MethodPatch, "/api/v4/leads/10000002", `{"responsible_user_id":7000001}`).status)
		}},
		{"delete_lead", "leads[delete][0][id]", func(a *account) { require.NoError(a.t, a.DeleteLead(10000002)) }},
		{"note_lead", "leads[note][0][note][text]", func(a *account) {
			require.Equal(a.t, 200, a.do(http.MethodPost, "/api/v4/leads/10000002/notes", `[{"note_type":"common","params":{"text":"x"}}]`).status)
		}},
		{"add_contact", "contacts[add][0][custom_fields][0][code]", func(a *account) { a.made("/api/v4/contacts", "contacts", "["+newContact+"]") }},
		{"update_contact", "contacts[update][0][linked_leads_id][10000002][ID]", func(a *account) {
			require.Equal(a.t, 200, a.do(http.MethodPatch, "/api/v4/contacts/20000002", `{"name":"x"}`).status)
		}},
		{"add_company", "contacts[add][0][type]", func(a *account) { a.made("/api/v4/companies", "companies", `[{"name":"x"}]`) }},
		{"add_unsorted", "unsorted[add][0][source_data][form_id]", func(a *account) {
			require.Equal(a.t, 200, a.do(http.MethodPost, "/api/v4/leads/unsorted/forms", "["+form+"]").status)
		}},
	}
	for _, c := range cases {
		t.Run(c.setting, func(t *testing.T) {
			t.Parallel()
			a, to := open(t, emulator.Options{}), receive(t)
			a.subscribe(to, fmt.Sprintf("%q", c.setting))
			c.do(a)
			require.NotEmpty(t, to.wait(t, 1)[0].Get(c.key), to.raw[0])
		})
	}
}

func TestWebhooks_SeveralInOnePost(t *testing.T) {
	t.Parallel()
	a, to := open(t, emulator.Options{}), receive(t)
	a.subscribe(to, `"add_lead","update_lead"`)
	require.Equal(t, 200, a.do(http.MethodPost, "/api/v4/leads", `[{"name":"a"},{"name":"b"}]`).status)
	got := to.wait(t, 1)[0]
	require.Equal(t, []string{"a", "b"}, []string{got.Get("leads[add][0][name]"), got.Get("leads[add][1][name]")})
}

func TestWebhooks_RepeatedByTheTable(t *testing.T) {
	t.Parallel()
	short, long := []time.Duration{5 * time.Minute, 15 * time.Minute}, []time.Duration{5 * time.Minute, 15 * time.Minute, 15 * time.Minute, time.Hour}
	cases := []struct {
		status int
		pauses []time.Duration
	}{
		{302, short}, {404, short}, {429, short}, {499, long}, {500, long}, {503, long},
	}
	for _, c := range cases {
		t.Run(fmt.Sprint(c.status), func(t *testing.T) {
			t.Parallel()
			a, to := open(t, emulator.Options{}), receive(t)
			to.answer(c.status)
			a.subscribe(to, `"add_lead"`)
			a.made("/api/v4/leads", "leads", `[{}]`)
			for i, pause := range c.pauses {
				a.tried(i + 1)
				a.kit.Clock.Advance(pause - time.Minute)
				require.Len(t, a.Deliveries()[0].Statuses, i+1, "not before its time")
				a.kit.Clock.Advance(time.Minute)
			}
			d := a.tried(len(c.pauses) + 1)
			require.Equal(t, emulator.DeliveryFailed, d.State)
			require.Equal(t, c.status, d.Statuses[0])
			a.kit.Clock.Advance(24 * time.Hour)
			to.wait(t, len(c.pauses)+1)
		})
	}
}

// tried waits for the nth attempt of the first delivery.
func (a *account) tried(n int) emulator.Delivery {
	a.t.Helper()
	var d emulator.Delivery
	testkit.Eventually(a.t, patience, func() bool {
		d = a.Deliveries()[0]
		return len(d.Statuses) >= n
	}, fmt.Sprintf("attempt %d", n))
	return d
}

func TestWebhooks_ARepeatThatIsTakenEndsIt(t *testing.T) {
	t.Parallel()
	a, to := open(t, emulator.Options{}), receive(t)
	to.answer(500)
	a.subscribe(to, `"add_lead"`)
	a.made("/api/v4/leads", "leads", `[{"name":"first"}]`)
	a.tried(1)
	to.answer(299)
	a.made("/api/v4/leads", "leads", `[{"name":"second"}]`)
	require.Equal(t, "second", to.wait(t, 2)[1].Get("leads[add][0][name]"), "one that waits does not hold up the next")
	a.kit.Clock.Advance(5 * time.Minute)
	require.Equal(t, emulator.DeliveryDelivered, a.tried(2).State)
	require.Equal(t, "first", to.wait(t, 3)[2].Get("leads[add][0][name]"))
}

func TestWebhooks_NoAnswerInTime(t *testing.T) {
	t.Parallel()
	a := open(t, emulator.Options{WebhookTimeout: 50 * time.Millisecond})
	release := make(chan struct{})
	web := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release }))
	t.Cleanup(func() {
		close(release)
		web.Close()
	})
	a.subscribe(&receiver{url: web.URL}, `"add_lead"`)
	a.made("/api/v4/leads", "leads", `[{}]`)
	require.Equal(t, []int{499}, a.tried(1).Statuses)
	testkit.Eventually(t, patience, func() bool { return a.Deliveries()[0].State == emulator.DeliveryWaiting }, "it waits for the next attempt")
}

func TestWebhooks_NobodyThere(t *testing.T) {
	t.Parallel()
	a := open(t, emulator.Options{})
	web := httptest.NewServer(http.NotFoundHandler())
	web.Close()
	a.subscribe(&receiver{url: web.URL}, `"add_lead"`)
	a.made("/api/v4/leads", "leads", `[{}]`)
	require.Equal(t, []int{0}, a.tried(1).Statuses)
}

func TestWebhooks_SwitchedOffAfterTooManyWrongAnswers(t *testing.T) {
	t.Parallel()
	a, to := open(t, emulator.Options{}), receive(t)
	to.answer(500)
	a.subscribe(to, `"add_lead"`)
	for range 100 {
		a.made("/api/v4/leads", "leads", `[{}]`)
	}
	to.wait(t, 100)
	require.False(t, a.Webhooks()[0].Disabled)
	a.made("/api/v4/leads", "leads", `[{}]`)
	testkit.Eventually(t, patience, func() bool { return a.Webhooks()[0].Disabled }, "more than 100 within two hours")
	a.made("/api/v4/leads", "leads", `[{}]`)
	a.kit.Clock.Advance(5 * time.Minute)
	to.wait(t, 101)
	require.Equal(t, true, a.get("/api/v4/webhooks").rows("webhooks")[0]["disabled"])
	to.answer(200)
	a.subscribe(to, `"add_lead"`)
	a.made("/api/v4/leads", "leads", `[{}]`)
	to.wait(t, 102)
}

func TestWebhooks_LostTwiceAndInTheWrongOrder(t *testing.T) {
	t.Parallel()
	cases := []struct {
		rule string
		do   func(*account)
		want []string
	}{
		{"lost", func(a *account) { a.LoseWebhooks(2) }, []string{"c", "d"}},
		{"twice", func(a *account) { a.DuplicateWebhooks(1) }, []string{"a", "a", "b", "c", "d"}},
		{"wrong order", func(a *account) { a.SwapWebhooks() }, []string{"b", "a", "c", "d"}},
	}
	for _, c := range cases {
		t.Run(c.rule, func(t *testing.T) {
			t.Parallel()
			a, to := open(t, emulator.Options{}), receive(t)
			a.subscribe(to, `"add_lead"`)
			c.do(a)
			for _, name := range []string{"a", "b", "c", "d"} {
				a.made("/api/v4/leads", "leads", fmt.Sprintf(`[{"name":%q}]`, name))
			}
			var got []string
			for _, body := range to.wait(t, len(c.want)) {
				got = append(got, body.Get("leads[add][0][name]"))
			}
			require.Equal(t, c.want, got)
		})
	}
}

func TestWebhooks_CloseAndResetEndWhatWaits(t *testing.T) {
	t.Parallel()
	for rule, end := range map[string]func(*account){"close": func(a *account) { a.Close() }, "reset": func(a *account) { a.Reset() }} {
		t.Run(rule, func(t *testing.T) {
			t.Parallel()
			a, to := open(t, emulator.Options{}), receive(t)
			to.answer(500)
			a.subscribe(to, `"add_lead"`)
			a.made("/api/v4/leads", "leads", `[{}]`)
			a.tried(1)
			end(a)
			a.kit.Clock.Advance(time.Hour)
			a.made("/api/v4/leads", "leads", `[{}]`)
			to.wait(t, 1)
		})
	}
}
