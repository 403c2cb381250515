package emulator_test

import (
	"encoding/binary"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/internal/emulation"
	"github.com/skvoz/skvoz/pbx/exchange"
	"github.com/skvoz/skvoz/pbx/uis/emulator"
)

func TestNotifications_OfAnAnsweredCall(t *testing.T) {
	t.Parallel()
	a, to := open(t, emulator.Options{}), receive(t)
	require.NoError(t, a.NotifyOfAll(http.MethodPost, to.url))
	id, err := a.PlaceCall(client, sales)
	require.NoError(t, err)
	a.kit.Clock.Advance(5 * time.Second)
	require.NoError(t, a.Answer(id, timur))
	a.kit.Clock.Advance(20 * time.Second)
	a.data("tag.call", object{"call_session_id": id, "tag_id": 501})
	require.NoError(t, a.HangUp(id, "contact"))
	a.kit.Clock.Advance(2 * time.Second)
	names, all := to.events(t, 8)
	require.Equal(t, []string{"inbound_call", "waiting", "waiting", "waiting", "talk_started", "talk_finished", "call_finished", "record_ready"}, names)
	for _, e := range all {
		require.EqualValues(t, id, e["call_session_id"])
		require.Equal(t, []any{sales, client, "in", 88001.0, "Антон Громов", "Отдел продаж"}, []any{e["virtual_phone_number"], e["contact_phone_number"], e["direction"], e["contact_id"], e["contact_full_name"], e["scenario_name"]})
		require.Regexp(t, `^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}$`, e["notification_time"])
	}
	require.Equal(t, "IN_CALL_SESSION", all[0]["notification_mnemonic"])
	require.Nil(t, all[0]["external_id"])
	require.Equal(t, []any{12801.0, 12801.0, 12802.0}, []any{all[1]["employee_id"], all[2]["employee_id"], all[3]["employee_id"]})
	require.Equal(t, "Тимур Галиев", all[4]["employee_full_name"])
	require.Equal(t, all[3]["leg_id"], all[4]["leg_ids"].([]any)[1])
	require.InDelta(t, 20, all[5]["talk_time_duration"], 1)
	require.InDelta(t, 25, all[6]["total_time_duration"], 1)
	require.InDelta(t, 5, all[6]["wait_time_duration"], 1)
	require.Equal(t, []any{"Целевой"}, all[6]["tag_names"])
	require.InDelta(t, 20, all[7]["file_duration"], 1)
	link := all[7]["file_link"].(string)
	require.True(t, strings.HasPrefix(link, a.url))

	sound := download(t, link, http.StatusOK)
	require.Equal(t, "RIFF", string(sound[:4]))
	require.InDelta(t, 20*32000, binary.LittleEndian.Uint32(sound[40:44]), 32000)
	a.ExpireRecords()
	download(t, link, http.StatusGone)
}

func download(t *testing.T, link string, status int) []byte {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, link, http.NoBody)
	require.NoError(t, err)
	resp, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	defer resp.Body.Close()
	require.Equal(t, status, resp.StatusCode)
	out, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return out
}

func TestNotifications_LinksExpireByThemselves(t *testing.T) {
	t.Parallel()
	a, to := open(t, emulator.Options{RecordLife: time.Hour}), receive(t)
	require.NoError(t, a.SetNotification(emulator.Notification{Event: emulator.RecordReady, URL: to.url, Template: `{{file_link}}`}))
	id, err := a.PlaceCall(client, sales)
	require.NoError(t, err)
	require.NoError(t, a.Answer(id, ""))
	require.NoError(t, a.HangUp(id, ""))
	a.kit.Clock.Advance(2 * time.Second)
	var link string
	require.NoError(t, json.Unmarshal([]byte(to.wait(t, 1)[0]), &link))
	download(t, link, http.StatusOK)
	a.kit.Clock.Advance(time.Hour)
	download(t, link, http.StatusGone)
}

func TestNotifications_OfALostCall(t *testing.T) {
	t.Parallel()
	a, to := open(t, emulator.Options{}), receive(t)
	require.NoError(t, a.NotifyOfAll(http.MethodPost, to.url))
	_, err := a.PlaceCall("79214445566", second)
	require.NoError(t, err)
	a.kit.Clock.Advance(time.Minute)
	names, all := to.events(t, 6)
	require.Equal(t, []string{"inbound_call", "waiting", "waiting", "waiting", "call_finished", "lost_call"}, names)
	require.Equal(t, []any{12802.0, 12801.0}, all[5]["employee_ids"], "one after the other")
	require.InDelta(t, 45, all[5]["wait_time_duration"], 1)
	require.InDelta(t, 0, all[4]["talk_time_duration"], 0)
	require.Nil(t, all[0]["contact_id"])
}

func TestNotifications_OfAnOutboundCall(t *testing.T) {
	t.Parallel()
	a, to := open(t, emulator.Options{}), receive(t)
	require.NoError(t, a.NotifyOfAll(http.MethodPost, to.url))
	id := a.talking()
	require.NoError(t, a.HangUp(id, "employee"))
	names, all := to.events(t, 5)
	require.Equal(t, []string{"outbound_call", "waiting", "talk_started", "talk_finished", "call_finished"}, names)
	require.Equal(t, []any{olga, 12801.0, "callapi", "out"}, []any{all[0]["employee_phone_number"], all[0]["employee_id"], all[0]["call_source"], all[0]["direction"]})
}

