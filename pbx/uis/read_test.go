package uis_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/telephony"
	"github.com/skvoz/skvoz/pbx/uis"
	"github.com/skvoz/skvoz/pbx/wire"
)

var came = time.Date(2026, 11, 22, 6, 7, 10, 0, time.UTC)

func posted(body string) wire.Notification {
	return wire.Notification{Method: http.MethodPost, Path: "events", ContentType: "application/json", Body: []byte(body)}
}

func read(t *testing.T, zone, body string) []telephony.Event {
	t.Helper()
	e := telephony.Endpoint{Connection: telephony.Connection{Kind: telephony.KindUIS, Settings: telephony.ConnectionSettings{Timezone: zone}}}
	events, err := uis.Read(e, posted(body), came)
	require.NoError(t, err)
	return events
}

func TestTR1_Read_KnowsNotificationsByTheirVariables(t *testing.T) {
	t.Parallel()
	const session = `{"call_session_id":203400100`
	cases := []struct {
		rule, body string
		types      []telephony.EventType
	}{
		{"an event of ours is what it says", session + `,"event":"inbound_call","wait_time_duration":3}`, []telephony.EventType{telephony.CallStarted}},
		{"a link to a file", session + `,"file_link":"https://app.uiscom.ru/system/media/talk/1/a/","talk_time_duration":9}`, []telephony.EventType{telephony.RecordingReady}},
		{"a total duration", session + `,"total_time_duration":30,"talk_time_duration":9,"leg_ids":[1,2]}`, []telephony.EventType{telephony.CallFinished}},
		{"a talk's duration", session + `,"talk_time_duration":9,"leg_ids":[1,2]}`, []telephony.EventType{telephony.TalkEnded}},
		{"a wait alone: lost", session + `,"wait_time_duration":9}`, []telephony.EventType{telephony.CallFinished}},
		{"legs alone: a talk began", session + `,"leg_ids":[1,2]}`, []telephony.EventType{telephony.LegAnswered, telephony.LegAnswered, telephony.TalkStarted}},
		{"legs as a text", session + `,"leg_ids":"[1, 2]"}`, []telephony.EventType{telephony.LegAnswered, telephony.LegAnswered, telephony.TalkStarted}},
		{"one leg: it rings", session + `,"leg_id":1}`, []telephony.EventType{telephony.LegStarted, telephony.LegRinging}},
		{"going out", session + `,"direction":"out"}`, []telephony.EventType{telephony.CallStarted}},
		{"nothing else", session + `}`, []telephony.EventType{telephony.CallStarted}},
		{"a link that is none", session + `,"file_link":"javascript:alert(1)"}`, nil},
	}
	for _, c := range cases {
		t.Run(c.rule, func(t *testing.T) {
			t.Parallel()
			var types []telephony.EventType
			for _, e := range read(t, "", c.body) {
				types = append(types, e.Type)
				require.Equal(t, "203400100", e.CallID)
			}
			require.Equal(t, c.types, types)
		})
	}
}

func TestTR1_Read_WaitingTellsOfTheWholeCall(t *testing.T) {
	t.Parallel()
	events := read(t, "", `{"event":"waiting","call_session_id":203400100,"direction":"in","start_time":"2026-11-22 09:07:00","notification_time":"2026-11-22 09:07:03.250000",
		"contact_phone_number":"+7 (921) 000-00-11","virtual_phone_number":"74950000001","leg_id":5,"employee_id":12801,"employee_phone_number":"0250101","external_id":"crm-1"}`)
	require.Len(t, events, 3)
	start := events[0]
	require.Equal(t, telephony.CallStarted, start.Type)
	require.Equal(t, "uis:203400100:call_started", start.ID, "whoever tells of it")
	require.Equal(t, time.Date(2026, 11, 22, 6, 7, 0, 0, time.UTC), start.OccurredAt)
	require.Equal(t, telephony.Data{Direction: telephony.Inbound, DID: "74950000001", Caller: "79210000011", Initiator: "trunk"}, start.Data)
	require.Equal(t, "crm-1", start.ExternalID)
	require.Equal(t, telephony.Data{LegID: "5", Role: telephony.RoleEmployee, Number: "0250101"}, events[1].Data)
	require.Equal(t, time.Date(2026, 11, 22, 6, 7, 3, 250_000_000, time.UTC), events[1].OccurredAt)
}

