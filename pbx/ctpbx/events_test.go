package ctpbx_test

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/telephony"
	"github.com/skvoz/skvoz/pbx/ctpbx"
)

func golden(t testing.TB, name string) []byte {
	t.Helper()
	raw, err := os.ReadFile("testdata/" + name)
	require.NoError(t, err)
	return raw
}

func TestTR1_ParseEvents_TakesEveryTypeOfTheContract(t *testing.T) {
	t.Parallel()
	events, rejected, err := ctpbx.ParseEvents(golden(t, "events.json"))
	require.NoError(t, err)
	require.Empty(t, rejected)
	require.Len(t, events, 26)
	seen := map[telephony.EventType]bool{}
	for _, e := range events {
		seen[e.Type] = true
		require.Equal(t, time.UTC, e.OccurredAt.Location())
	}
	require.Len(t, seen, 22, "all types")
	call := telephony.Fold(events[:23])
	require.Equal(t, telephony.StateFinished, call.State)
	require.Equal(t, "79161234567", call.Caller)
	require.Equal(t, 8480*time.Millisecond, call.Wait)
	require.Equal(t, 46980*time.Millisecond, call.Talked)
	require.Equal(t, "crm-991", call.ExternalID)
	require.False(t, call.IsLost)
	require.Zero(t, call.MissingSeqs)
	require.Len(t, call.Recordings, 2)
}

func TestParseEvents_KeepsAllAnEventSays(t *testing.T) {
	t.Parallel()
	var want struct {
		Events []json.RawMessage `json:"events"`
	}
	require.NoError(t, json.Unmarshal(golden(t, "events.json"), &want))
	events, _, err := ctpbx.ParseEvents(golden(t, "events.json"))
	require.NoError(t, err)
	for i, e := range events {
		kept, err := json.Marshal(e)
		require.NoError(t, err)
		again, rejected, err := ctpbx.ParseEvents(kept)
		require.NoError(t, err)
		require.Empty(t, rejected)
		require.Equal(t, e, again[0], "what is stored reads the same: %s", want.Events[i])
	}
}

// event is a good one but for some changes: values of the envelope, and of data behind "data.".
func event(changes map[string]any) string {
	e := map[string]any{"id": "evt_1", "type": "leg_ended", "occurred_at": "2026-11-22T06:07:08.478Z", "call_id": "c-1", "seq": 4}
	data := map[string]any{"leg_id": "l1", "reason": "busy"}
	for name, value := range changes {
		if field, isData := strings.CutPrefix(name, "data."); isData {
			data[field] = value
		} else {
			e[name] = value
		}
	}
	if _, set := e["data"]; !set {
		e["data"] = data
	}
	raw, _ := json.Marshal(e)
	return string(raw)
}

// rejection is an event of some changes to a good one, and what becomes of it.
type rejection struct {
	rule    string
	changes map[string]any
	code    string
}

