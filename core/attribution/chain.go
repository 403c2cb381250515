package attribution

import "slices"

const (
	channelBits = 21
	// maxChannels is how many channels a state's key has room for.
	maxChannels = 1<<channelBits - 2
	channelMask = 1<<channelBits - 1
)

// chain is a Markov chain by its transitions, sparse. State 0 is the start, state 1 the conversion; all others stand for a channel and what came before
// it. The end without a conversion is no state. No state leads to itself.
type chain struct {
	channels int
	channel  []int32   // by state; -1 for the start and the conversion
	visits   []float64 // by state: how often a path comes by on average
	null     []float64 // by state: probability of the end without a conversion
	first    []int32   // by state: where its transitions begin in to and prob; one more at the end
	to       []int32
	prob     []float64
}

const (
	startState      = 0
	conversionState = 1
	channelStates   = 2
)

// transition is one step seen on some path, as often as weight says.
type transition struct {
	from, to int32
	weight   float64
}

// chainBuilder counts transitions.
type chainBuilder struct {
	index   *index
	keep    uint64 // mask of a key that leaves out the oldest channel
	states  map[uint64]int32
	channel []int32
	leaving []float64 // by state: weight of all that left it
	null    []float64 // by state: weight of what ended there without a conversion
	steps   []transition
}

func newChain(paths []ChannelPath, x *index, order int) *chain {
	steps := 0
	for i := range paths {
		steps += len(paths[i].Channels) + 1
	}
	b := chainBuilder{
		index: x, keep: 1<<(channelBits*(order-1)) - 1, states: map[uint64]int32{}, channel: []int32{-1, -1}, leaving: []float64{0, 0},
		null: []float64{0, 0}, steps: make([]transition, 0, steps),
	}
	for i := range paths {
		if weight := paths[i].Conversions + paths[i].NonConversions; weight > 0 && len(paths[i].Channels) > 0 {
			b.walk(&paths[i], weight)
		}
	}
	return b.build(len(x.codes))
}

func (b *chainBuilder) walk(p *ChannelPath, weight float64) {
	state, key, last := int32(startState), uint64(0), int32(-1)
	for _, code := range p.Channels {
		c := b.index.of(code)
		if c == last {
			continue
		}
		last = c
		key = key&b.keep<<channelBits | uint64(c+1)
		next := b.state(key, c)
		b.leaving[state] += weight
		b.steps = append(b.steps, transition{state, next, weight})
		state = next
	}
	b.leaving[state] += weight
	b.null[state] += p.NonConversions
	if p.Conversions > 0 {
		b.steps = append(b.steps, transition{state, conversionState, p.Conversions})
	}
}

func (b *chainBuilder) state(key uint64, channel int32) int32 {
	s, ok := b.states[key]
	if !ok {
		s = int32(len(b.channel))
		b.states[key] = s
		b.channel = append(b.channel, channel)
		b.leaving, b.null = append(b.leaving, 0), append(b.null, 0)
	}
	return s
}

// build sorts transitions by state and adds up those that are alike.
func (b *chainBuilder) build(channels int) *chain {
	n := len(b.channel)
	c := &chain{channels: channels, channel: b.channel, visits: make([]float64, n), null: b.null, first: make([]int32, n+1)}
	ends := make([]int32, n+1)
	for i := range b.steps {
		ends[b.steps[i].from+1]++
	}
	for s := range n {
		ends[s+1] += ends[s]
	}
	sorted := make([]transition, len(b.steps))
	at := slices.Clone(ends)
	for _, t := range b.steps {
		sorted[at[t.from]] = t
		at[t.from]++
	}
	place := make([]int32, n) // by state: where the present state's transition to it is, plus 1
	for s := range n {
		c.first[s] = int32(len(c.to))
		for _, t := range sorted[ends[s]:ends[s+1]] {
			if i := place[t.to] - 1; i >= c.first[s] {
				c.prob[i] += t.weight
				continue
			}
			c.to, c.prob = append(c.to, t.to), append(c.prob, t.weight)
			place[t.to] = int32(len(c.to))
		}
		if b.leaving[s] == 0 {
			continue // the conversion, or no path at all
		}
		for i := c.first[s]; i < int32(len(c.to)); i++ {
			c.prob[i] /= b.leaving[s]
		}
		c.null[s] /= b.leaving[s]
		c.visits[s] = b.leaving[s] / b.leaving[startState]
	}
	c.first[n] = int32(len(c.to))
	return c
}

// transitions returns where a state leads and how probably.
func (c *chain) transitions(s int32) (to []int32, prob []float64) {
	from, until := c.first[s], c.first[s+1]
	return c.to[from:until], c.prob[from:until]
}

// chance returns the probability to come from the start to the conversion. As probabilities are relative frequencies of what the paths did, it is
// known without solving.
func (c *chain) chance() float64 {
	sum := 0.0
	for s := range c.channel {
		to, prob := c.transitions(int32(s))
		for i, t := range to {
			if t == conversionState {
				sum += c.visits[s] * prob[i]
			}
		}
	}
	return sum
}
