package attribution

import (
	"math"

	"github.com/skvoz/skvoz/core"
)

const (
	// lanes is how many channels are solved for together: a transition is looked up once for all of them.
	lanes = 8
	// precision is the error a solution may have, relative to the conversions of the paths it is about for each of their touches.
	precision = 1e-14
	// maxSweeps ends what would take minutes.
	maxSweeps = 50_000
)

// lane values of one state.
type lane [lanes]float64

// solver finds, by state, the probability to come to a target and to be paid there what the target pays; in each lane for other targets.
type solver struct {
	*chain
	groups [][]int32 // states that can reach each other; those that are reached stand before those that reach them
	value  []lane
	target []int8 // by state: the lane in which it is a target, or notTarget
}

const notTarget = -1

// sweep finds, for each channel, the probability of a conversion on a path that comes by it: what it is worth to come to a state of this channel for
// the first time, where such a state pays its own probability of a conversion.
//
// Values are improved state by state (Gauss-Seidel), group after group, from below. The error at the start is bounded without knowing the solution: a
// state's error counts at the start as often as a path comes by it, and how often that is at most is known from the paths themselves. So a group is
// done when Σ visits × last change is below precision × Σ visits × value, which is close to the last bit.
func sweep(c *chain, lost []float64) error {
	v := &solver{chain: c, groups: c.components(), value: make([]lane, len(c.channel)), target: make([]int8, len(c.channel))}
	for s := range v.target {
		v.target[s] = notTarget
	}
	v.target[conversionState], v.value[conversionState][0] = 0, 1
	if err := v.solve(); err != nil {
		return err
	}
	worth := make([]float64, len(c.channel))
	for s := range worth {
		worth[s] = v.value[s][0]
	}
	for from := 0; from < c.channels; from += lanes {
		v.aim(from, worth)
		if err := v.solve(); err != nil {
			return err
		}
		copy(lost[from:], v.value[startState][:])
	}
	return nil
}

// aim makes the states of channels from … from+lanes-1 the targets of their lanes.
func (v *solver) aim(from int, worth []float64) {
	for s := range v.value {
		v.value[s], v.target[s] = lane{}, notTarget
		if l := int(v.channel[s]) - from; v.channel[s] >= 0 && l >= 0 && l < lanes {
			v.target[s], v.value[s][l] = int8(l), worth[s]
		}
	}
}

func (v *solver) solve() error {
	for _, group := range v.groups {
		if len(group) == 1 {
			v.improve(group[0])
		} else if err := v.solveGroup(group); err != nil {
			return err
		}
	}
	return nil
}

func (v *solver) solveGroup(group []int32) error {
	for range maxSweeps {
		var change, sum lane
		for _, s := range group {
			before := v.value[s]
			v.improve(s)
			after, visits := &v.value[s], v.visits[s]
			for l := range after {
				change[l] += visits * math.Abs(after[l]-before[l])
				sum[l] += visits * after[l]
			}
		}
		if done(&change, &sum) {
			return nil
		}
	}
	return core.Invalid("paths", "too_many_loops", "paths go in circles for too long to solve for their probabilities; shorten them")
}

func done(change, sum *lane) bool {
	for l := range change {
		if change[l] > precision*sum[l] {
			return false
		}
	}
	return true
}

// improve makes a state's values what its transitions say.
func (v *solver) improve(s int32) {
	var sum lane
	to, prob := v.transitions(s)
	for i, t := range to {
		p, next := prob[i], &v.value[t]
		sum[0] += p * next[0]
		sum[1] += p * next[1]
		sum[2] += p * next[2]
		sum[3] += p * next[3]
		sum[4] += p * next[4]
		sum[5] += p * next[5]
		sum[6] += p * next[6]
		sum[7] += p * next[7]
	}
	if l := v.target[s]; l != notTarget {
		sum[l] = v.value[s][l]
	}
	v.value[s] = sum
}
