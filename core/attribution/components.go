package attribution

// newLayout numbers the states of a chain anew, in groups that can reach each other (Tarjan's algorithm, without recursion).
func newLayout(c *chain) *layout {
	n := len(c.channel)
	t := tarjan{chain: c, number: make([]int32, n), low: make([]int32, n), next: make([]int32, n), onStack: make([]bool, n), found: make([]int32, 0, n)}
	for s := range int32(n) {
		if t.number[s] == 0 {
			t.visit(s)
		}
	}
	place := make([]int32, n) // new number by old
	for i, s := range t.found {
		place[s] = int32(i)
	}
	l := &layout{
		chain: c.renumbered(t.found, place), groups: append(t.groups, int32(n)), start: place[startState], conversion: place[conversionState],
		ofChannel: make([][]int32, c.channels), worth: make([]float64, n),
	}
	for s, ch := range l.channel {
		if ch >= 0 {
			l.ofChannel[ch] = append(l.ofChannel[ch], int32(s))
		}
	}
	return l
}

func (c *chain) renumbered(order, place []int32) *chain {
	d := &chain{
		channels: c.channels, channel: make([]int32, len(order)), visits: make([]float64, len(order)), null: make([]float64, len(order)),
		first: make([]int32, 1, len(order)+1), to: make([]int32, 0, len(c.to)), prob: make([]float64, 0, len(c.to)),
	}
	for i, s := range order {
		d.channel[i], d.visits[i], d.null[i] = c.channel[s], c.visits[s], c.null[s]
		to, prob := c.transitions(s)
		for _, t := range to {
			d.to = append(d.to, place[t])
		}
		d.prob = append(d.prob, prob...)
		d.first = append(d.first, int32(len(d.to)))
	}
	return d
}

type tarjan struct {
	*chain
	count   int32
	number  []int32 // by state: in the order of discovery, from 1
	low     []int32 // by state: the least number known to be reached
	next    []int32 // by state: the transition to follow next
	onStack []bool
	stack   []int32 // discovered and in no group yet
	calls   []int32 // the way from the root to the present state
	found   []int32 // states of all groups, one after another
	groups  []int32 // where each begins in found
}

func (t *tarjan) visit(root int32) {
	t.enter(root)
	for len(t.calls) > 0 {
		s := t.calls[len(t.calls)-1]
		if i := t.next[s]; i < t.first[s+1] {
			t.next[s]++
			if to := t.to[i]; t.number[to] == 0 {
				t.enter(to)
			} else if t.onStack[to] {
				t.low[s] = min(t.low[s], t.number[to])
			}
			continue
		}
		t.calls = t.calls[:len(t.calls)-1]
		if len(t.calls) > 0 {
			caller := t.calls[len(t.calls)-1]
			t.low[caller] = min(t.low[caller], t.low[s])
		}
		if t.low[s] == t.number[s] {
			t.leave(s)
		}
	}
}

func (t *tarjan) enter(s int32) {
	t.count++
	t.number[s], t.low[s], t.next[s] = t.count, t.count, t.first[s]
	t.onStack[s] = true
	t.stack = append(t.stack, s)
	t.calls = append(t.calls, s)
}

// leave makes a group of all that was discovered since s.
func (t *tarjan) leave(s int32) {
	t.groups = append(t.groups, int32(len(t.found)))
	for {
		last := t.stack[len(t.stack)-1]
		t.stack = t.stack[:len(t.stack)-1]
		t.onStack[last] = false
		t.found = append(t.found, last)
		if last == s {
			break
		}
	}
}
