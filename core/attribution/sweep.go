package attribution

import (
	"errors"
	"math"
	"runtime"
	"sync"

	"github.com/skvoz/skvoz/core"
)

const (
	// lanes is how many channels are solved for together: a transition is looked up once for all of them.
	lanes = 8
	// precision is the error a solution may have, relative to the conversions of the paths it is about for each of their touches.
	precision = 1e-13
	// maxSweeps ends what would take minutes.
	maxSweeps = 50_000
	// shortRound is how many sweeps are made, at least, for each look at the change.
	shortRound = 4
	// maxRatio is the slowest convergence that is extrapolated.
	maxRatio = 0.99
	// maxWorkers is how many lots of channels are solved for at the same time.
	maxWorkers = 4
)

// lane values of one state.
type lane [lanes]float64

// layout is a chain whose states are numbered anew, group by group: a group are states that can reach each other, and stands after all it leads to.
type layout struct {
	*chain
	groups            []int32 // where each group begins; one more at the end
	start, conversion int32
	ofChannel         [][]int32 // the states of each channel
	worth             []float64 // by state: the probability to come to the conversion
}

// solver finds, by state, the probability to come to a target and to be paid there what the target pays; in each lane for other targets.
type solver struct {
	*layout
	value  []lane // zero where not active
	target []int8 // by state: the lane in which it is a target, or notTarget
	active []bool // by state: whether it leads to any target
	aimed  []int32
	before []lane // scratch of solveGroup
}

const notTarget = -1

// sweep finds, for each channel, the probability of a conversion on a path that comes by it: what it is worth to come to a state of this channel for
// the first time, where such a state pays its own probability of a conversion.
//
// Values are improved state by state (Gauss-Seidel), group after group. The error at the start is bounded without knowing the solution: a state's
// error counts at the start as often as a path comes by it, and how often that is at most is known from the paths themselves. So the error is at most
// twice Σ visits × last change. A group is done when this sum is below precision × Σ visits × value, which leaves twelve digits right on paths of a few
// touches, and one less for each tenfold length.
func sweep(c *chain, lost []float64) error {
	l := newLayout(c)
	v := newSolver(l)
	v.aim(l.conversion, 0, 1)
	if err := v.solve(); err != nil {
		return err
	}
	for s := range v.value {
		l.worth[s] = v.value[s][0]
	}
	workers := min(maxWorkers, runtime.GOMAXPROCS(0), (c.channels+lanes-1)/lanes)
	errs := make([]error, workers)
	var wait sync.WaitGroup
	for w := range workers {
		wait.Go(func() { errs[w] = newSolver(l).lost(lost, w*lanes, workers*lanes) })
	}
	wait.Wait()
	return errors.Join(errs...)
}

func newSolver(l *layout) *solver {
	n := len(l.channel)
	v := &solver{layout: l, value: make([]lane, n), target: make([]int8, n), active: make([]bool, n)}
	for s := range v.target {
		v.target[s] = notTarget
	}
	return v
}

// lost solves for every step-th lot of channels from the first on.
func (v *solver) lost(lost []float64, first, step int) error {
	for from := first; from < v.channels; from += step {
		v.reset()
		until := min(from+lanes, v.channels)
		for c := from; c < until; c++ {
			for _, s := range v.ofChannel[c] {
				v.aim(s, c-from, v.worth[s])
			}
		}
		if err := v.solve(); err != nil {
			return err
		}
		copy(lost[from:until], v.value[v.start][:])
	}
	return nil
}

// aim makes a state a target.
func (v *solver) aim(s int32, inLane int, pay float64) {
	v.target[s], v.value[s][inLane] = int8(inLane), pay
	v.aimed = append(v.aimed, s)
}

func (v *solver) reset() {
	for s, active := range v.active {
		if active {
			v.value[s], v.active[s] = lane{}, false
		}
	}
	for _, s := range v.aimed {
		v.target[s] = notTarget
	}
	v.aimed = v.aimed[:0]
}

