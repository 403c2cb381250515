package emulator_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/pbx/exchange"
	"github.com/skvoz/skvoz/pbx/mango/emulator"
)

func TestEvents_OfACallThroughTheMenu(t *testing.T) {
	t.Parallel()
	o := open(t, emulator.Options{})
	id := o.inbound(menuLine)
	require.NoError(t, o.SendDigits(id, "", "2"))
	o.kit.Clock.Advance(3 * time.Second)
	require.NoError(t, o.Answer(id, "102"))
	o.kit.Clock.Advance(20 * time.Second)
	require.NoError(t, o.HangUp(id, "contact"))
	o.kit.Clock.Advance(3 * time.Second)
	got := o.to.wait(t, 13)
	require.Equal(t, []string{
		"1.1 Appeared ivr", "1.2 Connected ivr", "events/dtmf", "2.1 Appeared abonent", "3.1 Appeared abonent", "3.2 Connected abonent",
		"2.2 Disconnected abonent", "1.3 Disconnected ivr", "events/recording", "events/recording", "3.3 Disconnected abonent", "events/summary", "events/record/added",
	}, short(got))
	entry := o.EntryID(id)
	require.NotEmpty(t, entry)
	for _, e := range got {
		require.Equal(t, entry, e.body["entry_id"], e.path)
	}
	menu, ring := got[0].body, got[3].body
	require.Equal(t, object{"number": client}, menu["from"])
	require.Equal(t, menuLine, menu["to"].(object)["line_number"])
	require.Equal(t, object{"number": menuLine, "type": 0.0}, menu["dct"])
	require.Equal(t, object{"number": client, "taken_from_call_id": menu["call_id"]}, ring["from"])
	require.Equal(t, object{"extension": "101", "number": "sip:olga@office.mangosip.ru", "line_number": menuLine, "acd_group": "7001"}, ring["to"])
	require.Equal(t, []any{"2", menu["call_id"], "ivr.1", menuLine}, []any{got[2].body["dtmf"], got[2].body["call_id"], got[2].body["location"], got[2].body["line_number"]})
	require.EqualValues(t, 1131, got[6].body["disconnect_reason"], "another telephone answered")
	require.EqualValues(t, 1110, got[10].body["disconnect_reason"], "the caller hung up")
	require.NotContains(t, ring, "disconnect_reason")
	started, completed := got[8].body, got[9].body
	require.Equal(t, []any{"Started", 1.0, "102", got[5].body["call_id"]}, []any{started["recording_state"], started["seq"], started["extension"], started["call_id"]})
	require.Equal(t, []any{"Completed", 2.0, 1000.0, started["recording_id"]}, []any{completed["recording_state"], completed["seq"], completed["completion_code"], completed["recording_id"]})
	require.Equal(t, []any{started["recording_id"], 20102.0}, []any{got[12].body["recording_id"], got[12].body["user_id"]})

	sum := got[11].body
	require.Equal(t, []any{1.0, 1.0, menuLine, 1110.0}, []any{sum["call_direction"], sum["entry_result"], sum["line_number"], sum["disconnect_reason"]})
	require.Equal(t, "102", sum["to"].(object)["extension"])
	require.InDelta(t, 3, sum["forward_time"].(float64)-sum["create_time"].(float64), 1)
	require.InDelta(t, 20, sum["end_time"].(float64)-sum["talk_time"].(float64), 1)
}

func TestEvents_OfALostCall(t *testing.T) {
	t.Parallel()
	o := open(t, emulator.Options{})
	require.NoError(t, o.SetLine("103", exchange.Rule{Kind: exchange.IsBusy, After: time.Second}))
	require.NoError(t, o.SetLine("101", exchange.Rule{Kind: exchange.Unavailable}))
	o.inbound(queued)
	o.kit.Clock.Advance(time.Minute)
	o.Calls() // lets it happen
	got := o.to.wait(t, 8)
	require.Equal(t, []string{
		"1.1 Appeared queue", "1.2 Connected queue", "2.1 Appeared abonent", "3.1 Appeared abonent", "3.2 Disconnected abonent", "2.2 Disconnected abonent",
		"1.3 Disconnected queue", "events/summary",
	}, short(got))
	require.Equal(t, []any{4200.0, 1121.0}, []any{got[4].body["disconnect_reason"], got[5].body["disconnect_reason"]})
	require.Equal(t, []any{0.0, 0.0}, []any{got[7].body["entry_result"], got[7].body["talk_time"]})
}

