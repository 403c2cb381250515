package emulator

import (
	"encoding/binary"
	"math"
	"time"
)

// A recording is 8 kHz, 16 bit, one channel for each side.
const (
	sampleRate  = 8000
	channels    = 2
	headerSize  = 44
	maxSound    = 30 * time.Minute // what is longer is cut
	sineEntries = 1024
)

// sound makes a WAV of two who take turns to speak: syllables of a voice's harmonics, louder and softer, each on its own channel. The same call has
// the same sound.
func sound(length time.Duration, seed uint64) []byte {
	frames := int(min(length, maxSound).Milliseconds()) * sampleRate / 1000
	out := make([]byte, headerSize+frames*channels*2)
	header(out, len(out))
	sine := make([]float64, sineEntries)
	for i := range sine {
		sine[i] = math.Sin(2 * math.Pi * float64(i) / sineEntries)
	}
	voices := [channels]voice{{pitch: 110 + float64(seed%30)}, {pitch: 190 + float64(seed/30%50)}}
	const turn = 2 * sampleRate // how long one speaks
	for i := range frames {
		for side := range voices {
			var sample int16
			if (i/turn)%channels == side {
				sample = voices[side].sample(i, sine)
			}
			binary.LittleEndian.PutUint16(out[headerSize+(i*channels+side)*2:], uint16(sample))
		}
	}
	return out
}

// voice is one who speaks.
type voice struct{ pitch, phase float64 }

func (v *voice) sample(i int, sine []float64) int16 {
	at := func(turns float64) float64 { return sine[int(turns*sineEntries)&(sineEntries-1)] }
	v.phase += v.pitch / sampleRate
	syllable := at(float64(i)/(sampleRate/4)*0.5) * at(float64(i)/(sampleRate/4)*0.5) // four a second
	return int16(6000 * syllable * (at(v.phase) + 0.5*at(2*v.phase) + 0.35*at(5*v.phase) + 0.2*at(9*v.phase)))
}

func header(out []byte, size int) {
	copy(out, "RIFF")
	binary.LittleEndian.PutUint32(out[4:], uint32(size-8))
	copy(out[8:], "WAVEfmt ")
	binary.LittleEndian.PutUint32(out[16:], 16)
	binary.LittleEndian.PutUint16(out[20:], 1) // PCM
	binary.LittleEndian.PutUint16(out[22:], channels)
	binary.LittleEndian.PutUint32(out[24:], sampleRate)
	binary.LittleEndian.PutUint32(out[28:], sampleRate*channels*2)
	binary.LittleEndian.PutUint16(out[32:], channels*2)
	binary.LittleEndian.PutUint16(out[34:], 16)
	copy(out[36:], "data")
	binary.LittleEndian.PutUint32(out[40:], uint32(size-headerSize))
}
