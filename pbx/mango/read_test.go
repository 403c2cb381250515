package mango_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/telephony"
	"github.com/skvoz/skvoz/pbx/mango"
	"github.com/skvoz/skvoz/pbx/wire"
)

var (
	came     = time.Date(2026, 11, 22, 6, 7, 10, 0, time.UTC)
	endpoint = telephony.Endpoint{
		Connection: telephony.Connection{Kind: telephony.KindMango},
		Secrets:    telephony.Secrets{telephony.SecretToken: "k8d0f3m2", telephony.SecretSalt: "s7h2j4l9"},
	}
)

func signed(path, text string) wire.Notification {
	sum := sha256.Sum256([]byte("k8d0f3m2" + text + "s7h2j4l9"))
	form := url.Values{"vpbx_api_key": {"k8d0f3m2"}, "sign": {hex.EncodeToString(sum[:])}, "json": {text}}
	return wire.Notification{Method: http.MethodPost, Path: path, ContentType: "application/x-www-form-urlencoded", Body: []byte(form.Encode())}
}

func read(t *testing.T, path, text string) []telephony.Event {
	t.Helper()
	events, err := mango.Read(endpoint, signed(path, text), came)
	require.NoError(t, err)
	return events
}

// leg is a message of events/call.
func leg(seq int, state string, at int64, more string) string {
	return fmt.Sprintf(`{"entry_id":"E1","call_id":"L1","seq":%d,"call_state":%q,"timestamp":%d,"location":"abonent",
		"from":{"number":"79210000011"},"to":{"extension":"101","number":"sip:olga@office","line_number":"74990000001"},"dct":{"number":"74990000001","type":0}%s}`, seq, state, at, more)
}

const began = 1795327620

func TestTR1_Read_MakesACallOfLegs(t *testing.T) {
	t.Parallel()
	messages := []struct{ path, text string }{
		{"events/call", leg(1, "Appeared", began, "")},
		{"events/call", leg(2, "Connected", began+5, "")},
		{"events/call", leg(3, "OnHold", began+15, "")},
		{"events/call", leg(4, "Connected", began+25, "")},
		{"events/call", leg(5, "Disconnected", began+35, `,"disconnect_reason":1110`)},
		{"events/summary", fmt.Sprintf(`{"entry_id":"E1","call_direction":1,"from":{"number":"79210000011"},"to":{"extension":"101"},"line_number":"74990000001",
			"create_time":%d,"forward_time":%d,"talk_time":%d,"end_time":%d,"entry_result":1,"disconnect_reason":1110}`, began, began, began+5, began+35)},
		{"events/recording", `{"entry_id":"E1","call_id":"L1","recording_id":"R1","recording_state":"Completed","completion_code":1000,"seq":2}`},
		{"events/record/added", `{"entry_id":"E1","recording_id":"R1","user_id":5,"product_id":7}`},
	}
	for range 30 {
		var events []telephony.Event
		for _, m := range messages {
			events = append(events, read(t, m.path, m.text)...)
		}
		f := telephony.Fold(events)
		require.Equal(t, telephony.StateFinished, f.State)
		require.Equal(t, telephony.Inbound, f.Direction)
		require.Equal(t, "79210000011", f.Caller)
		require.Equal(t, "74990000001", f.DID)
		require.Len(t, f.Talks, 1)
		require.Equal(t, 30*time.Second, f.Talked.Truncate(time.Second))
		require.Equal(t, 5*time.Second, f.Wait)
		require.Equal(t, 35*time.Second, f.Total)
		at := slices.IndexFunc(f.Legs, func(l telephony.Leg) bool { return l.ID == "L1" })
		require.Len(t, f.Legs[at].Holds, 1)
		require.Equal(t, 10*time.Second, f.Legs[at].Holds[0].To.Sub(f.Legs[at].Holds[0].From).Truncate(time.Second))
		require.Equal(t, "101", f.Legs[at].EmployeeExt)
		require.Equal(t, "ready", f.Recordings[0].State)
		rand.Shuffle(len(messages), func(i, j int) { messages[i], messages[j] = messages[j], messages[i] })
	}
}