func TestTR1_Read_TheSameNotificationHasTheSameIDs(t *testing.T) {
	t.Parallel()
	const body = `{"call_session_id":1,"leg_ids":[7,8],"notification_time":"2026-11-22 09:07:03.25"}`
	first, again := read(t, "", body), read(t, "", strings.Replace(body, "[7,8]", "[8,7]", 1))
	require.Equal(t, first, again)
	later := read(t, "", strings.Replace(body, "03.25", "04.25", 1))
	for i := range later {
		require.NotEqual(t, first[i].ID, later[i].ID)
	}
}

func TestRead_Times(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 22, 6, 7, 3, 0, time.UTC)
	cases := []struct {
		rule, zone, fields string
		want               time.Time
	}{
		{"in Moscow unless the connection says otherwise", "", `"notification_time":"2026-11-22 09:07:03"`, at},
		{"in the connection's zone", "Asia/Vladivostok", `"notification_time":"2026-11-22 16:07:03"`, at},
		{"with a zone of its own", "Asia/Vladivostok", `"notification_time":"2026-11-22T06:07:03Z"`, at},
		{"the stamp tells the zone", "Asia/Vladivostok", `"notification_time":"2026-11-22 08:07:03","notification_timestamp":1795327623`, at},
		{"the stamp alone", "", `"notification_timestamp":1795327623`, at},
		{"the stamp in milliseconds, as a text", "", `"notification_timestamp":"1795327623000"`, at},
		{"none: when it came", "", `"contact_id":1`, came},
		{"none that can be read: when it came", "", `"notification_time":"soon"`, came},
	}
	for _, c := range cases {
		t.Run(c.rule, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.want, read(t, c.zone, `{"call_session_id":1,`+c.fields+`}`)[0].OccurredAt)
		})
	}
	events := read(t, "", `{"call_session_id":1,"event":"inbound_call","start_time":"2026-11-22 11:07:00","notification_time":"2026-11-22 11:07:03","notification_timestamp":1795327623}`)
	require.Equal(t, time.Date(2026, 11, 22, 6, 7, 0, 0, time.UTC), events[0].OccurredAt, "the zone is that of all its times")
}

func TestRead_ByGETAndAsAForm(t *testing.T) {
	t.Parallel()
	for _, value := range []string{`"79210000011"`, `79210000011`} {
		fields := url.Values{"event": {"inbound_call"}, "call_session_id": {"203400100"}, "contact_phone_number": {value}}
		for _, n := range []wire.Notification{
			{Method: http.MethodGet, Query: fields},
			{Method: http.MethodPost, ContentType: "application/x-www-form-urlencoded", Body: []byte(fields.Encode())},
		} {
			events, err := uis.Read(telephony.Endpoint{}, n, came)
			require.NoError(t, err)
			require.Equal(t, "79210000011", events[0].Data.Caller)
		}
	}
}

func TestRead_RefusesWhatBelongsToNoCall(t *testing.T) {
	t.Parallel()
	cases := []struct{ rule, body, reason string }{
		{"nothing", "", "no_call_id"},
		{"no call", `{"event":"waiting"}`, "no_call_id"},
		{"variables within quotes", `{"call_session_id":"{{call_session_id}}", "name":""Anna""}`, "bad_json"},
		{"a call as long as a book", `{"call_session_id":"` + strings.Repeat("7", 100) + `"}`, "no_call_id"},
	}
	for _, c := range cases {
		t.Run(c.rule, func(t *testing.T) {
			t.Parallel()
			_, err := uis.Read(telephony.Endpoint{}, posted(c.body), came)
			require.Equal(t, core.KindInvalid, core.KindOf(err))
			require.Equal(t, c.reason, core.AsError(err).Reason)
		})
	}
}

func FuzzRead(f *testing.F) {
	for _, template := range uis.Templates() {
		f.Add(strings.NewReplacer("{{", "\"", "}}", "\"").Replace(template.Text))
	}
	f.Add(`{"call_session_id":1,"leg_ids":[1,[2],{"a":3},null],"talk_time_duration":1e300}`)
	f.Fuzz(func(t *testing.T, body string) {
		events, err := uis.Read(telephony.Endpoint{}, posted(body), came)
		if err != nil {
			require.Equal(t, core.KindInvalid, core.KindOf(err))
			return
		}
		again, err := uis.Read(telephony.Endpoint{}, posted(body), came.Add(time.Minute))
		require.NoError(t, err)
		require.Len(t, again, len(events))
		for i, e := range events {
			require.Equal(t, e.ID, again[i].ID)
			require.LessOrEqual(t, len(e.ID), 128)
			require.False(t, e.OccurredAt.Year() < 2000 || e.OccurredAt.Year() > 2100, e.OccurredAt)
		}
		telephony.Fold(events)
	})
}
