package store

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
	"math/bits"
)

// Segments are kept as columns of little-endian numbers, each as narrow as its own range allows:
//
//	magic "SKVS" · format u16 · kind u8 · 0 · CRC-32C of all that follows u32 · day i32 · rows u32 · columns u32
//	per column: values u32 · offset into the data u32 · width u8 · encoding u8 · 0 u16 · first value u64
//	data: per column values × width bytes, and padTo bytes at the end so that every value may be read as eight bytes
//
// A column can be read without those before it, so what a report does not ask for costs nothing.

// segmentFormat is raised with every change of what is written here or how it is built; segments of another format are built anew.
const segmentFormat = 2

const (
	segmentMagic  = "SKVS"
	segmentHeader = 24
	columnHeader  = 20
	padTo         = 8
	maxSegment    = 1 << 30
	// maxConstant is how many values a column may have at least that takes no room, being all the same; more where the other columns have data.
	maxConstant = 1 << 12
)

// The encodings of columns.
const (
	// encodedOffsets: the smallest value comes first, the data are distances from it.
	encodedOffsets = 0
	// encodedSteps: values never fall, the data are distances from the value before.
	encodedSteps = 1
	// encodedTexts: the data are the texts' lengths and then, in bytes, the texts.
	encodedTexts = 2
)

// errBadSegment says that bytes are no segment of the present format.
var errBadSegment = errors.New("not a segment")

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// integer is what a column can hold.
type integer interface {
	~int64 | ~uint64 | ~uint32 | ~uint8
}

// columnHead is a column's entry in the table of columns.
type columnHead struct {
	values, offset uint32
	width, coding  uint8
	first          uint64
}

// columnWriter puts a segment together. Columns are told apart by their order.
type columnWriter struct {
	heads []columnHead
	data  []byte
}

// putInts adds a column.
func putInts[T integer](w *columnWriter, values []T) {
	h := columnHead{values: uint32(len(values)), offset: uint32(len(w.data)), coding: encodedOffsets}
	if len(values) == 0 {
		w.heads = append(w.heads, h)
		return
	}
	least, most, step, rises := values[0], values[0], uint64(0), true
	for i, v := range values {
		least, most = min(least, v), max(most, v)
		if i > 0 {
			rises = rises && v >= values[i-1]
			step = max(step, uint64(v)-uint64(values[i-1]))
		}
	}
	h.first, h.width = uint64(least), widthOf(uint64(most)-uint64(least))
	if rises && widthOf(step) < h.width {
		h.coding, h.width = encodedSteps, widthOf(step)
	}
	last := uint64(least)
	for _, v := range values {
		w.putNumber(uint64(v)-last, h.width)
		if h.coding == encodedSteps {
			last = uint64(v)
		}
	}
	w.heads = append(w.heads, h)
}

// widthOf is how many bytes a number takes.
func widthOf(n uint64) uint8 { return uint8((bits.Len64(n) + 7) / 8) }

func (w *columnWriter) putNumber(n uint64, width uint8) {
	var b [8]byte
	binary.LittleEndian.PutUint64(b[:], n)
	w.data = append(w.data, b[:width]...)
}

// putTexts adds a column of texts.
func (w *columnWriter) putTexts(values []string) {
	h := columnHead{values: uint32(len(values)), offset: uint32(len(w.data)), coding: encodedTexts}
	longest := 0
	for _, v := range values {
		longest = max(longest, len(v))
	}
	h.width = widthOf(uint64(longest))
	for _, v := range values {
		w.putNumber(uint64(len(v)), h.width)
	}
	for _, v := range values {
		w.data = append(w.data, v...)
	}
	w.heads = append(w.heads, h)
}

// bytes is the whole segment.
func (w *columnWriter) bytes(kind uint8, day, rows int) []byte {
	le := binary.LittleEndian
	out := make([]byte, 0, segmentHeader+len(w.heads)*columnHeader+len(w.data)+padTo)
	out = append(out, segmentMagic...)
	out = le.AppendUint16(out, segmentFormat)
	out = append(out, kind, 0, 0, 0, 0, 0)
	out = le.AppendUint32(out, uint32(int32(day)))
	out = le.AppendUint32(out, uint32(rows))
	out = le.AppendUint32(out, uint32(len(w.heads)))
	for _, h := range w.heads {
		out = le.AppendUint32(out, h.values)
		out = le.AppendUint32(out, h.offset)
		out = append(out, h.width, h.coding, 0, 0)
		out = le.AppendUint64(out, h.first)
	}
	out = append(out, w.data...)
	out = append(out, make([]byte, padTo)...)
	le.PutUint32(out[8:], crc32.Checksum(out[12:], castagnoli))
	return out
}

