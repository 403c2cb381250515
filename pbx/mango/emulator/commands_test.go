package emulator_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/internal/emulation"
	"github.com/skvoz/skvoz/pbx/exchange"
	"github.com/skvoz/skvoz/pbx/mango/emulator"
)

func TestCommands_WrongRequestsLock(t *testing.T) {
	t.Parallel()
	cases := []struct {
		rule string
		send func(o *office, key, salt string) reply
	}{
		{"another key", func(o *office, _, salt string) reply {
			return o.post("commands/callback", url.Values{"vpbx_api_key": {"x"}, "sign": {sign("x", "{}", salt)}, "json": {"{}"}})
		}},
		{"another salt", func(o *office, key, _ string) reply {
			return o.post("commands/callback", url.Values{"vpbx_api_key": {key}, "sign": {sign(key, "{}", "x")}, "json": {"{}"}})
		}},
		{"the sign of another text", func(o *office, key, salt string) reply {
			return o.post("commands/callback", url.Values{"vpbx_api_key": {key}, "sign": {sign(key, "{}", salt)}, "json": {"{ }"}})
		}},
		{"no json", func(o *office, key, salt string) reply {
			return o.post("commands/callback", url.Values{"vpbx_api_key": {key}, "sign": {sign(key, "", salt)}})
		}},
	}
	for _, c := range cases {
		t.Run(c.rule, func(t *testing.T) {
			t.Parallel()
			o := open(t, emulator.Options{})
			key, salt := o.Keys()
			require.Equal(t, http.StatusUnauthorized, c.send(o, key, salt).status)
			require.Equal(t, 3100, o.command("callback", `{}`), "one is allowed")
			o.kit.Clock.Advance(2 * time.Minute)
			require.Equal(t, http.StatusUnauthorized, c.send(o, key, salt).status)
			require.False(t, o.Locked(), "the first was long ago")
			require.Equal(t, http.StatusUnauthorized, c.send(o, key, salt).status)
			require.True(t, o.Locked())
			require.Equal(t, http.StatusUnauthorized, o.ask("commands/callback", `{}`).status, "right ones are refused, too")
			o.kit.Clock.Advance(2 * time.Minute)
			require.Equal(t, 3100, o.command("callback", `{}`))
		})
	}
}

func TestCommands_Rates(t *testing.T) {
	t.Parallel()
	o := open(t, emulator.Options{Rate: 10, CommandRate: 4})
	for range 4 {
		require.Equal(t, 3100, o.command("callback", `{"command_id":"1"}`))
	}
	require.Equal(t, http.StatusTooManyRequests, o.ask("commands/call/hangup", `{"command_id":"1"}`).status)
	require.Equal(t, 3100, o.command("route", `{"command_id":"1"}`))
	require.Equal(t, http.StatusTooManyRequests, o.ask("commands/route", `{"command_id":"1"}`).status)
	for range 5 {
		require.Equal(t, 3100, o.command("transfer", `{"command_id":"1"}`))
	}
	require.Equal(t, http.StatusTooManyRequests, o.ask("commands/transfer", `{"command_id":"1"}`).status, "ten of all kinds")
	o.kit.Clock.Advance(time.Second)
	require.Equal(t, http.StatusTooManyRequests, o.ask("commands/route", `{"command_id":"1"}`).status, "one in two seconds")
	require.Equal(t, 3100, o.command("callback", `{"command_id":"1"}`))
	o.kit.Clock.Advance(time.Second)
	require.Equal(t, 3100, o.command("route", `{"command_id":"1"}`))
}

