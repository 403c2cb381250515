package telephony_test

import (
	"encoding/binary"
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core/telephony"
)

// wavFile makes a WAV file: a format chunk, and sound whose length may be told wrong.
func wavFile(code, channels, rate, bits int, sound []byte, told uint32, before ...byte) []byte {
	b := append([]byte("RIFF"), 0, 0, 0, 0)
	b = append(b, "WAVEfmt "...)
	b = binary.LittleEndian.AppendUint32(b, 16)
	b = binary.LittleEndian.AppendUint16(b, uint16(code))
	b = binary.LittleEndian.AppendUint16(b, uint16(channels))
	b = binary.LittleEndian.AppendUint32(b, uint32(rate))
	b = binary.LittleEndian.AppendUint32(b, uint32(rate*channels*bits/8))
	b = binary.LittleEndian.AppendUint16(b, uint16(channels*bits/8))
	b = binary.LittleEndian.AppendUint16(b, uint16(bits))
	b = append(b, before...)
	b = append(b, "data"...)
	b = binary.LittleEndian.AppendUint32(b, told)
	return append(b, sound...)
}

// heard writes a file in pieces of all sizes and returns what was learnt.
func heard(t *testing.T, format string, file []byte, piece int) telephony.Sound {
	t.Helper()
	s := telephony.NewSound(format)
	for len(file) > 0 {
		n := min(piece, len(file))
		k, err := s.Write(file[:n])
		require.NoError(t, err)
		require.Equal(t, n, k)
		file = file[n:]
	}
	return s
}

func sine(samples int) []byte {
	var b []byte
	for i := range samples {
		b = binary.LittleEndian.AppendUint16(b, uint16(int16(16000*math.Sin(float64(i)/3))))
	}
	return b
}

func constant(n int, v byte) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = v
	}
	return b
}

func TestMP2_soundsAreMeasured(t *testing.T) {
	t.Parallel()
	pcm := sine(16000)
	list := append([]byte("LIST"), 5, 0, 0, 0, 'a', 'b', 'c', 'd', 'e', 0)
	tests := map[string]struct {
		file     []byte
		channels int
		duration time.Duration
		low, top int // of the peaks; -1 = there are none
		isSound  bool
		missing  int64
	}{
		"16 bits":                        {wavFile(1, 1, 8000, 16, pcm, uint32(len(pcm))), 1, 2 * time.Second, 48, 49, true, 0},
		"stereo":                         {wavFile(1, 2, 8000, 16, pcm, uint32(len(pcm))), 2, time.Second, 48, 49, true, 0},
		"another chunk before the sound": {wavFile(1, 1, 8000, 16, pcm, uint32(len(pcm)), list...), 1, 2 * time.Second, 48, 49, true, 0},
		"chunks behind the sound":        {append(wavFile(1, 1, 8000, 16, pcm, uint32(len(pcm))), list...), 1, 2 * time.Second, 48, 49, true, 0},
		"a length nobody corrected":      {wavFile(1, 1, 8000, 16, pcm, 0xFFFFFFFF), 1, 2 * time.Second, 48, 49, true, 0},
		"a length of zero":               {wavFile(1, 1, 8000, 16, pcm, 0), 1, 2 * time.Second, 48, 49, true, 0},
		"half of it":                     {wavFile(1, 1, 8000, 16, pcm[:16000], uint32(len(pcm))), 1, time.Second, 48, 49, true, 16000},
		"8 bits":                         {wavFile(1, 1, 8000, 8, constant(8000, 192), 8000), 1, time.Second, 50, 50, true, 0},
		"silence of µ-law":               {wavFile(7, 1, 8000, 8, constant(8000, 0xFF), 8000), 1, time.Second, 0, 0, true, 0},
		"the loudest of µ-law":           {wavFile(7, 2, 8000, 8, constant(16000, 0x80), 16000), 2, time.Second, 98, 98, true, 0},
		"silence of A-law":               {wavFile(6, 1, 8000, 8, constant(8000, 0xD5), 8000), 1, time.Second, 0, 0, true, 0},
		"the loudest of A-law":           {wavFile(6, 1, 8000, 8, constant(8000, 0xAA), 8000), 1, time.Second, 98, 98, true, 0},
		"a code nobody knows":            {wavFile(49, 1, 8000, 8, constant(8000, 1), 8000), 1, time.Second, -1, -1, true, 0},
		"no sound at all":                {wavFile(1, 1, 8000, 16, nil, 0), 1, 0, -1, -1, true, 0},
		"no rate":                        {wavFile(1, 1, 0, 16, pcm, uint32(len(pcm))), 1, 0, -1, -1, false, 0},
		"no data":                        {wavFile(1, 1, 8000, 16, nil, 0)[:36], 1, 0, -1, -1, false, 0},
		"sound before its format":        {append([]byte("RIFF\x00\x00\x00\x00WAVEdata\x10\x00\x00\x00"), pcm...), 0, 0, -1, -1, false, 16},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, piece := range []int{1, 7, 4096, len(tt.file) + 1} {
				s := heard(t, telephony.FormatWAV, tt.file, piece)
				require.Equal(t, tt.isSound, s.IsSound())
				if !tt.isSound {
					continue
				}
				require.Equal(t, tt.channels, s.Channels())
				require.Equal(t, tt.duration, s.Duration())
				require.Equal(t, tt.missing, s.Missing())
				if tt.low < 0 {
					require.Empty(t, s.Peaks())
					continue
				}
				require.GreaterOrEqual(t, len(s.Peaks()), 100)
				require.LessOrEqual(t, len(s.Peaks()), 200)
				for _, p := range s.Peaks() {
					require.True(t, tt.low <= p && p <= tt.top, "%d", p)
				}
			}
		})
	}
}

