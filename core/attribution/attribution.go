// Package attribution divides a deal among the advertising contacts that led to it. It is pure: paths in, shares out; nothing is read or kept.
//
// A rule model looks at one path alone ([Model], [Definition]); a data-driven one is first built from all paths of a report ([NewMarkov],
// [NewShapley]). All are [Weigher]s, and every one of them conserves: the weights of a path sum to 1, and [SplitMoney] divides a sum to its last
// minor unit. docs/user/attribution.md tells the same to people who are not programmers.
package attribution

import (
	"strconv"
	"strings"
)

// Flag says what a touch is, apart from its channel.
type Flag uint8

// The flags of a touch; they may be combined.
const (
	// FlagDirect marks a visit without any source.
	FlagDirect Flag = 1 << iota
	// FlagPaid marks a touch that was paid for: advertising, by its channel, its medium or a click id.
	FlagPaid
	// FlagLead marks the touch of the visit that created the lead or the contact.
	FlagLead
	// FlagDeal marks the touch of the visit that created the deal.
	FlagDeal
)

// Touch is one contact with advertising (or a direct visit) on a path.
type Touch struct {
	// At is when it happened, in unix milliseconds.
	At int64
	// Channel is what the data-driven models tell apart: a channel, a source or a campaign, as a code the caller chooses. Any value will do.
	Channel int32
	// Flags is a set of flags.
	Flags Flag
}

// Path is what led to one conversion.
type Path struct {
	// Touches are in order of time, all at or before Moment.
	Touches []Touch
	// Moment is when the conversion happened, in unix milliseconds.
	Moment int64
}

// ModelID names a model: one of the constants below, or "custom:" and the number of a model the account defined.
type ModelID string

// The models. The first eight have the ids of CoMagic's Data API.
const (
	LastClick           ModelID = "last_click"
	LastNonDirectClick  ModelID = "last_nondirect_click"
	FirstClick          ModelID = "first_click"
	Linear              ModelID = "linear"
	TimeDecay           ModelID = "time_decay"
	PositionBased402040 ModelID = "position_based_402040"
	PositionBased206020 ModelID = "position_based_206020"
	PositionBased105040 ModelID = "position_based_105040"
	LastPaidClick       ModelID = "last_paid_click"
	FirstPaidClick      ModelID = "first_paid_click"
	WShaped             ModelID = "w_shaped"
	MarkovRemovalEffect ModelID = "markov"
	ShapleyValue        ModelID = "shapley"
)

const customPrefix = "custom:"

// CustomID returns the id of the account's own model with this number.
func CustomID(number int64) ModelID { return ModelID(customPrefix + strconv.FormatInt(number, 10)) }

// Custom returns the number of an account's own model, and false for every other id. Numbers begin at 1 and are written in one way only.
func (id ModelID) Custom() (int64, bool) {
	digits, ok := strings.CutPrefix(string(id), customPrefix)
	if !ok {
		return 0, false
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || n <= 0 || CustomID(n) != id {
		return 0, false
	}
	return n, true
}

// Weigher gives each touch of a path its share of the conversion.
type Weigher interface {
	// Weights appends one weight for each touch to dst and returns it; nothing for a path without touches. Weights are never negative and sum to 1
	// within 1e-9. It is safe for concurrent use and allocates nothing but the room dst lacks.
	Weights(dst []float64, p Path) []float64
}

// Model returns a model that needs no data but the path: all models except [MarkovRemovalEffect] and the account's own, for which (and for an
// unknown id) it returns false. [ShapleyValue] is among them, as its share of one path depends on that path alone.
func Model(id ModelID) (Weigher, bool) {
	w, ok := models[id]
	return w, ok
}
