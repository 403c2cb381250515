package emulator_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/internal/emulation"
	"github.com/skvoz/skvoz/pbx/ctpbx/emulator"
)

// FuzzVerbs lets people do whatever they can in any order: what is told of each call must be whole all the same.
func FuzzVerbs(f *testing.F) {
	f.Add([]byte{0, 0, 2, 1, 5, 1, 6, 1, 3, 2, 2, 8, 1, 9, 0})
	f.Add([]byte{12, 0, 2, 0, 2, 5, 13, 0, 6, 0, 2, 1, 10, 0, 11, 3, 14, 5})
	f.Add([]byte{1, 0, 2, 4, 5, 0, 16, 0, 6, 1, 2, 2, 9, 1, 7, 0, 8, 2})
	f.Fuzz(func(t *testing.T, script []byte) {
		kit := emulation.NewKit()
		s := emulator.New(kit, emulator.Options{Fallback: []string{"101", "102"}})
		defer s.Close()
		for i := 0; i+1 < len(script) && i < 120; i += 2 {
			doVerb(s, kit, script[i], int(script[i+1]), i)
		}
		s.EndAll()
		told := map[string][]emulator.Event{}
		for _, e := range s.Events() {
			told[e.CallID] = append(told[e.CallID], e)
		}
		for _, c := range s.Calls() {
			whole(t, told[c.ID])
		}
		for _, p := range s.Phones() {
			require.NotEqual(t, "busy", p.State, p.Key)
		}
	})
}

var outside = []string{"79000000001", "79000000002", "79160000103"}

// doVerb does one thing to one phone; what can't be done is refused.
func doVerb(s *emulator.Server, kit *emulation.Kit, verb byte, which, step int) {
	phones := append([]string{"101", "102", "103"}, outside...)
	phone, other := phones[which%len(phones)], phones[(which/len(phones)+step)%len(phones)]
	command := func(path, body string) {
		r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
		r.Header.Set("Authorization", "Bearer "+s.Token())
		r.Header.Set("Idempotency-Key", strconv.Itoa(step))
		s.ServeHTTP(httptest.NewRecorder(), r)
	}
	onCall := func(path, body string) {
		if calls := s.Calls(); len(calls) > 0 {
			command("/v1/calls/"+calls[which%len(calls)].ID+path, body)
		}
	}
	verbs := []func(){
		func() { _, _ = s.PlaceCall(phone, "74950000001", time.Duration(which%3)*time.Second) },
		func() { _, _ = s.Dial(phone, other) },
		func() { _ = s.Answer(phone) },
		func() { _ = s.Decline(phone) },
		func() { _ = s.Busy(phone) },
		func() { _ = s.Hold(phone) },
		func() { _ = s.Transfer(phone, other, which%2 == 0) },
		func() { _ = s.CancelTransfer(phone) },
		func() { _ = s.CompleteTransfer(phone) },
		func() { _ = s.HangUp(phone) },
		func() { _ = s.Resume(phone) },
		func() { _ = s.SetAvailable(phone, which%2 == 0) },
		func() {
			_ = s.SetRule(phone, emulator.Rule{Act: []emulator.Act{emulator.Answers, emulator.IsBusy, emulator.ByHand, emulator.Declines}[which%4], HangUpAfter: time.Duration(which%2) * time.Second})
		},
		func() {
			command("/v1/calls", `{"first":"`+[]string{"employee", "contact"}[which%2]+`","employee":{"ext":"101"},"contact":"79000000002","caller_id":"74950000001","record":true}`)
		},
		func() { onCall("/hangup", `{}`) },
		func() {
			onCall("/transfer", `{"mode":"`+[]string{"blind", "attended_start", "attended_complete", "attended_cancel"}[which%4]+`","to":{"kind":"line","value":"102"}}`)
		},
		func() { kit.Clock.Advance(time.Duration(which) * 200 * time.Millisecond) },
		func() { _ = s.Press(phone, "1#") },
		func() { onCall("/hold", `{}`) },
		func() { _ = s.Lose(phone, "media_timeout") },
	}
	verbs[int(verb)%len(verbs)]()
}

// whole reports what is missing or too much in what was told of a call.
func whole(t *testing.T, events []emulator.Event) {
	t.Helper()
	open := map[string]bool{}
	finished, talking, trying := 0, 0, 0
	for i, e := range events {
		require.Equal(t, i+1, e.Seq)
		var data struct {
			LegID   string `json:"leg_id"`
			LastSeq int    `json:"last_seq"`
		}
		require.NoError(t, json.Unmarshal(e.Data, &data))
		if finished > 0 {
			require.Contains(t, e.Type, "recording_")
		}
		switch e.Type {
		case "leg_started":
			open[data.LegID] = true
		case "leg_ringing", "leg_answered", "leg_held", "leg_unheld":
			require.True(t, open[data.LegID], "%s after the leg's end", e.Type)
		case "leg_ended":
			require.True(t, open[data.LegID], "a leg ended that was not there")
			delete(open, data.LegID)
		case "talk_started":
			talking++
		case "talk_ended":
			talking--
		case "transfer_started":
			trying++
		case "transfer_done", "transfer_failed":
			trying--
		case "call_finished":
			finished++
			require.Equal(t, e.Seq, data.LastSeq)
			require.Empty(t, open, "legs go on after the call's end")
			require.Zero(t, talking)
			require.Zero(t, trying)
		}
		require.True(t, talking == 0 || talking == 1)
	}
	require.Equal(t, 1, finished)
}
