package emulator

import (
	"bytes"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"net/http"
	"strings"
	"time"
)

// recordings are what was recorded and how it is given out.
type recordings struct {
	byID    map[string]*recording
	order   []string
	file    []byte // given out instead of a made sound
	format  string // of the file: wav or mp3
	fail    int    // so many fail
	notYet  int    // so many requests for a new recording find nothing
	fileFor time.Duration
}

// recording is one recording while it is made and after.
type recording struct {
	id, talkID, callID string
	call               *call
	paused             bool
	since              time.Time
	length             time.Duration // recorded before since
	token              string
	expires            time.Time
	notYet             int
	file               []byte // nil = made anew each time
	format             string
}

type recordingStarted struct {
	RecordingID string `json:"recording_id"`
	TalkID      string `json:"talk_id"`
	Format      string `json:"format"`
	Channels    int    `json:"channels"`
}

type recordingReady struct {
	RecordingID  string    `json:"recording_id"`
	TalkID       string    `json:"talk_id"`
	URL          string    `json:"url"`
	URLExpiresAt time.Time `json:"url_expires_at"`
	Format       string    `json:"format"`
	Channels     int       `json:"channels"`
	DurationMS   int64     `json:"duration_ms"`
	Bytes        int       `json:"bytes"`
	SHA256       string    `json:"sha256"`
}

type recordingFailed struct {
	RecordingID string `json:"recording_id"`
	TalkID      string `json:"talk_id"`
}

// maxRecordings are remembered, maxFile is the largest file somebody may give.
const (
	maxRecordings = 2000
	maxFile       = 64 << 20
)

// startRecording records a talk, or the message of a caller when there is none. One that is paused goes on.
func (s *Server) startRecording(c *call, t *talk) {
	if r := c.recording; r != nil {
		if r.paused {
			r.paused, r.since = false, s.now()
		}
		return
	}
	w := &s.world.records
	r := &recording{id: newID("r-"), callID: c.id, call: c, since: s.now(), format: "wav"}
	if w.file != nil {
		r.file, r.format = w.file, w.format
	}
	if t != nil {
		r.talkID = t.id
		t.recordings = append(t.recordings, r.id)
	}
	c.recording = r
	w.byID[r.id] = r
	if w.order = append(w.order, r.id); len(w.order) > maxRecordings {
		delete(w.byID, w.order[0])
		w.order = w.order[1:]
	}
	s.emit(c, "recording_started", recordingStarted{r.id, r.talkID, r.format, channels})
}

func (s *Server) pauseRecording(c *call) {
	if r := c.recording; r != nil && !r.paused {
		r.paused = true
		r.length += s.now().Sub(r.since)
	}
}

// endRecording ends what is being recorded; it is ready a little later.
func (s *Server) endRecording(c *call) {
	r := c.recording
	if r == nil {
		return
	}
	s.pauseRecording(c)
	c.recording = nil
	s.after(s.opts.ReadyAfter, func() { s.makeReady(r) })
}

func (s *Server) makeReady(r *recording) {
	w := &s.world.records
	if w.fail > 0 {
		w.fail--
		delete(w.byID, r.id)
		s.emit(r.call, "recording_failed", recordingFailed{r.id, r.talkID})
		return
	}
	world := s.world
	s.running.Go(func() { // a long sound takes a moment
		select {
		case s.making <- struct{}{}:
		case <-s.stop:
			return
		}
		file := r.bytes()
		size, sum := len(file), sha256.Sum256(file)
		<-s.making
		_ = s.do(func() error {
			if s.world == world && !s.closed {
				s.announce(r, size, hex.EncodeToString(sum[:]))
			}
			return nil
		})
	})
}