func rejections() []rejection {
	is := func(kind string, data map[string]any) map[string]any {
		out := map[string]any{"type": kind, "data": data}
		return out
	}
	long := strings.Repeat("я", 129)
	return []rejection{
		{"nothing of a good one", nil, ""},
		{"no id", map[string]any{"id": ""}, "bad_id"},
		{"an id of 129 characters", map[string]any{"id": long}, "bad_id"},
		{"nothing of an id of 128", map[string]any{"id": strings.Repeat("я", 128)}, ""},
		{"an id that can't be seen", map[string]any{"id": "a\x00b"}, "bad_id"},
		{"an id that is a number", map[string]any{"id": 7}, "bad_id"},
		{"a type nobody knows", map[string]any{"type": "leg_exploded"}, "unknown_type"},
		{"no type", map[string]any{"type": ""}, "unknown_type"},
		{"tags: they are ours", map[string]any{"type": "tag_set"}, "reserved_type"},
		{"closing: it is ours", map[string]any{"type": "call_closed"}, "reserved_type"},
		{"snapshots: they are ours", map[string]any{"type": "snapshot"}, "reserved_type"},
		{"no time", map[string]any{"occurred_at": ""}, "bad_time"},
		{"a time without a zone", map[string]any{"occurred_at": "2026-11-22T06:07:08"}, "bad_time"},
		{"a time in seconds", map[string]any{"occurred_at": 1795327685}, "bad_time"},
		{"a clock that was never set", map[string]any{"occurred_at": "1970-01-01T00:00:10Z"}, "bad_time"},
		{"nothing of a time of another zone", map[string]any{"occurred_at": "2026-11-22T09:07:08+03:00"}, ""},
		{"no call", map[string]any{"call_id": ""}, "no_call_id"},
		{"a call whose id is too long", map[string]any{"call_id": long}, "bad_id"},
		{"no seq", map[string]any{"seq": 0}, "bad_seq"},
		{"a negative seq", map[string]any{"seq": -1}, "bad_seq"},
		{"a fraction of a seq", map[string]any{"seq": 1.5}, "bad_seq"},
		{"a seq beyond all counting", map[string]any{"seq": 9007199254740991}, "bad_seq"},
		{"an external id that is too long", map[string]any{"external_id": long}, "too_long"},
		{"data that is a text", map[string]any{"data": "busy"}, "bad_value"},
		{"no data where some is needed", map[string]any{"data": nil}, "missing_field"},
		{"a leg without an id", map[string]any{"data.leg_id": ""}, "missing_field"},
		{"a leg without a reason", map[string]any{"data.reason": ""}, "missing_field"},
		{"a reason nobody knows", map[string]any{"data.reason": "because"}, "bad_value"},
		{"a SIP code that is none", map[string]any{"data.sip_code": 48600}, "bad_value"},
		{"nothing for a field the contract does not know", map[string]any{"data.mood": "angry", "mood": map[string]any{"x": 1}}, ""},
		{"a text without end", map[string]any{"data.by": strings.Repeat("a", 1025)}, "too_long"},
		{"an inbound call without a number", is("call_started", map[string]any{"direction": "in", "caller": "79161234567"}), "missing_field"},
		{"nothing of a caller who hides", is("call_started", map[string]any{"direction": "in", "did": "74950000001"}), ""},
		{"nothing of a caller by SIP", is("call_started", map[string]any{"direction": "in", "did": "74950000001", "caller": "sip:anna@example.org"}), ""},
		{"a number with a plus", is("call_started", map[string]any{"direction": "in", "did": "+74950000001"}), "bad_value"},
		{"an outbound call to nobody", is("call_started", map[string]any{"direction": "out", "did": "74950000001"}), "missing_field"},
		{"a direction nobody knows", is("call_started", map[string]any{"direction": "up"}), "bad_value"},
		{"a role nobody knows", is("leg_started", map[string]any{"leg_id": "l1", "role": "boss"}), "bad_value"},
		{"a talk of one", is("talk_started", map[string]any{"talk_id": "t1", "leg_ids": []string{"l1"}}), "bad_value"},
		{"a talk with oneself", is("talk_started", map[string]any{"talk_id": "t1", "leg_ids": []string{"l1", "l1"}}), "bad_value"},
		{"a talk without legs", is("talk_started", map[string]any{"talk_id": "t1"}), "missing_field"},
		{"a talk that ended before it began", is("talk_ended", map[string]any{"talk_id": "t1", "duration_ms": -1}), "bad_value"},
		{"a transfer in a way nobody knows", is("transfer_done", map[string]any{"mode": "warm", "from_leg": "l1"}), "bad_value"},
		{"letters as digits", is("dtmf", map[string]any{"leg_id": "l1", "digits": "hello"}), "bad_value"},
		{"an end without the count", is("call_finished", map[string]any{"started_at": "2026-11-22T06:07:08Z", "ended_at": "2026-11-22T06:08:08Z"}), "missing_field"},
		{"an end that counts less than itself", is("call_finished", map[string]any{"last_seq": 3, "started_at": "2026-11-22T06:07:08Z", "ended_at": "2026-11-22T06:08:08Z"}), "bad_seq"},
		{"an end with a count nobody could fill", is("call_finished", map[string]any{"last_seq": 1 << 40, "started_at": "2026-11-22T06:07:08Z", "ended_at": "2026-11-22T06:08:08Z"}), "bad_seq"},
		{"an end with a wrong time in it", is("call_finished", map[string]any{"last_seq": 4, "started_at": "yesterday", "ended_at": "2026-11-22T06:08:08Z"}), "bad_time"},
		{"a snapshot with a leg without id", is("call_finished", map[string]any{"last_seq": 4, "started_at": "2026-11-22T06:07:08Z", "ended_at": "2026-11-22T06:08:08Z", "legs": []any{map[string]any{}}}), "missing_field"},
		{"a recording without an address", is("recording_ready", map[string]any{"recording_id": "r1"}), "missing_field"},
		{"a recording in a file of ours", is("recording_ready", map[string]any{"recording_id": "r1", "url": "file:///etc/passwd"}), "bad_value"},
		{"a line in a state nobody knows", is("line_state", map[string]any{"line": "101", "state": "asleep"}), "bad_value"},
		{"a result without a status", is("command_result", map[string]any{"command_id": "cmd-1"}), "missing_field"},
	}
}

