package attribution

import (
	"cmp"
	"slices"

	"github.com/skvoz/skvoz/core"
)

// maxOrder is the greatest order of a Markov model: longer memories have more states than any account has paths for.
const maxOrder = 3

// Effect is what a Markov model says of one channel.
type Effect struct {
	// Channel is the caller's code.
	Channel int32
	// Removal is the removal effect, 0 to 1: the part of all conversions that is lost when every step to this channel ends the path instead.
	Removal float64
	// Share is the channel's part of the sum of all removal effects.
	Share float64
	// Conversions and Value are Share of all conversions and their value on the paths that have channels.
	Conversions, Value float64
}

// Markov divides conversions by removal effects. Paths are read as walks of a Markov chain of order k: a state is the last k channels (fewer at the
// beginning of a path), a transition's probability is how often it was made, by converting and other paths alike, of all that left the state. The same
// channel twice in a row is one step: for order 1 this changes nothing (a self-loop delays but does not decide), for higher orders it keeps the memory
// for channels that differ. With p the probability to end in a conversion and p_c the same when every transition to a state of channel c ends the path:
//
//	RE_c = 1 − p_c/p,  credit_c = RE_c/Σ RE × conversions.
//
// Probabilities are solved for, never simulated; see absorb.
type Markov struct {
	order   int
	index   *index
	removal []float64 // by number of the channel
	effects []Effect
	chance  float64
}

// NewMarkov builds the model of these paths with memory for order channels, 1 to 3. It keeps nothing of paths. Paths without channels are left out:
// nobody can be credited with their conversions. Another order, negative or infinite numbers, and paths that loop so long that their probabilities can't
// be had to full precision (reason too_many_loops, not seen with paths below a thousand touches) are errors of kind KindInvalid.
func NewMarkov(paths []ChannelPath, order int) (*Markov, error) {
	if order < 1 || order > maxOrder {
		return nil, core.Invalid("order", "bad_order", "the order of a Markov model must be from 1 to %d", maxOrder)
	}
	if err := validatePaths(paths); err != nil {
		return nil, err
	}
	m := &Markov{order: order, index: newIndex(paths)}
	if len(m.index.codes) > maxChannels {
		return nil, core.Invalid("channels", "too_many_channels", "there are %d channels; a Markov model has at most %d", len(m.index.codes), maxChannels)
	}
	c := newChain(paths, m.index, order)
	removal, err := absorb(c)
	if err != nil {
		return nil, err
	}
	m.removal = removal
	m.setEffects(paths)
	return m, nil
}

func (m *Markov) setEffects(paths []ChannelPath) {
	var conversions, value, all float64
	for i := range paths {
		if len(paths[i].Channels) > 0 {
			conversions += paths[i].Conversions
			value += paths[i].Value
			all += paths[i].Conversions + paths[i].NonConversions
		}
	}
	if all > 0 {
		m.chance = conversions / all
	}
	sum := 0.0
	for _, r := range m.removal {
		sum += r
	}
	m.effects = make([]Effect, len(m.removal))
	for c, r := range m.removal {
		e := Effect{Channel: m.index.codes[c], Removal: r}
		if sum > 0 {
			e.Share = r / sum
			e.Conversions, e.Value = e.Share*conversions, e.Share*value
		}
		m.effects[c] = e
	}
	slices.SortFunc(m.effects, func(a, b Effect) int {
		return cmp.Or(cmp.Compare(b.Removal, a.Removal), cmp.Compare(a.Channel, b.Channel))
	})
}

// Order returns the number of channels the model remembers.
func (m *Markov) Order() int { return m.order }

// Probability returns the probability that a path ends in a conversion, 0 where there are no paths.
func (m *Markov) Probability() float64 { return m.chance }

// RemovalEffects returns what the model says of each channel, the greatest effect first, equal ones by code. Credited conversions and value sum to
// those of the paths that have channels.
func (m *Markov) RemovalEffects() []Effect { return slices.Clone(m.effects) }

// Weights implements Weigher: in proportion to the removal effect of each touch's channel, shared evenly among the touches of that channel. Channels
// the model has not seen have no effect. Where nobody has any, it is linear.
func (m *Markov) Weights(dst []float64, p Path) []float64 {
	if len(p.Touches) == 0 {
		return dst
	}
	dst, w := extend(dst, len(p.Touches))
	occurrences(w, p.Touches)
	for i := range p.Touches {
		if c := m.index.of(p.Touches[i].Channel); c >= 0 {
			w[i] = m.removal[c] / w[i]
		} else {
			w[i] = 0
		}
	}
	if !normalise(w) {
		linear(w, p.Touches)
	}
	return dst
}
