package telephony

import (
	"encoding/binary"
	"time"
)

// mp3Header is how many bytes a frame's header has, id3Header that of the tag before the sound.
const (
	mp3Header = 4
	id3Header = 10
)

// mp3Frame is a frame of MPEG audio, layer III.
type mp3Frame struct{ size, samples, rate, channels int }

// Kilobits a second of layer III: of MPEG 1, and of MPEG 2 and 2.5.
var mp3Bits = [2][16]int{
	{0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0},
	{0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0},
}

// parseMP3 reads the header of a frame; ok is false when there is none.
func parseMP3(b []byte) (f mp3Frame, ok bool) {
	h := binary.BigEndian.Uint32(b)
	version, layer, bits, rate := h>>19&3, h>>17&3, h>>12&15, h>>10&3
	if h>>21 != 0x7FF || version == 1 || layer != 1 || rate == 3 {
		return f, false
	}
	f = mp3Frame{samples: 1152, rate: [3]int{44100, 48000, 32000}[rate], channels: 2}
	lower := 0
	if version != 3 { // MPEG 2, 2.5
		f.rate, f.samples, lower = f.rate/2, 576, 1
		if version == 0 {
			f.rate /= 2
		}
	}
	if h>>6&3 == 3 {
		f.channels = 1
	}
	kbits := mp3Bits[lower][bits]
	f.size = f.samples/8*kbits*1000/f.rate + int(h>>9&1)
	return f, kbits > 0
}

// mp3Sound counts the frames of an MP3 file as it comes.
type mp3Sound struct {
	head []byte
	skip int64
	// isBegun: the tag before the sound was passed.
	isBegun bool
	frames  int
	first   mp3Frame
	time    time.Duration
}

// Write implements Sound.
func (m *mp3Sound) Write(p []byte) (int, error) {
	n := len(p)
	for len(p) > 0 {
		if m.skip > 0 {
			k := min(m.skip, int64(len(p)))
			m.skip -= k
			p = p[k:]
			continue
		}
		m.head = append(m.head, p[0])
		p = p[1:]
		m.header()
	}
	return n, nil
}

// header looks whether what was gathered is a tag or the beginning of a frame; if it can't be either, its first byte is passed over.
func (m *mp3Sound) header() {
	if !m.isBegun && len(m.head) >= 3 && string(m.head[:3]) == "ID3" {
		if len(m.head) == id3Header {
			m.skip = int64(m.head[6]&127)<<21 | int64(m.head[7]&127)<<14 | int64(m.head[8]&127)<<7 | int64(m.head[9]&127)
			m.head, m.isBegun = m.head[:0], true
		}
		return
	}
	if len(m.head) < mp3Header {
		return
	}
	m.isBegun = true
	f, ok := parseMP3(m.head)
	if !ok {
		m.head = append(m.head[:0], m.head[1:]...)
		return
	}
	if m.frames == 0 {
		m.first = f
	}
	m.frames++
	m.time += time.Duration(f.samples) * time.Second / time.Duration(f.rate)
	m.skip = int64(f.size - mp3Header)
	m.head = m.head[:0]
}

// IsSound implements Sound.
func (m *mp3Sound) IsSound() bool { return m.frames > 0 }

// Missing implements Sound.
func (*mp3Sound) Missing() int64 { return 0 }

// Channels implements Sound.
func (m *mp3Sound) Channels() int { return m.first.channels }

// Duration implements Sound.
func (m *mp3Sound) Duration() time.Duration { return m.time }

// Peaks implements Sound: loudness can't be told without decoding.
func (*mp3Sound) Peaks() []int { return nil }
