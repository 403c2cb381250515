package attribution

// components returns the chain's states in groups that can reach each other (Tarjan's algorithm, without recursion). A group stands before all that
// lead to it.
func (c *chain) components() [][]int32 {
	n := len(c.channel)
	t := tarjan{chain: c, number: make([]int32, n), low: make([]int32, n), next: make([]int32, n), onStack: make([]bool, n), found: make([]int32, 0, n)}
	for s := range int32(n) {
		if t.number[s] == 0 {
			t.visit(s)
		}
	}
	return t.groups
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
	groups  [][]int32
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
	from := len(t.found)
	for {
		last := t.stack[len(t.stack)-1]
		t.stack = t.stack[:len(t.stack)-1]
		t.onStack[last] = false
		t.found = append(t.found, last)
		if last == s {
			break
		}
	}
	t.groups = append(t.groups, t.found[from:len(t.found):len(t.found)])
}