func TestCommands_Callback(t *testing.T) {
	t.Parallel()
	o := open(t, emulator.Options{})
	require.Equal(t, 1000, o.command("callback", `{"command_id":"cmd-1","from":{"extension":"101"},"to_number":%q,"line_number":%q}`, client, queued))
	got := o.to.wait(t, 2)
	require.Equal(t, []string{"1.1 Appeared abonent", "result/callback"}, short(got))
	require.Equal(t, object{"command_id": "cmd-1", "result": 1000.0}, got[1].body)
	require.NoError(t, o.Answer(0, "101"))
	require.NoError(t, o.Answer(0, client))
	require.NoError(t, o.HangUp(0, client))
	got = o.to.wait(t, 8)
	require.Equal(t, []string{
		"1.1 Appeared abonent", "result/callback", "1.2 Connected abonent", "2.1 Appeared abonent", "2.2 Connected abonent", "1.3 Disconnected abonent", "2.3 Disconnected abonent", "events/summary",
	}, short(got))
	for _, i := range []int{0, 2, 3, 4, 5, 6} {
		require.Equal(t, []any{"cmd-1", "101"}, []any{got[i].body["command_id"], got[i].body["callback_initiator"]})
	}
	require.Equal(t, object{"extension": "101", "number": "sip:olga@office.mangosip.ru", "taken_from_call_id": got[0].body["call_id"]}, got[3].body["from"])
	require.Equal(t, object{"number": client, "line_number": queued}, got[3].body["to"])
	require.Equal(t, []any{2.0, 1.0, "101", client}, []any{got[7].body["call_direction"], got[7].body["entry_result"], got[7].body["from"].(object)["extension"], got[7].body["to"].(object)["number"]})
	require.EqualValues(t, 1120, got[6].body["disconnect_reason"])
}

func TestCommands_WrongParameters(t *testing.T) {
	t.Parallel()
	o := open(t, emulator.Options{})
	id := o.inbound(direct)
	require.NoError(t, o.Answer(id, ""))
	leg := callID(o.to.wait(t, 3), 1)
	cases := []struct {
		rule, command, text string
		want                int
	}{
		{"no command_id", "callback", `{"from":{"extension":"101"},"to_number":"79210000011"}`, 3100},
		{"no such extension", "callback", `{"command_id":"1","from":{"extension":"199"},"to_number":"79210000011"}`, 3100},
		{"a number that is none", "callback", `{"command_id":"1","from":{"extension":"102"},"to_number":"+7 921"}`, 3100},
		{"another's line", "callback", `{"command_id":"1","from":{"extension":"102"},"to_number":"79210000011","line_number":"74990000777"}`, 3100},
		{"another type", "callback", `{"command_id":"1","from":7,"to_number":"79210000011"}`, 3100},
		{"no JSON", "callback", `{`, 3100},
		{"no such group", "callback_group", `{"command_id":"1","from":"7009","to":"79210000011"}`, 3100},
		{"no such call", "call/hangup", `{"command_id":"1","call_id":"x"}`, 3100},
		{"a route of a call that was answered", "route", `{"command_id":"1","call_id":"LEG","to_number":"102"}`, 4001},
		{"a transfer by somebody else", "transfer", `{"command_id":"1","call_id":"LEG","method":"blind","to_number":"102","initiator":"103"}`, 3100},
		{"an unknown way of transfer", "transfer", `{"command_id":"1","call_id":"LEG","method":"warm","to_number":"102","initiator":"101"}`, 3100},
		{"a connection without a consultation", "calls_connect", `{"command_id":"1","call_id":"LEG"}`, 4001},
		{"an end of a transfer there is none of", "transfer_cancel", `{"command_id":"1","call_id":"LEG"}`, 4001},
		{"a recording of somebody else", "recording/start", `{"command_id":"1","call_id":"LEG","call_party_number":"103"}`, 3100},
		{"a recording that runs", "recording/start", `{"command_id":"1","call_id":"LEG","call_party_number":"101"}`, 4001},
	}
	for _, c := range cases {
		t.Run(c.rule, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.want, o.command(c.command, "%s", strings.ReplaceAll(c.text, "LEG", leg)))
		})
	}
	require.Equal(t, http.StatusNotFound, o.ask("commands/fax", `{}`).status)
}

func TestCommands_CallbackOfAGroup(t *testing.T) {
	t.Parallel()
	o := open(t, emulator.Options{})
	require.Equal(t, 1000, o.command("callback_group", `{"command_id":"g","from":"7001","to":%q}`, client))
	c := o.Calls()[0]
	require.Len(t, c.Legs, 2)
	require.NoError(t, o.Answer(c.ID, "102"))
	require.NoError(t, o.Answer(c.ID, "contact"))
	require.Equal(t, exchange.StageTalk, o.stage(c.ID))
}

