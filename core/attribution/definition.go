package attribution

import (
	"math"

	"github.com/skvoz/skvoz/core"
)

// DefinitionKind is the shape of an account's own model.
type DefinitionKind string

// The kinds of an account's own models.
const (
	// KindPosition divides by places: First, Middle and Last.
	KindPosition DefinitionKind = "position"
	// KindDecay divides by age: HalfLifeDays.
	KindDecay DefinitionKind = "decay"
)

// Definition is a model the account defines.
type Definition struct {
	// Kind decides which of the other fields count.
	Kind DefinitionKind
	// First, Middle and Last are the shares of KindPosition; they sum to 1. The middle's is divided evenly. On paths without a middle first and last
	// are in their proportion.
	First, Middle, Last float64
	// HalfLifeDays is the age, of KindDecay, at which a touch weighs half.
	HalfLifeDays float64
	// ExcludeDirect gives nothing to direct touches, unless the path has no others.
	ExcludeDirect bool
	// PaidOnly gives nothing to touches that were not paid for. Where none was, it is as ExcludeDirect.
	PaidOnly bool
}

const (
	maxHalfLifeDays = 365
	minHalfLifeDays = 1.0 / 24
	shareTolerance  = 1e-6
)

// Validate returns an error of kind KindInvalid with the field at fault: kind (reason unknown_kind), first, middle, last (bad_share,
// shares_not_one), halfLifeDays (bad_half_life: an hour to a year).
func (d Definition) Validate() error {
	switch d.Kind {
	case KindPosition:
		return d.validateShares()
	case KindDecay:
		if !(d.HalfLifeDays >= minHalfLifeDays && d.HalfLifeDays <= maxHalfLifeDays) {
			return core.Invalid("halfLifeDays", "bad_half_life", "the half-life must be from an hour (0.0417) to %d days", maxHalfLifeDays)
		}
		return nil
	}
	return core.Invalid("kind", "unknown_kind", "%q is no kind of model; there are %s and %s", d.Kind, KindPosition, KindDecay)
}

func (d Definition) validateShares() error {
	for _, s := range []struct {
		field string
		share float64
	}{{"first", d.First}, {"middle", d.Middle}, {"last", d.Last}} {
		if !(s.share >= 0 && s.share <= 1) {
			return core.Invalid(s.field, "bad_share", "a share must be from 0 to 1")
		}
	}
	if sum := d.First + d.Middle + d.Last; math.Abs(sum-1) > shareTolerance {
		return core.Invalid("middle", "shares_not_one", "first, middle and last must sum to 1, not %v", sum)
	}
	return nil
}

// Weigher returns the model, or the error of Validate.
func (d Definition) Weigher() (Weigher, error) {
	if err := d.Validate(); err != nil {
		return nil, err
	}
	f := filter{excludeDirect: d.ExcludeDirect, paidOnly: d.PaidOnly}
	if d.Kind == KindDecay {
		return decay{halfLifeMillis: d.HalfLifeDays * dayMillis, filter: f}, nil
	}
	sum := d.First + d.Middle + d.Last
	return position{first: d.First / sum, middle: d.Middle / sum, last: d.Last / sum, filter: f}, nil
}
