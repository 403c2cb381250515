package emulator_test

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/pbx/ctpbx/emulator"
)

// recorded is a call whose recording is ready.
func (s *sim) recorded(length time.Duration) (id string, ready object) {
	s.t.Helper()
	id = s.talking()
	s.event(id, "talk_started", 1)
	s.kit.Clock.Advance(length)
	require.NoError(s.t, s.HangUp(caller))
	s.event(id, "call_finished", 1)
	s.kit.Clock.Advance(time.Second)
	return id, s.event(id, "recording_ready", 1)
}

func TestRecording_IsAWAVAsLongAsTheTalk(t *testing.T) {
	t.Parallel()
	s := open(t, emulator.Options{})
	id, ready := s.recorded(5 * time.Second)
	talk := s.event(id, "talk_ended", 1)
	require.Equal(t, talk["duration_ms"], ready["duration_ms"])
	require.Equal(t, talk["talk_id"], ready["talk_id"])
	started := s.event(id, "recording_started", 1)
	require.Equal(t, object{"recording_id": ready["recording_id"], "talk_id": ready["talk_id"], "format": "wav", "channels": 2.0}, started)
	file := s.send(http.MethodGet, ready["url"].(string), "", "", "")
	require.Equal(t, http.StatusOK, file.status)
	require.Equal(t, "audio/wav", file.header.Get("Content-Type"))
	require.Len(t, file.text, int(ready["bytes"].(float64)))
	sum := sha256.Sum256([]byte(file.text))
	require.Equal(t, ready["sha256"], hex.EncodeToString(sum[:]))
	require.Equal(t, "RIFF", file.text[:4])
	raw := []byte(file.text)
	require.Equal(t, []uint32{2, 8000, 16}, []uint32{uint32(binary.LittleEndian.Uint16(raw[22:])), binary.LittleEndian.Uint32(raw[24:]), uint32(binary.LittleEndian.Uint16(raw[34:]))})
	require.EqualValues(t, len(raw)-44, binary.LittleEndian.Uint32(raw[40:]))
	require.Equal(t, int(ready["duration_ms"].(float64))*8*4, len(raw)-44)
	loud := 0
	for i := 44; i+1 < len(raw); i += 2 {
		if v := int16(binary.LittleEndian.Uint16(raw[i:])); v > 1000 || v < -1000 {
			loud++
		}
	}
	require.Greater(t, loud, 1000, "one hears something")
}

func TestRecording_NeedsItsTokenAndExpires(t *testing.T) {
	t.Parallel()
	s := open(t, emulator.Options{})
	_, ready := s.recorded(time.Second)
	url := ready["url"].(string)
	get := func(url string) answer { return s.send(http.MethodGet, url, "", "", "") }
	require.Equal(t, "Forbidden forbidden token", get(url[:strings.Index(url, "?")]).problem(t))
	require.Equal(t, "Forbidden forbidden token", get(url+"x").problem(t))
	require.Equal(t, "Not Found recording_not_found", get(s.url+"/v1/recordings/r-none.wav?token=x").problem(t))
	expires, err := time.Parse(time.RFC3339, ready["url_expires_at"].(string))
	require.NoError(t, err)
	require.WithinDuration(t, s.kit.Clock.Now().Add(time.Hour), expires, time.Minute)
	require.Equal(t, http.StatusOK, get(url).status)
	s.kit.Clock.Advance(time.Hour + time.Second)
	require.Equal(t, "Forbidden url_expired", get(url).problem(t))
}

func TestRecording_NotThereAtFirstAndFailed(t *testing.T) {
	t.Parallel()
	s := open(t, emulator.Options{})
	s.LateRecordings(2)
	_, ready := s.recorded(time.Second)
	for _, want := range []int{404, 404, 200, 200} {
		require.Equal(t, want, s.send(http.MethodGet, ready["url"].(string), "", "", "").status)
	}
	s.FailRecordings(1)
	id := s.talking()
	require.NoError(t, s.HangUp(caller))
	s.event(id, "call_finished", 1)
	s.kit.Clock.Advance(time.Second)
	require.NotEmpty(t, s.event(id, "recording_failed", 1)["recording_id"])
}

func TestRecording_AFileOfTheUsers(t *testing.T) {
	t.Parallel()
	s := open(t, emulator.Options{})
	require.ErrorContains(t, s.UseFile([]byte("hello")), "neither WAV nor MP3")
	require.NoError(t, s.UseFile([]byte("ID3 and so on")))
	_, ready := s.recorded(time.Second)
	require.Equal(t, "mp3", ready["format"])
	file := s.send(http.MethodGet, ready["url"].(string), "", "", "")
	require.Equal(t, []string{"ID3 and so on", "audio/mpeg"}, []string{file.text, file.header.Get("Content-Type")})
}