// columnReader reads a segment. The first error is kept in err and makes all later answers empty.
type columnReader struct {
	day, rows int
	columns   int
	heads     []byte
	data      []byte
	err       error
}

// openSegment checks a segment as a whole. The reader keeps b.
func openSegment(b []byte, kind uint8) *columnReader {
	le := binary.LittleEndian
	if len(b) < segmentHeader+padTo || len(b) > maxSegment || string(b[:4]) != segmentMagic || le.Uint16(b[4:]) != segmentFormat || b[6] != kind ||
		le.Uint32(b[8:]) != crc32.Checksum(b[12:], castagnoli) {
		return &columnReader{err: errBadSegment}
	}
	r := &columnReader{day: int(int32(le.Uint32(b[12:]))), rows: int(le.Uint32(b[16:])), columns: int(le.Uint32(b[20:]))}
	rest := b[segmentHeader:]
	if r.columns > (len(rest)-padTo)/columnHeader {
		return &columnReader{err: errBadSegment}
	}
	r.heads, r.data = rest[:r.columns*columnHeader], rest[r.columns*columnHeader:]
	return r
}

func (r *columnReader) fail() { r.err = errBadSegment }

// head reads a column's entry and checks that its numbers lie within the data. Of count values; a negative count takes any.
func (r *columnReader) head(column, count int) (h columnHead, ok bool) {
	if r.err != nil || column >= r.columns {
		r.fail()
		return h, false
	}
	le, b := binary.LittleEndian, r.heads[column*columnHeader:]
	h = columnHead{values: le.Uint32(b), offset: le.Uint32(b[4:]), width: b[8], coding: b[9], first: le.Uint64(b[12:])}
	end := uint64(h.offset) + uint64(h.values)*uint64(h.width) + padTo
	if h.width > 8 || end > uint64(len(r.data)) || count >= 0 && int(h.values) != count {
		r.fail()
		return h, false
	}
	return h, true
}

// getInts reads a column of count values (see head).
func getInts[T integer](r *columnReader, column, count int) []T {
	h, ok := r.head(column, count)
	if !ok || h.coding == encodedTexts {
		r.fail()
		return nil
	}
	if h.width == 0 && int(h.values) > len(r.data)+maxConstant { // nothing else bounds them
		r.fail()
		return nil
	}
	out := make([]T, h.values)
	readNumbers(out, r.data[h.offset:], h)
	return out
}

func readNumbers[T integer](out []T, data []byte, h columnHead) {
	width, first, mask := int(h.width), h.first, widthMask(h.width)
	if h.coding == encodedSteps {
		for i := range out {
			first += binary.LittleEndian.Uint64(data[i*width:]) & mask
			out[i] = T(first)
		}
		return
	}
	if width == 0 {
		for i := range out {
			out[i] = T(first)
		}
		return
	}
	for i := range out {
		out[i] = T(first + binary.LittleEndian.Uint64(data[i*width:])&mask)
	}
}

func widthMask(width uint8) uint64 {
	if width >= 8 {
		return ^uint64(0)
	}
	return 1<<(8*width) - 1
}

// getTexts reads a column of count texts.
func (r *columnReader) getTexts(column, count int) []string {
	h, ok := r.head(column, count)
	if !ok || h.coding != encodedTexts {
		r.fail()
		return nil
	}
	if h.width == 0 && int(h.values) > len(r.data)+maxConstant {
		r.fail()
		return nil
	}
	lengths := make([]uint64, h.values)
	readNumbers(lengths, r.data[h.offset:], columnHead{width: h.width})
	texts := r.data[int(h.offset)+int(h.values)*int(h.width) : len(r.data)-padTo]
	out := make([]string, h.values)
	for i, n := range lengths {
		if n > uint64(len(texts)) {
			r.fail()
			return nil
		}
		out[i], texts = string(texts[:n]), texts[n:]
	}
	return out
}

// getIndexes reads a column of indexes into a list of size values.
func (r *columnReader) getIndexes(column, count, size int) []uint32 {
	out := getInts[uint32](r, column, count)
	most := uint32(0)
	for _, v := range out {
		most = max(most, v)
	}
	if len(out) > 0 && int(most) >= size {
		r.fail()
		return nil
	}
	return out
}

// getStarts reads where the items of each row begin: one more than there are rows, from 0 to size.
func (r *columnReader) getStarts(column, rows int) (starts []uint32, size int) {
	out := getInts[uint32](r, column, rows+1)
	if len(out) == 0 || out[0] != 0 {
		r.fail()
		return nil, 0
	}
	for i := 1; i < len(out); i++ {
		if out[i] < out[i-1] {
			r.fail()
			return nil, 0
		}
	}
	return out, int(out[rows])
}
