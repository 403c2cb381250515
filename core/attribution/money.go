package attribution

import (
	"cmp"
	"math"
	"math/bits"
	"slices"
)

// weightUnit is a weight of 1 as a whole number. Weights from 1/1024 on keep their last bit.
const weightUnit = 1 << 62

// fewWeights is how many weights are divided without asking for memory.
const fewWeights = 32

// part is one weight's part of a sum while it is being divided.
type part struct {
	whole uint64 // minor units it has for sure
	rest  uint64 // what is left of its next unit
}

// SplitMoney divides an amount of minor units by weights and appends one amount for each weight to dst. They sum to minor exactly, and each differs
// from its exact share by less than one unit: shares are rounded towards zero and the units left over go to the greatest remainders, of equal ones to
// the earlier. A negative amount is divided as its positive, with the sign put back. Weights need not sum to 1; where none is above zero, all count
// the same. Nothing is appended where there are no weights.
func SplitMoney(minor int64, weights []float64, dst []int64) []int64 {
	if len(weights) == 0 {
		return dst
	}
	amount, sign := uint64(minor), int64(1)
	if minor < 0 {
		amount, sign = -amount, -1
	}
	var few [fewWeights]part
	parts := few[:min(len(weights), fewWeights)]
	if len(weights) > fewWeights {
		parts = make([]part, len(weights))
	}
	left := divide(parts, amount, weights)
	if len(parts) <= fewWeights {
		giveFew(parts, left)
	} else {
		giveMany(parts, left)
	}
	for i := range parts {
		dst = append(dst, sign*int64(parts[i].whole))
	}
	return dst
}

// divide fills parts, which has one for each weight, and returns the units left over. It computes in whole numbers, so it is exact for any amount.
func divide(parts []part, amount uint64, weights []float64) (left uint64) {
	total := 0.0
	for _, w := range weights {
		total += usable(w)
	}
	sum := uint64(0)
	for i, w := range weights {
		// rest holds the weight until the sum of all is known
		parts[i].rest = wholeWeight(usable(w), total)
		sum += parts[i].rest
	}
	if sum == 0 {
		for i := range parts {
			parts[i].rest = 1
		}
		sum = uint64(len(parts))
	}
	left = amount
	for i := range parts {
		hi, lo := bits.Mul64(amount, parts[i].rest)
		parts[i].whole, parts[i].rest = bits.Div64(hi, lo, sum)
		left -= parts[i].whole
	}
	return left
}

// usable is the weight as it counts: nothing for what is no weight at all.
func usable(w float64) float64 {
	if w > 0 && w <= math.MaxFloat32 {
		return w
	}
	return 0
}

// wholeWeight scales a weight by weightUnit. Weights that sum to 1, but for the last bits, are left as they are: dividing them would only add an
// error.
func wholeWeight(w, total float64) uint64 {
	if !(total > 0) {
		return 0
	}
	if math.Abs(total-1) > 1e-6 {
		w /= total
	}
	return uint64(w * weightUnit)
}

// giveFew gives one unit each to the parts with the greatest remainders. It looks through all for each unit.
func giveFew(parts []part, units uint64) {
	for ; units > 0; units-- {
		best := 0
		for i := range parts {
			if parts[i].rest > parts[best].rest {
				best = i
			}
		}
		parts[best].whole++
		parts[best].rest = 0
	}
}

// giveMany does the same for many parts, by sorting.
func giveMany(parts []part, units uint64) {
	order := make([]int, len(parts))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(parts[b].rest, parts[a].rest), cmp.Compare(a, b))
	})
	for _, i := range order[:units] {
		parts[i].whole++
	}
}