func TestNotifications_TemplatesArePeoplesOwn(t *testing.T) {
	t.Parallel()
	a, to := open(t, emulator.Options{}), receive(t)
	require.NoError(t, a.SetNotification(emulator.Notification{Event: emulator.InboundCall, URL: to.url + "?k=1", Template: `id={{ call_session_id }} to={{virtual_phone_number}} ext={{external_id}} "{{contact_full_name}}" [{{tag_ids}}]`}))
	require.NoError(t, a.SetNotification(emulator.Notification{Event: emulator.OutboundCall, Method: "GET", URL: to.url + "?k=2", Template: `n={{contact_phone_number}}&t={{tag_names}}`}))
	id, err := a.PlaceCall(client, sales)
	require.NoError(t, err)
	c, _ := a.Call(id)
	require.Equal(t, []string{"id=" + strconv.FormatInt(c.ID, 10) + ` to="74950000001" ext=null ""Антон Громов"" [[]]`}, to.wait(t, 1))
	a.session(start())
	to.wait(t, 2)
	require.Equal(t, http.MethodGet, to.requests[1].Method)
	require.Equal(t, "2", to.requests[1].URL.Query().Get("k"))
	require.Equal(t, `"79210000011"`, to.requests[1].URL.Query().Get("n"))
	require.Equal(t, `[]`, to.requests[1].URL.Query().Get("t"))
	require.Equal(t, "/uis/secret-of-this-address", to.requests[0].URL.Path)
	require.Equal(t, "application/json; charset=UTF-8", to.requests[0].Header.Get("Content-Type"))

	for _, n := range []emulator.Notification{
		{Event: "fax", URL: to.url},
		{Event: emulator.InboundCall, URL: "here"},
		{Event: emulator.InboundCall, URL: to.url, Method: "PUT"},
		{Event: emulator.InboundCall, URL: to.url, Template: `{{file_link}}`},
	} {
		require.Error(t, a.SetNotification(n))
	}
}

func TestNotifications_ComeDoubledLostAndOutOfOrder(t *testing.T) {
	t.Parallel()
	cases := []struct {
		rule string
		do   func(*account)
		want []string
	}{
		{"as they happen", func(*account) {}, []string{"outbound_call", "waiting", "talk_started"}},
		{"doubled", func(a *account) { a.DuplicateEvents(2) }, []string{"outbound_call", "outbound_call", "waiting", "waiting", "talk_started"}},
		{"lost", func(a *account) { a.LoseEvents(1) }, []string{"waiting", "talk_started"}},
		{"swapped", func(a *account) { a.SwapEvents() }, []string{"waiting", "outbound_call", "talk_started"}},
	}
	for _, c := range cases {
		t.Run(c.rule, func(t *testing.T) {
			t.Parallel()
			a, to := open(t, emulator.Options{}), receive(t)
			require.NoError(t, a.NotifyOfAll("", to.url))
			c.do(a)
			a.talking()
			names, _ := to.events(t, len(c.want))
			require.Equal(t, c.want, names)
		})
	}
}

func TestNotifications_HeldBackAndReversed(t *testing.T) {
	t.Parallel()
	a, to := open(t, emulator.Options{}), receive(t)
	require.NoError(t, a.NotifyOfAll("", to.url))
	a.HoldEvents()
	a.talking()
	require.Len(t, a.Deliveries(), 3)
	a.ReleaseEvents(true)
	names, _ := to.events(t, 3)
	require.Equal(t, []string{"talk_started", "waiting", "outbound_call"}, names)
}

func TestControl_DoesWhatPeopleDo(t *testing.T) {
	t.Parallel()
	a, to := open(t, emulator.Options{}), receive(t)
	act := func(name string, given map[string]string) any {
		t.Helper()
		for _, action := range a.Actions() {
			if action.Name != name {
				continue
			}
			values := map[string]string{}
			for _, p := range action.Params {
				values[p.Name] = p.Default
			}
			for k, v := range given {
				values[k] = v
			}
			out, err := action.Do(t.Context(), values)
			require.NoError(t, err, name)
			return out
		}
		require.Fail(t, "no action "+name)
		return nil
	}
	act("set_notification", map[string]string{"url": to.url})
	act("set_line", map[string]string{"number": timur, "rule": "busy"})
	act("place_call", nil)
	act("answer", nil)
	act("hold", nil)
	act("consult", map[string]string{"to": "79160000001"})
	act("answer", map[string]string{"who": "third"})
	act("transfer", nil)
	require.Equal(t, exchange.StageTalk, act("call_state", nil).(map[string]any)["stage"])
	act("send_digits", nil)
	act("transfer", map[string]string{"to": olgaSIP})
	act("answer", nil)
	act("hang_up", nil)
	require.NotEmpty(t, act("deliveries", nil))
	for _, table := range a.Tables() {
		for _, row := range table.Rows {
			require.Len(t, row, len(table.Columns), table.Name)
		}
	}
	a.Reset()
	require.Empty(t, a.Calls())
	require.Empty(t, a.Notifications())
}

func FuzzCallAPI_AnyBodyIsAnswered(f *testing.F) {
	for _, body := range []string{"", "[]", "{}", `{"jsonrpc":"2.0","id":1,"method":"login.user","params":{"login":1}}`, `{"id":{}}`, "null", `{"jsonrpc":"2.0","id":1,"method":"start.employee_call","params":{"access_token":"k","employee":[]}}`} {
		f.Add(body)
	}
	s := emulator.New(emulation.NewKit(), emulator.Options{})
	defer s.Close()
	f.Fuzz(func(t *testing.T, body string) {
		w := httptest.NewRecorder()
		s.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/v4.0", strings.NewReader(strings.ReplaceAll(body, `"k"`, `"`+s.Token()+`"`))))
		require.Equal(t, http.StatusOK, w.Code)
		require.True(t, json.Valid(w.Body.Bytes()), w.Body.String())
	})
}