func (v *solver) solve() error {
	for i, from := range v.groups[:len(v.groups)-1] {
		until := v.groups[i+1]
		if !v.activate(from, until) {
			continue
		}
		if until-from == 1 {
			v.improve(from)
		} else if err := v.solveGroup(from, until); err != nil {
			return err
		}
	}
	return nil
}

// activate returns whether a group leads to a target, and notes it.
func (v *solver) activate(from, until int32) bool {
	active := false
	for s := from; s < until && !active; s++ {
		active = v.target[s] != notTarget
	}
	to := v.to[v.first[from]:v.first[until]]
	for i := 0; i < len(to) && !active; i++ {
		active = v.active[to[i]]
	}
	if active {
		for s := from; s < until; s++ {
			v.active[s] = true
		}
	}
	return active
}

// solveGroup sweeps in rounds. The last two sweeps of a round show by which ratio errors shrink, and the error that is left is taken off as if it went
// on so (Aitken's extrapolation). Where that does not help, plain sweeps follow, which always end.
func (v *solver) solveGroup(from, until int32) error {
	var previous lane
	leaps, round := true, shortRound
	if n := int(until - from); len(v.before) < n {
		v.before = make([]lane, n)
	}
	for sweeps := 0; sweeps < maxSweeps; sweeps += round {
		for range round - 2 {
			for s := from; s < until; s++ {
				v.improve(s)
			}
		}
		first, _ := v.measuredSweep(from, until)
		second, sum := v.measuredSweep(from, until)
		if isDone(&second, &sum) {
			return nil
		}
		leaps = leaps && (sweeps == 0 || shrank(&second, &previous))
		previous = second
		if leaps {
			round = v.leap(from, until, &first, &second)
		}
	}
	return core.Invalid("paths", "too_many_loops", "paths go in circles for too long to solve for their probabilities; shorten them")
}

// measuredSweep makes a sweep and returns, by lane, Σ visits × change and Σ visits × value. The values there were are kept in before.
func (v *solver) measuredSweep(from, until int32) (change, sum lane) {
	for s := from; s < until; s++ {
		before := &v.before[s-from]
		*before = v.value[s]
		v.improve(s)
		after, visits := &v.value[s], v.visits[s]
		for l := range after {
			change[l] += visits * math.Abs(after[l]-before[l])
			sum[l] += visits * after[l]
		}
	}
	return change, sum
}

func isDone(change, sum *lane) bool {
	for l := range change {
		if change[l] > precision*sum[l] {
			return false
		}
	}
	return true
}

func shrank(now, before *lane) bool {
	for l := range now {
		if now[l] > before[l]*0.9 {
			return false
		}
	}
	return true
}

// leap goes on from the last change as if all further ones shrank as it did. It returns how many sweeps the next round should have, so that what was
// wrong in this is gone before the next leap.
func (v *solver) leap(from, until int32, first, second *lane) (round int) {
	var factor lane
	slowest := 0.0
	for l := range factor {
		if first[l] > 0 {
			ratio := min(second[l]/first[l], maxRatio)
			factor[l] = ratio / (1 - ratio)
			slowest = max(slowest, ratio)
		}
	}
	for s := from; s < until; s++ {
		value, before := &v.value[s], &v.before[s-from]
		for l := range value {
			value[l] += factor[l] * (value[l] - before[l])
		}
	}
	return max(shortRound, int(1/(2*(1-slowest))))
}

// improve makes a state's values what its transitions say. The sums are variables of their own to stay in registers.
func (v *solver) improve(s int32) {
	var a, b, c, d, e, f, g, h float64
	to, prob := v.transitions(s)
	prob = prob[:len(to)]
	for i, t := range to {
		p, next := prob[i], &v.value[t]
		a += p * next[0]
		b += p * next[1]
		c += p * next[2]
		d += p * next[3]
		e += p * next[4]
		f += p * next[5]
		g += p * next[6]
		h += p * next[7]
	}
	value := &v.value[s]
	l := v.target[s]
	if l == notTarget {
		*value = lane{a, b, c, d, e, f, g, h}
		return
	}
	pay := value[l]
	*value = lane{a, b, c, d, e, f, g, h}
	value[l] = pay
}