func TestParseEvents_Rejects(t *testing.T) {
	t.Parallel()
	for _, c := range rejections() {
		t.Run(c.rule, func(t *testing.T) {
			t.Parallel()
			events, rejected, err := ctpbx.ParseEvents([]byte(event(c.changes)))
			require.NoError(t, err)
			if c.code == "" {
				require.Empty(t, rejected)
				require.Len(t, events, 1)
				return
			}
			require.Empty(t, events)
			require.Len(t, rejected, 1)
			require.Equal(t, c.code, rejected[0].Code)
		})
	}
}

func TestParseEvents_OneBadEventDoesNotSpoilTheOthers(t *testing.T) {
	t.Parallel()
	body := fmt.Sprintf(`{"events":[%s,7,%s,%s]}`, event(nil), event(map[string]any{"id": "evt_9", "type": "x"}), event(map[string]any{"id": "evt_2", "seq": 5}))
	events, rejected, err := ctpbx.ParseEvents([]byte(body))
	require.NoError(t, err)
	require.Len(t, events, 2)
	require.Equal(t, []telephony.Rejection{{ID: "", Code: "bad_value"}, {ID: "evt_9", Code: "unknown_type"}}, rejected)
}

func TestParseEvents_RefusesBodies(t *testing.T) {
	t.Parallel()
	cases := []struct{ rule, body, reason string }{
		{"nothing", "", "bad_json"},
		{"no JSON", "{", "bad_json"},
		{"a list", "[]", "bad_json"},
		{"a text", `"hello"`, "bad_json"},
		{"events that are no list", `{"events":7}`, "bad_json"},
		{"two documents", `{"events":[]}{"events":[]}`, "bad_json"},
		{"101 events", `{"events":[` + strings.TrimSuffix(strings.Repeat("{},", 101), ",") + `]}`, "too_many_events"},
	}
	for _, c := range cases {
		t.Run(c.rule, func(t *testing.T) {
			t.Parallel()
			_, _, err := ctpbx.ParseEvents([]byte(c.body))
			require.Equal(t, core.KindInvalid, core.KindOf(err))
			require.Equal(t, c.reason, core.AsError(err).Reason)
		})
	}
	events, rejected, err := ctpbx.ParseEvents([]byte(`{"events":[]}`))
	require.NoError(t, err)
	require.Empty(t, events)
	require.Empty(t, rejected)
}

func TestParseEvents_TagsAreOurs(t *testing.T) {
	t.Parallel()
	events, rejected, err := ctpbx.ParseEvents([]byte(event(map[string]any{"data.tag_id": 77})))
	require.NoError(t, err)
	require.Empty(t, rejected)
	require.Zero(t, events[0].Data.TagID)
}

func FuzzParseEvents(f *testing.F) {
	f.Add(golden(f, "events.json"))
	f.Add([]byte(event(nil)))
	f.Add([]byte(`{"events":[{"id":"a","type":"call_finished","seq":1,"call_id":"c","occurred_at":"2026-11-22T06:07:08Z","data":{"last_seq":100000}}]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		events, rejected, err := ctpbx.ParseEvents(body)
		if err != nil {
			require.Equal(t, core.KindInvalid, core.KindOf(err))
			return
		}
		require.LessOrEqual(t, len(events)+len(rejected), telephony.MaxEvents)
		for _, e := range events {
			require.NotEmpty(t, e.ID)
			require.LessOrEqual(t, e.Seq, int64(ctpbx.MaxSeq))
			kept, err := json.Marshal(e)
			require.NoError(t, err)
			again, _, err := ctpbx.ParseEvents(kept)
			require.NoError(t, err)
			require.Equal(t, []telephony.Event{e}, again)
		}
		telephony.Fold(events)
	})
}
