package attribution

import (
	"cmp"
	"slices"
)

// Credit is what one channel gets of all conversions.
type Credit struct {
	// Channel is the caller's code.
	Channel int32
	// Share is the channel's part of all attributed conversions, 0 to 1.
	Share float64
	// Conversions and Value are the channel's parts; over all channels they sum to those of the paths that have channels.
	Conversions, Value float64
}

// Shapley divides conversions by the Shapley value of the game in which a set of channels is worth the conversions on paths that use no channel
// outside it: v(S) = Σ conversions of paths whose channels all lie in S. Being a sum of unanimity games, it has a closed form: each path gives an
// equal part of its conversions to every different channel on it. It is exact for any number of channels and never negative.
type Shapley struct {
	credits []Credit
}

// NewShapley makes the model of these paths, of which paths without conversions add nothing. Negative or infinite numbers are an error of kind
// KindInvalid.
func NewShapley(paths []ChannelPath) (*Shapley, error) {
	if err := validatePaths(paths); err != nil {
		return nil, err
	}
	x := newIndex(paths)
	conversions, value := make([]float64, len(x.codes)), make([]float64, len(x.codes))
	seen := make([]int, len(x.codes)) // number of the path that saw the channel last, from 1
	var set []int32
	for i := range paths {
		if paths[i].Conversions == 0 {
			continue
		}
		set = set[:0]
		for _, code := range paths[i].Channels {
			if c := x.of(code); seen[c] != i+1 {
				seen[c] = i + 1
				set = append(set, c)
			}
		}
		for _, c := range set {
			conversions[c] += paths[i].Conversions / float64(len(set))
			value[c] += paths[i].Value / float64(len(set))
		}
	}
	return &Shapley{credits: makeCredits(x.codes, conversions, value)}, nil
}

func makeCredits(codes []int32, conversions, value []float64) []Credit {
	total := 0.0
	for _, c := range conversions {
		total += c
	}
	credits := make([]Credit, len(codes))
	for c := range codes {
		credits[c] = Credit{Channel: codes[c], Conversions: conversions[c], Value: value[c]}
		if total > 0 {
			credits[c].Share = conversions[c] / total
		}
	}
	slices.SortFunc(credits, func(a, b Credit) int {
		return cmp.Or(cmp.Compare(b.Share, a.Share), cmp.Compare(a.Channel, b.Channel))
	})
	return credits
}

// Credits returns what each channel gets, the greatest first, equal ones by code.
func (s *Shapley) Credits() []Credit { return slices.Clone(s.credits) }

// Weights implements Weigher: 1/n to each of the n different channels on the path, shared evenly among the touches of that channel.
func (s *Shapley) Weights(dst []float64, p Path) []float64 {
	if len(p.Touches) == 0 {
		return dst
	}
	dst, w := extend(dst, len(p.Touches))
	different := occurrences(w, p.Touches)
	for i := range w {
		w[i] = 1 / (w[i] * float64(different))
	}
	return dst
}

// occurrences sets w[i] to the number of touches that have the channel of touch i, and returns how many different channels there are. It takes time
// proportional to touches × different channels, and no memory.
func occurrences(w []float64, touches []Touch) (different int) {
	for i := range touches {
		w[i] = 1
		if j := previous(touches, i); j >= 0 {
			w[i] += w[j]
		} else {
			different++
		}
	}
	for i := len(touches) - 1; i >= 0; i-- {
		if j := previous(touches, i); j >= 0 {
			w[j] = w[i]
		}
	}
	return different
}

// previous returns the latest touch before i that has the same channel, or -1.
func previous(touches []Touch, i int) int {
	c := touches[i].Channel
	for j := i - 1; j >= 0; j-- {
		if touches[j].Channel == c {
			return j
		}
	}
	return -1
}
