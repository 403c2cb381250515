package calltracking

import (
	"time"

	"github.com/skvoz/skvoz/core"
)

// Settings are the constants of calltracking of an account. The JSON form is stored; DefaultSettings gives what is absent in it.
type Settings struct {
	// HoldSeconds, StickyDays and LateHours are those of new pools.
	HoldSeconds int `json:"hold_seconds"`
	StickyDays  int `json:"sticky_days"`
	LateHours   int `json:"late_hours"`
	// NewQuarantineDays is how long numbers that are added with quarantine wait before they are shown.
	NewQuarantineDays int `json:"new_quarantine_days"`
	// LeftQuarantineDays is how long a number waits that was taken from a pool while a visit had it.
	LeftQuarantineDays int `json:"left_quarantine_days"`
	// HorizonDays is how long loans are kept.
	HorizonDays int `json:"horizon_days"`
	// RepeatDays is how long a caller's earlier call to the number says who calls now.
	RepeatDays int `json:"repeat_days"`
	// TelClickSeconds is how long before a call a click on the number says who calls.
	TelClickSeconds int `json:"tel_click_seconds"`
	// WeightSeconds is after how much silence a visit's weight falls to 1/e.
	WeightSeconds int `json:"weight_seconds"`
	// ShownFactor multiplies the weight of visits that had the number in view.
	ShownFactor float64 `json:"shown_factor"`
	// Threshold is the least probability at which the heaviest of several visits is taken; below it the call is ambiguous.
	Threshold float64 `json:"threshold"`
	// The probabilities of the methods.
	UnshownProbability    float64 `json:"unshown_probability"`
	RepeatProbability     float64 `json:"repeat_probability"`
	TelClickProbability   float64 `json:"tel_click_probability"`
	KnownPhoneProbability float64 `json:"known_phone_probability"`
	// LateProbability is that of a call right after a visit's end; it falls by LateFall over the pool's Late time, never below LateLeast.
	LateProbability float64 `json:"late_probability"`
	LateFall        float64 `json:"late_fall"`
	LateLeast       float64 `json:"late_least"`
}

// DefaultSettings are those of an account that never changed them.
func DefaultSettings() Settings {
	return Settings{
		HoldSeconds: 180, StickyDays: 30, LateHours: 24, NewQuarantineDays: 7, LeftQuarantineDays: 30, HorizonDays: 400, RepeatDays: 30,
		TelClickSeconds: 120, WeightSeconds: 60, ShownFactor: 3, Threshold: 0.8, UnshownProbability: 0.99, RepeatProbability: 0.95,
		TelClickProbability: 0.98, KnownPhoneProbability: 0.98, LateProbability: 0.95, LateFall: 0.45, LateLeast: 0.5,
	}
}

// SettingsUpdate is what to change of the settings; what is absent stays.
type SettingsUpdate struct {
	HoldSeconds, StickyDays, LateHours                                                                  core.Opt[int]
	NewQuarantineDays, LeftQuarantineDays, HorizonDays                                                  core.Opt[int]
	RepeatDays, TelClickSeconds, WeightSeconds                                                          core.Opt[int]
	ShownFactor, Threshold, UnshownProbability                                                          core.Opt[float64]
	RepeatProbability, TelClickProbability, KnownPhoneProbability, LateProbability, LateFall, LateLeast core.Opt[float64]
}

// Limits of a pool's times.
const (
	// MinHoldSeconds leaves room for one lost answer between two questions of the browser.
	MinHoldSeconds = 60
	// MaxHoldSeconds is a week, the most the original offers.
	MaxHoldSeconds = 7 * 24 * 3600
	maxStickyDays  = 400
	maxLateHours   = 30 * 24
)

// apply changes the settings; the first wrong field is reported as KindInvalid.
func (s Settings) apply(u SettingsUpdate) (Settings, error) {
	for _, n := range []struct {
		field     string
		given     core.Opt[int]
		dst       *int
		low, high int
	}{
		{"holdSeconds", u.HoldSeconds, &s.HoldSeconds, MinHoldSeconds, MaxHoldSeconds},
		{"stickyDays", u.StickyDays, &s.StickyDays, 0, maxStickyDays},
		{"lateHours", u.LateHours, &s.LateHours, 0, maxLateHours},
		{"newQuarantineDays", u.NewQuarantineDays, &s.NewQuarantineDays, 0, 365},
		{"leftQuarantineDays", u.LeftQuarantineDays, &s.LeftQuarantineDays, 0, 365},
		{"horizonDays", u.HorizonDays, &s.HorizonDays, 31, 3660},
		{"repeatDays", u.RepeatDays, &s.RepeatDays, 0, 365},
		{"telClickSeconds", u.TelClickSeconds, &s.TelClickSeconds, 0, 3600},
		{"weightSeconds", u.WeightSeconds, &s.WeightSeconds, 1, 24 * 3600},
	} {
		if err := setRanged(n.field, n.given, n.dst, n.low, n.high); err != nil {
			return s, err
		}
	}
	for _, f := range []struct {
		field     string
		given     core.Opt[float64]
		dst       *float64
		low, high float64
	}{
		{"shownFactor", u.ShownFactor, &s.ShownFactor, 1, 100},
		{"threshold", u.Threshold, &s.Threshold, 0.5, 1},
		{"unshownProbability", u.UnshownProbability, &s.UnshownProbability, 0, 1},
		{"repeatProbability", u.RepeatProbability, &s.RepeatProbability, 0, 1},
		{"telClickProbability", u.TelClickProbability, &s.TelClickProbability, 0, 1},
		{"knownPhoneProbability", u.KnownPhoneProbability, &s.KnownPhoneProbability, 0, 1},
		{"lateProbability", u.LateProbability, &s.LateProbability, 0, 1},
		{"lateFall", u.LateFall, &s.LateFall, 0, 1},
		{"lateLeast", u.LateLeast, &s.LateLeast, 0, 1},
	} {
		if err := setRanged(f.field, f.given, f.dst, f.low, f.high); err != nil {
			return s, err
		}
	}
	return s, nil
}

func setRanged[T int | float64](field string, given core.Opt[T], dst *T, low, high T) error {
	if !given.Set {
		return nil
	}
	if !(given.Value >= low && given.Value <= high) { // NaN is in no range
		return core.Invalid(field, "out_of_range", "must be from %v to %v", low, high)
	}
	*dst = given.Value
	return nil
}

func seconds(n int) time.Duration { return time.Duration(n) * time.Second }

func days(n int) time.Duration { return time.Duration(n) * 24 * time.Hour }
