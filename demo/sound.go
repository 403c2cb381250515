package demo

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"time"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/telephony"
)

// Which talks are recorded: the latest, as many as one can listen to, and none that fills the disk.
const (
	recordedDays    = 14
	mostRecordings  = 40
	longestRecorded = 40 * time.Second
	soundRate       = 8000
)

// flushCalls hands the calls over, and records some of them.
func (g *generator) flushCalls(ctx context.Context, to Target) error {
	if to.Calls == nil || len(g.made) == 0 {
		return nil
	}
	h := g.callBatch()
	if to.Files != nil {
		if err := g.record(ctx, h, to.Files); err != nil {
			return fmt.Errorf("recording talks: %w", err)
		}
	}
	if err := to.Calls.LoadCalls(ctx, g.plan.AccountID, h); err != nil {
		return err
	}
	g.total.Calls += len(h.Calls)
	g.total.Recordings += len(h.Recordings)
	g.total.Communications += len(h.Calls)
	return nil
}

// record makes recordings of the talks of recent calls.
func (g *generator) record(ctx context.Context, h *telephony.CallHistory, files telephony.Files) error {
	since := g.plan.Until.AddDate(0, 0, -recordedDays)
	for i := range h.Calls {
		c := &h.Calls[i]
		if c.StartedAt.Before(since) || c.Talk == 0 || c.Talk > longestRecorded {
			continue
		}
		for n := range c.Talks {
			if g.total.Recordings+len(h.Recordings) >= mostRecordings {
				return nil
			}
			r, err := g.recording(ctx, c, &c.Talks[n], files)
			if err != nil {
				return err
			}
			h.Recordings = append(h.Recordings, r)
		}
	}
	return nil
}

func (g *generator) recording(ctx context.Context, c *telephony.Call, t *telephony.Talk, files telephony.Files) (telephony.Recording, error) {
	wav := talkSound(t.Duration, uint64(c.ID))
	heard := telephony.NewSound(telephony.FormatWAV)
	_, _ = heard.Write(wav) // never fails
	r := telephony.Recording{
		ID: core.RecordingID(g.luck.Int64N(1<<52) + 1), AccountID: c.AccountID, CallID: c.ID, ConnectionID: c.ConnectionID, TalkID: t.ID, RemoteID: c.PBXCallID + "-" + t.ID,
		State: telephony.RecordingStored, Format: telephony.FormatWAV, Channels: heard.Channels(), Duration: heard.Duration(), Peaks: heard.Peaks(), StartedAt: *t.StartedAt, StoredAt: c.EndedAt,
	}
	r.Path = fmt.Sprintf("recordings/%d/%s/%d.wav", r.AccountID, r.StartedAt.UTC().Format("2006/01/02"), r.ID)
	var err error
	r.Bytes, r.SHA256, err = files.Put(ctx, r.Path, bytes.NewReader(wav))
	return r, err
}

// talkSound makes a WAV of two who take turns to hum, in sentences of syllables with pauses between them. The same seed gives the same sound.
func talkSound(length time.Duration, seed uint64) []byte {
	frames := int(length.Milliseconds()) * soundRate / 1000
	out := make([]byte, 0, 44+2*frames)
	out = append(out, "RIFF"...)
	out = binary.LittleEndian.AppendUint32(out, uint32(36+2*frames))
	out = append(out, "WAVEfmt "...)
	for _, part := range []any{uint32(16), uint16(1), uint16(1), uint32(soundRate), uint32(2 * soundRate), uint16(2), uint16(16)} {
		out, _ = binary.Append(out, binary.LittleEndian, part) // numbers always fit
	}
	out = append(out, "data"...)
	out = binary.LittleEndian.AppendUint32(out, uint32(2*frames))
	pitches := [2]float64{105 + float64(seed%40), 180 + float64(seed/40%60)}
	phase := 0.0
	for i := range frames {
		second := float64(i) / soundRate
		turn := int(second / 3.2)
		within := second - 3.2*float64(turn)
		loud := 0.0
		if within < 2.6 { // then a pause
			syllable := math.Sin(math.Pi * 3.7 * (within + float64(turn%5)/7))
			loud = syllable * syllable * (.55 + .45*math.Sin(float64(turn)*1.7+float64(seed%7)))
		}
		phase += pitches[turn%2] * (1 + .06*math.Sin(2*math.Pi*1.3*second)) / soundRate
		wave := math.Sin(2*math.Pi*phase) + .5*math.Sin(4*math.Pi*phase) + .25*math.Sin(10*math.Pi*phase)
		out = binary.LittleEndian.AppendUint16(out, uint16(int16(13000*loud*wave/1.75)))
	}
	return out
}
