package telephony

import (
	"encoding/binary"
	"time"
)

// Sound learns about a recording while its file is written through it: Write never fails, and what is no sound is told by IsWhole in the end.
type Sound interface {
	Write(p []byte) (int, error)
	// IsSound reports whether there was a file of the format, at least its beginning.
	IsSound() bool
	// Missing is how many bytes the file's own header promises beyond those that came; 0 when it promises nothing.
	Missing() int64
	// Channels and Duration are zero when they can't be told.
	Channels() int
	Duration() time.Duration
	// Peaks is how loud the stretches of the sound are, 0 to 100; nil when that can't be told.
	Peaks() []int
}

// soundMagic is how many bytes tell the format of a file.
const soundMagic = 12

// SoundFormat tells the format of a file from its first 12 bytes: wav, mp3, or empty for anything else.
func SoundFormat(head []byte) string {
	switch {
	case len(head) >= soundMagic && string(head[:4]) == "RIFF" && string(head[8:12]) == "WAVE":
		return FormatWAV
	case len(head) >= 3 && string(head[:3]) == "ID3":
		return FormatMP3
	case len(head) >= mp3Header:
		if _, ok := parseMP3(head); ok {
			return FormatMP3
		}
	}
	return ""
}

// NewSound returns what learns about a file of a format.
func NewSound(format string) Sound {
	if format == FormatMP3 {
		return &mp3Sound{}
	}
	return &wavSound{want: soundMagic, meter: meter{stretch: 64}}
}

// peakCount is how many peaks a waveform has, unless the sound is very short.
const peakCount = 200

// meter gathers how loud a sound is, in stretches that double when there are too many of them.
type meter struct {
	// stretch is how many samples a stretch has, filled how many are in the present one.
	stretch, filled int
	loudest         int
	list            []int
}

// add counts a sample's height, 0 to 32768.
func (m *meter) add(height int) {
	m.loudest = max(m.loudest, height)
	m.filled++
	if m.filled == m.stretch {
		m.close()
	}
}

func (m *meter) close() {
	m.list = append(m.list, m.loudest)
	m.loudest, m.filled = 0, 0
	if len(m.list) < 2*peakCount {
		return
	}
	for i := range peakCount {
		m.list[i] = max(m.list[2*i], m.list[2*i+1])
	}
	m.list = m.list[:peakCount]
	m.stretch *= 2
}

// peaks scales the stretches to 0 to 100.
func (m *meter) peaks() []int {
	list := m.list
	if m.filled > 0 {
		list = append(list[:len(list):len(list)], m.loudest)
	}
	n := min(len(list), peakCount)
	out := make([]int, n)
	for i := range out {
		for _, height := range list[i*len(list)/n : (i+1)*len(list)/n] {
			out[i] = max(out[i], min(100, (height*100+16384)/32767))
		}
	}
	return out
}

// The codes of WAV files that are understood sample by sample.
const (
	wavPCM        = 1
	wavALaw       = 6
	wavMuLaw      = 7
	wavExtensible = 0xFFFE
)

// wavSound reads a RIFF WAVE file as it comes.
type wavSound struct {
	meter
	// head gathers a part of the header until it has want bytes; skip is what is passed over before.
	head []byte
	want int
	skip int64
	part wavPart
	// size is that of the chunk whose header was read last.
	size uint32

	hasFormat              bool
	code, channels, bits   int
	rate, bytesPerSecond   int
	promised, data         int64 // bytes of sound; promised is -1 when the header doesn't know
	isBroken, hasData      bool
	halfSample             byte
	hasHalf, isAfterSounds bool
}

// wavPart is what is read next.
type wavPart int

const (
	wavMagic wavPart = iota
	wavChunk
	wavFormat
	wavData
)

// Write implements Sound.
func (w *wavSound) Write(p []byte) (int, error) {
	n := len(p)
	for len(p) > 0 && !w.isBroken && !w.isAfterSounds {
		switch {
		case w.skip > 0:
			k := min(w.skip, int64(len(p)))
			w.skip -= k
			p = p[k:]
		case w.part == wavData:
			p = p[w.sounds(p):]
		default:
			k := min(w.want-len(w.head), len(p))
			w.head = append(w.head, p[:k]...)
			p = p[k:]
			if len(w.head) == w.want {
				head := w.head
				w.head = nil
				w.header(head)
			}
		}
	}
	return n, nil
}

const (
	chunkHeader = 8
	formatLeast = 16
	formatMost  = 1024
)

