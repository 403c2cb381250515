package exchange

import (
	"encoding/binary"
	"math"
	"time"
)

const (
	soundRate = 8000
	maxSound  = time.Minute
)

// WAV returns a recording of a talk: the contact's tone on the left, the employee's on the right, 16 bits at 8 kHz, no longer than a minute.
func WAV(talk time.Duration) []byte {
	samples := int(min(max(talk, 0), maxSound).Seconds() * soundRate)
	const frame = 4 // two channels of 16 bits
	out := make([]byte, 0, 44+samples*frame)
	out = append(out, "RIFF"...)
	out = binary.LittleEndian.AppendUint32(out, uint32(36+samples*frame))
	out = append(out, "WAVEfmt "...)
	out = binary.LittleEndian.AppendUint32(out, 16)
	out = binary.LittleEndian.AppendUint16(out, 1) // PCM
	out = binary.LittleEndian.AppendUint16(out, 2)
	out = binary.LittleEndian.AppendUint32(out, soundRate)
	out = binary.LittleEndian.AppendUint32(out, soundRate*frame)
	out = binary.LittleEndian.AppendUint16(out, frame)
	out = binary.LittleEndian.AppendUint16(out, 16)
	out = append(out, "data"...)
	out = binary.LittleEndian.AppendUint32(out, uint32(samples*frame))
	for i := range samples {
		out = binary.LittleEndian.AppendUint16(out, tone(i, 440))
		out = binary.LittleEndian.AppendUint16(out, tone(i, 660))
	}
	return out
}

func tone(i int, hertz float64) uint16 {
	return uint16(int16(8000 * math.Sin(2*math.Pi*hertz*float64(i)/soundRate)))
}