func TestTR1_Read_SaysWhyACallWasLost(t *testing.T) {
	t.Parallel()
	cases := []struct {
		rule       string
		leg, entry int
		want       telephony.LostReason
	}{
		{"the caller hung up", 1110, 1110, telephony.LostHangupRinging},
		{"busy", 1121, 1121, telephony.LostAllBusy},
		{"nobody answered", 1111, 1111, telephony.LostNoAnswer},
		{"the telephone is out of reach", 4201, 4201, telephony.LostUnavailable},
		{"no such number", 3201, 3201, telephony.LostUnavailable},
		{"no money", 2000, 2000, telephony.LostFailed},
		{"a fault", 5001, 5003, telephony.LostFailed},
	}
	for _, c := range cases {
		t.Run(c.rule, func(t *testing.T) {
			t.Parallel()
			events := read(t, "events/call", leg(1, "Appeared", began, ""))
			events = append(events, read(t, "events/call", leg(2, "Disconnected", began+9, fmt.Sprintf(`,"disconnect_reason":%d`, c.leg)))...)
			events = append(events, read(t, "events/summary", fmt.Sprintf(`{"entry_id":"E1","call_direction":1,"from":{"number":"79210000011"},"line_number":"74990000001",
				"create_time":%d,"talk_time":0,"end_time":%d,"entry_result":0,"disconnect_reason":%d}`, began, began+9, c.entry))...)
			f := telephony.Fold(events)
			require.True(t, f.IsLost)
			require.Equal(t, c.want, f.LostReason)
		})
	}
}

func TestTR1_Read_TellsDirections(t *testing.T) {
	t.Parallel()
	call := func(from, to, more string) string {
		return `{"entry_id":"E1","call_id":"L1","seq":1,"call_state":"Appeared","timestamp":1795327620,"location":"abonent","from":` + from + `,"to":` + to + more + `}`
	}
	cases := []struct {
		rule, text string
		want       telephony.Data
		role       telephony.LegRole
	}{
		{
			"in", call(`{"number":"79210000011"}`, `{"extension":"101","line_number":"74990000001"}`, ""),
			telephony.Data{Direction: telephony.Inbound, Initiator: "trunk", Caller: "79210000011", DID: "74990000001"},
			telephony.RoleEmployee,
		},
		{
			"in, the caller hides", call(`{"number":"anonymous"}`, `{"extension":"101"}`, `,"dct":{"number":"74990000001"}`),
			telephony.Data{Direction: telephony.Inbound, Initiator: "trunk", DID: "74990000001"},
			telephony.RoleEmployee,
		},
		{
			"in, to his own telephone", call(`{"number":"79210000011"}`, `{"number":"79160000001","line_number":"74990000001"}`, ""),
			telephony.Data{Direction: telephony.Inbound, Initiator: "trunk", Caller: "79210000011", DID: "74990000001"},
			telephony.RoleEmployee,
		},
		{
			"out, from his telephone", call(`{"extension":"101","number":"sip:olga@office"}`, `{"number":"79210000011","line_number":"74990000001"}`, ""),
			telephony.Data{Direction: telephony.Outbound, Initiator: "line", Callee: "79210000011", DID: "74990000001"},
			telephony.RoleContact,
		},
		{
			"out, by command", call(`{"number":"79210000011"}`, `{"extension":"101","line_number":"74990000001"}`, `,"command_id":"cmd-1","callback_initiator":"101"`),
			telephony.Data{Direction: telephony.Outbound, Initiator: "api", Callee: "79210000011", DID: "74990000001", CommandID: "cmd-1"},
			telephony.RoleEmployee,
		},
		{
			"within the company", call(`{"extension":"101"}`, `{"extension":"102"}`, ""),
			telephony.Data{Direction: telephony.Internal, Initiator: "line", Caller: "101", Callee: "102"},
			telephony.RoleEmployee,
		},
	}
	for _, c := range cases {
		t.Run(c.rule, func(t *testing.T) {
			t.Parallel()
			events := read(t, "events/call", c.text)
			require.Equal(t, telephony.CallStarted, events[0].Type)
			require.Equal(t, c.want, events[0].Data)
			for _, e := range events {
				if e.Type == telephony.LegStarted && e.Data.LegID == "L1" {
					require.Equal(t, c.role, e.Data.Role)
				}
			}
		})
	}
}