func TestCommands_RouteWhileTheCallerIsInTheMenu(t *testing.T) {
	t.Parallel()
	o := open(t, emulator.Options{})
	id := o.inbound(menuLine)
	menu := callID(o.to.wait(t, 2), 1)
	require.Equal(t, 1000, o.command("route", `{"command_id":"r","call_id":%q,"to_number":"103"}`, menu))
	o.kit.Clock.Advance(10 * time.Second)
	c, _ := o.Call(id)
	require.Len(t, c.Legs, 2, "the menu leads nowhere any more")
	require.Equal(t, "103", c.Legs[1].Number)
	require.NoError(t, o.Answer(id, "103"))
	require.Equal(t, exchange.StageTalk, o.stage(id))
}

func TestCommands_TransferWithAConsultation(t *testing.T) {
	t.Parallel()
	o := open(t, emulator.Options{})
	id := o.inbound(queued)
	require.NoError(t, o.Answer(id, "103"))
	leg := callID(o.to.wait(t, 7), 2)
	require.Equal(t, 1000, o.command("transfer", `{"command_id":"t","call_id":%q,"method":"hold","to_number":"102","initiator":"103"}`, leg))
	require.Equal(t, exchange.StageConsultDialing, o.stage(id))
	require.Equal(t, 1000, o.command("transfer_cancel", `{"command_id":"t","call_id":%q}`, leg))
	require.Equal(t, exchange.StageTalk, o.stage(id))
	require.Equal(t, 1000, o.command("call/hold/on", `{"command_id":"h","call_id":%q}`, leg))
	require.Equal(t, 1000, o.command("transfer", `{"command_id":"t2","call_id":%q,"method":"hold","to_number":"102","initiator":"103"}`, leg))
	require.NoError(t, o.Answer(id, "102"))
	require.Equal(t, 1000, o.command("calls_connect", `{"command_id":"c","call_id":%q}`, leg))
	require.Equal(t, exchange.StageTalk, o.stage(id))
	got := o.to.wait(t, 21)
	last := got[len(got)-3:]
	require.Equal(t, []any{"Disconnected", "consultative", "Connected", "consultative"}, []any{last[0].body["call_state"], last[0].body["transfer"], last[1].body["call_state"], last[1].body["transfer"]})
	require.Equal(t, object{"number": client, "was_transferred": true, "taken_from_call_id": leg}, last[1].body["from"])
	require.Equal(t, "result/calls_connect", last[2].path)
}

func TestCommands_HangUpAndRecord(t *testing.T) {
	t.Parallel()
	o := open(t, emulator.Options{})
	id := o.inbound(queued)
	require.NoError(t, o.Answer(id, "103"))
	leg := callID(o.to.wait(t, 7), 2)
	require.Equal(t, 1000, o.command("recording/start", `{"command_id":"r","call_id":%q,"call_party_number":"103"}`, leg))
	require.Equal(t, 1000, o.command("call/hangup", `{"command_id":"h","call_id":%q}`, leg))
	c, _ := o.Call(id)
	require.Equal(t, exchange.StageFinished, c.Stage)
	got := o.to.wait(t, 13)
	require.Equal(t, "result/call/hangup", got[12].path)
	require.EqualValues(t, 1100, got[10].body["disconnect_reason"])
}

func TestQueries_RecordingsThatCanBeDownloadedOnce(t *testing.T) {
	t.Parallel()
	o := open(t, emulator.Options{})
	id := o.inbound(direct)
	require.NoError(t, o.Answer(id, ""))
	o.kit.Clock.Advance(10 * time.Second)
	require.NoError(t, o.HangUp(id, ""))
	record := o.to.wait(t, 6)[2].body["recording_id"].(string)
	ask := func(action string) reply {
		return o.ask("queries/recording/post", fmt.Sprintf(`{"recording_id":%q,"action":%q}`, record, action))
	}
	require.Equal(t, http.StatusNotFound, ask("download").status, "not ready yet")
	o.kit.Clock.Advance(3 * time.Second)
	o.to.wait(t, 7)
	require.Contains(t, ask("send").text, "3100")
	for _, action := range []string{"download", "play"} {
		got := ask(action)
		require.Equal(t, http.StatusFound, got.status, got.text)
		get := func() reply {
			r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, got.header.Get("Location"), http.NoBody)
			require.NoError(t, err)
			return do(t, r)
		}
		sound := get()
		require.Equal(t, http.StatusOK, sound.status)
		require.Equal(t, "RIFF", sound.text[:4])
		require.Equal(t, action == "download", sound.header.Get("Content-Disposition") != "")
		require.Equal(t, http.StatusNotFound, get().status, "it works once")
	}
}