func TestEvents_HoldAndBlindTransferThatComesBack(t *testing.T) {
	t.Parallel()
	o := open(t, emulator.Options{})
	require.NoError(t, o.SetLine("102", exchange.Rule{Kind: exchange.IsBusy}))
	id := o.inbound(direct)
	require.NoError(t, o.Answer(id, "101"))
	require.NoError(t, o.Hold(id))
	require.NoError(t, o.Unhold(id))
	o.kit.Clock.Advance(time.Minute)
	require.NoError(t, o.Transfer(id, "102"))
	require.NoError(t, o.Answer(id, "101"))
	got := o.to.wait(t, 12)
	require.Equal(t, []string{
		"1.1 Appeared abonent", "1.2 Connected abonent", "events/recording", "1.3 OnHold abonent", "1.4 Connected abonent", "events/recording", "1.5 Disconnected abonent",
		"2.1 Appeared abonent", "2.2 Disconnected abonent", "3.1 Appeared abonent", "3.2 Connected abonent", "events/recording",
	}, short(got))
	require.Equal(t, "101", got[3].body["from"].(object)["hold_initiator"])
	require.NotContains(t, got[4].body["from"], "hold_initiator")
	require.Equal(t, []any{"blind", "blind", "return_blind"}, []any{got[6].body["transfer"], got[7].body["transfer"], got[9].body["transfer"]})
	require.Equal(t, object{"number": client, "was_transferred": true, "taken_from_call_id": got[0].body["call_id"]}, got[7].body["from"])
}

func TestEvents_ComeDoubledLostAndOutOfOrder(t *testing.T) {
	t.Parallel()
	cases := []struct {
		rule string
		do   func(*office)
		want []string
	}{
		{"as they happen", func(*office) {}, []string{"1.1 Appeared abonent", "1.2 Connected abonent"}},
		{"doubled", func(o *office) { o.DuplicateEvents(1) }, []string{"1.1 Appeared abonent", "1.1 Appeared abonent", "1.2 Connected abonent"}},
		{"lost", func(o *office) { o.LoseEvents(1) }, []string{"1.2 Connected abonent"}},
		{"swapped", func(o *office) { o.SwapEvents() }, []string{"1.2 Connected abonent", "1.1 Appeared abonent"}},
		{"held back and reversed", func(o *office) { o.HoldEvents() }, []string{"1.2 Connected abonent", "1.1 Appeared abonent"}},
	}
	for _, c := range cases {
		t.Run(c.rule, func(t *testing.T) {
			t.Parallel()
			o := open(t, emulator.Options{})
			require.NoError(t, o.AddLine(emulator.Line{Number: "74990000009", Extension: "101"}))
			c.do(o)
			id := o.inbound("74990000009")
			require.NoError(t, o.Answer(id, ""))
			o.ReleaseEvents(true)
			require.Equal(t, c.want, short(o.to.wait(t, len(c.want))))
		})
	}
}

func TestEvents_ATalkTooShortLeavesNoRecording(t *testing.T) {
	t.Parallel()
	o := open(t, emulator.Options{RecordDelay: time.Millisecond})
	id := o.inbound(direct)
	require.NoError(t, o.Answer(id, ""))
	require.NoError(t, o.HangUp(id, "employee"))
	o.kit.Clock.Advance(time.Hour)
	o.Calls()
	got := o.to.wait(t, 6)
	require.Equal(t, "events/recording", got[3].path)
	require.EqualValues(t, 4002, got[3].body["completion_code"])
	require.EqualValues(t, 1120, got[4].body["disconnect_reason"], "the called one hung up")
	require.Equal(t, "events/summary", got[5].path)
	require.Equal(t, http.StatusNotFound, o.ask("queries/recording/post", `{"recording_id":"`+got[3].body["recording_id"].(string)+`","action":"download"}`).status)
}

func TestControl_DoesWhatPeopleDo(t *testing.T) {
	t.Parallel()
	o := open(t, emulator.Options{})
	act := func(name string, given map[string]string) any {
		t.Helper()
		for _, action := range o.Actions() {
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
	act("set_events_url", map[string]string{"url": o.to.url})
	act("add_user", nil)
	act("add_line", map[string]string{"number": "74990000008", "extension": "104"})
	act("set_line", map[string]string{"number": "104", "after_ms": "0"})
	act("place_call", map[string]string{"to": "74990000008"})
	require.Equal(t, exchange.StageTalk, act("call_state", nil).(map[string]any)["stage"])
	act("hold", nil)
	act("unhold", nil)
	act("finish_call", nil)
	act("fail_commands", nil)
	require.Equal(t, 5000, o.command("call/hangup", `{"command_id":"1","call_id":"x"}`))
	require.Equal(t, 3100, o.command("call/hangup", `{"command_id":"1","call_id":"x"}`))
	require.NotEmpty(t, act("deliveries", nil))
	act("remove_recordings", nil)
	act("unlock", nil)
	for _, table := range o.Tables() {
		for _, row := range table.Rows {
			require.Len(t, row, len(table.Columns), table.Name)
		}
	}
	o.Reset()
	require.Empty(t, o.Calls())
}