func (s *Server) announce(r *recording, size int, sum string) {
	r.token, r.expires, r.notYet = newID(""), s.now().Add(s.opts.LinkLife), s.world.records.notYet
	length := min(r.length, maxSound)
	if r.file != nil && s.world.records.fileFor > 0 {
		length = s.world.records.fileFor
	}
	s.emit(r.call, "recording_ready", recordingReady{
		RecordingID: r.id, TalkID: r.talkID, URL: s.opts.BaseURL + "/v1/recordings/" + r.id + "." + r.format + "?token=" + r.token, URLExpiresAt: r.expires,
		Format: r.format, Channels: channels, DurationMS: length.Milliseconds(), Bytes: size, SHA256: sum,
	})
}

// bytes are the file. What it is made of does not change once the recording has ended.
func (r *recording) bytes() []byte {
	if r.file != nil {
		return r.file
	}
	sum := sha256.Sum256([]byte(r.id))
	return sound(r.length, uint64(sum[0])*30+uint64(sum[1]))
}

// serveRecording gives a recording out to who knows its token, as long as its address is good.
func (s *Server) serveRecording(w http.ResponseWriter, req *http.Request) {
	name := strings.TrimPrefix(req.URL.Path, "/v1/recordings/")
	id, _, _ := strings.Cut(name, ".")
	var r *recording
	refused := refusal{}
	s.read(func() { r, refused = s.lookUp(id, req.URL.Query().Get("token")) })
	if refused.status != 0 {
		refused.write(w)
		return
	}
	kind := "audio/wav"
	if r.format == "mp3" {
		kind = "audio/mpeg"
	}
	w.Header().Set("Content-Type", kind)
	http.ServeContent(w, req, name, time.Time{}, bytes.NewReader(r.bytes()))
}

func (s *Server) lookUp(id, token string) (*recording, refusal) {
	r := s.world.records.byID[id]
	switch {
	case r == nil || r.token == "":
		return nil, refusal{http.StatusNotFound, "recording_not_found", "there is no such recording", ""}
	case subtle.ConstantTimeCompare([]byte(r.token), []byte(token)) == 0:
		return nil, refusal{http.StatusForbidden, "forbidden", "the recording needs its token", "token"}
	case s.now().After(r.expires):
		return nil, refusal{http.StatusForbidden, "url_expired", "the address was good until " + r.expires.Format(time.RFC3339), ""}
	case r.notYet > 0:
		r.notYet--
		return nil, refusal{http.StatusNotFound, "recording_not_found", "the recording is not there yet", ""}
	}
	return r, refusal{}
}

// UseFile gives out a file of the user's as every recording made from now on; nil = made sounds again.
func (s *Server) UseFile(file []byte) error {
	if len(file) > maxFile {
		return errors.New("a recording may have 64 MiB")
	}
	format, length := "mp3", time.Duration(0)
	if bytes.HasPrefix(file, []byte("RIFF")) {
		format, length = "wav", lengthOf(file)
	} else if file != nil && !bytes.HasPrefix(file, []byte("ID3")) && (len(file) == 0 || file[0] != 0xFF) {
		return errors.New("the file is neither WAV nor MP3")
	}
	return s.do(func() error {
		w := &s.world.records
		w.file, w.format, w.fileFor = file, format, length
		return nil
	})
}

// FailRecordings lets the next n recordings fail.
func (s *Server) FailRecordings(n int) {
	_ = s.do(func() error { s.world.records.fail = n; return nil })
}

// LateRecordings answers the first n requests for each new recording with 404, though it was said to be ready.
func (s *Server) LateRecordings(n int) {
	_ = s.do(func() error { s.world.records.notYet = n; return nil })
}

// lengthOf reads how long a WAV is; 0 = unknown.
func lengthOf(wav []byte) time.Duration {
	if len(wav) < headerSize {
		return 0
	}
	perSecond := int64(wav[28]) | int64(wav[29])<<8 | int64(wav[30])<<16 | int64(wav[31])<<24
	if perSecond == 0 {
		return 0
	}
	return time.Duration(int64(len(wav)-headerSize) * int64(time.Second) / perSecond)
}
