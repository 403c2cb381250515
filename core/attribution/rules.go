package attribution

import "math"

const (
	dayMillis             = 24 * 60 * 60 * 1000
	timeDecayHalfLifeDays = 7
	wShapedRole           = 0.3
	wShapedRest           = 0.1
)

// rule fills w, which has one zero for each of at least one touch.
type rule func(w []float64, touches []Touch)

// Weights implements Weigher.
func (r rule) Weights(dst []float64, p Path) []float64 {
	if len(p.Touches) == 0 {
		return dst
	}
	dst, w := extend(dst, len(p.Touches))
	r(w, p.Touches)
	return dst
}

// models are the rules by id.
var models = map[ModelID]Weigher{
	LastClick:           rule(lastClick),
	LastNonDirectClick:  rule(lastNonDirect),
	FirstClick:          rule(firstClick),
	Linear:              rule(linear),
	TimeDecay:           decay{halfLifeMillis: timeDecayHalfLifeDays * dayMillis},
	PositionBased402040: position{first: 0.4, middle: 0.2, last: 0.4},
	PositionBased206020: position{first: 0.2, middle: 0.6, last: 0.2},
	PositionBased105040: position{first: 0.1, middle: 0.5, last: 0.4},
	LastPaidClick:       rule(lastPaid),
	FirstPaidClick:      rule(firstPaid),
	WShaped:             rule(wShaped),
	ShapleyValue:        (*Shapley)(nil),
}

// extend appends n zeros to dst and returns it with the new part.
func extend(dst []float64, n int) (all, added []float64) {
	from := len(dst)
	if cap(dst)-from >= n {
		dst = dst[:from+n]
		clear(dst[from:])
	} else {
		dst = append(dst, make([]float64, n)...)
	}
	return dst, dst[from:]
}

func lastClick(w []float64, _ []Touch) { w[len(w)-1] = 1 }

func firstClick(w []float64, _ []Touch) { w[0] = 1 }

// lastNonDirect gives all to the last touch that has a source. Where every touch is direct, the last one has it.
func lastNonDirect(w []float64, touches []Touch) {
	for i := len(touches) - 1; i >= 0; i-- {
		if touches[i].Flags&FlagDirect == 0 {
			w[i] = 1
			return
		}
	}
	lastClick(w, touches)
}

// lastPaid gives all to the last paid touch. Where none was paid, it is lastNonDirect.
func lastPaid(w []float64, touches []Touch) {
	for i := len(touches) - 1; i >= 0; i-- {
		if touches[i].Flags&FlagPaid != 0 {
			w[i] = 1
			return
		}
	}
	lastNonDirect(w, touches)
}

// firstPaid gives all to the first paid touch. Where none was paid, it is lastNonDirect.
func firstPaid(w []float64, touches []Touch) {
	for i := range touches {
		if touches[i].Flags&FlagPaid != 0 {
			w[i] = 1
			return
		}
	}
	lastNonDirect(w, touches)
}

// linear gives every touch the same, direct ones too.
func linear(w []float64, _ []Touch) {
	share := 1 / float64(len(w))
	for i := range w {
		w[i] = share
	}
}

// wShaped gives 0.3 each to the first touch, to the one that created the lead and to the one that created the deal, and 0.1 evenly to the rest.
// Roles that fall on one touch add up. What nobody holds (a missing role, or no rest) is divided among the others in proportion. Of several touches
// marked as the lead's the earliest counts, of several marked as the deal's the latest.
func wShaped(w []float64, touches []Touch) {
	w[0] = wShapedRole
	for i := range touches {
		if touches[i].Flags&FlagLead != 0 {
			w[i] += wShapedRole
			break
		}
	}
	for i := len(touches) - 1; i >= 0; i-- {
		if touches[i].Flags&FlagDeal != 0 {
			w[i] += wShapedRole
			break
		}
	}
	rest := 0
	for _, x := range w {
		if x == 0 {
			rest++
		}
	}
	for i := range w {
		if w[i] == 0 {
			w[i] = wShapedRest / float64(rest)
		}
	}
	normalise(w)
}

// normalise makes w sum to 1. It returns false, and leaves w alone, where the sum is zero.
func normalise(w []float64) bool {
	sum := 0.0
	for _, x := range w {
		sum += x
	}
	if !(sum > 0) {
		return false
	}
	for i := range w {
		w[i] /= sum
	}
	return true
}

// filter says which touches of a path count.
type filter struct{ excludeDirect, paidOnly bool }

// skipped returns the flags whose touches are left out, and those a touch must have. A rule that would leave nobody is dropped: paid ones only
// becomes those with a source, those with a source becomes all.
func (f filter) skipped(touches []Touch) (without, with Flag) {
	if f == (filter{}) {
		return 0, 0
	}
	paid, sourced := false, false
	for i := range touches {
		paid = paid || touches[i].Flags&FlagPaid != 0 && !(f.excludeDirect && touches[i].Flags&FlagDirect != 0)
		sourced = sourced || touches[i].Flags&FlagDirect == 0
	}
	if f.paidOnly && paid {
		with = FlagPaid
	}
	if sourced && (f.excludeDirect || f.paidOnly && !paid) {
		without = FlagDirect
	}
	return without, with
}

func counts(flags, without, with Flag) bool { return flags&without == 0 && flags&with == with }

// position divides a path by places: first, middle (evenly) and last, which sum to 1. One touch has all; of two the first and the last have first :
// last, or half each where both shares are zero.
type position struct {
	first, middle, last float64
	filter              filter
}

// Weights implements Weigher.
func (m position) Weights(dst []float64, p Path) []float64 {
	if len(p.Touches) == 0 {
		return dst
	}
	dst, w := extend(dst, len(p.Touches))
	without, with := m.filter.skipped(p.Touches)
	n, first, last := 0, -1, -1
	for i := range p.Touches {
		if counts(p.Touches[i].Flags, without, with) {
			n, last = n+1, i
			if first < 0 {
				first = i
			}
		}
	}
	switch n {
	case 1:
		w[first] = 1
		return dst
	case 2:
		w[first], w[last] = pair(m.first, m.last)
		return dst
	}
	each := m.middle / float64(n-2)
	for i := first + 1; i < last; i++ {
		if counts(p.Touches[i].Flags, without, with) {
			w[i] = each
		}
	}
	w[first], w[last] = m.first, m.last
	return dst
}

func pair(first, last float64) (float64, float64) {
	if !(first+last > 0) {
		return 0.5, 0.5
	}
	return first / (first + last), last / (first + last)
}

// decay halves a touch's weight for each half-life that lies between it and the conversion.
type decay struct {
	halfLifeMillis float64
	filter         filter
}

// Weights implements Weigher. As weights are normalised, ages may be counted from the latest touch that counts instead of from the conversion: the
// shares are the same, and old paths don't underflow to zero.
func (m decay) Weights(dst []float64, p Path) []float64 {
	if len(p.Touches) == 0 {
		return dst
	}
	dst, w := extend(dst, len(p.Touches))
	without, with := m.filter.skipped(p.Touches)
	latest := int64(math.MinInt64)
	for i := range p.Touches {
		if counts(p.Touches[i].Flags, without, with) {
			latest = max(latest, p.Touches[i].At)
		}
	}
	for i := range p.Touches {
		if counts(p.Touches[i].Flags, without, with) {
			w[i] = math.Exp2((float64(p.Touches[i].At) - float64(latest)) / m.halfLifeMillis)
		}
	}
	normalise(w)
	return dst
}
