package attribution

import (
	"maps"
	"math"
	"slices"

	"github.com/skvoz/skvoz/core"
)

// ChannelPath is a sequence of channels with what happened at its end, for one path or for all that are alike. Data-driven models are built from
// these; paths that are alike may be given together or apart, the result is the same.
type ChannelPath struct {
	// Channels are the codes of the touches, in order of time.
	Channels []int32
	// Conversions is how many of the paths ended in a conversion, NonConversions how many did not.
	Conversions, NonConversions float64
	// Value is the money of the conversions, in any unit. It must be zero where there are none.
	Value float64
}

// AppendChannels appends the channels of a path's touches to dst.
func AppendChannels(dst []int32, p Path) []int32 {
	for i := range p.Touches {
		dst = append(dst, p.Touches[i].Channel)
	}
	return dst
}

func validatePaths(paths []ChannelPath) error {
	for i := range paths {
		p := &paths[i]
		switch {
		case !(p.Conversions >= 0) || math.IsInf(p.Conversions, 0):
			return core.Invalid("conversions", "bad_number", "path %d: conversions are %v, must be a number from 0", i, p.Conversions)
		case !(p.NonConversions >= 0) || math.IsInf(p.NonConversions, 0):
			return core.Invalid("nonConversions", "bad_number", "path %d: non-conversions are %v, must be a number from 0", i, p.NonConversions)
		case math.IsNaN(p.Value) || math.IsInf(p.Value, 0):
			return core.Invalid("value", "bad_number", "path %d: value is %v, must be a number", i, p.Value)
		case p.Conversions == 0 && p.Value != 0:
			return core.Invalid("value", "value_without_conversions", "path %d: a value without conversions", i)
		}
	}
	return nil
}

// index numbers the channels of paths from 0, in the order of their codes.
type index struct {
	codes  []int32 // ascending
	dense  []int32 // number by code - codes[0], where the codes lie close together
	sparse map[int32]int32
}

// closeTogether is how many table places a channel may cost before a map is used.
const closeTogether = 64

func newIndex(paths []ChannelPath) *index {
	x := &index{}
	lo, hi := int32(math.MaxInt32), int32(math.MinInt32)
	steps := 0
	for i := range paths {
		steps += len(paths[i].Channels)
		for _, c := range paths[i].Channels {
			lo, hi = min(lo, c), max(hi, c)
		}
	}
	if steps == 0 {
		return x
	}
	if span := int64(hi) - int64(lo) + 1; span <= int64(steps)*closeTogether {
		x.fillDense(paths, lo, int(span))
	} else {
		x.fillSparse(paths)
	}
	return x
}

func (x *index) fillDense(paths []ChannelPath, lo int32, span int) {
	x.dense = make([]int32, span)
	for i := range paths {
		for _, c := range paths[i].Channels {
			x.dense[c-lo] = 1
		}
	}
	for i, used := range x.dense {
		x.dense[i] = -1
		if used == 1 {
			x.dense[i] = int32(len(x.codes))
			x.codes = append(x.codes, lo+int32(i))
		}
	}
}

func (x *index) fillSparse(paths []ChannelPath) {
	x.sparse = map[int32]int32{}
	for i := range paths {
		for _, c := range paths[i].Channels {
			x.sparse[c] = 0
		}
	}
	x.codes = slices.Sorted(maps.Keys(x.sparse))
	for i, c := range x.codes {
		x.sparse[c] = int32(i)
	}
}

// of returns the number of a channel, or -1 for one that is on no path.
func (x *index) of(code int32) int32 {
	if x.dense != nil {
		if i := int64(code) - int64(x.codes[0]); i >= 0 && i < int64(len(x.dense)) {
			return x.dense[i]
		}
		return -1
	}
	if c, ok := x.sparse[code]; ok {
		return c
	}
	return -1
}