func TestMP2_waveformsHaveTheirPlaceInTime(t *testing.T) {
	t.Parallel()
	for _, seconds := range []int{1, 10, 100, 777} {
		pcm := make([]byte, 0, seconds*16000)
		half := seconds * 8000 / 2
		pcm = append(pcm, make([]byte, 2*half)...)
		for range half {
			pcm = binary.LittleEndian.AppendUint16(pcm, 0x7FFF)
		}
		peaks := heard(t, telephony.FormatWAV, wavFile(1, 1, 8000, 16, pcm, uint32(len(pcm))), 1<<16).Peaks()
		n := len(peaks)
		require.Zero(t, peaks[n/2-2], "the first half is silent")
		require.Equal(t, 100, peaks[n/2+2], "the second is loud")
	}
}

// mp3File is a number of frames of MPEG 2.5, layer III, 16 kbit/s, 8 kHz, mono: 144 bytes and 72 ms each.
func mp3File(frames int) []byte {
	var b []byte
	for range frames {
		frame := make([]byte, 144)
		copy(frame, []byte{0xFF, 0xE3, 0x28, 0xC0})
		b = append(b, frame...)
	}
	return b
}

func TestMP2_lengthsOfMP3AreCounted(t *testing.T) {
	t.Parallel()
	tag := append([]byte("ID3\x04\x00\x00\x00\x00\x01\x00"), make([]byte, 128)...)
	tests := map[string]struct {
		file     []byte
		duration time.Duration
		isSound  bool
	}{
		"frames":            {mp3File(100), 7200 * time.Millisecond, true},
		"a tag before them": {append(tag, mp3File(100)...), 7200 * time.Millisecond, true},
		"junk between them": {append(append(mp3File(50), "junk"...), mp3File(50)...), 7200 * time.Millisecond, true},
		"a tag alone":       {tag, 0, false},
		"a tag behind them": {append(mp3File(10), "TAG and a title"...), 720 * time.Millisecond, true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, telephony.FormatMP3, telephony.SoundFormat(tt.file[:12]))
			for _, piece := range []int{1, 13, 1 << 20} {
				s := heard(t, telephony.FormatMP3, tt.file, piece)
				require.Equal(t, tt.isSound, s.IsSound())
				require.Equal(t, tt.duration, s.Duration())
				require.Empty(t, s.Peaks())
				if tt.isSound {
					require.Equal(t, 1, s.Channels())
				}
			}
		})
	}
}

func TestMP2_formatsAreKnownByTheirFirstBytes(t *testing.T) {
	t.Parallel()
	for head, want := range map[string]string{
		"RIFF\x00\x00\x00\x00WAVE": "wav", "RIFF\x00\x00\x00\x00WEBP": "", "RIFF": "", "ID3\x04\x00\x00": "mp3", "\xFF\xFB\x90\x64": "mp3", "\xFF\xE3\x28\xC0": "mp3",
		"\xFF\xD8\xFF\xE0": "", "\xFF\xFE<\x00": "", "<!doctype ht": "", "OggS\x00\x02\x00\x00": "", "": "", "\xFF": "",
	} {
		require.Equal(t, want, telephony.SoundFormat([]byte(head)), "%q", head)
	}
}

func FuzzSound(f *testing.F) {
	f.Add(wavFile(1, 2, 8000, 16, sine(100), 200), 3)
	f.Add(wavFile(7, 1, 8000, 8, constant(50, 3), 0xFFFFFFFF), 50)
	f.Add(mp3File(2), 5)
	f.Add([]byte("RIFF\x00\x00\x00\x00WAVEfmt \xFF\xFF\xFF\xFF"), 1)
	f.Fuzz(func(t *testing.T, file []byte, piece int) {
		for _, format := range []string{telephony.FormatWAV, telephony.FormatMP3} {
			whole := heard(t, format, file, len(file)+1)
			parts := heard(t, format, file, max(1, piece))
			require.Equal(t, whole.IsSound(), parts.IsSound())
			require.Equal(t, whole.Peaks(), parts.Peaks())
			require.Equal(t, whole.Duration(), parts.Duration())
			require.GreaterOrEqual(t, whole.Duration(), time.Duration(0))
			require.GreaterOrEqual(t, whole.Missing(), int64(0))
			require.LessOrEqual(t, len(whole.Peaks()), 200)
			for _, p := range whole.Peaks() {
				require.True(t, p >= 0 && p <= 100)
			}
		}
	})
}