func (w *wavSound) header(head []byte) {
	switch w.part {
	case wavMagic:
		w.isBroken = SoundFormat(head) != FormatWAV
		w.part, w.want = wavChunk, chunkHeader
	case wavChunk:
		w.chunk(string(head[:4]), binary.LittleEndian.Uint32(head[4:]))
	case wavFormat:
		w.format(head)
		w.part, w.want = wavChunk, chunkHeader
		w.skip = int64(w.size & 1)
	case wavData:
	}
}

func (w *wavSound) chunk(name string, size uint32) {
	w.size = size
	switch name {
	case "fmt ":
		w.isBroken = size < formatLeast || size > formatMost
		w.part, w.want = wavFormat, int(size)
	case "data":
		w.isBroken = !w.hasFormat
		w.hasData, w.part, w.promised = true, wavData, int64(size)
		if size == 0 || size >= 1<<31-1 { // written while the recording went on, and never corrected
			w.promised = -1
		}
	default:
		w.part, w.want = wavChunk, chunkHeader
		w.skip = int64(size) + int64(size&1)
	}
}

func (w *wavSound) format(f []byte) {
	w.code = int(binary.LittleEndian.Uint16(f))
	w.channels = int(binary.LittleEndian.Uint16(f[2:]))
	w.rate = int(binary.LittleEndian.Uint32(f[4:]))
	w.bytesPerSecond = int(binary.LittleEndian.Uint32(f[8:]))
	w.bits = int(binary.LittleEndian.Uint16(f[14:]))
	if w.code == wavExtensible && len(f) >= 26 {
		w.code = int(binary.LittleEndian.Uint16(f[24:]))
	}
	w.hasFormat = w.channels > 0 && w.channels <= 64 && w.rate > 0
	w.isBroken = !w.hasFormat
}

// sounds counts bytes of sound and returns how many they were.
func (w *wavSound) sounds(p []byte) int {
	if w.promised >= 0 && int64(len(p)) > w.promised-w.data {
		p = p[:w.promised-w.data]
		w.isAfterSounds = true
	}
	w.data += int64(len(p))
	switch {
	case w.code == wavPCM && w.bits == 16:
		w.linear(p)
	case w.code == wavPCM && w.bits == 8:
		for _, b := range p {
			w.add(abs(int(b)-128) << 8)
		}
	case w.code == wavMuLaw && w.bits == 8:
		for _, b := range p {
			w.add(muLaw(b))
		}
	case w.code == wavALaw && w.bits == 8:
		for _, b := range p {
			w.add(aLaw(b))
		}
	}
	return len(p)
}

func (w *wavSound) linear(p []byte) {
	if w.hasHalf && len(p) > 0 {
		w.add(abs(int(int16(uint16(w.halfSample) | uint16(p[0])<<8))))
		p, w.hasHalf = p[1:], false
	}
	for len(p) >= 2 {
		w.add(abs(int(int16(binary.LittleEndian.Uint16(p)))))
		p = p[2:]
	}
	if len(p) == 1 {
		w.halfSample, w.hasHalf = p[0], true
	}
}

func abs(n int) int {
	if n < 0 {
		return -n
	}
	return n
}

// muLaw is the height of a sample of G.711 µ-law.
func muLaw(b byte) int {
	b = ^b
	return ((int(b&0x0F)<<3)+0x84)<<((b&0x70)>>4) - 0x84
}

// aLaw is the height of a sample of G.711 A-law.
func aLaw(b byte) int {
	b ^= 0x55
	height, segment := int(b&0x0F)<<4+8, (b&0x70)>>4
	if segment == 0 {
		return height
	}
	return (height + 0x100) << (segment - 1)
}

// IsSound implements Sound.
func (w *wavSound) IsSound() bool { return w.hasData && !w.isBroken }

// Missing implements Sound.
func (w *wavSound) Missing() int64 { return max(0, w.promised-w.data) }

// Channels implements Sound.
func (w *wavSound) Channels() int { return w.channels }

// Duration implements Sound.
func (w *wavSound) Duration() time.Duration {
	perSecond := w.bytesPerSecond
	if w.code == wavPCM || w.code == wavALaw || w.code == wavMuLaw {
		perSecond = w.rate * w.channels * w.bits / 8
	}
	if perSecond <= 0 {
		return 0
	}
	seconds, rest := w.data/int64(perSecond), w.data%int64(perSecond)
	return time.Duration(seconds)*time.Second + time.Duration(rest)*time.Second/time.Duration(perSecond)
}

// Peaks implements Sound.
func (w *wavSound) Peaks() []int {
	if len(w.list) == 0 && w.filled == 0 {
		return nil
	}
	return w.peaks()
}