func TestQueries_StatisticsTakeAWhile(t *testing.T) {
	t.Parallel()
	o := open(t, emulator.Options{})
	id := o.inbound(direct)
	require.NoError(t, o.Answer(id, ""))
	o.kit.Clock.Advance(10 * time.Second)
	require.NoError(t, o.HangUp(id, ""))
	o.kit.Clock.Advance(3 * time.Second)
	record := o.to.wait(t, 7)[2].body["recording_id"].(string)
	now := o.kit.Clock.Now()
	period := fmt.Sprintf(`{"date_from":%d,"date_to":"%d"`, now.Add(-time.Hour).Unix(), now.Unix())
	key := func(path, more string) string {
		var out struct{ Key string }
		got := o.ask(path, period+more+`}`)
		require.NoError(t, json.Unmarshal([]byte(got.text), &out), got.text)
		return out.Key
	}
	calls, csv := key("stats/calls/request", ""), key("stats/request", `,"fields":"records,from_number,to_extension,entry_id"`)
	result := func(path, key string) reply { return o.ask(path, fmt.Sprintf(`{"key":%q}`, key)) }
	require.Equal(t, http.StatusNoContent, result("stats/calls/result", calls).status)
	require.Equal(t, http.StatusNotFound, result("stats/calls/result", "x").status)
	o.kit.Clock.Advance(5 * time.Second)
	var out struct {
		Data []struct {
			EntryID string `json:"entry_id"`
			Legs    []struct {
				RecordingID []string `json:"recording_id"`
			}
			TalkDuration int `json:"talk_duration"`
		}
	}
	require.NoError(t, json.Unmarshal([]byte(result("stats/calls/result", calls).text), &out))
	require.Len(t, out.Data, 1)
	require.Equal(t, o.EntryID(id), out.Data[0].EntryID)
	require.Equal(t, []string{record}, out.Data[0].Legs[0].RecordingID)
	require.Equal(t, 10, out.Data[0].TalkDuration)
	require.Equal(t, fmt.Sprintf("[%s];%s;101;%s\r\n", record, client, o.EntryID(id)), result("stats/result", csv).text)
	require.Contains(t, o.ask("stats/request", `{"date_from":5,"date_to":1}`).text, "3100")
	require.Contains(t, o.ask("stats/request", `{"date_from":1,"date_to":5,"fields":"colour"}`).text, "3100")
}

func FuzzCommands_AnyTextIsAnswered(f *testing.F) {
	for _, text := range []string{"", "{}", "[]", `{"command_id":1}`, `{"command_id":"1","from":{"extension":"101"},"to_number":"79210000011"}`, `{"from":"7001"}`, `{"date_from":1e9,"date_to":[]}`} {
		f.Add(text)
	}
	s := emulator.New(emulation.NewKit(), emulator.Options{Rate: 1 << 30, CommandRate: 1 << 30})
	defer s.Close()
	key, salt := s.Keys()
	f.Fuzz(func(t *testing.T, text string) {
		form := url.Values{"vpbx_api_key": {key}, "sign": {sign(key, text, salt)}, "json": {text}}.Encode()
		for _, path := range []string{"commands/callback", "commands/transfer", "commands/callback_group", "queries/recording/post", "stats/calls/request", "stats/calls/result"} {
			r := httptest.NewRequest(http.MethodPost, "/vpbx/"+path, strings.NewReader(form))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			w := httptest.NewRecorder()
			s.ServeHTTP(w, r)
			require.Contains(t, []int{200, 401, 404}, w.Code)
			require.True(t, json.Valid(w.Body.Bytes()), w.Body.String())
		}
		s.Unlock()
	})
}
