package emulator_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/pbx/ctpbx/emulator"
)

func TestEvents_AreSigned(t *testing.T) {
	t.Parallel()
	s := open(t, emulator.Options{})
	id := s.talking()
	s.event(id, "talk_started", 1)
	s.to.mu.Lock()
	defer s.to.mu.Unlock()
	ids := map[string]bool{}
	for _, m := range s.to.messages {
		require.Equal(t, "/tel/v1/conn1/events", m.path)
		require.Equal(t, "application/json", m.header.Get("Content-Type"))
		mac := hmac.New(sha256.New, []byte("skvoz-test-secret"))
		mac.Write([]byte(m.header.Get("webhook-id") + "." + m.header.Get("webhook-timestamp") + "." + string(m.body)))
		require.Equal(t, "v1,"+base64.StdEncoding.EncodeToString(mac.Sum(nil)), m.header.Get("webhook-signature"))
		at, err := strconv.ParseInt(m.header.Get("webhook-timestamp"), 10, 64)
		require.NoError(t, err)
		require.WithinDuration(t, time.Now(), time.Unix(at, 0), time.Minute)
		require.False(t, ids[m.header.Get("webhook-id")])
		ids[m.header.Get("webhook-id")] = true
	}
}

// delivery returns the one with an event of a type.
func (s *sim) delivery(kind string) emulator.Delivery {
	for _, d := range s.Deliveries() {
		for _, e := range d.Events {
			if e.Type == kind {
				return d
			}
		}
	}
	return emulator.Delivery{}
}

// lonely is a provider whose receiver answers events as told, after the first messages about the connection.
func lonely(t *testing.T, status func(n int) int) *sim {
	t.Helper()
	s := open(t, emulator.Options{Lines: []emulator.Line{}})
	s.await("the first heartbeat", func() bool { return s.delivery("pbx_heartbeat").State == emulator.DeliveryDelivered })
	s.to.mu.Lock()
	defer s.to.mu.Unlock()
	before := len(s.to.messages)
	s.to.status = func(n int) int { return status(n - before) }
	return s
}

func TestEvents_AreSentAgainUntilTheyAreTaken(t *testing.T) {
	t.Parallel()
	pauses := []time.Duration{2 * time.Second, 10 * time.Second, time.Minute, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 6 * time.Hour, 12 * time.Hour, 24 * time.Hour}
	s := lonely(t, func(int) int { return http.StatusInternalServerError })
	s.Emit("", "dtmf", object{"digits": "1"})
	for i, pause := range pauses {
		s.await("attempt", func() bool { return len(s.delivery("dtmf").Attempts) == i+1 })
		d := s.delivery("dtmf")
		require.Equal(t, emulator.DeliveryWaiting, d.State)
		next := d.NextAt.Sub(d.Attempts[i].At)
		require.GreaterOrEqual(t, next, pause*8/10)
		require.LessOrEqual(t, next, pause*12/10)
		s.kit.Clock.Advance(pause*12/10 + time.Second)
	}
	s.await("the last attempt", func() bool { return s.delivery("dtmf").State == emulator.DeliveryFailed })
	require.Len(t, s.delivery("dtmf").Attempts, 10)
	s.to.mu.Lock()
	defer s.to.mu.Unlock()
	var ids []string
	for _, m := range s.to.messages {
		if m.events[0].Type == "dtmf" {
			ids = append(ids, m.header.Get("webhook-id"))
		}
	}
	require.Len(t, ids, 10)
	require.Equal(t, ids[0], ids[9], "the same message each time")
}

func TestEvents_GoneEndsThem(t *testing.T) {
	t.Parallel()
	s := lonely(t, func(int) int { return http.StatusGone })
	s.Emit("", "dtmf", object{"digits": "1"})
	s.await("410", func() bool { return s.delivery("dtmf").State == emulator.DeliveryStopped })
	require.True(t, s.State().Connection.Gone)
	s.Emit("", "leg_held", object{})
	require.Empty(t, s.delivery("leg_held").ID, "nothing more is sent")
	s.to.mu.Lock()
	s.to.status = nil
	s.to.mu.Unlock()
	require.NoError(t, s.Connect(s.to.url+"/tel/v1/conn1/events", secret))
	s.Emit("", "leg_unheld", object{})
	s.await("connected anew", func() bool { return s.delivery("leg_unheld").State == emulator.DeliveryDelivered })
}

func TestEvents_GoWrongAsWished(t *testing.T) {
	t.Parallel()
	s := open(t, emulator.Options{Lines: []emulator.Line{}})
	got := func(kind string) (n int) {
		s.to.mu.Lock()
		defer s.to.mu.Unlock()
		for _, m := range s.to.messages {
			for _, e := range m.events {
				if e.Type == kind {
					n++
				}
			}
		}
		return n
	}
	disturb := func(kind emulator.Disturb, event string) {
		require.NoError(t, s.Disturb(kind, event, 1, time.Minute))
		s.Emit("", event, object{})
	}
	disturb(emulator.DisturbDuplicate, "twice")
	s.await("sent twice", func() bool { return got("twice") == 2 })
	disturb(emulator.DisturbDrop, "dropped")
	require.Equal(t, emulator.DeliveryLost, s.delivery("dropped").State)
	disturb(emulator.DisturbDelay, "late")
	disturb(emulator.DisturbCut, "cut")
	s.await("cut", func() bool { d := s.delivery("cut"); return len(d.Attempts) == 1 && d.Attempts[0].Status != 200 })
	disturb(emulator.DisturbForge, "forged")
	s.await("forged", func() bool { return got("forged") == 1 })
	disturb(emulator.DisturbReorder, "second")
	require.Empty(t, s.delivery("second").ID)
	s.Emit("", "first", object{})
	s.await("in the wrong order", func() bool { return s.delivery("second").State == emulator.DeliveryDelivered })
	require.LessOrEqual(t, s.delivery("first").Number, s.delivery("second").Number)
	require.Zero(t, got("late"))
	s.kit.Clock.Advance(time.Minute)
	s.await("late", func() bool { return got("late") == 1 && got("cut") >= 1 })
	require.Zero(t, got("dropped"))
	require.ErrorContains(t, s.Disturb("explode", "", 1, 0), "unknown disturbance")
}

func TestHeartbeat_EveryHalfMinute(t *testing.T) {
	t.Parallel()
	s := open(t, emulator.Options{Lines: []emulator.Line{}})
	beats := func() (n int) {
		for _, e := range s.Events() {
			if e.Type == "pbx_heartbeat" {
				n++
			}
		}
		return n
	}
	require.Equal(t, 1, beats())
	s.kit.Clock.Advance(30 * time.Second)
	require.Equal(t, 2, beats())
	s.kit.Clock.Advance(24 * time.Hour)
	require.Equal(t, 3, beats(), "one for all the time that was skipped")
	s.kit.Clock.Advance(30 * time.Second)
	require.Equal(t, 4, beats())
	require.JSONEq(t, `{"active_calls":0,"version":"1.0"}`, string(s.Events()[0].Data))
}

func TestEvents_OfOneCallComeTogetherWhenTheyWait(t *testing.T) {
	t.Parallel()
	s := open(t, emulator.Options{})
	ids := map[string]bool{}
	for range 20 {
		id := s.talking()
		require.NoError(t, s.HangUp(caller))
		s.types(id)
		require.False(t, ids[id])
		ids[id] = true
	}
	several := 0
	for _, d := range s.Deliveries() {
		if len(d.Events) > 1 {
			several++
			require.LessOrEqual(t, len(d.Events), 100)
		}
	}
	require.NotZero(t, several)
}