func TestRead_RecordingsThatFailed(t *testing.T) {
	t.Parallel()
	events := read(t, "events/recording", `{"entry_id":"E1","call_id":"L1","recording_id":"R1","recording_state":"Completed","completion_code":4002,"seq":2}`)
	require.Equal(t, telephony.RecordingFailed, events[0].Type)
	require.Equal(t, "4002", events[0].Data.Code)
	require.Empty(t, read(t, "events/recording", `{"entry_id":"E1","recording_id":"R1","recording_state":"Continued"}`))
}

func TestRead_ResultsOfCommands(t *testing.T) {
	t.Parallel()
	ok := read(t, "result/callback", `{"command_id":"cmd-1","result":1000}`)
	require.Equal(t, telephony.CommandResultEvent, ok[0].Type)
	require.Equal(t, telephony.Data{CommandID: "cmd-1", Status: "ok"}, ok[0].Data)
	require.Empty(t, ok[0].CallID)
	failed := read(t, "result/callback", `{"command_id":"cmd-1","result":"3100"}`)
	require.Equal(t, telephony.Data{CommandID: "cmd-1", Status: "failed", Code: "3100"}, failed[0].Data)
}

func TestRead_Refuses(t *testing.T) {
	t.Parallel()
	good := signed("events/call", leg(1, "Appeared", began, ""))
	with := func(old, fresh string) wire.Notification {
		n := good
		n.Body = []byte(strings.Replace(string(n.Body), old, fresh, 1))
		return n
	}
	cases := []struct {
		rule string
		n    wire.Notification
		kind core.Kind
	}{
		{"nothing", wire.Notification{Path: "events/call"}, core.KindUnauthenticated},
		{"another key", with("k8d0f3m2", "k8d0f3m3"), core.KindUnauthenticated},
		{"another signature", with("sign=", "sign=0"), core.KindUnauthenticated},
		{"another text than the signed one", with("Appeared", "Connected"), core.KindUnauthenticated},
		{"no call", signed("events/call", `{"call_id":"L1"}`), core.KindInvalid},
		{"no JSON", signed("events/call", `{`), core.KindInvalid},
		{"no form", wire.Notification{Path: "events/call", Body: []byte("%zz")}, core.KindInvalid},
	}
	for _, c := range cases {
		t.Run(c.rule, func(t *testing.T) {
			t.Parallel()
			_, err := mango.Read(endpoint, c.n, came)
			require.Equal(t, c.kind, core.KindOf(err), "%v", err)
		})
	}
	_, err := mango.Read(telephony.Endpoint{}, good, came)
	require.Equal(t, core.KindUnauthenticated, core.KindOf(err), "a connection without a key lets nobody in")
	events, err := mango.Read(endpoint, signed("events/sms", `{"entry_id":"E1"}`), came)
	require.NoError(t, err)
	require.Empty(t, events, "Mango tells of more than calls")
}

func FuzzRead(f *testing.F) {
	f.Add("events/call", leg(1, "Appeared", began, ""))
	f.Add("events/call", leg(2, "Connected", began, `,"transfer":"consultative"`))
	f.Add("events/summary", `{"entry_id":"E1","create_time":1,"end_time":-1}`)
	f.Add("events/dtmf", `{"entry_id":"E1","call_id":"L1","dtmf":"12#"}`)
	f.Add("result/callback", `{"command_id":"c","result":[1]}`)
	f.Fuzz(func(t *testing.T, path, text string) {
		events, err := mango.Read(endpoint, signed(path, text), came)
		if err != nil {
			require.Equal(t, core.KindInvalid, core.KindOf(err))
			return
		}
		for _, e := range events {
			require.LessOrEqual(t, len(e.ID), 128)
			require.LessOrEqual(t, len(e.CallID), 128)
			require.LessOrEqual(t, len(e.Data.LegID), 128)
			require.False(t, e.OccurredAt.Year() < 2000 || e.OccurredAt.Year() > 2100, e.OccurredAt)
		}
		telephony.Fold(events)
	})
}
