package attribution

import (
	"cmp"
	"slices"
)

// dense is a chain with some of its states eliminated, as a full square matrix. Row 0 is the start's, column 0 the conversion's; the others are
// channel states. A row sums, with null, to what it summed to at first.
type dense struct {
	states []int32 // by row; of the chain
	weight []float64
	null   []float64 // by row: weight of the end without a conversion
}

func (d *dense) row(i int) []float64 { return d.weight[i*len(d.states) : (i+1)*len(d.states)] }

// eliminate finds, for each channel, the probability of a conversion on a path that comes by it, by halves. States of half the channels are
// eliminated: what led to them is led on to where they lead, which leaves all other probabilities as they were. With the remaining half the same is
// done again, until one channel is left; then what goes from the start through this channel's states to the conversion is what would be lost without
// it. Nothing is ever subtracted, so small effects are as precise as great ones (as in the method of Grassmann, Taksar and Heyman).
func eliminate(c *chain, lost []float64) {
	if c.channels > 0 {
		halve(newDense(c), c, c.rareFirst(), lost)
	}
}

func newDense(c *chain) *dense {
	n := len(c.channel) - 1
	d := &dense{states: make([]int32, n), weight: make([]float64, n*n), null: make([]float64, n)}
	for i := 1; i < n; i++ {
		d.states[i] = int32(i + 1)
	}
	for i, s := range d.states {
		row := d.row(i)
		to, prob := c.transitions(s)
		for j, t := range to {
			row[t-1] = prob[j]
		}
		d.null[i] = c.null[s]
	}
	return d
}

// rareFirst returns the channels by how often paths come by them.
func (c *chain) rareFirst() []int32 {
	visits := make([]float64, c.channels)
	for s := channelStates; s < len(c.channel); s++ {
		visits[c.channel[s]] += c.visits[s]
	}
	order := make([]int32, c.channels)
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(a, b int32) int { return cmp.Or(cmp.Compare(visits[a], visits[b]), cmp.Compare(a, b)) })
	return order
}

func halve(d *dense, c *chain, channels []int32, lost []float64) {
	if len(channels) == 1 {
		lost[channels[0]] = through(d)
		return
	}
	half := len(channels) / 2
	drop := make([]bool, c.channels)
	for i, part := range [][]int32{channels[:half], channels[half:]} {
		other := channels[half:]
		if i == 1 {
			other = channels[:half]
		}
		clear(drop)
		for _, ch := range part {
			drop[ch] = true
		}
		halve(d.without(c, drop), c, other, lost)
	}
}

// through returns the probability to go from the start to the conversion by way of any state that is left.
func through(d *dense) float64 {
	d.row(0)[0] = 0
	d.shrink(1)
	return d.row(0)[0]
}

// without returns a copy in which the states of the channels to drop are eliminated, the rarest first, as they have the fewest transitions.
func (d *dense) without(c *chain, drop []bool) *dense {
	order := make([]int, 0, len(d.states))
	var dropped []int
	order = append(order, 0)
	for i, s := range d.states[1:] {
		if drop[c.channel[s]] {
			dropped = append(dropped, i+1)
		} else {
			order = append(order, i+1)
		}
	}
	kept := len(order)
	slices.SortStableFunc(dropped, func(a, b int) int { return cmp.Compare(c.visits[d.states[b]], c.visits[d.states[a]]) })
	order = append(order, dropped...)
	e := &dense{states: make([]int32, len(order)), weight: make([]float64, len(d.weight)), null: make([]float64, len(order))}
	for i, from := range order {
		e.states[i], e.null[i] = d.states[from], d.null[from]
		source, row := d.row(from), e.row(i)
		for j, k := range order {
			row[j] = source[k]
		}
	}
	e.shrink(kept)
	return e.cut(kept)
}

// cut returns the first n rows and columns.
func (d *dense) cut(n int) *dense {
	weight := make([]float64, 0, n*n)
	for i := range n {
		weight = append(weight, d.row(i)[:n]...)
	}
	return &dense{states: d.states[:n], weight: weight, null: d.null[:n]}
}

// shrink eliminates all states but the first n, the last first.
func (d *dense) shrink(n int) {
	places := make([]int32, 0, len(d.states))
	for k := len(d.states) - 1; k >= n; k-- {
		pivot := d.row(k)[:k]
		out := d.null[k]
		places = places[:0]
		for j, x := range pivot {
			if x != 0 {
				out += x
				places = append(places, int32(j))
			}
		}
		if out == 0 {
			continue
		}
		for i := range k {
			row := d.row(i)
			if row[k] == 0 {
				continue
			}
			factor := row[k] / out
			d.null[i] += factor * d.null[k]
			addTo(row[:k], pivot, places, factor)
		}
	}
}

// addTo adds factor × pivot to row; places says where pivot is not zero.
func addTo(row, pivot []float64, places []int32, factor float64) {
	if len(places) < len(pivot)/4 {
		for _, j := range places {
			row[j] += factor * pivot[j]
		}
		return
	}
	row = row[:len(pivot)]
	for j, x := range pivot {
		row[j] += factor * x
	}
}
